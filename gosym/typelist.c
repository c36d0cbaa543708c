// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The types of a program by name: DWARF's where there is DWARF, those of the run-time descriptors elsewhere.
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

static struct gosym_error *list_runtime(struct gosym_binary *b, struct dwarf_types *ret)
{
	struct rtypes *rt;
	struct gosym_error *err = rtypes_get(b, &rt);

	if (!err)
		err = rtypes_list(rt);
	for (size_t i = 0; !err && i < rt->all.num; i++) {
		const struct gosym_type **slot = vec_append(ret);

		if (!slot)
			return gosym_nomem;
		*slot = rt->all.data[i];
	}
	return err;
}

/* Kept with the binary. */
static struct gosym_error *types_list(struct gosym_binary *b)
{
	struct dwarf_types all = { 0 };
	struct gosym_error *err;

	if (b->types)
		return NULL;
	err = list_dwarf(b, &all);
	if (!err && !all.num)
		err = list_runtime(b, &all);
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

struct gosym_error *gosym_type_match(struct gosym_binary *b, const char *pattern, const struct gosym_type ***ret,
				     size_t *num_ret)
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

static struct gosym_error *find_runtime(struct gosym_binary *b, const char *name, const struct gosym_type **ret)
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

struct gosym_error *gosym_type_find(struct gosym_binary *b, const char *name, const struct gosym_type **ret)
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
