// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Version strings as the toolchain and its vendors write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gosym/goversion.h"

static void test_parse(void **state)
{
	static const struct { const char *text; int major, minor; bool devel; } rows[] = {
		{ "go1.22.3", 1, 22, false },
		{ "go1.4", 1, 4, false },
		{ "go1", 1, 0, false },
		{ "go1.24rc1", 1, 24, false },
		{ "go1.18beta2", 1, 18, false },
		{ "devel go1.25-abc123 Tue Jan 7 2025", 1, 25, true },
		{ "devel +abc123 Mon Jan 1 2018", 0, 0, true },
		{ "go1.18 X:noregabi", 1, 18, false },
		{ "go1.22.5-vendor.7", 1, 22, false },
		{ "vendor go1.21.1 (x)", 1, 21, false },
		{ "go2.3", 2, 3, false },
		{ "go1.999999", 0, 0, false },
		{ "go1.", 0, 0, false },
		{ "gopher", 0, 0, false },
		{ "go", 0, 0, false },
		{ "ago1.2", 0, 0, false },
		{ "", 0, 0, false },
		{ NULL, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct goversion v;

		assert_int_equal(goversion_parse(rows[i].text, &v), rows[i].major != 0);
		assert_int_equal(v.major, rows[i].major);
		assert_int_equal(v.minor, rows[i].minor);
		assert_int_equal(v.devel, rows[i].devel);
		assert_ptr_equal(v.text, rows[i].text);
	}
}

static void test_at_least(void **state)
{
	struct goversion v;

	goversion_parse("go1.22.3", &v);
	assert_true(goversion_at_least(&v, 22));
	assert_false(goversion_at_least(&v, 23));
	goversion_parse("go2.0", &v);
	assert_true(goversion_at_least(&v, 99));
	goversion_parse(NULL, &v);
	assert_false(goversion_at_least(&v, 2));
}

static void test_experiments(void **state)
{
	struct goversion v;

	goversion_parse("go1.18 X:noregabi,staticlockranking", &v);
	assert_true(goversion_has_experiment(&v, "noregabi"));
	assert_true(goversion_has_experiment(&v, "staticlockranking"));
	assert_false(goversion_has_experiment(&v, "regabi"));
	/* As Go 1.27 writes it. */
	goversion_parse("go1.27.4-X:fieldtrack", &v);
	assert_true(goversion_has_experiment(&v, "fieldtrack"));
	goversion_parse("go1.18 X:noregabi,staticlockranking", &v);
	assert_false(goversion_has_experiment(&v, "noregabiargs"));
	goversion_parse("go1.24.1 X:noswissmap (vendor)", &v);
	assert_true(goversion_has_experiment(&v, "noswissmap"));
	assert_false(goversion_has_experiment(&v, "vendor"));
	goversion_parse("go1.24.1", &v);
	assert_false(goversion_has_experiment(&v, ""));
	goversion_parse(NULL, &v);
	assert_false(goversion_has_experiment(&v, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_at_least), cmocka_unit_test(test_experiments),
	};

	return cmocka_run_group_tests_name("goversion", tests, NULL, NULL);
}
