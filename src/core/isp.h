/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ISPs of a table: how they come, change and go.
 */
#ifndef _OBPBL_ISP_H
#define _OBPBL_ISP_H

#include "table.h"

int obpbl_isp_add(struct obpbl_table *table, u16 number,
		  struct obpbl_isp_stats *stats,
		  const struct obpbl_isp_config *config);
int obpbl_isp_set(struct obpbl_table *table, u16 number,
		  const struct obpbl_isp_config *config);
int obpbl_isp_del(struct obpbl_table *table, u16 number);

#endif /* _OBPBL_ISP_H */
