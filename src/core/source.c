// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sources whose packets the policy was against.
 *
 * A set-associative array: the hash of a source, under a key that nobody knows,
 * picks a bucket, and there it may be in any of a few places.  All memory is
 * there from the start.  Who is kept when a bucket is full follows HeavyKeeper
 * (Yang et al., "HeavyKeeper: An Accurate Algorithm for Finding Top-k Elephant
 * Flows", USENIX ATC 2018): a newcomer takes one from the weight of the
 * lightest, with a probability that falls exponentially with that weight, and
 * its place when nothing is left.  So a flood of sources that are seen once
 * passes through a place of its own in each bucket, and those that are seen
 * again and again stay; and as a newcomer begins with nothing, all numbers are
 * true since the source came in.  An hour without a packet halves a weight, so
 * that yesterday's sources make way.
 *
 * A bucket has a lock, which the packet path only tries: it never waits.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "memory.h"
#include "prefix.h"
#include "source.h"

#define WAYS		8
#define HALF_LIFE	3600

/* Eight more of weight halve the chance to lose some of it */
#define WEIGHT_STEP	8

/**
 * struct meta - what decides who stays in a bucket
 * @tag: hash of the source, for a look before its key
 * @weight: how hard it is to push out; 0: a free place
 * @last: when it was seen last
 * @told: when an event was sent about it last; 0: never
 */
struct meta {
	u32 tag;
	u32 weight;
	u32 last;
	u32 told;
};

/**
 * struct bucket - sources whose hashes are near to each other
 * @lock: protects all below
 * @chance: state of its random numbers, not 0
 * @meta: of each place, together: a packet of a newcomer reads no other
 * @place: in no order
 */
struct bucket {
	spinlock_t lock;
	u32 chance;
	struct meta meta[WAYS];
	struct obpbl_source_entry place[WAYS];
};

/**
 * struct obpbl_sources - the table
 * @secret: key of the hash of sources
 * @mix: keys of the hash of destinations
 * @events: events that may be sent
 * @used: places that are not free
 * @n: length of @bucket
 * @bucket: the buckets
 */
struct obpbl_sources {
	hsiphash_key_t secret;
	u64 mix[OBPBL_SOURCE_ADDR / sizeof(u32) + 1];
	struct obpbl_bucket events;
	atomic_t used;
	u32 n;
	struct bucket bucket[];
};

/**
 * obpbl_sources_alloc() - make a table
 * @max: places; rounded down to whole buckets, of which there is at least one
 *
 * Context: process, may sleep.
 * Return: the table, or NULL without memory.
 */
struct obpbl_sources *obpbl_sources_alloc(u32 max)
{
	struct obpbl_sources *sources;
	u32 i, n = max_t(u32, max / WAYS, 1), chance;

	sources = kvzalloc(struct_size(sources, bucket, n), OBPBL_GFP);
	if (!sources)
		return NULL;
	get_random_bytes(&sources->secret, sizeof(sources->secret));
	get_random_bytes(sources->mix, sizeof(sources->mix));
	sources->n = n;
	for (i = 0; i < n; i++) {
		spin_lock_init(&sources->bucket[i].lock);
		get_random_bytes(&chance, sizeof(chance));
		sources->bucket[i].chance = chance ?: 1;
		cond_resched();
	}
	return sources;
}

/**
 * obpbl_sources_free() - free a table that no packet can see
 * @sources: the table, or NULL
 *
 * Context: process or softirq.
 */
void obpbl_sources_free(struct obpbl_sources *sources)
{
	kvfree(sources);
}

/**
 * obpbl_sources_size() - how many places a table has
 * @sources: the table
 *
 * Return: places.
 */
u32 obpbl_sources_size(const struct obpbl_sources *sources)
{
	return sources->n * WAYS;
}

/**
 * obpbl_sources_used() - how many sources are in a table
 * @sources: the table
 *
 * Return: sources.
 */
u32 obpbl_sources_used(const struct obpbl_sources *sources)
{
	return atomic_read(&sources->used);
}

static bool same(const struct obpbl_source_key *a,
		 const struct obpbl_source_key *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The place of a source, WAYS if it has none */
static unsigned int find(const struct bucket *bucket, u32 tag,
			 const struct obpbl_source_key *key)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (bucket->meta[i].tag == tag &&
		    bucket->meta[i].weight &&
		    same(&bucket->place[i].key, key))
			break;
	}
	return i;
}

/*
 * Seconds that have gone by.  Who comes into a bucket later may have read the
 * clock earlier, on another CPU: then there were none.
 */
static u32 passed(u32 since, u32 now)
{
	return max_t(s32, now - since, 0);
}

/* How often its weight is to be halved by now */
static u32 idle(const struct meta *meta, u32 now)
{
	return min_t(u32, passed(meta->last, now) / HALF_LIFE, 31);
}

static u32 weight_now(const struct meta *meta, u32 now)
{
	return meta->weight >> idle(meta, now);
}

/* Who has just been in an event stays, so that there is no second one soon */
static bool pinned(const struct meta *meta, u32 now)
{
	return meta->told && passed(meta->told, now) < OBPBL_SOURCE_QUIET;
}

static unsigned int lightest(const struct bucket *bucket, u32 now)
{
	unsigned int i, least = WAYS;
	u32 weight, lowest = 0;

	for (i = 0; i < WAYS; i++) {
		if (bucket->meta[i].weight &&
		    pinned(&bucket->meta[i], now))
			continue;
		weight = weight_now(&bucket->meta[i], now);
		if (least == WAYS || weight < lowest) {
			least = i;
			lowest = weight;
		}
	}
	return least;
}

/*
 * A random number (Marsaglia, "Xorshift RNGs", Journal of Statistical Software
 * 8(14), 2003): nobody sees one, and the kernel's own cost more than the rest.
 */
static u32 draw(struct bucket *bucket)
{
	bucket->chance ^= bucket->chance << 13;
	bucket->chance ^= bucket->chance >> 17;
	bucket->chance ^= bucket->chance << 5;
	return bucket->chance;
}

/* Takes one from the weight now, by chance; whether nothing is left of it */
static bool decay(struct bucket *bucket, struct meta *meta, u32 now)
{
	u32 weight = weight_now(meta, now), steps = weight / WEIGHT_STEP;

	if (!weight)
		return true;
	if (steps > 31 || draw(bucket) & ((1U << steps) - 1))
		return false;
	meta->weight -= 1U << idle(meta, now);
	return weight == 1;
}

/* A place for a newcomer; WAYS: it has not got one */
static unsigned int admit(struct obpbl_sources *sources, struct bucket *bucket,
			  u32 tag, const struct obpbl_sample *sample)
{
	unsigned int i = lightest(bucket, sample->now);
	struct meta *meta = &bucket->meta[i];

	if (i == WAYS)
		return i;
	if (!meta->weight)
		atomic_inc(&sources->used);
	else if (!decay(bucket, meta, sample->now))
		return WAYS;
	memset(meta, 0, sizeof(*meta));
	meta->tag = tag;
	meta->last = sample->now;
	memset(&bucket->place[i], 0, sizeof(bucket->place[i]));
	bucket->place[i].key = sample->key;
	bucket->place[i].first = sample->now;
	return i;
}

static u32 word_of(const u8 *addr, unsigned int i)
{
	u32 word;

	memcpy(&word, addr + i * sizeof(word), sizeof(word));
	return word;
}

/*
 * HalfSipHash is weaker than SipHash, but nobody sees what comes out.  Words
 * past the first @len bits are zero, and are left out.
 */
static u32 hash_of(const struct obpbl_sources *sources, const u8 *addr, u8 len)
{
	if (len <= 32)
		return hsiphash_1u32(word_of(addr, 0), &sources->secret);
	if (len <= 64)
		return hsiphash_2u32(word_of(addr, 0), word_of(addr, 1),
				     &sources->secret);
	return hsiphash_4u32(word_of(addr, 0), word_of(addr, 1),
			     word_of(addr, 2), word_of(addr, 3),
			     &sources->secret);
}

static u32 bucket_of(const struct obpbl_sources *sources, u32 hash)
{
	return reciprocal_scale(hash, sources->n);
}

/*
 * Sets the destination's bit.  A sum under secret factors, of which nobody sees
 * anything (Lemire and Kaser, "Strongly Universal String Hashing is Fast", The
 * Computer Journal 57(11), 2014), and mixed, as neighbours would make a pattern
 * in it (the finalizer of Steele, Lea and Flood, "Fast Splittable Pseudorandom
 * Number Generators", OOPSLA 2014): a fifth of what a hash costs that keeps a
 * secret.
 */
static void see_destination(const struct obpbl_sources *sources,
			    struct obpbl_source_entry *entry, const u8 *dst)
{
	const u64 *mix = sources->mix;
	u64 hash = mix[0] * word_of(dst, 0) + mix[1] * word_of(dst, 1) +
		   mix[2] * word_of(dst, 2) + mix[3] * word_of(dst, 3) + mix[4];
	u32 bit;

	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ULL;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111ebULL;
	static_assert(!(OBPBL_SOURCE_BITS & (OBPBL_SOURCE_BITS - 1)));
	bit = hash >> (64 - ilog2(OBPBL_SOURCE_BITS));
	entry->seen[bit / 64] |= 1ULL << bit % 64;
}

static void count(const struct obpbl_sources *sources,
		  struct meta *meta, struct obpbl_source_entry *entry,
		  const struct obpbl_sample *sample)
{
	u32 weight = weight_now(meta, sample->now);

	meta->weight = weight == U32_MAX ? weight : weight + 1;
	meta->last += passed(meta->last, sample->now);
	entry->last = meta->last;
	entry->reason = sample->reason;
	entry->attempts += sample->attempt;
	if (sample->blocked)
		entry->blocked++;
	else
		entry->would_block++;
	entry->dst_len = sample->dst_len;
	obpbl_address_mask(entry->dst, sample->dst, sample->dst_len);
	see_destination(sources, entry, sample->dst);
}

static enum obpbl_noted note(struct obpbl_sources *sources,
			     struct bucket *bucket, u32 tag,
			     const struct obpbl_sample *sample,
			     struct obpbl_source_entry *copy)
{
	unsigned int i = find(bucket, tag, &sample->key);
	struct meta *meta;

	if (i == WAYS)
		i = admit(sources, bucket, tag, sample);
	if (i == WAYS)
		return OBPBL_SOURCE_LOST;
	meta = &bucket->meta[i];
	count(sources, meta, &bucket->place[i], sample);
	if (pinned(meta, sample->now) ||
	    !obpbl_rate_take(&sources->events, sample->events,
			     sample->now_ns))
		return OBPBL_SOURCE_NOTED;
	meta->told = sample->now;
	*copy = bucket->place[i];
	return OBPBL_SOURCE_NEWS;
}

/**
 * obpbl_sources_expect() - a packet of a source may be noted soon
 * @sources: the table
 * @addr: its address, as in the key
 * @len: likewise
 *
 * A table is far larger than caches are, and a decision takes about as long as
 * memory does.
 *
 * Context: softirq.
 * Return: what &struct obpbl_sample.hash is to be, for this table alone.
 */
u32 obpbl_sources_expect(const struct obpbl_sources *sources, const u8 *addr,
			 u8 len)
{
	u32 hash = hash_of(sources, addr, len);
	const struct bucket *bucket;

	bucket = &sources->bucket[bucket_of(sources, hash)];
	prefetchw(&bucket->lock);
	prefetchw(&bucket->meta[WAYS / 2]);
	return hash;
}

/**
 * obpbl_sources_note() - count a packet for its source
 * @sources: the table
 * @sample: the packet
 * @entry: where a copy of the source's entry goes, for OBPBL_SOURCE_NEWS
 *
 * Never waits, and works on one bucket.
 *
 * Context: softirq.
 * Return: what became of it.
 */
enum obpbl_noted obpbl_sources_note(struct obpbl_sources *sources,
				    const struct obpbl_sample *sample,
				    struct obpbl_source_entry *entry)
{
	const struct obpbl_source_key *key = &sample->key;
	u32 hash = sample->hash ?: hash_of(sources, key->addr, key->len);
	struct bucket *bucket;
	enum obpbl_noted noted;

	bucket = &sources->bucket[bucket_of(sources, hash)];
	if (!spin_trylock(&bucket->lock))
		return OBPBL_SOURCE_LOST;
	noted = note(sources, bucket, hash, sample, entry);
	spin_unlock(&bucket->lock);
	return noted;
}

/**
 * obpbl_sources_read() - read a place of a table
 * @sources: the table
 * @index: which, below obpbl_sources_size()
 * @entry: where a copy goes
 *
 * Context: process.
 * Return: whether there is a source.
 */
bool obpbl_sources_read(struct obpbl_sources *sources, u32 index,
			struct obpbl_source_entry *entry)
{
	struct bucket *bucket = &sources->bucket[index / WAYS];
	bool used;

	spin_lock_bh(&bucket->lock);
	*entry = bucket->place[index % WAYS];
	used = bucket->meta[index % WAYS].weight;
	spin_unlock_bh(&bucket->lock);
	return used;
}

static void forget(struct obpbl_sources *sources, struct bucket *bucket,
		   const unsigned long *isps)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (!bucket->meta[i].weight ||
		    !test_bit(bucket->place[i].key.isp, isps))
			continue;
		bucket->meta[i].weight = 0;
		atomic_dec(&sources->used);
	}
}

/**
 * obpbl_sources_forget() - forget all sources of some ISPs
 * @sources: the table
 * @isps: their numbers, as bits of a map of all that there can be
 *
 * Context: process, may sleep.
 */
void obpbl_sources_forget(struct obpbl_sources *sources,
			  const unsigned long *isps)
{
	u32 i;

	for (i = 0; i < sources->n; i++) {
		spin_lock_bh(&sources->bucket[i].lock);
		forget(sources, &sources->bucket[i], isps);
		spin_unlock_bh(&sources->bucket[i].lock);
		cond_resched();
	}
}

/**
 * obpbl_source_destinations() - estimate to how many hosts a source has sent
 * @entry: the source
 *
 * Linear counting (Whang, Vander-Zanden and Taylor, "A Linear-Time
 * Probabilistic Counting Algorithm for Database Applications", ACM TODS 15(2),
 * 1990): each host sets one of m bits.  Instead of -m ln(share of zeros), for
 * which the kernel has no logarithm, how many hosts it takes on average until
 * as many bits are set as there are: the sum of m/(m - i) for i below them.
 *
 * Return: exactly 1 for one, within 10 % for hundreds, at most 1567.
 */
u32 obpbl_source_destinations(const struct obpbl_source_entry *entry)
{
	u32 i, set = 0, sum = 0;

	for (i = 0; i < ARRAY_SIZE(entry->seen); i++)
		set += hweight64(entry->seen[i]);
	for (i = 0; i < set; i++)
		sum += (OBPBL_SOURCE_BITS << 8) / (OBPBL_SOURCE_BITS - i);
	return (sum + (1 << 7)) >> 8;
}
