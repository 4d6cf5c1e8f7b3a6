#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hostile packets through the router, and what the oracle says of each: whether
# it passes, how it is answered, how it is counted. What make -C tests/fuzz
# sections has made, or of SECTIONS of them; needs two processors for the last part,
# in which each sends all of a section TIMES over (100).
#
#	tests/vm/run --cpus 2 --timeout 900 tests/vm/corpus.sh [TIMES [SECTIONS]]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
# shellcheck source=hostile.sh
. "$OBPBL_REPO/tests/vm/hostile.sh"

# How packets were counted: ISP, reason, packets, bytes, attempts.
counts() {
	ctl -j stats | jq -r '
		(.isps[] | .name as $isp | .reasons | to_entries[] |
		 "\($isp) \(.key) \(.value.packets) \(.value.bytes) \(.value.attempts)"),
		(.foreign | select(.packets) |
		 "- foreign \(.packets) \(.bytes) \(.attempts)"),
		"replies sent \(.replies.sent) 0 0"' | sort
}

# difference BEFORE AFTER: what was counted in between.
difference() {
	awk '{ key = $1 " " $2 }
		NR == FNR { p[key] = $3; b[key] = $4; a[key] = $5; next }
		$3 != p[key] { print key, $3 - p[key], $4 - b[key], $5 - a[key] }
	' "$1" "$2"
}

# expected SECTION TIMES: the same, by the oracle.
expected() {
	awk -v times="$2" '{ print $1, $2, $3 * times, $4 * times, $5 * times }' \
		"$1/counters"
}

# install SECTION: its policy and sysctls
install_policy() {
	ctl apply "$1/policy.conf" >"$scratch/apply" 2>&1 ||
		{ sed 's/^/# /' "$scratch/apply"; return 1; }
	sed 's/^/net.obpbl./' "$1/settings" >"$scratch/settings"
	ns router sysctl -qp "$scratch/settings"
}

section() {
	local section=$1 name=$2

	install_policy "$section" || { fail "$name: apply"; return; }
	counts >"$scratch/before"
	check "$name: as the oracle says" \
		ns router "$fuzz/inject" check "$section/packets" "${devices[@]}"
	counts >"$scratch/after"
	expected "$section" 1 | sort >"$scratch/wanted"
	difference "$scratch/before" "$scratch/after" >"$scratch/counted"
	check "$name: counted so" diff "$scratch/wanted" "$scratch/counted"
	questions "$section" "$name"
}

# The kernel's own decision on the same packets, without any.
questions() {
	local section=$1 name=$2

	# A verdict is the status of a line, so that of all is none to look at
	{ ctl -j -f -b "$section/questions" || true; } 2>"$scratch/errors" |
		jq -r '"\(.verdict) \(.reason // "-") \(.isp // "-")"' \
			>"$scratch/answers"
	check "$name: so does obpblctl test" \
		diff "$section/answers" "$scratch/answers"
}

# While the counters are read, too.
two_processors() {
	local section=$1 times=$2 cpu pids=()

	install_policy "$section"
	ns router sysctl -qw net.obpbl.reject_rate=0
	counts >"$scratch/before"
	for cpu in 0 1; do
		ns router taskset -c "$cpu" "$fuzz/inject" flood \
			"$section/packets" "$times" "${devices[@]}" &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		ctl -j stats >/dev/null
	done
	check "both floods end well" wait "${pids[@]}"
	counts >"$scratch/after"
	difference "$scratch/before" "$scratch/after" >"$scratch/counted"
	expected "$section" $((2 * times)) | grep -v '^replies' |
		sort >"$scratch/wanted"
	check "two processors: nothing is lost" \
		diff "$scratch/wanted" "$scratch/counted"
	note "$(awk '{ n += $3 } END { print n }' "$scratch/counted") packets counted"
}

hostile_router
# shellcheck disable=SC2119 # no module parameters
load_module
note "$(<"$fuzz/sections/seed"): make -C tests/fuzz sections"
ns router sysctl -qw net.obpbl.reject_rate=1000000
sections=("$fuzz"/sections/*/)
for dir in "${sections[@]:0:${2-${#sections[@]}}}"; do
	section "${dir%/}" "policy $(basename "$dir")"
done
check "two processors" test "$(nproc)" = 2
two_processors "$fuzz/sections/000" "${1-100}"
ctl flush --yes >/dev/null
finish
