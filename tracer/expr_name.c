// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Names: arguments, results, and what is predeclared. */
#include <stdio.h>
#include <string.h>

#include "tracer/expr_check.h"

/* The record's values are the parameters but for hidden ones, in order. */
static const struct plan_value *saved_value(const struct check *c, const struct gosym_param *param)
{
	size_t shown = 0;

	for (const struct gosym_param *p = c->probe->sig->params; p < param; p++)
		shown += !p->hidden;
	return &(c->probe->kept ? c->probe->kept : c->probe->args)[shown];
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

static const struct gosym_type t_duration = {
	.name = "time.Duration", .kind = GOSYM_INT64, .size = 8, .align = 8,
};

/* What the kernel itself knows of a call. */
static const struct special {
	const char *name;
	enum plan_op op;
	unsigned size;
	const struct gosym_type *type;
} specials[] = {
	{ "goid", PLAN_OP_GOID, 8, NULL },
	{ "pid", PLAN_OP_PID, 4, NULL },
	{ "tid", PLAN_OP_TID, 4, NULL },
	{ "duration", PLAN_OP_DURATION, 8, &t_duration },
};

static struct gosym_error *lower_special(struct check *c, const struct expr_node *n,
					 const struct special *s, struct operand *ret)
{
	if (s->op == PLAN_OP_GOID && c->probe->g.kind == G_NONE)
		return expr_error_at(c->text, n->pos, "the goroutine id is not known in %s: %s",
				     gosym_func_name(c->probe->func),
				     c->probe->g.missing ? c->probe->g.missing :
							   "nothing tells where it is");
	if (s->op == PLAN_OP_DURATION && !c->at_return)
		return expr_error_at(c->text, n->pos,
				     "the duration is known when the call returns: %s",
				     c->plan->opts.print ? "use it with --if-ret, or with --ret" :
							   "use it with --if-ret");
	*ret = (struct operand){ .kind = OP_NUMBER };
	ret->number = (struct number){ .expr = expr_op(c, s->op, NULL, NULL), .size = s->size,
				       .type = s->type ? s->type->name : NULL, .as = s->type,
				       .is_signed = s->type };
	return ret->number.expr ? NULL : gosym_nomem;
}

static struct gosym_error *lower_builtin(struct check *c, const struct expr_node *n,
					 struct operand *ret, bool *found)
{
	*found = true;
	if (!strcmp(n->text, "nil")) {
		*ret = (struct operand){ .kind = OP_NIL };
		return NULL;
	}
	if (!strcmp(n->text, "true") || !strcmp(n->text, "false"))
		return expr_give_cond(expr_const(c, n->text[0] == 't'), ret);
	if (!strcmp(n->text, "caller"))
		return expr_lower_caller(c, n, ret);
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (!strcmp(n->text, specials[i].name))
			return lower_special(c, n, &specials[i], ret);
	*found = false;
	return NULL;
}

static const char *guess_param(struct check *c, const struct expr_node *n)
{
	const struct gosym_signature *sig = c->probe->sig;
	struct expr_guess guess = { .name = n->text };

	for (size_t i = 0; i < sig->num_params; i++)
		if (!sig->params[i].hidden)
			expr_guess_offer(&guess, sig->params[i].name);
	for (size_t i = 0; c->at_return && i < sig->num_results; i++)
		expr_guess_offer(&guess, sig->results[i].name);
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		expr_guess_offer(&guess, specials[i].name);
	return expr_guess_text(c, &guess);
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
				     "with %s", n->text, func,
				     c->plan->opts.print ? "--if-ret, or with --ret" : "--if-ret");
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
	return expr_error_at(c->text, n->pos, "%s has no argument %s\"%s\"%s%s", func,
			     c->at_return ? "or result " : "", n->text, guess_param(c, n),
			     expr_list_params(c));
}
