// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Expressions, from tree to plan: names are looked up among the arguments (expr_name.c), types are
 * checked by Go's rules (expr_compare.c, expr_number.c, expr_string.c), places become loads
 * (expr_place.c). Whatever cannot be decided in the kernel is refused, before anything is attached,
 * with the column and what works instead.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/expr.h"
#include "tracer/expr_check.h"

static struct gosym_error *lower_logic(struct check *c, const struct expr_node *n,
				       struct operand *ret)
{
	const struct plan_expr *x, *y = NULL;
	struct operand a, b;
	struct gosym_error *err;

	err = expr_lower(c, n->a, &a);
	if (!err)
		err = expr_to_cond(c, n->a, &a, &x);
	if (!err && n->b)
		err = expr_lower(c, n->b, &b);
	if (!err && n->b)
		err = expr_to_cond(c, n->b, &b, &y);
	if (err)
		return err;
	if (n->kind == EXPR_NOT)
		return expr_give_cond(expr_cond_not(c, x), ret);
	return expr_give_cond(expr_cond_join(c, n->kind == EXPR_AND ? PLAN_OP_AND : PLAN_OP_OR, x, y), ret);
}

static struct gosym_error *lower_kind(struct check *c, const struct expr_node *n, struct operand *ret)
{
	switch (n->kind) {
	case EXPR_INT:
		*ret = (struct operand){ .kind = OP_INT, .magnitude = n->num };
		return NULL;
	case EXPR_DURATION:
		*ret = (struct operand){ .kind = OP_NUMBER };
		ret->number = (struct number){ .expr = expr_const(c, (int64_t)n->num), .size = 8,
					       .type = "time.Duration", .is_signed = true };
		return ret->number.expr ? NULL : gosym_nomem;
	case EXPR_FLOAT:
		*ret = (struct operand){ .kind = OP_FLOAT, .text = n->text };
		return NULL;
	case EXPR_STRING:
		*ret = (struct operand){ .kind = OP_STRING, .text = n->text, .len = n->len };
		return NULL;
	case EXPR_NAME: return expr_lower_name(c, n, ret);
	case EXPR_SELECT: return expr_lower_select(c, n, ret);
	case EXPR_CALL: return expr_lower_call(c, n, ret);
	case EXPR_DEREF: return expr_lower_deref(c, n, ret);
	case EXPR_TYPE: return expr_lower_type(c, n, ret);
	case EXPR_INDEX: return expr_lower_index(c, n, ret);
	case EXPR_NEG: case EXPR_PLUS: case EXPR_COMPLEMENT: return expr_lower_unary(c, n, ret);
	case EXPR_NOT: case EXPR_AND: case EXPR_OR: return lower_logic(c, n, ret);
	case EXPR_EQ: case EXPR_NE: case EXPR_LT: case EXPR_LE: case EXPR_GT: case EXPR_GE:
		return expr_lower_comparison(c, n, ret);
	case EXPR_BYTES: case EXPR_ARGS:
		return expr_error_at(c->text, n->pos, "%s is a type: only []byte(\"text\") is a value",
				     expr_node_text(c, n));
	default: return expr_lower_arith(c, n, ret);
	}
}

static const struct plan_expr *computed(const struct operand *o)
{
	switch (o->kind) {
	case OP_COND: return o->cond;
	case OP_NUMBER: return o->number.expr;
	case OP_PLACE: return o->place.guard;
	case OP_DYNAMIC_TYPE: case OP_CALLER: return o->word;
	default: return NULL;
	}
}

struct gosym_error *expr_lower(struct check *c, const struct expr_node *n, struct operand *ret)
{
	struct gosym_error *err = lower_kind(c, n, ret);

	return err ? err : expr_check_limits(c, n, computed(ret));
}

static struct gosym_error *condition(struct gosym_plan *p, const struct plan_probe *probe,
				     const char *text, bool at_return, const struct plan_expr **ret)
{
	_cleanup_(expr_check_deinit) struct check c = {
		.plan = p, .probe = probe, .text = text, .at_return = at_return,
	};
	const struct plan_expr *cond;
	const struct expr_node *root;
	struct operand whole;
	struct gosym_error *err;

	err = expr_parse_text(&c.tmp, text, &root);
	if (!err)
		err = expr_lower(&c, root, &whole);
	if (!err)
		err = expr_to_cond(&c, root, &whole, &cond);
	if (err)
		return err;
	*ret = cond;
	return NULL;
}

struct gosym_error *expr_condition(struct gosym_plan *p, const struct plan_probe *probe,
				   const char *text, const struct plan_expr **ret)
{
	return condition(p, probe, text, false, ret);
}

struct gosym_error *expr_condition_return(struct gosym_plan *p, const struct plan_probe *probe,
					  const char *text, const struct plan_expr **ret)
{
	return condition(p, probe, text, true, ret);
}
