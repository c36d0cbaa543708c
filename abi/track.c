// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A symbolic walk: every register starts as "what register r held at entry", SP as address 0; moves copy
 * that, stores keep it in a stack slot, loads bring it back, anything else that writes a register or a
 * slot makes it unknown. Example, Go 1.23 with a frame of 24 bytes:
 *
 *	push rbp		slot -8 = BP, SP = -8
 *	mov rbp, rsp		BP = address -8
 *	sub rsp, 0x18		SP = -32
 *	mov [rsp+0x28], rax	slot +8 = AX (its spill slot above the return address)
 *	xor eax, eax		AX unknown; entry AX is found at SP + 0x28
 *
 * Invariant: regs[arch->sp] is an address as long as track_step() answers true. Pointers that came
 * in registers cannot reach this frame, so a store through one changes no slot.
 */
#include <string.h>

#include "abi/track.h"

enum { FAR = 1 << 30 };			/* frames and displacements beyond this are nonsense */

void track_init(struct track *t, const struct abi_arch *arch)
{
	*t = (struct track){ .arch = arch, .args_written_from = INT32_MAX };
	for (int r = 0; r < arch->num_regs && r < MAX_REGS; r++) {
		t->regs[r].kind = TRACK_ENTRY;
		t->regs[r].what = r;
		t->regs[r].size = arch->ptr_size;
	}
	t->regs[arch->sp] = (struct track_value){ .kind = TRACK_ADDRESS, .size = arch->ptr_size };
}

int32_t track_sp_off(const struct track *t)
{
	return -t->regs[t->arch->sp].what;
}

static bool add_offset(int32_t base, int64_t disp, int32_t *ret)
{
	int64_t sum;

	if (disp <= -FAR || disp >= FAR)
		return false;
	sum = base + disp;
	if (sum <= -FAR || sum >= FAR)
		return false;
	*ret = (int32_t)sum;
	return true;
}

/* The stack address base + disp, if that is one. */
static bool stack_address(const struct track *t, int base, int64_t disp, int32_t *ret)
{
	return base != REG_NONE && t->regs[base].kind == TRACK_ADDRESS &&
	       add_offset(t->regs[base].what, disp, ret);
}

static void forget_slots(struct track *t, int64_t from, int64_t to)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < t->num_slots; i++) {
		const struct track_slot *s = &t->slots[i];

		if (s->off >= to || s->off + s->size <= from)
			t->slots[kept++] = *s;
	}
	t->num_slots = kept;
}

static void note_arg_write(struct track *t, int64_t from, int64_t to)
{
	if (to <= t->arch->args_base)
		return;
	if (from < t->arch->args_base)
		from = t->arch->args_base;
	if (from < t->args_written_from)
		t->args_written_from = (int32_t)from;
}

static void keep_slot(struct track *t, int32_t off, unsigned size, int src)
{
	const struct track_value *v;

	if (src == REG_NONE || t->num_slots == TRACK_SLOTS)
		return;
	v = &t->regs[src];
	if (v->kind != TRACK_ENTRY)
		return;
	t->slots[t->num_slots++] = (struct track_slot){
		.off = off, .size = (uint8_t)(size < v->size ? size : v->size), .reg = (int8_t)v->what,
	};
}

static void write_memory(struct track *t, const struct insn *in)
{
	unsigned total = in->pair ? 2u * in->size : in->size;
	bool store = in->kind == INSN_STORE || in->kind == INSN_PUSH;
	int32_t off;

	if (in->base != REG_NONE && t->regs[in->base].kind == TRACK_ENTRY) {
		t->foreign_write = true;
		return;
	}
	if (!in->size || !stack_address(t, in->base, in->disp, &off)) {
		/* Somewhere from base on, or anywhere at all. */
		t->num_slots = 0;
		t->args_written_from = t->arch->args_base;
		t->foreign_write = true;
		return;
	}
	forget_slots(t, off, (int64_t)off + total);
	note_arg_write(t, off, (int64_t)off + total);
	if (store)
		keep_slot(t, off, in->size, in->src);
	if (store && in->pair)
		keep_slot(t, off + in->size, in->size, in->src2);
}

static struct track_value load_slot(const struct track *t, int base, int64_t disp, unsigned size)
{
	int32_t off;

	if (stack_address(t, base, disp, &off)) {
		for (unsigned i = 0; i < t->num_slots; i++) {
			const struct track_slot *s = &t->slots[i];

			if (s->off == off && s->size <= size)
				return (struct track_value){ .kind = TRACK_ENTRY, .size = s->size, .what = s->reg };
		}
	}
	return (struct track_value){ .kind = TRACK_UNKNOWN };
}

/* SP moved up: what lies below it may be overwritten at any time (signals, the next push). */
static void drop_below_sp(struct track *t)
{
	forget_slots(t, INT32_MIN, t->regs[t->arch->sp].what);
}

/* New values of the registers an understood instruction sets; they are computed before anything is written. */
struct change {
	int8_t reg;
	struct track_value value;
};

static unsigned changes_of(const struct track *t, const struct insn *in, struct change *c)
{
	const struct track_value unknown = { .kind = TRACK_UNKNOWN };
	unsigned n = 0;
	int32_t at;

	switch (in->kind) {
	case INSN_MOVE:
		c[n] = (struct change){ in->dst, t->regs[in->src] };
		if (in->size && in->size < c[n].value.size)
			c[n].value.size = in->size;
		n++;
		break;
	case INSN_LOAD:
		if (in->dst != REG_NONE)
			c[n++] = (struct change){ in->dst, load_slot(t, in->base, in->disp, in->size) };
		if (in->dst2 != REG_NONE)
			c[n++] = (struct change){ in->dst2,
						  load_slot(t, in->base, in->disp + in->size, in->size) };
		break;
	case INSN_LEA:
		c[n] = (struct change){ in->dst, unknown };
		if (stack_address(t, in->base, in->disp, &at))
			c[n].value = (struct track_value){ TRACK_ADDRESS, t->arch->ptr_size, at };
		n++;
		break;
	case INSN_ADD_SP:
		c[n] = (struct change){ t->arch->sp, unknown };
		if (stack_address(t, t->arch->sp, in->disp, &at))
			c[n].value = (struct track_value){ TRACK_ADDRESS, t->arch->ptr_size, at };
		n++;
		break;
	default:
		break;
	}
	if (in->writeback) {
		c[n] = (struct change){ in->base, unknown };
		if (stack_address(t, in->base, in->writeback, &at))
			c[n].value = (struct track_value){ TRACK_ADDRESS, t->arch->ptr_size, at };
		/* "pop rsp" and "ldr x0, [x0], #8": what is loaded wins over the step of the base. */
		if (n && (c[0].reg == in->base || (n > 1 && c[1].reg == in->base)))
			c[n].value = unknown;
		n++;
	}
	return n;
}

bool track_step(struct track *t, const struct insn *in)
{
	struct change changes[3];
	unsigned n;

	if (in->kind == INSN_CALL)
		return false;
	n = changes_of(t, in, changes);
	if (in->writes_memory)
		write_memory(t, in);
	for (int r = 0; r < t->arch->num_regs && r < MAX_REGS; r++) {
		if (in->writes >> r & 1)
			t->regs[r].kind = TRACK_UNKNOWN;
	}
	for (unsigned i = 0; i < n; i++)
		t->regs[changes[i].reg] = changes[i].value;
	if (t->regs[t->arch->sp].kind != TRACK_ADDRESS)
		return false;
	drop_below_sp(t);
	return true;
}

static struct gosym_site_loc in_slot(const struct track *t, int reg, uint8_t *size)
{
	const struct track_slot *best = NULL;

	for (unsigned i = 0; i < t->num_slots; i++) {
		const struct track_slot *s = &t->slots[i];

		if (s->reg == reg && (!best || s->size > best->size))
			best = s;
	}
	if (!best)
		return (struct gosym_site_loc){ .kind = GOSYM_LOC_LOST };
	*size = best->size;
	return (struct gosym_site_loc){ .kind = GOSYM_LOC_STACK, .where = best->off + track_sp_off(t) };
}

static bool holds(const struct track *t, int r, int reg)
{
	return t->regs[r].kind == TRACK_ENTRY && t->regs[r].what == reg;
}

/* What came in a vector register and was moved to a general one. */
static struct gosym_site_loc in_general(const struct track *t, int reg, uint8_t *size)
{
	for (int r = 0; r < t->arch->num_regs && r < MAX_REGS; r++) {
		if (!holds(t, r, reg) || t->arch->regs[r].fp)
			continue;
		*size = t->regs[r].size;
		return (struct gosym_site_loc){ .kind = GOSYM_LOC_REG, .where = r };
	}
	return (struct gosym_site_loc){ .kind = GOSYM_LOC_LOST };
}

struct gosym_site_loc track_find(const struct track *t, int reg, uint8_t *size)
{
	struct gosym_site_loc loc;
	int found = REG_NONE;

	*size = 0;
	if (reg < 0 || reg >= t->arch->num_regs || reg >= MAX_REGS)
		return (struct gosym_site_loc){ .kind = GOSYM_LOC_LOST };
	if (reg == t->arch->sp)
		return (struct gosym_site_loc){ .kind = GOSYM_LOC_LOST };
	/* pt_regs has no vector registers: memory is the better place for those, or another register. */
	if (t->arch->regs[reg].fp) {
		loc = in_slot(t, reg, size);
		if (loc.kind != GOSYM_LOC_LOST)
			return loc;
		loc = in_general(t, reg, size);
		if (loc.kind != GOSYM_LOC_LOST)
			return loc;
	}
	if (holds(t, reg, reg) && t->regs[reg].size == t->arch->ptr_size)
		found = reg;
	for (int r = 0; found == REG_NONE && r < t->arch->num_regs && r < MAX_REGS; r++) {
		if (holds(t, r, reg) && t->regs[r].size == t->arch->ptr_size)
			found = r;
	}
	if (found != REG_NONE) {
		*size = t->regs[found].size;
		return (struct gosym_site_loc){ .kind = GOSYM_LOC_REG, .where = found };
	}
	loc = in_slot(t, reg, size);
	for (int r = 0; loc.kind == GOSYM_LOC_LOST && r < t->arch->num_regs && r < MAX_REGS; r++) {
		if (holds(t, r, reg)) {
			*size = t->regs[r].size;
			loc = (struct gosym_site_loc){ .kind = GOSYM_LOC_REG, .where = r };
		}
	}
	return loc;
}
