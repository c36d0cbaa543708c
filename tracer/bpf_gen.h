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
};

struct bpf_target {
	int ring_fd, counters_fd;
	int agg_fd, agg_zero_fd;	/* aggregates; one element of zeros */
	uint32_t tgid;			/* only this process; 0 = any */
	int32_t fsbase_off;		/* offset of thread.fsbase in task_struct (BTF); -1 unknown */
	bool count_only;		/* no events: counters alone */
	uint32_t wake_bytes;		/* wake the reader once this much is unread */
};

/* Two probes whose programs would be equal give equal instructions: the probe's index comes by
 * the attach cookie. */
struct gosym_error *bpf_gen_probe(const struct gosym_plan *p, const struct plan_probe *probe,
				  const struct bpf_target *target, struct bpf_asm *ret);

/* ---- between bpf_gen.c and bpf_cond.c */

struct bpf_gen {
	struct bpf_asm *a;
	const struct gosym_plan *plan;
	const struct plan_probe *probe;
	const struct bpf_target *target;
	struct gosym_error *err;	/* the first one */
};

/* Registers that live through helper calls, and the stack frame. */
enum { GEN_CTX = BPF_REG_6, GEN_RECORD = BPF_REG_7, GEN_COUNTERS = BPF_REG_9 };
enum {
	GEN_KEY = -8,			/* u32: index of the probe */
	GEN_WORD = -16,			/* what a read just brought */
	GEN_VALUES = -24,		/* operands waiting, downwards */
	GEN_FRAME = GEN_VALUES - 16,	/* of a stack: the next frame pointer and the return address */
	GEN_MAX_DEPTH = 16,
	GEN_TEXT = GEN_VALUES + 8 - 8 * GEN_MAX_DEPTH - PLAN_MAX_TEXT,	/* string to compare */
	GEN_AGG_KEY = GEN_TEXT,		/* struct plan_agg_key: filled when nothing is compared any more */
};

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

/* bpf_stack.c: the goroutine's stack into the record at probe->stack_at, at an exit of the function or (NULL) at the
 * entry site. Uses r0 to r5, GEN_WORD and GEN_VALUES on. */
void bpf_gen_stack(struct bpf_gen *g, const struct gosym_exit *exit);

/* bpf_agg.c: adds the call to its aggregate. Changes r7 and r8. lost: no room for another key. */
void bpf_gen_aggregate(struct bpf_gen *g, int lost, int undecided);
/* Bytes of struct plan_agg_key in use. */
uint32_t bpf_agg_key_size(enum plan_key_kind kind);

#endif
