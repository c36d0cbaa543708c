// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Inlined copies of functions. A function all of whose calls were inlined has no code of its own, but a pattern
 * means it all the same where copies are asked for.
 */
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/copies.h"
#include "tools/command.h"
#include "tools/out.h"

/* ---------------------------------------------------------------- patterns */

typedef VEC(const struct gosym_func *) func_vec;

/* Out of memory the list stays shorter, as it is with target_match(). */
static void add(func_vec *all, const struct gosym_func *const *some, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		const struct gosym_func **slot = vec_append(all);

		if (slot)
			*slot = some[i];
	}
}

/* What the pattern means of each kind; an error only if it means none of either. */
static struct gosym_error *match_both(struct gosym_binary *b, const char *pattern, func_vec *all)
{
	const struct gosym_func **some = NULL, **alone = NULL;
	size_t num_some = 0, num_alone = 0;
	struct gosym_error *err = gosym_func_match(b, pattern, &some, &num_some);
	struct gosym_error *none = gosym_func_match_inlined(b, pattern, &alone, &num_alone);

	if (!none || gosym_error_code(none) == GOSYM_NOT_FOUND) {
		if (!none && err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
			gosym_error_destroy(err);
			err = NULL;
		}
		gosym_error_destroy(none);
	} else {
		gosym_error_destroy(err);
		err = none;
	}
	if (!err) {
		add(all, some, num_some);
		add(all, alone, num_alone);
	}
	free(some);
	free(alone);
	return err;
}

static struct gosym_error *match_all(struct gosym_binary *b, func_vec *all)
{
	_cleanup_free_ const struct gosym_func **alone = NULL;
	size_t num;
	struct gosym_error *err = gosym_func_match_inlined(b, NULL, &alone, &num);

	if (err)
		return err;
	add(all, alone, num);
	for (size_t i = 0; i < gosym_func_count(b); i++) {
		const struct gosym_func *f = gosym_func_at(b, i);

		add(all, &f, 1);
	}
	return NULL;
}

static int by_entry(const void *a, const void *b)
{
	const struct gosym_func *const *x = a, *const *y = b;
	uint64_t entry_x = gosym_func_entry(*x), entry_y = gosym_func_entry(*y);

	if (entry_x != entry_y)
		return entry_x < entry_y ? -1 : 1;
	return strcmp(gosym_func_name(*x), gosym_func_name(*y));
}

int copies_match(const struct target *t, char *const *patterns, unsigned num, const struct gosym_func ***ret,
		 size_t *num_ret)
{
	func_vec all = { .num = 0 };
	struct gosym_error *err = num ? NULL : match_all(t->binary, &all);
	size_t kept = 0;

	for (unsigned i = 0; i < num && !err; i++)
		err = match_both(t->binary, patterns[i], &all);
	if (err) {
		vec_deinit(&all);
		return fail(err);
	}
	if (all.num)
		qsort(all.data, all.num, sizeof(*all.data), by_entry);
	for (size_t i = 0; i < all.num; i++)
		if (!kept || all.data[kept - 1] != all.data[i])
			all.data[kept++] = all.data[i];
	*ret = all.data;
	*num_ret = kept;
	return EXIT_DONE;
}

/* -------------------------------------------------------------------- list */

static void print_text(FILE *out, const char *name, const struct gosym_inlined *c, const struct gosym_site *site,
		       const char *refused)
{
	fprintf(out, "0x%08" PRIx64 " ", c->addr);
	if (site)
		fprintf(out, "0x%08" PRIx64 " ", site->addr);
	else
		fputs("-          ", out);
	if (c->file)
		fprintf(out, "%s:%u", c->file, c->line);
	else
		putc('-', out);
	fprintf(out, " %s in %s", name, c->caller ? c->caller : "?");
	if (!c->caller || strcmp(c->caller, gosym_func_name(c->within)) != 0)
		fprintf(out, " in %s", gosym_func_name(c->within));
	if (refused)
		fprintf(out, " (cannot be probed: %s)", refused);
	putc('\n', out);
}

static void put_text(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_str(j, text);
}

static void print_json(struct json *j, const char *name, const struct gosym_inlined *c, const struct gosym_site *site,
		       const char *refused)
{
	json_object(j);
	put_text(j, "name", name);
	json_key(j, "address");
	json_hex(j, c->addr);
	put_text(j, "caller", c->caller);
	put_text(j, "within", gosym_func_name(c->within));
	put_text(j, "file", c->file);
	json_key(j, "line");
	json_uint(j, c->line);
	if (site) {
		json_key(j, "probe");
		json_hex(j, site->addr);
		put_text(j, "why", site->why);
	} else {
		put_text(j, "refused", refused);
	}
	json_object_end(j);
	json_line(j);
}

static struct gosym_error *print_copies(struct out *out, const struct options *o, struct gosym_binary *b,
					const char *name, size_t *num_printed)
{
	const struct gosym_inlined *copies;
	size_t num;
	struct gosym_error *err = gosym_func_inlined(b, name, &copies, &num);

	for (size_t i = 0; !err && i < num; i++) {
		const struct gosym_site *site = NULL;
		_cleanup_error_ struct gosym_error *refused = gosym_inlined_site(b, &copies[i], &site);
		const char *why = refused ? gosym_error_message(refused) : NULL;

		if (o->json)
			print_json(&out->json, name, &copies[i], site, why);
		else
			print_text(out->file, name, &copies[i], site, why);
		++*num_printed;
	}
	return err;
}

int copies_list(const struct options *o, const struct target *t)
{
	_cleanup_free_ const struct gosym_func **funcs = NULL;
	size_t num, printed = 0;
	int status = copies_match(t, o->args + 1, o->num_args - 1, &funcs, &num);
	struct gosym_error *err = NULL;
	struct out out;

	if (status)
		return status;
	if (!out_open(o, &out))
		return EXIT_FAILED;
	for (size_t i = 0; i < num && !err; i++)
		err = print_copies(&out, o, t->binary, gosym_func_name(funcs[i]), &printed);
	if (err)
		status = fail(err);
	else if (!printed && o->num_args > 1)
		complain("none of %zu function%s was inlined anywhere", num, num == 1 ? "" : "s");
	return out_close(&out) ? status : EXIT_FAILED;
}
