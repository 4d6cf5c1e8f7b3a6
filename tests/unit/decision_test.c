// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table, cell by cell, on policies built by transactions; what
 * sleeps, and wakes; and transactions that fail at each allocation, which
 * change nothing and leak nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/errno.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/slab.h>

#include "core.h"
#include "decision.h"
#include "session.h"

static struct obpbl_history history;
static struct obpbl_transaction t;

static const struct obpbl_settings enforce = { .mode = OBPBL_MODE_ENFORCE };

static struct obpbl_prefix prefix(const char *text)
{
	struct obpbl_prefix p = { .family = strchr(text, ':') ? OBPBL_INET6 :
						OBPBL_INET4 };
	char address[64];
	const char *slash = strchr(text, '/');

	assert_non_null(slash);
	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	assert_int_equal(inet_pton(p.family == OBPBL_INET6 ? AF_INET6 :
				   AF_INET, address, p.key), 1);
	p.len = atoi(slash + 1);
	return p;
}

static void put(u8 class, const char *text)
{
	struct obpbl_prefix p = prefix(text);

	assert_int_equal(core_prefix_add(&t, 1, class, &p, false),
			 0);
}

static int overlay(u8 class, const char *text, const char *to, u64 until,
		   const char *dev)
{
	struct obpbl_overlay *o = calloc(1, sizeof(*o) + 8);
	struct obpbl_prefix p = prefix(text);
	int err;

	o->class = class;
	o->until = until;
	o->has_to = to;
	if (to)
		o->to = prefix(to);
	if (dev)
		strcpy(o->dev, dev);
	strcpy(o->reason, "why");
	err = obpbl_overlay_add(&t, OBPBL_RUNTIME, 1, &p, o);
	free(o);
	return err;
}

static void begin(void)
{
	assert_int_equal(core_begin(&t, &history, 1000), 0);
	t.max_bytes = 1 << 28;
}

static void commit(void)
{
	core_commit(&t);
}

static void build(u8 policy, u8 mode, bool reverse)
{
	struct obpbl_isp_config config = {
		.name = "alpha", .mode = mode, .policy = policy,
		.reverse = reverse,
	};

	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(core_isp_add(&t, 1, &config), 0);
	put(OBPBL_CLASS_SPACE, "203.0.113.0/24");
	put(OBPBL_CLASS_DYNAMIC, "203.0.113.0/25");
	put(OBPBL_CLASS_STATIC, "203.0.113.120/29");
	put(OBPBL_CLASS_RELAY, "203.0.113.200/32");
	put(OBPBL_CLASS_TARGET, "192.0.2.0/24");
	put(OBPBL_CLASS_SPACE, "2001:db8:a::/48");
	put(OBPBL_CLASS_DYNAMIC, "2001:db8:a:1000::/52");
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.9/32", NULL,
				 0, NULL), 0);
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.10/32",
				 "198.18.0.25/32", 0, NULL), 0);
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.11/32", NULL,
				 100, NULL), 0);
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.12/32", NULL,
				 0, "ppp0"), 0);
	assert_int_equal(overlay(OBPBL_CLASS_QUARANTINE, "203.0.113.121/32",
				 NULL, 0, NULL), 0);
	commit();
}

static void end(void)
{
	obpbl_history_exit(&history);
	assert_int_equal(obpbl_history_bytes(&history), 0);
}

static struct obpbl_flow flow(const char *src, const char *dst)
{
	struct obpbl_flow f = { .sport = 40000, .dport = 25,
				.tcp_flags = OBPBL_TCP_SYN };
	int af = strchr(src, ':') ? AF_INET6 : AF_INET;

	f.family = af == AF_INET6 ? OBPBL_INET6 : OBPBL_INET4;
	assert_int_equal(inet_pton(af, src, f.src), 1);
	assert_int_equal(inet_pton(af, dst, f.dst), 1);
	return f;
}

static bool asked(const struct obpbl_flow *f, struct obpbl_settings settings,
		  u64 now, struct obpbl_decision *d)
{
	struct obpbl_question question = { history.current_policy, f, settings,
					   now };

	return obpbl_judge(&question, OBPBL_LIVE, d);
}

static bool judged(const struct obpbl_flow *f, u64 now,
		   struct obpbl_decision *d)
{
	return asked(f, enforce, now, d);
}

static u8 reason(const char *src, const char *dst, u64 now)
{
	struct obpbl_flow f = flow(src, dst);
	struct obpbl_decision d;

	assert_true(judged(&f, now, &d));
	assert_int_equal(d.verdict, d.reason >= OBPBL_REASON_OUTSIDE ?
			 OBPBL_VERDICT_BLOCK : OBPBL_VERDICT_PASS);
	return d.reason;
}

#define RELAY "203.0.113.200"
#define INSIDE "203.0.113.201"
#define TARGET "192.0.2.1"
#define OUTSIDE "198.18.0.25"

static void row(const char *src, u8 relay, u8 inside, u8 target, u8 outside)
{
	assert_int_equal(reason(src, RELAY, 1000), relay);
	assert_int_equal(reason(src, INSIDE, 1000), inside);
	assert_int_equal(reason(src, TARGET, 1000), target);
	assert_int_equal(reason(src, OUTSIDE, 1000), outside);
}

#define R(name) OBPBL_REASON_##name
#define ALL(name) R(name), R(name), R(name), R(name)

static void test_table(void **state __attribute__((unused)))
{
	u8 policy;

	for (policy = 0; policy <= OBPBL_POLICY_MAX; policy++) {
		build(policy, OBPBL_MODE_ENFORCE, false);
		row("198.51.100.1", ALL(FOREIGN));
		row("203.0.113.210", ALL(OWN));
		row("203.0.113.122", ALL(STATIC));
		row("203.0.113.9", ALL(EXEMPT));
		row("203.0.113.121", R(RELAY), R(QUARANTINE), R(QUARANTINE),
		    R(QUARANTINE));
		if (policy == OBPBL_POLICY_OUTSIDE)
			row("203.0.113.5", R(RELAY), R(INSIDE), R(TARGET),
			    R(OUTSIDE));
		if (policy == OBPBL_POLICY_RELAY_ONLY)
			row("203.0.113.5", R(RELAY), R(NOT_RELAY),
			    R(NOT_RELAY), R(NOT_RELAY));
		if (policy == OBPBL_POLICY_TARGETS)
			row("203.0.113.5", R(RELAY), R(INSIDE), R(TARGET),
			    R(NOT_TARGET));
		end();
	}
}

static void test_ipv6(void **state __attribute__((unused)))
{
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	assert_int_equal(reason("2001:db8:a:1000::5", "2001:db8:f::25", 0),
			 R(OUTSIDE));
	assert_int_equal(reason("2001:db8:a:1000::5", "2001:db8:a::1", 0),
			 R(INSIDE));
	assert_int_equal(reason("::ffff:203.0.113.5", "2001:db8:f::25", 0),
			 R(FOREIGN));
	end();
}

static void test_overlays_apply(void **state __attribute__((unused)))
{
	struct obpbl_flow f = flow("203.0.113.12", OUTSIDE);
	struct obpbl_decision d;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	assert_int_equal(reason("203.0.113.10", OUTSIDE, 0), R(EXEMPT));
	assert_int_equal(reason("203.0.113.10", "198.18.0.26", 0), R(OUTSIDE));
	assert_int_equal(reason("203.0.113.11", OUTSIDE, 99), R(EXEMPT));
	assert_int_equal(reason("203.0.113.11", OUTSIDE, 100), R(OUTSIDE));
	assert_int_equal(reason("203.0.113.12", OUTSIDE, 0), R(OUTSIDE));
	f.in.vrf = "ppp0";
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(EXEMPT));
	end();
}

static void test_modes(void **state __attribute__((unused)))
{
	static const u8 verdicts[] = { OBPBL_VERDICT_PASS,
		OBPBL_VERDICT_WOULD_BLOCK, OBPBL_VERDICT_BLOCK };
	struct obpbl_flow f = flow("203.0.113.5", OUTSIDE);
	struct obpbl_settings settings = { 0 };
	struct obpbl_decision d;
	u8 mode, lower;

	for (mode = 0; mode <= OBPBL_MODE_MAX; mode++) {
		build(OBPBL_POLICY_OUTSIDE, mode, false);
		for (settings.mode = 0; settings.mode <= OBPBL_MODE_MAX;
		     settings.mode++) {
			assert_true(asked(&f, settings, 0, &d));
			lower = mode < settings.mode ? mode : settings.mode;
			assert_int_equal(d.mode, lower);
			assert_int_equal(d.verdict, verdicts[lower]);
			assert_int_equal(d.reason, lower ? R(OUTSIDE) : R(OFF));
		}
		end();
	}
}

static void test_reverse(void **state __attribute__((unused)))
{
	struct obpbl_flow f = flow(OUTSIDE, "203.0.113.5");
	struct obpbl_decision d;

	f.sport = 25;
	f.dport = 40000;
	f.tcp_flags = OBPBL_TCP_SYN | OBPBL_TCP_ACK;
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	assert_false(judged(&f, 0, &d));
	end();
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, true);
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(REVERSE));
	assert_true(d.reverse);
	f.tcp_flags = OBPBL_TCP_SYN;
	assert_false(judged(&f, 0, &d));
	end();
}

static void limit_alpha(void)
{
	struct obpbl_isp_config config = {
		.name = "alpha", .mode = OBPBL_MODE_ENFORCE, .limit = 3,
		.interval = 60, .reverse = true,
	};

	begin();
	assert_int_equal(core_isp_set(&t, 1, &config), 0);
	commit();
}

static void test_limit(void **state __attribute__((unused)))
{
	struct obpbl_flow f = flow("203.0.113.5", OUTSIDE);
	struct obpbl_decision d, under;
	unsigned int flags;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	limit_alpha();
	assert_true(judged(&f, 0, &d));
	assert_true(d.limited);
	under = d;
	obpbl_decision_limit(&under, true);
	assert_int_equal(under.reason, R(UNDER_LIMIT));
	assert_int_equal(under.verdict, OBPBL_VERDICT_PASS);
	obpbl_decision_limit(&d, false);
	assert_int_equal(d.reason, R(LIMIT));
	assert_int_equal(d.verdict, OBPBL_VERDICT_BLOCK);
	/* What was let through goes on: nothing but an opening is judged */
	for (flags = 0; flags < 256; flags++) {
		f.tcp_flags = flags;
		assert_int_equal(judged(&f, 0, &d),
				 (flags & 0x12) == OBPBL_TCP_SYN);
	}
	f.tcp_flags = OBPBL_TCP_SYN;
	f.malformed = OBPBL_REASON_TINY_FRAGMENT;
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(TINY_FRAGMENT));
	assert_false(d.limited);
	/* Neither who is quarantined nor who passes has a limit */
	f = flow("203.0.113.121", OUTSIDE);
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(QUARANTINE));
	assert_false(d.limited);
	f.tcp_flags = OBPBL_TCP_ACK;
	assert_true(judged(&f, 0, &d));
	f = flow("203.0.113.5", RELAY);
	assert_true(judged(&f, 0, &d));
	assert_false(d.limited);
	/* Of the answers, only what opens a connection */
	f = flow(OUTSIDE, "203.0.113.5");
	f.sport = 25;
	f.dport = 40000;
	f.tcp_flags = OBPBL_TCP_ACK;
	assert_false(judged(&f, 0, &d));
	f.tcp_flags = OBPBL_TCP_SYN | OBPBL_TCP_ACK;
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(REVERSE));
	assert_true(d.limited);
	under = d;
	obpbl_decision_limit(&under, true);
	assert_int_equal(under.verdict, OBPBL_VERDICT_PASS);
	obpbl_decision_limit(&d, false);
	assert_int_equal(d.reason, R(REVERSE));
	assert_int_equal(d.verdict, OBPBL_VERDICT_BLOCK);
	end();
}

static void test_established(void **state __attribute__((unused)))
{
	static const struct obpbl_settings running = {
		.mode = OBPBL_MODE_ENFORCE, .established = 1,
	};
	struct obpbl_flow f = flow("203.0.113.5", OUTSIDE);
	struct obpbl_decision d;
	unsigned int flags;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	for (flags = 0; flags < 256; flags++) {
		f.tcp_flags = flags;
		assert_true(judged(&f, 0, &d));
		assert_int_equal(d.reason, R(OUTSIDE));
		assert_int_equal(asked(&f, running, 0, &d),
				 (flags & 0x12) == OBPBL_TCP_SYN);
	}
	end();
}

/* What is malformed concerns a pair that would be blocked, and nobody else */
static void test_malformed(void **state __attribute__((unused)))
{
	static const char *const unharmed[] = {
		"198.51.100.1", "203.0.113.210", "203.0.113.122",
		"203.0.113.9",
	};
	struct obpbl_flow f;
	struct obpbl_decision d;
	unsigned int i;
	u8 why;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	for (why = OBPBL_REASON_TINY_FRAGMENT; why <= OBPBL_REASON_MAX; why++) {
		f = flow("203.0.113.5", OUTSIDE);
		f.dport = 0;
		f.malformed = why;
		assert_true(judged(&f, 0, &d));
		assert_int_equal(d.reason, why);
		f = flow("203.0.113.5", RELAY);
		f.malformed = why;
		assert_false(judged(&f, 0, &d));
		for (i = 0; i < ARRAY_SIZE(unharmed); i++) {
			f = flow(unharmed[i], OUTSIDE);
			f.malformed = why;
			assert_false(judged(&f, 0, &d));
		}
	}
	end();
}

static void test_other_ports(void **state __attribute__((unused)))
{
	struct obpbl_flow f = flow("203.0.113.5", OUTSIDE);
	struct obpbl_decision d;
	unsigned int port;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, true);
	for (port = 0; port < 65536; port++) {
		f.dport = port;
		assert_int_equal(judged(&f, 0, &d), port == 25);
	}
	end();
}

static void test_owner(void **state __attribute__((unused)))
{
	struct obpbl_isp_config beta = { .name = "beta" };
	struct obpbl_prefix p = prefix("203.0.113.0/25");

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	assert_int_equal(core_isp_add(&t, 2, &beta), 0);
	assert_int_equal(core_prefix_add(&t, 2, OBPBL_CLASS_STATIC,
						&p, false), -EADDRINUSE);
	assert_string_equal(t.conflict, "alpha");
	core_abort(&t);
	end();
}

/* What was added at run time sleeps without its ISP, and wakes with it */
static void test_replace_keeps_runtime(void **state __attribute__((unused)))
{
	struct obpbl_isp_config config = { .name = "alpha",
					   .mode = OBPBL_MODE_ENFORCE };

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	commit();
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 5);
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(FOREIGN));
	begin();
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.13/32", NULL,
				 0, NULL), -ENOENT);
	core_abort(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(core_isp_add(&t, 1, &config), 0);
	put(OBPBL_CLASS_DYNAMIC, "203.0.113.0/24");
	commit();
	assert_int_equal(core_table(&history, OBPBL_LIVE)->prefixes, 1);
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 5);
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(EXEMPT));
	assert_int_equal(reason("203.0.113.210", OUTSIDE, 0), R(OUTSIDE));
	begin();
	assert_int_equal(core_isp_del(&t, 1), 0);
	commit();
	assert_int_equal(core_table(&history, OBPBL_LIVE)->prefixes, 0);
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 5);
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(FOREIGN));
	begin();
	assert_int_equal(core_overlays_flush(&t, 1), 0);
	commit();
	assert_int_equal(obpbl_policy_overlays(history.current_policy), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->scopes.count, 0);
	end();
}

/* In another VRF, or where its prefix is configured for another ISP */
static void test_overlay_sleeps(void **state __attribute__((unused)))
{
	struct obpbl_isp_config alpha = { .name = "alpha", .vrf = "red",
					  .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_isp_config beta = { .name = "beta",
					 .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_prefix p = prefix("203.0.113.9/32");
	struct obpbl_flow f = flow("203.0.113.9", OUTSIDE);
	struct obpbl_decision d;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	assert_int_equal(core_isp_add(&t, 2, &beta), 0);
	assert_int_equal(core_prefix_add(&t, 2, OBPBL_CLASS_DYNAMIC, &p,
					 false), 0);
	commit();
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(OUTSIDE));
	assert_int_equal(reason("203.0.113.12", OUTSIDE, 0), R(OUTSIDE));
	/* What is there and sleeps may not be added by whom it is not */
	begin();
	assert_int_equal(overlay(OBPBL_CLASS_QUARANTINE, "203.0.113.9/32",
				 NULL, 0, NULL), -EADDRINUSE);
	assert_string_equal(t.conflict, "beta");
	core_abort(&t);
	begin();
	assert_int_equal(core_prefix_del(&t, 2, OBPBL_CLASS_DYNAMIC, &p), 0);
	commit();
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(EXEMPT));
	/* Everything of alpha moves to a VRF; not what was added at run time */
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(core_isp_add(&t, 1, &alpha), 0);
	put(OBPBL_CLASS_DYNAMIC, "203.0.113.0/24");
	commit();
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(FOREIGN));
	f.in.vrf = "red";
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(OUTSIDE));
	/* The same once more, in that VRF */
	begin();
	assert_int_equal(overlay(OBPBL_CLASS_EXEMPT, "203.0.113.9/32", NULL,
				 0, NULL), 0);
	commit();
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(EXEMPT));
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(FOREIGN));
	end();
}

/* An exemption of beta's, which is in this VRF now and sleeps in all before */
static int exempt_in(unsigned int vrf, const struct obpbl_prefix *p)
{
	struct obpbl_isp_config beta = { .name = "beta",
					 .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_overlay *o = calloc(1, sizeof(*o) + 8);
	int err;

	snprintf(beta.vrf, sizeof(beta.vrf), "vrf%u", vrf);
	assert_int_equal(core_isp_set(&t, 2, &beta), 0);
	o->class = OBPBL_CLASS_EXEMPT;
	err = obpbl_overlay_add(&t, OBPBL_RUNTIME, 2, p, o);
	free(o);
	return err;
}

/* Where there can be no more VRFs, the next is refused, and is no other one */
static void test_vrfs(void **state __attribute__((unused)))
{
	struct obpbl_prefix p = prefix("203.0.113.5/32");
	struct obpbl_isp_config beta = { .name = "beta", .vrf = "vrf" };
	struct obpbl_entry_info info;
	unsigned int i;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	t.max_overlays = 1 << 20;
	assert_int_equal(core_isp_add(&t, 2, &beta), 0);
	for (i = 1; i <= U16_MAX; i++)
		assert_int_equal(exempt_in(i, &p), 0);
	assert_int_equal(exempt_in(i, &p), -ENOSPC);
	assert_false(obpbl_entry_get(t.policy->slot[OBPBL_RUNTIME], 0, &p,
				     &info));
	core_abort(&t);
	end();
}

static void test_flush(void **state __attribute__((unused)))
{
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	assert_int_equal(core_flush(&t), 0);
	commit();
	assert_int_equal(obpbl_history_bytes(&history), 0);
	end();
}

/* Sessions */

static struct obpbl_session_config session(u32 ifindex, u8 class,
					   const char *first,
					   const char *second)
{
	struct obpbl_session_config s = { .ifindex = ifindex, .isp = 1,
					  .class = class };

	if (first)
		s.prefixes[s.n++] = prefix(first);
	if (second)
		s.prefixes[s.n++] = prefix(second);
	return s;
}

static int up(u32 ifindex, u8 class, const char *first, const char *second)
{
	struct obpbl_session_config s = session(ifindex, class, first, second);

	return obpbl_session_up(&t, &s);
}

static int addr(u32 ifindex, const char *first)
{
	struct obpbl_session_config s = session(ifindex, 0, first, NULL);

	return obpbl_session_addr(&t, &s);
}

/* One change by itself; one that changes nothing publishes nothing */
static int alone(int err)
{
	if (err)
		core_abort(&t);
	else
		commit();
	return err;
}

#define ALONE(change)	({ begin(); alone(change); })

static u32 session_of(const char *src)
{
	struct obpbl_flow f = flow(src, OUTSIDE);
	struct obpbl_decision d;

	assert_true(judged(&f, 1000, &d));
	return d.session ? d.session->ifindex : 0;
}

static void test_session_classes(void **state __attribute__((unused)))
{
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	/* Outside of all that is configured, and inside of each class */
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_DYNAMIC, "198.51.100.1/32",
				  "203.0.113.210/32")), 0);
	assert_int_equal(ALONE(up(2, OBPBL_CLASS_STATIC, "203.0.113.5/32",
				  "2001:db8:a:1000::/56")), 0);
	assert_int_equal(ALONE(up(3, OBPBL_CLASS_EXEMPT, "203.0.113.6/32",
				  NULL)), 0);
	assert_int_equal(ALONE(up(4, OBPBL_CLASS_DYNAMIC, "203.0.113.122/32",
				  "203.0.113.200/32")), 0);
	row("198.51.100.1", R(RELAY), R(INSIDE), R(TARGET), R(OUTSIDE));
	row("203.0.113.210", R(RELAY), R(INSIDE), R(TARGET), R(OUTSIDE));
	row("203.0.113.5", ALL(STATIC));
	row("203.0.113.6", ALL(EXEMPT));
	row("203.0.113.122", R(RELAY), R(INSIDE), R(TARGET), R(OUTSIDE));
	row("203.0.113.123", ALL(STATIC));
	assert_int_equal(reason("2001:db8:a:1100::5", "2001:db8:f::25", 0),
			 R(OUTSIDE));
	assert_int_equal(reason("2001:db8:a:1000::5", "2001:db8:f::25", 0),
			 R(STATIC));
	assert_int_equal(session_of("203.0.113.6"), 3);
	assert_int_equal(session_of("203.0.113.7"), 0);
	end();
}

/* At the same prefix: quarantine, exempt, session, static, dynamic, own */
static void test_session_order(void **state __attribute__((unused)))
{
	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_EXEMPT, "203.0.113.121/32",
				  "203.0.113.120/29")), 0);
	assert_int_equal(ALONE(up(2, OBPBL_CLASS_DYNAMIC, "203.0.113.9/32",
				  "203.0.113.11/32")), 0);
	assert_int_equal(ALONE(up(3, OBPBL_CLASS_STATIC, "203.0.113.0/25",
				  "203.0.113.0/24")), 0);
	assert_int_equal(reason("203.0.113.121", OUTSIDE, 0), R(QUARANTINE));
	assert_int_equal(session_of("203.0.113.121"), 0);
	assert_int_equal(reason("203.0.113.122", OUTSIDE, 0), R(EXEMPT));
	assert_int_equal(session_of("203.0.113.122"), 1);
	assert_int_equal(reason("203.0.113.9", OUTSIDE, 0), R(EXEMPT));
	assert_int_equal(session_of("203.0.113.9"), 0);
	assert_int_equal(reason("203.0.113.11", OUTSIDE, 99), R(EXEMPT));
	assert_int_equal(reason("203.0.113.11", OUTSIDE, 100), R(OUTSIDE));
	assert_int_equal(session_of("203.0.113.11"), 2);
	assert_int_equal(reason("203.0.113.5", OUTSIDE, 0), R(STATIC));
	assert_int_equal(reason("203.0.113.210", OUTSIDE, 0), R(STATIC));
	assert_int_equal(session_of("203.0.113.210"), 3);
	end();
}

/* Wherever the packet comes in, and for answers as well */
static void test_session_paths(void **state __attribute__((unused)))
{
	struct obpbl_flow f = flow("203.0.113.122", OUTSIDE);
	struct obpbl_decision d;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, true);
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_DYNAMIC, "203.0.113.122/32",
				  NULL)), 0);
	f.in.dev = "eth9";
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(OUTSIDE));
	f = flow(OUTSIDE, "203.0.113.122");
	f.sport = 25;
	f.dport = 40000;
	f.tcp_flags = OBPBL_TCP_SYN | OBPBL_TCP_ACK;
	f.out.dev = "eth9";
	assert_true(judged(&f, 0, &d));
	assert_int_equal(d.reason, R(REVERSE));
	assert_int_equal(d.session->ifindex, 1);
	end();
}

static void test_session_idempotent(void **state __attribute__((unused)))
{
	u64 generation;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC, "203.0.113.5/32",
				  "2001:db8:a:1000::/64")), 0);
	generation = history.current_policy->generation;
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC, "203.0.113.5/32",
				  "2001:db8:a:1000::/64")), OBPBL_UNCHANGED);
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC,
				  "2001:db8:a:1000::/64", "203.0.113.5/32")),
			 OBPBL_UNCHANGED);
	assert_int_equal(ALONE(addr(1, "203.0.113.5/32")), OBPBL_UNCHANGED);
	assert_int_equal(history.current_policy->generation, generation);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 2);
	assert_int_equal(ALONE(addr(1, "2001:db8:a:1100::/56")), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 3);
	assert_int_equal(ALONE(addr(2, "203.0.113.6/32")), -ENOENT);
	/* Exactly what is given: the delegated prefix goes */
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC, "203.0.113.5/32",
				  "203.0.113.5/32")), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 1);
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_DYNAMIC, "203.0.113.5/32",
				  NULL)), 0);
	assert_int_equal(reason("203.0.113.5", OUTSIDE, 0), R(OUTSIDE));
	assert_int_equal(ALONE(obpbl_session_down(&t, 1)), 0);
	assert_int_equal(ALONE(obpbl_session_down(&t, 1)),
			 OBPBL_UNCHANGED);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->sessions.count, 0);
	/* Without a prefix it is one all the same */
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC, NULL, NULL)), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 1);
	assert_int_equal(ALONE(addr(1, "203.0.113.5/32")), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 1);
	assert_int_equal(session_of("203.0.113.5"), 1);
	end();
}

static void add_beta(void)
{
	struct obpbl_isp_config beta = { .name = "beta",
					 .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_prefix p = prefix("192.0.2.0/24");

	begin();
	assert_int_equal(core_isp_add(&t, 2, &beta), 0);
	assert_int_equal(core_prefix_add(&t, 2, OBPBL_CLASS_DYNAMIC,
						&p, false), 0);
	commit();
}

static void test_session_moves(void **state __attribute__((unused)))
{
	struct obpbl_session_config s = session(3, OBPBL_CLASS_DYNAMIC,
						"203.0.113.5/32", NULL);

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	add_beta();
	assert_int_equal(ALONE(up(1, OBPBL_CLASS_STATIC, "203.0.113.5/32",
				  "203.0.113.6/32")), 0);
	assert_int_equal(ALONE(up(2, OBPBL_CLASS_EXEMPT, "203.0.113.5/32",
				  NULL)), 0);
	assert_int_equal(session_of("203.0.113.5"), 2);
	assert_int_equal(session_of("203.0.113.6"), 1);
	/* The late end of the one before does not take it */
	assert_int_equal(ALONE(obpbl_session_down(&t, 1)), 0);
	assert_int_equal(session_of("203.0.113.5"), 2);
	assert_int_equal(session_of("203.0.113.6"), 0);
	/* To another ISP as well, where nothing else of the first is there */
	s.isp = 2;
	assert_int_equal(ALONE(obpbl_session_up(&t, &s)), 0);
	assert_int_equal(session_of("203.0.113.5"), 3);
	s.prefixes[0] = prefix("203.0.113.0/25");
	assert_int_equal(ALONE(obpbl_session_up(&t, &s)),
			 -EADDRINUSE);
	assert_string_equal(t.conflict, "alpha");
	s.prefixes[0] = prefix("203.0.113.9/32");
	assert_int_equal(ALONE(obpbl_session_up(&t, &s)),
			 -EADDRINUSE);
	assert_string_equal(t.conflict, "alpha");
	assert_int_equal(session_of("203.0.113.5"), 3);
	/* What is configured for another puts it to sleep */
	begin();
	put(OBPBL_CLASS_STATIC, "203.0.113.5/32");
	commit();
	assert_int_equal(session_of("203.0.113.5"), 0);
	assert_int_equal(reason("203.0.113.5", OUTSIDE, 0), R(STATIC));
	begin();
	s.prefixes[0] = prefix("203.0.113.5/32");
	assert_int_equal(core_prefix_del(&t, 1, OBPBL_CLASS_STATIC,
					 &s.prefixes[0]), 0);
	commit();
	assert_int_equal(session_of("203.0.113.5"), 3);
	end();
}

static void test_session_ceiling(void **state __attribute__((unused)))
{
	struct obpbl_session_config s = session(9, OBPBL_CLASS_DYNAMIC, NULL,
						NULL);
	unsigned int i;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	t.max_sessions = 3;
	assert_int_equal(up(1, OBPBL_CLASS_STATIC, "203.0.113.5/32",
			    "203.0.113.6/32"), 0);
	assert_int_equal(up(2, OBPBL_CLASS_STATIC, NULL, NULL), 0);
	assert_int_equal(addr(2, "203.0.113.7/32"), 0);
	commit();
	begin();
	t.max_sessions = 3;
	assert_int_equal(alone(addr(2, "203.0.113.8/32")), -ENOSPC);
	begin();
	t.max_sessions = 3;
	assert_int_equal(alone(up(3, OBPBL_CLASS_STATIC, NULL, NULL)),
			 -ENOSPC);
	begin();
	t.max_sessions = 0;
	assert_int_equal(alone(obpbl_session_down(&t, 1)), 0);
	for (i = 0; i < OBPBL_MAX_SESSION_PREFIXES; i++) {
		s.prefixes[s.n] = prefix("10.0.0.0/32");
		s.prefixes[s.n++].key[3] = i;
	}
	assert_int_equal(ALONE(obpbl_session_up(&t, &s)), 0);
	assert_int_equal(ALONE(addr(9, "10.0.0.7/32")), OBPBL_UNCHANGED);
	assert_int_equal(ALONE(addr(9, "10.0.1.0/32")), -E2BIG);
	end();
}

/* The device is gone, and there is no memory to remove its session */
static void test_session_gone(void **state __attribute__((unused)))
{
	unsigned long nth, failed = 0;
	u64 bytes;
	int err;

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	/* The array of sessions does not shrink */
	assert_int_equal(ALONE(up(7, OBPBL_CLASS_EXEMPT, NULL, NULL)), 0);
	assert_int_equal(ALONE(obpbl_session_down(&t, 7)), 0);
	bytes = obpbl_history_bytes(&history);
	assert_int_equal(ALONE(up(7, OBPBL_CLASS_EXEMPT, "203.0.113.5/32",
				  "203.0.113.11/32")), 0);
	assert_int_equal(reason("203.0.113.5", OUTSIDE, 0), R(EXEMPT));
	assert_true(core_device_gone(&history, 7));
	assert_false(core_device_gone(&history, 7));
	for (nth = 1;; nth++) {
		begin();
		shim_alloc.fail_nth = nth;
		err = obpbl_sessions_sweep(&t);
		if (shim_alloc.fail_nth)
			break;
		assert_int_equal(err, -ENOMEM);
		failed++;
		core_abort(&t);
		assert_int_equal(reason("203.0.113.5", OUTSIDE, 0),
				 R(OUTSIDE));
		assert_int_equal(reason("203.0.113.11", OUTSIDE, 99),
				 R(EXEMPT));
		assert_int_equal(reason("203.0.113.11", OUTSIDE, 100),
				 R(OUTSIDE));
		assert_null(obpbl_session_find(core_table(&history, OBPBL_RUNTIME), 7));
		assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 2);
	}
	shim_alloc.fail_nth = 0;
	assert_int_equal(err, 0);
	assert_true(failed > 3);
	commit();
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 0);
	assert_int_equal(obpbl_history_bytes(&history), bytes);
	/* The next device of that number begins with nothing */
	assert_int_equal(ALONE(up(7, OBPBL_CLASS_STATIC, "203.0.113.6/32",
				  NULL)), 0);
	assert_true(core_device_gone(&history, 7));
	assert_int_equal(ALONE(addr(7, "203.0.113.7/32")), -ENOENT);
	assert_int_equal(ALONE(up(7, OBPBL_CLASS_STATIC, "203.0.113.6/32",
				  NULL)), 0);
	assert_int_equal(session_of("203.0.113.6"), 7);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries, 1);
	end();
}

/* A new configuration keeps sessions, which sleep as long as it has no place */
static void test_session_replace(void **state __attribute__((unused)))
{
	struct obpbl_isp_config alpha = { .name = "alpha",
					  .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_isp_config beta = { .name = "beta", .vrf = "red" };

	build(OBPBL_POLICY_OUTSIDE, OBPBL_MODE_ENFORCE, false);
	begin();
	assert_int_equal(core_flush(&t), 0);
	assert_int_equal(core_isp_add(&t, 1, &alpha), 0);
	commit();
	add_beta();
	begin();
	assert_int_equal(obpbl_prefix_flush(&t, 2, OBPBL_CLASS_DYNAMIC), 0);
	assert_int_equal(up(1, OBPBL_CLASS_EXEMPT, "203.0.113.5/32", NULL), 0);
	commit();
	assert_int_equal(session_of("203.0.113.5"), 1);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(core_isp_add(&t, 2, &beta), 0);
	commit();
	assert_int_equal(session_of("203.0.113.5"), 0);
	strcpy(alpha.vrf, "red");
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(core_isp_add(&t, 1, &alpha), 0);
	commit();
	assert_int_equal(session_of("203.0.113.5"), 0);
	/* Only prefixes that are configured keep an ISP in its VRF */
	alpha.vrf[0] = '\0';
	assert_int_equal(ALONE(core_isp_set(&t, 1, &alpha)), 0);
	assert_int_equal(session_of("203.0.113.5"), 1);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(core_isp_add(&t, 1, &alpha), 0);
	put(OBPBL_CLASS_DYNAMIC, "203.0.113.0/24");
	commit();
	assert_int_equal(reason("203.0.113.5", OUTSIDE, 0), R(EXEMPT));
	strcpy(alpha.vrf, "red");
	assert_int_equal(ALONE(core_isp_set(&t, 1, &alpha)), -EBUSY);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries,
			 1);
	assert_int_equal(ALONE(core_isp_del(&t, 1)), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries,
			 1);
	assert_int_equal(ALONE(obpbl_sessions_flush(&t, 1)), 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->session_entries,
			 0);
	assert_int_equal(core_table(&history, OBPBL_RUNTIME)->scopes.count, 0);
	end();
}

/* What a transaction has made so far is judged by as well, before anybody sees it */
static void test_uncommitted(void **state __attribute__((unused)))
{
	struct obpbl_flow old = flow("203.0.113.1", "198.18.0.25");
	struct obpbl_flow new = flow("203.0.112.1", "198.18.0.25");
	struct obpbl_isp_config config = { .name = "alpha",
					   .mode = OBPBL_MODE_ENFORCE };
	struct obpbl_question question = { .settings = enforce };
	struct obpbl_decision d;

	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(core_isp_add(&t, 1, &config), 0);
	put(OBPBL_CLASS_DYNAMIC, "203.0.113.0/25");
	commit();
	assert_true(history.current_policy->portless);
	begin();
	put(OBPBL_CLASS_DYNAMIC, "203.0.112.0/24");
	question.policy = t.policy;
	question.flow = &old;
	assert_true(obpbl_judge(&question, OBPBL_LIVE, &d));
	assert_int_equal(d.reason, R(OUTSIDE));
	question.flow = &new;
	assert_true(obpbl_judge(&question, OBPBL_LIVE, &d));
	assert_int_equal(d.reason, R(OUTSIDE));
	question.policy = history.current_policy;
	assert_true(obpbl_judge(&question, OBPBL_LIVE, &d));
	assert_int_equal(d.reason, R(FOREIGN));
	core_abort(&t);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_overlays_apply),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_established),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_other_ports),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_replace_keeps_runtime),
		cmocka_unit_test(test_overlay_sleeps),
		cmocka_unit_test(test_vrfs),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_session_classes),
		cmocka_unit_test(test_session_order),
		cmocka_unit_test(test_session_paths),
		cmocka_unit_test(test_session_idempotent),
		cmocka_unit_test(test_session_moves),
		cmocka_unit_test(test_session_ceiling),
		cmocka_unit_test(test_session_gone),
		cmocka_unit_test(test_session_replace),
		cmocka_unit_test(test_uncommitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
