#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every byte of the replies to what is blocked (replies.py). Short, and with
# all that matters to a subscriber in it: it runs with ipv6.disable=1 on the
# kernel's command line too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

raw() {
	cases ip netns exec sub python3 "$OBPBL_REPO/tests/vm/replies.py" "$1"
}

# Addresses that nobody's stack owns: only the router answers.
neighbours() {
	local mac

	mac=$(ip -n "$1" -j link show eth0 | jq -r '.[0].address')
	ip -n router neigh add "$2" lladdr "$mac" dev "${1}0"
	! have_ipv6 || ip -n router neigh add "$3" lladdr "$mac" dev "${1}0"
}

topology
neighbours sub 203.0.113.6 2001:db8:a:1000::6
ip -n router addr add 203.0.113.65/28 dev sub0
neighbours foreign 198.18.0.66 2001:db8:f::66
# Or a checksum would not be in the packet on a link that needs none.
ns router ethtool -K sub0 tx off >/dev/null
# shellcheck disable=SC2119 # no module parameters
load_module
is "IPv6 is $(have_ipv6 && echo there || echo absent)" \
	"$(grep -c ipv6.disable=1 /proc/cmdline)" "$(have_ipv6 && echo 0 || echo 1)"
serve foreign 25 587
alpha
raw reset
alpha "reject = admin"
raw admin
for port in 25 587; do
	how=open
	((port != 25)) || how=unreachable
	reaches "$port outside" sub 203.0.113.5 198.18.0.25 "$port" "$how"
done
ctl flush --yes >/dev/null
reaches "25 outside without a policy" sub 203.0.113.5 198.18.0.25 25 open
finish
