/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world: what steps do to it.
 */
#ifndef _SIM_WORLD_H
#define _SIM_WORLD_H

#include "sim.h"
#include "step.h"

/**
 * struct job - what a task is at, or was last
 * @step: the step that began it
 * @err: what became of it
 * @done: it has ended
 * @verdict: of a packet
 * @now: when it began
 * @stamp: likewise, in the order of all that happens
 * @uid: the device that it was about then
 * @renames: of devices, by then
 * @live: the module was there then
 */
struct job {
	struct step step;
	int err;
	bool done;
	unsigned int verdict;
	u64 now;
	u64 stamp;
	u32 uid;
	unsigned int renames;
	bool live;
};

extern struct sim_sock sim_sock[SOCKS];
extern struct job job[TASKS];

void world_begin(u64 seed);
void world_end(void);
bool world_can(const struct step *step);
void world_step(const struct step *step);
void world_settle(void);
bool world_idle(void);
int world_net_of(int sock);

/* For the generator and the checker */
void world_ask(struct sim_sock *sock, const struct step *step);
int world_cmd(enum op op);
void world_prefix(struct sim_sock *sock, int attr4, int attr6,
		  const struct prefix *prefix);
unsigned int world_send(int net, const struct step *step);

#endif
