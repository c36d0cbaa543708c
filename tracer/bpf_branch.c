// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Whether the branch at which a program runs will be taken, by the flags the kernel has saved: it branches by the same
 * ones. Of a stack check that tells whether this is a call yet, of a conditional jump into another function whether it is over.
 */
#include <elf.h>

#include "tracer/bpf_gen.h"

/*
 * Branch conditions over the flags register. Both arches number them so that the lowest bit
 * negates; a row stands for two: true if any of the bits `any` is set (after flipping `flip`), or
 * bits a and b differ.
 */
struct flag_test {
	uint32_t flip, any;
	uint8_t a, b;			/* bit numbers; equal: not looked at */
	bool negate;
	const char *name;
};

/* Intel SDM volume 2, appendix B.1.4.7 (tttn). CF 0, PF 2, ZF 6, SF 7, OF 11. */
static const struct flag_test x86_tests[8] = {
	{ .any = 1 << 11, .name = "overflow" },
	{ .any = 1 << 0, .name = "below" },
	{ .any = 1 << 6, .name = "equal" },
	{ .any = 1 << 0 | 1 << 6, .name = "below or equal" },
	{ .any = 1 << 7, .name = "sign" },
	{ .any = 1 << 2, .name = "parity" },
	{ .a = 7, .b = 11, .name = "less" },
	{ .any = 1 << 6, .a = 7, .b = 11, .name = "less or equal" },
};

/* Arm ARM C1.2.4 (condition codes). V 28, C 29, Z 30, N 31. */
static const struct flag_test arm64_tests[8] = {
	{ .any = 1u << 30, .name = "eq" },
	{ .any = 1u << 29, .name = "cs" },
	{ .any = 1u << 31, .name = "mi" },
	{ .any = 1u << 28, .name = "vs" },
	{ .flip = 1u << 29, .any = 1u << 29 | 1u << 30, .negate = true, .name = "hi" },
	{ .a = 31, .b = 28, .negate = true, .name = "ge" },
	{ .any = 1u << 30, .a = 31, .b = 28, .negate = true, .name = "gt" },
	{ .name = NULL },			/* 111x: always, no condition */
};

static const struct { uint16_t machine; const struct flag_test *tests; } branches[] = {
	{ EM_X86_64, x86_tests },
	{ EM_386, x86_tests },
	{ EM_AARCH64, arm64_tests },
};

static const struct flag_test *flag_test_find(const struct bpf_gen *g, uint8_t cond, bool *negate)
{
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
		const struct flag_test *t = &branches[i].tests[cond >> 1 & 7];

		if (branches[i].machine != g->plan->arch->machine || !t->name)
			continue;
		*negate = t->negate != (cond & 1);
		return t;
	}
	return NULL;
}

void bpf_gen_if_branch(struct bpf_gen *g, uint8_t cond, int taken)
{
	int not_taken = bpf_asm_label(g->a), holds;
	const struct flag_test *t;
	bool negate;

	t = flag_test_find(g, cond, &negate);
	if (!t) {
		if (!g->err)
			g->err = gosym_error_new(GOSYM_UNSUPPORTED, "%s: branch condition %u is not in the tables",
						 g->plan->arch->name, cond);
		return;
	}
	holds = negate ? not_taken : taken;
	bpf_asm_note(g->a, "taken if %s%s", negate != t->negate ? "not " : "", t->name);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->pt_flags);
	if (t->flip)
		bpf_alu_imm(g->a, BPF_XOR, BPF_REG_1, (int32_t)t->flip);
	if (t->any) {
		/* Immediates are sign-extended: N, bit 31, would test the upper half too. */
		bpf_mov_imm64(g->a, BPF_REG_2, t->any);
		bpf_jump_reg(g->a, BPF_JSET, BPF_REG_1, BPF_REG_2, holds);
	}
	if (t->a != t->b) {
		bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_1);
		bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, t->a);
		bpf_alu_imm(g->a, BPF_RSH, BPF_REG_2, t->b);
		bpf_alu_reg(g->a, BPF_XOR, BPF_REG_1, BPF_REG_2);
		bpf_jump_imm(g->a, BPF_JSET, BPF_REG_1, 1, holds);
	}
	if (negate)
		bpf_jump(g->a, taken);
	bpf_asm_place(g->a, not_taken);
}
