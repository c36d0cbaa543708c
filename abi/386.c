// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * 386 as data. Registers stand in the order of their hardware encoding.
 *
 * Never register arguments. DWARF numbers: cmd/internal/obj/x86/a.out.go (X86DWARFRegisters). pt_regs offsets:
 * arch/x86/include/asm/ptrace.h, of a 32-bit kernel. g is a thread-local word behind GS, in no register.
 */
#include <elf.h>
#include <limits.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(name, fetch, dwarf, off) { name, fetch, dwarf, off, false }
#define FP(n) { "X" #n, NULL, 21 + n, NOT_IN_PT_REGS, true }

enum { AX, CX, DX, BX, SP, BP, SI, DI };

static const struct abi_reg regs[] = {
	INT("AX", "ax", 0, 24), INT("CX", "cx", 1, 4), INT("DX", "dx", 2, 8), INT("BX", "bx", 3, 0),
	INT("SP", "sp", 4, 60), INT("BP", "bp", 5, 20), INT("SI", "si", 6, 12), INT("DI", "di", 7, 16),
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7),
};

const struct abi_arch abi_386 = {
	.name = "386",
	.machine = EM_386,
	.ptr_size = 4,
	.min_lc = 1,
	.max_align = 4,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.regabi_since = INT_MAX,
	.args_base = 4,			/* behind the return address */
	.sp = SP,
	.ctx = DX,
	.g = REG_NONE,
	.fp = REG_NONE,
	.lr = REG_NONE,
	.pt_flags = 56,
	.pt_ip = 48,
	.pt_sp = 60,
	.guard_off = 8,
	.insn = &insn_i386_ops,
};
