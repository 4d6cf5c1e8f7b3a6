/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy: an immutable snapshot, and the drafts that become one.
 *
 * Pure: knows no socket buffer and no netlink; net.c publishes what is built
 * here, decision.c reads it.
 */
#ifndef _OBPBL_POLICY_H
#define _OBPBL_POLICY_H

#include <linux/list.h>
#include <linux/types.h>
#include <uapi/linux/obpbl.h>

#include "grace.h"
#include "trie.h"
#include "vec.h"

/* Index of per-family tables */
enum obpbl_family {
	OBPBL_INET4,
	OBPBL_INET6,

	OBPBL_FAMILIES
};

#define OBPBL_LAYERS	__OBPBL_LAYER_LAST

/**
 * struct obpbl_prefix - a prefix, as the tables take it
 * @key: address in network order, zero past @len; IPv4 in the first 4 bytes
 * @family: enum obpbl_family
 * @len: length in bits
 */
struct obpbl_prefix {
	u8 key[OBPBL_KEY_SIZE];
	u8 family;
	u8 len;
};

/**
 * struct obpbl_isp_config - what can be set of an ISP
 * @name: its name
 * @vrf: name of the l3mdev master that its sources arrive in; "" for none
 * @mode: enum obpbl_mode
 * @policy: enum obpbl_policy_kind
 * @reject: enum obpbl_reject
 * @reverse: judge answers from port 25 as well
 * @limit: new connections per source and @interval that are let through; 0: none
 * @interval: seconds
 * @quarantine: seconds for which whoever goes over the limit is quarantined; 0:
 *		is not
 */
struct obpbl_isp_config {
	char name[OBPBL_ISP_NAME_SIZE];
	char vrf[OBPBL_DEV_NAME_SIZE];
	u8 mode;
	u8 policy;
	u8 reject;
	bool reverse;
	u32 limit;
	u32 interval;
	u32 quarantine;
};

/**
 * struct obpbl_isp - one ISP in a snapshot
 * @obj: lifetime
 * @config: what was set
 * @index: its place in &struct obpbl_part.isps, and of its counters; a name
 *	   keeps its place from policy to policy
 * @scope: index into &struct obpbl_tables.scopes of its source entries, in both
 *	   layers
 * @counts: configured prefixes and overlays by enum obpbl_class
 * @dst: destination entries by family, prefix -> set of DST_* classes
 */
struct obpbl_isp {
	struct obpbl_obj obj;
	struct obpbl_isp_config config;
	u16 index;
	u16 scope;
	u32 counts[__OBPBL_CLASS_LAST];
	struct obpbl_trie dst[OBPBL_FAMILIES];
};

/**
 * struct obpbl_counts - what an ISP has at run time
 * @obj: lifetime
 * @n: overlays by enum obpbl_class
 * @session_entries: its part of those of the policy
 */
struct obpbl_counts {
	struct obpbl_obj obj;
	u32 n[__OBPBL_CLASS_LAST];
	u32 session_entries;
};

/* Sets of classes at one prefix, as bits by enum obpbl_class */
#define OBPBL_BIT(class)	(1U << (class))
#define OBPBL_SRC_CLASSES	(OBPBL_BIT(OBPBL_CLASS_DYNAMIC) |	\
				 OBPBL_BIT(OBPBL_CLASS_STATIC) |	\
				 OBPBL_BIT(OBPBL_CLASS_SPACE))
#define OBPBL_DST_CLASSES	(OBPBL_BIT(OBPBL_CLASS_RELAY) |		\
				 OBPBL_BIT(OBPBL_CLASS_TARGET) |	\
				 OBPBL_BIT(OBPBL_CLASS_SPACE))
#define OBPBL_OVERLAY_CLASSES	(OBPBL_BIT(OBPBL_CLASS_EXEMPT) |	\
				 OBPBL_BIT(OBPBL_CLASS_QUARANTINE))

/**
 * struct obpbl_overlay - one exemption or quarantine
 * @obj: lifetime
 * @to: the only destination it holds for, when @has_to
 * @until: seconds since the epoch at which it ends; 0: never
 * @class: OBPBL_CLASS_EXEMPT or OBPBL_CLASS_QUARANTINE
 * @has_to: @to is set
 * @dev: the only device it holds for, or its l3mdev master; "" for any
 * @reason: why, in the words of whoever added it
 * @ticket: whose, likewise; "" for none
 */
struct obpbl_overlay {
	struct obpbl_obj obj;
	struct obpbl_prefix to;
	u64 until;
	u8 class;
	bool has_to;
	char dev[OBPBL_DEV_NAME_SIZE];
	char ticket[OBPBL_TICKET_SIZE];
	char reason[];
};

/**
 * struct obpbl_spot - a source prefix with overlays
 * @obj: lifetime
 * @prefix: where
 * @isp: index of the ISP that owns it
 * @scope: index of the scope
 * @classes: source classes at the same prefix in the same layer
 * @session: the session at the same prefix, as a value of source entries; 0:
 *	     none
 * @n: overlays
 * @overlays: sorted: quarantines first
 */
struct obpbl_spot {
	struct obpbl_obj obj;
	struct obpbl_prefix prefix;
	u16 isp;
	u16 scope;
	u8 classes;
	u8 n;
	u32 session;
	struct obpbl_overlay *overlays[];
};

/**
 * struct obpbl_session - what a network device's subscriber has
 * @obj: lifetime
 * @ifindex: the device, for as long as it is registered in this namespace
 * @isp: index of the ISP; one whose device is gone may outlive it
 * @scope: index of the scope
 * @class: OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC or OBPBL_CLASS_EXEMPT
 * @gone: the device is gone: the session says nothing any more, even if there
 *	  was no memory to remove it.  The one thing in a snapshot that is
 *	  written while packets read it, once and without a lock.
 * @n: prefixes
 * @prefixes: what it owns; a prefix has one session per scope
 */
struct obpbl_session {
	struct obpbl_obj obj;
	u32 ifindex;
	u16 isp;
	u16 scope;
	u8 class;
	bool gone;
	u16 n;
	struct obpbl_prefix prefixes[];
};

/**
 * struct obpbl_scope - the source tables of one VRF, or of everything else
 * @obj: lifetime
 * @vrf: name of the l3mdev master; "" for scope 0, which is everything else;
 *	 configured layer only
 * @isps: how many ISPs live here, likewise
 * @src: source entries by family; see obpbl_value_*() for the values
 */
struct obpbl_scope {
	struct obpbl_obj obj;
	char vrf[OBPBL_DEV_NAME_SIZE];
	u32 isps;
	struct obpbl_trie src[OBPBL_FAMILIES];
};

/*
 * Values of source entries: the ISP and its classes at the prefix, or the index
 * of a session, or, where there are overlays as well, the index of a spot that
 * holds it all.  Sessions are in the run-time layer alone, classes in the
 * configured one.
 */
#define OBPBL_VALUE_SPOT	(1U << 31)
#define OBPBL_VALUE_SESSION	(1U << 30)
#define OBPBL_VALUE_CLASS_BITS	8

static inline u32 obpbl_value(u16 isp, u8 classes)
{
	return (u32)isp << OBPBL_VALUE_CLASS_BITS | classes;
}

static inline bool obpbl_value_is_spot(u32 value)
{
	return value & OBPBL_VALUE_SPOT;
}

static inline u32 obpbl_value_spot(u32 value)
{
	return value & ~OBPBL_VALUE_SPOT;
}

static inline bool obpbl_value_is_session(u32 value)
{
	return !obpbl_value_is_spot(value) && value & OBPBL_VALUE_SESSION;
}

static inline u32 obpbl_value_session(u32 value)
{
	return value & ~OBPBL_VALUE_SESSION;
}

static inline u16 obpbl_value_isp(u32 value)
{
	return value >> OBPBL_VALUE_CLASS_BITS;
}

static inline u8 obpbl_value_classes(u32 value)
{
	return value;
}

/**
 * struct obpbl_tables - the source entries of one layer
 * @scopes: index -> struct obpbl_scope
 * @spots: index -> struct obpbl_spot
 * @overlays: overlays
 * @devs: overlays with a device: whether the input device matters
 *
 * A VRF has the same index in the tables of both layers, and in those of all
 * parts that exist at one time.
 */
struct obpbl_tables {
	struct obpbl_vec scopes;
	struct obpbl_vec spots;
	u32 overlays;
	u32 devs;
};

/**
 * struct obpbl_part - what is configured, as a whole
 * @origin: the transaction that began it with nothing: all in it is younger
 * @isps: index -> struct obpbl_isp
 * @vrfs: VRF name, as a key of 128 bits -> index of scope
 * @tables: source entries
 * @prefixes: entries, as net.obpbl.max_prefixes counts them
 * @reverse: ISPs with reverse on: whether packets from port 25 matter
 * @limits: ISPs with a limit: whether there must be a limiter
 *
 * These are roots, to be copied.  Nothing of the run-time layer can be reached
 * from them, nor the other way round, so that one part can take the place of
 * another in one step, and run-time entries are not moved by it.
 */
struct obpbl_part {
	u64 origin;
	struct obpbl_vec isps;
	struct obpbl_trie vrfs;
	struct obpbl_tables tables;
	u32 prefixes;
	u32 reverse;
	u32 limits;
};

/**
 * struct obpbl_aside - a part that the current snapshot has not got
 * @whole: lifetime, with all of @part
 * @part: what was put aside
 * @generation: the last snapshot that had it; 0: none had
 *
 * Its objects stay out of all dead lists until it is killed; txn.h says why
 * that is right.
 */
struct obpbl_aside {
	struct obpbl_whole whole;
	struct obpbl_part part;
	u64 generation;
};

/**
 * struct obpbl_policy - one snapshot
 * @configured: ISPs, and all that was configured of them
 * @runtime: the source entries added at run time
 * @sessions: index -> struct obpbl_session
 * @devices: ifindex, as a key of 32 bits -> index of session
 * @session_entries: prefixes of sessions, as net.obpbl.max_sessions counts them;
 *		     a session without a prefix is one as well
 * @counts: index of an ISP -> struct obpbl_counts
 * @generation: number of this snapshot; 0 is the empty beginning
 * @version: birth stamp of what was made for it
 * @node: in &struct obpbl_history.versions, protected by its owner's lock
 * @grace: begins when it is no longer current; nobody who holds it is left
 *	   before its end
 * @refs: who holds it, likewise: one for being current, one a dump
 * @dead: objects that the version before it reaches and this one not
 */
struct obpbl_policy {
	struct obpbl_part configured;
	struct obpbl_tables runtime;
	struct obpbl_vec sessions;
	struct obpbl_trie devices;
	u32 session_entries;
	struct obpbl_vec counts;
	u64 generation;
	u64 version;

	struct list_head node;
	struct obpbl_grace grace;
	unsigned int refs;
	struct obpbl_dead dead;
};

/**
 * struct obpbl_history - the line of snapshots that still exist
 * @versions: the oldest first; the last is current
 * @current_policy: what obpbl_draft_begin() starts from
 * @kept: what was configured before, as long as the change of it may still be
 *	  taken back; NULL: there is no such change
 * @shadow: the candidate beside the current policy; NULL for none
 * @next: the next birth stamp
 * @bytes: memory of everything that they reach
 */
struct obpbl_history {
	struct list_head versions;
	struct obpbl_policy *current_policy;
	struct obpbl_aside *kept;
	struct obpbl_aside *shadow;
	u64 next;
	u64 bytes;
};

/**
 * struct obpbl_draft - a snapshot in the making
 * @txn: its transaction
 * @history: the line
 * @policy: what will be published; changed in place until then
 * @base: what it started from
 * @kept: what &struct obpbl_history.kept will be
 * @shadow: what &struct obpbl_history.shadow will be
 * @made: holds a part that this draft puts aside; NULL for none
 * @killed: holds the part that is on the dead list; NULL for none
 * @max_prefixes: refuse more
 * @max_overlays: refuse more
 * @max_sessions: refuse more
 * @conflict: after -EADDRINUSE, -ENOENT or -EBUSY, the ISP in the way
 * @added: prefixes added since it began
 * @touched: the device whose session was changed last; 0: none was
 * @spoiled: a change failed: only obpbl_draft_abort() is left
 * @replaces: what is configured is not what was, but run-time entries are
 * @frozen: a change may still be taken back: only run-time entries may change
 * @aside: it becomes a shadow, not the current policy
 * @promoted: it has what the shadow had configured
 * @lenient: run-time overlays stay beside configured ones that are the same,
 *	     because it is not settled yet that those are to stay
 */
struct obpbl_draft {
	struct obpbl_txn txn;
	struct obpbl_history *history;
	struct obpbl_policy *policy;
	struct obpbl_policy *base;
	struct obpbl_aside *kept;
	struct obpbl_aside *shadow;
	struct obpbl_aside *made;
	struct obpbl_aside *killed;
	u32 max_prefixes;
	u32 max_overlays;
	u32 max_sessions;
	char conflict[OBPBL_ISP_NAME_SIZE];
	u64 added;
	u32 touched;
	bool spoiled;
	bool replaces;
	bool frozen;
	bool aside;
	bool promoted;
	bool lenient;
};

int obpbl_history_init(struct obpbl_history *history);
void obpbl_history_exit(struct obpbl_history *history);
struct obpbl_policy *obpbl_policy_get(struct obpbl_policy *policy);
bool obpbl_policy_put(struct obpbl_history *history,
		      struct obpbl_policy *policy, struct obpbl_dead *doomed);
void obpbl_aside_free(struct obpbl_aside *aside, u64 *bytes);

int obpbl_draft_begin(struct obpbl_draft *draft, struct obpbl_history *history,
		      u64 max_bytes);
int obpbl_draft_clear(struct obpbl_draft *draft, bool runtime);
int obpbl_draft_keep(struct obpbl_draft *draft);
int obpbl_draft_confirm(struct obpbl_draft *draft);
int obpbl_draft_rollback(struct obpbl_draft *draft);
int obpbl_draft_beside(struct obpbl_draft *draft);
int obpbl_draft_promote(struct obpbl_draft *draft, bool keep);
int obpbl_draft_check(struct obpbl_draft *draft);
struct obpbl_policy *obpbl_draft_commit(struct obpbl_draft *draft,
					struct obpbl_history *history);
struct obpbl_aside *obpbl_draft_commit_aside(struct obpbl_draft *draft);
void obpbl_draft_abort(struct obpbl_draft *draft);

int obpbl_draft_isp_add(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config);
int obpbl_draft_isp_set(struct obpbl_draft *draft, u16 index,
			const struct obpbl_isp_config *config);
int obpbl_draft_isp_del(struct obpbl_draft *draft, u16 index);
int obpbl_draft_prefix_add(struct obpbl_draft *draft, u16 isp, u8 class,
			   const struct obpbl_prefix *prefix, bool replace);
int obpbl_draft_prefix_del(struct obpbl_draft *draft, u16 isp, u8 class,
			   const struct obpbl_prefix *prefix);
int obpbl_draft_prefix_flush(struct obpbl_draft *draft, u16 isp, u8 class);
int obpbl_draft_overlay_add(struct obpbl_draft *draft, u16 isp, u8 layer,
			    const struct obpbl_prefix *prefix,
			    const struct obpbl_overlay *overlay);
int obpbl_draft_overlay_extend(struct obpbl_draft *draft, u16 isp,
			       const struct obpbl_prefix *prefix,
			       const struct obpbl_overlay *overlay);
int obpbl_draft_overlay_del(struct obpbl_draft *draft, u16 isp,
			    const struct obpbl_prefix *prefix,
			    const struct obpbl_overlay *overlay);

const struct obpbl_isp *obpbl_policy_isp(const struct obpbl_policy *policy,
					 const char *name);
u32 obpbl_policy_sessions(const struct obpbl_policy *policy, u16 isp);
u32 obpbl_policy_count(const struct obpbl_policy *policy,
		       const struct obpbl_isp *isp, u8 class);
bool obpbl_prefix_covers(const struct obpbl_prefix *prefix, u8 family,
			 const u8 *key);
bool obpbl_prefix_canonical(const struct obpbl_prefix *prefix);
bool obpbl_prefix_same(const struct obpbl_prefix *a,
		       const struct obpbl_prefix *b);

static inline u8 obpbl_family_bits(u8 family)
{
	return family == OBPBL_INET4 ? 32 : 128;
}

static inline u32 obpbl_policy_overlays(const struct obpbl_policy *policy)
{
	return policy->configured.tables.overlays + policy->runtime.overlays;
}

static inline const struct obpbl_tables *
obpbl_policy_tables(const struct obpbl_policy *policy, u8 layer)
{
	return layer == OBPBL_LAYER_CONFIGURED ? &policy->configured.tables :
						 &policy->runtime;
}

static inline struct obpbl_tables *
obpbl_draft_tables(struct obpbl_draft *draft, u8 layer)
{
	return layer == OBPBL_LAYER_CONFIGURED ?
		&draft->policy->configured.tables : &draft->policy->runtime;
}

/* For the files that build drafts */
int obpbl_draft_bury(struct obpbl_draft *draft, void *obj);
struct obpbl_isp *obpbl_draft_isp(struct obpbl_draft *draft, u16 index);
struct obpbl_scope *obpbl_draft_scope(struct obpbl_draft *draft, u8 layer,
				      u16 index);
struct obpbl_counts *obpbl_draft_counts(struct obpbl_draft *draft, u16 isp);
int obpbl_draft_overlays_flush(struct obpbl_draft *draft, u16 isp);
int obpbl_draft_owner(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		      const struct obpbl_prefix *prefix);
int obpbl_draft_isp_stays(struct obpbl_draft *draft,
			  const struct obpbl_isp *isp);
bool obpbl_policy_covers(const struct obpbl_policy *policy,
			 const struct obpbl_isp *isp,
			 const struct obpbl_prefix *prefix);
u32 obpbl_policy_session_at(const struct obpbl_policy *policy, u16 scope,
			    const struct obpbl_prefix *prefix);
int obpbl_draft_session_put(struct obpbl_draft *draft,
			    const struct obpbl_session *session,
			    const struct obpbl_prefix *prefix, u32 value);
int obpbl_draft_fits(struct obpbl_draft *draft);
int obpbl_draft_absorb(struct obpbl_draft *draft);

#endif /* _OBPBL_POLICY_H */
