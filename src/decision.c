// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "decision.h"

/**
 * struct view - a packet as seen from the side of the subscriber
 * @src: the subscriber's address
 * @dst: the mail server's address
 * @port: the device on the subscriber's side
 * @family: enum obpbl_family
 * @now: seconds since the epoch
 */
struct view {
	const u8 *src;
	const u8 *dst;
	const struct obpbl_port *port;
	u8 family;
	u64 now;
};

static bool vrf_scope(const struct obpbl_policy *policy, const char *name,
		      u32 *index)
{
	u8 key[OBPBL_KEY_SIZE] = { 0 };

	if (!name)
		return false;
	memcpy(key, name, strnlen(name, OBPBL_DEV_NAME_SIZE - 1));
	return obpbl_trie_get(&policy->vrfs, key, 128, index);
}

/*
 * What arrives in a VRF that some ISP names belongs to that VRF's tables
 * alone, since inside addresses may overlap; all else to scope 0.
 */
static const struct obpbl_scope *scope_of(const struct obpbl_policy *policy,
					  const struct obpbl_port *port)
{
	u32 index = 0;

	if (policy->vrfs.count && !vrf_scope(policy, port->vrf, &index))
		vrf_scope(policy, port->dev, &index);
	return obpbl_vec_get(&policy->scopes, index);
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

static void add_session(const struct obpbl_policy *policy, u32 value,
			struct found *found)
{
	const struct obpbl_session *session;

	session = obpbl_vec_get(&policy->sessions, obpbl_value_session(value));
	found->isp = session->isp;
	if (!READ_ONCE(session->gone))
		found->session = session;
}

static void add_entry(const struct obpbl_policy *policy, u8 layer, u32 value,
		      const struct view *view, struct found *found)
{
	const struct obpbl_spot *spot;

	if (obpbl_value_is_session(value)) {
		add_session(policy, value, found);
		return;
	}
	if (!obpbl_value_is_spot(value)) {
		found->isp = obpbl_value_isp(value);
		found->classes |= obpbl_value_classes(value);
		return;
	}
	spot = obpbl_vec_get(&policy->spots[layer], obpbl_value_spot(value));
	found->isp = spot->isp;
	found->classes |= spot->classes | overlay_classes(spot, view);
	if (spot->session)
		add_session(policy, spot->session, found);
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

/* The most specific source entry of at most @maxlen bits, in both layers */
static bool source_entry(const struct obpbl_policy *policy,
			 const struct obpbl_scope *scope,
			 const struct view *view, unsigned int maxlen,
			 struct obpbl_decision *d, u16 *isp)
{
	struct obpbl_match match[OBPBL_LAYERS];
	bool matched[OBPBL_LAYERS];
	struct found found = { };
	int len = -1;
	u8 layer;

	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		matched[layer] = obpbl_trie_lookup(
			&scope->src[layer][view->family], view->src, maxlen,
			&match[layer]);
		if (matched[layer])
			len = max_t(int, len, match[layer].len);
	}
	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		if (matched[layer] && match[layer].len == len)
			add_entry(policy, layer, match[layer].value, view,
				  &found);
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

/* Resolves the source: the first entry from the most specific that applies */
static bool find_source(const struct obpbl_policy *policy,
			const struct view *view, struct obpbl_decision *d)
{
	const struct obpbl_scope *scope = scope_of(policy, view->port);
	int maxlen = obpbl_family_bits(view->family);
	u16 isp;

	if (!scope)
		return false;
	do {
		if (!source_entry(policy, scope, view, maxlen, d, &isp))
			return false;
		maxlen = d->src_len - 1;
	} while (d->src_class == OBPBL_CLASS_NONE && maxlen >= 0);
	if (d->src_class == OBPBL_CLASS_NONE)
		return false;
	d->isp = obpbl_vec_get(&policy->isps, isp);
	return true;
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

static void decide(const struct obpbl_policy *policy, const struct view *view,
		   const struct obpbl_settings *settings,
		   struct obpbl_decision *d)
{
	memset(d, 0, sizeof(*d));
	if (!find_source(policy, view, d)) {
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
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { flow->src, flow->dst, &flow->in, flow->family,
			     now };

	if (!flow->malformed &&
	    (flow->dport != OBPBL_PORT ||
	     (settings->established && !opens(flow))))
		return false;
	decide(policy, &view, settings, d);
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
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { flow->dst, flow->src, &flow->out, flow->family,
			     now };

	if (!policy->reverse || flow->malformed || flow->sport != OBPBL_PORT ||
	    !(flow->tcp_flags & OBPBL_TCP_ACK) ||
	    (settings->established && !answers_opening(flow)))
		return false;
	decide(policy, &view, settings, d);
	if (!blocks(d->reason) || !d->isp->config.reverse ||
	    (d->limited && !answers_opening(flow)))
		return false;
	conclude(d, OBPBL_REASON_REVERSE);
	d->reverse = true;
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
 * A packet to port 25 is judged by its own direction first.  If that lets it
 * pass and it comes from port 25, the direction that it answers is judged as
 * well, and only a "block" of that counts.
 *
 * Context: any; @policy must be protected from being freed for as long as
 * @decision is used.
 * Return: false if the packet is none of ours: it passes uncounted.
 */
bool obpbl_judge(const struct obpbl_policy *policy,
		 const struct obpbl_flow *flow,
		 const struct obpbl_settings *settings, u64 now,
		 struct obpbl_decision *decision)
{
	struct obpbl_decision reverse;
	bool judged;

	judged = judge_forward(policy, flow, settings, now, decision);
	if (judged && decision->verdict != OBPBL_VERDICT_PASS)
		return true;
	if (!judge_reverse(policy, flow, settings, now, &reverse))
		return judged;
	*decision = reverse;
	return true;
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
