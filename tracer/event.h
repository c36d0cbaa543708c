/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * A record read back through its plan: each value as text-independent pieces for the renderers. Only what
 * the record proves is handed out: status words decide, never the bytes alone.
 */
#ifndef TRACER_EVENT_H
#define TRACER_EVENT_H

#include "tracer/gotrace.h"
#include "tracer/plan.h"

struct gotrace_event {
	const struct gosym_plan *plan;
	const struct plan_probe *probe;
	const struct plan_record *record;	/* followed by the image */
};

/* NULL if the value can be read, else "fault" or "unavailable". */
const char *event_value_error(const struct gotrace_event *ev, const struct plan_value *v);
/* Whether what it points to was fetched; else *why: NULL (not followed) or "fault". */
bool event_target(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **data,
		  uint64_t *size, const char **why);
uint64_t event_word(const struct gotrace_event *ev, const struct plan_value *v, uint32_t off, unsigned size);
const uint8_t *event_bytes(const struct gotrace_event *ev, const struct plan_value *v);
/* Link-time address of a run-time one. */
uint64_t event_link_addr(const struct gotrace_event *ev, uint64_t addr);

#endif
