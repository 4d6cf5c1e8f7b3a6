/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests/shim has not got of lists, numbers and the compiler.
 */
#ifndef _SIM_MORE_H
#define _SIM_MORE_H

#include <linux/list.h>
#include <linux/types.h>
#include <sim/sched.h>

#ifndef list_first_entry_or_null
#define list_first_entry_or_null(head, type, member)	\
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#endif

static inline void sim_list_splice(struct list_head *list,
				   struct list_head *prev,
				   struct list_head *next)
{
	struct list_head *first = list->next, *last = list->prev;

	first->prev = prev;
	prev->next = first;
	last->next = next;
	next->prev = last;
}

static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		sim_list_splice(list, head, head->next);
}

static inline void list_splice_init(struct list_head *list,
				    struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail(struct list_head *list,
				    struct list_head *head)
{
	if (!list_empty(list))
		sim_list_splice(list, head->prev, head);
}

static inline void list_splice_tail_init(struct list_head *list,
					 struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

static inline int list_is_last(const struct list_head *list,
			       const struct list_head *head)
{
	return list->next == head;
}

static inline void list_move(struct list_head *list, struct list_head *head)
{
	list_del(list);
	list_add(list, head);
}

static inline void list_move_tail(struct list_head *list,
				  struct list_head *head)
{
	list_del(list);
	list_add_tail(list, head);
}

#define list_for_each_entry_reverse(pos, head, member)			\
	for (pos = list_last_entry(head, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_prev_entry(pos, member))

static inline int atomic_inc_return(atomic_t *v)
{
	return __atomic_add_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

static inline int atomic_dec_return(atomic_t *v)
{
	return __atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

/* What follows may be in memory that whoever waits for this frees */
static inline bool atomic_dec_and_test(atomic_t *v)
{
	bool zero = !atomic_dec_return(v);

	sim_point();
	return zero;
}

static inline void atomic_add(int i, atomic_t *v)
{
	__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);
}

static inline void atomic_sub(int i, atomic_t *v)
{
	__atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED);
}

static inline int atomic_xchg(atomic_t *v, int i)
{
	return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);
}

static inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	__atomic_compare_exchange_n(&v->counter, &old, new, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	return old;
}

static inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	return __atomic_compare_exchange_n(&v->counter, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void atomic64_set(atomic64_t *v, s64 i)
{
	__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);
}

static inline void atomic64_inc(atomic64_t *v)
{
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_RELAXED);
}

static inline void atomic64_add(s64 i, atomic64_t *v)
{
	__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);
}

static inline void atomic64_sub(s64 i, atomic64_t *v)
{
	__atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED);
}

static inline s64 atomic64_inc_return(atomic64_t *v)
{
	return __atomic_add_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

static inline s64 atomic64_add_return(s64 i, atomic64_t *v)
{
	return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);
}

static inline s64 atomic64_xchg(atomic64_t *v, s64 i)
{
	return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);
}

static inline bool test_and_set_bit(long nr, unsigned long *addr)
{
	unsigned long mask = 1UL << nr % 64;

	return __atomic_fetch_or(&addr[nr / 64], mask, __ATOMIC_SEQ_CST) & mask;
}

static inline bool test_and_clear_bit(long nr, unsigned long *addr)
{
	unsigned long mask = 1UL << nr % 64;

	return __atomic_fetch_and(&addr[nr / 64], ~mask, __ATOMIC_SEQ_CST) &
	       mask;
}

#ifndef SZ_16M
#define SZ_1K		0x400
#define SZ_4K		0x1000
#define SZ_64K		0x10000
#define SZ_1M		0x100000
#define SZ_16M		0x1000000
#endif
#define PAGE_SIZE	4096UL

#ifndef sizeof_field
#define sizeof_field(type, member)	sizeof(((type *)0)->member)
#endif
#ifndef offsetofend
#define offsetofend(type, member)	\
	(offsetof(type, member) + sizeof_field(type, member))
#endif

#ifndef reciprocal_scale
static inline u32 sim_scale(u32 value, u32 ceiling)
{
	return (u32)(((u64)value * ceiling) >> 32);
}
#define reciprocal_scale(value, ceiling)	sim_scale(value, ceiling)
#endif

#define CONFIG_IPV6			1
#define IS_ENABLED(option)		(option)

#define pr_warn_ratelimited(...)	pr_warn(__VA_ARGS__)
#define WARN_ONCE_(...)			do { } while (0)
#define data_race(x)			(x)
#define list_next_rcu(l)		((l)->next)
#define ASSERT_EXCLUSIVE_WRITER(x)	do { } while (0)

#endif
