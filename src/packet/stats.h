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

/**
 * enum obpbl_tally - what is counted apart from ISPs
 * @OBPBL_TALLY_SENT: replies sent
 * @OBPBL_TALLY_HELD: replies that net.obpbl.reject_rate held back
 * @OBPBL_TALLY_LOST: packets that the table of sources did not take
 * @OBPBL_TALLY_FULL: connections for whose source the limiter had no place
 * @OBPBL_TALLY_TOLD: block events sent
 * @OBPBL_TALLY_QUIET: packets without one while somebody listened
 * @OBPBL_TALLY_FREE: sources over their limit that could not be quarantined
 */
enum obpbl_tally {
	OBPBL_TALLY_SENT,
	OBPBL_TALLY_HELD,
	OBPBL_TALLY_LOST,
	OBPBL_TALLY_FULL,
	OBPBL_TALLY_TOLD,
	OBPBL_TALLY_QUIET,
	OBPBL_TALLY_FREE,

	OBPBL_TALLIES
};

int obpbl_stats_place(struct obpbl_net *on, const char *name);
const char *obpbl_stats_name(struct obpbl_net *on, u16 place);
void obpbl_stats_count(struct obpbl_net *on,
		       const struct obpbl_decision *decision, u8 family,
		       u32 bytes, bool attempt);
void obpbl_stats_tally(struct obpbl_net *on, enum obpbl_tally what);
u64 obpbl_stats_total(struct obpbl_net *on, enum obpbl_tally what);
void obpbl_stats_lock(struct obpbl_net *on);
void obpbl_stats_unlock(struct obpbl_net *on);
unsigned int obpbl_stats_read(struct obpbl_net *on, int place,
			      struct obpbl_counter *counters, bool total);
void obpbl_stats_reset(struct obpbl_net *on, int place,
		       const struct obpbl_counter *counters, unsigned int n);
void obpbl_stats_tallies(struct obpbl_net *on, u64 *tallies, bool total);
void obpbl_stats_tallies_reset(struct obpbl_net *on, const u64 *tallies);
int obpbl_stats_init(struct obpbl_net *on);
void obpbl_stats_exit(struct obpbl_net *on);

/* The place of sources of no ISP */
#define OBPBL_STATS_FOREIGN	(-1)

#endif /* _OBPBL_STATS_H */
