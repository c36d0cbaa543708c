#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
#
# Go toolchains (and other packages) for the tests, out of Debian's own archive, without changing
# the system: each suite gets a private apt (lists, cache and configuration below the cache folder),
# packages are only unpacked (dpkg-deb -x), never installed.
#
#   toolchains.sh fetch [VERSION...]        make toolchains available (default: all); "1.23 /path/to/go" lines
#   toolchains.sh list                      those available now, same lines; touches no network
#   toolchains.sh missing                   those that could not be had: "1.15 reason"
#   toolchains.sh versions                  all versions of the table, one a line
#   toolchains.sh go VERSION                the path of one go binary, fetched if need be
#   toolchains.sh run VERSION ARG...        that go with a clean, offline environment
#   toolchains.sh names SUITE REGEX         package names of a suite
#   toolchains.sh package SUITE PACKAGE...  unpack packages together; prints the folder
#
# SUITE may be SUITE:ARCHITECTURE ("trixie:arm64"): packages of another architecture than this machine's.
#
# It may also be sourced: every command CMD is then a function toolchains_CMD.
# The mirror is the one the system's own apt uses; GOSYM_MIRRORS (addresses, separated by blanks)
# is tried after it, for suites that have moved elsewhere. What the archive serves is verified
# against the Debian keyring. The cache folder is $GOSYM_CACHE/gosym, else $XDG_CACHE_HOME/gosym,
# else ~/.cache/gosym. Diagnostics and progress go to standard error.

# Which suite carries which version. Needs golang-VERSION-go and golang-VERSION-src.
toolchains_table='
1.15 bullseye
1.19 bookworm
1.21 bookworm-backports
1.22 bookworm-backports
1.23 bookworm-backports
1.24 trixie
1.25 trixie-backports
1.26 trixie-backports
1.27 trixie-backports
'

# Also kept in toolchains_log while that is set: the last line of it is the reason of a failure.
toolchains_say()
{
	printf 'toolchains: %s\n' "$*" >&2
	[ -z "${toolchains_log:-}" ] || printf '%s\n' "$*" >>"$toolchains_log"
}

toolchains_cache()
{
	local base=${GOSYM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}

	case $base in
	/*) ;;
	*) base=$PWD/$base ;;
	esac
	printf '%s/gosym\n' "$base"
}

toolchains_versions()
{
	awk 'NF { print $1 }' <<<"$toolchains_table"
}

toolchains_suite_of()
{
	awk -v v="$1" '$1 == v { print $2 }' <<<"$toolchains_table"
}

# --- the private apt -----------------------------------------------------------------------------

toolchains_keyring()
{
	local k

	for k in /usr/share/keyrings/debian-archive-keyring.pgp \
		 /usr/share/keyrings/debian-archive-keyring.gpg; do
		[ -r "$k" ] && { echo "$k"; return 0; }
	done
	return 1
}

# The addresses the system itself gets its main suite from. A source is named as the user wrote it
# (RELEASE); ORIGIN and CODENAME are known once its lists were read. Sources of other origins are
# left out, and so are the -security, -updates and -backports ones: they may live elsewhere.
toolchains_mirrors()
{
	local codename

	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	{
		apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(CODENAME)|$(REPO_URI)' \
			'Created-By: Packages' 2>/dev/null |
		awk -F'|' -v c="$codename" '
			$1 != "" && $1 !~ /^\$/ && $1 != "Debian" { next }
			$2 == c || $3 == c || $2 ~ /^(stable|oldstable|testing|unstable|sid)$/ { print $4 }'
		tr ' ' '\n' <<<"${GOSYM_MIRRORS:-}"
	} | awk 'NF && !seen[$0]++'
}

# Writes apt.conf for one suite into its folder. How to reach the network (proxies, timeouts, what
# to believe of dates) is taken from the system's apt; its hooks, sources and pins are not.
toolchains_apt_conf()
{
	local dir=$1 arch=$2

	mkdir -p "$dir"/{lists/partial,archives/partial,sources,empty} || return 1
	: >"$dir/status"
	{
		apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets'
		cat <<-CONF
		Dir::State "$dir";
		Dir::State::lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::State::extended_states "$dir/extended_states";
		Dir::Cache "$dir";
		Dir::Cache::archives "$dir/archives";
		Dir::Etc::parts "$dir/empty";
		Dir::Etc::main "$dir/none";
		Dir::Etc::sourcelist "$dir/none";
		Dir::Etc::sourceparts "$dir/sources";
		Dir::Etc::preferences "$dir/none";
		Dir::Etc::preferencesparts "$dir/empty";
		Dir::Etc::trusted "$dir/none";
		Dir::Etc::trustedparts "$dir/empty";
		Dir::Log "$dir";
		APT::Sandbox::User "$(id -un)";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Acquire::http::Timeout "60";
		CONF
		[ -z "$arch" ] || printf '%s "%s";\n' APT::Architecture "$arch" APT::Architectures "$arch"
	} >"$dir/apt.conf"
}

toolchains_apt()
{
	local dir=$1
	shift
	APT_CONFIG=$dir/apt.conf LC_ALL=C "$@"
}

# The one line of an apt log that says why.
toolchains_reason()
{
	{ grep '^E:' "$1" || grep -E '^(Err|W):' "$1"; } | head -1 | cut -c1-300 | sed 's/^[EW]: //'
}

# Makes the lists of a suite present: once a day, or when the cache has none. Prints apt's folder.
toolchains_apt_suite()
{
	local suite=${1%%:*} arch= dir mirror keyring
	dir=$(toolchains_cache)/apt/${1/:/-}
	[ "$suite" = "$1" ] || arch=${1#*:}

	if [ -n "$(find "$dir/fresh" -mmin -1440 2>/dev/null)" ]; then
		echo "$dir"
		return 0
	fi
	keyring=$(toolchains_keyring) || {
		toolchains_say "$suite: no Debian keyring: install debian-archive-keyring"
		return 1
	}
	toolchains_apt_conf "$dir" "$arch" || return 1
	mirror=$(toolchains_mirrors | head -1)
	[ -n "$mirror" ] || {
		toolchains_say "$suite: no Debian mirror in the system's apt sources: set GOSYM_MIRRORS"
		return 1
	}
	while read -r mirror; do
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
			"$mirror" "$suite" "$keyring" >"$dir/sources/suite.sources"
		toolchains_say "$1: reading the package lists"
		if toolchains_apt "$dir" apt-get -q update --error-on=any >"$dir/log" 2>&1; then
			touch "$dir/fresh"
			echo "$dir"
			return 0
		fi
	done < <(toolchains_mirrors)
	toolchains_say "$1: $(toolchains_reason "$dir/log")"
	# Lists read on another day still name the packages.
	[ -e "$dir/fresh" ] && echo "$dir"
}

# Unpacks packages of a suite into TARGET, all of them or nothing: built aside, then renamed.
# The caller holds the lock of TARGET.
toolchains_unpack()
{
	local suite=$1 target=$2 apt work deb
	shift 2
	apt=$(toolchains_apt_suite "$suite") || return 1
	work=$target.part
	rm -rf "$work"
	mkdir -p "$work/debs" "$work/root" || return 1
	toolchains_say "$suite: fetching $*"
	if ! (cd "$work/debs" && toolchains_apt "$apt" apt-get -q download "$@") >"$work/log" 2>&1; then
		toolchains_say "$suite: $*: $(toolchains_reason "$work/log")"
		rm -rf "$work"
		return 1
	fi
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$work/root" || { rm -rf "$work"; return 1; }
	done
	toolchains_relink "$work/root"
	rm -rf "$target"
	mv "$work/root" "$target"
	rm -rf "$work"
	: >"$target/.complete"
}

# Links to absolute places (/usr/share/...) would leave the folder: point them inside it.
toolchains_relink()
{
	local root=$1 link to

	find "$root" -type l -lname '/*' -print | while read -r link; do
		to=$(readlink "$link")
		[ -e "$root$to" ] && ln -sfnr "$root$to" "$link"
	done
	return 0
}

# --- toolchains ----------------------------------------------------------------------------------

# The go binary of a version that is complete already: unpacked by us, or installed by the system.
toolchains_have()
{
	local version=$1 root
	root=$(toolchains_cache)/toolchains/go-$version

	if [ -e "$root/.complete" ] && [ -x "$root/usr/lib/go-$version/bin/go" ]; then
		echo "$root/usr/lib/go-$version/bin/go"
	elif [ -x "/usr/lib/go-$version/bin/go" ] && [ -d "/usr/lib/go-$version/src/runtime" ] &&
	     [ -d "/usr/lib/go-$version/pkg/tool" ]; then
		echo "/usr/lib/go-$version/bin/go"
	else
		return 1
	fi
}

# One version, under a lock so that parallel tests fetch it once. Notes the reason of a failure.
toolchains_fetch_one()
{
	local version=$1 suite root why go
	suite=$(toolchains_suite_of "$version")
	root=$(toolchains_cache)/toolchains/go-$version
	why=$root.missing

	if go=$(toolchains_have "$version"); then
		echo "$version $go"
		return 0
	fi
	if [ -z "$suite" ]; then
		toolchains_say "go $version: not one of: $(toolchains_versions | tr '\n' ' ')"
		return 1
	fi
	mkdir -p "${root%/*}" || return 1
	(
		flock 9
		toolchains_have "$version" >/dev/null && exit 0
		toolchains_log=$why
		: >"$why"
		if toolchains_unpack "$suite" "$root" "golang-$version-go" "golang-$version-src" &&
		   toolchains_check "$version"; then
			rm -f "$why"
			exit 0
		fi
		rm -rf "$root"
		exit 1
	) 9>"$root.lock" || {
		toolchains_say "go $version: not available ($(tail -1 "$why"))"
		return 1
	}
	echo "$version $(toolchains_have "$version")"
}

# A toolchain counts when it builds and runs a program.
toolchains_check()
{
	local version=$1 work out
	work=$(mktemp -d) || return 1

	toolchains_say "go $version: building a first program (this compiles the standard library)"
	mkdir "$work/hello"
	printf 'module hello\n\ngo 1.15\n' >"$work/hello/go.mod"
	printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n' \
		>"$work/hello/main.go"
	out=$(cd "$work/hello" && toolchains_run_with "$(toolchains_have "$version")" \
		build -o ../hello.bin . 2>&1 && ../hello.bin)
	rm -rf "$work"
	[ "$out" = hello ] && return 0
	toolchains_say "go $version: cannot build a program: $(tail -1 <<<"$out")"
	return 1
}

# Runs a go binary so that only its own tree, the arguments and GOARCH, CGO_ENABLED, GOFLAGS or GOSYM_GOEXPERIMENT
# of the caller decide what is built: no network, no other toolchain, no user configuration.
toolchains_run_with()
{
	local go=$1 cache
	shift
	cache=$(toolchains_cache)
	env -u GOPATH -u GOBIN -u GOWORK GOEXPERIMENT="${GOSYM_GOEXPERIMENT:-}" GOROOT="$(dirname "$(dirname "$go")")" \
		GOTOOLCHAIN=local GOENV=off GOPROXY=off GOSUMDB=off GO111MODULE=on \
		GOFLAGS="${GOFLAGS--mod=mod}" GOCACHE="${GOCACHE:-$cache/gocache}" \
		GOPATH="$cache/gopath" "$go" "$@"
}

# --- commands ------------------------------------------------------------------------------------

toolchains_fetch()
{
	local v status=0

	[ $# -gt 0 ] || set -- $(toolchains_versions)
	for v in "$@"; do
		toolchains_fetch_one "$v" || status=1
	done
	return $status
}

toolchains_list()
{
	local v go

	for v in $(toolchains_versions); do
		go=$(toolchains_have "$v") && echo "$v $go"
	done
	return 0
}

toolchains_missing()
{
	local v why

	for v in $(toolchains_versions); do
		toolchains_have "$v" >/dev/null && continue
		why=$(toolchains_cache)/toolchains/go-$v.missing
		if [ -s "$why" ]; then
			echo "$v $(tail -1 "$why")"
		else
			echo "$v not fetched"
		fi
	done
}

toolchains_go()
{
	toolchains_fetch_one "$1" | cut -d' ' -f2-
	return "${PIPESTATUS[0]}"
}

toolchains_run()
{
	local go

	go=$(toolchains_go "$1") || return 1
	shift
	toolchains_run_with "$go" "$@"
}

toolchains_names()
{
	local apt

	apt=$(toolchains_apt_suite "$1") || return 1
	toolchains_apt "$apt" apt-cache pkgnames | grep -E -- "$2" | sort
}

toolchains_package()
{
	local suite=$1 target
	shift
	target=$(toolchains_cache)/packages/${suite/:/-}/$(tr ' ' '+' <<<"$*")

	mkdir -p "${target%/*}" || return 1
	(
		flock 9
		[ -e "$target/.complete" ] || toolchains_unpack "$suite" "$target" "$@"
	) 9>"$target.lock" || return 1
	echo "$target"
}

toolchains_usage()
{
	sed -n '/^#   toolchains.sh/s/^#   //p' "${BASH_SOURCE[0]}"
}

toolchains_main()
{
	local command=${1:-help}
	[ $# -gt 0 ] && shift

	case $command:$# in
	fetch:* | list:0 | missing:0 | versions:0 | go:1 | names:2) "toolchains_$command" "$@" ;;
	run:0 | package:[01]) toolchains_usage >&2; return 2 ;;
	run:* | package:*) "toolchains_$command" "$@" ;;
	help:* | -h:* | --help:*) toolchains_usage ;;
	*) toolchains_usage >&2; return 2 ;;
	esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	toolchains_main "$@"
fi
