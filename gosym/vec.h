/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * A typed growable array: VEC(int) v = {}; int *slot = vec_append(&v); if (!slot) → out of memory.
 * Elements move when it grows. The new element is zeroed.
 */
#ifndef GOSYM_VEC_H
#define GOSYM_VEC_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VEC(type) struct { type *data; size_t num, cap; }

static inline bool vec_grow(void **data, size_t *cap, size_t need, size_t elem)
{
	size_t want = *cap ? *cap * 2 : 16;
	void *p;

	if (need <= *cap)
		return true;
	if (want < need)
		want = need;
	p = reallocarray(*data, want, elem);
	if (!p)
		return false;
	*data = p;
	*cap = want;
	return true;
}

/* Pointer to a new zeroed last element, NULL when out of memory. */
#define vec_append(v)									\
	(vec_grow((void **)&(v)->data, &(v)->cap, (v)->num + 1, sizeof(*(v)->data)) ?	\
	 memset(&(v)->data[(v)->num++], 0, sizeof(*(v)->data)) : NULL)
#define vec_deinit(v) do { free((v)->data); (v)->data = NULL; (v)->num = (v)->cap = 0; } while (0)

#endif
