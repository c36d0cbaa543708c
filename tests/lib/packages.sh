# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Sourced: which Debian packages building and testing need, and how to have them installed.
# The names are the same on Debian 12 and 13.

packages_build='gcc libc6-dev make autoconf automake libtool pkg-config flex bison
	libelf-dev libdwarf-dev libbpf-dev uthash-dev libzydis-dev zlib1g-dev libzstd-dev'
packages_demo='golang-go ca-certificates'
packages_test='libcmocka-dev linux-perf clang llvm binutils python3 jq diffutils file git ca-certificates bpftrace
	debian-archive-keyring xz-utils procps util-linux golang-go gccgo
	qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross cpio lld libdebuginfod-dev'

# The sanitizers' runtime of clang is a package of its own, named after the version.
packages_clang_runtime()
{
	local version
	version=$(clang --version 2>/dev/null | sed -n 's/.*clang version \([0-9]*\).*/\1/p' | head -n 1)
	[ -z "$version" ] || echo "libclang-rt-$version-dev"
}

# packages_install WHAT…: installs those that are missing; silent if none is.
packages_install()
{
	local missing=() p

	for p in "$@"; do
		dpkg-query -W -f '${Status}\n' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "missing packages: ${missing[*]}; run this with sudo, or install them" >&2
		return 1
	fi
	echo "installing: ${missing[*]}" >&2
	apt-get -qq update >&2 &&
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
}
