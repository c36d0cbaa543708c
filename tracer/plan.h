/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * The plan: what to fetch at each site, as plain data. No kernel, no BPF: the eBPF generator, the
 * text emitters and the decoder of events all read this one description.
 *
 * A record is a header (struct plan_record) and then an image of memory. A value lies in the
 * record at `image`, byte for byte as it would lie in the target's memory (register pieces are
 * stored at their offset within it); so decoding is one walk over the type, and what a value
 * points to is one more fetch.
 *
 *	func f(s string)	image: [ptr len]	target fetch: min(len, strlen) bytes behind ptr
 *
 * Fetches run in order. Each but those from registers has a status word (0 done, negative errno,
 * or PLAN_SKIPPED: nil pointer or guard not met), always written, so nothing in a record is ever
 * stale. A PLAN_DEREF_VAR of no elements behind a pointer that is not nil is done: status 0.
 */
#ifndef TRACER_PLAN_H
#define TRACER_PLAN_H

#include "abi/goroutine.h"
#include "abi/sites.h"
#include "gosym/arena.h"
#include "gosym/vec.h"

/* What a record tells of. The ones from PLAN_PANIC on come from hooks in the runtime (plan_hooks.c) and are about all
 * open calls of their goroutine. */
enum plan_kind {
	PLAN_CALL,
	PLAN_RETURN,			/* at an exit of the function: `exit` says at which */
	PLAN_ABANDONED,			/* a kept call that has ended otherwise, found when another took its place */
	PLAN_PANIC,			/* runtime.gopanic was entered; its argument is in the image */
	PLAN_UNWIND,			/* a recovered panic: calls deeper than `depth` are over */
	PLAN_GOEXIT,			/* the goroutine ends: all its calls are over */
	PLAN_GOEXIT_BEGINS,		/* it is going to, by runtime.Goexit: deferred functions still run */
};

/* Every record starts with this; the kernel program fills it, little-endian host order. */
struct plan_record {
	uint32_t probe;			/* index into plan->probes (the attach cookie) */
	uint32_t size;			/* bytes of the record in use, this header included */
	uint64_t ts;			/* CLOCK_MONOTONIC, ns */
	uint32_t tid, pid;		/* in this order: bpf_get_current_pid_tgid() as one word */
	uint64_t goid;			/* valid if goid_status is 0 */
	uint64_t ip;			/* run-time address of the site: minus site->addr = load bias */
	int32_t goid_status;
	uint16_t kind;			/* enum plan_kind */
	uint16_t exit;			/* PLAN_RETURN: index into probe->exits */
	uint64_t depth;			/* with returns: g.stack.hi - SP at entry, the same at entry and return; else 0 */
	uint64_t duration;		/* PLAN_RETURN: ns since the call */
};

/* A call in flight, in the kernel's map: its key is unchanged when the stack moves, tells the levels of a
 * recursion apart and does not care which thread runs the goroutine. */
struct plan_call_key {
	uint64_t goid;			/* 1 << 63 | tid where the goroutine has no id (g0) */
	uint64_t depth;
	uint32_t tgid, probe;
};

/* Its value; with plan->keep_args the record of the call lies behind it, header and image, at the offsets it
 * would have in the ring buffer. */
struct plan_call {
	uint64_t ts;
	uint64_t flags;			/* 1: the kept record is whole */
};

/* Argument registers of a call whose function loses them while its stack grows (abi/slowpath.h), in the order of
 * the sequence. */
enum { PLAN_SLOW_REGS = 16 };

struct plan_slow_key {
	uint64_t g;
	uint32_t tgid, probe;
};
struct plan_slow_regs {
	uint64_t regs[PLAN_SLOW_REGS];
	uint64_t lo, hi;		/* the goroutine's stack then */
	uint64_t moved;			/* by how much it lies higher at the site */
};

enum { PLAN_SKIPPED = 1 };		/* status: not tried, for the pointer was nil or a guard not met */
enum { PLAN_NO_FETCH = -1 };

enum plan_from {
	PLAN_REG,			/* size bytes of a register */
	PLAN_STACK,			/* size bytes at SP of the site + off */
	PLAN_DEREF,			/* size bytes at *(word at record offset ptr) + off */
	PLAN_DEREF_VAR,			/* min(word at record offset count, max_count) * size bytes at *ptr */
	PLAN_FLOAT,			/* size bytes of float register reg, which no probe sees: at an exit from where
					 * that says (gosym_exit.floats), else skipped */
	PLAN_G,				/* of hooks, like a register: the address of g, 0 if not known */
	PLAN_MAP,			/* up to max_count entries of size bytes, of the map at *ptr (plan_map.h); their
					 * number goes to record offset count, as a 64-bit word */
	PLAN_SAVED,			/* in conditions at a return: bytes of the call's kept record, at off */
	PLAN_EXPR,			/* size bytes of the number expr; -EFAULT if it is undecided */
};

struct plan_printed;

/* The values of --print at one place (expr.h). */
struct plan_print {
	struct plan_printed *items;
	size_t num;
};

struct plan_fetch {
	enum plan_from from;
	int32_t reg;			/* PLAN_REG: register index of the arch, readable from pt_regs */
	int64_t off;
	uint32_t size;			/* PLAN_DEREF_VAR: of one element */
	uint32_t ptr, count, max_count;
	uint32_t dst;			/* record offset of the bytes */
	uint32_t status;		/* record offset of the s32 status; 0 for PLAN_REG */
	int32_t guard;			/* fetch whose bytes hold our pointer; must have succeeded. PLAN_NO_FETCH: none */
	const struct plan_expr *expr;	/* PLAN_EXPR */
	bool not_nil;			/* PLAN_EXPR: 0 is a fault */
	uint32_t guard_elem;		/* guard is PLAN_DEREF_VAR or PLAN_MAP: our pointer lies in this element of it; skipped if
					 * count <= this */
	const struct plan_map *map;	/* PLAN_MAP */
};

struct plan_value {
	const char *name;		/* parameter, field; NULL for elements and where the file has no names */
	const struct gosym_type *type;
	uint32_t image;			/* record offset; only if fetch >= 0 or from registers and not missing */
	int32_t fetch;			/* that filled the image; PLAN_NO_FETCH: register pieces (always there) */
	const char *missing;		/* why there is no image: the value is unavailable. A struct may have
					 * missing = NULL and single fields missing */
	/* What it points to, by kind: string bytes; slice elements; pointee; map/chan header;
	 * interface: the type word behind the itab; func: the code pointer. PLAN_NO_FETCH: not
	 * followed (limit or depth); with kids: what it points to has size 0, so there is nothing
	 * to fetch. */
	int32_t target;
	int32_t hint;			/* of unknown type: what its first word leads to, fetch + 1; 0: not fetched */
	/* Fields of a struct, elements of an array (up to the limit), elements of a slice, the
	 * one pointee, keys and elements of a map in turns. */
	struct plan_value *kids;
	size_t num_kids;
	int32_t entries;		/* map: fetch that brought its entries; valid with kids */
};

/* ---- values behind interfaces: of which type, is known only when one is there. See plan_dynamic.h */

/* An interface whose value is to be fetched. */
struct plan_place {
	const struct gosym_type *type;	/* of the interface */
	uint32_t at;			/* record offset of its two words */
	uint32_t status;		/* of a recipe's: offset of its status word */
	int32_t guard;			/* as of a fetch: whether the interface is there */
	uint32_t guard_elem;
	int32_t type_fetch;		/* of the type word behind the itab; PLAN_NO_FETCH: the first word it is */
	unsigned depth;			/* left for the value */
};

/* Of one record; at 0: no place is followed. Behind the status words: struct plan_walk, entries, the area. */
struct plan_dynamic {
	struct plan_place *places;
	size_t num_places;
	uint32_t at;
	uint32_t max_entries;
	uint32_t area_at, area;
	uint32_t max_read;		/* bytes of the largest read; the record goes on so far behind the area */
	uint32_t rounds;		/* of the loop in the kernel */
};

/* ---- conditions: expr.h makes them from Go syntax, bpf_gen.c compiles them */

enum plan_op {
	PLAN_OP_CONST,			/* imm */
	PLAN_OP_LOAD,			/* load */
	PLAN_OP_GOID, PLAN_OP_PID, PLAN_OP_TID,
	PLAN_OP_AND, PLAN_OP_OR, PLAN_OP_NOT,		/* short-circuit, on booleans */
	/* a, b; is_signed says how. size 4 or 8: the bits of floats of that size; b, if constant, as
	 * plan_float_order() has it */
	PLAN_OP_EQ, PLAN_OP_NE, PLAN_OP_LT, PLAN_OP_LE, PLAN_OP_GT, PLAN_OP_GE,
	PLAN_OP_STREQ,			/* a string and text: equal; a = pointer, b = length. At a return `kept` bytes
					 * of it are where load says, and a is NULL */
	PLAN_OP_STRPREFIX, PLAN_OP_STRSUFFIX, PLAN_OP_STRCONTAINS,	/* the same */
	PLAN_OP_STRORDER,		/* a number below, at or above 0: against text, or the string `other` */
	PLAN_OP_STRING,			/* other strings, in `other` */
	PLAN_OP_DURATION,		/* at a return: ns */
	PLAN_OP_IF,			/* the number b where a holds, else 0 */
	PLAN_OP_CHECK,			/* the number b where a holds; else undecided */
	PLAN_OP_ADDR,			/* where the file's address imm is at run time */
	PLAN_OP_WRAP,			/* a, cut to size bytes and extended as is_signed says */
	/* Integers a, b of size bytes, extended; the result wraps. Undecided where Go panics. */
	PLAN_OP_ADD, PLAN_OP_SUB, PLAN_OP_MUL, PLAN_OP_DIV, PLAN_OP_MOD,
	PLAN_OP_BITAND, PLAN_OP_BITOR, PLAN_OP_XOR, PLAN_OP_ANDNOT,
	PLAN_OP_SHL, PLAN_OP_SHR,	/* b: any number of bits; count_is_signed: below 0 is undecided */
};

/* A scalar: from a register or the stack, then through pointers. */
struct plan_load {
	enum plan_from from;		/* PLAN_REG, PLAN_STACK or PLAN_SAVED */
	int32_t reg;
	int64_t off;
	uint32_t status;		/* PLAN_SAVED: offset of the status word that must be 0; 0: none */
	uint32_t num_derefs;
	int64_t derefs[8];		/* each: word so far + this = address of the next word (or of the value) */
	uint8_t size;			/* 1, 2, 4, 8: of the final value */
	bool is_signed;			/* extend by sign */
};

struct plan_expr {
	enum plan_op op;
	const struct plan_expr *a, *b, *other;
	bool is_signed, count_is_signed;
	uint8_t size;
	uint8_t depth;			/* stack slots it takes while it is computed: at most PLAN_MAX_DEPTH */
	uint32_t cost;			/* a bound of the instructions the verifier looks at, roughly */
	int64_t imm;
	struct plan_load load;
	const char *text;		/* strings: may hold NUL bytes */
	uint32_t text_len, kept;
};
/* An expression whose memory cannot be read (fault, nil pointer) makes the whole condition false,
 * and the program counts the call as `undecided`. */

/* A number whose order among its like is that of the floats these are the bits of; NaN is above and below all. */
static inline int64_t plan_float_order(uint64_t bits, unsigned size)
{
	int64_t v = size == 4 ? (int32_t)bits : (int64_t)bits;
	int64_t lowest = size == 4 ? INT32_MIN : INT64_MIN;

	return v < 0 ? (int64_t)((uint64_t)lowest - (uint64_t)v) : v;
}

/* ---- aggregates: kept in the kernel, nothing is sent per event */

enum { PLAN_HIST_SLOTS = 65, PLAN_KEY_BYTES = 64 };	/* slot 0: zero; slot i: 2^(i-1) <= value < 2^i */

enum plan_key_kind {
	PLAN_KEY_NONE,
	PLAN_KEY_INT, PLAN_KEY_UINT, PLAN_KEY_BOOL, PLAN_KEY_PTR,
	PLAN_KEY_STRING,
	PLAN_KEY_TYPE,			/* dynamic type of an interface: address of its descriptor, 0: nil */
	PLAN_KEY_CALLER,		/* return address */
};

/* What is counted apart: the function, and the value of --by. Only the bytes in use are part of the map's
 * key: none, a 64-bit word (addresses in the file: run-time ones minus the ip of the site), or a string. */
struct plan_agg_key {
	uint32_t probe;
	uint32_t len;			/* of a string: its true length, of which PLAN_KEY_BYTES are kept */
	uint8_t bytes[PLAN_KEY_BYTES];
};

/*
 * One per key and CPU. All of it starts at zero, for an element that one CPU inserts is zero on the others:
 * so the extremes are kept as two maxima, of the values and of their complements, as unsigned numbers (a
 * signed value with its sign bit flipped, which keeps the order). The sum comes in two halves, so that
 * it is exact for any values of the first 2^32 calls.
 */
struct plan_agg {
	uint64_t count;			/* all there is in the map for --count */
	uint64_t negative;		/* values below zero: in no slot */
	uint64_t sum_low;		/* of the values' lower 32 bits */
	int64_t sum_high;		/* of value >> 32 */
	uint64_t max, max_complement;
	uint64_t slots[PLAN_HIST_SLOTS];
};

/* Where a call is added up at its return: what its arguments said, behind its struct plan_call and its record
 * in the map of calls. */
struct plan_agg_kept {
	uint64_t value;
	struct plan_agg_key key;	/* PLAN_UNDECIDED in place of the probe: memory could not be read */
};

enum { PLAN_UNDECIDED = -1 };

/* Of one probe: expressions are about its own arguments and results. */
struct plan_aggregate {
	const struct plan_expr *value;	/* --hist; NULL: only counted */
	bool value_at_call, by_at_call;	/* known at the call and kept: with plan->at_return */
	bool is_signed;			/* the value */
	bool is_time;			/* it is nanoseconds: a duration, or a time.Duration */
	enum plan_key_kind by_kind;
	const struct plan_expr *by;	/* a word; of a string the pointer */
	const struct plan_expr *by_len;	/* of a string */
};

/* ---- the whole */

struct plan_probe {
	const struct gosym_func *func;
	const struct gosym_inlined *copy;	/* NULL: the function itself; else one inlined call of it, to which site
						 * and sig belong: its returns are not followed */
	const struct gosym_signature *sig;	/* NULL where nothing is known */
	const struct gosym_site *site;
	struct abi_goroutine g;
	bool slow;			/* wants registers that site->slow tells of */
	uint32_t stack_off;		/* then: of stack within runtime.g */
	const struct plan_expr *cond;	/* NULL: always */
	struct plan_fetch *fetches;
	size_t num_fetches;
	struct plan_value *args;	/* one per shown parameter */
	size_t num_args;
	struct plan_value *kept;	/* one per parameter, where --print shows others and the record is kept for
					 * expressions at the return; NULL: args are these */
	struct plan_print print, print_results;	/* --print: where there are, args and results are these */
	struct plan_dynamic dynamic;	/* of the arguments */
	uint32_t record_size;		/* header and image, multiple of 8 */
	uint32_t status_at;		/* record offset where the status words start (for reference) */
	uint32_t stack_at;		/* record offset of struct plan_stack, also in a return's record; 0: no
					 * stack is taken. The image lies behind it */
	enum plan_kind kind;		/* PLAN_CALL, or what a hook in the runtime reports */
	uint32_t stack_hi_off;		/* with returns: of stack.hi within runtime.g */
	struct plan_aggregate agg;	/* with plan_is_aggregate() */

	/* Returns, with plan->opts.returns. The record of a return has its own layout: the header, with keep_args
	 * the call's image at the offsets it has there, then the results, last the call's header. */
	const struct gosym_exit *exits;
	size_t num_exits;
	/* With plan->frames: which programs ask for a signal's frame (plan_floats.h), and where records have room for it */
	bool frame_at_call, frame_at_return;
	uint64_t next;			/* the instruction behind the site; what this one adds to SP, and the registers
					 * it changes */
	int64_t next_sp;
	uint64_t next_writes;
	uint32_t floats_at, result_floats_at;	/* record offset of struct plan_floats; 0: none */
	const struct plan_expr *cond_return;	/* NULL: always */
	struct plan_fetch *result_fetches;
	size_t num_result_fetches;
	struct plan_value *results;
	size_t num_results;
	struct plan_dynamic result_dynamic;
	uint32_t return_size;
	uint32_t call_at;		/* record offset of the call's own struct plan_record; 0: not kept */
};

/* A stack: run-time addresses, innermost first; the first pc is the site's own, the others are return addresses.
 * above: the word behind the return address; it is the next one if the function returned to has no frame, as
 * then the frame pointer leads past it. 0 where that cannot be. */
struct plan_frame {
	uint64_t pc, above;
};
struct plan_stack {
	uint32_t count;
	uint32_t reserved;
	struct plan_frame frames[];
};

struct gosym_plan {
	struct gosym_binary *binary;
	const struct abi_arch *arch;
	struct gosym_plan_options opts;
	struct arena arena;
	VEC(struct plan_probe) probes;
	VEC(struct plan_probe) hooks;	/* with returns, in the runtime (plan_hooks.c): their indices come
					 * behind those of the probes */
	const struct plan_frames *frames;	/* with float_regs, and floats in registers at all */
	const struct plan_unwind *unwind;	/* how to read PLAN_UNWIND (plan_hooks.h) */
	const char *short_stacks;	/* why opts.stack is less than what was asked for; NULL: it is not */
	const struct plan_standing *standing;	/* of PLAN_PANIC; NULL: not known */
	const char *no_unwind;		/* why calls ended by panics are noticed late only; NULL: they are not */
	bool keep_args;			/* the call's record is kept until its return: --pair, --if-ret, … */
	bool at_return;			/* nothing is sent at the call: all is decided at the return */
	bool fixed_address;		/* the file is always loaded where it says */
	struct dynamic *dynamic;	/* recipes made so far (plan_dynamic.c) */
	VEC(bool) added;		/* by func->index: each function once */
};

/* Calls are added up in the kernel and not reported. Counts without a key need no map of their own. */
static inline bool plan_is_aggregate(const struct gosym_plan *p)
{
	return p->opts.hist || p->opts.by;
}

enum {
	PLAN_MAX_RECORD = 16 * 1024,
	PLAN_MAX_FETCHES = 512,
	PLAN_MAX_VALUES = 8192,		/* per probe, so that arrays of arrays stay finite */
	PLAN_MAX_STACK = 128,		/* frames */
	PLAN_MAX_TEXT = 256,		/* bytes of a string in a condition */
	PLAN_MAX_ORDER = 128,		/* of it compared at once, and in how many rounds at most */
	PLAN_MAX_ROUNDS = 8,
	PLAN_SEARCH_ROUNDS = 4,		/* PLAN_MAX_TEXT bytes each, in which a text is looked for */
	PLAN_MAX_DEPTH = 16,		/* operands of an expression that wait for others */
	PLAN_MAX_COST = 400000,		/* the kernel's limit is a million, for the whole program */
};

/* The function whose code has the site. */
static inline const struct gosym_func *plan_probe_within(const struct plan_probe *probe)
{
	return probe->copy ? probe->copy->within : probe->func;
}

/* Fills probe's args, fetches and record_size; sig and site are set (plan_value.c). */
struct gosym_error *plan_build_values(struct gosym_plan *p, struct plan_probe *probe);
/* A record of the header alone, and the stack if one is taken. */
void plan_no_values(const struct gosym_plan *p, struct plan_probe *probe);
/* Then the return's record: results, result_fetches, return_size, call_at. */
struct gosym_error *plan_build_results(struct gosym_plan *p, struct plan_probe *probe);
/* Where a record's image begins: behind the header and the stack. */
uint32_t plan_image_start(const struct gosym_plan *p, const struct plan_probe *probe);
/* Probes and hooks by the index in records and cookies; NULL: none. */
const struct plan_probe *plan_probe_at(const struct gosym_plan *p, size_t i);

/* Emitters: plan -> text. path is how the text names the file. */
struct gosym_error *plan_emit_bpftrace(const struct gosym_plan *p, const char *path, FILE *out);
struct gosym_error *plan_emit_tracefs(const struct gosym_plan *p, const char *path, FILE *out);
struct gosym_error *plan_emit_perf(const struct gosym_plan *p, const char *path, FILE *out);
struct gosym_error *plan_emit_json(const struct gosym_plan *p, const char *path, FILE *out);

#endif
