#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A day of expiries, by steps of the clock: each exemption and each quarantine
# has its effect until the second at which it ends, and none after it, though
# nothing removes it.
#
#   tests/vm/run tests/vm/day.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

# reasons FIRST DESTINATION: of the packets of FIRST+1 to FIRST+24, with numbers.
reasons() {
	seq -f "test from 203.0.113.%g to $2" $(($1 + 1)) $(($1 + 24)) |
		ctl -j -f -b - | jq -r .reason | nl -w 1 -s ' '
}

# Which customers are let through, and which may reach relays alone.
exempted() {
	reasons 0 "$mx" | sed -n 's/ exempt$//p'
}

quarantined() {
	reasons 100 "$inside" | sed -n 's/ quarantine$//p'
}

# from N: the numbers that are still there after N hours.
from() {
	seq $(($1 + 1)) 24
}

inside=203.0.113.250
topology
load_module
ctl -b - <<-BATCH
	isp add alpha mode enforce
	prefix add 203.0.113.0/24 space isp alpha
	prefix add 203.0.113.0/25 dynamic isp alpha
BATCH
noon=1767268800
date -s "@$noon" >/dev/null
for ((i = 1; i <= 24; i++)); do
	until=$(date -u -d "@$((noon + i * 3600))" +%FT%TZ)
	echo "exempt add 203.0.113.$i isp alpha until $until reason \"hour $i\""
	echo "quarantine add 203.0.113.$((100 + i)) isp alpha until $until reason \"hour $i\""
done | ctl --atomic -b - >/dev/null 2>&1

for hour in 0 1 {2..23..3}; do
	date -s "@$((noon + hour * 3600 + 3540))" >/dev/null
	is "a minute before the end of hour $((hour + 1)): exempt" \
		"$(exempted)" "$(from "$hour")"
	date -s "@$((noon + (hour + 1) * 3600))" >/dev/null
	is "at its end: exempt" "$(exempted)" "$(from $((hour + 1)))"
	is "at its end: in quarantine" "$(quarantined)" "$(from $((hour + 1)))"
	((hour != 11)) || {
		date -s "@$((noon + (hour + 1) * 3600 + 1))" >/dev/null
		ctl save >"$scratch/noon.conf"
		is "those that have ended are marked" \
			"$(ctl -j exempt list | jq '[.[] | select(.expired)] | length')" 12
		like "and those that end within an hour are soon to end" \
			"$(ctl exempt list)" 'soon: '
	}
done

# Back at midnight, with what was saved then, as after a reboot.
date -s "@$((noon + 12 * 3600))" >/dev/null
ctl flush --yes >/dev/null
ctl apply "$scratch/noon.conf" >/dev/null 2>&1
is "what was saved comes back with its end" "$(exempted)" "$(from 12)"
date -s "@$((noon + 23 * 3600))" >/dev/null
is "and ends as it would have" "$(exempted)" "$(from 23)"
finish
