// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Functions and types by pattern: an exact name, also without its type arguments, else a glob, else a /regular expression/
 * (POSIX extended). When nothing matches, the error says what was nearly meant: a name that
 * differs in case, carries type arguments or a package, or is a few typing mistakes away; or
 * that every call of it was inlined.
 */
#include <ctype.h>
#include <regex.h>
#include <string.h>
#include <strings.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"
#include "gosym/match.h"
#include "gosym/name.h"
#include "gosym/vec.h"

#define MAX_HINTS 3
#define MAX_HINT_LEN 128		/* longer patterns are not typing mistakes */

DEFINE_CLEANUP(cleanup_regex, regex_t *, if (*p) regfree(*p))

/* ------------------------------------------------------------------ hints */

struct hint { const char *name; unsigned score; };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * How many insertions, deletions, replacements and swaps of neighbours lead from a to b, letter
 * case aside (optimal string alignment); limit + 1 if more than limit.
 */
static unsigned edit_distance(const char *a, size_t na, const char *b, size_t nb, unsigned limit)
{
	unsigned rows[3][MAX_HINT_LEN + 1], *before = rows[0], *last = rows[1], *cur = rows[2];

	if (na > nb + limit || nb > na + limit || nb > MAX_HINT_LEN)
		return limit + 1;
	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned best = cur[0] = (unsigned)i, *spare;

		for (size_t j = 1; j <= nb; j++) {
			unsigned same = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;

			cur[j] = min3(last[j] + 1, cur[j - 1] + 1, last[j - 1] + same);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]) && before[j - 2] + 1 < cur[j])
				cur[j] = before[j - 2] + 1;
			if (cur[j] < best)
				best = cur[j];
		}
		if (best > limit)
			return limit + 1;
		spare = before;
		before = last;
		last = cur;
		cur = spare;
	}
	return last[nb];
}

/* How far name is from the pattern: 0 best, UINT32_MAX not near. */
static unsigned hint_score(const char *pattern, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	unsigned limit = len < 6 ? 1 : len < 14 ? 2 : 3, distance;

	/* Type arguments were left out; better the function than a closure inside. */
	if (!strncasecmp(name, pattern, len) && (!name[len] || name[len] == '['))
		return name[len] && name[name_len - 1] != ']' ? 2 : 0;
	/* "Serve" or "Server.Serve" without what comes before. */
	if (name_len > len + 1 && strchr("./)", name[name_len - len - 1]) &&
	    !strcasecmp(name + name_len - len, pattern))
		return 1;
	distance = edit_distance(pattern, len, name, name_len, limit);
	return distance <= limit ? 1 + distance : UINT32_MAX;
}

static void hint_add(struct hint *hints, size_t *num, const char *name, unsigned score)
{
	size_t at = *num;

	for (size_t i = 0; i < *num; i++)
		if (!strcmp(hints[i].name, name))
			return;
	while (at > 0 && hints[at - 1].score > score)
		at--;
	if (at >= MAX_HINTS)
		return;
	if (*num < MAX_HINTS)
		++*num;
	memmove(&hints[at + 1], &hints[at], (*num - 1 - at) * sizeof(*hints));
	hints[at] = (struct hint){ name, score };
}

static size_t hints_find(const struct match_list *list, const char *pattern, struct hint *hints)
{
	size_t len = strlen(pattern), num = 0;

	if (!len || len > MAX_HINT_LEN)
		return 0;
	for (size_t i = 0; i < list->num; i++) {
		const char *name = list->name(list->data, i);
		unsigned score = hint_score(pattern, len, name);

		if (score != UINT32_MAX)
			hint_add(hints, &num, name, score);
	}
	return num;
}

static struct gosym_error *no_match(const struct match_list *list, const char *pattern)
{
	struct hint hints[MAX_HINTS];
	size_t num = hints_find(list, pattern, hints);

	switch (num) {
	case 0:
		return gosym_error_new(GOSYM_NOT_FOUND, "no %s matches \"%s\"", list->what, pattern);
	case 1:
		return gosym_error_new(GOSYM_NOT_FOUND, "no %s matches \"%s\"; did you mean %s?",
				       list->what, pattern, hints[0].name);
	case 2:
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "no %s matches \"%s\"; did you mean %s or %s?", list->what,
				       pattern, hints[0].name, hints[1].name);
	default:
		return gosym_error_new(GOSYM_NOT_FOUND,
				       "no %s matches \"%s\"; did you mean %s, %s or %s?",
				       list->what, pattern, hints[0].name, hints[1].name,
				       hints[2].name);
	}
}

/* --------------------------------------------------------------- matching */

static bool match_exact(const char *name, const void *pattern)
{
	return !strcmp(name, pattern);
}

/* Behind the type arguments that begin at s, "[go.shape.int]"; s itself where there are none. */
static const char *skip_type_args(const char *name, const char *s)
{
	const char *p = s;
	unsigned depth = 0;

	if (*s != '[' || s == name || (!isalnum((unsigned char)s[-1]) && s[-1] != '_' && !(s[-1] & 0x80)))
		return s;
	for (; *p; p++) {
		depth += *p == '[';
		if (*p == ']' && !--depth)
			return p + 1;
	}
	return s;
}

/* "main.Map" and "main.(*List).Push" mean all of what is named main.Map[…] and main.(*List[…]).Push. */
static bool match_generic(const char *name, const void *pattern)
{
	const char *want = pattern, *s = name;

	while (*s) {
		const char *rest = *want == '[' ? s : skip_type_args(name, s);

		if (rest != s)
			s = rest;
		else if (*s++ != *want++)
			return false;
	}
	return !*want;
}

static bool match_glob(const char *name, const void *pattern)
{
	return name_glob(pattern, name);
}

static bool match_regex(const char *name, const void *regex)
{
	return !regexec(regex, name, 0, NULL, 0);
}

static struct gosym_error *collect(const struct match_list *list,
				   bool (*match)(const char *name, const void *pattern),
				   const void *pattern, struct match_vec *ret)
{
	for (size_t i = 0; i < list->num; i++) {
		size_t *slot;

		if (!match(list->name(list->data, i), pattern))
			continue;
		slot = vec_append(ret);
		if (!slot)
			return gosym_nomem;
		*slot = i;
	}
	return NULL;
}

static bool is_regex(const char *pattern)
{
	size_t len = strlen(pattern);

	return len > 2 && pattern[0] == '/' && pattern[len - 1] == '/';
}

static struct gosym_error *collect_regex(const struct match_list *list, const char *pattern,
					 struct match_vec *ret)
{
	_cleanup_free_ char *text = strndup(pattern + 1, strlen(pattern) - 2);
	regex_t regex;
	_cleanup_(cleanup_regex) regex_t *guard = NULL;	/* runs while regex is still in scope */
	char why[128];
	int res;

	if (!text)
		return gosym_nomem;
	res = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
	if (res) {
		regerror(res, &regex, why, sizeof(why));
		return gosym_error_new(GOSYM_INVALID, "pattern \"%s\": %s", pattern, why);
	}
	guard = &regex;
	return collect(list, match_regex, guard, ret);
}

struct gosym_error *match_names(const struct match_list *list, const char *pattern,
				struct match_vec *ret)
{
	struct gosym_error *err;

	err = collect(list, match_exact, pattern, ret);
	if (!err && !ret->num && !is_regex(pattern))
		err = collect(list, match_generic, pattern, ret);
	if (!err && !ret->num && name_is_glob(pattern) && !is_regex(pattern))
		err = collect(list, match_glob, pattern, ret);
	if (!err && !ret->num && is_regex(pattern))
		err = collect_regex(list, pattern, ret);
	if (!err && !ret->num)
		err = no_match(list, pattern);
	return err;
}

/* ---------------------------------------------------------------- functions */

static const char *func_name(const void *data, size_t i)
{
	return ((const struct gosym_func *)data)[i].name;
}

/* A better reason than that nothing is called so. Consumes err. */
static struct gosym_error *explain_inlined(struct gosym_binary *b, const char *pattern,
					   struct gosym_error *err)
{
	const struct gosym_inlined *copies;
	size_t num;

	if (gosym_error_code(err) != GOSYM_NOT_FOUND)
		return err;
	_cleanup_error_ struct gosym_error *none = gosym_func_inlined(b, pattern, &copies, &num);
	if (none || !num)
		return err;
	gosym_error_destroy(err);
	return gosym_error_new(GOSYM_NOT_FOUND,
			       "no function matches \"%s\": it exists only inlined into others "
			       "(%zu cop%s, the first in %s); build with -gcflags=-l to keep it apart",
			       pattern, num, num == 1 ? "y" : "ies", copies[0].caller);
}

struct gosym_error *gosym_func_match(struct gosym_binary *b, const char *pattern,
				     const struct gosym_func ***ret, size_t *num_ret)
{
	const struct match_list list = { "function", func_name, b->pclntab.funcs,
					 b->pclntab.num_funcs };
	struct match_vec found = { 0 };
	const struct gosym_func **funcs = NULL;
	struct gosym_error *err = match_names(&list, pattern, &found);

	if (!err) {
		funcs = calloc(found.num, sizeof(*funcs));
		err = funcs ? NULL : gosym_nomem;
	} else {
		err = explain_inlined(b, pattern, err);
	}
	for (size_t i = 0; !err && i < found.num; i++)
		funcs[i] = &b->pclntab.funcs[found.data[i]];
	if (!err) {
		*num_ret = found.num;
		*ret = funcs;
	}
	vec_deinit(&found);
	return err;
}

/* ------------------------------------------------------------ name parts */

const char *gosym_func_package(struct gosym_binary *b, const struct gosym_func *f)
{
	struct name_part package = name_parse(f->name).package;

	return package.len ? intern_add(&b->strings, &b->arena, package.s, package.len) : NULL;
}

/* Closures of functions that were inlined are named F.G.func1, as those of methods are: T.M.func1.
 * A package cannot have a type and a function of one name, so a function F decides. */
static bool receiver_is_function(struct gosym_binary *b, const struct gosym_func *f,
				 const struct go_name *n)
{
	const struct gosym_func *found;
	const char *name;

	if (!n->closure || n->receiver.s[0] == '(')
		return false;
	name = intern_add(&b->strings, &b->arena, f->name,
			  (size_t)(n->receiver.s + n->receiver.len - f->name));
	if (!name)
		return false;
	_cleanup_error_ struct gosym_error *err = gosym_func_find(b, name, &found);
	return !err;
}

const char *gosym_func_receiver(struct gosym_binary *b, const struct gosym_func *f)
{
	struct go_name n = name_parse(f->name);

	if (!n.receiver.len || receiver_is_function(b, f, &n))
		return NULL;
	return intern_add(&b->strings, &b->arena, n.receiver.s, n.receiver.len);
}
