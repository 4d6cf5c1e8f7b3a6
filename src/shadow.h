/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shadow: a candidate for what is configured, judged beside what is.
 */
#ifndef _OBPBL_SHADOW_H
#define _OBPBL_SHADOW_H

#include <linux/types.h>
#include <net/genetlink.h>
#include <uapi/linux/obpbl.h>

#include "grace.h"
#include "policy.h"

struct netlink_callback;
struct obpbl_decision;
struct obpbl_flow;
struct obpbl_limiter;
struct obpbl_net;
struct obpbl_settings;
struct obpbl_shadow_changes;
struct obpbl_shadow_totals;
struct obpbl_sources;

/**
 * struct obpbl_shadow - a shadow and what was seen with it
 * @aside: what it has configured
 * @ports: some entry of it holds only for one device or VRF
 * @since: seconds since the epoch
 * @totals: per CPU
 * @sources: whose packets would change their verdict
 * @limiter: windows of those who are limited by it; NULL if nobody is
 * @changes: by place of the ISP that blocks; one is there before any policy
 *	     that has the ISP is published
 * @grace: begins when it is no longer published
 * @promoted: what it had configured is the namespace's by now
 */
struct obpbl_shadow {
	struct obpbl_aside *aside;
	bool ports;
	u64 since;
	struct obpbl_shadow_totals __percpu *totals;
	struct obpbl_sources *sources;
	struct obpbl_limiter *limiter;
	struct obpbl_shadow_changes **changes;
	struct obpbl_grace grace;
	bool promoted;
};

void obpbl_shadow_judge(struct obpbl_net *on, struct obpbl_shadow *shadow,
			const struct obpbl_policy *policy,
			const struct obpbl_flow *flow,
			const struct obpbl_settings *settings, u64 now,
			const struct obpbl_decision *live);
int obpbl_shadow_place(struct obpbl_net *on, u16 isp);
void obpbl_shadow_forget(struct obpbl_net *on, u16 isp);
void obpbl_shadow_free(struct obpbl_shadow *shadow, u64 *bytes);
int obpbl_shadow_put(struct sk_buff *skb, struct obpbl_net *on);

int obpbl_shadow_commit(struct obpbl_net *on);

int obpbl_cmd_shadow_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_shadow_drop(struct sk_buff *skb, struct genl_info *info);
int obpbl_dump_shadow_start(struct netlink_callback *cb);
int obpbl_dump_shadow(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_shadow_sources(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _OBPBL_SHADOW_H */
