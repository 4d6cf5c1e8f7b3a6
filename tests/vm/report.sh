#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The report of a day has exactly the attempts that there were between samples,
# through a reset, a flush and another module, and no destination that
# net.obpbl.event_dst does not let be known.
#
#   tests/vm/run tests/vm/report.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

history=$scratch/history

policy() {
	cat >"$scratch/policy.conf" <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a::/48 }
		    relay = { 203.0.113.200 }
		}
		isp beta { space = { 11.0.0.0/8 }  dynamic = { 11.0.0.0/8 }  relay = { 11.0.0.1 } }
		exempt 203.0.113.9 { isp = alpha  for = 2d  reason = "own MTA" }
		exempt 203.0.113.10 { isp = alpha  for = 30d  reason = "not soon" }
	CONF
	ctl apply "$scratch/policy.conf" >/dev/null 2>&1
	ctl quarantine add 203.0.113.77 isp alpha for 1h reason "<bot>"
}

sample() {
	ctl report sample "$history"
}

# facts FILTER: of the report of the last 24 hours
facts() {
	obpblctl -j report "$history" | jq -c "$1"
}

attempts() {
	ctl -j stats | jq '[.isps[].reasons[].attempts] | add // 0'
}

arrived() {
	(($(attempts) >= $1))
}

totals() {
	facts '[.isps[] | [.name, .block, .would_block, .pass]]'
}

topology
load_module
policy
syns 203.0.113.30 1 198.18.0.30 5
wait_until arrived 5 || true
sample
is "what was counted before the first sample is nobody's day" "$(totals)" \
	'[["alpha",0,0,0],["beta",0,0,0]]'

syns 203.0.113.7 1 198.18.0.30 40
syns 203.0.113.8 1 198.18.0.25 1 6
syns 11.0.0.7 1 198.18.0.30 8
syns 203.0.113.9 1 198.18.0.25 1 3
wait_until arrived 62 || true
sample
is "between two samples" "$(totals)" '[["alpha",46,0,3],["beta",0,8,0]]'
is "the hours add up to that" \
	"$(facts '[.isps[].hours[] | .block, .would_block, .pass] | add')" 57
is "reasons" "$(facts '[.isps[0].reasons[] | [.verdict, .reason, .attempts]] | sort')" \
	'[["block","outside",46],["pass","exempt",3]]'
is "a bot" "$(facts '[.bots[] | [.source, .attempts]]')" '[["203.0.113.7",40]]'
is "a client, and what it is told" \
	"$(facts '[.clients[] | [.source, .attempts, (.advice | test("587"))]]')" \
	'[["203.0.113.8",6,true]]'
is "neither" "$(facts '[.others[] | [.source, .isp, .attempts]]')" \
	'[["11.0.0.7","beta",8],["203.0.113.30","alpha",5]]'
is "an exemption that ends soon, and a quarantine" \
	"$(facts '[.exempt[].reason, .quarantine[].reason]')" \
	'["own MTA","<bot>"]'

# The table of sources has whole seconds of another clock, and may be one behind
seen=$(ctl -j top -n 1000 |
	jq -r '.[] | select(.source == "203.0.113.7").last')
touch -d "$seen + 1 second" "$history"
sample
is "a source is in the sample after the second in which it was seen" \
	"$(tail -1 "$history" | jq '[.sources[].source] | index("203.0.113.7") != null')" \
	true

ctl stats reset >/dev/null
syns 203.0.113.7 1 198.18.0.30 2
wait_until arrived 2 || true
sample
is "stats reset changes nothing" "$(totals)" \
	'[["alpha",48,0,3],["beta",0,8,0]]'
is "a source goes on" "$(facts '[.bots[].attempts]')" '[42]'
is "a network of the destination is known" \
	"$(facts '[.clients[].destination]')" '["198.18.0.0/24"]'

ns router sysctl -qw net.obpbl.event_dst=0
syns 203.0.113.8 1 198.18.0.25 1 1
wait_until arrived 3 || true
sample
is "or none" "$(facts '[.clients[] | [.destination, .attempts]]')" '[[null,7]]'

ctl flush --yes >/dev/null
sample
policy
sample
is "an ISP that was not there goes on from where it was" "$(totals)" \
	'[["alpha",49,0,3],["beta",0,8,0]]'
ctl flush --yes >/dev/null
rmmod obpbl
insmod "$OBPBL_BUILD/module/obpbl.ko"
policy
syns 203.0.113.7 1 198.18.0.30 60
wait_until arrived 60 || true
sample
is "another module counts from the beginning" "$(totals)" \
	'[["alpha",109,0,3],["beta",0,8,0]]'
is "which is said" "$(facts .restarts)" 1
is "a bot that is back is one" "$(facts '[.bots[] | [.source, .attempts]]')" \
	'[["203.0.113.7",102]]'

ctl stats save >"$scratch/counters"
ctl flush --yes >/dev/null
rmmod obpbl
insmod "$OBPBL_BUILD/module/obpbl.ko"
policy
ctl -b "$scratch/counters"
syns 203.0.113.30 1 198.18.0.30 4
wait_until arrived 64 || true
sample
is "one that goes on from there, after an upgrade, does not" "$(totals)" \
	'[["alpha",113,0,3],["beta",0,8,0]]'
is "which is nothing to be said" "$(facts .restarts)" 1

obpblctl report "$history" >"$scratch/page.html"
check "the page is well-formed" python3 -c '
import sys, xml.etree.ElementTree
text = open(sys.argv[1]).read()
xml.etree.ElementTree.fromstring(text.split("\n", 1)[1])' "$scratch/page.html"
check "and names the bot" grep -q '203\.0\.113\.7<' "$scratch/page.html"
check "and escapes" grep -q '<td>&lt;bot&gt;' "$scratch/page.html"
finish
