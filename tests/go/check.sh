#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Checks the Go test programs themselves, without any tracer: with every toolchain that can be had,
# they build (amd64 and arm64, optimized and not), run, the zoo's lines are what compare.py
# understands and notices when changed, and every function they name is in the binary.
#
#   check.sh [VERSION...]

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/toolchains.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

result()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok      $2"
	else
		failed=$((failed + 1))
		echo "FAILED  $2"
		sed 's/^/        /' "$work/log"
	fi
}

# Every expected function is a symbol of the binary, type arguments aside.
named()
{
	toolchains_run "$1" tool nm "$2" | sed -E 's/^ *[0-9a-f]+ . //; s/\.abi0$//' |
		sed -E ':a; s/\[[^][]*\]//g; ta' | sort -u >"$work/symbols"
	sed -E 's/^\{"func":"([^"]*)".*/\1/' "$work/expected" | sort -u |
		comm -23 - "$work/symbols" >"$work/log"
	[ ! -s "$work/log" ]
}

zoo()
{
	"$here/build.sh" zoo "$1" "$2" "$work/zoo" >"$work/log" 2>&1 &&
		"$work/zoo" >"$work/expected" 2>"$work/log" &&
		python3 "$here/zoo/compare.py" --self-test "$work/expected" >"$work/log" 2>&1 &&
		cp "$work/log" "$work/said" && named "$1" "$work/zoo"
}

program()
{
	"$here/build.sh" "$1" "$2" opt "$work/$1" >"$work/log" 2>&1 &&
		"$work/$1" 100 >"$work/out" 2>"$work/log" && [ -s "$work/out" ]
}

cross()
{
	local p

	for p in exercise growth zoo; do
		"$here/build.sh" "$p" "$1" "$2" "$work/arm64" >"$work/log" 2>&1 || return 1
	done
}

[ $# -gt 0 ] || set -- $(toolchains_versions)
for version in "$@"; do
	if ! toolchains_fetch_one "$version" >/dev/null; then
		echo "skipped go $version: $(toolchains_missing | sed -n "s/^$version //p")"
		continue
	fi
	for variant in opt debug; do
		zoo "$version" "$variant"
		result $? "zoo, go $version, $variant$(sed 's/.*passed, /: /' "$work/said" 2>/dev/null)"
	done
	for p in exercise growth; do
		program "$p" "$version"
		result $? "$p, go $version"
	done
	for variant in arm64 arm64-debug; do
		cross "$version" "$variant"
		result $? "all, go $version, $variant"
	done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
