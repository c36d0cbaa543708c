// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Stacks: the walk of the program over memory made by hand, and frames from what it took. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gosym/func.h"
#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"
#include "tracer/stack.h"

enum { FRAMES = 6, AT = sizeof(struct plan_record), BIAS = 0x1000 };

struct env {
	struct fixture f;
	struct bpf_run run;
	const struct gosym_exit *exit;
	/* A goroutine's stack, growing downwards: memory[0] is where SP is at the entry. */
	uint64_t memory[32];
};

static void set_reg(struct env *e, int reg, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.regs[reg].pt_regs, &value, 8);
}

static uint64_t at(const struct env *e, int i)
{
	return (uintptr_t)&e->memory[i];
}

/* The function was called with a return address of 0x101; its caller's frame pointer leads to a
 * frame with 0x102, that to one with 0x103, which is the first. */
static void env_init(struct env *e)
{
	memset(e, 0, sizeof(*e));
	fixture_init(&e->f);
	e->f.plan.opts.stack = FRAMES;
	e->f.probe.stack_at = AT;
	set_reg(e, SP, at(e, 0));
	set_reg(e, BP, at(e, 4));
	memcpy(e->run.regs + abi_amd64.pt_ip, &(uint64_t){ 0x100 }, 8);
	e->memory[0] = 0x101;
	e->memory[1] = 0x201;
	e->memory[4] = at(e, 10);
	e->memory[5] = 0x102;
	e->memory[6] = 0x202;
	e->memory[11] = 0x103;
	memset(e->run.record, 0xee, sizeof(e->run.record));
}

/* The program: the walk alone, into a record that is there. */
static void walk(struct env *e)
{
	struct bpf_target target = { .ring_fd = 3 };
	struct bpf_asm a = { .nomem = false };
	struct bpf_gen g = { .a = &a, .plan = &e->f.plan, .probe = &e->f.probe, .target = &target };

	bpf_mov_reg(&a, GEN_CTX, BPF_REG_1);
	bpf_mov_imm64(&a, GEN_RECORD, (uintptr_t)e->run.record);
	bpf_gen_stack(&g, e->exit);
	bpf_mov_imm(&a, BPF_REG_0, 0);
	bpf_exit(&a);
	assert_null(bpf_asm_finish(&a));
	bpf_run(&e->run, &a);
	bpf_asm_deinit(&a);
}

static const struct plan_stack *taken(const struct env *e)
{
	return (const struct plan_stack *)(e->run.record + AT);
}

#define assert_pcs(e, ...) assert_pcs_((e), (const uint64_t[]){ __VA_ARGS__ }, \
				       sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static void assert_pcs_(struct env *e, const uint64_t *pcs, size_t num)
{
	walk(e);
	assert_int_equal(taken(e)->count, num);
	assert_int_equal(taken(e)->reserved, 0);
	for (size_t i = 0; i < num; i++)
		assert_int_equal(taken(e)->frames[i].pc, pcs[i]);
	fixture_deinit(&e->f);
}

static void whole(void **state)
{
	struct env e;

	env_init(&e);
	assert_pcs(&e, 0x100, 0x101, 0x102, 0x103);
	assert_int_equal(taken(&e)->frames[0].above, 0);
	assert_int_equal(taken(&e)->frames[1].above, 0x201);
	assert_int_equal(taken(&e)->frames[2].above, 0x202);
}

static void limited(void **state)
{
	struct env e;

	env_init(&e);
	e.f.plan.opts.stack = 3;
	assert_pcs(&e, 0x100, 0x101, 0x102);
	env_init(&e);
	e.f.plan.opts.stack = 2;
	assert_pcs(&e, 0x100, 0x101);
	env_init(&e);
	e.f.plan.opts.stack = 1;
	assert_pcs(&e, 0x100);
}

static void no_frame_pointer(void **state)
{
	struct env e;

	env_init(&e);
	set_reg(&e, BP, 0);
	assert_pcs(&e, 0x100, 0x101);
	env_init(&e);
	set_reg(&e, BP, RUN_BAD);
	assert_pcs(&e, 0x100, 0x101);
	env_init(&e);
	set_reg(&e, BP, 12);			/* below the stack */
	assert_pcs(&e, 0x100, 0x101);
	env_init(&e);
	set_reg(&e, SP, 8);			/* no stack at all */
	assert_pcs(&e, 0x100);
}

static void chain_broken(void **state)
{
	struct env e;

	env_init(&e);
	e.memory[4] = at(&e, 4);		/* a circle */
	assert_pcs(&e, 0x100, 0x101, 0x102);
	env_init(&e);
	e.memory[4] = at(&e, 2);		/* downwards */
	assert_pcs(&e, 0x100, 0x101, 0x102);
	env_init(&e);
	e.memory[4] = RUN_BAD + 8;
	assert_pcs(&e, 0x100, 0x101, 0x102);
	env_init(&e);
	e.memory[5] = 0;			/* no return address */
	assert_pcs(&e, 0x100, 0x101);
}

/* The site lies behind "push rbp; sub rsp, 8": the frame pointer is on the stack. */
static void pushed(void **state)
{
	struct env e;

	env_init(&e);
	e.memory[1] = at(&e, 4);
	e.memory[2] = 0x101;
	e.memory[3] = 0x201;
	set_reg(&e, BP, 0xdead);
	e.f.site.pub.sp_off = 16;
	e.f.regs[BP] = (struct gosym_site_loc){ .kind = GOSYM_LOC_STACK, .where = 8 };
	assert_pcs(&e, 0x100, 0x101, 0x102, 0x103);
	env_init(&e);
	e.f.regs[BP].kind = GOSYM_LOC_LOST;
	assert_pcs(&e, 0x100, 0x101);
}

static void at_exit(void **state)
{
	static const struct gosym_exit ret = { .sp_off = 0 }, jump = { .sp_off = 16 };
	struct env e;

	env_init(&e);
	e.exit = &ret;
	e.f.site.pub.sp_off = 8;		/* of the entry: means nothing here */
	e.f.regs[BP].kind = GOSYM_LOC_LOST;
	assert_pcs(&e, 0x100, 0x101, 0x102, 0x103);
	env_init(&e);
	e.exit = &jump;				/* with its frame still there */
	e.memory[2] = 0x101;
	assert_pcs(&e, 0x100, 0x101);
}

/* The return address comes in a register, and the frame pointer points 8 below SP
 * (cmd/internal/obj/arm64). */
static void link_register(void **state)
{
	enum { R29 = 29, R30 = 30 };
	struct env e;
	uint64_t v;

	env_init(&e);
	e.f.plan.arch = &abi_arm64;
	memset(e.run.regs, 0, sizeof(e.run.regs));
	v = at(&e, 1);
	memcpy(e.run.regs + abi_arm64.pt_sp, &v, 8);
	v = at(&e, 0);
	memcpy(e.run.regs + abi_arm64.regs[R29].pt_regs, &v, 8);
	v = 0x101;
	memcpy(e.run.regs + abi_arm64.regs[R30].pt_regs, &v, 8);
	v = 0x100;
	memcpy(e.run.regs + abi_arm64.pt_ip, &v, 8);
	e.memory[0] = at(&e, 4);
	e.memory[1] = 0x1111;
	e.memory[4] = 0;
	e.memory[5] = 0x103;
	assert_pcs(&e, 0x100, 0x101, 0x1111, 0x103);
	assert_int_equal(taken(&e)->frames[1].above, 0);
}

/* ---- frames */

/* Addresses are link-time: functions of 0x10 bytes from 0x10000 on, by these names. */
static const struct { const char *outer, *inlined; bool wrapper, frameless; } functions[] = {
	{ "main.probed", NULL, true, false },	/* though made by the compiler: it is traced */
	{ "main.plain", NULL, false, false },
	{ "main.outer", "main.inner", false, false },
	{ "main.(*T).wrapper", NULL, true, false },
	{ "runtime.sigpanic", NULL, false, false },
	{ "runtime.gopanic", NULL, false, false },
	{ "main.nosplit", NULL, false, true },
	{ "runtime.goexit", NULL, false, true },
	{ "main.(*T).autogenerated", "main.T.method", true, false },
};
enum { PROBED, PLAIN, INLINED, WRAPPER, SIGPANIC, GOPANIC, NOSPLIT, GOEXIT, AROUND, NUM };

static uint64_t link_addr(int f, int off)
{
	return 0x10000 + 0x10 * (uint64_t)f + (uint64_t)off;
}

struct gosym_error *__wrap_gosym_symbolize(struct gosym_binary *b, uint64_t addr,
					   struct gosym_frame *frames, size_t max, size_t *ret);
struct gosym_error *__wrap_gosym_symbolize(struct gosym_binary *b, uint64_t addr,
					   struct gosym_frame *frames, size_t max, size_t *ret)
{
	uint64_t f = (addr - 0x10000) / 0x10;

	if (f >= NUM)
		return gosym_error_new(GOSYM_NOT_FOUND, "no Go function");
	*ret = 0;
	assert_true(max >= 2);
	if (functions[f].inlined)
		frames[(*ret)++] =
			(struct gosym_frame){ functions[f].inlined, "i.go", 1, true, false };
	frames[(*ret)++] = (struct gosym_frame){ functions[f].outer, "o.go", (unsigned)(addr & 0xf),
						 false, functions[f].wrapper };
	return NULL;
}

const struct gosym_func *__wrap_pclntab_func_at(const struct pclntab *t, uint64_t pc);
const struct gosym_func *__wrap_pclntab_func_at(const struct pclntab *t, uint64_t pc)
{
	static struct gosym_func f;

	f.name = functions[(pc - 0x10000) / 0x10].outer;
	f.index = (uint32_t)((pc - 0x10000) / 0x10);
	return &f;
}

bool __wrap_pclntab_sp_delta(const struct pclntab *t, const struct gosym_func *f, uint64_t pc,
			     int32_t *ret);
bool __wrap_pclntab_sp_delta(const struct pclntab *t, const struct gosym_func *f, uint64_t pc,
			     int32_t *ret)
{
	*ret = functions[f->index].frameless ? 0 : 24;
	return true;
}

/* pcs: run-time addresses; the frame of index above, if any, has that above it. */
static void frames(struct env *e, const uint64_t *pcs, size_t num, size_t above, uint64_t word)
{
	struct plan_record *r = (struct plan_record *)e->run.record;
	struct plan_stack *s = (struct plan_stack *)(e->run.record + AT);

	env_init(e);
	*r = (struct plan_record){ .size = AT + sizeof(*s) + FRAMES * sizeof(struct plan_frame),
				   .ip = link_addr(PROBED, 4) + BIAS };
	e->f.site.pub.addr = link_addr(PROBED, 4);
	*s = (struct plan_stack){ .count = (uint32_t)num };
	for (size_t i = 0; i < num && i < FRAMES; i++)
		s->frames[i] = (struct plan_frame){ pcs[i] + BIAS, i == above ? word + BIAS : 7 };
}

#define FRAMES_OF(e, ...) frames((e), (const uint64_t[]){ link_addr(PROBED, 4), __VA_ARGS__ }, \
				 sizeof((uint64_t[]){ 0, __VA_ARGS__ }) / 8, 99, 0)

/* "main.f:3 main.g:1": names and lines. */
static void expect(struct env *e, const char *want)
{
	const struct gotrace_event ev = {
		.plan = &e->f.plan, .probe = &e->f.probe, .record = (const void *)e->run.record,
	};
	struct binary_ext *ext = &e->f.binary.ext[EXT_STACKS];
	const struct stack_frame *list;
	char got[512] = "";
	size_t num;

	assert_null(event_stack(&ev, &list, &num));
	for (size_t i = 0; i < num; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s:%u", i ? " " : "",
			 list[i].at.func ? list[i].at.func : "?", list[i].at.line);
	assert_string_equal(got, want);
	if (ext->destroy)
		ext->destroy(ext->data);
	fixture_deinit(&e->f);
}

static void return_addresses(void **state)
{
	struct env e;

	/* The call is the byte before; the probed instruction is itself. */
	FRAMES_OF(&e, link_addr(PLAIN, 9), link_addr(INLINED, 5), link_addr(GOEXIT, 1));
	expect(&e, "main.probed:4 main.plain:8 main.inner:1 main.outer:4 runtime.goexit:0");
}

static void signals(void **state)
{
	struct env e;

	FRAMES_OF(&e, link_addr(SIGPANIC, 9), link_addr(PLAIN, 5), link_addr(PLAIN, 7));
	expect(&e, "main.probed:4 runtime.sigpanic:8 main.plain:5 main.plain:6");
}

static void wrappers(void **state)
{
	struct env e;

	FRAMES_OF(&e, link_addr(WRAPPER, 9), link_addr(PLAIN, 5), link_addr(AROUND, 2));
	expect(&e, "main.probed:4 main.plain:4 main.T.method:1");
	FRAMES_OF(&e, link_addr(GOPANIC, 3), link_addr(WRAPPER, 9));
	expect(&e, "main.probed:4 runtime.gopanic:2 main.(*T).wrapper:8");
}

static void frameless(void **state)
{
	struct env e;

	frames(&e, (const uint64_t[]){ link_addr(PROBED, 4), link_addr(NOSPLIT, 3),
				       link_addr(GOEXIT, 1) }, 3, 1, link_addr(PLAIN, 8));
	expect(&e, "main.probed:4 main.nosplit:2 main.plain:7 runtime.goexit:0");
	/* Not what is above the last frame of all. */
	frames(&e, (const uint64_t[]){ link_addr(PROBED, 4), link_addr(GOEXIT, 1) }, 2, 1,
	       link_addr(PLAIN, 8));
	expect(&e, "main.probed:4 runtime.goexit:0");
}

static void foreign(void **state)
{
	struct env e;

	FRAMES_OF(&e, link_addr(PLAIN, 3), 0x7f0000000000, link_addr(PLAIN, 3));
	expect(&e, "main.probed:4 main.plain:2 ?:0");
}

static void none(void **state)
{
	struct env e;

	FRAMES_OF(&e, link_addr(PLAIN, 3));
	e.f.probe.stack_at = 0;
	expect(&e, "");
	FRAMES_OF(&e, link_addr(PLAIN, 3));
	((struct plan_stack *)(e.run.record + AT))->count = FRAMES + 1;
	expect(&e, "");
	FRAMES_OF(&e, link_addr(PLAIN, 3));
	((struct plan_record *)e.run.record)->size = AT + 24;
	expect(&e, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(limited),
		cmocka_unit_test(no_frame_pointer),
		cmocka_unit_test(chain_broken),
		cmocka_unit_test(pushed),
		cmocka_unit_test(at_exit),
		cmocka_unit_test(link_register),
		cmocka_unit_test(return_addresses),
		cmocka_unit_test(signals),
		cmocka_unit_test(wrappers),
		cmocka_unit_test(frameless),
		cmocka_unit_test(foreign),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
