// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Calls whose records the kernel keeps until they return, and which end otherwise: a panic or the goroutine's end
 * tells how all calls of some depths have ended, but their records are in the kernel's map, or on their way because
 * another call took their place. So ends are noted, the map is looked at now and then, and both are put together.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "gosym/cleanup.h"
#include "tracer/cond_eval.h"
#include "tracer/pairing_internal.h"

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

struct gosym_error *pairing_note_end(struct pairing *p, struct goroutine *g, uint64_t depth,
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
	struct made *m = pairing_make(p);

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
	struct goroutine *g = pairing_goroutine_find(p, gkey_of(key));
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

void pairing_forget_stale(struct pairing *p, struct goroutine *g)
{
	for (size_t i = 0; i < g->stale.num; i++)
		p->kept.forget(p->kept.ctx, &g->stale.data[i].key, g->stale.data[i].ts);
	g->stale.num = 0;
}

struct gosym_error *pairing_settle(struct pairing *p, bool at_end)
{
	struct goroutine *g, *next;
	struct gosym_error *err;

	pairing_made_clear(p);
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
			pairing_forget_stale(p, g);
		if (g->over)
			pairing_goroutine_free(p, g);
	}
	return err;
}

/* The kernel found it when the next call took its place; perhaps it is settled already. */
struct gosym_error *pairing_take_abandoned(struct pairing *p, const struct plan_record *r)
{
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);
	struct goroutine *g = r->goid_status ? NULL : pairing_goroutine_find(p, pairing_key_of(r));
	struct plan_call_key key = { .depth = r->depth, .tgid = r->pid, .probe = r->probe };
	struct plan_record call;
	const struct end *end;
	struct stale *stale;

	if (!p->plan->keep_args || r->size != probe->return_size)
		return gosym_error_new(GOSYM_BAD_DATA, "ring buffer: a call of %s that is none of this session's",
				       gosym_func_name(probe->func));
	memcpy(&call, (const uint8_t *)r + probe->call_at, sizeof(call));
	key.goid = pairing_key_of(r).id;
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
