// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network devices: what they are called, and what ends with them.
 *
 * A session names its device by number and holds no reference, so that nothing
 * ever waits for it.  What makes this safe is the order of things under the
 * lock of the namespace's state:
 *
 *  - a session is made for a device that can be found by its name, under the
 *    lock;
 *  - the kernel takes the device out of its lists first, and tells us then,
 *    which takes the lock.
 *
 * So either the session is there when we are told, or the device was not to be
 * found any more.  Only afterwards can its number be another device's.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "device.h"
#include "event.h"
#include "net.h"
#include "session.h"

/* What is left of a session says nothing: there is no hurry to remove it */
#define SWEEP_DELAY	(HZ / 10)

/**
 * obpbl_device_index() - the number of a device
 * @on: the namespace's state
 * @name: its name
 *
 * Context: process; under @on->lock, if a session is to be made for it.
 * Return: the number, or -ENODEV.
 */
int obpbl_device_index(const struct obpbl_net *on, const char *name)
{
	const struct net_device *dev;
	int index = -ENODEV;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(on->net, name);
	if (dev)
		index = dev->ifindex;
	rcu_read_unlock();
	return index;
}

/**
 * obpbl_device_name() - the name of a device
 * @on: the namespace's state
 * @index: its number
 * @name: where to put it, IFNAMSIZ bytes
 *
 * Context: process.
 * Return: whether there is such a device.
 */
bool obpbl_device_name(const struct obpbl_net *on, int index, char *name)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(on->net, index);
	if (dev)
		strscpy(name, dev->name, IFNAMSIZ);
	rcu_read_unlock();
	return dev;
}

/* Events */

/* The device whose session had one of the prefixes that @session has now */
static u32 moved_from(const struct obpbl_policy *before,
		      const struct obpbl_session *session)
{
	const struct obpbl_isp *isp = obpbl_vec_get(&before->configured.isps,
						    session->isp);
	const struct obpbl_session *other;
	unsigned int i;

	for (i = 0; isp && i < session->n; i++) {
		other = obpbl_session_at(before, isp->scope,
					 &session->prefixes[i]);
		if (other && other->ifindex != session->ifindex)
			return other->ifindex;
	}
	return 0;
}

/**
 * obpbl_device_tell() - tell of the session that a request has changed
 * @on: the namespace's state; what was published last is that one change
 * @info: the request
 *
 * Context: process; under @on->lock, which was not let go of since.
 */
void obpbl_device_tell(struct obpbl_net *on, struct genl_info *info)
{
	struct obpbl_cause cause = { info->genlhdr->cmd, info->snd_portid };
	const struct obpbl_policy *policy = on->history.current_policy;
	const struct obpbl_policy *before = on->draft.base;
	const struct obpbl_session *session;
	char name[IFNAMSIZ], from[IFNAMSIZ];
	u32 index = on->draft.touched;
	bool moved;

	lockdep_assert_held(&on->lock);

	if (!obpbl_event_heard(on) || !obpbl_device_name(on, index, name))
		return;
	session = obpbl_session_of(policy, index);
	if (session) {
		moved = obpbl_device_name(on, moved_from(before, session),
					  from);
		obpbl_event_session(on, &cause, policy, session, name,
				    moved ? from : NULL);
		return;
	}
	session = obpbl_session_of(before, index);
	if (session)
		obpbl_event_session(on, &cause, before, session, name, NULL);
}

/* The end of a device */

static const struct obpbl_cause gone = { OBPBL_CMD_SESSION_DOWN, 0 };

/* A step of its own, like a request by itself; @index 0: all that are marked */
static int remove(struct obpbl_net *on, u32 index)
{
	struct obpbl_draft draft;
	int err;

	err = obpbl_draft_begin(&draft, &on->history, U64_MAX);
	if (err)
		return err;
	err = index ? obpbl_draft_session_down(&draft, index) :
		      obpbl_draft_sessions_sweep(&draft);
	if (!err)
		err = obpbl_net_publish(on, &draft);
	if (err)
		obpbl_draft_abort(&draft);
	else
		obpbl_event_policy(on, &gone);
	return err;
}

/*
 * The mark ends the session, in what packets see and in what an open transaction
 * would have them see next.  To remove it is another matter: a transaction does
 * that when it is committed, and the sweeper if it is not, or if there is no
 * memory now.
 */
static void end(struct obpbl_net *on, const struct net_device *dev)
{
	struct obpbl_policy *policy = on->history.current_policy;
	const struct obpbl_session *session;
	u32 index = dev->ifindex;
	bool open = on->draft.policy, drafted;

	session = obpbl_session_of(policy, index);
	obpbl_session_end(policy, index);
	drafted = open && obpbl_session_end(on->draft.policy, index);
	if (!session && !drafted)
		return;
	if (session)
		obpbl_event_session(on, &gone, policy, session, dev->name,
				    NULL);
	if (!open && !remove(on, index))
		return;
	on->stale = true;
	if (!open)
		obpbl_device_sweep_later(on);
}

/*
 * Some kernels tell again of a device that others still hold, when its number
 * may be another's already.
 */
static bool is_another(struct net *net, const struct net_device *dev)
{
	const struct net_device *now = __dev_get_by_index(net, dev->ifindex);

	return now && now != dev;
}

/* A namespace that exits frees all at once, and commits nothing any more */
static void on_gone(struct obpbl_net *on, const struct net_device *dev)
{
	mutex_lock(&on->lock);
	if (!on->dying && !is_another(on->net, dev))
		end(on, dev);
	mutex_unlock(&on->lock);
}

/* Under RTNL; also told when a device leaves for another namespace */
static int on_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_UNREGISTER)
		on_gone(obpbl_pernet(dev_net(dev)), dev);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_event,
};

/* What is left */

static void sweeper(struct work_struct *work)
{
	struct obpbl_net *on = container_of(to_delayed_work(work),
					    struct obpbl_net, sweeper);

	mutex_lock(&on->lock);
	if (on->stale && !on->dying && !on->draft.policy && !remove(on, 0))
		on->stale = false;
	mutex_unlock(&on->lock);
}

/**
 * obpbl_device_sweep_later() - remove sessions whose device is gone, soon
 * @on: the namespace's state
 *
 * Context: process; under @on->lock.
 */
void obpbl_device_sweep_later(struct obpbl_net *on)
{
	lockdep_assert_held(&on->lock);

	if (!on->dying)
		obpbl_net_queue_delayed(&on->sweeper, SWEEP_DELAY);
}

/**
 * obpbl_device_net_init() - a namespace begins
 * @on: its state
 */
void obpbl_device_net_init(struct obpbl_net *on)
{
	INIT_DELAYED_WORK(&on->sweeper, sweeper);
}

/**
 * obpbl_device_net_exit() - a namespace ends, and has no device any more
 * @on: its state
 *
 * Context: process, may sleep.
 */
void obpbl_device_net_exit(struct obpbl_net *on)
{
	cancel_delayed_work_sync(&on->sweeper);
}

/**
 * obpbl_device_init() - see devices go
 *
 * Return: 0 or a negative errno.
 */
int __init obpbl_device_init(void)
{
	return register_netdevice_notifier(&notifier);
}

/**
 * obpbl_device_exit() - see them no more
 */
void obpbl_device_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
