// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The ways on from a place: fields, promoted ones included (https://go.dev/ref/spec#Selectors), what a
 * pointer points to, and elements at constant indices (#Index_expressions). Go panics where an index is out
 * of range; here the expression is undecided then.
 */
#include <string.h>

#include "gosym/type.h"
#include "tracer/expr_check.h"

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
				     "%s is an interface (%s): name the type it holds, as in "
				     "%s.(*pkg.T).%s", expr_node_text(c, n->a), operand_type(o),
				     expr_node_text(c, n->a), n->text);
	return expr_error_at(c->text, n->pos, "%s is %s, which has no fields", expr_node_text(c, n->a),
			     operand_type(o));
}

static struct gosym_error *no_field(struct check *c, const struct expr_node *n, const struct operand *o)
{
	const struct gosym_type *t = o->place.type;
	struct expr_guess guess = { .name = n->text };

	if (gosym_type_kind(t) == GOSYM_POINTER)
		t = gosym_type_elem(t);
	for (size_t i = 0; i < gosym_type_field_count(t); i++)
		expr_guess_offer(&guess, gosym_type_field_at(t, i)->name);
	return expr_error_at(c->text, n->pos, "%s (%s) has no field \"%s\"%s%s",
			     expr_node_text(c, n->a), operand_type(o), n->text,
			     expr_guess_text(c, &guess), expr_list_fields(c, t));
}

/* time.Second, …: the constants of package time. */
static bool time_constant(const char *name, int64_t *ret)
{
	static const struct { const char *name; int64_t ns; } units[] = {
		{ "time.Nanosecond", 1 }, { "time.Microsecond", 1000 },
		{ "time.Millisecond", 1000000 }, { "time.Second", 1000000000 },
		{ "time.Minute", 60000000000 }, { "time.Hour", 3600000000000 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, name) != 0)
			continue;
		*ret = units[i].ns;
		return true;
	}
	return false;
}

struct gosym_error *expr_lower_select(struct check *c, const struct expr_node *n,
				      struct operand *ret)
{
	const struct gosym_field *path[MAX_PROMOTION];
	const char *package = expr_package_name(c, n);
	struct gosym_error *err;
	int64_t ns;
	int len = 0;

	if (package && time_constant(package, &ns))
		return expr_give_number(&(struct number){ .expr = expr_const(c, ns), .size = 8,
							  .type = "time.Duration",
							  .is_signed = true }, ret);
	err = expr_lower(c, n->a, ret);
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
	if (!len)
		return no_field(c, n, ret);
	for (int i = 0; i < len; i++) {
		if (gosym_type_kind(ret->place.type) == GOSYM_POINTER) {
			err = place_follow(c, n->a, &ret->place, gosym_type_elem(ret->place.type), 0);
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
	return place_follow(c, n->a, &ret->place, gosym_type_elem(ret->place.type), 0);
}

/* ---- elements */

static struct gosym_error *constant_index(struct check *c, const struct expr_node *n, uint64_t *ret)
{
	struct operand o;
	struct gosym_error *err = expr_lower(c, n, &o);

	if (err)
		return err;
	if (o.kind != OP_INT)
		return expr_error_at(c->text, n->pos, "%s is no constant: only those can be indices",
				     expr_node_text(c, n));
	if (o.neg || o.magnitude > INT64_MAX)
		return expr_error_at(c->text, n->pos, "an index cannot be %s",
				     o.neg ? "negative" : "that large");
	*ret = o.magnitude;
	return NULL;
}

/* An element of a slice that was kept, or a byte of a string: those that were shown. */
static struct gosym_error *saved_index(struct check *c, const struct expr_node *n, struct place *place,
				       uint64_t index, const struct gosym_type *elem)
{
	const struct plan_fetch *f;
	struct plan_value *byte;
	struct gosym_error *err = expr_saved_target(c, n->a, place, &f);
	bool is_string = gosym_type_kind(place->type) == GOSYM_STRING;

	if (err)
		return err;
	if (index >= f->max_count || (!is_string && index >= place->saved->num_kids))
		return expr_error_at(c->text, n->b->pos, "only %u elements of %s are kept until the return: "
				     "give a larger %s", f->max_count, expr_node_text(c, n->a),
				     is_string ? "--strlen" : "--elems");
	if (!is_string) {
		place->saved = &place->saved->kids[index];
		place->type = elem;
		return NULL;
	}
	byte = arena_alloc(&c->plan->arena, sizeof(*byte));
	if (!byte)
		return gosym_nomem;
	*byte = (struct plan_value){ .type = elem, .image = (uint32_t)(f->dst + index),
				     .fetch = place->saved->target, .target = PLAN_NO_FETCH };
	place->saved = byte;
	place->type = elem;
	return NULL;
}

/* Of a slice or string: behind its pointer, if its length allows. */
static struct gosym_error *index_behind(struct check *c, const struct expr_node *n, struct place *place,
					uint64_t index, const struct gosym_type *elem)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct plan_expr *len;
	uint64_t off;
	struct gosym_error *err = place_bare(c, n->a, place, word, word, true, &len);

	if (err)
		return err;
	if (__builtin_mul_overflow(index, gosym_type_size(elem), &off) || off > INT64_MAX / 2)
		return expr_error_at(c->text, n->b->pos, "no slice is that long");
	if (!place_guard(c, place, expr_compare(c, PLAN_OP_GT, len, expr_const(c, (int64_t)index), true)))
		return gosym_nomem;
	if (place->saved)
		return saved_index(c, n, place, index, elem);
	return place_follow(c, n->a, place, elem, (int64_t)off);
}

static struct gosym_error *index_array(struct check *c, const struct expr_node *n, struct place *place,
				       uint64_t index, const struct gosym_type *elem)
{
	if (index >= gosym_type_len(place->type))
		return expr_error_at(c->text, n->b->pos, "index %llu is out of range: %s is %s",
				     (unsigned long long)index, expr_node_text(c, n->a),
				     gosym_type_name(place->type));
	if (place->saved && index >= place->saved->num_kids)
		return expr_error_at(c->text, n->b->pos, "only %zu elements of %s are kept until the return: "
				     "give a larger --elems", place->saved->num_kids,
				     expr_node_text(c, n->a));
	if (place->saved)
		place->saved = &place->saved->kids[index];
	else
		place_move(place, index * gosym_type_size(elem), elem);
	place->type = elem;
	return NULL;
}

static struct gosym_error *refuse_index(struct check *c, const struct expr_node *n,
					const struct operand *o)
{
	if (expr_has_kind(o, GOSYM_MAP))
		return expr_error_at(c->text, n->pos, "%s is a map (%s): the kernel cannot look for a key; "
				     "len(%s) would work", expr_node_text(c, n->a), operand_type(o),
				     expr_node_text(c, n->a));
	return expr_error_at(c->text, n->pos, "%s is %s, which has no elements", expr_node_text(c, n->a),
			     operand_type(o));
}

struct gosym_error *expr_lower_index(struct check *c, const struct expr_node *n, struct operand *ret)
{
	const struct gosym_type *elem, *t;
	struct gosym_error *err = expr_lower(c, n->a, ret);
	enum gosym_kind kind;
	uint64_t index = 0;

	if (err)
		return err;
	t = ret->kind == OP_PLACE ? ret->place.type : NULL;
	if (t && gosym_type_kind(t) == GOSYM_POINTER && gosym_type_elem(t) &&
	    gosym_type_kind(gosym_type_elem(t)) == GOSYM_ARRAY) {
		t = gosym_type_elem(t);
		err = place_follow(c, n->a, &ret->place, t, 0);
		if (err)
			return err;
	}
	kind = t ? gosym_type_kind(t) : GOSYM_INVALID_KIND;
	if (kind != GOSYM_ARRAY && kind != GOSYM_SLICE && kind != GOSYM_STRING)
		return refuse_index(c, n, ret);
	err = constant_index(c, n->b, &index);
	if (err)
		return err;
	elem = kind == GOSYM_STRING ? type_basic(GOSYM_UINT8, c->plan->arch->ptr_size) :
				      gosym_type_elem(t);
	if (!elem)
		return expr_error_at(c->text, n->pos, "the file does not tell what %s holds",
				     expr_node_text(c, n->a));
	if (kind == GOSYM_ARRAY)
		return index_array(c, n, &ret->place, index, elem);
	return index_behind(c, n, &ret->place, index, elem);
}
