// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What decoding by tables has in common on all architectures: finding the row, the shapes that struct insn
 * knows, and the text. Text is the assembler's mnemonic with registers by their Go names in lower case;
 * instructions whose operands are of no interest are shown as their code.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "abi/insn_table.h"

/* ---------------------------------------------------------------------- filling */

void insn_fill_nothing(uint64_t code, struct insn *in)
{
	(void)code;
	(void)in;
}

void insn_fill_unknown(uint64_t code, struct insn *in)
{
	(void)code;
	in->writes = UINT64_MAX;
	in->writes_memory = true;
	in->may_fault = true;
}

void insn_fill_trap(uint64_t code, struct insn *in)
{
	(void)code;
	in->kind = INSN_TRAP;
}

void insn_set_move(struct insn *in, int dst, int src)
{
	in->writes |= insn_bit(dst);
	if (dst == REG_NONE || src == REG_NONE)
		return;
	in->kind = INSN_MOVE;
	in->dst = (int8_t)dst;
	in->src = (int8_t)src;
}

void insn_set_add(struct insn *in, const struct abi_arch *arch, int dst, int base, int64_t imm)
{
	in->writes |= insn_bit(dst);
	if (dst == REG_NONE || base == REG_NONE)
		return;
	if (!imm) {
		insn_set_move(in, dst, base);
		return;
	}
	in->dst = (int8_t)dst;
	in->base = (int8_t)base;
	in->disp = imm;
	in->kind = dst == arch->sp && base == arch->sp ? INSN_ADD_SP : INSN_LEA;
}

void insn_set_load(struct insn *in, const struct abi_arch *arch, int reg, int base, int64_t disp, unsigned size)
{
	in->kind = INSN_LOAD;
	in->dst = (int8_t)reg;
	in->base = (int8_t)base;
	in->disp = disp;
	in->size = (uint8_t)size;
	in->writes |= insn_bit(reg);
	in->may_fault = base != arch->sp;
}

void insn_set_store(struct insn *in, const struct abi_arch *arch, int reg, int base, int64_t disp, unsigned size)
{
	in->kind = INSN_STORE;
	in->src = (int8_t)reg;
	in->base = (int8_t)base;
	in->disp = disp;
	in->size = (uint8_t)size;
	in->writes_memory = true;
	in->may_fault = base != arch->sp;
}

void insn_set_call(struct insn *in, uint64_t target)
{
	in->kind = INSN_CALL;
	in->target = target;
	in->writes = UINT64_MAX;
}

void insn_set_jump(struct insn *in, uint64_t target)
{
	in->kind = INSN_JUMP;
	in->target = target;
}

void insn_set_branch(struct insn *in, uint64_t target)
{
	in->kind = INSN_BRANCH;
	in->target = target;
}

/* --------------------------------------------------------------------- decoding */

bool insn_fetch_word(const struct bytes *code, uint64_t addr, uint64_t *ret, uint8_t *len)
{
	uint32_t word;

	if (addr < code->addr || !bytes_u32(code, addr - code->addr, &word))
		return false;
	*ret = word;
	*len = 4;
	return true;
}

static const struct insn_row *row_of(const struct insn_table *t, uint64_t code)
{
	const struct insn_row *r = t->rows;

	while ((code & r->mask) != r->value)
		r++;
	return r;
}

static const struct insn_row *decode(const struct insn_table *t, const struct bytes *bytes, uint64_t addr,
				     struct insn *ret, uint64_t *code)
{
	const struct insn_row *r;
	uint8_t len;

	if (!t->fetch(bytes, addr, code, &len))
		return NULL;
	r = row_of(t, *code);
	*ret = (struct insn){
		.addr = addr, .len = len, .kind = INSN_OTHER, .cond = INSN_NO_COND,
		.dst = REG_NONE, .src = REG_NONE, .base = REG_NONE, .dst2 = REG_NONE, .src2 = REG_NONE,
		.cost = r->emulated ? GOSYM_EMULATED : GOSYM_STEPPED, .probeable = !r->refused,
	};
	r->fill(*code, ret);
	return r;
}

bool insn_table_decode(const struct insn_table *t, const struct bytes *code, uint64_t addr, struct insn *ret)
{
	uint64_t word;

	return decode(t, code, addr, ret, &word);
}

/* --------------------------------------------------------------------- printing */

/* A register's Go name in lower case; the constant zero is "0". */
static const char *reg_text(const struct insn_table *t, int reg, char buf[8])
{
	const char *name = reg == REG_NONE ? "0" : t->arch->regs[reg].name;
	size_t i;

	for (i = 0; name[i] && i < 7; i++)
		buf[i] = (char)tolower((unsigned char)name[i]);
	buf[i] = '\0';
	return buf;
}
#define REG(reg) reg_text(t, reg, (char[8]){ 0 })

static void print_memory(const struct insn_table *t, const struct insn *in, const char *name, int reg, char *buf,
			 size_t size)
{
	snprintf(buf, size, "%s %s, %" PRId64 "(%s)%s", name, REG(reg), in->disp, REG(in->base),
		 in->writeback ? "!" : "");
}

/* .byte, as the assembler takes it. */
static void print_bytes(const struct bytes *code, const struct insn *in, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, ".byte");

	for (unsigned i = 0; i < in->len && at < size; i++) {
		uint8_t byte = 0;

		bytes_u8(code, in->addr - code->addr + i, &byte);
		at += (size_t)snprintf(buf + at, size - at, "%s0x%02x", i ? ", " : " ", byte);
	}
}

void insn_table_format(const struct insn_table *t, const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	struct insn in;
	uint64_t word;
	const struct insn_row *r = decode(t, code, addr, &in, &word);
	const char *name = r ? r->name : "";

	if (!r)
		snprintf(buf, size, "(bad)");
	else if (!*name)
		print_bytes(code, &in, buf, size);
	else if (in.target)
		snprintf(buf, size, "%s 0x%" PRIx64, name, in.target);
	else if (in.kind == INSN_MOVE)
		snprintf(buf, size, "%s %s, %s", name, REG(in.dst), REG(in.src));
	else if ((in.kind == INSN_LEA && in.base != REG_NONE) || in.kind == INSN_ADD_SP)
		snprintf(buf, size, "%s %s, %s, %" PRId64, name, REG(in.dst), REG(in.base), in.disp);
	else if (in.kind == INSN_LOAD)
		print_memory(t, &in, name, in.dst, buf, size);
	else if (in.kind == INSN_STORE)
		print_memory(t, &in, name, in.src, buf, size);
	else
		snprintf(buf, size, "%s", name);
}
