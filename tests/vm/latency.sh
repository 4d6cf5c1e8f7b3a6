#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No interface waits for a change of a million prefixes, nor does who only reads:
# those that have sessions go while it is under way.
#
#   make -C tests guests
#   tests/vm/run --mem 2G --timeout 900 tests/vm/latency.sh
#
# How long anything takes is printed and not asserted: it says nothing here, but
# where nanoseconds are instructions, as "make -C tests/bench latency" has it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

latency=$OBPBL_REPO/tests/vm/latency.py
list=$OBPBL_BUILD/vm/million
each=${1-30}
patience=120
first=0

# during NAME DEVICES COMMAND...: see latency.py
during() {
	ns router python3 "$latency" devices "$first" "$each"
	cases ip netns exec router python3 "$latency" during "$1" "$first" \
		"$each" "${@:2}"
	first=$((first + each))
}

# often COMMAND...: ten times
often() {
	echo "for i in {1..10}; do $*; done"
}

loaded() {
	ctl prefix load "$list" dynamic isp alpha --replace
}

# Beside a million prefixes of one ISP, a few of others in the same tables, and
# exemptions: what belongs to one must be looked for.
namespace router router
load_module
watch_locks
{
	for isp in alpha beta people; do
		echo "isp add $isp mode enforce"
	done
	for ((i = 0; i < 100; i++)); do
		echo "prefix add 198.18.$i.0/24 dynamic isp beta"
		echo "exempt add 198.18.$i.1 isp beta reason mail"
	done
} | ctl -b -
loaded
ctl save >"$scratch/conf"
for ((i = 0; i < 1000; i++)); do
	printf 'exempt 20.%d.%d.1 { isp = alpha reason = "mail" }\n' \
		$((i / 250)) $((i % 250))
done >>"$scratch/conf"

during nothing 3 sleep 0.5
during "prefix load --replace" 3 obpblctl prefix load "$list" dynamic \
	isp alpha --replace
during "prefix list of nothing" 3 bash -c \
	"$(often obpblctl prefix list static isp beta)"
during top 0 bash -c "$(often obpblctl top -n 5)"
during "a load that is killed" 3 python3 "$latency" kill \
	obpblctl prefix load "$list" dynamic isp alpha --replace
during "apply --confirm" 3 obpblctl apply --confirm 3600 "$scratch/conf"
during rollback 0 bash -c "obpblctl rollback; sleep 0.5"
during "isp del of little" 3 obpblctl isp del beta
ctl isp add beta
ctl prefix add 198.18.0.0/24 dynamic isp beta
during "isp del of a million" 3 python3 "$latency" remove alpha
ctl isp add alpha
loaded
during flush 0 bash -c "obpblctl flush --yes; sleep 0.5"
rmmod obpbl_holds
finish
