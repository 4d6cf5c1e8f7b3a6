# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the host's side of the bench: setup, image, run and selftest.
# The guest's side is lib.sh.

vm_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# packages SECTION: the names in that section of the package list.
packages() {
	sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$vm_dir/packages" |
		awk -v want="[$1]" '/^\[/ { on = ($0 == want); next } on'
}

cache_dir() {
	echo "${OBPBL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/obpbl}"
}

host_suite() {
	. /etc/os-release
	echo "${VERSION_CODENAME:?}"
}

# The newest kernel whose headers are installed: what the module was built for.
built_for() {
	local build

	for build in /lib/modules/*/build; do
		[[ ! -d $build/ ]] || basename "$(dirname "$build")"
	done | sort -V | tail -n 1
}
