// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Aggregates: one call is added to the counters of its key, and nothing is sent. The value and the
 * key are computed on the stack, the element is looked up or inserted, and then each field grows by
 * one atomic instruction: a uprobe program may be preempted by another on its CPU, so even a
 * per-CPU element has to expect company between two instructions.
 *
 *	r7  the element		r8  the value		stack: GEN_AGG_KEPT
 *
 * Where calls are added up at their return, what is about arguments is computed at the call, when
 * they are known, and kept with the call.
 *
 * Instructions: the compare-and-exchange of Linux 5.12, and loops with a bound (5.3).
 */
#include "tracer/bpf_gen.h"

enum { AGG = BPF_REG_7, VALUE = BPF_REG_8, MAX_TRIES = 64 };

#define FIELD(name) offsetof(struct plan_agg, name)

uint32_t bpf_agg_key_size(enum plan_key_kind kind)
{
	switch (kind) {
	case PLAN_KEY_NONE: return offsetof(struct plan_agg_key, bytes);
	case PLAN_KEY_STRING: return sizeof(struct plan_agg_key);
	default: return offsetof(struct plan_agg_key, bytes) + sizeof(uint64_t);
	}
}

/* ---- the key */

static int key_at(size_t off)
{
	return GEN_AGG_KEPT + (int)(offsetof(struct plan_agg_kept, key) + off);
}

/* A run-time address as its distance from the entry's site, which the reader turns into an address
 * of the file; 0 stays 0. */
static void gen_relative(struct bpf_gen *g)
{
	int is_nil = bpf_asm_label(g->a);

	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, is_nil);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->pt_ip);
	bpf_alu_reg(g->a, BPF_SUB, BPF_REG_0, BPF_REG_1);
	if (g->exit)
		bpf_gen_add(g, BPF_REG_0, (int64_t)(g->exit->addr - g->probe->site->addr));
	bpf_asm_place(g->a, is_nil);
}

static void gen_word_key(struct bpf_gen *g, const struct plan_aggregate *agg, int undecided)
{
	bpf_gen_value(g, agg->by, undecided);
	if (agg->by_kind == PLAN_KEY_TYPE || agg->by_kind == PLAN_KEY_CALLER)
		gen_relative(g);
	bpf_store(g->a, BPF_DW, BPF_REG_10, key_at(offsetof(struct plan_agg_key, bytes)),
		  BPF_REG_0);
	bpf_store_imm(g->a, BPF_W, BPF_REG_10, key_at(offsetof(struct plan_agg_key, len)), 0);
}

/* The text, zeros behind it: keys are compared byte by byte. */
static void gen_string_key(struct bpf_gen *g, const struct plan_aggregate *agg, int undecided)
{
	int fits = bpf_asm_label(g->a), done = bpf_asm_label(g->a);
	int bytes = key_at(offsetof(struct plan_agg_key, bytes));
	int len = key_at(offsetof(struct plan_agg_key, len));

	bpf_gen_value(g, agg->by_len, undecided);
	bpf_store(g->a, BPF_W, BPF_REG_10, len, BPF_REG_0);
	bpf_gen_value(g, agg->by, undecided);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	if (agg->by->op == PLAN_OP_LOAD && agg->by->load.from == PLAN_REG && !agg->by->load.num_derefs)
		bpf_gen_moved(g, BPF_REG_3);
	for (int i = 0; i < PLAN_KEY_BYTES; i += 8)
		bpf_store_imm(g->a, BPF_DW, BPF_REG_10, bytes + i, 0);
	bpf_asm_note(g->a, "at most %d bytes of the text", PLAN_KEY_BYTES);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_10, len);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_2, 0, done);
	bpf_jump_imm(g->a, BPF_JLE, BPF_REG_2, PLAN_KEY_BYTES, fits);
	bpf_mov_imm(g->a, BPF_REG_2, PLAN_KEY_BYTES);
	bpf_asm_place(g->a, fits);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, bytes);
	bpf_call(g->a, BPF_FUNC_probe_read_user);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, undecided);
	bpf_asm_place(g->a, done);
}

static void gen_key(struct bpf_gen *g, const struct plan_aggregate *agg, int undecided)
{
	if (agg->by_kind != PLAN_KEY_NONE)
		bpf_asm_note(g->a, "the key");
	if (agg->by_kind == PLAN_KEY_STRING)
		gen_string_key(g, agg, undecided);
	else if (agg->by_kind != PLAN_KEY_NONE)
		gen_word_key(g, agg, undecided);
	else
		bpf_store_imm(g->a, BPF_W, BPF_REG_10, key_at(offsetof(struct plan_agg_key, len)),
			      0);
	/* Another function's key may be longer. */
	for (uint32_t at = bpf_agg_key_size(agg->by_kind); at < g->target->agg_key_size; at += 8)
		bpf_store_imm(g->a, BPF_DW, BPF_REG_10, key_at(at), 0);
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_10, GEN_KEY);
	bpf_store(g->a, BPF_W, BPF_REG_10, key_at(offsetof(struct plan_agg_key, probe)), BPF_REG_1);
}

/* ---- the element */

static void gen_lookup(struct bpf_gen *g, int fd, int key)
{
	bpf_map_fd(g->a, BPF_REG_1, fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, key);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
}

/* r7 = the element of the key. An insertion that fails because another program was faster is as
 * good as one that succeeds; without room there is nothing to look up. */
static void gen_element(struct bpf_gen *g, int lost)
{
	int found = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "its element");
	gen_lookup(g, g->target->agg_fd, key_at(0));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, found);
	bpf_asm_note(g->a, "the first of its kind: insert zeros");
	bpf_store_imm(g->a, BPF_W, BPF_REG_10, GEN_WORD, 0);
	gen_lookup(g, g->target->agg_zero_fd, GEN_WORD);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, lost);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_0);
	bpf_map_fd(g->a, BPF_REG_1, g->target->agg_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, key_at(0));
	bpf_mov_imm(g->a, BPF_REG_4, BPF_NOEXIST);
	bpf_call(g->a, BPF_FUNC_map_update_elem);
	gen_lookup(g, g->target->agg_fd, key_at(0));
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, lost);
	bpf_asm_place(g->a, found);
	bpf_mov_reg(g->a, AGG, BPF_REG_0);
}

/* ---- the fields */

/* [r7 + field] = max([r7 + field], r4), unsigned. Each try that fails means that another program
 * wrote in between; the bound is there for the verifier. */
static void gen_max(struct bpf_gen *g, size_t field, int lost)
{
	int again = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	bpf_mov_imm(g->a, BPF_REG_5, MAX_TRIES);
	bpf_asm_place(g->a, again);
	bpf_load(g->a, BPF_DW, BPF_REG_0, AGG, (int)field);
	bpf_jump_reg(g->a, BPF_JLE, BPF_REG_4, BPF_REG_0, done);
	bpf_mov_reg(g->a, BPF_REG_1, BPF_REG_0);
	bpf_atomic_cmpxchg(g->a, AGG, (int)field, BPF_REG_4);
	bpf_jump_reg(g->a, BPF_JEQ, BPF_REG_0, BPF_REG_1, done);
	bpf_alu_imm(g->a, BPF_SUB, BPF_REG_5, 1);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_5, 0, again);
	bpf_jump(g->a, lost);
	bpf_asm_place(g->a, done);
}

static void gen_extremes(struct bpf_gen *g, bool is_signed, int lost)
{
	bpf_asm_note(g->a, "largest");
	bpf_mov_reg(g->a, BPF_REG_4, VALUE);
	if (is_signed) {
		bpf_mov_imm64(g->a, BPF_REG_2, UINT64_C(1) << 63);
		bpf_alu_reg(g->a, BPF_XOR, BPF_REG_4, BPF_REG_2);
	}
	gen_max(g, FIELD(max), lost);
	bpf_asm_note(g->a, "smallest");
	bpf_alu_imm(g->a, BPF_XOR, BPF_REG_4, -1);
	gen_max(g, FIELD(max_complement), lost);
}

static void gen_sum(struct bpf_gen *g, bool is_signed)
{
	bpf_asm_note(g->a, "sum, in halves");
	bpf_mov_reg(g->a, BPF_REG_1, VALUE);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_1, 32);
	bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, 32);
	bpf_atomic_add(g->a, AGG, FIELD(sum_low), BPF_REG_1);
	bpf_mov_reg(g->a, BPF_REG_1, VALUE);
	bpf_alu_imm(g->a, is_signed ? BPF_ARSH : BPF_RSH, BPF_REG_1, 32);
	bpf_atomic_add(g->a, AGG, FIELD(sum_high), BPF_REG_1);
}

/* The bits of the value, 0 for 0, are the number of the slot: found by halving. */
static void gen_slot(struct bpf_gen *g, bool is_signed)
{
	int add = bpf_asm_label(g->a), negative = bpf_asm_label(g->a), end = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "slot: how many bits the value has");
	if (is_signed)
		bpf_jump_imm(g->a, BPF_JSLT, VALUE, 0, negative);
	bpf_mov_imm(g->a, BPF_REG_2, 0);
	bpf_jump_imm(g->a, BPF_JEQ, VALUE, 0, add);
	bpf_mov_imm(g->a, BPF_REG_2, 1);
	for (int bits = 32; bits; bits /= 2) {
		int smaller = bpf_asm_label(g->a);

		bpf_mov_reg(g->a, BPF_REG_1, VALUE);
		bpf_alu_imm(g->a, BPF_RSH, BPF_REG_1, bits);
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, smaller);
		bpf_mov_reg(g->a, VALUE, BPF_REG_1);
		bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, bits);
		bpf_asm_place(g->a, smaller);
	}
	bpf_asm_place(g->a, add);
	bpf_alu_imm(g->a, BPF_LSH, BPF_REG_2, 3);
	bpf_mov_reg(g->a, BPF_REG_3, AGG);
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_3, BPF_REG_2);
	bpf_mov_imm(g->a, BPF_REG_1, 1);
	bpf_atomic_add(g->a, BPF_REG_3, FIELD(slots), BPF_REG_1);
	if (is_signed) {
		bpf_jump(g->a, end);
		bpf_asm_place(g->a, negative);
		bpf_mov_imm(g->a, BPF_REG_1, 1);
		bpf_atomic_add(g->a, AGG, FIELD(negative), BPF_REG_1);
	}
	bpf_asm_place(g->a, end);
}

/* ---- kept from the call to its return */

/* The same for all probes of a plan, for they share the map of calls. */
bool bpf_agg_is_kept(const struct gosym_plan *p)
{
	return p->at_return && (p->opts.by || (p->opts.hist && p->opts.hist_value));
}

uint32_t bpf_agg_kept_at(const struct gosym_plan *p, const struct plan_probe *probe)
{
	return (uint32_t)sizeof(struct plan_call) + (p->keep_args ? probe->record_size : 0);
}

void bpf_gen_agg_keep(struct bpf_gen *g)
{
	const struct plan_aggregate *agg = &g->probe->agg;
	int undecided = bpf_asm_label(g->a), done = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "what the arguments tell, for the return");
	bpf_mov_imm(g->a, VALUE, 0);
	if (agg->value_at_call) {
		bpf_gen_value(g, agg->value, undecided);
		bpf_mov_reg(g->a, VALUE, BPF_REG_0);
	}
	for (int at = 0; at < (int)sizeof(struct plan_agg_kept) && !agg->by_at_call; at += 8)
		bpf_store_imm(g->a, BPF_DW, BPF_REG_10, GEN_AGG_KEPT + at, 0);
	if (agg->by_at_call) {
		gen_key(g, agg, undecided);
		for (uint32_t at = bpf_agg_key_size(agg->by_kind);
		     at < sizeof(struct plan_agg_key); at += 8)
			bpf_store_imm(g->a, BPF_DW, BPF_REG_10, key_at(at), 0);
	}
	bpf_store(g->a, BPF_DW, BPF_REG_10, GEN_AGG_KEPT, VALUE);
	if (bpf_asm_label_used(g->a, undecided)) {
		bpf_jump(g->a, done);
		bpf_asm_place(g->a, undecided);
		for (int at = 0; at < (int)sizeof(struct plan_agg_kept); at += 8)
			bpf_store_imm(g->a, BPF_DW, BPF_REG_10, GEN_AGG_KEPT + at, 0);
		bpf_store_imm(g->a, BPF_W, BPF_REG_10, key_at(offsetof(struct plan_agg_key, probe)),
			      PLAN_UNDECIDED);
	}
	bpf_asm_place(g->a, done);
}

/* At the return: value and key, where they are about arguments, out of the element of the call. */
static void gen_kept(struct bpf_gen *g, const struct plan_aggregate *agg, int undecided)
{
	int at = (int)bpf_agg_kept_at(g->plan, g->probe);
	int key = at + (int)offsetof(struct plan_agg_kept, key);

	bpf_asm_note(g->a, "what was kept at the call");
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, GEN_CALL_PTR);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_1,
		 key + (int)offsetof(struct plan_agg_key, probe));
	bpf_mov_imm64(g->a, BPF_REG_3, (uint32_t)PLAN_UNDECIDED);
	bpf_jump_reg(g->a, BPF_JEQ, BPF_REG_2, BPF_REG_3, undecided);
	if (agg->value_at_call)
		bpf_load(g->a, BPF_DW, VALUE, BPF_REG_1, at);
	for (int i = 0; i < (int)g->target->agg_key_size && agg->by_at_call; i += 8) {
		bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_1, key + i);
		bpf_store(g->a, BPF_DW, BPF_REG_10, key_at((size_t)i), BPF_REG_2);
	}
}

/* Value and key of this hit. */
static void gen_operands(struct bpf_gen *g, const struct plan_aggregate *agg, int undecided)
{
	bool kept = bpf_agg_is_kept(g->plan);

	if (agg->value && !(kept && agg->value_at_call)) {
		bpf_asm_note(g->a, "the value");
		bpf_gen_value(g, agg->value, undecided);
		bpf_mov_reg(g->a, VALUE, BPF_REG_0);
	}
	if (!(kept && agg->by_at_call))
		gen_key(g, agg, undecided);
	if (kept)
		gen_kept(g, agg, undecided);
}

static bool asks_results_of_jump(const struct bpf_gen *g, const struct plan_aggregate *agg)
{
	if (!g->exit || !g->exit->jumps_to)
		return false;
	return (agg->value && !agg->value_at_call && agg->value->op != PLAN_OP_DURATION) ||
	       (agg->by && !agg->by_at_call);
}

void bpf_gen_aggregate(struct bpf_gen *g, int lost, int undecided)
{
	const struct plan_aggregate *agg = &g->probe->agg;

	if (asks_results_of_jump(g, agg)) {
		bpf_asm_note(g->a, "undecided: another function will return the results");
		bpf_mov_imm(g->a, BPF_REG_0, 0);
		bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, undecided);
		return;
	}
	gen_operands(g, agg, undecided);
	gen_element(g, lost);
	bpf_asm_note(g->a, "count");
	bpf_mov_imm(g->a, BPF_REG_1, 1);
	bpf_atomic_add(g->a, AGG, FIELD(count), BPF_REG_1);
	if (!agg->value)
		return;
	gen_sum(g, agg->is_signed);
	gen_extremes(g, agg->is_signed, lost);
	gen_slot(g, agg->is_signed);
}
