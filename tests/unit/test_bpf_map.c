// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Maps in states that a running program seldom shows, read by the generated program in the interpreter: growing,
 * with chains, deleted slots, split tables, unreadable groups, in the middle of a write. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"

/* src/runtime/map.go, of map[int]int */
struct bucket { uint8_t top[8]; int64_t keys[8], elems[8]; struct bucket *overflow; };
struct hmap {
	int64_t count;
	uint8_t flags, b;
	uint16_t noverflow;
	uint32_t hash0;
	const struct bucket *buckets, *old;
	uint64_t nevacuate;
};

/* src/internal/runtime/maps */
struct group { uint8_t control[8]; struct { int64_t key, elem; } slots[8]; };
struct table {
	uint16_t used, capacity, growth_left;
	uint8_t local_depth;
	int64_t index;
	const struct group *groups;
	uint64_t length_mask;
};
struct swiss {
	uint64_t used, seed;
	const void *dir;
	int64_t dir_len;
	uint8_t global_depth, global_shift, writing;
	uint64_t clear_seq;
};

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

static void env_init(struct env *e, int minor)
{
	fixture_init(&e->f);
	e->f.binary.version.minor = minor;
	e->f.plan.opts.elems = 6;
	e->target = (struct bpf_target){ .ring_fd = 3, .counters_fd = 4, .fsbase_off = 16, .wake_bytes = 1000 };
	e->run = (struct bpf_run){ .cookie = 5, .pid_tgid = 77ULL << 32 | 78 };
	fixture_param(&e->f, "m", &t_map);
	fixture_regs(&e->f, AX);
	assert_null(plan_build_values(&e->f.plan, &e->f.probe));
	assert_int_equal(e->f.probe.args[0].num_kids, 12);
}

/* The status of the entries; their number and keys. Each element is ten times its key. */
static int32_t read_map(struct env *e, const void *map, uint64_t *num, int64_t keys[6])
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };
	uint64_t address = (uintptr_t)map;
	const struct plan_fetch *f;
	int64_t entry[2];
	int32_t status;

	memset(e->run.record, 0xee, sizeof(e->run.record));
	memcpy(e->run.regs + abi_amd64.regs[AX].pt_regs, &address, 8);
	assert_null(bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a));
	bpf_run(&e->run, &a);
	f = &e->f.probe.fetches[e->f.probe.args[0].entries];
	assert_int_equal(f->from, PLAN_MAP);
	memcpy(&status, e->run.record + f->status, sizeof(status));
	memcpy(num, e->run.record + f->count, sizeof(*num));
	for (uint64_t i = 0; !status && i < *num; i++) {
		memcpy(entry, e->run.record + f->dst + i * f->size, sizeof(entry));
		keys[i] = entry[0];
		assert_int_equal(entry[1], 10 * entry[0]);
	}
	return status;
}

static void assert_keys(struct env *e, const void *map, const int64_t *want, uint64_t num_want)
{
	int64_t keys[6];
	uint64_t num;

	assert_int_equal(read_map(e, map, &num, keys), 0);
	assert_int_equal(num, num_want);
	for (uint64_t i = 0; i < num; i++)
		assert_int_equal(keys[i], want[i]);
}
#define assert_keys(e, map, ...) \
	(assert_keys)(e, map, (const int64_t[]){ __VA_ARGS__ }, sizeof((int64_t[]){ __VA_ARGS__ }) / 8)

static void assert_no_keys(struct env *e, const void *map)
{
	int64_t keys[6];
	uint64_t num;

	assert_int_equal(read_map(e, map, &num, keys), 0);
	assert_int_equal(num, 0);
}

static void put_bucket(struct bucket *b, int slot, uint8_t top, int64_t key)
{
	b->top[slot] = top;
	b->keys[slot] = key;
	b->elems[slot] = 10 * key;
}

static void put_group(struct group *g, int slot, uint8_t control, int64_t key)
{
	g->control[slot] = control;
	g->slots[slot].key = key;
	g->slots[slot].elem = 10 * key;
}

static void buckets(void **state)
{
	struct bucket b[2] = { 0 }, more = { 0 };
	struct hmap m = { .count = 5, .b = 1, .buckets = b };
	_cleanup_env_ struct env e;

	env_init(&e, 23);
	put_bucket(&b[0], 0, 5, 1);
	put_bucket(&b[0], 1, 1, 99);		/* deleted */
	put_bucket(&b[0], 7, 255, 2);
	put_bucket(&more, 3, 128, 3);
	b[0].overflow = &more;
	put_bucket(&b[1], 2, 127, 4);
	assert_keys(&e, &m, 1, 2, 3, 4);
	m.flags = 4;
	assert_int_equal(read_map(&e, &m, &(uint64_t){ 0 }, (int64_t[6]){ 0 }), -EBUSY);
	m = (struct hmap){ .count = 0 };
	assert_no_keys(&e, &m);
	assert_int_equal(read_map(&e, NULL, &(uint64_t){ 0 }, (int64_t[6]){ 0 }), PLAN_SKIPPED);
}

/* Of the old buckets the first is moved: what its slots say is where the entries went. */
static void growing(void **state)
{
	struct bucket b[4] = { 0 }, old[2] = { 0 };
	struct hmap m = { .count = 4, .b = 2, .buckets = b, .old = old, .nevacuate = 1 };
	_cleanup_env_ struct env e;

	env_init(&e, 15);
	put_bucket(&old[0], 0, 2, 1);
	put_bucket(&old[0], 1, 3, 2);
	put_bucket(&old[0], 2, 4, 0);
	put_bucket(&b[0], 0, 9, 1);
	put_bucket(&b[2], 0, 9, 2);
	put_bucket(&old[1], 4, 7, 3);
	put_bucket(&old[1], 5, 8, 4);
	assert_keys(&e, &m, 3, 4, 1, 2);
	m.nevacuate = 0;			/* moved all the same: its marks say so */
	assert_keys(&e, &m, 3, 4, 1, 2);
	m.flags = 8;				/* to as many buckets */
	m.b = 1;
	assert_keys(&e, &m, 3, 4, 1);
	m.nevacuate = 3;			/* nonsense */
	assert_int_equal(read_map(&e, &m, &(uint64_t){ 0 }, (int64_t[6]){ 0 }), 0);
}

static void chain_without_end(void **state)
{
	struct bucket b = { 0 };
	struct hmap m = { .count = 1, .buckets = &b };
	_cleanup_env_ struct env e;

	env_init(&e, 23);
	b.overflow = &b;
	assert_no_keys(&e, &m);
}

static void small_map(void **state)
{
	struct group g = { .control = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 } };
	struct swiss m = { .used = 8, .dir = &g };
	_cleanup_env_ struct env e;

	env_init(&e, 24);
	assert_no_keys(&e, &m);
	put_group(&g, 0, 0x7f, 1);
	put_group(&g, 3, 0xfe, 99);		/* deleted */
	put_group(&g, 7, 0, 2);
	assert_keys(&e, &m, 1, 2);
	for (int i = 0; i < 8; i++)
		put_group(&g, i, (uint8_t)i, i);
	assert_keys(&e, &m, 0, 1, 2, 3, 4, 5);
	m.writing = 1;
	assert_int_equal(read_map(&e, &m, &(uint64_t){ 0 }, (int64_t[6]){ 0 }), -EBUSY);
	m = (struct swiss){ .used = 0 };
	assert_no_keys(&e, &m);
}

/* The first table has not been split: the directory names it twice. */
static void tables(void **state)
{
	struct group g[2], h;
	struct table one = { .groups = g, .length_mask = 1 }, two = { .groups = &h, .index = 2 }, bad = { .index = 3 };
	const struct table *dir[4] = { &one, &one, &two, &bad };
	struct swiss m = { .used = 4, .dir = dir, .dir_len = 3 };
	_cleanup_env_ struct env e;

	memset(g, 0x80, sizeof(g));
	memset(&h, 0x80, sizeof(h));
	put_group(&g[0], 1, 0x11, 1);
	put_group(&g[1], 2, 0x22, 2);
	put_group(&h, 5, 0x33, 3);
	env_init(&e, 27);
	assert_keys(&e, &m, 1, 2, 3);
	m.dir_len = 4;				/* a table that cannot be read is left out */
	assert_keys(&e, &m, 1, 2, 3);
	memset(g[0].control, 0x80, 8);
	memset(g[1].control, 0x80, 8);
	memset(h.control, 0x80, 8);
	assert_int_equal(read_map(&e, &m, &(uint64_t){ 0 }, (int64_t[6]){ 0 }), -EFAULT);
	m.used = 0;
	assert_no_keys(&e, &m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets),   cmocka_unit_test(growing), cmocka_unit_test(chain_without_end),
		cmocka_unit_test(small_map), cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
