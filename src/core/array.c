// SPDX-License-Identifier: GPL-2.0-only
/*
 * A persistent array of pointers: index -> object, copy-on-write.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "array.h"

#define FANOUT_BITS	4
#define FANOUT		(1U << FANOUT_BITS)
#define FULL		((u16)((1U << FANOUT) - 1))
#define MAX_HEIGHT	7	/* 2^28 slots, more than any ceiling */

/**
 * struct obpbl_array_node - one node of the tree
 * @obj: lifetime
 * @used: slots that are not NULL
 * @full: slots below which no index is free
 * @slot: nodes of the level below, or on level 0 what is stored
 */
struct obpbl_array_node {
	struct obpbl_obj obj;
	u16 used;
	u16 full;
	void *slot[FANOUT];
};

static unsigned int slot_of(u32 index, unsigned int level)
{
	return index >> (level * FANOUT_BITS) & (FANOUT - 1);
}

static bool has_place(const struct obpbl_array *array, u32 index)
{
	return array->height && !(index >> (array->height * FANOUT_BITS));
}

/**
 * obpbl_array_get() - what is stored at an index
 * @array: the array
 * @index: any number
 *
 * Context: any; the version must be protected from being freed.
 * Return: the pointer, NULL where nothing is stored.
 */
void *obpbl_array_get(const struct obpbl_array *array, u32 index)
{
	const struct obpbl_array_node *node = array->root;
	unsigned int level = array->height;

	if (!has_place(array, index))
		return NULL;
	while (--level) {
		node = node->slot[slot_of(index, level)];
		if (!node)
			return NULL;
	}
	return node->slot[slot_of(index, 0)];
}

/**
 * obpbl_array_next_born() - iterate over what is stored and is young
 * @array: the array
 * @index: where to begin; becomes the index of what was found
 * @first: young is what was born in this version or later; a node is never
 *	   younger than the one above it, so the effort is what is found
 *
 * Context: as obpbl_array_get().
 * Return: the pointer, NULL at the end.
 */
void *obpbl_array_next_born(const struct obpbl_array *array, u32 *index,
			    u64 first)
{
	while (has_place(array, *index)) {
		const struct obpbl_array_node *node = array->root;
		unsigned int level = array->height;
		const struct obpbl_obj *next = &node->obj;

		while (next && next->birth >= first && level) {
			node = (const void *)next;
			next = node->slot[slot_of(*index, --level)];
		}
		if (next && next->birth >= first)
			return (void *)next;
		*index = ((*index >> (level * FANOUT_BITS)) + 1) <<
			 (level * FANOUT_BITS);
	}
	return NULL;
}

/**
 * obpbl_array_next() - iterate over what is stored
 * @array: the array
 * @index: where to begin; becomes the index of what was found
 *
 * Context: as obpbl_array_get().
 * Return: the pointer, NULL at the end.
 */
void *obpbl_array_next(const struct obpbl_array *array, u32 *index)
{
	return obpbl_array_next_born(array, index, 0);
}

/**
 * obpbl_array_free_index() - the lowest index with nothing stored
 * @array: the array
 *
 * Return: the index; one past the array where all of it is full.
 */
u32 obpbl_array_free_index(const struct obpbl_array *array)
{
	const struct obpbl_array_node *node = array->root;
	unsigned int level = array->height;
	u32 index = 0;

	if (node && node->full == FULL)
		return 1U << (level * FANOUT_BITS);
	while (node && level--) {
		unsigned int i = ffz(node->full);

		index |= i << (level * FANOUT_BITS);
		node = level ? node->slot[i] : NULL;
	}
	return index;
}

/* The node itself if it is this transaction's, else a copy that is */
static struct obpbl_array_node *own(struct obpbl_txn *txn,
				    struct obpbl_array_node *node)
{
	struct obpbl_array_node *copy;

	if (node && node->obj.birth == txn->version)
		return node;
	if (!node)
		return obpbl_txn_alloc(txn, sizeof(*copy));
	copy = obpbl_txn_alloc_uninit(txn, sizeof(*copy));
	if (IS_ERR(copy))
		return copy;
	copy->used = node->used;
	copy->full = node->full;
	memcpy(copy->slot, node->slot, sizeof(copy->slot));
	obpbl_txn_retire(txn, node);
	return copy;
}

/* Adds levels until @index has a place */
static int grow(struct obpbl_array *array, struct obpbl_txn *txn, u32 index)
{
	while (!has_place(array, index)) {
		struct obpbl_array_node *root;

		if (array->height == MAX_HEIGHT)
			return -ENOSPC;
		root = own(txn, NULL);
		if (IS_ERR(root))
			return PTR_ERR(root);
		if (array->root) {
			root->slot[0] = array->root;
			root->used = 1;
			root->full = array->root->full == FULL;
		}
		array->root = root;
		array->height++;
	}
	return 0;
}

static void mark(struct obpbl_array_node *node, unsigned int i, bool used,
		 bool full)
{
	node->used = (node->used & ~(1U << i)) | used << i;
	node->full = (node->full & ~(1U << i)) | full << i;
}

/**
 * obpbl_array_set() - store a pointer, or nothing
 * @array: the array; changed in place, its nodes copied where they are older
 * @txn: the transaction
 * @index: where
 * @ptr: what; NULL empties the slot.  What was stored before is the caller's.
 *
 * Context: process; the owner of the transaction.
 * Return: 0, or -ENOMEM or -ENOSPC, after which the transaction can only be
 * aborted.
 */
int obpbl_array_set(struct obpbl_array *array, struct obpbl_txn *txn, u32 index,
		    void *ptr)
{
	struct obpbl_array_node *path[MAX_HEIGHT];
	struct obpbl_array_node **link = &array->root;
	unsigned int level;
	int err;

	err = grow(array, txn, index);
	if (!err)
		err = obpbl_txn_reserve(txn, array->height);
	if (err)
		return err;
	for (level = array->height; level--;) {
		path[level] = own(txn, *link);
		if (IS_ERR(path[level]))
			return PTR_ERR(path[level]);
		*link = path[level];
		link = (struct obpbl_array_node **)
			&path[level]->slot[slot_of(index, level)];
	}
	array->count += !!ptr - !!*link;
	*link = ptr;
	mark(path[0], slot_of(index, 0), ptr, ptr);
	for (level = 1; level < array->height; level++)
		mark(path[level], slot_of(index, level), true,
		     path[level - 1]->full == FULL);
	return 0;
}

/**
 * struct walk - a walk over the nodes of an array, children before parents
 * @array: the array
 * @path: nodes by level
 * @at: next slot to descend into, by level
 * @level: where it stands
 */
struct walk {
	const struct obpbl_array *array;
	struct obpbl_array_node *path[MAX_HEIGHT];
	u8 at[MAX_HEIGHT];
	unsigned int level;
};

static void walk_to(struct walk *walk, struct obpbl_array_node *node)
{
	walk->path[walk->level] = node;
	walk->at[walk->level] = 0;
}

static void walk_begin(struct walk *walk, const struct obpbl_array *array)
{
	walk->array = array;
	walk->level = array->height;
	if (array->root) {
		walk->level--;
		walk_to(walk, array->root);
	}
}

/*
 * The next node born at @since or later, NULL at the end.  A node is never
 * younger than the one above it, so what is older ends the descent.  The node
 * may be freed before the next call.
 */
static struct obpbl_array_node *walk_next(struct walk *walk, u64 since)
{
	struct obpbl_array_node *node, *child;

	if (walk->level == walk->array->height)
		return NULL;
	node = walk->path[walk->level];
	while (walk->level && walk->at[walk->level] < FANOUT) {
		child = node->slot[walk->at[walk->level]++];
		if (!child || child->obj.birth < since)
			continue;
		walk->level--;
		walk_to(walk, child);
		node = child;
	}
	walk->level++;
	return node;
}

/**
 * obpbl_array_abort() - free what a transaction made
 * @array: the array, of no use afterwards
 * @txn: the transaction; of version 0: everybody's
 * @release: frees an object of this transaction that is stored in the array
 *
 * Context: process; may sleep, after each node.
 */
void obpbl_array_abort(struct obpbl_array *array, struct obpbl_txn *txn,
		       void (*release)(struct obpbl_txn *txn, void *ptr))
{
	struct obpbl_array_node *node;
	struct obpbl_obj *obj;
	struct walk walk;
	unsigned int i;

	if (!array->root || array->root->obj.birth < txn->version)
		return;
	walk_begin(&walk, array);
	while ((node = walk_next(&walk, txn->version))) {
		for (i = 0; walk.level == 1 && i < FANOUT; i++) {
			obj = node->slot[i];
			if (obj && obj->birth >= txn->version)
				release(txn, obj);
		}
		obpbl_obj_free(node, txn->bytes);
		cond_resched();
	}
}
