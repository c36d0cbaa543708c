// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

#include "textflag.h"
#include "funcdata.h"

// func zooAsmAdd(x int64, y int32, odd bool) int64
TEXT ·zooAsmAdd(SB), NOSPLIT, $0-24
	MOVD	x+0(FP), R0
	MOVW	y+8(FP), R1
	ADD	R1, R0
	MOVBU	odd+12(FP), R1
	ADD	R1, R0
	MOVD	R0, ret+16(FP)
	RET

// func zooAsmMixed(b byte, s string, f float64, n int16) int
TEXT ·zooAsmMixed(SB), NOSPLIT, $0-48
	MOVBU	b+0(FP), R0
	MOVD	s_len+16(FP), R1
	ADD	R1, R0
	FMOVD	f+24(FP), F0
	FCVTZSD	F0, R1
	ADD	R1, R0
	MOVH	n+32(FP), R1
	ADD	R1, R0
	MOVD	R0, ret+40(FP)
	RET

// func zooAsmFrame(p *int64, n uint8)
TEXT ·zooAsmFrame(SB), 0, $256-9
	NO_LOCAL_POINTERS
	MOVD	p+0(FP), R0
	MOVBU	n+8(FP), R1
	MOVD	R1, tmp-8(SP)
	MOVD	tmp-8(SP), R2
	MOVD	R2, (R0)
	RET
