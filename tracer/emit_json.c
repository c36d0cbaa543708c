// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Plan -> JSON, one object a line for each probe: the site, which hits are calls, where the
 * goroutine is, where each argument's bytes are at the site, and the fetches in order, as plan.h
 * describes them.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/json.h"
#include "tracer/emit.h"

static void member(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, value);
}

static void member_int(struct json *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

static void member_hex(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_hex(j, value);
}

/* null: every hit is a call. */
static void json_skip(struct json *j, struct emit *e)
{
	json_key(j, "calls_only_if");
	if (e->probe.site->skip_taken)
		json_str(j, emit_branch_not_taken(e, emit_flags_name(e)));
	else
		json_null(j);
}

static void json_goroutine(struct json *j, const struct emit *e)
{
	const struct abi_goroutine *g = &e->probe.g;

	json_key(j, "goid");
	json_object(j);
	if (g->kind == G_NONE) {
		member(j, "missing", g->missing ? g->missing : "nothing tells where it is");
	} else {
		if (g->kind == G_IN_REG)
			member(j, "reg", e->plan->arch->regs[g->reg].name);
		else
			member_int(j, "thread_pointer_offset", g->tls_off);
		member_int(j, "offset", g->goid_off);
		member(j, "source", g->goid_source);
	}
	json_object_end(j);
}

/* A piece at the site: stack offsets count from the stack pointer there. */
static void json_piece(struct json *j, const struct emit *e, const struct gosym_piece *p)
{
	struct gosym_site_loc loc = gosym_site_find(e->probe.site, p);

	json_object(j);
	member_int(j, "offset", p->offset);
	member_int(j, "size", p->size);
	if (loc.kind == GOSYM_LOC_REG) {
		member(j, "reg", e->plan->arch->regs[loc.where].name);
		json_key(j, "readable");
		json_bool(j, e->plan->arch->regs[loc.where].pt_regs != NOT_IN_PT_REGS);
	} else if (loc.kind == GOSYM_LOC_STACK) {
		member_int(j, "stack", loc.where);
	} else {
		member(j, "missing", "overwritten before the site");
	}
	json_object_end(j);
}

static void json_value(struct json *j, const struct plan_value *v)
{
	member_int(j, "image", v->image);
	json_key(j, "fetch");
	if (v->fetch == PLAN_NO_FETCH)
		json_null(j);
	else
		json_int(j, v->fetch);
	json_key(j, "target");
	if (v->target == PLAN_NO_FETCH)
		json_null(j);
	else
		json_int(j, v->target);
	if (v->missing)
		member(j, "missing", v->missing);
}

static void json_args(struct json *j, const struct emit *e)
{
	const struct gosym_signature *sig = e->probe.sig;
	size_t shown = 0;

	json_key(j, "args");
	json_array(j);
	for (size_t i = 0; sig && i < sig->num_params; i++) {
		const struct gosym_param *p = &sig->params[i];

		if (p->hidden)
			continue;
		json_object(j);
		member(j, "name", p->name);
		member(j, "type", p->type ? gosym_type_name(p->type) : NULL);
		json_key(j, "size");
		json_uint(j, p->size);
		json_key(j, "pieces");
		json_array(j);
		for (size_t k = 0; k < p->num_pieces && !p->missing; k++)
			json_piece(j, e, &p->pieces[k]);
		json_array_end(j);
		if (shown < e->probe.num_args)
			json_value(j, &e->probe.args[shown]);
		else if (p->missing)
			member(j, "missing", p->missing);
		shown++;
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_fetch(struct json *j, const struct emit *e, const struct plan_fetch *f)
{
	static const char *const names[] = {
		[PLAN_REG] = "reg",
		[PLAN_STACK] = "stack",
		[PLAN_DEREF] = "deref",
		[PLAN_DEREF_VAR] = "deref_var",
		[PLAN_FLOAT] = "float",
		[PLAN_MAP] = "map",
	};

	json_object(j);
	member(j, "from", names[f->from]);
	if (f->from == PLAN_REG)
		member(j, "reg", e->plan->arch->regs[f->reg].name);
	else
		member_int(j, "off", f->off);
	member_int(j, "size", f->size);
	if (f->from == PLAN_DEREF || f->from == PLAN_DEREF_VAR || f->from == PLAN_MAP)
		member_int(j, "ptr", f->ptr);
	if (f->from == PLAN_DEREF_VAR || f->from == PLAN_MAP) {
		member_int(j, "count", f->count);
		member_int(j, "max_count", f->max_count);
	}
	member_int(j, "dst", f->dst);
	if (f->from != PLAN_REG)
		member_int(j, "status", f->status);
	if (f->guard != PLAN_NO_FETCH) {
		member_int(j, "guard", f->guard);
		member_int(j, "guard_elem", f->guard_elem);
	}
	json_object_end(j);
}

/* A call that was on the slow path (resume_reg holds, at the site, the run-time address of resume) had its register
 * arguments there last. */
static void json_slow(struct json *j, const struct emit *e)
{
	const struct gosym_slow_path *slow = &e->probe.site->slow;

	if (!e->probe.slow)
		return;
	json_key(j, "slow_path");
	json_object(j);
	member_hex(j, "address", slow->addr);
	member_hex(j, "file_offset", slow->file_off);
	member_hex(j, "resume", slow->resume);
	member(j, "resume_reg", e->plan->arch->regs[slow->resume_reg].name);
	json_object_end(j);
}

static void json_probe(struct json *j, struct emit *e, const char *path)
{
	const struct gosym_site *s = e->probe.site;

	json_object(j);
	member(j, "func", gosym_func_name(e->probe.func));
	member(j, "path", path);
	member_hex(j, "address", s->addr);
	member_hex(j, "file_offset", s->file_off);
	member(j, "instruction", s->insn);
	member(j, "cost", s->cost == GOSYM_EMULATED ? "emulated" : "stepped");
	member_int(j, "sp_offset", s->sp_off);
	json_skip(j, e);
	json_slow(j, e);
	member(j, "condition", e->plan->opts.condition);
	json_goroutine(j, e);
	member_int(j, "record_size", e->probe.record_size);
	json_args(j, e);
	json_key(j, "fetches");
	json_array(j);
	for (size_t i = 0; i < e->probe.num_fetches; i++)
		json_fetch(j, e, &e->probe.fetches[i]);
	json_array_end(j);
	json_object_end(j);
	json_line(j);
}

struct gosym_error *plan_emit_json(const struct gosym_plan *p, const char *path, FILE *out)
{
	struct json j = { .out = out };
	struct gosym_error *err = NULL;

	for (size_t i = 0; i < p->probes.num && !err; i++) {
		struct emit e;

		emit_init(&e, p, &p->probes.data[i]);
		json_probe(&j, &e, path);
		err = e.err;
		e.err = NULL;
		emit_deinit(&e);
	}
	return err;
}
