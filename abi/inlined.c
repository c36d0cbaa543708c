// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Probe sites and arguments of inlined calls, each worked out once. inlined_block.c has the block that is executed
 * once per call; here an address within it is chosen, such that nothing between it and the sure beginning of the
 * call can fault or call, for then the call would not be made, and nothing that the body does so before it. Of those,
 * the one where most arguments are in known places; among equals one that the kernel emulates, then the nearest to
 * the body's first instruction.
 */
#include <inttypes.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "abi/inlined.h"
#include "gosym/cleanup.h"
#include "gosym/name.h"

/* ------------------------------------------------------------------- cache */

struct copy {
	const struct gosym_inlined *call;
	const char *refused;
	struct abi_site site;
	struct gosym_signature sig;
	UT_hash_handle hh;
};

/* The last function looked at: copies are mostly asked for one after the other. */
struct copies {
	struct copy *all;
	struct inlined_host host;
};

static void host_deinit(struct inlined_host *h)
{
	flow_deinit(&h->flow);
	blocks_deinit(&h->blocks);
	*h = (struct inlined_host){ .b = NULL };
}

static void copies_destroy(void *data)
{
	struct copies *c = data;

	HASH_CLEAR(hh, c->all);
	host_deinit(&c->host);
	free(c);
}

static struct copies *copies_of(struct gosym_binary *b)
{
	struct binary_ext *ext = &b->ext[EXT_COPIES];

	if (!ext->data) {
		ext->data = calloc(1, sizeof(struct copies));
		ext->destroy = copies_destroy;
	}
	return ext->data;
}

/* -------------------------------------------------------------------- host */

/* src/runtime/panic.go, src/runtime/stubs.go: what is called and does not come back. */
static bool never_returns(const void *data, uint64_t target)
{
	static const char *const names[] = {
		"runtime.gopanic", "runtime.goPanic", "runtime.panic", "runtime.throw", "runtime.fatal",
		"runtime.goexit", "runtime.Goexit", "runtime.racePanic",
	};
	const struct gosym_func *f = pclntab_func_at(data, target);

	for (size_t i = 0; f && f->name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(f->name, names[i], strlen(names[i])))
			return true;
	return false;
}

static struct gosym_error *host_read(struct gosym_binary *b, const struct gosym_func *f, struct inlined_host *h)
{
	struct gosym_error *err;

	if (h->f == f)
		return NULL;
	host_deinit(h);
	h->b = b;
	h->arch = abi_arch_of(b);
	err = sites_read_code(b, f, &h->code, &h->flow);
	if (!err)
		err = blocks_read(&h->code, &h->flow, never_returns, &b->pclntab, &h->blocks);
	if (!err)
		h->f = f;
	return err;
}

/* ------------------------------------------------------------- the address */

struct choice {
	size_t insn;
	size_t located;
	struct gosym_param *params, *spare;
};

static bool may_not_be(const struct inlined_work *w, size_t i)
{
	const struct insn *in = inlined_insn(w, i);

	return !w->own[i] && (in->kind == INSN_CALL || in->may_fault);
}

/* The first instruction of the body in the block; its last if there is none. */
static size_t first_own(const struct inlined_work *w, const struct block *k)
{
	for (size_t i = k->first; i < k->end; i++)
		if (w->own[i])
			return i;
	return k->end - 1;
}

static size_t count_located(const struct gosym_param *params, size_t num)
{
	size_t located = 0;

	for (size_t i = 0; i < num; i++)
		located += !params[i].missing;
	return located;
}

static bool is_better(const struct inlined_work *w, const struct choice *best, size_t insn, size_t located)
{
	if (best->insn == SIZE_MAX || located != best->located)
		return best->insn == SIZE_MAX || located > best->located;
	return inlined_insn(w, insn)->cost == GOSYM_EMULATED && inlined_insn(w, best->insn)->cost != GOSYM_EMULATED;
}

static struct gosym_error *try_address(const struct inlined_work *w, const struct dwarf_var *vars, size_t num,
				       size_t insn, struct choice *best)
{
	struct gosym_error *err = inlined_params_at(w, vars, num, insn, best->spare);
	size_t located;

	if (err)
		return err;
	located = count_located(best->spare, num);
	if (is_better(w, best, insn, located))
		*best = (struct choice){ insn, located, best->spare, best->params };
	return NULL;
}

/* From the body's first instruction backwards; or, if the call had not surely begun there, at its sure beginning. */
static struct gosym_error *choose_address(const struct inlined_work *w, const struct inlined_block *k,
					  const struct dwarf_var *vars, size_t num, struct choice *best)
{
	enum { MAX_TRIED = 20 };
	const struct block *block = &w->host->blocks.all.data[k->block];
	size_t from = first_own(w, block), tried = 0;
	struct gosym_error *err = NULL;

	*best = (struct choice){ .insn = SIZE_MAX };
	best->params = arena_array(&w->host->b->arena, num + 1, sizeof(*best->params));
	best->spare = arena_array(&w->host->b->arena, num + 1, sizeof(*best->spare));
	if (!best->params || !best->spare)
		return gosym_nomem;
	for (size_t i = from; i < k->begun; i++)
		if (may_not_be(w, i))
			return NULL;
	for (size_t i = k->begun; i < from; i++)
		if (inlined_insn(w, i)->kind == INSN_CALL)
			return NULL;
	for (size_t i = from + 1; i-- > block->first && tried < MAX_TRIED && !err; tried++) {
		if (i < k->begun && may_not_be(w, i))
			break;
		if (i >= k->begun && inlined_insn(w, i)->kind == INSN_CALL && i != from)
			break;
		if (inlined_insn(w, i)->probeable)
			err = try_address(w, vars, num, i, best);
		if (best->insn != SIZE_MAX && best->located == num &&
		    inlined_insn(w, best->insn)->cost == GOSYM_EMULATED)
			break;
	}
	/* Behind the body's first instructions, what the code around it computes for the call may still come. */
	for (size_t i = from + 1; i < block->end && !err && best->located < num && tried < 2 * MAX_TRIED; i++, tried++) {
		const struct insn *last = inlined_insn(w, i - 1);

		if (last->kind >= INSN_JUMP || last->may_fault)
			break;
		if (inlined_insn(w, i)->probeable)
			err = try_address(w, vars, num, i, best);
	}
	return err;
}

/* -------------------------------------------------------------------- site */

static const char no_address[] = "its code and that around it are mixed, so no address is known to be executed only "
				 "if the call is made";

/* Registers hold what they hold; of those a stack walk asks for as they were at the entry, the frame has the frame
 * pointer below the return address (amd64), or both at its end (arm64). */
static struct gosym_error *place_registers(const struct inlined_host *h, int32_t sp_off, struct abi_site *site)
{
	struct gosym_site_loc *regs = arena_array(&h->b->arena, MAX_REGS, sizeof(*regs));
	uint8_t *sizes = arena_array(&h->b->arena, MAX_REGS, sizeof(*sizes));
	const struct abi_arch *arch = h->arch;

	if (!regs || !sizes)
		return gosym_nomem;
	for (int r = 0; r < arch->num_regs && r < MAX_REGS; r++) {
		regs[r] = (struct gosym_site_loc){ GOSYM_LOC_REG, r };
		sizes[r] = arch->regs[r].fp ? 16 : arch->ptr_size;
	}
	if (sp_off && arch->lr != REG_NONE) {
		regs[arch->lr] = (struct gosym_site_loc){ GOSYM_LOC_STACK, 0 };
		regs[arch->fp] = (struct gosym_site_loc){ GOSYM_LOC_STACK, -(int32_t)arch->ptr_size };
	} else if (sp_off) {
		regs[arch->fp] = (struct gosym_site_loc){ GOSYM_LOC_STACK, sp_off - (int32_t)arch->ptr_size };
	}
	site->regs = regs;
	site->sizes = sizes;
	site->stack_args_intact = true;
	site->args_written_from = INT32_MAX;
	return NULL;
}

static struct gosym_error *keep_site(const struct inlined_work *w, size_t insn, const char *why, struct copy *c)
{
	const struct inlined_host *h = w->host;
	const struct insn *in = inlined_insn(w, insn);
	int32_t sp_off;
	char text[128];

	if (!pclntab_sp_delta(&h->b->pclntab, h->f, in->addr, &sp_off)) {
		c->refused = "the stack pointer there is not known";
		return NULL;
	}
	h->arch->insn->format(&h->code.bytes, in->addr, text, sizeof(text));
	c->site.pub = (struct gosym_site){
		.addr = in->addr, .insn = arena_strdup(&h->b->arena, text), .cost = in->cost, .exact = true,
		.sp_off = sp_off, .why = why,
	};
	if (!c->site.pub.insn)
		return gosym_nomem;
	if (!elf_addr_to_offset(h->b->elf, in->addr, &c->site.pub.file_off))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: address 0x%" PRIx64 " of %s is not in the file",
				       elf_path(h->b->elf), in->addr, h->f->name);
	return place_registers(h, sp_off, &c->site);
}

static struct gosym_error *read_vars(const struct inlined_work *w, const struct dwarf_var **ret, size_t *num_ret)
{
	const struct gosym_inlined *call = w->call;
	struct gosym_binary *b = w->host->b;
	struct dwarf *d = NULL;
	struct gosym_error *err = binary_dwarf(b, &d);

	*num_ret = 0;
	if (!err && d)
		err = dwarf_inlined_at(d, call->within->entry, w->code.names[0], call->addr, ret, num_ret);
	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

static void keep_signature(const struct inlined_work *w, const struct choice *choice, size_t num, struct copy *c)
{
	struct go_name name = name_parse(w->code.names[0]);

	c->sig = (struct gosym_signature){
		.source = num ? GOSYM_FROM_DWARF : GOSYM_FROM_NONE, .params = choice->params, .num_params = num,
		.has_receiver = name.receiver.len && !name.closure && !name.method_value,
		.proof = "location lists of the inlined call, checked against the code",
		.note = num ? NULL : "no arguments: DWARF does not tell of this call",
	};
}

static struct gosym_error *examine(struct inlined_work *w, struct copy *c)
{
	const struct dwarf_var *vars = NULL;
	struct inlined_block block;
	struct choice choice;
	struct gosym_error *err;
	bool nomem = false;
	size_t num;

	c->refused = inlined_find_block(w, &block, &nomem);
	if (nomem)
		return gosym_nomem;
	if (c->refused)
		return NULL;
	err = read_vars(w, &vars, &num);
	if (!err)
		err = choose_address(w, &block, vars, num, &choice);
	if (err)
		return err;
	if (choice.insn == SIZE_MAX) {
		c->refused = no_address;
		return NULL;
	}
	keep_signature(w, &choice, num, c);
	return keep_site(w, choice.insn, block.why, c);
}

static struct gosym_error *work_fill(struct inlined_work *w)
{
	const struct blocks *b = &w->host->blocks;

	w->own = calloc(b->insns.num ? b->insns.num : 1, sizeof(*w->own));
	if (!w->own)
		return gosym_nomem;
	for (size_t i = 0; i < b->insns.num; i++)
		w->own[i] = inline_code_has(&w->code, w->host->f, b->insns.data[i].addr);
	w->mark = w->code.mark ? blocks_insn_at(b, w->code.mark) : SIZE_MAX;
	return NULL;
}

static struct gosym_error *copy_make(struct copies *all, struct gosym_binary *b, const struct gosym_inlined *call,
				     struct copy *c)
{
	struct inlined_work w = { .host = &all->host, .call = call };
	const char *untouchable = abi_untouchable_why(call->within->name);
	struct gosym_error *err;

	c->call = call;
	if (untouchable) {
		c->refused = untouchable;
		return NULL;
	}
	err = host_read(b, call->within, &all->host);
	if (!err)
		err = inline_code_read(b, call, &w.code);
	if (!err)
		err = work_fill(&w);
	if (!err)
		err = examine(&w, c);
	inline_code_deinit(&w.code);
	free(w.own);
	return err;
}

static struct gosym_error *copy_of(struct gosym_binary *b, const struct gosym_inlined *call, struct copy **ret)
{
	struct copies *all = copies_of(b);
	struct gosym_error *err;
	struct copy *c;

	if (!all)
		return gosym_nomem;
	HASH_FIND_PTR(all->all, &call, c);
	if (!c) {
		c = arena_alloc(&b->arena, sizeof(*c));
		if (!c)
			return gosym_nomem;
		err = copy_make(all, b, call, c);
		if (err)
			return err;
		HASH_ADD_PTR(all->all, call, c);
		if (!c->hh.tbl)
			return gosym_nomem;
	}
	*ret = c;
	return NULL;
}

/* ------------------------------------------------------------------ public */

struct gosym_error *gosym_inlined_site(struct gosym_binary *b, const struct gosym_inlined *call,
				       const struct gosym_site **ret)
{
	struct copy *c;
	struct gosym_error *err = copy_of(b, call, &c);

	if (err)
		return err;
	if (c->refused)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s", c->refused);
	*ret = &c->site.pub;
	return NULL;
}

struct gosym_error *gosym_inlined_signature(struct gosym_binary *b, const struct gosym_inlined *call,
					    const struct gosym_signature **ret)
{
	struct copy *c;
	struct gosym_error *err = copy_of(b, call, &c);

	if (err)
		return err;
	if (c->refused)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s", c->refused);
	*ret = &c->sig;
	return NULL;
}
