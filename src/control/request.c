// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that change the policy: by themselves, or as parts of a transaction
 * of several, which its socket begins and commits.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <net/sock.h>

#include "change.h"
#include "confirm.h"
#include "core/entry.h"
#include "device.h"
#include "event.h"
#include "message.h"
#include "packet/shadow.h"
#include "request.h"
#include "transact.h"

/* The transaction that is open is none any more */
static void end(struct obpbl_net *onet)
{
	obpbl_net_abort(onet, &onet->transaction);
	WRITE_ONCE(onet->owner, 0);
	onet->owner_sk = NULL;
	obpbl_device_sweep(onet);
}

/**
 * obpbl_closed() - a netlink socket is gone, and its transaction with it
 * @onet: its namespace
 * @portid: its port
 *
 * Context: process.
 */
void obpbl_closed(struct obpbl_net *onet, u32 portid)
{
	/* Only the socket itself could make it so meanwhile */
	if (!portid || READ_ONCE(onet->owner) != portid)
		return;
	mutex_lock(&onet->lock);
	/* It may have been told late, of one that had the port before */
	if (onet->owner == portid && sock_flag(onet->owner_sk, SOCK_DEAD))
		end(onet);
	mutex_unlock(&onet->lock);
}

/**
 * obpbl_request_exit() - a namespace ends, and the open transaction with it
 * @onet: its state; nobody asks for anything any more
 *
 * Context: process.
 */
void obpbl_request_exit(struct obpbl_net *onet)
{
	mutex_lock(&onet->lock);
	if (onet->owner)
		end(onet);
	mutex_unlock(&onet->lock);
}

/* Whose transaction is open from now on */
static void own(struct obpbl_net *onet, struct genl_info *info)
{
	onet->owner_sk = info->user_ptr[0];
	WRITE_ONCE(onet->owner, info->snd_portid);
}

/* Who asks, for obpbl_check_owner() */
static void remember(struct genl_info *info, const struct sk_buff *skb)
{
	info->user_ptr[0] = NETLINK_CB(skb).sk;
}

/* Checks */

static int check_generation(struct obpbl_net *onet, struct genl_info *info)
{
	u64 running = onet->history.current_policy->generation;

	if (!info->attrs[OBPBL_A_GENERATION] ||
	    nla_get_u64(info->attrs[OBPBL_A_GENERATION]) == running)
		return 0;
	return obpbl_refuse(info, OBPBL_A_GENERATION, -ESTALE,
			    "another generation is running by now");
}

/* COMMIT and ABORT are for whoever has begun */
static int check_begun(struct obpbl_net *onet, struct genl_info *info)
{
	int err = obpbl_check_owner(onet, info);

	if (err || onet->owner)
		return err;
	NL_SET_ERR_MSG(info->extack, "no transaction is open");
	return -EINVAL;
}

static int check_failed(struct obpbl_net *onet, struct genl_info *info)
{
	if (!onet->transaction.failed)
		return 0;
	if (onet->transaction.policy)
		NL_SET_ERR_MSG(info->extack,
			       "an earlier change of this transaction was refused");
	else
		NL_SET_ERR_MSG(info->extack,
			       "what this transaction began from was rolled back; begin again");
	return -ECANCELED;
}

/* Requests by themselves, and as parts of a transaction */

static int change_alone(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_origin origin = obpbl_origin_of(info);
	struct obpbl_policy *before = obpbl_net_hold(onet);
	struct obpbl_transaction transaction;
	int err;

	err = obpbl_change(onet, &origin, &transaction, obpbl_request, info);
	obpbl_explain(&transaction, info, err);
	if (!err && transaction.touched)
		obpbl_device_tell(onet, &origin, before, transaction.touched);
	obpbl_net_put(onet, before);
	return err == OBPBL_UNCHANGED ? 0 : err;
}

static int change_in_transaction(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_transaction *transaction = &onet->transaction;
	int err = check_failed(onet, info);

	if (err)
		return err;
	err = obpbl_request(onet, transaction, info);
	obpbl_explain(transaction, info, err);
	if (err < 0)
		transaction->failed = true;
	return err == OBPBL_UNCHANGED ? 0 : err;
}

/* Transactions */

static int check_begin(struct obpbl_net *onet, struct genl_info *info)
{
	int err = obpbl_confirm_seconds(info, &onet->confirm.seconds);

	if (!err && info->attrs[OBPBL_A_SHADOW] && info->attrs[OBPBL_A_CONFIRM])
		return obpbl_refuse(info, OBPBL_A_SHADOW, -EINVAL,
			"a shadow is not to be confirmed before it is promoted");
	if (err || info->attrs[OBPBL_A_EMPTY])
		return err ?: obpbl_refuse_unconfirmed(onet, info);
	if (info->attrs[OBPBL_A_SHADOW])
		return obpbl_refuse(info, OBPBL_A_SHADOW, -EINVAL,
			"only what replaces all that is configured can be a shadow");
	if (!info->attrs[OBPBL_A_CONFIRM])
		return 0;
	return obpbl_refuse(info, OBPBL_A_CONFIRM, -EINVAL,
			    "only what replaces all that is configured can be confirmed");
}

/* From nothing configured: in place of what is, or beside it */
static int begin_empty(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_transaction *transaction = &onet->transaction;

	if (info->attrs[OBPBL_A_SHADOW])
		transaction->target = OBPBL_SHADOW;
	else if (onet->confirm.seconds)
		obpbl_transaction_move(transaction, OBPBL_LIVE, OBPBL_KEPT);
	return obpbl_transaction_empty(transaction, transaction->target);
}

static int begin(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_transaction *transaction = &onet->transaction;
	int err = obpbl_check_idle(onet, info);

	if (!err)
		err = check_generation(onet, info);
	if (!err)
		err = check_begin(onet, info);
	if (!err)
		err = obpbl_net_begin(onet, transaction);
	if (!err && info->attrs[OBPBL_A_EMPTY]) {
		err = begin_empty(onet, info);
		if (err)
			obpbl_net_abort(onet, transaction);
	}
	obpbl_explain(transaction, info, err);
	if (!err)
		own(onet, info);
	return err;
}

/**
 * obpbl_cmd_begin() - OBPBL_CMD_BEGIN
 * @skb: what it came in
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	int err;

	remember(info, skb);
	mutex_lock(&onet->lock);
	err = begin(onet, info);
	mutex_unlock(&onet->lock);
	return err;
}

static int check_complete(struct obpbl_net *onet, struct genl_info *info)
{
	struct nlattr *count = info->attrs[OBPBL_A_COUNT];
	int err = check_failed(onet, info);

	if (err)
		return err;
	if (!count || nla_get_u64(count) == onet->transaction.added)
		return check_generation(onet, info);
	return obpbl_refuse(info, OBPBL_A_COUNT, -EBADMSG,
			    "not as many prefixes have arrived as were sent");
}

/* What is counted beside a shadow begins with it */
static int observe(struct obpbl_net *onet)
{
	struct obpbl_policy *policy = onet->transaction.policy;
	struct obpbl_shadow *shadow;
	int err;

	shadow = obpbl_shadow_alloc(READ_ONCE(onet->sysctl.max_sources));
	if (!shadow)
		return -ENOMEM;
	err = obpbl_shadow_add_isps(shadow, policy->slot[OBPBL_LIVE]) ?:
	      obpbl_shadow_add_isps(shadow, policy->slot[OBPBL_SHADOW]);
	if (err) {
		obpbl_shadow_free(shadow);
		return err;
	}
	policy->observer = &shadow->observer;
	return 0;
}

static int publish_shadow(struct obpbl_net *onet)
{
	struct obpbl_transaction *transaction = &onet->transaction;
	struct obpbl_shadow *shadow;
	int err = observe(onet);

	if (err)
		return err;
	shadow = obpbl_shadow_of(transaction->policy);
	err = obpbl_net_publish(onet, transaction);
	if (err) {
		transaction->policy->observer = NULL;
		obpbl_shadow_free(shadow);
	}
	return err;
}

static int publish(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_transaction *transaction = &onet->transaction;
	u64 generation = onet->history.current_policy->generation;
	struct obpbl_origin origin = obpbl_origin_of(info);
	int err = 0;

	if (transaction->target == OBPBL_SHADOW)
		return publish_shadow(onet);
	/* Which only takes away */
	transaction->unlimited = true;
	if (!onet->confirm.seconds && obpbl_transaction_replaces(transaction))
		err = obpbl_overlays_supersede(transaction);
	if (!err)
		err = obpbl_net_publish(onet, transaction);
	if (err)
		return err;
	if (onet->confirm.seconds)
		obpbl_confirm_start(onet, onet->confirm.seconds, generation);
	obpbl_event_policy(onet, &origin);
	return 0;
}

/*
 * A transaction of its own, which is open for others to see: they are refused
 * for as long as it takes, and need not wait for the lock.
 */
static int change_whole(struct obpbl_net *onet, struct genl_info *info)
{
	struct obpbl_transaction *transaction = &onet->transaction;
	int err = obpbl_net_begin(onet, transaction);

	if (!err) {
		onet->confirm.seconds = 0;
		own(onet, info);
		err = change_in_transaction(onet, info);
		if (!err)
			err = publish(onet, info);
	}
	obpbl_explain(transaction, info, err);
	end(onet);
	return err;
}

static int change(struct obpbl_net *onet, struct genl_info *info)
{
	int err = obpbl_check_owner(onet, info);

	if (err) {
		/* Of two at once by one socket, this one is not in it */
		if (onet->owner_sk == info->user_ptr[0])
			onet->transaction.failed = true;
		return err;
	}
	if (onet->owner)
		return change_in_transaction(onet, info);
	if (obpbl_request_is_whole(info))
		return change_whole(onet, info);
	return change_alone(onet, info);
}

/**
 * obpbl_cmd_change() - whatever change.c can do
 * @skb: what it came in
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_change(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	int err;

	remember(info, skb);
	mutex_lock(&onet->lock);
	err = change(onet, info);
	mutex_unlock(&onet->lock);
	return err;
}

static int commit(struct sk_buff *reply, struct obpbl_net *onet,
		  struct genl_info *info)
{
	int err = check_begun(onet, info);

	if (!err)
		err = check_complete(onet, info);
	if (err)
		return err;
	err = publish(onet, info);
	obpbl_explain(&onet->transaction, info, err);
	if (err) {
		onet->transaction.failed = true;
		return err;
	}
	end(onet);
	return obpbl_put_generation(reply, onet->history.current_policy);
}

static int commit_locked(struct sk_buff *reply, struct obpbl_net *onet,
			 struct genl_info *info)
{
	int err;

	mutex_lock(&onet->lock);
	err = commit(reply, onet, info);
	mutex_unlock(&onet->lock);
	return err;
}

/**
 * obpbl_cmd_commit() - OBPBL_CMD_COMMIT
 * @skb: what it came in
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_commit(struct sk_buff *skb, struct genl_info *info)
{
	remember(info, skb);
	return obpbl_answer(info, commit_locked);
}

/**
 * obpbl_cmd_abort() - OBPBL_CMD_ABORT
 * @skb: what it came in
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	int err;

	remember(info, skb);
	mutex_lock(&onet->lock);
	err = check_begun(onet, info);
	if (!err)
		end(onet);
	mutex_unlock(&onet->lock);
	return err;
}
