/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What differs between the run-time type descriptors of the Go releases, as rows. To add a release:
 * rtype_layouts.c. */
#ifndef GOSYM_RTYPE_LAYOUTS_H
#define GOSYM_RTYPE_LAYOUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gosym/goversion.h"

struct rtype_layout {
	int minor;			/* first Go 1.minor of this row */
	enum {
		NAME_STRING, /* a pointer to a string header; uncommon data behind a pointer too */
		NAME_LEN16, /* flags, two bytes of length (big-endian), text; found by offset */
		NAME_UVARINT, /* the same with a varint length */
	} name;
	enum {
		EMBEDDED_UNNAMED,	/* an embedded field has no name */
		EMBEDDED_OFFSET_BIT,	/* bit 0 of the offset word, which counts from bit 1 */
		EMBEDDED_NAME_BIT,	/* bit 3 of the name's flags */
	} embedded;
	bool direct_in_tflag;		/* TFlagDirectIface, else KindDirectIface */
	uint8_t itab_words;		/* pointers of an itab before 8 bytes and its code pointers */
	uint8_t map_words;		/* pointers behind abi.Type in a map's descriptor */
	uint8_t map_bytes;		/* and behind those; 0 = 4 bytes, padded to a pointer */
};

/* The row of a release; NULL before Go 1.5. */
const struct rtype_layout *rtype_layout_find(const struct goversion *v);

#endif
