/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for whoever listens.
 */
#ifndef _OBPBL_EVENT_H
#define _OBPBL_EVENT_H

#include <net/genetlink.h>

#include "net.h"

/**
 * struct obpbl_origin - what changes a policy
 * @cmd: enum obpbl_cmd
 * @port: netlink port that it came from; 0: the kernel itself
 * @attrs: attributes of the request; NULL: there is none
 */
struct obpbl_origin {
	u8 cmd;
	u32 port;
	struct nlattr **attrs;
};

static inline struct obpbl_origin obpbl_origin_of(const struct genl_info *info)
{
	return (struct obpbl_origin){ info->genlhdr->cmd, info->snd_portid,
				      info->attrs };
}

/* Index into obpbl_event_groups */
enum obpbl_event_group {
	OBPBL_EVENTS,

	OBPBL_EVENT_GROUPS
};

extern const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS];

void obpbl_event_init(struct obpbl_net *onet);

bool obpbl_event_has_listeners(const struct obpbl_net *onet);
void obpbl_event_policy(struct obpbl_net *onet,
			const struct obpbl_origin *origin);
void obpbl_event_session(struct obpbl_net *onet,
			 const struct obpbl_origin *origin,
			 const struct obpbl_session *session,
			 const char *dev, const char *from);
void obpbl_event_block(struct obpbl_net *onet, const struct obpbl_note *note);

#endif /* _OBPBL_EVENT_H */
