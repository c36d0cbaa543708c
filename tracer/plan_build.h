/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Between the files that lay out values: plan_value.c by value and behind pointers, plan_interface.c behind
 * interfaces, plan_map.c entries of maps. */
#ifndef TRACER_PLAN_BUILD_H
#define TRACER_PLAN_BUILD_H

#include "tracer/plan.h"

struct part;

/* Bytes of the record a value is laid over, and what brought them there. */
struct origin {
	uint32_t base;
	uint64_t avail;
	int32_t fetch;
	uint32_t elem;			/* of a PLAN_DEREF_VAR fetch */
	const struct part *parts;	/* NULL: all by `fetch` */
	size_t num_parts;
	unsigned depth;
};

/* A value that points elsewhere. */
struct pending {
	struct plan_value *value;
	uint32_t elem;
	unsigned depth;
};

struct queue {
	VEC(struct pending) items;
	size_t next;
};

struct builder {
	struct gosym_plan *p;
	struct plan_probe *probe;	/* NULL: of a recipe */
	struct arena *arena;		/* where values and fetches live */
	VEC(struct plan_fetch) fetches;
	VEC(struct plan_place) places;	/* interfaces to be followed */
	uint32_t num_status;
	uint32_t end;			/* of the image so far; multiple of 8 */
	uint32_t limit;			/* of the record */
	uint32_t max_fetches;
	uint32_t reserved;		/* bytes for values behind interfaces, counted in when there are any */
	struct plan_dynamic dynamic;	/* the same in detail */
	size_t num_values;
	unsigned explain;		/* of a recipe: errors inside of it that are followed beyond the depth */
	uint32_t floats_at;		/* struct plan_floats; 0: none yet */
	bool at_return;			/* results, where the function returns */
	struct queue *queues;		/* one per argument */
	struct queue *queue;		/* of the argument at hand */
	uint32_t map_rounds;		/* of the loops that read maps' entries: left to spend; none in recipes */
	bool nomem;
	struct gosym_error *err;	/* the first one */
};

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint32_t round_up(uint64_t n)
{
	return (uint32_t)((n + 7) & ~(uint64_t)7);
}

/* ---- plan_value.c */

enum { MAX_POINTEE = 1024 };		/* bytes of what a pointer or an interface leads to */

/* Image bytes that one more fetch with a status word may bring; 0 too when there are enough
 * fetches. */
uint32_t build_space_left(const struct builder *b);
uint32_t build_image(struct builder *b, uint64_t size);
/* NULL if there are too many. */
struct plan_value *build_values(struct builder *b, size_t num);
/* Bytes worth fetching of a value: of an array no more than will be shown. */
uint64_t build_bytes_needed(const struct builder *b, const struct gosym_type *type, uint64_t limit);
int32_t build_fetch(struct builder *b, const struct plan_fetch *f);
/* What is at the value's pointer + off; PLAN_NO_FETCH if the record has no room for it. */
int32_t build_follow_fixed(struct builder *b, const struct pending *item, int64_t off, uint64_t size);
/* What lies offset bytes within a parameter. */
void build_param(struct builder *b, struct plan_value *v, const struct gosym_param *param, uint64_t offset,
		 const struct gosym_type *type);
void build_lay(struct builder *b, struct plan_value *v, const struct gosym_type *type, const struct origin *o);
/* Follows what is pending in so many queues. */
void build_follow_all(struct builder *b, size_t num_queues);
/* The fetches with places for their status words behind all images; *end is the end of these. */
struct gosym_error *build_take_over(struct builder *b, struct plan_fetch **ret, size_t *num_ret, uint32_t *end);
void build_deinit(struct builder *b, size_t num_queues);

/* ---- plan_print.c */

struct plan_printed;
void build_printed(struct builder *b, struct plan_value *v, const struct plan_printed *item);

/* ---- plan_hint.c */

void build_hint(struct builder *b, struct plan_value *v, uint32_t base, int32_t first, int32_t second);

/* ---- plan_interface.c */

void build_follow_interface(struct builder *b, const struct pending *item);
/* Behind the status words, which end at *end: what the places need. */
struct gosym_error *build_dynamic(struct builder *b, struct plan_dynamic *ret, uint32_t *end);

/* ---- plan_map.c */

/* The entries of a map. */
void build_follow_entries(struct builder *b, const struct pending *item);

#endif
