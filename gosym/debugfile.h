/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The separate file that holds what `strip` or `objcopy --only-keep-debug` took out of a program. */
#ifndef GOSYM_DEBUGFILE_H
#define GOSYM_DEBUGFILE_H

#include "gosym/arena.h"
#include "gosym/elf.h"

struct debugfile {
	struct elf_file *elf;		/* NULL: none; the caller's to close */
	const char *found_by;		/* "build id", ".gnu_debuglink", "debuginfod" */
	const char *refused;		/* none, although there seemed to be one: why; NULL: nothing to say */
};

/* Strings are in the arena. */
struct gosym_error *debugfile_find(struct elf_file *e, struct arena *a, struct debugfile *ret);

#endif
