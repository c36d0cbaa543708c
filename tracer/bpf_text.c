// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Strings -> eBPF. A string is a pointer and a length in the target, or at a return some of its bytes in
 * the record that was kept of the call; either way the bytes in question are copied to GEN_TEXT and compared
 * there, eight at once. Lengths are the target's word for it: always taken as unsigned and bounded.
 *
 * Order is that of bytes (https://go.dev/ref/spec#Comparison_operators): words are compared with their bytes
 * in network order. Behind the shorter string lie zeros, so that it is below, unless the other has
 * zeros there itself: then the lengths decide.
 *
 * What is too long to be looked at whole is undecided, not false.
 */
#include "tracer/bpf_cond.h"

enum { WINDOW = PLAN_MAX_TEXT };

static void gen_zeros(struct cond *c, int off, int size)
{
	for (int i = 0; i < size; i += 8)
		bpf_store_imm(c->a, BPF_DW, BPF_REG_10, off + i, 0);
}

/* r0 = where the string's bytes are. */
static void gen_address(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	if (!e->kept) {
		cond_value(c, e->a, depth);
		if (e->a->op == PLAN_OP_LOAD && e->a->load.from == PLAN_REG && !e->a->load.num_derefs)
			bpf_gen_moved(c->g, BPF_REG_0);
		return;
	}
	cond_saved_check(c, &e->load);
	cond_saved_at(c, e->load.off);
	bpf_mov_reg(c->a, BPF_REG_0, BPF_REG_1);
}

/* r2 bytes at r3 to the stack; a read that fails is undecided. */
static void gen_fetch(struct cond *c, const struct plan_expr *e, int to)
{
	bpf_mov_reg(c->a, BPF_REG_1, BPF_REG_10);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, to);
	bpf_call(c->a, e->kept ? BPF_FUNC_probe_read_kernel : BPF_FUNC_probe_read_user);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, c->undecided);
}

/* The same of any length; of an empty string the pointer says nothing. */
static void gen_fetch_some(struct cond *c, const struct plan_expr *e, int to)
{
	int none = bpf_asm_label(c->a);

	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_2, 0, none);
	gen_fetch(c, e, to);
	bpf_asm_place(c->a, none);
}

/* reg = at most max of it. */
static void gen_at_most(struct cond *c, int reg, int32_t max)
{
	int fits = bpf_asm_label(c->a);

	bpf_jump_imm(c->a, BPF_JLE, reg, max, fits);
	bpf_mov_imm(c->a, reg, max);
	bpf_asm_place(c->a, fits);
}

/* The text as the kernel's machine loads it: this one. Zeros behind its end. */
static uint64_t text_word(const char *text, uint32_t size)
{
	uint64_t v8 = 0;
	uint32_t v4;
	uint16_t v2;

	switch (size) {
	case 4:
		memcpy(&v4, text, 4);
		return v4;
	case 2:
		memcpy(&v2, text, 2);
		return v2;
	case 1:
		return (uint8_t)text[0];
	default:
		memcpy(&v8, text, size < 8 ? size : 8);
		return v8;
	}
}

/* ---- equal, at the beginning, at the end */

/* As many bytes at once as are left: 8, 4, 2, 1. Loads extend by zeros, as text_word() does. */
static void gen_compare_text(struct cond *c, const char *text, uint32_t len, int if_false)
{
	uint32_t step;

	bpf_asm_note(c->a, "text == \"%.*s\"", (int)len, text);
	for (uint32_t at = 0; at < len; at += step) {
		uint32_t left = len - at;

		step = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
		bpf_load(c->a, bpf_gen_width(step), BPF_REG_0, BPF_REG_10, GEN_TEXT + (int)at);
		bpf_mov_imm64(c->a, BPF_REG_2, text_word(text + at, step));
		bpf_jump_reg(c->a, BPF_JNE, BPF_REG_0, BPF_REG_2, if_false);
	}
}

/* The length first: most strings differ in it, and it bounds what is read. */
static void gen_length(struct cond *c, const struct plan_expr *e, int if_false, unsigned depth)
{
	int32_t len = (int32_t)e->text_len;

	cond_value(c, e->b, depth);
	if (e->op == PLAN_OP_STREQ) {
		bpf_asm_note(c->a, "length == %d", len);
		bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, len, if_false);
		return;
	}
	bpf_asm_note(c->a, "length >= %d", len);
	bpf_jump_imm(c->a, BPF_JLT, BPF_REG_0, len, if_false);
	if (e->op == PLAN_OP_STRSUFFIX) {
		if (e->kept)
			bpf_jump_imm(c->a, BPF_JGT, BPF_REG_0, (int32_t)e->kept, c->undecided);
		bpf_alu_imm(c->a, BPF_SUB, BPF_REG_0, len);
		bpf_store(c->a, BPF_DW, BPF_REG_10, cond_slot(depth), BPF_REG_0);
	}
}

static void gen_at_edge(struct cond *c, const struct plan_expr *e, int if_true, int if_false, unsigned depth)
{
	gen_length(c, e, if_false, depth);
	if (e->text_len) {
		gen_address(c, e, depth + 1);
		if (e->op == PLAN_OP_STRSUFFIX) {
			bpf_load(c->a, BPF_DW, BPF_REG_1, BPF_REG_10, cond_slot(depth));
			bpf_alu_reg(c->a, BPF_ADD, BPF_REG_0, BPF_REG_1);
		}
		bpf_mov_reg(c->a, BPF_REG_3, BPF_REG_0);
		bpf_mov_imm(c->a, BPF_REG_2, (int32_t)e->text_len);
		gen_fetch(c, e, GEN_TEXT);
		gen_compare_text(c, e->text, e->text_len, if_false);
	}
	bpf_jump(c->a, if_true);
}

/* ---- somewhere */

/* In the window's first r2 bytes, r2 >= 0: r3 walks along it. */
static void gen_search_window(struct cond *c, const struct plan_expr *e, int found)
{
	int again = bpf_asm_label(c->a), next = bpf_asm_label(c->a), end = bpf_asm_label(c->a);

	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_2, (int32_t)e->text_len);
	bpf_jump_imm(c->a, BPF_JSLT, BPF_REG_2, 0, end);
	bpf_mov_reg(c->a, BPF_REG_3, BPF_REG_10);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_3, GEN_TEXT);
	bpf_mov_imm(c->a, BPF_REG_1, 0);
	bpf_asm_place(c->a, again);
	bpf_jump_reg(c->a, BPF_JGT, BPF_REG_1, BPF_REG_2, end);
	for (uint32_t i = 0; i < e->text_len; i++) {
		bpf_load(c->a, BPF_B, BPF_REG_0, BPF_REG_3, (int)i);
		bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, (uint8_t)e->text[i], next);
	}
	bpf_jump(c->a, found);
	bpf_asm_place(c->a, next);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_3, 1);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, 1);
	bpf_jump_imm(c->a, BPF_JLE, BPF_REG_1, WINDOW - (int32_t)e->text_len, again);
	bpf_asm_place(c->a, end);
}

/* Windows overlap by what a hit may lie across. Slots: where the window is, bytes from there on, how many
 * windows there were. */
static void gen_contains(struct cond *c, const struct plan_expr *e, int if_true, int if_false, unsigned depth)
{
	const int at = cond_slot(depth), left = cond_slot(depth + 1), rounds = cond_slot(depth + 2);
	const int32_t step = WINDOW - (int32_t)e->text_len + 1;
	int again = bpf_asm_label(c->a), missing = bpf_asm_label(c->a);

	bpf_asm_note(c->a, "does it hold \"%.*s\"?", (int)e->text_len, e->text);
	cond_value(c, e->b, depth);
	bpf_jump_imm(c->a, BPF_JLT, BPF_REG_0, (int32_t)e->text_len, if_false);
	if (e->kept)
		gen_at_most(c, BPF_REG_0, (int32_t)e->kept);
	bpf_store(c->a, BPF_DW, BPF_REG_10, left, BPF_REG_0);
	gen_address(c, e, depth + 2);
	bpf_store(c->a, BPF_DW, BPF_REG_10, at, BPF_REG_0);
	bpf_store_imm(c->a, BPF_DW, BPF_REG_10, rounds, 0);
	gen_zeros(c, GEN_TEXT, WINDOW);
	bpf_asm_place(c->a, again);
	bpf_load(c->a, BPF_DW, BPF_REG_2, BPF_REG_10, left);
	gen_at_most(c, BPF_REG_2, WINDOW);
	bpf_store(c->a, BPF_DW, BPF_REG_10, GEN_WORD, BPF_REG_2);
	bpf_load(c->a, BPF_DW, BPF_REG_3, BPF_REG_10, at);
	gen_fetch(c, e, GEN_TEXT);
	bpf_load(c->a, BPF_DW, BPF_REG_2, BPF_REG_10, GEN_WORD);
	gen_search_window(c, e, if_true);
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, left);
	bpf_jump_imm(c->a, BPF_JLE, BPF_REG_0, WINDOW, missing);
	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_0, step);
	bpf_store(c->a, BPF_DW, BPF_REG_10, left, BPF_REG_0);
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, at);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_0, step);
	bpf_store(c->a, BPF_DW, BPF_REG_10, at, BPF_REG_0);
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, rounds);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_0, 1);
	bpf_store(c->a, BPF_DW, BPF_REG_10, rounds, BPF_REG_0);
	bpf_jump_imm(c->a, BPF_JLT, BPF_REG_0, PLAN_SEARCH_ROUNDS, again);
	bpf_asm_note(c->a, "longer than what is searched");
	bpf_jump(c->a, c->undecided);
	bpf_asm_place(c->a, missing);
	if (e->kept) {
		cond_value(c, e->b, depth);
		bpf_jump_imm(c->a, BPF_JGT, BPF_REG_0, (int32_t)e->kept, c->undecided);
	}
	bpf_jump(c->a, if_false);
}

void cond_string(struct cond *c, const struct plan_expr *e, int if_true, int if_false, unsigned depth)
{
	if (e->text_len > PLAN_MAX_TEXT) {
		if (!c->g->err)
			c->g->err = gosym_error_new(GOSYM_INVALID,
						    "the condition compares with %u bytes of text; "
						    "%d are possible",
						    e->text_len, PLAN_MAX_TEXT);
		bpf_jump(c->a, if_false);
	} else if (e->op == PLAN_OP_STRCONTAINS) {
		gen_contains(c, e, if_true, if_false, depth);
	} else {
		gen_at_edge(c, e, if_true, if_false, depth);
	}
}

/* ---- order */

/* Where r0 and r1 differ, the way their bytes do decides. Labels: of what is below, what is above. */
static void gen_order_words(struct cond *c, int below, int above)
{
	int equal = bpf_asm_label(c->a);

	bpf_jump_reg(c->a, BPF_JEQ, BPF_REG_0, BPF_REG_1, equal);
	bpf_to_be64(c->a, BPF_REG_0);
	bpf_to_be64(c->a, BPF_REG_1);
	bpf_jump_reg(c->a, BPF_JLT, BPF_REG_0, BPF_REG_1, below);
	bpf_jump(c->a, above);
	bpf_asm_place(c->a, equal);
}

/* As far as the text goes; then the length. */
static void gen_order_text(struct cond *c, const struct plan_expr *e, int below, int above, unsigned depth)
{
	const int len = cond_slot(depth);
	uint32_t room = (e->text_len + 7) & ~7u;

	cond_value(c, e->b, depth);
	bpf_store(c->a, BPF_DW, BPF_REG_10, len, BPF_REG_0);
	if (e->text_len) {
		gen_address(c, e, depth + 1);
		bpf_mov_reg(c->a, BPF_REG_3, BPF_REG_0);
		gen_zeros(c, GEN_TEXT, (int)room);
		bpf_load(c->a, BPF_DW, BPF_REG_2, BPF_REG_10, len);
		gen_at_most(c, BPF_REG_2, (int32_t)e->text_len);
		gen_fetch_some(c, e, GEN_TEXT);
		bpf_asm_note(c->a, "text against \"%.*s\"", (int)e->text_len, e->text);
	}
	for (uint32_t at = 0; at < e->text_len; at += 8) {
		char padded[8] = { 0 };

		memcpy(padded, e->text + at, e->text_len - at < 8 ? e->text_len - at : 8);
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, GEN_TEXT + (int)at);
		bpf_mov_imm64(c->a, BPF_REG_1, text_word(padded, 8));
		gen_order_words(c, below, above);
	}
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, len);
	bpf_jump_imm(c->a, BPF_JLT, BPF_REG_0, (int32_t)e->text_len, below);
	bpf_jump_imm(c->a, BPF_JGT, BPF_REG_0, (int32_t)e->text_len, above);
}

/* One of two strings: its length and where it is, in two slots. Of a kept one no more counts than was kept. */
static void gen_start(struct cond *c, const struct plan_expr *e, int at, int left, unsigned depth)
{
	cond_value(c, e->b, depth);
	if (e->kept)
		bpf_jump_imm(c->a, BPF_JGT, BPF_REG_0, (int32_t)e->kept, c->undecided);
	bpf_store(c->a, BPF_DW, BPF_REG_10, left, BPF_REG_0);
	gen_address(c, e, depth);
	bpf_store(c->a, BPF_DW, BPF_REG_10, at, BPF_REG_0);
}

static void gen_next_part(struct cond *c, const struct plan_expr *e, int at, int left, int to)
{
	gen_zeros(c, to, PLAN_MAX_ORDER);
	bpf_load(c->a, BPF_DW, BPF_REG_2, BPF_REG_10, left);
	gen_at_most(c, BPF_REG_2, PLAN_MAX_ORDER);
	bpf_load(c->a, BPF_DW, BPF_REG_3, BPF_REG_10, at);
	gen_fetch_some(c, e, to);
}

/* By parts that lie side by side. */
static void gen_order_two(struct cond *c, const struct plan_expr *e, int below, int above, unsigned depth)
{
	const struct plan_expr *of[2] = { e, e->other };
	const int at[2] = { cond_slot(depth), cond_slot(depth + 1) },
		  left[2] = { cond_slot(depth + 2), cond_slot(depth + 3) }, rounds = cond_slot(depth + 4);
	int again = bpf_asm_label(c->a), last = bpf_asm_label(c->a);

	bpf_asm_note(c->a, "two strings, side by side");
	for (int i = 0; i < 2; i++)
		gen_start(c, of[i], at[i], left[i], depth + 5);
	bpf_store_imm(c->a, BPF_DW, BPF_REG_10, rounds, 0);
	bpf_asm_place(c->a, again);
	for (int i = 0; i < 2; i++)
		gen_next_part(c, of[i], at[i], left[i], GEN_TEXT + i * PLAN_MAX_ORDER);
	for (int i = 0; i < PLAN_MAX_ORDER; i += 8) {
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, GEN_TEXT + i);
		bpf_load(c->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_TEXT + PLAN_MAX_ORDER + i);
		gen_order_words(c, below, above);
	}
	for (int i = 0; i < 2; i++) {
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, left[i]);
		bpf_jump_imm(c->a, BPF_JLE, BPF_REG_0, PLAN_MAX_ORDER, last);
	}
	for (int i = 0; i < 2; i++) {
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, left[i]);
		bpf_alu_imm(c->a, BPF_SUB, BPF_REG_0, PLAN_MAX_ORDER);
		bpf_store(c->a, BPF_DW, BPF_REG_10, left[i], BPF_REG_0);
		bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, at[i]);
		bpf_alu_imm(c->a, BPF_ADD, BPF_REG_0, PLAN_MAX_ORDER);
		bpf_store(c->a, BPF_DW, BPF_REG_10, at[i], BPF_REG_0);
	}
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, rounds);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_0, 1);
	bpf_store(c->a, BPF_DW, BPF_REG_10, rounds, BPF_REG_0);
	bpf_jump_imm(c->a, BPF_JLT, BPF_REG_0, PLAN_MAX_ROUNDS, again);
	bpf_asm_note(c->a, "longer than what is compared");
	bpf_jump(c->a, c->undecided);
	bpf_asm_place(c->a, last);
	bpf_load(c->a, BPF_DW, BPF_REG_0, BPF_REG_10, left[0]);
	bpf_load(c->a, BPF_DW, BPF_REG_1, BPF_REG_10, left[1]);
	bpf_jump_reg(c->a, BPF_JLT, BPF_REG_0, BPF_REG_1, below);
	bpf_jump_reg(c->a, BPF_JGT, BPF_REG_0, BPF_REG_1, above);
}

void cond_string_order(struct cond *c, const struct plan_expr *e, unsigned depth)
{
	int below = bpf_asm_label(c->a), above = bpf_asm_label(c->a), end = bpf_asm_label(c->a);

	if (e->other)
		gen_order_two(c, e, below, above, depth);
	else
		gen_order_text(c, e, below, above, depth);
	bpf_mov_imm(c->a, BPF_REG_0, 0);
	bpf_jump(c->a, end);
	bpf_asm_place(c->a, below);
	bpf_mov_imm(c->a, BPF_REG_0, -1);
	bpf_jump(c->a, end);
	bpf_asm_place(c->a, above);
	bpf_mov_imm(c->a, BPF_REG_0, 1);
	bpf_asm_place(c->a, end);
}
