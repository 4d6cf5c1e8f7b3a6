// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network devices: what they are called, and what ends with them.
 *
 * A session names its device by number and holds no reference, so that nothing
 * ever waits for it; nor does the end of a device, which comes with RTNL held,
 * wait for a change.  What makes this safe is a list of the devices that sessions
 * were made for, each with an epoch that no other has, and the order of things:
 *
 *  - a device comes into the list when it is found by its name, under the lock of
 *    the list, and the session takes its epoch;
 *  - the kernel takes the device out of its own lists first, and tells us then,
 *    and we take it out of ours, under that lock.  So either it was there by then,
 *    or it was not to be found any more;
 *  - after that we look for the session in the policy that runs, and mark it.
 *    Whoever publishes looks afterwards whether the devices of his new sessions
 *    are still in the list with the same epoch, and marks those that are not.
 *    One of the two is later, and sees what the other has done.
 *
 * Only afterwards can the number be another device's, whose epoch is another.
 */
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "core/session.h"
#include "device.h"
#include "event.h"
#include "net.h"
#include "transact.h"

/* An epoch is stored as a value of an xarray, which has a bit less */
#define MAX_EPOCH	(U32_MAX >> 2)

/**
 * obpbl_device_index() - the number of a device
 * @onet: the namespace
 * @name: its name, or another that it has
 *
 * Before Linux 6.6 such another name stayed where its device had left.
 *
 * Context: process.
 * Return: the number, or -ENODEV.
 */
int obpbl_device_index(const struct obpbl_net *onet, const char *name)
{
	const struct net_device *dev;
	int index = -ENODEV;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(onet->net, name);
	if (dev && dev_get_by_index_rcu(onet->net, dev->ifindex) == dev)
		index = dev->ifindex;
	rcu_read_unlock();
	return index;
}

/**
 * obpbl_device_name() - the name of a device
 * @onet: the namespace
 * @index: its number
 * @name: where to put it, IFNAMSIZ bytes
 *
 * Context: process.
 * Return: whether there is such a device.
 */
bool obpbl_device_name(const struct obpbl_net *onet, int index, char *name)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(onet->net, index);
	if (dev)
		strscpy(name, dev->name, IFNAMSIZ);
	rcu_read_unlock();
	return dev;
}

/* The epoch of a device that is there; made if it has none */
static int epoch_get(struct obpbl_net *onet, u32 index, u32 *epoch)
{
	void *entry = xa_load(&onet->devices, index);

	if (!entry) {
		onet->epoch = onet->epoch % MAX_EPOCH + 1;
		entry = xa_mk_value(onet->epoch);
		if (xa_is_err(__xa_store(&onet->devices, index, entry,
					 GFP_ATOMIC)))
			return -ENOMEM;
	}
	*epoch = xa_to_value(entry);
	return 0;
}

/**
 * obpbl_device_epoch() - a session is to be made for a device, or changed
 * @onet: the namespace
 * @name: its name
 * @index: where to put its number
 * @epoch: and what tells it from others of the same number
 *
 * Context: process; under @onet->lock.
 * Return: 0, -ENODEV or -ENOMEM.
 */
int obpbl_device_epoch(struct obpbl_net *onet, const char *name, u32 *index,
		       u32 *epoch)
{
	int found, err;

	xa_lock(&onet->devices);
	found = obpbl_device_index(onet, name);
	err = found < 0 ? found : epoch_get(onet, found, epoch);
	xa_unlock(&onet->devices);
	*index = found;
	return err;
}

/* Events */

/* The device whose session had one of the prefixes that @session has now */
static u32 moved_from(const struct obpbl_policy *before,
		      const struct obpbl_policy *policy,
		      const struct obpbl_session *session)
{
	const struct obpbl_table *runtime = before->slot[OBPBL_RUNTIME];
	const struct obpbl_session *other;
	const struct obpbl_scope *scope;
	unsigned int i;
	u32 index;

	scope = obpbl_array_get(&policy->slot[OBPBL_RUNTIME]->scopes,
				session->scope);
	if (!scope || !obpbl_scope_find(runtime, scope->vrf, &index))
		return 0;
	for (i = 0; i < session->n; i++) {
		other = obpbl_session_at(runtime, index, &session->prefixes[i]);
		if (other && other->ifindex != session->ifindex)
			return other->ifindex;
	}
	return 0;
}

/**
 * obpbl_device_tell() - tell of the session that a request has changed
 * @onet: the namespace; what was published last is that one change
 * @origin: the request
 * @before: the policy before it, which the caller holds
 * @index: the device
 *
 * Context: process; under @onet->lock, which was not let go of since.
 */
void obpbl_device_tell(struct obpbl_net *onet,
		       const struct obpbl_origin *origin,
		       const struct obpbl_policy *before, u32 index)
{
	const struct obpbl_policy *policy = onet->history.current_policy;
	const struct obpbl_session *session;
	char name[IFNAMSIZ], from[IFNAMSIZ];
	bool moved;

	lockdep_assert_held(&onet->lock);

	if (!obpbl_event_has_listeners(onet) ||
	    !obpbl_device_name(onet, index, name))
		return;
	session = obpbl_session_find(policy->slot[OBPBL_RUNTIME], index);
	if (session) {
		moved = obpbl_device_name(onet,
					  moved_from(before, policy, session),
					  from);
		obpbl_event_session(onet, origin, session, name,
				    moved ? from : NULL);
		return;
	}
	session = obpbl_session_find(before->slot[OBPBL_RUNTIME], index);
	if (session)
		obpbl_event_session(onet, origin, session, name, NULL);
}

/* The end of a device */

static const struct obpbl_origin gone = { OBPBL_CMD_SESSION_DOWN, 0 };

/*
 * Some kernels tell again of a device that others still hold, when its number
 * may be another's already.
 */
static bool is_another(struct net *net, const struct net_device *dev)
{
	const struct net_device *now = __dev_get_by_index(net, dev->ifindex);

	return now && now != dev;
}

static void end(struct obpbl_net *onet, const struct net_device *dev)
{
	struct obpbl_session *session;
	struct obpbl_policy *policy;

	if (is_another(onet->net, dev) ||
	    !xa_erase(&onet->devices, dev->ifindex))
		return;
	policy = obpbl_net_hold(onet);
	session = obpbl_session_find(policy->slot[OBPBL_RUNTIME],
				     dev->ifindex);
	if (session) {
		WRITE_ONCE(session->gone, true);
		obpbl_event_session(onet, &gone, session, dev->name, NULL);
		/* After the mark, which sweep() looks for when it has seen this */
		smp_store_release(&onet->stale, true);
		obpbl_net_sweep(onet);
	}
	obpbl_net_put(onet, policy);
}

/* Under RTNL; also told when a device leaves for another namespace */
static int on_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_UNREGISTER)
		end(obpbl_pernet(dev_net(dev)), dev);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_event,
};

/* What is left */

static int sweep_sessions(struct obpbl_net *onet,
			  struct obpbl_transaction *transaction, void *arg)
{
	transaction->unlimited = true;
	return obpbl_sessions_sweep(transaction);
}

static void sweep(struct work_struct *work)
{
	struct obpbl_net *onet = container_of(to_delayed_work(work),
					      struct obpbl_net, sweep);
	struct obpbl_transaction transaction;

	mutex_lock(&onet->lock);
	if (onet->stale && !onet->dying && !onet->owner) {
		/* Before any mark is looked for: a later one queues us again */
		smp_store_mb(onet->stale, false);
		if (obpbl_change(onet, &gone, &transaction, sweep_sessions,
				 NULL) < 0) {
			WRITE_ONCE(onet->stale, true);
			obpbl_net_sweep(onet);
		}
	}
	mutex_unlock(&onet->lock);
}

/**
 * obpbl_device_sweep() - no transaction is open any more, which a sweep waits for
 * @onet: the namespace
 *
 * Context: process.
 */
void obpbl_device_sweep(struct obpbl_net *onet)
{
	if (READ_ONCE(onet->stale))
		obpbl_net_sweep(onet);
}

/**
 * obpbl_device_init() - a namespace begins
 * @onet: its state
 */
void obpbl_device_init(struct obpbl_net *onet)
{
	xa_init(&onet->devices);
	INIT_DELAYED_WORK(&onet->sweep, sweep);
}

/**
 * obpbl_device_exit() - a namespace ends, and has no device any more
 * @onet: its state
 *
 * Context: process, may sleep.
 */
void obpbl_device_exit(struct obpbl_net *onet)
{
	cancel_delayed_work_sync(&onet->sweep);
	xa_destroy(&onet->devices);
}

/**
 * obpbl_device_register() - see devices go
 *
 * Return: 0 or a negative errno.
 */
int __init obpbl_device_register(void)
{
	return register_netdevice_notifier(&notifier);
}

/**
 * obpbl_device_unregister() - see them no more
 */
void obpbl_device_unregister(void)
{
	unregister_netdevice_notifier(&notifier);
}
