/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Between the files that make an expression's tree into a plan: what a part of the tree turned out to
 * be (struct operand), and the functions that find it out. All errors carry the column.
 */
#ifndef TRACER_EXPR_CHECK_H
#define TRACER_EXPR_CHECK_H

#include "tracer/expr.h"
#include "tracer/expr_ast.h"

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
	const struct plan_expr *header;	/* len() of a map or chan: if this pointer is nil, it is 0 */
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

static inline void expr_check_deinit(struct check *c)
{
	arena_deinit(&c->tmp);
}

/* expr.c: any part of the tree. */
struct gosym_error *expr_lower(struct check *c, const struct expr_node *n, struct operand *ret);

/* expr_message.c: words for messages, in c->tmp. */
const char *expr_node_text(struct check *c, const struct expr_node *n);
const char *operand_type(const struct operand *o);
const char *expr_list_params(struct check *c);
const char *expr_list_fields(struct check *c, const struct gosym_type *t);

/* expr_make.c */
struct plan_expr *expr_op(struct check *c, enum plan_op op, const struct plan_expr *a,
				 const struct plan_expr *b);
struct plan_expr *expr_const(struct check *c, int64_t value);
struct plan_expr *expr_compare(struct check *c, enum plan_op op, const struct plan_expr *a,
				      const struct plan_expr *b, bool is_signed);
const struct plan_expr *expr_cond_not(struct check *c, const struct plan_expr *a);
const struct plan_expr *expr_cond_join(struct check *c, enum plan_op op,
					 const struct plan_expr *a, const struct plan_expr *b);
struct gosym_error *expr_give_cond(const struct plan_expr *cond, struct operand *ret);

/* expr_place.c */
struct gosym_error *expr_saved_target(struct check *c, const struct expr_node *n,
					const struct place *place, const struct plan_fetch **ret);
struct gosym_error *place_expr(struct check *c, const struct expr_node *n,
				      const struct place *place, uint64_t off, unsigned size,
				      bool is_signed, const struct plan_expr **ret);
struct gosym_error *place_follow(struct check *c, const struct expr_node *n,
					struct place *place, const struct gosym_type *elem);
struct gosym_error *place_select(struct check *c, const struct expr_node *n, struct place *place,
					const struct gosym_field *field);

/* expr_name.c */
const struct gosym_param *expr_find_result(const struct gosym_signature *sig, const char *name);
const struct gosym_param *expr_find_param(const struct gosym_signature *sig, const char *name);
struct gosym_error *expr_lower_name(struct check *c, const struct expr_node *n,
				      struct operand *ret);
struct gosym_error *expr_lower_select(struct check *c, const struct expr_node *n,
					struct operand *ret);
struct gosym_error *expr_lower_deref(struct check *c, const struct expr_node *n,
				       struct operand *ret);

/* expr_number.c */
struct gosym_error *expr_lower_neg(struct check *c, const struct expr_node *n,
				     struct operand *ret);
struct gosym_error *expr_lower_call(struct check *c, const struct expr_node *n,
				      struct operand *ret);
struct gosym_error *expr_to_number(struct check *c, const struct expr_node *n,
				     const struct operand *o, const struct number *other,
				     struct number *ret);
struct gosym_error *expr_compare_numbers(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret);
bool expr_is_number(const struct operand *o);

/* expr_string.c */
bool expr_holds(enum plan_op op, int order);
struct gosym_error *expr_compare_strings(struct check *c, const struct expr_node *n,
					   enum plan_op op, const struct operand *a,
					   const struct operand *b, struct operand *ret);
bool expr_is_string(const struct operand *o);

/* expr_compare.c */
bool expr_is_integer(enum gosym_kind k);
bool expr_is_float(enum gosym_kind k);
bool expr_has_kind(const struct operand *o, enum gosym_kind k);
struct gosym_error *expr_refuse_float(struct check *c, const struct expr_node *n,
					const struct operand *o);
struct gosym_error *expr_to_cond(struct check *c, const struct expr_node *n,
				   const struct operand *o, const struct plan_expr **ret);
bool expr_is_bool(const struct operand *o);
struct gosym_error *expr_lower_comparison(struct check *c, const struct expr_node *n,
					    struct operand *ret);

#endif
