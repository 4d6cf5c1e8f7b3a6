// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of messages: refusals, answers, and attributes that several have.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "compat/compat.h"
#include "message.h"
#include "netlink.h"
#include "packet/account.h"

/* Refusals */

/**
 * obpbl_missing() - refuse a request without an attribute
 * @info: the request
 * @attr: the attribute
 * @sentence: what to say
 *
 * Return: 0 if it is there, else -EINVAL.
 */
int obpbl_missing(struct genl_info *info, int attr, const char *sentence)
{
	if (info->attrs[attr])
		return 0;
	info->extack->_msg = sentence;
	return -EINVAL;
}

/**
 * obpbl_refuse() - refuse a request for one of its attributes
 * @info: the request
 * @attr: the attribute
 * @err: a negative errno
 * @sentence: what to say
 *
 * Return: @err.
 */
int obpbl_refuse(struct genl_info *info, int attr, int err,
		 const char *sentence)
{
	info->extack->bad_attr = info->attrs[attr];
	info->extack->_msg = sentence;
	return err;
}

/* What is left, to be told: a second that has begun counts */
static u32 seconds_left(const struct obpbl_net *onet)
{
	u64 now = ktime_get_ns(), deadline = READ_ONCE(onet->confirm.deadline);

	if (now >= deadline)
		return 0;
	return div_u64(deadline - now + NSEC_PER_SEC - 1, NSEC_PER_SEC);
}

/**
 * obpbl_refuse_unconfirmed() - refuse to change what is configured, if it is not
 *				settled yet
 * @onet: the namespace
 * @info: the request
 *
 * Context: under @onet->lock.
 * Return: 0, or -EBUSY.
 */
int obpbl_refuse_unconfirmed(struct obpbl_net *onet, struct genl_info *info)
{
	lockdep_assert_held(&onet->lock);

	if (!onet->history.current_policy->slot[OBPBL_KEPT])
		return 0;
	OBPBL_SET_ERR_FMT(info->extack,
			  "unconfirmed: in %u s generation %llu returns; confirm or rollback first",
			  seconds_left(onet), onet->confirm.generation);
	return -EBUSY;
}

/* Answers */

/**
 * obpbl_answer() - answer a request with one message
 * @info: the request
 * @fn: does what is asked for, and fills in the answer; only without an error is
 *	there one
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, and nothing was done; or what @fn has returned.
 */
int obpbl_answer(struct genl_info *info, obpbl_answer_fn *fn)
{
	struct sk_buff *reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	void *header;
	int err;

	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &obpbl_genl_family, 0,
				   info->genlhdr->cmd);
	err = fn(reply, onet, info);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	/*
	 * What was asked for is done, also if who asked has no room for the
	 * answer: he learns of that when he receives.
	 */
	genlmsg_reply(reply, info);
	return 0;
}

/* Attributes */

/**
 * obpbl_get_prefix() - a prefix of a request
 * @extack: where to say what is wrong with it; NULL: nowhere, as for dumps of
 *	    some kernels
 * @family: enum obpbl_family
 * @wire: the address, the length and three reserved bytes, in both families
 * @prefix: where to put it
 *
 * Return: 0 or a negative errno.
 */
int obpbl_get_prefix(struct netlink_ext_ack *extack, u8 family, const u8 *wire,
		     struct obpbl_prefix *prefix)
{
	unsigned int bytes = obpbl_family_bits(family) / 8;
	const char *sentence = NULL;
	int err = -EINVAL;

	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix->key, wire, bytes);
	prefix->family = family;
	prefix->len = wire[bytes];
	if (wire[bytes + 1] | wire[bytes + 2] | wire[bytes + 3]) {
		sentence = "reserved bytes of a prefix are not zero";
	} else if (prefix->len > obpbl_family_bits(family)) {
		sentence = "the prefix length is out of range";
		err = -ERANGE;
	} else if (!obpbl_prefix_canonical(prefix)) {
		sentence = "the prefix has host bits set";
	}
	if (!sentence)
		return 0;
	if (extack) {
		extack->bad_attr = (const struct nlattr *)wire;
		extack->_msg = sentence;
	}
	return err;
}

/**
 * obpbl_put_generation() - say of which policy a message is
 * @skb: the message
 * @policy: the policy
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_generation(struct sk_buff *skb, const struct obpbl_policy *policy)
{
	return nla_put_u64_64bit(skb, OBPBL_A_GENERATION, policy->generation,
				 OBPBL_A_PAD);
}

/**
 * obpbl_put_confirm() - say what waits to be confirmed
 * @skb: the message
 * @onet: the namespace
 * @policy: the policy that runs
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_confirm(struct sk_buff *skb, struct obpbl_net *onet,
		      const struct obpbl_policy *policy)
{
	if (!policy->slot[OBPBL_KEPT])
		return 0;
	return nla_put_u32(skb, OBPBL_A_CONFIRM, seconds_left(onet)) ||
	       nla_put_u64_64bit(skb, OBPBL_A_CONFIRM_GENERATION,
				 READ_ONCE(onet->confirm.generation),
				 OBPBL_A_PAD) ? -EMSGSIZE : 0;
}

/**
 * obpbl_put_prefix() - append a prefix to a packed array
 * @skb: the message
 * @array: the last attribute in it
 * @prefix: the prefix
 *
 * Return: whether there was room.
 */
bool obpbl_put_prefix(struct sk_buff *skb, struct nlattr *array,
		      const struct obpbl_prefix *prefix)
{
	unsigned int bytes = obpbl_family_bits(prefix->family) / 8;
	u8 *wire;

	if (skb_tailroom(skb) < bytes + 4 ||
	    array->nla_len + bytes + 4 > U16_MAX)
		return false;
	wire = skb_put_zero(skb, bytes + 4);
	memcpy(wire, prefix->key, bytes);
	wire[bytes] = prefix->len;
	array->nla_len += bytes + 4;
	return true;
}

/**
 * obpbl_put_one_prefix() - a prefix in the attribute of its family
 * @skb: the message
 * @attr4: the attribute of IPv4
 * @attr6: the attribute of IPv6
 * @prefix: the prefix
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_one_prefix(struct sk_buff *skb, int attr4, int attr6,
			 const struct obpbl_prefix *prefix)
{
	bool inet4 = prefix->family == OBPBL_INET4;
	struct nlattr *nla;

	nla = nla_reserve(skb, inet4 ? attr4 : attr6, 0);
	return nla && obpbl_put_prefix(skb, nla, prefix) ? 0 : -EMSGSIZE;
}

/**
 * obpbl_put_prefixes() - prefixes of both families, packed
 * @skb: the message
 * @prefixes: they
 * @n: how many
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_prefixes(struct sk_buff *skb, const struct obpbl_prefix *prefixes,
		       unsigned int n)
{
	struct nlattr *array;
	unsigned int i;
	u8 family;

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		array = NULL;
		for (i = 0; i < n; i++) {
			if (prefixes[i].family != family)
				continue;
			if (!array)
				array = nla_reserve(skb, family == OBPBL_INET4 ?
						    OBPBL_A_PREFIXES4 :
						    OBPBL_A_PREFIXES6, 0);
			if (!array ||
			    !obpbl_put_prefix(skb, array, &prefixes[i]))
				return -EMSGSIZE;
		}
	}
	return 0;
}

/* Entries have seconds of a clock that knows nothing of dates */
static u64 real_seconds(u32 seconds)
{
	ktime_t real = ktime_mono_to_real(ktime_set(seconds, 0));

	return div_u64(ktime_to_ns(real), NSEC_PER_SEC);
}

/**
 * obpbl_put_source() - a source as the protocol has it
 * @skb: the message
 * @onet: the namespace
 * @entry: the source
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_source(struct sk_buff *skb, const struct obpbl_net *onet,
		     const struct obpbl_source_entry *entry)
{
	u8 family = entry->key.family;
	struct obpbl_source source = {
		.attempts = entry->attempts,
		.blocked = entry->blocked,
		.would_block = entry->would_block,
		.first = real_seconds(entry->first),
		.last = real_seconds(entry->last),
		.destinations = obpbl_source_destinations(entry),
		.family = family == OBPBL_INET4 ? 4 : 6,
		.src_len = entry->key.len,
		.reason = entry->reason,
	};

	BUILD_BUG_ON(sizeof(source.src) != OBPBL_SOURCE_ADDR ||
		     sizeof(source.dst) != OBPBL_SOURCE_ADDR);
	memcpy(source.src, entry->key.addr, sizeof(source.src));
	/* The sysctl may have changed since */
	source.dst_len = min(entry->dst_len,
			     obpbl_account_dst_len(&onet->sysctl, family));
	obpbl_address_mask(source.dst, entry->dst, source.dst_len);
	return nla_put(skb, OBPBL_A_SOURCE, sizeof(source), &source);
}
