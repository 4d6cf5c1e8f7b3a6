/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes in order, and the addresses that they cover */
#ifndef OBPBLCTL_SORT_H
#define OBPBLCTL_SORT_H

#include "policy.h"

#define REF_KEY 20
#define REF_SCOPE 2	/* bytes of it that are the scope */

/**
 * struct ref - a prefix among others
 * @key: scope (2), family (1), address (16), length (1): sorted as bytes
 * @class: enum obpbl_class
 * @isp: index of its ISP
 * @index: its place in its list, or among the overlays
 */
struct ref {
	uint8_t key[REF_KEY];
	uint16_t class;
	uint16_t isp;
	uint32_t index;
};

/**
 * struct refs - an array of them
 * @list: the array
 * @n: how many
 * @cap: room
 */
struct refs {
	struct ref *list;
	size_t n;
	size_t cap;
};

void refs_add(struct refs *refs, const struct prefix *p, uint16_t scope,
	      uint16_t isp, uint16_t class, uint32_t index);
void refs_add_list(struct refs *refs, const struct prefixes *list,
		   uint16_t scope, uint16_t isp, uint16_t class);
void refs_sort(struct refs *refs);
void refs_prefix(const struct ref *ref, struct prefix *p);
void refs_free(struct refs *refs);

typedef unsigned __int128 u128;

/**
 * struct range - addresses that follow each other
 * @lo: the first one
 * @hi: the last one
 */
struct range {
	u128 lo;
	u128 hi;
};

/**
 * struct ranges - addresses as ranges, in order and apart
 * @list: those of IPv4, and behind them those of IPv6
 * @n4: how many there are of IPv4
 * @n: how many of both
 */
struct ranges {
	struct range *list;
	size_t n4;
	size_t n;
};

void ranges_make(struct ranges *ranges, const struct prefixes *list);
void ranges_not(struct ranges *to, const struct ranges *of);
void ranges_and(struct ranges *to, const struct ranges *a,
		const struct ranges *b);
void ranges_prefixes(const struct ranges *ranges, struct prefixes *list,
		     struct place at);
struct range range_of(const struct prefix *p);
void range_prefixes(struct range range, int family, struct prefixes *list,
		    struct place at);
void range_first(struct range range, int family, struct prefix *p);
bool ranges_hold(const struct ranges *ranges, const struct prefix *p);
uint64_t ranges_size(const struct ranges *ranges, int family);
void ranges_free(struct ranges *ranges);

#endif
