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
 * On some architectures the slow path follows the check, whose branch leads past it.
 *
 * Instructions that need the assembler's scratch register come as sequences which the runtime begins anew when a
 * signal preempts them (runtime/preempt.go: isAsyncSafePoint): of these only the last is executed once.
 *
 * Among exact addresses where every wanted register is still in a known place and nothing the arguments
 * point to was written, the one the kernel emulates is taken: it costs one trap, not two.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi/exitfloats.h"
#include "abi/sites.h"
#include "abi/slowpath.h"

enum { MAX_PATH = 512 };		/* instructions of the straight line looked at */

/* ------------------------------------------------------------------- the choice */

struct line {				/* what the events say about the straight line */
	uint64_t check;			/* last branch of the stack check; 0 none */
	uint64_t after;			/* the instruction behind it, or the entry */
	uint64_t end;			/* first address that is not executed once only */
	bool retried;			/* the entry is run again after morestack */
	bool skips;			/* the check's branch is taken where the stack is large enough */
	const char *refused;
};

static void lower(uint64_t *end, uint64_t entry, uint64_t target)
{
	if (target > entry && target < *end)
		*end = target;
}

/* The branches of the stack check, which are the first of the function. Answers how many. */
static size_t find_check(const struct func_code *code, const struct flow *f, struct line *l)
{
	size_t num = 0;

	for (; l->retried && num < f->events.num && flow_is_check(code, f, &f->events.data[num]); num++) {
		const struct event *e = &f->events.data[num];

		l->check = e->addr;
		l->skips = flow_is_skip(code, f, e);
		l->after = l->skips ? e->target : e->next;
	}
	return num;
}

static struct line line_of(const struct func_code *code, const struct flow *f)
{
	uint64_t entry = code->bytes.addr;
	struct line l = { .after = entry, .end = entry + code->bytes.size };

	for (size_t i = 0; i < f->events.num; i++) {
		const struct event *e = &f->events.data[i];

		if (e->kind == INSN_RET || e->kind == INSN_TRAP || e->kind == INSN_INDIRECT_JUMP)
			continue;
		if (flow_is_retry(code, f, i))
			l.retried = true;
		else if (e->target == entry && e->kind != INSN_CALL)
			l.refused = "its own code jumps back to its first instruction, so no address is executed "
				    "exactly once per call";
	}
	for (size_t i = find_check(code, f, &l); i < f->events.num; i++)
		lower(&l.end, entry, f->events.data[i].target);
	lower(&l.end, entry, code->deferreturn);
	if (l.retried && !l.check && !l.refused)
		l.refused = "it calls runtime.morestack, but not from a stack check at its entry, so no address is "
			    "known to be executed exactly once per call";
	if (f->bad && !l.refused)
		l.refused = "not all of its bytes are instructions, so its jumps are not all known";
	return l;
}

/* What a site has to offer. */
struct want {
	uint64_t regs;			/* none of these may be lost */
	const struct site_floats *floats;	/* NULL: nobody asks for floats */
};

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
		return "the stack check's own branch; the kernel emulates it; hits about to call morestack are "
		       "skipped";
	case RANK_EMULATED:
		return "first instruction behind the stack check that the kernel emulates";
	default:
		if (l->check)
			return "first instruction after the stack check; single-stepped";
		return in->addr == entry ? "no stack check: first instruction; single-stepped" :
		       "no stack check: first instruction that can be probed; single-stepped";
	}
}

/* The floats that a probe can read by now: in memory, or in a general register. */
static unsigned floats_known(const struct track *t, const struct site_floats *floats)
{
	unsigned num = 0;

	for (int r = 0; floats && r < t->arch->num_regs; r++) {
		struct gosym_site_loc loc;
		uint8_t size;

		if (!floats->sizes[r])
			continue;
		loc = track_find(t, r, &size);
		num += size >= floats->sizes[r] && (loc.kind == GOSYM_LOC_STACK ||
						    (loc.kind == GOSYM_LOC_REG && !t->arch->regs[loc.where].fp));
	}
	return num;
}

/* Behind the arguments on the stack are the places where registers are kept: what is stored there takes nothing away. */
static bool all_known(const struct track *t, const struct want *want)
{
	if (t->foreign_write || t->args_written_from < (want->floats ? want->floats->stack_end : INT32_MAX))
		return false;
	for (int r = 0; r < t->arch->num_regs; r++) {
		uint8_t size;

		if (want->regs >> r & 1 && (track_find(t, r, &size).kind == GOSYM_LOC_LOST ||
					size < t->arch->ptr_size))
			return false;
	}
	return true;
}

static bool sets_up_frame(const struct abi_arch *arch, const struct insn *in)
{
	return in->kind == INSN_PUSH || in->kind == INSN_ADD_SP ||
	       (in->kind == INSN_STORE && in->base == arch->sp && in->writeback < 0);
}

/* Whether the instruction may be executed again because one behind it was preempted. */
static bool may_restart(const struct flow *f, const struct insn *in)
{
	for (size_t i = 0; i < f->restarts.num; i++) {
		const struct code_range *r = &f->restarts.data[i];

		if (in->addr >= r->start && in->addr + in->len < r->end)
			return true;
	}
	return false;
}

static enum rank rank_of(const struct abi_arch *arch, const struct flow *f, const struct line *l,
			 const struct insn *in, const struct track *t, const struct want *want)
{
	bool emulated = in->cost == GOSYM_EMULATED;

	if (!in->probeable || in->addr < l->check || may_restart(f, in) || !all_known(t, want))
		return RANK_NONE;
	if (in->addr == l->check)
		return emulated && in->cond != INSN_NO_COND && !l->skips ? RANK_CHECK : RANK_NONE;
	/* A jump table may lead to the head of any loop, were it the first instruction of the body; the
	 * assembler's own frame set-up in front of the body it cannot lead to. */
	if (f->table && !(in->addr == l->after && sets_up_frame(arch, in)))
		return RANK_NONE;
	if (!emulated)
		return RANK_STEPPED;
	return !l->check || in->addr == l->after ? RANK_BEHIND_CHECK : RANK_EMULATED;
}

/* Whether the straight line goes on behind this instruction, whatever the arguments are: a nil pointer's
 * load would end the call before a later site is reached. The check itself loads from g, which is there. */
static bool goes_on(const struct line *l, const struct insn *in)
{
	if (in->addr >= l->after && in->may_fault)
		return false;
	return in->kind < INSN_JUMP || (in->kind == INSN_BRANCH && in->addr <= l->check);
}

static const char *why_none(const struct func_code *code, const struct flow *f, const struct line *l)
{
	struct insn in;

	if (!code->arch->insn->decode(&code->bytes, l->after, &in))
		return "its first instruction is none that is known";
	if (!in.probeable)
		return "the kernel refuses a probe on its first instruction";
	if (f->restarts.num && may_restart(f, &in))
		return "its first instructions are begun anew when a signal preempts them, and none behind them keeps "
		       "the arguments in place";
	if (f->table)
		return "it jumps through a table and has no frame, so even its first instruction may be executed "
		       "more than once per call";
	return "no instruction that is executed exactly once per call, with the arguments still in place, can be "
	       "probed";
}

static const char *why_floats(const struct insn *in)
{
	return in->cost == GOSYM_EMULATED ?
	       "first instruction behind the stores of float arguments that the kernel emulates" :
	       "first instruction behind the stores of float arguments; single-stepped";
}

/* More floats are better, then a smaller rank, then an earlier address. */
static bool is_better(unsigned floats, enum rank rank, unsigned best_floats, enum rank best)
{
	if (rank == RANK_NONE || floats < best_floats)
		return false;
	return floats > best_floats || rank < best;
}

static const char *choose_on_line(const struct func_code *code, const struct flow *f, const struct want *want,
				  struct site_choice *ret)
{
	struct line l = line_of(code, f);
	uint64_t addr = code->bytes.addr;
	enum rank best = RANK_NONE;
	unsigned best_floats = 0;
	struct track t;
	struct insn in;

	if (l.refused)
		return l.refused;
	track_init(&t, code->arch);
	for (int i = 0; i < MAX_PATH && addr < l.end && (want->floats || best != RANK_BEHIND_CHECK); i++) {
		unsigned floats = floats_known(&t, want->floats);
		enum rank rank;

		if (!code->arch->insn->decode(&code->bytes, addr, &in))
			break;
		rank = rank_of(code->arch, f, &l, &in, &t, want);
		if (is_better(floats, rank, best_floats, best)) {
			best = rank;
			best_floats = floats;
			*ret = (struct site_choice){
				.addr = addr, .cost = in.cost, .skip_taken = rank == RANK_CHECK,
				.branch_cond = rank == RANK_CHECK ? in.cond : 0, .state = t,
				.why = floats ? why_floats(&in) : why_of(rank, &l, &in, code->bytes.addr),
			};
		}
		if (!goes_on(&l, &in) || !track_step(&t, &in))
			break;
		addr = addr == l.check ? l.after : addr + in.len;
	}
	if (best == RANK_NONE)
		return why_none(code, f, &l);
	return want->floats && !best_floats ?
	       "its float arguments are nowhere stored where each call passes once" : NULL;
}

const char *site_choose(const struct func_code *code, const struct flow *f, uint64_t wanted, struct site_choice *ret)
{
	return choose_on_line(code, f, &(struct want){ .regs = wanted }, ret);
}

const char *site_choose_floats(const struct func_code *code, const struct flow *f, uint64_t wanted,
			       const struct site_floats *floats, struct site_choice *ret)
{
	return choose_on_line(code, f, &(struct want){ wanted, floats }, ret);
}

/* ------------------------------------------------ functions that must be left alone */

/* A trailing '*' stands for any ending. Reasons: src/runtime/asm_<arch>.s, stack.go, signal_unix.go. */
static const struct { const char *name, *why; } untouchable[] = {
	{ "runtime.morestack*", "it runs while the goroutine changes stacks" },
	{ "runtime.newstack", "it runs while the goroutine changes stacks" },
	{ "runtime.mcall", "it switches stacks" },
	{ "gogo", "it switches goroutines" },
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
	{ "debugCall*", "debuggers put it in the middle of other functions" },
	{ "runtime.spillArgs", "it has a calling convention of its own" },
	{ "runtime.unspillArgs", "it has a calling convention of its own" },
	{ "runtime.racecall*", "it switches stacks" },
};

const char *abi_untouchable_why(const char *name)
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
	const struct gosym_site *values;	/* NULL: not looked for yet */
	const uint64_t *returns;	/* NULL: not looked for yet */
	size_t num_returns;
	const struct gosym_exit *exits;	/* NULL: not looked for yet */
	size_t num_exits;
	const struct gosym_exit *values_exits;	/* NULL: not looked for yet; as many */
	const char *unseen;		/* why an exit cannot be probed; NULL: all can */
	uint64_t unseen_at;
	uint64_t bad;			/* an address in it that is no instruction; 0 none */
};

struct sites {				/* of one binary */
	VEC(uint64_t) morestack;
	int resume_reg;			/* see slowpath.h */
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

/* Before Go 1.17 runtime.gogo holds the code, since then it leads to gogo. */
static int resume_reg_of(struct gosym_binary *b, const struct abi_arch *arch, const struct gosym_func *f)
{
	struct func_code code = { .arch = arch };

	if (f->end <= f->entry || !elf_bytes_at(b->elf, f->entry, &code.bytes) || code.bytes.size < f->end - f->entry)
		return REG_NONE;
	code.bytes.addr = f->entry;
	code.bytes.size = f->end - f->entry;
	return slowpath_resume_reg(&code);
}

static struct gosym_error *sites_create(struct gosym_binary *b, const struct abi_arch *arch, struct sites **ret)
{
	_cleanup_(cleanup_sites) struct sites *s = calloc(1, sizeof(*s));
	struct track t;

	if (!s)
		return gosym_nomem;
	s->resume_reg = REG_NONE;
	s->num_funcs = gosym_func_count(b);
	s->funcs = calloc(s->num_funcs ? s->num_funcs : 1, sizeof(struct func_sites *));
	if (!s->funcs)
		return gosym_nomem;
	for (size_t i = 0; i < s->num_funcs; i++) {
		const struct gosym_func *f = gosym_func_at(b, i);
		uint64_t *slot;

		if (!f->name)
			continue;
		if (!strcmp(f->name, "gogo") || (!strcmp(f->name, "runtime.gogo") && s->resume_reg == REG_NONE))
			s->resume_reg = resume_reg_of(b, arch, f);
		if (strncmp(f->name, "runtime.morestack", strlen("runtime.morestack")))
			continue;
		slot = vec_append(&s->morestack);
		if (!slot)
			return gosym_nomem;
		*slot = f->entry;
	}
	track_init(&t, arch);
	for (int r = 0; r < MAX_REGS; r++)
		s->regs[r] = track_find(&t, r, &s->sizes[r]);
	*ret = no_cleanup_ptr(s);
	return NULL;
}

/* Everything one question about f needs, besides the cache entry that may answer it. */
struct query {
	struct gosym_binary *b;
	const struct gosym_func *f;
	const struct abi_arch *arch;
	struct sites *sites;
	struct func_sites *found;
};

static struct gosym_error *query_init(struct query *q, struct gosym_binary *b, const struct gosym_func *f)
{
	struct binary_ext *ext = &b->ext[EXT_SITES];
	struct gosym_error *err;

	*q = (struct query){ .b = b, .f = f, .arch = abi_arch_of(b) };
	if (!q->arch || !q->arch->insn)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: instructions of this architecture (ELF machine %u) are "
				       "not known", elf_path(b->elf), elf_machine(b->elf));
	if (!ext->data) {
		err = sites_create(b, q->arch, &q->sites);
		if (err)
			return err;
		ext->data = q->sites;
		ext->destroy = sites_destroy;
	}
	q->sites = ext->data;
	if (f->index >= q->sites->num_funcs)
		return gosym_error_new(GOSYM_INVALID, "%s is not a function of %s", f->name, elf_path(b->elf));
	q->found = q->sites->funcs[f->index];
	if (!q->found) {
		q->found = arena_alloc(&b->arena, sizeof(*q->found));
		if (!q->found)
			return gosym_nomem;
		q->sites->funcs[f->index] = q->found;
	}
	return NULL;
}

static struct gosym_error *keep_returns(const struct query *q, const struct flow *flow)
{
	uint64_t *rets;
	size_t num = 0;

	for (size_t i = 0; i < flow->events.num; i++)
		num += flow->events.data[i].kind == INSN_RET;
	rets = arena_array(&q->b->arena, num ? num : 1, sizeof(*rets));
	if (!rets)
		return gosym_nomem;
	num = 0;
	for (size_t i = 0; i < flow->events.num; i++) {
		if (flow->events.data[i].kind == INSN_RET)
			rets[num++] = flow->events.data[i].addr;
	}
	q->found->bad = flow->bad;
	q->found->num_returns = num;
	q->found->returns = rets;
	return NULL;
}

/* runtime/preempt.go: isAsyncSafePoint(). A sequence is one run of the table; its neighbour has the other value. */
static struct gosym_error *read_restarts(const struct query *q, struct flow *flow)
{
	enum { RESTART_1 = -3, RESTART_2 = -4, RESTART_AT_ENTRY = -5 };
	struct pcvalue_iter it;
	uint64_t start;

	if (!pclntab_pcdata_iter(&q->b->pclntab, q->f, PCDATA_UNSAFEPOINT, &it))
		return NULL;
	while (pcvalue_next(&it, &start)) {
		bool sequence = it.value == RESTART_1 || it.value == RESTART_2;
		struct code_range *slot;

		if (!sequence && it.value != RESTART_AT_ENTRY)
			continue;
		slot = vec_append(&flow->restarts);
		if (!slot)
			return gosym_nomem;
		*slot = (struct code_range){ .start = q->f->entry + (sequence ? start : 0), .end = q->f->entry + it.pc };
	}
	return NULL;
}

/* Reads the code of f; its returns are kept on the way. */
static struct gosym_error *read_code(const struct query *q, struct func_code *code, struct flow *flow)
{
	const struct gosym_func *f = q->f;
	struct gosym_error *err;

	*code = (struct func_code){
		.arch = q->arch, .morestack = q->sites->morestack.data, .num_morestack = q->sites->morestack.num,
		.deferreturn = f->deferreturn ? f->entry + f->deferreturn : 0,
	};
	if (f->end <= f->entry || !elf_bytes_at(q->b->elf, f->entry, &code->bytes) ||
	    code->bytes.size < f->end - f->entry)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: the code of %s, 0x%" PRIx64 " to 0x%" PRIx64
				       ", lies outside the file", elf_path(q->b->elf), f->name, f->entry, f->end);
	code->bytes.addr = f->entry;
	code->bytes.size = f->end - f->entry;
	err = flow_read(code, flow);
	if (!err)
		err = read_restarts(q, flow);
	if (err || q->found->returns)
		return err;
	return keep_returns(q, flow);
}

struct gosym_error *sites_read_code(struct gosym_binary *b, const struct gosym_func *f, struct func_code *code,
				    struct flow *flow)
{
	struct query q;
	struct gosym_error *err = query_init(&q, b, f);

	return err ? err : read_code(&q, code, flow);
}

static uint64_t bit_of(int reg)
{
	return reg == REG_NONE ? 0 : UINT64_C(1) << reg;
}

/* Closures' context, and g where a register holds it: on arches where that came with the register arguments it
 * does so in Go code only, assembly's own stack check loads it. */
static uint64_t always_wanted(const struct query *q)
{
	uint64_t wanted = bit_of(q->arch->ctx);

	if (!q->arch->g_reg_since ||
	    (!q->f->assembly && goversion_at_least(&q->b->version, q->arch->g_reg_since)))
		wanted |= bit_of(q->arch->g);
	return wanted;
}

static uint64_t wanted_by_sequence(const struct query *q)
{
	const struct abi_sequence *seq = abi_sequence_of(q->b, q->f);
	uint64_t wanted = 0;

	/* Not the float registers: no probe can read them anyway. */
	for (int i = 0; i < seq->num_ints; i++)
		wanted |= bit_of(seq->ints[i]);
	return wanted;
}

static uint64_t wanted_by_signature(const struct query *q, uint64_t otherwise)
{
	const struct gosym_signature *sig;
	_cleanup_error_ struct gosym_error *err = gosym_func_signature(q->b, q->f, &sig);
	uint64_t wanted = 0;

	if (err)
		return otherwise;
	for (size_t i = 0; i < sig->num_params; i++) {
		for (size_t j = 0; j < sig->params[i].num_pieces; j++) {
			const struct gosym_piece *p = &sig->params[i].pieces[j];

			if (p->place == GOSYM_IN_REG && p->where >= 0 && p->where < q->arch->num_regs &&
			    !q->arch->regs[p->where].fp)
				wanted |= bit_of(p->where);
		}
	}
	return wanted;
}

/* First with every register of the sequence kept. If that leaves a stepped instruction where fewer would allow an
 * emulated one, the signature (which may have to be read from DWARF) says which are in use. */
static const char *choose(const struct query *q, const struct func_code *code, const struct flow *flow,
			  struct site_choice *ret)
{
	uint64_t least = always_wanted(q), all = least | wanted_by_sequence(q), wanted;
	const char *refused = site_choose(code, flow, all, ret);
	struct site_choice better;

	if (all == least || (!refused && ret->cost == GOSYM_EMULATED) ||
	    site_choose(code, flow, least, &better) || (!refused && better.cost == GOSYM_STEPPED))
		return refused;
	wanted = least | wanted_by_signature(q, all);
	return wanted == all ? refused : site_choose(code, flow, wanted, ret);
}

/* Argument registers of which nothing tells whether they still hold arguments. */
static uint64_t doubtful(const struct query *q, const struct func_code *code, const struct flow *flow,
			 struct gosym_slow_path *ret)
{
	uint64_t args = wanted_by_sequence(q);

	return args && !slowpath_read(code, flow, q->sites->resume_reg, ret) ? args : 0;
}

/* The places of all registers at the site but the lost ones; those of the entry are shared. */
static struct gosym_error *keep_places(const struct query *q, const struct track *t, uint64_t lost,
				       struct abi_site *site)
{
	struct gosym_site_loc *regs;
	bool moved = lost;
	uint8_t *sizes;

	site->stack_args_intact = t->args_written_from == INT32_MAX;
	site->args_written_from = t->args_written_from;
	site->regs = q->sites->regs;
	site->sizes = q->sites->sizes;
	for (int r = 0; r < MAX_REGS && !moved; r++) {
		uint8_t size;
		struct gosym_site_loc loc = track_find(t, r, &size);

		moved = loc.kind != site->regs[r].kind || loc.where != site->regs[r].where || size != site->sizes[r];
	}
	if (!moved)
		return NULL;
	regs = arena_array(&q->b->arena, MAX_REGS, sizeof(*regs));
	sizes = arena_array(&q->b->arena, MAX_REGS, sizeof(*sizes));
	if (!regs || !sizes)
		return gosym_nomem;
	for (int r = 0; r < MAX_REGS; r++)
		regs[r] = track_find(t, r, &sizes[r]);
	for (int r = 0; r < MAX_REGS; r++)
		if (lost >> r & 1)
			sizes[r] = 0;
	site->regs = regs;
	site->sizes = sizes;
	return NULL;
}

static struct gosym_error *keep_site(const struct query *q, const struct func_code *code, const struct flow *flow,
				     const struct site_choice *c, const struct gosym_site **ret)
{
	struct abi_site *site = arena_alloc(&q->b->arena, sizeof(*site));
	struct gosym_error *err;
	char text[128];

	if (!site)
		return gosym_nomem;
	code->arch->insn->format(&code->bytes, c->addr, text, sizeof(text));
	site->pub = (struct gosym_site){
		.addr = c->addr, .insn = arena_strdup(&q->b->arena, text), .cost = c->cost, .exact = true,
		.skip_taken = c->skip_taken, .branch_cond = c->branch_cond, .sp_off = track_sp_off(&c->state),
		.why = c->why,
	};
	if (!site->pub.insn)
		return gosym_nomem;
	err = keep_places(q, &c->state, doubtful(q, code, flow, &site->pub.slow), site);
	if (err)
		return err;
	if (!elf_addr_to_offset(q->b->elf, c->addr, &site->pub.file_off) ||
	    (site->pub.slow.addr && !elf_addr_to_offset(q->b->elf, site->pub.slow.addr, &site->pub.slow.file_off)))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: address 0x%" PRIx64 " of %s is not in the file",
				       elf_path(q->b->elf), c->addr, q->f->name);
	*ret = &site->pub;
	return NULL;
}

struct gosym_error *gosym_func_entry_site(struct gosym_binary *b, const struct gosym_func *f,
					  const struct gosym_site **ret)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	const char *refused = abi_untouchable_why(f->name);
	struct site_choice choice;
	struct func_code code;
	struct query q;
	struct gosym_error *err;

	err = query_init(&q, b, f);
	if (err)
		return err;
	if (!q.found->entry && !refused) {
		err = read_code(&q, &code, &flow);
		if (err)
			return err;
		refused = choose(&q, &code, &flow, &choice);
		if (!refused)
			err = keep_site(&q, &code, &flow, &choice, &q.found->entry);
		if (err)
			return err;
	}
	if (refused)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s cannot be probed: %s", f->name, refused);
	*ret = q.found->entry;
	return NULL;
}

/* The float registers of the arguments, and where the stack arguments end. False if there are none of the former. */
static bool find_floats(const struct query *q, const struct gosym_signature *sig, struct site_floats *ret)
{
	bool any = false;

	*ret = (struct site_floats){ .stack_end = q->arch->args_base };
	for (size_t i = 0; i < sig->num_params; i++) {
		for (size_t k = 0; k < sig->params[i].num_pieces && !sig->params[i].missing; k++) {
			const struct gosym_piece *p = &sig->params[i].pieces[k];

			if (p->place != GOSYM_IN_REG) {
				if ((int64_t)p->where + p->size > ret->stack_end)
					ret->stack_end = p->where + (int32_t)p->size;
			} else if (p->where >= 0 && p->where < q->arch->num_regs && q->arch->regs[p->where].fp) {
				ret->sizes[p->where] = (uint8_t)p->size;
				any = true;
			}
		}
	}
	return any;
}

static struct gosym_error *find_values_site(const struct query *q, const struct gosym_signature *sig)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	uint64_t wanted = always_wanted(q) | wanted_by_signature(q, 0);
	struct site_floats floats;
	struct site_choice choice;
	struct func_code code;
	struct gosym_error *err;

	q->found->values = q->found->entry;
	/* What is lost while the stack grows is not stored either: it is not used. */
	if (q->found->entry->slow.addr || !find_floats(q, sig, &floats))
		return NULL;
	err = read_code(q, &code, &flow);
	if (err || site_choose_floats(&code, &flow, wanted, &floats, &choice))
		return err;
	return keep_site(q, &code, &flow, &choice, &q->found->values);
}

struct gosym_error *gosym_func_values_site(struct gosym_binary *b, const struct gosym_func *f,
					   const struct gosym_site **ret)
{
	const struct gosym_signature *sig;
	struct query q;
	struct gosym_error *err = gosym_func_entry_site(b, f, ret);

	if (!err)
		err = query_init(&q, b, f);
	if (err)
		return err;
	if (!q.found->values) {
		_cleanup_error_ struct gosym_error *unknown = gosym_func_signature(b, f, &sig);

		if (unknown)
			q.found->values = q.found->entry;
		else
			err = find_values_site(&q, sig);
	}
	if (!err)
		*ret = q.found->values;
	return err;
}

struct gosym_site_loc gosym_site_find(const struct gosym_site *s, const struct gosym_piece *p)
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

struct gosym_error *gosym_func_returns(struct gosym_binary *b, const struct gosym_func *f, const uint64_t **ret,
				       size_t *num_ret)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	struct func_code code;
	struct query q;
	struct gosym_error *err;

	err = query_init(&q, b, f);
	if (!err && !q.found->returns)
		err = read_code(&q, &code, &flow);
	if (err)
		return err;
	if (q.found->bad)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: the bytes of %s at 0x%" PRIx64 " are not an "
				       "instruction, so its returns are not all known", elf_path(b->elf), f->name,
				       q.found->bad);
	*ret = q.found->returns;
	*num_ret = q.found->num_returns;
	return NULL;
}

/* ------------------------------------------------------------------- exits */

static bool is_inside(const struct query *q, uint64_t addr)
{
	return addr >= q->f->entry && addr < q->f->end;
}

/* The function a jump leads into, if it leaves this one: not morestack, which begins this one anew. Through a
 * register it may lead anywhere: "?"; in a function with jump tables it is none. */
static const char *jumps_to(const struct query *q, const struct func_code *code, const struct flow *flow,
			    const struct event *e)
{
	const struct gosym_func *to;

	if (e->kind == INSN_INDIRECT_JUMP)
		return flow->table ? NULL : "?";
	if ((e->kind != INSN_JUMP && e->kind != INSN_BRANCH) || is_inside(q, e->target))
		return NULL;
	for (size_t i = 0; i < code->num_morestack && e->kind == INSN_BRANCH; i++)
		if (code->morestack[i] == e->target)
			return NULL;
	to = pclntab_func_at(&q->b->pclntab, e->target);
	return to ? to->name : "?";
}

/* A branch that leaves by other things than flags (a register that is zero) cannot be told from one that does not. */
static const char *unseen_why(const struct query *q, const struct func_code *code, const struct gosym_exit *exit,
			      const struct event *e)
{
	struct insn in;

	if (e->kind == INSN_BRANCH && e->cond == INSN_NO_COND)
		return "whether it leaves the function depends on a register";
	if (!code->arch->insn->decode(&code->bytes, e->addr, &in) || !in.probeable)
		return "the kernel puts no probe on such an instruction";
	if (!exit->file_off)
		return "how much is on the stack there is not known";
	return e->kind == INSN_RET && exit->sp_off != in.writeback ? "by the tables something is left on the stack there" :
								     NULL;
}

/* Whether the call is over behind this event; *why: NULL, or what is in the way of seeing it. A probe has to tell the
 * call by its stack pointer: the table of stack heights must know the place, and at a RET nothing may be left there but what it pops itself. */
static bool is_exit(const struct query *q, const struct func_code *code, const struct flow *flow,
		    const struct event *e, struct gosym_exit *ret, const char **why)
{
	struct insn in;

	*ret = (struct gosym_exit){ .addr = e->addr };
	if (e->kind != INSN_RET) {
		ret->jumps_to = jumps_to(q, code, flow, e);
		if (!ret->jumps_to)
			return false;
	}
	ret->conditional = e->kind == INSN_BRANCH;
	ret->cond = e->cond;
	if (code->arch->insn->decode(&code->bytes, e->addr, &in))
		ret->cost = in.cost;
	if (!pclntab_sp_delta(&q->b->pclntab, q->f, e->addr, &ret->sp_off) ||
	    !elf_addr_to_offset(q->b->elf, e->addr, &ret->file_off))
		ret->file_off = 0;
	*why = unseen_why(q, code, ret, e);
	return true;
}

static struct gosym_error *find_exits(const struct query *q)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	struct gosym_exit *exits;
	struct func_code code;
	struct gosym_error *err = read_code(q, &code, &flow);
	size_t num = 0;

	if (err)
		return err;
	exits = arena_array(&q->b->arena, flow.events.num + 1, sizeof(*exits));
	if (!exits)
		return gosym_nomem;
	for (size_t i = 0; i < flow.events.num; i++) {
		const char *why;

		if (!is_exit(q, &code, &flow, &flow.events.data[i], &exits[num], &why))
			continue;
		num += !why;
		if (!why || q->found->unseen)
			continue;
		q->found->unseen = why;
		q->found->unseen_at = flow.events.data[i].addr;
	}
	q->found->exits = exits;
	q->found->num_exits = num;
	return NULL;
}

struct gosym_error *gosym_func_exits(struct gosym_binary *b, const struct gosym_func *f, const struct gosym_exit **ret,
				     size_t *num_ret)
{
	const char *refused = abi_untouchable_why(f->name);
	struct query q;
	struct gosym_error *err = query_init(&q, b, f);

	if (err)
		return err;
	if (refused)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s cannot be probed: %s", f->name, refused);
	if (!q.found->exits)
		err = find_exits(&q);
	if (err)
		return err;
	if (q.found->bad)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: the bytes of %s at 0x%" PRIx64 " are not an "
				       "instruction, so its returns are not all known", elf_path(b->elf), f->name,
				       q.found->bad);
	*ret = q.found->exits;
	*num_ret = q.found->num_exits;
	return NULL;
}

const char *gosym_func_unseen_exit(struct gosym_binary *b, const struct gosym_func *f, uint64_t *addr)
{
	_cleanup_error_ struct gosym_error *err = NULL;
	struct query q;

	*addr = 0;
	err = query_init(&q, b, f);
	if (err || !q.found->unseen)
		return NULL;
	*addr = q.found->unseen_at;
	return q.found->unseen;
}

/* ------------------------------------------------------- exits that show results */

static uint64_t float_results(const struct query *q)
{
	const struct gosym_signature *sig;
	_cleanup_error_ struct gosym_error *err = gosym_func_signature(q->b, q->f, &sig);
	uint64_t wanted = 0;

	for (size_t i = 0; !err && i < sig->num_results; i++) {
		for (size_t k = 0; k < sig->results[i].num_pieces && !sig->results[i].missing; k++) {
			const struct gosym_piece *p = &sig->results[i].pieces[k];

			if (p->place == GOSYM_IN_REG && p->where >= 0 && p->where < q->arch->num_regs &&
			    q->arch->regs[p->where].fp)
				wanted |= bit_of(p->where);
		}
	}
	return wanted;
}

/* The place in front of a RET must be known to the table of stack heights too. */
static bool check_moved(const struct query *q, const struct func_code *code, const struct flow *flow,
			const struct exit_floats *e, struct gosym_exit *exit)
{
	struct insn in;
	int32_t sp_off;

	if (e->addr == exit->addr)
		return true;
	if (!code->arch->insn->decode(&code->bytes, e->addr, &in) || !in.probeable ||
	    may_restart(flow, &in) || !pclntab_sp_delta(&q->b->pclntab, q->f, e->addr, &sp_off) || sp_off != e->sp_off ||
	    !elf_addr_to_offset(q->b->elf, e->addr, &exit->file_off))
		return false;
	exit->addr = e->addr;
	exit->sp_off = sp_off;
	exit->cost = in.cost;
	exit->before = true;
	return true;
}

static bool add_exit_floats(const struct query *q, const struct func_code *code, const struct flow *flow,
			    size_t event, uint64_t wanted, struct gosym_exit *exit)
{
	struct gosym_exit_float *floats;
	struct exit_floats e;

	exit_floats_find(code, flow, event, wanted, true, &e);
	if (e.num && !check_moved(q, code, flow, &e, exit))
		exit_floats_find(code, flow, event, wanted, false, &e);
	if (!e.num)
		return true;
	floats = arena_array(&q->b->arena, e.num, sizeof(*floats));
	if (!floats)
		return false;
	memcpy(floats, e.floats, e.num * sizeof(*floats));
	exit->floats = floats;
	exit->num_floats = e.num;
	return true;
}

static struct gosym_error *find_values_exits(const struct query *q)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	uint64_t wanted = q->f->assembly ? 0 : float_results(q);
	struct gosym_exit *exits;
	struct func_code code;
	struct gosym_error *err;
	size_t next = 0;

	q->found->values_exits = q->found->exits;
	if (!wanted)
		return NULL;
	err = read_code(q, &code, &flow);
	if (err)
		return err;
	exits = arena_array(&q->b->arena, q->found->num_exits + 1, sizeof(*exits));
	if (!exits)
		return gosym_nomem;
	for (size_t i = 0; i < q->found->num_exits; i++) {
		exits[i] = q->found->exits[i];
		while (next < flow.events.num && flow.events.data[next].addr < exits[i].addr)
			next++;
		if (next < flow.events.num && !exits[i].jumps_to &&
		    !add_exit_floats(q, &code, &flow, next, wanted, &exits[i]))
			return gosym_nomem;
	}
	q->found->values_exits = exits;
	return NULL;
}

struct gosym_error *gosym_func_values_exits(struct gosym_binary *b, const struct gosym_func *f,
					    const struct gosym_exit **ret, size_t *num_ret)
{
	struct query q;
	struct gosym_error *err = gosym_func_exits(b, f, ret, num_ret);

	if (!err)
		err = query_init(&q, b, f);
	if (!err && !q.found->values_exits)
		err = find_values_exits(&q);
	if (!err)
		*ret = q.found->values_exits;
	return err;
}
