// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Expressions over one call, from their text to what the program in the kernel decides: the arguments lie in
 * this process's memory, and each row says what Go would say. UNDECIDED is where Go would panic.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "gosym/func.h"
#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"
#include "tracer/expr.h"

enum outcome { NO, YES, UNDECIDED, REFUSED };

struct go_string { const char *p; int64_t n; };
struct go_slice { const void *p; int64_t n, cap; };
struct req { struct go_string path; int32_t n; bool b; struct req *next; };

static const struct gosym_type t_int16 = TYPE(GOSYM_INT16, "int16", 2);
static const struct gosym_type t_uint32 = TYPE(GOSYM_UINT32, "uint32", 4);
static const struct gosym_type t_uint64 = TYPE(GOSYM_UINT64, "uint64", 8);
static const struct gosym_type t_float32 = TYPE(GOSYM_FLOAT32, "float32", 4);
static const struct gosym_type t_time = TYPE(GOSYM_INT64, "time.Duration", 8);
static const struct gosym_type t_ints = TYPE(GOSYM_SLICE, "[]int", 24, .elem = &t_int);
static const struct gosym_type t_reqs = TYPE(GOSYM_SLICE, "[]*Req", 24, .elem = &t_req_ptr);
static const struct gosym_type t_array = TYPE(GOSYM_ARRAY, "[3]int16", 6, .elem = &t_int16, .len = 3);

/* type All struct: everything behind one pointer. */
struct all {
	int64_t i, min;
	int8_t i8;
	uint8_t u8;
	int16_t array[3];
	uint32_t u32;
	uint64_t u64;
	double f, nan, zero, negative;
	float f32;
	struct go_string s, t, empty, longer, other;
	struct go_slice b, ints, none, reqs;
	struct req *r, *nil;
	const void *m, *ch;
	int64_t d;
	bool yes, no;
	struct req inner;
	const struct { int64_t i, j; } *apart;
};

#define FIELD(name_, type_) { #name_, &type_, offsetof(struct all, name_), false }
static struct gosym_field all_fields[] = {
	FIELD(i, t_int), FIELD(min, t_int), FIELD(i8, t_int8), FIELD(u8, t_uint8), FIELD(array, t_array),
	FIELD(u32, t_uint32), FIELD(u64, t_uint64), FIELD(f, t_float64), FIELD(nan, t_float64),
	FIELD(zero, t_float64), FIELD(negative, t_float64), FIELD(f32, t_float32), FIELD(s, t_string),
	FIELD(t, t_string), FIELD(empty, t_string), FIELD(longer, t_string), FIELD(other, t_string),
	FIELD(b, t_bytes), FIELD(ints, t_ints), FIELD(none, t_ints), FIELD(reqs, t_reqs), FIELD(r, t_req_ptr),
	FIELD(nil, t_req_ptr), FIELD(m, t_map), FIELD(ch, t_chan), FIELD(d, t_time), FIELD(yes, t_bool),
	FIELD(no, t_bool), { "Req", &t_req, offsetof(struct all, inner), true },
};
static const struct gosym_type t_all = TYPE(GOSYM_STRUCT, "main.All", sizeof(struct all), .fields = all_fields,
					    .num_fields = sizeof(all_fields) / sizeof(*all_fields));
static const struct gosym_type t_all_ptr = TYPE(GOSYM_POINTER, "*main.All", 8, .elem = &t_all);
static const struct gosym_func func = { .name = "main.f" };

static char text[2000], same[2000];
static const int64_t ints[] = { 10, -20, 30 };
static struct req second = { { "two", 3 }, 2, false, NULL }, first = { { "/one", 4 }, 1, true, &second };
static struct req *const reqs[] = { &first, NULL };
static const uint64_t map[1] = { 6 }, chan[2] = { 3, 10 };

static struct all all = {
	.i = 42, .min = INT64_MIN, .i8 = -128, .u8 = 200, .array = { 7, -8, 9 }, .u32 = 4000000000,
	.u64 = UINT64_MAX, .f = 1.5, .zero = -0.0, .negative = -2.25, .f32 = 0.1f,
	.s = { "GET /index.html", 15 }, .t = { "GET /index.htm", 14 }, .empty = { NULL, 0 },
	.longer = { text, 1000 }, .other = { same, 1000 }, .b = { "abcdef", 6, 8 }, .ints = { ints, 3, 4 },
	.reqs = { reqs, 2, 2 }, .r = &first, .m = map, .ch = chan, .d = 15000000, .yes = true,
	.inner = { { "in", 2 }, 77, false, NULL },
};

static const struct { const char *text; enum outcome want; } cases[] = {
	/* arithmetic, wrapping by size */
	{ "a.i + 1 == 43", YES }, { "a.i - 50 == -8", YES }, { "a.i * a.i == 1764", YES },
	{ "a.i / 5 == 8 && a.i % 5 == 2", YES }, { "(a.i - 84) / 5 == -8", YES }, { "(a.i - 84) % 5 == -2", YES },
	{ "a.i / -5 == -8 && a.i % -5 == 2", YES }, { "a.min / -1 == a.min && a.min % -1 == 0", YES },
	{ "a.i8 - 1 == 127", YES }, { "-a.i8 == -128", YES }, { "a.i8 / -1 == -128", YES },
	{ "a.u8 + 100 == 44", YES }, { "a.u8 * 2 == 144", YES }, { "^a.u8 == 55", YES }, { "-a.u8 == 56", YES },
	{ "a.u32 + a.u32 == 3705032704", YES }, { "a.u64 + 1 == 0", YES }, { "a.u64 / 3 == 6148914691236517205", YES },
	{ "a.i & 10 == 10", YES }, { "a.i | 1 == 43", YES }, { "a.i ^ 2 == 40", YES }, { "a.i &^ 2 == 40", YES },
	{ "a.i << 2 == 168", YES }, { "a.i >> 1 == 21", YES }, { "a.min >> 70 == -1", YES }, { "a.i << 64 == 0", YES },
	{ "a.u8 << 1 == 144", YES }, { "a.u8 >> 3 == 25", YES }, { "a.i8 >> 1 == -64", YES }, { "a.i << a.u8 == 0", YES },
	{ "a.i >> a.u32 == 0", YES }, { "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9", YES }, { "7 / 2 == 3 && -7 / 2 == -3", YES },
	{ "1 << 40 >> 38 == 4", YES }, { "a.i + 2*3 == 48", YES }, { "a.i == 'A' - 23", YES },
	{ "a.i / (a.i - 42) == 1", UNDECIDED }, { "a.i % a.array[0] == 0", REFUSED }, { "a.i % int(a.array[0]) == 0", YES },
	{ "a.i << (a.i - 43) == 0", UNDECIDED }, { "a.yes || a.i / (a.i - 42) == 1", YES },
	{ "a.i / 0 == 1", REFUSED }, { "a.i + a.u8 == 1", REFUSED }, { "a.u8 + 256 == 1", REFUSED },
	{ "a.s + 1 == 2", REFUSED }, { "1 << a.i == 3", REFUSED }, { "a.i << -1 == 3", REFUSED },
	/* conversions */
	{ "int(a.u8) + 100 == 300", YES }, { "uint8(a.i + 256) == 42", YES }, { "int8(a.u8) == -56", YES },
	{ "uint64(a.i8) == 18446744073709551488", YES }, { "uint32(a.min >> 1) == 0", YES }, { "int64(a.u64) == -1", YES },
	{ "uint8(300) == 44", REFUSED }, { "rune(a.u8) == 200 && byte(a.i) == '*'", YES },
	/* unsigned and signed order */
	{ "a.u64 > 9223372036854775808", YES }, { "a.u64 > 5 && a.min < 5", YES }, { "a.i8 < 0 && a.u8 > 127", YES },
	/* floats */
	{ "a.f == 1.5 && a.f > 1 && a.f < 1.500001 && a.f >= 1.5", YES }, { "a.f != 1.5", NO }, { "1.25 < a.f", YES },
	{ "a.negative < 0 && a.negative < -2 && a.negative > -2.5 && a.negative == -2.25", YES },
	{ "a.zero == 0 && a.zero == 0.0 && a.zero >= 0 && !(a.zero < 0)", YES }, { "a.negative < a.zero && a.zero < a.f", YES },
	{ "a.nan == a.nan", NO }, { "a.nan != a.nan", YES }, { "a.nan < 1 || a.nan > 1 || a.nan == 1 || a.nan <= 1", NO },
	{ "a.nan != 1.0", YES }, { "a.f < a.nan || a.f >= a.nan", NO }, { "a.f32 == 0.1", YES }, { "a.f32 < 0.1", NO },
	{ "a.f32 > 0.0999 && a.f32 < 1e-1 + 1", REFUSED }, { "a.f32 > 9.99e-2 && a.f32 <= .1", YES }, { "a.f == a.f32", REFUSED },
	{ "a.f + 1 == 2", REFUSED }, { "a.i == 1.5", REFUSED }, { "1.5 < 2 && 2 < 2.5", YES },
	/* strings */
	{ "a.s == \"GET /index.html\" && a.s != a.t", YES }, { "a.t < a.s && a.s > a.t && a.t <= a.s", YES },
	{ "a.s < \"GET /index.html\"", NO }, { "a.s <= \"GET /index.html\"", YES }, { "a.s < \"GET /index.html\\x00\"", YES },
	{ "a.s > \"GET /index.htm\" && a.s < \"GET /j\" && a.s > \"GET /a\" && a.s > \"\"", YES }, { "a.empty < a.s", YES },
	{ "a.empty == \"\" && a.empty == a.empty && a.empty >= \"\" && a.empty < \"a\"", YES }, { "\"H\" > a.s", YES },
	{ "strings.HasPrefix(a.s, \"GET \")", YES }, { "strings.HasPrefix(a.s, \"GET /index.html5\")", NO },
	{ "strings.HasPrefix(a.s, \"\") && strings.HasPrefix(a.empty, \"\")", YES }, { "strings.HasSuffix(a.s, \".html\")", YES },
	{ "strings.HasSuffix(a.s, \".htm\")", NO }, { "strings.HasSuffix(a.empty, \"x\")", NO },
	{ "strings.Contains(a.s, \"index\")", YES }, { "strings.Contains(a.s, \"G\") && strings.Contains(a.s, \"l\")", YES },
	{ "strings.Contains(a.s, \"indexx\")", NO }, { "strings.Contains(a.s, \"GET /index.html\")", YES },
	{ "strings.Contains(a.longer, \"<needle>\")", YES }, { "strings.Contains(a.longer, \"absent\")", NO },
	{ "strings.HasPrefix(\"abc\", \"ab\") && strings.Contains(\"abc\", \"bc\")", YES }, { "a.longer == a.other", NO },
	{ "a.longer != a.other && a.longer < a.other", YES }, { "a.longer == a.longer", YES }, { "a.s[0] == 'G' && a.s[14] == 'l'", YES },
	{ "a.s[15] == 'x'", UNDECIDED }, { "len(a.s) - 1 == 14", YES }, { "a.s == 3", REFUSED }, { "a.s.x == 3", REFUSED },
	{ "string(a.b) == \"abcdef\"", YES }, { "bytes.HasPrefix(a.b, []byte(\"abc\"))", YES }, { "bytes.HasSuffix(a.b, \"ef\")", YES },
	{ "bytes.Contains(a.b, []byte(\"cd\")) && bytes.Equal(a.b, []byte(\"abcdef\"))", YES }, { "a.b == \"x\"", REFUSED },
	{ "bytes.HasPrefix(a.s, \"x\")", REFUSED }, { "strings.HasPrefix(a.b, \"x\")", REFUSED }, { "string(a.b) > \"abc\"", YES },
	/* elements */
	{ "a.ints[0] == 10 && a.ints[1] == -20 && a.ints[2] > 29", YES }, { "a.ints[3] == 0", UNDECIDED }, { "a.none[0] == 0", UNDECIDED },
	{ "len(a.ints) > 3 && a.ints[3] == 0", NO }, { "a.array[1] == -8 && a.array[2] == 9", YES }, { "a.array[3] == 0", REFUSED },
	{ "a.reqs[0].N == 1 && a.reqs[0].Next.N == 2", YES }, { "a.reqs[1].N == 1", UNDECIDED }, { "a.reqs[1] == nil", YES },
	{ "a.reqs[2].N == 1", UNDECIDED }, { "a.b[2] == 'c'", YES }, { "a.ints[a.i] == 1", REFUSED }, { "a.ints[-1] == 1", REFUSED },
	{ "a.ints[1+1] == 30", YES }, { "a.reqs[0].Path[1] == 'o'", YES },
	/* lengths */
	{ "len(a.ints) == 3 && cap(a.ints) == 4 && cap(a.b) == 8", YES }, { "len(a.m) == 6 && len(a.m) * 2 == 12", YES },
	{ "len(a.ch) == 3 && cap(a.ch) == 10", YES }, { "len(a.array) == 3 && cap(a.array) == 3", YES }, { "cap(a.m) == 1", REFUSED },
	/* pointers, paths, promoted fields */
	{ "a.r.Next.Path == \"two\" && a.r.Next.Next == nil", YES }, { "a.nil.N == 1", UNDECIDED }, { "a.nil == nil && a.r != nil", YES },
	{ "a.nil != nil && a.nil.N == 1", NO }, { "a.r == a.reqs[0]", YES }, { "a.r == a.nil", NO }, { "a.N == 77 && a.Path == \"in\"", YES },
	{ "a.Req.N == 77 && (*a.r).N == 1 && (*a).i == 42", YES }, { "!a.nil.b", REFUSED },
	/* times */
	{ "a.d == 15ms && a.d > 10*time.Millisecond && a.d < time.Second", YES }, { "a.d / time.Millisecond == 15", YES },
	{ "a.d == time.Duration(a.i)*0 + 15ms", YES }, { "a.d > 1.5s", NO },
	/* bools */
	{ "a.yes && !a.no && a.yes != a.no", YES }, { "(a.i > 1) == a.yes", YES }, { "a.yes & a.no", REFUSED },
	{ "tid == 78 && pid % 7 == 0 && goid + 1 == 18", YES },
};

static void run_case(const char *expr, enum outcome want)
{
	struct bpf_target target = { .ring_fd = 3, .counters_fd = 4, .fsbase_off = 16, .wake_bytes = 1000 };
	struct bpf_run run = { .cookie = 5, .pid_tgid = 77ULL << 32 | 78 };
	struct bpf_asm a = { .nomem = false };
	uint64_t g[32] = { [19] = 17 }, value;
	enum outcome got = REFUSED;
	struct gosym_error *err;
	struct fixture f;

	fixture_init(&f);
	f.probe.func = &func;
	f.sig.source = GOSYM_FROM_DWARF;
	fixture_param(&f, "a", &t_all_ptr);
	fixture_regs(&f, AX);
	value = (uintptr_t)&all;
	memcpy(run.regs + abi_amd64.regs[AX].pt_regs, &value, 8);
	value = (uintptr_t)g;
	memcpy(run.regs + abi_amd64.regs[R14].pt_regs, &value, 8);
	plan_no_values(&f.plan, &f.probe);
	err = expr_condition(&f.plan, &f.probe, expr, &f.probe.cond);
	if (err && want != REFUSED)
		fail_msg("%s: %s", expr, gosym_error_message(err));
	if (!err) {
		assert_null(bpf_gen_probe(&f.plan, &f.probe, &target, &a));
		bpf_run(&run, &a);
		got = run.counters.undecided ? UNDECIDED : run.counters.calls ? YES : NO;
	}
	if (got != want)
		fail_msg("%s: outcome %d, want %d", expr, got, want);
	gosym_error_destroy(err);
	bpf_asm_deinit(&a);
	fixture_deinit(&f);
}

static void outcomes(void **state)
{
	(void)state;
	all.nan = NAN;
	memset(text, 'x', sizeof(text));
	memcpy(text + 509, "<needle>", 8);		/* across two windows */
	memcpy(same, text, sizeof(same));
	same[999] = 'y';
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		run_case(cases[i].text, cases[i].want);
}

/* Printed: paths lead to values as of arguments, the rest is computed into the record. */
static void printed(void **state)
{
	static const struct { const char *name; enum gosym_kind kind; int64_t number; int32_t status; } want[] = {
		{ "a.i * 2", GOSYM_INT, 84, 0 }, { "a.u8 + 100", GOSYM_UINT8, 44, 0 }, { "a.i > 3", GOSYM_BOOL, 1, 0 },
		{ "a.r.Next.N", GOSYM_INT32, 2, 0 }, { "a.ints[1]", GOSYM_INT, -20, 0 }, { "len(a.m)", GOSYM_INT, 6, 0 },
		{ "a.ints[3]", GOSYM_INT, 0, PLAN_SKIPPED }, { "a.nil.N", GOSYM_INT32, 0, PLAN_SKIPPED },
		{ "a.i / (a.i - 42)", GOSYM_INT, 0, -EFAULT }, { "goid", GOSYM_UINT64, 17, 0 },
	};
	struct bpf_target target = { .ring_fd = 3, .counters_fd = 4, .fsbase_off = 16, .wake_bytes = 1000 };
	struct bpf_run run = { .cookie = 5 };
	struct bpf_asm a = { .nomem = false };
	uint64_t g[32] = { [19] = 17 }, value = (uintptr_t)&all;
	char list[300] = "";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.probe.func = &func;
	fixture_param(&f, "a", &t_all_ptr);
	fixture_regs(&f, AX);
	memcpy(run.regs + abi_amd64.regs[AX].pt_regs, &value, 8);
	value = (uintptr_t)g;
	memcpy(run.regs + abi_amd64.regs[R14].pt_regs, &value, 8);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s %s", i ? " ," : "", want[i].name);
	f.plan.opts.print = list;
	assert_null(expr_print(&f.plan, &f.probe, false, &f.probe.print));
	assert_null(plan_build_values(&f.plan, &f.probe));
	assert_null(bpf_gen_probe(&f.plan, &f.probe, &target, &a));
	bpf_run(&run, &a);
	assert_int_equal(f.probe.num_args, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < f.probe.num_args; i++) {
		const struct plan_value *v = &f.probe.args[i];
		int32_t status = -1;
		int64_t number = 0;

		assert_string_equal(v->name, want[i].name);
		assert_int_equal(gosym_type_kind(v->type), want[i].kind);
		memcpy(&status, run.record + f.probe.fetches[v->fetch].status, sizeof(status));
		assert_int_equal(status, want[i].status);
		memcpy(&number, run.record + v->image, gosym_type_size(v->type));
		if (!status)
			assert_int_equal((uint64_t)number << (64 - 8 * gosym_type_size(v->type)),
					 (uint64_t)want[i].number << (64 - 8 * gosym_type_size(v->type)));
	}
	bpf_asm_deinit(&a);
	fixture_deinit(&f);
}

/* What is longer than is looked at is not false. */
static void too_long(void **state)
{
	(void)state;
	all.longer.n = all.other.n = 2000;
	same[999] = 'x';
	memset(text + 509, 'x', 8);
	memset(same + 509, 'x', 8);
	run_case("strings.Contains(a.longer, \"<needle>\")", UNDECIDED);
	run_case("a.longer == a.other", UNDECIDED);
	run_case("a.longer != a.other", UNDECIDED);
	memcpy(text + 400, "<needle>", 8);
	run_case("strings.Contains(a.longer, \"<needle>\")", YES);
	run_case("a.longer == a.other", NO);
	run_case("a.longer < a.other", YES);
	all.longer.n = INT64_MAX;		/* garbage */
	run_case("strings.HasPrefix(a.longer, \"xx\")", YES);
	all.longer.p = NULL;
	run_case("strings.HasPrefix(a.longer, \"xx\")", UNDECIDED);
}

/* Far behind nil there may be something. */
static void far_behind_nil(void **state)
{
	static const struct gosym_type big = TYPE(GOSYM_ARRAY, "[1<<50]int", 1ULL << 53, .elem = &t_int,
						  .len = 1ULL << 50);
	static const struct gosym_type big_ptr = TYPE(GOSYM_POINTER, "*[1<<50]int", 8, .elem = &big);
	struct gosym_field *nil = &all_fields[22];
	const struct gosym_type *before = nil->type;
	char expr[64];

	(void)state;
	assert_string_equal(nil->name, "nil");
	nil->type = &big_ptr;
	snprintf(expr, sizeof(expr), "a.nil[%llu] == 0", (unsigned long long)((uintptr_t)&all / 8));
	run_case(expr, UNDECIDED);
	nil->type = before;
}

/* The kernel's limits, said with the column. */
static void limits(void **state)
{
	static char deep[4096] = "a.i == ", many[4096] = "a.i > 1";
	char *to = deep + strlen(deep);

	(void)state;
	for (int i = 0; i < 40; i++)
		to = stpcpy(to, "a.i + (");
	to = stpcpy(to, "a.i");
	for (int i = 0; i < 40; i++)
		to = stpcpy(to, ")");
	run_case(deep, REFUSED);
	for (int i = 0; i < 100; i++)
		strcat(many, " || a.s == a.t");
	run_case(many, REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(printed),
		cmocka_unit_test(too_long),
		cmocka_unit_test(far_behind_nil),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
