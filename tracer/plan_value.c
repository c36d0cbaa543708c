// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * From types to fetches: for each shown parameter an image in the record, and a tree of values
 * over it.
 *
 * Two steps take turns. lay() walks what a value contains by itself (fields, array elements):
 * that needs no fetch, the bytes are in the image already. Whatever points elsewhere is noted as
 * pending. follow() takes one pending value, adds the fetch of what it points to and lays that
 * out in turn.
 *
 *	func f(r *Req, n int)    type Req struct { Path string; Next *Req }      depth 1
 *	lay r: pointer, pending            lay n: done
 *	follow r: DEREF 24 bytes -> lay Req: Path pending, Next pending with depth 0
 *	follow Path: DEREF_VAR 1 x min(len, strlen)    follow Next: depth reached
 *
 * Pending values wait in one queue per parameter, first in first out, and the parameters take
 * turns: when the record is full, it is the deepest values that stay unfollowed, and no parameter
 * has eaten another's share.
 *
 * Only pointers (and interfaces, once their values are read) and maps use up depth: a string's bytes and
 * a slice's elements are what a reader takes for the value itself.
 */
#include "gosym/cleanup.h"
#include "gosym/type.h"
#include "tracer/expr.h"
#include "tracer/plan_build.h"
#include "tracer/plan_floats.h"

/* Bytes of one parameter, one pointee, one slice's elements, one string: several must fit into a
 * record. */
enum { MAX_PARAM = 4096, MAX_ELEMS = 2048, MAX_STRING = 4096 };
/* The kernel's verifier walks each round of a loop, in some milliseconds a map, and keeps all branches not
 * taken yet: 8,192 at most. */
enum { MAX_MAP_ROUNDS = 400 };
/* Types nested by value in one another: real ones stay far below, a lying file does not. */
enum { MAX_NESTING = 64 };

static const char too_big[] = "beyond the size limit";
static const char no_type[] = "its type is not known";

/* A run of a parameter's bytes and whether it can be had. */
struct part {
	uint64_t offset, size;
	int32_t fetch;			/* PLAN_NO_FETCH: from a register */
	const char *missing;
};

static unsigned word_size(const struct builder *b)
{
	return b->p->arch->ptr_size;
}

/* A call's record that is kept until the return leaves room for the results behind it. */
static uint32_t record_limit(const struct gosym_plan *p, bool at_return)
{
	if (!p->keep_args)
		return PLAN_MAX_RECORD;
	return at_return ? PLAN_MAX_RECORD - (uint32_t)sizeof(struct plan_record) :
			   PLAN_MAX_RECORD / 2;
}

uint32_t build_space_left(const struct builder *b)
{
	uint32_t used = b->end + round_up(4 * ((uint64_t)b->num_status + 1)) + b->reserved;

	if (used >= b->limit || b->fetches.num >= b->max_fetches)
		return 0;
	return b->limit - used;
}

uint32_t build_image(struct builder *b, uint64_t size)
{
	uint32_t at = b->end;

	b->end += round_up(size);
	return at;
}

struct plan_value *build_values(struct builder *b, size_t num)
{
	struct plan_value *v;

	if (num > PLAN_MAX_VALUES - b->num_values)
		return NULL;
	v = arena_array(b->arena, num ? num : 1, sizeof(*v));
	if (!v) {
		b->nomem = true;
		return NULL;
	}
	b->num_values += num;
	return v;
}

int32_t build_fetch(struct builder *b, const struct plan_fetch *f)
{
	struct plan_fetch *slot = vec_append(&b->fetches);

	if (!slot) {
		b->nomem = true;
		return PLAN_NO_FETCH;
	}
	*slot = *f;
	b->num_status += f->from != PLAN_REG;
	return (int32_t)(b->fetches.num - 1);
}

/* ---- by value */

static void lay(struct builder *b, struct plan_value *v, const struct gosym_type *type,
		uint64_t offset, const struct origin *o, unsigned nesting);

/* One limit for arrays and slices, as dlv has in max-array-values. */
static uint64_t array_limit(const struct builder *b, const struct gosym_type *array)
{
	return min_u64(array->len, b->p->opts.elems);
}

uint64_t build_bytes_needed(const struct builder *b, const struct gosym_type *type, uint64_t limit)
{
	const struct gosym_type *elem = type->kind == GOSYM_ARRAY ? gosym_type_elem(type) : NULL;
	uint64_t size;

	if (!elem || __builtin_mul_overflow(array_limit(b, type), elem->size, &size) ||
	    size > type->size)
		size = type->size;
	return min_u64(size, limit);
}

static void lay_fields(struct builder *b, struct plan_value *v, uint64_t offset,
		       const struct origin *o, unsigned nesting)
{
	const struct gosym_type *type = v->type;
	struct plan_value *kids = build_values(b, type->num_fields);

	if (!kids) {
		v->missing = too_big;
		return;
	}
	v->kids = kids;
	v->num_kids = type->num_fields;
	for (size_t i = 0; i < type->num_fields; i++) {
		kids[i].name = type->fields[i].name;
		lay(b, &kids[i], type->fields[i].type, offset + type->fields[i].offset, o,
		    nesting + 1);
	}
}

static void lay_elems(struct builder *b, struct plan_value *v, uint64_t offset,
		      const struct origin *o, unsigned nesting)
{
	const struct gosym_type *elem = gosym_type_elem(v->type);
	uint64_t num = array_limit(b, v->type);

	if (!elem) {
		v->missing = no_type;
		return;
	}
	if (elem->size)
		num = min_u64(num, offset < o->avail ? (o->avail - offset) / elem->size : 0);
	/* Too many: the array is cut to nothing, its length still tells. */
	v->kids = build_values(b, num);
	v->num_kids = v->kids ? num : 0;
	for (size_t i = 0; i < v->num_kids; i++)
		lay(b, &v->kids[i], elem, offset + i * elem->size, o, nesting + 1);
}

/* Of several stack fetches the last one: it is guarded by those before it. The halves of a complex number may come from
 * different places: then the second is guarded by the first. */
static void join_fetch(struct builder *b, struct plan_value *v, int32_t fetch)
{
	struct plan_fetch *f = b->fetches.data;

	if (fetch <= v->fetch)
		return;
	if (v->fetch != PLAN_NO_FETCH && (f[fetch].from == PLAN_FLOAT || f[v->fetch].from == PLAN_FLOAT))
		f[fetch].guard = v->fetch;
	v->fetch = fetch;
}

/* A value whose parts come from several places is there only if all of them are. */
static void join_parts(struct builder *b, struct plan_value *v, uint64_t offset, const struct origin *o)
{
	uint64_t end = offset + v->type->size, covered = 0;

	for (size_t i = 0; i < o->num_parts; i++) {
		const struct part *part = &o->parts[i];
		uint64_t from = part->offset > offset ? part->offset : offset;
		uint64_t to = min_u64(part->offset + part->size, end);

		if (from >= to)
			continue;
		covered += to - from;
		if (part->missing)
			v->missing = part->missing;
		join_fetch(b, v, part->fetch);
	}
	if (!v->missing && covered < v->type->size)
		v->missing = "it has no known place";
}

static bool points_elsewhere(enum gosym_kind kind)
{
	switch (kind) {
	case GOSYM_STRING: case GOSYM_SLICE: case GOSYM_POINTER: case GOSYM_INTERFACE:
	case GOSYM_MAP: case GOSYM_CHAN: case GOSYM_FUNC:
		return true;
	default:
		return false;
	}
}

static void lay_leaf(struct builder *b, struct plan_value *v, uint64_t offset,
		     const struct origin *o)
{
	struct pending *item;

	if (v->type->size > o->avail || offset > o->avail - v->type->size)
		v->missing = too_big;
	else if (o->parts)
		join_parts(b, v, offset, o);
	if (v->missing || !points_elsewhere(v->type->kind))
		return;
	item = vec_append(&b->queue->items);
	if (!item) {
		b->nomem = true;
		return;
	}
	*item = (struct pending){ .value = v, .elem = o->elem, .depth = o->depth };
}

static void lay(struct builder *b, struct plan_value *v, const struct gosym_type *type,
		uint64_t offset, const struct origin *o, unsigned nesting)
{
	v->type = type;
	v->image = (uint32_t)(o->base + offset);
	v->fetch = o->parts ? PLAN_NO_FETCH : o->fetch;
	v->target = PLAN_NO_FETCH;
	if (!type || type->kind == GOSYM_INVALID_KIND)
		v->missing = no_type;
	else if (nesting > MAX_NESTING)
		v->missing = "nested too deeply";
	else if (type->kind == GOSYM_STRUCT)
		lay_fields(b, v, offset, o, nesting);
	else if (type->kind == GOSYM_ARRAY)
		lay_elems(b, v, offset, o, nesting);
	else
		lay_leaf(b, v, offset, o);
}

void build_lay(struct builder *b, struct plan_value *v, const struct gosym_type *type,
	       const struct origin *o)
{
	lay(b, v, type, 0, o, 0);
}

/* ---- what is pointed to */

static struct plan_fetch deref_of(const struct pending *item)
{
	return (struct plan_fetch){
		.from = PLAN_DEREF,
		.ptr = item->value->image,
		.guard = item->value->fetch,
		.guard_elem = item->elem,
	};
}

int32_t build_follow_fixed(struct builder *b, const struct pending *item, int64_t off,
			    uint64_t size)
{
	struct plan_fetch f = deref_of(item);

	if (size > build_space_left(b))
		return PLAN_NO_FETCH;
	f.off = off;
	f.size = (uint32_t)size;
	f.dst = build_image(b, size);
	return build_fetch(b, &f);
}

/* Up to max elements; fewer where the record is nearly full. */
static int32_t follow_var(struct builder *b, const struct pending *item, uint64_t elem_size,
			  uint64_t max)
{
	struct plan_fetch f = deref_of(item);

	max = min_u64(max, build_space_left(b) / elem_size);
	if (!max)
		return PLAN_NO_FETCH;
	f.from = PLAN_DEREF_VAR;
	f.size = (uint32_t)elem_size;
	f.count = f.ptr + word_size(b);
	f.max_count = (uint32_t)max;
	f.dst = build_image(b, elem_size * max);
	return build_fetch(b, &f);
}

/* Elements or a pointee of size 0 have no bytes: they are as readable as what points to them. */
static void lay_empty(struct builder *b, const struct pending *item, const struct gosym_type *type,
		      size_t num)
{
	struct plan_value *v = item->value;
	struct origin o = {
		.base = v->image, .fetch = v->fetch, .elem = item->elem, .depth = item->depth
	};

	v->kids = build_values(b, num);
	v->num_kids = v->kids ? num : 0;
	for (size_t i = 0; i < v->num_kids; i++)
		lay(b, &v->kids[i], type, 0, &o, 0);
}

static uint64_t max_text(const struct builder *b)
{
	return min_u64(b->p->opts.strlen, MAX_STRING);
}

/* A []byte may be text, and is then shown like a string. */
static bool bytes_as_text(const struct builder *b, const struct gosym_type *elem)
{
	return b->p->opts.for_text && elem->kind == GOSYM_UINT8 &&
	       b->p->opts.strlen > b->p->opts.elems;
}

static void follow_slice(struct builder *b, const struct pending *item)
{
	const struct gosym_type *elem = gosym_type_elem(item->value->type);
	uint64_t num = min_u64(b->p->opts.elems, PLAN_MAX_VALUES - b->num_values);
	struct plan_value *v = item->value;
	const struct plan_fetch *f;

	if (!elem)
		return;
	if (!elem->size) {
		lay_empty(b, item, elem, num);
		return;
	}
	num = min_u64(num, MAX_ELEMS / elem->size);
	v->target = follow_var(b, item, elem->size, bytes_as_text(b, elem) ? max_text(b) : num);
	if (v->target == PLAN_NO_FETCH)
		return;
	f = &b->fetches.data[v->target];
	num = min_u64(num, f->max_count);
	v->kids = build_values(b, num);
	v->num_kids = v->kids ? num : 0;
	for (size_t i = 0; i < v->num_kids; i++) {
		struct origin o = { .base = (uint32_t)(f->dst + i * elem->size),
				    .avail = elem->size,
				    .fetch = v->target,
				    .elem = (uint32_t)i,
				    .depth = item->depth };

		lay(b, &v->kids[i], elem, 0, &o, 0);
	}
}

/*
 * In shared code of generic functions this type stands for every pointer
 * (cmd/compile/internal/noder/reader.go, shapify): what it points to is not a uint8. Up to Go
 * 1.19 an index follows the name.
 */
static bool is_any_pointer(const struct gosym_type *type)
{
	static const char shape[] = "go.shape.*";

	return type->name && !strncmp(type->name, shape, sizeof(shape) - 1);
}

/* What these point to belongs to an address of package netip: text needs it at any depth. */
static bool is_mark(const struct builder *b, const struct gosym_type *type)
{
	return b->p->opts.for_text && type->name &&
	       (!strcmp(type->name, "*net/netip.addrDetail") ||
		!strcmp(type->name, "*internal/intern.Value"));
}

static void follow_pointer(struct builder *b, const struct pending *item)
{
	const struct gosym_type *elem = gosym_type_elem(item->value->type);
	struct origin o = { .depth = item->depth ? item->depth - 1 : 0 };
	struct plan_value *v = item->value, *kid;

	if ((!item->depth && !is_mark(b, v->type)) || !elem || is_any_pointer(v->type))
		return;
	o.avail = build_bytes_needed(b, elem, MAX_POINTEE);
	if (!elem->size) {
		lay_empty(b, item, elem, 1);
		return;
	}
	kid = build_values(b, 1);
	if (!kid)
		return;
	/* --elems 0 leaves no byte of an array to fetch; one proves that the pointer can be read.
	 * */
	v->target = build_follow_fixed(b, item, 0, o.avail ? o.avail : 1);
	if (v->target == PLAN_NO_FETCH)
		return;
	v->kids = kid;
	v->num_kids = 1;
	o.base = b->fetches.data[v->target].dst;
	o.fetch = v->target;
	lay(b, kid, elem, 0, &o, 0);
}

/* Bytes of a map header's element count, its first word: hmap's int up to Go 1.23, a uint64 since
 * the Swiss tables of Go 1.24 (internal/runtime/maps/map.go), which GOEXPERIMENT=noswissmap
 * leaves out. */
static unsigned map_count_size(const struct builder *b)
{
	static const struct { int since; unsigned size; const char *unless; } rows[] = {
		{ 24, 8, "noswissmap" },
		{ 0, 0, NULL },		/* a word */
	};
	const struct goversion *v = &b->p->binary->version;
	size_t i = 0;

	while (rows[i].since && (!goversion_at_least(v, rows[i].since) ||
				 goversion_has_experiment(v, rows[i].unless)))
		i++;
	return rows[i].size ? rows[i].size : word_size(b);
}

static void follow(struct builder *b, const struct pending *item)
{
	struct plan_value *v = item->value;
	unsigned word = word_size(b);

	switch (v->type->kind) {
	case GOSYM_STRING:
		v->target = follow_var(b, item, 1, max_text(b));
		break;
	case GOSYM_SLICE:
		follow_slice(b, item);
		break;
	case GOSYM_POINTER:
		follow_pointer(b, item);
		break;
	case GOSYM_INTERFACE:
		build_follow_interface(b, item);
		break;
	case GOSYM_MAP:
		v->target = build_follow_fixed(b, item, 0, map_count_size(b));
		/* The loop for what interfaces hold does not walk maps. */
		if (b->probe)
			build_follow_entries(b, item);
		break;
	case GOSYM_CHAN:
		/* hchan begins with qcount and dataqsiz: len and cap. */
		v->target = build_follow_fixed(b, item, 0, 2 * word);
		break;
	case GOSYM_FUNC:
		v->target = build_follow_fixed(b, item, 0, word);
		break;
	default:
		break;
	}
}

void build_follow_all(struct builder *b, size_t num_queues)
{
	bool more = true;

	while (more && !b->nomem && !b->err) {
		more = false;
		for (size_t i = 0; i < num_queues; i++) {
			struct pending item;

			b->queue = &b->queues[i];
			if (b->queue->next >= b->queue->items.num)
				continue;
			item = b->queue->items.data[b->queue->next++];
			follow(b, &item);
			more = true;
		}
	}
}

/* ---- parameters */

static uint64_t raw_unit(uint64_t size)
{
	return size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
}

/* Where the file tells sizes only, a parameter has types of our own: ?8 is eight bytes, shown
 * as a number; more than that is a row of them. */
static const struct gosym_type *sized_type(struct builder *b, uint64_t size)
{
	struct gosym_type *t = arena_alloc(&b->p->arena, sizeof(*t));

	if (!t) {
		b->nomem = true;
		return NULL;
	}
	t->name = arena_printf(&b->p->arena, "?%llu", (unsigned long long)size);
	t->size = size;
	t->align = 1;
	switch (size) {
	case 1: t->kind = GOSYM_UINT8; break;
	case 2: t->kind = GOSYM_UINT16; break;
	case 4: t->kind = GOSYM_UINT32; break;
	case 8: t->kind = GOSYM_UINT64; break;
	default:
		t->kind = GOSYM_ARRAY;
		t->len = size / raw_unit(size);
		t->elem = sized_type(b, raw_unit(size));
	}
	b->nomem |= !t->name;
	return b->nomem ? NULL : t;
}

static const struct gosym_type *unnamed_type(struct builder *b, const struct gosym_param *param)
{
	struct gosym_type *t;

	if (param->num_pieces <= 1)
		return sized_type(b, param->size);
	t = arena_alloc(&b->p->arena, sizeof(*t));
	if (t)
		t->fields = arena_array(&b->p->arena, param->num_pieces + 1, sizeof(*t->fields));
	if (!t || !t->fields) {
		b->nomem = true;
		return NULL;
	}
	t->name = arena_printf(&b->p->arena, "?%llu", (unsigned long long)param->size);
	t->kind = GOSYM_STRUCT;
	t->size = param->size;
	t->align = 1;
	t->num_fields = param->num_pieces;
	for (size_t i = 0; i < param->num_pieces; i++) {
		struct gosym_field *f = &t->fields[i];

		f->name = arena_printf(&b->p->arena, "+%u", param->pieces[i].offset);
		f->offset = param->pieces[i].offset;
		f->type = sized_type(b, param->pieces[i].size);
		b->nomem |= !f->name;
	}
	return t->name ? t : NULL;
}

static int32_t add_register(struct builder *b, const struct plan_load *at, uint32_t size,
			    uint32_t dst)
{
	struct plan_fetch f = { .from = PLAN_REG, .reg = at->reg, .size = size, .dst = dst,
				.guard = PLAN_NO_FETCH };

	build_fetch(b, &f);
	return PLAN_NO_FETCH;
}

/* Neighbours on the stack that are neighbours in the record too come with one read. */
static int32_t add_stack(struct builder *b, const struct plan_load *at, uint32_t size, uint32_t dst,
			 int32_t before)
{
	struct plan_fetch f = {
		.from = PLAN_STACK, .off = at->off, .size = size, .dst = dst, .guard = before
	};
	struct plan_fetch *last = b->fetches.num ? &b->fetches.data[b->fetches.num - 1] : NULL;

	if (last && last->from == PLAN_STACK && dst >= last->dst + last->size &&
	    dst - (last->dst + last->size) < 8 && at->off - last->off == (int64_t)dst - last->dst) {
		last->size = dst + size - last->dst;
		return (int32_t)(b->fetches.num - 1);
	}
	return build_fetch(b, &f);
}

/* What is in a float register may be to be had at some exits. */
static bool float_is_told(const struct builder *b, const struct gosym_piece *piece, uint64_t size)
{
	for (size_t i = 0; b->at_return && i < b->probe->num_exits; i++) {
		const struct gosym_exit *e = &b->probe->exits[i];

		for (size_t k = 0; k < e->num_floats; k++)
			if (e->floats[k].reg == piece->where && e->floats[k].size >= size)
				return true;
	}
	return false;
}

/* The float register a signal's frame will show it in; REG_NONE: no frame is asked for, or it is not there any more. */
static int32_t framed(struct builder *b, const struct gosym_piece *piece)
{
	struct gosym_site_loc loc = { .kind = GOSYM_LOC_REG, .where = piece->where };

	if (b->at_return ? !b->probe->frame_at_return : !b->probe->frame_at_call)
		return REG_NONE;
	if (!b->at_return)
		loc = gosym_site_find(b->probe->site, piece);
	if (loc.kind != GOSYM_LOC_REG || !b->p->arch->regs[loc.where].fp ||
	    (!b->at_return && b->probe->next_writes >> loc.where & 1))
		return REG_NONE;
	if (!b->floats_at && build_space_left(b) >= sizeof(struct plan_floats))
		b->floats_at = build_image(b, sizeof(struct plan_floats));
	return b->floats_at ? loc.where : REG_NONE;
}

static void add_float(struct builder *b, const struct gosym_param *param, const struct gosym_piece *piece,
		      uint32_t base, struct part *part)
{
	struct plan_fetch f = { .from = PLAN_FLOAT, .reg = piece->where, .size = (uint32_t)part->size,
				.dst = base + piece->offset, .guard = PLAN_NO_FETCH };
	int32_t reg;

	if (param->missing || piece->place != GOSYM_IN_REG || !b->p->arch->regs[piece->where].fp ||
	    b->fetches.num >= b->max_fetches)
		return;
	reg = framed(b, piece);
	if (reg == REG_NONE && !float_is_told(b, piece, part->size))
		return;
	if (reg != REG_NONE)
		f.reg = reg;
	part->missing = NULL;
	part->fetch = build_fetch(b, &f);
}

/* The fetches of a parameter's own bytes; *ret tells which runs of it could be had. */
static size_t fetch_pieces(struct builder *b, const struct gosym_param *param, uint32_t base,
			   uint64_t from, uint64_t need, struct part *ret)
{
	int32_t before = PLAN_NO_FETCH;
	size_t num = 0;

	for (size_t i = 0; i < param->num_pieces; i++) {
		const struct gosym_piece *piece = &param->pieces[i];
		struct part *part = &ret[num];
		struct plan_load at;

		if (piece->offset >= need || piece->offset + piece->size <= from)
			continue;
		*part = (struct part){ .offset = piece->offset, .fetch = PLAN_NO_FETCH,
				       .size = min_u64(piece->size, need - piece->offset) };
		num++;
		if (!plan_locate(b->p, b->at_return ? NULL : b->probe, param, piece->offset,
				 (uint32_t)part->size, &at, &part->missing)) {
			add_float(b, param, piece, base, part);
			continue;
		}
		part->missing = NULL;
		if (b->fetches.num >= PLAN_MAX_FETCHES)
			part->missing = too_big;
		else if (at.from == PLAN_REG)
			add_register(b, &at, (uint32_t)part->size, base + piece->offset);
		else
			before = part->fetch = add_stack(b, &at, (uint32_t)part->size,
							 base + piece->offset, before);
	}
	return num;
}

void build_param(struct builder *b, struct plan_value *v, const struct gosym_param *param, uint64_t offset,
		 const struct gosym_type *type)
{
	struct origin o = { .fetch = PLAN_NO_FETCH, .depth = b->p->opts.depth };
	struct part *parts;

	v->type = type;
	v->fetch = v->target = PLAN_NO_FETCH;
	v->missing = param->missing;
	if (!type || param->missing)
		return;
	o.avail = offset + build_bytes_needed(b, type, MAX_PARAM);
	if (o.avail > build_space_left(b)) {
		v->missing = too_big;
		return;
	}
	parts = arena_array(&b->p->arena, param->num_pieces + 1, sizeof(*parts));
	if (!parts) {
		b->nomem = true;
		return;
	}
	o.base = build_image(b, o.avail);
	o.num_parts = fetch_pieces(b, param, o.base, offset, o.avail, parts);
	if (o.num_parts == 1 && !parts[0].missing && !parts[0].offset && parts[0].size == o.avail)
		o.fetch = parts[0].fetch;
	else
		o.parts = parts;
	lay(b, v, type, offset, &o, 0);
	if (!param->type && !offset && o.num_parts && !parts[0].missing && (o.num_parts < 2 || !parts[1].missing))
		build_hint(b, v, o.base, parts[0].fetch, o.num_parts > 1 ? parts[1].fetch : parts[0].fetch);
}

static void lay_param(struct builder *b, struct plan_value *v, const struct gosym_param *param)
{
	v->name = param->name ? param->name : param->blank ? "_" : NULL;
	build_param(b, v, param, 0, param->type ? param->type : unnamed_type(b, param));
}

/* ---- all of it */

struct gosym_error *build_take_over(struct builder *b, struct plan_fetch **ret, size_t *num_ret,
				    uint32_t *end)
{
	struct plan_fetch *fetches;
	struct gosym_error *err;
	uint32_t at = b->end;

	fetches = arena_array(b->arena, b->fetches.num + 1, sizeof(*fetches));
	err = b->err;
	b->err = NULL;
	if (err)
		return err;
	if (b->nomem || !fetches)
		return gosym_nomem;
	for (size_t i = 0; i < b->fetches.num; i++) {
		fetches[i] = b->fetches.data[i];
		if (fetches[i].from == PLAN_REG)
			continue;
		fetches[i].status = at;
		at += 4;
	}
	*ret = fetches;
	*num_ret = b->fetches.num;
	*end = round_up(at);
	return NULL;
}

/* The parameters, and what is printed. Each value has a queue of its own: printed ones first. */
static struct gosym_error *lay_all(struct builder *b, const struct gosym_param *params, size_t num_params,
				   const struct plan_print *print, struct plan_value **printed,
				   struct plan_value **ret, size_t *num_ret)
{
	struct plan_value *values;
	size_t num = 0;

	values = arena_array(&b->p->arena, num_params + 1, sizeof(*values));
	*printed = arena_array(&b->p->arena, print->num + 1, sizeof(**printed));
	b->queues = arena_array(&b->p->arena, print->num + num_params + 1, sizeof(*b->queues));
	if (!values || !b->queues || !*printed)
		return gosym_nomem;
	for (size_t i = 0; i < print->num; i++) {
		b->queue = &b->queues[i];
		build_printed(b, &(*printed)[i], &print->items[i]);
	}
	for (size_t i = 0; i < num_params; i++) {
		if (params[i].hidden)
			continue;
		b->queue = &b->queues[print->num + num];
		lay_param(b, &values[num], &params[i]);
		num++;
	}
	*ret = values;
	*num_ret = num;
	build_follow_all(b, print->num + num);
	return NULL;
}

void build_deinit(struct builder *b, size_t num_queues)
{
	for (size_t i = 0; b->queues && i < num_queues; i++)
		vec_deinit(&b->queues[i].items);
	vec_deinit(&b->fetches);
	vec_deinit(&b->places);
	gosym_error_destroy(b->err);
}

static struct builder builder_of(struct gosym_plan *p, struct plan_probe *probe, bool at_return,
				 uint32_t start)
{
	return (struct builder){ .p = p,
				 .probe = probe,
				 .arena = &p->arena,
				 .end = start,
				 .at_return = at_return,
				 .limit = record_limit(p, at_return),
				 .max_fetches = PLAN_MAX_FETCHES,
				 .map_rounds = MAX_MAP_ROUNDS };
}

uint32_t plan_image_start(const struct gosym_plan *p, const struct plan_probe *probe)
{
	if (!probe->stack_at)
		return sizeof(struct plan_record);
	return probe->stack_at + sizeof(struct plan_stack) +
	       p->opts.stack * sizeof(struct plan_frame);
}

void plan_no_values(const struct gosym_plan *p, struct plan_probe *probe)
{
	probe->args = NULL;
	probe->fetches = NULL;
	probe->num_args = probe->num_fetches = 0;
	probe->record_size = probe->status_at = plan_image_start(p, probe);
}

/* Where expressions are printed the parameters themselves are there only to be kept. */
struct gosym_error *plan_build_values(struct gosym_plan *p, struct plan_probe *probe)
{
	struct builder b = builder_of(p, probe, false, plan_image_start(p, probe));
	bool params = probe->sig && (!p->opts.print || p->keep_args);
	size_t num = params ? probe->sig->num_params : 0;
	struct plan_value *printed;
	struct gosym_error *err;

	err = lay_all(&b, num ? probe->sig->params : NULL, num, &probe->print, &printed, &probe->args,
		      &probe->num_args);
	if (!err && p->opts.print) {
		probe->kept = probe->args;
		probe->args = printed;
		probe->num_args = probe->print.num;
	}
	probe->status_at = b.end;
	if (!err)
		err = build_take_over(&b, &probe->fetches, &probe->num_fetches, &probe->record_size);
	if (!err)
		err = build_dynamic(&b, &probe->dynamic, &probe->record_size);
	probe->floats_at = b.floats_at;
	build_deinit(&b, probe->print.num + num);
	return err;
}

/* Behind the call's image where that is kept. What the results may take is what the limit leaves, but for the
 * call's header at the end. Without a result among what is printed the results are shown as ever. */
struct gosym_error *plan_build_results(struct gosym_plan *p, struct plan_probe *probe)
{
	uint32_t start = p->keep_args ? probe->record_size : plan_image_start(p, probe);
	struct builder b = builder_of(p, probe, true, start);
	bool results = probe->sig && !p->opts.no_values && !probe->print_results.num;
	size_t num = results ? probe->sig->num_results : 0;
	struct plan_value *printed;
	struct gosym_error *err;

	err = lay_all(&b, num ? probe->sig->results : NULL, num, &probe->print_results, &printed,
		      &probe->results, &probe->num_results);
	if (!err && probe->print_results.num) {
		probe->results = printed;
		probe->num_results = probe->print_results.num;
	}
	if (!err)
		err = build_take_over(&b, &probe->result_fetches, &probe->num_result_fetches,
				&probe->return_size);
	if (!err)
		err = build_dynamic(&b, &probe->result_dynamic, &probe->return_size);
	probe->result_floats_at = b.floats_at;
	build_deinit(&b, probe->print_results.num + num);
	if (err || !p->keep_args)
		return err;
	probe->call_at = probe->return_size;
	probe->return_size += sizeof(struct plan_record);
	return NULL;
}
