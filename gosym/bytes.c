// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The bounds-checked reader. Every read of file data ends in take(): it alone compares a position with
 * the end of a window, in a form that cannot overflow (size - pos, never pos + n).
 */
#include <string.h>

#include "gosym/bytes.h"

static const uint8_t *take(const struct bytes *b, uint64_t pos, uint64_t size)
{
	if (pos > b->size || size > b->size - pos)
		return NULL;
	return b->data + pos;
}

static uint64_t load(const uint8_t *p, unsigned size, bool big_endian)
{
	uint64_t v = 0;

	switch (size) {
	case 1:
		return *p;
	case 2: {
		uint16_t h;

		memcpy(&h, p, sizeof(h));
		return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? h : __builtin_bswap16(h);
	}
	case 4: {
		uint32_t w;

		memcpy(&w, p, sizeof(w));
		return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? w : __builtin_bswap32(w);
	}
	default:
		memcpy(&v, p, sizeof(v));
		return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap64(v);
	}
}

static uint64_t cursor_word(struct cursor *c, unsigned size)
{
	const uint8_t *p = cursor_bytes(c, size);

	return p ? load(p, size, c->bytes->big_endian) : 0;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_word(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
	return (uint16_t)cursor_word(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
	return (uint32_t)cursor_word(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
	return cursor_word(c, 8);
}

uint64_t cursor_ptr(struct cursor *c)
{
	return cursor_word(c, c->bytes->ptr_size == 4 ? 4 : 8);
}

static void cursor_fail(struct cursor *c, size_t pos)
{
	if (!c->failed)
		c->bad = pos;
	c->failed = true;
}

/* The tenth byte may only carry the 64th bit: anything more is an overflow (binary.Uvarint answers n < 0). */
uint64_t cursor_uvarint(struct cursor *c)
{
	size_t pos = c->pos;
	uint64_t v = 0;
	uint8_t byte;

	for (unsigned shift = 0; shift < 70 && !c->failed; shift += 7) {
		if (!bytes_u8(c->bytes, pos++, &byte) || (shift == 63 && byte > 1))
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			c->pos = pos;
			return v;
		}
	}
	cursor_fail(c, c->pos);
	return 0;
}

void cursor_skip(struct cursor *c, size_t size)
{
	cursor_bytes(c, size);
}

const char *cursor_str(struct cursor *c)
{
	const char *s = c->failed ? NULL : bytes_str(c->bytes, c->pos);

	if (!s) {
		cursor_fail(c, c->pos);
		return NULL;
	}
	c->pos += strlen(s) + 1;
	return s;
}

const uint8_t *cursor_bytes(struct cursor *c, size_t size)
{
	const uint8_t *p = c->failed ? NULL : take(c->bytes, c->pos, size);

	if (!p) {
		cursor_fail(c, c->pos);
		return NULL;
	}
	c->pos += size;
	return p;
}

struct gosym_error *cursor_error(const struct cursor *c, const char *what)
{
	const struct bytes *b = c->bytes;

	if (!c->failed)
		return NULL;
	return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x%zx: %s lies outside the section", b->file ? b->file : "?",
			       b->section ? b->section : "?", c->bad, what);
}

bool bytes_u8(const struct bytes *b, uint64_t pos, uint8_t *ret)
{
	const uint8_t *p = take(b, pos, 1);

	if (p)
		*ret = *p;
	return p;
}

bool bytes_u16(const struct bytes *b, uint64_t pos, uint16_t *ret)
{
	const uint8_t *p = take(b, pos, 2);

	if (p)
		*ret = (uint16_t)load(p, 2, b->big_endian);
	return p;
}

bool bytes_u32(const struct bytes *b, uint64_t pos, uint32_t *ret)
{
	const uint8_t *p = take(b, pos, 4);

	if (p)
		*ret = (uint32_t)load(p, 4, b->big_endian);
	return p;
}

bool bytes_u64(const struct bytes *b, uint64_t pos, uint64_t *ret)
{
	const uint8_t *p = take(b, pos, 8);

	if (p)
		*ret = load(p, 8, b->big_endian);
	return p;
}

bool bytes_ptr(const struct bytes *b, uint64_t pos, uint64_t *ret)
{
	unsigned size = b->ptr_size == 4 ? 4 : 8;
	const uint8_t *p = take(b, pos, size);

	if (p)
		*ret = load(p, size, b->big_endian);
	return p;
}

const char *bytes_str(const struct bytes *b, uint64_t pos)
{
	const uint8_t *p = take(b, pos, 1);

	return p && memchr(p, 0, b->size - pos) ? (const char *)p : NULL;
}

bool bytes_sub(const struct bytes *b, uint64_t pos, uint64_t size, struct bytes *ret)
{
	const uint8_t *p = take(b, pos, size);

	if (!p)
		return false;
	*ret = *b;
	ret->data = p;
	ret->size = size;
	ret->addr = b->addr ? b->addr + pos : 0;
	return true;
}
