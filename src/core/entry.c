// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries: source and destination prefixes, overlays, and which prefix has
 * which session.
 *
 * A value of a source trie is decoded in one place, obpbl_entry_decode(), and
 * the overlays of a prefix change in one place, splice().
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "entry.h"
#include "uninitialized.h"

/* The automatic overlays that there may be, of all */
#define AUTOMATIC(max)	((max) / 2)

static const struct obpbl_trie *source_trie(const struct obpbl_table *table,
					    u16 scope, u8 family)
{
	const struct obpbl_scope *at = obpbl_array_get(&table->scopes, scope);

	return at ? &at->src[family] : NULL;
}

/**
 * obpbl_entry_get() - what is at a source prefix
 * @table: the table
 * @scope: index of the scope
 * @prefix: the prefix, canonical
 * @info: where to put it; nothing, if there is nothing
 *
 * Return: whether there is something.
 */
bool obpbl_entry_get(const struct obpbl_table *table, u16 scope,
		     const struct obpbl_prefix *prefix,
		     struct obpbl_entry_info *info)
{
	const struct obpbl_trie *trie = source_trie(table, scope,
						    prefix->family);
	u32 value;

	if (!trie || !obpbl_trie_get(trie, prefix->key, prefix->len, &value)) {
		memset(info, 0, sizeof(*info));
		return false;
	}
	obpbl_entry_decode(table, value, info);
	return true;
}

/**
 * obpbl_entry_awake() - whether an entry of an ISP added at run time applies
 * @live: what is configured
 * @runtime: what was added at run time
 * @scope: index of the entry's scope in @runtime
 * @prefix: where it is
 * @isp: number of its ISP
 *
 * It sleeps where the ISP is not configured, or in another VRF, or where the
 * prefix itself is configured for another one.
 *
 * Return: whether it does.
 */
bool obpbl_entry_awake(const struct obpbl_table *live,
		       const struct obpbl_table *runtime, u16 scope,
		       const struct obpbl_prefix *prefix, u16 isp)
{
	const struct obpbl_scope *at = obpbl_array_get(&runtime->scopes, scope);
	const struct obpbl_isp *owner = obpbl_isp_get(live, isp);
	struct obpbl_entry_info info;

	if (!owner || !at || strcmp(owner->config.vrf, at->vrf))
		return false;
	return !obpbl_entry_get(live, owner->scope, prefix, &info) ||
	       info.isp == isp;
}

/* Changes of one entry */

static int value_put(struct obpbl_table *table, u16 scope,
		     const struct obpbl_prefix *prefix, bool keep, u32 value)
{
	struct obpbl_scope *at = obpbl_scope_own(table, scope);
	struct obpbl_trie *trie;
	int err;

	if (IS_ERR(at))
		return PTR_ERR(at);
	trie = &at->src[prefix->family];
	if (keep)
		return obpbl_trie_set(trie, &table->txn, prefix->key,
				      prefix->len, value);
	err = obpbl_trie_del(trie, &table->txn, prefix->key, prefix->len);
	return err ?: obpbl_scope_prune(table, scope);
}

/* An entry with what @to has beside overlays, and room for @n of them */
static struct obpbl_entry *entry_new(struct obpbl_table *table, u16 scope,
				     const struct obpbl_prefix *prefix,
				     const struct obpbl_entry_info *to,
				     unsigned int n)
{
	struct obpbl_entry *entry;

	entry = obpbl_txn_alloc(&table->txn, struct_size(entry, overlays, n));
	if (IS_ERR(entry))
		return entry;
	entry->prefix = *prefix;
	entry->scope = scope;
	entry->isp = to->isp;
	entry->classes = to->classes;
	entry->session = to->session;
	entry->n = n;
	return entry;
}

/*
 * Puts @entry where @old is.  On failure, what nothing else reaches is freed:
 * @entry, and the overlay @fresh that is new in it, if any.
 */
static int entry_set(struct obpbl_table *table,
		     const struct obpbl_entry_info *old,
		     struct obpbl_entry *entry, struct obpbl_overlay *fresh)
{
	u32 index = old->entry ? old->index :
				 obpbl_array_free_index(&table->entries);
	int err = obpbl_array_set(&table->entries, &table->txn, index, entry);

	if (err) {
		if (fresh)
			obpbl_txn_free(&table->txn, fresh);
		obpbl_txn_free(&table->txn, entry);
		return err;
	}
	if (old->entry)
		return obpbl_table_retire(table, old->entry);
	return value_put(table, entry->scope, &entry->prefix, true,
			 OBPBL_VALUE_ENTRY | index);
}

/* Puts what @to has beside overlays where @old is, and no overlay any more */
static int plain_set(struct obpbl_table *table, u16 scope,
		     const struct obpbl_prefix *prefix,
		     const struct obpbl_entry_info *old,
		     const struct obpbl_entry_info *to)
{
	int err;

	err = value_put(table, scope, prefix, to->classes || to->session,
			to->session ?: obpbl_value(to->isp, to->classes));
	if (err || !old->entry)
		return err;
	err = obpbl_array_set(&table->entries, &table->txn, old->index, NULL);
	return err ?: obpbl_table_retire(table, old->entry);
}

/* Puts what @to has beside overlays where @old is, whose overlays stay */
static int entry_put(struct obpbl_table *table, u16 scope,
		     const struct obpbl_prefix *prefix,
		     const struct obpbl_entry_info *old,
		     const struct obpbl_entry_info *to)
{
	struct obpbl_entry *entry;

	if (!old->entry)
		return plain_set(table, scope, prefix, old, to);
	entry = entry_new(table, scope, prefix, to, old->entry->n);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	memcpy(entry->overlays, old->entry->overlays,
	       entry->n * sizeof(*entry->overlays));
	return entry_set(table, old, entry, NULL);
}

/*
 * Changes the overlays of a prefix: at place @i, @gone of them go, and @fresh
 * comes, if it is not NULL; it is freed if that fails.
 */
static int splice(struct obpbl_table *table, u16 scope,
		  const struct obpbl_prefix *prefix,
		  const struct obpbl_entry_info *old, unsigned int i,
		  unsigned int gone, struct obpbl_overlay *fresh)
{
	unsigned int had = old->entry ? old->entry->n : 0;
	unsigned int n = had - gone + !!fresh, rest = had - i - gone;
	struct obpbl_overlay *dead = gone ? old->entry->overlays[i] : NULL;
	struct obpbl_entry *entry;
	int err;

	if (!n) {
		err = plain_set(table, scope, prefix, old, old);
		return err ?: obpbl_table_retire(table, dead);
	}
	entry = entry_new(table, scope, prefix, old, n);
	if (IS_ERR(entry)) {
		if (fresh)
			obpbl_txn_free(&table->txn, fresh);
		return PTR_ERR(entry);
	}
	if (had)
		memcpy(entry->overlays, old->entry->overlays,
		       i * sizeof(*entry->overlays));
	if (fresh)
		entry->overlays[i] = fresh;
	if (rest)
		memcpy(entry->overlays + i + !!fresh,
		       old->entry->overlays + i + gone,
		       rest * sizeof(*entry->overlays));
	err = entry_set(table, old, entry, fresh);
	return err || !dead ? err : obpbl_table_retire(table, dead);
}

/* Owners */

/* Refuses, and says whose it is */
static int refuse_owner(struct obpbl_transaction *transaction,
			const struct obpbl_isp *owner)
{
	strscpy(transaction->conflict, owner->config.name,
		sizeof(transaction->conflict));
	return -EADDRINUSE;
}

/* An ISP that is not @isp and has an overlay there that applies; 0: none */
static u16 other_overlay(const struct obpbl_table *live,
			 const struct obpbl_table *runtime,
			 const struct obpbl_entry *entry, u16 isp)
{
	unsigned int i;
	u16 other;

	for (i = 0; entry && i < entry->n; i++) {
		other = entry->overlays[i]->isp;
		if (other != isp &&
		    obpbl_entry_awake(live, runtime, entry->scope,
				      &entry->prefix, other))
			return other;
	}
	return 0;
}

/**
 * obpbl_runtime_owner() - refuse a second owner of a prefix at run time
 * @transaction: the transaction
 * @owner: the ISP that wants it, as it is configured
 * @prefix: the prefix, canonical
 *
 * What sleeps stands in nobody's way.
 *
 * Return: 0, or -EADDRINUSE if it is another ISP's, which is named in
 * @transaction->conflict.
 */
int obpbl_runtime_owner(struct obpbl_transaction *transaction,
			const struct obpbl_isp *owner,
			const struct obpbl_prefix *prefix)
{
	const struct obpbl_policy *policy = transaction->policy;
	const struct obpbl_table *runtime = policy->slot[OBPBL_RUNTIME];
	const struct obpbl_table *live = policy->slot[OBPBL_LIVE];
	const struct obpbl_session *session;
	struct obpbl_entry_info info;
	u16 other = 0;
	u32 scope;

	if (obpbl_entry_get(live, owner->scope, prefix, &info) &&
	    info.isp != owner->number)
		return refuse_owner(transaction,
				    obpbl_isp_get(live, info.isp));
	if (!obpbl_scope_find(runtime, owner->config.vrf, &scope) ||
	    !obpbl_entry_get(runtime, scope, prefix, &info))
		return 0;
	session = obpbl_session_of_value(runtime, info.session);
	if (session && session->isp != owner->number &&
	    !READ_ONCE(session->gone) &&
	    obpbl_entry_awake(live, runtime, scope, prefix, session->isp))
		other = session->isp;
	if (!other)
		other = other_overlay(live, runtime, info.entry, owner->number);
	return other ? refuse_owner(transaction, obpbl_isp_get(live, other)) :
		       0;
}

/* Prefixes */

/* Of static and dynamic, and of relay and target, one takes the other's place */
static u8 conflicting(u8 class)
{
	switch (class) {
	case OBPBL_CLASS_DYNAMIC:
		return OBPBL_BIT(OBPBL_CLASS_STATIC);
	case OBPBL_CLASS_STATIC:
		return OBPBL_BIT(OBPBL_CLASS_DYNAMIC);
	case OBPBL_CLASS_RELAY:
		return OBPBL_BIT(OBPBL_CLASS_TARGET);
	case OBPBL_CLASS_TARGET:
		return OBPBL_BIT(OBPBL_CLASS_RELAY);
	default:
		return 0;
	}
}

/**
 * obpbl_prefixes_begin() - prefixes of an ISP and a class are going to change
 * @prefixes: what obpbl_prefix_add() and obpbl_prefix_del() need to know; valid
 *	      until the transaction changes anything else
 * @transaction: the transaction
 * @isp: number of the ISP
 * @class: OBPBL_CLASS_DYNAMIC to OBPBL_CLASS_TARGET
 *
 * Return: 0; -ENOENT, no such ISP; -ENOSPC, a ceiling; -ENOMEM.  The transaction
 * has failed with any of them.
 */
int obpbl_prefixes_begin(struct obpbl_prefixes *prefixes,
			 struct obpbl_transaction *transaction, u16 isp,
			 u8 class)
{
	struct obpbl_table *table;

	memset(prefixes, 0, sizeof(*prefixes));
	table = obpbl_transaction_table(transaction, transaction->target);
	if (IS_ERR(table))
		return PTR_ERR(table);
	if (!obpbl_isp_get(table, isp))
		return -ENOENT;
	prefixes->transaction = transaction;
	prefixes->table = table;
	prefixes->class = class;
	prefixes->counts = obpbl_counts_own(table, isp);
	if (IS_ERR(prefixes->counts))
		return PTR_ERR(prefixes->counts);
	if (OBPBL_BIT(class) & OBPBL_DST_CLASSES) {
		prefixes->destinations = obpbl_isp_own(table, isp);
		if (IS_ERR(prefixes->destinations))
			return PTR_ERR(prefixes->destinations);
	}
	/* The one that was just copied, if it was */
	prefixes->isp = obpbl_isp_get(table, isp);
	if (OBPBL_BIT(class) & OBPBL_SRC_CLASSES) {
		prefixes->sources = obpbl_scope_own(table,
						    prefixes->isp->scope);
		if (IS_ERR(prefixes->sources))
			return PTR_ERR(prefixes->sources);
	}
	return 0;
}

/**
 * struct found - what there is at a prefix, and where
 * @src: where it is in the trie of sources
 * @dst: likewise of destinations
 * @has_src: it is there
 * @has_dst: likewise
 * @classes: what the ISP has there, of the tries that the class is in
 * @source: what there is among the sources, of any ISP
 */
struct found {
	struct obpbl_trie_place src;
	struct obpbl_trie_place dst;
	bool has_src;
	bool has_dst;
	u8 classes;
	struct obpbl_entry_info source;
};

static void find(const struct obpbl_prefixes *prefixes,
		 const struct obpbl_prefix *prefix, struct found *found)
{
	u8 family = prefix->family;

	memset(&found->source, 0, sizeof(found->source));
	found->has_src = prefixes->sources &&
			 obpbl_trie_find(&prefixes->sources->src[family],
					 prefix->key, prefix->len, &found->src);
	found->has_dst = prefixes->destinations &&
			 obpbl_trie_find(&prefixes->destinations->dst[family],
					 prefix->key, prefix->len, &found->dst);
	if (found->has_src)
		obpbl_entry_decode(prefixes->table, found->src.value,
				   &found->source);
	found->classes = found->source.isp == prefixes->isp->number ?
			 found->source.classes : 0;
	if (found->has_dst)
		found->classes |= found->dst.value;
}

static int put(struct obpbl_trie *trie, struct obpbl_txn *txn,
	       const struct obpbl_prefix *prefix,
	       const struct obpbl_trie_place *place, bool has, u32 value)
{
	return value ? obpbl_trie_put(trie, txn, prefix->key, prefix->len,
				      value, place, has) :
		       obpbl_trie_cut(trie, txn, prefix->key, prefix->len,
				      place);
}

/* The scope stays, even without an entry: the ISP is a user of it */
static int source_put(struct obpbl_prefixes *prefixes,
		      const struct obpbl_prefix *prefix,
		      const struct found *found, u8 classes)
{
	struct obpbl_entry_info to = {
		.isp = prefixes->isp->number,
		.classes = classes,
	};

	if (found->source.entry)
		return entry_put(prefixes->table, prefixes->isp->scope, prefix,
				 &found->source, &to);
	return put(&prefixes->sources->src[prefix->family],
		   &prefixes->table->txn, prefix, &found->src, found->has_src,
		   classes ? obpbl_value(to.isp, classes) : 0);
}

/* Changes the classes that an ISP has at a prefix */
static int classes_put(struct obpbl_prefixes *prefixes,
		       const struct obpbl_prefix *prefix,
		       const struct found *found, u8 to)
{
	u8 changed = found->classes ^ to;
	int err = 0;

	if (changed & OBPBL_SRC_CLASSES)
		err = source_put(prefixes, prefix, found,
				 to & OBPBL_SRC_CLASSES);
	if (!err && changed & OBPBL_DST_CLASSES)
		err = put(&prefixes->destinations->dst[prefix->family],
			  &prefixes->table->txn, prefix, &found->dst,
			  found->has_dst, to & OBPBL_DST_CLASSES);
	return err;
}

static void count(struct obpbl_prefixes *prefixes, u8 class, int by)
{
	prefixes->table->prefixes += by;
	prefixes->counts->n[class] += by;
}

/**
 * obpbl_prefix_add() - add a prefix
 * @prefixes: whose, and of which class
 * @prefix: the prefix, canonical
 * @replace: it may be there already, and takes the place of its counterpart
 *
 * Return: 0; -EEXIST; -EADDRINUSE, another ISP's, which is named in the
 * transaction's @conflict; -ENOSPC, a ceiling; -ENOMEM.  The transaction has
 * failed with any of them.
 */
int obpbl_prefix_add(struct obpbl_prefixes *prefixes,
		     const struct obpbl_prefix *prefix, bool replace)
{
	struct obpbl_transaction *transaction = prefixes->transaction;
	struct obpbl_table *table = prefixes->table;
	u8 bit = OBPBL_BIT(prefixes->class), gone = 0;
	struct found found OBPBL_UNINITIALIZED;

	find(prefixes, prefix, &found);
	if ((found.source.classes || found.source.entry) &&
	    found.source.isp != prefixes->isp->number)
		return refuse_owner(transaction,
				    obpbl_isp_get(table, found.source.isp));
	transaction->added += !replace;
	if (found.classes & bit && !replace)
		return -EEXIST;
	if (replace)
		gone = found.classes & conflicting(prefixes->class);
	if (gone)
		count(prefixes, __ffs(gone), -1);
	if (!(found.classes & bit)) {
		if (table->prefixes >= transaction->max_prefixes)
			return -ENOSPC;
		count(prefixes, prefixes->class, 1);
	}
	return classes_put(prefixes, prefix, &found,
			   (found.classes & ~gone) | bit);
}

/**
 * obpbl_prefix_del() - remove a prefix
 * @prefixes: whose, and of which class
 * @prefix: the prefix, canonical
 *
 * Return: 0; -ENOENT, no such prefix; -ENOMEM.  The transaction has failed with
 * any of them.
 */
int obpbl_prefix_del(struct obpbl_prefixes *prefixes,
		     const struct obpbl_prefix *prefix)
{
	u8 bit = OBPBL_BIT(prefixes->class);
	struct found found OBPBL_UNINITIALIZED;

	find(prefixes, prefix, &found);
	if (!(found.classes & bit))
		return -ENOENT;
	count(prefixes, prefixes->class, -1);
	return classes_put(prefixes, prefix, &found, found.classes & ~bit);
}

/* Whether no other ISP has anything where an ISP's sources are */
static bool alone(const struct obpbl_table *table, const struct obpbl_isp *isp)
{
	const struct obpbl_scope *scope;

	scope = obpbl_array_get(&table->scopes, isp->scope);
	return scope->users == 1;
}

/* All entries of a scope, none of which has an overlay, in one step */
static int scope_empty(struct obpbl_table *table, u16 index)
{
	struct obpbl_scope *scope = obpbl_scope_own(table, index);
	u8 family;
	int err;

	if (IS_ERR(scope))
		return PTR_ERR(scope);
	for (family = 0; family < OBPBL_FAMILIES; family++) {
		err = obpbl_txn_reserve(&table->txn, 1);
		if (err)
			return err;
		obpbl_trie_retire(&scope->src[family], &table->txn);
	}
	return 0;
}

/* One entry of an ISP loses some classes */
static int source_cut(struct obpbl_table *table, const struct obpbl_isp *isp,
		      const struct obpbl_prefix *prefix, u32 value, u8 classes)
{
	struct obpbl_entry_info info, to = { .isp = isp->number };

	obpbl_entry_decode(table, value, &info);
	if (info.isp != isp->number || !(info.classes & classes))
		return 0;
	to.classes = info.classes & ~classes;
	return entry_put(table, isp->scope, prefix, &info, &to);
}

/**
 * obpbl_sources_flush() - remove some classes of an ISP from all of its sources
 * @table: the version that is being made
 * @isp: the ISP, which the version owns
 * @classes: the classes, as bits; nothing is counted here
 *
 * Where no other ISP is in the scope, and none of the prefixes has an overlay or
 * another class, takes one step; else looks at each prefix of the scope.
 *
 * Return: 0; -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_sources_flush(struct obpbl_table *table, struct obpbl_isp *isp,
			u8 classes)
{
	const struct obpbl_counts *counts = obpbl_counts_get(table,
							     isp->number);
	u32 others = 0, all = 0;
	struct obpbl_prefix prefix;
	bool started;
	u8 class;
	u32 value;
	int err;

	for (class = 0; class <= OBPBL_CLASS_MAX; class++) {
		if (OBPBL_BIT(class) & classes)
			all += counts->n[class];
		else if (OBPBL_BIT(class) &
			 (OBPBL_SRC_CLASSES | OBPBL_OVERLAY_CLASSES))
			others += counts->n[class];
	}
	if (!all)
		return 0;
	if (!others && alone(table, isp))
		return scope_empty(table, isp->scope);
	memset(&prefix, 0, sizeof(prefix));
	for (; prefix.family < OBPBL_FAMILIES; prefix.family++) {
		memset(prefix.key, 0, sizeof(prefix.key));
		prefix.len = 0;
		started = false;
		while (obpbl_trie_next(source_trie(table, isp->scope,
						   prefix.family), prefix.key,
				       &prefix.len, &started, &value)) {
			err = source_cut(table, isp, &prefix, value, classes);
			if (err)
				return err;
			cond_resched();
		}
	}
	return 0;
}

/* One class of all destinations of an ISP */
static int destinations_flush(struct obpbl_table *table, struct obpbl_isp *isp,
			      u8 class)
{
	u8 key[OBPBL_KEY_SIZE], family, len;
	bool started;
	u32 value;
	int err = 0;

	for (family = 0; !err && family < OBPBL_FAMILIES; family++) {
		struct obpbl_trie *trie = &isp->dst[family];

		memset(key, 0, sizeof(key));
		started = false;
		while (!err && obpbl_trie_next(trie, key, &len, &started,
					       &value)) {
			u8 to = value & ~OBPBL_BIT(class);

			cond_resched();
			if (to == value)
				continue;
			err = to ? obpbl_trie_set(trie, &table->txn, key, len,
						  to) :
				   obpbl_trie_del(trie, &table->txn, key, len);
		}
	}
	return err;
}

/**
 * obpbl_prefix_flush() - remove all prefixes of a class
 * @transaction: the transaction
 * @isp: number of the ISP
 * @class: as obpbl_prefix_add()
 *
 * Return: 0; -ENOENT, no such ISP; -ENOMEM.  The transaction has failed with
 * any of them.
 */
int obpbl_prefix_flush(struct obpbl_transaction *transaction, u16 isp,
		       u8 class)
{
	struct obpbl_table *table;
	struct obpbl_counts *counts;
	struct obpbl_isp *owner;
	int err = 0;

	table = obpbl_transaction_table(transaction, transaction->target);
	if (IS_ERR(table))
		return PTR_ERR(table);
	owner = obpbl_isp_own(table, isp);
	if (IS_ERR(owner))
		return PTR_ERR(owner);
	counts = obpbl_counts_own(table, isp);
	if (IS_ERR(counts))
		return PTR_ERR(counts);
	if (!counts->n[class])
		return 0;
	if (OBPBL_BIT(class) & OBPBL_SRC_CLASSES)
		err = obpbl_sources_flush(table, owner, OBPBL_BIT(class));
	if (!err && OBPBL_BIT(class) & OBPBL_DST_CLASSES)
		err = destinations_flush(table, owner, class);
	table->prefixes -= counts->n[class];
	counts->n[class] = 0;
	return err;
}

/* Sessions */

/**
 * obpbl_entry_session() - give a prefix to a session, or take it away
 * @table: the version that is being made
 * @scope: index of the scope
 * @prefix: the prefix, canonical
 * @value: the session as a value of source entries; 0: none
 *
 * Return: 0; -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_entry_session(struct obpbl_table *table, u16 scope,
			const struct obpbl_prefix *prefix, u32 value)
{
	struct obpbl_entry_info info, to;

	obpbl_entry_get(table, scope, prefix, &info);
	to = info;
	to.session = value;
	return entry_put(table, scope, prefix, &info, &to);
}

/* Overlays */

/* Two overlays of one prefix are the same entry if this holds */
static bool same_overlay(const struct obpbl_overlay *a, u16 isp,
			 const struct obpbl_overlay *b)
{
	return a->isp == isp && a->class == b->class &&
	       a->has_to == b->has_to &&
	       (!a->has_to || obpbl_prefix_same(&a->to, &b->to)) &&
	       !strcmp(a->dev, b->dev);
}

static int overlay_at(const struct obpbl_entry *entry, u16 isp,
		      const struct obpbl_overlay *overlay)
{
	int i;

	for (i = 0; entry && i < entry->n; i++) {
		if (same_overlay(entry->overlays[i], isp, overlay))
			return i;
	}
	return -ENOENT;
}

static int overlay_count(struct obpbl_table *table,
			 const struct obpbl_overlay *overlay, int by)
{
	struct obpbl_counts *counts = obpbl_counts_own(table, overlay->isp);

	if (IS_ERR(counts))
		return PTR_ERR(counts);
	counts->n[overlay->class] += by;
	table->overlays += by;
	if (overlay->automatic)
		table->automatic += by;
	if (overlay->dev[0])
		table->devs += by;
	return 0;
}

/* Removes the @i-th overlay of an entry */
static int overlay_cut(struct obpbl_table *table,
		       const struct obpbl_entry_info *info, unsigned int i)
{
	/* Copies: the entry itself may be freed on the way */
	struct obpbl_prefix prefix = info->entry->prefix;
	u16 scope = info->entry->scope;
	int err = overlay_count(table, info->entry->overlays[i], -1);

	return err ?: splice(table, scope, &prefix, info, i, 1, NULL);
}

static int overlay_remove(struct obpbl_table *table, u16 scope,
			  const struct obpbl_prefix *prefix, u16 isp,
			  const struct obpbl_overlay *overlay)
{
	struct obpbl_entry_info info;
	int at;

	obpbl_entry_get(table, scope, prefix, &info);
	at = overlay_at(info.entry, isp, overlay);
	return at < 0 ? at : overlay_cut(table, &info, at);
}

/* The text has a copy of its own, since it lies behind the structure */
static struct obpbl_overlay *overlay_copy(struct obpbl_table *table, u16 isp,
					  const struct obpbl_overlay *overlay)
{
	size_t len = strlen(overlay->reason) + 1;
	struct obpbl_overlay *copy;
	struct obpbl_obj obj;

	copy = obpbl_txn_alloc(&table->txn, struct_size(copy, reason, len));
	if (IS_ERR(copy))
		return copy;
	obj = copy->obj;
	*copy = *overlay;
	copy->obj = obj;
	copy->isp = isp;
	memcpy(copy->reason, overlay->reason, len);
	return copy;
}

static int overlay_put(struct obpbl_table *table, u16 scope,
		       const struct obpbl_prefix *prefix, u16 isp,
		       const struct obpbl_entry_info *old,
		       const struct obpbl_overlay *overlay)
{
	unsigned int i = 0, n = old->entry ? old->entry->n : 0;
	struct obpbl_overlay *copy;
	int err;

	if (n == OBPBL_MAX_OVERLAYS_AT)
		return -E2BIG;
	copy = overlay_copy(table, isp, overlay);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	err = overlay_count(table, copy, 1);
	if (err) {
		obpbl_txn_free(&table->txn, copy);
		return err;
	}
	/* Quarantines first */
	while (i < n && old->entry->overlays[i]->class >= copy->class)
		i++;
	return splice(table, scope, prefix, old, i, 0, copy);
}

/* An overlay that is configured takes the place of an equal run-time one */
static int supersede(struct obpbl_transaction *transaction,
		     const struct obpbl_isp *isp,
		     const struct obpbl_prefix *prefix,
		     const struct obpbl_overlay *overlay)
{
	struct obpbl_table *runtime = transaction->policy->slot[OBPBL_RUNTIME];
	struct obpbl_entry_info info;
	u32 scope;

	if (!obpbl_scope_find(runtime, isp->config.vrf, &scope))
		return 0;
	obpbl_entry_get(runtime, scope, prefix, &info);
	if (overlay_at(info.entry, isp->number, overlay) < 0)
		return 0;
	runtime = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(runtime))
		return PTR_ERR(runtime);
	return overlay_remove(runtime, scope, prefix, isp->number, overlay);
}

/* Into what is configured; beside another ISP's entries there is no place */
static int configured_add(struct obpbl_transaction *transaction, u16 isp,
			  const struct obpbl_prefix *prefix,
			  const struct obpbl_overlay *overlay)
{
	struct obpbl_table *table;
	struct obpbl_entry_info info;
	const struct obpbl_isp *owner;
	int err = 0;

	table = obpbl_transaction_table(transaction, transaction->target);
	if (IS_ERR(table))
		return PTR_ERR(table);
	owner = obpbl_isp_get(table, isp);
	if (!owner)
		return -ENOENT;
	if (obpbl_entry_get(table, owner->scope, prefix, &info) &&
	    info.isp != isp)
		return refuse_owner(transaction,
				    obpbl_isp_get(table, info.isp));
	if (overlay_at(info.entry, isp, overlay) >= 0)
		return -EEXIST;
	if (table->overlays >= transaction->max_overlays)
		return -ENOSPC;
	/* What replaces all that was configured does so when it is settled */
	if (!obpbl_transaction_replaces(transaction))
		err = supersede(transaction, owner, prefix, overlay);
	info.isp = isp;
	return err ?: overlay_put(table, owner->scope, prefix, isp, &info,
				  overlay);
}

/* What is at a prefix at run time, where an ISP may have it */
static int runtime_get(struct obpbl_transaction *transaction,
		       const struct obpbl_isp *owner,
		       const struct obpbl_prefix *prefix,
		       struct obpbl_entry_info *info)
{
	const struct obpbl_table *runtime =
		transaction->policy->slot[OBPBL_RUNTIME];
	u32 scope;

	memset(info, 0, sizeof(*info));
	if (obpbl_scope_find(runtime, owner->config.vrf, &scope))
		obpbl_entry_get(runtime, scope, prefix, info);
	return obpbl_runtime_owner(transaction, owner, prefix);
}

static int runtime_put(struct obpbl_transaction *transaction,
		       const struct obpbl_isp *owner,
		       const struct obpbl_prefix *prefix,
		       const struct obpbl_entry_info *info,
		       const struct obpbl_overlay *overlay)
{
	struct obpbl_table *table;
	u16 scope;
	int err;

	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	err = obpbl_scope_get(table, owner->config.vrf, &scope);
	return err ?: overlay_put(table, scope, prefix, owner->number, info,
				  overlay);
}

/* An equal overlay that is configured, or NULL */
static const struct obpbl_overlay *
configured_overlay(struct obpbl_transaction *transaction,
		   const struct obpbl_isp *owner,
		   const struct obpbl_prefix *prefix,
		   const struct obpbl_overlay *overlay)
{
	struct obpbl_entry_info info;
	int at;

	obpbl_entry_get(transaction->policy->slot[OBPBL_LIVE], owner->scope,
			prefix, &info);
	at = overlay_at(info.entry, owner->number, overlay);
	return at < 0 ? NULL : info.entry->overlays[at];
}

static int runtime_add(struct obpbl_transaction *transaction, u16 isp,
		       const struct obpbl_prefix *prefix,
		       const struct obpbl_overlay *overlay)
{
	struct obpbl_entry_info info;
	const struct obpbl_isp *owner;
	int err;

	owner = obpbl_isp_get(transaction->policy->slot[OBPBL_LIVE], isp);
	if (!owner)
		return -ENOENT;
	err = runtime_get(transaction, owner, prefix, &info);
	if (err)
		return err;
	if (overlay_at(info.entry, isp, overlay) >= 0 ||
	    configured_overlay(transaction, owner, prefix, overlay))
		return -EEXIST;
	if (obpbl_policy_overlays(transaction->policy) >=
	    transaction->max_overlays)
		return -ENOSPC;
	return runtime_put(transaction, owner, prefix, &info, overlay);
}

/**
 * obpbl_overlay_add() - add an exemption or a quarantine
 * @transaction: the transaction
 * @slot: the target of the transaction, or OBPBL_RUNTIME
 * @isp: number of its ISP
 * @prefix: the source, canonical
 * @overlay: the rest; copied
 *
 * Return: 0; -ENOENT, no such ISP; -EEXIST; -EADDRINUSE, another ISP's, which
 * is named in @transaction->conflict; -EINVAL, a run-time entry in a shadow;
 * -ENOSPC, a ceiling; -E2BIG, too many on this prefix; -ENOMEM.  The transaction
 * has failed with any of them.
 */
int obpbl_overlay_add(struct obpbl_transaction *transaction,
		      enum obpbl_slot slot, u16 isp,
		      const struct obpbl_prefix *prefix,
		      const struct obpbl_overlay *overlay)
{
	if (slot != OBPBL_RUNTIME)
		return configured_add(transaction, isp, prefix, overlay);
	if (transaction->target != OBPBL_LIVE)
		return -EINVAL;
	return runtime_add(transaction, isp, prefix, overlay);
}

/* Whether an overlay holds at least as long as another */
static bool outlasts(const struct obpbl_overlay *overlay,
		     const struct obpbl_overlay *other)
{
	return !overlay->until ||
	       (other->until && overlay->until >= other->until);
}

/* The @i-th overlay of an entry is to hold until @until */
static int overlay_prolong(struct obpbl_table *table,
			   const struct obpbl_entry_info *info, unsigned int i,
			   u64 until)
{
	const struct obpbl_overlay *old = info->entry->overlays[i];
	struct obpbl_prefix prefix = info->entry->prefix;
	struct obpbl_overlay *copy = overlay_copy(table, old->isp, old);

	if (IS_ERR(copy))
		return PTR_ERR(copy);
	copy->until = until;
	return splice(table, info->entry->scope, &prefix, info, i, 1, copy);
}

/**
 * obpbl_overlay_extend() - add a run-time overlay, or let the one there be last
 *			    longer
 * @transaction: the transaction
 * @isp: number of its ISP
 * @prefix: the source, canonical
 * @overlay: the rest; copied.  Of one that is there already at run time only
 *	     the end changes, and only to a later one.
 *
 * Return: 0; OBPBL_UNCHANGED, the one there ends no sooner; or an error as
 * obpbl_overlay_add(), where -EEXIST is a configured one that ends sooner, and
 * -E2BIG also the ceiling on overlays, or on automatic ones.  The transaction has
 * failed with -ENOSPC and -ENOMEM alone; the others leave it as it was.
 */
int obpbl_overlay_extend(struct obpbl_transaction *transaction, u16 isp,
			 const struct obpbl_prefix *prefix,
			 const struct obpbl_overlay *overlay)
{
	struct obpbl_policy *policy = transaction->policy;
	u32 max = transaction->max_overlays;
	const struct obpbl_overlay *there;
	struct obpbl_entry_info info;
	const struct obpbl_isp *owner;
	struct obpbl_table *table;
	int at, err;

	owner = obpbl_isp_get(policy->slot[OBPBL_LIVE], isp);
	if (!owner)
		return -ENOENT;
	err = runtime_get(transaction, owner, prefix, &info);
	if (err)
		return err;
	there = configured_overlay(transaction, owner, prefix, overlay);
	if (there)
		return outlasts(there, overlay) ? OBPBL_UNCHANGED : -EEXIST;
	at = overlay_at(info.entry, isp, overlay);
	if (at >= 0) {
		if (outlasts(info.entry->overlays[at], overlay))
			return OBPBL_UNCHANGED;
		table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
		return IS_ERR(table) ? PTR_ERR(table) :
		       overlay_prolong(table, &info, at, overlay->until);
	}
	if (obpbl_policy_overlays(policy) >= max ||
	    (overlay->automatic &&
	     policy->slot[OBPBL_RUNTIME]->automatic >= AUTOMATIC(max)))
		return -E2BIG;
	return runtime_put(transaction, owner, prefix, &info, overlay);
}

/* From one scope of the table in a slot; only one that has it is changed */
static int overlay_drop(struct obpbl_transaction *transaction,
			enum obpbl_slot slot, u16 scope,
			const struct obpbl_prefix *prefix, u16 isp,
			const struct obpbl_overlay *overlay)
{
	struct obpbl_table *table = transaction->policy->slot[slot];
	struct obpbl_entry_info info;

	obpbl_entry_get(table, scope, prefix, &info);
	if (overlay_at(info.entry, isp, overlay) < 0)
		return -ENOENT;
	if (slot == OBPBL_LIVE && obpbl_transaction_unconfirmed(transaction))
		return -EBUSY;
	table = obpbl_transaction_table(transaction, slot);
	if (IS_ERR(table))
		return PTR_ERR(table);
	return overlay_remove(table, scope, prefix, isp, overlay);
}

/* In whichever VRF it is: its ISP may be elsewhere by now, or nowhere */
static int runtime_drop(struct obpbl_transaction *transaction,
			const struct obpbl_prefix *prefix, u16 isp,
			const struct obpbl_overlay *overlay)
{
	const struct obpbl_table *table;
	int err, gone = -ENOENT;
	u32 scope = 0;

	for (;; scope++) {
		table = transaction->policy->slot[OBPBL_RUNTIME];
		if (!obpbl_array_next(&table->scopes, &scope))
			return gone;
		err = overlay_drop(transaction, OBPBL_RUNTIME, scope, prefix,
				   isp, overlay);
		if (err && err != -ENOENT)
			return err;
		if (!err)
			gone = 0;
	}
}

/**
 * obpbl_overlay_del() - remove an exemption or a quarantine
 * @transaction: the transaction
 * @isp: number of its ISP, which need not be configured
 * @prefix: the source, canonical
 * @overlay: its class, destination and device
 *
 * From what is configured and from what was added at run time, wherever it is.
 *
 * Return: 0; -ENOENT, no such overlay; -EBUSY, it is configured and nothing
 * configured may change; -ENOMEM.  The transaction has failed with any of them.
 */
int obpbl_overlay_del(struct obpbl_transaction *transaction, u16 isp,
		      const struct obpbl_prefix *prefix,
		      const struct obpbl_overlay *overlay)
{
	enum obpbl_slot target = transaction->target;
	const struct obpbl_isp *owner;
	int err, gone = -ENOENT;

	owner = obpbl_isp_get(transaction->policy->slot[target], isp);
	if (owner)
		gone = overlay_drop(transaction, target, owner->scope, prefix,
				    isp, overlay);
	if ((gone && gone != -ENOENT) || target != OBPBL_LIVE)
		return gone;
	err = runtime_drop(transaction, prefix, isp, overlay);
	return err == -ENOENT ? gone : err;
}

/* Whether an overlay is to go, by what a walk looks for */
typedef bool overlay_fn(const struct obpbl_overlay *overlay, u64 arg);

static bool is_of(const struct obpbl_overlay *overlay, u64 isp)
{
	return overlay->isp == isp;
}

static bool is_spent(const struct obpbl_overlay *overlay, u64 now)
{
	return overlay->automatic && overlay->until && overlay->until <= now;
}

static int overlays_purge(struct obpbl_table *table, overlay_fn *fn, u64 arg)
{
	struct obpbl_entry_info info;
	struct obpbl_entry *entry;
	unsigned int i;
	u32 index = 0;
	int err;

	for (; (entry = obpbl_array_next(&table->entries, &index)); index++) {
		for (i = 0; entry && i < entry->n;) {
			if (!fn(entry->overlays[i], arg)) {
				i++;
				continue;
			}
			obpbl_entry_describe(entry, index, &info);
			err = overlay_cut(table, &info, i);
			if (err)
				return err;
			entry = obpbl_array_get(&table->entries, index);
		}
		cond_resched();
	}
	return 0;
}

/**
 * obpbl_overlays_flush() - remove all overlays of an ISP
 * @table: the version that is being made
 * @isp: number of the ISP
 *
 * Return: 0; -ENOMEM or -ENOSPC, and only obpbl_table_release() is left.
 */
int obpbl_overlays_flush(struct obpbl_table *table, u16 isp)
{
	const struct obpbl_counts *counts = obpbl_counts_get(table, isp);

	if (!counts->n[OBPBL_CLASS_EXEMPT] && !counts->n[OBPBL_CLASS_QUARANTINE])
		return 0;
	return overlays_purge(table, is_of, isp);
}

/**
 * obpbl_overlays_recycle() - make room by what has ended
 * @transaction: the transaction
 * @now: seconds since the epoch
 *
 * Removes the automatic run-time overlays that have ended, whose place nobody
 * else gives back, when there is no room for another.
 *
 * Return: 0; -ENOMEM or -ENOSPC and the transaction has failed.
 */
int obpbl_overlays_recycle(struct obpbl_transaction *transaction, u64 now)
{
	struct obpbl_policy *policy = transaction->policy;
	struct obpbl_table *table = policy->slot[OBPBL_RUNTIME];
	u32 max = transaction->max_overlays;

	if (!table->automatic ||
	    (table->automatic < AUTOMATIC(max) &&
	     obpbl_policy_overlays(policy) < max))
		return 0;
	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	return overlays_purge(table, is_spent, now);
}

static int entry_supersede(struct obpbl_transaction *transaction,
			   const struct obpbl_entry *entry)
{
	const struct obpbl_table *live = transaction->policy->slot[OBPBL_LIVE];
	const struct obpbl_isp *owner = obpbl_isp_get(live, entry->isp);
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < entry->n; i++)
		err = supersede(transaction, owner, &entry->prefix,
				entry->overlays[i]);
	return err;
}

/**
 * obpbl_overlays_supersede() - what is configured is settled
 * @transaction: the transaction
 *
 * Overlays that are configured take the place of equal ones that were added at
 * run time.
 *
 * Return: 0; -ENOMEM or -ENOSPC and the transaction has failed.
 */
int obpbl_overlays_supersede(struct obpbl_transaction *transaction)
{
	const struct obpbl_table *live = transaction->policy->slot[OBPBL_LIVE];
	const struct obpbl_entry *entry;
	u32 index = 0;
	int err;

	if (!transaction->policy->slot[OBPBL_RUNTIME]->overlays)
		return 0;
	for (; (entry = obpbl_array_next(&live->entries, &index)); index++) {
		err = entry_supersede(transaction, entry);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* Whether a prefix or a session of an ISP in one table covers a prefix */
static bool covers(const struct obpbl_table *table, const struct obpbl_isp *isp,
		   const struct obpbl_prefix *prefix)
{
	const struct obpbl_session *session;
	const struct obpbl_trie *trie;
	struct obpbl_entry_info info;
	int maxlen = prefix->len;
	struct obpbl_match match;
	u32 scope;

	if (!obpbl_scope_find(table, isp->config.vrf, &scope))
		return false;
	trie = source_trie(table, scope, prefix->family);
	while (maxlen >= 0 &&
	       obpbl_trie_lookup(trie, prefix->key, maxlen, &match)) {
		obpbl_entry_decode(table, match.value, &info);
		session = obpbl_session_of_value(table, info.session);
		if ((info.classes && info.isp == isp->number) ||
		    (session && session->isp == isp->number &&
		     !READ_ONCE(session->gone)))
			return true;
		maxlen = match.len - 1;
	}
	return false;
}

/**
 * obpbl_policy_covers() - whether all of a prefix is an ISP's
 * @policy: the snapshot
 * @isp: the ISP, as it is configured
 * @prefix: the prefix, canonical
 *
 * Return: true if one of the ISP's source prefixes, or a session of it, covers
 * the prefix.
 */
bool obpbl_policy_covers(const struct obpbl_policy *policy,
			 const struct obpbl_isp *isp,
			 const struct obpbl_prefix *prefix)
{
	return covers(policy->slot[OBPBL_LIVE], isp, prefix) ||
	       covers(policy->slot[OBPBL_RUNTIME], isp, prefix);
}
