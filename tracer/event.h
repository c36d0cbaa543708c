/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * A record read back through its plan: each value as text-independent pieces for the renderers.
 * Only what the record proves is handed out: status words decide, never the bytes alone.
 */
#ifndef TRACER_EVENT_H
#define TRACER_EVENT_H

#include "tracer/gotrace.h"
#include "tracer/plan.h"

enum event_ended {
	EVENT_RETURNED,
	EVENT_PANIC,
	EVENT_GOEXIT,
	EVENT_JUMP,			/* into another function, which returns in its place */
};

enum { EVENT_PANIC_TEXT = 256 };

/* The value a panic was called with. */
struct event_panic {
	const char *type;		/* dynamic type; NULL: a nil interface, or not known */
	enum { PANIC_NIL, PANIC_TEXT, PANIC_INT, PANIC_UINT, PANIC_BOOL, PANIC_WORD, PANIC_FAULT,
	       PANIC_SEVERAL } kind;	/* SEVERAL: it is one of those under way, not known which */
	uint64_t word;			/* the number; PANIC_WORD: the data word */
	uint64_t len;			/* of the text, of which size bytes are here */
	uint32_t size;
	uint8_t text[EVENT_PANIC_TEXT];
};

struct gotrace_event {
	const struct gosym_plan *plan;
	const struct plan_probe *probe;
	const struct plan_record *record;	/* followed by the image; NULL: nothing is known but the header */
	const struct plan_record *header;	/* who and when; NULL: the record is its own */
	const struct plan_fetch *fetches;	/* of the values at hand; NULL: of the arguments */
	const struct plan_dynamic *dynamic;	/* likewise */
	uint32_t base;			/* what the values' offsets in the record are relative to */
	bool is_return;
	bool is_pair;			/* arguments, results and duration in one */
	enum event_ended ended;		/* of returns */
	const char *jumped_to;
	uint64_t duration;
	const struct event_panic *panic;	/* EVENT_PANIC; NULL: not known which */
};

static inline const struct plan_record *event_header(const struct gotrace_event *ev)
{
	return ev->header ? ev->header : ev->record;
}

/* The event as it has to be handed over with values of the results. */
static inline struct gotrace_event event_of_results(const struct gotrace_event *ev)
{
	struct gotrace_event of = *ev;

	of.fetches = ev->probe->result_fetches;
	of.dynamic = &ev->probe->result_dynamic;
	return of;
}

/* NULL if the value can be read, else "fault" or "unavailable". */
const char *event_value_error(const struct gotrace_event *ev, const struct plan_value *v);
/* Whether what it points to was fetched; else *why: NULL (not followed) or "fault". */
bool event_target(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **data,
		  uint64_t *size, const char **why);
/* hint.c: of a value of unknown type, the text that its first word leads to; len: its whole length. */
bool event_hint(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **ret, uint64_t *ret_size,
		uint64_t *ret_len);
uint64_t event_word(const struct gotrace_event *ev, const struct plan_value *v, uint32_t off,
		    unsigned size);
const uint8_t *event_bytes(const struct gotrace_event *ev, const struct plan_value *v);
/* Link-time address of a run-time one. */
uint64_t event_link_addr(const struct gotrace_event *ev, uint64_t addr);

/* Whether the plan follows this pointer. (The pointee itself says if it could not be read.) */
bool event_followed(const struct plan_value *v);
/* Whether the file tells the value's size alone, so that it can only be shown as a word: "?8". */
bool event_is_raw(const struct plan_value *v);

/* By kind; the value must be readable. */
int64_t event_int(const struct gotrace_event *ev, const struct plan_value *v);
double event_float(const struct gotrace_event *ev, const struct plan_value *v, uint32_t off,
		   unsigned size);
/* Word number index of the value: 0 data pointer, 1 length, 2 capacity. */
uint64_t event_ptr(const struct gotrace_event *ev, const struct plan_value *v, unsigned index);
/* How many elements of a slice were fetched; *why: NULL or "fault". */
size_t event_elems(const struct gotrace_event *ev, const struct plan_value *v, const char **why);
/* How many entries of a map were fetched, of which number i is in kids 2 * i and 2 * i + 1. */
enum event_read { EVENT_ENTRIES, EVENT_NO_ENTRIES, EVENT_ENTRIES_BUSY, EVENT_ENTRIES_FAULT };
enum event_read event_entries(const struct gotrace_event *ev, const struct plan_value *v, size_t *ret);
/* Word number index behind the pointer; else *why as with event_target(). */
bool event_target_word(const struct gotrace_event *ev, const struct plan_value *v, unsigned index,
		       uint64_t *ret, const char **why);
/* Of a non-nil interface; NULL if the type has no name in the file. */
const char *event_dynamic_type(const struct gotrace_event *ev, const struct plan_value *v);
/* What a non-nil interface holds, and the event as it has to be handed over with it. NULL: its data word is all that
 * is known. */
const struct plan_value *event_held(const struct gotrace_event *ev, const struct plan_value *v,
				    struct gotrace_event *ret);
/* Of a non-nil func value, with the link address of its code; NULL if the file has no such
 * function, or if it could not be read: then *code is 0 and *why as with event_target(). */
const char *event_func_name(const struct gotrace_event *ev, const struct plan_value *v,
			    uint64_t *code, const char **why);

#endif
