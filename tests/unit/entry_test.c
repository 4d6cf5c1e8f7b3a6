// SPDX-License-Identifier: GPL-2.0-only
/*
 * Of entries what a random test hardly meets: overlays that are left behind in
 * another VRF; and large tables, of which nothing needs much memory in one piece.
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
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "core.h"

#define ALPHA	1
#define MANY	5000

static struct obpbl_history history;
static struct obpbl_transaction t;

static const struct obpbl_prefix host = {
	.key = { 10, 0, 0, 1 }, .family = OBPBL_INET4, .len = 32,
};

static void begin(void)
{
	assert_int_equal(core_begin(&t, &history, 4 * MANY), 0);
}

static void add_isp(u16 number, const char *vrf)
{
	struct obpbl_isp_config config = { };

	snprintf(config.name, sizeof(config.name), "isp%u", number);
	strcpy(config.vrf, vrf);
	assert_int_equal(core_isp_add(&t, number, &config), 0);
}

/* Replaces all that is configured by an ISP in a VRF */
static void configure(const char *vrf)
{
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	add_isp(ALPHA, vrf);
	core_commit(&t);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(obpbl_history_init(&history), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	obpbl_history_exit(&history);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	return 0;
}

static struct obpbl_overlay *exemption(void)
{
	static union {
		struct obpbl_overlay overlay;
		char room[sizeof(struct obpbl_overlay) + 8];
	} one;

	one.overlay.class = OBPBL_CLASS_EXEMPT;
	strcpy(one.overlay.reason, "why");
	return &one.overlay;
}

static int exempt(const struct obpbl_prefix *prefix)
{
	return obpbl_overlay_add(&t, OBPBL_RUNTIME, ALPHA, prefix, exemption());
}

/* One by hand in each VRF that the ISP was in; who removes it means all */
static void test_left_behind(void **state)
{
	static const char *const vrfs[] = { "red", "", "blue" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(vrfs); i++) {
		configure(vrfs[i]);
		begin();
		assert_int_equal(exempt(&host), 0);
		core_commit(&t);
	}
	assert_int_equal(obpbl_policy_overlays(history.current_policy),
			 ARRAY_SIZE(vrfs));
	begin();
	assert_int_equal(obpbl_overlay_del(&t, ALPHA, &host, exemption()), 0);
	assert_int_equal(obpbl_overlay_del(&t, ALPHA, &host, exemption()),
			 -ENOENT);
	core_commit(&t);
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 0);
}

static struct obpbl_prefix nth(u8 first, unsigned int i)
{
	struct obpbl_prefix p = {
		.key = { first, i >> 8, i, 1 }, .family = OBPBL_INET4, .len = 32,
	};

	return p;
}

/* ISPs, prefixes, overlays and sessions, as many as have room in a test */
static void fill(void)
{
	struct obpbl_session_config *config = calloc(1, sizeof(*config));
	struct obpbl_prefix p;
	unsigned int i;

	begin();
	for (i = 0; i < OBPBL_MAX_ISPS; i++)
		add_isp(ALPHA + i, "");
	for (i = 0; i < MANY; i++) {
		p = nth(10, i);
		assert_int_equal(core_prefix_add(&t, ALPHA,
				OBPBL_CLASS_DYNAMIC, &p, false), 0);
		p = nth(11, i);
		assert_int_equal(exempt(&p), 0);
		p = nth(13, i);
		assert_int_equal(core_prefix_add(&t, ALPHA,
				OBPBL_CLASS_TARGET, &p, false), 0);
		config->ifindex = config->epoch = i + 1;
		config->isp = ALPHA;
		config->class = OBPBL_CLASS_DYNAMIC;
		config->n = 1;
		config->prefixes[0] = nth(12, i);
		assert_int_equal(obpbl_session_up(&t, config), 0);
	}
	assert_int_equal(core_prefix_add(&t, ALPHA, OBPBL_CLASS_RELAY, &host,
					 false), 0);
	core_commit(&t);
	free(config);
}

static int flush(void)
{
	return core_flush(&t);
}

static int replace(void)
{
	return core_keep(&t);
}

static int remove_isp(void)
{
	return obpbl_sessions_flush(&t, ALPHA) ?:
	       core_overlays_flush(&t, ALPHA) ?: core_isp_del(&t, ALPHA);
}

static int remove_class(void)
{
	return obpbl_prefix_flush(&t, ALPHA, OBPBL_CLASS_DYNAMIC);
}

/* One, among many of another class, on the way past which others are let in */
static int remove_relay(void)
{
	unsigned int before = shim_rescheds;
	int err = obpbl_prefix_flush(&t, ALPHA, OBPBL_CLASS_RELAY);

	assert_in_range(shim_rescheds - before, MANY, UINT_MAX);
	return err;
}

static int sweep(void)
{
	return obpbl_sessions_sweep(&t);
}

/* What the kernel serves from its slabs, without a look for pages in a row */
static void test_pieces(void **state)
{
	static int (*const ways[])(void) = {
		flush, replace, remove_isp, remove_class, remove_relay, sweep,
	};
	u32 ifindex;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		begin();
		assert_int_equal(core_flush(&t), 0);
		core_commit(&t);
		fill();
		for (ifindex = 1; ways[i] == sweep && ifindex <= MANY; ifindex++)
			assert_true(core_device_gone(&history, ifindex));
		begin();
		assert_int_equal(ways[i](), 0);
		core_commit(&t);
		assert_in_range(shim_alloc.largest, 1, 8192);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_left_behind, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_pieces, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
