// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * amd64 as data. Registers stand in the order of their hardware encoding.
 *
 * Argument sequences: src/cmd/compile/abi-internal.md, "amd64 architecture" (unchanged since Go 1.17).
 * DWARF numbers: x86-64 psABI, "DWARF Register Number Mapping". pt_regs offsets: arch/x86/include/asm/ptrace.h;
 * it holds no vector registers. g: runtime/asm_amd64.s (R14 since 1.17, before that and in assembly
 * the thread-local word at FS-8).
 */
#include <elf.h>

#include "abi/arch.h"
#include "abi/insn.h"

#define INT(name, fetch, dwarf, off) { name, fetch, dwarf, off, false }
#define FP(n) { "X" #n, NULL, 17 + n, NOT_IN_PT_REGS, true }

enum { AX, CX, DX, BX, SP, BP, SI, DI, R8, R9, R10, R11, R12, R13, R14, R15, X0 };

static const struct abi_reg regs[] = {
	INT("AX", "ax", 0, 80), INT("CX", "cx", 2, 88), INT("DX", "dx", 1, 96), INT("BX", "bx", 3, 40),
	INT("SP", "sp", 7, 152), INT("BP", "bp", 6, 32), INT("SI", "si", 4, 104), INT("DI", "di", 5, 112),
	INT("R8", "r8", 8, 72), INT("R9", "r9", 9, 64), INT("R10", "r10", 10, 56), INT("R11", "r11", 11, 48),
	INT("R12", "r12", 12, 24), INT("R13", "r13", 13, 16), INT("R14", "r14", 14, 8), INT("R15", "r15", 15, 0),
	FP(0), FP(1), FP(2), FP(3), FP(4), FP(5), FP(6), FP(7),
	FP(8), FP(9), FP(10), FP(11), FP(12), FP(13), FP(14), FP(15),
};

static const int8_t ints[] = { AX, BX, CX, DI, SI, R8, R9, R10, R11 };
/* X15 is kept at zero and carries nothing. */
static const int8_t floats[] = { X0, X0 + 1, X0 + 2, X0 + 3, X0 + 4, X0 + 5, X0 + 6, X0 + 7, X0 + 8,
				 X0 + 9, X0 + 10, X0 + 11, X0 + 12, X0 + 13, X0 + 14 };

const struct abi_arch abi_amd64 = {
	.name = "amd64",
	.machine = EM_X86_64,
	.ptr_size = 8,
	.min_lc = 1,
	.max_align = 8,
	.regs = regs,
	.num_regs = sizeof(regs) / sizeof(regs[0]),
	.sequence = { ints, floats, sizeof(ints), sizeof(floats) },
	.regabi_since = 17,
	.args_base = 8,			/* behind the return address */
	.sp = SP,
	.ctx = DX,
	.g = R14,
	.fp = BP,
	.lr = REG_NONE,
	.g_reg_since = 17,
	.tls_g = -8,
	.pt_flags = 144,
	.pt_ip = 128,
	.pt_sp = 152,
	.guard_off = 16,
	.insn = &insn_x86_ops,
};
