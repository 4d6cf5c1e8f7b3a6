#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three routers that get their policy by BGP, with the files of tools/doc/fleet.md:
# what is announced is enforced on all of them, and nothing opens port 25: not the
# end of a BGP daemon, nor that of the route server, nor a reboot without it.
#
#   server (BIRD) ── lan ──┬── r1 (BIRD)   198.51.100.0/24, 2001:db8:ff::/64
#                          ├── r2 (BIRD)
#                          └── r3 (FRR)
#
#   tests/vm/run [--cpus 2] tests/vm/fleet.sh [PREFIXES]
#
# PREFIXES is how many the server announces at the end (2000).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

many=${1-2000}
routers=(r1 r2 r3)
sections=(pools customers relays exempt quarantine)
mx=198.18.0.25
# Of the last step, in seconds
long_patience=$((120 + many / 50))

# block NAME: the file of that name in the page.
block() {
	awk -v name="\`$1\`" 'index($0, name) { here = 1 }
		/^```$/ && here { if (in_it++) exit; next }
		in_it' "$OBPBL_REPO/tools/doc/fleet.md"
}

# millis: what the clock says.
millis() {
	local now=$EPOCHREALTIME

	echo $((${now/./} / 1000))
}

# ---- the network -----------------------------------------------------------

# lan NAME ADDRESS: somebody in it.
lan() {
	namespace "$1"
	link "$1" eth0 lan "$1"
	ip -n lan link set "$1" master lan0
	address "$1" eth0 "198.51.100.$2/24" "2001:db8:ff::$2/64"
}

namespace lan
ip -n lan link add lan0 type bridge
ip -n lan link set lan0 up
lan server 2
for i in 1 2 3; do
	lan r$i 1$i
	mkdir "$scratch/r$i"
	block /etc/obpbl/obpbl.conf | sed "s,/var/lib/obpbl,$scratch/r$i," \
		>"$scratch/r$i.conf"
	sed 's/hold = 6h/hold = 1s/' "$scratch/r$i.conf" >"$scratch/r$i.brief"
done

# speak NAME: BIRD there.
speak() {
	ip netns exec "$1" bird -f -c "$scratch/$1.bird" -s "$scratch/$1.ctl" &
	background+=($!)
	speaker[$1]=$!
	wait_until birdc -s "$scratch/$1.ctl" show status
}

# frr NAME: FRR there.
frr() {
	local daemon dir=$scratch/frr

	mkdir "$dir"
	block frr.conf >"$dir/frr.conf"
	chown -R frr:frr "$dir"
	chmod 755 "$scratch" "$dir"
	for daemon in zebra bgpd; do
		ip netns exec "$1" "/usr/lib/frr/$daemon" -f "$dir/frr.conf" \
			-z "$dir/zserv" -i "$dir/$daemon.pid" \
			--vty_socket "$dir" -A 127.0.0.1 \
			--log "file:$dir/$daemon.log" >"$dir/$daemon.said" 2>&1 &
		background+=($!)
		wait_until test -S "$dir/$daemon.vty"
	done
}

# announced LINE...: what the server has, and "KIND PREFIX" of each line.
announced() {
	local line kind prefix

	: >"$scratch/obpbl4.conf"
	: >"$scratch/obpbl6.conf"
	for line; do
		read -r kind prefix <<<"$line"
		echo "route $prefix blackhole { bgp_community.add($kind); };" \
			>>"$scratch/obpbl$([[ $prefix == *:* ]] && echo 6 ||
				echo 4).conf"
	done
}

# announce LINE...: from now on; sets $since.
announce() {
	announced "$@"
	since=$(millis)
	birdc -s "$scratch/server.ctl" configure >/dev/null
}

# ---- the routers -----------------------------------------------------------

# follow ROUTER CONF: its sections.
follow() {
	local section

	for section in "${sections[@]}"; do
		ip netns exec "$1" obpblctl -j follow section "$section" \
			of "$2" >>"$scratch/$1/$section.told" 2>&1 &
		background+=($!)
		followers[$1]+=" $!"
	done
}

# unfollow ROUTER: no more.
unfollow() {
	# shellcheck disable=SC2086 # a list
	kill ${followers[$1]}
	# shellcheck disable=SC2086 # a list
	wait ${followers[$1]} || true
	followers[$1]=
}

# everywhere SOURCE DESTINATION VERDICT/REASON: on all routers, now.
everywhere() {
	local router said

	for router in "${routers[@]}"; do
		said=$(obpblctl -n "$router" -j test from "$1" to "$2") || true
		[[ ${said//[[:space:]]/} == *"\"verdict\":\"${3%/*}\",\"reason\":\"${3#*/}\""* ]] || {
			echo "$router: $said"
			return 1
		}
	done
}

# forgotten PREFIX TABLE: no router has it there.
forgotten() {
	local router

	for router in "${routers[@]}"; do
		[[ ! $(ip -n "$router" route show "$1" table "$2") ]] || return
	done
}

# session ROUTER: the server has one with it.
session() {
	birdc -s "$scratch/server.ctl" show protocols "$1" |
		grep -q Established
}

# becomes NAME SOURCE DESTINATION VERDICT: on all routers soon.
becomes() {
	local looked

	check "$1" wait_until everywhere "$2" "$3" "$4"
	looked=$(millis)
	everywhere "$2" "$3" "$4" >/dev/null || true
	note "$((looked - since)) ms after it was said; to look takes" \
		"$(($(millis) - looked)) ms"
}

# stays NAME SOURCE DESTINATION VERDICT: on all routers now.
stays() {
	check "$1" everywhere "$2" "$3" "$4"
}

# all_held ROUTER COUNT: it says that so many pools are held.
all_held() {
	tail -n 1 "$scratch/$1/pools.told" | grep -q "\"held\":$2[,}]"
}

held_everywhere() {
	local router

	for router in "${routers[@]}"; do
		all_held "$router" "$1" || return
	done
}

declare -A speaker followers
load_module
for router in "${routers[@]}"; do
	obpblctl -n "$router" apply "$scratch/$router.conf" >/dev/null \
		2>"$scratch/$router.applied"
	follow "$router" "$scratch/$router.conf"
done
block bird-server.conf | sed "s,/etc/bird,$scratch," >"$scratch/server.bird"
announced
speak server
for i in 1 2; do
	block bird-router.conf | sed "s/198\.51\.100\.11/198.51.100.1$i/" \
		>"$scratch/r$i.bird"
	speak r$i
done
frr r3
patience=120
for router in "${routers[@]}"; do
	check "$router has a session" wait_until session "$router"
done

# ---- what is announced is enforced -----------------------------------------

pool="POOL 203.0.113.0/25"
pool6="POOL 2001:db8:a:1000::/52"
stays "before anything is said, nobody is dynamic" 203.0.113.5 $mx pass/own
announce "$pool" "$pool6"
becomes "a pool" 203.0.113.5 $mx block/outside
becomes "and one of IPv6" 2001:db8:a:1000::5 2001:db8:f::25 block/outside
announce "$pool" "$pool6" "CUSTOMER 203.0.113.120/29"
becomes "static customers" 203.0.113.121 $mx pass/static
announce "$pool" "$pool6" "RELAY 198.51.100.201/32"
becomes "a relay" 203.0.113.5 198.51.100.201 pass/relay
announce "$pool" "$pool6" "EXEMPT 203.0.113.9/32"
becomes "an exemption" 203.0.113.9 $mx pass/exempt
stays "and nobody else's" 203.0.113.10 $mx block/outside
announce "$pool" "$pool6" "QUARANTINE 203.0.113.77/32"
becomes "a quarantine, which is not even let in" 203.0.113.77 203.0.113.201 \
	block/quarantine
stays "but to a relay" 203.0.113.77 203.0.113.200 pass/relay
announce "$pool" "POOL 203.0.113.64/26"
becomes "a pool in a pool" 203.0.113.66 $mx block/outside
announce "$pool" "CUSTOMER 203.0.113.64/26"
becomes "the same prefix as another kind" 203.0.113.66 $mx pass/static
check "and not as the one before" wait_until forgotten 203.0.113.64/26 2501
mapfile -t file < <(block obpbl4.conf | awk '/^route/ {
	sub(/.*add\(/, ""); sub(/\).*/, ""); print }' | paste - <(
	block obpbl4.conf | awk '/^route/ { print $2 }'))
file+=("$pool6")
announce "${file[@]}"
becomes "the example of the page" 203.0.113.5 203.0.113.201 pass/relay

# ---- nothing opens it ------------------------------------------------------

# The pool in a pool is held already.
kill "${speaker[r1]}"
wait "${speaker[r1]}" 2>/dev/null || true
check "without BIRD on r1, its pools are held" wait_until all_held r1 3
stays "and enforced" 203.0.113.5 $mx block/outside
stays "as is the quarantine" 203.0.113.77 203.0.113.202 block/quarantine
speak r1
check "with it no more than before are" wait_until all_held r1 1

kill -KILL "${speaker[server]}"
wait "${speaker[server]}" 2>/dev/null || true
for i in 1 2; do
	birdc -s "$scratch/r$i.ctl" disable obpbl >/dev/null
done
vtysh --vty_socket "$scratch/frr" -c 'conf t' -c 'router bgp 65002' \
	-c 'neighbor 198.51.100.2 shutdown' >/dev/null
check "without the route server, all hold" wait_until held_everywhere 3
stays "and enforce" 203.0.113.5 $mx block/outside
is "also while the file is applied again" \
	"$(obpblctl -n r1 apply --diff "$scratch/r1.conf" 2>/dev/null |
		grep '^[-+] ' || true)" ""
stays "nothing has changed" 203.0.113.5 $mx block/outside

# As a boot: nothing is there but the files, and obpbl.service comes first.
for router in "${routers[@]}"; do
	unfollow "$router"
	obpblctl -n "$router" flush --yes >/dev/null
	obpblctl -n "$router" apply "$scratch/$router.conf" >/dev/null 2>&1
done
stays "routers that boot now have the pools" 203.0.113.5 $mx block/outside
stays "and the relay" 203.0.113.5 203.0.113.201 pass/relay
stays "and the customers" 203.0.113.121 $mx pass/static
since=$(millis)
for router in "${routers[@]}"; do
	follow "$router" "$scratch/$router.conf"
done
becomes "and, when they follow, the quarantine" 203.0.113.77 203.0.113.202 \
	block/quarantine
becomes "and the exemption" 203.0.113.9 $mx pass/exempt

# ---- and back --------------------------------------------------------------

speak server
for i in 1 2; do
	birdc -s "$scratch/r$i.ctl" enable obpbl >/dev/null
done
vtysh --vty_socket "$scratch/frr" -c 'conf t' -c 'router bgp 65002' \
	-c 'no neighbor 198.51.100.2 shutdown' >/dev/null
check "with the route server no more than before are held" \
	wait_until held_everywhere 1

for router in "${routers[@]}"; do
	unfollow "$router"
	follow "$router" "$scratch/$router.brief"
done
announce "$pool"
becomes "what is withdrawn goes after its hold: the quarantine" \
	203.0.113.77 $mx block/outside
becomes "the exemption" 203.0.113.9 $mx block/outside
becomes "the relay" 203.0.113.5 203.0.113.202 pass/inside
becomes "and a pool" 2001:db8:a:1000::5 2001:db8:f::25 pass/own
stays "but no other" 203.0.113.5 $mx block/outside

# ---- many ------------------------------------------------------------------

has_many() {
	local router

	for router in "${routers[@]}"; do
		(($(obpblctl -n "$router" -j show | jq .prefixes) >= many)) ||
			return
	done
}

seq 0 $((many - 1)) | awk '{ printf "route 10.%d.%d.%d/32 blackhole " \
	"{ bgp_community.add(POOL); };\n", $1 / 65536, $1 / 256 % 256, $1 % 256
	}' >>"$scratch/obpbl4.conf"
since=$(millis)
birdc -s "$scratch/server.ctl" configure >/dev/null
patience=$long_patience
check "$many prefixes are on all three" wait_until has_many
note "$(($(millis) - since)) ms after they were said"

for router in "${routers[@]}"; do
	unfollow "$router"
	obpblctl -n "$router" flush --yes >/dev/null
done
finish
