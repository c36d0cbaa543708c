// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The neutral half of the text emitters. A condition becomes text by pushing negations down to the
 * comparisons, for "undecided" is neither true nor false: with x(e) "e is decided and true" and
 *n(e) "decided and false",
 *
 *	x(a && b) = x(a) && x(b)		n(a && b) = n(a) || (x(a) && n(b))
 *	x(a || b) = x(a) || (n(a) && x(b))	n(a || b) = n(a) && n(b)		x(!a) = n(a)
 *
 * and each comparison demands that the pointers it goes through are not nil.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/emit.h"

void emit_init(struct emit *e, const struct gosym_plan *p, const struct plan_probe *probe)
{
	*e = (struct emit){ .plan = p, .scratch = *p, .probe = *probe };
	e->scratch.arena = (struct arena){ NULL };
}

void emit_deinit(struct emit *e)
{
	arena_deinit(&e->scratch.arena);
	gosym_error_destroy(e->err);
}

const char *emit_text(struct emit *e, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	const char *kept = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		kept = arena_strdup(&e->scratch.arena, text);
	if (!kept && !e->err)
		e->err = gosym_nomem;
	return kept ? kept : "";
}

const char *emit_fail(struct emit *e, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (!e->err)
		e->err = text ? gosym_error_new(GOSYM_UNSUPPORTED, "%s: %s",
						gosym_func_name(e->probe.func), text)
			      : gosym_nomem;
	return NULL;
}

/* The eBPF backend has a second program for these calls (bpf_slow.c). */
static const char not_kept[] = "the function does not keep its register arguments while its stack grows";

/* -------------------------------------------------------------- conditions */

static bool loads_through_pointer(const struct plan_expr *x)
{
	return x && x->op == PLAN_OP_LOAD && x->load.num_derefs;
}

/* "p != 0 && p.q != 0 && " for each pointer this load goes through. */
static const char *guards(struct emit *e, const struct plan_expr *x)
{
	struct plan_expr zero = { .op = PLAN_OP_CONST };
	const char *text = "";

	if (!loads_through_pointer(x))
		return text;
	for (uint32_t i = 0; i < x->load.num_derefs; i++) {
		struct plan_expr pointer = *x,
				 test = { .op = PLAN_OP_NE, .a = &pointer, .b = &zero };
		const char *one;

		pointer.load.num_derefs = i;
		pointer.load.size = e->plan->arch->ptr_size;
		pointer.load.is_signed = pointer.is_signed = false;
		one = e->spelling->compare(e, PLAN_OP_NE, &test);
		if (!one)
			return NULL;
		text = emit_text(e, "%s%s && ", text, one);
	}
	return text;
}

static bool may_be_undecided(const struct plan_expr *x)
{
	if (!x)
		return false;
	return loads_through_pointer(x) || x->op == PLAN_OP_STREQ || may_be_undecided(x->a) ||
	       may_be_undecided(x->b);
}

static enum plan_op inverse(enum plan_op op)
{
	switch (op) {
	case PLAN_OP_EQ: return PLAN_OP_NE;
	case PLAN_OP_NE: return PLAN_OP_EQ;
	case PLAN_OP_LT: return PLAN_OP_GE;
	case PLAN_OP_LE: return PLAN_OP_GT;
	case PLAN_OP_GT: return PLAN_OP_LE;
	default: return PLAN_OP_LT;
	}
}

static const char *comparison(struct emit *e, const struct plan_expr *x, bool want)
{
	const char *a = guards(e, x->a), *b = a ? guards(e, x->b) : NULL, *test;

	if (!b)
		return NULL;
	if (x->op == PLAN_OP_STREQ)
		test = e->spelling->equal(e, x, want);
	else
		test = e->spelling->compare(e, want ? x->op : inverse(x->op), x);
	if (!test)
		return NULL;
	return *a || *b ? emit_text(e, "(%s%s%s)", a, b, test) : test;
}

static const char *constant(struct emit *e, bool value)
{
	const struct plan_expr a = { .op = PLAN_OP_CONST, .imm = value },
			       b = { .op = PLAN_OP_CONST, .imm = 1 };
	const struct plan_expr test = { .op = PLAN_OP_EQ, .a = &a, .b = &b };

	return e->spelling->compare(e, PLAN_OP_EQ, &test);
}

enum { MAX_CONDITION = 8192 };

static const char *condition(struct emit *e, const struct plan_expr *x, bool want)
{
	bool both, first;
	const char *a, *b, *text;

	switch (x->op) {
	case PLAN_OP_CONST: return constant(e, !!x->imm == want);
	case PLAN_OP_NOT: return condition(e, x->a, !want);
	case PLAN_OP_AND: case PLAN_OP_OR: break;
	default: return comparison(e, x, want);
	}
	both = (x->op == PLAN_OP_AND) == want;		/* both must hold, or one is enough */
	a = condition(e, x->a, want);
	b = a ? condition(e, x->b, want) : NULL;
	if (!b)
		return NULL;
	first = !both &&
		may_be_undecided(
			x->a); /* then the other side counts only if the first is decided */
	if (first) {
		const char *decided = condition(e, x->a, !want);

		if (!decided)
			return NULL;
		b = emit_text(e, "(%s && %s)", decided, b);
	}
	text = emit_text(e, "(%s %s %s)", a, both ? "&&" : "||", b);
	if (strlen(text) > MAX_CONDITION)
		return emit_fail(e, "the condition becomes too long");
	return text;
}

/* What every format can say. */
static bool is_plain(const struct plan_expr *x)
{
	bool compares = x && x->op >= PLAN_OP_EQ && x->op <= PLAN_OP_GE;

	if (!x)
		return true;
	if (x->op > PLAN_OP_STREQ || (compares && x->size))
		return false;
	return is_plain(x->a) && is_plain(x->b);
}

const char *emit_condition(struct emit *e)
{
	const struct plan_expr *x = e->probe.cond;

	if (!is_plain(x))
		return emit_fail(e, "the condition computes what only gosym trace can; comparisons of "
				 "arguments, their fields and len() with constants work");
	if (!x || (x->op == PLAN_OP_CONST && x->imm))
		return NULL;
	if (x->op == PLAN_OP_CONST)
		return emit_fail(e, "the condition is never true");
	if (e->probe.slow)
		return emit_fail(e, "%s, so the condition cannot be decided", not_kept);
	return condition(e, x, true);
}

/* The branches stack checks end in: Intel SDM volume 2, B.1.4.7 (tttn; CF 0x1, ZF 0x40); Arm ARM
 * C1.2.4 (C 0x20000000, Z 0x40000000). %1$s is the flags register. */
static const struct { uint16_t machine; uint8_t cond; const char *not_taken; } branches[] = {
	{ EM_X86_64, 0x2, "!(%s & 0x1)" },				/* jb */
	{ EM_X86_64, 0x3, "(%s & 0x1)" },				/* jae */
	{ EM_X86_64, 0x4, "!(%s & 0x40)" },				/* je */
	{ EM_X86_64, 0x5, "(%s & 0x40)" },				/* jne */
	{ EM_X86_64, 0x6, "!(%s & 0x41)" },				/* jbe */
	{ EM_X86_64, 0x7, "(%s & 0x41)" },				/* ja */
	{ EM_386, 0x2, "!(%s & 0x1)" },
	{ EM_386, 0x6, "!(%s & 0x41)" },
	{ EM_AARCH64, 0x3, "(%s & 0x20000000)" },			/* b.lo */
	{ EM_AARCH64, 0x9, "((%s & 0x20000000) && !(%s & 0x40000000))" },	/* b.ls */
};

/* The row's text with every %s replaced. */
static const char *with_flags(struct emit *e, const char *row, const char *flags)
{
	const char *text = "", *mark;

	while ((mark = strstr(row, "%s"))) {
		text = emit_text(e, "%s%.*s%s", text, (int)(mark - row), row, flags);
		row = mark + 2;
	}
	return emit_text(e, "%s%s", text, row);
}

const char *emit_branch_not_taken(struct emit *e, const char *flags)
{
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++)
		if (branches[i].machine == e->plan->arch->machine &&
		    branches[i].cond == e->probe.site->branch_cond)
			return with_flags(e, branches[i].not_taken, flags);
	return emit_fail(e, "the branch %s is none that could be told from the flags",
			 e->probe.site->insn);
}

const char *emit_flags_name(const struct emit *e)
{
	return e->plan->arch->machine == EM_AARCH64 ? "pstate" : "flags";
}

/* ------------------------------------------------------------------ leaves */

struct walk {
	struct emit *e;
	const struct gosym_param *param;
	void (*leaf)(struct emit *e, const struct emit_leaf *leaf);
};

static void leaf_missing(const struct walk *w, const char *name, const char *why)
{
	struct emit_leaf leaf = { .kind = LEAF_MISSING, .name = name, .why = why };

	w->leaf(w->e, &leaf);
}

static bool locate(const struct walk *w, uint64_t off, unsigned size, struct plan_load *ret, const char **why)
{
	if (!plan_locate(w->e->plan, &w->e->probe, w->param, off, size, ret, why))
		return false;
	*why = not_kept;
	return ret->from != PLAN_REG || !w->e->probe.slow;
}

static void leaf_at(const struct walk *w, enum emit_leaf_kind kind, const char *name, uint64_t off,
		    unsigned size)
{
	struct emit_leaf leaf = { .kind = kind, .name = name };
	const char *why;

	if (!locate(w, off, size, &leaf.load, &why)) {
		leaf_missing(w, name, why);
		return;
	}
	leaf.load.size = size;
	leaf.load.is_signed = kind == LEAF_SIGNED;
	w->leaf(w->e, &leaf);
}

static void leaf_string(const struct walk *w, const char *name, uint64_t off)
{
	unsigned word = w->e->plan->arch->ptr_size;
	struct emit_leaf leaf = { .kind = LEAF_STRING, .name = name };
	const char *why;

	if (!locate(w, off, word, &leaf.load, &why) || !locate(w, off + word, word, &leaf.len, &why)) {
		leaf_missing(w, name, why);
		return;
	}
	leaf.load.size = leaf.len.size = word;
	w->leaf(w->e, &leaf);
}

static void walk_type(const struct walk *w, const char *name, const struct gosym_type *t,
		      uint64_t off);

static void walk_parts(const struct walk *w, const char *name, const struct gosym_type *t,
		       uint64_t off)
{
	size_t elems = w->e->plan->opts.elems;

	if (gosym_type_kind(t) == GOSYM_STRUCT) {
		for (size_t i = 0; i < gosym_type_field_count(t); i++) {
			const struct gosym_field *f = gosym_type_field_at(t, i);

			if (strcmp(f->name, "_") != 0)
				walk_type(w, emit_text(w->e, "%s.%s", name, f->name), f->type,
					  off + f->offset);
		}
		return;
	}
	for (uint64_t i = 0; i < gosym_type_len(t) && i < elems; i++)
		walk_type(w, emit_text(w->e, "%s[%" PRIu64 "]", name, i), gosym_type_elem(t),
			  off + i * gosym_type_size(gosym_type_elem(t)));
	if (gosym_type_len(t) > elems)
		leaf_missing(w, emit_text(w->e, "%s[%zu…]", name, elems),
			     "beyond the number of elements asked for");
}

static void walk_type(const struct walk *w, const char *name, const struct gosym_type *t,
		      uint64_t off)
{
	unsigned word = w->e->plan->arch->ptr_size;
	enum gosym_kind kind = gosym_type_kind(t);

	switch (kind) {
	case GOSYM_BOOL:
		leaf_at(w, LEAF_BOOL, name, off, 1);
		return;
	case GOSYM_INT: case GOSYM_INT8: case GOSYM_INT16: case GOSYM_INT32: case GOSYM_INT64:
		leaf_at(w, LEAF_SIGNED, name, off, gosym_type_size(t));
		return;
	case GOSYM_UINT: case GOSYM_UINT8: case GOSYM_UINT16: case GOSYM_UINT32: case GOSYM_UINT64:
	case GOSYM_UINTPTR:
		leaf_at(w, LEAF_UNSIGNED, name, off, gosym_type_size(t));
		return;
	case GOSYM_POINTER:
	case GOSYM_UNSAFE_POINTER:
	case GOSYM_MAP:
	case GOSYM_CHAN:
	case GOSYM_FUNC: leaf_at(w, LEAF_WORD, name, off, word); return;
	case GOSYM_STRING:
		leaf_string(w, name, off);
		return;
	case GOSYM_SLICE:
		leaf_at(w, LEAF_WORD, emit_text(w->e, "%s.ptr", name), off, word);
		leaf_at(w, LEAF_SIGNED, emit_text(w->e, "%s.len", name), off + word, word);
		leaf_at(w, LEAF_SIGNED, emit_text(w->e, "%s.cap", name), off + 2 * word, word);
		return;
	case GOSYM_INTERFACE:
		leaf_at(w, LEAF_WORD,
			emit_text(w->e, "%s.%s", name,
				  gosym_type_is_empty_interface(t) ? "type" : "tab"),
			off, word);
		leaf_at(w, LEAF_WORD, emit_text(w->e, "%s.data", name), off + word, word);
		return;
	case GOSYM_STRUCT: case GOSYM_ARRAY:
		walk_parts(w, name, t, off);
		return;
	default:
		leaf_missing(w, name,
			     emit_text(w->e,
				       "%s: floating-point numbers are not printed by this format",
				       gosym_type_name(t)));
	}
}

void emit_leaves(struct emit *e, void (*leaf)(struct emit *e, const struct emit_leaf *leaf))
{
	const struct gosym_signature *sig = e->probe.sig;
	size_t shown = 0;

	for (size_t i = 0; sig && i < sig->num_params; i++) {
		struct walk w = { .e = e, .param = &sig->params[i], .leaf = leaf };
		const char *name = w.param->name;

		if (w.param->hidden)
			continue;
		if (!name || !strcmp(name, "_"))
			name = emit_text(e, "arg%zu", shown);
		shown++;
		if (w.param->missing)
			leaf_missing(&w, name, w.param->missing);
		else if (w.param->type)
			walk_type(&w, name, w.param->type, 0);
		else if (w.param->size <= 8 && w.param->num_pieces == 1)
			leaf_at(&w, LEAF_WORD, name, 0, w.param->size);
		else
			leaf_missing(&w, name, "its type is not known");
	}
}
