// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * RISC-V instructions by mask tables, the compressed ones (which Go's assembler emits since 1.26) among them: an
 * instruction whose two low bits are not 11 has 16 bits.
 *
 * Encodings: The RISC-V Instruction Set Manual, volume I, chapters "RV32/64G Instruction Set Listings" and "C".
 * The kernel's side is arch/riscv/kernel/probes/decode-insn.c: jumps, branches and auipc are simulated; system
 * instructions and fences are refused.
 */
#include "abi/insn_table.h"

enum { ZERO = 0, RA = 1, SP = 2, T0 = 5, F0 = 32 };

#define ARCH (&abi_riscv64)

static int rd(uint64_t code) { return (int)insn_bits(code, 11, 7); }
static int rs1(uint64_t code) { return (int)insn_bits(code, 19, 15); }
static int rs2(uint64_t code) { return (int)insn_bits(code, 24, 20); }
static int crs2(uint64_t code) { return (int)insn_bits(code, 6, 2); }
/* The registers of three bits. */
static int short1(uint64_t code) { return 8 + (int)insn_bits(code, 9, 7); }
static int short2(uint64_t code) { return 8 + (int)insn_bits(code, 4, 2); }

static int or_none(int reg)
{
	return reg == ZERO ? REG_NONE : reg;
}

static uint64_t relative(const struct insn *in, int64_t off)
{
	return in->addr + (uint64_t)off;
}

/* ----------------------------------------------------------------- 32 bits */

static void fill_jal(uint64_t code, struct insn *in)
{
	uint64_t to = relative(in, insn_sbits(code, 31, 31) * 0x100000 |
				   (int64_t)(insn_bits(code, 19, 12) << 12 | insn_bits(code, 20, 20) << 11 |
					     insn_bits(code, 30, 21) << 1));

	if (rd(code) == ZERO)
		insn_set_jump(in, to);
	else
		insn_set_call(in, to);
}

/* Both link registers of the calling convention return. */
static void set_jump_register(struct insn *in, int reg)
{
	if (reg == RA || reg == T0) {
		in->kind = INSN_RET;
	} else {
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)reg;
	}
}

static void fill_jalr(uint64_t code, struct insn *in)
{
	if (rd(code) != ZERO)
		insn_set_call(in, 0);
	else
		set_jump_register(in, rs1(code));
}

static void fill_branch(uint64_t code, struct insn *in)
{
	insn_set_branch(in, relative(in, insn_sbits(code, 31, 31) * 0x1000 |
					 (int64_t)(insn_bits(code, 7, 7) << 11 | insn_bits(code, 30, 25) << 5 |
						   insn_bits(code, 11, 8) << 1)));
}

static void fill_rd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rd(code)));
}

/* An address, of what is not followed; linkers' trampolines jump by it. */
static void fill_auipc(uint64_t code, struct insn *in)
{
	fill_rd(code, in);
	if (rd(code) == ZERO)
		return;
	in->kind = INSN_LEA;
	in->dst = (int8_t)rd(code);
}

/* Float operations: the result may be an integer. */
static void fill_both(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rd(code))) | insn_bit(F0 + rd(code));
}

static void fill_fd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + rd(code));
}

static void fill_addi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, or_none(rd(code)), or_none(rs1(code)), insn_sbits(code, 31, 20));
}

static void fill_load(uint64_t code, struct insn *in)
{
	insn_set_load(in, ARCH, or_none(rd(code)), or_none(rs1(code)), insn_sbits(code, 31, 20),
		      1u << insn_bits(code, 13, 12));
}

static void fill_fload(uint64_t code, struct insn *in)
{
	insn_set_load(in, ARCH, F0 + rd(code), or_none(rs1(code)), insn_sbits(code, 31, 20),
		      1u << insn_bits(code, 13, 12));
}

static void set_store(uint64_t code, struct insn *in, int reg)
{
	insn_set_store(in, ARCH, reg, or_none(rs1(code)),
		       insn_sbits(code, 31, 25) * 32 | (int64_t)insn_bits(code, 11, 7),
		       1u << insn_bits(code, 13, 12));
}

static void fill_store(uint64_t code, struct insn *in)
{
	set_store(code, in, or_none(rs2(code)));
}

static void fill_fstore(uint64_t code, struct insn *in)
{
	set_store(code, in, F0 + rs2(code));
}

static void fill_atomic(uint64_t code, struct insn *in)
{
	fill_rd(code, in);
	in->base = (int8_t)or_none(rs1(code));
	in->writes_memory = true;
	in->may_fault = true;
}

/* ----------------------------------------------------------------- 16 bits */

/* The immediate of the forms with a signed six-bit one. */
static int64_t imm6(uint64_t code)
{
	return insn_sbits(code, 12, 12) * 32 | (int64_t)insn_bits(code, 6, 2);
}

static void fill_c_addi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, or_none(rd(code)), or_none(rd(code)), imm6(code));
}

static void fill_c_addi16sp(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, SP, SP, insn_sbits(code, 12, 12) * 512 |
				       (int64_t)(insn_bits(code, 4, 3) << 7 | insn_bits(code, 5, 5) << 6 |
						 insn_bits(code, 2, 2) << 5 | insn_bits(code, 6, 6) << 4));
}

static void fill_c_addi4spn(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, short2(code), SP,
		     (int64_t)(insn_bits(code, 10, 7) << 6 | insn_bits(code, 12, 11) << 4 |
			       insn_bits(code, 5, 5) << 3 | insn_bits(code, 6, 6) << 2));
}

static void fill_c_j(uint64_t code, struct insn *in)
{
	insn_set_jump(in, relative(in, insn_sbits(code, 12, 12) * 2048 |
				       (int64_t)(insn_bits(code, 8, 8) << 10 | insn_bits(code, 10, 9) << 8 |
						 insn_bits(code, 6, 6) << 7 | insn_bits(code, 7, 7) << 6 |
						 insn_bits(code, 2, 2) << 5 | insn_bits(code, 11, 11) << 4 |
						 insn_bits(code, 5, 3) << 1)));
}

static void fill_c_branch(uint64_t code, struct insn *in)
{
	insn_set_branch(in, relative(in, insn_sbits(code, 12, 12) * 256 |
					 (int64_t)(insn_bits(code, 6, 5) << 6 | insn_bits(code, 2, 2) << 5 |
						   insn_bits(code, 11, 10) << 3 | insn_bits(code, 4, 3) << 1)));
}

static void fill_c_short1(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(short1(code));
}

static void fill_c_jr(uint64_t code, struct insn *in)
{
	set_jump_register(in, rd(code));
}

static void fill_c_jalr(uint64_t code, struct insn *in)
{
	(void)code;
	insn_set_call(in, 0);
}

static void fill_c_mv(uint64_t code, struct insn *in)
{
	insn_set_move(in, or_none(rd(code)), crs2(code));
}

/* Register forms: 8 bytes, or 4 for c.lw and c.sw (bit 13 clear, bit 14 set). */
static bool c_is_word(uint64_t code)
{
	return (code & 0x6000) == 0x4000;
}

static int64_t c_offset(uint64_t code)
{
	if (c_is_word(code))
		return (int64_t)(insn_bits(code, 12, 10) << 3 | insn_bits(code, 6, 6) << 2 | insn_bits(code, 5, 5) << 6);
	return (int64_t)(insn_bits(code, 12, 10) << 3 | insn_bits(code, 6, 5) << 6);
}

/* c.fld, c.lw, c.ld; the float form has bits 14:13 01 */
static void fill_c_load(uint64_t code, struct insn *in)
{
	int file = (code & 0x6000) == 0x2000 ? F0 : 0;

	insn_set_load(in, ARCH, file + short2(code), short1(code), c_offset(code), c_is_word(code) ? 4 : 8);
}

static void fill_c_store(uint64_t code, struct insn *in)
{
	int file = (code & 0x6000) == 0x2000 ? F0 : 0;

	insn_set_store(in, ARCH, file + short2(code), short1(code), c_offset(code), c_is_word(code) ? 4 : 8);
}

static void fill_c_loadsp(uint64_t code, struct insn *in)
{
	bool is_float = (code & 0x6000) == 0x2000;
	uint64_t off = insn_bits(code, 12, 12) << 5;

	if (c_is_word(code))
		off |= insn_bits(code, 6, 4) << 2 | insn_bits(code, 3, 2) << 6;
	else
		off |= insn_bits(code, 6, 5) << 3 | insn_bits(code, 4, 2) << 6;
	insn_set_load(in, ARCH, is_float ? F0 + rd(code) : or_none(rd(code)), SP, (int64_t)off,
		      c_is_word(code) ? 4 : 8);
}

static void fill_c_storesp(uint64_t code, struct insn *in)
{
	bool is_float = (code & 0x6000) == 0x2000;
	uint64_t off;

	if (c_is_word(code))
		off = insn_bits(code, 12, 9) << 2 | insn_bits(code, 8, 7) << 6;
	else
		off = insn_bits(code, 12, 10) << 3 | insn_bits(code, 9, 7) << 6;
	insn_set_store(in, ARCH, is_float ? F0 + crs2(code) : or_none(crs2(code)), SP, (int64_t)off,
		       c_is_word(code) ? 4 : 8);
}

#define SIM true, false
#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	/* Two low bits 11. */
	{ 0x0000007f, 0x6f, fill_jal, "jal", SIM },
	{ 0xffffffff, 0x00008067, fill_jalr, "ret", SIM },
	{ 0x0000707f, 0x67, fill_jalr, "jalr", SIM },
	{ 0x0000707f, 0x0063, fill_branch, "beq", SIM },
	{ 0x0000707f, 0x1063, fill_branch, "bne", SIM },
	{ 0x0000707f, 0x4063, fill_branch, "blt", SIM },
	{ 0x0000707f, 0x5063, fill_branch, "bge", SIM },
	{ 0x0000707f, 0x6063, fill_branch, "bltu", SIM },
	{ 0x0000707f, 0x7063, fill_branch, "bgeu", SIM },
	{ 0xffffffff, 0x00100073, insn_fill_trap, "ebreak", REFUSED },
	{ 0xffffffff, 0x00000073, insn_fill_unknown, "ecall", REFUSED },
	{ 0x0000707f, 0x0073, insn_fill_unknown, "", REFUSED },
	{ 0x0000007f, 0x73, fill_rd, "csr", REFUSED },
	{ 0x0000007f, 0x0f, insn_fill_nothing, "fence", REFUSED },
	{ 0x0000007f, 0x17, fill_auipc, "auipc", SIM },
	{ 0x0000007f, 0x37, fill_rd, "lui", XOL },
	{ 0xffffffff, 0x00000013, insn_fill_nothing, "nop", XOL },
	{ 0x0000707f, 0x13, fill_addi, "addi", XOL },
	{ 0x0000007f, 0x13, fill_rd, "", XOL },
	{ 0x0000007f, 0x1b, fill_rd, "", XOL },
	{ 0x0000007f, 0x33, fill_rd, "", XOL },
	{ 0x0000007f, 0x3b, fill_rd, "", XOL },
	{ 0x0000707f, 0x3003, fill_load, "ld", XOL },
	{ 0x0000007f, 0x03, fill_load, "l", XOL },
	{ 0x0000707f, 0x2007, fill_fload, "flw", XOL },
	{ 0x0000707f, 0x3007, fill_fload, "fld", XOL },
	{ 0x0000707f, 0x0023, fill_store, "sb", XOL },
	{ 0x0000707f, 0x1023, fill_store, "sh", XOL },
	{ 0x0000707f, 0x2023, fill_store, "sw", XOL },
	{ 0x0000707f, 0x3023, fill_store, "sd", XOL },
	{ 0x0000707f, 0x2027, fill_fstore, "fsw", XOL },
	{ 0x0000707f, 0x3027, fill_fstore, "fsd", XOL },
	{ 0x0000007f, 0x2f, fill_atomic, "", XOL },
	{ 0x0000007f, 0x53, fill_both, "", XOL },
	{ 0x00000073, 0x43, fill_fd, "", XOL },			/* fmadd, fmsub, fnmsub, fnmadd */

	/* Compressed, by quadrant. */
	{ 0xffff, 0x0000, insn_fill_trap, "unimp", REFUSED },
	{ 0xe003, 0x0000, fill_c_addi4spn, "addi", XOL },
	{ 0xe003, 0x2000, fill_c_load, "fld", XOL },
	{ 0xe003, 0x4000, fill_c_load, "lw", XOL },
	{ 0xe003, 0x6000, fill_c_load, "ld", XOL },
	{ 0xe003, 0xa000, fill_c_store, "fsd", XOL },
	{ 0xe003, 0xc000, fill_c_store, "sw", XOL },
	{ 0xe003, 0xe000, fill_c_store, "sd", XOL },

	{ 0xffff, 0x0001, insn_fill_nothing, "nop", XOL },
	{ 0xe003, 0x0001, fill_c_addi, "addi", XOL },
	{ 0xe003, 0x2001, fill_rd, "addiw", XOL },
	{ 0xe003, 0x4001, fill_rd, "li", XOL },
	{ 0xef83, 0x6101, fill_c_addi16sp, "addi", XOL },
	{ 0xe003, 0x6001, fill_rd, "lui", XOL },
	{ 0xe003, 0x8001, fill_c_short1, "", XOL },
	{ 0xe003, 0xa001, fill_c_j, "j", SIM },
	{ 0xe003, 0xc001, fill_c_branch, "beqz", SIM },
	{ 0xe003, 0xe001, fill_c_branch, "bnez", SIM },

	{ 0xe003, 0x0002, fill_rd, "slli", XOL },
	{ 0xe003, 0x2002, fill_c_loadsp, "fld", XOL },
	{ 0xe003, 0x4002, fill_c_loadsp, "lw", XOL },
	{ 0xe003, 0x6002, fill_c_loadsp, "ld", XOL },
	{ 0xffff, 0x8082, fill_c_jr, "ret", SIM },
	{ 0xf07f, 0x8002, fill_c_jr, "jr", SIM },
	{ 0xf003, 0x8002, fill_c_mv, "mv", XOL },
	{ 0xffff, 0x9002, insn_fill_trap, "ebreak", REFUSED },
	{ 0xf07f, 0x9002, fill_c_jalr, "jalr", SIM },
	{ 0xf003, 0x9002, fill_rd, "add", XOL },
	{ 0xe003, 0xa002, fill_c_storesp, "fsd", XOL },
	{ 0xe003, 0xc002, fill_c_storesp, "sw", XOL },
	{ 0xe003, 0xe002, fill_c_storesp, "sd", XOL },
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

/* Instructions are little-endian units of 16 bits. */
static bool fetch(const struct bytes *code, uint64_t addr, uint64_t *ret, uint8_t *len)
{
	uint16_t low, high;
	uint64_t pos = addr - code->addr;

	if (addr < code->addr || !bytes_u16(code, pos, &low))
		return false;
	*ret = low;
	*len = 2;
	if ((low & 3) != 3)
		return true;
	if (!bytes_u16(code, pos + 2, &high))
		return false;
	*ret |= (uint64_t)high << 16;
	*len = 4;
	return true;
}

static const struct insn_table table = { ARCH, rows, fetch };

static bool riscv64_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return insn_table_decode(&table, code, addr, ret);
}

static void riscv64_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_riscv64_ops = { .decode = riscv64_decode, .format = riscv64_format };
