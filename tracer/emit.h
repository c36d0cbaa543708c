/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * What the text emitters share: a probe looked at from one site, its arguments taken apart into
 * leaves a tracer can print, its condition as text of a C-like language, the stack check's branch
 * as a test of the flags.
 */
#ifndef TRACER_EMIT_H
#define TRACER_EMIT_H

#include "tracer/expr.h"
#include "tracer/plan.h"

struct emit;

/* How a language spells the parts of a condition. NULL with emit->err set: it cannot. */
struct emit_spelling {
	/* CONST, LOAD, GOID, PID, TID */
	const char *(*number)(struct emit *e, const struct plan_expr *x);
	/* a op b; and whether the string at pointer x->a of length x->b is x->text (or is not). */
	const char *(*compare)(struct emit *e, enum plan_op op, const struct plan_expr *x);
	const char *(*equal)(struct emit *e, const struct plan_expr *x, bool want);
};

struct emit {
	const struct gosym_plan *plan;
	struct gosym_plan scratch;		/* the plan, with an arena for what is made here */
	struct plan_probe probe;		/* a copy, at the site that is emitted */
	const struct emit_spelling *spelling;
	void *context;				/* the emitter's */
	struct gosym_error *err;		/* the first one */
};

void emit_init(struct emit *e, const struct gosym_plan *p, const struct plan_probe *probe);
void emit_deinit(struct emit *e);
/* Text in the arena; "" and err when out of memory. */
const char *emit_text(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Sets err, unless there is one; returns NULL. */
const char *emit_fail(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The condition, true exactly where the eBPF program's would be, but that memory which cannot be
 * read is noticed only where a pointer on the way is nil. NULL without err: always true. */
const char *emit_condition(struct emit *e);
/* "the branch of the stack check will not be taken", flags being the language's name of the flags
 * register. NULL with err: no row for that branch. */
const char *emit_branch_not_taken(struct emit *e, const char *flags);
/* Name of the flags register in both languages. */
const char *emit_flags_name(const struct emit *e);

enum emit_leaf_kind { LEAF_SIGNED, LEAF_UNSIGNED, LEAF_BOOL, LEAF_WORD, LEAF_STRING, LEAF_MISSING };
struct emit_leaf {
	enum emit_leaf_kind kind;
	const char *name;			/* "p.X", "a[1]", "b.len" */
	struct plan_load load;			/* of strings: the pointer */
	struct plan_load len;
	const char *why;			/* LEAF_MISSING */
};
/* Calls leaf() for all arguments in order. */
void emit_leaves(struct emit *e, void (*leaf)(struct emit *e, const struct emit_leaf *leaf));

#endif
