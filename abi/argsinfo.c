// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * FUNCDATA_ArgInfo, in every binary since Go 1.17: written by EmitArgInfo (cmd/compile/internal/ssagen/ssa.go),
 * read by printArgs (runtime/traceback.go). A stream of bytes:
 *
 *     00..ef SIZE	a scalar at that offset from the args base	fe ... fd	an aggregate
 *     fb		a scalar at ef or further			fc		more, not listed
 *     ff		end
 *
 *     func(s string, a [0]int, n int8)  on amd64:  fe 00 08 08 08 fd | fe fd | 10 01 | ff
 *
 * Ten scalars, five levels. Arguments in registers are listed with their spill slots. Blank arguments and
 * blank fields are in it, results are not; of a function with '[' in its symbol the first input is left out.
 */
#include <string.h>

#include "abi/argsinfo.h"

enum { AGG_END = 0xfd, AGG_START = 0xfe, END = 0xff, MORE = 0xfc, FAR = 0xfb, SPECIAL = 0xf0 };
enum { LIMIT = 10, MAX_DEPTH = 5 };

/* ------------------------------------------------------------------ reading */

struct reader {
	struct cursor c;
	struct args_info *info;
	unsigned depth;
};

static struct gosym_error *bad(const struct reader *r, const char *what)
{
	const struct bytes *b = r->c.bytes;

	return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x%zx: argument info: %s", b->file ? b->file : "?",
			       b->section ? b->section : "?", r->c.pos, what);
}

static struct gosym_error *add_component(struct reader *r, struct args_component component)
{
	struct args_info *info = r->info;

	if (info->num_components == ARGS_MAX_ITEMS)
		return bad(r, "more components than the compiler writes");
	component.depth = (uint8_t)r->depth;
	info->components[info->num_components++] = component;
	info->groups[info->num_groups - 1].num++;
	return NULL;
}

static struct gosym_error *begin_group(struct reader *r)
{
	struct args_info *info = r->info;

	if (info->num_groups == ARGS_MAX_ITEMS)
		return bad(r, "more arguments than the compiler writes");
	info->groups[info->num_groups++] = (struct args_group){
		.first = (uint8_t)info->num_components,
		.begin = (uint8_t)(info->num_bytes - 1),
	};
	return NULL;
}

/* Every byte goes through here, so that the stream is kept and its length bounded. */
static struct gosym_error *next_byte(struct reader *r, uint8_t *ret)
{
	struct gosym_error *err;

	if (r->info->num_bytes == ARGS_MAX_BYTES)
		return bad(r, "longer than the compiler writes");
	*ret = cursor_u8(&r->c);
	err = cursor_error(&r->c, "argument info");
	if (!err)
		r->info->bytes[r->info->num_bytes++] = *ret;
	return err;
}

static struct gosym_error *start_aggregate(struct reader *r)
{
	struct gosym_error *err = r->depth ? NULL : begin_group(r);

	if (!err && ++r->depth > MAX_DEPTH)
		err = bad(r, "nested deeper than the compiler writes");
	return err;
}

static struct gosym_error *end_aggregate(struct reader *r)
{
	struct args_info *info = r->info;

	if (!r->depth)
		return bad(r, "an aggregate ends that did not start");
	if (info->bytes[info->num_bytes - 2] == AGG_START) {
		struct gosym_error *err = add_component(r, (struct args_component){ 0 });

		if (err)
			return err;
	}
	if (!--r->depth)
		info->groups[info->num_groups - 1].end = (uint8_t)info->num_bytes;
	return NULL;
}

static struct gosym_error *read_scalar(struct reader *r, uint8_t offset)
{
	struct args_component component = { .offset = offset, .far = offset == FAR };
	struct gosym_error *err = r->depth ? NULL : begin_group(r);

	if (!err && !component.far)
		err = next_byte(r, &component.size);
	if (!err)
		err = add_component(r, component);
	if (!err && !r->depth)
		r->info->groups[r->info->num_groups - 1].end = (uint8_t)r->info->num_bytes;
	return err;
}

/* "...": at the top, arguments follow; alone in an aggregate, that is nested too deep; else the limit was reached
 * in the middle of the argument. */
static void read_more(struct reader *r)
{
	struct args_info *info = r->info;

	if (!r->depth)
		info->cut = true;
	else if (info->bytes[info->num_bytes - 2] == AGG_START)
		info->groups[info->num_groups - 1].deep = true;
	else
		info->groups[info->num_groups - 1].cut = true;
}

static struct gosym_error *read_item(struct reader *r, uint8_t byte)
{
	switch (byte) {
	case AGG_START:
		return start_aggregate(r);
	case AGG_END:
		return end_aggregate(r);
	case MORE:
		read_more(r);
		return NULL;
	default:
		if (byte >= SPECIAL && byte != FAR)
			return bad(r, "unknown mark");
		return read_scalar(r, byte);
	}
}

struct gosym_error *argsinfo_decode(const struct bytes *stream, struct args_info *ret)
{
	struct reader r = { .c = cursor_at(stream, 0), .info = ret };
	struct gosym_error *err;
	uint8_t byte;

	memset(ret, 0, sizeof(*ret));
	for (;;) {
		err = next_byte(&r, &byte);
		if (err)
			return err;
		if (byte == END)
			break;
		err = read_item(&r, byte);
		if (err)
			return err;
	}
	return r.depth ? bad(&r, "an aggregate does not end") : NULL;
}

struct gosym_error *argsinfo_read(struct gosym_binary *b, const struct gosym_func *f, struct args_info *ret)
{
	struct bytes stream;
	uint64_t addr;

	if (!pclntab_funcdata(b->elf, &b->pclntab, f, FUNCDATA_ARGINFO, &addr))
		return gosym_error_new(GOSYM_NOT_FOUND, "%s has no argument info", f->name);
	if (!elf_bytes_at(b->elf, addr, &stream))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: argument info of %s at 0x%llx lies outside the file",
				       elf_path(b->elf), f->name, (unsigned long long)addr);
	return argsinfo_decode(&stream, ret);
}

bool argsinfo_extent(const struct args_info *info, const struct args_group *g, uint32_t *ret_off, uint32_t *ret_size)
{
	uint32_t begin = UINT32_MAX, end = 0;

	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++) {
		const struct args_component *c = &info->components[i];

		if (c->far)
			return false;
		if (!c->size)
			continue;
		begin = c->offset < begin ? c->offset : begin;
		end = (uint32_t)c->offset + c->size > end ? (uint32_t)c->offset + c->size : end;
	}
	if (g->cut || g->deep)
		return false;
	*ret_off = end ? begin : 0;
	*ret_size = end ? end - begin : 0;
	return true;
}

/* ------------------------------------------------------------------ writing */

struct writer {
	uint8_t *bytes;
	size_t num;
	unsigned components, ptr_size;
	bool unknown;			/* a type without parts, or a stream longer than there is */
};

static bool visit(struct writer *w, const struct gosym_type *t, uint64_t offset, unsigned depth);

static void put(struct writer *w, uint8_t byte)
{
	if (w->num == ARGS_MAX_BYTES)
		w->unknown = true;
	else
		w->bytes[w->num++] = byte;
}

static bool put_scalar(struct writer *w, uint64_t offset, uint64_t size)
{
	if (w->components >= LIMIT) {
		put(w, MORE);
		return false;
	}
	if (offset >= SPECIAL) {
		put(w, FAR);
	} else {
		put(w, (uint8_t)offset);
		put(w, (uint8_t)size);
	}
	w->components++;
	return true;
}

static void put_scalars(struct writer *w, uint64_t offset, uint64_t size, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!put_scalar(w, offset + i * size, size))
			return;
}

static void visit_array(struct writer *w, const struct gosym_type *t, uint64_t offset, unsigned depth)
{
	const struct gosym_type *elem = gosym_type_elem(t);
	uint64_t len = gosym_type_len(t);

	if (!len)
		w->components++;
	else if (!elem)
		w->unknown = true;
	for (uint64_t i = 0; i < len && !w->unknown; i++)
		if (!visit(w, elem, offset + i * gosym_type_size(elem), depth))
			return;
}

static void visit_struct(struct writer *w, const struct gosym_type *t, uint64_t offset, unsigned depth)
{
	size_t num = gosym_type_field_count(t);

	if (!num)
		w->components++;
	for (size_t i = 0; i < num && !w->unknown; i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);

		if (!visit(w, f->type, offset + f->offset, depth))
			return;
	}
}

static void visit_parts(struct writer *w, const struct gosym_type *t, uint64_t offset, unsigned depth)
{
	switch (gosym_type_kind(t)) {
	case GOSYM_STRING:
	case GOSYM_INTERFACE:
		put_scalars(w, offset, w->ptr_size, 2);
		break;
	case GOSYM_SLICE:
		put_scalars(w, offset, w->ptr_size, 3);
		break;
	case GOSYM_COMPLEX64:
	case GOSYM_COMPLEX128:
		put_scalars(w, offset, gosym_type_size(t) / 2, 2);
		break;
	case GOSYM_ARRAY:
		visit_array(w, t, offset, depth);
		break;
	default:
		visit_struct(w, t, offset, depth);
	}
}

static bool is_aggregate(enum gosym_kind kind)
{
	return kind == GOSYM_STRUCT || kind == GOSYM_ARRAY || kind == GOSYM_COMPLEX64 || kind == GOSYM_COMPLEX128 ||
	       kind == GOSYM_INTERFACE || kind == GOSYM_STRING || kind == GOSYM_SLICE;
}

/* As visitType in EmitArgInfo: false when the limit is reached. */
static bool visit(struct writer *w, const struct gosym_type *t, uint64_t offset, unsigned depth)
{
	if (!t || gosym_type_kind(t) == GOSYM_INVALID_KIND) {
		w->unknown = true;
		return false;
	}
	if (w->components >= LIMIT) {
		put(w, MORE);
		return false;
	}
	if (!is_aggregate(gosym_type_kind(t)))
		return put_scalar(w, offset, gosym_type_size(t));
	put(w, AGG_START);
	if (depth + 1 >= MAX_DEPTH) {
		put(w, MORE);
		w->components++;
	} else {
		visit_parts(w, t, offset, depth + 1);
	}
	put(w, AGG_END);
	return true;
}

bool argsinfo_encode(const struct abi_slot *params, size_t num_params, unsigned ptr_size,
		     uint8_t bytes[ARGS_MAX_BYTES], size_t *ret_num)
{
	struct writer w = { .bytes = bytes, .ptr_size = ptr_size };

	for (size_t i = 0; i < num_params && !w.unknown; i++)
		if (!visit(&w, params[i].type, (uint64_t)params[i].stack_off, 0))
			break;
	put(&w, END);
	if (w.unknown)
		return false;
	*ret_num = w.num;
	return true;
}
