# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Sourced after tap.sh: test programs built once per Go version and variant, kept below $GOSYM_BUILD/go.

gosym=$GOSYM_BUILD/gcc/tools/gosym
go_versions=${GOSYM_GO_VERSIONS:-$("$GOSYM_TOP/tests/lib/toolchains.sh" versions)}

# go_program PROGRAM VERSION VARIANT: prints the path of the binary; on failure the reason, status 1.
# Rebuilt when the program's sources are newer.
go_program()
{
	local out=$GOSYM_BUILD/go/$1-$2-$3 log
	log=$out.log
	mkdir -p "$GOSYM_BUILD/go"
	if [ ! -x "$out" ] || [ -n "$(find -L "$GOSYM_TOP/tests/go/$1" -newer "$out" -print -quit)" ]; then
		if ! "$GOSYM_TOP/tests/go/build.sh" "$1" "$2" "$3" "$out" >"$log" 2>&1; then
			tail -n 1 "$log"
			return 1
		fi
	fi
	echo "$out"
}
