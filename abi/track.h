/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Where the values of the entry's registers are, instruction by instruction along a straight line.
 * Offsets count from SP at entry. What is not understood is forgotten, never guessed.
 */
#ifndef ABI_TRACK_H
#define ABI_TRACK_H

#include "abi/insn.h"

enum { MAX_REGS = 64, TRACK_SLOTS = 48 };

struct track_value {
	enum { TRACK_UNKNOWN, TRACK_ENTRY, TRACK_ADDRESS } kind;
	uint8_t size;			/* low bytes that are known; the rest is zero or garbage */
	int32_t what;			/* the entry register; the address, from SP at entry */
};

struct track_slot {
	int32_t off;
	uint8_t size;
	int8_t reg;			/* entry register */
};

struct track {
	const struct abi_arch *arch;
	struct track_value regs[MAX_REGS];
	struct track_slot slots[TRACK_SLOTS];
	unsigned num_slots;
	int32_t args_written_from;	/* INT32_MAX: the incoming argument area is untouched */
	bool foreign_write;		/* memory that is not this function's frame was written */
};

void track_init(struct track *t, const struct abi_arch *arch);
/* Follow one instruction. False if nothing is known behind it: a call, an unknown stack pointer. */
bool track_step(struct track *t, const struct insn *in);
/* SP at entry minus SP now. */
int32_t track_sp_off(const struct track *t);
/* Where the value entry register reg held is now, best place first for a reader of pt_regs; stack places
 * count from SP now. *size: how many of its low bytes are there. */
struct gosym_site_loc track_find(const struct track *t, int reg, uint8_t *size);

#endif
