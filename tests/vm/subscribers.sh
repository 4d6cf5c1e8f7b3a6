#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Subscribers by PPPoE and RADIUS, as tools/doc/subscribers.md has it: its files,
# with real daemons, and mail.
#
#   ┌───────┐ PPPoE ┌────────────────────┐     ┌──────────────────────┐
#   │ alice ├───────┤ router: the BRAS   │     │ relay: FreeRADIUS    │
#   └───────┘       │ pppoe-server, pppd ├─────┤ 203.0.113.200        │
#   ┌───────┐       │ FreeRADIUS for CoA │     └──────────────────────┘
#   │ bob   ├───────┤ 203.0.113.193      │     ┌──────────────────────┐
#   └───────┘       │                    ├─────┤ foreign: Postfix     │
#   ┌───────┐       │                    │     └──────────────────────┘
#   │ carol ├───────┤                    │   the rest: see lib.sh
#   └───────┘       └────────────────────┘
#
#   tests/vm/run --cpus 2 tests/vm/subscribers.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mail.sh
. "$OBPBL_REPO/tests/vm/mail.sh"

users=/etc/freeradius/3.0/users
# Real daemons under emulation
patience=90

# ---- set-up ----------------------------------------------------------------

# write_files: those of the page, each of which begins with its name.
write_files() {
	awk '/^```/ { fresh = inside = !inside; close(file); file = "" }
		fresh && /^# \// { file = folder = $2
			sub("/[^/]*$", "", folder); system("mkdir -p " folder) }
		file { print >file }
		!/^(```|#!)/ { fresh = 0 }' "$OBPBL_REPO/tools/doc/subscribers.md"
}

# The program and the script where a package has them
install_hooks() {
	local name

	ln -s "$OBPBL_BUILD/bin/obpblctl" /usr/local/sbin
	mkdir -p /usr/share/obpbl/ppp/{accel-ppp,freeradius}
	ln -s "$OBPBL_REPO/tools/ppp/session" /usr/share/obpbl/ppp/
	for name in accel-ppp/ip-{pre-up,change,down} freeradius/{coa,disconnect}; do
		ln -s ../session "/usr/share/obpbl/ppp/$name"
	done
	sh -c "$(sed -n 's/^    \(for when in .*\)/\1/p' \
		"$OBPBL_REPO/tools/doc/subscribers.md")"
}

# What is left of its configuration, and a subscriber who is not in the page
radius_server() {
	cat >>"$users" <<-'USERS'

		dave Cleartext-Password := "of-dave"
		    Framed-IP-Address = 203.0.113.41,
		    Filter-Id = "obpbl:isp=alpha"
	USERS
	cat >/etc/freeradius/radiusd.conf <<-CONF
		prefix = /usr
		localstatedir = /var
		logdir = $scratch
		libdir = /usr/lib/freeradius
		run_dir = /run
		pidfile = /run/radius.pid
		log {
			destination = files
			file = $scratch/radius.log
		}
		client bras {
			ipaddr = 203.0.113.193
			secret = secret-of-bras1
		}
		modules {
			always ok {
				rcode = ok
			}
			chap {
			}
			files {
				filename = $users
			}
		}
		server default {
			listen {
				type = auth
				ipaddr = 203.0.113.200
				port = 1812
			}
			listen {
				type = acct
				ipaddr = 203.0.113.200
				port = 1813
			}
			authorize {
				chap
				files
			}
			authenticate {
				Auth-Type CHAP {
					chap
				}
			}
			accounting {
				ok
			}
		}
	CONF
	start_radius
}

start_radius() {
	ip netns exec relay freeradius -f -d /etc/freeradius &
	background+=($!)
	radius=$!
	check "RADIUS answers" wait_until hears relay 1812
}

hears() {
	[[ $(ns "$1" ss -Hlun "sport = :$2") ]]
}

concentrator() {
	local name list=()

	modprobe -a ppp_generic ppp_async pppoe
	for name in alice bob carol; do
		namespace $name
		link $name eth0 router access-$name
		list+=(-I "access-$name")
		# the scripts of the BRAS are none of theirs
		mkdir -p /etc/netns/$name/ppp
	done
	ip netns exec router freeradius -f -d /etc/obpbl/radius &
	background+=($!)
	ip netns exec router pppoe-server -F "${list[@]}" -N 10 \
		-L 203.0.113.193 -R 203.0.113.64 -O /etc/ppp/pppoe-server-options >"$scratch/server.log" 2>&1 &
	background+=($!)
	check "the BRAS hears RADIUS" wait_until hears router 3799
	check "and PPPoE" wait_until ns router grep -q ' 8863 ' /proc/net/packet
}

# ---- lines -----------------------------------------------------------------

declare -A clients

# dial USER [HOME]: what pppd leaves in /run is of its own, too.
dial() {
	local home=${2-$1}

	ip netns exec "$home" sh -c 'mount -t tmpfs none /run; exec "$@"' sh \
		pppd plugin rp-pppoe.so nic-eth0 noauth noipdefault defaultroute \
		nodetach user "$1" password "of-$1" lcp-echo-interval 0 \
		>"$scratch/$home.log" 2>&1 &
	clients[$home]=$!
}

session() {
	ctl session list | grep -F "addr $1" | sed 's/^dev [^ ]* //'
}

# has_session ADDRESS CLASS
has_session() {
	[[ $(session "$1") == "addr $1 isp alpha class $2" ]]
}

# online HOME ADDRESS: packets go both ways.
online() {
	ip -n "$1" route get "$mx" | grep -q "dev ppp0 src $2 " &&
		ip -n router route get "$2" | grep -q 'dev ppp'
}

# comes_up USER ADDRESS CLASS [HOME]
comes_up() {
	if wait_until online "${4-$1}" "$2"; then
		ok "$1 is online"
	else
		fail "$1 is online"
		sed 's/^/# /' "$scratch/"*.log
	fi
	check "and $3" wait_until has_session "$2/32" "$3"
}

no_session() {
	[[ ! $(session "$1") ]] && ! ip -n router route get "$1" | grep -q 'dev ppp'
}

# hang_up USER
hang_up() {
	kill "${clients[$1]}"
	wait "${clients[$1]}" || true
}

# mail NAME HOME ADDRESS WANTED: from there to the foreign server
mail() {
	local word=mail-$RANDOM-$RANDOM got

	got=$(subscriber=$2 send "$3" "$mx" 25 "$word")
	[[ $got != accepted ]] || ! wait_until delivered foreign "$word" ||
		got=delivered
	is "$1" "$got" "$4"
}

# ---- what happens ----------------------------------------------------------

classes() {
	dial alice
	dial bob
	dial carol
	comes_up alice 203.0.113.40 dynamic
	comes_up bob 203.0.113.41 static
	comes_up carol 203.0.113.42 exempt
	check "with the prefix of its line" has_session 2001:db8:a:1041::/64 static
	check "and that of its network" has_session 2001:db8:a:4100::/56 static
	mail "dynamic: no mail" alice 203.0.113.40 refused
	mail "static: mail" bob 203.0.113.41 delivered
	mail "exempt: mail" carol 203.0.113.42 delivered
	reaches "dynamic: the relay" alice 203.0.113.40 203.0.113.200 25 open
}

# request ATTRIBUTES coa|disconnect: what RADIUS answers.
request() {
	echo "$1" | ns relay radclient 203.0.113.193:3799 "$2" secret-of-billing \
		2>&1 | sed -n 's/^Received \([^ ]*\) .*/\1/p'
}

changes() {
	local alice='User-Name = alice, Framed-IP-Address = 203.0.113.40'
	local others='User-Name = bob, Framed-IP-Address = 203.0.113.40'

	is "a CoA is acknowledged" \
		"$(request "$alice, Filter-Id = \"obpbl:class=static\"" coa)" CoA-ACK
	is "and changes the class" "$(session 203.0.113.40)" \
		"addr 203.0.113.40/32 isp alpha class static"
	reaches "static by now" alice 203.0.113.40 "$mx" 25 open
	is "one that is not clear is refused" \
		"$(request "$alice, Filter-Id = \"obpbl:class=any\"" coa)" CoA-NAK
	is "and one of two" "$(request "$alice, Filter-Id = \"obpbl:class=exempt\",
		Filter-Id = \"obpbl:class=exempt\"" coa)" CoA-NAK
	is "as is one for another user" \
		"$(request "$others, Filter-Id = \"obpbl:class=exempt\"" coa)" CoA-NAK
	is "or without an address" "$(request \
		'User-Name = alice, Filter-Id = "obpbl:class=exempt"' coa)" CoA-NAK
	is "nothing has changed" "$(session 203.0.113.40)" \
		"addr 203.0.113.40/32 isp alpha class static"
	is "nobody disconnects another" "$(request "$others" disconnect)" \
		Disconnect-NAK
	is "a disconnect" "$(request "$alice" disconnect)" Disconnect-ACK
	check "ends the line" wait_until no_session 203.0.113.40
	wait "${clients[alice]}" || true
}

next_ones() {
	hang_up bob
	check "bob hangs up" wait_until no_session 203.0.113.41
	is "and leaves no prefix" "$(session 2001:db8:a:)" ""
	sed -i '/^alice/,/^$/s/isp=alpha/&,class=static/' "$users"
	kill "$radius"
	wait "$radius" || true
	start_radius
	dial alice
	dial dave bob
	comes_up dave 203.0.113.41 dynamic bob
	reaches "who inherits nothing of bob" bob 203.0.113.41 "$mx" 25 refused
	comes_up alice 203.0.113.40 static
	mail "her new contract counts" alice 203.0.113.40 delivered
	hang_up alice
	hang_up bob
	hang_up carol
	check "all lines are gone" wait_until no_session 203.0.113.42
	is "with all sessions" "$(ctl session list)" ""
}

# accel WHEN ATTRIBUTE...: as accel-ppp calls it, with neither a PATH nor a
# directory to find things in.
accel() {
	printf '%s\n' "${@:2}" >/run/radattr.a0
	ns router env -i PEERNAME=erin "/usr/share/obpbl/ppp/accel-ppp/$1" a0 none 0 \
		203.0.113.193 203.0.113.43 "isp=alpha,class=exempt"
}

by_accel() {
	ip -n router link add a0 type dummy
	check "accel-ppp's ip-pre-up" \
		accel ip-pre-up "Filter-Id obpbl:isp=alpha,class=static"
	is "makes a session" "$(session 203.0.113.43)" \
		"addr 203.0.113.43/32 isp alpha class static"
	check "its ip-change" accel ip-change "Filter-Id obpbl:class=dynamic"
	is "changes it" "$(session 203.0.113.43)" \
		"addr 203.0.113.43/32 isp alpha class dynamic"
	check_status 1 "and tells what is not clear" \
		accel ip-change "Filter-Id obpbl:class=any"
	check "Kea adds a prefix" ns router env LEASES6_SIZE=2 \
		LEASES6_AT0_TYPE=IA_NA LEASES6_AT0_ADDRESS=2001:db8:a:9::9 \
		LEASES6_AT0_PREFIX_LEN=128 LEASES6_AT1_TYPE=IA_PD \
		LEASES6_AT1_ADDRESS=2001:db8:a:4300:: LEASES6_AT1_PREFIX_LEN=56 \
		QUERY6_IFACE_NAME=a0 sh /etc/obpbl/kea leases6_committed
	is "which is there" "$(session 2001:)" \
		"addr 2001:db8:a:4300::/56 isp alpha class dynamic"
	check "its ip-down" accel ip-down
	is "ends it" "$(ctl session list)" ""
	ip -n router link del a0
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
# shellcheck disable=SC2119 # nor lines of the policy
alpha
write_files
install_hooks
radius_server
mail_server foreign foreign.example 127.0.0.1
serve relay 25
concentrator
classes
changes
next_ones
by_accel
finish
