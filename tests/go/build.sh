#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Builds one of the test programs of this folder with one Go version in one variant:
#
#   build.sh PROGRAM VERSION VARIANT OUTPUT     e.g. build.sh zoo 1.23 debug /tmp/zoo
#
# Variants: opt, debug (-N -l), pie, debug-pie, cgo (external linking), debug-cgo, cgo-pie, cgo-pie-stripped, stripped (-s -w),
# nodwarf (-w), arm64, arm64-debug; 386 and every other GOARCH of Linux. With "list" as only argument the variants are printed, one a line.

set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arches='386 arm loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x'
variants='opt debug pie debug-pie cgo debug-cgo cgo-pie cgo-pie-stripped stripped nodwarf arm64 arm64-debug'

if [ "$*" = list ]; then
	tr ' ' '\n' <<<"$variants"
	exit 0
fi
[ $# -eq 4 ] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
program=$1 version=$2 variant=$3
output=$(realpath -m "$4")

# Programs with variants of their own.
if [ -x "$here/$program/build.sh" ]; then
	exec "$here/$program/build.sh" "$version" "$variant" "$output"
fi

export CGO_ENABLED=0
args=()
case $variant in
opt) ;;
debug) args=('-gcflags=all=-N -l') ;;
pie) args=(-buildmode=pie) ;;
cgo) CGO_ENABLED=1; args=(-ldflags=-linkmode=external) ;;
debug-pie) args=(-buildmode=pie '-gcflags=all=-N -l') ;;
debug-cgo) CGO_ENABLED=1; args=(-ldflags=-linkmode=external '-gcflags=all=-N -l') ;;
cgo-pie) CGO_ENABLED=1; args=(-ldflags=-linkmode=external -buildmode=pie) ;;
cgo-pie-stripped) CGO_ENABLED=1; args=('-ldflags=-linkmode=external -s -w' -buildmode=pie) ;;
stripped) args=('-ldflags=-s -w') ;;
nodwarf) args=(-ldflags=-w) ;;
arm64) export GOARCH=arm64 ;;
arm64-debug) export GOARCH=arm64; args=('-gcflags=all=-N -l') ;;
*)
	case " $arches " in
	*" $variant "*) export GOARCH=$variant ;;
	*) echo "build.sh: no variant $variant (have: $variants $arches)" >&2; exit 2 ;;
	esac
	;;
esac
cd "$here/$program"
exec "$here/../lib/toolchains.sh" run "$version" build ${args[@]+"${args[@]}"} -o "$output" .
