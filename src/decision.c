// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "decision.h"

/**
 * struct view - a packet as seen from the side of the subscriber
 * @part: what is configured
 * @tables: source entries by enum obpbl_layer
 * @sessions: those that run-time entries name
 * @src: the subscriber's address
 * @dst: the mail server's address
 * @port: the device on the subscriber's side
 * @family: enum obpbl_family
 * @now: seconds since the epoch
 */
struct view {
	const struct obpbl_part *part;
	const struct obpbl_tables *tables[OBPBL_LAYERS];
	const struct obpbl_vec *sessions;
	const u8 *src;
	const u8 *dst;
	const struct obpbl_port *port;
	u8 family;
	u64 now;
};

static bool vrf_scope(const struct obpbl_part *part, const char *name,
		      u32 *index)
{
	u8 key[OBPBL_KEY_SIZE] = { 0 };

	if (!name)
		return false;
	memcpy(key, name, strnlen(name, OBPBL_DEV_NAME_SIZE - 1));
	return obpbl_trie_get(&part->vrfs, key, 128, index);
}

/*
 * What arrives in a VRF that some ISP names belongs to that VRF's tables
 * alone, since inside addresses may overlap; all else to scope 0.
 */
static u32 scope_of(const struct obpbl_part *part,
		    const struct obpbl_port *port)
{
	u32 index = 0;

	if (part->vrfs.count && !vrf_scope(part, port->vrf, &index))
		vrf_scope(part, port->dev, &index);
	return index;
}

static bool names(const char *name, const char *dev)
{
	return dev && !strcmp(name, dev);
}

static bool applies(const struct obpbl_overlay *overlay,
		    const struct view *view)
{
	if (overlay->until && view->now >= overlay->until)
		return false;
	if (overlay->dev[0] && !names(overlay->dev, view->port->dev) &&
	    !names(overlay->dev, view->port->vrf))
		return false;
	return !overlay->has_to ||
	       obpbl_prefix_covers(&overlay->to, view->family, view->dst);
}

/* The classes of the overlays that apply, as bits */
static u8 overlay_classes(const struct obpbl_spot *spot,
			  const struct view *view)
{
	u8 classes = 0;
	unsigned int i;

	for (i = 0; i < spot->n; i++) {
		if (applies(spot->overlays[i], view))
			classes |= OBPBL_BIT(spot->overlays[i]->class);
	}
	return classes;
}

/**
 * struct found - what a source prefix says of a packet
 * @isp: whose it is
 * @classes: of prefixes, and of overlays that apply, as bits
 * @session: its session; NULL: none
 */
struct found {
	u16 isp;
	u8 classes;
	const struct obpbl_session *session;
};

static void find_session(const struct view *view, u32 value,
			 struct found *found)
{
	const struct obpbl_session *session;

	session = obpbl_vec_get(view->sessions, obpbl_value_session(value));
	found->isp = session->isp;
	if (!READ_ONCE(session->gone))
		found->session = session;
}

static void find_entry(const struct view *view, u8 layer, u32 value,
		       struct found *found)
{
	const struct obpbl_spot *spot;

	memset(found, 0, sizeof(*found));
	if (obpbl_value_is_session(value)) {
		find_session(view, value, found);
		return;
	}
	if (!obpbl_value_is_spot(value)) {
		found->isp = obpbl_value_isp(value);
		found->classes = obpbl_value_classes(value);
		return;
	}
	spot = obpbl_vec_get(&view->tables[layer]->spots,
			     obpbl_value_spot(value));
	found->isp = spot->isp;
	found->classes = spot->classes | overlay_classes(spot, view);
	if (spot->session)
		find_session(view, spot->session, found);
}

static u8 source_class(u8 classes)
{
	static const u8 order[] = {
		OBPBL_CLASS_QUARANTINE, OBPBL_CLASS_EXEMPT,
		OBPBL_CLASS_STATIC, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_SPACE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (classes & OBPBL_BIT(order[i]))
			return order[i];
	}
	return OBPBL_CLASS_NONE;
}

/**
 * struct sources - where the entries for a packet's source are
 * @scope: by enum obpbl_layer; NULL where there are none
 */
struct sources {
	const struct obpbl_scope *scope[OBPBL_LAYERS];
};

/*
 * The most specific source entry of at most @maxlen bits, in both layers.  One
 * prefix has one owner in both; only beside a shadow can it have two, and then
 * what is configured counts.
 */
static bool source_entry(const struct view *view, const struct sources *sources,
			 unsigned int maxlen, struct obpbl_decision *d,
			 u16 *isp)
{
	struct obpbl_match match[OBPBL_LAYERS];
	struct found found = { }, more;
	bool matched[OBPBL_LAYERS];
	int len = -1;
	u8 layer;

	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		const struct obpbl_scope *scope = sources->scope[layer];

		matched[layer] = scope &&
			obpbl_trie_lookup(&scope->src[view->family], view->src,
					  maxlen, &match[layer]);
		if (matched[layer])
			len = max_t(int, len, match[layer].len);
	}
	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		if (!matched[layer] || match[layer].len != len)
			continue;
		find_entry(view, layer, match[layer].value, &more);
		if (found.classes && more.isp != found.isp)
			continue;
		found.isp = more.isp;
		found.classes |= more.classes;
		found.session = more.session;
	}
	/* A session stands between overlays and what else the prefix is */
	d->session = NULL;
	if (found.session && !(found.classes & OBPBL_OVERLAY_CLASSES)) {
		d->session = found.session;
		found.classes = OBPBL_BIT(found.session->class);
	}
	d->src_len = len;
	d->src_class = source_class(found.classes);
	*isp = found.isp;
	return len >= 0;
}

static void find_sources(const struct view *view, struct sources *sources)
{
	u32 index = scope_of(view->part, view->port);
	u8 layer;

	for (layer = 0; layer < OBPBL_LAYERS; layer++)
		sources->scope[layer] =
			obpbl_vec_get(&view->tables[layer]->scopes, index);
}

/*
 * Resolves the source: the first entry from the most specific that applies.
 * One of an ISP that is not configured, which only a shadow can meet, does not.
 */
static bool find_source(const struct view *view, struct obpbl_decision *d)
{
	int maxlen = obpbl_family_bits(view->family);
	struct sources sources;
	u16 isp = 0;

	find_sources(view, &sources);
	do {
		if (!source_entry(view, &sources, maxlen, d, &isp))
			return false;
		if (d->src_class != OBPBL_CLASS_NONE)
			d->isp = obpbl_vec_get(&view->part->isps, isp);
		maxlen = d->src_len - 1;
	} while (!d->isp && maxlen >= 0);
	return d->isp;
}

static void find_destination(const struct view *view,
			     struct obpbl_decision *d)
{
	const struct obpbl_trie *trie = &d->isp->dst[view->family];
	struct obpbl_match match;

	if (!obpbl_trie_lookup(trie, view->dst,
			       obpbl_family_bits(view->family), &match))
		return;
	d->dst_len = match.len;
	if (match.value & OBPBL_BIT(OBPBL_CLASS_RELAY))
		d->dst_class = OBPBL_CLASS_RELAY;
	else if (match.value & OBPBL_BIT(OBPBL_CLASS_TARGET))
		d->dst_class = OBPBL_CLASS_TARGET;
	else
		d->dst_class = OBPBL_CLASS_SPACE;
}

static u8 dynamic_reason(u8 policy, u8 dst_class)
{
	if (dst_class == OBPBL_CLASS_RELAY)
		return OBPBL_REASON_RELAY;
	if (policy == OBPBL_POLICY_RELAY_ONLY)
		return OBPBL_REASON_NOT_RELAY;
	if (dst_class == OBPBL_CLASS_TARGET)
		return OBPBL_REASON_TARGET;
	if (dst_class == OBPBL_CLASS_SPACE)
		return OBPBL_REASON_INSIDE;
	return policy == OBPBL_POLICY_TARGETS ? OBPBL_REASON_NOT_TARGET :
						OBPBL_REASON_OUTSIDE;
}

static u8 reason_of(const struct obpbl_decision *d)
{
	if (d->mode == OBPBL_MODE_OFF)
		return OBPBL_REASON_OFF;
	switch (d->src_class) {
	case OBPBL_CLASS_SPACE:
		return OBPBL_REASON_OWN;
	case OBPBL_CLASS_STATIC:
		return OBPBL_REASON_STATIC;
	case OBPBL_CLASS_EXEMPT:
		return OBPBL_REASON_EXEMPT;
	case OBPBL_CLASS_QUARANTINE:
		return d->dst_class == OBPBL_CLASS_RELAY ?
			OBPBL_REASON_RELAY : OBPBL_REASON_QUARANTINE;
	default:
		return dynamic_reason(d->isp->config.policy, d->dst_class);
	}
}

static bool blocks(u8 reason)
{
	return reason >= OBPBL_REASON_OUTSIDE;
}

static void conclude(struct obpbl_decision *d, u8 reason)
{
	d->reason = reason;
	if (!blocks(reason))
		d->verdict = OBPBL_VERDICT_PASS;
	else if (d->mode == OBPBL_MODE_ENFORCE)
		d->verdict = OBPBL_VERDICT_BLOCK;
	else
		d->verdict = OBPBL_VERDICT_WOULD_BLOCK;
}

static void decide(const struct view *view,
		   const struct obpbl_settings *settings,
		   struct obpbl_decision *d)
{
	memset(d, 0, sizeof(*d));
	if (!find_source(view, d)) {
		d->src_class = OBPBL_CLASS_NONE;
		d->mode = settings->mode;
		conclude(d, OBPBL_REASON_FOREIGN);
		return;
	}
	find_destination(view, d);
	d->mode = min(d->isp->config.mode, settings->mode);
	conclude(d, reason_of(d));
	d->limited = d->isp->config.limit && blocks(d->reason) &&
		     d->src_class == OBPBL_CLASS_DYNAMIC;
}

static bool opens(const struct obpbl_flow *flow)
{
	return (flow->tcp_flags & (OBPBL_TCP_SYN | OBPBL_TCP_ACK)) ==
	       OBPBL_TCP_SYN;
}

static bool answers_opening(const struct obpbl_flow *flow)
{
	return (flow->tcp_flags & (OBPBL_TCP_SYN | OBPBL_TCP_ACK)) ==
	       (OBPBL_TCP_SYN | OBPBL_TCP_ACK);
}

/* Whether the packet, towards port 25, is judged; and if so, how */
static bool judge_forward(const struct obpbl_policy *policy,
			  const struct obpbl_part *part,
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { part, { &part->tables, &policy->runtime },
			     &policy->sessions,
			     flow->src, flow->dst, &flow->in, flow->family,
			     now };

	if (!flow->malformed &&
	    (flow->dport != OBPBL_PORT ||
	     (settings->established && !opens(flow))))
		return false;
	decide(&view, settings, d);
	/* What the limit has let through goes on, so only openings count */
	if (!flow->malformed)
		return !d->limited || opens(flow);
	/* Not known to be for port 25, so only a subject pair is concerned */
	if (!blocks(d->reason))
		return false;
	conclude(d, flow->malformed);
	d->limited = false;
	return true;
}

/*
 * Whether the packet is an answer to what would have been blocked ("triangular
 * spamming": Qian et al., "Investigation of Triangular Spamming", IEEE
 * Symposium on Security and Privacy, 2010).
 */
static bool judge_reverse(const struct obpbl_policy *policy,
			  const struct obpbl_part *part,
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { part, { &part->tables, &policy->runtime },
			     &policy->sessions,
			     flow->dst, flow->src, &flow->out, flow->family,
			     now };

	if (!part->reverse || flow->malformed || flow->sport != OBPBL_PORT ||
	    !(flow->tcp_flags & OBPBL_TCP_ACK) ||
	    (settings->established && !answers_opening(flow)))
		return false;
	decide(&view, settings, d);
	if (!blocks(d->reason) || !d->isp->config.reverse ||
	    (d->limited && !answers_opening(flow)))
		return false;
	conclude(d, OBPBL_REASON_REVERSE);
	d->reverse = true;
	return true;
}

/**
 * obpbl_judge_by() - judge a TCP packet by one or another configuration
 * @policy: the snapshot, whose run-time entries count
 * @part: what is configured: of the snapshot itself, or of a shadow
 * @flow: the packet
 * @settings: the sysctls
 * @now: seconds since the epoch, by which overlays end
 * @decision: where the verdict goes; undefined if there is none
 *
 * A packet to port 25 is judged by its own direction first.  If that lets it
 * pass and it comes from port 25, the direction that it answers is judged as
 * well, and only a "block" of that counts.
 *
 * Context: any; @policy and @part must be protected from being freed for as
 * long as @decision is used.
 * Return: false if the packet is none of ours: it passes uncounted.
 */
bool obpbl_judge_by(const struct obpbl_policy *policy,
		    const struct obpbl_part *part,
		    const struct obpbl_flow *flow,
		    const struct obpbl_settings *settings, u64 now,
		    struct obpbl_decision *decision)
{
	struct obpbl_decision reverse;
	bool judged;

	judged = judge_forward(policy, part, flow, settings, now, decision);
	if (judged && decision->verdict != OBPBL_VERDICT_PASS)
		return true;
	if (!judge_reverse(policy, part, flow, settings, now, &reverse))
		return judged;
	*decision = reverse;
	return true;
}

/**
 * obpbl_judge() - judge a TCP packet
 * @policy: the snapshot
 * @flow: the packet
 * @settings: the sysctls
 * @now: seconds since the epoch, by which overlays end
 * @decision: where the verdict goes; undefined if there is none
 *
 * Context: as obpbl_judge_by().
 * Return: likewise.
 */
bool obpbl_judge(const struct obpbl_policy *policy,
		 const struct obpbl_flow *flow,
		 const struct obpbl_settings *settings, u64 now,
		 struct obpbl_decision *decision)
{
	return obpbl_judge_by(policy, &policy->configured, flow, settings, now,
			      decision);
}

/**
 * obpbl_decision_limit() - finish a decision of an ISP with a limit
 * @decision: a decision whose @limited is set
 * @under: the source has made fewer new connections than its ISP's limit
 */
void obpbl_decision_limit(struct obpbl_decision *decision, bool under)
{
	decision->limited = false;
	if (under)
		conclude(decision, OBPBL_REASON_UNDER_LIMIT);
	else if (!decision->reverse)
		conclude(decision, OBPBL_REASON_LIMIT);
}
