// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Functions by pattern, and what is said when nothing matches, over a composed program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gosym/gosym.h"
#include "tests/lib/elfgen.h"

#define FUNC(name_) { .name = name_, .file = "/src/main.go", .size = 64, .line = 10 }

static const struct elfgen_func funcs[] = {
	FUNC("main.main"),
	FUNC("main.traceMe"),
	FUNC("main.(*T).Run"),
	FUNC("main.(*T).Run.func1"),
	FUNC("main.Map[go.shape.int].func1"),
	FUNC("main.Map[go.shape.int]"),
	FUNC("main.Map[go.shape.string]"),
	FUNC("main.(*List[go.shape.[]uint8,map[string]int]).Push"),
	FUNC("net/http.(*Server).Serve"),
	FUNC("main.outer"),
	FUNC("main.outer.inner.func1"),
	FUNC("main.V.Get"),
	FUNC("main.V.Get.func1"),
	FUNC("type:.eq.main.T"),
};

static struct gosym_binary *open_program(struct elfgen *g)
{
	const struct elfgen_options o = { .minor = 21,
					  .machine = EM_X86_64,
					  .ptr_size = 8,
					  .funcs = funcs,
					  .num_funcs = sizeof(funcs) / sizeof(*funcs),
					  .version = "go1.21.13" };
	struct gosym_binary *b;

	elfgen_program(g, &o);
	assert_null(gosym_open_mem(g->data, g->size, "program", &b));
	return b;
}

/* Matches are one text, separated by blanks; a failure is its message. */
static void assert_match(struct gosym_binary *b, const char *pattern, enum gosym_code code,
			 const char *want)
{
	const struct gosym_func **found;
	struct gosym_error *err;
	char text[1024] = "";
	size_t num;

	err = gosym_func_match(b, pattern, &found, &num);
	if (err) {
		strncat(text, gosym_error_message(err), sizeof(text) - 1);
		assert_int_equal(gosym_error_code(err), code);
		gosym_error_destroy(err);
	} else {
		for (size_t i = 0; i < num; i++) {
			strcat(text, i ? " " : "");
			strcat(text, gosym_func_name(found[i]));
		}
		free(found);
	}
	assert_string_equal(text, want);
}

static void test_match(void **state)
{
	struct elfgen g;
	struct gosym_binary *b = open_program(&g);

	assert_match(b, "main.traceMe", 0, "main.traceMe");
	assert_match(b, "main.(*T).Run", 0, "main.(*T).Run");
	assert_match(b, "main.(*T).*", 0, "main.(*T).Run main.(*T).Run.func1");
	assert_match(b, "*.Serve", 0, "net/http.(*Server).Serve");
	assert_match(b, "main.Map[go.shape.int]", 0, "main.Map[go.shape.int]");
	assert_match(b, "main.Map", 0, "main.Map[go.shape.int] main.Map[go.shape.string]");
	assert_match(b, "main.(*List).Push", 0, "main.(*List[go.shape.[]uint8,map[string]int]).Push");
	assert_match(b, "main.Map.func1", 0, "main.Map[go.shape.int].func1");
	assert_match(b, "/^main\\.(m|t)/", 0, "main.main main.traceMe");
	gosym_close(b);
	elfgen_free(&g);
}

static void test_no_match(void **state)
{
	struct elfgen g;
	struct gosym_binary *b = open_program(&g);

	assert_match(b, "main.traceme", GOSYM_NOT_FOUND,
		     "no function matches \"main.traceme\"; did you mean main.traceMe?");
	assert_match(b, "main.tarceMe", GOSYM_NOT_FOUND,
		     "no function matches \"main.tarceMe\"; did you mean main.traceMe?");
	assert_match(b, "Serve", GOSYM_NOT_FOUND,
		     "no function matches \"Serve\"; did you mean net/http.(*Server).Serve?");
	assert_match(b, "zzzzzzzz", GOSYM_NOT_FOUND, "no function matches \"zzzzzzzz\"");
	assert_match(b, "", GOSYM_NOT_FOUND, "no function matches \"\"");
	assert_match(b, "zz*", GOSYM_NOT_FOUND, "no function matches \"zz*\"");
	assert_match(b, "/zz/", GOSYM_NOT_FOUND, "no function matches \"/zz/\"");
	assert_match(b, "/(/", GOSYM_INVALID, "pattern \"/(/\": Unmatched ( or \\(");
	gosym_close(b);
	elfgen_free(&g);
}

static void test_parts(void **state)
{
	static const struct {
		const char *name, *package, *receiver;
	} rows[] = {
		{ "main.(*T).Run.func1", "main", "(*T)" },
		{ "net/http.(*Server).Serve", "net/http", "(*Server)" },
		{ "main.V.Get", "main", "V" },
		{ "main.V.Get.func1", "main", "V" },
		/* inner was inlined into the function outer */
		{ "main.outer.inner.func1", "main", NULL },
		{ "type:.eq.main.T", NULL, NULL },
	};
	struct elfgen g;
	struct gosym_binary *b = open_program(&g);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct gosym_func *f;
		const char *package, *receiver;

		assert_null(gosym_func_find(b, rows[i].name, &f));
		package = gosym_func_package(b, f);
		receiver = gosym_func_receiver(b, f);
		assert_string_equal(package ? package : "-",
				    rows[i].package ? rows[i].package : "-");
		assert_string_equal(receiver ? receiver : "-",
				    rows[i].receiver ? rows[i].receiver : "-");
		assert_ptr_equal(package, gosym_func_package(b, f));
	}
	gosym_close(b);
	elfgen_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_no_match),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
