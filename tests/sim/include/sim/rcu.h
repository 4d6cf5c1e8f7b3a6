/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RCU that knows each reader.
 *
 * Every outermost read-side section has the stamp of its beginning.  Whoever
 * waits for a grace period is served when a step says so, and only if every
 * section that began before has ended: as early as the rules allow, or as late.
 *
 * What rcu_assign_pointer() puts in the place of something else has that
 * unpublished, with a stamp.  To free it, a grace period that began afterwards
 * must have been waited for and have ended; that no reader happens to be there is
 * not enough.
 */
#ifndef _SIM_RCU_H
#define _SIM_RCU_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <sim/lock.h>
#include <sim/sched.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
#define rcu_read_lock_bh()	(local_bh_disable(), rcu_read_lock())
#define rcu_read_unlock_bh()	(rcu_read_unlock(), local_bh_enable())
#define rcu_read_lock_held()	(sim_current ? sim_current->readers > 0 : 1)
#define rcu_read_lock_bh_held()	rcu_read_lock_held()

void sim_publish(const void *old, const void *new);
void sim_found(const void *ptr, const char *what);

#define rcu_dereference(p) ({						\
	__typeof__(p) __p = READ_ONCE(p);				\
	sim_found((const void *)__p, #p);				\
	sim_point();							\
	__p; })
#define rcu_dereference_bh(p)		rcu_dereference(p)
#define rcu_dereference_raw(p)		READ_ONCE(p)
#define rcu_dereference_check(p, c)	((c) ? READ_ONCE(p) : rcu_dereference(p))
#define rcu_dereference_protected(p, c) ({				\
	if (!(c))							\
		sim_fail("rcu_dereference_protected(%s) is not protected", #p); \
	READ_ONCE(p); })
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v) do {					\
	__typeof__(p) __v = (v);					\
	sim_publish((const void *)(p), (const void *)__v);		\
	WRITE_ONCE(p, __v);						\
	sim_point();							\
} while (0)
#define RCU_INIT_POINTER(p, v)		rcu_assign_pointer(p, v)
#define rcu_replace_pointer(p, v, c) ({					\
	__typeof__(p) __old = rcu_dereference_protected(p, c);		\
	rcu_assign_pointer(p, v);					\
	__old; })
#define rcu_pointer_handoff(p)		(p)

void call_rcu(struct rcu_head *head, void (*fn)(struct rcu_head *head));
void synchronize_rcu(void);
void rcu_barrier(void);
#define synchronize_net()		synchronize_rcu()
#define synchronize_rcu_expedited()	synchronize_rcu()

unsigned long get_state_synchronize_rcu(void);
#define start_poll_synchronize_rcu()	get_state_synchronize_rcu()
bool poll_state_synchronize_rcu(unsigned long state);
void cond_synchronize_rcu(unsigned long state);

struct rcu_gp_oldstate {
	unsigned long state;
};

#define get_state_synchronize_rcu_full(s)	\
	((s)->state = get_state_synchronize_rcu())
#define start_poll_synchronize_rcu_full(s)	\
	((s)->state = start_poll_synchronize_rcu())
#define poll_state_synchronize_rcu_full(s)	\
	poll_state_synchronize_rcu((s)->state)

void sim_free_rcu(const void *ptr, struct rcu_head *head);
#define kfree_rcu(ptr, field) do {					\
	__typeof__(ptr) __ptr = (ptr);					\
	if (__ptr)							\
		sim_free_rcu(__ptr, &__ptr->field);			\
} while (0)
#define kvfree_rcu(ptr, field)		kfree_rcu(ptr, field)
#define kfree_rcu_mightsleep(ptr)	(synchronize_rcu(), kfree(ptr))

#endif
