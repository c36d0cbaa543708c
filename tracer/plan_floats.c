// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A uprobe does not see the float registers, but when a signal is delivered the kernel saves them in the frame it
 * makes on the signal stack (arch/x86/kernel/fpu/signal.c). So the probe's program sends its own thread a SIGURG, the
 * signal of Go's preemption, which the runtime takes for a late one and forgets (runtime/signal_unix.go: doSigPreempt,
 * sighandler; SIGURG was chosen for that, see proposal 24543). It is delivered before the next instruction, and a
 * second program, inside the runtime's handler, reads the frame:
 *
 *	hit		the record is held in a map, under the goroutine: next ip and sp; SIGURG
 *	sigtramp	the frame's R14 is that goroutine, its ip and sp are those: X0 to X14 into the record, send it
 *
 * Any other frame, or another hit of the goroutine, finds the record unanswered: then it goes without. For this to be
 * sound nothing else may lead to the next instruction, so that must not be the target of a jump.
 *
 * A program that has asked for SIGURG itself (os/signal) would be told of ours; so each hit looks whether the word of
 * runtime.sig.wanted has the bit, and whether the kernel's handler is still the runtime's own.
 */
#include <elf.h>
#include <string.h>

#include "abi/flow.h"
#include "gosym/cleanup.h"
#include "tracer/plan_floats.h"

enum { SIGURG_NUMBER = 23 };
/* var sig struct { note note; mask, wanted, … [3]uint32 … } of runtime/sigqueue.go, since Go 1.0 on Linux. */
enum { SIG_WANTED = 8 + 3 * 4 };

static struct gosym_error *no_frames(const struct gosym_plan *p, const char *why)
{
	return gosym_error_new(GOSYM_UNSUPPORTED, "%s: --float-regs: %s", elf_path(p->binary->elf), why);
}

/* Follows the handler's assembly from its first instruction: the context comes in DX, the third argument of a signal
 * handler. */
static bool find_call(struct gosym_plan *p, const struct gosym_func *f, struct plan_frames *frames)
{
	struct func_code code = { .arch = p->arch };
	uint8_t size;
	struct track t;
	struct insn in;

	if (!elf_bytes_at(p->binary->elf, f->entry, &code.bytes))
		return false;
	track_init(&t, p->arch);
	for (uint64_t at = f->entry; at < f->end; at += in.len) {
		const struct gosym_func *to;

		if (!p->arch->insn->decode(&code.bytes, at, &in))
			return false;
		if (in.kind == INSN_CALL) {
			to = in.target ? pclntab_func_at(&p->binary->pclntab, in.target) : NULL;
			frames->addr = at;
			frames->context = track_find(&t, p->arch->ctx, &size);
			return to && !strncmp(to->name, "runtime.sigtrampgo", strlen("runtime.sigtrampgo")) &&
			       in.probeable && frames->context.kind != GOSYM_LOC_LOST &&
			       size == p->arch->ptr_size &&
			       elf_addr_to_offset(p->binary->elf, at, &frames->file_off);
		}
		if (in.kind > INSN_CALL || !track_step(&t, &in))
			return false;
	}
	return false;
}

static uint64_t entry_of(struct gosym_plan *p, const char *name)
{
	const struct gosym_func *f;
	_cleanup_error_ struct gosym_error *absent = gosym_func_find(p->binary, name, &f);

	return absent ? 0 : f->entry;
}

struct gosym_error *plan_find_frames(struct gosym_plan *p)
{
	struct plan_frames *frames = arena_alloc(&p->arena, sizeof(*frames));
	const struct elf_symbol *sig = elf_symbol_find(p->binary->elf, "runtime.sig");
	const struct gosym_func *f;

	if (!frames)
		return gosym_nomem;
	/* Before, floats are not passed in registers. */
	if (!goversion_at_least(&p->binary->version, p->arch->regabi_since))
		return NULL;
	if (p->arch->machine != EM_X86_64)
		return no_frames(p, "signal frames of this architecture are not known");
	_cleanup_error_ struct gosym_error *absent = gosym_func_find(p->binary, "runtime.sigtramp", &f);
	if (absent || !find_call(p, f, frames))
		return no_frames(p, "the runtime's signal handler is not as it is known, so frames cannot be seen");
	if (!sig || sig->size < SIG_WANTED + 4)
		return no_frames(p, "without symbols (-s) nothing tells whether the program handles SIGURG itself");
	frames->wanted = sig->value + SIG_WANTED;
	frames->handler = f->entry;
	frames->cgo_handler = entry_of(p, "runtime.cgoSigtramp");
	p->frames = frames;
	return NULL;
}

/* ---- sites */

static bool is_float(const struct gosym_plan *p, const struct gosym_piece *piece)
{
	return piece->place == GOSYM_IN_REG && piece->where >= 0 && piece->where < p->arch->num_regs &&
	       p->arch->regs[piece->where].fp;
}

/* How many of the arguments' float registers are not to be had at the site. */
static unsigned unseen(const struct gosym_plan *p, const struct gosym_signature *sig,
		       const struct gosym_site *site)
{
	unsigned num = 0;

	for (size_t i = 0; i < sig->num_params; i++) {
		for (size_t k = 0; k < sig->params[i].num_pieces && !sig->params[i].missing; k++) {
			struct gosym_site_loc loc = gosym_site_find(site, &sig->params[i].pieces[k]);

			num += is_float(p, &sig->params[i].pieces[k]) &&
			       (loc.kind == GOSYM_LOC_LOST ||
				(loc.kind == GOSYM_LOC_REG && p->arch->regs[loc.where].fp));
		}
	}
	return num;
}

/* Where the hit's frame will be: the instruction behind, reached from this one alone. */
static bool find_next(struct gosym_plan *p, struct plan_probe *probe)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	struct func_code code;
	_cleanup_error_ struct gosym_error *err = sites_read_code(p->binary, probe->func, &code, &flow);
	const struct abi_arch *arch = p->arch;
	struct insn in;

	if (err || !arch->insn->decode(&code.bytes, probe->site->addr, &in) ||
	    (in.kind >= INSN_JUMP && !probe->site->skip_taken))
		return false;
	if (in.writes >> arch->g & 1)
		return false;
	probe->next = in.addr + in.len;
	probe->next_writes = in.writes;
	for (size_t i = 0; i < flow.events.num; i++)
		if (flow.events.data[i].target == probe->next)
			return false;
	if (!(in.writes >> arch->sp & 1))
		probe->next_sp = 0;
	else if (in.kind == INSN_ADD_SP)
		probe->next_sp = in.disp;
	else if (in.base == arch->sp && in.writeback)
		probe->next_sp = in.writeback;
	else
		return false;
	return true;
}

struct gosym_error *plan_float_site(struct gosym_plan *p, struct plan_probe *probe)
{
	const struct gosym_site *values;
	struct gosym_error *err;

	if (!p->frames || probe->copy || !probe->sig || probe->g.kind != G_IN_REG)
		return NULL;
	err = gosym_func_values_site(p->binary, probe->func, &values);
	if (err)
		return err;
	/* A frame costs about as much as an instruction that is stepped, and brings all. */
	if (!unseen(p, probe->sig, values) &&
	    (values->cost == GOSYM_EMULATED || values->cost == probe->site->cost)) {
		probe->site = values;
		return NULL;
	}
	probe->frame_at_call = unseen(p, probe->sig, probe->site) && find_next(p, probe);
	return NULL;
}

/* Whether the exit tells all float results. */
static bool tells_all(const struct gosym_plan *p, const struct plan_probe *probe, const struct gosym_exit *exit)
{
	for (size_t i = 0; i < probe->sig->num_results; i++) {
		const struct gosym_param *r = &probe->sig->results[i];

		for (size_t k = 0; k < r->num_pieces && !r->missing; k++) {
			bool told = !is_float(p, &r->pieces[k]);

			for (size_t n = 0; n < exit->num_floats && !told; n++)
				told = exit->floats[n].reg == r->pieces[k].where &&
				       exit->floats[n].size >= r->pieces[k].size;
			if (!told)
				return false;
		}
	}
	return true;
}

/* An exit that has to ask does so at its RET: the frame's ip is the return address. */
struct gosym_error *plan_float_exits(struct gosym_plan *p, struct plan_probe *probe)
{
	const struct gosym_exit *values;
	struct gosym_exit *exits;
	struct gosym_error *err;
	size_t num;

	if (!p->frames || probe->copy || !probe->sig || probe->g.kind != G_IN_REG)
		return NULL;
	err = gosym_func_values_exits(p->binary, probe->func, &values, &num);
	if (err || num != probe->num_exits)
		return err;
	exits = arena_array(&p->arena, num + 1, sizeof(*exits));
	if (!exits)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++) {
		exits[i] = probe->exits[i];
		if (exits[i].jumps_to)
			continue;
		if (tells_all(p, probe, &values[i]))
			exits[i] = values[i];
		else
			probe->frame_at_return = true;
	}
	probe->exits = exits;
	return NULL;
}

bool plan_asks_frame(const struct plan_probe *probe, const struct gosym_exit *exit)
{
	return exit ? probe->frame_at_return && !exit->jumps_to && !exit->num_floats : probe->frame_at_call;
}

/* ---- reading */

static void place(const struct plan_fetch *fetches, size_t num, uint32_t at, struct plan_record *record)
{
	uint8_t *bytes = (uint8_t *)record;
	struct plan_floats floats;
	int32_t status;

	if (!at || at + sizeof(floats) > record->size)
		return;
	memcpy(&floats, bytes + at, sizeof(floats));
	for (size_t i = 0; i < num && !floats.status; i++) {
		const struct plan_fetch *f = &fetches[i];
		unsigned reg = (unsigned)f->reg - 16;	/* abi/amd64.c */

		if (f->from != PLAN_FLOAT || reg >= PLAN_FLOAT_REGS || f->size > sizeof(floats.regs[0]) ||
		    f->dst + f->size > record->size || f->status + sizeof(status) > record->size)
			continue;
		memcpy(&status, bytes + f->status, sizeof(status));
		if (status != PLAN_SKIPPED)
			continue;
		memcpy(bytes + f->dst, floats.regs[reg], f->size);
		memset(bytes + f->status, 0, sizeof(status));
	}
}

void plan_place_floats(const struct gosym_plan *p, const struct plan_probe *probe, struct plan_record *record)
{
	if (!p->frames || record->kind > PLAN_ABANDONED)
		return;
	if (record->kind == PLAN_CALL || p->keep_args)
		place(probe->fetches, probe->num_fetches, probe->floats_at, record);
	if (record->kind == PLAN_RETURN)
		place(probe->result_fetches, probe->num_result_fetches, probe->result_floats_at, record);
}
