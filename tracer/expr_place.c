// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Places: from a name, through fields and pointers, to the load the kernel does.
 *
 * 	func f(req *http.Request)	req.URL.Path == "/x"
 * 	=> STREQ(LOAD(AX, +16, +56), LOAD(AX, +16, +64), "/x")
 *
 * Walking by value only moves the offset within the argument; each pointer on the way is one
 * dereference, of which a load has room for eight. At a return an argument is what the kept record of
 * the call has of it.
 */
#include <string.h>

#include "tracer/expr_check.h"

enum { MAX_DEREFS = sizeof(((struct plan_load *)0)->derefs) / sizeof(int64_t), NIL_PAGE = 4096 };

/* An argument at the return is what the kept record of the call has of it. */
static struct gosym_error *saved_load(struct check *c, const struct expr_node *n,
				      const struct place *place, uint64_t off, unsigned size,
				      bool is_signed, struct plan_load *ret)
{
	const struct plan_value *v = place->saved;
	const struct plan_fetch *f = v->fetch >= 0 ? &c->probe->fetches[v->fetch] : NULL;

	if (v->missing)
		return expr_error_at(c->text, n->pos, "%s could not be kept from the entry of %s: %s",
				     expr_node_text(c, n), gosym_func_name(c->probe->func), v->missing);
	*ret = (struct plan_load){
		.from = PLAN_SAVED, .off = (int64_t)(v->image + off), .size = (uint8_t)size,
		.is_signed = is_signed, .status = f && f->from != PLAN_REG ? f->status : 0,
	};
	return NULL;
}

/* What a kept value points to: the fetch that brought it, or why it was not. */
struct gosym_error *expr_saved_target(struct check *c, const struct expr_node *n,
					const struct place *place, const struct plan_fetch **ret)
{
	if (place->saved->target == PLAN_NO_FETCH)
		return expr_error_at(c->text, n->pos, "what %s points to is not kept until the return: "
				     "give a larger --depth (or --strlen)", expr_node_text(c, n));
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
				     expr_node_text(c, n), where, gosym_func_name(c->probe->func),
				     place->param->missing);
	} else if (!plan_locate(c->plan, place->result ? NULL : c->probe, place->param,
				place->offset + off, size, ret, &why)) {
		return expr_error_at(c->text, n->pos, "%s cannot be read at the %s of %s: %s",
				     expr_node_text(c, n), place->result ? where : "probe point",
				     gosym_func_name(c->probe->func), why);
	}
	ret->size = size;
	ret->is_signed = is_signed;
	return NULL;
}

/* The pointer that the load has after its first dereferences is not nil. */
static const struct plan_expr *not_nil(struct check *c, const struct plan_expr *e, uint32_t derefs)
{
	struct plan_expr *pointer = expr_op(c, PLAN_OP_LOAD, NULL, NULL);

	if (!pointer)
		return NULL;
	pointer->load = e->load;
	pointer->load.num_derefs = derefs;
	pointer->load.size = c->plan->arch->ptr_size;
	pointer->load.is_signed = false;
	expr_measure(pointer);
	return expr_compare(c, PLAN_OP_NE, pointer, expr_const(c, 0), false);
}

/* Near a nil pointer there never is anything. What lies far behind it may well be there. */
static const struct plan_expr *far_guarded(struct check *c, const struct plan_expr *e)
{
	const struct plan_expr *guard = NULL;

	for (uint32_t i = 0; i < e->load.num_derefs; i++) {
		const struct plan_expr *one;

		if (e->load.derefs[i] >= 0 && e->load.derefs[i] + 8 <= NIL_PAGE)
			continue;
		one = not_nil(c, e, i);
		guard = guard ? expr_cond_join(c, PLAN_OP_AND, guard, one) : one;
		if (!guard)
			return NULL;
	}
	return expr_guarded(c, PLAN_OP_CHECK, guard, e);
}

struct gosym_error *place_bare(struct check *c, const struct expr_node *n, const struct place *place,
			       uint64_t off, unsigned size, bool is_signed,
			       const struct plan_expr **ret)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);
	struct gosym_error *err;

	if (!e)
		return gosym_nomem;
	e->is_signed = is_signed;
	err = place_load(c, n, place, off, size, is_signed, &e->load);
	if (err)
		return err;
	expr_measure(e);
	*ret = far_guarded(c, e);
	return *ret ? NULL : gosym_nomem;
}

struct gosym_error *place_pointer(struct check *c, const struct place *place, const struct plan_expr **ret)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);

	if (!e)
		return gosym_nomem;
	e->load = place->load;
	e->load.size = c->plan->arch->ptr_size;
	e->load.is_signed = false;
	expr_measure(e);
	*ret = expr_guarded(c, PLAN_OP_CHECK, place->guard, far_guarded(c, e));
	return *ret ? NULL : gosym_nomem;
}

struct gosym_error *place_expr(struct check *c, const struct expr_node *n, const struct place *place,
			       uint64_t off, unsigned size, bool is_signed,
			       const struct plan_expr **ret)
{
	struct gosym_error *err = place_bare(c, n, place, off, size, is_signed, ret);

	if (err)
		return err;
	*ret = expr_guarded(c, PLAN_OP_CHECK, place->guard, *ret);
	return *ret ? NULL : gosym_nomem;
}

bool place_guard(struct check *c, struct place *place, const struct plan_expr *cond)
{
	if (!cond)
		return false;
	place->guard = place->guard ? expr_cond_join(c, PLAN_OP_AND, place->guard, cond) : cond;
	return place->guard;
}

void place_move(struct place *place, uint64_t off, const struct gosym_type *type)
{
	if (place->deref)
		place->load.derefs[place->load.num_derefs - 1] += (int64_t)off;
	else
		place->offset += off;
	place->type = type;
}

static struct gosym_error *saved_follow(struct check *c, const struct expr_node *n,
					struct place *place, const struct gosym_type *elem)
{
	const struct plan_fetch *f;
	struct gosym_error *err = expr_saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!place->saved->num_kids)
		return expr_error_at(c->text, n->pos, "what %s points to is not kept until the return",
				     expr_node_text(c, n));
	place->saved = &place->saved->kids[0];
	place->type = elem;
	return NULL;
}

/* From a place that holds a pointer to what it points to. */
struct gosym_error *place_follow(struct check *c, const struct expr_node *n, struct place *place,
				 const struct gosym_type *elem, int64_t off)
{
	struct gosym_error *err;
	struct plan_load load;

	if (!elem)
		return expr_error_at(c->text, n->pos,
				     "the file does not tell what %s (%s) points to",
				     expr_node_text(c, n), gosym_type_name(place->type));
	if (place->saved)
		return saved_follow(c, n, place, elem);
	err = place_load(c, n, place, 0, c->plan->arch->ptr_size, false, &load);
	if (err)
		return err;
	if (load.num_derefs == MAX_DEREFS)
		return expr_error_at(c->text, n->pos, "%s leads through more than %d pointers",
				     expr_node_text(c, n), MAX_DEREFS);
	load.derefs[load.num_derefs++] = off;
	place->load = load;
	place->deref = true;
	place->type = elem;
	return NULL;
}

/* From a struct to one of its fields. */
struct gosym_error *place_select(struct check *c, const struct expr_node *n, struct place *place,
					const struct gosym_field *field)
{
	if (place->saved && place->saved->num_kids != gosym_type_field_count(place->type))
		return expr_error_at(c->text, n->pos, "%s could not be kept from the entry of %s: %s",
				     expr_node_text(c, n), gosym_func_name(c->probe->func),
				     place->saved->missing ? place->saved->missing : "it is too large");
	if (place->saved)
		place->saved = &place->saved->kids[field - gosym_type_field_at(place->type, 0)];
	else
		place_move(place, field->offset, field->type);
	place->type = field->type;
	return NULL;
}
