/* SPDX-License-Identifier: GPL-2.0-only */
/* What is running in the kernel */
#ifndef OBPBLCTL_KERNEL_H
#define OBPBLCTL_KERNEL_H

#include "netlink.h"

/**
 * struct glance - the answer to OBPBL_CMD_GET
 * @generation: of the running policy
 * @version: of the module
 * @protocol: of the module
 * @ceiling: net.obpbl.mode
 * @isps: number of ISPs
 * @prefixes: number of prefixes
 * @overlays: number of overlays
 * @bytes: memory
 * @max_prefixes: net.obpbl.max_prefixes
 * @max_overlays: net.obpbl.max_overlays
 * @sources: number of sources in the table
 * @max_sources: net.obpbl.max_sources
 * @sessions: number of prefixes of sessions
 * @max_sessions: net.obpbl.max_sessions
 * @owner: netlink port of who has a transaction open, or 0
 * @confirm: a change waits to be confirmed
 * @confirm_left: seconds until it is taken back
 * @confirm_generation: whose configuration returns then
 * @expired: when the timer took a change back that nobody had confirmed; 0: what
 *	is configured has changed since
 * @shadow_since: when the shadow was made; 0: there is none
 */
struct glance {
	uint64_t generation;
	char version[64];
	uint32_t protocol;
	uint8_t ceiling;
	uint32_t isps;
	uint32_t prefixes;
	uint32_t overlays;
	uint64_t bytes;
	uint32_t max_prefixes;
	uint32_t max_overlays;
	uint32_t sources;
	uint32_t max_sources;
	uint32_t sessions;
	uint32_t max_sessions;
	uint32_t owner;
	bool confirm;
	uint32_t confirm_left;
	uint64_t confirm_generation;
	uint64_t expired;
	uint64_t shadow_since;
};

/**
 * struct counts - counters of one reason
 * @packets: of both families
 * @bytes: likewise
 * @attempts: likewise
 * @would_block: those of @packets that were let pass by mode monitor
 * @family: @packets of IPv4 and of IPv6
 */
struct counts {
	uint64_t packets;
	uint64_t bytes;
	uint64_t attempts;
	uint64_t would_block;
	uint64_t family[2];
};

/**
 * struct isp_stats - counters of an ISP
 * @name: the ISP; empty: sources of no ISP
 * @mode: its own mode, which net.obpbl.mode may lower
 * @reasons: by enum obpbl_reason
 */
struct isp_stats {
	char name[OBPBL_ISP_NAME_SIZE];
	uint8_t mode;
	struct counts reasons[OBPBL_REASON_MAX + 1];
};

/**
 * struct tallies - what is counted apart from ISPs
 * @replies: RST and ICMP messages sent
 * @suppressed: those held back
 * @sources_lost: packets that the table of sources did not take
 * @limit_full: connections blocked because the table of limits was full
 * @not_quarantined: sources over their limit that could not be quarantined
 * @events: block events sent
 * @events_suppressed: packets that got none while somebody listened
 */
struct tallies {
	uint64_t replies;
	uint64_t suppressed;
	uint64_t sources_lost;
	uint64_t limit_full;
	uint64_t not_quarantined;
	uint64_t events;
	uint64_t events_suppressed;
};

/**
 * struct stats - all counters
 * @generation: when they were read
 * @isps: of each ISP
 * @n: number of @isps
 * @cap: room
 * @foreign: of sources of no ISP
 * @tallies: what is counted apart from ISPs
 */
struct stats {
	uint64_t generation;
	struct isp_stats *isps;
	size_t n;
	size_t cap;
	struct isp_stats foreign;
	struct tallies tallies;
};

/* Parts of the running policy */
#define KERNEL_ISPS 1
#define KERNEL_PREFIXES 2
#define KERNEL_OVERLAYS 4
#define KERNEL_ALL 7
#define KERNEL_SHADOW 8	/* of the shadow instead; has ISPs alone */

int kernel_glance(struct nl *nl, struct glance *glance);
int kernel_policy(struct nl *nl, struct policy *policy, int parts);
int kernel_overlays(struct nl *nl, struct policy *policy, const char *isp,
		    int class, const struct prefix *p);
int kernel_isp(struct nl *nl, const char *name, struct isp *isp);
int kernel_prefixes(struct nl *nl, const char *isp, int class,
		    nl_answer_fn *answer, void *data);
int kernel_stats(struct nl *nl, struct stats *stats, bool reset);
void stats_free(struct stats *stats);
void kernel_take_isp(const struct nlattr **a, void *data);
void kernel_take_packed(const struct nlattr **a, void *data);
void kernel_take_tallies(const struct nlattr **a, struct tallies *tallies);
void kernel_each_packed(const struct nlattr **attrs,
			void (*take)(const struct prefix *p, void *data),
			void *data);
uint64_t stats_blocked(const struct isp_stats *isp, uint64_t *would_block);

#endif
