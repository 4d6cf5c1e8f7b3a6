// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs that move tables between slots: confirm, rollback, promote, drop;
 * and the timer by which a change is taken back unless it is confirmed in time.
 *
 * It does not matter what becomes of whoever made the change.  Taking it back
 * takes no more than a few small allocations; should they fail, it is tried again
 * until it is done.  Nothing can stand in its way: while something is kept the
 * hooks stay registered, even if nothing is configured.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/timekeeping.h>

#include "compat/compat.h"
#include "confirm.h"
#include "core/entry.h"
#include "message.h"
#include "transact.h"

/* Until it is tried again */
#define RETRY	(HZ / 2)

/* Whoever has a transaction open has begun it from what goes now */
static int rollback(struct obpbl_net *onet,
		    struct obpbl_transaction *transaction, void *arg)
{
	obpbl_transaction_move(transaction, OBPBL_KEPT, OBPBL_LIVE);
	if (onet->owner)
		obpbl_invalidate(onet);
	return 0;
}

static int confirm(struct obpbl_net *onet,
		   struct obpbl_transaction *transaction, void *arg)
{
	obpbl_transaction_drop(transaction, OBPBL_KEPT);
	transaction->unlimited = true;
	return obpbl_overlays_supersede(transaction);
}

static int supersede(struct obpbl_net *onet,
		     struct obpbl_transaction *transaction, void *arg)
{
	const struct obpbl_policy *policy = transaction->policy;
	int err;

	transaction->unlimited = true;
	err = obpbl_overlays_supersede(transaction);
	return err || policy->slot[OBPBL_RUNTIME] !=
		      policy->base->slot[OBPBL_RUNTIME] ? err :
							  OBPBL_UNCHANGED;
}

/*
 * Lets the old configuration return, which must not fail for anything that is
 * not needed for it; so its overlays take the place of equal ones in a step of
 * its own, without which both are there.
 */
static int roll_back(struct obpbl_net *onet, const struct obpbl_origin *origin,
		     struct obpbl_transaction *transaction)
{
	static const struct obpbl_origin settled = { OBPBL_CMD_OVERLAY_DEL, 0 };
	int err = obpbl_change(onet, origin, transaction, rollback, NULL);

	if (!err)
		obpbl_change(onet, &settled, transaction, supersede, NULL);
	return err;
}

static int promote(struct obpbl_net *onet,
		   struct obpbl_transaction *transaction, void *arg)
{
	const u32 *seconds = arg;

	if (*seconds) {
		obpbl_transaction_move(transaction, OBPBL_LIVE, OBPBL_KEPT);
		obpbl_confirm_start(onet, *seconds,
				    transaction->policy->base->generation);
	}
	obpbl_transaction_move(transaction, OBPBL_SHADOW, OBPBL_LIVE);
	transaction->unlimited = true;
	return *seconds ? 0 : obpbl_overlays_supersede(transaction);
}

static int drop_shadow(struct obpbl_net *onet,
		       struct obpbl_transaction *transaction, void *arg)
{
	obpbl_transaction_drop(transaction, OBPBL_SHADOW);
	return 0;
}

/* The timer */

static void expire(struct obpbl_net *onet)
{
	static const struct obpbl_origin late = { OBPBL_CMD_ROLLBACK, 0 };
	struct obpbl_transaction transaction;
	u64 now = ktime_get_ns();
	int err;

	if (!onet->history.current_policy->slot[OBPBL_KEPT] || onet->dying)
		return;
	if (now < onet->confirm.deadline) {
		mod_delayed_work(obpbl_wq, &onet->confirm.timer,
				 nsecs_to_jiffies(onet->confirm.deadline - now) + 1);
		return;
	}
	err = roll_back(onet, &late, &transaction);
	if (!err) {
		WRITE_ONCE(onet->confirm.expired, ktime_get_real_seconds());
		return;
	}
	if (!onet->confirm.failed)
		pr_warn("obpbl: a change that nobody has confirmed cannot be taken back yet (error %d); trying again\n",
			err);
	onet->confirm.failed = true;
	mod_delayed_work(obpbl_wq, &onet->confirm.timer, RETRY);
}

static void timer(struct work_struct *work)
{
	struct obpbl_net *onet = container_of(to_delayed_work(work),
					      struct obpbl_net, confirm.timer);

	mutex_lock(&onet->lock);
	expire(onet);
	mutex_unlock(&onet->lock);
}

/**
 * obpbl_confirm_init() - a namespace begins
 * @onet: its state
 */
void obpbl_confirm_init(struct obpbl_net *onet)
{
	INIT_DELAYED_WORK(&onet->confirm.timer, timer);
}

/**
 * obpbl_confirm_start() - a change is published that is to be confirmed
 * @onet: the namespace
 * @seconds: in what time
 * @generation: the last policy before it
 *
 * A timer that finds a deadline that is still to come waits anew, and one that
 * finds nothing kept does nothing.
 *
 * Context: process; under @onet->lock.
 */
void obpbl_confirm_start(struct obpbl_net *onet, u32 seconds, u64 generation)
{
	lockdep_assert_held(&onet->lock);

	WRITE_ONCE(onet->confirm.deadline,
		   ktime_get_ns() + (u64)seconds * NSEC_PER_SEC);
	WRITE_ONCE(onet->confirm.generation, generation);
	onet->confirm.failed = false;
	mod_delayed_work(obpbl_wq, &onet->confirm.timer, (u64)seconds * HZ);
}

/**
 * obpbl_confirm_exit() - a namespace ends: the timer does not run any more
 * @onet: its state, dying
 *
 * Context: process, may sleep.
 */
void obpbl_confirm_exit(struct obpbl_net *onet)
{
	cancel_delayed_work_sync(&onet->confirm.timer);
}

/**
 * obpbl_confirm_seconds() - in what time a change is to be confirmed
 * @info: the request
 * @seconds: where to put it; 0: it is not to be
 *
 * Return: 0, or -ERANGE.
 */
int obpbl_confirm_seconds(struct genl_info *info, u32 *seconds)
{
	struct nlattr *nla = info->attrs[OBPBL_A_CONFIRM];

	*seconds = nla ? nla_get_u32(nla) : 0;
	if (!nla || (*seconds && *seconds <= OBPBL_MAX_CONFIRM))
		return 0;
	return obpbl_refuse(info, OBPBL_A_CONFIRM, -ERANGE,
			    "the time to confirm is between a second and a day");
}

/* Commands */

static int check_kept(struct obpbl_net *onet, struct genl_info *info)
{
	if (onet->history.current_policy->slot[OBPBL_KEPT])
		return 0;
	NL_SET_ERR_MSG(info->extack, "no change waits to be confirmed");
	return -ENOENT;
}

static int check_shadow(struct obpbl_net *onet, struct genl_info *info)
{
	if (onet->history.current_policy->slot[OBPBL_SHADOW])
		return 0;
	NL_SET_ERR_MSG(info->extack, "there is no shadow");
	return -ENOENT;
}

static int confirm_now(struct obpbl_net *onet, struct genl_info *info,
		       struct obpbl_transaction *transaction)
{
	struct obpbl_origin origin = obpbl_origin_of(info);
	int err = obpbl_check_idle(onet, info);

	if (!err)
		err = check_kept(onet, info);
	return err ?: obpbl_change(onet, &origin, transaction, confirm, NULL);
}

static int rollback_now(struct obpbl_net *onet, struct genl_info *info,
			struct obpbl_transaction *transaction)
{
	struct obpbl_origin origin = obpbl_origin_of(info);
	int err = check_kept(onet, info);

	return err ?: roll_back(onet, &origin, transaction);
}

static int promote_now(struct obpbl_net *onet, struct genl_info *info,
		       struct obpbl_transaction *transaction)
{
	struct obpbl_origin origin = obpbl_origin_of(info);
	int err = check_shadow(onet, info);
	u32 seconds;

	if (!err)
		err = obpbl_check_idle(onet, info);
	if (!err)
		err = obpbl_confirm_seconds(info, &seconds);
	if (!err)
		err = obpbl_refuse_unconfirmed(onet, info);
	if (!err)
		err = obpbl_change(onet, &origin, transaction, promote,
				   &seconds);
	return err;
}

static int confirm_or_rollback(struct sk_buff *reply, struct obpbl_net *onet,
			       struct genl_info *info)
{
	struct obpbl_transaction transaction = { };
	int err;

	mutex_lock(&onet->lock);
	switch (info->genlhdr->cmd) {
	case OBPBL_CMD_CONFIRM:
		err = confirm_now(onet, info, &transaction);
		break;
	case OBPBL_CMD_ROLLBACK:
		err = rollback_now(onet, info, &transaction);
		break;
	default:
		err = promote_now(onet, info, &transaction);
		break;
	}
	obpbl_explain(&transaction, info, err);
	if (!err)
		err = obpbl_put_generation(reply, onet->history.current_policy);
	mutex_unlock(&onet->lock);
	return err;
}

/**
 * obpbl_cmd_confirm_or_rollback() - OBPBL_CMD_CONFIRM, _ROLLBACK and
 *				     _SHADOW_PROMOTE
 * @skb: unused
 * @info: the request
 *
 * Answers with the generation that it has made.
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_confirm_or_rollback(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, confirm_or_rollback);
}

/**
 * obpbl_cmd_shadow_drop() - OBPBL_CMD_SHADOW_DROP
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_shadow_drop(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	struct obpbl_transaction transaction = { };
	struct obpbl_origin origin = obpbl_origin_of(info);
	int err;

	mutex_lock(&onet->lock);
	err = obpbl_check_idle(onet, info);
	if (!err)
		err = check_shadow(onet, info);
	if (!err)
		err = obpbl_change(onet, &origin, &transaction, drop_shadow,
				   NULL);
	obpbl_explain(&transaction, info, err);
	mutex_unlock(&onet->lock);
	return err;
}
