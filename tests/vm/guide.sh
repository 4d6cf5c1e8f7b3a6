#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The operator's guide, tools/doc/operating.md, done as it says: each command of
# it works, in its order; and what obpbl(4) says of sysctls is true.
#
#   tests/vm/run tests/vm/guide.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

guide=$OBPBL_REPO/tools/doc/operating.md
manual=$OBPBL_REPO/tools/man/obpbl.4

commands() {
	sed -n 's/^    //p' "$guide"
}

# What the kernel has: NAME DEFAULT, sorted.
sysctls() {
	ns router bash -c 'cd /proc/sys/net/obpbl && grep -H "" *' |
		tr : ' ' | sort
}

documented() {
	sed -n '/^\.SH SYSCTLS/,/^\.SH TRACING/ s/^\.BR \(.*\)$/\1/p' "$manual" |
		sed -n 's/^\([a-z_0-9]*\) " (\([0-9]*\))"$/\1 \2/p' | sort
}

# run COMMAND: in the router, as the guide has it.
run() {
	local status=0 want=0

	# These are about what a test finds, or need systemd or firmware; for units
	# there are tests of their own.
	case $1 in
	"obpblctl test"*" to 198.18.0.25") want="1[01]" ;;
	systemctl* | mokutil*) return ;;
	systemd-run*)
		set -- "timeout -s INT 1 ${1#systemd-run --unit=* } || (( \$? == 124 ))"
		;;
	rmmod* | modprobe*) set -- "${1/modprobe obpbl/insmod $OBPBL_BUILD/module/obpbl.ko}" ;;
	esac
	ns router bash -c "$1" >"$scratch/said" 2>&1 || status=$?
	# shellcheck disable=SC2053 # a pattern
	if [[ $status == $want ]]; then
		ok "$1"
	else
		fail "$1: status $status"
		sed 's/^/#   /' "$scratch/said"
	fi
}

topology
serve foreign 25
serve relay 25
load_module

is "obpbl(4) has every sysctl with its default" "$(documented)" "$(sysctls)"

mkdir -p /etc/obpbl
cat >/etc/obpbl/obpbl.conf <<'CONF'
isp alpha {
	mode    = monitor
	policy  = outside
	space   = { 203.0.113.0/24, 2001:db8:a::/48 }
	dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
	static  = { 203.0.113.120/29 }
	relay   = { 203.0.113.200, 198.51.100.25 }
}
CONF
# What an upgrade must not lose
kept() {
	ns router sysctl net.obpbl.event_rate
	ctl session list
	ctl -j quarantine list | jq -c '.[] | [.prefix, .until]'
}

# Attempts so far, of which more come
tried() {
	ctl -j stats | jq '[.isps[].reasons[].attempts] | add'
}

number=0
while IFS= read -r command; do
	if [[ $command == 'sysctl net.obpbl >'* ]]; then
		ns router sysctl -qw net.obpbl.event_rate=7
		ctl session up dev lo addr 203.0.113.6 \
			addr 2001:db8:a:1000::/64 isp alpha
		before=$(kept)
		tried=$(tried)
	fi
	run "$command" </dev/null
	number=$((number + 1))
	# Somebody sends mail all the while.
	attempt sub "$dynamic" "$mx" 25 >/dev/null
done < <(commands)
is "an upgrade loses nothing of these" "$(kept)" "$before"
check "counters go on from where they were" test "$(tried)" -ge "$tried"
check "and had come to something" test "$tried" -gt 30
is "there was something to lose" "$(wc -l <<<"$before")" 4
check "the guide has commands" test "$number" -gt 30

ctl mode enforce >/dev/null
reaches "and at its end mail is blocked" sub "$dynamic" "$mx" 25 refused
finish
