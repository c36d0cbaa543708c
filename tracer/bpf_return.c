// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Calls and their returns. The entry's program notes the call in a map, an exit's program finds it
 * there. Their key is the goroutine, the function and how far the stack pointer at entry was below
 * the top of the goroutine's stack: the stack may move and the goroutine change threads meanwhile,
 * both keep that distance; and two calls of one goroutine that are open at the same time differ
 * in it, also in a recursion. A call that ends without a return (a panic) leaves its element
 * behind; nothing can return from its place before another call was made there, and that takes it.
 *
 * Where the record of the call is kept until its return it is filled in place, in the map: only this
 * goroutine looks for this key, so nobody reads it half-way.
 *
 *	r7  the record			r8  the element of the map	r9  counters
 *
 * On x86 an instruction that the kernel does not emulate, such as RET, is executed out of line: a second
 * trap, dearer than all the rest. Where a program may write registers (kernel.c: KERNEL_SET_REGS) it
 * does the RET itself. A shadow stack would not learn of that: there the processor has to.
 */
#include <elf.h>

#include "tracer/bpf_gen.h"

enum { THREAD_SHADOW_STACK = 1 };	/* ARCH_SHSTK_SHSTK, arch/x86/include/uapi/asm/prctl.h */

static int key_at(size_t off)
{
	return GEN_CALL_KEY + (int)off;
}

#define KEY(field) key_at(offsetof(struct plan_call_key, field))

bool bpf_gen_tracks_calls(const struct bpf_gen *g)
{
	return g->plan->opts.returns && !g->probe->copy && (g->plan->at_return || !g->target->count_only);
}

/* ---- the key */

/* r0 = status; the words of the key that come from the target's memory. */
static void gen_key_words(struct bpf_gen *g, int32_t sp_off, int fail)
{
	const struct abi_arch *arch = g->plan->arch;

	bpf_gen_g(g, fail);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_G, BPF_REG_3);
	bpf_asm_note(g->a, "its id");
	bpf_gen_add(g, BPF_REG_3, g->probe->g.goid_off);
	bpf_gen_read_user(g, BPF_REG_10, KEY(goid), 8);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
	bpf_asm_note(g->a, "depth: stack.hi - SP at entry");
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_10, GEN_G);
	bpf_gen_add(g, BPF_REG_3, g->probe->stack_hi_off);
	bpf_gen_read_user(g, BPF_REG_10, KEY(depth), arch->ptr_size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, KEY(depth));
	bpf_load(g->a, BPF_DW, BPF_REG_2, GEN_CTX, arch->pt_sp);
	bpf_alu_reg(g->a, BPF_SUB, BPF_REG_1, BPF_REG_2);
	bpf_gen_add(g, BPF_REG_1, -(int64_t)sp_off);
	bpf_store(g->a, BPF_DW, BPF_REG_10, KEY(depth), BPF_REG_1);
}

/* The goroutine of a thread's own stack (g0) has no id: the thread stands for it. */
static void gen_key_thread(struct bpf_gen *g)
{
	int has_id = bpf_asm_label(g->a);

	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, 32);
	bpf_store(g->a, BPF_W, BPF_REG_10, KEY(tgid), BPF_REG_1);
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY);
	bpf_store(g->a, BPF_W, BPF_REG_10, KEY(probe), BPF_REG_1);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, KEY(goid));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, has_id);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_0, 32);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_0, 32);
	bpf_mov_imm64(g->a, BPF_REG_1, UINT64_C(1) << 63);
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_0, BPF_REG_1);
	bpf_store(g->a, BPF_DW, BPF_REG_10, KEY(goid), BPF_REG_0);
	bpf_asm_place(g->a, has_id);
}

void bpf_gen_call_key(struct bpf_gen *g, int32_t sp_off)
{
	int fail = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "the key of the call");
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(goid), 0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(depth), 0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(tgid), 0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, GEN_G, 0);
	if (bpf_gen_goid_missing(g)) {
		bpf_store_imm(g->a, BPF_W, BPF_REG_10, GEN_KEY_STATUS, PLAN_SKIPPED);
		return;
	}
	gen_key_words(g, sp_off, fail);
	gen_key_thread(g);
	bpf_store_imm(g->a, BPF_W, BPF_REG_10, GEN_KEY_STATUS, 0);
	bpf_jump(g->a, done);
	bpf_asm_place(g->a, fail);
	bpf_store(g->a, BPF_W, BPF_REG_10, GEN_KEY_STATUS, BPF_REG_0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(goid), 0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(depth), 0);
	bpf_asm_place(g->a, done);
}

static void gen_unless_key(struct bpf_gen *g, int otherwise)
{
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY_STATUS);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, otherwise);
}

/* ---- the map */

static void gen_map_key(struct bpf_gen *g)
{
	bpf_map_fd(g->a, BPF_REG_1, g->target->calls_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_CALL_KEY);
}

static void gen_lookup(struct bpf_gen *g)
{
	gen_map_key(g);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
}

void bpf_gen_forget(struct bpf_gen *g)
{
	gen_map_key(g);
	bpf_call(g->a, BPF_FUNC_map_delete_elem);
}

/* The time alone. What is there already is of a call that ended unseen. */
static void gen_note_time(struct bpf_gen *g, int full, int done)
{
	bpf_asm_note(g->a, "note when it began");
	bpf_call(g->a, BPF_FUNC_ktime_get_ns);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_CALL_VALUE + (int)offsetof(struct plan_call, ts),
		  BPF_REG_0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10,
		      GEN_CALL_VALUE + (int)offsetof(struct plan_call, flags), 0);
	for (int i = 0; i < 2; i++) {
		gen_map_key(g);
		bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_10);
		bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, GEN_CALL_VALUE);
		bpf_mov_imm(g->a, BPF_REG_4, i ? BPF_ANY : BPF_NOEXIST);
		bpf_call(g->a, BPF_FUNC_map_update_elem);
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, done);
		if (i)
			break;
		/* An int until Linux 6.4 (commit d7ba4cc900bf): the upper half is not its sign. */
		bpf_alu_imm(g->a, BPF_LSH, BPF_REG_0, 32);
		bpf_alu_imm(g->a, BPF_ARSH, BPF_REG_0, 32);
		bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, -17, full);	/* EEXIST */
		bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, abandoned));
	}
}

static void gen_copy(struct bpf_gen *g, uint32_t to, uint32_t from, uint32_t size)
{
	if (!size)
		return;
	bpf_mov_reg(g->a, BPF_REG_1, GEN_RECORD);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, (int32_t)to);
	bpf_mov_imm(g->a, BPF_REG_2, (int32_t)size);
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_10, GEN_CALL_PTR);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, (int32_t)(sizeof(struct plan_call) + from));
	bpf_call(g->a, BPF_FUNC_probe_read_kernel);
}

static void gen_kept(struct bpf_gen *g)
{
	bpf_asm_note(g->a, "the call's image and header");
	gen_copy(g, sizeof(struct plan_record), sizeof(struct plan_record),
		 g->probe->record_size - (uint32_t)sizeof(struct plan_record));
	gen_copy(g, g->probe->call_at, 0, sizeof(struct plan_record));
}

/* The call whose element this was ended unseen. Its record is lost with it: send it first. */
static void gen_abandoned(struct bpf_gen *g, int done)
{
	bpf_asm_note(g->a, "what was here is of a call that ended otherwise");
	bpf_mov_reg(g->a, GEN_CALL, BPF_REG_0);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_CALL_PTR, BPF_REG_0);
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, abandoned));
	if (!g->target->count_only && !plan_is_aggregate(g->plan)) {
		bpf_gen_reserve(g, g->probe->return_size, done);
		bpf_gen_header(g, PLAN_ABANDONED, g->probe->return_size);
		gen_kept(g);
		bpf_gen_submit(g, g->probe->return_size, offsetof(struct bpf_counters, calls));
	}
	bpf_jump(g->a, done);
}

void bpf_gen_unfollowed(struct bpf_gen *g)
{
	int done = bpf_asm_label(g->a), forget = bpf_asm_label(g->a);

	bpf_gen_call_key(g, g->probe->site->sp_off);
	gen_unless_key(g, done);
	if (g->plan->keep_args) {
		gen_lookup(g);
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, done);
		gen_abandoned(g, forget);
		bpf_asm_place(g->a, forget);
		bpf_gen_forget(g);
	} else {
		bpf_gen_forget(g);
		bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, done);
		bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, abandoned));
	}
	bpf_asm_place(g->a, done);
}

/* r8 = the element of this call, made of zeros if there was none. */
static void gen_element(struct bpf_gen *g, int full)
{
	int fresh = bpf_asm_label(g->a), got = bpf_asm_label(g->a);

	gen_lookup(g);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, fresh);
	gen_abandoned(g, got);
	bpf_asm_place(g->a, fresh);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, GEN_WORD, 0);
	bpf_map_fd(g->a, BPF_REG_1, g->target->calls_zero_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_WORD);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, full);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	gen_map_key(g);
	bpf_mov_imm(g->a, BPF_REG_4, BPF_NOEXIST);
	bpf_call(g->a, BPF_FUNC_map_update_elem);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, full);
	gen_lookup(g);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, full);
	bpf_mov_reg(g->a, GEN_CALL, BPF_REG_0);
	bpf_asm_place(g->a, got);
}

static void gen_keep_record(struct bpf_gen *g, int full)
{
	int no_frame = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "keep the call's record until it returns");
	gen_element(g, full);
	bpf_store_imm(g->a, BPF_DW, GEN_CALL, offsetof(struct plan_call, flags), 0);
	bpf_mov_reg(g->a, GEN_RECORD, GEN_CALL);
	bpf_alu_imm(g->a, BPF_ADD, GEN_RECORD, sizeof(struct plan_call));
	bpf_gen_call_record(g);
	bpf_call(g->a, BPF_FUNC_ktime_get_ns);
	bpf_store(g->a, BPF_DW, GEN_CALL, offsetof(struct plan_call, ts), BPF_REG_0);
	bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, ts), BPF_REG_0);
	bpf_store_imm(g->a, BPF_DW, GEN_CALL, offsetof(struct plan_call, flags), 1);
	for (int i = 0; i < (int)sizeof(struct plan_agg_kept) && bpf_agg_is_kept(g->plan); i += 8) {
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_AGG_KEPT + i);
		bpf_store(g->a, BPF_DW, GEN_CALL, (int)bpf_agg_kept_at(g->plan, g->probe) + i,
			  BPF_REG_1);
	}
	if (bpf_gen_is_held(g)) {
		bpf_gen_hold(g, no_frame);
		bpf_gen_held_ask(g, 0, g->probe->floats_at);
		bpf_asm_place(g->a, no_frame);
	}
}

void bpf_gen_track(struct bpf_gen *g)
{
	int full = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	gen_unless_key(g, full);
	if (bpf_agg_is_kept(g->plan))
		bpf_gen_agg_keep(g);
	if (g->plan->keep_args)
		gen_keep_record(g, full);
	else
		gen_note_time(g, full, done);
	if (g->plan->keep_args)
		bpf_jump(g->a, done);
	bpf_asm_place(g->a, full);
	bpf_asm_note(g->a, "its return will not be known");
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, untracked));
	bpf_asm_place(g->a, done);
}

/* ---- the return */

/* Another program at this site may have done the RET already. */
static void gen_still_there(struct bpf_gen *g, int otherwise)
{
	if (!g->target->fast_return)
		return;
	bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
	bpf_call(g->a, BPF_FUNC_get_func_ip);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->pt_ip);
	bpf_jump_reg(g->a, BPF_JNE, BPF_REG_0, BPF_REG_1, otherwise);
}

/* r8 = the call, and how long it took. */
static void gen_find_call(struct bpf_gen *g, int missing, int unreadable)
{
	bpf_gen_call_key(g, g->exit->sp_off);
	gen_unless_key(g, unreadable);
	gen_lookup(g);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, missing);
	bpf_mov_reg(g->a, GEN_CALL, BPF_REG_0);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_CALL_PTR, BPF_REG_0);
	bpf_asm_note(g->a, "duration");
	bpf_call(g->a, BPF_FUNC_ktime_get_ns);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_TS, BPF_REG_0);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CALL, offsetof(struct plan_call, ts));
	bpf_alu_reg(g->a, BPF_SUB, BPF_REG_0, BPF_REG_1);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_DURATION, BPF_REG_0);
}

/* Whether the expression looks at results, which are nowhere when another function is jumped to. */
static bool uses_results(const struct plan_expr *e)
{
	if (!e)
		return false;
	if (e->op == PLAN_OP_LOAD && e->load.from != PLAN_SAVED)
		return true;
	return uses_results(e->a) || uses_results(e->b) || uses_results(e->other);
}

static void gen_decide(struct bpf_gen *g, int pass, int forget)
{
	const struct plan_expr *cond = g->probe->cond_return;
	int undecided = bpf_asm_label(g->a);

	if (!cond)
		bpf_jump(g->a, pass);
	else if (g->exit->jumps_to && uses_results(cond))
		bpf_jump(g->a, undecided);
	else
		bpf_gen_cond(g, cond, pass, forget, undecided);
	if (!bpf_asm_label_used(g->a, undecided))
		return;
	bpf_asm_place(g->a, undecided);
	bpf_asm_note(g->a, "undecided: memory of the condition could not be read");
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, undecided));
	bpf_jump(g->a, forget);
}

/* At a jump there are no results: their fetches are left undone, and nothing looks at them. */
static void gen_return_event(struct bpf_gen *g, int forget)
{
	const struct plan_probe *probe = g->probe;

	if (bpf_gen_is_held(g))
		bpf_gen_hold(g, forget);
	else
		bpf_gen_reserve(g, probe->return_size, forget);
	bpf_gen_header(g, PLAN_RETURN, probe->return_size);
	bpf_gen_no_floats(g, probe->result_floats_at);
	if (g->plan->keep_args)
		gen_kept(g);
	if (!g->exit->jumps_to) {
		bpf_gen_fetches(g, probe->result_fetches, probe->num_result_fetches);
		bpf_gen_dynamic(g, &probe->result_dynamic);
	}
	if (bpf_gen_is_held(g))
		bpf_gen_held_ask(g, probe->return_size, probe->result_floats_at);
	else
		bpf_gen_submit(g, probe->return_size, offsetof(struct bpf_counters, returns));
}

static void gen_paired(struct bpf_gen *g, int forget)
{
	int pass = bpf_asm_label(g->a);

	if (bpf_gen_rate_is_limited(g) && g->plan->at_return) {
		bpf_gen_rate(g, pass);
		bpf_jump(g->a, forget);
	}
	bpf_asm_place(g->a, pass);
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, returns));
	if (plan_is_aggregate(g->plan))
		bpf_gen_aggregated(g, forget);
	else if (!g->target->count_only)
		gen_return_event(g, forget);
}

/* The kernel goes on at the address in the registers; unchanged, it steps the RET as ever. */
static void gen_fast_return(struct bpf_gen *g, int end)
{
	const struct abi_arch *arch = g->plan->arch;

	if (!g->target->fast_return || g->exit->jumps_to || g->exit->before ||
	    g->exit->cost == GOSYM_EMULATED ||
	    arch->machine != EM_X86_64)
		return;
	bpf_asm_note(g->a, "do the RET here");
	if (g->target->features_off >= 0) {
		bpf_call(g->a, BPF_FUNC_get_current_task);
		bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
		bpf_gen_add(g, BPF_REG_3, g->target->features_off);
		bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_10);
		bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, GEN_WORD);
		bpf_mov_imm(g->a, BPF_REG_2, 8);
		bpf_call(g->a, BPF_FUNC_probe_read_kernel);
		bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, end);
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_WORD);
		bpf_jump_imm(g->a, BPF_JSET, BPF_REG_1, THREAD_SHADOW_STACK, end);
	}
	bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, arch->pt_sp);
	bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, 8);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, end);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_WORD);
	bpf_store(g->a, BPF_DW, GEN_CTX, arch->pt_ip, BPF_REG_1);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, arch->pt_sp);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, 8);
	bpf_store(g->a, BPF_DW, GEN_CTX, arch->pt_sp, BPF_REG_1);
}

/* A condition at the entry, or a limit, leaves returns without a call; only where every call is noted does a
 * missing one mean something. A goroutine that cannot be read always does. */
static void gen_missing(struct bpf_gen *g, int missing, int unreadable, int end)
{
	bool all = !g->probe->cond && (!bpf_gen_rate_is_limited(g) || g->plan->at_return);

	bpf_jump(g->a, end);
	if (all)
		bpf_asm_place(g->a, missing);
	bpf_asm_place(g->a, unreadable);
	bpf_asm_note(g->a, "a return without a call");
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, unpaired));
	if (!all)
		bpf_asm_place(g->a, missing);
	bpf_asm_place(g->a, end);
}

/* In both arches' encodings the lowest bit of a condition negates it. */
static void gen_unless_leaving(struct bpf_gen *g, int stays)
{
	if (!g->exit->conditional)
		return;
	bpf_asm_note(g->a, "a branch to %s, if it is taken", g->exit->jumps_to);
	bpf_gen_if_branch(g, g->exit->cond ^ 1, stays);
}

static void gen_exit(struct bpf_gen *g)
{
	int pass = bpf_asm_label(g->a), forget = bpf_asm_label(g->a), end = bpf_asm_label(g->a),
	    missing = bpf_asm_label(g->a), unreadable = bpf_asm_label(g->a),
	    done = bpf_asm_label(g->a);

	bpf_gen_begin(g);
	gen_still_there(g, done);
	bpf_gen_process_filter(g, end);
	gen_unless_leaving(g, end);
	bpf_gen_held_flush(g);
	bpf_gen_find_counters(g);
	gen_find_call(g, missing, unreadable);
	gen_decide(g, pass, forget);
	if (bpf_asm_label_used(g->a, pass)) {
		bpf_asm_place(g->a, pass);
		gen_paired(g, forget);
	}
	bpf_asm_place(g->a, forget);
	bpf_gen_forget(g);
	gen_missing(g, missing, unreadable, end);
	gen_fast_return(g, done);
	bpf_asm_place(g->a, done);
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	bpf_exit(g->a);
}

struct gosym_error *bpf_gen_exit(const struct gosym_plan *p, const struct plan_probe *probe, size_t exit,
				 const struct bpf_target *target, struct bpf_asm *ret)
{
	struct bpf_asm a = { .nomem = false };
	struct bpf_gen g = { .a = &a, .plan = p, .probe = probe, .target = target,
			     .exit = &probe->exits[exit] };

	gen_exit(&g);
	return bpf_gen_end(&g, ret);
}
