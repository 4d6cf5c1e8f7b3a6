/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters by ISP, family, reason and verdict, per CPU.
 *
 * An ISP's place is kept for its name for as long as the namespace lives, so
 * that its counters outlast any number of policies.
 */
#ifndef _OBPBL_STATS_H
#define _OBPBL_STATS_H

#include <linux/types.h>
#include <uapi/linux/obpbl.h>

struct obpbl_decision;
struct obpbl_net;

/* Kinds of counter that obpbl_stats_read() can give back for one ISP */
#define OBPBL_STATS_MAX	(2 * __OBPBL_REASON_LAST * __OBPBL_VERDICT_LAST)

int obpbl_stats_place(struct obpbl_net *on, const char *name);
void obpbl_stats_count(struct obpbl_net *on,
		       const struct obpbl_decision *decision, u8 family,
		       u32 bytes, bool attempt);
void obpbl_stats_reply(struct obpbl_net *on, bool sent);
unsigned int obpbl_stats_read(struct obpbl_net *on, int place,
			      struct obpbl_counter *counters);
void obpbl_stats_replies(struct obpbl_net *on, u64 *sent, u64 *suppressed);
int obpbl_stats_init(struct obpbl_net *on);
void obpbl_stats_exit(struct obpbl_net *on);

/* The place of sources of no ISP */
#define OBPBL_STATS_FOREIGN	(-1)

#endif /* _OBPBL_STATS_H */
