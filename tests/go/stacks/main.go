// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Stacks calls a few functions from everywhere Go calls functions from, and prints for each call
// what runtime.Callers says inside of it, innermost first:
//
//	{"id":3,"stack":[{"func":"main.traced","file":"/src/main.go","line":70},…]}
//
// The id is the traced functions' first argument. It builds with Go 1.15 and newer.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

type stack struct {
	ID    int     `json:"id"`
	Stack []frame `json:"stack"`
}

var (
	lock sync.Mutex
	out  = json.NewEncoder(os.Stdout)
	next int
	sink int
)

// The stack from its caller on.
//
//go:noinline
func report(id int) {
	pcs := make([]uintptr, 1000)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	s := stack{ID: id}
	for {
		f, more := frames.Next()
		if f.Function != "" {
			s.Stack = append(s.Stack, frame{f.Function, f.File, f.Line})
		}
		if !more {
			break
		}
	}
	lock.Lock()
	defer lock.Unlock()
	if err := out.Encode(s); err != nil {
		panic(err)
	}
}

func id() int {
	lock.Lock()
	defer lock.Unlock()
	next++
	return next
}

// ---- the traced functions

//go:noinline
func traced(id int) int {
	report(id)
	return id
}

// Its frame needs the second form of the stack check.
//
//go:noinline
func tracedBig(id int) int {
	var a [2000]int
	a[id%len(a)] = id
	report(id)
	return a[(id+1)%len(a)]
}

//go:noinline
func tracedStrings(id int, a, b, c string) string {
	report(id)
	return a + b + c
}

type value struct{ n int }

//go:noinline
func (v value) traced(id int) int {
	report(id)
	return v.n
}

type pointer struct{ n int }

//go:noinline
func (p *pointer) traced(id int) int {
	report(id)
	return p.n
}

// Returns in several places, one of them behind inlined calls.
//
//go:noinline
func tracedReturns(id int) int {
	report(id)
	if id%2 == 0 {
		return small(id)
	}
	return outer(id)
}

// ---- inlined callers

func small(n int) int { return n*2 + sink }
func outer(n int) int { return small(n) + 1 }

func innermost() int { return traced(id()) }
func middle() int    { return innermost() + 1 }
func outermost() int { return middle() + 1 }

type holder struct{ value }

func (h holder) call() int   { return h.traced(id()) }
func (h *holder) again() int { return h.call() }

type caller interface{ call() int }

// ---- closures, defers, panics

//go:noinline
func run(f func()) { f() }

//go:noinline
func deferred() {
	defer traced(id())
	defer func() { tracedBig(id()) }()
	for i := 0; i < 2; i++ {
		defer func(n int) { traced(n) }(id())
	}
	sink++
}

//go:noinline
func panics(p *pointer) (err interface{}) {
	defer func() {
		err = recover()
		traced(id())
	}()
	defer traced(id())
	sink += p.n
	panic("not nil")
}

//go:noinline
func repanics() {
	defer func() { recover() }()
	defer func() {
		recover()
		defer func() { traced(id()) }()
		panic("two")
	}()
	panic("one")
}

//go:noinline
func divides(n int) int {
	defer func() {
		traced(id())
		recover()
	}()
	return 100 / n
}

//go:noinline
func recursive(n int) int {
	if n == 0 {
		return traced(id())
	}
	return recursive(n-1) + 1
}

//go:noinline
func even(n int) int {
	if n == 0 {
		return tracedReturns(id())
	}
	return odd(n - 1)
}

//go:noinline
func odd(n int) int { return even(n-1) + outer(n) }

//go:nosplit
//go:noinline
func nosplit(f func() int) int { return f() }

type bySize []int

func (b bySize) Len() int           { return len(b) }
func (b bySize) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }
func (b bySize) Less(i, j int) bool { traced(id()); return b[i] < b[j] }

// ---- goroutines

func goroutines() {
	var wait sync.WaitGroup
	done := func() { wait.Done() }
	wait.Add(5)
	go func() {
		defer done()
		outermost()
	}()
	go func(n int) {
		tracedBig(n)
		done()
	}(id())
	go finish(&wait)
	p := &pointer{}
	go p.finish(&wait)
	time.AfterFunc(time.Millisecond, func() {
		traced(id())
		done()
	})
	wait.Wait()
	wait.Add(1)
	go func() {
		defer wait.Done()
		defer traced(id())
		runtime.Goexit()
	}()
	wait.Wait()
}

func finish(wait *sync.WaitGroup) {
	traced(id())
	wait.Done()
}

func (p *pointer) finish(wait *sync.WaitGroup) {
	p.traced(id())
	wait.Done()
}

func methods() {
	v, p, h := value{1}, &pointer{2}, holder{value{3}}
	v.traced(id())
	p.traced(id())
	h.traced(id())
	h.call()
	h.again()
	var c caller = h
	c.call()
	c = &h
	c.call()
	f, g := v.traced, p.traced
	f(id())
	g(id())
	value.traced(v, id())
	(*pointer).traced(p, id())
}

var started = traced(id())

func init() { tracedStrings(id(), "a", "b", "c") }

func main() {
	traced(id())
	tracedBig(id())
	tracedStrings(id(), "x", "y", strings.Repeat("z", 3))
	tracedReturns(id())
	tracedReturns(id())
	outermost()
	run(func() { middle() })
	func() { outermost() }()
	deferred()
	panics(nil)
	panics(&pointer{})
	repanics()
	divides(sink * 0)
	recursive(20)
	recursive(200)
	even(10)
	nosplit(outermost)
	sort.Sort(bySize{3, 1, 2})
	sort.Slice([]int{2, 1}, func(i, j int) bool { return traced(id()) < 0 })
	new(sync.Once).Do(func() { traced(id()) })
	reflect.ValueOf(traced).Call([]reflect.Value{reflect.ValueOf(id())})
	reflect.ValueOf(&pointer{}).MethodByName("Reflected").Call(nil)
	strings.Map(func(r rune) rune { traced(id()); return r }, "ab")
	methods()
	goroutines()
	generics()
}

func (p *pointer) Reflected() { p.traced(id()) }
