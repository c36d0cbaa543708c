// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * MIPS instructions, 32 and 64 bits, both byte orders, by mask tables.
 *
 * Encodings: MIPS64 Architecture for Programmers, volume II-A; cmd/internal/obj/mips/asm0.go. Jumps and branches
 * take effect after the instruction behind them; Go's assembler does not schedule (obj0.go: nosched) and puts a nop
 * there, always. The kernel's side is arch/mips/kernel/uprobes.c: all is stepped; ll, sc and what stands behind a
 * jump are refused.
 */
#include "abi/insn_table.h"

enum { ZERO = 0, SP = 29, RA = 31, F0 = 32 };

#define ARCH (&abi_mips64)

static int rs(uint64_t code) { return (int)insn_bits(code, 25, 21); }
static int rt(uint64_t code) { return (int)insn_bits(code, 20, 16); }
static int rd(uint64_t code) { return (int)insn_bits(code, 15, 11); }

static int or_none(int reg)
{
	return reg == ZERO ? REG_NONE : reg;
}

static void fill_j(uint64_t code, struct insn *in)
{
	uint64_t to = ((in->addr + 4) & ~UINT64_C(0x0fffffff)) | insn_bits(code, 25, 0) << 2;

	if (code & 1 << 26)
		insn_set_call(in, to);
	else
		insn_set_jump(in, to);
}

static uint64_t branch_target(uint64_t code, const struct insn *in)
{
	return in->addr + 4 + (uint64_t)(insn_sbits(code, 15, 0) * 4);
}

static void fill_branch(uint64_t code, struct insn *in)
{
	if (insn_bits(code, 31, 26) == 4 && rs(code) == rt(code))	/* beq of a register with itself */
		insn_set_jump(in, branch_target(code, in));
	else
		insn_set_branch(in, branch_target(code, in));
}

static void fill_branch_link(uint64_t code, struct insn *in)
{
	insn_set_call(in, branch_target(code, in));
}

static void fill_jr(uint64_t code, struct insn *in)
{
	if (rs(code) == RA) {
		in->kind = INSN_RET;
	} else {
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)rs(code);
	}
}

static void fill_jalr(uint64_t code, struct insn *in)
{
	(void)code;
	insn_set_call(in, 0);
}

static void fill_rd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rd(code)));
}

static void fill_rt(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rt(code)));
}

static void fill_rt_rd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rt(code))) | insn_bit(or_none(rd(code)));
}

/* or, addu, daddu with $zero: a move. */
static void fill_move(uint64_t code, struct insn *in)
{
	if (rt(code) == ZERO)
		insn_set_move(in, or_none(rd(code)), or_none(rs(code)));
	else if (rs(code) == ZERO)
		insn_set_move(in, or_none(rd(code)), or_none(rt(code)));
	else
		fill_rd(code, in);
}

static void fill_addi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, or_none(rt(code)), or_none(rs(code)), insn_sbits(code, 15, 0));
}

/* Any float register: where they are halves, two are written. */
static void fill_float(uint64_t code, struct insn *in)
{
	(void)code;
	in->writes = UINT64_C(0xffffffff) << F0;
}

static void fill_load(uint64_t code, struct insn *in)
{
	static const uint8_t sizes[8] = { 1, 2, 4, 4, 1, 2, 4, 4 };
	unsigned op = (unsigned)insn_bits(code, 31, 26);

	insn_set_load(in, ARCH, or_none(rt(code)), or_none(rs(code)), insn_sbits(code, 15, 0),
		      op == 55 ? 8 : sizes[op & 7]);
}

static void fill_store(uint64_t code, struct insn *in)
{
	static const uint8_t sizes[4] = { 1, 2, 4, 4 };
	unsigned op = (unsigned)insn_bits(code, 31, 26);

	insn_set_store(in, ARCH, or_none(rt(code)), or_none(rs(code)), insn_sbits(code, 15, 0),
		       op == 63 ? 8 : sizes[op & 3]);
}

static void fill_fload(uint64_t code, struct insn *in)
{
	insn_set_load(in, ARCH, F0 + rt(code), or_none(rs(code)), insn_sbits(code, 15, 0),
		      code & 1 << 28 ? 8 : 4);
}

static void fill_fstore(uint64_t code, struct insn *in)
{
	insn_set_store(in, ARCH, F0 + rt(code), or_none(rs(code)), insn_sbits(code, 15, 0),
		       code & 1 << 28 ? 8 : 4);
}

/* lwl, lwr, ldl, ldr: a part of the register. */
static void fill_load_part(uint64_t code, struct insn *in)
{
	fill_rt(code, in);
	in->may_fault = true;
}

#define OP(n) ((uint64_t)(n) << 26)
#define OP_MASK OP(0x3f)
#define FUNCT_MASK (OP_MASK | 0x3f)
#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	{ 0xffffffff, 0x00000000, insn_fill_nothing, "nop", XOL },
	{ 0xffffffff, 0x03e00008, fill_jr, "jr ra", XOL },
	{ FUNCT_MASK, 8, fill_jr, "jr", XOL },
	{ FUNCT_MASK, 9, fill_jalr, "jalr", XOL },
	{ FUNCT_MASK, 12, insn_fill_unknown, "syscall", XOL },
	{ FUNCT_MASK, 13, insn_fill_trap, "break", REFUSED },
	{ FUNCT_MASK, 15, insn_fill_nothing, "sync", XOL },
	{ FUNCT_MASK, 17, insn_fill_nothing, "mthi", XOL },
	{ FUNCT_MASK, 19, insn_fill_nothing, "mtlo", XOL },
	{ OP_MASK | 0x38, 24, insn_fill_nothing, "mult", XOL },		/* and div, dmult, ddiv: hi and lo */
	{ FUNCT_MASK, 33, fill_move, "addu", XOL },
	{ FUNCT_MASK, 37, fill_move, "or", XOL },
	{ FUNCT_MASK, 45, fill_move, "daddu", XOL },
	{ OP_MASK | 0x38, 48, insn_fill_nothing, "teq", REFUSED },	/* and tge, tlt, … */
	{ OP_MASK, 0, fill_rd, "", XOL },
	{ OP_MASK | 0x1c << 16, OP(1), fill_branch, "bltz", XOL },	/* bltz, bgez, bltzl, bgezl */
	{ OP_MASK | 0x1c << 16, OP(1) | 16 << 16, fill_branch_link, "bltzal", XOL },
	{ OP_MASK, OP(1), insn_fill_nothing, "", REFUSED },		/* conditional traps, synci */
	{ OP_MASK, OP(2), fill_j, "j", XOL },
	{ OP_MASK, OP(3), fill_j, "jal", XOL },
	{ OP_MASK, OP(4), fill_branch, "beq", XOL },
	{ OP_MASK, OP(5), fill_branch, "bne", XOL },
	{ OP_MASK, OP(6), fill_branch, "blez", XOL },
	{ OP_MASK, OP(7), fill_branch, "bgtz", XOL },
	{ OP(0x3c), OP(20), fill_branch, "beql", XOL },			/* and bnel, blezl, bgtzl */
	{ OP_MASK, OP(8), fill_addi, "addi", XOL },
	{ OP_MASK, OP(9), fill_addi, "addiu", XOL },
	{ OP_MASK, OP(24), fill_addi, "daddi", XOL },
	{ OP_MASK, OP(25), fill_addi, "daddiu", XOL },
	{ OP(0x38), OP(8), fill_rt, "", XOL },				/* slti, andi, ori, xori, lui */
	{ OP_MASK, OP(28), fill_rd, "", XOL },
	{ OP_MASK, OP(31), fill_rt_rd, "", XOL },
	/* Float unit: bc1f and bc1t, the vector branches, moves to integers, the rest. */
	{ OP_MASK | 0x1f << 21, OP(17) | 8 << 21, fill_branch, "bc1", XOL },
	{ OP_MASK | 0x1b << 21, OP(17) | 11 << 21, fill_branch, "bz.v", XOL },
	{ OP_MASK | 0x18 << 21, OP(17) | 24 << 21, fill_branch, "bz", XOL },
	{ OP_MASK | 0x1c << 21, OP(17), fill_rt, "mfc1", XOL },
	{ OP_MASK, OP(17), fill_float, "", XOL },
	{ OP_MASK, OP(19), fill_float, "", XOL },			/* madd.d */
	{ OP_MASK, OP(30), insn_fill_unknown, "", XOL },

	{ OP_MASK, OP(26), fill_load_part, "ldl", XOL }, { OP_MASK, OP(27), fill_load_part, "ldr", XOL },
	{ OP_MASK, OP(34), fill_load_part, "lwl", XOL }, { OP_MASK, OP(38), fill_load_part, "lwr", XOL },
	{ OP_MASK, OP(35), fill_load, "lw", XOL }, { OP_MASK, OP(55), fill_load, "ld", XOL },
	{ OP(0x38), OP(32), fill_load, "l", XOL },
	{ OP_MASK, OP(40), fill_store, "sb", XOL }, { OP_MASK, OP(41), fill_store, "sh", XOL },
	{ OP_MASK, OP(43), fill_store, "sw", XOL }, { OP_MASK, OP(63), fill_store, "sd", XOL },
	{ OP(0x3b), OP(49), fill_fload, "ldc1", XOL },			/* and lwc1 */
	{ OP(0x3b), OP(57), fill_fstore, "sdc1", XOL },			/* and swc1 */
	{ OP_MASK, OP(48), insn_fill_unknown, "ll", REFUSED }, { OP_MASK, OP(52), insn_fill_unknown, "lld", REFUSED },
	{ OP_MASK, OP(56), insn_fill_unknown, "sc", REFUSED }, { OP_MASK, OP(60), insn_fill_unknown, "scd", REFUSED },
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

static const struct insn_table table = { ARCH, rows, insn_fetch_word };

static bool mips_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	if (!insn_table_decode(&table, code, addr, ret))
		return false;
	if (ret->kind >= INSN_JUMP && ret->kind != INSN_TRAP)
		ret->delay = 4;
	return true;
}

static void mips_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_mips_ops = { .decode = mips_decode, .format = mips_format };
