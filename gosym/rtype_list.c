// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * All run-time types of a file. No table lists them all: reflection's own list
 * (moduledata.typelinks; since Go 1.27 a region in which descriptors lie one behind the other,
 * src/runtime/type.go, moduleTypelinks) has unnamed types only, itabs have interfaces and what
 * implements them. All others are reached from these: through elements, fields, parameters,
 * methods, and the pointer type that a descriptor names.
 */
#include <string.h>

#include "gosym/rtype_internal.h"

/* Reads the type at addr, which enters it into the list. What cannot be read is left out. */
static struct gosym_error *visit(struct rtypes *rt, uint64_t addr)
{
	const struct gosym_type *t;
	struct gosym_error *err;

	if (!addr || rtype_type_known(rt, addr))
		return NULL;
	err = rtype_type_at(rt, addr, 0, &t);
	if (err == gosym_nomem)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

/* ------------------------------------------------------------------- roots */

static struct gosym_error *list_typelinks(struct rtypes *rt)
{
	const struct moduledata *m = &rt->reader.b->moduledata;
	bool pointers = rt->reader.layout->name == NAME_STRING;
	struct gosym_error *err = NULL;

	for (uint64_t i = 0; !err && i < m->num_typelinks; i++) {
		uint64_t addr;
		uint32_t off;

		if (pointers) {
			if (!rt_ptr(&rt->reader, m->typelinks + i * rt->reader.ptr_size, &addr))
				break;
		} else {
			if (!rt_u32(&rt->reader, m->typelinks + 4 * i, &off))
				break;
			addr = rt_type_off(&rt->reader, off);
		}
		err = visit(rt, addr);
	}
	return err;
}

/* Bytes a descriptor occupies with all that lies behind it (abi.Type.DescriptorSize); 0 if
 * unreadable. */
static uint64_t whole_size(struct reader *r, const struct desc *t)
{
	unsigned kind = t->kind_byte & KIND_MASK;
	uint64_t size = rt_base_size(r) + rt_kind_size(r, kind);
	struct members list, methods;
	struct func_parts f;

	if (kind == GOSYM_FUNC) {
		if (!rt_func(r, t, &f))
			return 0;
		size += (f.num_in + f.num_out) * r->ptr_size;
	} else if (kind == GOSYM_STRUCT || kind == GOSYM_INTERFACE) {
		if (!(kind == GOSYM_STRUCT ? rt_struct : rt_interface)(r, t, &list))
			return 0;
		size += list.num * (kind == GOSYM_STRUCT ? 3 * r->ptr_size : 8);
	}
	if (!rt_methods(r, t, &methods))
		return 0;
	return size + ((t->tflag & TFLAG_UNCOMMON) ? 16 + methods.num * 16 : 0);
}

static struct gosym_error *list_region(struct rtypes *rt)
{
	const struct moduledata *m = &rt->reader.b->moduledata;
	unsigned p = rt->reader.ptr_size;
	uint64_t addr = m->types + p, end = m->types + m->typedesclen;
	struct gosym_error *err = NULL;

	while (!err && addr < end) {
		struct desc d;
		uint64_t size;

		addr = (addr + p - 1) & ~(uint64_t)(p - 1);
		err = rt_desc(&rt->reader, addr, &d);
		if (err) {
			/* The walk cannot go on; what it would have found may be reached from
			 * others. */
			if (err == gosym_nomem)
				return err;
			gosym_error_destroy(err);
			return NULL;
		}
		size = whole_size(&rt->reader, &d);
		if (!size)
			break;
		err = visit(rt, addr);
		addr += size;
	}
	return err;
}

/* ------------------------------------------------------------------- itabs */

/* {inter, type, link?, 8 bytes, code…}: src/internal/abi/iface.go; runtime/runtime2.go before. */
static uint64_t itab_code(const struct rtypes *rt, uint64_t itab)
{
	return itab + rt->reader.layout->itab_words * rt->reader.ptr_size + 8;
}

uint64_t rtype_itab_of_code(const struct rtypes *rt, uint64_t code)
{
	return code - itab_code(rt, 0);
}

static struct gosym_error *itab_visit(struct rtypes *rt, uint64_t itab, rtype_itab_fn *fn,
				      void *arg, uint64_t *size)
{
	uint64_t inter, type, first = 0, base = itab_code(rt, itab) - itab + rt->reader.ptr_size;
	struct members methods;
	struct gosym_error *err;
	struct desc d;

	*size = 0;
	if (!rt_ptr(&rt->reader, itab, &inter) ||
	    !rt_ptr(&rt->reader, itab + rt->reader.ptr_size, &type))
		return NULL;
	err = rt_desc(&rt->reader, inter, &d);
	if (err == gosym_nomem)
		return err;
	gosym_error_destroy(err);
	if (err || (d.kind_byte & KIND_MASK) != GOSYM_INTERFACE ||
	    !rt_interface(&rt->reader, &d, &methods) || !methods.num)
		return NULL;
	rt_ptr(&rt->reader, itab_code(rt, itab), &first);
	*size = base + (first ? (methods.num - 1) * rt->reader.ptr_size : 0);
	return fn(rt, inter, type, itab_code(rt, itab), arg);
}

struct gosym_error *rtype_itabs(struct rtypes *rt, rtype_itab_fn *fn, void *arg)
{
	const struct moduledata *m = &rt->reader.b->moduledata;
	uint64_t itab = m->types + m->itaboffset, end = itab + m->itabsize, size;
	struct gosym_error *err = NULL;

	for (uint64_t i = 0; !err && i < m->num_itablinks; i++) {
		if (!rt_ptr(&rt->reader, m->itablinks + i * rt->reader.ptr_size, &itab))
			break;
		err = itab_visit(rt, itab, fn, arg, &size);
	}
	/* Since 1.27 they lie one behind the other. */
	for (itab = m->types + m->itaboffset; !err && m->itabsize && itab < end; itab += size) {
		err = itab_visit(rt, itab, fn, arg, &size);
		if (!size)
			break;
	}
	return err;
}

static struct gosym_error *list_itab(struct rtypes *rt, uint64_t inter, uint64_t type,
				     uint64_t code, void *arg)
{
	struct gosym_error *err = visit(rt, inter);

	return err ? err : visit(rt, type);
}

/* --------------------------------------------------------------- reachable */

uint64_t rtype_pointer_to(struct rtypes *rt, uint64_t addr)
{
	unsigned p = rt->reader.ptr_size;
	uint64_t to;
	uint32_t off;

	if (rt->reader.layout->name == NAME_STRING)
		return rt_ptr(&rt->reader, addr + 6 * p + 8, &to) ? to : 0;
	return rt_u32(&rt->reader, addr + 4 * p + 12, &off) ? rt_type_off(&rt->reader, off) : 0;
}

static struct gosym_error *list_reached(struct rtypes *rt, const struct gosym_type *t)
{
	struct gosym_error *err = visit(rt, t->elem_ref);

	if (!err)
		err = visit(rt, t->key_ref);
	if (!err)
		err = visit(rt, rtype_pointer_to(rt, t->runtime_type));
	for (size_t i = 0; !err && i < t->num_in + t->num_out; i++)
		err = visit(rt, t->signature_refs[i]);
	for (size_t i = 0; !err && i < t->num_methods; i++)
		err = visit(rt, t->methods[i].type_ref);
	return err;
}

struct gosym_error *rtypes_list(struct rtypes *rt)
{
	struct gosym_error *err;

	if (rt->listed)
		return NULL;
	err = list_typelinks(rt);
	if (!err)
		err = list_region(rt);
	if (!err)
		err = rtype_itabs(rt, list_itab, NULL);
	/* The list grows meanwhile. */
	for (size_t i = 0; !err && i < rt->all.num; i++)
		err = list_reached(rt, rt->all.data[i]);
	rt->listed = !err;
	return err;
}
