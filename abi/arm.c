// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * arm as data. Registers stand in the order of their hardware encoding, behind them the double floats.
 *
 * Never register arguments. DWARF numbers: cmd/internal/obj/arm/a.out.go (ARMDWARFRegisters: F0 is 64, in steps of
 * 2). Names of fetches: arch/arm/kernel/ptrace.c (regoffset_table). pt_regs: arch/arm/include/asm/ptrace.h. g lives
 * in R10.
 */
#include <elf.h>
#include <limits.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(n) { "R" #n, "r" #n, n, 4 * n, false }
#define FP(n) { "F" #n, NULL, 64 + 2 * n, NOT_IN_PT_REGS, true }

enum { R7 = 7, R10 = 10, SP = 13, LR = 14 };

static const struct abi_reg regs[] = {
	INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8), INT(9), INT(10),
	{ "R11", "fp", 11, 44, false }, { "R12", "ip", 12, 48, false }, { "R13", "sp", 13, 52, false },
	{ "R14", "lr", 14, 56, false }, { "R15", "pc", 15, 60, false },
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7), FP(8), FP(9), FP(10), FP(11), FP(12), FP(13), FP(14),
	FP(15),
};

const struct abi_arch abi_arm = {
	.name = "arm",
	.machine = EM_ARM,
	.ptr_size = 4,
	.min_lc = 4,
	.max_align = 4,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 4,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = SP,
	.ctx = R7,
	.g = R10,
	.fp = REG_NONE,
	.lr = LR,
	.pt_flags = 64,
	.pt_ip = 60,
	.pt_sp = 52,
	.guard_off = 8,
	.insn = &insn_arm_ops,
};
