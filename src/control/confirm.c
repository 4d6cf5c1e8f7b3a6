// SPDX-License-Identifier: GPL-2.0-only
/*
 * A change that is taken back unless it is confirmed in time.
 *
 * What was configured before is kept beside the history (policy.c).  A timer
 * brings it back, so that it does not matter what becomes of whoever made the
 * change.  That takes no more than a few small allocations; should they fail,
 * it is tried again until it is done.  Nothing can stand in its way: while a
 * change is not confirmed the hooks stay registered, even if nothing is
 * configured, and so do the tables that the old configuration needs.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <net/genetlink.h>

#include "compat/compat.h"
#include "confirm.h"
#include "event.h"
#include "net.h"
#include "netlink.h"

/* Until it is tried again */
#define RETRY	(HZ / 2)

/* What is left, to be told: a second that has begun counts */
static u32 seconds_left(const struct obpbl_net *on)
{
	u64 now = ktime_get_ns();

	if (now >= on->confirm.deadline)
		return 0;
	return div_u64(on->confirm.deadline - now + NSEC_PER_SEC - 1,
		       NSEC_PER_SEC);
}

/* Whoever has a transaction open has begun it from what goes now */
static int rollback(struct obpbl_net *on)
{
	struct obpbl_draft draft;
	int err;

	lockdep_assert_held(&on->lock);

	err = obpbl_draft_begin(&draft, &on->history, U64_MAX);
	if (err)
		return err;
	err = obpbl_draft_rollback(&draft);
	if (!err) {
		obpbl_net_overtake(on);
		err = obpbl_net_publish(on, &draft);
	}
	if (err)
		obpbl_draft_abort(&draft);
	else
		obpbl_confirm_end(on);
	return err;
}

static void expire(struct obpbl_net *on)
{
	static const struct obpbl_cause late = { OBPBL_CMD_ROLLBACK, 0 };
	u64 now = ktime_get_ns();
	int err;

	if (!on->history.kept || on->dying)
		return;
	if (now < on->confirm.deadline) {
		obpbl_net_queue_delayed(&on->confirm.timer,
			nsecs_to_jiffies(on->confirm.deadline - now) + 1);
		return;
	}
	err = rollback(on);
	if (!err) {
		obpbl_event_policy(on, &late);
		return;
	}
	if (!on->confirm.failed)
		pr_warn("obpbl: a change that nobody has confirmed cannot be taken back yet (error %d); trying again\n",
			err);
	on->confirm.failed = true;
	obpbl_net_queue_delayed(&on->confirm.timer, RETRY);
}

static void timer(struct work_struct *work)
{
	struct obpbl_net *on = container_of(to_delayed_work(work),
					    struct obpbl_net, confirm.timer);

	mutex_lock(&on->lock);
	expire(on);
	mutex_unlock(&on->lock);
}

/**
 * obpbl_confirm_init() - a namespace begins
 * @on: its state
 */
void obpbl_confirm_init(struct obpbl_net *on)
{
	INIT_DELAYED_WORK(&on->confirm.timer, timer);
}

/**
 * obpbl_confirm_start() - a change has been published that is to be confirmed
 * @on: the namespace's state
 * @seconds: in what time
 *
 * Context: process; under @on->lock.
 */
void obpbl_confirm_start(struct obpbl_net *on, u32 seconds)
{
	lockdep_assert_held(&on->lock);

	on->confirm.deadline = ktime_get_ns() + (u64)seconds * NSEC_PER_SEC;
	on->confirm.failed = false;
	obpbl_net_queue_delayed(&on->confirm.timer, (u64)seconds * HZ);
}

/**
 * obpbl_confirm_end() - nothing waits to be confirmed any more
 * @on: the namespace's state
 *
 * The timer may be waiting for the lock already.  It then finds nothing kept,
 * or a deadline that is still to come.
 *
 * Context: process; under @on->lock.
 */
void obpbl_confirm_end(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	cancel_delayed_work(&on->confirm.timer);
}

/**
 * obpbl_confirm_exit() - a namespace ends: the timer does not run any more
 * @on: its state, dying
 *
 * Context: process, may sleep.
 */
void obpbl_confirm_exit(struct obpbl_net *on)
{
	cancel_delayed_work_sync(&on->confirm.timer);
}

/**
 * obpbl_confirm_put() - say what waits to be confirmed
 * @skb: the message
 * @on: the namespace's state
 *
 * Context: under @on->lock.
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_confirm_put(struct sk_buff *skb, struct obpbl_net *on)
{
	const struct obpbl_aside *kept = on->history.kept;

	lockdep_assert_held(&on->lock);

	if (!kept)
		return 0;
	return nla_put_u32(skb, OBPBL_A_CONFIRM, seconds_left(on)) ||
	       nla_put_u64_64bit(skb, OBPBL_A_CONFIRM_GENERATION,
				 kept->generation, OBPBL_A_PAD) ? -EMSGSIZE : 0;
}

/**
 * obpbl_confirm_refuse() - refuse to change what is configured, if it is not
 *			    settled yet
 * @on: the namespace's state
 * @info: the request
 *
 * Context: under @on->lock.
 * Return: 0, or -EBUSY.
 */
int obpbl_confirm_refuse(struct obpbl_net *on, struct genl_info *info)
{
	const struct obpbl_aside *kept = on->history.kept;

	lockdep_assert_held(&on->lock);

	if (!kept)
		return 0;
	OBPBL_SET_ERR_FMT(info->extack,
			  "unconfirmed: in %u s generation %llu returns; confirm or rollback first",
			  seconds_left(on), kept->generation);
	return -EBUSY;
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

static int check_pending(struct obpbl_net *on, struct genl_info *info)
{
	if (on->history.kept)
		return 0;
	NL_SET_ERR_MSG(info->extack, "no change waits to be confirmed");
	return -ENOENT;
}

static int confirm(struct obpbl_net *on, struct genl_info *info)
{
	struct obpbl_draft draft;
	int err;

	err = obpbl_check_idle(on, info);
	if (!err)
		err = check_pending(on, info);
	if (err)
		return err;
	err = obpbl_draft_begin(&draft, &on->history, U64_MAX);
	if (err)
		return err;
	err = obpbl_draft_confirm(&draft);
	if (!err)
		err = obpbl_net_publish(on, &draft);
	if (err)
		obpbl_draft_abort(&draft);
	else
		obpbl_confirm_end(on);
	return err;
}

static int promote(struct obpbl_net *on, struct genl_info *info)
{
	struct obpbl_draft draft;
	u32 seconds;
	int err;

	err = obpbl_check_idle(on, info);
	if (!err)
		err = obpbl_confirm_seconds(info, &seconds);
	if (!err)
		err = obpbl_confirm_refuse(on, info);
	if (!err)
		err = obpbl_draft_begin(&draft, &on->history, U64_MAX);
	if (err)
		return err;
	err = obpbl_draft_promote(&draft, seconds);
	if (!err)
		err = obpbl_check_fits(&draft, info);
	if (!err)
		err = obpbl_net_publish(on, &draft);
	if (err)
		obpbl_draft_abort(&draft);
	else if (seconds)
		obpbl_confirm_start(on, seconds);
	return err;
}

static int promote_now(struct obpbl_net *on, struct genl_info *info)
{
	if (on->history.shadow)
		return promote(on, info);
	NL_SET_ERR_MSG(info->extack, "there is no shadow");
	return -ENOENT;
}

static int rollback_now(struct obpbl_net *on, struct genl_info *info)
{
	return check_pending(on, info) ?: rollback(on);
}

static int settle(struct sk_buff *reply, struct obpbl_net *on,
		  struct genl_info *info)
{
	struct obpbl_cause cause = { info->genlhdr->cmd, info->snd_portid };
	int err;

	switch (cause.cmd) {
	case OBPBL_CMD_CONFIRM:
		err = confirm(on, info);
		break;
	case OBPBL_CMD_ROLLBACK:
		err = rollback_now(on, info);
		break;
	default:
		err = promote_now(on, info);
		break;
	}
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(info->extack,
			       "the kernel has no memory for this; nothing has changed");
	if (err)
		return err;
	obpbl_event_policy(on, &cause);
	return obpbl_put_generation(reply, on->history.current_policy);
}

/**
 * obpbl_cmd_settle() - OBPBL_CMD_CONFIRM, _ROLLBACK and _SHADOW_PROMOTE
 * @skb: unused
 * @info: the request
 *
 * Answers with the generation that it has made.
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_settle(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, settle);
}
