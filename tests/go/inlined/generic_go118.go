// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build go1.18
// +build go1.18

package main

type pair[T any] struct{ first, second T }

func generic[T any](p T, n int) T { want("main.generic", any(p), n); return p }

func (p *pair[T]) swap(n int) {
	want("main.(*pair).swap", "-", n)
	p.first, p.second = p.second, p.first
}

//go:noinline
func callsGeneric() {
	p := &pair[int]{1, 2}
	for i := 0; i < 3; i++ {
		generic(i, 1)
		generic("text", i)
		p.swap(i)
	}
	sink += p.first
}
