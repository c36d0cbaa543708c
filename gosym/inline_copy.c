// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * One inlined call in detail, from the inline tree of the function whose code holds it: which addresses are
 * its own, and its mark. And the functions that have no code of their own, for all their calls were inlined.
 *
 * The mark: while it builds a function the compiler keeps a pseudo instruction at the beginning of each inlined
 * body (OpInlMark). At the end (cmd/compile/internal/ssagen: genssa) the first instruction that has the line of
 * the call is taken in its place, wherever it is; if there is none the mark becomes a NOP where it stands.
 * The tree entry's parentPc is its address.
 */
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/inline.h"
#include "gosym/match.h"
#include "gosym/pclntab_layouts.h"

enum { MAX_CALLS = 1 << 20, MAX_DEPTH = 1000 };

void inline_code_deinit(struct inline_code *c)
{
	vec_deinit(&c->runs);
}

/* The call around this one, -1: none. */
static int32_t parent_of(const struct inline_tree *t, const struct inline_runs *runs, int32_t entry)
{
	struct inline_call c;

	if (!inline_tree_call(t, entry, &c))
		return -1;
	if (t->layout->parent != NO_FIELD)
		return c.parent;
	return c.parent_pc < 0 ? -1 : inline_runs_find(runs, (uint64_t)c.parent_pc);
}

static bool is_inside(const struct inline_tree *t, const struct inline_runs *runs, int32_t entry, int32_t call)
{
	for (int depth = 0; entry >= 0 && depth < MAX_DEPTH; depth++) {
		if (entry == call)
			return true;
		entry = parent_of(t, runs, entry);
	}
	return false;
}

/* Which calls are inside the one in question, by number: found once for each, there may be many runs. */
struct inside { VEC(int8_t) known; };

static bool run_is_inside(struct inside *in, const struct inline_tree *t, const struct inline_runs *runs,
			  int32_t entry, int32_t call, bool *nomem)
{
	int8_t *slot;

	if (entry < 0 || entry >= MAX_CALLS)
		return false;
	while (in->known.num <= (size_t)entry)
		if (!vec_append(&in->known)) {
			*nomem = true;
			return false;
		}
	slot = &in->known.data[entry];
	if (!*slot)
		*slot = is_inside(t, runs, entry, call) ? 1 : -1;
	return *slot > 0;
}

static struct gosym_error *keep_runs(const struct inline_tree *t, const struct inline_runs *runs, int32_t call,
				     struct inline_code *ret)
{
	struct inside in = { .known = { 0 } };
	bool nomem = false;

	for (size_t i = 0; i < runs->num && !nomem; i++) {
		struct inline_run *slot;

		if (!run_is_inside(&in, t, runs, runs->data[i].entry, call, &nomem))
			continue;
		slot = vec_append(&ret->runs);
		nomem = !slot;
		if (slot)
			*slot = runs->data[i];
	}
	vec_deinit(&in.known);
	return nomem ? gosym_nomem : NULL;
}

/* Other calls of the tree have a number that some run names, or are around one that has. */
static bool is_shared(const struct inline_tree *t, const struct inline_runs *runs, int32_t call, int32_t pc)
{
	int32_t last = -1;

	for (size_t i = 0; i < runs->num; i++) {
		int32_t entry = runs->data[i].entry;

		if (entry == last)
			continue;
		last = entry;
		for (int depth = 0; entry >= 0 && depth < MAX_DEPTH; depth++) {
			struct inline_call c;

			if (entry != call && inline_tree_call(t, entry, &c) && c.parent_pc == pc)
				return true;
			entry = parent_of(t, runs, entry);
		}
	}
	return false;
}

struct gosym_error *inline_code_read(struct gosym_binary *b, const struct gosym_inlined *call, struct inline_code *ret)
{
	struct inline_runs runs = { .num = 0 };
	struct gosym_error *err = NULL;
	struct inline_call c;
	struct inline_tree t;

	if (!inline_tree_find(b, call->within, &t) || !inline_tree_call(&t, (int32_t)call->call, &c))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: inline tree of %s: no entry %u", elf_path(b->elf),
				       call->within->name, (unsigned)call->call);
	ret->names[0] = pclntab_name(&b->pclntab, c.name);
	ret->names[1] = call->caller;
	if (!inline_runs_read(b, call->within, &runs))
		err = gosym_nomem;
	if (!err)
		err = keep_runs(&t, &runs, (int32_t)call->call, ret);
	/* 0 may be the function's first instruction or a mark that was never set. */
	if (!err && t.layout->parent_pc != NO_FIELD && c.parent_pc > 0 &&
	    (uint64_t)c.parent_pc < call->within->end - call->within->entry) {
		ret->mark = call->within->entry + (uint64_t)c.parent_pc;
		ret->mark_shared = is_shared(&t, &runs, (int32_t)call->call, c.parent_pc);
	}
	vec_deinit(&runs);
	return err;
}

bool inline_code_has(const struct inline_code *c, const struct gosym_func *within, uint64_t addr)
{
	size_t low = 0, high = c->runs.num;
	uint64_t pc = addr - within->entry;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->runs.data[mid].end <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->runs.num && c->runs.data[low].start <= pc;
}

/* --------------------------------------------------- without code of their own */

bool gosym_func_only_inlined(const struct gosym_func *f)
{
	return !f->end;
}

static const struct gosym_func *alone_of(struct gosym_binary *b, struct inline_group *g)
{
	struct gosym_func *f;

	if (g->alone)
		return g->alone;
	f = arena_alloc(&b->arena, sizeof(*f));
	if (!f)
		return NULL;
	*f = (struct gosym_func){ .name = g->name, .index = UINT32_MAX, .args = INT32_MIN,
				  .abi = b->pclntab.regabi ? FUNC_ABIINTERNAL : FUNC_ABI0 };
	g->alone = f;
	return f;
}

struct names { struct inline_group **groups; size_t num; };

static const char *group_name(const void *data, size_t i)
{
	return ((const struct names *)data)->groups[i]->name;
}

/* One group for each name that no function has. */
static struct gosym_error *names_alone(struct gosym_binary *b, struct names *ret)
{
	struct inline_group *const *groups;
	const struct gosym_func *f;
	size_t num;
	struct gosym_error *err = inline_groups(b, &groups, &num);

	if (err)
		return err;
	ret->groups = calloc(num ? num : 1, sizeof(*ret->groups));
	if (!ret->groups)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++) {
		if (i && !strcmp(groups[i - 1]->name, groups[i]->name))
			continue;
		err = gosym_func_find(b, groups[i]->name, &f);
		if (err && gosym_error_code(err) != GOSYM_NOT_FOUND)
			return err;
		if (err)
			ret->groups[ret->num++] = groups[i];
		gosym_error_destroy(err);
	}
	return NULL;
}

static struct gosym_error *names_match(const struct names *names, const char *pattern, struct match_vec *ret)
{
	const struct match_list list = { "inlined function", group_name, names, names->num };

	if (pattern)
		return match_names(&list, pattern, ret);
	for (size_t i = 0; i < names->num; i++) {
		size_t *slot = vec_append(ret);

		if (!slot)
			return gosym_nomem;
		*slot = i;
	}
	return NULL;
}

struct gosym_error *gosym_func_match_inlined(struct gosym_binary *b, const char *pattern,
					     const struct gosym_func ***ret, size_t *num_ret)
{
	struct names names = { .num = 0 };
	const struct gosym_func **funcs = NULL;
	struct match_vec found = { 0 };
	struct gosym_error *err = names_alone(b, &names);

	if (!err)
		err = names_match(&names, pattern, &found);
	if (!err) {
		funcs = calloc(found.num ? found.num : 1, sizeof(*funcs));
		err = funcs ? NULL : gosym_nomem;
	}
	for (size_t i = 0; !err && i < found.num; i++) {
		funcs[i] = alone_of(b, names.groups[found.data[i]]);
		if (!funcs[i])
			err = gosym_nomem;
	}
	if (err) {
		free(funcs);
	} else {
		*ret = funcs;
		*num_ret = found.num;
	}
	vec_deinit(&found);
	free(names.groups);
	return err;
}
