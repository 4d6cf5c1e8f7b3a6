#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apply --shadow and the shadow command: the candidate changes no packet's fate
# while it is a shadow, says exactly which ones it would change, and changes
# exactly those once it is promoted. Limits, the end of namespaces and of the
# module, and shadows that come and go under traffic on two CPUs. The network is
# drawn in lib.sh.
#
#   tests/vm/run --cpus 2 tests/vm/shadow.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

quietly() {
	"$@" >"$scratch/quietly" 2>&1 || fail "$*: $(<"$scratch/quietly")"
}

# config FILE [LINE]...: ISP alpha, with more lines for the ISP; what is behind
# "--" follows it.
config() {
	local file=$1 lines=()

	shift
	while (($#)) && [[ $1 != -- ]]; do
		lines+=("$1")
		shift
	done
	cat >"$file" <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
		    static = { 203.0.113.120/29 }
		    relay = { 203.0.113.200, 198.51.100.25 }
		    $(printf '%s\n' "${lines[@]}")
		}
		$(printf '%s\n' "${@:2}")
	CONF
}

live=$scratch/live.conf candidate=$scratch/candidate.conf

# send SOURCE DESTINATION N: so many SYNs to port 25, from the line of sub.
send() {
	syns "$1" 1 "$2" 1 "$3"
}

# ---- which packets change --------------------------------------------------

# source, destination, whose namespace, packets, and how the two judge them
flows="203.0.113.5    203.0.113.201    relay   11 inside  not_relay
203.0.113.5           203.0.113.200    relay   12 relay   relay
203.0.113.5           198.18.0.25      foreign 13 outside not_relay
203.0.113.77          198.18.0.25      foreign 14 outside exempt
203.0.113.10          198.18.0.25      foreign 15 outside exempt
203.0.113.9           198.18.0.25      foreign 16 exempt  exempt
203.0.113.121         198.18.0.25      foreign 17 static  static
192.0.2.5             198.18.0.25      foreign 18 foreign outside
2001:db8:a:1000::5    2001:db8:a::200  relay   19 inside  not_relay
2001:db8:a:1000::77   2001:db8:f::25   foreign 20 outside not_relay"

# The packets of each flow that arrived
arrived() {
	local source destination where

	while read -r source destination where _; do
		echo "$source $destination" \
			"$(watched "$where" "from_${source//[.:]/_}_${destination//[.:]/_}")"
	done <<<"$flows"
}

watch_flows() {
	local source destination where family

	while read -r source destination where _; do
		family=ip
		[[ $source != *:* ]] || family=ip6
		watch "$where" "from_${source//[.:]/_}_${destination//[.:]/_}" \
			"$family saddr $source $family daddr $destination tcp dport 25"
	done <<<"$flows"
}

forget_flows() {
	ns relay nft reset counters >/dev/null
	ns foreign nft reset counters >/dev/null
}

send_flows() {
	local source destination where count

	while read -r source destination where count _; do
		send "$source" "$destination" "$count"
	done <<<"$flows"
}

# fates COLUMN: what arrives if the reasons in it decide.
fates() {
	awk -v column="$1" '
		{ passes = $column ~ /^(inside|relay|exempt|static|foreign)$/
		  print $1, $2, passes ? $4 : 0 }' <<<"$flows"
}

# What the shadow must have said, as "ISP CHANGE RUNNING SHADOW PACKETS"
changes() {
	awk '{ isp = $1 ~ /^192/ ? "beta" : "alpha"
	       was = $5 !~ /outside|not_relay/; will = $6 !~ /outside|not_relay/
	       if (was != will) {
		       way = was ? "pass_to_block" : "block_to_pass"
		       n[isp " " way " " $5 " " $6] += $4
	       } }
	     END { for (key in n) print key, n[key] }' <<<"$flows" | sort
}

said() {
	ctl -j shadow show | jq -r '.isps[] | .name as $isp | .changes[] |
		[$isp, .change, .running, .shadow, .packets] | join(" ")' | sort
}

sources_said() {
	ctl -j shadow show | jq -r '.sources[] |
		[.source, .isp, .pass_to_block, .block_to_pass] | join(" ")' |
		sort
}

which_change() {
	local total

	config "$live"
	config "$candidate" "policy = relay-only" -- \
		'isp beta { mode = enforce space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } }' \
		'exempt 203.0.113.77 { isp = alpha reason = a }' \
		'exempt 203.0.113.10 { isp = alpha dev = sub0 reason = b }'
	quietly ctl apply "$live"
	quietly ctl exempt add 203.0.113.9 isp alpha for 1d reason "own server"
	quietly ctl apply "$candidate" --shadow
	watch_flows
	send_flows
	is "a shadow changes no packet's fate" "$(arrived)" "$(fates 5)"
	total=$(awk '{ n += $4 } END { print n }' <<<"$flows")
	is "all are judged" "$(ctl -j shadow show | jq .judged)" "$total"
	is "it says which would change" "$(said)" "$(changes)"
	is "and whose they are" "$(sources_said)" "$(sort <<-SOURCES
		203.0.113.5 alpha 11 0
		203.0.113.77 alpha 0 14
		203.0.113.10 alpha 0 15
		192.0.2.5 beta 18 0
		2001:db8:a:1000::/64 alpha 19 0
	SOURCES
	)"
	like "in words" "$(ctl shadow show)" \
		'48 that pass would be blocked, 29 that are blocked would pass'
	forget_flows
	is "promote" "$(ctl -j shadow promote | jq .confirm)" null
	send_flows
	is "promoted, it changes exactly those" "$(arrived)" "$(fates 6)"
	is "and is no shadow any more" \
		"$(ctl -j show 2>/dev/null | jq .shadow)" null
	quietly ctl exempt del 203.0.113.9 isp alpha
	ns relay nft delete table inet watch
	ns foreign nft delete table inet watch
}

# ---- limits ----------------------------------------------------------------

limits() {
	config "$live" "limit = 3/1h"
	config "$candidate" "limit = 5/1h"
	quietly ctl flush --yes
	quietly ctl apply "$live"
	quietly ctl apply "$candidate" --shadow
	watch foreign limited "ip saddr 203.0.113.6 tcp dport 25"
	send 203.0.113.6 "$mx" 10
	is "a shadow uses up no limit" "$(watched foreign limited)" 3
	is "and has its own" "$(said)" \
		"alpha block_to_pass limit under_limit 2"
	ns foreign nft delete table inet watch
}

# ---- on two CPUs -----------------------------------------------------------

# Of packets that are counted by two CPUs at once, none is lost.
counts() {
	local floods=() cpu

	config "$live"
	config "$candidate" "policy = targets"
	quietly ctl apply "$live"
	quietly ctl apply "$candidate" --shadow
	for cpu in 0 1; do
		syns 203.0.113.64 40 "$mx" 1 200 "$cpu" &
		floods+=($!)
	done
	background+=("${floods[@]}")
	wait "${floods[@]}"
	is "two CPUs: all are judged" "$(ctl -j shadow show | jq .judged)" 16000
	is "two CPUs: all are counted" "$(said)" \
		"alpha block_to_pass outside not_target 16000"
	is "two CPUs: of each source" "$(ctl -j shadow show |
		jq '[.sources[].block_to_pass] + [.sources_lost] | add')" 16000
}

come_and_go() {
	local rounds=0

	while kill -0 "$1" 2>/dev/null; do
		ctl apply "$candidate" --shadow
		ctl shadow show
		ctl shadow promote --confirm 600
		ctl apply "$live" --shadow || true
		ctl rollback
		ctl apply "$candidate" --shadow
		ctl apply "$live" --shadow
		ctl -j shadow show
		ctl shadow drop
		rounds=$((rounds + 1))
	done >"$scratch/rounds" 2>&1
	echo "$rounds"
}

races() {
	local flood rounds

	watch foreign blocked "ip saddr 203.0.113.64/27 tcp dport 25" \
		free "ip saddr 203.0.113.121 tcp dport 25"
	config "$live"
	config "$candidate" "policy = relay-only" "reverse = on" -- \
		'exempt 203.0.113.10 { isp = alpha dev = sub0 reason = b }'
	quietly ctl apply "$live"
	syns 203.0.113.64 32 "$mx" 1 2000 0 &
	flood=$!
	background+=("$flood")
	syns 203.0.113.121 1 "$mx" 1 64000 1 &
	background+=($!)
	rounds=$(come_and_go "$flood")
	wait "$flood" $!
	note "$rounds times made, promoted, replaced and dropped"
	check "shadows came and went" test "$rounds" -ge 1
	is "none gets through" "$(watched foreign blocked)" 0
	is "and none is lost" "$(watched foreign free)" 64000
	ns foreign nft delete table inet watch
}

# ---- the end ---------------------------------------------------------------

unused() {
	[[ $(</sys/module/obpbl/refcnt) == 0 ]]
}

of_nothing() {
	config "$candidate"
	quietly ctl flush --yes
	check "nothing pins the module" unused
	quietly ctl apply "$candidate" --shadow
	check_status 1 "a shadow pins the module" rmmod obpbl
	send 203.0.113.6 "$mx" 7
	is "a shadow needs no policy" "$(said)" \
		"alpha pass_to_block foreign outside 7"
	check "drop" ctl shadow drop
	check "which pins nothing" unused
}

namespaces() {
	local i

	printf 'netns add n%d\n' {1..10} | ip -batch -
	for i in {1..10}; do
		echo "-n n$i apply $live"
		echo "-n n$i apply $candidate --shadow"
		((i % 2)) || echo "-n n$i apply $candidate --confirm 600"
	done >"$scratch/batch"
	quietly obpblctl -b "$scratch/batch"
	printf 'netns del n%d\n' {1..10} | ip -batch -
	check "namespaces go with their shadows" wait_until unused
	check "and so does the module" rmmod obpbl
}

topology
address relay eth0 203.0.113.201/26
load_module
which_change
limits
counts
races
of_nothing
namespaces
finish
