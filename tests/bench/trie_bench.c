// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the prefix table costs: bytes, lookups, changes, beside a sorted array.
 *
 *	trie_bench [-j RESULTS] [FILE]
 *
 * FILE: prefixes, one CIDR a line, both families, plain or .gz.  RESULTS gets
 * the same numbers, a JSON object a line.  Times are the best of a few runs:
 * compare rows of one run, not of two machines.  Every lookup of the trie is
 * checked against the array by a sum.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "dead.h"
#include "trie.h"

#define RUNS	5
#define PROBES	(1U << 20)
#define HOT	1000
#define CHANGES	20000
#define BATCH	1000

typedef unsigned __int128 u128;

struct entry {
	u8 key[OBPBL_KEY_SIZE];
	u8 len;
	u32 value;
};

struct table {
	const char *name;
	struct entry *entry;
	unsigned int count;
	unsigned int room;
	unsigned int width;	/* bits of an address */
};

/* The oracle: where the best match changes, in order of addresses */
struct array {
	u128 *start;
	u32 *value;		/* 0: none */
	unsigned int count;
};

static u64 state = 25;

/* splitmix64 */
static u64 rnd64(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void *grow(void *ptr, size_t size)
{
	ptr = realloc(ptr, size);
	if (!ptr)
		abort();
	return ptr;
}

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "trie_bench: %s\n", what);
	exit(1);
}

/* Results for programs */

static FILE *results;

static void say(const char *table, const char *what, double ours,
		double theirs)
{
	if (results)
		fprintf(results, "{\"user\": \"%s\", \"what\": \"%s\", \"ours\": %g, \"theirs\": %g}\n",
			table, what, ours, theirs);
}

/* Tables */

static void add(struct table *table, const u8 *addr, unsigned int len)
{
	struct entry *entry;
	unsigned int i;

	if (table->count == table->room) {
		table->room = table->room ? 2 * table->room : 1024;
		table->entry = grow(table->entry,
				    table->room * sizeof(*entry));
	}
	entry = &table->entry[table->count++];
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->key, addr, table->width / 8);
	for (i = len; i < table->width; i++)
		entry->key[i / 8] &= ~(128 >> i % 8);
	entry->len = len;
}

static void shuffle(struct table *table)
{
	unsigned int i, other;

	for (i = table->count; i > 1; i--) {
		other = rnd64() % i;
		swap(table->entry[i - 1], table->entry[other]);
	}
}

static int order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int diff = memcmp(x->key, y->key, 16);

	return diff ? diff : x->len - y->len;
}

/* Sort, drop repeated prefixes, give each its own value */
static void sort(struct table *table)
{
	unsigned int i, n = 0;

	qsort(table->entry, table->count, sizeof(struct entry), order);
	for (i = 0; i < table->count; i++) {
		if (n && !order(table->entry + i, table->entry + n - 1))
			continue;
		table->entry[n] = table->entry[i];
		table->entry[n].value = n + 1;
		n++;
	}
	table->count = n;
}

static void add_line(struct table *v4, struct table *v6, char *line)
{
	char *slash = strchr(line, '/');
	u8 addr[16];

	line[strcspn(line, "\r\n \t")] = '\0';
	if (slash)
		*slash++ = '\0';
	if (inet_pton(AF_INET, line, addr) == 1)
		add(v4, addr, slash ? atoi(slash) : 32);
	else if (inet_pton(AF_INET6, line, addr) == 1)
		add(v6, addr, slash ? atoi(slash) : 128);
	else
		check(!line[0] || line[0] == '#', "not a prefix");
}

static void read_tables(struct table *v4, struct table *v6, const char *path)
{
	size_t len = strlen(path);
	bool packed = len > 3 && !strcmp(path + len - 3, ".gz");
	char line[256], command[4096];
	FILE *file;

	snprintf(command, sizeof(command), "gzip -dc '%s'", path);
	file = packed ? popen(command, "r") : fopen(path, "r");
	check(file, "cannot read the file");
	while (fgets(line, sizeof(line), file))
		add_line(v4, v6, line);
	check(!(packed ? pclose(file) : fclose(file)), "cannot read the file");
}

/* Subscribers in four pools, which are nearly full */
static void sessions_v4(struct table *table)
{
	unsigned int pool, i;
	u32 addr;

	for (pool = 0; pool < 4; pool++) {
		for (i = 0; i < 1U << 18; i++) {
			addr = htonl(0x64400000 + (pool << 18) + i);
			if (rnd64() % 100 < 85)
				add(table, (u8 *)&addr, 32);
		}
	}
}

static void sessions_v6(struct table *table)
{
	u8 addr[16] = { 0x20, 1, 0xd, 0xb8 };
	unsigned int i;

	for (i = 0; i < 1U << 20; i++) {
		addr[4] = i >> 16;
		addr[5] = i >> 8;
		addr[6] = i;
		if (rnd64() % 100 < 85)
			add(table, addr, 56);
	}
}

static void random_addresses(struct table *table)
{
	u64 addr[2];
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		addr[0] = rnd64();
		addr[1] = rnd64();
		add(table, (u8 *)addr, table->width);
	}
}

/* The array */

static u128 number(const u8 *key)
{
	u128 n = 0;
	unsigned int i;

	for (i = 0; i < 16; i++)
		n = n << 8 | key[i];
	return n;
}

static void array_put(struct array *array, u128 start, u32 value)
{
	if (array->count && array->start[array->count - 1] == start)
		array->count--;
	array->start[array->count] = start;
	array->value[array->count++] = value;
}

static u128 behind(const struct entry *entry)
{
	return number(entry->key) +
	       (entry->len ? (u128)1 << (128 - entry->len) : 0);
}

static void array_build(struct array *array, const struct table *table)
{
	const struct entry *stack[130];
	unsigned int depth = 0, i;
	const struct entry *entry;

	array->start = grow(NULL, (2UL * table->count + 2) * sizeof(u128));
	array->value = grow(NULL, (2UL * table->count + 2) * sizeof(u32));
	array->count = 0;
	array_put(array, 0, 0);
	for (i = 0; i <= table->count; i++) {
		entry = i < table->count ? table->entry + i : NULL;
		while (depth && (!entry || behind(stack[depth - 1]) - 1 <
					   number(entry->key))) {
			depth--;
			if (behind(stack[depth]))
				array_put(array, behind(stack[depth]), depth ?
					  stack[depth - 1]->value : 0);
		}
		if (!entry)
			break;
		array_put(array, number(entry->key), entry->value);
		stack[depth++] = entry;
	}
}

/* In 32 bits where that is enough, for an honest comparison of the times */
struct index {
	u32 *start32;
	const struct array *array;
};

static noinline u32 find32(const struct index *index,
					    const u8 *key)
{
	u32 addr = ntohl(*(const u32 *)key);
	const u32 *base = index->start32;
	unsigned int n = index->array->count, half;

	while (n > 1) {
		half = n / 2;
		base = base[half] <= addr ? base + half : base;
		n -= half;
	}
	return index->array->value[base - index->start32];
}

static noinline u32 find128(const struct index *index,
					     const u8 *key)
{
	const u128 *base = index->array->start;
	unsigned int n = index->array->count, half;
	u128 addr = number(key);

	while (n > 1) {
		half = n / 2;
		base = base[half] <= addr ? base + half : base;
		n -= half;
	}
	return index->array->value[base - index->array->start];
}

static u32 find_array(const void *arg, const u8 *key)
{
	const struct index *index = arg;

	return index->start32 ? find32(index, key) : find128(index, key);
}

static u32 find_trie(const void *arg, const u8 *key)
{
	struct obpbl_match match;

	if (!obpbl_trie_lookup(arg, key, OBPBL_MAX_LEN, &match))
		return 0;
	return match.value;
}

/* Lookups */

struct keys {
	u8 (*key)[OBPBL_KEY_SIZE];
	unsigned int count;
};

/* Addresses within random prefixes of the table */
static void make_keys(struct keys *keys, const struct table *table,
		      unsigned int n)
{
	const struct entry *entry;
	unsigned int i, bit;
	u64 low[2];

	keys->key = grow(NULL, (size_t)n * OBPBL_KEY_SIZE);
	keys->count = n;
	memset(keys->key, 0, (size_t)n * OBPBL_KEY_SIZE);
	for (i = 0; i < n; i++) {
		entry = &table->entry[rnd64() % table->count];
		low[0] = rnd64();
		low[1] = rnd64();
		memcpy(keys->key[i], low, table->width / 8);
		for (bit = 0; bit < entry->len; bit++) {
			keys->key[i][bit / 8] &= ~(128 >> bit % 8);
			keys->key[i][bit / 8] |= entry->key[bit / 8] &
						 128 >> bit % 8;
		}
	}
}

typedef u32 find_fn(const void *arg, const u8 *key);

struct result {
	double independent;
	double dependent;
	u64 sum;
};

static __always_inline struct result time_lookups(const struct keys *keys,
						  find_fn find, const void *arg)
{
	struct result best = { 1e9, 1e9, 0 };
	unsigned int run, i, at, never = 0;
	double start;
	u64 sum;

	for (run = 0; run < RUNS; run++) {
		start = now();
		for (i = 0, at = 0, sum = 0; i < PROBES; i++) {
			sum += find(arg, keys->key[at]);
			at = at + 1 == keys->count ? 0 : at + 1;
		}
		best.independent = min(best.independent,
				       (now() - start) / PROBES);
		best.sum = sum;
		start = now();
		for (i = 0, at = 0, sum = 0; i < PROBES; i++) {
			never = find(arg, keys->key[at]) >> 31;
			at = at + 1 + never >= keys->count ? 0 :
			     at + 1 + never;
			sum += never;
		}
		best.dependent = min(best.dependent, (now() - start) / PROBES);
	}
	check(!sum, "a value that does not exist");
	return best;
}

static void bench_lookups(const struct table *table,
			  const struct obpbl_trie *trie,
			  const struct index *index)
{
	static const unsigned int counts[] = { 256, HOT, 4096, PROBES };
	struct result ours, theirs;
	struct keys keys;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		make_keys(&keys, table, counts[i]);
		ours = time_lookups(&keys, find_trie, trie);
		theirs = time_lookups(&keys, find_array, index);
		check(ours.sum == theirs.sum, "the array disagrees");
		say(table->name, counts[i] == PROBES ? "uniform" : "hot",
		    ours.independent, theirs.independent);
		printf("  lookup, %7u keys: %6.1f ns, dependent %6.1f;  array %6.1f, %6.1f\n",
		       counts[i], ours.independent, ours.dependent,
		       theirs.independent, theirs.dependent);
		free(keys.key);
	}
}

/* Changes */

static u64 bytes;

static struct obpbl_txn new_txn(void)
{
	static u64 version;
	struct obpbl_txn txn = { .version = ++version, .bytes = &bytes,
				 .limit = U64_MAX };

	return txn;
}

static double build(struct obpbl_trie *trie, const struct table *table)
{
	struct obpbl_txn txn = new_txn();
	double start = now();
	unsigned int i;

	memset(trie, 0, sizeof(*trie));
	for (i = 0; i < table->count; i++)
		check(!obpbl_trie_set(trie, &txn, table->entry[i].key,
				      table->entry[i].len,
				      table->entry[i].value), "set failed");
	start = now() - start;
	obpbl_txn_forget(&txn);
	check(trie->count == table->count, "prefixes are missing");
	return start / table->count;
}

static double drop(struct obpbl_trie *trie)
{
	unsigned int count = trie->count;
	struct obpbl_txn txn = new_txn();
	double start;

	check(!obpbl_txn_reserve(&txn, 1), "no memory");
	obpbl_trie_retire(trie, &txn);
	start = now();
	obpbl_dead_drop(&txn.dead, 0, false, NULL, &bytes);
	return (now() - start) / count;
}

enum op { REPLACE, DELETE, INSERT };

static int change(struct obpbl_trie *trie, struct obpbl_txn *txn, enum op op,
		  const struct entry *entry)
{
	if (op == DELETE)
		return obpbl_trie_del(trie, txn, entry->key, entry->len);
	return obpbl_trie_set(trie, txn, entry->key, entry->len,
			      op == REPLACE ? ~entry->value : entry->value);
}

static int order_times(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* One change a transaction; the version before it is dropped, timed apart */
static void bench_single(struct obpbl_trie *trie, const struct entry *entry,
			 enum op op, double *median, double *drops)
{
	static double times[CHANGES];
	struct obpbl_txn txn;
	unsigned int i;
	double start;

	*drops = 0;
	for (i = 0; i < CHANGES; i++) {
		start = now();
		txn = new_txn();
		check(!change(trie, &txn, op, entry + i), "change failed");
		times[i] = now() - start;
		start = now();
		obpbl_dead_drop(&txn.dead, 0, false, NULL, &bytes);
		*drops += (now() - start) / CHANGES;
	}
	qsort(times, CHANGES, sizeof(*times), order_times);
	*median = times[CHANGES / 2];
}

static double bench_batch(struct obpbl_trie *trie, const struct entry *entry,
			  enum op op)
{
	double start = now();
	struct obpbl_txn txn;
	unsigned int i;

	for (i = 0; i < CHANGES; i++) {
		if (i % BATCH == 0)
			txn = new_txn();
		check(!change(trie, &txn, op, entry + i), "change failed");
		if (i % BATCH == BATCH - 1)
			obpbl_dead_drop(&txn.dead, 0, false, NULL, &bytes);
	}
	return (now() - start) / CHANGES;
}

static void bench_changes(struct obpbl_trie *trie, const struct table *table)
{
	const struct entry *entry = table->entry;
	static const enum op ops[] = { REPLACE, DELETE, INSERT };
	static const char *const names[] = { "replace", "delete", "insert" };
	double median, drops;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		bench_single(trie, entry, ops[i], &median, &drops);
		say(table->name, names[i], median, 0);
		printf("  %s, alone: median %4.0f ns, drop of the version before %4.0f ns;",
		       names[i], median, drops);
		printf("  a thousand in one, each %4.0f ns\n",
		       bench_batch(trie, entry + CHANGES, ops[i]));
	}
}

static double bench_next(const struct obpbl_trie *trie)
{
	u8 key[OBPBL_KEY_SIZE], len;
	double start = now();
	bool started = false;
	unsigned int n = 0;
	u32 value;

	while (obpbl_trie_next(trie, key, &len, &started, &value))
		n++;
	check(n == trie->count, "the iteration is not complete");
	return (now() - start) / n;
}

static void bench_table(struct table *table)
{
	struct obpbl_trie trie;
	struct array array;
	struct index index = { .array = &array };
	double sorted, unsorted, end;
	unsigned int i;

	if (!table->count)
		return;
	sort(table);
	array_build(&array, table);
	if (table->width == 32) {
		index.start32 = grow(NULL, array.count * sizeof(u32));
		for (i = 0; i < array.count; i++)
			index.start32[i] = array.start[i] >> 96;
	}
	sorted = build(&trie, table);
	drop(&trie);
	shuffle(table);
	unsorted = build(&trie, table);
	say(table->name, "prefixes", table->count, 0);
	say(table->name, "bytes", bytes, (table->width / 8 + 4.0) * array.count);
	printf("%s: %u prefixes, %.2f bytes each (array %.1f)\n", table->name,
	       table->count, (double)bytes / table->count,
	       (table->width / 8 + 4.0) * array.count / table->count);
	printf("  build, each: unsorted %.0f ns, sorted %.0f ns; iterate %.0f ns\n",
	       unsorted, sorted, bench_next(&trie));
	bench_lookups(table, &trie, &index);
	if (table->count >= 2 * CHANGES)
		bench_changes(&trie, table);
	end = drop(&trie);
	say(table->name, "drop", end * table->count, 0);
	printf("  drop of the whole: %.1f ns a prefix\n", end);
	check(!bytes, "bytes are left");
	free(array.start);
	free(array.value);
	free(index.start32);
}

/* The machine: what a load costs that depends on the one before */

static double chase(size_t size)
{
	size_t n = size / 64, i, other;
	char *memory = grow(NULL, size);
	size_t *order_of = grow(NULL, n * sizeof(*order_of));
	void **at = (void **)memory;
	double start;

	for (i = 0; i < n; i++)
		order_of[i] = i;
	for (i = n; i > 1; i--) {
		other = rnd64() % i;
		swap(order_of[i - 1], order_of[other]);
	}
	for (i = 0; i < n; i++)
		*(void **)(memory + 64 * order_of[i]) =
			memory + 64 * order_of[(i + 1) % n];
	for (i = 0; i < n; i++)
		at = *at;
	start = now();
	for (i = 0; i < PROBES; i++)
		at = *at;
	start = (now() - start) / PROBES;
	check(at, "the chain has an end");
	free(order_of);
	free(memory);
	return start;
}

static void bench_machine(void)
{
	static const unsigned int kib[] = { 16, 256, 4096, 16384, 262144 };
	unsigned int i;
	char name[32];
	double ns;

	printf("a load that depends on the one before, ns:");
	for (i = 0; i < ARRAY_SIZE(kib); i++) {
		ns = chase((size_t)kib[i] << 10);
		snprintf(name, sizeof(name), "%u KiB", kib[i]);
		say("machine", name, ns, 0);
		printf("  %s %.1f", name, ns);
	}
	printf("\n");
}

/* Pairs of neighbours, each in a block of their own: no node has more */
static void pairs(struct table *table)
{
	unsigned int i;
	u64 addr[2];

	for (i = 0; i < 250000; i++) {
		addr[0] = rnd64();
		addr[1] = rnd64();
		add(table, (u8 *)addr, 128);
		((u8 *)addr)[15] ^= 1 << rnd64() % 8;
		add(table, (u8 *)addr, 128);
	}
}

int main(int argc, char **argv)
{
	struct table file4 = { .name = "file, v4", .width = 32 };
	struct table file6 = { .name = "file, v6", .width = 128 };
	struct table made[] = {
		{ .name = "sessions, /32 in /14", .width = 32 },
		{ .name = "sessions, /56 in /36", .width = 128 },
		{ .name = "random /32", .width = 32 },
		{ .name = "random /128", .width = 128 },
		{ .name = "pairs of /128", .width = 128 },
	};
	unsigned int i;

	if (argc > 2 && !strcmp(argv[1], "-j")) {
		results = fopen(argv[2], "w");
		check(results, "cannot write the results");
		argc -= 2;
		argv += 2;
	}
	setlinebuf(stdout);
	bench_machine();
	if (argc > 1)
		read_tables(&file4, &file6, argv[1]);
	sessions_v4(&made[0]);
	sessions_v6(&made[1]);
	random_addresses(&made[2]);
	random_addresses(&made[3]);
	pairs(&made[4]);
	bench_table(&file4);
	bench_table(&file6);
	for (i = 0; i < ARRAY_SIZE(made); i++)
		bench_table(&made[i]);
	if (results)
		check(!fclose(results), "cannot write the results");
	return 0;
}
