#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Builds linkmodes in one of its modes:
#
#   build.sh VERSION MODE OUTPUT     MODE: see the table below, or "host", the C program that loads the shared object
#   build.sh list                    the modes
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# mode, CGO_ENABLED, arguments of go build ("_" is a blank within one)
modes='
static           0
internal-pie     0 -buildmode=pie
trimpath         0 -trimpath
stripped         0 -ldflags=-s_-w
external         1 -ldflags=-linkmode=external
external-pie     1 -ldflags=-linkmode=external -buildmode=pie
static-pie       1 -ldflags=-linkmode=external_-extldflags=-static-pie -buildmode=pie
external-static  1 -ldflags=-linkmode=external_-extldflags=-static
lld-pie          1 -ldflags=-linkmode=external_-extldflags=-fuse-ld=lld -buildmode=pie
gold-pie         1 -ldflags=-linkmode=external_-extldflags=-fuse-ld=gold -buildmode=pie
build-id         0 -ldflags=-B_0x1234567890abcdef1234567890abcdef12345678
race             1 -race
c-shared         1 -tags=library -buildmode=c-shared
c-archive        1 -tags=library -buildmode=c-archive
plugin           1 -tags=plugin -buildmode=plugin
loader           1 ./loader
experiment       0
devel            0 -ldflags=-X_"runtime.buildVersion=devel_goVERSION-0123456789"
garbled          0 -trimpath -ldflags=-s_-w_-buildid=_-X=runtime.buildVersion=unknown
'

if [ "$*" = list ]; then
	awk 'NF { print $1 }' <<<"$modes"
	exit 0
fi
[ $# -eq 3 ] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
version=$1 mode=$2 output=$3
cd "$here"
if [ "$mode" = host ]; then
	exec cc -o "$output" host/host.c -ldl
fi
read -r _ cgo arguments < <(grep -E "^$mode +" <<<"$modes") || { echo "build.sh: no mode $mode" >&2; exit 2; }
# A harmless one, but part of the version's text.
[ "$mode" != experiment ] || export GOSYM_GOEXPERIMENT=fieldtrack
args=()
for a in $arguments; do
	a=${a//_/ }
	args+=("${a/VERSION/$version}")
done
if [ "$mode" = c-archive ]; then
	archive=$output.d/linkmodes.a
	mkdir -p "$output.d"
	CGO_ENABLED=1 "$here/../../lib/toolchains.sh" run "$version" build "${args[@]}" -o "$archive" .
	exec cc -DLINKED -o "$output" host/host.c "$archive" -lpthread
fi
[[ $arguments == *./loader* ]] || args+=(.)
CGO_ENABLED=$cgo "$here/../../lib/toolchains.sh" run "$version" build -o "$output" "${args[@]}"
chmod +x "$output"
