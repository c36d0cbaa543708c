// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The functions of a trace. A pattern may mean thousands, some of which cannot be probed: these are
 * counted by reason and told in a line each, with names where there are few or -v asks.
 */
#include <string.h>
#include <unistd.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/command.h"
#include "tools/copies.h"
#include "tools/out.h"
#include "tools/probes.h"

enum { MAX_REASONS = 8, MAX_NAMES = 3 };

struct reason {
	char *text;
	enum gosym_code code;
	char *names[MAX_NAMES];
	size_t count;
};

struct reasons {
	const char *one, *many;		/* what there are reasons for */
	VEC(struct reason) all;
	size_t invalid, total;		/* GOSYM_INVALID: the condition does not fit */
};

static void reasons_deinit(struct reasons *r)
{
	for (size_t i = 0; i < r->all.num; i++) {
		free(r->all.data[i].text);
		for (size_t k = 0; k < MAX_NAMES; k++)
			free(r->all.data[i].names[k]);
	}
	vec_deinit(&r->all);
}

/* The message without the function's own name and addresses, so that equal reasons are equal. */
static char *reason_class(const char *message, const char *name)
{
	static const char *const heads[] = { " cannot be probed: ", ": " };
	size_t len = strlen(name);
	char *copy = NULL, *to;

	if (!strncmp(message, name, len))
		for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
			if (!strncmp(message + len, heads[i], strlen(heads[i]))) {
				message += len + strlen(heads[i]);
				break;
			}
	copy = malloc(strlen(message) * 2 + 16);
	if (!copy)
		return NULL;
	for (to = copy; *message;) {
		size_t digits = message[0] == '0' && message[1] == 'x' ?
				strspn(message + 2, "0123456789abcdef") : 0;

		if (len && !strncmp(message, name, len)) {
			to = stpcpy(to, "it");
			message += len;
		} else if (digits) {
			to = stpcpy(to, "0x…");
			message += 2 + digits;
		} else {
			*to++ = *message++;
		}
	}
	*to = '\0';
	return copy;
}

/* who: how the message is told of; name: the function's. */
static void reasons_add(struct reasons *r, const char *who, const char *name, const struct gosym_error *err)
{
	char *text = reason_class(gosym_error_message(err), name);
	struct reason *slot = NULL;

	r->total++;
	r->invalid += gosym_error_code(err) == GOSYM_INVALID;
	if (!text)
		return;
	for (size_t i = 0; i < r->all.num && !slot; i++)
		if (!strcmp(r->all.data[i].text, text))
			slot = &r->all.data[i];
	if (slot) {
		free(text);
	} else {
		slot = vec_append(&r->all);
		if (!slot) {
			free(text);
			return;
		}
		slot->text = text;
		slot->code = gosym_error_code(err);
	}
	if (slot->count < MAX_NAMES)
		slot->names[slot->count] = strdup(who);
	slot->count++;
}

static int by_count(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : strcmp(x->text, y->text);
}

/* Errors of other expressions name their option. */
static const char *prefix_of(enum gosym_code code, const char *message)
{
	return code == GOSYM_INVALID && strncmp(message, "--", 2) != 0 ? "--if: " : "";
}

static const char *name_at(const struct reason *why, size_t i)
{
	return why->names[i] ? why->names[i] : "?";
}

static void reasons_print(struct reasons *r, bool verbose)
{
	size_t told = 0;

	if (r->all.num)
		qsort(r->all.data, r->all.num, sizeof(*r->all.data), by_count);
	for (size_t i = 0; i < r->all.num && (i < MAX_REASONS || verbose); i++) {
		const struct reason *why = &r->all.data[i];

		told += why->count;
		if (why->count == 1)
			complain("not probed: %s%s: %s%s", r->one, name_at(why, 0),
				 prefix_of(why->code, why->text), why->text);
		else
			complain("not probed: %zu %s (%s, %s%s): %s%s", why->count, r->many,
				 name_at(why, 0), name_at(why, 1), why->count > 2 ? ", …" : "",
				 prefix_of(why->code, why->text), why->text);
	}
	if (told < r->total)
		complain("not probed: %zu %s more for other reasons; -v tells all",
			 r->total - told, r->many);
}

/* On a terminal the expression follows, with a mark below the column that the message names. */
static void point_at(const struct options *o, const char *message)
{
	const struct { const char *option, *text; } given[] = {
		{ "--if-ret: ", o->condition_ret }, { "--hist: ", o->hist }, { "--by: ", o->by },
		{ "--print: ", o->print }, { "", o->condition },
	};
	unsigned column = 0;
	size_t i = 0;

	while (strncmp(message, given[i].option, strlen(given[i].option)) != 0)
		i++;
	if (!isatty(STDERR_FILENO) || !given[i].text || strpbrk(given[i].text, "\t\r\n") ||
	    sscanf(message + strlen(given[i].option), "column %u:", &column) != 1)
		return;
	fprintf(stderr, "  %s\n  %*s\n", given[i].text, (int)column, "^");
}

/* The one function asked for cannot be probed. */
static int fail_only(const struct options *o, struct gosym_error *err)
{
	enum gosym_code code = gosym_error_code(err);

	complain("%s%s", prefix_of(code, gosym_error_message(err)), gosym_error_message(err));
	if (code == GOSYM_INVALID)
		point_at(o, gosym_error_message(err));
	gosym_error_destroy(err);
	return code == GOSYM_INVALID	  ? EXIT_USAGE
	       : code == GOSYM_PERMISSION ? EXIT_PERMISSION
					  : EXIT_FAILED;
}

/* "main.f in main.g (/src/main.go:12)" */
static char *copy_name(const struct gosym_func *f, const struct gosym_inlined *c)
{
	char *name = NULL;

	if (asprintf(&name, "%s in %s (%s:%u)", gosym_func_name(f), c->caller ? c->caller : "?",
		     c->file ? c->file : "?", c->line) < 0)
		return NULL;
	return name;
}

/* Whether one of the inlined calls of f could be added. */
static bool add_copies(struct probes *p, const struct gosym_func *f, struct reasons *reasons, bool verbose)
{
	const struct gosym_inlined *copies;
	size_t num, before = p->copies.num;
	_cleanup_error_ struct gosym_error *none = NULL;

	none = gosym_func_inlined(p->target.binary, gosym_func_name(f), &copies, &num);
	for (size_t i = 0; !none && i < num; i++) {
		_cleanup_error_ struct gosym_error *err = gosym_plan_add_inlined(p->plan, f, &copies[i]);
		_cleanup_free_ char *name = err ? copy_name(f, &copies[i]) : NULL;
		struct probed_copy *slot = err ? NULL : vec_append(&p->copies);

		if (slot)
			*slot = (struct probed_copy){ f, &copies[i] };
		if (err && verbose)
			complain("%s: %s", name ? name : "?", gosym_error_message(err));
		if (err)
			reasons_add(reasons, name ? name : "?", gosym_func_name(f), err);
	}
	return p->copies.num > before;
}

static int say_none(size_t num, struct reasons *funcs, struct reasons *copies, bool verbose)
{
	const struct reasons *only = funcs->total ? funcs : copies;

	if (only->all.num == 1 && (!funcs->total || !copies->total)) {
		complain("none of %zu %s can be probed: %s%s", only->total, only->many,
			 prefix_of(only->all.data[0].code, only->all.data[0].text),
			 only->all.data[0].text);
	} else {
		reasons_print(funcs, verbose);
		reasons_print(copies, verbose);
		complain("none of %zu functions can be probed", num);
	}
	return funcs->total + copies->total && funcs->invalid == funcs->total && copies->invalid == copies->total ?
		       EXIT_USAGE : EXIT_FAILED;
}

/* Adds the functions to the plan, with their inlined copies if those are wanted, and keeps those that could be. */
static int add_funcs(struct probes *p, const struct options *o, bool with_copies)
{
	bool verbose = o->verbose;
	_cleanup_(reasons_deinit) struct reasons reasons = { .one = "", .many = "functions" };
	_cleanup_(reasons_deinit) struct reasons copies = { .one = "inlined call of ", .many = "inlined calls" };
	size_t num = p->num;

	p->num = 0;
	for (size_t i = 0; i < num; i++) {
		const struct gosym_func *f = p->funcs[i];
		bool alone = gosym_func_only_inlined(f);
		struct gosym_error *err = alone ? NULL : gosym_plan_add(p->plan, f);
		bool any = !alone && !err;

		if (with_copies)
			any |= add_copies(p, f, &copies, verbose);
		if (any)
			p->funcs[p->num++] = f;
		if (!err)
			continue;
		if (num == 1 && !any)
			return fail_only(o, err);
		if (verbose)
			complain("%s: %s%s", gosym_func_name(f),
				 prefix_of(gosym_error_code(err), gosym_error_message(err)),
				 gosym_error_message(err));
		reasons_add(&reasons, gosym_func_name(f), gosym_func_name(f), err);
		gosym_error_destroy(err);
	}
	if (!p->num)
		return say_none(num, &reasons, &copies, verbose);
	reasons_print(&reasons, verbose);
	reasons_print(&copies, verbose);
	return EXIT_DONE;
}

static int by_name(const void *a, const void *b)
{
	const struct gosym_func *const *x = a, *const *y = b;
	int order = strcmp(gosym_func_name(*x), gosym_func_name(*y));

	return order ? order : gosym_func_is_wrapper(*x) - gosym_func_is_wrapper(*y);
}

static int by_entry(const void *a, const void *b)
{
	const struct gosym_func *const *x = a, *const *y = b;
	uint64_t entry_x = gosym_func_entry(*x), entry_y = gosym_func_entry(*y);

	return (entry_x > entry_y) - (entry_x < entry_y);
}

static bool is_named(const struct options *o, const struct gosym_func *f)
{
	for (size_t i = 1; i < o->num_args; i++)
		if (!strcmp(o->args[i], gosym_func_name(f)))
			return true;
	return false;
}

/*
 * A call through a compiler-made wrapper ((*T).M for T.M, method values, deferred calls, an assembly function's
 * ABI wrapper) is one call, and the wrapped function itself sees it. So wrappers are left out, but where nothing
 * else was asked for: by its own name, or by a pattern that fits wrappers alone.
 */
static void drop_wrappers(struct probes *p, const struct options *o)
{
	size_t real = 0, kept = 0;

	for (size_t i = 0; i < p->num; i++)
		real += !gosym_func_is_wrapper(p->funcs[i]);
	if (!real || real == p->num)
		return;
	qsort(p->funcs, p->num, sizeof(*p->funcs), by_name);
	for (size_t i = 0; i < p->num; i++) {
		const struct gosym_func *f = p->funcs[i], *last = kept ? p->funcs[kept - 1] : NULL;
		bool twin = last && !strcmp(gosym_func_name(last), gosym_func_name(f));

		if (!gosym_func_is_wrapper(f) || (is_named(o, f) && !twin))
			p->funcs[kept++] = f;
		else if (o->verbose)
			complain("%s: left out: a wrapper made by the compiler; name it to trace it",
				 gosym_func_name(f));
	}
	p->num = kept;
	qsort(p->funcs, p->num, sizeof(*p->funcs), by_entry);
}

void probes_close(struct probes *p)
{
	gosym_plan_destroy(p->plan);
	free(p->funcs);
	vec_deinit(&p->copies);
	target_close(&p->target);
}

enum { MANY_FUNCS = 200 };		/* whose copies nobody has asked for */

/* Inlined copies too: where DWARF tells their arguments, or on demand. */
static bool wants_copies(const struct options *o, struct gosym_binary *b)
{
	const struct gosym_info *info;
	_cleanup_error_ struct gosym_error *err = NULL;

	if (o->inlined)
		return strcmp(o->inlined, "no") != 0;
	err = gosym_binary_info(b, &info);
	return !err && info->has_dwarf;
}

static int match(const struct options *o, bool *copies, struct probes *ret)
{
	int status;

	*copies = wants_copies(o, ret->target.binary);
	if (!*copies)
		return target_match(&ret->target, o->args + 1, o->num_args - 1, &ret->funcs, &ret->num);
	status = copies_match(&ret->target, o->args + 1, o->num_args - 1, &ret->funcs, &ret->num);
	if (status || o->inlined || ret->num <= MANY_FUNCS)
		return status;
	*copies = false;
	free(ret->funcs);
	ret->funcs = NULL;
	if (o->verbose)
		complain("inlined copies of so many functions are left out; --inlined has them too");
	return target_match(&ret->target, o->args + 1, o->num_args - 1, &ret->funcs, &ret->num);
}

int probes_open(const struct options *o, bool no_values, struct probes *ret)
{
	struct gosym_plan_options plan = GOSYM_PLAN_OPTIONS;
	const char *short_stacks;
	struct gosym_error *err;
	bool copies;
	int status;

	*ret = (struct probes){ .plan = NULL };
	status = target_open(o->args[0], &ret->target);
	if (!status)
		status = match(o, &copies, ret);
	if (status)
		return status;
	drop_wrappers(ret, o);
	plan.depth = o->depth != DEPTH_AUTO ? o->depth : !o->tree;
	plan.elems = o->elems;
	plan.strlen = o->strlen;
	plan.condition = o->condition;
	plan.no_values = no_values;
	plan.hist = o->hist;
	plan.hist_value = o->hist && *o->hist ? o->hist : NULL;
	plan.by = o->by;
	plan.print = o->print;
	plan.stack = o->stack;
	plan.float_regs = o->float_regs;
	/* Nothing of the values is shown, and a stack that is cut has no place in the picture. */
	if (o->format && !strcmp(o->format, "folded")) {
		plan.no_values = true;
		plan.stack = o->stack ? o->stack : MAX_STACK;
	}
	plan.for_text = !o->json && (!o->format || !strcmp(o->format, "text"));
	plan.returns = o->ret || o->tree;
	plan.pair = o->pair;
	plan.hints = !o->emits;
	plan.condition_return = o->condition_ret;
	err = gosym_plan_create(ret->target.binary, &plan, &ret->plan);
	if (err)
		return fail(err);
	gosym_plan_stack(ret->plan, &short_stacks);
	if (short_stacks)
		complain("stacks are short: %s", short_stacks);
	return add_funcs(ret, o, copies);
}
