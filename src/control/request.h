/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that change the policy.
 */
#ifndef _OBPBL_REQUEST_H
#define _OBPBL_REQUEST_H

#include <net/genetlink.h>

#include "net.h"

void obpbl_request_exit(struct obpbl_net *onet);
void obpbl_closed(struct obpbl_net *onet, u32 portid);

int obpbl_cmd_change(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_begin(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_commit(struct sk_buff *skb, struct genl_info *info);
int obpbl_cmd_abort(struct sk_buff *skb, struct genl_info *info);

#endif /* _OBPBL_REQUEST_H */
