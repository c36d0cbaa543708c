// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Text as a condition over one function's arguments, and as a list to print: parsed, checked, lowered; a refusal is
 * one line. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "gosym/func.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/elfgen.h"
#include "tests/unit/plan_fixture.h"
#include "tracer/expr.h"

/* Functions and types are looked for in a program that has few. It is opened once. */
static struct gosym_binary *program(void)
{
	static const struct elfgen_options options = { .minor = 21, .machine = EM_X86_64, .ptr_size = 8,
						       .version = "go1.21" };
	static struct gosym_binary *binary;
	static struct elfgen g;

	if (binary)
		return binary;
	elfgen_program(&g, &options);
	if (gosym_open_mem(g.data, g.size, "program", &binary))
		abort();
	return binary;
}

static const struct gosym_func func = { .name = "main.f" };

/* f(i int, s string, r *Req, ok bool, err error, b []uint8, m map[int]int, x float64, mix Mix, v any) */
static void make(struct fixture *f)
{
	static const struct { const char *name; const struct gosym_type *type; } params[] = {
		{ "i", &t_int }, { "s", &t_string }, { "r", &t_req_ptr }, { "ok", &t_bool }, { "err", &t_error },
		{ "b", &t_bytes }, { "m", &t_map }, { "x", &t_float64 }, { "mix", &t_mix }, { "v", &t_any },
		{ "n", &t_int8 }, { "c", &t_chan }, { "f", &t_func }, { "strings", &t_strings }, { "e", &t_empties },
	};
	int32_t where = 8;

	fixture_init(f);
	f->plan.binary = program();
	f->probe.func = &func;
	f->sig.source = GOSYM_FROM_DWARF;
	for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
		fixture_param(f, params[i].name, params[i].type);
		if (i == 0)
			fixture_regs(f, AX);
		else if (i == 7)
			fixture_regs(f, X0);
		else
			fixture_stack(f, where);
		where += (int32_t)(params[i].type->size + 7) & ~7;
	}
}

static void check(struct gosym_error *err, bool has_result)
{
	if (err ? strchr(gosym_error_message(err), '\n') != NULL : !has_result)
		abort();
	gosym_error_destroy(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const struct plan_expr *expr = NULL;
	struct plan_print print = { .num = 0 };
	struct gosym_error *err;
	struct fixture f;

	if (!text || size > 4096) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	make(&f);
	err = expr_condition(&f.plan, &f.probe, text, &expr);
	check(err, expr);
	f.plan.opts.print = text;
	err = expr_print(&f.plan, &f.probe, false, &print);
	check(err, print.num);
	fixture_deinit(&f);
	free(text);
	return 0;
}
