// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one way in which a policy changes: begin, build, publish, tell, or abort.
 *
 * Whatever changes it comes by here: requests by themselves, transactions of
 * several requests, the timer that takes an unconfirmed change back, the sweep of
 * sessions, and quarantines of sources over their limit.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>

#include "compat/compat.h"
#include "event.h"
#include "transact.h"

/**
 * obpbl_change() - change the policy in one step
 * @onet: the namespace, in which no transaction is open, or one is invalidated
 *	  by @fn
 * @origin: what changes it
 * @transaction: room for the transaction; tells afterwards what has failed
 * @fn: builds the change
 * @arg: for @fn
 *
 * Context: process, may sleep; under @onet->lock.
 * Return: what @fn has returned, or an error of obpbl_net_publish().
 */
int obpbl_change(struct obpbl_net *onet, const struct obpbl_origin *origin,
		 struct obpbl_transaction *transaction, obpbl_change_fn *fn,
		 void *arg)
{
	u64 generation = onet->history.current_policy->generation;
	int err;

	lockdep_assert_held(&onet->lock);

	err = obpbl_net_begin(onet, transaction);
	if (err)
		return err;
	err = fn(onet, transaction, arg);
	if (!err)
		err = obpbl_net_publish(onet, transaction);
	if (err)
		obpbl_net_abort(onet, transaction);
	else if (onet->history.current_policy->generation != generation)
		obpbl_event_policy(onet, origin);
	return err;
}

/**
 * obpbl_invalidate() - what the open transaction began from goes
 * @onet: the namespace, with or without one
 *
 * Its owner learns of it with the next request.
 *
 * Context: under @onet->lock.
 */
void obpbl_invalidate(struct obpbl_net *onet)
{
	/* What is bulky configures, and nothing that does begins in between */
	WARN_ON_ONCE(onet->building);
	obpbl_net_abort(onet, &onet->transaction);
	onet->transaction.failed = true;
}

/* Checks */

static int refuse_busy(const struct obpbl_net *onet, struct genl_info *info)
{
	OBPBL_SET_ERR_FMT(info->extack,
			  "netlink port %u has a transaction open",
			  onet->owner);
	return -EBUSY;
}

/**
 * obpbl_check_owner() - refuse a request while another socket has a transaction
 *			 open
 * @onet: the namespace
 * @info: the request, with the socket that it came by in its user_ptr[0]
 *
 * Context: under @onet->lock.
 * Return: 0, or -EBUSY.
 */
int obpbl_check_owner(struct obpbl_net *onet, struct genl_info *info)
{
	if (!onet->owner ||
	    (onet->owner_sk == info->user_ptr[0] && !onet->building))
		return 0;
	return refuse_busy(onet, info);
}

/**
 * obpbl_check_idle() - refuse a request while a transaction is open
 * @onet: the namespace
 * @info: the request
 *
 * Context: under @onet->lock.
 * Return: 0, or -EBUSY.
 */
int obpbl_check_idle(struct obpbl_net *onet, struct genl_info *info)
{
	if (!onet->owner)
		return 0;
	if (onet->owner != info->snd_portid)
		return refuse_busy(onet, info);
	NL_SET_ERR_MSG(info->extack,
		       "this socket has a transaction open already");
	return -EBUSY;
}

/**
 * obpbl_explain() - the sentence for an errno, where nothing better was said
 * @transaction: the transaction that failed
 * @info: the request
 * @err: what it failed with; 0 or OBPBL_UNCHANGED: it has not
 */
void obpbl_explain(const struct obpbl_transaction *transaction,
		   struct genl_info *info, int err)
{
	struct netlink_ext_ack *extack = info->extack;

	if (err >= 0 || extack->_msg)
		return;
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "it exists already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack, "there is no such entry");
		break;
	case -EADDRINUSE:
		OBPBL_SET_ERR_FMT(extack, "the prefix belongs to isp %s",
				  transaction->conflict);
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "a ceiling is reached: see net.obpbl.max_prefixes and net.obpbl.max_overlays");
		break;
	case -EINVAL:
		if (transaction->target == OBPBL_SHADOW)
			NL_SET_ERR_MSG(extack, "a shadow has no run-time entries");
		break;
	case -E2BIG:
		NL_SET_ERR_MSG(extack, "too many overlays on this prefix");
		break;
	case -ENODEV:
		NL_SET_ERR_MSG(extack, "the module or the namespace is being removed");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "the kernel has no memory for this; nothing has changed");
		break;
	}
}
