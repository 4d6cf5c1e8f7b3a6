/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy of the pure core in user space, from the lines of corpus.py */
#ifndef _OBPBL_FUZZ_WORLD_H
#define _OBPBL_FUZZ_WORLD_H

#include <stdbool.h>
#include <stdio.h>
#include <netinet/in.h>	/* before linux's, which then leaves it be */

#include "../unit/core.h"
#include "flow.h"

#define WORLD_SAID 128

/**
 * struct world - a policy and the sysctls
 * @history: its one snapshot
 * @next: the next one, while @building
 * @settings: sysctls
 * @strict: net.obpbl.fragments
 * @now: seconds since the epoch
 * @building: lines of a policy are being read
 * @isps: names, of numbers from 1 on
 * @count: number of @isps
 */
struct world {
	struct obpbl_history history;
	struct obpbl_transaction next;
	struct obpbl_settings settings;
	bool strict;
	u64 now;
	bool building;
	char isps[8][OBPBL_ISP_NAME_SIZE];
	unsigned int count;
};

void world_init(struct world *world);
void world_exit(struct world *world);
void world_line(struct world *world, char *line);
void world_ready(struct world *world);
void world_judge(const struct world *world, const struct sk_buff *skb,
		 u8 family, const struct obpbl_port *in,
		 const struct obpbl_port *out, char said[WORLD_SAID]);
void die(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
