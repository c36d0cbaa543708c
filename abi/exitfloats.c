// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A probe sees no float registers. But a result often comes out of memory just before the function returns, and
 * while nothing has written there since, that memory says what the register holds:
 *
 *	movsd xmm0, [rsp+0x10]	X0 = 8 bytes at SP+0x10
 *	add   rsp, 0x18		<- here the epilogue begins: the slot is still above SP
 *	pop   rbp
 *	ret			<- here it is below SP, where a preemption's own frame may have replaced it
 *
 * Only the straight run of code is looked at into whose middle nothing jumps, and which ends in the RET. Within it,
 * a load through a register counts while that register and all memory stay as they are (another goroutine that
 * writes there meanwhile races with this one: between the two is no synchronization, which would be a write or a call).
 * A register that was set to zero is as good as memory. At the epilogue all results are in their places, for
 * behind it only the stack and frame pointers change.
 */
#include <string.h>

#include "abi/exitfloats.h"

struct held {				/* what a float register holds */
	enum { HELD_UNKNOWN, HELD_ZERO, HELD_STACK, HELD_REG, HELD_ADDR, HELD_GENERAL } kind;
	uint8_t size;
	int8_t base;			/* HELD_REG: the address is in it and off; HELD_GENERAL: it holds the same */
	int64_t off;			/* HELD_STACK: from SP where the run begins; HELD_ADDR: the address */
};

struct run {
	const struct abi_arch *arch;
	struct held regs[MAX_REGS];
	int64_t sp;			/* now, from where it was at the beginning */
	uint64_t epilogue;		/* address; 0: the last instruction belongs to none */
	int64_t epilogue_sp;
	struct held at_epilogue[MAX_REGS];
};

/* The last address at or below the RET where something jumps to, or goes on after something else. */
static uint64_t run_begin(const struct func_code *code, const struct flow *f, size_t i)
{
	uint64_t ret = f->events.data[i].addr;
	uint64_t begin = i ? f->events.data[i - 1].next : code->bytes.addr;

	for (size_t k = 0; k < f->events.num; k++) {
		uint64_t target = f->events.data[k].target;

		if (f->events.data[k].kind != INSN_CALL && target > begin && target <= ret)
			begin = target;
	}
	if (code->deferreturn > begin && code->deferreturn <= ret)
		begin = code->deferreturn;
	return begin;
}

static void forget_memory(struct run *r, const struct insn *in)
{
	bool stack = in->base == r->arch->sp && in->size;
	int64_t from = r->sp + in->disp, to = from + (in->pair ? 2 : 1) * in->size;

	for (int i = 0; i < r->arch->num_regs; i++) {
		struct held *h = &r->regs[i];

		if (h->kind == HELD_UNKNOWN || h->kind == HELD_ZERO || h->kind == HELD_GENERAL ||
		    (stack && h->kind == HELD_ADDR))
			continue;
		if (!stack || h->kind != HELD_STACK || (h->off < to && h->off + h->size > from))
			h->kind = HELD_UNKNOWN;
	}
}

static struct held loaded(const struct run *r, const struct insn *in)
{
	struct held h = { .kind = HELD_UNKNOWN, .size = in->size > 8 ? 8 : in->size };

	if (!in->size || in->indexed || in->pair)
		return h;
	if (in->base == r->arch->sp) {
		h.kind = HELD_STACK;
		h.off = r->sp + in->disp;
	} else if (in->base != REG_NONE && !in->writeback) {
		h.kind = HELD_REG;
		h.base = in->base;
		h.off = in->disp;
	} else if (in->base == REG_NONE && in->target) {
		h.kind = HELD_ADDR;
		h.off = (int64_t)in->target;
	}
	return h;
}

/* A return's own: the frame goes, and the caller's frame pointer comes back. */
static bool is_epilogue(const struct abi_arch *arch, const struct insn *in)
{
	uint64_t own = UINT64_C(1) << arch->sp | UINT64_C(1) << arch->fp;

	if (arch->lr != REG_NONE)
		own |= UINT64_C(1) << arch->lr;
	return !in->writes_memory && !in->may_fault && !(in->writes & ~own);
}

/* What the instruction puts into the float register dst. */
static struct held value_of(const struct run *r, const struct insn *in)
{
	struct held v = { .kind = HELD_UNKNOWN };

	if (in->kind == INSN_LOAD)
		v = loaded(r, in);
	else if (in->kind == INSN_MOVE && r->arch->regs[in->src].fp)
		v = r->regs[in->src];
	else if (in->kind == INSN_MOVE)
		v = (struct held){ .kind = HELD_GENERAL, .size = 8, .base = in->src };
	else if (in->zero)
		v = (struct held){ .kind = HELD_ZERO, .size = 8 };
	if (in->kind == INSN_MOVE && in->size && in->size < v.size)
		v.size = in->size;
	return v;
}

/* Where a register is that a value depends on. */
static bool depends_on(const struct held *h, uint64_t writes)
{
	return (h->kind == HELD_REG || h->kind == HELD_GENERAL) && writes >> h->base & 1;
}

/* False: nothing is known behind this instruction. */
static bool step(struct run *r, const struct insn *in)
{
	struct held value = { .kind = HELD_UNKNOWN };
	int64_t moved = in->kind == INSN_ADD_SP ? in->disp : in->base == r->arch->sp ? in->writeback : 0;
	bool fp = in->dst != REG_NONE && r->arch->regs[in->dst].fp;

	if (in->kind >= INSN_JUMP)
		return false;
	if (in->writes >> r->arch->sp & 1 && !moved)
		return false;
	if (!is_epilogue(r->arch, in)) {
		r->epilogue = 0;
	} else if (!r->epilogue) {
		r->epilogue = in->addr;
		r->epilogue_sp = r->sp;
		memcpy(r->at_epilogue, r->regs, sizeof(r->regs));
	}
	if (fp)
		value = value_of(r, in);
	if (in->writes_memory)
		forget_memory(r, in);
	for (int i = 0; i < r->arch->num_regs; i++) {
		struct held *h = &r->regs[i];

		if (in->writes >> i & 1 || depends_on(h, in->writes))
			h->kind = HELD_UNKNOWN;
	}
	r->sp += moved;
	if (fp && in->writes >> in->dst & 1)
		r->regs[in->dst] = value;
	return true;
}

/* What is below SP may be anything: signals have stacks of their own, but a preemption is made a call here. */
static void add_float(struct exit_floats *e, const struct run *r, int reg, const struct held *h, int64_t sp)
{
	struct gosym_exit_float *f = &e->floats[e->num];

	*f = (struct gosym_exit_float){ .reg = reg, .size = h->size, .base = REG_NONE };
	switch (h->kind) {
	case HELD_ZERO:
		f->kind = GOSYM_FLOAT_ZERO;
		break;
	case HELD_STACK:
		if (h->off < sp)
			return;
		f->kind = GOSYM_FLOAT_BEHIND;
		f->base = r->arch->sp;
		f->off = h->off - sp;
		break;
	case HELD_REG:
		f->kind = GOSYM_FLOAT_BEHIND;
		f->base = h->base;
		f->off = h->off;
		break;
	case HELD_ADDR:
		f->kind = GOSYM_FLOAT_AT;
		f->off = h->off;
		break;
	case HELD_GENERAL:
		f->kind = GOSYM_FLOAT_IN;
		f->base = h->base;
		break;
	default:
		return;
	}
	if (depends_on(h, UINT64_C(1) << r->arch->fp))	/* the epilogue changes it */
		return;
	e->num++;
}

static struct exit_floats collect(const struct run *r, const struct held *regs, uint64_t addr, int64_t sp,
				  uint64_t wanted)
{
	struct exit_floats e = { .addr = addr, .sp_off = (int32_t)(r->sp - sp) };

	for (int i = 0; i < r->arch->num_regs && e.num < EXIT_FLOATS; i++)
		if (wanted >> i & 1)
			add_float(&e, r, i, &regs[i], sp);
	return e;
}

void exit_floats_find(const struct func_code *code, const struct flow *f, size_t i, uint64_t wanted, bool early,
		      struct exit_floats *ret)
{
	struct run r = { .arch = code->arch };
	uint64_t at = run_begin(code, f, i), end = f->events.data[i].addr;
	struct exit_floats before;
	struct insn in;

	*ret = (struct exit_floats){ .addr = end };
	/* A jump through a table may lead anywhere. */
	if (f->table || f->bad)
		return;
	for (; at < end; at += in.len)
		if (!code->arch->insn->decode(&code->bytes, at, &in) || !step(&r, &in))
			return;
	if (at != end)
		return;
	*ret = collect(&r, r.regs, end, r.sp, wanted);
	if (!early || !r.epilogue)
		return;
	before = collect(&r, r.at_epilogue, r.epilogue, r.epilogue_sp, wanted);
	if (before.num > ret->num)
		*ret = before;
}
