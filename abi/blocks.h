/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The basic blocks of a function and the questions about paths that sites within it need. */
#ifndef ABI_BLOCKS_H
#define ABI_BLOCKS_H

#include "abi/flow.h"

struct block {
	size_t first, end;		/* instructions */
	int32_t next[2];		/* blocks; -1 none */
	unsigned num_from;		/* edges that lead here, the function's entry included */
};

struct block_vec { struct block *data; size_t num, cap; };
struct insn_vec { struct insn *data; size_t num, cap; };

struct blocks {
	struct insn_vec insns;		/* by address */
	VEC(int32_t) of;		/* block of each instruction */
	struct block_vec all;		/* by address; 0 is the entry */
	int32_t resumed;		/* where a recovered panic goes on; -1 none */
	const char *refused;		/* why paths are not known; NULL: they are */
};

/* ret starts zeroed. never_returns: whether code behind a call of this address is not run. */
struct gosym_error *blocks_read(const struct func_code *code, const struct flow *flow,
				bool (*never_returns)(const void *data, uint64_t target), const void *data,
				struct blocks *ret);
void blocks_deinit(struct blocks *b);
DEFINE_CLEANUP(cleanup_blocks, struct blocks, blocks_deinit(p))

/* The instruction at an address; SIZE_MAX: none begins there. */
size_t blocks_insn_at(const struct blocks *b, uint64_t addr);
/* Marks, by block, what can be reached from block `from` (itself only by a circle) without entering block
 * `without` (-1: none). */
bool blocks_reach(const struct blocks *b, int32_t from, int32_t without, bool *marks);
/* The same against the direction: the blocks from which block `to` can be reached. */
bool blocks_reach_back(const struct blocks *b, int32_t to, int32_t without, bool *marks);
/* Marks what the function's beginning (and the place a recovered panic goes on) can reach without `without`. */
bool blocks_reach_entry(const struct blocks *b, int32_t without, bool *marks);

#endif
