// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Records that wait for a signal's frame (plan_floats.c): the hit's program fills them in a map under the goroutine
 * and sends the signal, the frame's program completes them. Of several threads only the one that runs the goroutine
 * looks for its key, so nobody reads an element half-way.
 *
 *	r6 context	r7 the record in the map, struct plan_held in front of it	r8, r9 scratch
 *
 * The frame is the kernel's (arch/x86/include/uapi/asm/sigcontext.h): a ucontext whose mcontext begins at 40; its
 * words are r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, and the 24th the address of the FXSAVE area.
 */
#include "tracer/bpf_gen.h"
#include "tracer/plan_floats.h"

enum { SIGURG_NUMBER = 23 };
enum { UC_R14 = 40 + 6 * 8, UC_SP = 40 + 15 * 8, UC_FPSTATE = 40 + 23 * 8, FXSAVE_XMM = 160 };

static int held(size_t field)
{
	return (int)field - (int)sizeof(struct plan_held);
}

#define HELD(field) held(offsetof(struct plan_held, field))
#define KEY(field) (key_at(g) + (int)offsetof(struct plan_held_key, field))

static int key_at(const struct bpf_gen *g)
{
	return g->held_key ? g->held_key : GEN_HELD_KEY;
}

static void gen_map_key(struct bpf_gen *g)
{
	bpf_map_fd(g->a, BPF_REG_1, g->target->held_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, key_at(g));
}

/* The key of the goroutine at r3. */
static void gen_key(struct bpf_gen *g)
{
	bpf_store(g->a, BPF_DW, BPF_REG_10, KEY(g), BPF_REG_3);
	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_0, 32);
	bpf_store(g->a, BPF_DW, BPF_REG_10, KEY(tgid), BPF_REG_0);
}

/* The key of this hit: what a signal completes is its goroutine's, what the next program completes its thread's. */
static void gen_own_key(struct bpf_gen *g, int fail)
{
	if (!g->target->fault_in) {
		bpf_gen_g(g, fail);
		gen_key(g);
		return;
	}
	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_store(g->a, BPF_DW, BPF_REG_10, KEY(g), BPF_REG_0);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, KEY(tgid), 0);
}

/* r7 = the record held under the key; none: jumps. */
static void gen_find(struct bpf_gen *g, int none)
{
	gen_map_key(g);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, none);
	bpf_mov_reg(g->a, GEN_RECORD, BPF_REG_0);
	bpf_alu_imm(g->a, BPF_ADD, GEN_RECORD, sizeof(struct plan_held));
}

static void gen_delete(struct bpf_gen *g)
{
	gen_map_key(g);
	bpf_call(g->a, BPF_FUNC_map_delete_elem);
}

/* One more in the counters of the probe whose record is at r7; of a kept one the key of the call tells. */
static void gen_count_of(struct bpf_gen *g, size_t field)
{
	int none = bpf_asm_label(g->a);

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, HELD(call.probe));
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_WORD, BPF_REG_1);
	bpf_map_fd(g->a, BPF_REG_1, g->target->counters_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_WORD);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, none);
	bpf_mov_reg(g->a, BPF_REG_9, BPF_REG_0);
	bpf_gen_count(g, BPF_REG_9, field);
	bpf_asm_place(g->a, none);
}

void bpf_gen_held_find(struct bpf_gen *g, int none)
{
	gen_own_key(g, none);
	gen_find(g, none);
}

void bpf_gen_held_send(struct bpf_gen *g)
{
	int send = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, HELD(size));
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, done);
	bpf_asm_note(g->a, "send the record; wake the reader if %u bytes are unread", g->target->wake_bytes);
	bpf_map_fd(g->a, BPF_REG_1, g->target->ring_fd);
	bpf_mov_imm(g->a, BPF_REG_2, BPF_RB_AVAIL_DATA);
	bpf_call(g->a, BPF_FUNC_ringbuf_query);
	bpf_mov_imm(g->a, BPF_REG_4, BPF_RB_NO_WAKEUP);
	bpf_mov_imm64(g->a, BPF_REG_3, g->target->wake_bytes);
	bpf_jump_reg(g->a, BPF_JLT, BPF_REG_0, BPF_REG_3, send);
	bpf_mov_imm(g->a, BPF_REG_4, BPF_RB_FORCE_WAKEUP);
	bpf_asm_place(g->a, send);
	bpf_load(g->a, BPF_W, BPF_REG_3, GEN_RECORD, HELD(size));
	bpf_jump_imm(g->a, BPF_JGT, BPF_REG_3, (int32_t)(g->target->held_size - sizeof(struct plan_held)), done);
	bpf_map_fd(g->a, BPF_REG_1, g->target->ring_fd);
	bpf_mov_reg(g->a, BPF_REG_2, GEN_RECORD);
	bpf_call(g->a, BPF_FUNC_ringbuf_output);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, done);
	gen_count_of(g, offsetof(struct bpf_counters, lost));
	bpf_asm_place(g->a, done);
	gen_delete(g);
}

void bpf_gen_held_flush(struct bpf_gen *g)
{
	int none = bpf_asm_label(g->a);

	if (g->target->held_fd <= 0 || (!g->target->fault_in && bpf_gen_goid_missing(g)))
		return;
	bpf_asm_note(g->a, "what is still held for another hit goes first, as it is");
	bpf_gen_held_find(g, none);
	if (!g->target->fault_in)
		gen_count_of(g, offsetof(struct bpf_counters, float_missed));
	bpf_gen_held_send(g);
	bpf_asm_place(g->a, none);
}

bool bpf_gen_is_held(const struct bpf_gen *g)
{
	if (g->target->held_fd > 0 && g->target->fault_in)
		return g->probe->kind == PLAN_CALL &&
		       bpf_has_faults(g->plan, g->probe, g->exit ? (uint32_t)(g->exit - g->probe->exits) : UINT32_MAX);
	return g->target->held_fd > 0 && !g->slow && plan_asks_frame(g->probe, g->exit) &&
	       (g->exit ? g->probe->result_floats_at : g->probe->floats_at);
}

void bpf_gen_no_floats(struct bpf_gen *g, uint32_t floats_at)
{
	if (floats_at)
		bpf_store_imm(g->a, BPF_W, GEN_RECORD, (int)floats_at, PLAN_SKIPPED);
}

void bpf_gen_hold(struct bpf_gen *g, int no_room)
{
	int full = bpf_asm_label(g->a), got = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "a record that is completed later");
	gen_own_key(g, full);
	bpf_store_imm(g->a, BPF_DW, BPF_REG_10, GEN_WORD, 0);
	bpf_map_fd(g->a, BPF_REG_1, g->target->held_zero_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_WORD);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, full);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	gen_map_key(g);
	bpf_mov_imm(g->a, BPF_REG_4, BPF_ANY);
	bpf_call(g->a, BPF_FUNC_map_update_elem);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, full);
	gen_find(g, full);
	bpf_jump(g->a, got);
	bpf_asm_place(g->a, full);
	bpf_gen_count(g, GEN_COUNTERS, !g->exit && g->plan->keep_args ?
		      offsetof(struct bpf_counters, float_missed) : offsetof(struct bpf_counters, lost));
	bpf_jump(g->a, no_room);
	bpf_asm_place(g->a, got);
}

/* r1 = the kernel's word at r3; not readable: jumps. */
static void gen_read_kernel(struct bpf_gen *g, int fail)
{
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, GEN_WORD);
	bpf_mov_imm(g->a, BPF_REG_2, 8);
	bpf_call(g->a, BPF_FUNC_probe_read_kernel);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_WORD);
}

/* reg = the run-time address of the file's addr. */
static void gen_address(struct bpf_gen *g, int reg, uint64_t addr)
{
	uint64_t here = g->exit ? g->exit->addr : g->probe->site->addr;

	bpf_load(g->a, BPF_DW, reg, GEN_CTX, g->plan->arch->pt_ip);
	bpf_gen_add(g, reg, (int64_t)(addr - here));
}

/* The signal would disturb a program that handles it. */
static void gen_check_handler(struct bpf_gen *g, int refuse)
{
	const struct plan_frames *frames = g->plan->frames;
	int ours = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "is SIGURG's handler the runtime's, and has nobody asked for it?");
	bpf_call(g->a, BPF_FUNC_get_current_task);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	bpf_gen_add(g, BPF_REG_3, g->target->sighand_off);
	gen_read_kernel(g, refuse);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_1);
	bpf_gen_add(g, BPF_REG_3, g->target->action_off);
	gen_read_kernel(g, refuse);
	bpf_mov_reg(g->a, BPF_REG_4, BPF_REG_1);
	gen_address(g, BPF_REG_2, frames->handler);
	bpf_jump_reg(g->a, BPF_JEQ, BPF_REG_4, BPF_REG_2, ours);
	if (!frames->cgo_handler) {
		bpf_jump(g->a, refuse);
	} else {
		gen_address(g, BPF_REG_2, frames->cgo_handler);
		bpf_jump_reg(g->a, BPF_JNE, BPF_REG_4, BPF_REG_2, refuse);
	}
	bpf_asm_place(g->a, ours);
	gen_address(g, BPF_REG_3, frames->wanted);
	bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, 4);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, refuse);
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_WORD);
	bpf_jump_imm(g->a, BPF_JSET, BPF_REG_1, 1 << SIGURG_NUMBER, refuse);
}

/* Where the frame will be: behind the site, or at the return address. */
static void gen_expect(struct bpf_gen *g, int fail)
{
	const struct abi_arch *arch = g->plan->arch;

	if (g->exit) {
		bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, arch->pt_sp);
		bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, 8);
		bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_WORD);
	} else {
		gen_address(g, BPF_REG_1, g->probe->next);
	}
	bpf_store(g->a, BPF_DW, GEN_RECORD, HELD(ip), BPF_REG_1);
	bpf_load(g->a, BPF_DW, BPF_REG_2, GEN_CTX, arch->pt_sp);
	bpf_gen_add(g, BPF_REG_2, g->exit ? 8 : g->probe->next_sp);
	bpf_store(g->a, BPF_DW, GEN_RECORD, HELD(sp), BPF_REG_2);
}

void bpf_gen_held_ask(struct bpf_gen *g, uint32_t size, uint32_t floats_at)
{
	int refuse = bpf_asm_label(g->a), fail = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	bpf_store_imm(g->a, BPF_W, GEN_RECORD, HELD(size), (int32_t)size);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, HELD(floats_at), (int32_t)floats_at);
	for (int i = 0; i < (int)sizeof(struct plan_call_key) && !size; i += 8) {
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_CALL_KEY + i);
		bpf_store(g->a, BPF_DW, GEN_RECORD, HELD(call) + i, BPF_REG_1);
	}
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY);
	bpf_store(g->a, BPF_W, GEN_RECORD, HELD(call.probe), BPF_REG_1);
	if (g->target->fault_in)
		return;
	gen_check_handler(g, refuse);
	gen_expect(g, fail);
	bpf_asm_note(g->a, "SIGURG to this thread");
	bpf_mov_imm(g->a, BPF_REG_1, SIGURG_NUMBER);
	bpf_call(g->a, BPF_FUNC_send_signal_thread);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, done);
	bpf_asm_place(g->a, fail);
	gen_count_of(g, offsetof(struct bpf_counters, float_missed));
	bpf_gen_held_send(g);
	bpf_jump(g->a, done);
	bpf_asm_place(g->a, refuse);
	gen_count_of(g, offsetof(struct bpf_counters, float_refused));
	bpf_gen_held_send(g);
	bpf_asm_place(g->a, done);
}

/* ---- the frame's program */

/* r8 = the ucontext. */
static void gen_context(struct bpf_gen *g, int end)
{
	const struct gosym_site_loc *at = &g->plan->frames->context;
	const struct abi_arch *arch = g->plan->arch;

	if (at->kind == GOSYM_LOC_REG) {
		bpf_load(g->a, BPF_DW, BPF_REG_8, GEN_CTX, arch->regs[at->where].pt_regs);
		return;
	}
	bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, arch->pt_sp);
	bpf_gen_add(g, BPF_REG_3, at->where);
	bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, 8);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, end);
	bpf_load(g->a, BPF_DW, BPF_REG_8, BPF_REG_10, GEN_WORD);
}

static void gen_read_context(struct bpf_gen *g, int off, int dst, uint32_t size, int fail)
{
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_8);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, off);
	bpf_gen_read_user(g, BPF_REG_10, dst, size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
}

/* r9 = the struct plan_floats of a record at base, in an element of so many bytes behind that. */
static void gen_floats_of(struct bpf_gen *g, int base, size_t before, uint32_t element, int fail)
{
	int32_t last = (int32_t)(element - before) - (int32_t)sizeof(struct plan_floats);

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, HELD(floats_at));
	if (last < 0)
		bpf_jump(g->a, fail);
	else
		bpf_jump_imm(g->a, BPF_JGT, BPF_REG_1, last, fail);
	bpf_mov_reg(g->a, BPF_REG_9, base);
	if (base != GEN_RECORD)
		bpf_alu_imm(g->a, BPF_ADD, BPF_REG_9, (int32_t)before);
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_9, BPF_REG_1);
}

/* The record may be the one in the map of calls. */
static void gen_floats(struct bpf_gen *g, int fail)
{
	int here = bpf_asm_label(g->a), got = bpf_asm_label(g->a);
	bool kept = g->plan->keep_args && g->target->call_size >=
		    sizeof(struct plan_call) + sizeof(struct plan_floats);

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, HELD(size));
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, kept ? here : fail);
	gen_floats_of(g, GEN_RECORD, sizeof(struct plan_held), g->target->held_size, fail);
	if (!kept)
		return;
	bpf_jump(g->a, got);
	bpf_asm_place(g->a, here);
	bpf_map_fd(g->a, BPF_REG_1, g->target->calls_fd);
	bpf_mov_reg(g->a, BPF_REG_2, GEN_RECORD);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, HELD(call));
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, fail);
	gen_floats_of(g, BPF_REG_0, sizeof(struct plan_call), g->target->call_size, fail);
	bpf_asm_place(g->a, got);
}

static void gen_compare(struct bpf_gen *g, int at, int field, int otherwise)
{
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, at);
	bpf_load(g->a, BPF_DW, BPF_REG_2, GEN_RECORD, field);
	bpf_jump_reg(g->a, BPF_JNE, BPF_REG_1, BPF_REG_2, otherwise);
}

static void gen_frame(struct bpf_gen *g, int end)
{
	const int sp = GEN_VALUES - 16, ip = sp + 8;
	int missed = bpf_asm_label(g->a), send = bpf_asm_label(g->a);

	gen_context(g, end);
	gen_read_context(g, UC_R14, GEN_WORD, 8, end);
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_10, GEN_WORD);
	gen_key(g);
	gen_find(g, end);
	bpf_asm_note(g->a, "is it the frame of the hit?");
	gen_read_context(g, UC_SP, sp, 16, missed);
	gen_compare(g, sp, HELD(sp), missed);
	gen_compare(g, ip, HELD(ip), missed);
	gen_read_context(g, UC_FPSTATE, GEN_WORD, 8, missed);
	gen_floats(g, missed);
	bpf_asm_note(g->a, "the float registers");
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_9);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, offsetof(struct plan_floats, regs));
	bpf_mov_imm(g->a, BPF_REG_2, 16 * PLAN_FLOAT_REGS);
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_10, GEN_WORD);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, FXSAVE_XMM);
	bpf_call(g->a, BPF_FUNC_probe_read_user);
	bpf_store(g->a, BPF_W, BPF_REG_9, offsetof(struct plan_floats, status), BPF_REG_0);
	bpf_jump(g->a, send);
	bpf_asm_place(g->a, missed);
	gen_count_of(g, offsetof(struct bpf_counters, float_missed));
	bpf_asm_place(g->a, send);
	bpf_gen_held_send(g);
}

struct gosym_error *bpf_gen_frames(const struct gosym_plan *p, const struct bpf_target *target, struct bpf_asm *ret)
{
	struct bpf_asm a = { .nomem = false };
	struct bpf_gen g = { .a = &a, .plan = p, .target = target };
	int end = bpf_asm_label(&a);

	bpf_gen_begin(&g);
	bpf_gen_process_filter(&g, end);
	gen_frame(&g, end);
	bpf_asm_place(&a, end);
	bpf_mov_imm(&a, BPF_REG_0, 0);
	bpf_exit(&a);
	return bpf_gen_end(&g, ret);
}
