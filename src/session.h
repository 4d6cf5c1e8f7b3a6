/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: the prefixes that a network device's subscriber has.
 *
 * Pure: a device is a number here; device.c knows what it stands for.
 */
#ifndef _OBPBL_SESSION_H
#define _OBPBL_SESSION_H

#include <linux/types.h>

#include "policy.h"

/* What a change returns that is no error, and leaves the draft as it was */
#define OBPBL_UNCHANGED	1

/**
 * struct obpbl_session_config - what a session shall be
 * @ifindex: the device
 * @isp: index of the ISP
 * @class: OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC or OBPBL_CLASS_EXEMPT
 * @n: prefixes
 * @prefixes: they, canonical; one may be there twice
 * @refused: which of them is another ISP's, after -EADDRINUSE
 */
struct obpbl_session_config {
	u32 ifindex;
	u16 isp;
	u8 class;
	u16 n;
	struct obpbl_prefix prefixes[OBPBL_MAX_SESSION_PREFIXES];
	struct obpbl_prefix refused;
};

const struct obpbl_session *
obpbl_session_of(const struct obpbl_policy *policy, u32 ifindex);
const struct obpbl_session *
obpbl_session_at(const struct obpbl_policy *policy, u16 scope,
		 const struct obpbl_prefix *prefix);
bool obpbl_session_end(struct obpbl_policy *policy, u32 ifindex);

int obpbl_draft_session_up(struct obpbl_draft *draft,
			   struct obpbl_session_config *config);
int obpbl_draft_session_addr(struct obpbl_draft *draft,
			     struct obpbl_session_config *config);
int obpbl_draft_session_down(struct obpbl_draft *draft, u32 ifindex);
int obpbl_draft_sessions_flush(struct obpbl_draft *draft, u16 isp);
int obpbl_draft_sessions_sweep(struct obpbl_draft *draft);

#endif /* _OBPBL_SESSION_H */
