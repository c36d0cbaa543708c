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
#include "gosym/rtype.h"
#include "tracer/pairing.h"
#include "tracer/plan_hooks.h"

struct panic {
	uint64_t depth;
	struct event_panic value;
};

/* A kept call that ended: its element waits for its goroutine's end, or for the next call of its key. */
struct stale {
	struct plan_call_key key;
	uint64_t ts;
};

struct gkey {
	uint64_t id;			/* goid, or 1 << 63 | tid */
	uint64_t pid;
};

struct goroutine {
	struct gkey key;
	VEC(struct plan_record) calls;
	VEC(struct panic) panics;
	VEC(struct stale) stale;
	bool exiting;			/* runtime.Goexit was called */
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
	uint64_t *abandoned, *undecided, *replaced;	/* by probe */
	size_t open;
	const struct plan_record *record;	/* at hand */
};

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
	vec_deinit(&g->panics);
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
	free(p->replaced);
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
	p->replaced = calloc(plan->probes.num + 1, sizeof(*p->replaced));
	if (!p->abandoned || !p->undecided || !p->replaced)
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
	if (!g->calls.num && !g->panics.num && !g->stale.num && !g->exiting)
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
				    const struct panic *panic)
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
		m->panic = panic->value;
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

uint64_t pairing_replaced(const struct pairing *p, uint32_t probe)
{
	return p->replaced[probe];
}

uint64_t pairing_undecided(const struct pairing *p, uint32_t probe)
{
	return p->undecided[probe];
}

/* ---- calls that are over */

/* The panic that takes away calls at this depth: the latest that began there or deeper. */
static const struct panic *panic_at(const struct goroutine *g, uint64_t depth)
{
	const struct panic *last = g->panics.num ? &g->panics.data[g->panics.num - 1] : NULL;

	return last && last->depth >= depth ? last : NULL;
}

static void panics_end(struct goroutine *g, uint64_t depth)
{
	while (g->panics.num && g->panics.data[g->panics.num - 1].depth >= depth)
		g->panics.num--;
}

/* Calls at least this deep that nothing was heard of are over: a shallower call of theirs goes on. With a panic on
 * the way it is known how they ended; if its recovery could not be hooked that comes late. */
static struct gosym_error *close_silently(struct pairing *p, struct goroutine *g, uint64_t depth)
{
	while (g->calls.num && g->calls.data[g->calls.num - 1].depth >= depth) {
		const struct plan_record *call = &g->calls.data[g->calls.num - 1];
		const struct panic *panic = panic_at(g, call->depth);
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
		panics_end(g, depth);
	return NULL;
}

static struct gosym_error *close_calls(struct pairing *p, struct goroutine *g, uint64_t depth,
				       enum event_ended ended)
{
	const struct panic *panic = ended == EVENT_PANIC ? panic_at(g, depth) : NULL;

	while (g->calls.num && g->calls.data[g->calls.num - 1].depth >= depth) {
		struct gosym_error *err = make_end(p, &g->calls.data[g->calls.num - 1], ended, panic);

		if (err)
			return err;
		g->calls.num--;
		p->open--;
	}
	return NULL;
}

/* ---- kept calls */

struct closing {
	struct pairing *p;
	struct goroutine *g;
	enum event_ended ended;
	const struct panic *panic;
};

static struct gosym_error *note_stale(struct closing *c, const struct plan_call_key *key, uint64_t ts)
{
	struct stale *slot = NULL;

	for (size_t i = 0; i < c->g->stale.num && !slot; i++)
		if (!memcmp(&c->g->stale.data[i].key, key, sizeof(*key)))
			slot = &c->g->stale.data[i];
	if (slot)
		c->p->replaced[key->probe]++;
	else
		slot = vec_append(&c->g->stale);
	if (!slot)
		return gosym_nomem;
	*slot = (struct stale){ *key, ts };
	return NULL;
}

/* What its return would have decided stays open. */
static struct gosym_error *close_kept(void *arg, const struct plan_call_key *key, const struct plan_call *call)
{
	const struct plan_record *kept = (const struct plan_record *)(call + 1);
	struct closing *c = arg;
	const struct plan_probe *probe = plan_probe_at(c->p->plan, key->probe);
	struct gosym_error *err = note_stale(c, key, call->ts);
	struct made *m;

	if (err)
		return err;
	if (!probe || kept->probe != key->probe || kept->size != probe->record_size)
		return NULL;
	if (probe->cond_return) {
		c->p->undecided[key->probe]++;
		return NULL;
	}
	err = make_end(c->p, kept, c->ended, c->panic);
	if (err)
		return err;
	m = &c->p->made.data[c->p->made.num - 1];
	m->kept = malloc(kept->size);
	if (!m->kept)
		return gosym_nomem;
	memcpy(m->kept, kept, kept->size);
	m->ev.is_pair = c->p->plan->opts.pair;
	return NULL;
}

static struct gosym_error *close_all_kept(struct pairing *p, struct goroutine *g, uint64_t depth,
					  enum event_ended ended)
{
	struct closing c = { .p = p, .g = g, .ended = ended };

	if (!p->plan->keep_args || !p->kept.find)
		return NULL;
	c.panic = ended == EVENT_PANIC ? panic_at(g, depth) : NULL;
	return p->kept.find(p->kept.ctx, (uint32_t)g->key.pid, g->key.id, depth, p->record->ts, close_kept, &c);
}

static void forget_stale(struct pairing *p, struct goroutine *g)
{
	for (size_t i = 0; i < g->stale.num && p->kept.forget; i++) {
		const struct stale *s = &g->stale.data[i];

		p->replaced[s->key.probe] += !p->kept.forget(p->kept.ctx, &s->key, s->ts);
	}
	g->stale.num = 0;
}

void pairing_settle(struct pairing *p)
{
	struct goroutine *g, *next;

	HASH_ITER(hh, p->goroutines, g, next)
		forget_stale(p, g);
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
	if (!g)
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
static void panic_value(struct pairing *p, const struct hook_panic *h, struct event_panic *v)
{
	const struct plan_probe *probe = plan_probe_at(p->plan, h->record.probe);
	uint64_t type = h->type - (h->record.ip - probe->site->addr);
	uint32_t max = p->plan->opts.strlen < HOOK_TEXT ? p->plan->opts.strlen : HOOK_TEXT;
	struct rtype t;

	*v = (struct event_panic){ .kind = PANIC_FAULT };
	if (h->arg_status < 0)
		return;
	v->kind = h->type ? PANIC_WORD : PANIC_NIL;
	v->word = h->data;
	if (!h->type)
		return;
	_cleanup_error_ struct gosym_error *unnamed = gosym_runtime_type_name(p->plan->binary, type, &v->type);
	_cleanup_error_ struct gosym_error *unread = rtype_read(p->plan->binary, type, &t);
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

static struct gosym_error *take_panic(struct pairing *p, const struct plan_record *r)
{
	struct goroutine *g = r->goid_status ? NULL : goroutine_get(p, key_of(r));
	struct gosym_error *err;
	struct panic *slot;

	if (r->goid_status)
		return NULL;
	if (!g)
		return gosym_nomem;
	err = has_id(g) ? close_silently(p, g, r->depth) : NULL;
	if (err)
		return err;
	/* Earlier ones at this depth or deeper are over. */
	panics_end(g, r->depth);
	slot = vec_append(&g->panics);
	if (!slot)
		return gosym_nomem;
	slot->depth = r->depth;
	panic_value(p, (const struct hook_panic *)r, &slot->value);
	return NULL;
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
		err = close_all_kept(p, g, depth, EVENT_PANIC);
	panics_end(g, depth);
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
		err = close_all_kept(p, g, 0, EVENT_GOEXIT);
	if (err)
		return err;
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
		[PLAN_PANIC] = take_panic,
		[PLAN_UNWIND] = take_unwind,
		[PLAN_GOEXIT] = take_goexit,
		[PLAN_GOEXIT_BEGINS] = take_goexit_begins,
	};
	const struct plan_probe *probe = plan_probe_at(p->plan, r->probe);

	made_clear(p);
	p->record = r;
	if (r->kind >= sizeof(take) / sizeof(take[0]) ||
	    (r->kind != probe->kind && r->kind != PLAN_RETURN) ||
	    (r->kind != PLAN_RETURN && r->size != probe->record_size))
		return gosym_error_new(GOSYM_BAD_DATA, "ring buffer: a record of %u bytes and kind %u is none of "
				       "this session's", r->size, r->kind);
	return take[r->kind](p, r);
}
