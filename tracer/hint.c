// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Whether what a word of unknown type leads to is text: printable throughout, as far as it was fetched, where there is
 * a length beside the pointer; else a run of printable ASCII long enough not to be chance.
 */
#include <string.h>

#include "tracer/event.h"

enum { LEAST_RUN = 4, LEAST_COUNTED = 2, MOST_COUNTED = 1 << 24 };

static bool is_printable(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes of a UTF-8 sequence with its tail in place; 0: none. A sequence that the end cuts off counts as whole. */
static size_t sequence(const uint8_t *s, size_t left)
{
	size_t len = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 :
		     s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : 0;

	for (size_t i = 1; i < len && i < left; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len < left ? len : len ? left : 0;
}

static bool is_text(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t step = is_printable(s[i]) ? 1 : sequence(s + i, len - i);

		if (!step)
			return false;
		i += step;
	}
	return true;
}

bool event_hint(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **ret, uint64_t *ret_size,
		uint64_t *ret_len)
{
	const struct plan_fetch *fetches = ev->fetches ? ev->fetches : ev->probe->fetches;
	const struct plan_fetch *f = v->hint ? &fetches[v->hint - 1] : NULL;
	struct plan_value word = { .target = v->hint - 1, .fetch = PLAN_NO_FETCH };
	const char *why;
	uint64_t run = 0;

	if (!f || !event_target(ev, &word, ret, ret_size, &why))
		return false;
	if (f->from == PLAN_DEREF_VAR) {
		word.image = f->count;
		*ret_len = event_word(ev, &word, 0, ev->plan->arch->ptr_size);
		return *ret_len >= LEAST_COUNTED && *ret_len <= MOST_COUNTED && is_text(*ret, *ret_size);
	}
	while (run < *ret_size && is_printable((*ret)[run]))
		run++;
	*ret_len = *ret_size = run;
	return run >= LEAST_RUN;
}
