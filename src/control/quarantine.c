// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quarantine of sources that went over their limit.
 *
 * A packet only notes its source (trip.c).  A work item makes run-time overlays
 * of all that it finds noted, the same as a command would, in one snapshot.
 * There is no hurry: until then the limit itself blocks the source.
 *
 * Much can have changed since the packet, so the same decision is asked again,
 * by the policy as it is now.
 */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "decision.h"
#include "event.h"
#include "net.h"
#include "quarantine.h"
#include "session.h"
#include "source.h"
#include "stats.h"
#include "trip.h"

/* Those that trip together make one snapshot */
#define DELAY	(HZ / 10)

/* Until it is tried again, if a transaction or a confirmation is in the way */
#define RETRY	(HZ / 2)

static const char reason[] = "over its limit";

static struct obpbl_trips *trips_of(struct obpbl_net *on)
{
	return rcu_dereference_protected(on->trips, lockdep_is_held(&on->lock));
}

/* What the source is now, as if its packet came again */
static bool judge(struct obpbl_net *on, const struct obpbl_policy *policy,
		  const struct obpbl_isp *isp, const struct obpbl_trip *trip,
		  struct obpbl_decision *decision)
{
	struct obpbl_settings settings = {
		.mode = READ_ONCE(on->sysctl.mode),
	};
	struct obpbl_flow flow = {
		.in.vrf = isp->config.vrf[0] ? isp->config.vrf : NULL,
		.dport = OBPBL_PORT,
		.family = trip->family,
		.tcp_flags = OBPBL_TCP_SYN,
	};

	memcpy(flow.src, trip->src, sizeof(flow.src));
	memcpy(flow.dst, trip->dst, sizeof(flow.dst));
	return obpbl_judge(policy, &flow, &settings, ktime_get_real_seconds(),
			   decision);
}

/*
 * Whether the source is still what it was: of the same ISP, which still wants
 * it, and the same subscriber.  One that somebody has quarantined meanwhile is
 * as well, but not one that was exempted.
 */
static bool still(const struct obpbl_decision *decision,
		  const struct obpbl_isp *isp, const struct obpbl_trip *trip)
{
	const struct obpbl_session *session = decision->session;

	if (decision->isp != isp || decision->mode == OBPBL_MODE_OFF)
		return false;
	if (decision->src_class == OBPBL_CLASS_QUARANTINE)
		return true;
	return decision->src_class == OBPBL_CLASS_DYNAMIC &&
	       (session ? session->ifindex : 0) == trip->session;
}

/*
 * The prefix by which the source was counted; but not one that is wider than
 * the entry which makes it dynamic, since that would win.
 */
static void prefix_of(const struct obpbl_net *on, const struct obpbl_trip *trip,
		      const struct obpbl_decision *decision,
		      struct obpbl_prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = trip->family;
	prefix->len = trip->family == OBPBL_INET4 ? 32 :
		      max_t(u8, READ_ONCE(on->sysctl.v6_source_len),
			    decision->src_len);
	obpbl_source_mask(prefix->key, trip->src, prefix->len);
}

/* As obpbl_draft_overlay_extend() */
static int put_in(struct obpbl_net *on, struct obpbl_draft *draft,
		  const struct obpbl_trip *trip, struct obpbl_overlay *overlay)
{
	const struct obpbl_isp *isp = obpbl_policy_isp(draft->policy,
						       trip->isp);
	struct obpbl_decision decision;
	struct obpbl_prefix prefix;

	if (!isp || !isp->config.quarantine ||
	    !judge(on, draft->policy, isp, trip, &decision) ||
	    !still(&decision, isp, trip))
		return OBPBL_UNCHANGED;
	prefix_of(on, trip, &decision, &prefix);
	overlay->until = ktime_get_real_seconds() + isp->config.quarantine;
	return obpbl_draft_overlay_extend(draft, isp->index, &prefix, overlay);
}

static void tally(struct obpbl_net *on, unsigned int refused)
{
	local_bh_disable();
	while (refused--)
		obpbl_stats_tally(on, OBPBL_TALLY_FREE);
	local_bh_enable();
}

/* What is in the way of a return that may come is not so once that is settled */
static bool must_wait(const struct obpbl_draft *draft, int err)
{
	return draft->frozen && (err == -EBUSY || err == -EADDRINUSE);
}

/* One that spoils the draft, of which nothing remains then */
static bool spoils(int err)
{
	return err == -ENOMEM || err == -ENOSPC;
}

/**
 * struct batch - sources that are put in quarantine together
 * @list: they
 * @n: how many
 * @put: those that the draft has an overlay of, or a longer one
 * @refused: those that cannot be helped
 */
struct batch {
	struct obpbl_trip *list;
	unsigned int n;
	unsigned int put;
	unsigned int refused;
};

/* All that can be put in; an error has spoiled the draft */
static int put_all(struct obpbl_net *on, struct obpbl_draft *draft,
		   struct obpbl_overlay *overlay, struct batch *batch)
{
	unsigned int i;
	int err;

	for (i = 0; i < batch->n; i++) {
		err = put_in(on, draft, &batch->list[i], overlay);
		if (spoils(err))
			return err;
		batch->list[i].done = !must_wait(draft, err);
		batch->put += !err;
		batch->refused += err < 0 && batch->list[i].done;
		cond_resched();
	}
	return 0;
}

static int publish(struct obpbl_net *on, struct obpbl_overlay *overlay,
		   struct batch *batch)
{
	static const struct obpbl_cause tripped = { OBPBL_CMD_OVERLAY_ADD, 0 };
	struct obpbl_draft draft;
	int err;

	err = obpbl_net_begin(on, &draft);
	if (err)
		return err;
	err = put_all(on, &draft, overlay, batch);
	if (!err && batch->put)
		err = obpbl_net_publish(on, &draft);
	if (err || !batch->put)
		obpbl_draft_abort(&draft);
	else
		obpbl_event_policy(on, &tripped);
	return err;
}

static int quarantine(struct obpbl_net *on, struct batch *batch)
{
	struct obpbl_overlay *overlay;
	int err;

	overlay = kzalloc(sizeof(*overlay) + sizeof(reason), GFP_KERNEL);
	if (!overlay)
		return -ENOMEM;
	overlay->class = OBPBL_CLASS_QUARANTINE;
	memcpy(overlay->reason, reason, sizeof(reason));
	err = publish(on, overlay, batch);
	kfree(overlay);
	return err;
}

/* Without memory there is none of them in quarantine, which is told */
static void give_up(struct batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->n; i++)
		batch->list[i].done = true;
	batch->refused = batch->n;
}

static void later(struct obpbl_net *on, unsigned long delay)
{
	obpbl_net_queue_soon(&on->tripped, delay);
}

static void work_off(struct obpbl_net *on)
{
	struct obpbl_trips *trips = trips_of(on);
	struct batch batch = { };

	lockdep_assert_held(&on->lock);

	if (!trips || on->dying)
		return;
	batch.n = obpbl_trips_take(trips, &batch.list);
	if (!batch.n)
		return;
	if (on->draft.policy) {
		later(on, RETRY);
		return;
	}
	if (quarantine(on, &batch))
		give_up(&batch);
	tally(on, batch.refused);
	if (obpbl_trips_sweep(trips))
		later(on, RETRY);
}

static void work(struct work_struct *work)
{
	struct obpbl_net *on = container_of(to_delayed_work(work),
					    struct obpbl_net, tripped);

	mutex_lock(&on->lock);
	work_off(on);
	mutex_unlock(&on->lock);
}

/**
 * obpbl_quarantine_soon() - somebody has tripped
 * @on: the namespace's state, whose trips have it
 *
 * Context: any.
 */
void obpbl_quarantine_soon(struct obpbl_net *on)
{
	later(on, DELAY);
}

/**
 * obpbl_quarantine_init() - a namespace begins
 * @on: its state
 */
void obpbl_quarantine_init(struct obpbl_net *on)
{
	INIT_DELAYED_WORK(&on->tripped, work);
}

/**
 * obpbl_quarantine_exit() - a namespace ends: nobody trips any more
 * @on: its state, dying; no hook runs any more
 *
 * Context: process, may sleep.
 */
void obpbl_quarantine_exit(struct obpbl_net *on)
{
	cancel_delayed_work_sync(&on->tripped);
}
