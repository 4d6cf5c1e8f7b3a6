// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks of our own, for the floor and for peers that have none:
 *
 *	empty	accepts
 *	drop	drops what goes to port 25, and looks nothing up
 *	bpf	verdict by LPM tries of BPF
 *	fib	verdict by fib_trie, the kernel's routing table; IPv4 alone
 *
 * A verdict: TCP to port 25 from an address in the first table to one that is
 * not in the second is dropped.  They know no options, no fragments, no
 * counters: less than what any filter has to do, which favours these peers.
 */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/nsproxy.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/version.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>

#include "peer.h"

#define SMTP	cpu_to_be16(25)

struct lpm_key {
	u32 len;
	u8 addr[16];
};

static bool to_smtp(const struct sk_buff *skb, u8 pf)
{
	const __be16 *ports = (const __be16 *)(skb->data +
		(pf == NFPROTO_IPV4 ? sizeof(struct iphdr) :
				      sizeof(struct ipv6hdr)));
	u8 protocol = pf == NFPROTO_IPV4 ?
		((const struct iphdr *)skb->data)->protocol :
		((const struct ipv6hdr *)skb->data)->nexthdr;

	return protocol == IPPROTO_TCP && ports[1] == SMTP;
}

static unsigned int hook_empty(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static unsigned int hook_drop(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return to_smtp(skb, state->pf) ? NF_DROP : NF_ACCEPT;
}

static bool map_has(struct bpf_map *map, const void *addr, u32 size)
{
	struct lpm_key key = { .len = size * 8 };

	memcpy(key.addr, addr, size);
	return map->ops->map_lookup_elem(map, &key);
}

static unsigned int hook_bpf(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	bool six = state->pf == NFPROTO_IPV6;
	const u8 *addr = skb->data + (six ? offsetof(struct ipv6hdr, saddr) :
					    offsetof(struct iphdr, saddr));
	const struct peer *peer = priv;
	u32 size = six ? 16 : 4;

	if (!to_smtp(skb, state->pf) ||
	    !map_has(peer->map[SOURCE][six], addr, size) ||
	    map_has(peer->map[DESTINATION][six], addr + size, size))
		return NF_ACCEPT;
	return NF_DROP;
}

static bool table_has(struct fib_table *table, __be32 addr)
{
	struct flowi4 flow = { .daddr = addr };
	struct fib_result result;

	return !fib_table_lookup(table, &flow, &result, FIB_LOOKUP_NOREF);
}

static unsigned int hook_fib(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct peer *peer = priv;

	if (state->pf != NFPROTO_IPV4 || !to_smtp(skb, state->pf) ||
	    !table_has(peer->table[SOURCE], ip->saddr) ||
	    table_has(peer->table[DESTINATION], ip->daddr))
		return NF_ACCEPT;
	return NF_DROP;
}

static struct bpf_map *get_map(int fd)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
	return bpf_map_get(fd);
#else
	return ERR_PTR(-EOPNOTSUPP);	/* it is not for modules there */
#endif
}

/* Four descriptors of maps of the caller: IPv4 source, destination, IPv6 */
static int take_maps(struct peer *peer, const int fd[4])
{
	struct bpf_map *map;
	int i;

	for (i = 0; i < 4; i++) {
		map = get_map(fd[i]);
		if (IS_ERR(map))
			return PTR_ERR(map);
		peer->map[i % 2][i / 2] = map;
		if (map->map_type != BPF_MAP_TYPE_LPM_TRIE ||
		    map->key_size != (i / 2 ? 20 : 8))
			return -EINVAL;
	}
	return 0;
}

/* Numbers of two routing tables of the namespace */
static int take_tables(struct peer *peer, const int id[4])
{
	int i;

	for (i = 0; i < SIDES; i++) {
		peer->table[i] = fib_new_table(peer->net, id[i]);
		if (!peer->table[i])
			return -ENOMEM;
	}
	return 0;
}

static int take(struct peer *peer, const char *kind, const int number[4])
{
	if (!strcmp(kind, "none"))
		return 0;
	if (!strcmp(kind, "empty")) {
		peer->hook = hook_empty;
		return 0;
	}
	if (!strcmp(kind, "drop")) {
		peer->hook = hook_drop;
		return 0;
	}
	if (!strcmp(kind, "bpf")) {
		peer->hook = hook_bpf;
		return take_maps(peer, number);
	}
	if (!strcmp(kind, "fib")) {
		peer->hook = hook_fib;
		return take_tables(peer, number);
	}
	return -EINVAL;
}

static int hook(struct peer *peer)
{
	struct nf_hook_ops ops = {
		.hook = peer->hook,
		.priv = peer,
		.hooknum = NF_INET_FORWARD,
	};

	peer->ops[0] = ops;
	peer->ops[0].pf = NFPROTO_IPV4;
	peer->ops[0].priority = NF_IP_PRI_FIRST;
	peer->ops[1] = ops;
	peer->ops[1].pf = NFPROTO_IPV6;
	peer->ops[1].priority = NF_IP6_PRI_FIRST;
	return nf_register_net_hooks(peer->net, peer->ops, 2);
}

static void put(struct peer *peer)
{
	int i;

	for (i = 0; i < 4; i++)
		if (peer->map[i % 2][i / 2])
			bpf_map_put(peer->map[i % 2][i / 2]);
	dev_put(peer->in);
	dev_put(peer->out);
	put_net(peer->net);
}

/**
 * peer_init() - make the caller's namespace a peer
 * @peer: zeroed
 * @name: what to call it
 * @kind: "none", or the hook that it gets
 * @number: what that hook looks up in
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int peer_init(struct peer *peer, const char *name, const char *kind,
	      const int number[4])
{
	int err;

	strscpy(peer->name, name, sizeof(peer->name));
	peer->net = get_net(current->nsproxy->net_ns);
	peer->in = dev_get_by_name(peer->net, "in0");
	peer->out = dev_get_by_name(peer->net, "out0");
	err = peer->in && peer->out ? take(peer, kind, number) : -ENODEV;
	if (!err && peer->hook)
		err = hook(peer);
	if (err)
		put(peer);
	return err;
}

/**
 * peer_exit() - let go of it
 * @peer: after peer_init()
 *
 * Context: process, may sleep.
 */
void peer_exit(struct peer *peer)
{
	if (peer->hook)
		nf_unregister_net_hooks(peer->net, peer->ops, 2);
	synchronize_net();
	put(peer);
}

/* bpf_map_get() is only for who says so, since 6.12; the name is text since 6.13 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS("BPF_INTERNAL");
#else
MODULE_IMPORT_NS(BPF_INTERNAL);
#endif
