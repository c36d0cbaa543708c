// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The entries of a map, in the kernel: one loop which in each round goes on to the next group, or
 * takes the next entry of the group at hand.
 *
 *	rounds:	in_use == 0 ?	next group: its control bytes -> in_use, one bit a slot that holds an entry
 *			    :	the lowest slot: key and element -> record, count++
 *
 * A group's control byte has its top bit set where the slot is empty or deleted. A bucket's is below 5 where it
 * is empty, or was moved to the new buckets while the map grows: so an entry is found once, either in the
 * old buckets, of which the first nevacuate are all moved, or in the new ones. A directory names a table
 * that has not been split several times in a row; the first place is the one the table itself knows.
 *
 * A group that cannot be read is left out: the runtime sets aside room for a large map that nothing has touched,
 * so that there are no pages yet. That alone is a fault only if there should have been entries. The loop has few
 * branches that come together again, for the verifier goes each way through a few rounds before it notes that
 * it has been there: a failing read leaves zeros, and arithmetic does the rest.
 *
 * What another thread writes meanwhile cannot be held off. While a write is under way (the map has a flag for
 * that), or if the header is not the same afterwards, no entries are shown.
 */
#include <errno.h>

#include "tracer/bpf_gen.h"
#include "tracer/plan_map.h"

/* Words of the stack; nothing of a condition or a walk of frames is needed any more. */
enum {
	MAP_ROUND = GEN_VALUES,
	MAP_IN_USE = GEN_VALUES - 8,
	MAP_GROUP = GEN_VALUES - 16,	/* address of the group at hand */
	MAP_NEXT = GEN_VALUES - 24,	/* of the one behind it */
	MAP_LEFT = GEN_VALUES - 32,	/* groups from there on */
	MAP_AT = GEN_VALUES - 40,	/* groups: index of the next table; buckets: the next of the chain */
	MAP_AGAIN = GEN_VALUES - 80,	/* the header once more; before that a table's words, or MAP_IS_NEW */
	MAP_IS_NEW = MAP_AGAIN,		/* buckets: the old ones are done */
	MAP_UNREAD = MAP_AGAIN + 24,	/* -1: the entry at hand cannot be read */
	MAP_FAULT = MAP_AGAIN + 32,	/* not 0: something could not be read */
	MAP_HEADER = GEN_VALUES - 120,
	HEADER_WORDS = 5,
	NOTED_JUMPS = 24,
};

struct gen_map {
	struct bpf_gen *g;
	struct bpf_asm *a;
	const struct plan_fetch *f;
	const struct plan_map *m;
	int word, width;		/* of the target: bytes, BPF_W or BPF_DW */
	int round, again, take, finish, done;	/* labels */
};

static const uint64_t top_bits = UINT64_C(0x8080808080808080), low_bits = UINT64_C(0x0101010101010101);

static void load_state(const struct gen_map *c, int reg, int at)
{
	bpf_load(c->a, BPF_DW, reg, BPF_REG_10, at);
}

static void store_state(const struct gen_map *c, int at, int reg)
{
	bpf_store(c->a, BPF_DW, BPF_REG_10, at, reg);
}

static void clear_state(const struct gen_map *c, int at)
{
	bpf_store_imm(c->a, BPF_DW, BPF_REG_10, at, 0);
}

/* As long as there are no entries. */
static void load_zero(const struct gen_map *c, int reg)
{
	bpf_load(c->a, BPF_DW, reg, GEN_RECORD, (int)c->f->count);
}

/* No slots are: still a zero, but not one that the verifier knows of. Else it follows back where that came from,
 * does not understand a helper's write, and from there on tells states apart by every number. */
static void forget_in_use(const struct gen_map *c)
{
	load_zero(c, BPF_REG_1);
	load_zero(c, BPF_REG_2);
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_1, BPF_REG_2);
	store_state(c, MAP_IN_USE, BPF_REG_1);
}

static void note_fault(const struct gen_map *c)
{
	load_state(c, BPF_REG_1, MAP_FAULT);
	bpf_alu_reg(c->a, BPF_OR, BPF_REG_1, BPF_REG_0);
	store_state(c, MAP_FAULT, BPF_REG_1);
}

/* size bytes at r3 to the stack; zeros if they cannot be read. */
static void read_to_stack(const struct gen_map *c, int at, uint32_t size)
{
	bpf_gen_read_user(c->g, BPF_REG_10, at, size);
	note_fault(c);
}

/* ---- the header: word i of the target, i counted in its words */

static uint32_t header_size(const struct gen_map *c)
{
	return 8 + 4 * (uint32_t)c->word;
}

static void load_header(const struct gen_map *c, int reg, int off)
{
	bpf_load(c->a, c->width, reg, BPF_REG_10, MAP_HEADER + off);
}

static void read_header(const struct gen_map *c, int at)
{
	for (int i = 0; i < HEADER_WORDS; i++)
		clear_state(c, at + 8 * i);
	bpf_gen_pointer(c->g, c->f->ptr, c->f->guard);
	bpf_gen_read_user(c->g, BPF_REG_10, at, header_size(c));
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_0, 0, c->done);
}

/* A flag that says that a write is under way. */
static void check_writing(const struct gen_map *c, int off, int32_t flag)
{
	bpf_load(c->a, BPF_B, BPF_REG_1, BPF_REG_10, MAP_HEADER + off);
	bpf_mov_imm(c->a, BPF_REG_0, -EBUSY);
	bpf_jump_imm(c->a, BPF_JSET, BPF_REG_1, flag, c->done);
}

static void check_unchanged(const struct gen_map *c)
{
	bpf_asm_note(c->a, "the header once more: is it what it was?");
	read_header(c, MAP_AGAIN);
	bpf_mov_imm(c->a, BPF_REG_0, -EBUSY);
	for (int i = 0; i < HEADER_WORDS; i++) {
		load_state(c, BPF_REG_1, MAP_HEADER + 8 * i);
		load_state(c, BPF_REG_2, MAP_AGAIN + 8 * i);
		bpf_jump_reg(c->a, BPF_JNE, BPF_REG_1, BPF_REG_2, c->done);
	}
	bpf_mov_imm(c->a, BPF_REG_0, 0);
}

/* The next group is taken from MAP_NEXT; r3 = its address. */
static void step_group(const struct gen_map *c)
{
	load_state(c, BPF_REG_3, MAP_NEXT);
	store_state(c, MAP_GROUP, BPF_REG_3);
	bpf_mov_reg(c->a, BPF_REG_1, BPF_REG_3);
	bpf_gen_add(c->g, BPF_REG_1, c->m->group_size);
	store_state(c, MAP_NEXT, BPF_REG_1);
	load_state(c, BPF_REG_1, MAP_LEFT);
	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_1, 1);
	store_state(c, MAP_LEFT, BPF_REG_1);
}

/* ---- groups: Map { used uint64; seed uintptr; dirPtr; dirLen; globalDepth, globalShift, writing uint8 },
 * table { …; index int (at 8); data; lengthMask uint64 } */

static void begin_groups(const struct gen_map *c)
{
	int several = bpf_asm_label(c->a), w = c->word;

	check_writing(c, 8 + 3 * w + 2, 0xff);
	load_header(c, BPF_REG_1, 8 + 2 * w);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_1, 0, several);
	bpf_asm_note(c->a, "a small map: one group");
	load_header(c, BPF_REG_1, 8 + w);
	store_state(c, MAP_NEXT, BPF_REG_1);
	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_1, 0, c->finish);
	load_zero(c, BPF_REG_1);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, 1);
	store_state(c, MAP_LEFT, BPF_REG_1);
	bpf_asm_place(c->a, several);
}

static void next_table(const struct gen_map *c)
{
	int w = c->word;

	bpf_asm_note(c->a, "the next table of the directory");
	load_state(c, BPF_REG_2, MAP_AT);
	load_header(c, BPF_REG_1, 8 + 2 * w);
	bpf_jump_reg(c->a, BPF_JGE, BPF_REG_2, BPF_REG_1, c->finish);
	bpf_mov_reg(c->a, BPF_REG_1, BPF_REG_2);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, 1);
	store_state(c, MAP_AT, BPF_REG_1);
	bpf_alu_imm(c->a, BPF_MUL, BPF_REG_2, w);
	load_header(c, BPF_REG_3, 8 + w);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_3, BPF_REG_2);
	read_to_stack(c, GEN_WORD, (uint32_t)w);
	bpf_load(c->a, c->width, BPF_REG_3, BPF_REG_10, GEN_WORD);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_3, 8);
	read_to_stack(c, MAP_AGAIN, 8 + 2 * (uint32_t)w);
	bpf_load(c->a, c->width, BPF_REG_1, BPF_REG_10, MAP_AGAIN + w);
	store_state(c, MAP_NEXT, BPF_REG_1);
	bpf_asm_note(c->a, "all its groups, or none if it was there before");
	load_state(c, BPF_REG_2, MAP_AT);
	bpf_load(c->a, c->width, BPF_REG_1, BPF_REG_10, MAP_AGAIN);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, 1);
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_1, BPF_REG_2);
	bpf_mov_imm(c->a, BPF_REG_2, 0);
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_2, BPF_REG_1);
	bpf_alu_reg(c->a, BPF_OR, BPF_REG_1, BPF_REG_2);
	bpf_alu_imm(c->a, BPF_ARSH, BPF_REG_1, 63);
	bpf_alu_imm(c->a, BPF_XOR, BPF_REG_1, -1);
	bpf_load(c->a, BPF_DW, BPF_REG_2, BPF_REG_10, MAP_AGAIN + 2 * w);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_2, 1);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_2);
	store_state(c, MAP_LEFT, BPF_REG_1);
	forget_in_use(c);
	bpf_jump(c->a, c->again);
}

static void next_group(const struct gen_map *c)
{
	int group = bpf_asm_label(c->a);

	load_state(c, BPF_REG_1, MAP_LEFT);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_1, 0, group);
	next_table(c);
	bpf_asm_place(c->a, group);
	bpf_asm_note(c->a, "the next group");
	step_group(c);
	read_to_stack(c, MAP_IN_USE, 8);
	bpf_asm_note(c->a, "slots whose byte has its top bit clear; none if it cannot be read");
	load_state(c, BPF_REG_1, MAP_IN_USE);
	bpf_mov_imm64(c->a, BPF_REG_2, top_bits);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_2);
	bpf_alu_reg(c->a, BPF_XOR, BPF_REG_1, BPF_REG_2);
	bpf_alu_imm(c->a, BPF_ARSH, BPF_REG_0, 63);
	bpf_alu_imm(c->a, BPF_XOR, BPF_REG_0, -1);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_0);
	store_state(c, MAP_IN_USE, BPF_REG_1);
}

/* ---- buckets: hmap { count int; flags, B uint8; noverflow uint16; hash0 uint32; buckets; oldbuckets;
 * nevacuate uintptr } */

enum { HASH_WRITING = 4, SAME_SIZE_GROW = 8, MIN_TOP_HASH = 5 };

/* MAP_LEFT = 1 << B */
static void count_buckets(const struct gen_map *c)
{
	bpf_load(c->a, BPF_B, BPF_REG_2, BPF_REG_10, MAP_HEADER + c->word + 1);
	bpf_alu_imm(c->a, BPF_AND, BPF_REG_2, 63);
	bpf_mov_imm(c->a, BPF_REG_1, 1);
	bpf_alu_reg(c->a, BPF_LSH, BPF_REG_1, BPF_REG_2);
	store_state(c, MAP_LEFT, BPF_REG_1);
}

static void begin_buckets(const struct gen_map *c)
{
	int same = bpf_asm_label(c->a), w = c->word;

	check_writing(c, w, HASH_WRITING);
	load_header(c, BPF_REG_3, 8 + 2 * w);
	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_3, 0, c->again);
	bpf_asm_note(c->a, "it grows: the old buckets first, from the one that is to be moved next");
	count_buckets(c);
	bpf_load(c->a, BPF_B, BPF_REG_2, BPF_REG_10, MAP_HEADER + w);
	bpf_jump_imm(c->a, BPF_JSET, BPF_REG_2, SAME_SIZE_GROW, same);
	bpf_alu_imm(c->a, BPF_RSH, BPF_REG_1, 1);
	bpf_asm_place(c->a, same);
	load_header(c, BPF_REG_2, 8 + 3 * w);
	store_state(c, MAP_LEFT, BPF_REG_2);
	bpf_jump_reg(c->a, BPF_JGT, BPF_REG_2, BPF_REG_1, c->again);
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_1, BPF_REG_2);
	store_state(c, MAP_LEFT, BPF_REG_1);
	bpf_alu_imm(c->a, BPF_MUL, BPF_REG_2, (int32_t)c->m->group_size);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_3, BPF_REG_2);
	store_state(c, MAP_NEXT, BPF_REG_3);
}

static void new_buckets(const struct gen_map *c)
{
	bpf_asm_note(c->a, "the buckets that are not old");
	load_state(c, BPF_REG_1, MAP_IS_NEW);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_1, 0, c->finish);
	load_header(c, BPF_REG_1, 8 + c->word);
	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_1, 0, c->finish);
	store_state(c, MAP_IS_NEW, BPF_REG_1);
	store_state(c, MAP_NEXT, BPF_REG_1);
	count_buckets(c);
	forget_in_use(c);
	bpf_jump(c->a, c->again);
}

/* r3 = the bucket at hand: the next of its chain, and the slots in use. */
static void read_bucket(const struct gen_map *c)
{
	read_to_stack(c, MAP_IN_USE, 8);
	load_state(c, BPF_REG_3, MAP_GROUP);
	bpf_gen_add(c->g, BPF_REG_3, c->m->group_size - (uint32_t)c->word);
	read_to_stack(c, MAP_AT, (uint32_t)c->word);
	bpf_asm_note(c->a, "slots whose byte is %d or more", MIN_TOP_HASH);
	load_state(c, BPF_REG_1, MAP_IN_USE);
	bpf_mov_imm64(c->a, BPF_REG_3, ~top_bits);
	bpf_mov_reg(c->a, BPF_REG_2, BPF_REG_1);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_2, BPF_REG_3);
	bpf_mov_imm64(c->a, BPF_REG_3, low_bits * (0x80 - MIN_TOP_HASH));
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_2, BPF_REG_3);
	bpf_alu_reg(c->a, BPF_OR, BPF_REG_1, BPF_REG_2);
	bpf_mov_imm64(c->a, BPF_REG_3, top_bits);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_3);
	store_state(c, MAP_IN_USE, BPF_REG_1);
}

static void next_bucket(const struct gen_map *c)
{
	int chained = bpf_asm_label(c->a), bucket = bpf_asm_label(c->a), read = bpf_asm_label(c->a);

	load_state(c, BPF_REG_3, MAP_AT);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_3, 0, chained);
	load_state(c, BPF_REG_1, MAP_LEFT);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_1, 0, bucket);
	new_buckets(c);
	bpf_asm_place(c->a, chained);
	bpf_asm_note(c->a, "the next bucket of the chain");
	store_state(c, MAP_GROUP, BPF_REG_3);
	bpf_jump(c->a, read);
	bpf_asm_place(c->a, bucket);
	bpf_asm_note(c->a, "the next bucket");
	step_group(c);
	bpf_asm_place(c->a, read);
	read_bucket(c);
}

/* ---- entries */

/* Of the slot at GEN_WORD, at off in groups, to the entry that is to come, at offset at. */
static void take_part(const struct gen_map *c, uint32_t off, uint32_t stride, uint32_t at, uint32_t size)
{
	const struct plan_fetch *f = c->f;

	if (!size)
		return;
	load_state(c, BPF_REG_2, GEN_WORD);
	bpf_alu_imm(c->a, BPF_MUL, BPF_REG_2, (int32_t)stride);
	load_state(c, BPF_REG_3, MAP_GROUP);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_3, BPF_REG_2);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_3, (int32_t)off);
	bpf_load(c->a, BPF_DW, BPF_REG_1, GEN_RECORD, (int)f->count);
	bpf_jump_imm(c->a, BPF_JGE, BPF_REG_1, (int32_t)f->max_count, c->finish);
	bpf_alu_imm(c->a, BPF_MUL, BPF_REG_1, (int32_t)f->size);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_1, GEN_RECORD);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, (int32_t)(f->dst + at));
	bpf_mov_imm(c->a, BPF_REG_2, (int32_t)size);
	bpf_call(c->a, BPF_FUNC_probe_read_user);
	note_fault(c);
	bpf_alu_imm(c->a, BPF_ARSH, BPF_REG_0, 63);
	load_state(c, BPF_REG_1, MAP_UNREAD);
	bpf_alu_reg(c->a, BPF_OR, BPF_REG_1, BPF_REG_0);
	store_state(c, MAP_UNREAD, BPF_REG_1);
}

/* The lowest bit in use is the top one of its slot's byte: as many bytes below it have their low bit set in the
 * number before it, and one more. */
static void take_slot(const struct gen_map *c)
{
	bpf_asm_note(c->a, "the lowest slot in use");
	load_state(c, BPF_REG_1, MAP_IN_USE);
	bpf_mov_reg(c->a, BPF_REG_2, BPF_REG_1);
	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_2, 1);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_2, BPF_REG_1);
	store_state(c, MAP_IN_USE, BPF_REG_2);
	bpf_alu_reg(c->a, BPF_SUB, BPF_REG_1, BPF_REG_2);
	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_1, 1);
	bpf_mov_imm64(c->a, BPF_REG_3, low_bits);
	bpf_alu_reg(c->a, BPF_AND, BPF_REG_1, BPF_REG_3);
	bpf_alu_reg(c->a, BPF_MUL, BPF_REG_1, BPF_REG_3);
	bpf_alu_imm(c->a, BPF_RSH, BPF_REG_1, 56);
	bpf_alu_imm(c->a, BPF_SUB, BPF_REG_1, 1);
	store_state(c, GEN_WORD, BPF_REG_1);
}

static void take_entry(const struct gen_map *c)
{
	const struct plan_map *m = c->m;

	take_slot(c);
	clear_state(c, MAP_UNREAD);
	take_part(c, m->key_off, m->key_stride, 0, m->key_size);
	take_part(c, m->elem_off, m->elem_stride, m->elem_at, m->elem_size);
	bpf_asm_note(c->a, "one more, or none if it cannot be read");
	bpf_load(c->a, BPF_DW, BPF_REG_1, GEN_RECORD, (int)c->f->count);
	load_state(c, BPF_REG_2, MAP_UNREAD);
	bpf_alu_imm(c->a, BPF_ADD, BPF_REG_1, 1);
	bpf_alu_reg(c->a, BPF_ADD, BPF_REG_1, BPF_REG_2);
	bpf_store(c->a, BPF_DW, GEN_RECORD, (int)c->f->count, BPF_REG_1);
	bpf_jump_imm(c->a, BPF_JGE, BPF_REG_1, (int32_t)c->f->max_count, c->finish);
}

/*
 * All ways through a round come together here. The verifier has to note that it was here, else it goes every way
 * through the next round once more for each of them; but in a loop it does so only if there were 20 jumps since it
 * noted anything (kernel/bpf/verifier.c, is_state_visited). Jumps to the next instruction it removes afterwards.
 */
static void next_round(const struct gen_map *c)
{
	bpf_asm_place(c->a, c->again);
	for (int i = 0; i < NOTED_JUMPS; i++) {
		int next = bpf_asm_label(c->a);

		bpf_jump(c->a, next);
		bpf_asm_place(c->a, next);
	}
	bpf_jump(c->a, c->round);
}

static void finish(const struct gen_map *c)
{
	int read = bpf_asm_label(c->a);

	bpf_asm_place(c->a, c->finish);
	load_state(c, BPF_REG_1, MAP_FAULT);
	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_1, 0, read);
	load_header(c, BPF_REG_1, 0);
	bpf_jump_imm(c->a, BPF_JEQ, BPF_REG_1, 0, read);
	bpf_load(c->a, BPF_DW, BPF_REG_1, GEN_RECORD, (int)c->f->count);
	bpf_jump_imm(c->a, BPF_JNE, BPF_REG_1, 0, read);
	bpf_mov_imm(c->a, BPF_REG_0, -EFAULT);
	bpf_jump(c->a, c->done);
	bpf_asm_place(c->a, read);
	check_unchanged(c);
}

void bpf_gen_entries(struct bpf_gen *g, const struct plan_fetch *f, int done)
{
	struct gen_map c = { .g = g, .a = g->a, .f = f, .m = f->map, .word = (int)g->plan->arch->ptr_size,
			     .done = done };
	static const int zeros[] = { MAP_IN_USE, MAP_GROUP, MAP_NEXT, MAP_LEFT, MAP_AT, MAP_IS_NEW, MAP_FAULT };

	c.width = c.word == 4 ? BPF_W : BPF_DW;
	c.round = bpf_asm_label(g->a);
	c.take = bpf_asm_label(g->a);
	c.again = bpf_asm_label(g->a);
	c.finish = bpf_asm_label(g->a);
	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, (int)f->count, 0);
	bpf_load(g->a, c.width, BPF_REG_3, GEN_RECORD, (int)f->ptr);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_3, 0, done);
	bpf_asm_note(g->a, "the map's header");
	read_header(&c, MAP_HEADER);
	bpf_asm_note(g->a, "zeros, for the verifier anything");
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
		load_zero(&c, BPF_REG_1);
		store_state(&c, zeros[i], BPF_REG_1);
	}
	clear_state(&c, MAP_ROUND);
	if (f->map->kind == PLAN_MAP_GROUPS)
		begin_groups(&c);
	else
		begin_buckets(&c);
	bpf_asm_place(g->a, c.round);
	load_state(&c, BPF_REG_1, MAP_ROUND);
	bpf_alu_imm(g->a, BPF_ADD, BPF_REG_1, 1);
	bpf_jump_imm(g->a, BPF_JGT, BPF_REG_1, (int32_t)f->map->rounds, c.finish);
	store_state(&c, MAP_ROUND, BPF_REG_1);
	load_state(&c, BPF_REG_1, MAP_IN_USE);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_1, 0, c.take);
	if (f->map->kind == PLAN_MAP_GROUPS)
		next_group(&c);
	else
		next_bucket(&c);
	bpf_jump(g->a, c.again);
	bpf_asm_place(g->a, c.take);
	take_entry(&c);
	next_round(&c);
	finish(&c);
}
