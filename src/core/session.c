// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: what a network device's subscriber has.
 *
 * A session is one object for one device, and each of its prefixes an entry of
 * the run-time table that names it by its index.  A device that goes takes its
 * session with it at once, by a mark that needs no memory and no lock; the object
 * is removed like any other, soon after.
 */
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "session.h"

/* Keys of table->devices: in network order, so that they iterate in order */
#define DEVICE_BITS	32

static void device_key(u8 *key, u32 ifindex)
{
	unsigned int i;

	memset(key, 0, OBPBL_KEY_SIZE);
	for (i = 0; i < sizeof(ifindex); i++)
		key[i] = ifindex >> (DEVICE_BITS - 8 * (i + 1));
}

static struct obpbl_session *find(const struct obpbl_table *table, u32 ifindex,
				  u32 *index)
{
	u8 key[OBPBL_KEY_SIZE];

	device_key(key, ifindex);
	if (!obpbl_trie_get(&table->devices, key, DEVICE_BITS, index))
		return NULL;
	return obpbl_array_get(&table->sessions, *index);
}

/**
 * obpbl_session_find() - the session of a device
 * @table: what was added at run time
 * @ifindex: the device
 *
 * Context: any; the version must be protected from being freed.
 * Return: the session, or NULL; also where the device that had it is gone.
 */
struct obpbl_session *obpbl_session_find(const struct obpbl_table *table,
					 u32 ifindex)
{
	struct obpbl_session *session;
	u32 index;

	session = find(table, ifindex, &index);
	return session && !READ_ONCE(session->gone) ? session : NULL;
}

/**
 * obpbl_session_at() - the session that has a prefix
 * @table: what was added at run time
 * @scope: index of the scope
 * @prefix: the prefix, canonical
 *
 * Context: any; the version must be protected from being freed.
 * Return: the session, or NULL; also where its device is gone.
 */
const struct obpbl_session *
obpbl_session_at(const struct obpbl_table *table, u16 scope,
		 const struct obpbl_prefix *prefix)
{
	const struct obpbl_session *session;
	struct obpbl_entry_info info;

	obpbl_entry_get(table, scope, prefix, &info);
	session = obpbl_session_of_value(table, info.session);
	return session && !READ_ONCE(session->gone) ? session : NULL;
}

/* Prefixes */

static bool has(const struct obpbl_prefix *prefixes, unsigned int n,
		const struct obpbl_prefix *prefix)
{
	while (n--) {
		if (obpbl_prefix_same(&prefixes[n], prefix))
			return true;
	}
	return false;
}

/* Each prefix once */
static void make_set(struct obpbl_session_config *config)
{
	unsigned int i, n = 0;

	for (i = 0; i < config->n; i++) {
		if (!has(config->prefixes, n, &config->prefixes[i]))
			config->prefixes[n++] = config->prefixes[i];
	}
	config->n = n;
}

/* Whether it is this very device's, and says something */
static bool is_alive(const struct obpbl_session *session,
		     const struct obpbl_session_config *config)
{
	return session && session->epoch == config->epoch &&
	       !READ_ONCE(session->gone);
}

static bool is_as_wanted(const struct obpbl_table *table,
			 const struct obpbl_session *session,
			 const struct obpbl_session_config *config,
			 const struct obpbl_isp *owner)
{
	const struct obpbl_scope *scope;
	unsigned int i;

	scope = obpbl_array_get(&table->scopes, session->scope);
	if (session->isp != config->isp || session->class != config->class ||
	    session->n != config->n ||
	    (scope && strcmp(scope->vrf, owner->config.vrf)))
		return false;
	for (i = 0; i < config->n; i++) {
		if (!has(session->prefixes, session->n, &config->prefixes[i]))
			return false;
	}
	return true;
}

/* What a session of so many prefixes counts for net.obpbl.max_sessions */
static u32 entries(unsigned int n)
{
	return max(n, 1U);
}

static int count(struct obpbl_table *table, u16 isp, unsigned int from,
		 unsigned int to, u32 max_sessions)
{
	struct obpbl_counts *counts = obpbl_counts_own(table, isp);

	if (IS_ERR(counts))
		return PTR_ERR(counts);
	if (to > from && (to > max_sessions ||
			  table->session_entries - from > max_sessions - to))
		return -ENOSPC;
	table->session_entries += to - from;
	counts->sessions += to - from;
	return 0;
}

/* Objects */

static struct obpbl_session *session_new(struct obpbl_table *table,
					 unsigned int n)
{
	struct obpbl_session *session;

	session = obpbl_txn_alloc(&table->txn,
				  struct_size(session, prefixes, n));
	if (!IS_ERR(session))
		session->n = n;
	return session;
}

/* One with another number of prefixes, which the caller puts there */
static struct obpbl_session *session_like(struct obpbl_table *table,
					  const struct obpbl_session *old,
					  unsigned int n)
{
	struct obpbl_session *session = session_new(table, n);

	if (IS_ERR(session))
		return session;
	session->ifindex = old->ifindex;
	session->epoch = old->epoch;
	session->isp = old->isp;
	session->scope = old->scope;
	session->class = old->class;
	session->gone = READ_ONCE(old->gone);
	return session;
}

/* Puts @session at @index, where @old was */
static int session_set(struct obpbl_table *table, u32 index,
		       struct obpbl_session *old,
		       struct obpbl_session *session)
{
	int err = obpbl_array_set(&table->sessions, &table->txn, index,
				  session);

	if (err && session)
		obpbl_txn_free(&table->txn, session);
	if (err || !old)
		return err;
	return obpbl_table_retire(table, old);
}

static int drop(struct obpbl_table *table, struct obpbl_session *session,
		u32 index)
{
	u8 key[OBPBL_KEY_SIZE];
	unsigned int i;
	int err;

	err = count(table, session->isp, entries(session->n), 0, 0);
	for (i = 0; !err && i < session->n; i++)
		err = obpbl_entry_session(table, session->scope,
					  &session->prefixes[i], 0);
	device_key(key, session->ifindex);
	if (!err)
		err = obpbl_trie_del(&table->devices, &table->txn, key,
				     DEVICE_BITS);
	if (!err)
		err = obpbl_scope_leave(table, session->scope);
	return err ?: session_set(table, index, session, NULL);
}

/* The session at @index without one of its prefixes, which another one gets */
static int take_away(struct obpbl_table *table, u32 index,
		     const struct obpbl_prefix *prefix)
{
	struct obpbl_session *session, *old;
	unsigned int i, n = 0;
	int err;

	old = obpbl_array_get(&table->sessions, index);
	err = obpbl_entry_session(table, old->scope, prefix, 0);
	if (!err)
		err = count(table, old->isp, entries(old->n),
			    entries(old->n - 1), 0);
	if (err)
		return err;
	session = session_like(table, old, old->n - 1);
	if (IS_ERR(session))
		return PTR_ERR(session);
	for (i = 0; i < old->n; i++) {
		if (!obpbl_prefix_same(&old->prefixes[i], prefix))
			session->prefixes[n++] = old->prefixes[i];
	}
	return session_set(table, index, old, session);
}

/* The ISP of a session, if its entries apply where it is not given away */
static const struct obpbl_isp *owner_of(struct obpbl_transaction *transaction,
					const struct obpbl_table *table,
					const struct obpbl_session *session)
{
	const struct obpbl_table *live = transaction->policy->slot[OBPBL_LIVE];
	const struct obpbl_isp *owner = obpbl_isp_get(live, session->isp);
	const struct obpbl_scope *scope;

	scope = obpbl_array_get(&table->scopes, session->scope);
	if (!owner || (scope && strcmp(owner->config.vrf, scope->vrf)))
		return NULL;
	return owner;
}

/* Whether another session has a prefix and says something, unlike one that sleeps */
static bool is_in_the_way(struct obpbl_transaction *transaction,
			  const struct obpbl_table *table,
			  const struct obpbl_session *other,
			  const struct obpbl_prefix *prefix)
{
	const struct obpbl_table *live = transaction->policy->slot[OBPBL_LIVE];

	if (READ_ONCE(other->gone) ||
	    !obpbl_entry_awake(live, table, other->scope, prefix, other->isp))
		return false;
	strscpy(transaction->conflict,
		obpbl_isp_get(live, other->isp)->config.name,
		sizeof(transaction->conflict));
	return true;
}

/*
 * Gives the session at @index a prefix, whoever's session had it; but one that
 * sleeps takes nothing from one that does not.
 */
static int give(struct obpbl_transaction *transaction,
		struct obpbl_table *table, const struct obpbl_session *session,
		u32 index, const struct obpbl_prefix *prefix)
{
	const struct obpbl_isp *owner = owner_of(transaction, table, session);
	const struct obpbl_session *other;
	struct obpbl_entry_info info;
	int err = 0;

	obpbl_entry_get(table, session->scope, prefix, &info);
	other = obpbl_session_of_value(table, info.session);
	if (other && !owner &&
	    is_in_the_way(transaction, table, other, prefix))
		return -EADDRINUSE;
	if (other)
		err = take_away(table, info.session & ~OBPBL_VALUE_SESSION,
				prefix);
	if (!err && owner)
		err = obpbl_runtime_owner(transaction, owner, prefix);
	return err ?: obpbl_entry_session(table, session->scope, prefix,
					  OBPBL_VALUE_SESSION | index);
}

/* Gives it all of its prefixes from number @from on */
static int give_all(struct obpbl_transaction *transaction,
		    struct obpbl_table *table,
		    const struct obpbl_session *session, u32 index,
		    unsigned int from, struct obpbl_session_config *config)
{
	unsigned int i;
	int err = 0;

	for (i = from; !err && i < session->n; i++) {
		err = give(transaction, table, session, index,
			   &session->prefixes[i]);
		if (err == -EADDRINUSE)
			config->refused = session->prefixes[i];
	}
	return err;
}

static int make(struct obpbl_transaction *transaction,
		struct obpbl_table *table, const struct obpbl_isp *owner,
		struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	u8 key[OBPBL_KEY_SIZE];
	u32 index;
	u16 scope;
	int err;

	err = count(table, config->isp, 0, entries(config->n),
		    transaction->max_sessions);
	if (!err)
		err = obpbl_scope_join(table, owner->config.vrf, &scope);
	if (err)
		return err;
	session = session_new(table, config->n);
	if (IS_ERR(session))
		return PTR_ERR(session);
	session->ifindex = config->ifindex;
	session->epoch = config->epoch;
	session->isp = config->isp;
	session->scope = scope;
	session->class = config->class;
	memcpy(session->prefixes, config->prefixes,
	       config->n * sizeof(*config->prefixes));
	index = obpbl_array_free_index(&table->sessions);
	err = session_set(table, index, NULL, session);
	device_key(key, config->ifindex);
	if (!err)
		err = obpbl_trie_set(&table->devices, &table->txn, key,
				     DEVICE_BITS, index);
	return err ?: give_all(transaction, table, session, index, 0, config);
}

/* Changes */

/**
 * obpbl_session_up() - the session of a device becomes exactly this
 * @transaction: the transaction
 * @config: what it becomes; a prefix that is there twice is taken out
 *
 * A prefix that another device's session has is taken from it.
 *
 * Return: 0; OBPBL_UNCHANGED; -ENOENT, no such ISP; -EADDRINUSE, a prefix is
 * another ISP's, which is named in @transaction->conflict; -EINVAL, in a shadow;
 * -ENOSPC, a ceiling; -ENOMEM.  The transaction has failed with any of the
 * errors.
 */
int obpbl_session_up(struct obpbl_transaction *transaction,
		     struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	const struct obpbl_isp *owner;
	struct obpbl_table *table;
	u32 index;
	int err = 0;

	if (transaction->target != OBPBL_LIVE)
		return -EINVAL;
	owner = obpbl_isp_get(transaction->policy->slot[OBPBL_LIVE],
			      config->isp);
	if (!owner)
		return -ENOENT;
	make_set(config);
	table = transaction->policy->slot[OBPBL_RUNTIME];
	session = find(table, config->ifindex, &index);
	if (is_alive(session, config) &&
	    is_as_wanted(table, session, config, owner))
		return OBPBL_UNCHANGED;
	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	transaction->touched = config->ifindex;
	if (session)
		err = drop(table, session, index);
	return err ?: make(transaction, table, owner, config);
}

static int add_prefixes(struct obpbl_transaction *transaction,
			struct obpbl_table *table, struct obpbl_session *old,
			u32 index, struct obpbl_session_config *config,
			unsigned int more)
{
	unsigned int i, n = old->n, from = old->n;
	struct obpbl_session *session;
	int err;

	err = count(table, old->isp, entries(n), n + more,
		    transaction->max_sessions);
	if (err)
		return err;
	session = session_like(table, old, n + more);
	if (IS_ERR(session))
		return PTR_ERR(session);
	memcpy(session->prefixes, old->prefixes, n * sizeof(*old->prefixes));
	for (i = 0; i < config->n; i++) {
		if (!has(old->prefixes, from, &config->prefixes[i]))
			session->prefixes[n++] = config->prefixes[i];
	}
	err = session_set(table, index, old, session);
	return err ?: give_all(transaction, table, session, index, from,
			       config);
}

/**
 * obpbl_session_addr() - the session of a device gains prefixes
 * @transaction: the transaction
 * @config: the device and the prefixes, likewise
 *
 * Return: as obpbl_session_up(); -ENOENT, the device has no session; -E2BIG, too
 * many prefixes.
 */
int obpbl_session_addr(struct obpbl_transaction *transaction,
		       struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	struct obpbl_table *table;
	unsigned int i, more = 0;
	u32 index;

	if (transaction->target != OBPBL_LIVE)
		return -EINVAL;
	make_set(config);
	session = find(transaction->policy->slot[OBPBL_RUNTIME],
		       config->ifindex, &index);
	if (!is_alive(session, config))
		return -ENOENT;
	for (i = 0; i < config->n; i++)
		more += !has(session->prefixes, session->n,
			     &config->prefixes[i]);
	if (!more)
		return OBPBL_UNCHANGED;
	if (session->n + more > OBPBL_MAX_SESSION_PREFIXES)
		return -E2BIG;
	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	transaction->touched = config->ifindex;
	return add_prefixes(transaction, table, session, index, config, more);
}

/**
 * obpbl_session_down() - remove the session of a device
 * @transaction: the transaction
 * @ifindex: the device
 *
 * Return: 0; OBPBL_UNCHANGED, there was none; -EINVAL, in a shadow; -ENOMEM.  The
 * transaction has failed with any of the errors.
 */
int obpbl_session_down(struct obpbl_transaction *transaction, u32 ifindex)
{
	struct obpbl_session *session;
	struct obpbl_table *table;
	u32 index;

	if (transaction->target != OBPBL_LIVE)
		return -EINVAL;
	session = find(transaction->policy->slot[OBPBL_RUNTIME], ifindex,
		       &index);
	if (!session)
		return OBPBL_UNCHANGED;
	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	transaction->touched = ifindex;
	return drop(table, session, index);
}

/**
 * obpbl_sessions_flush() - remove all sessions of an ISP
 * @transaction: the transaction
 * @isp: number of the ISP
 *
 * Return: 0; -ENOMEM and the transaction has failed.
 */
int obpbl_sessions_flush(struct obpbl_transaction *transaction, u16 isp)
{
	struct obpbl_table *table;
	struct obpbl_session *session;
	u32 index = 0;
	int err = 0;

	table = transaction->policy->slot[OBPBL_RUNTIME];
	if (!obpbl_counts_get(table, isp)->sessions)
		return 0;
	table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
	if (IS_ERR(table))
		return PTR_ERR(table);
	for (; !err && obpbl_counts_get(table, isp)->sessions; index++) {
		session = obpbl_array_next(&table->sessions, &index);
		if (WARN_ON_ONCE(!session))
			break;
		if (session->isp == isp)
			err = drop(table, session, index);
		cond_resched();
	}
	return err;
}

/**
 * obpbl_sessions_sweep() - remove the sessions whose device is gone
 * @transaction: the transaction
 *
 * Looks at all sessions.
 *
 * Return: 0; OBPBL_UNCHANGED, there was none; -ENOMEM and the transaction has
 * failed.
 */
int obpbl_sessions_sweep(struct obpbl_transaction *transaction)
{
	struct obpbl_table *table = transaction->policy->slot[OBPBL_RUNTIME];
	struct obpbl_session *session;
	int err = OBPBL_UNCHANGED;
	u32 index = 0;

	for (; (session = obpbl_array_next(&table->sessions, &index));
	     index++) {
		cond_resched();
		if (!READ_ONCE(session->gone))
			continue;
		table = obpbl_transaction_table(transaction, OBPBL_RUNTIME);
		if (IS_ERR(table))
			return PTR_ERR(table);
		err = drop(table, session, index);
		if (err)
			break;
	}
	return err;
}
