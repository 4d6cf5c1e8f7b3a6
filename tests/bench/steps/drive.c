// SPDX-License-Identifier: GPL-2.0-only
/*
 * One ISP, its prefixes, and packets to port 25 through the hooks.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>

#include "core/entry.h"
#include "core/isp.h"
#include "core/policy.h"
#include "drive.h"
#include "packet/datapath.h"
#include "packet/stats.h"

static struct obpbl_sysctl sysctl = {
	.mode = OBPBL_MODE_ENFORCE,
	.established = 0,
	.v6_source_len = 64,
};

static struct obpbl_history history;
static struct obpbl_transaction transaction;
static struct obpbl_datapath *dp;
static struct nf_hook_state state;
static struct net_device in, out;
static struct sk_buff skb;
static u8 packet[sizeof(struct ipv6hdr) + sizeof(struct tcphdr)];
static struct obpbl_prefixes prefixes[2];

int drive_begin(unsigned int max_sources)
{
	struct obpbl_isp_config config = {
		.name = "bench",
		.mode = OBPBL_MODE_ENFORCE,
		.policy = OBPBL_POLICY_OUTSIDE,
		.reject = OBPBL_REJECT_DROP,
	};
	struct obpbl_isp_stats *stats;
	u16 isp;
	int err;

	dp = obpbl_datapath_alloc(max_sources);
	if (!dp)
		return -ENOMEM;
	dp->sysctl = &sysctl;
	dp->stats = obpbl_stats_alloc();
	if (!dp->stats)
		return -ENOMEM;
	err = obpbl_history_init(&history);
	if (err)
		return err;
	err = obpbl_transaction_begin(&transaction, &history);
	if (err)
		return err;
	transaction.max_bytes = U64_MAX;
	transaction.max_prefixes = U32_MAX;
	transaction.max_overlays = U32_MAX;
	transaction.max_sessions = U32_MAX;
	stats = obpbl_isp_stats_add(dp->stats, config.name);
	if (IS_ERR(stats))
		return PTR_ERR(stats);
	isp = obpbl_isp_stats_number(stats);
	err = obpbl_isp_add(obpbl_transaction_table(&transaction, OBPBL_LIVE),
			    isp, stats, &config);
	if (!err)
		err = obpbl_prefixes_begin(&prefixes[0], &transaction, isp,
					   OBPBL_CLASS_DYNAMIC);
	return err ?: obpbl_prefixes_begin(&prefixes[1], &transaction, isp,
					   OBPBL_CLASS_RELAY);
}

int drive_prefix(int family, int relay, const unsigned char *addr,
		 unsigned int len)
{
	struct obpbl_prefix prefix = {
		.family = family == 4 ? OBPBL_INET4 : OBPBL_INET6,
		.len = len,
	};

	memcpy(prefix.key, addr, family == 4 ? 4 : 16);
	return obpbl_prefix_add(&prefixes[relay], &prefix, false);
}

void drive_publish(void)
{
	obpbl_transaction_commit(&transaction);
	rcu_assign_pointer(dp->policy, history.current_policy);
	skb.data = packet;
	skb.head = packet;
	strscpy(in.name, "in0", sizeof(in.name));
	strscpy(out.name, "out0", sizeof(out.name));
	state.in = &in;
	state.out = &out;
	state.hook = NF_INET_FORWARD;
}

static void put_tcp(u8 *at)
{
	struct tcphdr *tcp = (struct tcphdr *)at;

	tcp->source = cpu_to_be16(49152);
	tcp->dest = cpu_to_be16(25);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->syn = 1;
	skb.len = at + sizeof(*tcp) - packet;
}

void drive_prepare(int family, const unsigned char *pair)
{
	struct ipv6hdr *ip6 = (struct ipv6hdr *)packet;
	struct iphdr *ip = (struct iphdr *)packet;

	memset(packet, 0, sizeof(packet));
	if (family == 4) {
		ip->version = 4;
		ip->ihl = 5;
		ip->protocol = IPPROTO_TCP;
		ip->tot_len = cpu_to_be16(40);
		memcpy(packet + 12, pair, 8);
		put_tcp(packet + sizeof(*ip));
		state.pf = NFPROTO_IPV4;
		return;
	}
	ip6->version = 6;
	ip6->nexthdr = IPPROTO_TCP;
	ip6->payload_len = cpu_to_be16(20);
	memcpy(packet + 8, pair, 32);
	put_tcp(packet + sizeof(*ip6));
	state.pf = NFPROTO_IPV6;
}

int drive_packet(void)
{
	const struct nf_hook_ops *ops = &dp->hooks[state.pf == NFPROTO_IPV6];

	return ops->hook(ops->priv, &skb, &state) != NF_ACCEPT;
}

MODULE_LICENSE("GPL");
