// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots and the line that they form; drafts; ISPs and scopes.
 *
 * What is configured is a part of a snapshot that can be put aside as a whole
 * and come back as a whole, which is how a change is taken back (apply
 * --confirm), and how a candidate beside the running policy becomes the policy
 * (a shadow).  No table is walked for it.
 *
 * A change that fails half way leaves its draft spoiled, never undone in
 * place: the draft is thrown away as a whole.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "policy.h"
#include "session.h"

/* History */

/**
 * obpbl_history_init() - begin with the empty policy, generation 0
 * @history: the line
 *
 * Return: 0 or -ENOMEM.
 */
int obpbl_history_init(struct obpbl_history *history)
{
	struct obpbl_policy *empty = kzalloc(sizeof(*empty), GFP_KERNEL);

	if (!empty)
		return -ENOMEM;
	INIT_LIST_HEAD(&history->versions);
	empty->refs = 1;
	list_add_tail(&empty->node, &history->versions);
	history->current_policy = empty;
	history->kept = NULL;
	history->shadow = NULL;
	history->next = 1;
	history->bytes = 0;
	return 0;
}

/**
 * obpbl_policy_get() - keep a snapshot
 * @policy: the snapshot
 *
 * Context: under the lock of its history.
 * Return: @policy.
 */
struct obpbl_policy *obpbl_policy_get(struct obpbl_policy *policy)
{
	policy->refs++;
	return policy;
}

/**
 * obpbl_policy_put() - let go of a snapshot
 * @history: its line
 * @policy: the snapshot.  Whoever held it for being current lets go only after
 *	    a grace period.
 * @doomed: gets the objects that nobody reaches any more, for
 *	    obpbl_dead_drop(), which may take a while and needs no lock
 *
 * Context: under the lock of its history; process.
 * Return: true if there is something in @doomed.
 */
bool obpbl_policy_put(struct obpbl_history *history,
		      struct obpbl_policy *policy, struct obpbl_dead *doomed)
{
	struct obpbl_policy *older, *newer;

	doomed->head = NULL;
	if (--policy->refs)
		return false;
	newer = list_next_entry(policy, node);
	if (list_is_first(&policy->node, &history->versions)) {
		*doomed = newer->dead;
		newer->dead.head = NULL;
	} else {
		older = list_prev_entry(policy, node);
		obpbl_dead_drop(&newer->dead, older->version, true,
				&policy->dead, &history->bytes);
		newer->dead = policy->dead;
	}
	list_del(&policy->node);
	kfree(policy);
	return doomed->head;
}

/* Drafts */

/**
 * obpbl_draft_begin() - start from the current policy
 * @draft: the draft
 * @history: the line
 * @max_bytes: refuse to let the line grow past this
 *
 * The caller sets the other ceilings.
 *
 * Context: under the lock of the history, which serialises drafts; process.
 * Return: 0 or -ENOMEM.
 */
int obpbl_draft_begin(struct obpbl_draft *draft, struct obpbl_history *history,
		      u64 max_bytes)
{
	struct obpbl_policy *policy;

	memset(draft, 0, sizeof(*draft));
	policy = kmemdup(history->current_policy, sizeof(*policy),
			 GFP_KERNEL_ACCOUNT);
	if (!policy)
		return -ENOMEM;
	draft->history = history;
	draft->base = history->current_policy;
	draft->policy = policy;
	draft->kept = history->kept;
	draft->shadow = history->shadow;
	draft->frozen = history->kept;
	draft->txn.version = history->next++;
	draft->txn.bytes = &history->bytes;
	draft->txn.limit = max_bytes;
	policy->generation++;
	policy->version = draft->txn.version;
	policy->dead.head = NULL;
	policy->refs = 1;
	return 0;
}

/**
 * obpbl_draft_commit() - make a draft the current policy
 * @draft: the draft, checked with obpbl_draft_check()
 * @history: the line
 *
 * Context: under the lock of the history.  Cannot fail.
 * Return: the policy that was current, for obpbl_policy_put() after a grace
 * period.
 */
struct obpbl_policy *obpbl_draft_commit(struct obpbl_draft *draft,
					struct obpbl_history *history)
{
	struct obpbl_policy *old = history->current_policy;

	draft->policy->dead = draft->txn.dead;
	list_add_tail(&draft->policy->node, &history->versions);
	history->current_policy = draft->policy;
	history->kept = draft->kept;
	history->shadow = draft->shadow;
	draft->policy = NULL;
	return old;
}

static void release_tries(struct obpbl_txn *txn, struct obpbl_trie *tries,
			  unsigned int n)
{
	while (n--)
		obpbl_trie_abort(&tries[n], txn);
}

static void release_isp(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_isp *isp = ptr;

	release_tries(txn, isp->dst, OBPBL_FAMILIES);
	obpbl_obj_free(isp, txn->bytes);
}

static void release_scope(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_scope *scope = ptr;

	release_tries(txn, scope->src, OBPBL_FAMILIES);
	obpbl_obj_free(scope, txn->bytes);
}

static void release_spot(struct obpbl_txn *txn, void *ptr)
{
	struct obpbl_spot *spot = ptr;
	unsigned int i;

	for (i = 0; i < spot->n; i++) {
		if (spot->overlays[i]->obj.birth >= txn->version)
			obpbl_obj_free(spot->overlays[i], txn->bytes);
	}
	obpbl_obj_free(spot, txn->bytes);
}

static void release_obj(struct obpbl_txn *txn, void *ptr)
{
	obpbl_obj_free(ptr, txn->bytes);
}

static void release_tables(struct obpbl_txn *txn, struct obpbl_tables *tables)
{
	obpbl_vec_abort(&tables->scopes, txn, release_scope);
	obpbl_vec_abort(&tables->spots, txn, release_spot);
}

static void release_part(struct obpbl_txn *txn, struct obpbl_part *part)
{
	obpbl_vec_abort(&part->isps, txn, release_isp);
	obpbl_trie_abort(&part->vrfs, txn);
	release_tables(txn, &part->tables);
}

/* Frees what @policy reaches and @txn made; and @policy itself */
static void release_policy(struct obpbl_txn *txn, struct obpbl_policy *policy)
{
	release_part(txn, &policy->configured);
	release_tables(txn, &policy->runtime);
	obpbl_vec_abort(&policy->sessions, txn, release_obj);
	obpbl_trie_abort(&policy->devices, txn);
	obpbl_vec_abort(&policy->counts, txn, release_obj);
	obpbl_txn_forget(txn);
	kfree(policy);
}

/**
 * obpbl_draft_abort() - throw a draft away
 * @draft: the draft
 *
 * Costs what was changed, however large the tables are.  What it has put aside
 * is still where it was.
 *
 * Context: under the lock of the history; process.
 */
void obpbl_draft_abort(struct obpbl_draft *draft)
{
	if (draft->made)
		obpbl_obj_free(draft->made, draft->txn.bytes);
	if (draft->killed)
		obpbl_obj_free(draft->killed, draft->txn.bytes);
	release_policy(&draft->txn, draft->policy);
	draft->policy = NULL;
}

/* What is put aside */

/**
 * obpbl_aside_free() - free a part and all that belongs to it
 * @aside: the part; NULL is ignored
 * @bytes: the count of live bytes
 *
 * Context: process; may sleep, in steps of one node.  No snapshot reaches it,
 * and no reader is left.
 */
void obpbl_aside_free(struct obpbl_aside *aside, u64 *bytes)
{
	struct obpbl_txn all = { .bytes = bytes };

	if (!aside)
		return;
	release_part(&all, &aside->part);
	obpbl_obj_free(aside, bytes);
}

static void release_aside(struct obpbl_whole *whole, u64 *bytes)
{
	obpbl_aside_free(container_of(whole, struct obpbl_aside, whole), bytes);
}

static struct obpbl_aside *aside_new(struct obpbl_draft *draft,
				     const struct obpbl_part *part)
{
	struct obpbl_aside *aside;

	aside = obpbl_txn_alloc(&draft->txn, sizeof(*aside));
	if (IS_ERR(aside))
		return aside;
	aside->whole.obj.birth = part->origin;
	aside->whole.release = release_aside;
	aside->part = *part;
	return aside;
}

static bool part_empty(const struct obpbl_part *part)
{
	return !part->isps.root && !part->vrfs.root &&
	       !part->tables.scopes.root && !part->tables.spots.root;
}

/* Nothing is configured, from this draft on */
static void part_begin(struct obpbl_draft *draft)
{
	struct obpbl_part *part = &draft->policy->configured;

	memset(part, 0, sizeof(*part));
	part->origin = draft->txn.version;
}

/* What is configured goes for good */
static int part_kill(struct obpbl_draft *draft)
{
	struct obpbl_aside *aside;
	int err;

	if (!part_empty(&draft->policy->configured)) {
		aside = aside_new(draft, &draft->policy->configured);
		if (IS_ERR(aside))
			return PTR_ERR(aside);
		err = obpbl_txn_reserve(&draft->txn, 1);
		if (err) {
			obpbl_obj_free(aside, draft->txn.bytes);
			return err;
		}
		obpbl_txn_kill_whole(&draft->txn, &aside->whole);
		draft->killed = aside;
	}
	part_begin(draft);
	return 0;
}

/* What is configured is put aside, to come back if need be */
static int part_keep(struct obpbl_draft *draft)
{
	struct obpbl_aside *aside;

	aside = aside_new(draft, &draft->policy->configured);
	if (IS_ERR(aside))
		return PTR_ERR(aside);
	aside->generation = draft->base->generation;
	draft->kept = aside;
	draft->made = aside;
	part_begin(draft);
	return 0;
}

/* What was kept goes for good */
static int kept_kill(struct obpbl_draft *draft)
{
	int err;

	if (!draft->kept)
		return 0;
	err = obpbl_txn_reserve(&draft->txn, 1);
	if (err)
		return err;
	obpbl_txn_kill_whole(&draft->txn, &draft->kept->whole);
	draft->kept = NULL;
	draft->frozen = false;
	return 0;
}

/**
 * obpbl_history_exit() - free the current policy, which is the only one left
 * @history: the line
 *
 * As if one transaction had made everything and were aborted: so that the end
 * of a namespace needs no memory.
 *
 * Context: process; nobody reads any more.
 */
void obpbl_history_exit(struct obpbl_history *history)
{
	struct obpbl_txn all = { .bytes = &history->bytes };

	WARN_ON_ONCE(!list_is_singular(&history->versions));
	obpbl_aside_free(history->kept, &history->bytes);
	obpbl_aside_free(history->shadow, &history->bytes);
	release_policy(&all, history->current_policy);
	history->current_policy = NULL;
	WARN_ON_ONCE(history->bytes);
}

/**
 * obpbl_draft_bury() - an object is out of the draft
 * @draft: the draft
 * @obj: an object that the draft no longer reaches
 *
 * Return: 0, or -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_bury(struct obpbl_draft *draft, void *obj)
{
	int err = obpbl_txn_reserve(&draft->txn, 1);

	/* What the draft made itself is freed at once and needs no room */
	if (err && ((struct obpbl_obj *)obj)->birth != draft->txn.version)
		return err;
	obpbl_txn_kill(&draft->txn, obj);
	return 0;
}

static int bury_trie(struct obpbl_draft *draft, struct obpbl_trie *trie)
{
	int err = obpbl_txn_reserve(&draft->txn, 1);

	if (!err)
		obpbl_trie_kill(trie, &draft->txn);
	return err;
}

/* The object at @index, copied first if it is not the draft's own yet */
static void *own(struct obpbl_draft *draft, struct obpbl_vec *vec, u32 index,
		 size_t size)
{
	struct obpbl_obj *old = obpbl_vec_get(vec, index);
	struct obpbl_obj *copy;
	int err;

	if (!old)
		return ERR_PTR(-ENOENT);
	if (old->birth == draft->txn.version)
		return old;
	copy = obpbl_txn_alloc_uninit(&draft->txn, size);
	if (IS_ERR(copy))
		return copy;
	memcpy(copy + 1, old + 1, size - sizeof(*copy));
	err = obpbl_vec_set(vec, &draft->txn, index, copy);
	if (err) {
		obpbl_txn_free(&draft->txn, copy);
		return ERR_PTR(err);
	}
	err = obpbl_draft_bury(draft, old);
	return err ? ERR_PTR(err) : copy;
}

/**
 * obpbl_draft_isp() - an ISP of the draft, to be changed
 * @draft: the draft
 * @index: which
 *
 * Return: the ISP, or ERR_PTR(): -ENOENT, -EBUSY while nothing configured may
 * change, or -ENOMEM or -ENOSPC and the draft is spoiled.
 */
struct obpbl_isp *obpbl_draft_isp(struct obpbl_draft *draft, u16 index)
{
	if (draft->frozen)
		return ERR_PTR(-EBUSY);
	return own(draft, &draft->policy->configured.isps, index,
		   sizeof(struct obpbl_isp));
}

/* A new object where there is none */
static void *place_new(struct obpbl_draft *draft, struct obpbl_vec *vec,
		       u32 index, size_t size)
{
	void *obj = obpbl_txn_alloc(&draft->txn, size);
	int err;

	if (IS_ERR(obj))
		return obj;
	err = obpbl_vec_set(vec, &draft->txn, index, obj);
	if (!err)
		return obj;
	obpbl_txn_free(&draft->txn, obj);
	return ERR_PTR(err);
}

/**
 * obpbl_draft_scope() - a scope of the draft, to be changed
 * @draft: the draft
 * @layer: enum obpbl_layer; a scope of run-time entries is made if need be
 * @index: which
 *
 * Return: the scope, or ERR_PTR(): -ENOENT, or -ENOMEM or -ENOSPC and the draft
 * is spoiled.
 */
struct obpbl_scope *obpbl_draft_scope(struct obpbl_draft *draft, u8 layer,
				      u16 index)
{
	struct obpbl_vec *scopes = &obpbl_draft_tables(draft, layer)->scopes;
	size_t size = sizeof(struct obpbl_scope);

	if (layer == OBPBL_LAYER_RUNTIME && !obpbl_vec_get(scopes, index))
		return place_new(draft, scopes, index, size);
	return own(draft, scopes, index, size);
}

/**
 * obpbl_draft_counts() - the counts of an ISP at run time, to be changed
 * @draft: the draft
 * @isp: index of the ISP
 *
 * Return: the counts, or ERR_PTR(): -ENOMEM or -ENOSPC and the draft is spoiled.
 */
struct obpbl_counts *obpbl_draft_counts(struct obpbl_draft *draft, u16 isp)
{
	struct obpbl_vec *counts = &draft->policy->counts;
	size_t size = sizeof(struct obpbl_counts);

	if (!obpbl_vec_get(counts, isp))
		return place_new(draft, counts, isp, size);
	return own(draft, counts, isp, size);
}

/* Scopes */

static void vrf_key(u8 *key, const char *vrf)
{
	memset(key, 0, OBPBL_KEY_SIZE);
	memcpy(key, vrf, strnlen(vrf, OBPBL_DEV_NAME_SIZE - 1));
}

static bool part_vrf(const struct obpbl_part *part, const u8 *key, u32 *index)
{
	return obpbl_trie_get(&part->vrfs, key, 128, index);
}

static bool part_scope(const struct obpbl_part *part, u32 index)
{
	return obpbl_vec_get(&part->tables.scopes, index);
}

/*
 * The index of a VRF, which is the same in all parts that exist: so that
 * run-time entries need not be moved when one takes the place of another.  What
 * is kept has been the base's part, and no index is given while it is.
 */
static u32 vrf_index(struct obpbl_draft *draft, const u8 *key)
{
	const struct obpbl_part *parts[] = {
		&draft->policy->configured,
		&draft->base->configured,
		draft->shadow ? &draft->shadow->part : NULL,
	};
	unsigned int i;
	u32 index;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i] && part_vrf(parts[i], key, &index))
			return index;
	}
	for (index = 1; ; index++) {
		for (i = 0; i < ARRAY_SIZE(parts); i++) {
			if (parts[i] && part_scope(parts[i], index))
				break;
		}
		if (i == ARRAY_SIZE(parts))
			return index;
	}
}

static int scope_new(struct obpbl_draft *draft, u32 index, const char *vrf)
{
	struct obpbl_part *part = &draft->policy->configured;
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];

	scope = place_new(draft, &part->tables.scopes, index, sizeof(*scope));
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	strscpy(scope->vrf, vrf, sizeof(scope->vrf));
	if (!index)
		return 0;
	vrf_key(key, vrf);
	return obpbl_trie_set(&part->vrfs, &draft->txn, key, 128, index);
}

/* One ISP more in the scope of @vrf, which is made if need be */
static int scope_join(struct obpbl_draft *draft, const char *vrf, u16 *index)
{
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	u32 at = 0;
	int err = 0;

	vrf_key(key, vrf);
	if (vrf[0])
		at = vrf_index(draft, key);
	if (!part_scope(&draft->policy->configured, at))
		err = scope_new(draft, at, vrf);
	if (err)
		return err;
	scope = obpbl_draft_scope(draft, OBPBL_LAYER_CONFIGURED, at);
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	scope->isps++;
	*index = at;
	return 0;
}

/* One ISP less, whose entries are gone; the last one takes the scope with it */
static int scope_leave(struct obpbl_draft *draft, u16 index)
{
	struct obpbl_part *part = &draft->policy->configured;
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	int err = 0;

	scope = obpbl_draft_scope(draft, OBPBL_LAYER_CONFIGURED, index);
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	if (--scope->isps)
		return 0;
	vrf_key(key, scope->vrf);
	if (index)
		err = obpbl_trie_del(&part->vrfs, &draft->txn, key, 128);
	if (!err)
		err = obpbl_vec_set(&part->tables.scopes, &draft->txn, index,
				    NULL);
	return err ?: obpbl_draft_bury(draft, scope);
}

/* ISPs */

/**
 * obpbl_policy_isp() - find an ISP by name
 * @policy: the snapshot
 * @name: the name
 *
 * Return: the ISP or NULL.
 */
const struct obpbl_isp *obpbl_policy_isp(const struct obpbl_policy *policy,
					 const char *name)
{
	const struct obpbl_isp *isp;
	u32 index = 0;

	while ((isp = obpbl_vec_next(&policy->configured.isps, &index))) {
		if (!strcmp(isp->config.name, name))
			return isp;
		index++;
	}
	return NULL;
}

static u32 runtime_count(const struct obpbl_policy *policy, u16 isp, u8 class)
{
	const struct obpbl_counts *counts = obpbl_vec_get(&policy->counts, isp);

	return counts ? counts->n[class] : 0;
}

/**
 * obpbl_policy_sessions() - how many prefixes sessions of an ISP have
 * @policy: the snapshot
 * @isp: index of the ISP
 *
 * Return: prefixes; a session without one counts as one.
 */
u32 obpbl_policy_sessions(const struct obpbl_policy *policy, u16 isp)
{
	const struct obpbl_counts *counts = obpbl_vec_get(&policy->counts, isp);

	return counts ? counts->session_entries : 0;
}

/**
 * obpbl_policy_count() - how much an ISP has of a class
 * @policy: the snapshot
 * @isp: an ISP of it
 * @class: enum obpbl_class
 *
 * Return: prefixes or overlays, configured and added at run time.
 */
u32 obpbl_policy_count(const struct obpbl_policy *policy,
		       const struct obpbl_isp *isp, u8 class)
{
	return isp->counts[class] + runtime_count(policy, isp->index, class);
}

/**
 * obpbl_draft_isp_add() - add an ISP
 * @draft: the draft
 * @index: its place, the one that its name always has
 * @config: its settings
 *
 * Return: 0, -EEXIST, -EBUSY while nothing configured may change, or -ENOMEM or
 * -ENOSPC and the draft is spoiled.
 */
int obpbl_draft_isp_add(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config)
{
	struct obpbl_part *part = &draft->policy->configured;
	struct obpbl_isp *isp;
	u16 scope;
	int err;

	if (draft->frozen)
		return -EBUSY;
	if (obpbl_vec_get(&part->isps, index))
		return -EEXIST;
	err = scope_join(draft, config->vrf, &scope);
	if (err)
		return err;
	isp = place_new(draft, &part->isps, index, sizeof(*isp));
	if (IS_ERR(isp))
		return PTR_ERR(isp);
	isp->config = *config;
	isp->index = index;
	isp->scope = scope;
	part->reverse += config->reverse;
	part->limits += !!config->limit;
	return 0;
}

static bool has_sources(const struct obpbl_policy *policy,
			const struct obpbl_isp *isp)
{
	u32 classes = OBPBL_SRC_CLASSES | OBPBL_OVERLAY_CLASSES;
	u8 class;

	if (obpbl_policy_sessions(policy, isp->index))
		return true;
	for (class = 0; class <= OBPBL_CLASS_MAX; class++) {
		if (OBPBL_BIT(class) & classes &&
		    obpbl_policy_count(policy, isp, class))
			return true;
	}
	return false;
}

static int isp_move(struct obpbl_draft *draft, struct obpbl_isp *isp,
		    const char *vrf)
{
	u16 old = isp->scope;
	int err;

	if (!strcmp(isp->config.vrf, vrf))
		return 0;
	if (has_sources(draft->policy, isp))
		return -EBUSY;
	err = scope_join(draft, vrf, &isp->scope);
	return err ?: scope_leave(draft, old);
}

/**
 * obpbl_draft_isp_set() - change the settings of an ISP
 * @draft: the draft
 * @index: which
 * @config: all of its settings
 *
 * Return: 0, -ENOENT, -EBUSY if its VRF would change under its source entries
 * or nothing configured may change, or -ENOMEM or -ENOSPC; the draft is spoiled
 * by any of them.
 */
int obpbl_draft_isp_set(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	struct obpbl_part *part = &draft->policy->configured;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = isp_move(draft, isp, config->vrf);
	if (err)
		return err;
	part->reverse += config->reverse - isp->config.reverse;
	part->limits += !!config->limit - !!isp->config.limit;
	isp->config = *config;
	return 0;
}

/* What an ISP that goes had at run time is gone */
static int counts_drop(struct obpbl_draft *draft, u16 isp)
{
	struct obpbl_vec *vec = &draft->policy->counts;
	struct obpbl_counts *counts = obpbl_vec_get(vec, isp);
	int err;

	if (!counts)
		return 0;
	err = obpbl_vec_set(vec, &draft->txn, isp, NULL);
	return err ?: obpbl_draft_bury(draft, counts);
}

/**
 * obpbl_draft_isp_del() - remove an ISP with its prefixes, overlays, sessions
 * @draft: the draft
 * @index: which
 *
 * Return: 0, -ENOENT, -EBUSY while nothing configured may change, or -ENOMEM or
 * -ENOSPC and the draft is spoiled.
 */
int obpbl_draft_isp_del(struct obpbl_draft *draft, u16 index)
{
	static const u8 classes[] = {
		OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC, OBPBL_CLASS_SPACE,
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
	};
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	struct obpbl_part *part = &draft->policy->configured;
	unsigned int i;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = obpbl_draft_overlays_flush(draft, index);
	if (!err && !draft->aside)
		err = obpbl_draft_sessions_flush(draft, index);
	for (i = 0; !err && i < ARRAY_SIZE(classes); i++)
		err = obpbl_draft_prefix_flush(draft, index, classes[i]);
	if (!err)
		err = scope_leave(draft, isp->scope);
	if (!err && !draft->aside)
		err = counts_drop(draft, index);
	if (!err)
		err = obpbl_vec_set(&part->isps, &draft->txn, index, NULL);
	if (err)
		return err;
	part->reverse -= isp->config.reverse;
	part->limits -= !!isp->config.limit;
	return obpbl_draft_bury(draft, isp);
}

/* Everything at once */

static int clear_spots(struct obpbl_draft *draft, struct obpbl_vec *spots)
{
	struct obpbl_spot *spot;
	unsigned int i;
	u32 index = 0;
	int err = 0;

	while (!err && (spot = obpbl_vec_next(spots, &index))) {
		for (i = 0; !err && i < spot->n; i++)
			err = obpbl_draft_bury(draft, spot->overlays[i]);
		if (!err)
			err = obpbl_draft_bury(draft, spot);
		index++;
	}
	return err ?: obpbl_vec_kill(spots, &draft->txn);
}

static int clear_scopes(struct obpbl_draft *draft, struct obpbl_vec *scopes)
{
	struct obpbl_scope *scope;
	u32 index = 0;
	int err = 0;
	u8 family;

	while (!err && (scope = obpbl_vec_next(scopes, &index))) {
		for (family = 0; !err && family < OBPBL_FAMILIES; family++) {
			/* A copy: the object itself belongs to its readers */
			struct obpbl_trie src = scope->src[family];

			err = bury_trie(draft, &src);
		}
		if (!err)
			err = obpbl_draft_bury(draft, scope);
		index++;
	}
	return err ?: obpbl_vec_kill(scopes, &draft->txn);
}

/* An array whose objects reach nothing else */
static int clear_vec(struct obpbl_draft *draft, struct obpbl_vec *vec)
{
	u32 index = 0;
	void *obj;
	int err = 0;

	while (!err && (obj = obpbl_vec_next(vec, &index))) {
		err = obpbl_draft_bury(draft, obj);
		index++;
	}
	return err ?: obpbl_vec_kill(vec, &draft->txn);
}

static int clear_sessions(struct obpbl_draft *draft)
{
	struct obpbl_policy *policy = draft->policy;
	int err;

	err = bury_trie(draft, &policy->devices);
	policy->session_entries = 0;
	return err ?: clear_vec(draft, &policy->sessions);
}

static int clear_runtime(struct obpbl_draft *draft)
{
	struct obpbl_policy *policy = draft->policy;
	int err;

	err = clear_scopes(draft, &policy->runtime.scopes);
	if (!err)
		err = clear_spots(draft, &policy->runtime.spots);
	if (!err)
		err = clear_sessions(draft);
	if (!err)
		err = clear_vec(draft, &policy->counts);
	policy->runtime.overlays = 0;
	policy->runtime.devs = 0;
	return err;
}

static int clear(struct obpbl_draft *draft, bool runtime)
{
	int err = 0;

	if (runtime) {
		draft->shadow = NULL;
		err = kept_kill(draft);
	}
	if (!err && draft->frozen)
		err = -EBUSY;
	if (!err)
		err = part_kill(draft);
	draft->replaces = !runtime;
	return err || !runtime ? err : clear_runtime(draft);
}

/**
 * obpbl_draft_clear() - remove what was configured, or everything
 * @draft: a draft that has not been changed yet
 * @runtime: run-time entries as well, what was kept to be brought back, and the
 *	     shadow, which the caller frees
 *
 * What was configured goes as one entry of the dead list.  What it needs on
 * the way is not refused for the ceiling on memory, since it only takes away.
 *
 * Return: 0, -EBUSY while nothing configured may change, or -ENOMEM and the
 * draft is spoiled.
 */
int obpbl_draft_clear(struct obpbl_draft *draft, bool runtime)
{
	u64 limit = draft->txn.limit;
	int err;

	draft->txn.limit = U64_MAX;
	err = clear(draft, runtime);
	draft->txn.limit = limit;
	return err;
}

/**
 * obpbl_draft_keep() - remove what was configured, so that it can come back
 * @draft: a draft that has not been changed yet
 *
 * Once this draft is published, nothing configured may change until either
 * obpbl_draft_confirm() or obpbl_draft_rollback() has been.
 *
 * Return: 0, -EBUSY while that is so already, or -ENOMEM and the draft is
 * spoiled.
 */
int obpbl_draft_keep(struct obpbl_draft *draft)
{
	if (draft->frozen)
		return -EBUSY;
	draft->replaces = true;
	draft->lenient = true;
	return part_keep(draft);
}

/**
 * obpbl_draft_confirm() - what was kept is not going to come back
 * @draft: a draft that has not been changed yet
 *
 * Run-time overlays that are configured as well by now are only configured
 * afterwards, as after any other change of what is configured.
 *
 * Return: 0, -ENOENT if nothing was kept, or -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_confirm(struct obpbl_draft *draft)
{
	int err;

	if (!draft->kept)
		return -ENOENT;
	draft->txn.limit = U64_MAX;
	err = kept_kill(draft);
	return err ?: obpbl_draft_absorb(draft);
}

/**
 * obpbl_draft_rollback() - bring back what was kept
 * @draft: a draft that has not been changed yet
 *
 * Takes a few small allocations, however large the tables are, and no ceiling
 * holds for them.  Run-time entries fit: none was let in that would not.
 *
 * Return: 0, -ENOENT if nothing was kept, or -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_rollback(struct obpbl_draft *draft)
{
	struct obpbl_aside *kept = draft->kept;
	int err;

	if (!kept)
		return -ENOENT;
	draft->txn.limit = U64_MAX;
	err = part_kill(draft);
	/* The object is not needed any more, the part that it held is */
	if (!err)
		err = obpbl_draft_bury(draft, kept);
	if (err)
		return err;
	draft->policy->configured = kept->part;
	draft->kept = NULL;
	draft->frozen = false;
	return 0;
}

/**
 * obpbl_draft_beside() - start from nothing, beside what is configured
 * @draft: a draft that has not been changed yet
 *
 * It ends with obpbl_draft_commit_aside().  Run-time entries cannot be changed
 * by it, but what is configured by it must go with them.
 *
 * Return: 0, -EBUSY while nothing configured may change, or -ENOMEM and the
 * draft is spoiled.
 */
int obpbl_draft_beside(struct obpbl_draft *draft)
{
	struct obpbl_aside *aside;

	if (draft->frozen)
		return -EBUSY;
	part_begin(draft);
	aside = aside_new(draft, &draft->policy->configured);
	if (IS_ERR(aside))
		return PTR_ERR(aside);
	draft->shadow = aside;
	draft->made = aside;
	draft->replaces = true;
	draft->lenient = true;
	draft->aside = true;
	return 0;
}

/**
 * obpbl_draft_commit_aside() - put the draft beside the current policy
 * @draft: the draft, begun with obpbl_draft_beside(), checked
 *
 * Context: under the lock of the history.  Cannot fail.
 * Return: the shadow that was there before, for obpbl_aside_free() after a
 * grace period; NULL for none.
 */
struct obpbl_aside *obpbl_draft_commit_aside(struct obpbl_draft *draft)
{
	struct obpbl_history *history = draft->history;
	struct obpbl_aside *old = history->shadow;

	draft->shadow->part = draft->policy->configured;
	history->shadow = draft->shadow;
	/* Nothing of the current policy has died: the list is empty */
	obpbl_txn_forget(&draft->txn);
	kfree(draft->policy);
	draft->policy = NULL;
	return old;
}

/**
 * obpbl_draft_promote() - the shadow becomes what is configured
 * @draft: a draft that has not been changed yet
 * @keep: keep what was configured, as obpbl_draft_keep() does
 *
 * The caller frees the object that held the shadow, but not its part.
 *
 * Return: 0, -ENOENT if there is no shadow, -EBUSY while nothing configured may
 * change, or -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_promote(struct obpbl_draft *draft, bool keep)
{
	int err;

	if (!draft->shadow)
		return -ENOENT;
	err = keep ? obpbl_draft_keep(draft) : obpbl_draft_clear(draft, false);
	if (err)
		return err;
	draft->policy->configured = draft->shadow->part;
	draft->shadow = NULL;
	draft->promoted = true;
	return 0;
}

/**
 * obpbl_draft_check() - the last look before obpbl_draft_commit()
 * @draft: the draft
 *
 * Return: 0, -ENOENT if run-time entries belong to an ISP that is gone, -EBUSY
 * if to one whose VRF has changed, -EADDRINUSE if to another than what is
 * configured at the same prefix, with the name in @draft->conflict; or -ENOMEM.
 * The draft is spoiled by any of them.
 */
int obpbl_draft_check(struct obpbl_draft *draft)
{
	int err;

	if (!draft->replaces)
		return 0;
	err = obpbl_draft_fits(draft);
	return err || draft->lenient ? err : obpbl_draft_absorb(draft);
}
