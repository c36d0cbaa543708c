/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What the signature of a function was made of, for checking it: the public part is gosym_signature. */
#ifndef ABI_LOCATE_H
#define ABI_LOCATE_H

#include "abi/complete.h"

struct abi_signature {
	struct gosym_signature pub;	/* first: the pointers are the same */
	const struct dwarf_func *dwarf;	/* NULL without */
	bool completed;			/* `list` is filled */
	struct abi_completed list;
};

/* By the run-time types of methods (locate_types.c); known: all but results. *ret_found: sig is filled. */
struct gosym_error *abi_locate_by_types(struct gosym_binary *b, const struct gosym_func *f,
					const struct abi_facts *known, struct abi_signature *sig, bool *ret_found);

static inline const struct abi_signature *abi_signature_of(const struct gosym_signature *s)
{
	return (const struct abi_signature *)s;
}

/* Whether the function has range-over-func loops, is the body of one, or (looked for if deep) a wrapper of one that
 * has: their unnamed parameters and results get names like #rv1, which DWARF leaves out (cmd/compile/internal/rangefunc).
 */
bool abi_has_range_func(struct gosym_binary *b, const struct gosym_func *f, bool deep);

#endif
