// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Stacks folded for flame graphs (https://github.com/brendangregg/FlameGraph): one line for each
 * stack that came, outermost function first, and its weight.
 *
 *	runtime.goexit;net/http.(*conn).serve;main.handle;main.parse 17
 *
 * The weight is the number of calls; with returns it is the time in ns that passed in the call
 * itself, without that of traced calls it made: in a flame graph the width of a function is the sum
 * of all above it. A call still open at the end has no time yet. Where calls are not sent (they
 * are decided upon at the return) nesting is not known, and each return weighs its whole duration.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/cleanup.h"
#include "tracer/render.h"
#include "tracer/stack.h"
#include "tracer/lanes.h"

struct line {
	char *stack;
	uint64_t weight;
	UT_hash_handle hh;
};

struct folded {
	const struct render_out *out;
	struct lanes *lanes;
	struct line *lines;
};

static struct gosym_error *create(void *state, const struct render_out *out)
{
	struct folded *f = state;

	f->out = out;
	f->lanes = lanes_create();
	return f->lanes ? NULL : gosym_nomem;
}

static void deinit(void *state)
{
	struct folded *f = state;
	struct line *line, *next;

	HASH_ITER(hh, f->lines, line, next) {
		HASH_DEL(f->lines, line);
		free(line->stack);
		free(line);
	}
	lanes_destroy(f->lanes, NULL);
}

/* ";" separates functions and a line is a line. */
static void put_name(const char *name, FILE *out)
{
	for (; *name; name++)
		putc(*name == ';' ? ':' : iscntrl((unsigned char)*name) ? '?' : *name, out);
}

static struct gosym_error *fold(const struct gotrace_event *ev, char **ret)
{
	const struct stack_frame *frames;
	struct gosym_error *err;
	size_t num, size;
	FILE *out;

	err = event_stack(ev, &frames, &num);
	if (err)
		return err;
	out = open_memstream(ret, &size);
	if (!out)
		return gosym_nomem;
	if (!num)
		put_name(gosym_func_name(ev->probe->func), out);
	while (num--) {
		put_name(frames[num].at.func ? frames[num].at.func : "[unknown]", out);
		if (num)
			putc(';', out);
	}
	return fclose(out) ? gosym_nomem : NULL;
}

/* The line of the event's stack. */
static struct gosym_error *find_line(struct folded *f, const struct gotrace_event *ev,
				     struct line **ret)
{
	_cleanup_free_ char *stack = NULL;
	struct gosym_error *err = fold(ev, &stack);
	struct line *line;

	if (err)
		return err;
	HASH_FIND_STR(f->lines, stack, *ret);
	if (*ret)
		return NULL;
	line = calloc(1, sizeof(*line));
	if (!line)
		return gosym_nomem;
	line->stack = no_cleanup_ptr(stack);
	HASH_ADD_KEYPTR(hh, f->lines, line->stack, strlen(line->stack), line);
	if (!line->hh.tbl) {
		free(line->stack);
		free(line);
		return gosym_nomem;
	}
	*ret = line;
	return NULL;
}

static struct gosym_error *add_return(struct folded *f, struct lane *lane,
				      const struct gotrace_event *ev)
{
	uint64_t duration = ev->duration, nested = 0;
	struct line *line = NULL;
	struct open_call *call;
	struct gosym_error *err;
	bool own = false;

	while (!own && (call = lane_ended(lane, ev, &own))) {
		line = own ? call->data : NULL;
		nested = own ? call->nested : 0;
		lane->open.num--;
	}
	if (lane->open.num)
		lane->open.data[lane->open.num - 1].nested += duration;
	lanes_forget(f->lanes, lane);
	err = line ? NULL : find_line(f, ev, &line);
	if (err)
		return err;
	line->weight += duration > nested ? duration - nested : 0;
	return NULL;
}

static struct gosym_error *add_event(void *state, const struct gotrace_event *ev)
{
	struct folded *f = state;
	struct lane *lane = lanes_get(f->lanes, ev);
	struct open_call *call;
	struct line *line;
	struct gosym_error *err;
	bool own;

	if (!lane)
		return gosym_nomem;
	if (ev->is_return)
		return add_return(f, lane, ev);
	err = find_line(f, ev, &line);
	if (err)
		return err;
	if (!ev->plan->opts.returns)
		line->weight++;
	if (!event_opens(ev))
		return NULL;
	while (lane_ended(lane, ev, &own))
		lane->open.num--;
	call = lane_push(lane, ev);
	if (!call)
		return gosym_nomem;
	call->data = line;
	return NULL;
}

static int by_stack(struct line *a, struct line *b)
{
	return strcmp(a->stack, b->stack);
}

static struct gosym_error *finish(void *state)
{
	struct folded *f = state;

	HASH_SORT(f->lines, by_stack);
	for (struct line *line = f->lines; line; line = line->hh.next)
		if (line->weight)
			fprintf(f->out->file, "%s %" PRIu64 "\n", line->stack, line->weight);
	return NULL;
}

const struct render_ops render_folded = {
	.name = "folded",
	.size = sizeof(struct folded),
	.create = create,
	.event = add_event,
	.finish = finish,
	.deinit = deinit,
};
