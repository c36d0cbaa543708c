/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Go toolchain versions: "go1.22.3", "go1.24rc1", "devel go1.25-abc…", "go1.18 X:noregabi". */
#ifndef GOSYM_GOVERSION_H
#define GOSYM_GOVERSION_H

#include <stdbool.h>

struct goversion {
	int major, minor;	/* 1.22 → 1, 22; 0, 0 when it cannot be told */
	bool devel;
	const char *text;	/* whole, as found; NULL when unknown */
};

/* False (and major = minor = 0) if there is no "goN.M" in text. Borrows text. */
bool goversion_parse(const char *text, struct goversion *ret);
/* Whether the " X:" suffix lists an experiment, e.g. "noregabi", "noswissmap". */
bool goversion_has_experiment(const struct goversion *v, const char *name);
static inline bool goversion_at_least(const struct goversion *v, int minor)
{
	return v->major > 1 || (v->major == 1 && v->minor >= minor);
}

#endif
