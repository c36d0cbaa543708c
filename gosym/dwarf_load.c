// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Opens libdwarf on sections that elf.c has found and unpacked, through libdwarf's object access
 * interface, so that memory images, .zdebug_* and SHF_COMPRESSED all look the same to it.
 *
 * Only the sections that answer questions about functions and types are listed. The big rest
 * (.debug_line, .debug_frame, .debug_gnu_pubnames) thereby costs neither unpacking nor reading.
 * The interface was renamed and widened when libdwarf became a 0.x series; both forms are here.
 */
#include "config.h"

#include <string.h>

#include "gosym/bytes.h"
#include "gosym/dwarf_internal.h"

static const char *const wanted[] = {
	".debug_info", ".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets",
	".debug_loc", ".debug_loclists", ".debug_ranges", ".debug_rnglists", ".debug_addr",
};
#define NUM_WANTED (sizeof(wanted) / sizeof(wanted[0]))

#ifdef HAVE_STRUCT_DWARF_OBJ_ACCESS_INTERFACE_A_S
typedef struct Dwarf_Obj_Access_Interface_a_s access_interface;
typedef struct Dwarf_Obj_Access_Methods_a_s access_methods;
typedef struct Dwarf_Obj_Access_Section_a_s access_section;
typedef Dwarf_Unsigned access_index;
typedef Dwarf_Small access_order;
#define ORDER_BIG DW_END_big
#define ORDER_LITTLE DW_END_little
#define SECTION(field) as_##field
#define METHOD(name) om_##name
#define INTERFACE(field) ai_##field
#else
typedef struct Dwarf_Obj_Access_Interface_s access_interface;
typedef struct Dwarf_Obj_Access_Methods_s access_methods;
typedef struct Dwarf_Obj_Access_Section_s access_section;
typedef Dwarf_Half access_index;
typedef Dwarf_Endianness access_order;
#define ORDER_BIG DW_OBJECT_MSB
#define ORDER_LITTLE DW_OBJECT_LSB
#define SECTION(field) field
#define METHOD(name) name
#define INTERFACE(field) field
#endif

struct dwarf_load {
	struct elf_file *elf;
	access_interface interface;
	/* Section 0 is the empty one, as in ELF. */
	struct { const char *name; struct bytes bytes; } sections[NUM_WANTED + 1];
	size_t num_sections;
	uint64_t total;
};

static int section_info(void *obj, access_index index, access_section *ret, int *error)
{
	const struct dwarf_load *l = obj;

	if (index >= l->num_sections)
		return DW_DLV_NO_ENTRY;
	memset(ret, 0, sizeof(*ret));
	ret->SECTION(name) = l->sections[index].name;
	ret->SECTION(size) = l->sections[index].bytes.size;
	ret->SECTION(type) = index ? 1 : 0;	/* SHT_PROGBITS, SHT_NULL */
	return DW_DLV_OK;
}

static access_order byte_order(void *obj)
{
	const struct dwarf_load *l = obj;

	return elf_big_endian(l->elf) ? ORDER_BIG : ORDER_LITTLE;
}

static Dwarf_Small word_size(void *obj)
{
	const struct dwarf_load *l = obj;

	return (Dwarf_Small)elf_ptr_size(l->elf);
}

#ifdef HAVE_STRUCT_DWARF_OBJ_ACCESS_INTERFACE_A_S
/* libdwarf refuses sections that claim more than the file; unpacked ones rightly do. */
static Dwarf_Unsigned file_size(void *obj)
{
	const struct dwarf_load *l = obj;

	return l->total;
}
#endif

static Dwarf_Unsigned section_count(void *obj)
{
	const struct dwarf_load *l = obj;

	return l->num_sections;
}

static int load_section(void *obj, access_index index, Dwarf_Small **ret, int *error)
{
	const struct dwarf_load *l = obj;

	if (!index || index >= l->num_sections)
		return DW_DLV_NO_ENTRY;
	/* libdwarf only reads, its type merely lacks the const. */
	*ret = (Dwarf_Small *)(uintptr_t)l->sections[index].bytes.data;
	return DW_DLV_OK;
}

static const access_methods methods = {
	.METHOD(get_section_info) = section_info,
	.METHOD(get_byte_order) = byte_order,
	.METHOD(get_length_size) = word_size,
	.METHOD(get_pointer_size) = word_size,
#ifdef HAVE_STRUCT_DWARF_OBJ_ACCESS_INTERFACE_A_S
	.METHOD(get_filesize) = file_size,
#endif
	.METHOD(get_section_count) = section_count,
	.METHOD(load_section) = load_section,
};

/*
 * Checks the headers of .debug_rnglists or .debug_loclists (DWARF 5, 7.28 and 7.29) before libdwarf
 * reads them: its error path for a bad one frees twice (20210528, dwarf_load_rnglists).
 */
static struct gosym_error *lists_check(const struct bytes *b)
{
	struct cursor c = cursor_at(b, 0);

	while (c.pos < b->size) {
		size_t start = c.pos, end;
		uint64_t len = cursor_u32(&c), count;
		unsigned offset_size = 4, version, addr_size, segment_size;

		if (len == 0xffffffff) {
			len = cursor_u64(&c);
			offset_size = 8;
		}
		if (c.failed || len > b->size - c.pos)
			break;
		end = c.pos + (size_t)len;
		version = cursor_u16(&c);
		addr_size = cursor_u8(&c);
		segment_size = cursor_u8(&c);
		count = cursor_u32(&c);
		if (c.failed || c.pos > end || version != 5 || (addr_size != 4 && addr_size != 8) ||
		    segment_size || count > (end - c.pos) / offset_size) {
			c.pos = start;
			break;
		}
		c.pos = end;
	}
	if (c.pos == b->size && !c.failed)
		return NULL;
	return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x%zx: damaged list header", b->file,
			       b->section, c.failed ? c.bad : c.pos);
}

static struct gosym_error *sections_collect(struct dwarf_load *l)
{
	struct gosym_error *err;

	l->sections[0].name = "";
	l->num_sections = 1;
	for (size_t i = 0; i < NUM_WANTED; i++) {
		const struct elf_section *s = elf_section_find(l->elf, wanted[i]);
		struct bytes bytes;

		if (!s || !s->size)
			continue;
		err = elf_section_bytes(l->elf, s, &bytes);
		if (!err && (!strcmp(wanted[i], ".debug_rnglists") ||
			     !strcmp(wanted[i], ".debug_loclists")))
			err = lists_check(&bytes);
		if (err)
			return err;
		if (!bytes.size)
			continue;
		l->sections[l->num_sections].name = wanted[i];
		l->sections[l->num_sections++].bytes = bytes;
		l->total += bytes.size;
	}
	return NULL;
}

struct gosym_error *dwarf_load_open(struct elf_file *e, struct dwarf_load **ret,
				    Dwarf_Debug *ret_dbg)
{
	_cleanup_free_ struct dwarf_load *l = calloc(1, sizeof(*l));
	struct gosym_error *err;
	Dwarf_Error dwerr = NULL;
	Dwarf_Debug dbg = NULL;
	int res;

	if (!l)
		return gosym_nomem;
	if (!elf_section_find(e, ".debug_info") || !elf_section_find(e, ".debug_abbrev"))
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no DWARF (linked with -w or stripped)",
				       elf_path(e));
	l->elf = e;
	l->interface.INTERFACE(object) = l;
	l->interface.INTERFACE(methods) = &methods;
	err = sections_collect(l);
	if (err)
		return err;
	res = dwarf_object_init_b(&l->interface, NULL, NULL, DW_GROUPNUMBER_ANY, &dbg, &dwerr);
	if (res == DW_DLV_NO_ENTRY)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no DWARF (linked with -w or stripped)",
				       elf_path(e));
	if (res != DW_DLV_OK) {
		err = gosym_error_new(GOSYM_BAD_DATA, "%s: .debug_info: %s", elf_path(e),
				      dwarf_errmsg(dwerr));
		dwarf_dealloc_error(NULL, dwerr);
		return err;
	}
	*ret_dbg = dbg;
	*ret = no_cleanup_ptr(l);
	return NULL;
}

void dwarf_load_close(struct dwarf_load *l, Dwarf_Debug dbg)
{
#ifdef HAVE_STRUCT_DWARF_OBJ_ACCESS_INTERFACE_A_S
	dwarf_object_finish(dbg);
#else
	dwarf_object_finish(dbg, NULL);
#endif
	free(l);
}
