// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Rows for type descriptors: src/internal/abi/type.go and map.go (1.21+), src/runtime/type.go and
 * src/reflect/ type.go (before). The front of a descriptor has been the same since 1.5: size,
 * ptrdata, hash, tflag, align, fieldAlign, kind, equal (alg), gcdata, string. Rows newest first.
 *
 * To add a release: compare those files with the newest row's; add a row only for what changed.
 */
#include "gosym/rtype_layouts.h"

// clang-format off
static const struct rtype_layout layouts[] = {
	/* Go 1.27: MapType has offsets and strides of keys and elements. */
	{ .minor = 27, .name = NAME_UVARINT, .embedded = EMBEDDED_NAME_BIT, .direct_in_tflag = true, .itab_words = 2, .map_words = 10 },
	/* Go 1.26: TFlagDirectIface took the place of KindDirectIface. */
	{ .minor = 26, .name = NAME_UVARINT, .embedded = EMBEDDED_NAME_BIT, .direct_in_tflag = true, .itab_words = 2, .map_words = 7 },
	/* Go 1.24: Swiss maps. */
	{ .minor = 24, .name = NAME_UVARINT, .embedded = EMBEDDED_NAME_BIT, .itab_words = 2, .map_words = 7 },
	/* Go 1.19: "embedded" moved into the flags of the field's name. */
	{ .minor = 19, .name = NAME_UVARINT, .embedded = EMBEDDED_NAME_BIT, .itab_words = 2, .map_words = 4, .map_bytes = 8 },
	/* Go 1.17: lengths of names are varints. */
	{ .minor = 17, .name = NAME_UVARINT, .embedded = EMBEDDED_OFFSET_BIT, .itab_words = 2, .map_words = 4, .map_bytes = 8 },
	/* Go 1.14: a map's descriptor names its hash function. */
	{ .minor = 14, .name = NAME_LEN16, .embedded = EMBEDDED_OFFSET_BIT, .itab_words = 2, .map_words = 4, .map_bytes = 8 },
	/* Go 1.11: it no longer names the type of its header. */
	{ .minor = 11, .name = NAME_LEN16, .embedded = EMBEDDED_OFFSET_BIT, .itab_words = 2, .map_words = 3, .map_bytes = 8 },
	/* Go 1.10: itabs are no longer linked. */
	{ .minor = 10, .name = NAME_LEN16, .embedded = EMBEDDED_OFFSET_BIT, .itab_words = 2, .map_words = 4, .map_bytes = 8 },
	/* Go 1.9: embedded fields have names, and a flag. */
	{ .minor = 9, .name = NAME_LEN16, .embedded = EMBEDDED_OFFSET_BIT, .itab_words = 3, .map_words = 4, .map_bytes = 8 },
	/* Go 1.7: names and types by offset, uncommon data behind the descriptor. */
	{ .minor = 7, .name = NAME_LEN16, .embedded = EMBEDDED_UNNAMED, .itab_words = 3, .map_words = 4, .map_bytes = 8 },
	{ .minor = 5, .name = NAME_STRING, .embedded = EMBEDDED_UNNAMED, .itab_words = 3, .map_words = 4, .map_bytes = 8 },
};

/* Go 1.24 and 1.25 built with GOEXPERIMENT=noswissmap. */
static const struct rtype_layout noswissmap =
	{ .minor = 24, .name = NAME_UVARINT, .embedded = EMBEDDED_NAME_BIT, .itab_words = 2, .map_words = 4, .map_bytes = 8 };
// clang-format on

const struct rtype_layout *rtype_layout_find(const struct goversion *v)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (!goversion_at_least(v, layouts[i].minor))
			continue;
		if (layouts[i].minor == noswissmap.minor &&
		    goversion_has_experiment(v, "noswissmap"))
			return &noswissmap;
		return &layouts[i];
	}
	return NULL;
}
