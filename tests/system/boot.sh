#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a router goes through, a stage each time it is booted:
#
#   tests/vm/run --system DISK tests/system/boot.sh STAGE
#
# tests/system/run has the disk, with the packages installed, and the stages.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"
. "$OBPBL_REPO/tests/system/readme"

policy=/etc/obpbl/obpbl.conf kept=/var/lib/obpbl/obpbl.conf

# from LAST: how a connection of 203.0.113.LAST to elsewhere goes
from() {
	attempt sub "203.0.113.$1" 198.18.0.25 25 20
}

relay() {
	attempt sub 203.0.113.5 198.51.100.25 25 20
}

first() {
	cat /run/first
}

state() {
	systemctl is-active "$1" || true
}

is_active() {
	[[ $(state "$1") == active ]]
}

# metrics VALUE [NETNS]: whether obpbl_up of the file says so
metrics() {
	grep -qs "^obpbl_up.* $1\$" \
		"/var/lib/prometheus/node-exporter/obpbl${2:+-$2}.prom"
}

has_kept() {
	grep -qsF "$1" "$kept"
}

# What an operator does after "apt install", and then the power goes.
begin() {
	is "nothing is enabled by itself" "$(systemctl is-enabled obpbl)" disabled
	check "and the module is not loaded" test ! -e /proc/sys/net/obpbl
	like "so port 25 is open" "$(first)" succeeded
	is "it is signed with the key of DKMS, which is this machine's own" \
		"$(modinfo -F signer obpbl)" "DKMS module signing key"
	check "the example has no ISP and is refused" \
		refused obpblctl apply "$policy" --check
	check "it is there with what systemd sets" \
		test -e /etc/sysctl.d/obpbl.conf -a -e /etc/default/obpbl

	cp "$OBPBL_REPO/tests/system/policy.conf" "$policy"
	sed -i 's/^#-net.obpbl.event_rate.*/-net.obpbl.event_rate = 7/' \
		/etc/sysctl.d/obpbl.conf
	systemctl enable --now obpbl
	is "enabled and started, it is active" "$(state obpbl)" active
	check "and so is what keeps" wait_until is_active obpbl-keep
	is "a sysctl of sysctl.d is set" "$(sysctl -n net.obpbl.event_rate)" 7
	is "a subscriber is blocked" "$(from 5)" refused
	is "the relay is not" "$(relay)" open

	obpblctl exempt add 203.0.113.9 isp alpha until 2097-01-01T00:00:00Z reason "own"
	obpblctl quarantine add 203.0.113.77 isp alpha for 7d reason bot
	check "what is added is kept" wait_until has_kept 203.0.113.77
	mkdir -p /var/lib/prometheus/node-exporter
	systemctl enable --now obpbl-metrics.timer
	check "metrics are written" wait_until metrics 1
	sync -f /etc/obpbl
	note "the power goes"
}

refused() {
	! "$@" >/dev/null 2>&1
}

after_power_cut() {
	like "the first packet that is forwarded is judged" "$(first)" refused
	is "the policy is there" "$(state obpbl)" active
	is "an exemption by command is back" "$(from 9)" open
	is "a quarantine by command, too" "$(obpblctl -j quarantine list |
		grep -c '"203.0.113.77/32"')" 1
	is "the sysctl is set" "$(sysctl -n net.obpbl.event_rate)" 7

	old=$(find /lib/modules -mindepth 1 -maxdepth 1 ! -name "$(uname -r)")
	/etc/kernel/prerm.d/dkms "${old##*/}" >/run/dkms 2>&1 ||
		fail "dkms: $(tail -n 3 /run/dkms)"
	is "the older kernel goes, and takes its module with it" \
		"$(find "$old" -name 'obpbl.ko*')" ""
	rm -r "$old"

	echo 'isp alpha {' >"$policy"
	check "to reload a file with a fault fails" refused systemctl reload obpbl
	is "and blocks as before" "$(from 5)" refused
	cp "$OBPBL_REPO/tests/system/policy.conf" "$policy"
	sed -i 's/mode .*/mode = monitor/' "$policy"
	echo 'RELOAD_OPTIONS="--confirm 20"' >/etc/default/obpbl
	systemctl reload obpbl
	is "reloaded to be confirmed, it is in force" "$(from 5)" open
	check "and goes back by itself" wait_until is_blocked 5
	: >/etc/default/obpbl
	cp "$OBPBL_REPO/tests/system/policy.conf" "$policy"
	systemctl reload obpbl
	systemctl stop obpbl
	is "to stop the unit opens nothing" "$(from 5)" refused
	systemctl start obpbl
	is "nor does a start change what was added" "$(from 9)" open

	cp "$policy" /etc/obpbl/sub.conf
	systemctl enable --now obpbl@sub
	is "another namespace has its own" \
		"$(obpblctl -n sub -j show | grep -c '"name": "alpha"')" 1
	check "and keeps its own" wait_until is_active obpbl-keep@sub
	systemctl disable -q obpbl@sub
	systemctl start obpbl-metrics@sub
	check "and its own metrics" metrics 1 sub
	systemctl start obpbl-report@sub
	is "and its own samples" "$(grep -c alpha /var/lib/obpbl/sub.history)" 1

	module=$(modinfo -n obpbl)
	systemctl enable -q obpbl-fallback
	systemctl restart obpbl
	check "the last good file is kept for nft" \
		wait_until test -s /var/lib/obpbl/fallback.nft
	is "nft does nothing while the module does" "$(nft list tables)" ""
	mv "$module" /root/
	depmod
	echo 'isp alpha {' >"$policy"
	sync -f /
	note "the power goes, the module and the policy are gone as well"
}

is_blocked() {
	[[ $(from "$1") == refused ]]
}

has_failed() {
	[[ $(state "$1") == failed ]]
}

without_module() {
	# It is tried again with whatever systemd starts, since that wants sysinit
	check "the unit has failed" wait_until has_failed obpbl
	check "metrics say that there is no module" wait_until metrics 0
	check "which is no failure of theirs" \
		refused systemctl -q is-failed obpbl-metrics
	like "nft has blocked the first packet" "$(first)" refused
	is "and the next" "$(from 5)" refused
	is "but not the relay" "$(relay)" open
	is "what keeps waits" "$(state obpbl-keep)" inactive
	check "and what was kept is there" has_kept 203.0.113.77

	mkdir -p "/lib/modules/$(uname -r)/updates/dkms"
	mv /root/obpbl.ko* "/lib/modules/$(uname -r)/updates/dkms/"
	depmod
	cp "$OBPBL_REPO/tests/system/policy.conf" "$policy"
	systemctl restart obpbl
	check "with the module nft lets go" wait_until let_go
	is "the subscriber is blocked" "$(from 5)" refused
	is "the exemption is there" "$(from 9)" open
	systemctl start obpbl-keep
	sync -f /
	note "powered off"
	: >"$OBPBL_RESULTS/poweroff"
}

let_go() {
	[[ ! $(nft list tables) ]]
}

jq_configured() {
	sed -n 's/.*"configured": \([a-z]*\).*/\1/p'
}

# attempts: of all ISPs, as the module has counted them
attempts() {
	obpblctl stats save | awk '{
		for (i = 3; i < NF; i += 2)
			if ($i == "attempts")
				sum += $(i + 1)
	}
	END { print sum + 0 }'
}

# Who tries without a pause
hammer() {
	until [[ -e /run/hammer.end ]]; do
		from 5
	done >/run/hammer
}

# Packages come and go while it runs.
packages() {
	obpblctl session up dev relay addr 198.51.100.77 isp alpha class exempt
	is "all is back" "$(state obpbl)/$(from 5)/$(from 9)" active/refused/open
	dpkg -i /root/new/*.deb >/run/dpkg 2>&1 || fail "dpkg -i: $(tail -n 3 /run/dpkg)"
	check "the operator's policy is not touched" \
		cmp "$policy" "$OBPBL_REPO/tests/system/policy.conf"
	hammer &
	hammerer=$!
	check "attempts come all the while" wait_until test -s /run/hammer
	tried=$(attempts)
	said=$(/usr/share/obpbl/upgrade 2>&1) || fail "upgrade: $said"
	: >/run/hammer.end
	wait "$hammerer"
	is "the module that runs is the new one" "$(</sys/module/obpbl/version)" \
		0.1.1
	is "and nothing has passed meanwhile" \
		"$(sort /run/hammer | uniq -c | awk '{ print $2 }')" refused
	note "$(wc -l </run/hammer) attempts"
	check "its counters go on from $tried attempts" \
		test "$tried" -gt 0 -a "$(attempts)" -ge "$tried"
	is "what was added by command is there" "$(obpblctl -j exempt list |
		jq_configured)" false
	is "the session, too" "$(obpblctl session list)" \
		"dev relay addr 198.51.100.77/32 isp alpha class exempt"
	is "and the sysctl" "$(sysctl -n net.obpbl.event_rate)" 7
	is "an upgrade of packages opens nothing" \
		"$(state obpbl)/$(from 5)/$(from 9)" active/refused/open
	is "and enables nothing more" "$(systemctl is-enabled obpbl)" enabled
	like "the new module is built" "$(dkms status obpbl)" "0.1.1.*installed"
	dpkg -r obpbl-dkms obpblctl >/run/dpkg 2>&1 ||
		fail "dpkg -r: $(tail -n 3 /run/dpkg)"
	is "nor does it open anything to remove them" "$(from 5)" refused
	check "the policy's file stays" test -e "$policy"
	is "the module is not left for the next boot" \
		"$(find /lib/modules -name 'obpbl.ko*')" ""
	dpkg -P obpbl-dkms obpblctl >/run/dpkg 2>&1 ||
		fail "dpkg -P: $(tail -n 3 /run/dpkg)"
	is "purged, nothing is left but what we have made" \
		"$(find /etc /usr /var/lib/{dkms,obpbl,prometheus} -path '*obpbl*' 2>/dev/null)" \
		"/etc/obpbl
/etc/obpbl/sub.conf"
}

# says COMMAND: of the README
says() {
	local status=0 want=0 command=$1

	case $command in
	*" --shadow") grep -v static "$policy" >new.conf ;;
	"obpblctl test "*) want=11 ;;
	*"session up"*) ip link add ppp0 type veth peer name ppp1 ;;
	*follow@*)
		echo 'follow pools { table = 100  isp = alpha  class = dynamic }' >>"$policy"
		;;
	"obpblctl follow"*) want=124 ;;
	esac
	timeout $((want == 124 ? 3 : 60)) bash -c "$command" >/run/said 2>&1 ||
		status=$?
	is "$command" "$status" "$want"
	((status == want)) || sed 's/^/#   /' /run/said
}

# What the README says of a router. Its exemption has an end, which is to come.
from_source() {
	local command commands

	cd /root
	says "$(readme 1 | sed -n '/^modprobe /p')"
	mkdir -p "${policy%/*}"
	readme 3 | sed 's/"20[0-9]*-/"2097-/' >"$policy"
	mapfile -t commands < <(readme 4 | sed 's/ *#.*//')
	for command in "${commands[@]}"; do
		says "$command"
		case $command in
		"obpblctl apply $policy") like "in mode monitor it goes" "$(from 5)" open ;;
		*"mode enforce"*) is "now it is blocked" "$(from 5)" refused ;;
		*"mode=0"*) is "the kill switch lets it go" "$(from 5)" open ;;
		esac
	done
	check "by its unit, what follows a table" wait_until is_active obpbl-follow@pools
}

# What the journal has of it, where something failed
journal() {
	((failed == 0)) || journalctl -b --no-pager -o cat -n 40 \
		-u 'obpbl*' -u bench-network | sed 's/^/#   /'
}

"$1"
journal
finish
