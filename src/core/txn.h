/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifetimes of persistent objects: birth stamps and dead lists.
 *
 * The history of a table is a line of versions.  Everything that a version
 * reaches (trie nodes, long leaves, arrays, ISPs, overlays) begins with a
 * struct obpbl_obj and is never written once its version is published.  There
 * are no reference counts; instead, as in ZFS (Bonwick et al., "The Zettabyte
 * File System", 2003; dead lists: Ahrens, "How ZFS Snapshots Really Work"):
 *
 *  - every object carries the number of the transaction that made it;
 *  - a transaction that replaces an object of its own frees it at once, and
 *    puts the object of an older version on its dead list;
 *  - dropping version k between its retained neighbours j and l frees the
 *    objects on dead(k -> l) that were born after j, and moves the rest to
 *    dead(j -> l).
 *
 * So an object is freed only if it is on a dead list, and no retained version
 * older than that place of the list has a number from its birth on.
 *
 * Pure: compiles unchanged in the kernel and in user space.
 */
#ifndef _OBPBL_TXN_H
#define _OBPBL_TXN_H

#include <linux/types.h>

/**
 * struct obpbl_obj - first member of everything a snapshot reaches
 * @birth: number of the transaction that made it; whoever runs that
 *	   transaction may still write the object, everybody else only reads
 */
struct obpbl_obj {
	u64 birth;
};

/**
 * struct obpbl_dead_chunk - some entries of a dead list
 * @next: the chunk filled before this one
 * @used: entries in it
 * @room: entries that it can hold
 * @entry: pointers to struct obpbl_obj, tagged; u64 even where pointers are
 *	   shorter, because the memory of a trie node can become a chunk
 */
struct obpbl_dead_chunk {
	struct obpbl_dead_chunk *next;
	u32 used;
	u32 room;
	u64 entry[];
};

/* Set in an entry that stands for a trie node and all below it */
#define OBPBL_DEAD_TRIE	1ULL

/**
 * struct obpbl_dead - objects that one version reaches and its successor not
 * @head: chunks of tagged pointers, the newest first
 *
 * An entry is a single object, or the root of a whole trie whose nodes all
 * died together.
 */
struct obpbl_dead {
	struct obpbl_dead_chunk *head;
};

/**
 * struct obpbl_txn - one transaction: the making of one version
 * @version: birth stamp of everything that it makes; versions only grow
 * @bytes: memory of all objects that live, in kmalloc bytes, counted as it is
 *	   allocated and freed; shared by all versions of one history
 * @limit: refuse to allocate past this many bytes
 * @dead: objects of older versions that the new one no longer reaches
 */
struct obpbl_txn {
	u64 version;
	u64 *bytes;
	u64 limit;
	struct obpbl_dead dead;
};

void *obpbl_txn_alloc(struct obpbl_txn *txn, size_t size);
void *obpbl_txn_alloc_uninit(struct obpbl_txn *txn, size_t size);
void obpbl_txn_free(struct obpbl_txn *txn, void *obj);
int obpbl_txn_reserve(struct obpbl_txn *txn, unsigned int n);
void obpbl_txn_retire(struct obpbl_txn *txn, void *obj);
void obpbl_txn_forget(struct obpbl_txn *txn);
void obpbl_txn_retire_trie(struct obpbl_txn *txn, void *root);

void obpbl_obj_free(void *obj, u64 *bytes);

/* For those who take dead lists apart: dead.c, and the trie */
void obpbl_dead_recycle(struct obpbl_dead *dead, void *mem, size_t size,
			const u64 *entry, u32 n, u64 *bytes);

#endif /* _OBPBL_TXN_H */
