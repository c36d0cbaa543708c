// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Inlined calls out of DWARF: DW_TAG_inlined_subroutine below the function that holds the code
 * (src/cmd/compile/internal/dwarfgen/dwinl.go). Names and types are in the abstract function, in whatever unit;
 * a call's code is what its ranges have and those of the calls inlined into it. Parameters of which nothing is left are only in the
 * abstract function.
 *
 * Only the one function's DIEs are walked: who wants all copies of a function knows from the inline trees of the
 * function table which functions hold them.
 */
#include "config.h"

#include <string.h>

#include "gosym/dwarf_internal.h"

enum { MAX_NESTED = 200, MAX_VARS = 1024, MAX_PLACES = 100000 };

struct search {
	struct dwarf *d;
	size_t unit;
	uint64_t base;			/* low_pc of the unit */
	const char *name;
	uint64_t addr;
	uint64_t found;			/* DIE; 0 none */
	size_t num;
	bool nomem;
};

/* The function table up to Go 1.20 has "F[...]" where DWARF tells the instance. */
static bool same_name(const char *a, const char *b)
{
	size_t la = strcspn(a, "["), lb = strcspn(b, "[");

	return !strcmp(a, b) || (la == lb && a[la] && b[lb] && !memcmp(a, b, la));
}

static bool has_code_at(struct search *s, Dwarf_Die die)
{
	struct dwarf_ranges ranges = { .num = 0 };
	bool has = false;

	s->nomem |= !die_ranges(s->d, s->unit, s->base, die, &ranges);
	for (size_t i = 0; i < ranges.num && !has; i++)
		has = s->addr >= ranges.data[i].low && s->addr < ranges.data[i].high;
	free(ranges.data);
	return has;
}

/* Whether something below has code at the address. In old releases a call's ranges leave out those of calls inlined
 * into it. */
static bool find_below(struct search *s, Dwarf_Die parent, unsigned depth)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	bool any = false;

	for (bool more = die_child(s->d, parent, &die); more && !s->nomem; more = die_next(s->d, &die)) {
		unsigned tag = die_tag(s->d, die);
		const char *name;
		bool has;

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block)
			continue;
		has = depth < MAX_NESTED && find_below(s, die, depth + 1);
		if (tag == DW_TAG_inlined_subroutine) {
			has |= has_code_at(s, die);
			name = has ? die_name_through(s->d, die, 0) : NULL;
			if (name && same_name(name, s->name)) {
				s->found = die_offset(s->d, die);
				s->num++;
			}
		}
		any |= has;
	}
	return any;
}

typedef VEC(struct dwarf_place) place_vec;

static struct gosym_error *place_add(struct dwarf *d, Dwarf_Locdesc_c desc, uint64_t ops, uint64_t low, uint64_t high,
				     uint64_t size, bool cfa_base, place_vec *ret)
{
	struct dwarf_piece_vec pieces = { 0 };
	struct gosym_error *err = NULL;
	struct dwarf_piece *copy;
	struct dwarf_place *p;

	/* What cannot be understood still ends what was before it. */
	if (!dwarf_expr_pieces(d, desc, ops, size, cfa_base, &pieces))
		pieces.num = 0;
	copy = arena_array(d->arena, pieces.num ? pieces.num : 1, sizeof(*copy));
	p = vec_append(ret);
	if (copy && p) {
		if (pieces.num)
			memcpy(copy, pieces.data, pieces.num * sizeof(*copy));
		*p = (struct dwarf_place){ low, high, copy, pieces.num };
	} else {
		err = gosym_nomem;
	}
	vec_deinit(&pieces);
	return err;
}

static struct gosym_error *places_read(struct dwarf *d, Dwarf_Die die, uint64_t size, bool cfa_base, place_vec *ret)
{
	_cleanup_(cleanup_loc_head) Dwarf_Loc_Head_c head = NULL;
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Unsigned num = 0, raw_low, raw_high, ops, expr_off, desc_off;
	Dwarf_Small lle, source;
	Dwarf_Bool unavailable;
	Dwarf_Error dwerr = NULL;
	Dwarf_Locdesc_c desc;
	Dwarf_Addr low, high;

	if (!die_attr(d, die, DW_AT_location, &attr))
		return NULL;
	if (dwarf_get_loclist_c(attr, &head, &num, &dwerr) != DW_DLV_OK) {
		dwarf_forget(d, &dwerr);
		return NULL;
	}
	for (Dwarf_Unsigned i = 0; i < num && i < MAX_PLACES; i++) {
		struct gosym_error *err;
		bool always;

		if (dwarf_get_locdesc_entry_d(head, i, &lle, &raw_low, &raw_high, &unavailable, &low, &high, &ops,
					      &desc, &source, &expr_off, &desc_off, &dwerr) != DW_DLV_OK) {
			dwarf_forget(d, &dwerr);
			return NULL;
		}
		always = !source;	/* DW_LKIND_expression */
		if (!always && (!dwarf_lle_is_range(lle) || unavailable))
			continue;
		err = place_add(d, desc, ops, always ? 0 : low, always ? UINT64_MAX : high, size, cfa_base, ret);
		if (err)
			return err;
	}
	return NULL;
}

/* The concrete parameter of an abstract one, below the call's DIE. */
static struct gosym_error *var_locate(struct dwarf *d, Dwarf_Die call, uint64_t origin, bool cfa_base,
				      struct dwarf_var *var)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	place_vec places = { 0 };
	struct gosym_error *err = NULL;
	struct dwarf_place *copy;
	uint64_t off;

	for (bool more = die_child(d, call, &die); more && !err; more = die_next(d, &die))
		if (die_tag(d, die) == DW_TAG_formal_parameter &&
		    die_ref(d, die, DW_AT_abstract_origin, &off) && off == origin)
			err = places_read(d, die, var->type->size, cfa_base, &places);
	copy = arena_array(d->arena, places.num ? places.num : 1, sizeof(*copy));
	if (copy && places.num)
		memcpy(copy, places.data, places.num * sizeof(*copy));
	var->places = copy;
	var->num_places = places.num;
	vec_deinit(&places);
	return err || copy ? err : gosym_nomem;
}

typedef VEC(struct dwarf_var) var_vec;

static struct gosym_error *vars_collect(struct dwarf *d, Dwarf_Die call, bool cfa_base, var_vec *ret)
{
	_cleanup_die_ Dwarf_Die abstract = NULL, die = NULL;
	struct gosym_error *err = NULL;

	die_origin(d, call, &abstract);
	for (bool more = abstract && die_child(d, abstract, &die); more && !err && ret->num < MAX_VARS;
	     more = die_next(d, &die)) {
		struct dwarf_param p = { .name = NULL };
		struct dwarf_var *var;

		if (die_tag(d, die) != DW_TAG_formal_parameter)
			continue;
		dwarf_param_describe(d, die, &p, 0);
		if (p.result)
			continue;
		var = vec_append(ret);
		if (!var)
			return gosym_nomem;
		*var = (struct dwarf_var){ .name = p.name, .type = p.type };
		if (p.type)
			err = var_locate(d, call, die_offset(d, die), cfa_base, var);
	}
	return err;
}

static struct gosym_error *vars_read(struct dwarf *d, Dwarf_Die call, bool cfa_base, const struct dwarf_var **ret,
				     size_t *num_ret)
{
	var_vec vars = { 0 };
	struct gosym_error *err = vars_collect(d, call, cfa_base, &vars);
	struct dwarf_var *copy = arena_array(d->arena, vars.num ? vars.num : 1, sizeof(*copy));

	if (copy && vars.num)
		memcpy(copy, vars.data, vars.num * sizeof(*copy));
	*ret = copy;
	*num_ret = vars.num;
	vec_deinit(&vars);
	return err || copy ? err : gosym_nomem;
}

struct gosym_error *dwarf_inlined_at(struct dwarf *d, uint64_t pc, const char *name, uint64_t addr,
				     const struct dwarf_var **ret, size_t *num_ret)
{
	_cleanup_die_ Dwarf_Die func = NULL, top = NULL, call = NULL;
	struct search s = { .d = d, .name = name, .addr = addr };
	const struct dwarf_unit *u;
	const struct unit_func *at;
	struct gosym_error *err = dwarf_func_die(d, pc, &u, &at);

	if (err)
		return err;
	top = die_at(d, u->die);
	func = die_at(d, at->die);
	s.unit = (size_t)(u - d->units.data);
	if (top)
		die_unsigned(d, top, DW_AT_low_pc, &s.base);
	if (func)
		find_below(&s, func, 0);
	if (s.nomem)
		return gosym_nomem;
	call = s.num == 1 ? die_at(d, s.found) : NULL;
	if (!call)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: DWARF tells of %zu inlined calls of %s at 0x%llx",
				       elf_path(d->elf), s.num, name, (unsigned long long)addr);
	return vars_read(d, call, dwarf_frame_base_is_cfa(d, func), ret, num_ret);
}
