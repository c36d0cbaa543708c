// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What is said of a function held against everything else its file says.
 *
 * Places are computed from types by the rules of the calling convention (assign.c) over a list made
 * complete (complete.c). Four sources know about them without these rules: DWARF's locations at the
 * first instruction, argument info, the code that keeps registers around runtime.morestack, and the
 * size of the argument area. Probe points and returns come from decoding; the runtime's own tables
 * (stack heights, stack maps, inlining) change at instruction boundaries only and tell the height
 * of the stack there.
 *
 * A disagreement is explained only by something else in the file that shows which side is wrong;
 * "the other says so" is no explanation.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "abi/locate.h"
#include "abi/sites.h"
#include "abi/spill.h"
#include "gosym/name.h"

/* Argument info for every function with inputs; every parameter in DWARF. */
enum { FIRST_ARGSINFO = 17, LISTED_SINCE = 22 };

struct check {
	struct gosym_binary *b;
	const struct gosym_func *f;
	const struct abi_arch *arch;
	const struct abi_signature *sig;  /* NULL: nothing is known of the arguments */
	const struct abi_completed *list; /* NULL: no assignment */
	struct abi_facts facts;
	struct args_info args;
	bool has_args;  /* args is filled */
	bool args_none; /* there is none, where there would be one for any input */
	struct spill_info spill;
	bool has_spill;
	struct func_code code;
	struct flow flow;
	VEC(struct gosym_disagreement) found;
	struct gosym_verification *ret;
};

static void check_deinit(struct check *c)
{
	flow_deinit(&c->flow);
	vec_deinit(&c->found);
}
DEFINE_CLEANUP(cleanup_check, struct check, check_deinit(p))

static const char *const names[GOSYM_NUM_CHECKS] = { "dwarf", "argsinfo", "spill", "size", "code" };

const char *gosym_check_name(enum gosym_check c)
{
	return (unsigned)c < GOSYM_NUM_CHECKS ? names[c] : "?";
}

static const char register_differs[] = "register differs";
static const char place_differs[] = "register or stack";
static const char slot_differs[] = "slot differs";
static const char size_differs[] = "size differs";
static const char shape_differs[] = "shape differs";
static const char missing[] = "missing component";
static const char extra[] = "extra component";
static const char no_instruction[] = "no instruction there";
static const char height_differs[] = "stack height differs";

/* ----------------------------------------------------------------- reports */

static const char *own_side(const struct check *c, enum gosym_check which)
{
	if (which == GOSYM_CHECK_CODE)
		return "sites";
	return c->list ? "assign" : names[GOSYM_CHECK_ARGSINFO];
}

__attribute__((format(printf, 5, 6))) static struct gosym_error *report(struct check *c,
									enum gosym_check which,
									const char *class_name,
									const char *explained,
									const char *fmt, ...)
{
	struct gosym_disagreement *d = vec_append(&c->found);
	char text[256];
	va_list args;

	if (!d)
		return gosym_nomem;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	*d = (struct gosym_disagreement){
		.check = which,
		.class_name = class_name,
		.explained = explained,
		.between = { own_side(c, which), names[which] },
		.detail = arena_strdup(&c->b->arena, text),
	};
	return d->detail ? NULL : gosym_nomem;
}

static const char *input_name(const struct check *c, size_t i, char buf[32])
{
	const struct abi_input *in = &c->list->inputs[i];

	if (in->hidden)
		return "the dictionary";
	if (in->dwarf && in->dwarf->name)
		return in->dwarf->name;
	snprintf(buf, 32, "input %zu", i);
	return buf;
}

/* "AX, BX" or "16(SP)". */
static const char *slot_text(const struct check *c, const struct abi_slot *slot, char buf[96])
{
	size_t len = 0;

	snprintf(buf, 96, "nowhere");
	for (size_t i = 0; i < slot->num_pieces && len < 80; i++) {
		const struct gosym_piece *p = &slot->pieces[i];

		if (p->place == GOSYM_IN_REG)
			len += (size_t)snprintf(buf + len, 96 - len, "%s%s", i ? ", " : "",
						gosym_reg_name(c->b, p->where));
		else
			len += (size_t)snprintf(buf + len, 96 - len, "%s%d(SP)", i ? ", " : "",
						p->where);
	}
	return buf;
}

static const char *location_text(const struct check *c, const struct dwarf_param *p, char buf[96])
{
	size_t len = 0;

	buf[0] = 0;
	for (size_t i = 0; i < p->num_pieces && len < 80; i++) {
		const struct dwarf_piece *d = &p->pieces[i];
		const char *sep = i ? ", " : "";

		if (d->kind == DWARF_REG)
			len += (size_t)snprintf(
				buf + len, 96 - len, "%s%s", sep,
				gosym_reg_name(c->b, abi_reg_by_dwarf(c->arch, d->reg)));
		else if (d->kind == DWARF_CFA)
			len += (size_t)snprintf(buf + len, 96 - len, "%sCFA%+" PRId64, sep,
						d->cfa_off);
		else
			len += (size_t)snprintf(buf + len, 96 - len, "%sgone", sep);
	}
	return buf;
}

/* ------------------------------------------------------------- explanations */

/*
 * Before Go 1.22 DWARF leaves out blank parameters, and the blank results of wrappers; where nothing
 * tells them there is no list that fits. The places computed for the listed ones are not given out then. Shown by an argument
 * area larger than theirs, or by argument info with more inputs than DWARF has.
 */
static const char *explain_unlisted(const struct check *c)
{
	bool larger = c->f->args >= 0 && (uint32_t)c->f->args > c->list->layout.total;

	if (!larger && !(c->has_args && c->args.num_groups > c->list->num_inputs))
		return NULL;
	if (abi_has_range_func(c->b, c->f, true))
		return "DWARF leaves out the unnamed parameters and results of functions with range-over-func loops";
	if (c->list->consistent || goversion_at_least(&c->b->version, LISTED_SINCE))
		return NULL;
	return "DWARF leaves out blank parameters and results, and what else there is does not "
	       "tell all of them: no place is computed, only DWARF's own are shown";
}

/* ------------------------------------------------------------------- spill */

static const struct spill_slot *kept(const struct check *c, int reg)
{
	for (size_t i = 0; c->has_spill && i < c->spill.num; i++)
		if (c->spill.slots[i].reg == reg)
			return &c->spill.slots[i];
	return NULL;
}

/* Whether the function itself keeps every register of this value, each at its place in the value's
 * slot. */
static bool slot_is_kept(const struct check *c, const struct abi_slot *slot)
{
	for (size_t i = 0; i < slot->num_pieces; i++) {
		const struct gosym_piece *p = &slot->pieces[i];
		const struct spill_slot *s = p->place == GOSYM_IN_REG ? kept(c, p->where) : NULL;

		if (!s || s->size != p->size || s->off != slot->stack_off + (int32_t)p->offset)
			return false;
	}
	return slot->num_pieces > 0;
}

static struct gosym_error *check_kept_piece(struct check *c, size_t i, const struct abi_slot *slot,
					    const struct gosym_piece *p)
{
	const struct spill_slot *s = kept(c, p->where);
	const char *reg = gosym_reg_name(c->b, p->where);
	int32_t off = slot->stack_off + (int32_t)p->offset;
	char buf[32];

	if (!s)
		return report(c, GOSYM_CHECK_SPILL, missing, NULL, "%s: %s is not kept",
			      input_name(c, i, buf), reg);
	if (s->size != p->size)
		return report(c, GOSYM_CHECK_SPILL, size_differs, NULL,
			      "%s: %s has %u bytes, %u are kept", input_name(c, i, buf), reg,
			      p->size, s->size);
	if (s->off != off)
		return report(c, GOSYM_CHECK_SPILL, slot_differs, explain_unlisted(c),
			      "%s: the slot of %s is %d, not %d", input_name(c, i, buf), reg,
			      s->off, off);
	return NULL;
}

static bool is_assigned(const struct check *c, int reg)
{
	for (size_t i = 0; i < c->list->num_inputs; i++) {
		const struct abi_slot *slot = &c->list->layout.params[i];

		for (size_t k = 0; k < slot->num_pieces; k++)
			if (slot->pieces[k].place == GOSYM_IN_REG && slot->pieces[k].where == reg)
				return true;
	}
	return false;
}

/* Inputs that DWARF does not list may be missing from ours: then not all that is kept has a name
 * here. */
static bool list_is_whole(const struct check *c)
{
	if (c->list->ambiguous)
		return false;
	for (size_t i = 0; i < c->list->num_inputs; i++)
		if (!c->list->param_proved[i])
			return false;
	return true;
}

/* What is claimed of this input is its assignment. Of an inconsistent list nothing is claimed, but
 * all is compared. */
static bool is_claimed(const struct check *c, size_t i)
{
	return c->list->param_proved[i] || !c->list->consistent;
}

static bool any_in_registers(const struct check *c)
{
	for (size_t i = 0; i < c->list->num_inputs; i++)
		if (c->list->layout.params[i].in_regs)
			return true;
	return false;
}

static bool args_are_whole(const struct check *c)
{
	for (size_t g = 0; g < c->args.num_groups; g++)
		if (c->args.groups[g].cut || c->args.groups[g].deep)
			return false;
	return c->has_args && !c->args.cut && !strchr(c->f->name, '[');
}

static bool is_component(const struct check *c, const struct spill_slot *s)
{
	for (size_t i = 0; i < c->args.num_components; i++) {
		const struct args_component *a = &c->args.components[i];

		if (a->far || (a->offset == s->off && a->size == s->size))
			return true;
	}
	return false;
}

/* Nothing is assigned without DWARF: then the two that speak of slots against each other. */
static struct gosym_error *check_kept_alone(struct check *c)
{
	struct gosym_error *err = NULL;

	if (!c->spill.num || (!args_are_whole(c) && !c->args_none))
		return NULL;
	c->ret->checked[GOSYM_CHECK_SPILL] = true;
	for (size_t i = 0; i < c->spill.num && !err; i++) {
		const struct spill_slot *s = &c->spill.slots[i];

		if (!is_component(c, s))
			err = report(c, GOSYM_CHECK_SPILL, extra, NULL,
				     "%s is kept at %d, where argument info has nothing of %u bytes",
				     gosym_reg_name(c->b, s->reg), s->off, s->size);
	}
	return err;
}

static struct gosym_error *check_kept(struct check *c)
{
	struct gosym_error *err = NULL;

	/* Keeping nothing says nothing: it may be that no argument is used. */
	if (!c->spill.num && any_in_registers(c))
		return NULL;
	c->ret->checked[GOSYM_CHECK_SPILL] = true;
	for (size_t i = 0; i < c->list->num_inputs && !err; i++) {
		const struct abi_slot *slot = &c->list->layout.params[i];

		for (size_t k = 0;
		     k < slot->num_pieces && is_claimed(c, i) && slot->in_regs && !err; k++)
			err = check_kept_piece(c, i, slot, &slot->pieces[k]);
	}
	for (size_t i = 0; i < c->spill.num && list_is_whole(c) && !err; i++) {
		const struct spill_slot *s = &c->spill.slots[i];

		if (!is_assigned(c, s->reg))
			err = report(c, GOSYM_CHECK_SPILL, extra, explain_unlisted(c),
				     "%s is kept at %d and belongs to no argument",
				     gosym_reg_name(c->b, s->reg), s->off);
	}
	return err;
}

static struct gosym_error *check_spill(struct check *c)
{
	if (c->has_spill && !c->list)
		return check_kept_alone(c);
	return c->has_spill ? check_kept(c) : NULL;
}

/* ------------------------------------------------------------------- DWARF */

static bool in_register(const struct dwarf_param *p)
{
	for (size_t i = 0; i < p->num_pieces; i++)
		if (p->pieces[i].kind == DWARF_REG)
			return true;
	return false;
}

static const char *class_of(const struct dwarf_param *p, const struct abi_slot *slot)
{
	if (in_register(p) != slot->in_regs)
		return place_differs;
	return slot->in_regs ? register_differs : slot_differs;
}

static bool same_place(const struct dwarf_piece *a, const struct dwarf_piece *b)
{
	if (a->kind != b->kind || a->kind == DWARF_LOST)
		return false;
	if (a->kind == DWARF_REG)
		return a->reg == b->reg;
	return a->cfa_off < b->cfa_off + (int64_t)b->size &&
	       b->cfa_off < a->cfa_off + (int64_t)a->size;
}

/* Both in memory, but not as far apart as in the argument; only where the parts make up the whole
 * are their offsets known. */
static bool torn_apart(const struct dwarf_param *p, const struct dwarf_piece *a,
		       const struct dwarf_piece *b)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->num_pieces; i++)
		sum += p->pieces[i].size;
	return sum == gosym_type_size(p->type) && a->kind == DWARF_CFA && b->kind == DWARF_CFA &&
	       a->cfa_off - b->cfa_off != (int64_t)a->offset - (int64_t)b->offset;
}

/* Two parts of one value in the same place, or of one in memory in two places: no call can pass that. */
static bool is_impossible(const struct dwarf_param *p)
{
	for (size_t i = 0; i < p->num_pieces; i++)
		for (size_t k = 0; k < i; k++)
			if (same_place(&p->pieces[i], &p->pieces[k]) ||
			    torn_apart(p, &p->pieces[i], &p->pieces[k]))
				return true;
	return false;
}

/* On the stack, where nothing keeps a copy: the place is the slot of another listed argument, and
 * the area is exactly as large as the list needs. */
static bool belongs_to_other(const struct check *c, const struct dwarf_param *p,
			     const struct abi_slot *slot)
{
	if (slot->in_regs || c->list->total != ABI_AGREES)
		return false;
	for (size_t i = 0; i < c->list->num_inputs; i++) {
		const struct abi_slot *other = &c->list->layout.params[i];

		if (other != slot && other->num_pieces && c->list->inputs[i].dwarf &&
		    gosym_type_size(other->type) == gosym_type_size(slot->type) &&
		    abi_compare_place(&c->facts, p, other) == ABI_AGREES)
			return true;
	}
	return false;
}

static const char *explain_location(const struct check *c, const struct dwarf_param *p,
				    const struct abi_slot *slot)
{
	if (is_impossible(p))
		return "DWARF has two parts of the argument in one place, or tears it apart in "
		       "memory: no call can pass that";
	if (belongs_to_other(c, p, slot))
		return "DWARF's place is that of another argument, whose assignment fits the "
		       "argument area: that is a "
		       "later value";
	if (slot_is_kept(c, slot))
		return "the function's own code keeps the argument from the assigned registers in "
		       "its slot: the "
		       "location is that of a later value";
	return explain_unlisted(c);
}

static struct gosym_error *check_location(struct check *c, size_t i)
{
	const struct dwarf_param *p = c->list->inputs[i].dwarf;
	const struct abi_slot *slot = &c->list->layout.params[i];
	enum abi_agreement agrees = p ? abi_compare_place(&c->facts, p, slot) : ABI_SILENT;
	char name[32], ours[96], theirs[96];

	if (agrees == ABI_SILENT)
		return NULL;
	c->ret->checked[GOSYM_CHECK_DWARF] = true;
	if (agrees == ABI_AGREES)
		return NULL;
	return report(c, GOSYM_CHECK_DWARF, class_of(p, slot), explain_location(c, p, slot),
		      "%s: assigned %s, DWARF %s", input_name(c, i, name), slot_text(c, slot, ours),
		      location_text(c, p, theirs));
}

static struct gosym_error *check_dwarf(struct check *c)
{
	struct gosym_error *err = NULL;

	for (size_t i = 0; c->list && i < c->list->num_inputs && !err; i++)
		if (is_claimed(c, i))
			err = check_location(c, i);
	return err;
}

/* ----------------------------------------------------------- argument info */

/* How an input differs from its group; NULL if it does not. */
static const char *group_differs(const struct check *c, const struct abi_slot *slot,
				 const struct args_group *g)
{
	const uint8_t *theirs = c->args.bytes + g->begin;
	size_t num, len = (g->end ? g->end : c->args.num_bytes) - (size_t)g->begin;
	uint8_t mine[ARGS_MAX_BYTES];
	uint32_t off, size;

	if (!argsinfo_encode(slot, 1, c->arch->ptr_size, mine, &num)) {
		/* Of an input that was inferred only the size is known. */
		if (!argsinfo_extent(&c->args, g, &off, &size) || !size)
			return NULL;
		return off == (uint32_t)slot->stack_off ? NULL : slot_differs;
	}
	num--; /* the end mark */
	while (g->cut && len && theirs[len - 1] >= 0xfc)
		len--;
	if ((g->cut ? num >= len : num == len) && !memcmp(mine, theirs, len))
		return NULL;
	if (!argsinfo_extent(&c->args, g, &off, &size))
		return shape_differs;
	if (size && (uint32_t)slot->stack_off > off)
		return slot_differs;
	return size > gosym_type_size(slot->type) ? size_differs : shape_differs;
}

/* The first difference, argument info leaving out the first `skip` inputs. */
static const char *args_differ(const struct check *c, size_t skip, size_t *ret_at)
{
	size_t num = c->args.num_groups;

	for (size_t g = 0; g < num; g++) {
		size_t i = g + skip;
		const char *how;

		*ret_at = i;
		if (i >= c->list->num_inputs)
			return missing;
		how = group_differs(c, &c->list->layout.params[i], &c->args.groups[g]);
		if (how)
			return how;
	}
	*ret_at = num + skip;
	return !c->args.cut && *ret_at < c->list->num_inputs &&
			       !(num && c->args.groups[num - 1].cut)
		       ? extra
		       : NULL;
}

static bool any_unproved(const struct check *c)
{
	return c->list->consistent && !list_is_whole(c);
}

static bool leaves_out_first(const struct check *c)
{
	const char *name = c->sig->dwarf && c->sig->dwarf->name ? c->sig->dwarf->name : c->f->name;

	return strchr(name, '[') != NULL;
}

static struct gosym_error *check_argsinfo(struct check *c)
{
	size_t at = 0, skipped_at;
	const char *how;
	char name[32];

	if (!c->list || any_unproved(c) || (!c->has_args && !c->args_none))
		return NULL;
	c->ret->checked[GOSYM_CHECK_ARGSINFO] = true;
	if (c->args_none)
		how = c->list->num_inputs > leaves_out_first(c) ? extra : NULL;
	else
		how = args_differ(c, 0, &at);
	if (how && c->has_args && leaves_out_first(c) && !args_differ(c, 1, &skipped_at))
		how = NULL;
	if (!how)
		return NULL;
	return report(c, GOSYM_CHECK_ARGSINFO, how, explain_unlisted(c), "%s",
		      at < c->list->num_inputs ? input_name(c, at, name)
					       : "more inputs than the assignment has");
}

/* -------------------------------------------------------------------- size */

/* Assembly that takes its arguments in registers (TEXT f<ABIInternal>) and is called by other assembly gets a wrapper
 * the other way round: from the stack. */
static const char *explain_size(const struct check *c)
{
	if (c->f->wrapper && c->f->name && c->f->abi == FUNC_ABIINTERNAL) {
		for (size_t i = 0; i < gosym_func_count(c->b); i++) {
			const struct gosym_func *f = gosym_func_at(c->b, i);

			if (f->assembly && f->name && !strcmp(f->name, c->f->name))
				return "a wrapper by which assembly calls assembly: its arguments come on the stack";
		}
	}
	return explain_unlisted(c);
}

static struct gosym_error *check_size(struct check *c)
{
	if (!c->list || any_unproved(c) || c->f->args < 0)
		return NULL;
	c->ret->checked[GOSYM_CHECK_SIZE] = true;
	if ((uint32_t)c->f->args == c->list->layout.total)
		return NULL;
	return report(c, GOSYM_CHECK_SIZE, size_differs, explain_size(c),
		      "the argument area has %d bytes, assigned are %u", c->f->args,
		      c->list->layout.total);
}

/* -------------------------------------------------------------------- code */

struct boundaries {
	uint8_t *bits; /* an instruction starts at this byte of the function */
	uint64_t entry, size;
};

static bool is_boundary(const struct boundaries *b, uint64_t addr)
{
	uint64_t at = addr - b->entry;

	return at < b->size && b->bits[at / 8] >> at % 8 & 1;
}

static struct gosym_error *read_boundaries(const struct check *c, struct boundaries *ret)
{
	struct insn in;

	*ret = (struct boundaries){ calloc(c->code.bytes.size / 8 + 1, 1), c->code.bytes.addr,
				    c->code.bytes.size };
	if (!ret->bits)
		return gosym_nomem;
	for (uint64_t at = 0; at < ret->size; at += in.len) {
		if (!c->arch->insn->decode(&c->code.bytes, ret->entry + at, &in))
			in.len = c->arch->min_lc;
		else
			ret->bits[at / 8] |= (uint8_t)(1 << at % 8);
	}
	return NULL;
}

/* Every address at which one of the runtime's tables changes is one of an instruction. */
static struct gosym_error *check_table(struct check *c, const struct boundaries *b,
				       struct pcvalue_iter *it, const char *what)
{
	uint64_t start;

	while (pcvalue_next(it, &start)) {
		if (start < b->size && !is_boundary(b, b->entry + start))
			return report(c, GOSYM_CHECK_CODE, no_instruction, NULL,
				      "%s change at 0x%" PRIx64, what, b->entry + start);
	}
	return NULL;
}

static struct gosym_error *check_tables(struct check *c, const struct boundaries *b)
{
	static const struct {
		enum pcdata which;
		const char *name;
	} tables[] = {
		{ PCDATA_STACKMAP, "stack maps" },
		{ PCDATA_INLTREE, "inlined calls" },
		{ PCDATA_UNSAFEPOINT, "unsafe points" },
		{ PCDATA_ARGLIVE, "live arguments" },
	};
	struct gosym_error *err = NULL;
	struct pcvalue_iter it;

	if (pclntab_sp_iter(&c->b->pclntab, c->f, &it))
		err = check_table(c, b, &it, "stack heights");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && !err; i++)
		if (pclntab_pcdata_iter(&c->b->pclntab, c->f, tables[i].which, &it))
			err = check_table(c, b, &it, tables[i].name);
	return err;
}

static struct gosym_error *check_site(struct check *c, const struct boundaries *b)
{
	const struct gosym_site *site;
	_cleanup_error_ struct gosym_error *none = gosym_func_entry_site(c->b, c->f, &site);
	int32_t height;

	if (none)
		return gosym_error_code(none) == GOSYM_NOMEM ? no_cleanup_ptr(none) : NULL;
	c->ret->has_site = true;
	c->ret->cost = site->cost;
	if (!is_boundary(b, site->addr))
		return report(c, GOSYM_CHECK_CODE, no_instruction, NULL,
			      "the probe point 0x%" PRIx64, site->addr);
	if (pclntab_sp_delta(&c->b->pclntab, c->f, site->addr, &height) && height != site->sp_off)
		return report(c, GOSYM_CHECK_CODE, height_differs, NULL,
			      "at the probe point 0x%" PRIx64 " it is %d, not %d", site->addr,
			      height, site->sp_off);
	return NULL;
}

static const char assembly_stack[] =
	"assembly source moves the stack pointer by hand here; it is not probed as a return";

static struct gosym_error *check_return(struct check *c, const struct boundaries *b, uint64_t addr)
{
	int32_t height;
	struct insn in;

	if (!is_boundary(b, addr) || !c->arch->insn->decode(&c->code.bytes, addr, &in))
		return report(c, GOSYM_CHECK_CODE, no_instruction, NULL, "the return 0x%" PRIx64,
			      addr);
	/* arm pops its frame in the same instruction, large ones by a register. */
	if (!in.indexed && pclntab_sp_delta(&c->b->pclntab, c->f, addr, &height) && height != in.writeback)
		return report(c, GOSYM_CHECK_CODE, height_differs,
			      c->f->assembly ? assembly_stack : NULL,
			      "at the return 0x%" PRIx64 " it is %d, not %" PRId64, addr, height,
			      in.writeback);
	return NULL;
}

/* Why bytes of a function can be no instructions: its returns are refused then. */
static const char *explain_bytes(const struct check *c)
{
	const struct bytes *b = &c->code.bytes;
	size_t zeros = 0;

	if (c->f->assembly)
		return "assembly source may put data among its instructions; its returns are "
		       "refused";
	while (zeros < b->size && !b->data[zeros])
		zeros++;
	return zeros == b->size ? "it holds zeros only: a mark of the linker's, no code" : NULL;
}

static struct gosym_error *check_returns(struct check *c, const struct boundaries *b)
{
	const uint64_t *returns;
	size_t num;
	struct gosym_error *err = gosym_func_returns(c->b, c->f, &returns, &num);

	if (err && gosym_error_code(err) == GOSYM_UNSUPPORTED) {
		gosym_error_destroy(err);
		return report(c, GOSYM_CHECK_CODE, no_instruction, explain_bytes(c),
			      "the bytes at 0x%" PRIx64, c->flow.bad);
	}
	if (err)
		return err;
	c->ret->num_returns = num;
	for (size_t i = 0; i < num && !err; i++)
		err = check_return(c, b, returns[i]);
	return err;
}

static struct gosym_error *check_code(struct check *c)
{
	struct boundaries b;
	struct gosym_error *err = read_boundaries(c, &b);

	if (err)
		return err;
	c->ret->checked[GOSYM_CHECK_CODE] = true;
	err = check_tables(c, &b);
	if (!err)
		err = check_site(c, &b);
	if (!err)
		err = check_returns(c, &b);
	free(b.bits);
	return err;
}

/* ------------------------------------------------------------------ public */

static struct gosym_error *read_signature(struct check *c)
{
	const struct gosym_signature *sig;
	struct gosym_error *err = gosym_func_signature(c->b, c->f, &sig);

	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	if (err) {
		gosym_error_destroy(err);
		return NULL;
	}
	c->sig = abi_signature_of(sig);
	if (c->sig->completed && sig->source == GOSYM_FROM_DWARF)
		c->list = &c->sig->list;
	return NULL;
}

static struct gosym_error *read_args(struct check *c)
{
	struct gosym_error *err = argsinfo_read(c->b, c->f, &c->args);

	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	c->has_args = !err;
	c->args_none = err && gosym_error_code(err) == GOSYM_NOT_FOUND && !c->f->assembly &&
		       goversion_at_least(&c->b->version, FIRST_ARGSINFO);
	gosym_error_destroy(err);
	return NULL;
}

static struct gosym_error *read_sources(struct check *c)
{
	struct gosym_error *err = sites_read_code(c->b, c->f, &c->code, &c->flow);
	const struct abi_sequence *seq;

	if (!err)
		err = read_signature(c);
	if (!err)
		err = read_args(c);
	if (err)
		return err;
	c->arch = c->code.arch;
	seq = abi_sequence_of(c->b, c->f);
	c->facts = (struct abi_facts){ .arch = c->arch, .seq = seq, .total = c->f->args };
	c->has_spill = seq->num_ints && spill_read(&c->code, &c->flow, &c->spill);
	return NULL;
}

static struct gosym_error *keep_found(struct check *c)
{
	struct gosym_disagreement *copy = NULL;

	if (c->found.num) {
		copy = arena_array(&c->b->arena, c->found.num, sizeof(*copy));
		if (!copy)
			return gosym_nomem;
		memcpy(copy, c->found.data, c->found.num * sizeof(*copy));
	}
	c->ret->disagreements = copy;
	c->ret->num_disagreements = c->found.num;
	return NULL;
}

struct gosym_error *gosym_func_verify(struct gosym_binary *b, const struct gosym_func *f,
				      struct gosym_verification *ret)
{
	_cleanup_(cleanup_check) struct check c = { .b = b, .f = f, .ret = ret };
	static struct gosym_error *(*const checks[])(struct check *) = {
		check_dwarf, check_argsinfo, check_spill, check_size, check_code,
	};
	struct gosym_error *err;

	*ret = (struct gosym_verification){ .disagreements = NULL };
	err = read_sources(&c);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && !err; i++)
		err = checks[i](&c);
	return err ? err : keep_found(&c);
}
