// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Before Go 1.22 DWARF leaves out blank and unnamed parameters, and in every version the receivers of compiler-made
 * wrappers, though they take registers and stack like any other. So DWARF's list is a claim to be tested:
 * it is assigned, and the result held against what else the file says:
 *
 *  - argument info lists every input with its place on the stack or its spill slot;
 *  - _func.args is the size of the whole argument area, spill slots included;
 *  - the stack check keeps every register argument in its spill slot;
 *  - parameters that are used have a location at the first instruction.
 *
 * If the list does not fit, inputs are added where argument info has more than DWARF, one list for each way to
 * align the two and for each class (integer or float) the added scalars may have; the lists that fit
 * everything are kept. A place is proved when it is the same in all of them. So nothing
 * depends on which of them is the true one, and where that matters the parameter has no place.
 */
#include <string.h>

#include "abi/complete.h"
#include "gosym/vec.h"

enum {
	MAX_ADDED = 4,			/* inputs that may be added */
	MAX_LISTS = 4096,		/* lists tried for one function */
	MAX_INPUTS = 256,
	MAX_MASK_FIELDS = 6,		/* scalars of an added aggregate whose class is tried both ways */
};

enum { NO_GROUP = -1 };

/* A list under test. */
struct trial {
	struct abi_input inputs[MAX_INPUTS];
	int8_t group[MAX_INPUTS];	/* of argument info, that the input stands for */
	bool added[MAX_INPUTS];
	size_t num;
	size_t skip;			/* first inputs that argument info leaves out */
};

/* A list that fits. */
struct fit {
	struct abi_input *inputs;
	size_t num;
	size_t *given;			/* index in inputs of each given input */
	struct abi_layout layout;
	enum abi_agreement args, spill, total;
	bool closed;			/* no further input can hide */
	size_t visible;			/* so many first inputs are told by argument info in full */
};

struct search {
	const struct abi_facts *facts;
	const struct abi_input *inputs;
	size_t num;
	struct arena *arena;		/* scratch */
	struct trial trial;
	size_t added, min_added, max_added, lists;
	bool doubt_places;		/* a location may be wrong where all else agrees */
	bool exhausted;			/* some list was not tried: the others prove nothing */
	VEC(struct fit) fits;
};

/* ---------------------------------------------------------------- checking */

/* A CFA offset counts from the args base on machines that push the return address, else from SP at entry. */
static int64_t cfa_to_sp(const struct abi_arch *arch, int64_t off)
{
	return arch->link_register ? off : off + arch->ptr_size;
}

static const struct gosym_piece *piece_at(const struct abi_slot *slot, uint32_t offset)
{
	for (size_t i = 0; i < slot->num_pieces; i++)
		if (slot->pieces[i].offset <= offset && offset < slot->pieces[i].offset + slot->pieces[i].size)
			return &slot->pieces[i];
	return NULL;
}

static bool is_at(const struct abi_arch *arch, const struct dwarf_piece *d, const struct gosym_piece *p, int64_t off)
{
	if (d->kind == DWARF_REG)
		return p->place == GOSYM_IN_REG && !off && p->where == abi_reg_by_dwarf(arch, d->reg);
	return p->place == GOSYM_ON_STACK && p->where + off == cfa_to_sp(arch, d->cfa_off);
}

/*
 * Whether the offsets of a location's pieces can be believed. The compiler writes neither padding nor, in some
 * releases, parts that are dead, and leaves the consumer to think that the pieces are contiguous
 * (cmd/compile/internal/ssa/debug.go). They are, if they make up the whole.
 */
static bool is_whole(const struct dwarf_param *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->num_pieces; i++)
		sum += p->pieces[i].size;
	return sum == gosym_type_size(p->type) && p->num_pieces > 1;
}

/* A value of one part has one piece, which is it. */
static bool is_single(const struct abi_facts *facts, const struct dwarf_param *p)
{
	struct abi_leaf leaves[MAX_LEAVES];
	size_t num = 0;
	enum abi_leaves_kind kind = abi_leaves(p->type, facts->arch->ptr_size, leaves, &num);

	/* Nor is an array taken apart, or a variable with one location for all of the function. */
	return p->num_pieces == 1 && (kind == LEAVES_ARRAY || kind == LEAVES_TOO_MANY || !p->at_entry ||
				      (kind == LEAVES_OK && num == 1));
}

/*
 * The stack location of a register argument is its home for later and says nothing about entry. But in the caller's
 * frame an argument has one place only: a register's is its spill slot.
 */
static enum abi_agreement compare_home(const struct abi_facts *facts, const struct dwarf_piece *d,
				       const struct abi_slot *slot, int64_t from, int64_t size)
{
	int64_t at = cfa_to_sp(facts->arch, d->cfa_off) - facts->arch->args_base;

	if (at < 0)
		return ABI_SILENT;
	return at >= slot->stack_off + from && at < slot->stack_off + from + size ? ABI_SILENT : ABI_DISAGREES;
}

/* Which part of the slot a piece must be, by offset. */
static enum abi_agreement compare_piece(const struct abi_facts *facts, const struct dwarf_piece *d,
					const struct abi_slot *slot)
{
	const struct gosym_piece *p = piece_at(slot, d->offset);

	if (!p)
		return ABI_SILENT;
	if (p->place == GOSYM_IN_REG && d->kind == DWARF_CFA)
		return compare_home(facts, d, slot, d->offset, 1);
	return is_at(facts->arch, d, p, (int64_t)d->offset - p->offset) ? ABI_AGREES : ABI_DISAGREES;
}

/* A piece of unknown offset: somewhere in the slot, or not. */
static enum abi_agreement compare_somewhere(const struct abi_facts *facts, const struct dwarf_piece *d,
					    const struct abi_slot *slot)
{
	int64_t at = cfa_to_sp(facts->arch, d->cfa_off);

	if (d->kind == DWARF_CFA && slot->in_regs)
		return compare_home(facts, d, slot, 0, (int64_t)gosym_type_size(slot->type));
	for (size_t i = 0; i < slot->num_pieces; i++) {
		const struct gosym_piece *p = &slot->pieces[i];

		if (d->kind == DWARF_REG ? is_at(facts->arch, d, p, 0) :
					   at >= p->where && at < (int64_t)p->where + p->size)
			return ABI_SILENT;
	}
	return ABI_DISAGREES;
}

enum abi_agreement abi_compare_place(const struct abi_facts *facts, const struct dwarf_param *p,
				     const struct abi_slot *slot)
{
	bool offsets = is_whole(p) || is_single(facts, p);
	enum abi_agreement all = ABI_SILENT;

	if (!slot->num_pieces)
		return ABI_SILENT;
	for (size_t i = 0; i < p->num_pieces; i++) {
		const struct dwarf_piece *d = &p->pieces[i];
		enum abi_agreement one;

		if (d->kind == DWARF_LOST || (d->kind == DWARF_REG && !p->at_entry))
			continue;
		one = offsets ? compare_piece(facts, d, slot) : compare_somewhere(facts, d, slot);
		if (one == ABI_DISAGREES)
			return ABI_DISAGREES;
		if (one == ABI_AGREES)
			all = ABI_AGREES;
	}
	return all;
}

static size_t complete_groups(const struct args_info *info)
{
	size_t num = info->num_groups;

	return num && info->groups[num - 1].cut ? num - 1 : num;
}

static bool encode_one(const struct abi_facts *facts, const struct abi_slot *slot, uint8_t bytes[ARGS_MAX_BYTES],
		       size_t *ret_num)
{
	if (!argsinfo_encode(slot, 1, facts->arch->ptr_size, bytes, ret_num))
		return false;
	*ret_num -= 1;		/* the end mark */
	return true;
}

/* A given input writes the bytes of its group; of one that is cut short, those before the cut. */
static bool matches_group(const struct abi_facts *facts, const struct abi_slot *slot, size_t group)
{
	const struct args_group *g = &facts->args->groups[group];
	const uint8_t *theirs = facts->args->bytes + g->begin;
	uint8_t mine[ARGS_MAX_BYTES];
	size_t num, len = (size_t)g->end - g->begin;

	if (!encode_one(facts, slot, mine, &num))
		return false;
	if (group < complete_groups(facts->args))
		return num == len && !memcmp(mine, theirs, len);
	while (len && theirs[len - 1] >= 0xfc)
		len--;
	return num >= len && !memcmp(mine, theirs, len);
}

/* An added input was made from its group: only its place can be wrong. */
static bool added_fits(const struct abi_facts *facts, const struct abi_slot *slot, size_t group)
{
	uint32_t off, size;

	return argsinfo_extent(facts->args, &facts->args->groups[group], &off, &size) &&
	       (!size || (uint32_t)slot->stack_off == off);
}

static enum abi_agreement compare_args(const struct search *s, const struct abi_layout *l)
{
	const struct abi_facts *facts = s->facts;
	const struct trial *t = &s->trial;

	if (!facts->args)
		return facts->args_expected && !t->num ? ABI_AGREES : ABI_SILENT;
	for (size_t i = 0; i < t->num; i++) {
		bool ok = true;

		if (t->group[i] != NO_GROUP)
			ok = t->added[i] ? added_fits(facts, &l->params[i], (size_t)t->group[i]) :
					   matches_group(facts, &l->params[i], (size_t)t->group[i]);
		if (!ok)
			return ABI_DISAGREES;
	}
	return ABI_AGREES;
}

/* Bytes of alignment, in which a small input could hide without moving any other. */
static uint64_t room(const struct abi_layout *l)
{
	uint64_t used = l->result_bytes;

	for (size_t i = 0; i < l->num_params; i++)
		used += gosym_type_size(l->params[i].type);
	return l->total > used ? l->total - used : 0;
}

static enum abi_agreement compare_total(const struct abi_facts *facts, const struct abi_layout *l)
{
	if (facts->total < 0)
		return ABI_SILENT;
	return (uint32_t)facts->total == l->total ? ABI_AGREES : ABI_DISAGREES;
}

static bool is_kept(const struct spill_info *spill, const struct gosym_piece *p, int32_t off)
{
	for (size_t i = 0; i < spill->num; i++)
		if (spill->slots[i].reg == p->where)
			return spill->slots[i].size == p->size && spill->slots[i].off == off;
	return false;
}

/* The registers of the list are the ones that are kept, each in its slot; and there are no others. */
static enum abi_agreement compare_spill(const struct abi_facts *facts, const struct abi_layout *l)
{
	size_t num = 0;

	if (!facts->spill)
		return ABI_SILENT;
	for (size_t i = 0; i < l->num_params; i++) {
		const struct abi_slot *slot = &l->params[i];

		for (size_t k = 0; k < slot->num_pieces && slot->in_regs; k++, num++)
			if (!is_kept(facts->spill, &slot->pieces[k], slot->stack_off + (int32_t)slot->pieces[k].offset))
				return ABI_DISAGREES;
	}
	return num == facts->spill->num ? ABI_AGREES : ABI_DISAGREES;
}

static bool places_fit(const struct search *s, const struct abi_layout *l)
{
	const struct trial *t = &s->trial;

	for (size_t i = 0; i < t->num; i++)
		if (t->inputs[i].dwarf &&
		    abi_compare_place(s->facts, t->inputs[i].dwarf, &l->params[i]) == ABI_DISAGREES)
			return false;
	return true;
}

/* ------------------------------------------------------------ trying a list */

struct gosym_error *abi_assign_inputs(const struct abi_facts *facts, const struct abi_input *inputs, size_t num,
				      struct arena *arena, struct abi_layout *ret)
{
	const struct gosym_type **types = arena_array(arena, num, sizeof(*types));
	const struct gosym_type **results = arena_array(arena, facts->num_results, sizeof(*results));

	if (!types || !results)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		types[i] = inputs[i].type;
	for (size_t i = 0; i < facts->num_results; i++)
		results[i] = facts->results[i]->type;
	return abi_assign(facts->arch, facts->seq, arena, types, num, results, facts->num_results, ret);
}

static bool is_closed(const struct search *s, const struct fit *f)
{
	const struct abi_facts *facts = s->facts;

	if (facts->listed && !s->added)
		return true;
	if (f->args == ABI_AGREES && !(facts->args && facts->args->cut))
		return true;
	return f->total == ABI_AGREES && !room(&f->layout);
}

/* Of a group that is cut short, whether what is seen of it is too large for an input not in the list. */
static bool cut_is_told(const struct search *s, const struct fit *f, size_t group)
{
	const struct args_info *info = s->facts->args;
	const struct args_group *g = &info->groups[group];
	uint64_t size = 0;

	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++)
		size += info->components[i].size;
	return f->total == ABI_AGREES && size > room(&f->layout);
}

static bool is_told(const struct search *s, const struct fit *f, size_t i)
{
	int group = s->trial.group[i];

	if (i < s->trial.skip)
		return true;
	return group != NO_GROUP && ((size_t)group < complete_groups(s->facts->args) ||
				     cut_is_told(s, f, (size_t)group));
}

static size_t count_visible(const struct search *s, const struct fit *f)
{
	size_t visible = 0;

	if (f->args != ABI_AGREES || !s->facts->args)
		return 0;
	while (visible < s->trial.num && is_told(s, f, visible))
		visible++;
	return visible;
}

static struct gosym_error *keep_fit(struct search *s, struct fit f)
{
	const struct trial *t = &s->trial;
	struct fit *slot;
	size_t given = 0;

	f.num = t->num;
	f.inputs = arena_array(s->arena, t->num, sizeof(*f.inputs));
	f.given = arena_array(s->arena, s->num, sizeof(*f.given));
	slot = vec_append(&s->fits);
	if (!f.inputs || !f.given || !slot)
		return gosym_nomem;
	for (size_t i = 0; i < t->num; i++) {
		f.inputs[i] = t->inputs[i];
		if (!t->added[i])
			f.given[given++] = i;
	}
	*slot = f;
	return NULL;
}

static struct gosym_error *try_list(struct search *s)
{
	struct fit f = { 0 };
	struct gosym_error *err;

	if (s->added < s->min_added)
		return NULL;
	if (++s->lists > MAX_LISTS) {
		s->exhausted = true;
		return NULL;
	}
	err = abi_assign_inputs(s->facts, s->trial.inputs, s->trial.num, s->arena, &f.layout);
	if (err)
		return err;
	f.args = compare_args(s, &f.layout);
	f.total = compare_total(s->facts, &f.layout);
	f.spill = compare_spill(s->facts, &f.layout);
	if (f.args == ABI_DISAGREES || f.total == ABI_DISAGREES || f.spill == ABI_DISAGREES)
		return NULL;
	if (!places_fit(s, &f.layout) && !(s->doubt_places && f.total == ABI_AGREES &&
					   (s->facts->listed || (f.args == ABI_AGREES && !s->facts->args->cut))))
		return NULL;
	f.closed = is_closed(s, &f);
	f.visible = count_visible(s, &f);
	return keep_fit(s, f);
}

static bool push(struct search *s, struct abi_input input, int group, bool added)
{
	struct trial *t = &s->trial;

	if (t->num == MAX_INPUTS)
		return false;
	t->inputs[t->num] = input;
	t->group[t->num] = (int8_t)group;
	t->added[t->num++] = added;
	return true;
}

/* -------------------------------------------------------------- the search */

enum { MAX_CANDIDATES = (1 << MAX_MASK_FIELDS) + 1 };

static const struct gosym_type *make_type(struct search *s, struct gosym_type t)
{
	struct gosym_type *copy = arena_alloc(s->arena, sizeof(*copy));

	if (copy)
		*copy = t;
	return copy;
}

static enum gosym_kind scalar_kind(unsigned size, bool fp)
{
	switch (size) {
	case 1:
		return GOSYM_UINT8;
	case 2:
		return GOSYM_UINT16;
	case 4:
		return fp ? GOSYM_FLOAT32 : GOSYM_UINT32;
	case 8:
		return fp ? GOSYM_FLOAT64 : GOSYM_UINT64;
	default:
		return GOSYM_INVALID_KIND;
	}
}

static unsigned scalar_align(const struct search *s, unsigned size)
{
	return size < s->facts->arch->max_align ? size : s->facts->arch->max_align;
}

static const struct gosym_type *make_scalar(struct search *s, unsigned size, bool fp)
{
	return make_type(s, (struct gosym_type){ .name = "_", .kind = scalar_kind(size, fp), .size = size,
						 .align = scalar_align(s, size) });
}

/* Bit i of floats: the i-th scalar of four or eight bytes is a float. */
static const struct gosym_type *make_struct(struct search *s, const struct args_group *g, unsigned floats, bool array)
{
	const struct args_component *c = &s->facts->args->components[g->first];
	struct gosym_type t = { .name = "_", .kind = GOSYM_STRUCT, .align = 1 };
	uint32_t base, size;
	unsigned wide = 0;

	t.fields = arena_array(s->arena, g->num + 1u, sizeof(*t.fields));
	if (!t.fields || !argsinfo_extent(s->facts->args, g, &base, &size))
		return NULL;
	for (unsigned i = 0; i < g->num; i++) {
		bool fp = c[i].size >= 4 && floats >> wide & 1;
		const struct gosym_type *field;

		if (!c[i].size)
			continue;
		wide += c[i].size >= 4;
		field = make_scalar(s, c[i].size, fp);
		if (!field)
			return NULL;
		t.align = field->align > t.align ? field->align : t.align;
		t.fields[t.num_fields++] = (struct gosym_field){ .name = "_", .type = field,
								 .offset = c[i].offset - base };
	}
	t.size = (size + t.align - 1) / t.align * t.align;
	if (array) {
		const struct gosym_type *none = make_type(s, (struct gosym_type){ .kind = GOSYM_STRUCT, .align = 1 });

		t.fields[t.num_fields++] = (struct gosym_field){ .name = "_", .type = make_type(s,
			(struct gosym_type){ .kind = GOSYM_ARRAY, .len = 2, .elem = none, .align = 1 }) };
	}
	return make_type(s, t);
}

static unsigned wide_scalars(const struct args_info *info, const struct args_group *g)
{
	unsigned num = 0;

	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++)
		num += info->components[i].size >= 4;
	return num;
}

static bool odd_scalar(const struct args_info *info, const struct args_group *g)
{
	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++)
		if (info->components[i].size && !scalar_kind(info->components[i].size, false))
			return true;
	return false;
}

/* Everything a group can be, as far as it matters to where inputs live. 0: too much to try. */
static size_t candidates(struct search *s, size_t group, const struct gosym_type *ret[MAX_CANDIDATES])
{
	const struct args_info *info = s->facts->args;
	const struct args_group *g = &info->groups[group];
	unsigned wide = wide_scalars(info, g), classes;
	bool aggregate = info->bytes[g->begin] == 0xfe;
	uint32_t off, size;
	size_t num = 0;

	if (!argsinfo_extent(info, g, &off, &size) || wide > MAX_MASK_FIELDS || odd_scalar(info, g))
		return 0;
	if (!size) {
		for (unsigned align = 1; align <= s->facts->arch->max_align; align *= 2)
			ret[num++] = make_type(s, (struct gosym_type){ .name = "_", .kind = GOSYM_STRUCT,
								       .align = align });
		return num;
	}
	classes = s->facts->seq->num_floats ? 1u << wide : 1;
	for (unsigned floats = 0; floats < classes; floats++)
		ret[num++] = aggregate ? make_struct(s, g, floats, false) : make_scalar(s, size, floats);
	if (aggregate && s->facts->seq->num_ints)
		ret[num++] = make_struct(s, g, 0, true);
	return num;
}

/* Same marks, same sizes; offsets aside. */
static bool same_shape(const struct search *s, const struct abi_input *input, size_t group)
{
	const struct args_group *g = &s->facts->args->groups[group];
	const uint8_t *theirs = s->facts->args->bytes + g->begin;
	struct abi_slot slot = { .type = input->type };
	uint8_t mine[ARGS_MAX_BYTES];
	size_t num, len = (size_t)g->end - g->begin;

	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++)
		if (s->facts->args->components[i].far)
			return true;
	if (!encode_one(s->facts, &slot, mine, &num) || num != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool scalar = theirs[i] < 0xf0;

		if (scalar != (mine[i] < 0xf0) || (!scalar && mine[i] != theirs[i]))
			return false;
		if (scalar && ++i < len && mine[i] != theirs[i])
			return false;
	}
	return true;
}

static struct gosym_error *align_lists(struct search *s, size_t group, size_t input);

/* The given inputs behind what argument info shows; the first of them may be shown in part. */
static struct gosym_error *finish_list(struct search *s, size_t group, size_t input)
{
	size_t num = s->trial.num;
	struct gosym_error *err = NULL;
	size_t shown = s->facts->args->num_groups - group;
	bool ok = s->facts->args->cut ? s->num - input >= shown : s->num - input == shown;

	for (; ok && input < s->num; input++, group++)
		ok = push(s, s->inputs[input], group < s->facts->args->num_groups ? (int)group : NO_GROUP, false);
	if (ok)
		err = try_list(s);
	s->trial.num = num;
	return err;
}

static struct gosym_error *add_input(struct search *s, size_t group, size_t input)
{
	const struct gosym_type *types[MAX_CANDIDATES];
	size_t num = candidates(s, group, types);
	struct gosym_error *err = NULL;

	if (!num)
		s->exhausted = true;
	s->added++;
	for (size_t i = 0; i < num && !err && !s->exhausted; i++) {
		size_t at = s->trial.num;

		if (!types[i])
			err = gosym_nomem;
		else if (!push(s, (struct abi_input){ .type = types[i] }, (int)group, true))
			s->exhausted = true;
		else
			err = align_lists(s, group + 1, input);
		s->trial.num = at;
	}
	s->added--;
	return err;
}

/* All ways to spread the given inputs from `input` on over the groups from `group` on. */
static struct gosym_error *align_lists(struct search *s, size_t group, size_t input)
{
	struct gosym_error *err = NULL;

	if (s->exhausted && s->max_added)
		return NULL;
	if (group == complete_groups(s->facts->args))
		return finish_list(s, group, input);
	if (input < s->num && same_shape(s, &s->inputs[input], group)) {
		if (!push(s, s->inputs[input], (int)group, false)) {
			s->exhausted = true;
			return NULL;
		}
		err = align_lists(s, group + 1, input + 1);
		s->trial.num--;
	}
	if (!err && s->added < s->max_added)
		err = add_input(s, group, input);
	return err;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Of a stream that is cut: how many of the groups shown can be absent from the list, by what the whole
 * argument area holds beyond the given inputs. */
static size_t most_added(const struct search *s, const struct abi_layout *given)
{
	const struct args_info *info = s->facts->args;
	uint32_t sizes[ARGS_MAX_ITEMS], off;
	uint64_t used = given->result_bytes;
	size_t num = complete_groups(info), fit = 0;

	if (s->facts->total < 0)
		return num;
	for (size_t i = 0; i < num; i++)
		if (!argsinfo_extent(info, &info->groups[i], &off, &sizes[i]))
			sizes[i] = 0;
	qsort(sizes, num, sizeof(sizes[0]), by_size);
	for (size_t i = 0; i < given->num_params; i++)
		used += gosym_type_size(given->params[i].type);
	while (fit < num && used + sizes[fit] <= (uint64_t)s->facts->total)
		used += sizes[fit++];
	return fit;
}

/* How many inputs argument info has beyond the given ones; false if it has fewer. */
static bool count_added(const struct search *s, size_t skip, const struct abi_layout *given, size_t *ret)
{
	const struct args_info *info = s->facts->args;

	if (skip > s->num || (!info->cut && info->num_groups + skip < s->num))
		return false;
	*ret = info->cut ? most_added(s, given) : info->num_groups + skip - s->num;
	return true;
}

/* Lists with from min to max additions, argument info leaving out the first `skip` inputs. */
static struct gosym_error *search_from(struct search *s, size_t skip, size_t min, size_t max)
{
	s->min_added = min;
	s->max_added = max;
	s->trial.num = 0;
	s->trial.skip = skip;
	for (size_t i = 0; i < skip; i++)
		if (!push(s, s->inputs[i], NO_GROUP, false))
			return NULL;
	return align_lists(s, 0, skip);
}

/* The list as given, without argument info. */
static struct gosym_error *try_alone(struct search *s)
{
	s->trial.num = s->trial.skip = 0;
	for (size_t i = 0; i < s->num; i++)
		if (!push(s, s->inputs[i], NO_GROUP, false))
			return NULL;
	return try_list(s);
}

static struct gosym_error *try_given(struct search *s)
{
	struct gosym_error *err;

	s->min_added = 0;
	if (!s->facts->args)
		return try_alone(s);
	err = search_from(s, 0, 0, 0);
	if (!err && s->facts->args_may_skip && s->num)
		err = search_from(s, 1, 0, 0);
	return err;
}

static struct gosym_error *try_more(struct search *s, const struct abi_layout *given)
{
	size_t skips = s->facts->args_may_skip ? 1 : 0;
	struct gosym_error *err = NULL;

	for (size_t skip = 0; skip <= skips && !err; skip++) {
		size_t most;

		if (!count_added(s, skip, given, &most) || !most)
			continue;
		if (most > MAX_ADDED)
			s->exhausted = true;
		else
			err = search_from(s, skip, 1, most);
	}
	return err;
}

/*
 * Where DWARF's list is complete it only has to fit. Else additions are looked for also where it does, for it may
 * not be the only one. Locations at entry are wrong for single functions in every release (a parameter's name
 * also stands for what is assigned to it later): where all else agrees with the list as given, it prevails. But
 * not where argument info shows only the first inputs: what DWARF leaves out may then stand behind these.
 */
static struct gosym_error *find_fits(struct search *s, const struct abi_layout *given)
{
	struct gosym_error *err = try_given(s);

	if (!err && s->facts->args && !(s->facts->listed && s->fits.num))
		err = try_more(s, given);
	if (err || s->fits.num)
		return err;
	s->doubt_places = true;
	s->lists = 0;
	return try_given(s);
}

/* ----------------------------------------------------------- what is proved */

static bool same_slot(const struct abi_slot *a, const struct abi_slot *b)
{
	return a->num_pieces == b->num_pieces &&
	       (!a->num_pieces || !memcmp(a->pieces, b->pieces, a->num_pieces * sizeof(*a->pieces)));
}

/* Whether all lists that fit add the same inputs at the same positions. */
static bool same_alignment(const struct search *s)
{
	const struct fit *first = &s->fits.data[0];

	for (size_t i = 1; i < s->fits.num; i++) {
		const struct fit *f = &s->fits.data[i];

		if (f->num != first->num ||
		    (s->num && memcmp(f->given, first->given, s->num * sizeof(*f->given))))
			return false;
	}
	return true;
}

/* The first input that was added to the given ones; their number if none was. */
static size_t first_added(const struct search *s, const struct fit *f)
{
	size_t i = 0;

	while (i < s->num && f->given[i] == i)
		i++;
	return i;
}

/*
 * Whether another list, not among those tried, may put this input elsewhere. Where argument info shows only the first
 * inputs, one that DWARF leaves out may stand behind these, and take the place of this one; or what was added among
 * them may be one of the given, and the one left out come later.
 */
static bool may_move(const struct search *s, const struct fit *f, size_t at)
{
	bool cut = s->facts->args && s->facts->args->cut;

	if (cut && f->num > s->num && at >= first_added(s, f))
		return true;
	return !f->closed && at >= f->visible;
}

/* By argument info, kept registers and size: the same place in every list that fits. */
static bool param_settled(const struct search *s, size_t i, bool given)
{
	const struct fit *first = s->fits.data;

	if (s->exhausted)
		return false;
	for (size_t k = 0; k < s->fits.num; k++) {
		const struct fit *f = &s->fits.data[k];
		size_t at = given ? f->given[i] : i;

		if (may_move(s, f, at))
			return false;
		if (!same_slot(&f->layout.params[at], &first->layout.params[given ? first->given[i] : i]))
			return false;
	}
	return s->fits.num > 0;
}

static bool result_settled(const struct search *s, size_t i)
{
	const struct fit *first = s->fits.data;

	if (s->exhausted)
		return false;
	for (size_t k = 0; k < s->fits.num; k++)
		if (!s->fits.data[k].closed ||
		    !same_slot(&s->fits.data[k].layout.results[i], &first->layout.results[i]))
			return false;
	return s->fits.num > 0;
}

static bool own_place_agrees(const struct abi_facts *facts, const struct dwarf_param *p, const struct abi_slot *slot)
{
	return p && abi_compare_place(facts, p, slot) == ABI_AGREES;
}

static bool stack_only(const struct abi_facts *facts)
{
	return !facts->seq->num_ints && !facts->seq->num_floats;
}

/* With all on the stack, results end the argument area: its size tells where they begin. */
static bool settle_from_end(const struct search *s, struct abi_completed *c)
{
	int64_t begin = (int64_t)s->facts->total - c->layout.result_bytes;

	if (!stack_only(s->facts) || s->facts->results_unordered || s->facts->total < 0 || begin < 0 || begin % s->facts->arch->ptr_size)
		return false;
	for (size_t i = 0; i < s->facts->num_results; i++) {
		struct abi_slot *slot = &c->layout.results[i];

		slot->stack_off += (int32_t)(begin - c->layout.param_bytes);
		for (size_t k = 0; k < slot->num_pieces; k++)
			slot->pieces[k].where += (int32_t)(begin - c->layout.param_bytes);
		c->result_proved[i] = true;
	}
	return true;
}

/* Results are assigned afresh: in registers they depend on the results alone, which DWARF lists all. */
static void settle_results(const struct search *s, struct abi_completed *c)
{
	if (settle_from_end(s, c))
		return;
	for (size_t i = 0; i < s->facts->num_results; i++) {
		const struct abi_slot *slot = &c->layout.results[i];

		c->result_proved[i] = slot->in_regs || result_settled(s, i) ||
				      own_place_agrees(s->facts, s->facts->results[i], slot);
	}
}

static void settle_params(const struct search *s, bool given, struct abi_completed *c)
{
	for (size_t i = 0; i < c->num_inputs; i++) {
		const struct dwarf_param *p = c->inputs[i].dwarf;
		enum abi_agreement own = p ? abi_compare_place(s->facts, p, &c->layout.params[i]) : ABI_SILENT;

		c->places_agree += own == ABI_AGREES;
		c->places_disagree += own == ABI_DISAGREES;
		c->param_proved[i] = param_settled(s, i, given) || own == ABI_AGREES;
	}
}

/*
 * On the stack nothing fits between two neighbours that are known when the ones between fill the space: then
 * these are where they were assigned. The ends of the area are known too when its size agrees.
 */
static void settle_between(struct abi_completed *c)
{
	size_t begin = 0;
	int64_t at = 0;

	for (size_t i = 0; i <= c->num_inputs; i++) {
		bool last = i == c->num_inputs;
		int64_t next = last ? (int64_t)c->layout.param_bytes : c->layout.params[i].stack_off;
		int64_t sum = 0;

		if (last ? c->total != ABI_AGREES : !c->param_proved[i] || c->layout.params[i].in_regs)
			continue;
		for (size_t k = begin; k < i; k++)
			sum += (int64_t)gosym_type_size(c->layout.params[k].type);
		for (size_t k = begin; k < i && at + sum == next; k++)
			c->param_proved[k] = true;
		if (!last) {
			begin = i + 1;
			at = next + (int64_t)gosym_type_size(c->layout.params[i].type);
		}
	}
}

static struct gosym_error *alloc_completed(struct arena *arena, size_t num, size_t num_results,
					   struct abi_completed *c)
{
	c->inputs = arena_array(arena, num, sizeof(*c->inputs));
	c->layout.params = arena_array(arena, num, sizeof(*c->layout.params));
	c->layout.results = arena_array(arena, num_results, sizeof(*c->layout.results));
	c->param_proved = arena_array(arena, num, sizeof(*c->param_proved));
	c->result_proved = arena_array(arena, num_results, sizeof(*c->result_proved));
	c->num_inputs = c->layout.num_params = num;
	c->layout.num_results = num_results;
	if (!c->inputs || !c->layout.params || !c->layout.results || !c->param_proved || !c->result_proved)
		return gosym_nomem;
	return NULL;
}

/* Slots out of the scratch arena into the one that stays; types of added inputs stay behind. */
static struct gosym_error *copy_slot(struct arena *arena, const struct abi_slot *from, struct abi_slot *ret)
{
	*ret = *from;
	ret->pieces = arena_array(arena, from->num_pieces, sizeof(*ret->pieces));
	if (!ret->pieces)
		return gosym_nomem;
	if (from->num_pieces)
		memcpy(ret->pieces, from->pieces, from->num_pieces * sizeof(*ret->pieces));
	return NULL;
}

static struct gosym_error *copy_type(struct arena *arena, struct abi_completed *c, size_t i)
{
	struct gosym_type *t = arena_alloc(arena, sizeof(*t));

	if (!t)
		return gosym_nomem;
	*t = (struct gosym_type){ .name = "_", .size = gosym_type_size(c->inputs[i].type) };
	c->inputs[i].type = c->layout.params[i].type = t;
	return NULL;
}

static struct gosym_error *fill(const struct abi_input *inputs, const size_t *pick, const struct abi_layout *l,
				struct arena *arena, struct abi_completed *c)
{
	struct abi_slot *params = c->layout.params, *results = c->layout.results;
	size_t num = c->num_inputs;
	struct gosym_error *err = NULL;

	for (size_t i = 0; i < num && !err; i++) {
		size_t at = pick ? pick[i] : i;

		c->inputs[i] = inputs[at];
		err = copy_slot(arena, &l->params[at], &params[i]);
		if (!err && !inputs[at].dwarf && !inputs[at].hidden)
			err = copy_type(arena, c, i);
	}
	for (size_t i = 0; i < l->num_results && !err; i++)
		err = copy_slot(arena, &l->results[i], &results[i]);
	c->layout = *l;
	c->layout.params = params;
	c->layout.results = results;
	c->layout.num_params = num;
	return err;
}

static struct gosym_error *conclude(const struct search *s, const struct abi_layout *given, struct arena *arena,
				    struct abi_completed *c)
{
	const struct fit *f = s->fits.num ? &s->fits.data[0] : NULL;
	bool whole = f && same_alignment(s);
	struct gosym_error *err = alloc_completed(arena, whole ? f->num : s->num, s->facts->num_results, c);

	if (!err)
		err = fill(f ? f->inputs : s->inputs, f && !whole ? f->given : NULL,
			   f ? &f->layout : given, arena, c);
	if (err)
		return err;
	c->consistent = f != NULL;
	c->inferred = whole && f->num > s->num;
	c->ambiguous = f && !whole;
	c->args = f ? f->args : ABI_SILENT;
	c->spill = f ? f->spill : ABI_SILENT;
	c->total = f ? f->total : compare_total(s->facts, given);
	c->listed = s->facts->listed && f && f->num == s->num;
	settle_params(s, !whole, c);
	settle_results(s, c);
	if (f && s->fits.num == 1 && stack_only(s->facts))
		settle_between(c);
	return NULL;
}

struct gosym_error *abi_complete(const struct abi_facts *facts, const struct abi_input *inputs, size_t num,
				 struct arena *arena, struct abi_completed *ret)
{
	struct arena scratch = { 0 };
	struct search *s = calloc(1, sizeof(*s));
	struct abi_layout given;
	struct gosym_error *err;

	if (!s)
		return gosym_nomem;
	*s = (struct search){ .facts = facts, .inputs = inputs, .num = num, .arena = &scratch };
	memset(ret, 0, sizeof(*ret));
	err = abi_assign_inputs(facts, inputs, num, &scratch, &given);
	if (!err)
		err = find_fits(s, &given);
	if (!err)
		err = conclude(s, &given, arena, ret);
	vec_deinit(&s->fits);
	free(s);
	arena_deinit(&scratch);
	return err;
}

/* ------------------------------------------------------------- DWARF alone */

static void own_piece(const struct abi_facts *facts, const struct dwarf_piece *d, const struct abi_leaf *part,
		      struct gosym_piece *ret)
{
	*ret = (struct gosym_piece){ .offset = part->offset, .size = part->size };
	if (d->kind == DWARF_REG) {
		ret->place = GOSYM_IN_REG;
		ret->where = abi_reg_by_dwarf(facts->arch, d->reg);
	} else {
		ret->place = GOSYM_ON_STACK;
		ret->where = (int32_t)cfa_to_sp(facts->arch, d->cfa_off);
	}
}

/* One piece for each part, in order and of its size: then the pieces are the parts. */
static bool pieces_are_parts(const struct dwarf_param *p, const struct abi_leaf *parts, size_t num)
{
	if (p->num_pieces != num)
		return false;
	for (size_t i = 0; i < num; i++)
		if (p->pieces[i].kind == DWARF_LOST || p->pieces[i].size != parts[i].size)
			return false;
	return true;
}

/* With register arguments, the stack location of what can come in registers may be its home for later. */
static bool is_entry_place(const struct abi_facts *facts, const struct dwarf_param *p, enum abi_leaves_kind kind)
{
	for (size_t i = 0; i < p->num_pieces; i++) {
		const struct dwarf_piece *d = &p->pieces[i];

		if (d->kind == DWARF_REG && (!p->at_entry || abi_reg_by_dwarf(facts->arch, d->reg) == REG_NONE))
			return false;
		if (d->kind == DWARF_CFA && !stack_only(facts) && kind == LEAVES_OK)
			return false;
	}
	return true;
}

/* One location for all of the function: the variable as a whole lies there. */
static bool is_home(const struct dwarf_param *p)
{
	return p->num_pieces == 1 && !p->at_entry && p->pieces[0].kind == DWARF_CFA;
}

struct gosym_error *abi_own_place(const struct abi_facts *facts, const struct dwarf_param *p, struct arena *arena,
				  struct gosym_piece **ret, size_t *ret_num)
{
	struct abi_leaf parts[MAX_LEAVES];
	struct gosym_piece *pieces;
	size_t num = 0;
	enum abi_leaves_kind kind = abi_leaves(p->type, facts->arch->ptr_size, parts, &num);

	*ret_num = 0;
	if (kind == LEAVES_ARRAY || kind == LEAVES_TOO_MANY || (kind == LEAVES_OK && is_home(p))) {
		parts[0] = (struct abi_leaf){ .size = (uint32_t)gosym_type_size(p->type) };
		num = 1;
	}
	if (kind == LEAVES_UNKNOWN || !pieces_are_parts(p, parts, num) || !is_entry_place(facts, p, kind))
		return NULL;
	pieces = arena_array(arena, num, sizeof(*pieces));
	if (!pieces)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		own_piece(facts, &p->pieces[i], &parts[i], &pieces[i]);
	*ret = pieces;
	*ret_num = num;
	return NULL;
}
