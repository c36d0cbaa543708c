// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * At most so many events of a function in each second (of CLOCK_MONOTONIC, from full second to full second); what
 * is beyond is dropped here and counted. One word for each probe and all CPUs holds both, so that it changes at
 * once: the second in its upper half, the events of that second in the lower.
 *
 * A call that is dropped at its entry is not followed either: its return finds nothing and says nothing.
 */
#include "tracer/bpf_gen.h"

enum { WORD = BPF_REG_7, MAX_TRIES = 64 };

bool bpf_gen_rate_is_limited(const struct bpf_gen *g)
{
	return g->target->max_rate && !g->target->count_only && !plan_is_aggregate(g->plan) &&
	       g->probe->kind == PLAN_CALL;
}

/* r7 = the word, r4 = the second, shifted to its upper half. */
static void gen_word(struct bpf_gen *g, int drop)
{
	bpf_map_fd(g->a, BPF_REG_1, g->target->rate_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_KEY);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, drop);
	bpf_mov_reg(g->a, WORD, BPF_REG_0);
	bpf_call(g->a, BPF_FUNC_ktime_get_ns);
	bpf_alu_imm(g->a, BPF_DIV, BPF_REG_0, 1000000000);
	bpf_mov_reg(g->a, BPF_REG_4, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_4, 32);
}

/* Each try that fails means that another program wrote in between; the bound is there for the verifier. */
static void gen_take_one(struct bpf_gen *g, int pass, int drop)
{
	int again = bpf_asm_label(g->a), take = bpf_asm_label(g->a);

	bpf_mov_imm(g->a, BPF_REG_5, MAX_TRIES);
	bpf_asm_place(g->a, again);
	bpf_load(g->a, BPF_DW, BPF_REG_0, WORD, 0);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, 32);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_1, 32);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_4);
	bpf_jump_reg(g->a, BPF_JNE, BPF_REG_1, BPF_REG_4, take);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	bpf_alu_reg(g->a, BPF_SUB, BPF_REG_3, BPF_REG_1);
	bpf_jump_imm(g->a, BPF_JGE, BPF_REG_3, (int32_t)g->target->max_rate, drop);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	bpf_asm_place(g->a, take);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, 1);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_0);
	bpf_atomic_cmpxchg(g->a, WORD, 0, BPF_REG_3);
	bpf_jump_reg(g->a, BPF_JEQ, BPF_REG_0, BPF_REG_1, pass);
	bpf_alu_imm(g->a, BPF_SUB, BPF_REG_5, 1);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_5, 0, again);
}

void bpf_gen_rate(struct bpf_gen *g, int pass)
{
	int drop = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "at most %u in a second", g->target->max_rate);
	gen_word(g, drop);
	gen_take_one(g, pass, drop);
	bpf_asm_place(g->a, drop);
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, dropped));
}
