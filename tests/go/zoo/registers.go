// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Parameter lists that use up the registers in all manners, and parameters without a name.

package main

//go:noinline
func zooInts9(a, b, c, d, e, f, g, h, i int) int { return a + b + c + d + e + f + g + h + i }

//go:noinline
func zooInts10(a, b, c, d, e, f, g, h, i, j int) int { return a + b + c + d + e + f + g + h + i + j }

//go:noinline
func zooInts12String(a, b, c, d, e, f, g, h, i, j, k, l int, s string) string {
	sinkInt = int64(a + b + c + d + e + f + g + h + i + j + k + l)
	return s
}

//go:noinline
func zooInts18(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r int8) int {
	return int(a) + int(b) + int(c) + int(d) + int(e) + int(f) + int(g) + int(h) + int(i) +
		int(j) + int(k) + int(l) + int(m) + int(n) + int(o) + int(p) + int(q) + int(r)
}

// The string does not fit, what follows does.
//
//go:noinline
func zooIntAfterString(a, b, c, d, e, f, g, h int, s string, i int, j byte) int {
	sinkString = s
	return a + b + c + d + e + f + g + h + i + int(j)
}

// The first is too big for any registers.
//
//go:noinline
func zooWideFirst(w wide, a int, s string) { sinkInt = int64(w.B + a); sinkString = s }

//go:noinline
func zooSliceOverflow(a, b, c, d, e, f, g int, s []int, i interface{}, h int) {
	sinkAny = i
	sinkInt = int64(a + b + c + d + e + f + g + len(s) + h)
}

// A struct is all in registers or not at all.
//
//go:noinline
func zooStructOverflow(a, b, c, d, e, f int, m mixed, p point, h int) {
	sinkString = m.E
	sinkInt = int64(a + b + c + d + e + f + p.X + h)
}

//go:noinline
func zooFloats17(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q float64) float64 {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q
}

//go:noinline
func zooFloats20(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t float32) float32 {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t
}

//go:noinline
func zooComplexes(a, b, c, d, e, f, g, h, i complex128, j float64) complex128 {
	return a + b + c + d + e + f + g + h + i + complex(j, 0)
}

//go:noinline
func zooIntsAndFloats(a int, f float64, b int8, g float32, s string, h float64, c uint16) {
	sinkInt = int64(a) + int64(b) + int64(c)
	sinkFloat = f + float64(g) + h
	sinkString = s
}

//go:noinline
func zooStackPadding(w wide, a int8, b int64, c [2]int8, d int32, e [3]byte, f uint16) {
	sinkInt = int64(w.A) + int64(a) + b + int64(c[1]) + int64(d) + int64(e[2]) + int64(f)
}

//go:noinline
func zooStackSmall(a [2]int8, b [3]uint16, c [2]bool, d [2]float32, e [2]string) {
	sinkInt = int64(a[0]) + int64(b[1])
	sinkBool, sinkFloat, sinkString = c[0], float64(d[1]), e[0]
}

//go:noinline
func zooBlank(_ int, s string, _ float64, n int) { sinkString = s; sinkInt = int64(n) }

//go:noinline
func zooBlankFirst(_ string, _ []byte, n int) int { return n * 2 }

//go:noinline
func zooBlankLast(n int, _ error) int { return n * 3 }

//go:noinline
func zooBlankAll(_ int, _ string) { sinkInt++ }

//go:noinline
func zooUnnamed(int, string, bool) { sinkInt++ }

//go:noinline
func zooUnnamedResult(uint8, [2]int) (int, string) { sinkInt++; return 1, sinkString }

//go:noinline
func zooBlankStruct(_ mixed, a int8, _ [2]int, b string) { sinkInt = int64(a); sinkString = b }

//go:noinline
func zooBlankOverflow(_, _, _, _, _, _, _, _ int, _ string, last int) { sinkInt = int64(last) }

//go:noinline
func zooResultsMany(n int) (a int, b string, c error, d [2]int, e float64, f []byte, _ bool) {
	return n, "b", errSome, [2]int{n, n}, 1.5, nil, true
}

//go:noinline
func zooResultsLarge(n int, s string) (large, wide) { return large{Head: n, Tail: s}, wide{A: n} }

func callRegisters() {
	v := [18]int{1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16, 17, -18}
	names := "abcdefghijklmnopqrst"
	ints := func(count int) (list []arg) {
		for i := 0; i < count; i++ {
			list = append(list, a(names[i:i+1], &v[i]))
		}
		return
	}
	s, long, b := "a string", "after an overflow", byte(250)
	expect("main.zooInts9", ints(9)...)
	zooInts9(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8])
	expect("main.zooInts10", ints(10)...)
	zooInts10(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9])
	expect("main.zooInts12String", append(ints(12), a("s", &s))...)
	zooInts12String(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], s)
	var i8 [18]int8
	var small []arg
	for i := range i8 {
		i8[i] = int8(v[i])
		small = append(small, a(names[i:i+1], &i8[i]))
	}
	expect("main.zooInts18", small...)
	zooInts18(i8[0], i8[1], i8[2], i8[3], i8[4], i8[5], i8[6], i8[7], i8[8],
		i8[9], i8[10], i8[11], i8[12], i8[13], i8[14], i8[15], i8[16], i8[17])
	expect("main.zooIntAfterString", append(ints(8), a("s", &long), a("i", &v[8]), a("j", &b))...)
	zooIntAfterString(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], long, v[8], b)
	w := wide{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	expect("main.zooWideFirst", a("w", &w), a("a", &v[0]), a("s", &s))
	zooWideFirst(w, v[0], s)
	sl, any := []int{5, 6}, interface{}("any")
	expect("main.zooSliceOverflow", append(ints(7), a("s", &sl), a("i", &any), a("h", &v[7]))...)
	zooSliceOverflow(v[0], v[1], v[2], v[3], v[4], v[5], v[6], sl, any, v[7])
	m, p := mixed{1, 2, true, 3, "m", 4}, point{21, 22}
	expect("main.zooStructOverflow", append(ints(6), a("m", &m), a("p", &p), a("h", &v[7]))...)
	zooStructOverflow(v[0], v[1], v[2], v[3], v[4], v[5], m, p, v[7])
	i16, a2, i32, a3 := uint16(60000), [2]int8{-1, 2}, int32(-5), [3]byte{1, 2, 3}
	i64 := int64(-1 << 62)
	expect("main.zooStackPadding", a("w", &w), a("a", &i8[1]), a("b", &i64), a("c", &a2), a("d", &i32), a("e", &a3), a("f", &i16))
	zooStackPadding(w, i8[1], i64, a2, i32, a3, i16)
	b3, c2, d2, e2 := [3]uint16{1, 2, 3}, [2]bool{true, false}, [2]float32{0.1, 2}, [2]string{"x", "yy"}
	expect("main.zooStackSmall", a("a", &a2), a("b", &b3), a("c", &c2), a("d", &d2), a("e", &e2))
	zooStackSmall(a2, b3, c2, d2, e2)
	callManyFloats(names)
	callBlanks()
}

func callManyFloats(names string) {
	var f [20]float64
	var g [20]float32
	var c [9]complex128
	var fs, gs, cs []arg
	for i := range f {
		f[i], g[i] = float64(i)/3-2, float32(i)/7
		fs, gs = append(fs, a(names[i:i+1], &f[i])), append(gs, a(names[i:i+1], &g[i]))
	}
	for i := range c {
		c[i] = complex(float64(i)+0.1, -float64(i))
		cs = append(cs, a(names[i:i+1], &c[i]))
	}
	expect("main.zooFloats17", fs[:17]...)
	zooFloats17(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14], f[15], f[16])
	expect("main.zooFloats20", gs...)
	zooFloats20(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8], g[9],
		g[10], g[11], g[12], g[13], g[14], g[15], g[16], g[17], g[18], g[19])
	expect("main.zooComplexes", append(cs, a("j", &f[1]))...)
	zooComplexes(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], f[1])
	n, i8, s, u16 := 1<<40, int8(-1), "between", uint16(3)
	expect("main.zooIntsAndFloats", a("a", &n), a("f", &f[2]), a("b", &i8), a("g", &g[3]), a("s", &s), a("h", &f[4]), a("c", &u16))
	zooIntsAndFloats(n, f[2], i8, g[3], s, f[4], u16)
}

func callBlanks() {
	n, s, f, t, bytes := 31, "named", 2.5, true, []byte("blank")
	e, u8, a2, i8 := errSome, uint8(9), [2]int{1, 2}, int8(-9)
	expect("main.zooBlank", blank(&n), a("s", &s), blank(&f), a("n", &n))
	zooBlank(n, s, f, n)
	expect("main.zooBlankFirst", blank(&s), blank(&bytes), a("n", &n))
	zooBlankFirst(s, bytes, n)
	expect("main.zooBlankLast", a("n", &n), blank(&e))
	zooBlankLast(n, e)
	expect("main.zooBlankAll", blank(&n), blank(&s))
	zooBlankAll(n, s)
	expect("main.zooUnnamed", blank(&n), blank(&s), blank(&t))
	zooUnnamed(n, s, t)
	expect("main.zooUnnamedResult", blank(&u8), blank(&a2))
	zooUnnamedResult(u8, a2)
	m := mixed{1, 2, true, 3, "m", 4}
	expect("main.zooBlankStruct", blank(&m), a("a", &i8), blank(&a2), a("b", &s))
	zooBlankStruct(m, i8, a2, s)
	expect("main.zooBlankOverflow", blank(&n), blank(&n), blank(&n), blank(&n), blank(&n), blank(&n), blank(&n),
		blank(&n), blank(&s), a("last", &n))
	zooBlankOverflow(n, n, n, n, n, n, n, n, s, n)
	expect("main.zooResultsMany", a("n", &n))
	zooResultsMany(n)
	expect("main.zooResultsLarge", a("n", &n), a("s", &s))
	zooResultsLarge(n, s)
}
