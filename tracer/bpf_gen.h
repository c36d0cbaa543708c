/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Plan -> eBPF instructions for one probe. What depends on the running kernel comes in through bpf_target. */
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
	uint32_t tgid;			/* only this process; 0 = any */
	int32_t fsbase_off;		/* offset of thread.fsbase in task_struct (BTF); -1 unknown */
	bool count_only;		/* no events: counters alone */
	uint32_t wake_bytes;		/* wake the reader once this much is unread */
};

/* Two probes whose programs would be equal give equal instructions: the probe's index comes by the attach cookie. */
struct gosym_error *bpf_gen_probe(const struct gosym_plan *p, const struct plan_probe *probe,
				  const struct bpf_target *target, struct bpf_asm *ret);

#endif
