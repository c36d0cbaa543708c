// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Booleans, numbers and strings.

package main

import (
	"math"
	"strings"
)

//go:noinline
func zooBool(v bool) { sinkBool = v }

//go:noinline
func zooInt(v int) int { return v*3 + len(sinkString) }

//go:noinline
func zooInt8(v int8) int8 { sinkInt += int64(v); return v }

//go:noinline
func zooInt16(v int16) { sinkInt = int64(v) }

//go:noinline
func zooInt32(v int32) (int32, error) { sinkInt = int64(v); return v, nil }

//go:noinline
func zooInt64(v int64) (twice int64) { twice = v + v; return }

//go:noinline
func zooUint(v uint) uint { return v >> 3 }

//go:noinline
func zooUint8(v uint8) { sinkUint = uint64(v) }

//go:noinline
func zooUint16(v uint16) string { return string(rune(v&0x7f) + '0') }

//go:noinline
func zooUint32(v uint32) { sinkUint ^= uint64(v) }

//go:noinline
func zooUint64(v uint64) bool { return v&1 == 0 }

//go:noinline
func zooUintptr(v uintptr) { sinkUint = uint64(v) }

//go:noinline
func zooByteRune(b byte, r rune) { sinkInt = int64(b) + int64(r) }

//go:noinline
func zooFloat32(v float32) { sinkFloat = float64(v) }

//go:noinline
func zooFloat64(v float64) float64 { return v * 2 }

//go:noinline
func zooComplex64(v complex64) { sinkComplex = complex128(v) }

//go:noinline
func zooComplex128(v complex128) complex128 { sinkComplex = v; return v * v }

//go:noinline
func zooBools(a, b, c, d bool) (bool, bool) { sinkBool = a && b; return c, d }

//go:noinline
func zooMixedSizes(a int8, b uint64, c bool, d uint16, e int32, f byte) int64 {
	return int64(a) + int64(b) + int64(d) + int64(e) + int64(f) + map[bool]int64{true: 1}[c]
}

//go:noinline
func zooNothing() { sinkInt++ }

//go:noinline
func zooNothingResult() string { sinkInt++; return sinkString }

func callScalars() {
	for _, v := range []bool{false, true} {
		expect("main.zooBool", a("v", &v))
		zooBool(v)
	}
	for _, v := range []int{0, -1, math.MaxInt32 + 1, math.MinInt64, math.MaxInt64} {
		expect("main.zooInt", a("v", &v))
		zooInt(v)
	}
	for _, v := range []int8{0, -1, math.MinInt8, math.MaxInt8} {
		expect("main.zooInt8", a("v", &v))
		zooInt8(v)
	}
	for _, v := range []int16{-2, math.MinInt16, math.MaxInt16} {
		expect("main.zooInt16", a("v", &v))
		zooInt16(v)
	}
	for _, v := range []int32{-3, math.MinInt32, math.MaxInt32} {
		expect("main.zooInt32", a("v", &v))
		zooInt32(v)
	}
	for _, v := range []int64{-4, math.MinInt64, math.MaxInt64, 1<<53 + 1} {
		expect("main.zooInt64", a("v", &v))
		zooInt64(v)
	}
	for _, v := range []uint{0, 1 << 63, math.MaxUint64} {
		expect("main.zooUint", a("v", &v))
		zooUint(v)
	}
	for _, v := range []uint8{0, 127, 128, 255} {
		expect("main.zooUint8", a("v", &v))
		zooUint8(v)
	}
	for _, v := range []uint16{0, math.MaxUint16} {
		expect("main.zooUint16", a("v", &v))
		zooUint16(v)
	}
	for _, v := range []uint32{1, math.MaxUint32} {
		expect("main.zooUint32", a("v", &v))
		zooUint32(v)
	}
	for _, v := range []uint64{2, math.MaxUint64} {
		expect("main.zooUint64", a("v", &v))
		zooUint64(v)
	}
	for _, v := range []uintptr{0, 0xdeadbeefcafe} {
		expect("main.zooUintptr", a("v", &v))
		zooUintptr(v)
	}
	b, r := byte('x'), 'é'
	expect("main.zooByteRune", a("b", &b), a("r", &r))
	zooByteRune(b, r)
	callFloats()
	t, f := true, false
	expect("main.zooBools", a("a", &t), a("b", &f), a("c", &f), a("d", &t))
	zooBools(t, f, f, t)
	m1, m2, m3, m4, m5 := int8(-5), uint64(math.MaxUint64), uint16(65534), int32(-70000), byte(200)
	expect("main.zooMixedSizes", a("a", &m1), a("b", &m2), a("c", &t), a("d", &m3), a("e", &m4), a("f", &m5))
	zooMixedSizes(m1, m2, t, m3, m4, m5)
	expect("main.zooNothing")
	zooNothing()
	expect("main.zooNothingResult")
	zooNothingResult()
}

func callFloats() {
	for _, v := range []float32{0, 0.1, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32} {
		expect("main.zooFloat32", a("v", &v))
		zooFloat32(v)
	}
	special := []float64{0.1, -2.5, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, v := range special {
		expect("main.zooFloat64", a("v", &v))
		zooFloat64(v)
	}
	for _, v := range []complex64{0, complex(1.5, -0.1)} {
		expect("main.zooComplex64", a("v", &v))
		zooComplex64(v)
	}
	for _, v := range []complex128{complex(0.1, 1e300), complex(math.Inf(1), math.NaN())} {
		expect("main.zooComplex128", a("v", &v))
		zooComplex128(v)
	}
}

//go:noinline
func zooString(s string) int { sinkString = s; return len(s) }

//go:noinline
func zooStringOnly(s string) byte {
	sum := byte(0)
	for i := 0; i < len(s); i++ {
		sum += s[i]
	}
	return sum
}

//go:noinline
func zooTwoStrings(a, b string) string { return a + b }

//go:noinline
func zooFiveStrings(a, b, c, d, e string) (first, last string) {
	sinkString = b + c + d
	return a, e
}

func callStrings() {
	long := strings.Repeat("0123456789", 30)
	values := []string{"", "a", "hello, world", long[:63], long[:64], long[:65], long,
		"quote \" backslash \\ slash / <&>", "tab\tnewline\nreturn\rbell\aescape\x1b[31m\x7f",
		"nul\x00in the middle", "\x00", "invalid \xff\xfe bytes \xc3", "\xc3\xa9 is é",
		"日本語 ελληνικά 😀", "cut in a rune: " + strings.Repeat("é", 40), "\u2028\ufffd\ufeff"}
	for _, s := range values {
		expect("main.zooString", a("s", &s))
		zooString(s)
	}
	for _, s := range []string{"leaf", long[5:25]} {
		expect("main.zooStringOnly", a("s", &s))
		zooStringOnly(s)
	}
	x, y, z := "first", "", long
	expect("main.zooTwoStrings", a("a", &x), a("b", &z))
	zooTwoStrings(x, z)
	// Ten words: the fifth does not fit in the nine registers of amd64.
	expect("main.zooFiveStrings", a("a", &x), a("b", &y), a("c", &z), a("d", &values[2]), a("e", &values[1]))
	zooFiveStrings(x, y, z, values[2], values[1])
}
