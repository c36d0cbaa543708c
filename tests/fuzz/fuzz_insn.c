// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Bytes as instructions, at every place, on both architectures: what is decoded stays within what there is. */
#include <stdlib.h>
#include <string.h>

#include "abi/insn.h"
#include "tests/fuzz/fuzz.h"

static void registers(const struct abi_arch *arch, const struct insn *in)
{
	const int8_t regs[] = { in->dst, in->src, in->base, in->dst2, in->src2 };

	for (size_t i = 0; i < sizeof(regs); i++)
		if (regs[i] < REG_NONE || regs[i] >= arch->num_regs)
			abort();
	if (arch->num_regs < 64 && in->writes >> arch->num_regs)
		abort();
}

static void decode(const struct abi_arch *arch, const struct bytes *code)
{
	for (uint64_t addr = code->addr; addr < code->addr + code->size; addr += arch->min_lc) {
		struct insn in;
		char text[96];

		memset(text, 'x', sizeof(text));
		arch->insn->format(code, addr, text, sizeof(text));
		if (!memchr(text, '\0', sizeof(text)))
			abort();
		if (!arch->insn->decode(code, addr, &in))
			continue;
		if (in.addr != addr || !in.len || in.len > code->addr + code->size - addr)
			abort();
		registers(arch, &in);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes code = { .data = data, .size = size > 256 ? 256 : size, .file = "file", .section = ".text",
			      .addr = 0x401000, .ptr_size = 8 };

	decode(&abi_amd64, &code);
	decode(&abi_arm64, &code);
	return 0;
}
