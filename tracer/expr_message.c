// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What error messages say of an expression: how it is written, what type it has, what there is
 * instead, and what may have been meant.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tracer/expr_check.h"

enum { LISTED_ARGS = 12 };

/* The expression as one would write it, for messages. */
const char *expr_node_text(struct check *c, const struct expr_node *n)
{
	const char *text = NULL;

	switch (n->kind) {
	case EXPR_NAME: text = n->text; break;
	case EXPR_SELECT: text = arena_printf(&c->tmp, "%s.%s", expr_node_text(c, n->a), n->text); break;
	case EXPR_CALL:
		text = arena_printf(&c->tmp, "%s(%s)", expr_node_text(c, n->a),
				    n->b ? expr_node_text(c, n->b) : "");
		break;
	case EXPR_ARGS:
		text = n->b ? arena_printf(&c->tmp, "%s, %s", expr_node_text(c, n->a),
					   expr_node_text(c, n->b)) : expr_node_text(c, n->a);
		break;
	case EXPR_INDEX:
		if (n->b->kind == EXPR_INT)
			text = arena_printf(&c->tmp, "%s[%llu]", expr_node_text(c, n->a),
					    (unsigned long long)n->b->num);
		else
			text = arena_printf(&c->tmp, "%s[…]", expr_node_text(c, n->a));
		break;
	case EXPR_BYTES: text = n->text; break;
	case EXPR_TYPE: text = arena_printf(&c->tmp, "%s.(%s)", expr_node_text(c, n->a), n->text); break;
	case EXPR_DEREF: text = arena_printf(&c->tmp, "*%s", expr_node_text(c, n->a)); break;
	case EXPR_INT: case EXPR_FLOAT: case EXPR_DURATION: text = "the constant"; break;
	case EXPR_NEG:
		text = n->a->kind == EXPR_INT ? "the constant" :
						arena_printf(&c->tmp, "-%s", expr_node_text(c, n->a));
		break;
	case EXPR_PLUS: text = arena_printf(&c->tmp, "+%s", expr_node_text(c, n->a)); break;
	case EXPR_COMPLEMENT: text = arena_printf(&c->tmp, "^%s", expr_node_text(c, n->a)); break;
	case EXPR_ADD: case EXPR_SUB: case EXPR_MUL: case EXPR_DIV: case EXPR_MOD: case EXPR_BITAND:
	case EXPR_BITOR: case EXPR_XOR: case EXPR_ANDNOT: case EXPR_SHL: case EXPR_SHR:
		text = "the result";
		break;
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
	case OP_FLOAT: return "an untyped float";
	case OP_DYNAMIC_TYPE: return "a type";
	case OP_CALLER: return "a function";
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

/* ---- what was meant: the nearest name, by letters to change (Levenshtein) */

enum { MAX_GUESSED = 63 };

static unsigned distance(const char *a, const char *b, unsigned limit)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[MAX_GUESSED + 1];

	if (n > MAX_GUESSED || m > MAX_GUESSED || n > m + limit || m > n + limit)
		return limit + 1;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned up = row[j], left = row[j - 1];
			unsigned least = up < left ? up : left;

			row[j] = a[i - 1] == b[j - 1] ? corner : (least < corner ? least : corner) + 1;
			corner = up;
		}
	}
	return row[m];
}

void expr_guess_offer(struct expr_guess *g, const char *candidate)
{
	unsigned limit = strlen(g->name) < 3 ? 0 : strlen(g->name) < 6 ? 1 : 2, near;

	if (!candidate || *candidate == '_' || *candidate == '~')
		return;
	near = !strcasecmp(g->name, candidate) ? 0 : distance(g->name, candidate, limit);
	if (near > limit || (g->best && near >= g->distance))
		return;
	g->best = candidate;
	g->distance = near;
}

const char *expr_guess_text(struct check *c, const struct expr_guess *g)
{
	const char *text = g->best ? arena_printf(&c->tmp, "; did you mean %s?", g->best) : "";

	return text ? text : "";
}
