// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The assembler over struct bpf_insn. Encodings: the kernel's Documentation/bpf/standardization/
 * instruction-set.rst. Only instructions that Linux 4.14 knew are used (no 32-bit jumps, no
 * atomics but the add; compare-and-exchange, 5.12, only by aggregates), so a program that loads on
 * a new kernel does not fail on an old one for its spelling.
 *
 * A jump is written with a label and an empty offset; bpf_asm_finish() fills the offsets in.
 * Offsets have 16 bits: a program may be longer, a single jump may not.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "gosym/cleanup.h"
#include "tracer/bpf_asm.h"

void bpf_asm_deinit(struct bpf_asm *a)
{
	for (size_t i = 0; i < a->notes.num; i++)
		free(a->notes.data[i].text);
	vec_deinit(&a->insns);
	vec_deinit(&a->labels);
	vec_deinit(&a->fixups);
	vec_deinit(&a->notes);
}

int bpf_asm_label(struct bpf_asm *a)
{
	long *slot = vec_append(&a->labels);

	if (!slot) {
		a->nomem = true;
		return -1;
	}
	*slot = -1;
	return (int)(a->labels.num - 1);
}

void bpf_asm_place(struct bpf_asm *a, int label)
{
	if (label >= 0)
		a->labels.data[label] = (long)a->insns.num;
}

bool bpf_asm_label_used(const struct bpf_asm *a, int label)
{
	for (size_t i = a->fixups.num; i > 0; i--)
		if (a->fixups.data[i - 1].label == label)
			return true;
	return false;
}

void bpf_asm_note(struct bpf_asm *a, const char *fmt, ...)
{
	struct bpf_asm_note *note = vec_append(&a->notes);
	va_list args;
	int len;

	if (!note) {
		a->nomem = true;
		return;
	}
	note->insn = a->insns.num;
	va_start(args, fmt);
	len = vasprintf(&note->text, fmt, args);
	va_end(args);
	if (len < 0) {
		a->notes.num--;
		a->nomem = true;
	}
}

static void emit(struct bpf_asm *a, int code, int dst, int src, int off, int32_t imm)
{
	struct bpf_insn *insn = vec_append(&a->insns);

	if (!insn) {
		a->nomem = true;
		return;
	}
	if (off < INT16_MIN || off > INT16_MAX)
		a->out_of_range = true;
	*insn = (struct bpf_insn){ .code = (uint8_t)code, .dst_reg = dst & 0xf,
				   .src_reg = src & 0xf, .off = (int16_t)off, .imm = imm };
}

void bpf_mov_reg(struct bpf_asm *a, int dst, int src)
{
	emit(a, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

void bpf_mov_imm(struct bpf_asm *a, int dst, int32_t imm)
{
	emit(a, BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm);
}

static void load_imm64(struct bpf_asm *a, int dst, int src, uint64_t imm)
{
	emit(a, BPF_LD | BPF_IMM | BPF_DW, dst, src, 0, (int32_t)(uint32_t)imm);
	emit(a, 0, 0, 0, 0, (int32_t)(uint32_t)(imm >> 32));
}

void bpf_mov_imm64(struct bpf_asm *a, int dst, uint64_t imm)
{
	if ((int64_t)imm == (int32_t)imm)
		bpf_mov_imm(a, dst, (int32_t)imm);
	else
		load_imm64(a, dst, 0, imm);
}

void bpf_map_fd(struct bpf_asm *a, int dst, int fd)
{
	load_imm64(a, dst, BPF_PSEUDO_MAP_FD, (uint32_t)fd);
}

void bpf_alu_imm(struct bpf_asm *a, int op, int dst, int32_t imm)
{
	emit(a, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

void bpf_alu_reg(struct bpf_asm *a, int op, int dst, int src)
{
	emit(a, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

void bpf_to_be64(struct bpf_asm *a, int dst)
{
	emit(a, BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, 64);
}

void bpf_load(struct bpf_asm *a, int size, int dst, int src, int off)
{
	emit(a, BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}

void bpf_store(struct bpf_asm *a, int size, int dst, int off, int src)
{
	emit(a, BPF_STX | BPF_MEM | size, dst, src, off, 0);
}

void bpf_store_imm(struct bpf_asm *a, int size, int dst, int off, int32_t imm)
{
	emit(a, BPF_ST | BPF_MEM | size, dst, 0, off, imm);
}

void bpf_atomic_add(struct bpf_asm *a, int dst, int off, int src)
{
	/* BPF_ATOMIC with BPF_ADD is bit for bit the BPF_XADD of old kernels. */
	emit(a, BPF_STX | BPF_ATOMIC | BPF_DW, dst, src, off, BPF_ADD);
}

void bpf_atomic_cmpxchg(struct bpf_asm *a, int dst, int off, int src)
{
	emit(a, BPF_STX | BPF_ATOMIC | BPF_DW, dst, src, off, BPF_CMPXCHG);
}

static void jump(struct bpf_asm *a, int code, int dst, int src, int32_t imm, int label)
{
	struct bpf_asm_fixup *fixup = vec_append(&a->fixups);

	if (!fixup) {
		a->nomem = true;
		return;
	}
	fixup->insn = a->insns.num;
	fixup->label = label;
	emit(a, BPF_JMP | code, dst, src, 0, imm);
}

void bpf_jump(struct bpf_asm *a, int label)
{
	jump(a, BPF_JA, 0, 0, 0, label);
}

void bpf_jump_imm(struct bpf_asm *a, int op, int dst, int32_t imm, int label)
{
	jump(a, op | BPF_K, dst, 0, imm, label);
}

void bpf_jump_reg(struct bpf_asm *a, int op, int dst, int src, int label)
{
	jump(a, op | BPF_X, dst, src, 0, label);
}

void bpf_may_goto(struct bpf_asm *a, int label)
{
	enum { JCOND = 0xe0 };		/* BPF_JCOND, which older headers lack */

	jump(a, JCOND, 0, 0, 0, label);
}

void bpf_call(struct bpf_asm *a, int helper)
{
	emit(a, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void bpf_exit(struct bpf_asm *a)
{
	emit(a, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static struct gosym_error *resolve(struct bpf_asm *a, const struct bpf_asm_fixup *fixup)
{
	long target = a->labels.data[fixup->label], off;

	if (target < 0)
		return gosym_error_new(GOSYM_INVALID,
				       "BPF program: the jump at instruction %zu goes to label "
				       "%d, which was never placed",
				       fixup->insn, fixup->label);
	off = target - (long)fixup->insn - 1;
	if (off < INT16_MIN || off > INT16_MAX)
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "BPF program: the jump at instruction %zu spans %ld "
				       "instructions, 32767 are possible; follow fewer values "
				       "(depth, elems)", fixup->insn, off);
	a->insns.data[fixup->insn].off = (int16_t)off;
	return NULL;
}

struct gosym_error *bpf_asm_finish(struct bpf_asm *a)
{
	struct gosym_error *err;

	if (a->nomem)
		return gosym_nomem;
	if (a->out_of_range)
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "BPF program: a memory offset exceeds 16 bits");
	for (size_t i = 0; i < a->fixups.num; i++) {
		err = resolve(a, &a->fixups.data[i]);
		if (err)
			return err;
	}
	return NULL;
}

/* ---- the listing */

static const char *const alu_ops[16] = {
	[BPF_ADD >> 4] = "+=", [BPF_SUB >> 4] = "-=", [BPF_MUL >> 4] = "*=", [BPF_DIV >> 4] = "/=",
	[BPF_OR >> 4] = "|=", [BPF_AND >> 4] = "&=", [BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=",
	[BPF_XOR >> 4] = "^=", [BPF_MOV >> 4] = "=", [BPF_ARSH >> 4] = "s>>=",
};
static const char *const jump_ops[16] = {
	[BPF_JEQ >> 4] = "==", [BPF_JNE >> 4] = "!=", [BPF_JSET >> 4] = "&",
	[BPF_JGT >> 4] = ">", [BPF_JGE >> 4] = ">=", [BPF_JLT >> 4] = "<", [BPF_JLE >> 4] = "<=",
	[BPF_JSGT >> 4] = "s>", [BPF_JSGE >> 4] = "s>=", [BPF_JSLT >> 4] = "s<",
	[BPF_JSLE >> 4] = "s<=",
};
static const char *const sizes[4] = {
	[BPF_W >> 3] = "u32", [BPF_H >> 3] = "u16", [BPF_B >> 3] = "u8", [BPF_DW >> 3] = "u64",
};

static const struct { int id; const char *name; } helpers[] = {
	{ BPF_FUNC_map_lookup_elem, "map_lookup_elem" },
	{ BPF_FUNC_map_update_elem, "map_update_elem" },
	{ BPF_FUNC_map_delete_elem, "map_delete_elem" },
	{ BPF_FUNC_get_func_ip, "get_func_ip" },
	{ BPF_FUNC_tail_call, "tail_call" },
	{ BPF_FUNC_ktime_get_ns, "ktime_get_ns" },
	{ BPF_FUNC_get_current_pid_tgid, "get_current_pid_tgid" },
	{ BPF_FUNC_get_current_task, "get_current_task" },
	{ BPF_FUNC_probe_read_user, "probe_read_user" },
	{ BPF_FUNC_copy_from_user, "copy_from_user" },
	{ BPF_FUNC_send_signal_thread, "send_signal_thread" },
	{ BPF_FUNC_ringbuf_output, "ringbuf_output" },
	{ BPF_FUNC_probe_read_kernel, "probe_read_kernel" },
	{ BPF_FUNC_ringbuf_reserve, "ringbuf_reserve" },
	{ BPF_FUNC_ringbuf_submit, "ringbuf_submit" },
	{ BPF_FUNC_ringbuf_query, "ringbuf_query" },
	{ BPF_FUNC_get_attach_cookie, "get_attach_cookie" },
};

static const char *or_unknown(const char *op)
{
	return op ? op : "?";
}

static int print_alu(char *buf, size_t size, const struct bpf_insn *i)
{
	const char *op = or_unknown(alu_ops[BPF_OP(i->code) >> 4]);

	if (BPF_SRC(i->code) == BPF_X)
		return snprintf(buf, size, "r%d %s r%d", i->dst_reg, op, i->src_reg);
	return snprintf(buf, size, "r%d %s %d", i->dst_reg, op, i->imm);
}

static int print_call(char *buf, size_t size, const struct bpf_insn *i)
{
	for (size_t k = 0; k < sizeof(helpers) / sizeof(helpers[0]); k++)
		if (helpers[k].id == i->imm)
			return snprintf(buf, size, "call %s", helpers[k].name);
	return snprintf(buf, size, "call %d", i->imm);
}

static int print_jump(char *buf, size_t size, const struct bpf_insn *i, size_t at)
{
	size_t target = at + 1 + (size_t)(ssize_t)i->off;
	const char *op = or_unknown(jump_ops[BPF_OP(i->code) >> 4]);

	if (BPF_OP(i->code) == BPF_CALL)
		return print_call(buf, size, i);
	if (BPF_OP(i->code) == BPF_EXIT)
		return snprintf(buf, size, "exit");
	if (BPF_OP(i->code) == BPF_JA)
		return snprintf(buf, size, "goto %zu", target);
	if (BPF_SRC(i->code) == BPF_X)
		return snprintf(buf, size, "if r%d %s r%d goto %zu", i->dst_reg, op, i->src_reg,
				target);
	return snprintf(buf, size, "if r%d %s %d goto %zu", i->dst_reg, op, i->imm, target);
}

static void print_insn(char *buf, size_t size, const struct bpf_insn *i, size_t at, uint32_t high)
{
	const char *width = sizes[BPF_SIZE(i->code) >> 3];

	switch (BPF_CLASS(i->code)) {
	case BPF_ALU64:
		print_alu(buf, size, i);
		break;
	case BPF_ALU:
		snprintf(buf, size, "r%d = to_be64(r%d)", i->dst_reg, i->dst_reg);
		break;
	case BPF_JMP:
		print_jump(buf, size, i, at);
		break;
	case BPF_LD:
		if (i->src_reg == BPF_PSEUDO_MAP_FD)
			snprintf(buf, size, "r%d = map %d", i->dst_reg, i->imm);
		else
			snprintf(buf, size, "r%d = 0x%" PRIx64, i->dst_reg,
				 (uint64_t)high << 32 | (uint32_t)i->imm);
		break;
	case BPF_LDX:
		snprintf(buf, size, "r%d = %s [r%d%+d]", i->dst_reg, width, i->src_reg, i->off);
		break;
	case BPF_ST:
		snprintf(buf, size, "%s [r%d%+d] = %d", width, i->dst_reg, i->off, i->imm);
		break;
	default:
		snprintf(buf, size, "%s [r%d%+d] %s r%d", width, i->dst_reg, i->off,
			 BPF_MODE(i->code) != BPF_ATOMIC ? "=" :
			 i->imm == BPF_CMPXCHG ? "if r0 =" : "+=", i->src_reg);
	}
}

void bpf_asm_dump(const struct bpf_asm *a, FILE *out)
{
	size_t note = 0;
	char text[96];

	for (size_t i = 0; i < a->insns.num; i++) {
		const struct bpf_insn *insn = &a->insns.data[i];
		bool wide = insn->code == (BPF_LD | BPF_IMM | BPF_DW) && i + 1 < a->insns.num;

		for (; note < a->notes.num && a->notes.data[note].insn <= i; note++)
			fprintf(out, "      ; %s\n", a->notes.data[note].text);
		print_insn(text, sizeof(text), insn, i,
			   wide ? (uint32_t)a->insns.data[i + 1].imm : 0);
		fprintf(out, "%5zu %s\n", i, text);
		i += wide;
	}
}
