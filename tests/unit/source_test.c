// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of sources: who is kept, what is counted, and that neither a flood
 * nor two threads at once make it wrong.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <linux/random.h>
#include <linux/slab.h>
#include <uapi/linux/obpbl.h>

#include "source.h"

#define NOW	1000

static struct obpbl_source_key source(u32 number)
{
	struct obpbl_source_key key = { .family = 0, .len = 32 };

	memcpy(key.addr, &number, sizeof(number));
	return key;
}

static struct obpbl_sample sighting(u32 from, u32 to)
{
	struct obpbl_sample s = {
		.key = source(from), .dst_len = 24, .blocked = true,
		.attempt = true, .reason = OBPBL_REASON_OUTSIDE, .now = NOW,
		.now_ns = NOW * 1000000000LL,
	};

	s.dst[0] = to >> 24;
	s.dst[1] = to >> 16;
	s.dst[2] = to >> 8;
	s.dst[3] = to;
	return s;
}

static enum obpbl_noted see(struct obpbl_sources *sources, u32 from, u32 to)
{
	struct obpbl_sample s = sighting(from, to);
	struct obpbl_source_entry entry;

	return obpbl_sources_note(sources, &s, &entry);
}

static bool find(struct obpbl_sources *sources, u32 from,
		 struct obpbl_source_entry *entry)
{
	struct obpbl_source_key key = source(from);
	u32 i;

	for (i = 0; i < obpbl_sources_size(sources); i++) {
		if (obpbl_sources_read(sources, i, entry) &&
		    !memcmp(&entry->key, &key, sizeof(key)))
			return true;
	}
	return false;
}

static void test_counts(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(64);
	struct obpbl_sample s = sighting(1, 0xc6120042);
	static const u8 network[16] = { 198, 18, 0 };
	struct obpbl_source_entry entry;

	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NOTED);
	s.attempt = false;
	s.blocked = false;
	s.now = NOW + 5;
	s.reason = OBPBL_REASON_LIMIT;
	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NOTED);
	assert_true(find(sources, 1, &entry));
	assert_int_equal(entry.attempts, 1);
	assert_int_equal(entry.blocked, 1);
	assert_int_equal(entry.would_block, 1);
	assert_int_equal(entry.first, NOW);
	assert_int_equal(entry.last, NOW + 5);
	assert_int_equal(entry.reason, OBPBL_REASON_LIMIT);
	assert_int_equal(entry.dst_len, 24);
	assert_memory_equal(entry.dst, network, sizeof(network));
	assert_int_equal(obpbl_source_destinations(&entry), 1);
	assert_int_equal(obpbl_sources_used(sources), 1);
	assert_false(find(sources, 2, &entry));
	obpbl_sources_free(sources);
}

/* A destination is remembered as far as it may be, bit by bit */
static void test_destination(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(64);
	struct obpbl_sample s = sighting(1, 0);
	struct obpbl_source_entry entry;
	unsigned int len, i;

	memset(s.dst, 0xff, sizeof(s.dst));
	for (len = 0; len <= 128; len++) {
		s.dst_len = len;
		obpbl_sources_note(sources, &s, &entry);
		assert_true(find(sources, 1, &entry));
		for (i = 0; i < 8 * sizeof(entry.dst); i++)
			assert_int_equal(entry.dst[i / 8] >> (7 - i % 8) & 1,
					 i < len);
	}
	obpbl_sources_free(sources);
}

/* Sources differ by ISP, family and length as well as by address */
static void test_keys(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(4096);
	const unsigned long gone = BIT(1);
	struct obpbl_source_entry entry;
	struct obpbl_sample s;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		s = sighting(1, 1);
		s.key.isp = i & 1;
		s.key.family = i >> 1 & 1;
		s.key.len = i & 4 ? 32 : 24;
		obpbl_sources_note(sources, &s, &entry);
	}
	assert_int_equal(obpbl_sources_used(sources), 8);
	obpbl_sources_forget(sources, &gone);
	assert_int_equal(obpbl_sources_used(sources), 4);
	for (i = 0; i < obpbl_sources_size(sources); i++)
		assert_false(obpbl_sources_read(sources, i, &entry) &&
			     entry.key.isp == 1);
	obpbl_sources_free(sources);
}

static void test_estimate(void **state __attribute__((unused)))
{
	static const struct {
		u32 hosts;
		u32 least;
		u32 most;
	} cases[] = {
		{ 1, 1, 1 }, { 2, 1, 2 }, { 16, 12, 20 }, { 64, 50, 78 },
		{ 256, 200, 310 }, { 100000, 1000, 1567 },
	};
	struct obpbl_source_entry entry;
	struct obpbl_sources *sources;
	unsigned int i;
	u32 host;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sources = obpbl_sources_alloc(64);
		/* Each twice: again is not another */
		for (host = 0; host < 2 * cases[i].hosts; host++)
			see(sources, 1, host % cases[i].hosts);
		assert_true(find(sources, 1, &entry));
		assert_in_range(obpbl_source_destinations(&entry),
				cases[i].least, cases[i].most);
		obpbl_sources_free(sources);
	}
}

/* Five million sources seen once: not a byte more, and who weighs stays */
static void test_flood(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(4096);
	const u32 heavy = 256, often = 200, flood = 5000000;
	struct obpbl_source_entry entry;
	unsigned long calls;
	u32 i, j;

	for (i = 0; i < heavy; i++)
		for (j = 0; j < often; j++)
			see(sources, i, j);
	calls = shim_alloc.calls;
	for (i = 0; i < flood; i++) {
		see(sources, 1000000 + i, i);
		/* Who sends on while it lasts gets in, late as it comes */
		if (i >= flood / 2 && i % 1000 == 0)
			see(sources, heavy, i);
	}
	assert_int_equal(shim_alloc.calls, calls);
	assert_true(obpbl_sources_used(sources) <= 4096);
	for (i = 0; i < heavy; i++) {
		assert_true(find(sources, i, &entry));
		assert_int_equal(entry.attempts, often);
	}
	assert_true(find(sources, heavy, &entry));
	obpbl_sources_free(sources);
}

/* Not even where all places are taken by those who weigh much */
static void test_stay(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	u32 i, j, lost = 0;

	for (i = 0; i < 8; i++)
		for (j = 0; j < 200; j++)
			see(sources, i, j);
	for (i = 100; i < 10100; i++)
		lost += see(sources, i, i) == OBPBL_SOURCE_LOST;
	assert_int_equal(lost, 10000);
	for (i = 0; i < 8; i++)
		assert_true(find(sources, i, &entry));
	obpbl_sources_free(sources);
}

/* Who weighed much and is quiet for days makes way for who sends now */
static void test_idle(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	struct obpbl_sample s;
	u32 i, j;

	for (i = 0; i < 8; i++)
		for (j = 0; j < 100000; j++)
			see(sources, i, j);
	for (j = 0; j < 1000; j++)
		see(sources, 100, j);
	assert_false(find(sources, 100, &entry));
	s = sighting(100, 1);
	s.now = NOW + 24 * 3600;
	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NOTED);
	assert_true(find(sources, 100, &entry));
	assert_int_equal(obpbl_sources_used(sources), 8);
	obpbl_sources_free(sources);
}

/* Each source once a minute, all of them so many a second */
static void test_events(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	struct obpbl_sample s;
	u32 i, told = 0, rounds;

	for (rounds = 0; rounds < 120; rounds++) {
		s = sighting(1, 1);
		s.now = NOW + rounds;
		s.now_ns = s.now * 1000000000LL;
		s.events = 20;
		told += obpbl_sources_note(sources, &s, &entry) ==
			OBPBL_SOURCE_NEWS;
	}
	assert_int_equal(told, 2);
	assert_int_equal(entry.attempts, 61);
	obpbl_sources_free(sources);

	sources = obpbl_sources_alloc(4096);
	for (i = told = 0; i < 1000; i++) {
		s = sighting(i, 1);
		s.events = 20;
		told += obpbl_sources_note(sources, &s, &entry) ==
			OBPBL_SOURCE_NEWS;
	}
	assert_int_equal(told, 20);
	obpbl_sources_free(sources);
}

/* Nobody is told of twice in a minute because it was pushed out between */
static void test_pinned(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	struct obpbl_sample s;
	u32 i;

	s = sighting(7, 1);
	s.events = 1;
	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NEWS);
	for (i = 100; i < 10000; i++)
		see(sources, i, 1);
	assert_true(find(sources, 7, &entry));
	for (i = 100; i < 10000; i++) {
		s = sighting(i, 1);
		s.now = NOW + OBPBL_SOURCE_QUIET;
		obpbl_sources_note(sources, &s, &entry);
	}
	assert_false(find(sources, 7, &entry));
	obpbl_sources_free(sources);
}

/*
 * Two CPUs read the clock on either side of a second, and the later one is the
 * first in the bucket: nobody was idle for all the time that the clock has.
 */
static void test_behind(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	struct obpbl_sample s;
	u32 i, j, lost = 0;

	for (i = 0; i < 8; i++) {
		for (j = 0; j < 400; j++) {
			s = sighting(i, j);
			s.now = NOW + 1;
			obpbl_sources_note(sources, &s, &entry);
		}
	}
	for (i = 100; i < 110; i++)
		lost += see(sources, i, 1) == OBPBL_SOURCE_LOST;
	assert_int_equal(lost, 10);
	for (i = 0; i < 8; i++) {
		assert_int_equal(see(sources, i, 1), OBPBL_SOURCE_NOTED);
		assert_true(find(sources, i, &entry));
		assert_int_equal(entry.attempts, 401);
		assert_int_equal(entry.last, NOW + 1);
	}
	/* Nor does whoever was late cost them what they weigh */
	for (i = 200; i < 1200; i++) {
		s = sighting(i, 1);
		s.now = NOW + 1;
		lost += obpbl_sources_note(sources, &s, &entry) ==
			OBPBL_SOURCE_LOST;
	}
	assert_int_equal(lost, 1010);
	obpbl_sources_free(sources);
}

/* And nobody is told of twice in a minute */
static void test_told_behind(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(8);
	struct obpbl_source_entry entry;
	struct obpbl_sample s = sighting(1, 1);

	s.now = NOW + 1;
	s.events = 20;
	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NEWS);
	s.now = NOW;
	assert_int_equal(obpbl_sources_note(sources, &s, &entry),
			 OBPBL_SOURCE_NOTED);
	obpbl_sources_free(sources);
}

#define THREADS	2
#define EACH	500000

struct worker {
	pthread_t thread;
	struct obpbl_sources *sources;
	u32 noted;
	u32 lost;
};

static void *work(void *data)
{
	struct worker *worker = data;
	u32 i;

	for (i = 0; i < EACH; i++) {
		if (see(worker->sources, i % 2, i) == OBPBL_SOURCE_LOST)
			worker->lost++;
		else
			worker->noted++;
	}
	return NULL;
}

/* What is not said to be lost is in the table, and each source there once */
static void test_threads(void **state __attribute__((unused)))
{
	struct obpbl_sources *sources = obpbl_sources_alloc(512);
	struct worker worker[THREADS] = { };
	struct obpbl_source_entry entry;
	u64 noted = 0, attempts = 0;
	u32 i;

	for (i = 0; i < THREADS; i++) {
		worker[i].sources = sources;
		assert_int_equal(pthread_create(&worker[i].thread, NULL, work,
						&worker[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(worker[i].thread, NULL);
		assert_int_equal(worker[i].noted + worker[i].lost, EACH);
		noted += worker[i].noted;
	}
	for (i = 0; i < obpbl_sources_size(sources); i++)
		if (obpbl_sources_read(sources, i, &entry))
			attempts += entry.attempts;
	assert_int_equal(attempts, noted);
	assert_int_equal(obpbl_sources_used(sources), 2);
	obpbl_sources_free(sources);
}

static void test_no_memory(void **state __attribute__((unused)))
{
	shim_alloc.fail_nth = 1;
	assert_null(obpbl_sources_alloc(64));
	assert_int_equal(shim_alloc.live, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_stay),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_told_behind),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_memory),
	};
	const char *seed = getenv("SEED");

	shim_random = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)shim_random);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
