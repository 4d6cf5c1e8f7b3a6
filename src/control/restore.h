/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a module that is gone.
 */
#ifndef _OBPBL_RESTORE_H
#define _OBPBL_RESTORE_H

#include <net/genetlink.h>

int obpbl_cmd_stats_restore(struct sk_buff *skb, struct genl_info *info);

#endif /* _OBPBL_RESTORE_H */
