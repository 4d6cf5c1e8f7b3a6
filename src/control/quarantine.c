// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quarantine of sources that went over their limit.
 *
 * A packet only notes its source (packet/account.c).  A work item makes run-time
 * overlays of all that have come meanwhile, the same as a command would, in one
 * change.  There is no hurry: until then the limit itself blocks the source.
 *
 * Much can have changed since the packet, so the same decision is asked again,
 * by the policy as it is now.
 */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "core/entry.h"
#include "packet/stats.h"
#include "quarantine.h"
#include "transact.h"

/* Those that come together make one change */
#define DELAY	(HZ / 10)

/* Until it is tried again, if a transaction is in the way */
#define RETRY	(HZ / 2)

static const char reason[] = "over its limit";

/**
 * struct overlimit - a source that is to be quarantined
 * @node: in &struct obpbl_net.overlimits
 * @note: what its packet had to tell
 */
struct overlimit {
	struct list_head node;
	struct obpbl_note note;
};

/* What the source is now, as if its packet came again */
static bool judge(struct obpbl_net *onet, const struct obpbl_policy *policy,
		  const struct obpbl_isp *isp, const struct obpbl_note *note,
		  struct obpbl_decision *decision)
{
	struct obpbl_flow flow = {
		.in.vrf = isp->config.vrf[0] ? isp->config.vrf : NULL,
		.dport = OBPBL_PORT,
		.family = note->family,
		.tcp_flags = OBPBL_TCP_SYN,
	};
	struct obpbl_question question = {
		.policy = policy,
		.flow = &flow,
		.settings.mode = READ_ONCE(onet->sysctl.mode),
		.now = ktime_get_real_seconds(),
	};

	memcpy(flow.src, note->src, sizeof(flow.src));
	memcpy(flow.dst, note->dst, sizeof(flow.dst));
	return obpbl_judge(&question, OBPBL_LIVE, decision);
}

/*
 * Whether the source is still what it was: of the same ISP, which still wants
 * it, and the same subscriber.  One that somebody has quarantined meanwhile is
 * as well, but not one that was exempted.
 */
static bool is_overlimit(const struct obpbl_decision *decision,
			 const struct obpbl_isp *isp,
			 const struct obpbl_note *note)
{
	const struct obpbl_session *session = decision->session;

	if (decision->isp != isp || decision->mode == OBPBL_MODE_OFF)
		return false;
	if (decision->src_class == OBPBL_CLASS_QUARANTINE)
		return true;
	return decision->src_class == OBPBL_CLASS_DYNAMIC &&
	       (session ? session->epoch : 0) == note->epoch;
}

/*
 * The prefix by which the source was counted; but not one that is wider than
 * the entry which makes it dynamic, since that would win.
 */
static void prefix_of(const struct obpbl_net *onet,
		      const struct obpbl_note *note,
		      const struct obpbl_decision *decision,
		      struct obpbl_prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = note->family;
	prefix->len = note->family == OBPBL_INET4 ? 32 :
		      max_t(u8, READ_ONCE(onet->sysctl.v6_source_len),
			    decision->src_len);
	obpbl_address_mask(prefix->key, note->src, prefix->len);
}

/* As obpbl_overlay_extend() */
static int quarantine_one(struct obpbl_net *onet,
			  struct obpbl_transaction *transaction,
			  const struct obpbl_note *note,
			  struct obpbl_overlay *overlay)
{
	const struct obpbl_policy *policy = transaction->policy;
	const struct obpbl_isp *isp = obpbl_isp_find(policy->slot[OBPBL_LIVE],
						     note->isp);
	struct obpbl_decision decision;
	struct obpbl_prefix prefix;

	if (!isp || !isp->config.quarantine ||
	    !judge(onet, policy, isp, note, &decision) ||
	    !is_overlimit(&decision, isp, note))
		return OBPBL_UNCHANGED;
	prefix_of(onet, note, &decision, &prefix);
	overlay->until = ktime_get_real_seconds() + isp->config.quarantine;
	return obpbl_overlay_extend(transaction, isp->number, &prefix, overlay);
}

/**
 * struct batch - sources that are put in quarantine together
 * @list: they
 * @overlay: what they get
 * @refused: those that cannot be helped
 */
struct batch {
	struct list_head list;
	struct obpbl_overlay *overlay;
	unsigned int refused;
};

/* All that can be; an error means that none is */
static int quarantine_all(struct obpbl_net *onet,
			  struct obpbl_transaction *transaction, void *arg)
{
	struct batch *batch = arg;
	const struct overlimit *over;
	int err, all;

	all = obpbl_overlays_recycle(transaction, ktime_get_real_seconds());
	if (!all)
		all = OBPBL_UNCHANGED;
	list_for_each_entry(over, &batch->list, node) {
		if (all < 0)
			return all;
		err = quarantine_one(onet, transaction, &over->note,
				     batch->overlay);
		if (err == -ENOMEM || err == -ENOSPC)
			return err;
		if (!err)
			all = 0;
		batch->refused += err < 0;
		cond_resched();
	}
	return all;
}

static void refuse(struct obpbl_net *onet, unsigned int n)
{
	local_bh_disable();
	while (n--)
		obpbl_stats_inc(onet->stats, OBPBL_TOTAL_QUARANTINE_REFUSED);
	local_bh_enable();
}

/* All that wait; returns how many */
static unsigned int take(struct obpbl_net *onet, struct list_head *list)
{
	unsigned int n;

	INIT_LIST_HEAD(list);
	spin_lock(&onet->overlimits_lock);
	list_splice_init(&onet->overlimits, list);
	n = onet->overlimits_n;
	WRITE_ONCE(onet->overlimits_n, 0);
	spin_unlock(&onet->overlimits_lock);
	return n;
}

static void drop(struct list_head *list)
{
	struct overlimit *over, *next;

	list_for_each_entry_safe(over, next, list, node)
		kfree(over);
}

static void quarantine_batch(struct obpbl_net *onet)
{
	static const struct obpbl_origin origin = { OBPBL_CMD_OVERLAY_ADD, 0 };
	struct obpbl_transaction transaction;
	struct batch batch = { };
	unsigned int n = take(onet, &batch.list);
	int err = -ENOMEM;

	batch.overlay = kzalloc(struct_size(batch.overlay, reason,
					    sizeof(reason)), GFP_KERNEL);
	if (batch.overlay) {
		batch.overlay->class = OBPBL_CLASS_QUARANTINE;
		batch.overlay->automatic = true;
		memcpy(batch.overlay->reason, reason, sizeof(reason));
		err = obpbl_change(onet, &origin, &transaction, quarantine_all,
				   &batch);
		kfree(batch.overlay);
	}
	/* Without memory there is none of them in quarantine, which is told */
	refuse(onet, err < 0 ? n : batch.refused);
	drop(&batch.list);
}

static void quarantine(struct work_struct *work)
{
	struct obpbl_net *onet = container_of(to_delayed_work(work),
					      struct obpbl_net, quarantine);

	mutex_lock(&onet->lock);
	if (onet->owner)
		queue_delayed_work(obpbl_wq, &onet->quarantine, RETRY);
	else if (!onet->dying)
		quarantine_batch(onet);
	mutex_unlock(&onet->lock);
}

/**
 * obpbl_quarantine_add() - a source went over its limit
 * @onet: the namespace
 * @note: what its packet had to tell
 *
 * Packets leave no more notes once OBPBL_OVERLIMITS wait.
 *
 * Context: process, may sleep.
 */
void obpbl_quarantine_add(struct obpbl_net *onet, const struct obpbl_note *note)
{
	struct overlimit *over = kmalloc(sizeof(*over), GFP_KERNEL_ACCOUNT);

	if (!over) {
		refuse(onet, 1);
		return;
	}
	over->note = *note;
	spin_lock(&onet->overlimits_lock);
	list_add_tail(&over->node, &onet->overlimits);
	WRITE_ONCE(onet->overlimits_n, onet->overlimits_n + 1);
	spin_unlock(&onet->overlimits_lock);
	queue_delayed_work(obpbl_wq, &onet->quarantine, DELAY);
}

/**
 * obpbl_quarantine_init() - a namespace begins
 * @onet: its state
 */
void obpbl_quarantine_init(struct obpbl_net *onet)
{
	spin_lock_init(&onet->overlimits_lock);
	INIT_LIST_HEAD(&onet->overlimits);
	INIT_DELAYED_WORK(&onet->quarantine, quarantine);
}

/**
 * obpbl_quarantine_exit() - a namespace ends: nobody is noted any more
 * @onet: its state, dying; its notes are not read any more
 *
 * Context: process, may sleep.
 */
void obpbl_quarantine_exit(struct obpbl_net *onet)
{
	struct list_head list;

	cancel_delayed_work_sync(&onet->quarantine);
	take(onet, &list);
	drop(&list);
}
