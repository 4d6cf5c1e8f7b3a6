// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays by number: a sorted list, since they are short here.
 */
#include "sim.h"

/**
 * struct sim_xa_node - an entry
 * @next: the next in order of their numbers
 * @index: the number
 * @entry: what is there
 */
struct sim_xa_node {
	struct sim_xa_node *next;
	unsigned long index;
	void *entry;
};

static void *fault(int err)
{
	return (void *)(((long)err << 2) | 2);
}

/* Where a number is, or would be */
static struct sim_xa_node **place(struct xarray *xa, unsigned long index)
{
	struct sim_xa_node **at = &xa->first;

	while (*at && (*at)->index < index)
		at = &(*at)->next;
	return at;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct sim_xa_node *node;

	mem_check(xa, "an xarray");
	sim_point();
	node = *place(xa, index);
	return node && node->index == index ? node->entry : NULL;
}

static void *put(struct xarray *xa, unsigned long index, void *entry,
		 struct sim_xa_node *new)
{
	struct sim_xa_node **at = place(xa, index);
	void *old;

	if (*at && (*at)->index == index) {
		old = (*at)->entry;
		(*at)->entry = entry;
		kfree(new);
		return old;
	}
	new->index = index;
	new->entry = entry;
	new->next = *at;
	*at = new;
	return NULL;
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry,
		 gfp_t flags)
{
	struct sim_xa_node *new;

	mem_check(xa, "an xarray");
	if (!sim_spin_held(&xa->xa_lock))
		sim_fail("an xarray is written to without its lock");
	if (flags & GFP_KERNEL) {
		spin_unlock(&xa->xa_lock);
		new = kzalloc(sizeof(*new), flags);
		spin_lock(&xa->xa_lock);
	} else {
		new = kzalloc(sizeof(*new), flags);
	}
	return new ? put(xa, index, entry, new) : fault(-ENOMEM);
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry,
	       gfp_t flags)
{
	void *old;

	xa_lock(xa);
	old = __xa_store(xa, index, entry, flags);
	xa_unlock(xa);
	return old;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct sim_xa_node **at, *node;
	void *old;

	mem_check(xa, "an xarray");
	if (!sim_spin_held(&xa->xa_lock))
		sim_fail("an xarray is written to without its lock");
	at = place(xa, index);
	node = *at;
	if (!node || node->index != index)
		return NULL;
	old = node->entry;
	*at = node->next;
	kfree(node);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *old;

	xa_lock(xa);
	old = __xa_erase(xa, index);
	xa_unlock(xa);
	return old;
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
	     gfp_t flags)
{
	struct sim_xa_node *new, *node;
	u32 index = limit.min;

	mem_check(xa, "an xarray");
	new = kzalloc(sizeof(*new), flags);
	xa_lock(xa);
	for (node = *place(xa, index); node && node->index == index;
	     node = node->next)
		index++;
	if (!new || index > limit.max) {
		xa_unlock(xa);
		kfree(new);
		return new ? -EBUSY : -ENOMEM;
	}
	*id = index;
	put(xa, index, entry, new);
	xa_unlock(xa);
	return 0;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      xa_mark_t filter)
{
	struct sim_xa_node *node;

	(void)filter;
	mem_check(xa, "an xarray");
	sim_point();
	node = *place(xa, *index);
	if (!node || node->index > max)
		return NULL;
	*index = node->index;
	return node->entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter)
{
	unsigned long from = *index + 1;
	void *entry;

	if (!from)
		return NULL;
	entry = xa_find(xa, &from, max, filter);
	if (entry)
		*index = from;
	return entry;
}

void xa_destroy(struct xarray *xa)
{
	struct sim_xa_node *node;

	mem_check(xa, "an xarray");
	xa_lock(xa);
	while ((node = xa->first)) {
		xa->first = node->next;
		kfree(node);
	}
	xa_unlock(xa);
}
