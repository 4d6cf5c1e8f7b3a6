/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures: what became of a child, and the shortest list that fails alike.
 */
#ifndef _SIM_SHRINK_H
#define _SIM_SHRINK_H

#include <sys/types.h>

#include "step.h"

#define MAX_STEPS	20000

/**
 * struct list - a run
 * @seed: of what the module itself draws
 * @n: steps
 * @step: they
 */
struct list {
	u64 seed;
	unsigned int n;
	struct step step[MAX_STEPS];
};

/**
 * struct shared - what the child is at
 * @seed: of its run
 * @n: steps of it so far
 * @runs: ended well
 * @candidate: what it tries
 * @done: steps of all runs
 * @good: how often each was done, by enum op
 * @bad: how often each was refused
 * @automatic: how often a dump told of a quarantine that the module has made
 * @step: those of this run
 */
struct shared {
	u64 seed;
	unsigned int n;
	u64 runs;
	u32 candidate;
	u64 done;
	u64 good[OPS];
	u64 bad[OPS];
	u64 automatic;
	struct step step[MAX_STEPS];
};

/**
 * struct outcome - how a child ended
 * @failed: not well
 * @kind: of what kind it was, so that one can be told from another
 */
struct outcome {
	bool failed;
	char kind[256];
};

extern struct shared *shared;

pid_t outcome_fork(void);
void outcome_wait(pid_t pid, struct outcome *outcome);
void outcome_of(const struct list *list, struct outcome *outcome);
void shrink(struct list *list, const char *kind);
void run_list(const struct list *list);
void run_aloud(const struct list *list);

#endif
