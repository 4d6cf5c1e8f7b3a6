/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SEQLOCK_H
#define _SHIM_LINUX_SEQLOCK_H

#include <linux/compiler.h>
#include <linux/spinlock.h>

typedef struct {
	unsigned int sequence;
	spinlock_t lock;
} seqlock_t;

static inline void seqlock_init(seqlock_t *sl)
{
	sl->sequence = 0;
	spin_lock_init(&sl->lock);
}

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	unsigned int start;

	while ((start = smp_load_acquire(&sl->sequence)) & 1)
		sched_yield();
	return start;
}

static inline unsigned int read_seqretry(const seqlock_t *sl,
					 unsigned int start)
{
	smp_rmb();
	return READ_ONCE(sl->sequence) != start;
}

/* What comes in between just before a lock is taken, once; NULL: nothing */
void (*shim_intruder)(void) __attribute__((weak));

static inline void write_seqlock(seqlock_t *sl)
{
	void (*intruder)(void) = shim_intruder;

	shim_intruder = NULL;
	if (intruder)
		intruder();
	spin_lock(&sl->lock);
	WRITE_ONCE(sl->sequence, sl->sequence + 1);
	smp_wmb();
}

static inline void write_sequnlock(seqlock_t *sl)
{
	smp_store_release(&sl->sequence, sl->sequence + 1);
	spin_unlock(&sl->lock);
}

#endif
