// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * arm64 as data. Registers stand in the order of their hardware encoding; number 31 is the stack pointer.
 *
 * Argument sequences: src/cmd/compile/abi-internal.md, "arm64 architecture" (unchanged since Go 1.18).
 * DWARF numbers: "DWARF for the Arm 64-bit Architecture". Offsets: struct user_pt_regs
 * (arch/arm64/include/uapi/asm/ptrace.h); it holds no vector registers. Names of fetches are the kernel's
 * (arch/arm64/kernel/ptrace.c: regoffset_table). g lives in R28 always, in assembly too.
 */
#include <elf.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(n) { "R" #n, "x" #n, n, 8 * n, false }
#define FP(n) { "F" #n, NULL, 64 + n, NOT_IN_PT_REGS, true }

enum { R26 = 26, R28 = 28, R29, R30, RSP = 31, F0 = 32 };

static const struct abi_reg regs[] = {
	INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8), INT(9), INT(10),
	INT(11), INT(12), INT(13), INT(14), INT(15), INT(16), INT(17), INT(18), INT(19), INT(20),
	INT(21), INT(22), INT(23), INT(24), INT(25), INT(26), INT(27), INT(28), INT(29), INT(30),
	{ "RSP", "sp", 31, 248, false },
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7), FP(8), FP(9), FP(10),
	FP(11), FP(12), FP(13), FP(14), FP(15), FP(16), FP(17), FP(18), FP(19), FP(20),
	FP(21), FP(22), FP(23), FP(24), FP(25), FP(26), FP(27), FP(28), FP(29), FP(30), FP(31),
};

static const int8_t ints[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const int8_t floats[] = { F0, F0 + 1, F0 + 2, F0 + 3, F0 + 4, F0 + 5, F0 + 6, F0 + 7, F0 + 8, F0 + 9,
				 F0 + 10, F0 + 11, F0 + 12, F0 + 13, F0 + 14, F0 + 15 };

const struct abi_arch abi_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.ptr_size = 8,
	.min_lc = 4,
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.sequence = { ints, floats, sizeof(ints), sizeof(floats) },
	.regabi_since = 18,
	.args_base = 8,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = RSP,
	.ctx = R26,
	.g = R28,
	.fp = R29,
	.fp_since = 21,			/* src/runtime/stack.go: adjustframe */
	.lr = R30,
	.g_reg_since = 0,
	.pt_flags = 264,
	.pt_ip = 256,
	.pt_sp = 248,
	.guard_off = 16,
	.insn = &insn_arm64_ops,
};
