// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Values behind interfaces, as the plan has them: which interfaces are followed and how much of the
 * record their values may take, and the recipe of one dynamic type. An interface of which the values are
 * not followed, for the depth is reached or the record full, shows its data word.
 *
 * Following an interface uses up one of the depth, as following a pointer does: at depth 1 an interface
 * shows an int or a struct, of a pointer its address. Text is to show the messages of errors: there an
 * error is followed one level further, and so are the errors it wraps.
 */
#include <string.h>

#include "gosym/rtype.h"
#include "tracer/plan_build.h"
#include "tracer/plan_dynamic.h"

enum {
	MAX_ENTRIES = 64,
	MAX_AREA = 8192,
	MAX_MORE = 512,
	MAX_ROUNDS = 320,
	MAX_STEPS = 64,			/* of one recipe */
	MAX_VALUE_DEPTH = PLAN_EXPLAINED - 1,	/* left behind an interface */
};

/* Bytes the values behind an interface of this depth may take: of a larger one the deepest parts are not followed. */
static uint32_t recipe_limit(const struct gosym_plan *p, unsigned depth)
{
	uint32_t base = depth < 2 ? MAX_POINTEE * (depth + 2) : 4 * MAX_POINTEE;

	return base + round_up(min_u64(p->opts.strlen, 4 * MAX_POINTEE));
}

/* ---- places */

static void count_reserved(struct builder *b)
{
	const struct plan_dynamic *d = &b->dynamic;

	b->reserved = (uint32_t)sizeof(struct plan_walk) +
		      d->max_entries * (uint32_t)sizeof(struct plan_entry) + d->area + d->max_read;
}

/* Sets room aside, at most half of what is left: parameters behind this one have values too. The area is shared: the
 * first place has all it may need, each other one what most values need. */
static bool reserve(struct builder *b, const struct plan_need *need)
{
	struct plan_dynamic *d = &b->dynamic, before = *d;
	uint32_t left = build_space_left(b), reserved = b->reserved, taken;
	uint64_t area = d->area ? min_u64(need->area, MAX_MORE) : need->area;
	uint64_t entries = need->entries;

	if (entries > 1)
		entries = min_u64(entries, 1 + left / 8 / sizeof(struct plan_entry));
	d->max_entries += (uint32_t)min_u64(entries, MAX_ENTRIES - d->max_entries);
	if (d->max_read < need->read)
		d->max_read = need->read;
	d->rounds = (uint32_t)min_u64(d->rounds + need->rounds, MAX_ROUNDS);
	count_reserved(b);
	taken = b->reserved - reserved;
	area = min_u64(min_u64(area, MAX_AREA - d->area), taken < left / 2 ? left / 2 - taken : 0);
	d->area += (uint32_t)area & ~7u;
	count_reserved(b);
	if (d->max_entries > b->places.num && d->area >= PLAN_VALUE &&
	    b->reserved - reserved <= left)
		return true;
	*d = before;
	b->reserved = reserved;
	return false;
}

static void add_place(struct builder *b, const struct pending *item, unsigned depth)
{
	const struct plan_value *v = item->value;
	struct plan_place *place = vec_append(&b->places);

	if (!place) {
		b->nomem = true;
		return;
	}
	*place = (struct plan_place){ .type = v->type,
				      .at = v->image,
				      .guard = v->fetch,
				      .guard_elem = item->elem,
				      .type_fetch = v->target,
				      .depth = depth };
}

/* The depth of what the interface holds; false: it is not followed. */
static bool depth_behind(const struct builder *b, const struct pending *item, unsigned *ret)
{
	*ret = b->explain * PLAN_EXPLAINED;
	if (item->depth)
		*ret = (unsigned)min_u64(item->depth - 1, MAX_VALUE_DEPTH);
	return item->depth ||
	       (b->explain && b->explain <= PLAN_MAX_EXPLAINED &&
		!strcmp(gosym_type_name(item->value->type), "error"));
}

void build_follow_interface(struct builder *b, const struct pending *item)
{
	struct plan_value *v = item->value;
	unsigned word = b->p->arch->ptr_size, depth;
	struct plan_need need;

	/* An itab's second word is the dynamic type; an empty interface holds the type itself. */
	if (!v->type->empty_interface)
		v->target = build_follow_fixed(b, item, word, word);
	if (word != 8 || !depth_behind(b, item, &depth))
		return;
	if (!b->probe) {
		if (b->fetches.num + b->places.num < MAX_STEPS)
			add_place(b, item, depth);
		return;
	}
	b->err = dynamic_prepare(b->p, v->type, depth, &need);
	if (!b->err && need.entries && reserve(b, &need))
		add_place(b, item, depth);
}

static struct gosym_error *keep_places(struct builder *b, struct plan_place **ret, size_t *num_ret)
{
	*num_ret = b->places.num;
	*ret = arena_array(b->arena, b->places.num + 1, sizeof(**ret));
	if (!*ret)
		return gosym_nomem;
	if (b->places.num)
		memcpy(*ret, b->places.data, b->places.num * sizeof(**ret));
	return NULL;
}

struct gosym_error *build_dynamic(struct builder *b, struct plan_dynamic *ret, uint32_t *end)
{
	struct plan_dynamic *d = &b->dynamic;
	struct gosym_error *err;

	*ret = (struct plan_dynamic){ 0 };
	if (!b->places.num)
		return NULL;
	err = keep_places(b, &d->places, &d->num_places);
	if (err)
		return err;
	d->at = *end;
	d->area_at = d->at + (uint32_t)sizeof(struct plan_walk) +
		     d->max_entries * (uint32_t)sizeof(struct plan_entry);
	*end = d->area_at + d->area + d->max_read;
	*ret = *d;
	return NULL;
}

/* ---- recipes */

/* Where the data word leads, or the word itself for the types that fit into it. */
static void lay_held(struct builder *b, struct plan_value *v, const struct gosym_type *type,
		     unsigned depth)
{
	struct origin o = { .base = PLAN_DATA, .fetch = PLAN_NO_FETCH, .depth = depth };

	if (type->direct) {
		o.avail = b->p->arch->ptr_size;
	} else if (type->size) {
		struct plan_fetch f = { .from = PLAN_DEREF, .ptr = PLAN_DATA,
					.guard = PLAN_NO_FETCH };

		o.avail = build_bytes_needed(b, type, MAX_POINTEE);
		f.size = o.avail ? (uint32_t)o.avail : 1;
		f.dst = o.base = build_image(b, f.size);
		o.fetch = build_fetch(b, &f);
	}
	build_lay(b, v, type, &o);
}

static struct gosym_error *finish_recipe(struct builder *b, struct plan_recipe *ret)
{
	struct gosym_error *err = build_take_over(b, &ret->fetches, &ret->num_fetches, &ret->size);

	if (!err)
		err = keep_places(b, &ret->places, &ret->num_places);
	for (size_t i = 0; !err && i < ret->num_places; i++)
		ret->places[i].status = ret->size + 4 * (uint32_t)i;
	ret->size = round_up(ret->size + 4 * (uint64_t)ret->num_places);
	return err;
}

struct gosym_error *plan_build_recipe(struct gosym_plan *p, struct arena *arena, const struct gosym_type *type,
				      unsigned depth, struct plan_recipe *ret)
{
	unsigned left = depth % PLAN_EXPLAINED;
	struct builder b = { .p = p, .arena = arena, .end = PLAN_VALUE,
			     .limit = recipe_limit(p, left), .max_fetches = MAX_STEPS };
	struct gosym_error *err;

	*ret = (struct plan_recipe){ 0 };
	b.queues = b.queue = arena_alloc(arena, sizeof(*b.queues));
	if (!b.queues)
		return gosym_nomem;
	if (p->opts.for_text && rtype_has_method(p->binary, type, "Error")) {
		left++;
		b.explain = depth / PLAN_EXPLAINED + 1;
	}
	lay_held(&b, &ret->value, type, left);
	build_follow_all(&b, 1);
	err = finish_recipe(&b, ret);
	build_deinit(&b, 1);
	return err;
}
