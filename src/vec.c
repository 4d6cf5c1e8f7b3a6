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

#include "vec.h"

#define FANOUT_BITS	4
#define FANOUT		(1U << FANOUT_BITS)
#define FULL		((u16)((1U << FANOUT) - 1))
#define MAX_HEIGHT	7	/* 2^28 slots, more than any ceiling */

/**
 * struct obpbl_vec_node - one node of the tree
 * @obj: lifetime
 * @used: slots that are not NULL
 * @full: slots below which no index is free
 * @slot: nodes of the level below, or on level 0 what is stored
 */
struct obpbl_vec_node {
	struct obpbl_obj obj;
	u16 used;
	u16 full;
	void *slot[FANOUT];
};

static unsigned int slot_of(u32 index, unsigned int level)
{
	return index >> (level * FANOUT_BITS) & (FANOUT - 1);
}

static bool has_place(const struct obpbl_vec *vec, u32 index)
{
	return vec->height && !(index >> (vec->height * FANOUT_BITS));
}

/**
 * obpbl_vec_get() - what is stored at an index
 * @vec: the array
 * @index: any number
 *
 * Context: any; the version must be protected from being freed.
 * Return: the pointer, NULL where nothing is stored.
 */
void *obpbl_vec_get(const struct obpbl_vec *vec, u32 index)
{
	const struct obpbl_vec_node *node = vec->root;
	unsigned int level = vec->height;

	if (!has_place(vec, index))
		return NULL;
	while (--level) {
		node = node->slot[slot_of(index, level)];
		if (!node)
			return NULL;
	}
	return node->slot[slot_of(index, 0)];
}

/**
 * obpbl_vec_next() - iterate over what is stored
 * @vec: the array
 * @index: where to begin; becomes the index of what was found
 *
 * Context: as obpbl_vec_get().
 * Return: the pointer, NULL at the end.
 */
void *obpbl_vec_next(const struct obpbl_vec *vec, u32 *index)
{
	while (has_place(vec, *index)) {
		const struct obpbl_vec_node *node = vec->root;
		unsigned int level = vec->height;
		void *next;

		do {
			next = node->slot[slot_of(*index, --level)];
			node = next;
		} while (next && level);
		if (next)
			return next;
		*index = ((*index >> (level * FANOUT_BITS)) + 1) <<
			 (level * FANOUT_BITS);
	}
	return NULL;
}

/**
 * obpbl_vec_free_index() - the lowest index with nothing stored
 * @vec: the array
 *
 * Return: the index; one past the array where all of it is full.
 */
u32 obpbl_vec_free_index(const struct obpbl_vec *vec)
{
	const struct obpbl_vec_node *node = vec->root;
	unsigned int level = vec->height;
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
static struct obpbl_vec_node *own(struct obpbl_txn *txn,
				  struct obpbl_vec_node *node)
{
	struct obpbl_vec_node *copy;

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
	obpbl_txn_kill(txn, node);
	return copy;
}

/* Adds levels until @index has a place */
static int grow(struct obpbl_vec *vec, struct obpbl_txn *txn, u32 index)
{
	while (!has_place(vec, index)) {
		struct obpbl_vec_node *root;

		if (vec->height == MAX_HEIGHT)
			return -ENOSPC;
		root = own(txn, NULL);
		if (IS_ERR(root))
			return PTR_ERR(root);
		if (vec->root) {
			root->slot[0] = vec->root;
			root->used = 1;
			root->full = vec->root->full == FULL;
		}
		vec->root = root;
		vec->height++;
	}
	return 0;
}

static void mark(struct obpbl_vec_node *node, unsigned int i, bool used,
		 bool full)
{
	node->used = (node->used & ~(1U << i)) | used << i;
	node->full = (node->full & ~(1U << i)) | full << i;
}

/**
 * obpbl_vec_set() - store a pointer, or nothing
 * @vec: the array; changed in place, its nodes copied where they are older
 * @txn: the transaction
 * @index: where
 * @ptr: what; NULL empties the slot.  What was stored before is the caller's.
 *
 * Context: process; the owner of the transaction.
 * Return: 0, or -ENOMEM or -ENOSPC, after which the transaction can only be
 * aborted.
 */
int obpbl_vec_set(struct obpbl_vec *vec, struct obpbl_txn *txn, u32 index,
		  void *ptr)
{
	struct obpbl_vec_node *path[MAX_HEIGHT];
	struct obpbl_vec_node **link = &vec->root;
	unsigned int level;
	int err;

	err = grow(vec, txn, index);
	if (!err)
		err = obpbl_txn_reserve(txn, vec->height);
	if (err)
		return err;
	for (level = vec->height; level--;) {
		path[level] = own(txn, *link);
		if (IS_ERR(path[level]))
			return PTR_ERR(path[level]);
		*link = path[level];
		link = (struct obpbl_vec_node **)
			&path[level]->slot[slot_of(index, level)];
	}
	vec->count += !!ptr - !!*link;
	*link = ptr;
	mark(path[0], slot_of(index, 0), ptr, ptr);
	for (level = 1; level < vec->height; level++)
		mark(path[level], slot_of(index, level), true,
		     path[level - 1]->full == FULL);
	return 0;
}

/**
 * struct walk - a walk over the nodes of an array, children before parents
 * @vec: the array
 * @path: nodes by level
 * @at: next slot to descend into, by level
 * @level: where it stands
 */
struct walk {
	const struct obpbl_vec *vec;
	struct obpbl_vec_node *path[MAX_HEIGHT];
	u8 at[MAX_HEIGHT];
	unsigned int level;
};

static void walk_to(struct walk *walk, struct obpbl_vec_node *node)
{
	walk->path[walk->level] = node;
	walk->at[walk->level] = 0;
}

static void walk_begin(struct walk *walk, const struct obpbl_vec *vec)
{
	walk->vec = vec;
	walk->level = vec->height;
	if (vec->root) {
		walk->level--;
		walk_to(walk, vec->root);
	}
}

/*
 * The next node born at @since or later, NULL at the end.  A node is never
 * younger than the one above it, so what is older ends the descent.  The node
 * may be freed before the next call.
 */
static struct obpbl_vec_node *walk_next(struct walk *walk, u64 since)
{
	struct obpbl_vec_node *node, *child;

	if (walk->level == walk->vec->height)
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
 * obpbl_vec_kill() - empty an array
 * @vec: the array; what is stored in it is the caller's
 * @txn: the transaction
 *
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int obpbl_vec_kill(struct obpbl_vec *vec, struct obpbl_txn *txn)
{
	struct obpbl_vec_node *node;
	unsigned int n = 0;
	struct walk walk;
	int err;

	for (walk_begin(&walk, vec); walk_next(&walk, 0);)
		n++;
	err = obpbl_txn_reserve(txn, n);
	if (err)
		return err;
	for (walk_begin(&walk, vec); (node = walk_next(&walk, 0));)
		obpbl_txn_kill(txn, node);
	memset(vec, 0, sizeof(*vec));
	return 0;
}

/**
 * obpbl_vec_abort() - free what a transaction made
 * @vec: the array, of no use afterwards
 * @txn: the transaction; of version 0: everybody's
 * @release: frees an object of this transaction that is stored in the array
 *
 * Context: process; may sleep, after each node.
 */
void obpbl_vec_abort(struct obpbl_vec *vec, struct obpbl_txn *txn,
		     void (*release)(struct obpbl_txn *txn, void *ptr))
{
	struct obpbl_vec_node *node;
	struct obpbl_obj *obj;
	struct walk walk;
	unsigned int i;

	if (!vec->root || vec->root->obj.birth < txn->version)
		return;
	walk_begin(&walk, vec);
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
