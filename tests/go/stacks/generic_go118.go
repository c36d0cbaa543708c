// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build go1.18
// +build go1.18

package main

type list[T any] struct{ items []T }

//go:noinline
func (l *list[T]) each(f func(T)) {
	for _, item := range l.items {
		f(item)
	}
}

func apply[T any](item T, f func(T) int) int { return f(item) }

//go:noinline
func applied[T any](item T, f func(T) int) int { return apply(item, f) }

func generics() {
	l := list[string]{[]string{"a", "b"}}
	l.each(func(string) { traced(id()) })
	apply(id(), traced)
	applied(id(), traced)
	applied(1.5, func(float64) int { return outermost() })
}
