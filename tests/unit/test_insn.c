// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * One instruction a row: bytes in, kind, registers, cost and text out. Texts were compared with objdump's,
 * costs with arch/x86/kernel/uprobes.c and arch/arm64/kernel/probes/decode-insn.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "abi/insn.h"

enum { N = REG_NONE, AT = 0x1000 };
enum verdict { EMUL, STEP, NO };

struct row {
	const char *code;
	uint8_t len;
	const char *text;		/* NULL: not compared */
	enum insn_kind kind;
	int8_t dst, src, base;
	uint8_t size;
	int64_t disp, writeback;
	uint64_t target;
	uint8_t cond;
	uint64_t writes;
	bool writes_memory;
	enum verdict verdict;
};

enum { AX, CX, DX, BX, SP, BP, SI, DI, R8, R9, R10, R11, R12, R13, R14, R15, X0 };
#define B(r) (UINT64_C(1) << (r))
#define NC INSN_NO_COND

/* clang-format off */
static const struct row amd64_rows[] = {
	{ "\x90", 1, "nop", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, EMUL },
	{ "\x66\x90", 2, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },
	{ "\x66\x0f\x1f\x44\x00\x00", 6, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\x55", 1, "push rbp", INSN_PUSH, N, BP, SP, 8, -8, -8, 0, NC, B(SP), true, EMUL },
	{ "\x41\x54", 2, "push r12", INSN_PUSH, N, R12, SP, 8, -8, -8, 0, NC, B(SP), true, EMUL },
	{ "\x48\x55", 2, "push rbp", INSN_PUSH, N, BP, SP, 8, -8, -8, 0, NC, B(SP), true, STEP },
	{ "\x6a\x05", 2, "push 0x5", INSN_PUSH, N, N, SP, 8, -8, -8, 0, NC, B(SP), true, STEP },
	{ "\x5d", 1, "pop rbp", INSN_LOAD, BP, N, SP, 8, 0, 8, 0, NC, B(SP) | B(BP), false, STEP },
	{ "\xe8\x00\x01\x00\x00", 5, "call 0x1105", INSN_CALL, N, N, SP, 8, 0, 0, 0x1105, NC, B(SP), true, EMUL },
	{ "\xeb\x13", 2, "jmp 0x1015", INSN_JUMP, N, N, N, 0, 0, 0, 0x1015, NC, 0, false, EMUL },
	{ "\xe9\xfb\xef\xff\xff", 5, "jmp 0x0", INSN_JUMP, N, N, N, 0, 0, 0, 0, NC, 0, false, EMUL },
	{ "\x76\x10", 2, "jbe 0x1012", INSN_BRANCH, N, N, N, 0, 0, 0, 0x1012, 6, 0, false, EMUL },
	{ "\x0f\x87\x00\x10\x00\x00", 6, "ja 0x2006", INSN_BRANCH, N, N, N, 0, 0, 0, 0x2006, 7, 0, false, EMUL },
	{ "\x66\x0f\x82\x00\x01\x00\x00", 7, NULL, INSN_BRANCH, N, N, N, 0, 0, 0, 0x1107, 2, 0, false, NO },
	{ "\x2e\x76\x10", 3, NULL, INSN_BRANCH, N, N, N, 0, 0, 0, 0x1013, 6, 0, false, NO },
	{ "\xe3\x02", 2, "jrcxz 0x1004", INSN_BRANCH, N, N, N, 0, 0, 0, 0x1004, NC, 0, false, STEP },
	{ "\xff\xe0", 2, "jmp rax", INSN_INDIRECT_JUMP, N, AX, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\xff\x12", 2, NULL, INSN_CALL, N, N, SP, 8, 0, 0, 0, NC, B(SP), true, STEP },
	{ "\xc3", 1, "ret", INSN_RET, N, N, N, 0, 0, 0, 0, NC, B(SP), false, STEP },
	{ "\xcc", 1, "int3", INSN_TRAP, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },
	{ "\x0f\x0b", 2, "ud2", INSN_TRAP, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },
	{ "\x0f\x05", 2, "syscall", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(CX) | B(R11), false, NO },
	{ "\xf0\x48\xff\x00", 4, NULL, INSN_OTHER, N, N, AX, 8, 0, 0, 0, NC, 0, true, NO },
	{ "\x48\x89\xd8", 3, "mov rax, rbx", INSN_MOVE, AX, BX, N, 0, 0, 0, 0, NC, B(AX), false, STEP },
	{ "\x89\xd8", 2, "mov eax, ebx", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(AX), false, STEP },
	{ "\x48\x89\x44\x24\x28", 5, "mov [rsp+0x28], rax", INSN_STORE, N, AX, SP, 8, 40, 0, 0, NC, 0, true, STEP },
	{ "\x88\x6c\x24\x28", 4, NULL, INSN_STORE, N, N, SP, 1, 40, 0, 0, NC, 0, true, STEP },	/* ch */
	{ "\x8b\x54\x24\x10", 4, NULL, INSN_LOAD, DX, N, SP, 4, 16, 0, 0, NC, B(DX), false, STEP },
	{ "\x8a\x54\x24\x10", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(DX), false, STEP },
	{ "\xf2\x0f\x11\x5c\x24\x08", 6, NULL, INSN_STORE, N, X0 + 3, SP, 8, 8, 0, 0, NC, 0, true, STEP },
	{ "\xf3\x0f\x10\xca", 4, NULL, INSN_MOVE, X0 + 1, X0 + 2, N, 4, 0, 0, 0, NC, B(X0 + 1), false, STEP },
	{ "\x0f\x10\xca", 3, NULL, INSN_MOVE, X0 + 1, X0 + 2, N, 0, 0, 0, 0, NC, B(X0 + 1), false, STEP },
	{ "\x48\x8d\x6c\x24\x18", 5, "lea rbp, [rsp+0x18]", INSN_LEA, BP, N, SP, 0, 24, 0, 0, NC, B(BP), false, STEP },
	{ "\x48\x8d\x64\x24\xe8", 5, NULL, INSN_ADD_SP, SP, N, SP, 0, -24, 0, 0, NC, B(SP), false, STEP },
	{ "\x48\x8d\x04\xcc", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(AX), false, STEP },
	{ "\x48\x83\xec\x18", 4, "sub rsp, 0x18", INSN_ADD_SP, N, N, N, 0, -24, 0, 0, NC, B(SP), false, STEP },
	{ "\x48\x83\xc4\x80", 4, NULL, INSN_ADD_SP, N, N, N, 0, -128, 0, 0, NC, B(SP), false, STEP },
	{ "\x48\x01\x44\x24\x08", 5, NULL, INSN_OTHER, N, N, SP, 8, 8, 0, 0, NC, 0, true, STEP },
	{ "\x48\x89\x04\xcc", 4, NULL, INSN_OTHER, N, N, SP, 0, 0, 0, 0, NC, 0, true, STEP },
	{ "\x48\x89\x05\x00\x01\x00\x00", 7, NULL, INSN_OTHER, N, N, N, 8, 0, 0, 0, NC, 0, true, STEP },
	{ "\xf3\x48\xab", 3, NULL, INSN_OTHER, N, N, DI, 0, 0, 0, 0, NC, B(CX) | B(DI), true, STEP },
	{ "\x49\x3b\x66\x10", 4, "cmp rsp, [r14+0x10]", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\x0f\xa2", 2, "cpuid", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(AX) | B(BX) | B(CX) | B(DX), false, STEP },
	{ "\xc5\xfc\x10\x00", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(X0), false, STEP },
	{ "\xc5\xed\xef\xcb", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(X0 + 1), false, NO },
	{ "\x62\xf1\x7c\x48\x10\x00", 6, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(X0), false, NO },
	{ "\xf3\x0f\x1e\xfa", 4, "endbr64", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
};

enum { F0 = 32, A64_SP = 31, ALL = -1 };

static const struct row arm64_rows[] = {
	{ "\x40\x00\x00\x14", 4, "b 0x1100", INSN_JUMP, N, N, N, 0, 0, 0, 0x1100, NC, 0, false, EMUL },
	{ "\xc0\xff\xff\x97", 4, "bl 0xf00", INSN_CALL, N, N, N, 0, 0, 0, 0xf00, NC, ALL, false, EMUL },
	{ "\x09\x01\x00\x54", 4, "b.ls 0x1020", INSN_BRANCH, N, N, N, 0, 0, 0, 0x1020, 9, 0, false, EMUL },
	{ "\x43\x00\x00\xb4", 4, "cbz x3, 0x1008", INSN_BRANCH, N, N, N, 0, 0, 0, 0x1008, NC, 0, false, EMUL },
	{ "\xc3\xff\xff\x35", 4, "cbnz w3, 0xff8", INSN_BRANCH, N, N, N, 0, 0, 0, 0xff8, NC, 0, false, EMUL },
	{ "\x43\x00\x40\xb6", 4, "tbz x3, #40, 0x1008", INSN_BRANCH, N, N, N, 0, 0, 0, 0x1008, NC, 0, false, EMUL },
	{ "\x60\x03\x1f\xd6", 4, "br x27", INSN_INDIRECT_JUMP, N, 27, N, 0, 0, 0, 0, NC, 0, false, EMUL },
	{ "\x40\x03\x3f\xd6", 4, "blr x26", INSN_CALL, N, N, N, 0, 0, 0, 0, NC, ALL, false, EMUL },
	{ "\xc0\x03\x5f\xd6", 4, "ret", INSN_RET, N, N, N, 0, 0, 0, 0, NC, 0, false, EMUL },
	{ "\xff\x0b\x5f\xd6", 4, NULL, INSN_RET, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },	/* retaa */
	{ "\x1f\x20\x03\xd5", 4, "nop", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\x80\x00\x00\x10", 4, "adr x0, 0x1010", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(0), false, EMUL },
	{ "\x01\x00\x00\x90", 4, "adrp x1, 0x1000", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(1), false, EMUL },
	{ "\x00\x02\x00\x58", 4, "ldr x0, 0x1040", INSN_OTHER, N, N, N, 8, 0, 0, 0x1040, NC, B(0), false, NO },
	{ "\x03\x02\x00\x9c", 4, "ldr q3, 0x1040", INSN_OTHER, N, N, N, 16, 0, 0, 0x1040, NC, B(F0 + 3), false, NO },
	{ "\x90\x0b\x40\xf9", 4, "ldr x16, [x28, #16]", INSN_LOAD, 16, N, 28, 8, 16, 0, 0, NC, B(16), false, STEP },
	{ "\xe2\x0b\x40\xb9", 4, "ldr w2, [sp, #8]", INSN_LOAD, 2, N, A64_SP, 4, 8, 0, 0, NC, B(2), false, STEP },
	{ "\xe2\x23\x40\x39", 4, "ldrb w2, [sp, #8]", INSN_LOAD, 2, N, A64_SP, 1, 8, 0, 0, NC, B(2), false, STEP },
	{ "\xe2\x0b\x80\xb9", 4, "ldrsw x2, [sp, #8]", INSN_OTHER, N, N, A64_SP, 4, 8, 0, 0, NC, B(2), false, STEP },
	{ "\xe2\x0f\x40\xfd", 4, "ldr d2, [sp, #24]", INSN_LOAD, F0 + 2, N, A64_SP, 8, 24, 0, 0, NC, B(F0 + 2), false, STEP },
	{ "\xfe\x0f\x1d\xf8", 4, "str x30, [sp, #-48]!", INSN_STORE, N, 30, A64_SP, 8, -48, -48, 0, NC, B(A64_SP), true, STEP },
	{ "\xff\x13\x00\xb9", 4, "str wzr, [sp, #16]", INSN_STORE, N, N, A64_SP, 4, 16, 0, 0, NC, 0, true, STEP },
	{ "\xfd\x83\x1f\xf8", 4, "stur x29, [sp, #-8]", INSN_STORE, N, 29, A64_SP, 8, -8, 0, 0, NC, 0, true, STEP },
	{ "\x86\x02\x80\x3d", 4, "str q6, [x20]", INSN_STORE, N, F0 + 6, 20, 16, 0, 0, 0, NC, 0, true, STEP },
	{ "\xfe\x07\x43\xf8", 4, "ldr x30, [sp], #48", INSN_LOAD, 30, N, A64_SP, 8, 0, 48, 0, NC, B(30) | B(A64_SP), false, STEP },
	{ "\x41\x78\x63\xf8", 4, NULL, INSN_OTHER, 1, N, 2, 0, 0, 0, 0, NC, B(1), false, STEP },
	{ "\x41\x68\x23\xf8", 4, "str x1, [x2, x3]", INSN_OTHER, N, 1, 2, 0, 0, 0, 0, NC, 0, true, STEP },
	{ "\xe0\x87\x00\xa9", 4, "stp x0, x1, [sp, #8]", INSN_STORE, N, 0, A64_SP, 8, 8, 0, 0, NC, 0, true, STEP },
	{ "\xff\x87\x00\xa9", 4, "stp xzr, x1, [sp, #8]", INSN_STORE, N, N, A64_SP, 8, 8, 0, 0, NC, 0, true, STEP },
	{ "\xe0\x87\x00\x6d", 4, "stp d0, d1, [sp, #8]", INSN_STORE, N, F0, A64_SP, 8, 8, 0, 0, NC, 0, true, STEP },
	{ "\xfd\x7b\xc1\xa8", 4, "ldp x29, x30, [sp], #16", INSN_LOAD, 29, N, A64_SP, 8, 0, 16, 0, NC, B(29) | B(30) | B(A64_SP), false, STEP },
	{ "\xe3\x03\x1e\xaa", 4, "mov x3, x30", INSN_MOVE, 3, 30, N, 0, 0, 0, 0, NC, B(3), false, STEP },
	{ "\xe2\x03\x00\x91", 4, "mov x2, sp", INSN_MOVE, 2, A64_SP, N, 0, 0, 0, 0, NC, B(2), false, STEP },
	{ "\x9f\x02\x00\x91", 4, "mov sp, x20", INSN_MOVE, A64_SP, 20, N, 0, 0, 0, 0, NC, B(A64_SP), false, STEP },
	{ "\xff\x03\x01\xd1", 4, "sub sp, sp, #0x40", INSN_ADD_SP, A64_SP, N, A64_SP, 0, -64, 0, 0, NC, B(A64_SP), false, STEP },
	{ "\xf1\x07\x40\xd1", 4, "sub x17, sp, #0x1, lsl #12", INSN_LEA, 17, N, A64_SP, 0, -4096, 0, 0, NC, B(17), false, STEP },
	{ "\xff\x63\x30\xeb", 4, "cmp sp, x16", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\x3f\x02\x10\xeb", 4, "cmp x17, x16", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\x3f\x1c\x00\xf1", 4, "cmp x1, #0x7", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },
	{ "\xf1\x63\x3b\xeb", 4, "subs x17, sp, x27", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(17), false, STEP },
	{ "\x1b\x00\x84\xd2", 4, "mov x27, #0x2000", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(27), false, STEP },
	{ "\x20\x00\x02\x8b", 4, "add x0, x1, x2", INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(0), false, STEP },
	{ "\x3f\xec\x7c\x92", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(A64_SP), false, STEP },	/* and sp, x1, #-16 */
	{ "\x67\x00\x66\x9e", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(7) | B(F0 + 7), false, STEP },	/* fmov x7, d3 */
	{ "\x20\xfc\x5f\xc8", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, ALL, true, NO },		/* ldaxr */
	{ "\x41\x00\x20\xf8", 4, NULL, INSN_OTHER, N, N, 2, 0, 0, 0, 0, NC, B(1), true, STEP },	/* ldadd */
	{ "\x01\x00\x00\xd4", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, ALL, true, NO },		/* svc */
	{ "\x20\x00\x20\xd4", 4, NULL, INSN_TRAP, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },		/* brk */
	{ "\x00\x00\x00\x00", 4, "udf", INSN_TRAP, N, N, N, 0, 0, 0, 0, NC, 0, false, NO },
	{ "\x40\xd0\x3b\xd5", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, B(0), false, NO },		/* mrs */
	{ "\x00\x00\x80\xf9", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, 0, false, STEP },		/* prfm */
	{ "\x00\x04\x00\x19", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, ALL, true, NO },		/* cpyfp */
	{ "\x00\x00\x20\x04", 4, NULL, INSN_OTHER, N, N, N, 0, 0, 0, 0, NC, ALL, true, NO },		/* sve */
};
/* clang-format on */

static void check(const struct row *r, const struct abi_arch *arch)
{
	const struct bytes b = { .data = (const uint8_t *)r->code, .size = r->len, .addr = AT };
	enum verdict v;
	struct insn in;
	char text[128];

	assert_true(arch->insn->decode(&b, AT, &in));
	arch->insn->format(&b, AT, text, sizeof(text));
	v = !in.probeable ? NO : in.cost == GOSYM_EMULATED ? EMUL : STEP;
	if (r->text && strcmp(text, r->text))
		fail_msg("\"%s\" instead of \"%s\"", text, r->text);
	if (in.len != r->len || in.kind != r->kind || in.dst != r->dst || in.src != r->src || in.base != r->base)
		fail_msg("%s: len %d kind %d dst %d src %d base %d", text, in.len, in.kind, in.dst, in.src, in.base);
	if (in.size != r->size || in.disp != r->disp || in.writeback != r->writeback || in.target != r->target)
		fail_msg("%s: size %d disp %lld writeback %lld target 0x%llx", text, in.size, (long long)in.disp,
			 (long long)in.writeback, (unsigned long long)in.target);
	if (in.cond != r->cond || in.writes != r->writes || in.writes_memory != r->writes_memory || v != r->verdict)
		fail_msg("%s: cond %d writes 0x%llx memory %d verdict %d", text, in.cond,
			 (unsigned long long)in.writes, in.writes_memory, v);
}

static void test_amd64(void **state)
{
	for (size_t i = 0; i < sizeof(amd64_rows) / sizeof(amd64_rows[0]); i++)
		check(&amd64_rows[i], &abi_amd64);
}

static void test_arm64(void **state)
{
	for (size_t i = 0; i < sizeof(arm64_rows) / sizeof(arm64_rows[0]); i++)
		check(&arm64_rows[i], &abi_arm64);
}

/* The decoders number registers by the hardware; the tables must stand in that order. */
static void test_numbering(void **state)
{
	static const char *const amd64[] = { "AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", "R8", "R9", "R10",
					     "R11", "R12", "R13", "R14", "R15", "X0" };

	for (size_t i = 0; i < sizeof(amd64) / sizeof(amd64[0]); i++)
		assert_string_equal(abi_amd64.regs[i].name, amd64[i]);
	assert_string_equal(abi_arm64.regs[0].name, "R0");
	assert_string_equal(abi_arm64.regs[30].name, "R30");
	assert_int_equal(abi_arm64.sp, A64_SP);
	assert_string_equal(abi_arm64.regs[F0].name, "F0");
	assert_string_equal(abi_arm64.regs[F0 + 31].name, "F31");
}

static void test_truncated(void **state)
{
	static const uint8_t code[] = { 0x0f, 0x87, 0x00, 0x10 };
	const struct bytes b = { .data = code, .size = sizeof(code), .addr = AT };
	char text[128];
	struct insn in;

	assert_false(abi_amd64.insn->decode(&b, AT, &in));
	assert_false(abi_arm64.insn->decode(&b, AT + 1, &in));
	assert_false(abi_amd64.insn->decode(&b, AT + 4, &in));
	assert_false(abi_amd64.insn->decode(&b, AT - 1, &in));
	abi_arm64.insn->format(&b, AT + 4, text, sizeof(text));
	assert_string_equal(text, "(bad)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amd64),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_numbering),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
