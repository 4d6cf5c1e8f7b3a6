# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the host's side of the bench: setup, image, run and selftest, and
# by tests/bench/uml. The guest's side is lib.sh.

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

# is_built SUITE: its kernel comes from no archive.
is_built() {
	[[ $1 == debug || $1 == kcsan || $1 == uml ]]
}

# The newest kernel whose headers are installed: what the module was built for.
built_for() {
	local build

	for build in /lib/modules/*/build; do
		[[ ! -d $build/ ]] || basename "$(dirname "$build")"
	done | sort -V | tail -n 1
}

digest() {
	sha256sum | cut -c 1-12
}

# let_go_of FOLDER: whoever was killed while he made a root there has left mounts.
let_go_of() {
	local mounts

	mapfile -t mounts < <(findmnt -rno TARGET | grep -F "$1/" | sort -r)
	((${#mounts[@]} == 0)) || umount -l "${mounts[@]}"
}

# cached NAME BUILDER: the path of an object in $cache; built when absent, under
# a temporary name that BUILDER is given.
cached() {
	local path=$cache/$1 temporary

	if [[ ! -e $path ]]; then
		mkdir -p "$cache"
		(
			flock 9
			[[ ! -e $path ]] || exit 0
			echo "preparing $1, once ..." >&2
			temporary=$cache/partial-$1
			let_go_of "$temporary"
			rm -rf --one-file-system "$temporary"
			mkdir -p "$temporary"
			"$2" "$temporary" >&2
			mv -T "$temporary" "$path"
		) 9>"$cache/lock-$1"
	fi
	echo "$path"
}
