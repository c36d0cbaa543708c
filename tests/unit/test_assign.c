// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * abi_assign() and argsinfo_encode() by rows: Go types in, places and argument info out. The rows on the made-up
 * machine are abi-internal.md's own example and the compiler's own tests
 * (cmd/compile/internal/test/abiutils_test.go, there with 9 integer and 15 float registers); rows with a stream
 * were read out of binaries of Go 1.19 to 1.27.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/argsinfo.h"

/* ------------------------------------------------------- types from Go text */

struct parser {
	const char *s;
	struct arena *arena;
	const struct abi_arch *arch;
};

static struct gosym_type *parse_type(struct parser *p);

static void skip_blanks(struct parser *p)
{
	p->s += strspn(p->s, " ");
}

static bool eat(struct parser *p, const char *word)
{
	skip_blanks(p);
	if (strncmp(p->s, word, strlen(word)))
		return false;
	p->s += strlen(word);
	return true;
}

static struct gosym_type *new_type(struct parser *p, enum gosym_kind kind, uint64_t words)
{
	struct gosym_type *t = arena_alloc(p->arena, sizeof(*t));

	assert_non_null(t);
	t->name = "test";
	t->kind = kind;
	t->size = words * p->arch->ptr_size;
	return t;
}

static struct gosym_type *done(struct parser *p, struct gosym_type *t)
{
	type_set_align(t, p->arch->ptr_size, p->arch->max_align);
	return t;
}

static uint64_t round_to(uint64_t n, unsigned align)
{
	return align ? (n + align - 1) / align * align : n;
}

/* struct{T; T}: laid out as the compiler does, with a byte behind a last field of no size. */
static struct gosym_type *parse_struct(struct parser *p)
{
	struct gosym_type *t = new_type(p, GOSYM_STRUCT, 0);
	unsigned align = 1;

	t->fields = arena_array(p->arena, 16, sizeof(*t->fields));
	assert_non_null(t->fields);
	while (!eat(p, "}")) {
		struct gosym_type *field = parse_type(p);

		assert_true(t->num_fields < 16);
		t->size = round_to(t->size, field->align);
		align = field->align > align ? field->align : align;
		t->fields[t->num_fields++] = (struct gosym_field){ .name = "_", .type = field, .offset = t->size };
		t->size += field->size;
		eat(p, ";");
	}
	if (t->size && !gosym_type_size(t->fields[t->num_fields - 1].type))
		t->size++;
	t->size = round_to(t->size, align);
	return done(p, t);
}

static struct gosym_type *parse_array(struct parser *p)
{
	struct gosym_type *t = new_type(p, GOSYM_ARRAY, 0), *elem;
	char *end;

	t->len = strtoul(p->s, &end, 10);
	p->s = end;
	assert_true(eat(p, "]"));
	elem = parse_type(p);
	t->elem = elem;
	t->size = t->len * elem->size;
	return done(p, t);
}

static struct gosym_type *parse_basic(struct parser *p)
{
	for (int kind = GOSYM_UNSAFE_POINTER; kind > GOSYM_INVALID_KIND; kind--) {
		const struct gosym_type *basic = type_basic((enum gosym_kind)kind, p->arch->ptr_size);
		const char *name = type_kind_name((enum gosym_kind)kind);
		size_t len = name ? strlen(name) : 0;

		if (!basic || strncmp(p->s, name, len) || strchr("abcdefghijklmnopqrstuvwxyz0123456789",
								  p->s[len] ? p->s[len] : '!'))
			continue;
		p->s += len;
		struct gosym_type *t = new_type(p, basic->kind, 0);

		t->size = basic->size;
		return done(p, t);
	}
	fail_msg("not a type: %s", p->s);
	return NULL;
}

static struct gosym_type *parse_type(struct parser *p)
{
	skip_blanks(p);
	if (eat(p, "struct{"))
		return parse_struct(p);
	if (eat(p, "[]")) {
		parse_type(p);
		return done(p, new_type(p, GOSYM_SLICE, 3));
	}
	if (eat(p, "["))
		return parse_array(p);
	if (eat(p, "*")) {
		parse_type(p);
		return done(p, new_type(p, GOSYM_POINTER, 1));
	}
	if (eat(p, "string"))
		return done(p, new_type(p, GOSYM_STRING, 2));
	if (eat(p, "error") || eat(p, "any"))
		return done(p, new_type(p, GOSYM_INTERFACE, 2));
	if (eat(p, "map"))
		return done(p, new_type(p, GOSYM_MAP, 1));
	if (eat(p, "chan"))
		return done(p, new_type(p, GOSYM_CHAN, 1));
	if (eat(p, "func"))
		return done(p, new_type(p, GOSYM_FUNC, 1));
	return parse_basic(p);
}

static size_t parse_list(struct parser *p, const char *text, const struct gosym_type *types[64])
{
	size_t num = 0;

	p->s = text;
	skip_blanks(p);
	while (*p->s) {
		assert_true(num < 64);
		types[num++] = parse_type(p);
		eat(p, ",");
		skip_blanks(p);
	}
	return num;
}

/* ---------------------------------------------------------- places as text */

struct text { char s[2048]; size_t len; };

static void __attribute__((format(printf, 2, 3))) say(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->len += (size_t)vsnprintf(t->s + t->len, sizeof(t->s) - t->len, fmt, ap);
	va_end(ap);
	assert_true(t->len < sizeof(t->s));
}

static bool plain(const struct gosym_piece *p, size_t num)
{
	return num == 1 && !p->offset;
}

/* "AX", "BX,CX", with @offset:size where the pieces are not words in a row; on the stack "[8]"; no size "-". */
static void say_slot(struct text *t, const struct abi_arch *arch, const struct abi_slot *slot)
{
	if (t->len)
		say(t, " ");
	if (!slot->num_pieces)
		say(t, "-");
	for (size_t i = 0; i < slot->num_pieces; i++) {
		const struct gosym_piece *p = &slot->pieces[i];

		if (i)
			say(t, ",");
		if (p->place == GOSYM_ON_STACK)
			say(t, "[%d]", p->where);
		else
			say(t, "%s", arch->regs[p->where].name);
		if (p->place == GOSYM_IN_REG && !plain(p, slot->num_pieces) &&
		    (p->size != arch->ptr_size || p->offset != i * arch->ptr_size))
			say(t, "@%u:%u", p->offset, p->size);
	}
}

static void say_bytes(struct text *t, const uint8_t *bytes, size_t num)
{
	for (size_t i = 0; i < num; i++)
		say(t, "%s%02x", i ? " " : "", bytes[i]);
}

/* -------------------------------------------------------------------- rows */

struct row {
	const char *params, *results;
	const char *params_at, *results_at;
	unsigned spill, total;
	const char *stream;		/* NULL: not looked at */
};

static void check_row(const struct abi_arch *arch, const struct abi_sequence *seq, const struct row *r)
{
	struct arena arena = { 0 };
	struct parser p = { .arena = &arena, .arch = arch };
	const struct gosym_type *params[64], *results[64];
	size_t num_params = parse_list(&p, r->params, params), num_results = parse_list(&p, r->results, results);
	struct text params_at = { 0 }, results_at = { 0 }, stream = { 0 };
	uint8_t bytes[ARGS_MAX_BYTES];
	struct abi_layout l;
	size_t num;

	assert_null(abi_assign(arch, seq, &arena, params, num_params, results, num_results, &l));
	for (size_t i = 0; i < num_params; i++)
		say_slot(&params_at, arch, &l.params[i]);
	for (size_t i = 0; i < num_results; i++)
		say_slot(&results_at, arch, &l.results[i]);
	assert_string_equal(params_at.s, r->params_at);
	assert_string_equal(results_at.s, r->results_at);
	assert_int_equal(l.spill_off, r->spill);
	assert_int_equal(l.total, r->total);
	if (r->stream) {
		assert_true(argsinfo_encode(l.params, l.num_params, arch->ptr_size, bytes, &num));
		say_bytes(&stream, bytes, num);
		assert_string_equal(stream.s, r->stream);
	}
	arena_deinit(&arena);
}

#define CHECK_ROWS(arch, seq, rows)						\
	do {									\
		for (size_t i_ = 0; i_ < sizeof(rows) / sizeof((rows)[0]); i_++)	\
			check_row(arch, seq, &(rows)[i_]);			\
	} while (0)

/* The document's machine has ten integer registers R0 to R9, and arguments start at its stack pointer. */
static const struct abi_reg document_regs[] = {
	{ .name = "R0" }, { .name = "R1" }, { .name = "R2" }, { .name = "R3" }, { .name = "R4" },
	{ .name = "R5" }, { .name = "R6" }, { .name = "R7" }, { .name = "R8" }, { .name = "R9" },
};
static const int8_t document_ints[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const struct abi_arch document_arch = {
	.name = "document", .ptr_size = 8, .max_align = 8, .regs = document_regs, .num_regs = 10,
	.sequence = { .ints = document_ints, .num_ints = 10 },
};
/* 32-bit machine on which 8-byte scalars align to 4, as 386. */
static const struct abi_arch narrow_arch = { .name = "narrow", .ptr_size = 4, .max_align = 4, .args_base = 4 };
static const struct abi_sequence none;

static void test_document(void **state)
{
	static const struct row rows[] = {
		{ "uint8, [2]uintptr, uint8", "struct{uintptr; [2]uintptr}, string",
		  "R0 [0] R1", "[16] R0,R1", 40, 48, "28 01 fe 00 08 08 08 fd 29 01 ff" },
		{ "struct{uintptr; [2]uintptr}, uint8", "", "[0] R0", "", 24, 32, NULL },
	};

	CHECK_ROWS(&document_arch, &document_arch.sequence, rows);
}

static void test_compiler(void **state)
{
	static const struct row rows[] = {
		{ "int32", "int32", "AX", "AX", 0, 8, NULL },
		{ "int8, int16, int32, int64, float32, float32, float64, float64, int8, int16, int32, int64,"
		  "float32, float32, float64, float64, complex128, complex128, complex128, complex128, complex64,"
		  "int8, int16, int32, int64, int8, int16, int32, int64", "int32, float64, float64",
		  "AX BX CX DI X0 X1 X2 X3 SI R8 R9 R10 X4 X5 X6 X7 X8,X9 X10,X11 X12,X13 [8] [24] R11"
		  " [32] [36] [40] [48] [50] [52] [56]", "AX X0 X1", 56, 56 + 136, NULL },
		{ "[1]int32, [0]int32, [1][1]int32, [2]int32", "[2]int32, [1]int32, [0]int32, [1][1]int32",
		  "AX - BX [8]", "[16] AX - BX", 16, 24, NULL },
	};

	CHECK_ROWS(&abi_amd64, &abi_amd64.sequence, rows);
}

static void test_amd64(void **state)
{
	static const struct row rows[] = {
		{ "", "", "", "", 0, 0, "ff" },
		{ "struct{int; string; bool}, int", "", "AX,BX,CX,DI@24:1 SI", "", 0, 40,
		  "fe 00 08 fe 08 08 10 08 fd 18 01 fd 20 08 ff" },
		{ "int, string, float64, int", "", "AX BX,CX X0 DI", "", 0, 40,
		  "00 08 fe 08 08 10 08 fd 18 08 20 08 ff" },
		{ "float32, float64, int8, complex128, complex64", "", "X0 X1 AX X2,X3 X4@0:4,X5@4:4", "", 0, 48,
		  "00 04 08 08 10 01 fe 18 08 20 08 fd fe 28 04 2c 04 fd ff" },
		{ "int, int, int, int, int, int, int, int, int, int, int, int, int8, string", "",
		  "AX BX CX DI SI R8 R9 R10 R11 [8] [16] [24] [32] [40]", "", 0x30, 0x30 + 72,
		  "30 08 38 08 40 08 48 08 50 08 58 08 60 08 68 08 70 08 00 08 fc ff" },
		{ "int, [10]int, string, struct{[2]int}, int32", "", "AX [8] BX,CX [88] DI", "", 0x60, 0x80,
		  "60 08 fe 00 08 08 08 10 08 18 08 20 08 28 08 30 08 38 08 40 08 fc fd fc ff" },
		{ "struct{[1]int; struct{}; float32; int16; uint8}, struct{}, [0]int, [1]string,"
		  "struct{uint8; uint8; uint16}", "",
		  "AX,X0@8:4,BX@12:2,CX@14:1 - - DI,SI R8@0:1,R9@1:1,R10@2:2", "", 0, 0x28,
		  "fe fe 00 08 fd fe fd 08 04 0c 02 0e 01 fd fe fd fe fd fe fe 10 08 18 08 fd fd fe 20 01 fc fd ff" },
		/* Results start afresh; an array among them goes behind the stack arguments. */
		{ "", "[2]int, int, string, error, float64", "", "[8] AX BX,CX DI,SI X0", 16, 16, "ff" },
		{ "[2]int8, int", "[3]int8, bool", "[8] AX", "[16] AX", 16, 24, NULL },
		/* All or nothing: the slice finds two registers, the string behind it takes them. */
		{ "int, int, int, int, int, int, int, []uint8, string, int", "",
		  "AX BX CX DI SI R8 R9 [8] R10,R11 [32]", "", 32, 32 + 72, NULL },
		/* An array of two deep inside keeps the whole value out, also when its elements have no size. */
		{ "struct{int; struct{[2]int8}}, int", "", "[8] AX", "", 16, 24, NULL },
		{ "struct{int; [2]struct{}}, int", "", "[8] AX", "", 16, 24, NULL },
		/* No size: no registers, but the slot aligns. */
		{ "[2]uint8, [0]int64, [2]uint8, struct{}", "", "[8] - [16] -", "", 16, 16, NULL },
		{ "[2]struct{}, struct{[0]string}, int", "", "- - AX", "", 0, 8, NULL },
		{ "any, error, map, chan, func, *int, unsafe.Pointer", "", "AX,BX CX,DI SI R8 R9 R10 R11", "",
		  0, 72, NULL },
		{ "complex64, [1]complex64, struct{bool; float32; bool}", "complex128",
		  "X0@0:4,X1@4:4 X2@0:4,X3@4:4 AX@0:1,X4@4:4,BX@8:1", "X0,X1", 0, 32, NULL },
	};

	CHECK_ROWS(&abi_amd64, &abi_amd64.sequence, rows);
}

static void test_arm64(void **state)
{
	static const struct row rows[] = {
		{ "float32, float64, int8, complex128, complex64", "string", "F0 F1 R0 F2,F3 F4@0:4,F5@4:4", "R0,R1",
		  0, 48, "00 04 08 08 10 01 fe 18 08 20 08 fd fe 28 04 2c 04 fd ff" },
		/* Stack arguments begin above the word in which the link register would be saved. */
		{ "[]int, []int, []int, []int, []int, string, int", "",
		  "R0,R1,R2 R3,R4,R5 R6,R7,R8 R9,R10,R11 R12,R13,R14 [8] R15", "", 16, 16 + 128, NULL },
	};

	CHECK_ROWS(&abi_arm64, &abi_arm64.sequence, rows);
}

static void test_stack(void **state)
{
	static const struct row rows[] = {
		{ "uint8, string, float64, int16", "int", "[8] [16] [32] [40]", "[48]", 48, 48,
		  "00 01 fe 08 08 10 08 fd 18 08 20 02 ff" },
		{ "bool, bool, int32, uint16", "bool, error", "[8] [9] [12] [16]", "[24] [32]", 40, 40, NULL },
		{ "int8, struct{}, [0]int64, int8", "", "[8] - - [16]", "", 16, 16, NULL },
	};
	static const struct row narrow[] = {
		{ "int8, int64, int16, float64", "complex128", "[4] [8] [16] [20]", "[28]", 40, 40, NULL },
		{ "[]uint8, string, uint16", "bool", "[4] [16] [24]", "[28]", 28, 28, NULL },
	};

	CHECK_ROWS(&abi_amd64, &none, rows);
	CHECK_ROWS(&narrow_arch, &none, narrow);
}

static void test_arch(void **state)
{
	const struct abi_arch *a = abi_arch_find(EM_X86_64, 8, false);

	assert_ptr_equal(a, &abi_amd64);
	assert_string_equal(a->regs[a->sequence.ints[3]].name, "DI");
	assert_string_equal(a->regs[abi_reg_by_dwarf(a, 1)].name, "DX");
	assert_string_equal(a->regs[abi_reg_by_dwarf(a, 31)].name, "X14");
	assert_int_equal(abi_reg_by_dwarf(a, 99), REG_NONE);
	a = abi_arch_find(EM_AARCH64, 8, false);
	assert_string_equal(a->regs[abi_reg_by_dwarf(a, 65)].name, "F1");
	assert_int_equal(a->regs[a->sequence.ints[15]].pt_regs, 120);
	assert_null(abi_arch_find(EM_X86_64, 4, false));
}

static void test_lies(void **state)
{
	struct arena arena = { 0 };
	struct gosym_type lies = { .name = "main.T", .kind = GOSYM_STRUCT, .size = 8, .align = 8 };
	struct gosym_field field = { .name = "f", .type = type_basic(GOSYM_INT, 8), .offset = 1u << 20 };
	const struct gosym_type *types[] = { &lies };
	struct abi_layout l;
	struct gosym_error *err;

	lies.fields = &field;
	lies.num_fields = 1;
	err = abi_assign(&abi_amd64, &abi_amd64.sequence, &arena, types, 1, NULL, 0, &l);
	assert_int_equal(gosym_error_code(err), GOSYM_UNSUPPORTED);
	gosym_error_destroy(err);
	lies.kind = GOSYM_INVALID_KIND;
	err = abi_assign(&abi_amd64, &abi_amd64.sequence, &arena, types, 1, NULL, 0, &l);
	assert_string_equal(gosym_error_message(err), "the parts of type main.T are not known");
	gosym_error_destroy(err);
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_compiler),
		cmocka_unit_test(test_amd64),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_arch),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
