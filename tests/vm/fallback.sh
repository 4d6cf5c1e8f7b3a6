#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# obpblctl fallback: what nft does with a config file is what the module does,
# connection by connection, in each policy, mode and manner of rejecting. The
# network is drawn in lib.sh.
#
#   tests/vm/run tests/vm/fallback.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# Seconds after which what has not been answered is taken for dropped
patience=1

# Namespace and source, and destinations
sources="sub 203.0.113.5
sub 203.0.113.9
sub 203.0.113.10
sub 203.0.113.77
sub 203.0.113.121
sub 2001:db8:a:1000::5
sub 2001:db8:a:1000::9
beta 192.0.2.5"
destinations="198.18.0.25 25
198.18.0.99 25
198.18.0.25 587
203.0.113.200 25
198.51.100.25 25
192.0.2.200 25
2001:db8:f::25 25
2001:db8:a::200 25"

# How every source reaches every destination of its family
each() {
	local space source to port

	while read -r space source; do
		while read -r to port; do
			[[ ${source//[^:]/} && ${to//[^:]/} ||
				! ${source//[^:]/}${to//[^:]/} ]] || continue
			have_ipv6 || [[ $source != *:* ]] || continue
			echo "$source $to:$port $(attempt "$space" "$source" \
				"$to" "$port" "$patience")"
		done <<<"$destinations"
	done <<<"$sources"
}

# same NAME [LINE]...: the policy of lines for ISP alpha, up to "--", and of
# others behind it.
same() {
	local name=$1 lines=() module fallback

	shift
	while (($#)) && [[ $1 != -- ]]; do
		lines+=("$1")
		shift
	done
	cat >"$scratch/policy" <<-CONF
		isp alpha {
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
		    static = { 203.0.113.120/29 }
		    relay = { 203.0.113.200, 2001:db8:a::200 }
		    $(printf '%s\n' "${lines[@]}")
		}
		$(printf '%s\n' "${@:2}")
	CONF
	ctl apply "$scratch/policy" >/dev/null 2>&1 ||
		fail "$name: apply"
	module=$(each)
	ctl flush --yes >/dev/null
	ctl fallback "$scratch/policy" >"$scratch/rules" 2>/dev/null
	ns router nft -f "$scratch/rules" || fail "$name: nft"
	fallback=$(each)
	is "$name" "$fallback" "$module"
	blocked=$(grep -c "refused\|timeout\|prohibited\|unreachable" \
		<<<"$module" || true)
	note "$blocked of $(wc -l <<<"$module") do not arrive"
	ns router nft delete table inet obpbl
}

topology
serve foreign 25 587
serve relay 25
serve beta 25
load_module

same "nothing of an ISP in mode monitor" "mode = monitor"
is "all arrive" "$blocked" 0
same "outside" "mode = enforce"
check "some do not arrive" test "$blocked" -gt 5
same "a narrow exemption, an exemption, quarantines" "mode = enforce" -- \
	'exempt 203.0.113.9 { isp = alpha  reason = x }' \
	'exempt 203.0.113.10 { isp = alpha  to = 198.18.0.99  reason = x }' \
	'exempt 203.0.113.77 { isp = alpha  dev = sub0  reason = x }' \
	'quarantine 203.0.113.121 { isp = alpha  reason = x }' \
	'quarantine 2001:db8:a:1000::9 { isp = alpha  reason = x }' \
	'quarantine 203.0.113.5 { isp = alpha until = "2001-01-01T00:00:00Z" reason = x }'
# While connect() has the socket an error by ICMP is only noted: what ends it is the
# one that answers the second SYN, a second later.
patience=5
same "relay-only, by ICMP" "mode = enforce" "policy = relay-only" \
	"reject = admin"
patience=1
same "targets, without an answer" "mode = enforce" "policy = targets" \
	"reject = drop" "target = { 198.18.0.0/25, 192.0.2.200 }"
same "another ISP beside it" "mode = enforce" -- \
	'isp beta { mode = enforce policy = relay-only
		space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25, 203.0.113.8/30 }
		relay = { 198.18.0.99 } }'

# Twice is once, and a file of faults is none.
ctl fallback "$scratch/policy" >"$scratch/rules"
ns router nft -f "$scratch/rules"
ns router nft list ruleset >"$scratch/once"
ns router nft -f "$scratch/rules"
is "a second time it takes the place of the first" \
	"$(ns router nft list ruleset)" "$(<"$scratch/once")"
ns router nft delete table inet obpbl

# A VRF, whose sources are those that arrive there.
ip -n router link add red type vrf table 10
ip -n router link set red up
ip -n router link set beta0 master red
ip -n router route add 198.18.0.0/24 dev foreign0 table 10
ip -n router route add 192.0.2.0/24 dev beta0
same "a VRF" "mode = enforce" -- \
	'isp red { mode = enforce space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 198.18.0.99 } vrf = red }'
finish
