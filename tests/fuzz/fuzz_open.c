// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* A file's bytes through all of the public interface: opened, listed, inspected, symbolized, planned, emitted. */
#include <stdlib.h>

#include "gosym/gosym.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_FUNCS = 48 };		/* inspected of each file; all are listed */

static void type(const struct gosym_type *t, int depth)
{
	if (!t || depth > 6)
		return;
	(void)gosym_type_name(t);
	type(gosym_type_elem(t), depth + 1);
	type(gosym_type_key(t), depth + 1);
	for (size_t i = 0; i < gosym_type_field_count(t) && i < 16; i++)
		type(gosym_type_field_at(t, i)->type, depth + 1);
}

static void inspect(struct gosym_binary *b, const struct gosym_func *f)
{
	const struct gosym_signature *sig;
	const struct gosym_inlined *inlined;
	const struct gosym_site *site;
	const struct gosym_exit *exits;
	const uint64_t *returns;
	struct gosym_frame frames[4];
	struct gosym_error *err;
	size_t num;

	err = gosym_func_signature(b, f, &sig);
	for (size_t i = 0; !err && i < sig->num_params; i++)
		type(sig->params[i].type, 0);
	gosym_error_destroy(err);
	gosym_error_destroy(gosym_func_entry_site(b, f, &site));
	gosym_error_destroy(gosym_func_exits(b, f, &exits, &num));
	gosym_error_destroy(gosym_func_returns(b, f, &returns, &num));
	gosym_error_destroy(gosym_func_inlined(b, gosym_func_name(f), &inlined, &num));
	for (uint64_t pc = gosym_func_entry(f); pc < gosym_func_end(f) && pc - gosym_func_entry(f) < 64; pc += 7)
		gosym_error_destroy(gosym_symbolize(b, pc, frames, 4, &num));
}

static void emit(struct gosym_binary *b, FILE *out)
{
	static const char *const formats[] = { "json", "tracefs", "bpftrace" };
	struct gosym_plan_options opts = GOSYM_PLAN_OPTIONS;
	struct gosym_plan *plan;
	struct gosym_error *err;

	opts.depth = 3;
	err = gosym_plan_create(b, &opts, &plan);
	gosym_error_destroy(err);
	if (err)
		return;
	for (size_t i = 0; i < gosym_func_count(b) && i < MAX_FUNCS; i++)
		gosym_error_destroy(gosym_plan_add(plan, gosym_func_at(b, i)));
	for (int i = 0; i < 3; i++)
		gosym_error_destroy(gosym_plan_emit(plan, formats[i], "/bin/program", out));
	gosym_plan_destroy(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	const struct gosym_info *info;
	struct gosym_binary *b = NULL;
	struct gosym_error *err = gosym_open_mem(data, size, "file", &b);
	const char *file, *name;
	unsigned line;

	null = null ? null : fopen("/dev/null", "w");
	gosym_error_destroy(err);
	if (err || !null)
		return 0;
	gosym_error_destroy(gosym_binary_info(b, &info));
	for (size_t i = 0; i < gosym_func_count(b); i++) {
		const struct gosym_func *f = gosym_func_at(b, i);

		fprintf(null, "%s %s %s", gosym_func_name(f), gosym_func_package(b, f), gosym_func_abi(f));
		(void)gosym_func_receiver(b, f);
		gosym_func_source(b, f, &file, &line);
		if (i < MAX_FUNCS)
			inspect(b, f);
	}
	for (uint64_t addr = 0x400000; addr < 0x401000; addr += 64)
		gosym_error_destroy(gosym_runtime_type_name(b, addr, &name));
	emit(b, null);
	gosym_close(b);
	return 0;
}
