/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Probe sites: where a function can be probed exactly once per call, cheaply, with its arguments still in
 * known places; and its returns. Reasons and measurements: docs/design.md. */
#ifndef ABI_SITES_H
#define ABI_SITES_H

#include "abi/arch.h"

enum { MAX_REGS = 64 };
struct track;

/* gosym_site and where each entry register's value is by then. Public struct first: the pointers are the same. */
struct abi_site {
	struct gosym_site pub;
	const struct gosym_site_loc *regs;	/* by entry register index; `where` of stacks counts from SP at the site */
	const uint8_t *sizes;			/* how many of its low bytes are there */
	bool stack_args_intact;			/* no store into the incoming argument area so far */
	int32_t args_written_from;		/* lowest byte of it stored to, from SP at entry; INT32_MAX none */
};

static inline const struct abi_site *abi_site_of(const struct gosym_site *s)
{
	return (const struct abi_site *)s;
}

/* One function's code as the choice needs it: no file, no symbols. */
struct site_code {
	const struct abi_arch *arch;
	struct bytes bytes;		/* [entry, end); bytes.addr is the entry */
	const uint64_t *morestack;	/* entries of the runtime.morestack family */
	size_t num_morestack;
	uint64_t deferreturn;		/* where a recovered panic goes on; 0 none */
	uint64_t wanted;		/* entry registers that must not be lost */
};

struct site_choice {
	uint64_t addr;
	enum gosym_cost cost;
	bool skip_taken;
	uint8_t branch_cond;
	const char *why;
};

/* Chooses the entry site; *state is where values are then. *refused says why no address
 * will do, else it is NULL. */
struct gosym_error *site_choose(const struct site_code *code, struct site_choice *ret, struct track *state,
				const char **refused);
/* All RETs, malloc'd; *bad is the first address that is no instruction, 0 none. */
struct gosym_error *site_returns(const struct site_code *code, uint64_t **ret, size_t *num_ret, uint64_t *bad);

#endif
