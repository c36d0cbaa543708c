// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Integer arithmetic as Go has it (https://go.dev/ref/spec#Integer_operators): operands come extended to
 * 64 bits, the result is cut to the type's size and extended again. The kernel's division is unsigned and
 * gives 0 for a division by 0, its shifts take the count modulo 64: what differs is done around them.
 */
#include "tracer/bpf_cond.h"

/* Unsigned division of the magnitudes; the quotient is negative if the signs differ, the remainder has the
 * dividend's. r2 keeps the sign. */
static void gen_signed_divide(struct cond *c, int op)
{
	int positive[3] = { bpf_asm_label(c->a), bpf_asm_label(c->a), bpf_asm_label(c->a) };

	bpf_mov_reg(c->a, BPF_REG_2, BPF_REG_0);
	if (op == BPF_DIV)
		bpf_alu_reg(c->a, BPF_XOR, BPF_REG_2, BPF_REG_1);
	for (int reg = BPF_REG_0; reg <= BPF_REG_1; reg++) {
		bpf_jump_imm(c->a, BPF_JSGE, reg, 0, positive[reg]);
		bpf_alu_imm(c->a, BPF_NEG, reg, 0);
		bpf_asm_place(c->a, positive[reg]);
	}
	bpf_alu_reg(c->a, op, BPF_REG_0, BPF_REG_1);
	bpf_jump_imm(c->a, BPF_JSGE, BPF_REG_2, 0, positive[2]);
	bpf_alu_imm(c->a, BPF_NEG, BPF_REG_0, 0);
	bpf_asm_place(c->a, positive[2]);
}

static void gen_divide(struct cond *c, const struct plan_expr *e)
{
	int op = e->op == PLAN_OP_DIV ? BPF_DIV : BPF_MOD;

	if (e->b->op != PLAN_OP_CONST)
		bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_1, 0, c->undecided);
	if (e->is_signed)
		gen_signed_divide(c, op);
	else
		bpf_alu_reg(c->a, op, BPF_REG_0, BPF_REG_1);
}

/* All bits but the sign's are gone after 63. */
static void gen_shift(struct cond *c, const struct plan_expr *e)
{
	int fits = bpf_asm_label(c->a), end = bpf_asm_label(c->a);
	bool arithmetic = e->op == PLAN_OP_SHR && e->is_signed;

	if (e->count_is_signed && e->b->op != PLAN_OP_CONST)
		bpf_jump_imm(c->a, BPF_JSLT, BPF_REG_1, 0, c->undecided);
	bpf_jump_imm(c->a, BPF_JLE, BPF_REG_1, 63, fits);
	if (arithmetic) {
		bpf_mov_imm(c->a, BPF_REG_1, 63);
	} else {
		bpf_mov_imm(c->a, BPF_REG_0, 0);
		bpf_jump(c->a, end);
	}
	bpf_asm_place(c->a, fits);
	bpf_alu_reg(c->a, e->op == PLAN_OP_SHL ? BPF_LSH : arithmetic ? BPF_ARSH : BPF_RSH, BPF_REG_0,
		    BPF_REG_1);
	bpf_asm_place(c->a, end);
}

/* r0 = r0 op r1. */
static void gen_operation(struct cond *c, const struct plan_expr *e)
{
	switch (e->op) {
	case PLAN_OP_ADD: bpf_alu_reg(c->a, BPF_ADD, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_SUB: bpf_alu_reg(c->a, BPF_SUB, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_MUL: bpf_alu_reg(c->a, BPF_MUL, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_DIV: case PLAN_OP_MOD: gen_divide(c, e); break;
	case PLAN_OP_BITAND: bpf_alu_reg(c->a, BPF_AND, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_BITOR: bpf_alu_reg(c->a, BPF_OR, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_XOR: bpf_alu_reg(c->a, BPF_XOR, BPF_REG_0, BPF_REG_1); break;
	case PLAN_OP_ANDNOT:
		bpf_alu_imm(c->a, BPF_XOR, BPF_REG_1, -1);
		bpf_alu_reg(c->a, BPF_AND, BPF_REG_0, BPF_REG_1);
		break;
	default: gen_shift(c, e); break;
	}
}

void cond_arith(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	static const char *const names[] = {
		[PLAN_OP_ADD] = "+", [PLAN_OP_SUB] = "-", [PLAN_OP_MUL] = "*", [PLAN_OP_DIV] = "/",
		[PLAN_OP_MOD] = "%", [PLAN_OP_BITAND] = "&", [PLAN_OP_BITOR] = "|", [PLAN_OP_XOR] = "^",
		[PLAN_OP_ANDNOT] = "&^", [PLAN_OP_SHL] = "<<", [PLAN_OP_SHR] = ">>",
	};

	cond_value(c, e->a, depth);
	if (e->b->op == PLAN_OP_CONST) {
		bpf_mov_imm64(c->a, BPF_REG_1, (uint64_t)e->b->imm);
	} else {
		bpf_store(c->a, BPF_DW, BPF_REG_10, cond_slot(depth), BPF_REG_0);
		cond_value(c, e->b, depth + 1);
		bpf_mov_reg(c->a, BPF_REG_1, BPF_REG_0);
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, cond_slot(depth));
	}
	bpf_asm_note(c->a, "%s, %u bits", names[e->op], 8 * e->size);
	gen_operation(c, e);
	cond_extend(c, e->size, e->is_signed);
}

/* IEEE 754: NaN is what lies above infinity, whatever its sign. */
void cond_float_order(struct cond *c, uint8_t size, int nan)
{
	int positive = bpf_asm_label(c->a);

	if (size == 4)
		cond_extend(c, 4, true);
	bpf_mov_imm64(c->a, BPF_REG_1, size == 4 ? INT32_MAX : INT64_MAX);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_0);
	bpf_mov_imm64(c->a, BPF_REG_2, size == 4 ? 0x7f800000 : 0x7ff0000000000000);
	bpf_jump_reg(c->a, BPF_JGT, BPF_REG_1, BPF_REG_2, nan);
	bpf_jump_imm(c->a, BPF_JSGE, BPF_REG_0, 0, positive);
	bpf_mov_imm64(c->a, BPF_REG_1, (uint64_t)(size == 4 ? INT32_MIN : INT64_MIN));
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_1, BPF_REG_0);
	bpf_mov_reg(c->a, BPF_REG_0, BPF_REG_1);
	bpf_asm_place(c->a, positive);
}
