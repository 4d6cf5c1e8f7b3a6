/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracked connections that a policy blocks */
#ifndef OBPBLCTL_CONNTRACK_H
#define OBPBLCTL_CONNTRACK_H

#include <jansson.h>

#include "netlink.h"

/**
 * struct postponed - that connections wait to be ended
 * @on: whether to postpone it
 * @netns: for commands in this network namespace
 * @due: whether there was a reason
 */
struct postponed {
	bool on;
	const char *netns;
	bool due;
};

extern struct postponed conntrack_postponed;

json_int_t conntrack_end(struct nl *nl);
json_int_t conntrack_end_now(struct nl *nl);
void conntrack_end_due(void);

#endif
