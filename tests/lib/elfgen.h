/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Composes small Go programs in memory, of any release, word size and byte order, so that a damaged file is one
 * patch away: elfgen_program(&g, &options); elfgen_put32(&g, g.pclntab + 8, 0xffff); open; elfgen_free(&g).
 * Written from the Go sources named in gosym/pclntab_layouts.c, not from its rows: the two check each other.
 */
#ifndef TESTS_ELFGEN_H
#define TESTS_ELFGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELFGEN_BASE 0x400000		/* address of file offset 0 */

struct elfgen_func {
	const char *name, *file;
	uint32_t size, line;		/* line of the declaration; the code is on the next */
	int32_t args;
	uint8_t func_id, flag;
};

struct elfgen_options {
	int minor;			/* Go 1.minor */
	uint16_t machine;		/* EM_* */
	unsigned ptr_size;
	bool big_endian;
	const struct elfgen_func *funcs;	/* NULL: elfgen_funcs */
	size_t num_funcs;
	const char *version;		/* in the build info; NULL: none */
	const char *modinfo;		/* its lines, or NULL */
	bool no_sections, no_moduledata;
	bool zdebug, compressed;	/* add .zdebug_test, or .debug_test with SHF_COMPRESSED, of elfgen_debug */
};

/* A program; the offsets are those of its parts within data. */
struct elfgen {
	uint8_t *data;
	size_t size, cap;
	unsigned ptr_size;
	bool big_endian;
	size_t text, pclntab, pclntab_end, functab, buildinfo, moduledata, debug, shdrs;
	size_t first_record;		/* the _func of the first function */
};

extern const struct elfgen_func elfgen_funcs[];
extern const size_t elfgen_num_funcs;
extern const char elfgen_debug[];	/* what the compressed section unpacks to */

void elfgen_program(struct elfgen *g, const struct elfgen_options *o);
void elfgen_free(struct elfgen *g);

void elfgen_put8(struct elfgen *g, size_t pos, uint8_t v);
void elfgen_put16(struct elfgen *g, size_t pos, uint16_t v);
void elfgen_put32(struct elfgen *g, size_t pos, uint32_t v);
void elfgen_put64(struct elfgen *g, size_t pos, uint64_t v);
void elfgen_put_ptr(struct elfgen *g, size_t pos, uint64_t v);

#endif
