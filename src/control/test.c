// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test of a packet: the decision on one that is not sent.
 */
#include <linux/netdevice.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>
#include <net/l3mdev.h>

#include "device.h"
#include "dump.h"
#include "message.h"
#include "packet/account.h"

/**
 * struct names - of the device that a tested packet would come in by
 * @dev: its name
 * @vrf: the name of its l3mdev master
 */
struct names {
	char dev[IFNAMSIZ];
	char vrf[IFNAMSIZ];
};

static int get_port(struct net *net, struct genl_info *info,
		    struct names *names, struct obpbl_port *port)
{
	struct nlattr *nla = info->attrs[OBPBL_A_DEV];
	struct net_device *dev, *master;
	int err = 0;

	if (!nla)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, nla_data(nla));
	if (dev) {
		strscpy(names->dev, dev->name, sizeof(names->dev));
		port->dev = names->dev;
		master = netif_is_l3_master(dev) ? dev :
			 l3mdev_master_dev_rcu(dev);
		if (master) {
			strscpy(names->vrf, master->name, sizeof(names->vrf));
			port->vrf = names->vrf;
		}
	} else {
		info->extack->bad_attr = nla;
		NL_SET_ERR_MSG(info->extack, "there is no such device");
		err = -ENODEV;
	}
	rcu_read_unlock();
	return err;
}

static int get_flow(struct genl_info *info, struct obpbl_flow *flow)
{
	struct nlattr *src = info->attrs[OBPBL_A_SRC];
	struct nlattr *dst = info->attrs[OBPBL_A_DST];
	struct nlattr **attrs = info->attrs;
	int err;

	err = obpbl_missing(info, OBPBL_A_SRC, "the source is missing");
	if (!err)
		err = obpbl_missing(info, OBPBL_A_DST,
				    "the destination is missing");
	if (err)
		return err;
	if (nla_len(src) != nla_len(dst) ||
	    (nla_len(src) != 4 && nla_len(src) != 16)) {
		info->extack->bad_attr = dst;
		NL_SET_ERR_MSG(info->extack,
			       "source and destination are not two addresses of one family");
		return -EINVAL;
	}
	flow->family = nla_len(src) == 4 ? OBPBL_INET4 : OBPBL_INET6;
	memcpy(flow->src, nla_data(src), nla_len(src));
	memcpy(flow->dst, nla_data(dst), nla_len(dst));
	flow->sport = attrs[OBPBL_A_SPORT] ?
		nla_get_u16(attrs[OBPBL_A_SPORT]) : 49152;
	flow->dport = attrs[OBPBL_A_DPORT] ?
		nla_get_u16(attrs[OBPBL_A_DPORT]) : OBPBL_PORT;
	flow->tcp_flags = attrs[OBPBL_A_TCP_FLAGS] ?
		nla_get_u8(attrs[OBPBL_A_TCP_FLAGS]) : OBPBL_TCP_SYN;
	return 0;
}

static int put_entry(struct sk_buff *skb, int attr_len, u8 len, int attr_class,
		     u8 class)
{
	if (class == OBPBL_CLASS_NONE)
		return 0;
	return nla_put_u8(skb, attr_len, len) ||
	       nla_put_u8(skb, attr_class, class);
}

static int put_session(struct sk_buff *skb, struct obpbl_net *onet,
		       const struct obpbl_session *session)
{
	char dev[IFNAMSIZ];

	if (!session)
		return 0;
	return nla_put_u32(skb, OBPBL_A_IFINDEX, session->ifindex) ||
	       (obpbl_device_name(onet, session->ifindex, dev) &&
		nla_put_string(skb, OBPBL_A_DEV, dev));
}

static int put_decision(struct sk_buff *skb, struct obpbl_net *onet,
			const struct obpbl_decision *d)
{
	return nla_put_u8(skb, OBPBL_A_VERDICT, d->verdict) ||
	       nla_put_u8(skb, OBPBL_A_REASON_CODE, d->reason) ||
	       nla_put_u8(skb, OBPBL_A_MODE, d->mode) ||
	       (d->isp &&
		(nla_put_string(skb, OBPBL_A_ISP, d->isp->config.name) ||
		 nla_put_u8(skb, OBPBL_A_REJECT, d->reverse ?
			    OBPBL_REJECT_DROP : d->isp->config.reject))) ||
	       put_entry(skb, OBPBL_A_SRC_LEN, d->src_len,
			 OBPBL_A_SRC_CLASS, d->src_class) ||
	       put_session(skb, onet, d->session) ||
	       put_entry(skb, OBPBL_A_DST_LEN, d->dst_len,
			 OBPBL_A_DST_CLASS, d->dst_class);
}

/* As the packet would be counted, which it is not */
static void limit(struct obpbl_net *onet, const struct obpbl_flow *flow,
		  struct obpbl_decision *decision)
{
	enum obpbl_limit_state state = OBPBL_LIMIT_FULL;
	struct obpbl_datapath *dp;

	rcu_read_lock();
	dp = rcu_dereference(onet->datapath);
	if (dp)
		state = obpbl_account_limit_state(dp, dp->limiter, flow,
						  decision, false);
	rcu_read_unlock();
	obpbl_decision_limit(decision, state == OBPBL_LIMIT_UNDER);
}

static int judge(struct sk_buff *reply, struct obpbl_net *onet,
		 const struct obpbl_policy *policy,
		 const struct obpbl_flow *flow)
{
	struct obpbl_question question = {
		.policy = policy,
		.flow = flow,
		.settings.mode = READ_ONCE(onet->sysctl.mode),
		.settings.established = READ_ONCE(onet->sysctl.established),
		.now = ktime_get_real_seconds(),
	};
	struct obpbl_decision decision;
	int err;

	if (obpbl_put_generation(reply, policy))
		return -EMSGSIZE;
	if (!obpbl_judge(&question, OBPBL_LIVE, &decision)) {
		err = nla_put_u8(reply, OBPBL_A_VERDICT, OBPBL_VERDICT_PASS);
		return err ? -EMSGSIZE : 0;
	}
	if (decision.limited)
		limit(onet, flow, &decision);
	return put_decision(reply, onet, &decision) ? -EMSGSIZE : 0;
}

static int test(struct sk_buff *reply, struct obpbl_net *onet,
		struct genl_info *info)
{
	struct obpbl_flow flow = { };
	struct obpbl_policy *policy;
	struct names names;
	int err;

	err = get_flow(info, &flow);
	if (!err)
		err = get_port(onet->net, info, &names, &flow.in);
	if (err)
		return err;
	flow.out = flow.in;
	policy = obpbl_net_hold(onet);
	err = judge(reply, onet, policy, &flow);
	obpbl_net_put(onet, policy);
	return err;
}

/**
 * obpbl_cmd_test() - OBPBL_CMD_TEST
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_test(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, test);
}
