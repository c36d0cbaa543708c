#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Sets a trace of linkmodes against what it printed:
#
#   compare.sh TRUTH TRACE [names|plugin]     TRUTH: its standard output; TRACE: gosym trace --json --pair
#
# names: values do not matter. plugin: the dynamic type of what an interface holds is one of the program that loaded it,
# which the plugin's file does not tell: an address.
set -u
[ $# -ge 2 ] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

plain='def plain: if type != "object" then . elif has("elems") then .elems | map(plain) elif has("ptr") then .ptr
	elif has("type") and has("value") then .type elif has("error") then . else [.[] | plain] end;'
values='{func, args: [.args[].value | plain], results: [.results[].value | plain]}'
truth=.
case ${3:-} in
names) values='{func}' truth='{func}' ;;
plugin)
	values="$values"' | .args |= map(if type == "string" then sub("^0x[0-9a-f]{6}$"; "*errors.errorString") else . end)'
	;;
esac

if ! grep -q '"main.point.shift","args":\[\[2' "$1"; then
	echo "the program's own output is not whole:"
	head -n 5 "$1"
	exit 1
fi
diff -u <(jq -c "$truth" "$1" 2>&1) <(jq -c "$plain"' select(.type != "end") | .func |= sub("^linkmodes\\."; "main.") | '"$values" "$2" 2>&1) &&
	jq -e 'select(.type == "end") | .lost == 0 and .events == 8' "$2"
