// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What --print shows, laid out: a part of a parameter; a number that is computed into the record; or what lies
 * behind a pointer that is, from where on it is a value like others.
 */
#include "tracer/expr.h"
#include "tracer/plan_build.h"

static const char no_room[] = "beyond the size limit";

static int32_t fetch_expr(struct builder *b, const struct plan_printed *item, uint32_t size)
{
	struct plan_fetch f = { .from = PLAN_EXPR, .expr = item->expr, .size = size, .not_nil = item->behind,
				.guard = PLAN_NO_FETCH };

	if (size > build_space_left(b))
		return PLAN_NO_FETCH;
	f.dst = build_image(b, size);
	return build_fetch(b, &f);
}

/* What lies off bytes behind the pointer that fetch `at` computes. An array of which no element is shown is
 * read for a byte, to know that it is there. */
static int32_t fetch_behind(struct builder *b, const struct plan_printed *item, int32_t at, uint64_t size)
{
	struct plan_fetch f = { .from = PLAN_DEREF, .off = item->off, .guard = at };

	if (!size)
		size = 1;
	if (size > build_space_left(b))
		return PLAN_NO_FETCH;
	f.ptr = b->fetches.data[at].dst;
	f.size = (uint32_t)size;
	f.dst = build_image(b, size);
	return build_fetch(b, &f);
}

void build_printed(struct builder *b, struct plan_value *v, const struct plan_printed *item)
{
	uint32_t word = b->p->arch->ptr_size;
	uint64_t size = gosym_type_size(item->type);
	struct origin o = { .depth = b->p->opts.depth };

	v->name = item->name;
	v->type = item->type;
	v->fetch = v->target = PLAN_NO_FETCH;
	if (item->param) {
		build_param(b, v, item->param, item->offset, item->type);
		return;
	}
	o.avail = item->behind ? build_bytes_needed(b, item->type, MAX_POINTEE) : size;
	o.fetch = fetch_expr(b, item, item->behind ? word : (uint32_t)size);
	if (o.fetch != PLAN_NO_FETCH && item->behind)
		o.fetch = fetch_behind(b, item, o.fetch, o.avail);
	if (o.fetch == PLAN_NO_FETCH) {
		v->missing = no_room;
		return;
	}
	o.base = b->fetches.data[o.fetch].dst;
	build_lay(b, v, item->type, &o);
}
