/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * pclntab, the runtime's function table (src/runtime/symtab.go, cmd/link/internal/ld/pcln.go):
 * functions, names, file and line tables, inline trees, pcdata and funcdata. One layout row per
 * format; pclntab_layouts.c says what differs.
 */
#ifndef GOSYM_PCLNTAB_H
#define GOSYM_PCLNTAB_H

#include "gosym/elf.h"
#include "gosym/func.h"
#include "gosym/goversion.h"

struct pclntab_layout;			/* pclntab_layouts.h */

struct pclntab {
	struct bytes bytes;		/* the whole table; bytes.addr = its address */
	const struct pclntab_layout *layout;	/* chosen by magic and Go version */
	const char *source;		/* how it was found */
	uint8_t min_lc;			/* instruction quantum */
	uint64_t text;			/* base of 32-bit entries (Go 1.18+) */
	const char *text_source;
	uint64_t gofunc;		/* base of funcdata offsets (Go 1.18+), 0 unknown */
	struct gosym_func *funcs;	/* malloc'd, sorted by entry */
	size_t num_funcs;
};

/* Indices of PCDATA and FUNCDATA tables; they moved between releases (funcdata.h): the row knows. */
enum pcdata { PCDATA_STACKMAP, PCDATA_INLTREE, PCDATA_UNSAFEPOINT, PCDATA_ARGLIVE, NUM_PCDATA };
enum funcdata { FUNCDATA_ARGS_PTRMAPS, FUNCDATA_LOCALS_PTRMAPS, FUNCDATA_INLTREE, FUNCDATA_ARGINFO,
		FUNCDATA_ARGLIVEINFO, FUNCDATA_WRAPINFO, NUM_FUNCDATA };

/* Offsets (from entry) at which a pc-value table takes new values, in order. */
struct pcvalue_iter { struct cursor c; uint64_t pc; int32_t value; bool started; uint8_t min_lc; };

/* pcsp at pc: bytes SP is below its value at entry. False without table. */
bool pclntab_sp_delta(const struct pclntab *t, const struct gosym_func *f, uint64_t pc, int32_t *ret);
bool pclntab_pcdata(const struct pclntab *t, const struct gosym_func *f, enum pcdata which, uint64_t pc,
		    int32_t *ret);
/* Address of a funcdata blob; false if the function has none. */
bool pclntab_funcdata(struct elf_file *e, const struct pclntab *t, const struct gosym_func *f, enum funcdata which,
		      uint64_t *ret);
/* File and line at pc (no inlining considered). file NULL, line 0 where unknown. */
void pclntab_line(const struct pclntab *t, const struct gosym_func *f, uint64_t pc, const char **file,
		  unsigned *line);

#endif
