/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * The one gate through which bytes of a file are read: a window of memory with its byte order and the
 * file, section and offset it came from, so that a bad value is refused at the exact place.
 */
#ifndef GOSYM_BYTES_H
#define GOSYM_BYTES_H

#include "gosym/error.h"

struct bytes {
	const uint8_t *data;
	size_t size;
	const char *file, *section;	/* for messages; borrowed */
	uint64_t addr;			/* virtual address of data[0]; 0 if it has none */
	bool big_endian;
	uint8_t ptr_size;		/* 4 or 8 */
};

/* A cursor over a window. After the first failure every further read fails too and returns 0, so a
 * group of reads is checked once, with cursor_error(). */
struct cursor {
	const struct bytes *bytes;
	size_t pos;
	size_t bad;			/* where the first failed read began */
	bool failed;
};

static inline struct cursor cursor_at(const struct bytes *b, size_t pos)
{
	return (struct cursor){ .bytes = b, .pos = pos };
}

uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
uint64_t cursor_ptr(struct cursor *c);			/* ptr_size bytes */
uint64_t cursor_uvarint(struct cursor *c);		/* encoding/binary.Uvarint; at most 10 bytes */
void cursor_skip(struct cursor *c, size_t size);
/* NUL-terminated string, borrowed; NULL if it does not end inside the window. */
const char *cursor_str(struct cursor *c);
/* size bytes, borrowed; NULL if they are not all inside. */
const uint8_t *cursor_bytes(struct cursor *c, size_t size);
/* NULL if nothing failed; else GOSYM_BAD_DATA: "<file>: <section>+0x<bad>: <what> lies outside the section". */
struct gosym_error *cursor_error(const struct cursor *c, const char *what);

/* Single reads that answer false outside the window. */
bool bytes_u8(const struct bytes *b, uint64_t pos, uint8_t *ret);
bool bytes_u16(const struct bytes *b, uint64_t pos, uint16_t *ret);
bool bytes_u32(const struct bytes *b, uint64_t pos, uint32_t *ret);
bool bytes_u64(const struct bytes *b, uint64_t pos, uint64_t *ret);
bool bytes_ptr(const struct bytes *b, uint64_t pos, uint64_t *ret);
const char *bytes_str(const struct bytes *b, uint64_t pos);
/* A window inside a window. False if it does not fit. */
bool bytes_sub(const struct bytes *b, uint64_t pos, uint64_t size, struct bytes *ret);

#endif
