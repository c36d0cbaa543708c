/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Names by pattern: an exact name, else a glob, else a /regular expression/. */
#ifndef GOSYM_MATCH_H
#define GOSYM_MATCH_H

#include "gosym/error.h"

struct match_list {
	const char *what;		/* in messages: "function" */
	const char *(*name)(const void *data, size_t i);
	const void *data;
	size_t num;
};
struct match_vec { size_t *data; size_t num, cap; };

/* Adds the positions that match. GOSYM_NOT_FOUND, with what was nearly meant, if there are
 * none. ret is the caller's to vec_deinit() in any case. */
struct gosym_error *match_names(const struct match_list *list, const char *pattern,
				struct match_vec *ret);

#endif
