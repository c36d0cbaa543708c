/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * A small interpreter for the programs bpf_gen.c writes, so that what they do can be tested
 * without a kernel or its permissions. Addresses are this process's own; the first pages and what
 * lies behind user space cannot be read. Anything the generator does not use ends the run with a
 * failed assertion.
 */
#ifndef TESTS_UNIT_BPF_RUN_H
#define TESTS_UNIT_BPF_RUN_H

#include <endian.h>
#include <errno.h>

#include "tracer/bpf_gen.h"
#include "tracer/plan_dynamic.h"

/* Above every address of a 64-bit Linux process on the machines this runs on. */
#define RUN_BAD (1ULL << 56)

struct bpf_run {
	uint8_t regs[512];		/* struct pt_regs */
	uint64_t cookie, pid_tgid, time;
	uint64_t task[8];		/* struct task_struct */
	struct bpf_counters counters;
	uint8_t record[PLAN_MAX_RECORD];
	bool full;			/* the ring buffer has no room */
	uint64_t unread;		/* bytes waiting in it */
	unsigned submitted;
	uint64_t submit_flags;
	unsigned calls[256];		/* by helper */
	/* The map of aggregates: descriptor RUN_AGG_FD; that of its zeros is RUN_ZERO_FD. */
	uint32_t agg_key_size, agg_num, agg_room;
	struct plan_agg_key agg_keys[16];
	struct plan_agg aggs[16], agg_zero;
	/* The map of calls: RUN_CALLS_FD, with elements of call_size bytes; RUN_CALLS_ZERO_FD. */
	uint32_t call_size, num_open, open_room;
	struct plan_call_key open_keys[8];
	uint64_t open_calls[8][256], call_zero[256];
	uint64_t func_ip;
	uint64_t rate;			/* of this probe: RUN_RATE_FD */
	/* RUN_RECIPES_FD and RUN_STEPS_FD. */
	struct plan_recipe_key *recipe_keys;
	struct plan_recipe_ref *recipe_refs;
	size_t num_recipes;
	const struct plan_step *steps;
	size_t num_steps;
	/* Before so many compare-and-exchanges another program raises the field. */
	unsigned disturbed;
};

enum { RUN_AGG_FD = 1000, RUN_ZERO_FD, RUN_CALLS_FD, RUN_CALLS_ZERO_FD, RUN_RATE_FD, RUN_RECIPES_FD, RUN_STEPS_FD };

static inline uint64_t run_find_agg(struct bpf_run *run, const void *key)
{
	for (uint32_t i = 0; i < run->agg_num; i++)
		if (!memcmp(&run->agg_keys[i], key, run->agg_key_size))
			return (uintptr_t)&run->aggs[i];
	return 0;
}

static inline uint64_t run_insert_agg(struct bpf_run *run, const void *key, const void *value)
{
	if (run->agg_num == run->agg_room)
		return (uint64_t)-E2BIG;
	memcpy(&run->agg_keys[run->agg_num], key, run->agg_key_size);
	memcpy(&run->aggs[run->agg_num++], value, sizeof(struct plan_agg));
	return 0;
}

static inline int run_find_call(const struct bpf_run *run, uint64_t key)
{
	for (uint32_t i = 0; i < run->num_open; i++)
		if (!memcmp(&run->open_keys[i], (const void *)(uintptr_t)key, sizeof(struct plan_call_key)))
			return (int)i;
	return -1;
}

static inline uint64_t run_update_call(struct bpf_run *run, const uint64_t *r)
{
	int i = run_find_call(run, r[2]);

	assert_in_range(run->call_size, sizeof(struct plan_call), sizeof(run->open_calls[0]));
	if (i >= 0 && r[4] == BPF_NOEXIST)
		return (uint64_t)-EEXIST;
	if (i < 0 && run->num_open == run->open_room)
		return (uint64_t)-E2BIG;
	if (i < 0)
		i = (int)run->num_open++;
	memcpy(&run->open_keys[i], (const void *)(uintptr_t)r[2], sizeof(struct plan_call_key));
	memcpy(run->open_calls[i], (const void *)(uintptr_t)r[3], run->call_size);
	return 0;
}

static inline uint64_t run_delete_call(struct bpf_run *run, const uint64_t *r)
{
	int i = run_find_call(run, r[2]);

	assert_int_equal(r[1], RUN_CALLS_FD);
	if (i < 0)
		return (uint64_t)-ENOENT;
	run->num_open--;
	run->open_keys[i] = run->open_keys[run->num_open];
	memcpy(run->open_calls[i], run->open_calls[run->num_open], sizeof(run->open_calls[i]));
	return 0;
}

static inline uint64_t run_lookup_call(struct bpf_run *run, uint64_t key)
{
	int i = run_find_call(run, key);

	return i < 0 ? 0 : (uintptr_t)run->open_calls[i];
}

static inline uint64_t run_recipe(const struct bpf_run *run, const void *key)
{
	for (size_t i = 0; i < run->num_recipes; i++)
		if (!memcmp(&run->recipe_keys[i], key, sizeof(*run->recipe_keys)))
			return (uintptr_t)&run->recipe_refs[i];
	return 0;
}

static inline uint64_t run_step(const struct bpf_run *run, const void *key)
{
	uint32_t i;

	memcpy(&i, key, sizeof(i));
	return i < run->num_steps ? (uintptr_t)&run->steps[i] : 0;
}

static inline uint64_t run_lookup(struct bpf_run *run, uint64_t fd, uint64_t key)
{
	if (fd == RUN_AGG_FD)
		return run_find_agg(run, (const void *)(uintptr_t)key);
	if (fd == RUN_RECIPES_FD)
		return run_recipe(run, (const void *)(uintptr_t)key);
	if (fd == RUN_STEPS_FD)
		return run_step(run, (const void *)(uintptr_t)key);
	if (fd == RUN_CALLS_FD)
		return run_lookup_call(run, key);
	if (fd == RUN_RATE_FD)
		return (uintptr_t)&run->rate;
	if (fd == RUN_CALLS_ZERO_FD)
		return (uintptr_t)run->call_zero;
	return fd == RUN_ZERO_FD ? (uintptr_t)&run->agg_zero : (uintptr_t)&run->counters;
}

static inline uint64_t run_read(void *to, uint64_t size, uint64_t from)
{
	if (from < 65536 || from >= RUN_BAD) {
		memset(to, 0, size);
		return (uint64_t)-EFAULT;
	}
	memcpy(to, (const void *)(uintptr_t)from, size);
	return 0;
}

static inline uint64_t run_helper(struct bpf_run *run, int helper, const uint64_t *r)
{
	assert_true(helper > 0 && helper < 256);
	run->calls[helper]++;
	switch (helper) {
	case BPF_FUNC_get_attach_cookie: return run->cookie;
	case BPF_FUNC_get_current_pid_tgid: return run->pid_tgid;
	case BPF_FUNC_get_current_task: return (uintptr_t)run->task;
	case BPF_FUNC_ktime_get_ns: return run->time;
	case BPF_FUNC_map_lookup_elem: return run_lookup(run, r[1], r[2]);
	case BPF_FUNC_map_delete_elem: return run_delete_call(run, r);
	case BPF_FUNC_get_func_ip: return run->func_ip;
	case BPF_FUNC_map_update_elem:
		if (r[1] == RUN_CALLS_FD)
			return run_update_call(run, r);
		assert_int_equal(r[1], RUN_AGG_FD);
		assert_int_equal(r[4], BPF_NOEXIST);
		return run_insert_agg(run, (const void *)(uintptr_t)r[2],
				      (const void *)(uintptr_t)r[3]);
	case BPF_FUNC_ringbuf_query: return run->unread;
	case BPF_FUNC_ringbuf_reserve:
		assert_in_range(r[2], sizeof(struct plan_record), PLAN_MAX_RECORD);
		return run->full ? 0 : (uintptr_t)run->record;
	case BPF_FUNC_ringbuf_submit:
		run->submitted++;
		run->submit_flags = r[2];
		return 0;
	case BPF_FUNC_probe_read_kernel:
	case BPF_FUNC_probe_read_user:
		return run_read((void *)(uintptr_t)r[1], r[2], r[3]);
	default:
		fail_msg("helper %d is not expected", helper);
		return 0;
	}
}

static inline uint64_t run_alu(int op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_DIV: return b ? a / b : 0;
	case BPF_XOR: return a ^ b;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_MOD: return b ? a % b : a;
	case BPF_NEG: return -a;
	case BPF_LSH: return a << b;
	case BPF_RSH: return a >> b;
	case BPF_ARSH: return (uint64_t)((int64_t)a >> b);
	case BPF_MOV: return b;
	default:
		fail_msg("operation 0x%x is not expected", (unsigned)op);
		return 0;
	}
}

static inline bool run_jump(int op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JA: return true;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSGT: return (int64_t)a > (int64_t)b;
	case BPF_JSGE: return (int64_t)a >= (int64_t)b;
	case BPF_JSLT: return (int64_t)a < (int64_t)b;
	case BPF_JSLE: return (int64_t)a <= (int64_t)b;
	case BPF_JSET: return (a & b) != 0;
	case 0xe0: return false;	/* may_goto, long before it jumps */
	default:
		fail_msg("jump 0x%x is not expected", (unsigned)op);
		return false;
	}
}

static inline void run_cmpxchg(struct bpf_run *run, uint64_t *at, uint64_t *r0, uint64_t value)
{
	uint64_t old;

	if (run->disturbed) {
		run->disturbed--;
		++*at;
	}
	old = *at;
	if (old == *r0)
		*at = value;
	*r0 = old;
}

static inline void run_memory(struct bpf_run *run, const struct bpf_insn *i, uint64_t *r)
{
	static const uint8_t widths[4] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8
	};
	size_t width = widths[BPF_SIZE(i->code) >> 3];
	uint64_t value = BPF_CLASS(i->code) == BPF_ST ? (uint64_t)(int64_t)i->imm : r[i->src_reg];
	uint64_t sum;

	if (BPF_CLASS(i->code) == BPF_LDX) {
		sum = 0;
		memcpy(&sum, (void *)(uintptr_t)(r[i->src_reg] + (uint64_t)i->off), width);
		r[i->dst_reg] = sum;
	} else if (BPF_MODE(i->code) == BPF_ATOMIC && i->imm == BPF_CMPXCHG) {
		run_cmpxchg(run, (uint64_t *)(uintptr_t)(r[i->dst_reg] + (uint64_t)i->off), &r[0],
			    value);
	} else if (BPF_MODE(i->code) == BPF_ATOMIC) {
		memcpy(&sum, (void *)(uintptr_t)(r[i->dst_reg] + (uint64_t)i->off), 8);
		sum += value;
		memcpy((void *)(uintptr_t)(r[i->dst_reg] + (uint64_t)i->off), &sum, 8);
	} else {
		memcpy((void *)(uintptr_t)(r[i->dst_reg] + (uint64_t)i->off), &value, width);
	}
}

/* Runs to the exit; every program must return 0. */
static inline void bpf_run(struct bpf_run *run, const struct bpf_asm *a)
{
	uint64_t r[11] = { 0 }, stack[512 / 8];

	r[1] = (uintptr_t)run->regs;
	r[10] = (uintptr_t)(stack + 512 / 8);
	for (size_t pc = 0; pc < a->insns.num; pc++) {
		const struct bpf_insn *i = &a->insns.data[pc];
		uint64_t b = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (uint64_t)(int64_t)i->imm;

		if (BPF_CLASS(i->code) == BPF_ALU64) {
			r[i->dst_reg] = run_alu(BPF_OP(i->code), r[i->dst_reg], b);
		} else if (BPF_CLASS(i->code) == BPF_ALU) {
			assert_int_equal(i->code, BPF_ALU | BPF_END | BPF_TO_BE);
			r[i->dst_reg] = htobe64(r[i->dst_reg]);
		} else if (i->code == (BPF_JMP | BPF_EXIT)) {
			assert_int_equal(r[0], 0);
			return;
		} else if (i->code == (BPF_JMP | BPF_CALL)) {
			r[0] = run_helper(run, i->imm, r);
		} else if (BPF_CLASS(i->code) == BPF_JMP) {
			if (run_jump(BPF_OP(i->code), r[i->dst_reg], b))
				pc += (size_t)(ssize_t)i->off;
		} else if (BPF_CLASS(i->code) == BPF_LD) {
			r[i->dst_reg] = (uint64_t)(uint32_t)a->insns.data[pc + 1].imm << 32 |
					(uint32_t)i->imm;
			pc++;
		} else {
			run_memory(run, i, r);
		}
	}
	fail_msg("ran over the end");
}

#endif
