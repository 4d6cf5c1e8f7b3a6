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
 * beside the table itself: a table of sources, and one of changes an ISP.  The
 * packet path only finds packets that differ on the lines that CPUs share.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/u64_stats_sync.h>

#include "account.h"
#include "shadow.h"

/* What one CPU has seen; see struct obpbl_shadow_totals */
struct obpbl_shadow_cpu {
	u64_stats_t judged;
	u64_stats_t lost;
	u64_stats_t full;
	struct u64_stats_sync syncp;
};

/* The packet path */

static bool blocks(const struct obpbl_decision *decision)
{
	return decision && decision->verdict == OBPBL_VERDICT_BLOCK;
}

/* What is not judged at all has no reason, and passes like what is foreign */
static u8 reason(const struct obpbl_decision *decision)
{
	return decision ? decision->reason : OBPBL_REASON_FOREIGN;
}

static bool note_source(const struct obpbl_context *context,
			struct obpbl_shadow *shadow,
			const struct obpbl_decision *by,
			enum obpbl_shadow_way way)
{
	struct obpbl_source_entry entry;
	struct obpbl_sample sample;

	/* As for the table of those that are blocked: see account.c */
	if (by->reverse)
		return true;
	obpbl_account_sample(context->dp->sysctl, &context->flow, by, &sample);
	sample.blocked = way == OBPBL_ONLY_SHADOW;
	return obpbl_sources_note(shadow->sources, &sample, &entry) !=
	       OBPBL_SOURCE_LOST;
}

/* Counts a packet for the ISP that blocks it; whether its source was noted */
static bool note(const struct obpbl_context *context,
		 struct obpbl_shadow *shadow,
		 const struct obpbl_decision *live,
		 const struct obpbl_decision *then)
{
	enum obpbl_shadow_way way = blocks(live) ? OBPBL_ONLY_LIVE :
						   OBPBL_ONLY_SHADOW;
	const struct obpbl_decision *by = way == OBPBL_ONLY_LIVE ? live : then;
	struct obpbl_shadow_changes *changes;

	changes = READ_ONCE(shadow->changes[by->isp->number]);
	if (changes)
		atomic64_inc(&changes->packets[way][reason(live)]
					      [reason(then)]);
	return note_source(context, shadow, by, way);
}

static void count(struct obpbl_shadow *shadow, bool lost, bool full)
{
	struct obpbl_shadow_cpu *cpu = this_cpu_ptr(shadow->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->judged);
	if (lost)
		u64_stats_inc(&cpu->lost);
	if (full)
		u64_stats_inc(&cpu->full);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * obpbl_shadow_judge() - see what a shadow would do with a packet
 * @context: the packet, whose policy has a shadow
 * @live: what the running policy has decided; NULL: it has not judged it
 *
 * Context: softirq.
 */
void obpbl_shadow_judge(struct obpbl_context *context,
			const struct obpbl_decision *live)
{
	struct obpbl_shadow *shadow = obpbl_shadow_of(context->question.policy);
	struct obpbl_decision decision, *then = &decision;
	enum obpbl_limit_state state = OBPBL_LIMIT_UNDER;
	bool lost = false;

	if (!obpbl_judge(&context->question, OBPBL_SHADOW, then))
		then = NULL;
	if (!live && !then)
		return;
	if (then && then->limited) {
		state = obpbl_account_limit_state(context->dp, shadow->limiter,
						  &context->flow, then, true);
		obpbl_decision_limit(then, state == OBPBL_LIMIT_UNDER);
	}
	if (blocks(live) != blocks(then))
		lost = !note(context, shadow, live, then);
	count(shadow, lost, state == OBPBL_LIMIT_FULL);
}

/* Life */

/**
 * obpbl_shadow_free() - free what was counted
 * @shadow: the shadow, that no packet sees
 *
 * Context: process.
 */
void obpbl_shadow_free(struct obpbl_shadow *shadow)
{
	unsigned int i;

	for (i = 0; shadow->changes && i <= OBPBL_MAX_ISPS; i++)
		kvfree(shadow->changes[i]);
	kvfree(shadow->changes);
	obpbl_limiter_free(shadow->limiter);
	obpbl_sources_free(shadow->sources);
	free_percpu(shadow->cpu);
	kfree(shadow);
}

static void release(struct obpbl_observer *observer)
{
	obpbl_shadow_free(container_of(observer, struct obpbl_shadow,
				       observer));
}

/**
 * obpbl_shadow_alloc() - make room for what will be counted
 * @max_sources: how many sources its limits are for
 *
 * Context: process, may sleep.
 * Return: the shadow, or NULL without memory.
 */
struct obpbl_shadow *obpbl_shadow_alloc(u32 max_sources)
{
	struct obpbl_shadow *shadow = kzalloc(sizeof(*shadow),
					      GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!shadow)
		return NULL;
	shadow->observer.release = release;
	shadow->since = ktime_get_real_seconds();
	shadow->changes = kvcalloc(OBPBL_MAX_ISPS + 1,
				   sizeof(*shadow->changes),
				   GFP_KERNEL_ACCOUNT);
	shadow->sources = obpbl_sources_alloc(OBPBL_SHADOW_SOURCES);
	shadow->limiter = obpbl_limiter_alloc(max_sources);
	shadow->cpu = alloc_percpu_gfp(struct obpbl_shadow_cpu,
				       GFP_KERNEL_ACCOUNT);
	if (!shadow->changes || !shadow->sources || !shadow->limiter ||
	    !shadow->cpu) {
		obpbl_shadow_free(shadow);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(shadow->cpu, cpu)->syncp);
	return shadow;
}

/**
 * obpbl_shadow_add_isp() - an ISP may come to one of the two policies
 * @shadow: the shadow; NULL: there is none, and nothing to do
 * @isp: its number
 *
 * Context: process, may sleep; under the lock of changes.
 * Return: 0, or -ENOMEM.
 */
int obpbl_shadow_add_isp(struct obpbl_shadow *shadow, u16 isp)
{
	struct obpbl_shadow_changes *changes;

	if (!shadow || shadow->changes[isp])
		return 0;
	changes = kvzalloc(sizeof(*changes), GFP_KERNEL_ACCOUNT);
	if (!changes)
		return -ENOMEM;
	WRITE_ONCE(shadow->changes[isp], changes);
	return 0;
}

/**
 * obpbl_shadow_add_isps() - all ISPs of a table come
 * @shadow: the shadow
 * @table: the table
 *
 * Context: as obpbl_shadow_add_isp().
 * Return: 0, or -ENOMEM.
 */
int obpbl_shadow_add_isps(struct obpbl_shadow *shadow,
			  const struct obpbl_table *table)
{
	const struct obpbl_isp *isp;
	u32 number = 0;
	int err = 0;

	while (!err && (isp = obpbl_array_next(&table->isps, &number))) {
		err = obpbl_shadow_add_isp(shadow, isp->number);
		number++;
	}
	return err;
}

/**
 * obpbl_shadow_forget() - forget what was counted for ISPs that are no more
 * @shadow: the shadow
 * @isps: their numbers, which others may get, as bits
 *
 * Context: process, may sleep; under the lock of changes.
 */
void obpbl_shadow_forget(struct obpbl_shadow *shadow, const unsigned long *isps)
{
	atomic64_t *packets;
	unsigned int isp, i;

	for_each_set_bit(isp, isps, OBPBL_MAX_ISPS + 1) {
		obpbl_limiter_forget(shadow->limiter, isp);
		if (!shadow->changes[isp])
			continue;
		packets = &shadow->changes[isp]->packets[0][0][0];
		for (i = 0; i < OBPBL_SHADOW_KINDS; i++)
			atomic64_set(&packets[i], 0);
		cond_resched();
	}
	obpbl_sources_forget(shadow->sources, isps);
}

/**
 * obpbl_shadow_read() - the numbers of all packets that a shadow has seen
 * @shadow: the shadow
 * @totals: where to put them
 *
 * Context: process.
 */
void obpbl_shadow_read(const struct obpbl_shadow *shadow,
		       struct obpbl_shadow_totals *totals)
{
	const struct obpbl_shadow_cpu *at;
	u64 judged, lost, full;
	unsigned int start;
	int cpu;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu) {
		at = per_cpu_ptr(shadow->cpu, cpu);
		local_bh_disable();
		do {
			start = u64_stats_fetch_begin(&at->syncp);
			judged = u64_stats_read(&at->judged);
			lost = u64_stats_read(&at->lost);
			full = u64_stats_read(&at->full);
		} while (u64_stats_fetch_retry(&at->syncp, start));
		local_bh_enable();
		totals->judged += judged;
		totals->lost += lost;
		totals->full += full;
	}
}
