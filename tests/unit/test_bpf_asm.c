// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The assembler: encodings as the kernel documents them, labels, limits, the listing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gosym/cleanup.h"
#include "tracer/bpf_asm.h"

DEFINE_CLEANUP(cleanup_asm, struct bpf_asm, bpf_asm_deinit(p))
#define _cleanup_asm_ _cleanup_(cleanup_asm)

static void assert_insn(const struct bpf_asm *a, size_t i, int code, int dst, int src, int off,
			int32_t imm)
{
	const struct bpf_insn *insn = &a->insns.data[i];

	assert_true(i < a->insns.num);
	assert_int_equal(insn->code, code);
	assert_int_equal(insn->dst_reg, dst);
	assert_int_equal(insn->src_reg, src);
	assert_int_equal(insn->off, off);
	assert_int_equal(insn->imm, imm);
}

static void encodings(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };

	bpf_mov_reg(&a, 6, 1);
	bpf_mov_imm(&a, 0, -1);
	bpf_alu_imm(&a, BPF_RSH, 0, 32);
	bpf_alu_reg(&a, BPF_ADD, 3, 1);
	bpf_load(&a, BPF_DW, 1, 6, 80);
	bpf_store(&a, BPF_B, 7, 48, 1);
	bpf_store_imm(&a, BPF_W, 7, 4, 64);
	bpf_atomic_add(&a, 9, 8, 1);
	bpf_call(&a, BPF_FUNC_ktime_get_ns);
	bpf_exit(&a);
	assert_null(bpf_asm_finish(&a));
	assert_int_equal(a.insns.num, 10);
	assert_insn(&a, 0, 0xbf, 6, 1, 0, 0);
	assert_insn(&a, 1, 0xb7, 0, 0, 0, -1);
	assert_insn(&a, 2, 0x77, 0, 0, 0, 32);
	assert_insn(&a, 3, 0x0f, 3, 1, 0, 0);
	assert_insn(&a, 4, 0x79, 1, 6, 80, 0);
	assert_insn(&a, 5, 0x73, 7, 1, 48, 0);
	assert_insn(&a, 6, 0x62, 7, 0, 4, 64);
	assert_insn(&a, 7, 0xdb, 9, 1, 8, 0);
	assert_insn(&a, 8, 0x85, 0, 0, 0, 5);
	assert_insn(&a, 9, 0x95, 0, 0, 0, 0);
}

static void wide_immediates(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };

	bpf_mov_imm64(&a, 1, 0x123456789abcdef0);
	bpf_mov_imm64(&a, 1, UINT64_MAX);		/* -1: fits a plain move */
	bpf_mov_imm64(&a, 1, 0x80000000);		/* would be sign-extended */
	bpf_map_fd(&a, 2, 7);
	assert_int_equal(a.insns.num, 7);
	assert_insn(&a, 0, 0x18, 1, 0, 0, (int32_t)0x9abcdef0);
	assert_insn(&a, 1, 0, 0, 0, 0, 0x12345678);
	assert_insn(&a, 2, 0xb7, 1, 0, 0, -1);
	assert_insn(&a, 3, 0x18, 1, 0, 0, INT32_MIN);
	assert_insn(&a, 4, 0, 0, 0, 0, 0);
	assert_insn(&a, 5, 0x18, 2, 1, 0, 7);
}

static void labels(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };
	int back = bpf_asm_label(&a), ahead = bpf_asm_label(&a), unused = bpf_asm_label(&a);

	bpf_asm_place(&a, back);
	bpf_jump_imm(&a, BPF_JNE, 0, 5, ahead);
	bpf_jump_reg(&a, BPF_JSGT, 0, 1, back);
	bpf_mov_imm64(&a, 0, 1ULL << 40);		/* counts as two */
	bpf_jump(&a, ahead);
	bpf_asm_place(&a, ahead);
	bpf_exit(&a);
	assert_true(bpf_asm_label_used(&a, ahead));
	assert_false(bpf_asm_label_used(&a, unused));
	assert_null(bpf_asm_finish(&a));
	assert_insn(&a, 0, 0x55, 0, 0, 4, 5);
	assert_insn(&a, 1, 0x6d, 0, 1, -2, 0);
	assert_insn(&a, 4, 0x05, 0, 0, 0, 0);
}

static void label_never_placed(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };
	_cleanup_error_ struct gosym_error *err = NULL;

	bpf_jump(&a, bpf_asm_label(&a));
	err = bpf_asm_finish(&a);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_INVALID);
}

static void jump_too_far(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };
	_cleanup_error_ struct gosym_error *err = NULL;
	int far = bpf_asm_label(&a);

	bpf_jump(&a, far);
	for (int i = 0; i < 32767; i++)
		bpf_mov_imm(&a, 0, 0);
	bpf_asm_place(&a, far);
	bpf_exit(&a);
	assert_null(bpf_asm_finish(&a));
	assert_int_equal(a.insns.data[0].off, 32767);
	bpf_asm_place(&a, far);				/* one further */
	err = bpf_asm_finish(&a);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_UNSUPPORTED);
}

static void offset_too_big(void **state)
{
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };
	_cleanup_error_ struct gosym_error *err = NULL;

	bpf_load(&a, BPF_DW, 0, 1, 32768);
	err = bpf_asm_finish(&a);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_UNSUPPORTED);
}

static void listing(void **state)
{
	static const char expected[] =
		"      ; the context\n"
		"    0 r6 = r1\n"
		"    1 r1 = 0x100000000\n"
		"    3 if r1 s> 7 goto 6\n"
		"      ; counted\n"
		"    4 u64 [r9+8] += r1\n"
		"    5 call ringbuf_submit\n"
		"    6 exit\n";
	_cleanup_asm_ struct bpf_asm a = { .nomem = false };
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int end = bpf_asm_label(&a);

	bpf_asm_note(&a, "the %s", "context");
	bpf_mov_reg(&a, 6, 1);
	bpf_mov_imm64(&a, 1, 1ULL << 32);
	bpf_jump_imm(&a, BPF_JSGT, 1, 7, end);
	bpf_asm_note(&a, "counted");
	bpf_atomic_add(&a, 9, 8, 1);
	bpf_call(&a, BPF_FUNC_ringbuf_submit);
	bpf_asm_place(&a, end);
	bpf_exit(&a);
	assert_null(bpf_asm_finish(&a));
	bpf_asm_dump(&a, out);
	fclose(out);
	assert_string_equal(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodings),
		cmocka_unit_test(wide_immediates),
		cmocka_unit_test(labels),
		cmocka_unit_test(label_never_placed),
		cmocka_unit_test(jump_too_far),
		cmocka_unit_test(offset_too_big),
		cmocka_unit_test(listing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
