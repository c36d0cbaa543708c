// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Plans: the functions to probe, each with its site, its goroutine, its condition and its values.
 * This file owns the plan and asks the layers below; what is fetched for a value is decided in
 * plan_value.c.
 *
 * Adding a function either adds a whole probe or leaves the plan as it was: a caller who adds ten
 * thousand functions skips those that cannot be probed and says why, by name.
 */
#include <elf.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/func.h"
#include "tracer/expr.h"
#include "tracer/plan_dynamic.h"
#include "tracer/plan_floats.h"
#include "tracer/plan_hooks.h"

/* Texts that must outlive the caller's. */
static struct gosym_error *options_keep(struct gosym_plan *p)
{
	const char **texts[] = { &p->opts.condition, &p->opts.condition_return, &p->opts.hist_value,
				 &p->opts.by, &p->opts.print };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!*texts[i])
			continue;
		*texts[i] = arena_strdup(&p->arena, *texts[i]);
		if (!*texts[i])
			return gosym_nomem;
	}
	return NULL;
}

static struct gosym_error *options_copy(struct gosym_plan *p, const struct gosym_plan_options *opts)
{
	struct gosym_plan_options o = GOSYM_PLAN_OPTIONS;

	if (opts && opts->sz < sizeof(o.sz))
		return gosym_error_new(GOSYM_INVALID,
				       "struct gosym_plan_options: sz is %zu; start from "
				       "GOSYM_PLAN_OPTIONS",
				       opts->sz);
	/* A caller built against an older header has a shorter struct: what it lacks stays at its
	 * default. */
	if (opts)
		memcpy(&o, opts, opts->sz < sizeof(o) ? opts->sz : sizeof(o));
	o.sz = sizeof(o);
	if (o.stack > PLAN_MAX_STACK)
		return gosym_error_new(GOSYM_INVALID, "a stack of %u frames is too deep: at most %d",
				       o.stack, PLAN_MAX_STACK);
	if (o.print && (o.hist || o.by))
		return gosym_error_new(GOSYM_INVALID, "what is added up is not printed: no expressions to print with "
				       "a histogram or a key");
	o.returns |= o.pair || o.condition_return || (o.hist && !o.hist_value);
	p->keep_args = o.pair || o.condition_return;
	p->at_return = p->keep_args || (o.hist && !o.hist_value) ||
		       (o.returns && (o.hist || o.by));
	p->opts = o;
	return options_keep(p);
}

/* A saved frame pointer into a stack that was given up since leads to whatever lies there now. The return address
 * alone is safe. */
static void limit_stack(struct gosym_plan *p)
{
	enum { SAFE = 2 };

	if (p->opts.stack <= SAFE || goversion_at_least(&p->binary->version, p->arch->fp_since))
		return;
	p->opts.stack = SAFE;
	p->short_stacks = "this Go version does not keep the frame pointers of this architecture right when it moves "
			  "a stack, so only the caller is shown";
}

GOSYM_API unsigned gosym_plan_stack(const struct gosym_plan *p, const char **why)
{
	*why = p->short_stacks;
	return p->opts.stack;
}

/* Where nothing is shown, the cheapest site will do; and a stack is walked from where the frame is not set up yet. */
static bool shows_values(const struct gosym_plan *p)
{
	return !p->opts.no_values;
}

DEFINE_CLEANUP(cleanup_plan, struct gosym_plan *, gosym_plan_destroy(*p))

GOSYM_API struct gosym_error *gosym_plan_create(struct gosym_binary *b,
						const struct gosym_plan_options *opts,
						struct gosym_plan **ret)
{
	_cleanup_(cleanup_plan) struct gosym_plan *p = calloc(1, sizeof(*p));
	struct gosym_error *err;

	if (!p)
		return gosym_nomem;
	p->binary = b;
	p->arch = abi_arch_of(b);
	if (!p->arch)
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "plans: no table for this file's architecture; "
				       "known are amd64 and arm64");
	p->fixed_address = elf_type(b->elf) == ET_EXEC;
	err = options_copy(p, opts);
	if (err)
		return err;
	limit_stack(p);
	if (p->opts.returns)
		err = plan_add_hooks(p);
	if (!err && p->opts.float_regs && shows_values(p))
		err = plan_find_frames(p);
	if (err)
		return err;
	*ret = no_cleanup_ptr(p);
	return NULL;
}

GOSYM_API void gosym_plan_destroy(struct gosym_plan *p)
{
	if (!p)
		return;
	vec_deinit(&p->probes);
	vec_deinit(&p->hooks);
	vec_deinit(&p->added);
	dynamic_destroy(p->dynamic);
	arena_deinit(&p->arena);
	free(p);
}

/* The mark of a function, growing the array up to it; NULL when out of memory. */
static bool *added_slot(struct gosym_plan *p, const struct gosym_func *f)
{
	while (p->added.num <= f->index)
		if (!vec_append(&p->added))
			return NULL;
	return &p->added.data[f->index];
}

static struct gosym_error *find_signature(struct gosym_plan *p, struct plan_probe *probe)
{
	struct gosym_error *err;

	if (p->opts.no_values && !p->opts.condition && !p->opts.condition_return &&
	    !p->opts.hist_value && !p->opts.by)
		return NULL;
	err = probe->copy ? gosym_inlined_signature(p->binary, probe->copy, &probe->sig) :
			    gosym_func_signature(p->binary, probe->func, &probe->sig);
	if (err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
		probe->sig = NULL;
		gosym_error_destroy(err);
		return NULL;
	}
	return err;
}

/* The key of a call needs its goroutine and how far its frame is below the top of the goroutine's stack. */
static struct gosym_error *check_goroutine(const struct plan_probe *probe)
{
	if (probe->g.kind != G_NONE)
		return NULL;
	return gosym_error_new(GOSYM_UNSUPPORTED,
			       "%s: its returns cannot be told from those of other calls: %s",
			       gosym_func_name(probe->func),
			       probe->g.missing ? probe->g.missing : "nothing tells the goroutine");
}

static struct gosym_error *find_exits(struct gosym_plan *p, struct plan_probe *probe)
{
	if (shows_values(p) && !p->opts.stack && !p->frames)
		return gosym_func_values_exits(p->binary, probe->func, &probe->exits, &probe->num_exits);
	return gosym_func_exits(p->binary, probe->func, &probe->exits, &probe->num_exits);
}

static struct gosym_error *build_return(struct gosym_plan *p, struct plan_probe *probe)
{
	struct gosym_error *err = check_goroutine(probe);
	const char *source;
	uint64_t stack;

	if (!err)
		err = binary_runtime_offset(p->binary, "runtime.g", "stack", &stack, &source);
	if (!err && !probe->copy)
		err = find_exits(p, probe);
	if (!err)
		err = plan_float_exits(p, probe);
	if (err)
		return err;
	/* type stack struct { lo, hi uintptr } */
	probe->stack_hi_off = (uint32_t)stack + p->arch->ptr_size;
	if (probe->copy)
		return NULL;
	if (p->opts.print)
		err = expr_print(p, probe, true, &probe->print_results);
	if (!err)
		err = plan_build_results(p, probe);
	if (err || !p->opts.condition_return)
		return err;
	err = expr_condition_return(p, probe, p->opts.condition_return, &probe->cond_return);
	return err && gosym_error_code(err) == GOSYM_INVALID ? gosym_error_prefix(err, "--if-ret") : err;
}

/* type g struct { stack stack … } */
static struct gosym_error *find_stack(struct gosym_plan *p, struct plan_probe *probe)
{
	const char *source;
	uint64_t off;
	struct gosym_error *err = binary_runtime_offset(p->binary, "runtime.g", "stack", &off, &source);

	if (!err)
		probe->stack_off = (uint32_t)off;
	return err;
}

/* Whether anything is taken from argument registers. */
static bool reads_registers(const struct gosym_plan *p, const struct plan_probe *probe)
{
	bool reads = p->opts.condition || plan_is_aggregate(p) || probe->num_fetches || probe->cond_return;

	for (size_t i = 0; reads && probe->sig && i < probe->sig->num_params; i++)
		for (size_t k = 0; k < probe->sig->params[i].num_pieces; k++)
			if (probe->sig->params[i].pieces[k].place == GOSYM_IN_REG)
				return true;
	return false;
}

static struct gosym_error *build_probe(struct gosym_plan *p, struct plan_probe *probe)
{
	struct gosym_error *err;

	if (probe->copy)
		err = gosym_inlined_site(p->binary, probe->copy, &probe->site);
	else if (shows_values(p) && !p->frames)
		err = gosym_func_values_site(p->binary, probe->func, &probe->site);
	else
		err = gosym_func_entry_site(p->binary, probe->func, &probe->site);
	if (err)
		return err;
	err = find_signature(p, probe);
	if (err)
		return err;
	err = abi_goroutine_at(p->binary, plan_probe_within(probe), &probe->g);
	if (!err)
		err = plan_float_site(p, probe);
	if (err)
		return err;
	err = expr_prepare(p, probe);
	if (!err && p->opts.condition)
		err = expr_condition(p, probe, p->opts.condition, &probe->cond);
	if (!err && p->opts.print)
		err = expr_print(p, probe, false, &probe->print);
	if (err)
		return err;
	if (p->opts.stack)
		probe->stack_at = sizeof(struct plan_record);
	if ((p->opts.no_values && !p->keep_args) || (!probe->sig && !p->opts.print))
		plan_no_values(p, probe);
	else
		err = plan_build_values(p, probe);
	if (!err && plan_is_aggregate(p))
		err = expr_aggregate(p, probe);
	if (!err && p->opts.returns)
		err = build_return(p, probe);
	probe->slow = !err && probe->site->slow.addr && reads_registers(p, probe);
	return probe->slow ? find_stack(p, probe) : err;
}

const struct plan_probe *plan_probe_at(const struct gosym_plan *p, size_t i)
{
	if (i < p->probes.num)
		return &p->probes.data[i];
	i -= p->probes.num;
	return i < p->hooks.num ? &p->hooks.data[i] : NULL;
}

GOSYM_API struct gosym_error *gosym_plan_add(struct gosym_plan *p, const struct gosym_func *f)
{
	struct plan_probe probe = { .func = f }, *slot;
	bool *added = added_slot(p, f);
	struct gosym_error *err;

	if (!added)
		return gosym_nomem;
	if (*added)
		return NULL;
	err = build_probe(p, &probe);
	if (err)
		return err;
	slot = vec_append(&p->probes);
	if (!slot)
		return gosym_nomem;
	*slot = probe;
	*added = true;
	return NULL;
}

GOSYM_API struct gosym_error *gosym_plan_add_inlined(struct gosym_plan *p, const struct gosym_func *f,
						     const struct gosym_inlined *call)
{
	struct plan_probe probe = { .func = f, .copy = call }, *slot;
	struct gosym_error *err = NULL;

	if (p->at_return)
		err = gosym_error_new(GOSYM_UNSUPPORTED, "the return of an inlined call is not seen");
	if (!err)
		err = build_probe(p, &probe);
	if (!err && p->at_return)
		err = gosym_error_new(GOSYM_UNSUPPORTED, "the return of an inlined call is not seen");
	if (err)
		return err;
	slot = vec_append(&p->probes);
	if (!slot)
		return gosym_nomem;
	*slot = probe;
	return NULL;
}

/* ---- where a parameter's bytes are at the site */

/* The piece that holds [offset, offset + size) whole, or NULL and why not. */
static const struct gosym_piece *piece_of(const struct gosym_param *param, uint32_t offset,
					  uint32_t size, const char **why)
{
	for (size_t i = 0; i < param->num_pieces; i++) {
		const struct gosym_piece *piece = &param->pieces[i];

		if (offset < piece->offset || offset - piece->offset >= piece->size)
			continue;
		if (size <= piece->size - (offset - piece->offset))
			return piece;
		*why = "spread over several places";
		return NULL;
	}
	*why = "it has no known place";
	return NULL;
}

static bool load_register(const struct gosym_plan *p, int32_t index, uint32_t in_piece,
			  uint32_t size, struct plan_load *ret, const char **why)
{
	const struct abi_reg *reg = &p->arch->regs[index];

	if (reg->pt_regs == NOT_IN_PT_REGS) {
		*why = arena_printf(&p->binary->arena,
				    "in a %sregister (%s), which a uprobe cannot read",
				    reg->fp ? "floating-point " : "", reg->name);
		if (!*why)
			*why = "in a register which a uprobe cannot read";
		return false;
	}
	if (in_piece || (size != 1 && size != 2 && size != 4 && size != 8)) {
		*why = "in part of a register";
		return false;
	}
	ret->from = PLAN_REG;
	ret->reg = index;
	return true;
}

/* At a RET the stack pointer is where it was at entry, and results are where the caller looks for them. */
static struct gosym_site_loc at_ret(const struct gosym_piece *piece)
{
	return (struct gosym_site_loc){
		.kind = piece->place == GOSYM_IN_REG ? GOSYM_LOC_REG : GOSYM_LOC_STACK,
		.where = piece->where,
	};
}

bool plan_locate(const struct gosym_plan *p, const struct plan_probe *probe,
		 const struct gosym_param *param, uint32_t offset, uint32_t size,
		 struct plan_load *ret, const char **why)
{
	const struct gosym_piece *piece;
	struct gosym_site_loc loc;
	uint32_t in_piece;

	*ret = (struct plan_load){ .from = PLAN_STACK, .size = size <= 8 ? (uint8_t)size : 0 };
	*why = param->missing;
	if (param->missing)
		return false;
	piece = piece_of(param, offset, size, why);
	if (!piece)
		return false;
	in_piece = offset - piece->offset;
	loc = probe ? gosym_site_find(probe->site, piece) : at_ret(piece);
	switch (loc.kind) {
	case GOSYM_LOC_REG:
		return load_register(p, loc.where, in_piece, size, ret, why);
	case GOSYM_LOC_STACK:
		ret->off = (int64_t)loc.where + in_piece;
		return true;
	default:
		*why = "overwritten before the probe site";
		return false;
	}
}

/* ---- emitting */

static const struct {
	const char *name;
	struct gosym_error *(*emit)(const struct gosym_plan *p, const char *path, FILE *out);
} formats[] = {
	{ "bpftrace", plan_emit_bpftrace },
	{ "tracefs", plan_emit_tracefs },
	{ "perf", plan_emit_perf },
	{ "json", plan_emit_json },
};

GOSYM_API struct gosym_error *gosym_plan_emit(const struct gosym_plan *p, const char *format,
					      const char *path, FILE *out)
{
	char known[64] = "";

	if (p->opts.print)
		return gosym_error_new(GOSYM_INVALID, "expressions to print are for tracing; the formats "
				       "show arguments");

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!strcmp(formats[i].name, format))
			return formats[i].emit(p, path, out);
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
			 i ? ", " : "", formats[i].name);
	}
	return gosym_error_new(GOSYM_INVALID, "format \"%s\" is not known; there are %s", format,
			       known);
}
