/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What the running kernel can do, found by trying; one row per feature, with since when. */
#ifndef TRACER_KERNEL_H
#define TRACER_KERNEL_H

#include "gosym/error.h"

enum kernel_feature {
	KERNEL_UPROBE_MULTI,		/* one link for many uprobes */
	KERNEL_UPROBE_MULTI_PID,	/* whose pid means the process, not one thread */
	KERNEL_PERF_LINK,		/* links on perf events, with cookies */
	KERNEL_RINGBUF,
	KERNEL_SET_REGS,		/* programs at uprobes may write registers */
	KERNEL_MAY_GOTO,		/* loops without a counter */
	KERNEL_SLEEPABLE,		/* programs at uprobes that may sleep, and so bring pages */
	NUM_KERNEL_FEATURES,
};
bool kernel_has(enum kernel_feature f);		/* tried once, remembered */
const char *kernel_feature_name(enum kernel_feature f);
/* Offset of a member path of a kernel struct from BTF, e.g. ("task_struct", "thread.fsbase"). False
 * if unknown. */
bool kernel_member_offset(const char *type, const char *path, uint32_t *ret);
/* NULL if this process may load tracing programs, else GOSYM_PERMISSION naming the capability. */
struct gosym_error *kernel_check_permission(void);
/* Whether process ids mean the same to this process and to eBPF programs, which see the initial
 * namespace's. */
bool kernel_in_initial_pid_namespace(void);

#endif
