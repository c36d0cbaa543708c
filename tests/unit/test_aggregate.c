// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Aggregates: what the programs add to their elements, run by the interpreter, and what is made of
 * the elements in rows: extremes, sums, quantiles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/bpf_run.h"
#include "tests/unit/plan_fixture.h"
#include "gosym/func.h"
#include "tracer/aggregate.h"
#include "tracer/expr.h"

static const struct gosym_type t_uint64 = TYPE(GOSYM_UINT64, "uint64", 8);
static const struct gosym_func func = { .name = "main.f" };

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

/* f(i int, u uint64, s string, w any, err error) */
static void env_init(struct env *e, const char *hist, const char *by)
{
	struct gosym_error *err;

	fixture_init(&e->f);
	e->f.probe.func = &func;
	fixture_param(&e->f, "i", &t_int);
	fixture_regs(&e->f, AX);
	fixture_param(&e->f, "u", &t_uint64);
	fixture_regs(&e->f, BX);
	fixture_param(&e->f, "s", &t_string);
	fixture_regs(&e->f, CX, DI);
	fixture_param(&e->f, "w", &t_any);
	fixture_regs(&e->f, SI, R8);
	fixture_param(&e->f, "err", &t_error);
	fixture_regs(&e->f, R9, R10);
	e->f.plan.opts.hist = hist;
	e->f.plan.opts.hist_value = hist;
	e->f.plan.opts.by = by;
	err = expr_aggregate(&e->f.plan, &e->f.probe);
	if (err)
		fail_msg("%s", gosym_error_message(err));
	e->run = (struct bpf_run){ .cookie = 5, .pid_tgid = 77ULL << 32 | 78, .agg_room = 16,
				   .agg_key_size = bpf_agg_key_size(e->f.probe.agg.by_kind) };
	e->target = (struct bpf_target){ .ring_fd = 3, .counters_fd = 4, .fsbase_off = 16,
					 .wake_bytes = 1000, .count_only = true,
					 .agg_fd = RUN_AGG_FD, .agg_zero_fd = RUN_ZERO_FD,
					 .agg_key_size = e->run.agg_key_size };
}

static void set_reg(struct env *e, int reg, uint64_t value)
{
	memcpy(e->run.regs + abi_amd64.regs[reg].pt_regs, &value, 8);
}

static void call(struct env *e)
{
	_cleanup_(cleanup_asm) struct bpf_asm a = { .nomem = false };

	assert_null(bpf_gen_probe(&e->f.plan, &e->f.probe, &e->target, &a));
	bpf_run(&e->run, &a);
	assert_int_equal(e->run.submitted, 0);
}

static void row_of(const struct env *e, struct gotrace_row *row)
{
	struct agg_sum sum = { .has_sum = false };

	*row = (struct gotrace_row){ .is_signed = e->f.probe.agg.is_signed, .is_hist = true };
	agg_add(&sum, &e->run.aggs[0], row->is_signed);
	agg_statistics(&sum, row);
}

/* ---- programs */

static void signed_values(void **state)
{
	static const int64_t values[] = { 0, 1, 2, 3, 4, 7, 8, -1, INT64_MAX, INT64_MIN, 1LL << 32,
					  (1LL << 32) - 1, -5 };
	_cleanup_env_ struct env e;
	struct gotrace_row row;
	__int128 sum = 0;

	env_init(&e, "i", NULL);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		set_reg(&e, AX, (uint64_t)values[i]);
		call(&e);
		sum += values[i];
	}
	assert_int_equal(e.run.agg_num, 1);
	assert_int_equal(e.run.agg_keys[0].probe, 5);
	row_of(&e, &row);
	assert_int_equal(row.count, sizeof(values) / sizeof(values[0]));
	assert_int_equal(row.negative, 3);
	assert_true((int64_t)row.min == INT64_MIN && (int64_t)row.max == INT64_MAX);
	assert_true(row.has_sum && (int64_t)row.sum == sum);
	assert_int_equal(row.slots[0], 1);
	assert_int_equal(row.slots[1], 1);
	assert_int_equal(row.slots[2], 2);
	assert_int_equal(row.slots[3], 2);
	assert_int_equal(row.slots[4], 1);
	assert_int_equal(row.slots[32], 1);
	assert_int_equal(row.slots[33], 1);
	assert_int_equal(row.slots[63], 1);
}

/* Every power of two opens its slot and what is one less ends the slot before. */
static void slots_of_powers(void **state)
{
	_cleanup_env_ struct env e;
	struct gotrace_row row;

	env_init(&e, "u", NULL);
	for (int bit = 0; bit < 64; bit++) {
		set_reg(&e, BX, UINT64_C(1) << bit);
		call(&e);
		set_reg(&e, BX, (UINT64_C(1) << bit) - 1);
		call(&e);
	}
	set_reg(&e, BX, UINT64_MAX);
	call(&e);
	row_of(&e, &row);
	assert_int_equal(row.slots[0], 1);
	for (int i = 1; i < 64; i++)
		assert_int_equal(row.slots[i], 2);
	assert_int_equal(row.slots[64], 2);
	assert_int_equal(row.negative, 0);
	assert_true(row.min == 0 && row.max == UINT64_MAX);
	assert_false(row.has_sum);		/* three times 2^64, less 66 */
	assert_true(fabs(row.mean - 3 * ldexp(1, 64) / 129) < 1e6);
}

/* Another program on the same CPU changes the field between look and exchange. */
static void disturbed_extremes(void **state)
{
	_cleanup_env_ struct env e;
	struct gotrace_row row;

	env_init(&e, "u", NULL);
	e.run.disturbed = 3;
	set_reg(&e, BX, 1000);
	call(&e);
	row_of(&e, &row);
	assert_int_equal(row.max, 1000);
	assert_int_equal(row.min, 1000);
	assert_int_equal(e.run.counters.lost, 0);
}

static void string_keys(void **state)
{
	static const char text[] = "01234567890123456789012345678901234"
				   "56789012345678901234567890123456789";
	_cleanup_env_ struct env e;

	env_init(&e, NULL, "s");
	for (int i = 0; i < 3; i++) {
		static const uint64_t lens[] = { 3, 70, 3 };

		set_reg(&e, CX, (uintptr_t)text);
		set_reg(&e, DI, lens[i]);
		call(&e);
	}
	set_reg(&e, DI, 0);
	set_reg(&e, CX, 0);
	call(&e);
	assert_int_equal(e.run.agg_num, 3);
	assert_int_equal(e.run.aggs[0].count, 2);
	assert_int_equal(e.run.agg_keys[0].len, 3);
	assert_memory_equal(e.run.agg_keys[0].bytes, "012\0\0\0", 6);
	assert_int_equal(e.run.agg_keys[1].len, 70);
	assert_memory_equal(e.run.agg_keys[1].bytes, text, PLAN_KEY_BYTES);
	assert_int_equal(e.run.agg_keys[2].len, 0);
	assert_int_equal(e.run.counters.undecided, 0);
	set_reg(&e, DI, 5);			/* a nil pointer */
	call(&e);
	assert_int_equal(e.run.agg_num, 3);
	assert_int_equal(e.run.counters.undecided, 1);
}

/* Addresses are told by their distance from the site. */
static void type_keys(void **state)
{
	_cleanup_env_ struct env e;
	uint64_t itab[2] = { 1, 0x500000 }, ip = 0x401234, word;

	env_init(&e, NULL, "err.(type)");
	memcpy(e.run.regs + abi_amd64.pt_ip, &ip, 8);
	set_reg(&e, R9, (uintptr_t)itab);
	call(&e);
	set_reg(&e, R9, 0);
	call(&e);
	assert_int_equal(e.run.agg_num, 2);
	memcpy(&word, e.run.agg_keys[0].bytes, 8);
	assert_int_equal(word, 0x500000 - ip);
	memcpy(&word, e.run.agg_keys[1].bytes, 8);
	assert_int_equal(word, 0);
}

static void no_room(void **state)
{
	_cleanup_env_ struct env e;

	env_init(&e, "u", "i");
	e.run.agg_room = 2;
	for (int i = 0; i < 5; i++) {
		set_reg(&e, AX, (uint64_t)i);
		call(&e);
	}
	assert_int_equal(e.run.agg_num, 2);
	assert_int_equal(e.run.counters.lost, 3);
}

/* ---- rows */

static struct plan_agg of_one_cpu(const uint64_t *values, size_t num)
{
	struct plan_agg agg = { .count = num };

	for (size_t i = 0; i < num; i++) {
		agg.sum_low += (uint32_t)values[i];
		agg.sum_high += (int64_t)(values[i] >> 32);
		if (values[i] > agg.max)
			agg.max = values[i];
		if (~values[i] > agg.max_complement)
			agg.max_complement = ~values[i];
		agg.slots[values[i] ? 64 - __builtin_clzll(values[i]) : 0]++;
	}
	return agg;
}

/* A CPU that saw nothing has zeros throughout and changes nothing. */
static void processors(void **state)
{
	static const uint64_t a[] = { 5, 6, 7 }, b[] = { 100, 3 };
	const struct plan_agg cpus[] = { of_one_cpu(a, 3), { .count = 0 }, of_one_cpu(b, 2) };
	struct agg_sum sum = { .has_sum = false };
	struct gotrace_row row = { .is_hist = true };

	for (size_t i = 0; i < 3; i++)
		agg_add(&sum, &cpus[i], false);
	agg_statistics(&sum, &row);
	assert_int_equal(row.count, 5);
	assert_int_equal(row.min, 3);
	assert_int_equal(row.max, 100);
	assert_int_equal(row.sum, 121);
	assert_true(row.mean == 24.2);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double log_distance(double got, uint64_t want)
{
	return fabs(log2(got + 1) - log2((double)want + 1));
}

/* Each quantile within its slot of the true one, for distributions of many shapes. */
static void quantiles(void **state)
{
	enum { NUM = 1000 };
	uint64_t values[NUM], r = 88172645463325252;

	for (unsigned shape = 1; shape < 60; shape++) {
		struct gotrace_row row = { .is_hist = true };
		struct agg_sum sum = { .has_sum = false };
		struct plan_agg agg;

		for (size_t i = 0; i < NUM; i++) {
			r ^= r << 13;
			r ^= r >> 7;
			r ^= r << 17;
			values[i] = shape % 3 ? r >> (r % shape) % 64 : r % shape;
		}
		agg = of_one_cpu(values, NUM);
		agg_add(&sum, &agg, false);
		agg_statistics(&sum, &row);
		qsort(values, NUM, sizeof(*values), by_value);
		assert_true(log_distance(row.p50, values[NUM / 2 - 1]) <= 1);
		assert_true(log_distance(row.p90, values[NUM * 9 / 10 - 1]) <= 1);
		assert_true(log_distance(row.p99, values[NUM * 99 / 100 - 1]) <= 1);
		assert_true(row.p99 <= (double)row.max && row.p50 >= (double)row.min);
	}
}

/* Negative values have no slots: quantiles among them are not known, and not made up. */
static void negative_quantiles(void **state)
{
	struct gotrace_row row = { .is_hist = true, .is_signed = true };
	struct agg_sum sum = { .has_sum = true };

	sum.agg = (struct plan_agg){ .count = 10, .negative = 6, .max = 9 | UINT64_C(1) << 63,
				     .max_complement = ~(-7ULL ^ UINT64_C(1) << 63) };
	sum.agg.slots[4] = 4;
	sum.sum = -3;
	agg_statistics(&sum, &row);
	assert_true(isnan(row.p50));
	assert_true(row.p90 >= 8 && row.p90 <= 9);
	assert_true((int64_t)row.min == -7 && (int64_t)row.max == 9);
	assert_true(row.mean == -0.3 && (int64_t)row.sum == -3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_values),
		cmocka_unit_test(slots_of_powers),
		cmocka_unit_test(disturbed_extremes),
		cmocka_unit_test(string_keys),
		cmocka_unit_test(type_keys),
		cmocka_unit_test(no_room),
		cmocka_unit_test(processors),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(negative_quantiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
