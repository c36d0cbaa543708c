// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Conditions -> eBPF: every node becomes jumps to "true" or "false", as compilers do, so that &&
 * and || never look at their right side in vain (p != nil && p.N > 3). Operands of comparisons go
 * through r0; one that has to wait for the other lies in a slot of the stack. A read that fails
 * leaves for "undecided" at once, whatever is around it.
 *
 * Upper bits of a register that holds a small value are garbage in Go: every load is extended by
 * its size.
 */
#include "tracer/bpf_cond.h"

static void gen_jumps(struct cond *c, const struct plan_expr *e, int if_true, int if_false,
		      unsigned depth);

/* ---- loads */

void cond_extend(struct cond *c, uint8_t size, bool is_signed)
{
	if (size >= 8)
		return;
	bpf_alu_imm(c->a, BPF_LSH, BPF_REG_0, 64 - 8 * size);
	bpf_alu_imm(c->a, is_signed ? BPF_ARSH : BPF_RSH, BPF_REG_0, 64 - 8 * size);
}

/* r0 = size bytes at r3. */
static void gen_read(struct cond *c, uint8_t size)
{
	bpf_gen_read_user(c->g, BPF_REG_10, GEN_WORD, size);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, c->undecided);
	bpf_load(c->a, bpf_gen_width(size), BPF_REG_0, BPF_REG_10, GEN_WORD);
}

void cond_saved_at(struct cond *c, int64_t off)
{
	bpf_load(c->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_CALL_PTR);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, (int32_t)((int64_t)sizeof(struct plan_call) + off));
}

void cond_saved_check(struct cond *c, const struct plan_load *load)
{
	bpf_asm_note(c->a, "at the call: +%lld", (long long)load->off);
	if (!load->status)
		return;
	cond_saved_at(c, load->status);
	bpf_load(c->a, BPF_W, BPF_REG_0, BPF_REG_1, 0);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, c->undecided);
}

/* r0 = size bytes of the record of the call, as it was then. */
static void gen_saved(struct cond *c, const struct plan_load *load)
{
	cond_saved_check(c, load);
	cond_saved_at(c, load->off);
	bpf_load(c->a, bpf_gen_width(load->size), BPF_REG_0, BPF_REG_1, 0);
}

static void gen_load(struct cond *c, const struct plan_load *load)
{
	const struct abi_arch *arch = c->g->plan->arch;

	if (load->from == PLAN_SAVED) {
		gen_saved(c, load);
	} else if (load->from == PLAN_REG) {
		bpf_asm_note(c->a, "%s%s", arch->regs[load->reg].name,
			     load->num_derefs ? ", behind it" : "");
		bpf_gen_arg_reg(c->g, BPF_REG_0, load->reg);
	} else {
		bpf_asm_note(c->a, "stack%+lld%s", (long long)load->off,
			     load->num_derefs ? ", behind it" : "");
		bpf_load(c->a, BPF_DW, BPF_REG_3, GEN_CTX, arch->pt_sp);
		bpf_gen_add(c->g, BPF_REG_3, load->off + (c->g->exit ? c->g->exit->sp_off : 0));
		gen_read(c, load->num_derefs ? arch->ptr_size : load->size);
	}
	for (uint32_t i = 0; i < load->num_derefs; i++) {
		bpf_mov_reg(c->a, BPF_REG_3, BPF_REG_0);
		if (!i && load->from == PLAN_REG)
			bpf_gen_moved(c->g, BPF_REG_3);
		bpf_gen_add(c->g, BPF_REG_3, load->derefs[i]);
		gen_read(c, i + 1 == load->num_derefs ? load->size : arch->ptr_size);
	}
	cond_extend(c, load->size, load->is_signed);
}

static void gen_goid(struct cond *c)
{
	const char *missing = bpf_gen_goid_missing(c->g);

	if (missing) {
		if (!c->g->err)
			c->g->err = gosym_error_new(GOSYM_UNSUPPORTED,
						    "the condition asks for goid, but %s", missing);
		bpf_mov_imm(c->a, BPF_REG_0, 0);
		return;
	}
	bpf_gen_goid(c->g, BPF_REG_10, GEN_WORD, c->undecided);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, c->undecided);
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, GEN_WORD);
}

/* ---- values */

static void gen_truth(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	int if_true = bpf_asm_label(c->a), if_false = bpf_asm_label(c->a),
	    end = bpf_asm_label(c->a);

	gen_jumps(c, e, if_true, if_false, depth);
	if (bpf_asm_label_used(c->a, if_true)) {
		bpf_asm_place(c->a, if_true);
		bpf_mov_imm(c->a, BPF_REG_0, 1);
		if (bpf_asm_label_used(c->a, if_false))
			bpf_jump(c->a, end);
	}
	if (bpf_asm_label_used(c->a, if_false)) {
		bpf_asm_place(c->a, if_false);
		bpf_mov_imm(c->a, BPF_REG_0, 0);
	}
	bpf_asm_place(c->a, end);
}

/* r0 = where an address of the file is: the site's own is known. */
static void gen_address(struct cond *c, uint64_t addr)
{
	uint64_t here = c->g->exit ? c->g->exit->addr : c->g->probe->site->addr;

	bpf_asm_note(c->a, "0x%llx of the file", (unsigned long long)addr);
	bpf_mov_imm64(c->a, BPF_REG_0, addr - here);
	bpf_load(c->a, BPF_DW, BPF_REG_1, GEN_CTX, c->g->plan->arch->pt_ip);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_0, BPF_REG_1);
}

/* r0 = b where a holds; else there is no value. A condition may be constant: then nothing jumps here. */
static void gen_check(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	int holds = bpf_asm_label(c->a);

	gen_jumps(c, e->a, holds, c->undecided, depth);
	bpf_asm_place(c->a, holds);
	cond_value(c, e->b, depth);
}

/* r0 = b where a holds, else 0. */
static void gen_if(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	int holds = bpf_asm_label(c->a), fails = bpf_asm_label(c->a), end = bpf_asm_label(c->a);

	gen_jumps(c, e->a, holds, fails, depth);
	bpf_asm_place(c->a, fails);
	bpf_mov_imm(c->a, BPF_REG_0, 0);
	bpf_jump(c->a, end);
	bpf_asm_place(c->a, holds);
	cond_value(c, e->b, depth);
	bpf_asm_place(c->a, end);
}

void cond_value(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	switch (e->op) {
	case PLAN_OP_CONST:
		bpf_mov_imm64(c->a, BPF_REG_0, (uint64_t)e->imm);
		break;
	case PLAN_OP_LOAD:
		gen_load(c, &e->load);
		break;
	case PLAN_OP_GOID:
		gen_goid(c);
		break;
	case PLAN_OP_PID:
		bpf_call(c->a, BPF_FUNC_get_current_pid_tgid);
		bpf_alu_imm(c->a, BPF_RSH, BPF_REG_0, 32);
		break;
	case PLAN_OP_TID:
		bpf_call(c->a, BPF_FUNC_get_current_pid_tgid);
		cond_extend(c, 4, false);
		break;
	case PLAN_OP_DURATION:
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, GEN_DURATION);
		break;
	case PLAN_OP_IF:
		gen_if(c, e, depth);
		break;
	case PLAN_OP_CHECK:
		gen_check(c, e, depth);
		break;
	case PLAN_OP_ADDR:
		gen_address(c, (uint64_t)e->imm);
		break;
	case PLAN_OP_WRAP:
		cond_value(c, e->a, depth);
		cond_extend(c, e->size, e->is_signed);
		break;
	case PLAN_OP_STRORDER:
		cond_string_order(c, e, depth);
		break;
	case PLAN_OP_ADD: case PLAN_OP_SUB: case PLAN_OP_MUL: case PLAN_OP_DIV: case PLAN_OP_MOD:
	case PLAN_OP_BITAND: case PLAN_OP_BITOR: case PLAN_OP_XOR: case PLAN_OP_ANDNOT:
	case PLAN_OP_SHL: case PLAN_OP_SHR:
		cond_arith(c, e, depth);
		break;
	default:
		gen_truth(c, e, depth);
	}
}

/* ---- comparisons */

static int jump_op(enum plan_op op, bool is_signed)
{
	switch (op) {
	case PLAN_OP_NE: return BPF_JNE;
	case PLAN_OP_LT: return is_signed ? BPF_JSLT : BPF_JLT;
	case PLAN_OP_LE: return is_signed ? BPF_JSLE : BPF_JLE;
	case PLAN_OP_GT: return is_signed ? BPF_JSGT : BPF_JGT;
	case PLAN_OP_GE: return is_signed ? BPF_JSGE : BPF_JGE;
	default: return BPF_JEQ;
	}
}

static const char *op_name(enum plan_op op)
{
	switch (op) {
	case PLAN_OP_NE: return "!=";
	case PLAN_OP_LT: return "<";
	case PLAN_OP_LE: return "<=";
	case PLAN_OP_GT: return ">";
	case PLAN_OP_GE: return ">=";
	default: return "==";
	}
}

static void gen_compare(struct cond *c, const struct plan_expr *e, int if_true, int if_false,
			unsigned depth)
{
	int op = jump_op(e->op, e->is_signed), nan = e->op == PLAN_OP_NE ? if_true : if_false;

	cond_value(c, e->a, depth);
	if (e->size)
		cond_float_order(c, e->size, nan);
	if (e->b->op == PLAN_OP_CONST && e->b->imm == (int32_t)e->b->imm) {
		bpf_asm_note(c->a, "%s %lld", op_name(e->op), (long long)e->b->imm);
		bpf_jump_imm(c->a, op, BPF_REG_0, (int32_t)e->b->imm, if_true);
	} else if (e->b->op == PLAN_OP_CONST) {
		bpf_asm_note(c->a, "%s %lld", op_name(e->op), (long long)e->b->imm);
		bpf_mov_imm64(c->a, BPF_REG_1, (uint64_t)e->b->imm);
		bpf_jump_reg(c->a, op, BPF_REG_0, BPF_REG_1, if_true);
	} else {
		bpf_store(c->a, BPF_DW, BPF_REG_10, cond_slot(depth), BPF_REG_0);
		cond_value(c, e->b, depth + 1);
		if (e->size)
			cond_float_order(c, e->size, nan);
		bpf_load(c->a, BPF_DW, BPF_REG_1, BPF_REG_10, cond_slot(depth));
		bpf_asm_note(c->a, "%s", op_name(e->op));
		bpf_jump_reg(c->a, op, BPF_REG_1, BPF_REG_0, if_true);
	}
	bpf_jump(c->a, if_false);
}

/* ---- && || ! */

/* The right side is left out where nothing jumps to it (true || x): the verifier refuses
 * unreachable code. */
static void gen_both(struct cond *c, const struct plan_expr *e, int if_true, int if_false,
		     unsigned depth)
{
	int right = bpf_asm_label(c->a);

	if (e->op == PLAN_OP_AND)
		gen_jumps(c, e->a, right, if_false, depth);
	else
		gen_jumps(c, e->a, if_true, right, depth);
	if (!bpf_asm_label_used(c->a, right))
		return;
	bpf_asm_place(c->a, right);
	gen_jumps(c, e->b, if_true, if_false, depth);
}

static void gen_jumps(struct cond *c, const struct plan_expr *e, int if_true, int if_false,
		      unsigned depth)
{
	if (depth >= GEN_MAX_DEPTH) {
		if (!c->g->err)
			c->g->err = gosym_error_new(GOSYM_INVALID,
						    "the condition nests comparisons more than %d "
						    "deep",
						    GEN_MAX_DEPTH);
		bpf_jump(c->a, if_false);
		return;
	}
	switch (e->op) {
	case PLAN_OP_AND:
	case PLAN_OP_OR:
		gen_both(c, e, if_true, if_false, depth);
		break;
	case PLAN_OP_NOT:
		gen_jumps(c, e->a, if_false, if_true, depth);
		break;
	case PLAN_OP_STREQ: case PLAN_OP_STRPREFIX: case PLAN_OP_STRSUFFIX: case PLAN_OP_STRCONTAINS:
		cond_string(c, e, if_true, if_false, depth);
		break;
	case PLAN_OP_CONST:
		bpf_jump(c->a, e->imm ? if_true : if_false);
		break;
	case PLAN_OP_EQ: case PLAN_OP_NE: case PLAN_OP_LT: case PLAN_OP_LE: case PLAN_OP_GT: case PLAN_OP_GE:
		gen_compare(c, e, if_true, if_false, depth);
		break;
	default:
		cond_value(c, e, depth);
		bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, if_true);
		bpf_jump(c->a, if_false);
	}
}

void bpf_gen_value(struct bpf_gen *g, const struct plan_expr *e, int undecided)
{
	struct cond c = { .g = g, .a = g->a, .undecided = undecided };

	cond_value(&c, e, 0);
}

void bpf_gen_cond(struct bpf_gen *g, const struct plan_expr *e, int if_true, int if_false,
		  int undecided)
{
	struct cond c = { .g = g, .a = g->a, .undecided = undecided };

	gen_jumps(&c, e, if_true, if_false, 0);
}
