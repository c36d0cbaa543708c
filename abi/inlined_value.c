// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Where the arguments of an inlined call are, by DWARF's location lists, checked against the code.
 *
 * These lists were made for debuggers and are wrong in known ways: the compiler lets a register's claim live on into
 * loops (cmd/compile/internal/ssa/debug.go does not wait for what comes in along back edges), and takes one that a
 * later assignment to the parameter shares with another variable; and they have gaps. So of a range only its beginning
 * is believed, and only if the place was filled there: by the instruction right before it, or at the beginning of a
 * block none of whose predecessors ends with the same claim. Then
 *
 *  - if every way to the probe site leads through that, and none of the ways from there to the site writes the place,
 *    it still holds the same, whatever the list says of the addresses between;
 *  - else the list must cover the site, nothing in the range before it may write the place, nor anything on a way from
 *    the site back to itself: it might hold what an earlier call got;
 *  - nothing within the first block of the range writes the place, but for the range's end; and what fills it is not the body's own
 *    code, which computes new values of parameters that are assigned to;
 *  - the place before it, if one ended right there, was copied by the instruction before: a parameter that is
 *    assigned to before its call has begun is another variable's value.
 *
 * What is trusted is that a range begun before the body's first instruction is about the value passed.
 */
#include <limits.h>
#include <string.h>

#include "abi/assign.h"
#include "abi/inlined.h"

static const char not_used[] = "the inlined call does not use it";
static const char no_place[] = "DWARF does not tell where it is at the probe site";
static const char in_memory[] = "DWARF does not tell since when its memory holds it";
static const char maybe_old[] = "its place may hold the value of an earlier call";
static const char changed[] = "its place is written before the probe site";
static const char unknown_type[] = "its type cannot be read";
static const char in_parts[] = "DWARF leaves out parts of it without telling which";

/* Bytes in a register or, counted from SP at entry, in the frame. */
struct spot { int32_t reg; int64_t off; uint32_t size; };

static bool spot_of(const struct inlined_work *w, const struct dwarf_piece *p, struct spot *ret)
{
	const struct abi_arch *arch = w->host->arch;

	*ret = (struct spot){ .reg = REG_NONE, .size = p->size };
	if (p->kind == DWARF_REG) {
		ret->reg = abi_reg_by_dwarf(arch, p->reg);
		return ret->reg != REG_NONE;
	}
	/* The CFA is above the return address where a call pushes one. */
	ret->off = p->cfa_off + (arch->link_register ? 0 : arch->ptr_size);
	return p->kind == DWARF_CFA && ret->off > INT32_MIN / 2 && ret->off < INT32_MAX / 2;
}

static bool same_spot(const struct dwarf_piece *a, const struct dwarf_piece *b)
{
	return a->kind == b->kind && a->size == b->size &&
	       (a->kind == DWARF_REG ? a->reg == b->reg : a->cfa_off == b->cfa_off);
}

/* Where an instruction's memory operand is, from SP at entry, if it is relative to SP. */
static bool operand_at(const struct inlined_work *w, const struct insn *in, int64_t *ret)
{
	int32_t delta;

	if (in->base != w->host->arch->sp ||
	    !pclntab_sp_delta(&w->host->b->pclntab, w->host->f, in->addr, &delta))
		return false;
	*ret = in->disp - delta;
	return true;
}

static bool writes(const struct inlined_work *w, const struct insn *in, const struct spot *s)
{
	int64_t at, size = in->pair ? 2 * in->size : in->size;

	if (s->reg != REG_NONE)
		return in->kind == INSN_CALL || (in->writes >> s->reg & 1);
	if (!in->writes_memory || in->base != w->host->arch->sp)
		return false;
	return !in->size || !operand_at(w, in, &at) || (at < s->off + s->size && s->off < at + size);
}

/* Whether the instruction copies the one spot into the other. */
static bool copies(const struct inlined_work *w, const struct insn *in, const struct spot *from, const struct spot *to)
{
	int64_t at;

	if (from->reg != REG_NONE && to->reg != REG_NONE)
		return in->kind == INSN_MOVE && in->src == from->reg && in->dst == to->reg;
	if (from->reg != REG_NONE)
		return in->kind == INSN_STORE && in->src == from->reg && operand_at(w, in, &at) && at == to->off;
	if (to->reg != REG_NONE)
		return in->kind == INSN_LOAD && in->dst == to->reg && operand_at(w, in, &at) && at == from->off;
	return false;
}

static const struct dwarf_place *place_at(const struct dwarf_var *var, uint64_t addr)
{
	for (size_t i = 0; i < var->num_places; i++)
		if (addr >= var->places[i].low && addr < var->places[i].high)
			return &var->places[i];
	return NULL;
}

/* The place that ends where this one begins, and its piece of the same bytes. */
static const struct dwarf_piece *piece_before(const struct dwarf_var *var, uint64_t low, size_t index)
{
	for (size_t i = 0; i < var->num_places; i++)
		if (var->places[i].high == low && var->places[i].num_pieces > index)
			return &var->places[i].pieces[index];
	return NULL;
}

static uint64_t low_before(const struct dwarf_var *var, uint64_t low)
{
	for (size_t i = 0; i < var->num_places; i++)
		if (var->places[i].high == low)
			return var->places[i].low;
	return low;
}

static bool claims(const struct dwarf_var *var, uint64_t addr, const struct dwarf_piece *p, size_t index)
{
	const struct dwarf_place *place = place_at(var, addr);

	return place && place->num_pieces > index && same_spot(&place->pieces[index], p);
}

/* Whether a predecessor of the block ends with the claim: then it may be no more than handed on. */
static bool handed_on(const struct inlined_work *w, const struct dwarf_var *var, int32_t block,
		      const struct dwarf_piece *p, size_t index)
{
	const struct blocks *b = &w->host->blocks;

	for (size_t i = 0; i < b->all.num; i++) {
		const struct block *k = &b->all.data[i];

		if ((k->next[0] == block || k->next[1] == block) &&
		    claims(var, b->insns.data[k->end - 1].addr, p, index))
			return true;
	}
	return false;
}

/* The block in which the spot is filled at addr, -1: it is not. *ret_changed: with something else than what the
 * parameter was just before. */
static int32_t filled_at(const struct inlined_work *w, const struct dwarf_var *var, const struct dwarf_piece *p,
			 size_t index, uint64_t addr, const struct spot *s, bool *ret_changed)
{
	const struct blocks *b = &w->host->blocks;
	const struct dwarf_piece *before = piece_before(var, addr, index);
	size_t i = blocks_insn_at(b, addr);
	struct spot from;

	*ret_changed = false;
	if (i == SIZE_MAX || (i && w->own[i - 1] && b->of.data[i] == b->of.data[i - 1]))
		return -1;
	if (b->all.data[b->of.data[i]].first == i)
		return handed_on(w, var, b->of.data[i], p, index) ? -1 : b->of.data[i];
	if (before && before->kind != DWARF_LOST)
		*ret_changed = !spot_of(w, before, &from) || !copies(w, &b->insns.data[i - 1], &from, s);
	return writes(w, &b->insns.data[i - 1], s) && b->insns.data[i - 1].kind != INSN_CALL ? b->of.data[i] : -1;
}

/* Blocks on ways from one to the other that do not enter block `without` on the way. */
static bool find_between(const struct inlined_work *w, int32_t from, int32_t to, int32_t without, bool *on)
{
	const struct blocks *b = &w->host->blocks;
	_cleanup_free_ bool *back = calloc(b->all.num, sizeof(*back));

	if (!back || !blocks_reach(b, from, without, on) || !blocks_reach_back(b, to, without, back))
		return false;
	for (size_t i = 0; i < b->all.num; i++)
		on[i] = on[i] && (back[i] || (int32_t)i == to);
	return true;
}

static bool written_in(const struct inlined_work *w, size_t first, size_t end, const struct spot *s)
{
	for (size_t i = first; i < end; i++)
		if (writes(w, inlined_insn(w, i), s))
			return true;
	return false;
}

/* Whether every way to the instruction passes the beginning of the range, in this block, and none from there writes
 * the spot. */
static bool lasts(const struct inlined_work *w, int32_t block, size_t low, size_t insn, const struct spot *s,
		  bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	int32_t home = b->of.data[insn];
	_cleanup_free_ bool *on = calloc(b->all.num, sizeof(*on));

	if (block == home && low <= insn)
		return !written_in(w, low, insn, s);
	if (!on || !blocks_reach_entry(b, block, on)) {
		*nomem = true;
		return false;
	}
	if (block == home || on[home])
		return false;
	if (!find_between(w, block, home, block, on)) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < b->all.num; i++) {
		const struct block *k = &b->all.data[i];

		/* The site's own block counts in whole if it lies in a loop that leaves out the other. */
		if (on[i] && (int32_t)i != home && written_in(w, k->first, k->end, s))
			return false;
	}
	if (written_in(w, low, b->all.data[block].end, s) || written_in(w, b->all.data[home].first, insn, s))
		return false;
	if (!blocks_reach(b, home, block, on)) {
		*nomem = true;
		return false;
	}
	return !on[home] || !written_in(w, insn, b->all.data[home].end, s);
}

/* Whether a way from the instruction back to itself writes the spot. */
static bool written_around(const struct inlined_work *w, size_t insn, const struct spot *s, bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	int32_t home = b->of.data[insn];
	_cleanup_free_ bool *on = calloc(b->all.num, sizeof(*on));

	if (!on || !find_between(w, home, home, -1, on)) {
		*nomem = true;
		return true;
	}
	for (size_t i = 0; on[home] && i < b->insns.num; i++)
		if (on[b->of.data[i]] && writes(w, &b->insns.data[i], s))
			return true;
	return false;
}

/* Whether the code contradicts the range: something in its first block writes the place, and does not end the range.
 * What is stored by the range's first instruction, say, is not there yet. */
static bool contradicted(const struct inlined_work *w, const struct dwarf_place *place, const struct spot *s)
{
	const struct blocks *b = &w->host->blocks;

	size_t first = blocks_insn_at(b, place->low);

	for (size_t i = first; i < b->insns.num && b->of.data[i] == b->of.data[first]; i++) {
		const struct insn *in = &b->insns.data[i];

		if (in->addr + in->len < place->high && writes(w, in, s))
			return true;
	}
	return false;
}

/* NULL, or why the piece cannot be believed at the instruction. */
static const char *doubt(const struct inlined_work *w, const struct dwarf_var *var, const struct dwarf_place *place,
			 size_t index, size_t insn, bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	const struct dwarf_piece *p = &place->pieces[index], *before;
	uint64_t low = place->low, at = inlined_insn(w, insn)->addr;
	int32_t filled;
	bool changes;
	struct spot s;

	if (!spot_of(w, p, &s))
		return no_place;
	if (contradicted(w, place, &s))
		return changed;
	/* Ranges that follow each other with the same place are one. */
	while ((before = piece_before(var, low, index)) && same_spot(before, p) && low_before(var, low) < low)
		low = low_before(var, low);
	filled = filled_at(w, var, p, index, low, &s, &changes);
	if (changes)
		return changed;
	if (filled >= 0 && lasts(w, filled, blocks_insn_at(b, low), insn, &s, nomem))
		return NULL;
	if (at < place->low || at >= place->high)
		return no_place;
	for (size_t i = insn; i-- > 0 && b->insns.data[i].addr >= low;)
		if (writes(w, &b->insns.data[i], &s))
			return changed;
	return written_around(w, insn, &s, nomem) ? maybe_old : NULL;
}

/*
 * The offset within the value of each piece. The compiler writes neither padding nor, in some releases, parts that
 * are dead. What makes up the whole is believed as it stands, and so is one piece for each scalar of the type.
 */
static bool offsets_of(const struct inlined_work *w, const struct dwarf_var *var, const struct dwarf_place *place,
		       uint32_t *ret)
{
	struct abi_leaf leaves[MAX_LEAVES];
	uint64_t sum = 0;
	size_t num = 0;
	enum abi_leaves_kind kind = abi_leaves(var->type, w->host->arch->ptr_size, leaves, &num);

	for (size_t i = 0; i < place->num_pieces; i++) {
		sum += place->pieces[i].size;
		ret[i] = place->pieces[i].offset;
	}
	/* A lone place may be that of the one part that is left, unless the value has no parts. */
	if (sum == gosym_type_size(var->type))
		return place->num_pieces > 1 || kind == LEAVES_ARRAY || kind == LEAVES_TOO_MANY ||
		       (kind == LEAVES_OK && num == 1);
	if (kind != LEAVES_OK || num != place->num_pieces)
		return false;
	for (size_t i = 0; i < num; i++) {
		if (leaves[i].size != place->pieces[i].size)
			return false;
		ret[i] = leaves[i].offset;
	}
	return true;
}

static struct gosym_error *pieces_at(const struct inlined_work *w, const struct dwarf_var *var,
				     const struct dwarf_place *place, size_t insn, struct gosym_param *ret)
{
	struct gosym_piece *pieces = arena_array(&w->host->b->arena, place->num_pieces, sizeof(*pieces));
	uint32_t offsets[MAX_LEAVES];
	bool nomem = false;

	if (!pieces)
		return gosym_nomem;
	ret->missing = in_parts;
	if (place->num_pieces > MAX_LEAVES || !offsets_of(w, var, place, offsets))
		return NULL;
	ret->missing = no_place;
	for (size_t i = 0; i < place->num_pieces; i++) {
		const struct dwarf_piece *p = &place->pieces[i];
		const char *why;
		struct spot s;

		if (p->kind == DWARF_LOST)
			continue;
		why = doubt(w, var, place, i, insn, &nomem);
		if (nomem)
			return gosym_nomem;
		if (why) {
			ret->missing = why;
			continue;
		}
		spot_of(w, p, &s);
		pieces[ret->num_pieces++] = (struct gosym_piece){
			.offset = offsets[i], .size = p->size,
			.place = s.reg == REG_NONE ? GOSYM_ON_STACK : GOSYM_IN_REG,
			.where = s.reg == REG_NONE ? (int32_t)s.off : s.reg,
		};
	}
	ret->pieces = pieces;
	if (ret->num_pieces)
		ret->missing = NULL;
	return NULL;
}

static bool same_places(const struct dwarf_place *a, const struct dwarf_place *b)
{
	if (a->num_pieces != b->num_pieces)
		return false;
	for (size_t i = 0; i < a->num_pieces; i++)
		if (!same_spot(&a->pieces[i], &b->pieces[i]))
			return false;
	return true;
}

/* The place to look at: the one that covers the address, else of a parameter that never moves the first. */
static const struct dwarf_place *choose_place(const struct dwarf_var *var, uint64_t addr)
{
	const struct dwarf_place *place = place_at(var, addr);

	for (size_t i = 0; !place && i < var->num_places; i++)
		if (!same_places(&var->places[i], &var->places[0]))
			return NULL;
	return place || !var->num_places ? place : &var->places[0];
}

static void name_param(struct gosym_param *p, const char *name)
{
	p->hidden = name && !strcmp(name, ".dict");
	p->blank = !name || !strcmp(name, "_") || !strncmp(name, "~p", 2);
	p->name = p->blank ? "_" : name;
}

struct gosym_error *inlined_params_at(const struct inlined_work *w, const struct dwarf_var *vars, size_t num,
				      size_t insn, struct gosym_param *ret)
{
	for (size_t i = 0; i < num; i++) {
		const struct dwarf_var *var = &vars[i];
		const struct dwarf_place *place = choose_place(var, inlined_insn(w, insn)->addr);
		struct gosym_error *err;

		ret[i] = (struct gosym_param){ .type = var->type };
		name_param(&ret[i], var->name);
		if (!var->type) {
			ret[i].missing = unknown_type;
			continue;
		}
		ret[i].size = gosym_type_size(var->type);
		if (!ret[i].size)
			continue;
		ret[i].missing = var->num_places ? no_place : not_used;
		if (!place || !place->num_pieces)
			continue;
		if (place->high == UINT64_MAX) {
			ret[i].missing = in_memory;
			continue;
		}
		err = pieces_at(w, var, place, insn, &ret[i]);
		if (err)
			return err;
	}
	return NULL;
}
