#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# The arrow, checked: a layer includes only what lies before it, and each library has one gate.
# Usage: check-layers.sh SOURCE-TREE. Prints every breach; exit status 1 if there is one.
cd "$1" || exit 2
bad=0

# breach WHAT PATTERN FILES...: no file may match.
breach() {
	what=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" "$@" 2>/dev/null; then
		echo "layers: $what" >&2
		bad=1
	fi
}

breach "gosym/ includes only gosym/" '#include "(abi|tracer|tools)/' gosym/*.[ch]
breach "abi/ includes only gosym/ and abi/" '#include "(tracer|tools)/' abi/*.[ch]
breach "tracer/ does not include tools/" '#include "tools/' tracer/*.[chly]
if grep -nE '#include "(gosym|abi|tracer)/' tools/*.[ch] | grep -vE '"(gosym/(gosym|cleanup|vec|json)|tracer/gotrace)\.h"'; then
	echo "layers: tools/ uses the public headers only" >&2
	bad=1
fi
breach "libelf is gosym/elf.c's" '#include <(libelf|gelf)\.h>' $(ls gosym/*.c abi/*.c tracer/*.c tools/*.c | grep -v '^gosym/elf\.c')
breach "libdwarf is gosym/dwarf*.c's" '#include <libdwarf\.h>' $(ls gosym/*.c abi/*.c tracer/*.c tools/*.c | grep -v '^gosym/dwarf')
breach "Zydis is abi/insn_x86.c's" '#include <Zydis' $(ls gosym/*.c abi/*.c tracer/*.c tools/*.c | grep -v '^abi/insn_x86')
breach "libbpf is for what talks to the kernel" '#include <bpf/' \
	$(ls gosym/*.c abi/*.c tracer/*.c tools/*.c | grep -vE '^tracer/(session|kernel|attach|aggregate|held|recipes)\.c')
breach "uthash stays inside .c files" '#include <ut(hash|list)\.h>' gosym/*.h abi/*.h tracer/*.h tools/*.h
exit $bad
