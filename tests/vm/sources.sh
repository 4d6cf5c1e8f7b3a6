#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Those whom the policy is against: who they are (top), how many connections
# they may have (limit), who is told of them (monitor), and that counters lose
# nothing (stats reset, metrics).
#
#   tests/vm/run tests/vm/sources.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# policy [LINE]...: more lines for ISP alpha.
policy() {
	cat >"$scratch/policy.conf" <<-CONF
		isp alpha {
		    mode = enforce
		    space = { 203.0.113.0/24, 10.0.0.0/8, 2001:db8:a::/48 }
		    dynamic = { 203.0.113.0/25, 10.0.0.0/8, 2001:db8:a::/48 }
		    relay = { 203.0.113.200 }
		    $(printf '%s\n' "$@")
		}
		isp beta {
		    mode = monitor
		    space = { 11.0.0.0/8 }
		    dynamic = { 11.0.0.0/8 }
		    relay = { 11.0.0.1 }
		}
	CONF
	ctl apply "$scratch/policy.conf" >"$scratch/apply" 2>&1 ||
		fail "apply: $(<"$scratch/apply")"
}

# anew [KNOB=VALUE]... [-- LINE...]: tables and counters begin again.
anew() {
	ctl flush --yes >/dev/null 2>&1 || true
	while (($#)) && [[ $1 != -- ]]; do
		ns router sysctl -qw "net.obpbl.$1"
		shift
	done
	policy "${@:2}"
	ctl stats reset >/dev/null
}

attempts() {
	ctl -j stats | jq '[.isps[].reasons[].attempts] | add // 0'
}

arrived() {
	(($(attempts) >= $1))
}

# expect NUMBER: attempts since the counters began; waits for them.
expect() {
	wait_until arrived "$1" || true
	is "$1 attempts arrived" "$(attempts)" "$1"
}

# top ARG...: as lines of SOURCE FIELD...
top() {
	local filter=$1

	ctl -j top "${@:2}" | jq -r ".[] | $filter"
}

who() {
	note "who tries port 25"
	anew
	syns 10.1.0.0 10000 "$mx" 1
	syns 10.200.0.1 1 198.18.4.0 300
	syns 10.200.0.2 1 "$mx" 1 60
	syns 11.0.0.5 1 "$mx" 1 2
	syns 2001:db8:a:1:0:0:0:5 3 2001:db8:f::25 1 5
	expect 10377
	is "every source is there" "$(ctl -j show | jq .sources)" 10004
	is "and every attempt" \
		"$(ctl -j top -n 100000 | jq '[.[].attempts] | add')" 10377
	is "the busiest is first" "$(top '"\(.source) \(.attempts)"' -n 1)" \
		"10.200.0.1 300"
	is "the bot, and nobody else, is a bot" "$(top .source --bots)" 10.200.0.1
	like "its destinations" "$(top .destinations --bots)" '^(2[4-9]|3[0-5])[0-9]$'
	is "the client with wrong settings is the first of the clients" \
		"$(top '"\(.source) \(.attempts) \(.destinations)"' -n 1 --clients)" \
		"10.200.0.2 60 1"
	is "blocked, not only counted" \
		"$(top '"\(.blocked) \(.would_block)"' -n 1)" "300 0"
	is "of another ISP, which only monitors" \
		"$(top '"\(.source) \(.blocked) \(.would_block) \(.reason)"' isp beta)" \
		"11.0.0.5 0 2 outside"
	is "IPv6 by /64" \
		"$(top 'select(.source | contains(":")) | "\(.source) \(.attempts)"' -n 5)" \
		"2001:db8:a:1::/64 15"
	is "twenty by default" "$(ctl top | wc -l)" 21
	like "a table for people" "$(ctl top -n 1 | tail -n 1)" \
		'^ *300 +300 +0 +[0-9]+ +10.200.0.1 +alpha +outside +198.18.5.0/24 '
	is "by another column" "$(ctl -j top --sort last -n 1000 |
		jq '[.[].last] | . == (sort | reverse)')" true
	is "no line is wider than it may be" "$(COLUMNS=60 ctl top |
		awk 'length > 60' | wc -l)" 0
	check_status 1 "no such ISP" ctl top isp nobody
	live
}

# On a terminal it runs until a key or a signal ends it.
live() {
	local key pid

	for key in q $'\003'; do
		rm -f "$scratch/keys"
		mkfifo "$scratch/keys"
		ns router timeout 120 script -qec "stty rows 24 cols 80; exec obpblctl top" /dev/null \
			<"$scratch/keys" >"$scratch/live" &
		pid=$!
		exec 3>"$scratch/keys"
		check "live: a screen" wait_until grep -q '10.200.0.1' "$scratch/live"
		printf %s "$key" >&3
		check "live: key $(printf %q "$key") ends it" wait "$pid"
		exec 3>&-
	done
	is "live: no line is wider than the terminal" "$(tr -d '\r' \
		<"$scratch/live" | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' |
		awk 'length > 80' | wc -l)" 0
}

destinations() {
	note "what is told of destinations"
	anew
	syns 10.0.0.1 1 "$mx" 1
	is "event_dst 1: the network" "$(top .destination)" 198.18.0.0/24
	ns router sysctl -qw net.obpbl.event_dst=0
	is "event_dst 0: nothing, of earlier packets too" \
		"$(top .destination)" null
	ns router sysctl -qw net.obpbl.event_dst=2
	syns 10.0.0.1 1 "$mx" 1
	is "event_dst 2: all" "$(top .destination)" "$mx"
	anew v6_source_len=56
	syns 2001:db8:a:1ff::5 2 2001:db8:f::25 1
	is "v6_source_len" "$(top '"\(.source) \(.destination)"')" \
		"2001:db8:a:100::/56 2001:db8:f::25"
	ns router sysctl -qw net.obpbl.event_dst=1 net.obpbl.v6_source_len=64
}

# What the kernel holds in its own allocators, in kB.
held() {
	awk '/^(Slab|VmallocUsed|Percpu|KernelStack):/ { sum += $2 }
	     END { print sum }' /proc/meminfo
}

flood() {
	local before grown

	note "a flood of spoofed sources"
	anew max_sources=2048
	syns 10.200.0.1 20 198.18.4.0 100
	syns 10.128.0.0 2048 "$mx" 1
	before=$(held)
	syns 10.0.0.0 100000 "$mx" 1
	grown=$(($(held) - before))
	expect 104048
	check "memory is flat ($grown kB)" test "$grown" -lt 2048
	check "the table holds what it may" \
		test "$(ctl -j show | jq .sources)" -le 2048
	is "who sends much is still named, and rightly" \
		"$(top '"\(.source) \(.attempts)"' -n 20 | sort -V)" \
		"$(for i in {1..20}; do echo "10.200.0.$i 100"; done)"
	is "and the bots are they" "$(top .source --bots -n 100 | wc -l)" 20
	ns router sysctl -qw net.obpbl.max_sources=65536
}

reasons() {
	ctl -j stats |
		jq -r ".isps[0].reasons.$1.attempts // 0"
}

# Both CPUs send for the same sources at the same time.
exact() {
	local pids=() pid cpu

	note "limits"
	anew -- "limit = 3/1h" "reject = drop"
	for cpu in 0 1; do
		syns 10.3.0.0 200 "$mx" 1 10 "$cpu" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	expect 4000
	is "three of each source were let through" "$(reasons under_limit)" 600
	is "and no more" "$(reasons limit)" 3400
	is "those over the limit are in the table" \
		"$(top .reason -n 1000 | sort | uniq -c | xargs)" "200 limit"
	is "IPv6 by /64" "$(syns 2001:db8:a:7::1 9 2001:db8:f::25 1 &&
		reasons under_limit)" 603
	is "test says what would happen" \
		"$(ctl -j test from 10.3.0.1 to "$mx" | jq -r .reason || true)" limit
	is "and takes nothing" "$(for i in 1 2 3 4; do
		ctl -j test from 10.4.0.1 to "$mx" | jq -r .reason; done | uniq)" \
		under_limit
	ctl isp set alpha limit none
	is "no limit any more" \
		"$(ctl -j test from 10.4.0.1 to "$mx" | jq -r .reason || true)" outside
	ctl isp set alpha limit 5/90m
	is "another one" "$(ctl -j isp show alpha | jq -r .limit)" 5/90m
	ctl save >"$scratch/saved"
	check "save writes it" grep -qx ' *limit   = 5/90m' "$scratch/saved"
	is "and apply reads it" \
		"$(ctl apply --check --diff "$scratch/saved" 2>/dev/null |
			grep limit || true)" ""
}

# A connection that was let through goes on when the limit is reached.
connections() {
	local source=203.0.113.5

	anew -- "limit = 3/1h" "reverse = on"
	ns foreign socat TCP-LISTEN:25,fork,reuseaddr PIPE &
	background+=($!)
	wait_until listening foreign 25
	is "an open connection lives on" "$(ns sub python3 -I -S - <<-PYTHON
		import _socket
		def connect():
		    s = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
		    s.bind(("$source", 0))
		    s.settimeout(20)
		    try:
		        s.connect(("$mx", 25))
		    except OSError as e:
		        return str(e.errno)
		    return s
		open = [connect() for _ in range(3)]
		refused = connect()
		for s in open:
		    s.send(b"x" * 3000)
		    left = 3000
		    while left:
		        left -= len(s.recv(left))
		print(refused, sum(not isinstance(s, str) for s in open))
	PYTHON
	)" "111 3"
	is "its packets are not judged" \
		"$(ctl -j stats | jq -c '.isps[0].reasons | map_values(.packets)')" \
		'{"limit":1,"under_limit":6}'
}

crowded() {
	anew max_sources=64 -- "limit = 3/1h" "reject = drop"
	syns 10.5.0.0 1000 "$mx" 1
	expect 1000
	check "a full table lets nobody through" \
		test "$(reasons under_limit)" -le 128
	is "and says so in stats" "$(ctl -j stats | jq .limit.full)" \
		"$(reasons limit)"
	like "and in show" "$(ctl -w show)" 'no room to count.*max_sources'
	ns router sysctl -qw net.obpbl.max_sources=65536
}

# listen ARG...: a monitor in the background, its lines in $scratch/events;
# returns when it listens.
listen() {
	: >"$scratch/events"
	ip netns exec router obpblctl "$@" monitor >"$scratch/events" &
	listener=$!
	wait_until grep -q listening "$scratch/events"
}

blocks() {
	grep -c '"event":"block"' "$scratch/events" || true
}

told() {
	(($(ctl -j stats | jq '.events.sent + .events.suppressed') == $1 &&
		$(ctl -j stats | jq .events.sent) == $(blocks)))
}

# Each time another source tries, until one of them is told of.
told_of_more() {
	more=$((more + 1))
	syns "10.0.8.$more" 1 "$mx" 1
	(($(blocks) > told_of))
}

# unlisten NAME: ends it as a terminal would.
unlisten() {
	kill -INT "$listener"
	check "$1" wait "$listener"
}

events() {
	note "events"
	anew
	listen -j
	ctl mode enforce isp alpha
	check "a change of the policy" wait_until grep -q \
		"\"event\":\"policy\",\"generation\":$(ctl -j show |
			jq .generation),\"change\":\"mode\"" "$scratch/events"
	ctl exempt add 10.0.9.9 isp alpha for 2s reason "a moment" \
		ticket T-9 2>/dev/null
	check "an exemption that ends by the clock" wait_until grep -q \
		'"event":"expired","class":"exempt","prefix":"10.0.9.9/32".*"ticket":"T-9"' \
		"$scratch/events"
	syns 10.0.0.1 1 "$mx" 1 500
	syns 10.0.0.2 1 "$mx" 1
	check "all packets are told of or counted" wait_until told 501
	is "each source once" "$(blocks)" 2
	is "who, why and where to" "$(jq -cs 'map(select(.event == "block"))[0] |
		[.isp, .source, .destination, .reason, .verdict, .attempts]' \
		"$scratch/events")" \
		'["alpha","10.0.0.1","198.18.0.0/24","outside","block",1]'
	is "and how many went without" "$(jq -s \
		'map(select(.event == "block").suppressed) | add' \
		"$scratch/events")" 499
	ns router sysctl -qw net.obpbl.event_rate=0
	syns 10.0.1.0 50 "$mx" 1
	check "event_rate 0: nobody is told" wait_until told 551
	is "nor was" "$(blocks)" 2
	ns router sysctl -qw net.obpbl.event_rate=1
	syns 10.0.2.0 300 "$mx" 1
	check "event_rate 1: all are told of or counted" wait_until told 851
	check "and most are counted" test "$(blocks)" -lt 200
	told_of=$(blocks) more=0
	check "another is told of when its time has come" wait_until told_of_more
	unlisten "an interrupt ends it well"
	is "nothing but JSON, a line each" \
		"$(jq -c . "$scratch/events" | wc -l)" "$(wc -l <"$scratch/events")"
	ns router sysctl -qw net.obpbl.event_rate=20
	listen
	syns 11.0.0.9 1 "$mx" 1
	check "in text" wait_until grep -qE \
		'^[-0-9TZ:]+ block source 11.0.0.9 isp beta .* verdict would_block suppressed [0-9]+$' \
		"$scratch/events"
	unlisten "and an interrupt again"
	check "a reader that goes ends it" timeout 60 ip netns exec router \
		bash -c 'obpblctl monitor | head -n 1'
	is "nobody listens: nothing is counted" "$(ctl stats reset >/dev/null
		syns 10.0.0.3 1 "$mx" 1 7
		ctl -j stats | jq -c .events)" '{"sent":0,"suppressed":0}'
}

# metric NAME: the sum of its samples.
metric() {
	ctl metrics | awk -v name="$1" '$0 ~ "^" name "[ {]" { sum += $NF }
		END { print sum + 0 }'
}

counters() {
	local before pids=() pid i

	note "counters"
	anew
	before=$(metric obpbl_attempts_total)
	for i in 1 2; do
		(while [[ ! -e $scratch/done ]]; do
			ctl -j stats reset
		done >"$scratch/reset$i") &
		pids+=($!)
	done
	syns 10.0.0.0 10000 "$mx" 1 1 0 &
	pid=$!
	syns 10.7.0.0 10000 "$mx" 1 1 1
	wait "$pid"
	wait_until counted $((before + 20000)) || true
	touch "$scratch/done"
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	ctl -j stats >"$scratch/reset3"
	is "no reset loses a packet or has one twice" \
		"$(jq -s '[.[].isps[].reasons[].attempts] | add' \
			"$scratch"/reset[123])" 20000
	check "resets had some of them" \
		jq -es '[.[].isps[].reasons[].attempts] | add > 0' \
		"$scratch"/reset[12]
	is "and metrics know of no reset" "$(metric obpbl_attempts_total)" \
		$((before + 20000))
	ctl stats reset >/dev/null
	is "after a reset there is nothing" \
		"$(ctl -j stats | jq -c '.isps | map(.reasons)')" '[{},{}]'
	check "metrics have a type and a help each" bash -c "
		ip netns exec router obpblctl metrics | awk '
			/^# HELP/ { help = \$3; next }
			/^# TYPE/ { if (\$3 != help) exit 1; type = \$3; next }
			\$1 !~ \"^\" type \"([{]|\$)\" || NF < 2 { exit 1 }'"
	is "the same in JSON" "$(ctl -j metrics | jq 'map(select(
		.name == "obpbl_attempts_total").samples[].value) | add')" \
		"$(metric obpbl_attempts_total)"
}

counted() {
	(($(metric obpbl_attempts_total) == $1))
}

topology
load_module
ip -n router route add 198.18.0.0/15 dev foreign0
who
destinations
flood
exact
connections
crowded
events
counters
ctl flush --yes >/dev/null
is "no policy: no sources" "$(ctl -j show | jq .sources)" 0
check "the module can go" wait_until rmmod obpbl
finish
