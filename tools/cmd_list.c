// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* gosym list: the functions of a program. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/copies.h"
#include "tools/out.h"
#include "tools/target.h"

static const char text[] =
	"Lists functions: address of the first instruction, size in bytes, calling convention,\n"
	"where in the source, name. FUNC is an exact name, a glob in which (*T) is literal, or\n"
	"/regex/; without one all functions are listed.\n\n"
	"With --inlined each inlined copy of them is listed: lowest address, the probe site or why\n"
	"there is none, where the call is in the source, name, and into which function it was inlined.\n\n"
	"Examples:\n"
	"  gosym list ./server 'main.*' '/^net\\/http.*ServeHTTP$/'\n"
	"  gosym list --inlined ./server 'bytes.(*Buffer).WriteByte'\n";

static const struct option_spec options[] = {
	OPTION(0, "inlined", OPTION_FLAG, copies, NULL, "the places where the functions were inlined"),
	{ .name = NULL },
};

/* File names are long and the name is what one looks for: beyond this the column is ragged. */
enum { MAX_SOURCE_WIDTH = 72 };

struct source {
	const char *file;
	unsigned line;
};

static unsigned source_width(const struct source *s)
{
	unsigned width = s->file ? strlen(s->file) + 2 : 1;

	for (unsigned n = s->line; n >= 10; n /= 10)
		width++;
	return width;
}

static void print_table(const struct out *out, const struct target *t,
			const struct gosym_func *const *funcs, size_t num, struct source *sources)
{
	unsigned width = 1;

	for (size_t i = 0; i < num; i++) {
		unsigned w;

		gosym_func_source(t->binary, funcs[i], &sources[i].file, &sources[i].line);
		w = source_width(&sources[i]);
		if (w > width && w <= MAX_SOURCE_WIDTH)
			width = w;
	}
	for (size_t i = 0; i < num; i++) {
		uint64_t entry = gosym_func_entry(funcs[i]);
		unsigned used = source_width(&sources[i]);

		fprintf(out->file, "0x%08" PRIx64 " %7" PRIu64 " %-11s ", entry,
			gosym_func_end(funcs[i]) - entry, gosym_func_abi(funcs[i]));
		if (sources[i].file)
			fprintf(out->file, "%s:%u", sources[i].file, sources[i].line);
		else
			putc('-', out->file);
		fprintf(out->file, "%*s %s\n", used < width ? (int)(width - used) : 0, "",
			gosym_func_name(funcs[i]));
	}
}

static void print_json(struct json *j, const struct target *t, const struct gosym_func *f)
{
	uint64_t entry = gosym_func_entry(f);
	const char *file;
	unsigned line;

	gosym_func_source(t->binary, f, &file, &line);
	json_object(j);
	json_key(j, "name");
	json_str(j, gosym_func_name(f));
	json_key(j, "entry");
	json_hex(j, entry);
	json_key(j, "size");
	json_uint(j, gosym_func_end(f) - entry);
	json_key(j, "abi");
	json_str(j, gosym_func_abi(f));
	json_key(j, "file");
	json_str(j, file);
	json_key(j, "line");
	json_uint(j, line);
	json_key(j, "package");
	json_str(j, gosym_func_package(t->binary, f));
	json_object_end(j);
	json_line(j);
}

static int all_funcs(const struct target *t, const struct gosym_func ***ret, size_t *num_ret)
{
	size_t num = gosym_func_count(t->binary);
	const struct gosym_func **funcs = calloc(num ? num : 1, sizeof(*funcs));

	if (!funcs) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < num; i++)
		funcs[i] = gosym_func_at(t->binary, i);
	*ret = funcs;
	*num_ret = num;
	return EXIT_DONE;
}

static int run(const struct options *o)
{
	_cleanup_free_ const struct gosym_func **funcs = NULL;
	_cleanup_free_ struct source *sources = NULL;
	_cleanup_(target_close) struct target t;
	int status = target_open(o->args[0], &t);
	struct out out;
	size_t num;

	if (status)
		return status;
	if (o->copies)
		return copies_list(o, &t);
	if (o->num_args > 1)
		status = target_match(&t, o->args + 1, o->num_args - 1, &funcs, &num);
	else
		status = all_funcs(&t, &funcs, &num);
	if (status)
		return status;
	if (!out_open(o, &out))
		return EXIT_FAILED;
	if (o->json) {
		for (size_t i = 0; i < num; i++)
			print_json(&out.json, &t, funcs[i]);
	} else {
		sources = calloc(num ? num : 1, sizeof(*sources));
		if (sources)
			print_table(&out, &t, funcs, num, sources);
		else
			complain("out of memory");
	}
	return out_close(&out) && (o->json || sources) ? EXIT_DONE : EXIT_FAILED;
}

const struct command cmd_list = {
	.name = "list",
	.synopsis = "[OPTION…] TARGET [FUNC…]",
	.summary = "the functions of the program",
	.text = text,
	.options = options,
	.min_args = 1,
	.max_args = UINT_MAX,
	.run = run,
};
