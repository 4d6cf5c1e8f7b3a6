// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions of a draft: what a network device's subscriber has.
 *
 * A session is one object for one device, and each of its prefixes an entry of
 * the run-time layer that names it by its index.  A device that goes takes its
 * session with it at once, by a mark that needs no memory; the object is then
 * removed like any other, now or when there is memory again.
 */
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "session.h"

/* Keys of policy->devices: in network order, so that they iterate in order */
#define DEVICE_BITS	32

static void device_key(u8 *key, u32 ifindex)
{
	unsigned int i;

	memset(key, 0, OBPBL_KEY_SIZE);
	for (i = 0; i < sizeof(ifindex); i++)
		key[i] = ifindex >> (DEVICE_BITS - 8 * (i + 1));
}

static struct obpbl_session *find(const struct obpbl_policy *policy,
				  u32 ifindex, u32 *index)
{
	u8 key[OBPBL_KEY_SIZE];

	device_key(key, ifindex);
	if (!obpbl_trie_get(&policy->devices, key, DEVICE_BITS, index))
		return NULL;
	return obpbl_vec_get(&policy->sessions, *index);
}

/**
 * obpbl_session_of() - the session of a device
 * @policy: the snapshot
 * @ifindex: the device
 *
 * Return: the session, or NULL; also where the device that had it is gone.
 */
const struct obpbl_session *
obpbl_session_of(const struct obpbl_policy *policy, u32 ifindex)
{
	const struct obpbl_session *session;
	u32 index;

	session = find(policy, ifindex, &index);
	return session && !READ_ONCE(session->gone) ? session : NULL;
}

/**
 * obpbl_session_at() - the session that has a prefix
 * @policy: the snapshot
 * @scope: index of the scope, which exists
 * @prefix: the prefix, canonical
 *
 * Return: the session, or NULL; also where its device is gone.
 */
const struct obpbl_session *
obpbl_session_at(const struct obpbl_policy *policy, u16 scope,
		 const struct obpbl_prefix *prefix)
{
	u32 value = obpbl_policy_session_at(policy, scope, prefix);
	const struct obpbl_session *session;

	if (!value)
		return NULL;
	session = obpbl_vec_get(&policy->sessions, obpbl_value_session(value));
	return READ_ONCE(session->gone) ? NULL : session;
}

/**
 * obpbl_session_end() - a device is gone: its session says nothing any more
 * @policy: the current policy, or that of an open draft
 * @ifindex: the device
 *
 * Needs no memory and cannot fail; obpbl_draft_session_down() and
 * obpbl_draft_sessions_sweep() remove what is left of it.
 *
 * Context: under the lock of the history; packets may be reading.
 * Return: true if there was a session.
 */
bool obpbl_session_end(struct obpbl_policy *policy, u32 ifindex)
{
	struct obpbl_session *session;
	u32 index;

	session = find(policy, ifindex, &index);
	if (!session || session->gone)
		return false;
	WRITE_ONCE(session->gone, true);
	return true;
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

static bool is_as_wanted(const struct obpbl_session *session,
			 const struct obpbl_session_config *config)
{
	unsigned int i;

	if (session->isp != config->isp || session->class != config->class ||
	    session->n != config->n)
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

static int count(struct obpbl_draft *draft, u16 isp, unsigned int from,
		 unsigned int to)
{
	struct obpbl_counts *counts = obpbl_draft_counts(draft, isp);
	struct obpbl_policy *policy = draft->policy;

	if (IS_ERR(counts))
		return PTR_ERR(counts);
	if (to > from && (to > draft->max_sessions ||
			  policy->session_entries - from >
			  draft->max_sessions - to))
		return -ENOSPC;
	policy->session_entries += to - from;
	counts->session_entries += to - from;
	return 0;
}

/* Objects */

static struct obpbl_session *session_new(struct obpbl_draft *draft,
					 unsigned int n)
{
	struct obpbl_session *session;

	session = obpbl_txn_alloc(&draft->txn,
				  struct_size(session, prefixes, n));
	if (!IS_ERR(session))
		session->n = n;
	return session;
}

/* One with another number of prefixes, which the caller puts there */
static struct obpbl_session *session_like(struct obpbl_draft *draft,
					  const struct obpbl_session *old,
					  unsigned int n)
{
	struct obpbl_session *session = session_new(draft, n);

	if (IS_ERR(session))
		return session;
	session->ifindex = old->ifindex;
	session->isp = old->isp;
	session->scope = old->scope;
	session->class = old->class;
	session->gone = old->gone;
	return session;
}

/* Puts @session at @index, where @old was */
static int session_set(struct obpbl_draft *draft, u32 index,
		       struct obpbl_session *old,
		       struct obpbl_session *session)
{
	int err = obpbl_vec_set(&draft->policy->sessions, &draft->txn, index,
				session);

	if (err && session)
		obpbl_txn_free(&draft->txn, session);
	if (err || !old)
		return err;
	return obpbl_draft_bury(draft, old);
}

static int drop_prefixes(struct obpbl_draft *draft,
			 const struct obpbl_session *session)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < session->n; i++)
		err = obpbl_draft_session_put(draft, session,
					      &session->prefixes[i], 0);
	return err;
}

static int drop(struct obpbl_draft *draft, struct obpbl_session *session,
		u32 index)
{
	u8 key[OBPBL_KEY_SIZE];
	int err;

	err = count(draft, session->isp, entries(session->n), 0);
	if (!err)
		err = drop_prefixes(draft, session);
	device_key(key, session->ifindex);
	if (!err)
		err = obpbl_trie_del(&draft->policy->devices, &draft->txn, key,
				     DEVICE_BITS);
	return err ?: session_set(draft, index, session, NULL);
}

/* The session at @index without one of its prefixes, which another one gets */
static int take_away(struct obpbl_draft *draft, u32 index,
		     const struct obpbl_prefix *prefix)
{
	struct obpbl_session *session, *old;
	unsigned int i, n = 0;
	int err;

	old = obpbl_vec_get(&draft->policy->sessions, index);
	err = obpbl_draft_session_put(draft, old, prefix, 0);
	if (!err)
		err = count(draft, old->isp, entries(old->n),
			    entries(old->n - 1));
	if (err)
		return err;
	session = session_like(draft, old, old->n - 1);
	if (IS_ERR(session))
		return PTR_ERR(session);
	for (i = 0; i < old->n; i++) {
		if (!obpbl_prefix_same(&old->prefixes[i], prefix))
			session->prefixes[n++] = old->prefixes[i];
	}
	return session_set(draft, index, old, session);
}

/*
 * Gives the session at @index, whose ISP is there, a prefix, whoever's session
 * had it.
 */
static int give(struct obpbl_draft *draft, const struct obpbl_session *session,
		u32 index, const struct obpbl_prefix *prefix)
{
	const struct obpbl_isp *isp;
	int err = 0;
	u32 other;

	isp = obpbl_vec_get(&draft->policy->configured.isps, session->isp);
	other = obpbl_policy_session_at(draft->policy, session->scope, prefix);
	if (other)
		err = take_away(draft, obpbl_value_session(other), prefix);
	if (!err)
		err = obpbl_draft_owner(draft, isp, prefix);
	return err ?: obpbl_draft_session_put(draft, session, prefix,
					      OBPBL_VALUE_SESSION | index);
}

/* Gives it all of its prefixes from number @from on */
static int give_all(struct obpbl_draft *draft,
		    const struct obpbl_session *session, u32 index,
		    unsigned int from, struct obpbl_session_config *config)
{
	unsigned int i;
	int err = 0;

	for (i = from; !err && i < session->n; i++) {
		err = give(draft, session, index, &session->prefixes[i]);
		if (err == -EADDRINUSE)
			config->refused = session->prefixes[i];
	}
	return err;
}

static int make(struct obpbl_draft *draft, struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	const struct obpbl_isp *isp;
	u8 key[OBPBL_KEY_SIZE];
	u32 index;
	int err;

	isp = obpbl_vec_get(&draft->policy->configured.isps, config->isp);
	if (!isp)
		return -ENOENT;
	err = obpbl_draft_isp_stays(draft, isp);
	if (!err)
		err = count(draft, config->isp, 0, entries(config->n));
	if (err)
		return err;
	session = session_new(draft, config->n);
	if (IS_ERR(session))
		return PTR_ERR(session);
	session->ifindex = config->ifindex;
	session->isp = config->isp;
	session->scope = isp->scope;
	session->class = config->class;
	memcpy(session->prefixes, config->prefixes,
	       config->n * sizeof(*config->prefixes));
	index = obpbl_vec_free_index(&draft->policy->sessions);
	err = session_set(draft, index, NULL, session);
	device_key(key, config->ifindex);
	if (!err)
		err = obpbl_trie_set(&draft->policy->devices, &draft->txn, key,
				     DEVICE_BITS, index);
	return err ?: give_all(draft, session, index, 0, config);
}

/* Changes */

/**
 * obpbl_draft_session_up() - the session of a device becomes exactly this
 * @draft: the draft
 * @config: what it becomes; a prefix that is there twice is taken out
 *
 * A prefix that another device's session has is taken from it.
 *
 * Return: 0; OBPBL_UNCHANGED; -ENOENT, no such ISP; -EADDRINUSE, a prefix is
 * another ISP's, or -EBUSY, a change that may be taken back has brought the ISP,
 * and it is named in @draft->conflict; -ENOSPC, a ceiling; -ENOMEM.  The draft is
 * spoiled by any of the errors.
 */
int obpbl_draft_session_up(struct obpbl_draft *draft,
			   struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	u32 index;
	int err = 0;

	if (draft->aside)
		return -EINVAL;
	make_set(config);
	session = find(draft->policy, config->ifindex, &index);
	if (session && !session->gone && is_as_wanted(session, config))
		return OBPBL_UNCHANGED;
	draft->touched = config->ifindex;
	if (session)
		err = drop(draft, session, index);
	return err ?: make(draft, config);
}

static int add_prefixes(struct obpbl_draft *draft, struct obpbl_session *old,
			u32 index, struct obpbl_session_config *config,
			unsigned int more)
{
	unsigned int i, n = old->n, from = old->n;
	struct obpbl_session *session;
	int err;

	err = count(draft, old->isp, entries(n), n + more);
	if (err)
		return err;
	session = session_like(draft, old, n + more);
	if (IS_ERR(session))
		return PTR_ERR(session);
	memcpy(session->prefixes, old->prefixes, n * sizeof(*old->prefixes));
	for (i = 0; i < config->n; i++) {
		if (!has(old->prefixes, old->n, &config->prefixes[i]))
			session->prefixes[n++] = config->prefixes[i];
	}
	err = session_set(draft, index, old, session);
	return err ?: give_all(draft, session, index, from, config);
}

/**
 * obpbl_draft_session_addr() - the session of a device gains prefixes
 * @draft: the draft
 * @config: the device and the prefixes, likewise
 *
 * Return: as obpbl_draft_session_up(); -ENOENT, the device has no session, or
 * the draft not its ISP, whose sessions are there until it is checked; -E2BIG,
 * too many prefixes.
 */
int obpbl_draft_session_addr(struct obpbl_draft *draft,
			     struct obpbl_session_config *config)
{
	struct obpbl_session *session;
	unsigned int i, more = 0;
	u32 index;

	if (draft->aside)
		return -EINVAL;
	make_set(config);
	session = find(draft->policy, config->ifindex, &index);
	if (!session || session->gone)
		return -ENOENT;
	for (i = 0; i < config->n; i++)
		more += !has(session->prefixes, session->n,
			     &config->prefixes[i]);
	if (!more)
		return OBPBL_UNCHANGED;
	if (!obpbl_vec_get(&draft->policy->configured.isps, session->isp))
		return -ENOENT;
	if (session->n + more > OBPBL_MAX_SESSION_PREFIXES)
		return -E2BIG;
	draft->touched = config->ifindex;
	return add_prefixes(draft, session, index, config, more);
}

/**
 * obpbl_draft_session_down() - remove the session of a device
 * @draft: the draft
 * @ifindex: the device
 *
 * Return: 0; OBPBL_UNCHANGED, there was none; -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_session_down(struct obpbl_draft *draft, u32 ifindex)
{
	struct obpbl_session *session;
	u32 index;

	if (draft->aside)
		return -EINVAL;
	session = find(draft->policy, ifindex, &index);
	if (!session)
		return OBPBL_UNCHANGED;
	draft->touched = ifindex;
	return drop(draft, session, index);
}

/**
 * obpbl_draft_sessions_flush() - remove all sessions of an ISP
 * @draft: the draft
 * @isp: which
 *
 * Return: 0; -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_sessions_flush(struct obpbl_draft *draft, u16 isp)
{
	const struct obpbl_counts *counts;
	struct obpbl_session *session;
	u32 index = 0;
	int err = 0;

	for (; !err; index++) {
		counts = obpbl_vec_get(&draft->policy->counts, isp);
		if (!counts || !counts->session_entries)
			break;
		session = obpbl_vec_next(&draft->policy->sessions, &index);
		if (session->isp == isp)
			err = drop(draft, session, index);
	}
	return err;
}

/**
 * obpbl_draft_sessions_sweep() - remove the sessions whose device is gone
 * @draft: the draft
 *
 * Looks at all sessions.  What it needs on the way is not refused for the
 * ceiling on memory.
 *
 * Return: 0; -ENOMEM and the draft is spoiled.
 */
int obpbl_draft_sessions_sweep(struct obpbl_draft *draft)
{
	struct obpbl_policy *policy = draft->policy;
	u64 limit = draft->txn.limit;
	struct obpbl_session *session;
	u32 index = 0;
	int err = 0;

	draft->txn.limit = U64_MAX;
	for (; !err && (session = obpbl_vec_next(&policy->sessions, &index));
	     index++) {
		if (session->gone)
			err = drop(draft, session, index);
	}
	draft->txn.limit = limit;
	return err;
}
