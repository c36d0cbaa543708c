// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Programs of entries and exits together, run over one map of calls: pairing, kept records, conditions at the
 * return, what cannot be paired, the RET done in the program. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"
#include "tracer/expr.h"

enum { GOID_OFF = 152, HI = 1 };	/* stack.hi is the second word of g */

struct env {
	struct fixture f;
	struct bpf_target target;
	struct bpf_run run;
	struct gosym_func func;
	struct gosym_exit exits[2];	/* a RET, a jump with 16 bytes left on the stack */
	struct gosym_param results[4];
	struct gosym_piece result_pieces[4][4];
	uint64_t g[32];
	uint64_t stack[64];
};

static void env_deinit(struct env *e)
{
	fixture_deinit(&e->f);
}
DEFINE_CLEANUP(cleanup_env, struct env, env_deinit(p))
#define _cleanup_env_ _cleanup_(cleanup_env)
DEFINE_CLEANUP(cleanup_asm, struct bpf_asm, bpf_asm_deinit(p))

static void set_reg(struct env *e, int reg, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.regs[reg].pt_regs, &value, 8);
}

static uint64_t get(const struct env *e, uint16_t off)
{
	uint64_t value;

	memcpy(&value, e->run.regs + off, 8);
	return value;
}

static void set_ip(struct env *e, uint64_t ip)
{
	memcpy(e->run.regs + abi_amd64.pt_ip, &ip, 8);
}

/* func f(s string, i int) (n int, err error) */
static void env_init(struct env *e)
{
	memset(e, 0, sizeof(*e));
	fixture_init(&e->f);
	e->target = (struct bpf_target){
		.ring_fd = 3, .counters_fd = 4, .calls_fd = RUN_CALLS_FD, .features_off = -1,
		.calls_zero_fd = RUN_CALLS_ZERO_FD, .fsbase_off = 16, .wake_bytes = 1000,
	};
	e->run = (struct bpf_run){ .cookie = 5, .pid_tgid = 77ULL << 32 | 78, .time = 1000,
				   .call_size = sizeof(struct plan_call), .open_room = 8 };
	e->exits[1] = (struct gosym_exit){ .jumps_to = "main.other", .sp_off = 16 };
	e->exits[0].cost = GOSYM_STEPPED;
	e->func.name = "main.f";
	e->f.probe.func = &e->func;
	e->f.plan.opts.returns = true;
	e->f.probe.exits = e->exits;
	e->f.probe.num_exits = 2;
	e->f.probe.stack_hi_off = 8;
	e->g[GOID_OFF / 8] = 4711;
	e->g[HI] = (uintptr_t)(e->stack + 64);
	fixture_param(&e->f, "s", &t_string);
	fixture_regs(&e->f, AX, BX);
	fixture_param(&e->f, "i", &t_int);
	fixture_regs(&e->f, CX);
	e->results[0] = (struct gosym_param){ .name = "n", .type = &t_int, .size = 8,
					      .pieces = e->result_pieces[0], .num_pieces = 1 };
	e->result_pieces[0][0] = (struct gosym_piece){ 0, 8, GOSYM_IN_REG, AX };
	e->results[1] = (struct gosym_param){ .name = "err", .type = &t_error, .size = 16,
					      .pieces = e->result_pieces[1], .num_pieces = 1 };
	e->result_pieces[1][0] = (struct gosym_piece){ 0, 16, GOSYM_ON_STACK, 8 };
	e->f.sig.results = e->results;
	e->f.sig.num_results = 2;
	set_reg(e, R14, (uintptr_t)e->g);
}

static void build(struct env *e)
{
	assert_null(plan_build_values(&e->f.plan, &e->f.probe));
	assert_null(plan_build_results(&e->f.plan, &e->f.probe));
	if (e->f.plan.keep_args)
		e->run.call_size += e->f.probe.record_size;
}

static void keep_args(struct env *e, bool pair)
{
	e->f.plan.keep_args = e->f.plan.at_return = true;
	e->f.plan.opts.pair = pair;
}

static void if_ret(struct env *e, const char *text)
{
	assert_null(expr_condition_return(&e->f.plan, &e->f.probe, text, &e->f.probe.cond_return));
}

static bool run(struct env *e, struct gosym_error *err, struct bpf_asm *a)
{
	unsigned before = e->run.submitted;

	assert_null(err);
	bpf_run(&e->run, a);
	return e->run.submitted > before;
}

/* Entry with SP so many words below the top of the stack. */
static bool enter(struct env *e, unsigned words)
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

	set_reg(e, SP, (uintptr_t)(e->stack + 64 - words));
	e->run.cookie = bpf_cookie(5, 0);
	return run(e, bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a), &a);
}

static bool leave_by(struct env *e, unsigned words, uint32_t exit)
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

	set_reg(e, SP, (uintptr_t)(e->stack + 64 - words) - (uint64_t)e->exits[exit].sp_off);
	e->run.cookie = bpf_cookie(5, exit);
	return run(e, bpf_gen_exit(&e->f.plan, &e->f.probe, exit, &e->target, &a), &a);
}

static const struct plan_record *header(const struct env *e)
{
	return (const struct plan_record *)e->run.record;
}

static uint64_t word_at(const struct env *e, uint32_t off)
{
	uint64_t v;

	memcpy(&v, e->run.record + off, 8);
	return v;
}

/* ---- pairing */

static void call_and_return(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	assert_true(enter(&e, 10));
	assert_int_equal(header(&e)->kind, PLAN_CALL);
	assert_int_equal(header(&e)->goid, 4711);
	assert_int_equal(header(&e)->depth, 80);
	assert_int_equal(e.run.num_open, 1);
	e.run.time = 1234;
	set_reg(&e, AX, 42);
	e.stack[64 - 10 + 1] = 7;
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(header(&e)->kind, PLAN_RETURN);
	assert_int_equal(header(&e)->size, e.f.probe.return_size);
	assert_int_equal(header(&e)->probe, 5);
	assert_int_equal(header(&e)->exit, 0);
	assert_int_equal(header(&e)->goid, 4711);
	assert_int_equal(header(&e)->depth, 80);
	assert_int_equal(header(&e)->ts, 1234);
	assert_int_equal(header(&e)->duration, 234);
	assert_int_equal(word_at(&e, e.f.probe.results[0].image), 42);
	assert_int_equal(word_at(&e, e.f.probe.results[1].image), 7);
	assert_int_equal(e.run.num_open, 0);
	assert_int_equal(e.run.counters.calls, 1);
	assert_int_equal(e.run.counters.returns, 1);
	assert_int_equal(e.run.counters.unpaired, 0);
}

/* The deeper call returns first; the stack has moved meanwhile, and the goroutine changed threads. */
static void recursion_on_a_moving_stack(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t moved[64] = { 0 };

	env_init(&e);
	build(&e);
	enter(&e, 10);
	e.run.time = 2000;
	enter(&e, 20);
	assert_int_equal(e.run.num_open, 2);
	e.run.pid_tgid = 77ULL << 32 | 99;
	e.run.time = 2500;
	assert_true(leave_by(&e, 20, 0));
	assert_int_equal(header(&e)->duration, 500);
	assert_int_equal(header(&e)->tid, 99);
	e.g[HI] = (uintptr_t)(moved + 64);
	set_reg(&e, SP, (uintptr_t)(moved + 64 - 10));
	e.run.time = 4000;
	{
		_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

		assert_true(run(&e, bpf_gen_exit(&e.f.plan, &e.f.probe, 0, &e.target, &a), &a));
	}
	assert_int_equal(header(&e)->duration, 3000);
	assert_int_equal(e.run.num_open, 0);
}

/* Two goroutines, two processes, a thread without a goroutine: all at the same depth. */
static void keys_apart(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	enter(&e, 10);
	e.g[GOID_OFF / 8] = 4712;
	enter(&e, 10);
	e.run.pid_tgid = 80ULL << 32 | 81;
	enter(&e, 10);
	e.g[GOID_OFF / 8] = 0;
	enter(&e, 10);
	assert_int_equal(e.run.num_open, 4);
	assert_int_equal(e.run.open_keys[3].goid, 1ULL << 63 | 81);
	assert_int_equal(header(&e)->goid, 0);
	e.run.pid_tgid = 80ULL << 32 | 82;
	assert_false(leave_by(&e, 10, 0));	/* another thread's own stack */
	assert_int_equal(e.run.counters.unpaired, 1);
	e.run.pid_tgid = 80ULL << 32 | 81;
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.abandoned, 0);
}

static void unpaired_and_untracked(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.unpaired, 1);
	e.run.open_room = 0;
	assert_true(enter(&e, 10));
	assert_int_equal(e.run.counters.untracked, 1);
	e.run.open_room = 8;
	set_reg(&e, R14, 8);			/* no goroutine to read */
	assert_true(enter(&e, 10));
	assert_int_equal(header(&e)->goid_status, -EFAULT);
	assert_int_equal(e.run.counters.untracked, 2);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.unpaired, 2);
}

/* With a condition at the entry most returns have no call. One that did not pass takes away what an earlier call
 * left behind. */
static void condition_at_the_entry(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	assert_null(expr_condition(&e.f.plan, &e.f.probe, "i > 5", &e.f.probe.cond));
	set_reg(&e, CX, 6);
	assert_true(enter(&e, 10));
	assert_int_equal(e.run.num_open, 1);
	set_reg(&e, CX, 5);
	assert_false(enter(&e, 10));
	assert_int_equal(e.run.num_open, 0);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.unpaired, 0);
}

static void jump_out(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	enter(&e, 10);
	assert_true(leave_by(&e, 10, 1));
	assert_int_equal(header(&e)->exit, 1);
	assert_int_equal(e.run.num_open, 0);
}

static void lost_return(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	enter(&e, 10);
	e.run.full = true;
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.lost, 1);
	assert_int_equal(e.run.num_open, 0);
}

/* ---- kept records */

static void pair(void **state)
{
	_cleanup_env_ struct env e;
	char text[] = "kept";

	env_init(&e);
	keep_args(&e, true);
	build(&e);
	set_reg(&e, AX, (uintptr_t)text);
	set_reg(&e, BX, 4);
	set_reg(&e, CX, 12);
	assert_false(enter(&e, 10));
	assert_int_equal(e.run.num_open, 1);
	memcpy(text, "gone", 4);
	set_reg(&e, AX, 3);
	e.run.time = 1500;
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(header(&e)->duration, 500);
	assert_int_equal(word_at(&e, e.f.probe.args[1].image), 12);
	assert_memory_equal(e.run.record + e.f.probe.fetches[e.f.probe.args[0].target].dst, "kept", 4);
	assert_int_equal(word_at(&e, e.f.probe.results[0].image), 3);
	assert_int_equal(((const struct plan_record *)(e.run.record + e.f.probe.call_at))->ts, 1000);
	assert_int_equal(e.run.num_open, 0);
}

static void decided_at_the_return(void **state)
{
	static const struct { const char *cond; bool passes; } rows[] = {
		{ "i == 12", true }, { "i == 3", false }, { "n == 3", true }, { "ret0 != 3", false },
		{ "s == \"kept\"", true }, { "s == \"gone\"", false }, { "s == \"kep\"", false },
		{ "len(s) == 4", true }, { "duration == 500ns", true }, { "duration > 1us", false },
		{ "0.5us <= duration && duration < 1m30s", true }, { "err == nil", false },
		{ "err != nil && i > 10", true }, { "ret1 == nil || goid == 4711", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_env_ struct env e;
		char text[] = "kept";

		env_init(&e);
		keep_args(&e, false);
		build(&e);
		if_ret(&e, rows[i].cond);
		set_reg(&e, AX, (uintptr_t)text);
		set_reg(&e, BX, 4);
		set_reg(&e, CX, 12);
		enter(&e, 10);
		memcpy(text, "gone", 4);
		set_reg(&e, AX, 3);
		e.stack[64 - 10 + 1] = 7;
		e.run.time = 1500;
		assert_int_equal(leave_by(&e, 10, 0), rows[i].passes);
		assert_int_equal(e.run.counters.returns, rows[i].passes);
		assert_int_equal(e.run.counters.undecided, 0);
		assert_int_equal(e.run.num_open, 0);
	}
}

static void undecided_at_the_return(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	keep_args(&e, false);
	build(&e);
	if_ret(&e, "s == \"kept\"");
	set_reg(&e, AX, 8);			/* nothing to read there */
	set_reg(&e, BX, 4);
	enter(&e, 10);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.undecided, 1);
	if_ret(&e, "n == 3");			/* who jumps away has no results */
	enter(&e, 10);
	assert_false(leave_by(&e, 10, 1));
	assert_int_equal(e.run.counters.undecided, 2);
	if_ret(&e, "duration < 1s");
	enter(&e, 10);
	assert_true(leave_by(&e, 10, 1));
	assert_int_equal(e.run.num_open, 0);
}

/* The first call panicked; its record comes when the second takes its place. */
static void abandoned(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	keep_args(&e, true);
	build(&e);
	set_reg(&e, CX, 1);
	enter(&e, 10);
	set_reg(&e, CX, 2);
	e.run.time = 3000;
	assert_true(enter(&e, 10));
	assert_int_equal(header(&e)->kind, PLAN_ABANDONED);
	assert_int_equal(word_at(&e, e.f.probe.args[1].image), 1);
	assert_int_equal(((const struct plan_record *)(e.run.record + e.f.probe.call_at))->ts, 1000);
	assert_int_equal(e.run.counters.abandoned, 1);
	e.run.time = 3100;
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(header(&e)->kind, PLAN_RETURN);
	assert_int_equal(header(&e)->duration, 100);
	assert_int_equal(word_at(&e, e.f.probe.args[1].image), 2);
}

/* A branch into another function: only where it is taken the call is over. */
static void conditional_exit(void **state)
{
	enum { JG = 0xf, ZF = 1 << 6 };
	_cleanup_env_ struct env e;
	uint64_t flags = ZF;

	env_init(&e);
	e.exits[1].conditional = true;
	e.exits[1].cond = JG;
	build(&e);
	enter(&e, 10);
	memcpy(e.run.regs + abi_amd64.pt_flags, &flags, 8);
	assert_false(leave_by(&e, 10, 1));
	assert_int_equal(e.run.num_open, 1);
	flags = 0;
	memcpy(e.run.regs + abi_amd64.pt_flags, &flags, 8);
	assert_true(leave_by(&e, 10, 1));
	assert_int_equal(e.run.num_open, 0);
	assert_int_equal(e.run.counters.unpaired, 0);
}

/* ---- a limited rate */

/* Two of each second, and the returns of these two. */
static void rate_of_calls(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.target.max_rate = 2;
	e.target.rate_fd = RUN_RATE_FD;
	build(&e);
	for (int second = 7; second < 9; second++) {
		e.run.time = (uint64_t)second * 1000000000 + 5;
		for (int i = 0; i < 5; i++) {
			assert_int_equal(enter(&e, 10), i < 2);
			assert_int_equal(e.run.num_open, i < 2);
			assert_int_equal(leave_by(&e, 10, 0), i < 2);
		}
		e.run.disturbed = 1;	/* another program wrote in between */
	}
	assert_int_equal(e.run.rate, (uint64_t)8 << 32 | 2);
	assert_int_equal(e.run.counters.calls, 4);
	assert_int_equal(e.run.counters.returns, 4);
	assert_int_equal(e.run.counters.dropped, 6);
	assert_int_equal(e.run.counters.unpaired, 0);
}

/* A call that ended by a panic is no longer there for the return of one that was dropped. */
static void rate_and_abandoned(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.target.max_rate = 1;
	e.target.rate_fd = RUN_RATE_FD;
	build(&e);
	assert_true(enter(&e, 10));
	assert_false(enter(&e, 10));
	assert_int_equal(e.run.num_open, 0);
	assert_int_equal(e.run.counters.abandoned, 1);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(e.run.counters.unpaired, 0);
}

/* Where the return decides, what passed its condition counts. */
static void rate_at_return(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	keep_args(&e, false);
	if_ret(&e, "ret0 > 2");
	e.target.max_rate = 1;
	e.target.rate_fd = RUN_RATE_FD;
	build(&e);
	for (int i = 0; i < 5; i++) {
		enter(&e, 10);
		set_reg(&e, AX, (uint64_t)i);
		assert_int_equal(leave_by(&e, 10, 0), i == 3);
		assert_int_equal(e.run.num_open, 0);
	}
	assert_int_equal(e.run.counters.dropped, 1);
	assert_int_equal(e.run.counters.returns, 1);
}

/* ---- the RET in the program */

static void fast_return(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t sp;

	env_init(&e);
	e.target.fast_return = true;
	build(&e);
	enter(&e, 10);
	sp = (uintptr_t)(e.stack + 64 - 10);
	e.stack[64 - 10] = 0x401234;
	e.run.func_ip = 0x400100;
	set_ip(&e, 0x400100);
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x401234);
	assert_int_equal(get(&e, abi_amd64.pt_sp), sp + 8);
	/* Also where nothing is reported. */
	set_ip(&e, 0x400100);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x401234);
	/* A jump is the processor's. */
	enter(&e, 10);
	set_ip(&e, 0x400100);
	assert_true(leave_by(&e, 10, 1));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x400100);
}

static void no_fast_return(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.target.fast_return = true;
	e.target.features_off = 24;
	build(&e);
	e.stack[64 - 10] = 0x401234;
	e.run.func_ip = 0x400100;
	e.run.task[3] = 1;			/* this thread has a shadow stack */
	enter(&e, 10);
	set_ip(&e, 0x400100);
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x400100);
	e.run.task[3] = 0;
	enter(&e, 10);
	assert_true(leave_by(&e, 10, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x401234);
	/* Another program has done it before us: the stack pointer is not that of the RET any more. */
	enter(&e, 10);
	set_ip(&e, 0x401234);
	assert_false(leave_by(&e, 10, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x401234);
	/* What is emulated anyway costs no second trap. */
	e.exits[0].cost = GOSYM_EMULATED;
	enter(&e, 30);
	set_ip(&e, 0x400100);
	assert_true(leave_by(&e, 30, 0));
	assert_int_equal(get(&e, abi_amd64.pt_ip), 0x400100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_and_return),
		cmocka_unit_test(recursion_on_a_moving_stack),
		cmocka_unit_test(keys_apart),
		cmocka_unit_test(unpaired_and_untracked),
		cmocka_unit_test(condition_at_the_entry),
		cmocka_unit_test(jump_out),
		cmocka_unit_test(lost_return),
		cmocka_unit_test(pair),
		cmocka_unit_test(decided_at_the_return),
		cmocka_unit_test(undecided_at_the_return),
		cmocka_unit_test(abandoned),
		cmocka_unit_test(conditional_exit),
		cmocka_unit_test(rate_of_calls),
		cmocka_unit_test(rate_and_abandoned),
		cmocka_unit_test(rate_at_return),
		cmocka_unit_test(fast_return),
		cmocka_unit_test(no_fast_return),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
