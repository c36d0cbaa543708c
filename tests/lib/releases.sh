# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Sourced after toolchains.sh: programs as others released them, kept below the cache folder like the toolchains.
#
#   releases_npm NAME@VERSION       prints the folder of an unpacked npm package
#   releases_debian SUITE PACKAGE   the same of a Debian package
# On failure the reason is printed, status 1. Only the registries that npm and apt are configured for are asked.

releases_npm()
{
	local target log
	target=$(toolchains_cache)/npm/$(tr '/' '+' <<<"$1")

	if [ ! -e "$target/.complete" ]; then
		command -v npm >/dev/null || { echo "npm is not installed"; return 1; }
		rm -rf "$target"
		mkdir -p "$target" || return 1
		log=$(cd "$target" && timeout 120 npm pack --silent --ignore-scripts "$1" 2>&1 >/dev/null) &&
			log=$(tar -xzf "$target"/*.tgz -C "$target" 2>&1) || {
			rm -rf "$target"
			echo "npm pack: ${log:-no answer}" | head -n 1 | cut -c1-200
			return 1
		}
		rm -f "$target"/*.tgz
		: >"$target/.complete"
	fi
	echo "$target"
}

releases_debian()
{
	local log folder

	log=$(mktemp) || return 1
	if folder=$(toolchains_package "$1" "$2" 2>"$log"); then
		rm -f "$log"
		echo "$folder"
		return 0
	fi
	tail -n 1 "$log"
	rm -f "$log"
	return 1
}
