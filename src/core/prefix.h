/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A prefix of either family, as the tables take it.
 */
#ifndef _OBPBL_PREFIX_H
#define _OBPBL_PREFIX_H

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "trie.h"

/* Index of per-family tables */
enum obpbl_family {
	OBPBL_INET4,
	OBPBL_INET6,

	OBPBL_FAMILIES
};

/**
 * struct obpbl_prefix - a prefix
 * @key: address in network order, zero past @len; IPv4 in the first 4 bytes
 * @family: enum obpbl_family
 * @len: length in bits
 */
struct obpbl_prefix {
	u8 key[OBPBL_KEY_SIZE];
	u8 family;
	u8 len;
};

static inline u8 obpbl_family_bits(u8 family)
{
	return family == OBPBL_INET4 ? 32 : 128;
}

/* The first @bits of 64; none if it is negative, all if there are more */
static inline u64 obpbl_address_bits(int bits)
{
	if (bits <= 0)
		return 0;
	return bits < 64 ? ~(~0ULL >> bits) : ~0ULL;
}

/**
 * obpbl_address_mask() - the network that an address is in
 * @to: where it goes, OBPBL_MAX_LEN bits
 * @from: the address, of as many
 * @len: length of the network, in bits
 */
static inline void obpbl_address_mask(u8 *to, const u8 *from, u8 len)
{
	__be64 high, low;

	memcpy(&high, from, sizeof(high));
	memcpy(&low, from + sizeof(high), sizeof(low));
	high &= cpu_to_be64(obpbl_address_bits(len));
	low &= cpu_to_be64(obpbl_address_bits(len - 64));
	memcpy(to, &high, sizeof(high));
	memcpy(to + sizeof(high), &low, sizeof(low));
}

bool obpbl_prefix_covers(const struct obpbl_prefix *prefix, u8 family,
			 const u8 *key);
bool obpbl_prefix_canonical(const struct obpbl_prefix *prefix);
bool obpbl_prefix_same(const struct obpbl_prefix *a,
		       const struct obpbl_prefix *b);

#endif /* _OBPBL_PREFIX_H */
