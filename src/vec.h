/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A persistent array of pointers: index -> object, copy-on-write.
 *
 * What the small values of the prefix tables stand for lives here.  A tree of
 * fan-out 16, so that a change copies 128 bytes a level.  Pure.
 */
#ifndef _OBPBL_VEC_H
#define _OBPBL_VEC_H

#include <linux/types.h>

#include "txn.h"

struct obpbl_vec_node;

/**
 * struct obpbl_vec - one version of one array
 * @root: NULL while empty; never written once published
 * @height: levels of nodes; indexes below 16^@height have a place
 * @count: slots that are not NULL
 */
struct obpbl_vec {
	struct obpbl_vec_node *root;
	u8 height;
	u32 count;
};

void *obpbl_vec_get(const struct obpbl_vec *vec, u32 index);
void *obpbl_vec_next(const struct obpbl_vec *vec, u32 *index);
u32 obpbl_vec_free_index(const struct obpbl_vec *vec);
int obpbl_vec_set(struct obpbl_vec *vec, struct obpbl_txn *txn, u32 index,
		  void *ptr);
int obpbl_vec_kill(struct obpbl_vec *vec, struct obpbl_txn *txn);
void obpbl_vec_abort(struct obpbl_vec *vec, struct obpbl_txn *txn,
		     void (*release)(struct obpbl_txn *txn, void *ptr));

#endif /* _OBPBL_VEC_H */
