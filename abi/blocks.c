// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A function cut into basic blocks: runs of instructions that are entered at the first and left at the last. A call
 * does not end a block, unless it is of a function that never returns: the compiler puts nothing behind those, and
 * what follows in memory is some other block.
 *
 * Functions with jump tables are refused: where their blocks begin stands in data that is not looked for.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/blocks.h"

typedef VEC(uint64_t) address_vec;

void blocks_deinit(struct blocks *b)
{
	vec_deinit(&b->insns);
	vec_deinit(&b->of);
	vec_deinit(&b->all);
}

size_t blocks_insn_at(const struct blocks *b, uint64_t addr)
{
	size_t low = 0, high = b->insns.num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->insns.data[mid].addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < b->insns.num && b->insns.data[low].addr == addr ? low : SIZE_MAX;
}

static bool is_literal(const struct flow *flow, uint64_t addr)
{
	for (size_t i = 0; i < flow->literals.num; i++)
		if (flow->literals.data[i] == addr)
			return true;
	return false;
}

static struct gosym_error *decode_all(const struct func_code *code, const struct flow *flow, struct blocks *ret)
{
	for (size_t pos = 0; pos < code->bytes.size;) {
		struct insn *in = vec_append(&ret->insns);

		if (!in)
			return gosym_nomem;
		if (is_literal(flow, code->bytes.addr + pos) ||
		    !code->arch->insn->decode(&code->bytes, code->bytes.addr + pos, in)) {
			ret->insns.num--;
			pos += code->arch->min_lc;
			continue;
		}
		pos += in->len;
	}
	return NULL;
}

struct builder {
	const struct func_code *code;
	struct blocks *ret;
	bool (*never_returns)(const void *data, uint64_t target);
	const void *data;
	bool *leads;			/* by instruction: a block begins here */
};

static bool ends_block(const struct builder *x, const struct insn *in)
{
	if (in->kind == INSN_CALL)
		return in->target && x->never_returns(x->data, in->target);
	return in->kind >= INSN_JUMP;
}

static void mark_leader(struct builder *x, uint64_t addr)
{
	size_t i = blocks_insn_at(x->ret, addr);

	if (i != SIZE_MAX)
		x->leads[i] = true;
	else if (addr >= x->code->bytes.addr && addr < x->code->bytes.addr + x->code->bytes.size)
		x->ret->refused = "it jumps into the middle of what seem to be instructions";
}

static void find_leaders(struct builder *x)
{
	const struct insn_vec *v = &x->ret->insns;

	x->leads[0] = true;
	if (x->code->deferreturn)
		mark_leader(x, x->code->deferreturn);
	for (size_t i = 0; i < v->num; i++) {
		const struct insn *in = &v->data[i];

		if (in->kind == INSN_JUMP || in->kind == INSN_BRANCH)
			mark_leader(x, in->target);
		if (ends_block(x, in) && i + 1 < v->num)
			x->leads[i + 1] = true;
	}
}

static bool cut(struct builder *x)
{
	struct blocks *b = x->ret;

	for (size_t i = 0; i < b->insns.num; i++) {
		struct block *last;
		int32_t *of = vec_append(&b->of);

		if (!of || (x->leads[i] && !vec_append(&b->all)))
			return false;
		last = &b->all.data[b->all.num - 1];
		if (x->leads[i])
			*last = (struct block){ .first = i, .next = { -1, -1 } };
		last->end = i + 1;
		*of = (int32_t)(b->all.num - 1);
	}
	return true;
}

static int32_t block_at(const struct blocks *b, uint64_t addr)
{
	size_t i = blocks_insn_at(b, addr);

	return i == SIZE_MAX ? -1 : b->of.data[i];
}

static void connect(struct builder *x)
{
	struct blocks *b = x->ret;

	for (size_t i = 0; i < b->all.num; i++) {
		struct block *k = &b->all.data[i];
		const struct insn *last = &b->insns.data[k->end - 1];

		if (last->kind == INSN_JUMP || last->kind == INSN_BRANCH)
			k->next[0] = block_at(b, last->target);
		if ((!ends_block(x, last) || last->kind == INSN_BRANCH) && i + 1 < b->all.num)
			k->next[1] = (int32_t)(i + 1);
		for (int n = 0; n < 2; n++)
			if (k->next[n] >= 0)
				b->all.data[k->next[n]].num_from++;
	}
	b->all.data[0].num_from++;
	if (b->resumed >= 0)
		b->all.data[b->resumed].num_from++;
}

struct gosym_error *blocks_read(const struct func_code *code, const struct flow *flow,
				bool (*never_returns)(const void *data, uint64_t target), const void *data,
				struct blocks *ret)
{
	_cleanup_free_ bool *leads = NULL;
	struct builder x = { .code = code, .ret = ret, .never_returns = never_returns, .data = data };
	struct gosym_error *err;

	ret->resumed = -1;
	if (flow->bad)
		ret->refused = "not all of the bytes around it are instructions";
	else if (flow->table)
		ret->refused = "the function around it jumps through a table";
	if (ret->refused)
		return NULL;
	err = decode_all(code, flow, ret);
	if (err)
		return err;
	if (!ret->insns.num) {
		ret->refused = "there is no code";
		return NULL;
	}
	x.leads = leads = calloc(ret->insns.num, sizeof(*leads));
	if (!leads)
		return gosym_nomem;
	find_leaders(&x);
	if (!cut(&x))
		return gosym_nomem;
	if (code->deferreturn)
		ret->resumed = block_at(ret, code->deferreturn);
	connect(&x);
	return NULL;
}

/* ------------------------------------------------------------------ paths */

/* Adds a block to the work if it is new and allowed. */
static void visit(int32_t block, int32_t without, bool *marks, int32_t *work, size_t *num)
{
	if (block < 0 || block == without || marks[block])
		return;
	marks[block] = true;
	work[(*num)++] = block;
}

static void run(const struct blocks *b, int32_t without, bool *marks, int32_t *work, size_t num)
{
	while (num) {
		const struct block *k = &b->all.data[work[--num]];

		for (int n = 0; n < 2; n++)
			visit(k->next[n], without, marks, work, &num);
	}
}

bool blocks_reach(const struct blocks *b, int32_t from, int32_t without, bool *marks)
{
	_cleanup_free_ int32_t *work = calloc(b->all.num, sizeof(*work));
	size_t num = 0;

	if (!work)
		return false;
	memset(marks, 0, b->all.num * sizeof(*marks));
	for (int n = 0; n < 2; n++)
		visit(b->all.data[from].next[n], without, marks, work, &num);
	run(b, without, marks, work, num);
	return true;
}

bool blocks_reach_entry(const struct blocks *b, int32_t without, bool *marks)
{
	_cleanup_free_ int32_t *work = calloc(b->all.num, sizeof(*work));
	size_t num = 0;

	if (!work)
		return false;
	memset(marks, 0, b->all.num * sizeof(*marks));
	visit(0, without, marks, work, &num);
	visit(b->resumed, without, marks, work, &num);
	run(b, without, marks, work, num);
	return true;
}

/* Blocks by what leads to them: lists in one array. */
struct edges { size_t *start; int32_t *from; };

static bool edges_reverse(const struct blocks *b, struct edges *ret)
{
	size_t total = 0;

	ret->start = calloc(b->all.num + 2, sizeof(*ret->start));
	ret->from = calloc(2 * b->all.num + 1, sizeof(*ret->from));
	if (!ret->start || !ret->from)
		return false;
	for (size_t i = 0; i < b->all.num; i++)
		for (int n = 0; n < 2; n++)
			if (b->all.data[i].next[n] >= 0)
				ret->start[b->all.data[i].next[n] + 2]++;
	for (size_t i = 2; i < b->all.num + 2; i++) {
		total += ret->start[i];
		ret->start[i] = total;
	}
	for (size_t i = 0; i < b->all.num; i++)
		for (int n = 0; n < 2; n++)
			if (b->all.data[i].next[n] >= 0)
				ret->from[ret->start[b->all.data[i].next[n] + 1]++] = (int32_t)i;
	return true;
}

static bool reach_back(const struct blocks *b, const struct edges *e, int32_t to, int32_t without, bool *marks)
{
	_cleanup_free_ int32_t *work = calloc(b->all.num + 1, sizeof(*work));
	int32_t at = to;
	size_t num = 0;

	if (!work)
		return false;
	memset(marks, 0, b->all.num * sizeof(*marks));
	for (;;) {
		for (size_t i = e->start[at]; i < e->start[at + 1]; i++)
			visit(e->from[i], without, marks, work, &num);
		if (!num)
			return true;
		at = work[--num];
	}
}

bool blocks_reach_back(const struct blocks *b, int32_t to, int32_t without, bool *marks)
{
	struct edges e = { .start = NULL };
	bool ok = edges_reverse(b, &e) && reach_back(b, &e, to, without, marks);

	free(e.start);
	free(e.from);
	return ok;
}
