/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The map of records that wait for a signal's frame (plan_floats.h), from user space. */
#ifndef TRACER_HELD_H
#define TRACER_HELD_H

#include "tracer/bpf_gen.h"

struct held {
	int fd, zero_fd;		/* -1: none */
	uint32_t size;			/* of an element */
};

/* Whether the running process has asked for SIGURG itself: then an error that says so. */
struct gosym_error *held_check_process(const struct gosym_plan *p, pid_t pid);
/* Whether any program of the plan asks for frames. */
bool held_is_needed(const struct gosym_plan *p);
/* target->fault_in says for what. */
struct gosym_error *held_create(const struct gosym_plan *p, struct held *ret, struct bpf_target *target);
/* What still waits, when all programs have ended: each record goes to `push`. */
struct gosym_error *held_take_rest(const struct held *h, void (*push)(void *ctx, const void *record, size_t size),
				   void *ctx);
void held_close(struct held *h);

#endif
