// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Functions as values, closures as functions.

package main

import "strings"

func valFunc(a func()) func()                                          { return a }
func valFuncInt(a func(int) int, b func(...string) (int, error))       {}
func valFuncs(a []func(int) int, b map[string]func()) []func(int) int  { return a }
func valFuncPtr(a *func(int) int, b struct{ F func() }) *func(int) int { return a }

// valMakers makes closures: their own names begin with this one's.
func valMakers(a int, b string) (r func(int) int, s func(string) string, t func() int, u func(*point) int) {
	count := 0
	pt := point{a, a}
	r = func(a int) int { return a + len(b) }
	s = func(a string) string { count++; return a + b }
	t = func() int { return a + len(b) + pt.X + pt.Y }
	u = func(a *point) int { return a.X }
	return
}

func helper(n int) int { return n + 1 }

func tryFuncs() {
	n := 3
	counter := func() { n++ }
	each(valFunc, nil, func() {}, counter)
	try(valFuncInt, helper, nil)
	try(valFuncInt, func(m int) int { return n + m }, func(s ...string) (int, error) { return len(s), nil })
	try(valFuncs, []func(int) int{nil, helper}, map[string]func(){"f": counter, "nil": nil})
	f := helper
	try(valFuncPtr, &f, struct{ F func() }{counter})
	try(valFunc, (&valCounter{}).Reset)
	made := try(valMakers, 4, "captured")
	r, s, t, u := made[0], made[1], made[2], made[3]
	for i := 0; i < 3; i++ {
		try(r, i)
		try(s, strings.Repeat("s", i))
	}
	try(t)
	try(u, &point{1, 2})
}
