// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What an interface holds. Its first word is the type, or an itab whose second word is (runtime/runtime2.go:
 * itab is { inter, _type, … }); 0 is nil. A type is its descriptor's address, so x.(type) == "T" is one
 * comparison of words. x.(T) is the value, where the type is T; else the expression is undecided, as Go
 * would panic there.
 *
 * And the caller: the function in whose code the return address lies.
 */
#include <stdlib.h>
#include <string.h>

#include "gosym/binary.h"
#include "tracer/expr_check.h"

/* ---- names of types */

/* Letters that a predeclared name may not touch: the rest of a longer one. */
static bool in_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '.' || ch == '/' || (ch & 0x80);
}

/* As the file has it: aliases by what they stand for. */
static const char *full_name(struct check *c, const char *name)
{
	static const struct { const char *alias, *is; } aliases[] = {
		{ "byte", "uint8" }, { "rune", "int32" }, { "any", "interface {}" },
		{ "interface{}", "interface {}" },
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		size_t len = strlen(aliases[i].alias), at = 0;

		for (const char *hit; name && (hit = strstr(name + at, aliases[i].alias));) {
			at = (size_t)(hit - name);
			if ((at && in_name(name[at - 1])) || in_name(name[at + len])) {
				at += len;
				continue;
			}
			name = arena_printf(&c->tmp, "%.*s%s%s", (int)at, name, aliases[i].is, hit + len);
			at += strlen(aliases[i].is);
		}
	}
	return name;
}

/* Whether a full name reads so without the folders of its package: "*http.Request" of "*net/http.Request". */
static bool is_short_for(const char *name, const char *full)
{
	size_t stars = strspn(full, "*[]");
	const char *slash = strrchr(full, '/');

	return slash && !strchr(full, '[') && !strncmp(name, full, stars) && !strcmp(name + stars, slash + 1);
}

/* "*opError" as the code of the function itself means it: "*main.opError". NULL: it names a package. */
static const char *in_package(struct check *c, const char *name)
{
	const char *package = gosym_func_package(c->plan->binary, c->probe->func);
	size_t stars = strspn(name, "*[]");

	if (strchr(name, '.') || !package)
		return NULL;
	return arena_printf(&c->tmp, "%.*s%s.%s", (int)stars, name, package, name + stars);
}

struct candidates {
	const char *only;		/* the one that the name is short for */
	unsigned num;
	struct expr_guess guess;
};

static struct gosym_error *look_around(struct check *c, const char *name, struct candidates *ret)
{
	const struct gosym_type **all = NULL;
	size_t num = 0;
	struct gosym_error *err = gosym_type_match(c->plan->binary, NULL, &all, &num);

	*ret = (struct candidates){ .guess = { .name = name } };
	for (size_t i = 0; i < num && !err; i++) {
		const char *full = gosym_type_name(all[i]);

		if (is_short_for(name, full) && (!ret->only || strcmp(ret->only, full) != 0)) {
			ret->only = full;
			ret->num++;
		}
		expr_guess_offer(&ret->guess, full);
	}
	free(all);
	return err;
}

/* The type so called, at this column of the text. */
static struct gosym_error *find_type(struct check *c, unsigned pos, const char *name,
				     const struct gosym_type **ret)
{
	const char *full = full_name(c, name), *own = full ? in_package(c, full) : NULL;
	struct candidates around;
	struct gosym_error *err;

	if (!full)
		return gosym_nomem;
	err = gosym_type_find(c->plan->binary, full, ret);
	if (!err || gosym_error_code(err) != GOSYM_NOT_FOUND)
		return err;
	gosym_error_destroy(err);
	err = own ? gosym_type_find(c->plan->binary, own, ret) : NULL;
	if (own && (!err || gosym_error_code(err) != GOSYM_NOT_FOUND))
		return err;
	gosym_error_destroy(err);
	err = look_around(c, own ? own : full, &around);
	if (!err && around.num == 1)
		return gosym_type_find(c->plan->binary, around.only, ret);
	if (err)
		return err;
	if (around.num > 1)
		return expr_error_at(c->text, pos, "there are %u types \"%s\", among them %s: give the full "
				     "path of the package", around.num, name, around.only);
	return expr_error_at(c->text, pos, "the file has no type \"%s\"%s", name,
			     expr_guess_text(c, &around.guess));
}

static struct gosym_error *find_descriptor(struct check *c, unsigned pos, const char *name,
					   const struct gosym_type **type, uint64_t *ret)
{
	struct gosym_error *err = find_type(c, pos, name, type);

	if (err)
		return err;
	*ret = gosym_type_runtime_addr(*type);
	if (!*ret)
		return expr_error_at(c->text, pos, "the file has no run-time descriptor of %s: no interface "
				     "holds one", gosym_type_name(*type));
	return NULL;
}

static const struct plan_expr *address(struct check *c, uint64_t addr)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_ADDR, NULL, NULL);

	if (e)
		e->imm = (int64_t)addr;
	return e;
}

/* ---- the dynamic type */

/* What was kept of an itab is its second word alone. */
static struct gosym_error *saved_itab(struct check *c, const struct expr_node *n, const struct place *place,
				      const struct plan_expr **ret)
{
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);
	const struct plan_fetch *f = NULL;
	struct gosym_error *err = expr_saved_target(c, n, place, &f);

	if (err)
		return err;
	if (!e)
		return gosym_nomem;
	e->load = (struct plan_load){ .from = PLAN_SAVED, .off = f->dst, .status = f->status,
				      .size = (uint8_t)c->plan->arch->ptr_size };
	expr_measure(e);
	*ret = e;
	return NULL;
}

static struct gosym_error *type_word(struct check *c, const struct expr_node *n, const struct place *of,
				     const struct plan_expr **ret)
{
	const unsigned word = c->plan->arch->ptr_size;
	const struct plan_expr *itab, *type;
	struct place place = *of;
	struct gosym_error *err;

	if (gosym_type_is_empty_interface(of->type))
		return place_bare(c, n, of, 0, word, false, ret);
	err = place_bare(c, n, of, 0, word, false, &itab);
	if (!err && of->saved) {
		err = saved_itab(c, n, of, &type);
	} else if (!err) {
		err = place_follow(c, n, &place, of->type, word);
		if (!err)
			err = place_bare(c, n, &place, 0, word, false, &type);
	}
	if (err)
		return err;
	*ret = expr_guarded(c, PLAN_OP_IF, expr_compare(c, PLAN_OP_NE, itab, expr_const(c, 0), false), type);
	return *ret ? NULL : gosym_nomem;
}

/* ---- assertions */

/* Only pointer-shaped values are in the data word itself. */
static struct gosym_error *assert_value(struct check *c, const struct expr_node *n, struct place *place,
					const struct gosym_type *type)
{
	const unsigned word = c->plan->arch->ptr_size;
	struct gosym_error *err;
	bool direct;

	err = gosym_runtime_type_is_direct(c->plan->binary, gosym_type_runtime_addr(type), &direct);
	if (err)
		return err;
	if (place->saved)
		return expr_error_at(c->text, n->pos, "what %s holds is not kept until the return",
				     expr_node_text(c, n->a));
	place_move(place, word, type);
	return direct ? NULL : place_follow(c, n->a, place, type, 0);
}

static struct gosym_error *lower_assertion(struct check *c, const struct expr_node *n, struct operand *ret)
{
	const struct gosym_type *type;
	const struct plan_expr *word;
	uint64_t addr;
	struct gosym_error *err = find_descriptor(c, n->pos, n->text, &type, &addr);

	if (err)
		return err;
	if (gosym_type_kind(type) == GOSYM_INTERFACE)
		return expr_error_at(c->text, n->pos, "%s is an interface: which types have its methods is "
				     "not known in the kernel", gosym_type_name(type));
	err = type_word(c, n->a, &ret->place, &word);
	if (err)
		return err;
	if (!place_guard(c, &ret->place, expr_compare(c, PLAN_OP_EQ, word, address(c, addr), false)))
		return gosym_nomem;
	return assert_value(c, n, &ret->place, type);
}

struct gosym_error *expr_lower_type(struct check *c, const struct expr_node *n, struct operand *ret)
{
	struct gosym_error *err = expr_lower(c, n->a, ret);
	const struct plan_expr *word;

	if (err)
		return err;
	if (!expr_has_kind(ret, GOSYM_INTERFACE))
		return expr_error_at(c->text, n->pos, "%s is %s, not an interface", expr_node_text(c, n->a),
				     operand_type(ret));
	if (strcmp(n->text, "type") != 0)
		return lower_assertion(c, n, ret);
	err = type_word(c, n->a, &ret->place, &word);
	if (err)
		return err;
	word = expr_guarded(c, PLAN_OP_CHECK, ret->place.guard, word);
	*ret = (struct operand){ .kind = OP_DYNAMIC_TYPE, .word = word };
	return word ? NULL : gosym_nomem;
}

struct gosym_error *expr_compare_type(struct check *c, const struct expr_node *n, enum plan_op op,
				      const struct operand *a, const struct operand *b,
				      struct operand *ret)
{
	const struct operand *of = a->kind == OP_DYNAMIC_TYPE ? a : b, *to = of == a ? b : a;
	const struct expr_node *node = of == a ? n->b : n->a;
	const struct gosym_type *type;
	const struct plan_expr *other;
	struct gosym_error *err;
	uint64_t addr;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "types have no order: use == or !=");
	if (to->kind == OP_NIL) {
		other = expr_const(c, 0);
	} else if (to->kind == OP_DYNAMIC_TYPE) {
		other = to->word;
	} else if (to->kind == OP_STRING) {
		err = find_descriptor(c, node->pos, to->text, &type, &addr);
		if (err)
			return err;
		other = address(c, addr);
	} else {
		return expr_error_at(c->text, node->pos, "a type is compared with its name, as in "
				     "%s == \"*pkg.T\"", expr_node_text(c, of == a ? n->a : n->b));
	}
	return expr_give_cond(expr_compare(c, op, of->word, other, false), ret);
}

/* ---- the caller */

/* The return address: at SP of the entry, or in the link register, DWARF's number 30 of arm64; at a RET
 * again where it was. */
struct gosym_error *expr_lower_caller(struct check *c, const struct expr_node *n, struct operand *ret)
{
	const struct abi_arch *arch = c->plan->arch;
	struct gosym_piece piece = { .size = arch->ptr_size };
	struct gosym_site_loc loc;
	struct plan_expr *e = expr_op(c, PLAN_OP_LOAD, NULL, NULL);

	if (!e)
		return gosym_nomem;
	if (c->probe->copy)
		return expr_error_at(c->text, n->pos, "an inlined call of %s has no return address; --stack "
				     "shows who calls", gosym_func_name(c->probe->func));
	if (arch->link_register) {
		piece.place = GOSYM_IN_REG;
		piece.where = abi_reg_by_dwarf(arch, 30);
	} else {
		piece.place = GOSYM_ON_STACK;
	}
	loc = (struct gosym_site_loc){
		.kind = piece.place == GOSYM_IN_REG ? GOSYM_LOC_REG : GOSYM_LOC_STACK, .where = piece.where,
	};
	if (!c->at_return)
		loc = gosym_site_find(c->probe->site, &piece);
	if (loc.kind == GOSYM_LOC_LOST)
		return expr_error_at(c->text, n->pos, "the return address is not known at the probe "
				     "point of %s", gosym_func_name(c->probe->func));
	e->load = (struct plan_load){
		.from = loc.kind == GOSYM_LOC_REG ? PLAN_REG : PLAN_STACK,
		.reg = loc.where, .off = loc.where, .size = arch->ptr_size,
	};
	expr_measure(e);
	*ret = (struct operand){ .kind = OP_CALLER, .word = e };
	return NULL;
}

/* A call is before its return address: that may be the address behind the function. */
struct gosym_error *expr_compare_caller(struct check *c, const struct expr_node *n, enum plan_op op,
					const struct operand *a, const struct operand *b,
					struct operand *ret)
{
	const struct operand *of = a->kind == OP_CALLER ? a : b, *to = of == a ? b : a;
	const struct expr_node *node = of == a ? n->b : n->a;
	const struct plan_expr *behind, *before, *inside;
	const struct gosym_func *f;
	struct gosym_error *err;

	if (op != PLAN_OP_EQ && op != PLAN_OP_NE)
		return expr_error_at(c->text, n->pos, "functions have no order: use == or !=");
	if (to->kind != OP_STRING)
		return expr_error_at(c->text, node->pos, "caller is compared with a function's name, as in "
				     "caller == \"main.main\"");
	err = gosym_func_find(c->plan->binary, to->text, &f);
	if (err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
		gosym_error_destroy(err);
		return expr_error_at(c->text, node->pos, "the file has no function \"%s\"; gosym list tells "
				     "what there is", to->text);
	}
	if (err)
		return err;
	behind = expr_compare(c, PLAN_OP_GT, of->word, address(c, gosym_func_entry(f)), false);
	before = expr_compare(c, PLAN_OP_LE, of->word, address(c, gosym_func_end(f)), false);
	inside = expr_cond_join(c, PLAN_OP_AND, behind, before);
	return expr_give_cond(op == PLAN_OP_EQ ? inside : expr_cond_not(c, inside), ret);
}
