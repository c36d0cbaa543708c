/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Where the current goroutine is at a site of a function, and its id within it. */
#ifndef ABI_GOROUTINE_H
#define ABI_GOROUTINE_H

#include "abi/arch.h"

struct abi_goroutine {
	enum { G_NONE, G_IN_REG, G_IN_TLS } kind;
	int8_t reg;
	int32_t tls_off;		/* from the thread pointer (x86 fsbase) */
	uint32_t goid_off;		/* within runtime.g */
	const char *goid_source;	/* "dwarf", "table" */
	const char *missing;		/* with G_NONE: why */
};
struct gosym_error *abi_goroutine_at(struct gosym_binary *b, const struct gosym_func *f, struct abi_goroutine *ret);

#endif
