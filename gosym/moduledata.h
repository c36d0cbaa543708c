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
	uint64_t epclntab;						/* Go 1.26+ */
	uint64_t textsectmap, num_textsects;				/* struct textsect, Go 1.8+ */
};

struct pclntab;

/* Not found is not an error: ret->addr is 0 then. t: found, functions not needed. */
struct gosym_error *moduledata_find(struct elf_file *e, const struct goversion *v, const struct pclntab *t,
				    struct moduledata *ret);

#endif
