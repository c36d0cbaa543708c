// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Values behind interfaces, in the kernel (plan_dynamic.h): the entries of the places that the plan
 * knows, then one loop that takes the next entry, looks its recipe up and works off its steps, one a
 * round.
 *
 *	for rounds:	left == 0 ?  begin entry next: recipe -> part of the area, step, left
 *				  :  do step: read, or add an entry; left--
 *
 * All state is in the record and each offset is checked when it is used, so the verifier knows nothing
 * from one round to the next: where the kernel has loops without a counter it walks two or three rounds,
 * elsewhere each once. The area goes on as far as the
 * largest read behind its end: the sum of an offset and a length is more than the verifier can see.
 * No step leaves the area, for parts end within it.
 */
#include "tracer/bpf_gen.h"
#include "tracer/plan_dynamic.h"

/* Words of the stack; nothing of a condition or a walk of frames is needed any more. */
enum {
	DYN_ROUND = GEN_VALUES,
	DYN_KEY = GEN_VALUES - 16,	/* struct plan_recipe_key */
	DYN_STEP = GEN_VALUES - 24,	/* u32: index of the step */
	DYN_SAVED = GEN_VALUES - 32,	/* a pointer that lives through a call */
};

#define WALK(field) ((int)(d->at + offsetof(struct plan_walk, field)))
#define ENTRY(field) ((int)(d->at + sizeof(struct plan_walk) + offsetof(struct plan_entry, field)))
#define STEP(field) ((int)offsetof(struct plan_step, field))

/* reg -= load bias; changes r4. In a file with fixed addresses there is none, and programs stay equal. */
static void gen_link_addr(struct bpf_gen *g, int reg)
{
	uint64_t site = g->exit ? g->exit->addr : g->probe->site->addr;

	if (g->plan->fixed_address)
		return;
	bpf_load(g->a, BPF_DW, BPF_REG_4, GEN_RECORD, offsetof(struct plan_record, ip));
	bpf_alu_reg(g->a, BPF_SUB, reg, BPF_REG_4);
	bpf_mov_imm64(g->a, BPF_REG_4, site);
	bpf_alu_reg(g->a, BPF_ADD, reg, BPF_REG_4);
}

/* ---- places */

/* r1 = the type word: of an interface with methods that from its itab, else the itab. */
static void gen_type_word(struct bpf_gen *g, const struct plan_place *place)
{
	const struct plan_fetch *f;
	int unread;

	if (place->type_fetch == PLAN_NO_FETCH)
		return;
	f = &g->fetches[place->type_fetch];
	unread = bpf_asm_label(g->a);
	bpf_load(g->a, BPF_W, BPF_REG_2, GEN_RECORD, (int)f->status);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_2, 0, unread);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_RECORD, (int)f->dst);
	bpf_asm_place(g->a, unread);
}

static void gen_place(struct bpf_gen *g, const struct plan_dynamic *d, size_t i)
{
	const struct plan_place *place = &d->places[i];
	const struct plan_fetch as_fetch = { .guard = place->guard,
					     .guard_elem = place->guard_elem };
	int off = (int)(i * sizeof(struct plan_entry)), skip = bpf_asm_label(g->a);

	bpf_asm_note(g->a, "entry %zu: interface at +%u", i, place->at);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, off + ENTRY(status), PLAN_SKIPPED);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, off + ENTRY(at), (int32_t)place->at);
	bpf_gen_guard(g, &as_fetch, skip);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_RECORD, (int)place->at);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, skip);
	gen_type_word(g, place);
	gen_link_addr(g, BPF_REG_1);
	bpf_store(g->a, BPF_DW, GEN_RECORD, off + ENTRY(type), BPF_REG_1);
	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, off + ENTRY(depth), (int32_t)place->depth);
	bpf_gen_pointer(g, place->at + 8, place->guard);
	bpf_store(g->a, BPF_DW, GEN_RECORD, off + ENTRY(data), BPF_REG_3);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, off + ENTRY(status), PLAN_PENDING);
	bpf_asm_place(g->a, skip);
}

/* ---- the loop. Labels: next round; end of it all */

struct loop {
	const struct plan_dynamic *d;
	int next, end;
};

/* r1 = the record + the entry to begin; walk.next++. */
static void gen_take_entry(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, WALK(next));
	bpf_load(g->a, BPF_W, BPF_REG_2, GEN_RECORD, WALK(num));
	bpf_jump_reg(g->a, BPF_JGE, BPF_REG_1, BPF_REG_2, l->end);
	bpf_jump_imm(g->a, BPF_JGE, BPF_REG_1, (int32_t)d->max_entries, l->end);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_1);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, 1);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(next), BPF_REG_2);
	bpf_alu_imm(g->a, BPF_MUL, BPF_REG_1, sizeof(struct plan_entry));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_1, GEN_RECORD);
}

/* r0 = its struct plan_recipe_ref, r1 as before. */
static void gen_find_recipe(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;
	int found = bpf_asm_label(g->a);

	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_1, ENTRY(status));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_2, PLAN_PENDING, l->next);
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_1, ENTRY(type));
	bpf_store(g->a, BPF_DW, BPF_REG_10, DYN_KEY, BPF_REG_2);
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_1, ENTRY(depth));
	bpf_store(g->a, BPF_DW, BPF_REG_10, DYN_KEY + 8, BPF_REG_2);
	bpf_store(g->a, BPF_DW, BPF_REG_10, DYN_SAVED, BPF_REG_1);
	bpf_map_fd(g->a, BPF_REG_1, g->target->recipes_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, DYN_KEY);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, DYN_SAVED);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, found);
	bpf_store_imm(g->a, BPF_W, BPF_REG_1, ENTRY(status), PLAN_SKIPPED);
	bpf_jump(g->a, l->next);
	bpf_asm_place(g->a, found);
}

static void gen_begin_entry(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;

	gen_take_entry(g, l);
	gen_find_recipe(g, l);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, offsetof(struct plan_recipe_ref, size));
	bpf_load(g->a, BPF_W, BPF_REG_3, GEN_RECORD, WALK(used));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_2, BPF_REG_3);
	bpf_jump_imm(g->a, BPF_JGT, BPF_REG_2, (int32_t)d->area, l->next);
	bpf_jump_imm(g->a, BPF_JGT, BPF_REG_3, (int32_t)d->area - PLAN_VALUE, l->next);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(used), BPF_REG_2);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(base), BPF_REG_3);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, offsetof(struct plan_recipe_ref, first));
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(step), BPF_REG_2);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, offsetof(struct plan_recipe_ref, num));
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(left), BPF_REG_2);
	bpf_store(g->a, BPF_W, BPF_REG_1, ENTRY(base), BPF_REG_3);
	bpf_store_imm(g->a, BPF_W, BPF_REG_1, ENTRY(status), 0);
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_1, ENTRY(data));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_3, GEN_RECORD);
	bpf_store(g->a, BPF_DW, BPF_REG_3, (int)d->area_at + PLAN_DATA, BPF_REG_2);
	bpf_mov_imm64(g->a, BPF_REG_2, UINT64_C(1) << 32);
	bpf_store(g->a, BPF_DW, BPF_REG_3, (int)d->area_at + PLAN_PRESENT, BPF_REG_2);
	bpf_jump(g->a, l->next);
}

/* reg = the record + where the field of the step (r0) says within the part of the area that begins at r5; area_at is
 * to be added. */
static void gen_within(struct bpf_gen *g, const struct loop *l, int reg, int field)
{
	bpf_load(g->a, BPF_W, reg, BPF_REG_0, field);
	bpf_alu_reg(g->a, BPF_ADD, reg, BPF_REG_5);
	bpf_jump_imm(g->a, BPF_JGT, reg, (int32_t)l->d->area, l->end);
	bpf_alu_reg(g->a, BPF_ADD, reg, GEN_RECORD);
}

/* r0 = the step, r5 = where the part of the area begins. */
static void gen_take_step(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;

	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, WALK(step));
	bpf_store(g->a, BPF_W, BPF_REG_10, DYN_STEP, BPF_REG_1);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, 1);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(step), BPF_REG_1);
	bpf_map_fd(g->a, BPF_REG_1, g->target->steps_fd);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_10);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, DYN_STEP);
	bpf_call(g->a, BPF_FUNC_map_lookup_elem);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_0, 0, l->end);
	bpf_load(g->a, BPF_W, BPF_REG_5, GEN_RECORD, WALK(base));
}

/* r3 = the pointer of the step, r1 = the record + where that is. To done if there is none, its status PLAN_SKIPPED. */
static void gen_step_pointer(struct bpf_gen *g, const struct loop *l, int done)
{
	int area = (int)l->d->area_at;

	gen_within(g, l, BPF_REG_1, STEP(status));
	bpf_store_imm(g->a, BPF_W, BPF_REG_1, area, PLAN_SKIPPED);
	bpf_store(g->a, BPF_DW, BPF_REG_10, DYN_SAVED, BPF_REG_1);
	gen_within(g, l, BPF_REG_1, STEP(guard));
	bpf_load(g->a, BPF_W, BPF_REG_1, BPF_REG_1, area);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, done);
	gen_within(g, l, BPF_REG_1, STEP(guard_count));
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_1, area);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, STEP(guard_elem));
	bpf_jump_reg(g->a, BPF_JLE, BPF_REG_1, BPF_REG_2, done);
	gen_within(g, l, BPF_REG_1, STEP(ptr));
	bpf_load(g->a, BPF_DW, BPF_REG_3, BPF_REG_1, area);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_3, 0, done);
}

/* One more entry: the nested interface at r1, whose first word is r3. A word that could not be read is zero: the
 * helper sees to that. */
static void gen_nested(struct bpf_gen *g, const struct loop *l, int done)
{
	const struct plan_dynamic *d = l->d;
	int area = (int)d->area_at, named = bpf_asm_label(g->a);

	gen_within(g, l, BPF_REG_2, STEP(count));
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_2, area);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_2, 0, named);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_3);
	bpf_asm_place(g->a, named);
	gen_link_addr(g, BPF_REG_2);
	bpf_load(g->a, BPF_W, BPF_REG_4, GEN_RECORD, WALK(num));
	bpf_jump_imm(g->a, BPF_JGE, BPF_REG_4, (int32_t)d->max_entries, done);
	bpf_mov_reg(g->a, BPF_REG_3, BPF_REG_4);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_3, 1);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(num), BPF_REG_3);
	bpf_alu_imm(g->a, BPF_MUL, BPF_REG_4, sizeof(struct plan_entry));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_4, GEN_RECORD);
	bpf_store(g->a, BPF_DW, BPF_REG_4, ENTRY(type), BPF_REG_2);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, STEP(max));
	bpf_store(g->a, BPF_DW, BPF_REG_4, ENTRY(depth), BPF_REG_2);
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_1, area + 8);
	bpf_store(g->a, BPF_DW, BPF_REG_4, ENTRY(data), BPF_REG_2);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, STEP(ptr));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_2, BPF_REG_5);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_2, area);
	bpf_store(g->a, BPF_W, BPF_REG_4, ENTRY(at), BPF_REG_2);
	bpf_store_imm(g->a, BPF_W, BPF_REG_4, ENTRY(status), PLAN_PENDING);
	bpf_jump(g->a, done);
}

/* r2 = bytes to read, r3 = address. */
static void gen_step_size(struct bpf_gen *g, const struct loop *l, int empty)
{
	int fits = bpf_asm_label(g->a);

	bpf_load(g->a, BPF_DW, BPF_REG_4, BPF_REG_0, STEP(off));
	bpf_alu_reg(g->a, BPF_ADD, BPF_REG_3, BPF_REG_4);
	gen_within(g, l, BPF_REG_2, STEP(count));
	bpf_load(g->a, BPF_DW, BPF_REG_2, BPF_REG_2, (int)l->d->area_at);
	bpf_load(g->a, BPF_W, BPF_REG_4, BPF_REG_0, STEP(max));
	bpf_jump_reg(g->a, BPF_JLE, BPF_REG_2, BPF_REG_4, fits);
	bpf_mov_reg(g->a, BPF_REG_2, BPF_REG_4);
	bpf_asm_place(g->a, fits);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_2, 0, empty);
	bpf_load(g->a, BPF_W, BPF_REG_4, BPF_REG_0, STEP(size));
	bpf_alu_reg(g->a, BPF_MUL, BPF_REG_2, BPF_REG_4);
	bpf_jump_imm(g->a, BPF_JGT, BPF_REG_2, (int32_t)l->d->max_read, l->end);
}

static void gen_step(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;
	int done = bpf_asm_label(g->a), read = bpf_asm_label(g->a), empty = bpf_asm_label(g->a),
	    status = bpf_asm_label(g->a);

	gen_take_step(g, l);
	gen_step_pointer(g, l, done);
	bpf_load(g->a, BPF_W, BPF_REG_2, BPF_REG_0, STEP(size));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_2, 0, read);
	gen_nested(g, l, done);
	bpf_asm_place(g->a, read);
	gen_step_size(g, l, empty);
	gen_within(g, l, BPF_REG_1, STEP(dst));
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, (int32_t)d->area_at);
	bpf_call(g->a, BPF_FUNC_probe_read_user);
	bpf_jump(g->a, status);
	bpf_asm_place(g->a, empty);
	bpf_mov_imm(g->a, BPF_REG_0, 0);
	bpf_asm_place(g->a, status);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, DYN_SAVED);
	bpf_store(g->a, BPF_W, BPF_REG_1, (int)d->area_at, BPF_REG_0);
	bpf_asm_place(g->a, done);
	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, WALK(left));
	bpf_alu_imm(g->a, BPF_SUB, BPF_REG_1, 1);
	bpf_store(g->a, BPF_W, GEN_RECORD, WALK(left), BPF_REG_1);
	bpf_jump(g->a, l->next);
}

/* Places the label of the next round, if there may be one. A counter that the verifier knows makes it walk every
 * round; one in the record it does not know. */
static void gen_round(struct bpf_gen *g, const struct loop *l)
{
	const struct plan_dynamic *d = l->d;
	int base = g->target->may_goto ? GEN_RECORD : BPF_REG_10;
	int at = g->target->may_goto ? WALK(rounds) : DYN_ROUND;

	bpf_mov_imm(g->a, BPF_REG_1, 0);
	bpf_store(g->a, BPF_DW, base, at, BPF_REG_1);
	bpf_asm_place(g->a, l->next);
	if (g->target->may_goto)
		bpf_may_goto(g->a, l->end);
	bpf_load(g->a, BPF_DW, BPF_REG_1, base, at);
	bpf_jump_imm(g->a, BPF_JGE, BPF_REG_1, (int32_t)d->rounds, l->end);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, 1);
	bpf_store(g->a, BPF_DW, base, at, BPF_REG_1);
}

void bpf_gen_dynamic(struct bpf_gen *g, const struct plan_dynamic *d)
{
	struct loop l = { .d = d, .next = bpf_asm_label(g->a), .end = bpf_asm_label(g->a) };
	int step = bpf_asm_label(g->a);

	if (!d->at)
		return;
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, WALK(num), (int32_t)d->num_places);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD, WALK(next), 0);
	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, WALK(step), 0);
	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, WALK(base), 0);
	for (size_t i = 0; i < d->num_places; i++)
		gen_place(g, d, i);
	bpf_asm_note(g->a, "values behind interfaces: at most %u rounds", d->rounds);
	gen_round(g, &l);
	bpf_load(g->a, BPF_W, BPF_REG_1, GEN_RECORD, WALK(left));
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, step);
	gen_begin_entry(g, &l);
	bpf_asm_place(g->a, step);
	gen_step(g, &l);
	bpf_asm_place(g->a, l.end);
}
