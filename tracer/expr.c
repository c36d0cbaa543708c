// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Expressions, from tree to plan: names are looked up among the arguments, types are checked by
 * Go's rules (https://go.dev/ref/spec#Comparison_operators, #Selectors, #Representability), places
 * become loads.
 *
 *	func f(req *http.Request)	req.URL.Path == "/x"
 *	=> STREQ(LOAD(AX, +16, +56), LOAD(AX, +16, +64), "/x")
 *
 * Walking by value only moves the offset within the argument; each pointer on the way is one
 * dereference, of which a load has room for eight. Whatever cannot be decided in the kernel is
 * refused here, before anything is attached, with the column and what works instead.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/expr.h"
#include "tracer/expr_ast.h"

enum { MAX_DEREFS = sizeof(((struct plan_load *)0)->derefs) / sizeof(int64_t), LISTED_ARGS = 12 };

/* A typed place: within an argument (deref false), or `load` without the last word on how much is
 * read. */
struct place {
	const struct gosym_type *type;
	const struct gosym_param *param;
	uint64_t offset;		/* within param, as long as no pointer was followed */
	bool deref;
	struct plan_load load;
	bool result;			/* param is one, at the RET */
	const struct plan_value *saved;	/* at a return, of an argument: in the record that was kept */
};

/* An integer the kernel computes with. */
struct number {
	const struct plan_expr *expr;
	const struct plan_expr
		*header; /* len() of a map or chan: if this pointer is nil, it is 0 */
	const char *type;		/* Go's name of it; NULL: goes with any (goid, pid, tid) */
	unsigned size;
	bool is_signed;
};

struct operand {
	enum { OP_COND, OP_INT, OP_STRING, OP_NIL, OP_NUMBER, OP_PLACE } kind;
	const struct plan_expr *cond;	/* OP_COND */
	bool neg;			/* OP_INT: an untyped constant, sign and magnitude */
	uint64_t magnitude;
	const char *text;		/* OP_STRING */
	size_t len;
	struct number number;		/* OP_NUMBER */
	struct place place;		/* OP_PLACE */
};

struct check {
	struct gosym_plan *plan;
	const struct plan_probe *probe;
	const char *text;
	bool at_return;
	struct arena tmp;		/* the tree, and words for messages */
};

static void check_deinit(struct check *c)
{
	arena_deinit(&c->tmp);
}

/* ---------------------------------------------------------------- messages */

static unsigned column_of(const char *text, unsigned pos)
{
	unsigned column = 1;

	for (unsigned i = 0; i < pos && text[i]; i++)
		column += (text[i] & 0xc0) != 0x80;
	return column;
}

struct gosym_error *expr_error_at(const char *text, unsigned pos, const char *fmt, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&message, fmt, args);
	va_end(args);
	if (len < 0) {
		message = NULL;
		return gosym_nomem;
	}
	return gosym_error_new(GOSYM_INVALID, "column %u: %s", column_of(text, pos), message);
}

void expr_fail(struct expr_parser *p, unsigned pos, const char *message)
{
	if (p->err)
		return;
	if (message)
		p->err = expr_error_at(p->text, pos, "%s", message);
	else
		p->err = expr_error_at(p->text, pos, "unexpected \"%.*s\"", (int)(p->next - p->pos),
				       p->text + p->pos);
}

struct expr_node *expr_node_new(struct expr_parser *p, enum expr_kind kind, unsigned pos,
				const struct expr_node *a, const struct expr_node *b)
{
	struct expr_node *n = arena_alloc(p->arena, sizeof(*n));

	if (!n)
		longjmp(p->nomem, 1);
	*n = (struct expr_node){ .kind = kind, .pos = pos, .a = a, .b = b };
	return n;
}

/* The expression as one would write it, for messages. */
static const char *node_text(struct check *c, const struct expr_node *n)
{
	const char *text = NULL;

	switch (n->kind) {
	case EXPR_NAME: text = n->text; break;
	case EXPR_SELECT: text = arena_printf(&c->tmp, "%s.%s", node_text(c, n->a), n->text); break;
	case EXPR_CALL: text = arena_printf(&c->tmp, "%s(%s)", n->text, node_text(c, n->a)); break;
	case EXPR_TYPE: text = arena_printf(&c->tmp, "%s.(%s)", node_text(c, n->a), n->text); break;
	case EXPR_DEREF: text = arena_printf(&c->tmp, "*%s", node_text(c, n->a)); break;
	case EXPR_INT: case EXPR_NEG: case EXPR_DURATION: text = "the constant"; break;
	case EXPR_STRING: text = "the string literal"; break;
	default: text = "the condition"; break;
	}
	return text ? text : "it";
}

static const char *operand_type(const struct operand *o)
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
static const char *list_params(struct check *c)
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

static const char *list_fields(struct check *c, const struct gosym_type *t)
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

/* ------------------------------------------------------------- small makers */

static struct plan_expr *plan_op(struct check *c, enum plan_op op, const struct plan_expr *a,
				 const struct plan_expr *b)
{
	struct plan_expr *e = arena_alloc(&c->plan->arena, sizeof(*e));

	if (e)
		*e = (struct plan_expr){ .op = op, .a = a, .b = b };
	return e;
}

static struct plan_expr *plan_const(struct check *c, int64_t value)
{
	struct plan_expr *e = plan_op(c, PLAN_OP_CONST, NULL, NULL);

	if (e)
		e->imm = value;
	return e;
}

static struct plan_expr *plan_compare(struct check *c, enum plan_op op, const struct plan_expr *a,
				      const struct plan_expr *b, bool is_signed)
{
	struct plan_expr *e = a && b ? plan_op(c, op, a, b) : NULL;

	if (e)
		e->is_signed = is_signed;
	return e;
}

/* NOT, AND, OR, simplified. NULL: no memory, also if an operand is NULL. */
static const struct plan_expr *cond_not(struct check *c, const struct plan_expr *a)
{
	if (!a)
		return NULL;
	if (a->op == PLAN_OP_CONST)
		return plan_const(c, !a->imm);
	if (a->op == PLAN_OP_NOT)
		return a->a;
	return plan_op(c, PLAN_OP_NOT, a, NULL);
}

static const struct plan_expr *cond_join(struct check *c, enum plan_op op,
					 const struct plan_expr *a, const struct plan_expr *b)
{
	bool neutral = op == PLAN_OP_AND;	/* true && x, false || x: x */

	if (!a || !b)
		return NULL;
	if (a->op == PLAN_OP_CONST)
		return !!a->imm == neutral ? b : a;
	if (b->op == PLAN_OP_CONST && !!b->imm == neutral)
		return a;
	/* x && false is not false: x is looked at first, and its being unreadable counts. */
	return plan_op(c, op, a, b);
}

static struct gosym_error *give_cond(const struct plan_expr *cond, struct operand *ret)
{
	if (!cond)
		return gosym_nomem;
	*ret = (struct operand){ .kind = OP_COND, .cond = cond };
	return NULL;
}

/* ------------------------------------------------------------------ places */

/* An argument at the return is what the kept record of the call has of it. */
static struct gosym_error *saved_load(struct check *c, const struct expr_node *n,
				      const struct place *place, uint64_t off, unsigned size,
				      bool is_signed, struct plan_load *ret)
{
	const struct plan_value *v = place->saved;
	const struct plan_fetch *f = v->fetch >= 0 ? &c->probe->fetches[v->fetch] : NULL;

	if (v->missing)
		return expr_error_at(c->text, n->pos, "%s could not be kept from the entry of %s: %s",
				     node_text(c, n), gosym_func_name(c->probe->func), v->missing);
	*ret = (struct plan_load){
		.from = PLAN_SAVED, .off = (int64_t)(v->image + off), .size = (uint8_t)size,
		.is_signed = is_signed, .status = f && f->from != PLAN_REG ? f->status : 0,
	};
	return NULL;
}

/* What a kept value points to: the fetch that brought it, or why it was not. */
static struct gosym_error *saved_target(struct check *c, const struct expr_node *n,
					const struct place *place, const struct plan_fetch **ret)
{
	if (place->saved->target == PLAN_NO_FETCH)
		return expr_error_at(c->text, n->pos, "what %s points to is not kept until the return: "
				     "give a larger --depth (or --strlen)", node_text(c, n));
	*ret = &c->probe->fetches[place->saved->target];
	return NULL;
}

/* The load of size bytes, off bytes into a place. */
static struct gosym_error *place_load(struct check *c, const struct expr_node *n,
				      const struct place *place, uint64_t off, unsigned size,
				      bool is_signed, struct plan_load *ret)
{
	const char *why, *where = place->result ? "return" : "entry";

	if (place->saved)
		return saved_load(c, n, place, off, size, is_signed, ret);
	if (place->deref) {
		*ret = place->load;
		ret->derefs[ret->num_derefs - 1] += off;
	} else if (place->param->missing) {
		return expr_error_at(c->text, n->pos, "%s cannot be read at the %s of %s: %s",
				     node_text(c, n), where, gosym_func_name(c->probe->func),
				     place->param->missing);
	} else if (!plan_locate(c->plan, place->result ? NULL : c->probe, place->param,
				place->offset + off, size, ret, &why)) {
		return expr_error_at(c->text, n->pos, "%s cannot be read at the %s of %s: %s",
				     node_text(c, n), place->result ? where : "probe point",
				     gosym_func_name(c->probe->func), why);
	}
	ret->size = size;
	ret->is_signed = is_signed;
	return NULL;
}

static struct gosym_error *place_expr(struct check *c, const struct expr_node *n,
				      const struct place *place, uint64_t off, unsigned size,
				      bool is_signed, const struct plan_expr **ret)
{
	struct plan_expr *e = plan_op(c, PLAN_OP_LOAD, NULL, NULL);
	struct gosym_error *err;

	if (!e)
		return gosym_nomem;
	e->is_signed = is_signed;
	err = place_load(c, n, place, off, size, is_signed, &e->load);
	if (!err)
		*ret = e;
	return err;
}

static struct gosym_error *saved_follow(struct check *c, const struct expr_node *n,
					struct place *place, const struct gosym_type *elem)
{
	const struct plan_fetch *f;
	struct gosym_error *err = saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!place->saved->num_kids)
		return expr_error_at(c->text, n->pos, "what %s points to is not kept until the return",
				     node_text(c, n));
	place->saved = &place->saved->kids[0];
	place->type = elem;
	return NULL;
}

/* From a place that holds a pointer to what it points to. */
static struct gosym_error *place_follow(struct check *c, const struct expr_node *n,
					struct place *place, const struct gosym_type *elem)
{
	struct gosym_error *err;
	struct plan_load load;

	if (!elem)
		return expr_error_at(c->text, n->pos,
				     "the file does not tell what %s (%s) points to",
				     node_text(c, n), gosym_type_name(place->type));
	if (place->saved)
		return saved_follow(c, n, place, elem);
	err = place_load(c, n, place, 0, c->plan->arch->ptr_size, false, &load);
	if (err)
		return err;
	if (load.num_derefs == MAX_DEREFS)
		return expr_error_at(c->text, n->pos, "%s leads through more than %d pointers",
				     node_text(c, n), MAX_DEREFS);
	load.derefs[load.num_derefs++] = 0;
	place->load = load;
	place->deref = true;
	place->type = elem;
	return NULL;
}

/* From a struct to one of its fields. */
static struct gosym_error *place_select(struct check *c, const struct expr_node *n, struct place *place,
					const struct gosym_field *field)
{
	if (place->saved && place->saved->num_kids != gosym_type_field_count(place->type))
		return expr_error_at(c->text, n->pos, "%s could not be kept from the entry of %s: %s",
				     node_text(c, n), gosym_func_name(c->probe->func),
				     place->saved->missing ? place->saved->missing : "it is too large");
	if (place->saved)
		place->saved = &place->saved->kids[field - gosym_type_field_at(place->type, 0)];
	else if (place->deref)
		place->load.derefs[place->load.num_derefs - 1] += field->offset;
	else
		place->offset += field->offset;
	place->type = field->type;
	return NULL;
}

/* ------------------------------------------------------------------- names */

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
static const struct gosym_param *find_result(const struct gosym_signature *sig, const char *name)
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
static const struct gosym_param *find_param(const struct gosym_signature *sig, const char *name)
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
		return give_cond(plan_const(c, n->text[0] == 't'), ret);
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
		ret->number = (struct number){ .expr = plan_op(c, specials[i].op, NULL, NULL),
					       .size = specials[i].size, .type = specials[i].type,
					       .is_signed = specials[i].type };
		return ret->number.expr ? NULL : gosym_nomem;
	}
	*found = false;
	return NULL;
}

static struct gosym_error *lower_name(struct check *c, const struct expr_node *n,
				      struct operand *ret)
{
	const struct gosym_signature *sig = c->probe->sig;
	const char *func = gosym_func_name(c->probe->func);
	const struct gosym_param *param = sig ? find_param(sig, n->text) : NULL;
	struct gosym_error *err;
	bool found;

	if (param)
		return lower_param(c, n, param, ret);
	if (sig && c->at_return && find_result(sig, n->text))
		return lower_result(c, n, find_result(sig, n->text), ret);
	if (sig && !c->at_return && find_result(sig, n->text))
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
			     c->at_return ? "or result " : "", n->text, list_params(c));
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

static struct gosym_error *lower(struct check *c, const struct expr_node *n, struct operand *ret);

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
				     node_text(c, n->a), operand_type(o));
	return expr_error_at(c->text, n->pos, "%s is %s, which has no fields", node_text(c, n->a),
			     operand_type(o));
}

static struct gosym_error *lower_select(struct check *c, const struct expr_node *n,
					struct operand *ret)
{
	const struct gosym_field *path[MAX_PROMOTION];
	struct gosym_error *err = lower(c, n->a, ret);
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
				     node_text(c, n->a), n->text);
	if (!len) {
		const struct gosym_type *t = ret->place.type;

		if (gosym_type_kind(t) == GOSYM_POINTER)
			t = gosym_type_elem(t);
		return expr_error_at(c->text, n->pos, "%s (%s) has no field \"%s\"%s",
				     node_text(c, n->a), operand_type(ret), n->text,
				     list_fields(c, t));
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

static struct gosym_error *lower_deref(struct check *c, const struct expr_node *n,
				       struct operand *ret)
{
	struct gosym_error *err = lower(c, n->a, ret);

	if (err)
		return err;
	if (ret->kind != OP_PLACE || gosym_type_kind(ret->place.type) != GOSYM_POINTER)
		return expr_error_at(c->text, n->pos, "%s is %s, not a pointer", node_text(c, n->a),
				     operand_type(ret));
	return place_follow(c, n->a, &ret->place, gosym_type_elem(ret->place.type));
}

/* --------------------------------------------------------------- constants */

static struct gosym_error *lower_neg(struct check *c, const struct expr_node *n,
				     struct operand *ret)
{
	struct gosym_error *err = lower(c, n->a, ret);

	if (err)
		return err;
	if (ret->kind != OP_INT)
		return expr_error_at(
			c->text, n->pos,
			"only a constant can be negated; arithmetic is not done in conditions");
	ret->neg = !ret->neg && ret->magnitude;
	return NULL;
}

/* Whether the constant is representable in size bytes, and its bits. */
static bool const_fits(const struct operand *o, unsigned size, bool is_signed, int64_t *ret)
{
	uint64_t max = is_signed ? (uint64_t)INT64_MAX >> (64 - 8 * size)
				 : UINT64_MAX >> (64 - 8 * size);

	if (o->neg && (!is_signed || o->magnitude > max + 1))
		return false;
	if (!o->neg && o->magnitude > max)
		return false;
	*ret = (int64_t)(o->neg ? -o->magnitude : o->magnitude);
	return true;
}

/* ------------------------------------------------------------------ len() */

static struct gosym_error *lower_len_word(struct check *c, const struct expr_node *n,
					  struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	struct gosym_error *err;

	err = place_expr(c, n->a, &ret->place, word, word, true, &number.expr);
	if (err)
		return err;
	*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
	return NULL;
}

static struct gosym_error *saved_len(struct check *c, const struct expr_node *n, const struct place *place,
				     struct number *ret)
{
	struct plan_expr *e = plan_op(c, PLAN_OP_LOAD, NULL, NULL);
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!e)
		return gosym_nomem;
	e->load = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst, .status = f->status,
				      .size = (uint8_t)ret->size, .is_signed = true };
	ret->expr = e;
	return NULL;
}

/* The first word of a map's or chan's header is its length, in every Go version: count of
 * runtime.hmap, used of internal/runtime/maps.Map, qcount of runtime.hchan. */
static struct gosym_error *lower_len_header(struct check *c, const struct expr_node *n,
					    struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	const struct gosym_type *type = ret->place.type;
	struct gosym_error *err;

	err = place_expr(c, n->a, &ret->place, 0, word, false, &number.header);
	if (!err && ret->place.saved) {
		err = saved_len(c, n->a, &ret->place, &number);
		*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
		return err;
	}
	if (!err)
		err = place_follow(c, n->a, &ret->place, type);
	if (!err)
		err = place_expr(c, n->a, &ret->place, 0, word, true, &number.expr);
	if (err)
		return err;
	*ret = (struct operand){ .kind = OP_NUMBER, .number = number };
	return NULL;
}

static struct gosym_error *lower_call(struct check *c, const struct expr_node *n,
				      struct operand *ret)
{
	struct gosym_error *err;

	if (strcmp(n->text, "len") != 0)
		return expr_error_at(
			c->text, n->pos,
			"%s() cannot be called from the kernel; the one function is len()",
			n->text);
	err = lower(c, n->a, ret);
	if (err)
		return err;
	if (ret->kind == OP_STRING) {
		*ret = (struct operand){ .kind = OP_INT, .magnitude = ret->len };
		return NULL;
	}
	if (ret->kind == OP_PLACE) {
		switch (gosym_type_kind(ret->place.type)) {
		case GOSYM_STRING: case GOSYM_SLICE: return lower_len_word(c, n, ret);
		case GOSYM_MAP: case GOSYM_CHAN: return lower_len_header(c, n, ret);
		case GOSYM_ARRAY:
			*ret = (struct operand){ .kind = OP_INT,
						 .magnitude = gosym_type_len(ret->place.type) };
			return NULL;
		default: break;
		}
	}
	return expr_error_at(c->text, n->pos, "%s is %s, which has no length", node_text(c, n->a),
			     operand_type(ret));
}

/* ------------------------------------------------------------- comparisons */

static bool is_integer(enum gosym_kind k)
{
	return k >= GOSYM_INT && k <= GOSYM_UINTPTR;
}

static bool is_float(enum gosym_kind k)
{
	return k >= GOSYM_FLOAT32 && k <= GOSYM_COMPLEX128;
}

static bool has_kind(const struct operand *o, enum gosym_kind k)
{
	return o->kind == OP_PLACE && gosym_type_kind(o->place.type) == k;
}

/* Float and complex arguments, with what exactly is in the way. */
static struct gosym_error *refuse_float(struct check *c, const struct expr_node *n,
					const struct operand *o)
{
	const struct place *place = &o->place;
	struct plan_load load;
	const char *why;

	if (!place->deref && !place->saved && !place->param->missing &&
	    !plan_locate(c->plan, place->result ? NULL : c->probe, place->param, place->offset, 1, &load,
			 &why))
		return expr_error_at(c->text, n->pos, "%s (%s) cannot be read: %s", node_text(c, n),
				     operand_type(o), why);
	return expr_error_at(c->text, n->pos,
			     "%s is %s: floating-point numbers cannot be compared in the kernel",
			     node_text(c, n), operand_type(o));
}

/* A bool in whatever form as a condition. */
static struct gosym_error *to_cond(struct check *c, const struct expr_node *n,
				   const struct operand *o, const struct plan_expr **ret)
{
	const struct plan_expr *load;
	struct gosym_error *err;

	if (o->kind == OP_COND) {
		*ret = o->cond;
		return NULL;
	}
	if (!has_kind(o, GOSYM_BOOL))
		return expr_error_at(c->text, n->pos,
				     "%s is %s, not a bool: compare it with something",
				     node_text(c, n), operand_type(o));
	err = place_expr(c, n, &o->place, 0, 1, false, &load);
	if (err)
		return err;
	*ret = plan_compare(c, PLAN_OP_NE, load, plan_const(c, 0), false);
	return *ret ? NULL : gosym_nomem;
}

static bool is_bool(const struct operand *o)
{
	return o->kind == OP_COND || has_kind(o, GOSYM_BOOL);
}

static struct gosym_error *compare_bools(struct check *c, const struct expr_node *n,
					 enum plan_op op, const struct operand *a,
					 const struct operand *b, struct operand *ret)
{
	const struct plan_expr *x, *y, *both, *neither, *equal;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "bools have no order: use == or !=");
	err = to_cond(c, n->a, a, &x);
	if (!err)
		err = to_cond(c, n->b, b, &y);
	if (err)
		return err;
	if (y->op == PLAN_OP_CONST)
		equal = y->imm ? x : cond_not(c, x);
	else if (x->op == PLAN_OP_CONST)
		equal = x->imm ? y : cond_not(c, y);
	else {
		both = cond_join(c, PLAN_OP_AND, x, y);
		neither = cond_join(c, PLAN_OP_AND, cond_not(c, x), cond_not(c, y));
		equal = cond_join(c, PLAN_OP_OR, both, neither);
	}
	return give_cond(op == PLAN_OP_EQ ? equal : cond_not(c, equal), ret);
}

static struct gosym_error *compare_nil(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *a, const struct operand *b,
				       struct operand *ret)
{
	bool left = a->kind == OP_NIL;
	const struct operand *o = left ? b : a;
	const struct expr_node *node = left ? n->b : n->a;
	const struct plan_expr *word;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "nil has no order: use == or !=");
	if (o->kind == OP_PLACE) {
		switch (gosym_type_kind(o->place.type)) {
		case GOSYM_POINTER:
		case GOSYM_UNSAFE_POINTER:
		case GOSYM_INTERFACE:
		case GOSYM_SLICE:
		case GOSYM_MAP: case GOSYM_FUNC: case GOSYM_CHAN:
			/* nil is all zero, and the first word of what is not nil is not: the array,
			 * the type or itab. */
			err = place_expr(c, node, &o->place, 0, c->plan->arch->ptr_size, false,
					 &word);
			return err ? err
				   : give_cond(plan_compare(c, op, word, plan_const(c, 0), false),
					       ret);
		default: break;
		}
	}
	return expr_error_at(c->text, node->pos, "%s is %s, which is never nil", node_text(c, node),
			     operand_type(o));
}

static bool holds(enum plan_op op, int order)
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
	return plan_const(c, holds(op, order));
}

/* As much of the text as was kept can be compared. */
static struct gosym_error *saved_text(struct check *c, const struct expr_node *n, const struct place *place,
				      size_t len, struct plan_load *ret)
{
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = saved_target(c, n, place, &f);

	if (err)
		return err;
	if (len > f->max_count)
		return expr_error_at(c->text, n->pos, "only %u bytes of %s are kept until the return: give "
				     "--strlen %zu", f->max_count, node_text(c, n), len);
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
			node_text(c, node), literal->len, PLAN_MAX_TEXT);
	err = place_expr(c, node, &var->place, word, word, true, &len);
	if (err)
		return err;
	if (!literal->len) {
		*ret = plan_compare(c, PLAN_OP_EQ, len, plan_const(c, 0), true);
		return *ret ? NULL : gosym_nomem;
	}
	err = place_expr(c, node, &var->place, 0, word, false, &ptr);
	if (err)
		return err;
	e = plan_op(c, var->place.saved ? PLAN_OP_STREQ_SAVED : PLAN_OP_STREQ, ptr, len);
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

static struct gosym_error *compare_strings(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret)
{
	const struct plan_expr *equal;
	struct gosym_error *err;

	if (a->kind == OP_STRING && b->kind == OP_STRING)
		return give_cond(const_string(c, op, a, b), ret);
	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(
			c->text, n->pos,
			"strings have no order in the kernel: compare with == or !=, or "
			"compare len(%s)",
			node_text(c, a->kind == OP_PLACE ? n->a : n->b));
	if (a->kind == OP_PLACE && b->kind == OP_PLACE)
		return expr_error_at(c->text, n->pos,
				     "two strings cannot be compared in the kernel: compare with a "
				     "literal, as in %s == \"text\"",
				     node_text(c, n->a));
	if (a->kind == OP_STRING)
		err = string_equal(c, n->b, b, a, &equal);
	else
		err = string_equal(c, n->a, a, b, &equal);
	return err ? err : give_cond(op == PLAN_OP_EQ ? equal : cond_not(c, equal), ret);
}

static bool is_string(const struct operand *o)
{
	return o->kind == OP_STRING || has_kind(o, GOSYM_STRING);
}

/* An integer operand; a constant takes the type of the other side and must be representable in it.
 */
static struct gosym_error *to_number(struct check *c, const struct expr_node *n,
				     const struct operand *o, const struct number *other,
				     struct number *ret)
{
	enum gosym_kind kind;
	int64_t value;

	if (o->kind == OP_NUMBER) {
		*ret = o->number;
		return NULL;
	}
	if (o->kind == OP_INT) {
		if (!const_fits(o, other->size, other->is_signed, &value))
			return expr_error_at(c->text, n->pos, "the constant %s%llu does not fit %s",
					     o->neg ? "-" : "", (unsigned long long)o->magnitude,
					     other->type	? other->type
					     : other->size == 4 ? "32 bits without sign"
								: "64 bits without sign");
		*ret = (struct number){ .expr = plan_const(c, value),
					.type = other->type,
					.size = other->size,
					.is_signed = other->is_signed };
		return ret->expr ? NULL : gosym_nomem;
	}
	kind = gosym_type_kind(o->place.type);
	*ret = (struct number){ .type = gosym_type_name(o->place.type),
				.size = gosym_type_size(o->place.type),
				.is_signed = kind <= GOSYM_INT64 };
	return place_expr(c, n, &o->place, 0, ret->size, ret->is_signed, &ret->expr);
}

/* A comparison in which len() of a nil map or chan is 0 and its header is not looked at. */
static const struct plan_expr *number_compare(struct check *c, enum plan_op op, struct number a,
					      struct number b)
{
	struct number *of = a.header ? &a : b.header ? &b : NULL;
	const struct plan_expr *is_nil, *has_header, *with_zero, *with_len;

	if (!of && a.expr && b.expr && a.expr->op == PLAN_OP_CONST && b.expr->op == PLAN_OP_CONST)
		return plan_const(
			c, holds(op, (a.expr->imm > b.expr->imm) - (a.expr->imm < b.expr->imm)));
	if (!of)
		return plan_compare(c, op, a.expr, b.expr, a.is_signed || b.is_signed);
	is_nil = plan_compare(c, PLAN_OP_EQ, of->header, plan_const(c, 0), false);
	has_header = plan_compare(c, PLAN_OP_NE, of->header, plan_const(c, 0), false);
	of->header = NULL;
	with_len = number_compare(c, op, a, b);
	of->expr = plan_const(c, 0);
	with_zero = number_compare(c, op, a, b);
	if (with_zero && with_zero->op == PLAN_OP_CONST)	/* is_nil alone decides */
		return with_zero->imm ? cond_join(c, PLAN_OP_OR, is_nil, with_len) :
					cond_join(c, PLAN_OP_AND, has_header, with_len);
	return cond_join(c, PLAN_OP_OR, cond_join(c, PLAN_OP_AND, is_nil, with_zero),
			 cond_join(c, PLAN_OP_AND, has_header, with_len));
}

static const struct plan_expr *compare_consts(struct check *c, enum plan_op op,
					      const struct operand *a, const struct operand *b)
{
	int order = a->neg != b->neg
			    ? (a->neg ? -1 : 1)
			    : (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);

	if (a->neg && b->neg)
		order = -order;
	return plan_const(c, holds(op, order));
}

static struct gosym_error *compare_numbers(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret)
{
	struct gosym_error *err;
	struct number x, y;

	if (a->kind == OP_INT && b->kind == OP_INT)
		return give_cond(compare_consts(c, op, a, b), ret);
	if (a->kind == OP_INT) {
		err = to_number(c, n->b, b, NULL, &y);
		if (!err)
			err = to_number(c, n->a, a, &y, &x);
	} else {
		err = to_number(c, n->a, a, NULL, &x);
		if (!err)
			err = to_number(c, n->b, b, &x, &y);
	}
	if (err)
		return err;
	if (x.type && y.type && strcmp(x.type, y.type) != 0)
		return expr_error_at(c->text, n->pos, "mismatched types: %s is %s, %s is %s",
				     node_text(c, n->a), x.type, node_text(c, n->b), y.type);
	return give_cond(number_compare(c, op, x, y), ret);
}

static bool is_number(const struct operand *o)
{
	return o->kind == OP_INT || o->kind == OP_NUMBER ||
	       (o->kind == OP_PLACE && is_integer(gosym_type_kind(o->place.type)));
}

static struct gosym_error *refuse_comparison(struct check *c, const struct expr_node *n,
					     const struct operand *a, const struct operand *b)
{
	const struct operand *odd = a->kind == OP_PLACE ? a : b;
	const struct expr_node *node = a->kind == OP_PLACE ? n->a : n->b;

	if (odd->kind == OP_PLACE) {
		switch (gosym_type_kind(odd->place.type)) {
		case GOSYM_STRUCT:
			return expr_error_at(c->text, node->pos,
					     "%s is a struct (%s): compare its fields",
					     node_text(c, node), operand_type(odd));
		case GOSYM_POINTER:
		case GOSYM_INTERFACE:
		case GOSYM_MAP:
		case GOSYM_CHAN:
		case GOSYM_FUNC:
		case GOSYM_SLICE: case GOSYM_UNSAFE_POINTER:
			return expr_error_at(c->text, node->pos,
					     "%s (%s) can only be compared with nil",
					     node_text(c, node), operand_type(odd));
		default: break;
		}
	}
	return expr_error_at(c->text, n->pos, "cannot compare %s (%s) with %s (%s)",
			     node_text(c, n->a), operand_type(a), node_text(c, n->b),
			     operand_type(b));
}

static struct gosym_error *lower_comparison(struct check *c, const struct expr_node *n,
					    struct operand *ret)
{
	static const enum plan_op ops[] = {
		[EXPR_EQ] = PLAN_OP_EQ, [EXPR_NE] = PLAN_OP_NE, [EXPR_LT] = PLAN_OP_LT,
		[EXPR_LE] = PLAN_OP_LE, [EXPR_GT] = PLAN_OP_GT, [EXPR_GE] = PLAN_OP_GE,
	};
	enum plan_op op = ops[n->kind];
	struct operand a, b;
	struct gosym_error *err;

	err = lower(c, n->a, &a);
	if (!err)
		err = lower(c, n->b, &b);
	if (err)
		return err;
	if (a.kind == OP_PLACE && is_float(gosym_type_kind(a.place.type)))
		return refuse_float(c, n->a, &a);
	if (b.kind == OP_PLACE && is_float(gosym_type_kind(b.place.type)))
		return refuse_float(c, n->b, &b);
	if (a.kind == OP_NIL || b.kind == OP_NIL)
		return compare_nil(c, n, op, &a, &b, ret);
	if (is_number(&a) && is_number(&b))
		return compare_numbers(c, n, op, &a, &b, ret);
	if (is_string(&a) && is_string(&b))
		return compare_strings(c, n, op, &a, &b, ret);
	if (is_bool(&a) && is_bool(&b))
		return compare_bools(c, n, op, &a, &b, ret);
	return refuse_comparison(c, n, &a, &b);
}

/* ------------------------------------------------------------------- whole */

static struct gosym_error *lower_logic(struct check *c, const struct expr_node *n,
				       struct operand *ret)
{
	const struct plan_expr *x, *y = NULL;
	struct operand a, b;
	struct gosym_error *err;

	err = lower(c, n->a, &a);
	if (!err)
		err = to_cond(c, n->a, &a, &x);
	if (!err && n->b)
		err = lower(c, n->b, &b);
	if (!err && n->b)
		err = to_cond(c, n->b, &b, &y);
	if (err)
		return err;
	if (n->kind == EXPR_NOT)
		return give_cond(cond_not(c, x), ret);
	return give_cond(cond_join(c, n->kind == EXPR_AND ? PLAN_OP_AND : PLAN_OP_OR, x, y), ret);
}

static struct gosym_error *lower(struct check *c, const struct expr_node *n, struct operand *ret)
{
	switch (n->kind) {
	case EXPR_INT:
		*ret = (struct operand){ .kind = OP_INT, .magnitude = n->num };
		return NULL;
	case EXPR_DURATION:
		*ret = (struct operand){ .kind = OP_NUMBER };
		ret->number = (struct number){ .expr = plan_const(c, (int64_t)n->num), .size = 8,
					       .type = "time.Duration", .is_signed = true };
		return ret->number.expr ? NULL : gosym_nomem;
	case EXPR_STRING:
		*ret = (struct operand){ .kind = OP_STRING, .text = n->text, .len = n->len };
		return NULL;
	case EXPR_NAME: return lower_name(c, n, ret);
	case EXPR_SELECT: return lower_select(c, n, ret);
	case EXPR_CALL: return lower_call(c, n, ret);
	case EXPR_DEREF: return lower_deref(c, n, ret);
	case EXPR_TYPE:
		return expr_error_at(c->text, n->pos,
				     strcmp(n->text, "type") ? "a type assertion cannot be made" :
				     "the dynamic type can only be the key of a count or histogram");
	case EXPR_NEG: return lower_neg(c, n, ret);
	case EXPR_NOT: case EXPR_AND: case EXPR_OR: return lower_logic(c, n, ret);
	default: return lower_comparison(c, n, ret);
	}
}

static struct gosym_error *condition(struct gosym_plan *p, const struct plan_probe *probe,
				     const char *text, bool at_return, const struct plan_expr **ret)
{
	_cleanup_(check_deinit) struct check c = {
		.plan = p, .probe = probe, .text = text, .at_return = at_return,
	};
	const struct plan_expr *cond;
	const struct expr_node *root;
	struct operand whole;
	struct gosym_error *err;

	err = expr_parse_text(&c.tmp, text, &root);
	if (!err)
		err = lower(&c, root, &whole);
	if (!err)
		err = to_cond(&c, root, &whole, &cond);
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

/* ------------------------------------------------- values of histograms, keys */

static bool is_constant(const struct operand *o)
{
	return o->kind == OP_INT || o->kind == OP_STRING ||
	       (o->kind == OP_NUMBER && o->number.expr->op == PLAN_OP_CONST);
}

/* What a histogram cannot be made of, and what of the same thing it could. */
static struct gosym_error *refuse_value(struct check *c, const struct expr_node *n,
					const struct operand *o)
{
	const char *text = node_text(c, n);
	enum gosym_kind kind;

	if (is_constant(o))
		return expr_error_at(c->text, n->pos, "a constant is the same for every call");
	if (is_bool(o))
		return expr_error_at(c->text, n->pos,
				     "%s is a bool; it would work as a key (--by)", text);
	if (o->kind != OP_PLACE)
		return expr_error_at(c->text, n->pos, "%s is no integer", text);
	kind = gosym_type_kind(o->place.type);
	if (is_float(kind))
		return refuse_float(c, n, o);
	switch (kind) {
	case GOSYM_STRING:
		return expr_error_at(c->text, n->pos, "%s is a string; len(%s) would work", text,
				     text);
	case GOSYM_SLICE: case GOSYM_MAP: case GOSYM_CHAN:
		return expr_error_at(c->text, n->pos, "%s is %s; len(%s) would work", text,
				     operand_type(o), text);
	case GOSYM_STRUCT:
		return expr_error_at(c->text, n->pos, "%s is a struct (%s); its integers would work%s",
				     text, operand_type(o), list_fields(c, o->place.type));
	default:
		return expr_error_at(c->text, n->pos, "%s is %s; integers and len() would work", text,
				     operand_type(o));
	}
}

/* The number as one expression: len() of a nil map or chan is 0. */
static struct gosym_error *number_value(struct check *c, const struct expr_node *n,
					const struct operand *o, struct plan_aggregate *agg,
					const struct plan_expr **ret)
{
	const struct plan_expr *has_header;
	struct number number;
	struct gosym_error *err = to_number(c, n, o, NULL, &number);

	if (err)
		return err;
	agg->is_signed = number.is_signed;
	agg->is_time = number.type && !strcmp(number.type, "time.Duration");
	*ret = number.expr;
	if (!number.header)
		return NULL;
	has_header = plan_compare(c, PLAN_OP_NE, number.header, plan_const(c, 0), false);
	*ret = has_header ? plan_op(c, PLAN_OP_IF, has_header, number.expr) : NULL;
	return *ret ? NULL : gosym_nomem;
}

static struct gosym_error *lower_value(struct check *c, const struct expr_node *root,
				       struct plan_aggregate *agg)
{
	struct operand o;
	struct gosym_error *err = lower(c, root, &o);

	if (err)
		return err;
	if (is_constant(&o) || !is_number(&o))
		return refuse_value(c, root, &o);
	return number_value(c, root, &o, agg, &agg->value);
}

/* x.(type): the type word of an interface, behind the itab of one with methods (runtime/runtime2.go:
 * itab is { inter, _type, … }); nil is 0. */
static struct gosym_error *lower_type_key(struct check *c, const struct expr_node *n,
					  struct plan_aggregate *agg)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct plan_expr *itab, *type, *has_itab;
	struct gosym_error *err;
	struct operand o;

	if (strcmp(n->text, "type") != 0)
		return expr_error_at(c->text, n->pos,
				     "a type assertion cannot be made; %s.(type) is the dynamic type",
				     node_text(c, n->a));
	err = lower(c, n->a, &o);
	if (err)
		return err;
	if (!has_kind(&o, GOSYM_INTERFACE))
		return expr_error_at(c->text, n->pos, "%s is %s, not an interface",
				     node_text(c, n->a), operand_type(&o));
	agg->by_kind = PLAN_KEY_TYPE;
	if (gosym_type_is_empty_interface(o.place.type))
		return place_expr(c, n, &o.place, 0, word, false, &agg->by);
	err = place_expr(c, n, &o.place, 0, word, false, &itab);
	if (!err)
		err = place_follow(c, n, &o.place, o.place.type);
	if (!err)
		err = place_expr(c, n, &o.place, word, word, false, &type);
	if (err)
		return err;
	has_itab = plan_compare(c, PLAN_OP_NE, itab, plan_const(c, 0), false);
	agg->by = has_itab ? plan_op(c, PLAN_OP_IF, has_itab, type) : NULL;
	return agg->by ? NULL : gosym_nomem;
}

/* The return address: at SP of the entry, or in the link register, DWARF's number 30 of arm64. */
static struct gosym_error *lower_caller(struct check *c, const struct expr_node *n,
					struct plan_aggregate *agg)
{
	const struct abi_arch *arch = c->plan->arch;
	struct gosym_piece piece = { .size = arch->ptr_size };
	struct gosym_site_loc loc;
	struct plan_expr *e = plan_op(c, PLAN_OP_LOAD, NULL, NULL);

	if (!e)
		return gosym_nomem;
	if (arch->link_register) {
		piece.place = GOSYM_IN_REG;
		piece.where = abi_reg_by_dwarf(arch, 30);
	} else {
		piece.place = GOSYM_ON_STACK;
	}
	loc = gosym_site_find(c->probe->site, &piece);
	if (loc.kind == GOSYM_LOC_LOST)
		return expr_error_at(c->text, n->pos, "the return address is not known at the probe "
				     "point of %s", gosym_func_name(c->probe->func));
	e->load = (struct plan_load){
		.from = loc.kind == GOSYM_LOC_REG ? PLAN_REG : PLAN_STACK,
		.reg = loc.where, .off = loc.where, .size = arch->ptr_size,
	};
	agg->by_kind = PLAN_KEY_CALLER;
	agg->by = e;
	return NULL;
}

static struct gosym_error *refuse_key(struct check *c, const struct expr_node *n,
				      const struct operand *o)
{
	const char *text = node_text(c, n);

	if (has_kind(o, GOSYM_INTERFACE))
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

	if (root->kind == EXPR_TYPE)
		return lower_type_key(c, root, agg);
	if (root->kind == EXPR_NAME && !strcmp(root->text, "caller") &&
	    !(c->probe->sig && find_param(c->probe->sig, "caller")))
		return lower_caller(c, root, agg);
	err = lower(c, root, &o);
	if (err)
		return err;
	if (has_kind(&o, GOSYM_STRING))
		return string_key(c, root, &o, agg);
	if (is_bool(&o)) {
		agg->by_kind = PLAN_KEY_BOOL;
		return to_cond(c, root, &o, &agg->by);
	}
	if (has_kind(&o, GOSYM_POINTER) || has_kind(&o, GOSYM_UNSAFE_POINTER)) {
		agg->by_kind = PLAN_KEY_PTR;
		return place_expr(c, root, &o.place, 0, c->plan->arch->ptr_size, false, &agg->by);
	}
	if (is_constant(&o) || !is_number(&o))
		return refuse_key(c, root, &o);
	err = number_value(c, root, &o, &number, &agg->by);
	if (!err)
		agg->by_kind = number.is_signed ? PLAN_KEY_INT : PLAN_KEY_UINT;
	return err;
}

/* Whether a name means a result or the duration: arguments of the same name come first. */
static bool needs_return(const struct plan_probe *probe, const struct expr_node *n)
{
	const struct gosym_signature *sig = probe->sig;

	if (!n)
		return false;
	if (n->kind != EXPR_NAME)
		return needs_return(probe, n->a) || needs_return(probe, n->b);
	if (sig && find_param(sig, n->text))
		return false;
	return !strcmp(n->text, "duration") || (sig && find_result(sig, n->text));
}

static const struct expr_node *first_argument(const struct plan_probe *probe,
					      const struct expr_node *n)
{
	const struct expr_node *found;

	if (!n || !probe->sig)
		return NULL;
	if (n->kind == EXPR_NAME)
		return find_param(probe->sig, n->text) ? n : NULL;
	found = first_argument(probe, n->a);
	return found ? found : first_argument(probe, n->b);
}

/* The plan is decided at returns once its first function asks for it; later ones cannot change the
 * others. Values about arguments are computed at the call, so one expression is about either. */
static struct gosym_error *want_returns(struct check *c, const struct expr_node *root)
{
	const struct expr_node *arg = first_argument(c->probe, root);
	struct gosym_plan *p = c->plan;

	if (arg)
		return expr_error_at(c->text, arg->pos,
				     "%s is an argument, and known at the call; results and "
				     "duration, known at the return, cannot be joined with it here",
				     arg->text);
	if (!p->at_return && p->probes.num)
		return expr_error_at(c->text, root->pos, "in %s this is a result, in functions "
				     "before it an argument; with --ret both work", gosym_func_name(c->probe->func));
	p->opts.returns = p->at_return = true;
	c->at_return = true;
	return NULL;
}

static struct gosym_error *lower_text(struct gosym_plan *p, struct plan_probe *probe, const char *text,
				      bool *at_call,
				      struct gosym_error *(*lower_root)(struct check *c,
									const struct expr_node *root,
									struct plan_aggregate *agg))
{
	_cleanup_(check_deinit) struct check c = { .plan = p, .probe = probe, .text = text };
	const struct expr_node *root;
	struct gosym_error *err = expr_parse_text(&c.tmp, text, &root);

	if (!err && needs_return(probe, root))
		err = want_returns(&c, root);
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

		agg->value = plan_op(&c, PLAN_OP_DURATION, NULL, NULL);
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
