/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* An arena: memory given back all at once. Names and models that live as long as their binary. */
#ifndef GOSYM_ARENA_H
#define GOSYM_ARENA_H

#include <stddef.h>

struct arena_chunk;
struct arena { struct arena_chunk *chunks; };

/* All return NULL when out of memory. Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size);	/* overflow-checked */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_deinit(struct arena *a);

#endif
