// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shadow: a candidate for what is configured, judged beside what is.
 *
 * Both are asked about the same packets, with the same run-time entries; only
 * the running policy acts.  What is counted is where they differ in what becomes
 * of the packet.  Limits of the shadow have windows of their own, which begin
 * with it, so that it takes nothing from anybody.
 *
 * All memory is there before the shadow is published, and is of a fixed size
 * beside the policy itself: a table of sources, and one of changes an ISP.  The
 * packet path only finds packets that differ on the lines that CPUs share.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/u64_stats_sync.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "account.h"
#include "compat/compat.h"
#include "decision.h"
#include "limit.h"
#include "net.h"
#include "netlink.h"
#include "shadow.h"
#include "source.h"
#include "stats.h"

#define REASONS	__OBPBL_REASON_LAST

/* Which of the two blocks: index into what follows */
enum {
	ONLY_LIVE,
	ONLY_SHADOW,

	WAYS
};

/**
 * struct obpbl_shadow_changes - packets whose verdict would change, of one ISP
 * @packets: by who blocks, the reason of the running policy and of the shadow
 */
struct obpbl_shadow_changes {
	atomic64_t packets[WAYS][REASONS][REASONS];
};

#define PLACES	(WAYS * REASONS * REASONS)

/* Changes in one message */
#define PORTION	64

/**
 * struct obpbl_shadow_totals - what one CPU has seen
 * @judged: packets that either of the two has judged
 * @lost: packets that the table of sources did not take
 * @full: connections for whose source the limiter had no place
 * @syncp: where 64 bits are not read at once
 */
struct obpbl_shadow_totals {
	u64_stats_t judged;
	u64_stats_t lost;
	u64_stats_t full;
	struct u64_stats_sync syncp;
};

/* The packet path */

static void limit(struct obpbl_net *on, struct obpbl_shadow *shadow,
		  const struct obpbl_flow *flow,
		  struct obpbl_decision *decision, bool *full)
{
	enum obpbl_limit_state state;

	state = obpbl_account_ask(on, shadow->limiter, flow, decision, true);
	*full = state == OBPBL_LIMIT_FULL;
	obpbl_decision_limit(decision, state == OBPBL_LIMIT_UNDER);
}

static bool blocks(const struct obpbl_decision *decision)
{
	return decision && decision->verdict == OBPBL_VERDICT_BLOCK;
}

/* What is not judged at all has no reason, and passes like what is foreign */
static u8 reason(const struct obpbl_decision *decision)
{
	return decision ? decision->reason : OBPBL_REASON_FOREIGN;
}

static bool note_source(struct obpbl_net *on, struct obpbl_shadow *shadow,
			const struct obpbl_flow *flow,
			const struct obpbl_decision *by, unsigned int way)
{
	struct obpbl_sighting sighting;
	struct obpbl_source_entry entry;

	/* As for the table of those that are blocked: see account.c */
	if (by->reverse)
		return true;
	obpbl_account_sight(on, flow, by, &sighting);
	sighting.blocked = way == ONLY_SHADOW;
	return obpbl_sources_note(shadow->sources, &sighting, &entry) !=
	       OBPBL_SOURCE_LOST;
}

/* Counts a packet for the ISP that blocks it; whether its source was noted */
static bool note(struct obpbl_net *on, struct obpbl_shadow *shadow,
		 const struct obpbl_flow *flow,
		 const struct obpbl_decision *live,
		 const struct obpbl_decision *then)
{
	unsigned int way = blocks(live) ? ONLY_LIVE : ONLY_SHADOW;
	const struct obpbl_decision *by = way == ONLY_LIVE ? live : then;
	struct obpbl_shadow_changes *changes;

	changes = READ_ONCE(shadow->changes[by->isp->index]);
	if (changes)
		atomic64_inc(&changes->packets[way][reason(live)]
					      [reason(then)]);
	return note_source(on, shadow, flow, by, way);
}

static void count(struct obpbl_shadow *shadow, bool lost, bool full)
{
	struct obpbl_shadow_totals *totals = this_cpu_ptr(shadow->totals);

	u64_stats_update_begin(&totals->syncp);
	u64_stats_inc(&totals->judged);
	if (lost)
		u64_stats_inc(&totals->lost);
	if (full)
		u64_stats_inc(&totals->full);
	u64_stats_update_end(&totals->syncp);
}

/**
 * obpbl_shadow_judge() - see what a shadow would do with a packet
 * @on: the namespace's state
 * @shadow: the shadow
 * @policy: the running snapshot
 * @flow: the packet
 * @settings: the sysctls
 * @now: seconds since the epoch
 * @live: what the running policy has decided; NULL: it has not judged it
 *
 * Context: softirq, in a read-side critical section in which @shadow and @policy
 * were published.
 */
void obpbl_shadow_judge(struct obpbl_net *on, struct obpbl_shadow *shadow,
			const struct obpbl_policy *policy,
			const struct obpbl_flow *flow,
			const struct obpbl_settings *settings, u64 now,
			const struct obpbl_decision *live)
{
	struct obpbl_decision decision, *then = &decision;
	bool lost = false, full = false;

	if (!obpbl_judge_by(policy, &shadow->aside->part, flow, settings, now,
			    then))
		then = NULL;
	if (!live && !then)
		return;
	if (then && then->limited)
		limit(on, shadow, flow, then, &full);
	if (blocks(live) != blocks(then))
		lost = !note(on, shadow, flow, live, then);
	count(shadow, lost, full);
}

/* Life */

static struct obpbl_shadow *shadow_of(struct obpbl_net *on)
{
	return rcu_dereference_protected(on->shadow,
					 lockdep_is_held(&on->lock));
}

static int add_place(struct obpbl_shadow *shadow, u16 isp)
{
	struct obpbl_shadow_changes *changes;

	if (shadow->changes[isp])
		return 0;
	changes = kvzalloc(sizeof(*changes), GFP_KERNEL_ACCOUNT);
	if (!changes)
		return -ENOMEM;
	WRITE_ONCE(shadow->changes[isp], changes);
	return 0;
}

static int add_places(struct obpbl_shadow *shadow,
		      const struct obpbl_part *part)
{
	const struct obpbl_isp *isp;
	u32 index = 0;
	int err = 0;

	while (!err && (isp = obpbl_vec_next(&part->isps, &index))) {
		err = add_place(shadow, isp->index);
		index++;
	}
	return err;
}

/**
 * obpbl_shadow_place() - an ISP may come to the running policy
 * @on: the namespace's state
 * @isp: its place
 *
 * Context: process, may sleep; under @on->lock.
 * Return: 0, or -ENOMEM.
 */
int obpbl_shadow_place(struct obpbl_net *on, u16 isp)
{
	struct obpbl_shadow *shadow = shadow_of(on);

	return shadow ? add_place(shadow, isp) : 0;
}

/**
 * obpbl_shadow_forget() - forget what was counted for an ISP that is no more
 * @on: the namespace's state
 * @isp: its place, which another one gets
 *
 * Context: process, may sleep; under @on->lock.
 */
void obpbl_shadow_forget(struct obpbl_net *on, u16 isp)
{
	struct obpbl_shadow *shadow = shadow_of(on);
	atomic64_t *packets;
	unsigned int i;

	if (!shadow || !shadow->changes[isp])
		return;
	packets = &shadow->changes[isp]->packets[0][0][0];
	for (i = 0; i < PLACES; i++)
		atomic64_set(&packets[i], 0);
	obpbl_sources_forget(shadow->sources, isp);
}

static void free_tables(struct obpbl_shadow *shadow)
{
	unsigned int i;

	for (i = 0; shadow->changes && i < OBPBL_MAX_ISPS; i++)
		kvfree(shadow->changes[i]);
	kvfree(shadow->changes);
	obpbl_limiter_free(shadow->limiter);
	obpbl_sources_free(shadow->sources);
	free_percpu(shadow->totals);
	kfree(shadow);
}

/**
 * obpbl_shadow_free() - free a shadow that no packet can see any more
 * @shadow: the shadow
 * @bytes: the count of live bytes
 *
 * Context: process, may sleep, in steps of one node.
 */
void obpbl_shadow_free(struct obpbl_shadow *shadow, u64 *bytes)
{
	if (shadow->promoted)
		obpbl_obj_free(shadow->aside, bytes);
	else
		obpbl_aside_free(shadow->aside, bytes);
	free_tables(shadow);
}

static int alloc_totals(struct obpbl_shadow *shadow)
{
	int cpu;

	shadow->totals = alloc_percpu_gfp(struct obpbl_shadow_totals,
					  GFP_KERNEL_ACCOUNT);
	if (!shadow->totals)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(shadow->totals, cpu)->syncp);
	return 0;
}

static int fill(struct obpbl_net *on, struct obpbl_shadow *shadow,
		const struct obpbl_draft *draft)
{
	const struct obpbl_part *part = &draft->policy->configured;
	u32 max = READ_ONCE(on->sysctl.max_sources);

	shadow->aside = draft->shadow;
	shadow->ports = part->vrfs.count || part->tables.devs;
	shadow->since = ktime_get_real_seconds();
	shadow->changes = kvcalloc(OBPBL_MAX_ISPS, sizeof(*shadow->changes),
				   GFP_KERNEL_ACCOUNT);
	shadow->sources = obpbl_sources_alloc(OBPBL_SHADOW_SOURCES);
	if (part->limits)
		shadow->limiter = obpbl_limiter_alloc(max);
	if (!shadow->changes || !shadow->sources ||
	    (part->limits && !shadow->limiter) || alloc_totals(shadow))
		return -ENOMEM;
	return add_places(shadow, part) ?:
	       add_places(shadow, &draft->base->configured);
}

static struct obpbl_shadow *shadow_new(struct obpbl_net *on,
				       const struct obpbl_draft *draft)
{
	struct obpbl_shadow *shadow = kzalloc(sizeof(*shadow),
					      GFP_KERNEL_ACCOUNT);
	int err;

	if (!shadow)
		return ERR_PTR(-ENOMEM);
	err = fill(on, shadow, draft);
	if (!err)
		return shadow;
	free_tables(shadow);
	return ERR_PTR(err);
}

/**
 * obpbl_shadow_commit() - publish the open transaction as a shadow
 * @on: the namespace's state; its draft was checked
 *
 * Takes the place of the shadow that there is, and counts from nothing.
 *
 * Context: process, may sleep; under @on->lock.
 * Return: 0; -ENOMEM, or what the registration of the hooks failed with, and
 * the draft is still there.
 */
int obpbl_shadow_commit(struct obpbl_net *on)
{
	struct obpbl_shadow *shadow;
	int err;

	lockdep_assert_held(&on->lock);

	shadow = shadow_new(on, &on->draft);
	if (IS_ERR(shadow))
		return PTR_ERR(shadow);
	err = obpbl_net_arm(on);
	if (err) {
		free_tables(shadow);
		return err;
	}
	obpbl_draft_commit_aside(&on->draft);
	obpbl_net_set_shadow(on, shadow);
	return 0;
}

/* Answers */

static void sum(const struct obpbl_shadow_totals *totals, u64 *judged,
		u64 *lost, u64 *full)
{
	u64 one, two, three;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&totals->syncp);
		one = u64_stats_read(&totals->judged);
		two = u64_stats_read(&totals->lost);
		three = u64_stats_read(&totals->full);
	} while (u64_stats_fetch_retry(&totals->syncp, start));
	*judged += one;
	*lost += two;
	*full += three;
}

static int put_totals(struct sk_buff *skb, const struct obpbl_shadow *shadow)
{
	u64 judged = 0, lost = 0, full = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum(per_cpu_ptr(shadow->totals, cpu), &judged, &lost, &full);
	return nla_put_u64_64bit(skb, OBPBL_A_SHADOW_SINCE, shadow->since,
				 OBPBL_A_PAD) ||
	       nla_put_u64_64bit(skb, OBPBL_A_SHADOW_JUDGED, judged,
				 OBPBL_A_PAD) ||
	       nla_put_u64_64bit(skb, OBPBL_A_SOURCES_LOST, lost,
				 OBPBL_A_PAD) ||
	       nla_put_u64_64bit(skb, OBPBL_A_LIMIT_FULL, full,
				 OBPBL_A_PAD);
}

/**
 * obpbl_shadow_put() - say that there is a shadow
 * @skb: the message
 * @on: the namespace's state
 *
 * Context: under @on->lock.
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_shadow_put(struct sk_buff *skb, struct obpbl_net *on)
{
	const struct obpbl_shadow *shadow = shadow_of(on);

	if (!shadow)
		return 0;
	return nla_put_u64_64bit(skb, OBPBL_A_SHADOW_SINCE, shadow->since,
				 OBPBL_A_PAD);
}

static int check_shadow(struct obpbl_net *on, struct netlink_ext_ack *extack)
{
	if (shadow_of(on))
		return 0;
	NL_SET_ERR_MSG(extack, "there is no shadow");
	return -ENOENT;
}

static int put_shadow(struct sk_buff *skb, struct obpbl_net *on,
		      struct genl_info *info)
{
	const struct obpbl_shadow *shadow = shadow_of(on);
	int err = check_shadow(on, info->extack);
	const struct obpbl_part *part;

	if (err)
		return err;
	part = &shadow->aside->part;
	return obpbl_put_generation(skb, on->history.current_policy) ||
	       put_totals(skb, shadow) ||
	       nla_put_u32(skb, OBPBL_A_ISPS, part->isps.count) ||
	       nla_put_u32(skb, OBPBL_A_PREFIXES, part->prefixes) ||
	       nla_put_u32(skb, OBPBL_A_OVERLAYS, part->tables.overlays) ||
	       nla_put_u32(skb, OBPBL_A_SOURCES,
			   obpbl_sources_used(shadow->sources)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SOURCES,
			   obpbl_sources_size(shadow->sources)) ? -EMSGSIZE : 0;
}

/**
 * obpbl_cmd_shadow_get() - OBPBL_CMD_SHADOW_GET, not dumped
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_shadow_get(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, put_shadow);
}

static int drop(struct obpbl_net *on, struct genl_info *info)
{
	int err = obpbl_check_idle(on, info);

	if (!err)
		err = check_shadow(on, info->extack);
	if (err)
		return err;
	on->history.shadow = NULL;
	obpbl_net_set_shadow(on, NULL);
	return 0;
}

/**
 * obpbl_cmd_shadow_drop() - OBPBL_CMD_SHADOW_DROP
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_shadow_drop(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *on = obpbl_pernet(genl_info_net(info));
	int err;

	mutex_lock(&on->lock);
	err = drop(on, info);
	mutex_unlock(&on->lock);
	return err;
}

/*
 * Dumps hold nothing: they go by place, from one message to the next, in
 * whatever shadow there is by then.
 */

/**
 * obpbl_dump_shadow_start() - begin a dump of a shadow
 * @cb: the dump
 *
 * Return: 0, or -ENOENT if there is none.
 */
int obpbl_dump_shadow_start(struct netlink_callback *cb)
{
	struct obpbl_net *on = obpbl_pernet(sock_net(cb->skb->sk));
	int err;

	mutex_lock(&on->lock);
	err = check_shadow(on, cb->extack);
	mutex_unlock(&on->lock);
	return err;
}

/* Changes from a place on, as many as go into a message; and where they end */
static unsigned int portion(const struct obpbl_shadow_changes *changes,
			    unsigned long *at,
			    struct obpbl_shadow_change *out)
{
	const atomic64_t *packets = &changes->packets[0][0][0];
	unsigned int n = 0;

	for (; *at < PLACES && n < PORTION; ++*at) {
		u64 count = atomic64_read(&packets[*at]);

		if (!count)
			continue;
		memset(&out[n], 0, sizeof(*out));
		out[n].packets = count;
		out[n].blocks = *at / (REASONS * REASONS) == ONLY_SHADOW;
		out[n].live = *at / REASONS % REASONS;
		out[n].shadow = *at % REASONS;
		n++;
	}
	return n;
}

/* One message, of the first ISP from the cursor on that has something to say */
static int put_changes(struct sk_buff *skb, struct obpbl_net *on,
		       const struct obpbl_shadow *shadow, unsigned long *isp,
		       unsigned long *at)
{
	struct obpbl_shadow_change out[PORTION];
	unsigned long next = *at;
	unsigned int n = 0;

	for (; *isp < OBPBL_MAX_ISPS; ++*isp, *at = next = 0) {
		if (shadow->changes[*isp])
			n = portion(shadow->changes[*isp], &next, out);
		if (n)
			break;
	}
	if (!n)
		return 0;
	if (obpbl_put_generation(skb, on->history.current_policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, obpbl_stats_name(on, *isp)) ||
	    nla_put(skb, OBPBL_A_SHADOW_CHANGES, n * sizeof(*out), out))
		return -EMSGSIZE;
	*at = next;
	return 1;
}

static int put_source(struct sk_buff *skb, struct obpbl_net *on,
		      const struct obpbl_shadow *shadow, unsigned long *at)
{
	u32 size = obpbl_sources_size(shadow->sources);
	struct obpbl_source_entry entry;
	struct obpbl_source source;

	while (*at < size && !obpbl_sources_read(shadow->sources, *at, &entry))
		++*at;
	if (*at == size)
		return 0;
	obpbl_source_wire(on, &entry, &source);
	if (obpbl_put_generation(skb, on->history.current_policy) ||
	    nla_put_string(skb, OBPBL_A_ISP,
			   obpbl_stats_name(on, entry.key.isp)) ||
	    nla_put(skb, OBPBL_A_SOURCE, sizeof(source), &source))
		return -EMSGSIZE;
	++*at;
	return 1;
}

static int put_next(struct sk_buff *skb, struct netlink_callback *cb,
		    bool sources)
{
	struct obpbl_net *on = obpbl_pernet(sock_net(cb->skb->sk));
	unsigned long *at = (unsigned long *)cb->args;
	const struct obpbl_shadow *shadow;
	int more = 0;

	mutex_lock(&on->lock);
	shadow = shadow_of(on);
	if (shadow && sources)
		more = put_source(skb, on, shadow, &at[0]);
	else if (shadow)
		more = put_changes(skb, on, shadow, &at[0], &at[1]);
	mutex_unlock(&on->lock);
	return more;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		bool sources)
{
	void *header;
	int more;

	do {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, &obpbl_genl_family,
				     NLM_F_MULTI, cmd);
		if (!header)
			break;
		more = put_next(skb, cb, sources);
		if (more > 0)
			genlmsg_end(skb, header);
		else
			genlmsg_cancel(skb, header);
		cond_resched();
	} while (more > 0);
	if (header && more == -EMSGSIZE && !skb->len)
		return -EMSGSIZE;
	return skb->len;
}

/**
 * obpbl_dump_shadow() - OBPBL_CMD_SHADOW_GET, dumped
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_shadow(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_SHADOW_GET, false);
}

/**
 * obpbl_dump_shadow_sources() - OBPBL_CMD_SHADOW_SOURCE_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_shadow_sources(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_SHADOW_SOURCE_GET, true);
}
