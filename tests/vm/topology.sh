#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The bench's own network, without the module: every pair reaches every other
# in both families, and lib.sh's words for how a connection went are right.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

topology
serve foreign 25 587
serve relay 25

for source in 203.0.113.{5,9,10,77,121}; do
	is "$source reaches foreign:25" \
		"$(attempt sub "$source" 198.18.0.25 25)" open
done
for source in 2001:db8:a:1000::{5,9,77}; do
	is "$source reaches foreign:25" \
		"$(attempt sub "$source" 2001:db8:f::25 25)" open
done
is "the relay by its first address" \
	"$(attempt sub 203.0.113.5 203.0.113.200 25)" open
is "the relay by its second address" \
	"$(attempt sub 203.0.113.5 198.51.100.25 25)" open
is "the relay over IPv6" \
	"$(attempt sub 2001:db8:a:1000::5 2001:db8:a::200 25)" open
is "beta reaches foreign:587" "$(attempt beta 192.0.2.5 198.18.0.25 587)" open
is "beta reaches foreign:587 over IPv6" \
	"$(attempt beta 2001:db8:b::5 2001:db8:f::25 587)" open
is "a closed port refuses" \
	"$(attempt sub 203.0.113.5 198.18.0.25 26)" refused
ip -n router route add prohibit 198.18.0.99
is "a prohibited route is unreachable" \
	"$(attempt sub 203.0.113.5 198.18.0.99 25)" unreachable
ip -n router route replace blackhole 198.18.0.99
is "a silent drop is a timeout" \
	"$(attempt sub 203.0.113.5 198.18.0.99 25 1)" timeout
finish
