// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Arrays, structs by value, slices.

package main

import "time"

type point struct{ X, Y int }

type named struct {
	Name string
	At   point
	Tags []string
}

type mixed struct {
	A int8
	B int64
	C bool
	D uint16
	E string
	F byte
}

type blanks struct {
	A int32
	_ int16
	B uint8
	_ [3]byte
	C int64
}

type zeroSized struct {
	A int
	_ struct{}
	B [0]string
	C string
	D struct{}
}

type floats struct {
	A float32
	N int
	B float64
}

type poisoned struct {
	A    int
	Pair [2]int16
	B    string
}

type nested struct {
	In struct {
		Deep struct{ V uint32 }
		S    string
	}
	P point
}

type embedding struct {
	point
	named
	Own bool
}

type large struct {
	Head  int
	Words [40]int64
	Tail  string
}

type wide struct{ A, B, C, D, E, F, G, H, I, J int }

type inner struct{ N int }

type linked struct {
	Value int
	Next  *linked
	Any   interface{}
	Err   error
}

//go:noinline
func zooArray0(v [0]int, after int) { sinkInt = int64(len(v) + after) }

//go:noinline
func zooArray1(v [1]int32) { sinkInt = int64(v[0]) }

//go:noinline
func zooArray1String(v [1]string, after bool) { sinkString, sinkBool = v[0], after }

//go:noinline
func zooArray2(before int, v [2]byte, after int) byte {
	sinkInt = int64(before + after)
	return v[0] + v[1]
}

//go:noinline
func zooArray3(v [3]string) string { return v[0] + v[1] + v[2] }

//go:noinline
func zooArray8(v [8]int16) (sum int) {
	for _, x := range v {
		sum += int(x)
	}
	return
}

//go:noinline
func zooArray20(v [20]int) [20]int { v[0]++; return v }

//go:noinline
func zooArrayNested(v [2][3]int8, w [1][1]int) { sinkInt = int64(v[1][2]) + int64(w[0][0]) }

//go:noinline
func zooArrayStructs(v [2]point, w [1]point) point { return point{v[0].X + w[0].X, v[1].Y + w[0].Y} }

//go:noinline
func zooArrayBools(v [4]bool) bool { return v[0] && v[3] }

//go:noinline
func zooArrayFloats(v [3]float64, one [1]float32) float64 {
	return v[0] + v[1] + v[2] + float64(one[0])
}

//go:noinline
func zooArrayZeroStructs(v [5]struct{}, after string) { sinkString = after; sinkInt = int64(len(v)) }

//go:noinline
func zooArrayPointers(v [2]*point) { sinkAny = v[0]; sinkAny = v[1] }

func callArrays() {
	n, t := 77, true
	var a0 [0]int
	expect("main.zooArray0", a("v", &a0), a("after", &n))
	zooArray0(a0, n)
	a1 := [1]int32{-9}
	expect("main.zooArray1", a("v", &a1))
	zooArray1(a1)
	as := [1]string{"only element"}
	expect("main.zooArray1String", a("v", &as), a("after", &t))
	zooArray1String(as, t)
	a2 := [2]byte{1, 255}
	expect("main.zooArray2", a("before", &n), a("v", &a2), a("after", &n))
	zooArray2(n, a2, n)
	a3 := [3]string{"x", "", "zzz"}
	expect("main.zooArray3", a("v", &a3))
	zooArray3(a3)
	a8 := [8]int16{1, -2, 3, -4, 5, -6, 7, -32768}
	expect("main.zooArray8", a("v", &a8))
	zooArray8(a8)
	var a20 [20]int
	for i := range a20 {
		a20[i] = i * i
	}
	expect("main.zooArray20", a("v", &a20))
	zooArray20(a20)
	an, aw := [2][3]int8{{1, 2, 3}, {-1, -2, -3}}, [1][1]int{{5}}
	expect("main.zooArrayNested", a("v", &an), a("w", &aw))
	zooArrayNested(an, aw)
	ap, aq := [2]point{{1, 2}, {3, 4}}, [1]point{{5, 6}}
	expect("main.zooArrayStructs", a("v", &ap), a("w", &aq))
	zooArrayStructs(ap, aq)
	ab := [4]bool{true, false, false, true}
	expect("main.zooArrayBools", a("v", &ab))
	zooArrayBools(ab)
	af, a1f := [3]float64{0.5, -1, 1e9}, [1]float32{0.25}
	expect("main.zooArrayFloats", a("v", &af), a("one", &a1f))
	zooArrayFloats(af, a1f)
	var az [5]struct{}
	expect("main.zooArrayZeroStructs", a("v", &az), a("after", &a3[2]))
	zooArrayZeroStructs(az, a3[2])
	pp := [2]*point{{8, 9}, nil}
	expect("main.zooArrayPointers", a("v", &pp))
	zooArrayPointers(pp)
}

//go:noinline
func zooStruct(p point) int { return p.X*p.Y + len(sinkString) }

//go:noinline
func zooStructNamed(n named, count int) {
	sinkString = n.Name
	sinkInt = int64(n.At.X + count + len(n.Tags))
}

//go:noinline
func zooStructMixed(m mixed) string { sinkInt = int64(m.A) + m.B + int64(m.D) + int64(m.F); return m.E }

//go:noinline
func zooStructBlanks(b blanks, after int) { sinkInt = int64(b.A) + int64(b.B) + b.C + int64(after) }

//go:noinline
func zooStructZeroSized(z zeroSized, after int8) {
	sinkString = z.C
	sinkInt = int64(z.A) + int64(after)
}

//go:noinline
func zooStructEmpty(e struct{}, after int) { sinkAny = e; sinkInt = int64(after) }

//go:noinline
func zooStructFloats(f floats) float64 { sinkInt = int64(f.N); return float64(f.A) + f.B }

//go:noinline
func zooStructPoisoned(before int, p poisoned, after string) {
	sinkInt = int64(before + p.A)
	sinkString = after
}

//go:noinline
func zooStructNested(n nested) string { sinkInt = int64(n.P.X) + int64(n.In.Deep.V); return n.In.S }

//go:noinline
func zooStructEmbedding(e embedding) { sinkBool = e.Own; sinkString = e.Name }

//go:noinline
func zooStructLarge(l large, after int) string { sinkInt = l.Words[3] + int64(after); return l.Tail }

//go:noinline
func zooStructWide(before string, w wide, after string) {
	sinkInt = int64(w.A + w.J)
	sinkString = before + after
}

//go:noinline
func zooStructAnonymous(s struct {
	A int
	B string
}) {
	sinkAny = s
}

//go:noinline
func zooStructPointers(l linked) { sinkAny = l.Next }

//go:noinline
func zooStructOne(i inner, j struct{ S struct{ T inner } }) { sinkInt = int64(i.N + j.S.T.N) }

//go:noinline
func zooTime(t time.Time, d time.Duration) time.Time { return t.Add(d) }

func callStructs() {
	n, i8, s := 1234, int8(-8), "after"
	p := point{-1, 1 << 40}
	expect("main.zooStruct", a("p", &p))
	zooStruct(p)
	for _, v := range []named{{}, {"someone", p, []string{"a", "bc"}}} {
		expect("main.zooStructNamed", a("n", &v), a("count", &n))
		zooStructNamed(v, n)
	}
	m := mixed{-1, -1 << 60, true, 65535, "mixed", 7}
	expect("main.zooStructMixed", a("m", &m))
	zooStructMixed(m)
	b := blanks{A: -70000, B: 250, C: 1 << 50}
	expect("main.zooStructBlanks", a("b", &b), a("after", &n))
	zooStructBlanks(b, n)
	z := zeroSized{A: 3, C: "c"}
	expect("main.zooStructZeroSized", a("z", &z), a("after", &i8))
	zooStructZeroSized(z, i8)
	var e struct{}
	expect("main.zooStructEmpty", a("e", &e), a("after", &n))
	zooStructEmpty(e, n)
	f := floats{1.5, 42, -0.1}
	expect("main.zooStructFloats", a("f", &f))
	zooStructFloats(f)
	po := poisoned{1, [2]int16{-2, 3}, "poisoned"}
	expect("main.zooStructPoisoned", a("before", &n), a("p", &po), a("after", &s))
	zooStructPoisoned(n, po, s)
	var ne nested
	ne.In.Deep.V, ne.In.S, ne.P = 4000000000, "deep", point{9, 8}
	expect("main.zooStructNested", a("n", &ne))
	zooStructNested(ne)
	em := embedding{p, named{Name: "embedded"}, true}
	expect("main.zooStructEmbedding", a("e", &em))
	zooStructEmbedding(em)
	l := large{Head: 1, Tail: "tail"}
	l.Words[0], l.Words[7], l.Words[39] = -1, 7, 39
	expect("main.zooStructLarge", a("l", &l), a("after", &n))
	zooStructLarge(l, n)
	w := wide{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	expect("main.zooStructWide", a("before", &s), a("w", &w), a("after", &s))
	zooStructWide(s, w, s)
	callStructsMore()
}

func callStructsMore() {
	an := struct {
		A int
		B string
	}{5, "anonymous"}
	expect("main.zooStructAnonymous", a("s", &an))
	zooStructAnonymous(an)
	li := linked{1, &linked{Value: 2, Any: 3}, &point{3, 4}, errSome}
	expect("main.zooStructPointers", a("l", &li))
	zooStructPointers(li)
	var one struct{ S struct{ T inner } }
	in := inner{6}
	one.S.T.N = 7
	expect("main.zooStructOne", a("i", &in), a("j", &one))
	zooStructOne(in, one)
	zone := time.FixedZone("East", 3600)
	for _, t := range []time.Time{{}, time.Unix(1700000000, 5).UTC(), time.Unix(0, 0).In(zone)} {
		d := time.Duration(t.Nanosecond()) * time.Hour
		expect("main.zooTime", a("t", &t), a("d", &d))
		zooTime(t, d)
	}
}

//go:noinline
func zooSlice(s []int) int { sinkInt = int64(len(s)); return cap(s) }

//go:noinline
func zooBytes(b []byte, n int) []byte { sinkBytes = b; return append([]byte(nil), b...)[:n] }

//go:noinline
func zooSliceStrings(s []string) { sinkAny = s }

//go:noinline
func zooSliceStructs(s []mixed, last bool) { sinkAny, sinkBool = s, last }

//go:noinline
func zooSliceSlices(s [][]int16) { sinkAny = s }

//go:noinline
func zooSlicePointers(s []*point) { sinkAny = s }

//go:noinline
func zooSliceInterfaces(s []interface{}) { sinkAny = s }

//go:noinline
func zooSliceErrors(s []error) { sinkAny = s }

//go:noinline
func zooSliceFloats(s []float32, c []complex128) { sinkAny, sinkComplex = s, c[0] }

//go:noinline
func zooSliceArrays(s [][2]uint32) { sinkAny = s }

//go:noinline
func zooSliceEmptyStructs(s []struct{}, b []bool) { sinkInt = int64(len(s) + len(b)) }

//go:noinline
func zooSliceFuncsMapsChans(f []func(int) int, m []map[string]int, c []chan int) {
	sinkAny, sinkInt = f, int64(len(m)+len(c))
}

//go:noinline
func zooVariadic(first string, rest ...int) int { sinkString = first; return len(rest) }

//go:noinline
func zooVariadicAny(format string, args ...interface{}) { sinkString, sinkAny = format, args }

func callSlices() {
	many := make([]int, 12, 20)
	for i := range many {
		many[i] = -i
	}
	for _, s := range [][]int{nil, {}, {1}, many[:8], many[2:11], many, many[:0]} {
		expect("main.zooSlice", a("s", &s))
		zooSlice(s)
	}
	for _, b := range [][]byte{nil, []byte("bytes \x00\xff"), make([]byte, 1000)} {
		n := len(b) / 2
		expect("main.zooBytes", a("b", &b), a("n", &n))
		zooBytes(b, n)
	}
	ss := []string{"one", "", "a string that is longer than the sixty-four bytes that are shown of it", "\xff"}
	expect("main.zooSliceStrings", a("s", &ss))
	zooSliceStrings(ss)
	st, last := []mixed{{}, {1, 2, true, 3, "four", 5}}, true
	expect("main.zooSliceStructs", a("s", &st), a("last", &last))
	zooSliceStructs(st, last)
	sl := [][]int16{nil, {1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {}}
	expect("main.zooSliceSlices", a("s", &sl))
	zooSliceSlices(sl)
	sp := []*point{{1, 2}, nil, {3, 4}}
	expect("main.zooSlicePointers", a("s", &sp))
	zooSlicePointers(sp)
	si := []interface{}{nil, 300, "text", &point{1, 2}, point{3, 4}, 1.5, []int{1}}
	expect("main.zooSliceInterfaces", a("s", &si))
	zooSliceInterfaces(si)
	se := []error{nil, errSome}
	expect("main.zooSliceErrors", a("s", &se))
	zooSliceErrors(se)
	sf, sc := []float32{0.5, -0.1}, []complex128{complex(1, -1)}
	expect("main.zooSliceFloats", a("s", &sf), a("c", &sc))
	zooSliceFloats(sf, sc)
	sa := [][2]uint32{{1, 2}, {3, 1<<32 - 1}}
	expect("main.zooSliceArrays", a("s", &sa))
	zooSliceArrays(sa)
	sz, sb := make([]struct{}, 3), []bool{true, false}
	expect("main.zooSliceEmptyStructs", a("s", &sz), a("b", &sb))
	zooSliceEmptyStructs(sz, sb)
	fs, ms, cs := []func(int) int{nil, helper}, []map[string]int{nil, {"a": 1}}, []chan int{nil, make(chan int, 3)}
	expect("main.zooSliceFuncsMapsChans", a("f", &fs), a("m", &ms), a("c", &cs))
	zooSliceFuncsMapsChans(fs, ms, cs)
	callVariadics()
}

func callVariadics() {
	first := "variadic"
	for _, rest := range [][]int{nil, {1, 2, 3}} {
		expect("main.zooVariadic", a("first", &first), a("rest", &rest))
		zooVariadic(first, rest...)
	}
	args := []interface{}{1, "two", errSome}
	expect("main.zooVariadicAny", a("format", &first), a("args", &args))
	zooVariadicAny(first, args...)
}
