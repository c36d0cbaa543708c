/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Inlined calls: where each can be probed exactly once per call (inlined_block.c), at which address of that
 * block, and where its arguments are there (inlined_value.c); kept by inlined.c. */
#ifndef ABI_INLINED_H
#define ABI_INLINED_H

#include "abi/blocks.h"
#include "abi/sites.h"
#include "gosym/inline.h"

/* The function whose code holds inlined calls. */
struct inlined_host {
	struct gosym_binary *b;
	const struct gosym_func *f;
	const struct abi_arch *arch;
	struct func_code code;
	struct flow flow;
	struct blocks blocks;
};

/* One inlined call under examination. */
struct inlined_work {
	const struct inlined_host *host;
	const struct gosym_inlined *call;
	struct inline_code code;
	bool *own;			/* by instruction: belongs to the call */
	size_t mark;			/* instruction; SIZE_MAX none */
};

/* A block that is executed once for each call. */
struct inlined_block {
	int32_t block;
	size_t begun;			/* instruction at which the call has certainly begun */
	const char *why;
};
/* NULL, or why there is none. */
const char *inlined_find_block(const struct inlined_work *w, struct inlined_block *ret, bool *nomem);

/* Where the parameters are at an instruction; those that are nowhere say why. */
struct gosym_error *inlined_params_at(const struct inlined_work *w, const struct dwarf_var *vars, size_t num,
				      size_t insn, struct gosym_param *ret);

static inline const struct insn *inlined_insn(const struct inlined_work *w, size_t i)
{
	return &w->host->blocks.insns.data[i];
}

#endif
