// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The bounds-checked reader: both byte orders, the edges of a window, and failures that stick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gosym/bytes.h"

static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 'g', 'o', 0, 'x' };
static const struct bytes little = { .data = data, .size = sizeof(data), .file = "F", .section = ".s",
				     .addr = 0x1000, .ptr_size = 8 };
static const struct bytes big = { .data = data, .size = sizeof(data), .file = "F", .section = ".s",
				  .addr = 0x1000, .big_endian = true, .ptr_size = 4 };

static void test_orders(void **state)
{
	struct cursor c = cursor_at(&little, 0);

	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_u16(&c), 0x0302);
	assert_int_equal(cursor_u32(&c), 0x07060504);
	c = cursor_at(&little, 0);
	assert_true(cursor_ptr(&c) == 0x0807060504030201);
	c = cursor_at(&big, 0);
	assert_int_equal(cursor_u16(&c), 0x0102);
	assert_int_equal(cursor_ptr(&c), 0x03040506);
	c = cursor_at(&big, 0);
	assert_true(cursor_u64(&c) == 0x0102030405060708);
	assert_null(cursor_error(&c, "x"));
}

static void test_edges(void **state)
{
	uint64_t v64;
	uint32_t v32;
	uint8_t v8;

	assert_true(bytes_u32(&little, 8, &v32));
	assert_false(bytes_u32(&little, 9, &v32));
	assert_true(bytes_u8(&little, 11, &v8));
	assert_false(bytes_u8(&little, 12, &v8));
	assert_false(bytes_u64(&little, UINT64_MAX, &v64));
	assert_false(bytes_u64(&little, UINT64_MAX - 3, &v64));
	assert_false(bytes_ptr(&little, 5, &v64));
	assert_true(bytes_ptr(&big, 5, &v64));
}

static void test_sticky(void **state)
{
	struct cursor c = cursor_at(&little, 10);
	struct gosym_error *err;

	assert_int_equal(cursor_u32(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_null(cursor_bytes(&c, 0));
	assert_null(cursor_str(&c));
	err = cursor_error(&c, "a word");
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_BAD_DATA);
	assert_string_equal(gosym_error_message(err), "F: .s+0xa: a word lies outside the section");
	gosym_error_destroy(err);
}

static void test_strings(void **state)
{
	struct cursor c = cursor_at(&little, 8);

	assert_string_equal(cursor_str(&c), "go");
	assert_int_equal(c.pos, 11);
	assert_null(cursor_str(&c));		/* "x" has no end */
	assert_string_equal(bytes_str(&little, 10), "");
	assert_null(bytes_str(&little, 11));
	assert_null(bytes_str(&little, 12));
}

static void test_uvarint(void **state)
{
	static const struct { uint8_t in[12]; size_t size; uint64_t v; bool ok; } rows[] = {
		{ { 0 }, 1, 0, true },
		{ { 0x7f }, 1, 127, true },
		{ { 0x80, 1 }, 2, 128, true },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, 10, UINT64_MAX, true },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2 }, 10, 0, false },
		{ { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1 }, 11, 0, false },
		{ { 0x80 }, 1, 0, false },
		{ { 0 }, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct bytes b = { .data = rows[i].in, .size = rows[i].size };
		struct cursor c = cursor_at(&b, 0);

		assert_true(cursor_uvarint(&c) == rows[i].v);
		assert_int_equal(!c.failed, rows[i].ok);
		assert_int_equal(c.pos, rows[i].ok ? rows[i].size : 0);
		assert_int_equal(c.bad, 0);
	}
}

static void test_sub(void **state)
{
	struct bytes b;

	assert_true(bytes_sub(&little, 8, 4, &b));
	assert_int_equal(b.addr, 0x1008);
	assert_int_equal(b.size, 4);
	assert_false(bytes_sub(&b, 1, 4, &b));
	assert_false(bytes_sub(&b, 5, 0, &b));
	assert_true(bytes_sub(&b, 4, 0, &b));
	assert_false(bytes_sub(&little, 1, UINT64_MAX, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders), cmocka_unit_test(test_edges), cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_strings), cmocka_unit_test(test_uvarint), cmocka_unit_test(test_sub),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
