/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Plan -> eBPF instructions for one probe. What depends on the running kernel comes in through
 * bpf_target. */
#ifndef TRACER_BPF_GEN_H
#define TRACER_BPF_GEN_H

#include "tracer/bpf_asm.h"
#include "tracer/plan.h"

/* Per-CPU counters of a probe, values of the counters map (index: probe). */
struct bpf_counters {
	uint64_t calls;			/* passed the condition */
	uint64_t lost;			/* no room in the ring buffer */
	uint64_t undecided;		/* the condition could not be read */
	uint64_t returns;		/* that were paired with their call and passed their condition */
	uint64_t untracked;		/* calls that found no room in the map of calls */
	uint64_t abandoned;		/* calls over without a return: another took their place */
	uint64_t unpaired;		/* returns without a call: it began before tracing, or lost its place, or the
					 * goroutine could not be read */
	uint64_t dropped;		/* beyond the allowed rate */
	uint64_t float_refused;		/* the program handles SIGURG itself: no frame was asked for */
	uint64_t float_missed;		/* no frame came */
};

struct bpf_target {
	int ring_fd, counters_fd;
	int agg_fd, agg_zero_fd;	/* aggregates; one element of zeros */
	uint32_t agg_key_size;
	int rate_fd;			/* with max_rate: a word for each probe (bpf_rate.c) */
	uint32_t max_rate;		/* events per second and probe; 0: any number */
	int tails_fd;			/* an empty array of programs: see bpf_gen_begin(); 0: none */
	int slow_fd;			/* struct plan_slow_key to struct plan_slow_regs; 0: none */
	int calls_fd, calls_zero_fd;	/* calls in flight; with kept records one element of zeros */
	int recipes_fd, steps_fd;	/* of values behind interfaces (plan_dynamic.h) */
	bool may_goto;			/* loops need no counter for the verifier's sake */
	bool fault_in;			/* records are held for a program that brings missing pages, under the thread */
	int held_fd, held_zero_fd;	/* struct plan_held_key to struct plan_held and a record; 0: none are */
	uint32_t held_size, call_size;	/* of their elements, and those of calls */
	int32_t sighand_off, action_off;	/* of SIGURG's handler (BTF): in task_struct, behind that */
	uint32_t tgid;			/* only this process; 0 = any */
	int32_t fsbase_off;		/* offset of thread.fsbase in task_struct (BTF); -1 unknown */
	bool count_only;		/* no events: counters alone */
	uint32_t wake_bytes;		/* wake the reader once this much is unread */
	bool fast_return;		/* programs may set registers: do the RET in the program */
	int32_t features_off;		/* of thread.features in task_struct (BTF): whether the thread has a
					 * shadow stack; -1: this kernel has none */
};

/* The program that runs behind that of a probe's entry (exit: UINT32_MAX) or exit with target->fault_in, and may
 * sleep: it reads once more what was not there (bpf_fault.c). */
struct gosym_error *bpf_gen_faults(const struct gosym_plan *p, const struct plan_probe *probe, uint32_t exit,
				   const struct bpf_target *target, struct bpf_asm *ret);
/* Whether there is anything for such a program to do. */
bool bpf_has_faults(const struct gosym_plan *p, const struct plan_probe *probe, uint32_t exit);

/* The program that reads signals' frames, with plan->frames (bpf_float.c). */
struct gosym_error *bpf_gen_frames(const struct gosym_plan *p, const struct bpf_target *target, struct bpf_asm *ret);

/* Two probes whose programs would be equal give equal instructions: the probe's index comes by
 * the attach cookie. */
struct gosym_error *bpf_gen_probe(const struct gosym_plan *p, const struct plan_probe *probe,
				  const struct bpf_target *target, struct bpf_asm *ret);

/* The program of its stack check's slow path, where probe->slow. */
struct gosym_error *bpf_gen_slow_path(const struct gosym_plan *p, const struct plan_probe *probe,
				      const struct bpf_target *target, struct bpf_asm *ret);

/* The program of one of its exits; the exit's index comes by the cookie too: see bpf_cookie(). */
struct gosym_error *bpf_gen_exit(const struct gosym_plan *p, const struct plan_probe *probe, size_t exit,
				 const struct bpf_target *target, struct bpf_asm *ret);
/* The cookie of a site: probe index, and of an exit its index among the probe's exits. */
static inline uint64_t bpf_cookie(uint32_t probe, uint32_t exit)
{
	return (uint64_t)exit << 32 | probe;
}

/* ---- between bpf_gen.c, bpf_return.c, bpf_cond.c, … */

struct bpf_gen {
	struct bpf_asm *a;
	const struct gosym_plan *plan;
	const struct plan_probe *probe;
	const struct bpf_target *target;
	const struct gosym_exit *exit;	/* NULL: the program of the entry */
	const struct plan_fetch *fetches;	/* of the record at hand: guards refer to these */
	int held_key;			/* where on the stack the key of a held record is; 0: GEN_HELD_KEY */
	bool fault_in;			/* in a program that may sleep: pages that are not there are brought */
	bool slow;			/* argument registers are those noted on the slow path */
	int tail;			/* label of the tail call */
	struct gosym_error *err;	/* the first one */
};

/* Registers that live through helper calls, and the stack frame. */
enum { GEN_CTX = BPF_REG_6, GEN_RECORD = BPF_REG_7, GEN_CALL = BPF_REG_8, GEN_COUNTERS = BPF_REG_9 };
enum {
	GEN_KEY = -8,			/* u32: index of the probe */
	GEN_WORD = -16,			/* what a read just brought */
	GEN_VALUES = -24,		/* operands waiting, downwards */
	GEN_FRAME = GEN_VALUES - 24,	/* of a stack: the next frame pointer, the return address, the word
					 * behind it */
	GEN_MAX_DEPTH = PLAN_MAX_DEPTH,
	GEN_TEXT = GEN_VALUES + 8 - 8 * GEN_MAX_DEPTH - PLAN_MAX_TEXT,	/* string to compare */
	GEN_AGG_KEPT = GEN_TEXT,	/* struct plan_agg_kept: filled when nothing is compared any more */
	GEN_CALL_VALUE = GEN_AGG_KEPT - (int)sizeof(struct plan_call),	/* goes to the map with it */
	GEN_CALL_KEY = GEN_CALL_VALUE - (int)sizeof(struct plan_call_key),
	GEN_CALL_PTR = GEN_CALL_KEY - 8,	/* at a return: struct plan_call, in the map */
	GEN_TS = GEN_CALL_PTR - 8,	/* at a return: now */
	GEN_DURATION = GEN_TS - 8,	/* at a return */
	GEN_G = GEN_DURATION - 8,	/* address of g */
	GEN_SLOW_KEY = GEN_DURATION,	/* struct plan_slow_key, at the very beginning */
	GEN_SLOW = GEN_G - 8,		/* struct plan_slow_regs, in the map */
	GEN_KEY_STATUS = GEN_SLOW - 8,	/* s32: 0, or why the key of the call is not known */
	GEN_HELD_KEY = GEN_KEY_STATUS - 16,	/* struct plan_held_key */
};

/* r3 = g; else jumps to fail with r0 set. */
void bpf_gen_g(struct bpf_gen *g, int fail);
/* Goroutine id -> [base + off], r0 = status. Failing half-way jumps to fail with r0 set. */
void bpf_gen_goid(struct bpf_gen *g, int base, int off, int fail);
/* NULL if the goroutine's id can be read under this target, else why not. */
const char *bpf_gen_goid_missing(const struct bpf_gen *g);
/* r0 = bpf_probe_read_user(base + off, size, r3 = address). */
void bpf_gen_read_user(struct bpf_gen *g, int base, int off, uint32_t size);
/* BPF_B to BPF_DW for 1, 2, 4 or 8 bytes. */
int bpf_gen_width(uint32_t size);
/* reg += off, whatever its size. Changes r1 if off needs 64 bits. */
void bpf_gen_add(struct bpf_gen *g, int reg, int64_t off);
/* r0 = the value. */
void bpf_gen_value(struct bpf_gen *g, const struct plan_expr *e, int undecided);
/* Jumps to one of the labels; undecided: memory of the condition cannot be read. */
void bpf_gen_cond(struct bpf_gen *g, const struct plan_expr *e, int if_true, int if_false, int undecided);

/*
 * r6 = the context. A uprobe's program may be preempted, and the CPU then run the same program for another
 * thread. Since Linux 6.13 the JIT gives programs with more than 64 bytes of stack one per CPU instead of the
 * thread's own (kernel/bpf/verifier.c: bpf_enable_priv_stack): the two then write over each other's. Not so if
 * there is a tail call in the program, were it in a branch that is never taken (check_max_stack_depth). So
 * there is. bpf_gen_end() completes it.
 */
void bpf_gen_begin(struct bpf_gen *g);
struct gosym_error *bpf_gen_end(struct bpf_gen *g, struct bpf_asm *ret);
/* bpf_branch.c: jumps there if the branch of this condition, at which the program runs, will be taken. Else goes on. */
void bpf_gen_if_branch(struct bpf_gen *g, uint8_t cond, int taken);
/* Only the process that is traced. */
void bpf_gen_process_filter(struct bpf_gen *g, int drop);
/* r9 = the counters of this probe, whose index stays at GEN_KEY, and at an exit that one's behind it. */
void bpf_gen_find_counters(struct bpf_gen *g);
/* One more in the field of struct bpf_counters that the register points to. */
void bpf_gen_count(struct bpf_gen *g, int counters, size_t field);
/* Header and image of a call into the record at r7. */
void bpf_gen_call_record(struct bpf_gen *g);
/* bpf_slow.c: dst = what the register held when the function was entered: at the site, if it is there still. */
void bpf_gen_arg_reg(struct bpf_gen *g, int dst, int reg);
/* With g->slow a pointer in reg, from an argument register: into the stack as it was, then to where that has moved.
 * Changes r4 and r5. */
void bpf_gen_moved(struct bpf_gen *g, int reg);
/* r3 = the pointer at this offset of the record, which that fetch brought: where it leads now. */
void bpf_gen_pointer(struct bpf_gen *g, uint32_t at, int32_t guard);
/* Whether calls of the probe may arrive by the slow path and then have lost registers. */
bool bpf_gen_may_be_slow(const struct bpf_gen *g);
/* Jumps to fast if this call has not; goes on if it has, its registers at hand for a generator with g->slow; to
 * unknown if nothing was noted of it. */
void bpf_gen_slow_split(struct bpf_gen *g, int fast, int unknown);

/* r7 = a record in the ring buffer of size bytes; without room it is counted and the jump done. */
void bpf_gen_reserve(struct bpf_gen *g, uint32_t size, int no_room);
void bpf_gen_header(struct bpf_gen *g, enum plan_kind kind, uint32_t size);
/* Jumps to skip unless the bytes that hold the fetch's pointer were fetched. Changes r1. */
void bpf_gen_guard(struct bpf_gen *g, const struct plan_fetch *f, int skip);
/* r0 = status: bytes from r3 to base, r1 and r2 set; pages are brought where the program may sleep. */
void bpf_gen_copy_user(struct bpf_gen *g);
/* Those behind pointers that failed, once more. */
void bpf_gen_fetches_again(struct bpf_gen *g, const struct plan_fetch *fetches, size_t num);
void bpf_gen_fetches(struct bpf_gen *g, const struct plan_fetch *fetches, size_t num);
/* events: the counter that tells how many records of size bytes there have been. */
void bpf_gen_submit(struct bpf_gen *g, uint32_t size, size_t events);
/* The call is added up; then to end, whatever came of it. */
void bpf_gen_aggregated(struct bpf_gen *g, int end);

/* bpf_return.c: whether calls are followed to their returns. */
bool bpf_gen_tracks_calls(const struct bpf_gen *g);
/* The key of the call whose entry SP is sp_off above SP, and its status. r9, GEN_KEY: set. */
void bpf_gen_call_key(struct bpf_gen *g, int32_t sp_off);
/* Notes the call for its return. */
void bpf_gen_track(struct bpf_gen *g);
/* It is no longer looked for. */
void bpf_gen_forget(struct bpf_gen *g);
/* This call is not followed: its return must not find what a call that ended otherwise left in its place. r9: set. */
void bpf_gen_unfollowed(struct bpf_gen *g);

/* bpf_stack.c: the goroutine's stack into the record at probe->stack_at, at an exit of the function or (NULL) at the
 * entry site. Uses r0 to r5, GEN_WORD and GEN_VALUES on. */
void bpf_gen_stack(struct bpf_gen *g, const struct gosym_exit *exit);

/* bpf_rate.c: jumps to pass while the rate allows it; else it is counted. Changes r7. r9, GEN_KEY: set. */
void bpf_gen_rate(struct bpf_gen *g, int pass);
bool bpf_gen_rate_is_limited(const struct bpf_gen *g);

/* bpf_float.c. A record of this goroutine that still waits for its frame goes first, without. Changes r7 to r9. */
void bpf_gen_held_flush(struct bpf_gen *g);
/* Whether this hit's record has to wait for a frame. */
bool bpf_gen_is_held(const struct bpf_gen *g);
/* r7 = where such a record is filled; without room it is counted and the jump done. */
void bpf_gen_hold(struct bpf_gen *g, int no_room);
/* It is filled: size bytes, or (0) it is kept in the map of calls. Ask for the frame, or do without. */
void bpf_gen_held_ask(struct bpf_gen *g, uint32_t size, uint32_t floats_at);
/* r7 = the record that is held for this hit, if there is one. */
void bpf_gen_held_find(struct bpf_gen *g, int none);
/* It goes to the reader, unless it is kept; then it is held no more. */
void bpf_gen_held_send(struct bpf_gen *g);
/* In the record at r7: no floats so far. */
void bpf_gen_no_floats(struct bpf_gen *g, uint32_t floats_at);

/* bpf_dynamic.c: what interfaces hold, once all fetches are done. Uses r0 to r5 and the stack from GEN_VALUES on. */
void bpf_gen_dynamic(struct bpf_gen *g, const struct plan_dynamic *d);

/* bpf_map.c: a PLAN_MAP fetch; r0 = its status. Uses r0 to r5 and the stack from GEN_VALUES down to GEN_TEXT. */
void bpf_gen_entries(struct bpf_gen *g, const struct plan_fetch *f, int done);

/* bpf_agg.c: adds the call to its aggregate. Changes r7 and r8. lost: no room for another key. */
void bpf_gen_aggregate(struct bpf_gen *g, int lost, int undecided);
/* At the call: GEN_AGG_KEPT. Changes r8. */
void bpf_gen_agg_keep(struct bpf_gen *g);
/* Whether calls have one, and where it is in the element of the call. */
bool bpf_agg_is_kept(const struct gosym_plan *p);
uint32_t bpf_agg_kept_at(const struct gosym_plan *p, const struct plan_probe *probe);
/* Bytes of struct plan_agg_key in use. */
uint32_t bpf_agg_key_size(enum plan_key_kind kind);

#endif
