#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Five million packets to port 25 from sources that are spoofed, and among them
# forty bots: memory is flat, and the bots are still the first to be named.
#
#   tests/vm/run --timeout 900 tests/vm/spoofed.sh
#
# After make -C tests guests
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

tools=$OBPBL_BUILD/bench
bots=40

memory() {
	awk '/^(Slab|VmallocUsed|PageTables):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

flood() {
	echo "run hook 4 6 25 250000 $1" >"$bench"
	dropped=$((dropped + $(awk '{ n += $5 } END { print n + 0 }' "$bench")))
}

load_module
insmod "$tools/injector/obpbl_bench.ko"
namespace router
ctl -b - >/dev/null 2>&1 <<-BATCH
	isp add alpha mode enforce reject drop
	prefix add 20.0.0.0/8 dynamic isp alpha
BATCH
peer router none
echo "keys 4 $OBPBL_BUILD/vm/pairs" >"$bench"

dropped=0
flood 2
before=$(memory)
flood 8
after=$(memory)
is "all are dropped" "$dropped" 5000000
is "and counted" "$(ctl -j stats | jq '.isps[0].reasons.outside.packets')" \
	5000000
check "memory is flat: $before KB after a million, $after after five" \
	test $((after - before)) -lt 1024
is "the table of sources is full, and no more" \
	"$(ctl -j show | jq '.sources <= .max_sources')" true
is "the bots are the first, all of them, and nobody else" \
	"$(ctl -j top -n "$bots" | jq -r '.[].source' | sort -V)" \
	"$(seq -f 20.0.0.%g "$bots")"
is "and what they are is seen" \
	"$(ctl -j top --bots -n "$bots" | jq length)" "$bots"
echo forget >"$bench"
rmmod obpbl_bench
finish
