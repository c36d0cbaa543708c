/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Values behind interfaces. What an interface holds is known only when the program in the kernel
 * sees its type word. So each type it may hold is laid out beforehand as any argument is, and its
 * fetches become a recipe: data that the program looks up by the address of the type's descriptor and
 * works off.
 *
 *	record	header | image | status words | struct plan_walk | struct plan_entry ... | area
 *
 * Each interface to be followed is an entry; its value takes a part of the area, as large as the
 * recipe says, and all offsets of the recipe are relative to that. The part begins with the data word
 * and a word PLAN_PRESENT, which stands for the status and count of what needs no guard. Interfaces
 * inside of such a value become further entries. The types come from run-time descriptors, which every
 * binary has of all that can be put into an interface.
 *
 * An itab whose page is not there cannot tell its type; then the address of the itab itself, if it is
 * one of the file's, is what a recipe is found by.
 */
#ifndef TRACER_PLAN_DYNAMIC_H
#define TRACER_PLAN_DYNAMIC_H

#include "tracer/plan.h"

/* The state of the loop; it stays in the record for the reader. */
struct plan_walk {
	uint32_t num;			/* entries there are */
	uint32_t next;			/* of them, the one to begin next */
	uint32_t step, left;		/* of the entry begun last: if left is not 0, it is not complete */
	uint32_t base, used;		/* its part of the area; end of all parts */
	uint32_t rounds, unused;	/* of the loop, so far */
};

enum { PLAN_PENDING = 2 };		/* status of an entry: not begun */

struct plan_entry {
	uint64_t type;			/* link-time address of the descriptor, or of the itab */
	uint64_t depth;			/* left for the value: with the type the key of the recipe */
	uint64_t data;			/* the data word */
	uint32_t at;			/* record offset of the interface */
	uint32_t base;			/* where its part of the area begins */
	int32_t status;			/* 0, PLAN_PENDING, or PLAN_SKIPPED: nil, unreadable, no recipe */
	uint32_t unused;
};

/* Offsets within a part of the area. */
enum { PLAN_DATA = 0, PLAN_PRESENT = 8, PLAN_VALUE = 16 };

/*
 * One fetch of a recipe: min(word at count, max) * size bytes behind the word at ptr, plus off. Of one that is no
 * PLAN_DEREF_VAR, count is ptr and max is 1. size 0: a nested interface at ptr, count is where its type word is, max
 * its depth. Done if the status at guard is 0 and the word at guard_count above guard_elem.
 */
struct plan_step {
	uint32_t ptr, count, size, max, dst, status;
	uint32_t guard, guard_count, guard_elem, unused;
	int64_t off;
};

/* Elements of the map of recipes. */
struct plan_recipe_key { uint64_t type, depth; };
struct plan_recipe_ref { uint32_t first, num, size, unused; };	/* steps; bytes of the area */

/* The same for the reader: offsets are those within the part of the area. */
struct plan_recipe {
	struct plan_value value;
	struct plan_fetch *fetches;
	size_t num_fetches;
	struct plan_place *places;
	size_t num_places;
	uint32_t size;
};

/*
 * The depth of a recipe. Above PLAN_EXPLAINED it is that of an error inside of another one, of which text shows
 * more than the depth allows: so many of them have been followed already.
 */
enum { PLAN_EXPLAINED = 16, PLAN_MAX_EXPLAINED = 2, PLAN_DEPTHS = (PLAN_MAX_EXPLAINED + 1) * PLAN_EXPLAINED };

/* What following an interface may take in the worst case. */
struct plan_need { uint32_t area, read, entries, rounds; };

/* Lays out a value of this type; in the arena (plan_value.c). */
struct gosym_error *plan_build_recipe(struct gosym_plan *p, struct arena *arena, const struct gosym_type *type,
				      unsigned depth, struct plan_recipe *ret);
/* Makes the recipes of all types that such an interface may hold. */
struct gosym_error *dynamic_prepare(struct gosym_plan *p, const struct gosym_type *inter, unsigned depth,
				    struct plan_need *ret);
void dynamic_destroy(struct dynamic *d);			/* NULL is fine */

/* What goes into the maps; *num_ret 0: there is nothing. Borrowed, but for the arrays of elements: free() them. */
const struct plan_step *dynamic_steps(const struct gosym_plan *p, size_t *num_ret);
struct gosym_error *dynamic_elements(const struct gosym_plan *p, struct plan_recipe_key **keys,
				     struct plan_recipe_ref **refs, size_t *num_ret);
/* The recipe of an entry; NULL: there is none. */
const struct plan_recipe *dynamic_recipe(const struct gosym_plan *p, uint64_t type, unsigned depth);

#endif
