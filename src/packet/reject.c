// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replies to what was blocked: a RST or an ICMP error, by the kernel's own
 * senders, and not too many of them.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/timekeeping.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/route.h>

#include "core/rate.h"
#include "reject.h"
#include "stats.h"

/* A broadcast address may not look like one: the routes know, there and back */
static bool unicast4(const struct sk_buff *skb,
		     const struct nf_hook_state *state)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (inet_addr_type_dev_table(state->net, state->in, ip->saddr) ==
	    RTN_BROADCAST)
		return false;
	return !ipv4_is_multicast(ip->saddr) && !ipv4_is_lbcast(ip->saddr) &&
	       !ipv4_is_zeronet(ip->saddr) && !ipv4_is_loopback(ip->saddr) &&
	       !ipv4_is_multicast(ip->daddr) && !ipv4_is_lbcast(ip->daddr) &&
	       !(skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
}

static bool unicast6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);

	return ipv6_addr_type(&ip->saddr) & IPV6_ADDR_UNICAST &&
	       ipv6_addr_type(&ip->daddr) & IPV6_ADDR_UNICAST;
}

/*
 * The sum over a fragment says nothing about the packet, so that it is never
 * answered.  A sum is checked here, not only by the senders, so that what they
 * would not answer takes nothing from the bucket; and once: the core remembers.
 */
static bool answerable(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct obpbl_shape *shape)
{
	if (shape->fragment || skb->pkt_type != PACKET_HOST || !skb_dst(skb))
		return false;
	if (state->pf == NFPROTO_IPV4 ? !unicast4(skb, state) : !unicast6(skb))
		return false;
	return !nf_checksum(skb, NF_INET_FORWARD, shape->tcp, IPPROTO_TCP,
			    state->pf);
}

static struct dst_entry *route_back(const struct sk_buff *skb,
				    const struct nf_hook_state *state, int vrf)
{
	struct dst_entry *dst = NULL;
	struct flowi fl = { };

	if (state->pf == NFPROTO_IPV4) {
		fl.u.ip4.daddr = ip_hdr(skb)->saddr;
		fl.u.ip4.flowi4_oif = vrf;
	} else {
		fl.u.ip6.daddr = ipv6_hdr(skb)->saddr;
		fl.u.ip6.flowi6_oif = vrf;
	}
	if (nf_route(state->net, &dst, &fl, false, state->pf))
		return NULL;
	return dst;
}

/*
 * The senders of RSTs look for the way back in the VRF of the route out.  Where
 * the packet comes from another VRF, or crosses into or out of one, that is
 * the wrong table; so give it a route that is in the right one.  It has no
 * further use for its own.
 */
static bool face_back(struct sk_buff *skb, const struct nf_hook_state *state)
{
	int vrf = l3mdev_master_ifindex_rcu(state->in);
	struct dst_entry *dst;

	if (vrf == l3mdev_master_ifindex_rcu(skb_dst(skb)->dev))
		return true;
	dst = route_back(skb, state, vrf);
	if (!dst)
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	return vrf == l3mdev_master_ifindex_rcu(dst->dev);
}

static void send_reset(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		nf_send_reset(state->net, NULL, skb, NF_INET_FORWARD);
	else if (IS_ENABLED(CONFIG_IPV6))
		nf_send_reset6(state->net, NULL, skb, NF_INET_FORWARD);
}

static void send_unreach(struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		nf_send_unreach(skb, ICMP_PKT_FILTERED, NF_INET_FORWARD);
	else if (IS_ENABLED(CONFIG_IPV6))
		nf_send_unreach6(state->net, skb, ICMPV6_ADM_PROHIBITED,
				 NF_INET_FORWARD);
}

/**
 * obpbl_reject() - tell the client that its connection is blocked
 * @context: its packet, which is going to be dropped: well-formed, TCP, no RST
 *
 * Sends nothing to what is not one whole unicast packet with a good checksum,
 * nor more than net.obpbl.reject_rate; the latter is counted, and so is what
 * the kernel's sender has got, whatever becomes of it.  Header pointers into
 * the packet are void afterwards.
 *
 * Context: softirq, in the hook.
 */
void obpbl_reject(struct obpbl_context *context)
{
	const struct nf_hook_state *state = context->state;
	struct obpbl_datapath *dp = context->dp;
	struct sk_buff *skb = context->skb;

	if (!answerable(skb, state, &context->shape))
		return;
	if (!obpbl_rate_take(&dp->replies, READ_ONCE(dp->sysctl->reject_rate),
			     ktime_get_ns())) {
		obpbl_stats_inc(dp->stats, OBPBL_TOTAL_RATELIMITED);
		return;
	}
	if (context->decision.isp->config.reject != OBPBL_REJECT_RESET)
		send_unreach(skb, state);
	else if (face_back(skb, state))
		send_reset(skb, state);
	else
		return;
	obpbl_stats_inc(dp->stats, OBPBL_TOTAL_REPLIES);
}
