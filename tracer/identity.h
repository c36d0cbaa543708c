/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
#ifndef TRACER_IDENTITY_H
#define TRACER_IDENTITY_H

#include "tracer/plan.h"

/* The file at path may have been replaced meanwhile. */
struct gosym_error *identity_check_file(const struct gosym_plan *plan, const char *path);
struct gosym_error *identity_check_arch(const struct gosym_plan *plan);

#endif
