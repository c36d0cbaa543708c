/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * The syntax tree of an expression, before anything is known of the function it is about: what
 * expr_lex.l and expr_parse.y build and expr.c checks.Everything lives in the arena handed to
 * expr_parse().
 */
#ifndef TRACER_EXPR_AST_H
#define TRACER_EXPR_AST_H

#include <setjmp.h>

#include "gosym/arena.h"
#include "gosym/error.h"

enum expr_kind {
	EXPR_INT,			/* num: integer or rune literal */
	EXPR_FLOAT,			/* text: as written, without underscores */
	EXPR_DURATION,			/* num: ns */
	EXPR_STRING,			/* text, len */
	EXPR_NAME,			/* text */
	EXPR_SELECT,			/* a.text */
	EXPR_CALL,			/* a(b); b: NULL or the arguments */
	EXPR_ARGS,			/* a, then b: the others or NULL */
	EXPR_BYTES,			/* text: a type that is no name, "[]byte"; only called */
	EXPR_INDEX,			/* a[b] */
	EXPR_TYPE,			/* a.(text); text is "type" or a type's name */
	EXPR_DEREF, EXPR_NEG, EXPR_PLUS, EXPR_NOT, EXPR_COMPLEMENT,	/* a */
	EXPR_AND, EXPR_OR,		/* a, b */
	EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE,
	EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV, EXPR_MOD,
	EXPR_BITAND, EXPR_BITOR, EXPR_XOR, EXPR_ANDNOT, EXPR_SHL, EXPR_SHR,
};

struct expr_node {
	enum expr_kind kind;
	unsigned pos; /* byte offset of its first (binary: its operator's) character */
	unsigned from, to;		/* in a list: the byte range of this one */
	const struct expr_node *a, *b;
	const char *text;
	size_t len;
	uint64_t num;
};

/* One parse: the scanner's yyextra and the parser's parameter. */
struct expr_parser {
	struct arena *arena;
	const char *text;
	bool list;			/* several are allowed */
	unsigned pos, next;		/* byte range of the current token */
	const struct expr_node *root;
	struct gosym_error *err;	/* the first one */
	jmp_buf nomem;
};

enum { EXPR_MAX_TEXT = 4096 };

/* GOSYM_INVALID with the column. Names and strings of the tree are in the arena. */
struct gosym_error *expr_parse_text(struct arena *a, const char *text,
				    const struct expr_node **ret);
/* One or more, separated by commas: EXPR_ARGS. */
struct gosym_error *expr_parse_list(struct arena *a, const char *text,
				    const struct expr_node **ret);
/* "column N: " and the rest, N counting characters from 1 at byte pos of text. */
struct gosym_error *expr_error_at(const char *text, unsigned pos, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* For the scanner and the parser: remember the first error of this token; make a node (longjmp: no
 * memory). */
void expr_fail(struct expr_parser *p, unsigned pos, const char *message);
struct expr_node *expr_node_new(struct expr_parser *p, enum expr_kind kind, unsigned pos,
				const struct expr_node *a, const struct expr_node *b);

#endif
