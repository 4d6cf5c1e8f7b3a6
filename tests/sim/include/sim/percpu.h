/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each processor has of its own: an array, and nobody may take his own
 * element of it who could be preempted.
 */
#ifndef _SIM_PERCPU_H
#define _SIM_PERCPU_H

#include <linux/types.h>
#include <sim/mem.h>
#include <sim/sched.h>

#define num_possible_cpus()	SIM_CPUS
#define nr_cpu_ids		SIM_CPUS
#define for_each_possible_cpu(cpu)	\
	for ((cpu) = 0; (cpu) < SIM_CPUS; (cpu)++)
#define for_each_online_cpu(cpu)	for_each_possible_cpu(cpu)

#define alloc_percpu_gfp(type, gfp) \
	((type *)kzalloc(SIM_CPUS * sizeof(type), gfp))
#define alloc_percpu(type)	alloc_percpu_gfp(type, GFP_KERNEL)
#define free_percpu(p)		kfree(p)
#define per_cpu_ptr(p, cpu)	(&(p)[cpu])
#define this_cpu_ptr(p)		\
	(sim_point(), &(p)[sim_cpu("this_cpu_ptr(" #p ")")])
#define raw_cpu_ptr(p)		(&(p)[0])
#define get_cpu_ptr(p)		(preempt_disable(), this_cpu_ptr(p))
#define put_cpu_ptr(p)		do { (void)(p); preempt_enable(); } while (0)
#define DEFINE_PER_CPU(type, name)	__typeof__(type) name[SIM_CPUS]
#define this_cpu_read(x)	(*this_cpu_ptr(x))
#define this_cpu_write(x, v)	((void)(*this_cpu_ptr(x) = (v)))
#define this_cpu_inc(x)		((x)++)
#define this_cpu_add(x, n)	((x) += (n))

typedef struct {
	u64 v;
} u64_stats_t;

/* As on 64 bits: each number is read at once, but not several of them */
struct u64_stats_sync {
	char none[0];
};

#define u64_stats_init(s)		((void)(s))
#define u64_stats_update_begin(s)	((void)(s))
#define u64_stats_update_end(s)		((void)(s))
#define u64_stats_fetch_begin(s)	((void)(s), 0U)
#define u64_stats_fetch_retry(s, start)	((void)(s), (void)(start), 0)
#define u64_stats_read(p)		(sim_point(), (p)->v)
#define u64_stats_set(p, n)		(sim_point(), (p)->v = (n))
#define u64_stats_inc(p)		(sim_point(), (p)->v++)
#define u64_stats_add(p, n)		(sim_point(), (p)->v += (n))

#endif
