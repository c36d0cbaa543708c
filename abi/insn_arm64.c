// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A64 instructions by mask tables, reduced to struct insn, and what Linux does with a uprobe on each.
 *
 * Encodings: Arm Architecture Reference Manual for A-profile (DDI 0487), C4.1 "A64 instruction set
 * encoding". The first row that matches decides, so special forms stand before general ones. What the
 * rows do not know is taken to write every register: following values ends there.
 *
 * The kernel's side is arch/arm64/kernel/probes/decode-insn.c: branches, ret and adr(p) are simulated;
 * exclusives, literal loads, memory copy instructions, exceptions and system registers are refused; the
 * rest is stepped. Registers are numbered as in abi_arm64.regs: X0-X30, SP at 31, V0-V31 from 32.
 */
#include <inttypes.h>
#include <string.h>

#include "abi/insn.h"

enum { SP = 31, ZR = 31, LR = 30, V0 = 32 };

static const uint64_t all_regs = UINT64_MAX;

static uint32_t bits(uint32_t code, int hi, int lo)
{
	return code >> lo & (UINT32_C(0xffffffff) >> (31 - (hi - lo)));
}

static int64_t sbits(uint32_t code, int hi, int lo)
{
	int64_t v = bits(code, hi, lo);

	return code >> hi & 1 ? v - (INT64_C(1) << (hi - lo + 1)) : v;
}

static uint64_t bit(unsigned reg)
{
	return UINT64_C(1) << reg;
}

/* Register 31 as the zero register: writing it changes nothing. */
static uint64_t bit_or_zr(unsigned reg)
{
	return reg == ZR ? 0 : bit(reg);
}

struct row;
struct row {
	uint32_t mask, value;
	void (*fill)(uint32_t code, struct insn *in);
	const char *name;		/* mnemonic for format(), with its form in print */
	void (*print)(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size);
	enum gosym_cost cost;
	bool refused;
};

/* ---------------------------------------------------------------------- filling */

static void fill_nothing(uint32_t code, struct insn *in)
{
	(void)code;
	(void)in;
}

static void fill_unknown(uint32_t code, struct insn *in)
{
	(void)code;
	in->writes = all_regs;
	in->writes_memory = true;
	in->may_fault = true;
}

static void fill_trap(uint32_t code, struct insn *in)
{
	(void)code;
	in->kind = INSN_TRAP;
}

static void fill_b(uint32_t code, struct insn *in)
{
	in->kind = code >> 31 ? INSN_CALL : INSN_JUMP;
	in->target = in->addr + (uint64_t)(sbits(code, 25, 0) * 4);
	if (in->kind == INSN_CALL)
		in->writes = all_regs;
}

static void fill_bcond(uint32_t code, struct insn *in)
{
	in->kind = bits(code, 3, 1) == 7 ? INSN_JUMP : INSN_BRANCH;	/* al, nv: always */
	in->cond = (uint8_t)bits(code, 3, 0);
	in->target = in->addr + (uint64_t)(sbits(code, 23, 5) * 4);
}

static void fill_cbz(uint32_t code, struct insn *in)
{
	in->kind = INSN_BRANCH;
	in->target = in->addr + (uint64_t)(sbits(code, 23, 5) * 4);
}

static void fill_tbz(uint32_t code, struct insn *in)
{
	in->kind = INSN_BRANCH;
	in->target = in->addr + (uint64_t)(sbits(code, 18, 5) * 4);
}

/* br, blr, ret and their authenticated forms share bits 22:21. */
static void fill_branch_reg(uint32_t code, struct insn *in)
{
	switch (bits(code, 22, 21)) {
	case 0:
		in->kind = INSN_INDIRECT_JUMP;
		in->src = (int8_t)bits(code, 9, 5);
		break;
	case 1:
		in->kind = INSN_CALL;
		in->writes = all_regs;
		break;
	case 2:
		in->kind = INSN_RET;
		break;
	default:
		fill_unknown(code, in);
		break;
	}
}

static void fill_rd(uint32_t code, struct insn *in)
{
	in->writes = bit_or_zr(bits(code, 4, 0));
}

static void fill_rd_or_sp(uint32_t code, struct insn *in)
{
	in->writes = bit(bits(code, 4, 0));
}

static void fill_mov_reg(uint32_t code, struct insn *in)
{
	fill_rd(code, in);
	if (bits(code, 20, 16) == ZR || bits(code, 4, 0) == ZR)
		return;
	in->kind = INSN_MOVE;
	in->dst = (int8_t)bits(code, 4, 0);
	in->src = (int8_t)bits(code, 20, 16);
}

/* add and sub of an immediate, 64 bits, flags left alone: register 31 is SP on both sides. */
static void fill_add_imm(uint32_t code, struct insn *in)
{
	int64_t imm = (int64_t)bits(code, 21, 10) << (bits(code, 22, 22) ? 12 : 0);

	in->dst = (int8_t)bits(code, 4, 0);
	in->writes = bit(bits(code, 4, 0));
	in->disp = bits(code, 30, 30) ? -imm : imm;
	if (!imm) {
		in->kind = INSN_MOVE;
		in->src = (int8_t)bits(code, 9, 5);
		return;
	}
	in->base = (int8_t)bits(code, 9, 5);
	in->kind = in->dst == SP && in->base == SP ? INSN_ADD_SP : INSN_LEA;
}

static void fill_both_files(uint32_t code, struct insn *in)
{
	in->writes = bit_or_zr(bits(code, 4, 0)) | bit(V0 + bits(code, 4, 0));
}

/* The register a load or store names: the integer or the vector file. 31 is the zero register. */
static int8_t transfer_reg(uint32_t code, unsigned reg)
{
	if (bits(code, 26, 26))
		return (int8_t)(V0 + reg);
	return reg == ZR ? REG_NONE : (int8_t)reg;
}

static void set_writeback(struct insn *in, unsigned index, int64_t imm)
{
	in->may_fault = in->base != SP;
	in->disp = index == 1 ? 0 : imm;	/* 1 post-index, 2 plain, 3 pre-index */
	if (index == 1 || index == 3) {
		in->writeback = imm;
		in->writes |= bit((unsigned)in->base);
	}
}

static void fill_pair(uint32_t code, struct insn *in)
{
	unsigned opc = bits(code, 31, 30), index = bits(code, 24, 23);
	bool vector = bits(code, 26, 26), load = bits(code, 22, 22);
	int8_t r1 = transfer_reg(code, bits(code, 4, 0)), r2 = transfer_reg(code, bits(code, 14, 10));

	if (opc == 3 || (!vector && opc == 1 && !load)) {	/* reserved; stgp */
		fill_unknown(code, in);
		return;
	}
	in->pair = true;
	in->size = vector ? (uint8_t)(4 << opc) : (opc & 2 ? 8 : 4);
	in->base = (int8_t)bits(code, 9, 5);
	set_writeback(in, index ? index : 2, sbits(code, 21, 15) * in->size);
	if (!load) {
		in->kind = INSN_STORE;
		in->src = r1;
		in->src2 = r2;
		in->writes_memory = true;
		return;
	}
	in->writes |= (r1 == REG_NONE ? 0 : bit((unsigned)r1)) | (r2 == REG_NONE ? 0 : bit((unsigned)r2));
	if (vector || opc != 1) {				/* ldpsw extends the sign */
		in->kind = INSN_LOAD;
		in->dst = r1;
		in->dst2 = r2;
	}
}

/* One register: the immediate is scaled (unsigned offset) or a signed byte count with its index mode. */
static void fill_single(uint32_t code, struct insn *in, unsigned index, int64_t imm, bool scaled)
{
	unsigned size = bits(code, 31, 30), opc = bits(code, 23, 22);
	bool vector = bits(code, 26, 26), load = vector ? opc & 1 : opc != 0;
	int8_t r = transfer_reg(code, bits(code, 4, 0));

	if (!vector && size == 3 && opc == 2)			/* prfm */
		return;
	if ((!vector && size >= 2 && opc == 3) || (vector && opc >= 2 && size)) {
		fill_unknown(code, in);
		return;
	}
	in->size = vector && opc >= 2 ? 16 : (uint8_t)(1 << size);
	in->base = (int8_t)bits(code, 9, 5);
	set_writeback(in, index, scaled ? imm * in->size : imm);
	if (!load) {
		in->kind = INSN_STORE;
		in->src = r;
		in->writes_memory = true;
		return;
	}
	in->writes |= r == REG_NONE ? 0 : bit((unsigned)r);
	if (vector || opc == 1) {
		in->kind = INSN_LOAD;
		in->dst = r;
	}
}

static void fill_unsigned_offset(uint32_t code, struct insn *in)
{
	fill_single(code, in, 2, bits(code, 21, 10), true);
}

static void fill_imm9(uint32_t code, struct insn *in)
{
	unsigned index = bits(code, 11, 10);

	fill_single(code, in, index == 0 ? 2 : index, sbits(code, 20, 12), false);
}

/* [Xn, Xm, lsl #s]: the address is not known. */
static void fill_reg_offset(uint32_t code, struct insn *in)
{
	fill_single(code, in, 2, 0, false);
	in->kind = INSN_OTHER;
	in->size = 0;
	in->indexed = true;
	in->may_fault = true;
}

static void fill_literal(uint32_t code, struct insn *in)
{
	bool vector = bits(code, 26, 26);
	unsigned opc = bits(code, 31, 30);

	in->target = in->addr + (uint64_t)(sbits(code, 23, 5) * 4);
	in->size = vector ? (uint8_t)(4 << opc) : (opc == 1 ? 8 : 4);
	in->writes = vector ? bit(V0 + bits(code, 4, 0)) : bit_or_zr(bits(code, 4, 0));
	/* Not INSN_LOAD: the tracker has no use for it; target and size tell where data stand among the code. */
}

/* Atomic memory operations (ldadd, swp, …): Rt from memory, memory changed. */
static void fill_atomic(uint32_t code, struct insn *in)
{
	in->writes = bit_or_zr(bits(code, 4, 0));
	in->writes_memory = true;
	in->may_fault = true;
	in->base = (int8_t)bits(code, 9, 5);
}

/* ---------------------------------------------------------------------- printing */

static const char *const conds[] = { "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
				     "hi", "ls", "ge", "lt", "gt", "le", "al", "nv" };

static const char *reg_name(char *buf, uint32_t code, int lo, bool wide, bool sp)
{
	unsigned r = bits(code, lo + 4, lo);

	if (r == 31)
		return sp ? (wide ? "sp" : "wsp") : (wide ? "xzr" : "wzr");
	snprintf(buf, 4, "%c%u", wide ? 'x' : 'w', r);
	return buf;
}
#define REG(lo, wide, sp) reg_name((char[4]){ 0 }, code, lo, wide, sp)

static const char *transfer_name(char *buf, uint32_t code, int lo, unsigned size, bool wide)
{
	if (!bits(code, 26, 26))
		return reg_name(buf, code, lo, wide, false);
	snprintf(buf, 4, "%c%u", size == 1 ? 'b' : size == 2 ? 'h' : size == 4 ? 's' : size == 8 ? 'd' : 'q',
		 bits(code, lo + 4, lo));
	return buf;
}

static void print_name(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	(void)code;
	(void)addr;
	snprintf(buf, size, "%s", r->name);
}

static void print_inst(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	(void)r;
	(void)addr;
	snprintf(buf, size, ".inst 0x%08" PRIx32, code);
}

static void print_target(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	struct insn in = { .addr = addr };

	r->fill(code, &in);
	if (r->fill == fill_bcond)
		snprintf(buf, size, "b.%s 0x%" PRIx64, conds[in.cond], in.target);
	else if (r->fill == fill_cbz)
		snprintf(buf, size, "%s %s, 0x%" PRIx64, bits(code, 24, 24) ? "cbnz" : "cbz",
			 REG(0, bits(code, 31, 31), false), in.target);
	else if (r->fill == fill_tbz)
		snprintf(buf, size, "%s %s, #%u, 0x%" PRIx64, bits(code, 24, 24) ? "tbnz" : "tbz",
			 REG(0, bits(code, 31, 31), false), bits(code, 31, 31) << 5 | bits(code, 23, 19),
			 in.target);
	else
		snprintf(buf, size, "%s 0x%" PRIx64, in.kind == INSN_CALL ? "bl" : "b", in.target);
}

static void print_branch_reg(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	(void)addr;
	if (bits(code, 22, 21) == 2 && bits(code, 9, 5) == LR)
		snprintf(buf, size, "%s", r->name);
	else
		snprintf(buf, size, "%s %s", r->name, REG(5, true, false));
}

static void print_adr(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	int64_t imm = sbits(code, 23, 5) * 4 + bits(code, 30, 29);
	uint64_t to = bits(code, 31, 31) ? (addr & ~UINT64_C(0xfff)) + ((uint64_t)imm << 12) : addr + (uint64_t)imm;

	snprintf(buf, size, "%s %s, 0x%" PRIx64, r->name, REG(0, true, false), to);
}

static void print_add_imm(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	bool wide = bits(code, 31, 31), sub = bits(code, 30, 30), flags = bits(code, 29, 29);
	const char *rd = REG(0, wide, !flags), *rn = REG(5, wide, true), *lsl = bits(code, 22, 22) ? ", lsl #12" : "";
	uint32_t imm = bits(code, 21, 10);

	(void)r;
	(void)addr;
	if (flags && bits(code, 4, 0) == ZR)
		snprintf(buf, size, "%s %s, #0x%" PRIx32 "%s", sub ? "cmp" : "cmn", rn, imm, lsl);
	else if (!flags && !sub && !imm && (bits(code, 4, 0) == SP || bits(code, 9, 5) == SP))
		snprintf(buf, size, "mov %s, %s", rd, rn);
	else
		snprintf(buf, size, "%s%s %s, %s, #0x%" PRIx32 "%s", sub ? "sub" : "add", flags ? "s" : "",
			 rd, rn, imm, lsl);
}

/* add, sub, and, orr, eor and their like: Rd, Rn, Rm and a shift. */
static void print_shifted(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	static const char *const shifts[] = { "lsl", "lsr", "asr", "ror" };
	static const char *const arith[] = { "add", "adds", "sub", "subs" };
	static const char *const logic[] = { "and", "bic", "orr", "orn", "eor", "eon", "ands", "bics" };
	bool wide = bits(code, 31, 31), is_arith = bits(code, 24, 24);
	unsigned op = is_arith ? bits(code, 30, 29) : bits(code, 30, 29) << 1 | bits(code, 21, 21);
	const char *rd = REG(0, wide, false), *rn = REG(5, wide, false), *rm = REG(16, wide, false);
	char shift[32] = "";

	(void)r;
	(void)addr;
	if (bits(code, 15, 10))
		snprintf(shift, sizeof(shift), ", %s #%u", shifts[bits(code, 23, 22)], bits(code, 15, 10));
	if (bits(code, 4, 0) == ZR && (is_arith ? op & 1 : op == 6))
		snprintf(buf, size, "%s %s, %s%s", !is_arith ? "tst" : op == 3 ? "cmp" : "cmn", rn, rm, shift);
	else if (!is_arith && op == 2 && bits(code, 9, 5) == ZR && !*shift)
		snprintf(buf, size, "mov %s, %s", rd, rm);
	else
		snprintf(buf, size, "%s %s, %s, %s%s", is_arith ? arith[op] : logic[op], rd, rn, rm, shift);
}

/* cmp sp, x16 and other extended-register forms. */
static void print_extended(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	static const char *const extends[] = { "uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx" };
	static const char *const names[] = { "add", "adds", "sub", "subs" };
	bool wide = bits(code, 31, 31);
	unsigned op = bits(code, 30, 29), extend = bits(code, 15, 13), amount = bits(code, 12, 10);
	const char *rd = REG(0, wide, !(op & 1)), *rn = REG(5, wide, true);
	const char *rm = REG(16, wide && (extend & 3) == 3, false);
	char how[32] = "";

	(void)r;
	(void)addr;
	if (extend != (wide ? 3u : 2u) && amount)
		snprintf(how, sizeof(how), ", %s #%u", extends[extend], amount);
	else if (extend != (wide ? 3u : 2u))
		snprintf(how, sizeof(how), ", %s", extends[extend]);
	else if (amount)
		snprintf(how, sizeof(how), ", lsl #%u", amount);
	if ((op & 1) && bits(code, 4, 0) == ZR)
		snprintf(buf, size, "%s %s, %s%s", op == 3 ? "cmp" : "cmn", rn, rm, how);
	else
		snprintf(buf, size, "%s %s, %s, %s%s", names[op], rd, rn, rm, how);
}

static void print_movewide(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	static const char *const names[] = { "movn", "?", "mov", "movk" };
	unsigned shift = bits(code, 22, 21) * 16, opc = bits(code, 30, 29);
	const char *rd = REG(0, bits(code, 31, 31), false);

	(void)r;
	(void)addr;
	if (opc == 2)
		snprintf(buf, size, "mov %s, #0x%" PRIx64, rd, (uint64_t)bits(code, 20, 5) << shift);
	else if (shift)
		snprintf(buf, size, "%s %s, #0x%" PRIx32 ", lsl #%u", names[opc], rd, bits(code, 20, 5), shift);
	else
		snprintf(buf, size, "%s %s, #0x%" PRIx32, names[opc], rd, bits(code, 20, 5));
}

static void print_address(const struct insn *in, uint32_t code, char *buf, size_t size)
{
	const char *rn = REG(5, true, true);

	if (in->writeback && !in->disp)
		snprintf(buf, size, "[%s], #%" PRId64, rn, in->writeback);
	else if (in->disp || in->writeback)
		snprintf(buf, size, "[%s, #%" PRId64 "]%s", rn, in->disp, in->writeback ? "!" : "");
	else
		snprintf(buf, size, "[%s]", rn);
}

static void print_pair(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	struct insn in = { .addr = addr };
	bool load = bits(code, 22, 22), wide = bits(code, 31, 30) != 0;
	char at[48];

	r->fill(code, &in);
	print_address(&in, code, at, sizeof(at));
	snprintf(buf, size, "%s %s, %s, %s",
		 !load ? "stp" : bits(code, 31, 30) == 1 && !bits(code, 26, 26) ? "ldpsw" : "ldp",
		 transfer_name((char[4]){ 0 }, code, 0, in.size, wide),
		 transfer_name((char[4]){ 0 }, code, 10, in.size, wide), at);
}

static void print_single(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	static const char *const widths[] = { "b", "h", "", "" };
	struct insn in = { .addr = addr };
	unsigned log = bits(code, 31, 30), opc = bits(code, 23, 22);
	bool vector = bits(code, 26, 26), load = vector ? opc & 1 : opc != 0, sign = !vector && opc >= 2;
	bool unscaled = r->fill == fill_imm9 && bits(code, 11, 10) == 0;
	char at[48];

	r->fill(code, &in);
	if (r->fill == fill_reg_offset)
		snprintf(at, sizeof(at), "[%s, %s%s]", REG(5, true, true), REG(16, bits(code, 13, 13), false),
			 bits(code, 12, 12) ? ", lsl" : "");
	else
		print_address(&in, code, at, sizeof(at));
	snprintf(buf, size, "%s%s%s %s, %s", load ? (unscaled ? "ldur" : "ldr") : unscaled ? "stur" : "str",
		 sign ? "s" : "", vector ? "" : sign && log == 2 ? "w" : widths[log],
		 transfer_name((char[4]){ 0 }, code, 0, vector && opc >= 2 ? 16 : 1u << log,
			       sign ? opc == 2 : log == 3), at);
}

static void print_literal(const struct row *r, uint32_t code, uint64_t addr, char *buf, size_t size)
{
	struct insn in = { .addr = addr };

	r->fill(code, &in);
	snprintf(buf, size, "%s %s, 0x%" PRIx64, bits(code, 31, 30) == 2 && !bits(code, 26, 26) ? "ldrsw" : "ldr",
		 transfer_name((char[4]){ 0 }, code, 0, in.size, bits(code, 31, 30) != 0), in.target);
}

/* ------------------------------------------------------------------------- rows */

#define SIM .cost = GOSYM_EMULATED
#define XOL .cost = GOSYM_STEPPED
#define REFUSED .cost = GOSYM_STEPPED, .refused = true

/* clang-format off */
static const struct row rows[] = {
	/* Branches, exceptions, system. */
	{ 0x7c000000, 0x14000000, fill_b,		"b",	print_target,		SIM },
	{ 0xff000010, 0x54000000, fill_bcond,		"b.",	print_target,		SIM },
	{ 0xff000010, 0x54000010, fill_bcond,		"bc.",	print_inst,		REFUSED },
	{ 0x7e000000, 0x34000000, fill_cbz,		"cbz",	print_target,		SIM },
	{ 0x7e000000, 0x36000000, fill_tbz,		"tbz",	print_target,		SIM },
	{ 0xfffffc1f, 0xd61f0000, fill_branch_reg,	"br",	print_branch_reg,	SIM },
	{ 0xfffffc1f, 0xd63f0000, fill_branch_reg,	"blr",	print_branch_reg,	SIM },
	{ 0xfffffc1f, 0xd65f0000, fill_branch_reg,	"ret",	print_branch_reg,	SIM },
	{ 0xfe9ff000, 0xd61f0000, fill_branch_reg,	"",	print_inst,		REFUSED },	/* braa, retaa, … */
	{ 0xffe0001f, 0xd4000001, fill_unknown,		"svc",	print_inst,		REFUSED },
	{ 0xff000000, 0xd4000000, fill_trap,		"brk",	print_inst,		REFUSED },
	{ 0xffffffff, 0xd503201f, fill_nothing,		"nop",	print_name,		XOL },
	{ 0xffffff3f, 0xd503241f, fill_nothing,		"bti",	print_name,		XOL },
	{ 0xfffff01f, 0xd503201f, fill_unknown,		"hint",	print_inst,		REFUSED },
	{ 0xfffff01f, 0xd503301f, fill_nothing,		"dmb",	print_inst,		XOL },		/* barriers */
	{ 0xfff80000, 0xd5080000, fill_unknown,		"sys",	print_inst,		XOL },
	{ 0xfff00000, 0xd5300000, fill_rd,		"mrs",	print_inst,		REFUSED },
	{ 0xffc00000, 0xd5000000, fill_unknown,		"msr",	print_inst,		REFUSED },
	{ 0x1c000000, 0x14000000, fill_unknown,		"",	print_inst,		REFUSED },
	{ 0xffff0000, 0x00000000, fill_trap,		"udf",	print_name,		REFUSED },

	/* Data processing, immediate. */
	{ 0x9f000000, 0x10000000, fill_rd,		"adr",	print_adr,		SIM },
	{ 0x9f000000, 0x90000000, fill_rd,		"adrp",	print_adr,		SIM },
	{ 0xbf800000, 0x91000000, fill_add_imm,		"add",	print_add_imm,		XOL },
	{ 0x3f800000, 0x31000000, fill_rd,		"adds",	print_add_imm,		XOL },
	{ 0x1f800000, 0x11000000, fill_rd_or_sp,	"add",	print_add_imm,		XOL },
	{ 0x7f800000, 0x72000000, fill_rd,		"ands",	print_inst,		XOL },
	{ 0x1f800000, 0x12000000, fill_rd_or_sp,	"and",	print_inst,		XOL },
	{ 0x1f800000, 0x12800000, fill_rd,		"mov",	print_movewide,		XOL },
	{ 0x1f000000, 0x13000000, fill_rd,		"ubfm",	print_inst,		XOL },
	{ 0x1c000000, 0x10000000, fill_unknown,		"",	print_inst,		REFUSED },

	/* Data processing, register. */
	{ 0xffe0ffe0, 0xaa0003e0, fill_mov_reg,		"mov",	print_shifted,		XOL },
	{ 0x1f000000, 0x0a000000, fill_rd,		"orr",	print_shifted,		XOL },
	{ 0x1f200000, 0x0b000000, fill_rd,		"add",	print_shifted,		XOL },
	{ 0x3fe00000, 0x2b200000, fill_rd,		"adds",	print_extended,		XOL },
	{ 0x1fe00000, 0x0b200000, fill_rd_or_sp,	"add",	print_extended,		XOL },
	{ 0x0e000000, 0x0a000000, fill_rd,		"",	print_inst,		XOL },
	{ 0x0e000000, 0x0e000000, fill_both_files,	"",	print_inst,		XOL },

	/* Loads and stores. */
	{ 0xff000000, 0xd8000000, fill_nothing,		"prfm",	print_inst,		REFUSED },
	{ 0x3b000000, 0x18000000, fill_literal,		"ldr",	print_literal,		REFUSED },
	{ 0x3a000000, 0x28000000, fill_pair,		"stp",	print_pair,		XOL },
	{ 0xffc00000, 0xf9800000, fill_nothing,		"prfm",	print_inst,		XOL },
	{ 0x3b000000, 0x39000000, fill_unsigned_offset,	"str",	print_single,		XOL },
	{ 0x3b200c00, 0x38200800, fill_reg_offset,	"str",	print_single,		XOL },
	{ 0x3f200c00, 0x38200000, fill_atomic,		"ldadd", print_inst,		XOL },
	{ 0x3b200c00, 0x38000800, fill_imm9,		"sttr",	print_inst,		XOL },
	{ 0x3b200000, 0x38000000, fill_imm9,		"stur",	print_single,		XOL },
	{ 0x3f800000, 0x08000000, fill_unknown,		"ldxr",	print_inst,		REFUSED },
	{ 0x3b200c00, 0x19000400, fill_unknown,		"cpy",	print_inst,		REFUSED },
	{ 0x0a000000, 0x08000000, fill_unknown,		"",	print_inst,		XOL },

	{ 0x00000000, 0x00000000, fill_unknown,		"",	print_inst,		REFUSED },
};
/* clang-format on */

static bool read_code(const struct bytes *code, uint64_t addr, uint32_t *ret)
{
	const uint8_t *p;

	if (addr < code->addr || addr - code->addr > code->size || code->size - (addr - code->addr) < 4)
		return false;
	p = code->data + (addr - code->addr);
	/* Instructions are little-endian on big-endian machines too. */
	*ret = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return true;
}

static const struct row *row_of(uint32_t code)
{
	const struct row *r = rows;

	while ((code & r->mask) != r->value)
		r++;
	return r;
}

static bool arm64_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	const struct row *r;
	uint32_t word;

	if (!read_code(code, addr, &word))
		return false;
	r = row_of(word);
	*ret = (struct insn){
		.addr = addr, .len = 4, .kind = INSN_OTHER, .cond = INSN_NO_COND,
		.dst = REG_NONE, .src = REG_NONE, .base = REG_NONE, .dst2 = REG_NONE, .src2 = REG_NONE,
		.cost = r->cost, .probeable = !r->refused,
	};
	r->fill(word, ret);
	return true;
}

static void arm64_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	const struct row *r;
	uint32_t word;

	if (!read_code(code, addr, &word)) {
		snprintf(buf, size, "(bad)");
		return;
	}
	r = row_of(word);
	r->print(r, word, addr, buf, size);
}

const struct insn_ops insn_arm64_ops = { .decode = arm64_decode, .format = arm64_format };
