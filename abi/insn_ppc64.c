// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Power instructions, both byte orders, by mask tables.
 *
 * Encodings: Power ISA 3.1, Book I; the assembler's own use of them is cmd/internal/obj/ppc64/asm9.go.
 * Bits are counted from the low end here. The kernel's side is arch/powerpc/kernel/uprobes.c with
 * arch/powerpc/lib/sstep.c: analyse_instr() emulates branches and integer arithmetic.
 */
#include "abi/insn_table.h"

enum { SP = 1, F0 = 32 };

#define ARCH (&abi_ppc64le)

static int rt(uint64_t code) { return (int)insn_bits(code, 25, 21); }
static int ra(uint64_t code) { return (int)insn_bits(code, 20, 16); }

static void fill_b(uint64_t code, struct insn *in)
{
	uint64_t to = (uint64_t)(insn_sbits(code, 25, 2) * 4) + (code & 2 ? 0 : in->addr);

	if (code & 1)
		insn_set_call(in, to);
	else
		insn_set_jump(in, to);
}

/* BO 1x1xx: always. */
static bool is_always(uint64_t code)
{
	return (insn_bits(code, 25, 21) & 0x14) == 0x14;
}

static void fill_bc(uint64_t code, struct insn *in)
{
	uint64_t to = (uint64_t)(insn_sbits(code, 15, 2) * 4) + (code & 2 ? 0 : in->addr);

	if (code & 1)
		insn_set_call(in, to);
	else if (is_always(code))
		insn_set_jump(in, to);
	else
		insn_set_branch(in, to);
}

/* Also conditional ones return. */
static void fill_bclr(uint64_t code, struct insn *in)
{
	if (code & 1)
		insn_set_call(in, 0);
	else
		in->kind = INSN_RET;
}

static void fill_bcctr(uint64_t code, struct insn *in)
{
	if (code & 1)
		insn_set_call(in, 0);
	else
		in->kind = INSN_INDIRECT_JUMP;
}

static void fill_addi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, rt(code), ra(code) ? ra(code) : REG_NONE, insn_sbits(code, 15, 0));
}

static void fill_rt(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(rt(code));
}

static void fill_ra(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(ra(code));
}

static void fill_frt(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + rt(code));
}

/* Vector-scalar: register numbers 0 to 31 are the float registers; some write an integer register. */
static void fill_vsx(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + rt(code)) | insn_bit(F0 + ra(code)) | insn_bit(rt(code)) | insn_bit(ra(code));
}

static void fill_mr(uint64_t code, struct insn *in)
{
	if (rt(code) == (int)insn_bits(code, 15, 11))
		insn_set_move(in, ra(code), rt(code));
	else
		fill_ra(code, in);
}

/* RA 0 is the constant zero, not R0: the memory is not the stack. */
static int base_of(uint64_t code)
{
	return ra(code) ? ra(code) : REG_NONE;
}

static void set_access(uint64_t code, struct insn *in, bool load, int reg, int64_t disp, unsigned size, bool update)
{
	if (load)
		insn_set_load(in, ARCH, reg, base_of(code), disp, size);
	else
		insn_set_store(in, ARCH, reg, base_of(code), disp, size);
	if (update && base_of(code) != REG_NONE) {
		in->writeback = disp;
		in->writes |= insn_bit(ra(code));
	}
}

/* Primary opcodes 32 to 55. */
static void fill_access(uint64_t code, struct insn *in)
{
	static const uint8_t sizes[] = { 4, 1, 4, 1, 2, 2, 2, 0, 4, 8, 4, 8 };
	unsigned op = (unsigned)insn_bits(code, 31, 26) - 32;
	bool load = op >= 16 ? !(op & 4) : op < 4 || (op >= 8 && op < 12);

	set_access(code, in, load, (op >= 16 ? F0 : 0) + rt(code), insn_sbits(code, 15, 0), sizes[op / 2], op & 1);
}

static void fill_ld(uint64_t code, struct insn *in)
{
	unsigned form = code & 3;

	set_access(code, in, true, rt(code), insn_sbits(code, 15, 2) * 4, form == 2 ? 4 : 8, form == 1);
}

static void fill_std(uint64_t code, struct insn *in)
{
	set_access(code, in, false, rt(code), insn_sbits(code, 15, 2) * 4, 8, code & 1);
}

/* Eight bytes, a prefix and a suffix; none of them jumps. */
static void fill_prefixed(uint64_t code, struct insn *in)
{
	insn_fill_unknown(code, in);
	in->len = 8;
}

#define OP(n) ((uint64_t)(n) << 26)
#define OP_MASK OP(0x3f)
#define X(op, xo) OP(op) | (xo) << 1
#define X_MASK (OP_MASK | 0x3ff << 1)
#define SIM true, false
#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	{ 0xffffffff, 0x00000000, insn_fill_trap, "undef", REFUSED },
	{ 0xffffffff, 0x7fe00008, insn_fill_trap, "trap", REFUSED },
	{ OP_MASK, OP(1), fill_prefixed, "", XOL },
	{ OP_MASK, OP(18), fill_b, "b", SIM },
	{ OP_MASK, OP(16), fill_bc, "bc", SIM },
	{ 0xffffffff, 0x4e800020, fill_bclr, "blr", SIM },
	{ X_MASK, X(19, 16), fill_bclr, "bclr", SIM },
	{ X_MASK, X(19, 528), fill_bcctr, "bcctr", SIM },
	{ X_MASK, X(19, 560), fill_bcctr, "bctar", SIM },
	{ OP_MASK | 0x1f << 1, OP(19) | 2 << 1, fill_rt, "addpcis", SIM },
	{ X_MASK, X(19, 18), insn_fill_unknown, "rfid", REFUSED },
	{ OP_MASK, OP(19), insn_fill_nothing, "", SIM },	/* condition register, isync */
	{ OP_MASK, OP(17), insn_fill_unknown, "sc", REFUSED },
	{ OP_MASK, OP(2), insn_fill_nothing, "tdi", REFUSED },
	{ OP_MASK, OP(3), insn_fill_nothing, "twi", REFUSED },

	{ OP_MASK, OP(14), fill_addi, "addi", SIM },
	{ OP_MASK, OP(15), fill_rt, "addis", SIM },
	{ OP_MASK, OP(7), fill_rt, "mulli", SIM },
	{ OP_MASK, OP(8), fill_rt, "subfic", SIM },
	{ OP_MASK, OP(10), insn_fill_nothing, "cmpli", SIM },
	{ OP_MASK, OP(11), insn_fill_nothing, "cmpi", SIM },
	{ OP_MASK, OP(12), fill_rt, "addic", SIM },
	{ OP_MASK, OP(13), fill_rt, "addic.", SIM },
	{ 0xffffffff, 0x60000000, insn_fill_nothing, "nop", SIM },
	{ 0xf8000000, OP(20), fill_ra, "", SIM },		/* rlwimi, rlwinm */
	{ OP_MASK, OP(23), fill_ra, "rlwnm", SIM },
	{ 0xf8000000, OP(24), fill_ra, "", SIM },		/* ori, oris */
	{ 0xf8000000, OP(26), fill_ra, "", SIM },
	{ 0xf8000000, OP(28), fill_ra, "", SIM },
	{ OP_MASK, OP(30), fill_ra, "", SIM },			/* rldicl, … */

	{ X_MASK, X(31, 444), fill_mr, "mr", SIM },
	{ X_MASK, X(31, 0), insn_fill_nothing, "cmp", SIM },
	{ X_MASK, X(31, 32), insn_fill_nothing, "cmpl", SIM },
	{ X_MASK, X(31, 4), insn_fill_nothing, "tw", REFUSED },
	{ X_MASK, X(31, 68), insn_fill_nothing, "td", REFUSED },
	{ 0xfc1fffff, 0x7c0802a6, fill_rt, "mflr", SIM },
	{ 0xfc1fffff, 0x7c0803a6, insn_fill_nothing, "mtlr", SIM },
	{ 0xfc1fffff, 0x7c0903a6, insn_fill_nothing, "mtctr", SIM },
	{ X_MASK, X(31, 339), fill_rt, "mfspr", SIM },
	{ X_MASK, X(31, 467), insn_fill_nothing, "mtspr", SIM },
	{ X_MASK, X(31, 19), fill_rt, "mfcr", SIM },
	{ X_MASK, X(31, 144), insn_fill_nothing, "mtcrf", SIM },
	{ X_MASK, X(31, 598), insn_fill_nothing, "sync", SIM },
	{ X_MASK, X(31, 278), insn_fill_nothing, "dcbt", SIM },
	{ X_MASK, X(31, 246), insn_fill_nothing, "dcbtst", SIM },
	{ X_MASK, X(31, 51), fill_ra, "mfvsrd", XOL },
	{ X_MASK, X(31, 115), fill_ra, "mfvsrwz", XOL },
	{ X_MASK, X(31, 179), fill_frt, "mtvsrd", XOL },
	{ X_MASK, X(31, 211), fill_frt, "mtvsrwa", XOL },
	{ X_MASK, X(31, 243), fill_frt, "mtvsrwz", XOL },
	/* Logic, shifts, counts, extensions: RA is written. */
	{ X_MASK, X(31, 28), fill_ra, "and", SIM }, { X_MASK, X(31, 60), fill_ra, "andc", SIM },
	{ X_MASK, X(31, 124), fill_ra, "nor", SIM }, { X_MASK, X(31, 284), fill_ra, "eqv", SIM },
	{ X_MASK, X(31, 316), fill_ra, "xor", SIM }, { X_MASK, X(31, 412), fill_ra, "orc", SIM },
	{ X_MASK, X(31, 476), fill_ra, "nand", SIM }, { X_MASK, X(31, 24), fill_ra, "slw", SIM },
	{ X_MASK, X(31, 27), fill_ra, "sld", SIM }, { X_MASK, X(31, 536), fill_ra, "srw", SIM },
	{ X_MASK, X(31, 539), fill_ra, "srd", SIM }, { X_MASK, X(31, 792), fill_ra, "sraw", SIM },
	{ X_MASK, X(31, 794), fill_ra, "srad", SIM }, { X_MASK, X(31, 824), fill_ra, "srawi", SIM },
	{ OP_MASK | 0x3fe << 1, X(31, 826), fill_ra, "sradi", SIM }, { X_MASK, X(31, 26), fill_ra, "cntlzw", SIM },
	{ X_MASK, X(31, 58), fill_ra, "cntlzd", SIM }, { X_MASK, X(31, 538), fill_ra, "cnttzw", SIM },
	{ X_MASK, X(31, 570), fill_ra, "cnttzd", SIM }, { X_MASK, X(31, 922), fill_ra, "extsh", SIM },
	{ X_MASK, X(31, 954), fill_ra, "extsb", SIM }, { X_MASK, X(31, 986), fill_ra, "extsw", SIM },
	/* Arithmetic (with the overflow bit as well): RT is written. */
	{ OP_MASK | 0x1f << 1, OP(31) | 10 << 1, fill_rt, "", SIM },	/* addc, adde, addze, add */
	{ OP_MASK | 0x1f << 1, OP(31) | 8 << 1, fill_rt, "", SIM },	/* subfc, subf, neg, subfe, … */
	{ OP_MASK | 0x1f << 1, OP(31) | 9 << 1, fill_rt, "", SIM },	/* mulhd, mulld, divd, modsd */
	{ OP_MASK | 0x1f << 1, OP(31) | 11 << 1, fill_rt, "", SIM },	/* mulhw, mullw, divw */
	{ OP_MASK | 0x1f << 1, OP(31) | 15 << 1, fill_rt, "isel", SIM },
	/* Indexed loads. */
	{ X_MASK, X(31, 21), fill_rt, "ldx", SIM }, { X_MASK, X(31, 23), fill_rt, "lwzx", SIM },
	{ X_MASK, X(31, 87), fill_rt, "lbzx", SIM }, { X_MASK, X(31, 279), fill_rt, "lhzx", SIM },
	{ X_MASK, X(31, 341), fill_rt, "lwax", SIM }, { X_MASK, X(31, 343), fill_rt, "lhax", SIM },
	{ OP_MASK, OP(31), insn_fill_unknown, "", XOL },

	{ OP_MASK, OP(32), fill_access, "lwz", SIM }, { OP_MASK, OP(33), fill_access, "lwzu", SIM },
	{ OP_MASK, OP(34), fill_access, "lbz", SIM }, { OP_MASK, OP(35), fill_access, "lbzu", SIM },
	{ OP_MASK, OP(36), fill_access, "stw", SIM }, { OP_MASK, OP(37), fill_access, "stwu", SIM },
	{ OP_MASK, OP(38), fill_access, "stb", SIM }, { OP_MASK, OP(39), fill_access, "stbu", SIM },
	{ OP_MASK, OP(40), fill_access, "lhz", SIM }, { OP_MASK, OP(41), fill_access, "lhzu", SIM },
	{ OP_MASK, OP(42), fill_access, "lha", SIM }, { OP_MASK, OP(43), fill_access, "lhau", SIM },
	{ OP_MASK, OP(44), fill_access, "sth", SIM }, { OP_MASK, OP(45), fill_access, "sthu", SIM },
	{ OP_MASK, OP(48), fill_access, "lfs", SIM }, { OP_MASK, OP(49), fill_access, "lfsu", SIM },
	{ OP_MASK, OP(50), fill_access, "lfd", SIM }, { OP_MASK, OP(51), fill_access, "lfdu", SIM },
	{ OP_MASK, OP(52), fill_access, "stfs", SIM }, { OP_MASK, OP(53), fill_access, "stfsu", SIM },
	{ OP_MASK, OP(54), fill_access, "stfd", SIM }, { OP_MASK, OP(55), fill_access, "stfdu", SIM },
	{ OP_MASK | 3, OP(58), fill_ld, "ld", SIM }, { OP_MASK | 3, OP(58) | 1, fill_ld, "ldu", SIM },
	{ OP_MASK | 3, OP(58) | 2, fill_ld, "lwa", SIM },
	{ OP_MASK | 3, OP(62), fill_std, "std", SIM }, { OP_MASK | 3, OP(62) | 1, fill_std, "stdu", SIM },

	{ OP_MASK, OP(59), fill_frt, "", XOL },
	{ OP_MASK, OP(63), fill_frt, "", XOL },
	{ OP_MASK, OP(4), fill_rt, "", XOL },			/* vectors 32 to 63 hold no arguments */
	{ OP_MASK, OP(60), fill_vsx, "", XOL },
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

static const struct insn_table table = { ARCH, rows, insn_fetch_word };

static bool ppc64_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return insn_table_decode(&table, code, addr, ret);
}

static void ppc64_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_ppc64_ops = { .decode = ppc64_decode, .format = ppc64_format };
