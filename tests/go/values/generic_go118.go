// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build go1.18
// +build go1.18

// Generic functions and methods: one body per shape of the type arguments, with a dictionary before the
// arguments. Their names are compared without the type arguments.

package main

type number interface {
	~int | ~uint8 | ~int64 | ~float32 | ~float64
}

type duo[K comparable, V any] struct {
	Key   K
	Value V
	Next  *duo[K, V]
}

type valRing[T any] struct {
	Items []T
	At    int
	Last  *T
}

//go:noinline
func valSelfOf[T any](a T) (r T) { return a }

//go:noinline
func valListOf[T any](a []T, b int) (r []T, s int) { return a, b }

//go:noinline
func valMapOf[K comparable, V any](a map[K]V, b K) (r V) { return a[b] }

//go:noinline
func valPtrOf[T any](a *T, b string) (r *T) { return a }

//go:noinline
func valDuo[K comparable, V any](a duo[K, V], b *duo[K, V]) (r K) { return a.Key }

//go:noinline
func valApply[T, U any](a T, b func(T) U, c ...T) (r U) { return b(a) }

//go:noinline
func valAdd[T number](a, b T, c int) (r T, s bool) { return a, c > 0 }

//go:noinline
func (a *valRing[T]) Push(b T, c int) (r int) { sink = a; return c }

//go:noinline
func (a valRing[T]) Get(b int) (r T, s bool) { return }

func init() {
	newerCalls = append(newerCalls, tryGenerics, tryGenericMethods)
}

func generic(fn string, f interface{}, args ...interface{}) {
	call{fn: "main." + fn, dict: true}.try(f, args...)
}

func tryGenerics() {
	n, s, p := 7, "generic", point{3, 4}
	generic("valSelfOf", valSelfOf[int], -7)
	generic("valSelfOf", valSelfOf[uint8], 255)
	generic("valSelfOf", valSelfOf[string], s)
	generic("valSelfOf", valSelfOf[float64], 1.5)
	generic("valSelfOf", valSelfOf[point], p)
	generic("valSelfOf", valSelfOf[person], person{Name: "shaped", Tags: []string{"t"}})
	generic("valSelfOf", valSelfOf[*point], &p)
	generic("valSelfOf", valSelfOf[[]int], []int{1, 2, 3})
	generic("valSelfOf", valSelfOf[[2]string], [2]string{"a", "b"})
	generic("valSelfOf", valSelfOf[map[string]int], map[string]int{"k": 1})
	generic("valSelfOf", valSelfOf[chan int], make(chan int, 3))
	generic("valSelfOf", valSelfOf[valLevel], -3)
	generic("valSelfOf", valSelfOf[struct{}], nil)
	generic("valListOf", valListOf[string], []string{"x", "", "z"}, 5)
	generic("valListOf", valListOf[point], []point{{1, 2}, {3, 4}}, 6)
	generic("valListOf", valListOf[*int], []*int{&n, nil}, 7)
	generic("valListOf", valListOf[[]byte], [][]byte{[]byte("b"), nil}, 8)
	generic("valMapOf", valMapOf[string, int], map[string]int{"a": 1, "b": 2}, "a")
	generic("valMapOf", valMapOf[int, string], map[int]string{1: "one"}, 1)
	generic("valMapOf", valMapOf[point, []string], map[point][]string{{1, 2}: {"p"}}, point{1, 2})
	generic("valPtrOf", valPtrOf[int], &n, "int")
	generic("valPtrOf", valPtrOf[person], &person{Name: "behind"}, "person")
	generic("valPtrOf", valPtrOf[string], nil, "nil")
	generic("valDuo", valDuo[string, int], duo[string, int]{"k", 1, nil}, &duo[string, int]{"l", 2, nil})
	generic("valDuo", valDuo[int8, point], duo[int8, point]{-1, p, nil}, nil)
	generic("valApply", valApply[int, string], 4, func(int) string { return "applied" }, []int{1, 2})
	generic("valApply", valApply[string, bool], s, func(s string) bool { return s == "" }, nil)
	generic("valAdd", valAdd[int], 1, 2, 3)
	generic("valAdd", valAdd[uint8], 250, 5, -1)
	generic("valAdd", valAdd[float64], 0.5, 0.25, 1)
}

func tryGenericMethods() {
	n := 9
	ints, strs := valRing[int]{[]int{1, 2}, 1, &n}, valRing[string]{Items: []string{"a"}}
	generic("(*valRing).Push", (*valRing[int]).Push, &ints, 3, 4)
	generic("(*valRing).Push", (*valRing[int]).Push, nil, 3, 4)
	generic("(*valRing).Push", (*valRing[string]).Push, &strs, "pushed", 5)
	generic("valRing.Get", valRing[int].Get, ints, 1)
	generic("valRing.Get", valRing[string].Get, strs, 0)
	generic("valRing.Get", valRing[point].Get, valRing[point]{}, 0)
}
