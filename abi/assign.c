// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Which register or stack slot each argument and result takes: src/cmd/compile/abi-internal.md, "Function call
 * argument and result passing"; the compiler's own is cmd/compile/internal/abi/abiutils.go. The rules did
 * not change from Go 1.17 to 1.27, and with a sequence of no registers they are ABI0.
 *
 * A value goes into registers whole or not at all. It is taken apart into scalars (leaves), each of
 * which takes one register of its class, whatever its size; values that find no room, hold an array of two or
 * more elements, or have no size take a slot on the stack, and leave the registers to later ones:
 *
 *     func f(a uint8, b [2]uintptr, c string) (d string, e [2]int32)		amd64
 *
 *     a AX   c BX, CX   d AX, BX		from the args base:  b 0..15  e 16..23  spill: a 24  c 32..47
 *
 * The spill area is room for the callee to keep register arguments in; nothing is there at entry.
 */
#include "abi/assign.h"

enum {
	MAX_PARTS = 1 << 14,		/* of no size: a type made of more is nobody's */
	MAX_AREA = 1 << 30,		/* no frame is as large (cmd/compile/internal/ssagen: maxStackSize) */
};

struct splitter {
	struct abi_leaf *leaves;
	size_t num;
	uint64_t size;			/* of the whole: what sticks out of it is a lie of the file */
	unsigned ptr_size;
	unsigned parts;
};

static enum abi_leaves_kind split(struct splitter *s, const struct gosym_type *t, uint64_t offset);

static enum abi_leaves_kind add_leaf(struct splitter *s, uint64_t offset, uint64_t size, bool fp)
{
	if (s->num == MAX_LEAVES)
		return LEAVES_TOO_MANY;
	if (offset > s->size || size > s->size - offset)
		return LEAVES_UNKNOWN;
	s->leaves[s->num++] = (struct abi_leaf){ (uint32_t)offset, (uint32_t)size, fp };
	return LEAVES_OK;
}

/* Strings, slices, interfaces; integers wider than a register, low half first. */
static enum abi_leaves_kind split_words(struct splitter *s, uint64_t offset, unsigned count)
{
	enum abi_leaves_kind kind = LEAVES_OK;

	for (unsigned i = 0; i < count && kind == LEAVES_OK; i++)
		kind = add_leaf(s, offset + (uint64_t)i * s->ptr_size, s->ptr_size, false);
	return kind;
}

static enum abi_leaves_kind split_integer(struct splitter *s, uint64_t offset, uint64_t size)
{
	if (size > s->ptr_size)
		return split_words(s, offset, (unsigned)(size / s->ptr_size));
	return add_leaf(s, offset, size, false);
}

static enum abi_leaves_kind split_complex(struct splitter *s, uint64_t offset, uint64_t size)
{
	enum abi_leaves_kind kind = add_leaf(s, offset, size / 2, true);

	return kind == LEAVES_OK ? add_leaf(s, offset + size / 2, size / 2, true) : kind;
}

/* All fields, blank ones too: each takes its register. */
static enum abi_leaves_kind split_struct(struct splitter *s, const struct gosym_type *t, uint64_t offset)
{
	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);
		enum abi_leaves_kind kind = split(s, f->type, offset + f->offset);

		if (kind != LEAVES_OK)
			return kind;
	}
	return LEAVES_OK;
}

static enum abi_leaves_kind split_array(struct splitter *s, const struct gosym_type *t, uint64_t offset)
{
	switch (gosym_type_len(t)) {
	case 0:
		return LEAVES_OK;
	case 1:
		return split(s, gosym_type_elem(t), offset);
	default:
		return LEAVES_ARRAY;	/* also when its elements have no size */
	}
}

static enum abi_leaves_kind split(struct splitter *s, const struct gosym_type *t, uint64_t offset)
{
	if (!t)
		return LEAVES_UNKNOWN;
	if (++s->parts > MAX_PARTS)
		return LEAVES_UNKNOWN;
	switch (gosym_type_kind(t)) {
	case GOSYM_BOOL ... GOSYM_UINTPTR:
		return split_integer(s, offset, gosym_type_size(t));
	case GOSYM_FLOAT32:
	case GOSYM_FLOAT64:
		return add_leaf(s, offset, gosym_type_size(t), true);
	case GOSYM_COMPLEX64:
	case GOSYM_COMPLEX128:
		return split_complex(s, offset, gosym_type_size(t));
	case GOSYM_CHAN:
	case GOSYM_FUNC:
	case GOSYM_MAP:
	case GOSYM_POINTER:
	case GOSYM_UNSAFE_POINTER:
		return add_leaf(s, offset, s->ptr_size, false);
	case GOSYM_STRING:
	case GOSYM_INTERFACE:
		return split_words(s, offset, 2);
	case GOSYM_SLICE:
		return split_words(s, offset, 3);
	case GOSYM_STRUCT:
		return split_struct(s, t, offset);
	case GOSYM_ARRAY:
		return split_array(s, t, offset);
	case GOSYM_INVALID_KIND:
		break;
	}
	return LEAVES_UNKNOWN;
}

enum abi_leaves_kind abi_leaves(const struct gosym_type *t, unsigned ptr_size, struct abi_leaf leaves[MAX_LEAVES],
				size_t *ret_num)
{
	struct splitter s = { .leaves = leaves, .size = t ? gosym_type_size(t) : 0, .ptr_size = ptr_size };
	enum abi_leaves_kind kind = split(&s, t, 0);

	if (kind == LEAVES_OK)
		*ret_num = s.num;
	return kind;
}

struct assigner {
	const struct abi_arch *arch;
	const struct abi_sequence *seq;
	struct arena *arena;
	unsigned ints, floats;		/* registers taken so far */
	uint64_t stack, spill;		/* ends of the two areas so far, the spill area's from its own start */
};

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return to > 1 ? (n + to - 1) / to * to : n;
}

/* The next naturally aligned slot of an area. */
static int32_t next_slot(uint64_t *end, const struct gosym_type *t)
{
	uint64_t at = round_up(*end, gosym_type_align(t));

	*end = at + gosym_type_size(t);
	return (int32_t)at;
}

static struct gosym_error *unknown_type(const struct gosym_type *t)
{
	return gosym_error_new(GOSYM_UNSUPPORTED, "the parts of type %s are not known",
			       t && gosym_type_name(t) ? gosym_type_name(t) : "?");
}

/* Steps 1, 3 and 4: all leaves or none. *ret_num is 0 where the value does not fit. */
static struct gosym_error *take_registers(struct assigner *a, const struct gosym_type *t, struct abi_slot *slot)
{
	struct abi_leaf leaves[MAX_LEAVES];
	unsigned need_ints = 0, need_floats = 0;
	size_t num = 0;
	enum abi_leaves_kind kind = abi_leaves(t, a->arch->ptr_size, leaves, &num);

	if (kind == LEAVES_UNKNOWN)
		return unknown_type(t);
	if (kind != LEAVES_OK)
		return NULL;
	for (size_t i = 0; i < num; i++)
		*(leaves[i].fp ? &need_floats : &need_ints) += 1;
	if (need_ints > a->seq->num_ints - a->ints || need_floats > a->seq->num_floats - a->floats)
		return NULL;
	slot->pieces = arena_array(a->arena, num, sizeof(*slot->pieces));
	if (!slot->pieces)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		slot->pieces[i] = (struct gosym_piece){
			leaves[i].offset, leaves[i].size, GOSYM_IN_REG,
			leaves[i].fp ? a->seq->floats[a->floats++] : a->seq->ints[a->ints++],
		};
	slot->num_pieces = num;
	slot->in_regs = true;
	return NULL;
}

static struct gosym_error *take_stack(struct assigner *a, const struct gosym_type *t, struct abi_slot *slot)
{
	slot->stack_off = next_slot(&a->stack, t);
	if (!gosym_type_size(t))
		return NULL;
	slot->pieces = arena_array(a->arena, 1, sizeof(*slot->pieces));
	if (!slot->pieces)
		return gosym_nomem;
	slot->pieces[0] = (struct gosym_piece){ 0, (uint32_t)gosym_type_size(t), GOSYM_ON_STACK,
						a->arch->args_base + slot->stack_off };
	slot->num_pieces = 1;
	return NULL;
}

/* "Assigning a receiver, argument, or result V". Zero-size values go to the stack, where they align. */
static struct gosym_error *assign_value(struct assigner *a, const struct gosym_type *t, struct abi_slot *slot)
{
	struct gosym_error *err;

	if (!t || gosym_type_size(t) >= MAX_AREA || a->stack >= MAX_AREA)
		return unknown_type(t);
	slot->type = t;
	if (gosym_type_size(t)) {
		err = take_registers(a, t, slot);
		if (err || slot->in_regs)
			return err;
	}
	return take_stack(a, t, slot);
}

static struct gosym_error *assign_values(struct assigner *a, const struct gosym_type *const *types, size_t num,
					 struct abi_slot **ret)
{
	struct gosym_error *err;

	*ret = arena_array(a->arena, num, sizeof(**ret));
	if (!*ret)
		return gosym_nomem;
	a->ints = a->floats = 0;
	for (size_t i = 0; i < num; i++) {
		err = assign_value(a, types[i], &(*ret)[i]);
		if (err)
			return err;
	}
	a->stack = round_up(a->stack, a->arch->ptr_size);
	return NULL;
}

/* Register arguments, in order, each with its type's layout. */
static struct gosym_error *assign_spill_slots(struct assigner *a, struct abi_layout *l)
{
	for (size_t i = 0; i < l->num_params; i++) {
		struct abi_slot *slot = &l->params[i];

		if (!slot->in_regs)
			continue;
		if (a->stack + a->spill >= MAX_AREA)
			return unknown_type(slot->type);
		slot->stack_off = (int32_t)l->spill_off + next_slot(&a->spill, slot->type);
	}
	a->spill = round_up(a->spill, a->arch->ptr_size);
	return NULL;
}

struct gosym_error *abi_assign(const struct abi_arch *arch, const struct abi_sequence *seq, struct arena *arena,
			       const struct gosym_type *const *params, size_t num_params,
			       const struct gosym_type *const *results, size_t num_results, struct abi_layout *ret)
{
	struct assigner a = { .arch = arch, .seq = seq, .arena = arena };
	struct abi_layout l = { .num_params = num_params, .num_results = num_results };
	struct gosym_error *err = assign_values(&a, params, num_params, &l.params);

	if (err)
		return err;
	l.param_bytes = (uint32_t)a.stack;
	err = assign_values(&a, results, num_results, &l.results);
	if (err)
		return err;
	l.result_bytes = (uint32_t)a.stack - l.param_bytes;
	l.spill_off = (uint32_t)a.stack;
	err = assign_spill_slots(&a, &l);
	if (err)
		return err;
	l.total = (uint32_t)(a.stack + a.spill);
	*ret = l;
	return NULL;
}
