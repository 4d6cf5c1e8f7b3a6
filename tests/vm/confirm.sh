#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apply --confirm, confirm and rollback: a mistake that the kernel takes back
# when nobody can any more, the change itself under traffic on two CPUs, what
# becomes of tracked connections, and the end of namespaces and of the module
# while something may return. The network is drawn in lib.sh.
#
#   tests/vm/run --cpus 2 tests/vm/confirm.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

server=203.0.113.200

# policy FILE [LINE]...: alpha's policy, to which its relay is not yet known.
policy() {
	cat >"$1" <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
		    $(printf '%s\n' "${@:2}")
		}
	CONF
}

right=$scratch/right.conf wrong=$scratch/wrong.conf
policy "$right" "relay = { 203.0.113.200, 198.51.100.25 }"
# One letter off, and nobody reaches the mail server any more
policy "$wrong" "relay = { 203.0.113.100, 198.51.100.25 }" \
	"policy = relay-only"

# quietly COMMAND...: of no interest is what it warns of.
quietly() {
	"$@" >"$scratch/quietly" 2>&1 || fail "$*: $(<"$scratch/quietly")"
}

judged() {
	reaches "$1: mail to the relay" sub "$dynamic" "$server" 25 "$2"
	reaches "$1: mail to outside" sub "$dynamic" "$mx" 25 refused
	reaches "$1: submission" sub "$dynamic" "$mx" 587 open
	reaches "$1: an exempted server" sub 203.0.113.9 "$mx" 25 "${3-open}"
}

relay_is_back() {
	[[ $(attempt sub "$dynamic" "$server" 25) == open ]]
}

# ---- a mistake -------------------------------------------------------------

# The program that has made it is there until it is killed.
mistaken_and_gone() {
	local program

	coproc ctl -j -b - 2>/dev/null
	program=$COPROC_PID
	echo "apply $wrong --confirm 20" >&"${COPROC[1]}"
	read -r -u "${COPROC[0]}" line
	is "the program has applied it" "$(jq .confirm.seconds_left <<<"$line")" 20
	quietly ctl exempt add 203.0.113.10 isp alpha for 1d reason meanwhile
	kill -KILL "$program"
	wait "$program" 2>/dev/null || true
	judged "the mistake" refused
	like "show says what will happen" "$(ctl show)" \
		'confirm pending: [0-9]+ s left, then generation [0-9]+ returns'
	check "the kernel goes back by itself" wait_until relay_is_back
	judged "after it" open
	reaches "what was added meanwhile stays" sub 203.0.113.10 "$mx" 25 open
	is "nothing waits any more" "$(ctl -j show 2>/dev/null | jq .confirm)" null
	quietly ctl exempt del 203.0.113.10 isp alpha
}

mistake() {
	quietly ctl apply "$right"
	quietly ctl exempt add 203.0.113.9 isp alpha for 1d reason "own server"
	judged "before" open
	mistaken_and_gone
	quietly ctl apply "$wrong" --confirm 600
	judged "another mistake" refused
	check "rollback" ctl rollback
	judged "after rollback" open
	quietly ctl apply "$right" --confirm 600
	check "confirm" ctl confirm
	judged "confirmed" open
}

# ---- under traffic ---------------------------------------------------------

# There and back and there again, for as long as the flood goes on.
changes() {
	local rounds=0

	while kill -0 "$1" 2>/dev/null; do
		ctl apply "$wrong" --confirm 600
		ctl rollback
		ctl apply "$right" --confirm 600
		ctl confirm
		rounds=$((rounds + 1))
	done >"$scratch/changes" 2>&1
	echo "$rounds"
}

# Each packet of whoever is exempted in all policies arrives, and none of
# whoever is blocked by all of them.
traffic() {
	local rounds floods=()

	watch foreign exempted "ip saddr 203.0.113.9 tcp dport 25" \
		blocked "ip saddr 203.0.113.64/26 tcp dport 25"
	syns 203.0.113.64 40 "$mx" 1 750 0 &
	floods+=($!)
	syns 203.0.113.9 1 "$mx" 1 30000 1 &
	floods+=($!)
	background+=("${floods[@]}")
	rounds=$(changes "${floods[1]}")
	wait "${floods[@]}"
	note "$rounds times there, back and there"
	check "policies came and went" test "$rounds" -ge 1
	is "no packet is lost" "$(watched foreign exempted)" 30000
	is "and none gets through" "$(watched foreign blocked)" 0
	ns foreign nft delete table inet watch
	judged "after the traffic" open
}

# ---- tracked connections ---------------------------------------------------

# That one, once it is open, and no late packet of one that went before
tracked_is_there() {
	ns router conntrack -L -p tcp --orig-port-src 40025 2>/dev/null |
		grep -q ASSURED
}

connections() {
	ns router nft -f - <<-NFT
		add table inet track
		add chain inet track f { type filter hook forward priority 0; }
		add rule inet track f ct state established accept
	NFT
	quietly ctl mode monitor
	ns sub python3 -I -c "import socket, time
s = socket.create_connection(('$mx', 25), 10, ('$dynamic', 40025))
time.sleep(10 ** 6)" &
	background+=($!)
	check "a connection is tracked" wait_until tracked_is_there
	is "what may be taken back ends no connection" \
		"$(ctl -j apply "$right" --confirm 600 2>/dev/null |
			jq .connections_ended)" 0
	check "it is still there" tracked_is_there
	is "confirm does" "$(ctl -j confirm | jq .connections_ended)" 1
	check_status 1 "it is gone" tracked_is_there
	ns router nft delete table inet track
}

# ---- the end ---------------------------------------------------------------

unused() {
	[[ $(</sys/module/obpbl/refcnt) == 0 ]]
}

pinned() {
	: >"$scratch/empty.conf"
	quietly ctl flush --yes
	check "nothing pins the module" unused
	quietly ctl apply "$right" --confirm 600
	check "back to nothing" ctl rollback
	check "which pins nothing" unused
	quietly ctl apply "$right"
	quietly ctl apply "$scratch/empty.conf" --empty --confirm 600
	reaches "nothing is configured" sub "$dynamic" "$mx" 25 open
	check_status 1 "what may return pins the module" rmmod obpbl
	check "and returns" ctl rollback
	reaches "as it was" sub "$dynamic" "$mx" 25 refused
	quietly ctl apply "$scratch/empty.conf" --empty --confirm 600
	check "nothing is confirmed" ctl confirm
	check "and pins nothing" unused
}

# Timers that fire while namespaces go, and some that do not come to it
namespaces() {
	local i

	printf 'netns add n%d\n' {1..20} | ip -batch -
	for i in {1..20}; do
		echo "-n n$i apply $right"
		echo "-n n$i apply $wrong --confirm $((i % 3 + 1))"
	done >"$scratch/batch"
	quietly obpblctl -b "$scratch/batch"
	printf 'netns del n%d\n' {1..20} | ip -batch -
	check "namespaces go with what they kept" wait_until unused
	check "and so does the module" rmmod obpbl
}

topology
load_module
serve foreign 25 587
serve relay 25
mistake
traffic
connections
pinned
namespaces
finish
