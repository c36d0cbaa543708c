// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Values behind interfaces, from the plan to the text: types as a file would have them, a program generated and
 * run over real memory, the record rendered. And memory that is not what its types say.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>

#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"
#include "tracer/event.h"

struct gosym_error *__wrap_gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret);
bool __wrap_elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret);
bool __wrap_rtype_has_method(struct gosym_binary *b, const struct gosym_type *t, const char *name);

/* Link-time addresses of descriptors and of the site. */
enum { INT = 0x1000, STRING = 0x1100, REQ = 0x1200, REQ_PTR = 0x1300, MAP = 0x1400, NODE = 0x1500, NODE_PTR = 0x1600,
       EMPTY = 0x1700, ANYS = 0x1800, MIX = 0x1900, BYTES = 0x1a00, NOBODY = 0x1f00, SITE = 0x401000 };

/* type Node struct { A any; S string; P *Node; L []any } */
extern const struct gosym_type t_node;
static const struct gosym_type t_node_ptr = TYPE(GOSYM_POINTER, "*Node", 8, .elem = &t_node);
static const struct gosym_type t_anys = TYPE(GOSYM_SLICE, "[]any", 24, .elem = &t_any);
static struct gosym_field node_fields[] = {
	{ "A", &t_any, 0, false }, { "S", &t_string, 16, false }, { "P", &t_node_ptr, 32, false },
	{ "L", &t_anys, 40, false },
};
const struct gosym_type t_node = TYPE(GOSYM_STRUCT, "Node", 64, .fields = node_fields, .num_fields = 4);

struct eface { uint64_t type, data; };
struct node { struct eface a; const char *s; uint64_t s_len; void *p; struct eface *l; uint64_t l_len, l_cap; };

static const struct { uint64_t addr; const struct gosym_type *type; } types[] = {
	{ INT, &t_int }, { STRING, &t_string }, { REQ, &t_req }, { REQ_PTR, &t_req_ptr }, { MAP, &t_map },
	{ NODE, &t_node }, { NODE_PTR, &t_node_ptr }, { EMPTY, &t_empty }, { ANYS, &t_anys }, { MIX, &t_mix },
	{ BYTES, &t_bytes },
};
enum { NUM_TYPES = sizeof(types) / sizeof(types[0]) };

struct gosym_error *__wrap_gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret)
{
	for (size_t i = 0; i < NUM_TYPES; i++) {
		if (types[i].addr != addr)
			continue;
		*ret = types[i].type->name;
		return NULL;
	}
	return gosym_error_new(GOSYM_NOT_FOUND, "no type at 0x%" PRIx64, addr);
}

bool __wrap_elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret)
{
	return false;
}

bool __wrap_rtype_has_method(struct gosym_binary *b, const struct gosym_type *t, const char *name)
{
	return t->kind == GOSYM_POINTER;
}

struct env {
	struct fixture f;
	struct bpf_target target;
	struct bpf_run run;
	struct gosym_func func;
	char *text;
};

static void env_deinit(struct env *e)
{
	free(e->run.recipe_keys);
	free(e->run.recipe_refs);
	free(e->text);
	fixture_deinit(&e->f);
}
DEFINE_CLEANUP(cleanup_env, struct env, env_deinit(p))
#define _cleanup_env_ _cleanup_(cleanup_env)
DEFINE_CLEANUP(cleanup_asm, struct bpf_asm, bpf_asm_deinit(p))

static void env_init(struct env *e, unsigned depth)
{
	memset(e, 0, sizeof(*e));
	fixture_init(&e->f);
	e->func.name = "f";
	e->f.probe.func = &e->func;
	e->f.site.pub.addr = SITE;
	e->f.plan.opts.depth = depth;
	e->target = (struct bpf_target){ .ring_fd = 3, .counters_fd = 4, .fsbase_off = 16, .wake_bytes = 1 << 20,
					 .recipes_fd = RUN_RECIPES_FD, .steps_fd = RUN_STEPS_FD };
	e->run = (struct bpf_run){ .time = 1 };
	for (size_t i = 0; i < NUM_TYPES; i++)
		fixture_held(&e->f, types[i].type, types[i].addr);
	fixture_param(&e->f, "v", &t_any);
	fixture_regs(&e->f, AX, BX);
	fixture_param(&e->f, "n", &t_int);
	fixture_regs(&e->f, CX);
}

static void set_reg(struct env *e, int reg, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.regs[reg].pt_regs, &value, 8);
}

static void set_ip(struct env *e, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.pt_ip, &value, 8);
}

static void build(struct env *e)
{
	assert_null(plan_build_values(&e->f.plan, &e->f.probe));
	assert_null(dynamic_elements(&e->f.plan, &e->run.recipe_keys, &e->run.recipe_refs, &e->run.num_recipes));
	e->run.steps = dynamic_steps(&e->f.plan, &e->run.num_steps);
	set_ip(e, SITE);
	set_reg(e, CX, 4711);
}

/* The record's arguments as JSON or text. It must end where it says. */
static const char *shown(struct env *e, bool json)
{
	struct gotrace_event ev = { .plan = &e->f.plan, .probe = &e->f.probe,
				    .record = (const struct plan_record *)e->run.record };
	struct gosym_error *err;
	size_t size;
	FILE *out;

	for (size_t i = e->f.probe.record_size; i < sizeof(e->run.record); i++)
		assert_int_equal(e->run.record[i], 0xee);
	free(e->text);
	e->text = NULL;
	out = open_memstream(&e->text, &size);
	err = json ? gotrace_event_json(&ev, out) : gotrace_event_text(&ev, false, out);
	fclose(out);
	assert_null(err);
	return strstr(e->text, json ? "\"args\":" : "f(");
}

static void run_program(struct env *e, const struct bpf_asm *a)
{
	memset(e->run.record, 0xee, sizeof(e->run.record));
	e->run.submitted = 0;
	bpf_run(&e->run, a);
	assert_int_equal(e->run.submitted, 1);
}

/* For an interface of these words. */
static void expect(struct env *e, uint64_t type, uint64_t data, const char *json)
{
	char want[1024];

	snprintf(want, sizeof(want), "\"args\":[{\"name\":\"v\",\"type\":\"any\",\"value\":%s},"
		 "{\"name\":\"n\",\"type\":\"int\",\"value\":4711}]}\n", json);
	set_reg(e, AX, type);
	set_reg(e, BX, data);
	for (int may_goto = 0; may_goto < 2; may_goto++) {
		_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

		e->target.may_goto = may_goto;
		assert_null(bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a));
		run_program(e, &a);
		assert_string_equal(shown(e, true), want);
	}
}

__attribute__((format(printf, 4, 5)))
static void expectf(struct env *e, uint64_t type, const void *data, const char *fmt, ...)
{
	char json[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(json, sizeof(json), fmt, ap);
	va_end(ap);
	expect(e, type, (uintptr_t)data, json);
}

struct go_string { const char *data; uint64_t len; };
struct req { struct go_string path; int32_t n; bool blank; void *next; };

static void kinds(void **state)
{
	uint64_t n = 42, count = 3;
	struct go_string s = { "boxed", 5 };
	struct req r = { { "/x", 2 }, 7, false, NULL };
	_cleanup_env_ struct env e;

	env_init(&e, 1);
	build(&e);
	expect(&e, 0, 0, "null");
	expect(&e, INT, (uintptr_t)&n, "{\"type\":\"int\",\"value\":42}");
	expect(&e, STRING, (uintptr_t)&s, "{\"type\":\"string\",\"value\":\"boxed\"}");
	expect(&e, REQ, (uintptr_t)&r,
	       "{\"type\":\"Req\",\"value\":{\"Path\":\"/x\",\"N\":7,\"_\":false,\"Next\":null}}");
	expectf(&e, REQ_PTR, &r, "{\"type\":\"*Req\",\"value\":\"0x%" PRIx64 "\"}", (uint64_t)(uintptr_t)&r);
	expect(&e, REQ_PTR, 0, "{\"type\":\"*Req\",\"value\":null}");
	expectf(&e, MAP, &count, "{\"type\":\"map[int]int\",\"value\":{\"len\":3,\"ptr\":\"0x%" PRIx64 "\"}}",
		(uint64_t)(uintptr_t)&count);
	expect(&e, EMPTY, (uintptr_t)&n, "{\"type\":\"struct {}\",\"value\":{}}");
	expect(&e, INT, 0x10, "{\"type\":\"int\",\"value\":{\"error\":\"fault\"}}");
	expect(&e, NOBODY, 0x77, "{\"type\":\"0x1f00\",\"value\":\"0x77\"}");
}

static void depths(void **state)
{
	uint64_t n = 42;
	struct req r = { { "/x", 2 }, 7, false, NULL };
	struct eface list[2] = { { INT, (uintptr_t)&n }, { 0, 0 } };
	struct node inner = { .s = "in", .s_len = 2 },
		    outer = { .a = { INT, (uintptr_t)&n }, .s = "out", .s_len = 3, .p = &inner, .l = list, .l_len = 2,
			      .l_cap = 2 };

	for (unsigned depth = 0; depth < 4; depth++) {
		static const char *const formats[] = {
			"{\"type\":\"Node\",\"value\":\"%s\"}",
			"{\"type\":\"Node\",\"value\":{\"A\":{\"type\":\"int\",\"value\":\"%s\"},\"S\":\"out\","
			"\"P\":\"%s\",\"L\":{\"len\":2,\"cap\":2,\"elems\":[{\"type\":\"int\",\"value\":\"%s\"},null]}}}",
			"{\"type\":\"Node\",\"value\":{\"A\":{\"type\":\"int\",\"value\":42},\"S\":\"out\","
			"\"P\":{\"ptr\":\"%s\",\"value\":{\"A\":null,\"S\":\"in\",\"P\":null,\"L\":null}},"
			"\"L\":{\"len\":2,\"cap\":2,\"elems\":[{\"type\":\"int\",\"value\":42},null]}}}",
		};
		char at_n[32], at_inner[32], at_outer[32];
		_cleanup_env_ struct env e;

		snprintf(at_n, sizeof(at_n), "0x%" PRIx64, (uint64_t)(uintptr_t)&n);
		snprintf(at_inner, sizeof(at_inner), "0x%" PRIx64, (uint64_t)(uintptr_t)&inner);
		snprintf(at_outer, sizeof(at_outer), "0x%" PRIx64, (uint64_t)(uintptr_t)&outer);
		env_init(&e, depth);
		build(&e);
		if (depth == 0)
			expectf(&e, NODE, &outer, formats[0], at_outer);
		else if (depth == 1)
			expectf(&e, NODE, &outer, formats[1], at_n, at_inner, at_n);
		else
			expectf(&e, NODE, &outer, formats[2], at_inner);
		if (depth >= 2)
			expectf(&e, REQ_PTR, &r, "{\"type\":\"*Req\",\"value\":{\"ptr\":\"0x%" PRIx64 "\",\"value\":"
				"{\"Path\":\"/x\",\"N\":7,\"_\":false,\"Next\":null}}}", (uint64_t)(uintptr_t)&r);
	}
}

/* An executable that is loaded anywhere. */
static void load_bias(void **state)
{
	const uint64_t bias = 0x7f0000000000;
	uint64_t n = 42;
	struct eface inner = { bias + INT, (uintptr_t)&n };
	struct node node = { .a = inner };
	_cleanup_env_ struct env e;

	env_init(&e, 2);
	e.f.plan.fixed_address = false;
	build(&e);
	set_ip(&e, SITE + bias);
	expect(&e, bias + INT, (uintptr_t)&n, "{\"type\":\"int\",\"value\":42}");
	expect(&e, bias + NODE, (uintptr_t)&node,
	       "{\"type\":\"Node\",\"value\":{\"A\":{\"type\":\"int\",\"value\":42},\"S\":\"\",\"P\":null,\"L\":null}}");
	expect(&e, INT, 0x77, "{\"type\":\"0x1000\",\"value\":\"0x77\"}");
}

/* What has no room shows its data word; its neighbours are whole. */
static void more_than_fits(void **state)
{
	struct eface list[64];
	uint64_t numbers[64];
	struct { void *data; uint64_t len, cap; } slice = { list, 64, 64 };
	_cleanup_env_ struct env e;
	unsigned values = 0, words = 0;
	const char *p;

	env_init(&e, 2);
	e.f.plan.opts.elems = 64;
	build(&e);
	for (unsigned i = 0; i < 64; i++) {
		numbers[i] = 5000 + i;
		list[i] = (struct eface){ INT, (uintptr_t)&numbers[i] };
	}
	set_reg(&e, AX, ANYS);
	set_reg(&e, BX, (uintptr_t)&slice);
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
	assert_null(bpf_gen_probe(&e.f.plan, &e.f.probe, &e.target, &a));
	run_program(&e, &a);
	p = shown(&e, true);
	for (unsigned i = 0; i < 64; i++) {
		char value[64], word[64];

		snprintf(value, sizeof(value), "\"value\":%u}", 5000 + i);
		snprintf(word, sizeof(word), "\"value\":\"0x%" PRIx64 "\"}", (uint64_t)(uintptr_t)&numbers[i]);
		values += strstr(p, value) != NULL;
		words += strstr(p, word) != NULL;
	}
	assert_in_range(values, 8, 64);
	assert_int_equal(values + words, 64);
	assert_non_null(strstr(p, "\"value\":4711}"));
}

/* ---- text */

static void text(void **state)
{
	static const struct { uint64_t type; const char *want; } rows[] = {
		{ INT, "f(v=any(int) 42, n=4711)\n" },
		{ REQ_PTR, "f(v=any(*Req) nil, n=4711)\n" },
		{ BYTES, "f(v=any([]uint8) len: 12, cap: 12, \"hello, world\", n=4711)\n" },
		/* Pointers are errors here: one level more. */
		{ REQ_PTR, "f(v=any(*Req) *{Path: \"/x\", N: 7, _: false, Next: nil}, n=4711)\n" },
	};
	uint64_t n = 42, bytes[3] = { (uintptr_t)"hello, world", 12, 12 };
	struct req r = { { "/x", 2 }, 7, false, NULL };
	const void *data[] = { &n, NULL, bytes, &r };
	_cleanup_env_ struct env e;

	env_init(&e, 1);
	e.f.plan.opts.for_text = true;
	build(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

		set_reg(&e, AX, rows[i].type);
		set_reg(&e, BX, (uintptr_t)data[i]);
		assert_null(bpf_gen_probe(&e.f.plan, &e.f.probe, &e.target, &a));
		run_program(&e, &a);
		assert_string_equal(shown(&e, false), rows[i].want);
	}
}

/* ---- garbage */

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A word that may be a type, an address, a length or anything. */
static uint64_t any_word(uint64_t *seed, const uint64_t *memory, size_t num)
{
	uint64_t r = next_random(seed);

	switch (r >> 8 & 7) {
	case 0: case 1: case 2:
		return types[(r >> 16) % NUM_TYPES].addr;
	case 3: case 4: case 5:
		return (uintptr_t)&memory[(r >> 16) % (num / 2)];
	case 6:
		return r >> 16 & 63;
	default:
		return r | RUN_BAD;
	}
}

static void garbage(void **state)
{
	/* A value may be read over its end: the rest is there too. */
	static uint64_t memory[1024];
	uint64_t seed = 88172645463325252;

	for (unsigned depth = 1; depth < 5; depth++) {
		_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
		_cleanup_env_ struct env e;

		env_init(&e, depth);
		fixture_param(&e.f, "l", &t_anys);
		fixture_regs(&e.f, DI, SI, R8);
		build(&e);
		assert_null(bpf_gen_probe(&e.f.plan, &e.f.probe, &e.target, &a));
		for (int round = 0; round < 400; round++) {
			static const int regs[] = { AX, BX, DI, SI, R8 };

			for (size_t i = 0; i < sizeof(memory) / sizeof(*memory); i++)
				memory[i] = any_word(&seed, memory, 1024);
			for (size_t i = 0; i < sizeof(regs) / sizeof(*regs); i++)
				set_reg(&e, regs[i], any_word(&seed, memory, 1024));
			run_program(&e, &a);
			assert_non_null(strstr(shown(&e, true), "{\"name\":\"n\",\"type\":\"int\",\"value\":4711}"));
			shown(&e, false);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),	  cmocka_unit_test(depths), cmocka_unit_test(load_bias),
		cmocka_unit_test(more_than_fits), cmocka_unit_test(text),   cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
