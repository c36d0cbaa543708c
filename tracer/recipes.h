/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The recipes of a plan as maps of the kernel. */
#ifndef TRACER_RECIPES_H
#define TRACER_RECIPES_H

#include "tracer/plan_dynamic.h"

/* -1 each where the plan follows no interface. */
struct recipe_maps { int recipes_fd, steps_fd; };

struct gosym_error *recipes_create(const struct gosym_plan *p, struct recipe_maps *ret);
void recipes_close(struct recipe_maps *maps);

#endif
