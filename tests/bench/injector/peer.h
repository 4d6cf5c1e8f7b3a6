/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A peer: a network namespace whose way with packets is measured.  Most have
 * hooks of others in it (obpbl, nft, iptables); some have one of ours.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>

struct bpf_map;
struct fib_table;

#define PEER_NAME_SIZE	16

/* Which of the two lookups of a verdict; index of the arrays below */
enum side { SOURCE, DESTINATION, SIDES };

/**
 * struct peer - one of those that are compared
 * @name: what the report calls it
 * @net: its namespace
 * @in: device "in0" there, from which packets come
 * @out: device "out0" there
 * @hook: our own hook in it; NULL: none
 * @map: maps of type LPM trie, by side and family (IPv6 second)
 * @table: routing tables, by side
 * @ops: registration of @hook for both families
 */
struct peer {
	char name[PEER_NAME_SIZE];
	struct net *net;
	struct net_device *in;
	struct net_device *out;
	nf_hookfn *hook;
	struct bpf_map *map[SIDES][2];
	struct fib_table *table[SIDES];
	struct nf_hook_ops ops[2];
};

int peer_init(struct peer *peer, const char *name, const char *kind,
	      const int number[4]);
void peer_exit(struct peer *peer);

#endif /* _BENCH_PEER_H */
