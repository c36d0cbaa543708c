// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Where fields of the runtime's own structs are: from the binary's DWARF, which cannot be wrong
 * about itself, else from these rows (src/runtime/runtime2.go; the offsets of releases from 1.15 on
 * were read out of binaries). Rows of fields that have moved end with the newest release they were
 * seen in: a later release without DWARF gets no answer rather than a wrong one.
 */
#include <stdlib.h>
#include <string.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"

#define NONE (-1)
#define ON 999 /* a field that assembly code knows by place and that has not moved */

struct offset_row {
	const char *type, *field;
	int first, last;		/* Go 1.first to 1.last */
	int16_t offset64, offset32;	/* by pointer size; NONE = not known */
};

// clang-format off
static const struct offset_row rows[] = {
	{ "runtime.g", "goid",        25, 27, 152, 80 },
	{ "runtime.g", "goid",        23, 24, 160, 84 },
	{ "runtime.g", "goid",         9, 22, 152, 80 },
	{ "runtime.g", "goid",         6,  8, 192, NONE },
	{ "runtime.g", "goid",         5,  5, 184, NONE },
	{ "runtime.g", "goid",         4,  4, 128, NONE },
	{ "runtime.g", "goid",         3,  3, 160, NONE },
	{ "runtime.g", "goid",         2,  2, 168, NONE },
	{ "runtime.g", "m",            5, ON,  48, 24 },
	{ "runtime.g", "m",            4,  4, 176, NONE },
	{ "runtime.g", "m",            2,  3, 200, NONE },
	{ "runtime.g", "stack",        4, ON,   0, 0 },
	{ "runtime.g", "stackguard0",  4, ON,  16, 8 },
	{ "runtime.g", "stackguard1",  4, ON,  24, 12 },
	{ "runtime.g", "_panic",       5, 27,  32, 16 },
	{ "runtime.g", "sigcode0",    21, 21, 248, NONE },
	{ "runtime.g", "sigcode0",    17, 20, 272, NONE },
	{ "runtime.g", "sigcode0",    15, 16, 256, NONE },
	{ "runtime._panic", "link",   26, 27,  16, 8 },
	{ "runtime._panic", "link",   22, 25,  24, 12 },
	{ "runtime._panic", "startSP", 26, 27, 32, 16 },
	{ "runtime._panic", "startSP", 22, 25, 40, 20 },
	{ "runtime._panic", "sp",     27, 27,  48, 24 },
	{ "runtime._panic", "sp",     26, 26,  40, 20 },
	{ "runtime._panic", "sp",     22, 25,  48, 24 },
	{ "runtime._panic", "goexit", 26, 27,  90, 46 },
	{ "runtime._panic", "goexit", 25, 25,  98, 50 },
	{ "runtime._panic", "goexit", 22, 24,  97, 49 },
	{ "runtime._panic", "goexit", 15, 21,  50, NONE },
	{ "runtime._defer", "sp",     15, 21,   8, NONE },
	{ "runtime._defer", "_panic", 15, 21,  32, NONE },
	{ "runtime._defer", "link",   15, 21,  40, NONE },
	{ "runtime.g", "_defer",       5, 27,  40, 20 },
	{ "runtime.g", "sched",        5, 27,  56, 28 },
	{ "runtime.g", "atomicstatus", 25, 27, 144, NONE },
	{ "runtime.g", "atomicstatus", 23, 24, 152, NONE },
	{ "runtime.g", "atomicstatus", 15, 22, 144, NONE },
	{ "runtime.m", "g0",          15, 27,   0, 0 },
	{ "runtime.m", "procid",      25, 27,  64, NONE },
	{ "runtime.m", "procid",      15, 24,  72, NONE },
	{ "runtime.m", "curg",        25, 27, 184, NONE },
	{ "runtime.m", "curg",        15, 24, 192, NONE },
};
// clang-format on

static const struct offset_row *row_find(const struct goversion *v, unsigned ptr_size,
					 const char *type, const char *field)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct offset_row *r = &rows[i];

		if (strcmp(r->type, type) || strcmp(r->field, field) || v->major != 1 ||
		    v->minor < r->first || v->minor > r->last)
			continue;
		return (ptr_size == 8 ? r->offset64 : r->offset32) == NONE ? NULL : r;
	}
	return NULL;
}

/* False if DWARF does not tell. */
static bool offset_from_dwarf(struct gosym_binary *b, const char *type, const char *field,
			      uint64_t *ret)
{
	const struct gosym_type *t;
	struct dwarf *d;

	_cleanup_error_ struct gosym_error *open_err = binary_dwarf(b, &d);
	if (open_err || !d)
		return false;
	_cleanup_error_ struct gosym_error *find_err = dwarf_type_find(d, type, &t);
	if (find_err)
		return false;
	for (size_t i = 0; i < t->num_fields; i++) {
		if (strcmp(t->fields[i].name, field))
			continue;
		*ret = t->fields[i].offset;
		return true;
	}
	return false;
}

struct gosym_error *binary_runtime_offset(struct gosym_binary *b, const char *type,
					  const char *field, uint64_t *ret, const char **source)
{
	unsigned ptr_size = elf_ptr_size(b->elf);
	const struct offset_row *row;

	if (offset_from_dwarf(b, type, field, ret)) {
		*source = "DWARF";
		return NULL;
	}
	row = row_find(&b->version, ptr_size, type, field);
	if (!row)
		return gosym_error_new(
			GOSYM_UNSUPPORTED,
			"%s: the offset of %s in %s is not known for %s without DWARF",
			elf_path(b->elf), field, type,
			b->version.text ? b->version.text : "an unknown Go version");
	*ret = (uint64_t)(ptr_size == 8 ? row->offset64 : row->offset32);
	*source = "table";
	return NULL;
}

static bool is_listed(const struct gosym_runtime_offset *list, size_t num, const struct offset_row *r)
{
	for (size_t i = 0; i < num; i++)
		if (!strcmp(list[i].type, r->type) && !strcmp(list[i].field, r->field))
			return true;
	return false;
}

struct gosym_error *gosym_runtime_offsets(struct gosym_binary *b, struct gosym_runtime_offset **ret,
					  size_t *num_ret)
{
	size_t num = 0;
	struct gosym_runtime_offset *list = calloc(sizeof(rows) / sizeof(rows[0]), sizeof(*list));

	if (!list)
		return gosym_nomem;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct gosym_runtime_offset *o = &list[num];
		_cleanup_error_ struct gosym_error *unknown = NULL;

		if (is_listed(list, num, &rows[i]))
			continue;
		*o = (struct gosym_runtime_offset){ .type = rows[i].type, .field = rows[i].field };
		unknown = binary_runtime_offset(b, o->type, o->field, &o->offset, &o->source);
		if (unknown)
			o->source = NULL;
		num++;
	}
	*ret = list;
	*num_ret = num;
	return NULL;
}
