// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * s390x as data.
 *
 * Argument sequences: cmd/compile/internal/ssa/_gen/S390XOps.go (ParamIntRegNames), in force since Go 1.26. DWARF
 * numbers, interleaved for floats: cmd/internal/obj/s390x/a.out.go. Names of fetches: arch/s390/kernel/ptrace.c
 * (gpr_names); pt_regs: arch/s390/include/asm/ptrace.h. g lives in R13.
 */
#include <elf.h>
#include <limits.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(n) { "R" #n, "r" #n, n, 24 + 8 * n, false }
#define FP(n, dwarf) { "F" #n, NULL, dwarf, NOT_IN_PT_REGS, true }

enum { R12 = 12, R13, R14, SP, F0 };

static const struct abi_reg regs[] = {
	INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8), INT(9), INT(10),
	INT(11), INT(12), INT(13), INT(14), INT(15),
	FP(0, 16), FP(1, 20), FP(2, 17), FP(3, 21), FP(4, 18), FP(5, 22), FP(6, 19), FP(7, 23),
	FP(8, 24), FP(9, 28), FP(10, 25), FP(11, 29), FP(12, 26), FP(13, 30), FP(14, 27), FP(15, 31),
};

static const int8_t ints[] = { 2, 3, 4, 5, 6, 7, 8, 9 };
static const int8_t floats[] = { F0, F0 + 1, F0 + 2, F0 + 3, F0 + 4, F0 + 5, F0 + 6, F0 + 7, F0 + 8, F0 + 9,
				 F0 + 10, F0 + 11, F0 + 12, F0 + 13, F0 + 14, F0 + 15 };

const struct abi_arch abi_s390x = {
	.name = "s390x",
	.machine = EM_S390,
	.ptr_size = 8,
	.min_lc = 2,
	.big_endian = true,
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.sequence = { ints, floats, sizeof(ints), sizeof(floats) },
	.regabi_since = 26,
	.args_base = 8,			/* behind the slot in which a callee would save the link register */
	.link_register = true,
	.sp = SP,
	.ctx = R12,
	.g = R13,
	.fp = REG_NONE,
	.lr = R14,
	.pt_flags = 8,
	.pt_ip = 16,
	.pt_sp = 144,
	.guard_off = 16,
	.insn = &insn_s390x_ops,
};
