#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Builds gosym for arm64 on this machine:
#
#   cross.sh FOLDER     builds in FOLDER; prints the folders of the libraries it was linked with
#
# The compiler and its C library are Debian's cross packages. The other libraries, of this system's own release, are
# unpacked aside: dpkg and apt of the system do not learn of another architecture.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/toolchains.sh"
top=$(cd "$here/../.." && pwd)
triplet=aarch64-linux-gnu
suite=$(. /etc/os-release && echo "$VERSION_CODENAME"):arm64
dev='libelf-dev libdwarf-dev libbpf-dev libzydis-dev libzycore-dev zlib1g-dev libzstd-dev'

[ $# -eq 1 ] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# The names of the libraries themselves carry a version: they are what the -dev packages depend on.
runtime()
{
	local apt
	apt=$(toolchains_apt_suite "$suite") || return 1
	# shellcheck disable=SC2086
	toolchains_apt "$apt" apt-cache depends $dev | sed -n 's/^ *Depends: //p' | grep -vE '^libc6|^<|-dev$' | sort -u
}

libraries=$(runtime)
# shellcheck disable=SC2086
root=$(toolchains_package "$suite" $dev $libraries)
lib=$root/usr/lib/$triplet
mkdir -p "$1"
cd "$1"
if [ ! -e Makefile ] || [ "$top/configure" -nt Makefile ]; then
	PKG_CONFIG_LIBDIR=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root "$top/configure" -q --host=$triplet --disable-shared \
		CC=$triplet-gcc CFLAGS="-O2" \
		CPPFLAGS="-I$root/usr/include -I$root/usr/include/libdwarf -I$root/usr/include/$triplet" \
		LDFLAGS="-L$lib -Wl,-rpath-link,$lib:$root/lib/$triplet" >&2
fi
make -j"$(nproc)" tools/gosym >&2
for folder in "$lib" "$root/lib/$triplet" "/usr/$triplet/lib"; do
	[ ! -d "$folder" ] || echo "$folder"
done
