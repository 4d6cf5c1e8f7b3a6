#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every packet gets: real sockets from end to end, and raw packets of
# every shape with counters before and after (packets.py). The network is
# drawn in lib.sh. Runs with ipv6.disable=1 on the kernel's command line too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# neighbours LEAF ADDRESS...: nobody there owns them, so nobody answers.
neighbours() {
	local leaf=$1 address mac

	shift
	mac=$(ip -n "$leaf" -j link show eth0 | jq -r '.[0].address')
	for address; do
		[[ $address != *:* ]] || have_ipv6 || continue
		echo "neigh add $address lladdr $mac dev ${leaf}0"
	done | ip -n router -batch -
}

all_neighbours() {
	neighbours sub 203.0.113.6 2001:db8:a:1000::6
	neighbours foreign 198.18.0.66 2001:db8:f::66
	neighbours beta 192.0.2.66 2001:db8:b::66
	neighbours relay 203.0.113.{210,220} 2001:db8:a::{210,220}
}

# policy [LINE]...: more lines for ISP alpha; $exempt_dev: with an exemption
# for the dynamic subscriber on that device.
policy() {
	cat >"$scratch/policy.conf" <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
		    static = { 203.0.113.120/29 }
		    relay = { 203.0.113.200, 203.0.113.210, 198.51.100.25,
		              2001:db8:a::200, 2001:db8:a::210 }
		    $(printf '%s\n' "$@")
		}
		isp beta {
		    mode = enforce
		    space = { 192.0.2.0/24, 2001:db8:b::/48 }
		    dynamic = { 192.0.2.0/25 }
		    relay = { 192.0.2.200 }
		}
		exempt 203.0.113.9 { isp = alpha reason = "own server" }
		exempt 2001:db8:a:1000::9 { isp = alpha reason = "own server" }
	CONF
	[[ ! ${exempt_dev-} ]] || cat >>"$scratch/policy.conf" <<-CONF
		exempt $dynamic { isp = alpha dev = $exempt_dev reason = "test" }
		exempt $dynamic6 { isp = alpha dev = $exempt_dev reason = "test" }
	CONF
	ctl apply "$scratch/policy.conf" >"$scratch/apply" 2>&1 ||
		fail "apply: $(<"$scratch/apply")"
}

# knob NAME [VALUE]: net.obpbl.NAME of the router.
knob() {
	if (($# > 1)); then
		# One write(2), so that its error is the status
		ns router sysctl -qw "net.obpbl.$1=$2"
	else
		ns router sysctl -n "net.obpbl.$1"
	fi
}

raw() {
	cases ip netns exec sub python3 -I "$OBPBL_REPO/tests/vm/packets.py" "$@"
}

# goes NAME TO TO6 PORT HOW [HOW6 [SECONDS]]: over both families, from the
# dynamic subscriber.
goes() {
	is "$1" "$(attempt sub "$dynamic" "$2" "$4" ${7+"$7"})" "$5"
	! have_ipv6 || is "$1, IPv6" \
		"$(attempt sub "$dynamic6" "$3" "$4" ${7+"$7"})" "${6:-$5}"
}

attempts() {
	ctl -j stats | jq '[.isps[].reasons.outside.attempts // 0] | add'
}

defaults() {
	is "mode is 2" "$(knob mode)" 2
	is "established is 0" "$(knob established)" 0
	is "fragments is 0" "$(knob fragments)" 0
	is "reject_rate is 500" "$(knob reject_rate)" 500
	is "max_prefixes is 4M" "$(knob max_prefixes)" 4194304
	is "max_overlays is 256k" "$(knob max_overlays)" 262144
	is "max_sessions is 1M" "$(knob max_sessions)" 1048576
	is "event_rate is 20" "$(knob event_rate)" 20
	is "event_dst is 1" "$(knob event_dst)" 1
	is "v6_source_len is 64" "$(knob v6_source_len)" 64
	is "max_sources is 64k" "$(knob max_sources)" 65536
	is "there is no other knob" \
		"$(ns router bash -c 'ls /proc/sys/net/obpbl | wc -l')" 11
}

# refuses NAME VALUE: and keeps what it had.
refuses() {
	local before

	before=$(knob "$1")
	is "$1 refuses $2" "$(knob "$1" "$2" 2>&1 | grep -o 'Invalid argument')" \
		"Invalid argument"
	is "... and keeps its value" "$(knob "$1")" "$before"
}

bounds() {
	local name

	for name in mode established fragments event_dst; do
		refuses "$name" 3
		refuses "$name" 256
		refuses "$name" -1
		refuses "$name" 4294967296
		refuses "$name" x
	done
	refuses reject_rate 1000001
	refuses max_prefixes 67108865
	refuses max_overlays 16777217
	refuses max_sessions 16777217
	refuses event_rate 1001
	refuses v6_source_len 129
	refuses max_sources 63
	refuses max_sources 4194305
	check "reject_rate takes its greatest" knob reject_rate 1000000
	knob reject_rate 500
	ns sub sysctl -qw net.obpbl.mode=1
	is "another namespace has its own" "$(knob mode)" 2
}

# denied NAME COMMAND...
denied() {
	local name=$1

	shift
	if "$@" >/dev/null 2>&1; then
		fail "$name"
	else
		ok "$name"
	fi
}

privileges() {
	local file=/proc/sys/net/obpbl/mode nobody=(setpriv --reuid 65534
		--regid 65534 --clear-groups)

	check "root can make a user namespace" unshare -Urn true
	check "nobody can make a user namespace" "${nobody[@]}" unshare -Urn true
	denied "nobody may not read" "${nobody[@]}" cat "$file"
	denied "nobody may not write" "${nobody[@]}" bash -c "echo 0 >$file"
	denied "root of a user namespace may not read" \
		unshare -Urn cat "$file"
	denied "root of a user namespace may not write" \
		unshare -Urn bash -c "echo 0 >$file"
	denied "nobody as root of a user namespace may not write" \
		"${nobody[@]}" unshare -Urn bash -c "echo 0 >$file"
}

sockets() {
	local before

	before=$(attempts)
	goes "25 to outside" "$mx" "$mx6" 25 refused
	is "one attempt each" $(($(attempts) - before)) \
		"$(have_ipv6 && echo 2 || echo 1)"
	goes "587 to outside" "$mx" "$mx6" 587 open
	goes "25 to the relay" 203.0.113.200 2001:db8:a::200 25 open
	is "a static customer" \
		"$(attempt sub 203.0.113.121 "$mx" 25)" open
	is "an exempted customer" "$(attempt sub 203.0.113.9 "$mx" 25)" open
	is "the router itself" "$(attempt router 203.0.113.1 "$mx" 25)" open
	ctl isp set alpha reject admin
	goes "admin" "$mx" "$mx6" 25 unreachable prohibited
	ctl isp set alpha reject drop
	goes "drop" "$mx" "$mx6" 25 timeout timeout 1
	ctl isp set alpha reject reset
}

replies() {
	knob reject_rate 0
	goes "reject_rate 0" "$mx" "$mx6" 25 timeout timeout 1
	knob reject_rate 5
	raw bucket
	knob reject_rate 500
	goes "reject_rate 500" "$mx" "$mx6" 25 refused
}

# Whether packets were blocked since the last look, and whether some would have been.
judged() {
	ctl -j show | jq -c '[[.isps[].blocked], [.isps[].would_block]] |
		map(add > 0)'
	ctl stats reset >/dev/null
}

modes() {
	judged >/dev/null
	knob mode 1
	goes "ceiling: monitor" "$mx" "$mx6" 25 open
	is "... which is counted as such" "$(judged)" "[false,true]"
	knob mode 0
	goes "ceiling: off" "$mx" "$mx6" 25 open
	is "... which is neither" "$(judged)" "[false,false]"
	knob mode 2
	goes "ceiling: enforce" "$mx" "$mx6" 25 refused
	is "... which blocks" "$(judged)" "[true,false]"
}

settings() {
	knob established 1
	raw established
	knob established 0
	knob fragments 1
	raw strict
	knob fragments 0
	policy "reverse = on"
	raw answers
	policy "reject = admin"
	raw admin
	policy "reject = drop"
	raw silent
	policy
}

# In the manner of other programs that own rules.
other_hooks() {
	ns router nft -f - <<-'NFT'
		table inet t {
			chain early {
				type filter hook forward priority -400
				accept
			}
			chain late {
				type filter hook forward priority 400
				accept
			}
		}
	NFT
	goes "other hooks accept" "$mx" "$mx6" 25 refused
	ns router nft flush ruleset
	goes "the ruleset is flushed" "$mx" "$mx6" 25 refused
}

destination_nat() {
	ns router nft -f - <<-'NFT'
		table ip t {
			chain c {
				type nat hook prerouting priority dstnat
				ip daddr 198.18.0.25 tcp dport 25 dnat to 198.18.0.25:587
				tcp dport 2525 dnat to 198.18.0.25:25
			}
		}
	NFT
	is "25 that became 587" "$(attempt sub "$dynamic" "$mx" 25)" open
	is "2525 that became 25" "$(attempt sub "$dynamic" "$mx" 2525)" refused
	# Connection tracking is on now, and puts fragments together.
	raw defragmented
	ns router nft flush ruleset
}

# The subscriber's line moves into a VRF, which has a way out but no way back
# in: a RST by the main table would never get there.
into_vrf() {
	ip -n router link add customers type vrf table 10
	ip -n router link set customers up
	ip -n router link set sub0 master customers
	ip -n router route add 198.18.0.0/24 dev foreign0 table 10
	! have_ipv6 || {
		address router sub0 2001:db8:a:1000::1/64
		ip -n router -6 route add 2001:db8:f::/64 dev foreign0 table 10
	}
	neighbours sub 203.0.113.6 2001:db8:a:1000::6 2>/dev/null || true
}

way_back() {
	ip -n router route add 203.0.113.0/25 dev sub0
	! have_ipv6 || ip -n router -6 route add 2001:db8:a:1000::/64 dev sub0
}

# exempt_by WHAT DEVICE HOW
exempt_by() {
	local exempt_dev=$2

	policy "vrf = customers"
	goes "exempt by $1" "$mx" "$mx6" 25 "$3"
}

vrfs() {
	if ! modprobe vrf 2>/dev/null; then
		skip "VRF: this kernel has none"
		return
	fi
	into_vrf
	goes "from a VRF that no ISP names" "$mx" "$mx6" 25 refused
	ctl flush --yes >/dev/null
	policy "vrf = customers"
	goes "from the VRF of its ISP" "$mx" "$mx6" 25 refused
	ctl isp set alpha reject admin
	goes "from the VRF of its ISP, admin" "$mx" "$mx6" 25 \
		unreachable prohibited
	ctl isp set alpha reject reset
	way_back
	exempt_by "the device" sub0 open
	exempt_by "the VRF" customers open
	exempt_by "another device" foreign0 refused
	ctl flush --yes >/dev/null
	policy "vrf = others"
	goes "the ISP lives in another VRF" "$mx" "$mx6" 25 open
}

topology
all_neighbours
# shellcheck disable=SC2119 # no module parameters
load_module
serve foreign 25 587
serve relay 25
defaults
bounds
privileges
goes "no policy" "$mx" "$mx6" 25 open
policy
sockets
raw relation forms shape
replies
modes
settings
other_hooks
destination_nat
vrfs
ctl flush --yes >/dev/null
goes "no policy any more" "$mx" "$mx6" 25 open
finish
