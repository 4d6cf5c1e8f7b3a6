/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions in one line each, as src/control makes them: what to do with a
 * policy that is no longer current, and what each verb of the command line is.
 */
#ifndef _OBPBL_CORE_TEST_H
#define _OBPBL_CORE_TEST_H

#include <stdlib.h>

#include <linux/err.h>
#include <linux/errno.h>

#include "entry.h"
#include "isp.h"
#include "policy.h"
#include "session.h"

/* Lets go of a policy; nobody reads in a test, so no grace period is needed */
static inline void core_put(struct obpbl_history *history,
			    struct obpbl_policy *policy)
{
	if (policy && obpbl_policy_put(history, policy))
		obpbl_policy_free(history, policy);
}

static inline int core_begin(struct obpbl_transaction *t,
			     struct obpbl_history *history, u32 max)
{
	int err = obpbl_transaction_begin(t, history);

	t->max_prefixes = max;
	t->max_overlays = max;
	t->max_sessions = max;
	return err;
}

static inline void core_commit(struct obpbl_transaction *t)
{
	core_put(t->history, obpbl_transaction_commit(t));
}

static inline void core_abort(struct obpbl_transaction *t)
{
	struct obpbl_observer *observer = t->policy->observer;

	/* Of no policy yet: it is this transaction's own */
	if (observer && !observer->refs)
		observer->release(observer);
	obpbl_policy_free(t->history, obpbl_transaction_abort(t));
}

static inline const struct obpbl_table *
core_table(const struct obpbl_history *history, enum obpbl_slot slot)
{
	return history->current_policy->slot[slot];
}

/* As device.c does when a device goes; whether it had a session */
static inline bool core_device_gone(const struct obpbl_history *history,
				    u32 ifindex)
{
	struct obpbl_session *session;

	session = obpbl_session_find(core_table(history, OBPBL_RUNTIME),
				     ifindex);
	if (session)
		WRITE_ONCE(session->gone, true);
	return session;
}

/* Prefixes, a message of one each */

static inline int core_prefix_add(struct obpbl_transaction *t, u16 isp, u8 class,
				  const struct obpbl_prefix *prefix,
				  bool replace)
{
	struct obpbl_prefixes prefixes;

	return obpbl_prefixes_begin(&prefixes, t, isp, class) ?:
	       obpbl_prefix_add(&prefixes, prefix, replace);
}

static inline int core_prefix_del(struct obpbl_transaction *t, u16 isp, u8 class,
				  const struct obpbl_prefix *prefix)
{
	struct obpbl_prefixes prefixes;

	return obpbl_prefixes_begin(&prefixes, t, isp, class) ?:
	       obpbl_prefix_del(&prefixes, prefix);
}

/* ISPs, in the table that the transaction configures */

static inline int core_isp_add(struct obpbl_transaction *t, u16 number,
			       const struct obpbl_isp_config *config)
{
	struct obpbl_table *table = obpbl_transaction_table(t, t->target);

	return IS_ERR(table) ? PTR_ERR(table) :
			       obpbl_isp_add(table, number, NULL, config);
}

static inline int core_isp_set(struct obpbl_transaction *t, u16 number,
			       const struct obpbl_isp_config *config)
{
	struct obpbl_table *table = obpbl_transaction_table(t, t->target);

	return IS_ERR(table) ? PTR_ERR(table) :
			       obpbl_isp_set(table, number, config);
}

static inline int core_isp_del(struct obpbl_transaction *t, u16 number)
{
	struct obpbl_table *table = obpbl_transaction_table(t, t->target);

	return IS_ERR(table) ? PTR_ERR(table) : obpbl_isp_del(table, number);
}

/* The run-time overlays of an ISP */
static inline int core_overlays_flush(struct obpbl_transaction *t, u16 number)
{
	struct obpbl_table *table = obpbl_transaction_table(t, OBPBL_RUNTIME);

	return IS_ERR(table) ? PTR_ERR(table) :
			       obpbl_overlays_flush(table, number);
}

/* Verbs; what was built is for the caller to put in between, where it must */

static inline int core_keep(struct obpbl_transaction *t)
{
	obpbl_transaction_move(t, OBPBL_LIVE, OBPBL_KEPT);
	return obpbl_transaction_empty(t, OBPBL_LIVE);
}

static inline int core_confirm(struct obpbl_transaction *t)
{
	obpbl_transaction_drop(t, OBPBL_KEPT);
	return obpbl_overlays_supersede(t);
}

static inline void core_rollback(struct obpbl_transaction *t)
{
	obpbl_transaction_move(t, OBPBL_KEPT, OBPBL_LIVE);
}

static inline void core_observer_release(struct obpbl_observer *observer)
{
	free(observer);
}

static inline int core_beside(struct obpbl_transaction *t)
{
	struct obpbl_observer *observer;
	int err = obpbl_transaction_empty(t, OBPBL_SHADOW);

	if (err)
		return err;
	observer = calloc(1, sizeof(*observer));
	observer->release = core_observer_release;
	t->policy->observer = observer;
	t->target = OBPBL_SHADOW;
	return 0;
}

static inline int core_promote(struct obpbl_transaction *t, bool keep)
{
	if (keep)
		obpbl_transaction_move(t, OBPBL_LIVE, OBPBL_KEPT);
	obpbl_transaction_move(t, OBPBL_SHADOW, OBPBL_LIVE);
	return keep ? 0 : obpbl_overlays_supersede(t);
}

static inline int core_flush(struct obpbl_transaction *t)
{
	int err = obpbl_transaction_empty(t, OBPBL_LIVE);

	obpbl_transaction_drop(t, OBPBL_KEPT);
	obpbl_transaction_drop(t, OBPBL_SHADOW);
	return err ?: obpbl_transaction_empty(t, OBPBL_RUNTIME);
}

#endif
