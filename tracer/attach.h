/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Uprobes: programs onto sites of a file. By one uprobe_multi link per program where the kernel has
 * it, else by a perf event and a link per site. The descriptors own the probes: when they are
 * closed, by whomever, the kernel puts the original instructions back.
 */
#ifndef TRACER_ATTACH_H
#define TRACER_ATTACH_H

#include <linux/bpf.h>
#include <sys/types.h>

#include "gosym/error.h"
#include "gosym/vec.h"

/* linux/bpf.h of before 6.6 has neither the name nor the part of union bpf_attr. */
enum { ATTACH_UPROBE_MULTI = 48 };

/* union bpf_attr for BPF_LINK_CREATE, as far as these links use it. */
struct attach_link {
	uint32_t prog_fd, target_fd, attach_type, flags;
	union {
		uint64_t path;		/* uprobe_multi */
		uint64_t cookie;	/* perf event */
	};
	uint64_t offsets, ref_ctr_offsets, cookies;
	uint32_t cnt, multi_flags, pid, reserved;
};

struct attacher {
	const char *path;
	pid_t pid;			/* only this process; 0 = any */
	bool multi;			/* uprobe_multi links */
	FILE *verbose;
	VEC(int) fds;			/* links, and with perf events these too */
};

void attach_init(struct attacher *a, const char *path, pid_t pid, FILE *verbose);
/* Makes room for the descriptors that so many programs and sites will need. */
struct gosym_error *attach_reserve(struct attacher *a, size_t programs, size_t sites);
/* Runs the program at every offset; it finds cookies[i] with bpf_get_attach_cookie(). */
struct gosym_error *attach_program(struct attacher *a, int prog_fd, const uint64_t *offsets,
				   const uint64_t *cookies, size_t num);
/* Removes every probe. Handlers that were running have ended when it returns. */
void attach_detach(struct attacher *a);
/* bpf(BPF_LINK_CREATE): the link's descriptor, or -1 and errno. */
int attach_link_create(const struct attach_link *attr);

#endif
