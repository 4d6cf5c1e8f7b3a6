#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The life of a policy and of the module: what is refused changes nothing, and
# the module goes only when nothing is installed.
#
#   tests/vm/run tests/vm/life.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

conf=$OBPBL_REPO/tests/vm/demo.conf

# refused WHAT WORDS COMMAND...: fails, says WORDS, and changes nothing.
refused() {
	local before after status=0

	before=$(ctl save)
	ctl "${@:3}" >"$scratch/out" 2>&1 || status=$?
	after=$(ctl save)
	check "$1: exit status 1" test "$status" = 1
	check "$1: says so" grep -qF -- "$2" "$scratch/out"
	check "$1: changes nothing" test "$before" = "$after"
}

# bad WHAT WORDS TEXT: refused as a config file.
bad() {
	printf '%s\n' "$3" >"$scratch/bad.conf"
	refused "$1" "$2" apply "$scratch/bad.conf"
}

topology
load_module

check "nothing is hooked without a policy" rmmod obpbl
load_module
ctl apply "$conf" >/dev/null
check "a policy pins the module" bash -c '! rmmod obpbl 2>/dev/null'

bad "host bits" "bad.conf:1" 'isp a { space = { 203.0.113.5/24 } }'
bad "unknown word" "bad.conf:1" 'isp a { colour = red }'
bad "port 587" "bad.conf:1" 'isp a { port = 587 }'
bad "two owners" "bad.conf:2" 'isp a { dynamic = { 192.0.2.0/24 } }
isp b { dynamic = { 192.0.2.0/24 } }'
bad "missing list" "none.txt" 'isp a { dynamic = { @none.txt } }'
ctl isp add beta >/dev/null
refused "a second owner" "belongs to isp alpha" \
	prefix add 203.0.113.0/25 dynamic isp beta
ctl isp del beta >/dev/null
refused "add of what is there" "exists" \
	prefix add 203.0.113.0/25 dynamic isp alpha
refused "del of nothing" "no such" \
	prefix del 203.0.113.64/26 dynamic isp alpha

ctl save >"$scratch/saved.conf"
ctl apply "$scratch/saved.conf" >/dev/null 2>&1
check "save applies to the same policy" \
	diff <(ctl save | grep -v generation) <(grep -v generation "$scratch/saved.conf")

ctl prefix add 203.0.113.64/26 static isp alpha
check "a single change counts" bash -c \
	"[[ \$(ip netns exec router $(command -v obpblctl) -j test from 203.0.113.65 to 198.18.0.25) == *static* ]]"
ctl prefix del 203.0.113.64/26 static isp alpha
# In mode monitor: 11, it would block
check_status 11 "and its removal" ctl test from 203.0.113.65 to 198.18.0.25

# Who listens goes on with the next module, as in an upgrade.
obpblctl -n router -j monitor >"$scratch/events" &
background+=($!)
ip -n router route add blackhole 203.0.113.96/27 table 100
obpblctl -n router follow table 100 isp alpha class dynamic \
	>"$scratch/followed" 2>&1 &
background+=($!)
wait_until grep -q listening "$scratch/events"
wait_until grep -q ' followed ' "$scratch/followed"
ctl flush --yes >/dev/null
wait_until rmmod obpbl
check "monitor says that the module has gone" \
	wait_until grep -q '"unloaded"' "$scratch/events"
check "follow waits for it" \
	wait_until grep -q 'not loaded' "$scratch/followed"
load_module
ctl apply "$conf" >/dev/null
listens_again() {
	sed '1,/"unloaded"/d' "$scratch/events" |
		grep -A 9 '"listening"' | grep -q '"policy"'
}
check "monitor listens to the next one" wait_until listens_again
is_mirrored() {
	ctl prefix list isp alpha | grep -q '203\.0\.113\.96/27'
}
check "and follow goes on with it" wait_until is_mirrored
kill "${background[@]}"
wait "${background[@]}" 2>/dev/null || true
background=()

# Also when the module goes between the event and the question that it leads to
strace -o "$scratch/calls" -e trace=sendto \
	-e inject=sendto:delay_enter=5000000:when=6 \
	obpblctl -n router -j monitor >"$scratch/events" &
background+=($!)
wait_until grep -q listening "$scratch/events"
traced=$(pgrep -P "${background[0]}")
ctl flush --yes >/dev/null
is_held() {
	grep -q '^State:.*tracing stop' /proc/"$traced"/status
}
check "monitor asks about what was flushed" wait_until is_held
wait_until rmmod obpbl
check "and is told that the module has gone" \
	wait_until grep -q '"unloaded"' "$scratch/events"
load_module
has_heard_it() {
	sed '1,/"unloaded"/d' "$scratch/events" | grep -q '"listening"'
}
check "it listens to the next one all the same" wait_until has_heard_it
ctl apply "$conf" >/dev/null
check "and hears it" wait_until listens_again
kill "$traced"
wait "${background[@]}" 2>/dev/null || true
background=()

# So does follow, also if the next one is there before it learns of that: what it asks
# after a flush is held until then.
asked() {
	ctl apply "$conf" >/dev/null
	strace -o "$scratch/calls" -e trace=sendto "$@" \
		obpblctl -n router follow table 100 isp alpha class dynamic \
		>"$scratch/followed" 2>&1 &
	background+=($!)
	wait_until grep -q ' followed ' "$scratch/followed"
	traced=$(pgrep -P "${background[0]}")
}
asked
kill "$traced"
wait "${background[@]}" 2>/dev/null || true
background=()
asked -e "inject=sendto:delay_enter=10000000:when=$(($(grep -c ^sendto \
	"$scratch/calls") + 1))"
ctl flush --yes >/dev/null
check "follow asks about what was flushed" wait_until is_held
wait_until rmmod obpbl
load_module
ctl apply "$conf" >/dev/null
check "and goes on with the next module" wait_until is_mirrored
kill "$traced"
wait "${background[@]}" 2>/dev/null || true
background=()

# The kernel panics of the warning that something is freed too early.
namespace busy
cases ip netns exec busy python3 "$OBPBL_REPO/tests/vm/commits.py" 5
for _ in 1 2 3; do
	ip netns del busy
	namespace busy
	cases ip netns exec busy python3 "$OBPBL_REPO/tests/vm/commits.py" 0.2
done
ip netns del busy
ctl flush --yes >/dev/null
check "flush releases the module" wait_until rmmod obpbl
load_module
cases ip netns exec router python3 "$OBPBL_REPO/tests/vm/late.py"
check "and is gone" bash -c '! grep -q ^obpbl /proc/modules'
finish
