// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Strings, compared with literals.
 */
#include <string.h>

#include "tracer/expr_check.h"

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

static const struct plan_expr *const_string(struct check *c, enum plan_op op,
					    const struct operand *a, const struct operand *b)
{
	int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	if (!order)
		order = (a->len > b->len) - (a->len < b->len);
	return expr_const(c, expr_holds(op, order));
}

/* As much of the text as was kept can be compared. */
static struct gosym_error *saved_text(struct check *c, const struct expr_node *n, const struct place *place,
				      size_t len, struct plan_load *ret)
{
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = expr_saved_target(c, n, place, &f);

	if (err)
		return err;
	if (len > f->max_count)
		return expr_error_at(c->text, n->pos, "only %u bytes of %s are kept until the return: give "
				     "--strlen %zu", f->max_count, expr_node_text(c, n), len);
	*ret = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst, .status = f->status, .size = 1 };
	return NULL;
}

static struct gosym_error *string_equal(struct check *c, const struct expr_node *node,
					const struct operand *var, const struct operand *literal,
					const struct plan_expr **ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct plan_expr *ptr, *len;
	struct plan_expr *e;
	struct gosym_error *err;
	char *copy;

	if (literal->len > PLAN_MAX_TEXT)
		return expr_error_at(
			c->text, node->pos,
			"%s is compared with %zu bytes; the kernel compares at most %d",
			expr_node_text(c, node), literal->len, PLAN_MAX_TEXT);
	err = place_expr(c, node, &var->place, word, word, true, &len);
	if (err)
		return err;
	if (!literal->len) {
		*ret = expr_compare(c, PLAN_OP_EQ, len, expr_const(c, 0), true);
		return *ret ? NULL : gosym_nomem;
	}
	err = place_expr(c, node, &var->place, 0, word, false, &ptr);
	if (err)
		return err;
	e = expr_op(c, var->place.saved ? PLAN_OP_STREQ_SAVED : PLAN_OP_STREQ, ptr, len);
	if (!e)
		return gosym_nomem;
	if (var->place.saved)
		err = saved_text(c, node, &var->place, literal->len, &e->load);
	if (err)
		return err;
	e->text_len = literal->len;
	copy = arena_alloc(&c->plan->arena, literal->len + 1);
	if (!copy)
		return gosym_nomem;
	memcpy(copy, literal->text, literal->len);	/* may hold NUL bytes */
	e->text = copy;
	*ret = e;
	return NULL;
}

struct gosym_error *expr_compare_strings(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret)
{
	const struct plan_expr *equal;
	struct gosym_error *err;

	if (a->kind == OP_STRING && b->kind == OP_STRING)
		return expr_give_cond(const_string(c, op, a, b), ret);
	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(
			c->text, n->pos,
			"strings have no order in the kernel: compare with == or !=, or "
			"compare len(%s)",
			expr_node_text(c, a->kind == OP_PLACE ? n->a : n->b));
	if (a->kind == OP_PLACE && b->kind == OP_PLACE)
		return expr_error_at(c->text, n->pos,
				     "two strings cannot be compared in the kernel: compare with a "
				     "literal, as in %s == \"text\"",
				     expr_node_text(c, n->a));
	if (a->kind == OP_STRING)
		err = string_equal(c, n->b, b, a, &equal);
	else
		err = string_equal(c, n->a, a, b, &equal);
	return err ? err : expr_give_cond(op == PLAN_OP_EQ ? equal : expr_cond_not(c, equal), ret);
}

bool expr_is_string(const struct operand *o)
{
	return o->kind == OP_STRING || expr_has_kind(o, GOSYM_STRING);
}
