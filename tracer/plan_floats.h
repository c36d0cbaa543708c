/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Float registers by way of a signal's frame. A record that waits for one is held in a map:
 *
 *	struct plan_held | the record, which has a struct plan_floats at floats_at
 *
 * PLAN_FLOAT fetches that are skipped are filled in from there when the record is read.
 */
#ifndef TRACER_PLAN_FLOATS_H
#define TRACER_PLAN_FLOATS_H

#include "tracer/plan.h"

enum { PLAN_FLOAT_REGS = 15 };		/* X0 to X14; X15 carries nothing */

struct plan_floats {
	int32_t status;			/* 0; PLAN_SKIPPED: no frame of this hit was seen */
	uint32_t unused;
	uint8_t regs[PLAN_FLOAT_REGS][16];
};

/* Nothing else of its goroutine happens between a hit and its frame: g is a key. */
struct plan_held_key {
	uint64_t g;
	uint32_t tgid, unused;
};

struct plan_held {
	uint64_t ip, sp;		/* behind the hit: what the frame has to show */
	uint32_t size;			/* of the record; 0: it is kept in the map of calls, under call */
	uint32_t floats_at;
	struct plan_call_key call;
};

/* Where frames are seen: the call of runtime.sigtrampgo in runtime.sigtramp. */
struct plan_frames {
	uint64_t addr, file_off;
	struct gosym_site_loc context;	/* where the ucontext's address is then */
	uint64_t handler, cgo_handler;	/* what SIGURG's handler must be, one of them; 0: there is none */
	uint64_t wanted;		/* word of runtime.sig.wanted in which SIGURG has its bit */
};

/* For a plan with float_regs. Fails with why this file's programs cannot be asked. */
struct gosym_error *plan_find_frames(struct gosym_plan *p);
/* The site and, with returns, the exits that go with it; probe->sig is set. */
struct gosym_error *plan_float_site(struct gosym_plan *p, struct plan_probe *probe);
struct gosym_error *plan_float_exits(struct gosym_plan *p, struct plan_probe *probe);
/* Whether the call's program, or that of an exit, has to ask for a frame. */
bool plan_asks_frame(const struct plan_probe *probe, const struct gosym_exit *exit);
/* What frames brought to where the values are; record is the plan's, of this probe. */
void plan_place_floats(const struct gosym_plan *p, const struct plan_probe *probe, struct plan_record *record);

#endif
