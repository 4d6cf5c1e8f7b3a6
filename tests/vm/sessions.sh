#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sessions: made by a real pppd for a real PPPoE client and judged by packets,
# and what becomes of them when their interface goes, in whatever way and in
# whatever company.
#
#   ┌────────────────────┐ PPPoE ┌────────┐
#   │ home           ppp0├───────┤ router │   the picture in lib.sh
#   │ 203.0.113.140      │       │ ppp0   │
#   └────────────────────┘       └────────┘
#
#   tests/vm/run --cpus 2 tests/vm/sessions.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# In the space of alpha, and in no pool: infrastructure, unless a session says
# more.
home=203.0.113.140 home6=2001:db8:a:8000::5 lan6=2001:db8:a:8000::/64

# sessions [WORD]...: what is listed, in one line.
sessions() {
	ctl session list "$@" | paste -sd ';'
}

# entries: how many prefixes sessions have, with what is yet to be swept.
entries() {
	ctl -j show | jq .sessions
}

# verdict SOURCE
verdict() {
	ctl -j test from "$1" to "$mx" | jq -r '.reason' || true
}

# no_entries: nothing is left of any session.
no_entries() {
	[[ $(entries) == 0 ]]
}

# ---- pppd ------------------------------------------------------------------

# hook WHEN...: our script where pppd's own scripts look for it, and nowhere
# else.
hook() {
	local when

	rm -f /etc/ppp/*.d/obpbl
	for when; do
		mkdir -p "/etc/ppp/$when.d"
		ln -s "$OBPBL_REPO/tools/ppp/session" "/etc/ppp/$when.d/obpbl"
	done
}

concentrator() {
	# pppd gives its scripts a PATH of its own
	ln -s "$OBPBL_BUILD/bin/obpblctl" /usr/local/sbin
	modprobe -a ppp_generic ppp_async pppoe
	link home eth0 router access0
	ip netns exec router pppoe-server -F -I access0 -L 203.0.113.130 \
		-R "$home" -N 1 -O "$scratch/server" \
		>"$scratch/server.log" 2>&1 &
	background+=($!)
	wait_until concentrating || fail "no concentrator"
}

concentrating() {
	ns router grep -q ' 8863 ' /proc/net/packet
}

# What pppd says comes first, since to ask takes time from it
dialled() {
	[[ $(<"$scratch/client.log") == *"remote IP address"* ]] &&
		ip -n home route get "$mx" 2>/dev/null | grep -q 'dev ppp0' &&
		[[ $(ip -n router route show "$home") == *ppp0* ]] &&
		{ ! have_ipv6 || ((
			$(ip -n router -6 route show dev ppp0 | grep -c ^fe80) > 0 &&
			$(ip -n home -6 route show dev ppp0 | grep -c ^fe80) > 0)); }
}

# dial NAME IPPARAM: the subscriber dials in, and the concentrator says so to
# the scripts.
dial() {
	local options=(noauth noipdefault lcp-echo-interval 0 nodetach)

	printf '%s\n' noauth nodetach 'lcp-echo-interval 0' "ipparam $2" \
		"$(have_ipv6 && echo +ipv6)" >"$scratch/server"
	! have_ipv6 || options+=(+ipv6)
	: >"$scratch/client.log"
	ip netns exec home pppd plugin rp-pppoe.so nic-eth0 defaultroute \
		"${options[@]}" >"$scratch/client.log" 2>&1 &
	client=$!
	if wait_until dialled; then
		ok "$1"
	else
		fail "$1"
		sed 's/^/# /' "$scratch"/{server,client}.log
	fi
	have_ipv6 || return 0
	address home ppp0 "$home6/64"
	ip -n home -6 route add default dev ppp0
	ip -n router -6 route add "$lan6" dev ppp0
}

no_ppp() {
	! ip -n router link show ppp0
}

hang_up() {
	kill "$client"
	wait "$client" || true
	check "the line is gone" wait_until no_ppp
}

has_session() {
	[[ $(sessions) == *"$1"* ]]
}

# from_home NAME HOW [HOW6]: the connection of the subscriber to a mail server.
from_home() {
	reaches "$1" home "$home" "$mx" 25 "$2"
	reaches "$1, IPv6" home "$home6" "$mx6" 25 "${3-$2}"
}

real_lines() {
	namespace home
	concentrator
	hook ip-up ipv6-up
	echo "Framed-IPv6-Prefix $lan6" >/run/radattr.ppp0
	# one that is older than the pppd is none of it
	touch -d '1 hour' /run/radattr.ppp0
	dial "a line with one" isp=alpha
	check "ip-up makes the session" wait_until has_session \
		"dev ppp0 addr $home/32 isp alpha class dynamic"
	check "with what RADIUS gave" wait_until has_session \
		"dev ppp0 addr $lan6 isp alpha class dynamic"
	from_home "it is dynamic" refused
	reaches "and reaches its relay" home "$home" 203.0.113.200 25 open
	hang_up
	is "it ends with the line, without a script" "$(sessions)" ""
	check "and nothing is left of it" wait_until no_entries

	rm /run/radattr.ppp0
	dial "another subscriber on the same address" none
	from_home "inherits nothing" open
	hang_up

	hook ip-up ipv6-up ip-down
	dial "a static subscriber" isp=alpha,class=static
	check "has a session" wait_until has_session \
		"dev ppp0 addr $home/32 isp alpha class static"
	ctl prefix add 203.0.113.128/25 dynamic isp alpha
	reaches "and passes where others do not" home "$home" "$mx" 25 open
	hang_up
	check "ip-down ends it" wait_until no_entries
	dial "the next one on its address" isp=alpha
	check "has its own session" wait_until has_session \
		"dev ppp0 addr $home/32 isp alpha class dynamic"
	reaches "and inherits nothing" home "$home" "$mx" 25 refused
	hang_up
	hook
	ctl prefix del 203.0.113.128/25 dynamic isp alpha
}

# ---- one interface ---------------------------------------------------------

# dummy NAME [ARG]...
dummy() {
	ip -n router link add "$@" type dummy
}

one_interface() {
	local index

	namespace other
	dummy d0
	ctl session up dev d0 addr "$home" isp alpha
	is "a session blocks" "$(verdict "$home")" outside
	ip -n router link set d0 name renamed
	is "a renamed interface keeps its session" "$(sessions)" \
		"dev renamed addr $home/32 isp alpha class dynamic"
	dummy d0
	is "the next one of the name has none" "$(sessions dev d0)" ""
	ip -n router link set renamed netns other
	is "one that leaves for another namespace loses it" "$(sessions)" ""
	is "its address is what it was" "$(verdict "$home")" own
	is "it takes nothing along" "$(box=other sessions)" ""
	ip -n other link set renamed netns router
	is "and has nothing when it is back" "$(sessions dev renamed)" ""
	ctl session up dev renamed addr "$home" isp alpha class exempt
	is "until it gets one" "$(verdict "$home")" exempt

	index=$(ip -n router -j link show renamed | jq '.[0].ifindex')
	ip -n router link del renamed
	dummy reborn index "$index"
	is "the next one of the number has none" "$(sessions dev reborn)" ""
	is "and exempts nobody" "$(verdict "$home")" own
	ctl session up dev reborn addr "$home" isp alpha class exempt
	ip -n router link del reborn
	dummy reborn index "$index"
	check "a late end of an interface that is gone is no failure" \
		ctl session down dev renamed
	ctl session up dev reborn addr "$home" isp alpha
	ctl session up dev d0 addr "$home" isp alpha class static
	check "nor is that of the one before" ctl session down dev reborn
	is "and leaves the address to whose it is" "$(sessions)" \
		"dev d0 addr $home/32 isp alpha class static"
	ip -n router link del d0
	ip -n router link del reborn
	check "nothing is left" wait_until no_entries
}

# ---- many ------------------------------------------------------------------

# links add|del FROM TO: dummies of group 25.
links() {
	local i

	for ((i = $2; i <= $3; i++)); do
		if [[ $1 == add ]]; then
			echo "link add d$i group 25 type dummy"
		else
			echo "link del d$i"
		fi
	done | ip -n router -batch -
}

# Each call adds a prefix to one of 20 sessions; nothing may be lost. 50 programs
# at once make 20 calls each.
concurrent_calls() {
	local i failures

	links add 1 20
	for ((i = 1; i <= 20; i++)); do
		echo "session up dev d$i isp alpha"
	done | ctl -b -
	for ((i = 0; i < 1000; i++)); do
		echo "session addr dev d$((i % 20 + 1)) addr 10.25.$((i / 250)).$((i % 250))"
	done | split -n r/50 - "$scratch/calls."
	failures=$(printf '%s\n' "$scratch"/calls.* |
		ns router xargs -P 50 -L 1 obpblctl -f -b 2>&1 | wc -l)
	is "1,000 concurrent calls: none fails" "$failures" 0
	is "and nothing is lost" "$(entries)" 1000
	is "each is where it was put" "$(ctl session list dev d7 | wc -l)" 50
	ip -n router link del group 25
	check "20 interfaces at once take it all along" wait_until no_entries
}

memory() {
	ctl -j show | jq .bytes
}

# memory_settles: what waits for a grace period is freed: the same twice.
memory_settles() {
	local before=$last

	last=$(memory)
	[[ $last == "$before" ]]
}

# round N: interfaces with sessions come, and all go at once.
round() {
	local i

	links add 1 "$1"
	for ((i = 1; i <= $1; i++)); do
		echo "session up dev d$i addr 10.$((i >> 8)).$((i & 255)).1" \
			"addr 2001:db8:c:$(printf %x "$i")::/64 isp alpha"
	done | ctl -b -
	had=$(entries)
	ip -n router link del group 25
	last=
	wait_until memory_settles
}

many() {
	local first='' n

	for n in 1 2 3; do
		round 200
		is "200 interfaces with sessions, round $n" "$had" 400
		is "all of which go" "$(entries) $(sessions)" "0 "
		[[ $first ]] || first=$last
	done
	is "memory is what it was after the first round" "$last" "$first"
}

# ---- races -----------------------------------------------------------------

# Interfaces come and go while sessions are made for them, moved and ended, and
# whole policies and transactions come and go as well.
churn() {
	local i n

	for ((n = 0; n < $1; n++)); do
		for ((i = 1; i <= 10; i++)); do
			echo "link add d$i group 25 type dummy"
		done
		echo "link del group 25"
	done | ip -n router -force -batch - >/dev/null 2>&1 || true
}

storm() {
	local i

	while [[ -e $scratch/storm ]]; do
		for ((i = 1; i <= 10; i++)); do
			echo "session up dev d$i addr 10.0.0.$((i % 3)) isp alpha class static"
			echo "session addr dev d$i addr 10.0.1.$i"
			echo "session down dev d$((11 - i))"
		done | ctl -f -b - >/dev/null 2>&1 || true
	done
}

transactions() {
	while [[ -e $scratch/storm ]]; do
		alpha
		printf '%s\n' 'session up dev d3 addr 10.0.0.1 isp alpha' \
			'session up dev d4 addr 10.0.0.2 isp alpha class exempt' |
			ctl -b - --atomic >/dev/null 2>&1 || true
	done
}

races() {
	local jobs=()

	touch "$scratch/storm"
	storm &
	jobs+=($!)
	transactions &
	jobs+=($!)
	churn 50
	rm "$scratch/storm"
	wait "${jobs[@]}"
	ip -n router link del group 25 2>/dev/null || true
	is "after the storm there is no session" "$(sessions)" ""
	check "and nothing is left of any" wait_until no_entries
	links add 1 10
	is "no number or name has kept one" "$(sessions)" ""
	is "nor an address" "$(verdict 10.0.0.1) $(verdict 10.0.1.3)" \
		"foreign foreign"
	links del 1 10
}

# ---- the end ---------------------------------------------------------------

# A namespace that goes with its sessions, and the module after it.
namespaces() {
	local i

	for i in 1 2 3 4 5; do
		namespace "n$i"
		ip -n "n$i" link add d0 type dummy
		box=n$i alpha
		box=n$i ctl session up dev d0 addr "$home" isp alpha
		box=n$i ctl session up dev lo addr 203.0.113.141 isp alpha
		is "namespace $i has sessions" \
			"$(box=n$i ctl session list | wc -l)" 2
	done
	is "which are its own" "$(sessions)" ""
	for i in 1 2 3 4 5; do
		ip netns del "n$i"
	done
	dummy d0
	ctl session up dev d0 addr "$home" isp alpha
	check "a policy with sessions pins the module" \
		bash -c '! rmmod obpbl 2>/dev/null'
	ctl flush --yes >/dev/null
	is "flush takes them along" "$(sessions)" ""
	check "and releases the module, those of namespaces as well" \
		wait_until rmmod obpbl
	check "nobody waits for an interface" \
		bash -c '! dmesg | grep -q "waiting for .* to become free"'
	ip -n router link del d0
	check "interfaces go without the module" ip -n router link show lo
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
serve foreign 25
serve relay 25
alpha
real_lines
one_interface
concurrent_calls
many
races
namespaces
finish
