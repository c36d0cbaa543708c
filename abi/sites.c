// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Where to probe a function: its entry site and its returns.
 *
 * An address is executed exactly once per call if it lies on the straight line from the entry, before any
 * address something in the function jumps to. One jump is special: the slow path of the stack check
 * (cmd/internal/obj/<arch>: stacksplit) calls runtime.morestack and goes back to the first instruction, so
 * everything up to the check repeats. The check is recognised by that shape, in every Go version:
 *
 *	entry:	cmp  rsp, [r14+0x10]
 *		jbe  slow			<- its last branch: exact once hits about to be taken are skipped
 *		push rbp			<- exact
 *		…
 *	slow:	mov  [rsp+8], rax		(argument registers, spilled)
 *		call runtime.morestack_noctxt
 *		mov  rax, [rsp+8]
 *		jmp  entry
 *
 * Among exact addresses where every wanted register is still in a known place and nothing the arguments
 * point to was written, the one the kernel emulates is taken: it costs one trap, not two.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi/sites.h"
#include "abi/track.h"
#include "gosym/cleanup.h"
#include "gosym/vec.h"

enum { MAX_PATH = 512 };		/* instructions of the straight line looked at */

/* ------------------------------------------------------- the function's control flow */

struct event {				/* an instruction that does not just go on */
	uint64_t addr, next, target;
	enum insn_kind kind;
	uint8_t cond;
};

struct flow {
	VEC(struct event) events;	/* by address */
	VEC(uint64_t) literals;		/* words that are data among the code, sorted (arm64) */
	uint64_t bad;			/* first address that is no instruction; 0 none */
	bool indirect;			/* a jump with unknown target */
};

static void flow_deinit(struct flow *f)
{
	vec_deinit(&f->events);
	vec_deinit(&f->literals);
}
DEFINE_CLEANUP(cleanup_flow, struct flow, flow_deinit(p))

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool note_literal(struct flow *f, const struct insn *in)
{
	for (uint64_t at = in->target; at < in->target + in->size; at += 4) {
		uint64_t *slot = vec_append(&f->literals);

		if (!slot)
			return false;
		*slot = at;
	}
	return true;
}

static bool note_event(struct flow *f, const struct insn *in)
{
	struct event *e = vec_append(&f->events);

	if (!e)
		return false;
	*e = (struct event){ in->addr, in->addr + in->len, in->target, in->kind, in->cond };
	return true;
}

/* A literal pool's words decode to anything; they are neither jumps nor returns. */
static void drop_literals(struct flow *f)
{
	size_t kept = 0;

	if (!f->literals.num)
		return;
	qsort(f->literals.data, f->literals.num, sizeof(uint64_t), compare_u64);
	for (size_t i = 0; i < f->events.num; i++) {
		const struct event *e = &f->events.data[i];

		if (!bsearch(&e->addr, f->literals.data, f->literals.num, sizeof(uint64_t), compare_u64))
			f->events.data[kept++] = *e;
	}
	f->events.num = kept;
}

static struct gosym_error *flow_read(const struct site_code *code, struct flow *f)
{
	uint64_t addr = code->bytes.addr, end = addr + code->bytes.size;
	struct insn in;

	while (addr < end) {
		if (!code->arch->insn->decode(&code->bytes, addr, &in)) {
			if (!f->bad)
				f->bad = addr;
			addr += code->arch->min_lc;
			continue;
		}
		addr += in.len;
		if (in.kind == INSN_OTHER && in.target && !note_literal(f, &in))
			return gosym_nomem;
		if (in.kind >= INSN_JUMP && !note_event(f, &in))
			return gosym_nomem;
	}
	drop_literals(f);
	for (size_t i = 0; i < f->events.num; i++)
		f->indirect |= f->events.data[i].kind == INSN_INDIRECT_JUMP;
	return NULL;
}

static bool is_morestack(const struct site_code *code, uint64_t addr)
{
	for (size_t i = 0; i < code->num_morestack; i++) {
		if (code->morestack[i] == addr)
			return true;
	}
	return false;
}

/* Event i jumps back to the entry behind a call of morestack. */
static bool is_retry(const struct site_code *code, const struct flow *f, size_t i)
{
	const struct event *e = &f->events.data[i];

	return i && e->kind == INSN_JUMP && e->target == code->bytes.addr && e[-1].kind == INSN_CALL &&
	       is_morestack(code, e[-1].target);
}

/* A branch of the stack check: its target is a run of code that ends in that call and that jump. */
static bool is_check(const struct site_code *code, const struct flow *f, const struct event *branch)
{
	if (branch->kind != INSN_BRANCH)
		return false;
	for (size_t i = 1; i < f->events.num; i++) {
		const struct event *call = &f->events.data[i - 1];
		uint64_t start = i > 1 ? call[-1].next : code->bytes.addr;

		if (is_retry(code, f, i) && branch->target >= start && branch->target <= call->addr)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------- the choice */

struct line {				/* what the events say about the straight line */
	uint64_t check;			/* last branch of the stack check; 0 none */
	uint64_t after;			/* the instruction behind it, or the entry */
	uint64_t end;			/* first address that is not executed once only */
	bool retried;			/* the entry is run again after morestack */
	const char *refused;
};

static void lower(uint64_t *end, uint64_t entry, uint64_t target)
{
	if (target > entry && target < *end)
		*end = target;
}

static struct line line_of(const struct site_code *code, const struct flow *f)
{
	uint64_t entry = code->bytes.addr;
	struct line l = { .after = entry, .end = entry + code->bytes.size };

	for (size_t i = 0; i < f->events.num; i++) {
		const struct event *e = &f->events.data[i];

		if (e->kind == INSN_RET || e->kind == INSN_TRAP || e->kind == INSN_INDIRECT_JUMP)
			continue;
		if (is_retry(code, f, i))
			l.retried = true;
		else if (e->target == entry && e->kind != INSN_CALL)
			l.refused = "its own code jumps back to its first instruction, so no address is executed "
				    "exactly once per call";
		lower(&l.end, entry, e->target);
	}
	lower(&l.end, entry, code->deferreturn);
	for (size_t i = 0; l.retried && i < f->events.num && is_check(code, f, &f->events.data[i]); i++) {
		l.check = f->events.data[i].addr;
		l.after = f->events.data[i].next;
	}
	if (l.retried && !l.check && !l.refused)
		l.refused = "it calls runtime.morestack, but not from a stack check at its entry, so no address is "
			    "known to be executed exactly once per call";
	if (f->bad && !l.refused)
		l.refused = "not all of its bytes are instructions, so its jumps are not all known";
	return l;
}

/* Smaller is better. */
enum rank { RANK_BEHIND_CHECK, RANK_CHECK, RANK_EMULATED, RANK_STEPPED, RANK_NONE };

static const char *why_of(enum rank rank, const struct line *l, const struct insn *in, uint64_t entry)
{
	switch (rank) {
	case RANK_BEHIND_CHECK:
		if (l->check)
			return "first instruction after the stack check; the kernel emulates it";
		return in->addr == entry ? "no stack check: first instruction; the kernel emulates it" :
		       "no stack check: first instruction the kernel emulates, arguments still in known places";
	case RANK_CHECK:
		return "the stack check's own branch; the kernel emulates it; hits about to call morestack are skipped";
	case RANK_EMULATED:
		return "first instruction behind the stack check that the kernel emulates";
	default:
		if (l->check)
			return "first instruction after the stack check; single-stepped";
		return in->addr == entry ? "no stack check: first instruction; single-stepped" :
		       "no stack check: first instruction that can be probed; single-stepped";
	}
}

static bool all_known(const struct site_code *code, const struct track *t)
{
	if (t->foreign_write || t->args_written_from != INT32_MAX)
		return false;
	for (int r = 0; r < code->arch->num_regs; r++) {
		uint8_t size;

		if (code->wanted >> r & 1 && (track_find(t, r, &size).kind == GOSYM_LOC_LOST ||
					      size < code->arch->ptr_size))
			return false;
	}
	return true;
}

static enum rank rank_of(const struct site_code *code, const struct flow *f, const struct line *l,
			 const struct insn *in, const struct track *t)
{
	bool emulated = in->cost == GOSYM_EMULATED;

	if (!in->probeable || in->addr < l->check || !all_known(code, t))
		return RANK_NONE;
	if (in->addr == l->check)
		return emulated && in->cond != INSN_NO_COND ? RANK_CHECK : RANK_NONE;
	/* A jump table may lead anywhere but to the compiler's entry block, which has no predecessors
	 * (cmd/compile/internal/ssa/check.go). */
	if (f->indirect && in->addr != l->after)
		return RANK_NONE;
	if (!emulated)
		return RANK_STEPPED;
	return !l->check || in->addr == l->after ? RANK_BEHIND_CHECK : RANK_EMULATED;
}

/* Whether the straight line goes on behind this instruction. */
static bool goes_on(const struct line *l, const struct insn *in)
{
	return in->kind < INSN_JUMP || (in->kind == INSN_BRANCH && in->addr <= l->check);
}

struct gosym_error *site_choose(const struct site_code *code, struct site_choice *ret, struct track *state,
				const char **refused)
{
	_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
	uint64_t addr = code->bytes.addr;
	enum rank best = RANK_NONE;
	struct track t;
	struct line l;
	struct insn in;
	struct gosym_error *err;

	err = flow_read(code, &f);
	if (err)
		return err;
	l = line_of(code, &f);
	*refused = l.refused;
	if (l.refused)
		return NULL;
	track_init(&t, code->arch);
	for (int i = 0; i < MAX_PATH && addr < l.end && best != RANK_BEHIND_CHECK; i++) {
		enum rank rank;

		if (!code->arch->insn->decode(&code->bytes, addr, &in))
			break;
		rank = rank_of(code, &f, &l, &in, &t);
		if (rank < best) {
			best = rank;
			*state = t;
			*ret = (struct site_choice){
				.addr = addr, .cost = in.cost, .skip_taken = rank == RANK_CHECK,
				.branch_cond = rank == RANK_CHECK ? in.cond : 0,
				.why = why_of(rank, &l, &in, code->bytes.addr),
			};
		}
		if (!goes_on(&l, &in) || !track_step(&t, &in))
			break;
		addr += in.len;
	}
	if (best == RANK_NONE)
		*refused = "no instruction that is executed exactly once per call, with the arguments still in "
			   "place, can be probed";
	return NULL;
}

struct gosym_error *site_returns(const struct site_code *code, uint64_t **ret, size_t *num_ret, uint64_t *bad)
{
	_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
	VEC(uint64_t) rets = { 0 };
	struct gosym_error *err;

	err = flow_read(code, &f);
	if (err)
		return err;
	for (size_t i = 0; i < f.events.num; i++) {
		uint64_t *slot;

		if (f.events.data[i].kind != INSN_RET)
			continue;
		slot = vec_append(&rets);
		if (!slot) {
			vec_deinit(&rets);
			return gosym_nomem;
		}
		*slot = f.events.data[i].addr;
	}
	*ret = rets.data;
	*num_ret = rets.num;
	*bad = f.bad;
	return NULL;
}

/* ------------------------------------------------ functions that must be left alone */

/* A trailing '*' stands for any ending. Reasons: src/runtime/asm_<arch>.s, stack.go, signal_unix.go. */
static const struct { const char *name, *why; } untouchable[] = {
	{ "runtime.morestack*", "it runs while the goroutine changes stacks" },
	{ "runtime.newstack", "it runs while the goroutine changes stacks" },
	{ "runtime.mcall", "it switches stacks" },
	{ "runtime.gogo", "it switches goroutines" },
	{ "runtime.systemstack", "it switches stacks" },
	{ "runtime.systemstack_switch", "it is a marker that is never called" },
	{ "runtime.sigtramp*", "it is a signal handler's entry, without a goroutine" },
	{ "runtime.cgoSigtramp", "it is a signal handler's entry, without a goroutine" },
	{ "runtime.sigreturn*", "the kernel returns from signals through it" },
	{ "runtime.sigfwd", "it is called in a signal handler, without a goroutine" },
	{ "runtime.rt0_go", "it runs before there is a goroutine" },
	{ "_rt0_*", "it runs before there is a goroutine" },
	{ "runtime.mstart", "it runs before there is a goroutine" },
	{ "runtime.clone", "the new thread comes out of it on another stack" },
	{ "runtime.cgocallback*", "it switches from C to Go" },
	{ "runtime.asmcgocall*", "it switches from Go to C" },
	{ "runtime.asyncPreempt*", "signals put it in the middle of other functions" },
	{ "runtime.gcWriteBarrier*", "it keeps every register by a calling convention of its own" },
	{ "runtime.wbZero", "it runs inside the write barrier" },
	{ "runtime.wbMove", "it runs inside the write barrier" },
	{ "runtime.duffzero", "callers enter it in the middle" },
	{ "runtime.duffcopy", "callers enter it in the middle" },
	{ "runtime.goexit", "it is only returned to, never called" },
	{ "runtime.debugCall*", "debuggers put it in the middle of other functions" },
	{ "runtime.spillArgs", "it has a calling convention of its own" },
	{ "runtime.unspillArgs", "it has a calling convention of its own" },
	{ "runtime.racecall*", "it switches stacks" },
};

static const char *untouchable_why(const char *name)
{
	for (size_t i = 0; name && i < sizeof(untouchable) / sizeof(untouchable[0]); i++) {
		const char *n = untouchable[i].name;
		size_t len = strlen(n);

		if (n[len - 1] == '*' ? !strncmp(name, n, len - 1) : !strcmp(name, n))
			return untouchable[i].why;
	}
	return NULL;
}

/* ----------------------------------------------------------- the public functions */

struct func_sites {			/* what was found of one function; in the arena */
	const struct gosym_site *entry;
	const uint64_t *returns;
	size_t num_returns;
	bool have_returns;
};

struct sites {				/* of one binary */
	VEC(uint64_t) morestack;
	struct func_sites **funcs;	/* by index in the function table */
	size_t num_funcs;
	/* Shared by all sites at which every register is where it was at entry. */
	struct gosym_site_loc regs[MAX_REGS];
	uint8_t sizes[MAX_REGS];
};

static void sites_destroy(void *data)
{
	struct sites *s = data;

	if (!s)
		return;
	vec_deinit(&s->morestack);
	free(s->funcs);
	free(s);
}
DEFINE_CLEANUP(cleanup_sites, struct sites *, sites_destroy(*p))

static struct gosym_error *sites_of(struct gosym_binary *b, const struct abi_arch *arch, struct sites **ret)
{
	_cleanup_(cleanup_sites) struct sites *s = b->ext[EXT_SITES].data;
	struct track t;

	if (s) {
		*ret = no_cleanup_ptr(s);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return gosym_nomem;
	s->num_funcs = gosym_func_count(b);
	s->funcs = calloc(s->num_funcs ? s->num_funcs : 1, sizeof(struct func_sites *));
	if (!s->funcs)
		return gosym_nomem;
	for (size_t i = 0; i < s->num_funcs; i++) {
		const struct gosym_func *f = gosym_func_at(b, i);
		const char *name = gosym_func_name(f);
		uint64_t *slot;

		if (!name || strncmp(name, "runtime.morestack", strlen("runtime.morestack")))
			continue;
		slot = vec_append(&s->morestack);
		if (!slot)
			return gosym_nomem;
		*slot = gosym_func_entry(f);
	}
	track_init(&t, arch);
	for (int r = 0; r < MAX_REGS; r++)
		s->regs[r] = track_find(&t, r, &s->sizes[r]);
	b->ext[EXT_SITES].data = s;
	b->ext[EXT_SITES].destroy = sites_destroy;
	*ret = no_cleanup_ptr(s);
	return NULL;
}

/* The cache entry of f, made empty on first use. */
static struct gosym_error *func_sites_of(struct gosym_binary *b, const struct abi_arch *arch,
					 const struct gosym_func *f, struct sites **ret_sites,
					 struct func_sites **ret)
{
	struct func_sites *fs;
	struct gosym_error *err;

	err = sites_of(b, arch, ret_sites);
	if (err)
		return err;
	if (f->index >= (*ret_sites)->num_funcs)
		return gosym_error_new(GOSYM_INVALID, "%s: not a function of %s", f->name, elf_path(b->elf));
	fs = (*ret_sites)->funcs[f->index];
	if (!fs) {
		fs = arena_alloc(&b->arena, sizeof(*fs));
		if (!fs)
			return gosym_nomem;
		(*ret_sites)->funcs[f->index] = fs;
	}
	*ret = fs;
	return NULL;
}

static struct gosym_error *code_of(struct gosym_binary *b, const struct abi_arch *arch, const struct sites *s,
				   const struct gosym_func *f, struct site_code *ret)
{
	*ret = (struct site_code){
		.arch = arch, .morestack = s->morestack.data, .num_morestack = s->morestack.num,
		.deferreturn = f->deferreturn ? f->entry + f->deferreturn : 0,
	};
	if (f->end <= f->entry || !elf_bytes_at(b->elf, f->entry, &ret->bytes) ||
	    ret->bytes.size < f->end - f->entry)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: the code of %s, 0x%" PRIx64 " to 0x%" PRIx64
				       ", lies outside the file", elf_path(b->elf), f->name, f->entry, f->end);
	ret->bytes.addr = f->entry;
	ret->bytes.size = f->end - f->entry;
	return NULL;
}

static struct gosym_error *arch_or_error(struct gosym_binary *b, const struct abi_arch **ret)
{
	*ret = abi_arch_of(b);
	if (*ret && (*ret)->insn)
		return NULL;
	return gosym_error_new(GOSYM_UNSUPPORTED, "%s: instructions of this architecture (ELF machine %u) are not "
			       "known", elf_path(b->elf), elf_machine(b->elf));
}

static uint64_t bit_of(int reg)
{
	return reg == REG_NONE ? 0 : UINT64_C(1) << reg;
}

/* Closures' context and g; with them a site always serves. */
static uint64_t always_wanted(const struct gosym_binary *b, const struct abi_arch *arch)
{
	uint64_t wanted = bit_of(arch->ctx);

	if (goversion_at_least(&b->version, arch->g_reg_since))
		wanted |= bit_of(arch->g);
	return wanted;
}

static uint64_t wanted_by_sequence(const struct gosym_binary *b, const struct gosym_func *f)
{
	const struct abi_sequence *seq = abi_sequence_of(b, f);
	uint64_t wanted = 0;

	/* Not the float registers: no probe can read them anyway. */
	for (int i = 0; i < seq->num_ints; i++)
		wanted |= bit_of(seq->ints[i]);
	return wanted;
}

static uint64_t wanted_by_signature(struct gosym_binary *b, const struct gosym_func *f,
				    const struct abi_arch *arch, uint64_t otherwise)
{
	const struct gosym_signature *sig;
	_cleanup_error_ struct gosym_error *err = gosym_func_signature(b, f, &sig);
	uint64_t wanted = 0;

	if (err)
		return otherwise;
	for (size_t i = 0; i < sig->num_params; i++) {
		for (size_t j = 0; j < sig->params[i].num_pieces; j++) {
			const struct gosym_piece *p = &sig->params[i].pieces[j];

			if (p->place == GOSYM_IN_REG && p->where >= 0 && p->where < arch->num_regs &&
			    !arch->regs[p->where].fp)
				wanted |= bit_of(p->where);
		}
	}
	return wanted;
}

/* With every register of the sequence kept first. If that leaves a stepped instruction where fewer would allow
 * an emulated one, the signature (which may have to be read from DWARF) says how many are in use. */
static struct gosym_error *choose(struct gosym_binary *b, const struct gosym_func *f, struct site_code *code,
				  struct site_choice *ret, struct track *state, const char **refused)
{
	uint64_t least = always_wanted(b, code->arch), all = least | wanted_by_sequence(b, f);
	struct gosym_error *err;

	code->wanted = all;
	err = site_choose(code, ret, state, refused);
	if (err || (!*refused && ret->cost == GOSYM_EMULATED) || all == least)
		return err;
	code->wanted = least;
	err = site_choose(code, ret, state, refused);
	if (err || *refused)
		return err;
	code->wanted = all;
	if (ret->cost == GOSYM_EMULATED)
		code->wanted = least | wanted_by_signature(b, f, code->arch, all);
	return site_choose(code, ret, state, refused);
}

static struct gosym_error *site_new(struct gosym_binary *b, const struct sites *s, const struct site_code *code,
				    const struct site_choice *c, const struct track *t, struct abi_site **ret)
{
	struct abi_site *site = arena_alloc(&b->arena, sizeof(*site));
	struct gosym_site_loc *regs;
	uint8_t *sizes;
	char text[128];

	if (!site)
		return gosym_nomem;
	code->arch->insn->format(&code->bytes, c->addr, text, sizeof(text));
	site->pub = (struct gosym_site){
		.addr = c->addr, .insn = arena_strdup(&b->arena, text), .cost = c->cost, .exact = true,
		.skip_taken = c->skip_taken, .branch_cond = c->branch_cond, .sp_off = track_sp_off(t), .why = c->why,
	};
	site->stack_args_intact = t->args_written_from == INT32_MAX;
	site->args_written_from = t->args_written_from;
	site->regs = s->regs;
	site->sizes = s->sizes;
	*ret = site;
	if (!site->pub.insn)
		return gosym_nomem;
	for (int r = 0; r < MAX_REGS; r++) {
		uint8_t size;
		struct gosym_site_loc loc = track_find(t, r, &size);

		if (loc.kind == s->regs[r].kind && loc.where == s->regs[r].where && size == s->sizes[r])
			continue;
		if (site->regs == s->regs) {
			regs = arena_array(&b->arena, MAX_REGS, sizeof(*regs));
			sizes = arena_array(&b->arena, MAX_REGS, sizeof(*sizes));
			if (!regs || !sizes)
				return gosym_nomem;
			for (int q = 0; q < MAX_REGS; q++)
				regs[q] = track_find(t, q, &sizes[q]);
			site->regs = regs;
			site->sizes = sizes;
		}
	}
	return NULL;
}

static struct gosym_error *refuse(const struct gosym_func *f, const char *why)
{
	return gosym_error_new(GOSYM_UNSUPPORTED, "%s cannot be probed: %s", f->name, why);
}

GOSYM_API struct gosym_error *gosym_func_entry_site(struct gosym_binary *b, const struct gosym_func *f,
						    const struct gosym_site **ret)
{
	const struct abi_arch *arch;
	struct func_sites *fs;
	struct sites *s;
	struct site_code code;
	struct site_choice choice;
	struct track state;
	struct abi_site *site = NULL;
	const char *refused = untouchable_why(f->name);
	struct gosym_error *err;

	err = arch_or_error(b, &arch);
	if (!err)
		err = func_sites_of(b, arch, f, &s, &fs);
	if (err)
		return err;
	if (fs->entry) {
		*ret = fs->entry;
		return NULL;
	}
	if (refused)
		return refuse(f, refused);
	err = code_of(b, arch, s, f, &code);
	if (!err)
		err = choose(b, f, &code, &choice, &state, &refused);
	if (err)
		return err;
	if (refused)
		return refuse(f, refused);
	err = site_new(b, s, &code, &choice, &state, &site);
	if (err)
		return err;
	if (!elf_addr_to_offset(b->elf, site->pub.addr, &site->pub.file_off))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: address 0x%" PRIx64 " of %s is not in the file",
				       elf_path(b->elf), site->pub.addr, f->name);
	fs->entry = &site->pub;
	*ret = fs->entry;
	return NULL;
}

GOSYM_API struct gosym_site_loc gosym_site_find(const struct gosym_site *s, const struct gosym_piece *p)
{
	const struct abi_site *site = abi_site_of(s);
	const struct gosym_site_loc lost = { .kind = GOSYM_LOC_LOST };

	if (p->place == GOSYM_IN_REG) {
		if (p->where < 0 || p->where >= MAX_REGS || p->size > site->sizes[p->where])
			return lost;
		return site->regs[p->where];
	}
	if ((int64_t)p->where + p->size > site->args_written_from)
		return lost;
	return (struct gosym_site_loc){ .kind = GOSYM_LOC_STACK, .where = p->where + s->sp_off };
}

GOSYM_API struct gosym_error *gosym_func_returns(struct gosym_binary *b, const struct gosym_func *f,
						 const uint64_t **ret, size_t *num_ret)
{
	_cleanup_free_ uint64_t *found = NULL;
	const struct abi_arch *arch;
	struct func_sites *fs;
	struct sites *s;
	struct site_code code;
	uint64_t bad, *kept;
	size_t num;
	struct gosym_error *err;

	err = arch_or_error(b, &arch);
	if (!err)
		err = func_sites_of(b, arch, f, &s, &fs);
	if (err)
		return err;
	if (!fs->have_returns) {
		err = code_of(b, arch, s, f, &code);
		if (!err)
			err = site_returns(&code, &found, &num, &bad);
		if (err)
			return err;
		if (bad)
			return gosym_error_new(GOSYM_UNSUPPORTED, "%s: the bytes of %s at 0x%" PRIx64 " are not an "
					       "instruction, so its returns are not all known", elf_path(b->elf),
					       f->name, bad);
		kept = arena_array(&b->arena, num ? num : 1, sizeof(*kept));
		if (!kept)
			return gosym_nomem;
		if (num)
			memcpy(kept, found, num * sizeof(*kept));
		fs->returns = kept;
		fs->num_returns = num;
		fs->have_returns = true;
	}
	*ret = fs->returns;
	*num_ret = fs->num_returns;
	return NULL;
}
