/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * How a map is read. Its entries lie in groups of eight (up to Go 1.23: buckets), each of which begins with
 * eight bytes that tell which are in use. The program in the kernel (bpf_map.c) goes through the groups and
 * copies what it finds, key and element, to the record, one entry behind the other: from there on they are
 * like the elements of a slice.
 */
#ifndef TRACER_PLAN_MAP_H
#define TRACER_PLAN_MAP_H

#include "tracer/plan.h"

enum plan_map_kind {
	PLAN_MAP_BUCKETS,		/* src/runtime/map.go, map_noswiss.go: struct hmap, struct bmap */
	PLAN_MAP_GROUPS,		/* src/internal/runtime/maps: Map, table, group */
};

struct plan_map {
	enum plan_map_kind kind;
	uint32_t group_size;
	uint32_t key_off, key_stride, elem_off, elem_stride;	/* within a group */
	uint32_t key_size, elem_size;	/* bytes that lie there; of an indirect one a pointer */
	uint32_t elem_at;		/* of the element, within an entry of the record */
	uint32_t rounds;		/* of the loop: groups, tables and entries looked at */
};

#endif
