/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Between pairing.c and pairing_kept.c; both include uthash before. */
#ifndef TRACER_PAIRING_INTERNAL_H
#define TRACER_PAIRING_INTERNAL_H

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

/* ---- pairing.c */

struct gkey pairing_key_of(const struct plan_record *r);
struct goroutine *pairing_goroutine_find(struct pairing *p, struct gkey key);
void pairing_goroutine_free(struct pairing *p, struct goroutine *g);
/* One more event, NULL: no memory. */
struct made *pairing_make(struct pairing *p);
void pairing_made_clear(struct pairing *p);

/* ---- pairing_kept.c */

/* Calls at least this deep are over, by the record at hand. */
struct gosym_error *pairing_note_end(struct pairing *p, struct goroutine *g, uint64_t depth,
				     enum event_ended ended);
/* The goroutine is over: what is left of its calls is taken out of the map. */
void pairing_forget_stale(struct pairing *p, struct goroutine *g);
/* A record of PLAN_ABANDONED. */
struct gosym_error *pairing_take_abandoned(struct pairing *p, const struct plan_record *r);

#endif
