// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Hints: of arguments whose type the file does not tell, only words are known, "?8". One of them may be a pointer to
 * text, and one with a small number behind it a string or a slice of bytes. So what the first word leads to is fetched
 * along, and shown if it is text: as a guess, apart from the value (hint.c). Garbage in the word gives a fault for the
 * fetch and nothing else.
 */
#include "gosym/type.h"
#include "tracer/plan_build.h"

enum { LONE_TEXT = 32 };		/* bytes behind a word with no length beside it */

/* base: where the value lies; first, second: what brought its first two words, PLAN_NO_FETCH for registers. */
void build_hint(struct builder *b, struct plan_value *v, uint32_t base, int32_t first, int32_t second)
{
	unsigned word = b->p->arch->ptr_size;
	bool counted = gosym_type_size(v->type) >= 2 * (uint64_t)word;
	uint64_t size = counted ? b->p->opts.strlen : min_u64(LONE_TEXT, b->p->opts.strlen);
	struct plan_fetch f = { .from = PLAN_DEREF, .ptr = base, .guard = first };
	int32_t fetch;

	if (!b->p->opts.hints || !b->p->opts.depth || !size || size > build_space_left(b) ||
	    gosym_type_size(v->type) < word)
		return;
	f.size = (uint32_t)size;
	if (counted) {
		f.from = PLAN_DEREF_VAR;
		f.size = 1;
		f.count = base + word;
		f.max_count = (uint32_t)size;
		if (second != PLAN_NO_FETCH)
			f.guard = second;
	}
	f.dst = build_image(b, size);
	fetch = build_fetch(b, &f);
	if (fetch != PLAN_NO_FETCH)
		v->hint = fetch + 1;
}
