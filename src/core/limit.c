// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limiter.
 *
 * A source's window begins with the first connection that finds none open, and
 * lasts for the interval; the first so many connections in it are let through.
 * That is exact, also on many CPUs.  (Two windows may touch: at the end of one
 * and the beginning of the next, twice as many can come close together.)
 *
 * Windows live in a set-associative array like that of the sources, but nobody
 * is ever pushed out of a window that is open.  A bucket in which all are open
 * takes no newcomer, and what cannot be counted is not let through.  There are
 * two places for each source that the table is meant for, and sixteen in a
 * bucket, so that for one in a hundred to meet a full bucket more sources must
 * be there than that.
 *
 * A source is known by the 64 bits of its hash alone, under a key that nobody
 * knows.  Who is over the limit, or meets a full bucket, only reads, so that
 * CPUs do not fight over a flood; a bucket's lock is taken for what is let
 * through, which is at most so many times a window, and held for as long as it
 * takes to look at sixteen places.
 *
 * The first connection over the limit marks the window, so that somebody is told
 * of the source once a window and not with each packet.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <uapi/linux/obpbl.h>

#include "limit.h"
#include "memory.h"

#define WAYS		16
#define PLACES		2

/* Of @passed: somebody was told of it; no limit comes near */
#define MARK		(1U << 31)

/**
 * struct window - a source's window
 * @tag: hash of the source
 * @until: when it closes; it is free from then on
 * @passed: connections let through, with MARK, and answers
 */
struct window {
	u64 tag;
	u64 until;
	u32 passed[2];
};

/**
 * struct bucket - windows of sources whose hashes are near to each other
 * @lock: protects @way
 * @way: in no order
 */
struct bucket {
	seqlock_t lock;
	struct window way[WAYS];
};

/**
 * struct obpbl_limiter - all windows of a namespace
 * @secret: key of the hash
 * @turn: by the number of an ISP: how many have had it before
 * @n: length of @bucket
 * @bucket: the buckets
 */
struct obpbl_limiter {
	siphash_key_t secret;
	u32 turn[OBPBL_MAX_ISPS + 1];
	u32 n;
	struct bucket bucket[];
};

/**
 * obpbl_limiter_alloc() - make a limiter
 * @max: for about so many sources
 *
 * Context: process, may sleep.
 * Return: the limiter, or NULL without memory.
 */
struct obpbl_limiter *obpbl_limiter_alloc(u32 max)
{
	u32 i, n = DIV_ROUND_UP(max, WAYS / PLACES);
	struct obpbl_limiter *limiter;

	limiter = kvzalloc(struct_size(limiter, bucket, n), OBPBL_GFP);
	if (!limiter)
		return NULL;
	get_random_bytes(&limiter->secret, sizeof(limiter->secret));
	limiter->n = n;
	for (i = 0; i < n; i++)
		seqlock_init(&limiter->bucket[i].lock);
	return limiter;
}

/**
 * obpbl_limiter_free() - free a limiter that no packet can see
 * @limiter: the limiter, or NULL
 *
 * Context: process or softirq.
 */
void obpbl_limiter_free(struct obpbl_limiter *limiter)
{
	kvfree(limiter);
}

/*
 * The open window of @tag, else one that is free, else NULL.  An answer, which
 * anybody outside can write, begins none in the upper half: whoever opens
 * connections finds a place there, whatever strangers send.
 */
static struct window *find(struct bucket *bucket, u64 tag,
			   const struct obpbl_limit_query *query)
{
	struct window *window, *free = NULL;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		window = &bucket->way[i];
		if (READ_ONCE(window->until) > query->now) {
			if (READ_ONCE(window->tag) == tag)
				return window;
		} else if (!query->answer || i < WAYS / 2) {
			free = window;
		}
	}
	return free;
}

static u32 passed(const struct window *window, bool answer)
{
	return READ_ONCE(window->passed[answer]) & ~MARK;
}

static enum obpbl_limit_state state_of(const struct window *window,
				       const struct obpbl_limit_query *query)
{
	if (!window)
		return OBPBL_LIMIT_FULL;
	if (READ_ONCE(window->until) <= query->now)
		return query->limit ? OBPBL_LIMIT_UNDER : OBPBL_LIMIT_OVER;
	return passed(window, query->answer) < query->limit ?
	       OBPBL_LIMIT_UNDER : OBPBL_LIMIT_OVER;
}

/* Without the lock, but all of one moment */
static enum obpbl_limit_state look(struct bucket *bucket, u64 tag,
				   const struct obpbl_limit_query *query)
{
	enum obpbl_limit_state state;
	unsigned int start;

	do {
		start = read_seqbegin(&bucket->lock);
		state = state_of(find(bucket, tag, query), query);
	} while (read_seqretry(&bucket->lock, start));
	return state;
}

static void let_through(struct window *window, u64 tag,
			const struct obpbl_limit_query *query)
{
	if (window->until <= query->now) {
		WRITE_ONCE(window->tag, tag);
		WRITE_ONCE(window->until, query->now +
			   query->interval * 1000000000ULL);
		WRITE_ONCE(window->passed[0], 0);
		WRITE_ONCE(window->passed[1], 0);
	}
	WRITE_ONCE(window->passed[query->answer],
		   window->passed[query->answer] + 1);
}

/* Of the source in this turn of its ISP and in this session */
static struct bucket *bucket_of(struct obpbl_limiter *limiter,
				const struct obpbl_limit_query *query, u64 *tag)
{
	const u64 whose[] = {
		siphash(&query->key, sizeof(query->key), &limiter->secret),
		(u64)READ_ONCE(limiter->turn[query->key.isp]) << 32 |
		query->epoch,
	};

	*tag = siphash(whose, sizeof(whose), &limiter->secret);
	return &limiter->bucket[reciprocal_scale(*tag, limiter->n)];
}

/**
 * obpbl_limiter_forget() - the windows of an ISP are nobody's any more
 * @limiter: the limiter
 * @isp: its number, which another one may get
 *
 * They keep their places until they close.
 *
 * Context: process; one call at a time.
 */
void obpbl_limiter_forget(struct obpbl_limiter *limiter, u16 isp)
{
	WRITE_ONCE(limiter->turn[isp], limiter->turn[isp] + 1);
}

/**
 * obpbl_limiter_look() - how a source stands
 * @limiter: the limiter
 * @query: a packet that is not there
 *
 * Context: any.
 * Return: what obpbl_limiter_take() would return.
 */
enum obpbl_limit_state
obpbl_limiter_look(struct obpbl_limiter *limiter,
		   const struct obpbl_limit_query *query)
{
	u64 tag;
	struct bucket *bucket = bucket_of(limiter, query, &tag);

	return look(bucket, tag, query);
}

/**
 * obpbl_limiter_take() - count a connection if it is let through
 * @limiter: the limiter
 * @query: the packet that opens it, or answers that
 *
 * Context: softirq.
 * Return: how the source stands; under means that it has been counted.
 */
enum obpbl_limit_state
obpbl_limiter_take(struct obpbl_limiter *limiter,
		   const struct obpbl_limit_query *query)
{
	u64 tag;
	struct bucket *bucket = bucket_of(limiter, query, &tag);
	enum obpbl_limit_state state = look(bucket, tag, query);
	struct window *window;

	if (state != OBPBL_LIMIT_UNDER)
		return state;
	write_seqlock(&bucket->lock);
	window = find(bucket, tag, query);
	state = state_of(window, query);
	if (state == OBPBL_LIMIT_UNDER)
		let_through(window, tag, query);
	write_sequnlock(&bucket->lock);
	return state;
}

/* Whether a window is open, full, and nobody has been told yet */
static bool unmarked(const struct window *window,
		     const struct obpbl_limit_query *query)
{
	return window && READ_ONCE(window->until) > query->now &&
	       !(READ_ONCE(window->passed[0]) & MARK) &&
	       passed(window, false) >= query->limit;
}

/* Without the lock, but all of one moment */
static bool look_unmarked(struct bucket *bucket, u64 tag,
			  const struct obpbl_limit_query *query)
{
	unsigned int start;
	bool is;

	do {
		start = read_seqbegin(&bucket->lock);
		is = unmarked(find(bucket, tag, query), query);
	} while (read_seqretry(&bucket->lock, start));
	return is;
}

/**
 * obpbl_limiter_mark() - mark a source that is over its limit, once a window
 * @limiter: the limiter
 * @query: the packet that obpbl_limiter_take() found over the limit
 *
 * An answer never does, since its receiver has not written it.
 *
 * Context: softirq.
 * Return: whether this packet is the first over the limit in its window.
 */
bool obpbl_limiter_mark(struct obpbl_limiter *limiter,
			const struct obpbl_limit_query *query)
{
	u64 tag;
	struct bucket *bucket = bucket_of(limiter, query, &tag);
	struct window *window;
	bool first;

	if (query->answer || !look_unmarked(bucket, tag, query))
		return false;
	write_seqlock(&bucket->lock);
	window = find(bucket, tag, query);
	first = unmarked(window, query);
	if (first)
		WRITE_ONCE(window->passed[0], window->passed[0] | MARK);
	write_sequnlock(&bucket->lock);
	return first;
}
