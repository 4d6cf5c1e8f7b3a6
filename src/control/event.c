// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events for whoever listens.
 *
 * A packet leaves what is to be told in a ring of fixed size, and a work item
 * makes the message of it.  The ring's lock is taken once an event, of which
 * net.obpbl.event_rate bounds the number, and even then only tried.
 */
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "compat/compat.h"
#include "confirm.h"
#include "decision.h"
#include "event.h"
#include "net.h"
#include "netlink.h"
#include "source.h"
#include "stats.h"

#define RING	64

/**
 * struct told - an event on its way
 * @isp: name of the ISP
 * @entry: the source
 * @verdict: enum obpbl_verdict
 * @reason: enum obpbl_reason
 */
struct told {
	char isp[OBPBL_ISP_NAME_SIZE];
	struct obpbl_source_entry entry;
	u8 verdict;
	u8 reason;
};

/**
 * struct obpbl_events - events on their way
 * @rcu: to free it
 * @quiet: OBPBL_TALLY_QUIET as the last event knew it; the work item's own
 * @lock: protects what follows
 * @in: how many have come
 * @out: how many have gone
 * @ring: those between
 */
struct obpbl_events {
	struct rcu_head rcu;
	u64 quiet;

	spinlock_t lock;
	u32 in;
	u32 out;
	struct told ring[RING];
};

const struct genl_multicast_group obpbl_event_groups[OBPBL_EVENT_GROUPS] = {
	[OBPBL_EVENTS] = {
		.name = OBPBL_GENL_EVENTS,
		OBPBL_MCAST_ADMIN,
	},
};

static int put_cause(struct sk_buff *skb, const struct obpbl_cause *cause)
{
	return nla_put_u32(skb, OBPBL_A_OWNER, cause->port) ||
	       nla_put_u8(skb, OBPBL_A_CMD, cause->cmd);
}

/**
 * obpbl_event_policy() - another generation runs
 * @on: the namespace's state
 * @cause: what made it run
 *
 * An event that finds no memory is lost, and the change stands: a listener
 * sees the gap in the generations.
 *
 * Context: process; under @on->lock.
 */
void obpbl_event_policy(struct obpbl_net *on, const struct obpbl_cause *cause)
{
	struct sk_buff *skb;
	void *header;

	lockdep_assert_held(&on->lock);

	if (!obpbl_event_heard(on))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &obpbl_genl_family, 0,
			     OBPBL_CMD_POLICY_EVENT);
	if (obpbl_put_generation(skb, on->history.current_policy) ||
	    put_cause(skb, cause) || obpbl_confirm_put(skb, on)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&obpbl_genl_family, on->net, skb, 0,
				OBPBL_EVENTS, GFP_KERNEL);
}

static int put_session(struct sk_buff *skb, const struct obpbl_policy *policy,
		       const struct obpbl_session *session)
{
	const struct obpbl_isp *isp = obpbl_vec_get(&policy->configured.isps,
						    session->isp);

	return nla_put_u32(skb, OBPBL_A_IFINDEX, session->ifindex) ||
	       nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, session->class) ||
	       obpbl_put_prefixes(skb, session->prefixes, session->n);
}

/**
 * obpbl_event_session() - a session has changed
 * @on: the namespace's state
 * @cause: by what
 * @policy: a snapshot that has @session
 * @session: the session as it is, or was until it ended
 * @dev: name of its device
 * @from: name of the device whose session had one of its prefixes; NULL: none
 *
 * Context: process; under @on->lock.
 */
void obpbl_event_session(const struct obpbl_net *on,
			 const struct obpbl_cause *cause,
			 const struct obpbl_policy *policy,
			 const struct obpbl_session *session,
			 const char *dev, const char *from)
{
	struct sk_buff *skb;
	void *header;

	if (!obpbl_event_heard(on))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE + session->n *
			  sizeof(struct obpbl_prefix6), GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &obpbl_genl_family, 0,
			     OBPBL_CMD_SESSION_EVENT);
	if (put_cause(skb, cause) || nla_put_string(skb, OBPBL_A_DEV, dev) ||
	    (from && nla_put_string(skb, OBPBL_A_FROM, from)) ||
	    put_session(skb, policy, session)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&obpbl_genl_family, on->net, skb, 0,
				OBPBL_EVENTS, GFP_KERNEL);
}

/**
 * obpbl_event_heard() - whether anybody listens
 * @on: the namespace's state
 *
 * Context: any.
 * Return: whether anybody does.
 */
bool obpbl_event_heard(const struct obpbl_net *on)
{
	return genl_has_listeners(&obpbl_genl_family, on->net, OBPBL_EVENTS);
}

/**
 * obpbl_event_block() - tell of a source
 * @on: the namespace's state
 * @decision: what was decided about its packet
 * @entry: the source
 *
 * Context: softirq, in the read-side critical section of @decision's policy.
 * Return: whether it will be told; not while the ring is full or busy.
 */
bool obpbl_event_block(struct obpbl_net *on,
		       const struct obpbl_decision *decision,
		       const struct obpbl_source_entry *entry)
{
	struct obpbl_events *events = rcu_dereference(on->events);
	struct told *told;
	bool room;

	if (!events || !spin_trylock(&events->lock))
		return false;
	room = events->in - events->out < RING;
	if (room) {
		told = &events->ring[events->in++ % RING];
		memcpy(told->isp, decision->isp->config.name,
		       sizeof(told->isp));
		told->entry = *entry;
		told->verdict = decision->verdict;
		told->reason = decision->reason;
	}
	spin_unlock(&events->lock);
	if (room)
		obpbl_net_queue(&on->teller);
	return room;
}

/* The next one; and how many packets have got none since the last */
static bool take(struct obpbl_net *on, struct told *told, u64 *quiet)
{
	u64 now = obpbl_stats_total(on, OBPBL_TALLY_QUIET);
	struct obpbl_events *events;
	bool any = false;

	rcu_read_lock();
	events = rcu_dereference(on->events);
	if (events) {
		spin_lock_bh(&events->lock);
		any = events->in != events->out;
		if (any)
			*told = events->ring[events->out++ % RING];
		spin_unlock_bh(&events->lock);
	}
	if (any) {
		*quiet = now - events->quiet;
		events->quiet = now;
	}
	rcu_read_unlock();
	return any;
}

static int put_block(struct sk_buff *skb, struct obpbl_net *on,
		     const struct told *told, u64 quiet)
{
	struct obpbl_source source;

	obpbl_source_wire(on, &told->entry, &source);
	return nla_put_string(skb, OBPBL_A_ISP, told->isp) ||
	       nla_put_u8(skb, OBPBL_A_VERDICT, told->verdict) ||
	       nla_put_u8(skb, OBPBL_A_REASON_CODE, told->reason) ||
	       nla_put(skb, OBPBL_A_SOURCE, sizeof(source), &source) ||
	       nla_put_u64_64bit(skb, OBPBL_A_EVENTS_SUPPRESSED, quiet,
				 OBPBL_A_PAD);
}

static void tell(struct obpbl_net *on, const struct told *told, u64 quiet)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &obpbl_genl_family, 0,
			     OBPBL_CMD_BLOCK_EVENT);
	if (put_block(skb, on, told, quiet)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&obpbl_genl_family, on->net, skb, 0,
				OBPBL_EVENTS, GFP_KERNEL);
	local_bh_disable();
	obpbl_stats_tally(on, OBPBL_TALLY_TOLD);
	local_bh_enable();
}

static void teller(struct work_struct *work)
{
	struct obpbl_net *on = container_of(work, struct obpbl_net, teller);
	struct told told;
	u64 quiet;

	while (take(on, &told, &quiet)) {
		tell(on, &told, quiet);
		cond_resched();
	}
}

/**
 * obpbl_event_init() - a namespace begins
 * @on: its state
 */
void obpbl_event_init(struct obpbl_net *on)
{
	INIT_WORK(&on->teller, teller);
}

/**
 * obpbl_event_prepare() - make room for events on their way
 * @on: the namespace's state
 *
 * Context: process, may sleep; under @on->lock.
 * Return: 0, or -ENOMEM.
 */
int obpbl_event_prepare(struct obpbl_net *on)
{
	struct obpbl_events *events;

	if (rcu_access_pointer(on->events))
		return 0;
	events = kvzalloc(sizeof(*events), GFP_KERNEL_ACCOUNT);
	if (!events)
		return -ENOMEM;
	spin_lock_init(&events->lock);
	events->quiet = obpbl_stats_total(on, OBPBL_TALLY_QUIET);
	rcu_assign_pointer(on->events, events);
	return 0;
}

/**
 * obpbl_event_release() - free it; no policy is published any more
 * @on: the namespace's state
 *
 * Context: process; under @on->lock.
 */
void obpbl_event_release(struct obpbl_net *on)
{
	struct obpbl_events *events;

	events = rcu_dereference_protected(on->events,
					   lockdep_is_held(&on->lock));
	RCU_INIT_POINTER(on->events, NULL);
	if (events)
		kvfree_rcu(events, rcu);
}

/**
 * obpbl_event_exit() - a namespace ends: tell nothing more
 * @on: its state; no hook runs any more
 *
 * Context: process, may sleep.
 */
void obpbl_event_exit(struct obpbl_net *on)
{
	cancel_work_sync(&on->teller);
}
