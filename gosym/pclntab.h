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

struct moduledata;

struct pclntab_layout;			/* pclntab_layouts.h */

struct pclntab {
	struct bytes bytes;		/* the whole table; bytes.addr = its address */
	const struct pclntab_layout *layout;	/* chosen by magic and Go version */
	const char *source;		/* how it was found */
	uint8_t min_lc;			/* instruction quantum */
	uint64_t text;			/* base of 32-bit entries (Go 1.18+) */
	const char *text_source;
	uint64_t gofunc;		/* base of funcdata offsets (Go 1.18+), 0 unknown */
	struct bytes names, cutab, files, pctab;	/* windows of it (all of it where offsets count from its start) */
	struct bytes functab;		/* from the first entry; _func offsets count from func_base */
	uint64_t func_base;		/* within bytes */
	uint64_t nfunc;			/* as the header claims, checked against the size */
	uint8_t wrapper;		/* funcID_wrapper of this file; 0 none */
	bool regabi;			/* Go functions of this file take arguments in registers */
	struct gosym_func *funcs;	/* malloc'd, sorted by entry */
	size_t num_funcs;
	size_t num_bad;			/* functions left out because their record contradicts itself */
	uint64_t first_bad;		/* where the first of them has its functab entry, within bytes */
};

/* Indices of PCDATA and FUNCDATA tables; they moved between releases (funcdata.h): the row knows. */
enum pcdata { PCDATA_STACKMAP, PCDATA_INLTREE, PCDATA_UNSAFEPOINT, PCDATA_ARGLIVE, NUM_PCDATA };
enum funcdata { FUNCDATA_ARGS_PTRMAPS, FUNCDATA_LOCALS_PTRMAPS, FUNCDATA_INLTREE, FUNCDATA_ARGINFO,
		FUNCDATA_ARGLIVEINFO, FUNCDATA_WRAPINFO, NUM_FUNCDATA };

/* Finds the table and the row that fits it; no functions yet. GOSYM_NOT_FOUND if the file has none. v may be
 * unknown (0, 0): then the newest row that agrees with the records is taken. */
struct gosym_error *pclntab_find(struct elf_file *e, const struct goversion *v, struct pclntab *ret);
/* Takes text and gofunc from the best source there is and reads all functions. */
struct gosym_error *pclntab_load(struct elf_file *e, const struct goversion *v, const struct moduledata *m,
				 struct pclntab *t);
void pclntab_deinit(struct pclntab *t);
/* "go1.16 to go1.17": the releases that write this row's magic. */
const char *pclntab_releases(const struct pclntab *t);

/* A string by its nameOff, as in _func and inline trees; NULL outside the table. */
const char *pclntab_name(const struct pclntab *t, int32_t name_off);
/* A file by its number in this function's pcfile table (and in inline trees up to Go 1.19). NULL: none. */
const char *pclntab_file(const struct pclntab *t, const struct gosym_func *f, int32_t number);
/* The function whose [entry, end) holds pc, or NULL. */
const struct gosym_func *pclntab_func_at(const struct pclntab *t, uint64_t pc);
/* File and line of the declaration (1.20+), else of the first instruction that is the function's own. */
void pclntab_source(const struct pclntab *t, const struct gosym_func *f, const char **file, unsigned *line);

/* Offsets (from entry) at which a pc-value table takes new values, in order. */
struct pcvalue_iter { struct cursor c; uint64_t pc; int32_t value; bool started; uint8_t min_lc; };
/* which: a PCDATA table of f; false if it has none. */
bool pclntab_pcdata_iter(const struct pclntab *t, const struct gosym_func *f, enum pcdata which,
			 struct pcvalue_iter *ret);
bool pclntab_sp_iter(const struct pclntab *t, const struct gosym_func *f, struct pcvalue_iter *ret);
/* The next run: it->value holds from *start up to it->pc, both offsets from entry. False at the end. */
bool pcvalue_next(struct pcvalue_iter *it, uint64_t *start);

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
