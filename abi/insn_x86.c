// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * x86 instructions by Zydis, reduced to struct insn, and what Linux does with a uprobe on each of them.
 * The only file that includes Zydis.
 *
 * The kernel's side is arch/x86/kernel/uprobes.c: branch_setup_xol_ops() and push_setup_xol_ops() say what
 * is emulated (the same set from Linux 4.20 on), good_insns_64[], good_2byte_insns[] and is_prefix_bad()
 * what is refused. Those tables changed over the years; here an instruction must be accepted by all of
 * them, since a refused one on a file that nobody has mapped yet attaches and then silently never hits.
 */
#include <Zydis/Zydis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "abi/insn.h"

/* abi_amd64.regs stand in the order of the hardware's encoding, as Zydis counts them too: RAX is 0, XMM0 is 16. */
enum { FIRST_XMM = 16, NUM_XMM = 16 };
/* abi_386.regs: eight of each. */
enum { I386_REGS = 8 };

static const uint64_t all_xmm = UINT64_C(0xffff) << FIRST_XMM;

static struct {
	ZydisDecoder decoder, decoder_32;
	ZydisFormatter formatter;
} x86;
static pthread_once_t x86_once = PTHREAD_ONCE_INIT;

static void x86_init(void)
{
	ZydisDecoderInit(&x86.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ZydisDecoderInit(&x86.decoder_32, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	ZydisFormatterInit(&x86.formatter, ZYDIS_FORMATTER_STYLE_INTEL);
	ZydisFormatterSetProperty(&x86.formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
	ZydisFormatterSetProperty(&x86.formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE,
				  ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(&x86.formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(&x86.formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
}

/* Bytes of a whole register. */
static unsigned word_of(const ZydisDecodedInstruction *zi)
{
	return zi->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? 8 : 4;
}

/* As amd64 numbers them, in both modes. */
static int8_t reg_index(ZydisRegister reg)
{
	ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);

	if (whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15)
		return (int8_t)(whole - ZYDIS_REGISTER_RAX);
	switch (ZydisRegisterGetClass(reg)) {
	case ZYDIS_REGCLASS_XMM:
	case ZYDIS_REGCLASS_YMM:
	case ZYDIS_REGCLASS_ZMM: {
		ZyanI8 id = ZydisRegisterGetId(reg);

		return id >= 0 && id < NUM_XMM ? (int8_t)(FIRST_XMM + id) : REG_NONE;
	}
	default:
		return REG_NONE;
	}
}

/* ------------------------------------------------------------ what the kernel does */

struct opcode_range { uint8_t first, last; };

/* clang-format off */
/* Not in good_insns_64[] of some version. 0x40-0x4f are prefixes; as opcodes they are VEX's kmov and kin. */
static const struct opcode_range refused_1byte[] = {
	{ 0x06, 0x07 }, { 0x0e, 0x0f }, { 0x16, 0x17 }, { 0x1e, 0x1f }, { 0x26, 0x27 }, { 0x2e, 0x2f },
	{ 0x36, 0x37 }, { 0x3e, 0x3f }, { 0x40, 0x4f }, { 0x60, 0x62 }, { 0x66, 0x67 }, { 0x6c, 0x6f },
	{ 0x82, 0x82 }, { 0x8e, 0x8e } /* mov ss */,    { 0x9a, 0x9a }, { 0xc4, 0xc5 }, { 0xcc, 0xcf },
	{ 0xd4, 0xd6 }, { 0xe4, 0xe7 }, { 0xea, 0xea }, { 0xec, 0xef }, { 0xf0, 0xf1 }, { 0xf4, 0xf4 },
	{ 0xfa, 0xfb },
};
/* Not in good_2byte_insns[] of some version. */
static const struct opcode_range refused_2byte[] = {
	{ 0x00, 0x0d }, { 0x18, 0x18 }, { 0x24, 0x27 }, { 0x30, 0x30 }, { 0x34, 0x3f }, { 0x78, 0x7d },
	{ 0xa6, 0xa7 }, { 0xae, 0xae }, { 0xb8, 0xb8 }, { 0xd0, 0xd0 }, { 0xf0, 0xf0 }, { 0xff, 0xff },
};
/* clang-format on */

static bool in_ranges(const struct opcode_range *r, size_t num, uint8_t opcode)
{
	for (size_t i = 0; i < num; i++) {
		if (opcode >= r[i].first && opcode <= r[i].last)
			return true;
	}
	return false;
}
#define IN_RANGES(table, opcode) in_ranges(table, sizeof(table) / sizeof((table)[0]), opcode)

static bool has_prefix(const ZydisDecodedInstruction *zi, uint8_t value)
{
	for (int i = 0; i < zi->raw.prefix_count; i++) {
		if (zi->raw.prefixes[i].value == value)
			return true;
	}
	return false;
}

static bool is_relative_branch(const ZydisDecodedInstruction *zi)
{
	if (zi->opcode_map == ZYDIS_OPCODE_MAP_0F)
		return (zi->opcode & 0xf0) == 0x80;
	return zi->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
	       ((zi->opcode & 0xf0) == 0x70 || zi->opcode == 0xeb || zi->opcode == 0xe9 || zi->opcode == 0xe8);
}

static bool is_probeable(const ZydisDecodedInstruction *zi)
{
	static const uint8_t bad_prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0xf0 };

	for (size_t i = 0; i < sizeof(bad_prefixes); i++) {
		if (has_prefix(zi, bad_prefixes[i]))
			return false;
	}
	switch (zi->encoding) {
	case ZYDIS_INSTRUCTION_ENCODING_VEX:
		/* The kernel's decoder keeps the byte behind the VEX prefix as a one-byte opcode. */
		return !IN_RANGES(refused_1byte, zi->opcode);
	case ZYDIS_INSTRUCTION_ENCODING_LEGACY:
		break;
	default:
		return false;
	}
	/* "16-bit" branches; before Linux 6.2 the kernel took 66 90 for one of them. */
	if (has_prefix(zi, 0x66) &&
	    (is_relative_branch(zi) || (zi->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && zi->opcode == 0x90)))
		return false;
	if (zi->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT)
		return !IN_RANGES(refused_1byte, zi->opcode);
	if (zi->opcode_map == ZYDIS_OPCODE_MAP_0F)
		return !IN_RANGES(refused_2byte, zi->opcode);
	return false;
}

static bool is_emulated(const ZydisDecodedInstruction *zi, const uint8_t *code)
{
	if (zi->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
		return false;
	if (is_relative_branch(zi))
		return true;
	if (zi->opcode_map != ZYDIS_OPCODE_MAP_DEFAULT)
		return false;
	if (zi->opcode == 0x90)
		return zi->length == 1;
	if (zi->opcode >= 0x50 && zi->opcode <= 0x57)
		return zi->length == 1 || (zi->length == 2 && code[0] == 0x41);
	return false;
}

/* ------------------------------------------------------------------ what it does */

/* Memory operands other than base + disp (an index, a segment, RIP) leave base at REG_NONE. */
static void set_memory(struct insn *in, const ZydisDecodedOperand *op)
{
	in->size = op->size / 8 > UINT8_MAX ? 0 : (uint8_t)(op->size / 8);
	if (op->mem.base == ZYDIS_REGISTER_NONE || op->mem.base == ZYDIS_REGISTER_RIP ||
	    op->mem.segment == ZYDIS_REGISTER_FS || op->mem.segment == ZYDIS_REGISTER_GS)
		return;
	in->base = reg_index(op->mem.base);
	in->disp = op->mem.disp.value;
	if (op->mem.index != ZYDIS_REGISTER_NONE)
		in->size = 0;
}

static void set_access(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	for (int i = 0; i < zi->operand_count; i++) {
		const ZydisDecodedOperandMem *m = &ops[i].mem;
		bool indexed = m->index != ZYDIS_REGISTER_NONE;

		if (ops[i].type != ZYDIS_OPERAND_TYPE_MEMORY)
			continue;
		in->indexed |= indexed;
		if (m->type == ZYDIS_MEMOP_TYPE_AGEN || zi->mnemonic == ZYDIS_MNEMONIC_NOP)
			continue;
		if (indexed || (m->base != ZYDIS_REGISTER_RSP && m->base != ZYDIS_REGISTER_ESP &&
				m->base != ZYDIS_REGISTER_RIP && m->segment != ZYDIS_REGISTER_FS &&
				m->segment != ZYDIS_REGISTER_GS))
			in->may_fault = true;
	}
}

static void set_writes(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	const ZydisInstructionAttributes repeats = ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
						   ZYDIS_ATTRIB_HAS_REPNE;

	for (int i = 0; i < zi->operand_count; i++) {
		const ZydisDecodedOperand *op = &ops[i];

		if (!(op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
			continue;
		if (op->type == ZYDIS_OPERAND_TYPE_REGISTER) {
			int8_t r = reg_index(op->reg.value);

			if (r != REG_NONE)
				in->writes |= UINT64_C(1) << r;
		} else if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
			in->writes_memory = true;
			set_memory(in, op);
			if (zi->attributes & repeats)		/* how far is not known */
				in->size = 0;
		}
	}
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_VZEROALL:
	case ZYDIS_MNEMONIC_FXRSTOR:
	case ZYDIS_MNEMONIC_FXRSTOR64:
	case ZYDIS_MNEMONIC_XRSTOR:
	case ZYDIS_MNEMONIC_XRSTOR64:
		in->writes |= all_xmm;
		break;
	default:
		break;
	}
}

static bool is_whole(const ZydisDecodedInstruction *zi, ZydisRegister reg)
{
	return ZydisRegisterGetClass(reg) == (word_of(zi) == 8 ? ZYDIS_REGCLASS_GPR64 : ZYDIS_REGCLASS_GPR32);
}

static bool is_whole_gpr(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_REGISTER && is_whole(zi, op->reg.value);
}

/* base + disp and nothing else, so that the tracker knows the address. */
static bool is_plain_memory(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.index == ZYDIS_REGISTER_NONE &&
	       op->mem.base != ZYDIS_REGISTER_NONE && op->mem.base != ZYDIS_REGISTER_RIP &&
	       op->mem.segment != ZYDIS_REGISTER_FS && op->mem.segment != ZYDIS_REGISTER_GS;
}

static bool is_rip_memory(const ZydisDecodedOperand *op)
{
	return op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.base == ZYDIS_REGISTER_RIP &&
	       op->mem.index == ZYDIS_REGISTER_NONE && op->mem.segment != ZYDIS_REGISTER_FS &&
	       op->mem.segment != ZYDIS_REGISTER_GS;
}

/* mov and its vector forms: a move, load or store of one register. */
static void set_mov(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops, bool vector)
{
	const ZydisDecodedOperand *dst = &ops[0], *src = &ops[1];
	bool whole = vector || (is_whole_gpr(zi, dst) && is_whole_gpr(zi, src));

	if (dst->type == ZYDIS_OPERAND_TYPE_REGISTER && src->type == ZYDIS_OPERAND_TYPE_REGISTER) {
		if (!whole)
			return;
		in->dst = reg_index(dst->reg.value);
		in->src = reg_index(src->reg.value);
		if (in->dst != REG_NONE && in->src != REG_NONE)
			in->kind = INSN_MOVE;
	} else if (dst->type == ZYDIS_OPERAND_TYPE_REGISTER && is_plain_memory(src)) {
		if (!vector && dst->size < 32)		/* leaves the upper part of the register */
			return;
		set_memory(in, src);
		in->dst = reg_index(dst->reg.value);
		if (in->dst != REG_NONE)
			in->kind = INSN_LOAD;
	} else if (dst->type == ZYDIS_OPERAND_TYPE_REGISTER && vector && is_rip_memory(src)) {
		set_memory(in, src);
		in->dst = reg_index(dst->reg.value);
		in->target = in->addr + in->len + (uint64_t)src->mem.disp.value;
		if (in->dst != REG_NONE)
			in->kind = INSN_LOAD;
	} else if (is_plain_memory(dst)) {
		in->kind = INSN_STORE;
		if (src->type == ZYDIS_OPERAND_TYPE_REGISTER && !(src->reg.value >= ZYDIS_REGISTER_AH &&
								  src->reg.value <= ZYDIS_REGISTER_BH))
			in->src = reg_index(src->reg.value);
	}
}

/* movq and movd between a general and a vector register: the low bytes; the rest becomes zero. */
static void set_mov_between(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	if (ops[0].type != ZYDIS_OPERAND_TYPE_REGISTER || ops[1].type != ZYDIS_OPERAND_TYPE_REGISTER)
		return;
	in->dst = reg_index(ops[0].reg.value);
	in->src = reg_index(ops[1].reg.value);
	if (in->dst == REG_NONE || in->src == REG_NONE)
		return;
	in->kind = INSN_MOVE;
	in->size = is_whole_gpr(zi, &ops[0]) || is_whole_gpr(zi, &ops[1]) ? (uint8_t)word_of(zi) : 4;
}

static void set_branch(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	bool direct = ops[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && ops[0].imm.is_relative;

	if (direct)
		in->target = in->addr + zi->length + (uint64_t)ops[0].imm.value.s;
	switch (zi->meta.category) {
	case ZYDIS_CATEGORY_CALL:
		in->kind = INSN_CALL;
		break;
	case ZYDIS_CATEGORY_UNCOND_BR:
		in->kind = direct ? INSN_JUMP : INSN_INDIRECT_JUMP;
		if (is_whole_gpr(zi, &ops[0]))
			in->src = reg_index(ops[0].reg.value);
		break;
	default:
		in->kind = INSN_BRANCH;
		if (is_relative_branch(zi))
			in->cond = zi->opcode & 0xf;
		break;
	}
}

static void set_stack(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	uint8_t word = (uint8_t)word_of(zi);
	int8_t sp = abi_amd64.sp;

	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_PUSH:
		in->kind = INSN_PUSH;
		in->base = sp;
		in->size = word;
		in->disp = in->writeback = -word;
		if (is_whole_gpr(zi, &ops[0]))
			in->src = reg_index(ops[0].reg.value);
		break;
	case ZYDIS_MNEMONIC_POP:
		if (!is_whole_gpr(zi, &ops[0]))
			break;
		in->kind = INSN_LOAD;
		in->base = sp;
		in->disp = 0;
		in->size = word;
		in->writeback = word;
		in->dst = reg_index(ops[0].reg.value);
		break;
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_SUB:
		if (!is_whole_gpr(zi, &ops[0]) || reg_index(ops[0].reg.value) != sp ||
		    ops[1].type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
			break;
		in->kind = INSN_ADD_SP;
		in->disp = zi->mnemonic == ZYDIS_MNEMONIC_ADD ? ops[1].imm.value.s : -ops[1].imm.value.s;
		break;
	default:
		break;
	}
}

static void set_lea(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	if (!is_whole_gpr(zi, &ops[0]) || !is_plain_memory(&ops[1]) ||
	    !is_whole(zi, ops[1].mem.base))
		return;
	in->dst = reg_index(ops[0].reg.value);
	in->base = reg_index(ops[1].mem.base);
	in->disp = ops[1].mem.disp.value;
	in->kind = in->dst == abi_amd64.sp && in->base == abi_amd64.sp ? INSN_ADD_SP : INSN_LEA;
}

static void set_kind(struct insn *in, const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *ops)
{
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_MOV:
		set_mov(in, zi, ops, false);
		return;
	case ZYDIS_MNEMONIC_MOVUPS:
	case ZYDIS_MNEMONIC_MOVUPD:
	case ZYDIS_MNEMONIC_MOVAPS:
	case ZYDIS_MNEMONIC_MOVAPD:
	case ZYDIS_MNEMONIC_MOVDQU:
	case ZYDIS_MNEMONIC_MOVDQA:
		set_mov(in, zi, ops, true);
		return;
	case ZYDIS_MNEMONIC_MOVSS:
	case ZYDIS_MNEMONIC_MOVSD:
		if (zi->meta.category == ZYDIS_CATEGORY_STRINGOP)
			return;
		set_mov(in, zi, ops, true);
		if (in->kind == INSN_MOVE)		/* leaves the upper part */
			in->size = zi->mnemonic == ZYDIS_MNEMONIC_MOVSS ? 4 : 8;
		return;
	case ZYDIS_MNEMONIC_MOVQ:
	case ZYDIS_MNEMONIC_MOVD:
		set_mov_between(in, zi, ops);
		return;
	case ZYDIS_MNEMONIC_XORPS:
	case ZYDIS_MNEMONIC_XORPD:
	case ZYDIS_MNEMONIC_PXOR:
		if (ops[1].type != ZYDIS_OPERAND_TYPE_REGISTER || ops[0].reg.value != ops[1].reg.value)
			return;
		in->dst = reg_index(ops[0].reg.value);
		in->zero = in->dst != REG_NONE;
		return;
	case ZYDIS_MNEMONIC_LEA:
		set_lea(in, zi, ops);
		return;
	case ZYDIS_MNEMONIC_RET:
		in->kind = INSN_RET;
		return;
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_INT:
	case ZYDIS_MNEMONIC_HLT:
		in->kind = INSN_TRAP;
		return;
	default:
		break;
	}
	switch (zi->meta.category) {
	case ZYDIS_CATEGORY_CALL:
	case ZYDIS_CATEGORY_UNCOND_BR:
	case ZYDIS_CATEGORY_COND_BR:
		set_branch(in, zi, ops);
		break;
	default:
		set_stack(in, zi, ops);
		break;
	}
}

static bool decode(const ZydisDecoder *decoder, const struct bytes *code, uint64_t addr, struct insn *ret)
{
	ZydisDecodedInstruction zi;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	const uint8_t *p;

	pthread_once(&x86_once, x86_init);
	if (addr < code->addr || addr - code->addr >= code->size)
		return false;
	p = code->data + (addr - code->addr);
	if (ZYAN_FAILED(ZydisDecoderDecodeFull(decoder, p, code->size - (addr - code->addr), &zi, ops)))
		return false;
	*ret = (struct insn){
		.addr = addr, .len = zi.length, .kind = INSN_OTHER, .cond = INSN_NO_COND,
		.dst = REG_NONE, .src = REG_NONE, .base = REG_NONE, .dst2 = REG_NONE, .src2 = REG_NONE,
	};
	set_access(ret, &zi, ops);
	set_writes(ret, &zi, ops);
	set_kind(ret, &zi, ops);
	ret->probeable = is_probeable(&zi);
	ret->cost = is_emulated(&zi, p) ? GOSYM_EMULATED : GOSYM_STEPPED;
	return true;
}

static bool x86_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	return decode(&x86.decoder, code, addr, ret);
}

static void to_386(int8_t *reg)
{
	if (*reg >= FIRST_XMM)
		*reg = (int8_t)(*reg - FIRST_XMM + I386_REGS);
}

static bool i386_decode(const struct bytes *code, uint64_t addr, struct insn *ret)
{
	const uint64_t mask = (UINT64_C(1) << I386_REGS) - 1;

	if (!decode(&x86.decoder_32, code, addr, ret))
		return false;
	to_386(&ret->dst);
	to_386(&ret->src);
	to_386(&ret->base);
	ret->writes = (ret->writes & mask) | (ret->writes >> FIRST_XMM & mask) << I386_REGS;
	ret->target &= UINT32_MAX;
	return true;
}

/* Conditions as assemblers write them; Zydis prefers the negated names (jnbe, jz). */
static const char *const conds[] = { "o", "no", "b", "ae", "e", "ne", "be", "a",
				     "s", "ns", "p", "np", "l", "ge", "le", "g" };

static void format(const ZydisDecoder *decoder, const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	ZydisDecodedInstruction zi;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	struct insn in;
	const uint8_t *p;

	if (!decode(decoder, code, addr, &in)) {
		snprintf(buf, size, "(bad)");
		return;
	}
	if (in.cond != INSN_NO_COND) {
		snprintf(buf, size, "j%s 0x%" PRIx64, conds[in.cond], in.target);
		return;
	}
	p = code->data + (addr - code->addr);
	if (ZYAN_FAILED(ZydisDecoderDecodeFull(decoder, p, in.len, &zi, ops)) ||
	    ZYAN_FAILED(ZydisFormatterFormatInstruction(&x86.formatter, &zi, ops, zi.operand_count_visible, buf,
							size, addr, ZYAN_NULL)))
		snprintf(buf, size, "(bad)");
}

static void x86_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	format(&x86.decoder, code, addr, buf, size);
}

static void i386_format(const struct bytes *code, uint64_t addr, char *buf, size_t size)
{
	format(&x86.decoder_32, code, addr, buf, size);
}

const struct insn_ops insn_i386_ops = { .decode = i386_decode, .format = i386_format };
const struct insn_ops insn_x86_ops = { .decode = x86_decode, .format = x86_format };
