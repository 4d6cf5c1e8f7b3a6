/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a packet to a flow.  Only this pair of files reads packet headers.
 *
 * The data of a packet begins with its IP header, as in every netfilter hook
 * of an IP family, and the core has cut off what follows the datagram.
 */
#ifndef _OBPBL_FLOW_H
#define _OBPBL_FLOW_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "core/decision.h"

/**
 * struct obpbl_shape - what a reply needs to know of a packet, beside its flow
 * @tcp: offset of the TCP header from the IP header
 * @fragment: it is not a whole packet
 */
struct obpbl_shape {
	u32 tcp;
	bool fragment;
};

/* Bytes of TCP that hold both ports, and those through the flags */
#define OBPBL_TCP_PORTS	4
#define OBPBL_TCP_FLAGS	14

/* Network order, so that a comparison is one instruction on the packet */
#define OBPBL_PORT_BE	cpu_to_be16(OBPBL_PORT)

/*
 * What is zero in the first eight bytes of a whole IPv4 packet without options:
 * more fragments, the offset, and the bits that 4 and 5 have not of a version
 * and a header length that the core has checked (5 or more, so that all other
 * lengths have one of these).
 */
#define OBPBL_IP_UNUSUAL	cpu_to_be64(0xba00000000003fffULL)

/* IPv6 headers that TCP can come behind; all numbers are below 64 */
#define OBPBL_IP6_WALKED						\
	(1ULL << IPPROTO_HOPOPTS | 1ULL << IPPROTO_ROUTING |		\
	 1ULL << IPPROTO_FRAGMENT | 1ULL << IPPROTO_AH |		\
	 1ULL << IPPROTO_DSTOPTS)

/* Where TCP follows at @offset: not there, or one of the ports is ours */
static inline bool obpbl_flow_ports(const struct sk_buff *skb, u32 offset)
{
	const __be16 *port = (const __be16 *)(skb->data + offset);

	return unlikely(skb_headlen(skb) < offset + OBPBL_TCP_PORTS ||
			port[0] == OBPBL_PORT_BE || port[1] == OBPBL_PORT_BE);
}

/* Options or a fragment, in one test on one load */
static inline bool obpbl_flow_unusual(const struct iphdr *ip)
{
	__be64 begin;

	memcpy(&begin, ip, sizeof(begin));
	return begin & OBPBL_IP_UNUSUAL;
}

/**
 * obpbl_flow_maybe4() - is an IPv4 packet worth a closer look
 * @skb: the packet, its IP header linear, of version 4 and of a good length
 *
 * What nearly every forwarded packet pays: inline, nothing copied.  It knows
 * the usual shape alone, and leaves every other TCP packet to
 * obpbl_flow_parse().
 *
 * Return: false if the packet is certainly none of ours.
 */
static inline bool obpbl_flow_maybe4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	if (ip->protocol != IPPROTO_TCP)
		return false;
	return unlikely(obpbl_flow_unusual(ip)) ||
	       obpbl_flow_ports(skb, sizeof(*ip));
}

/**
 * obpbl_flow_maybe6() - is an IPv6 packet worth a closer look
 * @skb: the packet, its IP header linear
 *
 * See obpbl_flow_maybe4().
 *
 * Return: false if the packet is certainly none of ours.
 */
static inline bool obpbl_flow_maybe6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)skb->data;

	if (likely(ip->nexthdr == IPPROTO_TCP))
		return obpbl_flow_ports(skb, sizeof(*ip));
	return ip->nexthdr < 64 && OBPBL_IP6_WALKED >> ip->nexthdr & 1;
}

bool obpbl_flow_parse(const struct sk_buff *skb, u8 family, bool strict,
		      struct obpbl_flow *flow, struct obpbl_shape *shape);

#endif /* _OBPBL_FLOW_H */
