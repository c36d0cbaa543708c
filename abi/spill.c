// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Argument registers as the stack check's slow path keeps them, in every binary of a release with
 * register arguments. runtime.morestack clobbers them all, so the assembler stores each into its
 * spill slot before the call and loads it behind it (cmd/internal/obj: SpillRegisterArgs; the list
 * is ssagen's RegArgs, the registers of all parameters in order, also those that are blank or never
 * used):
 *
 * 	mov   [rsp+8], rax			stp   x0, x1, [sp, #8]
 * 	movsd [rsp+0x10], xmm0			str   d0, [sp, #24]
 * 	call  runtime.morestack_noctxt		mov   x3, x30;  bl runtime.morestack_noctxt
 *
 * SP is still the caller's there, so the offsets are those of the argument area. A function that
 * uses none of its register arguments keeps none (cmd/compile/internal/amd64/ssa.go: ssaGenValue
 * lists them at the first OpArgIntReg); one that uses any keeps all. The program runs this code:
 * what it says is the truth about the registers.
 */
#include "abi/spill.h"
#include "abi/track.h"

/* The first instruction of the slow path: the lowest target of a branch of the stack check, or where that
 * branch leads past it, the next instruction. 0: no such branch. */
static uint64_t slow_path(const struct func_code *code, const struct flow *f, uint64_t from,
			  uint64_t call)
{
	uint64_t start = 0;

	for (size_t i = 0; i < f->events.num; i++) {
		const struct event *e = &f->events.data[i];

		if (flow_is_skip(code, f, e) && e->next == from)
			return from;
		if (e->kind != INSN_BRANCH || e->target < from || e->target > call ||
		    e->addr >= from)
			continue;
		if (flow_is_check(code, f, e) && (!start || e->target < start))
			start = e->target;
	}
	return start;
}

/* One register into memory at base + disp. Only arguments as they came count. */
static bool keep(const struct track *t, const struct insn *in, int reg, int64_t disp,
		 struct spill_info *ret)
{
	const struct track_value *base = in->base == REG_NONE ? NULL : &t->regs[in->base];
	const struct track_value *value = reg == REG_NONE ? NULL : &t->regs[reg];

	if (!base || base->kind != TRACK_ADDRESS || !value || value->kind != TRACK_ENTRY ||
	    value->what != reg || ret->num == SPILL_MAX || disp < INT32_MIN / 2 ||
	    disp > INT32_MAX / 2)
		return false;
	ret->slots[ret->num++] = (struct spill_slot){
		.reg = (int8_t)reg,
		.size = in->size,
		.fp = t->arch->regs[reg].fp,
		.off = base->what + (int32_t)disp - t->arch->args_base,
	};
	return true;
}

static bool keep_stored(const struct track *t, const struct insn *in, struct spill_info *ret)
{
	if (!in->writes_memory)
		return true;
	if (in->kind != INSN_STORE || in->writeback || !keep(t, in, in->src, in->disp, ret))
		return false;
	return !in->pair || keep(t, in, in->src2, in->disp + in->size, ret);
}

static bool read_stores(const struct func_code *code, uint64_t start, struct spill_info *ret)
{
	struct track t;
	struct insn in;

	track_init(&t, code->arch);
	for (uint64_t addr = start; addr < ret->call; addr += in.len) {
		if (!code->arch->insn->decode(&code->bytes, addr, &in) ||
		    !keep_stored(&t, &in, ret) || !track_step(&t, &in))
			return false;
	}
	return true;
}

bool spill_read(const struct func_code *code, const struct flow *f, struct spill_info *ret)
{
	*ret = (struct spill_info){ .num = 0 };
	for (size_t i = 1; i < f->events.num; i++) {
		const struct event *call = &f->events.data[i - 1];
		uint64_t from = i > 1 ? call[-1].next : code->bytes.addr;

		if (!flow_is_retry(code, f, i))
			continue;
		ret->call = call->addr;
		ret->next = call->next;
		ret->start = slow_path(code, f, from, call->addr);
		return ret->start && read_stores(code, ret->start, ret);
	}
	return false;
}
