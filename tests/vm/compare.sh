#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same hostile packets by an equivalent nft ruleset, with and without
# connection tracking, and by this module: how many of which kind each lets
# through, or stops, unlike the rules. A table to read; nothing is asserted but
# that the module differs nowhere.
#
#   make -C tests/fuzz sections && tests/vm/run tests/vm/compare.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
# shellcheck source=hostile.sh
. "$OBPBL_REPO/tests/vm/hostile.sh"

plain=$fuzz/sections/plain

ruleset() {
	cat <<-'NFT'
		table inet t {
			set dynamic4 {
				type ipv4_addr; flags interval
				elements = { 203.0.113.0-203.0.113.119 }
			}
			set inside4 {
				type ipv4_addr; flags interval
				elements = { 203.0.113.0/24, 198.18.0.25 }
			}
			set dynamic6 {
				type ipv6_addr; flags interval
				elements = { 2001:db8:a:1001::-2001:db8:a:1fff:ffff:ffff:ffff:ffff }
			}
			set inside6 {
				type ipv6_addr; flags interval
				elements = { 2001:db8:a::/48, 2001:db8:f::19 }
			}
			chain c {
				type filter hook forward priority filter
				tcp dport 25 ip saddr @dynamic4 ip daddr != @inside4 drop
				tcp dport 25 ip6 saddr @dynamic6 ip6 daddr != @inside6 drop
			}
		}
	NFT
}

# differ WHO: a line for each kind of packet that went another way.
differ() {
	echo "# $1:"
	ns router "$fuzz/inject" differ "$plain/packets" "${devices[@]}" |
		sort | uniq -c | sed 's/^/#   /' | tee "$scratch/differ"
}

hostile_router
# shellcheck disable=SC2119 # no module parameters
load_module
note "$(wc -l <"$plain/packets") packets, $(<"$fuzz/sections/seed")"
ruleset | ns router nft -f -
differ "nft"
check "nft and the rules differ somewhere" test -s "$scratch/differ"
ns router nft add rule inet t c ct state invalid counter
differ "nft with connection tracking"
ns router nft flush ruleset
ctl apply "$plain/policy.conf" >/dev/null 2>&1
differ "obpbl"
check "obpbl and the rules do not" test ! -s "$scratch/differ"
ctl flush --yes >/dev/null
finish
