// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Type DIEs into struct gosym_type. The Go linker writes them (src/cmd/link/internal/ld/dwarf.go,
 * newtype): each carries its reflect kind; a string or slice is a structure, a map or chan a
 * typedef of a pointer into the runtime, an interface a typedef of runtime.iface or runtime.eface,
 * and most named types a typedef of an entry with the same name. The outermost name counts, the
 * innermost layout.
 *
 * What a value contains (fields, array elements) is read at once; what it points to waits in
 * elem_ref and key_ref. Every DIE is read once; a type that contains itself has no size and is
 * refused.
 */
#include "config.h"

#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/dwarf_internal.h"

#define MAX_DEPTH 64			/* types inside types, by value */
#define MAX_TYPEDEFS 32
#define MAX_FIELDS 65536

struct type_entry {
	uint64_t off;
	const struct gosym_type *type;	/* NULL: being read, or unreadable */
	UT_hash_handle hh;
};

/* Marks a type declared inside a function, with a number that tells it from its namesakes:
 * "net.result\302\2672". */
#define LOCAL_MARK "\302\267"

/* The name as Go prints it and descriptors have it: without the numbers of local types. */
static const char *name_without_marks(struct dwarf *d, const char *name)
{
	const char *mark = strstr(name, LOCAL_MARK);
	char *out, *copy;

	if (!mark)
		return name;
	copy = out = arena_alloc(d->arena, strlen(name) + 1);
	while (copy && mark) {
		memcpy(out, name, (size_t)(mark - name));
		out += mark - name;
		name = mark + strlen(LOCAL_MARK);
		name += strspn(name, "0123456789");
		mark = strstr(name, LOCAL_MARK);
	}
	if (copy)
		strcpy(out, name);
	return copy;
}

/* What a chain of typedefs has said so far. */
struct chain {
	struct gosym_type t;
	bool has_kind;
	uint64_t real;			/* offset of the DIE at its end */
	const struct gosym_type *same;	/* the type itself, when the typedef adds nothing */
};

const struct gosym_type *dwarf_type_resolve(void *reader, uint64_t off)
{
	return dwarf_type_at(reader, off, 0);
}

void dwarf_types_deinit(struct dwarf *d)
{
	HASH_CLEAR(hh, d->types);
}

/* The kind of an entry that lacks DW_AT_go_kind: C types, and runtime types the linker invents. */
static enum gosym_kind kind_from_tag(struct dwarf *d, Dwarf_Die die, unsigned ptr_size)
{
	uint64_t encoding = 0, size = 0, ref;

	switch (die_tag(d, die)) {
	case DW_TAG_structure_type:
		return GOSYM_STRUCT;
	case DW_TAG_array_type:
		return GOSYM_ARRAY;
	case DW_TAG_subroutine_type:
		return GOSYM_FUNC;
	case DW_TAG_pointer_type:
		return die_ref(d, die, DW_AT_type, &ref) ? GOSYM_POINTER : GOSYM_UNSAFE_POINTER;
	case DW_TAG_base_type:
		break;
	default:
		return GOSYM_INVALID_KIND;
	}
	die_unsigned(d, die, DW_AT_encoding, &encoding);
	die_unsigned(d, die, DW_AT_byte_size, &size);
	if (encoding == DW_ATE_boolean)
		return size == 1 ? GOSYM_BOOL : GOSYM_INVALID_KIND;
	if (encoding == DW_ATE_float)
		return size == 4 ? GOSYM_FLOAT32 : size == 8 ? GOSYM_FLOAT64 : GOSYM_INVALID_KIND;
	if (encoding == DW_ATE_complex_float)
		return size == 8    ? GOSYM_COMPLEX64
		       : size == 16 ? GOSYM_COMPLEX128
				    : GOSYM_INVALID_KIND;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return GOSYM_INVALID_KIND;
	if (encoding == DW_ATE_signed || encoding == DW_ATE_signed_char)
		return GOSYM_INT8 + (enum gosym_kind)__builtin_ctz((unsigned)size);
	if (encoding == DW_ATE_unsigned || encoding == DW_ATE_unsigned_char)
		return GOSYM_UINT8 + (enum gosym_kind)__builtin_ctz((unsigned)size);
	return GOSYM_INVALID_KIND;
}

/* Takes from one DIE of the chain whatever an outer one has not said already. */
static void chain_take(struct dwarf *d, struct chain *c, Dwarf_Die die)
{
	const char *name = die_name(d, die);
	uint64_t value;

	/* ".param3" names a slot of the dictionary, not a type: the shape behind it is the type. */
	if (!c->t.name && name && strncmp(name, ".param", 6))
		c->t.name = name;
	if (name && !strcmp(name, "runtime.eface"))
		c->t.empty_interface = true;
	/* The upper bits were flags of the runtime's kind byte in early releases; 0 is on entries
	 * the linker invents. */
	if (!c->has_kind && die_unsigned(d, die, AT_GO_KIND, &value) && (value & 0x1f)) {
		c->t.kind = (enum gosym_kind)(value & 0x1f);
		c->has_kind = true;
	}
	/* An offset from runtime.types; uintptr and unsafe.Pointer had an address instead for some
	 * releases. */
	if (!c->t.runtime_type && d->types_base &&
	    die_unsigned(d, die, AT_GO_RUNTIME_TYPE, &value) && value)
		c->t.runtime_type = value < d->types_base ? d->types_base + value : value;
	if (!c->t.key_ref && die_ref(d, die, AT_GO_KEY, &value))
		c->t.key_ref = value;
	if (!c->t.elem_ref && die_ref(d, die, AT_GO_ELEM, &value))
		c->t.elem_ref = value;
}

/* Whether a typedef says nothing that the type behind it does not say too. */
static bool typedef_is_plain(struct dwarf *d, Dwarf_Die die, uint64_t target)
{
	_cleanup_die_ Dwarf_Die to = die_at(d, target);
	const char *name = die_name(d, die), *to_name = to ? die_name(d, to) : NULL;
	uint64_t value;

	if (!name || !to_name || (die_unsigned(d, die, AT_GO_KIND, &value) && value))
		return false;
	return !strncmp(name, ".param", 6) || !strcmp(name, to_name);
}

static bool chain_follow(struct dwarf *d, uint64_t off, unsigned depth, struct chain *c)
{
	for (unsigned i = 0; i < MAX_TYPEDEFS; i++) {
		_cleanup_die_ Dwarf_Die die = die_at(d, off);
		uint64_t target;

		if (!die)
			return false;
		if (die_tag(d, die) == DW_TAG_typedef && !i &&
		    die_ref(d, die, DW_AT_type, &target) && typedef_is_plain(d, die, target)) {
			c->same = dwarf_type_at(d, target, depth + 1);
			return c->same != NULL;
		}
		chain_take(d, c, die);
		c->real = off;
		if (die_tag(d, die) != DW_TAG_typedef)
			return true;
		if (!die_ref(d, die, DW_AT_type, &off))
			return false;
	}
	return false;
}

/* DW_OP_plus_uconst N, or DW_OP_consts N DW_OP_plus: a field's place before Go 1.9. */
static bool member_expr(const uint8_t *p, uint64_t len, uint64_t *ret)
{
	uint64_t value = 0, i = 1;

	if (len < 2 || (p[0] != DW_OP_plus_uconst && p[0] != DW_OP_consts && p[0] != DW_OP_constu))
		return false;
	for (unsigned shift = 0; i < len && shift < 63; shift += 7) {
		value |= (uint64_t)(p[i] & 0x7f) << shift;
		if (p[i++] & 0x80)
			continue;
		*ret = value;
		if (p[0] == DW_OP_plus_uconst)
			return i == len;
		return i + 1 == len && p[i] == DW_OP_plus &&
		       (p[0] == DW_OP_constu || !(p[i - 1] & 0x40));
	}
	return false;
}

bool die_member_offset(struct dwarf *d, Dwarf_Die die, uint64_t *ret)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Error err = NULL;
	Dwarf_Block *block = NULL;
	bool ok;

	if (die_unsigned(d, die, DW_AT_data_member_location, ret))
		return true;
	if (!die_attr(d, die, DW_AT_data_member_location, &attr))
		return false;
	if (dwarf_formblock(attr, &block, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return false;
	}
	ok = member_expr(block->bl_data, block->bl_len, ret);
	dwarf_dealloc(d->dbg, block, DW_DLA_BLOCK);
	return ok;
}

static bool field_read(struct dwarf *d, Dwarf_Die die, unsigned depth, struct gosym_field *f)
{
	uint64_t ref;

	if (!die_ref(d, die, DW_AT_type, &ref) || !die_member_offset(d, die, &f->offset))
		return false;
	f->type = dwarf_type_at(d, ref, depth + 1);
	f->name = die_name(d, die);
	f->embedded = die_flag(d, die, AT_GO_EMBEDDED_FIELD);
	/* Up to Go 1.8 an embedded field is called by its whole type. */
	if (f->name && f->embedded)
		f->name = type_embedded_name(f->name);
	if (!f->name || !*f->name)
		f->name = "_";
	return f->type != NULL;
}

/* All fields or none: a value with a hole in it would show nonsense. */
static bool struct_read(struct dwarf *d, Dwarf_Die real, unsigned depth, struct gosym_type *t)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	VEC(struct gosym_field) fields = { 0 };
	bool ok = true;

	for (bool more = die_child(d, real, &die); ok && more; more = die_next(d, &die)) {
		struct gosym_field f = { 0 };

		if (die_tag(d, die) != DW_TAG_member)
			continue;
		ok = fields.num < MAX_FIELDS && field_read(d, die, depth, &f) &&
		     f.offset <= t->size && f.type->size <= t->size - f.offset &&
		     vec_append(&fields);
		if (ok)
			fields.data[fields.num - 1] = f;
	}
	if (ok && fields.num) {
		t->fields = arena_array(d->arena, fields.num, sizeof(*t->fields));
		ok = t->fields;
		if (ok)
			memcpy(t->fields, fields.data, fields.num * sizeof(*t->fields));
		t->num_fields = fields.num;
	}
	vec_deinit(&fields);
	return ok;
}

static bool array_read(struct dwarf *d, Dwarf_Die real, unsigned depth, struct gosym_type *t)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	uint64_t ref, total;
	bool counted = false;

	if (!die_ref(d, real, DW_AT_type, &ref))
		return false;
	for (bool more = die_child(d, real, &die); more && !counted; more = die_next(d, &die)) {
		if (die_tag(d, die) != DW_TAG_subrange_type)
			continue;
		counted = die_unsigned(d, die, DW_AT_count, &t->len);
		if (!counted && die_unsigned(d, die, DW_AT_upper_bound, &t->len)) {
			t->len++;
			counted = true;
		}
	}
	t->elem_ref = ref;
	t->elem = dwarf_type_at(d, ref, depth + 1);
	return counted && t->elem && !__builtin_mul_overflow(t->len, t->elem->size, &total) &&
	       total == t->size;
}

/* Kinds whose size the pointer size decides. */
static uint64_t size_in_words(enum gosym_kind kind)
{
	switch (kind) {
	case GOSYM_POINTER:
	case GOSYM_MAP:
	case GOSYM_CHAN:
	case GOSYM_FUNC:
	case GOSYM_UNSAFE_POINTER:
		return 1;
	case GOSYM_STRING: case GOSYM_INTERFACE:
		return 2;
	case GOSYM_SLICE:
		return 3;
	default:
		return 0;
	}
}

static bool layout_read(struct dwarf *d, Dwarf_Die real, unsigned depth, struct gosym_type *t)
{
	uint64_t words = size_in_words(t->kind), ref;
	const struct gosym_type *basic = type_basic(t->kind, d->ptr_size);
	bool sized = die_unsigned(d, real, DW_AT_byte_size, &t->size);

	if (words && (!sized || t->kind == GOSYM_MAP || t->kind == GOSYM_CHAN)) {
		t->size = words * d->ptr_size;
		sized = true;
	}
	if (!sized || (words && t->size != words * d->ptr_size) ||
	    (basic && t->size != basic->size))
		return false;
	if (t->kind == GOSYM_POINTER && !t->elem_ref && die_ref(d, real, DW_AT_type, &ref))
		t->elem_ref = ref;
	if (t->kind == GOSYM_ARRAY)
		return array_read(d, real, depth, t);
	return t->kind != GOSYM_STRUCT || struct_read(d, real, depth, t);
}

static const struct gosym_type *type_read(struct dwarf *d, uint64_t off, unsigned depth)
{
	struct chain c = { .t.source = &d->source };
	_cleanup_die_ Dwarf_Die real = NULL;
	struct gosym_type *t;

	if (!chain_follow(d, off, depth, &c))
		return NULL;
	if (c.same)
		return c.same;
	real = die_at(d, c.real);
	if (!real || !c.t.name)
		return NULL;
	if (!c.has_kind)
		c.t.kind = kind_from_tag(d, real, d->ptr_size);
	if (c.t.kind == GOSYM_INVALID_KIND || c.t.kind > GOSYM_UNSAFE_POINTER)
		return NULL;
	if (c.t.kind != GOSYM_INTERFACE)
		c.t.empty_interface = false;
	if (!layout_read(d, real, depth, &c.t))
		return NULL;
	type_set_align(&c.t, d->ptr_size, d->max_align);
	c.t.name = name_without_marks(d, c.t.name);
	t = c.t.name ? arena_alloc(d->arena, sizeof(*t)) : NULL;
	if (t)
		*t = c.t;
	return t;
}

const struct gosym_type *dwarf_type_at(struct dwarf *d, uint64_t off, unsigned depth)
{
	struct type_entry *entry;

	HASH_FIND(hh, d->types, &off, sizeof(off), entry);
	if (entry)
		return entry->type;
	if (depth > MAX_DEPTH)
		return NULL;
	entry = arena_alloc(d->arena, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->off = off;
	HASH_ADD(hh, d->types, off, sizeof(off), entry);
	entry->type = type_read(d, off, depth);
	return entry->type;
}

/* --------------------------------------------------------------- by name */

static int name_compare(const void *a, const void *b)
{
	const struct type_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->die < y->die ? -1 : x->die > y->die;
}

static bool tag_is_type(unsigned tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_structure_type || tag == DW_TAG_base_type ||
	       tag == DW_TAG_pointer_type || tag == DW_TAG_array_type ||
	       tag == DW_TAG_subroutine_type;
}

static struct gosym_error *unit_types_read(struct dwarf *d, struct dwarf_unit *u)
{
	_cleanup_die_ Dwarf_Die top = die_at(d, u->die), die = NULL;

	u->types_read = true;
	if (!top)
		return NULL;
	for (bool more = die_child(d, top, &die); more; more = die_next(d, &die)) {
		struct type_name *n;
		const char *name;

		if (!tag_is_type(die_tag(d, die)))
			continue;
		name = die_name(d, die);
		if (!name)
			continue;
		n = vec_append(&u->types);
		if (!n)
			return gosym_nomem;
		*n = (struct type_name){ .name = name, .die = die_offset(d, die) };
	}
	if (u->types.num)
		qsort(u->types.data, u->types.num, sizeof(*u->types.data), name_compare);
	return NULL;
}

/* The first type called name of a unit, among entries that are called, or begin with, key. */
static const struct gosym_type *types_find(struct dwarf *d, const struct dwarf_unit *u,
					   const char *key, bool prefix, const char *name)
{
	size_t low = 0, high = u->types.num, len = strlen(key);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(u->types.data[mid].name, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < u->types.num && !strncmp(u->types.data[low].name, key, prefix ? len : len + 1);
	     low++) {
		const struct gosym_type *t = dwarf_type_at(d, u->types.data[low].die, 0);

		if (t && !strcmp(t->name, name))
			return t;
	}
	return NULL;
}

static struct gosym_error *unit_type_find(struct dwarf *d, struct dwarf_unit *u, const char *name,
					  const struct gosym_type **ret)
{
	_cleanup_free_ char *local = NULL;
	struct gosym_error *err;

	if (!u->types_read) {
		err = unit_types_read(d, u);
		if (err)
			return err;
	}
	*ret = types_find(d, u, name, false, name);
	if (*ret)
		return NULL;
	if (asprintf(&local, "%s" LOCAL_MARK, name) < 0)
		return gosym_nomem;
	*ret = types_find(d, u, local, true, name);
	return NULL;
}

/* Go's linker puts every type into a unit of the runtime; other writers and releases may not. */
static unsigned unit_rank(const struct dwarf_unit *u, const char *name)
{
	size_t len = u->name ? strlen(u->name) : 0;

	if (!u->go || !len)
		return 3;
	if (!strcmp(u->name, "runtime"))
		return 0;
	return !strncmp(u->name, name, len) && name[len] == '.' ? 1 : 2;
}

struct gosym_error *dwarf_type_find(struct dwarf *d, const char *name,
				    const struct gosym_type **ret)
{
	const struct gosym_type *found = NULL;
	struct gosym_error *err = dwarf_units_read(d);

	for (unsigned rank = 0; !err && !found && rank < 3; rank++)
		for (size_t i = 0; !err && !found && i < d->units.num; i++)
			if (unit_rank(&d->units.data[i], name) == rank)
				err = unit_type_find(d, &d->units.data[i], name, &found);
	if (err)
		return err;
	if (!found)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: DWARF has no type \"%s\"",
				       elf_path(d->elf), name);
	*ret = found;
	return NULL;
}

/* What the linker makes up for maps and channels has no kind, a typedef of a type of that name neither. */
static bool has_kind(struct dwarf *d, uint64_t off)
{
	_cleanup_die_ Dwarf_Die die = die_at(d, off);
	uint64_t kind;

	return die && die_unsigned(d, die, AT_GO_KIND, &kind) && (kind & 0x1f);
}

struct gosym_error *dwarf_types_list(struct dwarf *d, struct dwarf_types *ret)
{
	struct gosym_error *err = dwarf_units_read(d);

	for (size_t i = 0; !err && i < d->units.num; i++) {
		struct dwarf_unit *u = &d->units.data[i];

		if (!u->go)
			continue;
		if (!u->types_read)
			err = unit_types_read(d, u);
		for (size_t k = 0; !err && k < u->types.num; k++) {
			const struct gosym_type *t, **slot;

			if (!has_kind(d, u->types.data[k].die))
				continue;
			t = dwarf_type_at(d, u->types.data[k].die, 0);
			slot = t ? vec_append(ret) : NULL;
			if (slot)
				*slot = t;
			else if (t)
				err = gosym_nomem;
		}
	}
	return err;
}
