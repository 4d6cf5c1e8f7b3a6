/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ISPs of a table.
 */
#ifndef _OBPBL_ISP_H
#define _OBPBL_ISP_H

#include "table.h"

const struct obpbl_isp *obpbl_isp_find(const struct obpbl_table *table,
				       const char *name);
struct obpbl_isp *obpbl_isp_own(struct obpbl_table *table, u16 number);

int obpbl_isp_add(struct obpbl_table *table, u16 number,
		  struct obpbl_isp_stats *stats,
		  const struct obpbl_isp_config *config);
int obpbl_isp_set(struct obpbl_table *table, u16 number,
		  const struct obpbl_isp_config *config);
int obpbl_isp_del(struct obpbl_table *table, u16 number);

static inline const struct obpbl_isp *
obpbl_isp_get(const struct obpbl_table *table, u16 number)
{
	return obpbl_array_get(&table->isps, number);
}

#endif /* _OBPBL_ISP_H */
