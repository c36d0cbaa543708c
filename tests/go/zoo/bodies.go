// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// What a function does decides how it begins: with or without a stack check, with which form of
// it, with arguments moved to the heap or never read. And ways to be called: closures, go, defer,
// a recovered panic, reflect.

package main

import (
	"reflect"
	"unsafe"
)

//go:noinline
func zooLeaf(a, b int) int { return a - b }

//go:noinline
func zooLeafString(s string) bool { return len(s) > 3 && s[0] == 'a' }

//go:noinline
func zooLeafFloat(a float64, n int) float64 { return a * float64(n) }

//go:noinline
//go:nosplit
func zooNosplit(a int, s string) int { return a + len(s) }

//go:noinline
func zooFrame200(n int, s string) byte {
	var frame [200]byte
	frame[n&127] = s[0]
	sinkInt = int64(helper(n))
	return frame[sinkInt&127]
}

//go:noinline
func zooFrame5000(n int, s string, f float64) byte {
	var frame [5000]byte
	frame[n&127] = s[0]
	sinkInt = int64(helper(n) + int(f))
	return frame[sinkInt&127]
}

//go:noinline
func zooFrame100000(n int, b []byte) byte {
	var frame [100000]byte
	frame[n&127] = b[0]
	sinkInt = int64(helper(n))
	return frame[sinkInt&127]
}

// The arguments move to the heap: their addresses are kept.
//
//go:noinline
func zooEscaping(n int, s string, f float64) *int {
	sinkAny = &s
	sinkPointer = unsafe.Pointer(&f)
	return &n
}

//go:noinline
func zooEscapingStruct(m mixed, p point, after int) *mixed {
	sinkAny = &p
	sinkInt = int64(after)
	return &m
}

// Captured by a closure by reference.
//
//go:noinline
func zooCaptured(n int, s string) func() {
	return func() { n++; s += "x" }
}

// Never read.
//
//go:noinline
func zooUnused(n int, s string, f float64, b []byte) {}

// Overwritten before anything else.
//
//go:noinline
func zooOverwritten(n int, s string) (int, string) {
	n = len(sinkString)
	s = "new"
	sinkInt = int64(n)
	return n, s
}

// Used only after a call that clobbers the registers.
//
//go:noinline
func zooUsedLate(n int, s string, p *point) int {
	x := helper(1)
	for i := 0; i < x; i++ {
		sinkInt += int64(helper(i))
	}
	return n + len(s) + p.X
}

//go:noinline
func zooLoop(n int, step uint8) (sum int) {
	for i := 0; i < n; i += int(step) {
		sum += i
	}
	return
}

//go:noinline
func zooSwitch(kind byte, s string) string {
	switch kind {
	case 'a':
		return s
	case 'b':
		return s + s
	}
	return sinkString
}

//go:noinline
func zooDefers(n int, s string) (result int) {
	defer addTo(&result, n, s)
	return helper(n)
}

func addTo(result *int, n int, s string) { *result += n; sinkString = s }

//go:noinline
func zooRecovers(n int) (err interface{}) {
	defer recoverTo(&err)
	zooPanics(n, "reason")
	return nil
}

func recoverTo(err *interface{}) { *err = recover() }

//go:noinline
func zooPanics(n int, why string) {
	defer zooDeferred(n, why)
	if n >= 0 {
		panic(why)
	}
}

//go:noinline
func zooDeferred(n int, why string) { sinkInt, sinkString = int64(n), why }

//go:noinline
func zooRecursive(n int, s string) int {
	if n == 0 {
		return len(s)
	}
	n, s = n-1, s+"."
	expect("main.zooRecursive", a("n", &n), a("s", &s))
	return zooRecursive(n, s) + 1
}

//go:noinline
func zooOnGoroutine(n int, s string, done chan bool) { sinkInt = int64(n); sinkString = s; close(done) }

//go:noinline
func zooByReflect(n int, s string, f float64, w wide, p *point) {
	sinkInt = int64(n + w.A)
	sinkString = s
	sinkFloat = f
	sinkAny = p
}

// zooMakesClosures makes closures whose own names are main.zooMakesClosures.func1 and so on.
//
//go:noinline
func zooMakesClosures(base int) (func(int, string) int, func(f float64, p point) float64, func()) {
	return func(n int, s string) int { sinkString = s; return n + base },
		func(f float64, p point) float64 { sinkInt = int64(p.X); return f * float64(base) },
		func() { sinkInt = int64(base) }
}

func callBodies() {
	n, m, s, f := 40, 2, "body", 0.75
	b, p, mx, w := []byte("bytes"), point{61, 62}, mixed{E: "esc"}, wide{A: 1, J: 10}
	pp := &p
	expect("main.zooLeaf", a("a", &n), a("b", &m))
	zooLeaf(n, m)
	expect("main.zooLeafString", a("s", &s))
	zooLeafString(s)
	expect("main.zooLeafFloat", a("a", &f), a("n", &n))
	zooLeafFloat(f, n)
	expect("main.zooNosplit", a("a", &n), a("s", &s))
	zooNosplit(n, s)
	expect("main.zooFrame200", a("n", &n), a("s", &s))
	zooFrame200(n, s)
	expect("main.zooFrame5000", a("n", &n), a("s", &s), a("f", &f))
	zooFrame5000(n, s, f)
	expect("main.zooFrame100000", a("n", &n), a("b", &b))
	zooFrame100000(n, b)
	expect("main.zooEscaping", a("n", &n), a("s", &s), a("f", &f))
	zooEscaping(n, s, f)
	expect("main.zooEscapingStruct", a("m", &mx), a("p", &p), a("after", &n))
	zooEscapingStruct(mx, p, n)
	expect("main.zooCaptured", a("n", &n), a("s", &s))
	zooCaptured(n, s)
	expect("main.zooUnused", a("n", &n), a("s", &s), a("f", &f), a("b", &b))
	zooUnused(n, s, f, b)
	expect("main.zooOverwritten", a("n", &n), a("s", &s))
	zooOverwritten(n, s)
	expect("main.zooUsedLate", a("n", &n), a("s", &s), a("p", &pp))
	zooUsedLate(n, s, pp)
	step, kind := uint8(3), byte('b')
	expect("main.zooLoop", a("n", &n), a("step", &step))
	zooLoop(n, step)
	expect("main.zooSwitch", a("kind", &kind), a("s", &s))
	zooSwitch(kind, s)
	callUnusually(n, s, f, w, pp)
}

func callUnusually(n int, s string, f float64, w wide, p *point) {
	expect("main.zooDefers", a("n", &n), a("s", &s))
	zooDefers(n, s)
	why := "reason"
	expect("main.zooRecovers", a("n", &n))
	expect("main.zooPanics", a("n", &n), a("why", &why))
	expect("main.zooDeferred", a("n", &n), a("why", &why))
	zooRecovers(n)
	three := 3
	expect("main.zooRecursive", a("n", &three), a("s", &s))
	zooRecursive(three, s)
	done := make(chan bool)
	call{fn: "main.zooOnGoroutine", other: true}.expect(a("n", &n), a("s", &s), a("done", &done))
	go zooOnGoroutine(n, s, done)
	<-done
	done = make(chan bool)
	finished := done
	go func() {
		expect("main.zooOnGoroutine", a("n", &n), a("s", &s), a("done", &finished))
		zooOnGoroutine(n, s, finished)
	}()
	<-finished
	expect("main.zooByReflect", a("n", &n), a("s", &s), a("f", &f), a("w", &w), a("p", &p))
	reflect.ValueOf(zooByReflect).Call([]reflect.Value{reflect.ValueOf(n), reflect.ValueOf(s),
		reflect.ValueOf(f), reflect.ValueOf(w), reflect.ValueOf(p)})
	expect("main.zooMakesClosures", a("base", &n))
	f1, f2, f3 := zooMakesClosures(n)
	expect("main.zooMakesClosures.func1", a("n", &three), a("s", &s))
	f1(three, s)
	expect("main.zooMakesClosures.func2", a("f", &f), a("p", p))
	f2(f, *p)
	expect("main.zooMakesClosures.func3")
	f3()
}
