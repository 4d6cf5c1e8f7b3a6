/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table: ISPs, their prefixes, overlays on sources, and sessions.
 *
 * What is configured, what waits to be taken back, the shadow, and what was
 * added at run time are tables of this one kind; policy.h says where each of
 * them stands.  A table is a line of versions, each of which is immutable once
 * it is published; txn.h says how they share memory.
 *
 * Tables do not check each other.  Whether an entry of one table means anything
 * beside another table is asked when it is looked at: see obpbl_isp_scope() and
 * decision.c.
 *
 * Pure: knows no socket buffer and no netlink.
 */
#ifndef _OBPBL_TABLE_H
#define _OBPBL_TABLE_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/linux/obpbl.h>

#include "array.h"
#include "prefix.h"
#include "trie.h"
#include "txn.h"

struct obpbl_isp_stats;

/**
 * struct obpbl_isp_config - what can be set of an ISP
 * @mode: enum obpbl_mode
 * @policy: enum obpbl_policy_kind
 * @reject: enum obpbl_reject
 * @reverse: judge answers from port 25 as well
 * @limit: new connections per source and @interval that are let through; 0: none
 * @interval: seconds
 * @quarantine: seconds for which whoever goes over the limit is quarantined; 0:
 *		is not
 * @name: its name
 * @vrf: name of the l3mdev master that its sources arrive in; "" for none
 */
struct obpbl_isp_config {
	u8 mode;
	u8 policy;
	u8 reject;
	bool reverse;
	u32 limit;
	u32 interval;
	u32 quarantine;
	char name[OBPBL_ISP_NAME_SIZE];
	char vrf[OBPBL_DEV_NAME_SIZE];
};

/**
 * struct obpbl_isp - one ISP in a table
 * @obj: lifetime
 * @number: its place in &struct obpbl_table.isps, from 1 on; a name has the
 *	    same number in all tables
 * @scope: index of its source entries in &struct obpbl_table.scopes
 * @stats: its counters, which live at least as long as any version that has it
 * @dst: destination entries by family, prefix -> set of DST_* classes
 * @config: what was set
 *
 * What a packet reads comes first, and is one line of a cache.
 */
struct obpbl_isp {
	struct obpbl_obj obj;
	u16 number;
	u16 scope;
	struct obpbl_isp_stats *stats;
	struct obpbl_trie dst[OBPBL_FAMILIES];
	struct obpbl_isp_config config;
};

/* The number that sources of no ISP are counted under; no ISP has it */
#define OBPBL_FOREIGN	0

/**
 * struct obpbl_counts - how much an ISP has in a table
 * @obj: lifetime
 * @n: prefixes and overlays by enum obpbl_class
 * @sessions: prefixes of sessions; one without a prefix counts as one
 */
struct obpbl_counts {
	struct obpbl_obj obj;
	u32 n[__OBPBL_CLASS_LAST];
	u32 sessions;
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
 * @isp: number of the ISP whose source it is on
 * @class: OBPBL_CLASS_EXEMPT or OBPBL_CLASS_QUARANTINE
 * @has_to: @to is set
 * @automatic: the kernel has made it, of a source over its limit
 * @dev: the only device it holds for, or its l3mdev master; "" for any
 * @ticket: whose, in the words of whoever added it; "" for none
 * @reason: why, likewise
 */
struct obpbl_overlay {
	struct obpbl_obj obj;
	struct obpbl_prefix to;
	u64 until;
	u16 isp;
	u8 class;
	bool has_to;
	bool automatic;
	char dev[OBPBL_DEV_NAME_SIZE];
	char ticket[OBPBL_TICKET_SIZE];
	char reason[];
};

/**
 * struct obpbl_entry - a source prefix with overlays
 * @obj: lifetime
 * @prefix: where
 * @scope: index of the scope
 * @isp: number of the ISP that @classes are of
 * @classes: source classes at the same prefix
 * @n: overlays
 * @session: the session at the same prefix, as a value of source entries; 0:
 *	     none
 * @overlays: sorted: quarantines first.  What is configured at a prefix is of
 *	      one ISP, but what was added at run time need not be.
 */
struct obpbl_entry {
	struct obpbl_obj obj;
	struct obpbl_prefix prefix;
	u16 scope;
	u16 isp;
	u8 classes;
	u8 n;
	u32 session;
	struct obpbl_overlay *overlays[];
};

/**
 * struct obpbl_session - what a network device's subscriber has
 * @obj: lifetime
 * @ifindex: the device, for as long as it is registered in this namespace
 * @epoch: tells it from an earlier and a later device of the same number
 * @isp: number of the ISP
 * @scope: index of the scope
 * @class: OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC or OBPBL_CLASS_EXEMPT
 * @gone: the device is gone: the session says nothing any more, even if it was
 *	  not removed yet.  The one thing in a snapshot that is written while
 *	  packets read it, once and without a lock.
 * @n: prefixes
 * @prefixes: what it owns; a prefix has one session per scope
 */
struct obpbl_session {
	struct obpbl_obj obj;
	u32 ifindex;
	u32 epoch;
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
 * @vrf: name of the l3mdev master; "" for scope 0, which is everything else
 * @users: ISPs that live here, or sessions; without any, and without an entry,
 *	   the scope is none
 * @src: source entries by family; see obpbl_value_*() for the values
 */
struct obpbl_scope {
	struct obpbl_obj obj;
	char vrf[OBPBL_DEV_NAME_SIZE];
	u32 users;
	struct obpbl_trie src[OBPBL_FAMILIES];
};

/*
 * Values of source entries: an ISP and its classes at the prefix, or the index
 * of a session, or, where there are overlays as well, the index of an entry
 * that holds it all.
 */
#define OBPBL_VALUE_ENTRY	(1U << 31)
#define OBPBL_VALUE_SESSION	(1U << 30)
#define OBPBL_VALUE_CLASS_BITS	8

static inline u32 obpbl_value(u16 isp, u8 classes)
{
	return (u32)isp << OBPBL_VALUE_CLASS_BITS | classes;
}

/* Whether a value is an ISP and its classes, in the lowest bits, and no more */
static inline bool obpbl_value_plain(u32 value)
{
	return !(value & (OBPBL_VALUE_ENTRY | OBPBL_VALUE_SESSION));
}

static inline u16 obpbl_value_isp(u32 value)
{
	return value >> OBPBL_VALUE_CLASS_BITS;
}

/**
 * struct obpbl_line - the versions of one table that still exist
 * @node: in &struct obpbl_history.lines
 * @versions: the oldest first; the newest is there for as long as the line is
 * @held: how many of them somebody holds
 */
struct obpbl_line {
	struct list_head node;
	struct list_head versions;
	unsigned int held;
};

/**
 * struct obpbl_table - one version of a table
 * @isps: number -> struct obpbl_isp
 * @reverse: ISPs with reverse on: whether packets from port 25 matter
 * @vrfs: VRF name, as a key of 128 bits -> index of scope
 * @scopes: index -> struct obpbl_scope
 * @entries: index -> struct obpbl_entry
 * @sessions: index -> struct obpbl_session
 * @devices: ifindex, as a key of 32 bits -> index of session
 * @counts: number of an ISP -> struct obpbl_counts
 * @prefixes: entries, as net.obpbl.max_prefixes counts them
 * @overlays: overlays
 * @automatic: those of them that the kernel has made
 * @devs: those of them with a device: whether the input device matters
 * @session_entries: prefixes of sessions, as net.obpbl.max_sessions counts them;
 *		     a session without a prefix is one as well
 * @txn: how it was made; its dead list has what the version before it reaches
 *	 and this one not
 * @line: its versions, itself among them once it is published
 * @node: in &struct obpbl_line.versions
 * @refs: policies that have it
 *
 * All up to @txn are roots, to be copied.
 */
struct obpbl_table {
	struct obpbl_array isps;
	u32 reverse;
	struct obpbl_trie vrfs;
	struct obpbl_array scopes;
	struct obpbl_array entries;
	struct obpbl_array sessions;
	struct obpbl_trie devices;
	struct obpbl_array counts;
	u32 prefixes;
	u32 overlays;
	u32 automatic;
	u32 devs;
	u32 session_entries;

	struct obpbl_txn txn;
	struct obpbl_line *line;
	struct list_head node;
	unsigned int refs;
};

struct obpbl_table *obpbl_table_new(const struct obpbl_txn *txn);
struct obpbl_table *obpbl_table_copy(const struct obpbl_table *table,
				     const struct obpbl_txn *txn);
void obpbl_table_release(struct obpbl_table *table, u64 first, u64 *bytes);

int obpbl_table_retire(struct obpbl_table *table, void *obj);
void *obpbl_table_own(struct obpbl_table *table, struct obpbl_array *array,
		      u32 index, size_t size);
void *obpbl_table_make(struct obpbl_table *table, struct obpbl_array *array,
		       u32 index, size_t size);

const struct obpbl_isp *obpbl_isp_find(const struct obpbl_table *table,
				       const char *name);
struct obpbl_isp *obpbl_isp_own(struct obpbl_table *table, u16 number);
bool obpbl_table_knows(const struct obpbl_table *table, u16 number);

const struct obpbl_scope *obpbl_scope_find(const struct obpbl_table *table,
					   const char *vrf, u32 *index);
int obpbl_scope_get(struct obpbl_table *table, const char *vrf, u16 *index);
struct obpbl_scope *obpbl_scope_own(struct obpbl_table *table, u16 index);
int obpbl_scope_join(struct obpbl_table *table, const char *vrf, u16 *index);
int obpbl_scope_leave(struct obpbl_table *table, u16 index);
int obpbl_scope_prune(struct obpbl_table *table, u16 index);

struct obpbl_counts *obpbl_counts_own(struct obpbl_table *table, u16 isp);
const struct obpbl_counts *obpbl_counts_get(const struct obpbl_table *table,
					    u16 isp);

static inline const struct obpbl_isp *
obpbl_isp_get(const struct obpbl_table *table, u16 number)
{
	return obpbl_array_get(&table->isps, number);
}

#endif /* _OBPBL_TABLE_H */
