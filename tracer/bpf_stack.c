// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The goroutine's stack into a record: a walk along the frame pointers, unrolled, as every frame
 * has a place of its own in the record.
 *
 *	frame 0	the probed instruction
 *	frame 1	the return address: at SP of the entry (or in the link register). The function's own
 *		frame is not set up yet at the entry site, and gone at a RET: a walk that begins
 *		with the frame pointer would miss the caller
 *	frame 2	[fp + 8], fp being still, or again, that of the caller; then fp = [fp], and so on
 *
 * Go keeps frame pointers since 1.7 (amd64) and 1.12 (arm64) in all functions that call others, but
 * for assembly without a frame and, up to Go 1.20, frameless nosplit functions. These have nothing
 * on the stack but their return address, behind that of what they call: the word there comes along,
 * and the reader, who knows the frame sizes, takes it where it is one (stack.c).
 *
 * A goroutine's first frame has 0 (runtime.newproc1); frames must go up, so that the walk ends
 * whatever the memory holds. The helper bpf_get_stack is not used: it misses the caller at some
 * sites and, where newer kernels repair that, reports it twice at others.
 */
#include "tracer/bpf_gen.h"

enum { BELOW = GEN_VALUES };		/* the frame pointer before this one */

static int word(const struct bpf_gen *g)
{
	return bpf_gen_width(g->plan->arch->ptr_size);
}

static int frame_at(const struct bpf_gen *g, unsigned i, size_t field)
{
	return (int)(g->probe->stack_at + offsetof(struct plan_stack, frames) +
		     i * sizeof(struct plan_frame) + field);
}

/* The pc in r1, and what is above it in r2, are frame i. */
static void gen_frame(struct bpf_gen *g, unsigned i)
{
	bpf_store(g->a, BPF_DW, GEN_RECORD, frame_at(g, i, offsetof(struct plan_frame, pc)),
		  BPF_REG_1);
	bpf_store(g->a, BPF_DW, GEN_RECORD, frame_at(g, i, offsetof(struct plan_frame, above)),
		  BPF_REG_2);
	bpf_store_imm(g->a, BPF_W, GEN_RECORD,
		      (int)(g->probe->stack_at + offsetof(struct plan_stack, count)),
		      (int32_t)i + 1);
}

/* r3 = SP here + off. */
static void gen_sp(struct bpf_gen *g, int64_t off)
{
	bpf_load(g->a, BPF_DW, BPF_REG_3, GEN_CTX, g->plan->arch->pt_sp);
	bpf_gen_add(g, BPF_REG_3, off);
}

/* r1 = the word r3 points to. */
static void gen_read_word(struct bpf_gen *g, int done)
{
	bpf_gen_read_user(g, BPF_REG_10, GEN_WORD, g->plan->arch->ptr_size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, done);
	bpf_load(g->a, word(g), BPF_REG_1, BPF_REG_10, GEN_WORD);
}

/* Where the value a register held at entry is at the entry site, or at an exit: there the caller's
 * registers are in place again. */
static struct gosym_site_loc find_reg(const struct bpf_gen *g, const struct gosym_exit *exit,
				      int reg)
{
	const struct gosym_piece piece = {
		.size = g->plan->arch->ptr_size, .place = GOSYM_IN_REG, .where = reg,
	};

	if (!exit)
		return gosym_site_find(g->probe->site, &piece);
	return (struct gosym_site_loc){ .kind = exit->sp_off ? GOSYM_LOC_LOST : GOSYM_LOC_REG,
					.where = reg };
}

/* r1 = that value. False: it is nowhere, nothing was generated. */
static bool gen_reg(struct bpf_gen *g, const struct gosym_exit *exit, int reg, int done)
{
	struct gosym_site_loc loc = find_reg(g, exit, reg);

	if (loc.kind == GOSYM_LOC_LOST)
		return false;
	if (loc.kind == GOSYM_LOC_REG) {
		bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->regs[loc.where].pt_regs);
		return true;
	}
	gen_sp(g, loc.where);
	gen_read_word(g, done);
	return true;
}

/* r1, r2 = two of the words at GEN_FRAME. */
static void gen_load_frame(struct bpf_gen *g)
{
	int size = g->plan->arch->ptr_size;

	bpf_load(g->a, word(g), BPF_REG_1, BPF_REG_10, GEN_FRAME + size);
	bpf_load(g->a, word(g), BPF_REG_2, BPF_REG_10, GEN_FRAME + 2 * size);
}

/* r1 = the return address, r2 = what is above it. */
static bool gen_caller(struct bpf_gen *g, const struct gosym_exit *exit, int32_t sp_off, int done)
{
	int size = g->plan->arch->ptr_size;

	if (g->plan->arch->lr != REG_NONE) {
		if (!gen_reg(g, exit, g->plan->arch->lr, done))
			return false;
		bpf_mov_imm(g->a, BPF_REG_2, 0);
		return true;
	}
	gen_sp(g, sp_off);
	bpf_gen_read_user(g, BPF_REG_10, GEN_FRAME + size, 2 * (uint32_t)size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, done);
	gen_load_frame(g);
	return true;
}

/* One more frame, of the frame pointer at GEN_FRAME. */
static void gen_step(struct bpf_gen *g, unsigned i, int done)
{
	uint32_t size = g->plan->arch->ptr_size;

	bpf_load(g->a, word(g), BPF_REG_3, BPF_REG_10, GEN_FRAME);
	bpf_load(g->a, BPF_DW, BPF_REG_1, BPF_REG_10, BELOW);
	bpf_jump_reg(g->a, BPF_JLE, BPF_REG_3, BPF_REG_1, done);
	bpf_store(g->a, BPF_DW, BPF_REG_10, BELOW, BPF_REG_3);
	bpf_gen_read_user(g, BPF_REG_10, GEN_FRAME, 3 * size);
	bpf_jump_imm(g->a, BPF_JNE, BPF_REG_0, 0, done);
	gen_load_frame(g);
	bpf_jump_imm(g->a, BPF_JEQ, BPF_REG_1, 0, done);
	gen_frame(g, i);
}

void bpf_gen_stack(struct bpf_gen *g, const struct gosym_exit *exit)
{
	int32_t sp_off = exit ? exit->sp_off : g->probe->site->sp_off;
	int done = bpf_asm_label(g->a), size = g->plan->arch->ptr_size;
	unsigned frames = g->plan->opts.stack;

	bpf_asm_note(g->a, "stack -> +%u, at most %u frames", g->probe->stack_at, frames);
	bpf_store_imm(g->a, BPF_DW, GEN_RECORD, (int)g->probe->stack_at, 0);
	bpf_load(g->a, BPF_DW, BPF_REG_1, GEN_CTX, g->plan->arch->pt_ip);
	bpf_mov_imm(g->a, BPF_REG_2, 0);
	gen_frame(g, 0);
	if (frames > 1 && gen_caller(g, exit, sp_off, done)) {
		gen_frame(g, 1);
		if (frames > 2 && gen_reg(g, exit, g->plan->arch->fp, done)) {
			bpf_asm_note(g->a, "the caller's frame pointer; frames lie above this one");
			bpf_store(g->a, word(g), BPF_REG_10, GEN_FRAME, BPF_REG_1);
			gen_sp(g, (int64_t)sp_off - 2 * size);
			bpf_store(g->a, BPF_DW, BPF_REG_10, BELOW, BPF_REG_3);
			for (unsigned i = 2; i < frames; i++)
				gen_step(g, i, done);
		}
	}
	bpf_asm_place(g->a, done);
}
