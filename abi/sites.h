/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Probe sites: where a function can be probed exactly once per call, cheaply, with its arguments still in
 * known places; and its returns. Reasons and measurements: docs/design.md. */
#ifndef ABI_SITES_H
#define ABI_SITES_H

#include "abi/flow.h"
#include "abi/track.h"

/* gosym_site and where each entry register's value is by then. Public struct first: the pointers are the same. */
struct abi_site {
	struct gosym_site pub;
	const struct gosym_site_loc *regs;	/* by entry register index; stack places count from SP at the site */
	const uint8_t *sizes;			/* how many of its low bytes are there */
	bool stack_args_intact;			/* no store into the incoming argument area so far */
	int32_t args_written_from;		/* lowest byte of it stored to, from SP at entry; INT32_MAX none */
};

static inline const struct abi_site *abi_site_of(const struct gosym_site *s)
{
	return (const struct abi_site *)s;
}

/* Why a function of the runtime must be left alone; NULL: it need not. */
const char *abi_untouchable_why(const char *name);

struct site_choice {
	uint64_t addr;
	enum gosym_cost cost;
	bool skip_taken;
	uint8_t branch_cond;
	const char *why;
	struct track state;		/* where values are then */
};

/* What a site that shows floats needs: their registers are seen by no probe, so the code has to have stored them. */
struct site_floats {
	uint8_t sizes[MAX_REGS];	/* by register: the low bytes wanted of it in memory; 0: none */
	int32_t stack_end;		/* end of the arguments on the stack, from SP at entry */
};

/* Chooses the entry site at which none of the wanted entry registers (a bit set) is lost. Answers NULL, or why no
 * address will do. */
const char *site_choose(const struct func_code *code, const struct flow *f, uint64_t wanted, struct site_choice *ret);

/* The same, at which most of these floats are in memory. Answers NULL only if some are. */
const char *site_choose_floats(const struct func_code *code, const struct flow *f, uint64_t wanted,
			       const struct site_floats *floats, struct site_choice *ret);

/* The code of a function and its flow, which starts zeroed and is the caller's to deinit. */
struct gosym_error *sites_read_code(struct gosym_binary *b, const struct gosym_func *f, struct func_code *code,
				    struct flow *flow);

#endif
