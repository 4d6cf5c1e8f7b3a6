// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters by ISP, family, reason and verdict, per CPU.
 *
 * They only ever grow.  A reset notes how far they have come, and a reading
 * since then is the difference.
 */
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>

#include "account.h"
#include "decision.h"
#include "net.h"
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
 * @syncp: where 64 bits are not read at once
 */
struct counts {
	struct count count[OBPBL_FAMILIES][KINDS];
	struct u64_stats_sync syncp;
};

/**
 * struct common - what one CPU has counted apart from ISPs
 * @foreign: sources of no ISP, by family
 * @tally: by enum obpbl_tally
 * @syncp: where 64 bits are not read at once
 */
struct common {
	struct count foreign[OBPBL_FAMILIES];
	u64_stats_t tally[OBPBL_TALLIES];
	struct u64_stats_sync syncp;
};

/**
 * struct base - how far a counter had come at the last reset
 * @packets: so far
 * @bytes: likewise
 * @attempts: likewise
 */
struct base {
	u64 packets;
	u64 bytes;
	u64 attempts;
};

/**
 * struct place - an ISP's counters
 * @name: whose
 * @counts: per CPU
 * @base: by family and kind
 */
struct place {
	char name[OBPBL_ISP_NAME_SIZE];
	struct counts __percpu *counts;
	struct base base[OBPBL_FAMILIES][KINDS];
};

/**
 * struct obpbl_stats - counters of one namespace
 * @common: per CPU
 * @places: OBPBL_MAX_ISPS of them; NULL until there is an ISP.  Both the array
 *	    and a place are there before the policy that has the ISP is
 *	    published, and for as long as any such policy is retained.
 * @lock: protects @foreign, @tally and the bases of all places
 * @foreign: base of sources of no ISP, by family
 * @tally: base of each enum obpbl_tally
 */
struct obpbl_stats {
	struct common __percpu *common;
	struct place **places;

	struct mutex lock;
	struct base foreign[OBPBL_FAMILIES];
	u64 tally[OBPBL_TALLIES];
};

static unsigned int kind_of(u8 reason, u8 verdict)
{
	if (reason < PASSES)
		return reason;
	return PASSES + 2 * (reason - PASSES) +
	       (verdict == OBPBL_VERDICT_WOULD_BLOCK);
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

static struct counts __percpu *alloc_counts(void)
{
	struct counts __percpu *counts;
	int cpu;

	counts = alloc_percpu_gfp(struct counts, GFP_KERNEL_ACCOUNT);
	if (!counts)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counts, cpu)->syncp);
	return counts;
}

static struct place *place_alloc(const char *name)
{
	struct place *place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);

	if (!place)
		return NULL;
	place->counts = alloc_counts();
	if (!place->counts) {
		kfree(place);
		return NULL;
	}
	strscpy(place->name, name, sizeof(place->name));
	return place;
}

static void place_free(struct place *place)
{
	if (!place)
		return;
	free_percpu(place->counts);
	kfree(place);
}

static bool has(const struct obpbl_part *part, u32 index)
{
	return obpbl_vec_get(&part->isps, index);
}

/*
 * Whether any policy that a packet, a dump or a writer may hold has the ISP, or
 * what is put aside has it
 */
static bool in_use(struct obpbl_net *on, u32 index)
{
	const struct obpbl_history *history = &on->history;
	const struct obpbl_policy *policy;

	if ((on->draft.policy && has(&on->draft.policy->configured, index)) ||
	    (history->kept && has(&history->kept->part, index)) ||
	    (history->shadow && has(&history->shadow->part, index)))
		return true;
	list_for_each_entry(policy, &history->versions, node) {
		if (has(&policy->configured, index))
			return true;
	}
	return false;
}

/*
 * Forgets all names that are in no policy.  A policy is in the history until a
 * grace period after it was published last, so that no packet counts there.
 */
static void sweep(struct obpbl_net *on)
{
	struct place **places = on->stats->places;
	u32 i;

	for (i = 0; i < OBPBL_MAX_ISPS; i++) {
		if (in_use(on, i))
			continue;
		place_free(places[i]);
		places[i] = NULL;
	}
}

/* The index of @name, else a free one, else -ENOSPC */
static int find(struct place **places, const char *name)
{
	int i, free = -ENOSPC;

	for (i = OBPBL_MAX_ISPS - 1; i >= 0; i--) {
		if (!places[i])
			free = i;
		else if (!strcmp(places[i]->name, name))
			return i;
	}
	return free;
}

static int need_places(struct obpbl_stats *stats)
{
	if (!stats->places)
		stats->places = kcalloc(OBPBL_MAX_ISPS,
					sizeof(*stats->places),
					GFP_KERNEL_ACCOUNT);
	return stats->places ? 0 : -ENOMEM;
}

/**
 * obpbl_stats_place() - the place of an ISP's counters
 * @on: the namespace's state
 * @name: name of the ISP
 *
 * A name has the same place again for as long as there is room for all names
 * that the namespace has ever seen.  Then those that are in no policy are
 * forgotten, together with what was counted for them.
 *
 * Context: process, may sleep; holds @on->lock.
 * Return: the place, 0 to OBPBL_MAX_ISPS - 1; -ENOSPC if that many ISPs exist;
 * -ENOMEM.
 */
int obpbl_stats_place(struct obpbl_net *on, const char *name)
{
	struct place **places;
	int i;

	lockdep_assert_held(&on->lock);

	if (need_places(on->stats))
		return -ENOMEM;
	places = on->stats->places;
	i = find(places, name);
	if (i == -ENOSPC) {
		sweep(on);
		i = find(places, name);
	}
	if (i < 0 || places[i])
		return i;
	places[i] = place_alloc(name);
	if (!places[i])
		return -ENOMEM;
	obpbl_account_forget(on, i);
	return i;
}

/**
 * obpbl_stats_name() - whose a place is
 * @on: the namespace's state
 * @place: a place that was given
 *
 * Context: process; holds @on->lock.
 * Return: name of the ISP; "" if it was forgotten.
 */
const char *obpbl_stats_name(struct obpbl_net *on, u16 place)
{
	const struct place *at;

	lockdep_assert_held(&on->lock);

	at = on->stats->places[place];
	return at ? at->name : "";
}

static void add(struct count *count, u32 bytes, bool attempt)
{
	u64_stats_inc(&count->packets);
	u64_stats_add(&count->bytes, bytes);
	if (attempt)
		u64_stats_inc(&count->attempts);
}

static void count_foreign(struct obpbl_stats *stats, u8 family, u32 bytes,
			  bool attempt)
{
	struct common *common = this_cpu_ptr(stats->common);

	u64_stats_update_begin(&common->syncp);
	add(&common->foreign[family], bytes, attempt);
	u64_stats_update_end(&common->syncp);
}

/**
 * obpbl_stats_count() - count a packet
 * @on: the namespace's state
 * @decision: what was decided about it
 * @family: enum obpbl_family
 * @bytes: its length
 * @attempt: it opens a connection
 *
 * Context: softirq, in the read-side critical section of @decision's policy.
 */
void obpbl_stats_count(struct obpbl_net *on,
		       const struct obpbl_decision *decision, u8 family,
		       u32 bytes, bool attempt)
{
	unsigned int kind = kind_of(decision->reason, decision->verdict);
	struct counts *counts;

	if (!decision->isp) {
		count_foreign(on->stats, family, bytes, attempt);
		return;
	}
	counts = this_cpu_ptr(on->stats->places[decision->isp->index]->counts);
	u64_stats_update_begin(&counts->syncp);
	add(&counts->count[family][kind], bytes, attempt);
	u64_stats_update_end(&counts->syncp);
}

/**
 * obpbl_stats_tally() - count something that no ISP's counters hold
 * @on: the namespace's state
 * @what: what has happened
 *
 * Context: softirq, or process with softirqs off.
 */
void obpbl_stats_tally(struct obpbl_net *on, enum obpbl_tally what)
{
	struct common *common = this_cpu_ptr(on->stats->common);

	u64_stats_update_begin(&common->syncp);
	u64_stats_inc(&common->tally[what]);
	u64_stats_update_end(&common->syncp);
}

/* Adds what one CPU has counted, all three numbers of one moment */
static void sum(struct obpbl_counter *total, const struct count *count,
		const struct u64_stats_sync *syncp)
{
	u64 packets, bytes, attempts;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(syncp);
		packets = u64_stats_read(&count->packets);
		bytes = u64_stats_read(&count->bytes);
		attempts = u64_stats_read(&count->attempts);
	} while (u64_stats_fetch_retry(syncp, start));
	total->packets += packets;
	total->bytes += bytes;
	total->attempts += attempts;
}

static struct obpbl_counter sum_foreign(const struct obpbl_stats *stats,
					u8 family)
{
	struct obpbl_counter total = {
		.reason = OBPBL_REASON_FOREIGN,
		.verdict = OBPBL_VERDICT_PASS,
	};
	const struct common *common;
	int cpu;

	for_each_possible_cpu(cpu) {
		common = per_cpu_ptr(stats->common, cpu);
		sum(&total, &common->foreign[family], &common->syncp);
	}
	return total;
}

static struct obpbl_counter sum_kind(const struct place *place, u8 family,
				     unsigned int kind)
{
	struct obpbl_counter total = {
		.reason = kind_reason(kind),
		.verdict = kind_verdict(kind),
	};
	const struct counts *counts;
	int cpu;

	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(place->counts, cpu);
		sum(&total, &counts->count[family][kind], &counts->syncp);
	}
	return total;
}

static unsigned int keep(struct obpbl_counter *counters, unsigned int n,
			 const struct obpbl_counter *counter, u8 family,
			 const struct base *base)
{
	if (base && counter->packets == base->packets)
		return n;
	if (!counter->packets)
		return n;
	counters[n] = *counter;
	counters[n].family = family == OBPBL_INET4 ? 4 : 6;
	if (base) {
		counters[n].packets -= base->packets;
		counters[n].bytes -= base->bytes;
		counters[n].attempts -= base->attempts;
	}
	return n + 1;
}

static unsigned int read_foreign(const struct obpbl_stats *stats,
				 struct obpbl_counter *counters, bool total)
{
	struct obpbl_counter counter;
	unsigned int n = 0;
	u8 family;

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		counter = sum_foreign(stats, family);
		n = keep(counters, n, &counter, family,
			 total ? NULL : &stats->foreign[family]);
	}
	return n;
}

/**
 * obpbl_stats_read() - read the counters of one ISP
 * @on: the namespace's state
 * @place: of an ISP in a policy that the caller holds, or OBPBL_STATS_FOREIGN
 * @counters: room for OBPBL_STATS_MAX
 * @total: since the beginning, not since the last reset
 *
 * Context: process, between obpbl_stats_lock() and obpbl_stats_unlock(); a
 * packet is counted wholly or not at all, and while packets flow, counters are
 * of slightly different moments.
 * Return: how many were filled in: those that are not zero.
 */
unsigned int obpbl_stats_read(struct obpbl_net *on, int place,
			      struct obpbl_counter *counters, bool total)
{
	struct obpbl_stats *stats = on->stats;
	struct obpbl_counter counter;
	unsigned int kind, n = 0;
	struct place *at;
	u8 family;

	lockdep_assert_held(&stats->lock);

	if (place == OBPBL_STATS_FOREIGN)
		return read_foreign(stats, counters, total);
	at = stats->places[place];
	for (family = 0; family < OBPBL_FAMILIES; family++) {
		for (kind = 0; kind < KINDS; kind++) {
			counter = sum_kind(at, family, kind);
			n = keep(counters, n, &counter, family,
				 total ? NULL : &at->base[family][kind]);
		}
	}
	return n;
}

static struct base *base_of(struct obpbl_stats *stats, int place,
			    const struct obpbl_counter *counter)
{
	u8 family = counter->family == 4 ? OBPBL_INET4 : OBPBL_INET6;
	unsigned int kind = kind_of(counter->reason, counter->verdict);

	if (place == OBPBL_STATS_FOREIGN)
		return &stats->foreign[family];
	return &stats->places[place]->base[family][kind];
}

/**
 * obpbl_stats_reset() - let the next reading begin after this one
 * @on: the namespace's state
 * @place: as it was read
 * @counters: what obpbl_stats_read() has given, not as a total
 * @n: how many of them
 *
 * Context: process, between the same obpbl_stats_lock() and obpbl_stats_unlock()
 * as the reading.
 */
void obpbl_stats_reset(struct obpbl_net *on, int place,
		       const struct obpbl_counter *counters, unsigned int n)
{
	struct base *base;

	lockdep_assert_held(&on->stats->lock);

	for (; n; n--, counters++) {
		base = base_of(on->stats, place, counters);
		base->packets += counters->packets;
		base->bytes += counters->bytes;
		base->attempts += counters->attempts;
	}
}

/**
 * obpbl_stats_lock() - no reset by others from here on
 * @on: the namespace's state
 *
 * Context: process, may sleep.
 */
void obpbl_stats_lock(struct obpbl_net *on)
{
	mutex_lock(&on->stats->lock);
}

/**
 * obpbl_stats_unlock() - until here
 * @on: the namespace's state
 */
void obpbl_stats_unlock(struct obpbl_net *on)
{
	mutex_unlock(&on->stats->lock);
}

static u64 tally_of(const struct common *common, enum obpbl_tally what)
{
	unsigned int start;
	u64 count;

	do {
		start = u64_stats_fetch_begin(&common->syncp);
		count = u64_stats_read(&common->tally[what]);
	} while (u64_stats_fetch_retry(&common->syncp, start));
	return count;
}

/**
 * obpbl_stats_total() - how often something has happened
 * @on: the namespace's state
 * @what: what
 *
 * Context: process.
 * Return: since the beginning.
 */
u64 obpbl_stats_total(struct obpbl_net *on, enum obpbl_tally what)
{
	u64 total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += tally_of(per_cpu_ptr(on->stats->common, cpu), what);
	return total;
}

/**
 * obpbl_stats_tallies() - read all that obpbl_stats_tally() has counted
 * @on: the namespace's state
 * @tallies: where it goes, by enum obpbl_tally
 * @total: since the beginning, not since the last reset
 *
 * Context: process, between obpbl_stats_lock() and obpbl_stats_unlock().
 */
void obpbl_stats_tallies(struct obpbl_net *on, u64 *tallies, bool total)
{
	enum obpbl_tally what;

	lockdep_assert_held(&on->stats->lock);

	for (what = 0; what < OBPBL_TALLIES; what++)
		tallies[what] = obpbl_stats_total(on, what) -
				(total ? 0 : on->stats->tally[what]);
}

/**
 * obpbl_stats_tallies_reset() - let the next reading begin after this one
 * @on: the namespace's state
 * @tallies: what obpbl_stats_tallies() has given, not as a total
 *
 * Context: as obpbl_stats_reset().
 */
void obpbl_stats_tallies_reset(struct obpbl_net *on, const u64 *tallies)
{
	enum obpbl_tally what;

	lockdep_assert_held(&on->stats->lock);

	for (what = 0; what < OBPBL_TALLIES; what++)
		on->stats->tally[what] += tallies[what];
}

/**
 * obpbl_stats_init() - begin to count
 * @on: the namespace's state; its @stats is set
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM.
 */
int obpbl_stats_init(struct obpbl_net *on)
{
	struct obpbl_stats *stats = kzalloc(sizeof(*stats),
					    GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return -ENOMEM;
	stats->common = alloc_percpu_gfp(struct common, GFP_KERNEL_ACCOUNT);
	if (!stats->common) {
		kfree(stats);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats->common, cpu)->syncp);
	mutex_init(&stats->lock);
	on->stats = stats;
	return 0;
}

/**
 * obpbl_stats_exit() - free all counters
 * @on: the namespace's state; no hook runs any more
 *
 * Context: process, may sleep.
 */
void obpbl_stats_exit(struct obpbl_net *on)
{
	struct obpbl_stats *stats = on->stats;
	u32 i;

	for (i = 0; stats->places && i < OBPBL_MAX_ISPS; i++)
		place_free(stats->places[i]);
	kfree(stats->places);
	free_percpu(stats->common);
	kfree(stats);
	on->stats = NULL;
}
