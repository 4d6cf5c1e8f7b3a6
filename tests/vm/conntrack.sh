#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Connections that are offloaded to a flowtable end when a policy becomes
# tighter; those that it lets pass go on. Without connection tracking nothing
# of it is loaded.
#
#   tests/vm/run tests/vm/conntrack.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

cat >"$scratch/alpha.conf" <<-'CONF'
	isp alpha {
	    mode    = monitor
	    policy  = outside
	    space   = { 203.0.113.0/24, 2001:db8:a::/48 }
	    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
	    static  = { 203.0.113.120/29 }
	    relay   = { 203.0.113.200 }
	}
	exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "own MTA" }
	exempt 203.0.113.10 { isp = alpha  dev = sub0  until = "2097-03-31T00:00:00Z"  reason = "by its device" }
CONF

# echo_server NAMESPACE PORT...: sends back what comes, till the end.
echo_server() {
	local namespace=$1 port

	shift
	ns "$namespace" python3 -I -S - "$@" <<-'PYTHON' &
	import selectors, socket, sys
	wait = selectors.DefaultSelector()
	for port in map(int, sys.argv[1:]):
	    listener = socket.create_server(("", port), family=socket.AF_INET6,
	                                    dualstack_ipv6=True)
	    wait.register(listener, selectors.EVENT_READ, True)
	while True:
	    for key, _ in wait.select():
	        if key.data:
	            wait.register(key.fileobj.accept()[0], selectors.EVENT_READ)
	            continue
	        try:
	            data = key.fileobj.recv(100)
	        except OSError:
	            data = b""
	        if data:
	            key.fileobj.sendall(data)
	        else:
	            wait.unregister(key.fileobj)
	            key.fileobj.close()
	PYTHON
	background+=($!)
	for port; do
		wait_until listening "$namespace" "$port"
	done
}

# dial NAME NAMESPACE SOURCE DESTINATION PORT: a connection that stays, for
# talk.
dial() {
	mkfifo "$scratch/$1.say" "$scratch/$1.hear"
	ns "$2" python3 -I -S - "${@:3}" "$scratch/$1" <<-'PYTHON' &
	import _socket, sys
	source, destination, port, name = sys.argv[1:]
	family = _socket.AF_INET6 if ":" in destination else _socket.AF_INET
	s = _socket.socket(family, _socket.SOCK_STREAM)
	s.bind((source, 0))
	s.connect((destination, int(port)))
	say, hear = open(name + ".say"), open(name + ".hear", "w")
	for seconds in say:
	    s.settimeout(float(seconds))
	    try:
	        s.sendall(b"x")
	        answer = "answer" if s.recv(1) else "closed"
	    except TimeoutError:
	        answer = "silence"
	    except OSError:
	        answer = "reset"
	    print(answer, file=hear, flush=True)
	PYTHON
	background+=($!)
	# shellcheck disable=SC1083,SC2086 # descriptors, into the arrays
	exec {say[$1]}>"$scratch/$1.say" {hear[$1]}<"$scratch/$1.hear"
}
declare -A say hear

# talk NAME [SECONDS]: sends a byte: answer, silence, closed or reset.
talk() {
	local line

	echo "${2:-20}" >&"${say[$1]}"
	read -r line <&"${hear[$1]}"
	echo "$line"
}

answers() {
	is "$1: $2 goes on" "$(talk "$2")" answer
}

# What is blocked is told so, or it hears nothing for two seconds.
ended() {
	like "$1: $2 has ended" "$(talk "$2" 2)" '^(silence|closed|reset)$'
}

# offloaded SOURCE PORT
offloaded() {
	ns router conntrack -L -p tcp --orig-src "$1" 2>/dev/null |
		grep "dport=$2 .*OFFLOAD"
}

# offload NAME SOURCE PORT: talks until the flowtable has it.
offload() {
	local end=$((SECONDS + patience))

	until offloaded "$2" "$3" >"$scratch/offloaded"; do
		((SECONDS < end)) || break
		talk "$1" >/dev/null
	done
	check "$1 is offloaded" test -s "$scratch/offloaded"
}

modules() {
	cut -d ' ' -f 1 /proc/modules | grep -v '^obpbl$' | sort
}

topology
# shellcheck disable=SC2119 # no parameters
load_module
echo_server foreign 25 587
echo_server relay 25
echo_server sub 25

# ---- without connection tracking ---------------------------------------------

modules >"$scratch/before"
ctl apply "$scratch/alpha.conf" >/dev/null
ctl mode enforce
ctl quarantine add 203.0.113.77 isp alpha reason x
ctl exempt add 203.0.113.78 isp alpha for 1h reason x
ctl exempt del 203.0.113.78 isp alpha
is "it says that none ended" "$(ctl -j mode monitor | grep -o 'ended.*')" \
	'ended": 0'
modules >"$scratch/after"
check "nothing is loaded where nothing is tracked" \
	diff "$scratch/before" "$scratch/after"
check "connection tracking is not there" \
	test ! -e /proc/sys/net/netfilter/nf_conntrack_count

# ---- with a flowtable ----------------------------------------------------------

# An address of its own for what is translated
ns router nft -f - <<-'NFT'
	table ip nat {
	    chain pre {
	        type nat hook prerouting priority dstnat
	        ip daddr 198.18.0.98 tcp dport 2525 dnat to 198.18.0.25:25
	    }
	    chain post {
	        type nat hook postrouting priority srcnat
	        ip saddr 203.0.113.5 ip daddr 198.18.0.25 ct status dnat masquerade
	    }
	}
	table inet fast {
	    flowtable f {
	        hook ingress priority 0
	        devices = { sub0, relay0, foreign0, beta0 }
	    }
	    chain forward {
	        type filter hook forward priority 0
	        meta l4proto tcp flow add @f
	    }
	}
NFT

dial dynamic sub 203.0.113.5 198.18.0.25 25
dial dynamic6 sub 2001:db8:a:1000::5 2001:db8:f::25 25
dial translated sub 203.0.113.5 198.18.0.98 2525
dial submission sub 203.0.113.5 198.18.0.25 587
dial relay sub 203.0.113.5 203.0.113.200 25
dial exempt sub 203.0.113.9 198.18.0.25 25
dial device sub 203.0.113.10 198.18.0.25 25
dial static sub 203.0.113.121 198.18.0.25 25
dial transit beta 192.0.2.5 198.18.0.25 25
dial inbound foreign 198.18.0.99 203.0.113.5 25
offload dynamic 203.0.113.5 25
offload dynamic6 2001:db8:a:1000::5 25
offload translated 203.0.113.5 2525
offload exempt 203.0.113.9 25
offload static 203.0.113.121 25
for name in "${!say[@]}"; do
	answers "in mode monitor" "$name"
done

# The sysctl goes past the program, and shows what would be without it.
ns router sysctl -qw net.obpbl.mode=1
is "with a low ceiling nothing ends" "$(ctl mode enforce 2>/dev/null)" ""
ns router sysctl -qw net.obpbl.mode=2
for name in dynamic dynamic6 translated; do
	answers "past the module" "$name"
done

is "mode enforce tells how many end" "$(ctl mode enforce)" \
	"3 tracked connections ended"
for name in dynamic dynamic6 translated; do
	ended "mode enforce" "$name"
done
for name in submission relay exempt device static transit inbound; do
	answers "mode enforce" "$name"
done
is "there is nothing left to end" "$(ctl mode enforce)" ""

is "exempt del tells it" "$(ctl exempt del 203.0.113.9 isp alpha)" \
	"1 tracked connection ended"
ended "exempt del" exempt
is "quarantine add tells it, in JSON" \
	"$(ctl -j quarantine add 203.0.113.121 isp alpha for 1h reason bot |
	grep -o 'ended.*')" 'ended": 1'
ended "quarantine add" static
for name in submission relay device transit inbound; do
	answers "after all that" "$name"
done

# ---- other ways ----------------------------------------------------------------

ctl mode monitor
dial again sub 203.0.113.5 198.18.0.25 25
offload again 203.0.113.5 25
ns router sysctl -qw net.obpbl.established=1
is "established connections go on if the policy says so" \
	"$(ctl mode enforce)" ""
answers "net.obpbl.established" again
ns router sysctl -qw net.obpbl.established=0
is "a batch searches once, at its end" \
	"$(printf '%s\n' 'mode enforce' 'prefix add 203.0.113.64/26 dynamic isp alpha' |
	ctl -b -)" "1 tracked connection ended"
ended "a batch" again

ctl mode monitor
dial once sub 203.0.113.5 198.18.0.25 25
offload once 203.0.113.5 25
is "an atomic batch, in JSON" \
	"$(printf '%s\n' 'mode enforce' 'exempt add 203.0.113.99 isp alpha for 1h reason x' |
	ctl -j -b - --atomic | grep -o 'ended.*')" 'ended": 1}'
ended "an atomic batch" once

ctl mode monitor
dial applied sub 203.0.113.5 198.18.0.25 25
offload applied 203.0.113.5 25
sed s/monitor/enforce/ "$scratch/alpha.conf" >"$scratch/enforce.conf"
like "apply" "$(ctl apply "$scratch/enforce.conf" | tail -n 1)" \
	"^1 tracked connection ended"
ended "apply" applied

# In a VRF, which an entry of connection tracking does not tell
ctl flush --yes >/dev/null
ns router nft delete table inet fast
ip -n router link add red type vrf table 10
ip -n router link set red up
ip -n router link set sub0 master red
ip -n router route add 198.18.0.0/24 dev foreign0 table 10
ip -n router route replace 203.0.113.0/25 dev sub0
sed 's/reject .*//; s/policy .*/vrf = red/; /^exempt/d' "$scratch/alpha.conf" \
	>"$scratch/vrf.conf"
ctl apply "$scratch/vrf.conf" >/dev/null
ns router conntrack -F >/dev/null 2>&1
dial vrf sub 203.0.113.5 198.18.0.25 25
answers "in a VRF" vrf
is "the ISP of a VRF" "$(ctl mode enforce)" "1 tracked connection ended"
ended "in a VRF" vrf
ctl flush --yes >/dev/null
finish
