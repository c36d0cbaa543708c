// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Hits tells what one call of a traced function costs. For each line "NAME CALLS" on standard input it
// calls that function so often on one locked thread and prints the thread's CPU nanoseconds per call, the
// least of five rounds. The first line it prints is its process id.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

var sink int

//go:noinline
func three(a, b, c int) int {
	sink += a ^ b ^ c
	nothing()
	return sink
}

// A call, so that the compiler gives three() a stack check, as real functions have.
//
//go:noinline
func nothing() {
	sink++
}

//go:noinline
func text(s, t string, p *int) int {
	sink += len(s) + len(t) + *p
	nothing()
	return sink
}

// Its float is used up before anything could keep it.
//
//go:noinline
func half(a int, x float64) int {
	sink += a ^ int(x)
	nothing()
	return sink
}

// Its float is kept over the call.
//
//go:noinline
func kept(a int, x float64) float64 {
	nothing()
	sink += a
	return x
}

func threadNanos() int64 {
	var ts syscall.Timespec
	const clockThreadCPUTime = 3
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

func round(name string, calls int) float64 {
	n := 42
	start := threadNanos()
	switch name {
	case "three":
		for i := 0; i < calls; i++ {
			three(i, 2, 3)
		}
	case "text":
		for i := 0; i < calls; i++ {
			text("GET", "/index.html?query=gopher", &n)
		}
	case "half":
		for i := 0; i < calls; i++ {
			half(i, 2.5)
		}
	case "kept":
		for i := 0; i < calls; i++ {
			kept(i, 2.5)
		}
	}
	return float64(threadNanos()-start) / float64(calls)
}

func main() {
	runtime.LockOSThread()
	fmt.Println(os.Getpid())
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var name string
		var calls int
		if _, err := fmt.Sscan(in.Text(), &name, &calls); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		least := round(name, calls)
		for i := 0; i < 4; i++ {
			if ns := round(name, calls); ns < least {
				least = ns
			}
		}
		fmt.Printf("%.1f\n", least)
	}
}
