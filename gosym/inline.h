/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Inline trees, as inline.c reads them, and one inlined call in detail (inline_copy.c): its code, and the
 * instruction that the compiler chose as the mark of the call.
 */
#ifndef GOSYM_INLINE_H
#define GOSYM_INLINE_H

#include "gosym/binary.h"
#include "gosym/vec.h"

/* An inlined call, as its tree entry says. */
struct inline_call { int32_t name, parent, parent_pc, file, line; uint8_t func_id; };

struct inline_tree {
	const struct gosym_func *func;
	const struct inltree_layout *layout;
	struct bytes bytes;
};

/* A run of pcs, as offsets from the entry, with one innermost call; -1: the function's own. */
struct inline_run { uint64_t start, end; int32_t entry; };
struct inline_runs { struct inline_run *data; size_t num, cap; };

/* All calls of one inlined function. */
struct inline_group {
	int32_t name_off;
	const char *name;
	uint32_t head, tail;		/* rows of the index */
	size_t num;
	const struct gosym_inlined *items;	/* NULL until asked for */
	const struct gosym_func *alone;	/* of a function that has no code of its own; NULL until asked for */
};

bool inline_tree_find(struct gosym_binary *b, const struct gosym_func *f, struct inline_tree *ret);
bool inline_tree_call(const struct inline_tree *t, int32_t entry, struct inline_call *ret);
bool inline_runs_read(struct gosym_binary *b, const struct gosym_func *f, struct inline_runs *ret);
/* The innermost call at an offset from the entry; -1: none. */
int32_t inline_runs_find(const struct inline_runs *runs, uint64_t pc);
/* All inlined functions, sorted by name; up to Go 1.15 a name may come more than once. */
struct gosym_error *inline_groups(struct gosym_binary *b, struct inline_group *const **ret, size_t *num_ret);

/* The code of one inlined call, also that of calls inlined into it. */
struct inline_code {
	VEC(struct inline_run) runs;	/* sorted; entry: the innermost call */
	/* An instruction that stands for the call, for the runtime's tracebacks; 0: not told. It is one at the line
	 * of the call that there was anyway, anywhere in the function, or a NOP made for it. */
	uint64_t mark;
	bool mark_shared;		/* other calls have the same */
	const char *names[2];		/* of the function, and of the one around it */
};

/* ret starts zeroed. */
struct gosym_error *inline_code_read(struct gosym_binary *b, const struct gosym_inlined *call, struct inline_code *ret);
void inline_code_deinit(struct inline_code *c);
bool inline_code_has(const struct inline_code *c, const struct gosym_func *within, uint64_t addr);

#endif
