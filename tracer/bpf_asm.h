/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * An assembler over struct bpf_insn: one function per idea, labels resolved at the end, a comment
 * may be hung on any instruction so that bpf_asm_dump() explains the program (and a verifier log
 * can be read beside it). Errors (out of memory, jump too far) stick and are reported by
 * bpf_asm_finish().
 */
#ifndef TRACER_BPF_ASM_H
#define TRACER_BPF_ASM_H

#include <linux/bpf.h>

#include "gosym/error.h"
#include "gosym/vec.h"

struct bpf_asm_fixup { size_t insn; int label; };
struct bpf_asm_note { size_t insn; char *text; };

struct bpf_asm {
	VEC(struct bpf_insn) insns;
	VEC(long) labels;			/* instruction index, -1 = not placed yet */
	VEC(struct bpf_asm_fixup) fixups;
	VEC(struct bpf_asm_note) notes;
	bool nomem;
	bool out_of_range;			/* an offset that does not fit its 16 bits */
};

void bpf_asm_deinit(struct bpf_asm *a);
int bpf_asm_label(struct bpf_asm *a);
void bpf_asm_place(struct bpf_asm *a, int label);
/* Whether a jump goes there so far. The verifier refuses code that nothing reaches. */
bool bpf_asm_label_used(const struct bpf_asm *a, int label);
/* Hung on the instruction that comes next. */
void bpf_asm_note(struct bpf_asm *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void bpf_mov_reg(struct bpf_asm *a, int dst, int src);
void bpf_mov_imm(struct bpf_asm *a, int dst, int32_t imm);
void bpf_mov_imm64(struct bpf_asm *a, int dst, uint64_t imm);
void bpf_map_fd(struct bpf_asm *a, int dst, int fd);			/* BPF_PSEUDO_MAP_FD */
void bpf_alu_imm(struct bpf_asm *a, int op, int dst, int32_t imm);	/* BPF_ADD, BPF_AND, … 64 bits */
void bpf_alu_reg(struct bpf_asm *a, int op, int dst, int src);
void bpf_to_be64(struct bpf_asm *a, int dst);				/* host to network order */
void bpf_load(struct bpf_asm *a, int size, int dst, int src, int off);	/* size: BPF_B, BPF_H, BPF_W, BPF_DW */
void bpf_store(struct bpf_asm *a, int size, int dst, int off, int src);
void bpf_store_imm(struct bpf_asm *a, int size, int dst, int off, int32_t imm);
void bpf_atomic_add(struct bpf_asm *a, int dst, int off, int src);	/* 64 bits */
/* If the 64 bits at dst + off are r0, they become src; r0 = what was there. */
void bpf_atomic_cmpxchg(struct bpf_asm *a, int dst, int off, int src);
void bpf_jump(struct bpf_asm *a, int label);
void bpf_jump_imm(struct bpf_asm *a, int op, int dst, int32_t imm, int label);	/* BPF_JEQ, … 64 bits */
void bpf_jump_reg(struct bpf_asm *a, int op, int dst, int src, int label);
/* Linux 6.9: the verifier takes it as the end of a loop that it need not walk round by round. Jumps when a loop has run
 * for very long. */
void bpf_may_goto(struct bpf_asm *a, int label);
void bpf_call(struct bpf_asm *a, int helper);
void bpf_exit(struct bpf_asm *a);
struct gosym_error *bpf_asm_finish(struct bpf_asm *a);
void bpf_asm_dump(const struct bpf_asm *a, FILE *out);

#endif
