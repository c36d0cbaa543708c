// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The recipes of a plan. They are made when a place asks for the values of some interface type, for all
 * types that it may hold and, where these hold interfaces and depth is left, for what may be behind those.
 * A recipe is compiled into steps, and equal runs of steps are kept once (most types behind an interface
 * are pointers, which at the end of the depth need none at all); its tree of values is thrown away, and
 * made again when an event shows one.
 */
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/cleanup.h"
#include "gosym/rtype.h"
#include "tracer/plan_dynamic.h"

enum {
	MAX_RECIPES = 1 << 17,
	SCRATCH_RECIPES = 256,		/* trees in memory at a time */
	MAX_NEED = 1 << 16,		/* sums stop there, far above what any record has */
};

struct made {
	struct plan_recipe_key key;
	const struct gosym_type *type;
	struct plan_recipe_ref ref;
	struct plan_need need;
	struct plan_recipe *recipe;	/* NULL until an event shows one */
	UT_hash_handle hh;
};

/* All that an interface type may hold. */
struct set {
	struct plan_recipe_key key;	/* of the interface type */
	struct plan_need need;
	UT_hash_handle hh;
};

struct itab {
	uint64_t addr, type;
	UT_hash_handle hh;
};

struct run {
	uint32_t first;
	UT_hash_handle hh;
};

struct dynamic {
	struct arena arena, scratch;
	VEC(struct plan_step) steps;
	struct made *made;
	struct set *sets;
	struct itab *itabs;
	struct run *runs;
	unsigned in_scratch;
};

void dynamic_destroy(struct dynamic *d)
{
	if (!d)
		return;
	HASH_CLEAR(hh, d->made);
	HASH_CLEAR(hh, d->sets);
	HASH_CLEAR(hh, d->itabs);
	HASH_CLEAR(hh, d->runs);
	vec_deinit(&d->steps);
	arena_deinit(&d->scratch);
	arena_deinit(&d->arena);
	free(d);
}

/* ---- recipe -> steps */

static void step_guard(struct plan_step *step, const struct plan_recipe *r, int32_t guard,
		       uint32_t elem)
{
	const struct plan_fetch *f = guard == PLAN_NO_FETCH ? NULL : &r->fetches[guard];

	/* The lower half of the word is a status of 0, the whole of it a count above 0. */
	step->guard = f ? f->status : PLAN_PRESENT;
	step->guard_count = f && f->from == PLAN_DEREF_VAR ? f->count : PLAN_PRESENT;
	step->guard_elem = f && f->from == PLAN_DEREF_VAR ? elem : 0;
}

static struct plan_step step_of_fetch(const struct plan_recipe *r, const struct plan_fetch *f)
{
	bool var = f->from == PLAN_DEREF_VAR;
	struct plan_step step = { .ptr = f->ptr,
				  .count = var ? f->count : f->ptr,
				  .size = f->size,
				  .max = var ? f->max_count : 1,
				  .dst = f->dst,
				  .status = f->status,
				  .off = f->off };

	step_guard(&step, r, f->guard, f->guard_elem);
	/* The loop reads what one pointer leads to. All else is left undone: the upper half of the word is no status. */
	if (!var && f->from != PLAN_DEREF)
		step.guard = PLAN_PRESENT + 4;
	return step;
}

static struct plan_step step_of_place(const struct plan_recipe *r, const struct plan_place *place)
{
	struct plan_step step = { .ptr = place->at,
				  .count = place->type_fetch == PLAN_NO_FETCH ?
						   place->at :
						   r->fetches[place->type_fetch].dst,
				  .max = place->depth,
				  .status = place->status };

	step_guard(&step, r, place->guard, place->guard_elem);
	return step;
}

/* The place of these steps among all; those that are there already are not added again. */
static struct gosym_error *add_run(struct dynamic *d, const struct plan_step *steps, size_t num,
				   uint32_t *ret)
{
	size_t size = num * sizeof(*steps);
	struct run *run;
	void *copy;

	HASH_FIND(hh, d->runs, steps, size, run);
	if (run) {
		*ret = run->first;
		return NULL;
	}
	run = arena_alloc(&d->arena, sizeof(*run));
	copy = arena_alloc(&d->arena, size);
	if (!run || !copy)
		return gosym_nomem;
	memcpy(copy, steps, size);
	*ret = run->first = (uint32_t)d->steps.num;
	for (size_t i = 0; i < num; i++) {
		struct plan_step *slot = vec_append(&d->steps);

		if (!slot)
			return gosym_nomem;
		*slot = steps[i];
	}
	HASH_ADD_KEYPTR(hh, d->runs, copy, size, run);
	return NULL;
}

static struct gosym_error *compile(struct dynamic *d, const struct plan_recipe *r,
				   struct plan_recipe_ref *ret)
{
	size_t num = r->num_fetches + r->num_places;
	struct plan_step *steps = arena_array(&d->scratch, num + 1, sizeof(*steps));

	*ret = (struct plan_recipe_ref){ .num = (uint32_t)num, .size = r->size };
	if (!steps)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		steps[i] = i < r->num_fetches ?
				   step_of_fetch(r, &r->fetches[i]) :
				   step_of_place(r, &r->places[i - r->num_fetches]);
	return num ? add_run(d, steps, num, &ret->first) : NULL;
}

/* ---- what is needed */

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a + b < MAX_NEED ? a + b : MAX_NEED;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static struct gosym_error *need_of(struct gosym_plan *p, const struct plan_recipe *r,
				   struct plan_need *ret)
{
	struct plan_need need = { .area = r->size,
				  .entries = 1,
				  .rounds = 1 + (uint32_t)(r->num_fetches + r->num_places) };

	for (size_t i = 0; i < r->num_fetches; i++) {
		const struct plan_fetch *f = &r->fetches[i];

		need.read = larger(need.read, f->from == PLAN_DEREF_VAR ? f->size * f->max_count :
									  f->size);
	}
	/* The loop looks at two words of an interface wherever it is. */
	need.read = (larger(need.read, 16) + 7) & ~7u;
	for (size_t i = 0; i < r->num_places; i++) {
		struct plan_need inner;
		struct gosym_error *err = dynamic_prepare(p, r->places[i].type, r->places[i].depth,
							  &inner);

		if (err)
			return err;
		need.area = sum(need.area, inner.area);
		need.read = larger(need.read, inner.read);
		need.entries = sum(need.entries, inner.entries);
		need.rounds = sum(need.rounds, inner.rounds);
	}
	*ret = need;
	return NULL;
}

/* ---- types */

static struct gosym_error *build(struct gosym_plan *p, struct made *made)
{
	struct dynamic *d = p->dynamic;
	struct plan_recipe recipe;
	struct gosym_error *err;

	err = plan_build_recipe(p, &d->scratch, made->type, (unsigned)made->key.depth, &recipe);
	if (!err)
		err = compile(d, &recipe, &made->ref);
	return err ? err : need_of(p, &recipe, &made->need);
}

/* *ret = NULL: there are too many. */
static struct gosym_error *make(struct gosym_plan *p, const struct gosym_type *type,
				unsigned depth, const struct made **ret)
{
	struct plan_recipe_key key = { type->runtime_type, depth };
	struct dynamic *d = p->dynamic;
	struct made *made;

	HASH_FIND(hh, d->made, &key, sizeof(key), made);
	*ret = made;
	if (made || HASH_COUNT(d->made) >= MAX_RECIPES)
		return NULL;
	made = arena_alloc(&d->arena, sizeof(*made));
	if (!made)
		return gosym_nomem;
	made->key = key;
	made->type = type;
	*ret = made;
	HASH_ADD(hh, d->made, key, sizeof(key), made);
	return build(p, made);
}

static struct gosym_error *add_itab(struct dynamic *d, const struct rtype_itab *from)
{
	struct itab *itab;

	HASH_FIND(hh, d->itabs, &from->addr, sizeof(from->addr), itab);
	if (itab)
		return NULL;
	itab = arena_alloc(&d->arena, sizeof(*itab));
	if (!itab)
		return gosym_nomem;
	itab->addr = from->addr;
	itab->type = from->type;
	HASH_ADD(hh, d->itabs, addr, sizeof(itab->addr), itab);
	return NULL;
}

static struct gosym_error *make_all(struct gosym_plan *p, const struct rtype_held *held,
				    unsigned depth, struct plan_need *need)
{
	struct gosym_error *err = NULL;
	unsigned trees = 0;

	for (size_t i = 0; !err && i < held->types.num; i++) {
		const struct made *made;

		err = make(p, held->types.data[i], depth, &made);
		if (err || !made)
			break;
		need->area = larger(need->area, made->need.area);
		need->read = larger(need->read, made->need.read);
		need->entries = larger(need->entries, made->need.entries);
		need->rounds = larger(need->rounds, made->need.rounds);
		/* Sets inside of a recipe leave the scratch memory alone: the recipe is in it. */
		if (p->dynamic->in_scratch == 1 && ++trees % SCRATCH_RECIPES == 0)
			arena_deinit(&p->dynamic->scratch);
	}
	for (size_t i = 0; !err && i < held->itabs.num; i++)
		err = add_itab(p->dynamic, &held->itabs.data[i]);
	return err;
}

static struct gosym_error *make_set(struct gosym_plan *p, const struct gosym_type *inter,
				    unsigned depth, struct plan_need *need)
{
	struct rtype_held held;
	struct gosym_error *err = rtype_held(p->binary, inter, &held);

	/* Without type descriptors there is nothing to follow. */
	if (err && err != gosym_nomem) {
		gosym_error_destroy(err);
		return NULL;
	}
	if (err)
		return err;
	err = make_all(p, &held, depth, need);
	rtype_held_deinit(&held);
	return err;
}

/* An interface type without a descriptor may hold whatever has methods. */
static struct plan_recipe_key set_key(const struct gosym_type *inter, unsigned depth)
{
	return (struct plan_recipe_key){ inter->empty_interface ? 1 : inter->runtime_type, depth };
}

struct gosym_error *dynamic_prepare(struct gosym_plan *p, const struct gosym_type *inter,
				    unsigned depth, struct plan_need *ret)
{
	struct plan_recipe_key key = set_key(inter, depth);
	struct gosym_error *err;
	struct set *set;

	if (!p->dynamic)
		p->dynamic = calloc(1, sizeof(*p->dynamic));
	if (!p->dynamic)
		return gosym_nomem;
	HASH_FIND(hh, p->dynamic->sets, &key, sizeof(key), set);
	if (!set) {
		set = arena_alloc(&p->dynamic->arena, sizeof(*set));
		if (!set)
			return gosym_nomem;
		set->key = key;
		p->dynamic->in_scratch++;
		err = make_set(p, inter, depth, &set->need);
		if (!--p->dynamic->in_scratch)
			arena_deinit(&p->dynamic->scratch);
		if (err)
			return err;
		HASH_ADD(hh, p->dynamic->sets, key, sizeof(key), set);
	}
	*ret = set->need;
	return NULL;
}

/* ---- the maps */

const struct plan_step *dynamic_steps(const struct gosym_plan *p, size_t *num_ret)
{
	*num_ret = p->dynamic ? p->dynamic->steps.num : 0;
	return *num_ret ? p->dynamic->steps.data : NULL;
}

static const struct made *find_made(const struct dynamic *d, uint64_t type, unsigned depth)
{
	struct plan_recipe_key key = { type, depth };
	struct itab *itab;
	struct made *made;

	HASH_FIND(hh, d->itabs, &type, sizeof(type), itab);
	if (itab)
		key.type = itab->type;
	HASH_FIND(hh, d->made, &key, sizeof(key), made);
	return made;
}

struct gosym_error *dynamic_elements(const struct gosym_plan *p, struct plan_recipe_key **keys,
				     struct plan_recipe_ref **refs, size_t *num_ret)
{
	const struct dynamic *d = p->dynamic;
	size_t room = d ? HASH_COUNT(d->made) + (size_t)PLAN_DEPTHS * HASH_COUNT(d->itabs) : 0;
	_cleanup_free_ struct plan_recipe_key *k = calloc(room + 1, sizeof(*k));
	_cleanup_free_ struct plan_recipe_ref *r = calloc(room + 1, sizeof(*r));
	size_t num = 0;

	if (!k || !r)
		return gosym_nomem;
	for (const struct made *m = d ? d->made : NULL; m; m = m->hh.next) {
		k[num] = m->key;
		r[num++] = m->ref;
	}
	for (const struct itab *i = d ? d->itabs : NULL; i; i = i->hh.next) {
		for (unsigned depth = 0; depth < PLAN_DEPTHS; depth++) {
			const struct made *m = find_made(d, i->addr, depth);

			if (!m)
				continue;
			k[num] = (struct plan_recipe_key){ i->addr, depth };
			r[num++] = m->ref;
		}
	}
	*keys = no_cleanup_ptr(k);
	*refs = no_cleanup_ptr(r);
	*num_ret = num;
	return NULL;
}

/* ---- the reader */

const struct plan_recipe *dynamic_recipe(const struct gosym_plan *p, uint64_t type, unsigned depth)
{
	struct made *made = p->dynamic ? (struct made *)find_made(p->dynamic, type, depth) : NULL;
	struct plan_recipe *recipe;
	struct gosym_error *err;

	if (!made || made->recipe)
		return made ? made->recipe : NULL;
	recipe = arena_alloc(&p->dynamic->arena, sizeof(*recipe));
	if (!recipe)
		return NULL;
	err = plan_build_recipe((struct gosym_plan *)p, &p->dynamic->arena, made->type, depth,
				recipe);
	if (err) {
		gosym_error_destroy(err);
		return NULL;
	}
	made->recipe = recipe;
	return recipe;
}
