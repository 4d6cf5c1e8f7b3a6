// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: how a version is begun and ends, and the parts that ISPs, entries and
 * sessions have in common: objects that are copied before they are changed,
 * scopes, counts.
 *
 * A change that fails half way leaves the version that was being made for
 * obpbl_table_release() alone: nothing is ever undone in place.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "table.h"

/**
 * obpbl_table_new() - begin a table with nothing in it
 * @txn: version, ceiling and count of bytes; nothing on its dead list
 *
 * Return: the table, of no line yet, or NULL without memory.
 */
struct obpbl_table *obpbl_table_new(const struct obpbl_txn *txn)
{
	struct obpbl_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);

	if (table)
		table->txn = *txn;
	return table;
}

/**
 * obpbl_table_copy() - begin the next version of a table
 * @table: the newest one
 * @txn: likewise
 *
 * Return: a table with the same in it, or NULL without memory.
 */
struct obpbl_table *obpbl_table_copy(const struct obpbl_table *table,
				     const struct obpbl_txn *txn)
{
	struct obpbl_table *copy;

	copy = kzalloc(sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return NULL;
	memcpy(copy, table, offsetof(struct obpbl_table, txn));
	copy->txn = *txn;
	copy->line = table->line;
	return copy;
}

/* The end of a version */

static void release_tries(struct obpbl_txn *txn, struct obpbl_trie *tries)
{
	u8 family;

	for (family = 0; family < OBPBL_FAMILIES; family++)
		obpbl_trie_abort(&tries[family], txn);
}

static void release_isp(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_isp *isp = ptr;

	release_tries(txn, isp->dst);
	obpbl_obj_free(isp, txn->bytes);
}

static void release_scope(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_scope *scope = ptr;

	release_tries(txn, scope->src);
	obpbl_obj_free(scope, txn->bytes);
}

static void release_entry(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_entry *entry = ptr;
	unsigned int i;

	for (i = 0; i < entry->n; i++) {
		if (entry->overlays[i]->obj.birth >= txn->version)
			obpbl_obj_free(entry->overlays[i], txn->bytes);
	}
	obpbl_obj_free(entry, txn->bytes);
}

static void release_obj(struct obpbl_txn *txn, void *ptr)
{
	obpbl_obj_free(ptr, txn->bytes);
}

/**
 * obpbl_table_release() - free a version, and what it reaches that is young
 * @table: the newest version of its line, or one that was never published
 * @first: young is what was born in this version or later; 0: everything
 * @bytes: the count of live bytes
 *
 * The effort is what is freed, however large the table.  What is on the dead
 * list lives on in the version before.
 *
 * Context: process; may sleep, in steps of one node.  No reader is left, and
 * what is older than @first is still there.
 */
void obpbl_table_release(struct obpbl_table *table, u64 first, u64 *bytes)
{
	struct obpbl_txn txn = {
		.version = first,
		.bytes = bytes,
		.dead = table->txn.dead,
	};

	obpbl_array_abort(&table->isps, &txn, release_isp);
	obpbl_trie_abort(&table->vrfs, &txn);
	obpbl_array_abort(&table->scopes, &txn, release_scope);
	obpbl_array_abort(&table->entries, &txn, release_entry);
	obpbl_array_abort(&table->sessions, &txn, release_obj);
	obpbl_trie_abort(&table->devices, &txn);
	obpbl_array_abort(&table->counts, &txn, release_obj);
	obpbl_txn_forget(&txn);
	kfree(table);
}

/* Objects */

/**
 * obpbl_table_retire() - the version that is being made no longer reaches this
 * @table: the version
 * @obj: the object
 *
 * Return: 0, or -ENOMEM and only obpbl_table_release() is left.
 */
int obpbl_table_retire(struct obpbl_table *table, void *obj)
{
	int err = obpbl_txn_reserve(&table->txn, 1);

	/* What the transaction made itself is freed at once and needs no room */
	if (err && ((struct obpbl_obj *)obj)->birth != table->txn.version)
		return err;
	obpbl_txn_retire(&table->txn, obj);
	return 0;
}

/**
 * obpbl_table_own() - an object that may be changed
 * @table: the version that is being made
 * @array: where the object is
 * @index: and at what place
 * @size: its size in bytes
 *
 * Return: the object, copied first if it is not this version's own yet;
 * ERR_PTR(): -ENOENT; -ENOMEM or -ENOSPC, and only obpbl_table_release() is
 * left.
 */
void *obpbl_table_own(struct obpbl_table *table, struct obpbl_array *array,
		      u32 index, size_t size)
{
	struct obpbl_obj *old = obpbl_array_get(array, index);
	struct obpbl_obj *copy;
	int err;

	if (!old)
		return ERR_PTR(-ENOENT);
	if (old->birth == table->txn.version)
		return old;
	copy = obpbl_txn_alloc_uninit(&table->txn, size);
	if (IS_ERR(copy))
		return copy;
	memcpy(copy + 1, old + 1, size - sizeof(*copy));
	err = obpbl_array_set(array, &table->txn, index, copy);
	if (err) {
		obpbl_txn_free(&table->txn, copy);
		return ERR_PTR(err);
	}
	err = obpbl_table_retire(table, old);
	return err ? ERR_PTR(err) : copy;
}

/**
 * obpbl_table_make() - a new object where there is none
 * @table: the version that is being made
 * @array: where to put it
 * @index: and at what place
 * @size: its size in bytes
 *
 * Return: the object, zeroed; ERR_PTR() as obpbl_table_own().
 */
void *obpbl_table_make(struct obpbl_table *table, struct obpbl_array *array,
		       u32 index, size_t size)
{
	void *obj = obpbl_txn_alloc(&table->txn, size);
	int err;

	if (IS_ERR(obj))
		return obj;
	err = obpbl_array_set(array, &table->txn, index, obj);
	if (!err)
		return obj;
	obpbl_txn_free(&table->txn, obj);
	return ERR_PTR(err);
}

/* ISPs, which isp.c changes */

/**
 * obpbl_isp_find() - find an ISP by name
 * @table: the table
 * @name: the name
 *
 * Return: the ISP or NULL.
 */
const struct obpbl_isp *obpbl_isp_find(const struct obpbl_table *table,
				       const char *name)
{
	const struct obpbl_isp *isp;
	u32 number = 0;

	while ((isp = obpbl_array_next(&table->isps, &number))) {
		if (!strcmp(isp->config.name, name))
			return isp;
		number++;
	}
	return NULL;
}

/**
 * obpbl_isp_own() - an ISP that may be changed
 * @table: the version that is being made
 * @number: which
 *
 * Return: the ISP; ERR_PTR() as obpbl_table_own().
 */
struct obpbl_isp *obpbl_isp_own(struct obpbl_table *table, u16 number)
{
	return obpbl_table_own(table, &table->isps, number,
			       sizeof(struct obpbl_isp));
}

/**
 * obpbl_table_knows() - whether a table has anything of an ISP
 * @table: the table
 * @number: number of the ISP
 *
 * Return: whether it is configured there, or something was added for it.
 */
bool obpbl_table_knows(const struct obpbl_table *table, u16 number)
{
	const struct obpbl_counts *counts = obpbl_counts_get(table, number);

	return obpbl_isp_get(table, number) || counts->sessions ||
	       counts->n[OBPBL_CLASS_EXEMPT] ||
	       counts->n[OBPBL_CLASS_QUARANTINE];
}

/* Scopes */

static void vrf_key(u8 *key, const char *vrf)
{
	memset(key, 0, OBPBL_KEY_SIZE);
	memcpy(key, vrf, strnlen(vrf, OBPBL_DEV_NAME_SIZE - 1));
}

/* Scope 0 is everything that arrives in no VRF that the table names */
static bool vrf_index(const struct obpbl_table *table, const char *vrf,
		      u32 *index)
{
	u8 key[OBPBL_KEY_SIZE];

	*index = 0;
	if (!vrf[0])
		return true;
	vrf_key(key, vrf);
	return obpbl_trie_get(&table->vrfs, key, 128, index);
}

/**
 * obpbl_scope_find() - the scope of a VRF
 * @table: the table
 * @vrf: its name; "" for everything that arrives in no VRF
 * @index: where to put its index
 *
 * Context: any; the version must be protected from being freed.
 * Return: the scope, or NULL if the table has none of that name.
 */
const struct obpbl_scope *obpbl_scope_find(const struct obpbl_table *table,
					   const char *vrf, u32 *index)
{
	return vrf_index(table, vrf, index) ?
	       obpbl_array_get(&table->scopes, *index) : NULL;
}

/**
 * obpbl_scope_get() - the scope of a VRF, which is made if need be
 * @table: the version that is being made
 * @vrf: its name; "" likewise
 * @index: where to put its index
 *
 * Return: 0, or -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_scope_get(struct obpbl_table *table, const char *vrf, u16 *index)
{
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	u32 at;

	/* Index 0 stays free for what arrives in no VRF */
	if (!vrf_index(table, vrf, &at)) {
		at = obpbl_array_free_index(&table->scopes);
		while (!at || obpbl_array_get(&table->scopes, at))
			at++;
		if (at > U16_MAX)
			return -ENOSPC;
	}
	*index = at;
	if (obpbl_array_get(&table->scopes, at))
		return 0;
	scope = obpbl_table_make(table, &table->scopes, at, sizeof(*scope));
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	strscpy(scope->vrf, vrf, sizeof(scope->vrf));
	if (!at)
		return 0;
	vrf_key(key, vrf);
	return obpbl_trie_set(&table->vrfs, &table->txn, key, 128, at);
}

/**
 * obpbl_scope_own() - a scope that may be changed
 * @table: the version that is being made
 * @index: which
 *
 * Return: the scope; ERR_PTR() as obpbl_table_own().
 */
struct obpbl_scope *obpbl_scope_own(struct obpbl_table *table, u16 index)
{
	return obpbl_table_own(table, &table->scopes, index,
			       sizeof(struct obpbl_scope));
}

/**
 * obpbl_scope_prune() - a scope may have become empty
 * @table: the version that is being made
 * @index: which
 *
 * Return: 0, or -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_scope_prune(struct obpbl_table *table, u16 index)
{
	struct obpbl_scope *scope = obpbl_array_get(&table->scopes, index);
	u8 key[OBPBL_KEY_SIZE];
	int err = 0;

	if (!scope || scope->users || scope->src[OBPBL_INET4].count ||
	    scope->src[OBPBL_INET6].count)
		return 0;
	vrf_key(key, scope->vrf);
	if (index)
		err = obpbl_trie_del(&table->vrfs, &table->txn, key, 128);
	if (!err)
		err = obpbl_array_set(&table->scopes, &table->txn, index, NULL);
	return err ?: obpbl_table_retire(table, scope);
}

/**
 * obpbl_scope_join() - one user more of a scope, which is made if need be
 * @table: the version that is being made
 * @vrf: its name; "" for everything that arrives in no VRF
 * @index: where to put its index
 *
 * Return: 0, or -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_scope_join(struct obpbl_table *table, const char *vrf, u16 *index)
{
	int err = obpbl_scope_get(table, vrf, index);
	struct obpbl_scope *scope;

	if (err)
		return err;
	scope = obpbl_scope_own(table, *index);
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	scope->users++;
	return 0;
}

/**
 * obpbl_scope_leave() - one user fewer
 * @table: the version that is being made
 * @index: which scope
 *
 * Return: 0, or -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_scope_leave(struct obpbl_table *table, u16 index)
{
	struct obpbl_scope *scope = obpbl_scope_own(table, index);

	if (IS_ERR(scope))
		return PTR_ERR(scope);
	scope->users--;
	return obpbl_scope_prune(table, index);
}

/* Counts */

/**
 * obpbl_counts_own() - the counts of an ISP, to be changed
 * @table: the version that is being made
 * @isp: number of the ISP
 *
 * Return: the counts; ERR_PTR(): -ENOMEM or -ENOSPC, and only
 * obpbl_table_release() is left.
 */
struct obpbl_counts *obpbl_counts_own(struct obpbl_table *table, u16 isp)
{
	size_t size = sizeof(struct obpbl_counts);

	if (!obpbl_array_get(&table->counts, isp))
		return obpbl_table_make(table, &table->counts, isp, size);
	return obpbl_table_own(table, &table->counts, isp, size);
}

/**
 * obpbl_counts_get() - how much an ISP has
 * @table: the table
 * @isp: number of the ISP
 *
 * Return: the counts; never NULL.
 */
const struct obpbl_counts *obpbl_counts_get(const struct obpbl_table *table,
					    u16 isp)
{
	static const struct obpbl_counts none;
	const struct obpbl_counts *counts;

	counts = obpbl_array_get(&table->counts, isp);
	return counts ?: &none;
}
