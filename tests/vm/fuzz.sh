#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A stranger on netlink, who shares no code with the program: valid requests and
# spoilt ones, by sockets that close at any time or never read, while packets
# come and devices go. First one alone, whose every answer is foreseen; then
# several at a time.
#
#   tests/vm/run tests/vm/fuzz.sh [SECONDS [SEED]]		SEED random: another each time
#
# A finding names its seed and step:  netlink_fuzz -s SEED -f STEP -v
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

seconds=${1-12}
seed=${2-25}
[[ $seed != random ]] || seed=$RANDOM
stranger=$OBPBL_BUILD/fuzz/netlink_fuzz

namespace router router
modprobe tun
ip -n router tuntap add dev t0 mode tun
ip -n router link set t0 up
ip -n router route add default dev t0
load_module
cases ns router "$stranger" -s "$seed" -t "$seconds"
cases ns router "$stranger" -s "$seed" -t "$((seconds / 3))" -j 3
finish
