#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest whose nanoseconds are instructions: what a packet and what a
# change cost. Run by tests/bench/run.
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

tables=$OBPBL_RESULTS/tables
tools=$OBPBL_BUILD/bench
results=$OBPBL_RESULTS/icount.json
: >"$results"

peers=(none empty drop obpbl nft ipset)

# mail LABEL FAMILY: what passes and what is blocked.
mail() {
	keys "$tables/1000" relay
	batches "$1, 25 passed" "$2" forward 6 25 200 5
	keys "$tables/1000" block
	batches "$1, 25 blocked" "$2" forward 6 25 200 5
	keys "$tables/1000"
}

packets() {
	local label=$1 family

	for family in 4 6; do
		batches "$label, not TCP" "$family" forward 17 443 200 5
		batches "$label, not 25" "$family" forward 6 443 200 5
		mail "$label" "$family"
		batches "$label, not 25, hook" "$family" hook 6 443 200 5
		batches "$label, 25, hook" "$family" hook 6 25 200 5
	done
}

# Last, since once a program of XDP is there, each packet of all devices pays.
before_the_stack() {
	namespace xdp
	in_ns xdp "$tools/xdp" in0 "$tables/1000"/{dyn4,ok4}
	peer xdp none
	batches "xdp, not 25" 4 forward 6 443 200 5
	mail xdp 4
}

# Before any hook exists, so that the stack skips them all; in the namespace of
# each peer, since in some a packet meets longer chains of neighbours than in
# others, and that differs from boot to boot.
floor() {
	local name

	for name in "${peers[@]}"; do
		namespace "$name"
		peer "$name" none
	done
	packets "no hook"
	echo forget >"$bench"
}

hooks() {
	local name

	peer none none
	peer empty empty
	peer drop drop
	for name in obpbl nft ipset; do
		"load_$name" "$tables/1000"
		peer "$name" none
	done
	rules_ipset ipset
	packets "hooks"
}

changes() {
	local size

	for size in 1000 "$large"; do
		load_obpbl "$tables/$size"
		in_ns ipset iptables-legacy -F
		in_ns ipset ip6tables-legacy -F
		in_ns ipset ipset destroy
		load_ipset "$tables/$size"
		change obpbl obpbl bench "$tables/$size" 1 1 "$size"
		change ipset ipset dyn4 "$tables/$size" 1 1 "$size"
	done
}

# The whole table from a file, into something empty, as instructions of the
# program and of the kernel for it: to wait for the host, which has the programs
# and the files, is no instruction, but takes time.
loads() {
	local name files=$tables/$large

	for name in obpbl nft ipset; do
		namespace "new-$name"
	done
	in_ns new-obpbl obpblctl isp add list
	say load list table "$large" ns "$(cpu_time in_ns new-obpbl obpblctl \
		prefix load "$files/all" dynamic isp list)" \
		prefixes "$(wc -l <"$files/all")"
	say listing "$large" system "$(system_time in_ns new-obpbl obpblctl \
		prefix list)" prefixes "$(wc -l <"$files/all")"
	say load nft table "$large" ns "$(cpu_time in_ns new-nft \
		nft -f "$files/nft")"
	say load ipset table "$large" ns "$(cpu_time in_ns new-ipset \
		ipset restore -file "$files/ipset")"
}

large=$1
load_module
insmod "$tools/injector/obpbl_bench.ko"
keys "$tables/1000"
floor
hooks
before_the_stack
loads
changes
echo forget >"$bench"
rmmod obpbl_bench
ok "instructions were counted"
finish
