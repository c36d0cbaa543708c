/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Inlined copies of functions: those a pattern means, and their list. */
#ifndef TOOLS_COPIES_H
#define TOOLS_COPIES_H

#include "tools/options.h"
#include "tools/target.h"

/* As target_match(), with the functions that have no code of their own; num 0: all functions. */
int copies_match(const struct target *t, char *const *patterns, unsigned num, const struct gosym_func ***ret,
		 size_t *num_ret);
/* gosym list --inlined. */
int copies_list(const struct options *o, const struct target *t);

#endif
