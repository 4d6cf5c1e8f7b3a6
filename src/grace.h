/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What packets may still see: until when, and what frees it then.
 *
 * Each version has a work item of its own, which is queued once, when the
 * version is unpublished, and so waits for a grace period of its own.  One that
 * they share would have to tell what has waited from what was unpublished while
 * it waits or runs.
 */
#ifndef _OBPBL_GRACE_H
#define _OBPBL_GRACE_H

#include <linux/rcupdate.h>
#include <linux/workqueue.h>

struct obpbl_net;

/**
 * struct obpbl_grace - the grace period that something waits for
 * @work: frees it afterwards
 * @on: the state of the namespace that it belongs to
 * @since: when it was unpublished, as the count of grace periods
 */
struct obpbl_grace {
	struct rcu_work work;
	struct obpbl_net *on;
#ifdef OBPBL_HAVE_POLL_RCU_FULL
	struct rcu_gp_oldstate since;
#endif
};

#endif /* _OBPBL_GRACE_H */
