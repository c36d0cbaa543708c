// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Following entry registers through frame set-up, spills, moves and what must be forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "abi/track.h"

enum { AX, CX, DX, BX, SP, BP, SI, R12 = 12, X0 = 16, X1, A64_R0 = 0, A64_R1, A64_LR = 30, A64_F0 = 32 };

/* Walks the code to its end; false where the tracker gave up. */
static bool walk(struct track *t, const struct abi_arch *arch, const void *code, size_t size)
{
	const struct bytes b = { .data = code, .size = size, .addr = 0x1000 };
	struct insn in;

	track_init(t, arch);
	for (uint64_t addr = b.addr; addr < b.addr + size; addr += in.len) {
		assert_true(arch->insn->decode(&b, addr, &in));
		if (!track_step(t, &in))
			return false;
	}
	return true;
}

static void expect(const struct track *t, int reg, int kind, int32_t where, uint8_t size)
{
	struct gosym_site_loc loc;
	uint8_t have;

	loc = track_find(t, reg, &have);
	if ((int)loc.kind != kind || (kind != GOSYM_LOC_LOST && (loc.where != where || have != size)))
		fail_msg("%s: kind %d at %d, %u bytes", t->arch->regs[reg].name, loc.kind, loc.where, have);
}

static void test_frame(void **state)
{
	static const char code[] = "\x55"			/* push rbp */
				   "\x48\x89\xe5"		/* mov rbp, rsp */
				   "\x48\x83\xec\x18"		/* sub rsp, 0x18 */
				   "\x48\x89\x44\x24\x28"	/* mov [rsp+0x28], rax: its spill slot */
				   "\xf3\x0f\x11\x44\x24\x30"	/* movss [rsp+0x30], xmm0 */
				   "\x49\x89\xdc"		/* mov r12, rbx */
				   "\x31\xc0"			/* xor eax, eax */
				   "\x31\xdb"			/* xor ebx, ebx */
				   "\x88\x4d\xf8"		/* mov [rbp-8], cl */
				   "\x31\xc9";			/* xor ecx, ecx */
	struct track t;

	assert_true(walk(&t, &abi_amd64, code, sizeof(code) - 1));
	assert_int_equal(track_sp_off(&t), 32);
	expect(&t, AX, GOSYM_LOC_STACK, 0x28, 8);
	expect(&t, BX, GOSYM_LOC_REG, R12, 8);
	expect(&t, CX, GOSYM_LOC_STACK, 0x10, 1);
	expect(&t, DX, GOSYM_LOC_REG, DX, 8);
	expect(&t, BP, GOSYM_LOC_STACK, 0x18, 8);
	/* No reader of pt_regs sees X0: its slot is the better place. */
	expect(&t, X0, GOSYM_LOC_STACK, 0x30, 4);
	expect(&t, X1, GOSYM_LOC_REG, X1, 8);
	assert_int_equal(t.args_written_from, 8);
	assert_false(t.foreign_write);
}

static void test_forget(void **state)
{
	static const char overlap[] = "\x48\x89\x44\x24\xf0"	/* mov [rsp-0x10], rax: below SP */
				      "\x48\x83\xec\x20"	/* sub rsp, 0x20 */
				      "\x48\x89\x44\x24\x08"	/* mov [rsp+8], rax */
				      "\x48\x89\x5c\x24\x10"	/* mov [rsp+0x10], rbx */
				      "\xc6\x44\x24\x0f\x01"	/* mov byte [rsp+0xf], 1 */
				      "\x31\xc0\x31\xdb";	/* xor eax, eax; xor ebx, ebx */
	static const char restored[] = "\x53"			/* push rbx */
				       "\x31\xdb"		/* xor ebx, ebx */
				       "\x5b";			/* pop rbx */
	static const char half[] = "\x50"			/* push rax */
				   "\x8b\x0c\x24"		/* mov ecx, [rsp] */
				   "\x31\xc0\x58"		/* xor eax, eax; pop rax */
				   "\x88\xd8";			/* mov al, bl */
	struct track t;

	assert_true(walk(&t, &abi_amd64, overlap, sizeof(overlap) - 1));
	expect(&t, AX, GOSYM_LOC_LOST, 0, 0);
	expect(&t, BX, GOSYM_LOC_STACK, 0x10, 8);
	assert_true(walk(&t, &abi_amd64, restored, sizeof(restored) - 1));
	expect(&t, BX, GOSYM_LOC_REG, BX, 8);
	assert_int_equal(track_sp_off(&t), 0);
	assert_true(walk(&t, &abi_amd64, half, sizeof(half) - 1));
	expect(&t, AX, GOSYM_LOC_LOST, 0, 0);
	expect(&t, CX, GOSYM_LOC_LOST, 0, 0);
}

static void test_writes_elsewhere(void **state)
{
	static const char through_arg[] = "\x50"		/* push rax */
					  "\x48\x89\x18"	/* mov [rax], rbx */
					  "\x31\xc0";		/* xor eax, eax */
	static const char through_index[] = "\x50"		/* push rax */
					    "\x48\x89\x1c\xcc"	/* mov [rsp+rcx*8], rbx */
					    "\x31\xc0";		/* xor eax, eax */
	static const char through_copy[] = "\x50"		/* push rax */
					   "\x48\x8d\x14\xcc"	/* lea rdx, [rsp+rcx*8] */
					   "\x48\x89\x1a"	/* mov [rdx], rbx */
					   "\x31\xc0";		/* xor eax, eax */
	struct track t;

	assert_true(walk(&t, &abi_amd64, through_arg, sizeof(through_arg) - 1));
	expect(&t, AX, GOSYM_LOC_STACK, 0, 8);
	assert_true(t.foreign_write);
	assert_int_equal(t.args_written_from, INT32_MAX);
	assert_true(walk(&t, &abi_amd64, through_index, sizeof(through_index) - 1));
	expect(&t, AX, GOSYM_LOC_LOST, 0, 0);
	assert_int_equal(t.args_written_from, 8);
	assert_true(walk(&t, &abi_amd64, through_copy, sizeof(through_copy) - 1));
	expect(&t, AX, GOSYM_LOC_LOST, 0, 0);
	assert_int_equal(t.args_written_from, 8);
}

static void test_ends(void **state)
{
	static const char call[] = "\xe8\x00\x00\x00\x00";	/* call */
	static const char align[] = "\x48\x83\xe4\xf0";		/* and rsp, -16 */
	struct track t;

	assert_false(walk(&t, &abi_amd64, call, sizeof(call) - 1));
	assert_false(walk(&t, &abi_amd64, align, sizeof(align) - 1));
}

static void test_arm64(void **state)
{
	static const char small[] = "\xfe\x0f\x1d\xf8"		/* str x30, [sp, #-48]! */
				    "\xfd\x83\x1f\xf8"		/* stur x29, [sp, #-8] */
				    "\xfd\x23\x00\xd1"		/* sub x29, sp, #8 */
				    "\xe0\x87\x03\xa9"		/* stp x0, x1, [sp, #56] */
				    "\xe0\x2b\x00\xfd"		/* str d0, [sp, #80] */
				    "\xe0\x03\x1f\xaa"		/* mov x0, xzr */
				    "\xe1\x03\x02\xaa";		/* mov x1, x2 */
	static const char large[] = "\xf4\x03\x06\xd1"		/* sub x20, sp, #0x180 */
				    "\x9d\xfa\x3f\xa9"		/* stp x29, x30, [x20, #-8] */
				    "\x9f\x02\x00\x91"		/* mov sp, x20 */
				    "\xfd\x23\x00\xd1";		/* sub x29, sp, #8 */
	static const char post[] = "\xe0\x0f\x1f\xf8"		/* str x0, [sp, #-16]! */
				   "\x00\x00\x80\xd2"		/* mov x0, #0 */
				   "\xe0\x07\x41\xf8";		/* ldr x0, [sp], #16 */
	struct track t;

	assert_true(walk(&t, &abi_arm64, small, sizeof(small) - 1));
	assert_int_equal(track_sp_off(&t), 48);
	expect(&t, A64_R0, GOSYM_LOC_STACK, 56, 8);
	expect(&t, A64_R1, GOSYM_LOC_STACK, 64, 8);
	expect(&t, 2, GOSYM_LOC_REG, 2, 8);
	expect(&t, A64_F0, GOSYM_LOC_STACK, 80, 8);
	assert_int_equal(t.args_written_from, 8);
	assert_true(walk(&t, &abi_arm64, large, sizeof(large) - 1));
	assert_int_equal(track_sp_off(&t), 0x180);
	expect(&t, A64_LR, GOSYM_LOC_REG, A64_LR, 8);
	assert_true(walk(&t, &abi_arm64, post, sizeof(post) - 1));
	assert_int_equal(track_sp_off(&t), 0);
	expect(&t, A64_R0, GOSYM_LOC_REG, 0, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_writes_elsewhere),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
