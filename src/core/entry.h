/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries: source and destination prefixes, overlays, and which prefix has
 * which session.
 */
#ifndef _OBPBL_ENTRY_H
#define _OBPBL_ENTRY_H

#include <linux/string.h>

#include "policy.h"

/* What a change returns that is no error, and leaves everything as it was */
#define OBPBL_UNCHANGED	1

/**
 * struct obpbl_entry_info - what a value of source entries stands for
 * @isp: number of the ISP that @classes are of, or overlays that are configured
 * @classes: source classes, as bits
 * @session: the session, as a value; 0: none
 * @index: index of @entry
 * @entry: overlays, and the rest once more; NULL where there are none
 */
struct obpbl_entry_info {
	u16 isp;
	u8 classes;
	u32 session;
	u32 index;
	struct obpbl_entry *entry;
};

/**
 * struct obpbl_prefixes - prefixes of an ISP and a class, which are to change
 * @transaction: the transaction
 * @table: the version that is being made; it owns the following three, which stay
 *	   where they are as long as it is
 * @counts: what the ISP has
 * @sources: the scope of its sources; NULL where the class is none of sources
 * @destinations: the ISP, to be changed; NULL where the class is none of
 *		  destinations
 * @isp: the ISP, to be read
 * @class: enum obpbl_class
 */
struct obpbl_prefixes {
	struct obpbl_transaction *transaction;
	struct obpbl_table *table;
	struct obpbl_counts *counts;
	struct obpbl_scope *sources;
	struct obpbl_isp *destinations;
	const struct obpbl_isp *isp;
	u8 class;
};

/**
 * obpbl_entry_describe() - what an entry with overlays stands for
 * @entry: the entry
 * @index: its index
 * @info: where to put it
 */
static inline void obpbl_entry_describe(struct obpbl_entry *entry, u32 index,
					struct obpbl_entry_info *info)
{
	info->isp = entry->isp;
	info->classes = entry->classes;
	info->session = entry->session;
	info->index = index;
	info->entry = entry;
}

/**
 * obpbl_entry_decode() - what a value of source entries stands for
 * @table: the table
 * @value: a value of one of its source tries
 * @info: where to put it
 */
static inline void obpbl_entry_decode(const struct obpbl_table *table,
				      u32 value, struct obpbl_entry_info *info)
{
	u32 index = value & ~OBPBL_VALUE_ENTRY;

	info->session = 0;
	info->entry = NULL;
	if (obpbl_value_plain(value)) {
		info->isp = obpbl_value_isp(value);
		info->classes = value;
	} else if (value & OBPBL_VALUE_ENTRY) {
		obpbl_entry_describe(obpbl_array_get(&table->entries, index),
				     index, info);
	} else {
		info->isp = 0;
		info->classes = 0;
		info->session = value;
	}
}

/**
 * obpbl_session_of_value() - the session that a value of source entries names
 * @table: the table
 * @value: the value; 0: none
 *
 * Return: the session, also where its device is gone; NULL for none.
 */
static inline struct obpbl_session *
obpbl_session_of_value(const struct obpbl_table *table, u32 value)
{
	return value ? obpbl_array_get(&table->sessions,
				       value & ~OBPBL_VALUE_SESSION) : NULL;
}

bool obpbl_entry_get(const struct obpbl_table *table, u16 scope,
		     const struct obpbl_prefix *prefix,
		     struct obpbl_entry_info *info);
bool obpbl_entry_awake(const struct obpbl_table *live,
		       const struct obpbl_table *runtime, u16 scope,
		       const struct obpbl_prefix *prefix, u16 isp);
int obpbl_entry_session(struct obpbl_table *table, u16 scope,
			const struct obpbl_prefix *prefix, u32 value);
int obpbl_runtime_owner(struct obpbl_transaction *transaction,
			const struct obpbl_isp *owner,
			const struct obpbl_prefix *prefix);
bool obpbl_policy_covers(const struct obpbl_policy *policy,
			 const struct obpbl_isp *isp,
			 const struct obpbl_prefix *prefix);

int obpbl_prefixes_begin(struct obpbl_prefixes *prefixes,
			 struct obpbl_transaction *transaction, u16 isp,
			 u8 class);
int obpbl_prefix_add(struct obpbl_prefixes *prefixes,
		     const struct obpbl_prefix *prefix, bool replace);
int obpbl_prefix_del(struct obpbl_prefixes *prefixes,
		     const struct obpbl_prefix *prefix);
int obpbl_prefix_flush(struct obpbl_transaction *transaction, u16 isp,
		       u8 class);
int obpbl_sources_flush(struct obpbl_table *table, struct obpbl_isp *isp,
			u8 classes);

int obpbl_overlay_add(struct obpbl_transaction *transaction,
		      enum obpbl_slot slot, u16 isp,
		      const struct obpbl_prefix *prefix,
		      const struct obpbl_overlay *overlay);
int obpbl_overlay_extend(struct obpbl_transaction *transaction, u16 isp,
			 const struct obpbl_prefix *prefix,
			 const struct obpbl_overlay *overlay);
int obpbl_overlay_del(struct obpbl_transaction *transaction, u16 isp,
		      const struct obpbl_prefix *prefix,
		      const struct obpbl_overlay *overlay);
int obpbl_overlays_flush(struct obpbl_table *table, u16 isp);
int obpbl_overlays_recycle(struct obpbl_transaction *transaction, u64 now);
int obpbl_overlays_supersede(struct obpbl_transaction *transaction);

#endif /* _OBPBL_ENTRY_H */
