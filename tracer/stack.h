/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The stack of an event as frames, inlined calls among them, as Go's own traces show it. */
#ifndef TRACER_STACK_H
#define TRACER_STACK_H

#include "gosym/json.h"
#include "tracer/event.h"

struct stack_frame {
	struct gosym_frame at;		/* func NULL: code that is not Go's; the last frame then */
	uint64_t addr;			/* of the instruction, or the return address: link-time,
					 * without func run-time */
};

/* Innermost first; *num = 0 if the event has no stack. Borrowed until the next call for this
 * binary. */
struct gosym_error *event_stack(const struct gotrace_event *ev, const struct stack_frame **ret,
				size_t *num);
/* A line for each frame, indented. */
struct gosym_error *stack_text(const struct gotrace_event *ev, bool color, FILE *out);
/* "stack":[{"func","file","line","inlined"}], if the event has one. */
struct gosym_error *stack_json(const struct gotrace_event *ev, struct json *j);

#endif
