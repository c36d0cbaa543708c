// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The open calls of each goroutine, as a stack of what the records told, in their order. What the kernel pairs
 * (duration, arguments that were kept) is in the records; here the calls that never return get their end:
 *
 *	f calls g, g panics, f recovers		call f, call g, PANIC, UNWIND to f's frame, return of f
 *						=> g ended by the panic, f returned
 *
 * Depths are those of the keys: the deeper, the larger. A panic's record carries the depth of gopanic's own frame,
 * so that one that was recovered within a deferred function is told from the one that runs this function.
 *
 * A goroutine without an id (a thread's own stacks) has several stacks with tops of their own: of their calls
 * only equal keys are compared.
 */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "gosym/cleanup.h"
#include "tracer/pairing_internal.h"

/* ---- life */

void pairing_made_clear(struct pairing *p)
{
	for (size_t i = 0; i < p->made.num; i++)
		free(p->made.data[i].kept);
	p->made.num = 0;
	p->next = 0;
}

void pairing_goroutine_free(struct pairing *p, struct goroutine *g)
{
	HASH_DEL(p->goroutines, g);
	vec_deinit(&g->calls);
	panics_deinit(&g->panics);
	vec_deinit(&g->ends);
	vec_deinit(&g->stale);
	free(g);
}

void pairing_destroy(struct pairing *p)
{
	struct goroutine *g, *next;

	if (!p)
		return;
	HASH_ITER(hh, p->goroutines, g, next)
		pairing_goroutine_free(p, g);
	pairing_made_clear(p);
	vec_deinit(&p->made);
	free(p->abandoned);
	free(p->undecided);
	free(p);
}
DEFINE_CLEANUP(cleanup_pairing, struct pairing *, pairing_destroy(*p))

struct gosym_error *pairing_create(const struct gosym_plan *plan, const struct pairing_kept *kept,
				   struct pairing **ret)
{
	_cleanup_(cleanup_pairing) struct pairing *p = calloc(1, sizeof(*p));

	if (!p)
		return gosym_nomem;
	p->plan = plan;
	if (kept)
		p->kept = *kept;
	p->abandoned = calloc(plan->probes.num + 1, sizeof(*p->abandoned));
	p->undecided = calloc(plan->probes.num + 1, sizeof(*p->undecided));
	if (!p->abandoned || !p->undecided)
		return gosym_nomem;
	*ret = no_cleanup_ptr(p);
	return NULL;
}

/* ---- goroutines */

struct gkey pairing_key_of(const struct plan_record *r)
{
	return (struct gkey){ .id = r->goid ? r->goid : UINT64_C(1) << 63 | r->tid, .pid = r->pid };
}

struct goroutine *pairing_goroutine_find(struct pairing *p, struct gkey key)
{
	struct goroutine *g;

	HASH_FIND(hh, p->goroutines, &key, sizeof(key), g);
	return g;
}

static struct goroutine *goroutine_get(struct pairing *p, struct gkey key)
{
	struct goroutine *g = pairing_goroutine_find(p, key);

	if (g)
		return g;
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->key = key;
	HASH_ADD(hh, p->goroutines, key, sizeof(g->key), g);
	return g;
}

static bool has_id(const struct goroutine *g)
{
	return !(g->key.id >> 63);
}

static void goroutine_drop_idle(struct pairing *p, struct goroutine *g)
{
	if (!g->calls.num && !g->panics.list.num && !g->ends.num && !g->stale.num && !g->exiting)
		pairing_goroutine_free(p, g);
}

/* ---- events */

struct made *pairing_make(struct pairing *p)
{
	struct made *m = vec_append(&p->made);

	if (m)
		m->ev.plan = p->plan;
	return m;
}

/* The end of a call that did not return. */
static struct gosym_error *make_end(struct pairing *p, const struct plan_record *call, enum event_ended ended,
				    const struct event_panic *panic)
{
	struct made *m = pairing_make(p);

	if (!m)
		return gosym_nomem;
	m->header = *call;
	m->header.ts = p->record->ts;
	m->header.tid = p->record->tid;
	m->ev.probe = plan_probe_at(p->plan, call->probe);
	m->ev.is_return = true;
	m->ev.ended = ended;
	m->ev.duration = p->record->ts > call->ts ? p->record->ts - call->ts : 0;
	m->has_panic = panic && ended == EVENT_PANIC;
	if (m->has_panic)
		m->panic = *panic;
	return NULL;
}

const struct gotrace_event *pairing_next(struct pairing *p)
{
	struct made *m;

	if (p->next >= p->made.num)
		return NULL;
	m = &p->made.data[p->next++];
	if (m->kept)
		m->ev.record = m->kept;
	if (m->header.size)
		m->ev.header = &m->header;
	m->ev.panic = m->has_panic ? &m->panic : NULL;
	return &m->ev;
}

size_t pairing_open_calls(const struct pairing *p)
{
	return p->open;
}

uint64_t pairing_abandoned(const struct pairing *p, uint32_t probe)
{
	return p->abandoned[probe];
}

uint64_t pairing_undecided(const struct pairing *p, uint32_t probe)
{
	return p->undecided[probe];
}

/* ---- calls that are over */

/* Calls at least this deep that nothing was heard of are over: a shallower call of theirs goes on. With a panic on
 * the way it is known how they ended; if its recovery could not be hooked that comes late. */
static struct gosym_error *close_silently(struct pairing *p, struct goroutine *g, uint64_t depth)
{
	while (g->calls.num && g->calls.data[g->calls.num - 1].depth >= depth) {
		const struct plan_record *call = &g->calls.data[g->calls.num - 1];
		const struct event_panic *panic = panics_of(&g->panics, call->depth);
		struct gosym_error *err = NULL;

		if (panic && p->plan->no_unwind)
			err = make_end(p, call, EVENT_PANIC, panic);
		else
			p->abandoned[call->probe]++;
		if (err)
			return err;
		g->calls.num--;
		p->open--;
	}
	if (p->plan->no_unwind)
		panics_end(&g->panics, depth);
	return NULL;
}

static struct gosym_error *close_calls(struct pairing *p, struct goroutine *g, uint64_t depth,
				       enum event_ended ended)
{
	while (g->calls.num && g->calls.data[g->calls.num - 1].depth >= depth) {
		const struct plan_record *call = &g->calls.data[g->calls.num - 1];
		struct gosym_error *err = make_end(p, call, ended, panics_of(&g->panics, call->depth));

		if (err)
			return err;
		g->calls.num--;
		p->open--;
	}
	return NULL;
}

/* ---- records */

static struct gosym_error *take_call(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, pairing_key_of(r));
	struct gosym_error *err = g && has_id(g) ? close_silently(p, g, r->depth) : NULL;
	struct plan_record *slot;
	struct made *m;

	if (err)
		return err;
	m = pairing_make(p);
	if (!m || (!g && !r->goid_status))
		return gosym_nomem;
	m->ev.probe = plan_probe_at(p->plan, r->probe);
	m->ev.record = r;
	if (!g || m->ev.probe->copy)
		return NULL;
	slot = vec_append(&g->calls);
	if (!slot)
		return gosym_nomem;
	*slot = *r;
	p->open++;
	return NULL;
}

/* With the call's record in it, and if both are not to be one: first that of the call. */
static struct gosym_error *make_returns(struct pairing *p, const struct plan_record *r)
{
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);
	bool split = p->plan->keep_args && !p->plan->opts.pair;
	struct made *m = split ? pairing_make(p) : NULL;

	if (split && !m)
		return gosym_nomem;
	if (split) {
		m->ev.probe = probe;
		m->ev.record = r;
		memcpy(&m->header, (const uint8_t *)r + probe->call_at, sizeof(m->header));
	}
	m = pairing_make(p);
	if (!m)
		return gosym_nomem;
	m->ev.probe = probe;
	m->ev.record = r;
	m->ev.is_return = true;
	m->ev.is_pair = p->plan->opts.pair;
	m->ev.duration = r->duration;
	m->ev.jumped_to = probe->exits[r->exit].jumps_to;
	m->ev.ended = m->ev.jumped_to ? EVENT_JUMP : EVENT_RETURNED;
	return NULL;
}

/* Where the call is on top of its goroutine's stack, or below others that are over. */
static struct gosym_error *close_returned(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : pairing_goroutine_find(p, pairing_key_of(r));
	struct gosym_error *err;
	size_t i;

	if (!g)
		return NULL;
	err = has_id(g) ? close_silently(p, g, r->depth + 1) : NULL;
	if (err)
		return err;
	for (i = g->calls.num; i; i--)
		if (g->calls.data[i - 1].depth == r->depth && g->calls.data[i - 1].probe == r->probe)
			break;
	if (i) {
		memmove(&g->calls.data[i - 1], &g->calls.data[i],
			(g->calls.num - i) * sizeof(*g->calls.data));
		g->calls.num--;
		p->open--;
	}
	goroutine_drop_idle(p, g);
	return NULL;
}

static struct gosym_error *take_return(struct pairing *p, const struct plan_record *r)
{
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);
	struct gosym_error *err;

	if (r->size != probe->return_size || r->exit >= probe->num_exits)
		return gosym_error_new(GOSYM_BAD_DATA, "ring buffer: a return of %s that is none of this session's",
				       gosym_func_name(probe->func));
	err = close_returned(p, r);
	return err ? err : make_returns(p, r);
}

/* ---- panics */

static struct gosym_error *take_panic(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, pairing_key_of(r));
	struct gosym_error *err;

	if (r->goid_status)
		return NULL;
	if (!g)
		return gosym_nomem;
	err = has_id(g) ? close_silently(p, g, r->depth) : NULL;
	return err ? err : panics_begin(&g->panics, p->plan, (const struct hook_panic *)r);
}

static uint64_t panic_field(const uint8_t *panic, uint32_t off)
{
	uint64_t v;

	memcpy(&v, panic + off, sizeof(v));
	return v;
}

/* The stack pointer the goroutine goes on with (recovery in src/runtime/panic.go). */
static uint64_t unwound_to(const struct plan_unwind *u, const struct hook_unwind *h)
{
	uint64_t sp;

	if (!u->in_panic)
		return h->sp;
	sp = panic_field(h->panics[0], u->sp);
	for (int i = 0; i < HOOK_PANICS && !h->status[4 + i]; i++) {
		uint64_t start = panic_field(h->panics[i], u->start_sp);

		if (start >= sp)
			break;
		if (h->panics[i][u->goexit])
			return start;
	}
	return sp;
}

static struct gosym_error *unwind(struct pairing *p, struct goroutine *g, uint64_t depth)
{
	struct gosym_error *err = close_calls(p, g, depth, EVENT_PANIC);

	if (!err)
		err = pairing_note_end(p, g, depth, EVENT_PANIC);
	panics_end(&g->panics, depth);
	if (!err)
		goroutine_drop_idle(p, g);
	return err;
}

static struct gosym_error *take_unwind(struct pairing *p, const struct plan_record *r)
{
	const struct hook_unwind *h = (const struct hook_unwind *)r;
	struct gkey key = { .pid = r->pid };
	struct goroutine *g;
	uint64_t sp;

	if (r->size == sizeof(*r)) {		/* fatalpanic: on the goroutine itself */
		g = r->goid_status ? NULL : pairing_goroutine_find(p, pairing_key_of(r));
		return g ? unwind(p, g, 0) : NULL;
	}
	/* The last panic's own status is that of the fetches before it, too. */
	if (h->status[1] || h->status[2] || h->status[3] || (p->plan->unwind->in_panic && h->status[4]))
		return NULL;
	key.id = h->goid;
	g = pairing_goroutine_find(p, key);
	sp = unwound_to(p->plan->unwind, h);
	return g && sp && sp <= h->stack_hi ? unwind(p, g, h->stack_hi - sp) : NULL;
}

static struct gosym_error *take_goexit(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : pairing_goroutine_find(p, pairing_key_of(r));
	struct gosym_error *err;

	if (!g)
		return NULL;
	if (!g->exiting)
		err = close_silently(p, g, 0);
	else
		err = close_calls(p, g, 0, EVENT_GOEXIT);
	if (!err && g->exiting)
		err = pairing_note_end(p, g, 0, EVENT_GOEXIT);
	if (err)
		return err;
	if (g->ends.num) {
		g->over = true;
		return NULL;
	}
	pairing_forget_stale(p, g);
	pairing_goroutine_free(p, g);
	return NULL;
}

static struct gosym_error *take_goexit_begins(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, pairing_key_of(r));

	if (r->goid_status)
		return NULL;
	if (!g)
		return gosym_nomem;
	g->exiting = true;
	return NULL;
}

struct gosym_error *pairing_take(struct pairing *p, const struct plan_record *r)
{
	static struct gosym_error *(*const take[])(struct pairing *, const struct plan_record *) = {
		[PLAN_CALL] = take_call,
		[PLAN_RETURN] = take_return,
		[PLAN_ABANDONED] = pairing_take_abandoned,
		[PLAN_PANIC] = take_panic,
		[PLAN_UNWIND] = take_unwind,
		[PLAN_GOEXIT] = take_goexit,
		[PLAN_GOEXIT_BEGINS] = take_goexit_begins,
	};
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);

	pairing_made_clear(p);
	p->record = r;
	if (r->ts > p->last_ts)
		p->last_ts = r->ts;
	if (r->kind >= sizeof(take) / sizeof(take[0]) ||
	    (r->kind != probe->kind && probe->kind != PLAN_CALL) ||
	    (probe->kind == PLAN_CALL && r->kind > PLAN_ABANDONED) ||
	    (r->kind == probe->kind && r->size != probe->record_size))
		return gosym_error_new(GOSYM_BAD_DATA, "ring buffer: a record of %u bytes and kind %u is none of "
				       "this session's", r->size, r->kind);
	return take[r->kind](p, r);
}
