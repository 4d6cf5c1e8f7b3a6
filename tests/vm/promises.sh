#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Promises that need one CPU full of packets to port 25 while something happens
# on another: no packet sees a mixture of two policies, a reload never opens
# port 25, not even to what 'follow' has mirrored, a dump is one snapshot, and
# counters are exact. See tests/README.md.
#
#   tests/vm/run --timeout 900 tests/vm/promises.sh [TIMES]
#
# TIMES is how often each is tried (100); after make -C tests guests.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

times=${1-100}
script=$OBPBL_REPO/tests/vm/promises.py

# flood PACKETS: forbidden ones; those that have passed are added to $passing.
flood() {
	echo "run hook 4 6 25 $1 1" >"$bench"
	sent=$((sent + 2 * $1))
	passing=$((passing + $(awk '{ n += $4 - $5 } END { print n }' "$bench")))
}

# flood_until FILE: until it is there.
flood_until() {
	sent=0 passing=0
	until [[ -e $1 ]]; do
		flood 5000
	done
}

load_module
insmod "$OBPBL_BUILD/bench/injector/obpbl_bench.ko"
namespace router
in_ns router python3 "$script" swap 1 /dev/null
peer router none
echo "keys 4 $OBPBL_BUILD/vm/pairs" >"$bench"

# ---- one packet, one policy ------------------------------------------------

in_ns router python3 "$script" swap $((times * 10)) "$scratch/swapped" &
background+=($!)
flood_until "$scratch/swapped"
is "$sent packets while two policies are swapped $((times * 10)) times: passed" \
	"$passing" 0

# ---- a reload never opens port 25 ------------------------------------------

{
	echo "isp alpha { mode = enforce space = { 20.0.0.0/8 }"
	echo "    dynamic = { 20.0.0.0/8 }"
	echo "    relay = {"
	seq -s , -f 198.51.%g.0/24 0 255
	echo "    } }"
} >"$scratch/good.conf"
sed '$d' "$scratch/good.conf" >"$scratch/bad.conf"

# Reloads that end well, that are refused, and that are killed on the way.
reloads() {
	local round

	for ((round = 0; round < times / 3; round++)); do
		in_ns router obpblctl apply "$scratch/good.conf" && echo good
		in_ns router obpblctl apply "$scratch/bad.conf" || echo refused
		in_ns router obpblctl apply "$scratch/good.conf" &
		sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
		kill -KILL $! && echo killed
		wait $! || true
	done
	touch "$scratch/reloaded"
}

reloads >"$scratch/rounds" 2>/dev/null &
background+=($!)
flood_until "$scratch/reloaded"
is "$sent packets during reloads: passed" "$passing" 0
for way in good refused; do
	is "reloads that were $way" "$(grep -c $way "$scratch/rounds")" \
		$((times / 3))
done
check "and some were killed" grep -q killed "$scratch/rounds"

# ---- nor where follow has the pools -----------------------------------------

{
	grep -v 'dynamic =' "$scratch/good.conf"
	echo "follow pools { table = 100 isp = alpha class = dynamic"
	echo "    file = \"$scratch/pools.list\" }"
} >"$scratch/follow.conf"
ip -n router route add blackhole 20.0.0.0/8 table 100
ip netns exec router obpblctl follow section pools of "$scratch/follow.conf" \
	>"$scratch/followed" 2>&1 &
follower=$!
background+=("$follower")
check "follow has its list" wait_until grep -q ^20 "$scratch/pools.list"

# Reloads that stay, that are taken back, and one while nobody follows.
followed_reloads() {
	local round

	for ((round = 0; round < times / 3; round++)); do
		in_ns router obpblctl apply "$scratch/follow.conf" >/dev/null &&
			echo good
		in_ns router obpblctl apply --confirm 60 \
			"$scratch/follow.conf" >/dev/null
		in_ns router obpblctl rollback >/dev/null && echo back
	done
	kill "$follower"
	while kill -0 "$follower"; do :; done
	in_ns router obpblctl apply "$scratch/follow.conf" >/dev/null &&
		echo alone
	touch "$scratch/refollowed"
}

followed_reloads >"$scratch/rounds" 2>/dev/null &
background+=($!)
flood_until "$scratch/refollowed"
is "$sent packets of a followed pool during reloads: passed" "$passing" 0
is "reloads that stayed, were taken back, and without follow" \
	"$(for way in good back alone; do grep -c $way "$scratch/rounds"; done |
		paste -sd ' ')" "$((times / 3)) $((times / 3)) 1"

# ---- counters are exact ----------------------------------------------------

ctl stats reset >/dev/null
(
	until [[ -e $scratch/counted ]]; do
		ctl -j stats reset
	done >"$scratch/parts"
	ctl -j stats reset >>"$scratch/parts"
	touch "$scratch/added"
) &
background+=($!)
sent=0 passing=0
for ((i = 0; i < times / 3; i++)); do
	flood 5000
done
touch "$scratch/counted"
wait_until test -e "$scratch/added"
is "$sent packets while counters are read and reset: the sum of what was read" \
	"$(jq -s 'map(.isps[].reasons[].packets) | add' "$scratch/parts")" \
	"$sent"
check "they were read meanwhile" \
	test "$(jq -s 'map(select([.isps[].reasons[].packets] | add > 0)) |
		length' "$scratch/parts")" -gt 3

echo forget >"$bench"
rmmod obpbl_bench
ctl flush --yes >/dev/null

# ---- a dump is one snapshot ------------------------------------------------

cases in_ns router python3 "$script" dumps "$times"
finish
