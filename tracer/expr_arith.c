// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Integer arithmetic (https://go.dev/ref/spec#Arithmetic_operators): constants exactly, at once; the rest
 * in the kernel, wrapping by the type's size. Where Go would panic (a division by zero, a negative
 * number of bits to shift by) the expression is undecided; with a constant it is refused.
 */
#include <string.h>

#include "tracer/expr_check.h"
#include "tracer/plan_arith.h"

static const struct operator {
	enum expr_kind kind;
	enum plan_op op;
	const char *text;
} operators[] = {
	{ EXPR_ADD, PLAN_OP_ADD, "+" }, { EXPR_SUB, PLAN_OP_SUB, "-" },
	{ EXPR_MUL, PLAN_OP_MUL, "*" }, { EXPR_DIV, PLAN_OP_DIV, "/" },
	{ EXPR_MOD, PLAN_OP_MOD, "%" }, { EXPR_BITAND, PLAN_OP_BITAND, "&" },
	{ EXPR_BITOR, PLAN_OP_BITOR, "|" }, { EXPR_XOR, PLAN_OP_XOR, "^" },
	{ EXPR_ANDNOT, PLAN_OP_ANDNOT, "&^" }, { EXPR_SHL, PLAN_OP_SHL, "<<" },
	{ EXPR_SHR, PLAN_OP_SHR, ">>" },
};

static const struct operator *operator_of(enum expr_kind kind)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].kind == kind)
			return &operators[i];
	return NULL;
}

/* ---- constants */

static __int128 const_value(const struct operand *o)
{
	return o->neg ? -(__int128)o->magnitude : (__int128)o->magnitude;
}

static struct gosym_error *give_const(struct check *c, const struct expr_node *n, __int128 v,
				      struct operand *ret)
{
	unsigned __int128 magnitude = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;

	if (magnitude > UINT64_MAX)
		return expr_error_at(c->text, n->pos, "the constant does not fit 64 bits");
	*ret = (struct operand){ .kind = OP_INT, .neg = v < 0, .magnitude = (uint64_t)magnitude };
	return NULL;
}

/* Values of 65 bits: nothing but a shift can leave 128. */
static __int128 fold(enum plan_op op, __int128 a, __int128 b)
{
	switch (op) {
	case PLAN_OP_ADD: return a + b;
	case PLAN_OP_SUB: return a - b;
	case PLAN_OP_DIV: return a / b;
	case PLAN_OP_MOD: return a % b;
	case PLAN_OP_BITAND: return a & b;
	case PLAN_OP_BITOR: return a | b;
	case PLAN_OP_XOR: return a ^ b;
	case PLAN_OP_ANDNOT: return a & ~b;
	case PLAN_OP_SHR: return a >> (b > 127 ? 127 : (int)b);
	default: return 0;
	}
}

static struct gosym_error *fold_consts(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *a, const struct operand *b,
				       struct operand *ret)
{
	__int128 x = const_value(a), y = const_value(b), v;

	if (op == PLAN_OP_MUL || op == PLAN_OP_SHL) {
		__int128 by = op == PLAN_OP_MUL ? y : y > 64 ? (__int128)1 << 65 : (__int128)1 << (int)y;

		if (__builtin_mul_overflow(x, by, &v))
			return expr_error_at(c->text, n->pos, "the constant does not fit 64 bits");
	} else {
		v = fold(op, x, y);
	}
	return give_const(c, n, v, ret);
}

/* ---- what the kernel computes */

static bool is_const(const struct operand *o, uint64_t *magnitude)
{
	if (o->kind == OP_NUMBER && o->number.expr->op == PLAN_OP_CONST && !o->number.header) {
		*magnitude = (uint64_t)o->number.expr->imm;
		return true;
	}
	*magnitude = o->magnitude;
	return o->kind == OP_INT;
}

static struct gosym_error *give_result(struct check *c, enum plan_op op, const struct number *x,
				       const struct number *y, struct operand *ret)
{
	const struct plan_expr *a = expr_number_value(c, x), *b = expr_number_value(c, y);
	struct number number = { .type = x->type, .as = x->as, .size = x->size, .is_signed = x->is_signed };
	struct plan_expr *e;

	if (!a || !b)
		return gosym_nomem;
	if (a->op == PLAN_OP_CONST && b->op == PLAN_OP_CONST) {
		uint64_t value = 0;	/* what Go panics at has been refused */

		plan_compute(op, (uint64_t)a->imm, (uint64_t)b->imm, x->is_signed, false, &value);
		number.expr = expr_const(c, (int64_t)plan_wrap(value, number.size, number.is_signed));
		return expr_give_number(&number, ret);
	}
	e = expr_op(c, op, a, b);
	if (e) {
		e->size = (uint8_t)number.size;
		e->is_signed = number.is_signed;
		e->count_is_signed = y->is_signed;
	}
	number.expr = e;
	return expr_give_number(&number, ret);
}

/* The number of bits has any integer type of its own. */
static struct gosym_error *lower_shift(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *a, const struct operand *b,
				       struct operand *ret)
{
	const struct number any = { .size = 8, .type = NULL };
	struct gosym_error *err;
	struct number x, y;

	if (b->kind == OP_INT && b->neg)
		return expr_error_at(c->text, n->b->pos, "a number of bits to shift by is not negative");
	if (a->kind == OP_INT && b->kind == OP_INT)
		return fold_consts(c, n, op, a, b, ret);
	if (a->kind == OP_INT)
		return expr_error_at(c->text, n->a->pos, "a constant to be shifted needs a type, as in uint64(%llu)",
				     (unsigned long long)a->magnitude);
	err = expr_to_number(c, n->a, a, NULL, &x);
	if (!err)
		err = expr_to_number(c, n->b, b, &any, &y);
	return err ? err : give_result(c, op, &x, &y, ret);
}

static struct gosym_error *refuse_arith(struct check *c, const struct expr_node *n, const char *text,
					const struct operand *a, const struct operand *b)
{
	const struct operand *odd = expr_is_number(a) ? b : a;
	const struct expr_node *node = expr_is_number(a) ? n->b : n->a;

	if (operand_is_float(odd))
		return expr_error_at(c->text, n->pos, "%s is %s: the kernel compares floating-point numbers, "
				     "it cannot compute with them", expr_node_text(c, node), operand_type(odd));
	if (expr_is_bool(odd) && (*text == '&' || *text == '|') && !text[1])
		return expr_error_at(c->text, n->pos, "%s is a bool: \"%s\" is written \"%s%s\"",
				     expr_node_text(c, node), *text == '&' ? "and" : "or", text, text);
	if (expr_is_string(odd))
		return expr_error_at(c->text, n->pos, "%s is a string: the kernel computes with integers",
				     expr_node_text(c, node));
	return expr_error_at(c->text, n->pos, "%s is %s: %s takes integers", expr_node_text(c, node),
			     operand_type(odd), text);
}

struct gosym_error *expr_lower_arith(struct check *c, const struct expr_node *n, struct operand *ret)
{
	const struct operator *o = operator_of(n->kind);
	struct gosym_error *err;
	struct operand a, b;
	struct number x, y;
	uint64_t divisor;

	err = expr_lower(c, n->a, &a);
	if (!err)
		err = expr_lower(c, n->b, &b);
	if (err)
		return err;
	if (!expr_is_number(&a) || !expr_is_number(&b))
		return refuse_arith(c, n, o->text, &a, &b);
	if (o->op == PLAN_OP_SHL || o->op == PLAN_OP_SHR)
		return lower_shift(c, n, o->op, &a, &b, ret);
	if ((o->op == PLAN_OP_DIV || o->op == PLAN_OP_MOD) && is_const(&b, &divisor) && !divisor)
		return expr_error_at(c->text, n->pos, "division by zero");
	if (a.kind == OP_INT && b.kind == OP_INT)
		return fold_consts(c, n, o->op, &a, &b, ret);
	err = expr_two_numbers(c, n, &a, &b, &x, &y);
	if (err)
		return err;
	if (!x.type)		/* goid and its like take the other's type */
		x = (struct number){ .expr = x.expr, .header = x.header, .type = y.type, .as = y.as,
				     .size = y.size > x.size ? y.size : x.size,
				     .is_signed = y.is_signed };
	return give_result(c, o->op, &x, &y, ret);
}

/* ---- signs */

static struct gosym_error *negate_const(struct check *c, const struct expr_node *n, struct operand *ret)
{
	if (n->kind == EXPR_COMPLEMENT && ret->kind == OP_INT)
		return give_const(c, n, -const_value(ret) - 1, ret);
	if (n->kind == EXPR_NEG && (ret->kind == OP_FLOAT || ret->magnitude))
		ret->neg = !ret->neg;
	return NULL;
}

struct gosym_error *expr_lower_unary(struct check *c, const struct expr_node *n, struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, n->a, ret);
	const struct operand of = *ret;
	struct number x, y;

	if (err)
		return err;
	if (of.kind == OP_INT || (of.kind == OP_FLOAT && n->kind != EXPR_COMPLEMENT))
		return negate_const(c, n, ret);
	if (!expr_is_number(&of))
		return expr_error_at(c->text, n->pos, "%s is %s: the kernel computes with integers",
				     expr_node_text(c, n->a), operand_type(&of));
	if (n->kind == EXPR_PLUS)
		return NULL;
	err = expr_to_number(c, n->a, &of, NULL, &x);
	if (err)
		return err;
	y = x;
	y.header = NULL;
	y.expr = expr_const(c, n->kind == EXPR_NEG ? 0 : -1);
	if (!y.expr)
		return gosym_nomem;
	return n->kind == EXPR_NEG ? give_result(c, PLAN_OP_SUB, &y, &x, ret) :
				     give_result(c, PLAN_OP_XOR, &x, &y, ret);
}
