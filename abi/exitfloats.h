/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Float results that lie in memory where a function returns. */
#ifndef ABI_EXITFLOATS_H
#define ABI_EXITFLOATS_H

#include "abi/flow.h"
#include "abi/track.h"

enum { EXIT_FLOATS = 16 };

struct exit_floats {
	uint64_t addr;			/* the RET, or where its epilogue begins */
	int32_t sp_off;			/* SP at the RET minus SP there */
	struct gosym_exit_float floats[EXIT_FLOATS];
	unsigned num;
};

/* Event i of the flow is a RET. Of the float registers (a bit set) those whose value can be read from memory there; at
 * the epilogue only if that gives more of them, and early is true. */
void exit_floats_find(const struct func_code *code, const struct flow *f, size_t i, uint64_t wanted, bool early,
		      struct exit_floats *ret);

#endif
