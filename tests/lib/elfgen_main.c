// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * elfgen NAME [OFFSET=VALUE…]: writes a composed program (elfgen.h) to standard output, bytes of it changed. OFFSET
 * is a number, or the name of a part with or without +N: "pclntab+8=0xff".
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/elfgen.h"

static const char modinfo[] = "path\texample.org/shop\nmod\texample.org/shop\t(devel)\t\n"
			      "dep\texample.org/cart\tv1.2.3\th1:abc=\nbuild\tGOARCH=amd64\n";

/* Room for code put there by OFFSET=VALUE; the second is what a stack check calls. */
static const struct elfgen_func checked[] = {
	{ .name = "main.main", .file = "/src/main.go", .size = 32, .line = 10 },
	{ .name = "runtime.morestack_noctxt.abi0", .file = "/src/asm_amd64.s", .size = 16, .line = 500, .flag = 4 },
};

/* clang-format off */
static const struct { const char *name; struct elfgen_options o; } programs[] = {
	{ "go1.2-386", { .minor = 2, .machine = EM_386, .ptr_size = 4 } },
	{ "go1.12-mips", { .minor = 12, .machine = EM_MIPS, .ptr_size = 4, .big_endian = true } },
	{ "go1.15-amd64", { .minor = 15, .version = "go1.15.15", .modinfo = modinfo } },
	{ "go1.16-arm64", { .minor = 16, .machine = EM_AARCH64, .version = "go1.16.3" } },
	{ "go1.18-s390x", { .minor = 18, .machine = EM_S390, .big_endian = true, .version = "go1.18.1" } },
	{ "go1.19-amd64", { .minor = 19, .version = "go1.19.8", .modinfo = modinfo } },
	{ "go1.23-amd64", { .minor = 23, .version = "go1.23.5", .modinfo = modinfo } },
	{ "go1.23-amd64-no-sections", { .minor = 23, .version = "go1.23.5", .no_sections = true } },
	{ "go1.23-amd64-no-buildinfo", { .minor = 23 } },
	{ "go1.23-amd64-compressed", { .minor = 23, .version = "go1.23.5", .compressed = true } },
	{ "go1.23-amd64-zdebug", { .minor = 23, .version = "go1.23.5", .zdebug = true } },
	{ "go1.23-amd64-stack-check", { .minor = 23, .version = "go1.23.5", .funcs = checked, .num_funcs = 2 } },
	{ "go1.25-386", { .minor = 25, .machine = EM_386, .ptr_size = 4, .version = "go1.25.0" } },
	{ "go1.27-amd64", { .minor = 27, .version = "go1.27.0", .modinfo = modinfo } },
	{ "go1.27-arm64", { .minor = 27, .machine = EM_AARCH64, .version = "go1.27.0" } },
};
/* clang-format on */

/* Position of "text+16" or "0x40"; SIZE_MAX if there is none such. */
static size_t position(const struct elfgen *g, const char *text)
{
	const struct { const char *name; size_t pos; } parts[] = {
		{ "text", g->text }, { "pclntab", g->pclntab }, { "functab", g->functab },
		{ "buildinfo", g->buildinfo }, { "moduledata", g->moduledata }, { "record", g->first_record },
		{ "shdrs", g->shdrs }, { "debug", g->debug },
	};
	size_t pos = 0, len = strcspn(text, "+=");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strlen(parts[i].name) == len && !strncmp(parts[i].name, text, len)) {
			pos = parts[i].pos;
			text += len;
		}
	pos += *text == '=' ? 0 : strtoull(text, NULL, 0);
	return pos < g->size ? pos : SIZE_MAX;
}

int main(int argc, char **argv)
{
	const size_t num = sizeof(programs) / sizeof(*programs);
	struct elfgen g;
	size_t i = 0;

	while (argc > 1 && i < num && strcmp(programs[i].name, argv[1]) != 0)
		i++;
	if (argc < 2 || i == num) {
		for (i = 0; i < num; i++)
			fprintf(stderr, "%s\n", programs[i].name);
		return 2;
	}
	elfgen_program(&g, &programs[i].o);
	for (int k = 2; k < argc; k++) {
		const char *value = strchr(argv[k], '=');
		size_t pos = value ? position(&g, argv[k]) : SIZE_MAX;

		if (pos == SIZE_MAX) {
			fprintf(stderr, "elfgen: nothing at %s\n", argv[k]);
			return 2;
		}
		elfgen_put8(&g, pos, (uint8_t)strtoul(value + 1, NULL, 0));
	}
	if (fwrite(g.data, 1, g.size, stdout) != g.size)
		return 1;
	elfgen_free(&g);
	return 0;
}
