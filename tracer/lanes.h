/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Goroutines and the calls open on each, for renderers that show nesting. Threads without a
 * goroutine of their own (g0 of each thread has id 0) are lanes too.
 */
#ifndef TRACER_LANES_H
#define TRACER_LANES_H

#include "tracer/event.h"

struct open_call {
	const struct plan_probe *probe;
	uint64_t depth, ts;
	uint64_t nested;		/* ns spent in traced calls made by it */
	void *data;			/* the renderer's */
};

struct lane {
	uint64_t id;			/* goroutine, else thread */
	uint32_t pid;
	bool is_thread;
	bool named;			/* the renderer has introduced it */
	VEC(struct open_call) open;	/* outermost first */
};

struct lanes;

struct lanes *lanes_create(void);
/* drop is called for the data of calls still open; NULL: there is none. */
void lanes_destroy(struct lanes *t, void (*drop)(void *data));
/* The lane of an event; NULL when out of memory. */
struct lane *lanes_get(struct lanes *t, const struct gotrace_event *ev);
/* All of them in the order they appeared: NULL begins and ends. */
struct lane *lanes_next(const struct lanes *t, const struct lane *after);

/* Nothing more has to be known of it, if no call is open. Goroutines come and go by the million. */
void lanes_forget(struct lanes *t, struct lane *lane);

/* Whether a call is noted as open until its return. */
bool event_opens(const struct gotrace_event *ev);
struct open_call *lane_push(struct lane *lane, const struct gotrace_event *ev);
/* The innermost open call if this return, or a new call in its place, ends it: those deeper in the
 * stack cannot be open any more, and the one at the same depth is its own. *own says which. NULL:
 * nothing is to be closed. */
struct open_call *lane_ended(struct lane *lane, const struct gotrace_event *ev, bool *own);

#endif
