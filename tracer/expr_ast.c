// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Making the syntax tree, and saying where in the text something is wrong.
 */
#include <stdarg.h>
#include <stdio.h>

#include "gosym/cleanup.h"
#include "tracer/expr_ast.h"

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
