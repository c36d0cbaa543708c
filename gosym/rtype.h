/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Run-time type descriptors (internal/abi/type.go), read from the file image: names, kinds, elements.
 * Field offsets are rows by Go version (rtype_layouts.c). */
#ifndef GOSYM_RTYPE_H
#define GOSYM_RTYPE_H

#include "gosym/binary.h"

struct rtype {
	uint64_t addr;
	uint64_t size;
	enum gosym_kind kind;
	bool named, direct;
	const char *short_name;		/* as reflect's String(): "*http.response" */
	const char *package;		/* full path of a named type, NULL */
	uint64_t elem, key;		/* addresses, 0 none */
};

struct gosym_error *rtype_read(struct gosym_binary *b, uint64_t addr, struct rtype *ret);

#endif
