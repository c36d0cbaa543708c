// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Which types an interface may hold. Those the compiler knew of have an itab in the file; at run
 * time every type may come that has all its methods (src/runtime/iface.go, itabInit: the names and
 * types of both lists are compared). Here names alone are compared, so that methods which the linker
 * has pruned (their types are gone, their names are not) count too: the answer may have types too
 * many, never too few.
 */
#include <stdlib.h>
#include <string.h>

#include "gosym/rtype_internal.h"

/* A type has a method of this name. Names are interned: equal ones are one pointer. */
struct rtype_has {
	const char *name;
	size_t type;			/* index into rt->all */
};

/* Beyond what any real file has; a lying one may say that all its types have the same long list. */
enum { MAX_HAS = 1 << 22 };

static bool methods_of(struct reader *r, const struct gosym_type *t, struct members *ret)
{
	struct gosym_error *err;
	struct desc d;

	if (t->kind == GOSYM_INTERFACE)
		return false;
	err = rt_desc(r, t->runtime_type, &d);
	if (!err)
		return rt_methods(r, &d, ret) && ret->num;
	gosym_error_destroy(err);
	return false;
}

static struct gosym_error *list_names(struct rtypes *rt, size_t type)
{
	struct members list;

	if (!methods_of(&rt->reader, rt->all.data[type], &list))
		return NULL;
	for (uint64_t i = 0; i < list.num && rt->has.num < MAX_HAS; i++) {
		struct gosym_binary *b = rt->reader.b;
		struct rtype_has *slot;
		struct method_parts m;

		if (!rt_method(&rt->reader, &list, i, &m))
			continue;
		slot = vec_append(&rt->has);
		if (!slot)
			return gosym_nomem;
		slot->type = type;
		slot->name = intern_add(&b->strings, &b->arena, m.name.text.s, m.name.text.len);
		if (!slot->name)
			return gosym_nomem;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct rtype_has *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->type < y->type ? -1 : x->type > y->type;
}

static struct gosym_error *read_names(struct rtypes *rt)
{
	struct gosym_error *err = rtypes_list(rt);

	if (err || rt->has_read)
		return err;
	rt->has.num = 0;
	for (size_t i = 0; !err && i < rt->all.num; i++)
		err = list_names(rt, i);
	if (!err && rt->has.num)
		qsort(rt->has.data, rt->has.num, sizeof(*rt->has.data), by_name);
	rt->has_read = !err;
	return err;
}

/* Where such an element is, or would be. */
static size_t find_has(const struct rtypes *rt, const char *name, size_t type)
{
	const struct rtype_has key = { name, type };
	size_t low = 0, high = rt->has.num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_name(&rt->has.data[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool has(const struct rtypes *rt, const char *name, size_t type)
{
	size_t at = find_has(rt, name, type);

	return at < rt->has.num && rt->has.data[at].name == name && rt->has.data[at].type == type;
}

static struct gosym_error *held_add(struct rtype_held *held, const struct gosym_type *type)
{
	const struct gosym_type **slot = vec_append(&held->types);

	if (!slot)
		return gosym_nomem;
	*slot = type;
	return NULL;
}

static bool has_all(const struct rtypes *rt, const struct gosym_type *inter, size_t type)
{
	for (size_t i = 0; i < inter->num_methods; i++)
		if (!has(rt, inter->methods[i].name, type))
			return false;
	return true;
}

/* Those among the types with the method that the fewest have. */
static struct gosym_error *list_implementers(struct rtypes *rt, const struct gosym_type *inter,
					     struct rtype_held *ret)
{
	size_t first = 0, num = SIZE_MAX;
	struct gosym_error *err = NULL;

	for (size_t i = 0; i < inter->num_methods; i++) {
		size_t from = find_has(rt, inter->methods[i].name, 0);
		size_t to = find_has(rt, inter->methods[i].name, SIZE_MAX);

		if (to - from >= num)
			continue;
		first = from;
		num = to - from;
	}
	for (size_t i = first; !err && i - first < num && num != SIZE_MAX; i++) {
		size_t type = rt->has.data[i].type;

		if (has_all(rt, inter, type))
			err = held_add(ret, rt->all.data[type]);
	}
	return err;
}

/* All but interfaces, or all with methods. */
static struct gosym_error *list_any(struct rtypes *rt, bool empty, struct rtype_held *ret)
{
	struct gosym_error *err = NULL;

	for (size_t i = 0; !err && empty && i < rt->all.num; i++)
		if (rt->all.data[i]->kind != GOSYM_INTERFACE)
			err = held_add(ret, rt->all.data[i]);
	for (size_t i = 0; !err && !empty && i < rt->has.num; i++)
		err = held_add(ret, rt->all.data[rt->has.data[i].type]);
	return err;
}

struct itab_list {
	struct rtype_held *held;
	uint64_t inter;
};

static struct gosym_error *take_itab(struct rtypes *rt, uint64_t inter, uint64_t type,
				     uint64_t code, void *arg)
{
	struct itab_list *list = arg;
	const struct gosym_type *t;
	struct rtype_itab *slot;
	struct gosym_error *err;

	if (inter != list->inter)
		return NULL;
	err = rtype_type_at(rt, type, 0, &t);
	if (err && err != gosym_nomem) {
		gosym_error_destroy(err);
		return NULL;
	}
	slot = err ? NULL : vec_append(&list->held->itabs);
	if (!slot)
		return gosym_nomem;
	*slot = (struct rtype_itab){ rtype_itab_of_code(rt, code), type };
	return held_add(list->held, t);
}

/* NULL where there is no such descriptor. */
static const struct gosym_type *interface_at(struct rtypes *rt, uint64_t addr)
{
	const struct gosym_type *t = NULL;

	if (addr)
		gosym_error_destroy(rtype_type_at(rt, addr, 0, &t));
	return t && t->kind == GOSYM_INTERFACE ? t : NULL;
}

static struct gosym_error *held_list(struct rtypes *rt, uint64_t inter, bool empty,
				     struct rtype_held *ret)
{
	const struct gosym_type *with = empty ? NULL : interface_at(rt, inter);
	struct itab_list list = { ret, inter };
	struct gosym_error *err;

	if (!with)
		return list_any(rt, empty, ret);
	err = rtype_itabs(rt, take_itab, &list);
	return err ? err : list_implementers(rt, with, ret);
}

struct gosym_error *rtype_held(struct gosym_binary *b, const struct gosym_type *inter,
			       struct rtype_held *ret)
{
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	*ret = (struct rtype_held){ 0 };
	if (!err)
		err = inter->empty_interface ? rtypes_list(rt) : read_names(rt);
	if (!err)
		err = held_list(rt, inter->runtime_type, inter->empty_interface, ret);
	if (err)
		rtype_held_deinit(ret);
	return err;
}

void rtype_held_deinit(struct rtype_held *held)
{
	vec_deinit(&held->types);
	vec_deinit(&held->itabs);
}

bool rtype_has_method(struct gosym_binary *b, const struct gosym_type *t, const char *name)
{
	struct members list;
	struct reader r;
	struct gosym_error *err;

	if (!t->runtime_type)
		return false;
	err = rt_reader_init(b, &r);
	if (err) {
		gosym_error_destroy(err);
		return false;
	}
	if (!methods_of(&r, t, &list))
		return false;
	for (uint64_t i = 0; i < list.num; i++) {
		struct method_parts m;

		if (rt_method(&r, &list, i, &m) && m.name.text.len == strlen(name) &&
		    !memcmp(m.name.text.s, name, strlen(name)))
			return true;
	}
	return false;
}
