#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Sets a trace of the exercise against what it has to be:
#
#   compare.sh OUTPUT TRACE     OUTPUT: the program's standard output; TRACE: gosym trace --json main.traceMe --if 'i > 4996'
set -u
[ $# -eq 2 ] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

want()
{
	local i
	for i in 4997 4998 4999; do
		echo '{"type":"call","func":"main.traceMe","i":'$i',"w":"*net/http.response","pointer":true,"goid":true}'
	done
	echo '{"type":"end","events":3,"lost":0}'
}

grep -q 5000 "$1" || { echo "the program's own output is not whole:"; head -n 5 "$1"; exit 1; }
diff -u <(want) <(jq -c 'if .type == "call" then {type, func, i: .args[0].value, w: .args[1].value.type,
	pointer: (.args[1].value.value | test("^0x[0-9a-f]{6,}$")), goid: (.goid > 0)} else . end' "$2" 2>&1)
