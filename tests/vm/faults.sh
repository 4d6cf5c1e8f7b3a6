#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory that is refused: each allocation of each operation fails once, of a
# load, of a namespace; and all of those of packets.
#
#   tests/run --on debug memory
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

failslab=/sys/kernel/debug/failslab
script=$OBPBL_REPO/tests/vm/faults.py

# Also those that may wait; and nothing to say about it, nor about the copies that
# fail in their turn.
echo N >$failslab/ignore-gfp-wait
for attribute in fail{slab,_page_alloc,_usercopy}; do
	echo 0 >"/sys/kernel/debug/$attribute/verbose"
done

# With what it depends on
load_module
rmmod obpbl
cases python3 "$script" load "$OBPBL_BUILD/module/obpbl.ko"
namespace router
ip -n router link add d0 type dummy
load_module
cases ip netns exec router python3 "$script" operations
insmod "$OBPBL_BUILD/bench/delays/obpbl_delays.ko"
cases python3 "$script" namespace
rmmod obpbl_delays

# Packets allocate nothing but what answers them: with no memory at all for who
# cannot wait, what is blocked stays blocked.
bench=/proc/obpbl_bench
insmod "$OBPBL_BUILD/bench/injector/obpbl_bench.ko"
ctl -b - >/dev/null 2>&1 <<-BATCH
	isp add alpha mode enforce reject reset
	prefix add 20.0.0.0/8 dynamic isp alpha
BATCH
peer router none
echo "keys 4 $OBPBL_BUILD/vm/pairs" >"$bench"
for attribute in $failslab /sys/kernel/debug/fail_page_alloc; do
	echo Y >"$attribute/ignore-gfp-wait"
	echo 0 >"$attribute/verbose"
	echo 1 >"$attribute/interval"
	echo -1 >"$attribute/times"
	echo 100 >"$attribute/probability"
done
echo "run hook 4 6 25 1000 8" >"$bench"
for attribute in $failslab /sys/kernel/debug/fail_page_alloc; do
	echo 0 >"$attribute/probability"
done
is "all are dropped with no memory for an answer" \
	"$(awk '{ packets += $4; dropped += $5 }
		END { print dropped, packets }' "$bench")" "16000 16000"
is "and counted" "$(ctl -j stats | jq '.isps[0].reasons.outside.packets')" 16000
echo forget >"$bench"
rmmod obpbl_bench
finish
