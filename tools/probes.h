/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* From patterns to a plan: what cannot be probed is told by reason, once for many functions. */
#ifndef TOOLS_PROBES_H
#define TOOLS_PROBES_H

#include "gosym/vec.h"
#include "tools/options.h"
#include "tools/target.h"

struct probed_copy {
	const struct gosym_func *func;
	const struct gosym_inlined *call;
};

struct probes {
	struct target target;
	struct gosym_plan *plan;
	const struct gosym_func **funcs;	/* those in the plan, in its order */
	size_t num;
	VEC(struct probed_copy) copies;		/* inlined ones in the plan */
};
void probes_close(struct probes *p);
/* Opens TARGET, matches FUNC…, makes the plan. EXIT_DONE if one function at least is in it. */
int probes_open(const struct options *o, bool no_values, struct probes *ret);

#endif
