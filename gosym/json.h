/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* A streaming JSON writer: commas and escapes are its business, shape is the caller's. Text that is not UTF-8
 * gets U+FFFD for each bad byte, as encoding/json does. Write errors are the FILE's: check ferror(). */
#ifndef GOSYM_JSON_H
#define GOSYM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool comma;			/* the next value is preceded by one */
};

void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_str(struct json *j, const char *s);			/* NULL: null */
void json_strn(struct json *j, const void *s, size_t len);
void json_int(struct json *j, int64_t v);
void json_uint(struct json *j, uint64_t v);
void json_hex(struct json *j, uint64_t v);			/* "0x1f" */
void json_float(struct json *j, double v, bool single);		/* shortest that reads back; "NaN", "+Inf", "-Inf" */
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_line(struct json *j);					/* newline: the next value starts a new document */

#endif
