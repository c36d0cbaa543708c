// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A32 instructions by mask tables. Nearly every instruction has a condition: one that may not be executed sets
 * nothing that is relied on, but a conditional return is a return.
 *
 * Encodings: Arm Architecture Reference Manual, ARMv7-A (DDI 0406C), A5; cmd/internal/obj/arm/asm5.go. A jump is
 * any write of R15; Go returns by "add pc, lr, #0", "bx lr" or "ldr pc, [sp], #frame". Constants stand in pools
 * among the code. The kernel's side is arch/arm/probes/uprobes/actions-arm.c.
 */
#include "abi/insn_table.h"

enum { SP = 13, LR = 14, PC = 15, D0 = 16, ALWAYS = 14 };

#define ARCH (&abi_arm)

static int rn(uint64_t code) { return (int)insn_bits(code, 19, 16); }
static int rd(uint64_t code) { return (int)insn_bits(code, 15, 12); }
static int rm(uint64_t code) { return (int)insn_bits(code, 3, 0); }

/* Known only if it is executed always: what is changed by a conditional instruction is changed perhaps. */
static void only_always(uint64_t code, struct insn *in)
{
	if (insn_bits(code, 31, 28) == ALWAYS || in->kind >= INSN_JUMP)
		return;
	if (in->writeback)
		in->writes |= insn_bit(in->base);
	in->writeback = 0;
	in->kind = INSN_OTHER;
	in->dst = in->src = REG_NONE;
}

static void set_jump_register(struct insn *in, int reg)
{
	if (reg == LR) {
		in->kind = INSN_RET;
	} else {
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)reg;
	}
}

static void fill_b(uint64_t code, struct insn *in)
{
	uint64_t to = (in->addr + 8 + (uint64_t)(insn_sbits(code, 23, 0) * 4)) & UINT32_MAX;

	if (code & 1 << 24)
		insn_set_call(in, to);
	else if (insn_bits(code, 31, 28) == ALWAYS)
		insn_set_jump(in, to);
	else
		insn_set_branch(in, to);
}

/* To Thumb code: none of Go's. */
static void fill_blx(uint64_t code, struct insn *in)
{
	(void)code;
	insn_set_call(in, 0);
}

static void fill_bx(uint64_t code, struct insn *in)
{
	set_jump_register(in, rm(code));
}

/* Data processing. Into R15: a jump; of that only "mov pc, rm" and "add pc, rn, #0" say which register it is by. */
static void fill_data(uint64_t code, struct insn *in)
{
	unsigned op = (unsigned)insn_bits(code, 24, 21);
	bool imm = code & 1 << 25, add = op == 4, sub = op == 2, set_flags = code & 1 << 20;
	uint64_t value = insn_bits(code, 7, 0), rotate = insn_bits(code, 11, 8) * 2;

	value = rotate ? (value >> rotate | value << (32 - rotate)) & UINT32_MAX : value;
	if (op >= 8 && op <= 11)				/* tst, teq, cmp, cmn */
		return;
	if (rd(code) == PC) {
		if (op == 13 && !imm && !insn_bits(code, 11, 4))
			set_jump_register(in, rm(code));
		else if (add && imm && !value)
			set_jump_register(in, rn(code));
		else
			in->kind = INSN_INDIRECT_JUMP;
		in->indexed = in->kind == INSN_INDIRECT_JUMP && in->src == REG_NONE;
		return;
	}
	in->writes = insn_bit(rd(code));
	if (op == 13 && !imm && !insn_bits(code, 11, 4) && !set_flags && rm(code) != PC)
		insn_set_move(in, rd(code), rm(code));
	else if ((add || sub) && imm && !set_flags && rn(code) != PC)
		insn_set_add(in, ARCH, rd(code), rn(code), add ? (int64_t)value : -(int64_t)value);
	only_always(code, in);
}

/* movw, movt, clz, mrs, sign and bit field operations */
static void fill_rd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(rd(code));
}

/* Multiplications: the destination stands where others have Rn, the low half of a long one where they have Rd. */
static void fill_mul(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(rn(code)) | insn_bit(rd(code));
}

/* The index mode: base, displacement and writeback of a load or store with an immediate. */
static void set_index(uint64_t code, struct insn *in, int64_t imm)
{
	bool pre = code & 1 << 24, write = code & 1 << 21 || !pre;

	in->disp = pre ? imm : 0;
	if (write) {
		in->writeback = imm;
		in->writes |= insn_bit(rn(code));
	}
}

/* Into R15: a return if it pops, through a constant next to the code a jump to who knows where. */
static void load_pc(uint64_t code, struct insn *in, int64_t imm)
{
	in->kind = INSN_INDIRECT_JUMP;
	in->indexed = rn(code) != PC && rn(code) != SP;
	if (rn(code) != SP)
		return;
	in->kind = INSN_RET;
	in->base = SP;
	in->writeback = code & 1 << 24 ? 0 : imm;
}

static void fill_transfer(uint64_t code, struct insn *in)
{
	int64_t imm = (int64_t)insn_bits(code, 11, 0) * (code & 1 << 23 ? 1 : -1);
	bool load = code & 1 << 20;
	unsigned size = code & 1 << 22 ? 1 : 4;

	if (load && rd(code) == PC) {
		load_pc(code, in, imm);
		return;
	}
	if (load && rn(code) == PC) {				/* a constant of the pool */
		in->writes = insn_bit(rd(code));
		in->target = (in->addr + 8 + (uint64_t)imm) & UINT32_MAX;
		in->size = 4;
		return;
	}
	if (load)
		insn_set_load(in, ARCH, rd(code), rn(code), imm, size);
	else
		insn_set_store(in, ARCH, rd(code), rn(code), imm, size);
	set_index(code, in, imm);
	only_always(code, in);
}

/* With an index register: where is not known. Frames beyond 4095 bytes are popped by a return with one. */
static void fill_transfer_reg(uint64_t code, struct insn *in)
{
	in->indexed = true;
	in->may_fault = true;
	if (!(code & 1 << 24) || code & 1 << 21)
		in->writes |= insn_bit(rn(code));
	if (!(code & 1 << 20)) {
		in->writes_memory = true;
		in->base = (int8_t)rn(code);
	} else if (rd(code) == PC) {
		in->kind = rn(code) == SP && !(code & 1 << 24) ? INSN_RET : INSN_INDIRECT_JUMP;
	} else {
		in->writes |= insn_bit(rd(code));
	}
}

/* Halfwords, signed bytes, double words. */
static void fill_half(uint64_t code, struct insn *in)
{
	int64_t imm = (int64_t)(insn_bits(code, 11, 8) << 4 | insn_bits(code, 3, 0)) * (code & 1 << 23 ? 1 : -1);
	unsigned kind = (unsigned)insn_bits(code, 6, 5);
	bool load = code & 1 << 20, two = !load && kind >= 2;

	if (!(code & 1 << 22) || rn(code) == PC || (two && rd(code) == LR)) {
		insn_fill_unknown(code, in);
		return;
	}
	if (load || (two && kind == 2)) {
		insn_set_load(in, ARCH, rd(code), rn(code), imm, two ? 4 : kind == 2 ? 1 : 2);
		in->dst2 = two ? (int8_t)(rd(code) + 1) : REG_NONE;
	} else {
		insn_set_store(in, ARCH, rd(code), rn(code), imm, two ? 4 : 2);
		in->src2 = two ? (int8_t)(rd(code) + 1) : REG_NONE;
	}
	in->pair = two;
	in->writes |= insn_bit(in->dst2);
	set_index(code, in, imm);
	if (insn_bits(code, 31, 28) != ALWAYS)
		insn_fill_unknown(code, in), in->kind = INSN_OTHER;
}

/* ldm, stm. Popping R15 returns. */
static void fill_multiple(uint64_t code, struct insn *in)
{
	bool load = code & 1 << 20, pc = code & 1 << PC;

	insn_fill_unknown(code, in);
	if (!load || !pc)
		return;
	in->kind = rn(code) == SP ? INSN_RET : INSN_INDIRECT_JUMP;
	in->indexed = rn(code) != SP;
}

/* vldr, vstr. A single is half of a double. */
static void fill_float(uint64_t code, struct insn *in)
{
	int64_t imm = (int64_t)insn_bits(code, 7, 0) * (code & 1 << 23 ? 4 : -4);
	bool wide = code & 1 << 8, d = code & 1 << 22;

	if (code & 1 << 20 && rn(code) == PC) {
		in->writes = insn_bit(D0 + rd(code));
		in->target = (in->addr + 8 + (uint64_t)imm) & UINT32_MAX;
		in->size = wide ? 8 : 4;
		return;
	}
	if (wide && d)						/* D16 to D31: Go has no use for them */
		insn_fill_unknown(code, in);
	else if (code & 1 << 20)
		insn_set_load(in, ARCH, D0 + rd(code), rn(code), imm, wide ? 8 : 4);
	else
		insn_set_store(in, ARCH, wide || !d ? D0 + rd(code) : REG_NONE, rn(code), imm, wide ? 8 : 4);
	if (!wide)						/* the other half stays */
		in->kind = INSN_OTHER;
	only_always(code, in);
}

/* Float arithmetic; moves between the files. */
static void fill_vfp(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(D0 + rd(code)) | insn_bit(D0 + rn(code));
	if (code & 1 << 4 && code & 1 << 20 && rd(code) != PC)	/* vmov of a core register, vmrs */
		in->writes |= insn_bit(rd(code));
}

#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	{ 0xffffffff, 0xf7fabcfd, insn_fill_trap, "udf", REFUSED },	/* UNDEF */
	{ 0x0ff000f0, 0x07f000f0, insn_fill_trap, "udf", REFUSED },
	{ 0xfe000000, 0xfa000000, fill_blx, "blx", REFUSED },
	{ 0xf0000000, 0xf0000000, insn_fill_unknown, "", REFUSED },	/* vectors, barriers, preloads */

	{ 0x0f000000, 0x0a000000, fill_b, "b", true, false },
	{ 0x0f000000, 0x0b000000, fill_b, "bl", true, false },
	{ 0x0fffffff, 0x012fff1e, fill_bx, "bx lr", true, false },
	{ 0x0ffffff0, 0x012fff10, fill_bx, "bx", true, false },
	{ 0x0ffffff0, 0x012fff20, fill_bx, "bxj", REFUSED },
	{ 0x0ffffff0, 0x012fff30, fill_blx, "blx", true, false },
	{ 0x0ff000f0, 0x01200070, insn_fill_trap, "bkpt", REFUSED },
	{ 0x0f000000, 0x0f000000, insn_fill_unknown, "svc", REFUSED },

	/* The spaces between data processing and multiplication. */
	{ 0x0fc000f0, 0x00000090, fill_mul, "mul", XOL },
	{ 0x0f8000f0, 0x00800090, fill_mul, "umull", XOL },
	{ 0x0f0000f0, 0x00000090, fill_mul, "umaal", XOL },		/* mls */
	{ 0x0f0000f0, 0x01000090, insn_fill_unknown, "ldrex", REFUSED },	/* strex, swp */
	{ 0x0e000090, 0x00000090, fill_half, "", XOL },
	{ 0x0f900090, 0x01000080, fill_mul, "smla", XOL },
	{ 0x0ff000f0, 0x01600010, fill_rd, "clz", XOL },
	{ 0x0fb000f0, 0x01000000, fill_rd, "mrs", XOL },
	{ 0x0f9000f0, 0x01000050, fill_rd, "qadd", XOL },
	{ 0x0f900000, 0x01000000, insn_fill_unknown, "", XOL },
	{ 0x0ff00000, 0x03000000, fill_rd, "movw", XOL },
	{ 0x0ff00000, 0x03400000, fill_rd, "movt", XOL },
	{ 0x0fffffff, 0x0320f000, insn_fill_nothing, "nop", XOL },
	{ 0x0fb00000, 0x03200000, insn_fill_unknown, "msr", REFUSED },
	{ 0x0c000000, 0x00000000, fill_data, "data", XOL },

	{ 0x0e000010, 0x06000010, fill_rd, "", XOL },			/* media: sxtb, ubfx, rev, sdiv, … */
	{ 0x0e100000, 0x04000000, fill_transfer, "str", XOL },
	{ 0x0e100000, 0x04100000, fill_transfer, "ldr", XOL },
	{ 0x0e000010, 0x06000000, fill_transfer_reg, "", XOL },
	{ 0x0e000000, 0x08000000, fill_multiple, "ldm", XOL },
	{ 0x0f300e00, 0x0d000a00, fill_float, "vstr", XOL },
	{ 0x0f300e00, 0x0d100a00, fill_float, "vldr", XOL },
	{ 0x0f000e00, 0x0e000a00, fill_vfp, "", XOL },
	{ 0x0f000010, 0x0e000010, fill_rd, "mrc", XOL },
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

static const struct insn_table table = { ARCH, rows, insn_fetch_word };

static bool arm_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return insn_table_decode(&table, code, addr, ret);
}

static void arm_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_arm_ops = { .decode = arm_decode, .format = arm_format };
