/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Expressions in Go syntax over the arguments of a function: parsed (expr_parse.y), type-checked against
 * its signature and lowered to plan_expr. Errors point at the column and list what there is.
 */
#ifndef TRACER_EXPR_H
#define TRACER_EXPR_H

#include "tracer/plan.h"

/* A condition (boolean) for this probe; sig and site are set. _return: at the return, over results, the duration, and
 * arguments as far as the call's record has them; args and fetches are set. Lives in the plan's arena. GOSYM_INVALID: not
 * Go syntax, unknown name, types that do not fit, a value that cannot be fetched. */
struct gosym_error *expr_condition(struct gosym_plan *p, const struct plan_probe *probe, const char *text,
				   const struct plan_expr **ret);
struct gosym_error *expr_condition_return(struct gosym_plan *p, const struct plan_probe *probe,
					  const char *text, const struct plan_expr **ret);
/* First of all: what the plan has to do at returns, and keep until then, for this probe's expressions. */
struct gosym_error *expr_prepare(struct gosym_plan *p, const struct plan_probe *probe);
/* One expression of --print: a value of that type. */
struct plan_printed {
	const char *name;		/* as it was written */
	const struct gosym_type *type;
	const struct gosym_param *param;	/* it lies `offset` bytes within; NULL: */
	uint64_t offset;
	const struct plan_expr *expr;	/* it is this number; or the pointer off bytes behind which it lies */
	bool behind;
	int64_t off;
};
/* Those that are known at the call, or later. */
struct gosym_error *expr_print(struct gosym_plan *p, const struct plan_probe *probe, bool at_return,
			       struct plan_print *ret);
/* The value and the key the plan's options ask for -> probe->agg; args and fetches are set. Errors as of expr_condition(), headed by the
 * option's name. */
struct gosym_error *expr_aggregate(struct gosym_plan *p, struct plan_probe *probe);
/* Where a run of an argument's bytes is at the site, or with probe NULL a result's at a RET: its load without
 * dereferences. False: not fetchable, *why says the reason. Shared with plan.c. */
bool plan_locate(const struct gosym_plan *p, const struct plan_probe *probe, const struct gosym_param *param,
		 uint32_t offset, uint32_t size, struct plan_load *ret, const char **why);

#endif
