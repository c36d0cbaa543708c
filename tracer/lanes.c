// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Open calls by goroutine. A call's depth is its distance from the top of the goroutine's stack: of
 * the calls open on a goroutine each lies deeper than the one before. So an event tells which calls
 * must be over even where their own end was lost: all those that lie as deep as it, or deeper.
 */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "tracer/lanes.h"

struct lane_key {
	uint64_t id;
	uint32_t pid, is_thread;
};

struct entry {
	struct lane lane;		/* first: the pointers are the same */
	struct lane_key key;
	UT_hash_handle hh;		/* keeps the order of insertion */
};

struct lanes {
	struct entry *all;
};

struct lanes *lanes_create(void)
{
	return calloc(1, sizeof(struct lanes));
}

void lanes_destroy(struct lanes *t, void (*drop)(void *data))
{
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->all, e, next) {
		HASH_DEL(t->all, e);
		for (size_t i = 0; drop && i < e->lane.open.num; i++)
			drop(e->lane.open.data[i].data);
		vec_deinit(&e->lane.open);
		free(e);
	}
	free(t);
}

static struct lane_key key_of(const struct plan_record *r)
{
	bool is_thread = r->goid_status || !r->goid;

	return (struct lane_key){ is_thread ? r->tid : r->goid, r->pid, is_thread };
}

struct lane *lanes_get(struct lanes *t, const struct gotrace_event *ev)
{
	struct lane_key key = key_of(event_header(ev));
	struct entry *e;

	HASH_FIND(hh, t->all, &key, sizeof(key), e);
	if (e)
		return &e->lane;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->key = key;
	e->lane.id = key.id;
	e->lane.pid = key.pid;
	e->lane.is_thread = key.is_thread;
	HASH_ADD(hh, t->all, key, sizeof(key), e);
	if (!e->hh.tbl) {
		free(e);
		return NULL;
	}
	return &e->lane;
}

struct lane *lanes_next(const struct lanes *t, const struct lane *after)
{
	const struct entry *e = (const struct entry *)after;

	return (struct lane *)(e ? e->hh.next : t->all);
}

void lanes_forget(struct lanes *t, struct lane *lane)
{
	struct entry *e = (struct entry *)lane;

	if (e->lane.open.num)
		return;
	HASH_DEL(t->all, e);
	vec_deinit(&e->lane.open);
	free(e);
}

bool event_opens(const struct gotrace_event *ev)
{
	return !ev->is_return && ev->plan->opts.returns && ev->probe->num_exits;
}

struct open_call *lane_push(struct lane *lane, const struct gotrace_event *ev)
{
	struct open_call *call = vec_append(&lane->open);

	if (call) {
		call->probe = ev->probe;
		call->depth = event_header(ev)->depth;
		call->ts = event_header(ev)->ts;
	}
	return call;
}

struct open_call *lane_ended(struct lane *lane, const struct gotrace_event *ev, bool *own)
{
	struct open_call *last = lane->open.num ? &lane->open.data[lane->open.num - 1] : NULL;
	uint64_t depth = event_header(ev)->depth;

	if (!last || !ev->plan->opts.returns || last->depth < depth)
		return NULL;
	*own = ev->is_return && last->depth == depth && last->probe == ev->probe;
	return last;
}
