/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for whoever listens.
 */
#ifndef _OBPBL_EVENT_H
#define _OBPBL_EVENT_H

#include <linux/types.h>

struct genl_info;

/* Index into obpbl_event_groups */
enum obpbl_event_group {
	OBPBL_EVENTS,

	OBPBL_EVENT_GROUPS
};

extern const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS];

void obpbl_event_policy(struct genl_info *info, u64 generation);

#endif /* _OBPBL_EVENT_H */
