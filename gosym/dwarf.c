// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Functions and their parameters out of DWARF, as the Go compiler and linker write it
 * (src/cmd/internal/dwarf/dwarf.go, src/cmd/link/internal/ld/dwarf.go).
 *
 * Go makes one unit per package. A question about a function reads the header and the top DIE of
 * every unit once, for their code ranges, then walks the top-level DIEs of the one unit that owns
 * the pc. A concrete function may have an abstract origin, in any unit, which then holds names and
 * types.
 *
 * What is kept of a location is only what holds at the function's first instruction. It is a claim
 * of the compiler, to be checked against the ABI's own rules, not the truth about registers.
 */
#include "config.h"

#include <limits.h>
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/dwarf_internal.h"

#define MAX_ORIGINS 8			/* abstract origins in a row; Go uses one */
#define MAX_PARAMS 4096

struct func_entry {
	uint64_t pc;
	const struct dwarf_func *func;
	UT_hash_handle hh;
};

DEFINE_CLEANUP(cleanup_rnglists_head, Dwarf_Rnglists_Head, if (*p) dwarf_dealloc_rnglists_head(*p))

/* ------------------------------------------------------------------- DIEs */

void dwarf_forget(struct dwarf *d, Dwarf_Error *err)
{
	if (*err)
		dwarf_dealloc_error(d->dbg, *err);
	*err = NULL;
}

static struct gosym_error *bad_dwarf(struct dwarf *d, uint64_t off, Dwarf_Error *dwerr)
{
	struct gosym_error *err = gosym_error_new(
		GOSYM_BAD_DATA, "%s: .debug_info+0x%llx: %s", elf_path(d->elf),
		(unsigned long long)off, *dwerr ? dwarf_errmsg(*dwerr) : "unreadable entry");

	dwarf_forget(d, dwerr);
	return err;
}

bool die_attr(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, Dwarf_Attribute *ret)
{
	Dwarf_Error err = NULL;
	int res = dwarf_attr(die, at, ret, &err);

	if (res == DW_DLV_ERROR)
		dwarf_forget(d, &err);
	return res == DW_DLV_OK;
}

static bool attr_unsigned(struct dwarf *d, Dwarf_Attribute attr, uint64_t *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned value = 0;
	Dwarf_Addr addr = 0;
	Dwarf_Half form = 0;
	int res = dwarf_whatform(attr, &form, &err);

	if (res == DW_DLV_OK) {
		/* DW_AT_go_runtime_type is an offset in the clothes of an address. */
		if (form == DW_FORM_addr || (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4) ||
		    form == DW_FORM_addrx) {
			res = dwarf_formaddr(attr, &addr, &err);
			value = addr;
		} else if (form == DW_FORM_sec_offset) {
			res = dwarf_global_formref(attr, &value, &err);
		} else {
			res = dwarf_formudata(attr, &value, &err);
		}
	}
	if (res == DW_DLV_ERROR)
		dwarf_forget(d, &err);
	*ret = value;
	return res == DW_DLV_OK;
}

bool die_unsigned(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, uint64_t *ret)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;

	return die_attr(d, die, at, &attr) && attr_unsigned(d, attr, ret);
}

bool die_flag(struct dwarf *d, Dwarf_Die die, Dwarf_Half at)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Error err = NULL;
	Dwarf_Bool flag = false;

	if (!die_attr(d, die, at, &attr))
		return false;
	if (dwarf_formflag(attr, &flag, &err) == DW_DLV_ERROR)
		dwarf_forget(d, &err);
	return flag;
}

bool die_ref(struct dwarf *d, Dwarf_Die die, Dwarf_Half at, uint64_t *ret)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Error err = NULL;
	Dwarf_Off off = 0;
	int res;

	if (!die_attr(d, die, at, &attr))
		return false;
	res = dwarf_global_formref(attr, &off, &err);
	if (res == DW_DLV_ERROR)
		dwarf_forget(d, &err);
	*ret = off;
	return res == DW_DLV_OK && off;
}

static const char *die_text(struct dwarf *d, Dwarf_Die die, Dwarf_Half at)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Error err = NULL;
	char *text = NULL;

	if (!die_attr(d, die, at, &attr))
		return NULL;
	if (dwarf_formstring(attr, &text, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return NULL;
	}
	return text;
}

const char *die_name(struct dwarf *d, Dwarf_Die die)
{
	return die_text(d, die, DW_AT_name);
}

uint64_t die_offset(struct dwarf *d, Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	Dwarf_Off off = 0;

	if (dwarf_dieoffset(die, &off, &err) != DW_DLV_OK)
		dwarf_forget(d, &err);
	return off;
}

unsigned die_tag(struct dwarf *d, Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	Dwarf_Half tag = 0;

	if (dwarf_tag(die, &tag, &err) != DW_DLV_OK)
		dwarf_forget(d, &err);
	return tag;
}

Dwarf_Die die_at(struct dwarf *d, uint64_t off)
{
	Dwarf_Error err = NULL;
	Dwarf_Die die = NULL;

	if (dwarf_offdie_b(d->dbg, off, true, &die, &err) == DW_DLV_OK)
		return die;
	dwarf_forget(d, &err);
	return NULL;
}

bool die_child(struct dwarf *d, Dwarf_Die parent, Dwarf_Die *ret)
{
	Dwarf_Error err = NULL;

	*ret = NULL;
	if (dwarf_child(parent, ret, &err) == DW_DLV_OK)
		return true;
	dwarf_forget(d, &err);
	return false;
}

bool die_next(struct dwarf *d, Dwarf_Die *die)
{
	Dwarf_Error err = NULL;
	Dwarf_Die next = NULL;
	int res = dwarf_siblingof_b(d->dbg, *die, true, &next, &err);

	dwarf_dealloc_die(*die);
	*die = NULL;
	if (res != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return false;
	}
	*die = next;
	return true;
}

/* ------------------------------------------------------------------ units */

/* "Go cmd/compile go1.23.5; -N -l regabi": options follow the semicolon. */
static bool producer_has(const char *producer, const char *token)
{
	const char *s = producer ? strchr(producer, ';') : NULL;
	size_t len = strlen(token);

	while (s && *s) {
		s += strspn(s, "; ");
		size_t word = strcspn(s, "; ");

		if (word == len && !memcmp(s, token, len))
			return true;
		s += word;
	}
	return false;
}

static bool range_add(struct dwarf_ranges *ret, size_t unit, uint64_t low, uint64_t high)
{
	struct unit_range *r;

	if (low >= high)
		return true;
	r = vec_append(ret);
	if (!r)
		return false;
	*r = (struct unit_range){ .low = low, .high = high, .unit = unit };
	return true;
}

/* DWARF 2-4: .debug_ranges, pairs relative to a base that starts as the unit's low_pc. */
static bool ranges_old(struct dwarf *d, size_t unit, Dwarf_Die die, uint64_t off, uint64_t base,
		       struct dwarf_ranges *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Ranges *list = NULL;
	Dwarf_Unsigned bytes;
	Dwarf_Signed num = 0;
	Dwarf_Off real;
	bool ok = true;

	if (dwarf_get_ranges_b(d->dbg, off, die, &real, &list, &num, &bytes, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return true;
	}
	for (Dwarf_Signed i = 0; ok && i < num && list[i].dwr_type != DW_RANGES_END; i++) {
		if (list[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
			base = list[i].dwr_addr2;
		else
			ok = range_add(ret, unit, base + list[i].dwr_addr1, base + list[i].dwr_addr2);
	}
#ifdef HAVE_STRUCT_DWARF_OBJ_ACCESS_INTERFACE_A_S
	dwarf_dealloc_ranges(d->dbg, list, num);
#else
	dwarf_ranges_dealloc(d->dbg, list, num);
#endif
	return ok;
}

/* DWARF 5: .debug_rnglists, which libdwarf turns into addresses. */
static bool ranges_new(struct dwarf *d, size_t unit, Dwarf_Attribute attr, uint64_t value,
		       struct dwarf_ranges *ret)
{
	_cleanup_(cleanup_rnglists_head) Dwarf_Rnglists_Head head = NULL;
	Dwarf_Error err = NULL;
	Dwarf_Unsigned num = 0, where, raw1, raw2, low, high;
	Dwarf_Bool unavailable;
	Dwarf_Half form = 0;
	unsigned len, kind;

	if (dwarf_whatform(attr, &form, &err) != DW_DLV_OK ||
	    dwarf_rnglists_get_rle_head(attr, form, value, &head, &num, &where, &err) !=
		    DW_DLV_OK) {
		dwarf_forget(d, &err);
		return true;
	}
	for (Dwarf_Unsigned i = 0; i < num; i++) {
		if (dwarf_get_rnglists_entry_fields_a(head, i, &len, &kind, &raw1, &raw2,
						      &unavailable, &low, &high,
						      &err) != DW_DLV_OK) {
			dwarf_forget(d, &err);
			return true;
		}
		if (kind == DW_RLE_end_of_list)
			break;
		if (kind == DW_RLE_base_address || kind == DW_RLE_base_addressx || unavailable)
			continue;
		if (!range_add(ret, unit, low, high))
			return false;
	}
	return true;
}

/* The end of a DIE's code; 0 if it does not say. */
static uint64_t die_high_pc(struct dwarf *d, Dwarf_Die die, uint64_t low)
{
	enum Dwarf_Form_Class class = DW_FORM_CLASS_UNKNOWN;
	Dwarf_Error err = NULL;
	Dwarf_Addr high = 0;
	Dwarf_Half form;

	if (dwarf_highpc_b(die, &high, &form, &class, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return 0;
	}
	return class == DW_FORM_CLASS_CONSTANT ? low + high : high;
}

bool die_ranges(struct dwarf *d, size_t unit, uint64_t base, Dwarf_Die die, struct dwarf_ranges *ret)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	uint64_t low = base, value;

	die_unsigned(d, die, DW_AT_low_pc, &low);
	if (!die_attr(d, die, DW_AT_ranges, &attr))
		return range_add(ret, unit, low, die_high_pc(d, die, low));
	if (!attr_unsigned(d, attr, &value))
		return true;
	if (d->units.data[unit].version >= 5)
		return ranges_new(d, unit, attr, value, ret);
	return ranges_old(d, unit, die, value, low, ret);
}

/* Reads the next unit's header and top DIE. *ret_more = false after the last. */
static struct gosym_error *unit_read_next(struct dwarf *d, bool *ret_more)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	Dwarf_Unsigned len, type_off, next = 0;
	Dwarf_Half version, addr_size, len_size, ext_size, kind;
	struct dwarf_unit *u;
	Dwarf_Off abbrev;
	Dwarf_Sig8 sig;
	Dwarf_Error err = NULL;
	uint64_t lang = 0;
	int res;

	res = dwarf_next_cu_header_d(d->dbg, true, &len, &version, &abbrev, &addr_size, &len_size,
				     &ext_size, &sig, &type_off, &next, &kind, &err);
	if (res == DW_DLV_OK)
		res = dwarf_siblingof_b(d->dbg, NULL, true, &die, &err);
	*ret_more = res == DW_DLV_OK;
	if (res != DW_DLV_OK) {
		d->units_done = true;
		/* Units before a damaged one are still good; none at all is an error. */
		if (res == DW_DLV_ERROR && !d->units.num)
			return bad_dwarf(d, 0, &err);
		dwarf_forget(d, &err);
		return NULL;
	}
	u = vec_append(&d->units);
	if (!u)
		return gosym_nomem;
	die_unsigned(d, die, DW_AT_language, &lang);
	u->die = die_offset(d, die);
	u->version = version;
	u->go = lang == LANG_GO;
	u->name = die_name(d, die);
	u->producer = die_text(d, die, DW_AT_producer);
	u->unoptimized = producer_has(u->producer, "-N");
	u->regabi = producer_has(u->producer, "regabi");
	if (u->go && !die_ranges(d, d->units.num - 1, 0, die, &d->ranges))
		return gosym_nomem;
	return NULL;
}

static int range_compare(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

struct gosym_error *dwarf_units_read(struct dwarf *d)
{
	struct gosym_error *err;
	bool more = !d->units_done;

	if (!more)
		return NULL;
	while (more) {
		err = unit_read_next(d, &more);
		if (err)
			return err;
	}
	if (d->ranges.num)
		qsort(d->ranges.data, d->ranges.num, sizeof(*d->ranges.data), range_compare);
	return NULL;
}

static struct dwarf_unit *unit_at(struct dwarf *d, uint64_t pc)
{
	size_t low = 0, high = d->ranges.num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->ranges.data[mid].low <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || pc >= d->ranges.data[low - 1].high)
		return NULL;
	return &d->units.data[d->ranges.data[low - 1].unit];
}

static int unit_func_compare(const void *a, const void *b)
{
	const struct unit_func *x = a, *y = b;

	return x->low_pc < y->low_pc ? -1 : x->low_pc > y->low_pc;
}

static struct gosym_error *unit_funcs_read(struct dwarf *d, struct dwarf_unit *u)
{
	_cleanup_die_ Dwarf_Die top = die_at(d, u->die), die = NULL;
	uint64_t low;

	u->funcs_read = true;
	if (!top)
		return NULL;
	for (bool more = die_child(d, top, &die); more; more = die_next(d, &die)) {
		struct unit_func *f;

		if (die_tag(d, die) != DW_TAG_subprogram ||
		    !die_unsigned(d, die, DW_AT_low_pc, &low))
			continue;
		f = vec_append(&u->funcs);
		if (!f)
			return gosym_nomem;
		*f = (struct unit_func){ .low_pc = low, .die = die_offset(d, die) };
	}
	if (u->funcs.num)
		qsort(u->funcs.data, u->funcs.num, sizeof(*u->funcs.data), unit_func_compare);
	return NULL;
}

/* -------------------------------------------------------------- locations */

/* The value an expression has built so far. */
struct expr {
	struct dwarf_piece cur;
	bool any, constant;
	int64_t value;			/* of a DW_OP_consts that waits for its DW_OP_plus */
};

static void expr_op(struct expr *x, unsigned op, int64_t arg, bool cfa_base)
{
	bool first = !x->any;

	x->any = true;
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31 && first) {
		x->cur.kind = DWARF_REG;
		x->cur.reg = (int32_t)(op - DW_OP_reg0);
	} else if (op == DW_OP_regx && first && arg >= 0 && arg <= INT_MAX) {
		x->cur.kind = DWARF_REG;
		x->cur.reg = (int32_t)arg;
	} else if (op == DW_OP_fbreg && first && cfa_base) {
		x->cur.kind = DWARF_CFA;
		x->cur.cfa_off = arg;
	} else if (op == DW_OP_call_frame_cfa && first) {
		x->cur.kind = DWARF_CFA;
	} else if (op == DW_OP_plus_uconst && x->cur.kind == DWARF_CFA) {
		x->cur.cfa_off = (int64_t)((uint64_t)x->cur.cfa_off + (uint64_t)arg);
	} else if (op == DW_OP_consts && x->cur.kind == DWARF_CFA && !x->constant) {
		x->constant = true;
		x->value = arg;
	} else if (op == DW_OP_plus && x->constant) {
		x->constant = false;
		x->cur.cfa_off = (int64_t)((uint64_t)x->cur.cfa_off + (uint64_t)x->value);
	} else {
		x->cur.kind = DWARF_LOST;
	}
}

static bool piece_add(struct dwarf_piece_vec *v, struct expr *x, uint64_t size, uint64_t *offset)
{
	struct dwarf_piece *p;

	if (x->constant)
		x->cur.kind = DWARF_LOST;
	if (size > UINT32_MAX || *offset > UINT32_MAX)
		return false;
	p = vec_append(v);
	if (!p)
		return false;
	*p = x->cur;
	p->offset = (uint32_t)*offset;
	p->size = (uint32_t)size;
	*offset += size;
	*x = (struct expr){ .cur.kind = DWARF_LOST };
	return true;
}

/* DWARF 5, 2.6: simple locations, each followed by DW_OP_piece; a lone one needs none. */
bool dwarf_expr_pieces(struct dwarf *d, Dwarf_Locdesc_c desc, uint64_t num_ops, uint64_t size,
		       bool cfa_base, struct dwarf_piece_vec *ret)
{
	struct expr x = { .cur.kind = DWARF_LOST };
	Dwarf_Unsigned a, b, c, branch;
	Dwarf_Error err = NULL;
	Dwarf_Small op;
	uint64_t offset = 0;

	for (uint64_t i = 0; i < num_ops; i++) {
		if (dwarf_get_location_op_value_c(desc, i, &op, &a, &b, &c, &branch, &err) !=
		    DW_DLV_OK) {
			dwarf_forget(d, &err);
			return false;
		}
		if (op != DW_OP_piece)
			expr_op(&x, op, (int64_t)a, cfa_base);
		else if (!piece_add(ret, &x, a, &offset))
			return false;
	}
	if (x.any && !ret->num)
		return piece_add(ret, &x, size, &offset);
	/* A location behind the last piece belongs to nothing; pieces past the value are lies. */
	return !x.any && offset <= size;
}

bool dwarf_lle_is_range(unsigned lle)
{
	return lle == DW_LLE_start_end || lle == DW_LLE_start_length || lle == DW_LLE_offset_pair ||
	       lle == DW_LLE_startx_endx || lle == DW_LLE_startx_length;
}

/* The expression that holds at pc. *at_entry: by an entry of a list, not a single expression. */
static bool location_at(struct dwarf *d, Dwarf_Loc_Head_c head, uint64_t num, uint64_t pc,
			Dwarf_Locdesc_c *ret, uint64_t *ret_ops, bool *at_entry)
{
	Dwarf_Unsigned raw_low, raw_high, ops, expr_off, desc_off;
	Dwarf_Bool unavailable;
	Dwarf_Addr low, high;
	Dwarf_Small lle, source;
	Dwarf_Error err = NULL;

	for (uint64_t i = 0; i < num; i++) {
		if (dwarf_get_locdesc_entry_d(head, i, &lle, &raw_low, &raw_high, &unavailable,
					      &low, &high, &ops, ret, &source, &expr_off, &desc_off,
					      &err) != DW_DLV_OK) {
			dwarf_forget(d, &err);
			return false;
		}
		*ret_ops = ops;
		*at_entry = source != 0;	/* DW_LKIND_expression */
		if (!*at_entry)
			return true;
		if (dwarf_lle_is_range(lle) && !unavailable && pc >= low && pc < high)
			return true;
	}
	return false;
}

static struct gosym_error *param_location(struct dwarf *d, Dwarf_Die die, uint64_t pc,
					  bool cfa_base, struct dwarf_param *p)
{
	_cleanup_(cleanup_loc_head) Dwarf_Loc_Head_c head = NULL;
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Unsigned num = 0;
	Dwarf_Error err = NULL;
	Dwarf_Locdesc_c desc;
	struct dwarf_piece *copy;
	struct dwarf_piece_vec pieces = { 0 };
	bool at_entry;
	uint64_t ops;

	if (!p->type || !die_attr(d, die, DW_AT_location, &attr))
		return NULL;
	if (dwarf_get_loclist_c(attr, &head, &num, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return NULL;
	}
	if (!location_at(d, head, num, pc, &desc, &ops, &at_entry) ||
	    !dwarf_expr_pieces(d, desc, ops, p->type->size, cfa_base, &pieces)) {
		vec_deinit(&pieces);
		return NULL;
	}
	copy = arena_array(d->arena, pieces.num, sizeof(*copy));
	if (copy && pieces.num)
		memcpy(copy, pieces.data, pieces.num * sizeof(*copy));
	p->pieces = copy;
	p->num_pieces = pieces.num;
	p->at_entry = at_entry;
	vec_deinit(&pieces);
	return copy ? NULL : gosym_nomem;
}

/* -------------------------------------------------------------- functions */

/* A parameter on its way into struct dwarf_func: origin is the abstract DIE, 0 without. */
struct draft { struct dwarf_param param; uint64_t origin; };
typedef VEC(struct draft) draft_vec;

/* Follows DW_AT_abstract_origin. The caller owns *ret, NULL if there is no origin. */
uint64_t die_origin(struct dwarf *d, Dwarf_Die die, Dwarf_Die *ret)
{
	uint64_t off = 0;

	*ret = die_ref(d, die, DW_AT_abstract_origin, &off) ? die_at(d, off) : NULL;
	return *ret ? off : 0;
}

const char *die_name_through(struct dwarf *d, Dwarf_Die die, unsigned depth)
{
	_cleanup_die_ Dwarf_Die origin = NULL;
	const char *name = die_name(d, die);

	if (name || depth >= MAX_ORIGINS || !die_origin(d, die, &origin))
		return name;
	return die_name_through(d, origin, depth + 1);
}

void dwarf_param_describe(struct dwarf *d, Dwarf_Die die, struct dwarf_param *p, unsigned depth)
{
	_cleanup_die_ Dwarf_Die origin = NULL;
	uint64_t ref;

	if (!p->name)
		p->name = die_name(d, die);
	if (!p->type && die_ref(d, die, DW_AT_type, &ref))
		p->type = dwarf_type_at(d, ref, 0);
	p->result |= die_flag(d, die, DW_AT_variable_parameter);
	if (depth < MAX_ORIGINS && die_origin(d, die, &origin))
		dwarf_param_describe(d, origin, p, depth + 1);
}

static struct gosym_error *drafts_read(struct dwarf *d, Dwarf_Die func, uint64_t pc, bool cfa_base,
				       draft_vec *ret)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	struct gosym_error *err;

	for (bool more = die_child(d, func, &die); more; more = die_next(d, &die)) {
		struct draft *t;

		if (die_tag(d, die) != DW_TAG_formal_parameter)
			continue;
		if (ret->num >= MAX_PARAMS)
			return gosym_error_new(GOSYM_BAD_DATA,
					       "%s: .debug_info+0x%llx: more than %d parameters",
					       elf_path(d->elf),
					       (unsigned long long)die_offset(d, die), MAX_PARAMS);
		t = vec_append(ret);
		if (!t)
			return gosym_nomem;
		dwarf_param_describe(d, die, &t->param, 0);
		if (!die_ref(d, die, DW_AT_abstract_origin, &t->origin))
			t->origin = 0;
		err = param_location(d, die, pc, cfa_base, &t->param);
		if (err)
			return err;
	}
	return NULL;
}

static size_t draft_with_origin(const draft_vec *v, uint64_t origin)
{
	for (size_t i = 0; i < v->num; i++)
		if (v->data[i].origin == origin)
			return i;
	return SIZE_MAX;
}

/*
 * A concrete copy leaves out parameters it never uses, yet they take registers: put in those that
 * only the abstract function lists, each behind its neighbour there.
 */
static struct gosym_error *drafts_complete(struct dwarf *d, Dwarf_Die abstract, draft_vec *v)
{
	_cleanup_die_ Dwarf_Die die = NULL;
	size_t place = 0;

	for (bool more = die_child(d, abstract, &die); more; more = die_next(d, &die)) {
		uint64_t off = die_offset(d, die);
		size_t have = draft_with_origin(v, off);

		if (die_tag(d, die) != DW_TAG_formal_parameter)
			continue;
		if (have != SIZE_MAX) {
			place = have + 1;
			continue;
		}
		if (v->num >= MAX_PARAMS || !vec_append(v))
			return gosym_nomem;
		memmove(&v->data[place + 1], &v->data[place],
			(v->num - 1 - place) * sizeof(*v->data));
		v->data[place] = (struct draft){ .origin = off };
		dwarf_param_describe(d, die, &v->data[place].param, 0);
		place++;
	}
	return NULL;
}

/* Go up to 1.26 lists a result twice where defer keeps it on the stack: the first stays, with the
 * location of whichever has one. */
static bool draft_is_repeat(struct dwarf_param *params, size_t num, const struct dwarf_param *p)
{
	if (!p->result || !p->name)
		return false;
	for (size_t i = 0; i < num; i++) {
		if (!params[i].result || !params[i].name || strcmp(params[i].name, p->name))
			continue;
		if (!params[i].num_pieces) {
			params[i].pieces = p->pieces;
			params[i].num_pieces = p->num_pieces;
			params[i].at_entry = p->at_entry;
		}
		return true;
	}
	return false;
}

static struct gosym_error *drafts_finish(struct dwarf *d, const draft_vec *v, struct dwarf_func *f)
{
	struct dwarf_param *params = arena_array(d->arena, v->num, sizeof(*params));

	if (!params)
		return gosym_nomem;
	for (size_t i = 0; i < v->num; i++)
		if (!draft_is_repeat(params, f->num_params, &v->data[i].param))
			params[f->num_params++] = v->data[i].param;
	f->params = params;
	return NULL;
}

/* Whether fbreg counts from the CFA, as Go always says. */
bool dwarf_frame_base_is_cfa(struct dwarf *d, Dwarf_Die die)
{
	_cleanup_attr_ Dwarf_Attribute attr = NULL;
	Dwarf_Error err = NULL;
	Dwarf_Unsigned len = 0;
	Dwarf_Block *block = NULL;
	Dwarf_Ptr expr = NULL;
	bool is;

	if (!die_attr(d, die, DW_AT_frame_base, &attr))
		return false;
	if (dwarf_formexprloc(attr, &len, &expr, &err) == DW_DLV_OK)
		return len == 1 && *(const uint8_t *)expr == DW_OP_call_frame_cfa;
	dwarf_forget(d, &err);
	if (dwarf_formblock(attr, &block, &err) != DW_DLV_OK) {
		dwarf_forget(d, &err);
		return false;
	}
	is = block->bl_len == 1 && *(const uint8_t *)block->bl_data == DW_OP_call_frame_cfa;
	dwarf_dealloc(d->dbg, block, DW_DLA_BLOCK);
	return is;
}

static struct gosym_error *func_read(struct dwarf *d, const struct dwarf_unit *u,
				     const struct unit_func *at, struct dwarf_func *f)
{
	_cleanup_die_ Dwarf_Die die = die_at(d, at->die), origin = NULL;
	struct gosym_error *err;
	draft_vec drafts = { 0 };
	Dwarf_Error none = NULL;
	uint64_t line = 0;

	if (!die)
		return bad_dwarf(d, at->die, &none);
	die_origin(d, die, &origin);
	f->name = die_name_through(d, die, 0);
	f->low_pc = at->low_pc;
	f->high_pc = die_high_pc(d, die, at->low_pc);
	f->unoptimized = u->unoptimized;
	f->regabi = u->regabi;
	if (die_unsigned(d, die, DW_AT_decl_line, &line) ||
	    (origin && die_unsigned(d, origin, DW_AT_decl_line, &line)))
		f->decl_line = line <= UINT_MAX ? (unsigned)line : 0;
	err = drafts_read(d, die, at->low_pc, dwarf_frame_base_is_cfa(d, die), &drafts);
	if (!err && origin)
		err = drafts_complete(d, origin, &drafts);
	if (!err)
		err = drafts_finish(d, &drafts, f);
	vec_deinit(&drafts);
	return err;
}

static struct gosym_error *no_such_func(struct dwarf *d, uint64_t pc)
{
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: DWARF describes no Go function at 0x%llx",
			       elf_path(d->elf), (unsigned long long)pc);
}

struct gosym_error *dwarf_func_die(struct dwarf *d, uint64_t pc, const struct dwarf_unit **ret_unit,
				   const struct unit_func **ret)
{
	const struct unit_func key = { .low_pc = pc }, *at;
	struct gosym_error *err;
	struct dwarf_unit *u;

	err = dwarf_units_read(d);
	if (err)
		return err;
	u = unit_at(d, pc);
	if (!u)
		return no_such_func(d, pc);
	if (!u->funcs_read) {
		err = unit_funcs_read(d, u);
		if (err)
			return err;
	}
	at = u->funcs.num
		     ? bsearch(&key, u->funcs.data, u->funcs.num, sizeof(key), unit_func_compare)
		     : NULL;
	if (!at)
		return no_such_func(d, pc);
	*ret_unit = u;
	*ret = at;
	return NULL;
}

static struct gosym_error *func_find(struct dwarf *d, uint64_t pc, struct dwarf_func *f)
{
	const struct unit_func *at;
	const struct dwarf_unit *u;
	struct gosym_error *err = dwarf_func_die(d, pc, &u, &at);

	return err ? err : func_read(d, u, at, f);
}

struct gosym_error *dwarf_func_at(struct dwarf *d, uint64_t pc, const struct dwarf_func **ret)
{
	struct func_entry *entry;
	struct gosym_error *err;
	struct dwarf_func *f;

	HASH_FIND(hh, d->funcs, &pc, sizeof(pc), entry);
	if (entry) {
		*ret = entry->func;
		return NULL;
	}
	f = arena_alloc(d->arena, sizeof(*f));
	entry = arena_alloc(d->arena, sizeof(*entry));
	if (!f || !entry)
		return gosym_nomem;
	err = func_find(d, pc, f);
	if (err)
		return err;
	entry->pc = pc;
	entry->func = f;
	HASH_ADD(hh, d->funcs, pc, sizeof(pc), entry);
	*ret = f;
	return NULL;
}

/* ------------------------------------------------------------ the reader */

struct gosym_error *dwarf_open(struct elf_file *e, struct arena *a, unsigned max_align,
			       uint64_t types_base, struct dwarf **ret)
{
	struct dwarf *d = calloc(1, sizeof(*d));
	struct gosym_error *err;

	if (!d)
		return gosym_nomem;
	err = dwarf_load_open(e, &d->load, &d->dbg);
	if (err) {
		free(d);
		return err;
	}
	d->elf = e;
	d->arena = a;
	d->ptr_size = elf_ptr_size(e);
	d->max_align = max_align;
	d->types_base = types_base;
	d->source = (struct type_source){ .reader = d, .resolve = dwarf_type_resolve,
					 .evidence = GOSYM_FROM_DWARF };
	*ret = d;
	return NULL;
}

void dwarf_close(struct dwarf *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->units.num; i++) {
		vec_deinit(&d->units.data[i].funcs);
		vec_deinit(&d->units.data[i].types);
	}
	vec_deinit(&d->units);
	vec_deinit(&d->ranges);
	HASH_CLEAR(hh, d->funcs);
	dwarf_types_deinit(d);
	dwarf_load_close(d->load, d->dbg);
	free(d);
}

struct gosym_error *dwarf_summary(struct dwarf *d, unsigned *version, const char **producer)
{
	struct gosym_error *err;
	bool more = true;

	for (size_t i = 0; more; i++) {
		if (i >= d->units.num) {
			more = !d->units_done;
			err = more ? unit_read_next(d, &more) : NULL;
			if (err)
				return err;
		}
		if (i < d->units.num && d->units.data[i].go) {
			*version = d->units.data[i].version;
			*producer = d->units.data[i].producer;
			return NULL;
		}
	}
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: DWARF has no Go unit", elf_path(d->elf));
}
