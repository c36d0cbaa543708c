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
#include <time.h>
#include <uthash.h>

#include "gosym/cleanup.h"
#include "tracer/cond_eval.h"
#include "tracer/pairing.h"
#include "tracer/panics.h"
#include "tracer/plan_hooks.h"

/* A kept call that ended: its element waits for its goroutine's end, or for the next call of its key. */
struct stale {
	struct plan_call_key key;
	uint64_t ts;
};

/* Kept calls of a goroutine end many at once; the kernel has their records, or has sent them. */
struct end {
	uint64_t ts, depth, below;	/* the calls at least this deep, but not so deep */
	uint64_t walked_ts;		/* by then all such calls were found in the map, or taken from it; 0: not yet */
	uint32_t tid;
	enum event_ended ended;
	bool has_panic;
	struct event_panic panic;
};

struct gkey {
	uint64_t id;			/* goid, or 1 << 63 | tid */
	uint64_t pid;
};

struct goroutine {
	struct gkey key;
	VEC(struct plan_record) calls;
	struct panics panics;
	VEC(struct end) ends;		/* by time */
	VEC(struct stale) stale;
	bool exiting;			/* runtime.Goexit was called */
	bool over;
	UT_hash_handle hh;
};

/* An event that was made here. */
struct made {
	struct gotrace_event ev;
	struct plan_record header;
	struct event_panic panic;
	bool has_panic;
	struct plan_record *kept;	/* malloc()ed */
};

struct pairing {
	const struct gosym_plan *plan;
	struct pairing_kept kept;
	struct goroutine *goroutines;
	VEC(struct made) made;
	size_t next;
	uint64_t *abandoned, *undecided;	/* by probe */
	size_t open;
	bool unsettled;			/* there are ends for which the map was not looked at yet */
	uint64_t settled_ts, last_ts;	/* when the map had been looked at; of the latest record */
	const struct plan_record *record;	/* at hand */
};

enum { SETTLE_EVERY_NS = 50 * 1000 * 1000 };

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

static int by_time(const void *a, const void *b)
{
	const struct made *x = a, *y = b;

	if (x->header.ts != y->header.ts)
		return x->header.ts < y->header.ts ? -1 : 1;
	return x->header.depth < y->header.depth ? 1 : -1;
}

/* ---- life */

static void made_clear(struct pairing *p)
{
	for (size_t i = 0; i < p->made.num; i++)
		free(p->made.data[i].kept);
	p->made.num = 0;
	p->next = 0;
}

static void goroutine_free(struct pairing *p, struct goroutine *g)
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
		goroutine_free(p, g);
	made_clear(p);
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

static struct gkey key_of(const struct plan_record *r)
{
	return (struct gkey){ .id = r->goid ? r->goid : UINT64_C(1) << 63 | r->tid, .pid = r->pid };
}

static struct goroutine *goroutine_find(struct pairing *p, struct gkey key)
{
	struct goroutine *g;

	HASH_FIND(hh, p->goroutines, &key, sizeof(key), g);
	return g;
}

static struct goroutine *goroutine_get(struct pairing *p, struct gkey key)
{
	struct goroutine *g = goroutine_find(p, key);

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
		goroutine_free(p, g);
}

/* ---- events */

static struct made *make(struct pairing *p)
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
	struct made *m = make(p);

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

/* ---- kept calls */

/* Every kept call that began before the end and is at least this deep ended with it. */
static struct gosym_error *note_part(struct pairing *p, struct goroutine *g, const struct panics_part *part,
				     enum event_ended ended)
{
	struct end *end = vec_append(&g->ends);

	if (!end)
		return gosym_nomem;
	*end = (struct end){ .ts = p->record->ts, .tid = p->record->tid, .depth = part->depth,
			     .below = part->below, .ended = ended, .has_panic = part->value };
	if (part->value)
		end->panic = *part->value;
	p->unsettled = true;
	return NULL;
}

static struct gosym_error *note_end(struct pairing *p, struct goroutine *g, uint64_t depth,
				    enum event_ended ended)
{
	struct panics_part part;
	struct gosym_error *err = NULL;

	if (!p->plan->keep_args)
		return NULL;
	for (size_t i = 0; ended == EVENT_PANIC && panics_part(&g->panics, i, depth, &part) && !err; i++)
		if (part.below > depth)
			err = note_part(p, g, &part, ended);
	part = (struct panics_part){ .depth = depth, .below = UINT64_MAX };
	return err ? err : note_part(p, g, &part, ended);
}

static const struct end *end_of(const struct goroutine *g, const struct plan_record *call)
{
	for (size_t i = 0; i < g->ends.num; i++)
		if (g->ends.data[i].ts > call->ts && g->ends.data[i].depth <= call->depth &&
		    call->depth < g->ends.data[i].below)
			return &g->ends.data[i];
	return NULL;
}

/* Another with a copy of what was kept. */
static struct made *make_kept(struct pairing *p, const struct plan_record *call, const struct plan_record *image)
{
	struct made *m = make(p);

	if (!m)
		return NULL;
	m->kept = malloc(image->size);
	if (!m->kept)
		return NULL;
	memcpy(m->kept, image, image->size);
	m->header = *call;
	m->ev.probe = plan_probe_at(p->plan, call->probe);
	return m;
}

/* Where its return would have decided, what is known may do; else it stays open. */
static bool ended_as_wanted(struct pairing *p, const struct plan_record *ended, const struct plan_record *image,
			    uint64_t duration)
{
	const struct plan_expr *cond = plan_probe_at(p->plan, ended->probe)->cond_return;
	enum cond_truth truth = cond ? cond_eval(cond, ended, image, duration) : COND_TRUE;

	if (truth == COND_UNKNOWN)
		p->undecided[ended->probe]++;
	return truth == COND_TRUE;
}

static struct gosym_error *make_kept_end(struct pairing *p, const struct plan_record *call,
					 const struct plan_record *image, const struct end *end)
{
	struct plan_record ended = *call;
	uint64_t duration = end->ts - call->ts;
	struct made *m;

	ended.ts = end->ts;
	ended.tid = end->tid;
	if (!ended_as_wanted(p, &ended, image, duration))
		return NULL;
	if (!p->plan->opts.pair && !make_kept(p, call, image))
		return gosym_nomem;
	m = make_kept(p, &ended, image);
	if (!m)
		return gosym_nomem;
	m->ev.is_return = true;
	m->ev.is_pair = p->plan->opts.pair;
	m->ev.ended = end->ended;
	m->ev.duration = duration;
	m->has_panic = end->has_panic;
	m->panic = end->panic;
	return NULL;
}

static struct stale *stale_find(struct goroutine *g, const struct plan_call_key *key, uint64_t ts)
{
	for (size_t i = 0; i < g->stale.num; i++)
		if (g->stale.data[i].ts == ts && !memcmp(&g->stale.data[i].key, key, sizeof(*key)))
			return &g->stale.data[i];
	return NULL;
}

static struct gkey gkey_of(const struct plan_call_key *key)
{
	return (struct gkey){ .id = key->goid, .pid = key->tgid };
}

/* An element of the map: is its call over? */
static struct gosym_error *settle_kept(void *arg, const struct plan_call_key *key, const struct plan_call *call)
{
	const struct plan_record *kept = (const struct plan_record *)(call + 1);
	struct pairing *p = arg;
	struct goroutine *g = goroutine_find(p, gkey_of(key));
	const struct plan_probe *probe = plan_probe_at(p->plan, key->probe);
	const struct end *end = g && call->flags ? end_of(g, kept) : NULL;
	struct gosym_error *err;
	struct stale *slot;

	if (!end || !probe || kept->probe != key->probe || kept->size != probe->record_size ||
	    stale_find(g, key, call->ts))
		return NULL;
	slot = vec_append(&g->stale);
	if (!slot)
		return gosym_nomem;
	*slot = (struct stale){ *key, call->ts };
	err = make_kept_end(p, kept, kept, end);
	return err;
}

/* Ends are of use until all calls that began before them are accounted for: those that were in the map when it was
 * looked at with the end known, and others whose records were on the way then. */
static void drop_ends(struct pairing *p, struct goroutine *g)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->ends.num; i++) {
		struct end *end = &g->ends.data[i];

		if (end->walked_ts && p->last_ts >= end->walked_ts)
			continue;
		if (!end->walked_ts)
			end->walked_ts = p->settled_ts;
		g->ends.data[kept++] = *end;
	}
	g->ends.num = kept;
}

static void forget_stale(struct pairing *p, struct goroutine *g)
{
	for (size_t i = 0; i < g->stale.num; i++)
		p->kept.forget(p->kept.ctx, &g->stale.data[i].key, g->stale.data[i].ts);
	g->stale.num = 0;
}

struct gosym_error *pairing_settle(struct pairing *p, bool at_end)
{
	struct goroutine *g, *next;
	struct gosym_error *err;

	made_clear(p);
	if (!p->plan->keep_args || !p->unsettled || (!at_end && now_ns() < p->settled_ts + SETTLE_EVERY_NS))
		return NULL;
	err = p->kept.walk(p->kept.ctx, settle_kept, p);
	p->settled_ts = now_ns();
	if (p->made.num)
		qsort(p->made.data, p->made.num, sizeof(*p->made.data), by_time);
	p->unsettled = false;
	HASH_ITER(hh, p->goroutines, g, next) {
		drop_ends(p, g);
		if (g->over || at_end)
			forget_stale(p, g);
		if (g->over)
			goroutine_free(p, g);
	}
	return err;
}

/* The kernel found it when the next call took its place; perhaps it is settled already. */
static struct gosym_error *take_abandoned(struct pairing *p, const struct plan_record *r)
{
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);
	struct goroutine *g = r->goid_status ? NULL : goroutine_find(p, key_of(r));
	struct plan_call_key key = { .depth = r->depth, .tgid = r->pid, .probe = r->probe };
	struct plan_record call;
	const struct end *end;
	struct stale *stale;

	if (!p->plan->keep_args || r->size != probe->return_size)
		return gosym_error_new(GOSYM_BAD_DATA, "ring buffer: a call of %s that is none of this session's",
				       gosym_func_name(probe->func));
	memcpy(&call, (const uint8_t *)r + probe->call_at, sizeof(call));
	key.goid = key_of(r).id;
	stale = g ? stale_find(g, &key, call.ts) : NULL;
	if (stale) {
		*stale = g->stale.data[--g->stale.num];
		return NULL;
	}
	end = g ? end_of(g, &call) : NULL;
	if (end)
		return make_kept_end(p, &call, r, end);
	p->abandoned[r->probe]++;
	return NULL;
}

/* ---- records */

static struct gosym_error *take_call(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, key_of(r));
	struct gosym_error *err = g && has_id(g) ? close_silently(p, g, r->depth) : NULL;
	struct plan_record *slot;
	struct made *m;

	if (err)
		return err;
	m = make(p);
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
	struct made *m = split ? make(p) : NULL;

	if (split && !m)
		return gosym_nomem;
	if (split) {
		m->ev.probe = probe;
		m->ev.record = r;
		memcpy(&m->header, (const uint8_t *)r + probe->call_at, sizeof(m->header));
	}
	m = make(p);
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
	struct goroutine *g = r->goid_status ? NULL : goroutine_find(p, key_of(r));
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
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, key_of(r));
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
		err = note_end(p, g, depth, EVENT_PANIC);
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
		g = r->goid_status ? NULL : goroutine_find(p, key_of(r));
		return g ? unwind(p, g, 0) : NULL;
	}
	/* The last panic's own status is that of the fetches before it, too. */
	if (h->status[1] || h->status[2] || h->status[3] || (p->plan->unwind->in_panic && h->status[4]))
		return NULL;
	key.id = h->goid;
	g = goroutine_find(p, key);
	sp = unwound_to(p->plan->unwind, h);
	return g && sp && sp <= h->stack_hi ? unwind(p, g, h->stack_hi - sp) : NULL;
}

static struct gosym_error *take_goexit(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_find(p, key_of(r));
	struct gosym_error *err;

	if (!g)
		return NULL;
	if (!g->exiting)
		err = close_silently(p, g, 0);
	else
		err = close_calls(p, g, 0, EVENT_GOEXIT);
	if (!err && g->exiting)
		err = note_end(p, g, 0, EVENT_GOEXIT);
	if (err)
		return err;
	if (g->ends.num) {
		g->over = true;
		return NULL;
	}
	forget_stale(p, g);
	goroutine_free(p, g);
	return NULL;
}

static struct gosym_error *take_goexit_begins(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, key_of(r));

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
		[PLAN_ABANDONED] = take_abandoned,
		[PLAN_PANIC] = take_panic,
		[PLAN_UNWIND] = take_unwind,
		[PLAN_GOEXIT] = take_goexit,
		[PLAN_GOEXIT_BEGINS] = take_goexit_begins,
	};
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);

	made_clear(p);
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
