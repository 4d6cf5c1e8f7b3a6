/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: the prefixes that a network device's subscriber has.
 *
 * Pure: a device is a number here; device.c knows what it stands for.
 */
#ifndef _OBPBL_SESSION_H
#define _OBPBL_SESSION_H

#include <linux/types.h>

#include "entry.h"

/**
 * struct obpbl_session_config - what a session shall be
 * @ifindex: the device
 * @epoch: tells it from others that have had or will have the same number
 * @isp: number of the ISP
 * @class: OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC or OBPBL_CLASS_EXEMPT
 * @n: prefixes
 * @prefixes: they, canonical; one may be there twice
 * @refused: which of them is another ISP's, after -EADDRINUSE
 */
struct obpbl_session_config {
	u32 ifindex;
	u32 epoch;
	u16 isp;
	u8 class;
	u16 n;
	struct obpbl_prefix prefixes[OBPBL_MAX_SESSION_PREFIXES];
	struct obpbl_prefix refused;
};

struct obpbl_session *obpbl_session_find(const struct obpbl_table *table,
					 u32 ifindex);
const struct obpbl_session *
obpbl_session_at(const struct obpbl_table *table, u16 scope,
		 const struct obpbl_prefix *prefix);

int obpbl_session_up(struct obpbl_transaction *transaction,
		     struct obpbl_session_config *config);
int obpbl_session_addr(struct obpbl_transaction *transaction,
		       struct obpbl_session_config *config);
int obpbl_session_down(struct obpbl_transaction *transaction, u32 ifindex);
int obpbl_sessions_flush(struct obpbl_transaction *transaction, u16 isp);
int obpbl_sessions_sweep(struct obpbl_transaction *transaction);

#endif /* _OBPBL_SESSION_H */
