/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * gotrace.h - run a gosym plan in the kernel: load, attach, read events, detach.
 *
 * One session per plan. gotrace_next() and the event functions are for one thread; an own thread of the
 * session empties the ring buffer, so a slow consumer loses nothing before its queue limit.
 * Closing (also by the process's death) removes every probe.
 */
#ifndef GOTRACE_H
#define GOTRACE_H

#include <sys/types.h>

#include "gosym/gosym.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gotrace_session;
struct gotrace_event;

struct gotrace_options {
	size_t sz;			/* sizeof(struct gotrace_options) */
	const char *path;		/* file to probe, as this process can open it (also /proc/PID/exe) */
	pid_t pid;			/* only this process; 0 = every process that runs the file */
	size_t buffer;			/* ring buffer bytes, rounded up to a power of two; 0 = 8 MiB */
	bool count_only;		/* keep counts in the kernel, send no events */
	FILE *verbose;			/* diagnostics, programs and verifier logs; NULL = none */
	bool fault_in;			/* memory whose page is not there is brought, which may block the thread */
	bool no_fast_return;		/* leave every RET to the processor */
	uint32_t max_rate;		/* events of a function per second, others are dropped; 0: any number */
};
#define GOTRACE_OPTIONS { .sz = sizeof(struct gotrace_options) }

/* Loads and attaches; live on success. The plan must outlive the session. */
GOSYM_API struct gosym_error *gotrace_open(const struct gosym_plan *plan, const struct gotrace_options *opts,
					   struct gotrace_session **ret);
/* The next event in order of time of arrival, waiting up to timeout_ms (-1: until one comes or gotrace_stop()).
 * *ret = NULL if none came. The event lives until the next call. */
GOSYM_API struct gosym_error *gotrace_next(struct gotrace_session *s, int timeout_ms,
					   const struct gotrace_event **ret);
/* Async-signal-safe: makes a waiting gotrace_next() return. */
GOSYM_API void gotrace_stop(struct gotrace_session *s);
/* Detaches the probes; events already in the buffer can still be read. */
GOSYM_API struct gosym_error *gotrace_detach(struct gotrace_session *s);
GOSYM_API void gotrace_close(struct gotrace_session *s);		/* NULL is fine */

struct gotrace_counts {
	const struct gosym_func *func;
	uint64_t calls, lost, undecided;
	uint64_t returns;
	uint64_t untracked;		/* calls for which there was no room to wait for their return */
	uint64_t abandoned;		/* calls that ended in no way we saw */
	uint64_t unpaired;		/* returns of calls that were not seen: they began before, or the goroutine
					 * could not be read */
	uint64_t dropped;		/* for max_rate */
	uint64_t float_refused;		/* records without float registers: the program handles SIGURG itself */
	uint64_t float_missed;		/* the same: no signal was delivered at the hit */
};
/* Per probe, in the order of the plan. Array borrowed until the next call. Calls of aggregates are counted in
 * their rows only. */
GOSYM_API struct gosym_error *gotrace_counts(struct gotrace_session *s, const struct gotrace_counts **ret,
					     size_t *num_ret);
/* Of a session with returns; the numbers are final after gotrace_detach(), when all events were taken. */
struct gotrace_pairing {
	size_t open;			/* calls of which neither return nor end was seen: they still go on */
	uint64_t lost;			/* news from the runtime, of panics and ended goroutines */
	const char *late;		/* why ends by a panic are noticed late, NULL: they are not */
};
GOSYM_API struct gosym_error *gotrace_session_pairing(struct gotrace_session *s,
						      struct gotrace_pairing *ret);
/* What the session uses: "uprobe_multi" or "perf events", number of sites and programs. */
struct gotrace_stats { const char *attach; size_t sites, programs; uint64_t attach_ns; };
GOSYM_API struct gotrace_stats gotrace_session_stats(const struct gotrace_session *s);

/* ---- aggregates: of a plan with hist or by, whose session sends no events */

enum gotrace_key {			/* what number or text of a row are */
	GOTRACE_KEY_NONE,
	GOTRACE_KEY_INT, GOTRACE_KEY_UINT, GOTRACE_KEY_BOOL, GOTRACE_KEY_PTR,
	GOTRACE_KEY_STRING,		/* text: text_kept bytes of text_len */
	GOTRACE_KEY_TYPE,		/* text: the name of a dynamic type, "nil", or an address */
	GOTRACE_KEY_CALLER,		/* text: the name of a function, or an address */
};
enum { GOTRACE_SLOTS = 65 };
struct gotrace_row {
	const struct gosym_func *func;
	enum gotrace_key key;
	uint64_t number;
	const char *text;
	size_t text_kept, text_len;
	uint64_t count;
	/* Of a histogram. min, max and sum are int64_t if is_signed. */
	bool is_hist, is_signed, is_time;	/* is_time: nanoseconds */
	bool has_sum;			/* the sum fits its 64 bits */
	uint64_t min, max, sum;
	double mean, p50, p90, p99;	/* NaN where unknown; quantiles are within the slot of the true value */
	uint64_t negative;		/* values below zero: in no slot */
	uint64_t slots[GOTRACE_SLOTS];	/* 0: the value 0; i: from 2^(i-1) to below 2^i */
};
/* All rows so far, largest first: histograms by sum, counts by number. Borrowed until the next call. */
GOSYM_API struct gosym_error *gotrace_rows(struct gotrace_session *s, const struct gotrace_row **ret,
					   size_t *num_ret);

/* One line each, as the command prints them. color: ANSI colours. */
GOSYM_API struct gosym_error *gotrace_event_text(const struct gotrace_event *ev, bool color, FILE *out);
GOSYM_API struct gosym_error *gotrace_event_json(const struct gotrace_event *ev, FILE *out);

/* A whole session as one document: "chrome" (Trace Event Format), "folded" (stacks and their weights; of a plan
 * with stacks), "tree" (calls nested by goroutine; of a plan with returns). */
struct gotrace_render;
GOSYM_API struct gosym_error *gotrace_render_create(const char *format, bool color, FILE *out,
						    struct gotrace_render **ret);
GOSYM_API struct gosym_error *gotrace_render_event(struct gotrace_render *r, const struct gotrace_event *ev);
/* No event is waiting: what is held back for the sake of form may be shown. */
GOSYM_API void gotrace_render_idle(struct gotrace_render *r);
/* Behind the last event. */
GOSYM_API struct gosym_error *gotrace_render_finish(struct gotrace_render *r);
GOSYM_API void gotrace_render_destroy(struct gotrace_render *r);		/* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
