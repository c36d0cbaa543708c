// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Which block of a function is executed exactly once for each of the calls inlined there.
 *
 * The table of inlined calls tells which instructions came from a call's body. That is not enough: the optimizer
 * executes pure instructions where no call is made (cmd/compile/internal/ssa: branchelim), later than the call
 * (tighten) or not at all (cse). What it does not move to another block are stores, calls and, but for the
 * releases below, the mark of the call (OpInlMark, which takes the memory state). So a block will do if it
 *
 *  - has the mark, which is sure if it is a NOP: then it was made where the mark stood. From Go 1.26 on a mark does
 *    not keep a branch from being eliminated; an access to memory of the body, in the same block, does; or
 *  - has a store or call of the body and an instruction at the line of the call, the one that became the mark; or,
 *    before Go 1.26, has a store, call or branch of the body,
 *
 * and in all cases no other instruction of the body can be reached without it, nor it again by the body's own
 * jumps: that would be a loop within the body.
 */
#include <string.h>

#include "abi/inlined.h"

/* First Go 1.x in which branchelim passes over marks (canSpeculativelyExecute). */
enum { MARKS_MOVE_SINCE = 26 };

static bool marks_move(const struct inlined_work *w)
{
	return goversion_at_least(&w->host->b->version, MARKS_MOVE_SINCE);
}

static const struct block *block_of(const struct inlined_work *w, int32_t block)
{
	return &w->host->blocks.all.data[block];
}

static bool is_nop(const struct inlined_work *w, size_t i)
{
	char text[32];

	w->host->arch->insn->format(&w->host->code.bytes, inlined_insn(w, i)->addr, text, sizeof(text));
	return !strcmp(text, "nop");
}

/* A store that is more than keeping a register, or a call. */
static bool has_effect(const struct inlined_work *w, size_t i)
{
	const struct insn *in = inlined_insn(w, i);

	return in->kind == INSN_CALL || (in->writes_memory && in->base != w->host->arch->sp);
}

/* The first instruction of the body in a block that is of a kind; SIZE_MAX: none. */
static size_t find_own(const struct inlined_work *w, int32_t block, bool loads, bool branches)
{
	const struct block *k = block_of(w, block);

	for (size_t i = k->first; i < k->end; i++) {
		const struct insn *in = inlined_insn(w, i);

		if (w->own[i] && (has_effect(w, i) || (loads && in->may_fault) ||
				  (branches && in->kind == INSN_BRANCH)))
			return i;
	}
	return SIZE_MAX;
}

/* No instruction of the body is reached without the block. */
static bool leads_all(const struct inlined_work *w, int32_t block, bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	_cleanup_free_ bool *marks = calloc(b->all.num, sizeof(*marks));

	if (!marks || !blocks_reach_entry(b, block, marks)) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < b->insns.num; i++)
		if (w->own[i] && marks[b->of.data[i]])
			return false;
	return true;
}

/* Whether what ends a block, if it is a jump, came from the body. */
static bool leaves_by_own(const struct inlined_work *w, int32_t block)
{
	size_t last = block_of(w, block)->end - 1;

	return inlined_insn(w, last)->kind < INSN_JUMP || w->own[last];
}

/* A way from the block back to it that the body's own jumps take. */
static bool in_own_loop(const struct inlined_work *w, int32_t block, bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	_cleanup_free_ int32_t *work = calloc(b->all.num + 1, sizeof(*work));
	_cleanup_free_ bool *seen = calloc(b->all.num, sizeof(*seen));
	int32_t at = block;
	size_t num = 0;

	if (!work || !seen) {
		*nomem = true;
		return false;
	}
	for (;;) {
		for (int n = 0; n < 2 && leaves_by_own(w, at); n++) {
			int32_t next = block_of(w, at)->next[n];

			if (next < 0 || seen[next])
				continue;
			if (next == block)
				return true;
			seen[next] = true;
			work[num++] = next;
		}
		if (!num)
			return false;
		at = work[--num];
	}
}

static const char no_exact[] =
	"the compiler mixed its code with that around it, so no address is known to be executed exactly once per call";

static bool fits(const struct inlined_work *w, int32_t block, bool *nomem)
{
	return leads_all(w, block, nomem) && !in_own_loop(w, block, nomem);
}

static const char *by_nop(const struct inlined_work *w, struct inlined_block *ret, bool *nomem)
{
	int32_t block = w->host->blocks.of.data[w->mark];

	if (marks_move(w) && find_own(w, block, true, false) == SIZE_MAX)
		return "the compiler may execute its code where the call is not made";
	if (!fits(w, block, nomem))
		return no_exact;
	*ret = (struct inlined_block){ block, w->mark, "the block of the NOP that marks the inlined call" };
	return NULL;
}

static bool by_mark(const struct inlined_work *w, struct inlined_block *ret, bool *nomem)
{
	int32_t block = w->host->blocks.of.data[w->mark];
	size_t effect = find_own(w, block, false, false);

	if (effect == SIZE_MAX || !fits(w, block, nomem))
		return false;
	*ret = (struct inlined_block){ block, effect, "a block with code of the call's line and a store or call of the "
				       "inlined body" };
	return true;
}

static bool by_effect(const struct inlined_work *w, struct inlined_block *ret, bool *nomem)
{
	const struct blocks *b = &w->host->blocks;
	int32_t last = -1;

	for (size_t i = 0; i < b->insns.num && !*nomem; i++) {
		size_t effect;

		if (!w->own[i] || b->of.data[i] == last)
			continue;
		last = b->of.data[i];
		effect = find_own(w, last, false, true);
		if (effect == SIZE_MAX || !fits(w, last, nomem))
			continue;
		*ret = (struct inlined_block){ last, effect, "a block of the inlined body that leads to all its others" };
		return true;
	}
	return false;
}

const char *inlined_find_block(const struct inlined_work *w, struct inlined_block *ret, bool *nomem)
{
	if (w->host->blocks.refused)
		return w->host->blocks.refused;
	if (w->mark == SIZE_MAX)
		return "the file does not tell where it begins";
	if (!w->code.mark_shared && is_nop(w, w->mark))
		return by_nop(w, ret, nomem);
	if (by_mark(w, ret, nomem))
		return NULL;
	if (!marks_move(w) && by_effect(w, ret, nomem))
		return NULL;
	return no_exact;
}
