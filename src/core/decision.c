// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "decision.h"
#include "entry.h"

/**
 * struct view - a packet as seen from the side of the subscriber
 * @table: what is configured
 * @runtime: what was added at run time
 * @src: the subscriber's address
 * @dst: the mail server's address
 * @port: the device on the subscriber's side
 * @family: enum obpbl_family
 * @now: seconds since the epoch
 */
struct view {
	const struct obpbl_table *table;
	const struct obpbl_table *runtime;
	const u8 *src;
	const u8 *dst;
	const struct obpbl_port *port;
	u8 family;
	u64 now;
};

/*
 * What arrives in a VRF that some ISP names belongs to that VRF's tables
 * alone, since inside addresses may overlap; all else to scope 0.
 */
static const struct obpbl_scope *scope_of(const struct obpbl_table *table,
					  const struct obpbl_port *port,
					  u32 *index)
{
	const struct obpbl_scope *scope = NULL;

	if (unlikely(table->vrfs.count)) {
		if (port->vrf)
			scope = obpbl_scope_find(table, port->vrf, index);
		if (!scope && port->dev)
			scope = obpbl_scope_find(table, port->dev, index);
		if (scope)
			return scope;
	}
	*index = 0;
	return obpbl_array_get(&table->scopes, 0);
}

/* The scope of the same VRF in another table */
static const struct obpbl_scope *same_scope(const struct obpbl_table *table,
					    const struct obpbl_scope *scope)
{
	u32 index;

	if (likely(!scope || !scope->vrf[0]))
		return obpbl_array_get(&table->scopes, 0);
	return obpbl_scope_find(table, scope->vrf, &index);
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

/**
 * struct source - what a source prefix says of a packet
 * @isp: whose it is; NULL: nobody's who is configured here
 * @classes: of prefixes, and of overlays that apply, as bits
 * @session: its session; NULL: none
 */
struct source {
	const struct obpbl_isp *isp;
	u8 classes;
	const struct obpbl_session *session;
};

/*
 * Whether what was added at run time for an ISP counts: only for one that is
 * configured in this scope, and only if the prefix is not another's.  The first
 * that counts makes the prefix its own.
 */
static bool counts(const struct view *view, u32 scope, u16 isp,
		   struct source *source)
{
	const struct obpbl_isp *owner = source->isp;

	if (owner)
		return owner->number == isp;
	owner = obpbl_array_get(&view->table->isps, isp);
	if (!owner || owner->scope != scope)
		return false;
	source->isp = owner;
	return true;
}

static void see_overlays(const struct view *view, u32 scope,
			 const struct obpbl_entry *entry,
			 struct source *source)
{
	const struct obpbl_overlay *overlay;
	unsigned int i;

	for (i = 0; i < entry->n; i++) {
		overlay = entry->overlays[i];
		if (applies(overlay, view) &&
		    counts(view, scope, overlay->isp, source))
			source->classes |= OBPBL_BIT(overlay->class);
	}
}

static void see_configured(const struct view *view, u32 scope, u32 value,
			   struct source *source)
{
	struct obpbl_entry_info info;

	obpbl_entry_decode(view->table, value, &info);
	source->isp = obpbl_array_get(&view->table->isps, info.isp);
	source->classes = info.classes;
	if (info.entry)
		see_overlays(view, scope, info.entry, source);
}

static void see_runtime(const struct view *view, u32 scope, u32 value,
			struct source *source)
{
	const struct obpbl_session *session;
	struct obpbl_entry_info info;

	obpbl_entry_decode(view->runtime, value, &info);
	if (info.entry)
		see_overlays(view, scope, info.entry, source);
	session = obpbl_session_of_value(view->runtime, info.session);
	if (session && !READ_ONCE(session->gone) &&
	    counts(view, scope, session->isp, source))
		source->session = session;
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

/* What the prefixes of one length say, in both tables; whether it applies */
static bool see_source(const struct view *view, u32 scope, int len,
		       const struct obpbl_match *configured,
		       const struct obpbl_match *runtime,
		       struct obpbl_decision *d)
{
	struct source source = { };

	if (configured)
		see_configured(view, scope, configured->value, &source);
	if (runtime)
		see_runtime(view, scope, runtime->value, &source);
	/* A session stands between overlays and what else the prefix is */
	d->session = NULL;
	if (source.session && !(source.classes & OBPBL_OVERLAY_CLASSES)) {
		d->session = source.session;
		source.classes = OBPBL_BIT(source.session->class);
	}
	d->isp = source.isp;
	d->src_len = len;
	d->src_class = source_class(source.classes);
	return d->src_class != OBPBL_CLASS_NONE;
}

/* The first source entry from the most specific on that applies */
static bool find_source(const struct view *view, struct obpbl_decision *d)
{
	int maxlen = obpbl_family_bits(view->family), len;
	const struct obpbl_scope *scope, *beside;
	struct obpbl_match match, run;
	bool matched, ran = false;
	u32 index;

	scope = scope_of(view->table, view->port, &index);
	beside = same_scope(view->runtime, scope);
	do {
		matched = scope &&
			  obpbl_trie_lookup(&scope->src[view->family],
					    view->src, maxlen, &match);
		ran = beside &&
		      obpbl_trie_lookup(&beside->src[view->family], view->src,
					maxlen, &run);
		if (!matched && !ran)
			break;
		len = max_t(int, matched ? match.len : -1, ran ? run.len : -1);
		if (see_source(view, index, len,
			       matched && match.len == len ? &match : NULL,
			       ran && run.len == len ? &run : NULL, d))
			return true;
		maxlen = len - 1;
	} while (maxlen >= 0);
	d->isp = NULL;
	d->session = NULL;
	return false;
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
static bool judge_forward(const struct obpbl_table *table,
			  const struct obpbl_table *runtime,
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { table, runtime, flow->src, flow->dst, &flow->in,
			     flow->family, now };

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
static bool judge_reverse(const struct obpbl_table *table,
			  const struct obpbl_table *runtime,
			  const struct obpbl_flow *flow,
			  const struct obpbl_settings *settings, u64 now,
			  struct obpbl_decision *d)
{
	struct view view = { table, runtime, flow->dst, flow->src, &flow->out,
			     flow->family, now };

	if (!table->reverse || flow->malformed || flow->sport != OBPBL_PORT ||
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
 * obpbl_judge() - judge a TCP packet
 * @policy: the snapshot
 * @slot: OBPBL_LIVE, or OBPBL_SHADOW if there is one
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
bool obpbl_judge(const struct obpbl_policy *policy, enum obpbl_slot slot,
		 const struct obpbl_flow *flow,
		 const struct obpbl_settings *settings, u64 now,
		 struct obpbl_decision *decision)
{
	const struct obpbl_table *runtime = policy->slot[OBPBL_RUNTIME];
	const struct obpbl_table *table = policy->slot[slot];
	struct obpbl_decision reverse;
	bool judged;

	judged = judge_forward(table, runtime, flow, settings, now, decision);
	if (judged && decision->verdict != OBPBL_VERDICT_PASS)
		return true;
	if (!judge_reverse(table, runtime, flow, settings, now, &reverse))
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
