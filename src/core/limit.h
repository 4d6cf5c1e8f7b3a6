/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limiter: so many new connections per source and time are let through.
 *
 * Pure: knows no socket buffer and no netlink.
 */
#ifndef _OBPBL_LIMIT_H
#define _OBPBL_LIMIT_H

#include <linux/types.h>

#include "source.h"

struct obpbl_limiter;

/**
 * struct obpbl_limit_query - a packet that opens a connection, or answers one
 * @key: the source
 * @limit: new connections that are let through
 * @interval: in so many seconds
 * @answer: an answer to what opened one: these are counted apart
 * @epoch: of the session that the source is of: the next one begins anew; 0: of
 *	   none
 * @now: in ns, on a clock that never goes back
 */
struct obpbl_limit_query {
	struct obpbl_source_key key;
	u32 limit;
	u32 interval;
	bool answer;
	u32 epoch;
	u64 now;
};

/**
 * enum obpbl_limit_state - how a source stands
 * @OBPBL_LIMIT_UNDER: the packet is one of those that are let through
 * @OBPBL_LIMIT_OVER: there have been as many
 * @OBPBL_LIMIT_FULL: there is no place to count it in
 */
enum obpbl_limit_state {
	OBPBL_LIMIT_UNDER,
	OBPBL_LIMIT_OVER,
	OBPBL_LIMIT_FULL,
};

struct obpbl_limiter *obpbl_limiter_alloc(u32 max);
void obpbl_limiter_free(struct obpbl_limiter *limiter);
enum obpbl_limit_state
obpbl_limiter_look(struct obpbl_limiter *limiter,
		   const struct obpbl_limit_query *query);
enum obpbl_limit_state
obpbl_limiter_take(struct obpbl_limiter *limiter,
		   const struct obpbl_limit_query *query);
void obpbl_limiter_forget(struct obpbl_limiter *limiter, u16 isp);
bool obpbl_limiter_mark(struct obpbl_limiter *limiter,
			const struct obpbl_limit_query *query);

#endif /* _OBPBL_LIMIT_H */
