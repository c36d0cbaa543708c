// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Register arguments of functions that lose them while their stack grows (abi/slowpath.c): a program on the slow path
 * of the stack check notes them, under the goroutine; the entry site's program takes them from there for the calls
 * that have been there.
 *
 *	slow path	unless it was here before:   map[g, process, probe] = the argument registers
 *	site		has it been there?  no:  as always, from pt_regs
 *				            yes: the same program once more, from the map's element
 *
 * A call that was already on the slow path when tracing began has nothing in the map: it is left out, as all calls
 * are that began before. g is a good key, for until the call is at its site the goroutine runs nothing else.
 */
#include "tracer/bpf_gen.h"

enum { SLOW_VALUE = GEN_KEY - (int)sizeof(struct plan_slow_regs) };

/* Where the argument register stands in the sequence; -1: it carries no arguments. */
static int place_of(const struct bpf_gen *g, int reg)
{
	const struct abi_sequence *seq = abi_sequence_of(g->plan->binary, g->probe->func);

	for (int i = 0; i < seq->num_ints && i < PLAN_SLOW_REGS; i++)
		if (seq->ints[i] == reg)
			return i;
	return -1;
}

void bpf_gen_arg_reg(struct bpf_gen *g, int dst, int reg)
{
	int place = g->slow ? place_of(g, reg) : -1;

	if (place < 0) {
		bpf_load(g->a, BPF_DW, dst, GEN_CTX, g->plan->arch->regs[reg].pt_regs);
		return;
	}
	bpf_load(g->a, BPF_DW, dst, BPF_REG_10, GEN_SLOW);
	bpf_load(g->a, BPF_DW, dst, dst, place * 8);
}

/* The address of the hit is where in this process the file's `at` is: jumps if the call is resumed. */
static void gen_if_resumed(struct bpf_gen *g, uint64_t at, int op, int label)
{
	const struct gosym_slow_path *slow = &g->probe->site->slow;

	bpf_asm_note(g->a, "is %s the address behind the call of morestack?",
		     g->plan->arch->regs[slow->resume_reg].name);
	bpf_load(g->a, BPF_DW, BPF_REG_2, GEN_CTX, g->plan->arch->pt_ip);
	bpf_gen_add(g, BPF_REG_2, (int64_t)(slow->resume - at));
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->regs[slow->resume_reg].pt_regs);
	bpf_jump_reg(g->a, op, BPF_REG_1, BPF_REG_2, label);
}

/* At GEN_SLOW_KEY. */
static void gen_key(struct bpf_gen *g, int fail)
{
	bpf_gen_g(g, fail);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_SLOW_KEY + (int)offsetof(struct plan_slow_key, g), BPF_REG_3);
	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_0, 32);
	bpf_store(g->a, BPF_W, BPF_REG_10, GEN_SLOW_KEY + (int)offsetof(struct plan_slow_key, tgid), BPF_REG_0);
	bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
	bpf_call(g->a, BPF_FUNC_get_attach_cookie);
	bpf_store(g->a, BPF_W, BPF_REG_10, GEN_SLOW_KEY + (int)offsetof(struct plan_slow_key, probe), BPF_REG_0);
}

/* r0 = whether g.stack's words from `from` on were read to r10 + off. */
static void gen_stack_bounds(struct bpf_gen *g, uint32_t from, int off, uint32_t size, int fail)
{
	bpf_gen_g(g, fail);
	bpf_gen_add(g, BPF_REG_3, (int64_t)g->probe->stack_off + from);
	bpf_gen_read_user(g, BPF_REG_10, off, size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
}

static void gen_map(struct bpf_gen *g)
{
	bpf_map_fd(g->a, BPF_REG_1, g->target->slow_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_SLOW_KEY);
}

bool bpf_gen_may_be_slow(const struct bpf_gen *g)
{
	return g->probe->slow && g->target->slow_fd > 0;
}

void bpf_gen_slow_split(struct bpf_gen *g, int fast, int unknown)
{
	gen_if_resumed(g, g->probe->site->addr, BPF_JNE, fast);
	gen_key(g, unknown);
	gen_map(g);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, unknown);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_SLOW, BPF_REG_0);
	bpf_asm_note(g->a, "how far the stack has moved");
	gen_stack_bounds(g, 8, GEN_WORD, 8, unknown);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_WORD);
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_10, GEN_SLOW);
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_2, offsetof(struct plan_slow_regs, hi));
	bpf_alu_reg(g->a, BPF_SUB, BPF_REG_1, BPF_REG_3);
	bpf_store(g->a, BPF_DW, BPF_REG_2, offsetof(struct plan_slow_regs, moved), BPF_REG_1);
}

/* The runtime moves the pointers in the stack's live slots with it (runtime/stack.go: adjustpointer), not those in
 * registers that nobody will use. */
void bpf_gen_moved(struct bpf_gen *g, int reg)
{
	int elsewhere;

	if (!g->slow)
		return;
	elsewhere = bpf_asm_label(g->a);
	bpf_load(g->a, BPF_DW, BPF_REG_4, BPF_REG_10, GEN_SLOW);
	bpf_load(g->a, BPF_DW, BPF_REG_5, BPF_REG_4, offsetof(struct plan_slow_regs, lo));
	bpf_jump_reg(g->a, BPF_JLT, reg, BPF_REG_5, elsewhere);
	bpf_load(g->a, BPF_DW, BPF_REG_5, BPF_REG_4, offsetof(struct plan_slow_regs, hi));
	bpf_jump_reg(g->a, BPF_JGE, reg, BPF_REG_5, elsewhere);
	bpf_load(g->a, BPF_DW, BPF_REG_5, BPF_REG_4, offsetof(struct plan_slow_regs, moved));
	bpf_alu_reg(g->a, BPF_ADD, reg, BPF_REG_5);
	bpf_asm_place(g->a, elsewhere);
}

struct gosym_error *bpf_gen_slow_path(const struct gosym_plan *p, const struct plan_probe *probe,
				      const struct bpf_target *target, struct bpf_asm *ret)
{
	const struct abi_sequence *seq = abi_sequence_of(p->binary, probe->func);
	struct bpf_asm a = { .nomem = false };
	struct bpf_gen g = { .a = &a, .plan = p, .probe = probe, .target = target };
	int end = bpf_asm_label(&a);

	bpf_gen_begin(&g);
	bpf_gen_process_filter(&g, end);
	gen_if_resumed(&g, probe->site->slow.addr, BPF_JEQ, end);
	gen_key(&g, end);
	bpf_mov_imm(&a, BPF_REG_1, 0);
	for (int i = 0; i < PLAN_SLOW_REGS; i++) {
		if (i < seq->num_ints)
			bpf_load(&a, BPF_DW, BPF_REG_1, GEN_CTX, p->arch->regs[seq->ints[i]].pt_regs);
		bpf_store(&a, BPF_DW, BPF_REG_10, SLOW_VALUE + i * 8, BPF_REG_1);
	}
	bpf_store_imm(&a, BPF_DW, BPF_REG_10, SLOW_VALUE + (int)offsetof(struct plan_slow_regs, moved), 0);
	gen_stack_bounds(&g, 0, SLOW_VALUE + (int)offsetof(struct plan_slow_regs, lo), 16, end);
	gen_map(&g);
	bpf_mov_reg(&a, BPF_REG_3, BPF_REG_10);
	bpf_alu_imm(&a, BPF_ADD, BPF_REG_3, SLOW_VALUE);
	bpf_mov_imm(&a, BPF_REG_4, BPF_ANY);
	bpf_call(&a, BPF_FUNC_map_update_elem);
	bpf_asm_place(&a, end);
	bpf_mov_imm(&a, BPF_REG_0, 0);
	bpf_exit(&a);
	return bpf_gen_end(&g, ret);
}
