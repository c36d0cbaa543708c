/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Integer arithmetic of struct plan_expr, as Go has it: what constants are folded with, and what is computed of a
 * record in user space. In the kernel bpf_arith.c does the same. */
#ifndef TRACER_PLAN_ARITH_H
#define TRACER_PLAN_ARITH_H

#include "tracer/plan.h"

/* v cut to size bytes and extended. */
static inline uint64_t plan_wrap(uint64_t v, unsigned size, bool is_signed)
{
	unsigned shift = 64 - 8 * size;

	if (size >= 8)
		return v;
	v <<= shift;
	return is_signed ? (uint64_t)((int64_t)v >> shift) : v >> shift;
}

/* a op b, before it is cut to size; false where Go panics. */
static inline bool plan_compute(enum plan_op op, uint64_t a, uint64_t b, bool is_signed, bool count_is_signed,
				uint64_t *ret)
{
	int64_t x = (int64_t)a, y = (int64_t)b;
	bool shifts = op == PLAN_OP_SHL || op == PLAN_OP_SHR;

	if (((op == PLAN_OP_DIV || op == PLAN_OP_MOD) && !b) || (shifts && count_is_signed && y < 0))
		return false;
	switch (op) {
	case PLAN_OP_ADD: *ret = a + b; break;
	case PLAN_OP_SUB: *ret = a - b; break;
	case PLAN_OP_MUL: *ret = a * b; break;
	case PLAN_OP_DIV: *ret = !is_signed ? a / b : y == -1 ? -a : (uint64_t)(x / y); break;
	case PLAN_OP_MOD: *ret = !is_signed ? a % b : y == -1 ? 0 : (uint64_t)(x % y); break;
	case PLAN_OP_BITAND: *ret = a & b; break;
	case PLAN_OP_BITOR: *ret = a | b; break;
	case PLAN_OP_XOR: *ret = a ^ b; break;
	case PLAN_OP_ANDNOT: *ret = a & ~b; break;
	case PLAN_OP_SHL: *ret = b > 63 ? 0 : a << b; break;
	default:
		if (is_signed)
			*ret = (uint64_t)(x >> (b > 63 ? 63 : b));
		else
			*ret = b > 63 ? 0 : a >> b;
	}
	return true;
}

#endif
