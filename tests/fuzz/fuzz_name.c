// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The first line is a pattern, what follows it a symbol name: the parts have to lie within the name. */
#include <stdlib.h>
#include <string.h>

#include "gosym/name.h"
#include "tests/fuzz/fuzz.h"

static void within(const char *name, struct name_part part)
{
	if (part.len && (part.s < name || part.s + part.len > name + strlen(name)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *name;
	struct go_name parts;

	if (!text || size > 4096) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	name = strchr(text, '\n');
	if (name)
		*name++ = '\0';
	else
		name = text;
	parts = name_parse(name);
	within(name, parts.package);
	within(name, parts.receiver);
	within(name, parts.base);
	(void)name_glob(text, name);
	/* A name without wildcards matches itself, as a glob too. */
	if (!name_is_glob(name) && !name_glob(name, name))
		abort();
	free(text);
	return 0;
}
