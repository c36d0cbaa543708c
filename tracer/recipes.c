// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The maps that programs look values behind interfaces up in: types to recipes (a hash), and the steps
 * of all recipes (an array). Both are written in one system call each; kernels that cannot do that for a
 * type of map (batches came with Linux 5.6) get them one by one.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "gosym/cleanup.h"
#include "tracer/recipes.h"

static struct gosym_error *fill(int fd, const char *name, const void *keys, size_t key_size,
				const void *values, size_t value_size, size_t num)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	uint32_t count = (uint32_t)num;

	if (!num || !bpf_map_update_batch(fd, keys, values, &count, &opts))
		return NULL;
	for (size_t i = 0; i < num; i++)
		if (bpf_map_update_elem(fd, (const char *)keys + i * key_size,
					(const char *)values + i * value_size, BPF_ANY))
			return gosym_error_errno(errno, "filling the map %s", name);
	return NULL;
}

static struct gosym_error *create(enum bpf_map_type type, const char *name, uint32_t key_size,
				  uint32_t value_size, size_t num, int *ret)
{
	/* A map has at least one element. */
	uint32_t entries = num ? (uint32_t)num : 1;

	*ret = bpf_map_create(type, name, key_size, value_size, entries, NULL);
	if (*ret >= 0)
		return NULL;
	return gosym_error_errno(errno, "creating the map %s of %" PRIu32 " entries", name,
				 entries);
}

static struct gosym_error *create_steps(const struct gosym_plan *p, int *ret)
{
	static const char name[] = "gosym_steps";
	size_t num;
	const struct plan_step *steps = dynamic_steps(p, &num);
	_cleanup_free_ uint32_t *keys = calloc(num + 1, sizeof(*keys));
	struct gosym_error *err;

	if (!keys)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		keys[i] = (uint32_t)i;
	err = create(BPF_MAP_TYPE_ARRAY, name, sizeof(*keys), sizeof(*steps), num, ret);
	return err ? err : fill(*ret, name, keys, sizeof(*keys), steps, sizeof(*steps), num);
}

static struct gosym_error *create_recipes(const struct gosym_plan *p, int *ret)
{
	static const char name[] = "gosym_recipes";
	_cleanup_free_ struct plan_recipe_key *keys = NULL;
	_cleanup_free_ struct plan_recipe_ref *refs = NULL;
	struct gosym_error *err;
	size_t num;

	err = dynamic_elements(p, &keys, &refs, &num);
	if (!err)
		err = create(BPF_MAP_TYPE_HASH, name, sizeof(*keys), sizeof(*refs), num, ret);
	return err ? err : fill(*ret, name, keys, sizeof(*keys), refs, sizeof(*refs), num);
}

struct gosym_error *recipes_create(const struct gosym_plan *p, struct recipe_maps *ret)
{
	struct gosym_error *err;

	*ret = (struct recipe_maps){ -1, -1 };
	if (!p->dynamic)
		return NULL;
	err = create_recipes(p, &ret->recipes_fd);
	return err ? err : create_steps(p, &ret->steps_fd);
}

void recipes_close(struct recipe_maps *maps)
{
	if (maps->recipes_fd > 0)
		close(maps->recipes_fd);
	if (maps->steps_fd > 0)
		close(maps->steps_fd);
}
