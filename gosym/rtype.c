// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Run-time type descriptors out of the file image: src/internal/abi/type.go.
 *
 * A descriptor's own string has only the last element of package paths ("http.response"); the whole
 * path is in the uncommon data that follows a named type's kind-specific part. The full name of an
 * unnamed type is put together from its parts, in the spelling of the compiler's LinkString, which
 * DWARF uses too.
 *
 * A descriptor is believed only inside [types, etypes) and with a sane kind and string.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/rtype.h"
#include "gosym/rtype_layouts.h"
#include "gosym/vec.h"

#define MAX_DEPTH 32			/* types inside types of one name */
#define MAX_PARTS 4096			/* types, fields and methods of one name */
#define MAX_NAME (1 << 16)		/* bytes of one name */

enum { NAME_EXPORTED = 1, NAME_HAS_TAG = 2, NAME_HAS_PATH = 4, NAME_EMBEDDED = 8 };
enum {
	TFLAG_UNCOMMON = 1,
	TFLAG_EXTRA_STAR = 2,
	TFLAG_DIRECT = 0x20,
	KIND_DIRECT = 0x20,
	KIND_MASK = 0x1f
};
enum { CHAN_RECV = 1, CHAN_SEND = 2 };

/* A text borrowed from the file, not NUL-terminated. */
struct span { const char *s; size_t len; };

/* abi.Name, taken apart. */
struct name { struct span text, tag, path; uint8_t flags; };

/* Everything that is read of one descriptor before it becomes a struct rtype. */
struct desc {
	uint64_t addr, size;
	uint8_t tflag, kind_byte;
	struct span string;		/* without the extra star */
	struct span path;		/* of a named type; empty for predeclared ones */
	bool named;
};

struct reader {
	struct gosym_binary *b;
	const struct rtype_layout *layout;
	unsigned ptr_size;
};

static struct gosym_error *bad_type(struct reader *r, uint64_t addr, const char *why)
{
	return gosym_error_new(GOSYM_BAD_DATA, "%s: type descriptor at 0x%llx: %s",
			       elf_path(r->b->elf), (unsigned long long)addr, why);
}

static struct gosym_error *reader_init(struct gosym_binary *b, struct reader *ret)
{
	*ret = (struct reader){ .b = b,
				.layout = rtype_layout_find(&b->version),
				.ptr_size = elf_ptr_size(b->elf) };
	if (!ret->layout)
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "%s: type descriptors of %s are not known (1.5 and later are)",
				       elf_path(b->elf),
				       b->version.text ? b->version.text : "this Go version");
	if (ret->layout->name != NAME_STRING && !b->moduledata.types)
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "%s: no type descriptors: runtime.moduledata was not found",
				       elf_path(b->elf));
	return NULL;
}

/* ------------------------------------------------------------------ words */

static bool read_u8(struct reader *r, uint64_t addr, uint8_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u8(&w, 0, ret);
}

static bool read_u16(struct reader *r, uint64_t addr, uint16_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u16(&w, 0, ret);
}

static bool read_u32(struct reader *r, uint64_t addr, uint32_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u32(&w, 0, ret);
}

/* A length or size: a word that holds no address. */
static bool read_word(struct reader *r, uint64_t addr, uint64_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_ptr(&w, 0, ret);
}

static bool read_ptr(struct reader *r, uint64_t addr, uint64_t *ret)
{
	return elf_ptr_at(r->b->elf, addr, ret);
}

/* ------------------------------------------------------------------ names */

/* A string header {pointer, length} at addr. A nil pointer to it is an empty string. */
static bool read_string(struct reader *r, uint64_t addr, struct span *ret)
{
	uint64_t data, len;
	struct bytes w;

	*ret = (struct span){ "", 0 };
	if (!addr)
		return true;
	if (!read_ptr(r, addr, &data) || !read_word(r, addr + r->ptr_size, &len))
		return false;
	if (!len)
		return true;
	if (len > MAX_NAME || !elf_bytes_at(r->b->elf, data, &w) || w.size < len)
		return false;
	*ret = (struct span){ (const char *)w.data, (size_t)len };
	return true;
}

static bool name_text(struct reader *r, struct cursor *c, struct span *ret)
{
	uint64_t len;

	if (r->layout->name == NAME_LEN16) {
		len = (uint64_t)cursor_u8(c) << 8;
		len |= cursor_u8(c);
	} else {
		len = cursor_uvarint(c);
	}
	if (len > MAX_NAME)
		return false;
	ret->s = (const char *)cursor_bytes(c, (size_t)len);
	ret->len = (size_t)len;
	return ret->s && !c->failed;
}

/* abi.Name at addr, without the package path that may follow; *ret_end is where that would be. */
static bool read_name_plain(struct reader *r, uint64_t addr, struct name *ret, uint64_t *ret_end)
{
	struct bytes w;
	struct cursor c;

	*ret = (struct name){ 0 };
	if (!elf_bytes_at(r->b->elf, addr, &w))
		return false;
	c = cursor_at(&w, 0);
	ret->flags = cursor_u8(&c);
	if (!name_text(r, &c, &ret->text) ||
	    ((ret->flags & NAME_HAS_TAG) && !name_text(r, &c, &ret->tag)))
		return false;
	*ret_end = addr + c.pos;
	return true;
}

/* A nameOff at addr counts from moduledata.types; 0 is no name. */
static bool read_name_off(struct reader *r, uint64_t addr, struct name *ret)
{
	uint64_t end;
	uint32_t off;

	*ret = (struct name){ 0 };
	if (!read_u32(r, addr, &off))
		return false;
	return !off ||
	       ((int32_t)off > 0 && read_name_plain(r, r->b->moduledata.types + off, ret, &end));
}

/* A name and its package path, whose nameOff follows it (unaligned). */
static bool read_name(struct reader *r, uint64_t addr, struct name *ret)
{
	struct name path;
	uint64_t end;

	if (!read_name_plain(r, addr, ret, &end))
		return false;
	if (!(ret->flags & NAME_HAS_PATH))
		return true;
	if (!read_name_off(r, end, &path))
		return false;
	ret->path = path.text;
	return true;
}

/* ------------------------------------------------------------ descriptors */

static uint64_t desc_base_size(const struct reader *r)
{
	unsigned p = r->ptr_size;

	/* string, uncommon, ptrToThis, zero pointers; later two 32-bit offsets. */
	return r->layout->name == NAME_STRING ? 8 * p + 8 : 4 * p + 16;
}

/* Size of the kind-specific part, behind which the uncommon data begins. */
static uint64_t kind_part_size(const struct reader *r, unsigned kind)
{
	unsigned p = r->ptr_size;

	switch (kind) {
	case GOSYM_POINTER: case GOSYM_SLICE: case GOSYM_FUNC:
		return p;
	case GOSYM_CHAN:
		return 2 * p;
	case GOSYM_ARRAY:
		return 3 * p;
	case GOSYM_INTERFACE: case GOSYM_STRUCT:
		return 4 * p;
	case GOSYM_MAP:
		return r->layout->map_words * p + (r->layout->map_bytes ? r->layout->map_bytes : p);
	default:
		return 0;
	}
}

/* Unnamed types begin with a mark or a keyword, which no name does. */
static bool string_is_named(struct span s)
{
	static const char *const starts[] = {
		"*", "[", "<-", "chan ", "chan<-", "func(", "map[", "struct {", "interface {",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (s.len >= strlen(starts[i]) && !memcmp(s.s, starts[i], strlen(starts[i])))
			return false;
	return true;
}

static bool read_path(struct reader *r, const struct desc *t, struct span *ret)
{
	uint64_t base = t->addr + desc_base_size(r), uncommon, path;
	struct name name;

	if (r->layout->name == NAME_STRING) {
		if (!read_ptr(r, t->addr + 5 * r->ptr_size + 8, &uncommon))
			return false;
		return !uncommon ||
		       (read_ptr(r, uncommon + r->ptr_size, &path) && read_string(r, path, ret));
	}
	if (!(t->tflag & TFLAG_UNCOMMON))
		return true;
	if (!read_name_off(r, base + kind_part_size(r, t->kind_byte & KIND_MASK), &name))
		return false;
	*ret = name.text;
	return true;
}

static struct gosym_error *desc_read(struct reader *r, uint64_t addr, struct desc *ret)
{
	const struct moduledata *m = &r->b->moduledata;
	unsigned p = r->ptr_size, kind;
	uint64_t string;
	struct name name;
	bool ok;

	*ret = (struct desc){ .addr = addr };
	if (!addr || addr % p || (m->types && m->etypes && (addr < m->types || addr >= m->etypes)))
		return bad_type(r, addr, "not where types are");
	if (!read_word(r, addr, &ret->size) || !read_u8(r, addr + 2 * p + 4, &ret->tflag) ||
	    !read_u8(r, addr + 2 * p + 7, &ret->kind_byte))
		return bad_type(r, addr, "outside of the file");
	kind = ret->kind_byte & KIND_MASK;
	if (kind == GOSYM_INVALID_KIND || kind > GOSYM_UNSAFE_POINTER)
		return bad_type(r, addr, "no such kind");
	if (r->layout->name == NAME_STRING) {
		ret->tflag = 0;		/* an unused byte then */
		ok = read_ptr(r, addr + 4 * p + 8, &string) && read_string(r, string, &ret->string);
	} else {
		ok = read_name_off(r, addr + 4 * p + 8, &name);
		ret->string = name.text;
	}
	if (ok && (ret->tflag & TFLAG_EXTRA_STAR) && ret->string.len) {
		ret->string.s++;
		ret->string.len--;
	}
	if (!ok || !ret->string.len || memchr(ret->string.s, 0, ret->string.len))
		return bad_type(r, addr, "its name cannot be read");
	ret->named = string_is_named(ret->string);
	if (ret->named && !read_path(r, ret, &ret->path))
		return bad_type(r, addr, "its package path cannot be read");
	return NULL;
}

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
	if (c->out.len + s.len > MAX_NAME) {
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
		c->err = bad_type(c->r, addr, "it contradicts itself");
}

static void put_type(struct compose *c, uint64_t addr, unsigned depth);

static void put_type_at(struct compose *c, uint64_t word, unsigned depth)
{
	uint64_t addr;

	if (read_ptr(c->r, word, &addr))
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
		if (read_ptr(c->r, word, &slice))
			put_type_at(c, slice + desc_base_size(c->r), depth);
		else
			fail(c, word);
	}
}

/* "(int, ...string) error": what follows "func" or a method's name. */
static void put_signature(struct compose *c, const struct desc *t, unsigned depth)
{
	unsigned p = c->r->ptr_size;
	uint64_t base = t->addr + desc_base_size(c->r);
	uint64_t types = base + p + ((t->tflag & TFLAG_UNCOMMON) ? 16 : 0);
	uint16_t in, out;
	bool variadic;

	if (!read_u16(c->r, base, &in) || !read_u16(c->r, base + 2, &out)) {
		fail(c, t->addr);
		return;
	}
	variadic = out & 0x8000;
	out &= 0x7fff;
	put(c, "(");
	put_types(c, types, in, variadic, depth);
	put(c, ")");
	if (!out)
		return;
	put(c, out > 1 ? " (" : " ");
	put_types(c, types + (uint64_t)in * p, out, false, depth);
	if (out > 1)
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

/* The package of an interface's or struct's unexported names: a pointer to a name. */
static struct span member_path(struct compose *c, uint64_t word)
{
	struct name name = { 0 };
	uint64_t addr;

	if (!read_ptr(c->r, word, &addr) || (addr && !read_name(c->r, addr, &name)))
		fail(c, word);
	return name.text;
}

/* The slice {pointer, length, capacity} at addr. False and failed if it is beyond reason. */
static bool member_list(struct compose *c, uint64_t addr, uint64_t *data, uint64_t *num)
{
	if (!read_ptr(c->r, addr, data) || !read_word(c->r, addr + c->r->ptr_size, num) ||
	    *num > MAX_PARTS)
		fail(c, addr);
	return !c->err;
}

static void put_method(struct compose *c, uint64_t addr, struct span path, unsigned depth)
{
	struct name name;
	struct desc type;
	uint32_t name_off, off;

	if (!read_u32(c->r, addr, &name_off) || !read_u32(c->r, addr + 4, &off) ||
	    !read_name(c->r, c->r->b->moduledata.types + name_off, &name)) {
		fail(c, addr);
		return;
	}
	put_member_name(c, &name, path);
	if (!c->err)
		c->err = desc_read(c->r, c->r->b->moduledata.types + off, &type);
	if (c->err)
		return;
	if ((type.kind_byte & KIND_MASK) == GOSYM_FUNC)
		put_signature(c, &type, depth + 1);
	else
		fail(c, addr);
}

static void put_interface(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + desc_base_size(c->r), methods, num;
	struct span path = member_path(c, base);

	if (c->err || !member_list(c, base + c->r->ptr_size, &methods, &num))
		return;
	put(c, num ? "interface { " : "interface {");
	for (uint64_t i = 0; i < num && !c->err; i++) {
		if (i)
			put(c, "; ");
		put_method(c, methods + 8 * i, path, depth);
	}
	put(c, num ? " }" : "}");
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

static void put_field(struct compose *c, uint64_t addr, struct span path, unsigned depth)
{
	uint64_t name_addr, offset;
	struct name name;
	bool embedded;

	if (!read_ptr(c->r, addr, &name_addr) || !read_name(c->r, name_addr, &name) ||
	    !read_word(c->r, addr + 2 * c->r->ptr_size, &offset)) {
		fail(c, addr);
		return;
	}
	if (c->r->layout->embedded == EMBEDDED_UNNAMED)
		embedded = !name.text.len;
	else if (c->r->layout->embedded == EMBEDDED_OFFSET_BIT)
		embedded = offset & 1;
	else
		embedded = name.flags & NAME_EMBEDDED;
	if (!embedded) {
		put_member_name(c, &name, path);
		put(c, " ");
	}
	put_type_at(c, addr + c->r->ptr_size, depth);
	if (name.tag.len) {
		put(c, " ");
		put_quoted(c, name.tag);
	}
}

static void put_struct(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + desc_base_size(c->r), fields, num;
	struct span path = member_path(c, base);

	if (c->err || !member_list(c, base + c->r->ptr_size, &fields, &num))
		return;
	put(c, num ? "struct { " : "struct {");
	for (uint64_t i = 0; i < num && !c->err; i++) {
		if (i)
			put(c, "; ");
		put_field(c, fields + 3 * c->r->ptr_size * i, path, depth);
	}
	put(c, num ? " }" : "}");
}

static void put_chan(struct compose *c, const struct desc *t, unsigned depth)
{
	uint64_t base = t->addr + desc_base_size(c->r), dir, elem;
	struct desc of;
	bool brackets;

	if (!read_ptr(c->r, base, &elem) || !read_word(c->r, base + c->r->ptr_size, &dir)) {
		fail(c, t->addr);
		return;
	}
	c->err = desc_read(c->r, elem, &of);
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
	uint64_t base = t->addr + desc_base_size(c->r), len;

	if (!read_word(c->r, base + 2 * c->r->ptr_size, &len)) {
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
	uint64_t base = t->addr + desc_base_size(c->r);

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
		c->err = bad_type(c->r, addr, "its name has no end");
		return;
	}
	c->err = desc_read(c->r, addr, &t);
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

	err = reader_init(b, &r);
	if (!err)
		err = desc_read(&r, addr, &t);
	if (err)
		return err;
	out.size = t.size;
	out.kind = (enum gosym_kind)(t.kind_byte & KIND_MASK);
	out.named = t.named;
	out.direct = r.layout->direct_in_tflag ? t.tflag & TFLAG_DIRECT : t.kind_byte & KIND_DIRECT;
	out.short_name = intern_add(&b->strings, &b->arena, t.string.s, t.string.len);
	if (t.path.len)
		out.package = intern_add(&b->strings, &b->arena, t.path.s, t.path.len);
	if (!out.short_name || (t.path.len && !out.package))
		return gosym_nomem;
	base = addr + desc_base_size(&r);
	switch (out.kind) {
	case GOSYM_MAP:
		if (!read_ptr(&r, base, &out.key) || !read_ptr(&r, base + r.ptr_size, &out.elem))
			return bad_type(&r, addr, "outside of the file");
		break;
	case GOSYM_ARRAY: case GOSYM_CHAN: case GOSYM_POINTER: case GOSYM_SLICE:
		if (!read_ptr(&r, base, &out.elem))
			return bad_type(&r, addr, "outside of the file");
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

	c.err = reader_init(b, &r);
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
