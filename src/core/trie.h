/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The prefix table: a persistent (copy-on-write) multibit trie.
 *
 * Stride 8, dense bitmaps with prefix lengths 1-8 inside the node, inline
 * leaves, level skip.  One code for IPv4 and IPv6: a key is an array of bytes
 * in network order.  Pure: knows nothing of ISPs, compiles unchanged in the
 * kernel and in user space.
 */
#ifndef _OBPBL_TRIE_H
#define _OBPBL_TRIE_H

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "txn.h"

/* Bytes of a key: an address of up to 128 bits, and room to read a u32 at its end */
#define OBPBL_KEY_SIZE	20

/* The longest prefix, in bits */
#define OBPBL_MAX_LEN	128

/**
 * struct obpbl_trie - one version of one table
 * @root: NULL when empty; never written once published
 * @count: prefixes in it
 */
struct obpbl_trie {
	struct obpbl_node *root;
	u32 count;
};

/**
 * struct obpbl_match - what a lookup found
 * @value: the value stored at the prefix
 * @len: length of the prefix, in bits; the prefix is the first @len bits of the key
 */
struct obpbl_match {
	u32 value;
	u8 len;
};

/* Nodes on the way to a prefix, at most: one a byte */
#define OBPBL_TRIE_NODES	(OBPBL_MAX_LEN / 8)

/**
 * struct obpbl_trie_place - where in a trie a prefix is, or would be
 * @path: nodes from the root to the last one that covers the prefix
 * @depth: how many
 * @value: its value, if it is there
 */
struct obpbl_trie_place {
	struct obpbl_node *path[OBPBL_TRIE_NODES];
	unsigned int depth;
	u32 value;
};

/**
 * struct obpbl_trie_prefix - a prefix on its way into a trie or out of it
 * @key: its bits, zero behind @len
 * @len: length in bits
 * @value: its value
 * @leaf: for trie.c: the leaf that holds it already, or NULL
 */
struct obpbl_trie_prefix {
	u8 key[OBPBL_KEY_SIZE];
	u8 len;
	u32 value;
	struct obpbl_leaf *leaf;
};

/**
 * struct obpbl_trie_pos - where in a node an entry is, in the order of a walk
 * @byte: the byte, as far as the entry has one, zero behind
 * @bits: 0 to 8: the prefix of so many bits; 9: the slot
 */
struct obpbl_trie_pos {
	unsigned int byte;
	unsigned int bits;
};

/**
 * struct obpbl_trie_walk - an iteration over one version, by address, then by length
 * @at: the prefix found; its bytes name the places in all nodes of the path but
 *	the last
 * @path: nodes from the root to the last one
 * @depth: how many; 0: the end
 * @begins: bit b: something in the last one begins at byte b
 * @from: the place in the last one to go on from
 */
struct obpbl_trie_walk {
	struct obpbl_trie_prefix at;
	const struct obpbl_node *path[OBPBL_TRIE_NODES];
	unsigned int depth;
	u64 begins[4];
	struct obpbl_trie_pos from;
};

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

bool obpbl_trie_lookup(const struct obpbl_trie *trie, const u8 *key,
		       unsigned int maxlen, struct obpbl_match *match);
bool obpbl_trie_get(const struct obpbl_trie *trie, const u8 *key,
		    unsigned int len, u32 *value);
bool obpbl_trie_find(const struct obpbl_trie *trie, const u8 *key,
		     unsigned int len, struct obpbl_trie_place *place);
void obpbl_trie_walk_begin(struct obpbl_trie_walk *walk,
			   const struct obpbl_trie *trie);
void obpbl_trie_walk_resume(struct obpbl_trie_walk *walk,
			    const struct obpbl_trie *trie, const u8 *key,
			    unsigned int len);
bool obpbl_trie_walk_next(struct obpbl_trie_walk *walk);
bool obpbl_trie_next(const struct obpbl_trie *trie, u8 *key, u8 *len,
		     bool *started, u32 *value);

int obpbl_trie_set(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len, u32 value);
int obpbl_trie_del(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len);
int obpbl_trie_put(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len, u32 value,
		   const struct obpbl_trie_place *place, bool found);
int obpbl_trie_cut(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len,
		   const struct obpbl_trie_place *place);
void obpbl_trie_retire(struct obpbl_trie *trie, struct obpbl_txn *txn);
void obpbl_trie_abort(struct obpbl_trie *trie, struct obpbl_txn *txn);

/* For dead.c, which knows no nodes */
void obpbl_node_release(struct obpbl_node *root, u64 first,
			struct obpbl_dead *keep, u64 *bytes);

#endif /* _OBPBL_TRIE_H */
