// SPDX-License-Identifier: GPL-2.0-only
/*
 * The persistent prefix table.
 *
 * A multibit trie of stride 8 whose nodes are dense: what is absent takes a
 * clear bit and nothing else (Degermark et al., "Small Forwarding Tables for
 * Fast Routing Lookups", 1997; Eatherton, Varghese and Dittia, "Tree Bitmap",
 * 2004).  A node at depth d holds
 *
 *  - prefixes of length d+1 to d+8, one bit and one value each.  Their map is
 *    in base-index order (Knuth's heap order; ART, Hariguchi 2002): the prefix
 *    of k bits of byte b is bit (256 | b) >> (8 - k), so that the next less
 *    specific one is half of it.  Bit 1, that is length d, is used by the /0
 *    of the root alone: elsewhere it is bit 256 | b of the node above;
 *  - for each byte b at most one slot, for everything longer: a leaf if that is
 *    one prefix, else a node at the deepest multiple of 8 at which all of them
 *    still fit.  Bytes that this skips are kept in the lower node.
 *
 * This form is canonical: equal sets of prefixes make equal tries, whatever
 * their history.  All nodes but the root have two entries or more.
 *
 * A change copies the nodes from the root down to the place and shares all
 * others with the version before, so a node is never older than its children.
 * All memory of a change is allocated before its first effect.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "trie.h"
#include "uninitialized.h"

#define ADDR_BYTES	(OBPBL_MAX_LEN / 8)

/* One node a byte of the address */
#define MAX_NODES	OBPBL_TRIE_NODES

static_assert(MAX_NODES == ADDR_BYTES);

/**
 * struct obpbl_node - a node, and behind it in the same memory its entries
 * @obj: birth stamp
 * @child: bit b: there is a slot for byte b
 * @prefix: bit i: there is a value for base index i
 * @child_rank: bits set in @child before each word
 * @prefix_rank: bits set in @prefix before each word, within its half
 * @level: depth / 8, that is, the byte of the key that decides here
 * @skip: bytes of the key between the parent's and this node's
 * @nshort: bits set in the lower half of @prefix, lengths depth to depth+7
 * @nslots: bits set in @child
 * @slot: the slots, by byte; then u32 values, by base index; then skipped bytes
 *
 * 120 bytes and not one more, so that the smallest nodes fit in 128.
 */
struct obpbl_node {
	struct obpbl_obj obj;
	u64 child[4];
	u64 prefix[8];
	u8 child_rank[4];
	u8 prefix_rank[8];
	u8 level : 4;
	u8 skip : 4;
	u8 nshort;
	u16 nslots;
	u64 slot[];
};

static_assert(sizeof(struct obpbl_node) == 120);

/**
 * struct obpbl_leaf - a prefix with more bits than a slot has room for
 * @obj: birth stamp; versions share a leaf even where its node was copied
 * @value: the value
 * @len: length in bits
 * @key: the whole prefix, so that the leaf may move to another node
 */
struct obpbl_leaf {
	struct obpbl_obj obj;
	u32 value;
	u8 len;
	u8 key[ADDR_BYTES];
};

/*
 * A slot is a pointer to a node, a pointer to a leaf tagged SLOT_LEAF, or an
 * inline leaf: from above 32 bits of value, 26 bits of the prefix after the
 * node's byte, 5 bits that count them (1-26), SLOT_INLINE.
 */
#define SLOT_INLINE	1
#define SLOT_LEAF	2
#define SLOT_TAGS	3
#define INLINE_BITS	26

/* Behind a prefix of as many bits as a node has, in the order of a walk */
#define SLOT_BITS	9

/**
 * struct change - one prefix added, replaced or deleted
 * @trie: the table
 * @txn: the transaction
 * @key: the prefix
 * @len: length in bits
 * @path: nodes from the root to the last one that covers the prefix: those of
 *	  the place
 * @depth: how many
 * @made: objects allocated so far, freed again if the change fails
 * @nmade: how many; at most a copy of each node, two leaves and a node or two
 * @dead: objects that the change replaces, retired if it succeeds
 * @ndead: how many; at most each node, and one object below the last
 */
struct change {
	struct obpbl_trie *trie;
	struct obpbl_txn *txn;
	const u8 *key;
	unsigned int len;
	struct obpbl_node *const *path;
	unsigned int depth;
	void *made[MAX_NODES + 4];
	unsigned int nmade;
	void *dead[MAX_NODES + 2];
	unsigned int ndead;
};

/* Objects that a change may retire besides the nodes of its path */
#define DEAD_EXTRA	2

/* Bits and bytes */

static u32 load32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static u64 load64(const u8 *p)
{
	return (u64)load32(p) << 32 | load32(p + 4);
}

/* How many leading bits two addresses have in common */
static unsigned int common_bits(const u8 *a, const u8 *b)
{
	u64 diff = load64(a) ^ load64(b);

	if (diff)
		return 64 - fls64(diff);
	return OBPBL_MAX_LEN - fls64(load64(a + 8) ^ load64(b + 8));
}

/* Bits set in @map before bit @i; @i may be any, set or not */
static __always_inline unsigned int rank(const u64 *map, const u8 *ranks,
					 unsigned int i)
{
	return ranks[i / 64] + hweight64(map[i / 64] & (BIT_ULL(i % 64) - 1));
}

/* The word of bit @i, shifted so that this is its highest bit */
static __always_inline u64 up_to(const u64 *map, unsigned int i)
{
	return map[i / 64] << (63 - i % 64);
}

static __always_inline bool has(const u64 *map, unsigned int i)
{
	return (s64)up_to(map, i) < 0;
}

/* As rank(), of a bit that is set: the shift that has tested it is at hand */
static __always_inline unsigned int rank_of_set(const u64 *map, const u8 *ranks,
						unsigned int i)
{
	return ranks[i / 64] + hweight64(up_to(map, i)) - 1;
}

/* The first bit set in @map from @i on, below @end; @end if there is none */
static unsigned int next_bit(const u64 *map, unsigned int i, unsigned int end)
{
	u64 word;

	while (i < end) {
		word = map[i / 64] >> (i % 64);
		if (word)
			return min_t(unsigned int, i + __ffs64(word), end);
		i = (i | 63) + 1;
	}
	return end;
}

/* Slots */

static __always_inline bool slot_is_node(u64 slot)
{
	return slot && !(slot & SLOT_TAGS);
}

static __always_inline struct obpbl_node *slot_node(u64 slot)
{
	return (struct obpbl_node *)(unsigned long)slot;
}

static struct obpbl_leaf *slot_leaf(u64 slot)
{
	if ((slot & SLOT_TAGS) != SLOT_LEAF)
		return NULL;
	return (struct obpbl_leaf *)(unsigned long)(slot & ~(u64)SLOT_TAGS);
}

static __always_inline unsigned int inline_bits(u64 slot)
{
	return slot >> 1 & 31;
}

static u64 inline_slot(const struct obpbl_trie_prefix *prefix,
		       unsigned int level)
{
	unsigned int bits = prefix->len - 8 * (level + 1);
	u32 suffix = load32(prefix->key + level + 1);

	suffix &= ~(u32)0 << (32 - bits);
	return (u64)prefix->value << 32 | suffix | bits << 1 | SLOT_INLINE;
}

/* The prefix in a leaf's slot, given that of its node */
static void slot_prefix(u64 slot, unsigned int level,
			struct obpbl_trie_prefix *prefix)
{
	unsigned int bits = inline_bits(slot);
	struct obpbl_leaf *leaf = slot_leaf(slot);
	__be32 suffix;

	prefix->leaf = leaf;
	if (leaf) {
		prefix->value = leaf->value;
		prefix->len = leaf->len;
		memcpy(prefix->key, leaf->key, sizeof(leaf->key));
		return;
	}
	prefix->value = slot >> 32;
	prefix->len = 8 * (level + 1) + bits;
	suffix = cpu_to_be32((u32)slot & ~(u32)0 << (32 - bits));
	memcpy(prefix->key + level + 1, &suffix, sizeof(suffix));
	obpbl_address_mask(prefix->key, prefix->key, prefix->len);
}

/* Nodes */

static unsigned int node_values(const struct obpbl_node *node)
{
	return node->nshort + node->prefix_rank[7] +
	       hweight64(node->prefix[7]);
}

static unsigned int node_entries(const struct obpbl_node *node)
{
	return node->nslots + node_values(node);
}

static __always_inline u32 *node_value(const struct obpbl_node *node,
				       unsigned int i)
{
	u32 *values = (u32 *)(node->slot + node->nslots);

	return values + rank(node->prefix, node->prefix_rank, i) +
	       (i >= 256 ? node->nshort : 0);
}

/* The value of a base index that is there */
static __always_inline u32 node_get_value(const struct obpbl_node *node,
					  unsigned int i)
{
	const u32 *values = (const u32 *)(node->slot + node->nslots);

	if (i >= 256)
		values += node->nshort;
	return values[rank_of_set(node->prefix, node->prefix_rank, i)];
}

static u8 *node_skipped(const struct obpbl_node *node)
{
	return (u8 *)((u32 *)(node->slot + node->nslots) + node_values(node));
}

static size_t node_size(const struct obpbl_node *node)
{
	return node_skipped(node) + node->skip - (u8 *)node;
}

static __always_inline u64 *node_slot(const struct obpbl_node *node, u8 byte)
{
	return (u64 *)node->slot + rank(node->child, node->child_rank, byte);
}

/* The slot of a byte, 0 for none */
static __always_inline u64 node_get_slot(const struct obpbl_node *node, u8 byte)
{
	return has(node->child, byte) ?
		node->slot[rank_of_set(node->child, node->child_rank, byte)] : 0;
}

static __always_inline bool node_skip_equal(const struct obpbl_node *node,
					    const u8 *key)
{
	const u8 *skipped;
	unsigned int i;

	if (!node->skip)
		return true;
	skipped = node_skipped(node);
	key += node->level - node->skip;
	for (i = 0; i < node->skip; i++)
		if (key[i] != skipped[i])
			return false;
	return true;
}

/* Base index of the prefix of @len bits, which belongs in a node at @level */
static unsigned int prefix_index(const u8 *key, unsigned int len,
				 unsigned int level)
{
	return (256 | key[level]) >> (8 * (level + 1) - len);
}

/* Are prefixes of @len bits kept in the maps of a node at @level, or below? */
static bool len_fits(unsigned int len, unsigned int level)
{
	return len <= 8 * (level + 1);
}

/* What the memory of a node is rounded up to; the same as kmalloc would do */
static size_t node_room(size_t size)
{
	if (size > 128 && size <= 192)
		return 192;
	return roundup_pow_of_two(size);
}

/* Lookup */

#define ANCESTORS(i)	(BIT_ULL(i) | BIT_ULL((i) >> 1) | BIT_ULL((i) >> 2) | \
			 BIT_ULL((i) >> 3) | BIT_ULL((i) >> 4) |	      \
			 BIT_ULL((i) >> 5))
#define ANCESTORS4(i)	ANCESTORS(i), ANCESTORS((i) + 1),		      \
			ANCESTORS((i) + 2), ANCESTORS((i) + 3)

/* For base index 32 + i, its bit and those of all less specific prefixes */
static const u64 ancestors[32] = {
	ANCESTORS4(32), ANCESTORS4(36), ANCESTORS4(40), ANCESTORS4(44),
	ANCESTORS4(48), ANCESTORS4(52), ANCESTORS4(56), ANCESTORS4(60),
};

/*
 * The most specific prefix of @node, of at most @bits bits, that covers @byte:
 * its base index, 0 if there is none.
 */
static __always_inline unsigned int node_best(const struct obpbl_node *node,
					      u8 byte, int bits)
{
	unsigned int i = 256 | byte;
	u64 low;

	if (bits >= 8 && has(node->prefix, i))
		return i;
	i >>= 1;
	if (bits >= 7 && has(node->prefix, i))
		return i;
	i >>= 1;
	if (bits >= 6 && has(node->prefix, i))
		return i;
	if (bits < 0)
		return 0;
	low = node->prefix[0] & ancestors[(i >> 1) - 32];
	if (bits < 5)
		low &= BIT_ULL(2U << bits) - 1;
	return low ? fls64(low) - 1 : 0;
}

static bool match_leaf(u64 slot, unsigned int level, const u8 *key,
		       unsigned int maxlen, struct obpbl_match *match)
{
	const struct obpbl_leaf *leaf = slot_leaf(slot);
	unsigned int bits = inline_bits(slot);

	if (leaf) {
		if (leaf->len > maxlen ||
		    common_bits(leaf->key, key) < leaf->len)
			return false;
		match->value = leaf->value;
		match->len = leaf->len;
		return true;
	}
	if (8 * (level + 1) + bits > maxlen)
		return false;
	if ((load32(key + level + 1) ^ (u32)slot) >> (32 - bits))
		return false;
	match->value = slot >> 32;
	match->len = 8 * (level + 1) + bits;
	return true;
}

static __always_inline bool match_node(const struct obpbl_node *node,
				       const u8 *key, unsigned int maxlen,
				       struct obpbl_match *match)
{
	int bits = maxlen - 8 * node->level;
	unsigned int i = node_best(node, key[node->level], bits);

	if (!i)
		return false;
	match->value = node_get_value(node, i);
	match->len = 8 * node->level + fls(i) - 1;
	return true;
}

/**
 * obpbl_trie_lookup() - find the longest prefix that covers an address
 * @trie: the table
 * @key: the address, OBPBL_KEY_SIZE bytes readable
 * @maxlen: ignore prefixes longer than this, in bits; OBPBL_MAX_LEN ignores
 *	    none, a match's length less one finds the next less specific
 * @match: what was found; untouched if nothing was
 *
 * Walks down as far as the address leads, then searches back up.
 *
 * Context: any; the caller holds the version, by RCU or otherwise.
 * Return: true if a prefix was found.
 */
bool obpbl_trie_lookup(const struct obpbl_trie *trie, const u8 *key,
		       unsigned int maxlen, struct obpbl_match *match)
{
	const struct obpbl_node *path[MAX_NODES] OBPBL_UNINITIALIZED;
	const struct obpbl_node *node = trie->root, *next;
	unsigned int n = 0;
	u64 slot;

	if (!node)
		return false;
	for (;;) {
		slot = node_get_slot(node, key[node->level]);
		if (!slot_is_node(slot))
			break;
		next = slot_node(slot);
		/*
		 * Its maps, which @level in the next line is needed to read, and
		 * most of the entries of most nodes; more lines than these would
		 * be in the way of each other.
		 */
		prefetch(next);
		prefetch((const u8 *)next + 128);
		prefetch((const u8 *)next + 192);
		if (!node_skip_equal(next, key)) {
			slot = 0;
			break;
		}
		path[n++] = node;
		node = next;
	}
	if (slot && match_leaf(slot, node->level, key, maxlen, match))
		return true;
	while (!match_node(node, key, maxlen, match)) {
		if (!n)
			return false;
		node = path[--n];
	}
	return true;
}

/* The node below @node on the way to a prefix, NULL if @node is the last */
static struct obpbl_node *descend(struct obpbl_node *node, const u8 *key,
				  unsigned int len)
{
	const struct obpbl_node *next;
	u64 slot;

	slot = len_fits(len, node->level) ?
	       0 : node_get_slot(node, key[node->level]);
	if (!slot_is_node(slot))
		return NULL;
	next = slot_node(slot);
	if (len <= 8 * next->level || !node_skip_equal(next, key))
		return NULL;
	return slot_node(slot);
}

/* The prefix, if @node, the last on the way to it, has it */
static bool node_find(const struct obpbl_node *node, const u8 *key,
		      unsigned int len, u32 *value)
{
	struct obpbl_match match;
	unsigned int i;
	u64 slot;

	if (len_fits(len, node->level)) {
		i = prefix_index(key, len, node->level);
		if (!has(node->prefix, i))
			return false;
		*value = node_get_value(node, i);
		return true;
	}
	slot = node_get_slot(node, key[node->level]);
	if (!slot || slot_is_node(slot) ||
	    !match_leaf(slot, node->level, key, len, &match) ||
	    match.len != len)
		return false;
	*value = match.value;
	return true;
}

/**
 * obpbl_trie_find() - find exactly one prefix, and where it is to be changed
 * @trie: the table
 * @key: the prefix, OBPBL_KEY_SIZE bytes readable, zero behind @len
 * @len: its length, in bits
 * @place: where it is, or would be; for as long as the table does not change
 *
 * Context: any; the caller holds the version.
 * Return: true if the prefix is there; its value is in @place.
 */
bool obpbl_trie_find(const struct obpbl_trie *trie, const u8 *key,
		     unsigned int len, struct obpbl_trie_place *place)
{
	struct obpbl_node *node;
	unsigned int depth = 0;

	for (node = trie->root; node; node = descend(node, key, len))
		place->path[depth++] = node;
	place->depth = depth;
	return depth && node_find(place->path[depth - 1], key, len,
				  &place->value);
}

/**
 * obpbl_trie_get() - find exactly one prefix
 * @trie: the table
 * @key: the prefix, OBPBL_KEY_SIZE bytes readable, zero behind @len
 * @len: its length, in bits
 * @value: its value; untouched if it is absent
 *
 * Context: any; the caller holds the version.
 * Return: true if the prefix is there.
 */
bool obpbl_trie_get(const struct obpbl_trie *trie, const u8 *key,
		    unsigned int len, u32 *value)
{
	struct obpbl_trie_place place OBPBL_UNINITIALIZED;

	if (!obpbl_trie_find(trie, key, len, &place))
		return false;
	*value = place.value;
	return true;
}

/* In order */

/* Bit i becomes bit 2 * i */
static u64 spread(u32 bits)
{
	u64 x = bits;

	x = (x | x << 16) & 0x0000ffff0000ffffULL;
	x = (x | x << 8) & 0x00ff00ff00ff00ffULL;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fULL;
	x = (x | x << 2) & 0x3333333333333333ULL;
	return (x | x << 1) & 0x5555555555555555ULL;
}

/*
 * The bytes at which something of @node begins. A prefix begins at its bits with
 * zeroes behind, so that what is known of those of 6 bits makes up, spread, half of
 * what is known of 7, and so on. Hardly any have fewer.
 */
static void node_begins(const struct obpbl_node *node, u64 *begins)
{
	const u64 *prefix = node->prefix;
	u64 few, six = prefix[1], seven[2];
	unsigned int i;

	for (few = prefix[0]; few; few &= few - 1) {
		i = __ffs64(few);
		six |= BIT_ULL((i << (7 - fls(i))) % 64);
	}
	seven[0] = spread(six) | prefix[2];
	seven[1] = spread(six >> 32) | prefix[3];
	for (i = 0; i < 4; i++)
		begins[i] = spread(seven[i / 2] >> 32 * (i % 2)) |
			    prefix[4 + i] | node->child[i];
}

/*
 * The first entry of @node at or behind @from, given node_begins(); false if there
 * is none. Of those that begin at one byte the shortest is the first, and that has
 * all bits of the byte but the zeroes at its end.
 */
static bool node_seek(const struct obpbl_node *node, const u64 *begins,
		      struct obpbl_trie_pos from, struct obpbl_trie_pos *pos)
{
	unsigned int byte, bits, least;

	for (byte = next_bit(begins, from.byte, 256); byte < 256;
	     byte = next_bit(begins, byte + 1, 256)) {
		least = node->nshort ? 8 - __ffs(256 | byte) : 8;
		bits = byte == from.byte ? max(from.bits, least) : least;
		while (bits < SLOT_BITS &&
		       !has(node->prefix, (256 | byte) >> (8 - bits)))
			bits++;
		if (bits > SLOT_BITS ||
		    (bits == SLOT_BITS && !has(node->child, byte)))
			continue;
		pos->byte = byte;
		pos->bits = bits;
		return true;
	}
	return false;
}

/* The prefix at @pos, which is no slot, given the key down to its node */
static void pos_prefix(const struct obpbl_node *node, struct obpbl_trie_pos pos,
		       struct obpbl_trie_prefix *prefix)
{
	unsigned int level = node->level;

	prefix->key[level] = pos.byte;
	prefix->len = 8 * level + pos.bits;
	obpbl_address_mask(prefix->key, prefix->key, prefix->len);
	prefix->value = node_get_value(node, (256 | pos.byte) >>
					     (8 - pos.bits));
	prefix->leaf = NULL;
}

/* Less, equal or greater zero: the bytes a node skips against the cursor's */
static int skip_compare(const struct obpbl_node *node, const u8 *key)
{
	if (!node->skip)
		return 0;
	return memcmp(node_skipped(node), key + node->level - node->skip,
		      node->skip);
}

/* Does the leaf at @slot come behind the cursor? */
static bool leaf_behind(const struct obpbl_trie_walk *walk, u64 slot,
			unsigned int level)
{
	struct obpbl_trie_prefix leaf = walk->at;
	int order;

	slot_prefix(slot, level, &leaf);
	order = memcmp(leaf.key, walk->at.key, ADDR_BYTES);
	return order > 0 || (!order && leaf.len > walk->at.len);
}

/*
 * The cursor is behind the place of @node's slot: descend if it is within, set
 * walk->from if the whole slot is on one side of it.
 */
static bool walk_descend(struct obpbl_trie_walk *walk,
			 const struct obpbl_node *node)
{
	u8 byte = walk->at.key[node->level];
	u64 slot = node_get_slot(node, byte);
	const struct obpbl_node *child = slot_node(slot);
	int order;

	walk->from.byte = byte;
	walk->from.bits = SLOT_BITS;
	if (!slot)
		return false;
	if (slot_is_node(slot)) {
		order = skip_compare(child, walk->at.key);
		if (!order && walk->at.len > 8 * child->level) {
			walk->path[walk->depth++] = child;
			return true;
		}
	} else {
		order = leaf_behind(walk, slot, node->level) ? 1 : -1;
	}
	if (order < 0) {
		walk->from.byte++;
		walk->from.bits = 0;
	}
	return false;
}

/* Find the place of the cursor, or where it would be */
static void walk_find(struct obpbl_trie_walk *walk)
{
	const struct obpbl_node *node;

	do {
		node = walk->path[walk->depth - 1];
		if (len_fits(walk->at.len, node->level)) {
			walk->from.byte = walk->at.key[node->level];
			walk->from.bits = walk->at.len - 8 * node->level + 1;
			return;
		}
	} while (walk_descend(walk, node));
}

/* Another node is the last of the path: go on in it at a place */
static void walk_from(struct obpbl_trie_walk *walk, unsigned int byte,
		      unsigned int bits)
{
	node_begins(walk->path[walk->depth - 1], walk->begins);
	walk->from.byte = byte;
	walk->from.bits = bits;
}

/* The entry found is a node: it is the next to look in */
static void walk_enter(struct obpbl_trie_walk *walk,
		       const struct obpbl_node *child)
{
	if (child->skip)
		memcpy(walk->at.key + child->level - child->skip,
		       node_skipped(child), child->skip);
	walk->path[walk->depth++] = child;
	walk_from(walk, 0, 0);
}

/* The last node is exhausted: go on in the one above, behind the slot of it */
static void walk_leave(struct obpbl_trie_walk *walk)
{
	if (--walk->depth)
		walk_from(walk,
			  walk->at.key[walk->path[walk->depth - 1]->level],
			  SLOT_BITS + 1);
}

/**
 * obpbl_trie_walk_begin() - begin with the first prefix
 * @walk: the iteration
 * @trie: the table
 */
void obpbl_trie_walk_begin(struct obpbl_trie_walk *walk,
			   const struct obpbl_trie *trie)
{
	memset(&walk->at, 0, sizeof(walk->at));
	walk->path[0] = trie->root;
	walk->depth = !!trie->root;
	walk->from.byte = 0;
	walk->from.bits = 0;
	if (walk->depth)
		node_begins(trie->root, walk->begins);
}

/**
 * obpbl_trie_walk_resume() - begin behind a prefix
 * @walk: the iteration
 * @trie: the table
 * @key: the prefix, OBPBL_KEY_SIZE bytes, zero behind @len; it need not be there
 * @len: its length, in bits
 */
void obpbl_trie_walk_resume(struct obpbl_trie_walk *walk,
			    const struct obpbl_trie *trie, const u8 *key,
			    unsigned int len)
{
	walk->path[0] = trie->root;
	walk->depth = !!trie->root;
	if (!walk->depth)
		return;
	memcpy(walk->at.key, key, OBPBL_KEY_SIZE);
	walk->at.len = len;
	walk_find(walk);
	node_begins(walk->path[walk->depth - 1], walk->begins);
}

/**
 * obpbl_trie_walk_next() - go on to the next prefix
 * @walk: the iteration; its @at is the prefix then
 *
 * Context: any; the caller holds the version from the beginning on.
 * Return: true if there was another one.
 */
bool obpbl_trie_walk_next(struct obpbl_trie_walk *walk)
{
	const struct obpbl_node *node;
	struct obpbl_trie_pos pos;
	u64 slot;

	while (walk->depth) {
		node = walk->path[walk->depth - 1];
		if (!node_seek(node, walk->begins, walk->from, &pos)) {
			walk_leave(walk);
			continue;
		}
		walk->from.byte = pos.byte;
		walk->from.bits = pos.bits + 1;
		if (pos.bits < SLOT_BITS) {
			pos_prefix(node, pos, &walk->at);
			return true;
		}
		walk->at.key[node->level] = pos.byte;
		slot = node_get_slot(node, pos.byte);
		if (!slot_is_node(slot)) {
			slot_prefix(slot, node->level, &walk->at);
			return true;
		}
		walk_enter(walk, slot_node(slot));
	}
	return false;
}

/**
 * obpbl_trie_next() - one step of a walk
 * @trie: the table
 * @key: in: the prefix found last, out: the next; OBPBL_KEY_SIZE bytes, zero
 *	 behind @len
 * @len: the same for its length, in bits
 * @started: false: begin with the first; set to true
 * @value: the value of the prefix found
 *
 * The table may change between two steps.
 *
 * Context: any; the caller holds the version during the call.
 * Return: true if there was another prefix.
 */
bool obpbl_trie_next(const struct obpbl_trie *trie, u8 *key, u8 *len,
		     bool *started, u32 *value)
{
	struct obpbl_trie_walk walk OBPBL_UNINITIALIZED;

	if (*started)
		obpbl_trie_walk_resume(&walk, trie, key, *len);
	else
		obpbl_trie_walk_begin(&walk, trie);
	*started = true;
	if (!obpbl_trie_walk_next(&walk))
		return false;
	memcpy(key, walk.at.key, OBPBL_KEY_SIZE);
	*len = walk.at.len;
	*value = walk.at.value;
	return true;
}

/* Changes: memory */

static bool own(const struct change *c, const struct obpbl_node *node)
{
	return node->obj.birth == c->txn->version;
}

/* Remember what was allocated, in case that the change fails */
static void *made(struct change *c, void *obj)
{
	if (!IS_ERR(obj))
		c->made[c->nmade++] = obj;
	return obj;
}

static void *make(struct change *c, size_t size)
{
	return made(c, obpbl_txn_alloc(c->txn, size));
}

static void *make_copy(struct change *c, size_t size)
{
	return made(c, obpbl_txn_alloc_uninit(c->txn, size));
}

/* Remember what the change replaces */
static void retire(struct change *c, void *obj)
{
	c->dead[c->ndead++] = obj;
}

static void undo(struct change *c)
{
	while (c->nmade)
		obpbl_txn_free(c->txn, c->made[--c->nmade]);
}

static void retire_dead(struct change *c)
{
	while (c->ndead)
		obpbl_txn_retire(c->txn, c->dead[--c->ndead]);
}

/* Changes: one node */

/*
 * Copy the entries of @from, of @size bytes, to @to, which may be the same,
 * with @delta bytes more or fewer at @off.
 */
static void splice(struct obpbl_node *to, const struct obpbl_node *from,
		   size_t size, size_t off, int delta)
{
	size_t skip = delta < 0 ? -delta : 0;
	size_t open = delta > 0 ? delta : 0;

	if (to != from)
		memcpy((u8 *)to + sizeof(to->obj),
		       (const u8 *)from + sizeof(from->obj),
		       off - sizeof(from->obj));
	if (to != from || delta)
		memmove((u8 *)to + off + open, (const u8 *)from + off + skip,
			size - off - skip);
}

/*
 * A node that may be written, with the entries of @node and @delta bytes more
 * or fewer at @at: @node itself if it is ours and its memory fits as it is.
 */
static struct obpbl_node *reshape(struct change *c, struct obpbl_node *node,
				  const void *at, int delta)
{
	size_t off = (const u8 *)at - (const u8 *)node;
	size_t size = node_size(node);
	struct obpbl_node *to = node;

	if (!own(c, node) || node_room(size) != node_room(size + delta)) {
		to = make_copy(c, node_room(size + delta));
		if (IS_ERR(to))
			return to;
	}
	splice(to, node, size, off, delta);
	return to;
}

static void mark_slot(struct obpbl_node *node, u8 byte, int delta)
{
	unsigned int word;

	node->child[byte / 64] ^= BIT_ULL(byte % 64);
	for (word = byte / 64 + 1; word < 4; word++)
		node->child_rank[word] += delta;
	node->nslots += delta;
}

static void mark_value(struct obpbl_node *node, unsigned int i, int delta)
{
	unsigned int word;

	node->prefix[i / 64] ^= BIT_ULL(i % 64);
	for (word = i / 64 + 1; word % 4; word++)
		node->prefix_rank[word] += delta;
	if (i < 256)
		node->nshort += delta;
}

/* The node's memory has room for these two */

static void insert_slot(struct obpbl_node *node, u8 byte, u64 slot)
{
	u64 *at = node_slot(node, byte);

	splice(node, node, node_size(node), (u8 *)at - (u8 *)node,
	       sizeof(*at));
	mark_slot(node, byte, 1);
	*at = slot;
}

static void insert_value(struct obpbl_node *node, unsigned int i, u32 value)
{
	u32 *at = node_value(node, i);

	splice(node, node, node_size(node), (u8 *)at - (u8 *)node,
	       sizeof(*at));
	mark_value(node, i, 1);
	*at = value;
}

/* These four return the node that replaces @node, or an error */

static struct obpbl_node *put_slot(struct change *c, struct obpbl_node *node,
				   u8 byte, u64 slot)
{
	bool add = !has(node->child, byte);

	node = reshape(c, node, node_slot(node, byte), add ? sizeof(slot) : 0);
	if (IS_ERR(node))
		return node;
	if (add)
		mark_slot(node, byte, 1);
	*node_slot(node, byte) = slot;
	return node;
}

static struct obpbl_node *put_value(struct change *c, struct obpbl_node *node,
				    unsigned int i, u32 value)
{
	bool add = !has(node->prefix, i);

	node = reshape(c, node, node_value(node, i), add ? sizeof(value) : 0);
	if (IS_ERR(node))
		return node;
	if (add)
		mark_value(node, i, 1);
	*node_value(node, i) = value;
	return node;
}

static struct obpbl_node *cut_slot(struct change *c, struct obpbl_node *node,
				   u8 byte)
{
	node = reshape(c, node, node_slot(node, byte), -(int)sizeof(u64));
	if (!IS_ERR(node))
		mark_slot(node, byte, -1);
	return node;
}

static struct obpbl_node *cut_value(struct change *c, struct obpbl_node *node,
				    unsigned int i)
{
	node = reshape(c, node, node_value(node, i), -(int)sizeof(u32));
	if (!IS_ERR(node))
		mark_value(node, i, -1);
	return node;
}

/* An empty node with room for @entries bytes; @above is its parent's level */
static struct obpbl_node *new_node(struct change *c, const u8 *key, int above,
				   unsigned int level, size_t entries)
{
	unsigned int skip = level - above - 1;
	struct obpbl_node *node;

	node = make(c, node_room(sizeof(*node) + entries + skip));
	if (IS_ERR(node))
		return node;
	node->level = level;
	node->skip = skip;
	memcpy(node_skipped(node), key + above + 1, skip);
	return node;
}

/* A copy of @node that hangs below another level; @key leads to it */
static struct obpbl_node *reskip(struct change *c, struct obpbl_node *node,
				 const u8 *key, unsigned int above)
{
	unsigned int skip = node->level - above - 1;
	size_t size = node_size(node) - node->skip;
	struct obpbl_node *copy;

	copy = make_copy(c, node_room(size + skip));
	if (IS_ERR(copy))
		return copy;
	splice(copy, node, size, size, 0);
	copy->skip = skip;
	memcpy(node_skipped(copy), key + above + 1, skip);
	retire(c, node);
	return copy;
}

/* Changes: leaves and forks */

static struct obpbl_leaf *new_leaf(struct change *c,
				   const struct obpbl_trie_prefix *prefix)
{
	struct obpbl_leaf *leaf = make(c, sizeof(*leaf));

	if (IS_ERR(leaf))
		return leaf;
	leaf->value = prefix->value;
	leaf->len = prefix->len;
	memcpy(leaf->key, prefix->key, sizeof(leaf->key));
	return leaf;
}

/* The slot of a node at @level that holds this one prefix */
static int leaf_slot(struct change *c, unsigned int level,
		     const struct obpbl_trie_prefix *prefix, u64 *slot)
{
	struct obpbl_leaf *leaf = prefix->leaf;

	if (prefix->len <= 8 * (level + 1) + INLINE_BITS) {
		*slot = inline_slot(prefix, level);
		if (leaf)
			retire(c, leaf);
		return 0;
	}
	if (!leaf)
		leaf = new_leaf(c, prefix);
	if (IS_ERR(leaf))
		return PTR_ERR(leaf);
	*slot = (unsigned long)leaf | SLOT_LEAF;
	return 0;
}

/* Put a prefix into a new node */
static int split_add(struct change *c, struct obpbl_node *node,
		     const struct obpbl_trie_prefix *prefix)
{
	u64 slot;
	int err;

	if (len_fits(prefix->len, node->level)) {
		insert_value(node, prefix_index(prefix->key, prefix->len,
						node->level), prefix->value);
		if (prefix->leaf)
			retire(c, prefix->leaf);
		return 0;
	}
	err = leaf_slot(c, node->level, prefix, &slot);
	if (!err)
		insert_slot(node, prefix->key[node->level], slot);
	return err;
}

static size_t split_size(const struct obpbl_trie_prefix *prefix,
			 unsigned int level)
{
	return len_fits(prefix->len, level) ? sizeof(u32) : sizeof(u64);
}

/* Two prefixes in one slot: a node at the deepest level where both fit */
static int split_leaf(struct change *c, unsigned int above,
		      const struct obpbl_trie_prefix *a,
		      const struct obpbl_trie_prefix *b, u64 *slot)
{
	struct obpbl_node *node;
	unsigned int level;
	int err;

	level = min3(common_bits(a->key, b->key), a->len - 1U, b->len - 1U) / 8;
	node = new_node(c, a->key, above, level,
			split_size(a, level) + split_size(b, level));
	if (IS_ERR(node))
		return PTR_ERR(node);
	err = split_add(c, node, a);
	if (!err)
		err = split_add(c, node, b);
	*slot = (unsigned long)node;
	return err;
}

/* A prefix that leaves the way to @child: a node where they part */
static int split_node(struct change *c, unsigned int above,
		      const struct obpbl_trie_prefix *prefix,
		      struct obpbl_node *child, u64 *slot)
{
	u8 key[OBPBL_KEY_SIZE] = { };
	struct obpbl_node *node;
	unsigned int level;
	int err;

	memcpy(key, prefix->key, above + 1);
	memcpy(key + above + 1, node_skipped(child), child->skip);
	level = min(common_bits(prefix->key, key), prefix->len - 1U) / 8;
	node = new_node(c, key, above, level,
			split_size(prefix, level) + sizeof(*slot));
	if (IS_ERR(node))
		return PTR_ERR(node);
	err = split_add(c, node, prefix);
	if (err)
		return err;
	child = reskip(c, child, key, level);
	if (IS_ERR(child))
		return PTR_ERR(child);
	insert_slot(node, key[level], (unsigned long)child);
	*slot = (unsigned long)node;
	return 0;
}

/* The prefix goes into the slot @old of a node at @level: what it becomes */
static int merge_slot(struct change *c, unsigned int level, u64 old,
		      const struct obpbl_trie_prefix *prefix, u64 *slot)
{
	struct obpbl_trie_prefix other;

	if (!old)
		return leaf_slot(c, level, prefix, slot);
	if (slot_is_node(old))
		return split_node(c, level, prefix, slot_node(old), slot);
	memcpy(other.key, prefix->key, sizeof(other.key));
	slot_prefix(old, level, &other);
	if (other.len != prefix->len ||
	    memcmp(other.key, prefix->key, ADDR_BYTES))
		return split_leaf(c, level, prefix, &other, slot);
	if (other.leaf)
		retire(c, other.leaf);
	return leaf_slot(c, level, prefix, slot);
}

/* Changes: the whole */

static void begin(struct change *c, struct obpbl_trie *trie,
		  struct obpbl_txn *txn, const u8 *key, unsigned int len,
		  const struct obpbl_trie_place *place)
{
	c->trie = trie;
	c->txn = txn;
	c->key = key;
	c->len = len;
	c->path = place->path;
	c->depth = place->depth;
	c->nmade = 0;
	c->ndead = 0;
}

static struct obpbl_node *last(const struct change *c)
{
	return c->path[c->depth - 1];
}

/* Make room for what the change may retire */
static int reserve(struct change *c)
{
	unsigned int n = c->depth;

	while (n && own(c, c->path[c->depth - n]))
		n--;
	return obpbl_txn_reserve(c->txn, n + DEAD_EXTRA);
}

/*
 * @node replaces the last of the path: give it the parents it needs.  Nodes of
 * ours have parents of ours, so the first that may be written in place ends it,
 * and until then nothing that the trie reaches has changed.
 */
static int finish(struct change *c, struct obpbl_node *node)
{
	unsigned int i = c->depth;
	struct obpbl_node *child;

	while (!IS_ERR(node)) {
		if (i && node == c->path[i - 1])
			break;
		if (i)
			retire(c, c->path[i - 1]);
		if (i < 2) {
			c->trie->root = node;
			break;
		}
		child = node;
		i--;
		node = put_slot(c, c->path[i - 1],
				c->key[c->path[i - 1]->level],
				(unsigned long)child);
	}
	if (IS_ERR(node)) {
		undo(c);
		return PTR_ERR(node);
	}
	retire_dead(c);
	return 0;
}

/* The first prefix of a table */
static struct obpbl_node *insert_root(struct change *c,
				      const struct obpbl_trie_prefix *prefix)
{
	struct obpbl_node *root;
	int err;

	root = new_node(c, prefix->key, -1, 0, split_size(prefix, 0));
	if (IS_ERR(root))
		return root;
	err = split_add(c, root, prefix);
	return err ? ERR_PTR(err) : root;
}

static struct obpbl_node *put_prefix(struct change *c,
				     const struct obpbl_trie_prefix *prefix)
{
	struct obpbl_node *node = last(c);
	u8 byte = c->key[node->level];
	u64 slot;
	int err;

	if (len_fits(c->len, node->level))
		return put_value(c, node,
				 prefix_index(c->key, c->len, node->level),
				 prefix->value);
	err = merge_slot(c, node->level, node_get_slot(node, byte), prefix,
			 &slot);
	return err ? ERR_PTR(err) : put_slot(c, node, byte, slot);
}

/**
 * obpbl_trie_put() - add a prefix, or replace its value, at its place
 * @trie: the table as the transaction sees it
 * @txn: the transaction
 * @key: the prefix, as for obpbl_trie_find()
 * @len: its length, in bits; 0 to OBPBL_MAX_LEN
 * @value: its value, another one than it has
 * @place: as obpbl_trie_find() has set it
 * @found: what that has returned: whether the prefix is there
 *
 * Context: process; may sleep. One transaction at a time.
 * Return: 0, -ENOSPC past the limit of the transaction, or -ENOMEM; on an error
 * the table is what it was.
 */
int obpbl_trie_put(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len, u32 value,
		   const struct obpbl_trie_place *place, bool found)
{
	struct obpbl_trie_prefix prefix = { .len = len, .value = value };
	struct change c OBPBL_UNINITIALIZED;
	int err;

	begin(&c, trie, txn, key, len, place);
	err = reserve(&c);
	if (err)
		return err;
	memcpy(prefix.key, key, ADDR_BYTES);
	err = finish(&c, c.depth ? put_prefix(&c, &prefix) :
		     insert_root(&c, &prefix));
	if (!err && !found)
		trie->count++;
	return err;
}

/**
 * obpbl_trie_set() - add a prefix, or replace its value
 * @trie: the table as the transaction sees it
 * @txn: the transaction
 * @key: the prefix, as for obpbl_trie_find()
 * @len: its length, in bits; 0 to OBPBL_MAX_LEN
 * @value: its value; a value that it has already changes and copies nothing
 *
 * Context: process; may sleep. One transaction at a time.
 * Return: as obpbl_trie_put().
 */
int obpbl_trie_set(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len, u32 value)
{
	struct obpbl_trie_place place OBPBL_UNINITIALIZED;
	bool found = obpbl_trie_find(trie, key, len, &place);

	if (found && place.value == value)
		return 0;
	return obpbl_trie_put(trie, txn, key, len, value, &place, found);
}

/* The entry of a node with two that is not at @gone */
static struct obpbl_trie_pos node_other(const struct obpbl_node *node,
			     struct obpbl_trie_pos gone)
{
	struct obpbl_trie_pos pos, from = { };
	u64 begins[4];

	node_begins(node, begins);
	node_seek(node, begins, from, &pos);
	if (pos.byte != gone.byte || pos.bits != gone.bits)
		return pos;
	gone.bits++;
	node_seek(node, begins, gone, &pos);
	return pos;
}

/* What becomes of the last node's only entry in the slot of the one above */
static int hoist_slot(struct change *c, struct obpbl_trie_pos pos,
		      unsigned int above, u64 *slot)
{
	struct obpbl_node *node = last(c), *child;
	struct obpbl_trie_prefix prefix;
	u64 old;

	memcpy(prefix.key, c->key, sizeof(prefix.key));
	if (pos.bits < SLOT_BITS) {
		pos_prefix(node, pos, &prefix);
		return leaf_slot(c, above, &prefix, slot);
	}
	prefix.key[node->level] = pos.byte;
	old = node_get_slot(node, pos.byte);
	if (!slot_is_node(old)) {
		slot_prefix(old, node->level, &prefix);
		return leaf_slot(c, above, &prefix, slot);
	}
	child = slot_node(old);
	memcpy(prefix.key + node->level + 1, node_skipped(child), child->skip);
	child = reskip(c, child, prefix.key, above);
	if (IS_ERR(child))
		return PTR_ERR(child);
	*slot = (unsigned long)child;
	return 0;
}

/*
 * The last node would keep a single entry, which goes into the slot of the node
 * above.  That one keeps as many entries as it had, so this ends here.
 */
static struct obpbl_node *collapse(struct change *c, struct obpbl_trie_pos gone)
{
	struct obpbl_node *parent = c->path[c->depth - 2];
	u64 slot;
	int err;

	err = hoist_slot(c, node_other(last(c), gone), parent->level, &slot);
	if (err)
		return ERR_PTR(err);
	retire(c, last(c));
	c->depth--;
	return put_slot(c, parent, c->key[parent->level], slot);
}

static struct obpbl_node *cut_prefix(struct change *c)
{
	struct obpbl_node *node = last(c);
	unsigned int level = node->level;
	struct obpbl_trie_pos gone = { .byte = c->key[level], .bits = SLOT_BITS };
	struct obpbl_leaf *leaf;

	if (len_fits(c->len, level)) {
		gone.bits = c->len - 8 * level;
	} else {
		leaf = slot_leaf(node_get_slot(node, gone.byte));
		if (leaf)
			retire(c, leaf);
	}
	if (c->depth > 1 && node_entries(node) == 2)
		return collapse(c, gone);
	if (node_entries(node) == 1)
		return NULL;
	if (gone.bits == SLOT_BITS)
		return cut_slot(c, node, gone.byte);
	return cut_value(c, node, prefix_index(c->key, c->len, level));
}

/**
 * obpbl_trie_cut() - delete a prefix at its place
 * @trie: the table as the transaction sees it
 * @txn: the transaction
 * @key: the prefix, as for obpbl_trie_find()
 * @len: its length, in bits
 * @place: where obpbl_trie_find() has found it
 *
 * Needs memory for the copies, for a moment more than it frees: whoever must be
 * able to delete at the limit raises the limit for it by some 64 KB.
 *
 * Context: process; may sleep. One transaction at a time.
 * Return: as obpbl_trie_put().
 */
int obpbl_trie_cut(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len,
		   const struct obpbl_trie_place *place)
{
	struct change c OBPBL_UNINITIALIZED;
	int err;

	begin(&c, trie, txn, key, len, place);
	err = reserve(&c);
	if (!err)
		err = finish(&c, cut_prefix(&c));
	if (!err)
		trie->count--;
	return err;
}

/**
 * obpbl_trie_del() - delete a prefix
 * @trie: the table as the transaction sees it
 * @txn: the transaction
 * @key: the prefix, as for obpbl_trie_find()
 * @len: its length, in bits
 *
 * Context: process; may sleep. One transaction at a time.
 * Return: as obpbl_trie_cut(), or -ENOENT if it is not there.
 */
int obpbl_trie_del(struct obpbl_trie *trie, struct obpbl_txn *txn,
		   const u8 *key, unsigned int len)
{
	struct obpbl_trie_place place OBPBL_UNINITIALIZED;

	if (!obpbl_trie_find(trie, key, len, &place))
		return -ENOENT;
	return obpbl_trie_cut(trie, txn, key, len, &place);
}

/* Ends of tries */

/**
 * obpbl_trie_retire() - empty a table, of any size, in one step
 * @trie: the table as the transaction sees it; empty afterwards
 * @txn: the transaction; one place must be reserved by obpbl_txn_reserve()
 *
 * A trie of older versions is one entry, whatever its size. Of one with changes
 * of this transaction, what the transaction made is freed now, and the memory
 * of those nodes becomes the list of what hangs below them; a child is never
 * younger than its parent, so nothing young hides below something old.
 *
 * Context: process; may sleep. One transaction at a time. Cannot fail.
 */
void obpbl_trie_retire(struct obpbl_trie *trie, struct obpbl_txn *txn)
{
	struct obpbl_node *root = trie->root;

	if (root && root->obj.birth == txn->version)
		obpbl_node_release(root, txn->version, &txn->dead, txn->bytes);
	else if (root)
		obpbl_txn_retire_trie(txn, root);
	trie->root = NULL;
	trie->count = 0;
}

/**
 * obpbl_trie_abort() - free what a transaction, or several, made of a table
 * @trie: the table as the transaction sees it; empty afterwards, so that the
 *	  caller puts back the one from before
 * @txn: the transaction; what was born in its version or later is freed, what
 *	 is on its dead list lives on (see obpbl_txn_forget())
 *
 * To roll back the newest of several published versions, to the one retained
 * before it, of number j: a transaction of version j + 1.
 *
 * Context: process; may sleep. Cannot fail.
 */
void obpbl_trie_abort(struct obpbl_trie *trie, struct obpbl_txn *txn)
{
	if (trie->root && trie->root->obj.birth >= txn->version)
		obpbl_node_release(trie->root, txn->version, NULL, txn->bytes);
	trie->root = NULL;
	trie->count = 0;
}

/**
 * struct frame - a node whose entries are being freed
 * @node: the node
 * @next: the slot to look at next
 * @kept: slots before @next whose object lives on; they are at the front
 */
struct frame {
	struct obpbl_node *node;
	u16 next;
	u16 kept;
};

/* All below the node is done; what lives on goes to the list */
static void frame_end(struct frame *frame, struct obpbl_dead *keep, u64 *bytes)
{
	struct obpbl_node *node = frame->node;

	if (keep)
		obpbl_dead_recycle(keep, node,
				   sizeof(*node) + node->nslots * sizeof(u64),
				   node->slot, frame->kept, bytes);
	else
		obpbl_obj_free(node, bytes);
	cond_resched();
}

/* Take the next slot; returns the node to enter, or NULL */
static struct obpbl_node *frame_step(struct frame *frame, u64 first, u64 *bytes)
{
	u64 slot = frame->node->slot[frame->next++];
	struct obpbl_leaf *leaf = slot_leaf(slot);

	if (slot & SLOT_INLINE)
		return NULL;
	if (leaf && leaf->obj.birth >= first) {
		obpbl_obj_free(leaf, bytes);
		return NULL;
	}
	if (!leaf && slot_node(slot)->obj.birth >= first)
		return slot_node(slot);
	frame->node->slot[frame->kept++] = leaf ? (unsigned long)leaf :
		(unsigned long)slot_node(slot) | OBPBL_DEAD_TRIE;
	return NULL;
}

/**
 * obpbl_node_release() - free the young part of a trie
 * @root: its root, which is young
 * @first: young is what was born in this version or later
 * @keep: gets what hangs below and is older, as entries of a dead list; NULL if
 *	  it lives on
 * @bytes: the count of live bytes
 *
 * A child is never younger than its parent, so the young part is a tree at the
 * top, and its size is the effort. Needs no memory: see obpbl_dead_recycle().
 *
 * Context: process; may sleep, after each node. No reader sees the young part.
 */
void obpbl_node_release(struct obpbl_node *root, u64 first,
			struct obpbl_dead *keep, u64 *bytes)
{
	struct frame stack[MAX_NODES] = { { .node = root } };
	unsigned int depth = 1;
	struct obpbl_node *child;
	struct frame *frame;

	while (depth) {
		frame = &stack[depth - 1];
		if (frame->next == frame->node->nslots) {
			frame_end(frame, keep, bytes);
			depth--;
			continue;
		}
		child = frame_step(frame, first, bytes);
		if (child)
			stack[depth++] = (struct frame){ .node = child };
	}
}
