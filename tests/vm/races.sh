#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Races of everything that changes with everything that looks, on two processors
# of which one is full of packets to and from port 25: see races.py, which has
# them. Some who come to a dangerous place are held up there, see
# ../bench/delays, so that what is freed too early is freed under their hands.
#
#   ┌────────────┐     ┌─────────────────────┐     ┌───────────────────┐
#   │ sub        ├─────┤ router              ├─────┤ foreign           │
#   │ torrent ──►│     │ races.py            │     │◄── torrent        │
#   │            │     └─────────────────────┘     │                   │
#   │            │     ┌─────────────────────┐     │                   │
#   │            ├─────┤ boxes that come, go ├─────┤                   │
#   └────────────┘     └─────────────────────┘     └───────────────────┘
#
#   tests/vm/run --cpus 2 --timeout 900 tests/vm/races.sh [ROUNDS [CASE]...]
#
# ROUNDS is how often each is tried (5); after make -C tests guests.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

topology
for device in sub0 foreign0; do
	ip -n router link set "$device" address 02:00:00:00:00:19
done
modprobe -a dummy veth
# shellcheck disable=SC2119 # no module parameters
load_module
[[ ! -e /sys/kernel/debug/kprobes ]] ||
	insmod "$OBPBL_BUILD/bench/delays/obpbl_delays.ko"
cases ns router python3 -B "$OBPBL_REPO/tests/vm/races.py" "${@:-5}"
[[ ! -e /proc/obpbl_delays ]] || rmmod obpbl_delays
finish
