/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy: an immutable snapshot of the tables that a namespace has, and the
 * transactions that make the next one.
 *
 * A table stands in a slot.  To apply, confirm, roll back, promote and flush is
 * to move tables between slots:
 *
 *	apply			a new table to LIVE; what was there goes
 *	apply --confirm		the same, but what was there moves to KEPT
 *	confirm			KEPT goes
 *	rollback		KEPT moves to LIVE
 *	apply --shadow		a new table to SHADOW; what was there goes
 *	promote			SHADOW moves to LIVE, with confirm LIVE to KEPT first
 *	flush			all go
 *	one change		the next version of the table in LIVE or RUNTIME
 *
 * Pure: net.c publishes what is built here, decision.c reads it.
 */
#ifndef _OBPBL_POLICY_H
#define _OBPBL_POLICY_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "compat/rcu.h"
#include "table.h"

/**
 * enum obpbl_slot - where a table stands
 * @OBPBL_LIVE: what is configured, and judges; always there
 * @OBPBL_RUNTIME: what was added at run time, for whichever table judges;
 *		   always there
 * @OBPBL_KEPT: what was configured before an unconfirmed change
 * @OBPBL_SHADOW: what is judged by beside LIVE, without effect
 */
enum obpbl_slot {
	OBPBL_LIVE,
	OBPBL_RUNTIME,
	OBPBL_KEPT,
	OBPBL_SHADOW,

	OBPBL_SLOTS
};

struct obpbl_history;

/**
 * struct obpbl_observer - first member of what is counted beside a shadow
 * @refs: policies that have it
 * @release: frees it, when the last of them is gone
 */
struct obpbl_observer {
	unsigned int refs;
	void (*release)(struct obpbl_observer *observer);
};

/**
 * struct obpbl_policy - one snapshot
 * @plain: the source entries of scope 0 by table and family; those of LIVE and
 *	   RUNTIME are one line of a cache
 * @slot: the tables
 * @observer: counts what SHADOW would change; NULL where that is
 * @portless: no entry holds only for one device or VRF, so that packets are
 *	      looked for in @plain.  Both are set by obpbl_transaction_commit();
 *	      until then they are looked for the long way, which is always right.
 * @generation: number of this snapshot; 0 is the empty beginning
 * @version: birth stamp of what was made for it
 * @history: what it belongs to
 * @base: what it was begun from, as long as it is not published; also when it
 *	  never was
 * @refs: who holds it: one for being current, one a dump, one a transaction
 * @node: in the list of whoever is to free it
 * @rcu: the grace period after which it is no longer current
 * @unpublished: when that has begun
 */
struct obpbl_policy {
	struct obpbl_trie plain[OBPBL_SLOTS][OBPBL_FAMILIES];
	struct obpbl_table *slot[OBPBL_SLOTS];
	struct obpbl_observer *observer;
	bool portless;
	u64 generation;
	u64 version;
	struct obpbl_history *history;
	struct obpbl_policy *base;

	unsigned int refs;
	struct list_head node;
	struct rcu_head rcu;
	struct obpbl_grace unpublished;
};

/**
 * struct obpbl_history - the snapshots and tables that still exist
 * @current_policy: what a transaction begins from; its tables are the newest
 *		    of their lines
 * @next: the next birth stamp
 * @bytes: memory of all tables, as transactions count it
 * @lock: protects the following, and who holds which policy and which table;
 *	  held for a few instructions, in process context
 * @lines: tables
 * @freed: memory that was freed and not yet taken from @bytes, as a number below
 *	   zero, modulo 2^64
 *
 * Transactions are serialised by whoever owns the history, and so are the calls
 * of obpbl_policy_free(), which may run beside a transaction.
 */
struct obpbl_history {
	struct obpbl_policy *current_policy;
	u64 next;
	u64 bytes;

	spinlock_t lock;
	struct list_head lines;
	u64 freed;
};

/**
 * struct obpbl_transaction - the next snapshot in the making
 * @history: what it belongs to
 * @policy: what will be published; NULL: there is no transaction
 * @target: where what is configured by it stands: OBPBL_LIVE or OBPBL_SHADOW
 * @max_bytes: refuse to let memory grow past this
 * @unlimited: this change only takes away: no ceiling on memory holds for it
 * @max_prefixes: refuse more
 * @max_overlays: refuse more
 * @max_sessions: refuse more
 * @conflict: after -EADDRINUSE, the ISP in the way
 * @added: prefixes added since it began
 * @touched: the device whose session was changed last; 0: none was
 * @failed: a change failed: only obpbl_transaction_abort() is left
 */
struct obpbl_transaction {
	struct obpbl_history *history;
	struct obpbl_policy *policy;
	enum obpbl_slot target;
	u64 max_bytes;
	bool unlimited;
	u32 max_prefixes;
	u32 max_overlays;
	u32 max_sessions;
	char conflict[OBPBL_ISP_NAME_SIZE];
	u64 added;
	u32 touched;
	bool failed;
};

int obpbl_history_init(struct obpbl_history *history);
void obpbl_history_exit(struct obpbl_history *history);
u64 obpbl_history_bytes(struct obpbl_history *history);

struct obpbl_policy *obpbl_policy_hold(struct obpbl_history *history);
bool obpbl_policy_put(struct obpbl_history *history,
		      struct obpbl_policy *policy);
void obpbl_policy_free(struct obpbl_history *history,
		       struct obpbl_policy *policy);

int obpbl_transaction_begin(struct obpbl_transaction *transaction,
			    struct obpbl_history *history);
struct obpbl_policy *
obpbl_transaction_commit(struct obpbl_transaction *transaction);
struct obpbl_policy *
obpbl_transaction_abort(struct obpbl_transaction *transaction);
struct obpbl_table *
obpbl_transaction_table(struct obpbl_transaction *transaction,
			enum obpbl_slot slot);

int obpbl_transaction_empty(struct obpbl_transaction *transaction,
			    enum obpbl_slot slot);
void obpbl_transaction_drop(struct obpbl_transaction *transaction,
			    enum obpbl_slot slot);
void obpbl_transaction_move(struct obpbl_transaction *transaction,
			    enum obpbl_slot from, enum obpbl_slot to);

u32 obpbl_policy_overlays(const struct obpbl_policy *policy);

/* Whether nothing configured may change, since it may still be taken back */
static inline bool
obpbl_transaction_unconfirmed(const struct obpbl_transaction *transaction)
{
	return transaction->policy->base->slot[OBPBL_KEPT];
}

/* Whether what it configures replaces all that was configured */
static inline bool
obpbl_transaction_replaces(const struct obpbl_transaction *transaction)
{
	const struct obpbl_policy *policy = transaction->policy;

	return list_empty(&policy->slot[transaction->target]->line->versions);
}

#endif /* _OBPBL_POLICY_H */
