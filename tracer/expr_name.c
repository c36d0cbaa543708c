// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Names: arguments, results, what is predeclared, and fields by Go's rules
 * (https://go.dev/ref/spec#Selectors).
 */
#include <stdio.h>
#include <string.h>

#include "tracer/expr_check.h"

/* The record's values are the parameters but for hidden ones, in order. */
static const struct plan_value *saved_value(const struct check *c, const struct gosym_param *param)
{
	size_t shown = 0;

	for (const struct gosym_param *p = c->probe->sig->params; p < param; p++)
		shown += !p->hidden;
	return &c->probe->args[shown];
}

static struct gosym_error *lower_param(struct check *c, const struct expr_node *n,
				       const struct gosym_param *param, struct operand *ret)
{
	if (!param->type)
		return expr_error_at(c->text, n->pos, "the file does not tell the type of %s",
				     n->text);
	*ret = (struct operand){ .kind = OP_PLACE };
	ret->place = (struct place){ .type = param->type, .param = param };
	if (c->at_return)
		ret->place.saved = saved_value(c, param);
	return NULL;
}

static struct gosym_error *lower_result(struct check *c, const struct expr_node *n,
					const struct gosym_param *result, struct operand *ret)
{
	if (!result->type)
		return expr_error_at(c->text, n->pos, "the file does not tell the type of %s",
				     n->text);
	*ret = (struct operand){ .kind = OP_PLACE };
	ret->place = (struct place){ .type = result->type, .param = result, .result = true };
	return NULL;
}

/* By name, or by position: ret0, ret1. */
const struct gosym_param *expr_find_result(const struct gosym_signature *sig, const char *name)
{
	for (size_t i = 0; i < sig->num_results; i++) {
		const char *own = sig->results[i].name;
		char by_position[32];

		snprintf(by_position, sizeof(by_position), "ret%zu", i);
		if ((own && *own != '_' && !strcmp(own, name)) || !strcmp(by_position, name))
			return &sig->results[i];
	}
	return NULL;
}

/* An argument by name, or where the file tells no names (only types) by position: arg0, arg1. */
const struct gosym_param *expr_find_param(const struct gosym_signature *sig, const char *name)
{
	size_t shown = 0;

	for (size_t i = 0; i < sig->num_params; i++)
		if (!sig->params[i].hidden && sig->params[i].name &&
		    strcmp(sig->params[i].name, "_") != 0 && !strcmp(sig->params[i].name, name))
			return &sig->params[i];
	for (size_t i = 0; i < sig->num_params; i++) {
		char by_position[16];

		if (sig->params[i].hidden)
			continue;
		snprintf(by_position, sizeof(by_position), "arg%zu", shown++);
		if (!sig->params[i].name && !strcmp(by_position, name))
			return &sig->params[i];
	}
	return NULL;
}

static struct gosym_error *lower_builtin(struct check *c, const struct expr_node *n,
					 struct operand *ret, bool *found)
{
	static const struct { const char *name; enum plan_op op; unsigned size; const char *type; } specials[] = {
		{ "goid", PLAN_OP_GOID, 8, NULL }, { "pid", PLAN_OP_PID, 4, NULL },
		{ "tid", PLAN_OP_TID, 4, NULL }, { "duration", PLAN_OP_DURATION, 8, "time.Duration" },
	};

	*found = true;
	if (!strcmp(n->text, "nil")) {
		*ret = (struct operand){ .kind = OP_NIL };
		return NULL;
	}
	if (!strcmp(n->text, "true") || !strcmp(n->text, "false"))
		return expr_give_cond(expr_const(c, n->text[0] == 't'), ret);
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (strcmp(n->text, specials[i].name) != 0)
			continue;
		if (specials[i].op == PLAN_OP_GOID && c->probe->g.kind == G_NONE)
			return expr_error_at(c->text, n->pos,
					     "the goroutine id is not known in %s: %s",
					     gosym_func_name(c->probe->func),
					     c->probe->g.missing ? c->probe->g.missing
								 : "nothing tells where it is");
		if (specials[i].op == PLAN_OP_DURATION && !c->at_return)
			return expr_error_at(c->text, n->pos, "the duration is known when the call returns: "
					     "use it with --if-ret");
		*ret = (struct operand){ .kind = OP_NUMBER };
		ret->number = (struct number){ .expr = expr_op(c, specials[i].op, NULL, NULL),
					       .size = specials[i].size, .type = specials[i].type,
					       .is_signed = specials[i].type };
		return ret->number.expr ? NULL : gosym_nomem;
	}
	*found = false;
	return NULL;
}

struct gosym_error *expr_lower_name(struct check *c, const struct expr_node *n,
				      struct operand *ret)
{
	const struct gosym_signature *sig = c->probe->sig;
	const char *func = gosym_func_name(c->probe->func);
	const struct gosym_param *param = sig ? expr_find_param(sig, n->text) : NULL;
	struct gosym_error *err;
	bool found;

	if (param)
		return lower_param(c, n, param, ret);
	if (sig && c->at_return && expr_find_result(sig, n->text))
		return lower_result(c, n, expr_find_result(sig, n->text), ret);
	if (sig && !c->at_return && expr_find_result(sig, n->text))
		return expr_error_at(c->text, n->pos, "%s is a result of %s, known when it returns: use it "
				     "with --if-ret", n->text, func);
	err = lower_builtin(c, n, ret, &found);
	if (err || found)
		return err;
	if (!sig)
		return expr_error_at(
			c->text, n->pos,
			"nothing is known of the arguments of %s; goid, pid and tid work", func);
	if (sig->source == GOSYM_FROM_ARGSINFO)
		return expr_error_at(
			c->text, n->pos,
			"%s has no argument \"%s\": the file tells only the sizes of its "
			"arguments; build it without -ldflags=-w",
			func, n->text);
	if (sig->source == GOSYM_FROM_TYPES)
		return expr_error_at(
			c->text, n->pos,
			"%s has no argument \"%s\": the file tells no names, only types; "
			"write arg0, arg1, …",
			func, n->text);
	return expr_error_at(c->text, n->pos, "%s has no argument %s\"%s\"%s", func,
			     c->at_return ? "or result " : "", n->text, expr_list_params(c));
}

/* Finds a field, promoted ones included (https://go.dev/ref/spec#Selectors): the shallowest wins,
 * two of the same depth are ambiguous. *path gets the way there; returns its length, 0 not found,
 * -1 ambiguous. */
enum { MAX_PROMOTION = 6 };

static int find_field(const struct gosym_type *t, const char *name, unsigned depth,
		      const struct gosym_field *path[MAX_PROMOTION])
{
	int found = 0;

	if (gosym_type_kind(t) == GOSYM_POINTER)
		t = gosym_type_elem(t);
	if (!t || gosym_type_kind(t) != GOSYM_STRUCT)
		return 0;
	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i), *rest[MAX_PROMOTION];
		int len;

		if (depth == 1) {
			len = !strcmp(f->name, name) && strcmp(name, "_") != 0;
		} else {
			len = f->embedded ? find_field(f->type, name, depth - 1, rest) : 0;
			if (len < 0)
				return len;
			len += len > 0;
		}
		if (!len)
			continue;
		if (found)
			return -1;
		found = len;
		path[0] = f;
		for (int k = 1; k < len; k++)
			path[k] = rest[k - 1];
	}
	return found;
}

static struct gosym_error *select_struct(struct check *c, const struct expr_node *n,
					 const struct operand *o)
{
	const struct gosym_type *t = o->kind == OP_PLACE ? o->place.type : NULL;

	if (t && gosym_type_kind(t) == GOSYM_POINTER)
		t = gosym_type_elem(t);
	if (t && gosym_type_kind(t) == GOSYM_STRUCT)
		return NULL;
	if (o->kind == OP_PLACE && gosym_type_kind(o->place.type) == GOSYM_INTERFACE)
		return expr_error_at(c->text, n->pos,
				     "%s is an interface (%s): its dynamic value has no fields to "
				     "select; it can be compared with nil",
				     expr_node_text(c, n->a), operand_type(o));
	return expr_error_at(c->text, n->pos, "%s is %s, which has no fields", expr_node_text(c, n->a),
			     operand_type(o));
}

struct gosym_error *expr_lower_select(struct check *c, const struct expr_node *n,
					struct operand *ret)
{
	const struct gosym_field *path[MAX_PROMOTION];
	struct gosym_error *err = expr_lower(c, n->a, ret);
	int len = 0;

	if (!err)
		err = select_struct(c, n, ret);
	if (err)
		return err;
	for (unsigned depth = 1; depth <= MAX_PROMOTION && !len; depth++)
		len = find_field(ret->place.type, n->text, depth, path);
	if (len < 0)
		return expr_error_at(c->text, n->pos,
				     "%s.%s is ambiguous: two embedded fields have it",
				     expr_node_text(c, n->a), n->text);
	if (!len) {
		const struct gosym_type *t = ret->place.type;

		if (gosym_type_kind(t) == GOSYM_POINTER)
			t = gosym_type_elem(t);
		return expr_error_at(c->text, n->pos, "%s (%s) has no field \"%s\"%s",
				     expr_node_text(c, n->a), operand_type(ret), n->text,
				     expr_list_fields(c, t));
	}
	for (int i = 0; i < len; i++) {
		if (gosym_type_kind(ret->place.type) == GOSYM_POINTER) {
			err = place_follow(c, n->a, &ret->place, gosym_type_elem(ret->place.type));
			if (err)
				return err;
		}
		err = place_select(c, n->a, &ret->place, path[i]);
		if (err)
			return err;
	}
	return NULL;
}

struct gosym_error *expr_lower_deref(struct check *c, const struct expr_node *n,
				       struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, n->a, ret);

	if (err)
		return err;
	if (ret->kind != OP_PLACE || gosym_type_kind(ret->place.type) != GOSYM_POINTER)
		return expr_error_at(c->text, n->pos, "%s is %s, not a pointer", expr_node_text(c, n->a),
				     operand_type(ret));
	return place_follow(c, n->a, &ret->place, gosym_type_elem(ret->place.type));
}
