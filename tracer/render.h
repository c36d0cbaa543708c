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

extern const struct render_ops render_folded, render_chrome, render_tree;

/* The arguments as members of an object, "name":value,…; what has no name is called arg0, arg1, …,
 * after its place. */
void render_args_json(struct json *j, const struct gotrace_event *ev);
/* The results (unnamed: ret0, …) of a return, or how the call ended else. */
void render_end_json(struct json *j, const struct gotrace_event *ev);

/* "main.f(i=1)". */
void render_call_text(const struct gotrace_event *ev, bool color, FILE *out);
/* "(n=3, err=nil)", or how the call ended else, " panicked: boom". Nothing if there are no
 * results. */
void render_end_text(const struct gotrace_event *ev, bool color, FILE *out);
/* "12.3µs": three digits, as far as a unit is divided. */
void render_duration(FILE *out, uint64_t ns);

#endif
