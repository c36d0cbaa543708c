// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Symbol names by rows, most of them read out of binaries of Go 1.15 to 1.27; globs; interned
 * strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gosym/intern.h"
#include "gosym/name.h"

enum { CLOSURE = 1, METHOD_VALUE = 2, SHAPE = 4 };

static const struct {
	const char *name, *package, *receiver, *base;
	int is;
} names[] = {
	{ "main.main", "main", "", "main", 0 },
	{ "net/http.(*Server).Serve", "net/http", "(*Server)", "Serve", 0 },
	{ "net/http.(*Server).Serve.func1", "net/http", "(*Server)", "Serve.func1", CLOSURE },
	{ "time.Time.String", "time", "Time", "String", 0 },
	{ "time.Time.String-fm", "time", "Time", "String-fm", METHOD_VALUE },
	{ "main.(*T).M-fm", "main", "(*T)", "M-fm", METHOD_VALUE },
	{ "gopkg.in/yaml%2ev3.(*decoder).scalar", "gopkg.in/yaml%2ev3", "(*decoder)", "scalar", 0 },
	{ "github.com/a/b.F", "github.com/a/b", "", "F", 0 },
	{ "github.com/a.b/c.d.F", "github.com/a.b/c", "d", "F", 0 },
	{ "main.F.func1", "main", "", "F.func1", CLOSURE },
	{ "main.F.func1.2", "main", "", "F.func1.2", CLOSURE },
	{ "main.F.gowrap1", "main", "", "F.gowrap1", CLOSURE },
	{ "main.F.deferwrap2", "main", "", "F.deferwrap2", CLOSURE },
	{ "main.F-range1", "main", "", "F-range1", CLOSURE },
	{ "main.F-range1.func2", "main", "", "F-range1.func2", CLOSURE },
	{ "main.(*T).M-range1-range2", "main", "(*T)", "M-range1-range2", CLOSURE },
	{ "main.glob..func1", "main", "", "glob..func1", CLOSURE },
	{ "main.init", "main", "", "init", 0 },
	{ "main.init.0", "main", "", "init.0", 0 },
	{ "main.init.0.func1", "main", "", "init.0.func1", CLOSURE },
	{ "main.init.func1", "main", "", "init.func1", CLOSURE },
	{ "main.map.init.0", "main", "", "map.init.0", 0 },
	{ "main.Map[go.shape.int]", "main", "", "Map[go.shape.int]", SHAPE },
	{ "main.Map[go.shape.int_0,go.shape.string_1]", "main", "",
	  "Map[go.shape.int_0,go.shape.string_1]", SHAPE },
	{ "main.Map[int]", "main", "", "Map[int]", 0 },
	{ "main.Map[...]", "main", "", "Map[...]", 0 },
	{ "main.Map[go.shape.int].func1", "main", "", "Map[go.shape.int].func1", CLOSURE },
	{ "main.T[go.shape.struct { X func() }].Do", "main", "T[go.shape.struct { X func() }]",
	  "Do", SHAPE },
	{ "main.(*G[go.shape.int]).Set", "main", "(*G[go.shape.int])", "Set", SHAPE },
	{ "main.(*G[go.shape.int]).Set-fm", "main", "(*G[go.shape.int])", "Set-fm", METHOD_VALUE },
	{ "main.G[net/http.Header].Do", "main", "G[net/http.Header]", "Do", 0 },
	{ "internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).Load",
	  "internal/sync", "(*HashTrieMap[go.shape.interface {},go.shape.interface {}])", "Load",
	  SHAPE },
	{ "type:.eq.net/http.Cookie", "", "", "type:.eq.net/http.Cookie", 0 },
	{ "type..hash.main.T", "", "", "type..hash.main.T", 0 },
	{ "go.(*struct { io.Reader; io.WriterTo }).WriteTo", "",
	  "(*struct { io.Reader; io.WriterTo })", "WriteTo", 0 },
	{ "_cgo_panic", "", "", "_cgo_panic", 0 },
	{ "runtime.memmove", "runtime", "", "memmove", 0 },
	{ "net.(*dialResult\302\2671).Error", "net", "(*dialResult\302\2671)", "Error", 0 },
	{ "main.func\302\267001", "main", "", "func\302\267001", CLOSURE },
	{ "", "", "", "", 0 },
	{ "main.", "main", "", "", 0 },
	{ "main.(*T", "main", "", "(*T", 0 },
	{ "a/b/c", "", "", "a/b/c", 0 },
	{ "[.]/x", "", "", "[.]/x", 0 },
};

static void assert_part(const char *name, struct name_part got, const char *want)
{
	if (got.len == strlen(want) && !memcmp(got.len ? got.s : "", want, got.len))
		return;
	fail_msg("%s: \"%.*s\", not \"%s\"", name, (int)got.len, got.len ? got.s : "", want);
}

static void test_parse(void **state)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct go_name n = name_parse(names[i].name);

		assert_part(names[i].name, n.package, names[i].package);
		assert_part(names[i].name, n.receiver, names[i].receiver);
		assert_part(names[i].name, n.base, names[i].base);
		if (names[i].is !=
		    (n.closure * CLOSURE | n.method_value * METHOD_VALUE | n.shape * SHAPE))
			fail_msg("%s: closure %d, method value %d, shape %d", names[i].name,
				 n.closure, n.method_value, n.shape);
	}
}

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool glob, match;
	} rows[] = {
		{ "main.*", "main.main", true, true },
		{ "main.*", "main", true, false },
		{ "net/*", "net/http.(*Server).Serve", true, true },
		{ "*.Serve", "net/http.(*Server).Serve", true, true },
		{ "net/http.(*Server).Serve", "net/http.(*Server).Serve", false, true },
		{ "net/http.(*Server).Serve", "net/http.(*XServer).Serve", false, false },
		{ "net/http.(*Ser*).Serve", "net/http.(*Server).Serve", true, true },
		{ "net/http.(*Ser*).Serve", "net/http.(*XServer).Serve", true, false },
		{ "net/http.(*).Serve", "net/http.(*Server).Serve", true, true },
		{ "main.F[*]", "main.F[go.shape.int]", true, true },
		{ "main.F[go.shape.int]", "main.F[go.shape.int]", false, true },
		{ "main.F[a-z]", "main.Fa", false, false },
		{ "main.?", "main.F", true, true },
		{ "main.?", "main.\317\201", true, true },
		{ "main.?", "main.FF", true, false },
		{ "*", "", true, true },
		{ "", "", false, true },
		{ "", "a", false, false },
		{ "a*b*c", "aXbYbZc", true, true },
		{ "a*b*c", "aXbYbZ", true, false },
		{ "*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true,
		  false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (name_glob(rows[i].pattern, rows[i].name) != rows[i].match)
			fail_msg("\"%s\" and \"%s\"", rows[i].pattern, rows[i].name);
		if (name_is_glob(rows[i].pattern) != rows[i].glob)
			fail_msg("\"%s\" is%s a glob", rows[i].pattern, rows[i].glob ? "" : " not");
	}
}

static void test_intern(void **state)
{
	struct intern strings = { 0 };
	struct arena arena = { 0 };
	const char *first[1000];
	char text[16];

	for (int i = 0; i < 1000; i++) {
		int len = snprintf(text, sizeof(text), "n%d", i);

		first[i] = intern_add(&strings, &arena, text, (size_t)len);
		assert_string_equal(first[i], text);
	}
	for (int i = 0; i < 1000; i++) {
		int len = snprintf(text, sizeof(text), "n%dxyz", i) - 3;

		assert_ptr_equal(intern_add(&strings, &arena, text, (size_t)len), first[i]);
	}
	assert_string_equal(intern_add(&strings, &arena, "", 0), "");
	assert_int_equal(strings.num, 1001);
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_intern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
