/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Where a command writes: standard output or -o FILE, coloured or not; and what it says on standard
 * error. */
#ifndef TOOLS_OUT_H
#define TOOLS_OUT_H

#include "gosym/json.h"
#include "tools/options.h"

struct out {
	FILE *file;
	const char *name;
	bool color;
	struct json json;		/* writes to file */
};

/* False: the reason has been printed. */
bool out_open(const struct options *o, struct out *ret);
/* Flushes; false if something could not be written, which has been printed. */
bool out_close(struct out *out);

/* "\033[…m" if colours are on, else "". */
const char *out_bold(const struct out *out);
const char *out_dim(const struct out *out);
const char *out_plain(const struct out *out);

/* One line to standard error: "gosym: " and the rest. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the error, frees it, and returns the exit status it means. */
int fail(struct gosym_error *err);

#endif
