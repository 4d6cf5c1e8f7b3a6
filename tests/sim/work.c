// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work queues and the workers.
 */
#include "sim.h"
#include "run.h"

struct workqueue_struct {
	bool going;
};

/**
 * struct worker - what a worker is at
 * @work: its work; only its address is used once it runs
 * @seq: number of that instance; 0: idle
 */
struct worker {
	struct work_struct *work;
	work_func_t func;
	struct workqueue_struct *wq;
	u64 seq;
};

static struct worker worker[WORKERS];
static struct work_struct *first, **last = &first;	/* queued */
static struct work_struct *timers;
static unsigned int waiting;
static u64 seq;

void work_reset(void)
{
	if (first || timers)
		sim_fail("work is left");
	last = &first;
	waiting = 0;
	seq = 0;
}

static void hand(struct work_struct *work)
{
	work->state = SIM_WORK_QUEUED;
	work->instance = ++seq;
	work->next = NULL;
	*last = work;
	last = &work->next;
	waiting++;
}

static void unlink_queued(struct work_struct *work)
{
	struct work_struct **at;

	for (at = &first; *at != work; at = &(*at)->next)
		;
	*at = work->next;
	if (last == &work->next)
		last = at;
	waiting--;
}

static void unlink_timer(struct work_struct *work)
{
	struct work_struct **at;

	for (at = &timers; *at != work; at = &(*at)->next)
		;
	*at = work->next;
}

static void wake_flushers(void)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		if (sim_task[i].state == SIM_ASLEEP && sim_task[i].wake)
			sim_wake(&sim_task[i]);
	}
}

static struct worker *executing(const struct work_struct *work)
{
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (worker[i].seq && worker[i].work == work)
			return &worker[i];
	}
	return NULL;
}

static void work_on(void *arg)
{
	struct worker *me = arg;

	me->func(me->work);
	model_work_done(TASK_WORKER0 + (me - worker));
	me->seq = 0;
	wake_flushers();
}

static bool startable(struct work_struct *work)
{
	return !executing(work);
}

/* How many could start now */
unsigned int work_waiting(void)
{
	return waiting;
}

/* A worker takes the @i-th of those that wait; whether there was one for it */
bool work_start(unsigned int i, long slice)
{
	struct work_struct *work, *found = NULL;
	int w;

	for (w = 0; w < WORKERS && sched_busy(TASK_WORKER0 + w); w++)
		;
	if (w == WORKERS || !waiting)
		return false;
	i %= waiting;
	for (work = first; work; work = work->next) {
		if (startable(work)) {
			found = work;
			if (!i)
				break;
		}
		if (i)
			i--;
	}
	if (!found)
		return false;
	mem_check(found, "a work that is queued");
	unlink_queued(found);
	found->state = SIM_WORK_IDLE;
	worker[w] = (struct worker){ found, found->func, found->wq,
				     found->instance };
	sched_start(TASK_WORKER0 + w, work_on, &worker[w], slice);
	return true;
}

static void check_queue(struct workqueue_struct *wq, struct work_struct *work)
{
	mem_check(work, "a work");
	if (!wq)
		sim_fail("work is queued nowhere");
	mem_check(wq, "a work queue");
	if (!work->func)
		sim_fail("work is queued that is nothing");
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	check_queue(wq, work);
	sim_point();
	if (work->state != SIM_WORK_IDLE || work->canceled)
		return false;
	work->wq = wq;
	hand(work);
	return true;
}

static void arm(struct workqueue_struct *wq, struct delayed_work *dwork,
		unsigned long delay)
{
	struct work_struct *work = &dwork->work;

	work->wq = wq;
	if (!delay) {
		hand(work);
		return;
	}
	work->state = SIM_WORK_TIMER;
	work->due = sim_now + delay * (NSEC_PER_SEC / HZ);
	work->next = timers;
	timers = work;
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	check_queue(wq, &dwork->work);
	sim_point();
	if (dwork->work.state != SIM_WORK_IDLE || dwork->work.canceled)
		return false;
	arm(wq, dwork, delay);
	return true;
}

/* Takes it back, unless a grace period has it; whether it waited */
static bool grab(struct work_struct *work)
{
	if (work->state == SIM_WORK_TIMER)
		unlink_timer(work);
	else if (work->state == SIM_WORK_QUEUED)
		unlink_queued(work);
	else
		return false;
	work->state = SIM_WORK_IDLE;
	wake_flushers();
	return true;
}

bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
		      unsigned long delay)
{
	bool was;

	check_queue(wq, &dwork->work);
	sim_point();
	if (dwork->work.canceled)
		return false;
	was = grab(&dwork->work);
	arm(wq, dwork, delay);
	return was;
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	check_queue(wq, &rwork->work);
	sim_point();
	if (rwork->work.state != SIM_WORK_IDLE)
		return false;
	rwork->wq = wq;
	rwork->work.wq = wq;
	rwork->work.state = SIM_WORK_RCU;
	rcu_queue_work(rwork);
	return true;
}

void work_ripe(struct rcu_work *rwork)
{
	mem_check(rwork, "a work that waits for a grace period");
	hand(&rwork->work);
}

/* Waiting */

static bool alive(u64 instance)
{
	const struct work_struct *work;
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (worker[i].seq == instance)
			return true;
	}
	for (work = first; work; work = work->next) {
		if (work->instance == instance)
			return true;
	}
	return false;
}

static void wait_for(u64 instance)
{
	while (alive(instance)) {
		sim_current->wake = instance;
		sim_sleep("the end of a work");
		sim_current->wake = 0;
	}
}

/* As in the kernel: the instance that is queued now, else that which runs */
bool flush_work(struct work_struct *work)
{
	const struct worker *at;

	mem_check(work, "a work");
	sim_may_sleep("flush_work()");
	sim_point();
	at = executing(work);
	if (work->state == SIM_WORK_QUEUED)
		wait_for(work->instance);
	else if (at)
		wait_for(at->seq);
	else
		return false;
	return true;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	if (dwork->work.state == SIM_WORK_TIMER) {
		unlink_timer(&dwork->work);
		hand(&dwork->work);
	}
	return flush_work(&dwork->work);
}

bool flush_rcu_work(struct rcu_work *rwork)
{
	mem_check(rwork, "a work");
	if (rwork->work.state == SIM_WORK_IDLE)
		return flush_work(&rwork->work);
	rcu_barrier();
	flush_work(&rwork->work);
	return true;
}

bool cancel_work(struct work_struct *work)
{
	mem_check(work, "a work");
	sim_point();
	return grab(work);
}

bool cancel_work_sync(struct work_struct *work)
{
	const struct worker *at;
	bool was;

	mem_check(work, "a work");
	sim_may_sleep("cancel_work_sync()");
	sim_point();
	work->canceled++;
	was = grab(work);
	at = executing(work);
	if (at && &sim_task[TASK_WORKER0 + (at - worker)] == sim_current)
		sim_fail("a work waits for its own end");
	if (at)
		wait_for(at->seq);
	work->canceled--;
	return was;
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return cancel_work(&dwork->work);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	return cancel_work_sync(&dwork->work);
}

/* Time */

u64 work_next_due(void)
{
	const struct work_struct *work;
	u64 due = 0;

	for (work = timers; work; work = work->next) {
		if (!due || work->due < due)
			due = work->due;
	}
	return due;
}

/* The timers that are due fire, the earliest first */
void work_time(void)
{
	struct work_struct *work, *next;

	do {
		next = NULL;
		for (work = timers; work; work = work->next) {
			if (work->due <= sim_now &&
			    (!next || work->due <= next->due))
				next = work;
		}
		if (next) {
			mem_check(next, "a work with a timer");
			unlink_timer(next);
			hand(next);
		}
	} while (next);
}

/* Queues */

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...)
{
	(void)fmt;
	(void)flags;
	(void)max_active;
	return kzalloc(sizeof(struct workqueue_struct), GFP_KERNEL);
}

static bool busy(const struct workqueue_struct *wq)
{
	const struct work_struct *work;
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (worker[i].seq && worker[i].wq == wq)
			return true;
	}
	for (work = first; work; work = work->next) {
		if (work->wq == wq)
			return true;
	}
	return false;
}

void drain_workqueue(struct workqueue_struct *wq)
{
	sim_may_sleep("drain_workqueue()");
	while (busy(wq)) {
		sim_current->wake = ~0ULL;
		sim_sleep("a work queue to be empty");
		sim_current->wake = 0;
	}
}

void flush_workqueue(struct workqueue_struct *wq)
{
	u64 upto = seq;
	u64 instance;

	sim_may_sleep("flush_workqueue()");
	sim_point();
	(void)wq;
	for (instance = 1; instance <= upto; instance++)
		wait_for(instance);
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	const struct work_struct *work;

	drain_workqueue(wq);
	for (work = timers; work; work = work->next) {
		if (work->wq == wq)
			sim_fail("a work queue goes before a timer of it");
	}
	kfree(wq);
}

/* Ends */

static bool within(const void *at, const void *from, size_t size)
{
	return (const char *)at >= (const char *)from &&
	       (const char *)at < (const char *)from + size;
}

void work_check_free(const void *from, size_t size)
{
	const struct work_struct *work;
	int i;

	for (work = first; work; work = work->next) {
		if (within(work, from, size))
			sim_fail("freed with a work in it that is queued: %s",
				 work->name);
	}
	for (work = timers; work; work = work->next) {
		if (within(work, from, size))
			sim_fail("freed with a timer in it: %s", work->name);
	}
	for (i = 0; i < WORKERS; i++) {
		if (worker[i].seq && within(worker[i].work, from, size) &&
		    &sim_task[TASK_WORKER0 + i] != sim_current)
			sim_fail("freed while a work in it runs: %s",
				 worker[i].work->name);
	}
}

void work_check_module(void)
{
	int i;

	if (first)
		sim_fail("the module goes before a work: %s", first->name);
	if (timers)
		sim_fail("the module goes before a timer: %s", timers->name);
	for (i = 0; i < WORKERS; i++) {
		if (worker[i].seq)
			sim_fail("the module goes while a work of it runs");
	}
}
