// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The renderers of whole sessions, found by name. */
#include <errno.h>
#include <string.h>

#include "tracer/render.h"

struct gotrace_render {
	const struct render_ops *ops;
	struct render_out out;
	void *state;
};

static const struct render_ops *const all[] = { &render_folded, &render_chrome, &render_tree };

GOSYM_API struct gosym_error *gotrace_render_create(const char *format, bool color, FILE *out,
						    struct gotrace_render **ret)
{
	struct gotrace_render *r = NULL;
	struct gosym_error *err;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i]->name, format) != 0)
			continue;
		r = calloc(1, sizeof(*r) + all[i]->size);
		if (!r)
			return gosym_nomem;
		*r = (struct gotrace_render){ all[i], { out, color }, r + 1 };
		err = all[i]->create(r->state, &r->out);
		if (err)
			gotrace_render_destroy(r);
		else
			*ret = r;
		return err;
	}
	return gosym_error_new(GOSYM_INVALID, "no renderer is called \"%s\"", format);
}

static struct gosym_error *check_written(const struct gotrace_render *r)
{
	return ferror(r->out.file) ? gosym_error_errno(errno, "writing an event") : NULL;
}

GOSYM_API struct gosym_error *gotrace_render_event(struct gotrace_render *r,
						   const struct gotrace_event *ev)
{
	struct gosym_error *err = r->ops->event(r->state, ev);

	return err ? err : check_written(r);
}

GOSYM_API void gotrace_render_idle(struct gotrace_render *r)
{
	if (r->ops->idle)
		r->ops->idle(r->state);
}

GOSYM_API struct gosym_error *gotrace_render_finish(struct gotrace_render *r)
{
	struct gosym_error *err = r->ops->finish(r->state);

	return err ? err : check_written(r);
}

GOSYM_API void gotrace_render_destroy(struct gotrace_render *r)
{
	if (!r)
		return;
	r->ops->deinit(r->state);
	free(r);
}
