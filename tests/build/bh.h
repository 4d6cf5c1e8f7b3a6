/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For sparse: with one CPU of 32 bits and before 6.3, what reads 64-bit counters
 * is kept from the packets that count only by softirqs being off.  Whoever has
 * them on "unlocks" here what it has not locked, of which sparse complains; it
 * adds up each basic block, so that there must be more than one.
 */
#ifdef __CHECKER__
#include <linux/bottom_half.h>
#include <linux/u64_stats_sync.h>

#define local_bh_disable()	({ local_bh_disable(); __acquire(bh); })
#define local_bh_enable()	({ __release(bh); local_bh_enable(); })
#define u64_stats_fetch_begin(syncp) ({			\
	__release(bh);					\
	while (*(const volatile char *)(syncp))		\
		;					\
	__acquire(bh);					\
	u64_stats_fetch_begin(syncp);			\
})
#endif
