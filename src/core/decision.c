// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "decision.h"
#include "entry.h"
#include "uninitialized.h"

/**
 * struct view - a packet as seen from the side of the subscriber
 * @policy: the snapshot
 * @flow: the packet
 * @question: both, and what else there is to know
 * @slot: OBPBL_LIVE or OBPBL_SHADOW
 * @reverse: it is an answer, and the subscriber is whom it goes to
 *
 * Goes by value: so it stays in registers, unless an unusual packet needs more.
 */
struct view {
	const struct obpbl_policy *policy;
	const struct obpbl_flow *flow;
	const struct obpbl_question *question;
	enum obpbl_slot slot;
	bool reverse;
};

static const u8 *subscriber_of(struct view view)
{
	return view.reverse ? view.flow->dst : view.flow->src;
}

static const u8 *server_of(struct view view)
{
	return view.reverse ? view.flow->src : view.flow->dst;
}

/* The device on the subscriber's side */
static const struct obpbl_port *port_of(struct view view)
{
	return view.reverse ? &view.flow->out : &view.flow->in;
}

static u8 family_of(struct view view)
{
	return view.flow->family;
}

/* What is configured */
static const struct obpbl_table *table_of(struct view view)
{
	return view.policy->slot[view.slot];
}

/* What was added at run time */
static const struct obpbl_table *runtime_of(struct view view)
{
	return view.policy->slot[OBPBL_RUNTIME];
}

/**
 * struct sources - where the subscriber is looked for
 * @configured: among what is configured
 * @runtime: among what was added at run time, in the same VRF
 * @scope: index of the scope that @configured is of
 */
struct sources {
	const struct obpbl_trie *configured;
	const struct obpbl_trie *runtime;
	u32 scope;
};

/*
 * What arrives in a VRF that some ISP names belongs to that VRF's tables
 * alone, since inside addresses may overlap; all else to scope 0.
 */
static const struct obpbl_scope *scope_of(struct view view, u32 *index)
{
	const struct obpbl_table *table = table_of(view);
	const struct obpbl_port *port = port_of(view);
	const struct obpbl_scope *scope = NULL;

	if (table->vrfs.count) {
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

/* The scope of the same VRF among what was added at run time */
static const struct obpbl_scope *scope_beside(struct view view,
					      const struct obpbl_scope *scope)
{
	const struct obpbl_table *runtime = runtime_of(view);
	u32 index;

	if (!scope || !scope->vrf[0])
		return obpbl_array_get(&runtime->scopes, 0);
	return obpbl_scope_find(runtime, scope->vrf, &index);
}

/* The long way, which is right for any policy, also one in the making */
static noinline void sources_by_scope(struct view view, struct sources *sources)
{
	static const struct obpbl_trie none;
	const struct obpbl_scope *scope, *beside;

	scope = scope_of(view, &sources->scope);
	beside = scope_beside(view, scope);
	sources->configured = scope ? &scope->src[family_of(view)] : &none;
	sources->runtime = beside ? &beside->src[family_of(view)] : &none;
}

static __always_inline struct sources sources_of(struct view view)
{
	struct sources sources = {
		.configured = &view.policy->plain[view.slot][family_of(view)],
		.runtime = &view.policy->plain[OBPBL_RUNTIME][family_of(view)],
	};

	if (unlikely(!view.policy->portless))
		sources_by_scope(view, &sources);
	return sources;
}

static bool names(const char *name, const char *dev)
{
	return dev && !strcmp(name, dev);
}

static bool applies(const struct obpbl_overlay *overlay,
		    struct view view)
{
	const struct obpbl_port *port = port_of(view);

	if (overlay->until && view.question->now >= overlay->until)
		return false;
	if (overlay->dev[0] && !names(overlay->dev, port->dev) &&
	    !names(overlay->dev, port->vrf))
		return false;
	return !overlay->has_to ||
	       obpbl_prefix_covers(&overlay->to, family_of(view),
				   server_of(view));
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
static bool counts(struct view view, u32 scope, u16 isp, struct source *source)
{
	const struct obpbl_isp *owner = source->isp;

	if (owner)
		return owner->number == isp;
	owner = obpbl_isp_get(table_of(view), isp);
	if (!owner || owner->scope != scope)
		return false;
	source->isp = owner;
	return true;
}

static void see_overlays(struct view view, u32 scope,
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

static void see_configured(struct view view, u32 scope, u32 value,
			   struct source *source)
{
	struct obpbl_entry_info info;

	obpbl_entry_decode(table_of(view), value, &info);
	source->isp = obpbl_isp_get(table_of(view), info.isp);
	source->classes = info.classes;
	if (info.entry)
		see_overlays(view, scope, info.entry, source);
}

static void see_runtime(struct view view, u32 scope, u32 value,
			struct source *source)
{
	const struct obpbl_session *session;
	struct obpbl_entry_info info;

	obpbl_entry_decode(runtime_of(view), value, &info);
	if (info.entry)
		see_overlays(view, scope, info.entry, source);
	session = obpbl_session_of_value(runtime_of(view), info.session);
	if (session && !READ_ONCE(session->gone) &&
	    counts(view, scope, session->isp, source))
		source->session = session;
}

static noinline struct source see_all(struct view view, u32 scope,
				      const struct obpbl_match *configured,
				      const struct obpbl_match *runtime)
{
	struct source source = { };

	if (configured)
		see_configured(view, scope, configured->value, &source);
	if (runtime)
		see_runtime(view, scope, runtime->value, &source);
	return source;
}

/* As see_all(), where an ISP and its classes are all that there is */
static __always_inline struct source see_plain(struct view view, u32 value)
{
	return (struct source){
		.isp = obpbl_isp_get(table_of(view), obpbl_value_isp(value)),
		.classes = value,
	};
}

/* The strongest of some classes */
static u8 source_class(u8 classes)
{
	if (classes & OBPBL_BIT(OBPBL_CLASS_QUARANTINE))
		return OBPBL_CLASS_QUARANTINE;
	if (classes & OBPBL_BIT(OBPBL_CLASS_EXEMPT))
		return OBPBL_CLASS_EXEMPT;
	if (classes & OBPBL_BIT(OBPBL_CLASS_STATIC))
		return OBPBL_CLASS_STATIC;
	if (classes & OBPBL_BIT(OBPBL_CLASS_DYNAMIC))
		return OBPBL_CLASS_DYNAMIC;
	if (classes & OBPBL_BIT(OBPBL_CLASS_SPACE))
		return OBPBL_CLASS_SPACE;
	return OBPBL_CLASS_NONE;
}

/* What the prefixes of one length say, in both tables; whether it applies */
static __always_inline bool see_source(struct view view, u32 scope, int len,
				       const struct obpbl_match *configured,
				       const struct obpbl_match *runtime,
				       struct obpbl_decision *d)
{
	struct source source OBPBL_UNINITIALIZED;

	if (likely(!runtime && obpbl_value_plain(configured->value)))
		source = see_plain(view, configured->value);
	else
		source = see_all(view, scope, configured, runtime);
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

/* Mostly there is nothing at run time, which is known without a call */
static __always_inline bool find(const struct obpbl_trie *trie, struct view view,
				 int maxlen, struct obpbl_match *match)
{
	return trie->root && obpbl_trie_lookup(trie, subscriber_of(view),
					       maxlen, match);
}

/* The first source entry from the most specific on that applies */
static __always_inline bool find_source(struct view view,
					struct obpbl_decision *d)
{
	struct obpbl_match match OBPBL_UNINITIALIZED, run OBPBL_UNINITIALIZED;
	int maxlen = obpbl_family_bits(family_of(view)), len;
	struct sources sources = sources_of(view);
	bool matched, ran;

	do {
		matched = find(sources.configured, view, maxlen, &match);
		ran = find(sources.runtime, view, maxlen, &run);
		if (!matched && !ran)
			break;
		len = max_t(int, matched ? match.len : -1, ran ? run.len : -1);
		if (see_source(view, sources.scope, len,
			       matched && match.len == len ? &match : NULL,
			       ran && run.len == len ? &run : NULL, d))
			return true;
		maxlen = len - 1;
	} while (maxlen >= 0);
	d->isp = NULL;
	d->session = NULL;
	return false;
}

static __always_inline void find_destination(struct view view,
					     struct obpbl_decision *d)
{
	const struct obpbl_trie *trie = &d->isp->dst[family_of(view)];
	struct obpbl_match match OBPBL_UNINITIALIZED;

	if (!obpbl_trie_lookup(trie, server_of(view),
			       obpbl_family_bits(family_of(view)), &match))
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

static __always_inline u8 reason_of(const struct obpbl_decision *d)
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

static __always_inline void decide(struct view view,
				   struct obpbl_decision *d)
{
	const struct obpbl_settings *settings = &view.question->settings;

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
static __always_inline bool
judge_forward(const struct obpbl_question *question, enum obpbl_slot slot,
	      struct obpbl_decision *d)
{
	const struct obpbl_flow *flow = question->flow;
	struct view view = { question->policy, flow, question, slot, false };

	if (!flow->malformed &&
	    (flow->dport != OBPBL_PORT ||
	     (question->settings.established && !opens(flow))))
		return false;
	decide(view, d);
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
 * Symposium on Security and Privacy, 2010).  Out of line, as the one before is
 * in line: most packets never come here.
 */
static noinline bool judge_reverse(const struct obpbl_question *question,
				   enum obpbl_slot slot,
				   struct obpbl_decision *decision)
{
	const struct obpbl_flow *flow = question->flow;
	struct view view = { question->policy, flow, question, slot, true };
	struct obpbl_decision d;

	if (question->settings.established && !answers_opening(flow))
		return false;
	decide(view, &d);
	if (!blocks(d.reason) || !d.isp->config.reverse ||
	    (d.limited && !answers_opening(flow)))
		return false;
	conclude(&d, OBPBL_REASON_REVERSE);
	d.reverse = true;
	*decision = d;
	return true;
}

/* Whether it can be an answer from port 25, where some ISP wants those judged */
static bool answers(const struct obpbl_policy *policy, enum obpbl_slot slot,
		    const struct obpbl_flow *flow)
{
	return flow->sport == OBPBL_PORT && !flow->malformed &&
	       flow->tcp_flags & OBPBL_TCP_ACK &&
	       policy->slot[slot]->reverse;
}

/**
 * obpbl_judge() - judge a TCP packet
 * @question: the packet
 * @slot: OBPBL_LIVE, or OBPBL_SHADOW if there is one
 * @decision: where the verdict goes; undefined if there is none
 *
 * A packet to port 25 is judged by its own direction first.  If that lets it
 * pass and it comes from port 25, the direction that it answers is judged as
 * well, and only a "block" of that counts.
 *
 * Context: any.
 * Return: false if the packet is none of ours: it passes uncounted.
 */
bool obpbl_judge(const struct obpbl_question *question, enum obpbl_slot slot,
		 struct obpbl_decision *decision)
{
	const struct obpbl_policy *policy = question->policy;
	const struct obpbl_flow *flow = question->flow;
	bool judged = judge_forward(question, slot, decision);

	if (likely(!answers(policy, slot, flow)) ||
	    (judged && decision->verdict != OBPBL_VERDICT_PASS))
		return judged;
	return judge_reverse(question, slot, decision) || judged;
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
