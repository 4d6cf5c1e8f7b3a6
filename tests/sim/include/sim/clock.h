/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual time: it passes when a step says so.
 */
#ifndef _SIM_CLOCK_H
#define _SIM_CLOCK_H

#include <linux/math64.h>
#include <linux/types.h>

#define HZ		250
#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_USEC	1000L
#define MSEC_PER_SEC	1000L
#define USEC_PER_SEC	1000000L

extern u64 sim_now;		/* ns since the world began */
#define SIM_EPOCH	1800000000ULL	/* seconds: when it began */

#define ktime_get_ns()			sim_now
#define ktime_get()			((ktime_t)sim_now)
#define ktime_get_boottime_ns()		sim_now
#define ktime_get_boottime_seconds()	((time64_t)(sim_now / NSEC_PER_SEC))
#define ktime_get_seconds()		((time64_t)(sim_now / NSEC_PER_SEC))
#define ktime_get_real_seconds()	\
	((time64_t)(SIM_EPOCH + sim_now / NSEC_PER_SEC))
#define ktime_get_coarse_real_ts64	sim_no_such_thing
#define ktime_mono_to_real(t)		\
	((ktime_t)((t) + (s64)SIM_EPOCH * NSEC_PER_SEC))
#define ktime_set(s, n)			((ktime_t)((s64)(s) * NSEC_PER_SEC + (n)))
#define ktime_to_ns(t)			((s64)(t))
#define ns_to_ktime(n)			((ktime_t)(n))
#define ktime_divns(t, d)		((s64)(t) / (d))
#define jiffies				((unsigned long)(sim_now / (NSEC_PER_SEC / HZ)))
#define nsecs_to_jiffies(n)		((unsigned long)((n) / (NSEC_PER_SEC / HZ)))
#define msecs_to_jiffies(m)		((unsigned long)DIV_ROUND_UP((m), 1000 / HZ))
#define usecs_to_jiffies(u)		((unsigned long)DIV_ROUND_UP((u), 1000000 / HZ))

#endif
