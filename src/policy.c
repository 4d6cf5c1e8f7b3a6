// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots and the line that they form; drafts; ISPs and scopes.
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
	draft->base = history->current_policy;
	draft->policy = policy;
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

	release_tries(txn, scope->src[0], OBPBL_LAYERS * OBPBL_FAMILIES);
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

static void release_session(struct obpbl_txn *txn, void *ptr)
{
	obpbl_obj_free(ptr, txn->bytes);
}

/* Frees what @policy reaches and @txn made; and @policy itself */
static void release_policy(struct obpbl_txn *txn, struct obpbl_policy *policy)
{
	u8 layer;

	obpbl_vec_abort(&policy->isps, txn, release_isp);
	obpbl_vec_abort(&policy->scopes, txn, release_scope);
	for (layer = 0; layer < OBPBL_LAYERS; layer++)
		obpbl_vec_abort(&policy->spots[layer], txn, release_spot);
	obpbl_vec_abort(&policy->sessions, txn, release_session);
	obpbl_trie_abort(&policy->devices, txn);
	obpbl_trie_abort(&policy->vrfs, txn);
	obpbl_txn_forget(txn);
	kfree(policy);
}

/**
 * obpbl_draft_abort() - throw a draft away
 * @draft: the draft
 *
 * Costs what was changed, however large the tables are.
 *
 * Context: under the lock of the history; process.
 */
void obpbl_draft_abort(struct obpbl_draft *draft)
{
	release_policy(&draft->txn, draft->policy);
	draft->policy = NULL;
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
	copy = obpbl_txn_alloc(&draft->txn, size);
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
 * Return: the ISP, or ERR_PTR(): -ENOENT, or -ENOMEM or -ENOSPC and the draft
 * is spoiled.
 */
struct obpbl_isp *obpbl_draft_isp(struct obpbl_draft *draft, u16 index)
{
	return own(draft, &draft->policy->isps, index,
		   sizeof(struct obpbl_isp));
}

/**
 * obpbl_draft_scope() - a scope of the draft, to be changed
 * @draft: the draft
 * @index: which
 *
 * Return: as obpbl_draft_isp().
 */
struct obpbl_scope *obpbl_draft_scope(struct obpbl_draft *draft, u16 index)
{
	return own(draft, &draft->policy->scopes, index,
		   sizeof(struct obpbl_scope));
}

/* Scopes */

static void vrf_key(u8 *key, const char *vrf)
{
	memset(key, 0, OBPBL_KEY_SIZE);
	memcpy(key, vrf, strnlen(vrf, OBPBL_DEV_NAME_SIZE - 1));
}

static int scope_new(struct obpbl_draft *draft, u32 index, const char *vrf)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	int err;

	scope = obpbl_txn_alloc(&draft->txn, sizeof(*scope));
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	strscpy(scope->vrf, vrf, sizeof(scope->vrf));
	err = obpbl_vec_set(&policy->scopes, &draft->txn, index, scope);
	if (err) {
		obpbl_txn_free(&draft->txn, scope);
		return err;
	}
	if (!index)
		return 0;
	vrf_key(key, vrf);
	return obpbl_trie_set(&policy->vrfs, &draft->txn, key, 128, index);
}

/* One ISP more in the scope of @vrf, which is made if need be */
static int scope_join(struct obpbl_draft *draft, const char *vrf, u16 *index)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	u32 at = 0;
	int err = 0;

	if (!obpbl_vec_get(&policy->scopes, 0))
		err = scope_new(draft, 0, "");
	vrf_key(key, vrf);
	if (!err && vrf[0] && !obpbl_trie_get(&policy->vrfs, key, 128, &at)) {
		at = obpbl_vec_free_index(&policy->scopes);
		err = scope_new(draft, at, vrf);
	}
	if (err)
		return err;
	scope = obpbl_draft_scope(draft, at);
	if (IS_ERR(scope))
		return PTR_ERR(scope);
	scope->isps++;
	*index = at;
	return 0;
}

static bool scope_empty(const struct obpbl_scope *scope)
{
	u8 layer, family;

	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		for (family = 0; family < OBPBL_FAMILIES; family++) {
			if (scope->src[layer][family].count)
				return false;
		}
	}
	return true;
}

/* Removes the scope of a VRF that no ISP names any more */
static int scope_prune(struct obpbl_draft *draft, u32 index)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_scope *scope;
	u8 key[OBPBL_KEY_SIZE];
	int err;

	scope = obpbl_vec_get(&policy->scopes, index);
	if (!index || scope->isps || !scope_empty(scope))
		return 0;
	vrf_key(key, scope->vrf);
	err = obpbl_trie_del(&policy->vrfs, &draft->txn, key, 128);
	if (!err)
		err = obpbl_vec_set(&policy->scopes, &draft->txn, index, NULL);
	return err ?: obpbl_draft_bury(draft, scope);
}

static int scope_leave(struct obpbl_draft *draft, u16 index)
{
	struct obpbl_scope *scope = obpbl_draft_scope(draft, index);

	if (IS_ERR(scope))
		return PTR_ERR(scope);
	scope->isps--;
	return scope_prune(draft, index);
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

	while ((isp = obpbl_vec_next(&policy->isps, &index))) {
		if (!strcmp(isp->config.name, name))
			return isp;
		index++;
	}
	return NULL;
}

/* An ISP that comes back with a new configuration has its run-time entries */
static void keep_counts(struct obpbl_draft *draft, struct obpbl_isp *isp)
{
	const struct obpbl_isp *was;

	was = obpbl_vec_get(&draft->base->isps, isp->index);
	if (!draft->replaces || !was)
		return;
	memcpy(isp->counts[OBPBL_LAYER_RUNTIME],
	       was->counts[OBPBL_LAYER_RUNTIME],
	       sizeof(isp->counts[OBPBL_LAYER_RUNTIME]));
	isp->session_entries = was->session_entries;
}

/**
 * obpbl_draft_isp_add() - add an ISP
 * @draft: the draft
 * @index: its place, the one that its name always has
 * @config: its settings
 *
 * Return: 0, -EEXIST, or -ENOMEM or -ENOSPC and the draft is spoiled.
 */
int obpbl_draft_isp_add(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_isp *isp;
	u16 scope;
	int err;

	if (obpbl_vec_get(&policy->isps, index))
		return -EEXIST;
	err = scope_join(draft, config->vrf, &scope);
	if (err)
		return err;
	isp = obpbl_txn_alloc(&draft->txn, sizeof(*isp));
	if (IS_ERR(isp))
		return PTR_ERR(isp);
	isp->config = *config;
	isp->index = index;
	isp->scope = scope;
	keep_counts(draft, isp);
	err = obpbl_vec_set(&policy->isps, &draft->txn, index, isp);
	if (err) {
		obpbl_txn_free(&draft->txn, isp);
		return err;
	}
	policy->reverse += config->reverse;
	policy->limits += !!config->limit;
	return 0;
}

static bool has_sources(const struct obpbl_isp *isp)
{
	u8 layer, class;

	if (isp->session_entries)
		return true;
	for (layer = 0; layer < OBPBL_LAYERS; layer++) {
		for (class = 0; class <= OBPBL_CLASS_MAX; class++) {
			if (isp->counts[layer][class] &&
			    (OBPBL_BIT(class) & (OBPBL_SRC_CLASSES |
						 OBPBL_OVERLAY_CLASSES)))
				return true;
		}
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
	if (has_sources(isp))
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
 * Return: 0, -ENOENT, -EBUSY if its VRF would change under its source entries,
 * or -ENOMEM or -ENOSPC; the draft is spoiled by any of them.
 */
int obpbl_draft_isp_set(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config)
{
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = isp_move(draft, isp, config->vrf);
	if (err)
		return err;
	draft->policy->reverse += config->reverse - isp->config.reverse;
	draft->policy->limits += !!config->limit - !!isp->config.limit;
	isp->config = *config;
	return 0;
}

/**
 * obpbl_draft_isp_del() - remove an ISP with its prefixes, overlays, sessions
 * @draft: the draft
 * @index: which
 *
 * Return: 0, -ENOENT, or -ENOMEM or -ENOSPC and the draft is spoiled.
 */
int obpbl_draft_isp_del(struct obpbl_draft *draft, u16 index)
{
	static const u8 classes[] = {
		OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC, OBPBL_CLASS_SPACE,
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
	};
	struct obpbl_isp *isp = obpbl_draft_isp(draft, index);
	unsigned int i;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = obpbl_draft_overlays_flush(draft, index);
	if (!err)
		err = obpbl_draft_sessions_flush(draft, index);
	for (i = 0; !err && i < ARRAY_SIZE(classes); i++)
		err = obpbl_draft_prefix_flush(draft, index, classes[i]);
	if (!err)
		err = scope_leave(draft, isp->scope);
	if (!err)
		err = obpbl_vec_set(&draft->policy->isps, &draft->txn, index,
				    NULL);
	if (err)
		return err;
	draft->policy->reverse -= isp->config.reverse;
	draft->policy->limits -= !!isp->config.limit;
	return obpbl_draft_bury(draft, isp);
}

/* Everything at once */

static int clear_isps(struct obpbl_draft *draft)
{
	struct obpbl_vec *isps = &draft->policy->isps;
	struct obpbl_isp *isp;
	u32 index = 0;
	u8 family;
	int err = 0;

	while (!err && (isp = obpbl_vec_next(isps, &index))) {
		for (family = 0; !err && family < OBPBL_FAMILIES; family++) {
			/* A copy: the object itself belongs to its readers */
			struct obpbl_trie dst = isp->dst[family];

			err = bury_trie(draft, &dst);
		}
		if (!err)
			err = obpbl_draft_bury(draft, isp);
		index++;
	}
	return err ?: obpbl_vec_kill(isps, &draft->txn);
}

static int clear_spots(struct obpbl_draft *draft, u8 layer)
{
	struct obpbl_vec *spots = &draft->policy->spots[layer];
	struct obpbl_spot *spot;
	unsigned int i;
	u32 index = 0;
	int err = 0;

	while (!err && (spot = obpbl_vec_next(spots, &index))) {
		for (i = 0; !err && i < spot->n; i++) {
			draft->policy->overlays--;
			draft->policy->devs -= !!spot->overlays[i]->dev[0];
			err = obpbl_draft_bury(draft, spot->overlays[i]);
		}
		if (!err)
			err = obpbl_draft_bury(draft, spot);
		index++;
	}
	return err ?: obpbl_vec_kill(spots, &draft->txn);
}

static int clear_sessions(struct obpbl_draft *draft)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_session *session;
	u32 index = 0;
	int err;

	err = bury_trie(draft, &policy->devices);
	while (!err &&
	       (session = obpbl_vec_next(&policy->sessions, &index))) {
		err = obpbl_draft_bury(draft, session);
		index++;
	}
	policy->session_entries = 0;
	return err ?: obpbl_vec_kill(&policy->sessions, &draft->txn);
}

static int clear_scopes(struct obpbl_draft *draft, u8 layer)
{
	struct obpbl_scope *scope;
	u32 index = 0;
	u8 family;
	int err;

	while (obpbl_vec_next(&draft->policy->scopes, &index)) {
		scope = obpbl_draft_scope(draft, index);
		if (IS_ERR(scope))
			return PTR_ERR(scope);
		scope->isps = 0;
		for (family = 0; family < OBPBL_FAMILIES; family++) {
			err = bury_trie(draft, &scope->src[layer][family]);
			if (err)
				return err;
		}
		index++;
	}
	return 0;
}

static int prune_scopes(struct obpbl_draft *draft)
{
	u32 index = 0;
	int err = 0;

	while (!err && obpbl_vec_next(&draft->policy->scopes, &index))
		err = scope_prune(draft, index++);
	return err;
}

/* No ISP and no entry is left: not even scope 0 */
static int clear_last_scope(struct obpbl_draft *draft)
{
	struct obpbl_vec *scopes = &draft->policy->scopes;
	struct obpbl_scope *scope;
	int err;

	err = prune_scopes(draft);
	scope = obpbl_vec_get(scopes, 0);
	if (!err && scope)
		err = obpbl_draft_bury(draft, scope);
	return err ?: obpbl_vec_kill(scopes, &draft->txn);
}

static int clear(struct obpbl_draft *draft, bool runtime)
{
	int err;

	err = clear_scopes(draft, OBPBL_LAYER_CONFIGURED);
	if (!err)
		err = clear_spots(draft, OBPBL_LAYER_CONFIGURED);
	if (!err)
		err = clear_isps(draft);
	if (err)
		return err;
	draft->policy->prefixes = 0;
	draft->policy->reverse = 0;
	draft->policy->limits = 0;
	draft->replaces = !runtime;
	if (!runtime)
		return 0;
	err = clear_scopes(draft, OBPBL_LAYER_RUNTIME);
	if (!err)
		err = clear_spots(draft, OBPBL_LAYER_RUNTIME);
	if (!err)
		err = clear_sessions(draft);
	return err ?: clear_last_scope(draft);
}

/**
 * obpbl_draft_clear() - remove what was configured, or everything
 * @draft: a draft that has not been changed yet
 * @runtime: run-time entries as well
 *
 * The tables of a million go as one entry of the dead list.  What it needs on
 * the way is not refused for the ceiling on memory, since it only takes away.
 *
 * Return: 0, or -ENOMEM and the draft is spoiled.
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

/* Run-time entries outlive a change of configuration only if they still fit */
static int check_fit(struct obpbl_draft *draft, u16 index, u16 scope)
{
	const struct obpbl_isp *isp, *was;

	isp = obpbl_vec_get(&draft->policy->isps, index);
	if (isp && isp->scope == scope)
		return 0;
	was = obpbl_vec_get(&draft->base->isps, index);
	strscpy(draft->conflict, was->config.name, sizeof(draft->conflict));
	return isp ? -EBUSY : -ENOENT;
}

static int check_sessions(struct obpbl_draft *draft)
{
	const struct obpbl_isp *was;
	u32 index = 0;
	int err = 0;

	while (!err && (was = obpbl_vec_next(&draft->base->isps, &index))) {
		if (was->session_entries)
			err = check_fit(draft, was->index, was->scope);
		index++;
	}
	return err;
}

/**
 * obpbl_draft_check() - the last look before obpbl_draft_commit()
 * @draft: the draft
 *
 * Return: 0, -ENOENT if run-time entries belong to an ISP that is gone, -EBUSY
 * if to one whose VRF has changed, with the name in @draft->conflict; or
 * -ENOMEM.  The draft is spoiled by any of them.
 */
int obpbl_draft_check(struct obpbl_draft *draft)
{
	struct obpbl_policy *policy = draft->policy;
	struct obpbl_spot *spot;
	u32 index = 0;
	int err;

	if (!draft->replaces)
		return 0;
	while ((spot = obpbl_vec_next(&policy->spots[OBPBL_LAYER_RUNTIME],
				      &index))) {
		err = check_fit(draft, spot->isp, spot->scope);
		if (err)
			return err;
		index++;
	}
	err = check_sessions(draft);
	return err ?: prune_scopes(draft);
}
