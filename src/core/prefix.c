// SPDX-License-Identifier: GPL-2.0-only
/*
 * A prefix of either family, as the tables take it.
 */
#include <linux/string.h>

#include "prefix.h"

/**
 * obpbl_prefix_covers() - is an address inside a prefix
 * @prefix: the prefix
 * @family: family of the address
 * @key: the address
 *
 * Return: true if so; false for an address of the other family.
 */
bool obpbl_prefix_covers(const struct obpbl_prefix *prefix, u8 family,
			 const u8 *key)
{
	unsigned int bytes = prefix->len / 8, bits = prefix->len % 8;

	if (prefix->family != family || memcmp(prefix->key, key, bytes))
		return false;
	return !((prefix->key[bytes] ^ key[bytes]) >> (8 - bits));
}

/**
 * obpbl_prefix_canonical() - has a prefix no bits beyond its length
 * @prefix: the prefix; its length is within its family's
 *
 * Return: true if so.
 */
bool obpbl_prefix_canonical(const struct obpbl_prefix *prefix)
{
	u8 network[OBPBL_MAX_LEN / 8];

	obpbl_address_mask(network, prefix->key, prefix->len);
	return !memcmp(network, prefix->key, sizeof(network));
}

/**
 * obpbl_prefix_same() - are two prefixes one
 * @a: canonical
 * @b: canonical
 *
 * Return: true if so.
 */
bool obpbl_prefix_same(const struct obpbl_prefix *a,
		       const struct obpbl_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       !memcmp(a->key, b->key, sizeof(a->key));
}
