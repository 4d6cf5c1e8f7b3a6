// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts while the policy changes, each compared with what it must be:
 *
 *	churn LOOKUPS [READERS]
 *	churn latency FILE
 *
 * A generation of the policy is a set of prefixes that anybody can compute from
 * its number alone: prefixes come and go in a fixed random order, one each
 * generation.  So a reader that has a snapshot knows every verdict of it, and a
 * node that was freed too early, or written after it was published, is a wrong
 * one.  The writer also throws transactions away, replaces the whole policy as
 * apply does, and keeps old snapshots for a while as dumps do.  What it lets go
 * of is freed beside it, by another thread, after a grace period.
 *
 * "latency" appends to FILE how long the slowest of a hundred verdicts takes
 * with 10,000 changes a second, and with none, on a table of a million.
 */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../unit/core.h"
#include "decision.h"
#include "rcu.h"

#define STACKS		1024	/* half of them of each family */
#define DEPTH		6
#define PREFIXES	(STACKS * DEPTH)
#define FILL		1000000
#define RETIRED		64	/* snapshots that wait to be freed */
#define HELD		8	/* snapshots that dumps hold */
#define READERS		16
#define BATCH		16	/* verdicts on one snapshot */

static const u8 lengths[OBPBL_FAMILIES][DEPTH] = {
	{ 14, 18, 22, 25, 28, 32 },
	{ 40, 44, 48, 56, 64, 128 },
};

/* Addresses of the nests, and when which prefix of them comes or goes */
static u8 address[STACKS][OBPBL_KEY_SIZE];
static u32 order[PREFIXES], turn[PREFIXES];

static struct obpbl_history history;
static struct obpbl_transaction t;
static struct obpbl_policy *held[HELD];
static void *current_policy;

static u64 wanted, done, wrong;
static bool stop;

static u64 draw(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ---- the oracle ---------------------------------------------------------- */

static u8 family_of(u32 stack)
{
	return stack % OBPBL_FAMILIES;
}

static u8 class_of(u32 stack, u32 depth)
{
	return (stack / 2 + depth) % 2 ? OBPBL_CLASS_STATIC :
					 OBPBL_CLASS_DYNAMIC;
}

/* After so many changes */
static bool present(u32 prefix, u64 changes)
{
	u32 at = turn[prefix];

	return changes > at && ((changes - 1 - at) / PREFIXES + 1) % 2;
}

/* Generation 1 has the ISP alone */
static u64 changes_of(const struct obpbl_policy *policy)
{
	return policy->generation - 1;
}

/* Of an address that has the first @depth prefixes of its nest in common */
static u8 expected(u32 stack, u32 depth, u64 changes)
{
	while (depth--) {
		if (present(stack * DEPTH + depth, changes))
			return class_of(stack, depth);
	}
	return OBPBL_CLASS_NONE;
}

/* ---- readers ------------------------------------------------------------- */

static void flow_to(struct obpbl_flow *flow, u32 stack, u32 depth)
{
	static const u8 outside[OBPBL_FAMILIES][4] = {
		{ 198, 51, 100, 1 }, { 0x20, 0x01, 0x0d, 0xb8 },
	};
	u8 family = family_of(stack), bit;

	memset(flow, 0, sizeof(*flow));
	flow->family = family;
	flow->sport = 40000;
	flow->dport = 25;
	flow->tcp_flags = OBPBL_TCP_SYN;
	memcpy(flow->src, address[stack], OBPBL_KEY_SIZE);
	memcpy(flow->dst, outside[family], 4);
	if (depth < DEPTH) {
		bit = lengths[family][depth] - 1;
		flow->src[bit / 8] ^= 0x80 >> bit % 8;
	}
}

static u8 judge(const struct obpbl_policy *policy,
		const struct obpbl_flow *flow, u8 *verdict)
{
	struct obpbl_question question = {
		policy, flow, { .mode = OBPBL_MODE_ENFORCE }, 0
	};
	struct obpbl_decision decision;

	*verdict = OBPBL_VERDICT_PASS;
	if (!obpbl_judge(&question, OBPBL_LIVE, &decision))
		return OBPBL_CLASS_NONE;
	*verdict = decision.verdict;
	return decision.src_class;
}

static void look(const struct obpbl_policy *policy, u64 *seed)
{
	u32 stack = draw(seed) % STACKS, depth = draw(seed) % (DEPTH + 1);
	struct obpbl_flow flow;
	u8 want, class, verdict;

	flow_to(&flow, stack, depth);
	want = expected(stack, depth, changes_of(policy));
	class = judge(policy, &flow, &verdict);
	if (class == want && (verdict == OBPBL_VERDICT_BLOCK) ==
			     (want == OBPBL_CLASS_DYNAMIC))
		return;
	if (!__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED))
		printf("# generation %llu, nest %u, depth %u: class %u, not %u\n",
		       (unsigned long long)policy->generation, stack, depth,
		       class, want);
}

static void *read_on(void *arg)
{
	u64 seed = 0x9e3779b97f4a7c15ULL * ((unsigned long)arg + 1);
	unsigned int i;

	reader_register();
	while (__atomic_load_n(&done, __ATOMIC_RELAXED) < wanted) {
		read_begin();
		for (i = 0; i < BATCH; i++)
			look(published(&current_policy), &seed);
		read_end();
		__atomic_fetch_add(&done, BATCH, __ATOMIC_RELAXED);
	}
	reader_unregister();
	return NULL;
}

/* ---- the writer ---------------------------------------------------------- */

static void check(int error)
{
	if (error)
		errx(1, "a change was refused: %s", strerror(-error));
}

static void begin(void)
{
	check(core_begin(&t, &history, U32_MAX));
}

static void add_isp(void)
{
	struct obpbl_isp_config config = {
		.name = "churn", .mode = OBPBL_MODE_ENFORCE,
		.policy = OBPBL_POLICY_OUTSIDE,
	};

	check(core_isp_add(&t, 1, &config));
}

static struct obpbl_prefix prefix_of(u32 stack, u32 depth)
{
	u8 family = family_of(stack), len = lengths[family][depth];
	struct obpbl_prefix prefix = { .family = family, .len = len };

	memcpy(prefix.key, address[stack], len / 8);
	if (len % 8)
		prefix.key[len / 8] = address[stack][len / 8] &
				      (0xff00 >> len % 8);
	return prefix;
}

static void put(u32 number, bool there)
{
	u32 stack = number / DEPTH, depth = number % DEPTH;
	struct obpbl_prefix prefix = prefix_of(stack, depth);
	u8 class = class_of(stack, depth);

	check(there ? core_prefix_add(&t, 1, class, &prefix, false) :
		      core_prefix_del(&t, 1, class, &prefix));
}

static void put_all(u64 changes)
{
	u32 i;

	check(obpbl_transaction_empty(&t, OBPBL_LIVE));
	add_isp();
	for (i = 0; i < PREFIXES; i++) {
		if (present(i, changes))
			put(i, true);
	}
}

/*
 * What is let go of, for the thread that frees it, half of the room at a time
 * for one grace period.
 */
static struct gone {
	struct obpbl_policy *policy;
	bool aborted;
} gone[RETIRED];
static unsigned int ngone;
static bool closing;
static pthread_t reaper;
static pthread_mutex_t gone_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gone_some = PTHREAD_COND_INITIALIZER;
static pthread_cond_t gone_room = PTHREAD_COND_INITIALIZER;

static void let_go(struct obpbl_policy *policy, bool aborted)
{
	if (!policy)
		return;
	pthread_mutex_lock(&gone_lock);
	while (ngone == RETIRED)
		pthread_cond_wait(&gone_room, &gone_lock);
	gone[ngone++] = (struct gone) { policy, aborted };
	pthread_cond_signal(&gone_some);
	pthread_mutex_unlock(&gone_lock);
}

static unsigned int take_gone(struct gone *batch)
{
	unsigned int n;

	pthread_mutex_lock(&gone_lock);
	while (ngone < RETIRED / 2 && !closing)
		pthread_cond_wait(&gone_some, &gone_lock);
	n = ngone;
	memcpy(batch, gone, n * sizeof(*batch));
	ngone = 0;
	pthread_cond_signal(&gone_room);
	pthread_mutex_unlock(&gone_lock);
	return n;
}

static void *reap(void *arg)
{
	struct gone batch[RETIRED];
	unsigned int i, n;

	while ((n = take_gone(batch))) {
		grace_period();
		for (i = 0; i < n; i++) {
			if (batch[i].aborted)
				obpbl_policy_free(&history, batch[i].policy);
			else
				core_put(&history, batch[i].policy);
		}
	}
	return arg;
}

static void commit(void)
{
	struct obpbl_policy *old = obpbl_transaction_commit(&t);

	publish(&current_policy, history.current_policy);
	let_go(old, false);
}

/* An old snapshot is still what it was, whatever has been let go of since */
static void hold(u64 *seed)
{
	u32 i = draw(seed) % HELD, n = held[i] ? 100 : 0;

	while (n--)
		look(held[i], seed);
	let_go(held[i], false);
	held[i] = obpbl_policy_hold(&history);
}

static void change(u64 *seed)
{
	u64 changes = changes_of(history.current_policy) + 1;
	u32 chance = draw(seed) % 4096;
	u32 number = order[(changes - 1) % PREFIXES];

	begin();
	if (!chance)
		put_all(changes);
	else
		put(number, present(number, changes));
	if (chance < 512) {
		let_go(obpbl_transaction_abort(&t), true);
		return;
	}
	commit();
	if (chance > 4000)
		hold(seed);
}

/* ---- set up and take down ------------------------------------------------ */

static void lay_out(u64 *seed)
{
	u32 i, j;

	for (i = 0; i < STACKS; i++) {
		for (j = 0; j < OBPBL_KEY_SIZE; j++)
			address[i][j] = family_of(i) == OBPBL_INET4 && j > 3 ?
					0 : draw(seed);
		/* Within 16.0.0.0/4, and 2a00::/16: a nest has its own */
		address[i][0] = family_of(i) == OBPBL_INET4 ?
				0x10 | i >> 6 : 0x2a;
		address[i][1] = family_of(i) == OBPBL_INET4 ? i << 2 : 0;
		if (family_of(i) == OBPBL_INET6) {
			address[i][2] = i >> 8;
			address[i][3] = i;
		}
	}
	for (i = 0; i < PREFIXES; i++) {
		j = draw(seed) % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
	for (i = 0; i < PREFIXES; i++)
		turn[order[i]] = i;
}

static void set_up(u64 *seed)
{
	lay_out(seed);
	check(obpbl_history_init(&history));
	if (pthread_create(&reaper, NULL, reap, NULL))
		err(1, "thread");
	begin();
	add_isp();
}

static void take_down(void)
{
	unsigned int i;

	for (i = 0; i < HELD; i++)
		let_go(held[i], false);
	pthread_mutex_lock(&gone_lock);
	closing = true;
	pthread_cond_signal(&gone_some);
	pthread_mutex_unlock(&gone_lock);
	pthread_join(reaper, NULL);
	obpbl_history_exit(&history);
}

static int churn(unsigned int readers)
{
	u64 seed = 25, generations;
	pthread_t thread[READERS];
	unsigned long i;

	set_up(&seed);
	commit();
	for (i = 0; i < readers; i++) {
		if (pthread_create(&thread[i], NULL, read_on, (void *)i))
			err(1, "thread");
	}
	while (__atomic_load_n(&done, __ATOMIC_RELAXED) < wanted)
		change(&seed);
	for (i = 0; i < readers; i++)
		pthread_join(thread[i], NULL);
	generations = history.current_policy->generation;
	take_down();
	printf("%s - %llu verdicts by %u readers during %llu changes: %llu wrong\n",
	       wrong ? "not ok" : "ok", (unsigned long long)done, readers,
	       (unsigned long long)generations, (unsigned long long)wrong);
	printf("%s - no memory is left\n", obpbl_history_bytes(&history) ? "not ok" : "ok");
	return wrong || obpbl_history_bytes(&history);
}

/* ---- latency ------------------------------------------------------------- */

#define BINS		65536	/* of a nanosecond */
#define ROUNDS		40
#define ROUND		400000	/* verdicts */

static u64 nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void *write_slowly(void *arg)
{
	u64 seed = 7, next = nanoseconds();
	struct timespec until;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		change(&seed);
		next += 100000;
		until.tv_sec = next / 1000000000;
		until.tv_nsec = next % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	return arg;
}

static void fill(u64 *seed)
{
	u32 i;

	for (i = 0; i < FILL; i++) {
		struct obpbl_prefix prefix = { .family = OBPBL_INET4 };
		u32 bits = draw(seed) | 0x80000000;

		prefix.len = 20 + draw(seed) % 5;
		prefix.key[0] = bits >> 24;
		prefix.key[1] = bits >> 16;
		prefix.key[2] = (bits >> 8) & (0xff00 >> (prefix.len - 16));
		check(core_prefix_add(&t, 1, OBPBL_CLASS_DYNAMIC,
					     &prefix, true));
	}
}

/* The time that 99 of 100 verdicts on random sources do not take longer than */
static u32 percentile(u64 *seed)
{
	static u32 bin[BINS];
	u32 i, left = ROUND / 100;
	struct obpbl_flow flow;
	u64 start, took, bits;
	u8 verdict;

	memset(bin, 0, sizeof(bin));
	for (i = 0; i < ROUND; i++) {
		flow_to(&flow, 0, DEPTH);
		bits = draw(seed);
		memcpy(flow.src, &bits, 4);
		flow.src[0] |= 0x80;
		start = nanoseconds();
		read_begin();
		judge(published(&current_policy), &flow, &verdict);
		read_end();
		took = nanoseconds() - start;
		bin[took < BINS ? took : BINS - 1]++;
	}
	for (i = BINS; left > bin[i - 1]; i--)
		left -= bin[i - 1];
	return i - 1;
}

static u32 round_of(bool writing, u64 *seed)
{
	pthread_t writer;
	u32 slowest;

	stop = false;
	if (writing && pthread_create(&writer, NULL, write_slowly, NULL))
		err(1, "thread");
	slowest = percentile(seed);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	if (writing)
		pthread_join(writer, NULL);
	return slowest;
}

static int latency(const char *path)
{
	FILE *file = fopen(path, "a");
	u64 seed = 25;
	unsigned int i;

	if (!file)
		err(1, "%s", path);
	set_up(&seed);
	fill(&seed);
	commit();
	reader_register();
	percentile(&seed);
	/* A B B A */
	for (i = 0; i < ROUNDS; i++) {
		u32 first = round_of(i % 2, &seed);
		u32 second = round_of(!(i % 2), &seed);

		fprintf(file, "{\"latency\": %u, \"with\": %u, \"without\": %u}\n",
			i, i % 2 ? first : second, i % 2 ? second : first);
	}
	reader_unregister();
	take_down();
	if (fclose(file))
		err(1, "%s", path);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int readers = argc > 2 ? atoi(argv[2]) : 2;

	if (argc == 3 && !strcmp(argv[1], "latency"))
		return latency(argv[2]);
	wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	if (!wanted || !readers || readers > READERS)
		errx(2, "usage: churn LOOKUPS [READERS] | latency FILE");
	return churn(readers);
}
