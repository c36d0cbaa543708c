// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Run-time type descriptors into struct gosym_type (src/internal/abi/type.go). Sizes,
 * alignments and offsets are the compiler's own; they must agree with each other.
 *
 * What a value contains (fields, array elements) is read at once; what it points to,
 * parameters and methods wait as addresses. Each descriptor is read once. A file's descriptors
 * do not overlap, so all lists and names together are not much larger than the place they are
 * in: what is beyond that is refused.
 */
#include <elf.h>
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/cleanup.h"
#include "gosym/rtype_internal.h"

#define MAX_DEPTH 64			/* types inside types, by value */

/* Names repeat those of other types: *T, []T, func(T); each method's name is counted too. */
enum { BUDGET_FACTOR = 8, BUDGET_MIN = 1 << 20 };

struct rtype_entry {
	uint64_t addr;
	const struct gosym_type *type;	/* NULL: being read, or unreadable */
	UT_hash_handle hh;
};

/* ------------------------------------------------------------------ limits */

static struct gosym_error *spend(struct rtypes *rt, uint64_t addr, uint64_t size)
{
	if (size > rt->budget)
		return rt_bad(&rt->reader, addr,
			      "more fields, methods and names than the file has room for");
	rt->budget -= size;
	return NULL;
}

static uint64_t room_for_types(struct gosym_binary *b)
{
	uint64_t size = 0;

	if (b->moduledata.etypes > b->moduledata.types)
		size = b->moduledata.etypes - b->moduledata.types;
	for (size_t i = 0; !b->moduledata.types && i < elf_segment_count(b->elf); i++) {
		const struct elf_segment *s = elf_segment_at(b->elf, i);
		struct bytes bytes;

		if (s->type == PT_LOAD && elf_bytes_at(b->elf, s->vaddr, &bytes))
			size += bytes.size;
	}
	return size > UINT32_MAX ? UINT32_MAX : size;
}

static struct gosym_error *contradiction(struct rtypes *rt, const struct gosym_type *t)
{
	return rt_bad(&rt->reader, t->runtime_type, "it contradicts itself");
}

/* ------------------------------------------------------------------- parts */

static const char *keep(struct rtypes *rt, struct span s)
{
	struct gosym_binary *b = rt->reader.b;

	return intern_add(&b->strings, &b->arena, s.s, s.len);
}

static struct gosym_error *read_field(struct rtypes *rt, const struct gosym_type *t,
				      const struct members *list, size_t i, unsigned depth)
{
	struct gosym_field *f = &t->fields[i];
	struct field_parts parts;
	struct gosym_error *err;

	if (!rt_field(&rt->reader, list, i, &parts))
		return contradiction(rt, t);
	err = rtype_type_at(rt, parts.type, depth + 1, &f->type);
	if (err)
		return err;
	f->offset = parts.offset;
	f->embedded = parts.embedded;
	if (f->offset > t->size || f->type->size > t->size - f->offset)
		return contradiction(rt, t);
	f->name =
		parts.name.text.len ? keep(rt, parts.name.text) : type_embedded_name(f->type->name);
	return f->name ? NULL : gosym_nomem;
}

static struct gosym_error *read_struct(struct rtypes *rt, const struct desc *d,
				       struct gosym_type *t, unsigned depth)
{
	struct members list;
	struct gosym_error *err;

	if (!rt_struct(&rt->reader, d, &list))
		return contradiction(rt, t);
	if (!list.num)
		return NULL;
	err = spend(rt, d->addr, list.num * 3 * rt->reader.ptr_size);
	if (err)
		return err;
	t->fields = arena_array(&rt->reader.b->arena, list.num, sizeof(*t->fields));
	if (!t->fields)
		return gosym_nomem;
	t->num_fields = list.num;
	for (size_t i = 0; !err && i < list.num; i++)
		err = read_field(rt, t, &list, i, depth);
	return err;
}

static struct gosym_error *read_func(struct rtypes *rt, const struct desc *d, struct gosym_type *t)
{
	unsigned p = rt->reader.ptr_size;
	struct gosym_error *err;
	struct func_parts f;
	uint64_t *refs;

	if (!rt_func(&rt->reader, d, &f) || (f.variadic && !f.num_in))
		return contradiction(rt, t);
	err = spend(rt, d->addr, (f.num_in + f.num_out) * p);
	if (err)
		return err;
	refs = arena_array(&rt->reader.b->arena, f.num_in + f.num_out + 1, sizeof(*refs));
	if (!refs)
		return gosym_nomem;
	for (size_t i = 0; i < f.num_in + f.num_out; i++)
		if (!rt_ptr(&rt->reader, i < f.num_in ? f.in + i * p : f.out + (i - f.num_in) * p,
			    &refs[i]))
			return contradiction(rt, t);
	t->has_signature = true;
	t->variadic = f.variadic;
	t->num_in = f.num_in;
	t->num_out = f.num_out;
	t->signature_refs = refs;
	return NULL;
}

/* Methods an interface asks for, or those the linker kept of another type. */
static struct gosym_error *read_methods(struct rtypes *rt, const struct desc *d,
					struct gosym_type *t)
{
	bool inter = t->kind == GOSYM_INTERFACE;
	struct method_parts m;
	struct members list;
	struct gosym_error *err;

	if (!(inter ? rt_interface : rt_methods)(&rt->reader, d, &list))
		return contradiction(rt, t);
	t->empty_interface = inter && !list.num;
	if (!list.num)
		return NULL;
	err = spend(rt, d->addr, list.num * 8);
	if (err)
		return err;
	t->methods = arena_array(&rt->reader.b->arena, list.num, sizeof(*t->methods));
	if (!t->methods)
		return gosym_nomem;
	for (size_t i = 0; i < list.num; i++) {
		struct type_method *to = &t->methods[t->num_methods];

		if (!(inter ? rt_interface_method : rt_method)(&rt->reader, &list, i, &m))
			return contradiction(rt, t);
		if (!m.type)
			continue;
		*to = (struct type_method){ keep(rt, m.name.text), m.type, m.code, m.iface_code };
		if (!to->name)
			return gosym_nomem;
		t->num_methods++;
	}
	return NULL;
}

static struct gosym_error *read_array(struct rtypes *rt, const struct desc *d, struct gosym_type *t,
				      unsigned depth)
{
	uint64_t base = d->addr + rt_base_size(&rt->reader), total;
	struct gosym_error *err;

	if (!rt_word(&rt->reader, base + 2 * rt->reader.ptr_size, &t->len))
		return contradiction(rt, t);
	err = rtype_type_at(rt, t->elem_ref, depth + 1, &t->elem);
	if (err)
		return err;
	if (__builtin_mul_overflow(t->len, t->elem->size, &total) || total != t->size)
		return contradiction(rt, t);
	return NULL;
}

/* What must be of a certain size. */
static bool size_fits(const struct gosym_type *t, unsigned ptr_size)
{
	const struct gosym_type *basic = type_basic(t->kind, ptr_size);

	switch (t->kind) {
	case GOSYM_POINTER: case GOSYM_MAP: case GOSYM_CHAN: case GOSYM_FUNC:
		return t->size == ptr_size;
	case GOSYM_INTERFACE:
		return t->size == 2 * ptr_size;
	case GOSYM_SLICE:
		return t->size == 3 * ptr_size;
	default:
		return !basic || t->size == basic->size;
	}
}

static struct gosym_error *read_refs(struct rtypes *rt, const struct desc *d, struct gosym_type *t)
{
	uint64_t base = d->addr + rt_base_size(&rt->reader);
	bool ok = true;

	switch (t->kind) {
	case GOSYM_MAP:
		ok = rt_ptr(&rt->reader, base, &t->key_ref) &&
		     rt_ptr(&rt->reader, base + rt->reader.ptr_size, &t->elem_ref);
		break;
	case GOSYM_ARRAY: case GOSYM_CHAN: case GOSYM_POINTER: case GOSYM_SLICE:
		ok = rt_ptr(&rt->reader, base, &t->elem_ref);
		break;
	default:
		break;
	}
	return ok ? NULL : contradiction(rt, t);
}

static struct gosym_error *type_fill(struct rtypes *rt, const struct desc *d, unsigned depth,
				     struct gosym_type *t)
{
	struct gosym_error *err = gosym_runtime_type_name(rt->reader.b, d->addr, &t->name);

	/* Trying to put a name together is work too. */
	if (err)
		gosym_error_destroy(spend(rt, d->addr, rt->budget < 4096 ? rt->budget : 4096));
	if (!err)
		err = spend(rt, d->addr, strlen(t->name));
	if (!err && !size_fits(t, rt->reader.ptr_size))
		err = contradiction(rt, t);
	if (!err)
		err = read_refs(rt, d, t);
	if (!err)
		err = read_methods(rt, d, t);
	if (!err && t->kind == GOSYM_ARRAY)
		err = read_array(rt, d, t, depth);
	if (!err && t->kind == GOSYM_STRUCT)
		err = read_struct(rt, d, t, depth);
	if (!err && t->kind == GOSYM_FUNC)
		err = read_func(rt, d, t);
	return err;
}

static struct gosym_error *type_read(struct rtypes *rt, uint64_t addr, unsigned depth,
				     const struct gosym_type **ret)
{
	struct gosym_error *err;
	struct gosym_type *t;
	struct desc d;

	err = rt_desc(&rt->reader, addr, &d);
	if (err)
		return err;
	t = arena_alloc(&rt->reader.b->arena, sizeof(*t));
	if (!t)
		return gosym_nomem;
	*t = (struct gosym_type){ .kind = (enum gosym_kind)(d.kind_byte & KIND_MASK),
				  .size = d.size,
				  .align = d.align,
				  .runtime_type = addr,
				  .direct = rt_is_direct(&rt->reader, &d),
				  .source = &rt->source };
	err = type_fill(rt, &d, depth, t);
	if (!err)
		*ret = t;
	return err;
}

/* ------------------------------------------------------------------- cache */

struct gosym_error *rtype_type_at(struct rtypes *rt, uint64_t addr, unsigned depth,
				  const struct gosym_type **ret)
{
	struct rtype_entry *entry;
	const struct gosym_type **slot;
	struct gosym_error *err;

	HASH_FIND(hh, rt->cache, &addr, sizeof(addr), entry);
	if (entry && !entry->type)
		return rt_bad(&rt->reader, addr,
			      "it contains itself, or was found unreadable before");
	if (!entry) {
		if (depth > MAX_DEPTH)
			return rt_bad(&rt->reader, addr, "types inside types have no end");
		entry = arena_alloc(&rt->reader.b->arena, sizeof(*entry));
		if (!entry)
			return gosym_nomem;
		entry->addr = addr;
		HASH_ADD(hh, rt->cache, addr, sizeof(addr), entry);
		err = type_read(rt, addr, depth, &entry->type);
		if (err)
			return err;
		slot = vec_append(&rt->all);
		if (!slot)
			return gosym_nomem;
		*slot = entry->type;
	}
	*ret = entry->type;
	return NULL;
}

bool rtype_type_known(const struct rtypes *rt, uint64_t addr)
{
	struct rtype_entry *entry;

	HASH_FIND(hh, rt->cache, &addr, sizeof(addr), entry);
	return entry;
}

static const struct gosym_type *resolve(void *reader, uint64_t ref)
{
	const struct gosym_type *t = NULL;
	struct gosym_error *err = rtype_type_at(reader, ref, 0, &t);

	gosym_error_destroy(err);
	return t;
}

struct gosym_error *rtypes_get(struct gosym_binary *b, struct rtypes **ret)
{
	struct gosym_error *err;
	struct reader reader;
	struct rtypes *rt;

	if (!b->rtypes) {
		err = rt_reader_init(b, &reader);
		if (err)
			return err;
		rt = arena_alloc(&b->arena, sizeof(*rt));
		if (!rt)
			return gosym_nomem;
		rt->reader = reader;
		rt->source = (struct type_source){ rt, resolve, GOSYM_FROM_TYPES };
		rt->budget = BUDGET_MIN + BUDGET_FACTOR * room_for_types(b);
		b->rtypes = rt;
	}
	*ret = b->rtypes;
	return NULL;
}

void rtypes_close(struct rtypes *rt)
{
	if (!rt)
		return;
	HASH_CLEAR(hh, rt->cache);
	vec_deinit(&rt->all);
	vec_deinit(&rt->code);
	vec_deinit(&rt->has);
}

struct gosym_error *gosym_type_at(struct gosym_binary *b, uint64_t addr,
				  const struct gosym_type **ret)
{
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	return err ? err : rtype_type_at(rt, addr, 0, ret);
}
