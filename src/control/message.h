/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of messages: refusals, answers, and attributes that several have.
 */
#ifndef _OBPBL_MESSAGE_H
#define _OBPBL_MESSAGE_H

#include <net/genetlink.h>
#include <uapi/linux/obpbl.h>

#include "net.h"

struct obpbl_source_entry;

int obpbl_missing(struct genl_info *info, int attr, const char *sentence);
int obpbl_refuse(struct genl_info *info, int attr, int err,
		 const char *sentence);
int obpbl_refuse_unconfirmed(struct obpbl_net *onet, struct genl_info *info);

/* Does what is asked for, and fills in the answer */
typedef int obpbl_answer_fn(struct sk_buff *reply, struct obpbl_net *onet,
			    struct genl_info *info);

int obpbl_answer(struct genl_info *info, obpbl_answer_fn *fn);

int obpbl_get_prefix(struct netlink_ext_ack *extack, u8 family, const u8 *wire,
		     struct obpbl_prefix *prefix);
int obpbl_put_generation(struct sk_buff *skb,
			 const struct obpbl_policy *policy);
int obpbl_put_confirm(struct sk_buff *skb, struct obpbl_net *onet,
		      const struct obpbl_policy *policy);
bool obpbl_put_prefix(struct sk_buff *skb, struct nlattr *array,
		      const struct obpbl_prefix *prefix);
int obpbl_put_one_prefix(struct sk_buff *skb, int attr4, int attr6,
			 const struct obpbl_prefix *prefix);
int obpbl_put_prefixes(struct sk_buff *skb, const struct obpbl_prefix *prefixes,
		       unsigned int n);
int obpbl_put_source(struct sk_buff *skb, const struct obpbl_net *onet,
		     const struct obpbl_source_entry *entry);

#endif /* _OBPBL_MESSAGE_H */
