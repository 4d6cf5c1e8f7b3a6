// SPDX-License-Identifier: GPL-2.0-only
/*
 * The persistent trie against a list that is obviously right.
 *
 * trie.c is included, not linked: the tests look into nodes to compare the
 * structure of two tries, and to see that a failed change wrote nothing.
 * Everything that is allocated through kmalloc belongs to the trie under test,
 * so its count of bytes must equal the allocator's at any moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "trie.c"
#include "dead.c"
#include "txn.c"

#define ARRAY_END(a)	((a) + ARRAY_SIZE(a))

/* Seeds */

static u64 seed;
static unsigned int rounds = 4;
static u64 state;

/* splitmix64 (Steele, Lea and Flood, 2014) */
static u64 rnd64(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static unsigned int rnd(unsigned int n)
{
	return rnd64() % n;
}

/* Every test starts from the same state, whichever ran before */
static int reseed(void **unused)
{
	(void)unused;
	state = seed;
	memset(&shim_alloc, 0, sizeof(shim_alloc));
	return 0;
}

static int leak_free(void **unused)
{
	(void)unused;
	if (!shim_alloc.live && !shim_alloc.bytes)
		return 0;
	print_error("%lu objects, %lu bytes left\n", shim_alloc.live,
		    shim_alloc.bytes);
	return -1;
}

/* The model: a list */

struct entry {
	u8 key[OBPBL_KEY_SIZE];
	u8 len;
	u32 value;
};

#define MODEL_MAX	600

struct model {
	unsigned int count;
	struct entry entry[MODEL_MAX];
};

static bool bit(const u8 *key, unsigned int i)
{
	return key[i / 8] >> (7 - i % 8) & 1;
}

static bool covers(const struct entry *entry, const u8 *key)
{
	unsigned int i;

	for (i = 0; i < entry->len; i++)
		if (bit(entry->key, i) != bit(key, i))
			return false;
	return true;
}

static struct entry *model_find(struct model *model, const u8 *key,
				unsigned int len)
{
	unsigned int i;

	for (i = 0; i < model->count; i++)
		if (model->entry[i].len == len && covers(model->entry + i, key))
			return model->entry + i;
	return NULL;
}

static struct entry *model_lookup(struct model *model, const u8 *key,
				  unsigned int maxlen)
{
	struct entry *best = NULL;
	unsigned int i;

	for (i = 0; i < model->count; i++)
		if (model->entry[i].len <= maxlen &&
		    covers(model->entry + i, key) &&
		    (!best || model->entry[i].len > best->len))
			best = model->entry + i;
	return best;
}

static void model_set(struct model *model, const u8 *key, unsigned int len,
		      u32 value)
{
	struct entry *entry = model_find(model, key, len);

	if (!entry) {
		assert_true(model->count < MODEL_MAX);
		entry = &model->entry[model->count++];
		memcpy(entry->key, key, OBPBL_KEY_SIZE);
		entry->len = len;
	}
	entry->value = value;
}

static bool model_del(struct model *model, const u8 *key, unsigned int len)
{
	struct entry *entry = model_find(model, key, len);

	if (!entry)
		return false;
	*entry = model->entry[--model->count];
	return true;
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->key, y->key, 16);

	return order ? order : x->len - y->len;
}

/* Prefixes that collide */

static void truncate_key(u8 *key, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 8 * OBPBL_KEY_SIZE; i++)
		key[i / 8] &= ~(128 >> i % 8);
}

static void key_sparse(u8 *key, unsigned int bytes)
{
	static const u8 few[] = { 0, 0, 0, 1, 0x7f, 0x80, 0xff };
	unsigned int i;

	for (i = 0; i < bytes; i++)
		key[i] = few[rnd(sizeof(few))];
}

static void key_lan(u8 *key, unsigned int bytes)
{
	if (bytes == 4) {
		memcpy(key, (u8[]){ 10, 0, rnd(2), rnd(256) }, 4);
		return;
	}
	memcpy(key, (u8[]){ 0x20, 1, 0xd, 0xb8, 0, 0, 0, rnd(16) }, 8);
	key[15] = rnd(4);
}

static void key_random(u8 *key, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		key[i] = rnd(256);
}

/* A little beside something that is there */
static void key_near(u8 *key, unsigned int bytes, const struct model *model)
{
	unsigned int at;

	if (!model->count) {
		key_sparse(key, bytes);
		return;
	}
	memcpy(key, model->entry[rnd(model->count)].key, OBPBL_KEY_SIZE);
	at = rnd(8 * bytes);
	key[at / 8] ^= 128 >> at % 8;
}

static void any_key(u8 *key, unsigned int bytes, const struct model *model)
{
	memset(key, 0, OBPBL_KEY_SIZE);
	switch (rnd(8)) {
	case 0 ... 2:
		key_sparse(key, bytes);
		break;
	case 3 ... 4:
		key_lan(key, bytes);
		break;
	case 5:
		key_random(key, bytes);
		break;
	default:
		key_near(key, bytes, model);
	}
}

static unsigned int any_len(unsigned int bytes)
{
	switch (rnd(4)) {
	case 0:
		return 8 * bytes;
	case 1:
		return 8 * rnd(bytes + 1);
	default:
		return rnd(8 * bytes + 1);
	}
}

static unsigned int any_prefix(u8 *key, unsigned int bytes,
			       const struct model *model)
{
	const struct entry *entry;
	unsigned int len = any_len(bytes);

	if (model->count && !rnd(3)) {
		entry = &model->entry[rnd(model->count)];
		memcpy(key, entry->key, OBPBL_KEY_SIZE);
		return entry->len;
	}
	any_key(key, bytes, model);
	truncate_key(key, len);
	return len;
}

/* Structure */

static void assert_same_node(const struct obpbl_node *a,
			     const struct obpbl_node *b)
{
	const struct obpbl_leaf *x, *y;
	unsigned int i;

	assert_memory_equal(a->child, b->child, sizeof(a->child));
	assert_memory_equal(a->prefix, b->prefix, sizeof(a->prefix));
	assert_memory_equal(a->child_rank, b->child_rank,
			    sizeof(a->child_rank));
	assert_memory_equal(a->prefix_rank, b->prefix_rank,
			    sizeof(a->prefix_rank));
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->skip, b->skip);
	assert_int_equal(a->nshort, b->nshort);
	assert_int_equal(a->nslots, b->nslots);
	assert_int_equal(node_size(a), node_size(b));
	assert_memory_equal(a->slot + a->nslots, b->slot + b->nslots,
			    (u8 *)a + node_size(a) -
			    (u8 *)(a->slot + a->nslots));
	assert_int_equal(ksize(a), ksize(b));
	for (i = 0; i < a->nslots; i++) {
		if (slot_is_node(a->slot[i])) {
			assert_true(slot_is_node(b->slot[i]));
			assert_same_node(slot_node(a->slot[i]),
					 slot_node(b->slot[i]));
			continue;
		}
		x = slot_leaf(a->slot[i]);
		y = slot_leaf(b->slot[i]);
		assert_int_equal(!x, !y);
		if (x)
			assert_memory_equal(&x->value, &y->value,
					    sizeof(*x) - sizeof(x->obj));
		else
			assert_int_equal(a->slot[i], b->slot[i]);
	}
}

/* Ranks count, nodes have company, nobody is younger than his parent */
static void assert_sound(const struct obpbl_node *node, bool root)
{
	unsigned int i, set = 0;
	const struct obpbl_leaf *leaf;

	for (i = 0; i < 256; i++) {
		assert_int_equal(rank(node->child, node->child_rank, i), set);
		set += has(node->child, i);
	}
	assert_int_equal(set, node->nslots);
	for (i = 0, set = 0; i < 512; i++) {
		if (i == 256) {
			assert_int_equal(set, node->nshort);
			set = 0;
		}
		assert_int_equal(rank(node->prefix, node->prefix_rank, i), set);
		set += has(node->prefix, i);
	}
	assert_false(has(node->prefix, 0));
	assert_true(root || !has(node->prefix, 1));
	assert_true(node_entries(node) >= (root ? 1 : 2));
	for (i = 0; i < node->nslots; i++) {
		leaf = slot_leaf(node->slot[i]);
		if (leaf)
			assert_true(leaf->obj.birth <= node->obj.birth);
		if (!slot_is_node(node->slot[i]))
			continue;
		assert_true(slot_node(node->slot[i])->obj.birth <=
			    node->obj.birth);
		assert_sound(slot_node(node->slot[i]), false);
	}
}

/* What a table weighs by itself */
static u64 node_bytes(const struct obpbl_node *node)
{
	u64 bytes = ksize(node);
	unsigned int i;

	for (i = 0; i < node->nslots; i++) {
		if (slot_leaf(node->slot[i]))
			bytes += ksize(slot_leaf(node->slot[i]));
		if (slot_is_node(node->slot[i]))
			bytes += node_bytes(slot_node(node->slot[i]));
	}
	return bytes;
}

/* Dead lists */

static u64 dead_bytes(const struct obpbl_dead *dead)
{
	const struct obpbl_dead_chunk *chunk;
	u64 bytes = 0;

	for (chunk = dead->head; chunk; chunk = chunk->next)
		bytes += ksize(chunk);
	return bytes;
}

static unsigned int dead_entries(const struct obpbl_dead *dead)
{
	const struct obpbl_dead_chunk *chunk;
	unsigned int n = 0;

	for (chunk = dead->head; chunk; chunk = chunk->next)
		n += chunk->used;
	return n;
}

/* Histories */

struct version {
	u64 number;
	struct obpbl_trie trie;
	struct obpbl_dead dead;		/* reached by this one, not by the next */
	struct model model;
};

#define VERSIONS	24

/*
 * One line of versions: from the oldest to the newest, then the transaction.
 */
struct history {
	unsigned int bytes_of_key;
	u64 bytes;
	u64 number;
	unsigned int count;
	struct version *version[VERSIONS];
	struct obpbl_txn txn;
	struct obpbl_trie trie;
	struct model model;
};

static void assert_accounted(const struct history *h)
{
	assert_int_equal(h->bytes, shim_alloc.bytes);
}

static struct history *history_new(unsigned int bytes_of_key)
{
	struct history *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	h->bytes_of_key = bytes_of_key;
	h->number = 1 + rnd(100);
	h->txn.version = h->number;
	h->txn.bytes = &h->bytes;
	h->txn.limit = U64_MAX;
	return h;
}

static void txn_restart(struct history *h)
{
	struct version *newest = h->count ? h->version[h->count - 1] : NULL;

	h->number += 1 + rnd(3);
	h->txn.version = h->number;
	h->txn.dead.head = NULL;
	if (newest) {
		h->trie = newest->trie;
		h->model = newest->model;
	} else {
		memset(&h->trie, 0, sizeof(h->trie));
		h->model.count = 0;
	}
}

static void history_commit(struct history *h)
{
	struct version *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	assert_true(h->count < VERSIONS);
	v->number = h->txn.version;
	v->trie = h->trie;
	v->model = h->model;
	if (h->count) {
		h->version[h->count - 1]->dead = h->txn.dead;
	} else {
		assert_int_equal(dead_entries(&h->txn.dead), 0);
		obpbl_txn_forget(&h->txn);
	}
	h->version[h->count++] = v;
	txn_restart(h);
}

static void history_abort(struct history *h)
{
	obpbl_trie_abort(&h->trie, &h->txn);
	obpbl_txn_forget(&h->txn);
	assert_accounted(h);
	txn_restart(h);
}

static void history_remove(struct history *h, unsigned int i)
{
	free(h->version[i]);
	memmove(h->version + i, h->version + i + 1,
		(--h->count - i) * sizeof(*h->version));
}

/* Drop version i, not the newest */
static void history_drop(struct history *h, unsigned int i)
{
	struct version *older = i ? h->version[i - 1] : NULL;

	obpbl_dead_drop(&h->version[i]->dead, older ? older->number : 0, older,
			older ? &older->dead : NULL, &h->bytes);
	assert_null(h->version[i]->dead.head);
	history_remove(h, i);
	assert_accounted(h);
}

/* Drop the newest and go on from the one before; no transaction is open */
static void history_rollback(struct history *h)
{
	struct version *newest = h->version[h->count - 1];
	struct version *older = h->count > 1 ? h->version[h->count - 2] : NULL;
	struct obpbl_txn txn = {
		.version = older ? older->number + 1 : 0,
		.bytes = &h->bytes,
	};

	obpbl_trie_abort(&newest->trie, &txn);
	if (older) {
		txn.dead = older->dead;
		obpbl_txn_forget(&txn);
		older->dead.head = NULL;
	}
	history_remove(h, h->count - 1);
	assert_accounted(h);
	txn_restart(h);
}

static void history_free(struct history *h)
{
	history_abort(h);
	while (h->count > 1)
		history_drop(h, rnd(h->count - 1));
	if (h->count)
		history_rollback(h);
	assert_int_equal(h->bytes, 0);
	assert_int_equal(shim_alloc.live, 0);
	free(h);
}

static int set(struct history *h, const u8 *key, unsigned int len, u32 value)
{
	int err = obpbl_trie_set(&h->trie, &h->txn, key, len, value);

	if (!err)
		model_set(&h->model, key, len, value);
	return err;
}

static int del(struct history *h, const u8 *key, unsigned int len)
{
	bool had = model_find(&h->model, key, len);
	int err = obpbl_trie_del(&h->trie, &h->txn, key, len);

	assert_int_equal(err == -ENOENT, !had);
	if (!err)
		model_del(&h->model, key, len);
	return err;
}

/* One random change, more often an addition while the table is below @target */
static void mutate(struct history *h, unsigned int target)
{
	u8 key[OBPBL_KEY_SIZE];
	unsigned int len = any_prefix(key, h->bytes_of_key, &h->model);
	bool grow = h->model.count < target ? rnd(4) : !rnd(4);

	if (grow && h->model.count < MODEL_MAX)
		assert_int_equal(set(h, key, len, rnd(3) ? rnd64() : 7), 0);
	else
		del(h, key, len);
	assert_int_equal(h->trie.count, h->model.count);
}

/* A table and the list are the same */

static void assert_lookup(const struct obpbl_trie *trie, struct model *model,
			  const u8 *key, unsigned int maxlen)
{
	struct entry *entry = model_lookup(model, key, maxlen);
	struct obpbl_match match = { 0xdead, 0xbe };
	bool found = obpbl_trie_lookup(trie, key, maxlen, &match);

	assert_int_equal(found, !!entry);
	assert_int_equal(match.value, entry ? entry->value : 0xdead);
	assert_int_equal(match.len, entry ? entry->len : 0xbe);
}

static void assert_get(const struct obpbl_trie *trie, struct model *model,
		       const u8 *key, unsigned int len)
{
	struct entry *entry = model_find(model, key, len);
	u32 value = 0xdead;

	assert_int_equal(obpbl_trie_get(trie, key, len, &value), !!entry);
	assert_int_equal(value, entry ? entry->value : 0xdead);
}

static void assert_walk(struct obpbl_trie_walk *walk, const struct entry *entry,
			const struct entry *end)
{
	for (; entry < end; entry++) {
		assert_true(obpbl_trie_walk_next(walk));
		assert_memory_equal(walk->at.key, entry->key,
				    sizeof(entry->key));
		assert_int_equal(walk->at.len, entry->len);
		assert_int_equal(walk->at.value, entry->value);
	}
}

static void assert_order(const struct obpbl_trie *trie,
			 const struct model *model)
{
	struct model *sorted = malloc(sizeof(*sorted));
	u8 key[OBPBL_KEY_SIZE] = { 1, 2, 3 }, len = 77;
	struct obpbl_trie_walk walk;
	bool started = false;
	unsigned int i;
	u32 value;

	*sorted = *model;
	qsort(sorted->entry, sorted->count, sizeof(*sorted->entry),
	      entry_order);
	obpbl_trie_walk_begin(&walk, trie);
	assert_walk(&walk, sorted->entry, sorted->entry + sorted->count);
	assert_false(obpbl_trie_walk_next(&walk));
	assert_false(obpbl_trie_walk_next(&walk));
	for (i = 0; i < sorted->count; i++) {
		assert_true(obpbl_trie_next(trie, key, &len, &started,
					    &value));
		assert_true(started);
		assert_memory_equal(key, sorted->entry[i].key, sizeof(key));
		assert_int_equal(len, sorted->entry[i].len);
		assert_int_equal(value, sorted->entry[i].value);
	}
	assert_false(obpbl_trie_next(trie, key, &len, &started, &value));
	assert_false(obpbl_trie_next(trie, key, &len, &started, &value));
	free(sorted);
}

/* Build the set of @model again, in another order, and compare the nodes */
static void assert_canonical(const struct obpbl_trie *trie, struct model *model)
{
	unsigned int i, n = model->count, step = n > 1 ? n - 1 : 1;
	struct obpbl_txn txn = { .version = 1, .limit = U64_MAX };
	struct obpbl_trie fresh = { };
	struct entry *entry;
	u64 bytes = 0;

	txn.bytes = &bytes;
	for (i = 0; i < n; i++) {
		entry = &model->entry[(u64)i * step % n];
		assert_int_equal(obpbl_trie_set(&fresh, &txn, entry->key,
						entry->len, entry->value), 0);
	}
	assert_int_equal(dead_entries(&txn.dead), 0);
	obpbl_txn_forget(&txn);
	assert_int_equal(fresh.count, trie->count);
	assert_int_equal(!fresh.root, !trie->root);
	if (fresh.root) {
		assert_same_node(fresh.root, trie->root);
		assert_int_equal(node_bytes(fresh.root), bytes);
	}
	obpbl_trie_abort(&fresh, &txn);
	assert_int_equal(bytes, 0);
}

static void assert_table(const struct obpbl_trie *trie, struct model *model,
			 unsigned int bytes_of_key, unsigned int probes)
{
	u8 key[OBPBL_KEY_SIZE];
	unsigned int i;

	assert_int_equal(trie->count, model->count);
	if (trie->root)
		assert_sound(trie->root, true);
	else
		assert_int_equal(model->count, 0);
	for (i = 0; i < model->count; i++)
		assert_get(trie, model, model->entry[i].key,
			   model->entry[i].len);
	for (i = 0; i < probes; i++) {
		any_key(key, bytes_of_key, model);
		if (rnd(2))
			memset(key + 16, 0xff, 4);
		assert_lookup(trie, model, key, OBPBL_MAX_LEN);
		assert_lookup(trie, model, key, rnd(OBPBL_MAX_LEN + 8));
		memset(key + 16, 0, 4);
		assert_get(trie, model, key,
			   any_prefix(key, bytes_of_key, model));
	}
	assert_order(trie, model);
	assert_canonical(trie, model);
}

static void assert_history(struct history *h, unsigned int probes)
{
	unsigned int i;

	assert_accounted(h);
	for (i = 0; i < h->count; i++)
		assert_table(&h->version[i]->trie, &h->version[i]->model,
			     h->bytes_of_key, probes);
	assert_table(&h->trie, &h->model, h->bytes_of_key, probes);
}

/* Tests: small */

static void test_empty(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { }, len = 0;
	struct history *h = history_new(16);
	struct obpbl_match match;
	bool started = false;
	u32 value;

	(void)unused;
	assert_false(obpbl_trie_lookup(&h->trie, key, 128, &match));
	assert_false(obpbl_trie_lookup(&h->trie, key, 0, &match));
	assert_false(obpbl_trie_get(&h->trie, key, 0, &value));
	assert_false(obpbl_trie_next(&h->trie, key, &len, &started, &value));
	assert_int_equal(del(h, key, 0), -ENOENT);
	obpbl_trie_retire(&h->trie, &h->txn);
	assert_int_equal(shim_alloc.calls, 0);
	assert_int_equal(set(h, key, 0, 5), 0);
	assert_int_equal(del(h, key, 0), 0);
	assert_null(h->trie.root);
	history_free(h);
}

/* One prefix of every length, with nothing else in the table */
static void test_lengths(void **unused)
{
	struct history *h = history_new(16);
	u8 key[OBPBL_KEY_SIZE];
	unsigned int len, fill;

	(void)unused;
	for (len = 0; len <= 128; len++) {
		for (fill = 0; fill < 2; fill++) {
			memset(key, fill ? 0xff : 0, sizeof(key));
			truncate_key(key, len);
			assert_int_equal(set(h, key, len, len), 0);
			assert_table(&h->trie, &h->model, 16, 10);
			if (rnd(2))
				history_commit(h);
			if (h->count > 4)
				history_drop(h, rnd(h->count - 1));
			assert_int_equal(del(h, key, len), 0);
			assert_null(h->trie.root);
		}
	}
	history_free(h);
}

static void test_extremes(void **unused)
{
	struct history *h = history_new(16);
	static const unsigned int lens[] = { 0, 1, 7, 8, 9, 31, 32, 33, 34, 35,
		64, 120, 121, 127, 128 };
	u8 key[OBPBL_KEY_SIZE];
	const unsigned int *len;
	unsigned int fill;

	(void)unused;
	for (fill = 0; fill < 3; fill++) {
		for (len = lens; len < ARRAY_END(lens); len++) {
			memset(key, fill == 2 ? 0xff : 0, sizeof(key));
			if (fill == 1 && *len)
				key[(*len - 1) / 8] = 128 >> (*len - 1) % 8;
			truncate_key(key, *len);
			assert_int_equal(set(h, key, *len, *len + fill), 0);
			assert_table(&h->trie, &h->model, 16, 20);
		}
	}
	history_free(h);
}

/* 129 prefixes one in the other; each found by its maxlen */
static void nest(const u8 *key)
{
	struct history *h = history_new(16);
	u8 prefix[OBPBL_KEY_SIZE];
	unsigned int i, len;

	for (i = 0; i <= 128; i++) {
		len = (i * 50 + 13) % 129;
		memcpy(prefix, key, sizeof(prefix));
		truncate_key(prefix, len);
		assert_int_equal(set(h, prefix, len, len), 0);
	}
	assert_int_equal(h->trie.count, 129);
	for (len = 0; len < 136; len++)
		assert_lookup(&h->trie, &h->model, key, len);
	assert_table(&h->trie, &h->model, 16, 50);
	history_commit(h);
	while (h->model.count) {
		i = rnd(h->model.count);
		memcpy(prefix, h->model.entry[i].key, sizeof(prefix));
		assert_int_equal(del(h, prefix, h->model.entry[i].len), 0);
		for (len = 0; len <= 128; len += 1 + rnd(4))
			assert_lookup(&h->trie, &h->model, key, len);
		if (!rnd(8))
			assert_history(h, 5);
	}
	assert_null(h->trie.root);
	history_free(h);
}

static void test_nest(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { };

	(void)unused;
	nest(key);
	memset(key, 0xff, 16);
	nest(key);
	memset(key, 0, sizeof(key));
	key_random(key, 16);
	nest(key);
}

/* An address that leaves the way within the skipped bytes finds what is above */
static void test_skip(void **unused)
{
	u8 a[OBPBL_KEY_SIZE] = { 0x20, 1, 0xd, 0xb8 }, b[OBPBL_KEY_SIZE];
	struct history *h = history_new(16);
	unsigned int i;

	(void)unused;
	assert_int_equal(set(h, a, 32, 32), 0);
	assert_int_equal(set(h, (u8[OBPBL_KEY_SIZE]){ }, 0, 99), 0);
	a[15] = 1;
	assert_int_equal(set(h, a, 128, 1), 0);
	a[15] = 2;
	assert_int_equal(set(h, a, 128, 2), 0);
	for (i = 0; i < 128; i++) {
		memcpy(b, a, sizeof(b));
		b[i / 8] ^= 128 >> i % 8;
		assert_lookup(&h->trie, &h->model, b, 128);
		assert_get(&h->trie, &h->model, b, 128);
		assert_int_equal(set(h, b, 128, 3), 0);
		assert_table(&h->trie, &h->model, 16, 5);
		assert_int_equal(del(h, b, 128), 0);
		assert_table(&h->trie, &h->model, 16, 5);
	}
	history_free(h);
}

/* ::1 and ::2 in each of many /64: a node each, not eight */
static void test_low_addresses(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { 0x20, 1, 0xd, 0xb8 };
	struct history *h = history_new(16);
	unsigned int i;

	(void)unused;
	for (i = 0; i < 250; i++) {
		key[6] = i / 25;
		key[7] = i;
		key[15] = 1;
		assert_int_equal(set(h, key, 128, i), 0);
		key[15] = 2;
		assert_int_equal(set(h, key, 128, i), 0);
	}
	assert_true(h->bytes / h->trie.count < 110);
	assert_table(&h->trie, &h->model, 16, 300);
	history_free(h);
}

/* 26 bits below a node's byte fit in its slot, one more takes a leaf */
static void test_inline(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { 0x20, 1, 0xd, 0xb8, 0x40 };
	struct history *h = history_new(16);

	(void)unused;
	assert_int_equal(set(h, key, 34, 1), 0);
	assert_int_equal(node_bytes(h->trie.root), 128);
	assert_int_equal(del(h, key, 34), 0);
	assert_int_equal(set(h, key, 35, 1), 0);
	assert_int_equal(node_bytes(h->trie.root), 128 + 32);
	history_free(h);
}

/* An address plan: nearly nothing but bits and values */
static void test_compact(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { 100, 64 };
	struct history *h = history_new(4);
	unsigned int i;

	(void)unused;
	for (i = 0; i < 1 << 14; i++) {
		key[2] = i >> 8;
		key[3] = i;
		assert_int_equal(obpbl_trie_set(&h->trie, &h->txn, key, 32, i),
				 0);
	}
	assert_true(h->bytes <= 81UL * (1 << 14) / 10);
	assert_accounted(h);
	history_free(h);
}

/* The largest node there is */
static void test_full_node(void **unused)
{
	struct history *h = history_new(4);
	u8 key[OBPBL_KEY_SIZE] = { };
	unsigned int i, len;

	(void)unused;
	for (len = 0; len <= 8; len++) {
		for (i = 0; i < 1U << len; i++) {
			key[0] = i << (8 - len);
			obpbl_trie_set(&h->trie, &h->txn, key, len, i);
		}
	}
	for (i = 0; i < 256; i++) {
		key[0] = i;
		obpbl_trie_set(&h->trie, &h->txn, key, 9, i);
	}
	assert_int_equal(h->trie.count, 767);
	assert_int_equal(node_size(h->trie.root),
			 sizeof(struct obpbl_node) + 256 * 8 + 511 * 4);
	assert_sound(h->trie.root, true);
	for (len = 0; len <= 8; len++) {
		for (i = 0; i < 1U << len; i++) {
			key[0] = i << (8 - len);
			assert_int_equal(obpbl_trie_del(&h->trie, &h->txn, key,
							len), 0);
		}
	}
	assert_int_equal(node_size(h->trie.root),
			 sizeof(struct obpbl_node) + 256 * 8);
	assert_sound(h->trie.root, true);
	history_free(h);
}

static void test_replace(void **unused)
{
	struct history *h = history_new(16);
	u8 key[OBPBL_KEY_SIZE];
	unsigned int i, n, len;
	unsigned long calls;
	struct obpbl_trie was;

	(void)unused;
	for (i = 0; i < 300; i++)
		mutate(h, 300);
	history_commit(h);
	was = h->trie;
	calls = shim_alloc.calls;
	for (i = 0; i < h->model.count; i++)
		assert_int_equal(set(h, h->model.entry[i].key,
				     h->model.entry[i].len,
				     h->model.entry[i].value), 0);
	assert_int_equal(shim_alloc.calls, calls);
	assert_ptr_equal(h->trie.root, was.root);
	n = h->model.count;
	for (i = 0; i < n; i++) {
		memcpy(key, h->model.entry[i].key, sizeof(key));
		len = h->model.entry[i].len;
		assert_int_equal(set(h, key, len, ~h->model.entry[i].value), 0);
		assert_int_equal(h->trie.count, n);
	}
	assert_history(h, 100);
	history_free(h);
}

/* Every less specific prefix, by asking for what is shorter than the last */
static void test_less_specific(void **unused)
{
	unsigned int i, j, maxlen, bytes;
	struct obpbl_match match;
	u8 key[OBPBL_KEY_SIZE];
	struct history *h;
	struct entry *entry;

	(void)unused;
	for (bytes = 4; bytes <= 16; bytes += 12) {
		h = history_new(bytes);
		for (i = 0; i < 600; i++)
			mutate(h, 500);
		for (i = 0; i < 40; i++) {
			any_key(key, bytes, &h->model);
			for (j = 0; j <= 128; j++)
				assert_lookup(&h->trie, &h->model, key, j);
			for (maxlen = 128; obpbl_trie_lookup(&h->trie, key,
						maxlen, &match);
			     maxlen = match.len - 1) {
				entry = model_lookup(&h->model, key, maxlen);
				assert_int_equal(match.len, entry->len);
				if (!match.len)
					break;
			}
		}
		history_free(h);
	}
}

static void assert_next(struct history *h, const struct model *sorted,
			const struct entry *from)
{
	struct obpbl_trie_walk walk;
	struct entry at = *from;
	bool started = true;
	unsigned int i = 0;
	u32 value;

	while (i < sorted->count && entry_order(sorted->entry + i, from) <= 0)
		i++;
	assert_int_equal(obpbl_trie_next(&h->trie, at.key, &at.len, &started,
					 &value), i < sorted->count);
	if (i == sorted->count)
		return;
	assert_memory_equal(at.key, sorted->entry[i].key, sizeof(at.key));
	assert_int_equal(at.len, sorted->entry[i].len);
	assert_int_equal(value, sorted->entry[i].value);
	obpbl_trie_walk_resume(&walk, &h->trie, from->key, from->len);
	assert_walk(&walk, sorted->entry + i,
		    sorted->entry + min(i + 50, sorted->count));
}

/* Resume from any prefix, there or not */
static void test_resume(void **unused)
{
	unsigned int i, bytes, round;
	struct model *sorted = malloc(sizeof(*sorted));
	struct entry from = { };
	struct history *h;

	(void)unused;
	for (round = 0; round < 10 * rounds; round++) {
		bytes = round % 2 ? 4 : 16;
		h = history_new(bytes);
		for (i = 0; i < 30 + 50 * round % 500; i++)
			mutate(h, 400);
		*sorted = h->model;
		qsort(sorted->entry, sorted->count, sizeof(from), entry_order);
		for (i = 0; i < 2000; i++) {
			from.len = any_prefix(from.key, bytes, &h->model);
			assert_next(h, sorted, &from);
		}
		history_free(h);
	}
	free(sorted);
}

/* Tests: random */

static void random_changes(unsigned int bytes, unsigned int target)
{
	struct history *h = history_new(bytes);
	unsigned int i;

	for (i = 0; i < 6 * target; i++) {
		mutate(h, i < 3 * target ? target : 0);
		if (!rnd(50 + target))
			assert_table(&h->trie, &h->model, bytes, 50);
		if (!rnd(40))
			history_commit(h);
		if (h->count > 3)
			history_drop(h, rnd(h->count - 1));
	}
	assert_history(h, 200);
	history_free(h);
}

static void test_random(void **unused)
{
	static const unsigned int targets[] = { 3, 10, 40, 200, 500 };
	unsigned int i, round;

	(void)unused;
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < ARRAY_SIZE(targets); i++) {
			random_changes(4, targets[i]);
			random_changes(16, targets[i]);
		}
	}
}

/* All orders in which a few neighbours can come and go */
static void orders(const struct entry *entry, unsigned int *order,
		   unsigned int n, unsigned int k)
{
	struct history *h;
	unsigned int i;

	for (i = k; i < n; i++) {
		swap(order[k], order[i]);
		orders(entry, order, n, k + 1);
		swap(order[k], order[i]);
	}
	if (k < n)
		return;
	h = history_new(16);
	for (i = 0; i < n; i++) {
		assert_int_equal(set(h, entry[order[i]].key,
				     entry[order[i]].len, i), 0);
		assert_canonical(&h->trie, &h->model);
		if (order[0] % 2)
			history_commit(h);
	}
	for (i = 0; i < n; i++) {
		assert_int_equal(del(h, entry[order[(i * 2 + 1) % n]].key,
				     entry[order[(i * 2 + 1) % n]].len), 0);
		assert_canonical(&h->trie, &h->model);
	}
	history_free(h);
}

static void test_orders(void **unused)
{
	unsigned int order[5], i, round;
	struct entry entry[5];
	struct model model;

	(void)unused;
	for (round = 0; round < 12 * rounds; round++) {
		model.count = 0;
		while (model.count < ARRAY_SIZE(entry)) {
			i = any_prefix(entry[0].key, 16, &model);
			model_set(&model, entry[0].key, i, 0);
		}
		for (i = 0; i < ARRAY_SIZE(entry); i++) {
			entry[i] = model.entry[i];
			order[i] = i;
		}
		orders(entry, order, ARRAY_SIZE(entry), 0);
	}
}

/* Tests: versions */

static void history_step(struct history *h, unsigned int target)
{
	unsigned int i, n = 1 + rnd(rnd(2) ? 3 : 60);

	if (h->count == VERSIONS)
		history_drop(h, rnd(h->count - 1));
	for (i = 0; i < n; i++)
		mutate(h, target);
	switch (rnd(12)) {
	case 0:
		history_abort(h);
		break;
	case 1:
		if (!h->count)
			break;
		history_abort(h);
		history_rollback(h);
		break;
	case 2 ... 4:
		if (h->count > 1)
			history_drop(h, rnd(h->count - 1));
		break;
	default:
		history_commit(h);
	}
}

static void test_history(void **unused)
{
	unsigned int round, i;
	struct history *h;

	(void)unused;
	for (round = 0; round < 6 * rounds; round++) {
		h = history_new(round % 2 ? 4 : 16);
		for (i = 0; i < 60; i++) {
			history_step(h, round < 3 ? 30 : 200);
			if (!rnd(30))
				assert_history(h, 10);
		}
		assert_history(h, 20);
		/* Drop in random order; whoever is left stays whole */
		while (h->count > 1) {
			history_drop(h, rnd(h->count - 1));
			if (!rnd(6))
				assert_history(h, 5);
		}
		assert_history(h, 20);
		history_free(h);
	}
}

static void kill_table(struct history *h)
{
	assert_int_equal(obpbl_txn_reserve(&h->txn, 1), 0);
	obpbl_trie_retire(&h->trie, &h->txn);
	h->model.count = 0;
	assert_null(h->trie.root);
	assert_int_equal(h->trie.count, 0);
}

/* Tables replaced wholesale, with and without changes before, versions held */
static void test_kill(void **unused)
{
	unsigned int round, i;
	struct history *h;

	(void)unused;
	for (round = 0; round < 6 * rounds; round++) {
		h = history_new(round % 2 ? 4 : 16);
		for (i = 0; i < 80; i++) {
			history_step(h, 40);
			if (rnd(3))
				continue;
			kill_table(h);
			if (rnd(2))
				history_step(h, 60);
		}
		assert_history(h, 20);
		while (h->count > 1) {
			history_drop(h, rnd(h->count - 1));
			if (!rnd(4))
				assert_history(h, 5);
		}
		history_free(h);
	}
}

/* Killing an old table is one entry, whatever its size */
static void test_kill_is_constant(void **unused)
{
	u8 key[OBPBL_KEY_SIZE] = { 10 };
	struct history *h = history_new(4);
	unsigned long calls;
	unsigned int i;

	(void)unused;
	for (i = 0; i < 5000; i++) {
		key[1] = i >> 8;
		key[2] = i;
		assert_int_equal(obpbl_trie_set(&h->trie, &h->txn, key, 30, i),
				 0);
	}
	history_commit(h);
	calls = shim_alloc.calls;
	assert_int_equal(obpbl_txn_reserve(&h->txn, 1), 0);
	obpbl_trie_retire(&h->trie, &h->txn);
	assert_int_equal(shim_alloc.calls, calls + 1);
	assert_int_equal(h->txn.dead.head->used, 1);
	h->model.count = 0;
	history_commit(h);
	calls = shim_alloc.calls;
	history_drop(h, 0);
	assert_int_equal(shim_alloc.calls, calls);
	assert_int_equal(h->bytes, 0);
	history_free(h);
}

/* Tests: refusals */

/* Everything that a trie consists of, as it lies in memory */
struct image {
	struct obpbl_trie trie;
	size_t used;
	u8 data[1 << 20];
};

static void image_put(struct image *image, const void *ptr, size_t size)
{
	assert_true(image->used + sizeof(ptr) + size <= sizeof(image->data));
	memcpy(image->data + image->used, &ptr, sizeof(ptr));
	memcpy(image->data + image->used + sizeof(ptr), ptr, size);
	image->used += sizeof(ptr) + size;
}

static void image_node(struct image *image, const struct obpbl_node *node)
{
	unsigned int i;

	image_put(image, node, node_size(node));
	for (i = 0; i < node->nslots; i++) {
		if (slot_leaf(node->slot[i]))
			image_put(image, slot_leaf(node->slot[i]),
				  sizeof(struct obpbl_leaf));
		if (slot_is_node(node->slot[i]))
			image_node(image, slot_node(node->slot[i]));
	}
}

static void image_take(struct image *image, const struct obpbl_trie *trie)
{
	image->trie = *trie;
	image->used = 0;
	if (trie->root)
		image_node(image, trie->root);
}

/* The same change as in mutate(), which may fail; returns its error */
static int try_change(struct history *h, bool add, const u8 *key,
		      unsigned int len, u32 value)
{
	return add ? obpbl_trie_set(&h->trie, &h->txn, key, len, value) :
		     obpbl_trie_del(&h->trie, &h->txn, key, len);
}

/* Fail the first allocation of a change, then the second, ... */
static unsigned int fail_each(struct history *h, struct image *before,
			      struct image *after, bool limit)
{
	bool add = rnd(3) || !h->model.count;
	u8 key[OBPBL_KEY_SIZE];
	unsigned int len, nth, dead = dead_entries(&h->txn.dead);
	u64 lists, bytes, room = 0;
	u32 value = rnd64();
	int err;

	len = any_prefix(key, h->bytes_of_key, &h->model);
	if (!add && !model_find(&h->model, key, len))
		return 0;
	image_take(before, &h->trie);
	for (nth = 1;; nth++) {
		lists = dead_bytes(&h->txn.dead);
		bytes = h->bytes;
		shim_alloc.fail_nth = limit ? 0 : nth;
		h->txn.limit = limit ? bytes + room : U64_MAX;
		room += 32;
		err = try_change(h, add, key, len, value);
		if (!err)
			break;
		assert_int_equal(err, limit ? -ENOSPC : -ENOMEM);
		image_take(after, &h->trie);
		assert_memory_equal(before, after,
				    offsetof(struct image, data) +
				    before->used);
		assert_int_equal(dead_entries(&h->txn.dead), dead);
		assert_int_equal(h->bytes - bytes,
				 dead_bytes(&h->txn.dead) - lists);
		assert_accounted(h);
		assert_true(nth < 2000);
	}
	shim_alloc.fail_nth = 0;
	h->txn.limit = U64_MAX;
	if (add)
		model_set(&h->model, key, len, value);
	else
		model_del(&h->model, key, len);
	return nth - 1;
}

static void refuse(bool limit)
{
	struct image *image = calloc(2, sizeof(*image));
	unsigned int round, i, faults;
	struct history *h;

	assert_non_null(image);
	for (round = 0; round < 4 * rounds; round++) {
		h = history_new(round % 2 ? 4 : 16);
		for (i = 0, faults = 0; i < 300; i++) {
			faults += fail_each(h, image, image + 1, limit);
			if (!rnd(3))
				history_commit(h);
			if (h->count > 4)
				history_drop(h, rnd(h->count - 1));
		}
		assert_true(faults > 150);
		assert_history(h, 50);
		history_free(h);
	}
	free(image);
}

static void test_no_memory(void **unused)
{
	(void)unused;
	refuse(false);
}

static void test_limit(void **unused)
{
	(void)unused;
	refuse(true);
}

/* A long transaction that meets a fault and gives up leaves nothing behind */
static void test_abort(void **unused)
{
	struct image *image = calloc(2, sizeof(*image));
	struct history *h = history_new(16);
	u8 key[OBPBL_KEY_SIZE];
	unsigned int i, nth;
	u64 bytes;

	(void)unused;
	for (i = 0; i < 150; i++)
		mutate(h, 150);
	history_commit(h);
	for (nth = 1; nth < 400; nth += 1 + nth / 20) {
		bytes = h->bytes;
		image_take(image, &h->trie);
		shim_alloc.fail_nth = nth;
		while (shim_alloc.fail_nth) {
			i = any_prefix(key, 16, &h->model);
			try_change(h, rnd(3), key, i, rnd64());
		}
		history_abort(h);
		assert_int_equal(h->bytes, bytes);
		image_take(image + 1, &h->trie);
		assert_memory_equal(image, image + 1,
				    offsetof(struct image, data) + image->used);
	}
	assert_history(h, 50);
	history_free(h);
	free(image);
}

/* Objects of others that share the history: vectors, ISPs, overlays */

static void test_objects(void **unused)
{
	u64 bytes = 0;
	struct obpbl_txn txn = { .version = 5, .bytes = &bytes, .limit = 200 };
	struct obpbl_dead keep = { };
	struct obpbl_obj *a, *b;

	(void)unused;
	a = obpbl_txn_alloc(&txn, 100);
	assert_false(IS_ERR(a));
	assert_int_equal(a->birth, 5);
	assert_int_equal(bytes, 128);
	assert_int_equal(PTR_ERR(obpbl_txn_alloc(&txn, 65)), -ENOSPC);
	shim_alloc.fail_nth = 1;
	assert_int_equal(PTR_ERR(obpbl_txn_alloc(&txn, 8)), -ENOMEM);
	assert_int_equal(bytes, 128);
	b = obpbl_txn_alloc(&txn, 64);
	obpbl_txn_retire(&txn, NULL);
	obpbl_txn_retire(&txn, b);		/* ours: gone at once */
	assert_int_equal(bytes, 128);

	txn.version = 7;
	b = obpbl_txn_alloc(&txn, 60);
	shim_alloc.fail_nth = 1;
	assert_int_equal(obpbl_txn_reserve(&txn, 1), -ENOMEM);
	assert_int_equal(obpbl_txn_reserve(&txn, 0), 0);
	assert_null(txn.dead.head);
	txn.version = 9;
	assert_int_equal(obpbl_txn_reserve(&txn, 2), 0);
	obpbl_txn_retire(&txn, a);
	obpbl_txn_retire(&txn, b);
	assert_int_equal(bytes, 128 + 64 + 64);
	/* Version 7 goes, 5 stays: b was born behind it, a before */
	obpbl_dead_drop(&txn.dead, 5, true, &keep, &bytes);
	assert_int_equal(bytes, 128 + 64);
	assert_int_equal(dead_entries(&keep), 1);
	obpbl_dead_drop(&keep, 0, false, NULL, &bytes);
	assert_int_equal(bytes, 0);
}

/* A reservation holds, however large, and dead lists merge without memory */
static void test_reserve(void **unused)
{
	static const unsigned int sizes[] = { 1, 6, 7, 20, 500, 600, 3000 };
	u64 bytes = 0;
	struct obpbl_txn txn = { .version = 1, .bytes = &bytes,
				 .limit = U64_MAX };
	static struct obpbl_obj *obj[5000];
	struct obpbl_dead keep = { };
	unsigned int i, n = 0, next = 0;
	unsigned long calls;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(obj); i++) {
		txn.version = 1 + i % 2;
		obj[i] = obpbl_txn_alloc(&txn, 16);
	}
	txn.version = 3;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(obpbl_txn_reserve(&txn, sizes[i]), 0);
		calls = shim_alloc.calls;
		for (n = 0; n < sizes[i]; n++)
			obpbl_txn_retire(&txn, obj[next++]);
		assert_int_equal(shim_alloc.calls, calls);
	}
	for (; next < ARRAY_SIZE(obj); next++) {
		assert_int_equal(obpbl_txn_reserve(&txn, 1), 0);
		obpbl_txn_retire(&txn, obj[next]);
	}
	assert_int_equal(dead_entries(&txn.dead), ARRAY_SIZE(obj));
	calls = shim_alloc.calls;
	obpbl_dead_drop(&txn.dead, 1, true, &keep, &bytes);
	assert_int_equal(dead_entries(&keep), ARRAY_SIZE(obj) / 2);
	assert_int_equal(bytes, dead_bytes(&keep) + 16 * ARRAY_SIZE(obj) / 2);
	obpbl_dead_drop(&keep, 0, false, NULL, &bytes);
	assert_int_equal(shim_alloc.calls, calls);
	assert_int_equal(bytes, 0);
}

#define test(f)	cmocka_unit_test_setup_teardown(test_##f, reseed, leak_free)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(empty),
		test(lengths),
		test(extremes),
		test(nest),
		test(skip),
		test(low_addresses),
		test(inline),
		test(compact),
		test(full_node),
		test(replace),
		test(less_specific),
		test(resume),
		test(random),
		test(orders),
		test(history),
		test(kill),
		test(kill_is_constant),
		test(no_memory),
		test(limit),
		test(abort),
		test(objects),
		test(reserve),
	};
	const char *env = getenv("SEED");

	seed = env ? strtoull(env, NULL, 0) : (u64)time(NULL);
	env = getenv("ROUNDS");
	if (env)
		rounds = strtoul(env, NULL, 0);
	printf("# SEED=%llu ROUNDS=%u\n", (unsigned long long)seed, rounds);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
