// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The list of architectures, and which argument sequence a function takes.
 *
 * ABI0 (older versions, assembly, wrappers entered from assembly) is the same algorithm over a sequence of no
 * registers.
 */
#include "abi/arch.h"

static const struct abi_arch *const arches[] = {
	&abi_amd64, &abi_arm64, &abi_386, &abi_arm, &abi_loong64, &abi_mips, &abi_mipsle, &abi_mips64, &abi_mips64le,
	&abi_ppc64, &abi_ppc64le, &abi_riscv64, &abi_s390x,
};

static const struct abi_sequence no_registers;

const struct abi_arch *abi_arch_find(uint16_t machine, unsigned ptr_size, bool big_endian)
{
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++) {
		const struct abi_arch *a = arches[i];

		if (a->machine == machine && a->ptr_size == ptr_size && a->big_endian == big_endian)
			return a;
	}
	return NULL;
}

const struct abi_arch *abi_arch_of(const struct gosym_binary *b)
{
	return abi_arch_find(elf_machine(b->elf), elf_ptr_size(b->elf), elf_big_endian(b->elf));
}

int abi_reg_by_dwarf(const struct abi_arch *arch, int dwarf)
{
	for (int i = 0; i < arch->num_regs; i++)
		if (arch->regs[i].dwarf == dwarf)
			return i;
	return REG_NONE;
}

/* The function table knows the convention of its functions: versions, experiments, assembly, wrappers. */
const struct abi_sequence *abi_sequence_of(const struct gosym_binary *b, const struct gosym_func *f)
{
	const struct abi_arch *arch = abi_arch_of(b);

	return arch && f->abi == FUNC_ABIINTERNAL ? &arch->sequence : &no_registers;
}
