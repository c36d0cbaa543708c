// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Error objects. One allocation holds code and message; out of memory is a static object, so that
 * reporting it cannot fail in turn.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/error.h"

struct gosym_error {
	enum gosym_code code;
	char message[];
};

static const struct { enum gosym_code code; char message[16]; } nomem = { GOSYM_NOMEM, "out of memory" };
struct gosym_error *const gosym_nomem = (struct gosym_error *)&nomem;

/* Messages are one line, and nothing a terminal would obey: words of hostile files stand in them. */
static void make_plain(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static struct gosym_error *error_from_text(enum gosym_code code, const char *prefix, const char *sep, const char *text)
{
	size_t len = strlen(prefix) + strlen(sep) + strlen(text) + 1;
	struct gosym_error *err = malloc(sizeof(*err) + len);

	if (!err)
		return gosym_nomem;
	err->code = code;
	strcpy(err->message, prefix);
	strcat(err->message, sep);
	strcat(err->message, text);
	make_plain(err->message);
	return err;
}

static char *format_text(const char *fmt, va_list args)
{
	char *text;

	return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

struct gosym_error *gosym_error_new(enum gosym_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	_cleanup_free_ char *text = format_text(fmt, args);
	va_end(args);
	return text ? error_from_text(code, text, "", "") : gosym_nomem;
}

struct gosym_error *gosym_error_errno(int errno_, const char *fmt, ...)
{
	enum gosym_code code = errno_ == EPERM || errno_ == EACCES ? GOSYM_PERMISSION : GOSYM_OS;
	va_list args;

	va_start(args, fmt);
	_cleanup_free_ char *text = format_text(fmt, args);
	va_end(args);
	return text ? error_from_text(code, text, ": ", strerror(errno_)) : gosym_nomem;
}

struct gosym_error *gosym_error_prefix(struct gosym_error *err, const char *fmt, ...)
{
	struct gosym_error *longer;
	va_list args;

	va_start(args, fmt);
	_cleanup_free_ char *text = format_text(fmt, args);
	va_end(args);
	if (!text || err == gosym_nomem)
		return err;
	longer = error_from_text(err->code, text, ": ", err->message);
	gosym_error_destroy(err);
	return longer;
}

enum gosym_code gosym_error_code(const struct gosym_error *err)
{
	return err->code;
}

const char *gosym_error_message(const struct gosym_error *err)
{
	return err->message;
}

void gosym_error_destroy(struct gosym_error *err)
{
	if (err != gosym_nomem)
		free(err);
}
