/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Probes as lines for uprobe_events, for all formats that use the kernel's event probes. */
#ifndef TRACER_EMIT_TRACEFS_H
#define TRACER_EMIT_TRACEFS_H

#include "tracer/plan.h"

struct tracefs_event {
	const char *name;		/* gosym/NAME */
	const char *func, *insn;
	const char *notes;		/* comment lines, each ended */
	const char *line;		/* "p:gosym/NAME FILE:OFFSET FIELD=FETCH…" */
	const char *filter;		/* which hits count; NULL: all */
	bool skips;			/* ...since some are no calls */
};

typedef void tracefs_each(void *ctx, const struct tracefs_event *ev);
/* Calls each() for every probe; its texts live as long as the call. */
struct gosym_error *tracefs_events(const struct gosym_plan *p, const char *path, tracefs_each *each, void *ctx);

#endif
