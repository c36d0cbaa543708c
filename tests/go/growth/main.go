// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Growth calls functions whose stack check fails at entry, so that the first instruction of the
// function runs twice for one call: runtime.morestack copies the stack and jumps back to the
// entry. Each call is made on a goroutine of its own, after some stack was used up; how much
// differs from call to call, so that the end of the stack is met at the entry of the small
// functions too. The three forms of the check are covered (cmd/internal/obj: frames up to
// StackSmall, up to StackBig, and above), and so are functions without a check.
//
//	growth [COUNT]
//
// Standard output has the true number of calls, one function a line: "main.growSmall 1000".
// Standard error tells during how many of them the stack moved: "main.growSmall grew 31"; a few of
// those moved in the small closure around the call.
// It builds with Go 1.15 and newer.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"unsafe"
)

// Written by the functions so that their frames are not optimized away.
var sink byte

//go:noinline
//go:nosplit
func growNosplit(i int) int { return i + 1 }

//go:noinline
func growLeaf(i int) int { return i ^ 1 }

//go:noinline
func growSmall(i int) int {
	var frame [64]byte
	frame[i%len(frame)] = byte(i)
	n := growNosplit(i)
	sink = frame[n%len(frame)]
	return n
}

//go:noinline
func growMedium(i int) int {
	var frame [1500]byte
	frame[i%len(frame)] = byte(i)
	n := growNosplit(i)
	sink = frame[n%len(frame)]
	return n
}

//go:noinline
func growHuge(i int) int {
	var frame [20000]byte
	frame[i%len(frame)] = byte(i)
	n := growNosplit(i)
	sink = frame[n%len(frame)]
	return n
}

// Arguments in registers, more of them than there are registers: morestack spills and reloads them.
//
//go:noinline
func growManyArgs(i int, s string, f float64, b []byte, x, y, z, u, v, w int) int {
	var frame [1500]byte
	frame[i%len(frame)] = byte(len(s) + len(b) + int(f))
	n := growNosplit(i + x + y + z + u + v + w)
	sink = frame[n%len(frame)]
	return n
}

// Uses none of its arguments: they are not kept while the stack grows. Their values are checked by growth.test.
//
//go:noinline
func growUnused(i int, s string, p *int) int {
	var frame [1500]byte
	n := growNosplit(3)
	frame[n] = byte(n)
	sink = frame[n%len(frame)]
	return n
}

type counter struct{ n, step int }

//go:noinline
func (c counter) growMethod(i int) int {
	var frame [1500]byte
	frame[i%len(frame)] = byte(c.step)
	n := growNosplit(i + c.n)
	sink = frame[n%len(frame)]
	return n
}

// Each level is one call: depth + 1 calls for growRecurse(depth).
//
//go:noinline
func growRecurse(depth int) int {
	var frame [200]byte
	frame[depth%len(frame)] = byte(depth)
	n := 0
	if depth > 0 {
		n = growRecurse(depth - 1)
	}
	sink = frame[n%len(frame)]
	return n + 1
}

// A closure has its context register saved by runtime.morestack.
//
//go:noinline
func makeClosure(add int) func(int) int {
	return func(i int) int {
		var frame [1500]byte
		frame[i%len(frame)] = byte(add)
		n := growNosplit(i + add)
		sink = frame[n%len(frame)]
		return n
	}
}

var closure func(int) int

// Uses up about 48 bytes of stack a level, then calls f and tells whether the stack moved meanwhile.
//
//go:noinline
func eat(levels int, f func()) bool {
	if levels > 0 {
		return eat(levels-1, f)
	}
	var here byte
	before := uintptr(unsafe.Pointer(&here))
	f()
	return uintptr(unsafe.Pointer(&here)) != before
}

const (
	recursion = 40 // levels of growRecurse below its first call
	sweep     = 64 // different amounts of stack used before a call
	parallel  = 8  // goroutines at a time
)

// Calls f(i) for i in [0, count), each on a fresh goroutine, and returns how often the stack grew.
func each(count int, f func(i int)) int {
	var wait sync.WaitGroup
	var lock sync.Mutex
	grown := 0
	slots := make(chan bool, parallel)
	for i := 0; i < count; i++ {
		wait.Add(1)
		slots <- true
		go func(i int) {
			moved := eat(i%sweep, func() { f(i) })
			lock.Lock()
			if moved {
				grown++
			}
			lock.Unlock()
			<-slots
			wait.Done()
		}(i)
	}
	wait.Wait()
	return grown
}

func main() {
	count := 1000
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil || n < 0 || len(os.Args) > 2 {
			fmt.Fprintln(os.Stderr, "usage: growth [COUNT]")
			os.Exit(2)
		}
		count = n
	}
	// Without collections new goroutines keep the smallest stack (Go 1.19: a cycle adapts its size).
	debug.SetGCPercent(-1)
	closure = makeClosure(3)
	c := counter{1, 2}
	buf := []byte("bytes")

	runs := []struct {
		name  string
		calls int
		f     func(i int)
	}{
		{"main.growLeaf", count, func(i int) { growLeaf(i) }},
		{"main.growSmall", count, func(i int) { growSmall(i) }},
		{"main.growMedium", count, func(i int) { growMedium(i) }},
		{"main.growHuge", count, func(i int) { growHuge(i) }},
		{"main.growManyArgs", count, func(i int) { growManyArgs(i, "text", 1.5, buf, 1, 2, 3, 4, 5, 6) }},
		{"main.growUnused", count, func(i int) { growUnused(i, "text", &i) }},
		{"main.counter.growMethod", count, func(i int) { c.growMethod(i) }},
		{"main.growRecurse", count * (recursion + 1), func(i int) { growRecurse(recursion) }},
		{"main.makeClosure.func1", count, func(i int) { closure(i) }},
	}
	for _, r := range runs {
		grown := each(count, r.f)
		fmt.Printf("%s %d\n", r.name, r.calls)
		fmt.Fprintf(os.Stderr, "%s grew %d\n", r.name, grown)
	}
	// Called once by each of: small, medium, huge, many arguments, unused, method, closure.
	fmt.Printf("main.growNosplit %d\n", 7*count)
}
