// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What error messages say of an expression: how it is written, what type it has, what there is
 * instead.
 */
#include <stdio.h>
#include <string.h>

#include "tracer/expr_check.h"

enum { LISTED_ARGS = 12 };

/* The expression as one would write it, for messages. */
const char *expr_node_text(struct check *c, const struct expr_node *n)
{
	const char *text = NULL;

	switch (n->kind) {
	case EXPR_NAME: text = n->text; break;
	case EXPR_SELECT: text = arena_printf(&c->tmp, "%s.%s", expr_node_text(c, n->a), n->text); break;
	case EXPR_CALL: text = arena_printf(&c->tmp, "%s(%s)", n->text, expr_node_text(c, n->a)); break;
	case EXPR_TYPE: text = arena_printf(&c->tmp, "%s.(%s)", expr_node_text(c, n->a), n->text); break;
	case EXPR_DEREF: text = arena_printf(&c->tmp, "*%s", expr_node_text(c, n->a)); break;
	case EXPR_INT: case EXPR_NEG: case EXPR_DURATION: text = "the constant"; break;
	case EXPR_STRING: text = "the string literal"; break;
	default: text = "the condition"; break;
	}
	return text ? text : "it";
}

const char *operand_type(const struct operand *o)
{
	switch (o->kind) {
	case OP_COND: return "bool";
	case OP_INT: return "an untyped integer";
	case OP_STRING: return "string";
	case OP_NIL: return "nil";
	case OP_NUMBER: return o->number.type ? o->number.type : "an integer";
	case OP_PLACE: return gosym_type_name(o->place.type);
	}
	return "?";
}

/* "; it has i (int), w (io.Writer)". Results come with the names they have, or by position. */
const char *expr_list_params(struct check *c)
{
	const struct gosym_signature *sig = c->probe->sig;
	size_t num = sig->num_params + (c->at_return ? sig->num_results : 0);
	const char *list = c->at_return ? "; it has duration" : "";
	unsigned listed = 0;

	for (size_t i = 0; i < num; i++) {
		bool result = i >= sig->num_params;
		struct gosym_param named = result ? sig->results[i - sig->num_params] : sig->params[i];
		const struct gosym_param *p = &named;

		if (result && (!p->name || *p->name == '_' || *p->name == '~'))
			named.name = arena_printf(&c->tmp, "ret%zu", i - sig->num_params);
		if (p->hidden || !p->name || !strcmp(p->name, "_"))
			continue;
		if (listed++ == LISTED_ARGS)
			return arena_printf(&c->tmp, "%s, …", list);
		list = arena_printf(&c->tmp, "%s%s%s (%s)", list, *list ? ", " : "; it has ",
				    p->name, p->type ? gosym_type_name(p->type) : "?");
		if (!list)
			return "";
	}
	return *list ? list : "; it has no named arguments";
}

const char *expr_list_fields(struct check *c, const struct gosym_type *t)
{
	const char *list = "";

	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		if (i == LISTED_ARGS)
			return arena_printf(&c->tmp, "%s, …", list);
		list = arena_printf(&c->tmp, "%s%s%s", list, *list ? ", " : "; it has ",
				    gosym_type_field_at(t, i)->name);
		if (!list)
			return "";
	}
	return list;
}
