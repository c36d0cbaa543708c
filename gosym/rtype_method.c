// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Which method begins at an address, and its whole signature, in files without DWARF. Method
 * tables of types (abi.Method: ifn, tfn) and itabs hold the code pointers that reflection and
 * interface calls use (src/cmd/compile/internal/reflectdata/reflect.go, methodWrapper):
 *
 *  - tfn is the method of the type itself;
 *  - ifn, and an itab's pointer, take the receiver as an interface holds it: the method of the
 *    type if its values fit the data word, else that of the pointer to it.
 *
 * A claim counts if a function begins there whose name ends with the method's, and if no other
 * claim contradicts it.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/name.h"
#include "gosym/rtype_internal.h"

struct rtype_code {
	uint64_t entry;
	const char *name;
	const struct gosym_type *type;
	bool pointer;			/* the receiver is a pointer to type */
	uint64_t func;			/* address of the func type */
	bool ambiguous;
	const struct gosym_type *receiver;	/* once asked for */
};

static bool is_method_entry(struct gosym_binary *b, uint64_t entry, const char *name)
{
	const struct gosym_func *f = entry ? pclntab_func_at(&b->pclntab, entry) : NULL;
	struct go_name parts;

	if (!f || f->entry != entry)
		return false;
	parts = name_parse(f->name);
	return parts.base.len == strlen(name) && !memcmp(parts.base.s, name, parts.base.len);
}

static struct gosym_error *claim(struct rtypes *rt, uint64_t entry, const char *name,
				 const struct gosym_type *type, bool pointer, uint64_t func)
{
	struct rtype_code *c;

	if (!func || !is_method_entry(rt->reader.b, entry, name))
		return NULL;
	/* The method of a pointer type is the same as that of "pointer to" what it points to. */
	if (!pointer && type->kind == GOSYM_POINTER) {
		const struct gosym_type *elem = gosym_type_elem(type);

		pointer = elem;
		type = elem ? elem : type;
	}
	c = vec_append(&rt->code);
	if (!c)
		return gosym_nomem;
	*c = (struct rtype_code){
		.entry = entry, .name = name, .type = type, .pointer = pointer, .func = func
	};
	return NULL;
}

static struct gosym_error *claim_itab(struct rtypes *rt, uint64_t inter, uint64_t type,
				      uint64_t code, void *arg)
{
	const struct gosym_type *i = NULL, *t = NULL;
	struct gosym_error *err;

	err = rtype_type_at(rt, inter, 0, &i);
	if (!err)
		err = rtype_type_at(rt, type, 0, &t);
	if (err == gosym_nomem)
		return err;
	gosym_error_destroy(err);
	if (!i || !t || i->num_methods * 8 > rt->budget)
		return NULL;
	rt->budget -= i->num_methods * 8;
	for (size_t k = 0; k < i->num_methods; k++) {
		uint64_t entry;

		if (!rt_ptr(&rt->reader, code + k * rt->reader.ptr_size, &entry))
			break;
		err = claim(rt, entry, i->methods[k].name, t, !t->direct, i->methods[k].type_ref);
		if (err)
			return err;
	}
	return NULL;
}

static int by_entry(const void *a, const void *b)
{
	const struct rtype_code *x = a, *y = b;

	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static bool same(const struct rtype_code *a, const struct rtype_code *b)
{
	return a->type == b->type && a->pointer == b->pointer && a->func == b->func &&
	       !strcmp(a->name, b->name);
}

/* One row for each address. */
static void settle(struct rtypes *rt)
{
	size_t kept = 0;

	if (rt->code.num)
		qsort(rt->code.data, rt->code.num, sizeof(*rt->code.data), by_entry);
	for (size_t i = 0; i < rt->code.num; i++) {
		struct rtype_code *c = &rt->code.data[i],
				  *last = kept ? &rt->code.data[kept - 1] : NULL;

		if (last && last->entry == c->entry)
			last->ambiguous |= !same(last, c);
		else
			rt->code.data[kept++] = *c;
	}
	rt->code.num = kept;
}

static struct gosym_error *read_code(struct rtypes *rt)
{
	struct gosym_error *err = rtypes_list(rt);

	rt->code.num = 0;
	for (size_t i = 0; !err && i < rt->all.num; i++) {
		const struct gosym_type *t = rt->all.data[i];

		for (size_t k = 0; !err && t->kind != GOSYM_INTERFACE && k < t->num_methods; k++) {
			const struct type_method *m = &t->methods[k];

			err = claim(rt, m->code, m->name, t, false, m->type_ref);
			if (!err)
				err = claim(rt, m->iface_code, m->name, t, !t->direct, m->type_ref);
		}
	}
	if (!err)
		err = rtype_itabs(rt, claim_itab, NULL);
	if (err)
		return err;
	settle(rt);
	rt->code_read = true;
	return NULL;
}

/* The linker keeps no descriptor of a pointer type that nothing asks for. */
static struct gosym_error *pointer_to(struct rtypes *rt, const struct gosym_type *t,
				      const struct gosym_type **ret)
{
	struct gosym_binary *b = rt->reader.b;
	uint64_t addr = rtype_pointer_to(rt, t->runtime_type);
	struct gosym_type *made;

	if (addr) {
		_cleanup_error_ struct gosym_error *err = rtype_type_at(rt, addr, 0, ret);

		if (!err && (*ret)->kind == GOSYM_POINTER && (*ret)->elem_ref == t->runtime_type)
			return NULL;
	}
	made = arena_alloc(&b->arena, sizeof(*made));
	if (!made)
		return gosym_nomem;
	*made = (struct gosym_type){ .kind = GOSYM_POINTER,
				     .size = rt->reader.ptr_size,
				     .align = rt->reader.ptr_size,
				     .name = arena_printf(&b->arena, "*%s", t->name),
				     .elem = t,
				     .direct = true,
				     .source = &rt->source };
	*ret = made;
	return made->name ? NULL : gosym_nomem;
}

struct gosym_error *rtype_method_at(struct gosym_binary *b, uint64_t entry,
				    struct rtype_method *ret)
{
	struct rtype_code key = { .entry = entry }, *found = NULL;
	const struct gosym_type *func;
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	if (!err && !rt->code_read)
		err = read_code(rt);
	if (err)
		return err;
	if (rt->code.num)
		found = bsearch(&key, rt->code.data, rt->code.num, sizeof(key), by_entry);
	if (!found)
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "%s: no run-time type has a method at 0x%llx",
				       elf_path(b->elf), (unsigned long long)entry);
	if (found->ambiguous)
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "%s: run-time types disagree on the method at 0x%llx",
				       elf_path(b->elf), (unsigned long long)entry);
	err = rtype_type_at(rt, found->func, 0, &func);
	if (!err && func->kind != GOSYM_FUNC)
		err = rt_bad(&rt->reader, found->func, "not the type of a method");
	if (!err && !found->receiver && !found->pointer)
		found->receiver = found->type;
	if (!err && !found->receiver)
		err = pointer_to(rt, found->type, &found->receiver);
	if (!err)
		*ret = (struct rtype_method){ found->name, found->receiver, func };
	return err;
}
