#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# As much of everything as a large ISP has: what it takes, what a packet of port
# 25 waits for meanwhile, and how long interfaces wait. Nothing that is forbidden
# passes, at any time.
#
#   tests/vm/run --mem 5G --timeout 4000 tests/vm/scale.sh [SHARE]
#
# SHARE is a part of all these numbers (1); after make -C tests guests. Times are
# printed and not asserted, and are those of an emulator where there is one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/bench/peers.sh"

share=${1-1}
sessions=$((10000 / share)) overlays=$((100000 / share))
isps=$((1000 / share)) vrfs=$((256 / share))
sources=$((1000000 / share)) routes=$((1000000 / share))
patience=3000
scale=$OBPBL_REPO/tests/vm/scale.py

# shown FIELD
shown() {
	ctl -j show | jq "$1"
}

shows() {
	[[ $(shown "$1") == "$2" ]]
}

# ---- packets ---------------------------------------------------------------

# Twenty at a time, until told to stop: nanoseconds of one, and those that pass.
packets() {
	while [[ -e $scratch/going ]]; do
		echo "run hook 4 6 25 20 500" >"$bench"
		awk '{ print $3 / $4, $4 - $5 }' "$bench"
	done >"$scratch/packets"
}

# quantile PERCENT: of packets
quantile() {
	sort -n "$scratch/packets" | awk -v percent="$1" '{ ns[NR] = $1 }
		END { printf "%.0f", ns[int(NR * percent / 100) + 1] }'
}

lock() {
	awk -v name="$1" -v column="$2" \
		'$1 == name { printf "%.1f", $column / 1e6 }' /proc/obpbl_holds
}

# during NAME COMMAND...: what it takes, and what others wait for meanwhile.
during() {
	local name=$1 status=0 before begun took job

	shift
	before=$(shown .bytes)
	touch "$scratch/going"
	packets &
	job=$!
	background+=("$job")
	wait_until test -s "$scratch/packets"
	echo reset >/proc/obpbl_holds
	begun=$(date +%s%N)
	"$@" >"$scratch/said" 2>&1 || status=$?
	took=$((($(date +%s%N) - begun) / 1000000))
	rm "$scratch/going"
	wait "$job"
	note "$name: $took ms, $((($(shown .bytes) - before) / 1024)) KB more;" \
		"a packet $(quantile 50) ns, p99 $(quantile 99);" \
		"RTNL held at most $(lock rtnl 3) ms, waited for $(lock rtnl 4);" \
		"policy held $(lock policy 3)"
	is "$name: is done" "$status" 0
	((status == 0)) || sed 's/^/#   /' "$scratch/said" | tail -n 5
	is "$name: of $(($(wc -l <"$scratch/packets") * 20)) forbidden packets pass" \
		"$(awk '{ n += $2 } END { print n + 0 }' "$scratch/packets")" 0
}

# No ISP but alpha, with what the packets come from
alone() {
	ctl flush --yes >/dev/null
	ctl -b - >/dev/null 2>&1 <<-BATCH
		isp add alpha mode enforce reject drop
		prefix add 20.0.0.0/8 dynamic isp alpha
	BATCH
}

load_module
watch_locks
insmod "$OBPBL_BUILD/bench/injector/obpbl_bench.ko"
namespace router
ns router sysctl -qw "net.obpbl.max_sources=$((1 << 20))"
alone
peer router none
echo "keys 4 $OBPBL_BUILD/vm/pairs" >"$bench"
during "nothing" sleep 2

# ---- sources ---------------------------------------------------------------

flood() {
	echo "run hook 4 6 25 $((250000 / share)) 8" >"$bench"
}

during "a flood of $sources sources" flood
check "so many are known: $(shown .sources)" \
	test "$(shown .sources)" -ge $((sources * 9 / 10))
during "top of them" ctl top -n 10
during "a list of all of them" ctl -j top -n "$sources"

# ---- sessions --------------------------------------------------------------

interfaces() {
	seq -f "link add s%.0f group 25 type dummy" "$sessions" |
		ip -n router -batch -
}

ups() {
	local i

	for ((i = 1; i <= sessions; i++)); do
		echo "session up dev s$i addr 30.0.$((i >> 8)).$((i & 255))" \
			"addr 2001:db8:$(printf %x "$i")::/56 isp alpha"
	done
}

interfaces
ups >"$scratch/ups"
during "$sessions sessions come" ctl -b "$scratch/ups"
is "all are there" "$(shown .sessions)" $((2 * sessions))
during "as many are listed" ctl session list
during "sessions come and go, one by one" \
	ns router python3 "$scale" steady $((1000 / share))
during "all interfaces go at once" ip -n router link del group 25
check "no session is left" wait_until shows .sessions 0

# ---- overlays --------------------------------------------------------------

exempts() {
	local i

	for ((i = 0; i < overlays; i++)); do
		echo "exempt add 40.$((i >> 16)).$((i >> 8 & 255)).$((i & 255))" \
			"isp alpha reason \"own server\""
	done
}

exempts >"$scratch/exempts"
during "$overlays exemptions, in one transaction" \
	ctl --atomic -b "$scratch/exempts"
is "all are there" "$(shown .overlays)" "$overlays"
during "one more" ctl exempt add 41.0.0.1 isp alpha reason more
during "all are saved" ctl save "$scratch/saved"
during "the same file again" ctl apply "$scratch/saved"
sed 's/ add \([^ ]*\) .*/ del \1 isp alpha/' "$scratch/exempts" >"$scratch/dels"
during "all but one end" ctl --atomic -b "$scratch/dels"
is "one is left" "$(shown .overlays)" 1

# ---- ISPs and VRFs ---------------------------------------------------------

domains() {
	local i

	for ((i = 1; i <= vrfs; i++)); do
		echo "link add vrf$i type vrf table $((1000 + i))"
	done | ip -n router -batch -
}

providers() {
	local i vrf

	for ((i = 1; i <= isps; i++)); do
		vrf=
		((i > vrfs)) || vrf="vrf vrf$i"
		echo "isp add isp$i mode enforce $vrf"
		echo "prefix add 50.$((i >> 8)).$((i & 255)).0/24 dynamic isp isp$i"
		echo "prefix add 51.0.0.$((i & 255))/32 relay isp isp$i"
	done
}

domains
providers >"$scratch/providers"
during "$isps ISPs, $vrfs in VRFs of their own" ctl -b "$scratch/providers"
is "all are there" "$(ctl -j isp list | jq length)" $((isps + 1))
during "their counters" ctl -j stats
is "one in a VRF counts there" \
	"$(ctl -j test from 50.0.1.9 to 9.9.9.9 dev vrf1 | jq -r .isp)" isp1
during "all are saved" ctl save "$scratch/saved"
during "the same file again" ctl apply "$scratch/saved"
is "and they are what they were" "$(ctl -j isp list | jq length)" $((isps + 1))

# ---- routes by BGP ---------------------------------------------------------

# None of the routes is to be another ISP's
alone
mkdir "$scratch/bgp"
head -n "$routes" "$OBPBL_BUILD/vm/million" | sed 's/.*/route & blackhole;/' |
	awk -v dir="$scratch/bgp" '{ print >(dir (/:/ ? "/six" : "/four")) }'
routes=$(cat "$scratch"/bgp/* | wc -l)

# speaker NAME PART...: a BGP speaker there
speaker() {
	local name=$1

	printf '%s\n' "log \"$scratch/$name.log\" all; protocol device {}" "${@:2}" \
		>"$scratch/$name.conf"
	ip netns exec "$name" bird -f -c "$scratch/$name.conf" \
		-s "$scratch/$name.ctl" &
	background+=($!)
	last=$!
	wait_until birdc -s "$scratch/$name.ctl" show status
}

mirror() {
	ip netns exec router obpblctl follow table 100 isp alpha class dynamic \
		file "$scratch/list" >"$scratch/follow" 2>&1 &
	background+=($!)
}

known() {
	[[ $(shown .prefixes) -ge $((before + routes - 1)) ]]
}

all_known() {
	wait_until known
}

ip netns add server
ip link add eth0 netns server type veth peer name server0 netns router
ip -n server -batch - <<-'BATCH'
	link set lo up
	link set eth0 up
	address add 10.0.0.2/30 dev eth0
	address add 2001:db8:ff::2/64 dev eth0 nodad
BATCH
ip -n router -batch - <<-'BATCH'
	link set server0 up
	address add 10.0.0.1/30 dev server0
	address add 2001:db8:ff::1/64 dev server0 nodad
BATCH
mirror
before=$(shown .prefixes)
speaker router "router id 10.0.0.1;" "ipv4 table p4; ipv6 table p6;" \
	"protocol bgp { local 10.0.0.1 as 65002; neighbor 10.0.0.2 as 65001;
		connect delay time 1; hold time 3600;
		ipv4 { table p4; import all; export none; };
		ipv6 { table p6; import all; export none; }; }" \
	"protocol kernel { kernel table 100; ipv4 { table p4; export all; }; }" \
	"protocol kernel { kernel table 100; ipv6 { table p6; export all; }; }"
# It takes an include at the beginning of a line alone
speaker server "router id 10.0.0.2;" \
	"protocol static { ipv4;" "include \"$scratch/bgp/four\";" "}" \
	"protocol static { ipv6;" "include \"$scratch/bgp/six\";" "}" \
	"protocol bgp { local 10.0.0.2 as 65001; neighbor 10.0.0.1 as 65002;
		connect delay time 1; hold time 3600;
		ipv4 { import none; export all; };
		ipv6 { import none; export all; next hop address 2001:db8:ff::2; }; }"
during "$routes routes by BGP" all_known
kill "$last"
wait "$last" 2>/dev/null || true
check "the session ends, and they are held" wait_until \
	grep -q 'held' "$scratch/follow"
is "all of them" "$(shown .prefixes)" $((before + routes - 1))

echo forget >"$bench"
rmmod obpbl_bench obpbl_holds
finish
