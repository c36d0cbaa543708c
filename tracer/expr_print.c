// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * --print: what is shown instead of arguments and results. A path leads to a place, whose value is laid out
 * like any other; everything else is a number the kernel computes.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/type.h"
#include "tracer/expr.h"
#include "tracer/expr_check.h"

/* The expression as it was written. */
static const char *name_of(struct check *c, const struct expr_node *n)
{
	unsigned from = n->from, to = n->to;

	while (from < to && strchr(" \t\r\n", c->text[from]))
		from++;
	while (to > from && strchr(" \t\r\n", c->text[to - 1]))
		to--;
	return arena_strndup(&c->plan->arena, c->text + from, to - from);
}

static struct gosym_error *give(const struct plan_expr *e, const struct gosym_type *type,
				struct plan_printed *ret)
{
	ret->expr = e;
	ret->type = type;
	return e ? NULL : gosym_nomem;
}

static struct gosym_error *print_number(struct check *c, const struct operand *o, struct plan_printed *ret)
{
	const struct number *number = &o->number;
	const struct gosym_type *type = number->as;
	enum gosym_kind kind = number->size == 4 ? GOSYM_UINT32 : GOSYM_UINT64;

	if (!type)		/* int, of len(); time.Duration by a unit; or none, of goid */
		type = type_basic(number->is_signed ? GOSYM_INT : kind, c->plan->arch->ptr_size);
	return give(expr_number_value(c, number), type, ret);
}

static struct gosym_error *print_place(struct check *c, const struct expr_node *n, const struct place *place,
				       struct plan_printed *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct place pointer = *place;
	uint64_t size = gosym_type_size(place->type);

	ret->type = place->type;
	if (!place->deref && !place->guard) {
		ret->param = place->param;
		ret->offset = place->offset;
		return NULL;
	}
	if (!place->deref) {	/* the data word of an interface */
		if (size != word)
			return expr_error_at(c->text, n->pos, "%s (%s) cannot be shown by itself",
					     expr_node_text(c, n), gosym_type_name(place->type));
		return place_expr(c, n, place, 0, word, false, &ret->expr);
	}
	ret->behind = true;
	ret->off = place->load.derefs[place->load.num_derefs - 1];
	pointer.load.num_derefs--;
	return place_pointer(c, &pointer, &ret->expr);
}

static struct gosym_error *print_item(struct check *c, const struct expr_node *n, struct plan_printed *ret)
{
	struct operand o;
	struct gosym_error *err = expr_lower(c, n, &o);

	if (err)
		return err;
	switch (o.kind) {
	case OP_PLACE:
		if (!o.place.saved)
			return print_place(c, n, &o.place, ret);
		break;
	case OP_NUMBER:
		if (o.number.expr->op != PLAN_OP_CONST)
			return print_number(c, &o, ret);
		break;
	case OP_COND:
		if (o.cond->op != PLAN_OP_CONST)
			return give(o.cond, type_basic(GOSYM_BOOL, c->plan->arch->ptr_size), ret);
		break;
	case OP_DYNAMIC_TYPE:
		return expr_error_at(c->text, n->pos, "%s is a type: of %s itself the type is shown too",
				     expr_node_text(c, n), expr_node_text(c, n->a));
	case OP_CALLER:
		return expr_error_at(c->text, n->pos, "the caller is shown by --stack=2");
	default:
		break;
	}
	return expr_error_at(c->text, n->pos, "a constant is the same for every call");
}

struct gosym_error *expr_print(struct gosym_plan *p, const struct plan_probe *probe, bool at_return,
			       struct plan_print *ret)
{
	_cleanup_(expr_check_deinit) struct check c = {
		.plan = p, .probe = probe, .text = p->opts.print, .at_return = at_return,
	};
	const struct expr_node *all;
	struct gosym_error *err = expr_parse_list(&c.tmp, c.text, &all);
	size_t num = 0;

	for (const struct expr_node *n = all; n && !err; n = n->b)
		num++;
	if (err)
		return gosym_error_prefix(err, "--print");
	*ret = (struct plan_print){ .items = arena_array(&p->arena, num + 1, sizeof(*ret->items)) };
	if (!ret->items)
		return gosym_nomem;
	for (const struct expr_node *n = all; n && !err; n = n->b) {
		bool later = p->opts.returns && expr_needs_return(probe, n->a);
		struct plan_printed *item = &ret->items[ret->num];

		if (later != at_return)
			continue;
		ret->num++;
		item->name = name_of(&c, n);
		err = item->name ? print_item(&c, n->a, item) : gosym_nomem;
	}
	return err && gosym_error_code(err) == GOSYM_INVALID ? gosym_error_prefix(err, "--print") : err;
}
