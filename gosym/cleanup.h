/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Scope guards: a variable that frees what it holds when it goes out of scope. */
#ifndef GOSYM_CLEANUP_H
#define GOSYM_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gosym/gosym.h"

#define DEFINE_CLEANUP(name, type, release)	\
	static inline void name(type *p)	\
	{					\
		release;			\
	}

DEFINE_CLEANUP(cleanup_fd, int, if (*p >= 0) close(*p))
DEFINE_CLEANUP(cleanup_file, FILE *, if (*p) fclose(*p))
DEFINE_CLEANUP(cleanup_error, struct gosym_error *, gosym_error_destroy(*p))

/* free() takes any pointer, cleanup wants the exact type: go through void *. */
static inline void cleanup_free_any(void *p)
{
	free(*(void **)p);
}

#define _cleanup_(fn) __attribute__((__cleanup__(fn)))
#define _cleanup_free_ _cleanup_(cleanup_free_any)
#define _cleanup_fd_ _cleanup_(cleanup_fd)
#define _cleanup_file_ _cleanup_(cleanup_file)
#define _cleanup_error_ _cleanup_(cleanup_error)

/* Hand the pointer on: the guard then finds NULL. */
#define no_cleanup_ptr(p) ({ __typeof__(p) p_ = (p); (p) = NULL; p_; })

#endif
