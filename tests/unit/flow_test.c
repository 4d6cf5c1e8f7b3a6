// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets of every shape, whole and cut at every byte, in one piece and in two,
 * split at every byte.
 *
 * flow.c is included, not linked, for its helpers.  What a table says of
 * whole packets, the oracle below also says of all that is made from them: it
 * reads a flat buffer, and is obviously right rather than fast.
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

#include "flow.c"

#define PASS	0	/* none of ours */
#define JUDGE	255	/* to port 25, or with ACK from it */
#define TINY	OBPBL_REASON_TINY_FRAGMENT
#define OFF1	OBPBL_REASON_FRAGMENT_OFFSET_1
#define CHAIN	OBPBL_REASON_V6_CHAIN
#define BAD	OBPBL_REASON_BAD_HEADER

#define SYN	OBPBL_TCP_SYN
#define ACK	OBPBL_TCP_ACK
#define MF	0x2000

/* The longest chain of IPv6 extension headers that is walked */
#define BOUND	64

/* ---- packets ------------------------------------------------------------ */

struct packet {
	u8 bytes[1024];
	unsigned int len;
};

static void put(struct packet *p, unsigned int n, const u8 *bytes)
{
	assert_true(p->len + n <= sizeof(p->bytes));
	memcpy(p->bytes + p->len, bytes, n);
	p->len += n;
}

static void put_byte(struct packet *p, unsigned int n, u8 byte)
{
	assert_true(p->len + n <= sizeof(p->bytes));
	memset(p->bytes + p->len, byte, n);
	p->len += n;
}

static void put_tcp(struct packet *p, u16 sport, u16 dport, u8 flags,
		    unsigned int payload)
{
	u8 tcp[20] = { sport >> 8, sport & 255, dport >> 8, dport & 255,
		       1, 2, 3, 4, 5, 6, 7, 8, 0x50, flags, 0x20, 0, 9, 9 };

	put(p, sizeof(tcp), tcp);
	put_byte(p, payload, 'm');
}

static const u8 src4[] = { 203, 0, 113, 5 }, dst4[] = { 198, 18, 0, 25 };
static const u8 src6[16] = { 0x20, 1, 0xd, 0xb8, 0, 0xa, 0x10, [15] = 5 };
static const u8 dst6[16] = { 0x20, 1, 0xd, 0xb8, 0, 0xf, [15] = 0x25 };

static void start4(struct packet *p, unsigned int ihl, u16 fragment, u8 proto)
{
	u8 ip[20] = { 0x40 | ihl, 0, 0, 0, 0x12, 0x34, fragment >> 8,
		      fragment & 255, 64, proto };

	p->len = 0;
	put(p, 12, ip);
	put(p, 4, src4);
	put(p, 4, dst4);
	if (ihl > 5)
		put_byte(p, (ihl - 5) * 4, 1);
}

static void start6(struct packet *p, u8 next)
{
	u8 ip[8] = { 0x60, 0, 0, 0, 0, 0, next, 64 };

	p->len = 0;
	put(p, 8, ip);
	put(p, 16, src6);
	put(p, 16, dst6);
}

/* An extension header of @units units beyond the least */
static void put_ext(struct packet *p, u8 type, u8 next, u8 units)
{
	u8 head[2] = { next, type == IPPROTO_AH ? units + 1 : units };
	unsigned int len = type == IPPROTO_AH ? 12 + 4 * units :
						8 + 8 * units;

	put(p, 2, head);
	put_byte(p, len - 2, 25);
}

static void put_fragment(struct packet *p, u8 next, u16 offset, bool more)
{
	u8 head[8] = { next, 0, offset >> 5, (offset & 31) << 3 | more,
		       0, 0, 0, 7 };

	put(p, 8, head);
}

static void finish(struct packet *p)
{
	unsigned int at = p->bytes[0] >> 4 == 6 ? 4 : 2;
	unsigned int len = at == 4 ? p->len - 40 : p->len;

	p->bytes[at] = len >> 8;
	p->bytes[at + 1] = len & 255;
}

/* ---- oracle ------------------------------------------------------------- */

struct answer {
	u8 kind;
	unsigned int tcp;
	bool fragment;
	u16 sport, dport;
	u8 flags;
};

static struct answer say(u8 kind)
{
	return (struct answer){ .kind = kind };
}

static struct answer oracle_tcp(const u8 *b, unsigned int len, unsigned int at,
				bool fragment, u8 cut)
{
	struct answer a = { .kind = JUDGE, .tcp = at, .fragment = fragment };
	bool to, from;

	if (at + 4 > len)
		return say(cut);
	a.sport = b[at] * 256 + b[at + 1];
	a.dport = b[at + 2] * 256 + b[at + 3];
	to = a.dport == 25;
	from = a.sport == 25;
	if (!to && !from)
		return say(PASS);
	if (at + 14 > len)
		return say(to ? cut : PASS);
	a.flags = b[at + 13];
	return to || (a.flags & ACK) ? a : say(PASS);
}

static struct answer oracle4(const u8 *b, unsigned int len, bool strict)
{
	unsigned int total, ihl, offset;
	bool more;

	if (len < 20 || b[9] != 6)
		return say(PASS);
	total = b[2] * 256 + b[3];
	ihl = (b[0] & 15) * 4;
	offset = (b[6] & 31) * 256 + b[7];
	more = b[6] & 0x20;
	if (total && total < len)
		len = total;
	if (offset == 1 || (offset && strict))
		return say(OFF1);
	if (offset)
		return say(PASS);
	if (b[0] / 16 != 4 || ihl < 20)
		return say(BAD);
	if (more && ihl + 16 > len)
		return say(TINY);
	return oracle_tcp(b, len, ihl, more, BAD);
}

static struct answer oracle6_at(const u8 *b, unsigned int len, unsigned int at,
				u8 next, bool first, bool strict,
				unsigned int seen)
{
	u8 cut = first ? CHAIN : BAD;
	unsigned int size, offset;

	if (seen > BOUND)
		return say(CHAIN);
	if (next == 6)
		return oracle_tcp(b, len, at, first, cut);
	if (next != 0 && next != 43 && next != 44 && next != 51 && next != 60)
		return say(PASS);
	if (at + (next == 44 ? 8 : 2) > len)
		return say(cut);
	if (next == 44) {
		offset = (b[at + 2] * 256 + b[at + 3]) / 8;
		if (offset)
			return say(strict && b[at] == 6 ? OFF1 : PASS);
		first |= b[at + 3] & 1;
		size = 8;
	} else if (next == 51) {
		size = b[at + 1] * 4 + 8;
	} else {
		size = b[at + 1] * 8 + 8;
	}
	if (at + size > len)
		return say(cut);
	return oracle6_at(b, len, at + size, b[at], first, strict, seen + 1);
}

static struct answer oracle6(const u8 *b, unsigned int len, bool strict)
{
	unsigned int payload;

	if (len < 40)
		return say(PASS);
	payload = b[4] * 256 + b[5];
	if (payload && 40 + payload < len)
		len = 40 + payload;
	return oracle6_at(b, len, 40, b[6], false, strict, 0);
}

static struct answer oracle(u8 family, const u8 *b, unsigned int len,
			    bool strict)
{
	return family == OBPBL_INET4 ? oracle4(b, len, strict) :
				       oracle6(b, len, strict);
}

/* ---- comparison --------------------------------------------------------- */

static u8 *copy(const u8 *bytes, unsigned int len)
{
	u8 *p = malloc(len);	/* never more: it is what ASan watches */

	assert_true(p || !len);
	if (len)
		memcpy(p, bytes, len);
	return p;
}

static void same_flow(const struct answer *want, u8 family,
		      const struct obpbl_flow *flow,
		      const struct obpbl_shape *shape)
{
	bool four = family == OBPBL_INET4;
	unsigned int i;

	assert_int_equal(flow->family, family);
	assert_null(flow->in.dev);
	assert_null(flow->in.vrf);
	assert_null(flow->out.dev);
	assert_null(flow->out.vrf);
	assert_memory_equal(flow->src, four ? src4 : src6, four ? 4 : 16);
	assert_memory_equal(flow->dst, four ? dst4 : dst6, four ? 4 : 16);
	for (i = four ? 4 : 16; i < OBPBL_KEY_SIZE; i++)
		assert_int_equal(flow->src[i] | flow->dst[i], 0);
	if (want->kind != JUDGE) {
		assert_int_equal(flow->malformed, want->kind);
		return;
	}
	assert_int_equal(flow->malformed, 0);
	assert_int_equal(flow->sport, want->sport);
	assert_int_equal(flow->dport, want->dport);
	assert_int_equal(flow->tcp_flags, want->flags);
	assert_int_equal(shape->tcp, want->tcp);
	assert_int_equal(shape->fragment, want->fragment);
}

static bool maybe(const struct sk_buff *skb, u8 family)
{
	return family == OBPBL_INET4 ? obpbl_flow_maybe4(skb) :
				       obpbl_flow_maybe6(skb);
}

/* What the core makes sure of before a hook sees a packet */
static bool forwardable(u8 family, const u8 *bytes, unsigned int linear)
{
	if (family == OBPBL_INET4)
		return linear >= 20 && bytes[0] >= 0x45 && bytes[0] <= 0x4f;
	return linear >= 40;
}

/*
 * The first @linear of @len bytes are linear.  The quick test may only let pass
 * what the closer look lets pass too; it counts on a linear IP header of its
 * version and of a good length, and on nothing behind the datagram.
 */
static void compare(u8 family, const u8 *bytes, unsigned int len,
		    unsigned int linear, bool strict, bool trimmed)
{
	struct answer want = oracle(family, bytes, len, strict);
	u8 *paged = copy(bytes + linear, len - linear);
	struct sk_buff skb = {
		.data = copy(bytes, linear),
		.len = len,
		.data_len = len - linear,
		.paged = paged,
	};
	struct obpbl_shape shape;
	struct obpbl_flow flow;
	bool ours;

	memset(&flow, 0xa5, sizeof(flow));	/* as a stack may be */
	ours = obpbl_flow_parse(&skb, family, strict, &flow, &shape);
	assert_int_equal(ours, want.kind != PASS);
	if (ours)
		same_flow(&want, family, &flow, &shape);
	if (ours && trimmed && forwardable(family, bytes, linear))
		assert_true(maybe(&skb, family));
	free(skb.data);
	free(paged);
}

static void every_split(u8 family, const u8 *bytes, unsigned int len,
			bool trimmed)
{
	unsigned int linear;

	for (linear = 0; linear <= len; linear++) {
		compare(family, bytes, len, linear, false, trimmed);
		compare(family, bytes, len, linear, true, trimmed);
	}
}

static void whole(u8 family, const struct packet *p, u8 kind)
{
	struct answer got = oracle(family, p->bytes, p->len, false);

	assert_int_equal(got.kind, kind);
	every_split(family, p->bytes, p->len, true);
}

/* Cut short with the length in the header as it was, and with it corrected */
static void every_cut(u8 family, const struct packet *p)
{
	struct packet cut;
	unsigned int len;

	for (len = 0; len < p->len; len++) {
		every_split(family, p->bytes, len, true);
		cut = *p;
		cut.len = len;
		if (len < (family == OBPBL_INET4 ? 20 : 41))
			continue;
		finish(&cut);
		every_split(family, cut.bytes, len, true);
		/* What follows is padding, whatever it looks like */
		every_split(family, cut.bytes, p->len, false);
	}
}

/* ---- IPv4 --------------------------------------------------------------- */

struct shape4 {
	const char *name;
	unsigned int ihl;
	u16 fragment;
	u8 proto;
	u16 sport, dport;
	u8 flags;
	unsigned int payload;
	u8 kind;
};

static const struct shape4 shapes4[] = {
	{ "SYN to 25", 5, 0, 6, 40000, 25, SYN, 0, JUDGE },
	{ "with DF", 5, 0x4000, 6, 40000, 25, SYN, 0, JUDGE },
	{ "SYN with data", 5, 0, 6, 40000, 25, SYN, 30, JUDGE },
	{ "SYN+ECE+CWR", 5, 0, 6, 40000, 25, 0xc2, 0, JUDGE },
	{ "SYN+FIN", 5, 0, 6, 40000, 25, 3, 0, JUDGE },
	{ "no flags", 5, 0, 6, 40000, 25, 0, 0, JUDGE },
	{ "all flags", 5, 0, 6, 40000, 25, 255, 0, JUDGE },
	{ "bare ACK", 5, 0, 6, 40000, 25, ACK, 0, JUDGE },
	{ "FIN", 5, 0, 6, 40000, 25, 1, 0, JUDGE },
	{ "RST", 5, 0, 6, 40000, 25, 4, 0, JUDGE },
	{ "from 25 to 25", 5, 0, 6, 25, 25, SYN, 0, JUDGE },
	{ "SYN+ACK from 25", 5, 0, 6, 25, 40000, SYN | ACK, 0, JUDGE },
	{ "data from 25", 5, 0, 6, 25, 40000, ACK, 9, JUDGE },
	{ "pure SYN from 25", 5, 0, 6, 25, 40000, SYN, 0, PASS },
	{ "RST from 25", 5, 0, 6, 25, 40000, 4, 0, PASS },
	{ "6400 is 25 in the wrong order", 5, 0, 6, 40000, 6400, SYN, 0, PASS },
	{ "from 6400", 5, 0, 6, 6400, 40000, ACK, 0, PASS },
	{ "to 587", 5, 0, 6, 40000, 587, SYN, 0, PASS },
	{ "to 465", 5, 0, 6, 40000, 465, SYN, 0, PASS },
	{ "to 2525", 5, 0, 6, 40000, 2525, SYN, 0, PASS },
	{ "UDP", 5, 0, 17, 40000, 25, SYN, 0, PASS },
	{ "SCTP", 5, 0, 132, 40000, 25, SYN, 0, PASS },
	{ "ICMP", 5, 0, 1, 40000, 25, SYN, 0, PASS },
	{ "one option", 6, 0, 6, 40000, 25, SYN, 0, JUDGE },
	{ "options", 10, 0, 6, 40000, 25, SYN, 0, JUDGE },
	{ "all options", 15, 0, 6, 40000, 25, SYN, 0, JUDGE },
	{ "options, to 80", 15, 0, 6, 40000, 80, SYN, 0, PASS },
	{ "IHL 4", 4, 0, 6, 40000, 25, SYN, 0, BAD },
	{ "IHL 0, to 80", 0, 0, 6, 40000, 80, SYN, 0, BAD },
	{ "IHL 4, UDP", 4, 0, 17, 40000, 25, SYN, 0, PASS },
	{ "first fragment", 5, MF, 6, 40000, 25, SYN, 4, JUDGE },
	{ "first fragment, to 80", 5, MF, 6, 40000, 80, SYN, 4, PASS },
	{ "first fragment, options", 15, MF, 6, 40000, 25, SYN, 4, JUDGE },
	{ "first fragment, UDP", 5, MF, 17, 40000, 25, SYN, 4, PASS },
	{ "offset 1", 5, 1, 6, 40000, 25, SYN, 0, OFF1 },
	{ "offset 1, more", 5, MF | 1, 6, 40000, 80, SYN, 0, OFF1 },
	{ "offset 1, UDP", 5, 1, 17, 40000, 25, SYN, 0, PASS },
	{ "offset 2 that looks like 25", 5, 2, 6, 40000, 25, SYN, 0, PASS },
	{ "offset 2, more", 5, MF | 2, 6, 40000, 25, SYN, 0, PASS },
	{ "greatest offset", 5, 0x1fff, 6, 40000, 25, SYN, 0, PASS },
	{ "offset 256", 5, 0x100, 6, 40000, 25, SYN, 0, PASS },
};

static void make4(struct packet *p, const struct shape4 *s)
{
	start4(p, s->ihl, s->fragment, s->proto);
	put_tcp(p, s->sport, s->dport, s->flags, s->payload);
	finish(p);
}

static void test_shapes4(void **unused)
{
	struct packet p;
	unsigned int i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(shapes4); i++) {
		make4(&p, &shapes4[i]);
		if (oracle(OBPBL_INET4, p.bytes, p.len, false).kind !=
		    shapes4[i].kind)
			print_error("%s\n", shapes4[i].name);
		whole(OBPBL_INET4, &p, shapes4[i].kind);
		every_cut(OBPBL_INET4, &p);
	}
}

/* As much TCP as says @n */
static u8 first_of(unsigned int n, u16 dport)
{
	struct packet p;

	start4(&p, 5, MF, 6);
	put_tcp(&p, 40000, dport, SYN, 0);
	p.len = 20 + n;
	finish(&p);
	every_split(OBPBL_INET4, p.bytes, p.len, true);
	return oracle(OBPBL_INET4, p.bytes, p.len, false).kind;
}

static void test_tiny(void **unused)
{
	unsigned int n;

	(void)unused;
	for (n = 0; n < 16; n++) {
		assert_int_equal(first_of(n, 25), TINY);
		assert_int_equal(first_of(n, 80), TINY);
	}
	for (n = 16; n <= 20; n++) {
		assert_int_equal(first_of(n, 25), JUDGE);
		assert_int_equal(first_of(n, 80), PASS);
	}
}

static void test_strict4(void **unused)
{
	struct packet p;
	u16 offset;

	(void)unused;
	for (offset = 1; offset < 0x1fff; offset += 97) {
		start4(&p, 5, offset, 6);
		put_byte(&p, 8, 0);
		finish(&p);
		assert_int_equal(oracle4(p.bytes, p.len, true).kind, OFF1);
		every_split(OBPBL_INET4, p.bytes, p.len, true);
	}
}

/* A GSO packet of more than 64 KiB has no length of its own */
static void test_no_total(void **unused)
{
	struct packet p;

	(void)unused;
	start4(&p, 5, 0, 6);
	put_tcp(&p, 40000, 25, ACK, 100);
	whole(OBPBL_INET4, &p, JUDGE);
}

/* ---- IPv6 --------------------------------------------------------------- */

#define HBH	IPPROTO_HOPOPTS
#define RTG	IPPROTO_ROUTING
#define FRG	IPPROTO_FRAGMENT
#define AUT	IPPROTO_AH
#define DST	IPPROTO_DSTOPTS

/* In a chain, a fragment header with an offset and without */
#define FRG_FIRST	200
#define FRG_LATER	201

struct shape6 {
	const char *name;
	u8 chain[8];
	unsigned int n;
	u8 last;
	u16 sport, dport;
	u8 flags;
	u8 kind;
};

static const struct shape6 shapes6[] = {
	{ "SYN to 25", { 0 }, 0, 6, 40000, 25, SYN, JUDGE },
	{ "from 25 to 25", { 0 }, 0, 6, 25, 25, SYN, JUDGE },
	{ "SYN+ACK from 25", { 0 }, 0, 6, 25, 40000, SYN | ACK, JUDGE },
	{ "pure SYN from 25", { 0 }, 0, 6, 25, 40000, SYN, PASS },
	{ "to 6400", { 0 }, 0, 6, 40000, 6400, SYN, PASS },
	{ "to 587", { 0 }, 0, 6, 40000, 587, SYN, PASS },
	{ "UDP", { 0 }, 0, 17, 40000, 25, SYN, PASS },
	{ "ICMPv6", { 0 }, 0, 58, 40000, 25, SYN, PASS },
	{ "ESP", { 0 }, 0, 50, 40000, 25, SYN, PASS },
	{ "no next header", { 0 }, 0, 59, 40000, 25, SYN, PASS },
	{ "unknown header", { 0 }, 0, 253, 40000, 25, SYN, PASS },
	{ "number 70 is not 6", { 0 }, 0, 70, 40000, 25, SYN, PASS },
	{ "hop-by-hop", { HBH }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "destination options", { DST }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "routing", { RTG }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "AH", { AUT }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "AH, to 80", { AUT }, 1, 6, 40000, 80, SYN, PASS },
	{ "the order of RFC 8200", { HBH, DST, RTG, FRG, AUT, DST }, 6, 6,
	  40000, 25, SYN, JUDGE },
	{ "the same, UDP", { HBH, DST, RTG, FRG, AUT, DST }, 6, 17,
	  40000, 25, SYN, PASS },
	{ "the same, from 25", { HBH, DST, RTG, FRG, AUT, DST }, 6, 6,
	  25, 40000, ACK, JUDGE },
	{ "destination options, ESP", { DST }, 1, 50, 40000, 25, SYN, PASS },
	{ "hop-by-hop, none", { HBH }, 1, 59, 40000, 25, SYN, PASS },
	{ "hop-by-hop in the middle", { DST, HBH, DST }, 3, 6,
	  40000, 25, SYN, JUDGE },
	{ "atomic fragment", { FRG }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "atomic fragment, to 80", { FRG }, 1, 6, 40000, 80, SYN, PASS },
	{ "two atomic fragments", { FRG, FRG }, 2, 6, 40000, 25, SYN, JUDGE },
	{ "first fragment", { FRG_FIRST }, 1, 6, 40000, 25, SYN, JUDGE },
	{ "first fragment, chain", { HBH, FRG_FIRST, DST }, 3, 6,
	  40000, 25, SYN, JUDGE },
	{ "first fragment, UDP", { FRG_FIRST }, 1, 17, 40000, 25, SYN, PASS },
	{ "later fragment that looks like 25", { FRG_LATER }, 1, 6,
	  40000, 25, SYN, PASS },
	{ "later fragment, chain", { DST, FRG_LATER, DST }, 3, 6,
	  40000, 25, SYN, PASS },
	{ "later within first", { FRG_FIRST, FRG_LATER }, 2, 6,
	  40000, 25, SYN, PASS },
};

static void put_header(struct packet *p, u8 type, u8 next, u8 units)
{
	switch (type) {
	case FRG:
		put_fragment(p, next, 0, false);
		break;
	case FRG_FIRST:
		put_fragment(p, next, 0, true);
		break;
	case FRG_LATER:
		put_fragment(p, next, 1, false);
		break;
	default:
		put_ext(p, type, next, units);
	}
}

static u8 number(u8 type)
{
	return type >= FRG_FIRST ? FRG : type;
}

static void make6(struct packet *p, const struct shape6 *s, u8 units)
{
	unsigned int i;

	start6(p, s->n ? number(s->chain[0]) : s->last);
	for (i = 0; i < s->n; i++)
		put_header(p, s->chain[i],
			   i + 1 < s->n ? number(s->chain[i + 1]) : s->last,
			   units);
	put_tcp(p, s->sport, s->dport, s->flags, 0);
	finish(p);
}

static void test_shapes6(void **unused)
{
	struct packet p;
	unsigned int i;
	u8 units;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(shapes6); i++) {
		for (units = 0; units < 3; units++) {
			make6(&p, &shapes6[i], units);
			if (oracle6(p.bytes, p.len, false).kind !=
			    shapes6[i].kind)
				print_error("%s\n", shapes6[i].name);
			whole(OBPBL_INET6, &p, shapes6[i].kind);
		}
		make6(&p, &shapes6[i], 0);
		every_cut(OBPBL_INET6, &p);
	}
}

/* As RFC 7112 wants it, a first fragment holds the chain through the ports */
static void test_chain(void **unused)
{
	struct packet p;
	unsigned int n;
	u8 kind;

	(void)unused;
	start6(&p, FRG);
	put_fragment(&p, DST, 0, true);
	put_ext(&p, DST, 6, 1);
	put_tcp(&p, 40000, 25, SYN, 0);
	for (n = 49; n <= p.len; n++) {
		struct packet cut = p;

		cut.len = n;
		finish(&cut);
		kind = n < 48 + 16 + 14 ? CHAIN : JUDGE;
		whole(OBPBL_INET6, &cut, kind);
	}
}

static void chain_of(struct packet *p, unsigned int n)
{
	unsigned int i;

	start6(p, n ? DST : 6);
	for (i = 0; i < n; i++)
		put_ext(p, DST, i + 1 < n ? DST : 6, 0);
	put_tcp(p, 40000, 25, SYN, 0);
	finish(p);
}

static void test_bound(void **unused)
{
	struct packet p;
	unsigned int n;

	(void)unused;
	for (n = 0; n <= BOUND + 3; n++) {
		chain_of(&p, n);
		whole(OBPBL_INET6, &p, n <= BOUND ? JUDGE : CHAIN);
	}
}

/* A jumbogram says its length in an option; the core has believed it */
static void test_no_payload(void **unused)
{
	struct packet p;

	(void)unused;
	start6(&p, HBH);
	put_ext(&p, HBH, 6, 0);
	put_tcp(&p, 40000, 25, ACK, 100);
	whole(OBPBL_INET6, &p, JUDGE);
}

static void test_strict6(void **unused)
{
	struct packet p;

	(void)unused;
	start6(&p, FRG);
	put_fragment(&p, 6, 2, true);
	put_byte(&p, 8, 0);
	finish(&p);
	assert_int_equal(oracle6(p.bytes, p.len, true).kind, OFF1);
	whole(OBPBL_INET6, &p, PASS);
}

/* ---- anything ----------------------------------------------------------- */

static u64 state;

/* splitmix64 (Steele, Lea and Flood, 2014) */
static u64 rnd64(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Changes any byte but those of the addresses, mostly to one that matters */
static void mutate(struct packet *p, u8 family)
{
	static const u8 likely_bytes[] = { 0, 1, 2, 4, 5, 6, 8, 17, 25, 43, 44,
					   51, 60, 0x20, 0x40, 0x45, 255 };
	unsigned int from = family == OBPBL_INET4 ? 12 : 8;
	unsigned int to = family == OBPBL_INET4 ? 20 : 40;
	unsigned int at = rnd64() % p->len;

	if (at >= from && at < to)
		return;
	p->bytes[at] = rnd64() % 4 ? likely_bytes[rnd64() %
						  ARRAY_SIZE(likely_bytes)] :
				     rnd64();
}

static void random_packet(struct packet *p, u8 family)
{
	unsigned int n = rnd64() % 6;

	if (family == OBPBL_INET4)
		make4(p, &shapes4[rnd64() % ARRAY_SIZE(shapes4)]);
	else
		make6(p, &shapes6[rnd64() % ARRAY_SIZE(shapes6)], rnd64() % 3);
	while (n--)
		mutate(p, family);
}

static void test_random(void **unused)
{
	unsigned long n = getenv("ROUNDS") ? atol(getenv("ROUNDS")) : 1;
	struct packet p;
	bool trimmed;
	u8 family;

	(void)unused;
	for (n *= 200000; n; n--) {
		family = rnd64() & 1;
		random_packet(&p, family);
		trimmed = family == OBPBL_INET4 ?
			be16_at(p.bytes + 2) >= p.len :
			be16_at(p.bytes + 4) + 40u >= p.len;
		compare(family, p.bytes, p.len, rnd64() % (p.len + 1),
			rnd64() & 1, trimmed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes4),
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_strict4),
		cmocka_unit_test(test_no_total),
		cmocka_unit_test(test_shapes6),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_no_payload),
		cmocka_unit_test(test_strict6),
		cmocka_unit_test(test_random),
	};

	state = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 0) :
				 (u64)time(NULL);
	print_message("SEED=%llu\n", (unsigned long long)state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
