// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Version strings of the Go toolchain. Releases read "go1.22.3", candidates "go1.24rc1", builds from the
 * repository "devel go1.25-abc123 Tue ..." (before 1.18 "devel +abc123 ...", which tells no number);
 * vendors append their own words. " X:a,b" lists the experiments that differ from the default
 * (cmd/dist, internal/buildcfg).
 */
#include <ctype.h>
#include <string.h>

#include "gosym/goversion.h"

static const char *number(const char *s, int *ret)
{
	int v = 0;

	if (!isdigit((unsigned char)*s))
		return NULL;
	for (; isdigit((unsigned char)*s); s++) {
		v = v * 10 + (*s - '0');
		if (v > 9999)
			return NULL;
	}
	*ret = v;
	return s;
}

/* "go1.22" at s; a bare "go1" was Go 1.0. */
static bool parse_at(const char *s, struct goversion *ret)
{
	int major, minor = 0;

	s = number(s + 2, &major);
	if (!s || major < 1)
		return false;
	if (*s == '.' && !number(s + 1, &minor))
		return false;
	ret->major = major;
	ret->minor = minor;
	return true;
}

bool goversion_parse(const char *text, struct goversion *ret)
{
	*ret = (struct goversion){ .text = text };
	if (!text)
		return false;
	ret->devel = !strncmp(text, "devel", 5);
	for (const char *s = strstr(text, "go"); s; s = strstr(s + 2, "go")) {
		if ((s == text || s[-1] == ' ') && parse_at(s, ret))
			return true;
	}
	return false;
}

bool goversion_has_experiment(const struct goversion *v, const char *name)
{
	const char *s = v->text ? strstr(v->text, "X:") : NULL;
	size_t len = strlen(name);

	/* Go 1.27 has "-X:". */
	if (s && (s == v->text || (s[-1] != ' ' && s[-1] != '-')))
		return false;
	for (s = s ? s + 2 : NULL; s && *s && *s != ' ';) {
		size_t item = strcspn(s, ", ");

		if (item == len && !memcmp(s, name, len))
			return true;
		s += item + (s[item] == ',');
	}
	return false;
}
