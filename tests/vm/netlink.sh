#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The netlink protocol from a raw sender: bad input, transactions, sessions,
# dumps, events and privileges (netlink.py); settings and ceilings (ceilings.py).
#
#   tests/vm/run tests/vm/netlink.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

script=$OBPBL_REPO/tests/vm/netlink.py

bytes() {
	ctl -j show | jq .bytes
}

memory_is_free() {
	[[ $(bytes) == 0 ]]
}

namespace router
for device in d0 d1 d2; do
	ip -n router link add $device type dummy
done
load_module
sysctl -q kernel.unprivileged_userns_clone=1 2>/dev/null || true
cases ip netns exec router python3 "$script"
cases ip netns exec router python3 "$OBPBL_REPO/tests/vm/ceilings.py"
# Where each free is watched, those of 300,000 prefixes take a minute
patience=300
check "all memory of the policy is free" wait_until memory_is_free
check "a user namespace gives no rights" \
	unshare -Ur python3 "$script" refused
check "nor with a network of its own" \
	unshare -Urn python3 "$script" refused
finish
