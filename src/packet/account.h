/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet means for its source: its limit, its entry in the table of
 * sources, and what is told of it.
 */
#ifndef _OBPBL_ACCOUNT_H
#define _OBPBL_ACCOUNT_H

#include "core/limit.h"
#include "datapath.h"

void obpbl_account_expect(struct obpbl_context *context);
void obpbl_account_limit(struct obpbl_context *context);
void obpbl_account_note(struct obpbl_context *context);

enum obpbl_limit_state
obpbl_account_limit_state(const struct obpbl_datapath *dp,
			  struct obpbl_limiter *limiter,
			  const struct obpbl_flow *flow,
			  const struct obpbl_decision *decision, bool count);
void obpbl_account_sample(const struct obpbl_sysctl *sysctl,
			  const struct obpbl_flow *flow,
			  const struct obpbl_decision *decision,
			  struct obpbl_sample *sample);
u8 obpbl_account_dst_len(const struct obpbl_sysctl *sysctl, u8 family);

#endif /* _OBPBL_ACCOUNT_H */
