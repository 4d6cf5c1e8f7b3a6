// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events for whoever listens.
 */
#include <linux/bottom_half.h>
#include <linux/lockdep.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "compat/compat.h"
#include "event.h"
#include "message.h"
#include "netlink.h"
#include "packet/stats.h"

const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS] = {
	[OBPBL_EVENTS] = {
		.name = OBPBL_GENL_EVENTS,
		OBPBL_MCAST_ADMIN,
	},
};

/**
 * obpbl_event_init() - a namespace begins
 * @onet: its state
 *
 * The root of a container may not learn who its subscribers are.
 */
void obpbl_event_init(struct obpbl_net *onet)
{
	onet->family = onet->net->user_ns == &init_user_ns ?
		       &obpbl_genl_family : NULL;
}

/**
 * obpbl_event_has_listeners() - whether anybody listens
 * @onet: the namespace
 *
 * Context: any.
 * Return: whether anybody does.
 */
bool obpbl_event_has_listeners(const struct obpbl_net *onet)
{
	return onet->family &&
	       genl_has_listeners(onet->family, onet->net, OBPBL_EVENTS);
}

static struct sk_buff *begin(u8 cmd, size_t more, gfp_t gfp, void **header)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE + more, gfp);

	if (skb)
		*header = genlmsg_put(skb, 0, 0, &obpbl_genl_family, 0, cmd);
	return skb;
}

/* Sends a message that could be filled in; one that could not is lost */
static void finish(const struct obpbl_net *onet, struct sk_buff *skb,
		   void *header, int err, gfp_t gfp)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&obpbl_genl_family, onet->net, skb, 0,
				OBPBL_EVENTS, gfp);
}

static int put_origin(struct sk_buff *skb, const struct obpbl_origin *origin)
{
	return nla_put_u32(skb, OBPBL_A_OWNER, origin->port) ||
	       nla_put_u8(skb, OBPBL_A_CMD, origin->cmd);
}

/* Of whose what a request changes, and of an overlay which one it is */
static int put_subject(struct sk_buff *skb, const struct obpbl_origin *origin)
{
	static const u8 subject[] = {
		OBPBL_A_ISP, OBPBL_A_CLASS,
		/* of an overlay alone */
		OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6, OBPBL_A_TO4, OBPBL_A_TO6,
		OBPBL_A_DEV, OBPBL_A_UNTIL,
	};
	bool overlay = origin->cmd == OBPBL_CMD_OVERLAY_ADD ||
		       origin->cmd == OBPBL_CMD_OVERLAY_DEL;
	const struct nlattr *attr;
	unsigned int i;

	for (i = 0; origin->attrs && i < (overlay ? ARRAY_SIZE(subject) : 2);
	     i++) {
		attr = origin->attrs[subject[i]];
		if (attr && nla_put(skb, subject[i], nla_len(attr),
				    nla_data(attr)))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * obpbl_event_policy() - another generation runs
 * @onet: the namespace
 * @origin: what made it run
 *
 * An event that finds no memory is lost, and the change stands: a listener
 * sees the gap in the generations.
 *
 * Context: process; under @onet->lock.
 */
void obpbl_event_policy(struct obpbl_net *onet,
			const struct obpbl_origin *origin)
{
	const struct obpbl_policy *policy = onet->history.current_policy;
	struct sk_buff *skb;
	void *header;

	lockdep_assert_held(&onet->lock);

	if (!obpbl_event_has_listeners(onet))
		return;
	skb = begin(OBPBL_CMD_POLICY_EVENT, 0, GFP_KERNEL, &header);
	if (skb)
		finish(onet, skb, header, obpbl_put_generation(skb, policy) ||
		       put_origin(skb, origin) ||
		       put_subject(skb, origin) ||
		       obpbl_put_confirm(skb, onet, policy), GFP_KERNEL);
}

static int put_session(struct sk_buff *skb, struct obpbl_net *onet,
		       const struct obpbl_session *session)
{
	return nla_put_u32(skb, OBPBL_A_IFINDEX, session->ifindex) ||
	       nla_put_string(skb, OBPBL_A_ISP,
			      obpbl_isp_stats_name(onet->stats,
						   session->isp)) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, session->class) ||
	       obpbl_put_prefixes(skb, session->prefixes, session->n);
}

/**
 * obpbl_event_session() - a session has changed
 * @onet: the namespace
 * @origin: by what
 * @session: the session as it is, or was until it ended, of a policy that the
 *	     caller holds
 * @dev: name of its device
 * @from: name of the device whose session had one of its prefixes; NULL: none
 *
 * Context: process, also under RTNL.
 */
void obpbl_event_session(struct obpbl_net *onet,
			 const struct obpbl_origin *origin,
			 const struct obpbl_session *session,
			 const char *dev, const char *from)
{
	struct sk_buff *skb;
	void *header;

	if (!obpbl_event_has_listeners(onet))
		return;
	skb = begin(OBPBL_CMD_SESSION_EVENT,
		    session->n * sizeof(struct obpbl_prefix6), GFP_KERNEL,
		    &header);
	if (skb)
		finish(onet, skb, header, put_origin(skb, origin) ||
		       nla_put_string(skb, OBPBL_A_DEV, dev) ||
		       (from && nla_put_string(skb, OBPBL_A_FROM, from)) ||
		       put_session(skb, onet, session), GFP_KERNEL);
}

/* Whether packets got no event since the last one; how many */
static u64 suppressed(struct obpbl_net *onet)
{
	u64 total = obpbl_stats_total(onet->stats, OBPBL_TOTAL_SUPPRESSED);
	u64 since = total - onet->suppressed;

	onet->suppressed = total;
	return since;
}

/**
 * obpbl_event_block() - a packet was blocked, or would have been
 * @onet: the namespace
 * @note: what it had to tell
 *
 * Context: process; one call at a time.
 */
void obpbl_event_block(struct obpbl_net *onet, const struct obpbl_note *note)
{
	struct sk_buff *skb;
	void *header;

	skb = begin(OBPBL_CMD_BLOCK_EVENT, 0, GFP_KERNEL, &header);
	if (!skb)
		return;
	finish(onet, skb, header,
	       nla_put_string(skb, OBPBL_A_ISP, note->isp) ||
	       nla_put_u8(skb, OBPBL_A_VERDICT, note->verdict) ||
	       nla_put_u8(skb, OBPBL_A_REASON_CODE, note->reason) ||
	       obpbl_put_source(skb, onet, &note->entry) ||
	       nla_put_u64_64bit(skb, OBPBL_A_EVENTS_SUPPRESSED,
				 suppressed(onet), OBPBL_A_PAD), GFP_KERNEL);
	local_bh_disable();
	obpbl_stats_inc(onet->stats, OBPBL_TOTAL_EVENTS);
	local_bh_enable();
}
