// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The addresses a program of bpf_stack.c took -> frames. A return address stands for the call
 * before it, so the byte before is looked up; but for the probed instruction itself and for what a
 * signal interrupted (runtime.sigpanic "called" it): these are exact.
 *
 * A function without a frame saves no frame pointer, and the walk leads from what it called to its
 * caller's caller. The table of stack depths (pcsp) tells which these are; the program brought
 * along the word in which their return address then is.
 *
 * Wrappers the compiler made are left out, as runtime.Callers does (src/runtime/traceback.go:
 * elideWrapperCalling): all but those that called into a panic, and the probed function.
 *
 * The same call sites come again and again: what an address means is kept with the binary.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/cleanup.h"
#include "tracer/stack.h"

struct place {				/* what one address means */
	uint64_t pc;			/* of the instruction: key */
	size_t num;			/* 0: no Go function there */
	bool frameless;		/* its return address is right behind that of what it calls */
	UT_hash_handle hh;
	struct gosym_frame frames[];
};

struct stacks {				/* of a binary */
	struct place *places;
	VEC(struct stack_frame) frames;	/* of the last event */
};

static void stacks_destroy(void *data)
{
	struct stacks *s = data;
	struct place *p, *next;

	if (!s)
		return;
	HASH_ITER(hh, s->places, p, next) {
		HASH_DEL(s->places, p);
		free(p);
	}
	vec_deinit(&s->frames);
	free(s);
}

static struct stacks *stacks_of(struct gosym_binary *b)
{
	struct binary_ext *ext = &b->ext[EXT_STACKS];

	if (!ext->data) {
		ext->data = calloc(1, sizeof(struct stacks));
		ext->destroy = stacks_destroy;
	}
	return ext->data;
}

static bool is_one_of(const char *func, const char *const *names)
{
	for (; func && *names; names++)
		if (!strcmp(func, *names))
			return true;
	return false;
}

/* ---- one address */

/* These change to another stack: what is above their callee's return address is not theirs. */
static bool changes_stack(const char *func)
{
	static const char *const names[] = { "runtime.goexit", "runtime.mstart", "runtime.rt0_go",
					     "runtime.systemstack", "runtime.mcall",
					     "runtime.asmcgocall", NULL };

	return is_one_of(func, names);
}

static bool is_frameless(const struct gosym_binary *b, uint64_t pc)
{
	const struct gosym_func *f = pclntab_func_at(&b->pclntab, pc);
	int32_t depth;

	return f && !changes_stack(f->name) && pclntab_sp_delta(&b->pclntab, f, pc, &depth) &&
	       !depth;
}

static struct gosym_error *place_look_up(struct gosym_binary *b, uint64_t pc, struct place **ret)
{
	size_t max = 0, num = 8;
	struct gosym_error *err = NULL;
	struct place *p = NULL;

	while (num > max) {
		struct place *grown = realloc(p, sizeof(*p) + num * sizeof(p->frames[0]));

		if (!grown) {
			free(p);
			return gosym_nomem;
		}
		p = grown;
		max = num;
		num = 0;
		err = gosym_symbolize(b, pc, p->frames, max, &num);
		if (err)
			break;
	}
	p->pc = pc;
	p->num = err ? 0 : num;
	p->frameless = p->num && is_frameless(b, pc);
	/* What the file tells wrongly is as good as not told. */
	gosym_error_destroy(err);
	*ret = p;
	return NULL;
}

static struct gosym_error *place_find(struct gosym_binary *b, struct stacks *s, uint64_t pc,
				      const struct place **ret)
{
	struct gosym_error *err;
	struct place *p;

	HASH_FIND(hh, s->places, &pc, sizeof(pc), p);
	if (!p) {
		err = place_look_up(b, pc, &p);
		if (err)
			return err;
		HASH_ADD(hh, s->places, pc, sizeof(pc), p);
		if (!p->hh.tbl) {
			free(p);
			return gosym_nomem;
		}
	}
	*ret = p;
	return NULL;
}

/* ---- one stack */

/* Called by these, a wrapper is the one that panicked. */
static bool shows_wrapper(const char *callee)
{
	static const char *const names[] = { "runtime.gopanic", "runtime.sigpanic",
					     "runtime.panicwrap", NULL };

	return is_one_of(callee, names);
}

/* Not called: put in by a signal, in front of any instruction. */
static bool is_injected(const char *func)
{
	static const char *const names[] = { "runtime.sigpanic", "runtime.asyncPreempt",
					     "runtime.debugCallV1", "runtime.debugCallV2", NULL };

	return is_one_of(func, names);
}

static bool add_frame(struct stacks *s, const struct gosym_frame *frame, uint64_t addr)
{
	struct stack_frame *slot = vec_append(&s->frames);

	if (slot)
		*slot = (struct stack_frame){ *frame, addr };
	return slot;
}

struct walk {
	const struct gotrace_event *ev;
	struct stacks *stacks;
	const char *inner;		/* the function called by the frame to come */
	const struct place *place;	/* of the last frame */
};

/* How many frames are below that of a function: calls inlined into it in turn. */
static size_t frames_below(const struct place *p, const char *func)
{
	for (size_t i = 0; i < p->num; i++)
		if (p->frames[i].func && !strcmp(p->frames[i].func, func))
			return i;
	return 0;
}

/* The frames at one address of the record. */
static struct gosym_error *add_pc(struct walk *w, uint64_t pc)
{
	bool probed = !w->place, exact = probed || is_injected(w->inner);
	const struct gosym_inlined *copy = probed ? w->ev->probe->copy : NULL;
	/* The site of an inlined call may be an instruction of the code around it. */
	uint64_t addr = copy ? copy->addr : event_link_addr(w->ev, pc);
	const struct place *p = NULL;
	size_t first;
	struct gosym_error *err;

	err = place_find(w->ev->plan->binary, w->stacks, exact ? addr : addr - 1, &p);
	if (err)
		return err;
	w->place = p;
	if (!p->num && !add_frame(w->stacks, &(struct gosym_frame){ .func = NULL }, pc))
		return gosym_nomem;
	first = copy ? frames_below(p, gosym_func_name(w->ev->probe->func)) : 0;
	for (size_t i = first; i < p->num; i++) {
		const struct gosym_frame *f = &p->frames[i];

		if ((probed || !f->wrapper || shows_wrapper(w->inner)) &&
		    !add_frame(w->stacks, f, addr))
			return gosym_nomem;
		w->inner = f->func;
	}
	return NULL;
}

static struct gosym_error *walk(struct walk *w, const uint8_t *bytes, size_t count)
{
	struct plan_frame frame = { .above = 0 };
	struct gosym_error *err = NULL;

	for (size_t i = 0; !err && i < count && (!w->place || w->place->num); i++) {
		memcpy(&frame, bytes + i * sizeof(frame), sizeof(frame));
		err = add_pc(w, frame.pc);
		if (!err && i && frame.above && w->place->frameless)
			err = add_pc(w, frame.above);
	}
	return err;
}

/* The frames in the record; their number is the program's own, but checked: it is but bytes. */
static size_t find_frames(const struct gotrace_event *ev, const uint8_t **ret)
{
	const struct plan_record *r = ev->record;
	uint64_t at = ev->probe->stack_at, first = at + sizeof(struct plan_stack);
	struct plan_stack head;

	if (!r || !at || r->size < first || (r->kind != PLAN_CALL && r->kind != PLAN_RETURN))
		return 0;
	memcpy(&head, (const uint8_t *)r + at, sizeof(head));
	if (head.count > ev->plan->opts.stack ||
	    head.count > (r->size - first) / sizeof(struct plan_frame))
		return 0;
	*ret = (const uint8_t *)r + first;
	return head.count;
}

struct gosym_error *event_stack(const struct gotrace_event *ev, const struct stack_frame **ret,
				size_t *num)
{
	struct walk w = { .ev = ev };
	const uint8_t *bytes = NULL;
	size_t count = find_frames(ev, &bytes);
	struct gosym_error *err;

	*ret = NULL;
	*num = 0;
	if (!count)
		return NULL;
	w.stacks = stacks_of(ev->plan->binary);
	if (!w.stacks)
		return gosym_nomem;
	w.stacks->frames.num = 0;
	err = walk(&w, bytes, count);
	if (err)
		return err;
	*ret = w.stacks->frames.data;
	*num = w.stacks->frames.num;
	return NULL;
}

/* ---- as text and JSON */

/* Names of the file may hold anything; the terminal gets no control characters. */
static void put_name(const char *name, FILE *out)
{
	for (; *name; name++)
		putc(iscntrl((unsigned char)*name) ? '?' : *name, out);
}

struct gosym_error *stack_text(const struct gotrace_event *ev, bool color, FILE *out)
{
	const char *dim = color ? "\033[2m" : "", *plain = color ? "\033[0m" : "";
	const struct stack_frame *frames;
	size_t num;
	struct gosym_error *err = event_stack(ev, &frames, &num);

	for (size_t i = 0; !err && i < num; i++) {
		const struct gosym_frame *f = &frames[i].at;

		fputs("    ", out);
		if (f->func)
			put_name(f->func, out);
		else
			fprintf(out, "0x%" PRIx64, frames[i].addr);
		fputs(dim, out);
		if (f->file) {
			putc(' ', out);
			put_name(f->file, out);
			fprintf(out, ":%u", f->line);
		}
		fputs(f->inlined ? " (inlined)" : "", out);
		fprintf(out, "%s\n", plain);
	}
	return err;
}

struct gosym_error *stack_json(const struct gotrace_event *ev, struct json *j)
{
	const struct stack_frame *frames;
	size_t num;
	struct gosym_error *err = event_stack(ev, &frames, &num);

	if (err || !num)
		return err;
	json_key(j, "stack");
	json_array(j);
	for (size_t i = 0; i < num; i++) {
		json_object(j);
		json_key(j, "func");
		json_str(j, frames[i].at.func);
		json_key(j, "file");
		json_str(j, frames[i].at.file);
		json_key(j, "line");
		json_uint(j, frames[i].at.line);
		json_key(j, "inlined");
		json_bool(j, frames[i].at.inlined);
		if (!frames[i].at.func) {
			json_key(j, "address");
			json_hex(j, frames[i].addr);
		}
		json_object_end(j);
	}
	json_array_end(j);
	return NULL;
}
