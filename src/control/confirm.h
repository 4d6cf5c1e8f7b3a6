/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change that is taken back unless it is confirmed in time.
 */
#ifndef _OBPBL_CONFIRM_H
#define _OBPBL_CONFIRM_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct genl_info;
struct obpbl_net;
struct sk_buff;

/**
 * struct obpbl_confirm - the time that is left; see &struct obpbl_history.kept
 * @timer: takes the change back
 * @deadline: when, on the clock of ktime_get_ns()
 * @seconds: how much time the open transaction will give once it is published;
 *	     0: it is not to be confirmed
 * @failed: taking it back has failed, which has been said
 *
 * All but @timer under the lock of the namespace's state.
 */
struct obpbl_confirm {
	struct delayed_work timer;
	u64 deadline;
	u32 seconds;
	bool failed;
};

void obpbl_confirm_init(struct obpbl_net *on);
void obpbl_confirm_start(struct obpbl_net *on, u32 seconds);
void obpbl_confirm_end(struct obpbl_net *on);
void obpbl_confirm_exit(struct obpbl_net *on);
int obpbl_confirm_put(struct sk_buff *skb, struct obpbl_net *on);
int obpbl_confirm_refuse(struct obpbl_net *on, struct genl_info *info);
int obpbl_confirm_seconds(struct genl_info *info, u32 *seconds);

#endif /* _OBPBL_CONFIRM_H */
