/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sources whose packets the policy was against: a table of fixed size.
 *
 * Pure: knows no socket buffer and no netlink.
 */
#ifndef _OBPBL_SOURCE_H
#define _OBPBL_SOURCE_H

#include <linux/types.h>

#include "rate.h"

struct obpbl_sources;

/* Bytes of an address of either family */
#define OBPBL_SOURCE_ADDR	16

/* An event about a source keeps it in the table, and quiet, for so long */
#define OBPBL_SOURCE_QUIET	60

/* Bits of the estimate of destinations, and where it ends; a power of two */
#define OBPBL_SOURCE_BITS	256

/**
 * struct obpbl_source_key - what makes a source one source; has no padding
 * @addr: network address, zero past @len; IPv4 in the first 4 bytes
 * @isp: place of the ISP that owns it
 * @family: enum obpbl_family
 * @len: length of the prefix by which sources are counted
 */
struct obpbl_source_key {
	u8 addr[OBPBL_SOURCE_ADDR];
	u16 isp;
	u8 family;
	u8 len;
};

/**
 * struct obpbl_sample - a packet that the policy was against
 * @key: whose
 * @hash: what obpbl_sources_expect() has said of it; 0: it was not asked
 * @dst: where to, the whole address
 * @dst_len: how much of it may be remembered
 * @reason: enum obpbl_reason
 * @blocked: it was blocked, not only counted
 * @attempt: it opens a connection
 * @now: seconds of a clock that never goes back, not 0; of two samples the later
 *	 may have the earlier, from another CPU
 * @events: events a second that may be sent; 0: nobody listens
 * @now_ns: nanoseconds of the same clock, where there may be @events
 */
struct obpbl_sample {
	struct obpbl_source_key key;
	u32 hash;
	u8 dst[OBPBL_SOURCE_ADDR];
	u8 dst_len;
	u8 reason;
	bool blocked;
	bool attempt;
	u32 now;
	u32 events;
	s64 now_ns;
};

/**
 * struct obpbl_source_entry - what is known of a source since it is in the table
 * @key: who
 * @dst: the last destination, as much of it as may be remembered
 * @dst_len: how much that is
 * @reason: the last enum obpbl_reason
 * @first: when it came, on the clock of the samples
 * @last: when it was seen last
 * @attempts: connections that it tried to open
 * @blocked: packets that were blocked
 * @would_block: packets that were only counted
 * @seen: destinations, hashed
 */
struct obpbl_source_entry {
	struct obpbl_source_key key;
	u8 dst[OBPBL_SOURCE_ADDR];
	u8 dst_len;
	u8 reason;
	u32 first;
	u32 last;
	u64 attempts;
	u64 blocked;
	u64 would_block;
	u64 seen[OBPBL_SOURCE_BITS / 64];
};

/**
 * enum obpbl_noted - what became of a sample
 * @OBPBL_SOURCE_LOST: it was not counted: another CPU was at work in the bucket,
 *	or all in it weigh more
 * @OBPBL_SOURCE_NOTED: it was counted
 * @OBPBL_SOURCE_NEWS: it was counted, and an event about it is due
 */
enum obpbl_noted {
	OBPBL_SOURCE_LOST,
	OBPBL_SOURCE_NOTED,
	OBPBL_SOURCE_NEWS,
};

struct obpbl_sources *obpbl_sources_alloc(u32 max);
void obpbl_sources_free(struct obpbl_sources *sources);
u32 obpbl_sources_expect(const struct obpbl_sources *sources, const u8 *addr,
			 u8 len);
enum obpbl_noted obpbl_sources_note(struct obpbl_sources *sources,
				    const struct obpbl_sample *sample,
				    struct obpbl_source_entry *entry);
bool obpbl_sources_read(struct obpbl_sources *sources, u32 index,
			struct obpbl_source_entry *entry);
void obpbl_sources_forget(struct obpbl_sources *sources,
			  const unsigned long *isps);
u32 obpbl_sources_size(const struct obpbl_sources *sources);
u32 obpbl_sources_used(const struct obpbl_sources *sources);
u32 obpbl_source_destinations(const struct obpbl_source_entry *entry);

#endif /* _OBPBL_SOURCE_H */
