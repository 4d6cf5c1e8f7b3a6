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

bool obpbl_trie_lookup(const struct obpbl_trie *trie, const u8 *key,
		       unsigned int maxlen, struct obpbl_match *match);
bool obpbl_trie_get(const struct obpbl_trie *trie, const u8 *key,
		    unsigned int len, u32 *value);
bool obpbl_trie_find(const struct obpbl_trie *trie, const u8 *key,
		     unsigned int len, struct obpbl_trie_place *place);
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
