// SPDX-License-Identifier: GPL-2.0-only
/*
 * NF_INET_FORWARD for IPv4 and IPv6: parse, decide, count, act.
 *
 * Allocates nothing (a reply aside) and holds no reference: the core runs hooks
 * in a read-side critical section, and all that is read lives until after it.
 * The decision locks nothing; what is counted for one source is behind the lock
 * of one bucket of its table, see source.c and limit.c.
 */
#include <linux/bottom_half.h>
#include <linux/ipv6.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "account.h"
#include "compat/compat.h"
#include "core/uninitialized.h"
#include "datapath.h"
#include "reject.h"
#include "shadow.h"
#include "stats.h"

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
static bool may_reply(const struct obpbl_context *context)
{
	const struct obpbl_decision *decision = &context->decision;

	return decision->isp->config.reject != OBPBL_REJECT_DROP &&
	       !decision->reverse && !context->flow.malformed &&
	       !(context->flow.tcp_flags & OBPBL_TCP_RST);
}

/* The verdict, with all that is to be noted of it; and what a shadow says */
static bool judge(struct obpbl_context *context)
{
	struct obpbl_decision *decision = &context->decision;
	bool judged;

	obpbl_account_expect(context);
	judged = obpbl_judge(&context->question, OBPBL_LIVE, decision);
	if (judged) {
		if (decision->limited)
			obpbl_account_limit(context);
		trace_verdict(&context->flow, decision, context->state);
		obpbl_stats_count(context);
		obpbl_account_note(context);
	}
	if (unlikely(context->question.policy->observer))
		obpbl_shadow_judge(context, judged ? decision : NULL);
	return judged && decision->verdict == OBPBL_VERDICT_BLOCK;
}

static unsigned int steps(struct obpbl_context *context)
{
	const struct obpbl_sysctl *sysctl = context->dp->sysctl;
	const struct nf_hook_state *state = context->state;
	struct obpbl_question *question = &context->question;

	if (!obpbl_flow_parse(context->skb,
			      state->pf == NFPROTO_IPV4 ? OBPBL_INET4 :
							  OBPBL_INET6,
			      READ_ONCE(sysctl->fragments), &context->flow,
			      &context->shape))
		return NF_ACCEPT;
	if (!question->policy->portless) {
		context->flow.in = port_in(context->skb, state);
		context->flow.out = port_out(state);
	}
	question->flow = &context->flow;
	question->settings.mode = READ_ONCE(sysctl->mode);
	question->settings.established = READ_ONCE(sysctl->established);
	question->now = ktime_get_real_seconds();
	if (!judge(context))
		return NF_ACCEPT;
	if (may_reply(context))
		obpbl_reject(context);
	return OBPBL_DROP(context->skb);
}

/*
 * Out of line, so that all other packets pay nothing for its stack; and with
 * the arguments of a hook, so that they need not be moved.  A packet that
 * another hook has queued comes back in process context, where what is counted
 * on this CPU must be kept from the packets that come in meanwhile.
 */
static noinline unsigned int slow_path(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct obpbl_context context OBPBL_UNINITIALIZED;
	unsigned int verdict = NF_ACCEPT;

	context.dp = priv;
	context.question.policy = rcu_dereference(context.dp->policy);
	context.skb = skb;
	context.state = state;
	if (!context.question.policy)
		return NF_ACCEPT;
	local_bh_disable();
	verdict = steps(&context);
	local_bh_enable();
	return verdict;
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	if (likely(!obpbl_flow_maybe4(skb)))
		return NF_ACCEPT;
	return slow_path(priv, skb, state);
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	if (likely(!obpbl_flow_maybe6(skb)))
		return NF_ACCEPT;
	return slow_path(priv, skb, state);
}

/* Life */

/*
 * First of all in FORWARD: what it blocks costs no further rule and never gets as
 * far as a flowtable.  Only a hook that is registered later with the same priority
 * comes before it; see slow_path() for what that may do.
 * Destination NAT has happened in PREROUTING, source NAT has not yet.
 */
static void fill_hooks(struct obpbl_datapath *dp)
{
	dp->hooks[OBPBL_INET4] = (struct nf_hook_ops){
		.hook		= hook4,
		.priv		= dp,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP_PRI_FIRST,
	};
	dp->hooks[OBPBL_INET6] = (struct nf_hook_ops){
		.hook		= hook6,
		.priv		= dp,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP6_PRI_FIRST,
	};
}

static void datapath_free(struct obpbl_datapath *dp)
{
	obpbl_sources_free(dp->sources);
	obpbl_limiter_free(dp->limiter);
	kvfree(dp);
}

static void datapath_rcu(struct rcu_head *rcu)
{
	datapath_free(container_of(rcu, struct obpbl_datapath, rcu));
}

/**
 * obpbl_datapath_alloc() - make all that packets will see
 * @max_sources: how many sources it is to know at one time
 *
 * The caller sets what the tables are not.
 *
 * Context: process, may sleep.
 * Return: the datapath, or NULL without memory.
 */
struct obpbl_datapath *obpbl_datapath_alloc(u32 max_sources)
{
	struct obpbl_datapath *dp = kvzalloc(sizeof(*dp), GFP_KERNEL_ACCOUNT);

	if (!dp)
		return NULL;
	dp->sources = obpbl_sources_alloc(max_sources);
	dp->limiter = obpbl_limiter_alloc(max_sources);
	if (!dp->sources || !dp->limiter) {
		datapath_free(dp);
		return NULL;
	}
	spin_lock_init(&dp->notes_lock);
	INIT_KFIFO(dp->notes);
	fill_hooks(dp);
	return dp;
}

/**
 * obpbl_datapath_free_rcu() - free it once nobody reads it any more
 * @dp: the datapath, not registered any more, or never
 *
 * Context: process.
 */
void obpbl_datapath_free_rcu(struct obpbl_datapath *dp)
{
	call_rcu(&dp->rcu, datapath_rcu);
}

/* With ipv6.disable=1 there is no IPv6 to forward, for as long as we live */
static unsigned int hook_count(void)
{
	return ipv6_mod_enabled() ? OBPBL_FAMILIES : 1;
}

/**
 * obpbl_datapath_register() - begin to see packets
 * @dp: the datapath, complete
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno.  The IPv4 hook may then still be running, as
 * after obpbl_datapath_unregister().
 */
int obpbl_datapath_register(struct obpbl_datapath *dp)
{
	return nf_register_net_hooks(dp->net, dp->hooks, hook_count());
}

/**
 * obpbl_datapath_unregister() - see no more packets
 * @dp: the datapath
 *
 * Does not wait: hooks that are running end within a grace period.
 *
 * Context: process, may sleep.
 */
void obpbl_datapath_unregister(struct obpbl_datapath *dp)
{
	nf_unregister_net_hooks(dp->net, dp->hooks, hook_count());
}
