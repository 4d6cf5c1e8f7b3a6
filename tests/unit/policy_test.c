// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies and decisions against a model that is obviously right: plain lists
 * of entries, searched from end to end.
 *
 * Random changes are made to both, in a world of few addresses, so that
 * entries meet: ISPs in two VRF scopes, all classes, nests from /0 to /32 and
 * /128, both layers, overlays of every kind, sessions of devices that come and
 * go.  Each change is first tried with
 * every one of its allocations failing; that must leave the running policy and
 * its memory as they were.  Some snapshots are held across changes, and must
 * still answer as the model did then.
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

#define ISPS		4
#define MAX_ENTRIES	4096
#define HELD		4
#define FLOWS		40
#define DEVICES		6
#define MAX_SESSIONS	16

/* One prefix of one class, or one overlay, or one prefix of a session */
struct entry {
	u8 isp;
	u8 class;
	u8 layer;
	struct obpbl_prefix prefix;
	bool has_to;
	struct obpbl_prefix to;
	u64 until;
	char dev[OBPBL_DEV_NAME_SIZE];
	u32 session;		/* ifindex; 0: it is of none */
};

/* What a device has beside its prefixes, which are entries */
struct line {
	bool up;
	bool gone;
	u8 isp;
	u8 class;
};

struct model {
	bool isp[ISPS];
	struct obpbl_isp_config config[ISPS];
	struct entry entries[MAX_ENTRIES];
	unsigned int n;
	struct line lines[DEVICES + 1];
};

struct held {
	struct obpbl_policy *policy;
	struct model *model;
};

static const char *const names[ISPS] = { "alpha", "beta", "gamma", "delta" };
static const char *const vrfs[] = { "", "red" };
static const char *const devs[] = { "ppp0", "ppp1", "red", "" };

static struct obpbl_history history;
static struct obpbl_draft draft;
static struct model *now;
static struct held held[HELD];
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

static bool overlays(const struct entry *e)
{
	return is_overlay(e->class) && !e->session;
}

static bool is_source(u8 class)
{
	return class == OBPBL_CLASS_DYNAMIC || class == OBPBL_CLASS_STATIC ||
	       class == OBPBL_CLASS_SPACE || is_overlay(class);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
	if (a->isp != b->isp || a->class != b->class ||
	    a->session != b->session ||
	    !same_prefix(&a->prefix, &b->prefix))
		return false;
	return !overlays(a) ||
	       (a->has_to == b->has_to && !strcmp(a->dev, b->dev) &&
		(!a->has_to || same_prefix(&a->to, &b->to)));
}

static int model_find(const struct model *m, const struct entry *e)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (same_entry(&m->entries[i], e))
			return i;
	}
	return -1;
}

static void model_remove(struct model *m, unsigned int i)
{
	m->entries[i] = m->entries[--m->n];
}

static bool same_scope(const struct model *m, u8 a, u8 b)
{
	return !strcmp(m->config[a].vrf, m->config[b].vrf);
}

static bool other_owner(const struct model *m, const struct entry *e)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (is_source(m->entries[i].class) &&
		    m->entries[i].isp != e->isp &&
		    same_scope(m, m->entries[i].isp, e->isp) &&
		    same_prefix(&m->entries[i].prefix, &e->prefix))
			return true;
	}
	return false;
}

static unsigned int overlays_at(const struct model *m, const struct entry *e)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n; i++)
		n += overlays(&m->entries[i]) &&
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

static bool entry_applies(const struct model *m, const struct entry *e,
			  const struct obpbl_flow *f, const char *vrf, u64 when)
{
	if (!is_source(e->class) || strcmp(m->config[e->isp].vrf, vrf) ||
	    !covers(&e->prefix, f->family, f->src))
		return false;
	if (m->lines[e->session].gone)
		return false;
	if (e->until && when >= e->until)
		return false;
	if (e->dev[0] && !dev_is(e->dev, &f->in))
		return false;
	return !e->has_to || covers(&e->to, f->family, f->dst);
}

static unsigned int source_rank(const struct entry *e)
{
	if (e->session)
		return 4;
	switch (e->class) {
	case OBPBL_CLASS_QUARANTINE:
		return 6;
	case OBPBL_CLASS_EXEMPT:
		return 5;
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

static const struct entry *model_source(const struct model *m,
					const struct obpbl_flow *f, u64 when)
{
	const struct entry *best = NULL, *e;
	const char *vrf = vrf_named(m, f->in.vrf) ? f->in.vrf :
			  vrf_named(m, f->in.dev) ? f->in.dev : "";

	for (e = m->entries; e < m->entries + m->n; e++) {
		if (!entry_applies(m, e, f, vrf, when))
			continue;
		if (!best || e->prefix.len > best->prefix.len ||
		    (e->prefix.len == best->prefix.len &&
		     source_rank(e) > source_rank(best)))
			best = e;
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
		f->in.vrf = "red";
}

static void compare(const struct obpbl_policy *policy, const struct model *m)
{
	static const struct obpbl_settings all = { .mode = OBPBL_MODE_ENFORCE };
	const struct entry *src, *dst;
	struct obpbl_decision d;
	struct obpbl_flow f;
	u64 when = rnd(4);
	int i;

	for (i = 0; i < FLOWS; i++) {
		random_flow(&f);
		assert_true(obpbl_judge(policy, &f, &all, when, &d));
		src = model_source(m, &f, when);
		dst = src ? model_destination(m, src->isp, &f) : NULL;
		assert_int_equal(d.reason, model_reason(m, src, dst));
		assert_int_equal(d.src_class, src ? src->class : 0);
		assert_int_equal(d.dst_class, dst ? dst->class : 0);
		if (src) {
			assert_int_equal(d.src_len, src->prefix.len);
			assert_int_equal(d.session ? d.session->ifindex : 0,
					 src->session);
			assert_string_equal(d.isp->config.name,
					    names[src->isp]);
		}
		if (dst)
			assert_int_equal(d.dst_len, dst->prefix.len);
	}
}

/* Of one ISP, or of all */
static unsigned int session_entries(const struct model *m, int isp)
{
	unsigned int dev, i, n, all = 0;

	for (dev = 1; dev <= DEVICES; dev++) {
		for (n = i = 0; i < m->n; i++)
			n += m->entries[i].session == dev;
		if (m->lines[dev].up && (isp < 0 || m->lines[dev].isp == isp))
			all += n ? n : 1;
	}
	return all;
}

static void compare_sessions(const struct obpbl_policy *policy,
			     const struct model *m)
{
	const struct obpbl_session *session;
	const struct obpbl_isp *isp;
	unsigned int i, dev, n = 0;

	for (dev = 1; dev <= DEVICES; dev++) {
		session = obpbl_session_of(policy, dev);
		assert_int_equal(!!session,
				 m->lines[dev].up && !m->lines[dev].gone);
		n += m->lines[dev].up;
		if (!session)
			continue;
		assert_int_equal(session->isp, m->lines[dev].isp);
		assert_int_equal(session->class, m->lines[dev].class);
	}
	for (i = 0; i < m->n; i++) {
		if (!m->entries[i].session)
			continue;
		isp = obpbl_vec_get(&policy->isps, m->entries[i].isp);
		session = obpbl_session_at(policy, isp->scope,
					   &m->entries[i].prefix);
		assert_int_equal(session ? session->ifindex : 0,
				 m->lines[m->entries[i].session].gone ? 0 :
				 m->entries[i].session);
	}
	assert_int_equal(policy->sessions.count, n);
	assert_int_equal(policy->devices.count, n);
	assert_int_equal(policy->session_entries, session_entries(m, -1));
	for (i = 0; i < ISPS; i++) {
		isp = obpbl_vec_get(&policy->isps, i);
		if (isp)
			assert_int_equal(isp->session_entries,
					 session_entries(m, i));
	}
}

static void compare_counts(const struct obpbl_policy *policy,
			   const struct model *m)
{
	unsigned int i, n = 0, of_sessions = 0;

	for (i = 0; i < m->n; i++) {
		n += overlays(&m->entries[i]);
		of_sessions += !!m->entries[i].session;
	}
	assert_int_equal(policy->overlays, n);
	assert_int_equal(policy->prefixes, m->n - n - of_sessions);
	compare_sessions(policy, m);
}

/* Changes */

enum op { ADD, REPLACE, DEL, OVERLAY_ADD, OVERLAY_DEL, ISP_ADD, ISP_DEL,
	  ISP_SET, CLASS_FLUSH, CLEAR, UP, ADDR, DOWN, SWEEP, OPS };

struct change {
	enum op op;
	u8 isp;
	struct entry entry;
	struct obpbl_isp_config config;
	struct obpbl_session_config session;
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

static int apply_session(const struct change *c)
{
	struct obpbl_session_config config = c->session;

	if (c->op == UP)
		return obpbl_draft_session_up(&draft, &config);
	if (c->op == ADDR)
		return obpbl_draft_session_addr(&draft, &config);
	return obpbl_draft_session_down(&draft, config.ifindex);
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
	case UP:
	case ADDR:
	case DOWN:
		err = apply_session(c);
		break;
	case SWEEP:
		err = obpbl_draft_sessions_sweep(&draft);
		break;
	case OPS:
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

static int model_add(struct model *m, const struct entry *e, bool replace)
{
	struct entry other = *e;
	int at;

	if (is_source(e->class) && other_owner(m, e))
		return -EADDRINUSE;
	at = model_find(m, e);
	if (at >= 0 && !replace)
		return -EEXIST;
	if (at < 0)
		m->entries[m->n++] = *e;
	other.class = rival(e->class);
	at = model_find(m, &other);
	if (replace && at >= 0)
		model_remove(m, at);
	return 0;
}

static int model_overlay_add(struct model *m, const struct entry *e)
{
	int at;

	if (other_owner(m, e))
		return -EADDRINUSE;
	at = model_find(m, e);
	if (at >= 0 && (e->layer == OBPBL_LAYER_RUNTIME ||
			m->entries[at].layer == OBPBL_LAYER_CONFIGURED))
		return -EEXIST;
	if (overlays_at(m, e) == OBPBL_MAX_OVERLAYS_AT)
		return -E2BIG;
	if (at >= 0)
		model_remove(m, at);
	m->entries[m->n++] = *e;
	return 0;
}

static int model_del(struct model *m, const struct entry *e)
{
	int at = model_find(m, e);

	if (at < 0)
		return -ENOENT;
	model_remove(m, at);
	return 0;
}

static void model_forget(struct model *m, int isp, int class, int layer)
{
	unsigned int i = 0;

	while (i < m->n) {
		if ((isp < 0 || m->entries[i].isp == isp) &&
		    (class < 0 || (m->entries[i].class == class &&
				   !m->entries[i].session)) &&
		    (layer < 0 || m->entries[i].layer == layer))
			model_remove(m, i);
		else
			i++;
	}
}

static void model_down(struct model *m, u32 dev)
{
	unsigned int i = 0;

	while (i < m->n) {
		if (m->entries[i].session == dev)
			model_remove(m, i);
		else
			i++;
	}
	memset(&m->lines[dev], 0, sizeof(m->lines[dev]));
}

static bool model_has(const struct model *m, u32 dev,
		      const struct obpbl_prefix *p)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (m->entries[i].session == dev &&
		    same_prefix(&m->entries[i].prefix, p))
			return true;
	}
	return false;
}

/* Whoever's session had it */
static int model_give(struct model *m, u32 dev, const struct obpbl_prefix *p)
{
	struct entry e = { .isp = m->lines[dev].isp, .prefix = *p,
			   .class = m->lines[dev].class, .session = dev,
			   .layer = OBPBL_LAYER_RUNTIME };
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (m->entries[i].session &&
		    same_scope(m, m->entries[i].isp, e.isp) &&
		    same_prefix(&m->entries[i].prefix, p)) {
			model_remove(m, i);
			break;
		}
	}
	if (other_owner(m, &e))
		return -EADDRINUSE;
	m->entries[m->n++] = e;
	return 0;
}

/* So many prefixes of @config the session of the device does not have */
static unsigned int model_missing(const struct model *m,
				  const struct obpbl_session_config *config)
{
	unsigned int i, j, n = 0;

	for (i = 0; i < config->n; i++) {
		for (j = 0; j < i; j++) {
			if (same_prefix(&config->prefixes[i],
					&config->prefixes[j]))
				break;
		}
		n += j == i && !model_has(m, config->ifindex,
					  &config->prefixes[i]);
	}
	return n;
}

static unsigned int model_prefixes(const struct model *m, u32 dev)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n; i++)
		n += m->entries[i].session == dev;
	return n;
}

static int model_gain(struct model *m,
		      const struct obpbl_session_config *config)
{
	unsigned int i, more = model_missing(m, config);
	u32 dev = config->ifindex;
	int err = 0;

	if (more && session_entries(m, -1) + more -
	    !model_prefixes(m, dev) > MAX_SESSIONS)
		return -ENOSPC;
	for (i = 0; !err && i < config->n; i++) {
		if (!model_has(m, dev, &config->prefixes[i]))
			err = model_give(m, dev, &config->prefixes[i]);
	}
	return err;
}

static bool model_same(const struct model *m,
		       const struct obpbl_session_config *config)
{
	unsigned int i, j;

	for (i = 0; i < m->n; i++) {
		if (m->entries[i].session != config->ifindex)
			continue;
		for (j = 0; j < config->n; j++) {
			if (same_prefix(&m->entries[i].prefix,
					&config->prefixes[j]))
				break;
		}
		if (j == config->n)
			return false;
	}
	return !model_missing(m, config);
}

static int model_up(struct model *m, const struct obpbl_session_config *config)
{
	struct line want = { true, false, config->isp, config->class };
	struct line *line = &m->lines[config->ifindex];

	if (!m->isp[config->isp])
		return -ENOENT;
	if (!memcmp(line, &want, sizeof(want)) && model_same(m, config))
		return OBPBL_UNCHANGED;
	model_down(m, config->ifindex);
	*line = want;
	if (session_entries(m, -1) > MAX_SESSIONS)
		return -ENOSPC;
	return model_gain(m, config);
}

static int model_session(struct model *m, const struct change *c)
{
	const struct obpbl_session_config *config = &c->session;
	const struct line *line = &m->lines[config->ifindex];
	u32 dev;

	switch (c->op) {
	case UP:
		return model_up(m, config);
	case ADDR:
		if (!line->up || line->gone)
			return -ENOENT;
		return model_missing(m, config) ? model_gain(m, config) :
						  OBPBL_UNCHANGED;
	case DOWN:
		if (!line->up)
			return OBPBL_UNCHANGED;
		model_down(m, config->ifindex);
		return 0;
	default:
		for (dev = 1; dev <= DEVICES; dev++) {
			if (m->lines[dev].gone)
				model_down(m, dev);
		}
		return 0;
	}
}

static void model_isp_del(struct model *m, u8 isp)
{
	u32 dev;

	for (dev = 1; dev <= DEVICES; dev++) {
		if (m->lines[dev].up && m->lines[dev].isp == isp)
			model_down(m, dev);
	}
	model_forget(m, isp, -1, -1);
	m->isp[isp] = false;
}

static int model_set(struct model *m, const struct change *c)
{
	unsigned int i;

	if (session_entries(m, c->isp) &&
	    strcmp(m->config[c->isp].vrf, c->config.vrf))
		return -EBUSY;
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
	if (c->op == CLEAR) {
		model_forget(m, -1, -1, OBPBL_LAYER_CONFIGURED);
		return 0;
	}
	if (c->op >= UP)
		return model_session(m, c);
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
		return model_overlay_add(m, &c->entry);
	case DEL:
	case OVERLAY_DEL:
		return model_del(m, &c->entry);
	case ISP_DEL:
		model_isp_del(m, c->isp);
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
	strcpy(c->config.vrf, vrfs[rnd(3) == 0]);
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

static void random_session(struct change *c)
{
	static const u8 classes[] = { OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
				      OBPBL_CLASS_EXEMPT };
	struct obpbl_session_config *s = &c->session;
	const struct line *line;
	unsigned int i;

	s->ifindex = 1 + rnd(DEVICES);
	line = &now->lines[s->ifindex];
	s->isp = c->isp;
	s->class = classes[rnd(3)];
	if (line->up && rnd(2)) {
		s->isp = line->isp;
		s->class = line->class;
	}
	s->n = rnd(4);
	for (i = 0; i < s->n; i++)
		s->prefixes[i] = now->n && rnd(2) ?
				 now->entries[rnd(now->n)].prefix :
				 random_prefix(rnd(2));
	/* The same once more */
	if (rnd(3))
		return;
	for (i = s->n = 0; i < now->n; i++) {
		if (now->entries[i].session == s->ifindex)
			s->prefixes[s->n++] = now->entries[i].prefix;
	}
}

/* Mostly additions, and removals of what is there */
static struct change random_change(void)
{
	static const enum op often[] = {
		ADD, ADD, ADD, ADD, ADD, REPLACE, REPLACE, OVERLAY_ADD,
		OVERLAY_ADD, OVERLAY_ADD, DEL, DEL, OVERLAY_DEL, OVERLAY_DEL,
	};
	static const enum op rare[] = { ISP_DEL, CLASS_FLUSH, CLEAR };
	static const enum op of_sessions[] = { UP, UP, UP, ADDR, DOWN, SWEEP };
	struct change c = { .op = often[rnd(14)], .isp = rnd(ISPS) };
	const struct entry *e;

	if (rnd(12) == 0)
		c.op = rnd(2) ? ISP_ADD : ISP_SET;
	if (rnd(100) == 0)
		c.op = rare[rnd(3)];
	if (rnd(5) == 0)
		c.op = of_sessions[rnd(6)];
	random_config(&c);
	random_entry(&c);
	random_session(&c);
	e = now->n ? &now->entries[rnd(now->n)] : NULL;
	if (e && !e->session &&
	    ((c.op == DEL && !is_overlay(e->class)) ||
	     (c.op == OVERLAY_DEL && is_overlay(e->class)))) {
		c.isp = e->isp;
		c.entry = *e;
	} else if (e && rnd(2)) {
		c.entry.prefix = e->prefix;
		c.entry.isp = c.isp = rnd(8) ? e->isp : c.isp;
		c.entry.has_to &= c.entry.to.family == e->prefix.family;
		strcpy(c.config.name, names[c.isp]);
	}
	return c;
}

static void begin(void)
{
	assert_int_equal(obpbl_draft_begin(&draft, &history, 1ULL << 40), 0);
	draft.max_prefixes = MAX_ENTRIES;
	draft.max_overlays = MAX_ENTRIES;
	draft.max_sessions = MAX_SESSIONS;
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
	}
}

static void end_session(struct obpbl_policy *policy, struct model *m, u32 dev)
{
	struct line *line = &m->lines[dev];

	assert_int_equal(obpbl_session_end(policy, dev),
			 line->up && !line->gone);
	line->gone = line->up;
}

/* A mark that the running policy has set already does no harm */
static void end_shared(struct held *h, u32 dev)
{
	struct line *line = &h->model->lines[dev];

	obpbl_session_end(h->policy, dev);
	line->gone = line->up;
}

/*
 * A device goes, and there is no memory to remove its session.  The mark is in
 * the session itself, which a snapshot that is held may share.
 */
static void go(void)
{
	u32 dev = 1 + rnd(DEVICES);
	unsigned int i;

	end_session(history.current_policy, now, dev);
	for (i = 0; i < HELD; i++) {
		if (held[i].policy)
			end_shared(&held[i], dev);
	}
	compare(history.current_policy, now);
}

static void step(struct model *next)
{
	struct change c = random_change();
	u64 bytes = history.bytes;
	int want, err;

	if (rnd(20) == 0)
		go();
	*next = *now;
	want = model_apply(next, &c);
	if (rnd(8) == 0) {
		err = change_failing(&c);
	} else {
		begin();
		err = apply(&c);
	}
	assert_int_equal(err, want);
	if (err) {
		obpbl_draft_abort(&draft);
		assert_int_equal(history.bytes, bytes);
		return;
	}
	*now = *next;
	let_go(obpbl_draft_commit(&draft, &history));
	compare(history.current_policy, now);
	compare_counts(history.current_policy, now);
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

static void test_model(void **unused)
{
	unsigned long i, n = getenv("ROUNDS") ? atol(getenv("ROUNDS")) : 1;
	unsigned long live = shim_alloc.live;
	struct model *next = calloc(1, sizeof(*next));

	(void)unused;
	now = calloc(1, sizeof(*now));
	assert_int_equal(obpbl_history_init(&history), 0);
	for (i = 0; i < n * 4000; i++) {
		step(next);
		if (rnd(50) == 0)
			hold(&held[rnd(HELD)]);
	}
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
