// SPDX-License-Identifier: GPL-2.0-only
/*
 * A quarantine that is added or only made longer: the later end holds, the
 * texts stay, and whatever is refused or fails leaves things as they were.
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

#include "decision.h"
#include "session.h"

static struct obpbl_history history;
static struct obpbl_draft draft;

static const struct obpbl_prefix host = {
	.key = { 10, 0, 0, 1 }, .family = OBPBL_INET4, .len = 32,
};

static void begin(void)
{
	assert_int_equal(obpbl_draft_begin(&draft, &history, U64_MAX), 0);
	draft.max_prefixes = draft.max_sessions = 100;
	draft.max_overlays = 2;
}

static void commit(void)
{
	struct obpbl_policy *old;
	struct obpbl_dead doomed;

	old = obpbl_draft_commit(&draft, &history);
	if (obpbl_policy_put(&history, old, &doomed))
		obpbl_dead_drop(&doomed, 0, false, NULL, &history.bytes);
}

static int setup(void **state)
{
	struct obpbl_isp_config config = { .name = "alpha" };
	struct obpbl_prefix pool = { .key = { 10 }, .len = 8 };

	(void)state;
	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(obpbl_draft_isp_add(&draft, 0, &config), 0);
	strcpy(config.name, "beta");
	assert_int_equal(obpbl_draft_isp_add(&draft, 1, &config), 0);
	assert_int_equal(obpbl_draft_prefix_add(&draft, 0, OBPBL_CLASS_DYNAMIC,
						&pool, false), 0);
	commit();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	obpbl_history_exit(&history);
	assert_int_equal(history.bytes, 0);
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
	return obpbl_draft_overlay_extend(&draft, 0, &host,
					  overlay(until, "over its limit"));
}

static int add(u8 layer, u64 until)
{
	return obpbl_draft_overlay_add(&draft, 0, layer, &host,
				       overlay(until, "by hand"));
}

/* The one quarantine at run time */
static void is(u64 until, const char *reason)
{
	const struct obpbl_spot *spot;
	u32 index = 0;

	spot = obpbl_vec_next(&history.current_policy->runtime.spots, &index);
	assert_non_null(spot);
	assert_int_equal(spot->n, 1);
	assert_int_equal(spot->overlays[0]->until, until);
	assert_string_equal(spot->overlays[0]->reason, reason);
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
	/* Of one that this very draft has made */
	assert_int_equal(extend(201), 0);
	commit();
	is(201, "over its limit");
	begin();
	assert_int_equal(extend(0), 0);
	commit();
	is(0, "over its limit");
	begin();
	assert_int_equal(extend(300), OBPBL_UNCHANGED);
	obpbl_draft_abort(&draft);
}

static void test_texts(void **state)
{
	(void)state;
	begin();
	assert_int_equal(add(OBPBL_LAYER_RUNTIME, 100), 0);
	commit();
	begin();
	assert_int_equal(extend(200), 0);
	commit();
	is(200, "by hand");
}

/* None of these spoils the draft */
static void test_refused(void **state)
{
	struct obpbl_prefix other = host;

	(void)state;
	begin();
	assert_int_equal(add(OBPBL_LAYER_CONFIGURED, 100), 0);
	assert_int_equal(extend(101), -EEXIST);
	assert_int_equal(extend(100), OBPBL_UNCHANGED);
	assert_int_equal(obpbl_draft_overlay_extend(&draft, 2, &host,
			overlay(1, "x")), -ENOENT);
	assert_int_equal(obpbl_draft_overlay_extend(&draft, 1, &host,
			overlay(1, "x")), -EADDRINUSE);
	other.key[3] = 2;
	assert_int_equal(obpbl_draft_overlay_extend(&draft, 0, &other,
			overlay(7, "x")), 0);
	other.key[3] = 3;
	assert_int_equal(obpbl_draft_overlay_extend(&draft, 0, &other,
			overlay(7, "x")), -E2BIG);
	/* No more room is not in the way of a later end */
	other.key[3] = 2;
	assert_int_equal(obpbl_draft_overlay_extend(&draft, 0, &other,
			overlay(8, "x")), 0);
	commit();
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 2);
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
			bytes = history.bytes;
			shim_alloc.fail_nth = nth;
			err = extend(until);
			shim_alloc.fail_nth = 0;
			if (!err)
				break;
			assert_int_equal(err, -ENOMEM);
			obpbl_draft_abort(&draft);
			assert_int_equal(history.bytes, bytes);
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
		cmocka_unit_test_setup_teardown(test_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
