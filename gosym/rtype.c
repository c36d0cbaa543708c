// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Names of run-time types out of their descriptors.
 *
 * A descriptor's own string has only the last element of package paths ("http.response"); the whole
 * path is in the uncommon data that follows a named type's kind-specific part. The full name of an
 * unnamed type is put together from its parts, in the spelling of the compiler's LinkString, which
 * DWARF uses too.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/rtype_internal.h"

#define MAX_DEPTH 32			/* types inside types of one name */
#define MAX_PARTS 4096			/* types, fields and methods of one name */

enum { CHAN_RECV = 1, CHAN_SEND = 2 };

/* ------------------------------------------------------- composing a name */

struct text { char *data; size_t len, cap; };

struct compose {
	struct reader *r;
	struct text out;
	unsigned parts;
	struct gosym_error *err;	/* the first; nothing is added after it */
};

static void put_span(struct compose *c, struct span s)
{
	if (c->err)
		return;
	if (c->out.len + s.len > RT_MAX_NAME) {
		c->err = gosym_error_new(GOSYM_BAD_DATA, "%s: a type's name has no end",
					 elf_path(c->r->b->elf));
		return;
	}
	if (!vec_grow((void **)&c->out.data, &c->out.cap, c->out.len + s.len + 1, 1)) {
		c->err = gosym_nomem;
		return;
	}
	if (s.len)
		memcpy(c->out.data + c->out.len, s.s, s.len);
	c->out.len += s.len;
}

static void put(struct compose *c, const char *s)
{
	put_span(c, (struct span){ s, strlen(s) });
}

static void put_number(struct compose *c, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	put(c, text);
}

static void fail(struct compose *c, uint64_t addr)
{
	if (!c->err)
		c->err = rt_bad(c->r, addr, "it contradicts itself");
}

static void put_type(struct compose *c, uint64_t addr, unsigned depth);

static void put_type_at(struct compose *c, uint64_t word, unsigned depth)
{
	uint64_t addr;

	if (rt_ptr(c->r, word, &addr))
		put_type(c, addr, depth + 1);
	else
		fail(c, word);
}

/* A package path as in symbol names (src/cmd/internal/objabi/path.go: PathToPrefix):
 * "gopkg.in/yaml%2ev3". */
static void put_path(struct compose *c, struct span path)
{
	size_t last = path.len;
	char hex[4];

	while (last > 0 && path.s[last - 1] != '/')
		last--;
	for (size_t i = 0; i < path.len; i++) {
		unsigned char ch = (unsigned char)path.s[i];

		if (ch <= ' ' || (ch == '.' && i >= last) || ch == '%' || ch == '"' || ch >= 0x7f) {
			snprintf(hex, sizeof(hex), "%%%02x", ch);
			put(c, hex);
		} else {
			put_span(c, (struct span){ &path.s[i], 1 });
		}
	}
}

/* "http.response" of net/http: the path for all before the first dot outside of type arguments. */
static void put_named(struct compose *c, const struct desc *t)
{
	size_t end = 0;

	while (end < t->string.len && t->string.s[end] != '.' && t->string.s[end] != '[')
		end++;
	/* Predeclared types have no path; "go.shape" is not shortened. */
	if (!t->path.len || end == t->string.len || t->string.s[end] != '.' ||
	    (t->string.len > t->path.len && t->string.s[t->path.len] == '.' &&
	     !memcmp(t->string.s, t->path.s, t->path.len))) {
		put_span(c, t->string);
		return;
	}
	put_path(c, t->path);
	put_span(c, (struct span){ t->string.s + end, t->string.len - end });
}

/* Parameters or results: num type pointers at addr. */
static void put_types(struct compose *c, uint64_t addr, size_t num, bool variadic, unsigned depth)
{
	for (size_t i = 0; i < num && !c->err; i++) {
		uint64_t word = addr + i * c->r->ptr_size, slice;

		if (i)
			put(c, ", ");
		if (!variadic || i + 1 < num) {
			put_type_at(c, word, depth);
			continue;
		}
		put(c, "...");
		if (rt_ptr(c->r, word, &slice))
			put_type_at(c, slice + rt_base_size(c->r), depth);
		else
			fail(c, word);
	}
}

/* "(int, ...string) error": what follows "func" or a method's name. */
static void put_signature(struct compose *c, const struct desc *t, unsigned depth)
{
	struct func_parts f;

	if (!rt_func(c->r, t, &f)) {
		fail(c, t->addr);
		return;
	}
	put(c, "(");
	put_types(c, f.in, f.num_in, f.variadic, depth);
	put(c, ")");
	if (!f.num_out)
		return;
	put(c, f.num_out > 1 ? " (" : " ");
	put_types(c, f.out, f.num_out, false, depth);
	if (f.num_out > 1)
		put(c, ")");
}

/* A field's or method's name: unexported ones with their package. */
static void put_member_name(struct compose *c, const struct name *n, struct span path)
{
	if (!(n->flags & NAME_EXPORTED)) {
		if (n->path.len)
			path = n->path;
		put_path(c, path);
		if (path.len)
			put(c, ".");
	}
	put_span(c, n->text);
}

static void put_method(struct compose *c, const struct members *list, uint64_t i, unsigned depth)
{
	struct method_parts m;
	struct desc type;

	if (!rt_interface_method(c->r, list, i, &m)) {
		fail(c, list->data);
		return;
	}
	put_member_name(c, &m.name, list->path);
	if (!c->err)
		c->err = rt_desc(c->r, m.type, &type);
	if (c->err)
		return;
	if ((type.kind_byte & KIND_MASK) == GOSYM_FUNC)
		put_signature(c, &type, depth + 1);
	else
		fail(c, m.type);
}

static void put_interface(struct compose *c, const struct desc *t, unsigned depth)
{
	struct members list;

	if (!rt_interface(c->r, t, &list) || list.num > MAX_PARTS) {
		fail(c, t->addr);
		return;
	}
	put(c, list.num ? "interface { " : "interface {");
	for (uint64_t i = 0; i < list.num && !c->err; i++) {
		if (i)
			put(c, "; ");
		put_method(c, &list, i, depth);
	}
	put(c, list.num ? " }" : "}");
}

/* A field's tag as strconv.Quote writes it, for the bytes tags have: printable, quotes,
 * backslashes. */
static void put_quoted(struct compose *c, struct span s)
{
	put(c, "\"");
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			put(c, "\\");
		if (s.s[i] == '\n')
			put(c, "\\n");
		else if (s.s[i] == '\t')
			put(c, "\\t");
		else
			put_span(c, (struct span){ &s.s[i], 1 });
	}
	put(c, "\"");
}

static void put_field(struct compose *c, const struct members *list, uint64_t i, unsigned depth)
{
	struct field_parts f;

	if (!rt_field(c->r, list, i, &f)) {
		fail(c, list->data);
		return;
	}
	if (!f.embedded) {
		put_member_name(c, &f.name, list->path);
		put(c, " ");
	}
	put_type(c, f.type, depth + 1);
	if (f.name.tag.len) {
		put(c, " ");
		put_quoted(c, f.name.tag);
	}
}

static void put_struct(struct compose *c, const struct desc *t, unsigned depth)
{
	struct members list;

	if (!rt_struct(c->r, t, &list) || list.num > MAX_PARTS) {
		fail(c, t->addr);
		return;
	}
	put(c, list.num ? "struct { " : "struct {");
	for (uint64_t i = 0; i < list.num && !c->err; i++) {
		if (i)
			put(c, "; ");
		put_field(c, &list, i, depth);
	}
	put(c, list.num ? " }" : "}");
}

static void put_chan(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + rt_base_size(c->r), dir, elem;
	struct desc of;
	bool brackets;

	if (!rt_ptr(c->r, base, &elem) || !rt_word(c->r, base + c->r->ptr_size, &dir)) {
		fail(c, t->addr);
		return;
	}
	c->err = rt_desc(c->r, elem, &of);
	if (c->err)
		return;
	/* chan (<-chan T): without brackets the arrow would belong to the outer chan. */
	brackets = dir != CHAN_RECV && dir != CHAN_SEND && !of.named && of.string.len > 1 &&
		   !memcmp(of.string.s, "<-", 2);
	put(c, dir == CHAN_RECV ? "<-chan " : dir == CHAN_SEND ? "chan<- " : "chan ");
	put(c, brackets ? "(" : "");
	put_type(c, elem, depth + 1);
	put(c, brackets ? ")" : "");
}

static void put_array(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + rt_base_size(c->r), len;

	if (!rt_word(c->r, base + 2 * c->r->ptr_size, &len)) {
		fail(c, t->addr);
		return;
	}
	put(c, "[");
	put_number(c, len);
	put(c, "]");
	put_type_at(c, base, depth);
}

static void put_literal(struct compose *c, const struct desc *t, unsigned depth)
{
	switch (t->kind_byte & KIND_MASK) {
	case GOSYM_FUNC:
		put(c, "func");
		put_signature(c, t, depth);
		return;
	case GOSYM_INTERFACE:
		put_interface(c, t, depth);
		return;
	case GOSYM_STRUCT:
		put_struct(c, t, depth);
		return;
	default:
		fail(c, t->addr);
	}
}

/* Up to Go 1.6 lists of fields and parameters have other shapes; there the short spelling stands
 * for itself. */
static void put_unnamed(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + rt_base_size(c->r);

	switch (t->kind_byte & KIND_MASK) {
	case GOSYM_POINTER:
		put(c, "*");
		put_type_at(c, base, depth);
		return;
	case GOSYM_SLICE:
		put(c, "[]");
		put_type_at(c, base, depth);
		return;
	case GOSYM_ARRAY:
		put_array(c, t, depth);
		return;
	case GOSYM_CHAN:
		put_chan(c, t, depth);
		return;
	case GOSYM_MAP:
		put(c, "map[");
		put_type_at(c, base, depth);
		put(c, "]");
		put_type_at(c, base + c->r->ptr_size, depth);
		return;
	}
	if (c->r->layout->name == NAME_STRING)
		put_span(c, t->string);
	else
		put_literal(c, t, depth);
}

static void put_type(struct compose *c, uint64_t addr, unsigned depth)
{
	struct desc t;

	if (c->err)
		return;
	if (depth > MAX_DEPTH || ++c->parts > MAX_PARTS) {
		c->err = rt_bad(c->r, addr, "its name has no end");
		return;
	}
	c->err = rt_desc(c->r, addr, &t);
	if (c->err)
		return;
	if (t.named)
		put_named(c, &t);
	else
		put_unnamed(c, &t, depth);
}

/* Type arguments keep the number of a local type: "main.G[main.T\302\2671]". */
static void strip_marks(struct text *t)
{
	static const char mark[] = "\302\267";
	size_t out = 0;

	for (size_t i = 0; i < t->len;) {
		if (t->len - i > 2 && !memcmp(t->data + i, mark, 2)) {
			for (i += 2; i < t->len && t->data[i] >= '0' && t->data[i] <= '9';)
				i++;
			continue;
		}
		t->data[out++] = t->data[i++];
	}
	t->len = out;
}

/* --------------------------------------------------------------- outside */

struct gosym_error *rtype_read(struct gosym_binary *b, uint64_t addr, struct rtype *ret)
{
	struct rtype out = { .addr = addr };
	struct gosym_error *err;
	struct reader r;
	struct desc t;
	uint64_t base;

	err = rt_reader_init(b, &r);
	if (!err)
		err = rt_desc(&r, addr, &t);
	if (err)
		return err;
	out.size = t.size;
	out.kind = (enum gosym_kind)(t.kind_byte & KIND_MASK);
	out.named = t.named;
	out.direct = rt_is_direct(&r, &t);
	out.short_name = intern_add(&b->strings, &b->arena, t.string.s, t.string.len);
	if (t.path.len)
		out.package = intern_add(&b->strings, &b->arena, t.path.s, t.path.len);
	if (!out.short_name || (t.path.len && !out.package))
		return gosym_nomem;
	base = addr + rt_base_size(&r);
	switch (out.kind) {
	case GOSYM_MAP:
		if (!rt_ptr(&r, base, &out.key) || !rt_ptr(&r, base + r.ptr_size, &out.elem))
			return rt_bad(&r, addr, "outside of the file");
		break;
	case GOSYM_ARRAY: case GOSYM_CHAN: case GOSYM_POINTER: case GOSYM_SLICE:
		if (!rt_ptr(&r, base, &out.elem))
			return rt_bad(&r, addr, "outside of the file");
		break;
	default:
		break;
	}
	*ret = out;
	return NULL;
}

struct gosym_error *gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret)
{
	struct reader r;
	struct compose c = { .r = &r };
	const char *name = NULL;

	c.err = rt_reader_init(b, &r);
	put_type(&c, addr, 0);
	if (!c.err) {
		strip_marks(&c.out);
		name = intern_add(&b->strings, &b->arena, c.out.data, c.out.len);
		if (!name)
			c.err = gosym_nomem;
	}
	free(c.out.data);
	if (!c.err)
		*ret = name;
	return c.err;
}

struct gosym_error *gosym_runtime_type_is_direct(struct gosym_binary *b, uint64_t addr, bool *ret)
{
	struct gosym_error *err;
	struct rtype t;

	err = rtype_read(b, addr, &t);
	if (!err)
		*ret = t.direct;
	return err;
}
