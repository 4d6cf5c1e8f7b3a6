// SPDX-License-Identifier: GPL-2.0-only
/*
 * Birth stamps and what a transaction puts on its dead list; txn.h says what
 * they are for, and dead.c takes the lists apart.
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

#include "memory.h"
#include "txn.h"

/* Most commits change little: a handful of pointers first, then a page */
#define CHUNK_FIRST	64
#define CHUNK_MOST	4096

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
	struct obpbl_obj *obj = kmalloc(size, OBPBL_GFP | zero);
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
 * Context: process; may sleep. Transactions of one history, and so what they do to
 * @txn->bytes, are serialised by whoever owns it.
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
 * Context: any; as obpbl_txn_alloc() as to @bytes.
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
	chunk = kmalloc(size, OBPBL_GFP);
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
 * @root: its root, a node of an older version; one entry, whatever hangs below;
 *	  needs one place made by obpbl_txn_reserve()
 *
 * Context: process. Cannot fail.
 */
void obpbl_txn_retire_trie(struct obpbl_txn *txn, void *root)
{
	push(&txn->dead, (unsigned long)root | OBPBL_DEAD_TRIE);
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
