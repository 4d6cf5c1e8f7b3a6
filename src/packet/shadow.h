/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shadow: a candidate for what is configured, judged beside what is.
 */
#ifndef _OBPBL_SHADOW_H
#define _OBPBL_SHADOW_H

#include <linux/kernel.h>

#include "datapath.h"

/* Which of the two blocks: index into what is counted */
enum obpbl_shadow_way {
	OBPBL_ONLY_LIVE,
	OBPBL_ONLY_SHADOW,

	OBPBL_SHADOW_WAYS
};

#define OBPBL_SHADOW_KINDS \
	(OBPBL_SHADOW_WAYS * __OBPBL_REASON_LAST * __OBPBL_REASON_LAST)

/**
 * struct obpbl_shadow_changes - packets whose verdict would change, of one ISP
 * @packets: by enum obpbl_shadow_way, the reason of the running policy and of
 *	     the shadow
 */
struct obpbl_shadow_changes {
	atomic64_t packets[OBPBL_SHADOW_WAYS][__OBPBL_REASON_LAST]
			  [__OBPBL_REASON_LAST];
};

/**
 * struct obpbl_shadow_totals - numbers of all packets that a shadow has seen
 * @judged: packets that either of the two has judged
 * @lost: packets that the table of sources did not take
 * @full: connections for whose source the limiter had no place
 */
struct obpbl_shadow_totals {
	u64 judged;
	u64 lost;
	u64 full;
};

struct obpbl_shadow_cpu;

/**
 * struct obpbl_shadow - what was seen with a shadow
 * @observer: lifetime: it is there with the table in OBPBL_SHADOW
 * @since: seconds since the epoch
 * @cpu: what each CPU has counted
 * @sources: whose packets would change their verdict
 * @limiter: windows of those who are limited by it
 * @changes: by number of the ISP that blocks; one is there before any policy
 *	     that has the ISP is published
 */
struct obpbl_shadow {
	struct obpbl_observer observer;
	u64 since;
	struct obpbl_shadow_cpu __percpu *cpu;
	struct obpbl_sources *sources;
	struct obpbl_limiter *limiter;
	struct obpbl_shadow_changes **changes;
};

/* What is counted beside the shadow of a policy; NULL where there is none */
static inline struct obpbl_shadow *
obpbl_shadow_of(const struct obpbl_policy *policy)
{
	return policy->observer ? container_of(policy->observer,
					       struct obpbl_shadow,
					       observer) : NULL;
}

void obpbl_shadow_judge(struct obpbl_context *context,
			const struct obpbl_decision *live);

struct obpbl_shadow *obpbl_shadow_alloc(u32 max_sources);
void obpbl_shadow_free(struct obpbl_shadow *shadow);
int obpbl_shadow_add_isp(struct obpbl_shadow *shadow, u16 isp);
int obpbl_shadow_add_isps(struct obpbl_shadow *shadow,
			  const struct obpbl_table *table);
void obpbl_shadow_forget(struct obpbl_shadow *shadow, const unsigned long *isps);
void obpbl_shadow_read(const struct obpbl_shadow *shadow,
		       struct obpbl_shadow_totals *totals);

#endif /* _OBPBL_SHADOW_H */
