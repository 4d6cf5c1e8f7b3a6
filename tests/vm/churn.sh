#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Verdicts of the module on one CPU while its policy changes on another: each
# must be that of the same policy at rest. The changes add and remove customers
# inside prefixes that are as dynamic as they, replace the whole policy by
# itself, and go through netlink like all others.
#
#   tests/vm/run --timeout 3600 tests/vm/churn.sh TABLES [VERDICTS]
#
# TABLES is a folder of tests/bench/tables.py below OBPBL_BUILD; tests/bench
# must be built.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

tables=$OBPBL_BUILD/$1
wanted=${2-1000000}
tools=$OBPBL_BUILD/bench
batch=5000

# Customers of prefixes that are dynamic: their coming changes no verdict.
customers() {
	awk -F/ '$2 < 32 { print $1 "/32" }' "$tables/dyn4" |
		grep -vxFf "$tables/dyn4" | sort -u | shuf -n 2000 \
		--random-source="$tables/dyn4"
}

change_on() {
	while :; do
		in_ns busy "$tools/change" obpbl bench "$scratch/customers" 1 1
		in_ns busy "$tools/change" obpbl bench "$scratch/customers" 1 100
		in_ns busy obpblctl apply "$tables/obpbl.conf"
	done >"$scratch/changes" 2>&1
}

# One line: batches that differ from those of the same packets at rest, which are the
# other one's of the same turn.
differ() {
	awk '{ turn = turns[$2]++; seen = $5 " " $6 }
		turn in first && seen != first[turn] { bad++ }
		!(turn in first) { first[turn] = seen }
		END { print bad + 0 }' "$bench"
}

generation() {
	in_ns busy obpblctl -j show | jq .generation
}

load_module
insmod "$tools/injector/obpbl_bench.ko"
customers >"$scratch/customers"
for name in still busy; do
	namespace "$name"
	in_ns "$name" obpblctl apply "$tables/obpbl.conf" >/dev/null 2>&1
	peer "$name" none
done
echo "keys 4 $tables/keys4" >"$bench"
echo "keys 6 $tables/keys6" >"$bench"

change_on &
background+=($!)
begun=$(generation) judged=0 wrong=0
while ((judged < wanted)); do
	for family in 4 6; do
		echo "run hook $family 6 25 $batch 4" >"$bench"
		wrong=$((wrong + $(differ)))
		judged=$((judged + 8 * batch))
	done
done
changes=$(($(generation) - begun))
is "$judged verdicts during $changes changes: batches that are wrong" \
	"$wrong" 0
check "the changes went on" test "$changes" -gt 1000
check "and were none of them refused" bash -c '! grep -i refused "$0"' \
	"$scratch/changes"
kill "${background[@]}"
wait "${background[@]}" 2>/dev/null || true
echo forget >"$bench"
rmmod obpbl_bench
finish
