#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The ways in which a subscriber's packets reach a router: PPPoE with the real
# pppd at both ends, tunnels that end in the router, and a bridge; and tunnels
# that only pass through it, which nobody looks into.
#
#   ┌──────────────────┐ PPPoE ┌────────┐      ┌───────────────────┐
#   │ home         ppp0├───────┤ access0│      │ sub ═ tunnels ═ r.│
#   │ 203.0.113.50 eth1├───────┤ alt0   │      │ sub ═ tunnels ═══ │═ foreign
#   └──────────────────┘       │ router │      └───────────────────┘
#                              └────────┘
#   ┌──────────────────┐       ┌────────┐      ┌───────────────────┐
#   │ host         eth0├───────┤ switch ├──────┤ far               │
#   │ 203.0.113.66     │       │   br0  │      │ 198.18.7.25       │
#   └──────────────────┘       └────────┘      └───────────────────┘
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# ---- PPPoE -----------------------------------------------------------------

dialled() {
	ip -n home route get "$mx" 2>/dev/null | grep -q 'dev ppp0' &&
		[[ $(ip -n router route show 203.0.113.50) == *ppp0* ]] &&
		{ ! have_ipv6 || ((
			$(ip -n router -6 route show dev ppp0 | grep -c ^fe80) > 0 &&
			$(ip -n home -6 route show dev ppp0 | grep -c ^fe80) > 0)); }
}

# The subscriber's end is the kernel's PPPoE, the router's is pppoe-server's own.
# IPv6 addresses, which pppd leaves to others, are set by hand.
dial() {
	local options=(noauth noipdefault lcp-echo-interval 0 nodetach)

	modprobe -a ppp_generic ppp_async pppoe
	link home eth0 router access0
	printf '%s\n' noauth nodetach 'lcp-echo-interval 0' \
		"$(have_ipv6 && echo +ipv6)" >"$scratch/server"
	! have_ipv6 || options+=(+ipv6)
	ip netns exec router pppoe-server -F -I access0 -L 203.0.113.49 \
		-R 203.0.113.50 -N 1 -O "$scratch/server" \
		>"$scratch/server.log" 2>&1 &
	background+=($!)
	ip netns exec home pppd plugin rp-pppoe.so nic-eth0 defaultroute \
		"${options[@]}" >"$scratch/client.log" 2>&1 &
	background+=($!)
	if ! wait_until dialled; then
		sed 's/^/# /' "$scratch"/{server,client}.log
		return 1
	fi
	have_ipv6 || return 0
	address home ppp0 2001:db8:a:1005::5/64
	ip -n home -6 route add default dev ppp0
	ip -n router -6 route add 2001:db8:a:1005::/64 dev ppp0
}

# from_home NAME PORT HOW [HOW6]
from_home() {
	reaches "PPPoE: $1" home 203.0.113.50 "$mx" "$2" "$3"
	reaches "PPPoE: $1, IPv6" home 2001:db8:a:1005::5 "$mx6" "$2" \
		"${4:-$3}"
}

# The way back is another line; the client takes it on any of its own.
another_way_back() {
	local mac

	link home eth1 router alt0
	mac=$(ip -n home -j link show eth1 | jq -r '.[0].address')
	ip -n router route replace 203.0.113.50 dev alt0
	ip -n router neigh add 203.0.113.50 lladdr "$mac" dev alt0
	have_ipv6 || return 0
	ip -n router -6 route replace 2001:db8:a:1005::/64 dev alt0
	ip -n router neigh add 2001:db8:a:1005::5 lladdr "$mac" dev alt0
	ip -n router -6 route del 2001:db8:a:1005::/64 dev ppp0 2>/dev/null ||
		true
}

replies_home() {
	from_home "25 outside" 25 refused
	ctl isp set alpha reject admin
	from_home "25 outside, admin" 25 unreachable prohibited
	ctl isp set alpha reject reset
}

pppoe() {
	namespace home
	check "the subscriber dials in" dial || return 0
	replies_home
	from_home "587 outside" 587 open
	reaches "PPPoE: the relay" home 203.0.113.50 203.0.113.200 25 open
	reaches "PPPoE: the relay, IPv6" home 2001:db8:a:1005::5 \
		2001:db8:a::200 25 open
	another_way_back
	watch home other_line "iifname eth1 tcp flags rst"
	replies_home
	check "the RST came by another line" \
		test "$(watched home other_line)" -ge 1
}

# ---- tunnels ---------------------------------------------------------------

# tunnel KIND DEVICE LOCAL REMOTE: what makes one end of it; WireGuard's
# comes of its own.
tunnel() {
	case $1 in
	gre | ipip | sit) echo "$2 type $1 local $3 remote $4 ttl 64" ;;
	ds-lite) echo "$2 type ip6tnl mode ipip6 local $3 remote $4 \
		encaplimit none" ;;
	wireguard) echo "$2 type wireguard" ;;
	esac
}

# keys: for both ends of WireGuard.
keys() {
	local end

	umask 077
	for end in near far; do
		wg genkey >"$scratch/$end.key"
		wg pubkey <"$scratch/$end.key" >"$scratch/$end.pub"
	done
}

# wireguard NAMESPACE DEVICE OWN PEER PORT ENDPOINT
wireguard() {
	ns "$1" wg set "$2" listen-port "$5" private-key "$scratch/$3.key" \
		peer "$(<"$scratch/$4.pub")" allowed-ips 0.0.0.0/0,::/0 \
		endpoint "$6:$5"
}

# A tunnel from sub to the router or to foreign, its client's address inside.
# dig KIND NAME END FROM TO CLIENT: NAME is the device's, at both ends.
# shellcheck disable=SC2046 # words
dig() {
	ip -n sub link add $(tunnel "$1" "$2" "$4" "$5")
	ip -n "$3" link add $(tunnel "$1" "$2" "$5" "$4")
	if [[ $1 == wireguard ]]; then
		wireguard sub "$2" near far "$port" "$5"
		wireguard "$3" "$2" far near "$port" "$4"
		port=$((port + 1))
	fi
	ip -n sub link set "$2" up
	ip -n "$3" link set "$2" up
	table=$((table + 1))
	ip -n "$3" route add "$6" dev "$2"
	ip -n sub addr add "$6" dev "$2" $([[ $6 != *:* ]] || echo nodad)
	if [[ $6 == *:* ]]; then
		ip -n sub -6 rule add from "$6" lookup $table
		ip -n sub -6 route add default dev "$2" table $table
	else
		ip -n sub rule add from "$6" lookup $table
		ip -n sub route add default dev "$2" table $table
	fi
}

# judged KIND CLIENT DESTINATION
judged() {
	reaches "$1 that ends in the router: 25 outside" sub "$2" "$3" 25 \
		refused
	reaches "$1 that ends in the router: 587 outside" sub "$2" "$3" 587 open
}

# ends_here KIND FROM TO CLIENT DESTINATION
ends_here() {
	dig "$1" "in-$1" router "$2" "$3" "$4"
	watch router "${1/-/_}" "iifname in-$1 tcp dport 25"
	judged "$1" "$4" "$5"
	check "$1: and it was in the tunnel" \
		test "$(watched router "${1/-/_}")" -ge 1
}

# passes KIND FROM TO CLIENT DESTINATION
passes() {
	dig "$1" "by-$1" foreign "$2" "$3" "$4"
	reaches "$1 that passes through the router: 25 outside" sub "$4" "$5" 25 \
		open
}

tunnels() {
	local near=203.0.113.10 near6=2001:db8:a:1000::77 port=51820 table=100
	local here=203.0.113.1 here6=2001:db8:a:1000::1 before

	modprobe -a ip_gre ipip wireguard
	! have_ipv6 || modprobe -a sit ip6_tunnel
	keys
	ends_here gre $near $here 203.0.113.81 $mx
	ends_here ipip $near $here 203.0.113.82 $mx
	ends_here wireguard $near $here 203.0.113.83 $mx
	! have_ipv6 || {
		ends_here sit $near $here 2001:db8:a:1000::84 $mx6
		ends_here ds-lite $near6 $here6 203.0.113.85 $mx
	}
	before=$(ctl -j stats | jq -c .isps)
	passes gre $near $mx 203.0.113.91 198.18.0.99
	passes ipip $near $mx 203.0.113.92 198.18.0.99
	passes wireguard $near $mx 203.0.113.93 198.18.0.99
	! have_ipv6 || {
		passes sit $near $mx 2001:db8:a:1000::94 $mx6
		passes ds-lite $near6 $mx6 203.0.113.95 198.18.0.99
	}
	is "what passes in a tunnel is not counted" \
		"$(ctl -j stats | jq -c .isps)" "$before"
}

# ---- bridging --------------------------------------------------------------

bridge() {
	local leaf

	namespace switch router
	ip -n switch link add br0 type bridge
	ip -n switch link set br0 up
	for leaf in host far; do
		namespace "$leaf"
		link "$leaf" eth0 switch "${leaf}0"
		ip -n switch link set "${leaf}0" master br0
	done
	link far eth1 switch up0
	address host eth0 203.0.113.66/25 2001:db8:a:1000::66/64
	address far eth0 198.18.7.25/24 2001:db8:f:7::25/64
	address far eth1 198.18.8.25/24 2001:db8:f:8::25/64
	ip -n host route add 198.18.7.25 dev eth0
	ip -n far route add 203.0.113.66 dev eth0
	have_ipv6 || return 0
	ip -n host -6 route add 2001:db8:f:7::25 dev eth0
	ip -n far -6 route add 2001:db8:a:1000::66 dev eth0
}

# bridged NAME PORT HOW [HOW6 [SECONDS]]
bridged() {
	reaches "bridged: $1" host 203.0.113.66 198.18.7.25 "$2" "$3" \
		${5+"$5"}
	reaches "bridged: $1, IPv6" host 2001:db8:a:1000::66 2001:db8:f:7::25 \
		"$2" "${4:-$3}" ${5+"$5"}
}

# judge_bridged 0|1
judge_bridged() {
	ns switch sysctl -qw net.bridge.bridge-nf-call-iptables="$1" \
		net.bridge.bridge-nf-call-ip6tables="$1"
}

# A way back to the client, without which there is no reply.
address_of_the_bridge() {
	address switch br0 203.0.113.126/25 2001:db8:a:1000::7e/64
}

# A frame that every port gets holds a packet for one address only.
to_everyone() {
	local before

	before=$(counted outside)
	watch host resets "tcp flags rst"
	check "a SYN to everyone on the link is sent" \
		ns host python3 - <<-'PYTHON'
		import os, sys
		sys.path.insert(0, os.environ["OBPBL_REPO"] + "/tests/vm")
		from packets import Line, Packet
		packet = Packet(("203.0.113.66", None), ("198.18.7.25", None))
		Line("host").send(packet.ip4(packet.tcp(sport=999)), b"\xff" * 6)
	PYTHON
	is "bridged: a SYN to everyone on the link is blocked" \
		"$(counted outside)" $((before + 1))
	check "later frames get back" \
		ns host ping -qc 1 -W 10 198.18.7.25
	is "bridged: but not answered" "$(watched host resets)" 0
}

# Through the bridge as a subscriber's line, but routed.
routed() {
	address switch up0 198.18.8.1/24 2001:db8:f:8::1/64
	ip -n host route add default via 203.0.113.126
	! have_ipv6 || ip -n host route add default via 2001:db8:a:1000::7e
	ip -n far route replace 203.0.113.0/25 via 198.18.8.1
	! have_ipv6 || ip -n far -6 route add 2001:db8:a:1000::/64 \
		via 2001:db8:f:8::1
	reaches "routed from a bridge" host 203.0.113.66 198.18.8.25 25 refused
	reaches "routed from a bridge, IPv6" host 2001:db8:a:1000::66 \
		2001:db8:f:8::25 25 refused
}

bridging() {
	local box=switch

	bridge
	serve far 25 587
	alpha
	bridged "without br_netfilter" 25 open
	is "bridged: nothing is counted" "$(counted outside)" 0
	modprobe br_netfilter
	bridged "blocked; no reply where there is no way back" 25 timeout \
		timeout 1
	bridged "587" 587 open
	address_of_the_bridge
	bridged "blocked" 25 refused
	to_everyone
	ctl isp set alpha reject admin
	bridged "blocked, admin" 25 unreachable prohibited
	ctl isp set alpha reject reset
	routed
	judge_bridged 0
	bridged "bridge-nf-call-iptables=0" 25 open
	ctl flush --yes >/dev/null
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
serve foreign 25 587
serve relay 25
alpha
pppoe
tunnels
bridging
finish
