// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Predeclared types, alignment by word size, elements resolved when asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gosym/type.h"

static void test_basic(void **state)
{
	static const struct {
		enum gosym_kind kind;
		const char *name;
		unsigned size4, size8;
	} rows[] = {
		{ GOSYM_BOOL, "bool", 1, 1 },
		{ GOSYM_INT, "int", 4, 8 },
		{ GOSYM_INT16, "int16", 2, 2 },
		{ GOSYM_UINT64, "uint64", 8, 8 },
		{ GOSYM_UINTPTR, "uintptr", 4, 8 },
		{ GOSYM_FLOAT32, "float32", 4, 4 },
		{ GOSYM_COMPLEX128, "complex128", 16, 16 },
		{ GOSYM_STRING, "string", 8, 16 },
		{ GOSYM_UNSAFE_POINTER, "unsafe.Pointer", 4, 8 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_string_equal(gosym_type_name(type_basic(rows[i].kind, 8)), rows[i].name);
		assert_int_equal(gosym_type_size(type_basic(rows[i].kind, 8)), rows[i].size8);
		assert_int_equal(gosym_type_size(type_basic(rows[i].kind, 4)), rows[i].size4);
		assert_int_equal(gosym_type_kind(type_basic(rows[i].kind, 4)), rows[i].kind);
	}
	assert_null(type_basic(GOSYM_INVALID_KIND, 8));
	assert_null(type_basic(GOSYM_STRUCT, 8));
	assert_null(type_basic(GOSYM_SLICE, 8));
	assert_null(type_basic((enum gosym_kind)99, 8));
	assert_string_equal(type_kind_name(GOSYM_SLICE), "slice");
	assert_string_equal(type_kind_name((enum gosym_kind)99), "invalid");
}

static unsigned align_of(enum gosym_kind kind, unsigned ptr_size, unsigned max_align)
{
	struct gosym_type t = { .kind = kind };

	type_set_align(&t, ptr_size, max_align);
	return gosym_type_align(&t);
}

static void test_align(void **state)
{
	assert_int_equal(align_of(GOSYM_INT64, 8, 8), 8);
	assert_int_equal(align_of(GOSYM_INT64, 4, 4), 4);	/* 386, arm */
	assert_int_equal(align_of(GOSYM_COMPLEX128, 4, 4), 4);
	assert_int_equal(align_of(GOSYM_COMPLEX64, 8, 8), 4);
	assert_int_equal(align_of(GOSYM_STRING, 8, 8), 8);
	assert_int_equal(align_of(GOSYM_SLICE, 4, 4), 4);
	assert_int_equal(align_of(GOSYM_UINT8, 8, 8), 1);
	assert_int_equal(align_of(GOSYM_STRUCT, 8, 8), 1);	/* struct {} */
}

static void test_align_of_parts(void **state)
{
	struct gosym_type byte = { .kind = GOSYM_UINT8, .align = 1, .size = 1 };
	struct gosym_type word = { .kind = GOSYM_INT32, .align = 4, .size = 4 };
	struct gosym_type mark = { .kind = GOSYM_STRUCT, .name = "sync/atomic.align64" };
	struct gosym_field fields[] = { { .type = &byte }, { .type = &word, .offset = 4 } };
	struct gosym_field marked[] = { { .type = &mark }, { .type = &word } };
	struct gosym_type pair = { .kind = GOSYM_STRUCT, .fields = fields, .num_fields = 2 };
	struct gosym_type atomic = { .kind = GOSYM_STRUCT, .fields = marked, .num_fields = 2 };
	struct gosym_type list = { .kind = GOSYM_ARRAY, .elem = &pair, .len = 3 };

	type_set_align(&pair, 8, 8);
	type_set_align(&list, 8, 8);
	type_set_align(&mark, 4, 4);
	type_set_align(&atomic, 4, 4);
	assert_int_equal(pair.align, 4);
	assert_int_equal(list.align, 4);
	assert_int_equal(atomic.align, 8);	/* also where 64-bit integers are 4-aligned */
	assert_int_equal(gosym_type_field_count(&pair), 2);
	assert_int_equal(gosym_type_field_at(&pair, 1)->offset, 4);
	assert_null(gosym_type_field_at(&pair, 2));
}

static const struct gosym_type *give(void *reader, uint64_t ref)
{
	const struct gosym_type *types = reader;

	return ref == 99 ? NULL : &types[ref];
}

static void test_resolve(void **state)
{
	struct gosym_type types[3] = { { .name = "map[a]b" }, { .name = "a" }, { .name = "b" } };
	const struct type_source source = { types, give, GOSYM_FROM_NONE };

	types[0].source = &source;
	types[0].key_ref = 1;
	types[0].elem_ref = 2;
	assert_ptr_equal(gosym_type_key(&types[0]), &types[1]);
	assert_ptr_equal(gosym_type_elem(&types[0]), &types[2]);
	assert_null(gosym_type_elem(&types[1]));
	types[0].elem_ref = 99;
	assert_null(gosym_type_elem(&types[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_align),
		cmocka_unit_test(test_align_of_parts),
		cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
