// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build go1.18
// +build go1.18

package main

type pair[K comparable, V any] struct {
	key   K
	flag  bool
	value V
}

type usesPair struct {
	small pair[uint8, holes]
	pair[string, *pair[Named, []int]]
}

func init() {
	roots = append(roots, usesPair{})
}
