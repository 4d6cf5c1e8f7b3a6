/* SPDX-License-Identifier: GPL-2.0-only */
/* A hash under a key; mixes well, and is no SipHash */
#ifndef _SHIM_LINUX_SIPHASH_H
#define _SHIM_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

static inline u64 siphash(const void *data, size_t size,
			  const siphash_key_t *key)
{
	const u8 *at = data;
	u64 hash = key->key[0];

	while (size--) {
		hash = (hash ^ *at++) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	hash = (hash ^ key->key[1]) * 0xbf58476d1ce4e5b9ULL;
	return hash ^ (hash >> 32);
}

typedef siphash_key_t hsiphash_key_t;

static inline u32 hsiphash_1u32(u32 first, const hsiphash_key_t *key)
{
	return siphash(&first, sizeof(first), key);
}

static inline u32 hsiphash_2u32(u32 first, u32 second,
				const hsiphash_key_t *key)
{
	u32 word[] = { first, second };

	return siphash(word, sizeof(word), key);
}

static inline u32 hsiphash_4u32(u32 first, u32 second, u32 third, u32 fourth,
				const hsiphash_key_t *key)
{
	u32 word[] = { first, second, third, fourth };

	return siphash(word, sizeof(word), key);
}

#endif
