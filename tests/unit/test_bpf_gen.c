// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Generated programs, run by a small interpreter over real memory: records, filters, conditions,
 * counters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"

struct env {
	struct fixture f;
	struct bpf_target target;
	struct bpf_run run;
};

static void env_deinit(struct env *e)
{
	fixture_deinit(&e->f);
}
DEFINE_CLEANUP(cleanup_env, struct env, env_deinit(p))
#define _cleanup_env_ _cleanup_(cleanup_env)
DEFINE_CLEANUP(cleanup_asm, struct bpf_asm, bpf_asm_deinit(p))

static void env_init(struct env *e)
{
	fixture_init(&e->f);
	e->target = (struct bpf_target){
		.ring_fd = 3, .counters_fd = 4, .fsbase_off = 16, .wake_bytes = 1000
	};
	e->run = (struct bpf_run){ .cookie = 5, .pid_tgid = 77ULL << 32 | 78, .time = 123456789 };
	memset(e->run.record, 0xee, sizeof(e->run.record));
}

static void set_reg(struct env *e, int reg, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.regs[reg].pt_regs, &value, 8);
}

static void set_ptr(struct env *e, int reg, const void *p)
{
	set_reg(e, reg, (uintptr_t)p);
}

/* Generates, runs, returns whether a record came. */
static bool run(struct env *e)
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
	unsigned before = e->run.submitted;

	assert_null(bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a));
	bpf_run(&e->run, &a);
	return e->run.submitted > before;
}

static void build(struct env *e)
{
	assert_null(plan_build_values(&e->f.plan, &e->f.probe));
}

static const struct plan_record *header(const struct env *e)
{
	return (const struct plan_record *)e->run.record;
}

static int32_t status(const struct env *e, int32_t fetch)
{
	int32_t v;

	assert_in_range(fetch, 0, e->f.probe.num_fetches - 1);
	memcpy(&v, e->run.record + e->f.probe.fetches[fetch].status, 4);
	return v;
}

static const uint8_t *bytes(const struct env *e, int32_t fetch)
{
	return e->run.record + e->f.probe.fetches[fetch].dst;
}

/* ---- records */

static void record_header(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t g[32] = { [19] = 4711 }, ip = 0x401234;

	env_init(&e);
	fixture_param(&e.f, "i", &t_int);
	fixture_regs(&e.f, AX);
	build(&e);
	set_reg(&e, AX, (uint64_t)-5);
	set_ptr(&e, R14, g);
	memcpy(e.run.regs + abi_amd64.pt_ip, &ip, 8);
	assert_true(run(&e));
	assert_int_equal(header(&e)->probe, 5);
	assert_int_equal(header(&e)->size, e.f.probe.record_size);
	assert_int_equal(header(&e)->ts, 123456789);
	assert_int_equal(header(&e)->pid, 77);
	assert_int_equal(header(&e)->tid, 78);
	assert_int_equal(header(&e)->ip, ip);
	assert_int_equal(header(&e)->goid_status, 0);
	assert_int_equal(header(&e)->goid, 4711);
	assert_int_equal(header(&e)->kind, PLAN_CALL);
	assert_int_equal(header(&e)->depth, 0);
	assert_int_equal(*(int64_t *)(e.run.record + e.f.probe.args[0].image), -5);
	assert_int_equal(e.run.counters.calls, 1);
	assert_int_equal(e.run.counters.lost, 0);
}

static void goroutine_in_tls(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t g[32] = { [19] = 99 };
	const void *tls[2] = { g, NULL };

	env_init(&e);
	e.f.probe.g = (struct abi_goroutine){ .kind = G_IN_TLS, .tls_off = -8, .goid_off = 152 };
	e.run.task[2] = (uintptr_t)&tls[1];
	build(&e);
	assert_true(run(&e));
	assert_int_equal(header(&e)->goid_status, 0);
	assert_int_equal(header(&e)->goid, 99);
	tls[0] = NULL;				/* a thread that is not Go's */
	assert_true(run(&e));
	assert_int_equal(header(&e)->goid_status, -EFAULT);
	e.target.fsbase_off = -1;
	assert_true(run(&e));
	assert_int_equal(header(&e)->goid_status, PLAN_SKIPPED);
	e.f.probe.g.kind = G_NONE;
	assert_true(run(&e));
	assert_int_equal(header(&e)->goid_status, PLAN_SKIPPED);
}

static void small_registers(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	fixture_param(&e.f, "b", &t_bool);
	fixture_regs(&e.f, AX);
	fixture_param(&e.f, "n", &t_int32);
	fixture_regs(&e.f, BX);
	build(&e);
	set_reg(&e, AX, 0xdeadbeefdeadbe01);
	set_reg(&e, BX, 0xdeadbeef00000007);
	assert_true(run(&e));
	assert_int_equal(e.run.record[e.f.probe.args[0].image], 1);
	assert_int_equal(e.run.record[e.f.probe.args[0].image + 1], 0xee);
	assert_int_equal(*(int32_t *)(e.run.record + e.f.probe.args[1].image), 7);
}

struct go_string { const char *p; int64_t n; };

static void strings(void **state)
{
	struct go_string list[3] = { { "abc", 3 }, { NULL, 0 }, { "x", 0 } };
	_cleanup_env_ struct env e;
	const struct plan_value *s, *v;

	env_init(&e);
	fixture_param(&e.f, "s", &t_string);
	fixture_regs(&e.f, AX, BX);
	fixture_param(&e.f, "v", &t_strings);
	fixture_regs(&e.f, CX, DI, SI);
	build(&e);
	s = &e.f.probe.args[0];
	v = &e.f.probe.args[1];
	set_ptr(&e, AX, "GET /index.html");
	set_reg(&e, BX, 5);
	set_ptr(&e, CX, list);
	set_reg(&e, DI, 3);
	assert_true(run(&e));
	assert_int_equal(status(&e, s->target), 0);
	assert_memory_equal(bytes(&e, s->target), "GET /\xee", 6);
	assert_int_equal(status(&e, v->target), 0);
	assert_int_equal(status(&e, v->kids[0].target), 0);
	assert_memory_equal(bytes(&e, v->kids[0].target), "abc\xee", 4);
	assert_int_equal(status(&e, v->kids[1].target), PLAN_SKIPPED);	/* nil */
	assert_int_equal(status(&e, v->kids[2].target), 0);		/* empty */
	for (int i = 3; i < 8; i++)
		assert_int_equal(status(&e, v->kids[i].target), PLAN_SKIPPED); /* no such element */
	set_reg(&e, AX, 64);			/* not readable */
	set_reg(&e, CX, RUN_BAD);
	assert_true(run(&e));
	assert_int_equal(status(&e, s->target), -EFAULT);
	assert_int_equal(status(&e, v->target), -EFAULT);
	/* Nothing stale is followed. */
	assert_int_equal(status(&e, v->kids[0].target), PLAN_SKIPPED);
}

static void length_is_clamped(void **state)
{
	_cleanup_env_ struct env e;
	char text[100];

	memset(text, 'x', sizeof(text));
	env_init(&e);
	e.f.plan.opts.strlen = 16;
	fixture_param(&e.f, "s", &t_string);
	fixture_regs(&e.f, AX, BX);
	build(&e);
	set_ptr(&e, AX, text);
	set_reg(&e, BX, UINT64_MAX);
	assert_true(run(&e));
	assert_int_equal(status(&e, e.f.probe.args[0].target), 0);
	assert_memory_equal(bytes(&e, e.f.probe.args[0].target), text, 16);
}

struct req { struct go_string path; int32_t n; bool b; struct req *next; };

static void pointers(void **state)
{
	struct req second = { { "two", 3 }, 2, false, NULL },
		   first = { { "one", 3 }, 1, true, &second };
	_cleanup_env_ struct env e;
	const struct plan_value *p, *next;

	env_init(&e);
	e.f.plan.opts.depth = 3;
	fixture_param(&e.f, "r", &t_req_ptr);
	fixture_regs(&e.f, AX);
	build(&e);
	p = &e.f.probe.args[0];
	set_ptr(&e, AX, &first);
	assert_true(run(&e));
	assert_memory_equal(bytes(&e, p->kids->kids[0].target), "one", 3);
	next = &p->kids->kids[3];
	assert_int_equal(status(&e, next->target), 0);
	assert_memory_equal(bytes(&e, next->kids->kids[0].target), "two", 3);
	next = &next->kids->kids[3];
	assert_int_equal(status(&e, next->target), PLAN_SKIPPED);
	assert_int_equal(status(&e, next->kids->kids[0].target), PLAN_SKIPPED);
	set_reg(&e, AX, 0);
	assert_true(run(&e));
	assert_int_equal(status(&e, p->target), PLAN_SKIPPED);
	assert_int_equal(status(&e, p->kids->kids[0].target), PLAN_SKIPPED);
}

static void stack_and_headers(void **state)
{
	uint64_t stack[8] = { 0 }, itab[2] = { 0, 0x555 }, chan[2] = { 3, 10 }, map[5] = { 6 },
		 code = 0x401000;
	_cleanup_env_ struct env e;

	env_init(&e);
	fixture_param(&e.f, "err", &t_error);
	fixture_stack(&e.f, 8);
	fixture_param(&e.f, "c", &t_chan);
	fixture_stack(&e.f, 24);
	fixture_param(&e.f, "m", &t_map);
	fixture_regs(&e.f, AX);
	fixture_param(&e.f, "f", &t_func);
	fixture_regs(&e.f, BX);
	build(&e);
	stack[1] = (uintptr_t)itab;
	stack[3] = (uintptr_t)chan;
	set_ptr(&e, SP, stack);
	set_ptr(&e, AX, map);
	set_ptr(&e, BX, &code);
	assert_true(run(&e));
	assert_int_equal(*(uint64_t *)bytes(&e, e.f.probe.args[0].target), 0x555);
	assert_memory_equal(bytes(&e, e.f.probe.args[1].target), chan, 16);
	assert_int_equal(*(uint64_t *)bytes(&e, e.f.probe.args[2].target), 6);
	assert_int_equal(*(uint64_t *)bytes(&e, e.f.probe.args[3].target), 0x401000);
	set_reg(&e, SP, 0);
	assert_true(run(&e));
	assert_int_equal(status(&e, e.f.probe.args[0].fetch), -EFAULT);
	assert_int_equal(status(&e, e.f.probe.args[0].target), PLAN_SKIPPED);
}

/* ---- counting, losing, waking */

static void ring_full(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	e.run.full = true;
	assert_false(run(&e));
	assert_int_equal(e.run.counters.calls, 1);
	assert_int_equal(e.run.counters.lost, 1);
}

static void wake_up(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	e.run.unread = 999;
	assert_true(run(&e));
	assert_int_equal(e.run.submit_flags, BPF_RB_NO_WAKEUP);
	e.run.unread = 1000;
	assert_true(run(&e));
	assert_int_equal(e.run.submit_flags, BPF_RB_FORCE_WAKEUP);
}

/* With a large buffer the fill level is looked at now and then. */
static void wake_up_rarely(void **state)
{
	_cleanup_env_ struct env e;
	unsigned woken = 0;

	env_init(&e);
	build(&e);
	e.target.wake_bytes = 1 << 20;
	e.run.unread = 2 << 20;
	for (int i = 0; i < 160; i++) {
		assert_true(run(&e));
		woken += e.run.submit_flags == BPF_RB_FORCE_WAKEUP;
	}
	assert_int_equal(woken, 10);
	assert_int_equal(e.run.calls[BPF_FUNC_ringbuf_query], 10);
}

static void count_only(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.target.count_only = true;
	build(&e);
	assert_false(run(&e));
	assert_int_equal(e.run.counters.calls, 1);
	assert_int_equal(e.run.calls[BPF_FUNC_ringbuf_reserve], 0);
}

static void one_process(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	e.target.tgid = 77;
	assert_true(run(&e));
	e.target.tgid = 78;
	assert_false(run(&e));
	assert_int_equal(e.run.counters.calls, 1);
}

static void equal_programs(void **state)
{
	_cleanup_env_ struct env e;
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false }, b = { .nomem = false };
	struct abi_site other;
	struct plan_probe probe;

	env_init(&e);
	fixture_param(&e.f, "s", &t_string);
	fixture_regs(&e.f, AX, BX);
	build(&e);
	other = e.f.site;
	other.pub.addr = 0x1234;
	probe = e.f.probe;
	probe.site = &other.pub;
	assert_null(bpf_gen_probe(&e.f.plan, &e.f.probe, &e.target, &a));
	assert_null(bpf_gen_probe(&e.f.plan, &probe, &e.target, &b));
	assert_int_equal(a.insns.num, b.insns.num);
	assert_memory_equal(a.insns.data, b.insns.data, a.insns.num * sizeof(*a.insns.data));
}

/* ---- the stack check's branch */

/* Intel SDM volume 1, appendix B.1, written out as it stands there. */
static bool x86_taken(int cond, bool cf, bool pf, bool zf, bool sf, bool of)
{
	const bool table[16] = {
		of, !of, cf, !cf, zf, !zf, cf || zf, !cf && !zf,
		sf, !sf, pf, !pf, sf != of, sf == of, zf || sf != of, !zf && sf == of,
	};
	return table[cond];
}

static void x86_branches(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	e.target.count_only = true;
	e.f.site.pub.skip_taken = true;
	for (int i = 0; i < 16 * 32; i++) {
		bool cf = i & 16, pf = i & 32, zf = i & 64, sf = i & 128, of = i & 256;
		uint64_t flags = 0x202 | cf << 0 | pf << 2 | zf << 6 | sf << 7 | of << 11,
			 before = e.run.counters.calls;

		e.f.site.pub.branch_cond = i % 16;
		memcpy(e.run.regs + abi_amd64.pt_flags, &flags, 8);
		run(&e);
		assert_int_equal(e.run.counters.calls - before,
				 !x86_taken(i % 16, cf, pf, zf, sf, of));
	}
}

/* Arm ARM C1.2.4, table C1-1. */
static bool arm64_taken(int cond, bool n, bool z, bool c, bool v)
{
	const bool table[14] = {
		z, !z, c, !c, n, !n, v, !v,
		c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v,
	};
	return table[cond];
}

static void arm64_branches(void **state)
{
	_cleanup_env_ struct env e;
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
	struct gosym_error *err;

	env_init(&e);
	e.f.probe.g.kind = G_NONE;
	e.f.plan.arch = &abi_arm64;
	build(&e);
	e.target.count_only = true;
	e.f.site.pub.skip_taken = true;
	for (int i = 0; i < 16 * 16; i++) {
		bool v = i & 16, c = i & 32, z = i & 64, n = i & 128;
		uint64_t pstate = (uint64_t)v << 28 | (uint64_t)c << 29 | (uint64_t)z << 30 |
				  (uint64_t)n << 31;
		uint64_t before = e.run.counters.calls;

		if (i % 16 >= 14)
			continue;
		e.f.site.pub.branch_cond = i % 16;
		memcpy(e.run.regs + abi_arm64.pt_flags, &pstate, 8);
		run(&e);
		assert_int_equal(e.run.counters.calls - before, !arm64_taken(i % 16, n, z, c, v));
	}
	e.f.site.pub.branch_cond = 14;		/* always: not a condition */
	err = bpf_gen_probe(&e.f.plan, &e.f.probe, &e.target, &a);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_UNSUPPORTED);
	gosym_error_destroy(err);
}

/* ---- conditions */

#define EXPR(...) (&(const struct plan_expr){ __VA_ARGS__ })
#define CONST(v) EXPR(.op = PLAN_OP_CONST, .imm = (v))
#define REG(r, bytes_, signed_)                                                                    \
	EXPR(.op = PLAN_OP_LOAD,                                                                   \
	     .load = { .from = PLAN_REG, .reg = r, .size = bytes_, .is_signed = signed_ })
#define BINARY(op_, a_, b_) EXPR(.op = op_, .a = a_, .b = b_, .is_signed = true)
#define NOT(a_) EXPR(.op = PLAN_OP_NOT, .a = a_)
#define TEXT(s)                                                                                    \
	EXPR(.op = PLAN_OP_STREQ, .a = REG(AX, 8, false), .b = REG(BX, 8, true), .text = s,        \
	     .text_len = sizeof(s) - 1)

enum outcome { YES, NO, UNDECIDED };

/* The registers are set; what comes of this condition? */
static enum outcome outcome(struct env *e, const struct plan_expr *cond)
{
	uint64_t calls = e->run.counters.calls, undecided = e->run.counters.undecided;
	bool came;

	e->f.probe.cond = cond;
	came = run(e);
	assert_int_equal(came, e->run.counters.calls - calls);
	if (e->run.counters.undecided > undecided) {
		assert_false(came);
		return UNDECIDED;
	}
	return came ? YES : NO;
}

static void comparisons(void **state)
{
	static const enum plan_op ops[] = { PLAN_OP_EQ, PLAN_OP_NE, PLAN_OP_LT,
					    PLAN_OP_LE, PLAN_OP_GT, PLAN_OP_GE };
	static const int64_t values[] = { INT64_MIN, -129, -1, 0, 1, 127, 5000000000, INT64_MAX };
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	for (int i = 0; i < 6 * 8 * 8; i++) {
		int64_t a = values[i / 8 % 8], b = values[i % 8];
		uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
		const bool is[] = { a == b, a != b, a < b, a <= b, a > b, a >= b };
		const bool uns[] = { a == b, a != b, ua < ub, ua <= ub, ua > ub, ua >= ub };
		enum plan_op op = ops[i / 64];

		set_reg(&e, AX, ua);
		set_reg(&e, BX, ub);
		assert_int_equal(outcome(&e, BINARY(op, REG(AX, 8, true), CONST(b))),
				 is[i / 64] ? YES : NO);
		assert_int_equal(outcome(&e, BINARY(op, REG(AX, 8, true), REG(BX, 8, true))),
				 is[i / 64] ? YES : NO);
		assert_int_equal(outcome(&e, EXPR(.op = op, .a = REG(AX, 8, false), .b = CONST(b))),
				 uns[i / 64] ? YES : NO);
	}
}

static void small_loads(void **state)
{
	_cleanup_env_ struct env e;
	int32_t n = -7;
	uint64_t stack[4] = { [3] = (uintptr_t)&n };
	const struct plan_expr *behind =
		EXPR(.op = PLAN_OP_LOAD, .load = { .from = PLAN_STACK, .off = 24, .num_derefs = 1,
						   .size = 4, .is_signed = true });

	env_init(&e);
	build(&e);
	set_reg(&e, AX, 0xdeadbeefdeadbe80);		/* int8(-128), garbage above */
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, REG(AX, 1, true), CONST(-128))), YES);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, REG(AX, 1, false), CONST(128))), YES);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, REG(AX, 2, false), CONST(0xbe80))), YES);
	set_reg(&e, AX, 0x100);				/* bool: false, garbage above */
	assert_int_equal(outcome(&e, REG(AX, 1, false)), NO);
	assert_int_equal(outcome(&e, NOT(REG(AX, 1, false))), YES);
	set_ptr(&e, SP, stack);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, behind, CONST(-7))), YES);
}

static void logic(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	for (int i = 0; i < 8; i++) {
		const struct plan_expr *x = REG(AX, 1, false), *y = REG(BX, 1, false),
				       *z = REG(CX, 1, false);
		bool a = i & 1, b = i & 2, c = i & 4;

		set_reg(&e, AX, a);
		set_reg(&e, BX, b);
		set_reg(&e, CX, c);
		assert_int_equal(outcome(&e, BINARY(PLAN_OP_AND, x, BINARY(PLAN_OP_OR, y, NOT(z)))),
				 a && (b || !c) ? YES : NO);
		assert_int_equal(outcome(&e, NOT(BINARY(PLAN_OP_OR, BINARY(PLAN_OP_AND, x, y), z))),
				 !((a && b) || c) ? YES : NO);
		assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, BINARY(PLAN_OP_AND, x, y),
						    BINARY(PLAN_OP_OR, y, z))),
				 (a && b) == (b || c) ? YES : NO);
	}
}

/* Code that nothing reaches would be refused by the verifier. */
static void constants(void **state)
{
	_cleanup_env_ struct env e;
	const struct plan_expr *read =
		EXPR(.op = PLAN_OP_LOAD,
		     .load = { .from = PLAN_REG, .reg = AX, .num_derefs = 1, .size = 8 });

	env_init(&e);
	build(&e);
	assert_int_equal(outcome(&e, CONST(1)), YES);
	assert_int_equal(outcome(&e, CONST(0)), NO);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_OR, CONST(1), read)), YES);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_AND, CONST(0), read)), NO);
	assert_int_equal(e.run.calls[BPF_FUNC_probe_read_user], 2);	/* goroutine ids alone */
}

static void unreadable(void **state)
{
	struct req second = { { "two", 3 }, 2, false, NULL },
		   first = { { "one", 3 }, 1, true, &second };
	_cleanup_env_ struct env e;
	const struct plan_expr *not_nil = BINARY(PLAN_OP_NE, REG(AX, 8, false), CONST(0));
	const struct plan_expr *next_n =
		EXPR(.op = PLAN_OP_LOAD, .load = { .from = PLAN_REG, .reg = AX, .num_derefs = 2,
						   .derefs = { 24, 16 }, .size = 4,
						   .is_signed = true });
	const struct plan_expr *is_two = BINARY(PLAN_OP_EQ, next_n, CONST(2));

	env_init(&e);
	build(&e);
	set_ptr(&e, AX, &first);
	assert_int_equal(outcome(&e, is_two), YES);
	set_ptr(&e, AX, &second);
	assert_int_equal(outcome(&e, is_two), UNDECIDED);
	set_reg(&e, AX, 0);
	assert_int_equal(outcome(&e, is_two), UNDECIDED);
	assert_int_equal(outcome(&e, NOT(is_two)), UNDECIDED);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_AND, not_nil, is_two)), NO);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_OR, is_two, CONST(1))), UNDECIDED);
}

static void string_equality(void **state)
{
	static const char all[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	_cleanup_env_ struct env e;
	char other[sizeof(all)];

	env_init(&e);
	build(&e);
	for (uint32_t len = 0; len < sizeof(all); len++) {
		const struct plan_expr *eq =
			EXPR(.op = PLAN_OP_STREQ, .a = REG(AX, 8, false), .b = REG(BX, 8, true),
			     .text = all, .text_len = len);

		set_ptr(&e, AX, all);
		set_reg(&e, BX, len);
		assert_int_equal(outcome(&e, eq), YES);
		assert_int_equal(outcome(&e, NOT(eq)), NO);
		set_reg(&e, BX, len + 1);
		assert_int_equal(outcome(&e, eq), NO);
		set_reg(&e, BX, len);
		for (uint32_t i = 0; i < len; i++) {
			memcpy(other, all, sizeof(all));
			other[i] ^= (char)0x80;
			set_ptr(&e, AX, other);
			assert_int_equal(outcome(&e, eq), NO);
		}
	}
	set_reg(&e, AX, 1);
	set_reg(&e, BX, 3);
	assert_int_equal(outcome(&e, TEXT("abc")), UNDECIDED);
	set_reg(&e, BX, 0);
	assert_int_equal(outcome(&e, TEXT("")), YES);		/* no byte to read */
}

static void ids(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t g[32] = { [19] = 17 };

	env_init(&e);
	build(&e);
	set_ptr(&e, R14, g);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_GOID), CONST(17))), YES);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_GOID), CONST(18))), NO);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_PID), CONST(77))), YES);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_TID), CONST(78))), YES);
	set_reg(&e, R14, 0);
	assert_int_equal(outcome(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_GOID), CONST(17))),
			 UNDECIDED);
}

static void assert_refused(struct env *e, const struct plan_expr *cond, enum gosym_code code)
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
	struct gosym_error *err;

	e->f.probe.cond = cond;
	err = bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), code);
	gosym_error_destroy(err);
}

static void refused_conditions(void **state)
{
	static struct plan_expr deep[GEN_MAX_DEPTH + 1];
	static const char text[PLAN_MAX_TEXT + 1];
	const struct plan_expr *a = REG(AX, 1, false), *b = REG(BX, 1, false);
	_cleanup_env_ struct env e;

	env_init(&e);
	build(&e);
	assert_refused(&e,
		       EXPR(.op = PLAN_OP_STREQ, .a = REG(AX, 8, false), .b = REG(BX, 8, true),
			    .text = text, .text_len = sizeof(text)),
		       GOSYM_INVALID);
	for (int i = 0; i <= GEN_MAX_DEPTH; i++)
		deep[i] = (struct plan_expr){ .op = PLAN_OP_EQ, .a = a, .b = i ? &deep[i - 1] : b };
	assert_refused(&e, &deep[GEN_MAX_DEPTH], GOSYM_INVALID);
	assert_int_not_equal(outcome(&e, &deep[GEN_MAX_DEPTH - 1]), UNDECIDED);
	e.f.probe.g = (struct abi_goroutine){ .kind = G_NONE, .missing = "it is not Go code" };
	assert_refused(&e, BINARY(PLAN_OP_EQ, EXPR(.op = PLAN_OP_GOID), CONST(1)),
		       GOSYM_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_header),
		cmocka_unit_test(goroutine_in_tls),
		cmocka_unit_test(small_registers),
		cmocka_unit_test(strings),
		cmocka_unit_test(length_is_clamped),
		cmocka_unit_test(pointers),
		cmocka_unit_test(stack_and_headers),
		cmocka_unit_test(ring_full),
		cmocka_unit_test(wake_up),
		cmocka_unit_test(wake_up_rarely),
		cmocka_unit_test(count_only),
		cmocka_unit_test(one_process),
		cmocka_unit_test(equal_programs),
		cmocka_unit_test(x86_branches),
		cmocka_unit_test(arm64_branches),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(small_loads),
		cmocka_unit_test(logic),
		cmocka_unit_test(constants),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(string_equality),
		cmocka_unit_test(ids),
		cmocka_unit_test(refused_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
