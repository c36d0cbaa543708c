/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The control flow of one function, as far as finding sites needs it. */
#ifndef ABI_FLOW_H
#define ABI_FLOW_H

#include "abi/insn.h"
#include "gosym/cleanup.h"
#include "gosym/vec.h"

struct func_code {			/* no file, no symbols */
	const struct abi_arch *arch;
	struct bytes bytes;		/* [entry, end); bytes.addr is the entry */
	const uint64_t *morestack;	/* entries of the runtime.morestack family */
	size_t num_morestack;
	uint64_t deferreturn;		/* where a recovered panic goes on; 0 none */
};

struct event {				/* an instruction that does not just go on */
	uint64_t addr, next, target;
	enum insn_kind kind;
	uint8_t cond;
};

struct code_range {
	uint64_t start, end;
};

struct flow {
	VEC(struct event) events;	/* by address */
	VEC(struct code_range) restarts;	/* sequences begun anew when a signal preempts them, by address */
	VEC(uint64_t) literals;		/* words that are data among the code, sorted */
	uint64_t bad;			/* first address that is no instruction; 0 none */
	bool table;			/* jumps through a table: to any of its blocks */
};

/* f starts zeroed. */
struct gosym_error *flow_read(const struct func_code *code, struct flow *f);
void flow_deinit(struct flow *f);
DEFINE_CLEANUP(cleanup_flow, struct flow, flow_deinit(p))

/* Event i jumps back to the entry behind a call of morestack. */
bool flow_is_retry(const struct func_code *code, const struct flow *f, size_t i);
/* A branch of the stack check: its target is a run of code that ends in that call and that jump, or it leads past
 * that run, which stands right behind it (ppc64, riscv64, mips, loong64 before Go 1.26). */
bool flow_is_check(const struct func_code *code, const struct flow *f, const struct event *branch);
/* One of the second kind. */
bool flow_is_skip(const struct func_code *code, const struct flow *f, const struct event *branch);

#endif
