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
	const struct plan_expr *guard;	/* must hold, or there is no such place: an index is out of range, a
					 * type assertion fails. NULL: there always is */
	const struct plan_value *saved;	/* at a return, of an argument: in the record that was kept */
};

/* An integer the kernel computes with. */
struct number {
	const struct plan_expr *expr;
	const struct plan_expr *header;	/* len() of a map or chan: if this pointer is nil, it is 0 */
	const char *type;		/* Go's name of it; NULL: goes with any (goid, pid, tid) */
	const struct gosym_type *as;	/* that type; NULL: a predeclared one */
	unsigned size;
	bool is_signed;
};

struct operand {
	enum {
		OP_COND, OP_INT, OP_FLOAT, OP_STRING, OP_NIL, OP_NUMBER, OP_PLACE,
		OP_DYNAMIC_TYPE,	/* x.(type) */
		OP_CALLER,
	} kind;
	const struct plan_expr *cond;	/* OP_COND */
	bool neg;			/* OP_INT, OP_FLOAT: untyped constants, sign and magnitude */
	uint64_t magnitude;
	const char *text;		/* OP_STRING; OP_FLOAT: as it was written */
	size_t len;
	struct number number;		/* OP_NUMBER */
	struct place place;		/* OP_PLACE */
	const struct plan_expr *word;	/* OP_DYNAMIC_TYPE: the descriptor's address, 0: nil; OP_CALLER: the
					 * return address */
};

/* A string in the target, or kept of the call. */
struct string_ref {
	const struct plan_expr *ptr, *len;	/* ptr NULL: kept */
	struct plan_load load;		/* where, if it is kept */
	uint32_t kept;			/* bytes of it */
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
/* "; did you mean …?", or "": what is near is offered one after the other. */
struct expr_guess {
	const char *name, *best;
	unsigned distance;
};
void expr_guess_offer(struct expr_guess *g, const char *candidate);
const char *expr_guess_text(struct check *c, const struct expr_guess *g);

/* expr_make.c */
struct plan_expr *expr_op(struct check *c, enum plan_op op, const struct plan_expr *a,
			  const struct plan_expr *b);
/* Again, once more than a and b is known of it. */
void expr_measure(struct plan_expr *e);
/* What the kernel would not take. */
struct gosym_error *expr_check_limits(struct check *c, const struct expr_node *n,
				      const struct plan_expr *e);
struct plan_expr *expr_const(struct check *c, int64_t value);
struct plan_expr *expr_compare(struct check *c, enum plan_op op, const struct plan_expr *a,
			       const struct plan_expr *b, bool is_signed);
const struct plan_expr *expr_guarded(struct check *c, enum plan_op op, const struct plan_expr *cond,
				     const struct plan_expr *b);
const struct plan_expr *expr_cond_not(struct check *c, const struct plan_expr *a);
const struct plan_expr *expr_cond_join(struct check *c, enum plan_op op, const struct plan_expr *a,
				       const struct plan_expr *b);
struct gosym_error *expr_give_cond(const struct plan_expr *cond, struct operand *ret);

/* expr_when.c: whether it is known at the return only. */
bool expr_needs_return(const struct plan_probe *probe, const struct expr_node *n);

/* expr_place.c */
/* The place's load so far, a pointer, with its guard. */
struct gosym_error *place_pointer(struct check *c, const struct place *place, const struct plan_expr **ret);
/* size bytes, off bytes into the place, as a value of their own. */
struct gosym_error *place_expr(struct check *c, const struct expr_node *n, const struct place *place,
			       uint64_t off, unsigned size, bool is_signed,
			       const struct plan_expr **ret);
/* The same without its guard. */
struct gosym_error *place_bare(struct check *c, const struct expr_node *n, const struct place *place,
			       uint64_t off, unsigned size, bool is_signed,
			       const struct plan_expr **ret);
/* From a pointer to what it points to, which is elem, or starts off bytes behind. */
struct gosym_error *place_follow(struct check *c, const struct expr_node *n, struct place *place,
				 const struct gosym_type *elem, int64_t off);
/* From a struct to one of its fields. */
struct gosym_error *place_select(struct check *c, const struct expr_node *n, struct place *place,
				 const struct gosym_field *field);
/* To a place off bytes within it, of that type. */
void place_move(struct place *place, uint64_t off, const struct gosym_type *type);
/* There is no such place unless cond holds too. False: no memory. */
bool place_guard(struct check *c, struct place *place, const struct plan_expr *cond);
/* At the return: what a kept value points to. */
struct gosym_error *expr_saved_target(struct check *c, const struct expr_node *n,
				      const struct place *place, const struct plan_fetch **ret);

/* expr_name.c */
const struct gosym_param *expr_find_result(const struct gosym_signature *sig, const char *name);
const struct gosym_param *expr_find_param(const struct gosym_signature *sig, const char *name);
struct gosym_error *expr_lower_name(struct check *c, const struct expr_node *n, struct operand *ret);

/* expr_select.c */
struct gosym_error *expr_lower_select(struct check *c, const struct expr_node *n, struct operand *ret);
struct gosym_error *expr_lower_deref(struct check *c, const struct expr_node *n, struct operand *ret);
struct gosym_error *expr_lower_index(struct check *c, const struct expr_node *n, struct operand *ret);

/* expr_call.c: len, cap, conversions, functions of strings and bytes. */
struct gosym_error *expr_lower_call(struct check *c, const struct expr_node *n, struct operand *ret);
/* "strings.HasPrefix": the selector of a package's name, which no argument hides; else NULL. */
const char *expr_package_name(struct check *c, const struct expr_node *n);

/* expr_number.c */
bool expr_is_integer(enum gosym_kind k);
bool expr_is_number(const struct operand *o);
bool expr_holds(enum plan_op op, int order);
struct gosym_error *expr_give_number(const struct number *number, struct operand *ret);
struct gosym_error *expr_to_number(struct check *c, const struct expr_node *n, const struct operand *o,
				   const struct number *other, struct number *ret);
/* Two integers of one type; constants take the other's. */
struct gosym_error *expr_two_numbers(struct check *c, const struct expr_node *n, const struct operand *a,
				     const struct operand *b, struct number *x, struct number *y);
struct gosym_error *expr_compare_numbers(struct check *c, const struct expr_node *n, enum plan_op op,
					 const struct operand *a, const struct operand *b,
					 struct operand *ret);
/* As one expression: len() of a nil map or chan is 0. */
const struct plan_expr *expr_number_value(struct check *c, const struct number *number);
/* Converted to a type of so many bytes. */
const struct plan_expr *expr_wrap(struct check *c, const struct plan_expr *e, unsigned size,
				  bool is_signed);

/* expr_arith.c */
struct gosym_error *expr_lower_arith(struct check *c, const struct expr_node *n, struct operand *ret);
struct gosym_error *expr_lower_unary(struct check *c, const struct expr_node *n, struct operand *ret);

/* expr_float.c */
bool expr_is_float(enum gosym_kind k);
bool operand_is_float(const struct operand *o);
struct gosym_error *expr_refuse_float(struct check *c, const struct expr_node *n,
				      const struct operand *o);
struct gosym_error *expr_compare_floats(struct check *c, const struct expr_node *n, enum plan_op op,
					const struct operand *a, const struct operand *b,
					struct operand *ret);

/* expr_string.c */
bool expr_is_string(const struct operand *o);
bool expr_is_bytes(const struct operand *o);
struct gosym_error *expr_compare_strings(struct check *c, const struct expr_node *n, enum plan_op op,
					 const struct operand *a, const struct operand *b,
					 struct operand *ret);
/* HasPrefix, HasSuffix, Contains, as op says. */
struct gosym_error *expr_search_string(struct check *c, const struct expr_node *n, enum plan_op op,
				       const struct operand *s, const struct operand *text,
				       struct operand *ret);

/* expr_type.c: dynamic types, assertions, the caller. */
struct gosym_error *expr_lower_type(struct check *c, const struct expr_node *n, struct operand *ret);
struct gosym_error *expr_compare_type(struct check *c, const struct expr_node *n, enum plan_op op,
				      const struct operand *a, const struct operand *b,
				      struct operand *ret);
struct gosym_error *expr_lower_caller(struct check *c, const struct expr_node *n, struct operand *ret);
struct gosym_error *expr_compare_caller(struct check *c, const struct expr_node *n, enum plan_op op,
					const struct operand *a, const struct operand *b,
					struct operand *ret);

/* expr_compare.c */
bool expr_has_kind(const struct operand *o, enum gosym_kind k);
struct gosym_error *expr_to_cond(struct check *c, const struct expr_node *n, const struct operand *o,
				 const struct plan_expr **ret);
bool expr_is_bool(const struct operand *o);
struct gosym_error *expr_lower_comparison(struct check *c, const struct expr_node *n,
					  struct operand *ret);

#endif
