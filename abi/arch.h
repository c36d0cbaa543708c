/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * An architecture as data. To add one: a file abi/<arch>.c with its registers and argument sequences
 * (src/internal/abi/abi_<arch>.go, cmd/compile/internal/<arch>/ssa.go, cmd/internal/obj/<arch>), an
 * instruction decoder (insn.h), one line in arch.c, and rows in tests/unit/test_assign.c.
 */
#ifndef ABI_ARCH_H
#define ABI_ARCH_H

#include "gosym/binary.h"

enum { REG_NONE = -1, NOT_IN_PT_REGS = -1 };

struct abi_reg {
	const char *name;		/* the Go assembler's: "AX", "X0" */
	const char *fetch;		/* tracefs and bpftrace spelling without '%': "ax"; NULL if uprobes cannot read it */
	int16_t dwarf;			/* DWARF register number */
	int16_t pt_regs;		/* offset in struct pt_regs (arm64: user_pt_regs); NOT_IN_PT_REGS */
	bool fp;
};

/* An argument register sequence; ABI0 is the same algorithm with none. */
struct abi_sequence {
	const int8_t *ints, *floats;	/* indices into regs */
	uint8_t num_ints, num_floats;
};

struct insn_ops;			/* insn.h */

struct abi_arch {
	const char *name;		/* GOARCH */
	uint16_t machine;		/* EM_* */
	uint8_t ptr_size, min_lc;
	bool big_endian;
	uint8_t max_align;		/* of 8-byte scalars */
	const struct abi_reg *regs;
	uint8_t num_regs;
	struct abi_sequence sequence;
	int regabi_since;		/* first Go 1.x with register arguments; INT_MAX never */
	uint8_t args_base;		/* first stack argument, bytes above SP at entry */
	bool link_register;		/* the return address comes in a register */
	int8_t sp, ctx, g;		/* register indices; g: REG_NONE if it lives in TLS only */
	int8_t fp;			/* frame pointer: [fp] is the caller's, [fp + ptr_size] the return address */
	int fp_since;			/* first Go 1.x that moves saved frame pointers along with a stack */
	int8_t lr;			/* where the return address comes; REG_NONE: on the stack, at SP */
	int g_reg_since;		/* first Go 1.x in which the g register holds in Go code */
	int32_t tls_g;			/* g's offset from the thread pointer in a linux executable, 0 = none */
	uint16_t pt_flags;		/* offset of the flags register in pt_regs (x86 eflags, arm64 pstate) */
	uint16_t pt_ip, pt_sp;
	uint8_t guard_off;		/* g.stackguard0 */
	const struct insn_ops *insn;
};

/* NULL if the architecture is not known. */
const struct abi_arch *abi_arch_find(uint16_t machine, unsigned ptr_size, bool big_endian);
const struct abi_arch *abi_arch_of(const struct gosym_binary *b);
extern const struct abi_arch abi_amd64, abi_arm64, abi_386, abi_arm, abi_loong64, abi_mips, abi_mipsle, abi_mips64,
	abi_mips64le, abi_ppc64, abi_ppc64le, abi_riscv64, abi_s390x;

/* Register index by DWARF number, REG_NONE. */
int abi_reg_by_dwarf(const struct abi_arch *arch, int dwarf);
/* The sequence a function of this binary takes its arguments by. */
const struct abi_sequence *abi_sequence_of(const struct gosym_binary *b, const struct gosym_func *f);

#endif
