/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A persistent array of pointers: index -> object, copy-on-write.
 *
 * What the small values of the prefix tables stand for lives here.  A tree of
 * fan-out 16, so that a change copies 128 bytes a level.  Pure.
 */
#ifndef _OBPBL_ARRAY_H
#define _OBPBL_ARRAY_H

#include <linux/types.h>

#include "txn.h"

struct obpbl_array_node;

/**
 * struct obpbl_array - one version of one array
 * @root: NULL while empty; never written once published
 * @height: levels of nodes; indexes below 16^@height have a place
 * @count: slots that are not NULL
 */
struct obpbl_array {
	struct obpbl_array_node *root;
	u8 height;
	u32 count;
};

void *obpbl_array_get(const struct obpbl_array *array, u32 index);
void *obpbl_array_next(const struct obpbl_array *array, u32 *index);
void *obpbl_array_next_born(const struct obpbl_array *array, u32 *index,
			    u64 first);
u32 obpbl_array_free_index(const struct obpbl_array *array);
int obpbl_array_set(struct obpbl_array *array, struct obpbl_txn *txn, u32 index,
		    void *ptr);
void obpbl_array_abort(struct obpbl_array *array, struct obpbl_txn *txn,
		       void (*release)(struct obpbl_txn *txn, void *ptr));

#endif /* _OBPBL_ARRAY_H */
