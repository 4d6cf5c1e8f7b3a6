#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A routing table mirrored into the policy: BIRD on a route server announces the
# pools of alpha, BIRD on the router puts those with the community into table
# 100, and packets say what that means; also without the session, without the
# ISP, and while the policy is somebody else's for a moment.
#
#   ┌────────┐  BGP  ┌────────┐
#   │ server ├───────┤ router │   the picture in lib.sh
#   └────────┘       └────────┘
#
#   tests/vm/run tests/vm/follow.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

mx=198.18.0.25
list=$scratch/pools.txt

# ---- BGP -------------------------------------------------------------------

# pools PREFIX...: what the server announces with the community.
pools() {
	local prefix v4="" v6=""

	for prefix; do
		case $prefix in
		*:*) v6+="route $prefix blackhole { bgp_community.add((65001, 25)); };" ;;
		*) v4+="route $prefix blackhole { bgp_community.add((65001, 25)); };" ;;
		esac
	done
	cat >"$scratch/server.conf" <<-CONF
		router id 10.0.0.2;
		log "$scratch/server.log" all;
		protocol device {}
		protocol static { ipv4; $v4 route 203.0.113.192/27 blackhole; }
		protocol static { ipv6; $v6 }
		protocol bgp {
			local 10.0.0.2 as 65001;
			neighbor 10.0.0.1 as 65002;
			connect delay time 1; connect retry time 1;
			error wait time 1, 2;
			ipv4 { import none; export all; };
			ipv6 { import none; export all; next hop address 2001:db8:ff::2; };
		}
	CONF
}

# announce PREFIX...: other pools from now on.
announce() {
	pools "$@"
	birdc -s "$scratch/server.ctl" configure >/dev/null
}

# speak NAME: a BGP speaker there.
speak() {
	ip netns exec "$1" bird -f -c "$scratch/$1.conf" -s "$scratch/$1.ctl" &
	background+=($!)
	speaker=$!
	wait_until birdc -s "$scratch/$1.ctl" show status
}

cat >"$scratch/router.conf" <<CONF
router id 10.0.0.1;
log "$scratch/router.log" all;
ipv4 table pools4;
ipv6 table pools6;
protocol device {}
protocol bgp {
	local 10.0.0.1 as 65002;
	neighbor 10.0.0.2 as 65001;
	connect delay time 1; connect retry time 1;
	error wait time 1, 2;
	ipv4 { table pools4; import where (65001, 25) ~ bgp_community; export none; };
	ipv6 { table pools6; import where (65001, 25) ~ bgp_community; export none; };
}
protocol kernel { kernel table 100; ipv4 { table pools4; export all; }; }
protocol kernel { kernel table 100; ipv6 { table pools6; export all; }; }
CONF

# routes: so many of both families are in table 100.
routes() {
	{
		ip -n router -4 route show table 100 2>/dev/null || true
		ip -n router -6 route show table 100 2>/dev/null || true
	} | wc -l
}

has_routes() {
	[[ $(routes) == "$1" ]]
}

# ---- the mirror ------------------------------------------------------------

# mirror WORD...: follows table 100, and says what it does in $scratch/told.
mirror() {
	ip netns exec router obpblctl -j follow table 100 isp alpha \
		class dynamic file "$list" "$@" \
		>>"$scratch/told" 2>>"$scratch/warned" &
	follower=$!
	background+=("$follower")
}

# dynamic: what the policy has, in one line.
dynamic() {
	ctl -j prefix list dynamic isp alpha | jq -r '[.[].prefix] | join(" ")'
}

is_dynamic() {
	[[ $(dynamic) == "$1" ]]
}

# said FILTER: jq's view of the last thing said of that kind.
said() {
	jq -s "$1" "$scratch/told"
}

has_said() {
	[[ $(said "$1") == true ]]
}

# becomes NAME PREFIXES: the policy has these, soon.
becomes() {
	wait_until is_dynamic "$2" || true
	is "$1" "$(dynamic)" "$2"
}

# says NAME FILTER: that is said, soon.
says() {
	check "$1" wait_until has_said "$2"
}

policy() {
	cat <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    relay = { 203.0.113.200, 198.51.100.25, 2001:db8:a::200 }
		    $*
		}
		isp beta { mode = enforce space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }
	CONF
}

topology
namespace server
link server eth0 router server0
address server eth0 10.0.0.2/30 2001:db8:ff::2/64
address router server0 10.0.0.1/30 2001:db8:ff::1/64
load_module
serve foreign 25
policy | ctl apply - >/dev/null 2>&1
reaches "before any route" sub 203.0.113.5 "$mx" 25 open

# ---- BGP brings the pools --------------------------------------------------

all="203.0.113.0/26 203.0.113.64/26 2001:db8:a:1000::/52"
mirror

says "it begins with nothing" '[.[] | select(.event == "followed")][0].prefixes == 0'
# shellcheck disable=SC2086 # a list
pools $all
speak router
speak server
server=$speaker
becomes "the pools with the community are dynamic" "$all"
reaches "a customer in one is blocked" sub 203.0.113.5 "$mx" 25 refused
reaches "also by IPv6" sub 2001:db8:a:1000::5 2001:db8:f::25 25 refused
reaches "who is in none is not" relay 203.0.113.200 "$mx" 25 open
is "the list says the same" "$(grep -v '^#' "$list" | paste -sd ' ')" "$all"

announce 203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52
becomes "a pool that comes is dynamic at once" \
	"203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52"
all="203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52"

# ---- BGP goes --------------------------------------------------------------

kill "$server"
wait "$server" 2>/dev/null || true
check "without the session the table is empty" wait_until has_routes 0
says "all four are held, for an hour" \
	'[.[] | select(.event == "followed")][-1] | .held == 4 and .hold_left > 3000 and .hold_left <= 3600 and .deleted == 0'
is "the policy has them all" "$(dynamic)" "$all"
reaches "and blocks" sub 203.0.113.5 "$mx" 25 refused
speak server
server=$speaker
says "with the session nothing is held" \
	'[.[] | select(.event == "followed")][-1].held == 0'
is "and nothing was ever removed" "$(said 'map(.deleted // 0) | add')" 0

# ---- others change the policy ----------------------------------------------

policy | ctl apply - >/dev/null 2>&1
becomes "an apply of a file without them: they are back" "$all"
ctl prefix del 203.0.113.0/26 dynamic isp alpha
becomes "one that is deleted is back" "$all"
ctl prefix add 203.0.113.224/27 dynamic isp alpha
kill -STOP "$follower"
policy "dynamic = { @$list, 203.0.113.224/27 }" | ctl apply - >/dev/null 2>&1
is "with the list in the file they are there through an apply" "$(dynamic)" \
	"203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 203.0.113.224/27 2001:db8:a:1000::/52"
kill -CONT "$follower"

policy "dynamic = { @$list, 203.0.113.224/27 }" "reverse = on" |
	ctl apply --confirm 3600 - >/dev/null 2>&1
announce 203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52 \
	2001:db8:a:2000::/52
says "while a change waits to be confirmed, it waits too" \
	'any(.event == "waiting")'
ctl confirm >/dev/null
wait_until bash -c "$(declare -f ctl ns); ctl export dynamic isp alpha | grep -q 2001:db8:a:2000" || true
like "and goes on then" "$(dynamic)" '2001:db8:a:2000::/52'

# ---- what is not alpha's ---------------------------------------------------

announce 203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52 \
	2001:db8:a:2000::/52 192.0.2.0/25 198.51.100.128/25 0.0.0.0/0
says "a prefix of another ISP is refused, by name" \
	'any(.event == "refused" and .prefix == "192.0.2.0/25" and (.why | test("beta")))'
wait_until bash -c "$(declare -f ctl ns); ctl export dynamic isp alpha | grep -q 198.51.100.128" || true
like "one that came with it is not" "$(dynamic)" '198.51.100.128/25'
is "what is refused is not in the list, which would be refused then" \
	"$(grep -c 192.0.2.0/25 "$list" || true)" 0
is "the default route is nobody's pool" \
	"$(dynamic | tr ' ' '\n' | grep -c '/0$' || true)" 0
like "and that is said" "$(<"$scratch/warned")" 'has a default route'
ctl prefix del 192.0.2.0/25 dynamic isp beta
wait_until bash -c "$(declare -f ctl ns); ctl export dynamic isp alpha | grep -q 192.0.2.0/25" || true
like "what the other ISP gives up is alpha's" "$(dynamic)" '192.0.2.0/25'
announce 203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52 \
	2001:db8:a:2000::/52
says "what is withdrawn is held" \
	'[.[] | select(.event == "followed")][-1].held == 2'

ctl isp del alpha
says "without the ISP it waits" \
	'any(.event == "waiting" and (.why | test("no such ISP")))'
policy | ctl apply - >/dev/null 2>&1
wait_until bash -c "$(declare -f ctl ns); ctl export dynamic isp alpha | grep -q 2001:db8:a:2000" || true
is "with the ISP all is back, also what is held, but what is beta's again" "$(dynamic)" \
	"198.51.100.128/25 203.0.113.0/26 203.0.113.64/26 203.0.113.128/26 2001:db8:a:1000::/52 2001:db8:a:2000::/52"

# ---- the end of a hold -----------------------------------------------------

status=0
kill "$follower"
wait "$follower" 2>/dev/null || status=$?
is "it ends when told to" "$status" 0
like "the policy stays as it is" "$(dynamic)" '198.51.100.128/25'
ctl prefix add 203.0.113.224/27 dynamic isp alpha
announce 203.0.113.0/26 203.0.113.128/26 2001:db8:a:1000::/52
check "a pool is withdrawn while nobody follows" wait_until has_routes 3
mirror hold 1s
becomes "what the list knows, and the table does not, goes when its hold is over" \
	"203.0.113.0/26 203.0.113.128/26 203.0.113.224/27 2001:db8:a:1000::/52"
reaches "a customer there is free" sub 203.0.113.77 "$mx" 25 open
reaches "one elsewhere is not" sub 203.0.113.5 "$mx" 25 refused
is "the list forgets them" "$(grep -v '^#' "$list" | paste -sd ' ')" \
	"203.0.113.0/26 203.0.113.128/26 2001:db8:a:1000::/52"

# ---- a table that does not rest --------------------------------------------

kill "${background[@]}" 2>/dev/null || true
background=()
serve foreign 587
ip -n router route flush table 100
ip -n router -6 route flush table 100
mirror hold 1h
many=$(for i in {1..200}; do echo "10.9.$i.0/24"; done)
for round in {1..5}; do
	for prefix in $many; do
		echo "route add blackhole $prefix table 100 metric $round"
		echo "route add blackhole $prefix table 100 metric 9$round"
		echo "route del blackhole $prefix table 100 metric 9$round"
	done
done | ip -n router -batch -
wait_until bash -c "$(declare -f ctl ns); ((\$(ctl export dynamic isp alpha | grep -c '^10\.9\.') == 200))" || true
is "3,000 changes of 200 prefixes: so many are dynamic" \
	"$(ctl export dynamic isp alpha | grep -c '^10\.9\.')" 200
for round in {1..4}; do
	for prefix in $many; do
		echo "route del blackhole $prefix table 100 metric $round"
	done
done | ip -n router -batch -
says "nothing is held as long as one route is left" \
	'[.[] | select(.event == "followed")][-1] | .held <= 3'
is "nor removed" "$(ctl export dynamic isp alpha | grep -c '^10\.9\.')" 200
kill "$follower"
ctl flush --yes >/dev/null
finish
