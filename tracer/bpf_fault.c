// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Memory whose page is not there: an ordinary program cannot wait for it. One that may sleep can, but such a program
 * may have no tail call, and without one newer kernels give it a stack that threads share (bpf_gen_begin()), unless
 * it needs less than 64 bytes. So there are two at each place: the ordinary one does all it always does, and holds the
 * record under the thread; the one behind it, of a few words of stack, reads again what failed and sends it.
 *
 * What the condition looks at, and what is behind interfaces, is read by the first alone.
 */
#include "tracer/bpf_gen.h"
#include "tracer/plan_floats.h"

enum { FAULT_KEY = -32 };		/* below GEN_KEY and GEN_WORD */

static bool is_behind(const struct plan_fetch *f, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (f[i].from == PLAN_DEREF || f[i].from == PLAN_DEREF_VAR)
			return true;
	return false;
}

bool bpf_has_faults(const struct gosym_plan *p, const struct plan_probe *probe, uint32_t exit)
{
	if (exit != UINT32_MAX)
		return !probe->exits[exit].jumps_to && is_behind(probe->result_fetches, probe->num_result_fetches);
	return (!p->at_return || p->keep_args) && is_behind(probe->fetches, probe->num_fetches);
}

/* r7 = the record in the map of calls, for a moment: r8 is what is held. */
static void gen_kept(struct bpf_gen *g, int end)
{
	bpf_mov_reg(g->a, BPF_REG_8, GEN_RECORD);
	bpf_map_fd(g->a, BPF_REG_1, g->target->calls_fd);
	bpf_mov_reg(g->a, BPF_REG_2, GEN_RECORD);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2,
		    (int)offsetof(struct plan_held, call) - (int)sizeof(struct plan_held));
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, end);
	bpf_mov_reg(g->a, GEN_RECORD, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_ADD, GEN_RECORD, sizeof(struct plan_call));
}

/* Of another program at this place, or of another exit, the record is not ours. */
static void gen_is_ours(struct bpf_gen *g, uint32_t size, int end)
{
	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, (int)offsetof(struct plan_held, size) -
		 (int)sizeof(struct plan_held));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, (int32_t)size, end);
	bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
	bpf_call(g->a, BPF_FUNC_get_attach_cookie);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_1, 32);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, 32);
	bpf_load(g->a, BPF_W, BPF_REG_2, GEN_RECORD, (int)offsetof(struct plan_held, call.probe) -
		 (int)sizeof(struct plan_held));
	bpf_jump_reg(g->a, BPF_JNE, BPF_REG_1, BPF_REG_2, end);
}

struct gosym_error *bpf_gen_faults(const struct gosym_plan *p, const struct plan_probe *probe, uint32_t exit,
				   const struct bpf_target *target, struct bpf_asm *ret)
{
	struct bpf_asm a = { .nomem = false };
	struct bpf_target own = *target;
	struct bpf_gen g = { .a = &a, .plan = p, .probe = probe, .target = &own, .fault_in = true,
			     .held_key = FAULT_KEY,
			     .exit = exit == UINT32_MAX ? NULL : &probe->exits[exit] };
	bool kept = p->keep_args && !g.exit;
	int end = bpf_asm_label(&a);

	own.tails_fd = 0;
	bpf_gen_begin(&g);
	bpf_gen_process_filter(&g, end);
	bpf_gen_held_find(&g, end);
	gen_is_ours(&g, kept ? 0 : g.exit ? probe->return_size : probe->record_size, end);
	if (kept)
		gen_kept(&g, end);
	if (g.exit)
		bpf_gen_fetches_again(&g, probe->result_fetches, probe->num_result_fetches);
	else
		bpf_gen_fetches_again(&g, probe->fetches, probe->num_fetches);
	if (kept)
		bpf_mov_reg(&a, GEN_RECORD, BPF_REG_8);
	bpf_gen_held_send(&g);
	bpf_asm_place(&a, end);
	bpf_mov_imm(&a, BPF_REG_0, 0);
	bpf_exit(&a);
	return bpf_gen_end(&g, ret);
}
