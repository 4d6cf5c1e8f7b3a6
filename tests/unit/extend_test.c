// SPDX-License-Identifier: GPL-2.0-only
/*
 * A quarantine that is added or only made longer: the later end holds, the
 * texts stay, and whatever is refused or fails leaves things as they were.  How
 * many the kernel may make, and when those that have ended go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "core.h"

static struct obpbl_history history;
static struct obpbl_transaction t;

static const struct obpbl_prefix host = {
	.key = { 10, 0, 0, 1 }, .family = OBPBL_INET4, .len = 32,
};

static u32 max_overlays;

static void begin(void)
{
	assert_int_equal(core_begin(&t, &history, 100), 0);
	t.max_overlays = max_overlays;
}

static void commit(void)
{
	core_commit(&t);
}

static int setup(void **state)
{
	struct obpbl_isp_config config = { .name = "alpha" };
	struct obpbl_prefix pool = { .key = { 10 }, .len = 8 };

	(void)state;
	max_overlays = 2;
	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(core_isp_add(&t, 1, &config), 0);
	strcpy(config.name, "beta");
	assert_int_equal(core_isp_add(&t, 2, &config), 0);
	assert_int_equal(core_prefix_add(&t, 1, OBPBL_CLASS_DYNAMIC,
						&pool, false), 0);
	commit();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	obpbl_history_exit(&history);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	return 0;
}

static struct obpbl_overlay *overlay(u64 until, const char *reason)
{
	static struct obpbl_overlay *o;

	free(o);
	o = calloc(1, sizeof(*o) + OBPBL_REASON_SIZE);
	o->class = OBPBL_CLASS_QUARANTINE;
	o->until = until;
	strcpy(o->reason, reason);
	return o;
}

static int extend(u64 until)
{
	return obpbl_overlay_extend(&t, 1, &host,
					  overlay(until, "over its limit"));
}

static int add(enum obpbl_slot slot, u64 until)
{
	return obpbl_overlay_add(&t, slot, 1, &host,
				       overlay(until, "by hand"));
}

/* The one quarantine at run time */
static void is(u64 until, const char *reason)
{
	const struct obpbl_entry *entry;
	u32 index = 0;

	entry = obpbl_array_next(&core_table(&history, OBPBL_RUNTIME)->entries,
				 &index);
	assert_non_null(entry);
	assert_int_equal(entry->n, 1);
	assert_int_equal(entry->overlays[0]->until, until);
	assert_string_equal(entry->overlays[0]->reason, reason);
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 1);
}

static void test_later(void **state)
{
	(void)state;
	begin();
	assert_int_equal(extend(100), 0);
	commit();
	is(100, "over its limit");
	begin();
	assert_int_equal(extend(99), OBPBL_UNCHANGED);
	assert_int_equal(extend(100), OBPBL_UNCHANGED);
	assert_int_equal(extend(200), 0);
	/* Of one that this very transaction has made */
	assert_int_equal(extend(201), 0);
	commit();
	is(201, "over its limit");
	begin();
	assert_int_equal(extend(0), 0);
	commit();
	is(0, "over its limit");
	begin();
	assert_int_equal(extend(300), OBPBL_UNCHANGED);
	core_abort(&t);
}

static void test_texts(void **state)
{
	(void)state;
	begin();
	assert_int_equal(add(OBPBL_RUNTIME, 100), 0);
	commit();
	begin();
	assert_int_equal(extend(200), 0);
	commit();
	is(200, "by hand");
}

/* None of these spoils the transaction */
static void test_refused(void **state)
{
	struct obpbl_prefix other = host;

	(void)state;
	begin();
	assert_int_equal(add(OBPBL_LIVE, 100), 0);
	assert_int_equal(extend(101), -EEXIST);
	assert_int_equal(extend(100), OBPBL_UNCHANGED);
	assert_int_equal(obpbl_overlay_extend(&t, 3, &host,
			overlay(1, "x")), -ENOENT);
	assert_int_equal(obpbl_overlay_extend(&t, 2, &host,
			overlay(1, "x")), -EADDRINUSE);
	other.key[3] = 2;
	assert_int_equal(obpbl_overlay_extend(&t, 1, &other,
			overlay(7, "x")), 0);
	other.key[3] = 3;
	assert_int_equal(obpbl_overlay_extend(&t, 1, &other,
			overlay(7, "x")), -E2BIG);
	/* No more room is not in the way of a later end */
	other.key[3] = 2;
	assert_int_equal(obpbl_overlay_extend(&t, 1, &other,
			overlay(8, "x")), 0);
	commit();
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 2);
}

/* Automatic ones, one on each of many sources */

static struct obpbl_prefix source(unsigned int number)
{
	struct obpbl_prefix p = { .key = { 10, 1, number >> 8, number },
				  .len = 32 };

	return p;
}

static int automatic(unsigned int number, u64 until)
{
	struct obpbl_overlay *o = overlay(until, "over its limit");
	struct obpbl_prefix p = source(number);

	o->automatic = true;
	return obpbl_overlay_extend(&t, 1, &p, o);
}

static int by_hand(unsigned int number, u64 until)
{
	struct obpbl_overlay *o = overlay(until, "by hand");
	struct obpbl_prefix p = source(number);

	return obpbl_overlay_add(&t, OBPBL_RUNTIME, 1, &p, o);
}

static void recycle(u64 now)
{
	begin();
	assert_int_equal(obpbl_overlays_recycle(&t, now), 0);
	commit();
}

static void there_are(u32 overlays, u32 are_automatic)
{
	const struct obpbl_table *table = core_table(&history, OBPBL_RUNTIME);

	assert_int_equal(table->overlays, overlays);
	assert_int_equal(table->automatic, are_automatic);
	assert_int_equal(obpbl_counts_get(table, 1)->n[OBPBL_CLASS_QUARANTINE],
			 overlays);
}

/* The kernel's own have half of the room, and who writes one finds the rest */
static void test_quota(void **state)
{
	unsigned int i;

	(void)state;
	max_overlays = 100;
	begin();
	for (i = 0; i < 50; i++)
		assert_int_equal(automatic(i, 100 + i), 0);
	assert_int_equal(automatic(50, 200), -E2BIG);
	/* No more of them, but a later end of one */
	assert_int_equal(automatic(7, 300), 0);
	for (i = 50; i < 100; i++)
		assert_int_equal(by_hand(i, 1), 0);
	commit();
	there_are(100, 50);
	begin();
	assert_int_equal(by_hand(100, 1), -ENOSPC);
	core_abort(&t);
}

/* The ones that have ended, of the kernel's own alone */
static void test_recycle(void **state)
{
	unsigned int i;

	(void)state;
	max_overlays = 50;
	begin();
	for (i = 0; i < 24; i++)
		assert_int_equal(automatic(i, 100 + i), 0);
	assert_int_equal(by_hand(99, 1), 0);
	commit();
	/* There is room enough */
	recycle(1000);
	there_are(25, 24);
	begin();
	assert_int_equal(automatic(24, 0), 0);
	commit();
	recycle(99);
	there_are(26, 25);
	recycle(110);
	there_are(15, 14);
	recycle(1000);
	there_are(15, 14);
	/* However few they are, where there is no other room */
	max_overlays = 15;
	recycle(1000);
	there_are(2, 1);
	recycle(1000);
	there_are(2, 1);
	begin();
	assert_int_equal(automatic(24, 5), OBPBL_UNCHANGED);
	core_abort(&t);
}

/* Whoever has written it decides whether it is one of the kernel's own */
static void test_whose(void **state)
{
	(void)state;
	max_overlays = 4;
	begin();
	assert_int_equal(by_hand(1, 100), 0);
	assert_int_equal(automatic(1, 200), 0);
	assert_int_equal(automatic(2, 200), 0);
	assert_int_equal(by_hand(2, 300), -EEXIST);
	core_abort(&t);
	begin();
	assert_int_equal(by_hand(1, 100), 0);
	assert_int_equal(automatic(1, 200), 0);
	assert_int_equal(automatic(2, 200), 0);
	commit();
	there_are(2, 1);
	max_overlays = 2;
	recycle(1000);
	there_are(1, 0);
}

/* With each allocation failing once: all or nothing, and no memory lost */
static void test_memory(void **state)
{
	u64 bytes, until;
	int err = -ENOMEM;
	unsigned int nth;

	(void)state;
	for (until = 100; until <= 200; until += 100) {
		for (nth = 1; ; nth++) {
			begin();
			bytes = obpbl_history_bytes(&history);
			shim_alloc.fail_nth = nth;
			err = extend(until);
			shim_alloc.fail_nth = 0;
			if (!err)
				break;
			assert_int_equal(err, -ENOMEM);
			core_abort(&t);
			assert_int_equal(obpbl_history_bytes(&history), bytes);
		}
		assert_true(nth > 2);
		commit();
		is(until, "over its limit");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_later, setup, teardown),
		cmocka_unit_test_setup_teardown(test_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recycle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whose, setup, teardown),
		cmocka_unit_test_setup_teardown(test_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
