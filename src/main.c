// SPDX-License-Identifier: GPL-2.0-only
/*
 * obpbl: Outbound Port 25 Blocking.
 *
 * The ladder, of the module and of each namespace: what is above a rung needs
 * it, and the way out is the way in, backwards.
 */
#include <linux/module.h>
#include <net/net_namespace.h>

#include "control/confirm.h"
#include "control/device.h"
#include "control/event.h"
#include "control/netlink.h"
#include "control/notes.h"
#include "control/quarantine.h"
#include "control/sysctl.h"
#include "net.h"

static int __net_init net_init(struct net *net)
{
	struct obpbl_net *onet = obpbl_pernet(net);
	int err;

	err = obpbl_net_init(onet, net);
	if (err)
		return err;
	obpbl_event_init(onet);
	obpbl_notes_init(onet);
	obpbl_quarantine_init(onet);
	obpbl_confirm_init(onet);
	obpbl_device_init(onet);
	err = obpbl_sysctl_init(onet);
	if (err)
		obpbl_net_exit(onet);
	return err;
}

static void __net_exit net_pre_exit(struct net *net)
{
	obpbl_net_pre_exit(obpbl_pernet(net));
}

static void __net_exit net_exit(struct net *net)
{
	struct obpbl_net *onet = obpbl_pernet(net);

	obpbl_sysctl_exit(onet);
	obpbl_netlink_exit_net(onet);
	obpbl_device_exit(onet);
	obpbl_confirm_exit(onet);
	obpbl_notes_exit(onet);
	obpbl_quarantine_exit(onet);
	obpbl_net_exit(onet);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &obpbl_net_id,
	.size = sizeof(struct obpbl_net),
};

static int __init obpbl_init(void)
{
	int err = -ENOMEM;

	obpbl_wq = alloc_workqueue("obpbl", WQ_UNBOUND, 0);
	if (!obpbl_wq)
		return err;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_wq;
	err = obpbl_device_register();
	if (err)
		goto err_net;
	err = obpbl_netlink_register();
	if (err)
		goto err_device;
	return 0;

err_device:
	obpbl_device_unregister();
err_net:
	unregister_pernet_subsys(&net_ops);
err_wq:
	destroy_workqueue(obpbl_wq);
	return err;
}

static void __exit obpbl_exit(void)
{
	/*
	 * Events that are under way need the family: those of devices, and those
	 * of work items.  There will be no others, as a module that goes publishes
	 * nothing.
	 */
	obpbl_device_unregister();
	flush_workqueue(obpbl_wq);
	obpbl_netlink_unregister();
	unregister_pernet_subsys(&net_ops);
	destroy_workqueue(obpbl_wq);
	/* Datapaths that wait for their grace period */
	rcu_barrier();
}

module_init(obpbl_init);
module_exit(obpbl_exit);

MODULE_DESCRIPTION("Outbound Port 25 Blocking");
MODULE_AUTHOR("The obpbl developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(OBPBL_VERSION);
MODULE_ALIAS_GENL_FAMILY(OBPBL_GENL_NAME);
