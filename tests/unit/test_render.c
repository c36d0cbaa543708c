// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Documents of whole sessions: what is nested in what, and that every beginning gets its end, also
 * where events are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "gosym/func.h"
#include "tracer/render.h"

static const struct gosym_func outer = { .name = "main.outer" }, inner = { .name = "main.in;ner" };
static const struct gosym_exit exits[1];

struct session {
	struct gosym_plan plan;
	struct plan_probe probes[2];
	struct gotrace_render *render;
	char *text;
	size_t size;
	FILE *out;
};

static void session_init(struct session *s, const char *format)
{
	*s = (struct session){ .plan.opts.returns = true };
	s->probes[0] = (struct plan_probe){ .func = &outer, .exits = exits, .num_exits = 1 };
	s->probes[1] = (struct plan_probe){ .func = &inner, .exits = exits, .num_exits = 1 };
	s->plan.arch = &abi_amd64;
	s->plan.binary = calloc(1, sizeof(*s->plan.binary));
	s->out = open_memstream(&s->text, &s->size);
	assert_non_null(s->out);
	assert_null(gotrace_render_create(format, false, s->out, &s->render));
}

/* One event: of a goroutine, at a time in ns, so deep in its stack. */
static void send(struct session *s, enum plan_kind kind, int probe, uint64_t goid, uint64_t depth,
		 uint64_t ts, uint64_t duration)
{
	const struct plan_record r = {
		.probe = (uint32_t)probe, .size = sizeof(r), .ts = ts, .pid = 7, .tid = 8,
		.goid = goid, .kind = (uint16_t)kind, .depth = depth, .duration = duration,
	};
	const struct gotrace_event ev = {
		.plan = &s->plan, .probe = &s->probes[probe], .record = &r,
		.is_return = kind == PLAN_RETURN, .duration = duration,
	};

	assert_null(gotrace_render_event(s->render, &ev));
}

static void call(struct session *s, int probe, uint64_t goid, uint64_t depth, uint64_t ts)
{
	send(s, PLAN_CALL, probe, goid, depth, ts, 0);
}

static void ret(struct session *s, int probe, uint64_t goid, uint64_t depth, uint64_t ts,
		uint64_t duration)
{
	send(s, PLAN_RETURN, probe, goid, depth, ts, duration);
}

static void expect(struct session *s, const char *text)
{
	struct binary_ext *stacks = &s->plan.binary->ext[EXT_STACKS];

	assert_null(gotrace_render_finish(s->render));
	gotrace_render_destroy(s->render);
	fclose(s->out);
	assert_string_equal(s->text, text);
	free(s->text);
	if (stacks->destroy)
		stacks->destroy(stacks->data);
	free(s->plan.binary);
}

/* ---- folded */

static void folded_counts(void **state)
{
	struct session s;

	session_init(&s, "folded");
	s.plan.opts.returns = false;
	call(&s, 0, 1, 0, 10);
	call(&s, 1, 1, 0, 20);
	call(&s, 0, 2, 0, 30);
	expect(&s, "main.in:ner 1\nmain.outer 2\n");
}

static void folded_times(void **state)
{
	struct session s;

	session_init(&s, "folded");
	call(&s, 0, 1, 100, 1000);
	call(&s, 1, 1, 200, 1100);
	call(&s, 1, 2, 200, 1150);	/* another goroutine: in nobody's time */
	ret(&s, 1, 1, 200, 1400, 300);
	call(&s, 1, 1, 200, 1500);
	ret(&s, 1, 1, 200, 1600, 100);
	ret(&s, 0, 1, 100, 2000, 1000);
	ret(&s, 1, 2, 200, 2150, 1000);
	call(&s, 0, 1, 100, 5000);	/* still open */
	expect(&s, "main.in:ner 1400\nmain.outer 600\n");
}

/* A return that was lost: its call is over when something happens as high in the stack. */
static void folded_lost(void **state)
{
	struct session s;

	session_init(&s, "folded");
	call(&s, 0, 1, 100, 1000);
	call(&s, 1, 1, 200, 1100);
	call(&s, 1, 1, 200, 1200);
	ret(&s, 1, 1, 200, 1250, 50);
	ret(&s, 0, 1, 100, 2000, 1000);
	ret(&s, 1, 1, 300, 2000, 7);	/* its call was lost */
	expect(&s, "main.in:ner 57\nmain.outer 950\n");
}

/* ---- chrome */

#define EVENT(ph, name, tid) "{\"ph\":\"" ph "\",\"name\":\"" name "\",\"pid\":7,\"tid\":" tid
#define THREAD(tid, name) EVENT("M", "thread_name", tid) ",\"args\":{\"name\":\"" name "\"}}"
#define UNKNOWN "\"args\":{\"ended\":\"unknown\"}}"

static void chrome_nesting(void **state)
{
	struct session s;

	session_init(&s, "chrome");
	call(&s, 0, 1, 100, 1000);
	call(&s, 1, 1, 200, 1100);
	ret(&s, 1, 1, 200, 1400, 300);
	ret(&s, 0, 1, 100, 2001, 1001);
	expect(&s, "[\n" THREAD("1", "goroutine 1") ",\n"
	       EVENT("B", "main.outer", "1") ",\"ts\":1.000,\"args\":{}},\n"
	       EVENT("B", "main.in;ner", "1") ",\"ts\":1.100,\"args\":{}},\n"
	       EVENT("E", "main.in;ner", "1") ",\"ts\":1.400,\"args\":{}},\n"
	       EVENT("E", "main.outer", "1") ",\"ts\":2.001,\"args\":{}}\n]\n");
}

static void chrome_unfinished(void **state)
{
	struct session s;

	session_init(&s, "chrome");
	call(&s, 0, 0, 100, 1000);	/* no goroutine: the thread */
	call(&s, 0, 3, 100, 1500);
	call(&s, 1, 3, 200, 1600);
	ret(&s, 0, 3, 100, 1700, 200);
	ret(&s, 1, 3, 100, 1800, 50);	/* its call was not sent */
	expect(&s, "[\n" THREAD("281474976710664", "thread 8") ",\n"
	       EVENT("B", "main.outer", "281474976710664") ",\"ts\":1.000,\"args\":{}},\n"
	       THREAD("3", "goroutine 3") ",\n"
	       EVENT("B", "main.outer", "3") ",\"ts\":1.500,\"args\":{}},\n"
	       EVENT("B", "main.in;ner", "3") ",\"ts\":1.600,\"args\":{}},\n"
	       EVENT("E", "main.in;ner", "3") ",\"ts\":1.700," UNKNOWN ",\n"
	       EVENT("E", "main.outer", "3") ",\"ts\":1.700,\"args\":{}},\n"
	       EVENT("X", "main.in;ner", "3") ",\"ts\":1.750,\"dur\":0.050,\"args\":{}},\n"
	       EVENT("E", "main.outer", "281474976710664") ",\"ts\":1.800," UNKNOWN "\n]\n");
}

static void chrome_calls_alone(void **state)
{
	struct session s;

	session_init(&s, "chrome");
	s.plan.opts.returns = false;
	call(&s, 0, 1, 0, 1000);
	expect(&s, "[\n" THREAD("1", "goroutine 1") ",\n"
	       EVENT("i", "main.outer", "1") ",\"ts\":1.000,\"s\":\"t\",\"args\":{}}\n]\n");
}

static void chrome_nothing(void **state)
{
	struct session s;

	session_init(&s, "chrome");
	expect(&s, "[\n]\n");
}

/* ---- tree */

static void tree_nesting(void **state)
{
	struct session s;

	session_init(&s, "tree");
	call(&s, 0, 1, 100, 1000);
	call(&s, 1, 1, 200, 1100);
	ret(&s, 1, 1, 200, 1400, 300);
	call(&s, 1, 2, 200, 1450);		/* held back until its return */
	call(&s, 1, 1, 200, 1500);
	call(&s, 1, 1, 300, 1550);
	ret(&s, 1, 1, 300, 1600, 12345);
	ret(&s, 1, 1, 200, 1600, 1500000);
	ret(&s, 1, 2, 200, 1700, 250);
	ret(&s, 0, 1, 100, 2001, 2000000000);
	expect(&s, "---------- goroutine(1) of process 7\n"
	       "          | main.outer() {\n"
	       "    300ns |   main.in;ner()\n"
	       "          |   main.in;ner() {\n"
	       "   12.3µs |     main.in;ner()\n"
	       "   1.50ms |   } main.in;ner\n"
	       "---------- goroutine(2)\n"
	       "    250ns | main.in;ner()\n"
	       "---------- goroutine(1)\n"
	       "    2.00s | } main.outer\n");
}

static void tree_unfinished(void **state)
{
	struct session s;

	session_init(&s, "tree");
	ret(&s, 1, 1, 300, 900, 7);		/* began before */
	call(&s, 0, 1, 100, 1000);
	gotrace_render_idle(s.render);		/* it is shown as far as it is known */
	call(&s, 1, 1, 200, 1100);
	call(&s, 1, 1, 200, 1200);		/* the return of the last one was lost */
	expect(&s, "---------- goroutine(1) of process 7\n"
	       "      7ns | } main.in;ner\n"
	       "          | main.outer() {\n"
	       "          |   main.in;ner() {\n"
	       "          |   } main.in;ner (its end was not seen)\n"
	       "          |   main.in;ner() {\n"
	       "          |   } main.in;ner (not over yet)\n"
	       "          | } main.outer (not over yet)\n");
}

static void unknown_format(void **state)
{
	struct gotrace_render *r = NULL;
	_cleanup_error_ struct gosym_error *err = gotrace_render_create("svg", false, stdout, &r);

	assert_non_null(err);
	assert_null(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folded_counts),
		cmocka_unit_test(folded_times),
		cmocka_unit_test(folded_lost),
		cmocka_unit_test(chrome_nesting),
		cmocka_unit_test(chrome_unfinished),
		cmocka_unit_test(chrome_calls_alone),
		cmocka_unit_test(chrome_nothing),
		cmocka_unit_test(tree_nesting),
		cmocka_unit_test(tree_unfinished),
		cmocka_unit_test(unknown_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
