/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes in order, and the addresses that they cover */
#ifndef OBPBLCTL_SORT_H
#define OBPBLCTL_SORT_H

#include "policy.h"

#define REF_KEY 20

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
 * struct ranges - addresses of one family as ranges, in order and apart
 * @lo: first addresses
 * @hi: last addresses
 * @n: how many
 */
struct ranges {
	u128 *lo;
	u128 *hi;
	size_t n;
};

void ranges_make(struct ranges *ranges, const struct prefixes *list,
		 int family);
bool ranges_hold(const struct ranges *ranges, const struct prefix *p);
uint64_t ranges_size(const struct ranges *ranges, int family);
void ranges_free(struct ranges *ranges);

#endif
