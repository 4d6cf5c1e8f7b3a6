// SPDX-License-Identifier: GPL-2.0-only
/*
 * ISPs of a table: how they come, change and go.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "entry.h"
#include "isp.h"

/**
 * obpbl_isp_add() - add an ISP
 * @table: the version that is being made
 * @number: its number, the one that its name always has
 * @stats: its counters
 * @config: its settings
 *
 * Return: 0; -EEXIST; -ENOMEM or -ENOSPC, and only obpbl_table_release() is
 * left.
 */
int obpbl_isp_add(struct obpbl_table *table, u16 number,
		  struct obpbl_isp_stats *stats,
		  const struct obpbl_isp_config *config)
{
	struct obpbl_isp *isp;
	u16 scope;
	int err;

	if (obpbl_isp_get(table, number))
		return -EEXIST;
	err = obpbl_scope_join(table, config->vrf, &scope);
	if (err)
		return err;
	isp = obpbl_table_make(table, &table->isps, number, sizeof(*isp));
	if (IS_ERR(isp))
		return PTR_ERR(isp);
	isp->config = *config;
	isp->number = number;
	isp->scope = scope;
	isp->stats = stats;
	table->reverse += config->reverse;
	return 0;
}

static bool has_sources(const struct obpbl_table *table, u16 number)
{
	const struct obpbl_counts *counts = obpbl_counts_get(table, number);
	u32 classes = OBPBL_SRC_CLASSES | OBPBL_OVERLAY_CLASSES;
	u8 class;

	for (class = 0; class <= OBPBL_CLASS_MAX; class++) {
		if (OBPBL_BIT(class) & classes && counts->n[class])
			return true;
	}
	return false;
}

static int isp_move(struct obpbl_table *table, struct obpbl_isp *isp,
		    const char *vrf)
{
	u16 old = isp->scope;
	int err;

	if (!strcmp(isp->config.vrf, vrf))
		return 0;
	if (has_sources(table, isp->number))
		return -EBUSY;
	err = obpbl_scope_join(table, vrf, &isp->scope);
	return err ?: obpbl_scope_leave(table, old);
}

/**
 * obpbl_isp_set() - change the settings of an ISP
 * @table: the version that is being made
 * @number: which
 * @config: all of its settings
 *
 * Return: 0; -ENOENT; -EBUSY if its VRF would change under source entries of the
 * table; -ENOMEM or -ENOSPC.  After any of the last three only
 * obpbl_table_release() is left.
 */
int obpbl_isp_set(struct obpbl_table *table, u16 number,
		  const struct obpbl_isp_config *config)
{
	struct obpbl_isp *isp = obpbl_isp_own(table, number);
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = isp_move(table, isp, config->vrf);
	if (err)
		return err;
	table->reverse += config->reverse - isp->config.reverse;
	isp->config = *config;
	return 0;
}

static int drop_destinations(struct obpbl_table *table, struct obpbl_isp *isp)
{
	u8 family;
	int err;

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		err = obpbl_txn_reserve(&table->txn, 1);
		if (err)
			return err;
		obpbl_trie_retire(&isp->dst[family], &table->txn);
	}
	return 0;
}

static int drop_counts(struct obpbl_table *table, u16 number)
{
	struct obpbl_counts *counts = obpbl_array_get(&table->counts, number);
	u32 classes = OBPBL_SRC_CLASSES | OBPBL_DST_CLASSES;
	u8 class;
	int err;

	if (!counts)
		return 0;
	for (class = 0; class <= OBPBL_CLASS_MAX; class++) {
		if (OBPBL_BIT(class) & classes)
			table->prefixes -= counts->n[class];
	}
	err = obpbl_array_set(&table->counts, &table->txn, number, NULL);
	return err ?: obpbl_table_retire(table, counts);
}

/**
 * obpbl_isp_del() - remove an ISP with its prefixes and overlays
 * @table: the version that is being made
 * @number: which
 *
 * Return: 0; -ENOENT; -ENOMEM or -ENOSPC, and only obpbl_table_release() is
 * left.
 */
int obpbl_isp_del(struct obpbl_table *table, u16 number)
{
	struct obpbl_isp *isp = obpbl_isp_own(table, number);
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = obpbl_overlays_flush(table, number);
	if (!err)
		err = obpbl_sources_flush(table, isp, OBPBL_SRC_CLASSES);
	if (!err)
		err = drop_destinations(table, isp);
	if (!err)
		err = drop_counts(table, number);
	if (!err)
		err = obpbl_scope_leave(table, isp->scope);
	if (!err)
		err = obpbl_array_set(&table->isps, &table->txn, number, NULL);
	if (err)
		return err;
	table->reverse -= isp->config.reverse;
	return obpbl_table_retire(table, isp);
}
