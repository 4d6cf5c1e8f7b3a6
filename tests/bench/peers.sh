# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the programs that measure in a kernel, icount.sh and timed.sh: peers, each
# in a network namespace of its own, and results, a JSON object a line.
#
# $tools: folder of what was built for this kernel; $tables: see tables.py;
# $results: file to append to.

set -euo pipefail
bench=/proc/obpbl_bench

# say KEY VALUE...: one result; a value that is no number is a string.
say() {
	local line="" value

	while (($# >= 2)); do
		value=$2
		[[ $value =~ ^-?[0-9]+(\.[0-9]+)?$ ]] || value="\"$value\""
		line+=", \"$1\": $value"
		shift 2
	done
	echo "{${line#, }}" >>"$results"
}

# namespace NAME: a router between two dummy devices; what is sent to out0 goes
# through a neighbour entry like a real packet.
namespace() {
	ip netns add "$1"
	ip -n "$1" -batch - <<-BATCH
		link set lo up
		link add in0 type dummy
		link add out0 type dummy
		link set in0 up
		link set out0 up
		address add 198.51.100.1/30 dev in0
		address add 198.51.100.5/30 dev out0
		address add 2001:db8:1::1/64 dev in0 nodad
		address add 2001:db8:2::1/64 dev out0 nodad
		neighbour add 198.51.100.6 dev out0 lladdr 02:00:00:00:00:02
		neighbour add 2001:db8:2::2 dev out0 lladdr 02:00:00:00:00:02
		route add default via 198.51.100.6
		route add default via 2001:db8:2::2
	BATCH
	in_ns "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
		echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

in_ns() {
	ip netns exec "$@"
}

# peer NAME [KIND [NUMBER]...]: a namespace becomes a peer.
peer() {
	in_ns "$1" sh -c "echo 'peer $1 ${*:2}' >$bench"
}

# load_NAME DIRECTORY: what a peer's namespace is loaded with.

load_obpbl() {
	in_ns obpbl obpblctl apply "$1/obpbl.conf" 2>"$scratch/warnings" ||
		{ cat "$scratch/warnings" >&2; return 1; }
}

load_merged() {
	in_ns merged obpblctl apply "$1/merged.conf" 2>"$scratch/warnings" ||
		{ cat "$scratch/warnings" >&2; return 1; }
}

load_nft() {
	in_ns nft nft -f "$1/nft"
}

load_nftcount() {
	in_ns nftcount nft -f "$1/nftcount"
}

load_ipset() {
	in_ns ipset ipset restore -file "$1/ipset"
}

load_ipsetmerged() {
	in_ns ipsetmerged ipset restore -file "$1/ipsetmerged"
}

load_fib() {
	in_ns fib ip -batch "$1/routes"
}

load_bpf() {
	in_ns bpf "$tools/lpm" bpf "$1"/{dyn4,ok4,dyn6,ok6}
}

# rules_ipset NAME: the rules that ask the sets, once these exist.
rules_ipset() {
	local family

	for family in 4 6; do
		in_ns "$1" "ip${family/4/}tables-legacy" -A FORWARD -p tcp \
			--dport 25 -m set --match-set "dyn$family" src \
			-m set ! --match-set "ok$family" dst -j DROP
	done
}

# keys DIRECTORY [NAME]: what the packets of the next runs are from and to.
keys() {
	local name=${2:-keys}

	echo "keys 4 $1/${name}4" >"$bench"
	echo "keys 6 $1/${name}6" >"$bench"
}

# batches LABEL FAMILY RUN-WORD...: a run; its batches as one result. Those of a
# flood have two numbers more.
batches() {
	local label=$1 family=$2

	echo "run $3 $family ${*:4}" >"$bench"
	awk -v label="$label" -v family="$family" '
		{ list = list sep "[" $1 ",\"" $2 "\"," $3 "," $4 "," $5 \
			",\"" $6 "\"" (label ~ /^flood/ ? "," $7 "," $8 : "") \
			"]"; sep = "," }
		END { printf "{\"run\": \"%s\", \"family\": %s, \"batches\": [%s]}\n",
			label, family, list }' "$bench" >>"$results"
}

# nanoseconds COMMAND...: how long it takes.
nanoseconds() {
	local start

	start=$(date +%s%N)
	"$@" >&2
	echo $(($(date +%s%N) - start))
}

# cpu_time COMMAND...: nanoseconds that it and the kernel for it work.
cpu_time() {
	local TIMEFORMAT="%U %S"

	{ time "$@" >/dev/null 2>&1; } 2>&1 |
		awk '{ printf "%.0f\n", ($1 + $2) * 1e9 }'
}

# system_time COMMAND...: seconds that the kernel works for it; nothing of what
# it prints is shown.
system_time() {
	local TIMEFORMAT=%S

	{ time "$@" >/dev/null 2>&1; } 2>&1
}

# change KIND NAMESPACE SET DIRECTORY MESSAGES PREFIXES TABLE
change() {
	local said add del

	said=$(in_ns "$2" "$tools/change" "$1" "$3" "$4/fresh" "$5" "$6")
	read -r add del <<<"$said"
	say change "$1" table "$7" messages "$5" prefixes "$6" add "$add" del "$del"
}
