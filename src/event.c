// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events for whoever listens.
 */
#include <net/genetlink.h>

#include "compat/compat.h"
#include "event.h"
#include "netlink.h"

const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS] = {
	[OBPBL_EVENTS] = {
		.name = OBPBL_GENL_EVENTS,
		OBPBL_MCAST_ADMIN,
	},
};

/**
 * obpbl_event_policy() - another generation runs
 * @info: the request that made it run
 * @generation: its number
 *
 * An event that finds no memory is lost, and the change stands: a listener
 * sees the gap in the generations.
 *
 * Context: process.
 */
void obpbl_event_policy(struct genl_info *info, u64 generation)
{
	struct net *net = genl_info_net(info);
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(&obpbl_genl_family, net, OBPBL_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &obpbl_genl_family, 0,
			     OBPBL_CMD_POLICY_EVENT);
	if (nla_put_u64_64bit(skb, OBPBL_A_GENERATION, generation,
			      OBPBL_A_PAD) ||
	    nla_put_u32(skb, OBPBL_A_OWNER, info->snd_portid) ||
	    nla_put_u8(skb, OBPBL_A_CMD, info->genlhdr->cmd)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&obpbl_genl_family, net, skb, 0, OBPBL_EVENTS,
				GFP_KERNEL);
}
