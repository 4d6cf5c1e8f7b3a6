// SPDX-License-Identifier: GPL-2.0-only
/*
 * Feeds prepared packets to the stack and times that, for tests/bench.
 *
 * One file, /proc/obpbl_bench, takes a command a write:
 *
 *	peer NAME KIND [NUMBER]...	the writer's namespace becomes a peer
 *	keys FAMILY PATH		pairs of addresses, source first, packed
 *	run PATH FAMILY PROTOCOL PORT PACKETS ROUNDS [cold]
 *	forget				all peers, so that namespaces can end
 *
 * and reads as the last run's results, a batch a line: round, peer,
 * nanoseconds, packets, dropped packets, and a hash of the verdicts in order.
 *
 * PATH is "forward", from netif_receive_skb() to the driver of a dummy device,
 * or "hook", NF_INET_FORWARD alone, on one packet whose addresses change; or
 * "flood", which is "forward" with one packet in OTHERS to another port, each of
 * which is timed by itself: a batch then also has the nanoseconds of these, and
 * the 99th percentile of them.  A round is a batch of every peer in turn, on the same
 * addresses, and again backwards, on the next ones: whoever is the last and then the
 * first repeats nothing.  "cold" walks over much memory before every CHUNK packets.
 */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel_read_file.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <net/ip.h>

#include "peer.h"

#define MAX_PEERS	16
#define CHUNK		1000
#define COLD_BYTES	(64 << 20)
#define SPORT		49152
#define OTHER_PORT	443
#define OTHERS		20
#define HEADROOM	256	/* as a driver leaves for XDP */
#define WORDS		9

struct keys {
	u8 *pair;
	size_t count;
};

/* What a batch is made of */
struct plan {
	bool forward;
	bool flood;
	bool cold;
	u8 pf;
	u8 protocol;
	u16 port;
	unsigned int packets;
	unsigned int rounds;
};

struct batch {
	unsigned int round;
	unsigned int peer;
	unsigned int packets;
	unsigned int dropped;
	u64 ns;
	u64 hash;
	u64 others_ns;
	u32 others_p99;
};

static DEFINE_MUTEX(lock);	/* protects all below */
static struct peer *peers[MAX_PEERS];
static unsigned int peer_count;
static struct keys keys[2];
static struct batch *batches;
static unsigned int batch_count;
static u32 *delays;
static unsigned int delay_count;
static u8 *cold_bytes;

/* Packets */

static size_t addr_size(const struct plan *plan)
{
	return plan->pf == NFPROTO_IPV4 ? 4 : 16;
}

static void set_addresses(struct sk_buff *skb, const struct plan *plan,
			  const u8 *pair)
{
	if (plan->pf == NFPROTO_IPV4)
		memcpy(&ip_hdr(skb)->saddr, pair, 8);
	else
		memcpy(&ipv6_hdr(skb)->saddr, pair, 32);
}

static void put_ip(struct sk_buff *skb, const struct plan *plan, u16 payload)
{
	struct ipv6hdr *ip6;
	struct iphdr *ip;

	if (plan->pf == NFPROTO_IPV4) {
		ip = skb_put_zero(skb, sizeof(*ip));
		ip->version = 4;
		ip->ihl = 5;
		ip->tot_len = cpu_to_be16(sizeof(*ip) + payload);
		ip->frag_off = cpu_to_be16(IP_DF);
		ip->ttl = 64;
		ip->protocol = plan->protocol;
		return;
	}
	ip6 = skb_put_zero(skb, sizeof(*ip6));
	ip6->version = 6;
	ip6->payload_len = cpu_to_be16(payload);
	ip6->nexthdr = plan->protocol;
	ip6->hop_limit = 64;
}

/* The first 20 bytes serve for UDP as well: a router looks at ports at most */
static void put_tcp(struct sk_buff *skb, const struct plan *plan)
{
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

	tcp->source = cpu_to_be16(SPORT);
	tcp->dest = cpu_to_be16(plan->port);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->syn = 1;
	tcp->window = cpu_to_be16(64240);
}

static struct sk_buff *make_packet(const struct plan *plan,
				   const struct peer *peer)
{
	struct sk_buff *skb;

	skb = __netdev_alloc_skb(peer->in, HEADROOM + 128, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, HEADROOM);
	skb_reset_mac_header(skb);
	skb_put_zero(skb, ETH_HLEN);
	skb->protocol = cpu_to_be16(plan->pf == NFPROTO_IPV4 ? ETH_P_IP :
							       ETH_P_IPV6);
	eth_hdr(skb)->h_proto = skb->protocol;
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	put_ip(skb, plan, sizeof(struct tcphdr));
	skb_set_transport_header(skb, skb->len);
	put_tcp(skb, plan);
	skb->pkt_type = PACKET_HOST;
	return skb;
}

/* Batches */

static const u8 *pair_of(const struct plan *plan, size_t *at)
{
	const struct keys *from = &keys[plan->pf == NFPROTO_IPV6];
	const u8 *pair = from->pair + *at * 2 * addr_size(plan);

	*at = *at + 1 == from->count ? 0 : *at + 1;
	return pair;
}

static void count_verdict(struct batch *batch, bool dropped)
{
	batch->dropped += dropped;
	batch->hash = batch->hash * 0x100000001b3ULL + dropped + 1;
}

static int finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

/*
 * The packet survives being dropped, since it is held once more.  What each
 * peer pays for that is the same.
 */
static int chunk_hook(const struct plan *plan, const struct peer *peer,
		      unsigned int n, size_t *at, struct batch *batch)
{
	struct sk_buff *skb = make_packet(plan, peer);
	u64 start;
	int ret;

	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	start = ktime_get_ns();
	while (n--) {
		set_addresses(skb, plan, pair_of(plan, at));
		skb_get(skb);
		ret = nf_hook(plan->pf, NF_INET_FORWARD, peer->net, NULL, skb,
			      peer->in, peer->out, finish);
		if (ret == 1)
			refcount_dec(&skb->users);
		count_verdict(batch, ret != 1);
	}
	batch->ns += ktime_get_ns() - start;
	local_bh_enable();
	kfree_skb(skb);
	return 0;
}

static u64 sent(const struct peer *peer)
{
	struct rtnl_link_stats64 stats;

	return dev_get_stats(peer->out, &stats)->tx_packets;
}

static bool is_other(const struct plan *plan, unsigned int i)
{
	return plan->flood && i % OTHERS == OTHERS - 1;
}

/* One of those that a flood is beside */
static void receive_other(struct sk_buff *skb, struct batch *batch)
{
	u64 start = ktime_get_ns();

	netif_receive_skb(skb);
	delays[delay_count] = ktime_get_ns() - start;
	batch->others_ns += delays[delay_count++];
}

/* All are made before the clock starts; only their number is known after */
static int chunk_forward(const struct plan *plan, const struct peer *peer,
			 unsigned int n, size_t *at, struct batch *batch)
{
	struct sk_buff *skb, *next, *first = NULL, **last = &first;
	u64 start, before = sent(peer);
	unsigned int i;

	for (i = 0; i < n; i++) {
		skb = make_packet(plan, peer);
		if (!skb)
			return -ENOMEM;
		set_addresses(skb, plan, pair_of(plan, at));
		if (is_other(plan, i))
			tcp_hdr(skb)->dest = cpu_to_be16(OTHER_PORT);
		if (plan->pf == NFPROTO_IPV4)
			ip_send_check(ip_hdr(skb));
		*last = skb;
		last = &skb->next;
	}
	local_bh_disable();
	start = ktime_get_ns();
	for (skb = first, i = 0; skb; skb = next, i++) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		if (is_other(plan, i))
			receive_other(skb, batch);
		else
			netif_receive_skb(skb);
	}
	batch->ns += ktime_get_ns() - start;
	local_bh_enable();
	batch->dropped += n - (sent(peer) - before);
	batch->hash = batch->dropped;
	return 0;
}

static void cool(void)
{
	size_t i;

	for (i = 0; i < COLD_BYTES; i += 64)
		WRITE_ONCE(cold_bytes[i], cold_bytes[i] + 1);
}

static int run_batch(const struct plan *plan, const struct peer *peer,
		     struct batch *batch, bool backwards)
{
	size_t at = (2 * (size_t)batch->round + backwards) * plan->packets %
		    keys[plan->pf == NFPROTO_IPV6].count;
	unsigned int n, left;
	int err;

	for (left = plan->packets; left; left -= n) {
		n = min_t(unsigned int, left, CHUNK);
		if (plan->cold)
			cool();
		err = plan->forward ?
		      chunk_forward(plan, peer, n, &at, batch) :
		      chunk_hook(plan, peer, n, &at, batch);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int shorter(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static int run_one(const struct plan *plan, unsigned int round,
		   unsigned int index, bool backwards)
{
	struct batch *batch = batches + batch_count;
	int err;

	memset(batch, 0, sizeof(*batch));
	batch->round = round;
	batch->peer = index;
	batch->packets = plan->packets;
	batch_count++;
	delay_count = 0;
	err = run_batch(plan, peers[index], batch, backwards);
	if (!err && delay_count) {
		sort(delays, delay_count, sizeof(*delays), shorter, NULL);
		batch->others_p99 = delays[delay_count * 99 / 100];
	}
	return err;
}

static int run_rounds(const struct plan *plan)
{
	unsigned int round, i;
	int err = 0;

	for (round = 0; round < plan->rounds; round++) {
		for (i = 0; i < peer_count && !err; i++)
			err = run_one(plan, round, i, false);
		while (i-- && !err)
			err = run_one(plan, round, i, true);
		if (err)
			break;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return err;
}

static int run(const struct plan *plan)
{
	if (!peer_count || !keys[plan->pf == NFPROTO_IPV6].count)
		return -ENOENT;
	if (plan->cold && !cold_bytes)
		cold_bytes = vzalloc(COLD_BYTES);
	if (plan->cold && !cold_bytes)
		return -ENOMEM;
	kvfree(batches);
	kvfree(delays);
	batch_count = 0;
	batches = kvcalloc(plan->rounds, 2 * peer_count * sizeof(*batches),
			   GFP_KERNEL);
	delays = kvcalloc(plan->packets / OTHERS + 1, sizeof(*delays),
			  GFP_KERNEL);
	return batches && delays ? run_rounds(plan) : -ENOMEM;
}

/* Commands */

static int parse_family(const char *word, u8 *pf)
{
	if (!strcmp(word, "4"))
		*pf = NFPROTO_IPV4;
	else if (!strcmp(word, "6"))
		*pf = NFPROTO_IPV6;
	else
		return -EINVAL;
	return 0;
}

static int command_run(char **word, int n)
{
	struct plan plan = {
		.cold = n == 8 && !strcmp(word[7], "cold"),
		.flood = !strcmp(word[1], "flood"),
		.forward = !strcmp(word[1], "flood") ||
			   !strcmp(word[1], "forward"),
	};

	if (n != 7 + plan.cold || parse_family(word[2], &plan.pf) ||
	    kstrtou8(word[3], 0, &plan.protocol) ||
	    kstrtou16(word[4], 0, &plan.port) ||
	    kstrtouint(word[5], 0, &plan.packets) ||
	    kstrtouint(word[6], 0, &plan.rounds) ||
	    !plan.packets || !plan.rounds ||
	    (!plan.forward && strcmp(word[1], "hook")))
		return -EINVAL;
	return run(&plan);
}

static int command_peer(char **word, int n)
{
	int number[4] = { -1, -1, -1, -1 };
	struct peer *peer;
	int i, err;

	if (n < 3)
		return -EINVAL;
	if (peer_count == MAX_PEERS)
		return -ENOSPC;
	for (i = 3; i < n && i < 7; i++)
		if (kstrtoint(word[i], 0, &number[i - 3]))
			return -EINVAL;
	peer = kzalloc(sizeof(*peer), GFP_KERNEL);
	if (!peer)
		return -ENOMEM;
	err = peer_init(peer, word[1], word[2], number);
	if (err) {
		kfree(peer);
		return err;
	}
	peers[peer_count++] = peer;
	return 0;
}

static int command_keys(char **word, int n)
{
	struct keys *to;
	void *data = NULL;
	ssize_t size;
	u8 pf;

	if (n != 3 || parse_family(word[1], &pf))
		return -EINVAL;
	/* Kernels with IPE warn of what is none of the known kinds */
	size = kernel_read_file_from_path(word[2], 0, &data, INT_MAX, NULL,
					  READING_POLICY);
	if (size < 0)
		return size;
	to = &keys[pf == NFPROTO_IPV6];
	vfree(to->pair);
	to->pair = data;
	to->count = size / (pf == NFPROTO_IPV4 ? 8 : 32);
	return 0;
}

static int command_forget(char **word, int n)
{
	while (peer_count) {
		peer_exit(peers[--peer_count]);
		kfree(peers[peer_count]);
	}
	kvfree(batches);
	batches = NULL;
	batch_count = 0;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **word, int n);
} commands[] = {
	{ "peer", command_peer },
	{ "keys", command_keys },
	{ "run", command_run },
	{ "forget", command_forget },
};

static int command(char *line)
{
	char *word[WORDS];
	int i, n = 0;

	line = strim(line);
	while (n < WORDS && (word[n] = strsep(&line, " ")))
		n++;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(word[0], commands[i].name))
			return commands[i].run(word, n);
	return -EINVAL;
}

static ssize_t bench_write(struct file *file, const char __user *from,
			   size_t size, loff_t *pos)
{
	char *line = memdup_user_nul(from, min_t(size_t, size, PAGE_SIZE));
	int err;

	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&lock);
	err = command(line);
	mutex_unlock(&lock);
	kfree(line);
	return err ?: size;
}

static int bench_show(struct seq_file *seq, void *v)
{
	const struct batch *batch;

	mutex_lock(&lock);
	for (batch = batches; batch < batches + batch_count; batch++)
		seq_printf(seq, "%u %s %llu %u %u %016llx %llu %u\n",
			   batch->round, peers[batch->peer]->name, batch->ns,
			   batch->packets, batch->dropped, batch->hash,
			   batch->others_ns, batch->others_p99);
	mutex_unlock(&lock);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, bench_show, NULL);
}

static const struct proc_ops bench_ops = {
	.proc_open = bench_open,
	.proc_read = seq_read,
	.proc_write = bench_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init bench_init(void)
{
	if (!proc_create("obpbl_bench", 0600, NULL, &bench_ops))
		return -ENOMEM;
	return 0;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("obpbl_bench", NULL);
	command_forget(NULL, 0);
	vfree(keys[0].pair);
	vfree(keys[1].pair);
	vfree(cold_bytes);
	kvfree(delays);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Packets for the benchmarks of obpbl");
MODULE_LICENSE("GPL");
