/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* runtime.moduledata (src/runtime/symtab.go): the runtime's own description of the program, found by
 * section, symbol or a validated search for words that point at pclntab. Offsets are rows by version. */
#ifndef GOSYM_MODULEDATA_H
#define GOSYM_MODULEDATA_H

#include "gosym/elf.h"
#include "gosym/goversion.h"

struct moduledata {
	uint64_t addr;			/* 0: not found, all else 0 */
	const char *source;
	uint64_t text, etext, types, etypes, rodata, gofunc;
	uint64_t typelinks, num_typelinks, itablinks, num_itablinks;	/* addresses of the tables, entries */
	uint64_t typedesclen, itaboffset, itabsize;			/* Go 1.27+ */
};

#endif
