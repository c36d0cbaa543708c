// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build amd64 || arm64
// +build amd64 arm64

// Functions written in assembly (assembly_GOARCH.s): they take their arguments by the old
// convention, on the stack, in every version of Go.

package main

func zooAsmAdd(x int64, y int32, odd bool) int64

func zooAsmMixed(b byte, s string, f float64, n int16) int

func zooAsmFrame(p *int64, n uint8)

// Calls through a variable go by way of a wrapper, which is no call of its own.
var asmVariable = zooAsmAdd

func callAssembly() {
	x, y, odd := int64(-1<<50), int32(-7), true
	call{fn: "main.zooAsmAdd", abi0: true}.expect(a("x", &x), a("y", &y), a("odd", &odd))
	zooAsmAdd(x, y, odd)
	b, s, f, n := byte(201), "assembled", 0.3, int16(-300)
	call{fn: "main.zooAsmMixed", abi0: true}.expect(a("b", &b), a("s", &s), a("f", &f), a("n", &n))
	zooAsmMixed(b, s, f, n)
	target, u := new(int64), uint8(255)
	call{fn: "main.zooAsmFrame", abi0: true}.expect(a("p", &target), a("n", &u))
	zooAsmFrame(target, u)
	call{fn: "main.zooAsmAdd", abi0: true}.expect(a("x", &x), a("y", &y), a("odd", &odd))
	asmVariable(x, y, odd)
}
