// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * mips, mipsle, mips64 and mips64le as data: one set of registers, two sizes, two byte orders.
 *
 * Never register arguments. DWARF numbers: cmd/internal/obj/mips/a.out.go. Names of fetches: arch/mips/kernel/ptrace.c
 * (regoffset_table). g lives in R30.
 */
#include <elf.h>
#include <limits.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(n) { "R" #n, "r" #n, n, NOT_IN_PT_REGS, false }
#define FP(n) { "F" #n, NULL, 32 + n, NOT_IN_PT_REGS, true }

enum { R22 = 22, R29 = 29, R30, R31 };

static const struct abi_reg regs[] = {
	{ "R0", NULL, 0, NOT_IN_PT_REGS, false },
	INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8), INT(9), INT(10), INT(11),
	INT(12), INT(13), INT(14), INT(15), INT(16), INT(17), INT(18), INT(19), INT(20), INT(21), INT(22),
	INT(23), INT(24), INT(25), INT(26), INT(27), INT(28),
	{ "R29", "sp", 29, NOT_IN_PT_REGS, false }, { "R30", "fp", 30, NOT_IN_PT_REGS, false },
	{ "R31", "ra", 31, NOT_IN_PT_REGS, false },
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7), FP(8), FP(9), FP(10),
	FP(11), FP(12), FP(13), FP(14), FP(15), FP(16), FP(17), FP(18), FP(19), FP(20), FP(21),
	FP(22), FP(23), FP(24), FP(25), FP(26), FP(27), FP(28), FP(29), FP(30), FP(31),
};

const struct abi_arch abi_mips = {
	.name = "mips",
	.machine = EM_MIPS,
	.ptr_size = 4,
	.min_lc = 4,
	.big_endian = true,
	.max_align = 4,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 4,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = R29,
	.ctx = R22,
	.g = R30,
	.fp = REG_NONE,
	.lr = R31,
	.guard_off = 8,
	.insn = &insn_mips_ops,
};

const struct abi_arch abi_mipsle = {
	.name = "mipsle",
	.machine = EM_MIPS,
	.ptr_size = 4,
	.min_lc = 4,
	.max_align = 4,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 4,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = R29,
	.ctx = R22,
	.g = R30,
	.fp = REG_NONE,
	.lr = R31,
	.guard_off = 8,
	.insn = &insn_mips_ops,
};

const struct abi_arch abi_mips64 = {
	.name = "mips64",
	.machine = EM_MIPS,
	.ptr_size = 8,
	.min_lc = 4,
	.big_endian = true,
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 8,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = R29,
	.ctx = R22,
	.g = R30,
	.fp = REG_NONE,
	.lr = R31,
	.guard_off = 16,
	.insn = &insn_mips_ops,
};

const struct abi_arch abi_mips64le = {
	.name = "mips64le",
	.machine = EM_MIPS,
	.ptr_size = 8,
	.min_lc = 4,
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 8,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = R29,
	.ctx = R22,
	.g = R30,
	.fp = REG_NONE,
	.lr = R31,
	.guard_off = 16,
	.insn = &insn_mips_ops,
};
