/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Values of well-known types as people write them: for text only. */
#ifndef TRACER_KNOWN_H
#define TRACER_KNOWN_H

#include "tracer/event.h"

enum { KNOWN_TEXT = 128 };

/* The value as its own package prints it: "1.5s", "2026-01-31T12:00:00Z", "192.0.2.1:80". False where the type is no such
 * one, has other fields than it had in the releases known, or was not read whole. */
bool known_text(const struct gotrace_event *ev, const struct plan_value *v, char text[KNOWN_TEXT]);
/* The bytes of a byte slice that was fetched whole or is cut at *size, if they are text. */
bool known_bytes(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **data, uint64_t *size);
/* The message of a Linux error number on amd64 and arm64; NULL. */
const char *known_errno(uint64_t number);

#endif
