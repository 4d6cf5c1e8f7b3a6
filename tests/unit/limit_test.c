// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limiter: exactly so many a window, whoever asks and from wherever.
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
#include <linux/seqlock.h>

#include <linux/random.h>
#include <linux/slab.h>

#include "limit.h"

#define SECOND	1000000000ULL

static struct obpbl_limit_query query(u32 number, u64 now)
{
	struct obpbl_limit_query q = {
		.key = { .len = 32 }, .limit = 3, .interval = 60, .now = now,
	};

	memcpy(q.key.addr, &number, sizeof(number));
	return q;
}

static unsigned int passes(struct obpbl_limiter *limiter,
			   struct obpbl_limit_query q, unsigned int tries)
{
	unsigned int n = 0;

	while (tries--)
		n += obpbl_limiter_take(limiter, &q) == OBPBL_LIMIT_UNDER;
	return n;
}

static void test_window(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(64);
	const u64 begin = 1000 * SECOND, end = begin + 60 * SECOND;
	struct obpbl_limit_query q = query(1, begin);

	assert_int_equal(obpbl_limiter_look(limiter, &q), OBPBL_LIMIT_UNDER);
	assert_int_equal(passes(limiter, q, 1), 1);
	/* The window stands where it began, however it goes on */
	q.now = end - 1;
	assert_int_equal(obpbl_limiter_look(limiter, &q), OBPBL_LIMIT_UNDER);
	assert_int_equal(passes(limiter, q, 10), 2);
	assert_int_equal(obpbl_limiter_look(limiter, &q), OBPBL_LIMIT_OVER);
	q.now = end;
	assert_int_equal(passes(limiter, q, 10), 3);
	q.now = end + 60 * SECOND - 1;
	assert_int_equal(passes(limiter, q, 10), 0);
	obpbl_limiter_free(limiter);
}

static void test_sources(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(64);
	struct obpbl_limit_query q = query(1, SECOND);

	assert_int_equal(passes(limiter, q, 9), 3);
	q.key.isp = 1;
	assert_int_equal(passes(limiter, q, 9), 3);
	q.key.len = 24;
	assert_int_equal(passes(limiter, q, 9), 3);
	q.key.family = 1;
	assert_int_equal(passes(limiter, q, 9), 3);
	/* Answers have a count of their own, in the same window */
	q.answer = true;
	assert_int_equal(passes(limiter, q, 9), 3);
	q.answer = false;
	assert_int_equal(passes(limiter, q, 9), 0);
	/* A limit may change in a window */
	q.limit = 5;
	assert_int_equal(passes(limiter, q, 9), 2);
	q.limit = 1;
	assert_int_equal(passes(limiter, q, 9), 0);
	obpbl_limiter_free(limiter);
}

/* An ISP that gets the number of another begins with nothing; others go on */
static void test_forget(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(64);
	struct obpbl_limit_query q = query(1, SECOND), other = q;

	other.key.isp = 1;
	assert_int_equal(passes(limiter, q, 9), 3);
	assert_int_equal(passes(limiter, other, 9), 3);
	obpbl_limiter_forget(limiter, 1);
	assert_int_equal(passes(limiter, q, 9), 0);
	assert_int_equal(passes(limiter, other, 9), 3);
	obpbl_limiter_forget(limiter, 1);
	assert_int_equal(passes(limiter, other, 9), 3);
	obpbl_limiter_free(limiter);
}

/* All windows of a bucket open: no newcomer, and no harm to who is there */
static void test_full(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(8);
	struct obpbl_limit_query q;
	u32 i;

	for (i = 0; i < 16; i++)
		assert_int_equal(passes(limiter, query(i, SECOND), 1), 1);
	q = query(16, SECOND);
	assert_int_equal(obpbl_limiter_look(limiter, &q), OBPBL_LIMIT_FULL);
	assert_int_equal(obpbl_limiter_take(limiter, &q), OBPBL_LIMIT_FULL);
	assert_int_equal(passes(limiter, query(3, SECOND), 9), 2);
	/* Every window was used, and the next one there begins with nothing */
	for (i = 0; i < 16; i++) {
		q = query(i, SECOND);
		q.answer = true;
		assert_int_equal(passes(limiter, q, 9), 3);
	}
	for (i = 16; i < 32; i++) {
		q = query(i, 61 * SECOND);
		assert_int_equal(passes(limiter, q, 9), 3);
		q.answer = true;
		assert_int_equal(passes(limiter, q, 9), 3);
	}
	obpbl_limiter_free(limiter);
}

/* Whoever comes next on an address begins with nothing */
static void test_epoch(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(64);
	struct obpbl_limit_query q = query(1, SECOND);

	assert_int_equal(passes(limiter, q, 9), 3);
	q.epoch = 7;
	assert_int_equal(passes(limiter, q, 9), 3);
	q.epoch = 8;
	assert_int_equal(obpbl_limiter_look(limiter, &q), OBPBL_LIMIT_UNDER);
	assert_int_equal(passes(limiter, q, 9), 3);
	obpbl_limiter_free(limiter);
}

/* Answers, which anybody can send, leave places to who opens connections */
static void test_answers_leave_room(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(8);
	struct obpbl_limit_query q;
	u32 i;

	for (i = 0; i < 100; i++) {
		q = query(i, SECOND);
		q.answer = true;
		assert_int_equal(passes(limiter, q, 1), i < 8);
	}
	assert_int_equal(obpbl_limiter_take(limiter, &q), OBPBL_LIMIT_FULL);
	for (i = 100; i < 108; i++)
		assert_int_equal(passes(limiter, query(i, SECOND), 9), 3);
	/* Whoever has a window there is answered in it */
	q = query(107, SECOND);
	q.answer = true;
	assert_int_equal(passes(limiter, q, 9), 3);
	obpbl_limiter_free(limiter);
}

/* As many sources as it is meant for all find a place, but for a few */
static void test_room(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(65536);
	struct obpbl_limit_query q;
	unsigned long calls = shim_alloc.calls;
	u32 i, full = 0;

	for (i = 0; i < 65536; i++) {
		q = query(i, SECOND);
		full += obpbl_limiter_take(limiter, &q) == OBPBL_LIMIT_FULL;
	}
	assert_in_range(full, 0, 655);
	assert_int_equal(shim_alloc.calls, calls);
	obpbl_limiter_free(limiter);
}

#define THREADS	2
#define SOURCES	2000
#define TRIES	7
#define MANY	300000

struct worker {
	pthread_t thread;
	struct obpbl_limiter *limiter;
	pthread_barrier_t *start;
	u32 passed[SOURCES];
};

static void *work(void *data)
{
	struct worker *worker = data;
	u32 i;

	for (i = 0; i < SOURCES; i++) {
		if (i % 100 == 0)
			pthread_barrier_wait(worker->start);
		worker->passed[i] = passes(worker->limiter, query(i, SECOND),
					   TRIES);
	}
	return NULL;
}

/* Two threads at the same sources at the same time: three each, exactly */
static void test_threads(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(8192);
	static struct worker worker[THREADS];
	pthread_barrier_t start;
	u32 i;

	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		worker[i].limiter = limiter;
		worker[i].start = &start;
		assert_int_equal(pthread_create(&worker[i].thread, NULL, work,
						&worker[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(worker[i].thread, NULL);
	for (i = 0; i < SOURCES; i++)
		assert_int_equal(worker[0].passed[i] + worker[1].passed[i], 3);
	pthread_barrier_destroy(&start);
	obpbl_limiter_free(limiter);
}

static void *work_one(void *data)
{
	struct obpbl_limit_query q = query(1, SECOND);
	struct worker *worker = data;

	q.limit = MANY;
	pthread_barrier_wait(worker->start);
	worker->passed[0] = passes(worker->limiter, q, MANY);
	return NULL;
}

/* and at one source all the time: as many as its limit, exactly */
static void test_one_source(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(8192);
	static struct worker worker[THREADS];
	pthread_barrier_t start;
	u32 i;

	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		worker[i].limiter = limiter;
		worker[i].start = &start;
		assert_int_equal(pthread_create(&worker[i].thread, NULL,
						work_one, &worker[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(worker[i].thread, NULL);
	assert_int_equal(worker[0].passed[0] + worker[1].passed[0], MANY);
	pthread_barrier_destroy(&start);
	obpbl_limiter_free(limiter);
}

/* Once a window, by the first over the limit, and never by an answer */
static void test_mark(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(64);
	struct obpbl_limit_query q = query(1, SECOND), other = query(2, SECOND);

	assert_false(obpbl_limiter_mark(limiter, &q));
	assert_int_equal(passes(limiter, q, 2), 2);
	assert_false(obpbl_limiter_mark(limiter, &q));
	assert_int_equal(passes(limiter, q, 9), 1);
	q.answer = true;
	assert_int_equal(passes(limiter, q, 9), 3);
	assert_false(obpbl_limiter_mark(limiter, &q));
	q.answer = false;
	assert_true(obpbl_limiter_mark(limiter, &q));
	assert_false(obpbl_limiter_mark(limiter, &q));
	/* The mark is this source's alone, and no connection */
	assert_false(obpbl_limiter_mark(limiter, &other));
	q.limit = 5;
	assert_int_equal(passes(limiter, q, 9), 2);
	assert_false(obpbl_limiter_mark(limiter, &q));
	q.now += 60 * SECOND;
	assert_false(obpbl_limiter_mark(limiter, &q));
	assert_int_equal(passes(limiter, q, 9), 5);
	assert_true(obpbl_limiter_mark(limiter, &q));
	assert_false(obpbl_limiter_mark(limiter, &q));
	obpbl_limiter_free(limiter);
}

static struct obpbl_limiter *intruded;

static void intrude(void)
{
	struct obpbl_limit_query q = query(1, SECOND);

	assert_true(obpbl_limiter_mark(intruded, &q));
}

/* Another packet of the source may mark it between the look and the lock */
static void test_mark_between(void **state __attribute__((unused)))
{
	struct obpbl_limit_query q = query(1, SECOND);

	intruded = obpbl_limiter_alloc(64);
	assert_int_equal(passes(intruded, q, 9), 3);
	shim_intruder = intrude;
	assert_false(obpbl_limiter_mark(intruded, &q));
	assert_null(shim_intruder);
	obpbl_limiter_free(intruded);
}

/* Nobody is marked for a bucket that is full of others */
static void test_mark_full(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(8);
	struct obpbl_limit_query q = query(16, SECOND);
	u32 i;

	for (i = 0; i < 16; i++)
		assert_int_equal(passes(limiter, query(i, SECOND), 9), 3);
	assert_int_equal(obpbl_limiter_take(limiter, &q), OBPBL_LIMIT_FULL);
	assert_false(obpbl_limiter_mark(limiter, &q));
	for (i = 0; i < 16; i++) {
		q = query(i, SECOND);
		assert_true(obpbl_limiter_mark(limiter, &q));
	}
	obpbl_limiter_free(limiter);
}

struct marker {
	pthread_t thread;
	struct obpbl_limiter *limiter;
	pthread_barrier_t *start;
	u32 marked[SOURCES];
};

static void *work_mark(void *data)
{
	struct marker *marker = data;
	struct obpbl_limit_query q;
	u32 i, tries;

	for (i = 0; i < SOURCES; i++) {
		q = query(i, SECOND);
		if (i % 16 == 0)
			pthread_barrier_wait(marker->start);
		for (tries = 0; tries < TRIES; tries++) {
			obpbl_limiter_take(marker->limiter, &q);
			marker->marked[i] += obpbl_limiter_mark(marker->limiter,
								&q);
		}
	}
	return NULL;
}

/* Two threads over the same limits at the same time: each is marked once */
static void test_mark_threads(void **state __attribute__((unused)))
{
	struct obpbl_limiter *limiter = obpbl_limiter_alloc(65536);
	static struct marker marker[THREADS];
	pthread_barrier_t start;
	u32 i;

	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		marker[i].limiter = limiter;
		marker[i].start = &start;
		assert_int_equal(pthread_create(&marker[i].thread, NULL,
						work_mark, &marker[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(marker[i].thread, NULL);
	for (i = 0; i < SOURCES; i++)
		assert_int_equal(marker[0].marked[i] + marker[1].marked[i], 1);
	pthread_barrier_destroy(&start);
	obpbl_limiter_free(limiter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_epoch),
		cmocka_unit_test(test_answers_leave_room),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_one_source),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_mark_between),
		cmocka_unit_test(test_mark_full),
		cmocka_unit_test(test_mark_threads),
	};
	const char *seed = getenv("SEED");

	shim_random = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)shim_random);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
