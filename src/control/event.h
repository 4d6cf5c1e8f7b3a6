/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for whoever listens.
 */
#ifndef _OBPBL_EVENT_H
#define _OBPBL_EVENT_H

#include <linux/types.h>
#include <net/genetlink.h>

struct obpbl_decision;
struct obpbl_net;
struct obpbl_policy;
struct obpbl_session;
struct obpbl_source_entry;

/* Index into obpbl_event_groups */
enum obpbl_event_group {
	OBPBL_EVENTS,

	OBPBL_EVENT_GROUPS
};

extern const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS];

/**
 * struct obpbl_cause - what has changed a policy
 * @cmd: enum obpbl_cmd
 * @port: netlink port that it came from; 0: the kernel itself
 */
struct obpbl_cause {
	u8 cmd;
	u32 port;
};

void obpbl_event_policy(struct obpbl_net *on, const struct obpbl_cause *cause);
void obpbl_event_session(const struct obpbl_net *on,
			 const struct obpbl_cause *cause,
			 const struct obpbl_policy *policy,
			 const struct obpbl_session *session,
			 const char *dev, const char *from);

bool obpbl_event_heard(const struct obpbl_net *on);
bool obpbl_event_block(struct obpbl_net *on,
		       const struct obpbl_decision *decision,
		       const struct obpbl_source_entry *entry);

void obpbl_event_init(struct obpbl_net *on);
int obpbl_event_prepare(struct obpbl_net *on);
void obpbl_event_release(struct obpbl_net *on);
void obpbl_event_exit(struct obpbl_net *on);

#endif /* _OBPBL_EVENT_H */
