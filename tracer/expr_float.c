// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Floating-point numbers. The kernel has none, but it can compare them: the bits of an IEEE 754 number,
 * read as sign and magnitude, have its order (plan_float_order()); NaN is unequal to all and neither above
 * nor below. Constants are rounded as the compiler rounds them: to the type of the other side, at once.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/expr_check.h"

bool expr_is_float(enum gosym_kind k)
{
	return k >= GOSYM_FLOAT32 && k <= GOSYM_COMPLEX128;
}

bool operand_is_float(const struct operand *o)
{
	return o->kind == OP_FLOAT || (o->kind == OP_PLACE && expr_is_float(gosym_type_kind(o->place.type)));
}

/* Those that cannot be read, with what exactly is in the way. */
struct gosym_error *expr_refuse_float(struct check *c, const struct expr_node *n,
				      const struct operand *o)
{
	const struct place *place = &o->place;
	struct plan_load load;
	const char *why;

	if (o->kind == OP_PLACE && !place->deref && !place->saved && !place->param->missing &&
	    !plan_locate(c->plan, place->result ? NULL : c->probe, place->param, (uint32_t)place->offset, 1,
			 &load, &why))
		return expr_error_at(c->text, n->pos, "%s (%s) cannot be read: %s", expr_node_text(c, n),
				     operand_type(o), why);
	return expr_error_at(c->text, n->pos, "%s is %s: floating-point numbers can only be compared in the "
			     "kernel", expr_node_text(c, n), operand_type(o));
}

static struct gosym_error *refuse_constant(struct check *c, const struct expr_node *n, const char *type)
{
	return expr_error_at(c->text, n->pos, "the constant does not fit %s", type);
}

/* strtod() of the C locale, whatever that of the program. */
static bool parse_double(const char *text, unsigned size, double *ret)
{
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before;

	if (!c)
		return false;
	before = uselocale(c);
	*ret = size == 4 ? strtof(text, NULL) : strtod(text, NULL);
	uselocale(before);
	freelocale(c);
	return true;
}

/* The bits of a constant as a float of so many bytes. */
static struct gosym_error *constant_bits(struct check *c, const struct expr_node *n, const struct operand *o,
					 unsigned size, const char *type, uint64_t *ret)
{
	double d;
	float f;
	uint32_t half;

	if (o->kind == OP_INT)
		d = size == 4 ? (double)(float)o->magnitude : (double)o->magnitude;
	else if (!parse_double(o->text, size, &d))
		return gosym_nomem;
	if (d > 1.7976931348623157e308)
		return refuse_constant(c, n, type);
	if (o->neg && d != 0)		/* Go's constants have no negative zero */
		d = -d;
	f = (float)d;
	memcpy(ret, &d, sizeof(*ret));
	memcpy(&half, &f, sizeof(half));
	if (size == 4)
		*ret = half;
	return NULL;
}

static struct gosym_error *float_operand(struct check *c, const struct expr_node *n, const struct operand *o,
					 const struct gosym_type *type, const struct plan_expr **ret)
{
	unsigned size = gosym_type_size(type);
	struct gosym_error *err;
	uint64_t bits;

	if (o->kind == OP_PLACE) {
		err = place_expr(c, n, &o->place, 0, size, false, ret);
		if (err && !o->place.saved) {
			gosym_error_destroy(err);
			err = expr_refuse_float(c, n, o);
		}
		return err;
	}
	err = constant_bits(c, n, o, size, gosym_type_name(type), &bits);
	if (err)
		return err;
	*ret = expr_const(c, plan_float_order(bits, size));
	return *ret ? NULL : gosym_nomem;
}

static enum plan_op turned(enum plan_op op)
{
	switch (op) {
	case PLAN_OP_LT: return PLAN_OP_GT;
	case PLAN_OP_LE: return PLAN_OP_GE;
	case PLAN_OP_GT: return PLAN_OP_LT;
	case PLAN_OP_GE: return PLAN_OP_LE;
	default: return op;
	}
}

static struct gosym_error *compare_constants(struct check *c, const struct expr_node *n, enum plan_op op,
					     const struct operand *a, const struct operand *b,
					     struct operand *ret)
{
	uint64_t x, y;
	struct gosym_error *err = constant_bits(c, n->a, a, 8, "float64", &x);

	if (!err)
		err = constant_bits(c, n->b, b, 8, "float64", &y);
	if (err)
		return err;
	return expr_give_cond(expr_const(c, expr_holds(op, (plan_float_order(x, 8) > plan_float_order(y, 8)) -
						       (plan_float_order(x, 8) < plan_float_order(y, 8)))),
			      ret);
}

struct gosym_error *expr_compare_floats(struct check *c, const struct expr_node *n, enum plan_op op,
					const struct operand *a, const struct operand *b,
					struct operand *ret)
{
	const struct operand *of = a->kind == OP_PLACE ? a : b;
	const struct plan_expr *x, *y;
	const struct gosym_type *type;
	struct gosym_error *err;
	struct plan_expr *e;

	if (of->kind != OP_PLACE)
		return compare_constants(c, n, op, a, b, ret);
	type = of->place.type;
	if (gosym_type_kind(type) > GOSYM_FLOAT64)
		return expr_refuse_float(c, of == a ? n->a : n->b, of);
	if (a->kind == OP_PLACE && b->kind == OP_PLACE &&
	    strcmp(gosym_type_name(a->place.type), gosym_type_name(b->place.type)) != 0)
		return expr_error_at(c->text, n->pos, "mismatched types: %s is %s, %s is %s",
				     expr_node_text(c, n->a), operand_type(a), expr_node_text(c, n->b),
				     operand_type(b));
	err = float_operand(c, n->a, a, type, &x);
	if (!err)
		err = float_operand(c, n->b, b, type, &y);
	if (err)
		return err;
	/* A constant is compared with as it is: it stands on the right. */
	e = x->op == PLAN_OP_CONST ? expr_op(c, turned(op), y, x) : expr_op(c, op, x, y);
	if (!e)
		return gosym_nomem;
	e->is_signed = true;
	e->size = (uint8_t)gosym_type_size(type);
	return expr_give_cond(e, ret);
}
