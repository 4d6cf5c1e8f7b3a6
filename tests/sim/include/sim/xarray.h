/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays of the kernel's kind: pointers, or values, by number; read without a
 * lock, and each entry costs an allocation.
 */
#ifndef _SIM_XARRAY_H
#define _SIM_XARRAY_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <sim/lock.h>

struct sim_xa_node;

struct xarray {
	spinlock_t xa_lock;
	gfp_t flags;
	struct sim_xa_node *first;
};

struct xa_limit {
	u32 min, max;
};

#define XA_LIMIT(lo, hi)	((struct xa_limit){ .min = lo, .max = hi })
#define XA_FLAGS_ALLOC		1
#define XA_FLAGS_ALLOC1		2
#define XA_PRESENT		8U
#define XA_CHUNK_SHIFT		6
typedef unsigned int xa_mark_t;

#define xa_init_flags(xa, fl) do {					\
	spin_lock_init(&(xa)->xa_lock);					\
	(xa)->flags = (fl);						\
	(xa)->first = NULL;						\
} while (0)
#define xa_init(xa)	xa_init_flags(xa, 0)
#define xa_lock(xa)	spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)	spin_unlock(&(xa)->xa_lock)

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

static inline bool xa_is_err(const void *entry)
{
	return (unsigned long)entry >= -4095UL << 2 &&
	       ((unsigned long)entry & 3) == 2;
}

static inline int xa_err(const void *entry)
{
	return xa_is_err(entry) ? (long)entry >> 2 : 0;
}

void *xa_load(struct xarray *xa, unsigned long index);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry,
		 gfp_t flags);
void *xa_store(struct xarray *xa, unsigned long index, void *entry,
	       gfp_t flags);
void *__xa_erase(struct xarray *xa, unsigned long index);
void *xa_erase(struct xarray *xa, unsigned long index);
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
	     gfp_t flags);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      xa_mark_t filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter);
void xa_destroy(struct xarray *xa);
#define xa_empty(xa)	(!(xa)->first)
#define xa_for_each(xa, index, entry)					\
	for (index = 0,							\
	     entry = xa_find(xa, &index, ~0UL, XA_PRESENT); entry;	\
	     entry = xa_find_after(xa, &index, ~0UL, XA_PRESENT))

#endif
