/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Hooks in the runtime that tell when calls end without a return, and what their records hold. */
#ifndef TRACER_PLAN_HOOKS_H
#define TRACER_PLAN_HOOKS_H

#include "tracer/plan.h"

enum { HOOK_TEXT = 256, HOOK_PANICS = 4, HOOK_PANIC_BYTES = 128, HOOK_DEFERS = 4, HOOK_DEFER_BYTES = 64 };

/* PLAN_PANIC: the argument, an interface; 16 bytes at its data word; and these taken for a string, whether
 * they are one or not: its dynamic type tells. With plan->standing also the panic under way, if there is one: g._panic,
 * and before Go 1.22 the goroutine's latest deferred calls. */
struct hook_panic {
	struct plan_record record;
	uint64_t type, data;
	uint64_t words[2];
	uint8_t text[HOOK_TEXT];
	uint64_t g, stack_lo, stack_hi;
	uint64_t panicking, defer;	/* their addresses */
	uint8_t panic[HOOK_PANIC_BYTES];
	uint8_t defers[HOOK_DEFERS][HOOK_DEFER_BYTES];
	int32_t arg_status, words_status, text_status;
	int32_t stack_status, panicking_status, panic_status;
	int32_t defer_status[1 + HOOK_DEFERS];	/* of its address, and of each */
	int32_t unused;
};

/* PLAN_UNWIND of runtime.recovery; that of runtime.fatalpanic is a header alone: all calls are over. */
struct hook_unwind {
	struct plan_record record;
	uint64_t gp;
	uint64_t stack_lo, stack_hi;
	uint64_t goid;
	uint64_t sp;			/* g.sigcode0, or g._panic */
	uint8_t panics[HOOK_PANICS][HOOK_PANIC_BYTES];
	int32_t status[4 + HOOK_PANICS + 1];	/* of the fetches that bring gp (if from the stack) to panics */
	int32_t unused;
};

/* Where it says on which frame the goroutine goes on (src/runtime/panic.go: recovery). */
struct plan_unwind {
	bool in_panic;			/* Go 1.22: in g._panic, whose fields are here; else the word is it */
	uint32_t sp, start_sp, link, goexit;
};

/* On which frame a panic stands that runs a deferred function: Go 1.22 has it in _panic; before it is that of the
 * _defer that names the panic. */
struct plan_standing {
	bool in_panic;
	uint32_t panic_sp, goexit;
	uint32_t defer_sp, defer_panic, defer_link;
};

/* With plan->opts.returns. What cannot be hooked is no error: plan->no_unwind says why. */
struct gosym_error *plan_add_hooks(struct gosym_plan *p);

#endif
