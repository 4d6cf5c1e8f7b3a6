// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots, transactions, and the tables that they share.
 *
 * A policy is small: what it costs to make one is four pointers, some roots to
 * begin at, and a copy of the roots of each table that it changes.  Who lets go of the last policy
 * that has a version of a table frees what only that version reaches; with the
 * last version of a table, its line ends, and all that is left of it is freed.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dead.h"
#include "policy.h"

/* Tables and lines */

/* A table of a new line, which is the caller's until it is published */
static struct obpbl_table *table_begin(const struct obpbl_txn *txn)
{
	struct obpbl_table *table = obpbl_table_new(txn);
	struct obpbl_line *line = kzalloc(sizeof(*line), GFP_KERNEL_ACCOUNT);

	if (!table || !line) {
		kfree(table);
		kfree(line);
		return NULL;
	}
	INIT_LIST_HEAD(&line->versions);
	table->line = line;
	return table;
}

static bool made_here(const struct obpbl_policy *policy,
		      const struct obpbl_table *table)
{
	return table && table->txn.version == policy->version;
}

/* All that is left of a line that nobody holds any more */
static void line_free(struct obpbl_line *line, u64 *bytes)
{
	struct obpbl_table *table;

	for (;;) {
		table = list_first_entry(&line->versions, struct obpbl_table,
					 node);
		/* What only older versions reached */
		obpbl_dead_drop(&table->txn.dead, 0, false, NULL, bytes);
		if (list_is_singular(&line->versions))
			break;
		list_del(&table->node);
		kfree(table);
	}
	obpbl_table_release(table, 0, bytes);
	kfree(line);
}

/* A version between others that are held, or before them */
static void version_free(struct obpbl_history *history,
			 struct obpbl_table *table, u64 *bytes)
{
	struct obpbl_table *newer = list_next_entry(table, node), *older;

	if (list_is_first(&table->node, &table->line->versions)) {
		/* Its own list has no entry, but may have memory */
		obpbl_dead_drop(&table->txn.dead, 0, false, NULL, bytes);
		obpbl_dead_drop(&newer->txn.dead, 0, false, NULL, bytes);
	} else {
		older = list_prev_entry(table, node);
		obpbl_dead_drop(&newer->txn.dead, older->txn.version, true,
				&table->txn.dead, bytes);
		newer->txn.dead = table->txn.dead;
	}
	spin_lock(&history->lock);
	list_del(&table->node);
	spin_unlock(&history->lock);
	kfree(table);
}

/*
 * A policy lets go of a table.  The newest version stays until its line ends:
 * whatever is only in it is freed then, with all the rest.
 */
static void table_put(struct obpbl_history *history, struct obpbl_table *table,
		      u64 *bytes)
{
	struct obpbl_line *line = table->line;
	bool last, unused, newest;

	spin_lock(&history->lock);
	unused = !--table->refs;
	if (unused)
		line->held--;
	last = !line->held;
	newest = list_entry(line->versions.prev, struct obpbl_table, node) ==
		 table;
	if (last)
		list_del(&line->node);
	spin_unlock(&history->lock);
	if (last)
		line_free(line, bytes);
	else if (unused && !newest)
		version_free(history, table, bytes);
}

/* What a transaction made and nobody has ever seen */
static void draft_free(struct obpbl_policy *policy, u64 *bytes)
{
	struct obpbl_table *table;
	unsigned int slot;

	for (slot = 0; slot < OBPBL_SLOTS; slot++) {
		table = policy->slot[slot];
		if (!made_here(policy, table))
			continue;
		if (list_empty(&table->line->versions))
			kfree(table->line);
		obpbl_table_release(table, policy->version, bytes);
	}
}

static void observer_put(struct obpbl_history *history,
			 struct obpbl_observer *observer)
{
	bool last;

	spin_lock(&history->lock);
	last = !--observer->refs;
	spin_unlock(&history->lock);
	if (last)
		observer->release(observer);
}

static void policy_free(struct obpbl_history *history,
			struct obpbl_policy *policy, u64 *bytes)
{
	unsigned int slot;

	for (slot = 0; slot < OBPBL_SLOTS; slot++) {
		if (policy->slot[slot])
			table_put(history, policy->slot[slot], bytes);
		cond_resched();
	}
	if (policy->observer)
		observer_put(history, policy->observer);
}

/**
 * obpbl_policy_free() - free a policy and what only it reaches
 * @history: what it belongs to
 * @policy: the policy, which nobody holds any more; or what
 *	    obpbl_transaction_abort() has left
 *
 * The effort is what is freed.
 *
 * Context: process; may sleep, in steps of one node.  One call at a time; beside
 * transactions.
 */
void obpbl_policy_free(struct obpbl_history *history,
		       struct obpbl_policy *policy)
{
	struct obpbl_policy *base = policy->base;
	u64 freed = 0;

	if (base)
		draft_free(policy, &freed);
	else
		policy_free(history, policy, &freed);
	kfree(policy);
	spin_lock(&history->lock);
	history->freed += freed;
	spin_unlock(&history->lock);
	if (base && obpbl_policy_put(history, base))
		obpbl_policy_free(history, base);
}

/**
 * obpbl_policy_hold() - keep the current policy
 * @history: the history
 *
 * Context: process.
 * Return: the policy, for obpbl_policy_put().
 */
struct obpbl_policy *obpbl_policy_hold(struct obpbl_history *history)
{
	struct obpbl_policy *policy;

	spin_lock(&history->lock);
	policy = history->current_policy;
	policy->refs++;
	spin_unlock(&history->lock);
	return policy;
}

/**
 * obpbl_policy_put() - let go of a policy
 * @history: the history
 * @policy: the policy.  Whoever held it for being current lets go only after a
 *	    grace period.
 *
 * Context: process.
 * Return: true if nobody holds it any more: it is for obpbl_policy_free().
 */
bool obpbl_policy_put(struct obpbl_history *history,
		      struct obpbl_policy *policy)
{
	bool last;

	spin_lock(&history->lock);
	last = !--policy->refs;
	spin_unlock(&history->lock);
	return last;
}

/**
 * obpbl_history_bytes() - the memory of all tables that exist
 * @history: the history
 *
 * Context: process.  Beside a transaction, as of some moment of it.
 * Return: bytes.
 */
u64 obpbl_history_bytes(struct obpbl_history *history)
{
	u64 bytes;

	spin_lock(&history->lock);
	bytes = READ_ONCE(history->bytes) + history->freed;
	spin_unlock(&history->lock);
	return bytes;
}

/* What a policy that is published has, nobody may free any more */
static void policy_publish(struct obpbl_history *history,
			   struct obpbl_policy *policy)
{
	struct obpbl_table *table;
	unsigned int slot;

	lockdep_assert_held(&history->lock);

	for (slot = 0; slot < OBPBL_SLOTS; slot++) {
		table = policy->slot[slot];
		if (!table)
			continue;
		if (made_here(policy, table)) {
			if (list_empty(&table->line->versions))
				list_add_tail(&table->line->node,
					      &history->lines);
			list_add_tail(&table->node, &table->line->versions);
		}
		if (!table->refs++)
			table->line->held++;
	}
	if (policy->observer)
		policy->observer->refs++;
	policy->refs = 1;
	policy->base = NULL;
	history->current_policy = policy;
}

/**
 * obpbl_history_init() - begin with the empty policy, generation 0
 * @history: the history
 *
 * Return: 0 or -ENOMEM.
 */
int obpbl_history_init(struct obpbl_history *history)
{
	struct obpbl_policy *empty = kzalloc(sizeof(*empty), GFP_KERNEL);
	struct obpbl_txn txn = { .bytes = &history->bytes };
	u64 bytes = 0;

	memset(history, 0, sizeof(*history));
	spin_lock_init(&history->lock);
	INIT_LIST_HEAD(&history->lines);
	if (!empty)
		return -ENOMEM;
	empty->history = history;
	empty->version = txn.version = history->next++;
	empty->slot[OBPBL_LIVE] = table_begin(&txn);
	empty->slot[OBPBL_RUNTIME] = table_begin(&txn);
	if (!empty->slot[OBPBL_LIVE] || !empty->slot[OBPBL_RUNTIME]) {
		draft_free(empty, &bytes);
		kfree(empty);
		return -ENOMEM;
	}
	spin_lock(&history->lock);
	policy_publish(history, empty);
	spin_unlock(&history->lock);
	return 0;
}

/**
 * obpbl_history_exit() - free the current policy, which is the only one left
 * @history: the history
 *
 * Context: process; nobody reads any more.
 */
void obpbl_history_exit(struct obpbl_history *history)
{
	struct obpbl_policy *policy = history->current_policy;

	if (WARN_ON_ONCE(!obpbl_policy_put(history, policy)))
		return;
	history->current_policy = NULL;
	obpbl_policy_free(history, policy);
	WARN_ON_ONCE(!list_empty(&history->lines));
	WARN_ON_ONCE(obpbl_history_bytes(history));
}

/* Transactions */

/**
 * obpbl_transaction_begin() - start from the current policy
 * @transaction: the transaction
 * @history: the history
 *
 * The caller sets the ceilings.
 *
 * Context: process; whoever owns the history.
 * Return: 0 or -ENOMEM.
 */
int obpbl_transaction_begin(struct obpbl_transaction *transaction,
			    struct obpbl_history *history)
{
	struct obpbl_policy *base = history->current_policy, *policy;

	memset(transaction, 0, sizeof(*transaction));
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return -ENOMEM;
	spin_lock(&history->lock);
	history->bytes += history->freed;
	history->freed = 0;
	base->refs++;
	spin_unlock(&history->lock);
	memcpy(policy->slot, base->slot, sizeof(policy->slot));
	policy->observer = base->observer;
	policy->history = history;
	policy->base = base;
	policy->generation = base->generation + 1;
	policy->version = history->next++;
	transaction->history = history;
	transaction->policy = policy;
	transaction->target = OBPBL_LIVE;
	transaction->max_bytes = U64_MAX;
	return 0;
}

static struct obpbl_txn txn_of(const struct obpbl_transaction *transaction)
{
	struct obpbl_txn txn = {
		.version = transaction->policy->version,
		.bytes = &transaction->history->bytes,
		.limit = transaction->unlimited ? U64_MAX :
						  transaction->max_bytes,
	};

	return txn;
}

/**
 * obpbl_transaction_table() - a table that may be changed
 * @transaction: the transaction
 * @slot: where it stands
 *
 * Return: the table, of this transaction's own version; ERR_PTR(-ENOMEM).
 */
struct obpbl_table *
obpbl_transaction_table(struct obpbl_transaction *transaction,
			enum obpbl_slot slot)
{
	struct obpbl_policy *policy = transaction->policy;
	struct obpbl_table *table = policy->slot[slot];
	struct obpbl_txn txn = txn_of(transaction);

	if (!made_here(policy, table)) {
		table = obpbl_table_copy(table, &txn);
		if (!table)
			return ERR_PTR(-ENOMEM);
		policy->slot[slot] = table;
	}
	table->txn.limit = txn.limit;
	return table;
}

/**
 * obpbl_transaction_empty() - begin a table from nothing
 * @transaction: the transaction, which has not changed the slot
 * @slot: where it stands; what was there goes, unless it was moved elsewhere
 *
 * Return: 0 or -ENOMEM.
 */
int obpbl_transaction_empty(struct obpbl_transaction *transaction,
			    enum obpbl_slot slot)
{
	struct obpbl_txn txn = txn_of(transaction);
	struct obpbl_table *table = table_begin(&txn);

	if (!table)
		return -ENOMEM;
	transaction->policy->slot[slot] = table;
	return 0;
}

/**
 * obpbl_transaction_drop() - what is in a slot goes
 * @transaction: the transaction, which has not changed the slot
 * @slot: OBPBL_KEPT or OBPBL_SHADOW; may be empty
 */
void obpbl_transaction_drop(struct obpbl_transaction *transaction,
			    enum obpbl_slot slot)
{
	transaction->policy->slot[slot] = NULL;
	if (slot == OBPBL_SHADOW)
		transaction->policy->observer = NULL;
}

/**
 * obpbl_transaction_move() - move a table to another slot
 * @transaction: the transaction, which has changed neither slot
 * @from: where it stands; nothing does afterwards, so that what stands in
 *	  OBPBL_LIVE is moved only before another takes its place
 * @to: where it shall stand; what was there goes, unless it was moved before
 */
void obpbl_transaction_move(struct obpbl_transaction *transaction,
			    enum obpbl_slot from, enum obpbl_slot to)
{
	struct obpbl_table *table = transaction->policy->slot[from];

	obpbl_transaction_drop(transaction, from);
	transaction->policy->slot[to] = table;
}

static bool needs_ports(const struct obpbl_table *table)
{
	return table->vrfs.count || table->devs;
}

/* What packets read first, once the tables that judge will not change any more */
static void seal(struct obpbl_policy *policy)
{
	const struct obpbl_scope *scope;
	unsigned int slot;

	policy->portless = true;
	for (slot = 0; slot < OBPBL_SLOTS; slot++) {
		if (!policy->slot[slot] || slot == OBPBL_KEPT)
			continue;
		if (needs_ports(policy->slot[slot]))
			policy->portless = false;
		scope = obpbl_array_get(&policy->slot[slot]->scopes, 0);
		if (scope)
			memcpy(policy->plain[slot], scope->src,
			       sizeof(policy->plain[slot]));
	}
}

/* Making and dropping a shadow is no generation of what runs */
static bool only_shadow(const struct obpbl_policy *policy)
{
	const struct obpbl_policy *base = policy->base;

	return policy->observer != base->observer &&
	       policy->slot[OBPBL_LIVE] == base->slot[OBPBL_LIVE] &&
	       policy->slot[OBPBL_KEPT] == base->slot[OBPBL_KEPT] &&
	       policy->slot[OBPBL_RUNTIME] == base->slot[OBPBL_RUNTIME];
}

/**
 * obpbl_transaction_commit() - make what was built the current policy
 * @transaction: the transaction, of no use afterwards
 *
 * Context: process.  Cannot fail.
 * Return: the policy that was current, for obpbl_policy_put() after a grace
 * period.
 */
struct obpbl_policy *
obpbl_transaction_commit(struct obpbl_transaction *transaction)
{
	struct obpbl_history *history = transaction->history;
	struct obpbl_policy *policy = transaction->policy;
	struct obpbl_policy *old = policy->base;

	seal(policy);
	if (only_shadow(policy))
		policy->generation = old->generation;
	spin_lock(&history->lock);
	policy_publish(history, policy);
	/* Held for being current, until after the grace period */
	old->refs--;
	spin_unlock(&history->lock);
	transaction->policy = NULL;
	return old;
}

/**
 * obpbl_transaction_abort() - throw away what was built
 * @transaction: the transaction, of no use afterwards
 *
 * Return: what is left of it, for obpbl_policy_free(), which needs no grace
 * period.
 */
struct obpbl_policy *
obpbl_transaction_abort(struct obpbl_transaction *transaction)
{
	struct obpbl_policy *policy = transaction->policy;

	transaction->policy = NULL;
	return policy;
}

/* Counts */

/**
 * obpbl_policy_overlays() - how many overlays there are
 * @policy: the snapshot
 *
 * Return: those configured and those added at run time.
 */
u32 obpbl_policy_overlays(const struct obpbl_policy *policy)
{
	return policy->slot[OBPBL_LIVE]->overlays +
	       policy->slot[OBPBL_RUNTIME]->overlays;
}
