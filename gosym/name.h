/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Takes apart symbol names: "net/http.(*Server).Serve.func1", "main.Map[go.shape.int].Do-fm". */
#ifndef GOSYM_NAME_H
#define GOSYM_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Borrowed ranges of the name; len 0 = absent. */
struct name_part { const char *s; size_t len; };
struct go_name {
	struct name_part package;	/* "net/http" (escapes such as %2e kept) */
	struct name_part receiver;	/* "(*Server)", "T[go.shape.int]" */
	struct name_part base;		/* "Serve.func1" */
	bool closure;			/* a function literal, gowrap, deferwrap or range body */
	bool method_value;		/* "-fm" */
	bool shape;			/* instantiated for shapes and itself entered with a dictionary: not a closure */
};
struct go_name name_parse(const char *name);
/* fnmatch-like: '*' any run, '?' one character, except that "(*" before a letter is literal; '[' is literal. */
bool name_glob(const char *pattern, const char *name);
bool name_is_glob(const char *pattern);

#endif
