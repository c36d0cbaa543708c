// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Records to text and JSON: hand-made plans over hand-made records. The forms are those of the command's
 * documentation; what matters most is what is shown when a fetch did not succeed.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <errno.h>
#include <math.h>
#include <string.h>

#include "gosym/binary.h"
#include "gosym/type.h"
#include "tracer/event.h"

/* What a binary would know, in place of one: the linker puts these before the real functions. */
struct gosym_error *__wrap_gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret);
struct gosym_error *__wrap_gosym_func_at_addr(struct gosym_binary *b, uint64_t addr, const struct gosym_func **ret);
bool __wrap_elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret);

/* Link-time addresses; the process runs BIAS higher. */
enum { TYPE_RESPONSE = 0x50000, ITAB = 0x60000, CODE = 0x1230, SITE = 0x1004, BIAS = 0x7000000 };

static const struct gosym_func traced = { .name = "main.f", .entry = 0x1000, .end = 0x1100 };
static const struct gosym_func closure = { .name = "main.main.func1", .entry = CODE, .end = CODE + 16 };

struct gosym_error *__wrap_gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret)
{
	if (addr != TYPE_RESPONSE)
		return gosym_error_new(GOSYM_NOT_FOUND, "no type at 0x%llx", (unsigned long long)addr);
	*ret = "*net/http.response";
	return NULL;
}

struct gosym_error *__wrap_gosym_func_at_addr(struct gosym_binary *b, uint64_t addr, const struct gosym_func **ret)
{
	if (addr != CODE)
		return gosym_error_new(GOSYM_NOT_FOUND, "no function at 0x%llx", (unsigned long long)addr);
	*ret = &closure;
	return NULL;
}

bool __wrap_elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret)
{
	if (addr != ITAB + 8)
		return false;
	*ret = TYPE_RESPONSE;
	return true;
}

/* ---- a record and its plan. Status words of fetch n at 48 + 4n, the value at VALUE, what is fetched at DATA. */

enum { STATUS = 48, VALUE = 80, DATA = 160, RECORD = 512, FETCHES = 8 };

static struct {
	struct gosym_plan plan;
	struct gosym_binary binary;
	struct abi_site site;
	struct plan_fetch fetches[FETCHES];
	struct plan_probe probe;
	struct gotrace_event event;
	union {
		uint8_t bytes[RECORD];
		struct plan_record head;
	} record;
} fx;

static int reset(void **state)
{
	memset(&fx, 0, sizeof(fx));
	fx.plan.arch = abi_arch_find(62 /* EM_X86_64 */, 8, false);
	fx.plan.binary = &fx.binary;
	fx.site.pub.addr = SITE;
	fx.probe = (struct plan_probe){ .func = &traced, .site = &fx.site.pub, .fetches = fx.fetches,
					.num_fetches = FETCHES, .record_size = RECORD };
	for (int i = 0; i < FETCHES; i++)
		fx.fetches[i] = (struct plan_fetch){ .from = PLAN_DEREF, .ptr = VALUE, .dst = DATA, .size = 64,
						     .status = STATUS + 4 * i, .guard = PLAN_NO_FETCH };
	fx.record.head = (struct plan_record){ .size = RECORD, .ts = 123456789012345, .tid = 8, .pid = 7, .goid = 10,
					       .ip = BIAS + SITE };
	fx.event = (struct gotrace_event){ .plan = &fx.plan, .probe = &fx.probe, .record = &fx.record.head };
	return 0;
}

static void put_status(int fetch, int32_t status)
{
	memcpy(fx.record.bytes + STATUS + 4 * fetch, &status, sizeof(status));
}

static void put_words(size_t at, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t words[] = { a, b, c };

	memcpy(fx.record.bytes + at, words, sizeof(words));
}

#define PUT(at, type, value) memcpy(fx.record.bytes + (at), &(type){ value }, sizeof(type))

/* Fetch number n brings up to max elements of size bytes behind the value's pointer. */
static void var_fetch(int n, uint32_t size, uint32_t max)
{
	fx.fetches[n].from = PLAN_DEREF_VAR;
	fx.fetches[n].count = VALUE + 8;
	fx.fetches[n].size = size;
	fx.fetches[n].max_count = max;
}

static struct plan_value value_of(const struct gosym_type *type)
{
	return (struct plan_value){ .name = "v", .type = type, .image = VALUE, .fetch = PLAN_NO_FETCH,
				    .target = PLAN_NO_FETCH };
}

static char *render(bool json, bool color)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_null(json ? gotrace_event_json(&fx.event, out) : gotrace_event_text(&fx.event, color, out));
	fclose(out);
	return text;
}

static void check(struct plan_value v, const char *json, const char *text)
{
	char want[1024], *have;

	fx.probe.args = &v;
	fx.probe.num_args = 1;
	have = render(true, false);
	snprintf(want, sizeof(want), "{\"type\":\"call\",\"ts\":123456789012345,\"pid\":7,\"tid\":8,\"goid\":10,"
		 "\"func\":\"main.f\",\"args\":[{\"name\":\"v\",\"type\":\"%s\",\"value\":%s}]}\n",
		 gosym_type_name(v.type), json);
	assert_string_equal(have, want);
	free(have);
	have = render(false, false);
	snprintf(want, sizeof(want), "> goroutine(10) main.f(v=%s)\n", text);
	assert_string_equal(have, want);
	free(have);
}

/* ---- types */

#define TYPE(n, k, s, ...) { .name = n, .kind = k, .size = s, .align = 8, ##__VA_ARGS__ }

static const struct gosym_type
	t_bool = TYPE("bool", GOSYM_BOOL, 1), t_int = TYPE("int", GOSYM_INT, 8), t_int8 = TYPE("int8", GOSYM_INT8, 1),
	t_int16 = TYPE("int16", GOSYM_INT16, 2), t_int32 = TYPE("rune", GOSYM_INT32, 4),
	t_uint8 = TYPE("uint8", GOSYM_UINT8, 1), t_uint16 = TYPE("uint16", GOSYM_UINT16, 2),
	t_uint32 = TYPE("uint32", GOSYM_UINT32, 4), t_uint64 = TYPE("uint64", GOSYM_UINT64, 8),
	t_uintptr = TYPE("uintptr", GOSYM_UINTPTR, 8), t_f32 = TYPE("float32", GOSYM_FLOAT32, 4),
	t_f64 = TYPE("float64", GOSYM_FLOAT64, 8), t_c64 = TYPE("complex64", GOSYM_COMPLEX64, 8),
	t_c128 = TYPE("complex128", GOSYM_COMPLEX128, 16), t_string = TYPE("string", GOSYM_STRING, 16),
	t_ints = TYPE("[]int16", GOSYM_SLICE, 24, .elem = &t_int16),
	t_strings = TYPE("[]string", GOSYM_SLICE, 24, .elem = &t_string),
	t_empty = TYPE("struct {}", GOSYM_STRUCT, 0), t_empties = TYPE("[]struct {}", GOSYM_SLICE, 24, .elem = &t_empty),
	t_array = TYPE("[3]int16", GOSYM_ARRAY, 6, .elem = &t_int16, .len = 3),
	t_p_int16 = TYPE("*int16", GOSYM_POINTER, 8, .elem = &t_int16),
	t_p_empty = TYPE("*struct {}", GOSYM_POINTER, 8, .elem = &t_empty),
	t_unsafe = TYPE("unsafe.Pointer", GOSYM_UNSAFE_POINTER, 8),
	t_any = TYPE("interface {}", GOSYM_INTERFACE, 16, .empty_interface = true),
	t_writer = TYPE("io.Writer", GOSYM_INTERFACE, 16), t_map = TYPE("map[string]int", GOSYM_MAP, 8),
	t_chan = TYPE("chan int", GOSYM_CHAN, 8), t_func = TYPE("func()", GOSYM_FUNC, 8),
	t_raw = TYPE("?8", GOSYM_UINT64, 8);

static const struct gosym_field point_fields[] = { { "X", &t_int, 0, false }, { "F", &t_f64, 8, false } };
static const struct gosym_type t_point = TYPE("main.Point", GOSYM_STRUCT, 16, .num_fields = 2,
					      .fields = (struct gosym_field *)point_fields);
static const struct gosym_type t_p_point = TYPE("*main.Point", GOSYM_POINTER, 8, .elem = &t_point);

/* ---- tests */

static void large_integers(void **state)
{
	put_words(VALUE, (uint64_t)1 << 63, 0, 0);
	check(value_of(&t_int), "-9223372036854775808", "-9223372036854775808");
	put_words(VALUE, ((uint64_t)1 << 53) + 1, 0, 0);
	check(value_of(&t_int), "9007199254740993", "9007199254740993");
}

static void integers_by_size(void **state)
{
	put_words(VALUE, UINT64_MAX, 0, 0);
	check(value_of(&t_int), "-1", "-1");
	check(value_of(&t_int8), "-1", "-1");
	check(value_of(&t_int16), "-1", "-1");
	check(value_of(&t_int32), "-1", "-1");
	check(value_of(&t_uint8), "255", "255");
	check(value_of(&t_uint16), "65535", "65535");
	check(value_of(&t_uint32), "4294967295", "4294967295");
	check(value_of(&t_uint64), "18446744073709551615", "18446744073709551615");
	check(value_of(&t_uintptr), "18446744073709551615", "18446744073709551615");
	check(value_of(&t_raw), "\"0xffffffffffffffff\"", "0xffffffffffffffff");
	check(value_of(&t_bool), "true", "true");
	/* Neighbours do not leak in. */
	put_words(VALUE, 0x8000, 0, 0);
	check(value_of(&t_int8), "0", "0");
	check(value_of(&t_bool), "false", "false");
	check(value_of(&t_int16), "-32768", "-32768");
}

static void floats(void **state)
{
	PUT(VALUE, float, 0.1f);
	check(value_of(&t_f32), "0.1", "0.1");
	PUT(VALUE, double, 0.1);
	check(value_of(&t_f64), "0.1", "0.1");
	PUT(VALUE, double, 1.0 / 3);
	check(value_of(&t_f64), "0.3333333333333333", "0.3333333333333333");
	PUT(VALUE, double, NAN);
	check(value_of(&t_f64), "\"NaN\"", "NaN");
	PUT(VALUE, double, -INFINITY);
	check(value_of(&t_f64), "\"-Inf\"", "-Inf");
	PUT(VALUE, double, -0.0);
	check(value_of(&t_f64), "-0", "-0");
	PUT(VALUE, float, 1.5f);
	PUT(VALUE + 4, float, -2);
	check(value_of(&t_c64), "{\"re\":1.5,\"im\":-2}", "(1.5-2i)");
	PUT(VALUE, double, INFINITY);
	PUT(VALUE + 8, double, 2);
	check(value_of(&t_c128), "{\"re\":\"+Inf\",\"im\":2}", "(+Inf+2i)");
}

static void strings(void **state)
{
	struct plan_value v = value_of(&t_string);

	v.target = 0;
	var_fetch(0, 1, 8);
	put_words(VALUE, 0xc000, 5, 0);
	memcpy(fx.record.bytes + DATA, "h\"\xc3\xbc\xff\nrest", 10);
	check(v, "\"h\\\"\xc3\xbc\xef\xbf\xbd\"", "\"h\\\"\xc3\xbc\\xff\"");
	put_words(VALUE, 0xc000, 100, 0);
	check(v, "{\"string\":\"h\\\"\xc3\xbc\xef\xbf\xbd\\nre\",\"len\":100}",
	      "\"h\\\"\xc3\xbc\\xff\\nre\"...+92 more");
	put_status(0, -EFAULT);
	check(v, "{\"error\":\"fault\"}", "<fault>");
	/* Nothing to fetch: the pointer may be anything. */
	put_words(VALUE, 0, 0, 0);
	put_status(0, PLAN_SKIPPED);
	check(v, "\"\"", "\"\"");
	v.target = PLAN_NO_FETCH;
	put_words(VALUE, 0xc000, 3, 0);
	check(v, "{\"string\":\"\",\"len\":3}", "\"\"...+3 more");
}

static void text_escapes(void **state)
{
	struct plan_value v = value_of(&t_string);
	/* Escape sequence, DEL, right-to-left override, a surrogate, a rune of four bytes. */
	static const char raw[] = "\x1b[2J\x7f\xe2\x80\xae\xed\xa0\x80\xf0\x9f\x90\xb9";

	v.target = 0;
	var_fetch(0, 1, 64);
	put_words(VALUE, 0xc000, sizeof(raw) - 1, 0);
	memcpy(fx.record.bytes + DATA, raw, sizeof(raw));
	check(v, "\"\\u001b[2J\\u007f\xe2\x80\xae\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x90\xb9\"",
	      "\"\\x1b[2J\\x7f\\u202e\\xed\\xa0\\x80\xf0\x9f\x90\xb9\"");
}

static void slices(void **state)
{
	struct plan_value kids[3], v = value_of(&t_ints);

	v.target = 0;
	v.kids = kids;
	v.num_kids = 3;
	var_fetch(0, 2, 3);
	for (int i = 0; i < 3; i++) {
		kids[i] = (struct plan_value){ .type = &t_int16, .image = DATA + 2 * i, .fetch = 0, .target = PLAN_NO_FETCH };
		PUT(DATA + 2 * i, int16_t, (int16_t)(-1 - i));
	}
	put_status(0, PLAN_SKIPPED);
	check(v, "null", "nil");
	put_words(VALUE, 0xc000, 0, 4);
	put_status(0, 0);
	check(v, "{\"len\":0,\"cap\":4,\"elems\":[]}", "[]int16 len: 0, cap: 4, []");
	put_words(VALUE, 0xc000, 2, 4);
	check(v, "{\"len\":2,\"cap\":4,\"elems\":[-1,-2]}", "[]int16 len: 2, cap: 4, [-1,-2]");
	put_words(VALUE, 0xc000, 10, 16);
	check(v, "{\"len\":10,\"cap\":16,\"elems\":[-1,-2,-3]}", "[]int16 len: 10, cap: 16, [-1,-2,-3,...+7 more]");
	put_status(0, -EFAULT);
	check(v, "{\"len\":10,\"cap\":16,\"elems\":{\"error\":\"fault\"}}", "[]int16 len: 10, cap: 16, <fault>");
	v.target = PLAN_NO_FETCH;
	v.num_kids = 0;
	check(v, "{\"len\":10,\"cap\":16,\"elems\":[]}", "[]int16 len: 10, cap: 16, [...+10 more]");
}

/* Elements whose own fetches fared differently; elements without size. */
static void slices_of(void **state)
{
	struct plan_value kids[2], empties[2], v = value_of(&t_strings);

	v.target = 0;
	v.kids = kids;
	v.num_kids = 2;
	var_fetch(0, 16, 2);
	put_words(VALUE, 0xc000, 2, 2);
	for (int i = 0; i < 2; i++) {
		kids[i] = (struct plan_value){ .type = &t_string, .image = DATA + 16 * i, .fetch = 0, .target = 1 + i };
		put_words(DATA + 16 * i, 0xc100, 1, 0);
		fx.fetches[1 + i] = (struct plan_fetch){ .from = PLAN_DEREF_VAR, .size = 1, .max_count = 8,
			.count = DATA + 16 * i + 8, .dst = DATA + 64, .status = STATUS + 4 * (1 + i), .guard = 0 };
	}
	fx.record.bytes[DATA + 64] = 'x';
	put_status(2, -EFAULT);
	check(v, "{\"len\":2,\"cap\":2,\"elems\":[\"x\",{\"error\":\"fault\"}]}", "[]string len: 2, cap: 2, [\"x\",<fault>]");
	v = value_of(&t_empties);
	v.kids = empties;
	v.num_kids = 2;
	empties[0] = empties[1] = value_of(&t_empty);
	put_words(VALUE, 0xc000, 1, 1);
	check(v, "{\"len\":1,\"cap\":1,\"elems\":[{}]}", "[]struct {} len: 1, cap: 1, [struct {} {}]");
}

static void pointers(void **state)
{
	struct plan_value kid = value_of(&t_int16), v = value_of(&t_p_int16);

	kid.image = DATA;
	kid.fetch = v.target = 0;
	v.kids = &kid;
	v.num_kids = 1;
	put_status(0, PLAN_SKIPPED);
	check(v, "null", "nil");
	put_words(VALUE, 0xc000012345, 0, 0);
	put_status(0, 0);
	PUT(DATA, int16_t, -7);
	check(v, "{\"ptr\":\"0xc000012345\",\"value\":-7}", "*-7");
	put_status(0, -EFAULT);
	check(v, "{\"ptr\":\"0xc000012345\",\"value\":{\"error\":\"fault\"}}", "(*int16)(0xc000012345) <fault>");
	v.target = PLAN_NO_FETCH;
	v.num_kids = 0;
	check(v, "\"0xc000012345\"", "(*int16)(0xc000012345)");
	/* A pointee without size is there without a fetch. */
	v = value_of(&t_p_empty);
	kid = value_of(&t_empty);
	v.kids = &kid;
	v.num_kids = 1;
	check(v, "{\"ptr\":\"0xc000012345\",\"value\":{}}", "*struct {} {}");
	check(value_of(&t_unsafe), "\"0xc000012345\"", "unsafe.Pointer(0xc000012345)");
	put_words(VALUE, 0, 0, 0);
	check(value_of(&t_unsafe), "null", "nil");
}

static void structs(void **state)
{
	struct plan_value fields[2] = { value_of(&t_int), value_of(&t_f64) }, v = value_of(&t_point), p;

	fields[0].name = "X";
	fields[1].name = "F";
	fields[1].missing = "in register X0";
	v.kids = fields;
	v.num_kids = 2;
	put_words(VALUE, 3, 0, 0);
	check(v, "{\"X\":3,\"F\":{\"error\":\"unavailable\"}}", "main.Point {X: 3, F: <unavailable: in register X0>}");
	p = value_of(&t_p_point);
	p.kids = &v;
	p.num_kids = 1;
	p.target = v.fetch = fields[0].fetch = 0;
	check(p, "{\"ptr\":\"0x3\",\"value\":{\"X\":3,\"F\":{\"error\":\"unavailable\"}}}",
	      "*main.Point {X: 3, F: <unavailable: in register X0>}");
	put_status(0, -EFAULT);
	check(p, "{\"ptr\":\"0x3\",\"value\":{\"error\":\"fault\"}}", "(*main.Point)(0x3) <fault>");
	v.missing = "it has no known place";
	check(v, "{\"error\":\"unavailable\"}", "<unavailable: it has no known place>");
}

static void arrays(void **state)
{
	struct plan_value kids[3], v = value_of(&t_array);

	v.kids = kids;
	v.num_kids = 3;
	for (int i = 0; i < 3; i++) {
		kids[i] = value_of(&t_int16);
		kids[i].image += 2 * i;
		PUT(VALUE + 2 * i, int16_t, (int16_t)i);
	}
	check(v, "[0,1,2]", "[3]int16 [0,1,2]");
	v.num_kids = 1;
	check(v, "{\"len\":3,\"elems\":[0]}", "[3]int16 [0,...+2 more]");
}

static void interfaces(void **state)
{
	struct plan_value any = value_of(&t_any), writer = value_of(&t_writer);

	check(any, "null", "nil");
	check(writer, "null", "nil");
	put_words(VALUE, BIAS + TYPE_RESPONSE, 0xc000073828, 0);
	check(any, "{\"type\":\"*net/http.response\",\"value\":\"0xc000073828\"}",
	      "interface {}(*net/http.response) 0xc000073828");
	put_words(VALUE, 0xc000111111, 0xc000073828, 0);
	check(any, "{\"type\":\"0xc000111111\",\"value\":\"0xc000073828\"}", "interface {}(0xc000111111) 0xc000073828");
	/* The type word behind the itab; where that page is not present, the file's own copy of the itab. */
	writer.target = 0;
	put_words(VALUE, BIAS + ITAB, 0xc000073828, 0);
	put_words(DATA, BIAS + TYPE_RESPONSE, 0, 0);
	check(writer, "{\"type\":\"*net/http.response\",\"value\":\"0xc000073828\"}",
	      "io.Writer(*net/http.response) 0xc000073828");
	put_words(DATA, 0, 0, 0);
	put_status(0, -EFAULT);
	check(writer, "{\"type\":\"*net/http.response\",\"value\":\"0xc000073828\"}",
	      "io.Writer(*net/http.response) 0xc000073828");
	put_words(VALUE, 0xc000222222, 0xc000073828, 0);
	check(writer, "{\"type\":\"0xc000222222\",\"value\":\"0xc000073828\"}",
	      "io.Writer(0xc000222222) 0xc000073828");
}

static void references(void **state)
{
	struct plan_value map = value_of(&t_map), chan = value_of(&t_chan), func = value_of(&t_func);

	map.target = chan.target = func.target = 0;
	check(map, "null", "nil");
	check(chan, "null", "nil");
	check(func, "null", "nil");
	put_words(VALUE, 0xc000, 0, 0);
	put_words(DATA, 3, 10, 0);
	check(map, "{\"len\":3,\"ptr\":\"0xc000\"}", "map[string]int len: 3, 0xc000");
	check(chan, "{\"ptr\":\"0xc000\",\"len\":3,\"cap\":10}", "chan int 3/10, 0xc000");
	put_words(DATA, BIAS + CODE, 0, 0);
	check(func, "{\"ptr\":\"0xc000\",\"func\":\"main.main.func1\"}", "main.main.func1");
	put_words(DATA, BIAS + 1, 0, 0);
	check(func, "{\"ptr\":\"0xc000\",\"func\":\"0x1\"}", "(func())(0xc000)");
	put_status(0, -EFAULT);
	check(map, "{\"len\":{\"error\":\"fault\"},\"ptr\":\"0xc000\"}", "map[string]int len: <fault>, 0xc000");
	check(chan, "{\"ptr\":\"0xc000\",\"len\":{\"error\":\"fault\"},\"cap\":{\"error\":\"fault\"}}",
	      "chan int <fault>/<fault>, 0xc000");
	check(func, "{\"ptr\":\"0xc000\",\"func\":{\"error\":\"fault\"}}", "(func())(0xc000)");
}

/* What the status words and the record's size forbid is never shown. */
static void distrust(void **state)
{
	struct plan_value v = value_of(&t_int);

	put_words(VALUE, 77, 0, 0);
	v.fetch = 1;
	check(v, "77", "77");
	put_status(1, -EFAULT);
	check(v, "{\"error\":\"fault\"}", "<fault>");
	put_status(1, PLAN_SKIPPED);
	check(v, "{\"error\":\"unavailable\"}", "<unavailable>");
	fx.fetches[1].guard = 0;
	put_status(0, -EFAULT);
	check(v, "{\"error\":\"fault\"}", "<fault>");
	v.fetch = PLAN_NO_FETCH;
	check(v, "77", "77");
	v.image = RECORD - 4;
	check(v, "{\"error\":\"unavailable\"}", "<unavailable>");
	v.image = UINT32_MAX;
	check(v, "{\"error\":\"unavailable\"}", "<unavailable>");
}

static void lines(void **state)
{
	struct plan_value args[2] = { value_of(&t_int), value_of(&t_raw) };
	char *have;

	args[0].name = "i\x1b";
	args[1].name = NULL;
	fx.probe.args = args;
	fx.probe.num_args = 2;
	fx.record.head.goid_status = -EFAULT;
	have = render(true, false);
	assert_string_equal(have, "{\"type\":\"call\",\"ts\":123456789012345,\"pid\":7,\"tid\":8,\"goid\":null,"
			    "\"func\":\"main.f\",\"args\":[{\"name\":\"i\\u001b\",\"type\":\"int\",\"value\":0},"
			    "{\"name\":\"\",\"type\":\"?8\",\"value\":\"0x0\"}]}\n");
	free(have);
	have = render(false, true);
	assert_string_equal(have, "> goroutine(?) \033[1;36mmain.f\033[0m(\033[2mi?\033[0m=0, 0x0)\n");
	free(have);
	fx.probe.num_args = 0;
	have = render(false, false);
	assert_string_equal(have, "> goroutine(?) main.f()\n");
	free(have);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(large_integers, reset), cmocka_unit_test_setup(integers_by_size, reset),
		cmocka_unit_test_setup(floats, reset), cmocka_unit_test_setup(strings, reset),
		cmocka_unit_test_setup(text_escapes, reset), cmocka_unit_test_setup(slices, reset),
		cmocka_unit_test_setup(slices_of, reset), cmocka_unit_test_setup(pointers, reset),
		cmocka_unit_test_setup(structs, reset), cmocka_unit_test_setup(arrays, reset),
		cmocka_unit_test_setup(interfaces, reset), cmocka_unit_test_setup(references, reset),
		cmocka_unit_test_setup(distrust, reset), cmocka_unit_test_setup(lines, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
