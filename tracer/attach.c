// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Attaching by the system calls themselves: installed headers and libraries are often older than
 * the running kernel. Sources: kernel/trace/bpf_trace.c (bpf_uprobe_multi_link_attach),
 * kernel/events/core.c (perf_uprobe_event_init), include/uapi/linux/bpf.h.
 *
 * Closing a link waits for grace periods of RCU, some 40 ms. The waits of several threads overlap:
 * 512 links were closed in 0.9 s instead of 23 s. Of perf events (100 ms) the kernel takes away one
 * at a time, whatever we do (trace_events.c: event_mutex is held meanwhile).
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "gosym/cleanup.h"
#include "tracer/attach.h"
#include "tracer/kernel.h"

enum {
	MULTI_MAX_SITES = 1 << 20,	/* MAX_UPROBE_MULTI_CNT */
	SPARE_FDS = 64,
	CLOSE_THREADS = 32,
	CLOSE_FEW = 4,			/* not worth a thread */
};

int attach_link_create(const struct attach_link *attr)
{
	return syscall(SYS_bpf, BPF_LINK_CREATE, attr, sizeof(*attr));
}

void attach_init(struct attacher *a, const char *path, pid_t pid, FILE *verbose)
{
	*a = (struct attacher){ .path = path, .pid = pid, .verbose = verbose };
	a->multi = kernel_has(KERNEL_UPROBE_MULTI);
}

struct gosym_error *attach_reserve(struct attacher *a, size_t programs, size_t sites)
{
	/* All programs are loaded before the first is attached. */
	rlim_t links = a->multi ? programs + sites / MULTI_MAX_SITES : 2 * sites;
	rlim_t need = SPARE_FDS + programs + links;
	struct rlimit limit;

	if (!a->multi && !kernel_has(KERNEL_PERF_LINK))
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "this kernel has neither %s nor %s: Linux 5.15 is needed",
				       kernel_feature_name(KERNEL_UPROBE_MULTI),
				       kernel_feature_name(KERNEL_PERF_LINK));
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == RLIM_INFINITY ||
	    need <= limit.rlim_cur)
		return NULL;
	if (limit.rlim_max != RLIM_INFINITY && need > limit.rlim_max)
		return gosym_error_new(GOSYM_OS,
				       "%zu probes need %" PRIu64
				       " file descriptors, the limit is %" PRIu64
				       ": probe fewer functions or raise it (ulimit -Hn)",
				       sites, (uint64_t)need, (uint64_t)limit.rlim_max);
	limit.rlim_cur = need;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return gosym_error_errno(errno, "raising the limit of file descriptors to %" PRIu64,
					 (uint64_t)need);
	return NULL;
}

static struct gosym_error *add_fd(struct attacher *a, int fd)
{
	int *slot = vec_append(&a->fds);

	if (!slot) {
		close(fd);
		return gosym_nomem;
	}
	*slot = fd;
	return NULL;
}

/* The kernel's errno in the words of somebody who wants to trace. */
static struct gosym_error *attach_error(const struct attacher *a, int errno_, const char *call)
{
	switch (errno_) {
	case ESRCH:
		return gosym_error_new(GOSYM_NOT_FOUND, "process %d is gone", (int)a->pid);
	case ENOENT:
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no such file", a->path);
	case EACCES:
	case EPERM:
		return gosym_error_new(
			GOSYM_PERMISSION, "%s: attaching probes needs %s: run with sudo", a->path,
			a->multi ? "CAP_PERFMON and read access to the file"
				 : "CAP_SYS_ADMIN on this kernel, which has no uprobe_multi links");
	case 524:		/* ENOTSUPP, which user space has no name for */
	case EOPNOTSUPP:
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "%s: the kernel does not probe an instruction", a->path);
	case EINVAL:
	case EIO:
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "%s: the kernel refuses probes in this file (%s: %s)",
				       a->path, call, strerror(errno_));
	default:
		return gosym_error_errno(errno_, "%s: attaching probes: %s", a->path, call);
	}
}

/* ---- uprobe_multi */

static struct gosym_error *attach_multi(struct attacher *a, int prog_fd, const uint64_t *offsets,
					const uint64_t *cookies, size_t num)
{
	/* Where the link's pid would mean one thread, the program alone looks at the process. */
	bool by_pid = a->pid && kernel_has(KERNEL_UPROBE_MULTI_PID);

	for (size_t i = 0; i < num; i += MULTI_MAX_SITES) {
		struct attach_link attr = {
			.prog_fd = prog_fd,
			.attach_type = ATTACH_UPROBE_MULTI,
			.path = (uintptr_t)a->path,
			.offsets = (uintptr_t)(offsets + i),
			.cookies = (uintptr_t)(cookies + i),
			.cnt = num - i < MULTI_MAX_SITES ? num - i : MULTI_MAX_SITES,
			.pid = by_pid ? a->pid : 0,
		};
		struct gosym_error *err;
		int fd = attach_link_create(&attr);

		if (fd < 0)
			return attach_error(a, errno, "BPF_LINK_CREATE for uprobe_multi");
		err = add_fd(a, fd);
		if (err)
			return err;
	}
	return NULL;
}

/* ---- perf events */

static bool read_uprobe_type(uint32_t *ret)
{
	_cleanup_file_ FILE *f = fopen("/sys/bus/event_source/devices/uprobe/type", "re");

	return f && fscanf(f, "%" SCNu32, ret) == 1;
}

/* With a process named, the instruction is replaced in that process only; the program runs for all
 * of its threads (trace_uprobe.c: __uprobe_perf_func runs the programs before it looks for a task's
 * events). */
static int open_perf_event(const struct attacher *a, uint32_t type, uint64_t offset)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.uprobe_path = (uintptr_t)a->path,
		.probe_offset = offset,
	};

	return syscall(SYS_perf_event_open, &attr, a->pid ? a->pid : -1, a->pid ? -1 : 0, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

static struct gosym_error *attach_perf(struct attacher *a, int prog_fd, const uint64_t *offsets,
				       const uint64_t *cookies, size_t num)
{
	struct gosym_error *err;
	uint32_t type;

	if (!read_uprobe_type(&type))
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "this kernel has no uprobes (CONFIG_UPROBE_EVENTS), "
				       "or /sys is not mounted");
	for (size_t i = 0; i < num; i++) {
		struct attach_link attr = { .prog_fd = prog_fd,
					    .attach_type = BPF_PERF_EVENT,
					    .cookie = cookies[i] };
		int fd = open_perf_event(a, type, offsets[i]);

		if (fd < 0)
			return attach_error(a, errno, "perf_event_open");
		err = add_fd(a, fd);
		if (err)
			return err;
		attr.target_fd = fd;
		fd = attach_link_create(&attr);
		if (fd < 0)
			return attach_error(a, errno, "BPF_LINK_CREATE for a perf event");
		err = add_fd(a, fd);
		if (err)
			return err;
	}
	return NULL;
}

struct gosym_error *attach_program(struct attacher *a, int prog_fd, const uint64_t *offsets,
				   const uint64_t *cookies, size_t num)
{
	return a->multi ? attach_multi(a, prog_fd, offsets, cookies, num) :
			  attach_perf(a, prog_fd, offsets, cookies, num);
}

/* ---- detaching */

struct closer {
	const int *fds;
	size_t num, next;
	FILE *verbose;
};

/* Last come, first gone: entries were attached after the exits, so that no call is seen whose
 * return would not be. */
static void *close_some(void *arg)
{
	struct closer *c = arg;

	for (;;) {
		size_t i = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED);

		if (i >= c->num)
			return NULL;
		if (c->verbose && i && i % 64 == 0)
			fprintf(c->verbose, "detach: %zu of %zu descriptors\n", i, c->num);
		close(c->fds[c->num - 1 - i]);
	}
}

void attach_detach(struct attacher *a)
{
	struct closer c = { .fds = a->fds.data, .num = a->fds.num, .verbose = a->verbose };
	size_t want = c.num / CLOSE_FEW, started = 0;
	pthread_t threads[CLOSE_THREADS];

	if (want > CLOSE_THREADS)
		want = CLOSE_THREADS;
	while (started < want && !pthread_create(&threads[started], NULL, close_some, &c))
		started++;
	close_some(&c);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	vec_deinit(&a->fds);
}
