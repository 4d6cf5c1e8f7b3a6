// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of a draft: source and destination prefixes, overlays, and which
 * prefix has which session.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "policy.h"
#include "session.h"

/**
 * obpbl_prefix_covers() - is an address inside a prefix
 * @prefix: the prefix
 * @family: family of the address
 * @key: the address
 *
 * Return: true if so; false for an address of the other family.
 */
bool obpbl_prefix_covers(const struct obpbl_prefix *prefix, u8 family,
			 const u8 *key)
{
	unsigned int bytes = prefix->len / 8, bits = prefix->len % 8;

	if (prefix->family != family || memcmp(prefix->key, key, bytes))
		return false;
	return !((prefix->key[bytes] ^ key[bytes]) >> (8 - bits));
}

/**
 * obpbl_prefix_canonical() - has a prefix no bits beyond its length
 * @prefix: the prefix; its length is within its family's
 *
 * Return: true if so.
 */
bool obpbl_prefix_canonical(const struct obpbl_prefix *prefix)
{
	unsigned int bytes = obpbl_family_bits(prefix->family) / 8;
	unsigned int i = prefix->len / 8;

	if ((u8)(prefix->key[i] << prefix->len % 8))
		return false;
	for (i++; i < bytes; i++) {
		if (prefix->key[i])
			return false;
	}
	return true;
}

/**
 * obpbl_prefix_same() - are two prefixes one
 * @a: canonical
 * @b: canonical
 *
 * Return: true if so.
 */
bool obpbl_prefix_same(const struct obpbl_prefix *a,
		       const struct obpbl_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       !memcmp(a->key, b->key, sizeof(a->key));
}

/**
 * struct place - a prefix in one layer of one scope
 * @scope: index of the scope
 * @layer: enum obpbl_layer
 * @prefix: the prefix
 */
struct place {
	u16 scope;
	u8 layer;
	const struct obpbl_prefix *prefix;
};

/**
 * struct entry - what is at a place
 * @isp: index of its ISP
 * @classes: source classes, as bits
 * @session: a session, as a value; 0: none
 * @index: index of @spot
 * @spot: overlays, and the rest once more; NULL where there are none
 */
struct entry {
	u16 isp;
	u8 classes;
	u32 session;
	u32 index;
	struct obpbl_spot *spot;
};

static u16 session_isp(const struct obpbl_policy *policy, u32 value)
{
	const struct obpbl_session *session;

	session = obpbl_vec_get(&policy->sessions, obpbl_value_session(value));
	return session->isp;
}

static const struct obpbl_trie *trie_at(const struct obpbl_tables *tables,
					const struct place *place)
{
	const struct obpbl_scope *scope;

	scope = obpbl_vec_get(&tables->scopes, place->scope);
	return scope ? &scope->src[place->prefix->family] : NULL;
}

/* What a value of tables of @policy stands for */
static void entry_of(const struct obpbl_policy *policy,
		     const struct obpbl_tables *tables, u32 value,
		     struct entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	if (obpbl_value_is_session(value)) {
		entry->isp = session_isp(policy, value);
		entry->session = value;
		return;
	}
	if (!obpbl_value_is_spot(value)) {
		entry->isp = obpbl_value_isp(value);
		entry->classes = obpbl_value_classes(value);
		return;
	}
	entry->index = obpbl_value_spot(value);
	entry->spot = obpbl_vec_get(&tables->spots, entry->index);
	entry->isp = entry->spot->isp;
	entry->classes = entry->spot->classes;
	entry->session = entry->spot->session;
}

/* In tables of @policy, or in configured ones, which have no sessions */
static bool entry_in(const struct obpbl_policy *policy,
		     const struct obpbl_tables *tables,
		     const struct place *place, struct entry *entry)
{
	const struct obpbl_trie *trie = trie_at(tables, place);
	const struct obpbl_prefix *prefix = place->prefix;
	u32 value;

	if (!trie || !obpbl_trie_get(trie, prefix->key, prefix->len, &value)) {
		memset(entry, 0, sizeof(*entry));
		return false;
	}
	entry_of(policy, tables, value, entry);
	return true;
}

static bool entry_get(const struct obpbl_policy *policy,
		      const struct place *place, struct entry *entry)
{
	return entry_in(policy, obpbl_policy_tables(policy, place->layer),
			place, entry);
}

/* A scope without run-time entries is none */
static int scope_prune(struct obpbl_draft *draft, struct obpbl_scope *scope,
		       u16 index)
{
	u8 family;
	int err;

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		if (scope->src[family].count)
			return 0;
	}
	err = obpbl_vec_set(&draft->policy->runtime.scopes, &draft->txn, index,
			    NULL);
	return err ?: obpbl_draft_bury(draft, scope);
}

static int trie_put(struct obpbl_draft *draft, const struct place *place,
		    bool keep, u32 value)
{
	const struct obpbl_prefix *prefix = place->prefix;
	struct obpbl_scope *scope;
	struct obpbl_trie *trie;
	int err;

	scope = obpbl_draft_scope(draft, place->layer, place->scope);
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	trie = &scope->src[prefix->family];
	if (keep)
		return obpbl_trie_set(trie, &draft->txn, prefix->key,
				      prefix->len, value);
	err = obpbl_trie_del(trie, &draft->txn, prefix->key, prefix->len);
	if (err || place->layer == OBPBL_LAYER_CONFIGURED)
		return err;
	return scope_prune(draft, scope, place->scope);
}

/*
 * Puts @spot where @old has one or nothing.  On failure, what nothing else
 * reaches is freed: @spot, and the overlay @fresh that is new in it, if any.
 */
static int spot_put(struct obpbl_draft *draft, const struct place *place,
		    const struct entry *old, struct obpbl_spot *spot,
		    struct obpbl_overlay *fresh)
{
	struct obpbl_vec *spots =
		&obpbl_draft_tables(draft, place->layer)->spots;
	u32 index = old->spot ? old->index : obpbl_vec_free_index(spots);
	int err;

	err = obpbl_vec_set(spots, &draft->txn, index, spot);
	if (err) {
		if (fresh)
			obpbl_txn_free(&draft->txn, fresh);
		obpbl_txn_free(&draft->txn, spot);
		return err;
	}
	if (old->spot)
		return obpbl_draft_bury(draft, old->spot);
	return trie_put(draft, place, true, OBPBL_VALUE_SPOT | index);
}

/* Puts what @to has beside overlays, or nothing, where @old is */
static int plain_put(struct obpbl_draft *draft, const struct place *place,
		     const struct entry *old, const struct entry *to)
{
	struct obpbl_vec *spots =
		&obpbl_draft_tables(draft, place->layer)->spots;
	int err;

	err = trie_put(draft, place, to->classes || to->session,
		       to->session ?: obpbl_value(to->isp, to->classes));
	if (err || !old->spot)
		return err;
	err = obpbl_vec_set(spots, &draft->txn, old->index, NULL);
	return err ?: obpbl_draft_bury(draft, old->spot);
}

/* A spot with what @to has beside overlays, and room for @n of them */
static struct obpbl_spot *spot_new(struct obpbl_draft *draft,
				   const struct place *place,
				   const struct entry *to, unsigned int n)
{
	struct obpbl_spot *spot;

	spot = obpbl_txn_alloc(&draft->txn, struct_size(spot, overlays, n));
	if (IS_ERR(spot))
		return spot;
	spot->prefix = *place->prefix;
	spot->scope = place->scope;
	spot->isp = to->isp;
	spot->classes = to->classes;
	spot->session = to->session;
	spot->n = n;
	return spot;
}

/* Puts what @to has beside overlays where @old is, whose overlays stay */
static int entry_put(struct obpbl_draft *draft, const struct place *place,
		     const struct entry *old, const struct entry *to)
{
	struct obpbl_spot *spot;

	if (!old->spot)
		return plain_put(draft, place, old, to);
	spot = spot_new(draft, place, to, old->spot->n);
	if (IS_ERR(spot))
		return PTR_ERR(spot);
	memcpy(spot->overlays, old->spot->overlays,
	       spot->n * sizeof(*spot->overlays));
	return spot_put(draft, place, old, spot, NULL);
}

/* Refuses, and says whose it is */
static int refuse_owner(struct obpbl_draft *draft, const struct obpbl_isp *owner,
			int err)
{
	strscpy(draft->conflict, owner->config.name, sizeof(draft->conflict));
	return err;
}

static const struct obpbl_isp *owner_of(struct obpbl_draft *draft, u16 index)
{
	const struct obpbl_isp *owner;

	owner = obpbl_vec_get(&draft->policy->configured.isps, index);
	return owner ?: obpbl_vec_get(&draft->base->configured.isps, index);
}

/**
 * obpbl_draft_isp_stays() - whether an ISP may have entries added at run time
 * @draft: the draft
 * @isp: an ISP of it
 *
 * While a change may be taken back, only an ISP that is also in what comes back
 * then, so that nothing can stand in the way of that.
 *
 * Return: 0, or -EBUSY and @isp is named in @draft->conflict.
 */
int obpbl_draft_isp_stays(struct obpbl_draft *draft,
			  const struct obpbl_isp *isp)
{
	const struct obpbl_isp *was;

	if (!draft->frozen)
		return 0;
	was = obpbl_vec_get(&draft->kept->part.isps, isp->index);
	if (was && was->scope == isp->scope)
		return 0;
	return refuse_owner(draft, isp, -EBUSY);
}

/* Likewise of its prefixes */
static int check_kept(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		      const struct obpbl_prefix *prefix)
{
	struct place place = { .scope = isp->scope, .prefix = prefix };
	const struct obpbl_part *part = &draft->kept->part;
	struct entry entry;
	int err = obpbl_draft_isp_stays(draft, isp);

	if (!err && entry_in(draft->policy, &part->tables, &place, &entry) &&
	    entry.isp != isp->index)
		err = refuse_owner(draft, obpbl_vec_get(&part->isps, entry.isp),
				   -EADDRINUSE);
	return err;
}

/*
 * Refuses a second owner of a source prefix, whichever layer it is in;
 * @configured is what the configured one has there.
 */
static int check_owner(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		       const struct obpbl_prefix *prefix,
		       const struct entry *configured)
{
	struct place place = { isp->scope, OBPBL_LAYER_RUNTIME, prefix };
	struct entry runtime;

	if ((configured->classes || configured->spot) &&
	    configured->isp != isp->index)
		return refuse_owner(draft, owner_of(draft, configured->isp),
				    -EADDRINUSE);
	if (entry_get(draft->policy, &place, &runtime) &&
	    runtime.isp != isp->index)
		return refuse_owner(draft, owner_of(draft, runtime.isp),
				    -EADDRINUSE);
	return draft->frozen ? check_kept(draft, isp, prefix) : 0;
}

/**
 * obpbl_draft_owner() - refuse a second owner of a source prefix
 * @draft: the draft
 * @isp: the one that wants it at run time
 * @prefix: the prefix, canonical
 *
 * Return: 0, or -EADDRINUSE if it is another ISP's in whichever layer, -EBUSY
 * if @isp might go; whoever is in the way is named in @draft->conflict.
 */
int obpbl_draft_owner(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		      const struct obpbl_prefix *prefix)
{
	struct place place = { isp->scope, OBPBL_LAYER_CONFIGURED, prefix };
	struct entry configured;

	entry_get(draft->policy, &place, &configured);
	return check_owner(draft, isp, prefix, &configured);
}

/* Prefixes */

static int count(struct obpbl_draft *draft, struct obpbl_isp *isp, u8 class,
		 int by)
{
	struct obpbl_part *part = &draft->policy->configured;

	if (by > 0 && part->prefixes >= draft->max_prefixes)
		return -ENOSPC;
	part->prefixes += by;
	isp->counts[class] += by;
	return 0;
}

/* Of static and dynamic, and of relay and target, one takes the other's place */
static u8 rivals(u8 class)
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

static u8 destination_classes(const struct obpbl_isp *isp,
			      const struct obpbl_prefix *prefix)
{
	u32 value = 0;

	obpbl_trie_get(&isp->dst[prefix->family], prefix->key, prefix->len,
		       &value);
	return value;
}

static int destination_put(struct obpbl_draft *draft, struct obpbl_isp *isp,
			   const struct obpbl_prefix *prefix, u8 classes)
{
	struct obpbl_trie *trie = &isp->dst[prefix->family];

	if (!classes)
		return obpbl_trie_del(trie, &draft->txn, prefix->key,
				      prefix->len);
	return obpbl_trie_set(trie, &draft->txn, prefix->key, prefix->len,
			      classes);
}

/**
 * struct held - what an ISP has at a prefix
 * @source: the source entry there, which may be another ISP's
 * @classes: classes of this ISP: of sources, of destinations, or both, as the
 *	     class at hand is
 */
struct held {
	struct entry source;
	u8 classes;
};

/* Reads no more tables than it has to: half of a change's cost is reading */
static void prefix_get(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		       const struct obpbl_prefix *prefix, u8 class,
		       struct held *held)
{
	struct place place = { isp->scope, OBPBL_LAYER_CONFIGURED, prefix };

	held->classes = 0;
	if (OBPBL_BIT(class) & OBPBL_SRC_CLASSES) {
		entry_get(draft->policy, &place, &held->source);
		if (held->source.isp == isp->index)
			held->classes = held->source.classes;
	}
	if (OBPBL_BIT(class) & OBPBL_DST_CLASSES)
		held->classes |= destination_classes(isp, prefix);
}

/* Changes what is held into a set of classes */
static int prefix_put(struct obpbl_draft *draft, struct obpbl_isp *isp,
		      const struct obpbl_prefix *prefix,
		      const struct held *held, u8 to)
{
	struct place place = { isp->scope, OBPBL_LAYER_CONFIGURED, prefix };
	struct entry source = {
		.isp = isp->index,
		.classes = to & OBPBL_SRC_CLASSES,
	};
	u8 changed = held->classes ^ to;
	int err = 0;

	if (changed & OBPBL_SRC_CLASSES)
		err = entry_put(draft, &place, &held->source, &source);
	if (!err && changed & OBPBL_DST_CLASSES)
		err = destination_put(draft, isp, prefix,
				      to & OBPBL_DST_CLASSES);
	return err;
}

/**
 * obpbl_draft_prefix_add() - add a prefix
 * @draft: the draft
 * @index: its ISP
 * @class: OBPBL_CLASS_DYNAMIC to OBPBL_CLASS_TARGET
 * @prefix: the prefix, canonical
 * @replace: it may be there already, and takes the place of its rival
 *
 * Return: 0; -ENOENT, no such ISP; -EEXIST; -EADDRINUSE, another ISP's, which
 * is named in @draft->conflict; -ENOSPC, a ceiling; -ENOMEM.  The draft is
 * spoiled by any of them.
 */
int obpbl_draft_prefix_add(struct obpbl_draft *draft, u16 index, u8 class,
			   const struct obpbl_prefix *prefix, bool replace)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	struct held held;
	u8 from, to, gone;
	int err = 0;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	prefix_get(draft, isp, prefix, class, &held);
	if (OBPBL_BIT(class) & OBPBL_SRC_CLASSES)
		err = check_owner(draft, isp, prefix, &held.source);
	if (err)
		return err;
	draft->added += !replace;
	from = held.classes;
	gone = replace ? from & rivals(class) : 0;
	to = (from & ~gone) | OBPBL_BIT(class);
	if (from == to)
		return replace ? 0 : -EEXIST;
	if (from & OBPBL_BIT(class) && !replace)
		return -EEXIST;
	if (gone)
		err = count(draft, isp, __ffs(gone), -1);
	if (!err && !(from & OBPBL_BIT(class)))
		err = count(draft, isp, class, 1);
	return err ?: prefix_put(draft, isp, prefix, &held, to);
}

/**
 * obpbl_draft_prefix_del() - remove a prefix
 * @draft: the draft
 * @index: its ISP
 * @class: as obpbl_draft_prefix_add()
 * @prefix: the prefix, canonical
 *
 * Return: 0; -ENOENT, no such ISP, or no such prefix of it; -ENOMEM.  The draft
 * is spoiled by any of them.
 */
int obpbl_draft_prefix_del(struct obpbl_draft *draft, u16 index, u8 class,
			   const struct obpbl_prefix *prefix)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	struct held held;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	prefix_get(draft, isp, prefix, class, &held);
	if (!(held.classes & OBPBL_BIT(class)))
		return -ENOENT;
	count(draft, isp, class, -1);
	return prefix_put(draft, isp, prefix, &held,
			  held.classes & ~OBPBL_BIT(class));
}

/* The next prefix of a class of an ISP after @prefix, in its own table */
static bool next_of_class(struct obpbl_draft *draft, struct obpbl_isp *isp,
			  u8 class, struct obpbl_prefix *prefix, bool *started)
{
	bool source = OBPBL_BIT(class) & OBPBL_SRC_CLASSES;
	struct place place = { isp->scope, OBPBL_LAYER_CONFIGURED, prefix };
	const struct obpbl_trie *trie;
	struct held held;
	u32 value;

	trie = source ? trie_at(&draft->policy->configured.tables, &place) :
			&isp->dst[prefix->family];
	while (obpbl_trie_next(trie, prefix->key, &prefix->len, started,
			       &value)) {
		prefix_get(draft, isp, prefix, class, &held);
		if (held.classes & OBPBL_BIT(class))
			return true;
	}
	return false;
}

/**
 * obpbl_draft_prefix_flush() - remove all prefixes of a class
 * @draft: the draft
 * @index: the ISP
 * @class: as obpbl_draft_prefix_add()
 *
 * Return: 0; -ENOENT, no such ISP; -ENOMEM.  The draft is spoiled by any.
 */
int obpbl_draft_prefix_flush(struct obpbl_draft *draft, u16 index, u8 class)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	struct obpbl_prefix prefix;
	bool started;
	u8 family;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	for (family = 0; family < OBPBL_FAMILIES; family++) {
		memset(&prefix, 0, sizeof(prefix));
		prefix.family = family;
		started = false;
		while (isp->counts[class] &&
		       next_of_class(draft, isp, class, &prefix, &started)) {
			err = obpbl_draft_prefix_del(draft, index, class,
						     &prefix);
			if (err)
				return err;
		}
	}
	return 0;
}

/* Sessions */

/**
 * obpbl_policy_session_at() - the session that a prefix has
 * @policy: the snapshot
 * @scope: index of the scope
 * @prefix: the prefix, canonical
 *
 * Return: the session as a value of source entries; 0: none.
 */
u32 obpbl_policy_session_at(const struct obpbl_policy *policy, u16 scope,
			    const struct obpbl_prefix *prefix)
{
	struct place place = { scope, OBPBL_LAYER_RUNTIME, prefix };
	struct entry entry;

	entry_get(policy, &place, &entry);
	return entry.session;
}

/**
 * obpbl_draft_session_put() - give a prefix to a session, or take it away
 * @draft: the draft
 * @session: the session
 * @prefix: the prefix, canonical; of no other ISP
 * @value: @session as a value of source entries; 0: none
 *
 * Return: 0, or -ENOMEM or -ENOSPC and the draft is spoiled.
 */
int obpbl_draft_session_put(struct obpbl_draft *draft,
			    const struct obpbl_session *session,
			    const struct obpbl_prefix *prefix, u32 value)
{
	struct place place = { session->scope, OBPBL_LAYER_RUNTIME, prefix };
	struct entry entry, to = { };

	entry_get(draft->policy, &place, &entry);
	to.isp = session->isp;
	to.session = value;
	return entry_put(draft, &place, &entry, &to);
}

/* Overlays */

/* Two overlays of one prefix and ISP are the same entry if this holds */
static bool same_overlay(const struct obpbl_overlay *a,
			 const struct obpbl_overlay *b)
{
	return a->class == b->class && a->has_to == b->has_to &&
	       (!a->has_to || obpbl_prefix_same(&a->to, &b->to)) &&
	       !strcmp(a->dev, b->dev);
}

static int overlay_at(const struct obpbl_spot *spot,
		      const struct obpbl_overlay *overlay)
{
	int i;

	for (i = 0; spot && i < spot->n; i++) {
		if (same_overlay(spot->overlays[i], overlay))
			return i;
	}
	return -ENOENT;
}

static int overlay_count(struct obpbl_draft *draft, u16 index, u8 layer,
			 const struct obpbl_overlay *overlay, int by)
{
	struct obpbl_tables *tables = obpbl_draft_tables(draft, layer);
	struct obpbl_counts *counts;
	struct obpbl_isp *isp;

	if (layer == OBPBL_LAYER_CONFIGURED) {
		isp = obpbl_draft_isp(draft, index);
		if (IS_ERR(isp))
			return PTR_ERR(isp);
		isp->counts[overlay->class] += by;
	} else {
		counts = obpbl_draft_counts(draft, index);
		if (IS_ERR(counts))
			return PTR_ERR(counts);
		counts->n[overlay->class] += by;
	}
	tables->overlays += by;
	if (overlay->dev[0])
		tables->devs += by;
	return 0;
}

/* Takes the @i-th overlay out of the spot of @entry */
static int overlay_take(struct obpbl_draft *draft, const struct place *place,
			const struct entry *entry, unsigned int i)
{
	struct obpbl_overlay *gone = entry->spot->overlays[i];
	struct obpbl_spot *spot;
	unsigned int n = entry->spot->n - 1;
	int err;

	if (!n) {
		err = plain_put(draft, place, entry, entry);
		return err ?: obpbl_draft_bury(draft, gone);
	}
	spot = spot_new(draft, place, entry, n);
	if (IS_ERR(spot))
		return PTR_ERR(spot);
	memcpy(spot->overlays, entry->spot->overlays,
	       i * sizeof(*spot->overlays));
	memcpy(spot->overlays + i, entry->spot->overlays + i + 1,
	       (n - i) * sizeof(*spot->overlays));
	err = spot_put(draft, place, entry, spot, NULL);
	return err ?: obpbl_draft_bury(draft, gone);
}

static int overlay_remove(struct obpbl_draft *draft,
			  const struct obpbl_isp *isp,
			  const struct place *place,
			  const struct obpbl_overlay *overlay)
{
	struct entry entry;
	int at, err;

	if (!entry_get(draft->policy, place, &entry) ||
	    entry.isp != isp->index)
		return -ENOENT;
	at = overlay_at(entry.spot, overlay);
	if (at < 0)
		return at;
	err = overlay_count(draft, isp->index, place->layer,
			    entry.spot->overlays[at], -1);
	return err ?: overlay_take(draft, place, &entry, at);
}

/* The struct and the text apart: no copy goes past the end of a member */
static struct obpbl_overlay *overlay_copy(struct obpbl_draft *draft,
					  const struct obpbl_overlay *overlay)
{
	size_t size = strlen(overlay->reason) + 1;
	struct obpbl_overlay *copy;

	copy = obpbl_txn_alloc(&draft->txn, struct_size(copy, reason, size));
	if (IS_ERR(copy))
		return copy;
	*copy = *overlay;
	copy->obj.birth = draft->txn.version;
	memcpy(copy->reason, overlay->reason, size);
	return copy;
}

/* Puts an overlay into the spot of @old: quarantines first */
static int overlay_insert(struct obpbl_draft *draft, const struct place *place,
			  const struct entry *old, u16 isp,
			  struct obpbl_overlay *overlay)
{
	unsigned int i = 0, n = old->spot ? old->spot->n : 0;
	struct entry to = *old;
	struct obpbl_spot *spot;

	to.isp = isp;
	spot = spot_new(draft, place, &to, n + 1);
	if (IS_ERR(spot)) {
		obpbl_txn_free(&draft->txn, overlay);
		return PTR_ERR(spot);
	}
	for (; i < n && old->spot->overlays[i]->class >= overlay->class; i++)
		spot->overlays[i] = old->spot->overlays[i];
	spot->overlays[i] = overlay;
	for (; i < n; i++)
		spot->overlays[i + 1] = old->spot->overlays[i];
	return spot_put(draft, place, old, spot, overlay);
}

/*
 * What the ceiling counts.  Of a change that is not settled yet, only what is
 * configured, since the run-time overlays that are the same will go.
 */
static u32 overlays_of(const struct obpbl_draft *draft)
{
	return draft->lenient ? draft->policy->configured.tables.overlays :
				obpbl_policy_overlays(draft->policy);
}

static int overlay_put(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		       const struct place *place,
		       const struct obpbl_overlay *overlay)
{
	struct obpbl_overlay *copy;
	u16 index = isp->index;
	struct entry entry;
	int err;

	entry_get(draft->policy, place, &entry);
	if (entry.spot && entry.spot->n == OBPBL_MAX_OVERLAYS_AT)
		return -E2BIG;
	if (overlays_of(draft) >= draft->max_overlays)
		return -ENOSPC;
	err = overlay_count(draft, index, place->layer, overlay, 1);
	if (err)
		return err;
	copy = overlay_copy(draft, overlay);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	return overlay_insert(draft, place, &entry, index, copy);
}

/* A configured overlay takes the place of a run-time one; else: refused */
static int overlay_absorb(struct obpbl_draft *draft,
			  const struct obpbl_isp *isp,
			  const struct place *place,
			  const struct obpbl_overlay *overlay)
{
	struct place other = *place;
	struct entry entry;
	int err;

	entry_get(draft->policy, place, &entry);
	if (overlay_at(entry.spot, overlay) >= 0)
		return -EEXIST;
	other.layer = !place->layer;
	if (place->layer == OBPBL_LAYER_CONFIGURED) {
		if (draft->lenient)
			return 0;
		err = overlay_remove(draft, isp, &other, overlay);
		return err == -ENOENT ? 0 : err;
	}
	entry_get(draft->policy, &other, &entry);
	return overlay_at(entry.spot, overlay) >= 0 ? -EEXIST : 0;
}

/**
 * obpbl_draft_overlay_add() - add an exemption or a quarantine
 * @draft: the draft
 * @index: its ISP
 * @layer: enum obpbl_layer
 * @prefix: the source, canonical
 * @overlay: the rest; copied
 *
 * Return: 0; -ENOENT, no such ISP; -EEXIST; -EADDRINUSE, another ISP's, which
 * is named in @draft->conflict; -EBUSY, nothing configured may change, or the
 * ISP might go, and then it is named in @draft->conflict; -EINVAL, a run-time
 * entry in what is put aside; -ENOSPC, a ceiling; -E2BIG, too many on this
 * prefix; -ENOMEM.  The draft is spoiled by any of them.
 */
int obpbl_draft_overlay_add(struct obpbl_draft *draft, u16 index, u8 layer,
			    const struct obpbl_prefix *prefix,
			    const struct obpbl_overlay *overlay)
{
	struct place place = { .layer = layer, .prefix = prefix };
	const struct obpbl_isp *isp;
	int err;

	isp = obpbl_vec_get(&draft->policy->configured.isps, index);
	if (!isp)
		return -ENOENT;
	if (layer == OBPBL_LAYER_CONFIGURED && draft->frozen)
		return -EBUSY;
	if (layer == OBPBL_LAYER_RUNTIME && draft->aside)
		return -EINVAL;
	place.scope = isp->scope;
	err = obpbl_draft_owner(draft, isp, prefix);
	if (!err)
		err = overlay_absorb(draft, isp, &place, overlay);
	return err ?: overlay_put(draft, isp, &place, overlay);
}

/* Whether a prefix or a session of one layer, and of @isp, covers the place */
static bool covered(const struct obpbl_policy *policy, u16 isp,
		    const struct place *place)
{
	const struct obpbl_tables *tables =
		obpbl_policy_tables(policy, place->layer);
	const struct obpbl_trie *trie = trie_at(tables, place);
	int maxlen = place->prefix->len;
	struct obpbl_match match;
	struct entry entry;

	while (trie && maxlen >= 0 &&
	       obpbl_trie_lookup(trie, place->prefix->key, maxlen, &match)) {
		entry_of(policy, tables, match.value, &entry);
		if (entry.isp == isp && (entry.classes || entry.session))
			return true;
		maxlen = match.len - 1;
	}
	return false;
}

/**
 * obpbl_policy_covers() - whether all of a prefix is an ISP's
 * @policy: the snapshot
 * @isp: the ISP
 * @prefix: the prefix, canonical
 *
 * Return: true if one of the ISP's source prefixes, or a session of it, covers
 * the prefix.
 */
bool obpbl_policy_covers(const struct obpbl_policy *policy,
			 const struct obpbl_isp *isp,
			 const struct obpbl_prefix *prefix)
{
	struct place place = { isp->scope, OBPBL_LAYER_CONFIGURED, prefix };

	if (covered(policy, isp->index, &place))
		return true;
	place.layer = OBPBL_LAYER_RUNTIME;
	return covered(policy, isp->index, &place);
}

/* Whether an overlay holds at least as long as another */
static bool outlasts(const struct obpbl_overlay *overlay,
		     const struct obpbl_overlay *other)
{
	return !overlay->until ||
	       (other->until && overlay->until >= other->until);
}

/* The @i-th overlay of the spot of @entry is to hold until @until */
static int overlay_prolong(struct obpbl_draft *draft, const struct place *place,
			   const struct entry *entry, unsigned int i, u64 until)
{
	struct obpbl_overlay *old = entry->spot->overlays[i], *copy;
	struct obpbl_spot *spot;
	int err;

	copy = overlay_copy(draft, old);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	copy->until = until;
	spot = spot_new(draft, place, entry, entry->spot->n);
	if (IS_ERR(spot)) {
		obpbl_txn_free(&draft->txn, copy);
		return PTR_ERR(spot);
	}
	memcpy(spot->overlays, entry->spot->overlays,
	       spot->n * sizeof(*spot->overlays));
	spot->overlays[i] = copy;
	err = spot_put(draft, place, entry, spot, copy);
	return err ?: obpbl_draft_bury(draft, old);
}

/**
 * obpbl_draft_overlay_extend() - add an overlay, or let the one there be last
 *				  longer
 * @draft: the draft
 * @index: its ISP
 * @prefix: the source, canonical
 * @overlay: the rest; copied.  Of one that is there already at run time only
 *	     the end changes, and only to a later one.
 *
 * Return: 0; OBPBL_UNCHANGED, the one there ends no sooner; or an error as
 * obpbl_draft_overlay_add(), where -EEXIST is a configured one that ends sooner,
 * and -E2BIG also the ceiling on overlays.  Only -ENOSPC and -ENOMEM spoil the
 * draft; the others leave it as it was.
 */
int obpbl_draft_overlay_extend(struct obpbl_draft *draft, u16 index,
			       const struct obpbl_prefix *prefix,
			       const struct obpbl_overlay *overlay)
{
	struct place place = { .prefix = prefix };
	const struct obpbl_isp *isp;
	struct entry entry;
	int at, err;

	isp = obpbl_vec_get(&draft->policy->configured.isps, index);
	if (!isp)
		return -ENOENT;
	place.scope = isp->scope;
	err = obpbl_draft_owner(draft, isp, prefix);
	if (err)
		return err;
	entry_get(draft->policy, &place, &entry);
	at = overlay_at(entry.spot, overlay);
	if (at >= 0)
		return outlasts(entry.spot->overlays[at], overlay) ?
		       OBPBL_UNCHANGED : -EEXIST;
	place.layer = OBPBL_LAYER_RUNTIME;
	entry_get(draft->policy, &place, &entry);
	at = overlay_at(entry.spot, overlay);
	if (at < 0)
		return obpbl_policy_overlays(draft->policy) >=
		       draft->max_overlays ? -E2BIG :
		       overlay_put(draft, isp, &place, overlay);
	if (outlasts(entry.spot->overlays[at], overlay))
		return OBPBL_UNCHANGED;
	return overlay_prolong(draft, &place, &entry, at, overlay->until);
}

/**
 * obpbl_draft_overlay_del() - remove an exemption or a quarantine
 * @draft: the draft
 * @index: its ISP
 * @prefix: the source, canonical
 * @overlay: its class, destination and device
 *
 * From both layers, where it is in both.
 *
 * Return: 0; -ENOENT, no such ISP or overlay; -EBUSY, it is configured and
 * nothing configured may change; -ENOMEM.  The draft is spoiled by any of them.
 */
int obpbl_draft_overlay_del(struct obpbl_draft *draft, u16 index,
			    const struct obpbl_prefix *prefix,
			    const struct obpbl_overlay *overlay)
{
	struct place place = { .prefix = prefix };
	const struct obpbl_isp *isp;
	int err, gone = -ENOENT;
	u8 layers;

	isp = obpbl_vec_get(&draft->policy->configured.isps, index);
	if (!isp)
		return -ENOENT;
	place.scope = isp->scope;
	layers = draft->aside ? OBPBL_LAYER_RUNTIME : OBPBL_LAYERS;
	for (; place.layer < layers; place.layer++) {
		err = overlay_remove(draft, isp, &place, overlay);
		if (err && err != -ENOENT)
			return err;
		if (!err)
			gone = 0;
	}
	return gone;
}

static int spot_flush(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		      u8 layer, struct obpbl_spot *spot)
{
	struct obpbl_prefix prefix = spot->prefix;
	struct place place = { spot->scope, layer, &prefix };
	struct entry entry;
	int err = 0;

	while (!err && entry_get(draft->policy, &place, &entry) && entry.spot)
		err = overlay_remove(draft, isp, &place,
				     entry.spot->overlays[0]);
	return err;
}

/**
 * obpbl_draft_overlays_flush() - remove all overlays of an ISP
 * @draft: the draft
 * @index: which
 *
 * Return: 0; -ENOENT, no such ISP; -ENOMEM.  The draft is spoiled by any.
 */
int obpbl_draft_overlays_flush(struct obpbl_draft *draft, u16 index)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	u8 layers = draft->aside ? OBPBL_LAYER_RUNTIME : OBPBL_LAYERS;
	struct obpbl_spot *spot;
	struct obpbl_vec *spots;
	int err = 0;
	u8 layer;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	for (layer = 0; layer < layers; layer++) {
		u32 at = 0;

		spots = &obpbl_draft_tables(draft, layer)->spots;
		for (; !err && (spot = obpbl_vec_next(spots, &at)); at++) {
			if (spot->isp == index)
				err = spot_flush(draft, isp, layer, spot);
		}
	}
	return err;
}

/* Run-time entries and what is configured */

static int spot_fits(struct obpbl_draft *draft, const struct obpbl_spot *spot)
{
	struct place place = { .scope = spot->scope, .prefix = &spot->prefix };
	const struct obpbl_isp *isp;
	struct entry entry;

	isp = obpbl_vec_get(&draft->policy->configured.isps, spot->isp);
	if (!isp)
		return refuse_owner(draft, owner_of(draft, spot->isp), -ENOENT);
	if (isp->scope != spot->scope)
		return refuse_owner(draft, isp, -EBUSY);
	if (entry_get(draft->policy, &place, &entry) &&
	    entry.isp != spot->isp)
		return refuse_owner(draft, isp, -EADDRINUSE);
	return 0;
}

/* One that is gone already stands in nobody's way */
static int session_fits(struct obpbl_draft *draft,
			const struct obpbl_session *session)
{
	struct place place = { .scope = session->scope };
	const struct obpbl_isp *isp;
	struct entry entry;
	unsigned int i;

	if (READ_ONCE(session->gone))
		return 0;
	isp = obpbl_vec_get(&draft->policy->configured.isps, session->isp);
	if (!isp)
		return refuse_owner(draft, owner_of(draft, session->isp),
				    -ENOENT);
	if (isp->scope != session->scope)
		return refuse_owner(draft, isp, -EBUSY);
	for (i = 0; i < session->n; i++) {
		place.prefix = &session->prefixes[i];
		if (entry_get(draft->policy, &place, &entry) &&
		    entry.isp != isp->index)
			return refuse_owner(draft, isp, -EADDRINUSE);
	}
	return 0;
}

/**
 * obpbl_draft_fits() - whether run-time entries go with what is configured
 * @draft: the draft
 *
 * Return: 0, or an error as obpbl_draft_check().
 */
int obpbl_draft_fits(struct obpbl_draft *draft)
{
	const struct obpbl_vec *spots = &draft->policy->runtime.spots;
	const struct obpbl_vec *sessions = &draft->policy->sessions;
	const struct obpbl_session *session;
	struct obpbl_spot *spot;
	u32 index;
	int err;

	for (index = 0; (spot = obpbl_vec_next(spots, &index)); index++) {
		err = spot_fits(draft, spot);
		if (err)
			return err;
	}
	for (index = 0; (session = obpbl_vec_next(sessions, &index)); index++) {
		err = session_fits(draft, session);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* Removes the overlays of a run-time spot that are configured as well */
static int spot_absorb(struct obpbl_draft *draft, const struct obpbl_spot *spot)
{
	struct obpbl_prefix prefix = spot->prefix;
	struct place at = { spot->scope, OBPBL_LAYER_RUNTIME, &prefix };
	struct place where = { .scope = spot->scope, .prefix = &prefix };
	const struct obpbl_isp *isp;
	struct entry entry;
	unsigned int i;
	int err = 0;

	isp = obpbl_vec_get(&draft->policy->configured.isps, spot->isp);
	if (!entry_get(draft->policy, &where, &entry) || !entry.spot)
		return 0;
	for (i = 0; !err && i < entry.spot->n; i++) {
		err = overlay_remove(draft, isp, &at, entry.spot->overlays[i]);
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}

/**
 * obpbl_draft_absorb() - let configured overlays take the place of others
 * @draft: the draft; all run-time entries fit
 *
 * Return: 0, or -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_absorb(struct obpbl_draft *draft)
{
	const struct obpbl_vec *spots = &draft->policy->runtime.spots;
	struct obpbl_spot *spot;
	u32 index;
	int err;

	for (index = 0; (spot = obpbl_vec_next(spots, &index)); index++) {
		err = spot_absorb(draft, spot);
		if (err)
			return err;
	}
	return 0;
}
