/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The simulated kernel as a whole.  Headers of the kernel that are neither here
 * nor in tests/shim are made when the simulator is built, and include this.
 */
#ifndef _SIM_KERNEL_H
#define _SIM_KERNEL_H

#include <ctype.h>

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/types.h>

#include <sim/clock.h>
#include <sim/genl.h>
#include <sim/kfifo.h>
#include <sim/lock.h>
#include <sim/mem.h>
#include <sim/more.h>
#include <sim/net.h>
#include <sim/percpu.h>
#include <sim/rcu.h>
#include <sim/sched.h>
#include <sim/skb.h>
#include <sim/trace.h>
#include <sim/wait.h>
#include <sim/work.h>
#include <sim/xarray.h>

struct flowi {
	union {
		struct {
			__be32 daddr;
			int flowi4_oif;
		} ip4;
		struct {
			struct in6_addr daddr;
			int flowi6_oif;
		} ip6;
	} u;
};

/* There is no way back: what it is asked for is not sent */
#define nf_route(net, dst, fl, strict, pf)	\
	((void)(net), (void)(fl), (void)(dst), -ENETUNREACH)

#endif
