/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * One decoded instruction, as much of it as following arguments and choosing sites needs. x86 is decoded
 * by Zydis (insn_x86.c), the others by mask tables (insn_arm64.c, insn_table.h).
 */
#ifndef ABI_INSN_H
#define ABI_INSN_H

#include "abi/arch.h"

enum insn_kind {
	INSN_OTHER,			/* reads and writes as told below */
	INSN_MOVE,			/* whole register dst = src, or its low size bytes */
	INSN_LOAD,			/* dst = [base + disp], size bytes; dst zero-extended. base REG_NONE: at target */
	INSN_STORE,			/* [base + disp] = src, size bytes */
	INSN_PUSH,			/* SP -= word, [SP] = src: base SP, disp and writeback -word */
	INSN_ADD_SP,			/* SP += imm (also sub, lea: sign in imm) */
	INSN_LEA,			/* dst = base + disp */
	INSN_JUMP,			/* to target, unconditional */
	INSN_BRANCH,			/* conditional, to target */
	INSN_CALL,
	INSN_RET,
	INSN_INDIRECT_JUMP,
	INSN_TRAP,			/* ud2, int3, brk, udf: does not go on */
};

enum { INSN_NO_COND = 0xff };

struct insn {
	uint64_t addr;
	uint8_t len;
	enum insn_kind kind;
	int8_t dst, src, base;		/* register indices, REG_NONE */
	int8_t dst2, src2;		/* second register of a pair, size bytes above the first (ldp, stp) */
	bool pair;			/* two registers; one of them may be the zero register, REG_NONE */
	uint8_t size;			/* bytes moved, per register; 0: of moves all, of memory written unknown */
	int64_t disp;			/* displacement or immediate; memory is at base + disp, with base as before */
	int64_t writeback;		/* added to base by the instruction itself (push, pop, pre- and post-index, a RET's frame) */
	uint64_t target;		/* of jumps, branches, direct calls, literal loads; 0 unknown */
	uint8_t delay;			/* bytes of the instruction behind it that is executed before it jumps (mips) */
	uint8_t cond;			/* of branches: x86 tttn, arm64 cond; INSN_NO_COND if flags do not decide */
	uint64_t writes;		/* bit set of register indices this instruction changes (whole or in part) */
	bool zero;			/* sets dst to zero: a vector register xor itself */
	bool indexed;			/* its memory operand has an index register; indirect jumps: src is theirs */
	bool may_fault;			/* touches memory that may not be there: not the stack, not the program's own */
	bool writes_memory;		/* at base + disp; base REG_NONE: anywhere */
	enum gosym_cost cost;		/* what the kernel does with a uprobe here */
	bool probeable;			/* false: the kernel refuses it (lock prefix, …) */
};

struct insn_ops {
	/* Decodes at code[pos]; false if the bytes are not an instruction. */
	bool (*decode)(const struct bytes *code, uint64_t addr, struct insn *ret);
	/* Text as objdump's Intel/GNU form in lower case: "push rbp". */
	void (*format)(const struct bytes *code, uint64_t addr, char *buf, size_t size);
};

extern const struct insn_ops insn_x86_ops, insn_i386_ops, insn_arm64_ops, insn_arm_ops, insn_loong64_ops, insn_mips_ops,
	insn_ppc64_ops, insn_riscv64_ops, insn_s390x_ops;

#endif
