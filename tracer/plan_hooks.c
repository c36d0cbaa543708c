// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Calls that end without a return end in the runtime (src/runtime/panic.go, proc.go):
 *
 *	gopanic(e)		a panic begins; deferred functions run, deeper on the stack
 *	recovery(gp)		one of them has recovered it: gp goes on in the frame that had deferred it. Runs on
 *				g0, so gp is an argument: Go 1.21 left that frame's SP in gp.sigcode0, Go 1.22
 *				takes it from gp._panic.sp. But if between there and here a Goexit is under
 *				way, its own frame goes on with it: gp._panic.startSP
 *	fatalpanic()		nobody has: the process ends
 *	Goexit(), goexit1()	the goroutine is asked to end; it ends (also by itself)
 *
 * These records are ordinary ones, fetched as arguments are. Where something of this is not found in a file, calls
 * ended by panics are noticed when a shallower call of their goroutine begins or returns.
 */
#include <stddef.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/expr.h"
#include "tracer/plan_hooks.h"

enum { MAX_HOOK_FETCHES = 16 };

struct hook {
	struct gosym_plan *p;
	struct plan_probe probe;
	struct plan_fetch fetches[MAX_HOOK_FETCHES];
	size_t num;
};

static int32_t hook_fetch(struct hook *h, struct plan_fetch f)
{
	h->fetches[h->num] = f;
	return (int32_t)h->num++;
}

/* The words of the function's first argument. In the register sequence of its ABI, for a signature is not always
 * known; *last is the last fetch with a status. */
static const char *hook_arg(struct hook *h, unsigned words, uint32_t dst, uint32_t status, int32_t *last)
{
	const struct abi_sequence *seq = abi_sequence_of(h->p->binary, h->probe.func);
	const struct abi_arch *arch = h->p->arch;
	unsigned word = arch->ptr_size;
	bool in_regs = seq->num_ints >= words;

	*last = PLAN_NO_FETCH;
	for (unsigned i = 0; i < words; i++) {
		struct gosym_piece piece = {
			.size = word, .place = in_regs ? GOSYM_IN_REG : GOSYM_ON_STACK,
			.where = in_regs ? seq->ints[i] : (int32_t)(arch->args_base + i * word),
		};
		struct gosym_site_loc loc = gosym_site_find(h->probe.site, &piece);

		if (loc.kind == GOSYM_LOC_REG)
			hook_fetch(h, (struct plan_fetch){ .from = PLAN_REG, .reg = loc.where, .size = word,
							   .dst = dst + i * word, .guard = PLAN_NO_FETCH });
		else if (loc.kind == GOSYM_LOC_STACK)
			*last = hook_fetch(h, (struct plan_fetch){
				.from = PLAN_STACK, .off = loc.where, .size = word,
				.dst = dst + i * word, .status = status, .guard = *last });
		else
			return "its argument is not to be had at the site";
	}
	return NULL;
}

static bool runtime_offset(struct gosym_plan *p, const char *type, const char *field, uint32_t *ret)
{
	const char *source;
	uint64_t off;
	_cleanup_error_ struct gosym_error *err = binary_runtime_offset(p->binary, type, field, &off, &source);

	if (err)
		return false;
	*ret = (uint32_t)off;
	return true;
}

#define PANIC(field) ((uint32_t)offsetof(struct hook_panic, field))

/* False if a field of the runtime is not known. */
static bool find_standing(struct gosym_plan *p, struct plan_standing *s)
{
	static const char panic[] = "runtime._panic", defer[] = "runtime._defer";

	s->in_panic = goversion_at_least(&p->binary->version, 22);
	if (!runtime_offset(p, panic, "goexit", &s->goexit) || s->goexit >= HOOK_PANIC_BYTES)
		return false;
	if (s->in_panic)
		return runtime_offset(p, panic, "sp", &s->panic_sp) && s->panic_sp <= HOOK_PANIC_BYTES - 8;
	return runtime_offset(p, defer, "sp", &s->defer_sp) &&
	       runtime_offset(p, defer, "_panic", &s->defer_panic) &&
	       runtime_offset(p, defer, "link", &s->defer_link) &&
	       s->defer_sp <= HOOK_DEFER_BYTES - 8 && s->defer_panic <= HOOK_DEFER_BYTES - 8 &&
	       s->defer_link <= HOOK_DEFER_BYTES - 8;
}

/* A word or more behind the pointer at ptr. */
static int32_t hook_behind(struct hook *h, uint32_t ptr, uint32_t off, uint32_t dst, uint32_t size,
			   uint32_t status, int32_t guard)
{
	return hook_fetch(h, (struct plan_fetch){ .from = PLAN_DEREF, .ptr = ptr, .off = off, .size = size,
						  .dst = dst, .status = status, .guard = guard });
}

/* Where the panic stands in whose deferred function this one begins. Its stack may move: all at one moment. */
static void hook_standing(struct hook *h)
{
	struct plan_standing *s = arena_alloc(&h->p->arena, sizeof(*s));
	uint32_t stack, panicking, defer, ptr = PANIC(defer);
	int32_t last;

	if (!s || !find_standing(h->p, s) || !runtime_offset(h->p, "runtime.g", "stack", &stack) ||
	    !runtime_offset(h->p, "runtime.g", "_panic", &panicking) ||
	    !runtime_offset(h->p, "runtime.g", "_defer", &defer))
		return;
	hook_fetch(h, (struct plan_fetch){ .from = PLAN_G, .size = 8, .dst = PANIC(g), .guard = PLAN_NO_FETCH });
	hook_behind(h, PANIC(g), stack, PANIC(stack_lo), 16, PANIC(stack_status), PLAN_NO_FETCH);
	last = hook_behind(h, PANIC(g), panicking, PANIC(panicking), 8, PANIC(panicking_status), PLAN_NO_FETCH);
	hook_behind(h, PANIC(panicking), 0, PANIC(panic), HOOK_PANIC_BYTES, PANIC(panic_status), last);
	h->p->standing = s;
	if (s->in_panic)
		return;
	last = hook_behind(h, PANIC(g), defer, PANIC(defer), 8, PANIC(defer_status), PLAN_NO_FETCH);
	for (uint32_t i = 0; i < HOOK_DEFERS; i++) {
		last = hook_behind(h, ptr, 0, PANIC(defers[i]), HOOK_DEFER_BYTES,
				   PANIC(defer_status) + 4 * (1 + i), last);
		ptr = PANIC(defers[i]) + s->defer_link;
	}
}

static const char *hook_gopanic(struct hook *h)
{
	int32_t arg, words;
	const char *why = hook_arg(h, 2, offsetof(struct hook_panic, type),
				   offsetof(struct hook_panic, arg_status), &arg);
	uint64_t max = h->p->opts.strlen < HOOK_TEXT ? h->p->opts.strlen : HOOK_TEXT;

	if (why)
		return why;
	words = hook_fetch(h, (struct plan_fetch){
		.from = PLAN_DEREF, .ptr = offsetof(struct hook_panic, data), .size = 16,
		.dst = offsetof(struct hook_panic, words),
		.status = offsetof(struct hook_panic, words_status), .guard = arg });
	if (max)
		hook_fetch(h, (struct plan_fetch){
			.from = PLAN_DEREF_VAR, .ptr = offsetof(struct hook_panic, words), .size = 1,
			.count = offsetof(struct hook_panic, words) + 8, .max_count = (uint32_t)max,
			.dst = offsetof(struct hook_panic, text),
			.status = offsetof(struct hook_panic, text_status), .guard = words });
	hook_standing(h);
	h->probe.record_size = sizeof(struct hook_panic);
	return NULL;
}

/* Go 1.22 gave _panic the field; before, the struct has none of that name. */
static bool find_unwind(struct gosym_plan *p, struct plan_unwind *u, uint32_t *word)
{
	static const char type[] = "runtime._panic";

	u->in_panic = goversion_at_least(&p->binary->version, 22);
	if (!u->in_panic)
		return runtime_offset(p, "runtime.g", "sigcode0", word);
	return runtime_offset(p, "runtime.g", "_panic", word) && runtime_offset(p, type, "sp", &u->sp) &&
	       runtime_offset(p, type, "startSP", &u->start_sp) &&
	       runtime_offset(p, type, "link", &u->link) &&
	       runtime_offset(p, type, "goexit", &u->goexit) && u->sp <= HOOK_PANIC_BYTES - 8 &&
	       u->start_sp <= HOOK_PANIC_BYTES - 8 && u->link <= HOOK_PANIC_BYTES - 8 &&
	       u->goexit < HOOK_PANIC_BYTES;
}

#define UNWIND(field) ((uint32_t)offsetof(struct hook_unwind, field))

static int32_t hook_deref(struct hook *h, uint32_t ptr, int64_t off, uint32_t dst, uint32_t size,
			  int32_t guard)
{
	return hook_fetch(h, (struct plan_fetch){
		.from = PLAN_DEREF, .ptr = ptr, .off = off, .size = size, .dst = dst, .guard = guard,
		.status = UNWIND(status) + 4 * (uint32_t)h->num });
}

static const char *hook_recovery(struct hook *h)
{
	struct plan_unwind *u = arena_alloc(&h->p->arena, sizeof(*u));
	uint32_t stack, word;
	int32_t last;
	const char *why = hook_arg(h, 1, UNWIND(gp), UNWIND(status), &last);

	if (why)
		return why;
	if (!u || !find_unwind(h->p, u, &word) || !runtime_offset(h->p, "runtime.g", "stack", &stack))
		return "the fields of runtime.g or runtime._panic are not known for this Go version";
	hook_deref(h, UNWIND(gp), stack, UNWIND(stack_lo), 16, last);
	hook_deref(h, UNWIND(gp), h->probe.g.goid_off, UNWIND(goid), 8, last);
	last = hook_deref(h, UNWIND(gp), word, UNWIND(sp), 8, last);
	for (uint32_t i = 0, ptr = UNWIND(sp); i < HOOK_PANICS && u->in_panic; i++) {
		last = hook_deref(h, ptr, 0, UNWIND(panics[i]), HOOK_PANIC_BYTES, last);
		ptr = UNWIND(panics[i]) + u->link;
	}
	h->p->unwind = u;
	h->probe.record_size = sizeof(struct hook_unwind);
	return NULL;
}

static const char *hook_header(struct hook *h)
{
	h->probe.record_size = sizeof(struct plan_record);
	return NULL;
}

/* In the order in which they are attached: what ends a panic before what begins it. */
static const struct {
	const char *func;
	enum plan_kind kind;
	const char *(*fill)(struct hook *h);
	bool needed;			/* else the lack of it only makes its news come later */
} hooks[] = {
	{ "runtime.recovery", PLAN_UNWIND, hook_recovery, true },
	{ "runtime.gopanic", PLAN_PANIC, hook_gopanic, true },
	{ "runtime.fatalpanic", PLAN_UNWIND, hook_header, false },
	{ "runtime.goexit1", PLAN_GOEXIT, hook_header, true },
	{ "runtime.Goexit", PLAN_GOEXIT_BEGINS, hook_header, false },
};

/* *why: NULL if the hook is in the plan. */
static struct gosym_error *add_hook(struct gosym_plan *p, size_t row, const char **why)
{
	struct hook h = { .p = p, .probe = { .kind = hooks[row].kind } };
	struct plan_probe *slot;
	uint32_t stack;

	*why = "there is no such function";
	_cleanup_error_ struct gosym_error *absent = gosym_func_find(p->binary, hooks[row].func, &h.probe.func);
	if (absent)
		return NULL;
	*why = "it cannot be probed";
	_cleanup_error_ struct gosym_error *refused =
		gosym_func_entry_site(p->binary, h.probe.func, &h.probe.site);
	if (refused)
		return NULL;
	_cleanup_error_ struct gosym_error *lost = abi_goroutine_at(p->binary, h.probe.func, &h.probe.g);
	*why = "its goroutine is not known";
	if (lost || h.probe.g.kind == G_NONE || !runtime_offset(p, "runtime.g", "stack", &stack))
		return NULL;
	h.probe.stack_hi_off = stack + p->arch->ptr_size;
	*why = hooks[row].fill(&h);
	if (*why)
		return NULL;
	h.probe.fetches = arena_array(&p->arena, h.num + 1, sizeof(*h.fetches));
	slot = vec_append(&p->hooks);
	if (!slot || !h.probe.fetches)
		return gosym_nomem;
	memcpy(h.probe.fetches, h.fetches, h.num * sizeof(*h.fetches));
	h.probe.num_fetches = h.num;
	*slot = h.probe;
	return NULL;
}

struct gosym_error *plan_add_hooks(struct gosym_plan *p)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		const char *why;
		struct gosym_error *err = add_hook(p, i, &why);

		if (err)
			return err;
		if (!why || !hooks[i].needed || p->no_unwind)
			continue;
		p->no_unwind = arena_printf(&p->arena, "%s: %s", hooks[i].func, why);
		if (!p->no_unwind)
			return gosym_nomem;
	}
	return NULL;
}
