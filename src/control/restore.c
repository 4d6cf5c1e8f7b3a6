// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a module that is gone, such as one that this has taken the place of
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "message.h"
#include "packet/stats.h"
#include "restore.h"

static int restore(struct obpbl_net *onet, struct genl_info *info,
		   const struct obpbl_counter *counter)
{
	struct nlattr *name = info->attrs[OBPBL_A_ISP];
	struct obpbl_isp_stats *isp = NULL;
	int err;

	lockdep_assert_held(&onet->lock);

	if (name) {
		isp = obpbl_isp_stats_find(onet->stats, nla_data(name));
		if (!isp)
			return obpbl_refuse(info, OBPBL_A_ISP, -ENOENT,
					    "there is no such ISP");
	}
	obpbl_stats_lock(onet->stats);
	err = obpbl_stats_restore(onet->stats, isp, counter,
				  info->attrs[OBPBL_A_TOTAL]);
	obpbl_stats_unlock(onet->stats);
	if (err == -EINVAL)
		obpbl_refuse(info, OBPBL_A_COUNTERS, err,
			     "no packet is counted so");
	else if (err)
		obpbl_refuse(info, OBPBL_A_COUNTERS, err,
			     "the counter would be out of range");
	return err;
}

/**
 * obpbl_cmd_stats_restore() - OBPBL_CMD_STATS_RESTORE: count on from there
 * @skb: the request
 * @info: likewise
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_stats_restore(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *onet = obpbl_pernet(genl_info_net(info));
	struct obpbl_counter counter;
	int err;

	err = obpbl_missing(info, OBPBL_A_COUNTERS, "the counter is missing");
	if (err)
		return err;
	/* Attributes are aligned to four bytes */
	memcpy(&counter, nla_data(info->attrs[OBPBL_A_COUNTERS]),
	       sizeof(counter));
	mutex_lock(&onet->lock);
	err = restore(onet, info, &counter);
	mutex_unlock(&onet->lock);
	return err;
}
