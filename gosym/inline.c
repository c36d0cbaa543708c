// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Inlined calls, from the inline trees of the function table (src/runtime/symtabinl.go,
 * src/cmd/internal/obj/inl.go). An entry of a function's tree is one inlined call; PCDATA_InlTree
 * tells for every pc the innermost one, -1 outside of all. Up to Go 1.19 an entry names its parent
 * entry and the file and line of the call; from 1.20 it gives only a pc of the call (parentPc), and
 * both follow from the tables at that pc.
 *
 * "Where was F inlined" needs the trees of all functions. They are read once, on the first such
 * question, into one row per call; files and lines are looked up for the rows that are asked for.
 */
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "gosym/cleanup.h"
#include "gosym/inline.h"
#include "gosym/pclntab_layouts.h"

#define MAX_DEPTH 1000 /* calls inlined into each other; the compiler's budget ends long before */
#define MAX_ENTRIES (1 << 20)		/* of one tree */
#define NO_ROW UINT32_MAX

/* A call in the index: the next row of the same name follows through next. */
struct row { uint32_t func, entry, pc, next; };

/* A group while the index is built: by name_off. */
struct building { struct inline_group *group; int32_t name_off; UT_hash_handle hh; };

struct inlined_index {
	struct row *rows;
	struct inline_group **groups;		/* sorted by name */
	size_t num_groups;
};

/* ------------------------------------------------------------------ trees */

bool inline_tree_find(struct gosym_binary *b, const struct gosym_func *f, struct inline_tree *ret)
{
	uint64_t addr;

	ret->func = f;
	ret->layout = b->pclntab.layout->inltree;
	return ret->layout && pclntab_funcdata(b->elf, &b->pclntab, f, FUNCDATA_INLTREE, &addr) &&
	       elf_bytes_at(b->elf, addr, &ret->bytes);
}

static int32_t entry_i32(const struct inline_tree *t, uint64_t base, int8_t field, bool *ok)
{
	uint32_t value = 0;

	if (field != NO_FIELD)
		*ok &= bytes_u32(&t->bytes, base + (uint64_t)field, &value);
	return (int32_t)value;
}

bool inline_tree_call(const struct inline_tree *t, int32_t entry, struct inline_call *ret)
{
	const struct inltree_layout *l = t->layout;
	uint64_t base = (uint64_t)entry * l->size;
	uint16_t parent;
	bool ok = true;

	if (entry < 0 || entry >= MAX_ENTRIES)
		return false;
	ret->name = entry_i32(t, base, l->name, &ok);
	ret->file = entry_i32(t, base, l->file, &ok);
	ret->line = entry_i32(t, base, l->line, &ok);
	ret->parent_pc = entry_i32(t, base, l->parent_pc, &ok);
	ret->func_id = 0;
	if (l->func_id != NO_FIELD)
		ok &= bytes_u8(&t->bytes, base + (uint64_t)l->func_id, &ret->func_id);
	ret->parent = -1;
	if (l->parent != NO_FIELD && l->parent_size == 4) {
		ret->parent = entry_i32(t, base, l->parent, &ok);
	} else if (l->parent != NO_FIELD) {
		ok &= bytes_u16(&t->bytes, base + (uint64_t)l->parent, &parent);
		ret->parent = ok ? (int16_t)parent : -1;
	}
	return ok;
}

static uint64_t call_pc(const struct inline_tree *t, const struct inline_call *c)
{
	return t->func->entry + (uint64_t)(int64_t)c->parent_pc;
}

/* The entry of the call that contains this one, -1 if the function itself does. */
static int32_t call_parent(struct gosym_binary *b, const struct inline_tree *t, const struct inline_call *c)
{
	int32_t parent;

	if (t->layout->parent != NO_FIELD)
		return c->parent;
	if (!pclntab_pcdata(&b->pclntab, t->func, PCDATA_INLTREE, call_pc(t, c), &parent))
		return -1;
	return parent;
}

/* File and line of the call itself, in the function that contains it. */
static void call_site(struct gosym_binary *b, const struct inline_tree *t, const struct inline_call *c,
		      const char **file, unsigned *line)
{
	if (t->layout->line == NO_FIELD) {
		pclntab_line(&b->pclntab, t->func, call_pc(t, c), file, line);
		return;
	}
	*file = pclntab_file(&b->pclntab, t->func, c->file);
	*line = *file && c->line > 0 ? (unsigned)c->line : 0;
}

static struct gosym_error *bad_tree(struct gosym_binary *b, const struct gosym_func *f,
				    int32_t entry)
{
	return gosym_error_new(
		GOSYM_BAD_DATA,
		"%s: inline tree of %s: entry %d is not inside the file or in a circle",
		elf_path(b->elf), f->name, (int)entry);
}

/* ------------------------------------------------------------- symbolize */

struct frames { struct gosym_frame *out; size_t max, num; };

static void frame_add(struct frames *s, const struct gosym_frame *frame)
{
	if (s->num < s->max)
		s->out[s->num] = *frame;
	s->num++;
}

struct gosym_error *gosym_symbolize(struct gosym_binary *b, uint64_t addr,
				    struct gosym_frame *frames, size_t max, size_t *ret)
{
	const struct gosym_func *f = pclntab_func_at(&b->pclntab, addr);
	struct frames s = { .out = frames, .max = max };
	const char *file;
	struct inline_tree tree;
	unsigned line;
	int32_t entry;

	if (!f)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no Go function at 0x%llx",
				       elf_path(b->elf), (unsigned long long)addr);
	pclntab_line(&b->pclntab, f, addr, &file, &line);
	if (!inline_tree_find(b, f, &tree) ||
	    !pclntab_pcdata(&b->pclntab, f, PCDATA_INLTREE, addr, &entry))
		entry = -1;
	while (entry >= 0) {
		struct gosym_frame frame = { .file = file, .line = line, .inlined = true };
		struct inline_call c;

		if (s.num >= MAX_DEPTH || !inline_tree_call(&tree, entry, &c))
			return bad_tree(b, f, entry);
		frame.func = pclntab_name(&b->pclntab, c.name);
		frame.wrapper = b->pclntab.wrapper && c.func_id == b->pclntab.wrapper;
		frame_add(&s, &frame);
		call_site(b, &tree, &c, &file, &line);
		entry = call_parent(b, &tree, &c);
	}
	frame_add(&s, &(struct gosym_frame){ f->name, file, line, false, f->wrapper });
	*ret = s.num;
	return NULL;
}

/* -------------------------------------------------------------- the index */

struct builder {
	struct gosym_binary *b;
	VEC(struct row) rows;
	struct inline_runs runs;	/* of the function being read */
	VEC(uint32_t) seen;		/* by entry: number + 1 of the last function that had it */
	struct building *groups;
};

int32_t inline_runs_find(const struct inline_runs *runs, uint64_t pc)
{
	size_t low = 0, high = runs->num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (runs->data[mid].end <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low < runs->num && runs->data[low].start <= pc ? runs->data[low].entry : -1;
}

bool inline_runs_read(struct gosym_binary *b, const struct gosym_func *f, struct inline_runs *ret)
{
	struct pcvalue_iter it;
	uint64_t start;

	ret->num = 0;
	if (!pclntab_pcdata_iter(&b->pclntab, f, PCDATA_INLTREE, &it))
		return true;
	while (pcvalue_next(&it, &start)) {
		struct inline_run *r = vec_append(ret);

		if (!r)
			return false;
		*r = (struct inline_run){ start, it.pc, it.value };
	}
	return true;
}

/* Marks an entry as seen in this function. *ret: it was already. */
static bool mark(struct builder *x, uint32_t func, int32_t entry, bool *ret)
{
	while (x->seen.num <= (size_t)entry)
		if (!vec_append(&x->seen))
			return false;
	*ret = x->seen.data[entry] == func + 1;
	x->seen.data[entry] = func + 1;
	return true;
}

static struct building *group_make(struct builder *x, int32_t name_off, const char *name)
{
	struct building *g = arena_alloc(&x->b->arena, sizeof(*g));

	if (!g)
		return NULL;
	g->name_off = name_off;
	g->group = arena_alloc(&x->b->arena, sizeof(*g->group));
	if (!g->group)
		return NULL;
	*g->group = (struct inline_group){ .name_off = name_off, .name = name, .head = NO_ROW };
	HASH_ADD_INT(x->groups, name_off, g);
	return g->hh.tbl ? g : NULL;
}

static bool row_add(struct builder *x, uint32_t func, int32_t entry, uint64_t pc, int32_t name_off)
{
	uint32_t at = (uint32_t)x->rows.num;
	struct inline_group *g;
	struct building *found;
	struct row *r;

	HASH_FIND_INT(x->groups, &name_off, found);
	if (!found) {
		const char *name = pclntab_name(&x->b->pclntab, name_off);

		if (!name)
			return true;
		found = group_make(x, name_off, name);
		if (!found)
			return false;
	}
	g = found->group;
	r = x->rows.num < NO_ROW ? vec_append(&x->rows) : NULL;
	if (!r)
		return false;
	*r = (struct row){
		.func = func, .entry = (uint32_t)entry, .pc = (uint32_t)pc, .next = NO_ROW
	};
	if (g->head == NO_ROW)
		g->head = at;
	else
		x->rows.data[g->tail].next = at;
	g->tail = at;
	g->num++;
	return true;
}

/* Adds a call and those around it, as far as they are new. Runs come in order of pc, so the first
 * is lowest. */
static bool chain_add(struct builder *x, const struct inline_tree *t, uint32_t func, const struct inline_run *run)
{
	int32_t entry = run->entry;
	struct inline_call c;
	bool seen;

	while (entry >= 0 && inline_tree_call(t, entry, &c)) {
		if (!mark(x, func, entry, &seen))
			return false;
		if (seen)
			return true;
		if (!row_add(x, func, entry, run->start, c.name))
			return false;
		if (t->layout->parent != NO_FIELD)
			entry = c.parent;
		else
			entry = c.parent_pc < 0 ? -1 : inline_runs_find(&x->runs, (uint64_t)c.parent_pc);
	}
	return true;
}

static bool index_func(struct builder *x, uint32_t func)
{
	struct inline_tree tree;

	if (!inline_tree_find(x->b, &x->b->pclntab.funcs[func], &tree))
		return true;
	if (!inline_runs_read(x->b, tree.func, &x->runs))
		return false;
	for (size_t i = 0; i < x->runs.num; i++)
		if (!chain_add(x, &tree, func, &x->runs.data[i]))
			return false;
	return true;
}

static int group_compare(const void *a, const void *b)
{
	const struct inline_group *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static struct inlined_index *index_finish(struct builder *x)
{
	struct inlined_index *index = arena_alloc(&x->b->arena, sizeof(*index));
	struct building *g, *next;

	if (!index)
		return NULL;
	index->rows = arena_array(&x->b->arena, x->rows.num, sizeof(*index->rows));
	index->groups = arena_array(&x->b->arena, HASH_COUNT(x->groups), sizeof(*index->groups));
	if (!index->rows || !index->groups)
		return NULL;
	if (x->rows.num)
		memcpy(index->rows, x->rows.data, x->rows.num * sizeof(*index->rows));
	HASH_ITER(hh, x->groups, g, next)
		index->groups[index->num_groups++] = g->group;
	if (index->num_groups)
		qsort(index->groups, index->num_groups, sizeof(*index->groups), group_compare);
	return index;
}

static struct gosym_error *index_build(struct gosym_binary *b)
{
	struct builder x = { .b = b };
	bool ok = true;

	for (size_t i = 0; ok && b->pclntab.layout->inltree && i < b->pclntab.num_funcs; i++)
		ok = index_func(&x, (uint32_t)i);
	if (ok)
		b->inlined = index_finish(&x);
	HASH_CLEAR(hh, x.groups);
	vec_deinit(&x.rows);
	vec_deinit(&x.runs);
	vec_deinit(&x.seen);
	return b->inlined ? NULL : gosym_nomem;
}

/* Up to Go 1.15 the table may hold one name more than once: groups of equal name are neighbours. */
static size_t groups_find(const struct inlined_index *index, const char *name)
{
	size_t low = 0, high = index->num_groups;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(index->groups[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void item_fill(struct gosym_binary *b, const struct row *r, struct gosym_inlined *item)
{
	const struct gosym_func *f = &b->pclntab.funcs[r->func];
	struct inline_call c, around;
	struct inline_tree tree;
	int32_t parent;

	item->addr = f->entry + r->pc;
	item->within = f;
	item->call = r->entry;
	item->caller = f->name;
	if (!inline_tree_find(b, f, &tree) || !inline_tree_call(&tree, (int32_t)r->entry, &c))
		return;
	call_site(b, &tree, &c, &item->file, &item->line);
	parent = call_parent(b, &tree, &c);
	if (parent >= 0 && inline_tree_call(&tree, parent, &around))
		item->caller = pclntab_name(&b->pclntab, around.name);
}

struct gosym_error *gosym_func_inlined(struct gosym_binary *b, const char *name,
				       const struct gosym_inlined **ret, size_t *num_ret)
{
	struct gosym_error *err = b->inlined ? NULL : index_build(b);
	struct gosym_inlined *items;
	size_t first, end, num = 0, at = 0;

	if (err)
		return err;
	first = groups_find(b->inlined, name);
	for (end = first;
	     end < b->inlined->num_groups && !strcmp(b->inlined->groups[end]->name, name); end++)
		num += b->inlined->groups[end]->num;
	if (num && !b->inlined->groups[first]->items) {
		items = arena_array(&b->arena, num, sizeof(*items));
		if (!items)
			return gosym_nomem;
		for (size_t g = first; g < end; g++)
			for (uint32_t r = b->inlined->groups[g]->head; r != NO_ROW;
			     r = b->inlined->rows[r].next)
				item_fill(b, &b->inlined->rows[r], &items[at++]);
		b->inlined->groups[first]->items = items;
	}
	*ret = num ? b->inlined->groups[first]->items : NULL;
	*num_ret = num;
	return NULL;
}

struct gosym_error *inline_groups(struct gosym_binary *b, struct inline_group *const **ret, size_t *num_ret)
{
	struct gosym_error *err = b->inlined ? NULL : index_build(b);

	if (err)
		return err;
	*ret = b->inlined->groups;
	*num_ret = b->inlined->num_groups;
	return NULL;
}
