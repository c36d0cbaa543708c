/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Renderers of whole sessions, as data: what an event's line alone cannot say. To add one: a file
 * with its struct render_ops and a line in render.c.
 */
#ifndef TRACER_RENDER_H
#define TRACER_RENDER_H

#include "gosym/json.h"
#include "tracer/event.h"

struct render_out { FILE *file; bool color; };

struct render_ops {
	const char *name;
	size_t size;			/* of the renderer's state, zeroed before create */
	struct gosym_error *(*create)(void *state, const struct render_out *out);
	struct gosym_error *(*event)(void *state, const struct gotrace_event *ev);
	void (*idle)(void *state);	/* NULL: nothing is ever held back */
	struct gosym_error *(*finish)(void *state);
	void (*deinit)(void *state);
};

extern const struct render_ops render_folded, render_chrome;

/* "name":value,… as members of an object; what has no name is called arg0, arg1, …, after its place. */
void render_values_json(struct json *j, const struct gotrace_event *ev, const struct plan_value *v,
			size_t num, const char *unnamed);

#endif
