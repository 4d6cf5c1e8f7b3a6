// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a network namespace has: publishing a policy, and reclaiming what is no
 * longer seen.
 *
 * One pointer is what a packet sees.  While there is nothing to judge by, there
 * is no datapath: no hook is registered, and the module is not pinned.
 *
 * A policy that is no longer current waits for a grace period of its own.  Then a
 * work item lets go of it, and frees what nobody else has, in bounded steps and
 * without the lock of changes.  It is one work item for a namespace, since
 * neighbours in a line of versions are freed one after the other; how a version
 * is freed depends on which are left (core/txn.h).
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "core/limit.h"
#include "net.h"
#include "packet/shadow.h"
#include "packet/stats.h"

/*
 * What a ceiling on prefixes stands for in bytes.  The worst set of prefixes
 * known needs 191 bytes a prefix (random ones need 60, real ones 13), and an
 * apply has the old policy and the new one at the same time.
 */
#define BYTES_PER_PREFIX	256
#define BYTES_PER_OVERLAY	1024
#define BYTES_PER_SESSION	512
#define BYTES_BASE		SZ_16M

unsigned int obpbl_net_id __read_mostly;
struct workqueue_struct *obpbl_wq;

/**
 * obpbl_pernet() - the state of a namespace
 * @net: the namespace
 *
 * Context: any.
 * Return: its state; never NULL while the module is loaded.
 */
struct obpbl_net *obpbl_pernet(struct net *net)
{
	return net_generic(net, obpbl_net_id);
}

/* Reclaim */

static void discard(struct obpbl_net *onet, struct obpbl_policy *policy)
{
	spin_lock_bh(&onet->garbage_lock);
	list_add_tail(&policy->node, &onet->garbage);
	spin_unlock_bh(&onet->garbage_lock);
	queue_work(obpbl_wq, &onet->reclaim);
}

static struct obpbl_policy *next_garbage(struct obpbl_net *onet)
{
	struct obpbl_policy *policy;

	spin_lock_bh(&onet->garbage_lock);
	policy = list_first_entry_or_null(&onet->garbage, struct obpbl_policy,
					  node);
	if (policy)
		list_del(&policy->node);
	spin_unlock_bh(&onet->garbage_lock);
	return policy;
}

/*
 * What comes here is a policy that was current, and is still held for that; or
 * one that nobody holds any more, or was never published.
 */
static void reclaim(struct work_struct *work)
{
	struct obpbl_net *onet = container_of(work, struct obpbl_net, reclaim);
	struct obpbl_policy *policy;

	while ((policy = next_garbage(onet))) {
		if (policy->refs && !obpbl_policy_put(&onet->history, policy))
			continue;
		WARN_ON_ONCE(!policy->base &&
			     !obpbl_grace_elapsed(&policy->unpublished));
		obpbl_policy_free(&onet->history, policy);
		cond_resched();
	}
}

static void elapsed(struct rcu_head *rcu)
{
	struct obpbl_policy *policy = container_of(rcu, struct obpbl_policy,
						   rcu);

	discard(container_of(policy->history, struct obpbl_net, history),
		policy);
}

/* No packet that begins now sees it */
static void retire(struct obpbl_net *onet, struct obpbl_policy *policy)
{
	onet->retired = true;
	obpbl_grace_begin(&policy->unpublished);
	call_rcu(&policy->rcu, elapsed);
}

/**
 * obpbl_net_hold() - keep the running policy
 * @onet: the namespace
 *
 * Context: process, or under RTNL; does not wait.
 * Return: the policy, for obpbl_net_put(); an empty one if nothing is
 * configured.
 */
struct obpbl_policy *obpbl_net_hold(struct obpbl_net *onet)
{
	return obpbl_policy_hold(&onet->history);
}

/**
 * obpbl_net_put() - let go of a policy
 * @onet: the namespace
 * @policy: from obpbl_net_hold()
 *
 * Context: as obpbl_net_hold().
 */
void obpbl_net_put(struct obpbl_net *onet, struct obpbl_policy *policy)
{
	if (obpbl_policy_put(&onet->history, policy))
		discard(onet, policy);
}

/* Publishing */

/* Whether there is anything to judge by, or that may come back */
static bool is_empty(const struct obpbl_policy *policy)
{
	const struct obpbl_table *runtime = policy->slot[OBPBL_RUNTIME];

	return !policy->slot[OBPBL_LIVE]->isps.count &&
	       !policy->slot[OBPBL_KEPT] && !policy->slot[OBPBL_SHADOW] &&
	       !runtime->entries.count && !runtime->sessions.count;
}

static struct obpbl_datapath *datapath_of(struct obpbl_net *onet)
{
	return rcu_dereference_protected(onet->datapath,
					 lockdep_is_held(&onet->lock));
}

/* All that packets see is there before the first of them looks */
static int enable(struct obpbl_net *onet)
{
	struct obpbl_datapath *dp;
	int err;

	if (datapath_of(onet))
		return 0;
	if (onet->dying || !try_module_get(THIS_MODULE))
		return -ENODEV;
	dp = obpbl_datapath_alloc(READ_ONCE(onet->sysctl.max_sources));
	if (!dp) {
		module_put(THIS_MODULE);
		return -ENOMEM;
	}
	dp->net = onet->net;
	dp->sysctl = &onet->sysctl;
	dp->stats = onet->stats;
	dp->family = onet->family;
	dp->wq = obpbl_wq;
	dp->drain = &onet->drain;
	dp->overlimits = &onet->overlimits_n;
	err = obpbl_datapath_register(dp);
	if (err) {
		obpbl_datapath_free_rcu(dp);
		module_put(THIS_MODULE);
		return err;
	}
	rcu_assign_pointer(onet->datapath, dp);
	return 0;
}

static void disable(struct obpbl_net *onet)
{
	struct obpbl_datapath *dp = datapath_of(onet);

	if (!dp)
		return;
	obpbl_datapath_unregister(dp);
	RCU_INIT_POINTER(dp->policy, NULL);
	RCU_INIT_POINTER(onet->datapath, NULL);
	obpbl_datapath_free_rcu(dp);
	module_put(THIS_MODULE);
}

/**
 * obpbl_net_begin() - begin a transaction with the ceilings of the namespace
 * @onet: the namespace
 * @transaction: the transaction: that of the namespace, or one that is published
 *		 or aborted before the lock is let go of
 *
 * Context: under @onet->lock.
 * Return: 0 or -ENOMEM.
 */
int obpbl_net_begin(struct obpbl_net *onet,
		    struct obpbl_transaction *transaction)
{
	u32 prefixes = READ_ONCE(onet->sysctl.max_prefixes);
	u32 overlays = READ_ONCE(onet->sysctl.max_overlays);
	u32 sessions = READ_ONCE(onet->sysctl.max_sessions);
	int err;

	lockdep_assert_held(&onet->lock);

	err = obpbl_transaction_begin(transaction, &onet->history);
	transaction->max_prefixes = prefixes;
	transaction->max_overlays = overlays;
	transaction->max_sessions = sessions;
	transaction->max_bytes = (u64)prefixes * BYTES_PER_PREFIX +
				 (u64)overlays * BYTES_PER_OVERLAY +
				 (u64)sessions * BYTES_PER_SESSION +
				 BYTES_BASE;
	return err;
}

/**
 * obpbl_net_sweep() - sessions whose device is gone are to be removed, soon
 * @onet: the namespace
 *
 * What is left of them says nothing: there is no hurry.
 *
 * Context: any.
 */
void obpbl_net_sweep(struct obpbl_net *onet)
{
	queue_delayed_work(obpbl_wq, &onet->sweep, HZ / 10);
}

/*
 * A device may have gone before the session that was made for it was published:
 * then device.c has not found it, but has forgotten the device.
 */
static void verify_sessions(struct obpbl_net *onet,
			    const struct obpbl_policy *policy)
{
	const struct obpbl_table *runtime = policy->slot[OBPBL_RUNTIME];
	struct obpbl_session *session;
	u32 index = 0;

	for (; (session = obpbl_array_next_born(&runtime->sessions, &index,
						policy->version)); index++) {
		cond_resched();
		if (xa_load(&onet->devices, session->ifindex) ==
		    xa_mk_value(session->epoch))
			continue;
		WRITE_ONCE(session->gone, true);
		/* After the mark, as at the end of a device */
		smp_store_release(&onet->stale, true);
		obpbl_net_sweep(onet);
	}
}

/**
 * obpbl_net_publish() - publish what a transaction has built
 * @onet: the namespace
 * @transaction: the transaction
 *
 * Context: process, may sleep; under @onet->lock.
 * Return: 0; -ENOMEM, -ENODEV while the module or the namespace goes, or what the
 * registration of the hooks failed with, and the transaction is still there.
 */
int obpbl_net_publish(struct obpbl_net *onet,
		      struct obpbl_transaction *transaction)
{
	bool empty = is_empty(transaction->policy);
	struct obpbl_policy *policy, *old;
	struct obpbl_datapath *dp;
	int err;

	lockdep_assert_held(&onet->lock);

	err = empty ? 0 : enable(onet);
	if (err)
		return err;
	policy = transaction->policy;
	old = obpbl_transaction_commit(transaction);
	if (policy->slot[OBPBL_LIVE] != old->slot[OBPBL_LIVE])
		WRITE_ONCE(onet->confirm.expired, 0);
	dp = datapath_of(onet);
	if (dp)
		rcu_assign_pointer(dp->policy, policy);
	if (empty)
		disable(onet);
	verify_sessions(onet, policy);
	retire(onet, old);
	return 0;
}

/**
 * obpbl_net_abort() - throw away what a transaction has built
 * @onet: the namespace
 * @transaction: the transaction; one that there is not, is ignored
 *
 * Context: under @onet->lock.
 */
void obpbl_net_abort(struct obpbl_net *onet,
		     struct obpbl_transaction *transaction)
{
	lockdep_assert_held(&onet->lock);

	if (transaction->policy)
		discard(onet, obpbl_transaction_abort(transaction));
}

/* ISPs that are known */

/* Whether any table that a packet, a dump or a transaction may see has an ISP */
static bool in_use(struct obpbl_net *onet, u16 isp)
{
	const struct obpbl_policy *open = onet->transaction.policy;
	struct obpbl_history *history = &onet->history;
	const struct obpbl_table *table;
	const struct obpbl_line *line;
	unsigned int slot;
	bool used = false;

	for (slot = 0; open && slot < OBPBL_SLOTS; slot++) {
		if (open->slot[slot] && obpbl_table_knows(open->slot[slot], isp))
			return true;
	}
	spin_lock(&history->lock);
	list_for_each_entry(line, &history->lines, node) {
		list_for_each_entry(table, &line->versions, node)
			used |= table->refs && obpbl_table_knows(table, isp);
	}
	spin_unlock(&history->lock);
	return used;
}

/*
 * Forgets all names that are in no table.  A table is in the history until a
 * grace period after it was published last, so that no packet counts there.
 */
static void forget_isps(struct obpbl_net *onet)
{
	struct obpbl_policy *policy = onet->history.current_policy;
	struct obpbl_shadow *shadow = obpbl_shadow_of(policy);
	struct obpbl_datapath *dp = datapath_of(onet);
	unsigned long *unused, number = 0;

	unused = bitmap_zalloc(OBPBL_MAX_ISPS + 1, GFP_KERNEL);
	if (!unused)
		return;
	for (; obpbl_isp_stats_next(onet->stats, &number); number++) {
		if (in_use(onet, number))
			continue;
		__set_bit(number, unused);
		if (dp)
			obpbl_limiter_forget(dp->limiter, number);
		cond_resched();
	}
	if (dp)
		obpbl_sources_forget(dp->sources, unused);
	if (shadow)
		obpbl_shadow_forget(shadow, unused);
	for_each_set_bit(number, unused, OBPBL_MAX_ISPS + 1)
		obpbl_isp_stats_remove(onet->stats, number);
	bitmap_free(unused);
}

/**
 * obpbl_net_isp() - the number and the counters of an ISP
 * @onet: the namespace
 * @name: name of the ISP
 *
 * A name has the same again for as long as there is room for all names that the
 * namespace has ever seen.  Then those that are in no table are forgotten,
 * together with what was counted for them.
 *
 * Context: process, may sleep; under @onet->lock.
 * Return: the counters; ERR_PTR(-ENOSPC) if OBPBL_MAX_ISPS exist;
 * ERR_PTR(-ENOMEM).
 */
struct obpbl_isp_stats *obpbl_net_isp(struct obpbl_net *onet, const char *name)
{
	struct obpbl_isp_stats *isp;

	lockdep_assert_held(&onet->lock);

	isp = obpbl_isp_stats_find(onet->stats, name);
	if (isp)
		return isp;
	isp = obpbl_isp_stats_add(onet->stats, name);
	if (PTR_ERR_OR_ZERO(isp) != -ENOSPC)
		return isp;
	forget_isps(onet);
	return obpbl_isp_stats_add(onet->stats, name);
}

/* Life */

/**
 * obpbl_net_init() - a namespace begins
 * @onet: its state
 * @net: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int obpbl_net_init(struct obpbl_net *onet, struct net *net)
{
	int err;

	onet->net = net;
	mutex_init(&onet->lock);
	spin_lock_init(&onet->garbage_lock);
	INIT_LIST_HEAD(&onet->garbage);
	INIT_WORK(&onet->reclaim, reclaim);
	err = obpbl_history_init(&onet->history);
	if (err)
		return err;
	onet->stats = obpbl_stats_alloc();
	if (onet->stats)
		return 0;
	obpbl_history_exit(&onet->history);
	return -ENOMEM;
}

/**
 * obpbl_net_pre_exit() - a namespace ends: no new packets
 * @onet: its state
 *
 * The core then waits for those under way.
 *
 * Context: process, may sleep.
 */
void obpbl_net_pre_exit(struct obpbl_net *onet)
{
	mutex_lock(&onet->lock);
	onet->dying = true;
	disable(onet);
	mutex_unlock(&onet->lock);
}

/**
 * obpbl_net_exit() - a namespace ends
 * @onet: its state; nobody begins, publishes or holds anything any more
 *
 * Context: process, may sleep.
 */
void obpbl_net_exit(struct obpbl_net *onet)
{
	if (onet->retired)
		rcu_barrier();
	flush_work(&onet->reclaim);
	obpbl_history_exit(&onet->history);
	obpbl_stats_free(onet->stats);
}
