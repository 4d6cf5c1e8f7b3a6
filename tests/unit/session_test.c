// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions against a plain list of who has what: random changes, each first
 * with every one of its allocations failing, which must change nothing; devices
 * that go at any moment, and numbers that are another device's meanwhile; what
 * is configured replaced, kept, confirmed and taken back, with an ISP that comes
 * and goes and is in one VRF or another, which puts sessions to sleep but never
 * moves one; exemptions and prefixes of the same addresses; and snapshots that
 * are held.
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
#include "session.h"

#define DEVICES		5
#define MOST		6	/* prefixes of one device */
#define CEILING		14
#define HELD		4
#define LISTED		6	/* configured prefixes, and exemptions */

/* Numbers of the ISPs; beta is not always there */
#define ALPHA		1
#define BETA		2
#define ISPS		2

/* What the subscriber of a device has */
struct line {
	bool up;
	bool gone;
	bool red;
	u32 epoch;
	u16 isp;
	u8 class;
	unsigned int n;
	struct obpbl_prefix prefix[MOST * DEVICES];
};

/* A prefix of an ISP, in the VRF "red" or in none */
struct owned {
	u16 isp;
	bool red;
	struct obpbl_prefix prefix;
};

struct list {
	unsigned int n;
	struct owned owned[LISTED];
};

/* What is configured: static prefixes; alpha is in no VRF */
struct table {
	bool beta;
	bool red;
	struct list prefixes;
};

struct model {
	struct line line[DEVICES + 1];
	struct list exempt;
	struct table live;
	struct table kept;
	bool unconfirmed;
};

enum op { UP, ADDR, DOWN, SWEEP, PREFIX, EXEMPT, UNEXEMPT, KEEP, REPLACE,
	  CONFIRM, ROLLBACK, SESSIONS, OPS };

struct change {
	enum op op;
	struct obpbl_session_config config;
	struct owned owned;
	struct table table;
};

static struct obpbl_history history;
static struct obpbl_transaction t;
static struct model now;
static struct {
	struct obpbl_policy *policy;
	struct model model;
} held[HELD];
static u32 epoch[DEVICES + 1];
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

static bool is_there(const struct table *table, u16 isp)
{
	return isp == ALPHA || table->beta;
}

static bool is_red(const struct table *table, u16 isp)
{
	return isp == BETA && table->red;
}

static int listed(const struct list *list, u16 isp, bool red,
		  const struct obpbl_prefix *p)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		if ((!isp || list->owned[i].isp == isp) &&
		    list->owned[i].red == red &&
		    obpbl_prefix_same(&list->owned[i].prefix, p))
			return i;
	}
	return -1;
}

static u16 configured(const struct table *table, bool red,
		      const struct obpbl_prefix *p)
{
	int i = listed(&table->prefixes, 0, red, p);

	return i < 0 ? 0 : table->prefixes.owned[i].isp;
}

static bool awake(const struct table *table, u16 isp, bool red,
		  const struct obpbl_prefix *p)
{
	u16 owner = configured(table, red, p);

	return is_there(table, isp) && is_red(table, isp) == red &&
	       (!owner || owner == isp);
}

static int find(const struct line *line, const struct obpbl_prefix *p)
{
	unsigned int i;

	for (i = 0; i < line->n; i++) {
		if (obpbl_prefix_same(&line->prefix[i], p))
			return i;
	}
	return -1;
}

/* Which session has a prefix; 0: none */
static unsigned int holder(const struct model *m, bool red,
			   const struct obpbl_prefix *p)
{
	unsigned int dev;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (m->line[dev].up && m->line[dev].red == red &&
		    find(&m->line[dev], p) >= 0)
			return dev;
	}
	return 0;
}

/* Whether a prefix is not another's, but for the session that has it */
static int conflict(const struct model *m, u16 isp, bool red,
		    const struct obpbl_prefix *p)
{
	u16 owner = configured(&m->live, red, p);
	unsigned int i;

	if (!is_there(&m->live, isp) || is_red(&m->live, isp) != red)
		return 0;
	if (owner && owner != isp)
		return -EADDRINUSE;
	for (i = 0; i < m->exempt.n; i++) {
		const struct owned *o = &m->exempt.owned[i];

		if (o->isp != isp && o->red == red &&
		    obpbl_prefix_same(&o->prefix, p) &&
		    awake(&m->live, o->isp, red, p))
			return -EADDRINUSE;
	}
	return 0;
}

static unsigned int entries(const struct line *line)
{
	return !line->up ? 0 : line->n ? line->n : 1;
}

static unsigned int all_entries(const struct model *m, u16 isp)
{
	unsigned int dev, n = 0;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (!isp || m->line[dev].isp == isp)
			n += entries(&m->line[dev]);
	}
	return n;
}

/* The prefixes that a session has not yet, each once */
static unsigned int new_prefixes(const struct line *line,
				 const struct obpbl_session_config *c,
				 struct obpbl_prefix *new)
{
	struct line set = *line;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		if (find(&set, &c->prefixes[i]) >= 0)
			continue;
		set.prefix[set.n++] = c->prefixes[i];
	}
	memcpy(new, set.prefix + line->n, (set.n - line->n) * sizeof(*new));
	return set.n - line->n;
}

static int give(struct model *m, unsigned int dev,
		const struct obpbl_prefix *p)
{
	struct line *line = &m->line[dev], *other;
	unsigned int had = holder(m, line->red, p);

	if (had) {
		other = &m->line[had];
		/* What sleeps takes nothing from what does not */
		if ((!is_there(&m->live, line->isp) ||
		     is_red(&m->live, line->isp) != line->red) &&
		    !other->gone && awake(&m->live, other->isp, line->red, p))
			return -EADDRINUSE;
		other->prefix[find(other, p)] = other->prefix[other->n - 1];
		other->n--;
	}
	if (conflict(m, line->isp, line->red, p))
		return -EADDRINUSE;
	line->prefix[line->n++] = *p;
	return 0;
}

static bool is_alive(const struct line *line,
		     const struct obpbl_session_config *c)
{
	return line->up && !line->gone && line->epoch == c->epoch;
}

static bool as_wanted(const struct line *line, bool red,
		      const struct obpbl_session_config *c)
{
	struct obpbl_prefix new[MOST];
	struct line none = { };
	unsigned int i;

	if (line->isp != c->isp || line->class != c->class ||
	    line->red != red || line->n != new_prefixes(&none, c, new))
		return false;
	for (i = 0; i < c->n; i++) {
		if (find(line, &c->prefixes[i]) < 0)
			return false;
	}
	return true;
}

static int model_up(struct model *m, const struct obpbl_session_config *c)
{
	struct line *line = &m->line[c->ifindex];
	struct obpbl_prefix new[MOST];
	unsigned int i, n;
	int err = 0;

	if (!is_there(&m->live, c->isp))
		return -ENOENT;
	if (is_alive(line, c) && as_wanted(line, is_red(&m->live, c->isp), c))
		return OBPBL_UNCHANGED;
	memset(line, 0, sizeof(*line));
	n = new_prefixes(line, c, new);
	if (all_entries(m, 0) + (n ? n : 1) > CEILING)
		return -ENOSPC;
	line->up = true;
	line->epoch = c->epoch;
	line->isp = c->isp;
	line->red = is_red(&m->live, c->isp);
	line->class = c->class;
	for (i = 0; !err && i < n; i++)
		err = give(m, c->ifindex, &new[i]);
	return err;
}

static int model_addr(struct model *m, const struct obpbl_session_config *c)
{
	struct line *line = &m->line[c->ifindex];
	struct obpbl_prefix new[MOST];
	unsigned int i, n;
	int err = 0;

	if (!is_alive(line, c))
		return -ENOENT;
	n = new_prefixes(line, c, new);
	if (!n)
		return OBPBL_UNCHANGED;
	if (all_entries(m, 0) - entries(line) + line->n + n > CEILING)
		return -ENOSPC;
	for (i = 0; !err && i < n; i++)
		err = give(m, c->ifindex, &new[i]);
	return err;
}

static int model_down(struct model *m, unsigned int dev)
{
	if (!m->line[dev].up)
		return OBPBL_UNCHANGED;
	memset(&m->line[dev], 0, sizeof(m->line[dev]));
	return 0;
}

static int model_sweep(struct model *m)
{
	int err = OBPBL_UNCHANGED;
	unsigned int dev;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (!m->line[dev].gone)
			continue;
		memset(&m->line[dev], 0, sizeof(m->line[dev]));
		err = 0;
	}
	return err;
}

static int model_sessions(struct model *m, u16 isp)
{
	unsigned int dev;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (m->line[dev].isp == isp)
			memset(&m->line[dev], 0, sizeof(m->line[dev]));
	}
	return 0;
}

/* One is added, or removed if it is there */
static int model_prefix(struct model *m, const struct owned *o)
{
	struct list *list = &m->live.prefixes;
	bool red = is_red(&m->live, o->isp);
	int at = listed(list, o->isp, red, &o->prefix);

	if (m->unconfirmed)
		return -EBUSY;
	if (!is_there(&m->live, o->isp))
		return -ENOENT;
	if (at >= 0) {
		list->owned[at] = list->owned[--list->n];
		return 0;
	}
	if (listed(list, 0, red, &o->prefix) >= 0)
		return -EADDRINUSE;
	if (list->n == LISTED)
		return -ENOSPC;
	list->owned[list->n] = *o;
	list->owned[list->n++].red = red;
	return 0;
}

static int model_exempt(struct model *m, const struct owned *o)
{
	bool red = is_red(&m->live, o->isp);
	const struct line *line;

	if (!is_there(&m->live, o->isp))
		return -ENOENT;
	if (conflict(m, o->isp, red, &o->prefix))
		return -EADDRINUSE;
	line = &m->line[holder(m, red, &o->prefix)];
	if (line->up && line->isp != o->isp && !line->gone &&
	    awake(&m->live, line->isp, red, &o->prefix))
		return -EADDRINUSE;
	if (listed(&m->exempt, o->isp, red, &o->prefix) >= 0)
		return -EEXIST;
	if (m->exempt.n == LISTED)
		return -ENOSPC;
	m->exempt.owned[m->exempt.n] = *o;
	m->exempt.owned[m->exempt.n++].red = red;
	return 0;
}

/* One that sleeps may be of an ISP that is in another VRF by now, or nowhere */
static int model_unexempt(struct model *m, const struct owned *o)
{
	int red, at, err = -ENOENT;

	for (red = 0; red < 2; red++) {
		at = listed(&m->exempt, o->isp, red, &o->prefix);
		if (at < 0)
			continue;
		/* In order: the first that applies decides */
		memmove(&m->exempt.owned[at], &m->exempt.owned[at + 1],
			(--m->exempt.n - at) * sizeof(m->exempt.owned[0]));
		err = 0;
	}
	return err;
}

/* What src/control refuses: there is nothing to settle, or something */
static int refused(enum op op)
{
	if (op == CONFIRM || op == ROLLBACK)
		return now.unconfirmed ? 0 : -ENOENT;
	return now.unconfirmed && (op == KEEP || op == REPLACE ||
				   op == PREFIX) ? -EBUSY : 0;
}

static int model_apply(struct model *m, const struct change *c)
{
	if (refused(c->op))
		return refused(c->op);
	switch (c->op) {
	case UP:
		return model_up(m, &c->config);
	case ADDR:
		return model_addr(m, &c->config);
	case DOWN:
		return model_down(m, c->config.ifindex);
	case SWEEP:
		return model_sweep(m);
	case SESSIONS:
		return model_sessions(m, c->config.isp);
	case PREFIX:
		return model_prefix(m, &c->owned);
	case EXEMPT:
		return model_exempt(m, &c->owned);
	case UNEXEMPT:
		return model_unexempt(m, &c->owned);
	case KEEP:
		m->kept = m->live;
		/* fallthrough */
	case REPLACE:
		m->unconfirmed = c->op == KEEP;
		m->live = c->table;
		return 0;
	case ROLLBACK:
		m->live = m->kept;
		/* fallthrough */
	default:
		m->unconfirmed = false;
		return 0;
	}
}

/* ---- comparing ----------------------------------------------------------- */

struct verdict {
	u8 class;
	u16 isp;
	unsigned int dev;
};

static bool speaks(const struct line *line)
{
	return line->up && !line->gone;
}

/* What one prefix says; whether anything */
static bool look_at(const struct model *m, const struct table *table, bool red,
		    const struct obpbl_prefix *p, struct verdict *v)
{
	unsigned int i, dev = holder(m, red, p);
	u16 isp = configured(table, red, p);
	const struct line *line = &m->line[dev];

	memset(v, 0, sizeof(*v));
	if (isp)
		v->class = OBPBL_CLASS_STATIC;
	for (i = 0; !isp && i < m->exempt.n; i++) {
		const struct owned *o = &m->exempt.owned[i];

		if (o->red == red && obpbl_prefix_same(&o->prefix, p) &&
		    awake(table, o->isp, red, p))
			isp = o->isp;
	}
	if (!isp && speaks(line) && awake(table, line->isp, red, p))
		isp = line->isp;
	v->isp = isp;
	if (isp && speaks(line) && line->isp == isp &&
	    awake(table, isp, red, p)) {
		v->class = line->class;
		v->dev = dev;
	}
	if (isp && listed(&m->exempt, isp, red, p) >= 0 &&
	    awake(table, isp, red, p)) {
		v->class = OBPBL_CLASS_EXEMPT;
		v->dev = 0;
	}
	return v->class;
}

static struct verdict verdict_on(const struct model *m,
				 const struct table *table,
				 const struct obpbl_flow *f)
{
	struct obpbl_prefix p = { .family = f->family };
	bool red = f->in.vrf && table->beta && table->red;
	struct verdict v = { };
	int len, i;

	for (len = obpbl_family_bits(f->family); len >= 0; len--) {
		p.len = len;
		memcpy(p.key, f->src, sizeof(p.key));
		for (i = len; i < OBPBL_KEY_SIZE * 8; i++)
			p.key[i / 8] &= ~(0x80 >> i % 8);
		if (look_at(m, table, red, &p, &v))
			break;
	}
	return v;
}

static void compare_flow(const struct obpbl_policy *policy,
			 const struct model *m)
{
	struct obpbl_prefix p = random_prefix();
	struct obpbl_flow f = { .family = p.family, .dport = 25, .sport = 999 };
	struct obpbl_question question = {
		policy, &f, { .mode = OBPBL_MODE_ENFORCE }, 0
	};
	struct obpbl_decision d = { };
	struct verdict v;

	memcpy(f.src, p.key, sizeof(f.src));
	f.dst[0] = 99;
	if (rnd(2))
		f.in.vrf = "red";
	v = verdict_on(m, &m->live, &f);
	assert_true(obpbl_judge(&question, OBPBL_LIVE, &d));
	assert_int_equal(d.src_class, v.class);
	assert_int_equal(d.session ? d.session->ifindex : 0, v.dev);
	if (v.class)
		assert_int_equal(d.isp->number, v.isp);
	assert_int_equal(d.verdict == OBPBL_VERDICT_BLOCK,
			 v.class == OBPBL_CLASS_DYNAMIC);
}

/* Only VRFs that some session or exemption is in have a scope at run time */
static void compare_scopes(const struct obpbl_table *table,
			   const struct model *m)
{
	bool in[2] = { };
	unsigned int i;

	for (i = 1; i <= DEVICES; i++) {
		if (m->line[i].up)
			in[m->line[i].red] = true;
	}
	for (i = 0; i < m->exempt.n; i++)
		in[m->exempt.owned[i].red] = true;
	assert_int_equal(table->scopes.count, in[false] + in[true]);
	assert_int_equal(table->vrfs.count, in[true]);
}

static void compare_session(const struct obpbl_table *table,
			    const struct line *line, unsigned int dev)
{
	const struct obpbl_session *session = obpbl_session_find(table, dev);
	const struct obpbl_scope *scope;
	unsigned int i;

	assert_int_equal(!!session, speaks(line));
	if (!session)
		return;
	assert_int_equal(session->isp, line->isp);
	assert_int_equal(session->class, line->class);
	assert_int_equal(session->epoch, line->epoch);
	assert_int_equal(session->n, line->n);
	scope = obpbl_array_get(&table->scopes, session->scope);
	assert_string_equal(scope->vrf, line->red ? "red" : "");
	for (i = 0; i < session->n; i++) {
		assert_true(find(line, &session->prefixes[i]) >= 0);
		assert_ptr_equal(obpbl_session_at(table, session->scope,
						  &session->prefixes[i]),
				 session);
	}
}

static void compare(const struct obpbl_policy *policy, const struct model *m)
{
	const struct obpbl_table *table = policy->slot[OBPBL_RUNTIME];
	unsigned int dev, i, n = 0;

	for (dev = 1; dev <= DEVICES; dev++) {
		n += m->line[dev].up;
		compare_session(table, &m->line[dev], dev);
	}
	assert_int_equal(table->sessions.count, n);
	assert_int_equal(table->devices.count, n);
	assert_int_equal(table->session_entries, all_entries(m, 0));
	for (i = ALPHA; i <= BETA; i++)
		assert_int_equal(obpbl_counts_get(table, i)->sessions,
				 all_entries(m, i));
	assert_int_equal(table->overlays, m->exempt.n);
	compare_scopes(table, m);
	for (i = 0; i < 20; i++)
		compare_flow(policy, m);
}

/* ---- changes ------------------------------------------------------------- */

static int begin(void)
{
	int err = core_begin(&t, &history, LISTED);

	t.max_sessions = CEILING;
	return err;
}

static void let_go(struct obpbl_policy *policy)
{
	core_put(&history, policy);
}

static int add_isp(u16 number, const char *name, bool red)
{
	struct obpbl_isp_config config = { .mode = OBPBL_MODE_ENFORCE };

	strcpy(config.name, name);
	strcpy(config.vrf, red ? "red" : "");
	return core_isp_add(&t, number, &config);
}

static int apply_table(const struct table *table, int err)
{
	unsigned int i;

	if (!err)
		err = add_isp(ALPHA, "alpha", false);
	if (!err && table->beta)
		err = add_isp(BETA, "beta", table->red);
	for (i = 0; !err && i < table->prefixes.n; i++)
		err = core_prefix_add(&t, table->prefixes.owned[i].isp,
				      OBPBL_CLASS_STATIC,
				      &table->prefixes.owned[i].prefix,
				      false);
	return err;
}

static int apply_prefix(const struct owned *o)
{
	bool there = is_there(&now.live, o->isp) &&
		     listed(&now.live.prefixes, o->isp,
			    is_red(&now.live, o->isp), &o->prefix) >= 0;

	return there ? core_prefix_del(&t, o->isp, OBPBL_CLASS_STATIC,
				       &o->prefix) :
		       core_prefix_add(&t, o->isp, OBPBL_CLASS_STATIC,
				       &o->prefix, false);
}

static int apply_exempt(const struct owned *o, bool add)
{
	struct obpbl_overlay *overlay = calloc(1, sizeof(*overlay) + 1);
	int err;

	overlay->class = OBPBL_CLASS_EXEMPT;
	err = add ? obpbl_overlay_add(&t, OBPBL_RUNTIME, o->isp, &o->prefix,
				      overlay) :
		    obpbl_overlay_del(&t, o->isp, &o->prefix, overlay);
	free(overlay);
	return err;
}

static int apply(const struct change *c)
{
	struct obpbl_session_config config = c->config;

	if (refused(c->op))
		return refused(c->op);
	switch (c->op) {
	case UP:
		return obpbl_session_up(&t, &config);
	case ADDR:
		return obpbl_session_addr(&t, &config);
	case DOWN:
		return obpbl_session_down(&t, config.ifindex);
	case SWEEP:
		return obpbl_sessions_sweep(&t);
	case SESSIONS:
		return obpbl_sessions_flush(&t, config.isp);
	case PREFIX:
		return apply_prefix(&c->owned);
	case EXEMPT:
	case UNEXEMPT:
		return apply_exempt(&c->owned, c->op == EXEMPT);
	case KEEP:
		return apply_table(&c->table, core_keep(&t));
	case REPLACE:
		return apply_table(&c->table,
				   obpbl_transaction_empty(&t, OBPBL_LIVE));
	case CONFIRM:
		return core_confirm(&t);
	default:
		core_rollback(&t);
		return 0;
	}
}

/* With the first allocation failing, the second, and so on, until none does */
static void fail_each(const struct change *c)
{
	u64 bytes = obpbl_history_bytes(&history);
	unsigned long nth, live = shim_alloc.live;
	bool failed = true;
	int err;

	for (nth = 1; failed; nth++) {
		shim_alloc.fail_nth = nth;
		err = begin();
		if (!err)
			err = apply(c);
		failed = !shim_alloc.fail_nth;
		shim_alloc.fail_nth = 0;
		if (failed)
			assert_int_equal(err, -ENOMEM);
		if (t.policy)
			core_abort(&t);
		assert_int_equal(shim_alloc.live, live);
		assert_int_equal(obpbl_history_bytes(&history), bytes);
	}
}

static struct table random_table(void)
{
	struct model m = { .live = { .beta = rnd(3), .red = rnd(3) == 0 } };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct owned o = { .isp = ALPHA + rnd(ISPS),
				   .prefix = random_prefix() };

		model_prefix(&m, &o);
	}
	return m.live;
}

static struct change random_change(void)
{
	static const u8 classes[] = { OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
				      OBPBL_CLASS_EXEMPT };
	struct change c = {
		.op = rnd(3) ? rnd(SWEEP) : rnd(OPS),
		.config = {
			.ifindex = 1 + rnd(DEVICES),
			.isp = ALPHA + rnd(ISPS),
			.class = classes[rnd(3)],
			.n = rnd(MOST),
		},
		.owned = {
			.isp = ALPHA + rnd(ISPS),
			.prefix = random_prefix(),
		},
		.table = random_table(),
	};
	const struct line *line = &now.line[c.config.ifindex];
	u16 i;

	c.config.epoch = epoch[c.config.ifindex];
	for (i = 0; i < c.config.n; i++)
		c.config.prefixes[i] = random_prefix();
	/* The same once more */
	if (c.op == UP && line->up && line->n <= MOST && !rnd(4)) {
		c.config.isp = line->isp;
		c.config.class = line->class;
		c.config.n = line->n;
		memcpy(c.config.prefixes, line->prefix,
		       line->n * sizeof(*line->prefix));
	}
	if (c.op == UNEXEMPT && now.exempt.n && rnd(4))
		c.owned = now.exempt.owned[rnd(now.exempt.n)];
	return c;
}

static unsigned long done[OPS][2];

static void change(void)
{
	struct change c = random_change();
	struct model m = now;
	int err, want = model_apply(&m, &c);

	if (!rnd(4))
		fail_each(&c);
	assert_int_equal(begin(), 0);
	err = apply(&c);
	assert_int_equal(err, want);
	done[c.op][err < 0]++;
	if (err < 0) {
		core_abort(&t);
		return;
	}
	if (!err && (c.op == UP || c.op == ADDR || c.op == DOWN))
		assert_int_equal(t.touched, c.config.ifindex);
	now = m;
	core_commit(&t);
}

/* Its mark is set in every snapshot that has the session */
static void device_goes(void)
{
	unsigned int dev = 1 + rnd(DEVICES), i;
	bool had = speaks(&now.line[dev]);

	assert_int_equal(core_device_gone(&history, dev), had);
	if (!had)
		return;
	now.line[dev].gone = true;
	for (i = 0; i < HELD; i++) {
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
	held[i].policy = obpbl_policy_hold(&history);
	held[i].model = now;
}

static void test_random(void **unused)
{
	const char *rounds = getenv("ROUNDS");
	unsigned int i, n = rounds ? atoi(rounds) : 20000;

	(void)unused;
	assert_int_equal(obpbl_history_init(&history), 0);
	assert_int_equal(begin(), 0);
	now.live.beta = true;
	assert_int_equal(apply_table(&now.live, 0), 0);
	core_commit(&t);
	for (i = 0; i < n; i++) {
		change();
		if (!rnd(8))
			device_goes();
		/* Another device has the number, and nobody was told */
		if (!rnd(32))
			epoch[1 + rnd(DEVICES)]++;
		if (!rnd(16))
			hold();
		compare(history.current_policy, &now);
	}
	for (i = 0; i < OPS; i++)
		assert_true(n < 1000 || done[i][0]);
	for (i = 0; i < HELD; i++)
		let_go(held[i].policy);
	assert_int_equal(begin(), 0);
	assert_int_equal(core_flush(&t), 0);
	core_commit(&t);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	obpbl_history_exit(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };
	const char *seed = getenv("SEED");

	state = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
