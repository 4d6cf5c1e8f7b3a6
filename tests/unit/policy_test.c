// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies and decisions against a model that is obviously right: plain lists
 * of entries, searched from end to end.
 *
 * Random changes are made to both, in a world of few addresses, so that
 * entries meet: ISPs in some VRF scopes, all classes, nests from /0 to /32 and
 * /128, configured and added at run time, overlays of every kind.  What is
 * configured is replaced as a whole, kept and confirmed or taken back, and
 * built beside as a shadow that is judged by and promoted; what was added at run
 * time sleeps and wakes meanwhile.  Many a change is first tried with every one
 * of its allocations failing; that must leave the running policy and its memory
 * as they were.  Some snapshots are held across changes, and must still answer
 * as the model did then; others, and aborted transactions, are freed late and in
 * any order.
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

#define ISPS		4
#define MAX_ENTRIES	4096
#define HELD		4
#define FLOWS		40
#define LATE		4
#define BUILD		12

/* Of the model's ISPs, which begin with 0 */
#define NUMBER(isp)	((isp) + 1)

/* One prefix of one class, or one overlay */
struct entry {
	u8 isp;
	u8 class;
	bool runtime;
	const char *vrf;
	struct obpbl_prefix prefix;
	bool has_to;
	struct obpbl_prefix to;
	u64 until;
	char dev[OBPBL_DEV_NAME_SIZE];
};

/* A table; what was added at run time has no ISPs */
struct model {
	bool isp[ISPS];
	struct obpbl_isp_config config[ISPS];
	unsigned int n;
	struct entry entries[MAX_ENTRIES];
};

struct held {
	struct obpbl_policy *policy;
	struct model *live, *runtime, *shadow;
};

static const char *const names[ISPS] = { "alpha", "beta", "gamma", "delta" };
static const char *const vrfs[] = { "", "red", "blue", "green" };
static const char *const devs[] = { "ppp0", "ppp1", "red", "" };

static struct obpbl_history history;
static struct obpbl_transaction t;
static struct model *live, *runtime, *kept, *shadow;
static u64 state;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled", 2016
 */
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

/* Few different bits, so that prefixes nest and meet */
static void random_key(u8 family, u8 *key)
{
	unsigned int i, bytes = family == OBPBL_INET4 ? 4 : 16;
	static const u8 bits[] = { 0, 0, 0x80, 0x01, 0xff, 0x40 };

	memset(key, 0, OBPBL_KEY_SIZE);
	for (i = 0; i < bytes; i++)
		key[i] = i < 2 || i >= bytes - 2 ? bits[rnd(6)] : 0;
}

static struct obpbl_prefix random_prefix(u8 family)
{
	static const u8 lens[] = { 0, 1, 8, 9, 16, 24, 25, 31, 32, 32 };
	struct obpbl_prefix p = { .family = family };
	unsigned int i;

	p.len = lens[rnd(10)] * (family == OBPBL_INET4 ? 1 : 4);
	random_key(family, p.key);
	for (i = p.len; i < OBPBL_KEY_SIZE * 8; i++)
		p.key[i / 8] &= ~(0x80 >> i % 8);
	return p;
}

static bool covers(const struct obpbl_prefix *p, u8 family, const u8 *key)
{
	unsigned int i;

	if (p->family != family)
		return false;
	for (i = 0; i < p->len; i++) {
		if ((p->key[i / 8] ^ key[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	return true;
}

static bool same_prefix(const struct obpbl_prefix *a,
			const struct obpbl_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       covers(a, b->family, b->key);
}

static bool is_overlay(u8 class)
{
	return class == OBPBL_CLASS_EXEMPT || class == OBPBL_CLASS_QUARANTINE;
}

static bool is_source(u8 class)
{
	return class == OBPBL_CLASS_DYNAMIC || class == OBPBL_CLASS_STATIC ||
	       class == OBPBL_CLASS_SPACE || is_overlay(class);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
	if (a->isp != b->isp || a->class != b->class ||
	    !same_prefix(&a->prefix, &b->prefix))
		return false;
	return !is_overlay(a->class) ||
	       (a->has_to == b->has_to && !strcmp(a->dev, b->dev) &&
		(!a->has_to || same_prefix(&a->to, &b->to)));
}

static struct model *model_copy(struct model *to, const struct model *from)
{
	memcpy(to, from, offsetof(struct model, entries) +
	       from->n * sizeof(*from->entries));
	return to;
}

static int model_find(const struct model *m, const struct entry *e,
		      const char *vrf)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (!strcmp(m->entries[i].vrf, vrf) &&
		    same_entry(&m->entries[i], e))
			return i;
	}
	return -1;
}

/* In order: of what was added at run time, the first counts */
static void model_remove(struct model *m, unsigned int i)
{
	memmove(m->entries + i, m->entries + i + 1,
		(--m->n - i) * sizeof(*m->entries));
}

/* Whose a source prefix is in what is configured; -1: nobody's */
static int owner_of(const struct model *m, const char *vrf,
		    const struct obpbl_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (is_source(m->entries[i].class) &&
		    !strcmp(m->entries[i].vrf, vrf) &&
		    same_prefix(&m->entries[i].prefix, prefix))
			return m->entries[i].isp;
	}
	return -1;
}

/* Whether what was added at run time applies beside a table */
static bool is_awake(const struct model *m, const struct entry *e)
{
	int owner = owner_of(m, e->vrf, &e->prefix);

	return m->isp[e->isp] && !strcmp(m->config[e->isp].vrf, e->vrf) &&
	       (owner < 0 || owner == e->isp);
}

static bool other_owner(const struct model *m, const struct entry *e)
{
	int owner = owner_of(m, m->config[e->isp].vrf, &e->prefix);

	return owner >= 0 && owner != e->isp;
}

/* Another ISP that has it at run time, and is awake */
static bool other_runtime(const struct model *m, const struct model *r,
			  const struct entry *e)
{
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (r->entries[i].isp != e->isp &&
		    !strcmp(r->entries[i].vrf, m->config[e->isp].vrf) &&
		    same_prefix(&r->entries[i].prefix, &e->prefix) &&
		    is_awake(m, &r->entries[i]))
			return true;
	}
	return false;
}

static unsigned int overlays_at(const struct model *m, const struct entry *e,
				const char *vrf)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n; i++)
		n += is_overlay(m->entries[i].class) &&
		     !strcmp(m->entries[i].vrf, vrf) &&
		     same_prefix(&m->entries[i].prefix, &e->prefix);
	return n;
}

/* The model's own decision */

static bool dev_is(const char *name, const struct obpbl_port *port)
{
	return (port->dev && !strcmp(port->dev, name)) ||
	       (port->vrf && !strcmp(port->vrf, name));
}

static bool entry_applies(const struct entry *e, const struct obpbl_flow *f,
			  const char *vrf, u64 when)
{
	if (!is_source(e->class) || strcmp(e->vrf, vrf) ||
	    !covers(&e->prefix, f->family, f->src))
		return false;
	if (e->until && when >= e->until)
		return false;
	if (e->dev[0] && !dev_is(e->dev, &f->in))
		return false;
	return !e->has_to || covers(&e->to, f->family, f->dst);
}

static unsigned int source_rank(u8 class)
{
	switch (class) {
	case OBPBL_CLASS_QUARANTINE:
		return 5;
	case OBPBL_CLASS_EXEMPT:
		return 4;
	case OBPBL_CLASS_STATIC:
		return 3;
	case OBPBL_CLASS_DYNAMIC:
		return 2;
	default:
		return 1;
	}
}

static unsigned int destination_rank(u8 class)
{
	switch (class) {
	case OBPBL_CLASS_RELAY:
		return 3;
	case OBPBL_CLASS_TARGET:
		return 2;
	default:
		return 1;
	}
}

static bool vrf_named(const struct model *m, const char *name)
{
	unsigned int i;

	for (i = 0; name && *name && i < ISPS; i++) {
		if (m->isp[i] && !strcmp(m->config[i].vrf, name))
			return true;
	}
	return false;
}

/* The first that makes a prefix its own: quarantines before exemptions */
static const struct entry *first_awake(const struct model *m,
				       const struct model *r, int len,
				       const struct obpbl_flow *f,
				       const char *vrf, u64 when)
{
	const struct entry *first = NULL, *e;

	for (e = r->entries; e < r->entries + r->n; e++) {
		if (e->prefix.len == len && entry_applies(e, f, vrf, when) &&
		    is_awake(m, e) && (!first || e->class > first->class))
			first = e;
	}
	return first;
}

static const struct entry *best_of(const struct model *m, int isp, int len,
				   const struct obpbl_flow *f, const char *vrf,
				   u64 when, const struct entry *best)
{
	const struct entry *e;

	for (e = m->entries; e < m->entries + m->n; e++) {
		if (e->isp == isp && e->prefix.len == len &&
		    entry_applies(e, f, vrf, when) &&
		    (!best || source_rank(e->class) > source_rank(best->class)))
			best = e;
	}
	return best;
}

static const struct entry *model_source(const struct model *m,
					const struct model *r,
					const struct obpbl_flow *f, u64 when)
{
	const char *vrf = vrf_named(m, f->in.vrf) ? f->in.vrf :
			  vrf_named(m, f->in.dev) ? f->in.dev : "";
	struct obpbl_prefix p = { .family = f->family };
	const struct entry *best = NULL;
	int isp;

	for (p.len = obpbl_family_bits(f->family) + 1; !best && p.len--;) {
		unsigned int i;

		memcpy(p.key, f->src, sizeof(p.key));
		for (i = p.len; i < OBPBL_KEY_SIZE * 8; i++)
			p.key[i / 8] &= ~(0x80 >> i % 8);
		isp = owner_of(m, vrf, &p);
		if (isp < 0) {
			best = first_awake(m, r, p.len, f, vrf, when);
			isp = best ? best->isp : -1;
		} else {
			best = best_of(m, isp, p.len, f, vrf, when, NULL);
		}
		if (isp >= 0 && m->isp[isp] &&
		    !strcmp(m->config[isp].vrf, vrf))
			best = best_of(r, isp, p.len, f, vrf, when, best);
		if (!p.len)
			break;
	}
	return best;
}

static const struct entry *model_destination(const struct model *m, u8 isp,
					     const struct obpbl_flow *f)
{
	const struct entry *best = NULL, *e;

	for (e = m->entries; e < m->entries + m->n; e++) {
		if (e->isp != isp || is_overlay(e->class) ||
		    e->class == OBPBL_CLASS_DYNAMIC ||
		    e->class == OBPBL_CLASS_STATIC ||
		    !covers(&e->prefix, f->family, f->dst))
			continue;
		if (!best || e->prefix.len > best->prefix.len ||
		    (e->prefix.len == best->prefix.len &&
		     destination_rank(e->class) >
		     destination_rank(best->class)))
			best = e;
	}
	return best;
}

static u8 model_reason(const struct model *m, const struct entry *src,
		       const struct entry *dst)
{
	u8 to = dst ? dst->class : OBPBL_CLASS_NONE;

	if (!src)
		return OBPBL_REASON_FOREIGN;
	if (m->config[src->isp].mode == OBPBL_MODE_OFF)
		return OBPBL_REASON_OFF;
	if (src->class == OBPBL_CLASS_SPACE)
		return OBPBL_REASON_OWN;
	if (src->class == OBPBL_CLASS_STATIC)
		return OBPBL_REASON_STATIC;
	if (src->class == OBPBL_CLASS_EXEMPT)
		return OBPBL_REASON_EXEMPT;
	if (to == OBPBL_CLASS_RELAY)
		return OBPBL_REASON_RELAY;
	if (src->class == OBPBL_CLASS_QUARANTINE)
		return OBPBL_REASON_QUARANTINE;
	if (m->config[src->isp].policy == OBPBL_POLICY_RELAY_ONLY)
		return OBPBL_REASON_NOT_RELAY;
	if (to == OBPBL_CLASS_TARGET)
		return OBPBL_REASON_TARGET;
	if (to == OBPBL_CLASS_SPACE)
		return OBPBL_REASON_INSIDE;
	return m->config[src->isp].policy == OBPBL_POLICY_TARGETS ?
	       OBPBL_REASON_NOT_TARGET : OBPBL_REASON_OUTSIDE;
}

static void random_flow(struct obpbl_flow *f)
{
	memset(f, 0, sizeof(*f));
	f->family = rnd(2);
	random_key(f->family, f->src);
	random_key(f->family, f->dst);
	f->sport = 40000;
	f->dport = OBPBL_PORT;
	f->tcp_flags = OBPBL_TCP_SYN;
	if (rnd(2))
		f->in.dev = devs[rnd(3)];
	if (rnd(3) == 0)
		f->in.vrf = vrfs[1 + rnd(3)];
}

static void compare_by(const struct obpbl_policy *policy, enum obpbl_slot slot,
		       const struct model *m, const struct model *r)
{
	const struct entry *src, *dst;
	struct obpbl_decision d;
	struct obpbl_flow f;
	u64 when = rnd(4);
	struct obpbl_question question = {
		policy, &f, { .mode = OBPBL_MODE_ENFORCE }, when
	};
	int i;

	for (i = 0; i < FLOWS; i++) {
		random_flow(&f);
		assert_true(obpbl_judge(&question, slot, &d));
		src = model_source(m, r, &f, when);
		dst = src ? model_destination(m, src->isp, &f) : NULL;
		assert_int_equal(d.reason, model_reason(m, src, dst));
		assert_int_equal(d.src_class, src ? src->class : 0);
		assert_int_equal(d.dst_class, dst ? dst->class : 0);
		if (src) {
			assert_int_equal(d.src_len, src->prefix.len);
			assert_string_equal(d.isp->config.name,
					    names[src->isp]);
		}
		if (dst)
			assert_int_equal(d.dst_len, dst->prefix.len);
	}
}

static void compare(const struct obpbl_policy *policy, const struct model *m,
		    const struct model *r, const struct model *beside)
{
	compare_by(policy, OBPBL_LIVE, m, r);
	assert_int_equal(!!policy->slot[OBPBL_SHADOW], !!beside);
	assert_int_equal(!!policy->observer, !!beside);
	if (beside)
		compare_by(policy, OBPBL_SHADOW, beside, r);
}

/* VRFs that some ISP or some entry is in, "" among them if @all */
static unsigned int vrfs_in(const struct model *m, bool entries, bool all)
{
	unsigned int i, j, n = 0;

	for (i = !all; i < 4; i++) {
		bool found = false;

		for (j = 0; j < ISPS; j++)
			found |= m->isp[j] && !strcmp(m->config[j].vrf, vrfs[i]);
		for (j = 0; entries && j < m->n; j++)
			found |= !strcmp(m->entries[j].vrf, vrfs[i]);
		n += found;
	}
	return n;
}

static void compare_table(const struct obpbl_table *table,
			  const struct model *m)
{
	u32 want[ISPS][__OBPBL_CLASS_LAST] = { 0 };
	unsigned int i, class, overlays = 0, devs = 0, reverse = 0;

	for (i = 0; i < m->n; i++) {
		overlays += is_overlay(m->entries[i].class);
		devs += !!m->entries[i].dev[0];
		want[m->entries[i].isp][m->entries[i].class]++;
	}
	assert_int_equal(table->overlays, overlays);
	assert_int_equal(table->prefixes, m->n - overlays);
	assert_int_equal(table->devs, devs);
	assert_int_equal(table->automatic, 0);
	for (i = 0; i < ISPS; i++) {
		const struct obpbl_isp *isp = obpbl_isp_find(table, names[i]);

		reverse += m->isp[i] && m->config[i].reverse;
		assert_int_equal(!!isp, m->isp[i]);
		assert_ptr_equal(isp, obpbl_isp_get(table, NUMBER(i)));
		for (class = 0; class <= OBPBL_CLASS_MAX; class++)
			assert_int_equal(obpbl_counts_get(table, NUMBER(i))
					 ->n[class], want[i][class]);
	}
	assert_int_equal(table->reverse, reverse);
	assert_int_equal(table->scopes.count, vrfs_in(m, true, true));
	assert_int_equal(table->vrfs.count, vrfs_in(m, true, false));
}

static void compare_awake(const struct obpbl_policy *policy)
{
	const struct obpbl_table *r = policy->slot[OBPBL_RUNTIME];
	unsigned int i;
	u32 scope;

	for (i = 0; i < runtime->n; i++) {
		const struct entry *e = &runtime->entries[i];

		assert_non_null(obpbl_scope_find(r, e->vrf, &scope));
		assert_int_equal(obpbl_entry_awake(policy->slot[OBPBL_LIVE], r,
						   scope, &e->prefix,
						   NUMBER(e->isp)),
				 is_awake(live, e));
	}
}

static void compare_all(void)
{
	const struct obpbl_policy *policy = history.current_policy;
	unsigned int i;
	bool ports;

	compare(policy, live, runtime, shadow);
	compare_table(policy->slot[OBPBL_LIVE], live);
	compare_table(policy->slot[OBPBL_RUNTIME], runtime);
	compare_awake(policy);
	ports = vrfs_in(live, true, false) || vrfs_in(runtime, true, false) ||
		(shadow && vrfs_in(shadow, true, false));
	for (i = 0; i < live->n; i++)
		ports |= live->entries[i].dev[0];
	for (i = 0; i < runtime->n; i++)
		ports |= runtime->entries[i].dev[0];
	for (i = 0; shadow && i < shadow->n; i++)
		ports |= shadow->entries[i].dev[0];
	assert_int_equal(policy->portless, !ports);
	assert_int_equal(!!policy->slot[OBPBL_KEPT], !!kept);
	if (kept)
		compare_table(policy->slot[OBPBL_KEPT], kept);
	if (shadow)
		compare_table(policy->slot[OBPBL_SHADOW], shadow);
}

/* Changes */

enum op { ADD, REPLACE, DEL, OVERLAY_ADD, OVERLAY_DEL, OVERLAYS_FLUSH, ISP_ADD,
	  ISP_DEL, ISP_SET, CLASS_FLUSH, CLEAR, REPLACE_ALL, KEEP, CONFIRM,
	  ROLLBACK, BESIDE, DROP, PROMOTE, PROMOTE_KEEP, FLUSH, OPS };

struct change {
	enum op op;
	u8 isp;
	struct entry entry;
	struct obpbl_isp_config config;
	struct model *built;
};

static struct obpbl_overlay *overlay_of(const struct entry *e)
{
	struct obpbl_overlay *o = calloc(1, sizeof(*o) + 4);

	o->class = e->class;
	o->has_to = e->has_to;
	o->to = e->to;
	o->until = e->until;
	strcpy(o->dev, e->dev);
	strcpy(o->reason, "why");
	return o;
}

static int apply_clear(void)
{
	int err = obpbl_transaction_empty(&t, OBPBL_LIVE);
	unsigned int i;

	for (i = 0; !err && i < ISPS; i++) {
		if (live->isp[i])
			err = core_isp_add(&t, NUMBER(i), &live->config[i]);
	}
	return err;
}

static int apply_entry(const struct entry *e)
{
	struct obpbl_overlay *o;
	int err;

	if (!is_overlay(e->class))
		return core_prefix_add(&t, NUMBER(e->isp), e->class,
				       &e->prefix, false);
	o = overlay_of(e);
	err = obpbl_overlay_add(&t, e->runtime ? OBPBL_RUNTIME : t.target,
				NUMBER(e->isp), &e->prefix, o);
	free(o);
	return err;
}

/* All prefixes of an ISP and a class from an entry on, a message of many */
static int apply_class(const struct model *m, const struct entry *first)
{
	struct obpbl_prefixes prefixes;
	const struct entry *e;
	int err = obpbl_prefixes_begin(&prefixes, &t, NUMBER(first->isp),
				       first->class);

	for (e = first; !err && e < m->entries + m->n; e++) {
		if (e->isp == first->isp && e->class == first->class)
			err = obpbl_prefix_add(&prefixes, &e->prefix, false);
	}
	return err;
}

/* Whether an entry's prefix came in with an earlier one of its ISP and class */
static bool came_before(const struct model *m, const struct entry *e)
{
	const struct entry *other;

	for (other = m->entries; other < e; other++) {
		if (other->isp == e->isp && other->class == e->class)
			return true;
	}
	return false;
}

/* What was built, class by class, after what has begun it */
static int apply_built(const struct model *m, int err)
{
	const struct entry *e;
	unsigned int i;

	for (i = 0; !err && i < ISPS; i++) {
		if (m->isp[i])
			err = core_isp_add(&t, NUMBER(i), &m->config[i]);
	}
	for (e = m->entries; !err && e < m->entries + m->n; e++) {
		if (is_overlay(e->class))
			err = apply_entry(e);
		else if (!came_before(m, e))
			err = apply_class(m, e);
	}
	return err;
}

/* What takes back must not walk a table */
static int apply_rollback(void)
{
	unsigned long calls = shim_alloc.calls;

	core_rollback(&t);
	assert_int_equal(shim_alloc.calls, calls);
	return 0;
}

static int apply_whole(const struct change *c)
{
	int err;

	switch (c->op) {
	case REPLACE_ALL:
		err = apply_built(c->built,
				  obpbl_transaction_empty(&t, OBPBL_LIVE));
		return err ? err : obpbl_overlays_supersede(&t);
	case KEEP:
		return apply_built(c->built, core_keep(&t));
	case BESIDE:
		return apply_built(c->built, core_beside(&t));
	case CONFIRM:
		return core_confirm(&t);
	case ROLLBACK:
		return apply_rollback();
	case DROP:
		obpbl_transaction_drop(&t, OBPBL_SHADOW);
		return 0;
	case FLUSH:
		return core_flush(&t);
	default:
		return core_promote(&t, c->op == PROMOTE_KEEP);
	}
}

static int apply_overlay_del(const struct change *c)
{
	struct obpbl_overlay *o = overlay_of(&c->entry);
	int err = obpbl_overlay_del(&t, NUMBER(c->isp), &c->entry.prefix, o);

	free(o);
	return err;
}

/* What must not meet a ceiling */
static bool takes_away(enum op op)
{
	return op == DEL || op == OVERLAY_DEL || op == OVERLAYS_FLUSH ||
	       op == ISP_DEL || op == CLASS_FLUSH || op == CONFIRM ||
	       op == ROLLBACK || op == DROP || op == FLUSH;
}

/* What src/control refuses while a change may still be taken back, and what
 * there is nothing for
 */
static int refused(enum op op)
{
	bool settles = op == CONFIRM || op == ROLLBACK;

	if ((settles && !kept) ||
	    ((op == PROMOTE || op == PROMOTE_KEEP || op == DROP) && !shadow))
		return -ENOENT;
	if (kept && !settles && op != FLUSH && op != DROP &&
	    op != OVERLAY_ADD && op != OVERLAY_DEL && op != OVERLAYS_FLUSH)
		return -EBUSY;
	return 0;
}

static int apply(const struct change *c)
{
	const struct entry *e = &c->entry;
	u16 isp = NUMBER(c->isp);

	if (refused(c->op) ||
	    (c->op == OVERLAY_ADD && !e->runtime &&
	     obpbl_transaction_unconfirmed(&t)))
		return refused(c->op) ?: -EBUSY;
	if (takes_away(c->op)) {
		t.max_prefixes = t.max_overlays = 0;
		t.max_bytes = 0;
		t.unlimited = true;
	}
	switch (c->op) {
	case ADD:
	case REPLACE:
		return core_prefix_add(&t, isp, e->class, &e->prefix,
				       c->op == REPLACE);
	case DEL:
		return core_prefix_del(&t, isp, e->class, &e->prefix);
	case OVERLAY_ADD:
		return apply_entry(e);
	case OVERLAY_DEL:
		return apply_overlay_del(c);
	case OVERLAYS_FLUSH:
		return core_overlays_flush(&t, isp);
	case ISP_ADD:
		return core_isp_add(&t, isp, &c->config);
	case ISP_DEL:
		return core_isp_del(&t, isp);
	case ISP_SET:
		return core_isp_set(&t, isp, &c->config);
	case CLASS_FLUSH:
		return obpbl_prefix_flush(&t, isp, e->class);
	case CLEAR:
		return apply_clear();
	default:
		return apply_whole(c);
	}
}

static u8 rival(u8 class)
{
	switch (class) {
	case OBPBL_CLASS_DYNAMIC:
		return OBPBL_CLASS_STATIC;
	case OBPBL_CLASS_STATIC:
		return OBPBL_CLASS_DYNAMIC;
	case OBPBL_CLASS_RELAY:
		return OBPBL_CLASS_TARGET;
	case OBPBL_CLASS_TARGET:
		return OBPBL_CLASS_RELAY;
	default:
		return OBPBL_CLASS_NONE;
	}
}

static void model_put(struct model *m, const struct entry *e, const char *vrf)
{
	m->entries[m->n] = *e;
	m->entries[m->n++].vrf = vrf;
}

/* The name of the VRF of an ISP, as it is for as long as the program runs */
static const char *vrf_of(const struct model *m, u8 isp)
{
	unsigned int i;

	for (i = 0; strcmp(vrfs[i], m->config[isp].vrf); i++)
		;
	return vrfs[i];
}

static int model_add(struct model *m, const struct entry *e, bool replace)
{
	const char *vrf = vrf_of(m, e->isp);
	struct entry other = *e;
	int at;

	if (is_source(e->class) && other_owner(m, e))
		return -EADDRINUSE;
	at = model_find(m, e, vrf);
	if (at >= 0 && !replace)
		return -EEXIST;
	if (at < 0)
		model_put(m, e, vrf);
	other.class = rival(e->class);
	at = model_find(m, &other, vrf);
	if (replace && at >= 0)
		model_remove(m, at);
	return 0;
}

static int model_overlay_add(struct model *m, struct model *r,
			     const struct entry *e)
{
	const char *vrf = vrf_of(m, e->isp);
	int there;

	if (other_owner(m, e) || (e->runtime && other_runtime(m, r, e)))
		return -EADDRINUSE;
	if (model_find(m, e, vrf) >= 0 ||
	    (e->runtime && model_find(r, e, vrf) >= 0))
		return -EEXIST;
	if (overlays_at(e->runtime ? r : m, e, vrf) == OBPBL_MAX_OVERLAYS_AT)
		return -E2BIG;
	there = !e->runtime && r ? model_find(r, e, vrf) : -1;
	if (there >= 0)
		model_remove(r, there);
	model_put(e->runtime ? r : m, e, vrf);
	return 0;
}

/* One that sleeps may be of an ISP that is in another VRF by now, or nowhere */
static int model_del(struct model *m, struct model *r, const struct entry *e)
{
	int at = m->isp[e->isp] ? model_find(m, e, vrf_of(m, e->isp)) : -1;
	int err = -ENOENT;
	unsigned int i;

	if (at >= 0 && kept)
		return -EBUSY;
	if (at >= 0) {
		model_remove(m, at);
		err = 0;
	}
	for (i = 0; is_overlay(e->class) && i < 4; i++) {
		at = model_find(r, e, vrfs[i]);
		if (at < 0)
			continue;
		model_remove(r, at);
		err = 0;
	}
	return err;
}

/* Run-time overlays that are configured as well go */
static void model_supersede(const struct model *m, struct model *r)
{
	unsigned int i = 0;

	while (i < r->n) {
		if (model_find(m, &r->entries[i], r->entries[i].vrf) >= 0)
			model_remove(r, i);
		else
			i++;
	}
}

static int model_whole(struct model *m, struct model *r,
		       const struct change *c)
{
	switch (c->op) {
	case FLUSH:
		memset(m, 0, offsetof(struct model, entries));
		memset(r, 0, offsetof(struct model, entries));
		return 0;
	case CONFIRM:
		break;
	case ROLLBACK:
		model_copy(m, kept);
		return 0;
	case BESIDE:
	case DROP:
		return 0;
	case PROMOTE:
	case PROMOTE_KEEP:
		model_copy(m, shadow);
		break;
	default:
		model_copy(m, c->built);
		break;
	}
	if (c->op != KEEP && c->op != PROMOTE_KEEP)
		model_supersede(m, r);
	return 0;
}

static void model_forget(struct model *m, int isp, int class)
{
	unsigned int i = 0;

	while (i < m->n) {
		if ((isp < 0 || m->entries[i].isp == isp) &&
		    (class < 0 || m->entries[i].class == class))
			model_remove(m, i);
		else
			i++;
	}
}

static int model_set(struct model *m, const struct change *c)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (m->entries[i].isp == c->isp &&
		    is_source(m->entries[i].class) &&
		    strcmp(m->config[c->isp].vrf, c->config.vrf))
			return -EBUSY;
	}
	m->config[c->isp] = c->config;
	for (i = 0; i < m->n; i++) {
		if (m->entries[i].isp == c->isp)
			m->entries[i].vrf = vrf_of(m, c->isp);
	}
	return 0;
}

static int model_apply(struct model *m, struct model *r, const struct change *c)
{
	if (refused(c->op))
		return refused(c->op);
	if (c->op == OVERLAY_ADD && !c->entry.runtime && kept)
		return -EBUSY;
	if (c->op > CLEAR)
		return model_whole(m, r, c);
	if (c->op == CLEAR) {
		model_forget(m, -1, -1);
		return 0;
	}
	if (c->op == OVERLAYS_FLUSH) {
		model_forget(r, c->isp, -1);
		return 0;
	}
	if (c->op == ISP_ADD) {
		if (m->isp[c->isp])
			return -EEXIST;
		m->isp[c->isp] = true;
		m->config[c->isp] = c->config;
		return 0;
	}
	if (c->op == OVERLAY_DEL)
		return model_del(m, r, &c->entry);
	if (!m->isp[c->isp])
		return -ENOENT;
	switch (c->op) {
	case ADD:
	case REPLACE:
		return model_add(m, &c->entry, c->op == REPLACE);
	case OVERLAY_ADD:
		return model_overlay_add(m, r, &c->entry);
	case DEL:
		return model_del(m, r, &c->entry);
	case ISP_DEL:
		model_forget(m, c->isp, -1);
		m->isp[c->isp] = false;
		return 0;
	case ISP_SET:
		return model_set(m, c);
	default:
		model_forget(m, c->isp, c->entry.class);
		return 0;
	}
}

static void random_config(struct change *c)
{
	c->config.mode = rnd(8) ? OBPBL_MODE_ENFORCE : OBPBL_MODE_OFF;
	c->config.policy = rnd(OBPBL_POLICY_MAX + 1);
	c->config.reverse = rnd(2);
	strcpy(c->config.name, names[c->isp]);
	strcpy(c->config.vrf, vrfs[rnd(4)]);
}

static void random_entry(struct change *c)
{
	struct entry *e = &c->entry;
	u8 family = rnd(2);

	e->isp = c->isp;
	e->prefix = random_prefix(family);
	e->class = 1 + rnd(OBPBL_CLASS_TARGET);
	e->runtime = false;
	if (c->op != OVERLAY_ADD && c->op != OVERLAY_DEL)
		return;
	e->class = rnd(2) ? OBPBL_CLASS_EXEMPT : OBPBL_CLASS_QUARANTINE;
	e->runtime = rnd(2);
	e->until = rnd(3);
	if (e->class == OBPBL_CLASS_QUARANTINE)
		return;
	strcpy(e->dev, devs[rnd(4)]);
	e->has_to = rnd(2);
	if (e->has_to)
		e->to = random_prefix(family);
}

/*
 * A whole configuration: mostly of the ISPs and some of the entries that there
 * are, run-time ones among them, and of new ones.  What would be refused stays
 * out of it.
 */
static struct model *random_build(void)
{
	struct model *m = calloc(1, sizeof(*m));
	struct change c = { .op = ADD };
	unsigned int i;

	for (i = 0; i < ISPS; i++) {
		c.isp = i;
		random_config(&c);
		m->isp[i] = rnd(4);
		m->config[i] = live->isp[i] && rnd(16) ? live->config[i] :
							 c.config;
	}
	for (i = 0; i < BUILD; i++) {
		const struct model *from = rnd(2) ? live : runtime;

		c.op = rnd(2) ? ADD : OVERLAY_ADD;
		c.isp = rnd(ISPS);
		memset(&c.entry, 0, sizeof(c.entry));
		random_entry(&c);
		if (from->n && rnd(2))
			c.entry = from->entries[rnd(from->n)];
		if (!rnd(8))
			c.entry.isp = rnd(ISPS);
		c.entry.runtime = false;
		if (!m->isp[c.entry.isp])
			continue;
		if (is_overlay(c.entry.class))
			model_overlay_add(m, NULL, &c.entry);
		else
			model_add(m, &c.entry, false);
	}
	return m;
}

static struct change random_whole(void)
{
	static const enum op ops[] = {
		REPLACE_ALL, KEEP, KEEP, KEEP, CONFIRM, ROLLBACK, ROLLBACK,
		BESIDE, BESIDE, DROP, PROMOTE, PROMOTE_KEEP,
	};
	struct change c = { .op = ops[rnd(12)] };

	if (rnd(100) == 0)
		c.op = FLUSH;
	if (c.op == REPLACE_ALL || c.op == KEEP || c.op == BESIDE)
		c.built = random_build();
	return c;
}

static struct change random_change(void)
{
	static const enum op often[] = {
		ADD, ADD, ADD, ADD, ADD, REPLACE, REPLACE, OVERLAY_ADD,
		OVERLAY_ADD, OVERLAY_ADD, DEL, DEL, OVERLAY_DEL, OVERLAY_DEL,
	};
	static const enum op rare[] = { ISP_DEL, CLASS_FLUSH, CLEAR,
					OVERLAYS_FLUSH };
	struct change c = { .op = often[rnd(14)], .isp = rnd(ISPS) };
	const struct model *from;
	const struct entry *e;

	if (rnd(12) == 0)
		c.op = rnd(2) ? ISP_ADD : ISP_SET;
	if (rnd(100) == 0)
		c.op = rare[rnd(4)];
	random_config(&c);
	random_entry(&c);
	from = rnd(2) ? live : runtime;
	if (shadow && c.op == OVERLAY_ADD && rnd(4) == 0)
		from = shadow;
	e = from->n ? &from->entries[rnd(from->n)] : NULL;
	if (e && ((c.op == DEL && !is_overlay(e->class)) ||
		  (c.op == OVERLAY_DEL && is_overlay(e->class)))) {
		c.entry = *e;
		/* What is another one's as well */
		if (c.op == DEL && rnd(8) == 0)
			c.entry.isp = rnd(ISPS);
		c.isp = c.entry.isp;
	} else if (e && rnd(2)) {
		c.entry.prefix = e->prefix;
		c.entry.isp = c.isp = rnd(8) ? e->isp : c.isp;
		c.entry.has_to &= c.entry.to.family == e->prefix.family;
		strcpy(c.config.name, names[c.isp]);
	}
	c.entry.runtime &= is_overlay(c.entry.class);
	return c;
}

static void begin(void)
{
	assert_int_equal(core_begin(&t, &history, MAX_ENTRIES), 0);
	t.max_bytes = 1ULL << 40;
}

/* What is not needed any more, freed late */
static struct late {
	struct obpbl_policy *policy;
	bool aborted;
} late[LATE];

static void free_late(struct late *l)
{
	if (l->policy && l->aborted)
		obpbl_policy_free(&history, l->policy);
	else
		core_put(&history, l->policy);
	l->policy = NULL;
}

static void put_late(struct obpbl_policy *policy, bool aborted)
{
	struct late *l = &late[rnd(LATE)];

	free_late(l);
	l->policy = policy;
	l->aborted = aborted;
	if (rnd(4))
		free_late(l);
}

/* Lets each allocation of a change fail in turn; the last time none does */
static int change_failing(const struct change *c)
{
	u64 bytes = obpbl_history_bytes(&history);
	unsigned long nth, live_objects = shim_alloc.live;
	int err;

	for (nth = 1;; nth++) {
		shim_alloc.fail_nth = nth;
		err = core_begin(&t, &history, MAX_ENTRIES);
		if (!err)
			err = apply(c);
		if (shim_alloc.fail_nth) {
			shim_alloc.fail_nth = 0;
			return err;
		}
		assert_int_equal(err, -ENOMEM);
		if (t.policy)
			core_abort(&t);
		assert_int_equal(obpbl_history_bytes(&history), bytes);
		assert_int_equal(shim_alloc.live, live_objects);
		if (nth % 4 == 1)
			compare(history.current_policy, live, runtime, shadow);
	}
}

static void remember(struct model **at, const struct model *m)
{
	free(*at);
	*at = m ? model_copy(calloc(1, sizeof(*m)), m) : NULL;
}

/* What else a change does, beside what runs */
static void settle(const struct change *c)
{
	switch (c->op) {
	case KEEP:
	case PROMOTE_KEEP:
		remember(&kept, live);
		break;
	case CONFIRM:
	case ROLLBACK:
	case FLUSH:
		remember(&kept, NULL);
		break;
	default:
		break;
	}
	if (c->op == BESIDE)
		remember(&shadow, c->built);
	if (c->op == PROMOTE || c->op == PROMOTE_KEEP || c->op == FLUSH ||
	    c->op == DROP)
		remember(&shadow, NULL);
}

static unsigned long done[OPS];

static void abort_change(u64 bytes)
{
	struct obpbl_observer *observer = t.policy->observer;

	if (rnd(4)) {
		core_abort(&t);
		assert_int_equal(obpbl_history_bytes(&history), bytes);
		return;
	}
	if (observer && !observer->refs)
		observer->release(observer);
	put_late(obpbl_transaction_abort(&t), true);
}

static void step(struct model *m, struct model *r)
{
	struct change c = rnd(12) ? random_change() : random_whole();
	u64 bytes = obpbl_history_bytes(&history);
	u64 generation = history.current_policy->generation;
	int want, err;

	want = model_apply(model_copy(m, live), model_copy(r, runtime), &c);
	if (rnd(8) == 0) {
		err = change_failing(&c);
	} else {
		begin();
		err = apply(&c);
	}
	assert_int_equal(err, want);
	if (err || rnd(16) == 0) {
		abort_change(bytes);
	} else {
		settle(&c);
		model_copy(live, m);
		model_copy(runtime, r);
		put_late(obpbl_transaction_commit(&t), false);
		done[c.op]++;
		compare_all();
		if (c.op != BESIDE && c.op != DROP)
			generation++;
		assert_int_equal(history.current_policy->generation,
				 generation);
	}
	free(c.built);
}

static void let_go(struct held *h)
{
	if (!h->policy)
		return;
	compare(h->policy, h->live, h->runtime, h->shadow);
	core_put(&history, h->policy);
	h->policy = NULL;
	remember(&h->live, NULL);
	remember(&h->runtime, NULL);
	remember(&h->shadow, NULL);
}

static void hold(struct held *h)
{
	let_go(h);
	h->policy = obpbl_policy_hold(&history);
	remember(&h->live, live);
	remember(&h->runtime, runtime);
	remember(&h->shadow, shadow);
}

/* Each change has succeeded once; some are rare */
static bool all_done(void)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		if (!done[i])
			return false;
	}
	return true;
}

static void test_model(void **unused)
{
	unsigned long i, n = getenv("ROUNDS") ? atol(getenv("ROUNDS")) : 1;
	unsigned long objects = shim_alloc.live;
	struct model *m = calloc(1, sizeof(*m)), *r = calloc(1, sizeof(*r));
	struct held held[HELD] = { 0 };

	(void)unused;
	live = calloc(1, sizeof(*live));
	runtime = calloc(1, sizeof(*runtime));
	assert_int_equal(obpbl_history_init(&history), 0);
	for (i = 0; i < n * 4000 || (i < n * 40000 && !all_done()); i++) {
		step(m, r);
		if (rnd(50) == 0)
			hold(&held[rnd(HELD)]);
	}
	assert_true(all_done());
	for (i = 0; i < HELD; i++)
		let_go(&held[i]);
	for (i = 0; i < LATE; i++)
		free_late(&late[i]);
	obpbl_history_exit(&history);
	assert_int_equal(obpbl_history_bytes(&history), 0);
	assert_int_equal(shim_alloc.live, objects);
	remember(&kept, NULL);
	remember(&shadow, NULL);
	free(live);
	free(runtime);
	free(m);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model) };

	state = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 0) :
				 (u64)time(NULL) | 1;
	print_message("SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
