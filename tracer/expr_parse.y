// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The grammar: the part of Go's expressions (https://go.dev/ref/spec#Expressions) a probe can
 * decide. Operators have Go's precedence: || && comparison + * unary selector. Only shape is checked
 * here; names and types are the business of expr.c and its neighbours.
 */
%define api.pure full
%define api.prefix {expr_}
%define api.token.prefix {TOK_}
%define parse.error custom
%parse-param { struct expr_parser *parser } { void *scanner }
%lex-param { void *scanner }

%code top {
#pragma GCC diagnostic ignored "-Wunused-function"
/* bison counts errors that nobody asks for; clang 19 notices. */
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
}

%code requires {
#include <string.h>

#include "tracer/expr_ast.h"
}

%union {
	struct { const char *text; size_t len; } str;
	uint64_t num;
	unsigned pos;
	struct expr_node *node;
}

%code {
int expr_lex(EXPR_STYPE *value, void *scanner);
static void expr_error(struct expr_parser *parser, void *scanner, const char *message);

#define NODE(kind, pos, a, b) expr_node_new(parser, kind, pos, a, b)
#define WORD(kind, pos, a, str) node_of_word(NODE(kind, pos, a, NULL), (str).text, (str).len)

static struct expr_node *node_of_word(struct expr_node *n, const char *text, size_t len)
{
	n->text = text;
	n->len = len;
	return n;
}
}

%token END 0 "the end"
%token INT "a number" FLOAT "a floating-point number" DURATION "a duration" STRING "a string" NAME "a name" BAD
%token ASSERT "a type assertion" BYTES "[]byte"
%token EQ "==" NE "!=" LE "<=" GE ">=" AND "&&" OR "||" SHL "<<" SHR ">>" ANDNOT "&^"

%type <num> INT DURATION
%type <str> STRING NAME FLOAT ASSERT BYTES
%type <node> expr unary primary args item items
%type <pos> here begin comma

%left OR
%left AND
%left EQ NE '<' '>' LE GE
%left '+' '-' '|' '^'
%left '*' '/' '%' '&' SHL SHR ANDNOT

%%

input:	items				{ parser->root = parser->list ? $1 : $1->a; }
	;

items:	item
	| item comma items		{ $$ = $1; $$->b = $3; $$->to = $2; }
	;

comma:	',' here {
			$$ = $2;
			if (!parser->list)
				expr_fail(parser, $2, "unexpected \",\"");
		}
	;

item:	begin expr {
			$$ = NODE(EXPR_ARGS, $2->pos, $2, NULL);
			$$->from = $1;
			$$->to = strlen(parser->text);
		}
	;

/* Where the token before ends: another default reduction. */
begin:	%empty				{ $$ = parser->next; }
	;

expr:	unary
	| expr OR here expr		{ $$ = NODE(EXPR_OR, $3, $1, $4); }
	| expr AND here expr		{ $$ = NODE(EXPR_AND, $3, $1, $4); }
	| expr EQ here expr		{ $$ = NODE(EXPR_EQ, $3, $1, $4); }
	| expr NE here expr		{ $$ = NODE(EXPR_NE, $3, $1, $4); }
	| expr '<' here expr		{ $$ = NODE(EXPR_LT, $3, $1, $4); }
	| expr LE here expr		{ $$ = NODE(EXPR_LE, $3, $1, $4); }
	| expr '>' here expr		{ $$ = NODE(EXPR_GT, $3, $1, $4); }
	| expr GE here expr		{ $$ = NODE(EXPR_GE, $3, $1, $4); }
	| expr '+' here expr		{ $$ = NODE(EXPR_ADD, $3, $1, $4); }
	| expr '-' here expr		{ $$ = NODE(EXPR_SUB, $3, $1, $4); }
	| expr '|' here expr		{ $$ = NODE(EXPR_BITOR, $3, $1, $4); }
	| expr '^' here expr		{ $$ = NODE(EXPR_XOR, $3, $1, $4); }
	| expr '*' here expr		{ $$ = NODE(EXPR_MUL, $3, $1, $4); }
	| expr '/' here expr		{ $$ = NODE(EXPR_DIV, $3, $1, $4); }
	| expr '%' here expr		{ $$ = NODE(EXPR_MOD, $3, $1, $4); }
	| expr '&' here expr		{ $$ = NODE(EXPR_BITAND, $3, $1, $4); }
	| expr SHL here expr		{ $$ = NODE(EXPR_SHL, $3, $1, $4); }
	| expr SHR here expr		{ $$ = NODE(EXPR_SHR, $3, $1, $4); }
	| expr ANDNOT here expr		{ $$ = NODE(EXPR_ANDNOT, $3, $1, $4); }
	;

/* The token just read: a default reduction, so no token beyond it has been asked for. */
here:	%empty				{ $$ = parser->pos; }
	;

unary:	primary
	| '!' here unary		{ $$ = NODE(EXPR_NOT, $2, $3, NULL); }
	| '-' here unary		{ $$ = NODE(EXPR_NEG, $2, $3, NULL); }
	| '+' here unary		{ $$ = NODE(EXPR_PLUS, $2, $3, NULL); }
	| '^' here unary		{ $$ = NODE(EXPR_COMPLEMENT, $2, $3, NULL); }
	| '*' here unary		{ $$ = NODE(EXPR_DEREF, $2, $3, NULL); }
	;

primary:
	INT here			{ $$ = NODE(EXPR_INT, $2, NULL, NULL); $$->num = $1; }
	| DURATION here			{ $$ = NODE(EXPR_DURATION, $2, NULL, NULL); $$->num = $1; }
	| STRING here			{ $$ = WORD(EXPR_STRING, $2, NULL, $1); }
	| NAME here			{ $$ = WORD(EXPR_NAME, $2, NULL, $1); }
	| FLOAT here			{ $$ = WORD(EXPR_FLOAT, $2, NULL, $1); }
	| BYTES here			{ $$ = WORD(EXPR_BYTES, $2, NULL, $1); }
	| primary '(' ')'		{ $$ = NODE(EXPR_CALL, $1->pos, $1, NULL); }
	| primary '(' args ')'		{ $$ = NODE(EXPR_CALL, $1->pos, $1, $3); }
	| primary '[' here expr ']'	{ $$ = NODE(EXPR_INDEX, $3, $1, $4); }
	| primary '.' NAME here		{ $$ = WORD(EXPR_SELECT, $4, $1, $3); }
	| primary ASSERT here		{ $$ = WORD(EXPR_TYPE, $3, $1, $2); }
	| '(' expr ')'			{ $$ = $2; }
	;

args:	expr				{ $$ = NODE(EXPR_ARGS, $1->pos, $1, NULL); }
	| expr ',' args			{ $$ = NODE(EXPR_ARGS, $1->pos, $1, $3); }
	;

%%

/* What stands where something else had to. The scanner has said what is wrong with a bad token. */
static int yyreport_syntax_error(const yypcontext_t *ctx, struct expr_parser *parser,
				 void *scanner)
{
	yysymbol_kind_t token = yypcontext_token(ctx);

	(void)scanner;
	if (token == YYSYMBOL_YYEOF)
		expr_fail(parser, parser->next, "the expression ends too early");
	else
		expr_fail(parser, parser->pos, NULL);
	return 0;
}

static void expr_error(struct expr_parser *parser, void *scanner, const char *message)
{
	(void)scanner;
	expr_fail(parser, parser->pos, message);
}
