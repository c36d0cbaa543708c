/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Between the files that compile expressions: bpf_cond.c, bpf_arith.c, bpf_text.c. */
#ifndef TRACER_BPF_COND_H
#define TRACER_BPF_COND_H

#include "tracer/bpf_gen.h"

struct cond {
	struct bpf_gen *g;
	struct bpf_asm *a;
	int undecided;
};

/* r0 = the value. Operands that wait lie in slots, those from depth on are free. */
void cond_value(struct cond *c, const struct plan_expr *e, unsigned depth);
static inline int cond_slot(unsigned depth)
{
	return GEN_VALUES - 8 * (int)depth;
}
/* r0 is cut to size bytes and extended. */
void cond_extend(struct cond *c, uint8_t size, bool is_signed);
/* r1 = where offset off of the kept record lies. */
void cond_saved_at(struct cond *c, int64_t off);
/* What was kept there was read at the call; else undecided. */
void cond_saved_check(struct cond *c, const struct plan_load *load);

/* bpf_arith.c: r0 = a op b. */
void cond_arith(struct cond *c, const struct plan_expr *e, unsigned depth);
/* r0, the bits of a float, as plan_float_order() has it; NaN jumps. Changes r1, r2. */
void cond_float_order(struct cond *c, uint8_t size, int nan);

/* bpf_text.c: strings that equal, begin with, end with or hold a text. */
void cond_string(struct cond *c, const struct plan_expr *e, int if_true, int if_false, unsigned depth);
/* r0 is below, at or above 0 as the string is below, equal to or above a text or another. */
void cond_string_order(struct cond *c, const struct plan_expr *e, unsigned depth);

#endif
