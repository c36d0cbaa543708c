// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

#include "textflag.h"

// func bounded(i int) int: for i > 5 a branch leaves it for beyond, which returns in its place. The assembler has no
// such branch, so its bytes stand here: over the 17 that are left of these 32, functions being aligned to as many.
TEXT ·bounded(SB), NOSPLIT, $0-16
	MOVQ i+0(FP), AX
	CMPQ AX, $5
	BYTE $0x0f; BYTE $0x8f; LONG $17	// JGT ·beyond(SB)
	LEAQ 1(AX)(AX*2), AX
	MOVQ AX, ret+8(FP)
	RET

// func beyond(i int) int
TEXT ·beyond(SB), NOSPLIT, $0-16
	MOVQ i+0(FP), AX
	LEAQ 1(AX)(AX*2), AX
	MOVQ AX, ret+8(FP)
	RET
