#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: what a subscriber of an ISP can and cannot do with real
# mail servers, before and after its outbound port 25 is blocked. The network
# is drawn in lib.sh.
#
#   tests/vm/run tests/vm/demo.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mail.sh
. "$OBPBL_REPO/tests/vm/mail.sh"

conf=$OBPBL_REPO/tests/vm/demo.conf
relay=203.0.113.200
exempt=203.0.113.9
static=203.0.113.121
auth=(--auth PLAIN --auth-password secret --auth-user)

row() {
	printf '  %-46s  %-12s  %-12s  %s\n' "$@"
}

heading() {
	echo
	echo "$1"
	row "tried" "expected" "happened" "ok"
	row "---------------------------------------------" \
		"--------" "--------" "---"
}

# judge WHAT EXPECTED HAPPENED
judge() {
	if [[ $2 == "$3" ]]; then
		passed=$((passed + 1))
		row "$@" yes
	else
		failed=$((failed + 1))
		row "$@" NO
	fi
}

# mail WHAT EXPECTED SOURCE SERVER PORT [SWAKS-OPTION...]: accepted is not
# enough, the message must be in the foreign mailbox.
mail() {
	local what=$1 expected=$2 word=demo-$RANDOM-$RANDOM happened

	happened=$(send "$3" "$4" "$5" "$word" "${@:6}")
	if [[ $happened == accepted ]] && wait_until delivered foreign "$word"; then
		happened=delivered
	fi
	judge "$what" "$expected" "$happened"
	[[ $happened == "$expected" ]] || sed 's/^/  | /' "$scratch/swaks.log"
}

# decision WHAT EXPECTED SOURCE DESTINATION: the kernel's, by the exit status.
decision() {
	local status=0 happened

	ctl test from "$3" to "$4" >/dev/null || status=$?
	case $status in
	0) happened=pass ;;
	10) happened=block ;;
	11) happened="would block" ;;
	*) happened="status $status" ;;
	esac
	judge "$1" "$2" "$happened"
}

# The number of connection attempts that alpha's policy counted as outside.
attempts() {
	ctl -j stats | jq '[.isps[] | select(.name == "alpha") |
		.reasons.outside.attempts // 0] | add // 0'
}

# more WHAT BEFORE: the counter has moved on from BEFORE.
more() {
	local now happened="not counted"

	now=$(attempts)
	((now <= $2)) || happened=counted
	judge "$1" counted "$happened"
}

servers() {
	submission_user alice alpha.example secret
	submission_user bob foreign.example secret
	mail_server foreign foreign.example 127.0.0.1
	mail_server relay alpha.example \
		"203.0.113.0/24 [2001:db8:a::]/48" \
		"inline:{ foreign.example=smtp:[$mx] }"
}

monitor_first() {
	local before

	heading "Monitor: everything is counted, nothing is blocked"
	before=$(attempts)
	decision "the kernel on $dynamic to $mx" "would block" "$dynamic" "$mx"
	mail "dynamic, straight to the foreign server" delivered \
		"$dynamic" "$mx" 25
	! have_ipv6 ||
		mail "dynamic, the same over IPv6" delivered \
			"$dynamic6" "$mx6" 25
	more "  ... counted as an outbound attempt" "$before"
}

enforce() {
	heading "Enforce: outbound port 25 is blocked"
	ctl mode enforce
	decision "the kernel on $dynamic to $mx" block "$dynamic" "$mx"
	mail "dynamic, straight to the foreign server" refused \
		"$dynamic" "$mx" 25
	! have_ipv6 ||
		mail "dynamic, the same over IPv6" refused \
			"$dynamic6" "$mx6" 25
	mail "dynamic, through the ISP's relay" delivered \
		"$dynamic" "$relay" 25
	mail "dynamic, ISP's submission (587, password)" delivered \
		"$dynamic" "$relay" 587 "${auth[@]}" alice@alpha.example
	mail "dynamic, foreign submission (587, password)" delivered \
		"$dynamic" "$mx" 587 "${auth[@]}" bob@foreign.example
	mail "static customer, straight" delivered "$static" "$mx" 25
	mail "exempted customer, straight" delivered "$exempt" "$mx" 25
}

show() {
	echo
	echo "# obpblctl $*"
	ctl "$@"
}

echo "Starting the network and two real mail servers ..."
topology
servers
# shellcheck disable=SC2119 # no module parameters
load_module
ctl apply "$conf"
monitor_first
enforce
show show
show stats
# Exit status 10: it blocks.
show test from "$dynamic" to "$mx" || true
ctl flush --yes
echo
finish
