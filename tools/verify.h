/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* gosym inspect --verify: what is computed, held against everything else the file says. */
#ifndef TOOLS_VERIFY_H
#define TOOLS_VERIFY_H

#include "tools/out.h"
#include "tools/target.h"

/* All functions if num is 0. EXIT_FAILED if a disagreement has no explanation. */
int verify(struct out *out, const struct options *o, const struct target *t,
	   const struct gosym_func *const *funcs, size_t num);

#endif
