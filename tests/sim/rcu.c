// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers, and those who wait for them.
 */
#include "sim.h"
#include "run.h"

#define QUEUE	(1U << 16)

enum kind {
	WAIT_CALL,
	WAIT_FREE,
	WAIT_WORK,
	WAIT_TASK,
	WAIT_BARRIER,
	WAIT_POLL,
};

/**
 * struct waiter - who waits for a grace period
 * @kind: what is to happen then
 * @stamp: since when
 * @ptr: to whom
 * @fn: WAIT_CALL: the callback
 */
struct waiter {
	enum kind kind;
	u64 stamp;
	const void *ptr;
	void (*fn)(struct rcu_head *head);
};

/* In order of their stamps */
static struct waiter queue[QUEUE];
static unsigned int head, tail;

/* A grace period that began then has been waited for to its end */
static u64 passed;

/* Callbacks whose time has come */
static struct waiter ripe[QUEUE];
static unsigned int ripe_head, ripe_tail;

void rcu_reset(void)
{
	head = tail = ripe_head = ripe_tail = 0;
	passed = 0;
}

void rcu_read_lock(void)
{
	struct sim_task *task = sim_current;

	if (!task)
		return;
	if (!task->readers++) {
		task->since = ++sim_stamp;
		task->roots = 0;
	}
	sim_point();
}

void rcu_read_unlock(void)
{
	if (!sim_current)
		return;
	if (!sim_current->readers)
		sim_fail("left a read-side section that nobody has entered");
	sim_current->readers--;
	sim_point();
}

void sim_found(const void *ptr, const char *what)
{
	struct sim_task *task = sim_current;
	unsigned int i;

	if (!task)
		return;
	if (!task->readers)
		sim_fail("rcu_dereference(%s) outside of a read-side section",
			 what);
	if (!ptr)
		return;
	for (i = 0; i < task->roots; i++) {
		if (task->root[i] == ptr)
			return;
	}
	task->root[task->roots++ % SIM_ROOTS] = ptr;
	if (task->roots > SIM_ROOTS)
		task->roots = SIM_ROOTS;
}

void sim_publish(const void *old, const void *new)
{
	mem_published(old, new);
}

static void enqueue(enum kind kind, const void *ptr,
		    void (*fn)(struct rcu_head *head))
{
	struct waiter *waiter = &queue[tail % QUEUE];

	if (tail - head == QUEUE)
		sim_fail("too many wait for a grace period");
	tail++;
	waiter->kind = kind;
	waiter->ptr = ptr;
	waiter->fn = fn;
	waiter->stamp = ++sim_stamp;
}

void call_rcu(struct rcu_head *rcu, void (*fn)(struct rcu_head *head))
{
	mem_check(rcu, "a struct rcu_head");
	enqueue(WAIT_CALL, rcu, fn);
	sim_point();
}

void sim_free_rcu(const void *ptr, struct rcu_head *rcu)
{
	(void)rcu;
	enqueue(WAIT_FREE, ptr, NULL);
	sim_point();
}

void rcu_queue_work(struct rcu_work *rwork)
{
	enqueue(WAIT_WORK, rwork, NULL);
}

void synchronize_rcu(void)
{
	sim_may_sleep("synchronize_rcu()");
	if (!sim_current)
		return;
	enqueue(WAIT_TASK, sim_current, NULL);
	sim_sleep("a grace period");
}

void rcu_barrier(void)
{
	sim_may_sleep("rcu_barrier()");
	if (!sim_current)
		return;
	enqueue(WAIT_BARRIER, sim_current, NULL);
	sim_sleep("callbacks");
}

unsigned long get_state_synchronize_rcu(void)
{
	unsigned long state = ++sim_stamp;

	enqueue(WAIT_POLL, NULL, NULL);
	return state;
}

bool poll_state_synchronize_rcu(unsigned long state)
{
	return passed >= state;
}

void cond_synchronize_rcu(unsigned long state)
{
	if (!poll_state_synchronize_rcu(state))
		synchronize_rcu();
}

bool rcu_passed(u64 stamp)
{
	return passed >= stamp;
}

unsigned int rcu_waiting(void)
{
	return tail - head;
}

static u64 oldest_reader(void)
{
	u64 oldest = ~0ULL;
	int i;

	for (i = 0; i < TASKS; i++) {
		if (sim_task[i].readers && sim_task[i].since < oldest)
			oldest = sim_task[i].since;
	}
	return oldest;
}

static void callbacks(void *arg)
{
	(void)arg;
	sim_atomic_enter();
	while (ripe_head != ripe_tail) {
		struct waiter waiter;

		sim_point();
		waiter = ripe[ripe_head % QUEUE];

		if (waiter.kind == WAIT_BARRIER) {
			sim_wake((struct sim_task *)waiter.ptr);
		} else {
			mem_check(waiter.ptr, "a struct rcu_head");
			waiter.fn((struct rcu_head *)waiter.ptr);
		}
		ripe_head++;
	}
	sim_atomic_leave();
}

static void serve(const struct waiter *waiter)
{
	switch (waiter->kind) {
	case WAIT_CALL:
	case WAIT_BARRIER:
		ripe[ripe_tail++ % QUEUE] = *waiter;
		break;
	case WAIT_FREE:
		kfree(waiter->ptr);
		break;
	case WAIT_WORK:
		work_ripe((struct rcu_work *)waiter->ptr);
		break;
	case WAIT_TASK:
		sim_wake((struct sim_task *)waiter->ptr);
		break;
	case WAIT_POLL:
		break;
	}
}

/*
 * Grace periods end: the first @n of those who wait (0: all) are served as far
 * as readers let them.  Whether any was.  Callbacks are called some time later:
 * whoever has waited for a grace period cannot rely on them.
 */
bool rcu_pass(unsigned int n, long slice)
{
	u64 oldest = oldest_reader();
	unsigned int served = 0;

	while (head != tail && (!n || served < n)) {
		struct waiter waiter = queue[head % QUEUE];

		if (waiter.kind != WAIT_BARRIER && waiter.stamp >= oldest)
			break;
		head++;
		served++;
		if (waiter.kind != WAIT_BARRIER)
			passed = waiter.stamp;
		serve(&waiter);
	}
	if (ripe_head != ripe_tail && !sched_busy(TASK_RCU))
		sched_start(TASK_RCU, callbacks, NULL, slice);
	return served;
}

void rcu_check_free(const void *from, size_t size)
{
	const char *begin = from, *at;
	unsigned int i;

	for (i = head; i != tail; i++) {
		at = queue[i % QUEUE].ptr;
		if (at < begin || at >= begin + size)
			continue;
		if (queue[i % QUEUE].kind == WAIT_CALL)
			sim_fail("freed before its callback");
		if (queue[i % QUEUE].kind == WAIT_WORK)
			sim_fail("freed with a work in it that waits for a grace period");
		if (queue[i % QUEUE].kind == WAIT_FREE)
			sim_fail("freed, and freed again after a grace period");
	}
}

/* Nothing is to be called in a module that is gone */
void rcu_check_module(void)
{
	unsigned int i;

	for (i = head; i != tail; i++) {
		if (queue[i % QUEUE].kind == WAIT_CALL)
			sim_fail("the module goes before a callback");
		if (queue[i % QUEUE].kind == WAIT_WORK)
			sim_fail("the module goes before a work waiting for a grace period");
	}
	for (i = ripe_head; i != ripe_tail; i++) {
		if (ripe[i % QUEUE].kind == WAIT_CALL)
			sim_fail("the module goes before a callback");
	}
}
