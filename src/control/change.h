/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The changes that a request can ask for.
 */
#ifndef _OBPBL_CHANGE_H
#define _OBPBL_CHANGE_H

#include <net/genetlink.h>

#include "net.h"

bool obpbl_request_is_whole(const struct genl_info *info);
int obpbl_request(struct obpbl_net *onet, struct obpbl_transaction *transaction,
		  void *info);

#endif /* _OBPBL_CHANGE_H */
