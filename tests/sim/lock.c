// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks, and the order in which they are taken.
 */
#include <stdio.h>

#include "sim.h"
#include "run.h"

#define CLASSES	64

/* after[a][b]: b was taken with a held, at some time in this process */
static bool after[CLASSES][CLASSES];
static const char *class_name[CLASSES];
static int classes = 1;

static struct sim_class made_otherwise = { .name = "a lock made of zeros" };

static int id_of(struct sim_class *class)
{
	if (!class->id) {
		if (classes == CLASSES)
			sim_fail("too many classes of locks");
		class->id = classes++;
		class_name[class->id] = class->name;
	}
	return class->id;
}

static bool reaches(int from, int to, int depth)
{
	int i;

	if (after[from][to])
		return true;
	for (i = 1; depth && i < classes; i++) {
		if (after[from][i] && reaches(i, to, depth - 1))
			return true;
	}
	return false;
}

/* @class is about to be taken by the current task */
static void order(struct sim_class *class)
{
	int id = id_of(class), with;
	unsigned int i;

	for (i = 0; i < sim_current->nheld; i++) {
		with = id_of(sim_current->held[i]->class);
		if (after[with][id])
			continue;
		if (with == id)
			sim_fail("%s is taken twice", class->name);
		if (reaches(id, with, 8))
			sim_fail("%s is taken after %s, which somebody takes after it",
				 class->name, class_name[with]);
		after[with][id] = true;
	}
}

/* Each run on its own: the order of one must not fail another */
void lock_reset(void)
{
	memset(after, 0, sizeof(after));
}

static void rtnl_rule(const struct sim_class *class)
{
	if (class->own && sim_rtnl_held())
		sim_fail("%s is waited for with RTNL held", class->name);
}

/* Mutexes */

void sim_mutex_init(struct mutex *lock, struct sim_class *class)
{
	lock->owner = NULL;
	lock->held = false;
	lock->class = class;
}

static void take(struct mutex *lock)
{
	struct sim_task *task = sim_current;

	lock->held = true;
	lock->owner = task;
	if (!task)
		return;
	if (task->nheld == SIM_HELD)
		sim_fail("too many mutexes held");
	task->held[task->nheld++] = lock;
	if (!lock->class->own)
		return;
	task->last = ++sim_stamp;
	if (!task->first)
		task->first = task->last;
}

void mutex_lock(struct mutex *lock)
{
	mem_check(lock, "a mutex");
	if (!lock->class)
		lock->class = &made_otherwise;
	sim_may_sleep("mutex_lock()");
	if (lock->held && lock->owner == sim_current)
		sim_fail("%s is taken twice", lock->class->name);
	if (sim_current) {
		rtnl_rule(lock->class);
		order(lock->class);
	}
	sim_point();
	while (lock->held) {
		sim_wait_lock(lock, lock->class->name);
		mem_check(lock, "a mutex that was waited for");
	}
	take(lock);
}

int mutex_trylock(struct mutex *lock)
{
	mem_check(lock, "a mutex");
	sim_point();
	if (lock->held)
		return 0;
	take(lock);
	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	struct sim_task *task = sim_current;
	unsigned int i;

	mem_check(lock, "a mutex");
	if (!lock->held || lock->owner != task)
		sim_fail("a mutex is released that is not held");
	for (i = 0; task && task->held[i] != lock; i++)
		;
	if (task)
		task->held[i] = task->held[--task->nheld];
	lock->held = false;
	lock->owner = NULL;
	sim_release_lock(lock);
	sim_point();
}

bool mutex_is_locked(struct mutex *lock)
{
	return lock->held;
}

bool sim_mutex_held(const struct mutex *lock)
{
	return lock->held && lock->owner == sim_current;
}

/* Spin locks */

void sim_spin_init(spinlock_t *lock, struct sim_class *class)
{
	lock->owner = NULL;
	lock->held = false;
	lock->class = class;
}

/* A softirq on the processor of whoever holds it would wait for ever */
static void usage(spinlock_t *lock)
{
	struct sim_class *class = lock->class ?: &made_otherwise;

	if (!sim_current)
		return;
	class->by |= sim_current->softirq ? 1 : sim_current->atomic ? 0 : 2;
	if (class->by == 3)
		sim_fail("%s is taken by softirqs, and with softirqs on",
			 class->name);
}

int spin_trylock(spinlock_t *lock)
{
	mem_check(lock, "a spin lock");
	sim_point();
	if (lock->held)
		return 0;
	usage(lock);
	sim_atomic_enter();
	lock->held = true;
	lock->owner = sim_current;
	return 1;
}

void sim_spin_lock(spinlock_t *lock, bool bh)
{
	mem_check(lock, "a spin lock");
	if (bh)
		sim_atomic_enter();
	sim_point();
	usage(lock);
	if (lock->held && lock->owner == sim_current)
		sim_fail("a spin lock is taken twice");
	while (lock->held)
		sim_wait_lock(lock, "a spin lock");
	sim_atomic_enter();
	lock->held = true;
	lock->owner = sim_current;
	sim_point();
}

void sim_spin_unlock(spinlock_t *lock, bool bh)
{
	mem_check(lock, "a spin lock");
	if (!lock->held || lock->owner != sim_current)
		sim_fail("a spin lock is released that is not held");
	lock->held = false;
	lock->owner = NULL;
	sim_release_lock(lock);
	sim_atomic_leave();
	if (bh)
		sim_atomic_leave();
	sim_point();
}

bool sim_spin_held(const spinlock_t *lock)
{
	return lock->held && lock->owner == sim_current;
}

/* Sequence locks */

unsigned int read_seqbegin(const seqlock_t *sl)
{
	sim_point();
	while (sl->sequence & 1)
		sim_wait_lock(&sl->lock, "a sequence lock");
	return sl->sequence;
}

unsigned int read_seqretry(const seqlock_t *sl, unsigned int start)
{
	sim_point();
	return sl->sequence != start;
}

void write_seqlock(seqlock_t *sl)
{
	sim_spin_lock(&sl->lock, false);
	sl->sequence++;
	sim_point();
}

void write_sequnlock(seqlock_t *sl)
{
	sl->sequence++;
	sim_spin_unlock(&sl->lock, false);
}

unsigned int read_seqcount_begin(const seqcount_t *s)
{
	mem_check(s, "a sequence count");
	sim_point();
	while (s->sequence & 1)
		sim_wait_lock(s, "a sequence count");
	return s->sequence;
}

unsigned int read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	sim_point();
	return s->sequence != start;
}

void write_seqcount_begin(seqcount_t *s)
{
	mem_check(s, "a sequence count");
	sim_cpu("write_seqcount_begin()");
	if (s->sequence++ & 1)
		sim_fail("two write at once behind a sequence count");
	sim_point();
}

void write_seqcount_end(seqcount_t *s)
{
	s->sequence++;
	sim_release_lock(s);
	sim_point();
}

/* Ends */

/* A lock that somebody holds or waits for goes */
void lock_check_free(const void *from, size_t size)
{
	const char *begin = from, *end = begin + size, *at;
	unsigned int j;
	int i;

	for (i = 0; i < TASKS; i++) {
		for (j = 0; j < sim_task[i].nheld; j++) {
			at = (const char *)sim_task[i].held[j];
			if (at >= begin && at < end)
				sim_fail("freed with a mutex in it that is held");
		}
		at = sim_task[i].until_free;
		if (sim_task[i].state == SIM_BLOCKED && at >= begin && at < end)
			sim_fail("freed with a lock in it that is waited for");
	}
}

void lock_check_idle(const struct sim_task *task)
{
	if (task->nheld)
		sim_fail("returns with %s held", task->held[0]->class->name);
	if (task->readers)
		sim_fail("returns in a read-side section");
	if (task->atomic != 0)
		sim_fail("returns in an atomic section");
}
