/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks, and who runs.
 *
 * All tasks are coroutines of one thread.  Whatever the kernel does for a task
 * passes through sim_point(), and there, and only there, another task may run.
 * So a run is told in full by who was let run for how many points, one after
 * another, and a step list tells it.
 *
 * A task has a processor of its own while it is not to be preempted (softirqs
 * off, a spin lock held): what belongs to a processor is then its own, as in the
 * kernel; and the other tasks are on other processors, so that they still may
 * run between any two of its points.
 */
#ifndef _SIM_SCHED_H
#define _SIM_SCHED_H

#include <linux/types.h>

#define SIM_CPUS	8
#define SIM_FOREVER	(1L << 60)

struct sim_root;
struct mutex;

enum sim_state {
	SIM_FREE,	/* has nothing to do */
	SIM_READY,
	SIM_BLOCKED,	/* until @until_free is no one's, or it is woken */
	SIM_ASLEEP,	/* until it is woken */
};

#define SIM_ROOTS	16
#define SIM_HELD	8

/**
 * struct sim_task - a coroutine
 * @name: for people
 * @state: whether it can run
 * @sp: where its stack was left
 * @stack: lowest address of its stack
 * @size: of the stack
 * @fake: the sanitizer's own
 * @fn: what to do
 * @arg: to whom
 * @until_free: the lock that it waits for
 * @waits: in words
 * @readers: depth of read-side sections
 * @since: stamp of the beginning of the outermost
 * @root: what it has found published since, that others may unpublish
 * @roots: how many
 * @atomic: depth of spin locks, softirqs off
 * @softirq: it is one
 * @cpu: its processor while @atomic, or for ever
 * @fixed: @cpu is for ever
 * @held: mutexes that it holds
 * @nheld: how many
 * @wake: it waits for the end of works or users
 * @var: what the condition depends on that it waits for
 * @woken: somebody has woken it since it began to look at the condition
 * @first: stamp of when it first took a mutex of the module in this job
 * @last: stamp of when it last did
 * @failed: allocations that failed in this job
 */
struct sim_task {
	const char *name;
	enum sim_state state;
	void *sp;
	void *stack;
	size_t size;
	void *fake;
	void (*fn)(void *arg);
	void *arg;
	const void *until_free;
	const char *waits;
	int readers;
	u64 since;
	const void *root[SIM_ROOTS];
	unsigned int roots;
	int atomic;
	bool softirq;
	int cpu;
	bool fixed;
	struct mutex *held[SIM_HELD];
	unsigned int nheld;
	u64 wake;
	const void *var;
	bool woken;
	u64 first;
	u64 last;
	unsigned int failed;
};

/* Who runs; NULL: the one who decides, who never waits for anybody */
extern struct sim_task *sim_current;
/* Points until somebody else runs */
extern long sim_slice;
/* Points so far: the order of all that has happened */
extern u64 sim_stamp;

void sim_preempt(void);

/* Here somebody else may run */
static inline void sim_point(void)
{
	sim_stamp++;
	if (__builtin_expect(--sim_slice < 0, 0))
		sim_preempt();
}

void sim_sleep(const char *waits);
void sim_wake(struct sim_task *task);
void sim_wait_lock(const void *lock, const char *waits);
void sim_release_lock(const void *lock);
void sim_atomic_enter(void);
void sim_atomic_leave(void);
void sim_may_sleep(const char *what);

#define might_sleep()	sim_may_sleep("might_sleep()")
#define cond_resched()	(sim_may_sleep("cond_resched()"), sim_point())
#define schedule()	sim_point()

static inline void local_bh_disable(void)
{
	sim_atomic_enter();
	sim_point();
}

static inline void local_bh_enable(void)
{
	sim_atomic_leave();
	sim_point();
}

#define preempt_disable()	sim_atomic_enter()
#define preempt_enable()	sim_atomic_leave()
#define rcu_softirq_qs()	do { } while (0)

int sim_cpu(const char *what);
#define smp_processor_id()	sim_cpu("smp_processor_id()")
#define raw_smp_processor_id()	0
#define in_task()		(!sim_current || !sim_current->softirq)
#define in_softirq()		(sim_current && sim_current->softirq)

/* What is wrong, and the end of the run */
void sim_fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
