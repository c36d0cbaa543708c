// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * One run-time type descriptor taken apart: src/internal/abi/type.go (1.21+),
 * src/runtime/type.go and src/reflect/type.go (before). Names and lists of fields, methods and
 * parameters have other shapes up to Go 1.6, where all are pointers, than since 1.7, where
 * names, types and code are offsets.
 *
 * A descriptor is believed only inside [types, etypes) and with a sane kind, alignment and
 * string.
 */
#include <string.h>

#include "gosym/rtype_internal.h"

#define MAX_MEMBERS 65536
#define MAX_ALIGN 64			/* vectors */

struct gosym_error *rt_bad(struct reader *r, uint64_t addr, const char *why)
{
	return gosym_error_new(GOSYM_BAD_DATA, "%s: type descriptor at 0x%llx: %s",
			       elf_path(r->b->elf), (unsigned long long)addr, why);
}

struct gosym_error *rt_reader_init(struct gosym_binary *b, struct reader *ret)
{
	*ret = (struct reader){ .b = b,
				.layout = rtype_layout_find(&b->version),
				.ptr_size = elf_ptr_size(b->elf) };
	if (!ret->layout)
		return gosym_error_new(
			GOSYM_UNSUPPORTED,
			"%s: type descriptors of %s are not known (1.5 and later are)",
			elf_path(b->elf), b->version.text ? b->version.text : "this Go version");
	if (ret->layout->name != NAME_STRING && !b->moduledata.types)
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "%s: no type descriptors: runtime.moduledata was not found",
				       elf_path(b->elf));
	return NULL;
}

/* ------------------------------------------------------------------ words */

bool rt_u8(struct reader *r, uint64_t addr, uint8_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u8(&w, 0, ret);
}

bool rt_u16(struct reader *r, uint64_t addr, uint16_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u16(&w, 0, ret);
}

bool rt_u32(struct reader *r, uint64_t addr, uint32_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_u32(&w, 0, ret);
}

/* A length or size: a word that holds no address. */
bool rt_word(struct reader *r, uint64_t addr, uint64_t *ret)
{
	struct bytes w;

	return elf_bytes_at(r->b->elf, addr, &w) && bytes_ptr(&w, 0, ret);
}

bool rt_ptr(struct reader *r, uint64_t addr, uint64_t *ret)
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
	if (!rt_ptr(r, addr, &data) || !rt_word(r, addr + r->ptr_size, &len))
		return false;
	if (!len)
		return true;
	if (len > RT_MAX_NAME || !elf_bytes_at(r->b->elf, data, &w) || w.size < len)
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
	if (len > RT_MAX_NAME)
		return false;
	ret->s = (const char *)cursor_bytes(c, (size_t)len);
	ret->len = (size_t)len;
	return ret->s && !c->failed;
}

/* abi.Name at addr, without the package path that may follow; *ret_end is where that would be. */
static bool name_plain(struct reader *r, uint64_t addr, struct name *ret, uint64_t *ret_end)
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
	if (!rt_u32(r, addr, &off))
		return false;
	return !off ||
	       ((int32_t)off > 0 && name_plain(r, r->b->moduledata.types + off, ret, &end));
}

/* A name and its package path, whose nameOff follows it (unaligned). */
static bool read_name(struct reader *r, uint64_t addr, struct name *ret)
{
	struct name path;
	uint64_t end;

	if (!name_plain(r, addr, ret, &end))
		return false;
	if (!(ret->flags & NAME_HAS_PATH))
		return true;
	if (!read_name_off(r, end, &path))
		return false;
	ret->path = path.text;
	return true;
}

/* ------------------------------------------------------------ descriptors */

uint64_t rt_base_size(const struct reader *r)
{
	unsigned p = r->ptr_size;

	/* string, uncommon, ptrToThis, zero pointers; later two 32-bit offsets. */
	return r->layout->name == NAME_STRING ? 8 * p + 8 : 4 * p + 16;
}

/* Size of the kind-specific part, behind which the uncommon data begins. */
uint64_t rt_kind_size(const struct reader *r, unsigned kind)
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
	uint64_t base = t->addr + rt_base_size(r), uncommon, path;
	struct name name;

	if (r->layout->name == NAME_STRING) {
		if (!rt_ptr(r, t->addr + 5 * r->ptr_size + 8, &uncommon))
			return false;
		return !uncommon ||
		       (rt_ptr(r, uncommon + r->ptr_size, &path) && read_string(r, path, ret));
	}
	if (!(t->tflag & TFLAG_UNCOMMON))
		return true;
	if (!read_name_off(r, base + rt_kind_size(r, t->kind_byte & KIND_MASK), &name))
		return false;
	*ret = name.text;
	return true;
}

struct gosym_error *rt_desc(struct reader *r, uint64_t addr, struct desc *ret)
{
	const struct moduledata *m = &r->b->moduledata;
	unsigned p = r->ptr_size, kind;
	uint64_t string;
	struct name name;
	bool ok;

	*ret = (struct desc){ .addr = addr };
	if (!addr || addr % p || (m->types && m->etypes && (addr < m->types || addr >= m->etypes)))
		return rt_bad(r, addr, "not where types are");
	if (!rt_word(r, addr, &ret->size) || !rt_u8(r, addr + 2 * p + 4, &ret->tflag) ||
	    !rt_u8(r, addr + 2 * p + 5, &ret->align) ||
	    !rt_u8(r, addr + 2 * p + 7, &ret->kind_byte))
		return rt_bad(r, addr, "outside of the file");
	kind = ret->kind_byte & KIND_MASK;
	if (kind == GOSYM_INVALID_KIND || kind > GOSYM_UNSAFE_POINTER)
		return rt_bad(r, addr, "no such kind");
	if (!ret->align || ret->align > MAX_ALIGN || (ret->align & (ret->align - 1)))
		return rt_bad(r, addr, "no such alignment");
	if (r->layout->name == NAME_STRING) {
		ret->tflag = 0;		/* an unused byte then */
		ok = rt_ptr(r, addr + 4 * p + 8, &string) && read_string(r, string, &ret->string);
	} else {
		ok = read_name_off(r, addr + 4 * p + 8, &name);
		ret->string = name.text;
	}
	if (ok && (ret->tflag & TFLAG_EXTRA_STAR) && ret->string.len) {
		ret->string.s++;
		ret->string.len--;
	}
	if (!ok || !ret->string.len || memchr(ret->string.s, 0, ret->string.len))
		return rt_bad(r, addr, "its name cannot be read");
	ret->named = string_is_named(ret->string);
	if (ret->named && !read_path(r, ret, &ret->path))
		return rt_bad(r, addr, "its package path cannot be read");
	return NULL;
}

bool rt_is_direct(const struct reader *r, const struct desc *t)
{
	return r->layout->direct_in_tflag ? t->tflag & TFLAG_DIRECT : t->kind_byte & KIND_DIRECT;
}

/* --------------------------------------------------------------- members */

/* The slice {pointer, length, capacity} at addr. False if it is beyond reason. */
static bool read_slice(struct reader *r, uint64_t addr, struct members *ret)
{
	return rt_ptr(r, addr, &ret->data) && rt_word(r, addr + r->ptr_size, &ret->num) &&
	       ret->num <= MAX_MEMBERS;
}

/* Up to 1.6 a flag and two slices; since then two counts, and the lists behind the uncommon
 * data. */
bool rt_func(struct reader *r, const struct desc *t, struct func_parts *ret)
{
	uint64_t base = t->addr + rt_base_size(r), p = r->ptr_size;
	struct members in, out;
	uint16_t num_in, num_out;
	uint8_t dots;

	if (r->layout->name == NAME_STRING) {
		if (!rt_u8(r, base, &dots) || !read_slice(r, base + p, &in) ||
		    !read_slice(r, base + 4 * p, &out))
			return false;
		*ret = (struct func_parts){ in.data, out.data, in.num, out.num, dots };
		return true;
	}
	if (!rt_u16(r, base, &num_in) || !rt_u16(r, base + 2, &num_out))
		return false;
	*ret = (struct func_parts){ .num_in = num_in,
				    .num_out = num_out & 0x7fff,
				    .variadic = num_out & 0x8000 };
	ret->in = base + p + ((t->tflag & TFLAG_UNCOMMON) ? 16 : 0);
	ret->out = ret->in + num_in * p;
	return true;
}

/* The slice, since 1.7 behind a pointer to the package of unexported names. */
static bool read_members(struct reader *r, const struct desc *t, struct members *ret)
{
	uint64_t base = t->addr + rt_base_size(r), addr;
	struct name name = { 0 };

	*ret = (struct members){ 0 };
	if (r->layout->name == NAME_STRING)
		return read_slice(r, base, ret);
	if (!rt_ptr(r, base, &addr) || (addr && !read_name(r, addr, &name)))
		return false;
	ret->path = name.text;
	return read_slice(r, base + r->ptr_size, ret);
}

bool rt_struct(struct reader *r, const struct desc *t, struct members *ret)
{
	return read_members(r, t, ret);
}

bool rt_interface(struct reader *r, const struct desc *t, struct members *ret)
{
	return read_members(r, t, ret);
}

/* Pointers to the strings of a name and its package, which exported ones lack. */
static bool name_from_strings(struct reader *r, uint64_t addr, struct name *ret)
{
	uint64_t text, path;

	*ret = (struct name){ 0 };
	if (!rt_ptr(r, addr, &text) || !rt_ptr(r, addr + r->ptr_size, &path) ||
	    !read_string(r, text, &ret->text) || !read_string(r, path, &ret->path))
		return false;
	ret->flags = path ? 0 : NAME_EXPORTED;
	return true;
}

static bool field_1_5(struct reader *r, uint64_t addr, struct field_parts *ret)
{
	unsigned p = r->ptr_size;
	uint64_t tag;

	return name_from_strings(r, addr, &ret->name) && rt_ptr(r, addr + 2 * p, &ret->type) &&
	       rt_ptr(r, addr + 3 * p, &tag) && read_string(r, tag, &ret->name.tag) &&
	       rt_word(r, addr + 4 * p, &ret->offset);
}

static bool field_1_7(struct reader *r, uint64_t addr, struct field_parts *ret)
{
	unsigned p = r->ptr_size;
	uint64_t name;

	return rt_ptr(r, addr, &name) && read_name(r, name, &ret->name) &&
	       rt_ptr(r, addr + p, &ret->type) && rt_word(r, addr + 2 * p, &ret->offset);
}

bool rt_field(struct reader *r, const struct members *m, uint64_t i, struct field_parts *ret)
{
	bool strings = r->layout->name == NAME_STRING;
	uint64_t addr = m->data + i * r->ptr_size * (strings ? 5 : 3);

	*ret = (struct field_parts){ 0 };
	if (!(strings ? field_1_5 : field_1_7)(r, addr, ret))
		return false;
	switch (r->layout->embedded) {
	case EMBEDDED_UNNAMED:
		ret->embedded = !ret->name.text.len;
		break;
	case EMBEDDED_OFFSET_BIT:
		ret->embedded = ret->offset & 1;
		ret->offset >>= 1;
		break;
	case EMBEDDED_NAME_BIT:
		ret->embedded = ret->name.flags & NAME_EMBEDDED;
		break;
	}
	return true;
}

uint64_t rt_type_off(const struct reader *r, uint32_t off)
{
	return (int32_t)off > 0 ? r->b->moduledata.types + off : 0;
}

bool rt_interface_method(struct reader *r, const struct members *m, uint64_t i,
			 struct method_parts *ret)
{
	uint64_t addr = m->data + i * 8;
	uint32_t name, type;

	*ret = (struct method_parts){ 0 };
	if (r->layout->name == NAME_STRING) {
		addr = m->data + i * 3 * r->ptr_size;
		return name_from_strings(r, addr, &ret->name) &&
		       rt_ptr(r, addr + 2 * r->ptr_size, &ret->type) && ret->type;
	}
	if (!rt_u32(r, addr, &name) || !rt_u32(r, addr + 4, &type) || !rt_type_off(r, name) ||
	    !read_name(r, rt_type_off(r, name), &ret->name))
		return false;
	ret->type = rt_type_off(r, type);
	return ret->type;
}

/* ----------------------------------------------------------- method tables */

/* Up to 1.6 the uncommon data is an object of its own and ends with a slice. */
static bool methods_1_5(struct reader *r, const struct desc *t, struct members *ret)
{
	uint64_t uncommon;

	if (!rt_ptr(r, t->addr + 5 * r->ptr_size + 8, &uncommon))
		return false;
	return !uncommon || read_slice(r, uncommon + 2 * r->ptr_size, ret);
}

/* {pkgpath int32, mcount uint16, xcount uint16, moff uint32, unused uint32}. */
bool rt_methods(struct reader *r, const struct desc *t, struct members *ret)
{
	uint64_t uncommon = t->addr + rt_base_size(r) + rt_kind_size(r, t->kind_byte & KIND_MASK);
	uint16_t num;
	uint32_t off;

	*ret = (struct members){ 0 };
	if (r->layout->name == NAME_STRING)
		return methods_1_5(r, t, ret);
	if (!(t->tflag & TFLAG_UNCOMMON))
		return true;
	if (!rt_u16(r, uncommon + 4, &num) || !rt_u32(r, uncommon + 8, &off))
		return false;
	ret->data = uncommon + off;
	ret->num = num;
	return true;
}

/* Offsets count from runtime.text; where the linker had to split it, the sections are listed. */
static uint64_t text_off(struct reader *r, uint32_t off)
{
	const struct moduledata *m = &r->b->moduledata;
	uint64_t addr = m->text + off, vaddr, base;

	if (!off || off == UINT32_MAX)
		return 0;
	if (m->num_textsects < 2)
		return addr;
	for (uint64_t i = 0; i < m->num_textsects; i++) {
		uint64_t sect = m->textsectmap + i * 3 * r->ptr_size;

		if (!rt_word(r, sect, &vaddr) || !rt_ptr(r, sect + 2 * r->ptr_size, &base) ||
		    vaddr > off)
			break;
		addr = base + (off - vaddr);
	}
	return addr;
}

static bool method_1_5(struct reader *r, uint64_t addr, struct method_parts *ret)
{
	unsigned p = r->ptr_size;

	return name_from_strings(r, addr, &ret->name) && rt_ptr(r, addr + 2 * p, &ret->type) &&
	       rt_ptr(r, addr + 4 * p, &ret->iface_code) && rt_ptr(r, addr + 5 * p, &ret->code);
}

bool rt_method(struct reader *r, const struct members *m, uint64_t i, struct method_parts *ret)
{
	uint64_t addr = m->data + i * (r->layout->name == NAME_STRING ? 6 * r->ptr_size : 16);
	uint32_t word[4];

	*ret = (struct method_parts){ 0 };
	if (r->layout->name == NAME_STRING)
		return method_1_5(r, addr, ret);
	for (unsigned k = 0; k < 4; k++)
		if (!rt_u32(r, addr + 4 * k, &word[k]))
			return false;
	if (!rt_type_off(r, word[0]) || !read_name(r, rt_type_off(r, word[0]), &ret->name))
		return false;
	ret->type = rt_type_off(r, word[1]);
	ret->iface_code = text_off(r, word[2]);
	ret->code = text_off(r, word[3]);
	return true;
}
