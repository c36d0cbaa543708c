// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The running kernel: each feature is tried, never concluded from a version, because distributions
 * move features between versions. Offsets inside kernel structs come from the kernel's own BTF.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tracer/attach.h"
#include "tracer/kernel.h"

DEFINE_CLEANUP(cleanup_btf, struct btf *, btf__free(*p))

/* The smallest program: return 0. Descriptor or -errno. */
static int load_nothing(enum bpf_prog_type type, unsigned attach_type)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	opts.expected_attach_type = attach_type;
	fd = bpf_prog_load(type, "gosym_try", "Dual BSD/GPL", insns, 2, &opts);
	return fd >= 0 ? fd : -errno;
}

/* Creates a link that cannot be; the way it is refused tells what the kernel knows. */
static int refused_multi_link(uint32_t pid)
{
	_cleanup_fd_ int prog = load_nothing(BPF_PROG_TYPE_KPROBE, ATTACH_UPROBE_MULTI);
	uint64_t offset = 0;
	struct attach_link attr = {
		.prog_fd = prog, .attach_type = ATTACH_UPROBE_MULTI, .path = (uintptr_t)"/",
		.offsets = (uintptr_t)&offset, .cnt = 1, .pid = pid,
	};

	if (prog < 0)
		return -prog;
	_cleanup_fd_ int link = attach_link_create(&attr);
	return link < 0 ? errno : 0;
}

/* "/" is no regular file: EBADF from a kernel that looks, EINVAL from one without such links. */
static bool try_uprobe_multi(void)
{
	return refused_multi_link(0) == EBADF;
}

/* The commit that made the pid a process's (before, other threads than the named one were not seen)
 * also made the kernel refuse a negative pid before it looks at the path. */
static bool try_uprobe_multi_pid(void)
{
	return try_uprobe_multi() && refused_multi_link((uint32_t)-1) == EINVAL;
}

/* A descriptor that is none: EBADF from a kernel that has such links, else EINVAL. */
static bool try_perf_link(void)
{
	_cleanup_fd_ int prog = load_nothing(BPF_PROG_TYPE_KPROBE, 0);
	struct attach_link attr = { .prog_fd = prog,
				    .target_fd = (uint32_t)-1,
				    .attach_type = BPF_PERF_EVENT };

	if (prog < 0)
		return false;
	_cleanup_fd_ int link = attach_link_create(&attr);
	return link < 0 && errno == EBADF;
}

static bool try_ringbuf(void)
{
	_cleanup_fd_ int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "gosym_try", 0, 0,
					     sysconf(_SC_PAGESIZE), NULL);

	return fd >= 0;
}

/* A program that stores into its context, 8 bytes at 0 (x86: r15; arm64: x0): nobody ever runs it. */
static bool try_set_regs(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	_cleanup_fd_ int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "gosym_try", "Dual BSD/GPL", insns, 3,
					    &opts);

	return fd >= 0;
}

static bool try_may_goto(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | 0xe0, .off = 1 },		/* BPF_JCOND: to the end */
		{ .code = BPF_JMP | BPF_JA, .off = -2 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	_cleanup_fd_ int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "gosym_try", "Dual BSD/GPL", insns, 4,
					    &opts);

	return fd >= 0;
}

/* A program that would copy nothing from nowhere. */
static bool try_sleepable(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_copy_from_user },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	_cleanup_fd_ int fd = -1;

	opts.expected_attach_type = kernel_has(KERNEL_UPROBE_MULTI) ? ATTACH_UPROBE_MULTI : 0;
	fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "gosym_try", "Dual BSD/GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), &opts);
	return fd >= 0;
}

static const struct {
	const char *name;
	bool (*try)(void);
} features[] = {
	/* Linux 6.6, commit 89ae89f53d20 ("bpf: Add multi uprobe link"). */
	[KERNEL_UPROBE_MULTI] = { "uprobe_multi links", try_uprobe_multi },
	/* Linux 6.10 and stable releases of 6.6 to 6.9, commit 46ba0e49b642 ("bpf: fix multi-uprobe
	 * PID filtering logic"). */
	[KERNEL_UPROBE_MULTI_PID] = { "uprobe_multi by process", try_uprobe_multi_pid },
	/* Linux 5.15, commits b89fbfbb854c ("bpf: Implement minimal BPF perf link") and
	 * 82e6b1eee6a8 (cookies). */
	[KERNEL_PERF_LINK] = { "perf event links with cookies", try_perf_link },
	/* Linux 5.8, commit 457f44363a88 ("bpf: Implement BPF ring buffer and verifier support for
	 * it"). */
	[KERNEL_RINGBUF] = { "BPF ring buffer", try_ringbuf },
	/* Linux 6.9, commit 011832b97b31 ("bpf: Introduce may_goto instruction"). */
	[KERNEL_MAY_GOTO] = { "loops of eBPF programs without a counter", try_may_goto },
	/* Accepted by Linux 7.2, refused by 6.18. */
	/* Linux 6.0, commit cfa0a3a8bd28 and those before it ("bpf: allow sleepable uprobe programs to attach"). */
	[KERNEL_SLEEPABLE] = { "uprobe programs that may sleep", try_sleepable },
	[KERNEL_SET_REGS] = { "uprobe programs that set registers", try_set_regs },
};

bool kernel_has(enum kernel_feature f)
{
	enum { UNTRIED, ABSENT, PRESENT };
	static int known[NUM_KERNEL_FEATURES];
	int state = __atomic_load_n(&known[f], __ATOMIC_RELAXED);

	if (state == UNTRIED) {
		state = features[f].try() ? PRESENT : ABSENT;
		__atomic_store_n(&known[f], state, __ATOMIC_RELAXED);
	}
	return state == PRESENT;
}

const char *kernel_feature_name(enum kernel_feature f)
{
	return features[f].name;
}

/* ---- BTF */

/* Finds a member by name, also inside anonymous structs and unions; its type and bit offset. */
static bool find_member(const struct btf *btf, uint32_t type_id, const char *name, size_t len,
			int depth, uint32_t *ret_type, uint32_t *bits)
{
	int id = btf__resolve_type(btf, type_id);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	if (!t || depth > 8 || !btf_is_composite(t))
		return false;
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const char *text = btf__name_by_offset(btf, m->name_off);
		uint32_t inner = 0;

		if (text && *text && (strlen(text) != len || memcmp(text, name, len)))
			continue;
		if (text && *text) {
			*ret_type = m->type;
			*bits = btf_member_bit_offset(t, i);
			return !btf_member_bitfield_size(t, i);
		}
		if (find_member(btf, m->type, name, len, depth + 1, ret_type, &inner)) {
			*bits = btf_member_bit_offset(t, i) + inner;
			return true;
		}
	}
	return false;
}

static struct btf *load_kernel_btf(void)
{
	/* libbpf tells standard error of a kernel without BTF; here that is an ordinary answer. */
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	struct btf *btf = btf__load_vmlinux_btf();

	libbpf_set_print(print);
	return btf;
}

bool kernel_member_offset(const char *type, const char *path, uint32_t *ret)
{
	_cleanup_(cleanup_btf) struct btf *btf = load_kernel_btf();
	uint32_t bits = 0;
	int id = btf ? btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT) : -1;
	uint32_t at = id;

	if (id < 0)
		return false;
	for (size_t len; *path; path += len + (path[len] == '.')) {
		uint32_t member;

		len = strcspn(path, ".");
		if (!find_member(btf, at, path, len, 0, &at, &member))
			return false;
		bits += member;
	}
	*ret = bits / 8;
	return true;
}

/* ---- permission */

static uint64_t effective_capabilities(void)
{
	_cleanup_file_ FILE *f = fopen("/proc/self/status", "re");
	uint64_t caps = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %" SCNx64, &caps) == 1)
			break;
	return caps;
}

static struct gosym_error *missing_capability(void)
{
	enum { SYS_ADMIN = 21, PERFMON = 38, BPF = 39 };	/* linux/capability.h */
	uint64_t caps = effective_capabilities();
	bool bpf = caps >> BPF & 1, perfmon = caps >> PERFMON & 1;

	if (caps >> SYS_ADMIN & 1 || (bpf && perfmon))
		return gosym_error_new(
			GOSYM_PERMISSION,
			"the kernel does not let this process load eBPF programs "
			"although it has the capabilities: a container, seccomp or lockdown forbids "
			"it");
	return gosym_error_new(GOSYM_PERMISSION,
			       "tracing needs CAP_BPF and CAP_PERFMON, %s missing: run with sudo, or "
			       "once: setcap cap_bpf,cap_perfmon+ep on the program",
			       bpf ? "CAP_PERFMON is" : perfmon ? "CAP_BPF is" : "both are");
}

struct gosym_error *kernel_check_permission(void)
{
	_cleanup_fd_ int fd = load_nothing(BPF_PROG_TYPE_KPROBE, 0);

	if (fd >= 0)
		return NULL;
	if (fd == -EPERM || fd == -EACCES)
		return missing_capability();
	if (fd == -ENOSYS || fd == -EINVAL)
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "this kernel has no eBPF tracing programs "
				       "(CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS)");
	return gosym_error_errno(-fd, "loading an eBPF program");
}

bool kernel_in_initial_pid_namespace(void)
{
	/* The first namespace has a fixed inode: PROC_PID_INIT_INO in include/linux/proc_ns.h. */
	static const char initial[] = "pid:[4026531836]";
	char text[64];
	ssize_t len = readlink("/proc/self/ns/pid", text, sizeof(text));

	return len == sizeof(initial) - 1 && !memcmp(text, initial, len);
}
