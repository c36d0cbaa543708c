// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Plan -> a bpftrace script, for 0.17 and newer.
 *
 * Not every bpftrace can put a probe inside a function: it wants to check that an instruction
 * begins there, and 0.17 as Debian builds it cannot. So the probe goes on the function's first
 * instruction where the stack check can be foretold there (a call at which the stack has to grow
 * enters twice): SP less the frame the check allows for must be above g.stackguard0, as the check
 * itself will find. Else, and in files without symbols, whose addresses bpftrace does not check, it
 * goes where gosym would put it. bpftrace looks addresses up among the symbols; a file without them
 * takes file offsets and wants --unsafe.
 *
 * A Go string has no NUL and may hold one: buf() takes a pointer and a length, and %r prints what
 * is not ASCII as \xNN. str()'s length counts the NUL in newer releases and does not in 0.17; a few
 * bytes too many do no harm where strncmp() compares.
 */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "abi/insn.h"
#include "gosym/cleanup.h"
#include "tracer/emit.h"

enum {
	MAX_STRINGS = 5,		/* each takes 64 of the 512 bytes of stack a program has */
	MAX_ARGS = 28,
	STR_BYTES = 64,			/* BPFTRACE_STRLEN's default, NUL included */
};

struct script {
	const char *format, *args;	/* of printf() */
	const char *notes;		/* comment lines */
	unsigned num_args, num_strings;
};

/* ------------------------------------------------------------------- words */

static const char *reg_text(struct emit *e, int index)
{
	const char *name = e->plan->arch->regs[index].fetch;

	if (!name)
		return emit_fail(e, "bpftrace cannot read %s", e->plan->arch->regs[index].name);
	/* bpftrace calls arm64's registers r0-r30, tracefs x0-x30. */
	if (e->plan->arch->machine == EM_AARCH64 && name[0] == 'x')
		return emit_text(e, "reg(\"r%s\")", name + 1);
	return emit_text(e, "reg(\"%s\")", name);
}

static const char *memory_text(struct emit *e, const char *address, int64_t off, unsigned size,
			       bool is_signed)
{
	return emit_text(e, "*(%sint%u*)uptr(%s%+" PRId64 ")", is_signed ? "" : "u", size * 8,
			 address, off);
}

static const char *load_text(struct emit *e, const struct plan_load *l)
{
	unsigned word = e->plan->arch->ptr_size, first = l->num_derefs ? word : l->size;
	bool is_signed = l->is_signed && !l->num_derefs;
	const char *text;

	if (l->from == PLAN_REG) {
		text = reg_text(e, l->reg);
		if (text && (first < 8 || is_signed))
			text = emit_text(e, "(%sint%u)%s", is_signed ? "" : "u", first * 8, text);
	} else {
		text = reg_text(e, e->plan->arch->sp);
		text = text ? memory_text(e, text, l->off, first, is_signed) : NULL;
	}
	for (uint32_t i = 0; text && i < l->num_derefs; i++) {
		bool last = i + 1 == l->num_derefs;

		text = memory_text(e, text, l->derefs[i], last ? l->size : word,
				   last && l->is_signed);
	}
	return text;
}

/* The address of g. */
static const char *g_text(struct emit *e)
{
	const struct abi_goroutine *g = &e->probe.g;

	if (g->kind == G_IN_REG)
		return reg_text(e, g->reg);
	if (g->kind == G_IN_TLS && e->plan->arch->machine == EM_X86_64)
		return memory_text(e, "((struct task_struct *)curtask)->thread.fsbase", g->tls_off,
				   8, false);
	return NULL;
}

static const char *goid_text(struct emit *e)
{
	const char *g = g_text(e);

	return g ? memory_text(e, g, e->probe.g.goid_off, 8, false) : NULL;
}

static const char *const_text(struct emit *e, const struct plan_expr *x, bool is_signed)
{
	if (x->imm == INT64_MIN)
		return is_signed ? "(int64)(-9223372036854775807 - 1)"
				 : "(uint64)(-9223372036854775807 - 1)";
	if (x->imm < 0 && !is_signed)
		return emit_text(e, "(uint64)(%" PRId64 ")", x->imm);
	return emit_text(e, "%" PRId64, x->imm);
}

static const char *number_text(struct emit *e, const struct plan_expr *x)
{
	const char *goid;

	switch (x->op) {
	case PLAN_OP_LOAD: return load_text(e, &x->load);
	case PLAN_OP_PID: return "pid";
	case PLAN_OP_TID: return "tid";
	case PLAN_OP_GOID:
		goid = goid_text(e);
		return goid ? goid : emit_fail(e, "bpftrace cannot read the goroutine id here");
	case PLAN_OP_CONST: return const_text(e, x, true);
	default: return emit_fail(e, "bpftrace has no word for this condition");
	}
}

static const char *compare_text(struct emit *e, enum plan_op op, const struct plan_expr *x)
{
	static const char *const names[] = {
		[PLAN_OP_EQ] = "==", [PLAN_OP_NE] = "!=", [PLAN_OP_LT] = "<",
		[PLAN_OP_LE] = "<=", [PLAN_OP_GT] = ">", [PLAN_OP_GE] = ">=",
	};
	const char *a, *b;

	a = x->a->op == PLAN_OP_CONST ? const_text(e, x->a, x->is_signed) : number_text(e, x->a);
	b = x->b->op == PLAN_OP_CONST ? const_text(e, x->b, x->is_signed) : number_text(e, x->b);
	return a && b ? emit_text(e, "%s %s %s", a, names[op], b) : NULL;
}

/* Bytes as the inside of a bpftrace string literal; NULL if one cannot be in it. */
static const char *quoted(struct emit *e, const char *text, size_t len)
{
	const char *out = "";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (!c)
			return NULL;
		if (c == '"' || c == '\\')
			out = emit_text(e, "%s\\%c", out, c);
		else if (c == '\n' || c == '\t')
			out = emit_text(e, "%s\\%c", out, c == '\n' ? 'n' : 't');
		else
			out = emit_text(e, "%s%c", out, c);
	}
	return out;
}

static const char *equal_text(struct emit *e, const struct plan_expr *x, bool want)
{
	const char *ptr = number_text(e, x->a), *len = ptr ? number_text(e, x->b) : NULL;
	const char *text = len ? quoted(e, x->text, x->text_len) : NULL;
	unsigned n = x->text_len;

	if (!len)
		return NULL;
	if (!text)
		return emit_fail(e, "bpftrace cannot compare strings that hold NUL bytes");
	if (n >= STR_BYTES)
		return emit_fail(
			e,
			"bpftrace compares strings of up to %d bytes, the condition has one of %u",
			STR_BYTES - 1, n);
	return want ? emit_text(e, "(%s == %u && strncmp(str(%s, %u), \"%s\", %u) == 0)", len, n,
				ptr, n + 1, text, n)
		    : emit_text(e, "(%s != %u || strncmp(str(%s, %u), \"%s\", %u) != 0)", len, n,
				ptr, n + 1, text, n);
}

static const struct emit_spelling spelling = {
	.number = number_text, .compare = compare_text, .equal = equal_text,
};

/* -------------------------------------------------------------- the values */

static void note(struct emit *e, const char *text)
{
	struct script *s = e->context;

	s->notes = emit_text(e, "%s// %s\n", s->notes, text);
}

static void add(struct emit *e, const char *name, const char *format, const char *args)
{
	struct script *s = e->context;

	s->format = emit_text(e, "%s%s%s=%s", s->format, s->num_args++ ? ", " : "", name, format);
	s->args = emit_text(e, "%s, %s", s->args, args);
}

static void add_string(struct emit *e, const struct emit_leaf *leaf, const char *ptr)
{
	struct script *s = e->context;
	const char *len = load_text(e, &leaf->len);

	if (!len)
		return;
	if (s->num_strings++ >= MAX_STRINGS) {
		add(e, emit_text(e, "%s.ptr", leaf->name), "0x%llx", ptr);
		add(e, emit_text(e, "%s.len", leaf->name), "%lld", len);
		note(e, emit_text(e, "%s: one string too many for a program's stack", leaf->name));
		return;
	}
	add(e, leaf->name, "\\\"%r\\\"", emit_text(e, "buf(%s, %s)", ptr, len));
}

static void add_leaf(struct emit *e, const struct emit_leaf *leaf)
{
	struct script *s = e->context;
	const char *value;

	if (leaf->kind == LEAF_MISSING || s->num_args >= MAX_ARGS) {
		note(e, emit_text(e, "%s is not shown: %s", leaf->name,
				  leaf->kind == LEAF_MISSING ? leaf->why
							     : "too many values for one printf()"));
		return;
	}
	value = load_text(e, &leaf->load);
	if (!value)
		return;
	switch (leaf->kind) {
	case LEAF_SIGNED: add(e, leaf->name, "%lld", value); break;
	case LEAF_UNSIGNED: add(e, leaf->name, "%llu", value); break;
	case LEAF_BOOL:
		add(e, leaf->name, "%s", emit_text(e, "%s ? \"true\" : \"false\"", value));
		break;
	case LEAF_WORD: add(e, leaf->name, "0x%llx", value); break;
	default: add_string(e, leaf, value); break;
	}
}

/* --------------------------------------------------------------- the place */

/* Every register where it was at entry. */
static const struct gosym_site_loc *entry_regs(struct emit *e, const uint8_t **sizes)
{
	struct gosym_site_loc *regs = arena_array(&e->scratch.arena, MAX_REGS, sizeof(*regs));
	uint8_t *all = arena_array(&e->scratch.arena, MAX_REGS, 1);

	if (!regs || !all) {
		e->err = e->err ? e->err : gosym_nomem;
		return NULL;
	}
	for (int i = 0; i < MAX_REGS; i++) {
		regs[i] = (struct gosym_site_loc){ .kind = GOSYM_LOC_REG, .where = i };
		all[i] = 16;
	}
	*sizes = all;
	return regs;
}

/* What the stack check between the entry and the site compares. */
struct check {
	bool present;
	int64_t frame;			/* it compares SP - frame */
	bool copied;			/* SP has been copied to subtract from */
};

/* Reads one instruction before the check's branch; *guarded: it is the comparison with
 * g.stackguard0. */
static void read_before_check(struct emit *e, const struct bytes *code, const struct insn *in,
			      struct check *ret, bool *guarded)
{
	const struct abi_arch *arch = e->plan->arch;
	char text[96], guard[16];

	snprintf(guard, sizeof(guard), "+0x%x]", arch->guard_off);
	arch->insn->format(code, in->addr, text, sizeof(text));
	*guarded = !strncmp(text, "cmp ", 4) && strstr(text, guard);
	if (in->kind == INSN_LEA && in->base == arch->sp)
		ret->frame = -in->disp;
	else if (in->kind == INSN_MOVE && in->src == arch->sp)
		ret->copied = true;
	else if (ret->copied && !strncmp(text, "sub ", 4) && strrchr(text, ','))
		ret->frame = strtoll(strrchr(text, ',') + 1, NULL, 0);
}

/* Reads the instructions from the entry to the site. The forms of the check are those of
 * stacksplit() in cmd/internal/obj/x86/obj6.go. False: not one whose outcome can be foretold. */
static bool read_check(struct emit *e, struct check *ret)
{
	enum { BELOW = 2 };
	const struct gosym_site *site = e->probe.site;
	uint64_t entry = gosym_func_entry(e->probe.func), addr = entry;
	bool guarded = false;
	struct bytes code;
	struct insn in;

	*ret = (struct check){ .present = false };
	if (e->plan->arch->machine != EM_X86_64 ||
	    !elf_bytes_at(e->plan->binary->elf, entry, &code))
		return false;
	for (; addr <= site->addr; addr += in.len) {
		if (!e->plan->arch->insn->decode(&code, addr, &in) ||
		    (addr == entry && !in.probeable))
			return false;
		if (in.kind != INSN_BRANCH || (addr == site->addr && !site->skip_taken)) {
			if (!ret->present && addr < site->addr)
				read_before_check(e, &code, &in, ret, &guarded);
			continue;
		}
		/* A large frame is subtracted from a copy of SP, and "jb" looks whether that went
		 * below 0. */
		if (ret->copied && ret->frame && in.cond == BELOW && !ret->present && !guarded)
			continue;
		if (ret->present || !guarded)
			return false;
		ret->present = true;
	}
	return true;
}

/* Moves the emitted probe to the function's first instruction, if that can be done. The condition's
 * loads and the arguments' are made anew there. */
static bool move_to_entry(struct emit *e, struct abi_site *site, struct check *check)
{
	const uint8_t *sizes;

	if (!read_check(e, check) || (check->present && !g_text(e)))
		return false;
	*site = (struct abi_site){
		.pub = *e->probe.site, .regs = entry_regs(e, &sizes), .stack_args_intact = true,
		.args_written_from = INT32_MAX,
	};
	if (!site->regs)
		return false;
	site->sizes = sizes;
	site->pub.addr = gosym_func_entry(e->probe.func);
	site->pub.skip_taken = false;
	site->pub.sp_off = 0;
	e->probe.site = &site->pub;
	if (e->probe.cond)
		e->err = expr_condition(&e->scratch, &e->probe, e->plan->opts.condition,
					&e->probe.cond);
	return true;
}

/* The predicate: is it a call, and does it meet the condition. */
static const char *predicate(struct emit *e, const struct check *check)
{
	const char *is_call = NULL, *cond = emit_condition(e), *sp = reg_text(e, e->plan->arch->sp);

	if (e->err)
		return NULL;
	if (check->present) {
		const char *g = memory_text(e, g_text(e), e->plan->arch->guard_off, 8, false);

		is_call = check->frame ? emit_text(e, "%s-%" PRId64 " > %s", sp, check->frame, g) :
					 emit_text(e, "%s > %s", sp, g);
	} else if (e->probe.site->skip_taken) {
		is_call = emit_branch_not_taken(e, emit_text(e, "reg(\"%s\")", emit_flags_name(e)));
	}
	if (is_call && cond)
		return emit_text(e, "/(%s && %s)/\n", is_call, cond);
	return is_call || cond ? emit_text(e, "/(%s)/\n", is_call ? is_call : cond) : "";
}

static const char *probe_path(struct emit *e, const char *path)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+";

	if (strspn(path, plain) == strlen(path))
		return path;
	if (strpbrk(path, "\"\\\n"))
		return emit_fail(e, "bpftrace cannot name the file %s", path);
	return emit_text(e, "\"%s\"", path);
}

/* The name as the text of a printf() format. */
static const char *func_text(struct emit *e)
{
	const char *name = gosym_func_name(e->probe.func), *text, *mark;
	const char *out = "";

	text = quoted(e, name, strlen(name));
	for (; text && (mark = strchr(text, '%')); text = mark + 1)
		out = emit_text(e, "%s%.*s%%%%", out, (int)(mark - text), text);
	return emit_text(e, "%s%s", out, text ? text : "");
}

static void emit_probe(struct emit *e, const char *path, bool symbols, FILE *out)
{
	struct script s = { .format = "", .args = "", .notes = "" };
	const struct gosym_site *best = e->probe.site;
	const char *where, *goid, *when;
	struct check check = { .present = false };
	struct abi_site entry;

	e->context = &s;
	e->spelling = &spelling;
	if (symbols && best->addr != gosym_func_entry(e->probe.func) &&
	    !move_to_entry(e, &entry, &check))
		note(e, "Not at the function's start: bpftrace must be able to probe inside "
			"functions.");
	else if (check.present)
		note(e, emit_text(e,
				  "A bpftrace that can probe inside functions does it cheaper at "
				  "0x%" PRIx64 " (%s).",
				  best->addr, best->insn));
	if (e->err)
		return;
	where = probe_path(e, path);
	when = predicate(e, &check);
	goid = goid_text(e);
	emit_leaves(e, add_leaf);
	if (!goid)
		note(e, "The goroutine id cannot be read here.");
	if (e->err)
		return;
	fprintf(out,
		"\n// %s\n%suprobe:%s:0x%" PRIx64
		"\n%s{\n\tprintf(\"> goroutine(%s) %s(%s)\\n\"%s%s%s);\n}\n",
		gosym_func_name(e->probe.func), s.notes, where,
		symbols ? e->probe.site->addr : best->file_off, when, goid ? "%lld" : "?",
		func_text(e), s.format, goid ? ", " : "", goid ? goid : "", s.args);
}

struct gosym_error *plan_emit_bpftrace(const struct gosym_plan *p, const char *path, FILE *out)
{
	const struct gosym_info *info;
	struct gosym_error *err = gosym_binary_info(p->binary, &info);

	if (err)
		return err;
	fprintf(out,
		"// Entry probes of a Go program, %s. Run as root: bpftrace %sTHIS-FILE [-p PID]\n",
		info->go_version ? info->go_version : "version unknown",
		info->has_symtab ? "" : "--unsafe ");
	if (!info->has_symtab)
		fputs("// The file has no symbols: the addresses are file offsets, which bpftrace "
		      "takes with --unsafe.\n",
		      out);
	for (size_t i = 0; i < p->probes.num && !err; i++) {
		struct emit e;

		emit_init(&e, p, &p->probes.data[i]);
		emit_probe(&e, path, info->has_symtab, out);
		err = e.err;
		e.err = NULL;
		emit_deinit(&e);
	}
	return err;
}
