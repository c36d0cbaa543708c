// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Integers: constants and what they fit (https://go.dev/ref/spec#Representability), len(), and their
 * comparison.
 */
#include <string.h>

#include "tracer/expr_check.h"

struct gosym_error *expr_lower_neg(struct check *c, const struct expr_node *n,
				     struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, n->a, ret);

	if (err)
		return err;
	if (ret->kind != OP_INT)
		return expr_error_at(
			c->text, n->pos,
			"only a constant can be negated; arithmetic is not done in conditions");
	ret->neg = !ret->neg && ret->magnitude;
	return NULL;
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

static struct gosym_error *lower_len_word(struct check *c, const struct expr_node *n,
					  struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	struct gosym_error *err;

	err = place_expr(c, n->a, &ret->place, word, word, true, &number.expr);
	if (err)
		return err;
	*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
	return NULL;
}

static struct gosym_error *saved_len(struct check *c, const struct expr_node *n, const struct place *place,
				     struct number *ret)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = expr_saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!e)
		return gosym_nomem;
	e->load = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst, .status = f->status,
				      .size = (uint8_t)ret->size, .is_signed = true };
	ret->expr = e;
	return NULL;
}

/* The first word of a map's or chan's header is its length, in every Go version: count of
 * runtime.hmap, used of internal/runtime/maps.Map, qcount of runtime.hchan. */
static struct gosym_error *lower_len_header(struct check *c, const struct expr_node *n,
					    struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	const struct gosym_type *type = ret->place.type;
	struct gosym_error *err;

	err = place_expr(c, n->a, &ret->place, 0, word, false, &number.header);
	if (!err && ret->place.saved) {
		err = saved_len(c, n->a, &ret->place, &number);
		*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
		return err;
	}
	if (!err)
		err = place_follow(c, n->a, &ret->place, type);
	if (!err)
		err = place_expr(c, n->a, &ret->place, 0, word, true, &number.expr);
	if (err)
		return err;
	*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
	return NULL;
}

struct gosym_error *expr_lower_call(struct check *c, const struct expr_node *n,
				      struct operand *ret)
{
	struct gosym_error *err;

	if (strcmp(n->text, "len") != 0)
		return expr_error_at(
			c->text, n->pos,
			"%s() cannot be called from the kernel; the one function is len()",
			n->text);
	err = expr_lower(c, n->a, ret);
	if (err)
		return err;
	if (ret->kind == OP_STRING) {
		*ret = (struct operand){ .kind = OP_INT, .magnitude = ret->len };
		return NULL;
	}
	if (ret->kind == OP_PLACE) {
		switch (gosym_type_kind(ret->place.type)) {
		case GOSYM_STRING: case GOSYM_SLICE: return lower_len_word(c, n, ret);
		case GOSYM_MAP: case GOSYM_CHAN: return lower_len_header(c, n, ret);
		case GOSYM_ARRAY:
			*ret = (struct operand){ .kind = OP_INT,
						 .magnitude = gosym_type_len(ret->place.type) };
			return NULL;
		default: break;
		}
	}
	return expr_error_at(c->text, n->pos, "%s is %s, which has no length", expr_node_text(c, n->a),
			     operand_type(ret));
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
		*ret = (struct number){ .expr = expr_const(c, value),
					.type = other->type,
					.size = other->size,
					.is_signed = other->is_signed };
		return ret->expr ? NULL : gosym_nomem;
	}
	kind = gosym_type_kind(o->place.type);
	*ret = (struct number){ .type = gosym_type_name(o->place.type),
				.size = gosym_type_size(o->place.type),
				.is_signed = kind <= GOSYM_INT64 };
	return place_expr(c, n, &o->place, 0, ret->size, ret->is_signed, &ret->expr);
}

/* A comparison in which len() of a nil map or chan is 0 and its header is not looked at. */
static const struct plan_expr *number_compare(struct check *c, enum plan_op op, struct number a,
					      struct number b)
{
	struct number *of = a.header ? &a : b.header ? &b : NULL;
	const struct plan_expr *is_nil, *has_header, *with_zero, *with_len;

	if (!of && a.expr && b.expr && a.expr->op == PLAN_OP_CONST && b.expr->op == PLAN_OP_CONST)
		return expr_const(
			c, expr_holds(op, (a.expr->imm > b.expr->imm) - (a.expr->imm < b.expr->imm)));
	if (!of)
		return expr_compare(c, op, a.expr, b.expr, a.is_signed || b.is_signed);
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

struct gosym_error *expr_compare_numbers(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret)
{
	struct gosym_error *err;
	struct number x, y;

	if (a->kind == OP_INT && b->kind == OP_INT)
		return expr_give_cond(compare_consts(c, op, a, b), ret);
	if (a->kind == OP_INT) {
		err = expr_to_number(c, n->b, b, NULL, &y);
		if (!err)
			err = expr_to_number(c, n->a, a, &y, &x);
	} else {
		err = expr_to_number(c, n->a, a, NULL, &x);
		if (!err)
			err = expr_to_number(c, n->b, b, &x, &y);
	}
	if (err)
		return err;
	if (x.type && y.type && strcmp(x.type, y.type) != 0)
		return expr_error_at(c->text, n->pos, "mismatched types: %s is %s, %s is %s",
				     expr_node_text(c, n->a), x.type, expr_node_text(c, n->b), y.type);
	return expr_give_cond(number_compare(c, op, x, y), ret);
}

bool expr_is_number(const struct operand *o)
{
	return o->kind == OP_INT || o->kind == OP_NUMBER ||
	       (o->kind == OP_PLACE && expr_is_integer(gosym_type_kind(o->place.type)));
}
