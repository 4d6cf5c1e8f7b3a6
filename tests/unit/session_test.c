// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions against a plain list of who has what: random changes, each first
 * with every one of its allocations failing, which must change nothing; devices
 * that go at any moment; what is configured replaced, kept, confirmed and taken
 * back meanwhile, with an ISP that comes and goes, which must move no session;
 * and snapshots that are held.
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

#include "decision.h"
#include "session.h"

#define DEVICES		5
#define MOST		6	/* prefixes of one device */
#define CEILING		14
#define HELD		4
#define ISPS		2
#define BETA		1

/* What the subscriber of a device has */
struct line {
	bool up;
	bool gone;
	u16 isp;
	u8 class;
	unsigned int n;
	struct obpbl_prefix prefix[MOST * DEVICES];
};

/* Beta, the second ISP, is not always there */
struct model {
	struct line line[DEVICES + 1];
	bool beta;
	bool kept_beta;
};

enum op { UP, ADDR, DOWN, SWEEP, KEEP, KEEP_ALPHA, REPLACE, REPLACE_ALPHA,
	  CONFIRM, ROLLBACK, OPS };

static struct obpbl_history history;
static struct obpbl_draft draft;
static struct model now;
static struct {
	struct obpbl_policy *policy;
	struct model model;
} held[HELD];
static u64 state;

static unsigned int rnd(unsigned int n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

/* Of few, so that they meet: 10.0.0.0/24 and the like, in both families */
static struct obpbl_prefix random_prefix(void)
{
	static const u8 lengths[OBPBL_FAMILIES][3] = {
		{ 24, 31, 32 }, { 56, 64, 128 },
	};
	struct obpbl_prefix p = { .family = rnd(OBPBL_FAMILIES) };

	p.len = lengths[p.family][rnd(3)];
	p.key[0] = p.family == OBPBL_INET4 ? 10 : 0x20;
	p.key[2] = rnd(2);
	if (p.len == obpbl_family_bits(p.family))
		p.key[p.len / 8 - 1] = rnd(2);
	return p;
}

/* ---- the model ----------------------------------------------------------- */

static int find(const struct line *line, const struct obpbl_prefix *p)
{
	unsigned int i;

	for (i = 0; i < line->n; i++) {
		if (obpbl_prefix_same(&line->prefix[i], p))
			return i;
	}
	return -1;
}

static void take_away(struct model *m, const struct obpbl_prefix *p)
{
	unsigned int dev;
	int i;

	for (dev = 1; dev <= DEVICES; dev++) {
		i = m->line[dev].up ? find(&m->line[dev], p) : -1;
		if (i >= 0)
			m->line[dev].prefix[i] =
				m->line[dev].prefix[--m->line[dev].n];
	}
}

static unsigned int entries(const struct line *line)
{
	return !line->up ? 0 : line->n ? line->n : 1;
}

static unsigned int all_entries(const struct model *m)
{
	unsigned int dev, n = 0;

	for (dev = 1; dev <= DEVICES; dev++)
		n += entries(&m->line[dev]);
	return n;
}

static void give(struct model *m, unsigned int dev,
		 const struct obpbl_session_config *c)
{
	struct line *line = &m->line[dev];
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		if (find(line, &c->prefixes[i]) >= 0)
			continue;
		take_away(m, &c->prefixes[i]);
		line->prefix[line->n++] = c->prefixes[i];
	}
}

static bool as_wanted(const struct line *line,
		      const struct obpbl_session_config *c)
{
	struct model other = { };
	unsigned int i;

	give(&other, 1, c);
	if (line->isp != c->isp || line->class != c->class ||
	    line->n != other.line[1].n)
		return false;
	for (i = 0; i < c->n; i++) {
		if (find(line, &c->prefixes[i]) < 0)
			return false;
	}
	return true;
}

/* Each draft counts as it goes, so the ceiling is met on the way to the end */
static int model_up(struct model *m, const struct obpbl_session_config *c)
{
	struct line *line = &m->line[c->ifindex];
	struct model set = { };

	if (line->up && !line->gone && as_wanted(line, c))
		return OBPBL_UNCHANGED;
	memset(line, 0, sizeof(*line));
	give(&set, 1, c);
	set.line[1].up = true;
	if (c->isp == BETA && !m->beta)
		return -ENOENT;
	if (c->isp == BETA && history.kept && !m->kept_beta)
		return -EBUSY;
	if (all_entries(m) + entries(&set.line[1]) > CEILING)
		return -ENOSPC;
	line->up = true;
	line->isp = c->isp;
	line->class = c->class;
	give(m, c->ifindex, c);
	return 0;
}

static int model_addr(struct model *m, const struct obpbl_session_config *c)
{
	struct line *line = &m->line[c->ifindex];
	struct model set = *m;

	if (!line->up || line->gone)
		return -ENOENT;
	give(&set, c->ifindex, c);
	if (set.line[c->ifindex].n == line->n)
		return OBPBL_UNCHANGED;
	if (all_entries(m) - entries(line) + set.line[c->ifindex].n > CEILING)
		return -ENOSPC;
	*m = set;
	return 0;
}

static int model_down(struct model *m, unsigned int dev)
{
	if (!m->line[dev].up)
		return OBPBL_UNCHANGED;
	memset(&m->line[dev], 0, sizeof(m->line[dev]));
	return 0;
}

/* Sessions of an ISP that goes stand in its way, if their devices are there */
static int model_replace(struct model *m, bool beta, bool keep)
{
	unsigned int dev;

	if (history.kept)
		return -EBUSY;
	for (dev = 1; dev <= DEVICES; dev++) {
		if (!beta && m->line[dev].up && !m->line[dev].gone &&
		    m->line[dev].isp == BETA)
			return -ENOENT;
	}
	if (keep)
		m->kept_beta = m->beta;
	m->beta = beta;
	return 0;
}

static int model_rollback(struct model *m)
{
	if (!history.kept)
		return -ENOENT;
	m->beta = m->kept_beta;
	return 0;
}

static void model_sweep(struct model *m)
{
	unsigned int dev;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (m->line[dev].gone)
			memset(&m->line[dev], 0, sizeof(m->line[dev]));
	}
}

/* ---- comparing ----------------------------------------------------------- */

static const struct line *owner(const struct model *m,
				const struct obpbl_flow *f)
{
	const struct line *best = NULL;
	unsigned int dev, i;
	int len = -1;

	for (dev = 1; dev <= DEVICES; dev++) {
		const struct line *line = &m->line[dev];

		for (i = 0; line->up && !line->gone && i < line->n; i++) {
			if (line->prefix[i].len > len &&
			    obpbl_prefix_covers(&line->prefix[i], f->family,
						f->src)) {
				len = line->prefix[i].len;
				best = line;
			}
		}
	}
	return best;
}

static void compare_flow(const struct obpbl_policy *policy,
			 const struct model *m)
{
	static const struct obpbl_settings settings = {
		.mode = OBPBL_MODE_ENFORCE,
	};
	struct obpbl_prefix p = random_prefix();
	struct obpbl_flow f = { .family = p.family, .dport = 25, .sport = 999 };
	struct obpbl_decision d = { };
	const struct line *line;

	memcpy(f.src, p.key, sizeof(f.src));
	f.dst[0] = 99;
	line = owner(m, &f);
	if (!policy->configured.isps.count)
		return;
	assert_true(obpbl_judge(policy, &f, &settings, 0, &d));
	assert_int_equal(d.src_class, line ? line->class : OBPBL_CLASS_NONE);
	assert_int_equal(!!d.session, !!line);
	if (line)
		assert_int_equal(d.isp->index, line->isp);
	assert_int_equal(d.verdict == OBPBL_VERDICT_BLOCK,
			 line && line->class == OBPBL_CLASS_DYNAMIC);
}

static void compare(const struct obpbl_policy *policy, const struct model *m)
{
	const struct obpbl_session *session;
	unsigned int dev, i, n = 0;

	for (dev = 1; dev <= DEVICES; dev++) {
		const struct line *line = &m->line[dev];

		n += line->up;
		session = obpbl_session_of(policy, dev);
		assert_int_equal(!!session, line->up && !line->gone);
		if (!session)
			continue;
		assert_int_equal(session->isp, line->isp);
		assert_int_equal(session->class, line->class);
		assert_int_equal(session->n, line->n);
		for (i = 0; i < session->n; i++)
			assert_true(find(line, &session->prefixes[i]) >= 0);
	}
	assert_int_equal(policy->sessions.count, n);
	assert_int_equal(policy->devices.count, n);
	assert_int_equal(policy->session_entries, all_entries(m));
	for (i = 0; i < 20; i++)
		compare_flow(policy, m);
}

/* ---- changes ------------------------------------------------------------- */

static void begin(void)
{
	assert_int_equal(obpbl_draft_begin(&draft, &history, 1 << 28), 0);
	draft.max_prefixes = 1000;
	draft.max_overlays = 1000;
	draft.max_sessions = CEILING;
}

static void let_go(struct obpbl_policy *policy)
{
	struct obpbl_dead doomed;
	u64 freed = 0;

	if (policy && obpbl_policy_put(&history, policy, &doomed)) {
		obpbl_dead_drop(&doomed, 0, false, NULL, &freed);
		history.bytes += freed;
	}
}

static void commit(void)
{
	let_go(obpbl_draft_commit(&draft, &history));
}

static int add_isps(unsigned int n)
{
	static const char *const names[ISPS] = { "alpha", "beta" };
	struct obpbl_isp_config config = { .mode = OBPBL_MODE_ENFORCE };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < n; i++) {
		strcpy(config.name, names[i]);
		err = obpbl_draft_isp_add(&draft, i, &config);
	}
	return err;
}

static int apply_replace(bool keep, bool beta)
{
	int err = keep ? obpbl_draft_keep(&draft) :
			 obpbl_draft_clear(&draft, false);

	if (!err)
		err = add_isps(beta ? ISPS : 1);
	return err ? err : obpbl_draft_check(&draft);
}

static int apply(enum op op, struct obpbl_session_config config)
{
	switch (op) {
	case UP:
		return obpbl_draft_session_up(&draft, &config);
	case ADDR:
		return obpbl_draft_session_addr(&draft, &config);
	case DOWN:
		return obpbl_draft_session_down(&draft, config.ifindex);
	case SWEEP:
		return obpbl_draft_sessions_sweep(&draft);
	case KEEP:
	case KEEP_ALPHA:
		return apply_replace(true, op == KEEP);
	case REPLACE:
	case REPLACE_ALPHA:
		return apply_replace(false, op == REPLACE);
	case CONFIRM:
		return obpbl_draft_confirm(&draft);
	default:
		return obpbl_draft_rollback(&draft);
	}
}

static int model_apply(enum op op, const struct obpbl_session_config *config)
{
	switch (op) {
	case UP:
		return model_up(&now, config);
	case ADDR:
		return model_addr(&now, config);
	case DOWN:
		return model_down(&now, config->ifindex);
	case SWEEP:
		model_sweep(&now);
		return 0;
	case KEEP:
	case KEEP_ALPHA:
		return model_replace(&now, op == KEEP, true);
	case REPLACE:
	case REPLACE_ALPHA:
		return model_replace(&now, op == REPLACE, false);
	case CONFIRM:
		return history.kept ? 0 : -ENOENT;
	default:
		return model_rollback(&now);
	}
}

/* With the first allocation failing, the second, and so on, until none does */
static void fail_each(enum op op, const struct obpbl_session_config *config)
{
	unsigned long nth, live = shim_alloc.live;
	u64 bytes = history.bytes;
	bool failed = true;

	for (nth = 1; failed; nth++) {
		begin();
		shim_alloc.fail_nth = nth;
		apply(op, *config);
		failed = !shim_alloc.fail_nth;
		shim_alloc.fail_nth = 0;
		obpbl_draft_abort(&draft);
		assert_int_equal(shim_alloc.live, live);
		assert_int_equal(history.bytes, bytes);
	}
}

static void change(void)
{
	static const u8 classes[] = { OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
				      OBPBL_CLASS_EXEMPT };
	struct obpbl_session_config config = {
		.ifindex = 1 + rnd(DEVICES),
		.isp = rnd(ISPS),
		.class = classes[rnd(3)],
		.n = rnd(MOST),
	};
	enum op op = rnd(3) ? rnd(SWEEP) : rnd(OPS);
	struct model was = now;
	int err, want;
	u16 i;

	for (i = 0; i < config.n; i++)
		config.prefixes[i] = random_prefix();
	if (!rnd(4))
		fail_each(op, &config);
	want = model_apply(op, &config);
	begin();
	err = apply(op, config);
	assert_int_equal(err, want);
	if (err < 0) {
		now = was;
		obpbl_draft_abort(&draft);
		return;
	}
	commit();
}

/* Its mark is set in every snapshot that has the session, as in net.c */
static void device_goes(void)
{
	unsigned int dev = 1 + rnd(DEVICES), i;
	bool had = now.line[dev].up && !now.line[dev].gone;

	assert_int_equal(obpbl_session_end(history.current_policy, dev), had);
	if (!had)
		return;
	now.line[dev].gone = true;
	for (i = 0; i < HELD; i++) {
		if (held[i].policy)
			let_go(held[i].policy);
		held[i].policy = NULL;
	}
}

static void hold(void)
{
	unsigned int i = rnd(HELD);

	if (held[i].policy)
		compare(held[i].policy, &held[i].model);
	let_go(held[i].policy);
	held[i].policy = obpbl_policy_get(history.current_policy);
	held[i].model = now;
}

static void test_random(void **unused)
{
	const char *rounds = getenv("ROUNDS");
	unsigned int i, n = rounds ? atoi(rounds) : 20000;

	(void)unused;
	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(add_isps(ISPS), 0);
	commit();
	now.beta = true;
	for (i = 0; i < n; i++) {
		change();
		if (!rnd(8))
			device_goes();
		if (!rnd(16))
			hold();
		compare(history.current_policy, &now);
	}
	for (i = 0; i < HELD; i++)
		let_go(held[i].policy);
	begin();
	assert_int_equal(obpbl_draft_clear(&draft, true), 0);
	commit();
	assert_int_equal(history.bytes, 0);
	obpbl_history_exit(&history);
}

/*
 * A transaction that begins with nothing has no ISP, but every session: what
 * asks for more of one is refused, and what ends it is not.
 */
static void test_without_isp(void **unused)
{
	struct obpbl_session_config config = {
		.ifindex = 1, .n = 1, .class = OBPBL_CLASS_STATIC,
		.prefixes[0] = { .key = { 10, 0, 0, 1 }, .len = 32 },
	};

	(void)unused;
	assert_int_equal(obpbl_history_init(&history), 0);
	begin();
	assert_int_equal(add_isps(1), 0);
	assert_int_equal(obpbl_draft_session_up(&draft, &config), 0);
	commit();

	begin();
	assert_int_equal(obpbl_draft_clear(&draft, false), 0);
	config.prefixes[0].key[3] = 2;
	assert_int_equal(obpbl_draft_session_addr(&draft, &config), -ENOENT);
	assert_int_equal(obpbl_draft_session_up(&draft, &config), -ENOENT);
	obpbl_draft_abort(&draft);

	begin();
	assert_int_equal(obpbl_draft_clear(&draft, false), 0);
	assert_int_equal(obpbl_draft_session_down(&draft, 1), 0);
	assert_int_equal(obpbl_draft_check(&draft), 0);
	commit();
	begin();
	assert_int_equal(obpbl_draft_clear(&draft, true), 0);
	commit();
	assert_int_equal(history.bytes, 0);
	obpbl_history_exit(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_without_isp),
	};
	const char *seed = getenv("SEED");

	state = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
