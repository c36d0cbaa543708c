/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What the DWARF reader's files share: dwarf_load.c opens libdwarf, dwarf.c finds units, functions
 * and locations, dwarf_type.c turns type entries (DIEs) into struct gosym_type. */
#ifndef GOSYM_DWARF_INTERNAL_H
#define GOSYM_DWARF_INTERNAL_H

#include "config.h"

#include <dwarf.h>
#include <libdwarf.h>

#include "gosym/cleanup.h"
#include "gosym/dwarf.h"
#include "gosym/vec.h"

/* Go's own attributes: src/cmd/internal/dwarf/dwarf.go. */
enum {
	AT_GO_KIND = 0x2900,
	AT_GO_KEY = 0x2901,
	AT_GO_ELEM = 0x2902,
	AT_GO_EMBEDDED_FIELD = 0x2903,
	AT_GO_RUNTIME_TYPE = 0x2904,
};

enum { LANG_GO = 0x16 };		/* DW_LANG_Go */

/* libdwarf handles that release themselves at the end of their scope. */
DEFINE_CLEANUP(cleanup_die, Dwarf_Die, if (*p) dwarf_dealloc_die(*p))
DEFINE_CLEANUP(cleanup_attr, Dwarf_Attribute, if (*p) dwarf_dealloc_attribute(*p))
#define _cleanup_die_ _cleanup_(cleanup_die)
#define _cleanup_attr_ _cleanup_(cleanup_attr)

static inline void loc_head_free(Dwarf_Loc_Head_c head)
{
#ifdef HAVE_DWARF_DEALLOC_LOC_HEAD_C
	dwarf_dealloc_loc_head_c(head);
#else
	dwarf_loc_head_c_dealloc(head);
#endif
}
DEFINE_CLEANUP(cleanup_loc_head, Dwarf_Loc_Head_c, if (*p) loc_head_free(*p))

struct dwarf_load;			/* dwarf_load.c */
struct type_entry;			/* dwarf_type.c: cache by DIE offset */
struct func_entry;			/* dwarf.c: cache by pc */

/* A function of a unit: where it begins and where its DIE is. */
struct unit_func { uint64_t low_pc, die; };

struct type_name { const char *name; uint64_t die; };

struct dwarf_unit {
	uint64_t die;			/* offset of the unit's DIE */
	uint16_t version;
	bool go;
	bool unoptimized, regabi;
	const char *name, *producer;
	bool funcs_read, types_read;
	VEC(struct unit_func) funcs;	/* sorted by low_pc */
	VEC(struct type_name) types;	/* sorted by name, then DIE */
};

/* Code of a Go unit. */
struct unit_range { uint64_t low, high; size_t unit; };
struct dwarf_ranges { struct unit_range *data; size_t num, cap; };
struct dwarf_piece_vec { struct dwarf_piece *data; size_t num, cap; };

struct dwarf {
	struct elf_file *elf;
	struct arena *arena;
	struct dwarf_load *load;
	Dwarf_Debug dbg;
	unsigned ptr_size, max_align;
	uint64_t types_base;
	struct type_source source;
	VEC(struct dwarf_unit) units;	/* those whose headers were read so far */
	bool units_done;
	struct dwarf_ranges ranges;	/* sorted by low once units_done */
	struct type_entry *types;
	struct func_entry *funcs;
};

/* dwarf_load.c */
struct gosym_error *dwarf_load_open(struct elf_file *e, struct dwarf_load **ret,
				    Dwarf_Debug *ret_dbg);
void dwarf_load_close(struct dwarf_load *l, Dwarf_Debug dbg);

/* dwarf.c: attributes of a DIE. False where one is absent or of an unfitting class. */
bool die_attr(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, Dwarf_Attribute *ret);
bool die_unsigned(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, uint64_t *ret);
bool die_flag(struct dwarf *d, Dwarf_Die die, Dwarf_Half at);
bool die_ref(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, uint64_t *ret);
const char *die_name(struct dwarf *d, Dwarf_Die die); /* borrowed from the section; NULL */
uint64_t die_offset(struct dwarf *d, Dwarf_Die die);
unsigned die_tag(struct dwarf *d, Dwarf_Die die);
Dwarf_Die die_at(struct dwarf *d, uint64_t off);		/* NULL if there is none */
/* Steps: the child, or the next sibling, replaces *die. False at the end of the list. */
bool die_child(struct dwarf *d, Dwarf_Die parent, Dwarf_Die *ret);
bool die_next(struct dwarf *d, Dwarf_Die *die);
/* Frees a libdwarf error and forgets it. */
void dwarf_forget(struct dwarf *d, Dwarf_Error *err);
/* Follows DW_AT_abstract_origin. The caller owns *ret, NULL if there is no origin. */
uint64_t die_origin(struct dwarf *d, Dwarf_Die die, Dwarf_Die *ret);
const char *die_name_through(struct dwarf *d, Dwarf_Die die, unsigned depth);
/* Adds the code of a DIE in unit number unit, whose code begins at base. False when out of memory. */
bool die_ranges(struct dwarf *d, size_t unit, uint64_t base, Dwarf_Die die, struct dwarf_ranges *ret);
/* The DIE of the function entered at pc. GOSYM_NOT_FOUND without. */
struct gosym_error *dwarf_func_die(struct dwarf *d, uint64_t pc, const struct dwarf_unit **ret_unit,
				   const struct unit_func **ret);
/* Name, type and whether it is a result, from the DIE and its origins. */
void dwarf_param_describe(struct dwarf *d, Dwarf_Die die, struct dwarf_param *p, unsigned depth);
/* Whether fbreg counts from the CFA in this function. */
bool dwarf_frame_base_is_cfa(struct dwarf *d, Dwarf_Die die);
/* The pieces of a location expression; false if it is none that can be understood. */
bool dwarf_expr_pieces(struct dwarf *d, Dwarf_Locdesc_c desc, uint64_t num_ops, uint64_t size,
		       bool cfa_base, struct dwarf_piece_vec *ret);
bool dwarf_lle_is_range(unsigned lle);
/* Reads headers and code ranges of all units, once. */
struct gosym_error *dwarf_units_read(struct dwarf *d);

/* dwarf_type.c */
const struct gosym_type *dwarf_type_resolve(void *reader, uint64_t off);
const struct gosym_type *dwarf_type_at(struct dwarf *d, uint64_t off, unsigned depth);
/* A field's offset, whose attribute is a number or, in old releases, an expression. */
bool die_member_offset(struct dwarf *d, Dwarf_Die die, uint64_t *ret);
void dwarf_types_deinit(struct dwarf *d);

#endif
