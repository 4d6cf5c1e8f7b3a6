/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers: the namespace at a glance, the test of a packet, and dumps.
 */
#ifndef _OBPBL_DUMP_H
#define _OBPBL_DUMP_H

#include <net/genetlink.h>

int obpbl_cmd_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_isp_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_shadow_get(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_test(struct sk_buff *skb, struct genl_info *info);

int obpbl_dump_start(struct netlink_callback *cb);
int obpbl_dump(struct sk_buff *skb, struct netlink_callback *cb);
int obpbl_dump_done(struct netlink_callback *cb);

#endif /* _OBPBL_DUMP_H */
