/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family: operations and transactions in netlink.c, changes
 * in change.c, confirming them in confirm.c, answers in dump.c and test.c.
 */
#ifndef _OBPBL_NETLINK_H
#define _OBPBL_NETLINK_H

#include <net/genetlink.h>
#include <uapi/linux/obpbl.h>

#include "policy.h"

struct obpbl_net;
struct obpbl_source_entry;

extern struct genl_family obpbl_genl_family;

int obpbl_netlink_init(void);
void obpbl_netlink_exit(void);

int obpbl_answer(struct genl_info *info,
		 int (*put)(struct sk_buff *reply, struct obpbl_net *on,
			    struct genl_info *info));
int obpbl_put_generation(struct sk_buff *skb,
			 const struct obpbl_policy *policy);
int obpbl_put_prefixes(struct sk_buff *skb, const struct obpbl_prefix *prefixes,
		       unsigned int n);
int obpbl_missing(struct genl_info *info, int attr, const char *sentence);
int obpbl_refuse(struct genl_info *info, int attr, int err,
		 const char *sentence);

int obpbl_change(struct obpbl_net *on, struct genl_info *info);
void obpbl_explain(struct obpbl_draft *draft, struct genl_info *info, int err);

int obpbl_check_idle(struct obpbl_net *on, struct genl_info *info);

int obpbl_cmd_settle(struct sk_buff *skb, struct genl_info *info);
int obpbl_check_fits(struct obpbl_draft *draft, struct genl_info *info);
int obpbl_cmd_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_isp_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_test(struct sk_buff *skb, struct genl_info *info);

int obpbl_dump_start(struct netlink_callback *cb);
int obpbl_dump_done(struct netlink_callback *cb);
int obpbl_dump_isps(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_prefixes(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_overlays(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_stats(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_stats_reset(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_sources(struct sk_buff *skb, struct netlink_callback *cb);

void obpbl_source_wire(struct obpbl_net *on,
		       const struct obpbl_source_entry *entry,
		       struct obpbl_source *source);

#endif /* _OBPBL_NETLINK_H */
