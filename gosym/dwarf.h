/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * DWARF 2-5 as Go writes it: functions, parameters, locations at entry, types. dwarf.c is the only file
 * that includes libdwarf; it feeds libdwarf from elf.h (so that memory images work too) and reads one
 * compilation unit at a time: a question about one function must not read the others.
 */
#ifndef GOSYM_DWARF_H
#define GOSYM_DWARF_H

#include "gosym/arena.h"
#include "gosym/elf.h"
#include "gosym/type.h"

struct dwarf;

/* Where DWARF says a run of a parameter's bytes is at the function's first instruction. */
struct dwarf_piece {
	uint32_t offset, size;		/* within the parameter */
	enum { DWARF_REG, DWARF_CFA, DWARF_LOST } kind;
	int32_t reg;			/* DWARF register number */
	int64_t cfa_off;		/* from DW_OP_call_frame_cfa */
};

struct dwarf_param {
	const char *name;
	const struct gosym_type *type;	/* NULL if unreadable */
	bool result;			/* DW_AT_variable_parameter */
	bool at_entry;			/* a location list entry covers the entry pc (else: single expression) */
	const struct dwarf_piece *pieces;	/* empty when there is no location */
	size_t num_pieces;
};

struct dwarf_func {
	const char *name;		/* "main.Map[go.shape.int_0]" */
	uint64_t low_pc, high_pc;
	bool unoptimized;		/* "-N" in the unit's producer */
	bool regabi;			/* "regabi" in the unit's producer */
	unsigned decl_line;
	const struct dwarf_param *params;	/* in DIE order, duplicates of results removed */
	size_t num_params;
};

/* A variable's place for a range of addresses; one that holds always is [0, UINT64_MAX). */
struct dwarf_place {
	uint64_t low, high;
	const struct dwarf_piece *pieces;
	size_t num_pieces;
};

/* A parameter of an inlined call. */
struct dwarf_var {
	const char *name;
	const struct gosym_type *type;	/* NULL if unreadable */
	const struct dwarf_place *places;	/* as the list has them; none for one that is never used */
	size_t num_places;
};

/* GOSYM_NOT_FOUND without DWARF. max_align: alignment of 8-byte scalars on this arch. Both e and a must outlive it. */
struct gosym_error *dwarf_open(struct elf_file *e, struct arena *a, unsigned max_align, uint64_t types_base,
			       struct dwarf **ret);
void dwarf_close(struct dwarf *d);
/* The function entered at pc. GOSYM_NOT_FOUND if no unit describes it (assembly, C). Cached. */
struct gosym_error *dwarf_func_at(struct dwarf *d, uint64_t pc, const struct dwarf_func **ret);
/* The parameters, without results, of the call of a function so named that was inlined into the function entered at
 * pc and has code at addr. GOSYM_NOT_FOUND if DWARF does not tell of exactly one. In the arena; not cached. */
struct gosym_error *dwarf_inlined_at(struct dwarf *d, uint64_t pc, const char *name, uint64_t addr,
				     const struct dwarf_var **ret, size_t *num_ret);
/* A type by name; a package's own types are looked for in its unit first. */
struct gosym_error *dwarf_type_find(struct dwarf *d, const char *name, const struct gosym_type **ret);
/* All types of Go units; entries that the linker made up for the runtime's own use are left out. Adds to
 * the array *ret, which the caller frees, also on failure. */
struct dwarf_types { const struct gosym_type **data; size_t num, cap; };
struct gosym_error *dwarf_types_list(struct dwarf *d, struct dwarf_types *ret);
/* Version and producer of the first Go unit. */
struct gosym_error *dwarf_summary(struct dwarf *d, unsigned *version, const char **producer);

#endif
