/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way in which a policy changes.
 */
#ifndef _OBPBL_TRANSACT_H
#define _OBPBL_TRANSACT_H

#include <net/genetlink.h>

#include "event.h"
#include "net.h"

/*
 * Builds a change; returns 0, OBPBL_UNCHANGED if there is nothing to publish, or
 * a negative errno, after which nothing is
 */
typedef int obpbl_change_fn(struct obpbl_net *onet,
			    struct obpbl_transaction *transaction, void *arg);

int obpbl_change(struct obpbl_net *onet, const struct obpbl_origin *origin,
		 struct obpbl_transaction *transaction, obpbl_change_fn *fn,
		 void *arg);
void obpbl_invalidate(struct obpbl_net *onet);

int obpbl_check_owner(struct obpbl_net *onet, struct genl_info *info);
int obpbl_check_idle(struct obpbl_net *onet, struct genl_info *info);
void obpbl_explain(const struct obpbl_transaction *transaction,
		   struct genl_info *info, int err);

#endif /* _OBPBL_TRANSACT_H */
