/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-namespace state: the published policy, its history, the hooks.
 */
#ifndef _OBPBL_NET_H
#define _OBPBL_NET_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "confirm.h"
#include "decision.h"
#include "policy.h"
#include "rate.h"

struct ctl_table;
struct ctl_table_header;
struct net;
struct obpbl_events;
struct obpbl_limiter;
struct obpbl_shadow;
struct obpbl_sources;
struct obpbl_stats;
struct obpbl_trips;

/**
 * struct obpbl_sysctl - net.obpbl.*, written by sysctl, read with READ_ONCE()
 * @mode: ceiling on every ISP's mode
 * @established: 1: judge only what opens a connection
 * @fragments: 1: strict, drop non-first TCP fragments of subject pairs
 * @event_dst: how much of a destination may be told: 0: nothing, 1: its
 *	       network, 2: all of it
 * @v6_source_len: prefix length by which IPv6 sources are counted and limited
 * @reject_rate: replies a second; 0: none
 * @event_rate: block events a second; 0: none
 * @max_prefixes: ceiling on prefixes
 * @max_overlays: ceiling on overlays
 * @max_sessions: ceiling on prefixes of sessions
 * @max_sources: size of the table of sources, when it is made
 */
struct obpbl_sysctl {
	u8 mode;
	u8 established;
	u8 fragments;
	u8 event_dst;
	u8 v6_source_len;
	u32 reject_rate;
	u32 event_rate;
	u32 max_prefixes;
	u32 max_overlays;
	u32 max_sessions;
	u32 max_sources;
};

/**
 * struct obpbl_net - what one network namespace has
 * @policy: the running snapshot; NULL while there are no ISPs and no shadow
 * @shadow: the candidate beside it; NULL for none.  The policy that it was
 *	    published with, or a later one, is there before it, and as long.
 * @sysctl: settings
 * @bucket: replies
 * @stats: counters, read and written without lock; see stats.h
 * @sources: who was blocked; there before the first policy is published, and
 *	     until a grace period after the last
 * @limiter: windows of those who are limited; likewise, from the first ISP with
 *	     a limit on
 * @trips: sources on their way to quarantine; likewise
 * @tripped: puts them there
 * @events: events on their way from packets to @teller; as @sources
 * @teller: sends them
 * @net: the namespace
 * @lock: protects all below.  RTNL comes before it, since the end of a device
 *	  comes with RTNL held; nothing under it may take RTNL.
 * @history: snapshots that exist
 * @draft: the open transaction; its policy is NULL once it was overtaken
 * @owner: netlink port of its socket; 0 while there is none
 * @confirm: the time until what was published last is taken back
 * @retired: snapshots and shadows that are not published any more, and wait for
 *	     their grace period or are being freed; atomic
 * @sweeper: removes sessions whose device is gone, if @stale
 * @hooked: the hooks are registered, and the module is pinned: for as long as
 *	    anything is configured or may come back
 * @stale: there are such sessions
 * @dying: the namespace exits: no hook is registered any more
 * @sysctl_header: registration of net.obpbl
 */
struct obpbl_net {
	struct obpbl_policy __rcu *policy;
	struct obpbl_shadow __rcu *shadow;
	struct obpbl_sysctl sysctl;
	struct obpbl_bucket bucket;
	struct obpbl_stats *stats;
	struct obpbl_sources __rcu *sources;
	struct obpbl_limiter __rcu *limiter;
	struct obpbl_trips __rcu *trips;
	struct delayed_work tripped;
	struct obpbl_events __rcu *events;
	struct work_struct teller;
	struct net *net;

	struct mutex lock;
	struct obpbl_history history;
	struct obpbl_draft draft;
	u32 owner;
	struct obpbl_confirm confirm;
	atomic_t retired;
	struct delayed_work sweeper;
	bool hooked;
	bool stale;
	bool dying;
	struct ctl_table_header *sysctl_header;
};

struct obpbl_net *obpbl_pernet(struct net *net);

int obpbl_net_begin(struct obpbl_net *on, struct obpbl_draft *draft);
int obpbl_net_publish(struct obpbl_net *on, struct obpbl_draft *draft);
int obpbl_net_arm(struct obpbl_net *on);
void obpbl_net_set_shadow(struct obpbl_net *on, struct obpbl_shadow *shadow);
void obpbl_net_abort(struct obpbl_net *on);
void obpbl_net_overtake(struct obpbl_net *on);
struct obpbl_policy *obpbl_net_hold(struct obpbl_net *on);
void obpbl_net_put(struct obpbl_net *on, struct obpbl_policy *policy);
void obpbl_net_closed(struct net *net, u32 portid);

void obpbl_net_queue(struct work_struct *work);
void obpbl_net_queue_delayed(struct delayed_work *work, unsigned long delay);
void obpbl_net_queue_soon(struct delayed_work *work, unsigned long delay);

int obpbl_net_init(void);
void obpbl_net_exit(void);

#endif /* _OBPBL_NET_H */
