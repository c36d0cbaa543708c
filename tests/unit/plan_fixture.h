/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Functions made by hand for the tests of plans and their programs: types, a signature whose
 * parameters lie where the test says, a site at which every entry register is still in its place.
 */
#ifndef TESTS_UNIT_PLAN_FIXTURE_H
#define TESTS_UNIT_PLAN_FIXTURE_H

#include "abi/sites.h"
#include "gosym/cleanup.h"
#include "gosym/rtype_internal.h"
#include "tracer/plan_dynamic.h"

/* Indices into abi_amd64.regs. */
enum { AX, CX, DX, BX, SP, BP, SI, DI, R8, R9, R10, R11, R12, R13, R14, R15, X0, X1 };

#define TYPE(kind_, name_, size_, ...) \
	{ .kind = kind_, .name = name_, .size = size_, .align = 8, __VA_ARGS__ }

static const struct gosym_type t_bool = TYPE(GOSYM_BOOL, "bool", 1);
static const struct gosym_type t_int8 = TYPE(GOSYM_INT8, "int8", 1);
static const struct gosym_type t_uint8 = TYPE(GOSYM_UINT8, "uint8", 1);
static const struct gosym_type t_int = TYPE(GOSYM_INT, "int", 8);
static const struct gosym_type t_int32 = TYPE(GOSYM_INT32, "int32", 4);
static const struct gosym_type t_float64 = TYPE(GOSYM_FLOAT64, "float64", 8);
static const struct gosym_type t_string = TYPE(GOSYM_STRING, "string", 16);
static const struct gosym_type t_bytes = TYPE(GOSYM_SLICE, "[]uint8", 24, .elem = &t_uint8);
static const struct gosym_type t_strings = TYPE(GOSYM_SLICE, "[]string", 24, .elem = &t_string);
static const struct gosym_type t_empty = TYPE(GOSYM_STRUCT, "struct {}", 0);
static const struct gosym_type t_empties = TYPE(GOSYM_SLICE, "[]struct {}", 24, .elem = &t_empty);
static const struct gosym_type t_any = TYPE(GOSYM_INTERFACE, "any", 16, .empty_interface = true);
static const struct gosym_type t_error = TYPE(GOSYM_INTERFACE, "error", 16);
static const struct gosym_type t_map =
	TYPE(GOSYM_MAP, "map[int]int", 8, .elem = &t_int, .key = &t_int);
static const struct gosym_type t_chan = TYPE(GOSYM_CHAN, "chan int", 8, .elem = &t_int);
static const struct gosym_type t_func = TYPE(GOSYM_FUNC, "func()", 8);

/* type Req struct { Path string; N int32; _ bool; Next *Req } */
extern const struct gosym_type t_req;
static const struct gosym_type t_req_ptr = TYPE(GOSYM_POINTER, "*Req", 8, .elem = &t_req);
static struct gosym_field req_fields[] = {
	{ "Path", &t_string, 0, false }, { "N", &t_int32, 16, false }, { "_", &t_bool, 20, false },
	{ "Next", &t_req_ptr, 24, false },
};
const struct gosym_type t_req =
	TYPE(GOSYM_STRUCT, "Req", 32, .fields = req_fields, .num_fields = 4);

/* type Mix struct { A int; F float64 } */
static struct gosym_field mix_fields[] = {
	{ "A", &t_int, 0, false }, { "F", &t_float64, 8, false },
};
static const struct gosym_type t_mix =
	TYPE(GOSYM_STRUCT, "Mix", 16, .fields = mix_fields, .num_fields = 2);

struct fixture {
	struct gosym_binary binary;
	struct rtypes rtypes;		/* all that an empty interface may hold: fixture_held() */
	struct gosym_plan plan;
	struct gosym_site_loc regs[MAX_REGS];
	uint8_t sizes[MAX_REGS];
	struct abi_site site;
	struct gosym_param params[16];
	struct gosym_piece pieces[16][8];
	struct gosym_signature sig;
	struct plan_probe probe;
};

static inline void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->probe.g = (struct abi_goroutine){ .kind = G_IN_REG, .reg = R14, .goid_off = 152 };
	for (int i = 0; i < MAX_REGS; i++) {
		f->regs[i] = (struct gosym_site_loc){ .kind = GOSYM_LOC_REG, .where = i };
		f->sizes[i] = 16;
	}
	f->site.pub.exact = true;
	f->site.regs = f->regs;
	f->site.sizes = f->sizes;
	f->site.stack_args_intact = true;
	f->site.args_written_from = INT32_MAX;
	f->binary.version = (struct goversion){ .major = 1, .minor = 23 };
	f->rtypes.listed = true;
	f->binary.rtypes = &f->rtypes;
	f->plan.binary = &f->binary;
	f->plan.fixed_address = true;
	f->plan.arch = &abi_amd64;
	f->plan.opts = (struct gosym_plan_options)GOSYM_PLAN_OPTIONS;
	f->sig.params = f->params;
	f->probe.sig = &f->sig;
	f->probe.site = &f->site.pub;
}

static inline void fixture_deinit(struct fixture *f)
{
	vec_deinit(&f->plan.probes);
	vec_deinit(&f->plan.added);
	vec_deinit(&f->rtypes.all);
	dynamic_destroy(f->plan.dynamic);
	arena_deinit(&f->plan.arena);
	arena_deinit(&f->binary.arena);
}

/* A copy of the type whose descriptor is at addr. */
static inline struct gosym_type *fixture_held(struct fixture *f, const struct gosym_type *type, uint64_t addr)
{
	struct gosym_type *t = arena_alloc(&f->binary.arena, sizeof(*t));
	const struct gosym_type **slot = vec_append(&f->rtypes.all);

	*t = *type;
	t->runtime_type = addr;
	t->direct = t->kind == GOSYM_POINTER || t->kind == GOSYM_MAP || t->kind == GOSYM_CHAN ||
		    t->kind == GOSYM_FUNC;
	*slot = t;
	return t;
}

static inline struct gosym_param *fixture_param(struct fixture *f, const char *name,
						const struct gosym_type *type)
{
	struct gosym_param *p = &f->params[f->sig.num_params];

	p->name = name;
	p->type = type;
	p->size = type ? type->size : 0;
	p->pieces = f->pieces[f->sig.num_params++];
	return p;
}

static inline void fixture_piece(struct fixture *f, uint32_t offset, uint32_t size,
				 enum gosym_place place, int32_t where)
{
	struct gosym_param *p = &f->params[f->sig.num_params - 1];

	f->pieces[f->sig.num_params - 1][p->num_pieces++] =
		(struct gosym_piece){ offset, size, place, where };
}

/* Words of the last parameter in these registers. */
static inline void fixture_words(struct fixture *f, const int *regs, size_t num)
{
	uint64_t size = f->params[f->sig.num_params - 1].size;

	for (uint32_t i = 0; i < num; i++)
		fixture_piece(f, 8 * i, size < 8 ? (uint32_t)size : 8, GOSYM_IN_REG, regs[i]);
}
#define fixture_regs(f, ...) \
	fixture_words(f, (const int[]){ __VA_ARGS__ }, sizeof((int[]){ __VA_ARGS__ }) / sizeof(int))

/* The last parameter whole, at SP + where. */
static inline void fixture_stack(struct fixture *f, int32_t where)
{
	fixture_piece(f, 0, (uint32_t)f->params[f->sig.num_params - 1].size, GOSYM_ON_STACK, where);
}

#endif
