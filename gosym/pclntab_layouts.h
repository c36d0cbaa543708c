/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What differs between the function tables of the Go releases, as rows: header words, the fields of _func, the
 * numbering of funcID, PCDATA and FUNCDATA, the inline tree. To add a release: pclntab_layouts.c. */
#ifndef GOSYM_PCLNTAB_LAYOUTS_H
#define GOSYM_PCLNTAB_LAYOUTS_H

#include "gosym/goversion.h"
#include "gosym/pclntab.h"

enum { NO_FIELD = -1 };

/* An entry of the inline tree: byte offsets, NO_FIELD where the release has none. */
struct inltree_layout {
	uint8_t size;
	int8_t parent, parent_size;	/* index of the enclosing entry, -1 = none; 2 or 4 bytes, signed */
	int8_t file, line;		/* of the call, i32 each; file as in pcfile: see pclntab_file() */
	int8_t name;			/* i32: see pclntab_name() */
	int8_t parent_pc;		/* i32: offset from the entry of the function */
	int8_t start_line;		/* i32 */
	int8_t func_id;			/* u8 */
};

/* Header: "word k" lies at byte 8 + k * ptr_size; word 0 is always nfunc. _func: the entry comes first (4 bytes
 * if entry32, else a pointer), then, counted from there, nameOff +0, args +4, pcsp +12, pcfile +16, pcln +20,
 * npcdata +24 in every release; the fields below are counted from there too. */
struct pclntab_layout {
	uint32_t magic;
	int minor;			/* first Go 1.minor of this row */
	const char *version;		/* the release that brought this magic: "1.16" */
	bool entry32;			/* entries and funcdata are 32-bit offsets (1.18+), else pointers */
	int8_t text_start, funcnames, cutab, files, pctab, functab;	/* header words */
	int8_t deferreturn, cu_offset, start_line, func_id, flag, nfuncdata;
	int8_t nfuncdata_size;		/* 1 or 4 bytes */
	uint8_t record_size;		/* without the entry */
	uint8_t wrapper;		/* funcID_wrapper; 0 = this release marks none */
	uint8_t asm_flag;		/* flag bit of assembly functions; 0 = tell by file name */
	int8_t pcdata[NUM_PCDATA], funcdata[NUM_FUNCDATA];	/* numbers of this release */
	const struct inltree_layout *inltree;			/* NULL: none */
	/* A runtime function every program of this release has and none of the row below: where nothing else
	 * tells the version, it decides between rows whose records look alike. */
	const char *sign;
};

/* Rows newest first, num of them. */
extern const struct pclntab_layout pclntab_layouts[];
extern const size_t pclntab_num_layouts;
/* The newest release the rows were compared with. */
extern const int pclntab_newest_minor;

/* Whether a file of Go 1.minor or later may carry this row's magic: rows of other tables for unknown versions. */
bool pclntab_layout_may_be(const struct pclntab_layout *row, int minor);
/* Whether Go functions of this machine and release take arguments in registers. */
bool pclntab_register_abi(uint16_t machine, const struct goversion *v);

#endif
