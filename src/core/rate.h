/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * So many a second, on all CPUs together.
 */
#ifndef _OBPBL_RATE_H
#define _OBPBL_RATE_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/types.h>

/**
 * struct obpbl_bucket - token bucket, shared by all CPUs
 * @full: time at which it is full again, in ns
 */
struct obpbl_bucket {
	atomic64_t full;
};

/**
 * obpbl_rate_take() - take a token
 * @bucket: from here
 * @rate: tokens a second that flow in, and that it holds; 0: none
 * @now: in ns, on a clock that never goes back
 *
 * The generic cell rate algorithm (ITU-T I.371, annex A; virtual scheduling):
 * one word holds the time at which the bucket is full again.  A token moves it
 * on by the time that one token stands for, and fits while it is less than a
 * second's worth ahead of now.  An empty bucket is only read, so that a flood
 * does not make the CPUs fight over its cache line.
 *
 * Context: any.
 * Return: whether there was one.
 */
static inline bool obpbl_rate_take(struct obpbl_bucket *bucket, u32 rate,
				   s64 now)
{
	s64 interval, room, seen, full;

	if (!rate)
		return false;
	interval = DIV_ROUND_UP(1000000000U, rate);
	room = interval * (rate - 1);
	seen = atomic64_read(&bucket->full);
	do {
		full = max(seen, now);
		if (full - now > room)
			return false;
	} while (!atomic64_try_cmpxchg(&bucket->full, &seen, full + interval));
	return true;
}

#endif /* _OBPBL_RATE_H */
