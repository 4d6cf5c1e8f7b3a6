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

# list_is_whole WHAT WORD...: of the prefixes of one moment.
list_is_whole() {
	check "$1" bash -o pipefail -c '"$@" | python3 "$0" check '"$many" \
		"$million" bash -c "ulimit -v 65536; exec ip netns exec router \
			obpblctl ${*:2}"
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
each=$(($(shown .bytes) / many))
check "a prefix takes at most 13 bytes, not $each" test "$each" -le 13

python3 "$million" churn | ctl -b - >"$scratch/churn" 2>&1 &
background+=($!)
begun=$(changes)
changed() { (($(changes) > begun + 100)); }
check "changes go on" wait_until changed
list_is_whole "prefix list is of one moment, and takes little memory" \
	prefix list
list_is_whole "in JSON as well" -j prefix list
begun=$(changes)
check "changes still go on" wait_until changed

check "a second list while the first is read" bash -c '
	ip netns exec router obpblctl prefix list >"$0.1" &
	ip netns exec router obpblctl prefix list >"$0.2" && wait "$!" &&
	python3 "$1" check "$2" <"$0.1" && python3 "$1" check "$2" <"$0.2"' \
	"$scratch/twice" "$million" "$many"
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
finish
