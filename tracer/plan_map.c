// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Entries of maps: where they lie, and the fetch that brings some of them.
 *
 * Sizes and places follow from the types by the compiler's rules (src/cmd/compile/internal/reflectdata: map.go,
 * before Go 1.24 reflect.go, MapBucketType). Where the file has the map's own descriptor, that must say the same,
 * else the entries are not read.
 *
 *	group	eight control bytes, then slots of key and element, which is what a struct { key; elem } would be;
 *		with GOEXPERIMENT=mapsplitgroup eight keys and eight elements
 *	bucket	eight control bytes, eight keys, eight elements, the next bucket of the chain
 *
 * A key or element of more than 128 bytes is behind a pointer.
 *
 * A map counts as a pointer: to read it uses up one of the depth.
 */
#include "gosym/rtype.h"
#include "gosym/type.h"
#include "tracer/plan_build.h"
#include "tracer/plan_map.h"

enum { MAX_INLINE = 128, SLOTS = 8, CONTROL = 8, MAX_ENTRY_BYTES = 2048 };

/* Groups looked at for entries: in use at half of their slots at least, unless most were deleted. */
enum { MAX_GROUPS = 32 };

struct map_release {
	int since;
	const char *unless, *only_with;	/* experiments */
	enum plan_map_kind kind;
	bool apart;			/* all keys, then all elements */
};

/* Newest first. Before Go 1.12 the control bytes had other values. */
static const struct map_release releases[] = {
	{ .since = 27, .only_with = "mapsplitgroup", .kind = PLAN_MAP_GROUPS, .apart = true },
	{ .since = 24, .unless = "noswissmap", .kind = PLAN_MAP_GROUPS },
	{ .since = 12, .kind = PLAN_MAP_BUCKETS, .apart = true },
};

static const struct map_release *release_of(const struct goversion *v)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		const struct map_release *r = &releases[i];

		if (goversion_at_least(v, r->since) &&
		    !(r->unless && goversion_has_experiment(v, r->unless)) &&
		    (!r->only_with || goversion_has_experiment(v, r->only_with)))
			return r;
	}
	return NULL;
}

static uint64_t align_up(uint64_t n, unsigned align)
{
	return align ? (n + align - 1) / align * align : n;
}

static uint32_t in_slot(const struct gosym_type *t, unsigned word)
{
	return t->size > MAX_INLINE ? word : (uint32_t)t->size;
}

static unsigned slot_align(const struct gosym_type *t, unsigned word)
{
	return t->size > MAX_INLINE ? word : t->align;
}

/* One byte more behind what would end in an element of size 0: its address has to be within. */
static void place_pairs(struct plan_map *m, unsigned key_align, unsigned elem_align)
{
	uint32_t elem = (uint32_t)align_up(m->key_size, elem_align), slot = elem + m->elem_size;

	slot += slot && !m->elem_size;
	slot = (uint32_t)align_up(slot, key_align > elem_align ? key_align : elem_align);
	m->key_off = CONTROL;
	m->elem_off = CONTROL + elem;
	m->key_stride = m->elem_stride = slot;
	m->group_size = slot ? CONTROL + SLOTS * slot : 2 * CONTROL;
}

static void place_apart(struct plan_map *m, uint32_t behind)
{
	m->key_off = CONTROL;
	m->key_stride = m->key_size;
	m->elem_off = CONTROL + SLOTS * m->key_size;
	m->elem_stride = m->elem_size;
	m->group_size = m->elem_off + SLOTS * m->elem_size + behind;
	if (!behind && !m->elem_size)
		m->group_size += CONTROL;
}

static bool agrees(const struct builder *b, const struct gosym_type *type, const struct plan_map *m)
{
	struct rtype_map said;

	if (!type->runtime_type || !rtype_map_at(b->p->binary, type->runtime_type, &said))
		return true;
	return said.group_size == m->group_size && said.key_off == m->key_off &&
	       said.key_stride == m->key_stride && said.elem_off == m->elem_off &&
	       said.elem_stride == m->elem_stride;
}

static struct plan_map *map_layout(struct builder *b, const struct gosym_type *type,
				   const struct gosym_type *key, const struct gosym_type *elem)
{
	const struct map_release *r = release_of(&b->p->binary->version);
	unsigned word = b->p->arch->ptr_size;
	struct plan_map *m;

	if (!r)
		return NULL;
	m = arena_alloc(b->arena, sizeof(*m));
	if (!m) {
		b->nomem = true;
		return NULL;
	}
	m->kind = r->kind;
	m->key_size = in_slot(key, word);
	m->elem_size = in_slot(elem, word);
	m->elem_at = round_up(m->key_size);
	if (r->apart)
		place_apart(m, r->kind == PLAN_MAP_BUCKETS ? word : 0);
	else
		place_pairs(m, slot_align(key, word), slot_align(elem, word));
	return agrees(b, type, m) ? m : NULL;
}

/* A key or element of the entry number i, at offset at of the record. */
static void lay_part(struct builder *b, struct plan_value *v, const struct gosym_type *type,
		     uint32_t at, int32_t fetch, uint32_t i, unsigned depth)
{
	struct origin o = { .base = at, .avail = type->size, .fetch = fetch, .elem = i, .depth = depth };
	struct plan_fetch f = { .from = PLAN_DEREF, .ptr = at, .guard = fetch, .guard_elem = i };

	if (type->size > MAX_INLINE) {
		o.avail = build_bytes_needed(b, type, MAX_POINTEE);
		f.size = o.avail ? (uint32_t)o.avail : 1;
		if (f.size > build_space_left(b)) {
			v->type = type;
			v->fetch = v->target = PLAN_NO_FETCH;
			v->missing = "beyond the size limit";
			return;
		}
		f.dst = o.base = build_image(b, f.size);
		o.fetch = build_fetch(b, &f);
		o.elem = 0;
	}
	build_lay(b, v, type, &o);
}

/* As many entries as have room, at most as many as are shown. */
static int32_t fetch_entries(struct builder *b, const struct pending *item, struct plan_map *m)
{
	uint32_t size = m->elem_at + round_up(m->elem_size), space;
	uint64_t num = b->p->opts.elems;
	struct plan_fetch f = { .from = PLAN_MAP, .ptr = item->value->image, .guard = item->value->fetch,
				.guard_elem = item->elem, .map = m };

	f.size = size ? size : 8;
	num = min_u64(num, MAX_ENTRY_BYTES / f.size);
	space = build_space_left(b);
	num = min_u64(num, space > 8 ? (space - 8) / f.size : 0);
	num = min_u64(num, b->map_rounds > MAX_GROUPS ? b->map_rounds - MAX_GROUPS : 0);
	if (!num)
		return PLAN_NO_FETCH;
	m->rounds = MAX_GROUPS + (uint32_t)num;
	b->map_rounds -= m->rounds;
	f.max_count = (uint32_t)num;
	f.count = build_image(b, 8);
	f.dst = build_image(b, f.size * num);
	return build_fetch(b, &f);
}

void build_follow_entries(struct builder *b, const struct pending *item)
{
	const struct gosym_type *key = gosym_type_key(item->value->type);
	const struct gosym_type *elem = gosym_type_elem(item->value->type);
	struct plan_value *v = item->value;
	struct plan_map *m;
	uint32_t num;

	if (!item->depth || !key || !elem)
		return;
	m = map_layout(b, v->type, key, elem);
	if (!m)
		return;
	v->entries = fetch_entries(b, item, m);
	if (v->entries == PLAN_NO_FETCH)
		return;
	num = b->fetches.data[v->entries].max_count;
	v->kids = build_values(b, 2 * (size_t)num);
	v->num_kids = v->kids ? 2 * (size_t)num : 0;
	for (uint32_t i = 0; i < v->num_kids / 2; i++) {
		const struct plan_fetch *f = &b->fetches.data[v->entries];
		uint32_t at = f->dst + i * f->size;

		lay_part(b, &v->kids[2 * i], key, at, v->entries, i, item->depth - 1);
		lay_part(b, &v->kids[2 * i + 1], elem, at + m->elem_at, v->entries, i, item->depth - 1);
	}
}
