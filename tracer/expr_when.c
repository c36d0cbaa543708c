// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * When an expression is known: one over arguments at the call, one over results or the duration at the
 * return. One over both is computed at the return too, and the call's record kept until then.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/expr.h"
#include "tracer/expr_check.h"
#include "tracer/plan_hooks.h"

/* Whether a name means a result or the duration: arguments of the same name come first. */
bool expr_needs_return(const struct plan_probe *probe, const struct expr_node *n)
{
	const struct gosym_signature *sig = probe->sig;

	if (!n)
		return false;
	if (n->kind != EXPR_NAME)
		return expr_needs_return(probe, n->a) || expr_needs_return(probe, n->b);
	if (sig && expr_find_param(sig, n->text))
		return false;
	return !strcmp(n->text, "duration") || (sig && expr_find_result(sig, n->text));
}

static bool needs_arguments(const struct plan_probe *probe, const struct expr_node *n)
{
	if (!n || !probe->sig)
		return false;
	if (n->kind == EXPR_NAME)
		return expr_find_param(probe->sig, n->text);
	return needs_arguments(probe, n->a) || needs_arguments(probe, n->b);
}

/* The plan is decided at returns once its first function asks for it; later ones cannot change the
 * others. */
static struct gosym_error *want_returns(struct check *c, const struct expr_node *root)
{
	bool keep = needs_arguments(c->probe, root);
	struct gosym_plan *p = c->plan;

	if (c->plan->opts.print && !p->opts.returns)
		return NULL;		/* the name is refused where it stands */
	if (p->probes.num && ((keep && !p->keep_args) || !p->opts.returns || (!p->at_return && !p->opts.print)))
		return expr_error_at(c->text, root->pos, "in %s this is about results%s, in functions before it "
				     "not; with %s all work", gosym_func_name(c->probe->func),
				     keep ? " and arguments" : "", keep ? "--pair" : "--ret");
	p->keep_args |= keep;
	p->at_return |= keep || !p->opts.print;
	if (p->opts.returns)
		return NULL;
	p->opts.returns = true;
	return p->hooks.num ? NULL : plan_add_hooks(p);
}

static struct gosym_error *prepare(struct gosym_plan *p, const struct plan_probe *probe, const char *option,
				   const char *text)
{
	_cleanup_(expr_check_deinit) struct check c = { .plan = p, .probe = probe, .text = text };
	const struct expr_node *all;
	struct gosym_error *err;

	if (!text)
		return NULL;
	err = expr_parse_list(&c.tmp, text, &all);
	for (const struct expr_node *n = all; n && !err; n = n->b)
		if (expr_needs_return(probe, n->a))
			err = want_returns(&c, n->a);
	return err && gosym_error_code(err) == GOSYM_INVALID ? gosym_error_prefix(err, "%s", option) : err;
}

struct gosym_error *expr_prepare(struct gosym_plan *p, const struct plan_probe *probe)
{
	struct gosym_error *err = NULL;

	if (plan_is_aggregate(p)) {
		err = prepare(p, probe, "--hist", p->opts.hist ? p->opts.hist_value : NULL);
		if (!err)
			err = prepare(p, probe, "--by", p->opts.by);
	}
	return err ? err : prepare(p, probe, "--print", p->opts.print);
}
