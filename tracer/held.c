// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Records that wait for a signal's frame. There is at most one for each goroutine, and hardly ever more than there
 * are threads: one stays behind only if its signal was not delivered at once.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/held.h"
#include "tracer/kernel.h"
#include "tracer/plan_floats.h"

enum { MAX_HELD = 4096, HELD_BYTES = 32 * 1024 * 1024, SIGURG_INDEX = 22 };

/* Run-time address less the file's: of the mapping that has runtime.sigtramp, by its offset in the file. */
static bool find_bias(const struct gosym_plan *p, pid_t pid, uint64_t *ret)
{
	_cleanup_file_ FILE *f = NULL;
	uint64_t start, end, off;
	char path[64], line[512], exe[300];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	len = readlink(path, exe, sizeof(exe) - 1);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = len > 0 ? fopen(path, "re") : NULL;
	if (!f)
		return false;
	exe[len] = '\0';
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " r-x%*c %" SCNx64, &start, &end, &off) != 3 ||
		    !strstr(line, exe) || p->frames->file_off < off || p->frames->file_off - off >= end - start)
			continue;
		*ret = start + (p->frames->file_off - off) - p->frames->addr;
		return true;
	}
	return false;
}

/* The programs look at each hit; this is for saying so at once. */
struct gosym_error *held_check_process(const struct gosym_plan *p, pid_t pid)
{
	_cleanup_fd_ int fd = -1;
	uint32_t wanted = 0;
	uint64_t bias;
	char path[64];

	if (!pid || !find_bias(p, pid, &bias))
		return NULL;
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &wanted, sizeof(wanted), (off_t)(p->frames->wanted + bias)) != sizeof(wanted))
		return NULL;
	if (!(wanted >> (SIGURG_INDEX + 1) & 1))
		return NULL;
	return gosym_error_new(GOSYM_UNSUPPORTED, "--float-regs sends SIGURG, and process %d handles that signal itself "
			       "(os/signal): it would take ours for its own; trace without", (int)pid);
}

bool held_is_needed(const struct gosym_plan *p)
{
	for (size_t i = 0; p->frames && i < p->probes.num; i++)
		if (p->probes.data[i].frame_at_call || p->probes.data[i].frame_at_return)
			return true;
	return false;
}

static uint32_t element_size(const struct gosym_plan *p)
{
	uint32_t size = sizeof(struct plan_floats);

	for (size_t i = 0; i < p->probes.num; i++) {
		const struct plan_probe *probe = &p->probes.data[i];

		if (probe->record_size > size)
			size = probe->record_size;
		if (probe->return_size > size)
			size = probe->return_size;
	}
	return size + (uint32_t)sizeof(struct plan_held);
}

/* Where the kernel keeps what a signal does: struct k_sigaction { struct sigaction sa; }, whose last member is the mask,
 * of 8 bytes. */
static bool find_handler(struct bpf_target *target)
{
	uint32_t sighand, action, last;

	if (!kernel_member_offset("task_struct", "sighand", &sighand) ||
	    !kernel_member_offset("sighand_struct", "action", &action) ||
	    !kernel_member_offset("k_sigaction", "sa.sa_mask", &last))
		return false;
	target->sighand_off = (int32_t)sighand;
	target->action_off = (int32_t)(action + SIGURG_INDEX * (last + 8));
	return true;
}

struct gosym_error *held_create(const struct gosym_plan *p, struct held *ret, struct bpf_target *target)
{
	uint32_t num = MAX_HELD;

	ret->size = element_size(p);
	if (num > HELD_BYTES / ret->size)
		num = HELD_BYTES / ret->size;
	if (!target->fault_in && !find_handler(target))
		return gosym_error_new(GOSYM_UNSUPPORTED, "--float-regs: this kernel has no BTF that tells where it keeps "
				       "signal handlers");
	ret->fd = bpf_map_create(BPF_MAP_TYPE_HASH, "gosym_held", sizeof(struct plan_held_key), ret->size, num, NULL);
	if (ret->fd >= 0)
		ret->zero_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "gosym_held_zero", sizeof(uint32_t), ret->size, 1,
					      NULL);
	if (ret->fd < 0 || ret->zero_fd < 0)
		return gosym_error_errno(errno, "creating the map of records that wait to be completed");
	target->held_fd = ret->fd;
	target->held_zero_fd = ret->zero_fd;
	target->held_size = ret->size;
	return NULL;
}

struct gosym_error *held_take_rest(const struct held *h, void (*push)(void *ctx, const void *record, size_t size),
				   void *ctx)
{
	_cleanup_free_ uint8_t *element = NULL;
	struct plan_held_key key;
	struct plan_held held;

	if (h->fd < 0)
		return NULL;
	element = malloc(h->size);
	if (!element)
		return gosym_nomem;
	while (!bpf_map_get_next_key(h->fd, NULL, &key)) {
		if (!bpf_map_lookup_elem(h->fd, &key, element)) {
			memcpy(&held, element, sizeof(held));
			if (held.size && held.size <= h->size - sizeof(held))
				push(ctx, element + sizeof(held), held.size);
		}
		bpf_map_delete_elem(h->fd, &key);
	}
	return NULL;
}

void held_close(struct held *h)
{
	if (h->fd >= 0)
		close(h->fd);
	if (h->zero_fd >= 0)
		close(h->zero_fd);
	h->fd = h->zero_fd = -1;
}
