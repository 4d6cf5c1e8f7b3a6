// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lifetimes: versions of tables that are held and let go of in any order, lines
 * that end while somebody still reads them, transactions that are thrown away
 * late.  A table is a set of numbers here, so that it is easy to say what each
 * version of it must still be.
 *
 * SEED=n replays a run, ROUNDS=n makes it longer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "core.h"
#include "decision.h"

#define NUMBERS		64
#define VERSIONS	5
#define HELD		12
#define LATE		6
#define MILLION		1000000

/* Numbers of ISPs */
#define ALPHA		1
#define BETA		2

static struct obpbl_history history;
static struct obpbl_transaction t;
static unsigned long objects;
static u64 state;

static u64 rnd64(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

static unsigned int rnd(unsigned int n)
{
	return (rnd64() >> 33) % n;
}

static int setup(void **unused)
{
	(void)unused;
	objects = shim_alloc.live;
	return obpbl_history_init(&history);
}

static int teardown(void **unused)
{
	(void)unused;
	obpbl_history_exit(&history);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	assert_int_equal(shim_alloc.live, objects);
	return 0;
}

static void begin(void)
{
	assert_int_equal(core_begin(&t, &history, 2 * MILLION), 0);
}

static struct obpbl_isp_config config_of(const char *name, const char *vrf)
{
	struct obpbl_isp_config config = { .mode = OBPBL_MODE_ENFORCE };

	strcpy(config.name, name);
	strcpy(config.vrf, vrf);
	return config;
}

static void add_isp(u16 number, const char *name, const char *vrf)
{
	struct obpbl_isp_config config = config_of(name, vrf);

	assert_int_equal(core_isp_add(&t, number, &config), 0);
}

/* ---- tables as sets of numbers -------------------------------------------- */

static struct obpbl_prefix prefix_of(u32 number)
{
	struct obpbl_prefix p = { .len = 32, .key = { 10, number >> 16,
						      number >> 8, number } };

	return p;
}

static void toggle(u64 *set, unsigned int number)
{
	struct obpbl_prefix p = prefix_of(number);

	if (*set >> number & 1)
		assert_int_equal(core_prefix_del(&t, ALPHA,
						 OBPBL_CLASS_DYNAMIC, &p), 0);
	else
		assert_int_equal(core_prefix_add(&t, ALPHA,
						 OBPBL_CLASS_DYNAMIC, &p,
						 false), 0);
	*set ^= 1ULL << number;
}

static void put_set(u64 set)
{
	struct obpbl_prefixes prefixes;
	struct obpbl_prefix p;
	unsigned int i;

	add_isp(ALPHA, "alpha", "");
	assert_int_equal(obpbl_prefixes_begin(&prefixes, &t, ALPHA,
					      OBPBL_CLASS_DYNAMIC), 0);
	for (i = 0; i < NUMBERS; i++) {
		p = prefix_of(i);
		if (set >> i & 1)
			assert_int_equal(obpbl_prefix_add(&prefixes, &p, false),
					 0);
	}
}

static void compare(const struct obpbl_table *table, u64 set)
{
	const struct obpbl_scope *scope = obpbl_array_get(&table->scopes, 0);
	const struct obpbl_isp *isp = obpbl_isp_get(table, ALPHA);
	u8 key[OBPBL_KEY_SIZE] = { 0 }, len = 0;
	bool started = false;
	u64 found = 0;
	u32 value;

	assert_non_null(isp);
	assert_string_equal(isp->config.name, "alpha");
	while (obpbl_trie_next(&scope->src[OBPBL_INET4], key, &len, &started,
			       &value)) {
		assert_int_equal(value, obpbl_value(ALPHA, OBPBL_BIT(
						    OBPBL_CLASS_DYNAMIC)));
		found |= 1ULL << key[3];
	}
	assert_int_equal(found, set);
	assert_int_equal(obpbl_counts_get(table, ALPHA)
			 ->n[OBPBL_CLASS_DYNAMIC],
			 __builtin_popcountll(set));
}

/* ---- every order ---------------------------------------------------------- */

/* The order number @n of all there are */
static void permutation(unsigned int n, unsigned int *order)
{
	unsigned int i, j, left[VERSIONS];

	for (i = 0; i < VERSIONS; i++)
		left[i] = i;
	for (i = 0; i < VERSIONS; i++) {
		j = n % (VERSIONS - i);
		n /= VERSIONS - i;
		order[i] = left[j];
		left[j] = left[VERSIONS - i - 1];
	}
}

/* Each version held; the line ends before, or goes on, or its last is not held */
static u64 let_go_in_order(const unsigned int *order, bool ends, bool last)
{
	struct obpbl_policy *held[VERSIONS];
	u64 set[VERSIONS], current = 0, bytes;
	unsigned int i, j;

	begin();
	put_set(0xff);
	current = 0xff;
	core_commit(&t);
	for (i = 0; i < VERSIONS; i++) {
		begin();
		toggle(&current, i);
		toggle(&current, 10 + i);
		core_commit(&t);
		held[i] = obpbl_policy_hold(&history);
		set[i] = current;
	}
	if (last) {
		begin();
		toggle(&current, 20);
		core_commit(&t);
	}
	if (ends) {
		begin();
		assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
		core_commit(&t);
	}
	for (i = 0; i < VERSIONS; i++) {
		for (j = i; j < VERSIONS; j++)
			compare(held[order[j]]->slot[OBPBL_LIVE],
				set[order[j]]);
		core_put(&history, held[order[i]]);
	}
	if (!ends)
		compare(core_table(&history, OBPBL_LIVE), current);
	bytes = obpbl_history_bytes(&history);
	begin();
	assert_int_equal(core_flush(&t), 0);
	core_commit(&t);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	return bytes;
}

static void test_orders(void **unused)
{
	unsigned int n, kind, order[VERSIONS];
	u64 bytes[4] = { 0 };

	(void)unused;
	for (n = 0; n < 120; n++) {
		permutation(n, order);
		for (kind = 0; kind < 4; kind++) {
			u64 left = let_go_in_order(order, kind & 1, kind & 2);

			/* Nothing is left that another order would have freed */
			if (kind & 1)
				assert_int_equal(left, 0);
			if (!n)
				bytes[kind] = left;
			assert_int_equal(left, bytes[kind]);
		}
	}
}

/* ---- all of it, at random ------------------------------------------------- */

/* What each slot must be; KEPT and SHADOW only if they are there */
struct model {
	u64 set[OBPBL_SLOTS];
	bool there[OBPBL_SLOTS];
};

static struct model now;
static struct {
	struct obpbl_policy *policy;
	struct model model;
} held[HELD];
static struct {
	struct obpbl_policy *policy;
	bool aborted;
} late[LATE];

static void compare_policy(const struct obpbl_policy *policy,
			   const struct model *m)
{
	unsigned int slot;

	for (slot = 0; slot < OBPBL_SLOTS; slot++) {
		if (slot == OBPBL_RUNTIME)
			continue;
		assert_int_equal(!!policy->slot[slot], m->there[slot]);
		if (m->there[slot])
			compare(policy->slot[slot], m->set[slot]);
	}
}

static void free_late(unsigned int i)
{
	if (late[i].policy && late[i].aborted)
		obpbl_policy_free(&history, late[i].policy);
	else
		core_put(&history, late[i].policy);
	late[i].policy = NULL;
}

static void put_late(struct obpbl_policy *policy, bool aborted)
{
	unsigned int i = rnd(LATE);

	free_late(i);
	late[i].policy = policy;
	late[i].aborted = aborted;
}

static void let_go(unsigned int i)
{
	if (!held[i].policy)
		return;
	compare_policy(held[i].policy, &held[i].model);
	core_put(&history, held[i].policy);
	held[i].policy = NULL;
}

static void hold(unsigned int i)
{
	let_go(i);
	held[i].policy = obpbl_policy_hold(&history);
	held[i].model = now;
}

static void move(struct model *m, enum obpbl_slot from, enum obpbl_slot to)
{
	m->set[to] = m->set[from];
	m->there[to] = true;
	m->there[from] = false;
}

static void change_tables(struct model *m)
{
	u64 set = rnd64();

	switch (rnd(8)) {
	case 0:
		assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
		put_set(set);
		m->set[OBPBL_LIVE] = set;
		break;
	case 1:
	case 2:
		if (m->there[OBPBL_KEPT])
			break;
		assert_int_equal(core_keep(&t), 0);
		put_set(set);
		move(m, OBPBL_LIVE, OBPBL_KEPT);
		m->there[OBPBL_LIVE] = true;
		m->set[OBPBL_LIVE] = set;
		break;
	case 3:
		assert_int_equal(core_confirm(&t), 0);
		m->there[OBPBL_KEPT] = false;
		break;
	case 4:
		if (!m->there[OBPBL_KEPT])
			break;
		core_rollback(&t);
		move(m, OBPBL_KEPT, OBPBL_LIVE);
		break;
	case 5:
		assert_int_equal(core_beside(&t), 0);
		put_set(set);
		m->set[OBPBL_SHADOW] = set;
		m->there[OBPBL_SHADOW] = true;
		break;
	case 6:
		obpbl_transaction_drop(&t, OBPBL_SHADOW);
		m->there[OBPBL_SHADOW] = false;
		break;
	default:
		if (!m->there[OBPBL_SHADOW])
			break;
		if (!m->there[OBPBL_KEPT]) {
			assert_int_equal(core_promote(&t, true), 0);
			move(m, OBPBL_LIVE, OBPBL_KEPT);
		} else {
			assert_int_equal(core_promote(&t, false), 0);
		}
		move(m, OBPBL_SHADOW, OBPBL_LIVE);
		break;
	}
}

static void change(void)
{
	struct model m = now;
	unsigned int n;

	begin();
	/* What is freed beside a transaction is none of its business */
	free_late(rnd(LATE));
	if (rnd(8)) {
		for (n = 1 + rnd(4); n; n--)
			toggle(&m.set[OBPBL_LIVE], rnd(NUMBERS));
	} else {
		change_tables(&m);
	}
	free_late(rnd(LATE));
	if (rnd(4)) {
		now = m;
		put_late(obpbl_transaction_commit(&t), false);
		return;
	}
	if (t.policy->observer && !t.policy->observer->refs)
		t.policy->observer->release(t.policy->observer);
	put_late(obpbl_transaction_abort(&t), true);
}

static void test_random(void **unused)
{
	unsigned long i, j, n = getenv("ROUNDS") ? atol(getenv("ROUNDS")) : 1;

	(void)unused;
	memset(&now, 0, sizeof(now));
	begin();
	put_set(0);
	core_commit(&t);
	now.there[OBPBL_LIVE] = true;
	for (i = 0; i < 10000 * n; i++) {
		change();
		compare_policy(history.current_policy, &now);
		if (!rnd(3))
			hold(rnd(HELD));
		if (!rnd(6))
			let_go(rnd(HELD));
		/* From time to time nobody holds anything */
		for (j = rnd(500) ? HELD : 0; j < HELD; j++)
			let_go(j);
	}
	for (i = 0; i < HELD; i++)
		let_go(i);
	for (i = 0; i < LATE; i++)
		free_late(i);
}

/* ---- what was aborted ----------------------------------------------------- */

/* What only versions between two that are held have reached is not kept */
static void test_between(void **unused)
{
	struct obpbl_policy *held;
	unsigned int round;
	u64 set = 0xff, bytes = 0;

	(void)unused;
	begin();
	put_set(set);
	core_commit(&t);
	held = obpbl_policy_hold(&history);
	for (round = 0; round < 200; round++) {
		begin();
		toggle(&set, round % NUMBERS);
		toggle(&set, (round + 1) % NUMBERS);
		core_commit(&t);
		if (round == 2 * NUMBERS)
			bytes = obpbl_history_bytes(&history);
	}
	/* As many times as make the set the same again */
	for (; round % (2 * NUMBERS) != 1; round++) {
		begin();
		toggle(&set, round % NUMBERS);
		toggle(&set, (round + 1) % NUMBERS);
		core_commit(&t);
	}
	assert_true(obpbl_history_bytes(&history) <= bytes + 4096);
	core_put(&history, held);
}

/* Freed when what it was begun from is long gone, and its line has ended */
static void test_aborted_late(void **unused)
{
	struct obpbl_policy *aborted[3];
	u64 set = 0xff, other = 0xff;
	unsigned int i;

	(void)unused;
	begin();
	put_set(set);
	core_commit(&t);
	for (i = 0; i < 3; i++) {
		begin();
		other = set;
		toggle(&other, 30 + i);
		toggle(&other, i);
		aborted[i] = obpbl_transaction_abort(&t);
		begin();
		toggle(&set, 40 + i);
		core_commit(&t);
	}
	obpbl_policy_free(&history, aborted[1]);
	compare(core_table(&history, OBPBL_LIVE), set);
	begin();
	assert_int_equal(core_flush(&t), 0);
	core_commit(&t);
	obpbl_policy_free(&history, aborted[2]);
	obpbl_policy_free(&history, aborted[0]);
	assert_int_equal(obpbl_history_bytes(&history), 0);
}

/* A dump of the base of what was aborted goes on */
static void test_aborted_base(void **unused)
{
	struct obpbl_policy *base, *aborted;
	u64 set = 1;

	(void)unused;
	begin();
	put_set(set);
	core_commit(&t);
	base = obpbl_policy_hold(&history);
	begin();
	assert_int_equal(core_isp_del(&t, ALPHA), 0);
	aborted = obpbl_transaction_abort(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	core_commit(&t);
	obpbl_policy_free(&history, aborted);
	compare(base->slot[OBPBL_LIVE], 1);
	core_put(&history, base);
	assert_int_equal(obpbl_history_bytes(&history), 0);
}

/* ---- slots ---------------------------------------------------------------- */

/* What is kept is an old line's newest; after a rollback it goes on */
static void test_rollback_goes_on(void **unused)
{
	struct obpbl_policy *dump[4];
	u64 set = 0, was[4];
	unsigned int i;

	(void)unused;
	begin();
	put_set(set);
	core_commit(&t);
	for (i = 0; i < 60; i++) {
		begin();
		toggle(&set, i);
		core_commit(&t);
		if (i % 20 == 10) {
			dump[i / 20] = obpbl_policy_hold(&history);
			was[i / 20] = set;
		}
	}
	begin();
	assert_int_equal(core_keep(&t), 0);
	put_set(0x55);
	core_commit(&t);
	dump[3] = obpbl_policy_hold(&history);
	was[3] = 0x55;
	core_put(&history, dump[1]);
	begin();
	core_rollback(&t);
	core_commit(&t);
	compare(core_table(&history, OBPBL_LIVE), set);
	for (i = 0; i < 60; i += 2) {
		begin();
		toggle(&set, i);
		core_commit(&t);
	}
	compare(core_table(&history, OBPBL_LIVE), set);
	core_put(&history, dump[0]);
	compare(dump[2]->slot[OBPBL_LIVE], was[2]);
	compare(dump[3]->slot[OBPBL_LIVE], was[3]);
	compare(dump[3]->slot[OBPBL_KEPT], (1ULL << 60) - 1);
	core_put(&history, dump[3]);
	core_put(&history, dump[2]);
	compare(core_table(&history, OBPBL_LIVE), set);
}

static bool released;

static void observed_until_now(struct obpbl_observer *observer)
{
	assert_false(released);
	released = true;
	free(observer);
}

/* Who counts beside a shadow stays for as long as a policy has it, once */
static void test_observer(void **unused)
{
	struct obpbl_policy *dump;
	u64 generation;

	(void)unused;
	released = false;
	begin();
	put_set(1);
	core_commit(&t);
	generation = history.current_policy->generation;
	begin();
	assert_int_equal(core_beside(&t), 0);
	t.policy->observer->release = observed_until_now;
	put_set(2);
	core_commit(&t);
	assert_int_equal(history.current_policy->generation, generation);
	begin();
	assert_int_equal(core_isp_del(&t, ALPHA), 0);
	core_commit(&t);
	dump = obpbl_policy_hold(&history);
	begin();
	assert_int_equal(core_promote(&t, false), 0);
	core_commit(&t);
	assert_int_equal(history.current_policy->generation, generation + 2);
	assert_null(history.current_policy->observer);
	assert_false(released);
	compare(core_table(&history, OBPBL_LIVE), 2);
	core_put(&history, dump);
	assert_true(released);
	compare(core_table(&history, OBPBL_LIVE), 2);
}

/* ---- the effort of it ----------------------------------------------------- */

static void fill(u16 isp, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct obpbl_prefix p = prefix_of(i);

		assert_int_equal(core_prefix_add(&t, isp, OBPBL_CLASS_DYNAMIC,
						 &p, false), 0);
	}
}

static void test_del_alone(void **unused)
{
	unsigned long calls, live;
	struct obpbl_policy *old;
	u64 bytes;

	(void)unused;
	begin();
	add_isp(ALPHA, "alpha", "red");
	fill(ALPHA, MILLION);
	add_isp(BETA, "beta", "");
	fill(BETA, 10);
	core_commit(&t);
	bytes = obpbl_history_bytes(&history);
	begin();
	calls = shim_alloc.calls;
	live = shim_alloc.live;
	assert_int_equal(core_isp_del(&t, ALPHA), 0);
	assert_in_range(shim_alloc.calls - calls, 1, 20);
	assert_in_range(shim_alloc.live - live, 0, 20);
	old = obpbl_transaction_commit(&t);
	assert_in_range(shim_alloc.live - live, 0, 20);
	assert_int_equal(core_table(&history, OBPBL_LIVE)->prefixes, 10);
	assert_in_range(obpbl_history_bytes(&history), bytes, bytes + 8192);
	core_put(&history, old);
	assert_in_range(obpbl_history_bytes(&history), 1, 8192);
}

/* ---- scopes at run time --------------------------------------------------- */

static struct obpbl_session_config session(u32 ifindex, u16 isp, int number)
{
	struct obpbl_session_config s = {
		.ifindex = ifindex, .isp = isp, .class = OBPBL_CLASS_EXEMPT,
	};

	if (number >= 0)
		s.prefixes[s.n++] = prefix_of(number);
	return s;
}

static int up(u32 ifindex, u16 isp, int number)
{
	struct obpbl_session_config s = session(ifindex, isp, number);

	return obpbl_session_up(&t, &s);
}

static int addr(u32 ifindex, int number)
{
	struct obpbl_session_config s = session(ifindex, 0, number);

	return obpbl_session_addr(&t, &s);
}

static int exempt_until(u16 isp, int number, u64 until, bool add)
{
	struct obpbl_overlay *o = calloc(1, sizeof(*o) + 1);
	struct obpbl_prefix p = prefix_of(number);
	int err;

	o->class = OBPBL_CLASS_EXEMPT;
	o->until = until;
	err = add ? obpbl_overlay_add(&t, OBPBL_RUNTIME, isp, &p, o) :
		    obpbl_overlay_del(&t, isp, &p, o);
	free(o);
	return err;
}

static int exempt(u16 isp, int number, bool add)
{
	return exempt_until(isp, number, 0, add);
}

static u8 class_at(enum obpbl_slot slot, int number, const char *vrf, u64 now)
{
	struct obpbl_prefix p = prefix_of(number);
	struct obpbl_flow f = { .dport = 25, .in = { .vrf = vrf } };
	struct obpbl_question question = {
		history.current_policy, &f, { .mode = OBPBL_MODE_ENFORCE }, now
	};
	struct obpbl_decision d;

	memcpy(f.src, p.key, sizeof(f.src));
	f.dst[0] = 99;
	assert_true(obpbl_judge(&question, slot, &d));
	return d.src_class;
}

static u8 class_of(enum obpbl_slot slot, int number, const char *vrf)
{
	return class_at(slot, number, vrf, 0);
}

static void scopes_are(u32 n)
{
	const struct obpbl_table *table = core_table(&history, OBPBL_RUNTIME);

	assert_int_equal(table->scopes.count, n);
}

/* A session without a prefix keeps its scope, and no entry does after the last */
static void test_session_scope(void **unused)
{
	(void)unused;
	begin();
	add_isp(ALPHA, "alpha", "red");
	add_isp(BETA, "beta", "blue");
	assert_int_equal(up(1, ALPHA, -1), 0);
	core_commit(&t);
	scopes_are(1);
	begin();
	assert_int_equal(exempt(ALPHA, 5, true), 0);
	assert_int_equal(exempt(BETA, 5, true), 0);
	core_commit(&t);
	scopes_are(2);
	begin();
	assert_int_equal(exempt(ALPHA, 5, false), 0);
	assert_int_equal(exempt(BETA, 5, false), 0);
	core_commit(&t);
	scopes_are(1);
	/* The place of the one that went is another's now */
	begin();
	assert_int_equal(up(2, BETA, 6), 0);
	core_commit(&t);
	begin();
	assert_int_equal(addr(1, 6), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 6, "red"), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_of(OBPBL_LIVE, 6, "blue"), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_of(OBPBL_LIVE, 6, NULL), OBPBL_CLASS_NONE);
	begin();
	assert_int_equal(obpbl_session_down(&t, 2), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 6, "red"), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_of(OBPBL_LIVE, 6, "blue"), OBPBL_CLASS_NONE);
	scopes_are(1);
	/* One whose only prefix went to another is there as well */
	begin();
	assert_int_equal(up(3, ALPHA, 6), 0);
	assert_int_equal(obpbl_session_down(&t, 3), 0);
	core_commit(&t);
	scopes_are(1);
	begin();
	assert_int_equal(obpbl_session_down(&t, 1), 0);
	core_commit(&t);
	scopes_are(0);
}

/* ---- what brought version 1 down ------------------------------------------ */

/* BEGIN EMPTY; a session that runs gains a prefix, without its ISP */
static void test_empty_addr(void **unused)
{
	(void)unused;
	begin();
	add_isp(ALPHA, "alpha", "");
	assert_int_equal(up(7, ALPHA, 2), 0);
	core_commit(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(addr(7, 3), 0);
	assert_int_equal(up(8, ALPHA, 4), -ENOENT);
	core_abort(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	assert_int_equal(addr(7, 3), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 3, NULL), OBPBL_CLASS_NONE);
	assert_int_equal(obpbl_session_find(core_table(&history, OBPBL_RUNTIME),
					    7)->n, 2);
	begin();
	add_isp(ALPHA, "alpha", "");
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_of(OBPBL_LIVE, 3, NULL), OBPBL_CLASS_EXEMPT);
}

/* Added at run time to an ISP that the rollback takes away */
static void test_rollback_isp(void **unused)
{
	struct obpbl_prefix p = prefix_of(1);

	(void)unused;
	begin();
	add_isp(ALPHA, "alpha", "");
	core_commit(&t);
	begin();
	assert_int_equal(core_keep(&t), 0);
	add_isp(ALPHA, "alpha", "");
	add_isp(BETA, "beta", "");
	assert_int_equal(exempt(BETA, 1, true), 0);
	assert_int_equal(up(7, BETA, 2), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_EXEMPT);
	begin();
	core_rollback(&t);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_NONE);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_NONE);
	assert_non_null(obpbl_session_find(core_table(&history, OBPBL_RUNTIME),
					   7));
	/* In nobody's way */
	begin();
	assert_int_equal(core_prefix_add(&t, ALPHA, OBPBL_CLASS_DYNAMIC, &p,
					 false), 0);
	assert_int_equal(exempt(ALPHA, 2, true), 0);
	assert_int_equal(addr(7, 1), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_DYNAMIC);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_EXEMPT);
	assert_true(core_device_gone(&history, 7));
	begin();
	assert_int_equal(obpbl_sessions_sweep(&t), 0);
	core_commit(&t);
	begin();
	assert_int_equal(core_overlays_flush(&t, BETA), 0);
	assert_int_equal(core_overlays_flush(&t, ALPHA), 0);
	core_commit(&t);
	scopes_are(0);
}

/* A device goes while a shadow is built; promoted without its ISP */
static void test_gone_promote(void **unused)
{
	struct obpbl_prefix p = prefix_of(2);

	(void)unused;
	begin();
	add_isp(ALPHA, "alpha", "");
	add_isp(BETA, "beta", "");
	core_commit(&t);
	begin();
	assert_int_equal(up(7, BETA, 2), 0);
	core_commit(&t);
	begin();
	assert_int_equal(core_beside(&t), 0);
	add_isp(ALPHA, "alpha", "");
	assert_int_equal(up(8, ALPHA, 3), -EINVAL);
	assert_int_equal(addr(7, 3), -EINVAL);
	assert_int_equal(exempt(ALPHA, 3, true), -EINVAL);
	assert_true(core_device_gone(&history, 7));
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_SHADOW, 2, NULL), OBPBL_CLASS_NONE);
	begin();
	assert_int_equal(core_promote(&t, false), 0);
	core_commit(&t);
	begin();
	assert_int_equal(core_prefix_add(&t, ALPHA, OBPBL_CLASS_DYNAMIC, &p,
					 false), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_DYNAMIC);
	begin();
	assert_int_equal(up(8, ALPHA, 2), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 2, NULL), OBPBL_CLASS_EXEMPT);
}

/* Two ISPs at one prefix: whoever was added first, overlays before sessions */
static void test_two_awake(void **unused)
{
	(void)unused;
	begin();
	add_isp(BETA, "beta", "");
	assert_int_equal(exempt(BETA, 1, true), 0);
	assert_int_equal(up(7, BETA, 2), 0);
	core_commit(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	add_isp(ALPHA, "alpha", "");
	assert_int_equal(up(8, ALPHA, 1), 0);
	assert_int_equal(exempt(ALPHA, 2, true), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_EXEMPT);
	begin();
	add_isp(BETA, "beta", "");
	/* Awake again, the exemption is in the way of what is new */
	assert_int_equal(up(9, ALPHA, 1), -EADDRINUSE);
	assert_string_equal(t.conflict, "beta");
	core_abort(&t);
	begin();
	add_isp(BETA, "beta", "");
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_EXEMPT);
	begin();
	assert_int_equal(exempt(BETA, 2, true), -EADDRINUSE);
	assert_string_equal(t.conflict, "alpha");
	core_abort(&t);
	begin();
	assert_int_equal(exempt(BETA, 1, false), 0);
	core_commit(&t);
	assert_int_equal(class_of(OBPBL_LIVE, 1, NULL), OBPBL_CLASS_EXEMPT);
}

/* What has ended does not make the prefix its ISP's either */
static void test_two_ended(void **unused)
{
	(void)unused;
	begin();
	add_isp(BETA, "beta", "");
	assert_int_equal(exempt_until(BETA, 1, 10, true), 0);
	core_commit(&t);
	begin();
	assert_int_equal(obpbl_transaction_empty(&t, OBPBL_LIVE), 0);
	add_isp(ALPHA, "alpha", "");
	assert_int_equal(exempt_until(ALPHA, 1, 20, true), 0);
	core_commit(&t);
	begin();
	add_isp(BETA, "beta", "");
	core_commit(&t);
	assert_int_equal(class_at(OBPBL_LIVE, 1, NULL, 9), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_at(OBPBL_LIVE, 1, NULL, 10), OBPBL_CLASS_EXEMPT);
	assert_int_equal(class_at(OBPBL_LIVE, 1, NULL, 20), OBPBL_CLASS_NONE);
}

/* ---- what an overlay is warned for ---------------------------------------- */

static bool is_covered(u16 isp, u32 number, u8 len)
{
	const struct obpbl_policy *policy = history.current_policy;
	struct obpbl_prefix p = prefix_of(number);

	p.len = len;
	return obpbl_policy_covers(policy,
				   obpbl_isp_get(policy->slot[OBPBL_LIVE], isp),
				   &p);
}

static void test_covers(void **unused)
{
	struct obpbl_prefix pool = prefix_of(256);

	(void)unused;
	pool.len = 24;
	begin();
	add_isp(ALPHA, "alpha", "");
	add_isp(BETA, "beta", "red");
	assert_int_equal(core_prefix_add(&t, ALPHA, OBPBL_CLASS_STATIC, &pool,
					 false), 0);
	assert_int_equal(up(7, BETA, 2), 0);
	assert_int_equal(exempt(BETA, 3, true), 0);
	core_commit(&t);
	assert_true(is_covered(ALPHA, 256, 24));
	assert_true(is_covered(ALPHA, 300, 32));
	assert_false(is_covered(ALPHA, 0, 23));
	assert_false(is_covered(ALPHA, 2, 32));
	assert_false(is_covered(BETA, 300, 32));
	assert_true(is_covered(BETA, 2, 32));
	assert_false(is_covered(BETA, 2, 31));
	/* An overlay covers nothing, nor does a session that says nothing */
	assert_false(is_covered(BETA, 3, 32));
	assert_true(core_device_gone(&history, 7));
	assert_false(is_covered(BETA, 2, 32));
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_orders),
		TEST(test_random),
		TEST(test_between),
		TEST(test_aborted_late),
		TEST(test_aborted_base),
		TEST(test_rollback_goes_on),
		TEST(test_observer),
		TEST(test_del_alone),
		TEST(test_session_scope),
		TEST(test_empty_addr),
		TEST(test_rollback_isp),
		TEST(test_gone_promote),
		TEST(test_two_awake),
		TEST(test_two_ended),
		TEST(test_covers),
	};
	const char *seed = getenv("SEED");

	state = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
