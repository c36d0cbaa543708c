// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Comparisons: which types go together (https://go.dev/ref/spec#Comparison_operators), and bools and
 * nil.
 */
#include <string.h>

#include "tracer/expr_check.h"

bool expr_has_kind(const struct operand *o, enum gosym_kind k)
{
	return o->kind == OP_PLACE && gosym_type_kind(o->place.type) == k;
}

/* A bool in whatever form as a condition. */
struct gosym_error *expr_to_cond(struct check *c, const struct expr_node *n,
				   const struct operand *o, const struct plan_expr **ret)
{
	const struct plan_expr *load;
	struct gosym_error *err;

	if (o->kind == OP_COND) {
		*ret = o->cond;
		return NULL;
	}
	if (!expr_has_kind(o, GOSYM_BOOL))
		return expr_error_at(c->text, n->pos,
				     "%s is %s, not a bool: compare it with something",
				     expr_node_text(c, n), operand_type(o));
	err = place_expr(c, n, &o->place, 0, 1, false, &load);
	if (err)
		return err;
	*ret = expr_compare(c, PLAN_OP_NE, load, expr_const(c, 0), false);
	return *ret ? NULL : gosym_nomem;
}

bool expr_is_bool(const struct operand *o)
{
	return o->kind == OP_COND || expr_has_kind(o, GOSYM_BOOL);
}

static struct gosym_error *compare_bools(struct check *c, const struct expr_node *n,
					 enum plan_op op, const struct operand *a,
					 const struct operand *b, struct operand *ret)
{
	const struct plan_expr *x, *y, *both, *neither, *equal;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "bools have no order: use == or !=");
	err = expr_to_cond(c, n->a, a, &x);
	if (!err)
		err = expr_to_cond(c, n->b, b, &y);
	if (err)
		return err;
	if (y->op == PLAN_OP_CONST)
		equal = y->imm ? x : expr_cond_not(c, x);
	else if (x->op == PLAN_OP_CONST)
		equal = x->imm ? y : expr_cond_not(c, y);
	else {
		both = expr_cond_join(c, PLAN_OP_AND, x, y);
		neither = expr_cond_join(c, PLAN_OP_AND, expr_cond_not(c, x), expr_cond_not(c, y));
		equal = expr_cond_join(c, PLAN_OP_OR, both, neither);
	}
	return expr_give_cond(op == PLAN_OP_EQ ? equal : expr_cond_not(c, equal), ret);
}

static struct gosym_error *compare_nil(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *a, const struct operand *b,
				       struct operand *ret)
{
	bool left = a->kind == OP_NIL;
	const struct operand *o = left ? b : a;
	const struct expr_node *node = left ? n->b : n->a;
	const struct plan_expr *word;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "nil has no order: use == or !=");
	if (o->kind == OP_PLACE) {
		switch (gosym_type_kind(o->place.type)) {
		case GOSYM_POINTER:
		case GOSYM_UNSAFE_POINTER:
		case GOSYM_INTERFACE:
		case GOSYM_SLICE:
		case GOSYM_MAP: case GOSYM_FUNC: case GOSYM_CHAN:
			/* nil is all zero, and the first word of what is not nil is not: the array,
			 * the type or itab. */
			err = place_expr(c, node, &o->place, 0, c->plan->arch->ptr_size, false,
					 &word);
			return err ? err
				   : expr_give_cond(expr_compare(c, op, word, expr_const(c, 0), false),
					       ret);
		default: break;
		}
	}
	return expr_error_at(c->text, node->pos, "%s is %s, which is never nil", expr_node_text(c, node),
			     operand_type(o));
}

/* A float, and another or a constant. */
static bool is_float_pair(const struct operand *a, const struct operand *b)
{
	bool x = operand_is_float(a), y = operand_is_float(b);

	return (x && y) || (x && b->kind == OP_INT) || (y && a->kind == OP_INT);
}

/* Pointers and chans of one type are equal or not. */
static bool is_pointer(const struct operand *o)
{
	return expr_has_kind(o, GOSYM_POINTER) || expr_has_kind(o, GOSYM_UNSAFE_POINTER) ||
	       expr_has_kind(o, GOSYM_CHAN);
}

static struct gosym_error *compare_pointers(struct check *c, const struct expr_node *n, enum plan_op op,
					    const struct operand *a, const struct operand *b,
					    struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct plan_expr *x, *y;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "pointers have no order: use == or !=");
	if (strcmp(gosym_type_name(a->place.type), gosym_type_name(b->place.type)) != 0)
		return expr_error_at(c->text, n->pos, "mismatched types: %s is %s, %s is %s",
				     expr_node_text(c, n->a), operand_type(a), expr_node_text(c, n->b),
				     operand_type(b));
	err = place_expr(c, n->a, &a->place, 0, word, false, &x);
	if (!err)
		err = place_expr(c, n->b, &b->place, 0, word, false, &y);
	return err ? err : expr_give_cond(expr_compare(c, op, x, y, false), ret);
}

static struct gosym_error *refuse_comparison(struct check *c, const struct expr_node *n,
					     const struct operand *a, const struct operand *b)
{
	const struct operand *odd = a->kind == OP_PLACE ? a : b;
	const struct expr_node *node = a->kind == OP_PLACE ? n->a : n->b;

	if (operand_is_float(a) && a->kind == OP_FLOAT && expr_is_number(b))
		return expr_error_at(c->text, n->a->pos, "the constant %s does not fit %s", a->text, operand_type(b));
	if (operand_is_float(b) && b->kind == OP_FLOAT && expr_is_number(a))
		return expr_error_at(c->text, n->b->pos, "the constant %s does not fit %s", b->text, operand_type(a));
	if (expr_is_bytes(odd) && (a->kind == OP_STRING || b->kind == OP_STRING))
		return expr_error_at(c->text, node->pos, "%s is %s: write string(%s)", expr_node_text(c, node),
				     operand_type(odd), expr_node_text(c, node));
	if (odd->kind == OP_PLACE) {
		switch (gosym_type_kind(odd->place.type)) {
		case GOSYM_STRUCT:
			return expr_error_at(c->text, node->pos,
					     "%s is a struct (%s): compare its fields",
					     expr_node_text(c, node), operand_type(odd));
		case GOSYM_INTERFACE:
			return expr_error_at(c->text, node->pos, "%s is an interface (%s): it can be compared "
					     "with nil, %s.(type) with a type's name, %s.(T) as a T",
					     expr_node_text(c, node), operand_type(odd),
					     expr_node_text(c, node), expr_node_text(c, node));
		case GOSYM_POINTER:
		case GOSYM_MAP:
		case GOSYM_CHAN:
		case GOSYM_FUNC:
		case GOSYM_SLICE: case GOSYM_UNSAFE_POINTER:
			return expr_error_at(c->text, node->pos,
					     "%s (%s) can only be compared with nil",
					     expr_node_text(c, node), operand_type(odd));
		default: break;
		}
	}
	return expr_error_at(c->text, n->pos, "cannot compare %s (%s) with %s (%s)",
			     expr_node_text(c, n->a), operand_type(a), expr_node_text(c, n->b),
			     operand_type(b));
}

struct gosym_error *expr_lower_comparison(struct check *c, const struct expr_node *n,
					    struct operand *ret)
{
	static const enum plan_op ops[] = {
		[EXPR_EQ] = PLAN_OP_EQ, [EXPR_NE] = PLAN_OP_NE, [EXPR_LT] = PLAN_OP_LT,
		[EXPR_LE] = PLAN_OP_LE, [EXPR_GT] = PLAN_OP_GT, [EXPR_GE] = PLAN_OP_GE,
	};
	enum plan_op op = ops[n->kind];
	struct operand a, b;
	struct gosym_error *err;

	err = expr_lower(c, n->a, &a);
	if (!err)
		err = expr_lower(c, n->b, &b);
	if (err)
		return err;
	if (a.kind == OP_DYNAMIC_TYPE || b.kind == OP_DYNAMIC_TYPE)
		return expr_compare_type(c, n, op, &a, &b, ret);
	if (a.kind == OP_CALLER || b.kind == OP_CALLER)
		return expr_compare_caller(c, n, op, &a, &b, ret);
	if (a.kind == OP_NIL || b.kind == OP_NIL)
		return compare_nil(c, n, op, &a, &b, ret);
	if (expr_is_number(&a) && expr_is_number(&b))
		return expr_compare_numbers(c, n, op, &a, &b, ret);
	if (expr_is_string(&a) && expr_is_string(&b))
		return expr_compare_strings(c, n, op, &a, &b, ret);
	if (is_float_pair(&a, &b))
		return expr_compare_floats(c, n, op, &a, &b, ret);
	if (is_pointer(&a) && is_pointer(&b))
		return compare_pointers(c, n, op, &a, &b, ret);
	if (expr_is_bool(&a) && expr_is_bool(&b))
		return compare_bools(c, n, op, &a, &b, ret);
	return refuse_comparison(c, n, &a, &b);
}
