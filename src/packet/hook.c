// SPDX-License-Identifier: GPL-2.0-only
/*
 * NF_INET_FORWARD for IPv4 and IPv6: parse, decide, count, act.
 *
 * Allocates nothing (a reply aside) and holds no reference: the core runs hooks
 * in a read-side critical section, and all that is read lives until after it.
 * The decision locks nothing; what is counted for one source is behind the lock
 * of one bucket of its table, see source.c and limit.c.
 */
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "account.h"
#include "compat/compat.h"
#include "decision.h"
#include "flow.h"
#include "hook.h"
#include "net.h"
#include "reject.h"
#include "shadow.h"
#include "stats.h"
#include "uninitialized.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The device on which a packet came in, below the VRF that took it over */
static const struct net_device *slave_of(const struct sk_buff *skb,
					 const struct net_device *vrf, u8 pf)
{
	int index = pf == NFPROTO_IPV4 ? IPCB(skb)->iif : IP6CB(skb)->iif;

	return dev_get_by_index_rcu(dev_net(vrf), index);
}

/*
 * In FORWARD the input device of VRF traffic is the VRF itself, and the output
 * device a port of it; a policy may name either.
 */
static struct obpbl_port port_in(const struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct net_device *dev = state->in;
	struct obpbl_port port = { NULL, NULL };

	if (dev && netif_is_l3_master(dev)) {
		port.vrf = dev->name;
		dev = slave_of(skb, dev, state->pf);
	}
	if (dev)
		port.dev = dev->name;
	return port;
}

static struct obpbl_port port_out(const struct nf_hook_state *state)
{
	struct net_device *dev = state->out;
	struct obpbl_port port = { NULL, NULL };

	if (!dev)
		return port;
	port.dev = dev->name;
	if (netif_is_l3_slave(dev))
		dev = netdev_master_upper_dev_get_rcu(dev);
	if (dev && netif_is_l3_master(dev))
		port.vrf = dev->name;
	return port;
}

/*
 * No answer to what is malformed, nor to an answer from port 25, where it
 * would be backscatter at a real mail server, nor ever to a RST.
 */
static bool may_reply(const struct obpbl_flow *flow,
		      const struct obpbl_decision *decision)
{
	return decision->isp->config.reject != OBPBL_REJECT_DROP &&
	       !decision->reverse && !flow->malformed &&
	       !(flow->tcp_flags & OBPBL_TCP_RST);
}

static const char *name_of(const struct net_device *dev)
{
	return dev ? dev->name : "-";
}

static void account(struct obpbl_net *on, const struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    const struct obpbl_flow *flow,
		    struct obpbl_decision *decision)
{
	if (decision->limited)
		obpbl_account_limit(on, flow, decision, true);
	trace_verdict(flow, decision, name_of(state->in),
		      name_of(state->out));
	obpbl_stats_count(on, decision, flow->family, skb->len,
			  obpbl_flow_attempts(flow));
	if (decision->verdict != OBPBL_VERDICT_PASS)
		obpbl_account_note(on, flow, decision);
}

/* The verdict, with all that is to be noted of it; and what a shadow says */
static bool judge(struct obpbl_net *on, const struct obpbl_policy *policy,
		  struct obpbl_shadow *shadow, const struct sk_buff *skb,
		  const struct nf_hook_state *state,
		  const struct obpbl_flow *flow,
		  struct obpbl_decision *decision)
{
	struct obpbl_settings settings = {
		.mode = READ_ONCE(on->sysctl.mode),
		.established = READ_ONCE(on->sysctl.established),
	};
	u64 now = ktime_get_real_seconds();
	bool judged;

	obpbl_account_expect(on, flow);
	judged = obpbl_judge(policy, flow, &settings, now, decision);
	if (judged)
		account(on, skb, state, flow, decision);
	if (unlikely(shadow))
		obpbl_shadow_judge(on, shadow, policy, flow, &settings, now,
				   judged ? decision : NULL);
	return judged;
}

static unsigned int act(struct obpbl_net *on,
			const struct obpbl_policy *policy,
			struct obpbl_shadow *shadow, struct sk_buff *skb,
			const struct nf_hook_state *state,
			const struct obpbl_flow *flow,
			const struct obpbl_shape *shape)
{
	struct obpbl_decision decision;

	if (!judge(on, policy, shadow, skb, state, flow, &decision) ||
	    decision.verdict != OBPBL_VERDICT_BLOCK)
		return NF_ACCEPT;
	if (may_reply(flow, &decision))
		obpbl_reject(on, skb, state, shape,
			     decision.isp->config.reject);
	return OBPBL_DROP(skb);
}

/* Whether some entry holds only for one device or VRF */
static bool names_ports(const struct obpbl_policy *policy)
{
	return policy->configured.vrfs.count ||
	       policy->configured.tables.devs || policy->runtime.devs;
}

/*
 * Out of line, so that all other packets pay nothing for its stack; and with
 * the arguments of a hook, so that they need not be moved.
 */
static noinline unsigned int look_closer(void *family, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	struct obpbl_net *on = obpbl_pernet(state->net);
	const struct obpbl_policy *policy = rcu_dereference(on->policy);
	struct obpbl_flow flow OBPBL_UNINITIALIZED;
	struct obpbl_shadow *shadow;
	struct obpbl_shape shape;

	if (!policy ||
	    !obpbl_flow_parse(skb, (unsigned long)family,
			      READ_ONCE(on->sysctl.fragments), &flow, &shape))
		return NF_ACCEPT;
	shadow = rcu_dereference(on->shadow);
	if (names_ports(policy) || (shadow && shadow->ports)) {
		flow.in = port_in(skb, state);
		flow.out = port_out(state);
	}
	return act(on, policy, shadow, skb, state, &flow, &shape);
}

static unsigned int hook4(void *family, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	if (likely(!obpbl_flow_maybe4(skb)))
		return NF_ACCEPT;
	return look_closer(family, skb, state);
}

static unsigned int hook6(void *family, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	if (likely(!obpbl_flow_maybe6(skb)))
		return NF_ACCEPT;
	return look_closer(family, skb, state);
}

/*
 * First of all in FORWARD: nothing before it can steal or queue a packet, and
 * what it blocks costs no further rule and never gets as far as a flowtable.
 * Destination NAT has happened in PREROUTING, source NAT has not yet.
 */
static const struct nf_hook_ops hooks[] = {
	{
		.hook		= hook4,
		.priv		= (void *)OBPBL_INET4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP_PRI_FIRST,
	},
	{
		.hook		= hook6,
		.priv		= (void *)OBPBL_INET6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP6_PRI_FIRST,
	},
};

/* With ipv6.disable=1 there is no IPv6 to forward, for as long as we live */
static unsigned int hook_count(void)
{
	return ipv6_mod_enabled() ? ARRAY_SIZE(hooks) : 1;
}

/**
 * obpbl_hook_register() - begin to see the packets of a namespace
 * @net: the namespace; its state must be complete
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno.  The IPv4 hook may then still be running:
 * what it reads may only be freed after a grace period, as after
 * obpbl_hook_unregister().
 */
int obpbl_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, hooks, hook_count());
}

/**
 * obpbl_hook_unregister() - see no more packets
 * @net: the namespace
 *
 * Does not wait: hooks that are running end within a grace period.
 *
 * Context: process, may sleep.
 */
void obpbl_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, hook_count());
}
