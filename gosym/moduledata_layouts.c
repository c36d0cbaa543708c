// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * TABLE: runtime.moduledata of the Go releases (src/runtime/symtab.go, type moduledata; before 1.5 there is
 * none). To add a release: count the words of the struct, a slice as three, down to the fields named.
 */
#include "gosym/moduledata_layouts.h"

/* clang-format off */
#define HEAD_16 .pc_header = 0, .ftab = 16, .minpc = 20, .maxpc = 21, .text = 22, .etext = 23
#define HEAD_5	.pc_header = NO_WORD, .ftab = 3, .minpc = 10, .maxpc = 11, .text = 12, .etext = 13
#define NO_TYPEDESC .typedesclen = NO_WORD, .itaboffset = NO_WORD, .itabsize = NO_WORD

const struct moduledata_layout moduledata_layouts[] = {
	/* Type and itab lists gave way to walking the types themselves. */
	{ .minor = 27, HEAD_16, .types = 37, .etypes = 39, .rodata = 42, .gofunc = 43, .epclntab = 44,
	  .textsectmap = 45, .typelinks = NO_WORD, .itablinks = NO_WORD,
	  .typedesclen = 38, .itaboffset = 40, .itabsize = 41 },
	/* epclntab: funcdata moved behind the function table. */
	{ .minor = 26, HEAD_16, .types = 37, .etypes = 38, .rodata = 39, .gofunc = 40, .epclntab = 41,
	  .textsectmap = 42, .typelinks = 45, .itablinks = 48, NO_TYPEDESC },
	/* covctrs, ecovctrs. */
	{ .minor = 20, HEAD_16, .types = 37, .etypes = 38, .rodata = 39, .gofunc = 40, .epclntab = NO_WORD,
	  .textsectmap = 41, .typelinks = 44, .itablinks = 47, NO_TYPEDESC },
	/* rodata, gofunc. */
	{ .minor = 18, HEAD_16, .types = 35, .etypes = 36, .rodata = 37, .gofunc = 38, .epclntab = NO_WORD,
	  .textsectmap = 39, .typelinks = 42, .itablinks = 45, NO_TYPEDESC },
	/* The function table split: pcHeader and slices for each part. */
	{ .minor = 16, HEAD_16, .types = 35, .etypes = 36, .rodata = NO_WORD, .gofunc = NO_WORD, .epclntab = NO_WORD,
	  .textsectmap = 37, .typelinks = 40, .itablinks = 43, NO_TYPEDESC },
	/* textsectmap. */
	{ .minor = 8, HEAD_5, .types = 25, .etypes = 26, .rodata = NO_WORD, .gofunc = NO_WORD, .epclntab = NO_WORD,
	  .textsectmap = 27, .typelinks = 30, .itablinks = 33, NO_TYPEDESC },
	/* types, etypes: names and types by offset. */
	{ .minor = 7, HEAD_5, .types = 25, .etypes = 26, .rodata = NO_WORD, .gofunc = NO_WORD, .epclntab = NO_WORD,
	  .textsectmap = NO_WORD, .typelinks = 27, .itablinks = 30, NO_TYPEDESC },
	{ .minor = 5, HEAD_5, .types = NO_WORD, .etypes = NO_WORD, .rodata = NO_WORD, .gofunc = NO_WORD,
	  .epclntab = NO_WORD, .textsectmap = NO_WORD, .typelinks = 25, .itablinks = NO_WORD, NO_TYPEDESC },
};
const size_t moduledata_num_layouts = sizeof(moduledata_layouts) / sizeof(*moduledata_layouts);
/* clang-format on */
