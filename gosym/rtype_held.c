// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Which types an interface may hold. Those the compiler knew of have an itab in the file; at run
 * time every type may come that has all its methods (src/runtime/iface.go, itabInit: the names and
 * types of both lists are compared). Here names alone are compared, so that methods which the linker
 * has pruned (their types are gone, their names are not) count too: the answer may have types too
 * many, never too few.
 */
#include <string.h>

#include "gosym/rtype_internal.h"

static struct gosym_error *held_add(struct rtype_held *held, const struct gosym_type *type)
{
	const struct gosym_type **slot = vec_append(&held->types);

	if (!slot)
		return gosym_nomem;
	*slot = type;
	return NULL;
}

/* Whether the type has a method so called. Its list is sorted, but for packages; lists are short. */
static bool has_method(struct reader *r, const struct members *list, const char *name)
{
	size_t len = strlen(name);

	for (uint64_t i = 0; i < list->num; i++) {
		struct method_parts m;

		if (rt_method(r, list, i, &m) && m.name.text.len == len &&
		    !memcmp(m.name.text.s, name, len))
			return true;
	}
	return false;
}

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

/* Lists of a real file are short; what a lying one says is looked at only so long. */
enum { MAX_COMPARED = 1 << 26 };

static bool implements(struct reader *r, const struct gosym_type *t, const struct gosym_type *inter,
		       uint64_t *compared)
{
	struct members list;

	if (!methods_of(r, t, &list))
		return false;
	*compared += list.num * (inter ? inter->num_methods : 0);
	if (*compared > MAX_COMPARED)
		return false;
	for (size_t i = 0; inter && i < inter->num_methods; i++)
		if (!has_method(r, &list, inter->methods[i].name))
			return false;
	return true;
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
	struct gosym_error *err = NULL;
	uint64_t compared = 0;

	if (with)
		err = rtype_itabs(rt, take_itab, &list);
	for (size_t i = 0; !err && i < rt->all.num; i++) {
		const struct gosym_type *t = rt->all.data[i];

		if (empty ? t->kind != GOSYM_INTERFACE :
			    implements(&rt->reader, t, with, &compared))
			err = held_add(ret, t);
	}
	return err;
}

struct gosym_error *rtype_held(struct gosym_binary *b, const struct gosym_type *inter,
			       struct rtype_held *ret)
{
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	*ret = (struct rtype_held){ 0 };
	if (!err)
		err = rtypes_list(rt);
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
	if (!err)
		return methods_of(&r, t, &list) && has_method(&r, &list, name);
	gosym_error_destroy(err);
	return false;
}
