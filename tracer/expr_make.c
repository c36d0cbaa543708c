// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Nodes of the plan's expressions, simplified where an operand is constant. Each knows how much of the
 * program's stack and of the verifier's patience it takes, so that what the kernel would refuse is
 * refused at its column. All return NULL when out of memory, also if an operand is NULL.
 */
#include "tracer/expr_check.h"

struct plan_expr *expr_op(struct check *c, enum plan_op op, const struct plan_expr *a,
			  const struct plan_expr *b)
{
	struct plan_expr *e = arena_alloc(&c->plan->arena, sizeof(*e));

	if (!e)
		return NULL;
	*e = (struct plan_expr){ .op = op, .a = a, .b = b };
	expr_measure(e);
	return e;
}

/* The right operand of two is computed while the left one waits. A string's length and pointer wait for
 * both ends of the loop that reads it. */
static unsigned depth_of(const struct plan_expr *e)
{
	unsigned a = e->a ? e->a->depth : 0, b = e->b ? e->b->depth : 0;
	unsigned other = e->other ? e->other->depth : 0;

	switch (e->op) {
	case PLAN_OP_AND: case PLAN_OP_OR: case PLAN_OP_IF: case PLAN_OP_CHECK:
	case PLAN_OP_NOT: case PLAN_OP_WRAP:
		return a > b ? a : b;
	case PLAN_OP_STRING:
		return a > b ? a : b;
	case PLAN_OP_STREQ: case PLAN_OP_STRPREFIX: case PLAN_OP_STRSUFFIX:
		return (a > b ? a : b) + 1;
	case PLAN_OP_STRORDER: case PLAN_OP_STRCONTAINS:
		a = a > b ? a : b;
		return (a > other ? a : other) + 5;
	default:
		if (!e->b)
			return a;
		return a > b + 1 ? a : b + 1;
	}
}

static uint64_t own_cost(const struct plan_expr *e)
{
	enum { INSN = 4 };		/* the other paths on which the verifier comes by */
	uint64_t window = PLAN_MAX_TEXT;

	switch (e->op) {
	case PLAN_OP_LOAD: return INSN * (8 + 9 * (uint64_t)e->load.num_derefs);
	case PLAN_OP_STREQ: case PLAN_OP_STRPREFIX: case PLAN_OP_STRSUFFIX:
		return INSN * (20 + 3 * (uint64_t)((e->text_len + 7) / 8));
	case PLAN_OP_STRORDER:
		if (!e->other)
			return INSN * (40 + 5 * (uint64_t)((e->text_len + 7) / 8));
		return INSN * PLAN_MAX_ROUNDS * (50 + 5 * PLAN_MAX_ORDER / 8);
	case PLAN_OP_STRCONTAINS:
		return PLAN_SEARCH_ROUNDS * (window + 1 - e->text_len) * (2 * (uint64_t)e->text_len + 6);
	default: return INSN * 6;
	}
}

void expr_measure(struct plan_expr *e)
{
	const struct plan_expr *const parts[] = { e->a, e->b, e->other };
	uint64_t cost = own_cost(e);
	unsigned depth = depth_of(e);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		cost += parts[i] ? parts[i]->cost : 0;
	e->cost = cost < UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
	e->depth = depth < UINT8_MAX ? (uint8_t)depth : UINT8_MAX;
}

struct gosym_error *expr_check_limits(struct check *c, const struct expr_node *n,
				      const struct plan_expr *e)
{
	if (e && e->depth > PLAN_MAX_DEPTH)
		return expr_error_at(c->text, n->pos, "the expression nests more than %d deep here, for "
				     "which the kernel's stack has no room", PLAN_MAX_DEPTH);
	if (e && e->cost > PLAN_MAX_COST)
		return expr_error_at(c->text, n->pos, "up to here the expression is more than the kernel's "
				     "verifier would look at");
	return NULL;
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

/* b, where the condition holds; a condition that is NULL always does. */
const struct plan_expr *expr_guarded(struct check *c, enum plan_op op, const struct plan_expr *cond,
				     const struct plan_expr *b)
{
	struct plan_expr *e;

	if (!cond || !b)
		return b;
	e = expr_op(c, op, cond, b);
	if (e)
		e->is_signed = b->is_signed;
	return e;
}

/* NOT, AND, OR, simplified. */
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

const struct plan_expr *expr_cond_join(struct check *c, enum plan_op op, const struct plan_expr *a,
				       const struct plan_expr *b)
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
