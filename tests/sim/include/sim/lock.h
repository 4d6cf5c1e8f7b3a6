/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks: mutexes, spin locks, sequence locks; and what lockdep would say.
 *
 * A lock belongs to a class, the place where it was made.  Which class was taken
 * under which is kept for the whole run, and a circle is a failure, whether or
 * not anybody has met in it.  So is a spin lock taken both by softirqs and with
 * softirqs on.
 */
#ifndef _SIM_LOCK_H
#define _SIM_LOCK_H

#include <sim/sched.h>

/**
 * struct sim_class - locks that were made at one place
 * @name: what they are called there
 * @id: its number; 0: not yet known
 * @own: the module made it, not the kernel
 * @rtnl: it is RTNL
 * @by: who has taken a spin lock: 1: a softirq, 2: others with softirqs on
 */
struct sim_class {
	const char *name;
	int id;
	bool own;
	bool rtnl;
	int by;
};

struct mutex {
	struct sim_task *owner;
	bool held;
	struct sim_class *class;
};

typedef struct {
	struct sim_task *owner;
	bool held;
	bool bh;
	struct sim_class *class;
} spinlock_t;

#define SIM_CLASS(what) ({						\
	static struct sim_class sim_class = { .name = what, .own = true };	\
	&sim_class; })

void sim_mutex_init(struct mutex *lock, struct sim_class *class);
void mutex_lock(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);

#define mutex_init(lock)	sim_mutex_init(lock, SIM_CLASS(#lock))
#define mutex_destroy(lock)	do { (void)(lock); } while (0)
#define mutex_lock_interruptible(lock)	(mutex_lock(lock), 0)
#define mutex_lock_killable(lock)	(mutex_lock(lock), 0)
#define DEFINE_MUTEX(name)						\
	struct sim_class sim_class_##name = { .name = #name, .own = true }; \
	struct mutex name = { .class = &sim_class_##name }

void sim_spin_init(spinlock_t *lock, struct sim_class *class);
int spin_trylock(spinlock_t *lock);
void sim_spin_lock(spinlock_t *lock, bool bh);
void sim_spin_unlock(spinlock_t *lock, bool bh);

#define spin_lock_init(lock)	sim_spin_init(lock, SIM_CLASS(#lock))
#define spin_lock(lock)		sim_spin_lock(lock, false)
#define spin_unlock(lock)	sim_spin_unlock(lock, false)
#define spin_lock_bh(lock)	sim_spin_lock(lock, true)
#define spin_unlock_bh(lock)	sim_spin_unlock(lock, true)
#define spin_lock_irqsave(lock, flags)	\
	((void)(flags), sim_spin_lock(lock, true))
#define spin_unlock_irqrestore(lock, flags)	\
	((void)(flags), sim_spin_unlock(lock, true))
#define DEFINE_SPINLOCK(name)						\
	struct sim_class sim_class_##name = { .name = #name, .own = true }; \
	spinlock_t name = { .class = &sim_class_##name }

bool sim_mutex_held(const struct mutex *lock);
bool sim_spin_held(const spinlock_t *lock);
#define lockdep_is_held(lock) _Generic((lock),				\
	struct mutex *: sim_mutex_held,					\
	const struct mutex *: sim_mutex_held,				\
	spinlock_t *: sim_spin_held,					\
	const spinlock_t *: sim_spin_held)(lock)
#define lockdep_assert_held(lock) do {					\
	if (!lockdep_is_held(lock))					\
		sim_fail("%s: %s is not held", __func__, #lock);	\
} while (0)
#define lockdep_assert_not_held(lock) do {				\
	if (lockdep_is_held(lock))					\
		sim_fail("%s: %s is held", __func__, #lock);		\
} while (0)
#define lockdep_rtnl_is_held()	sim_rtnl_held()

/* Sequence locks: who reads waits for who writes */
typedef struct {
	unsigned int sequence;
	spinlock_t lock;
} seqlock_t;

#define seqlock_init(sl)	\
	((sl)->sequence = 0, sim_spin_init(&(sl)->lock, SIM_CLASS(#sl)))
unsigned int read_seqbegin(const seqlock_t *sl);
unsigned int read_seqretry(const seqlock_t *sl, unsigned int start);
void write_seqlock(seqlock_t *sl);
void write_sequnlock(seqlock_t *sl);
/* And without the lock: whoever writes keeps others out by himself */
typedef struct {
	unsigned int sequence;
} seqcount_t;

#define seqcount_init(s)	((s)->sequence = 0)
unsigned int read_seqcount_begin(const seqcount_t *s);
unsigned int read_seqcount_retry(const seqcount_t *s, unsigned int start);
void write_seqcount_begin(seqcount_t *s);
void write_seqcount_end(seqcount_t *s);
#define write_seqlock_bh(sl)	(local_bh_disable(), write_seqlock(sl))
#define write_sequnlock_bh(sl)	(write_sequnlock(sl), local_bh_enable())

#endif
