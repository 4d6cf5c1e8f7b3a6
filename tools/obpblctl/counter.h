/* SPDX-License-Identifier: GPL-2.0-only */
/* Single counters, as one module leaves them to another */
#ifndef OBPBLCTL_COUNTER_H
#define OBPBLCTL_COUNTER_H

#include "netlink.h"

struct verb;
struct words;

/**
 * struct counter - a counter
 * @isp: of this ISP; empty: of sources of no ISP
 * @is: what it has counted
 * @before: before the last reset
 */
struct counter {
	char isp[OBPBL_ISP_NAME_SIZE];
	struct obpbl_counter is;
	bool before;
};

int counter_parse(struct words *words, const struct verb *verb, void *data);
int counter_restore(struct nl *nl, void *data);
int counters_save(struct nl *nl, void *data);

#endif
