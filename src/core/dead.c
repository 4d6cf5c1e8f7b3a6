// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a version: what is on dead lists is freed, or moves on; txn.h says
 * by what rule.
 */
#include <linux/sched.h>

#include "dead.h"
#include "trie.h"

static struct obpbl_obj *entry_obj(u64 entry)
{
	entry &= ~OBPBL_DEAD_TRIE;
	return (struct obpbl_obj *)(unsigned long)entry;
}

/* Free what @entry stands for as far as nobody older reaches it */
static bool entry_survives(u64 entry, u64 first, struct obpbl_dead *keep,
			   u64 *bytes)
{
	struct obpbl_obj *obj = entry_obj(entry);

	if (obj->birth < first)
		return true;
	if (entry & OBPBL_DEAD_TRIE)
		obpbl_node_release((struct obpbl_node *)obj, first, keep,
				   bytes);
	else
		obpbl_obj_free(obj, bytes);
	return false;
}

static void chunk_drop(struct obpbl_dead_chunk *chunk, u64 first,
		       struct obpbl_dead *keep, u64 *bytes)
{
	u32 i, n = 0;

	for (i = 0; i < chunk->used; i++) {
		if (entry_survives(chunk->entry[i], first, keep, bytes))
			chunk->entry[n++] = chunk->entry[i];
		cond_resched();
	}
	obpbl_dead_recycle(keep, chunk,
			   sizeof(*chunk) + chunk->room * sizeof(u64),
			   chunk->entry, n, bytes);
}

/**
 * obpbl_dead_drop() - version k goes, and the objects that only it reached
 * @dead: dead(k -> l), where l is the version after k; empty afterwards
 * @older: number of the retained version j before k
 * @have_older: false if k is the oldest version
 * @keep: dead(j -> k), which becomes dead(j -> l); untouched without an older
 *	  version
 * @bytes: the count of live bytes
 *
 * Objects born after j are freed: j is too old to reach them, l too young.
 * All others move to @keep. Nothing is allocated: chunks are reused.
 *
 * Context: process; may sleep, in steps of one node. No reader of version k is
 * left, that is, a grace period has passed since it was last published. Nobody
 * else uses @dead, @keep and @bytes meanwhile.
 */
void obpbl_dead_drop(struct obpbl_dead *dead, u64 older, bool have_older,
		     struct obpbl_dead *keep, u64 *bytes)
{
	u64 first = have_older ? older + 1 : 0;
	struct obpbl_dead_chunk *chunk;

	while ((chunk = dead->head)) {
		dead->head = chunk->next;
		chunk_drop(chunk, first, keep, bytes);
	}
}
