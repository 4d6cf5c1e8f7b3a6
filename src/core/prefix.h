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

bool obpbl_prefix_covers(const struct obpbl_prefix *prefix, u8 family,
			 const u8 *key);
bool obpbl_prefix_canonical(const struct obpbl_prefix *prefix);
bool obpbl_prefix_same(const struct obpbl_prefix *a,
		       const struct obpbl_prefix *b);

#endif /* _OBPBL_PREFIX_H */
