// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The pairing alone, fed with records as the kernel's programs would write them: recursion, panics within panics,
 * goroutines that end and whose ids come again, records that were lost, kept calls and their conditions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/plan_fixture.h"
#include "tracer/cond_eval.h"
#include "tracer/pairing.h"
#include "tracer/panics.h"

enum { F, G, PROBES };
enum { HOOK_PANIC = PROBES, HOOK_UNWIND, HOOK_FATAL, HOOK_GOEXIT, HOOK_GOEXIT_BEGINS };
enum { HI = 100000, PANIC_SP = 48, GOEXIT_AT = 90, MAX_KEPT = 8, IMAGE = sizeof(struct plan_record) };

/* A record of one argument. */
struct call {
	struct plan_record record;
	uint64_t arg, status;
};

struct returned {
	struct plan_record record;
	uint64_t arg, status;
	struct plan_record call;
};

struct element {
	struct plan_call call;
	struct call record;
};

struct env {
	struct fixture f;
	struct gosym_func funcs[PROBES];
	struct gosym_exit exits[2];
	struct plan_unwind unwind;
	struct plan_standing standing;
	struct pairing *pairing;
	uint64_t ts;
	char seen[1024];		/* all events so far */
	/* The map of kept calls. */
	struct plan_call_key keys[MAX_KEPT];
	struct element kept[MAX_KEPT];
	size_t num_kept;
};

/* ---- the environment */

static struct gosym_error *walk(void *ctx,
				struct gosym_error *(*each)(void *arg, const struct plan_call_key *key,
							    const struct plan_call *call),
				void *arg)
{
	struct env *e = ctx;
	struct gosym_error *err = NULL;

	for (size_t i = 0; i < e->num_kept && !err; i++)
		err = each(arg, &e->keys[i], &e->kept[i].call);
	return err;
}

static void forget(void *ctx, const struct plan_call_key *key, uint64_t ts)
{
	struct env *e = ctx;

	for (size_t i = 0; i < e->num_kept; i++) {
		if (memcmp(&e->keys[i], key, sizeof(*key)) || e->kept[i].call.ts != ts)
			continue;
		e->num_kept--;
		e->keys[i] = e->keys[e->num_kept];
		e->kept[i] = e->kept[e->num_kept];
		return;
	}
}

static void add_hook(struct env *e, enum plan_kind kind, uint32_t size)
{
	struct plan_probe *hook = vec_append(&e->f.plan.hooks);

	assert_non_null(hook);
	*hook = e->f.probe;
	hook->func = &e->funcs[F];
	hook->kind = kind;
	hook->record_size = size;
}

static void env_init(struct env *e)
{
	memset(e, 0, sizeof(*e));
	fixture_init(&e->f);
	e->f.plan.opts.returns = true;
	e->unwind = (struct plan_unwind){ .in_panic = false };
	e->standing = (struct plan_standing){ .in_panic = true, .panic_sp = PANIC_SP, .goexit = GOEXIT_AT };
	e->f.plan.unwind = &e->unwind;
	e->f.plan.standing = &e->standing;
	e->exits[1].jumps_to = "main.other";
	for (int i = 0; i < PROBES; i++) {
		struct plan_probe *probe = vec_append(&e->f.plan.probes);

		assert_non_null(probe);
		e->funcs[i].name = i == F ? "f" : "g";
		*probe = e->f.probe;
		probe->func = &e->funcs[i];
		probe->exits = e->exits;
		probe->num_exits = 2;
		probe->record_size = sizeof(struct call);
		probe->return_size = sizeof(struct plan_record);
	}
	add_hook(e, PLAN_PANIC, sizeof(struct hook_panic));
	add_hook(e, PLAN_UNWIND, sizeof(struct hook_unwind));
	add_hook(e, PLAN_UNWIND, sizeof(struct plan_record));
	add_hook(e, PLAN_GOEXIT, sizeof(struct plan_record));
	add_hook(e, PLAN_GOEXIT_BEGINS, sizeof(struct plan_record));
}

static void start(struct env *e)
{
	const struct pairing_kept kept = { .ctx = e, .walk = walk, .forget = forget };

	assert_null(pairing_create(&e->f.plan, &kept, &e->pairing));
}

static void keep_args(struct env *e, bool pair)
{
	e->f.plan.keep_args = e->f.plan.at_return = true;
	e->f.plan.opts.pair = pair;
	for (int i = 0; i < PROBES; i++) {
		e->f.plan.probes.data[i].return_size = sizeof(struct returned);
		e->f.plan.probes.data[i].call_at = offsetof(struct returned, call);
	}
}

static void env_deinit(struct env *e)
{
	pairing_destroy(e->pairing);
	vec_deinit(&e->f.plan.hooks);
	fixture_deinit(&e->f);
}
DEFINE_CLEANUP(cleanup_env, struct env, env_deinit(p))
#define _cleanup_env_ _cleanup_(cleanup_env)

/* ---- what comes out */

static void put(struct env *e, const char *fmt, ...)
{
	size_t len = strlen(e->seen);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->seen + len, sizeof(e->seen) - len, fmt, ap);
	va_end(ap);
}

static void put_event(struct env *e, const struct gotrace_event *ev)
{
	static const char *const ends[] = {
		[EVENT_RETURNED] = "", [EVENT_PANIC] = "!", [EVENT_GOEXIT] = "exit", [EVENT_JUMP] = "jump",
	};
	const struct plan_record *header = event_header(ev);

	put(e, "%s%c%s%u", *e->seen ? " " : "", ev->is_pair ? '=' : ev->is_return ? '<' : '>',
	    gosym_func_name(ev->probe->func), (unsigned)header->depth);
	if (ev->is_return)
		put(e, "%s", ends[ev->ended]);
	if (ev->panic && ev->panic->kind == PANIC_SEVERAL)
		put(e, "?");
	else if (ev->panic)
		put(e, "%u", (unsigned)ev->panic->word);
}

static void drain(struct env *e)
{
	const struct gotrace_event *ev;

	while ((ev = pairing_next(e->pairing)))
		put_event(e, ev);
}

/* Events since the last time; then they are forgotten. */
static void expect(struct env *e, const char *want)
{
	assert_string_equal(e->seen, want);
	e->seen[0] = '\0';
}

/* ---- records: one goroutine unless told otherwise */

static struct plan_record header(struct env *e, uint32_t probe, enum plan_kind kind, uint64_t depth,
				 uint32_t size)
{
	return (struct plan_record){ .probe = probe, .size = size, .ts = ++e->ts, .tid = 5, .pid = 4,
				     .goid = 7, .kind = (uint16_t)kind, .depth = depth };
}

static void take(struct env *e, const struct plan_record *record)
{
	assert_null(pairing_take(e->pairing, record));
	drain(e);
}

static struct call a_call(struct env *e, uint32_t probe, uint64_t depth)
{
	return (struct call){ .record = header(e, probe, PLAN_CALL, depth, sizeof(struct call)) };
}

static void call(struct env *e, uint32_t probe, uint64_t depth)
{
	struct call c = a_call(e, probe, depth);

	take(e, &c.record);
}

static void leave(struct env *e, uint32_t probe, uint64_t depth)
{
	struct plan_record r = header(e, probe, PLAN_RETURN, depth, sizeof(r));

	take(e, &r);
}

/* A nil panic, told from others by the data word. Under way: the depth of its _panic, and where it stands. */
static void panics(struct env *e, uint64_t depth, uint64_t value, uint64_t under_way, uint64_t stands)
{
	struct hook_panic h = {
		.record = header(e, HOOK_PANIC, PLAN_PANIC, depth, sizeof(h)), .data = value,
		.stack_hi = HI, .panicking = under_way ? HI - under_way : 0,
		.panic_status = under_way ? 0 : PLAN_SKIPPED,
	};
	uint64_t sp = HI - stands;

	memcpy(h.panic + PANIC_SP, &sp, sizeof(sp));
	take(e, &h.record);
}

static void recovered(struct env *e, uint64_t depth)
{
	struct hook_unwind h = {
		.record = header(e, HOOK_UNWIND, PLAN_UNWIND, 0, sizeof(h)), .goid = 7, .stack_hi = HI,
		.sp = HI - depth,
	};

	h.record.goid = 0;			/* it runs on g0 */
	take(e, &h.record);
}

static void hook(struct env *e, uint32_t hook, enum plan_kind kind)
{
	struct plan_record r = header(e, hook, kind, 0, sizeof(r));

	take(e, &r);
}

/* ---- tests */

static void recursion(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	for (uint64_t depth = 100; depth <= 300; depth += 100)
		call(&e, F, depth);
	assert_int_equal(pairing_open_calls(e.pairing), 3);
	for (uint64_t depth = 300; depth; depth -= 100)
		leave(&e, F, depth);
	assert_int_equal(pairing_open_calls(e.pairing), 0);
	expect(&e, ">f100 >f200 >f300 <f300 <f200 <f100");
	assert_int_equal(pairing_abandoned(e.pairing, F), 0);
}

static void lost_records(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	leave(&e, G, 200);			/* its call was lost; the kernel paired it */
	call(&e, G, 300);			/* its return will be lost */
	call(&e, G, 200);			/* shallower: so that is over */
	assert_int_equal(pairing_abandoned(e.pairing, G), 1);
	leave(&e, F, 100);			/* and so is this one */
	assert_int_equal(pairing_abandoned(e.pairing, G), 2);
	assert_int_equal(pairing_open_calls(e.pairing), 0);
	expect(&e, ">f100 <g200 >g300 >g200 <f100");
}

static void jump(void **state)
{
	_cleanup_env_ struct env e;
	struct plan_record r;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	r = header(&e, F, PLAN_RETURN, 100, sizeof(r));
	r.exit = 1;
	take(&e, &r);
	call(&e, G, 100);			/* in the same place */
	leave(&e, G, 100);
	expect(&e, ">f100 <f100jump >g100 <g100");
	assert_int_equal(pairing_open_calls(e.pairing), 0);
}

static void recovered_panic(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	call(&e, G, 200);
	call(&e, G, 300);
	panics(&e, 400, 1, 0, 0);
	recovered(&e, 150);
	leave(&e, F, 100);
	expect(&e, ">f100 >g200 >g300 <g300!1 <g200!1 <f100");
	assert_int_equal(pairing_open_calls(e.pairing), 0);
}

/* A panic of its own within the deferred function, recovered there: the first goes on. */
static void panic_within(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	panics(&e, 400, 1, 0, 0);
	call(&e, G, 500);
	panics(&e, 600, 2, 410, 150);
	recovered(&e, 450);
	call(&e, G, 500);
	leave(&e, G, 500);
	recovered(&e, 90);
	expect(&e, ">f100 >g500 <g500!2 >g500 <g500 <f100!1");
}

/* The picture at the top of panics.c, with one more call on each side. */
static void panic_again(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);			/* ended by the second */
	call(&e, F, 200);			/* here the first stands when the second begins */
	call(&e, G, 300);			/* ended by the first */
	panics(&e, 400, 1, 0, 0);
	call(&e, G, 500);			/* the deferred function */
	panics(&e, 600, 2, 410, 250);
	recovered(&e, 50);
	expect(&e, ">f100 >f200 >g300 >g500 <g500!2 <g300!1 <f200!2 <f100!2");
}

static void panic_again_unknown(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.f.plan.standing = NULL;
	start(&e);
	call(&e, F, 100);
	panics(&e, 400, 1, 0, 0);
	call(&e, G, 500);
	panics(&e, 600, 2, 410, 250);
	recovered(&e, 50);
	expect(&e, ">f100 >g500 <g500!2 <f100!?");
}

static void fatal_panic(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	call(&e, G, 200);
	panics(&e, 400, 1, 0, 0);
	hook(&e, HOOK_FATAL, PLAN_UNWIND);
	expect(&e, ">f100 >g200 <g200!1 <f100!1");
}

/* Without the hook the end is noticed when a shallower call returns. */
static void noticed_late(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	e.f.plan.no_unwind = "not found";
	start(&e);
	call(&e, F, 100);
	call(&e, G, 200);
	panics(&e, 400, 1, 0, 0);
	leave(&e, F, 100);
	expect(&e, ">f100 >g200 <g200!1 <f100");
}

static void goexit(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	start(&e);
	call(&e, F, 100);
	call(&e, G, 200);
	hook(&e, HOOK_GOEXIT_BEGINS, PLAN_GOEXIT_BEGINS);
	call(&e, G, 400);			/* a deferred function */
	leave(&e, G, 400);
	hook(&e, HOOK_GOEXIT, PLAN_GOEXIT);
	expect(&e, ">f100 >g200 >g400 <g400 <g200exit <f100exit");
	/* The id comes again. */
	call(&e, F, 50);
	leave(&e, F, 50);
	hook(&e, HOOK_GOEXIT, PLAN_GOEXIT);
	expect(&e, ">f50 <f50");
	assert_int_equal(pairing_abandoned(e.pairing, F) + pairing_abandoned(e.pairing, G), 0);
}

/* The threads' own stacks have no order among each other. */
static void without_id(void **state)
{
	_cleanup_env_ struct env e;
	struct call c;
	struct plan_record r;

	env_init(&e);
	start(&e);
	c = a_call(&e, F, 500);
	c.record.goid = 0;
	take(&e, &c.record);
	c.record.depth = 100;
	take(&e, &c.record);
	r = header(&e, F, PLAN_RETURN, 500, sizeof(r));
	r.goid = 0;
	take(&e, &r);
	assert_int_equal(pairing_open_calls(e.pairing), 1);
	assert_int_equal(pairing_abandoned(e.pairing, F), 0);
	expect(&e, ">f500 >f100 <f500");
}

static void not_ours(void **state)
{
	_cleanup_env_ struct env e;
	struct plan_record bad[4];

	env_init(&e);
	start(&e);
	bad[0] = header(&e, F, PLAN_RETURN, 1, sizeof(bad[0]));
	bad[0].exit = 2;
	bad[1] = header(&e, F, PLAN_PANIC, 1, sizeof(bad[0]));
	bad[2] = header(&e, HOOK_GOEXIT, PLAN_CALL, 1, sizeof(bad[0]));
	bad[3] = header(&e, F, PLAN_ABANDONED, 1, sizeof(bad[0]));
	for (size_t i = 0; i < 4; i++) {
		_cleanup_error_ struct gosym_error *err = pairing_take(e.pairing, &bad[i]);

		assert_non_null(err);
	}
}

/* ---- kept calls */

static void keep(struct env *e, uint32_t probe, uint64_t depth, uint64_t arg)
{
	struct element *element = &e->kept[e->num_kept];

	e->keys[e->num_kept++] = (struct plan_call_key){ .goid = 7, .depth = depth, .tgid = 4, .probe = probe };
	*element = (struct element){ .record = a_call(e, probe, depth) };
	element->record.arg = arg;
	element->call = (struct plan_call){ .ts = element->record.record.ts, .flags = 1 };
}

static void settle(struct env *e)
{
	assert_null(pairing_settle(e->pairing, true));
	drain(e);
}

static void kept_pair(void **state)
{
	_cleanup_env_ struct env e;
	struct returned r;

	env_init(&e);
	keep_args(&e, true);
	start(&e);
	r = (struct returned){ .record = header(&e, F, PLAN_RETURN, 100, sizeof(r)) };
	r.call = header(&e, F, PLAN_CALL, 100, sizeof(struct call));
	take(&e, &r.record);
	expect(&e, "=f100");
}

static void kept_panics(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e);
	keep_args(&e, true);
	start(&e);
	keep(&e, F, 100, 0);
	keep(&e, F, 200, 0);
	keep(&e, G, 300, 0);
	panics(&e, 400, 1, 0, 0);
	keep(&e, G, 500, 0);
	panics(&e, 600, 2, 410, 250);
	recovered(&e, 150);
	settle(&e);
	expect(&e, "=g500!2 =g300!1 =f200!2");
	assert_int_equal(e.num_kept, 1);
}

/* The kernel found it in the place of another, before it was looked for. */
static void kept_abandoned(void **state)
{
	_cleanup_env_ struct env e;
	struct returned r;

	env_init(&e);
	keep_args(&e, true);
	start(&e);
	r = (struct returned){ .call = header(&e, G, PLAN_CALL, 300, sizeof(struct call)) };
	panics(&e, 400, 1, 0, 0);
	recovered(&e, 150);
	r.record = header(&e, G, PLAN_ABANDONED, 300, sizeof(r));
	take(&e, &r.record);
	expect(&e, "=g300!1");
	r.call.ts = ++e.ts;			/* of this one nothing is known */
	take(&e, &r.record);
	expect(&e, "");
	assert_int_equal(pairing_abandoned(e.pairing, G), 1);
}

/* ---- conditions of calls that did not return */

static const struct plan_expr arg = { .op = PLAN_OP_LOAD, .load = { .from = PLAN_SAVED, .off = IMAGE, .size = 8 } };
static const struct plan_expr torn = { .op = PLAN_OP_LOAD, .load = { .from = PLAN_SAVED, .off = IMAGE, .size = 8,
								     .status = IMAGE + 8 } };
static const struct plan_expr result = { .op = PLAN_OP_LOAD, .load = { .from = PLAN_REG, .size = 8 } };
static const struct plan_expr duration = { .op = PLAN_OP_DURATION };
static const struct plan_expr three = { .op = PLAN_OP_CONST, .imm = 3 };
static const struct plan_expr minus = { .op = PLAN_OP_CONST, .imm = -3 };
static const struct plan_expr arg_3 = { .op = PLAN_OP_EQ, .a = &arg, .b = &three };
static const struct plan_expr arg_not_3 = { .op = PLAN_OP_NE, .a = &arg, .b = &three };
static const struct plan_expr result_3 = { .op = PLAN_OP_EQ, .a = &result, .b = &three };
static const struct plan_expr text = { .op = PLAN_OP_STREQ, .kept = 3, .b = &three, .text = "\3\0\0", .text_len = 3,
				       .load = { .from = PLAN_SAVED, .off = IMAGE } };

static void conditions(void **state)
{
	static const struct { struct plan_expr e; enum cond_truth truth; } rows[] = {
		{ { .op = PLAN_OP_EQ, .a = &arg, .b = &three }, COND_TRUE },
		{ { .op = PLAN_OP_EQ, .a = &torn, .b = &three }, COND_UNKNOWN },
		{ { .op = PLAN_OP_EQ, .a = &result, .b = &three }, COND_UNKNOWN },
		{ { .op = PLAN_OP_AND, .a = &result_3, .b = &arg_not_3 }, COND_FALSE },
		{ { .op = PLAN_OP_AND, .a = &result_3, .b = &arg_3 }, COND_UNKNOWN },
		{ { .op = PLAN_OP_OR, .a = &result_3, .b = &arg_3 }, COND_TRUE },
		{ { .op = PLAN_OP_OR, .a = &arg_not_3, .b = &result_3 }, COND_UNKNOWN },
		{ { .op = PLAN_OP_NOT, .a = &arg_3 }, COND_FALSE },
		{ { .op = PLAN_OP_NOT, .a = &result_3 }, COND_UNKNOWN },
		{ { .op = PLAN_OP_GT, .a = &duration, .b = &three }, COND_TRUE },
		{ { .op = PLAN_OP_LT, .a = &minus, .b = &arg, .is_signed = true }, COND_TRUE },
		{ { .op = PLAN_OP_LT, .a = &minus, .b = &arg }, COND_FALSE },
		{ { .op = PLAN_OP_LE, .a = &arg, .b = &three }, COND_TRUE },
		{ { .op = PLAN_OP_GE, .a = &arg, .b = &three }, COND_TRUE },
		{ { .op = PLAN_OP_IF, .a = &arg_3, .b = &result }, COND_UNKNOWN },
		{ { .op = PLAN_OP_IF, .a = &arg_not_3, .b = &result }, COND_FALSE },
		{ { .op = PLAN_OP_AND, .a = &text, .b = &arg_3 }, COND_TRUE },
		{ { .op = PLAN_OP_STREQ, .a = &arg, .b = &three, .text = "abc", .text_len = 3 }, COND_UNKNOWN },
		{ { .op = PLAN_OP_STREQ, .a = &arg, .b = &three, .text = "ab", .text_len = 2 }, COND_FALSE },
	};
	struct call c = { .record = { .size = sizeof(c) }, .arg = 3, .status = PLAN_SKIPPED };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(cond_eval(&rows[i].e, &c.record, &c.record, 10), rows[i].truth);
}

static void kept_conditions(void **state)
{
	const struct plan_expr both = { .op = PLAN_OP_OR, .a = &arg_3, .b = &result_3 };
	_cleanup_env_ struct env e;

	env_init(&e);
	keep_args(&e, false);
	e.f.plan.probes.data[F].cond_return = &arg_3;
	e.f.plan.probes.data[G].cond_return = &both;
	start(&e);
	keep(&e, F, 100, 3);
	keep(&e, F, 200, 4);			/* not wanted */
	keep(&e, G, 300, 3);
	keep(&e, G, 350, 4);			/* its result would tell */
	panics(&e, 400, 1, 0, 0);
	recovered(&e, 50);
	settle(&e);
	expect(&e, ">f100 >g300 <g300!1 <f100!1");
	assert_int_equal(pairing_undecided(e.pairing, F), 0);
	assert_int_equal(pairing_undecided(e.pairing, G), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recursion),
		cmocka_unit_test(lost_records),
		cmocka_unit_test(jump),
		cmocka_unit_test(recovered_panic),
		cmocka_unit_test(panic_within),
		cmocka_unit_test(panic_again),
		cmocka_unit_test(panic_again_unknown),
		cmocka_unit_test(fatal_panic),
		cmocka_unit_test(noticed_late),
		cmocka_unit_test(goexit),
		cmocka_unit_test(without_id),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(kept_pair),
		cmocka_unit_test(kept_panics),
		cmocka_unit_test(kept_abandoned),
		cmocka_unit_test(conditions),
		cmocka_unit_test(kept_conditions),
	};

	return cmocka_run_group_tests_name("pairing", tests, NULL, NULL);
}
