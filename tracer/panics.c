// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Panics within panics (src/runtime/panic.go). A panic goes from frame to frame and runs their deferred functions,
 * called by gopanic, deeper on the stack. If one of these panics again the new one goes on where the old one stands:
 *
 *	f defers d, f calls g, g panics A; A passes g, runs d for f; d panics B; B passes d, then f
 *
 *	depth	f  g  gopanic(A)  d  gopanic(B)
 *	ended	B  A		  B
 *
 * So a call between A's gopanic and the frame where A stood when B began was ended by A, others by B. Where A stood
 * is read as B begins: of Go 1.22 on from A's _panic.sp, before from the _defer that A runs.
 */
#include "gosym/cleanup.h"
#include "gosym/rtype.h"
#include "tracer/panics.h"

static const struct event_panic one_of_several = { .kind = PANIC_SEVERAL };

void panics_deinit(struct panics *ps)
{
	vec_deinit(&ps->list);
}

void panics_end(struct panics *ps, uint64_t depth)
{
	while (ps->list.num && ps->list.data[ps->list.num - 1].depth >= depth)
		ps->list.num--;
}

/* ---- which one */

bool panics_part(const struct panics *ps, size_t i, uint64_t depth, struct panics_part *ret)
{
	const struct panic *q;

	if (i >= ps->list.num)
		return false;
	q = &ps->list.data[i];
	*ret = (struct panics_part){ .depth = depth, .below = q->depth, .value = &q->value };
	if (i + 1 < ps->list.num && q->stands && q->at > depth)
		ret->depth = q->at;
	else if (i + 1 < ps->list.num && !q->stands)
		ret->value = &one_of_several;
	return true;
}

const struct event_panic *panics_of(const struct panics *ps, uint64_t depth)
{
	struct panics_part part;

	for (size_t i = 0; panics_part(ps, i, 0, &part); i++)
		if (depth >= part.depth && depth < part.below)
			return part.value;
	return NULL;
}

/* ---- where the one before stands */

static uint64_t word_at(const uint8_t *bytes, uint32_t off)
{
	uint64_t v;

	memcpy(&v, bytes + off, sizeof(v));
	return v;
}

/* The frame whose deferred function it runs; 0: not known. Runtime.Goexit has a _panic too, which is not meant. */
static uint64_t stands_at(const struct plan_standing *s, const struct hook_panic *h)
{
	if (h->panic_status || h->panic[s->goexit])
		return 0;
	if (s->in_panic)
		return word_at(h->panic, s->panic_sp);
	for (int i = 0; i < HOOK_DEFERS && !h->defer_status[1 + i]; i++)
		if (word_at(h->defers[i], s->defer_panic) == h->panicking)
			return word_at(h->defers[i], s->defer_sp);
	return 0;
}

/* The _panic lies in gopanic's frame, which tells that it is the latest we know of. */
static void note_standing(struct panics *ps, const struct plan_standing *s, const struct hook_panic *h)
{
	struct panic *last = ps->list.num ? &ps->list.data[ps->list.num - 1] : NULL;
	uint64_t sp;

	if (!last || !s || h->stack_status || h->panicking_status || h->panicking > h->stack_hi ||
	    h->stack_hi - h->panicking <= last->depth || h->stack_hi - h->panicking >= h->record.depth)
		return;
	sp = stands_at(s, h);
	last->stands = sp > h->panicking && sp <= h->stack_hi;
	last->at = h->stack_hi - sp;
}

/* ---- values */

static bool is_text(const char *type, enum gosym_kind kind)
{
	/* Structs, or pointers to such, that begin with the string which is their message. */
	static const char *const begin_so[] = {
		"*errors.errorString", "*fmt.wrapError", "*fmt.wrapErrors", "runtime.errorAddressString",
	};

	if (kind == GOSYM_STRING)
		return true;
	for (size_t i = 0; i < sizeof(begin_so) / sizeof(begin_so[0]); i++)
		if (!strcmp(type, begin_so[i]))
			return true;
	return false;
}

static void panic_text(const struct hook_panic *h, struct event_panic *v)
{
	if (h->words_status || h->text_status < 0) {
		v->kind = PANIC_FAULT;
		return;
	}
	v->kind = PANIC_TEXT;
	v->len = h->words[1];
	v->size = v->len < EVENT_PANIC_TEXT ? (uint32_t)v->len : EVENT_PANIC_TEXT;
}

static void panic_number(const struct hook_panic *h, const struct rtype *t, struct event_panic *v)
{
	unsigned shift = 64 - 8 * (unsigned)t->size;

	if (h->words_status) {
		v->kind = PANIC_FAULT;
		return;
	}
	v->word = h->words[0] << shift >> shift;
	v->kind = t->kind == GOSYM_BOOL ? PANIC_BOOL : t->kind <= GOSYM_INT64 ? PANIC_INT : PANIC_UINT;
	if (v->kind == PANIC_INT)
		v->word = (uint64_t)((int64_t)(h->words[0] << shift) >> shift);
}

/* The value by its dynamic type, from what was read on the chance. */
static void panic_value(const struct gosym_plan *plan, const struct hook_panic *h, struct event_panic *v)
{
	const struct plan_probe *probe = plan_probe_at(plan, h->record.probe);
	uint64_t type = h->type - (h->record.ip - probe->site->addr);
	uint32_t max = plan->opts.strlen < HOOK_TEXT ? plan->opts.strlen : HOOK_TEXT;
	struct rtype t;

	*v = (struct event_panic){ .kind = PANIC_FAULT };
	if (h->arg_status < 0)
		return;
	v->kind = h->type ? PANIC_WORD : PANIC_NIL;
	v->word = h->data;
	if (!h->type)
		return;
	_cleanup_error_ struct gosym_error *unnamed = gosym_runtime_type_name(plan->binary, type, &v->type);
	_cleanup_error_ struct gosym_error *unread = rtype_read(plan->binary, type, &t);
	if (unnamed)
		v->type = NULL;
	if (unnamed || unread)
		return;
	if (is_text(v->type, t.kind))
		panic_text(h, v);
	else if (t.kind >= GOSYM_BOOL && t.kind <= GOSYM_UINTPTR && t.size && t.size <= 8)
		panic_number(h, &t, v);
	if (v->kind != PANIC_TEXT)
		return;
	if (v->size > max)
		v->size = max;
	memcpy(v->text, h->text, v->size);
}

struct gosym_error *panics_begin(struct panics *ps, const struct gosym_plan *plan, const struct hook_panic *h)
{
	struct panic *slot;

	/* Earlier ones at this depth or deeper are over. */
	panics_end(ps, h->record.depth);
	note_standing(ps, plan->standing, h);
	slot = vec_append(&ps->list);
	if (!slot)
		return gosym_nomem;
	slot->depth = h->record.depth;
	panic_value(plan, h, &slot->value);
	return NULL;
}
