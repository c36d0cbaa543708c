// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Nodes of the plan's expressions, simplified where an operand is constant. All return NULL when out
 * of memory, also if an operand is NULL.
 */
#include "tracer/expr_check.h"

struct plan_expr *expr_op(struct check *c, enum plan_op op, const struct plan_expr *a,
				 const struct plan_expr *b)
{
	struct plan_expr *e = arena_alloc(&c->plan->arena, sizeof(*e));

	if (e)
		*e = (struct plan_expr){ .op = op, .a = a, .b = b };
	return e;
}

struct plan_expr *expr_const(struct check *c, int64_t value)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_CONST, NULL, NULL);

	if (e)
		e->imm = value;
	return e;
}

struct plan_expr *expr_compare(struct check *c, enum plan_op op, const struct plan_expr *a,
				      const struct plan_expr *b, bool is_signed)
{
	struct plan_expr *e = a && b ? expr_op(c, op, a, b) : NULL;

	if (e)
		e->is_signed = is_signed;
	return e;
}

/* NOT, AND, OR, simplified. NULL: no memory, also if an operand is NULL. */
const struct plan_expr *expr_cond_not(struct check *c, const struct plan_expr *a)
{
	if (!a)
		return NULL;
	if (a->op == PLAN_OP_CONST)
		return expr_const(c, !a->imm);
	if (a->op == PLAN_OP_NOT)
		return a->a;
	return expr_op(c, PLAN_OP_NOT, a, NULL);
}

const struct plan_expr *expr_cond_join(struct check *c, enum plan_op op,
					 const struct plan_expr *a, const struct plan_expr *b)
{
	bool neutral = op == PLAN_OP_AND;	/* true && x, false || x: x */

	if (!a || !b)
		return NULL;
	if (a->op == PLAN_OP_CONST)
		return !!a->imm == neutral ? b : a;
	if (b->op == PLAN_OP_CONST && !!b->imm == neutral)
		return a;
	/* x && false is not false: x is looked at first, and its being unreadable counts. */
	return expr_op(c, op, a, b);
}

struct gosym_error *expr_give_cond(const struct plan_expr *cond, struct operand *ret)
{
	if (!cond)
		return gosym_nomem;
	*ret = (struct operand){ .kind = OP_COND, .cond = cond };
	return NULL;
}
