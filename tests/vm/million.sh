#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A million prefixes: loaded under traffic, listed while they change, bounded.
#
#   make -C tests guests
#   tests/vm/run --mem 2G --timeout 900 tests/vm/million.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# A million lines of UTF-8 take grep a minute
export LC_ALL=C
million=$OBPBL_REPO/tests/vm/million.py
list=$OBPBL_BUILD/vm/million
many=$((800000 + 40000 + 12 + 20000 + 140000))
patience=120

# within_memory COMMAND...: with 64 MiB of address space.
within_memory() (
	ulimit -v 65536
	"$@"
)

shown() {
	ctl -j show | jq "$1"
}

# is_whole FILE: those of the list and of the commands below, in their order, and
# of the churn those of one moment.
is_whole() {
	grep -v ^10\\. "$1" | cmp - "$scratch/sorted" || return
	{ grep ^10\\. "$1" || true; } | python3 "$million" check
}

# is_listed [FILE]: by prefix list, with little memory.
is_listed() {
	local file=${1-$scratch/listed}

	within_memory ctl prefix list | cut -d ' ' -f 1 >"$file" &&
		is_whole "$file"
}

# All lines but the brackets are alike.
is_listed_in_json() {
	within_memory ctl -j prefix list >"$scratch/json" || return
	grep -Evx ' ?\{"prefix": "[0-9a-f.:/]+", "class": "(dynamic|relay)", "isp": "alpha"},?' \
		"$scratch/json" | cmp - <(printf '[\n]\n') || return
	cut -s -d '"' -f 4 "$scratch/json" >"$scratch/listed"
	is_whole "$scratch/listed"
}

# Two at the same time
are_listed_twice() {
	local other

	is_listed "$scratch/first" &
	other=$!
	is_listed "$scratch/second" && wait "$other"
}

changes() {
	shown .generation
}

# Mail of somebody who is in no list of the load, all the while.
try_mail() {
	local said

	while :; do
		said=$(attempt sub "$dynamic" "$mx" 25 2>/dev/null)
		echo "$said" >>"$scratch/mail"
	done
}

topology
serve foreign 25
load_module
ctl -b - <<-BATCH
	isp add alpha mode enforce
	prefix add 203.0.113.0/25 dynamic isp alpha
	prefix add 203.0.113.200/32 relay isp alpha
BATCH

try_mail &
background+=($!)
wait_until test -s "$scratch/mail"
check "a million from a file" ctl prefix load "$list" dynamic isp alpha
many=$((many + 2))
is "all are there" "$(shown .prefixes)" "$many"
kill "${background[-1]}"
is "whoever was blocked was so all the while" \
	"$(sort -u "$scratch/mail")" refused
# Sources by family, then destinations
awk '/:/ && !n++ { print "203.0.113.0/25" }
	{ print }
	END { print "203.0.113.200/32" }' "$list.sorted" >"$scratch/sorted"
each=$(($(shown .bytes) / many))
check "a prefix takes at most 13 bytes, not $each" test "$each" -le 13

python3 "$million" churn | ctl -b - >"$scratch/churn" 2>&1 &
background+=($!)
begun=$(changes)
changed() { (($(changes) > begun + 100)); }
check "changes go on" wait_until changed
check "prefix list is of one moment, and takes little memory" is_listed
check "in JSON as well" is_listed_in_json
begun=$(changes)
check "changes still go on" wait_until changed

check "a second list while the first is read" are_listed_twice
kill "$(pgrep -f "million.py churn")"
wait "${background[-1]}" || true
ctl prefix list | grep ^10\\. | awk '{ print "prefix del " $0 }' |
	ctl --atomic -b - >/dev/null

set_ceiling() {
	ns router sysctl -q "net.obpbl.max_prefixes=$1"
}

set_ceiling "$many"
check_status 1 "the ceiling refuses one more" \
	ctl prefix add 10.0.0.1/32 dynamic isp alpha
like "and says which" "$(<"$scratch/said")" max_prefixes
is "and nothing has changed" "$(shown .prefixes)" "$many"
ctl save >"$scratch/saved.conf"
check "the whole table again is within the ceiling" \
	ctl apply "$scratch/saved.conf"
is "the same table in place of itself" "$(shown .prefixes)" "$many"

# Listing holds a snapshot: what replaces it meanwhile changes nothing in it.
mkfifo "$scratch/pipe"
ctl prefix list >"$scratch/pipe" &
exec {pipe}<"$scratch/pipe"
read -r first <&"$pipe"
ctl flush --yes >/dev/null
is "a list whose policy is gone is of that policy" \
	"$( (echo "$first" && cat <&"$pipe") | wc -l)" "$many"
exec {pipe}<&-
empty() { [[ $(shown .bytes) == 0 ]]; }
check "all memory is free" wait_until empty

# Far more than there may be by now
ctl isp add beta
python3 -c '
import random
rng = random.Random(25)
for _ in range(400000):
    print("2001:db8", *(f"{rng.getrandbits(16):x}" for _ in range(6)), sep=":")
' >"$scratch/wide"
ctl prefix load "$scratch/wide" dynamic isp beta
ns router sysctl -q net.obpbl.max_prefixes=1 net.obpbl.max_overlays=1 \
	net.obpbl.max_sessions=1
check_status 1 "what adds is refused" ctl isp add gamma
check "but a mode is set" ctl mode monitor
finish
