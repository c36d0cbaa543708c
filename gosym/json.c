// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The JSON writer (RFC 8259). Numbers are written so that they read back exactly: integers in full, floats
 * in the fewest digits that round-trip.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gosym/json.h"

static void value_begin(struct json *j)
{
	if (j->comma)
		putc(',', j->out);
	j->comma = true;
}

static void open_with(struct json *j, char bracket)
{
	value_begin(j);
	putc(bracket, j->out);
	j->comma = false;
}

static void close_with(struct json *j, char bracket)
{
	putc(bracket, j->out);
	j->comma = true;
}

void json_object(struct json *j)
{
	open_with(j, '{');
}

void json_object_end(struct json *j)
{
	close_with(j, '}');
}

void json_array(struct json *j)
{
	open_with(j, '[');
}

void json_array_end(struct json *j)
{
	close_with(j, ']');
}

/* Length of the UTF-8 sequence at s, 0 if it is none (RFC 3629: shortest form, no surrogates, <= U+10FFFF). */
static size_t utf8_len(const uint8_t *s, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
	uint32_t rune;

	if (len <= 1)
		return len;
	if (len > left)
		return 0;
	rune = s[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		rune = rune << 6 | (s[i] & 0x3f);
	}
	if (rune < least[len] || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
		return 0;
	return len;
}

static void put_ascii(FILE *out, uint8_t c)
{
	static const char short_escapes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *p = c ? strchr(short_escapes, c) : NULL;

	if (p)
		fprintf(out, "\\%c", letters[p - short_escapes]);
	else if (c < 0x20 || c == 0x7f)
		fprintf(out, "\\u%04x", c);
	else
		putc(c, out);
}

void json_strn(struct json *j, const void *text, size_t len)
{
	const uint8_t *s = text;

	value_begin(j);
	putc('"', j->out);
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(s + i, len - i);

		if (n == 1)
			put_ascii(j->out, s[i]);
		else if (n)
			fwrite(s + i, 1, n, j->out);
		else
			fputs("\xef\xbf\xbd", j->out);	/* U+FFFD */
		i += n ? n : 1;
	}
	putc('"', j->out);
}

void json_str(struct json *j, const char *s)
{
	if (s)
		json_strn(j, s, strlen(s));
	else
		json_null(j);
}

void json_key(struct json *j, const char *key)
{
	json_str(j, key);
	putc(':', j->out);
	j->comma = false;
}

void json_int(struct json *j, int64_t v)
{
	value_begin(j);
	fprintf(j->out, "%" PRId64, v);
}

void json_uint(struct json *j, uint64_t v)
{
	value_begin(j);
	fprintf(j->out, "%" PRIu64, v);
}

void json_hex(struct json *j, uint64_t v)
{
	value_begin(j);
	fprintf(j->out, "\"0x%" PRIx64 "\"", v);
}

void json_float(struct json *j, double v, bool single)
{
	char buf[40];
	int digits = single ? 6 : 15, most = single ? 9 : 17;

	if (isnan(v) || isinf(v)) {
		json_str(j, isnan(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf");
		return;
	}
	value_begin(j);
	for (; digits <= most; digits++) {
		snprintf(buf, sizeof(buf), "%.*g", digits, v);
		if (single ? strtof(buf, NULL) == (float)v : strtod(buf, NULL) == v)
			break;
	}
	fputs(buf, j->out);
}

void json_bool(struct json *j, bool v)
{
	value_begin(j);
	fputs(v ? "true" : "false", j->out);
}

void json_null(struct json *j)
{
	value_begin(j);
	fputs("null", j->out);
}

void json_line(struct json *j)
{
	putc('\n', j->out);
	j->comma = false;
}
