// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Calls nested by goroutine, as a function graph:
 *
 *	---------- goroutine(10) of process 4242
 *	          | main.handle(i=4997) {
 *	   1.20µs |   main.parse(n=3) = (4, nil)
 *	          |   main.store(key="a") {
 *	   15.3ms |     main.write(n=12) panicked: disk full
 *	   15.4ms |   } main.store = (err=nil)
 *	   15.6ms | } main.handle
 *
 * A call that makes no traced call is one line, so each call is held back until the next event of
 * its goroutine, or until no event is waiting. Long durations stand out by colour.
 */
#include <inttypes.h>
#include <string.h>

#include "tracer/lanes.h"
#include "tracer/render.h"

enum { COLUMN = 9, MAX_INDENT = 40 };

struct tree {
	const struct render_out *out;
	struct lanes *lanes;
	struct {
		uint64_t id;
		uint32_t pid;
		bool is_thread;
	} current;			/* whose lines come now */
};

static struct gosym_error *create(void *state, const struct render_out *out)
{
	struct tree *t = state;

	t->out = out;
	t->lanes = lanes_create();
	return t->lanes ? NULL : gosym_nomem;
}

static void deinit(void *state)
{
	struct tree *t = state;

	lanes_destroy(t->lanes, free);
}

/* ---- lines */

/* The process is named where it is another than before. */
static void put_switch(struct tree *t, const struct lane *lane)
{
	bool other = t->current.pid != lane->pid;

	if (t->current.id == lane->id && t->current.pid == lane->pid &&
	    t->current.is_thread == lane->is_thread)
		return;
	t->current.id = lane->id;
	t->current.pid = lane->pid;
	t->current.is_thread = lane->is_thread;
	fprintf(t->out->file, "%s---------- %s(%" PRIu64 ")", t->out->color ? "\033[1m" : "",
		lane->is_thread ? "thread" : "goroutine", lane->id);
	if (other)
		fprintf(t->out->file, " of process %" PRIu32, lane->pid);
	fprintf(t->out->file, "%s\n", t->out->color ? "\033[0m" : "");
}

static const char *color_of(uint64_t ns)
{
	static const struct { uint64_t ns; const char *color; } steps[] = {
		{ 100000000, "\033[1;31m" },	/* 100 ms: red */
		{ 1000000, "\033[33m" },	/* 1 ms: yellow */
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (ns >= steps[i].ns)
			return steps[i].color;
	return "";
}

/* The duration, right-aligned: a µ is one column of two bytes. */
static void put_time(const struct tree *t, uint64_t ns)
{
	char text[32] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	int width = COLUMN;

	if (out) {
		render_duration(out, ns);
		fclose(out);
	}
	width += strstr(text, "µ") ? 1 : 0;
	fprintf(t->out->file, "%s%*s%s", t->out->color ? color_of(ns) : "", width, text,
		t->out->color ? "\033[0m" : "");
}

static void put_indent(const struct tree *t, size_t level)
{
	fputs(" | ", t->out->file);
	for (size_t i = 0; i < level && i < MAX_INDENT; i++)
		fputs("  ", t->out->file);
	if (level > MAX_INDENT)
		fprintf(t->out->file, "+%zu ", level - MAX_INDENT);
}

/* What begins a line; duration NULL: none. */
static void put_begin(struct tree *t, const struct lane *lane, const uint64_t *duration,
		      size_t level)
{
	put_switch(t, lane);
	if (duration)
		put_time(t, *duration);
	else
		fprintf(t->out->file, "%*s", COLUMN, "");
	put_indent(t, level);
}

/* " = (n=3)", " panicked: boom". */
static void put_result(const struct tree *t, const struct gotrace_event *ev)
{
	if (ev->ended == EVENT_RETURNED && ev->probe->num_results)
		fputs(" = ", t->out->file);
	render_end_text(ev, t->out->color, t->out->file);
	putc('\n', t->out->file);
}

/* ---- calls */

static char *call_text(const struct tree *t, const struct gotrace_event *ev)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	render_call_text(ev, t->out->color, out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* The innermost call of a lane has more to it than one line. */
static void release(struct tree *t, struct lane *lane)
{
	struct open_call *call = lane->open.num ? &lane->open.data[lane->open.num - 1] : NULL;

	if (!call || !call->data)
		return;
	put_begin(t, lane, NULL, lane->open.num - 1);
	fprintf(t->out->file, "%s {\n", (const char *)call->data);
	free(call->data);
	call->data = NULL;
}

/* Ends the innermost call; ev is its return, NULL: that was not seen. */
static void close_call(struct tree *t, struct lane *lane, const struct gotrace_event *ev,
		       const char *unseen)
{
	struct open_call *call = &lane->open.data[lane->open.num - 1];

	if (!ev)
		release(t, lane);
	put_begin(t, lane, ev ? &ev->duration : NULL, lane->open.num - 1);
	if (call->data)
		fputs(call->data, t->out->file);
	else
		fprintf(t->out->file, "} %s", gosym_func_name(call->probe->func));
	if (ev)
		put_result(t, ev);
	else
		fprintf(t->out->file, " (%s)\n", unseen);
	free(call->data);
	lane->open.num--;
}

/* A return without its call, which began before, or was lost. */
static void put_return(struct tree *t, const struct lane *lane, const struct gotrace_event *ev)
{
	put_begin(t, lane, &ev->duration, lane->open.num);
	if (ev->is_pair)
		render_call_text(ev, t->out->color, t->out->file);
	else
		fprintf(t->out->file, "} %s", gosym_func_name(ev->probe->func));
	put_result(t, ev);
}

static struct gosym_error *put_call(struct tree *t, struct lane *lane,
				    const struct gotrace_event *ev)
{
	char *text = call_text(t, ev);
	struct open_call *call;

	if (!text)
		return gosym_nomem;
	release(t, lane);
	if (!event_opens(ev)) {
		put_begin(t, lane, NULL, lane->open.num);
		fprintf(t->out->file, "%s\n", text);
		free(text);
		return NULL;
	}
	call = lane_push(lane, ev);
	if (!call) {
		free(text);
		return gosym_nomem;
	}
	call->data = text;
	return NULL;
}

static struct gosym_error *add_event(void *state, const struct gotrace_event *ev)
{
	struct tree *t = state;
	struct lane *lane = lanes_get(t->lanes, ev);
	bool own = false;

	if (!lane)
		return gosym_nomem;
	while (!own && lane_ended(lane, ev, &own))
		close_call(t, lane, own ? ev : NULL, "its end was not seen");
	if (!ev->is_return)
		return put_call(t, lane, ev);
	if (!own) {
		release(t, lane);
		put_return(t, lane, ev);
	}
	lanes_forget(t->lanes, lane);
	return NULL;
}

static void idle(void *state)
{
	struct tree *t = state;

	for (struct lane *lane = lanes_next(t->lanes, NULL); lane;
	     lane = lanes_next(t->lanes, lane))
		release(t, lane);
}

static struct gosym_error *finish(void *state)
{
	struct tree *t = state;

	for (struct lane *lane = lanes_next(t->lanes, NULL); lane;
	     lane = lanes_next(t->lanes, lane))
		while (lane->open.num)
			close_call(t, lane, NULL, "not over yet");
	return NULL;
}

const struct render_ops render_tree = {
	.name = "tree",
	.size = sizeof(struct tree),
	.create = create,
	.event = add_event,
	.idle = idle,
	.finish = finish,
	.deinit = deinit,
};
