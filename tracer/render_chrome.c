// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Trace Event Format, which Perfetto (https://ui.perfetto.dev) and chrome://tracing open: one track
 * for each goroutine. Source: "Trace Event Format", Google, 2016.
 *
 *	{"ph":"B","name":"main.f","ts":12.345,"pid":1,"tid":10,"args":{"i":4997}},	call
 *	{"ph":"E",…}									return
 *	{"ph":"i",…}				a call without its return: nobody asked
 *	{"ph":"X",…,"dur":1.234}		a return whose call was not sent
 *	{"ph":"M","name":"thread_name",…,"args":{"name":"goroutine 10"}}
 *
 * ts is µs, with three digits: ns. Every B gets its E, at the latest by finish(). The document is
 * an array, whose readers forgive a missing end: a trace that was cut off still opens.
 */
#include <inttypes.h>

#include "tracer/render.h"
#include "tracer/stack.h"
#include "tracer/lanes.h"

/* Tracks of threads, apart from the ids of goroutines. */
#define THREAD_TRACK (UINT64_C(1) << 48)

struct chrome {
	const struct render_out *out;
	struct lanes *lanes;
	uint64_t last;			/* the latest time so far */
	bool begun;
};

static struct gosym_error *create(void *state, const struct render_out *out)
{
	struct chrome *c = state;

	c->out = out;
	c->lanes = lanes_create();
	fputs("[", out->file);
	return c->lanes ? NULL : gosym_nomem;
}

static void deinit(void *state)
{
	struct chrome *c = state;

	lanes_destroy(c->lanes, NULL);
}

/* ---- one event */

static void put_time(struct json *j, const char *key, uint64_t ns)
{
	json_key(j, key);
	fprintf(j->out, "%" PRIu64 ".%03u", ns / 1000, (unsigned)(ns % 1000));
	j->comma = true;
}

/* Opens the object: args may follow, end() closes it. */
static struct json begin(struct chrome *c, const char *phase, const char *name,
			 const struct lane *t)
{
	struct json j = { .out = c->out->file };

	fputs(c->begun ? ",\n" : "\n", c->out->file);
	c->begun = true;
	json_object(&j);
	json_key(&j, "ph");
	json_str(&j, phase);
	json_key(&j, "name");
	json_str(&j, name);
	json_key(&j, "pid");
	json_uint(&j, t->pid);
	json_key(&j, "tid");
	json_uint(&j, t->is_thread ? THREAD_TRACK + t->id : t->id);
	return j;
}

static void introduce(struct chrome *c, struct lane *t)
{
	char name[48];
	struct json j;

	if (t->named)
		return;
	t->named = true;
	snprintf(name, sizeof(name), "%s %" PRIu64, t->is_thread ? "thread" : "goroutine", t->id);
	j = begin(c, "M", "thread_name", t);
	json_key(&j, "args");
	json_object(&j);
	json_key(&j, "name");
	json_str(&j, name);
	json_object_end(&j);
	json_object_end(&j);
}

static struct gosym_error *put_stack(struct json *j, const struct gotrace_event *ev)
{
	const struct stack_frame *frames;
	size_t num;
	struct gosym_error *err = event_stack(ev, &frames, &num);

	if (err || !num)
		return err;
	json_key(j, "stack");
	json_array(j);
	for (size_t i = 0; i < num; i++)
		json_str(j, frames[i].at.func ? frames[i].at.func : "?");
	json_array_end(j);
	return NULL;
}

static struct gosym_error *put_call(struct chrome *c, const struct lane *t, const char *phase,
				    const struct gotrace_event *ev)
{
	struct json j = begin(c, phase, gosym_func_name(ev->probe->func), t);
	struct gosym_error *err;

	put_time(&j, "ts", event_header(ev)->ts);
	if (*phase == 'i') {
		json_key(&j, "s");
		json_str(&j, "t");
	}
	json_key(&j, "args");
	json_object(&j);
	render_args_json(&j, ev);
	err = put_stack(&j, ev);
	json_object_end(&j);
	json_object_end(&j);
	return err;
}

/* ended: the return itself; NULL: it is closed without one. */
static void put_end(struct chrome *c, const struct lane *t, const struct plan_probe *probe,
		    uint64_t ts, const struct gotrace_event *ended)
{
	struct json j = begin(c, "E", gosym_func_name(probe->func), t);

	put_time(&j, "ts", ts);
	json_key(&j, "args");
	json_object(&j);
	if (ended) {
		render_end_json(&j, ended);
	} else {
		json_key(&j, "ended");
		json_str(&j, "unknown");
	}
	json_object_end(&j);
	json_object_end(&j);
}

/* The call was not sent: one complete event. */
static struct gosym_error *put_whole(struct chrome *c, const struct lane *t,
				     const struct gotrace_event *ev)
{
	uint64_t ts = event_header(ev)->ts;
	struct json j = begin(c, "X", gosym_func_name(ev->probe->func), t);
	struct gosym_error *err;

	put_time(&j, "ts", ts > ev->duration ? ts - ev->duration : 0);
	put_time(&j, "dur", ev->duration);
	json_key(&j, "args");
	json_object(&j);
	if (ev->is_pair)
		render_args_json(&j, ev);
	render_end_json(&j, ev);
	err = put_stack(&j, ev);
	json_object_end(&j);
	json_object_end(&j);
	return err;
}

/* ---- all */

static struct gosym_error *add_event(void *state, const struct gotrace_event *ev)
{
	struct chrome *c = state;
	struct lane *t = lanes_get(c->lanes, ev);
	uint64_t ts = event_header(ev)->ts;
	struct open_call *call;
	bool own = false;

	if (!t)
		return gosym_nomem;
	introduce(c, t);
	if (ts > c->last)
		c->last = ts;
	while (!own && (call = lane_ended(t, ev, &own))) {
		put_end(c, t, call->probe, ts, own ? ev : NULL);
		t->open.num--;
	}
	if (ev->is_return)
		return own ? NULL : put_whole(c, t, ev);
	if (!event_opens(ev))
		return put_call(c, t, "i", ev);
	return lane_push(t, ev) ? put_call(c, t, "B", ev) : gosym_nomem;
}

static struct gosym_error *finish(void *state)
{
	struct chrome *c = state;

	for (struct lane *t = lanes_next(c->lanes, NULL); t; t = lanes_next(c->lanes, t))
		while (t->open.num)
			put_end(c, t, t->open.data[--t->open.num].probe, c->last, NULL);
	fputs("\n]\n", c->out->file);
	return NULL;
}

const struct render_ops render_chrome = {
	.name = "chrome",
	.size = sizeof(struct chrome),
	.create = create,
	.event = add_event,
	.finish = finish,
	.deinit = deinit,
};
