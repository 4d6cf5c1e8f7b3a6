/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a network namespace has: the policies, what packets see of them, and the
 * ends of what they no longer see.
 */
#ifndef _OBPBL_NET_H
#define _OBPBL_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/policy.h"
#include "packet/datapath.h"

struct ctl_table_header;
struct net;
struct sock;

/**
 * struct obpbl_confirm - the time until what is in OBPBL_KEPT returns
 * @timer: lets it
 * @deadline: when, on the clock of ktime_get_ns()
 * @generation: the last policy that had it in OBPBL_LIVE
 * @seconds: how much time the open transaction will give once it is published;
 *	     0: it is not to be confirmed
 * @failed: it could not return, which has been said
 * @expired: when it returned by the timer, in seconds since the epoch; 0: what
 *	     is configured has changed since
 *
 * All but @timer under the lock of changes.
 */
struct obpbl_confirm {
	struct delayed_work timer;
	u64 deadline;
	u64 generation;
	u32 seconds;
	bool failed;
	u64 expired;
};

/**
 * struct obpbl_net - what one network namespace has
 * @net: the namespace
 * @sysctl: settings
 * @sysctl_header: registration of net.obpbl
 * @family: whose listeners get events; NULL where nobody may listen
 * @stats: numbers, names and counters of ISPs
 * @datapath: what packets see; NULL while there is nothing to judge by.  Written
 *	      under @lock.
 * @history: policies and tables; its own lock is for those who only hold one
 * @garbage_lock: protects @garbage
 * @garbage: policies that nobody sees any more, for @reclaim
 * @reclaim: frees them
 * @drain: makes events and quarantines of what packets noted
 * @suppressed: OBPBL_TOTAL_SUPPRESSED as the last event knew it; @drain's own
 * @overlimits: sources that are to be quarantined, under @overlimits_lock
 * @overlimits_lock: protects @overlimits and @overlimits_n
 * @overlimits_n: how many they are; packets look at it
 * @quarantine: puts them there
 * @devices: ifindex -> epoch, of each device that a session was made for and that
 *	     is still there
 * @epoch: the last one given
 * @stale: there are sessions whose device is gone
 * @sweep: removes them
 * @lock: serialises changes; protects all below.  Nobody waits for it with RTNL
 *	  held, nor does anybody under it wait for RTNL.
 * @transaction: the open one; its policy is NULL while there is none, or once it
 *		 was invalidated
 * @owner: netlink port of the socket whose it is; 0: no transaction is open
 * @owner_sk: the socket.  A port is another's before the end of its last socket is
 *	      told, so that it alone says nothing.
 * @building: its owner is at a request that takes long, and has let go of @lock:
 *	      nobody else, not even on the same socket, gets at @transaction
 * @confirm: the time until what was published last is taken back
 * @retired: a policy has waited for a grace period
 * @dying: the namespace exits: nothing is published any more
 */
struct obpbl_net {
	struct net *net;
	struct obpbl_sysctl sysctl;
	struct ctl_table_header *sysctl_header;
	const struct genl_family *family;
	struct obpbl_stats *stats;
	struct obpbl_datapath __rcu *datapath;
	struct obpbl_history history;

	spinlock_t garbage_lock;
	struct list_head garbage;
	struct work_struct reclaim;

	struct work_struct drain;
	u64 suppressed;
	spinlock_t overlimits_lock;
	struct list_head overlimits;
	unsigned int overlimits_n;
	struct delayed_work quarantine;

	struct xarray devices;
	u32 epoch;
	bool stale;
	struct delayed_work sweep;

	struct mutex lock;
	struct obpbl_transaction transaction;
	u32 owner;
	const struct sock *owner_sk;
	bool building;
	struct obpbl_confirm confirm;
	bool retired;
	bool dying;
};

extern unsigned int obpbl_net_id;
extern struct workqueue_struct *obpbl_wq;

struct obpbl_net *obpbl_pernet(struct net *net);

int obpbl_net_begin(struct obpbl_net *onet,
		    struct obpbl_transaction *transaction);
int obpbl_net_publish(struct obpbl_net *onet,
		      struct obpbl_transaction *transaction);
void obpbl_net_sweep(struct obpbl_net *onet);
void obpbl_net_abort(struct obpbl_net *onet,
		     struct obpbl_transaction *transaction);
struct obpbl_policy *obpbl_net_hold(struct obpbl_net *onet);
void obpbl_net_put(struct obpbl_net *onet, struct obpbl_policy *policy);

struct obpbl_isp_stats *obpbl_net_isp(struct obpbl_net *onet,
				      const char *name);

int obpbl_net_init(struct obpbl_net *onet, struct net *net);
void obpbl_net_pre_exit(struct obpbl_net *onet);
void obpbl_net_exit(struct obpbl_net *onet);

#endif /* _OBPBL_NET_H */
