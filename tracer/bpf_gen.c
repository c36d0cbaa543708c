// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A probe of the plan -> one eBPF program: filters, condition, counters, then the record straight
 * into the ring buffer. All offsets and maximal sizes are constants of the plan, so the verifier
 * has little to follow.
 *
 *	r6  struct pt_regs of the hit		r7  the record in the ring buffer
 *	r9  this CPU's counters of the probe	stack: see bpf_gen.h
 *
 * There is no scratch memory per CPU: a uprobe program may be preempted by another one on the
 * same CPU. Between reserving and submitting nothing can leave the program; every fetch writes
 * its status instead. Helpers used are those of Linux 5.15 (include/uapi/linux/bpf.h):
 * get_attach_cookie is the youngest.
 */
#include <errno.h>

#include "tracer/bpf_gen.h"

/* ---- small parts */

void bpf_gen_add(struct bpf_gen *g, int reg, int64_t off)
{
	if (!off)
		return;
	if (off == (int32_t)off) {
		bpf_alu_imm(g->a, BPF_ADD, reg, (int32_t)off);
		return;
	}
	bpf_mov_imm64(g->a, BPF_REG_1, (uint64_t)off);
	bpf_alu_reg(g->a, BPF_ADD, reg, BPF_REG_1);
}

void bpf_gen_read_user(struct bpf_gen *g, int base, int off, uint32_t size)
{
	bpf_mov_reg(g->a, BPF_REG_1, base);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, off);
	bpf_mov_imm(g->a, BPF_REG_2, (int32_t)size);
	bpf_gen_copy_user(g);
}

void bpf_gen_copy_user(struct bpf_gen *g)
{
	bpf_call(g->a, g->fault_in ? BPF_FUNC_copy_from_user : BPF_FUNC_probe_read_user);
}

/* A word of the target, as wide as its pointers. */
static int word_width(const struct bpf_gen *g)
{
	return g->plan->arch->ptr_size == 4 ? BPF_W : BPF_DW;
}

int bpf_gen_width(uint32_t size)
{
	switch (size) {
	case 1: return BPF_B;
	case 2: return BPF_H;
	case 4: return BPF_W;
	default: return BPF_DW;
	}
}

static const struct abi_reg *reg_of(const struct bpf_gen *g, int index)
{
	return &g->plan->arch->regs[index];
}

/* ---- filters */

void bpf_gen_process_filter(struct bpf_gen *g, int drop)
{
	if (!g->target->tgid)
		return;
	bpf_asm_note(g->a, "only process %u", g->target->tgid);
	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_0, 32);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, (int32_t)g->target->tgid, drop);
}

/* A hit at which the stack check will branch to morestack is not a call yet: the function starts
 * over. */
static void gen_branch_filter(struct bpf_gen *g, int drop)
{
	const struct gosym_site *site = g->probe->site;

	if (!site->skip_taken)
		return;
	bpf_asm_note(g->a, "not a call yet if the stack check branches");
	bpf_gen_if_branch(g, site->branch_cond, drop);
}

/* ---- counters */

void bpf_gen_find_counters(struct bpf_gen *g)
{
	int found = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "the counters of this probe: its index is the cookie of the attachment");
	bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
	bpf_call(g->a, BPF_FUNC_get_attach_cookie);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_KEY, BPF_REG_0);
	bpf_map_fd(g->a, BPF_REG_1, g->target->counters_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, GEN_KEY);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, found);
	bpf_exit(g->a);
	bpf_asm_place(g->a, found);
	bpf_mov_reg(g->a, GEN_COUNTERS, BPF_REG_0);
}

void bpf_gen_count(struct bpf_gen *g, int counters, size_t field)
{
	bpf_mov_imm(g->a, BPF_REG_1, 1);
	bpf_atomic_add(g->a, counters, (int)field, BPF_REG_1);
}

/* ---- the goroutine */

const char *bpf_gen_goid_missing(const struct bpf_gen *g)
{
	const struct abi_goroutine *where = &g->probe->g;

	if (where->kind == G_NONE)
		return where->missing ? where->missing : "the goroutine is not known at this site";
	if (where->kind == G_IN_TLS && g->target->fsbase_off < 0)
		return "the kernel's type information (BTF) does not tell where the TLS base is";
	if (where->kind == G_IN_REG && reg_of(g, where->reg)->pt_regs == NOT_IN_PT_REGS)
		return "the goroutine is in a register which a uprobe cannot read";
	return NULL;
}

void bpf_gen_g(struct bpf_gen *g, int fail)
{
	const struct abi_goroutine *where = &g->probe->g;

	if (where->kind == G_IN_REG) {
		bpf_asm_note(g->a, "g is in %s", reg_of(g, where->reg)->name);
		bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, reg_of(g, where->reg)->pt_regs);
		return;
	}
	bpf_asm_note(g->a, "g is in thread-local storage");
	bpf_call(g->a, BPF_FUNC_get_current_task);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	bpf_gen_add(g, BPF_REG_3, g->target->fsbase_off);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, GEN_WORD);
	bpf_mov_imm(g->a, BPF_REG_2, 8);
	bpf_call(g->a, BPF_FUNC_probe_read_kernel);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_10, GEN_WORD);
	bpf_gen_add(g, BPF_REG_3, where->tls_off);
	bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, g->plan->arch->ptr_size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, fail);
	bpf_load(g->a, word_width(g), BPF_REG_3, BPF_REG_10, GEN_WORD);
}

void bpf_gen_goid(struct bpf_gen *g, int base, int off, int fail)
{
	bpf_gen_g(g, fail);
	bpf_asm_note(g->a, "goroutine id");
	bpf_gen_add(g, BPF_REG_3, g->probe->g.goid_off);
	bpf_gen_read_user(g, base, off, 8);
}

/* ---- the record */

void bpf_gen_reserve(struct bpf_gen *g, uint32_t size, int no_room)
{
	int reserved = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "reserve a record of %u bytes", size);
	bpf_map_fd(g->a, BPF_REG_1, g->target->ring_fd);
	bpf_mov_imm(g->a, BPF_REG_2, (int32_t)size);
	bpf_mov_imm(g->a, BPF_REG_3, 0);
	bpf_call(g->a, BPF_FUNC_ringbuf_reserve);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, reserved);
	bpf_asm_note(g->a, "no room: lost");
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, lost));
	bpf_jump(g->a, no_room);
	bpf_asm_place(g->a, reserved);
	bpf_mov_reg(g->a, GEN_RECORD, BPF_REG_0);
}

static void gen_header_goid(struct bpf_gen *g)
{
	int done = bpf_asm_label(g->a);

	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, depth), 0);
	if (bpf_gen_goid_missing(g))
		bpf_mov_imm(g->a, BPF_REG_0, PLAN_SKIPPED);
	else
		bpf_gen_goid(g, GEN_RECORD, offsetof(struct plan_record, goid), done);
	bpf_asm_place(g->a, done);
	bpf_store(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, goid_status), BPF_REG_0);
}

/* Both are in the key already; there a thread stands for the goroutine without an id. */
static void gen_header_key(struct bpf_gen *g)
{
	int has_id = bpf_asm_label(g->a);
	const int key = GEN_CALL_KEY;

	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY_STATUS);
	bpf_store(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, goid_status), BPF_REG_1);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, key + (int)offsetof(struct plan_call_key, depth));
	bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, depth), BPF_REG_1);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, key + (int)offsetof(struct plan_call_key, goid));
	bpf_jump_imm(g->a, BPF_JSGE, BPF_REG_1, 0, has_id);
	bpf_mov_imm(g->a, BPF_REG_1, 0);
	bpf_asm_place(g->a, has_id);
	bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, goid), BPF_REG_1);
}

static void gen_header_time(struct bpf_gen *g)
{
	if (g->exit) {
		bpf_load(g->a, BPF_DW, BPF_REG_0, BPF_REG_10, GEN_TS);
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_DURATION);
		bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, duration),
			  BPF_REG_1);
	} else {
		bpf_call(g->a, BPF_FUNC_ktime_get_ns);
		bpf_store_imm(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, duration), 0);
	}
	bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, ts), BPF_REG_0);
}

void bpf_gen_header(struct bpf_gen *g, enum plan_kind kind, uint32_t size)
{
	bpf_asm_note(g->a, "header: probe, size, time, thread, address");
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY);
	bpf_store(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, probe), BPF_REG_1);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, size), (int32_t)size);
	gen_header_time(g);
	bpf_call(g->a, BPF_FUNC_get_current_pid_tgid);
	bpf_store(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, tid), BPF_REG_0);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_0, 32);
	bpf_store(g->a, BPF_W, GEN_RECORD, offsetof(struct plan_record, pid), BPF_REG_0);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->pt_ip);
	bpf_store(g->a, BPF_DW, GEN_RECORD, offsetof(struct plan_record, ip), BPF_REG_1);
	bpf_store_imm(g->a, BPF_H, GEN_RECORD, offsetof(struct plan_record, kind), (int32_t)kind);
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY + 4);
	bpf_store(g->a, BPF_H, GEN_RECORD, offsetof(struct plan_record, exit), BPF_REG_1);
	if (g->plan->opts.returns)
		gen_header_key(g);
	else
		gen_header_goid(g);
	if (g->probe->stack_at && kind <= PLAN_RETURN)
		bpf_gen_stack(g, g->exit);
}

/* ---- fetches */

static void gen_reg(struct bpf_gen *g, const struct plan_fetch *f)
{
	bpf_asm_note(g->a, "%s -> +%u, %u bytes", reg_of(g, f->reg)->name, f->dst, f->size);
	bpf_gen_arg_reg(g, BPF_REG_1, f->reg);
	bpf_store(g->a, bpf_gen_width(f->size), GEN_RECORD, (int)f->dst, BPF_REG_1);
}

void bpf_gen_guard(struct bpf_gen *g, const struct plan_fetch *f, int skip)
{
	const struct plan_fetch *guard;

	if (f->guard == PLAN_NO_FETCH)
		return;
	guard = &g->fetches[f->guard];
	if (guard->from == PLAN_REG || guard->from == PLAN_G)
		return;
	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, (int)guard->status);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, skip);
	if (guard->from != PLAN_DEREF_VAR && guard->from != PLAN_MAP)
		return;
	bpf_load(g->a, word_width(g), BPF_REG_1, GEN_RECORD, (int)guard->count);
	bpf_jump_imm(g->a, BPF_JLE, BPF_REG_1, (int32_t)f->guard_elem, skip);
}

static void gen_stack(struct bpf_gen *g, const struct plan_fetch *f)
{
	bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, g->plan->arch->pt_sp);
	bpf_gen_add(g, BPF_REG_3, f->off + (g->exit ? g->exit->sp_off : 0));
	bpf_gen_read_user(g, GEN_RECORD, (int)f->dst, f->size);
}

static const struct gosym_exit_float *exit_float(const struct gosym_exit *e, const struct plan_fetch *f)
{
	for (size_t i = 0; e && i < e->num_floats; i++)
		if (e->floats[i].reg == f->reg && e->floats[i].size >= f->size)
			return &e->floats[i];
	return NULL;
}

/* What no exit tells stays skipped: r0 says so already. */
static void gen_float(struct bpf_gen *g, const struct plan_fetch *f)
{
	const struct gosym_exit_float *at = exit_float(g->exit, f);

	if (!at)
		return;
	switch (at->kind) {
	case GOSYM_FLOAT_ZERO:
		bpf_store_imm(g->a, bpf_gen_width(f->size), GEN_RECORD, (int)f->dst, 0);
		bpf_mov_imm(g->a, BPF_REG_0, 0);
		return;
	case GOSYM_FLOAT_IN:
		bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, reg_of(g, at->base)->pt_regs);
		bpf_store(g->a, bpf_gen_width(f->size), GEN_RECORD, (int)f->dst, BPF_REG_1);
		bpf_mov_imm(g->a, BPF_REG_0, 0);
		return;
	case GOSYM_FLOAT_BEHIND:
		bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, reg_of(g, at->base)->pt_regs);
		bpf_gen_add(g, BPF_REG_3, at->off);
		break;
	case GOSYM_FLOAT_AT:
		bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, g->plan->arch->pt_ip);
		bpf_gen_add(g, BPF_REG_3, at->off - (int64_t)g->exit->addr);
		break;
	}
	bpf_gen_read_user(g, GEN_RECORD, (int)f->dst, f->size);
}

void bpf_gen_pointer(struct bpf_gen *g, uint32_t at, int32_t guard)
{
	bpf_load(g->a, word_width(g), BPF_REG_3, GEN_RECORD, (int)at);
	if (guard == PLAN_NO_FETCH || g->fetches[guard].from == PLAN_REG)
		bpf_gen_moved(g, BPF_REG_3);
}

static void gen_deref(struct bpf_gen *g, const struct plan_fetch *f, int done)
{
	bpf_gen_pointer(g, f->ptr, f->guard);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_3, 0, done);
	bpf_gen_add(g, BPF_REG_3, f->off);
	bpf_gen_read_user(g, GEN_RECORD, (int)f->dst, f->size);
}

/* The length is the target's word for it: clamped as unsigned, so that the verifier sees its
 * bound. */
static void gen_deref_var(struct bpf_gen *g, const struct plan_fetch *f, int done)
{
	int fits = bpf_asm_label(g->a);

	bpf_gen_pointer(g, f->ptr, f->guard);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_3, 0, done);
	bpf_gen_add(g, BPF_REG_3, f->off);
	bpf_load(g->a, word_width(g), BPF_REG_2, GEN_RECORD, (int)f->count);
	bpf_jump_imm(g->a, BPF_JLE, BPF_REG_2, (int32_t)f->max_count, fits);
	bpf_mov_imm(g->a, BPF_REG_2, (int32_t)f->max_count);
	bpf_asm_place(g->a, fits);
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_2, 0, done);
	if (f->size != 1)
		bpf_alu_imm(g->a, BPF_MUL, BPF_REG_2, (int32_t)f->size);
	bpf_mov_reg(g->a, BPF_REG_1, GEN_RECORD);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, (int32_t)f->dst);
	bpf_gen_copy_user(g);
}

/* A number that is undecided is what could not be read. */
static void gen_expr(struct bpf_gen *g, const struct plan_fetch *f, int done)
{
	int undecided = bpf_asm_label(g->a);

	bpf_gen_value(g, f->expr, undecided);
	if (f->not_nil)
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, undecided);
	bpf_store(g->a, bpf_gen_width(f->size), GEN_RECORD, (int)f->dst, BPF_REG_0);
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	if (!bpf_asm_label_used(g->a, undecided))
		return;
	bpf_jump(g->a, done);
	bpf_asm_place(g->a, undecided);
	bpf_mov_imm(g->a, BPF_REG_0, -EFAULT);
}

static void note_fetch(struct bpf_gen *g, const struct plan_fetch *f, size_t i)
{
	switch (f->from) {
	case PLAN_STACK:
		bpf_asm_note(g->a, "fetch %zu: stack%+lld -> +%u, %u bytes", i, (long long)f->off,
			     f->dst, f->size);
		break;
	case PLAN_DEREF:
		bpf_asm_note(g->a, "fetch %zu: *(word +%u)%+lld -> +%u, %u bytes", i, f->ptr,
			     (long long)f->off, f->dst, f->size);
		break;
	case PLAN_EXPR:
		bpf_asm_note(g->a, "fetch %zu: computed -> +%u, %u bytes", i, f->dst, f->size);
		break;
	case PLAN_FLOAT:
		bpf_asm_note(g->a, "fetch %zu: %s -> +%u, %u bytes", i, reg_of(g, f->reg)->name, f->dst,
			     f->size);
		break;
	case PLAN_MAP:
		bpf_asm_note(g->a, "fetch %zu: entries of the map *(word +%u) -> +%u, %u bytes each, at most %u", i,
			     f->ptr, f->dst, f->size, f->max_count);
		break;
	default:
		bpf_asm_note(g->a,
			     "fetch %zu: *(word +%u) -> +%u, %u bytes times word +%u, at most %u",
			     i, f->ptr, f->dst, f->size, f->count, f->max_count);
	}
}

static void gen_fetch(struct bpf_gen *g, const struct plan_fetch *f, size_t i)
{
	int done;

	if (f->from == PLAN_REG) {
		gen_reg(g, f);
		return;
	}
	if (f->from == PLAN_G) {
		bpf_asm_note(g->a, "address of g -> +%u", f->dst);
		bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_G);
		bpf_store(g->a, BPF_DW, GEN_RECORD, (int)f->dst, BPF_REG_1);
		return;
	}
	done = bpf_asm_label(g->a);
	note_fetch(g, f, i);
	bpf_mov_imm(g->a, BPF_REG_0, PLAN_SKIPPED);
	bpf_gen_guard(g, f, done);
	if (f->from == PLAN_STACK)
		gen_stack(g, f);
	else if (f->from == PLAN_FLOAT)
		gen_float(g, f);
	else if (f->from == PLAN_EXPR)
		gen_expr(g, f, done);
	else if (f->from == PLAN_DEREF)
		gen_deref(g, f, done);
	else if (f->from == PLAN_MAP)
		bpf_gen_entries(g, f, done);
	else
		gen_deref_var(g, f, done);
	bpf_asm_place(g->a, done);
	bpf_store(g->a, BPF_W, GEN_RECORD, (int)f->status, BPF_REG_0);
}

/*
 * How many records a CPU writes between two looks at the fill level, a power of two. All that go
 * unseen, on many CPUs, stay a small part of what is allowed to wait.
 */
static uint32_t query_period(const struct bpf_gen *g, uint32_t size)
{
	uint32_t n = 16;

	while (n > 1 && (uint64_t)n * size > g->target->wake_bytes / 64)
		n /= 2;
	return n;
}

/* Waking the reader costs more than a record: only once enough is waiting. Looking costs too: not
 * each time. */
void bpf_gen_submit(struct bpf_gen *g, uint32_t size, size_t events)
{
	uint32_t period = query_period(g, size);
	int submit = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "submit; every %u calls, wake the reader if %u bytes are unread", period,
		     g->target->wake_bytes);
	bpf_mov_imm(g->a, BPF_REG_2, BPF_RB_NO_WAKEUP);
	if (period > 1) {
		bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_COUNTERS, (int)events);
		bpf_alu_imm(g->a, BPF_AND, BPF_REG_1, (int32_t)period - 1);
		bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, submit);
	}
	bpf_map_fd(g->a, BPF_REG_1, g->target->ring_fd);
	bpf_mov_imm(g->a, BPF_REG_2, BPF_RB_AVAIL_DATA);
	bpf_call(g->a, BPF_FUNC_ringbuf_query);
	bpf_mov_imm(g->a, BPF_REG_2, BPF_RB_NO_WAKEUP);
	bpf_mov_imm64(g->a, BPF_REG_3, g->target->wake_bytes);
	bpf_jump_reg(g->a, BPF_JLT, BPF_REG_0, BPF_REG_3, submit);
	bpf_mov_imm(g->a, BPF_REG_2, BPF_RB_FORCE_WAKEUP);
	bpf_asm_place(g->a, submit);
	bpf_mov_reg(g->a, BPF_REG_1, GEN_RECORD);
	bpf_call(g->a, BPF_FUNC_ringbuf_submit);
}

void bpf_gen_fetches(struct bpf_gen *g, const struct plan_fetch *fetches, size_t num)
{
	g->fetches = fetches;
	for (size_t i = 0; i < num; i++)
		gen_fetch(g, &fetches[i], i);
}

void bpf_gen_fetches_again(struct bpf_gen *g, const struct plan_fetch *fetches, size_t num)
{
	g->fetches = fetches;
	for (size_t i = 0; i < num; i++) {
		int done = bpf_asm_label(g->a);

		if (fetches[i].from != PLAN_DEREF && fetches[i].from != PLAN_DEREF_VAR)
			continue;
		bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, (int)fetches[i].status);
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, done);
		gen_fetch(g, &fetches[i], i);
		bpf_asm_place(g->a, done);
	}
}

void bpf_gen_call_record(struct bpf_gen *g)
{
	bpf_gen_header(g, g->probe->kind, g->probe->record_size);
	bpf_gen_no_floats(g, g->probe->floats_at);
	bpf_gen_fetches(g, g->probe->fetches, g->probe->num_fetches);
	bpf_gen_dynamic(g, &g->probe->dynamic);
}

static void gen_event(struct bpf_gen *g)
{
	int no_room = bpf_asm_label(g->a);

	if (bpf_gen_is_held(g)) {
		bpf_gen_hold(g, no_room);
		bpf_gen_call_record(g);
		bpf_gen_held_ask(g, g->probe->record_size, g->probe->floats_at);
		bpf_asm_place(g->a, no_room);
		return;
	}
	bpf_gen_reserve(g, g->probe->record_size, no_room);
	bpf_gen_call_record(g);
	bpf_gen_submit(g, g->probe->record_size, offsetof(struct bpf_counters, calls));
	bpf_asm_place(g->a, no_room);
}

/* ---- the program */

static void gen_end(struct bpf_gen *g)
{
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	bpf_exit(g->a);
}

/* The ends of a call that is not recorded, kept near the jumps to them. An earlier call of the same key may
 * have ended by a panic: this one's return must not find it. */
static void gen_dropped(struct bpf_gen *g, int drop, int failed, int undecided)
{
	if (bpf_asm_label_used(g->a, undecided)) {
		bpf_asm_place(g->a, undecided);
		bpf_gen_find_counters(g);
		bpf_asm_note(g->a, "undecided: memory of the condition could not be read");
		bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, undecided));
		bpf_jump(g->a, failed);
	}
	if (failed != drop && bpf_asm_label_used(g->a, failed)) {
		bpf_asm_place(g->a, failed);
		bpf_gen_find_counters(g);
		bpf_gen_unfollowed(g);
		bpf_jump(g->a, drop);
	}
	if (bpf_asm_label_used(g->a, drop)) {
		bpf_asm_place(g->a, drop);
		bpf_asm_note(g->a, "not recorded");
		gen_end(g);
	}
}

static void gen_filters(struct bpf_gen *g, int pass)
{
	int drop = bpf_asm_label(g->a), undecided = bpf_asm_label(g->a), failed = drop;

	bpf_gen_process_filter(g, drop);
	gen_branch_filter(g, drop);
	bpf_gen_held_flush(g);
	if (g->probe->cond && bpf_gen_tracks_calls(g))
		failed = bpf_asm_label(g->a);
	if (g->probe->cond)
		bpf_gen_cond(g, g->probe->cond, pass, failed, undecided);
	else
		bpf_jump(g->a, pass);
	gen_dropped(g, drop, failed, undecided);
}

/* Nothing is reported. The number of calls need not be counted, the aggregates hold it. */
void bpf_gen_aggregated(struct bpf_gen *g, int end)
{
	int lost = bpf_asm_label(g->a), undecided = bpf_asm_label(g->a);
	const struct { int label; size_t field; const char *note; } ends[] = {
		{ lost, offsetof(struct bpf_counters, lost), "lost" },
		{ undecided, offsetof(struct bpf_counters, undecided),
		  "undecided: memory could not be read" },
	};

	bpf_gen_aggregate(g, lost, undecided);
	bpf_jump(g->a, end);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!bpf_asm_label_used(g->a, ends[i].label))
			continue;
		bpf_asm_place(g->a, ends[i].label);
		bpf_asm_note(g->a, "%s", ends[i].note);
		bpf_gen_find_counters(g);
		bpf_gen_count(g, GEN_COUNTERS, ends[i].field);
		bpf_jump(g->a, end);
	}
}

/* Aggregates at the entry need the probe's index alone. */
static void gen_aggregated_call(struct bpf_gen *g)
{
	int end = bpf_asm_label(g->a);

	bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
	bpf_call(g->a, BPF_FUNC_get_attach_cookie);
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_KEY, BPF_REG_0);
	bpf_gen_aggregated(g, end);
	bpf_asm_place(g->a, end);
	gen_end(g);
}

static void gen_rate(struct bpf_gen *g)
{
	int pass = bpf_asm_label(g->a);

	if (!bpf_gen_rate_is_limited(g) || g->plan->at_return)
		return;
	bpf_gen_rate(g, pass);
	if (bpf_gen_tracks_calls(g))
		bpf_gen_unfollowed(g);
	gen_end(g);
	bpf_asm_place(g->a, pass);
}

static void gen_recorded(struct bpf_gen *g)
{
	bool hook = g->probe->kind != PLAN_CALL;

	if (plan_is_aggregate(g->plan) && !g->plan->at_return && !hook) {
		gen_aggregated_call(g);
		return;
	}
	bpf_gen_find_counters(g);
	gen_rate(g);
	bpf_gen_count(g, GEN_COUNTERS, offsetof(struct bpf_counters, calls));
	if (g->plan->opts.returns && (hook || bpf_gen_tracks_calls(g)))
		bpf_gen_call_key(g, g->probe->site->sp_off);
	/* An inlined call is told as one byte deeper than the call of the function it is in: within that, around all
	 * that either calls. */
	else if (g->plan->opts.returns && g->probe->copy)
		bpf_gen_call_key(g, g->probe->site->sp_off - 1);
	if (hook || (!g->target->count_only && !g->plan->at_return))
		gen_event(g);
	if (!hook && bpf_gen_tracks_calls(g))
		bpf_gen_track(g);
	gen_end(g);
}

void bpf_gen_begin(struct bpf_gen *g)
{
	bpf_mov_reg(g->a, GEN_CTX, BPF_REG_1);
	if (!g->target->tails_fd)
		return;
	g->tail = bpf_asm_label(g->a);
	bpf_asm_note(g->a, "never: there for the kernel to see a tail call");
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, g->tail);
}

struct gosym_error *bpf_gen_end(struct bpf_gen *g, struct bpf_asm *ret)
{
	if (g->target->tails_fd) {
		bpf_asm_place(g->a, g->tail);
		bpf_mov_reg(g->a, BPF_REG_1, GEN_CTX);
		bpf_map_fd(g->a, BPF_REG_2, g->target->tails_fd);
		bpf_mov_imm(g->a, BPF_REG_3, 0);
		bpf_call(g->a, BPF_FUNC_tail_call);
		gen_end(g);
	}
	if (!g->err)
		g->err = bpf_asm_finish(g->a);
	if (g->err) {
		bpf_asm_deinit(g->a);
		return g->err;
	}
	*ret = *g->a;
	return NULL;
}

static void gen_call(struct bpf_gen *g)
{
	int pass = bpf_asm_label(g->a);

	gen_filters(g, pass);
	/* A condition that is false whatever comes leaves nothing to jump here. */
	if (bpf_asm_label_used(g->a, pass)) {
		bpf_asm_place(g->a, pass);
		gen_recorded(g);
	}
}

/* Once more, for calls whose registers were lost. */
static void gen_slow_call(struct bpf_gen *g)
{
	int fast = bpf_asm_label(g->a), unknown = bpf_asm_label(g->a);

	bpf_gen_slow_split(g, fast, unknown);
	g->slow = true;
	gen_call(g);
	g->slow = false;
	bpf_asm_place(g->a, unknown);
	gen_end(g);
	bpf_asm_place(g->a, fast);
}

struct gosym_error *bpf_gen_probe(const struct gosym_plan *p, const struct plan_probe *probe,
				  const struct bpf_target *target, struct bpf_asm *ret)
{
	struct bpf_asm a = { .nomem = false };
	struct bpf_gen g = { .a = &a, .plan = p, .probe = probe, .target = target };

	bpf_gen_begin(&g);
	if (bpf_gen_may_be_slow(&g))
		gen_slow_call(&g);
	gen_call(&g);
	return bpf_gen_end(&g, ret);
}
