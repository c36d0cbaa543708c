// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* argsinfo_decode() on streams the compilers wrote, and on ones they would not write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "abi/argsinfo.h"

#define STREAM(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static struct gosym_error *decode(const uint8_t *data, size_t size, struct args_info *ret)
{
	struct bytes b = { .data = data, .size = size, .file = "f", .section = "s", .ptr_size = 8 };

	return argsinfo_decode(&b, ret);
}

static void expect_group(const struct args_info *info, size_t i, unsigned num, unsigned off, unsigned size)
{
	uint32_t o, s;

	assert_true(i < info->num_groups);
	assert_int_equal(info->groups[i].num, num);
	assert_true(argsinfo_extent(info, &info->groups[i], &o, &s));
	assert_int_equal(o, off);
	assert_int_equal(s, size);
}

static void test_nested(void **state)
{
	struct args_info info;

	/* func(s struct{ A int; B string; C bool }, n int) */
	assert_null(decode(STREAM(0xfe, 0, 8, 0xfe, 8, 8, 0x10, 8, 0xfd, 0x18, 1, 0xfd, 0x20, 8, 0xff), &info));
	assert_int_equal(info.num_groups, 2);
	assert_int_equal(info.num_components, 5);
	expect_group(&info, 0, 4, 0, 25);
	expect_group(&info, 1, 1, 0x20, 8);
	assert_int_equal(info.components[2].depth, 2);
	assert_int_equal(info.components[4].depth, 0);
	assert_int_equal(info.groups[0].end, info.groups[1].begin);
	assert_false(info.cut);
}

static void test_sizeless(void **state)
{
	struct args_info info;

	/* func(struct{}, [0]int, int8) */
	assert_null(decode(STREAM(0xfe, 0xfd, 0xfe, 0xfd, 0, 1, 0xff, 0x55), &info));
	assert_int_equal(info.num_groups, 3);
	assert_int_equal(info.num_bytes, 7);
	expect_group(&info, 0, 1, 0, 0);
	expect_group(&info, 2, 1, 0, 1);
	assert_null(decode(STREAM(0xff), &info));
	assert_int_equal(info.num_groups, 0);
}

static void test_cut(void **state)
{
	struct args_info info;
	uint32_t off, size;

	/* func(a int, b [10]int, c string, …): b is cut after nine elements */
	assert_null(decode(STREAM(0x60, 8, 0xfe, 0, 8, 8, 8, 0x10, 8, 0x18, 8, 0x20, 8, 0x28, 8, 0x30, 8, 0x38, 8,
				  0x40, 8, 0xfc, 0xfd, 0xfc, 0xff), &info));
	assert_true(info.cut);
	assert_int_equal(info.num_groups, 2);
	assert_true(info.groups[1].cut);
	assert_false(argsinfo_extent(&info, &info.groups[1], &off, &size));
	/* an offset of 240 and more is not written */
	assert_null(decode(STREAM(0, 8, 0xfb, 0xfb, 0xff), &info));
	assert_int_equal(info.num_groups, 3);
	assert_true(info.components[1].far);
	assert_false(argsinfo_extent(&info, &info.groups[1], &off, &size));
}

static void refuse(const uint8_t *data, size_t size)
{
	struct args_info info;
	struct gosym_error *err = decode(data, size, &info);

	assert_int_equal(gosym_error_code(err), GOSYM_BAD_DATA);
	gosym_error_destroy(err);
}

static void test_bad(void **state)
{
	uint8_t flood[1024];

	refuse(STREAM(0));
	refuse(STREAM(0, 8));
	refuse(STREAM(0xfe, 0, 8, 0xff));
	refuse(STREAM(0xfd, 0xff));
	refuse(STREAM(0xf3, 0xff));
	refuse(STREAM(0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xff));
	for (size_t i = 0; i < sizeof(flood); i++)
		flood[i] = 1;
	refuse(flood, sizeof(flood));
	for (size_t i = 0; i < sizeof(flood); i++)
		flood[i] = 0xfb;
	refuse(flood, sizeof(flood));
	for (size_t i = 0; i < sizeof(flood); i++)
		flood[i] = 0xfc;
	refuse(flood, sizeof(flood));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_sizeless),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
