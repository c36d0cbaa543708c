// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What histograms are made of and what their rows are called: an integer and a key, known at the call
 * or at the return.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/expr.h"
#include "tracer/expr_check.h"

static bool is_constant(const struct operand *o)
{
	return o->kind == OP_INT || o->kind == OP_FLOAT || o->kind == OP_STRING ||
	       (o->kind == OP_NUMBER && o->number.expr->op == PLAN_OP_CONST);
}

/* What a histogram cannot be made of, and what of the same thing it could. */
static struct gosym_error *refuse_value(struct check *c, const struct expr_node *n,
					const struct operand *o)
{
	const char *text = expr_node_text(c, n);
	enum gosym_kind kind;

	if (is_constant(o))
		return expr_error_at(c->text, n->pos, "a constant is the same for every call");
	if (expr_is_bool(o))
		return expr_error_at(c->text, n->pos,
				     "%s is a bool; it would work as a key (--by)", text);
	if (o->kind == OP_DYNAMIC_TYPE || o->kind == OP_CALLER)
		return expr_error_at(c->text, n->pos, "%s is %s; it would work as a key (--by)", text,
				     operand_type(o));
	if (o->kind != OP_PLACE)
		return expr_error_at(c->text, n->pos, "%s is no integer", text);
	kind = gosym_type_kind(o->place.type);
	if (expr_is_float(kind))
		return expr_refuse_float(c, n, o);
	switch (kind) {
	case GOSYM_STRING:
		return expr_error_at(c->text, n->pos, "%s is a string; len(%s) would work", text,
				     text);
	case GOSYM_SLICE: case GOSYM_MAP: case GOSYM_CHAN:
		return expr_error_at(c->text, n->pos, "%s is %s; len(%s) would work", text,
				     operand_type(o), text);
	case GOSYM_STRUCT:
		return expr_error_at(c->text, n->pos, "%s is a struct (%s); its integers would work%s",
				     text, operand_type(o), expr_list_fields(c, o->place.type));
	default:
		return expr_error_at(c->text, n->pos, "%s is %s; integers and len() would work", text,
				     operand_type(o));
	}
}

static struct gosym_error *number_value(struct check *c, const struct expr_node *n,
					const struct operand *o, struct plan_aggregate *agg,
					const struct plan_expr **ret)
{
	struct number number;
	struct gosym_error *err = expr_to_number(c, n, o, NULL, &number);

	if (err)
		return err;
	agg->is_signed = number.is_signed;
	agg->is_time = number.type && !strcmp(number.type, "time.Duration");
	*ret = expr_number_value(c, &number);
	return *ret ? NULL : gosym_nomem;
}

static struct gosym_error *lower_value(struct check *c, const struct expr_node *root,
				       struct plan_aggregate *agg)
{
	struct operand o;
	struct gosym_error *err = expr_lower(c, root, &o);

	if (err)
		return err;
	if (is_constant(&o) || !expr_is_number(&o))
		return refuse_value(c, root, &o);
	return number_value(c, root, &o, agg, &agg->value);
}

static struct gosym_error *refuse_key(struct check *c, const struct expr_node *n,
				      const struct operand *o)
{
	const char *text = expr_node_text(c, n);

	if (expr_has_kind(o, GOSYM_INTERFACE))
		return expr_error_at(c->text, n->pos, "%s is an interface (%s); %s.(type) would work",
				     text, operand_type(o), text);
	return refuse_value(c, n, o);
}

static struct gosym_error *string_key(struct check *c, const struct expr_node *n,
				      const struct operand *o, struct plan_aggregate *agg)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct gosym_error *err;

	agg->by_kind = PLAN_KEY_STRING;
	err = place_expr(c, n, &o->place, word, word, false, &agg->by_len);
	return err ? err : place_expr(c, n, &o->place, 0, word, false, &agg->by);
}

static struct gosym_error *lower_key(struct check *c, const struct expr_node *root,
				     struct plan_aggregate *agg)
{
	struct plan_aggregate number;
	struct gosym_error *err;
	struct operand o;

	err = expr_lower(c, root, &o);
	if (err)
		return err;
	if (o.kind == OP_DYNAMIC_TYPE || o.kind == OP_CALLER) {
		agg->by_kind = o.kind == OP_CALLER ? PLAN_KEY_CALLER : PLAN_KEY_TYPE;
		agg->by = o.word;
		return NULL;
	}
	if (expr_has_kind(&o, GOSYM_STRING))
		return string_key(c, root, &o, agg);
	if (expr_is_bool(&o)) {
		agg->by_kind = PLAN_KEY_BOOL;
		return expr_to_cond(c, root, &o, &agg->by);
	}
	if (expr_has_kind(&o, GOSYM_POINTER) || expr_has_kind(&o, GOSYM_UNSAFE_POINTER)) {
		agg->by_kind = PLAN_KEY_PTR;
		return place_expr(c, root, &o.place, 0, c->plan->arch->ptr_size, false, &agg->by);
	}
	if (is_constant(&o) || !expr_is_number(&o))
		return refuse_key(c, root, &o);
	err = number_value(c, root, &o, &number, &agg->by);
	if (!err)
		agg->by_kind = number.is_signed ? PLAN_KEY_INT : PLAN_KEY_UINT;
	return err;
}

static struct gosym_error *lower_text(struct gosym_plan *p, struct plan_probe *probe, const char *text,
				      bool *at_call,
				      struct gosym_error *(*lower_root)(struct check *c,
									const struct expr_node *root,
									struct plan_aggregate *agg))
{
	_cleanup_(expr_check_deinit) struct check c = { .plan = p, .probe = probe, .text = text };
	const struct expr_node *root;
	struct gosym_error *err = expr_parse_text(&c.tmp, text, &root);

	c.at_return = !err && expr_needs_return(probe, root);
	*at_call = !c.at_return;
	return err ? err : lower_root(&c, root, &probe->agg);
}

struct gosym_error *expr_aggregate(struct gosym_plan *p, struct plan_probe *probe)
{
	struct plan_aggregate *agg = &probe->agg;
	struct gosym_error *err = NULL;

	*agg = (struct plan_aggregate){ .value = NULL };
	if (p->opts.hist && p->opts.hist_value) {
		err = lower_text(p, probe, p->opts.hist_value, &agg->value_at_call, lower_value);
		if (err)
			return gosym_error_prefix(err, "--hist");
	} else if (p->opts.hist) {
		struct check c = { .plan = p };

		agg->value = expr_op(&c, PLAN_OP_DURATION, NULL, NULL);
		agg->is_time = true;
		if (!agg->value)
			return gosym_nomem;
	}
	if (p->opts.by) {
		err = lower_text(p, probe, p->opts.by, &agg->by_at_call, lower_key);
		if (err)
			return gosym_error_prefix(err, "--by");
	}
	return NULL;
}
