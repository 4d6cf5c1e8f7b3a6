// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies and decisions against a model that is obviously right: plain lists
 * of entries, searched from end to end.
 *
 * Random changes are made to both, in a world of few addresses, so that
 * entries meet: ISPs in some VRF scopes, all classes, nests from /0 to /32 and
 * /128, both layers, overlays of every kind.  What is configured is replaced as
 * a whole, kept and confirmed or taken back, and built beside as a shadow that
 * is judged by and promoted.  Many a change is first tried with every one of
 * its allocations failing; that must leave the running policy and its memory as
 * they were.  Some snapshots are held across changes, and must still answer as
 * the model did then.
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

#define ISPS		4
#define MAX_ENTRIES	4096
#define HELD		4
#define FLOWS		40
#define BUILD		12

/* One prefix of one class, or one overlay */
struct entry {
	u8 isp;
	u8 class;
	u8 layer;
	const char *vrf;
	struct obpbl_prefix prefix;
	bool has_to;
	struct obpbl_prefix to;
	u64 until;
	char dev[OBPBL_DEV_NAME_SIZE];
};

struct model {
	bool isp[ISPS];
	struct obpbl_isp_config config[ISPS];
	struct entry entries[MAX_ENTRIES];
	unsigned int n;
};

struct held {
	struct obpbl_policy *policy;
	struct model *model;
};

static const char *const names[ISPS] = { "alpha", "beta", "gamma", "delta" };
static const char *const vrfs[] = { "", "red", "blue", "green" };
static const char *const devs[] = { "ppp0", "ppp1", "red", "" };

static struct obpbl_history history;
static struct obpbl_draft draft;
static struct model *now, *kept, *shadow;
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

static int model_find(const struct model *m, const struct entry *e, u8 layer)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (m->entries[i].layer == layer &&
		    same_entry(&m->entries[i], e))
			return i;
	}
	return -1;
}

static void model_remove(struct model *m, unsigned int i)
{
	m->entries[i] = m->entries[--m->n];
}

static bool other_owner(const struct model *m, const struct entry *e)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (is_source(m->entries[i].class) &&
		    m->entries[i].isp != e->isp &&
		    !strcmp(m->entries[i].vrf, m->config[e->isp].vrf) &&
		    same_prefix(&m->entries[i].prefix, &e->prefix))
			return true;
	}
	return false;
}

static unsigned int overlays_at(const struct model *m, const struct entry *e)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n; i++)
		n += is_overlay(m->entries[i].class) &&
		     m->entries[i].isp == e->isp &&
		     m->entries[i].layer == e->layer &&
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

/*
 * Whether an entry comes before the best so far.  Where an entry at run time
 * meets one of another ISP, which it does beside a shadow only, it loses.
 */
static bool better(const struct entry *e, const struct entry *best)
{
	if (!best || e->prefix.len != best->prefix.len)
		return !best || e->prefix.len > best->prefix.len;
	if (e->isp != best->isp)
		return e->layer == OBPBL_LAYER_CONFIGURED;
	return source_rank(e->class) > source_rank(best->class);
}

static const struct entry *model_source(const struct model *m,
					const struct obpbl_flow *f, u64 when)
{
	const struct entry *best = NULL, *e;
	const char *vrf = vrf_named(m, f->in.vrf) ? f->in.vrf :
			  vrf_named(m, f->in.dev) ? f->in.dev : "";
	int maxlen;

	for (maxlen = 128; maxlen >= 0; maxlen = best->prefix.len - 1) {
		best = NULL;
		for (e = m->entries; e < m->entries + m->n; e++) {
			if (e->prefix.len <= maxlen &&
			    entry_applies(e, f, vrf, when) && better(e, best))
				best = e;
		}
		if (!best || m->isp[best->isp])
			return best;
	}
	return NULL;
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

static void compare_by(const struct obpbl_policy *policy,
		       const struct obpbl_part *part, const struct model *m)
{
	static const struct obpbl_settings all = { .mode = OBPBL_MODE_ENFORCE };
	const struct entry *src, *dst;
	struct obpbl_decision d;
	struct obpbl_flow f;
	u64 when = rnd(4);
	int i;

	for (i = 0; i < FLOWS; i++) {
		random_flow(&f);
		assert_true(obpbl_judge_by(policy, part, &f, &all, when, &d));
		src = model_source(m, &f, when);
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

static void compare(const struct obpbl_policy *policy, const struct model *m)
{
	compare_by(policy, &policy->configured, m);
}

static void compare_counts(const struct obpbl_policy *policy,
			   const struct model *m)
{
	u32 want[ISPS][__OBPBL_CLASS_LAST] = { 0 };
	unsigned int i, class, overlays = 0, devs = 0;
	const struct obpbl_isp *isp;

	for (i = 0; i < m->n; i++) {
		overlays += is_overlay(m->entries[i].class);
		devs += !!m->entries[i].dev[0];
		want[m->entries[i].isp][m->entries[i].class]++;
	}
	assert_int_equal(obpbl_policy_overlays(policy), overlays);
	assert_int_equal(policy->configured.prefixes, m->n - overlays);
	assert_int_equal(policy->configured.tables.devs + policy->runtime.devs,
			 devs);
	for (i = 0; i < ISPS; i++) {
		isp = obpbl_policy_isp(policy, names[i]);
		assert_int_equal(!!isp, m->isp[i]);
		for (class = 0; isp && class <= OBPBL_CLASS_MAX; class++)
			assert_int_equal(obpbl_policy_count(policy, isp, class),
					 want[i][class]);
	}
}

/* What is configured of one, and what was added at run time to the other */
static void join(struct model *to, const struct model *configured,
		 const struct model *runtime)
{
	unsigned int i;

	memcpy(to->isp, configured->isp, sizeof(to->isp));
	memcpy(to->config, configured->config, sizeof(to->config));
	to->n = 0;
	for (i = 0; i < configured->n; i++) {
		if (configured->entries[i].layer == OBPBL_LAYER_CONFIGURED)
			to->entries[to->n++] = configured->entries[i];
	}
	for (i = 0; runtime && i < runtime->n; i++) {
		if (runtime->entries[i].layer == OBPBL_LAYER_RUNTIME)
			to->entries[to->n++] = runtime->entries[i];
	}
}

static void compare_shadow(void)
{
	struct model *both;

	assert_int_equal(!!history.shadow, !!shadow);
	if (!shadow)
		return;
	both = calloc(1, sizeof(*both));
	join(both, shadow, now);
	compare_by(history.current_policy, &history.shadow->part, both);
	free(both);
}

/* Changes */

enum op { ADD, REPLACE, DEL, OVERLAY_ADD, OVERLAY_DEL, ISP_ADD, ISP_DEL,
	  ISP_SET, CLASS_FLUSH, CLEAR, REPLACE_ALL, KEEP, CONFIRM, ROLLBACK,
	  BESIDE, PROMOTE, PROMOTE_KEEP, FLUSH, OPS };

struct change {
	enum op op;
	u8 isp;
	struct entry entry;
	struct obpbl_isp_config config;
	struct model *built;
};

/* Stands for any reason why run-time entries do not go with the rest */
#define MISFIT	(-EXDEV)

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

static int apply_clear(const struct change *c)
{
	int err = obpbl_draft_clear(&draft, false);
	unsigned int i;

	for (i = 0; !err && i < ISPS; i++) {
		if (now->isp[i])
			err = obpbl_draft_isp_add(&draft, i, &now->config[i]);
	}
	(void)c;
	return err ? err : obpbl_draft_check(&draft);
}

/* Makes of the draft what was built, entry by entry */
static int apply_built(const struct change *c, int (*start)(void))
{
	const struct model *m = c->built;
	int err = start();
	unsigned int i;

	for (i = 0; !err && i < ISPS; i++) {
		if (m->isp[i])
			err = obpbl_draft_isp_add(&draft, i, &m->config[i]);
	}
	for (i = 0; !err && i < m->n; i++) {
		const struct entry *e = &m->entries[i];
		struct obpbl_overlay *o = overlay_of(e);

		err = is_overlay(e->class) ?
			obpbl_draft_overlay_add(&draft, e->isp, e->layer,
						&e->prefix, o) :
			obpbl_draft_prefix_add(&draft, e->isp, e->class,
					       &e->prefix, false);
		free(o);
	}
	return err ? err : obpbl_draft_check(&draft);
}

static int start_clear(void)
{
	return obpbl_draft_clear(&draft, false);
}

static int start_keep(void)
{
	return obpbl_draft_keep(&draft);
}

static int start_beside(void)
{
	return obpbl_draft_beside(&draft);
}

/* What takes back or away must not meet a ceiling, nor walk a table */
static int apply_settled(int (*fn)(struct obpbl_draft *draft), bool few)
{
	unsigned long calls = shim_alloc.calls;
	int err;

	draft.txn.limit = 0;
	draft.max_prefixes = draft.max_overlays = 0;
	err = fn(&draft);
	if (few)
		assert_true(shim_alloc.calls - calls <= 4);
	return err;
}

static int apply_promote(bool keep)
{
	int err = obpbl_draft_promote(&draft, keep);

	return err ? err : obpbl_draft_check(&draft);
}

static int apply_whole(const struct change *c)
{
	switch (c->op) {
	case REPLACE_ALL:
		return apply_built(c, start_clear);
	case KEEP:
		return apply_built(c, start_keep);
	case BESIDE:
		return apply_built(c, start_beside);
	case CONFIRM:
		return apply_settled(obpbl_draft_confirm, false);
	case ROLLBACK:
		return apply_settled(obpbl_draft_rollback, true);
	case FLUSH:
		return obpbl_draft_clear(&draft, true);
	default:
		return apply_promote(c->op == PROMOTE_KEEP);
	}
}

static int apply(const struct change *c)
{
	const struct entry *e = &c->entry;
	struct obpbl_overlay *o = overlay_of(e);
	int err = -EINVAL;

	switch (c->op) {
	case ADD:
	case REPLACE:
		err = obpbl_draft_prefix_add(&draft, c->isp, e->class,
					     &e->prefix, c->op == REPLACE);
		break;
	case DEL:
		err = obpbl_draft_prefix_del(&draft, c->isp, e->class,
					     &e->prefix);
		break;
	case OVERLAY_ADD:
		err = obpbl_draft_overlay_add(&draft, c->isp, e->layer,
					      &e->prefix, o);
		break;
	case OVERLAY_DEL:
		err = obpbl_draft_overlay_del(&draft, c->isp, &e->prefix, o);
		break;
	case ISP_ADD:
		err = obpbl_draft_isp_add(&draft, c->isp, &c->config);
		break;
	case ISP_DEL:
		err = obpbl_draft_isp_del(&draft, c->isp);
		break;
	case ISP_SET:
		err = obpbl_draft_isp_set(&draft, c->isp, &c->config);
		break;
	case CLASS_FLUSH:
		err = obpbl_draft_prefix_flush(&draft, c->isp, e->class);
		break;
	case CLEAR:
		err = apply_clear(c);
		break;
	default:
		err = apply_whole(c);
		break;
	}
	free(o);
	return err;
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

static void model_put(struct model *m, const struct entry *e)
{
	m->entries[m->n] = *e;
	m->entries[m->n++].vrf = e->vrf ? e->vrf : "";
}

static int model_add(struct model *m, const struct entry *e, bool replace)
{
	struct entry other = *e;
	int at;

	if (is_source(e->class) && other_owner(m, e))
		return -EADDRINUSE;
	at = model_find(m, e, OBPBL_LAYER_CONFIGURED);
	if (at >= 0 && !replace)
		return -EEXIST;
	if (at < 0)
		model_put(m, e);
	other.class = rival(e->class);
	at = model_find(m, &other, OBPBL_LAYER_CONFIGURED);
	if (replace && at >= 0)
		model_remove(m, at);
	return 0;
}

/* What comes back may not find its place taken, nor lack an ISP */
static int model_kept(const struct model *m, const struct entry *e)
{
	if (!kept || e->layer == OBPBL_LAYER_CONFIGURED)
		return kept ? -EBUSY : 0;
	if (other_owner(m, e))
		return -EADDRINUSE;
	if (!kept->isp[e->isp] ||
	    strcmp(kept->config[e->isp].vrf, m->config[e->isp].vrf))
		return -EBUSY;
	return other_owner(kept, e) ? -EADDRINUSE : 0;
}

static int model_overlay_add(struct model *m, const struct entry *e,
			     bool lenient)
{
	int here = model_find(m, e, e->layer);
	int there = model_find(m, e, !e->layer);

	if (other_owner(m, e))
		return -EADDRINUSE;
	if (here >= 0 || (there >= 0 && e->layer == OBPBL_LAYER_RUNTIME))
		return -EEXIST;
	if (overlays_at(m, e) == OBPBL_MAX_OVERLAYS_AT)
		return -E2BIG;
	if (there >= 0 && !lenient)
		model_remove(m, there);
	model_put(m, e);
	return 0;
}

static int model_del(struct model *m, const struct entry *e)
{
	int at = model_find(m, e, OBPBL_LAYER_CONFIGURED), err = -ENOENT;

	if (at >= 0 && kept)
		return -EBUSY;
	if (at >= 0) {
		model_remove(m, at);
		err = 0;
	}
	at = is_overlay(e->class) ? model_find(m, e, OBPBL_LAYER_RUNTIME) : -1;
	if (at < 0)
		return err;
	model_remove(m, at);
	return 0;
}

/* Run-time overlays that are configured as well go */
static void model_absorb(struct model *m)
{
	unsigned int i = 0;

	while (i < m->n) {
		if (m->entries[i].layer == OBPBL_LAYER_RUNTIME &&
		    model_find(m, &m->entries[i], OBPBL_LAYER_CONFIGURED) >= 0)
			model_remove(m, i);
		else
			i++;
	}
}

static bool model_fits(const struct model *m)
{
	unsigned int i, j;

	for (i = 0; i < m->n; i++) {
		const struct entry *e = &m->entries[i];

		if (e->layer != OBPBL_LAYER_RUNTIME)
			continue;
		if (!m->isp[e->isp] || strcmp(m->config[e->isp].vrf, e->vrf))
			return false;
		for (j = 0; j < m->n; j++) {
			if (is_source(m->entries[j].class) &&
			    m->entries[j].isp != e->isp &&
			    !strcmp(m->entries[j].vrf, e->vrf) &&
			    same_prefix(&m->entries[j].prefix, &e->prefix))
				return false;
		}
	}
	return true;
}

/* One configuration takes the place of another */
static int model_swap(struct model *m, const struct model *to, bool lenient)
{
	struct model *next = calloc(1, sizeof(*next));
	int err;

	join(next, to, m);
	err = model_fits(next) ? 0 : MISFIT;
	if (!err) {
		*m = *next;
		if (!lenient)
			model_absorb(m);
	}
	free(next);
	return err;
}

static int model_whole(struct model *m, const struct change *c)
{
	bool settles = c->op == CONFIRM || c->op == ROLLBACK;
	struct model *both;

	if ((settles && !kept) ||
	    ((c->op == PROMOTE || c->op == PROMOTE_KEEP) && !shadow))
		return -ENOENT;
	if (kept && !settles && c->op != FLUSH)
		return -EBUSY;
	switch (c->op) {
	case FLUSH:
		memset(m, 0, sizeof(*m));
		return 0;
	case CONFIRM:
		model_absorb(m);
		return 0;
	case ROLLBACK:
		return model_swap(m, kept, true);
	case BESIDE:
		both = calloc(1, sizeof(*both));
		*both = *m;
		settles = model_swap(both, c->built, true);
		free(both);
		return settles ? MISFIT : 0;
	case PROMOTE:
	case PROMOTE_KEEP:
		return model_swap(m, shadow, c->op == PROMOTE_KEEP);
	default:
		return model_swap(m, c->built, c->op == KEEP);
	}
}

static void model_forget(struct model *m, int isp, int class, int layer)
{
	unsigned int i = 0;

	while (i < m->n) {
		if ((isp < 0 || m->entries[i].isp == isp) &&
		    (class < 0 || m->entries[i].class == class) &&
		    (layer < 0 || m->entries[i].layer == layer))
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
	return 0;
}

static int model_apply(struct model *m, const struct change *c)
{
	if (c->op > CLEAR)
		return model_whole(m, c);
	if (kept && c->op != OVERLAY_ADD && c->op != OVERLAY_DEL)
		return -EBUSY;
	if (c->op == CLEAR) {
		model_forget(m, -1, -1, OBPBL_LAYER_CONFIGURED);
		return 0;
	}
	if (c->op == ISP_ADD) {
		if (m->isp[c->isp])
			return -EEXIST;
		m->isp[c->isp] = true;
		m->config[c->isp] = c->config;
		return 0;
	}
	if (!m->isp[c->isp])
		return -ENOENT;
	switch (c->op) {
	case ADD:
	case REPLACE:
		return model_add(m, &c->entry, c->op == REPLACE);
	case OVERLAY_ADD:
		return model_kept(m, &c->entry) ?:
		       model_overlay_add(m, &c->entry, false);
	case DEL:
	case OVERLAY_DEL:
		return model_del(m, &c->entry);
	case ISP_DEL:
		model_forget(m, c->isp, -1, -1);
		m->isp[c->isp] = false;
		return 0;
	case ISP_SET:
		return model_set(m, c);
	default:
		model_forget(m, c->isp, c->entry.class, -1);
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

/* The name of the VRF of an ISP, as it is for as long as the program runs */
static const char *vrf_of(const struct model *m, u8 isp)
{
	unsigned int i;

	for (i = 0; strcmp(vrfs[i], m->config[isp].vrf); i++)
		;
	return vrfs[i];
}

static void random_entry(struct change *c)
{
	struct entry *e = &c->entry;
	u8 family = rnd(2);

	e->isp = c->isp;
	e->prefix = random_prefix(family);
	e->class = 1 + rnd(OBPBL_CLASS_TARGET);
	e->layer = OBPBL_LAYER_CONFIGURED;
	if (c->op != OVERLAY_ADD && c->op != OVERLAY_DEL)
		return;
	e->class = rnd(2) ? OBPBL_CLASS_EXEMPT : OBPBL_CLASS_QUARANTINE;
	e->layer = rnd(2);
	e->until = rnd(3);
	if (e->class == OBPBL_CLASS_QUARANTINE)
		return;
	strcpy(e->dev, devs[rnd(4)]);
	e->has_to = rnd(2);
	if (e->has_to)
		e->to = random_prefix(family);
}

/* Mostly additions, and removals of what is there */
/* An ISP with run-time entries cannot go */
static bool needed(u8 isp)
{
	unsigned int i;

	for (i = 0; i < now->n; i++) {
		if (now->entries[i].isp == isp &&
		    now->entries[i].layer == OBPBL_LAYER_RUNTIME)
			return true;
	}
	return false;
}

/*
 * A whole configuration: mostly of the ISPs and some of the entries that there
 * are, run-time ones among them, and of new ones.  What would be refused stays
 * out of it.
 */
static struct model *random_build(bool lenient)
{
	struct model *m = calloc(1, sizeof(*m)), *built = calloc(1, sizeof(*m));
	struct change c = { .op = ADD };
	unsigned int i;

	join(m, m, now);
	for (i = 0; i < ISPS; i++) {
		c.isp = i;
		random_config(&c);
		m->isp[i] = rnd(needed(i) ? 16 : 2);
		m->config[i] = now->isp[i] && rnd(16) ? now->config[i] :
							c.config;
	}
	memcpy(built->isp, m->isp, sizeof(m->isp));
	memcpy(built->config, m->config, sizeof(m->config));
	for (i = 0; i < BUILD; i++) {
		c.op = rnd(2) ? ADD : OVERLAY_ADD;
		c.isp = rnd(ISPS);
		memset(&c.entry, 0, sizeof(c.entry));
		random_entry(&c);
		if (now->n && rnd(2))
			c.entry = now->entries[rnd(now->n)];
		c.entry.layer = OBPBL_LAYER_CONFIGURED;
		if (!m->isp[c.entry.isp])
			continue;
		c.entry.vrf = vrf_of(m, c.entry.isp);
		if (is_overlay(c.entry.class) ?
		    !model_overlay_add(m, &c.entry, lenient) :
		    !model_add(m, &c.entry, false))
			model_put(built, &c.entry);
	}
	free(m);
	return built;
}

static struct change random_whole(void)
{
	static const enum op ops[] = {
		REPLACE_ALL, KEEP, KEEP, KEEP, CONFIRM, ROLLBACK, ROLLBACK,
		BESIDE, BESIDE, PROMOTE, PROMOTE_KEEP,
	};
	struct change c = { .op = ops[rnd(11)] };

	if (rnd(100) == 0)
		c.op = FLUSH;
	if (c.op == REPLACE_ALL || c.op == KEEP || c.op == BESIDE)
		c.built = random_build(c.op != REPLACE_ALL);
	return c;
}

static struct change random_change(void)
{
	static const enum op often[] = {
		ADD, ADD, ADD, ADD, ADD, REPLACE, REPLACE, OVERLAY_ADD,
		OVERLAY_ADD, OVERLAY_ADD, DEL, DEL, OVERLAY_DEL, OVERLAY_DEL,
	};
	static const enum op rare[] = { ISP_DEL, CLASS_FLUSH, CLEAR };
	struct change c = { .op = often[rnd(14)], .isp = rnd(ISPS) };
	const struct entry *e;

	if (rnd(12) == 0)
		c.op = rnd(2) ? ISP_ADD : ISP_SET;
	if (rnd(100) == 0)
		c.op = rare[rnd(3)];
	random_config(&c);
	random_entry(&c);
	e = now->n ? &now->entries[rnd(now->n)] : NULL;
	if (shadow && shadow->n && c.op == OVERLAY_ADD && rnd(4) == 0)
		e = &shadow->entries[rnd(shadow->n)];
	if (e && ((c.op == DEL && !is_overlay(e->class)) ||
		  (c.op == OVERLAY_DEL && is_overlay(e->class)))) {
		c.isp = e->isp;
		c.entry = *e;
	} else if (e && rnd(2)) {
		c.entry.prefix = e->prefix;
		c.entry.isp = c.isp = rnd(8) ? e->isp : c.isp;
		c.entry.has_to &= c.entry.to.family == e->prefix.family;
		strcpy(c.config.name, names[c.isp]);
	}
	c.entry.layer = is_overlay(c.entry.class) ? c.entry.layer :
						    OBPBL_LAYER_CONFIGURED;
	c.entry.vrf = now->isp[c.isp] ? vrf_of(now, c.isp) : "";
	return c;
}

static void begin(void)
{
	assert_int_equal(obpbl_draft_begin(&draft, &history, 1ULL << 40), 0);
	draft.max_prefixes = MAX_ENTRIES;
	draft.max_overlays = MAX_ENTRIES;
}

static void let_go(struct obpbl_policy *policy)
{
	struct obpbl_dead doomed;
	u64 freed = 0;

	if (obpbl_policy_put(&history, policy, &doomed))
		obpbl_dead_drop(&doomed, 0, false, NULL, &freed);
	history.bytes += freed;
}

/* Lets each allocation of a change fail in turn; the last time none does */
static int change_failing(const struct change *c)
{
	unsigned long nth, live = shim_alloc.live;
	u64 bytes = history.bytes;
	int err;

	for (nth = 1;; nth++) {
		begin();
		shim_alloc.fail_nth = nth;
		err = apply(c);
		if (shim_alloc.fail_nth) {
			shim_alloc.fail_nth = 0;
			return err;
		}
		assert_int_equal(err, -ENOMEM);
		obpbl_draft_abort(&draft);
		assert_int_equal(history.bytes, bytes);
		assert_int_equal(shim_alloc.live, live);
		compare(history.current_policy, now);
		compare_shadow();
	}
}

static void remember(struct model **at, const struct model *m)
{
	free(*at);
	*at = NULL;
	if (!m)
		return;
	*at = calloc(1, sizeof(**at));
	join(*at, m, NULL);
}

/* What else a change does, beside the running policy */
static void settle(const struct change *c)
{
	switch (c->op) {
	case KEEP:
	case PROMOTE_KEEP:
		remember(&kept, now);
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
	if (c->op == PROMOTE || c->op == PROMOTE_KEEP || c->op == FLUSH)
		remember(&shadow, NULL);
}

static void commit(const struct change *c)
{
	struct obpbl_aside *was = history.shadow;

	if (c->op == BESIDE) {
		obpbl_aside_free(obpbl_draft_commit_aside(&draft),
				 &history.bytes);
		return;
	}
	let_go(obpbl_draft_commit(&draft, &history));
	if (was == history.shadow)
		return;
	if (draft.promoted)
		obpbl_obj_free(was, &history.bytes);
	else
		obpbl_aside_free(was, &history.bytes);
}

static void check_outcome(int err, int want)
{
	if (want == MISFIT)
		assert_true(err == -ENOENT || err == -EBUSY ||
			    err == -EADDRINUSE);
	else
		assert_int_equal(err, want);
}

static unsigned long done[OPS];

static void step(struct model *next)
{
	struct change c = rnd(12) ? random_change() : random_whole();
	u64 bytes = history.bytes;
	int want, err;

	*next = *now;
	want = model_apply(next, &c);
	if (rnd(8) == 0) {
		err = change_failing(&c);
	} else {
		begin();
		err = apply(&c);
	}
	check_outcome(err, want);
	if (err) {
		obpbl_draft_abort(&draft);
		assert_int_equal(history.bytes, bytes);
	} else {
		settle(&c);
		*now = *next;
		commit(&c);
		done[c.op]++;
		compare(history.current_policy, now);
		compare_counts(history.current_policy, now);
		assert_int_equal(!!history.kept, !!kept);
	}
	compare_shadow();
	free(c.built);
}

static void drop_shadow(void)
{
	obpbl_aside_free(history.shadow, &history.bytes);
	history.shadow = NULL;
	remember(&shadow, NULL);
}

static void hold(struct held *h)
{
	if (h->policy) {
		compare(h->policy, h->model);
		let_go(h->policy);
		free(h->model);
	}
	h->policy = obpbl_policy_get(history.current_policy);
	h->model = malloc(sizeof(*h->model));
	*h->model = *now;
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
	unsigned long live = shim_alloc.live;
	struct held held[HELD] = { 0 };
	struct model *next = calloc(1, sizeof(*next));

	(void)unused;
	now = calloc(1, sizeof(*now));
	assert_int_equal(obpbl_history_init(&history), 0);
	for (i = 0; i < n * 4000 || (i < n * 40000 && !all_done()); i++) {
		step(next);
		if (rnd(50) == 0)
			hold(&held[rnd(HELD)]);
		if (rnd(200) == 0)
			drop_shadow();
	}
	assert_true(all_done());
	for (i = 0; i < HELD; i++) {
		if (!held[i].policy)
			continue;
		compare(held[i].policy, held[i].model);
		let_go(held[i].policy);
		free(held[i].model);
	}
	obpbl_history_exit(&history);
	assert_int_equal(history.bytes, 0);
	assert_int_equal(shim_alloc.live, live);
	remember(&kept, NULL);
	remember(&shadow, NULL);
	free(now);
	free(next);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model) };

	state = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 0) :
				 (u64)time(NULL) | 1;
	print_message("SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
