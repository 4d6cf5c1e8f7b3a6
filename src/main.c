// SPDX-License-Identifier: GPL-2.0-only
/*
 * obpbl: Outbound Port 25 Blocking.
 */
#include <linux/module.h>

#include "device.h"
#include "net.h"
#include "netlink.h"

static int __init obpbl_init(void)
{
	int err;

	err = obpbl_net_init();
	if (err)
		return err;
	err = obpbl_device_init();
	if (err)
		goto err_net;
	err = obpbl_netlink_init();
	if (err)
		goto err_device;
	return 0;

err_device:
	obpbl_device_exit();
err_net:
	obpbl_net_exit();
	return err;
}

static void __exit obpbl_exit(void)
{
	obpbl_netlink_exit();
	obpbl_device_exit();
	obpbl_net_exit();
}

module_init(obpbl_init);
module_exit(obpbl_exit);

MODULE_DESCRIPTION("Outbound Port 25 Blocking");
MODULE_AUTHOR("The obpbl developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(OBPBL_VERSION);
MODULE_ALIAS_GENL_FAMILY(OBPBL_GENL_NAME);
