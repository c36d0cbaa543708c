/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* One function of the function table, as read from its _func record (runtime/runtime2.go). */
#ifndef GOSYM_FUNC_H
#define GOSYM_FUNC_H

#include "gosym/gosym.h"

enum gosym_func_abi { FUNC_ABI0, FUNC_ABIINTERNAL };

struct gosym_func {
	uint64_t entry, end;		/* end = next function's entry: includes padding */
	const char *name;		/* borrowed from the table */
	uint64_t record;		/* offset of the _func record within pclntab */
	uint32_t index;			/* in the function table */
	int32_t args;			/* _func.args; see go-facts: meaning differs by ABI; INT32_MIN = unknown */
	uint32_t deferreturn;		/* offset from entry, 0 = none */
	uint32_t start_line;		/* Go 1.20+; 0 = unknown */
	uint8_t func_id, flag;		/* in the numbering of this Go version */
	bool assembly;			/* from a .s file: arguments by ABI0 */
	bool wrapper;			/* funcID_wrapper of this version */
	enum gosym_func_abi abi;
};

#endif
