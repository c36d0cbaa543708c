// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Signatures of methods in files without DWARF. The linker keeps the method tables of types that may come to be
 * called through an interface or by reflection, and with them the types of the methods (gosym/rtype_method.c): receiver,
 * parameters and results, in full, but no names. The assignment of that list has to fit all else that the file says of
 * the function, as with DWARF's (complete.c); if it does not, the type is not this function's and nothing is taken
 * from it.
 *
 * Methods of generic types are left to other sources: their code takes a dictionary as well, and is
 * shared by all types of one shape.
 */
#include <string.h>

#include "abi/locate.h"
#include "gosym/cleanup.h"
#include "gosym/rtype.h"

static const char no_proof[] = "nothing else in the file confirms its place";

struct method {
	struct abi_input *inputs;
	size_t num_inputs;
	struct dwarf_param *results;	/* as complete.c takes them: without locations */
	const struct dwarf_param **result_list;
	size_t num_results;
};

static struct gosym_error *collect(struct gosym_binary *b, const struct rtype_method *m, struct method *ret)
{
	size_t num_in = gosym_type_in_count(m->func), num_out = gosym_type_out_count(m->func);

	ret->inputs = arena_array(&b->arena, num_in + 1, sizeof(*ret->inputs));
	ret->results = arena_array(&b->arena, num_out + 1, sizeof(*ret->results));
	ret->result_list = arena_array(&b->arena, num_out + 1, sizeof(*ret->result_list));
	if (!ret->inputs || !ret->results || !ret->result_list)
		return gosym_nomem;
	ret->inputs[ret->num_inputs++].type = m->receiver;
	for (size_t i = 0; i < num_in; i++)
		ret->inputs[ret->num_inputs++].type = gosym_type_in_at(m->func, i);
	for (size_t i = 0; i < num_out; i++) {
		ret->results[i] = (struct dwarf_param){ .type = gosym_type_out_at(m->func, i), .result = true };
		ret->result_list[ret->num_results++] = &ret->results[i];
	}
	return NULL;
}

static bool is_readable(const struct method *m)
{
	for (size_t i = 0; i < m->num_inputs; i++)
		if (!m->inputs[i].type)
			return false;
	for (size_t i = 0; i < m->num_results; i++)
		if (!m->results[i].type)
			return false;
	return true;
}

static struct gosym_param publish(const struct gosym_type *type, const struct abi_slot *slot, bool proved)
{
	struct gosym_param p = { .type = type, .size = gosym_type_size(type) };

	if (proved || !p.size) {
		p.pieces = slot->pieces;
		p.num_pieces = slot->num_pieces;
	} else {
		p.missing = no_proof;
	}
	return p;
}

static const char *describe_proof(struct gosym_binary *b, const struct abi_completed *list)
{
	const char *with[3];
	size_t num = 0;

	if (list->args == ABI_AGREES)
		with[num++] = "argument info";
	if (list->spill == ABI_AGREES)
		with[num++] = "the registers kept when the stack grows";
	if (list->total == ABI_AGREES)
		with[num++] = "the size of the argument area";
	if (!num)
		return "the method's type";
	return arena_printf(&b->arena, "the method's type%s%s%s%s%s agree", num == 1 ? " and " : ", ", with[0],
			    num > 1 ? (num == 2 ? " and " : ", ") : "", num > 1 ? with[1] : "",
			    num > 2 ? " and the size of the argument area" : "");
}

static struct gosym_error *publish_all(struct gosym_binary *b, const struct method *m, struct abi_signature *sig)
{
	const struct abi_completed *list = &sig->list;
	struct gosym_param *params = arena_array(&b->arena, list->num_inputs + 1, sizeof(*params));
	struct gosym_param *results = arena_array(&b->arena, m->num_results + 1, sizeof(*results));

	if (!params || !results)
		return gosym_nomem;
	for (size_t i = 0; i < list->num_inputs; i++)
		params[i] = publish(m->inputs[i].type, &list->layout.params[i], list->param_proved[i]);
	for (size_t i = 0; i < m->num_results; i++)
		results[i] = publish(m->results[i].type, &list->layout.results[i], list->result_proved[i]);
	sig->pub.source = GOSYM_FROM_TYPES;
	sig->pub.has_receiver = true;
	sig->pub.params = params;
	sig->pub.num_params = list->num_inputs;
	sig->pub.results = results;
	sig->pub.num_results = m->num_results;
	sig->pub.proof = describe_proof(b, list);
	sig->pub.note = "names are not known";
	return NULL;
}

/* GOSYM_NOT_FOUND is an answer, and so is a type that contradicts what the file says of its own types. */
static struct gosym_error *find_method(struct gosym_binary *b, const struct gosym_func *f, struct rtype_method *ret,
				       bool *found)
{
	struct gosym_error *err = rtype_method_at(b, f->entry, ret);

	*found = !err;
	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return NULL;
}

struct gosym_error *abi_locate_by_types(struct gosym_binary *b, const struct gosym_func *f,
					const struct abi_facts *known, struct abi_signature *sig, bool *ret_found)
{
	struct abi_facts facts = *known;
	struct method m = { .num_inputs = 0 };
	struct rtype_method method;
	struct gosym_error *err = NULL;
	bool found = false;

	*ret_found = false;
	if (!strchr(f->name, '['))
		err = find_method(b, f, &method, &found);
	if (err || !found)
		return err;
	err = collect(b, &method, &m);
	if (err || !is_readable(&m))
		return err;
	facts.listed = true;
	facts.results = m.result_list;
	facts.num_results = m.num_results;
	err = abi_complete(&facts, m.inputs, m.num_inputs, &b->arena, &sig->list);
	if (err && gosym_error_code(err) == GOSYM_UNSUPPORTED) {
		gosym_error_destroy(err);
		return NULL;
	}
	if (err || !sig->list.consistent || sig->list.ambiguous || sig->list.num_inputs != m.num_inputs)
		return err;
	sig->completed = true;
	*ret_found = true;
	return publish_all(b, &m, sig);
}
