// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Stress makes calls that are hard to follow to their returns: deep recursions on stacks that move, goroutines that
// change threads between call and return, panics recovered by the caller, by a deferred function and after
// another panic, goroutines that leave by runtime.Goexit, wrappers that jump into the wrapped method, functions with
// many returns, results in registers and on the stack; with the garbage collector running all the time.
//
//	stress [CALLS [GOROUTINES]]
//
// CALLS are those of hot(), the cheapest function. On standard output is the truth, one JSON object: of each
// function how its calls ended, the sum of its first results, for some the results themselves. Functions of an int
// return 3 times it plus 1. It ends with exit status 7. It builds with Go 1.15 and newer.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// How the calls of one function ended.
type ends struct {
	Returned int64            `json:"returned"`
	Panic    int64            `json:"panic"`
	Goexit   int64            `json:"goexit"`
	Sum      int64            `json:"sum"`
	Values   map[string]int64 `json:"values,omitempty"`  // of panics
	Results  []interface{}    `json:"results,omitempty"` // of each call, in order
}

var (
	mutex sync.Mutex
	truth = map[string]*ends{}
)

// note is called where it is known how a call ended, never in between.
func note(name string, f func(e *ends)) {
	mutex.Lock()
	defer mutex.Unlock()
	e := truth[name]
	if e == nil {
		e = &ends{Values: map[string]int64{}}
		truth[name] = e
	}
	f(e)
}

func returned(name string, calls, sum int64) {
	note(name, func(e *ends) { e.Returned += calls; e.Sum += sum })
}

func panicked(name, value string) {
	note(name, func(e *ends) { e.Panic++; e.Values[value]++ })
}

// Written by the functions so that their frames are not optimized away.
var sink int64

//go:noinline
func hot(i int) int { return 3*i + 1 }

// Its only instruction is the return: that is where it is entered and left.
//
//go:noinline
func empty() {}

// ---- stacks that grow and move

//go:noinline
func deep(n int) int {
	var frame [200]byte
	frame[n%len(frame)] = byte(n)
	if n > 0 {
		below := deep(n - 1)
		if below != 3*(n-1)+1 {
			panic("deep is broken")
		}
	}
	atomic.AddInt64(&sink, int64(frame[(n+1)%len(frame)]))
	return 3*n + 1
}

func recurse(levels int) {
	sum := int64(0)
	for n := 0; n <= levels; n++ {
		sum += int64(3*n + 1)
	}
	deep(levels)
	returned("main.deep", int64(levels+1), sum)
}

// ---- threads that change

//go:noinline
func handOver(i int, in <-chan int, out chan<- int) int {
	out <- i
	runtime.Gosched()
	<-in
	return 3*i + 1
}

func blockTogether(rounds int) {
	a, b := make(chan int), make(chan int)
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		for i := 0; i < rounds; i++ {
			j := <-b
			runtime.Gosched()
			a <- j
		}
	}()
	sum := int64(0)
	for i := 0; i < rounds; i++ {
		sum += int64(handOver(i, a, b))
	}
	wait.Wait()
	returned("main.handOver", int64(rounds), sum)
}

// It returns how long it took, by its own clock.
//
//go:noinline
func nap(d time.Duration) time.Duration {
	start := time.Now()
	time.Sleep(d)
	return time.Since(start)
}

func sleepALot() {
	for _, d := range []time.Duration{5, 10, 20, 40, 80} {
		slept := nap(d * time.Millisecond)
		returned("main.nap", 1, int64(slept))
	}
}

// ---- panics

type failure struct{ code int }

//go:noinline
func blast(i int) int {
	switch i % 5 {
	case 1:
		panic("blast " + strconv.Itoa(i))
	case 2:
		panic(i)
	case 3:
		panic(errors.New("failed " + strconv.Itoa(i)))
	case 4:
		panic(failure{i})
	}
	return 3*i + 1
}

// The caller recovers, and goes on with its own result.
//
//go:noinline
func caught(i int) (result int) {
	defer func() {
		if e := recover(); e != nil {
			result = 3*i + 1
			_, isFailure := e.(failure)
			if isFailure {
				panicked("main.blast", "main.failure")
			} else {
				panicked("main.blast", fmt.Sprint(e))
			}
		}
	}()
	result = blast(i)
	returned("main.blast", 1, int64(result))
	return result
}

// Recovered within a function that a panic runs: that panic goes on. The calls of quiet return.
//
//go:noinline
func quiet(i int) (result int) {
	defer func() { recover(); result = 3*i + 1 }()
	panicky(i)
	return 0
}

//go:noinline
func panicky(i int) {
	panic("inner " + strconv.Itoa(i))
}

//go:noinline
func noisy(i int) {
	defer func() {
		quiet(i)
		returned("main.quiet", 1, int64(3*i+1))
		panicked("main.panicky", "inner "+strconv.Itoa(i))
	}()
	panic("outer " + strconv.Itoa(i))
}

// A deferred function replaces the panic by another, and the caller's caller recovers that.
//
//go:noinline
func replaced(i int) {
	defer func() {
		recover()
		panic("again " + strconv.Itoa(i))
	}()
	panic("once " + strconv.Itoa(i))
}

//go:noinline
func between(i int) int {
	replaced(i)
	return 0
}

func recovering(f func(i int), i int) {
	defer func() { recover() }()
	f(i)
}

// Three panics, one after the other, each in a deferred function of a frame that the one before has come to: what they
// pass on their way is theirs.
//
//go:noinline
func first(i int) { panic("first " + strconv.Itoa(i)) }

//go:noinline
func passedByFirst(i int) { first(i) }

//go:noinline
func second(i int) { panic("second " + strconv.Itoa(i)) }

//go:noinline
func endedBySecond(i int) {
	defer func() { second(i) }()
	passedByFirst(i)
}

//go:noinline
func passedBySecond(i int) { endedBySecond(i) }

//go:noinline
func endedByThird(i int) {
	defer func() {
		recover()
		quiet(i)
		returned("main.quiet", 1, int64(3*i+1))
		panicked("main.panicky", "inner "+strconv.Itoa(i))
		panic("third " + strconv.Itoa(i))
	}()
	passedBySecond(i)
}

func panicThrice(i int) {
	recovering(endedByThird, i)
	for _, name := range []string{"first", "passedByFirst"} {
		panicked("main."+name, "first "+strconv.Itoa(i))
	}
	for _, name := range []string{"second", "endedBySecond", "passedBySecond"} {
		panicked("main."+name, "second "+strconv.Itoa(i))
	}
	panicked("main.endedByThird", "third "+strconv.Itoa(i))
}

func panicALot(rounds int) {
	for i := 0; i < rounds; i++ {
		sum := caught(i)
		returned("main.caught", 1, int64(sum))
		recovering(noisy, i)
		panicked("main.noisy", "outer "+strconv.Itoa(i))
		recovering(func(i int) { between(i) }, i)
		panicked("main.replaced", "again "+strconv.Itoa(i))
		panicked("main.between", "again "+strconv.Itoa(i))
		panicThrice(i)
	}
}

// A nil pointer: the panic comes from a signal.
//
//go:noinline
func crash(p *failure) int { return p.code }

func crashALot(rounds int) {
	for i := 0; i < rounds; i++ {
		recovering(func(int) { crash(nil) }, i)
		panicked("main.crash", "runtime.errorString")
	}
}

// ---- goroutines that leave

//go:noinline
func leave(i int) int {
	defer hot(i)
	leaveNow(i)
	return 0
}

//go:noinline
func leaveNow(i int) {
	if i%2 == 0 {
		// A panic that is recovered while the goroutine leaves does not keep it.
		defer func() {
			caught(5*i + 1)
			returned("main.caught", 1, int64(3*(5*i+1)+1))
		}()
	}
	runtime.Goexit()
}

func leaveALot(rounds int) {
	var wait sync.WaitGroup
	for i := 0; i < rounds; i++ {
		i := i
		wait.Add(1)
		go func() {
			defer wait.Done()
			leave(i)
		}()
	}
	wait.Wait()
	note("main.leave", func(e *ends) { e.Goexit += int64(rounds) })
	note("main.leaveNow", func(e *ends) { e.Goexit += int64(rounds) })
	for i := 0; i < rounds; i++ {
		returned("main.hot", 1, int64(3*i+1))
	}
}

// ---- wrappers

type worker interface{ Work(i int) int }
type inner struct{ calls int }

//go:noinline
func (w *inner) Work(i int) int { w.calls++; return 3*i + 1 }

type outer struct {
	pad int
	*inner
}

//go:noinline
func newWorker() worker { return &outer{inner: &inner{}} }

func wrapALot(rounds int) {
	w := newWorker()
	sum := int64(0)
	for i := 0; i < rounds; i++ {
		sum += int64(w.Work(i))
	}
	returned("main.(*inner).Work", int64(rounds), sum)
	returned("main.(*outer).Work", int64(rounds), sum)
}

// ---- results

//go:noinline
func many(i int) (n int, s string, err error) {
	switch i % 8 {
	case 0:
		return 3*i + 1, "zero", nil
	case 1:
		return 3*i + 1, "", nil
	case 2:
		return 3*i + 1, "two", errors.New("two")
	case 3:
		if i > 20 {
			return 3*i + 1, "large", nil
		}
		return 3*i + 1, "three", nil
	case 4:
		return hot(i), "hot", nil
	case 5:
		return 3*i + 1, strconv.Itoa(i), nil
	case 6:
		n, s = 3*i+1, "named"
		return
	}
	return 3*i + 1, "else", nil
}

type pair struct {
	A int32
	B string
}

//go:noinline
func mixed(i int) (int, bool, int8, uint16, string, pair, []byte) {
	return 3*i + 1, i%2 == 0, int8(-i), uint16(i), "é", pair{int32(i), "b"}, []byte{1, 2, byte(i)}
}

//go:noinline
func array(i int) (n int, a [4]int) { return 3*i + 1, [4]int{i, i + 1, i + 2, i + 3} }

//go:noinline
func wide(i int) (n int, b, c, d, e, f, g, h, j, k, l, m int64) {
	x := int64(i)
	return 3*i + 1, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, x + 7, x + 8, x + 9, x + 10, x + 11
}

func yieldResults(rounds int) {
	for i := 0; i < rounds; i++ {
		if bounded(i) != beyond(i) {
			panic("a branch has lost its way")
		}
		n, s, err := many(i)
		text := interface{}(nil)
		if err != nil {
			text = "*errors.errorString"
		}
		if i%8 == 4 {
			returned("main.hot", 1, int64(n))
		}
		keep("main.many", n, s, text)
		a, b, c, d, e, f, g := mixed(i)
		keep("main.mixed", a, b, c, d, e, f, []int{int(g[0]), int(g[1]), int(g[2])})
		n, arr := array(i)
		keep("main.array", n, arr)
		n, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 := wide(i)
		keep("main.wide", n, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11)
	}
}

func keep(name string, n int, more ...interface{}) {
	note(name, func(e *ends) {
		e.Returned++
		e.Sum += int64(n)
		e.Results = append(e.Results, append([]interface{}{n}, more...))
	})
}

func argument(i, otherwise int) int {
	if len(os.Args) <= i {
		return otherwise
	}
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return n
}

func collectGarbage(stop *int32) {
	for atomic.LoadInt32(stop) == 0 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func main() {
	calls, goroutines := argument(1, 1000), argument(2, 8)
	var stop int32
	var wait sync.WaitGroup
	runtime.GOMAXPROCS(4)
	go collectGarbage(&stop)
	for g := 0; g < goroutines; g++ {
		g := g
		wait.Add(1)
		go func() {
			defer wait.Done()
			recurse(100 * (g + 1))
			blockTogether(30)
			panicALot(25)
			crashALot(5)
			wrapALot(20)
			sum := int64(0)
			for i := 0; i < calls/goroutines; i++ {
				sum += int64(hot(i))
			}
			returned("main.hot", int64(calls/goroutines), sum)
			for i := 0; i < 10; i++ {
				empty()
			}
			returned("main.empty", 10, 0)
		}()
	}
	wait.Add(1)
	go func() {
		defer wait.Done()
		sleepALot()
	}()
	wait.Wait()
	leaveALot(20)
	yieldResults(40)
	atomic.StoreInt32(&stop, 1)
	if err := json.NewEncoder(os.Stdout).Encode(truth); err != nil {
		panic(err)
	}
	os.Exit(7)
}
