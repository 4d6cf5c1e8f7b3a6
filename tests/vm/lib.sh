# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For programs that tests/vm/run runs in a guest: assertions, waiting, network
# namespaces, and the network in which everything happens:
#
#                            ┌────────────────────┐
#                            │       router       │      ┌───────────────────┐
#                            │                    │      │ relay     (alpha) │
#                            │    relay0  .193/26 ├──────┤ 203.0.113.200/26  │
#   ┌─────────────────┐      │   198.51.100.1/24  │      │ 198.51.100.25/24  │
#   │ sub     (alpha) │      │    2001:db8:a::1   │      │ 2001:db8:a::200   │
#   │ 203.0.113.5   D │      │                    │      └───────────────────┘
#   │ 203.0.113.9   E │      │                    │      ┌───────────────────┐
#   │ 203.0.113.10  D │      │                    │      │ foreign  (no ISP) │
#   │ 203.0.113.77  D ├──────┤ sub0               │      │ 198.18.0.25/24    │
#   │ 203.0.113.121 S │      │ 203.0.113.1/25     │      │ 198.18.0.99/24    │
#   │ 2001:db8:a:     │      │ 2001:db8:a:1000::1 │      │ 2001:db8:f::25    │
#   │   1000::5     D │      │                    │      └───────────────────┘
#   │   1000::9     E │      │   foreign0   .1/24 ├──────┘
#   │   1000::77    D │      │    2001:db8:f::1   │      ┌───────────────────┐
#   └─────────────────┘      │                    │      │ beta      (beta)  │
#                            │   beta0      .1/24 ├──────┤ 192.0.2.5/24    D │
#                            │    2001:db8:b::1   │      │ 192.0.2.200/24    │
#                            └────────────────────┘      │ 2001:db8:b::5     │
#                                                        └───────────────────┘
#
# ISP alpha: space 203.0.113.0/24 and 2001:db8:a::/48, dynamic 203.0.113.0/25
# and 2001:db8:a:1000::/52, static 203.0.113.120/29, relays 203.0.113.200 and
# 198.51.100.25. ISP beta: space 192.0.2.0/24. D, S, E: addresses that policies
# here take as dynamic, static and exempted ones.

[[ ${OBPBL_REPO-} && ${OBPBL_BUILD-} ]] || {
	echo "run this in a guest: tests/vm/run ${0##*/}" >&2
	exit 2
}

# Who is dynamic, and a mail server outside
# shellcheck disable=SC2034 # for those who read this file
dynamic=203.0.113.5 dynamic6=2001:db8:a:1000::5
# shellcheck disable=SC2034
mx=198.18.0.25 mx6=2001:db8:f::25

passed=0
failed=0
skipped=0
background=()
scratch=$(mktemp -d)

# ---- assertions ------------------------------------------------------------

ok() {
	passed=$((passed + 1))
	echo "ok - $*"
}

fail() {
	failed=$((failed + 1))
	echo "not ok - $*"
}

# skip NAME: WHY
skip() {
	skipped=$((skipped + 1))
	echo "ok - $* # skip"
}

note() {
	echo "# $*"
}

# check NAME COMMAND...: the command succeeds; what it said is shown if not.
check() {
	check_status 0 "$@"
}

# check_status STATUS NAME COMMAND...
check_status() {
	local want=$1 name=$2 status=0

	shift 2
	"$@" >"$scratch/said" 2>&1 || status=$?
	if ((status == want)); then
		ok "$name"
		return
	fi
	fail "$name"
	note "status $status, not $want, of: $*"
	sed 's/^/#   /' "$scratch/said"
}

# is NAME GOT WANTED
is() {
	if [[ $2 == "$3" ]]; then
		ok "$1"
	else
		fail "$1"
		note "got    '$2'"
		note "wanted '$3'"
	fi
}

# like NAME GOT REGEX
like() {
	if [[ $2 =~ $3 ]]; then
		ok "$1"
	else
		fail "$1"
		note "got '$2'"
		note "wanted a match of '$3'"
	fi
}

# cases COMMAND...: a program whose own "ok - NAME" and "not ok - NAME" lines
# are cases of ours. One that ends with an error without a failed case has
# failed.
cases() {
	local good bad status=0

	"$@" 2>&1 | tee "$scratch/cases" || status=$?
	good=$(grep -c '^ok - ' "$scratch/cases" || true)
	bad=$(grep -c '^not ok - ' "$scratch/cases" || true)
	passed=$((passed + good)) failed=$((failed + bad))
	((good > 0 && (status == 0 || bad > 0))) ||
		fail "$* ended with status $status"
}

summary() {
	local more=

	((skipped == 0)) || more=", $skipped skipped"
	echo "$passed passed, $failed failed$more"
}

# Last line of a program. A program that ends without it has failed: see
# unfinished.
finish() {
	trap - EXIT
	tidy
	summary
	((failed == 0 && passed > 0))
	exit
}

unfinished() {
	local status=$?

	tidy
	echo "not ok - ended early with status $status"
	failed=$((failed + 1))
	summary
	exit $((status ? status : 1))
}
trap unfinished EXIT

tidy() {
	((${#background[@]} == 0)) ||
		kill "${background[@]}" 2>/dev/null || true
	rm -rf "$scratch"
}

# ---- waiting ---------------------------------------------------------------

# How long to wait for what must come. Never part of what is asserted.
patience=30

# Nothing ever comes from here: to wait without a process, as sleep would be.
exec {never}<> <(:)

# wait_until COMMAND...: polls till the command succeeds; fails after
# $patience seconds.
wait_until() {
	local end=$((SECONDS + patience))

	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		read -rt 0.05 -u "$never" || true
	done
}

# ---- namespaces ------------------------------------------------------------

# ns NAMESPACE COMMAND...
ns() {
	ip netns exec "$@"
}

have_ipv6() {
	[[ -e /proc/sys/net/ipv6 ]]
}

# Addresses are usable as soon as they are set, and there are no others: no
# duplicate detection, no router advertisements, no temporary ones.
quiet_ipv6() {
	local file

	have_ipv6 || return 0
	for file in /proc/sys/net/ipv6/conf/{all,default}; do
		echo 0 >"$file/accept_dad"
		echo 0 >"$file/accept_ra"
		echo 0 >"$file/use_tempaddr"
		echo 0 >"$file/router_solicitations"
	done
}

# namespace NAME [router]
namespace() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	settle "$@"
}

# settle NAME [router]: a new namespace.
settle() {
	ns "$1" bash -c \
		"$(declare -f have_ipv6 quiet_ipv6 settle_here); settle_here ${2-}"
}

# A connection that nobody has any more and that nobody answers would keep the
# namespace for minutes.
settle_here() {
	quiet_ipv6
	echo 1 >/proc/sys/net/ipv4/tcp_orphan_retries
	[[ ${1-} == router ]] || return 0
	echo 1 >/proc/sys/net/ipv4/ip_forward
	! have_ipv6 || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
}

# link NAMESPACE DEVICE NAMESPACE DEVICE: a veth pair, up.
link() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# address NAMESPACE DEVICE ADDRESS/LENGTH...
address() {
	addresses "${@:2}" | ip -n "$1" -batch -
}

# addresses DEVICE ADDRESS/LENGTH...: for ip -batch
addresses() {
	local device=$1 address

	shift
	for address; do
		case $address in
		*:*) ! have_ipv6 || echo "address add $address dev $device nodad" ;;
		*) echo "address add $address dev $device" ;;
		esac
	done
}

# leaf NAME V4 V6 ADDRESS/LENGTH...: with its gateways
leaf() {
	{
		printf 'link set %s up\n' lo eth0
		addresses eth0 "${@:4}"
		echo "route add default via $2"
		! have_ipv6 || echo "route add default via $3"
	} | ip -n "$1" -batch -
}

# Few processes, as nearly every suite begins with it
topology() {
	local leaves=(sub relay foreign beta) leaf

	{
		printf 'netns add %s\n' router "${leaves[@]}"
		for leaf in "${leaves[@]}"; do
			echo "link add eth0 netns $leaf type veth" \
				"peer name ${leaf}0 netns router"
		done
	} | ip -batch -
	settle router router
	for leaf in "${leaves[@]}"; do
		settle "$leaf"
	done
	{
		printf 'link set %s up\n' lo "${leaves[@]/%/0}"
		addresses sub0 203.0.113.1/25 2001:db8:a:1000::1/64
		addresses relay0 203.0.113.193/26 198.51.100.1/24 \
			2001:db8:a::1/64
		addresses foreign0 198.18.0.1/24 2001:db8:f::1/64
		addresses beta0 192.0.2.1/24 2001:db8:b::1/64
	} | ip -n router -batch -
	leaf sub 203.0.113.1 2001:db8:a:1000::1 \
		203.0.113.{5,9,10,77,121}/25 2001:db8:a:1000::{5,9,77}/64
	leaf relay 203.0.113.193 2001:db8:a::1 \
		203.0.113.200/26 198.51.100.25/24 2001:db8:a::200/64
	leaf foreign 198.18.0.1 2001:db8:f::1 \
		198.18.0.{25,99}/24 2001:db8:f::25/64
	leaf beta 192.0.2.1 2001:db8:b::1 192.0.2.{5,200}/24 2001:db8:b::5/64
	# For syns
	ROUTER_MAC=$(ip -n router -j link show sub0 | jq -r '.[0].address |
		gsub(":"; "")')
	export ROUTER_MAC
}

# ---- the module and its program --------------------------------------------

# Depends are loaded by hand, as insmod does not.
load_module() {
	local ko=$OBPBL_BUILD/module/obpbl.ko depends

	depends=$(modinfo -F depends "$ko")
	# shellcheck disable=SC2086 # a list
	[[ ! $depends ]] || modprobe -a ${depends//,/ }
	insmod "$ko" "$@"
}

# The locks of which the kernel itself tells how long they are held: after the
# module, for /proc/obpbl_holds.
watch_locks() {
	local lock

	insmod "$OBPBL_BUILD/bench/holds/obpbl_holds.ko"
	echo "learn policy obpbl" >/proc/obpbl_holds
	for lock in rtnl genl; do
		awk -v name="${lock}_mutex" -v lock=$lock '$3 == name {
			print "lock " lock " " $1; exit }' /proc/kallsyms \
			>/proc/obpbl_holds
	done
}

# ctl ARG...: the control program in the router, where the policy lives; or in
# another namespace, $box.
ctl() {
	obpblctl -n "${box-router}" "$@"
}

# alpha [LINE]...: the policy of ISP alpha as in the picture, enforced; with
# more lines, or others, for the ISP.
alpha() {
	ctl apply - >/dev/null 2>"$scratch/apply" <<-CONF && return
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
		    static = { 203.0.113.120/29 }
		    relay = { 203.0.113.200, 198.51.100.25, 2001:db8:a::200 }
		    $(printf '%s\n' "$@")
		}
		exempt 203.0.113.9 { isp = alpha reason = "own server" }
	CONF
	fail "apply: $(<"$scratch/apply")"
}

# ---- traffic ---------------------------------------------------------------

# serve NAMESPACE PORT...: accepts and greets on every address, both families,
# in the background; returns when it listens. _socket, since the socket module
# takes most of a second to import under emulation.
serve() {
	local namespace=$1 ready

	shift
	exec {ready}< <(exec ip netns exec "$namespace" python3 -I -S - "$@" \
		<<-'PYTHON'
	import _socket as so, os, select, sys
	six = os.path.exists("/proc/sys/net/ipv6")
	wait = select.poll()
	listeners = {}
	for port in map(int, sys.argv[1:]):
	    s = so.socket(so.AF_INET6 if six else so.AF_INET, so.SOCK_STREAM)
	    s.setsockopt(so.SOL_SOCKET, so.SO_REUSEADDR, 1)
	    if six:
	        s.setsockopt(so.IPPROTO_IPV6, so.IPV6_V6ONLY, 0)
	    s.bind(("", port))
	    s.listen(512)
	    listeners[s.fileno()] = s
	    wait.register(s.fileno(), select.POLLIN)
	print("listening", flush=True)
	while True:
	    for fd, _ in wait.poll():
	        peer = listeners[fd]._accept()[0]
	        try:
	            os.write(peer, b"220 ready\r\n")
	        except OSError:
	            pass
	        os.close(peer)
	PYTHON
	)
	background+=($!)
	read -r -u "$ready" || fail "nobody listens in $namespace"
	exec {ready}<&-
}

# listening NAMESPACE PORT
listening() {
	[[ $(ns "$1" ss -Hltn "sport = :$2") ]]
}

# attempt NAMESPACE SOURCE DESTINATION PORT [SECONDS]: connects, and says how
# that went: open refused unreachable prohibited timeout, or the error. Only a
# wanted timeout takes the seconds.
attempt() {
	local said

	said=$(ns "$1" nc -nvz -w "${5-10}" -s "$2" "$3" "$4" 2>&1) || true
	case $said in
	*succeeded!) echo open ;;
	*"Connection refused") echo refused ;;
	*"No route to host") echo unreachable ;;
	*"Permission denied" | *"Operation not permitted") echo prohibited ;;
	*"timed out: "*) echo timeout ;;
	*) echo "${said##*: }" ;;
	esac
}

# reaches NAME NAMESPACE SOURCE DESTINATION PORT HOW [SECONDS]: see attempt. Of
# IPv6, nothing is asked where there is none.
reaches() {
	[[ $4 != *:* ]] || have_ipv6 || return 0
	is "$1" "$(attempt "$2" "$3" "$4" "$5" ${7+"$7"})" "$6"
}

# syns SOURCE COUNT DESTINATION COUNT [ROUNDS [CPU]]: SYNs to port 25 from the line
# of sub. All of them are through when it ends, since a packet goes all the way to
# the hook before the next; on loaded machines a softirq may take over.
syns() {
	ns sub "$OBPBL_BUILD/vm/syns" "$@"
}

# ---- counters --------------------------------------------------------------

# counted REASON [ISP [packets|bytes|attempts]]: so many, in the router.
counted() {
	ctl -j stats | jq --arg reason "$1" --arg isp "${2-alpha}" \
		--arg what "${3-packets}" '[.isps[] | select(.name == $isp) |
			.reasons[$reason][$what] // 0] | add // 0'
}

# watch NAMESPACE NAME MATCH [NAME MATCH]...: counts packets that come in there.
watch() {
	local namespace=$1

	shift
	while (($#)); do
		echo "add table inet watch"
		echo "add chain inet watch in" \
			"{ type filter hook prerouting priority -450; }"
		echo "add counter inet watch $1"
		echo "add rule inet watch in $2 counter name $1"
		shift 2
	done | ns "$namespace" nft -f -
}

# watched NAMESPACE NAME [packets|bytes]
watched() {
	ns "$1" nft -j list counter inet watch "$2" |
		jq --arg what "${3-packets}" '.nftables[] | .counter // empty |
			.[$what]'
}
