/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet means for its source: its limit, its entry in the table of
 * sources, and the event about it.
 */
#ifndef _OBPBL_ACCOUNT_H
#define _OBPBL_ACCOUNT_H

#include <linux/types.h>

#include "limit.h"

struct obpbl_decision;
struct obpbl_flow;
struct obpbl_limiter;
struct obpbl_net;
struct obpbl_sighting;

void obpbl_account_expect(const struct obpbl_net *on,
			  const struct obpbl_flow *flow);
void obpbl_account_limit(struct obpbl_net *on, const struct obpbl_flow *flow,
			 struct obpbl_decision *decision, bool count);
void obpbl_account_note(struct obpbl_net *on, const struct obpbl_flow *flow,
			const struct obpbl_decision *decision);

enum obpbl_limit_state
obpbl_account_ask(struct obpbl_net *on, struct obpbl_limiter *limiter,
		  const struct obpbl_flow *flow,
		  const struct obpbl_decision *decision, bool count);
void obpbl_account_sight(const struct obpbl_net *on,
			 const struct obpbl_flow *flow,
			 const struct obpbl_decision *decision,
			 struct obpbl_sighting *sighting);
u8 obpbl_account_dst_len(const struct obpbl_net *on, u8 family);

int obpbl_account_prepare(struct obpbl_net *on, bool limits);
void obpbl_account_release(struct obpbl_net *on);
void obpbl_account_forget(struct obpbl_net *on, u16 isp);

#endif /* _OBPBL_ACCOUNT_H */
