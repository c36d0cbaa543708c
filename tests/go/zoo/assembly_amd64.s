// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

#include "textflag.h"
#include "funcdata.h"

// func zooAsmAdd(x int64, y int32, odd bool) int64
TEXT ·zooAsmAdd(SB), NOSPLIT, $0-24
	MOVQ	x+0(FP), AX
	MOVLQSX	y+8(FP), BX
	ADDQ	BX, AX
	MOVBQZX	odd+12(FP), BX
	ADDQ	BX, AX
	MOVQ	AX, ret+16(FP)
	RET

// func zooAsmMixed(b byte, s string, f float64, n int16) int
TEXT ·zooAsmMixed(SB), NOSPLIT, $0-48
	MOVBQZX	b+0(FP), AX
	ADDQ	s_len+16(FP), AX
	CVTTSD2SQ	f+24(FP), BX
	ADDQ	BX, AX
	MOVWQSX	n+32(FP), BX
	ADDQ	BX, AX
	MOVQ	AX, ret+40(FP)
	RET

// func zooAsmFrame(p *int64, n uint8)
TEXT ·zooAsmFrame(SB), 0, $256-9
	NO_LOCAL_POINTERS
	MOVQ	p+0(FP), AX
	MOVBQZX	n+8(FP), BX
	MOVQ	BX, tmp-8(SP)
	MOVQ	tmp-8(SP), CX
	MOVQ	CX, (AX)
	RET
