/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Error objects: made where the fault is seen, with the file, section and offset in the message. */
#ifndef GOSYM_ERROR_H
#define GOSYM_ERROR_H

#include <stdarg.h>

#include "gosym/gosym.h"

/* Static: running out of memory must not need memory. gosym_error_destroy() leaves it alone. */
extern struct gosym_error *const gosym_nomem;

/* Never returns NULL (falls back to gosym_nomem). */
struct gosym_error *gosym_error_new(enum gosym_code code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "<message>: <strerror(errno_)>", code GOSYM_PERMISSION for EPERM and EACCES, else GOSYM_OS. */
struct gosym_error *gosym_error_errno(int errno_, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Consumes err; returns it with "<prefix>: " in front of its message. */
struct gosym_error *gosym_error_prefix(struct gosym_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
