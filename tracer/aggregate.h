/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The maps of aggregates, and what is in them as rows: the counts of all processors added,
 * quantiles worked out, keys made readable. */
#ifndef TRACER_AGGREGATE_H
#define TRACER_AGGREGATE_H

#include "gosym/arena.h"
#include "tracer/bpf_gen.h"
#include "tracer/gotrace.h"

struct aggregate {
	const struct gosym_plan *plan;
	int fd, zero_fd;
	uint32_t key_size;		/* the longest of the plan's */
	uint32_t value_size;		/* in the map: struct plan_agg or its count alone */
	VEC(struct gotrace_row) rows;
	struct arena names;		/* of the rows */
};

/* One element of the map, the processors added up. */
struct agg_sum {
	struct plan_agg agg;		/* its halves of the sum are not used */
	__int128 sum;
	bool has_sum;			/* the halves cannot have overflowed */
};

/* An aggregate without maps: descriptors are -1. */
void aggregate_init(struct aggregate *a, const struct gosym_plan *p);
void aggregate_deinit(struct aggregate *a);
struct gosym_error *aggregate_create(struct aggregate *a);
/* Fills rows anew, largest first. */
struct gosym_error *aggregate_read(struct aggregate *a);

/* ---- for aggregate_read() and its tests */

/* Adds what one processor counted. */
void agg_add(struct agg_sum *sum, const struct plan_agg *cpu, bool is_signed);
/* Statistics of a histogram into its row; count, negative and slots with them. */
void agg_statistics(const struct agg_sum *sum, struct gotrace_row *row);

#endif
