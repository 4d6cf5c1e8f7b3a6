#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets that stand for many segments: made by the sender's stack (GSO), by
# the router from what arrives (GRO), and greater than 64 KiB (BIG TCP). Each
# gets one verdict and is counted once, with all its bytes, as a rule of
# nftables beside the module counts it; and what passes arrives whole.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

size=$((8 << 20))
most=$((size / 1000))	# fewer packets than segments of 1,000 bytes
declare -A sub=([4]=203.0.113.5 [6]=2001:db8:a:1000::5)
declare -A relay=([4]=203.0.113.200 [6]=2001:db8:a::200)
declare -A mx=([4]=198.18.0.25 [6]=2001:db8:f::25)

families() {
	echo 4
	! have_ipv6 || echo 6
}

# bulk NAMESPACE COMMAND...
bulk() {
	ns "$1" python3 "$OBPBL_REPO/tests/vm/bulk.py" "${@:2}"
}

collect() {
	ip netns exec "$1" python3 "$OBPBL_REPO/tests/vm/bulk.py" serve &
	background+=($!)
	wait_until listening "$1" 26
}

# A rule of another hook sees the same packets in the same place.
second_opinion() {
	ns router nft -f - <<-'NFT'
		table inet second {
			counter relayed { }
			counter big { }
			chain forward {
				type filter hook forward priority filter
				iifname sub0 oifname relay0 tcp dport 25 \
					counter name relayed
				iifname sub0 meta length > 65535 \
					counter name big
			}
		}
	NFT
}

# opinion COUNTER: packets and bytes.
opinion() {
	ns router nft -j list counter inet second "$1" |
		jq -r '.nftables[] | .counter // empty | "\(.packets) \(.bytes)"'
}

ours() {
	echo "$(counted relay) $(counted relay alpha bytes)"
}

# last_of DESTINATION FAMILY: bytes of the last transfer there, and whether
# they are right.
last_of() {
	local -n address=$1

	bulk sub report "${sub[$2]}" "${address[$2]}" | jq -c '.tcp[-1]'
}

# through NAME FAMILY: a transfer to the relay.
through() {
	local before after packets

	before=$(opinion relayed)
	is "$1: sent" "$(bulk sub send "${sub[$2]}" "${relay[$2]}" $size)" sent
	check "$1: arrives whole" wait_until arrived_whole "$2"
	after=$(opinion relayed)
	packets=$((${after% *} - ${before% *}))
	check "$1: $packets packets, fewer than segments" \
		test "$packets" -lt "$most"
	is "$1: each is counted once, with its bytes" "$(ours)" "$after"
}

arrived_whole() {
	[[ $(last_of relay "$1") == "[$size,true]" ]]
}

# The sender's stack makes plain segments, and the router's puts them together.
by_the_router() {
	ns sub ethtool -K eth0 tso off gso off >/dev/null
	ns router ethtool -K sub0 gro on >/dev/null
}

by_the_sender() {
	ns router ethtool -K sub0 gro off >/dev/null
	ns sub ethtool -K eth0 tso on gso on >/dev/null
}

# big NAMESPACE DEVICE: takes packets of more than 64 KiB.
big() {
	ip -n "$1" link set "$2" gso_max_size 180000 gro_max_size 180000 \
		2>/dev/null
}

passing() {
	local family

	for family in $(families); do
		through "IPv$family, GSO" "$family"
	done
	by_the_router
	for family in $(families); do
		through "IPv$family, GRO" "$family"
	done
	by_the_sender
	if have_ipv6 && big sub eth0 && big router relay0; then
		# Up to 6.1 at least, the stack takes the jumbo option of such a
		# packet for a part of each segment, which must fit with it
		ip -n relay link set eth0 mtu 1600
		ip -n router link set relay0 mtu 1600
		# However long the way, which under emulation is very long
		ns sub sysctl -qw net.ipv4.tcp_tso_rtt_log=30
		through "IPv6, BIG TCP" 6
		like "IPv6, BIG TCP: of more than 64 KiB" "$(opinion big)" \
			'^[1-9]'
	else
		skip "BIG TCP: this kernel has none"
	fi
}

# The policy begins to block in the middle of a transfer.
blocked() {
	local before family=$1 sender

	ctl mode monitor
	before=$(counted outside alpha bytes)
	ip netns exec sub python3 "$OBPBL_REPO/tests/vm/bulk.py" send \
		"${sub[$family]}" "${mx[$family]}" $((1 << 40)) \
		>"$scratch/ended" &
	sender=$!
	background+=("$sender")
	check "IPv$family: the transfer runs" wait_until running_from "$before"
	ctl mode enforce
	wait "$sender" || true
	is "IPv$family: it is reset when the policy blocks" \
		"$(<"$scratch/ended")" ECONNRESET
	like "IPv$family: what had arrived is whole" \
		"$(last_of mx "$family")" '^\[[0-9]{7,},true\]$'
}

running_from() {
	(($(counted outside alpha bytes) > $1 + 4000000))
}

datagrams() {
	local before family sum=0

	before=$(ctl -j stats | jq -c .isps)
	for family in $(families); do
		bulk sub datagrams "${sub[$family]}" "${mx[$family]}" 100
		sum=$((sum + 100 * 1000))
		check "IPv$family: cut-up datagrams to port 25 arrive" \
			wait_until datagrams_are "$sum"
	done
	is "and are not counted" "$(ctl -j stats | jq -c .isps)" "$before"
}

datagrams_are() {
	[[ $(bulk sub report "${sub[4]}" "${mx[4]}" | jq .udp) == "$1" ]]
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
collect relay
collect foreign
alpha
second_opinion
passing
for family in $(families); do
	blocked "$family"
done
datagrams
finish
