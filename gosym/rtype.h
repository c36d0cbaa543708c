/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Run-time type descriptors (internal/abi/type.go), read from the file image: names, kinds,
 * elements. Field offsets are rows by Go version (rtype_layouts.c). */
#ifndef GOSYM_RTYPE_H
#define GOSYM_RTYPE_H

#include "gosym/binary.h"
#include "gosym/vec.h"

struct rtype {
	uint64_t addr;
	uint64_t size;
	enum gosym_kind kind;
	bool named, direct;
	const char *short_name;		/* as reflect's String(): "*http.response" */
	const char *package;		/* full path of a named type, NULL */
	uint64_t elem, key;		/* addresses, 0 none */
};

struct rtypes;				/* what was read so far; hangs on the binary */
void rtypes_close(struct rtypes *rt);	/* NULL is fine */

/* The method whose code begins at entry, by method tables and itabs. Its inputs are the
 * receiver and those of func. GOSYM_NOT_FOUND if no kept method does, or if the tables
 * disagree. */
struct rtype_method {
	const char *name;
	const struct gosym_type *receiver, *func;
};
struct gosym_error *rtype_method_at(struct gosym_binary *b, uint64_t entry,
				    struct rtype_method *ret);

/* Where a map's keys and elements are in a bucket or group of eight. */
struct rtype_map { uint64_t group_size, key_off, key_stride, elem_off, elem_stride; };
/* From the descriptor of the map type; false if there is none that can be read. */
bool rtype_map_at(struct gosym_binary *b, uint64_t addr, struct rtype_map *ret);

struct gosym_error *rtype_read(struct gosym_binary *b, uint64_t addr, struct rtype *ret);

/* What an interface of this type may hold: at least all types that can be, some of them twice; and
 * the itabs of the file. A type without a descriptor may hold whatever has methods. */
struct rtype_itab { uint64_t addr, type; };
struct rtype_held {
	VEC(const struct gosym_type *) types;
	VEC(struct rtype_itab) itabs;
};
struct gosym_error *rtype_held(struct gosym_binary *b, const struct gosym_type *inter,
			       struct rtype_held *ret);
void rtype_held_deinit(struct rtype_held *held);
/* Of a type from a descriptor, pruned methods included. */
bool rtype_has_method(struct gosym_binary *b, const struct gosym_type *t, const char *name);

#endif
