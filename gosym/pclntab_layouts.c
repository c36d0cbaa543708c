// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * TABLE: the function tables of the Go releases. Sources, per release: src/runtime/symtab.go (pcHeader,
 * PCDATA, FUNCDATA, funcID), src/runtime/runtime2.go (_func), src/runtime/funcdata.h,
 * src/internal/abi/symtab.go, src/cmd/internal/objabi/funcid.go, src/cmd/link/internal/ld/pcln.go.
 *
 * To add a release: compare those files with the row on top. A changed struct, a new funcID before
 * FuncIDWrapper, or a moved index makes a new row; else only pclntab_newest_minor moves on. A file of a release
 * newer than the table is tried with the top row, and validated against its own records.
 */
#include <elf.h>

#include "gosym/pclntab_layouts.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* Up to Go 1.19 an entry tells the position of the call; since 1.20 (CL 429637) the pc of the call does. */
static const struct inltree_layout inltree_9 = {
	.size = 16, .parent = 0, .parent_size = 4, .file = 4, .line = 8, .name = 12, .parent_pc = NO_FIELD,
	.start_line = NO_FIELD, .func_id = NO_FIELD,
};
static const struct inltree_layout inltree_12 = {
	.size = 20, .parent = 0, .parent_size = 2, .file = 4, .line = 8, .name = 12, .parent_pc = 16,
	.start_line = NO_FIELD, .func_id = 2,
};
static const struct inltree_layout inltree_20 = {
	.size = 16, .parent = NO_FIELD, .parent_size = 0, .file = NO_FIELD, .line = NO_FIELD, .name = 4,
	.parent_pc = 8, .start_line = 12, .func_id = 0,
};

/* clang-format off */
#define MAGIC_2		.magic = 0xfffffffb, .version = "1.2"
#define MAGIC_16	.magic = 0xfffffffa, .version = "1.16"
#define MAGIC_18	.magic = 0xfffffff0, .version = "1.18"
#define MAGIC_20	.magic = 0xfffffff1, .version = "1.20"

/* One blob, offsets from its start; functab follows nfunc. */
#define HEADER_2	.text_start = NO_FIELD, .funcnames = NO_FIELD, .cutab = NO_FIELD, .files = NO_FIELD, \
			.pctab = NO_FIELD, .functab = NO_FIELD
/* Names, files and pc tables got tables of their own (CL 241598). */
#define HEADER_16	.text_start = NO_FIELD, .funcnames = 2, .cutab = 3, .files = 4, .pctab = 5, .functab = 6
/* Entries became offsets from runtime.text (CL 351463). */
#define HEADER_18	.text_start = 2, .funcnames = 3, .cutab = 4, .files = 5, .pctab = 6, .functab = 7, \
			.entry32 = true
/* textStart is left 0, so that the table needs no relocation; the magic stayed. */
#define HEADER_26	.text_start = NO_FIELD, .funcnames = 3, .cutab = 4, .files = 5, .pctab = 6, .functab = 7, \
			.entry32 = true

#define FUNC_2		.deferreturn = NO_FIELD, .cu_offset = NO_FIELD, .start_line = NO_FIELD, .func_id = NO_FIELD, \
			.flag = NO_FIELD, .nfuncdata = 28, .nfuncdata_size = 4, .record_size = 32
#define FUNC_12		.deferreturn = 8, .cu_offset = NO_FIELD, .start_line = NO_FIELD, .func_id = 28, \
			.flag = NO_FIELD, .nfuncdata = 31, .nfuncdata_size = 1, .record_size = 32
#define FUNC_16		.deferreturn = 8, .cu_offset = 28, .start_line = NO_FIELD, .func_id = 32, \
			.flag = NO_FIELD, .nfuncdata = 35, .nfuncdata_size = 1, .record_size = 36
#define FUNC_17		.deferreturn = 8, .cu_offset = 28, .start_line = NO_FIELD, .func_id = 32, \
			.flag = 33, .nfuncdata = 35, .nfuncdata_size = 1, .record_size = 36
#define FUNC_20		.deferreturn = 8, .cu_offset = 28, .start_line = 32, .func_id = 36, \
			.flag = 37, .nfuncdata = 39, .nfuncdata_size = 1, .record_size = 40

/* Columns: pcdata { StackMap, InlTree, UnsafePoint, ArgLive },
 * funcdata { ArgsPtrMaps, LocalsPtrMaps, InlTree, ArgInfo, ArgLiveInfo, WrapInfo }. */
const struct pclntab_layout pclntab_layouts[] = {
	{ MAGIC_20, .minor = 26, HEADER_26, FUNC_20, .wrapper = 23, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, 7 }, .inltree = &inltree_20 },
	/* FuncID_runCleanups. */
	{ MAGIC_20, .minor = 25, HEADER_18, FUNC_20, .wrapper = 23, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, 7 }, .inltree = &inltree_20 },
	/* FuncID_corostart. */
	{ MAGIC_20, .minor = 22, HEADER_18, FUNC_20, .wrapper = 22, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, 7 }, .inltree = &inltree_20 },
	/* startLine. */
	{ MAGIC_20, .minor = 20, HEADER_18, FUNC_20, .wrapper = 21, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, 7 }, .inltree = &inltree_20 },
	/* FUNCDATA_WrapInfo. */
	{ MAGIC_18, .minor = 19, HEADER_18, FUNC_17, .wrapper = 21, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, 7 }, .inltree = &inltree_12 },
	/* FuncFlag_ASM, FUNCDATA_ArgLiveInfo. */
	{ MAGIC_18, .minor = 18, HEADER_18, FUNC_17, .wrapper = 21, .asm_flag = 4,
	  .pcdata = { 1, 2, 0, 3 }, .funcdata = { 0, 1, 3, 5, 6, -1 }, .inltree = &inltree_12 },
	/* funcFlag, FUNCDATA_ArgInfo; funcIDs in alphabetical order. */
	{ MAGIC_16, .minor = 17, HEADER_16, FUNC_17, .wrapper = 22, .asm_flag = 0,
	  .pcdata = { 1, 2, 0, -1 }, .funcdata = { 0, 1, 3, 5, -1, -1 }, .inltree = &inltree_12,
	  .sign = "runtime.debugCallV2" },
	/* Register maps gone: the indices behind them moved up. */
	{ MAGIC_16, .minor = 16, HEADER_16, FUNC_16, .wrapper = 22, .asm_flag = 0,
	  .pcdata = { 1, 2, 0, -1 }, .funcdata = { 0, 1, 3, -1, -1, -1 }, .inltree = &inltree_12 },
	/* funcID_handleAsyncEvent, funcID_asyncPreempt. */
	{ MAGIC_2, .minor = 14, HEADER_2, FUNC_12, .wrapper = 22, .asm_flag = 0,
	  .pcdata = { 1, 2, -1, -1 }, .funcdata = { 0, 1, 4, -1, -1, -1 }, .inltree = &inltree_12,
	  .sign = "runtime.asyncPreempt" },
	/* PCDATA_RegMapIndex became 0. */
	{ MAGIC_2, .minor = 13, HEADER_2, FUNC_12, .wrapper = 20, .asm_flag = 0,
	  .pcdata = { 1, 2, -1, -1 }, .funcdata = { 0, 1, 4, -1, -1, -1 }, .inltree = &inltree_12,
	  .sign = "runtime.goPanicIndex" },
	/* funcID and nfuncdata became bytes, deferreturn took the place of funcID; funcID_wrapper. */
	{ MAGIC_2, .minor = 12, HEADER_2, FUNC_12, .wrapper = 20, .asm_flag = 0,
	  .pcdata = { 0, 1, -1, -1 }, .funcdata = { 0, 1, 2, -1, -1, -1 }, .inltree = &inltree_12 },
	/* Inline trees. (The sign came with 1.10: a 1.9 of unknown version goes without.) */
	{ MAGIC_2, .minor = 9, HEADER_2, FUNC_2, .wrapper = 0, .asm_flag = 0,
	  .pcdata = { 0, 1, -1, -1 }, .funcdata = { 0, 1, 2, -1, -1, -1 }, .inltree = &inltree_9,
	  .sign = "runtime.gcWriteBarrier" },
	/* Stack maps. */
	{ MAGIC_2, .minor = 3, HEADER_2, FUNC_2, .wrapper = 0, .asm_flag = 0,
	  .pcdata = { 0, -1, -1, -1 }, .funcdata = { 0, 1, -1, -1, -1, -1 } },
	/* The format's first release: PCDATA 0 was the size of the arguments of a call. */
	{ MAGIC_2, .minor = 2, HEADER_2, FUNC_2, .wrapper = 0, .asm_flag = 0,
	  .pcdata = { -1, -1, -1, -1 }, .funcdata = { 0, 1, -1, -1, -1, -1 } },
};
const size_t pclntab_num_layouts = sizeof(pclntab_layouts) / sizeof(*pclntab_layouts);
const int pclntab_newest_minor = 27;

/* First release with register arguments (src/internal/buildcfg/exp.go, RegabiArgs; internal/abi/abi_*.go). */
static const struct { uint16_t machine; int minor; } register_abis[] = {
	{ EM_X86_64, 17 }, { EM_AARCH64, 18 }, { EM_PPC64, 18 }, { EM_RISCV, 19 }, { EM_LOONGARCH, 22 },
	{ EM_S390, 26 },
};
/* clang-format on */

bool pclntab_layout_may_be(const struct pclntab_layout *row, int minor)
{
	/* The next newer row begins where this one ends. */
	return row == pclntab_layouts || minor < row[-1].minor;
}

bool pclntab_register_abi(uint16_t machine, const struct goversion *v)
{
	if (goversion_has_experiment(v, "noregabi") || goversion_has_experiment(v, "noregabiargs"))
		return false;
	for (size_t i = 0; i < sizeof(register_abis) / sizeof(*register_abis); i++) {
		if (register_abis[i].machine == machine)
			return goversion_at_least(v, register_abis[i].minor);
	}
	return false;
}
