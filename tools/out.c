// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Output. Tables and events go to one FILE with a large buffer; everything else is one line on
 * standard error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/command.h"
#include "tools/out.h"

enum { BUFFER_SIZE = 256 * 1024 };

/* https://no-color.org: set and not empty means no. */
static bool want_color(const struct options *o, FILE *file)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return isatty(fileno(file)) && term && strcmp(term, "dumb") != 0;
}

bool out_open(const struct options *o, struct out *ret)
{
	*ret = (struct out){ .file = stdout, .name = "standard output" };
	if (o->output) {
		ret->name = o->output;
		ret->file = fopen(o->output, "we");
		if (!ret->file) {
			complain("%s: %s", o->output, strerror(errno));
			return false;
		}
	}
	setvbuf(ret->file, NULL, _IOFBF, BUFFER_SIZE);
	ret->color = want_color(o, ret->file);
	ret->json = (struct json){ .out = ret->file };
	return true;
}

bool out_close(struct out *out)
{
	bool good = !fflush(out->file) && !ferror(out->file);

	if (!good)
		complain("writing to %s: %s", out->name, strerror(errno));
	if (out->file != stdout && fclose(out->file) && good) {
		complain("writing to %s: %s", out->name, strerror(errno));
		good = false;
	}
	return good;
}

const char *out_bold(const struct out *out)
{
	return out->color ? "\033[1m" : "";
}

const char *out_dim(const struct out *out)
{
	return out->color ? "\033[2m" : "";
}

const char *out_plain(const struct out *out)
{
	return out->color ? "\033[0m" : "";
}

void complain(const char *fmt, ...)
{
	char line[4096];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* One line, whatever is in a name. */
	len = strlen(line);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	fprintf(stderr, "gosym: %s\n", line);
}

int fail(struct gosym_error *err)
{
	static const int statuses[] = {
		[GOSYM_NOT_FOUND] = EXIT_NO_MATCH,
		[GOSYM_INVALID] = EXIT_USAGE,
		[GOSYM_PERMISSION] = EXIT_PERMISSION,
	};
	enum gosym_code code = gosym_error_code(err);
	int status = code < sizeof(statuses) / sizeof(statuses[0]) ? statuses[code] : 0;

	complain("%s", gosym_error_message(err));
	gosym_error_destroy(err);
	return status ? status : EXIT_FAILED;
}
