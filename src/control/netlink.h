/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family: the table of its operations in netlink.c, the way
 * of a change in transact.c, the changes themselves in change.c, answers in
 * dump.c and test.c, the parts of messages in message.c.
 */
#ifndef _OBPBL_NETLINK_H
#define _OBPBL_NETLINK_H

#include <net/genetlink.h>
#include <uapi/linux/obpbl.h>

struct obpbl_net;

extern struct genl_family obpbl_genl_family;

void obpbl_netlink_exit_net(struct obpbl_net *onet);
int obpbl_netlink_register(void);
void obpbl_netlink_unregister(void);

#endif /* _OBPBL_NETLINK_H */
