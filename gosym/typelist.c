// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The types of a program by name: DWARF's where there is DWARF, else those of the run-time
 * descriptors. Neither has all: the linker leaves out of DWARF what no variable or parameter
 * is of, and keeps no descriptors of what is never put into an interface.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/match.h"
#include "gosym/rtype_internal.h"

static int by_name(const void *a, const void *b)
{
	const struct gosym_type *x = *(const struct gosym_type *const *)a;
	const struct gosym_type *y = *(const struct gosym_type *const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->runtime_type != y->runtime_type)
		return x->runtime_type < y->runtime_type ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Sorted, each once: several DWARF entries may be one type. */
static size_t sort_unique(const struct gosym_type **types, size_t num)
{
	size_t kept = 0;

	if (num)
		qsort(types, num, sizeof(*types), by_name);
	for (size_t i = 0; i < num; i++)
		if (!kept || types[kept - 1] != types[i])
			types[kept++] = types[i];
	return kept;
}

static struct gosym_error *list_dwarf(struct gosym_binary *b, struct dwarf_types *ret)
{
	struct dwarf *d;
	struct gosym_error *err = binary_dwarf(b, &d);

	if (!err && d)
		err = dwarf_types_list(d, ret);
	/* Damaged DWARF is as good as none. */
	if (err && err != gosym_nomem) {
		gosym_error_destroy(err);
		ret->num = 0;
		err = NULL;
	}
	return err;
}

static const struct gosym_type *find_sorted(const struct dwarf_types *in, const char *name)
{
	size_t low = 0, high = in->num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(in->data[mid]->name, name);

		if (!order)
			return in->data[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Adds those whose names ret, sorted, does not have yet. */
static struct gosym_error *list_runtime(struct gosym_binary *b, struct dwarf_types *ret)
{
	const struct dwarf_types dwarf = *ret;
	struct dwarf_types all = { 0 };
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	if (!err)
		err = rtypes_list(rt);
	for (size_t i = 0; !err && i < dwarf.num + rt->all.num; i++) {
		const struct gosym_type *t =
			i < dwarf.num ? dwarf.data[i] : rt->all.data[i - dwarf.num];
		const struct gosym_type **slot;

		if (i >= dwarf.num && find_sorted(&dwarf, t->name))
			continue;
		slot = vec_append(&all);
		if (slot)
			*slot = t;
		else
			err = gosym_nomem;
	}
	if (err) {
		vec_deinit(&all);
		return err;
	}
	vec_deinit(ret);
	*ret = all;
	return NULL;
}

/* Descriptors of unknown releases, or none, leave what DWARF has. Consumes err. */
static struct gosym_error *forgive(struct gosym_error *err)
{
	if (err == gosym_nomem)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

/* A file without any types is not one without the type asked for. Consumes err. */
static struct gosym_error *no_types(struct gosym_error *err)
{
	struct gosym_error *ret;

	if (!err || gosym_error_code(err) != GOSYM_NOT_FOUND)
		return err;
	ret = gosym_error_new(GOSYM_UNSUPPORTED, "%s", gosym_error_message(err));
	gosym_error_destroy(err);
	return ret;
}

/* Kept with the binary. */
static struct gosym_error *types_list(struct gosym_binary *b)
{
	struct dwarf_types all = { 0 };
	struct gosym_error *err;

	if (b->types)
		return NULL;
	err = list_dwarf(b, &all);
	if (!err) {
		all.num = sort_unique(all.data, all.num);
		err = list_runtime(b, &all);
	}
	err = all.num ? forgive(err) : no_types(err);
	if (!err) {
		all.num = sort_unique(all.data, all.num);
		b->types = arena_array(&b->arena, all.num + 1, sizeof(*b->types));
		err = b->types ? NULL : gosym_nomem;
	}
	if (!err && all.num) {
		memcpy(b->types, all.data, all.num * sizeof(*b->types));
		b->num_types = all.num;
	}
	vec_deinit(&all);
	return err;
}

static const char *type_name(const void *data, size_t i)
{
	return ((const struct gosym_type *const *)data)[i]->name;
}

struct gosym_error *gosym_type_match(struct gosym_binary *b, const char *pattern,
				     const struct gosym_type ***ret, size_t *num_ret)
{
	struct gosym_error *err = types_list(b);
	struct match_list list = { "type", type_name, b->types, b->num_types };
	const struct gosym_type **types;
	struct match_vec found = { 0 };
	size_t num;

	if (!err && pattern)
		err = match_names(&list, pattern, &found);
	if (err) {
		vec_deinit(&found);
		return err;
	}
	num = pattern ? found.num : b->num_types;
	types = calloc(num ? num : 1, sizeof(*types));
	for (size_t i = 0; types && i < num; i++)
		types[i] = b->types[pattern ? found.data[i] : i];
	vec_deinit(&found);
	if (!types)
		return gosym_nomem;
	*ret = types;
	*num_ret = num;
	return NULL;
}

static struct gosym_error *find_runtime(struct gosym_binary *b, const char *name,
					const struct gosym_type **ret)
{
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	if (!err)
		err = rtypes_list(rt);
	if (err)
		return err;
	for (size_t i = 0; i < rt->all.num; i++) {
		if (strcmp(rt->all.data[i]->name, name))
			continue;
		*ret = rt->all.data[i];
		return NULL;
	}
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: no type \"%s\"", elf_path(b->elf), name);
}

struct gosym_error *gosym_type_find(struct gosym_binary *b, const char *name,
				    const struct gosym_type **ret)
{
	struct dwarf *d;
	struct gosym_error *err = binary_dwarf(b, &d);

	if (!err && d) {
		err = dwarf_type_find(d, name, ret);
		if (!err)
			return NULL;
	}
	if (err == gosym_nomem)
		return err;
	gosym_error_destroy(err);
	return find_runtime(b, name, ret);
}
