# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Sourced by the shell tests: results as TAP lines on standard output (https://testanything.org), details
# of a failure as '# ' lines below it. tests/run adds the lines up.
#
#   tap_ok NAME | tap_fail NAME [DETAIL…] | tap_skip NAME REASON
#   tap_check NAME COMMAND…     passes if the command succeeds; its output is shown only if it fails
#   tap_same NAME EXPECTED ACTUAL   two files, shown as a diff if they differ
#   tap_need_live NAME          true if live tracing works here; else skips NAME, saying what is missing
# A live test that cannot run fails instead of skipping when CI is set.

tap_tmp=$(mktemp -d "${TMPDIR:-/tmp}/gosym-test.XXXXXX")
tap_pids=()
tap_cleanup()
{
	local pid

	for pid in ${tap_pids[@]+"${tap_pids[@]}"}; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	rm -rf "$tap_tmp"
}
trap tap_cleanup EXIT

tap_ok()
{
	printf 'ok - %s\n' "$1"
}

tap_fail()
{
	printf 'not ok - %s\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# A test program that does not compile is no reason to skip.
tap_skip()
{
	case $2 in "not built: "*.go:*) tap_fail "$@"; return ;; esac
	printf 'ok - %s # SKIP %s\n' "$1" "$2"
}

tap_check()
{
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		tap_ok "$name"
	else
		tap_fail "$name" "command: $*" "exit status: $?" "${out:0:4000}"
	fi
}

tap_same()
{
	local out
	if out=$(diff -u "$2" "$3" 2>&1); then
		tap_ok "$1"
	else
		tap_fail "$1" "${out:0:4000}"
	fi
}

# What live tracing lacks here, in words; empty if nothing.
tap_live_missing()
{
	if [ "$(uname -m)" != x86_64 ]; then
		echo "live tests are written for x86-64"
	elif [ "$(id -u)" != 0 ]; then
		echo "live tracing needs root"
	elif [ ! -r /sys/kernel/btf/vmlinux ]; then
		echo "no BTF in /sys/kernel/btf/vmlinux (kernel without CONFIG_DEBUG_INFO_BTF, or /sys not mounted)"
	fi
}

tap_need_live()
{
	local why
	why=$(tap_live_missing)
	[ -n "$why" ] || return 0
	if [ -n "${CI:-}" ]; then
		tap_fail "$1" "under CI live tests may not be skipped: $why"
	else
		tap_skip "$1" "$why"
	fi
	return 1
}
