/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Where the fields of runtime.moduledata are, by Go release. Every field up to those used here is a word, so that
 * one number, the index of the word, serves 32 and 64 bits. */
#ifndef GOSYM_MODULEDATA_LAYOUTS_H
#define GOSYM_MODULEDATA_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

enum { NO_WORD = -1 };

struct moduledata_layout {
	int minor;			/* first Go 1.minor of this row */
	int8_t pc_header;		/* 0 where word 0 is pcHeader, NO_WORD where it is the slice pclntable */
	int8_t ftab, minpc, maxpc, text, etext, types, etypes, rodata, gofunc, epclntab;
	int8_t textsectmap, typelinks, itablinks;	/* slices: pointer, length, capacity */
	int8_t typedesclen, itaboffset, itabsize;
};

/* Rows newest first, num of them. */
extern const struct moduledata_layout moduledata_layouts[];
extern const size_t moduledata_num_layouts;

#endif
