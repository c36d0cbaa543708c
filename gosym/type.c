// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The Go type: its public getters, the predeclared types, and alignment. Kinds are reflect.Kind's
 * (src/reflect/type.go); alignment follows src/cmd/compile/internal/types/size.go (CalcSize).
 */
#include <string.h>

#include "gosym/type.h"

static const char *const kind_names[] = {
	"invalid", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16",
	"uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "array",
	"chan", "func", "interface", "map", "ptr", "slice", "string", "struct", "unsafe.Pointer",
};

#define BASIC(kind_, name_, size_, align_)	\
	[kind_] = { .kind = kind_, .name = name_, .size = size_, .align = align_ }

/* The predeclared types for pointers of P bytes. Those of 8 bytes get the arch's alignment from
 * type_set_align() when a reader fills in a type of its own. */
#define BASIC_TYPES(P) {							\
	BASIC(GOSYM_BOOL, "bool", 1, 1),					\
	BASIC(GOSYM_INT, "int", P, P),						\
	BASIC(GOSYM_INT8, "int8", 1, 1),					\
	BASIC(GOSYM_INT16, "int16", 2, 2),					\
	BASIC(GOSYM_INT32, "int32", 4, 4),					\
	BASIC(GOSYM_INT64, "int64", 8, P),					\
	BASIC(GOSYM_UINT, "uint", P, P),					\
	BASIC(GOSYM_UINT8, "uint8", 1, 1),					\
	BASIC(GOSYM_UINT16, "uint16", 2, 2),					\
	BASIC(GOSYM_UINT32, "uint32", 4, 4),					\
	BASIC(GOSYM_UINT64, "uint64", 8, P),					\
	BASIC(GOSYM_UINTPTR, "uintptr", P, P),					\
	BASIC(GOSYM_FLOAT32, "float32", 4, 4),					\
	BASIC(GOSYM_FLOAT64, "float64", 8, P),					\
	BASIC(GOSYM_COMPLEX64, "complex64", 8, 4),				\
	BASIC(GOSYM_COMPLEX128, "complex128", 16, P),				\
	BASIC(GOSYM_STRING, "string", 2 * (P), P),				\
	BASIC(GOSYM_UNSAFE_POINTER, "unsafe.Pointer", P, P),			\
}

static const struct gosym_type basics_4[] = BASIC_TYPES(4);
static const struct gosym_type basics_8[] = BASIC_TYPES(8);

const struct gosym_type *type_basic(enum gosym_kind kind, unsigned ptr_size)
{
	const struct gosym_type *t;

	if ((unsigned)kind >= sizeof(basics_8) / sizeof(basics_8[0]))
		return NULL;
	t = ptr_size == 4 ? &basics_4[kind] : &basics_8[kind];
	return t->kind ? t : NULL;
}

/* A field of such a type makes a struct 8-aligned on 32 bits: atomic.Int64 and its like. */
static bool type_is_align64(const struct gosym_type *t)
{
	return t->name && (!strcmp(t->name, "sync/atomic.align64") ||
			   !strcmp(t->name, "internal/runtime/atomic.align64") ||
			   !strcmp(t->name, "runtime/internal/atomic.align64"));
}

static unsigned fields_align(const struct gosym_type *t)
{
	unsigned align = 1;

	for (size_t i = 0; i < t->num_fields; i++)
		if (t->fields[i].type && t->fields[i].type->align > align)
			align = t->fields[i].type->align;
	return align;
}

void type_set_align(struct gosym_type *t, unsigned ptr_size, unsigned max_align)
{
	const struct gosym_type *basic = type_basic(t->kind, ptr_size);

	switch (t->kind) {
	case GOSYM_STRUCT:
		t->align = type_is_align64(t) ? 8 : fields_align(t);
		break;
	case GOSYM_ARRAY:
		t->align = t->elem && t->elem->align ? t->elem->align : 1;
		break;
	case GOSYM_INT64: case GOSYM_UINT64: case GOSYM_FLOAT64: case GOSYM_COMPLEX128:
		t->align = max_align < 8 ? max_align : 8;
		break;
	default:
		t->align = basic ? basic->align : ptr_size;
		break;
	}
}

const char *type_embedded_name(const char *type)
{
	const char *end = strchr(type, '['), *dot = NULL;

	for (const char *s = type; *s && s != end; s++)
		if (*s == '.' || *s == '*')
			dot = s;
	return dot ? dot + 1 : type;
}

const char *type_kind_name(enum gosym_kind kind)
{
	if ((unsigned)kind >= sizeof(kind_names) / sizeof(kind_names[0]))
		kind = GOSYM_INVALID_KIND;
	return kind_names[kind];
}

const char *gosym_kind_name(enum gosym_kind kind)
{
	return type_kind_name(kind);
}

const char *gosym_type_name(const struct gosym_type *t)
{
	return t->name;
}

enum gosym_kind gosym_type_kind(const struct gosym_type *t)
{
	return t->kind;
}

uint64_t gosym_type_size(const struct gosym_type *t)
{
	return t->size;
}

unsigned gosym_type_align(const struct gosym_type *t)
{
	return t->align;
}

uint64_t gosym_type_len(const struct gosym_type *t)
{
	return t->len;
}

/* The reader caches by reference, so asking it again is one look into a hash. */
static const struct gosym_type *resolve(const struct gosym_type *t, const struct gosym_type *known,
					uint64_t ref)
{
	if (known || !ref || !t->source)
		return known;
	return t->source->resolve(t->source->reader, ref);
}

const struct gosym_type *gosym_type_elem(const struct gosym_type *t)
{
	return resolve(t, t->elem, t->elem_ref);
}

const struct gosym_type *gosym_type_key(const struct gosym_type *t)
{
	return resolve(t, t->key, t->key_ref);
}

size_t gosym_type_field_count(const struct gosym_type *t)
{
	return t->num_fields;
}

const struct gosym_field *gosym_type_field_at(const struct gosym_type *t, size_t i)
{
	return i < t->num_fields ? &t->fields[i] : NULL;
}

bool gosym_type_is_empty_interface(const struct gosym_type *t)
{
	return t->empty_interface;
}

enum gosym_evidence gosym_type_source(const struct gosym_type *t)
{
	return t->source ? t->source->evidence : GOSYM_FROM_NONE;
}

uint64_t gosym_type_runtime_addr(const struct gosym_type *t)
{
	return t->runtime_type;
}

/* -------------------------------------------------------- funcs and methods */

bool gosym_type_has_signature(const struct gosym_type *t)
{
	return t->has_signature;
}

bool gosym_type_is_variadic(const struct gosym_type *t)
{
	return t->variadic;
}

size_t gosym_type_in_count(const struct gosym_type *t)
{
	return t->num_in;
}

const struct gosym_type *gosym_type_in_at(const struct gosym_type *t, size_t i)
{
	return i < t->num_in ? resolve(t, NULL, t->signature_refs[i]) : NULL;
}

size_t gosym_type_out_count(const struct gosym_type *t)
{
	return t->num_out;
}

const struct gosym_type *gosym_type_out_at(const struct gosym_type *t, size_t i)
{
	return i < t->num_out ? resolve(t, NULL, t->signature_refs[t->num_in + i]) : NULL;
}

size_t gosym_type_method_count(const struct gosym_type *t)
{
	return t->num_methods;
}

const char *gosym_type_method_name(const struct gosym_type *t, size_t i)
{
	return i < t->num_methods ? t->methods[i].name : NULL;
}

const struct gosym_type *gosym_type_method_type(const struct gosym_type *t, size_t i)
{
	return i < t->num_methods ? resolve(t, NULL, t->methods[i].type_ref) : NULL;
}

uint64_t gosym_type_method_entry(const struct gosym_type *t, size_t i)
{
	return i < t->num_methods ? t->methods[i].code : 0;
}
