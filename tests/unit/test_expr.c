// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Expressions over signatures made by hand: what they are lowered to, written back as a list, and
 * what is refused in which words. One row per case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/plan_fixture.h"
#include "gosym/func.h"
#include "tracer/expr.h"

static const struct gosym_type t_uint16 = TYPE(GOSYM_UINT16, "uint16", 2);
static const struct gosym_type t_uint64 = TYPE(GOSYM_UINT64, "uint64", 8);
static const struct gosym_type t_int64 = TYPE(GOSYM_INT64, "int64", 8);
static const struct gosym_type t_array = TYPE(GOSYM_ARRAY, "[5]int", 40, .elem = &t_int, .len = 5);

/* type Outer struct { Req; *Mix; Deep **Req } with promoted fields */
static const struct gosym_type t_mix_ptr = TYPE(GOSYM_POINTER, "*Mix", 8, .elem = &t_mix);
static const struct gosym_type t_req_ptr_ptr = TYPE(GOSYM_POINTER, "**Req", 8, .elem = &t_req_ptr);
static struct gosym_field outer_fields[] = {
	{ "Req", &t_req, 0, true },
	{ "Mix", &t_mix_ptr, 32, true },
	{ "Deep", &t_req_ptr_ptr, 40, false },
};
static const struct gosym_type t_outer = TYPE(GOSYM_STRUCT, "main.Outer", 48,
					      .fields = outer_fields, .num_fields = 3);
static const struct gosym_type t_outer_ptr = TYPE(GOSYM_POINTER, "*main.Outer", 8,
						  .elem = &t_outer);

static const struct gosym_func func = { .name = "main.f" };

/* f(i int, s string, r *Req, ok bool, err error, b []uint8, on stack: u16 uint16, m map, x float64
 * in X0, o *Outer, i8 int8, u uint64, a [5]int, pid int32) */
static void make(struct fixture *f)
{
	fixture_init(f);
	f->probe.func = &func;
	fixture_param(f, "i", &t_int);
	fixture_regs(f, AX);
	fixture_param(f, "s", &t_string);
	fixture_regs(f, BX, CX);
	fixture_param(f, "r", &t_req_ptr);
	fixture_regs(f, DI);
	fixture_param(f, "ok", &t_bool);
	fixture_regs(f, SI);
	fixture_param(f, "err", &t_error);
	fixture_regs(f, R8, R9);
	fixture_param(f, "b", &t_bytes);
	fixture_stack(f, 8);
	fixture_param(f, "u16", &t_uint16);
	fixture_stack(f, 32);
	fixture_param(f, "m", &t_map);
	fixture_regs(f, R10);
	fixture_param(f, "x", &t_float64);
	fixture_regs(f, X0);
	fixture_param(f, "o", &t_outer_ptr);
	fixture_regs(f, R11);
	fixture_param(f, "i8", &t_int8);
	fixture_stack(f, 40);
	fixture_param(f, "u", &t_uint64);
	fixture_stack(f, 48);
	fixture_param(f, "a", &t_array);
	fixture_stack(f, 56);
	fixture_param(f, "i64", &t_int64);
	fixture_stack(f, 96);
	fixture_param(f, "_", &t_int);
	fixture_stack(f, 104);
	f->sig.source = GOSYM_FROM_DWARF;
}

/* ----------------------------------------------------------- written back */

static void show(const struct plan_expr *e, FILE *out)
{
	static const char *const names[] = {
		[PLAN_OP_GOID] = "goid", [PLAN_OP_PID] = "pid", [PLAN_OP_TID] = "tid",
		[PLAN_OP_AND] = "&&",	 [PLAN_OP_OR] = "||",	[PLAN_OP_NOT] = "!",
		[PLAN_OP_EQ] = "==",	 [PLAN_OP_NE] = "!=",	[PLAN_OP_LT] = "<",
		[PLAN_OP_LE] = "<=",	 [PLAN_OP_GT] = ">",	[PLAN_OP_GE] = ">=",
	};
	const struct plan_load *l = &e->load;

	switch (e->op) {
	case PLAN_OP_IF:
		fputs("(if ", out);
		show(e->a, out);
		putc(' ', out);
		show(e->b, out);
		putc(')', out);
		return;
	case PLAN_OP_CONST:
		fprintf(out, "%lld", (long long)e->imm);
		return;
	case PLAN_OP_LOAD:
		if (l->from == PLAN_REG)
			fprintf(out, "%s", abi_amd64.regs[l->reg].name);
		else
			fprintf(out, "SP%+lld", (long long)l->off);
		for (uint32_t i = 0; i < l->num_derefs; i++)
			fprintf(out, "[%lld]", (long long)l->derefs[i]);
		fprintf(out, ":%c%u", l->is_signed ? 's' : 'u', l->size * 8);
		return;
	case PLAN_OP_STREQ:
		fputs("(streq ", out);
		show(e->a, out);
		putc(' ', out);
		show(e->b, out);
		fprintf(out, " \"%.*s\")", (int)e->text_len, e->text);
		return;
	default:
		if (!e->a) {
			fputs(names[e->op], out);
			return;
		}
		fprintf(out, "(%s%s ", names[e->op],
			e->op >= PLAN_OP_EQ && e->op <= PLAN_OP_GE && !e->is_signed ? "u" : "");
		show(e->a, out);
		if (e->b) {
			putc(' ', out);
			show(e->b, out);
		}
		putc(')', out);
	}
}

static const struct { const char *text, *want;
} good[] = {
	{ "i > 4996", "(> AX:s64 4996)" },
	{ "4996 < i", "(< 4996 AX:s64)" },
	{ "i == -1", "(== AX:s64 -1)" },
	{ "i == 0x1F || i==0b101 || i == 0o17 || i == 017 || i == 1_000",
	  "(|| (|| (|| (|| (== AX:s64 31) (== AX:s64 5)) "
	  "(== AX:s64 15)) (== AX:s64 15)) (== AX:s64 1000))" },
	{ "i == 'a' && i != '\\n' && i > 'é'",
	  "(&& (&& (== AX:s64 97) (!= AX:s64 10)) (> AX:s64 233))" },
	{ "u16 >= 65535", "(>=u SP+32:u16 65535)" },
	{ "i8 < -128", "(< SP+40:s8 -128)" },
	{ "u == 18446744073709551615", "(==u SP+48:u64 -1)" },
	{ "i64 >= -9223372036854775808", "(>= SP+96:s64 -9223372036854775808)" },
	{ "s == \"GET\"", "(streq BX:u64 CX:s64 \"GET\")" },
	{ "\"GET\" != s", "(! (streq BX:u64 CX:s64 \"GET\"))" },
	{ "s == `a\\b`", "(streq BX:u64 CX:s64 \"a\\b\")" },
	{ "s == \"\\x41\\u00e9\\101\\\"\"", "(streq BX:u64 CX:s64 \"AéA\"\")" },
	{ "s == \"\"", "(== CX:s64 0)" },
	{ "len(s) > 3 && len(b) <= 4", "(&& (> CX:s64 3) (<= SP+16:s64 4))" },
	{ "len(a) == 5", "1" },
	{ "len(m) <= 2", "(|| (==u R10:u64 0) (<= R10[0]:s64 2))" },
	{ "len(m) == i",
	  "(|| (&& (==u R10:u64 0) (== 0 AX:s64)) (&& (!=u R10:u64 0) (== R10[0]:s64 AX:s64)))" },
	{ "len(m) > 2", "(&& (!=u R10:u64 0) (> R10[0]:s64 2))" },
	{ "r.Path == \"/x\"", "(streq DI[0]:u64 DI[8]:s64 \"/x\")" },
	{ "r.N < 7", "(< DI[16]:s32 7)" },
	{ "r.Next.Next.N == 7", "(== DI[24][24][16]:s32 7)" },
	{ "(*r).N == 7", "(== DI[16]:s32 7)" },
	{ "(*o.Deep).N == 7", "(== R11[40][0][16]:s32 7)" },
	{ "o.N == 1 && o.A == 2", "(&& (== R11[16]:s32 1) (== R11[32][0]:s64 2))" },
	{ "r != nil && nil == err", "(&& (!=u DI:u64 0) (==u R8:u64 0))" },
	{ "b == nil", "(==u SP+8:u64 0)" },
	{ "ok", "(!=u SI:u8 0)" },
	{ "!ok", "(! (!=u SI:u8 0))" },
	{ "!!ok", "(!=u SI:u8 0)" },
	{ "ok == false", "(! (!=u SI:u8 0))" },
	{ "ok == true", "(!=u SI:u8 0)" },
	{ "(i > 1) == ok",
	  "(|| (&& (> AX:s64 1) (!=u SI:u8 0)) (&& (! (> AX:s64 1)) (! (!=u SI:u8 0))))" },
	{ "true || ok", "1" },
	{ "ok && false", "(&& (!=u SI:u8 0) 0)" },
	{ "false || ok", "(!=u SI:u8 0)" },
	{ "!(1 < 2)", "0" },
	{ "i > 1 && i < 5 || ok", "(|| (&& (> AX:s64 1) (< AX:s64 5)) (!=u SI:u8 0))" },
	{ "i > 1 && (i < 5 || ok)", "(&& (> AX:s64 1) (|| (< AX:s64 5) (!=u SI:u8 0)))" },
	{ "goid == 17", "(==u goid 17)" },
	{ "pid != 4294967295 || tid == 3", "(|| (!=u pid 4294967295) (==u tid 3))" },
	{ "i == len(s)", "(== AX:s64 CX:s64)" },
	{ "len(\"abc\") == 3", "1" },
};

static void test_good(void **state)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct plan_expr *e;
		struct gosym_error *err;
		struct fixture f;
		size_t size;
		char *text;
		FILE *out;

		make(&f);
		err = expr_condition(&f.plan, &f.probe, good[i].text, &e);
		if (err)
			fail_msg("%s: %s", good[i].text, gosym_error_message(err));
		out = open_memstream(&text, &size);
		show(e, out);
		fclose(out);
		if (strcmp(text, good[i].want) != 0)
			fail_msg("%s: got %s, want %s", good[i].text, text, good[i].want);
		free(text);
		fixture_deinit(&f);
	}
}

/* ----------------------------------------------------------------- refused */

static const struct { const char *text, *want;
} bad[] = {
	{ "i > 1 && j == 3",
	  "column 10: main.f has no argument \"j\"; it has i (int), s (string), r (*Req), " },
	{ "_ == 1", "column 1: main.f has no argument \"_\"" },
	{ "s == 3", "column 3: cannot compare s (string) with the constant (an untyped integer)" },
	{ "x > 1", "column 1: x (float64) cannot be read: in a floating-point register (X0), which "
		   "a uprobe cannot read" },
	{ "x > 1.5", "column 1: x (float64) cannot be read: in a floating-point register" },
	{ "o.F + 1 > 2", "column 5: o.F is float64: the kernel compares floating-point numbers, it cannot "
			 "compute with them" },
	{ "u16 == 65536", "column 8: the constant 65536 does not fit uint16" },
	{ "u16 == -1", "column 8: the constant -1 does not fit uint16" },
	{ "i8 > 128", "column 6: the constant 128 does not fit int8" },
	{ "i == 18446744073709551616", "column 6: the number does not fit 64 bits" },
	{ "i == 18446744073709551615",
	  "column 6: the constant 18446744073709551615 does not fit int" },
	{ "i == u16", "column 3: mismatched types: i is int, u16 is uint16" },
	{ "i", "column 1: i is int, not a bool" },
	{ "i && ok", "column 1: i is int, not a bool" },
	{ "i = 3", "column 3: \"=\" assigns; compare by \"==\"" },
	{ "i == ", "column 6: the expression ends too early" },
	{ "", "column 1: the expression ends too early" },
	{ "i == 3)", "column 7: unexpected \")\"" },
	{ "(i == 3", "column 8: the expression ends too early" },
	{ "i == 09", "column 6: not a number" },
	{ "i == 0x", "column 6: not a number" },
	{ "s == \"abc", "column 6: this literal does not end" },
	{ "s == \"\\q\"", "column 6: the string holds an escape" },
	{ "s == 'ab'", "column 6: not one character" },
	{ "é == \"\" && j", "column 1: main.f has no argument \"é\"" },
	{ "\"é\" == s && j", "column 13: main.f has no argument \"j\"" },
	{ "r.X == 1", "column 3: r (*Req) has no field \"X\"; it has Path, N, _, Next" },
	{ "i.X == 1", "column 3: i is int, which has no fields" },
	{ "err.X == 1", "column 5: err is an interface (error): name the type it holds, as in err.(*pkg.T).X" },
	{ "o.Deep.N == 1", "column 8: o.Deep is **Req, which has no fields" },
	{ "*i == 1", "column 1: i is int, not a pointer" },
	{ "r == o", "column 3: mismatched types: r is *Req, o is *main.Outer" },
	{ "b == b", "column 1: b ([]uint8) can only be compared with nil" },
	{ "*r == 1", "column 1: *r is a struct (Req): compare its fields" },
	{ "i == nil", "column 1: i is int, which is never nil" },
	{ "r < nil", "column 3: nil has no order" },
	{ "ok < true", "column 4: bools have no order" },
	{ "cap(s) == 1", "column 1: s is string, which has no capacity" },
	{ "len(i) == 1", "column 1: i is int, which has no length" },
	{ "-s == 1", "column 1: s is string: the kernel computes with integers" },
	{ "m[0] == 1", "column 2: m is a map (map[int]int): the kernel cannot look for a key; len(m) would work" },
	{ "r.Next.Next.Next.Next.Next.Next.Next.Next.N == 1",
	  "column 38: r.Next.Next.Next.Next.Next.Next.Next.Next leads through more than 8 "
	  "pointers" },
};

static void test_bad(void **state)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct plan_expr *e;
		struct gosym_error *err;
		struct fixture f;

		make(&f);
		err = expr_condition(&f.plan, &f.probe, bad[i].text, &e);
		if (!err)
			fail_msg("%s: accepted", bad[i].text);
		assert_int_equal(gosym_error_code(err), GOSYM_INVALID);
		if (strncmp(gosym_error_message(err), bad[i].want, strlen(bad[i].want)) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", bad[i].text,
				 gosym_error_message(err), bad[i].want);
		gosym_error_destroy(err);
		fixture_deinit(&f);
	}
}

static void check_error(struct fixture *f, const char *text, const char *want)
{
	const struct plan_expr *e;
	struct gosym_error *err = expr_condition(&f->plan, &f->probe, text, &e);

	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_INVALID);
	if (!strstr(gosym_error_message(err), want))
		fail_msg("%s: got \"%s\", want \"%s\"", text, gosym_error_message(err), want);
	gosym_error_destroy(err);
}

/* Where the file tells less: no signature, types without names, no goroutine, a place that is not
 * proved. */
static void test_unknown(void **state)
{
	const struct plan_expr *e;
	struct fixture f;

	make(&f);
	f.probe.sig = NULL;
	check_error(&f, "i == 1", "nothing is known of the arguments of main.f");
	assert_null(expr_condition(&f.plan, &f.probe, "goid == 1", &e));
	f.probe.sig = &f.sig;
	f.sig.source = GOSYM_FROM_TYPES;
	for (size_t i = 0; i < f.sig.num_params; i++)
		f.params[i].name = NULL;
	assert_null(expr_condition(&f.plan, &f.probe, "arg0 == 1 && arg1 == \"x\"", &e));
	check_error(&f, "i == 1", "write arg0, arg1");
	f.probe.g = (struct abi_goroutine){ .kind = G_NONE, .missing = "no TLS" };
	check_error(&f, "goid == 1", "the goroutine id is not known in main.f: no TLS");
	f.params[0].name = "i";
	f.params[0].missing = "not proved";
	check_error(&f, "i == 1", "i cannot be read at the entry of main.f: not proved");
	fixture_deinit(&f);
}

/* No text may upset the parser: every prefix and every byte changed, long nesting. */
static void test_noise(void **state)
{
	static const char text[] =
		"len(r.Path) > 0x1f && (s == \"a\\n\" || !ok) && r != nil && i == -'x'";
	char copy[sizeof(text)], nested[3001];
	const struct plan_expr *e;
	struct fixture f;

	make(&f);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (int c = 1; c < 256; c += 7) {
			strcpy(copy, text);
			copy[i] = c;
			gosym_error_destroy(expr_condition(&f.plan, &f.probe, copy, &e));
		}
		copy[i] = '\0';
		gosym_error_destroy(expr_condition(&f.plan, &f.probe, copy, &e));
	}
	memset(nested, '(', sizeof(nested) - 1);
	nested[sizeof(nested) - 1] = '\0';
	gosym_error_destroy(expr_condition(&f.plan, &f.probe, nested, &e));
	memset(nested, '!', sizeof(nested) - 1);
	strcpy(nested + sizeof(nested) - 3, "ok");
	assert_null(expr_condition(&f.plan, &f.probe, nested, &e));
	fixture_deinit(&f);
}

/* ---------------------------------------------- values of histograms, keys */

static char *shown(const struct plan_expr *e)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (e)
		show(e, out);
	fclose(out);
	return text;
}

static const struct { const char *text, *want; bool is_signed, is_time; } values[] = {
	{ "i", "AX:s64", true, false },
	{ "u", "SP+48:u64", false, false },
	{ "i8", "SP+40:s8", true, false },
	{ "r.Next.N", "DI[24][16]:s32", true, false },
	{ "len(s)", "CX:s64", true, false },
	{ "len(m)", "(if (!=u R10:u64 0) R10[0]:s64)", true, false },
	{ "goid", "goid", false, false },
	{ "_d", "SP+112:s64", true, true },
};

static const struct { const char *text; enum plan_key_kind kind; const char *want, *len; } keys[] = {
	{ "i", PLAN_KEY_INT, "AX:s64", "" },
	{ "u16", PLAN_KEY_UINT, "SP+32:u16", "" },
	{ "len(m)", PLAN_KEY_INT, "(if (!=u R10:u64 0) R10[0]:s64)", "" },
	{ "s", PLAN_KEY_STRING, "BX:u64", "CX:u64" },
	{ "r.Path", PLAN_KEY_STRING, "DI[0]:u64", "DI[8]:u64" },
	{ "ok", PLAN_KEY_BOOL, "(!=u SI:u8 0)", "" },
	{ "i > 3", PLAN_KEY_BOOL, "(> AX:s64 3)", "" },
	{ "r", PLAN_KEY_PTR, "DI:u64", "" },
	{ "err.(type)", PLAN_KEY_TYPE, "(if (!=u R8:u64 0) R8[8]:u64)", "" },
	{ "tid", PLAN_KEY_UINT, "tid", "" },
	{ "caller", PLAN_KEY_CALLER, "SP+0:u64", "" },
};

/* NULL: that way it is accepted. */
static const struct { const char *text, *value, *key; } bad_aggregates[] = {
	{ "s", "--hist: column 1: s is a string; len(s) would work", NULL },
	{ "b", "--hist: column 1: b is []uint8; len(b) would work",
	  "--by: column 1: b is []uint8; len(b) would work" },
	{ "ok", "--hist: column 1: ok is a bool; it would work as a key (--by)", NULL },
	{ "i == 1", "--hist: column 3: the condition is a bool; it would work as a key (--by)", NULL },
	{ "7", "--hist: column 1: a constant is the same for every call",
	  "--by: column 1: a constant is the same for every call" },
	{ "10ms", "--hist: column 1: a constant is the same for every call",
	  "--by: column 1: a constant is the same for every call" },
	{ "*r", "--hist: column 1: *r is a struct (Req); its integers would work; it has Path, N, _, Next",
	  "--by: column 1: *r is a struct (Req); its integers would work; it has Path, N, _, Next" },
	{ "err", "--hist: column 1: err is error; integers and len() would work",
	  "--by: column 1: err is an interface (error); err.(type) would work" },
	{ "x", "--hist: column 1: x (float64) cannot be read: in a floating-point register (X0), which a "
	       "uprobe cannot read", "--by: column 1: x (float64) cannot be read" },
	{ "err.(type)", "--hist: column 6: err.(type) is a type; it would work as a key (--by)", NULL },
	{ "i.(type)", "--hist: column 4: i is int, not an interface", "--by: column 4: i is int, not an interface" },
	{ "caller", "--hist: column 1: caller is a function; it would work as a key (--by)", NULL },
	{ "j", "--hist: column 1: main.f has no argument \"j\"", "--by: column 1: main.f has no argument" },
	{ "i,", "--hist: column 2: ", "--by: column 2: " },
};

static const struct gosym_type t_duration = TYPE(GOSYM_INT64, "time.Duration", 8);

static struct gosym_error *aggregate(struct fixture *f, const char *value, const char *by)
{
	f->plan.opts.hist = value;
	f->plan.opts.hist_value = value;
	f->plan.opts.by = by;
	return expr_aggregate(&f->plan, &f->probe);
}

static void test_values(void **state)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		_cleanup_free_ char *text = NULL;
		struct fixture f;

		make(&f);
		fixture_param(&f, "_d", &t_duration);
		fixture_stack(&f, 112);
		assert_null(aggregate(&f, values[i].text, NULL));
		text = shown(f.probe.agg.value);
		assert_string_equal(text, values[i].want);
		assert_int_equal(f.probe.agg.is_signed, values[i].is_signed);
		assert_int_equal(f.probe.agg.is_time, values[i].is_time);
		assert_int_equal(f.probe.agg.by_kind, PLAN_KEY_NONE);
		fixture_deinit(&f);
	}
}

static void test_keys(void **state)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		_cleanup_free_ char *text = NULL, *len = NULL;
		struct fixture f;

		make(&f);
		assert_null(aggregate(&f, NULL, keys[i].text));
		text = shown(f.probe.agg.by);
		len = shown(f.probe.agg.by_len);
		assert_string_equal(text, keys[i].want);
		assert_string_equal(len, keys[i].len);
		assert_int_equal(f.probe.agg.by_kind, keys[i].kind);
		assert_null(f.probe.agg.value);
		fixture_deinit(&f);
	}
}

static void check_refused(struct gosym_error *err, const char *text, const char *want)
{
	if (!want) {
		assert_null(err);
		return;
	}
	if (!err)
		fail_msg("%s: accepted", text);
	if (strncmp(gosym_error_message(err), want, strlen(want)) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", text, gosym_error_message(err), want);
	gosym_error_destroy(err);
}

static void test_bad_aggregates(void **state)
{
	for (size_t i = 0; i < sizeof(bad_aggregates) / sizeof(bad_aggregates[0]); i++) {
		const char *text = bad_aggregates[i].text;
		struct fixture f;

		make(&f);
		check_refused(aggregate(&f, text, NULL), text, bad_aggregates[i].value);
		check_refused(aggregate(&f, NULL, text), text, bad_aggregates[i].key);
		fixture_deinit(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bad_aggregates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
