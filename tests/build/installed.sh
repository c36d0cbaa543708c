#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Installs the gcc build into a folder of its own and builds and runs a user of the libraries against it.
set -eu
stage=$(mktemp -d "${TMPDIR:-/tmp}/gosym-test.XXXXXX")
trap 'rm -rf "$stage"' EXIT
make -s -C "$GOSYM_BUILD/gcc" install DESTDIR="$stage" >/dev/null 2>&1
cat >"$stage/user.c" <<'END'
#include <gosym/gosym.h>
#include <gosym/gotrace.h>

int main(int argc, char **argv)
{
	struct gotrace_options options = GOTRACE_OPTIONS;
	struct gosym_binary *b;
	struct gosym_error *err = gosym_open(argv[1], &b);

	(void)argc;
	if (!err) {
		gosym_close(b);
		return 1;
	}
	printf("%s: %s\n", gosym_version(), gosym_error_message(err));
	gosym_error_destroy(err);
	gotrace_close(NULL);
	return options.sz == sizeof(options) ? 0 : 1;
}
END
lib=$stage/usr/local/lib
gcc -Wall -Wextra -Werror -I"$stage/usr/local/include" -o "$stage/user" "$stage/user.c" -L"$lib" -lgotrace -lgosym
LD_LIBRARY_PATH=$lib "$stage/user" "$stage/user.c"
test -x "$stage/usr/local/bin/gosym"
LD_LIBRARY_PATH=$lib "$stage/usr/local/bin/gosym" --version
