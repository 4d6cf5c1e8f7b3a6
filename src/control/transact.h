/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way in which a policy changes.
 */
#ifndef _OBPBL_TRANSACT_H
#define _OBPBL_TRANSACT_H

#include <net/genetlink.h>

#include "net.h"

/**
 * struct obpbl_origin - what changes a policy
 * @cmd: enum obpbl_cmd
 * @port: netlink port that it came from; 0: the kernel itself
 */
struct obpbl_origin {
	u8 cmd;
	u32 port;
};

static inline struct obpbl_origin obpbl_origin_of(const struct genl_info *info)
{
	return (struct obpbl_origin){ info->genlhdr->cmd, info->snd_portid };
}

/*
 * Builds a change; returns 0, OBPBL_UNCHANGED if there is nothing to publish, or
 * a negative errno, after which nothing is
 */
typedef int obpbl_change_fn(struct obpbl_net *onet,
			    struct obpbl_transaction *transaction, void *arg);

int obpbl_change(struct obpbl_net *onet, const struct obpbl_origin *origin,
		 struct obpbl_transaction *transaction, obpbl_change_fn *fn,
		 void *arg);
void obpbl_invalidate(struct obpbl_net *onet);
void obpbl_closed(struct obpbl_net *onet, u32 portid);

int obpbl_check_idle(struct obpbl_net *onet, struct genl_info *info);
void obpbl_explain(const struct obpbl_transaction *transaction,
		   struct genl_info *info, int err);

int obpbl_cmd_change(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_begin(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_commit(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_abort(struct sk_buff *skb, struct genl_info *info);

#endif /* _OBPBL_TRANSACT_H */
