// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Basic types, strings, many parameters, results.

package main

import (
	"math"
	"strings"
	"unsafe"
)

func valNothing()                                         {}
func valBool(a bool) bool                                 { return !a }
func valInt(a int) (r int)                                { return a }
func valInt8(a int8) int8                                 { return a }
func valInt16(a int16) int16                              { return a }
func valInt32(a int32) int32                              { return a }
func valInt64(a int64) int64                              { return a }
func valUint(a uint) uint                                 { return a }
func valUint8(a uint8) uint8                              { return a }
func valUint16(a uint16) uint16                           { return a }
func valUint32(a uint32) uint32                           { return a }
func valUint64(a uint64) uint64                           { return a }
func valUintptr(a uintptr) uintptr                        { return a }
func valUnsafe(a unsafe.Pointer) unsafe.Pointer           { return a }
func valFloat32(a float32) float32                        { return a }
func valFloat64(a float64) float64                        { return a }
func valComplex64(a complex64) complex64                  { return a }
func valComplex128(a complex128) complex128               { return a }
func valString(a string) string                           { return a }
func valRune(a rune, b byte) (r byte, s rune)             { return b, a }
func valMixed(a int8, b string, c bool, d uint16) string  { return b }
func valUnused(a int, b string, c []int, d *int)          {}
func valFloats(a float64, b int, c float32) (int, string) { return b, "" }

func valTen(a, b, c, d, e, f, g, h, i, j int) (r, s, t, u, v, w, x, y, z int) {
	return j, i, h, g, f, e, d, c, b
}
func valTenStrings(a, b, c, d, e, f, g, h, i, j string) (r, s, t, u, v, w string) {
	return a, b, c, d, e, j
}
func valSixteenFloats(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p float64) float64 { return p }

type (
	valCelsius float64
	valLevel   int8
	valName    string
	valFlag    bool
	valBytes   []byte
	valIDs     [3]uint16
	valHandler func(int) error
	valSet     map[string]bool
	valPipe    chan valLevel
	valRef     *int
)

func valNamed(a valCelsius, b valLevel, c valName, d valFlag) (valLevel, valName) { return b, c }
func valNamedMore(a valBytes, b valIDs, c valHandler, d valSet, e valPipe, f valRef) (r valIDs) {
	return b
}

func valBlank(_ int, b string, _ []byte, d bool) (_ int, _ string) { return 7, "blank" }
func valUnnamed(int, string, *int) error                           { return nil }

func valVariadic(a int, b ...string) int        { return len(b) }
func valVariadicAny(a string, b ...interface{}) {}
func valVariadicPointers(a ...*int) (r []*int)  { return a }

func tryBasics() {
	try(valNothing)
	each(valBool, true, false)
	each(valInt, 0, 1, -1, math.MaxInt64, math.MinInt64)
	each(valInt8, 127, -128, -1)
	each(valInt16, 0, -1, 32767, -32768)
	each(valInt32, 0, -1, math.MaxInt32, math.MinInt32)
	each(valInt64, int64(0), int64(-1), int64(1)<<53+1, -(int64(1)<<53 + 1))
	each(valUint, uint(0), uint(math.MaxUint64))
	each(valUint8, 0, 255)
	each(valUint16, 0, 1, 255, 256, 65535)
	each(valUint32, uint32(0), uint32(1)<<31, uint32(math.MaxUint32))
	each(valUint64, uint64(math.MaxUint64), uint64(1)<<63)
	each(valUintptr, uintptr(0), uintptr(4096), uintptr(math.MaxUint32))
	each(valUnsafe, nil, unsafe.Pointer(&show))
	each(valFloat32, 0.0, 1.5, float32(0.1), math.MaxFloat32, math.Inf(1))
	each(valFloat64, 0.0, -1.25, math.Pi, math.MaxFloat64, math.NaN(), math.Inf(-1), math.Copysign(0, -1), 5e-324)
	each(valComplex64, complex64(1+2i), complex64(0))
	each(valComplex128, 1.5-2.5i, complex(math.NaN(), math.Inf(1)))
	each(valString, "", "x", "hello, world", "grüße, 世界 🎈", "tab\tquote\" back\\ nul\x00 line\n", "bad \xff\xfe utf-8 \xc3")
	each(valString, strings.Repeat("0123456789", 6)+"abc", strings.Repeat("0123456789", 6)+"abcd",
		strings.Repeat("0123456789", 6)+"abcde", strings.Repeat("long ", 10000), strings.Repeat("ä", 40))
	try(valRune, '世', 'x')
	try(valMixed, -7, "mixed", true, 65535)
	try(valUnused, 1, "unused", []int{1, 2}, new(int))
	try(valFloats, 0.5, 42, float32(2.5))
	try(valTen, 1, -2, 3, -4, 5, -6, 7, -8, 9, -10)
	try(valTenStrings, "a", "bb", "", "dddd", "e", "f", "g", "h", "i", "jjjjjjjjjj")
	try(valSixteenFloats, 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 15., 16.5)
	n := 17
	try(valNamed, 36.6, -3, "name", true)
	try(valNamedMore, []byte("bytes"), [3]uint16{1, 2, 3}, nil, map[string]bool{"in": true}, nil, &n)
	try(valNamedMore, nil, nil, nil, nil, make(chan valLevel, 4), nil)
	call{blank: true}.try(valBlank, 1, "b", []byte("c"), true)
	call{blank: true}.try(valUnnamed, 1, "unnamed", &n)
	try(valVariadic, 1, nil)
	try(valVariadic, 2, []string{"x", "", "zzz"})
	try(valVariadic, 3, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"})
	try(valVariadicAny, "%d", []interface{}{})
	try(valVariadicPointers, []*int{&n, nil, &n})
}
