// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Pointers, interfaces, maps, channels, functions, unsafe pointers.

package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"
	"unsafe"
)

var errSome = errors.New("some error")

// Pointees that are no heap objects.
var (
	globalInt   = 4711
	globalPoint = point{10, 20}
)

//go:noinline
func helper(n int) int { return n + 1 }

//go:noinline
func zooPointer(p *int) { sinkAny = p }

//go:noinline
func zooPointerStruct(p *point) int {
	if p == nil {
		return 0
	}
	return p.X
}

//go:noinline
func zooPointerNamed(p *named, l *large) { sinkPointer = unsafe.Pointer(p); sinkAny = l }

//go:noinline
func zooPointerString(p *string) { sinkAny = p }

//go:noinline
func zooPointerPointer(p **point) { sinkAny = p }

//go:noinline
func zooPointerArray(p *[3]int, q *[12]byte) { sinkAny = p; sinkAny = q }

//go:noinline
func zooPointerSlice(p *[]string) { sinkAny = p }

//go:noinline
func zooPointerInterface(p *error, q *interface{}) { sinkAny = p; sinkAny = q }

//go:noinline
func zooPointerMap(p *map[string]int) { sinkAny = p }

//go:noinline
func zooPointerFloat(p *float64, q *complex64) { sinkAny = p; sinkAny = q }

//go:noinline
func zooPointerLinked(p *linked) { sinkAny = p }

//go:noinline
func zooPointerEmpty(p *struct{}) { sinkAny = p }

//go:noinline
func zooPointerSmall(a *bool, b *int8, c *uint16, d *rune) {
	sinkAny = a
	sinkAny = b
	sinkAny = c
	sinkAny = d
}

//go:noinline
func zooPointerFunc(p *func(int) int) { sinkAny = p }

//go:noinline
func zooUnsafePointer(p unsafe.Pointer) { sinkPointer = p }

func callPointers() {
	n := 99
	for _, p := range []*int{nil, &n, &globalInt} {
		expect("main.zooPointer", a("p", &p))
		zooPointer(p)
	}
	for _, p := range []*point{nil, {3, 4}, &globalPoint} {
		expect("main.zooPointerStruct", a("p", &p))
		zooPointerStruct(p)
	}
	pn, pl := &named{"pointed at", point{1, 2}, []string{"t"}}, &large{Tail: "end"}
	expect("main.zooPointerNamed", a("p", &pn), a("l", &pl))
	zooPointerNamed(pn, pl)
	s := strings.Repeat("pointed at ", 9)
	ps := &s
	expect("main.zooPointerString", a("p", &ps))
	zooPointerString(ps)
	pp := &point{5, 6}
	for _, p := range []**point{nil, &pp} {
		expect("main.zooPointerPointer", a("p", &p))
		zooPointerPointer(p)
	}
	pa, pb := &[3]int{1, 2, 3}, &[12]byte{11: 11}
	expect("main.zooPointerArray", a("p", &pa), a("q", &pb))
	zooPointerArray(pa, pb)
	psl := &[]string{"in", "slice"}
	expect("main.zooPointerSlice", a("p", &psl))
	zooPointerSlice(psl)
	err, any := errSome, interface{}(5)
	pe, pany := &err, &any
	expect("main.zooPointerInterface", a("p", &pe), a("q", &pany))
	zooPointerInterface(pe, pany)
	pm := &map[string]int{"a": 1, "b": 2}
	expect("main.zooPointerMap", a("p", &pm))
	zooPointerMap(pm)
	f, c := 0.1, complex64(complex(1, 2))
	pf, pc := &f, &c
	expect("main.zooPointerFloat", a("p", &pf), a("q", &pc))
	zooPointerFloat(pf, pc)
	link := &linked{1, &linked{Value: 2}, point{7, 8}, errSome}
	expect("main.zooPointerLinked", a("p", &link))
	zooPointerLinked(link)
	empty := &struct{}{}
	expect("main.zooPointerEmpty", a("p", &empty))
	zooPointerEmpty(empty)
	b, i8, u16, r := true, int8(-100), uint16(50000), '€'
	p1, p2, p3, p4 := &b, &i8, &u16, &r
	expect("main.zooPointerSmall", a("a", &p1), a("b", &p2), a("c", &p3), a("d", &p4))
	zooPointerSmall(p1, p2, p3, p4)
	fn := helper
	pfn := &fn
	expect("main.zooPointerFunc", a("p", &pfn))
	zooPointerFunc(pfn)
	for _, u := range []unsafe.Pointer{nil, unsafe.Pointer(&n)} {
		expect("main.zooUnsafePointer", a("p", &u))
		zooUnsafePointer(u)
	}
}

//go:noinline
func zooAny(v interface{}) { sinkAny = v }

//go:noinline
func zooError(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

//go:noinline
func zooWriter(i int, w io.Writer) { sinkInt = int64(i); sinkAny = w }

//go:noinline
func zooInterfaces(r io.Reader, a interface{}, c io.Closer, n int) {
	sinkAny = r
	sinkAny = a
	sinkAny = c
	sinkInt = int64(n)
}

type walker interface {
	zooWalk(steps int) string
	private()
}

//go:noinline
func zooWalker(w walker) { sinkAny = w }

//go:noinline
func zooAnonymousInterface(v interface{ Error() string }) { sinkAny = v }

func callInterfaces() {
	n := 5
	pp := &n
	values := []interface{}{nil, 7, 300, -1 << 40, int8(-3), uint8(200), true, false, 2.5, float32(0.5),
		"", "text", 'r', complex(1, 2), uintptr(0), celsius(36.6), weekday(3), time.Second, point{1, 2},
		mixed{E: "e"}, inner{9}, struct{}{}, struct{ P *int }{pp}, [2]int{1, 2}, [1]*int{pp}, []int{1, 2}, []int(nil),
		[]string{"s"}, pp, (*int)(nil), &pp, &globalPoint, &named{Name: "n"}, map[string]int{"k": 1},
		map[point][]string(nil), make(chan int, 2), make(<-chan string), make(chan<- struct{}), helper, (func())(nil),
		unsafe.Pointer(pp), unsafe.Pointer(nil), errSome, os.Stdout, &bytes.Buffer{}, net.IPv4(1, 2, 3, 4),
		struct {
			A int
			B string
		}{1, "b"}, func(int, ...string) (bool, error) { return true, nil }, linked{Any: 5, Err: errSome},
		[]error{errSome, nil}, [3]interface{}{1, nil, "x"}}
	for i := range values {
		expect("main.zooAny", a("v", &values[i]))
		zooAny(values[i])
	}
	for _, err := range []error{nil, errSome, &os.PathError{Op: "open", Path: "/nowhere", Err: errSome},
		&net.OpError{Op: "dial", Err: errSome}, io.EOF, failure{5, "by value"}, code(3)} {
		expect("main.zooError", a("err", &err))
		zooError(err)
	}
	for i, w := range []io.Writer{nil, os.Stderr, &bytes.Buffer{}, &strings.Builder{}} {
		expect("main.zooWriter", a("i", &i), a("w", &w))
		zooWriter(i, w)
	}
	var r io.Reader = strings.NewReader("reader")
	var c io.Closer
	any := interface{}(struct{ X, Y int }{1, 2})
	expect("main.zooInterfaces", a("r", &r), a("a", &any), a("c", &c), a("n", &n))
	zooInterfaces(r, any, c, n)
	for _, w := range []walker{zooAnimal{"dog", 4}, &zooAnimal{"cat", 4}, &zooCage{zooAnimal{"ape", 2}, 1}} {
		expect("main.zooWalker", a("w", &w))
		zooWalker(w)
	}
	var e interface{ Error() string } = errSome
	expect("main.zooAnonymousInterface", a("v", &e))
	zooAnonymousInterface(e)
}

//go:noinline
func zooMap(m map[string]int) int { return len(m) }

//go:noinline
func zooMaps(m map[int][]string, n map[point]*named, o map[interface{}]bool) {
	sinkAny = m
	sinkAny = n
	sinkAny = o
}

//go:noinline
func zooChan(c chan int, after bool) { sinkAny = c; sinkBool = after }

//go:noinline
func zooChans(in <-chan string, out chan<- point, both chan chan int) {
	sinkAny = in
	sinkAny = out
	sinkAny = both
}

//go:noinline
func zooFunc(f func(int) int) {
	if f != nil {
		sinkInt = int64(f(1))
	}
}

//go:noinline
func zooFuncs(f func(), g func(string, ...interface{}) (int, error)) { sinkAny = f; sinkAny = g }

// Never inlined anywhere: called through a variable.
var makeAdder = func(n int) func(int) int {
	return func(x int) int { sinkInt++; return x + n }
}

func callReferences() {
	big := map[string]int{}
	for i := 0; i < 100; i++ {
		big[strings.Repeat("k", i)] = i
	}
	for _, m := range []map[string]int{nil, {}, {"one": 1}, big} {
		expect("main.zooMap", a("m", &m))
		zooMap(m)
	}
	m1, m2, m3 := map[int][]string{1: {"a"}}, map[point]*named{{1, 2}: nil}, map[interface{}]bool(nil)
	expect("main.zooMaps", a("m", &m1), a("n", &m2), a("o", &m3))
	zooMaps(m1, m2, m3)
	filled := make(chan int, 10)
	filled <- 1
	filled <- 2
	after := true
	for _, c := range []chan int{nil, make(chan int), filled} {
		expect("main.zooChan", a("c", &c), a("after", &after))
		zooChan(c, after)
	}
	in, out, both := make(<-chan string, 4), make(chan<- point), make(chan chan int, 1)
	expect("main.zooChans", a("in", &in), a("out", &out), a("both", &both))
	zooChans(in, out, both)
	for _, f := range []func(int) int{nil, helper, makeAdder(5)} {
		expect("main.zooFunc", a("f", &f))
		zooFunc(f)
	}
	f, g := (func())(nil), func(string, ...interface{}) (int, error) { return 1, nil }
	expect("main.zooFuncs", a("f", &f), a("g", &g))
	zooFuncs(f, g)
}
