#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is seen of a verdict from outside: the tracepoint obpbl:verdict by
# tracefs, perf and bpftrace, and who dropped the packet by skb:kfree_skb; and in
# what context it was judged.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

tracing=/sys/kernel/tracing

# Something of each kind: two blocked, one passed, one to another port.
traffic() {
	attempt sub "$dynamic" "$mx" 25
	attempt sub "$dynamic6" "$mx6" 25
	attempt sub "$dynamic" 203.0.113.200 25
	attempt sub "$dynamic" "$mx" 587
} >/dev/null

traces() {
	like "$1" "$(<"$scratch/trace")" "$2"
}

by_tracefs() {
	echo 1 >"$tracing/events/obpbl/verdict/enable"
	traffic
	echo 0 >"$tracing/events/obpbl/verdict/enable"
	grep -o 'verdict: .*' "$tracing/trace" >"$scratch/trace" || true
	traces "tracefs: a blocked packet" "verdict: block outside isp=alpha \
src=$dynamic:[0-9]+ dst=$mx:25 flags=0x02 in=sub0 out=foreign0"
	traces "tracefs: a blocked packet of IPv6" "verdict: block outside \
isp=alpha src=\\[$dynamic6\\]:[0-9]+ dst=\\[$mx6\\]:25 flags=0x02"
	traces "tracefs: a packet that passed" "verdict: pass relay isp=alpha \
src=$dynamic:[0-9]+ dst=203.0.113.200:25 flags=0x02 in=sub0 out=relay0"
	is "tracefs: two were blocked" "$(grep -c block "$scratch/trace")" 2
	is "tracefs: none to another port" \
		"$(grep -c 'dst=[^ ]*:587 ' "$scratch/trace" || true)" 0
}

by_perf() {
	perf record -q -a -e obpbl:verdict -o "$scratch/perf.data" -- \
		bash -c "$(declare -f ns attempt traffic); $(declare -p dynamic \
			dynamic6 mx mx6); traffic" >/dev/null 2>"$scratch/said" ||
		note "perf record: $(<"$scratch/said")"
	perf script -i "$scratch/perf.data" >"$scratch/trace" 2>/dev/null || true
	traces "perf: a blocked packet" "obpbl:verdict: block outside isp=alpha"
	is "perf: two were blocked" "$(grep -c ': block' "$scratch/trace")" 2
}

# bpf PROGRAM: its maps after the traffic, in $scratch/trace.
bpf() {
	local pid

	: >"$scratch/trace"
	bpftrace -e "BEGIN { printf(\"ready\\n\"); } $1" >"$scratch/trace" \
		2>"$scratch/said" &
	pid=$!
	background+=("$pid")
	wait_until grep -q ready "$scratch/trace" ||
		note "bpftrace: $(<"$scratch/said")"
	traffic
	kill -INT "$pid" || true
	wait "$pid" || true
}

# On kernels where a hook can say so, the place of a drop is in this module.
# One run for all, since bpftrace takes its time to start.
by_bpftrace() {
	if [[ ! $(find /sys/kernel/btf -type f ! -name vmlinux) ]]; then
		skip "bpftrace: this kernel does not describe types of modules"
		return
	fi
	bpf 'tracepoint:obpbl:verdict { @verdicts[args->isp, args->verdict,
			args->reason, args->family] = count(); }
		tracepoint:skb:kfree_skb { @drops[ksym(args->location),
			args->protocol] = count(); }'
	traces "bpftrace: blocked packets of IPv4" '@verdicts\[alpha, 1, 9, 4\]: 1'
	traces "bpftrace: blocked packets of IPv6" '@verdicts\[alpha, 1, 9, 6\]: 1'
	traces "bpftrace: this module has dropped" \
		'@drops\[slow_path, 2048\]: 1'
	traces "bpftrace: ... IPv6, too" '@drops\[slow_path, 34525\]: 1'
}

# first_of_all: a rule before ours, though that is as early as it can be; what
# it queues, queue.py lets go on.
first_of_all() {
	ns router nft -f - <<-NFT
		add table inet first
		add chain inet first f { type filter hook forward \
			priority -2147483648; }
		add rule inet first f tcp dport 25 \
			tcp flags & (syn | ack) == syn queue num 0
	NFT
}

# As a packet comes in, bottom halves are off; in a process they must be as well,
# lest what is counted or locked on this CPU be met half done by the next packet.
by_process() {
	local ready said

	modprobe nfnetlink_queue
	first_of_all
	exec {ready}< <(exec ip netns exec router python3 -I -S \
		"$OBPBL_REPO/tests/vm/queue.py" 2)
	background+=($!)
	read -r -u "$ready" said || fail "no queue"
	is "a queue before this module" "$said" ready
	: >"$tracing/trace"
	echo 1 >"$tracing/events/obpbl/verdict/enable"
	reaches "queued, and blocked as it goes on" sub "$dynamic" "$mx" 25 \
		refused
	reaches "queued, and passed" sub "$dynamic" 203.0.113.200 25 open
	echo 0 >"$tracing/events/obpbl/verdict/enable"
	exec {ready}<&-
	grep 'verdict: .* flags=0x02' "$tracing/trace" >"$scratch/trace" || true
	if grep -q BH-disabled "$tracing/trace"; then
		is "both by a process, bottom halves off" "$(grep -cE \
			'^ *python3-[0-9]+ +\[[0-9]+\] b' "$scratch/trace")" 2
	else
		skip "bottom halves off: this kernel does not trace that"
	fi
	is "and nothing in another way" "$(wc -l <"$scratch/trace")" 2
	ns router nft delete table inet first
}

topology
# shellcheck disable=SC2119 # no module parameters
load_module
serve foreign 25 587
serve relay 25
alpha
mount -t tracefs tracefs "$tracing" 2>/dev/null || true
by_tracefs
by_perf
by_bpftrace
by_process
ctl flush --yes >/dev/null
finish
