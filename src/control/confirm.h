/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change that is taken back unless it is confirmed in time.
 */
#ifndef _OBPBL_CONFIRM_H
#define _OBPBL_CONFIRM_H

#include <net/genetlink.h>

#include "net.h"

void obpbl_confirm_init(struct obpbl_net *onet);
void obpbl_confirm_exit(struct obpbl_net *onet);
void obpbl_confirm_start(struct obpbl_net *onet, u32 seconds, u64 generation);
int obpbl_confirm_seconds(struct genl_info *info, u32 *seconds);

int obpbl_cmd_confirm_or_rollback(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_shadow_drop(struct sk_buff *skb, struct genl_info *info);

#endif /* _OBPBL_CONFIRM_H */
