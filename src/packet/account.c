// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet means for its source: its limit, its entry in the table of
 * sources, and the event about it.
 *
 * The tables are of a fixed size and made before the first policy is published.
 * They go a grace period after the last is not any more.
 */
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "account.h"
#include "decision.h"
#include "event.h"
#include "limit.h"
#include "net.h"
#include "quarantine.h"
#include "shadow.h"
#include "source.h"
#include "stats.h"
#include "trip.h"
#include "uninitialized.h"

/*
 * Of two pointers that were published one after the other, a reader of the
 * later one, the policy, need not see the earlier one unless it says so.
 */
#define after_policy(pointer)	({ smp_rmb(); rcu_dereference(pointer); })

/* Length of the prefix by which sources are counted */
static u8 source_len(const struct obpbl_net *on, u8 family)
{
	return family == OBPBL_INET4 ? 32 : READ_ONCE(on->sysctl.v6_source_len);
}

/* The subscriber: who sends, or who is answered */
static void key_of(const struct obpbl_net *on, const struct obpbl_flow *flow,
		   const struct obpbl_decision *decision,
		   struct obpbl_source_key *key)
{
	const u8 *addr = decision->reverse ? flow->dst : flow->src;
	u8 len = source_len(on, flow->family);

	obpbl_source_mask(key->addr, addr, len);
	key->isp = decision->isp->index;
	key->family = flow->family;
	key->len = len;
}

static void query_of(const struct obpbl_net *on, const struct obpbl_flow *flow,
		     const struct obpbl_decision *decision,
		     struct obpbl_limit_query *query)
{
	key_of(on, flow, decision, &query->key);
	query->limit = decision->isp->config.limit;
	query->interval = decision->isp->config.interval;
	query->answer = decision->reverse;
	query->now = ktime_get_ns();
}

/**
 * obpbl_account_expect() - a packet is about to be decided about
 * @on: the namespace's state
 * @flow: the packet
 *
 * What will be needed if the policy is against it comes from memory meanwhile.
 *
 * Context: softirq, in the read-side critical section of the policy.
 */
void obpbl_account_expect(const struct obpbl_net *on,
			  const struct obpbl_flow *flow)
{
	struct obpbl_sources *sources = after_policy(on->sources);
	u8 addr[OBPBL_SOURCE_ADDR];

	if (!sources || flow->dport != OBPBL_PORT ||
	    (READ_ONCE(on->sysctl.established) && !obpbl_flow_attempts(flow)))
		return;
	obpbl_source_mask(addr, flow->src, source_len(on, flow->family));
	obpbl_sources_prefetch(sources, addr);
}

/**
 * obpbl_account_ask() - how the source of a packet stands
 * @on: the namespace's state
 * @limiter: whose windows; NULL: there are none
 * @flow: the packet
 * @decision: what was decided about it; its @limited is set
 * @count: it is there, and not only asked about
 *
 * Context: softirq, or process if not to @count.
 * Return: whether it is one of those that are let through.
 */
enum obpbl_limit_state
obpbl_account_ask(struct obpbl_net *on, struct obpbl_limiter *limiter,
		  const struct obpbl_flow *flow,
		  const struct obpbl_decision *decision, bool count)
{
	struct obpbl_limit_query query;

	if (!limiter)
		return OBPBL_LIMIT_FULL;
	query_of(on, flow, decision, &query);
	return count ? obpbl_limiter_take(limiter, &query) :
		       obpbl_limiter_look(limiter, &query);
}

/* A source is over its limit, and its ISP wants it in quarantine */
static void trip(struct obpbl_net *on, struct obpbl_limiter *limiter,
		 const struct obpbl_flow *flow,
		 const struct obpbl_decision *decision)
{
	const struct obpbl_session *session = decision->session;
	struct obpbl_trips *trips = after_policy(on->trips);
	struct obpbl_trip trip = {
		.session = session ? session->ifindex : 0,
		.family = flow->family,
	};
	struct obpbl_limit_query query;

	if (!trips)
		return;
	memcpy(trip.src, flow->src, sizeof(trip.src));
	memcpy(trip.dst, flow->dst, sizeof(trip.dst));
	memcpy(trip.isp, decision->isp->config.name, sizeof(trip.isp));
	query_of(on, flow, decision, &query);
	if (obpbl_limiter_trip(limiter, &query, trips, &trip))
		obpbl_quarantine_soon(on);
}

/**
 * obpbl_account_limit() - finish a decision that depends on the limit
 * @on: the namespace's state
 * @flow: the packet
 * @decision: what was decided about it; its @limited is set
 * @count: it is there, and not only asked about
 *
 * Whoever cannot be counted is over the limit.
 *
 * Context: softirq, or process if not to @count; in a read-side critical section
 * in which @decision's policy was published.
 */
void obpbl_account_limit(struct obpbl_net *on, const struct obpbl_flow *flow,
			 struct obpbl_decision *decision, bool count)
{
	struct obpbl_limiter *limiter = after_policy(on->limiter);
	enum obpbl_limit_state state;

	state = obpbl_account_ask(on, limiter, flow, decision, count);
	if (count && state == OBPBL_LIMIT_FULL)
		obpbl_stats_tally(on, OBPBL_TALLY_FULL);
	if (count && state == OBPBL_LIMIT_OVER &&
	    decision->isp->config.quarantine)
		trip(on, limiter, flow, decision);
	obpbl_decision_limit(decision, state == OBPBL_LIMIT_UNDER);
}

/**
 * obpbl_account_dst_len() - how much of a destination may be told
 * @on: the namespace's state
 * @family: enum obpbl_family
 *
 * Context: any.
 * Return: bits.
 */
u8 obpbl_account_dst_len(const struct obpbl_net *on, u8 family)
{
	switch (READ_ONCE(on->sysctl.event_dst)) {
	case 0:
		return 0;
	case 1:
		return family == OBPBL_INET4 ? 24 : 48;
	default:
		return obpbl_family_bits(family);
	}
}

/**
 * obpbl_account_sight() - a packet, as a table of sources takes it
 * @on: the namespace's state
 * @flow: the packet
 * @decision: what was decided about it, by an ISP
 * @sighting: where to put it; no event is wanted
 *
 * Context: any.
 */
void obpbl_account_sight(const struct obpbl_net *on,
			 const struct obpbl_flow *flow,
			 const struct obpbl_decision *decision,
			 struct obpbl_sighting *sighting)
{
	key_of(on, flow, decision, &sighting->key);
	memcpy(sighting->dst, flow->dst, sizeof(sighting->dst));
	sighting->dst_len = obpbl_account_dst_len(on, flow->family);
	sighting->reason = decision->reason;
	sighting->blocked = decision->verdict == OBPBL_VERDICT_BLOCK;
	sighting->attempt = obpbl_flow_attempts(flow);
	sighting->events = 0;
	sighting->now = (u32)ktime_get_seconds() ?: 1;
	sighting->now_ns = 0;
}

/**
 * obpbl_account_note() - note a packet that the policy was against
 * @on: the namespace's state
 * @flow: the packet
 * @decision: what was decided about it
 *
 * Answers are left out: they say nothing of what the source itself has sent,
 * and whoever is outside could write them.
 *
 * Context: softirq, in the read-side critical section of @decision's policy.
 */
void obpbl_account_note(struct obpbl_net *on, const struct obpbl_flow *flow,
			const struct obpbl_decision *decision)
{
	struct obpbl_sources *sources = after_policy(on->sources);
	struct obpbl_source_entry entry OBPBL_UNINITIALIZED;
	struct obpbl_sighting sighting OBPBL_UNINITIALIZED;
	enum obpbl_noted noted;
	bool heard;

	if (!sources || decision->reverse)
		return;
	heard = obpbl_event_heard(on);
	obpbl_account_sight(on, flow, decision, &sighting);
	if (heard) {
		sighting.events = READ_ONCE(on->sysctl.event_rate);
		sighting.now_ns = ktime_get_ns();
	}
	noted = obpbl_sources_note(sources, &sighting, &entry);
	if (noted == OBPBL_SOURCE_LOST)
		obpbl_stats_tally(on, OBPBL_TALLY_LOST);
	if (heard && (noted != OBPBL_SOURCE_NEWS ||
		      !obpbl_event_block(on, decision, &entry)))
		obpbl_stats_tally(on, OBPBL_TALLY_QUIET);
}

static int need_sources(struct obpbl_net *on, u32 max)
{
	struct obpbl_sources *sources;

	if (rcu_access_pointer(on->sources))
		return 0;
	sources = obpbl_sources_alloc(max);
	if (!sources)
		return -ENOMEM;
	rcu_assign_pointer(on->sources, sources);
	return 0;
}

static int need_limiter(struct obpbl_net *on, u32 max)
{
	struct obpbl_limiter *limiter;

	if (rcu_access_pointer(on->limiter))
		return 0;
	limiter = obpbl_limiter_alloc(max);
	if (!limiter)
		return -ENOMEM;
	rcu_assign_pointer(on->limiter, limiter);
	return 0;
}

static int need_trips(struct obpbl_net *on)
{
	struct obpbl_trips *trips;

	if (rcu_access_pointer(on->trips))
		return 0;
	trips = obpbl_trips_alloc();
	if (!trips)
		return -ENOMEM;
	rcu_assign_pointer(on->trips, trips);
	return 0;
}

/**
 * obpbl_account_prepare() - make the tables that a policy needs
 * @on: the namespace's state
 * @limits: some ISP of it has a limit
 *
 * Context: process, may sleep; under @on->lock.
 * Return: 0, or -ENOMEM.
 */
int obpbl_account_prepare(struct obpbl_net *on, bool limits)
{
	u32 max = READ_ONCE(on->sysctl.max_sources);
	int err;

	lockdep_assert_held(&on->lock);

	err = need_sources(on, max);
	if (!err)
		err = obpbl_event_prepare(on);
	if (!err && limits)
		err = need_limiter(on, max);
	if (!err && limits)
		err = need_trips(on);
	return err;
}

/**
 * obpbl_account_release() - free the tables; no policy is published any more
 * @on: the namespace's state
 *
 * Context: process; under @on->lock.
 */
void obpbl_account_release(struct obpbl_net *on)
{
	struct obpbl_sources *sources;
	struct obpbl_limiter *limiter;
	struct obpbl_trips *trips;

	sources = rcu_dereference_protected(on->sources,
					    lockdep_is_held(&on->lock));
	limiter = rcu_dereference_protected(on->limiter,
					    lockdep_is_held(&on->lock));
	trips = rcu_dereference_protected(on->trips,
					  lockdep_is_held(&on->lock));
	RCU_INIT_POINTER(on->sources, NULL);
	RCU_INIT_POINTER(on->limiter, NULL);
	RCU_INIT_POINTER(on->trips, NULL);
	if (sources)
		obpbl_sources_free_rcu(sources);
	if (limiter)
		obpbl_limiter_free_rcu(limiter);
	if (trips)
		obpbl_trips_free_rcu(trips);
	obpbl_event_release(on);
}

/**
 * obpbl_account_forget() - forget the sources of an ISP that is no more
 * @on: the namespace's state
 * @isp: its place, which another one gets
 *
 * Context: process, may sleep; under @on->lock.
 */
void obpbl_account_forget(struct obpbl_net *on, u16 isp)
{
	struct obpbl_sources *sources;

	sources = rcu_dereference_protected(on->sources,
					    lockdep_is_held(&on->lock));
	if (sources)
		obpbl_sources_forget(sources, isp);
	obpbl_shadow_forget(on, isp);
}
