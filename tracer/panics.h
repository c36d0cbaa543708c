/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The panics that are under way in a goroutine: their values, and which of them ended a call. */
#ifndef TRACER_PANICS_H
#define TRACER_PANICS_H

#include "tracer/event.h"
#include "tracer/plan_hooks.h"

struct panic {
	uint64_t depth;			/* of gopanic's own frame */
	bool stands;			/* when the next one began it ran a deferred function of the frame at .. */
	uint64_t at;
	struct event_panic value;
};

/* In the order in which they began, hence the deeper the later: each runs the deferred function that began the next. */
struct panics { VEC(struct panic) list; };

/* Calls from depth to below were ended by it; value may say that it is one of several. */
struct panics_part {
	uint64_t depth, below;
	const struct event_panic *value;
};

void panics_deinit(struct panics *ps);
/* Another has begun. */
struct gosym_error *panics_begin(struct panics *ps, const struct gosym_plan *plan, const struct hook_panic *h);
/* Those at least this deep are over. */
void panics_end(struct panics *ps, uint64_t depth);
/* What number i ended when all calls at least this deep are over; false if there are no more. Parts overlap: the
 * first that holds a call is its own. */
bool panics_part(const struct panics *ps, size_t i, uint64_t depth, struct panics_part *ret);
/* The one that ended a call at this depth; NULL: none that is known of. */
const struct event_panic *panics_of(const struct panics *ps, uint64_t depth);

#endif
