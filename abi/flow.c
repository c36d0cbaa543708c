// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * One pass over a function's bytes: its jumps, calls and returns.
 *
 * Go's text can be read straight on: jump tables are in .rodata (cmd/compile/internal/ssagen), alignment is
 * int3, nop or udf. What does stand among the code are arm64's literal pools (cmd/internal/obj/arm64/asm7.go:
 * addpool); the instructions that load from them say where.
 */
#include <stdlib.h>

#include "abi/flow.h"

void flow_deinit(struct flow *f)
{
	vec_deinit(&f->events);
	vec_deinit(&f->restarts);
	vec_deinit(&f->literals);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool note_literal(struct flow *f, const struct insn *in)
{
	for (uint64_t at = in->target; at < in->target + in->size; at += 4) {
		uint64_t *slot = vec_append(&f->literals);

		if (!slot)
			return false;
		*slot = at;
	}
	return true;
}

static bool note_event(struct flow *f, const struct insn *in)
{
	struct event *e = vec_append(&f->events);

	if (!e)
		return false;
	*e = (struct event){ in->addr, in->addr + in->len + in->delay, in->target, in->kind, in->cond };
	return true;
}

/* A literal pool's words decode to anything; they are neither jumps nor returns. */
static void drop_literals(struct flow *f)
{
	size_t kept = 0;

	if (!f->literals.num)
		return;
	qsort(f->literals.data, f->literals.num, sizeof(uint64_t), compare_u64);
	for (size_t i = 0; i < f->events.num; i++) {
		const struct event *e = &f->events.data[i];

		if (!bsearch(&e->addr, f->literals.data, f->literals.num, sizeof(uint64_t), compare_u64))
			f->events.data[kept++] = *e;
	}
	f->events.num = kept;
}

/* Registers whose last writer, in the order of the bytes, was no more than a move, an address or a load without index: a
 * jump through one is a tail call, not a jump table. */
static uint64_t plain_registers(uint64_t plain, const struct insn *in)
{
	plain &= ~in->writes;
	if ((in->kind == INSN_LOAD || in->kind == INSN_MOVE || (in->kind == INSN_LEA && in->base == REG_NONE)) && in->dst != REG_NONE && !in->indexed)
		plain |= UINT64_C(1) << in->dst;
	return plain;
}

static bool is_table_jump(const struct insn *in, uint64_t plain)
{
	return in->kind == INSN_INDIRECT_JUMP && (in->indexed || (in->src != REG_NONE && !(plain >> in->src & 1)));
}

struct gosym_error *flow_read(const struct func_code *code, struct flow *f)
{
	uint64_t plain = UINT64_MAX;
	struct insn in;

	for (size_t pos = 0; pos < code->bytes.size; pos += in.len) {
		uint64_t addr = code->bytes.addr + pos;

		if (!code->arch->insn->decode(&code->bytes, addr, &in)) {
			if (!f->bad)
				f->bad = addr;
			in.len = code->arch->min_lc;
			continue;
		}
		if (in.kind == INSN_OTHER && in.target && !note_literal(f, &in))
			return gosym_nomem;
		if (in.kind >= INSN_JUMP && !note_event(f, &in))
			return gosym_nomem;
		f->table |= is_table_jump(&in, plain);
		plain = plain_registers(plain, &in);
	}
	drop_literals(f);
	return NULL;
}

static bool is_morestack(const struct func_code *code, uint64_t addr)
{
	for (size_t i = 0; i < code->num_morestack; i++) {
		if (code->morestack[i] == addr)
			return true;
	}
	return false;
}

bool flow_is_retry(const struct func_code *code, const struct flow *f, size_t i)
{
	const struct event *e = &f->events.data[i];

	return i && e->kind == INSN_JUMP && e->target == code->bytes.addr && e[-1].kind == INSN_CALL &&
	       is_morestack(code, e[-1].target);
}

bool flow_is_skip(const struct func_code *code, const struct flow *f, const struct event *branch)
{
	size_t i = (size_t)(branch - f->events.data) + 2;

	return branch->kind == INSN_BRANCH && i < f->events.num && flow_is_retry(code, f, i) &&
	       branch->target == f->events.data[i].next;
}

bool flow_is_check(const struct func_code *code, const struct flow *f, const struct event *branch)
{
	if (branch->kind != INSN_BRANCH)
		return false;
	if (flow_is_skip(code, f, branch))
		return true;
	for (size_t i = 1; i < f->events.num; i++) {
		const struct event *call = &f->events.data[i - 1];
		uint64_t start = i > 1 ? call[-1].next : code->bytes.addr;

		if (flow_is_retry(code, f, i) && branch->target >= start && branch->target <= call->addr)
			return true;
	}
	return false;
}
