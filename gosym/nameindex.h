/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* An index from names to positions in an array that never changes: open addressing over 32-bit hashes and
 * positions, so that a table of a few hundred thousand names costs milliseconds. Of equal names the first added is
 * kept: a table that repeats one name a million times stays cheap. */
#ifndef GOSYM_NAMEINDEX_H
#define GOSYM_NAMEINDEX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAMEINDEX_NONE UINT32_MAX

struct nameindex {
	struct nameindex_slot { uint32_t hash, pos; } *slots;	/* pos + 1; 0 = free */
	size_t size;			/* a power of two, at least twice the names; 0 = not built */
};

/* The name at a position of the array. */
typedef const char *nameindex_name_fn(const void *array, uint32_t pos);

/* FNV-1a. */
static inline uint32_t nameindex_hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return h;
}

static inline bool nameindex_init(struct nameindex *x, size_t num)
{
	size_t size = 16;

	if (num >= UINT32_MAX / 4)
		return false;
	while (size < num * 2)
		size *= 2;
	x->slots = calloc(size, sizeof(*x->slots));
	x->size = x->slots ? size : 0;
	return x->slots;
}

static inline void nameindex_deinit(struct nameindex *x)
{
	free(x->slots);
	x->slots = NULL;
	x->size = 0;
}

/* The slot of name, or the free one where it belongs. */
static inline struct nameindex_slot *nameindex_slot(const struct nameindex *x, const char *name, uint32_t hash,
						    nameindex_name_fn *name_at, const void *array)
{
	struct nameindex_slot *s;

	for (size_t i = hash;; i++) {
		s = &x->slots[i & (x->size - 1)];
		if (!s->pos || (s->hash == hash && !strcmp(name_at(array, s->pos - 1), name)))
			return s;
	}
}

static inline void nameindex_add(struct nameindex *x, uint32_t pos, nameindex_name_fn *name_at, const void *array)
{
	const char *name = name_at(array, pos);
	uint32_t hash = nameindex_hash(name);
	struct nameindex_slot *s = nameindex_slot(x, name, hash, name_at, array);

	if (!s->pos)
		*s = (struct nameindex_slot){ hash, pos + 1 };
}

/* The position of name, or NAMEINDEX_NONE. */
static inline uint32_t nameindex_find(const struct nameindex *x, const char *name, nameindex_name_fn *name_at,
				      const void *array)
{
	return x->size ? nameindex_slot(x, name, nameindex_hash(name), name_at, array)->pos - 1 : NAMEINDEX_NONE;
}

#endif
