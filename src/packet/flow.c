// SPDX-License-Identifier: GPL-2.0-only
/*
 * The closer look at a packet: options, extension headers, fragments, and
 * packets of which nothing good can be said.
 *
 * Compiles unchanged in user space, where struct sk_buff is a buffer in pieces.
 * ipv6_find_hdr() and ipv6_skip_exthdr() have no bound, hence a walk of our
 * own.  All headers are read as bytes: nothing says that they are aligned.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/uninitialized.h"
#include "flow.h"

#define IP4_SIZE	20
#define IP6_SIZE	40

/*
 * The least of a TCP header that a first fragment must carry, so that a second
 * one cannot change its flags (tmin of RFC 1858, section 3.2.1)
 */
#define TCP_TMIN	16

/*
 * Extension headers that are walked.  RFC 8200 knows of a handful in a packet;
 * beyond these, a chain is there to get past a filter, and is malformed.
 */
#define MAX_HEADERS	64

/**
 * struct walk - a packet on its way to becoming a flow
 * @skb: the packet
 * @end: its length, by the IP header; what follows is not the packet
 * @at: offset of the next header
 * @next: IP protocol number of the next header
 * @strict: fragments other than the first are malformed
 * @flow: what is filled in
 * @shape: likewise
 */
struct walk {
	const struct sk_buff *skb;
	u32 end;
	u32 at;
	u8 next;
	bool strict;
	struct obpbl_flow *flow;
	struct obpbl_shape *shape;
};

/* The beginning of one */
#define WALK(skb_, strict_, flow_, shape_)				\
	{ .skb = (skb_), .end = (skb_)->len, .strict = (strict_),	\
	  .flow = (flow_), .shape = (shape_) }

static u16 be16_at(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static bool has(const struct walk *w, u32 len)
{
	return w->at <= w->end && len <= w->end - w->at;
}

/* @len bytes of the packet at @w->at, in place or in @buf; NULL: not there */
static __always_inline const u8 *peek(const struct walk *w, u32 len, u8 *buf)
{
	return has(w, len) ? skb_header_pointer(w->skb, w->at, len, buf) : NULL;
}

static __always_inline bool malformed(const struct walk *w, u8 reason)
{
	w->flow->malformed = reason;
	return true;
}

/* A header is not there; of a first fragment, it may come in a later one */
static __always_inline bool cut_short(const struct walk *w)
{
	if (w->shape->fragment && w->flow->family == OBPBL_INET6)
		return malformed(w, OBPBL_REASON_V6_CHAIN);
	return malformed(w, OBPBL_REASON_BAD_HEADER);
}

static __always_inline bool read_tcp(const struct walk *w)
{
	struct obpbl_flow *flow = w->flow;
	u8 buf[OBPBL_TCP_FLAGS] OBPBL_UNINITIALIZED;
	const u8 *flags = peek(w, OBPBL_TCP_FLAGS, buf), *tcp = flags;

	if (unlikely(!tcp)) {
		tcp = peek(w, OBPBL_TCP_PORTS, buf);
		if (!tcp)
			return cut_short(w);
	}
	flow->sport = be16_at(tcp);
	flow->dport = be16_at(tcp + 2);
	if (flow->sport != OBPBL_PORT && flow->dport != OBPBL_PORT)
		return false;

	if (!flags)
		return flow->dport == OBPBL_PORT && cut_short(w);
	flow->tcp_flags = flags[OBPBL_TCP_FLAGS - 1];
	w->shape->tcp = w->at;
	return flow->dport == OBPBL_PORT || flow->tcp_flags & OBPBL_TCP_ACK;
}

static __always_inline void set_addresses(const struct walk *w, const u8 *src,
					  u32 len)
{
	memcpy(w->flow->src, src, len);
	memcpy(w->flow->dst, src + len, len);
}

/*
 * A fragment with an offset is never read as TCP.  One at 8 bytes would
 * overwrite the flags of the first (RFC 3128); others can only in strict mode
 * be a reason to drop, and then it is this one.
 */
static __always_inline bool later_fragment4(const struct walk *w, u16 offset)
{
	if (offset > 1 && !w->strict)
		return false;
	return malformed(w, OBPBL_REASON_FRAGMENT_OFFSET_1);
}

/* Not in one function with parse6(): each needs fewer registers so */
static noinline bool parse4(const struct sk_buff *skb, bool strict,
			    struct obpbl_flow *flow, struct obpbl_shape *shape)
{
	struct walk walk = WALK(skb, strict, flow, shape), *w = &walk;
	u8 buf[IP4_SIZE] OBPBL_UNINITIALIZED;
	const u8 *ip = peek(w, IP4_SIZE, buf);
	u16 total, fragment;

	if (!ip || ip[9] != IPPROTO_TCP)
		return false;
	set_addresses(w, ip + 12, 4);
	fragment = be16_at(ip + 6);
	if (fragment & 0x1fff)
		return later_fragment4(w, fragment & 0x1fff);
	w->shape->fragment = fragment & 0x2000;
	if (ip[0] < 0x45 || ip[0] > 0x4f)
		return malformed(w, OBPBL_REASON_BAD_HEADER);

	w->at = (ip[0] & 0xf) * 4;
	total = be16_at(ip + 2);
	if (total)	/* 0: a GSO packet of more than 64 KiB */
		w->end = min_t(u32, w->end, total);
	if (w->shape->fragment && w->end < w->at + TCP_TMIN)
		return malformed(w, OBPBL_REASON_TINY_FRAGMENT);
	return read_tcp(w);
}

/* What a header is to the walk */
enum step {
	STEP_ON,	/* went past it */
	STEP_CUT,	/* it is not all there */
	STEP_DONE,	/* the flow is known, or the packet is malformed */
	STEP_PASS,	/* the packet is none of ours */
};

/* Past a header of (length + 1) units of 8 bytes, or (length + 2) of 4 */
static enum step step_over(struct walk *w)
{
	u8 buf[2];
	const u8 *header = peek(w, sizeof(buf), buf);
	u32 len;

	if (!header)
		return STEP_CUT;
	len = w->next == IPPROTO_AH ? (header[1] + 2) * 4 :
				      (header[1] + 1) * 8;
	if (!has(w, len))
		return STEP_CUT;
	w->next = header[0];
	w->at += len;
	return STEP_ON;
}

/* An atomic fragment (RFC 6946) is a whole packet */
static enum step fragment6(struct walk *w)
{
	u8 buf[8];
	const u8 *header = peek(w, sizeof(buf), buf);
	u16 fragment;

	if (!header)
		return STEP_CUT;
	fragment = be16_at(header + 2);
	w->next = header[0];
	w->at += sizeof(buf);
	if (!(fragment & 0xfff8)) {
		w->shape->fragment |= fragment & 1;
		return STEP_ON;
	}
	if (!w->strict || w->next != IPPROTO_TCP)
		return STEP_PASS;
	malformed(w, OBPBL_REASON_FRAGMENT_OFFSET_1);
	return STEP_DONE;
}

static __always_inline enum step step6(struct walk *w)
{
	switch (w->next) {
	case IPPROTO_TCP:
		return read_tcp(w) ? STEP_DONE : STEP_PASS;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_AH:
		return step_over(w);
	case IPPROTO_FRAGMENT:
		return fragment6(w);
	default:	/* ESP, none, and all that is not TCP */
		return STEP_PASS;
	}
}

static __always_inline bool walk6(struct walk *w)
{
	unsigned int i;

	for (i = 0; i <= MAX_HEADERS; i++) {
		switch (step6(w)) {
		case STEP_ON:
			continue;
		case STEP_CUT:
			return cut_short(w);
		case STEP_DONE:
			return true;
		case STEP_PASS:
			return false;
		}
	}
	return malformed(w, OBPBL_REASON_V6_CHAIN);
}

static noinline bool parse6(const struct sk_buff *skb, bool strict,
			    struct obpbl_flow *flow, struct obpbl_shape *shape)
{
	struct walk walk = WALK(skb, strict, flow, shape), *w = &walk;
	u8 buf[IP6_SIZE] OBPBL_UNINITIALIZED;
	const u8 *ip = peek(w, IP6_SIZE, buf);
	u16 payload;

	if (!ip)
		return false;
	set_addresses(w, ip + 8, 16);
	w->next = ip[6];
	w->at = IP6_SIZE;
	payload = be16_at(ip + 4);
	if (payload)	/* 0: a jumbogram, or a GSO packet of that size */
		w->end = min_t(u32, w->end, IP6_SIZE + payload);
	return walk6(w);
}

/*
 * A member at a time: to zero all of it at once, compilers use an instruction
 * that takes long to get going.
 */
static void begin(struct obpbl_flow *flow, u8 family)
{
	memset(flow->src, 0, sizeof(flow->src));
	memset(flow->dst, 0, sizeof(flow->dst));
	flow->in = (struct obpbl_port){ };
	flow->out = (struct obpbl_port){ };
	flow->sport = 0;
	flow->dport = 0;
	flow->family = family;
	flow->tcp_flags = 0;
	flow->malformed = 0;
}

/**
 * obpbl_flow_parse() - take a closer look at a packet
 * @skb: the packet
 * @family: enum obpbl_family
 * @strict: every TCP fragment other than the first is malformed
 *	    (OBPBL_REASON_FRAGMENT_OFFSET_1, whatever its offset)
 * @flow: filled in, but for the devices, which are set to unknown
 * @shape: filled in; @tcp is valid unless the packet is malformed
 *
 * What cannot be read does no harm: the packet is then malformed, or, where
 * not even its addresses are there, none of ours.  An IPv6 fragment names only
 * the first header of what was cut up, so that strict mode concerns those that
 * begin with TCP itself.
 *
 * Context: any.
 * Return: true if it is TCP to port 25, TCP with ACK from port 25, or
 * malformed; false if it is none of ours.
 */
bool obpbl_flow_parse(const struct sk_buff *skb, u8 family, bool strict,
		      struct obpbl_flow *flow, struct obpbl_shape *shape)
{
	begin(flow, family);
	memset(shape, 0, sizeof(*shape));
	return family == OBPBL_INET4 ? parse4(skb, strict, flow, shape) :
				       parse6(skb, strict, flow, shape);
}
