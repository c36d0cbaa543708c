/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Records -> events, where calls are followed to their returns: the open calls of each goroutine, and those
 * that a panic or the goroutine's end takes away.
 */
#ifndef TRACER_PAIRING_H
#define TRACER_PAIRING_H

#include "tracer/event.h"

struct pairing;

/* Calls whose records the kernel keeps until they return (plan->keep_args); the session answers. */
struct pairing_kept {
	void *ctx;
	/* Calls each() for every element of the map of calls. */
	struct gosym_error *(*walk)(void *ctx,
				    struct gosym_error *(*each)(void *arg, const struct plan_call_key *key,
								const struct plan_call *call),
				    void *arg);
	/* The goroutine is gone, nobody else uses this key: takes its element away, if it is that of the call that
	 * began at ts. */
	void (*forget)(void *ctx, const struct plan_call_key *key, uint64_t ts);
};

struct gosym_error *pairing_create(const struct gosym_plan *plan, const struct pairing_kept *kept,
				   struct pairing **ret);
void pairing_destroy(struct pairing *p);	/* NULL is fine */
/* Takes a record of the session, checked to be one; it has to live as long as events are asked for. */
struct gosym_error *pairing_take(struct pairing *p, const struct plan_record *record);
/* The next event that followed from it, NULL: no more. Lives until the next call. */
const struct gotrace_event *pairing_next(struct pairing *p);
/* Calls that are open now, as far as records told. */
size_t pairing_open_calls(const struct pairing *p);
/* Looks at the kept calls, if some may have ended; not too often, unless it is the end. Events follow. Of records
 * taken before, no events are left. */
struct gosym_error *pairing_settle(struct pairing *p, bool at_end);
/* Of a probe: calls that were over without a word; that ended without the return their condition needs. */
uint64_t pairing_abandoned(const struct pairing *p, uint32_t probe);
uint64_t pairing_undecided(const struct pairing *p, uint32_t probe);

#endif
