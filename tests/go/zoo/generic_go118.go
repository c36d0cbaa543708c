// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build go1.18
// +build go1.18

// Generic functions and methods. What runs is one body per shape of the type arguments, which is
// named main.zooMap[go.shape.int] (or, by version, main.zooMap[go.shape.int_0], main.zooMap[...])
// and takes a dictionary as a hidden argument. The expected names have the brackets left out.

package main

import "errors"

type number interface {
	~int | ~int8 | ~uint16 | ~int64 | ~float32 | ~float64
}

type pair[K comparable, V any] struct {
	Key   K
	Value V
}

type zooStack[T any] struct {
	Items []T
	Max   int
}

type zooBox[T any] struct {
	Value T
	Full  bool
}

//go:noinline
func zooIdentity[T any](v T) T { sinkAny = v; return v }

//go:noinline
func zooSum[T number](first T, rest []T, scale int) (sum T) {
	sum = first
	for _, v := range rest {
		sum += v
	}
	sinkInt = int64(scale)
	return
}

//go:noinline
func zooMapped[T, U any](s []T, f func(T) U, limit int) (out []U) {
	for i, v := range s {
		if i < limit {
			out = append(out, f(v))
		}
	}
	return
}

//go:noinline
func zooPaired[K comparable, V any](p pair[K, V], n int) V { sinkInt = int64(n); return p.Value }

//go:noinline
func zooPointerTo[T any](p *T, n int) *T { sinkAny = p; sinkInt = int64(n); return p }

//go:noinline
func zooIgnores[T any](n int, s string) string { sinkInt = int64(n); return s }

//go:noinline
func zooMapOf[K comparable, V any](m map[K]V, k K) V { return m[k] }

//go:noinline
func zooGenericInts[T number](x T, b, c, d, e, f, g, h, i, j int) T {
	sinkInt = int64(b + c + d + e + f + g + h + i + j)
	return x
}

//go:noinline
func (s *zooStack[T]) zooPush(v T, n int) { s.Items = append(s.Items, v); s.Max = n }

//go:noinline
func (b zooBox[T]) zooGet(fallback T, n int) T {
	sinkInt = int64(n)
	if b.Full {
		return b.Value
	}
	return fallback
}

func generic(fn string, args ...arg) {
	call{fn: fn, dict: true}.expect(args...)
}

func init() {
	newerCalls = append(newerCalls, callGenericFunctions, callGenericShapes, callGenericMethods)
}

func callGenericFunctions() {
	n, s, f, c := -12, "generic", 1.25, celsius(20)
	generic("main.zooIdentity", a("v", &n))
	zooIdentity(n)
	generic("main.zooIdentity", a("v", &s))
	zooIdentity(s)
	generic("main.zooIdentity", a("v", &f))
	zooIdentity(f)
	p, m, e := point{1, 2}, mixed{A: 1, E: "e"}, error(errSome)
	pp, sl, any := &p, []string{"a", "b"}, interface{}(point{3, 4})
	generic("main.zooIdentity", a("v", &p))
	zooIdentity(p)
	generic("main.zooIdentity", a("v", &m))
	zooIdentity(m)
	generic("main.zooIdentity", a("v", &pp))
	zooIdentity(pp)
	generic("main.zooIdentity", a("v", &sl))
	zooIdentity(sl)
	generic("main.zooIdentity", a("v", &e))
	zooIdentity(e)
	generic("main.zooIdentity", a("v", &any))
	zooIdentity(any)
	a2, i8 := [2]int32{5, -6}, int8(-128)
	generic("main.zooIdentity", a("v", &a2))
	zooIdentity(a2)
	generic("main.zooIdentity", a("v", &i8))
	zooIdentity(i8)
	ints, i8s, cs := []int{1, 2, 3}, []int8{-1, 1}, []celsius{1.5}
	generic("main.zooSum", a("first", &n), a("rest", &ints), a("scale", &n))
	zooSum(n, ints, n)
	generic("main.zooSum", a("first", &i8), a("rest", &i8s), a("scale", &n))
	zooSum(i8, i8s, n)
	generic("main.zooSum", a("first", &c), a("rest", &cs), a("scale", &n))
	zooSum(c, cs, n)
}

func callGenericShapes() {
	n, s, u16, f32 := 3, "shape", uint16(65535), float32(0.1)
	ints, strs := []int{1, 2, 3}, []string{"x", "yy"}
	double := func(n int) string { sinkInt = int64(n); return "double" }
	length := func(s string) int { sinkString = s; return len(s) }
	generic("main.zooMapped", a("s", &ints), a("f", &double), a("limit", &n))
	zooMapped(ints, double, n)
	generic("main.zooMapped", a("s", &strs), a("f", &length), a("limit", &n))
	zooMapped(strs, length, n)
	p1, p2 := pair[int, string]{5, "five"}, pair[string, point]{"k", point{1, 2}}
	generic("main.zooPaired", a("p", &p1), a("n", &n))
	zooPaired(p1, n)
	generic("main.zooPaired", a("p", &p2), a("n", &n))
	zooPaired(p2, n)
	pi, ps := &n, &p2
	generic("main.zooPointerTo", a("p", &pi), a("n", &n))
	zooPointerTo(pi, n)
	generic("main.zooPointerTo", a("p", &ps), a("n", &n))
	zooPointerTo(ps, n)
	generic("main.zooIgnores", a("n", &n), a("s", &s))
	zooIgnores[float64](n, s)
	m := map[string]int{"shape": 1}
	generic("main.zooMapOf", a("m", &m), a("k", &s))
	zooMapOf(m, s)
	// With the dictionary one register less is left: the last two are on the stack of amd64.
	ten := []arg{a("b", &n), a("c", &n), a("d", &n), a("e", &n), a("f", &n), a("g", &n), a("h", &n), a("i", &n), a("j", &n)}
	generic("main.zooGenericInts", append([]arg{a("x", &u16)}, ten...)...)
	zooGenericInts(u16, n, n, n, n, n, n, n, n, n)
	generic("main.zooGenericInts", append([]arg{a("x", &f32)}, ten...)...)
	zooGenericInts(f32, n, n, n, n, n, n, n, n, n)
}

func callGenericMethods() {
	n, s, f := 6, "pushed", 2.5
	si, ss := &zooStack[int]{Items: []int{1}, Max: 2}, &zooStack[string]{}
	generic("main.(*zooStack).zooPush", a("s", &si), a("v", &n), a("n", &n))
	si.zooPush(n, n)
	generic("main.(*zooStack).zooPush", a("s", &ss), a("v", &s), a("n", &n))
	ss.zooPush(s, n)
	b1, b2, b3 := zooBox[string]{"boxed", true}, zooBox[float64]{0.5, false}, zooBox[error]{errors.New("in a box"), true}
	generic("main.zooBox.zooGet", a("b", &b1), a("fallback", &s), a("n", &n))
	b1.zooGet(s, n)
	generic("main.zooBox.zooGet", a("b", &b2), a("fallback", &f), a("n", &n))
	b2.zooGet(f, n)
	var none error
	generic("main.zooBox.zooGet", a("b", &b3), a("fallback", &none), a("n", &n))
	b3.zooGet(none, n)
}
