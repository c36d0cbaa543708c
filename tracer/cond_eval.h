/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The condition of a return, for a call that has ended without one. */
#ifndef TRACER_COND_EVAL_H
#define TRACER_COND_EVAL_H

#include "tracer/plan.h"

enum cond_truth { COND_FALSE, COND_TRUE, COND_UNKNOWN };

/* ended: who and when; image: the record with the call's arguments, at the offsets they have in the call's own. */
enum cond_truth cond_eval(const struct plan_expr *e, const struct plan_record *ended,
			  const struct plan_record *image, uint64_t duration);

#endif
