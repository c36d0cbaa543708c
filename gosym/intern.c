// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Interned strings: a hash set with linear probing, at most half full. A table that was outgrown
 * stays in the arena; all of them together are smaller than the last one.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "gosym/intern.h"

#define FIRST_SIZE 256

/* FNV-1a. */
static uint64_t hash_bytes(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	while (len--)
		h = (h ^ (uint8_t)*s++) * 0x100000001b3;
	return h;
}

/* Where s is, or the free slot where it belongs. */
static const char **slot_find(const char **slots, size_t size, const char *s, size_t len)
{
	size_t i = hash_bytes(s, len) & (size - 1);

	while (slots[i] && (strncmp(slots[i], s, len) || slots[i][len]))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static bool grow(struct intern *t, struct arena *a)
{
	size_t size = t->size ? t->size * 2 : FIRST_SIZE;
	const char **slots = arena_array(a, size, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < t->size; i++)
		if (t->slots[i])
			*slot_find(slots, size, t->slots[i], strlen(t->slots[i])) = t->slots[i];
	t->slots = slots;
	t->size = size;
	return true;
}

const char *intern_add(struct intern *t, struct arena *a, const char *s, size_t len)
{
	const char **slot;

	if (t->num * 2 >= t->size && !grow(t, a))
		return NULL;
	slot = slot_find(t->slots, t->size, s, len);
	if (!*slot) {
		*slot = arena_strndup(a, s, len);
		t->num += *slot != NULL;
	}
	return *slot;
}
