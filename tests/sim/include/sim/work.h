/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work queues.
 *
 * What is queued waits until a step lets a worker have it.  A work that is
 * queued again while it runs does not run twice at once.
 */
#ifndef _SIM_WORK_H
#define _SIM_WORK_H

#include <linux/container_of.h>
#include <linux/types.h>
#include <sim/rcu.h>
#include <sim/wait.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

enum sim_work_state {
	SIM_WORK_IDLE,
	SIM_WORK_TIMER,		/* until @due */
	SIM_WORK_RCU,		/* until a grace period has passed */
	SIM_WORK_QUEUED,
};

/**
 * struct work_struct - something to do
 * @func: what
 * @wq: where
 * @name: for people
 * @state: where it is
 * @due: when its timer fires
 * @instance: number of the time that it is, or was last, queued
 * @canceled: how many cancel it, and wait; it is not queued meanwhile
 * @next: in the list of those that wait
 */
struct work_struct {
	work_func_t func;
	struct workqueue_struct *wq;
	const char *name;
	enum sim_work_state state;
	u64 due;
	u64 instance;
	int canceled;
	struct work_struct *next;
};

struct delayed_work {
	struct work_struct work;
};

struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	struct workqueue_struct *wq;
};

#define sim_work_init(w, f, n)	\
	(*(w) = (struct work_struct){ .func = (f), .name = (n) })
#define INIT_WORK(w, f)		sim_work_init(w, f, #f)
#define INIT_DELAYED_WORK(w, f)	sim_work_init(&(w)->work, f, #f)
#define INIT_DEFERRABLE_WORK(w, f) INIT_DELAYED_WORK(w, f)
#define INIT_RCU_WORK(w, f)	sim_work_init(&(w)->work, f, #f)
#define __WORK_INITIALIZER(n, f) { .func = (f), .name = #f }
#define DECLARE_WORK(n, f)	struct work_struct n = __WORK_INITIALIZER(n, f)
#define DECLARE_DELAYED_WORK(n, f) \
	struct delayed_work n = { .work = __WORK_INITIALIZER(n, f) }

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

static inline struct rcu_work *to_rcu_work(struct work_struct *work)
{
	return container_of(work, struct rcu_work, work);
}

#define WQ_UNBOUND	2
#define WQ_FREEZABLE	4
#define WQ_MEM_RECLAIM	8
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...);
#define alloc_ordered_workqueue(fmt, flags, ...) \
	alloc_workqueue(fmt, flags, 1, ##__VA_ARGS__)
void destroy_workqueue(struct workqueue_struct *wq);
void flush_workqueue(struct workqueue_struct *wq);
void drain_workqueue(struct workqueue_struct *wq);

bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *work,
			unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *work,
		      unsigned long delay);
bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *work);
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *work);
bool flush_rcu_work(struct rcu_work *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_work(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *work);
bool cancel_delayed_work_sync(struct delayed_work *work);

#define work_pending(w)		((w)->state != SIM_WORK_IDLE)
#define delayed_work_pending(w)	work_pending(&(w)->work)

#endif
