// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Values of every kind, as arguments and results of calls, each announced on standard output by the line
// that a trace of it should have, for the limits given:
//
//	values [-depth N] [-elems N] [-strlen N]
//
// Functions to trace are named main.val…, main.val….… or main.(*val…).…, nothing else is: the pattern is
// /^main\.(\(\*)?val/ . Their parameters are called a, b, c and so on, the receiver first, and their
// results r, s, t, or nothing at all: so a call is one line,
//
//	try(valPoint, point{1, 2})
//
// and everything else about it is found by reflection (expect.go). What a pointer leads to must not change
// until the call is over. It builds with Go 1.15 and newer; newer language features are in files with a
// build tag. values.test compares, by compare.py.
package main

import "flag"

// Set by the files with a build tag.
var newerCalls []func()

func main() {
	flag.IntVar(&show.depth, "depth", show.depth, "pointers followed")
	flag.IntVar(&show.elems, "elems", show.elems, "elements shown")
	flag.IntVar(&show.strlen, "strlen", show.strlen, "bytes of strings shown")
	flag.Parse()
	tryBasics()
	tryComposites()
	tryPointers()
	tryReferences()
	tryFuncs()
	tryMethods()
	tryInterfaces()
	for _, f := range newerCalls {
		f()
	}
}
