/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for whoever listens.
 */
#ifndef _OBPBL_EVENT_H
#define _OBPBL_EVENT_H

#include <linux/types.h>
#include <net/genetlink.h>

struct genl_info;
struct obpbl_decision;
struct obpbl_net;
struct obpbl_source_entry;

/* Index into obpbl_event_groups */
enum obpbl_event_group {
	OBPBL_EVENTS,

	OBPBL_EVENT_GROUPS
};

extern const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS];

void obpbl_event_policy(struct obpbl_net *on, u32 portid, u8 cmd);

bool obpbl_event_heard(const struct obpbl_net *on);
bool obpbl_event_block(struct obpbl_net *on,
		       const struct obpbl_decision *decision,
		       const struct obpbl_source_entry *entry);

void obpbl_event_init(struct obpbl_net *on);
int obpbl_event_prepare(struct obpbl_net *on);
void obpbl_event_release(struct obpbl_net *on);
void obpbl_event_exit(struct obpbl_net *on);

#endif /* _OBPBL_EVENT_H */
