// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet means for its source: its limit, its entry in the table of
 * sources, and what is told of it.
 *
 * What is to be told goes into a queue of notes of a fixed size, which a work
 * item reads.  Its lock is taken once a window of a source, and once an event, of
 * which net.obpbl.event_rate bounds the number, and held for as long as a copy
 * takes.
 */
#include <linux/kfifo.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "account.h"
#include "core/prefix.h"
#include "core/uninitialized.h"
#include "stats.h"

/*
 * Whether the last packet that this CPU has judged, in any namespace, was noted:
 * then the next one may be as well.  A guess, which is allowed to be wrong.
 */
static DEFINE_PER_CPU(bool, noting);

/* Length of the prefix by which sources are counted */
static u8 source_len(const struct obpbl_sysctl *sysctl, u8 family)
{
	return family == OBPBL_INET4 ? 32 : READ_ONCE(sysctl->v6_source_len);
}

/* Whether an address counts as it is: behind it there are zeros */
static bool is_whole(u8 family, u8 len)
{
	return len == obpbl_family_bits(family);
}

/* The subscriber: who sends, or who is answered */
static void key_of(const struct obpbl_flow *flow,
		   const struct obpbl_decision *decision, u8 len,
		   struct obpbl_source_key *key)
{
	const u8 *addr = decision->reverse ? flow->dst : flow->src;

	if (is_whole(flow->family, len))
		memcpy(key->addr, addr, sizeof(key->addr));
	else
		obpbl_address_mask(key->addr, addr, len);
	key->isp = decision->isp->number;
	key->family = flow->family;
	key->len = len;
}

static void query_of(const struct obpbl_sysctl *sysctl,
		     const struct obpbl_flow *flow,
		     const struct obpbl_decision *decision,
		     struct obpbl_limit_query *query)
{
	key_of(flow, decision, source_len(sysctl, flow->family), &query->key);
	query->limit = decision->isp->config.limit;
	query->interval = decision->isp->config.interval;
	query->answer = decision->reverse;
	query->epoch = decision->session ? decision->session->epoch : 0;
	query->now = ktime_get_ns();
}

/* Of an address that counts only in part; apart, since others need no room for it */
static noinline u32 expect_part(const struct obpbl_context *context)
{
	u8 addr[OBPBL_SOURCE_ADDR] OBPBL_UNINITIALIZED;

	obpbl_address_mask(addr, context->flow.src, context->source_len);
	return obpbl_sources_expect(context->dp->sources, addr,
				    context->source_len);
}

static u32 expect(const struct obpbl_context *context)
{
	if (is_whole(context->flow.family, context->source_len))
		return obpbl_sources_expect(context->dp->sources,
					    context->flow.src,
					    context->source_len);
	return expect_part(context);
}

/**
 * obpbl_account_expect() - a packet is about to be decided about
 * @context: the packet
 *
 * What will be needed if the policy is against it comes from memory meanwhile.
 * Fills in what obpbl_account_note() needs of the context.
 *
 * Context: softirq.
 */
void obpbl_account_expect(struct obpbl_context *context)
{
	const struct obpbl_flow *flow = &context->flow;

	context->source_len = source_len(context->dp->sysctl, flow->family);
	context->hash = 0;
	if (this_cpu_read(noting) && flow->dport == OBPBL_PORT &&
	    (!context->question.settings.established ||
	     obpbl_flow_attempts(flow)))
		context->hash = expect(context);
}

/**
 * obpbl_account_limit_state() - how the source of a packet stands
 * @dp: the datapath
 * @limiter: whose windows: the datapath's own, or a shadow's
 * @flow: the packet
 * @decision: what was decided about it; its @limited is set
 * @count: it is there, and not only asked about
 *
 * Context: softirq, or process if not to @count.
 * Return: whether it is one of those that are let through.
 */
enum obpbl_limit_state
obpbl_account_limit_state(const struct obpbl_datapath *dp,
			  struct obpbl_limiter *limiter,
			  const struct obpbl_flow *flow,
			  const struct obpbl_decision *decision, bool count)
{
	struct obpbl_limit_query query;

	query_of(dp->sysctl, flow, decision, &query);
	return count ? obpbl_limiter_take(limiter, &query) :
		       obpbl_limiter_look(limiter, &query);
}

/* Leaves a note; whether there was a place for it */
static bool note(struct obpbl_datapath *dp, const struct obpbl_note *note)
{
	bool put;

	spin_lock(&dp->notes_lock);
	put = kfifo_put(&dp->notes, *note);
	spin_unlock(&dp->notes_lock);
	if (put)
		queue_work(dp->wq, dp->drain);
	return put;
}

/* A source is over its limit, and its ISP wants it in quarantine */
static void note_overlimit(struct obpbl_context *context)
{
	const struct obpbl_decision *decision = &context->decision;
	const struct obpbl_session *session = decision->session;
	const struct obpbl_flow *flow = &context->flow;
	struct obpbl_datapath *dp = context->dp;
	struct obpbl_limit_query query;
	struct obpbl_note over = {
		.overlimit = true,
		.family = flow->family,
		.epoch = session ? session->epoch : 0,
	};

	/* What finds no place comes again with its next packet */
	if (READ_ONCE(*dp->overlimits) >= OBPBL_OVERLIMITS ||
	    kfifo_is_full(&dp->notes))
		return;
	query_of(dp->sysctl, flow, decision, &query);
	if (!obpbl_limiter_mark(dp->limiter, &query))
		return;
	memcpy(over.src, flow->src, sizeof(over.src));
	memcpy(over.dst, flow->dst, sizeof(over.dst));
	memcpy(over.isp, decision->isp->config.name, sizeof(over.isp));
	if (!note(dp, &over))
		obpbl_stats_inc(dp->stats, OBPBL_TOTAL_QUARANTINE_REFUSED);
}

/**
 * obpbl_account_limit() - finish a decision that depends on the limit
 * @context: the packet; its decision is limited
 *
 * Whoever cannot be counted is over the limit.
 *
 * Context: softirq.
 */
void obpbl_account_limit(struct obpbl_context *context)
{
	struct obpbl_decision *decision = &context->decision;
	struct obpbl_datapath *dp = context->dp;
	enum obpbl_limit_state state;

	state = obpbl_account_limit_state(dp, dp->limiter, &context->flow,
					  decision, true);
	if (state == OBPBL_LIMIT_FULL)
		obpbl_stats_inc(dp->stats, OBPBL_TOTAL_LIMIT_FULL);
	if (state == OBPBL_LIMIT_OVER && decision->isp->config.quarantine)
		note_overlimit(context);
	obpbl_decision_limit(decision, state == OBPBL_LIMIT_UNDER);
}

/**
 * obpbl_account_dst_len() - how much of a destination may be told
 * @sysctl: settings
 * @family: enum obpbl_family
 *
 * Context: any.
 * Return: bits.
 */
u8 obpbl_account_dst_len(const struct obpbl_sysctl *sysctl, u8 family)
{
	switch (READ_ONCE(sysctl->event_dst)) {
	case 0:
		return 0;
	case 1:
		return family == OBPBL_INET4 ? 24 : 48;
	default:
		return obpbl_family_bits(family);
	}
}

static __always_inline void
sample_of(const struct obpbl_sysctl *sysctl, const struct obpbl_flow *flow,
	  const struct obpbl_decision *decision, u8 len,
	  struct obpbl_sample *sample)
{
	key_of(flow, decision, len, &sample->key);
	sample->hash = 0;
	memcpy(sample->dst, flow->dst, sizeof(sample->dst));
	sample->dst_len = obpbl_account_dst_len(sysctl, flow->family);
	sample->reason = decision->reason;
	sample->blocked = decision->verdict == OBPBL_VERDICT_BLOCK;
	sample->attempt = obpbl_flow_attempts(flow);
	sample->events = 0;
	sample->now = (u32)ktime_get_seconds() ?: 1;
	sample->now_ns = 0;
}

/**
 * obpbl_account_sample() - a packet, as a table of sources takes it
 * @sysctl: settings
 * @flow: the packet
 * @decision: what was decided about it, by an ISP
 * @sample: where to put it; no event is wanted
 *
 * Context: any.
 */
void obpbl_account_sample(const struct obpbl_sysctl *sysctl,
			  const struct obpbl_flow *flow,
			  const struct obpbl_decision *decision,
			  struct obpbl_sample *sample)
{
	sample_of(sysctl, flow, decision, source_len(sysctl, flow->family),
		  sample);
}

static bool has_listeners(const struct obpbl_datapath *dp)
{
	return dp->family && genl_has_listeners(dp->family, dp->net, 0);
}

static bool note_block(struct obpbl_context *context,
		       const struct obpbl_source_entry *entry)
{
	const struct obpbl_decision *decision = &context->decision;
	struct obpbl_note block OBPBL_UNINITIALIZED;

	block.overlimit = false;
	block.verdict = decision->verdict;
	block.reason = decision->reason;
	memcpy(block.isp, decision->isp->config.name, sizeof(block.isp));
	block.entry = *entry;
	return note(context->dp, &block);
}

static noinline void note_source(struct obpbl_context *context)
{
	struct obpbl_source_entry entry OBPBL_UNINITIALIZED;
	struct obpbl_sample sample OBPBL_UNINITIALIZED;
	struct obpbl_datapath *dp = context->dp;
	bool listened = has_listeners(dp);
	enum obpbl_noted noted;

	sample_of(dp->sysctl, &context->flow, &context->decision,
		  context->source_len, &sample);
	sample.hash = context->hash;
	if (listened) {
		sample.events = READ_ONCE(dp->sysctl->event_rate);
		sample.now_ns = ktime_get_ns();
	}
	noted = obpbl_sources_note(dp->sources, &sample, &entry);
	if (noted == OBPBL_SOURCE_LOST)
		obpbl_stats_inc(dp->stats, OBPBL_TOTAL_SOURCES_LOST);
	if (listened && (noted != OBPBL_SOURCE_NEWS ||
			 !note_block(context, &entry)))
		obpbl_stats_inc(dp->stats, OBPBL_TOTAL_SUPPRESSED);
}

/**
 * obpbl_account_note() - note a packet if the policy was against it
 * @context: the packet, decided about
 *
 * Answers are left out: they say nothing of what the source itself has sent,
 * and whoever is outside could write them.
 *
 * Context: softirq.
 */
void obpbl_account_note(struct obpbl_context *context)
{
	const struct obpbl_decision *decision = &context->decision;
	bool noted = decision->verdict != OBPBL_VERDICT_PASS &&
		     !decision->reverse;

	this_cpu_write(noting, noted);
	if (noted)
		note_source(context);
}
