/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that a packet sees, and the context that carries it through the steps:
 *
 *	hook -> flow -> expect -> decision -> limit -> count -> note -> shadow -> reply
 *
 * The datapath hangs on the hooks.  It is complete before they are registered,
 * and is freed a grace period after they are not any more; what changes while
 * packets flow is the policy, which is one pointer, and the sysctls.  No step
 * calls another one: slow_path() in hook.c calls them all.
 */
#ifndef _OBPBL_DATAPATH_H
#define _OBPBL_DATAPATH_H

#include <linux/cache.h>
#include <linux/kfifo.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "core/decision.h"
#include "core/policy.h"
#include "core/rate.h"
#include "core/source.h"
#include "flow.h"

struct genl_family;
struct net;
struct obpbl_limiter;
struct obpbl_stats;
struct sk_buff;

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

/* How many notes can wait at one time; a power of two */
#define OBPBL_NOTES	256

/* So many sources wait to be quarantined, and those whose notes are not read yet */
#define OBPBL_OVERLIMITS	1024

/**
 * struct obpbl_note - what a packet has to tell
 * @overlimit: its source went over the limit, and is to be quarantined; else: it
 *	       was blocked, or would have been, and an event is due
 * @verdict: enum obpbl_verdict, of an event
 * @reason: enum obpbl_reason, likewise
 * @family: enum obpbl_family, of an overlimit
 * @epoch: of the session that the source was of, which says more than the number
 *	   of its device; 0: of none; likewise
 * @isp: name of the ISP, which says more than a number that another can get
 * @entry: the source, of an event
 * @src: its address, as a key of the tables, of an overlimit
 * @dst: whom it tried to reach, likewise
 */
struct obpbl_note {
	bool overlimit;
	u8 verdict;
	u8 reason;
	u8 family;
	u32 epoch;
	char isp[OBPBL_ISP_NAME_SIZE];
	union {
		struct obpbl_source_entry entry;
		struct {
			u8 src[OBPBL_KEY_SIZE];
			u8 dst[OBPBL_KEY_SIZE];
		};
	};
};

/**
 * struct obpbl_datapath - all that a packet sees of a namespace
 * @policy: the running snapshot; NULL while nothing is to be judged
 * @sysctl: settings
 * @stats: counters
 * @sources: who was blocked
 * @limiter: windows of those who are limited
 * @net: the namespace
 * @family: whose listeners get events; NULL where nobody may listen
 * @wq: where @drain is queued
 * @drain: reads the notes
 * @overlimits: how many sources wait to be quarantined
 * @replies: tokens of replies
 * @notes_lock: protects the writers of @notes
 * @notes: what packets have to tell
 * @hooks: as they are registered
 * @rcu: to free it
 */
struct obpbl_datapath {
	struct obpbl_policy __rcu *policy;
	const struct obpbl_sysctl *sysctl;
	struct obpbl_stats *stats;
	struct obpbl_sources *sources;
	struct obpbl_limiter *limiter;
	struct net *net;
	const struct genl_family *family;
	struct workqueue_struct *wq;
	struct work_struct *drain;
	const unsigned int *overlimits;

	struct obpbl_bucket replies ____cacheline_aligned_in_smp;
	spinlock_t notes_lock;
	DECLARE_KFIFO(notes, struct obpbl_note, OBPBL_NOTES);
	struct nf_hook_ops hooks[OBPBL_FAMILIES];
	struct rcu_head rcu;
};

/**
 * struct obpbl_context - a packet on its way through the steps
 * @dp: all that it sees
 * @skb: the packet
 * @state: of the hook
 * @question: what is asked about it
 * @source_len: length of the prefix by which its source is counted
 * @hash: of its source, where that is expected to be noted; see
 *	  &struct obpbl_sample.hash
 * @flow: what was parsed of it
 * @shape: what a reply needs to know beside that
 * @decision: the verdict, once there is one
 */
struct obpbl_context {
	struct obpbl_datapath *dp;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct obpbl_question question;
	u8 source_len;
	u32 hash;
	struct obpbl_flow flow;
	struct obpbl_shape shape;
	struct obpbl_decision decision;
};

struct obpbl_datapath *obpbl_datapath_alloc(u32 max_sources);
void obpbl_datapath_free_rcu(struct obpbl_datapath *dp);
int obpbl_datapath_register(struct obpbl_datapath *dp);
void obpbl_datapath_unregister(struct obpbl_datapath *dp);

#endif /* _OBPBL_DATAPATH_H */
