/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* A set of strings that live in an arena: the same text is stored once, so that getters may hand
 * out composed names on every call without the memory growing. Zero-initialised is empty. */
#ifndef GOSYM_INTERN_H
#define GOSYM_INTERN_H

#include "gosym/arena.h"

struct intern {
	const char **slots;		/* open addressing; NULL = free */
	size_t num, size;		/* size is a power of two, or 0 */
};

/* The stored copy of len bytes of s, NUL-terminated. NULL when out of memory. */
const char *intern_add(struct intern *t, struct arena *a, const char *s, size_t len);

#endif
