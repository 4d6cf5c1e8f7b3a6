// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and names of ISPs, and counters by ISP, family, reason and verdict.
 *
 * Counters are per CPU, and only ever grow.  A reset notes how far they have
 * come, and a reading since then is the difference.  They go on from where those
 * of a module before have come, which is noted likewise.  Sources of no ISP are
 * counted under number 0, which no ISP has.
 */
#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>
#include <linux/xarray.h>

#include "stats.h"

/*
 * Kinds of counter: a reason that passes has one verdict, one that blocks has
 * two, which halves the memory of a plain table.
 */
#define PASSES	OBPBL_REASON_OUTSIDE
#define BLOCKS	(__OBPBL_REASON_LAST - PASSES)
#define KINDS	(PASSES + 2 * BLOCKS)

struct count {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t attempts;
};

/**
 * struct counts - what one CPU has counted of one ISP
 * @count: by family and kind
 * @seq: the numbers of a packet are read together; u64_stats_sync does so only
 *	 where 64 bits are not read at once
 */
struct counts {
	struct count count[OBPBL_FAMILIES][KINDS];
	seqcount_t seq;
};

/**
 * struct totals - what one CPU has counted apart from ISPs
 * @total: by enum obpbl_total
 * @syncp: where 64 bits are not read at once
 */
struct totals {
	u64_stats_t total[OBPBL_TOTALS];
	struct u64_stats_sync syncp;
};

/**
 * struct base - where a counter begins, or had come to at the last reset
 * @packets: so many
 * @bytes: likewise
 * @attempts: likewise
 */
struct base {
	u64 packets;
	u64 bytes;
	u64 attempts;
};

/**
 * struct obpbl_isp_stats - the number, the name and the counters of an ISP
 * @number: its number
 * @name: its name
 * @counts: per CPU
 * @begin: what a module before has counted, by family and kind
 * @base: at the last reset, likewise
 */
struct obpbl_isp_stats {
	u32 number;
	char name[OBPBL_ISP_NAME_SIZE];
	struct counts __percpu *counts;
	struct base begin[OBPBL_FAMILIES][KINDS];
	struct base base[OBPBL_FAMILIES][KINDS];
};

/**
 * struct obpbl_stats - counters of one namespace
 * @totals: per CPU
 * @foreign: of sources of no ISP
 * @isps: number -> struct obpbl_isp_stats.  One is there before the policy that
 *	  has the ISP is published, and for as long as any such policy is retained;
 *	  it comes and goes under the lock of changes.
 * @lock: protects the bases and beginnings
 * @base: base of each enum obpbl_total
 */
struct obpbl_stats {
	struct totals __percpu *totals;
	struct obpbl_isp_stats *foreign;
	struct xarray isps;

	struct mutex lock;
	u64 base[OBPBL_TOTALS];
};

static unsigned int kind_of(u8 reason, u8 verdict)
{
	if (reason < PASSES)
		return reason;
	return PASSES + 2 * (reason - PASSES) +
	       (verdict == OBPBL_VERDICT_WOULD_BLOCK);
}

static u8 family_of(const struct obpbl_counter *counter)
{
	return counter->family == 4 ? OBPBL_INET4 : OBPBL_INET6;
}

static u8 kind_reason(unsigned int kind)
{
	return kind < PASSES ? kind : PASSES + (kind - PASSES) / 2;
}

static u8 kind_verdict(unsigned int kind)
{
	if (kind < PASSES)
		return OBPBL_VERDICT_PASS;
	return (kind - PASSES) % 2 ? OBPBL_VERDICT_WOULD_BLOCK :
				     OBPBL_VERDICT_BLOCK;
}

static void isp_free(struct obpbl_isp_stats *isp)
{
	if (!isp)
		return;
	free_percpu(isp->counts);
	kfree(isp);
}

static struct obpbl_isp_stats *isp_alloc(const char *name)
{
	struct obpbl_isp_stats *isp = kzalloc(sizeof(*isp), GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!isp)
		return NULL;
	isp->counts = alloc_percpu_gfp(struct counts, GFP_KERNEL_ACCOUNT);
	if (!isp->counts) {
		kfree(isp);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		seqcount_init(&per_cpu_ptr(isp->counts, cpu)->seq);
	strscpy(isp->name, name, sizeof(isp->name));
	return isp;
}

/* Numbers and names */

/**
 * obpbl_isp_stats_find() - the counters of a name
 * @stats: the namespace's counters
 * @name: name of an ISP
 *
 * A name keeps its number for as long as it is remembered.
 *
 * Context: process; under the lock of changes.
 * Return: the counters; NULL if the name is not known.
 */
struct obpbl_isp_stats *obpbl_isp_stats_find(struct obpbl_stats *stats,
					     const char *name)
{
	struct obpbl_isp_stats *isp;
	unsigned long number;

	xa_for_each(&stats->isps, number, isp) {
		if (!strcmp(isp->name, name))
			return isp;
	}
	return NULL;
}

/**
 * obpbl_isp_stats_add() - give a name a number and counters
 * @stats: the namespace's counters
 * @name: name of an ISP, which is not known
 *
 * Context: process, may sleep; under the lock of changes.
 * Return: the counters; ERR_PTR(-ENOSPC) if all numbers are taken;
 * ERR_PTR(-ENOMEM).
 */
struct obpbl_isp_stats *obpbl_isp_stats_add(struct obpbl_stats *stats,
					    const char *name)
{
	struct obpbl_isp_stats *isp = isp_alloc(name);
	int err;

	if (!isp)
		return ERR_PTR(-ENOMEM);
	err = xa_alloc(&stats->isps, &isp->number, isp,
		       XA_LIMIT(1, OBPBL_MAX_ISPS), GFP_KERNEL_ACCOUNT);
	if (!err)
		return isp;
	isp_free(isp);
	return ERR_PTR(err == -EBUSY ? -ENOSPC : err);
}

/**
 * obpbl_isp_stats_remove() - forget a name, and all that was counted for it
 * @stats: the namespace's counters
 * @number: its number, which another one may get
 *
 * Context: process; under the lock of changes.  No policy has the ISP.
 */
void obpbl_isp_stats_remove(struct obpbl_stats *stats, u16 number)
{
	isp_free(xa_erase(&stats->isps, number));
}

/**
 * obpbl_isp_stats_next() - go through the names that are known
 * @stats: the namespace's counters
 * @number: where to begin; becomes the number of what was found
 *
 * Context: process; under the lock of changes.
 * Return: the counters; NULL at the end.
 */
struct obpbl_isp_stats *obpbl_isp_stats_next(struct obpbl_stats *stats,
					     unsigned long *number)
{
	return xa_find(&stats->isps, number, OBPBL_MAX_ISPS, XA_PRESENT);
}

/**
 * obpbl_isp_stats_number() - the number of an ISP
 * @isp: its counters
 *
 * Return: 1 to OBPBL_MAX_ISPS.
 */
u16 obpbl_isp_stats_number(const struct obpbl_isp_stats *isp)
{
	return isp->number;
}

/**
 * obpbl_isp_stats_name() - the name that a number belongs to
 * @stats: the namespace's counters
 * @number: the number
 *
 * Context: process; under the lock of changes, or with a policy held that has
 * anything of the ISP, so that the name is not forgotten.
 * Return: name of the ISP; "" if none has it.
 */
const char *obpbl_isp_stats_name(struct obpbl_stats *stats, u16 number)
{
	const struct obpbl_isp_stats *isp = xa_load(&stats->isps, number);

	return isp ? isp->name : "";
}

/* Counting */

/**
 * obpbl_stats_count() - count a packet
 * @context: the packet, decided about
 *
 * Context: softirq.
 */
void obpbl_stats_count(const struct obpbl_context *context)
{
	const struct obpbl_decision *decision = &context->decision;
	const struct obpbl_isp_stats *isp = decision->isp ?
		decision->isp->stats : context->dp->stats->foreign;
	struct counts *counts = this_cpu_ptr(isp->counts);
	struct count *count;

	count = &counts->count[context->flow.family]
			      [kind_of(decision->reason, decision->verdict)];
	write_seqcount_begin(&counts->seq);
	u64_stats_inc(&count->packets);
	u64_stats_add(&count->bytes, context->skb->len);
	if (obpbl_flow_attempts(&context->flow))
		u64_stats_inc(&count->attempts);
	write_seqcount_end(&counts->seq);
}

/**
 * obpbl_stats_inc() - count something that no ISP's counters hold
 * @stats: the namespace's counters
 * @what: what has happened
 *
 * Context: softirq, or process with softirqs off.
 */
void obpbl_stats_inc(struct obpbl_stats *stats, enum obpbl_total what)
{
	struct totals *totals = this_cpu_ptr(stats->totals);

	u64_stats_update_begin(&totals->syncp);
	u64_stats_inc(&totals->total[what]);
	u64_stats_update_end(&totals->syncp);
}

/* Reading */

/*
 * Adds what one CPU has counted, all three numbers of one moment.  With softirqs
 * off, since where they can be preempted, one of this CPU would be waited for that
 * never runs.
 */
static void sum(struct obpbl_counter *total, const struct count *count,
		const seqcount_t *seq)
{
	u64 packets, bytes, attempts;
	unsigned int start;

	local_bh_disable();
	do {
		start = read_seqcount_begin(seq);
		packets = u64_stats_read(&count->packets);
		bytes = u64_stats_read(&count->bytes);
		attempts = u64_stats_read(&count->attempts);
	} while (read_seqcount_retry(seq, start));
	local_bh_enable();
	total->packets += packets;
	total->bytes += bytes;
	total->attempts += attempts;
}

static struct obpbl_counter sum_kind(const struct obpbl_isp_stats *isp,
				     u8 family, unsigned int kind)
{
	const struct base *begin = &isp->begin[family][kind];
	struct obpbl_counter total = {
		.packets = begin->packets,
		.bytes = begin->bytes,
		.attempts = begin->attempts,
		.reason = kind_reason(kind),
		.verdict = kind_verdict(kind),
		.family = family == OBPBL_INET4 ? 4 : 6,
	};
	const struct counts *counts;
	int cpu;

	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(isp->counts, cpu);
		sum(&total, &counts->count[family][kind], &counts->seq);
	}
	return total;
}

static void subtract(struct obpbl_counter *counter, const struct base *base)
{
	counter->packets -= base->packets;
	counter->bytes -= base->bytes;
	counter->attempts -= base->attempts;
}

static void advance(struct base *base, const struct obpbl_counter *counter)
{
	base->packets += counter->packets;
	base->bytes += counter->bytes;
	base->attempts += counter->attempts;
}

static const struct obpbl_isp_stats *isp_of(const struct obpbl_stats *stats,
					    const struct obpbl_isp *isp)
{
	return isp ? isp->stats : stats->foreign;
}

/**
 * obpbl_stats_read() - read the counters of one ISP
 * @stats: the namespace's counters
 * @isp: an ISP of a policy that the caller holds; NULL: sources of no ISP
 * @counters: room for OBPBL_STATS_MAX
 * @total: since the beginning, not since the last reset
 *
 * Context: process, between obpbl_stats_lock() and obpbl_stats_unlock(); a
 * packet is counted wholly or not at all, and while packets flow, counters are
 * of slightly different moments.
 * Return: how many were filled in: those that are not zero.
 */
unsigned int obpbl_stats_read(struct obpbl_stats *stats,
			      const struct obpbl_isp *isp,
			      struct obpbl_counter *counters, bool total)
{
	const struct obpbl_isp_stats *of = isp_of(stats, isp);
	unsigned int kind, n = 0;
	u8 family;

	lockdep_assert_held(&stats->lock);

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		for (kind = 0; kind < KINDS; kind++) {
			counters[n] = sum_kind(of, family, kind);
			if (!total)
				subtract(&counters[n], &of->base[family][kind]);
			n += !!counters[n].packets;
		}
	}
	return n;
}

/**
 * obpbl_stats_reset() - let the next reading begin after this one
 * @stats: the namespace's counters
 * @isp: as it was read
 * @counters: what obpbl_stats_read() has given, not as a total
 * @n: how many of them
 *
 * Context: process, between the same obpbl_stats_lock() and obpbl_stats_unlock()
 * as the reading.
 */
void obpbl_stats_reset(struct obpbl_stats *stats, const struct obpbl_isp *isp,
		       const struct obpbl_counter *counters, unsigned int n)
{
	struct obpbl_isp_stats *of = isp ? isp->stats : stats->foreign;
	struct base *base;

	lockdep_assert_held(&stats->lock);

	for (; n; n--, counters++) {
		base = &of->base[family_of(counters)]
				[kind_of(counters->reason, counters->verdict)];
		advance(base, counters);
	}
}

/* Whether any packet is counted so; of sources of no ISP, for one reason alone */
static bool plausible(const struct obpbl_counter *counter, bool foreign)
{
	u8 verdict = counter->verdict;

	return (counter->family == 4 || counter->family == 6) &&
	       counter->reason <= OBPBL_REASON_MAX &&
	       (counter->reason == OBPBL_REASON_FOREIGN) == foreign &&
	       kind_verdict(kind_of(counter->reason, verdict)) == verdict &&
	       counter->packets >= max(counter->attempts, 1ULL) &&
	       counter->bytes >= counter->packets &&
	       !memchr_inv(counter->reserved, 0, sizeof(counter->reserved));
}

/**
 * obpbl_stats_restore() - go on from where a module before has come
 * @stats: the namespace's counters
 * @isp: the ISP's; NULL: sources of no ISP
 * @counter: one counter of that module
 * @before: only from before the last reset
 *
 * Context: process, between obpbl_stats_lock() and obpbl_stats_unlock().
 * Return: 0; -EINVAL, no packet is counted so; -ERANGE, it would come to more
 * than there are numbers; and nothing has changed.
 */
int obpbl_stats_restore(struct obpbl_stats *stats, struct obpbl_isp_stats *isp,
			const struct obpbl_counter *counter, bool before)
{
	struct obpbl_isp_stats *of = isp ?: stats->foreign;
	struct obpbl_counter now;
	unsigned int kind;
	u8 family;

	lockdep_assert_held(&stats->lock);

	if (!plausible(counter, !isp))
		return -EINVAL;
	family = family_of(counter);
	kind = kind_of(counter->reason, counter->verdict);
	now = sum_kind(of, family, kind);
	/* There are no more packets than bytes, and no more attempts */
	if (counter->bytes > S64_MAX || now.bytes > S64_MAX - counter->bytes)
		return -ERANGE;
	advance(&of->begin[family][kind], counter);
	if (before)
		advance(&of->base[family][kind], counter);
	return 0;
}

/**
 * obpbl_stats_lock() - no reset by others from here on
 * @stats: the namespace's counters
 *
 * Context: process, may sleep.
 */
void obpbl_stats_lock(struct obpbl_stats *stats)
{
	mutex_lock(&stats->lock);
}

/**
 * obpbl_stats_unlock() - until here
 * @stats: the namespace's counters
 */
void obpbl_stats_unlock(struct obpbl_stats *stats)
{
	mutex_unlock(&stats->lock);
}

/**
 * obpbl_stats_total() - how often something has happened
 * @stats: the namespace's counters
 * @what: what
 *
 * Context: process.
 * Return: since the beginning.
 */
u64 obpbl_stats_total(struct obpbl_stats *stats, enum obpbl_total what)
{
	const struct totals *totals;
	unsigned int start;
	u64 sum = 0, one;
	int cpu;

	/*
	 * With softirqs off, since where one CPU of 32 bits is all there is, only
	 * they keep its own packets out on kernels before 6.3.
	 */
	for_each_possible_cpu(cpu) {
		totals = per_cpu_ptr(stats->totals, cpu);
		local_bh_disable();
		do {
			start = u64_stats_fetch_begin(&totals->syncp);
			one = u64_stats_read(&totals->total[what]);
		} while (u64_stats_fetch_retry(&totals->syncp, start));
		local_bh_enable();
		sum += one;
	}
	return sum;
}

/**
 * obpbl_stats_totals() - read all that obpbl_stats_inc() has counted
 * @stats: the namespace's counters
 * @totals: where it goes, by enum obpbl_total
 * @total: since the beginning, not since the last reset
 *
 * Context: process, between obpbl_stats_lock() and obpbl_stats_unlock().
 */
void obpbl_stats_totals(struct obpbl_stats *stats, u64 *totals, bool total)
{
	enum obpbl_total what;

	lockdep_assert_held(&stats->lock);

	for (what = 0; what < OBPBL_TOTALS; what++)
		totals[what] = obpbl_stats_total(stats, what) -
			       (total ? 0 : stats->base[what]);
}

/**
 * obpbl_stats_totals_reset() - let the next reading begin after this one
 * @stats: the namespace's counters
 * @totals: what obpbl_stats_totals() has given, not as a total
 *
 * Context: as obpbl_stats_reset().
 */
void obpbl_stats_totals_reset(struct obpbl_stats *stats, const u64 *totals)
{
	enum obpbl_total what;

	lockdep_assert_held(&stats->lock);

	for (what = 0; what < OBPBL_TOTALS; what++)
		stats->base[what] += totals[what];
}

/* Life */

/**
 * obpbl_stats_alloc() - begin to count
 *
 * Context: process, may sleep.
 * Return: counters, or NULL without memory.
 */
struct obpbl_stats *obpbl_stats_alloc(void)
{
	struct obpbl_stats *stats = kzalloc(sizeof(*stats),
					    GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return NULL;
	xa_init_flags(&stats->isps, XA_FLAGS_ALLOC1);
	mutex_init(&stats->lock);
	stats->totals = alloc_percpu_gfp(struct totals, GFP_KERNEL_ACCOUNT);
	stats->foreign = isp_alloc("");
	if (!stats->totals || !stats->foreign) {
		obpbl_stats_free(stats);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats->totals, cpu)->syncp);
	return stats;
}

/**
 * obpbl_stats_free() - free all counters
 * @stats: the counters, or NULL; no packet can see them any more
 *
 * Context: process, may sleep.
 */
void obpbl_stats_free(struct obpbl_stats *stats)
{
	struct obpbl_isp_stats *isp;
	unsigned long number;

	if (!stats)
		return;
	xa_for_each(&stats->isps, number, isp)
		isp_free(isp);
	xa_destroy(&stats->isps);
	isp_free(stats->foreign);
	free_percpu(stats->totals);
	kfree(stats);
}
