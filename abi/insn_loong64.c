// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * LoongArch instructions by mask tables.
 *
 * Encodings: LoongArch Reference Manual, volume 1, appendix B; cmd/internal/obj/loong64/asm.go. The kernel's side
 * is arch/loongarch/kernel/inst.c: insns_need_simulation() (branches, pc-relative), insns_not_supported().
 */
#include "abi/insn_table.h"

enum { ZERO = 0, RA = 1, F0 = 32 };

#define ARCH (&abi_loong64)

static int rd(uint64_t code) { return (int)insn_bits(code, 4, 0); }
static int rj(uint64_t code) { return (int)insn_bits(code, 9, 5); }

static int or_none(int reg)
{
	return reg == ZERO ? REG_NONE : reg;
}

static uint64_t relative(const struct insn *in, int64_t words)
{
	return in->addr + (uint64_t)(words * 4);
}

static void fill_b(uint64_t code, struct insn *in)
{
	int64_t off = insn_sbits(code, 9, 0) * 0x10000 + (int64_t)insn_bits(code, 25, 10);

	if (code & 1 << 26)
		insn_set_call(in, relative(in, off));
	else
		insn_set_jump(in, relative(in, off));
}

/* beqz, bnez, bceqz, bcnez */
static void fill_bz(uint64_t code, struct insn *in)
{
	insn_set_branch(in, relative(in, insn_sbits(code, 4, 0) * 0x10000 + (int64_t)insn_bits(code, 25, 10)));
}

static void fill_bcc(uint64_t code, struct insn *in)
{
	uint64_t to = relative(in, insn_sbits(code, 25, 10));

	if (insn_bits(code, 31, 26) == 0x16 && rd(code) == rj(code))	/* beq of a register with itself */
		insn_set_jump(in, to);
	else
		insn_set_branch(in, to);
}

static void fill_jirl(uint64_t code, struct insn *in)
{
	if (rd(code) != ZERO) {
		insn_set_call(in, 0);
	} else if (rj(code) == RA) {
		in->kind = INSN_RET;
	} else {
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)rj(code);
	}
}

static void fill_rd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rd(code)));
}

static void fill_fd(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + rd(code));
}

static void fill_both(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(or_none(rd(code))) | insn_bit(F0 + rd(code));
}

static void fill_addi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, or_none(rd(code)), or_none(rj(code)), insn_sbits(code, 21, 10));
}

static void fill_or(uint64_t code, struct insn *in)
{
	if (insn_bits(code, 14, 10) == ZERO)
		insn_set_move(in, or_none(rd(code)), or_none(rj(code)));
	else
		fill_rd(code, in);
}

/* ld.b to st.d and their unsigned forms: the size in bits 23:22. */
static void fill_load(uint64_t code, struct insn *in)
{
	insn_set_load(in, ARCH, or_none(rd(code)), or_none(rj(code)), insn_sbits(code, 21, 10),
		      1u << insn_bits(code, 23, 22));
}

static void fill_store(uint64_t code, struct insn *in)
{
	insn_set_store(in, ARCH, or_none(rd(code)), or_none(rj(code)), insn_sbits(code, 21, 10),
		       1u << insn_bits(code, 23, 22));
}

static void fill_float(uint64_t code, struct insn *in)
{
	int64_t disp = insn_sbits(code, 21, 10);
	unsigned size = code & 1 << 23 ? 8 : 4;

	if (code & 1 << 22)
		insn_set_store(in, ARCH, F0 + rd(code), or_none(rj(code)), disp, size);
	else
		insn_set_load(in, ARCH, F0 + rd(code), or_none(rj(code)), disp, size);
}

/* ldptr, stptr */
static void fill_pointer(uint64_t code, struct insn *in)
{
	int64_t disp = insn_sbits(code, 23, 10) * 4;
	unsigned size = code & 1 << 25 ? 8 : 4;

	if (code & 1 << 24)
		insn_set_store(in, ARCH, or_none(rd(code)), or_none(rj(code)), disp, size);
	else
		insn_set_load(in, ARCH, or_none(rd(code)), or_none(rj(code)), disp, size);
}

/* An index register: where is not known. */
static void fill_indexed_load(uint64_t code, struct insn *in)
{
	fill_both(code, in);
	in->indexed = true;
	in->may_fault = true;
}

#define SIM true, false
#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	{ 0xffffffff, 0x4c000020, fill_jirl, "ret", SIM },
	{ 0xfc000000, 0x4c000000, fill_jirl, "jirl", SIM },
	{ 0xfc000000, 0x50000000, fill_b, "b", SIM },
	{ 0xfc000000, 0x54000000, fill_b, "bl", SIM },
	{ 0xfc000000, 0x40000000, fill_bz, "beqz", SIM },
	{ 0xfc000000, 0x44000000, fill_bz, "bnez", SIM },
	{ 0xfc000000, 0x48000000, fill_bz, "bceqz", SIM },	/* and bcnez */
	{ 0xfc000000, 0x58000000, fill_bcc, "beq", SIM },
	{ 0xfc000000, 0x5c000000, fill_bcc, "bne", SIM },
	{ 0xfc000000, 0x60000000, fill_bcc, "blt", SIM },
	{ 0xfc000000, 0x64000000, fill_bcc, "bge", SIM },
	{ 0xfc000000, 0x68000000, fill_bcc, "bltu", SIM },
	{ 0xfc000000, 0x6c000000, fill_bcc, "bgeu", SIM },
	{ 0xffff8000, 0x002a0000, insn_fill_trap, "break", REFUSED },
	{ 0xffff8000, 0x002b0000, insn_fill_unknown, "syscall", XOL },
	{ 0xffffffff, 0x00000000, insn_fill_trap, "undef", REFUSED },

	{ 0xffffffff, 0x03400000, insn_fill_nothing, "nop", XOL },
	{ 0xffff8000, 0x00150000, fill_or, "move", XOL },
	{ 0xffc00000, 0x02c00000, fill_addi, "addi.d", XOL },
	{ 0xff800000, 0x02800000, fill_rd, "addi.w", XOL },
	{ 0xff000000, 0x00000000, fill_rd, "", XOL },		/* integers in registers, bit fields */
	{ 0xff000000, 0x01000000, fill_both, "", XOL },		/* floats, moves between the files */
	{ 0xfe000000, 0x02000000, fill_rd, "", XOL },		/* immediates */
	{ 0xfc000000, 0x08000000, fill_fd, "", XOL },		/* fmadd, … */
	{ 0xff000000, 0x0c000000, insn_fill_nothing, "fcmp", XOL },
	{ 0xff000000, 0x0d000000, fill_fd, "fsel", XOL },
	{ 0xfc000000, 0x10000000, fill_rd, "addu16i.d", XOL },
	{ 0xfc000000, 0x14000000, fill_rd, "lu12i.w", XOL },	/* and lu32i.d */
	{ 0xf8000000, 0x18000000, fill_rd, "pcaddi", SIM },	/* and pcalau12i, pcaddu12i, pcaddu18i */

	{ 0xfd000000, 0x24000000, fill_pointer, "ldptr", XOL },
	{ 0xfd000000, 0x25000000, fill_pointer, "stptr", XOL },
	{ 0xffc00000, 0x28c00000, fill_load, "ld.d", XOL },
	{ 0xff000000, 0x28000000, fill_load, "ld", XOL },
	{ 0xffc00000, 0x29c00000, fill_store, "st.d", XOL },
	{ 0xff000000, 0x29000000, fill_store, "st", XOL },
	{ 0xffc00000, 0x2ac00000, insn_fill_nothing, "preld", XOL },
	{ 0xff000000, 0x2a000000, fill_load, "ldu", XOL },
	{ 0xff400000, 0x2b000000, fill_float, "fld", XOL },
	{ 0xff400000, 0x2b400000, fill_float, "fst", XOL },
	{ 0xfff00000, 0x38000000, fill_indexed_load, "ldx", XOL },
	{ 0xfff00000, 0x38200000, fill_indexed_load, "ldxu", XOL },
	{ 0xfff80000, 0x38300000, fill_indexed_load, "fldx", XOL },
	{ 0xffff8000, 0x38720000, insn_fill_nothing, "dbar", XOL },
	{ 0xffff8000, 0x38728000, insn_fill_nothing, "ibar", XOL },
	{ 0xfc000000, 0x20000000, insn_fill_unknown, "ll", REFUSED },	/* and sc */
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

static const struct insn_table table = { ARCH, rows, insn_fetch_word };

static bool loong64_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return insn_table_decode(&table, code, addr, ret);
}

static void loong64_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_loong64_ops = { .decode = loong64_decode, .format = loong64_format };
