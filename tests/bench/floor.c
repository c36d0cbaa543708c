// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The floor of any eBPF uprobe tracer: an empty program on the given sites, nothing but bpf(2) under it.
 *
 *	floor PATH FILE-OFFSET[,FILE-OFFSET…] PID
 *
 * attaches, prints "live", stays until its standard input closes.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* BPF_TRACE_UPROBE_MULTI, Linux 6.6 (commit 89ae89f53d20); headers may be older. */
enum { UPROBE_MULTI = 48, MAX_SITES = 64 };

struct link_attr {
	uint32_t prog_fd, target, attach_type, flags;
	uint64_t path, offsets, ref_ctr_offsets, cookies;
	uint32_t count, multi_flags, pid, pad;
};

static int load_empty(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.expected_attach_type = UPROBE_MULTI,
		.insns = (uintptr_t)insns,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};

	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static uint32_t parse_sites(const char *text, uint64_t *offsets)
{
	uint32_t num = 0;
	char *end;

	for (; num < MAX_SITES; text = end + 1) {
		offsets[num++] = strtoull(text, &end, 0);
		if (*end != ',')
			break;
	}
	return num;
}

int main(int argc, char **argv)
{
	uint64_t offsets[MAX_SITES];
	struct link_attr attr = { .attach_type = UPROBE_MULTI };
	int prog, link;

	if (argc != 4) {
		fprintf(stderr, "usage: floor PATH FILE-OFFSET[,FILE-OFFSET…] PID\n");
		return 2;
	}
	attr.count = parse_sites(argv[2], offsets);
	prog = load_empty();
	attr.prog_fd = (uint32_t)prog;
	attr.path = (uintptr_t)argv[1];
	attr.offsets = (uintptr_t)offsets;
	attr.pid = (uint32_t)atoi(argv[3]);
	link = prog < 0 ? -1 : (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	if (link < 0) {
		perror("floor");
		return 1;
	}
	puts("live");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
