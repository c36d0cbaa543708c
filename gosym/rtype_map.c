// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What a map's descriptor says of the memory its entries lie in: abi.MapType (src/internal/abi/map*.go; before
 * Go 1.21 runtime/type.go, maptype). Buckets hold eight keys and then eight elements, groups eight pairs,
 * or with GOEXPERIMENT=mapsplitgroup as buckets do.
 */
#include "gosym/rtype_internal.h"

/* Words behind the key, the element, the group and the hash function. */
struct map_row {
	uint8_t map_words;
	uint8_t group_size, key_off, key_stride, elem_off, elem_stride;	/* word; 0: not told */
	uint8_t elem_in_slot;		/* word with the element's offset from the key */
};

static const struct map_row rows[] = {
	{ .map_words = 10, .group_size = 4, .key_off = 5, .key_stride = 6, .elem_off = 7, .elem_stride = 8 },
	{ .map_words = 7, .group_size = 4, .key_stride = 5, .elem_stride = 5, .elem_in_slot = 6 },
};

/* keysize, elemsize and bucketsize, one after the other. */
static bool read_buckets(struct reader *r, uint64_t at, struct rtype_map *ret)
{
	uint16_t bucket;
	uint8_t key, elem;

	if (!rt_u8(r, at, &key) || !rt_u8(r, at + 1, &elem) || !rt_u16(r, at + 2, &bucket))
		return false;
	*ret = (struct rtype_map){ .group_size = bucket, .key_off = 8, .key_stride = key,
				   .elem_off = 8 + 8 * (uint64_t)key, .elem_stride = elem };
	return true;
}

static bool read_groups(struct reader *r, const struct map_row *row, uint64_t at, struct rtype_map *ret)
{
	const unsigned word = r->ptr_size;

	*ret = (struct rtype_map){ .key_off = 8 };
	if (!rt_word(r, at + row->group_size * word, &ret->group_size) ||
	    !rt_word(r, at + row->key_stride * word, &ret->key_stride) ||
	    !rt_word(r, at + row->elem_stride * word, &ret->elem_stride))
		return false;
	if (row->elem_in_slot) {
		if (!rt_word(r, at + row->elem_in_slot * word, &ret->elem_off))
			return false;
		ret->elem_off += ret->key_off;
		return true;
	}
	return rt_word(r, at + row->key_off * word, &ret->key_off) &&
	       rt_word(r, at + row->elem_off * word, &ret->elem_off);
}

bool rtype_map_at(struct gosym_binary *b, uint64_t addr, struct rtype_map *ret)
{
	struct rtypes *rt;
	struct desc desc;
	struct gosym_error *err = rtypes_get(b, &rt);

	if (!err)
		err = rt_desc(&rt->reader, addr, &desc);
	if (err) {
		gosym_error_destroy(err);
		return false;
	}
	if ((desc.kind_byte & KIND_MASK) != GOSYM_MAP)
		return false;
	addr += rt_base_size(&rt->reader);
	if (rt->reader.layout->map_bytes)
		return read_buckets(&rt->reader, addr + rt->reader.layout->map_words * rt->reader.ptr_size, ret);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].map_words == rt->reader.layout->map_words)
			return read_groups(&rt->reader, &rows[i], addr, ret);
	return false;
}
