// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The signature of a function from the best source there is, and where each argument and result lives. Of methods
 * without DWARF locate_types.c knows more.
 *
 * DWARF gives names and types, the assignment algorithm (assign.c) the places, complete.c says which of them
 * are proved. Without DWARF, argument info gives sizes and slots, and the code that keeps registers while the stack
 * grows says which slot belongs to which register. Of a function without such code only what is surely on the
 * stack has a place: which register an argument takes depends on whether it is an integer or a float.
 */
#include <limits.h>
#include <string.h>

#include <uthash.h>

#include "abi/locate.h"
#include "abi/sites.h"
#include "gosym/cleanup.h"
#include "gosym/name.h"

/* ------------------------------------------------------------------- cache */

struct cached {
	const struct gosym_func *func;
	struct abi_signature *signature;
	UT_hash_handle hh;
};

struct cache { struct cached *entries; };

static void cache_destroy(void *data)
{
	struct cache *c = data;
	struct cached *e, *next;

	HASH_ITER(hh, c->entries, e, next) {
		HASH_DEL(c->entries, e);
		free(e);
	}
	free(c);
}

static struct cache *cache_of(struct gosym_binary *b)
{
	struct binary_ext *ext = &b->ext[EXT_ABI];

	if (!ext->data) {
		ext->data = calloc(1, sizeof(struct cache));
		ext->destroy = cache_destroy;
	}
	return ext->data;
}

static struct gosym_error *cache_add(struct cache *c, const struct gosym_func *f, struct abi_signature *sig)
{
	struct cached *e = calloc(1, sizeof(*e));

	if (!e)
		return gosym_nomem;
	e->func = f;
	e->signature = sig;
	HASH_ADD_PTR(c->entries, func, e);
	return NULL;
}

/* ------------------------------------------------------------ from DWARF */

/* A function being located. */
struct work {
	struct gosym_binary *b;
	const struct gosym_func *f;
	const struct dwarf_func *dwarf;
	struct go_name name;
	bool bracket;			/* '[' in the symbol's name */
	struct abi_facts facts;
	struct args_info args;
	struct spill_info spill;
	const char *args_problem;	/* why there is none, if it is broken */
	struct abi_input *inputs;
	const struct dwarf_param **results;
	size_t num_inputs;
	struct abi_signature *sig;
};

/* The releases from or up to which something holds: argument info for every function with inputs; blank
 * parameters in DWARF; results numbered together with parameters. */
enum { ARGS_SINCE = 17, LISTED_SINCE = 22, COUNTED_UNTIL = 17, RANGE_FUNC_SINCE = 23 };

enum { MAX_MOVED = 16 };		/* inputs of a function whose order is put right */

static const char dict_name[] = ".dict";
static const char made_receiver[] = ".this";	/* of a method the compiler made, where it is listed */

static const char no_place[] = "the file does not list blank parameters, and nothing else tells where this one is";
static const char contradiction[] = "what the file says about the arguments does not agree";
static const char unreadable[] = "its type cannot be read";
static const char no_register[] = "argument info does not tell which register";
static const char not_told[] = "argument info stops before its end";

static struct gosym_error *locate_by_argsinfo(struct work *w);

static bool is_dict(const struct dwarf_param *p)
{
	return p->name && !strcmp(p->name, dict_name);
}

static const struct gosym_type *dict_type(const struct work *w)
{
	return type_basic(GOSYM_UINTPTR, w->facts.arch->ptr_size);
}

static bool is_method(const struct go_name *n)
{
	return n->receiver.len && !n->closure && !n->method_value;
}

/* Where the dictionary of a generic function goes: first of all in 1.18 and 1.19, since then behind the receiver
 * (cmd/compile/internal/noder/reader.go). */
static size_t dict_position(const struct work *w)
{
	return is_method(&w->name) && goversion_at_least(&w->b->version, 20) ? 1 : 0;
}

/* Go 1.27 lists the dictionary. */
static const struct dwarf_param *find_dict(const struct work *w)
{
	for (size_t i = 0; i < w->dwarf->num_params; i++)
		if (is_dict(&w->dwarf->params[i]))
			return &w->dwarf->params[i];
	return NULL;
}

static void insert_dict(struct work *w, size_t at)
{
	if (at > w->num_inputs)
		at = w->num_inputs;
	memmove(&w->inputs[at + 1], &w->inputs[at], (w->num_inputs - at) * sizeof(*w->inputs));
	w->inputs[at] = (struct abi_input){ .type = dict_type(w), .dwarf = find_dict(w), .hidden = true };
	w->num_inputs++;
}

static void remove_dict(struct work *w, size_t at)
{
	w->num_inputs--;
	memmove(&w->inputs[at], &w->inputs[at + 1], (w->num_inputs - at) * sizeof(*w->inputs));
}

/* A method of an instance that the compiler made to call the one for its shape: it takes no dictionary. */
static bool wraps_instance(const struct work *w)
{
	return w->f->wrapper && !w->name.shape;
}

/* "(*T)" is T by pointer; T·1 is declared within a function. Of generic receivers only those of wrappers are plain:
 * the others come with a dictionary. */
static struct name_part receiver_name(const struct work *w, bool *ret_pointer)
{
	static const char local_mark[] = "\u00b7";
	struct name_part r = w->name.receiver;
	const char *local;

	*ret_pointer = r.len > 3 && !strncmp(r.s, "(*", 2);
	if (*ret_pointer)
		r = (struct name_part){ r.s + 2, r.len - 3 };
	if (memchr(r.s, '[', r.len))
		return wraps_instance(w) ? r : (struct name_part){ r.s, 0 };
	local = memmem(r.s, r.len, local_mark, strlen(local_mark));
	if (local)
		r.len = (size_t)(local - r.s);
	return r;
}

static bool is_named(const struct gosym_type *t, struct name_part name, bool pointer)
{
	const char *text = t ? gosym_type_name(t) : NULL;
	size_t len, name_from;

	if (!text || (text[0] == '*') != pointer)
		return false;
	/* Behind the package; the name itself may hold dots in its type arguments. */
	len = strlen(text);
	if (len <= name.len)
		return false;
	name_from = len - name.len;
	return text[name_from - 1] == '.' && !memcmp(text + name_from, name.s, name.len);
}

static const struct dwarf_param *first_input(const struct work *w)
{
	for (size_t i = 0; i < w->dwarf->num_params; i++)
		if (!w->dwarf->params[i].result)
			return &w->dwarf->params[i];
	return NULL;
}

static struct gosym_error *find_receiver_type(struct work *w, struct name_part name, const struct gosym_type **ret)
{
	_cleanup_free_ char *full = NULL;
	struct gosym_error *err;
	struct dwarf *d;

	if (asprintf(&full, "%.*s.%.*s", (int)w->name.package.len, w->name.package.s, (int)name.len, name.s) < 0)
		return gosym_nomem;
	err = binary_dwarf(w->b, &d);
	if (!err)
		err = dwarf_type_find(d, full, ret);
	if (!err || gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

static bool lies_first(const struct work *w, const struct dwarf_param *p)
{
	return p->num_pieces && p->pieces[0].kind != DWARF_REG &&
	       p->pieces[0].cfa_off == (w->facts.arch->link_register ? w->facts.arch->args_base : 0);
}

/* Up to 1.16 parameters without a location stand where one at offset 0 would: behind the others, if these lie below
 * (amd64), or before them (ppc64). A receiver of size 0 is one of them; any other may be behind one. */
static const struct dwarf_param *late_receiver(const struct work *w, struct name_part name, bool pointer)
{
	for (size_t i = 0; i < w->dwarf->num_params; i++) {
		const struct dwarf_param *p = &w->dwarf->params[i];

		if (!p->result && is_named(p->type, name, pointer) &&
		    (!gosym_type_size(p->type) || lies_first(w, p)))
			return p;
	}
	return NULL;
}

/* A receiver that DWARF does not list first, because it is blank (before 1.22), the compiler made the method or
 * it has no location: its type is in the function's name. */
static struct gosym_error *add_receiver(struct work *w, const struct dwarf_param **ret_late)
{
	const struct gosym_type *type = NULL;
	const struct dwarf_param *first = first_input(w);
	struct gosym_error *err = NULL;
	struct name_part name;
	bool pointer;

	if (!is_method(&w->name) || w->facts.listed)
		return NULL;
	name = receiver_name(w, &pointer);
	if (!name.len || (first && (is_named(first->type, name, pointer) ||
				    (first->name && !strcmp(first->name, made_receiver)))))
		return NULL;
	*ret_late = late_receiver(w, name, pointer);
	if (*ret_late)
		type = (*ret_late)->type;
	else if (pointer)
		type = type_basic(GOSYM_UNSAFE_POINTER, w->facts.arch->ptr_size);
	else
		err = find_receiver_type(w, name, &type);
	if (!err && type)
		w->inputs[w->num_inputs++] = (struct abi_input){ .type = type, .dwarf = *ret_late };
	return err;
}

static bool types_readable(const struct work *w)
{
	for (size_t i = 0; i < w->num_inputs; i++)
		if (!w->inputs[i].type)
			return false;
	for (size_t i = 0; i < w->facts.num_results; i++)
		if (!w->results[i]->type)
			return false;
	return true;
}

/* The K of an unnamed result's ~rK, rising in the signature's order; -1: it has a name. */
static long result_number(const struct dwarf_param *r)
{
	char *end;
	long n;

	if (!r->name || strncmp(r->name, "~r", 2) || r->name[2] < '0' || r->name[2] > '9')
		return -1;
	n = strtol(r->name + 2, &end, 10);
	return *end ? -1 : n;
}

/*
 * Up to Go 1.16 results of size 0 stand anywhere (cmd/compile/internal/gc/pgen.go: createDwarfVars). They take no
 * room, but their alignment moves what follows. The numbers of unnamed ones tell the order; named ones do not.
 */
static void order_results(struct work *w)
{
	if (goversion_at_least(&w->b->version, 17))
		return;
	for (size_t i = 0; i < w->facts.num_results; i++) {
		const struct dwarf_param *r = w->results[i];
		size_t at = i;

		if (result_number(r) < 0 && r->type && !gosym_type_size(r->type) && r->type->align > 1)
			w->facts.results_unordered = true;
		for (; at && result_number(w->results[at - 1]) > result_number(r) && result_number(r) >= 0; at--)
			w->results[at] = w->results[at - 1];
		w->results[at] = r;
	}
}

/* DWARF's parameters as inputs and results, with the receiver, without the dictionary. */
static struct gosym_error *collect(struct work *w)
{
	const struct dwarf_param *receiver = NULL;
	size_t num = w->dwarf->num_params;
	struct gosym_error *err;

	w->inputs = arena_array(&w->b->arena, num + 2, sizeof(*w->inputs));
	w->results = arena_array(&w->b->arena, num, sizeof(*w->results));
	if (!w->inputs || !w->results)
		return gosym_nomem;
	err = add_receiver(w, &receiver);
	if (err)
		return err;
	for (size_t i = 0; i < num; i++) {
		const struct dwarf_param *p = &w->dwarf->params[i];

		if (is_dict(p) || p == receiver)
			continue;
		if (p->result)
			w->results[w->facts.num_results++] = p;
		else
			w->inputs[w->num_inputs++] = (struct abi_input){ .type = p->type, .dwarf = p };
	}
	order_results(w);
	w->facts.results = w->results;
	return NULL;
}

/* Whether the dictionary, where it stands in the list, has the register or spill slot that DWARF gives it. */
static struct gosym_error *dict_fits(struct work *w, size_t at, bool *ret)
{
	const struct dwarf_param *p = w->inputs[at].dwarf;
	const struct dwarf_piece *d = p->num_pieces == 1 ? &p->pieces[0] : NULL;
	int64_t base = w->facts.arch->link_register ? w->facts.arch->args_base : 0;
	struct abi_layout l;
	struct gosym_error *err = abi_assign_inputs(&w->facts, w->inputs, w->num_inputs, &w->b->arena, &l);

	*ret = false;
	if (err || !d)
		return err;
	if (d->kind == DWARF_REG)
		*ret = abi_compare_place(&w->facts, p, &l.params[at]) == ABI_AGREES;
	else if (d->kind == DWARF_CFA)
		*ret = l.params[at].stack_off == d->cfa_off - base;
	return NULL;
}

/* Go 1.27 has the dictionary in DWARF, but not always in its order: behind the results, and that of a closure which
 * takes what it captured as parameters among these. Its place tells the position. */
static struct gosym_error *place_dict(struct work *w)
{
	const struct dwarf_param *p = find_dict(w);
	struct gosym_error *err;
	bool fits;

	if (!p || !types_readable(w)) {
		if (w->name.shape)
			insert_dict(w, dict_position(w));
		return NULL;
	}
	for (size_t at = 0; at <= w->num_inputs; at++) {
		insert_dict(w, at);
		err = dict_fits(w, at, &fits);
		if (err || fits)
			return err;
		remove_dict(w, at);
	}
	insert_dict(w, dict_position(w));
	return NULL;
}

/* Up to Go 1.17 an unnamed result is called ~rK, K counting the parameters before it too, but not the receiver. A
 * closure's captured variables may be inputs as well. */
static bool counted_by_result(const struct work *w)
{
	const struct dwarf_param *r = w->facts.num_results ? w->results[0] : NULL;
	char *end;

	if (!r || !r->name || strncmp(r->name, "~r", 2) || w->name.closure ||
	    goversion_at_least(&w->b->version, COUNTED_UNTIL + 1))
		return false;
	return strtoul(r->name + 2, &end, 10) + is_method(&w->name) == w->num_inputs && !*end;
}

/* Names DWARF makes up: ~pK (Go 1.22+) and, for blank results up to 1.21, ~bK. */
static bool made_up(const char *name, char letter)
{
	return name && name[0] == '~' && name[1] == letter;
}

static struct gosym_param param_of(const struct gosym_type *type, const struct abi_slot *slot)
{
	return (struct gosym_param){
		.name = "_", .type = type, .size = type ? gosym_type_size(type) : 0, .blank = true,
		.pieces = slot ? slot->pieces : NULL, .num_pieces = slot ? slot->num_pieces : 0,
	};
}

static void set_name(struct gosym_param *p, const char *name, char letter)
{
	/* ".this" is the receiver of a method the compiler made. */
	if (!name || made_up(name, letter) || !strcmp(name, "_") || name[0] == '.')
		return;
	p->name = name;
	p->blank = false;
}

/* No proof for the assigned place: what DWARF itself says about the first instruction, or nothing. */
static struct gosym_error *use_own_place(struct work *w, const struct dwarf_param *d, const char *why,
					 struct gosym_param *p)
{
	struct gosym_piece *pieces = NULL;
	struct gosym_error *err = NULL;
	size_t num = 0;

	if (d && d->type && !d->result)
		err = abi_own_place(&w->facts, d, &w->b->arena, &pieces, &num);
	p->pieces = pieces;
	p->num_pieces = num;
	if (!num && p->size)
		p->missing = why;
	return err;
}

/* DWARF's place of a result is its home in the frame; in the caller's frame, behind the arguments, it is where
 * the result is handed over. */
static void use_own_result(struct work *w, const struct dwarf_param *d, const struct abi_slot *slot,
			   struct gosym_param *p)
{
	const struct dwarf_piece *piece = d->num_pieces == 1 ? &d->pieces[0] : NULL;
	int64_t base = w->facts.arch->link_register ? w->facts.arch->args_base : 0;

	p->pieces = NULL;
	p->num_pieces = 0;
	if (slot && slot->num_pieces == 1 && piece && piece->kind == DWARF_CFA && !piece->offset &&
	    piece->cfa_off >= base && piece->cfa_off < INT32_MAX / 2) {
		slot->pieces[0].where = (int32_t)(piece->cfa_off - base) + w->facts.arch->args_base;
		p->pieces = slot->pieces;
		p->num_pieces = 1;
	} else if (p->size) {
		p->missing = no_place;
	}
}

static const char *why_missing(const struct work *w)
{
	return w->sig->list.consistent ? no_place : contradiction;
}

static int sequence_index(const int8_t *regs, unsigned num, int32_t reg)
{
	for (unsigned i = 0; i < num; i++)
		if (regs[i] == reg)
			return (int)i;
	return -1;
}

/* Where a piece stands among those of its kind: integer and float registers, stack. */
struct position { unsigned kind; int32_t at, end; };

static struct position position_of(const struct abi_sequence *seq, const struct gosym_piece *p)
{
	int at;

	if (p->place == GOSYM_ON_STACK)
		return (struct position){ 2, p->where, p->where + (int32_t)p->size };
	at = sequence_index(seq->ints, seq->num_ints, p->where);
	if (at >= 0)
		return (struct position){ 0, at, at + 1 };
	at = sequence_index(seq->floats, seq->num_floats, p->where);
	return (struct position){ 1, at, at + 1 };
}

/* Places DWARF gives must at least be possible: rising through each sequence, and the parts of one value next
 * to each other. A place that repeats or goes back belongs to some later state of the function. */
static bool places_rise(const struct work *w, const struct gosym_param *params, size_t num)
{
	int32_t last[3] = { 0, 0, 0 };

	for (size_t i = 0; i < num; i++) {
		for (size_t k = 0; k < params[i].num_pieces; k++) {
			const struct gosym_piece *p = &params[i].pieces[k];
			struct position at = position_of(w->facts.seq, p);

			if (at.at < last[at.kind])
				return false;
			if (k && p->place == GOSYM_ON_STACK && p->where - p[-1].where != (int32_t)(p->offset - p[-1].offset))
				return false;
			last[at.kind] = at.end;
		}
	}
	return true;
}

static void distrust_places(struct gosym_param *params, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		params[i].pieces = NULL;
		params[i].num_pieces = 0;
		if (params[i].size)
			params[i].missing = contradiction;
	}
}

static struct gosym_error *publish_inputs(struct work *w, struct gosym_param *params)
{
	const struct abi_completed *list = &w->sig->list;

	for (size_t i = 0; i < list->num_inputs; i++) {
		const struct abi_input *in = &list->inputs[i];
		struct gosym_param p = param_of(in->type, &list->layout.params[i]);
		struct gosym_error *err = NULL;

		p.hidden = in->hidden;
		if (in->hidden)
			p.name = dict_name;
		else if (in->dwarf)
			set_name(&p, in->dwarf->name, 'p');
		if (!list->param_proved[i] && p.size)
			err = use_own_place(w, in->dwarf, why_missing(w), &p);
		if (err)
			return err;
		params[i] = p;
	}
	if (!places_rise(w, params, list->num_inputs))
		distrust_places(params, list->num_inputs);
	w->sig->pub.params = params;
	w->sig->pub.num_params = list->num_inputs;
	return NULL;
}

static void publish_results(struct work *w, struct gosym_param *results)
{
	const struct abi_completed *list = &w->sig->list;

	for (size_t i = 0; i < w->facts.num_results; i++) {
		const struct dwarf_param *d = w->results[i];
		const struct abi_slot *slot = &list->layout.results[i];
		struct gosym_param r = param_of(d->type, slot);

		set_name(&r, d->name, 'b');
		if (!list->result_proved[i] && r.size)
			use_own_result(w, d, slot, &r);
		results[i] = r;
	}
	w->sig->pub.results = results;
	w->sig->pub.num_results = w->facts.num_results;
}

/* "argument info, size of the argument area and 3 entry locations agree" */
static const char *describe_proof(struct work *w)
{
	const struct abi_completed *list = &w->sig->list;
	const char *parts[5], *text;
	size_t num = 0;

	if (!list->consistent)
		return list->places_agree ? "entry locations in DWARF" : NULL;
	if (list->listed)
		parts[num++] = "DWARF's complete list";
	if (list->args == ABI_AGREES)
		parts[num++] = w->facts.args ? "argument info" : "the absence of argument info";
	if (list->spill == ABI_AGREES)
		parts[num++] = "the registers kept when the stack grows";
	if (list->total == ABI_AGREES)
		parts[num++] = "the size of the argument area";
	if (list->places_agree)
		parts[num++] = "entry locations";
	text = num ? parts[0] : NULL;
	for (size_t i = 1; i < num && text; i++)
		text = arena_printf(&w->b->arena, "%s%s%s%s", text, i + 1 < num ? ", " : " and ", parts[i],
				    i + 1 < num ? "" : " agree");
	return text;
}

/* A function NAME.method-range1 of the same last component. */
static bool has_wrapped_range(struct gosym_binary *b, const struct gosym_func *f)
{
	const char *dot = strrchr(f->name, '.');
	size_t len = dot ? strlen(dot) : 0;

	for (size_t i = 0; len && i < gosym_func_count(b); i++) {
		const char *name = gosym_func_at(b, i)->name, *at = name ? strstr(name, dot) : NULL;

		if (at && !strcmp(at + len, "-range1"))
			return true;
	}
	return false;
}

bool abi_has_range_func(struct gosym_binary *b, const struct gosym_func *f, bool deep)
{
	_cleanup_error_ struct gosym_error *none = NULL;
	const struct gosym_func *body;
	char *name;

	if (!goversion_at_least(&b->version, RANGE_FUNC_SINCE) || !f->name)
		return false;
	if (strstr(f->name, "-range"))
		return true;
	name = arena_printf(&b->arena, "%s-range1", f->name);
	none = name ? gosym_func_find(b, name, &body) : NULL;
	return (name && !none) || (deep && f->wrapper && has_wrapped_range(b, f));
}

static const char *describe_note(struct work *w)
{
	const struct abi_completed *list = &w->sig->list;
	size_t missing = 0;

	for (size_t i = 0; i < w->sig->pub.num_params; i++)
		missing += w->sig->pub.params[i].missing != NULL;
	for (size_t i = 0; i < w->sig->pub.num_results; i++)
		missing += w->sig->pub.results[i].missing != NULL;
	if (!list->consistent)
		return contradiction;
	if (list->ambiguous)
		return "blank parameters that DWARF leaves out are not shown: their position is not known";
	if (!w->facts.num_results && abi_has_range_func(w->b, w->f, false))
		return "DWARF leaves out unnamed results of functions with range-over-func loops";
	if (missing)
		return "DWARF of this Go version leaves out blank parameters";
	if (list->inferred)
		return "blank parameters that DWARF leaves out were found by argument info";
	return NULL;
}

/* Whether this order puts every input with a location there, and fills the argument area. */
static struct gosym_error *order_fits(struct work *w, bool *ret)
{
	struct abi_layout l;
	struct gosym_error *err = abi_assign_inputs(&w->facts, w->inputs, w->num_inputs, &w->b->arena, &l);

	*ret = !err && w->facts.total >= 0 && (uint32_t)w->facts.total == l.total;
	for (size_t i = 0; i < w->num_inputs && *ret; i++) {
		const struct dwarf_param *p = w->inputs[i].dwarf;

		*ret = !p || abi_compare_place(&w->facts, p, &l.params[i]) != ABI_DISAGREES;
	}
	if (err && gosym_error_code(err) == GOSYM_UNSUPPORTED) {
		gosym_error_destroy(err);
		return NULL;
	}
	return err;
}

static void move_input(struct work *w, size_t from, size_t to)
{
	struct abi_input in = w->inputs[from];

	if (from < to)
		memmove(&w->inputs[from], &w->inputs[from + 1], (to - from) * sizeof(in));
	else
		memmove(&w->inputs[to + 1], &w->inputs[to], (from - to) * sizeof(in));
	w->inputs[to] = in;
}

/* Up to Go 1.16 an input without a location may stand anywhere in DWARF's order. If the order does not fit, and exactly
 * one other place of exactly one such input does, that is where it belongs. */
static struct gosym_error *place_unlocated(struct work *w)
{
	size_t num = 0, best_from = 0, best_to = 0;
	bool fits;
	struct gosym_error *err = order_fits(w, &fits);

	if (err || fits)
		return err;
	for (size_t from = 0; from < w->num_inputs; from++) {
		const struct dwarf_param *p = w->inputs[from].dwarf;

		if (!p || p->num_pieces || !gosym_type_size(p->type))
			continue;
		for (size_t to = 0; to < w->num_inputs && !err; to++) {
			move_input(w, from, to);
			err = order_fits(w, &fits);
			move_input(w, to, from);
			if (err || !fits || to == from)
				continue;
			num++;
			best_from = from;
			best_to = to;
		}
	}
	if (!err && num == 1)
		move_input(w, best_from, best_to);
	return err;
}

/* Types that cannot be read leave nothing to assign: each parameter stands for itself. */
static struct gosym_error *publish_unassigned(struct work *w, struct gosym_param *params, struct gosym_param *results)
{
	for (size_t i = 0; i < w->num_inputs; i++) {
		struct gosym_error *err;

		params[i] = param_of(w->inputs[i].type, NULL);
		params[i].hidden = w->inputs[i].hidden;
		set_name(&params[i], params[i].hidden ? dict_name : w->inputs[i].dwarf->name, 'p');
		err = use_own_place(w, w->inputs[i].dwarf, unreadable, &params[i]);
		if (err)
			return err;
		if (!params[i].num_pieces)
			params[i].missing = unreadable;
	}
	if (!places_rise(w, params, w->num_inputs))
		distrust_places(params, w->num_inputs);
	for (size_t i = 0; i < w->facts.num_results; i++) {
		results[i] = param_of(w->results[i]->type, NULL);
		set_name(&results[i], w->results[i]->name, 'b');
		results[i].missing = unreadable;
	}
	w->sig->pub.params = params;
	w->sig->pub.num_params = w->num_inputs;
	w->sig->pub.results = results;
	w->sig->pub.num_results = w->facts.num_results;
	w->sig->pub.note = "types that cannot be read hide where the arguments are";
	return NULL;
}

static struct gosym_error *complete_list(struct work *w)
{
	struct gosym_error *err;

	w->facts.listed = w->facts.listed || counted_by_result(w);
	if (!types_readable(w))
		return NULL;
	if (!goversion_at_least(&w->b->version, ARGS_SINCE) && w->num_inputs <= MAX_MOVED) {
		err = place_unlocated(w);
		if (err)
			return err;
	}
	err = abi_complete(&w->facts, w->inputs, w->num_inputs, &w->b->arena, &w->sig->list);
	if (err && gosym_error_code(err) == GOSYM_UNSUPPORTED) {
		gosym_error_destroy(err);
		return NULL;
	}
	w->sig->completed = !err;
	return err;
}

/* Nothing in DWARF, something in the argument area: method values and blank parameters. */
static bool dwarf_is_mute(const struct work *w)
{
	return w->sig->completed && !w->sig->list.consistent && !w->num_inputs && w->facts.args;
}

static struct gosym_error *locate_by_dwarf(struct work *w)
{
	struct gosym_param *params, *results;
	struct gosym_error *err = collect(w);
	size_t num;

	if (!err)
		err = place_dict(w);
	if (err && gosym_error_code(err) == GOSYM_UNSUPPORTED)
		gosym_error_destroy(no_cleanup_ptr(err));
	if (!err)
		err = complete_list(w);
	if (err)
		return err;
	w->sig->dwarf = w->dwarf;
	w->sig->pub.source = GOSYM_FROM_DWARF;
	num = w->sig->completed ? w->sig->list.num_inputs : w->num_inputs;
	params = arena_array(&w->b->arena, num, sizeof(*params));
	results = arena_array(&w->b->arena, w->facts.num_results, sizeof(*results));
	if (!params || !results)
		return gosym_nomem;
	if (!w->sig->completed)
		return publish_unassigned(w, params, results);
	err = publish_inputs(w, params);
	if (err)
		return err;
	publish_results(w, results);
	if (dwarf_is_mute(w))
		return locate_by_argsinfo(w);
	w->sig->pub.proof = describe_proof(w);
	w->sig->pub.note = describe_note(w);
	return NULL;
}

/* ---------------------------------------------------- from argument info */

/*
 * Up to where the listed offsets are surely arguments on the stack. Stack slots and spill slots are two rising
 * sequences, all of the second above all of the first: who is listed behind a higher one is on the stack, and so is
 * everybody below him. A list that only rises can be either.
 */
static uint32_t stack_end(const struct work *w)
{
	const struct args_info *info = &w->args;
	uint32_t end = 0, highest = 0, off, size;

	if (!w->facts.seq->num_ints && !w->facts.seq->num_floats)
		return UINT32_MAX;
	for (size_t i = 0; i < info->num_groups; i++) {
		if (!argsinfo_extent(info, &info->groups[i], &off, &size) || !size)
			continue;
		if (off < highest && off + size > end)
			end = off + size;
		if (off > highest)
			highest = off;
	}
	return end;
}

static const struct spill_slot *kept_at(const struct work *w, const struct args_component *c)
{
	for (size_t i = 0; w->facts.spill && i < w->spill.num; i++)
		if (w->spill.slots[i].off == c->offset && w->spill.slots[i].size == c->size)
			return &w->spill.slots[i];
	return NULL;
}

/* One piece for each component that is kept. All of them, or the group is no register argument. */
static size_t kept_pieces(const struct work *w, const struct args_group *g, uint32_t off, struct gosym_piece *pieces)
{
	size_t num = 0;

	for (unsigned i = g->first; i < (unsigned)g->first + g->num; i++) {
		const struct args_component *c = &w->args.components[i];
		const struct spill_slot *s = c->size ? kept_at(w, c) : NULL;

		if (s)
			pieces[num++] = (struct gosym_piece){ c->offset - off, c->size, GOSYM_IN_REG, s->reg };
		else if (c->size && num)
			return 0;
	}
	return num;
}

static bool overlaps_kept(const struct work *w, uint32_t off, uint32_t size)
{
	for (size_t i = 0; i < w->spill.num; i++) {
		const struct spill_slot *s = &w->spill.slots[i];

		if (s->off < (int64_t)off + size && (int64_t)s->off + s->size > off)
			return true;
	}
	return false;
}

static struct gosym_error *publish_group(struct work *w, size_t i, uint32_t on_stack, struct gosym_param *p)
{
	const struct args_group *g = &w->args.groups[i];
	struct gosym_piece *pieces;
	uint32_t off, size;

	if (!argsinfo_extent(&w->args, g, &off, &size)) {
		p->missing = not_told;
		return NULL;
	}
	p->size = size;
	if (!size)
		return NULL;
	pieces = arena_array(&w->b->arena, g->num, sizeof(*pieces));
	if (!pieces)
		return gosym_nomem;
	p->num_pieces = kept_pieces(w, g, off, pieces);
	if (!p->num_pieces && (off < on_stack || w->facts.spill) && !overlaps_kept(w, off, size)) {
		pieces[0] = (struct gosym_piece){ 0, size, GOSYM_ON_STACK, (int32_t)off + w->facts.arch->args_base };
		p->num_pieces = 1;
	}
	p->pieces = p->num_pieces ? pieces : NULL;
	p->missing = p->num_pieces ? NULL : no_register;
	return NULL;
}

static const char *argsinfo_note(const struct work *w)
{
	if (w->args.cut)
		return "more arguments follow than argument info lists; names and types are not known";
	if (w->bracket)
		return "a generic function: its dictionary may be among the arguments, or its receiver not; "
		       "names and types are not known";
	return w->dwarf ? "names and types are not known" : "names, types and results are not known";
}

static struct gosym_error *locate_by_argsinfo(struct work *w)
{
	size_t num = w->facts.args ? w->args.num_groups : 0;
	struct gosym_param *params = arena_array(&w->b->arena, num, sizeof(*params));
	struct gosym_error *err = NULL;

	if (!params)
		return gosym_nomem;
	for (size_t i = 0; i < num && !err; i++)
		err = publish_group(w, i, stack_end(w), &params[i]);
	w->sig->pub.source = GOSYM_FROM_ARGSINFO;
	w->sig->pub.params = params;
	w->sig->pub.num_params = num;
	w->sig->pub.proof = !w->facts.args ? "the absence of argument info" :
			    w->facts.spill ? "argument info and the registers kept when the stack grows" :
			    "argument info";
	w->sig->pub.note = argsinfo_note(w);
	return err;
}

/* ---------------------------------------------------------------- the facts */

static struct gosym_error *read_args(struct work *w)
{
	struct gosym_error *err = argsinfo_read(w->b, w->f, &w->args);
	enum gosym_code code;

	if (!err) {
		w->facts.args = &w->args;
		return NULL;
	}
	code = gosym_error_code(err);
	if (code == GOSYM_NOMEM)
		return err;
	if (code == GOSYM_NOT_FOUND)
		w->facts.args_expected = goversion_at_least(&w->b->version, ARGS_SINCE) && !w->f->assembly;
	gosym_error_destroy(err);
	return NULL;
}

/* Only where it can add something: DWARF that lists every input leaves it nothing to say. A function that keeps
 * nothing may have no register arguments or use none. */
static struct gosym_error *read_spill(struct work *w)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	struct func_code code;
	struct gosym_error *err;

	if ((w->dwarf && w->facts.listed) || !w->facts.seq->num_ints)
		return NULL;
	err = sites_read_code(w->b, w->f, &code, &flow);
	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	if (!err && spill_read(&code, &flow, &w->spill) && w->spill.num)
		w->facts.spill = &w->spill;
	gosym_error_destroy(err);
	return NULL;
}

static struct gosym_error *read_dwarf(struct work *w)
{
	struct gosym_error *err;
	struct dwarf *d = NULL;

	if (w->f->assembly)
		return NULL;	/* DWARF has the function, but nothing of its arguments */
	err = binary_dwarf(w->b, &d);
	if (!err && d)
		err = dwarf_func_at(d, w->f->entry, &w->dwarf);
	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

static void read_name(struct work *w)
{
	/* Up to Go 1.20 the table has "F[...]" where DWARF tells the instance. */
	const char *name = w->dwarf && w->dwarf->name ? w->dwarf->name : w->f->name;

	w->name = name_parse(name);
	w->bracket = strchr(name, '[') != NULL;
}

/* A receiver that is blank is not listed before 1.22 either; then argument info, which leaves out the first input
 * of generic functions, cannot tell it from the dictionary behind it. */
static void doubt_generic_methods(struct work *w)
{
	if (w->name.shape && is_method(&w->name) && !w->facts.listed && goversion_at_least(&w->b->version, 20))
		w->facts.args = NULL;
}

static struct gosym_error *gather(struct work *w)
{
	struct gosym_error *err;

	w->facts.arch = abi_arch_of(w->b);
	if (!w->facts.arch)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: the calling convention of this architecture is not known",
				       elf_path(w->b->elf));
	w->facts.seq = abi_sequence_of(w->b, w->f);
	w->facts.total = w->f->args;
	err = read_dwarf(w);
	if (!err)
		err = read_args(w);
	if (err)
		return err;
	read_name(w);
	w->facts.listed = goversion_at_least(&w->b->version, LISTED_SINCE) && !w->f->wrapper;
	w->facts.args_may_skip = w->bracket;
	if (w->dwarf)
		doubt_generic_methods(w);
	return read_spill(w);
}

static struct gosym_error *locate(struct work *w)
{
	struct gosym_error *err = gather(w);
	bool found;

	if (err)
		return err;
	w->sig->pub.has_receiver = is_method(&w->name);
	if (w->dwarf)
		return locate_by_dwarf(w);
	err = abi_locate_by_types(w->b, w->f, &w->facts, w->sig, &found);
	if (err || found)
		return err;
	if (w->facts.args || w->facts.args_expected)
		return locate_by_argsinfo(w);
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: nothing in the file tells the arguments of %s",
			       elf_path(w->b->elf), w->f->name);
}

/* ------------------------------------------------------------------ public */

struct gosym_error *gosym_func_signature(struct gosym_binary *b, const struct gosym_func *f,
					 const struct gosym_signature **ret)
{
	struct work w = { .b = b, .f = f };
	struct cache *cache = cache_of(b);
	struct cached *known;
	struct gosym_error *err;

	if (!cache)
		return gosym_nomem;
	HASH_FIND_PTR(cache->entries, &f, known);
	if (known) {
		*ret = &known->signature->pub;
		return NULL;
	}
	w.sig = arena_alloc(&b->arena, sizeof(*w.sig));
	if (!w.sig)
		return gosym_nomem;
	err = locate(&w);
	if (!err)
		err = cache_add(cache, f, w.sig);
	if (!err)
		*ret = &w.sig->pub;
	return err;
}

const char *gosym_evidence_name(enum gosym_evidence e)
{
	switch (e) {
	case GOSYM_FROM_DWARF:
		return "dwarf";
	case GOSYM_FROM_TYPES:
		return "types";
	case GOSYM_FROM_ARGSINFO:
		return "argsinfo";
	case GOSYM_FROM_NONE:
		break;
	}
	return "none";
}

const char *gosym_reg_name(const struct gosym_binary *b, int32_t reg)
{
	const struct abi_arch *arch = abi_arch_of(b);

	return arch && reg >= 0 && reg < arch->num_regs ? arch->regs[reg].name : "?";
}

bool gosym_reg_is_float(const struct gosym_binary *b, int32_t reg)
{
	const struct abi_arch *arch = abi_arch_of(b);

	return arch && reg >= 0 && reg < arch->num_regs && arch->regs[reg].fp;
}
