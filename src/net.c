// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-namespace state: publishing, retiring, and the end.
 *
 * One pointer is what a packet sees.  It is NULL while there are no ISPs, and
 * then no hook is registered and the module not pinned.  A snapshot that is
 * no longer published waits for its own grace period, in a work item of its own,
 * and is then let go of; see grace.h.
 */
#include <linux/module.h>
#include <linux/wait_bit.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "account.h"
#include "confirm.h"
#include "device.h"
#include "event.h"
#include "hook.h"
#include "net.h"
#include "quarantine.h"
#include "shadow.h"
#include "stats.h"
#include "sysctl.h"

/*
 * What a ceiling on prefixes stands for in bytes.  The worst set of prefixes
 * known needs 191 bytes a prefix (random ones need 60, real ones 13), and an
 * apply has the old policy and the new one at the same time.
 */
#define BYTES_PER_PREFIX	256
#define BYTES_PER_OVERLAY	1024
#define BYTES_PER_SESSION	512
#define BYTES_BASE		SZ_16M

static unsigned int obpbl_net_id __read_mostly;
static struct workqueue_struct *obpbl_wq;

/*
 * One at a time: they all want the lock, and it costs least to let go of the
 * oldest snapshot first.
 */
static struct workqueue_struct *obpbl_grace_wq;

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

/**
 * obpbl_net_queue() - do work later
 * @work: the work; its owner waits for its end before the namespace's
 *
 * Context: any.
 */
void obpbl_net_queue(struct work_struct *work)
{
	queue_work(obpbl_wq, work);
}

/**
 * obpbl_net_queue_delayed() - do work at some time
 * @work: the work, likewise; if it waits already, it waits anew
 * @delay: jiffies
 *
 * Context: any.
 */
void obpbl_net_queue_delayed(struct delayed_work *work, unsigned long delay)
{
	mod_delayed_work(obpbl_wq, work, delay);
}

/**
 * obpbl_net_queue_soon() - do work within some time
 * @work: the work, likewise; if it waits already, it does not wait longer
 * @delay: jiffies
 *
 * Context: any.
 */
void obpbl_net_queue_soon(struct delayed_work *work, unsigned long delay)
{
	queue_delayed_work(obpbl_wq, work, delay);
}

/*
 * Both counts of the kernel, that of normal grace periods and that of expedited
 * ones: the one that stands for both lags behind where they overlap.
 */
static void grace_begin(struct obpbl_grace *grace)
{
#ifdef OBPBL_HAVE_POLL_RCU_FULL
	get_state_synchronize_rcu_full(&grace->since);
#endif
}

/* Before anything is freed that was published */
static void grace_check(struct obpbl_grace *grace)
{
#ifdef OBPBL_HAVE_POLL_RCU_FULL
	WARN_ON_ONCE(!poll_state_synchronize_rcu_full(&grace->since));
#endif
}

/* What was freed without the lock, as a number below zero, modulo 2^64 */
static void give_back(struct obpbl_net *on, u64 freed)
{
	mutex_lock(&on->lock);
	on->history.bytes += freed;
	mutex_unlock(&on->lock);
}

/* Nothing of @on is touched afterwards, by this work: it may be gone */
static void retired(struct obpbl_net *on)
{
	if (atomic_dec_and_test(&on->retired))
		wake_up_var(&on->retired);
}

static void put_policy(struct work_struct *work)
{
	struct obpbl_policy *policy = container_of(to_rcu_work(work),
						   struct obpbl_policy,
						   grace.work);
	struct obpbl_net *on = policy->grace.on;

	obpbl_net_put(on, policy);
	retired(on);
}

static void free_shadow(struct work_struct *work)
{
	struct obpbl_shadow *shadow = container_of(to_rcu_work(work),
						   struct obpbl_shadow,
						   grace.work);
	struct obpbl_net *on = shadow->grace.on;
	u64 freed = 0;

	grace_check(&shadow->grace);
	obpbl_shadow_free(shadow, &freed);
	give_back(on, freed);
	retired(on);
}

/* @fn after a grace period, for what has been unpublished just now */
static void retire(struct obpbl_net *on, struct obpbl_grace *grace,
		   work_func_t fn)
{
	lockdep_assert_held(&on->lock);

	grace->on = on;
	INIT_RCU_WORK(&grace->work, fn);
	atomic_inc(&on->retired);
	grace_begin(grace);
	queue_rcu_work(obpbl_grace_wq, &grace->work);
}

/**
 * obpbl_net_hold() - keep the running snapshot
 * @on: the namespace
 *
 * Context: under @on->lock.
 * Return: the snapshot, for obpbl_net_put(); an empty one if nothing is
 * configured.
 */
struct obpbl_policy *obpbl_net_hold(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	return obpbl_policy_get(on->history.current_policy);
}

/**
 * obpbl_net_put() - let go of a snapshot
 * @on: the namespace
 * @policy: from obpbl_net_hold()
 *
 * Context: process, without @on->lock.
 */
void obpbl_net_put(struct obpbl_net *on, struct obpbl_policy *policy)
{
	struct obpbl_dead doomed;
	u64 freed = 0;
	bool some;

	mutex_lock(&on->lock);
	if (policy->refs == 1)
		grace_check(&policy->grace);
	some = obpbl_policy_put(&on->history, policy, &doomed);
	mutex_unlock(&on->lock);
	if (!some)
		return;
	/* Nobody reaches it: this needs no lock */
	obpbl_dead_drop(&doomed, 0, false, NULL, &freed);
	give_back(on, freed);
}

/**
 * obpbl_net_begin() - begin a draft with the ceilings of the namespace
 * @on: the namespace, without a draft
 * @draft: the draft: that of the namespace, or one that is published or aborted
 *	   before the lock is let go of
 *
 * Context: under @on->lock.
 * Return: 0 or -ENOMEM.
 */
int obpbl_net_begin(struct obpbl_net *on, struct obpbl_draft *draft)
{
	u32 prefixes = READ_ONCE(on->sysctl.max_prefixes);
	u32 overlays = READ_ONCE(on->sysctl.max_overlays);
	u32 sessions = READ_ONCE(on->sysctl.max_sessions);
	int err;

	lockdep_assert_held(&on->lock);

	err = obpbl_draft_begin(draft, &on->history,
				(u64)prefixes * BYTES_PER_PREFIX +
				(u64)overlays * BYTES_PER_OVERLAY +
				(u64)sessions * BYTES_PER_SESSION +
				BYTES_BASE);
	draft->max_prefixes = prefixes;
	draft->max_overlays = overlays;
	draft->max_sessions = sessions;
	return err;
}

/* Hooks before the first policy: they see NULL and let pass what they see */
static int hook(struct obpbl_net *on)
{
	int err;

	if (on->hooked)
		return 0;
	if (on->dying)
		return -ENODEV;
	err = obpbl_hook_register(on->net);
	if (err)
		return err;
	__module_get(THIS_MODULE);
	on->hooked = true;
	return 0;
}

static void unhook(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	if (!on->hooked)
		return;
	obpbl_hook_unregister(on->net);
	on->hooked = false;
	module_put(THIS_MODULE);
}

/* Hooks and tables, in place before anything is published that needs them */
static int arm(struct obpbl_net *on, const struct obpbl_part *part)
{
	int err = obpbl_account_prepare(on, part->limits);

	if (!err)
		err = hook(on);
	if (err && !on->hooked)
		obpbl_account_release(on);
	return err;
}

/**
 * obpbl_net_arm() - let packets be judged, even if nothing is configured
 * @on: the namespace
 *
 * Context: process, may sleep; under @on->lock.
 * Return: 0; -ENOMEM, or what the registration of the hooks failed with.
 */
int obpbl_net_arm(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	return arm(on, &on->history.current_policy->configured);
}

/* Lets packets see what is there, and the hooks go when there is nothing */
static void show(struct obpbl_net *on)
{
	struct obpbl_history *history = &on->history;
	bool any = history->current_policy->configured.isps.count ||
		   history->shadow;

	rcu_assign_pointer(on->policy, any ? history->current_policy : NULL);
	if (any || history->kept)
		return;
	unhook(on);
	obpbl_account_release(on);
}

/* The shadow is none any more; @promoted: what it has configured lives on */
static void retire_shadow(struct obpbl_net *on, bool promoted)
{
	struct obpbl_shadow *shadow;

	shadow = rcu_dereference_protected(on->shadow,
					   lockdep_is_held(&on->lock));
	if (!shadow)
		return;
	RCU_INIT_POINTER(on->shadow, NULL);
	shadow->promoted = promoted;
	retire(on, &shadow->grace, free_shadow);
}

/**
 * obpbl_net_set_shadow() - publish a shadow, or none
 * @on: the namespace; its history has the shadow already, or not any more
 * @shadow: the shadow, whose hooks and tables are there; NULL for none
 *
 * Context: process; under @on->lock.
 */
void obpbl_net_set_shadow(struct obpbl_net *on, struct obpbl_shadow *shadow)
{
	lockdep_assert_held(&on->lock);

	retire_shadow(on, false);
	show(on);
	rcu_assign_pointer(on->shadow, shadow);
}

/**
 * obpbl_net_publish() - publish a draft
 * @on: the namespace
 * @draft: the draft, checked
 *
 * The hooks and the tables stay while what is kept may come back, so that
 * nothing can fail then.  A shadow that the draft has promoted, or removed, is
 * none afterwards.
 *
 * Context: under @on->lock.
 * Return: 0; -ENOMEM, or what the registration of the hooks failed with, and
 * the draft is still there.
 */
int obpbl_net_publish(struct obpbl_net *on, struct obpbl_draft *draft)
{
	const struct obpbl_part *part = &draft->policy->configured;
	struct obpbl_policy *old;
	int err = 0;

	lockdep_assert_held(&on->lock);

	if (part->isps.count || draft->kept || draft->shadow)
		err = arm(on, part);
	if (err)
		return err;
	old = obpbl_draft_commit(draft, &on->history);
	show(on);
	if (!on->history.shadow)
		retire_shadow(on, draft->promoted);
	retire(on, &old->grace, put_policy);
	return 0;
}

/**
 * obpbl_net_abort() - throw the draft away
 * @on: the namespace, with a draft
 *
 * Context: under @on->lock.
 */
void obpbl_net_abort(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	if (on->draft.policy)
		obpbl_draft_abort(&on->draft);
	on->owner = 0;
	if (on->stale)
		obpbl_device_sweep_later(on);
}

/**
 * obpbl_net_overtake() - what the open transaction began from is gone
 * @on: the namespace, with or without a draft
 *
 * The draft goes now.  Its owner learns of it with the next request.
 *
 * Context: under @on->lock.
 */
void obpbl_net_overtake(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	if (!on->owner || !on->draft.policy)
		return;
	obpbl_draft_abort(&on->draft);
	on->draft.spoiled = true;
}

/**
 * obpbl_net_closed() - a netlink socket is gone, and its transaction with it
 * @net: its namespace
 * @portid: its port
 *
 * Context: process.
 */
void obpbl_net_closed(struct net *net, u32 portid)
{
	struct obpbl_net *on = obpbl_pernet(net);

	mutex_lock(&on->lock);
	if (portid && on->owner == portid)
		obpbl_net_abort(on);
	mutex_unlock(&on->lock);
}

static int __net_init net_init(struct net *net)
{
	struct obpbl_net *on = obpbl_pernet(net);
	int err;

	on->net = net;
	mutex_init(&on->lock);
	obpbl_event_init(on);
	obpbl_confirm_init(on);
	obpbl_quarantine_init(on);
	obpbl_device_net_init(on);
	err = obpbl_history_init(&on->history);
	if (err)
		return err;
	err = obpbl_stats_init(on);
	if (err)
		goto err_history;
	err = obpbl_sysctl_init(on);
	if (err)
		goto err_stats;
	return 0;

err_stats:
	obpbl_stats_exit(on);
err_history:
	obpbl_history_exit(&on->history);
	return err;
}

/* No new packets; the core then waits for those under way */
static void __net_exit net_pre_exit(struct net *net)
{
	struct obpbl_net *on = obpbl_pernet(net);

	mutex_lock(&on->lock);
	on->dying = true;
	rcu_assign_pointer(on->policy, NULL);
	on->history.shadow = NULL;
	retire_shadow(on, false);
	unhook(on);
	mutex_unlock(&on->lock);
}

static void __net_exit net_exit(struct net *net)
{
	struct obpbl_net *on = obpbl_pernet(net);

	obpbl_sysctl_exit(on);
	mutex_lock(&on->lock);
	if (on->owner)
		obpbl_net_abort(on);
	obpbl_account_release(on);
	mutex_unlock(&on->lock);
	obpbl_confirm_exit(on);
	obpbl_quarantine_exit(on);
	obpbl_event_exit(on);
	obpbl_device_net_exit(on);
	/* Nobody is left who could retire more */
	wait_var_event(&on->retired, !atomic_read(&on->retired));
	obpbl_stats_exit(on);
	obpbl_history_exit(&on->history);
}

static struct pernet_operations obpbl_net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &obpbl_net_id,
	.size = sizeof(struct obpbl_net),
};

/**
 * obpbl_net_init() - give every namespace its state
 *
 * Return: 0 or a negative errno.
 */
int __init obpbl_net_init(void)
{
	int err;

	obpbl_wq = alloc_workqueue("obpbl", WQ_UNBOUND, 0);
	if (!obpbl_wq)
		return -ENOMEM;
	obpbl_grace_wq = alloc_ordered_workqueue("obpbl_grace", 0);
	if (!obpbl_grace_wq) {
		err = -ENOMEM;
		goto err_wq;
	}
	err = register_pernet_subsys(&obpbl_net_ops);
	if (err)
		goto err_grace_wq;
	return 0;

err_grace_wq:
	destroy_workqueue(obpbl_grace_wq);
err_wq:
	destroy_workqueue(obpbl_wq);
	return err;
}

/**
 * obpbl_net_exit() - take it away again
 */
void obpbl_net_exit(void)
{
	unregister_pernet_subsys(&obpbl_net_ops);
	destroy_workqueue(obpbl_grace_wq);
	destroy_workqueue(obpbl_wq);
	rcu_barrier();
}
