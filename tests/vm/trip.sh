#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who goes over the limit of an ISP with limit_quarantine is quarantined: by
# real packets, once, whatever else goes on in the policy at the time.
#
#   tests/vm/run tests/vm/trip.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

mx=198.18.0.25
relay=203.0.113.200

# policy FILE [LINE]...: more lines for ISP alpha.
policy() {
	cat >"$1" <<-CONF
		isp alpha {
		    mode = enforce
		    reject = drop
		    space = { 203.0.113.0/24, 10.0.0.0/8, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 10.0.0.0/8, 2001:db8:a::/48 }
		    relay = { $relay }
		    limit = 3/1h
		    limit_quarantine = 10m
		    $(printf '%s\n' "${@:2}")
		}
	CONF
}

quietly() {
	"$@" >"$scratch/said" 2>&1 || fail "$*: $(<"$scratch/said")"
}

# anew [LINE]...: no windows, no overlays.
anew() {
	quietly ctl flush --yes
	policy "$scratch/policy.conf" "$@"
	quietly ctl apply "$scratch/policy.conf"
	quietly ctl stats reset
}

# Four connections of one source, of which the limit lets three through.
trip() {
	syns "$1" 1 "${2-$mx}" 1 4
}

# listed [FILTER]: the quarantines.
listed() {
	ctl -j quarantine list | jq -r ".[] | ${1-.prefix}" | sort -V
}

has() {
	listed | grep -qx "$1"
}

count() {
	(($(listed | wc -l) == $1))
}

# reason SOURCE [DESTINATION]
reason() {
	ctl -j test from "$1" to "${2-$mx}" | jq -r .reason || true
}

generation() {
	ctl -j show 2>/dev/null | jq .generation
}

# left PREFIX: seconds until its end
left() {
	local until

	until=$(listed "select(.prefix == \"$1\").until")
	echo $(($(date -d "$until" +%s) - $(date +%s)))
}

both_cpus() {
	local pids=() pid cpu before

	note "a source that goes over its limit"
	anew
	syns 10.1.0.1 1 "$mx" 1 3
	before=$(generation)
	for cpu in 0 1; do
		syns 10.1.0.2 1 "$mx" 1 50 "$cpu" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	check "is quarantined" wait_until has 10.1.0.2/32
	is "alone, and once" "$(listed)" 10.1.0.2/32
	is "in one step" "$(generation)" $((before + 1))
	is "with its reason, and no ticket" \
		"$(listed '"\(.isp) \(.reason) \(.ticket)"')" \
		"alpha over its limit null"
	check "for as long as it says" test "$(left 10.1.0.2/32)" -gt 560 \
		-a "$(left 10.1.0.2/32)" -le 600
	is "it reaches nobody" "$(reason 10.1.0.2)" quarantine
	is "but the relay" "$(reason 10.1.0.2 "$relay")" relay
	is "and submission" "$(ctl -j test from 10.1.0.2 to "$mx" dport 587 |
		jq -r .verdict)" pass
	is "one that has used up its limit is not" "$(reason 10.1.0.1)" limit
}

as_any_other() {
	quietly ctl save "$scratch/saved"
	check "save writes it" grep -q 'reason  = "over its limit"' \
		"$scratch/saved"
	quietly ctl quarantine del 10.1.0.2 isp alpha
	is "it can be deleted" "$(listed)" ""
	is "and the limit is still reached" "$(reason 10.1.0.2)" limit
	quietly ctl apply "$scratch/saved"
	is "apply reads what was saved" "$(listed)" 10.1.0.2/32
}

families() {
	note "IPv6, answers, monitor"
	anew "reverse = on"
	trip 2001:db8:a:7::9 2001:db8:f::25
	check "IPv6 by /64" wait_until has 2001:db8:a:7::/64
	is "all of it" "$(reason 2001:db8:a:7::1 2001:db8:f::25)" quarantine
	quietly ctl prefix add 2001:db8:a:8::/96 dynamic isp alpha
	trip 2001:db8:a:8::9 2001:db8:f::25
	check "or as long as what makes it dynamic" \
		wait_until has 2001:db8:a:8::/96
	is "which is then quarantined" \
		"$(reason 2001:db8:a:8::1 2001:db8:f::25)" quarantine
	quietly ctl mode monitor isp alpha
	trip 10.2.0.1
	check "in monitor as well" wait_until has 10.2.0.1/32
	is "where it passes" "$(ctl -j test from 10.2.0.1 to "$mx" |
		jq -r '"\(.verdict) \(.reason)"' || true)" "would_block quarantine"
}

# All sources trip in the end, though the list of them has 256 places.
all_of() {
	syns 10.3.0.0 "$1" "$mx" 1 4
	count "$1"
}

many() {
	local before holder

	note "more than there is room for"
	anew
	before=$(generation)
	coproc hold
	holder=$COPROC_PID
	read -r -u "${COPROC[0]}" _ || fail "no transaction"
	syns 10.3.0.0 1500 "$mx" 1 4
	echo >&"${COPROC[1]}"
	check "while a transaction is open" wait "$holder"
	check "they come again" wait_until all_of 1500
	check "many together are one step" \
		test $(($(generation) - before)) -lt 300
	is "nobody was left out" "$(ctl -j stats | jq .limit.not_quarantined)" 0
}

refused() {
	note "no room for overlays"
	anew
	# Half of the room is for the kernel's own
	ns router sysctl -qw net.obpbl.max_overlays=2
	trip 10.4.0.1
	check "the last place" wait_until has 10.4.0.1/32
	trip 10.4.0.2
	check "then it is counted" wait_until not_quarantined 1
	is "and told of" "$(ctl -j show 2>/dev/null | jq -r '.warnings[]' |
		grep -c 'source over the limit could not be quarantined')" 1
	is "in stats" "$(ctl stats | grep -c '^limit: 1 source over it')" 1
	is "the limit goes on" "$(reason 10.4.0.2)" limit
	is "nothing was lost" "$(listed)" 10.4.0.1/32
	ns router sysctl -qw net.obpbl.max_overlays=262144
}

# by_hand add|del N: so many exemptions, in one transaction.
by_hand() {
	local i

	for ((i = 0; i < $2; i++)); do
		if [[ $1 == add ]]; then
			echo "exempt add 10.11.$((i >> 8)).$((i & 255)) isp alpha reason x"
		else
			echo "exempt del 10.11.$((i >> 8)).$((i & 255)) isp alpha"
		fi
	done | ctl -b - --atomic
}

# judged SOURCE QUARANTINED REFUSED: all of 1,500 sources were, in the end.
judged() {
	syns "$1" 1500 "$mx" 1 4
	count "$2" && not_quarantined "$3"
}

# Spoofed sources cannot take up all of the room, not even for a while; and what
# has ended makes room by itself.
recycled() {
	note "more sources than there is room for"
	anew
	ns router sysctl -qw net.obpbl.max_overlays=1000
	check "half of the room is theirs, and no more" \
		wait_until judged 10.10.0.0 500 1000
	check "the other half is for whoever adds one" by_hand add 500
	refused_by_hand "until that is full"
	date -s "@$(($(date +%s) + 610))" >/dev/null
	is "all have ended, and are there still" \
		"$(listed | wc -l) $(reason 10.10.0.1)" "500 limit"
	check "whoever adds one finds room then" ctl exempt add 10.12.0.1 \
		isp alpha reason x
	is "by those that have ended" "$(listed)" ""
	check "those who come are quarantined" wait_until judged 10.14.0.0 499 2001
	date -s "@$(($(date +%s) + 610))" >/dev/null
	check "and after them others" wait_until judged 10.16.0.0 499 3002
	quietly by_hand del 500
	ns router sysctl -qw net.obpbl.max_overlays=262144
}

# refused_by_hand NAME
refused_by_hand() {
	check_status 1 "$1" ctl exempt add 10.12.0.1 isp alpha reason x
}

not_quarantined() {
	(($(ctl -j stats | jq .limit.not_quarantined) == $1))
}

# hold [BEFORE [AFTER]]: what another program does in one transaction, which it
# holds open until it is told to commit it; Python, with netlink.py at hand.
hold() {
	ns router python3 -I -c "
import sys
sys.path.insert(0, '$OBPBL_REPO/tests/vm')
from netlink import *

nl = Nl()
nl.call(BEGIN)
${1-}
print('open', flush=True)
sys.stdin.readline()
${2-}
nl.call(COMMIT)
"
}

# Four wait for the end of a transaction that quarantines two of them itself,
# exempts the third, and moves the fourth to another ISP.
transaction() {
	local program before changes="
def overlay(address, kind, reason, *more):
    nl.call(OVERLAY_ADD, isp() + u8(CLASS, kind) + attr(REASON, reason) +
            attr(PREFIXES4, prefix4(address, 32)) + b''.join(more))

overlay('10.5.0.1', QUARANTINE, 'by hand', attr(TICKET, 'T-1'),
        u64(UNTIL, $(($(date +%s) + 60))))
overlay('10.5.0.2', QUARANTINE, 'for good')
overlay('10.5.0.3', EXEMPT, 'own server')
nl.call(ISP_ADD, isp('beta') + u8(MODE, 2))
nl.call(PREFIX_ADD, adding(prefix4('10.5.0.4', 32), name='beta'))"

	note "a transaction is open"
	anew
	before=$(generation)
	coproc hold "$changes"
	program=$COPROC_PID
	read -r -u "${COPROC[0]}" _ || fail "no transaction"
	syns 10.5.0.1 5 "$mx" 1 4
	is "all are over their limit" "$(reason 10.5.0.5)" limit
	is "and nothing is done" "$(generation)" "$before"
	echo >&"${COPROC[1]}"
	check "it is committed, as it was begun" wait "$program"
	check "they follow" wait_until has 10.5.0.5/32
	is "its own end later, not sooner, and keep their texts" \
		"$(listed '"\(.prefix) \(.reason) \(.ticket)"')" \
		"$(printf '%s\n' '10.5.0.1/32 by hand T-1' \
			'10.5.0.2/32 for good null' \
			'10.5.0.5/32 over its limit null')"
	check "the later end" test "$(left 10.5.0.1/32)" -gt 500
	is "no end stays none" "$(listed 'select(.prefix == "10.5.0.2/32").until')" \
		null
	is "who was exempted is free" "$(reason 10.5.0.3)" exempt
	is "and another's is left alone" "$(reason 10.5.0.4)" outside
}

# Two subscribers go over their limit while a transaction is open.  The device of
# the first goes before that ends, and the transaction gives his address to the
# next one, on a device that has his number.
next_subscriber() {
	local program session="
nl.call(SESSION_UP, isp() + attr(DEV, 'ppp10') +
        attr(PREFIXES4, prefix4('10.10.0.1', 32)))"

	note "another subscriber on the same address and the same number"
	anew
	ip -n router link add ppp10 index 4010 type dummy
	ip -n router link add ppp11 index 4011 type dummy
	quietly ctl session up dev ppp10 addr 10.10.0.1 isp alpha
	quietly ctl session up dev ppp11 addr 10.10.0.2 isp alpha
	coproc hold '' "$session"
	program=$COPROC_PID
	read -r -u "${COPROC[0]}" _ || fail "no transaction"
	syns 10.10.0.1 2 "$mx" 1 4
	is "both are over their limit" \
		"$(reason 10.10.0.1) $(reason 10.10.0.2)" "limit limit"
	ip -n router link del ppp10
	ip -n router link add ppp10 index 4010 type dummy
	echo >&"${COPROC[1]}"
	check "the next one has a session" wait "$program"
	check "who is still there is quarantined" wait_until has 10.10.0.2/32
	is "and nobody for who is gone" "$(listed)" 10.10.0.2/32
	ip -n router link del ppp10
	ip -n router link del ppp11
}

# Who gets the address next inherits nothing of what was counted.
next_window() {
	note "another subscriber on the same address"
	anew
	quietly ctl isp set alpha limit_quarantine none
	ip -n router link add ppp12 type dummy
	quietly ctl session up dev ppp12 addr 10.12.0.1 isp alpha
	trip 10.12.0.1
	is "the first is over the limit" "$(reason 10.12.0.1)" limit
	ip -n router link del ppp12
	ip -n router link add ppp12 type dummy
	quietly ctl session up dev ppp12 addr 10.12.0.1 isp alpha
	is "the next one is not" "$(reason 10.12.0.1)" under_limit
	trip 10.12.0.1
	is "but will be as soon" "$(reason 10.12.0.1)" limit
	ip -n router link del ppp12
}

# There are 1024 numbers of ISPs.  When they have run out, those of forgotten
# names are given to others; each of them is asked for a source that is over the
# limit of an ISP which is no more.
next_isp() {
	note "another ISP by the same number"
	anew
	quietly ctl isp set alpha limit_quarantine none
	trip 10.11.0.1
	is "a source over its limit" "$(reason 10.11.0.1)" limit
	is "is under the limit of any other ISP" "$(other_isps)" "7 1100"
}

# other_isps: each reason, and how often
other_isps() {
	ns router python3 -I -c "
import sys, collections
sys.path.insert(0, '$OBPBL_REPO/tests/vm')
from netlink import *

nl = Nl()
nl.call(ISP_ADD, isp('stays'))
nl.call(ISP_DEL, isp())
names = [f'isp{i}' for i in range(1100)]
seen = collections.Counter()
for name in names:
    nl.call(ISP_ADD, isp(name) + u8(MODE, 2) + u32(LIMIT, 3) +
            u32(LIMIT_SECONDS, 3600))
    nl.call(PREFIX_ADD, adding(prefix4('10.0.0.0', 8), name=name))
    found = attributes(nl.call(TEST,
        attr(SRC, socket.inet_aton('10.11.0.1')) +
        attr(DST, socket.inet_aton('$mx')))[0])
    seen[found[REASON_CODE][0]] += 1
    nl.call(ISP_DEL, isp(name))
print(*(f'{reason} {n}' for reason, n in sorted(seen.items())))
"
}

confirmation() {
	note "a change waits to be confirmed"
	anew
	{
		cat "$scratch/policy.conf"
		echo 'isp gamma { mode = enforce  limit = 3/1h'
		echo 'limit_quarantine = 1h  dynamic = { 11.0.0.0/8 } }'
	} >"$scratch/more.conf"
	quietly ctl apply "$scratch/more.conf" --confirm 600
	trip 11.0.0.1
	trip 10.6.0.1
	check "who stays is quarantined" wait_until has 10.6.0.1/32
	check "who may go as well" wait_until has 11.0.0.1/32
	is "at once" "$(reason 11.0.0.1)" quarantine
	quietly ctl rollback
	is "both outlast the return" "$(listed)" \
		"$(printf '%s\n' 10.6.0.1/32 11.0.0.1/32)"
	is "but one says nothing without its ISP" "$(reason 11.0.0.1)" foreign
	quietly ctl apply "$scratch/more.conf" --confirm 600
	is "until that is back" "$(reason 11.0.0.1)" quarantine
	quietly ctl confirm
	is "for good" "$(reason 11.0.0.1) $(listed | wc -l)" "quarantine 2"
}

told() {
	local listener

	note "events"
	anew
	ip netns exec router obpblctl -j monitor >"$scratch/events" &
	listener=$!
	check "somebody listens" wait_until grep -q listening "$scratch/events"
	trip 10.7.0.1
	check "a step by the limit" wait_until grep -q \
		'"event":"policy".*"change":"overlay_add".*"port":0,"by":"limit"' \
		"$scratch/events"
	kill -INT "$listener"
	wait "$listener" || true
}

the_end() {
	note "the end"
	anew
	trip 10.8.0.1
	check "it is quarantined" wait_until has 10.8.0.1/32
	date -s "@$(($(date +%s) + 590))" >/dev/null
	is "till then" "$(reason 10.8.0.1)" quarantine
	date -s "@$(($(date +%s) + 20))" >/dev/null
	is "by the clock" "$(reason 10.8.0.1)" limit
	quietly ctl isp set alpha limit 3/1s
	quietly ctl isp set alpha limit_quarantine none
	syns 10.8.0.2 1 "$mx" 1 50
	is "without it nobody is" "$(listed)" 10.8.0.1/32
}

# The policy, or all of the router, goes before the work is done.
gone() {
	local i

	note "gone at once"
	for i in {1..5}; do
		anew
		trip "10.9.0.$i"
		quietly ctl flush --yes
	done
	is "flush leaves nothing" "$(ctl -j show | jq .overlays)" 0
	anew
	syns 10.9.1.0 200 "$mx" 1 4
	ip netns del router
	check "the module can go" wait_until rmmod obpbl
}

topology
load_module
ip -n router route add 198.18.0.0/15 dev foreign0 2>/dev/null || true
both_cpus
as_any_other
families
many
refused
recycled
transaction
next_subscriber
next_window
next_isp
confirmation
told
the_end
gone
finish
