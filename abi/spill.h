/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The code that keeps a function's register arguments while its stack grows: which register, which
 * slot. */
#ifndef ABI_SPILL_H
#define ABI_SPILL_H

#include "abi/flow.h"

enum { SPILL_MAX = 64 }; /* more than any architecture has argument registers */

struct spill_slot {
	int8_t reg;   /* index in arch->regs */
	uint8_t size; /* bytes that are kept */
	bool fp;
	int32_t off; /* from args base, as in abi_slot and argument info */
};

struct spill_info {
	struct spill_slot slots[SPILL_MAX]; /* in the code's order, which is that of assignment */
	size_t num;
	uint64_t start; /* the slow path's first instruction; 0: not known */
	uint64_t call, next; /* the call of runtime.morestack, and what stands behind it */
};

/* False if f has no stack check (then call is 0), or code before that call that is not understood. A function that
 * keeps nothing has no register arguments, or uses none of them: only a use makes the compiler list
 * them, all or none. */
bool spill_read(const struct func_code *code, const struct flow *f, struct spill_info *ret);

#endif
