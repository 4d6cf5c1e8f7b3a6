#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A storm of sessions, as after a power cut: all subscribers come at once, and none
# may be lost. SESSIONS interfaces of which pppd's scripts tell, all at the same
# time and of IPv4 and IPv6 at once, and LINES real ones by PPPoE.
#
#   tests/vm/run --cpus 2 tests/vm/storm.sh [SESSIONS [LINES]]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

sessions=${1-1000} lines=${2-50}
patience=600

# hook WHEN...: the script where pppd's own look for it
hook() {
	local when

	# pppd gives its scripts a PATH of its own
	ln -sf "$OBPBL_BUILD/bin/obpblctl" /usr/local/sbin
	for when; do
		mkdir -p "/etc/ppp/$when.d"
		ln -sf "$OBPBL_REPO/tools/ppp/session" "/etc/ppp/$when.d/obpbl"
	done
}

# calls: WHEN INTERFACE PEER of each, IPv4 beside IPv6
calls() {
	local i

	for ((i = 1; i <= sessions; i++)); do
		echo "ip-up d$i 10.25.$((i / 250)).$((i % 250 + 1))"
		echo "ipv6-up d$i fe80::1"
	done
}

# attributes: what RADIUS has said of each: a prefix, and to one of four that it
# is static
attributes() {
	local i

	for ((i = 1; i <= sessions; i++)); do
		printf 'Framed-IPv6-Prefix 2001:db8:c:%x::/64\n' "$i" \
			>"/run/radattr.d$i"
		((i % 4)) || echo "Filter-Id obpbl:class=static" \
			>>"/run/radattr.d$i"
	done
}

count() {
	ctl session list | awk -v "class=$1" '$NF == class' | wc -l
}

hooks() {
	local i start static=$((sessions / 4))

	for ((i = 1; i <= sessions; i++)); do
		echo "link add d$i group 25 type dummy"
	done | ip -n router -batch -
	attributes
	start=$(date +%s)
	# shellcheck disable=SC2016 # of sh
	if calls | ns router xargs -P 32 -L 1 sh -c '"/etc/ppp/$0.d/obpbl" "$1" \
		none 0 203.0.113.193 "$2" isp=alpha'; then
		ok "$sessions interfaces, two scripts each"
	else
		fail "$sessions interfaces, two scripts each"
	fi
	note "$sessions sessions in $(($(date +%s) - start)) s"
	is "each has its session" \
		"$(ctl session list | cut -d' ' -f2 | sort -u | wc -l)" "$sessions"
	is "with both of its prefixes" "$(ctl session list | wc -l)" $((sessions * 2))
	is "and its class" "$(count static) $(count dynamic)" \
		"$((static * 2)) $(((sessions - static) * 2))"
	ip -n router link del group 25
	check "all go with their interfaces" wait_until no_entries
}

no_entries() {
	[[ $(ctl -j show | jq .sessions) == 0 ]]
}

# A line of which IPv6 is up first has a session without an address until then
all_up() {
	[[ $(ctl session list | grep -c ' addr ') == "$lines" ]]
}

no_lines() {
	! ip -n router -br link | grep -q ^ppp
}

pppoe() {
	local clients=() i start

	modprobe -a ppp_generic ppp_async pppoe
	namespace home
	link home eth0 router access0
	mkdir -p /etc/netns/home/ppp
	printf '%s\n' noauth 'lcp-echo-interval 0' 'lcp-max-configure 60' \
		'ipparam isp=alpha' >"$scratch/options"
	ip netns exec router pppoe-server -F -I access0 -L 203.0.113.193 \
		-R 203.0.113.2 -N "$lines" -O "$scratch/options" \
		>"$scratch/server.log" 2>&1 &
	background+=($!)
	check "PPPoE is heard" wait_until \
		ns router grep -q ' 8863 ' /proc/net/packet
	start=$(date +%s)
	for ((i = 0; i < lines; i++)); do
		# What pppd leaves in /run is of its own, too
		# shellcheck disable=SC2016 # of sh
		ip netns exec home sh -c 'mount -t tmpfs none /run; exec "$@"' sh \
			pppd plugin rp-pppoe.so nic-eth0 noauth noipdefault \
			nodetach persist holdoff 1 maxfail 0 lcp-echo-interval 0 \
			pppoe-padi-attempts 60 lcp-max-configure 60 >/dev/null 2>&1 &
		clients+=($!)
	done
	check "$lines lines by PPPoE" wait_until all_up
	note "$lines lines in $(($(date +%s) - start)) s"
	is "each has its session" "$(ctl session list | sort | uniq | sed \
		's/^dev ppp[0-9]* addr 203.0.113.[0-9]*.32 isp alpha class dynamic$//' |
		sort -u)" ""
	kill "${clients[@]}"
	wait "${clients[@]}" || true
	check "all hang up" wait_until no_lines
	check "and no session is left" wait_until no_entries
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
# shellcheck disable=SC2119 # nor lines of the policy
alpha
hook ip-up ipv6-up ip-down
hooks
pppoe
finish
