/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and names of ISPs, and counters by ISP, family, reason and verdict.
 *
 * A name keeps its number, and what was counted for it, for as long as the
 * namespace remembers it; see forget_isps() in net.c.
 */
#ifndef _OBPBL_STATS_H
#define _OBPBL_STATS_H

#include "datapath.h"

struct obpbl_isp;
struct obpbl_isp_stats;

/* Kinds of counter that obpbl_stats_read() can give back for one ISP */
#define OBPBL_STATS_MAX	(2 * __OBPBL_REASON_LAST * __OBPBL_VERDICT_LAST + 1)

/**
 * enum obpbl_total - what is counted apart from ISPs
 * @OBPBL_TOTAL_REPLIES: replies sent
 * @OBPBL_TOTAL_RATELIMITED: replies that net.obpbl.reject_rate held back
 * @OBPBL_TOTAL_SOURCES_LOST: packets that the table of sources did not take
 * @OBPBL_TOTAL_LIMIT_FULL: connections for whose source the limiter had no place
 * @OBPBL_TOTAL_EVENTS: block events sent
 * @OBPBL_TOTAL_SUPPRESSED: packets without one while somebody listened
 * @OBPBL_TOTAL_QUARANTINE_REFUSED: sources over their limit that could not be
 *	quarantined
 */
enum obpbl_total {
	OBPBL_TOTAL_REPLIES,
	OBPBL_TOTAL_RATELIMITED,
	OBPBL_TOTAL_SOURCES_LOST,
	OBPBL_TOTAL_LIMIT_FULL,
	OBPBL_TOTAL_EVENTS,
	OBPBL_TOTAL_SUPPRESSED,
	OBPBL_TOTAL_QUARANTINE_REFUSED,

	OBPBL_TOTALS
};

struct obpbl_stats *obpbl_stats_alloc(void);
void obpbl_stats_free(struct obpbl_stats *stats);

struct obpbl_isp_stats *obpbl_isp_stats_find(struct obpbl_stats *stats,
					     const char *name);
struct obpbl_isp_stats *obpbl_isp_stats_add(struct obpbl_stats *stats,
					    const char *name);
void obpbl_isp_stats_remove(struct obpbl_stats *stats, u16 number);
struct obpbl_isp_stats *obpbl_isp_stats_next(struct obpbl_stats *stats,
					     unsigned long *number);
u16 obpbl_isp_stats_number(const struct obpbl_isp_stats *isp);
const char *obpbl_isp_stats_name(struct obpbl_stats *stats, u16 number);

void obpbl_stats_count(const struct obpbl_context *context);
void obpbl_stats_inc(struct obpbl_stats *stats, enum obpbl_total what);

u64 obpbl_stats_total(struct obpbl_stats *stats, enum obpbl_total what);
void obpbl_stats_lock(struct obpbl_stats *stats);
void obpbl_stats_unlock(struct obpbl_stats *stats);
unsigned int obpbl_stats_read(struct obpbl_stats *stats,
			      const struct obpbl_isp *isp,
			      struct obpbl_counter *counters, bool total);
void obpbl_stats_reset(struct obpbl_stats *stats, const struct obpbl_isp *isp,
		       const struct obpbl_counter *counters, unsigned int n);
int obpbl_stats_restore(struct obpbl_stats *stats, struct obpbl_isp_stats *isp,
			const struct obpbl_counter *counter, bool before);
void obpbl_stats_totals(struct obpbl_stats *stats, u64 *totals, bool total);
void obpbl_stats_totals_reset(struct obpbl_stats *stats, const u64 *totals);

#endif /* _OBPBL_STATS_H */
