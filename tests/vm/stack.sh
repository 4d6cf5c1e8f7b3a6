#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module's place in the stack: among connection tracking, NAT, VRFs, other
# programs' rules, local traffic and other namespaces. The network is drawn in
# lib.sh; the two customers of the carrier's NAT come beside it:
#
#   ┌─────────────────────┐   ┌─────────────────┐
#   │ one    100.64.0.5   ├───┤ c1, VRF red     │        198.18.0.101 ┐
#   └─────────────────────┘   │          router ├─ foreign0             ├ outside
#   ┌─────────────────────┐   │                 │        198.18.0.102 ┘
#   │ two    100.64.0.5   ├───┤ c2, VRF blue    │
#   └─────────────────────┘   └─────────────────┘
#
# Runs with ipv6.disable=1 on the kernel's command line too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# goes NAME PORT HOW [HOW6]: from the subscriber to outside, in both families.
goes() {
	reaches "$1" sub "$dynamic" "$mx" "$2" "$3"
	reaches "$1, IPv6" sub "$dynamic6" "$mx6" "$2" "${4:-$3}"
}

tracked() {
	grep -q '^nf_conntrack ' /proc/modules
}

# ---- connection tracking ---------------------------------------------------

big_datagrams() {
	check "fragments of a datagram pass, $1" \
		ns sub ping -qc 1 -W 10 -s 5000 -I "$dynamic" "$mx"
	! have_ipv6 || check "fragments of a datagram pass, $1, IPv6" \
		ns sub ping -qc 1 -W 10 -s 5000 -I "$dynamic6" "$mx6"
}

untracked() {
	goes "without connection tracking" 25 refused
	goes "without connection tracking" 587 open
	ctl isp set alpha reject admin
	goes "without connection tracking, admin" 25 unreachable prohibited
	ctl isp set alpha reject reset
	big_datagrams "untracked"
	check_status 1 "no part of it has loaded connection tracking" tracked
}

# ---- other programs' rules -------------------------------------------------

# SYNs to port 25, and to port 26, which nobody blocks.
flood() {
	ip netns exec sub python3 "$OBPBL_REPO/tests/vm/flood.py" &
	flooder=$!
	background+=("$flooder")
}

stop_flood() {
	kill "$flooder"
	wait "$flooder" || true
}

sent_some() {
	(($(watched foreign at26) > 0))
}

# Each line is a transaction.
flushes() {
	printf 'flush ruleset; add table inet t%d\n' {1..100} |
		ns router nft -i
}

# As firewalld reloads: the old table goes and the new one comes at once.
reloads() {
	local new='add table inet t; delete table inet t; add table inet t;
		add chain inet t forward {
			type filter hook forward priority filter + 10; };
		add rule inet t forward tcp dport 25 accept;
		add rule inet t forward ct state vmap {
			established : accept, new : accept }'

	printf "${new//$'\n'/ }%.0s\n" {1..100} | ns router nft -i
}

# restores PROGRAM: each COMMIT is a transaction.
restores() {
	local table='*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -p tcp --dport 25 -j ACCEPT
-A FORWARD -j ACCEPT
COMMIT'

	printf "$table%.0s\n" {1..100} | ns router "$1"
}

# a_hundred NAME COMMAND...: it does so a hundred times, under the flood.
a_hundred() {
	local name=$1 before

	shift
	before=$(counted outside)
	is "100 times $name" "$("$@" 2>&1)" ""
	check "... SYNs kept coming" test "$(counted outside)" -gt "$before"
	is "... and none got past" "$(watched foreign at25)" 0
}

rules_come_and_go() {
	watch foreign at25 "tcp dport 25" at26 "tcp dport 26"
	flood
	check "the flood has begun" wait_until sent_some
	a_hundred "nft flush ruleset" flushes
	is "... to the last" "$(ns router nft list tables)" "table inet t100"
	a_hundred "an nft table anew" reloads
	a_hundred "iptables-nft-restore" restores iptables-nft-restore
	a_hundred "iptables-legacy-restore" restores iptables-legacy-restore
	stop_flood
	# All that was sent before has arrived, or will not.
	goes "after it" 587 open
	is "none after all" "$(watched foreign at25)" 0
	ns foreign nft delete table inet watch
	ns router nft flush ruleset
	check "there is connection tracking now" tracked
}

# ---- NAT -------------------------------------------------------------------

translations() {
	ns router nft -f - <<-NFT
		table inet nat {
			chain in {
				type nat hook prerouting priority dstnat
				tcp dport 2525 dnat ip to $mx:25
				tcp dport 2525 dnat ip6 to [$mx6]:25
				tcp dport 2587 dnat ip to $mx:587
				tcp dport 2587 dnat ip6 to [$mx6]:587
				ip6 daddr 2001:db8:f::99 tcp dport 25 \
					dnat ip6 to [$mx6]:587
				ip daddr 198.18.0.99 tcp dport 25 redirect
			}
			chain out {
				type nat hook postrouting priority srcnat
				oifname foreign0 masquerade
			}
		}
	NFT
}

masqueraded() {
	ns router conntrack -L -f "$1" -p tcp --orig-src "$2" 2>/dev/null
}

nat() {
	translations
	goes "masqueraded" 587 open
	like "it was masqueraded" "$(masqueraded ipv4 "$dynamic")" \
		"dst=198.18.0.1 "
	! have_ipv6 || like "it was masqueraded, IPv6" \
		"$(masqueraded ipv6 "$dynamic6")" "dst=2001:db8:f::1 "
	goes "masqueraded" 25 refused
	reaches "masqueraded, exempt by its inside address" sub 203.0.113.9 \
		"$mx" 25 open
	goes "2525 that becomes 25" 2525 refused
	goes "2587 that becomes 587" 2587 open
	reaches "25 that becomes 587, IPv6" sub "$dynamic6" 2001:db8:f::99 25 \
		open
	ctl isp set alpha reject admin
	goes "masqueraded, admin" 25 unreachable prohibited
	goes "2525 that becomes 25, admin" 2525 unreachable prohibited
	ctl isp set alpha reject reset
}

# ---- what the router itself receives and sends -----------------------------

local_traffic() {
	local before

	before=$(ctl -j stats | jq .isps)
	serve router 25
	reaches "to the router's outside address" sub "$dynamic" 198.18.0.1 25 \
		open
	reaches "to the router's outside address, IPv6" sub "$dynamic6" \
		2001:db8:f::1 25 open
	reaches "to outside, but redirected to the router" sub "$dynamic" \
		198.18.0.99 25 open
	reaches "from a dynamic address of the router's" router 203.0.113.1 \
		"$mx" 25 open
	reaches "the same, IPv6" router 2001:db8:a:1000::1 "$mx6" 25 open
	is "none of it is counted" "$(ctl -j stats | jq .isps)" "$before"
	ns router nft flush ruleset
	ns router conntrack -F 2>/dev/null
}

# ---- a carrier's NAT -------------------------------------------------------

customer() {
	namespace "$1"
	link "$1" eth0 router "$2"
	ip -n router link add "$3" type vrf table "$4"
	ip -n router link set "$3" up
	ip -n router link set "$2" master "$3"
	address router "$2" 100.64.0.1/24
	address "$1" eth0 100.64.0.5/24
	ip -n "$1" route add default via 100.64.0.1
	ip -n router route add 198.18.0.0/24 dev foreign0 table "$4"
	ip -n router rule add fwmark "$4" lookup "$4"
	watch "$1" resets "tcp flags rst" errors "icmp type 3"
}

# Connections are told apart by a zone of their own on the inside only; the
# outside address belongs to one of them, and the mark leads back to its VRF.
carrier_nat() {
	ns router nft -f - <<-'NFT'
		table ip carrier {
			chain zones {
				type filter hook prerouting priority raw
				iifname c1 ct original zone set 1
				iifname c2 ct original zone set 2
			}
			chain marks {
				type filter hook prerouting priority mangle
				iifname c1 ct mark set 10
				iifname c2 ct mark set 20
				iifname foreign0 meta mark set ct mark
			}
			chain out {
				type nat hook postrouting priority srcnat
				oifname foreign0 ct mark 10 snat to 198.18.0.101
				oifname foreign0 ct mark 20 snat to 198.18.0.102
			}
		}
	NFT
	address router foreign0 198.18.0.101/32 198.18.0.102/32
}

# two_policies [LINE]...: of two ISPs, on the same addresses.
two_policies() {
	ctl apply - >/dev/null 2>"$scratch/apply" <<-CONF ||
		isp alpha {
		    mode = enforce
		    vrf = red
		    dynamic = { 100.64.0.0/10 }
		}
		isp beta {
		    mode = enforce
		    policy = targets
		    reject = admin
		    vrf = blue
		    dynamic = { 100.64.0.0/10 }
		    target = { 198.18.0.99 }
		}
		$(printf '%s\n' "$@")
	CONF
		fail "apply: $(<"$scratch/apply")"
}

# both NAME DESTINATION PORT HOW-ONE HOW-TWO
both() {
	reaches "$1, customer of alpha" one 100.64.0.5 "$2" "$3" "$4"
	reaches "$1, customer of beta" two 100.64.0.5 "$2" "$3" "$5"
}

# RSTs and ICMP errors: those that one got, those that two got.
replies_seen() {
	echo "$(watched one resets) $(watched one errors)" \
		"$(watched two resets) $(watched two errors)"
}

overlapping() {
	local before

	before=$(counted outside alpha)
	both "587" "$mx" 587 open open
	like "alpha's is in zone 1, and has an outside address" \
		"$(masqueraded ipv4 100.64.0.5)" "zone-orig=1 [^[]* dst=198.18.0.101 "
	like "beta's is in zone 2, and has another" \
		"$(masqueraded ipv4 100.64.0.5)" "zone-orig=2 [^[]* dst=198.18.0.102 "
	is "no reply so far" "$(replies_seen)" "0 0 0 0"
	reaches "25 to outside, customer of alpha" one 100.64.0.5 "$mx" 25 \
		refused
	is "a RST for it, nothing for the other" "$(replies_seen)" "1 0 0 0"
	reaches "25 to no target, customer of beta" two 100.64.0.5 "$mx" 25 open
	reaches "25 to a target, customer of beta" two 100.64.0.5 198.18.0.99 \
		25 unreachable
	is "an ICMP error for it, nothing for the other" "$(replies_seen)" \
		"1 0 0 1"
	is "alpha has counted its own" \
		"$(($(counted outside alpha) - before)) $(counted target alpha)" \
		"1 0"
	is "and beta its own" \
		"$(counted outside beta) $(counted target beta)" "0 1"
}

# Both ISPs in mode enforce, exempt by a device.
exempt_by() {
	two_policies "exempt 100.64.0.5 { isp = $2 dev = $3 reason = \"t\" }"
	both "exempt by $1" 198.18.0.99 25 "$4" "$5"
}

carrier() {
	if ! modprobe vrf 2>/dev/null; then
		skip "the carrier's NAT: this kernel has no VRF"
		return
	fi
	customer one c1 red 10
	customer two c2 blue 20
	carrier_nat
	two_policies
	overlapping
	exempt_by "alpha's line" alpha c1 open unreachable
	exempt_by "alpha's VRF" alpha red open unreachable
	exempt_by "beta's line" beta c2 refused open
	exempt_by "beta's VRF" beta blue refused open
	exempt_by "the other's VRF" alpha blue refused unreachable
	ns router nft flush ruleset
}

# ---- the other direction ---------------------------------------------------

# A server elsewhere, with a way to the mail server that does not pass here.
elsewhere() {
	namespace spam
	link spam eth0 foreign eth1
	address spam eth0 198.18.1.2/24
	address foreign eth1 198.18.1.1/24
	ip -n router neigh replace 203.0.113.6 dev sub0 lladdr \
		"$(ip -n sub -j link show eth0 | jq -r '.[0].address')"
}

triangle() {
	ip netns exec sub python3 "$OBPBL_REPO/tests/vm/triangle.py"
}

triangular_spamming() {
	elsewhere
	alpha
	is "with the sender's address of a bot, and its help, mail gets out" \
		"$(triangle)" "the bot is greeted"
	alpha "reverse = on"
	is "reverse on: the bot hears nothing" "$(triangle)" \
		"the answer is blocked"
	serve sub 25
	reaches "reverse on: a subscriber's own mail server" foreign "$mx" \
		"$dynamic" 25 open
	reaches "reverse on: a subscriber's own mail server, IPv6" foreign \
		"$mx6" "$dynamic6" 25 open
	reaches "reverse on: from a subscriber who may" sub 203.0.113.9 "$mx" \
		25 open
	reaches "reverse on: to the relay" sub "$dynamic" 203.0.113.200 25 open
	goes "reverse on: a bot by itself" 25 refused
	alpha
}

# ---- namespaces ------------------------------------------------------------

# A router of the same addresses, which blocks what the other lets pass.
twin() {
	namespace twin router
	namespace client
	namespace server
	link client eth0 twin client0
	link server eth0 twin server0
	address twin client0 203.0.113.1/25
	address twin server0 198.18.0.1/24
	address client eth0 203.0.113.5/25
	address server eth0 198.18.0.25/24
	ip -n client route add default via 203.0.113.1
	ip -n server route add default via 198.18.0.1
	serve server 25
}

worlds() {
	twin
	alpha
	reaches "a router without a policy" client "$dynamic" "$mx" 25 open
	goes "beside one with one" 25 refused
	ns twin obpblctl apply - >/dev/null 2>&1 <<-'CONF'
		isp alpha { mode = enforce  dynamic = { 203.0.113.0/25 } }
	CONF
	ctl mode off
	reaches "opposite policies: the one" client "$dynamic" "$mx" 25 refused
	goes "opposite policies: the other" 25 open
	ctl flush --yes >/dev/null
	check "the twin's policy pins the module" bash -c '! rmmod obpbl'
	ip netns delete twin
	check "a namespace that goes takes its policy with it" \
		wait_until rmmod obpbl
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
serve foreign 25 587
serve relay 25
alpha
untracked
rules_come_and_go
big_datagrams "tracked"
nat
local_traffic
triangular_spamming
carrier
worlds
finish
