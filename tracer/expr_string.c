// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Strings and byte slices: compared with literals and with one another, and literals looked for in them.
 * Both are a pointer and a length. At a return what counts of an argument is what was kept of it.
 */
#include <string.h>

#include "gosym/type.h"
#include "tracer/expr_check.h"

bool expr_is_string(const struct operand *o)
{
	return o->kind == OP_STRING || expr_has_kind(o, GOSYM_STRING);
}

bool expr_is_bytes(const struct operand *o)
{
	const struct gosym_type *elem;

	if (!expr_has_kind(o, GOSYM_SLICE))
		return false;
	elem = gosym_type_elem(o->place.type);
	return elem && gosym_type_kind(elem) == GOSYM_UINT8;
}

static const struct plan_expr *const_string(struct check *c, enum plan_op op,
					    const struct operand *a, const struct operand *b)
{
	int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	if (!order)
		order = (a->len > b->len) - (a->len < b->len);
	return expr_const(c, expr_holds(op, order));
}

/* The guard of the place is checked with the length, which comes first. */
static struct gosym_error *string_ref(struct check *c, const struct expr_node *n, const struct operand *o,
				      struct string_ref *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct place *place = &o->place;
	const struct plan_fetch *f = NULL;
	struct gosym_error *err;

	*ret = (struct string_ref){ .ptr = NULL };
	err = place_expr(c, n, place, word, word, true, &ret->len);
	if (err)
		return err;
	if (!place->saved)
		return place_bare(c, n, place, 0, word, false, &ret->ptr);
	err = expr_saved_target(c, n, place, &f);
	if (err)
		return err;
	ret->load = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst, .status = f->status, .size = 1 };
	ret->kept = f->max_count;
	return NULL;
}

/* op over the string, and if there is one a text. */
static struct plan_expr *string_op(struct check *c, enum plan_op op, const struct string_ref *s,
				   const struct operand *text)
{
	struct plan_expr *e = expr_op(c, op, s->ptr, s->len);
	char *copy;

	if (!e)
		return NULL;
	e->load = s->load;
	e->kept = s->kept;
	if (text) {
		copy = arena_alloc(&c->plan->arena, text->len + 1);
		if (!copy)
			return NULL;
		memcpy(copy, text->text, text->len);	/* may hold NUL bytes */
		e->text = copy;
		e->text_len = (uint32_t)text->len;
	}
	e->is_signed = op == PLAN_OP_STRORDER;
	expr_measure(e);
	return e;
}

static struct gosym_error *check_text(struct check *c, const struct expr_node *n, const struct operand *text,
				      const struct string_ref *s)
{
	if (text->len > PLAN_MAX_TEXT)
		return expr_error_at(c->text, n->pos, "%s is compared with %zu bytes; the kernel compares at most %d",
				     expr_node_text(c, n), text->len, PLAN_MAX_TEXT);
	if (!s->ptr && text->len > s->kept)
		return expr_error_at(c->text, n->pos, "only %u bytes of %s are kept until the return: give "
				     "--strlen %zu", s->kept, expr_node_text(c, n), text->len);
	return NULL;
}

/* Equal to a literal: its length decides first, most strings differ in it. */
static struct gosym_error *equal_text(struct check *c, const struct expr_node *node,
				      const struct operand *var, const struct operand *text,
				      const struct plan_expr **ret)
{
	struct string_ref s;
	struct gosym_error *err = string_ref(c, node, var, &s);

	if (!err)
		err = check_text(c, node, text, &s);
	if (err)
		return err;
	if (!text->len)
		*ret = expr_compare(c, PLAN_OP_EQ, s.len, expr_const(c, 0), true);
	else
		*ret = string_op(c, PLAN_OP_STREQ, &s, text);
	return *ret ? NULL : gosym_nomem;
}

static struct gosym_error *order_text(struct check *c, const struct expr_node *n, enum plan_op op,
				      const struct operand *a, const struct operand *b, struct operand *ret)
{
	static const enum plan_op turned[] = {
		[PLAN_OP_LT] = PLAN_OP_GT, [PLAN_OP_LE] = PLAN_OP_GE,
		[PLAN_OP_GT] = PLAN_OP_LT, [PLAN_OP_GE] = PLAN_OP_LE,
	};
	const struct expr_node *node = a->kind == OP_STRING ? n->b : n->a;
	const struct operand *var = a->kind == OP_STRING ? b : a, *text = a->kind == OP_STRING ? a : b;
	struct string_ref s;
	struct gosym_error *err = string_ref(c, node, var, &s);

	if (!err)
		err = check_text(c, node, text, &s);
	if (err)
		return err;
	if (a->kind == OP_STRING)
		op = turned[op];
	return expr_give_cond(expr_compare(c, op, string_op(c, PLAN_OP_STRORDER, &s, text),
					   expr_const(c, 0), true), ret);
}

/* Two strings of the target. Equal ones have equal lengths. */
static struct gosym_error *compare_two(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *a, const struct operand *b, struct operand *ret)
{
	const struct plan_expr *cond, *same_len;
	struct string_ref x, y;
	struct plan_expr *order;
	struct gosym_error *err = string_ref(c, n->a, a, &x);

	if (!err)
		err = string_ref(c, n->b, b, &y);
	if (err)
		return err;
	order = string_op(c, PLAN_OP_STRORDER, &x, NULL);
	if (!order)
		return gosym_nomem;
	order->other = string_op(c, PLAN_OP_STRING, &y, NULL);
	if (!order->other)
		return gosym_nomem;
	expr_measure(order);
	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_give_cond(expr_compare(c, op, order, expr_const(c, 0), true), ret);
	same_len = expr_compare(c, PLAN_OP_EQ, x.len, y.len, true);
	cond = expr_compare(c, PLAN_OP_EQ, order, expr_const(c, 0), true);
	cond = expr_cond_join(c, PLAN_OP_AND, same_len, cond);
	return expr_give_cond(op == PLAN_OP_EQ ? cond : expr_cond_not(c, cond), ret);
}

struct gosym_error *expr_compare_strings(struct check *c, const struct expr_node *n, enum plan_op op,
					 const struct operand *a, const struct operand *b,
					 struct operand *ret)
{
	const struct plan_expr *equal;
	struct gosym_error *err;

	if (a->kind == OP_STRING && b->kind == OP_STRING)
		return expr_give_cond(const_string(c, op, a, b), ret);
	if (a->kind == OP_PLACE && b->kind == OP_PLACE)
		return compare_two(c, n, op, a, b, ret);
	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return order_text(c, n, op, a, b, ret);
	if (a->kind == OP_STRING)
		err = equal_text(c, n->b, b, a, &equal);
	else
		err = equal_text(c, n->a, a, b, &equal);
	return err ? err : expr_give_cond(op == PLAN_OP_EQ ? equal : expr_cond_not(c, equal), ret);
}

static bool const_search(enum plan_op op, const struct operand *s, const struct operand *text)
{
	if (text->len > s->len)
		return false;
	if (op == PLAN_OP_STRPREFIX)
		return !memcmp(s->text, text->text, text->len);
	if (op == PLAN_OP_STRSUFFIX)
		return !memcmp(s->text + s->len - text->len, text->text, text->len);
	return memmem(s->text, s->len, text->text, text->len);
}

struct gosym_error *expr_search_string(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *s, const struct operand *text,
				       struct operand *ret)
{
	struct string_ref ref;
	struct gosym_error *err;

	if (text->kind != OP_STRING)
		return expr_error_at(c->text, n->b->pos, "%s is no literal: the kernel looks for literals only",
				     expr_node_text(c, n->b));
	if (s->kind == OP_STRING)
		return expr_give_cond(expr_const(c, const_search(op, s, text)), ret);
	err = string_ref(c, n->a, s, &ref);
	if (!err)
		err = check_text(c, n->a, text, &ref);
	if (err)
		return err;
	/* Nothing is in all strings; but there has to be one. */
	if (!text->len)
		return expr_give_cond(expr_compare(c, PLAN_OP_GE, ref.len, expr_const(c, 0), true), ret);
	return expr_give_cond(string_op(c, op, &ref, text), ret);
}
