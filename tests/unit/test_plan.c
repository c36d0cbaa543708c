// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Plans from hand-made signatures: images, fetches, what is missing and why, limits and fairness.
 * */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/plan_fixture.h"
#include "tracer/expr.h"

DEFINE_CLEANUP(cleanup_fixture, struct fixture, fixture_deinit(p))
#define _cleanup_fixture_ _cleanup_(cleanup_fixture)

static const struct plan_value *arg(const struct fixture *f, size_t i)
{
	assert_true(i < f->probe.num_args);
	return &f->probe.args[i];
}

static const struct plan_fetch *fetch(const struct fixture *f, int32_t i)
{
	assert_in_range(i, 0, f->probe.num_fetches - 1);
	return &f->probe.fetches[i];
}

/* What must hold of every plan: nothing overlaps, all within the record, guards before what they
 * guard. */
static void check_layout(const struct fixture *f)
{
	const struct plan_probe *p = &f->probe;
	uint32_t status = p->status_at;

	assert_true(p->record_size <= PLAN_MAX_RECORD);
	assert_int_equal(p->record_size % 8, 0);
	assert_true(p->num_fetches <= PLAN_MAX_FETCHES);
	for (size_t i = 0; i < p->num_fetches; i++) {
		const struct plan_fetch *a = &p->fetches[i];
		uint32_t end = a->dst + a->size * (a->from == PLAN_DEREF_VAR ? a->max_count : 1);

		assert_true(a->dst >= sizeof(struct plan_record) && end <= p->status_at);
		assert_true(a->guard < (int32_t)i);
		if (a->from != PLAN_REG) {
			assert_int_equal(a->status, status);
			status += 4;
		}
		for (size_t k = 0; k < i; k++) {
			const struct plan_fetch *b = &p->fetches[k];
			uint32_t num = b->from == PLAN_DEREF_VAR ? b->max_count : 1;


			assert_true(b->dst + b->size * num <= a->dst || end <= b->dst);
		}
	}
	assert_true(status <= p->record_size);
}

static void build(struct fixture *f)
{
	assert_null(plan_build_values(&f->plan, &f->probe));
	check_layout(f);
}

static void registers(void **state)
{
	_cleanup_fixture_ struct fixture f;
	const struct plan_value *v;

	fixture_init(&f);
	fixture_param(&f, ".dict", &t_int)->hidden = true;
	fixture_regs(&f, AX);
	fixture_param(&f, "i", &t_int);
	fixture_regs(&f, BX);
	fixture_param(&f, NULL, &t_bool)->blank = true;
	fixture_regs(&f, CX);
	fixture_param(&f, "z", &t_empty);
	build(&f);
	assert_int_equal(f.probe.num_args, 3);
	assert_int_equal(f.probe.num_fetches, 2);
	v = arg(&f, 0);
	assert_string_equal(v->name, "i");
	assert_null(v->missing);
	assert_int_equal(v->fetch, PLAN_NO_FETCH);
	assert_int_equal(fetch(&f, 0)->from, PLAN_REG);
	assert_int_equal(fetch(&f, 0)->reg, BX);
	assert_int_equal(fetch(&f, 0)->dst, v->image);
	assert_string_equal(arg(&f, 1)->name, "_");
	assert_int_equal(fetch(&f, 1)->size, 1);
	assert_null(arg(&f, 2)->missing);
	assert_int_equal(arg(&f, 2)->num_kids, 0);
}

static void floats(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	fixture_param(&f, "m", &t_mix);
	fixture_piece(&f, 0, 8, GOSYM_IN_REG, AX);
	fixture_piece(&f, 8, 8, GOSYM_IN_REG, X0);
	fixture_param(&f, "g", &t_float64);
	fixture_piece(&f, 0, 8, GOSYM_IN_REG, X1);
	build(&f);
	assert_null(arg(&f, 0)->missing);
	assert_null(arg(&f, 0)->kids[0].missing);
	assert_string_equal(arg(&f, 0)->kids[1].missing,
			    "in a floating-point register (X0), which a uprobe cannot read");
	assert_string_equal(arg(&f, 1)->missing,
			    "in a floating-point register (X1), which a uprobe cannot read");
	assert_int_equal(f.probe.num_fetches, 1);
}

/* A function built with -N has stored its arguments before the site: floats too are then in
 * memory. */
static void spilled(void **state)
{
	_cleanup_fixture_ struct fixture f;
	const struct plan_value *v;

	fixture_init(&f);
	f.regs[X0] = (struct gosym_site_loc){ .kind = GOSYM_LOC_STACK, .where = 40 };
	f.regs[BX] = (struct gosym_site_loc){ .kind = GOSYM_LOC_STACK, .where = 64 };
	f.regs[CX].kind = GOSYM_LOC_LOST;
	fixture_param(&f, "m", &t_mix);
	fixture_piece(&f, 0, 8, GOSYM_IN_REG, AX);
	fixture_piece(&f, 8, 8, GOSYM_IN_REG, X0);
	fixture_param(&f, "s", &t_string);
	fixture_regs(&f, AX, BX);
	fixture_param(&f, "t", &t_string);
	fixture_regs(&f, AX, CX);
	build(&f);
	v = &arg(&f, 0)->kids[1];
	assert_null(v->missing);
	assert_int_equal(fetch(&f, v->fetch)->from, PLAN_STACK);
	assert_int_equal(fetch(&f, v->fetch)->off, 40);
	assert_int_equal(arg(&f, 0)->kids[0].fetch, PLAN_NO_FETCH);
	/* Half in a register, half on the stack: there if the stack could be read. */
	v = arg(&f, 1);
	assert_int_equal(fetch(&f, v->fetch)->off, 64);
	assert_int_equal(fetch(&f, v->target)->guard, v->fetch);
	assert_string_equal(arg(&f, 2)->missing, "overwritten before the probe site");
	assert_int_equal(arg(&f, 2)->target, PLAN_NO_FETCH);
}

static void stack(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	f.site.pub.sp_off = 0;
	fixture_param(&f, "a", &t_int);
	fixture_stack(&f, 8);
	fixture_param(&f, "s", &t_string);
	fixture_stack(&f, 16);
	fixture_param(&f, "far", &t_int);
	fixture_stack(&f, 64);
	build(&f);
	/* Neighbours come with one read. */
	assert_int_equal(arg(&f, 0)->fetch, arg(&f, 1)->fetch);
	assert_int_equal(fetch(&f, arg(&f, 0)->fetch)->size, 24);
	assert_int_equal(arg(&f, 1)->image - fetch(&f, arg(&f, 1)->fetch)->dst, 8);
	assert_int_not_equal(arg(&f, 2)->fetch, arg(&f, 0)->fetch);
	assert_int_equal(fetch(&f, arg(&f, 2)->fetch)->off, 64);
}

static void missing_parameter(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	fixture_param(&f, "x", &t_string)->missing = "the dictionary's place is not known";
	build(&f);
	assert_string_equal(arg(&f, 0)->missing, "the dictionary's place is not known");
	assert_ptr_equal(arg(&f, 0)->type, &t_string);
	assert_int_equal(f.probe.num_fetches, 0);
	assert_int_equal(f.probe.record_size, sizeof(struct plan_record));
}

static void without_types(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	fixture_param(&f, NULL, NULL)->size = 4;
	fixture_piece(&f, 0, 4, GOSYM_IN_REG, AX);
	fixture_param(&f, NULL, NULL)->size = 16;
	fixture_piece(&f, 0, 8, GOSYM_IN_REG, BX);
	fixture_piece(&f, 8, 8, GOSYM_IN_REG, CX);
	fixture_param(&f, NULL, NULL)->size = 24;
	fixture_stack(&f, 8);
	fixture_param(&f, NULL, NULL)->missing = "not told";
	build(&f);
	assert_null(arg(&f, 0)->name);
	assert_string_equal(arg(&f, 0)->type->name, "?4");
	assert_int_equal(arg(&f, 0)->type->kind, GOSYM_UINT32);
	assert_string_equal(arg(&f, 1)->type->name, "?16");
	assert_int_equal(arg(&f, 1)->num_kids, 2);
	assert_string_equal(arg(&f, 1)->kids[1].name, "+8");
	assert_int_equal(arg(&f, 1)->kids[1].image, arg(&f, 1)->image + 8);
	assert_string_equal(arg(&f, 2)->type->name, "?24");
	assert_int_equal(arg(&f, 2)->num_kids, 3);
	assert_string_equal(arg(&f, 2)->kids[2].type->name, "?8");
	assert_string_equal(arg(&f, 3)->missing, "not told");
}

static void strings_and_slices(void **state)
{
	_cleanup_fixture_ struct fixture f;
	const struct plan_value *v;
	const struct plan_fetch *fe;

	fixture_init(&f);
	f.plan.opts.elems = 3;
	fixture_param(&f, "s", &t_string);
	fixture_regs(&f, AX, BX);
	fixture_param(&f, "v", &t_strings);
	fixture_regs(&f, CX, DI, SI);
	fixture_param(&f, "z", &t_empties);
	fixture_regs(&f, R8, R9, R10);
	build(&f);
	v = arg(&f, 0);
	fe = fetch(&f, v->target);
	assert_int_equal(fe->from, PLAN_DEREF_VAR);
	assert_int_equal(fe->size, 1);
	assert_int_equal(fe->max_count, 64);
	assert_int_equal(fe->ptr, v->image);
	assert_int_equal(fe->count, v->image + 8);
	assert_int_equal(fe->guard, PLAN_NO_FETCH);
	v = arg(&f, 1);
	fe = fetch(&f, v->target);
	assert_int_equal(fe->size, 16);
	assert_int_equal(fe->max_count, 3);
	assert_int_equal(v->num_kids, 3);
	for (uint32_t i = 0; i < 3; i++) {
		const struct plan_fetch *bytes = fetch(&f, v->kids[i].target);

		assert_int_equal(v->kids[i].image, fe->dst + 16 * i);
		assert_int_equal(v->kids[i].fetch, v->target);
		assert_int_equal(bytes->guard, v->target);
		assert_int_equal(bytes->guard_elem, i);
	}
	v = arg(&f, 2);
	assert_int_equal(v->target, PLAN_NO_FETCH);
	assert_int_equal(v->num_kids, 3);
	assert_null(v->kids[2].missing);
}

static void pointers_and_depth(void **state)
{
	for (unsigned depth = 0; depth < 4; depth++) {
		_cleanup_fixture_ struct fixture f;
		const struct plan_value *v;

		fixture_init(&f);
		f.plan.opts.depth = depth;
		fixture_param(&f, "r", &t_req_ptr);
		fixture_regs(&f, AX);
		build(&f);
		v = arg(&f, 0);
		for (unsigned i = 0; i < depth; i++) {
			assert_int_equal(fetch(&f, v->target)->from, PLAN_DEREF);
			assert_int_equal(fetch(&f, v->target)->size, 32);
			assert_int_equal(v->num_kids, 1);
			assert_int_equal(v->kids->num_kids, 4);
			assert_int_equal(fetch(&f, v->kids->kids[0].target)->guard, v->target);
			v = &v->kids->kids[3];
		}
		assert_int_equal(v->target, PLAN_NO_FETCH);
		assert_int_equal(v->num_kids, 0);
		assert_null(v->missing);
	}
}

/* All pointers share this shape: its "element" would be a lie. */
static void shape_pointer(void **state)
{
	static const struct gosym_type shape =
		TYPE(GOSYM_POINTER, "go.shape.*uint8_0", 8, .elem = &t_uint8);
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	fixture_param(&f, "v", &shape);
	fixture_regs(&f, AX);
	build(&f);
	assert_null(arg(&f, 0)->missing);
	assert_int_equal(arg(&f, 0)->target, PLAN_NO_FETCH);
	assert_int_equal(arg(&f, 0)->num_kids, 0);
}

static void headers(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	f.plan.opts.depth = 0;		/* none of them uses depth */
	fixture_param(&f, "any", &t_any);
	fixture_regs(&f, AX, BX);
	fixture_param(&f, "err", &t_error);
	fixture_regs(&f, CX, DI);
	fixture_param(&f, "m", &t_map);
	fixture_regs(&f, SI);
	fixture_param(&f, "c", &t_chan);
	fixture_regs(&f, R8);
	fixture_param(&f, "f", &t_func);
	fixture_regs(&f, R9);
	build(&f);
	assert_int_equal(arg(&f, 0)->target, PLAN_NO_FETCH);
	assert_int_equal(fetch(&f, arg(&f, 1)->target)->off, 8);
	assert_int_equal(fetch(&f, arg(&f, 1)->target)->ptr, arg(&f, 1)->image);
	assert_int_equal(fetch(&f, arg(&f, 2)->target)->size, 8);
	assert_int_equal(fetch(&f, arg(&f, 3)->target)->size, 16);
	assert_int_equal(fetch(&f, arg(&f, 4)->target)->size, 8);
}

static void arrays(void **state)
{
	static const struct gosym_type big = TYPE(GOSYM_ARRAY, "[1000000]int32", 4000000,
						  .len = 1000000, .elem = &t_int32);
	static const struct gosym_type none = TYPE(GOSYM_ARRAY, "[0]int", 0, .elem = &t_int);
	static const struct gosym_type ptr =
		TYPE(GOSYM_POINTER, "*[1000000]int32", 8, .elem = &big);
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	fixture_param(&f, "a", &big);
	fixture_stack(&f, 8);
	fixture_param(&f, "n", &none);
	fixture_param(&f, "p", &ptr);
	fixture_regs(&f, AX);
	build(&f);
	assert_int_equal(arg(&f, 0)->num_kids, 8);
	assert_int_equal(fetch(&f, arg(&f, 0)->fetch)->size, 32);
	assert_null(arg(&f, 0)->kids[7].missing);
	assert_int_equal(arg(&f, 1)->num_kids, 0);
	assert_null(arg(&f, 1)->missing);
	assert_int_equal(arg(&f, 2)->kids->num_kids, 8);
	assert_int_equal(fetch(&f, arg(&f, 2)->target)->size, 32);
}

/* Fields behind the part that is fetched say so; the others are there. */
static void big_struct(void **state)
{
	static const struct gosym_type pad = TYPE(GOSYM_ARRAY, "[200]int", 1600, .len = 200,
						  .elem = &t_int);
	static struct gosym_field fields[] = { { "A", &t_int, 0, false }, { "Pad", &pad, 8, false },
					       { "Z", &t_string, 1608, false } };
	static const struct gosym_type big =
		TYPE(GOSYM_STRUCT, "Big", 1624, .fields = fields, .num_fields = 3);
	static const struct gosym_type ptr = TYPE(GOSYM_POINTER, "*Big", 8, .elem = &big);
	_cleanup_fixture_ struct fixture f;
	const struct plan_value *v;

	fixture_init(&f);
	fixture_param(&f, "p", &ptr);
	fixture_regs(&f, AX);
	build(&f);
	v = arg(&f, 0)->kids;
	assert_int_equal(fetch(&f, arg(&f, 0)->target)->size, 1024);
	assert_null(v->kids[0].missing);
	assert_int_equal(v->kids[1].num_kids, 8);
	assert_string_equal(v->kids[2].missing, "beyond the size limit");
	assert_int_equal(v->kids[2].target, PLAN_NO_FETCH);
}

/* A parameter that could use up the record leaves the others their first levels. */
static void fairness(void **state)
{
	static const struct gosym_type reqs = TYPE(GOSYM_SLICE, "[]*Req", 24, .elem = &t_req_ptr);
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	f.plan.opts.depth = 50;
	f.plan.opts.elems = 500;
	fixture_param(&f, "many", &reqs);
	fixture_regs(&f, AX, BX, CX);
	fixture_param(&f, "r", &t_req_ptr);
	fixture_regs(&f, DI);
	fixture_param(&f, "s", &t_string);
	fixture_regs(&f, SI, R8);
	build(&f);
	assert_int_equal(arg(&f, 0)->num_kids, 256);
	assert_int_not_equal(arg(&f, 0)->kids[0].target, PLAN_NO_FETCH);
	assert_int_equal(arg(&f, 0)->kids[255].target, PLAN_NO_FETCH);
	assert_int_not_equal(arg(&f, 1)->kids->kids[0].target, PLAN_NO_FETCH);
	assert_int_equal(fetch(&f, arg(&f, 2)->target)->max_count, 64);
	assert_true(f.probe.record_size > PLAN_MAX_RECORD - 64 ||
		    f.probe.num_fetches == PLAN_MAX_FETCHES);
}

/* Types that no compiler made: deep, wide, cyclic by value. The plan stays finite. */
static void hostile_types(void **state)
{
	static struct gosym_type self = TYPE(GOSYM_STRUCT, "Self", 8);
	static struct gosym_field fields[] = { { "A", &self, 0, false }, { "B", &self, 0, false } };
	static const struct gosym_type unknown = TYPE(GOSYM_POINTER, "*?", 8);
	static struct gosym_type wide[5];
	static struct gosym_type slice = TYPE(GOSYM_SLICE, "T", 24, .elem = &slice);
	_cleanup_fixture_ struct fixture f;

	self.fields = fields;
	self.num_fields = 2;
	for (int i = 0; i < 5; i++)
		wide[i] = (struct gosym_type)TYPE(GOSYM_ARRAY, "wide", 0, .len = UINT64_MAX / 2,
						  .elem = i ? &wide[i - 1] : &t_empty);
	fixture_init(&f);
	fixture_param(&f, "self", &self);
	fixture_regs(&f, AX);
	fixture_param(&f, "wide", &wide[4]);
	fixture_param(&f, "slice", &slice);
	fixture_regs(&f, BX, CX, DI);
	fixture_param(&f, "null", &unknown);
	fixture_regs(&f, SI);
	build(&f);
	assert_int_equal(f.probe.num_args, 4);
	assert_int_equal(arg(&f, 3)->target, PLAN_NO_FETCH);
}

static void nothing_wanted(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f);
	f.plan.opts.elems = f.plan.opts.strlen = f.plan.opts.depth = 0;
	fixture_param(&f, "s", &t_string);
	fixture_regs(&f, AX, BX);
	fixture_param(&f, "v", &t_bytes);
	fixture_regs(&f, CX, DI, SI);
	build(&f);
	assert_int_equal(arg(&f, 0)->target, PLAN_NO_FETCH);
	assert_int_equal(arg(&f, 1)->target, PLAN_NO_FETCH);
	assert_int_equal(arg(&f, 1)->num_kids, 0);
}

static void locate(void **state)
{
	_cleanup_fixture_ struct fixture f;
	const struct gosym_param *p;
	struct plan_load load;
	const char *why;

	fixture_init(&f);
	p = fixture_param(&f, "s", &t_string);
	fixture_regs(&f, AX, BX);
	assert_true(plan_locate(&f.plan, &f.probe, p, 8, 8, &load, &why));
	assert_int_equal(load.from, PLAN_REG);
	assert_int_equal(load.reg, BX);
	assert_int_equal(load.size, 8);
	assert_true(plan_locate(&f.plan, &f.probe, p, 0, 4, &load, &why));
	assert_false(plan_locate(&f.plan, &f.probe, p, 4, 4, &load, &why));
	assert_string_equal(why, "in part of a register");
	assert_false(plan_locate(&f.plan, &f.probe, p, 0, 16, &load, &why));
	assert_string_equal(why, "spread over several places");
	p = fixture_param(&f, "r", &t_req);
	fixture_stack(&f, 24);
	assert_true(plan_locate(&f.plan, &f.probe, p, 16, 4, &load, &why));
	assert_int_equal(load.from, PLAN_STACK);
	assert_int_equal(load.off, 40);
}

static void unknown_format(void **state)
{
	_cleanup_fixture_ struct fixture f;
	_cleanup_error_ struct gosym_error *err = NULL;

	fixture_init(&f);
	err = gosym_plan_emit(&f.plan, "dtrace", "/bin/x", stdout);
	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_INVALID);
	assert_non_null(strstr(gosym_error_message(err), "bpftrace, tracefs, perf, json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers),
		cmocka_unit_test(floats),
		cmocka_unit_test(spilled),
		cmocka_unit_test(stack),
		cmocka_unit_test(missing_parameter),
		cmocka_unit_test(without_types),
		cmocka_unit_test(strings_and_slices),
		cmocka_unit_test(pointers_and_depth),
		cmocka_unit_test(shape_pointer),
		cmocka_unit_test(headers),
		cmocka_unit_test(arrays),
		cmocka_unit_test(big_struct),
		cmocka_unit_test(fairness),
		cmocka_unit_test(hostile_types),
		cmocka_unit_test(nothing_wanted),
		cmocka_unit_test(locate),
		cmocka_unit_test(unknown_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
