#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In User-Mode Linux, whose kernel runs on the processor itself: what a verdict,
# a load and a change cost. Run by tests/bench/run through tests/bench/uml.
#
#   timed.sh PACKETS ROUNDS SIZE...
. "${0%/*}/peers.sh"

tables=/results/tables
tools=/build/um
results=/results/timed.json
scratch=$(mktemp -d)
packets=$1 rounds=$2
shift 2

peers=(none empty drop obpbl nft ipset bpf fib)

setup() {
	local name size=$1

	for name in "${peers[@]}"; do
		namespace "$name"
	done
	peer none none
	peer empty empty
	peer drop drop
	for name in obpbl nft ipset fib bpf; do
		say load "$name" table "$size" \
			ns "$(nanoseconds "load_$name" "$tables/$size")"
	done
	rules_ipset
	peer obpbl none
	peer nft none
	peer ipset none
	peer fib fib 1001 1002
	keys "$tables/$size"
}

teardown() {
	echo forget >"$bench"
	in_ns obpbl obpblctl flush --yes
	for name in "${peers[@]}"; do
		ip netns delete "$name"
	done
}

# The text file alone, into an ISP that is there.
list() {
	in_ns obpbl obpblctl isp add list
	say load list table "$1" \
		ns "$(nanoseconds in_ns obpbl obpblctl prefix load \
			"$tables/$1/all" dynamic isp list)"
}

measure() {
	local size=$1 family

	for family in 4 6; do
		batches "verdict $size" "$family" hook 6 25 "$packets" "$rounds"
		batches "other $size" "$family" hook 6 443 "$packets" "$rounds"
	done
}

changes() {
	local size=$1

	change obpbl obpbl bench "$tables/$size" 1 1 "$size"
	change ipset ipset dyn4 "$tables/$size" 1 1 "$size"
	change obpbl obpbl bench "$tables/$size" 64 1 "$size"
	change ipset ipset dyn4 "$tables/$size" 64 1 "$size"
	change obpbl obpbl bench "$tables/$size" 1 1000 "$size"
	change ipset ipset dyn4 "$tables/$size" 1 1000 "$size"
}

: >"$results"
insmod "$tools/module/obpbl.ko"
insmod "$tools/injector/obpbl_bench.ko"
for size; do
	echo "# table $size"
	setup "$size"
	measure "$size"
	changes "$size"
	if [[ $size == "${*: -1}" ]]; then
		batches "cold $size" 4 hook 6 25 2000 "$rounds"
		batches "forward" 4 forward 6 443 "$packets" "$rounds"
		:
	fi
	teardown
	[[ $size != "${*: -1}" ]] || { namespace obpbl; list "$size"; }
done
echo done >/results/timed.done
