// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Calls: len() and cap(), conversions between integers and of bytes to strings, and the functions of
 * packages strings and bytes that the kernel can do. Nothing else can be called from there.
 */
#include <string.h>

#include "gosym/type.h"
#include "tracer/expr_check.h"

static const char works[] = "len(), cap(), conversions, strings.HasPrefix(), HasSuffix() and Contains() work";

/* A name that means an argument or a result is no package. */
static bool is_variable(const struct check *c, const char *name)
{
	const struct gosym_signature *sig = c->probe->sig;

	return sig && (expr_find_param(sig, name) || expr_find_result(sig, name));
}

const char *expr_package_name(struct check *c, const struct expr_node *n)
{
	if (n->kind != EXPR_SELECT || n->a->kind != EXPR_NAME || is_variable(c, n->a->text))
		return NULL;
	return arena_printf(&c->tmp, "%s.%s", n->a->text, n->text);
}

/* ---- len, cap */

static struct gosym_error *lower_len_word(struct check *c, const struct expr_node *n, unsigned index,
					  struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	struct gosym_error *err;

	err = place_expr(c, n, &ret->place, index * word, word, true, &number.expr);
	return err ? err : expr_give_number(&number, ret);
}

static struct gosym_error *saved_len(struct check *c, const struct expr_node *n, const struct place *place,
				     unsigned index, struct number *ret)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = expr_saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!e)
		return gosym_nomem;
	e->load = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst + index * ret->size, .status = f->status,
				      .size = (uint8_t)ret->size, .is_signed = true };
	expr_measure(e);
	ret->expr = expr_guarded(c, PLAN_OP_CHECK, place->guard, e);
	return ret->expr ? NULL : gosym_nomem;
}

/* The first word of a map's or chan's header is its length, in every Go version: count of
 * runtime.hmap, used of internal/runtime/maps.Map, qcount of runtime.hchan; there dataqsiz follows. */
static struct gosym_error *lower_len_header(struct check *c, const struct expr_node *n, unsigned index,
					    struct operand *ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct number number = { .type = "int", .size = word, .is_signed = true };
	struct place place = ret->place;
	struct gosym_error *err;

	err = place_expr(c, n, &place, 0, word, false, &number.header);
	if (!err && place.saved) {
		err = saved_len(c, n, &place, index, &number);
		return err ? err : expr_give_number(&number, ret);
	}
	if (!err)
		err = place_follow(c, n, &place, place.type, index * word);
	if (!err)
		err = place_expr(c, n, &place, 0, word, true, &number.expr);
	return err ? err : expr_give_number(&number, ret);
}

/* Of a pointer to an array as of the array. */
static const struct gosym_type *array_of(const struct gosym_type *t)
{
	if (t && gosym_type_kind(t) == GOSYM_POINTER)
		t = gosym_type_elem(t);
	return t && gosym_type_kind(t) == GOSYM_ARRAY ? t : NULL;
}

static struct gosym_error *lower_len(struct check *c, const struct expr_node *n, const struct expr_node *arg,
				     unsigned index, struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, arg, ret);
	const struct gosym_type *array;

	if (err)
		return err;
	if (ret->kind == OP_STRING && index == 1) {
		*ret = (struct operand){ .kind = OP_INT, .magnitude = ret->len };
		return NULL;
	}
	array = ret->kind == OP_PLACE ? array_of(ret->place.type) : NULL;
	if (array) {
		*ret = (struct operand){ .kind = OP_INT, .magnitude = gosym_type_len(array) };
		return NULL;
	}
	if (expr_has_kind(ret, GOSYM_SLICE) || (expr_has_kind(ret, GOSYM_STRING) && index == 1))
		return lower_len_word(c, arg, index, ret);
	if (expr_has_kind(ret, GOSYM_CHAN) || (expr_has_kind(ret, GOSYM_MAP) && index == 1))
		return lower_len_header(c, arg, index - 1, ret);
	return expr_error_at(c->text, n->pos, "%s is %s, which has no %s", expr_node_text(c, arg),
			     operand_type(ret), index == 1 ? "length" : "capacity");
}

/* ---- conversions */

static const struct gosym_type *basic_type(const struct check *c, const char *name)
{
	if (!strcmp(name, "byte"))
		name = "uint8";
	if (!strcmp(name, "rune"))
		name = "int32";
	for (enum gosym_kind k = GOSYM_INT; k <= GOSYM_UINTPTR; k++) {
		const struct gosym_type *t = type_basic(k, c->plan->arch->ptr_size);

		if (t && !strcmp(gosym_type_name(t), name))
			return t;
	}
	return NULL;
}

static struct gosym_error *convert_number(struct check *c, const struct expr_node *n, const struct expr_node *arg,
					  const struct number *to, struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, arg, ret);
	struct number number = *to, from;

	if (err)
		return err;
	if (!expr_is_number(ret))
		return expr_error_at(c->text, n->pos, "%s is %s: only integers become %s in the kernel",
				     expr_node_text(c, arg), operand_type(ret), to->type);
	err = expr_to_number(c, arg, ret, to, &from);
	if (err)
		return err;
	number.expr = expr_wrap(c, expr_number_value(c, &from), to->size, to->is_signed);
	return expr_give_number(&number, ret);
}

/* string(b) and []byte("text"): the same bytes. */
static struct gosym_error *convert_text(struct check *c, const struct expr_node *n, const struct expr_node *arg,
					const char *to, struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, arg, ret);

	if (err)
		return err;
	if (*to == '[' && ret->kind == OP_STRING)
		return NULL;
	if (*to == '[')
		return expr_error_at(c->text, n->pos, "[]byte() is made of a literal only");
	if (ret->kind == OP_STRING)
		return NULL;
	if (!expr_is_string(ret) && !expr_is_bytes(ret))
		return expr_error_at(c->text, n->pos, "%s is %s: strings and []byte become strings",
				     expr_node_text(c, arg), operand_type(ret));
	ret->place.type = type_basic(GOSYM_STRING, c->plan->arch->ptr_size);
	return NULL;
}

/* ---- strings and bytes */

static const struct {
	const char *name;
	enum plan_op op;
	bool bytes;
} functions[] = {
	{ "strings.HasPrefix", PLAN_OP_STRPREFIX, false }, { "bytes.HasPrefix", PLAN_OP_STRPREFIX, true },
	{ "strings.HasSuffix", PLAN_OP_STRSUFFIX, false }, { "bytes.HasSuffix", PLAN_OP_STRSUFFIX, true },
	{ "strings.Contains", PLAN_OP_STRCONTAINS, false }, { "bytes.Contains", PLAN_OP_STRCONTAINS, true },
	{ "bytes.Equal", PLAN_OP_EQ, true },
};

static struct gosym_error *call_function(struct check *c, const struct expr_node *n, size_t f,
					 struct operand *ret)
{
	const struct expr_node *first = n->b->a, *second = n->b->b->a;
	struct operand a, b;
	struct gosym_error *err = expr_lower(c, first, &a);
	const struct expr_node pair = { .kind = EXPR_EQ, .pos = n->pos, .a = first, .b = second };

	if (!err)
		err = expr_lower(c, second, &b);
	if (err)
		return err;
	if (functions[f].bytes ? !expr_is_bytes(&a) : !expr_is_string(&a))
		return expr_error_at(c->text, first->pos, "%s is %s; %s takes %s", expr_node_text(c, first),
				     operand_type(&a), functions[f].name, functions[f].bytes ? "[]byte" : "a string");
	if (functions[f].op != PLAN_OP_EQ)
		return expr_search_string(c, &pair, functions[f].op, &a, &b, ret);
	if (b.kind != OP_STRING && !expr_is_bytes(&b))
		return expr_error_at(c->text, second->pos, "%s is %s; %s takes []byte",
				     expr_node_text(c, second), operand_type(&b), functions[f].name);
	return expr_compare_strings(c, &pair, PLAN_OP_EQ, &a, &b, ret);
}

/* ---- all */

static size_t num_args(const struct expr_node *n)
{
	size_t num = 0;

	for (const struct expr_node *arg = n->b; arg; arg = arg->b)
		num++;
	return num;
}

static struct gosym_error *wrong_number(struct check *c, const struct expr_node *n, const char *name,
					size_t want)
{
	return expr_error_at(c->text, n->pos, "%s takes %s", name,
			     want == 1 ? "one argument" : "two arguments");
}

static struct gosym_error *call_named(struct check *c, const struct expr_node *n, const char *name,
				      struct operand *ret)
{
	const struct gosym_type *to = basic_type(c, name);
	struct number number = { .type = name, .as = to };

	if (!strcmp(name, "time.Duration")) {
		number.size = 8;
		number.is_signed = true;
	} else if (to) {
		number.type = gosym_type_name(to);
		number.size = gosym_type_size(to);
		number.is_signed = gosym_type_kind(to) <= GOSYM_INT64;
	}
	if (number.size || !strcmp(name, "len") || !strcmp(name, "cap") || !strcmp(name, "string")) {
		if (num_args(n) != 1)
			return wrong_number(c, n, name, 1);
		if (number.size)
			return convert_number(c, n, n->b->a, &number, ret);
		if (!strcmp(name, "string"))
			return convert_text(c, n, n->b->a, name, ret);
		return lower_len(c, n, n->b->a, *name == 'l' ? 1 : 2, ret);
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (strcmp(name, functions[i].name) != 0)
			continue;
		return num_args(n) == 2 ? call_function(c, n, i, ret) : wrong_number(c, n, name, 2);
	}
	return expr_error_at(c->text, n->pos, "%s() cannot be called from the kernel; %s", name, works);
}

struct gosym_error *expr_lower_call(struct check *c, const struct expr_node *n, struct operand *ret)
{
	const char *package;

	if (n->a->kind == EXPR_BYTES && num_args(n) == 1)
		return convert_text(c, n, n->b->a, n->a->text, ret);
	if (n->a->kind == EXPR_NAME)
		return call_named(c, n, n->a->text, ret);
	package = expr_package_name(c, n->a);
	if (package)
		return call_named(c, n, package, ret);
	return expr_error_at(c->text, n->pos, "%s() cannot be called from the kernel; %s",
			     expr_node_text(c, n->a), works);
}
