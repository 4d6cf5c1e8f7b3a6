#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# obpblctl import, of rules of a real nft and sets of a real ipset: connection by
# connection, what is imported does as the rules did; and tools/doc/migrating.md,
# each command of it in its order. The network is drawn in lib.sh.
#
#   tests/vm/run tests/vm/import.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# Namespace and source, and destinations outside the space of alpha
sources="sub 203.0.113.5
sub 203.0.113.9
sub 203.0.113.77
sub 203.0.113.121
sub 2001:db8:a:1000::5
sub 2001:db8:a:1000::9"
destinations="198.18.0.25
198.18.0.99
198.51.100.25
192.0.2.200
2001:db8:f::25"

# each HOW: what comes of every source and every destination of its family
each() {
	local space source to

	while read -r space source; do
		while read -r to; do
			[[ ${source//[^:]/} && ${to//[^:]/} ||
				! ${source//[^:]/}${to//[^:]/} ]] || continue
			have_ipv6 || [[ $source != *:* ]] || continue
			echo "$source $to $("$1" "$space" "$source" "$to")"
		done <<<"$destinations"
	done <<<"$sources"
}

# Of a drop it takes a second to tell.
connection() {
	attempt "$1" "$2" "$3" 25 1
}

verdict() {
	ctl -j test from "$2" to "$3" | jq -r .verdict || true
}

# same NAME [WORD]...: with the words for import, for what runs in the router
same() {
	local name=$1 rules module blocked

	shift
	rules=$(each connection)
	ns router nft -j list ruleset >"$scratch/ruleset"
	ns router nft flush ruleset
	ctl import nft "$scratch/ruleset" isp alpha "$@" \
		>"$scratch/conf" 2>"$scratch/said" || fail "$name: import"
	is "$name: all is carried over" \
		"$(grep 'not carried' "$scratch/said" || true)" ""
	sed -i 's/= monitor/= enforce/' "$scratch/conf"
	ctl apply "$scratch/conf" >/dev/null 2>&1 || fail "$name: apply"
	module=$(each connection)
	is "$name" "$module" "$rules"
	blocked=$(grep -vc open <<<"$rules" || true)
	check "$name: some is blocked, some is not" \
		test "$blocked" -gt 3 -a "$blocked" -lt "$(wc -l <<<"$rules")"
	is "$name: so says test" \
		"$(each verdict | sed 's/pass$/open/;s/block$/blocked/')" \
		"$(sed 's/\(timeout\|refused\|prohibited\|unreachable\)$/blocked/' \
			<<<"$rules")"
	ctl flush --yes >/dev/null
}

topology
serve foreign 25
serve relay 25
serve beta 25
load_module
space=(space 203.0.113.0/24 space 2001:db8:a::/48)

ns router nft -f - <<'RULES'
table inet filter {
	set pool {
		type ipv4_addr
		flags interval
		elements = { 203.0.113.0/26, 203.0.113.64-203.0.113.126 }
	}
	set mx {
		type ipv4_addr
		elements = { 203.0.113.200, 198.51.100.25 }
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		ct state invalid drop
		tcp dport { 80, 443 } accept
		tcp dport 25 ip daddr @mx accept comment "our own"
		ip saddr 203.0.113.120/29 accept
		ip saddr 203.0.113.9 ip daddr 198.18.0.99 tcp dport smtp accept
		ip6 saddr 2001:db8:a:1000::9 tcp dport { 25, 465 } accept
		ip saddr @pool tcp dport 25 counter drop
		ip6 saddr 2001:db8:a:1000::/52 tcp dport 25 log prefix "25" drop
	}
}
RULES
same "a flat list" "${space[@]}"

ns router nft -f - <<'RULES'
table ip filter {
	map who {
		type ipv4_addr : verdict
		flags interval
		elements = { 203.0.113.0-203.0.113.119 : jump customer, 203.0.113.120/29 : accept }
	}
	chain customer {
		ip daddr { 203.0.113.200, 198.51.100.25 } accept
		ip daddr 192.0.2.0/24 ip saddr 203.0.113.77 accept
		reject with icmp admin-prohibited
	}
	chain mail {
		ip saddr vmap @who
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname "sub0" tcp dport 25 jump mail
	}
}
RULES
sources=$(grep -v : <<<"$sources") same "jumps and maps" "${space[@]}" dev sub0

# What fallback makes of a policy, import makes a policy of again.
cat >"$scratch/policy" <<'CONF'
isp alpha {
	mode = enforce
	space = { 203.0.113.0/24, 2001:db8:a::/48 }
	dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
	static = { 203.0.113.120/29 }
	relay = { 203.0.113.200, 198.51.100.25 }
}
exempt 203.0.113.9 { isp = alpha  to = 198.18.0.99  reason = x }
exempt 2001:db8:a:1000::9 { isp = alpha  reason = x }
CONF
ctl fallback "$scratch/policy" | ns router nft -f -
same "there and back" "${space[@]}"

# Sets, as ipset has saved them
ns router ipset restore <<'SETS'
create pool hash:net family inet
add pool 203.0.113.0/25
add pool 203.0.113.120/29 nomatch
create mx hash:ip family inet
add mx 198.51.100.25
create vip hash:net,net comment timeout 0
add vip 203.0.113.9,198.18.0.99/32 comment "own MTA"
add vip 203.0.113.77,192.0.2.0/24 timeout 3600
SETS
ns router ipset save >"$scratch/sets"
ctl import ipset "$scratch/sets" isp alpha set pool class dynamic \
	set mx class relay set vip class exempt "${space[@]}" |
	sed 's/= monitor/= enforce/' >"$scratch/conf"
check "sets are applied" ctl apply "$scratch/conf"
is "sets" "$(sources=$(grep -v : <<<"$sources") each verdict |
	sed 's/198.51.100.25/mx/' | grep -v mx)" \
"203.0.113.5 198.18.0.25 block
203.0.113.5 198.18.0.99 block
203.0.113.5 192.0.2.200 block
203.0.113.9 198.18.0.25 block
203.0.113.9 198.18.0.99 pass
203.0.113.9 192.0.2.200 block
203.0.113.77 198.18.0.25 block
203.0.113.77 198.18.0.99 block
203.0.113.77 192.0.2.200 pass
203.0.113.121 198.18.0.25 pass
203.0.113.121 198.18.0.99 pass
203.0.113.121 192.0.2.200 pass"
is "a pair that ends" "$(ctl -j exempt list | jq -c '[.[].until != null] | sort')" \
	"[false,true]"
ns router ipset destroy

# What the page begins with: four times the same, and it is in force.
ns router ipset restore <<'SETS'
create pool hash:net family inet
add pool 203.0.113.0/25
create mx hash:ip family inet
add mx 198.51.100.25
SETS
ns router nft -f - <<'RULES'
table ip filter {
	chain forward {
		type filter hook forward priority filter; policy accept;
		ip daddr 198.51.100.25 tcp dport 25 accept
		ip saddr 203.0.113.0/25 tcp dport 25 reject with icmp admin-prohibited
	}
}
RULES
cat >"$scratch/router.cfg" <<'CONF'
access-list 101 permit tcp any host 198.51.100.25 eq smtp
access-list 101 deny tcp 203.0.113.0 0.0.0.127 any eq smtp
access-list 101 permit ip any any
access-list 102 deny tcp any any eq smtp
CONF
cat >"$scratch/router.conf" <<'CONF'
firewall {
    family inet {
        filter mail {
            term relay {
                from {
                    destination-address { 198.51.100.25/32; }
                    protocol tcp;
                    destination-port smtp;
                }
                then accept;
            }
            term pool {
                from {
                    source-address { 203.0.113.0/25; }
                    protocol tcp;
                    destination-port smtp;
                }
                then reject;
            }
            term rest { then accept; }
        }
    }
}
CONF

# lists: of the file that the page makes
lists() {
	sed -n '/^    \(dynamic\|relay\) /,/}/s/ *#.*//p' "$scratch/alpha.conf"
}

# did COMMAND: what is so after it
did() {
	case $1 in
	*" import "*)
		is "of the same meaning: ${1%%.*}" "$(lists)" \
			"        203.0.113.0/25
        198.51.100.25/32"
		;;
	"obpblctl apply alpha.conf")
		is "beside the old rules" "$(attempt sub "$dynamic" "$mx" 25)" \
			unreachable
		is "it blocks nothing" "$(ctl -j stats |
			jq -c '[.isps[].mode]')" '["monitor"]'
		;;
	"obpblctl confirm")
		ns router nft flush ruleset
		reaches "without the old rules" sub "$dynamic" "$mx" 25 unreachable
		reaches "the relay is open" sub "$dynamic" 198.51.100.25 25 open
		;;
	esac
}

number=0
while IFS= read -r command; do
	# That one is about what it finds.
	want=0
	[[ $command != "obpblctl test "* ]] || want=11
	check_status $want "$command" \
		ns router bash -c "cd '$scratch' && $command" </dev/null
	did "$command"
	number=$((number + 1))
done < <(sed -n 's/^    //p' "$OBPBL_REPO/tools/doc/migrating.md")
check "the page has commands" test "$number" -gt 12
ns router ipset destroy
finish
