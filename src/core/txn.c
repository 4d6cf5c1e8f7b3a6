// SPDX-License-Identifier: GPL-2.0-only
/*
 * Birth stamps and dead lists; txn.h says what they are for.
 *
 * What makes this work: an object is made once, and the versions that reach it
 * are a run without gaps.  The run begins with the birth stamp.  It ends before
 * the version whose transaction put the object on its dead list.  So whoever
 * drops a version knows from the stamp and the list alone which objects no
 * neighbour reaches, and needs no reference count.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "trie.h"
#include "txn.h"

/* Most commits change little: a handful of pointers first, then a page */
#define CHUNK_FIRST	64
#define CHUNK_MOST	4096

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
#define ENTRY_TRIE	1

static struct obpbl_obj *entry_obj(u64 entry)
{
	entry &= ~(u64)ENTRY_TRIE;
	return (struct obpbl_obj *)(unsigned long)entry;
}

static bool has_room(const struct obpbl_dead *dead, unsigned int n)
{
	return dead->head && dead->head->room - dead->head->used >= n;
}

/* The caller has made room */
static void push(struct obpbl_dead *dead, u64 entry)
{
	if (WARN_ON_ONCE(!has_room(dead, 1)))
		return;		/* a leak is better than a use after free */
	dead->head->entry[dead->head->used++] = entry;
}

static void *alloc(struct obpbl_txn *txn, size_t size, gfp_t zero)
{
	struct obpbl_obj *obj = kmalloc(size, GFP_KERNEL_ACCOUNT | zero);
	size_t room;

	if (!obj)
		return ERR_PTR(-ENOMEM);
	room = ksize(obj);
	if (*txn->bytes + room > txn->limit) {
		kfree(obj);
		return ERR_PTR(-ENOSPC);
	}
	*txn->bytes += room;
	obj->birth = txn->version;
	return obj;
}

/**
 * obpbl_txn_alloc() - make an object of the version that is being built
 * @txn: the transaction
 * @size: bytes; the object begins with a struct obpbl_obj
 *
 * The memory is zeroed and counted as what the allocator really hands out.
 *
 * Context: process; may sleep. The caller's lock serialises @txn->bytes.
 * Return: the object, ERR_PTR(-ENOSPC) past the limit of the transaction, or
 * ERR_PTR(-ENOMEM); never NULL.
 */
void *obpbl_txn_alloc(struct obpbl_txn *txn, size_t size)
{
	return alloc(txn, size, __GFP_ZERO);
}

/**
 * obpbl_txn_alloc_uninit() - make the copy of an object
 * @txn: the transaction
 * @size: bytes
 *
 * As obpbl_txn_alloc(), but whatever is behind the struct obpbl_obj is for the
 * caller to fill in: of a change's cost, zeroing copies was a fifth.
 *
 * Context: as obpbl_txn_alloc().
 * Return: as obpbl_txn_alloc().
 */
void *obpbl_txn_alloc_uninit(struct obpbl_txn *txn, size_t size)
{
	return alloc(txn, size, 0);
}

/**
 * obpbl_obj_free() - free an object that nothing reaches any more
 * @obj: the object
 * @bytes: the count of live bytes that it was added to
 *
 * Context: any; the caller's lock serialises @bytes.
 */
void obpbl_obj_free(void *obj, u64 *bytes)
{
	*bytes -= ksize(obj);
	kfree(obj);
}

/**
 * obpbl_txn_free() - free an object that this very transaction made
 * @txn: the transaction
 * @obj: the object; no reader has ever seen it, so there is nobody to wait for
 *
 * Context: process.
 */
void obpbl_txn_free(struct obpbl_txn *txn, void *obj)
{
	WARN_ON_ONCE(((struct obpbl_obj *)obj)->birth != txn->version);
	obpbl_obj_free(obj, txn->bytes);
}

/**
 * obpbl_txn_reserve() - make room on the dead list before anything changes
 * @txn: the transaction
 * @n: how many calls of obpbl_txn_retire() or obpbl_txn_retire_trie() may follow
 *
 * Reservations do not add up: this one is for the next @n calls. The list's own
 * memory is counted in @txn->bytes, but not refused by the limit. It belongs to
 * the list even if no entry follows, so the list of a transaction without an
 * older version, which stays empty, ends with obpbl_txn_forget() all the same.
 *
 * Context: process; may sleep.
 * Return: 0 or -ENOMEM.
 */
int obpbl_txn_reserve(struct obpbl_txn *txn, unsigned int n)
{
	struct obpbl_dead_chunk *chunk, *head = txn->dead.head;
	size_t size = CHUNK_FIRST;

	if (!n || has_room(&txn->dead, n))
		return 0;
	if (head)
		size = min_t(size_t, 2 * ksize(head), CHUNK_MOST);
	size = max_t(size_t, size, sizeof(*chunk) + n * sizeof(u64));
	chunk = kmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return -ENOMEM;
	*txn->bytes += ksize(chunk);
	chunk->next = head;
	chunk->used = 0;
	chunk->room = (size - sizeof(*chunk)) / sizeof(u64);
	txn->dead.head = chunk;
	return 0;
}

/**
 * obpbl_txn_retire() - the version being built no longer reaches an object
 * @txn: the transaction
 * @obj: the object; of this transaction: freed at once, older: put on the dead
 *	 list, which needs a place made by obpbl_txn_reserve(); NULL is ignored
 *
 * Context: process. Cannot fail.
 */
void obpbl_txn_retire(struct obpbl_txn *txn, void *obj)
{
	struct obpbl_obj *dead = obj;

	if (!dead)
		return;
	if (dead->birth == txn->version)
		obpbl_txn_free(txn, dead);
	else
		push(&txn->dead, (unsigned long)dead);
}

/**
 * obpbl_txn_retire_trie() - the version being built no longer reaches a trie
 * @txn: the transaction
 * @root: its root, or NULL; needs one place made by obpbl_txn_reserve()
 *
 * A trie of older versions is one entry, whatever its size. Of one with changes
 * of this transaction, what the transaction made is freed now, and the memory
 * of those nodes becomes the list of what hangs below them; a child is never
 * younger than its parent, so nothing young hides below something old.
 *
 * Context: process; may sleep. Cannot fail.
 */
void obpbl_txn_retire_trie(struct obpbl_txn *txn, struct obpbl_node *root)
{
	if (!root)
		return;
	if (((struct obpbl_obj *)root)->birth == txn->version)
		obpbl_node_release(root, txn->version, &txn->dead, txn->bytes);
	else
		push(&txn->dead, (unsigned long)root | ENTRY_TRIE);
}

/**
 * obpbl_txn_forget() - the transaction is aborted: its dead live on
 * @txn: the transaction; its dead list is empty afterwards
 *
 * Only the list is freed: the objects on it belong to the version before.
 *
 * Context: any.
 */
void obpbl_txn_forget(struct obpbl_txn *txn)
{
	struct obpbl_dead_chunk *chunk;

	while ((chunk = txn->dead.head)) {
		txn->dead.head = chunk->next;
		obpbl_obj_free(chunk, txn->bytes);
	}
}

/**
 * obpbl_dead_recycle() - the memory of a dead object carries the entries it had
 * @dead: list that gets the entries
 * @mem: memory of the object or chunk; freed when the entries fit elsewhere
 * @size: bytes of @mem that may be written
 * @entry: the entries, which may lie within @mem
 * @n: how many
 * @bytes: the count of live bytes
 *
 * So that walking a dead trie, however large, never needs memory.
 *
 * Context: any.
 */
void obpbl_dead_recycle(struct obpbl_dead *dead, void *mem, size_t size,
			const u64 *entry, u32 n, u64 *bytes)
{
	struct obpbl_dead_chunk *chunk = mem;

	if (!n || has_room(dead, n)) {
		if (n)
			memcpy(dead->head->entry + dead->head->used, entry,
			       n * sizeof(*entry));
		if (n)
			dead->head->used += n;
		obpbl_obj_free(mem, bytes);
		return;
	}
	memmove(chunk->entry, entry, n * sizeof(*entry));
	chunk->used = n;
	chunk->room = (size - sizeof(*chunk)) / sizeof(*entry);
	chunk->next = dead->head;
	dead->head = chunk;
}

/**
 * obpbl_dead_subtree() - how a dead list names a trie node and all below it
 * @node: the node
 *
 * Return: the entry.
 */
u64 obpbl_dead_subtree(const struct obpbl_node *node)
{
	return (unsigned long)node | ENTRY_TRIE;
}

/* Free what @entry stands for as far as nobody older reaches it */
static bool entry_survives(u64 entry, u64 first, struct obpbl_dead *keep,
			   u64 *bytes)
{
	struct obpbl_obj *obj = entry_obj(entry);

	if (obj->birth < first)
		return true;
	if (entry & ENTRY_TRIE)
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
 * left, that is, a grace period has passed since it was last published. The
 * caller's lock serialises @keep and @bytes against transactions.
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
