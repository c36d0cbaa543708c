/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Decoding by mask tables, for all architectures but x86 and arm64: rows tried in order, the first that matches
 * fills struct insn. What no row knows is taken to write every register and any memory: following values ends
 * there. Rows must know every instruction that jumps, calls or returns; of the others those that prologues and
 * the code around runtime.morestack are made of.
 */
#ifndef ABI_INSN_TABLE_H
#define ABI_INSN_TABLE_H

#include "abi/insn.h"

struct insn_row {
	uint64_t mask, value;
	void (*fill)(uint64_t code, struct insn *in);
	const char *name;		/* mnemonic; "" if the row is many */
	bool emulated;			/* by the kernel, under a uprobe */
	bool refused;
};

struct insn_table {
	const struct abi_arch *arch;
	const struct insn_row *rows;	/* the last one matches everything */
	/* The code at addr, its length; false if the bytes end before it does. */
	bool (*fetch)(const struct bytes *code, uint64_t addr, uint64_t *ret, uint8_t *len);
};

bool insn_table_decode(const struct insn_table *t, const struct bytes *code, uint64_t addr, struct insn *ret);
void insn_table_format(const struct insn_table *t, const struct bytes *code, uint64_t addr, char *buf, size_t size);

/* 4 bytes in the file's order. */
bool insn_fetch_word(const struct bytes *code, uint64_t addr, uint64_t *ret, uint8_t *len);

void insn_fill_nothing(uint64_t code, struct insn *in);
void insn_fill_unknown(uint64_t code, struct insn *in);
void insn_fill_trap(uint64_t code, struct insn *in);

/* dst = base + imm, where either may be the stack pointer. An imm of 0 makes it a move. */
void insn_set_add(struct insn *in, const struct abi_arch *arch, int dst, int base, int64_t imm);
/* dst = src, all of it. */
void insn_set_move(struct insn *in, int dst, int src);
/* A load or store of one register; reg REG_NONE is the constant zero, or none that is followed. */
void insn_set_load(struct insn *in, const struct abi_arch *arch, int reg, int base, int64_t disp, unsigned size);
void insn_set_store(struct insn *in, const struct abi_arch *arch, int reg, int base, int64_t disp, unsigned size);
void insn_set_call(struct insn *in, uint64_t target);
void insn_set_jump(struct insn *in, uint64_t target);
void insn_set_branch(struct insn *in, uint64_t target);

static inline uint64_t insn_bits(uint64_t code, int hi, int lo)
{
	return code >> lo & (UINT64_MAX >> (63 - (hi - lo)));
}

static inline int64_t insn_sbits(uint64_t code, int hi, int lo)
{
	int64_t v = (int64_t)insn_bits(code, hi, lo);

	return code >> hi & 1 ? v - (INT64_C(1) << (hi - lo + 1)) : v;
}

static inline uint64_t insn_bit(int reg)
{
	return reg == REG_NONE ? 0 : UINT64_C(1) << reg;
}

#endif
