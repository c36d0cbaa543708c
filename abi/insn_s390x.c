// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * z/Architecture instructions by mask tables: 2, 4 or 6 bytes, told by the two high bits of the first. A code is
 * taken as 48 bits, the first byte highest.
 *
 * Encodings: z/Architecture Principles of Operation (SA22-7832), appendix B; cmd/internal/obj/s390x/asmz.go.
 * Fields of the common formats: R1 is bits 39:36, X2 or R2 35:32, B 31:28, D 27:16 (of the long forms, high part in
 * 15:8). The kernel's side is arch/s390/kernel/uprobes.c: all is stepped; what kprobes.c refuses is refused.
 */
#include "abi/insn_table.h"

enum { LR = 14, SP = 15, F0 = 16, MASK_ALWAYS = 15 };

#define ARCH (&abi_s390x)

static int r1(uint64_t code) { return (int)insn_bits(code, 39, 36); }
static int x2(uint64_t code) { return (int)insn_bits(code, 35, 32); }
static int b2(uint64_t code) { return (int)insn_bits(code, 31, 28); }
/* Register-register forms of four bytes. */
static int rre1(uint64_t code) { return (int)insn_bits(code, 23, 20); }
static int rre2(uint64_t code) { return (int)insn_bits(code, 19, 16); }

/* ------------------------------------------------------- jumps */

static uint64_t relative16(uint64_t code, const struct insn *in, int lo)
{
	return in->addr + (uint64_t)(insn_sbits(code, lo + 15, lo) * 2);
}

static uint64_t relative32(uint64_t code, const struct insn *in)
{
	return in->addr + (uint64_t)(insn_sbits(code, 31, 0) * 2);
}

/* By mask: never, always, or as the condition code says. */
static void set_masked(struct insn *in, unsigned mask, uint64_t to)
{
	if (mask == MASK_ALWAYS)
		insn_set_jump(in, to);
	else if (mask)
		insn_set_branch(in, to);
}

/* Conditional ones return too. A register 0 is none. */
static void fill_bcr(uint64_t code, struct insn *in)
{
	if (!r1(code) || !x2(code))
		return;
	if (x2(code) == LR) {
		in->kind = INSN_RET;
	} else {
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)x2(code);
	}
}

static void fill_bc(uint64_t code, struct insn *in)
{
	if (r1(code))
		in->kind = INSN_INDIRECT_JUMP;
}

static void fill_indirect(uint64_t code, struct insn *in)
{
	(void)code;
	in->kind = INSN_INDIRECT_JUMP;
}

/* bctr: counts down, and jumps if there is a register to jump by. */
static void fill_bctr(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(r1(code));
	if (x2(code))
		in->kind = INSN_INDIRECT_JUMP;
}

static void fill_call(uint64_t code, struct insn *in)
{
	(void)code;
	insn_set_call(in, 0);
}

static void fill_brc(uint64_t code, struct insn *in)
{
	set_masked(in, (unsigned)r1(code), relative16(code, in, 16));
}

static void fill_brcl(uint64_t code, struct insn *in)
{
	set_masked(in, (unsigned)r1(code), relative32(code, in));
}

static void fill_bras(uint64_t code, struct insn *in)
{
	insn_set_call(in, relative16(code, in, 16));
}

static void fill_brasl(uint64_t code, struct insn *in)
{
	insn_set_call(in, relative32(code, in));
}

static void fill_count(uint64_t code, struct insn *in)
{
	insn_set_branch(in, relative16(code, in, 16));
	in->writes = insn_bit(r1(code));
}

static void fill_brcth(uint64_t code, struct insn *in)
{
	insn_set_branch(in, relative32(code, in));
	in->writes = insn_bit(r1(code));
}

/* Compare and branch: the mask stands behind the registers, or where the second would. */
static void fill_compare_branch(uint64_t code, struct insn *in)
{
	set_masked(in, (unsigned)insn_bits(code, 15, 12) & 14 ? (unsigned)insn_bits(code, 15, 12) | 1 : 0,
		   relative16(code, in, 16));
}

static void fill_compare_imm_branch(uint64_t code, struct insn *in)
{
	set_masked(in, (unsigned)x2(code) & 14 ? (unsigned)x2(code) | 1 : 0, relative16(code, in, 16));
}

/* ------------------------------------------------------- registers */

static void fill_r1(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(r1(code));
}

/* Multiplication and division: a pair. */
static void fill_pair(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(r1(code)) | insn_bit(r1(code) | 1);
}

static void fill_f1(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + r1(code));
}

static void fill_rre(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(rre1(code)) | insn_bit(rre1(code) | 1);
}

/* Float operations: the result may be an integer. */
static void fill_frre(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(rre1(code)) | insn_bit(F0 + rre1(code));
}

static void fill_lgr(uint64_t code, struct insn *in)
{
	insn_set_move(in, rre1(code), rre2(code));
}

static void fill_ldr(uint64_t code, struct insn *in)
{
	insn_set_move(in, F0 + r1(code), F0 + x2(code));
}

static void fill_aghi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, r1(code), r1(code), insn_sbits(code, 31, 16));
}

static void fill_agfi(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, r1(code), r1(code), insn_sbits(code, 31, 0));
}

static void fill_aghik(uint64_t code, struct insn *in)
{
	insn_set_add(in, ARCH, r1(code), x2(code), insn_sbits(code, 31, 16));
}

/* ------------------------------------------------------- memory */

/* Base and index are alike: one of them may be missing. Both: the address is not known. */
static bool plain_base(uint64_t code, int *ret)
{
	*ret = b2(code) ? b2(code) : x2(code) ? x2(code) : REG_NONE;
	return !b2(code) || !x2(code);
}

static int64_t short_disp(uint64_t code)
{
	return (int64_t)insn_bits(code, 27, 16);
}

static int64_t long_disp(uint64_t code)
{
	return insn_sbits(code, 15, 8) * 4096 + (int64_t)insn_bits(code, 27, 16);
}

static void set_load(uint64_t code, struct insn *in, int reg, int64_t disp, unsigned size)
{
	int base;

	in->writes = insn_bit(reg);
	in->may_fault = true;
	if (plain_base(code, &base))
		insn_set_load(in, ARCH, reg, base, disp, size);
	else
		in->indexed = true;
}

static void set_store(uint64_t code, struct insn *in, int reg, int64_t disp, unsigned size)
{
	int base;
	bool plain = plain_base(code, &base);

	insn_set_store(in, ARCH, reg, base, disp, size);
	if (plain)
		return;
	in->kind = INSN_OTHER;
	in->size = 0;
	in->indexed = true;
	in->may_fault = true;
}

static void set_address(uint64_t code, struct insn *in, int64_t disp)
{
	int base;

	in->writes = insn_bit(r1(code));
	if (plain_base(code, &base))
		insn_set_add(in, ARCH, r1(code), base, disp);
}

static unsigned store_size(unsigned op)
{
	switch (op) {
	case 0x24: case 0x2f: case 0x60: case 0x67: return 8;
	case 0x50: case 0x3e: case 0x70: case 0x66: return 4;
	case 0x40: case 0x3f: return 2;
	default: return 1;
	}
}

/* Opcodes in the first byte: la, st, sth, stc; ld, le, std, ste. */
static void fill_la(uint64_t code, struct insn *in)
{
	set_address(code, in, short_disp(code));
}

static void fill_store(uint64_t code, struct insn *in)
{
	set_store(code, in, r1(code), short_disp(code), store_size((unsigned)insn_bits(code, 47, 40)));
}

static void fill_fstore(uint64_t code, struct insn *in)
{
	set_store(code, in, F0 + r1(code), short_disp(code), store_size((unsigned)insn_bits(code, 47, 40)));
}

static void fill_ld(uint64_t code, struct insn *in)
{
	set_load(code, in, F0 + r1(code), short_disp(code), 8);
}

static void fill_read(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(r1(code));
	in->may_fault = true;
}

static void fill_fread(uint64_t code, struct insn *in)
{
	in->writes = insn_bit(F0 + r1(code));
	in->may_fault = true;
}

/* Opcodes in the last byte, long displacements. */
static void fill_lay(uint64_t code, struct insn *in)
{
	set_address(code, in, long_disp(code));
}

static void fill_lg(uint64_t code, struct insn *in)
{
	set_load(code, in, r1(code), long_disp(code), 8);
}

static void fill_load4(uint64_t code, struct insn *in)
{
	set_load(code, in, r1(code), long_disp(code), 4);
}

static void fill_load2(uint64_t code, struct insn *in)
{
	set_load(code, in, r1(code), long_disp(code), 2);
}

static void fill_load1(uint64_t code, struct insn *in)
{
	set_load(code, in, r1(code), long_disp(code), 1);
}

static void fill_long_store(uint64_t code, struct insn *in)
{
	unsigned op = (unsigned)insn_bits(code, 7, 0);

	/* sty, sthy, stcy have numbers of their own. */
	op = op == 0x70 ? 0x40 : op == 0x72 ? 0x42 : op;
	set_store(code, in, r1(code), long_disp(code), store_size(op));
}

static void fill_reversed_store(uint64_t code, struct insn *in)
{
	fill_long_store(code, in);
	in->src = REG_NONE;
}

static void fill_long_fstore(uint64_t code, struct insn *in)
{
	set_store(code, in, F0 + r1(code), long_disp(code), store_size((unsigned)insn_bits(code, 7, 0)));
}

static void fill_ldy(uint64_t code, struct insn *in)
{
	set_load(code, in, F0 + r1(code), long_disp(code), 8);
}

static void fill_pair_read(uint64_t code, struct insn *in)
{
	fill_pair(code, in);
	in->may_fault = true;
}

/* mvc, xc, oc, nc: 1 to 256 bytes at the first operand, B1 in bits 31:28. */
static void fill_block(uint64_t code, struct insn *in)
{
	unsigned size = (unsigned)insn_bits(code, 39, 32) + 1;

	insn_set_store(in, ARCH, REG_NONE, b2(code) ? b2(code) : REG_NONE, short_disp(code), size);
	in->kind = INSN_OTHER;
	in->size = size > UINT8_MAX ? 0 : (uint8_t)size;
	in->may_fault = true;
}

/* mvhhi, mvghi, mvhi; B1 in bits 31:28. */
static void fill_store_imm(uint64_t code, struct insn *in)
{
	static const uint8_t sizes[] = { 2, 8, 4, 0 };

	insn_set_store(in, ARCH, REG_NONE, b2(code) ? b2(code) : REG_NONE, short_disp(code),
		       sizes[insn_bits(code, 35, 34) & 3]);
	in->kind = in->size ? INSN_STORE : INSN_OTHER;
}

/* mvi, ni, oi, xi: one byte. */
static void fill_byte_imm(uint64_t code, struct insn *in)
{
	insn_set_store(in, ARCH, REG_NONE, b2(code) ? b2(code) : REG_NONE, short_disp(code), 1);
	in->kind = INSN_OTHER;
}

static void fill_compare(uint64_t code, struct insn *in)
{
	(void)code;
	in->may_fault = true;
}

#define OP1(b) ((uint64_t)(b) << 40)
#define OP2(b) ((uint64_t)(b) << 32)		/* all of the first two bytes */
#define OP1X(b, x) (OP1(b) | (uint64_t)(x) << 32)	/* first byte, low half of the second */
#define LONG(b, e) (OP1(b) | (e))		/* first and last byte */
#define M1 OP1(0xff)
#define M2 OP2(0xffff)
#define M1X OP1X(0xff, 0xf)
#define ML LONG(0xff, 0xff)
#define XOL false, false
#define REFUSED false, true

/* clang-format off */
static const struct insn_row rows[] = {
	{ OP2(0xffff), OP2(0x0000), insn_fill_trap, "undef", REFUSED },
	{ OP2(0xffff), OP2(0x0001), insn_fill_trap, "brk", REFUSED },
	{ OP2(0xffff), OP2(0x07fe), fill_bcr, "br r14", XOL },
	{ OP2(0xff00), OP2(0x0700), fill_bcr, "bcr", XOL },
	{ OP2(0xff00), OP2(0x0600), fill_bctr, "bctr", XOL },
	{ M1, OP1(0x05), fill_call, "balr", XOL }, { M1, OP1(0x0d), fill_call, "basr", XOL },
	{ M1, OP1(0x0b), fill_indirect, "bsm", REFUSED }, { M1, OP1(0x0c), fill_call, "bassm", REFUSED },
	{ M1, OP1(0x0a), insn_fill_unknown, "svc", XOL },
	{ M1, OP1(0x15), insn_fill_nothing, "clr", XOL }, { M1, OP1(0x19), insn_fill_nothing, "cr", XOL },
	{ M1, OP1(0x28), fill_ldr, "ldr", XOL },
	{ M1, OP1(0x1c), fill_pair, "mr", XOL }, { M1, OP1(0x1d), fill_pair, "dr", XOL },
	{ OP1(0xf0), OP1(0x10), fill_r1, "", XOL },
	{ M1, OP1(0x29), insn_fill_nothing, "cdr", XOL }, { M1, OP1(0x39), insn_fill_nothing, "cer", XOL },
	{ OP1(0xe0), OP1(0x20), fill_f1, "", XOL },

	{ M1, OP1(0x41), fill_la, "la", XOL },
	{ M1, OP1(0x40), fill_store, "sth", XOL }, { M1, OP1(0x42), fill_store, "stc", XOL },
	{ M1, OP1(0x50), fill_store, "st", XOL },
	{ M1, OP1(0x60), fill_fstore, "std", XOL }, { M1, OP1(0x70), fill_fstore, "ste", XOL },
	{ M1, OP1(0x68), fill_ld, "ld", XOL }, { M1, OP1(0x78), fill_fread, "le", XOL },
	{ M1, OP1(0x45), fill_call, "bal", XOL }, { M1, OP1(0x4d), fill_call, "bas", XOL },
	{ M1, OP1(0x46), fill_indirect, "bct", XOL }, { M1, OP1(0x47), fill_bc, "bc", XOL },
	{ M1, OP1(0x49), fill_compare, "ch", XOL }, { M1, OP1(0x55), fill_compare, "cl", XOL },
	{ M1, OP1(0x59), fill_compare, "c", XOL },
	{ M1, OP1(0x5c), fill_pair_read, "m", XOL }, { M1, OP1(0x5d), fill_pair_read, "d", XOL },
	{ M1, OP1(0x4e), insn_fill_unknown, "cvd", XOL },
	{ OP1(0xf0), OP1(0x40), fill_read, "", XOL }, { OP1(0xf0), OP1(0x50), fill_read, "", XOL },
	{ OP1(0xf0), OP1(0x60), fill_fread, "", XOL }, { OP1(0xf0), OP1(0x70), fill_fread, "", XOL },
	{ M1, OP1(0x84), fill_count, "brxh", XOL }, { M1, OP1(0x85), fill_count, "brxle", XOL },
	{ M1, OP1(0x86), fill_indirect, "bxh", XOL }, { M1, OP1(0x87), fill_indirect, "bxle", XOL },
	{ OP1(0xfc), OP1(0x88), fill_r1, "", XOL },			/* srl, sll, sra, sla */
	{ M1, OP1(0x92), fill_byte_imm, "mvi", XOL }, { M1, OP1(0x94), fill_byte_imm, "ni", XOL },
	{ M1, OP1(0x96), fill_byte_imm, "oi", XOL }, { M1, OP1(0x97), fill_byte_imm, "xi", XOL },
	{ M1, OP1(0x95), fill_compare, "cli", XOL }, { M1, OP1(0x91), fill_compare, "tm", XOL },
	{ M1, OP1(0xa5), fill_r1, "", XOL },				/* immediates */
	{ OP1X(0xff, 0xc), OP1X(0xa7, 0), insn_fill_nothing, "tm", XOL },
	{ M1X, OP1X(0xa7, 4), fill_brc, "brc", XOL }, { M1X, OP1X(0xa7, 5), fill_bras, "bras", XOL },
	{ M1X, OP1X(0xa7, 6), fill_count, "brct", XOL }, { M1X, OP1X(0xa7, 7), fill_count, "brctg", XOL },
	{ M1X, OP1X(0xa7, 11), fill_aghi, "aghi", XOL },
	{ M1X, OP1X(0xa7, 14), insn_fill_nothing, "chi", XOL }, { M1X, OP1X(0xa7, 15), insn_fill_nothing, "cghi", XOL },
	{ M1, OP1(0xa7), fill_r1, "", XOL },
	{ M2, OP2(0xb904), fill_lgr, "lgr", XOL },
	{ OP2(0xfffe), OP2(0xb920), insn_fill_nothing, "cgr", XOL },	/* and clgr */
	{ OP2(0xfffe), OP2(0xb930), insn_fill_nothing, "cgfr", XOL },	/* and clgfr */
	{ OP2(0xfff0), OP2(0xb900), fill_rre, "", XOL }, { OP2(0xfff0), OP2(0xb910), fill_rre, "", XOL },
	{ OP2(0xfff0), OP2(0xb980), fill_rre, "", XOL },
	{ OP2(0xfff8), OP2(0xb990), fill_rre, "", XOL }, { OP2(0xfff0), OP2(0xb9e0), fill_rre, "", XOL },
	{ OP2(0xfff0), OP2(0xb9f0), fill_rre, "", XOL },
	{ M1, OP1(0xb3), fill_frre, "", XOL },
	{ M2, OP2(0xb222), fill_frre, "ipm", XOL }, { M2, OP2(0xb24f), fill_frre, "ear", XOL },

	{ M1X, OP1X(0xc0, 0), fill_r1, "larl", XOL }, { M1X, OP1X(0xc0, 4), fill_brcl, "brcl", XOL },
	{ M1X, OP1X(0xc0, 5), fill_brasl, "brasl", XOL }, { M1, OP1(0xc0), fill_r1, "", XOL },
	{ M1X, OP1X(0xc2, 8), fill_agfi, "agfi", XOL },
	{ OP1X(0xff, 0xc), OP1X(0xc2, 12), insn_fill_nothing, "cgfi", XOL },	/* cfi, clgfi, clfi */
	{ M1, OP1(0xc2), fill_r1, "", XOL },
	{ M1X, OP1X(0xc4, 7), insn_fill_unknown, "sthrl", XOL }, { M1X, OP1X(0xc4, 11), insn_fill_unknown, "stgrl", XOL },
	{ M1X, OP1X(0xc4, 15), insn_fill_unknown, "strl", XOL }, { M1, OP1(0xc4), fill_r1, "lrl", XOL },
	{ M1X, OP1X(0xc6, 0), insn_fill_unknown, "exrl", REFUSED }, { M1, OP1(0xc6), insn_fill_nothing, "crl", XOL },
	{ M1X, OP1X(0xcc, 6), fill_brcth, "brcth", XOL }, { M1, OP1(0xcc), fill_r1, "", XOL },
	{ M1, OP1(0xd2), fill_block, "mvc", XOL }, { M1, OP1(0xd4), fill_block, "nc", XOL },
	{ M1, OP1(0xd6), fill_block, "oc", XOL }, { M1, OP1(0xd7), fill_block, "xc", XOL },
	{ M1, OP1(0xd5), fill_compare, "clc", XOL },
	{ OP2(0xfff3), OP2(0xe540), fill_store_imm, "mvghi", XOL },	/* mvhhi, mvhi */
	{ OP2(0xfff0), OP2(0xe550), fill_compare, "chhsi", XOL },	/* and its kind */

	{ ML, LONG(0xe3, 0x04), fill_lg, "lg", XOL }, { ML, LONG(0xe3, 0x24), fill_long_store, "stg", XOL },
	{ ML, LONG(0xe3, 0x71), fill_lay, "lay", XOL },
	{ ML, LONG(0xe3, 0x14), fill_load4, "lgf", XOL }, { ML, LONG(0xe3, 0x16), fill_load4, "llgf", XOL },
	{ ML, LONG(0xe3, 0x15), fill_load2, "lgh", XOL }, { ML, LONG(0xe3, 0x91), fill_load2, "llgh", XOL },
	{ ML, LONG(0xe3, 0x77), fill_load1, "lgb", XOL }, { ML, LONG(0xe3, 0x90), fill_load1, "llgc", XOL },
	{ ML, LONG(0xe3, 0x50), fill_long_store, "sty", XOL }, { ML, LONG(0xe3, 0x70), fill_long_store, "sthy", XOL },
	{ ML, LONG(0xe3, 0x72), fill_long_store, "stcy", XOL },
	{ ML, LONG(0xe3, 0x2f), fill_reversed_store, "strvg", XOL },
	{ ML, LONG(0xe3, 0x3e), fill_reversed_store, "strv", XOL },
	{ ML, LONG(0xe3, 0x3f), fill_reversed_store, "strvh", XOL },
	{ ML, LONG(0xe3, 0x8e), insn_fill_unknown, "stpq", XOL }, { ML, LONG(0xe3, 0x25), insn_fill_unknown, "ntstg", XOL },
	{ ML, LONG(0xe3, 0x2e), insn_fill_unknown, "cvdg", XOL }, { ML, LONG(0xe3, 0x26), insn_fill_unknown, "cvdy", XOL },
	{ ML, LONG(0xe3, 0x46), fill_indirect, "bctg", XOL }, { ML, LONG(0xe3, 0x47), fill_indirect, "bic", XOL },
	{ ML, LONG(0xe3, 0x36), insn_fill_nothing, "pfd", XOL },
	{ ML, LONG(0xe3, 0x20), fill_compare, "cg", XOL }, { ML, LONG(0xe3, 0x21), fill_compare, "clg", XOL },
	{ ML, LONG(0xe3, 0x30), fill_compare, "cgf", XOL }, { ML, LONG(0xe3, 0x31), fill_compare, "clgf", XOL },
	{ ML, LONG(0xe3, 0x34), fill_compare, "cgh", XOL }, { ML, LONG(0xe3, 0x55), fill_compare, "cly", XOL },
	{ ML, LONG(0xe3, 0x59), fill_compare, "cy", XOL }, { ML, LONG(0xe3, 0x79), fill_compare, "chy", XOL },
	{ ML, LONG(0xe3, 0x86), fill_pair_read, "mlg", XOL }, { ML, LONG(0xe3, 0x87), fill_pair_read, "dlg", XOL },
	{ ML, LONG(0xe3, 0x84), fill_pair_read, "mg", XOL }, { ML, LONG(0xe3, 0x8f), fill_pair_read, "lpq", XOL },
	{ ML, LONG(0xe3, 0x0d), fill_pair_read, "dsg", XOL }, { ML, LONG(0xe3, 0x1d), fill_pair_read, "dsgf", XOL },
	{ M1, OP1(0xe3), fill_read, "", XOL },
	{ ML, LONG(0xeb, 0x0a), fill_r1, "srag", XOL }, { ML, LONG(0xeb, 0x0c), fill_r1, "srlg", XOL },
	{ ML, LONG(0xeb, 0x0d), fill_r1, "sllg", XOL }, { ML, LONG(0xeb, 0x1c), fill_r1, "rllg", XOL },
	{ ML, LONG(0xeb, 0x1d), fill_r1, "rll", XOL },
	{ ML, LONG(0xeb, 0xdc), fill_r1, "srak", XOL }, { ML, LONG(0xeb, 0xde), fill_r1, "srlk", XOL },
	{ ML, LONG(0xeb, 0xdf), fill_r1, "sllk", XOL },
	{ ML, LONG(0xeb, 0x44), fill_indirect, "bxhg", XOL }, { ML, LONG(0xeb, 0x45), fill_indirect, "bxleg", XOL },
	{ ML, LONG(0xeb, 0x51), fill_compare, "tmy", XOL }, { ML, LONG(0xeb, 0x55), fill_compare, "cliy", XOL },
	{ ML, LONG(0xec, 0x44), fill_count, "brxhg", XOL }, { ML, LONG(0xec, 0x45), fill_count, "brxlg", XOL },
	{ ML, LONG(0xec, 0x64), fill_compare_branch, "cgrj", XOL }, { ML, LONG(0xec, 0x65), fill_compare_branch, "clgrj", XOL },
	{ ML, LONG(0xec, 0x76), fill_compare_branch, "crj", XOL }, { ML, LONG(0xec, 0x77), fill_compare_branch, "clrj", XOL },
	{ ML, LONG(0xec, 0x7c), fill_compare_imm_branch, "cgij", XOL },
	{ ML, LONG(0xec, 0x7d), fill_compare_imm_branch, "clgij", XOL },
	{ ML, LONG(0xec, 0x7e), fill_compare_imm_branch, "cij", XOL },
	{ ML, LONG(0xec, 0x7f), fill_compare_imm_branch, "clij", XOL },
	{ ML, LONG(0xec, 0xe4), fill_indirect, "cgrb", XOL }, { ML, LONG(0xec, 0xe5), fill_indirect, "clgrb", XOL },
	{ ML, LONG(0xec, 0xf6), fill_indirect, "crb", XOL }, { ML, LONG(0xec, 0xf7), fill_indirect, "clrb", XOL },
	{ LONG(0xff, 0xfc), LONG(0xec, 0xfc), fill_indirect, "cgib", XOL },
	{ LONG(0xff, 0xfc), LONG(0xec, 0x70), insn_fill_nothing, "cgit", XOL },
	{ ML, LONG(0xec, 0xd9), fill_aghik, "aghik", XOL },
	{ M1, OP1(0xec), fill_r1, "", XOL },				/* bit fields, conditional moves */
	{ ML, LONG(0xed, 0x65), fill_ldy, "ldy", XOL }, { ML, LONG(0xed, 0x67), fill_long_fstore, "stdy", XOL },
	{ ML, LONG(0xed, 0x66), fill_long_fstore, "stey", XOL },
	{ M1, OP1(0xed), fill_fread, "", XOL },
	{ 0, 0, insn_fill_unknown, "", XOL },
};
/* clang-format on */

/* Always big-endian. */
static bool fetch(const struct bytes *code, uint64_t addr, uint64_t *ret, uint8_t *len)
{
	uint64_t pos = addr - code->addr;
	uint8_t byte = 0;

	if (addr < code->addr || !bytes_u8(code, pos, &byte))
		return false;
	*len = byte < 0x40 ? 2 : byte < 0xc0 ? 4 : 6;
	*ret = 0;
	for (unsigned i = 0; i < *len; i++) {
		if (!bytes_u8(code, pos + i, &byte))
			return false;
		*ret |= (uint64_t)byte << (40 - 8 * i);
	}
	return true;
}

static const struct insn_table table = { ARCH, rows, fetch };

static bool s390x_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return insn_table_decode(&table, code, addr, ret);
}

static void s390x_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	insn_table_format(&table, code, addr, buf, size);
}

const struct insn_ops insn_s390x_ops = { .decode = s390x_decode, .format = s390x_format };
