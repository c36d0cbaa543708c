/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Probe sites: where a function can be probed exactly once per call, cheaply, with its arguments still in
 * known places; and its returns. Reasons and measurements: docs/design.md. */
#ifndef ABI_SITES_H
#define ABI_SITES_H

#include "abi/arch.h"

enum { MAX_REGS = 64 };

/* gosym_site and where each entry register's value is by then. Public struct first: the pointers are the same. */
struct abi_site {
	struct gosym_site pub;
	struct gosym_site_loc regs[MAX_REGS];	/* by entry register index; `where` of stacks counts from SP at the site */
	bool stack_args_intact;			/* no store into the incoming argument area so far */
};

static inline const struct abi_site *abi_site_of(const struct gosym_site *s)
{
	return (const struct abi_site *)s;
}

#endif
