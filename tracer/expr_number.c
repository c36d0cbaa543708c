// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Integers: constants and what they fit (https://go.dev/ref/spec#Representability), and their comparison.
 * The kernel computes with 64 bits; smaller ones are extended by their sign.
 */
#include <string.h>

#include "tracer/expr_check.h"
#include "tracer/plan_arith.h"

bool expr_is_integer(enum gosym_kind k)
{
	return k >= GOSYM_INT && k <= GOSYM_UINTPTR;
}

bool expr_is_number(const struct operand *o)
{
	return o->kind == OP_INT || o->kind == OP_NUMBER ||
	       (o->kind == OP_PLACE && expr_is_integer(gosym_type_kind(o->place.type)));
}

bool expr_holds(enum plan_op op, int order)
{
	switch (op) {
	case PLAN_OP_EQ: return order == 0;
	case PLAN_OP_NE: return order != 0;
	case PLAN_OP_LT: return order < 0;
	case PLAN_OP_LE: return order <= 0;
	case PLAN_OP_GT: return order > 0;
	default: return order >= 0;
	}
}

struct gosym_error *expr_give_number(const struct number *number, struct operand *ret)
{
	if (!number->expr)
		return gosym_nomem;
	*ret = (struct operand){ .kind = OP_NUMBER, .number = *number };
	return NULL;
}

const struct plan_expr *expr_wrap(struct check *c, const struct plan_expr *e, unsigned size,
				  bool is_signed)
{
	struct plan_expr *wrapped;

	if (!e || size >= 8)
		return e;
	if (e->op == PLAN_OP_CONST)
		return expr_const(c, (int64_t)plan_wrap((uint64_t)e->imm, size, is_signed));
	wrapped = expr_op(c, PLAN_OP_WRAP, e, NULL);
	if (wrapped) {
		wrapped->size = (uint8_t)size;
		wrapped->is_signed = is_signed;
	}
	return wrapped;
}

/* Whether the constant is representable in size bytes, and its bits. */
static bool const_fits(const struct operand *o, unsigned size, bool is_signed, int64_t *ret)
{
	uint64_t max = is_signed ? (uint64_t)INT64_MAX >> (64 - 8 * size)
				 : UINT64_MAX >> (64 - 8 * size);

	if (o->neg && (!is_signed || o->magnitude > max + 1))
		return false;
	if (!o->neg && o->magnitude > max)
		return false;
	*ret = (int64_t)(o->neg ? -o->magnitude : o->magnitude);
	return true;
}

/* An integer operand; a constant takes the type of the other side and must be representable in it.
 */
struct gosym_error *expr_to_number(struct check *c, const struct expr_node *n,
				   const struct operand *o, const struct number *other,
				   struct number *ret)
{
	enum gosym_kind kind;
	int64_t value;

	if (o->kind == OP_NUMBER) {
		*ret = o->number;
		return NULL;
	}
	if (o->kind == OP_INT) {
		if (!const_fits(o, other->size, other->is_signed, &value))
			return expr_error_at(c->text, n->pos, "the constant %s%llu does not fit %s",
					     o->neg ? "-" : "", (unsigned long long)o->magnitude,
					     other->type	? other->type
					     : other->size == 4 ? "32 bits without sign"
								: "64 bits without sign");
		*ret = *other;
		ret->header = NULL;
		ret->expr = expr_const(c, value);
		return ret->expr ? NULL : gosym_nomem;
	}
	kind = gosym_type_kind(o->place.type);
	*ret = (struct number){ .type = gosym_type_name(o->place.type), .as = o->place.type,
				.size = gosym_type_size(o->place.type),
				.is_signed = kind <= GOSYM_INT64 };
	return place_expr(c, n, &o->place, 0, ret->size, ret->is_signed, &ret->expr);
}

struct gosym_error *expr_two_numbers(struct check *c, const struct expr_node *n, const struct operand *a,
				     const struct operand *b, struct number *x, struct number *y)
{
	struct gosym_error *err;

	if (a->kind == OP_INT) {
		err = expr_to_number(c, n->b, b, NULL, y);
		if (!err)
			err = expr_to_number(c, n->a, a, y, x);
	} else {
		err = expr_to_number(c, n->a, a, NULL, x);
		if (!err)
			err = expr_to_number(c, n->b, b, x, y);
	}
	if (err)
		return err;
	if (x->type && y->type && strcmp(x->type, y->type) != 0)
		return expr_error_at(c->text, n->pos, "mismatched types: %s is %s, %s is %s",
				     expr_node_text(c, n->a), x->type, expr_node_text(c, n->b), y->type);
	return NULL;
}

const struct plan_expr *expr_number_value(struct check *c, const struct number *number)
{
	const struct plan_expr *has_header;

	if (!number->header)
		return number->expr;
	has_header = expr_compare(c, PLAN_OP_NE, number->header, expr_const(c, 0), false);
	return has_header ? expr_guarded(c, PLAN_OP_IF, has_header, number->expr) : NULL;
}

static int const_order(const struct plan_expr *a, const struct plan_expr *b, bool is_signed)
{
	if (is_signed)
		return (a->imm > b->imm) - (a->imm < b->imm);
	return ((uint64_t)a->imm > (uint64_t)b->imm) - ((uint64_t)a->imm < (uint64_t)b->imm);
}

/* A comparison in which len() of a nil map or chan is 0 and its header is not looked at. */
static const struct plan_expr *number_compare(struct check *c, enum plan_op op, struct number a,
					      struct number b)
{
	struct number *of = a.header ? &a : b.header ? &b : NULL;
	const struct plan_expr *is_nil, *has_header, *with_zero, *with_len;
	bool is_signed = a.is_signed || b.is_signed;

	if (!of && a.expr && b.expr && a.expr->op == PLAN_OP_CONST && b.expr->op == PLAN_OP_CONST)
		return expr_const(c, expr_holds(op, const_order(a.expr, b.expr, is_signed)));
	if (!of)
		return expr_compare(c, op, a.expr, b.expr, is_signed);
	is_nil = expr_compare(c, PLAN_OP_EQ, of->header, expr_const(c, 0), false);
	has_header = expr_compare(c, PLAN_OP_NE, of->header, expr_const(c, 0), false);
	of->header = NULL;
	with_len = number_compare(c, op, a, b);
	of->expr = expr_const(c, 0);
	with_zero = number_compare(c, op, a, b);
	if (with_zero && with_zero->op == PLAN_OP_CONST)	/* is_nil alone decides */
		return with_zero->imm ? expr_cond_join(c, PLAN_OP_OR, is_nil, with_len) :
					expr_cond_join(c, PLAN_OP_AND, has_header, with_len);
	return expr_cond_join(c, PLAN_OP_OR, expr_cond_join(c, PLAN_OP_AND, is_nil, with_zero),
			 expr_cond_join(c, PLAN_OP_AND, has_header, with_len));
}

static const struct plan_expr *compare_consts(struct check *c, enum plan_op op,
					      const struct operand *a, const struct operand *b)
{
	int order = a->neg != b->neg
			    ? (a->neg ? -1 : 1)
			    : (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);

	if (a->neg && b->neg)
		order = -order;
	return expr_const(c, expr_holds(op, order));
}

struct gosym_error *expr_compare_numbers(struct check *c, const struct expr_node *n, enum plan_op op,
					 const struct operand *a, const struct operand *b,
					 struct operand *ret)
{
	struct gosym_error *err;
	struct number x, y;

	if (a->kind == OP_INT && b->kind == OP_INT)
		return expr_give_cond(compare_consts(c, op, a, b), ret);
	err = expr_two_numbers(c, n, a, b, &x, &y);
	return err ? err : expr_give_cond(number_compare(c, op, x, y), ret);
}
