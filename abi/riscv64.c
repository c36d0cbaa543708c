// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * riscv64 as data. Go numbers the registers; the kernel and other tools call them by their role.
 *
 * Argument sequences: cmd/compile/internal/ssa/_gen/RISCV64Ops.go (ParamIntRegNames), unchanged since Go 1.19. DWARF
 * numbers: cmd/internal/obj/riscv/cpu.go. Names of fetches: arch/riscv/kernel/ptrace.c (regoffset_table); struct
 * user_regs_struct: arch/riscv/include/uapi/asm/ptrace.h, where the place of x0 holds the program counter. g lives
 * in X27.
 */
#include <elf.h>
#include <limits.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(n, fetch) { "X" #n, fetch, n, 8 * n, false }
#define FP(n) { "F" #n, NULL, 32 + n, NOT_IN_PT_REGS, true }

enum { RA = 1, SP = 2, X26 = 26, X27 = 27, F0 = 32 };

static const struct abi_reg regs[] = {
	{ "X0", NULL, 0, NOT_IN_PT_REGS, false },
	INT(1, "ra"), INT(2, "sp"), INT(3, "gp"), INT(4, "tp"), INT(5, "t0"), INT(6, "t1"), INT(7, "t2"),
	INT(8, "s0"), INT(9, "s1"), INT(10, "a0"), INT(11, "a1"), INT(12, "a2"), INT(13, "a3"), INT(14, "a4"),
	INT(15, "a5"), INT(16, "a6"), INT(17, "a7"), INT(18, "s2"), INT(19, "s3"), INT(20, "s4"), INT(21, "s5"),
	INT(22, "s6"), INT(23, "s7"), INT(24, "s8"), INT(25, "s9"), INT(26, "s10"), INT(27, "s11"), INT(28, "t3"),
	INT(29, "t4"), INT(30, "t5"), INT(31, "t6"),
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7), FP(8), FP(9), FP(10),
	FP(11), FP(12), FP(13), FP(14), FP(15), FP(16), FP(17), FP(18), FP(19), FP(20), FP(21),
	FP(22), FP(23), FP(24), FP(25), FP(26), FP(27), FP(28), FP(29), FP(30), FP(31),
};

static const int8_t ints[] = { 10, 11, 12, 13, 14, 15, 16, 17, 8, 9, 18, 19, 20, 21, 22, 23 };
static const int8_t floats[] = { F0 + 10, F0 + 11, F0 + 12, F0 + 13, F0 + 14, F0 + 15, F0 + 16, F0 + 17, F0 + 8,
				 F0 + 9, F0 + 18, F0 + 19, F0 + 20, F0 + 21, F0 + 22, F0 + 23 };

const struct abi_arch abi_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.ptr_size = 8,
	.min_lc = 2,			/* the table's quantum is that of compressed instructions */
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.sequence = { ints, floats, sizeof(ints), sizeof(floats) },
	.regabi_since = 19,
	.args_base = 8,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = SP,
	.ctx = X26,
	.g = X27,
	.fp = REG_NONE,
	.lr = RA,
	.pt_ip = 0,
	.pt_sp = 16,
	.guard_off = 16,
	.insn = &insn_riscv64_ops,
};
