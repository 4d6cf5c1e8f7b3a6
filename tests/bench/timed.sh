#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In User-Mode Linux, whose kernel runs on the processor itself: what a verdict,
# a load and a change cost. Run by tests/bench/run through tests/bench/uml.
#
#   timed.sh PACKETS ROUNDS SIZE...
. "${0%/*}/peers.sh"

tables=/results/tables
tools=/build/bench
results=/results/timed.json
scratch=$(mktemp -d)
packets=$1 rounds=$2
shift 2

peers=(none empty drop obpbl nft nftcount ipset bpf fib)

# Memory that the host has not given yet costs a fault of the host at its first
# use, whoever comes first: use all that will be needed once.
warm() {
	local free

	free=$(free_bytes)
	head -c $((free * 8 / 10)) /dev/zero >/tmp/warm
	rm /tmp/warm
}

# Pages that a CPU keeps at hand are free, too.
free_now() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemFree:" { free += $2 * 1024 }
		$1 == "count:" { free += $2 * 4096 }
		END { printf "%.0f\n", free }' /proc/meminfo /proc/zoneinfo
}

# Once all is freed that still will be: of a namespace that is gone, of a table
# that was replaced.
free_bytes() {
	local free before=0

	while free=$(free_now) && ((free > before + 65536)); do
		before=$free
		sleep 2
	done
	echo "$free"
}

# load NAME SIZE: how long it takes, and what the kernel then has less.
load() {
	local name=$1 size=$2 before ns prefixes

	prefixes=$(wc -l <"$tables/$size/dyn4")
	[[ $name == fib ]] || prefixes=$(wc -l <"$tables/$size/all")
	before=$(free_bytes)
	ns=$(nanoseconds "load_$name" "$tables/$size")
	say load "$name" table "$size" ns "$ns"
	[[ $size != "$last" ]] || say memory "$name" prefixes "$prefixes" \
		bytes $((before - $(free_bytes)))
	[[ $size != "$last" || $name != obpbl ]] || say memory counted \
		prefixes "$prefixes" bytes \
		"$(in_ns obpbl obpblctl -j show | jq .bytes)"
}

# All peers, and of the largest table those that have it merged.
setup() {
	local name size=$1

	names=("${peers[@]}")
	[[ $size != "$last" ]] || names+=(merged ipsetmerged)
	for name in "${names[@]}"; do
		namespace "$name"
	done
	peer none none
	peer empty empty
	peer drop drop
	for name in obpbl nft nftcount ipset fib bpf; do
		load "$name" "$size"
	done
	rules_ipset ipset
	for name in obpbl nft nftcount ipset; do
		peer "$name" none
	done
	peer fib fib 1001 1002
	[[ $size == "$last" ]] || return 0
	for name in merged ipsetmerged; do
		"load_$name" "$tables/$size"
		peer "$name" none
	done
	rules_ipset ipsetmerged
}

teardown() {
	echo forget >"$bench"
	in_ns obpbl obpblctl flush --yes
	for name in "${names[@]}"; do
		ip netns delete "$name"
	done
}

measure() {
	local size=$1 family

	keys "$tables/$size" relay
	for family in 4 6; do
		batches "relay $size" "$family" hook 6 25 "$packets" "$rounds"
	done
	keys "$tables/$size" block
	for family in 4 6; do
		batches "block $size" "$family" hook 6 25 "$packets" "$rounds"
	done
	keys "$tables/$size"
	for family in 4 6; do
		batches "verdict $size" "$family" hook 6 25 "$packets" "$rounds"
		batches "other $size" "$family" hook 6 443 "$packets" "$rounds"
	done
}

# A B B A; the first of all is not counted, since it grows what is kept.
changes() {
	local size=$1 shape

	change obpbl obpbl bench "$tables/$size" 64 1 warm
	change ipset ipset dyn4 "$tables/$size" 64 1 warm
	for shape in "1 1" "64 1" "1 1000"; do
		for _ in 1 2 3; do
			# shellcheck disable=SC2086 # two words
			change obpbl obpbl bench "$tables/$size" $shape "$size"
			# shellcheck disable=SC2086
			change ipset ipset dyn4 "$tables/$size" $shape "$size"
			# shellcheck disable=SC2086
			change ipset ipset dyn4 "$tables/$size" $shape "$size"
			# shellcheck disable=SC2086
			change obpbl obpbl bench "$tables/$size" $shape "$size"
		done
	done
}

# The whole table from a file, into something empty, each time anew.
loads() {
	local size=$1 name

	for _ in 1 2 3; do
		for name in obpbl nft ipset; do
			namespace "$name"
		done
		in_ns obpbl obpblctl isp add list
		say load list table "$size" ns "$(nanoseconds in_ns obpbl \
			obpblctl prefix load "$tables/$size/all" dynamic \
			isp list)"
		say load ipset table "$size" \
			ns "$(nanoseconds load_ipset "$tables/$size")"
		in_ns obpbl obpblctl flush --yes
		for name in obpbl nft ipset; do
			ip netns delete "$name"
		done
	done
}

: >"$results"
last=${*: -1}
insmod /build/um/module/obpbl.ko
insmod /build/um/injector/obpbl_bench.ko
warm
for size; do
	echo "# table of $size"
	setup "$size"
	measure "$size"
	changes "$size"
	if [[ $size == "$last" ]]; then
		keys "$tables/$size" flood
		for family in 4 6; do
			batches "flood" "$family" flood 6 25 20000 "$rounds"
		done
		keys "$tables/$size"
		batches "cold $size" 4 hook 6 25 2000 "$rounds"
		batches "forward" 4 forward 6 443 2000 "$rounds"
		batches "forward" 6 forward 6 443 2000 "$rounds"
	fi
	teardown
done
loads "$last"
