/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replies to what was blocked.
 */
#ifndef _OBPBL_REJECT_H
#define _OBPBL_REJECT_H

#include <linux/types.h>

struct nf_hook_state;
struct obpbl_net;
struct obpbl_shape;
struct sk_buff;

void obpbl_reject(struct obpbl_net *on, struct sk_buff *skb,
		  const struct nf_hook_state *state,
		  const struct obpbl_shape *shape, u8 how);

#endif /* _OBPBL_REJECT_H */
