/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The assignment algorithm of src/cmd/compile/abi-internal.md ("Function call argument and result
 * passing"): types in, places out. Pure computation. */
#ifndef ABI_ASSIGN_H
#define ABI_ASSIGN_H

#include "abi/arch.h"

struct abi_slot {			/* one value */
	const struct gosym_type *type;
	struct gosym_piece *pieces;	/* in the arena; none for size 0 */
	size_t num_pieces;
	bool in_regs;
	int32_t stack_off;		/* from args base: its slot, or with in_regs its spill slot (params only) */
};

struct abi_layout {
	struct abi_slot *params, *results;
	size_t num_params, num_results;
	uint32_t param_bytes;		/* stack-passed params, rounded to a word */
	uint32_t result_bytes;		/* stack-passed results, rounded */
	uint32_t spill_off;		/* where the spill area starts, from args base */
	uint32_t total;			/* what _func.args counts under this ABI */
};

/* A scalar of a type as register assignment takes it apart. */
struct abi_leaf { uint32_t offset, size; bool fp; };
enum { MAX_LEAVES = 64 };
enum abi_leaves_kind {
	LEAVES_OK,
	LEAVES_ARRAY,			/* holds an array of two or more: never in registers */
	LEAVES_TOO_MANY,		/* more than MAX_LEAVES: more than any architecture has registers */
	LEAVES_UNKNOWN,			/* a kind the file does not tell */
};
enum abi_leaves_kind abi_leaves(const struct gosym_type *t, unsigned ptr_size, struct abi_leaf leaves[MAX_LEAVES],
				size_t *ret_num);

/* Types in order: receiver (with the dictionary where this version puts it), params; results. Stack places count
 * from SP at entry (args_base added). GOSYM_UNSUPPORTED where a type's kind is unknown. */
struct gosym_error *abi_assign(const struct abi_arch *arch, const struct abi_sequence *seq, struct arena *a,
			       const struct gosym_type *const *params, size_t num_params,
			       const struct gosym_type *const *results, size_t num_results, struct abi_layout *ret);

#endif
