// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Named types, and methods on all kinds of receivers.

package main

import (
	"net"
	"net/http"
	"os"
	"time"
)

type (
	celsius  float64
	weekday  int
	label    string
	flags    uint8
	ratio    complex64
	ids      []int
	matrix   [2][2]int32
	table    map[string]ids
	queue    chan label
	callback func(weekday) label
	handle   *point
	failure  struct {
		Code int
		Text string
	}
	code int
)

func (f failure) Error() string { return f.Text }

func (c code) Error() string { return "code" }

//go:noinline
func zooNamedNumbers(w weekday, f flags, c celsius, r ratio) {
	sinkInt = int64(w) + int64(f)
	sinkFloat = float64(c)
	sinkComplex = complex128(r)
}

//go:noinline
func zooNamedString(l label) label { sinkString = string(l); return l + "!" }

//go:noinline
func zooNamedComposites(i ids, m matrix, t table, q queue) {
	sinkAny = i
	sinkAny = m
	sinkAny = t
	sinkAny = q
}

//go:noinline
func zooNamedFunc(c callback, h handle) { sinkAny = c; sinkAny = h }

//go:noinline
func zooDuration(d, e time.Duration, m time.Month) { sinkInt = int64(d + e); sinkInt += int64(m) }

//go:noinline
func zooOtherPackages(h http.Header, ip net.IP, m os.FileMode, u *http.Cookie) {
	sinkAny = h
	sinkAny = ip
	sinkAny = m
	sinkAny = u
}

func callNamed() {
	w, f, c, r := weekday(-2), flags(0x81), celsius(36.6), ratio(complex(0.5, 2))
	expect("main.zooNamedNumbers", a("w", &w), a("f", &f), a("c", &c), a("r", &r))
	zooNamedNumbers(w, f, c, r)
	l := label("labelled")
	expect("main.zooNamedString", a("l", &l))
	zooNamedString(l)
	i, m, t, q := ids{1, 2}, matrix{{1, 2}, {3, 4}}, table{"a": {1}}, make(queue, 2)
	expect("main.zooNamedComposites", a("i", &i), a("m", &m), a("t", &t), a("q", &q))
	zooNamedComposites(i, m, t, q)
	cb, h := callback(func(weekday) label { return "x" }), handle(&globalPoint)
	expect("main.zooNamedFunc", a("c", &cb), a("h", &h))
	zooNamedFunc(cb, h)
	d, e, mo := 1500*time.Millisecond, time.Duration(-1), time.May
	expect("main.zooDuration", a("d", &d), a("e", &e), a("m", &mo))
	zooDuration(d, e, mo)
	hd, ip, fm, ck := http.Header{"A": {"b"}}, net.IP{127, 0, 0, 1}, os.ModeDir|0755, &http.Cookie{Name: "n", Value: "v"}
	expect("main.zooOtherPackages", a("h", &hd), a("ip", &ip), a("m", &fm), a("u", &ck))
	zooOtherPackages(hd, ip, fm, ck)
}

type zooAnimal struct {
	Name string
	Legs int
}

//go:noinline
func (z zooAnimal) zooWalk(steps int) string { sinkInt += int64(steps * z.Legs); return z.Name }

//go:noinline
func (z *zooAnimal) zooRename(name string, legs uint8) { z.Name, z.Legs = name, int(legs) }

//go:noinline
func (zooAnimal) zooUnnamedReceiver(n int) int { return n + len(sinkString) }

//go:noinline
func (_ *zooAnimal) zooBlankReceiver(s string) { sinkString = s }

func (z zooAnimal) private() {}

type zooCage struct {
	zooAnimal
	Doors int
}

type zooPark struct {
	Open bool
	*zooAnimal
}

type zooNumber int

//go:noinline
func (n zooNumber) zooAdd(m int) int { return int(n) + m }

type zooTemperature float64

//go:noinline
func (t zooTemperature) zooConvert(factor float64, offset int) float64 {
	return float64(t)*factor + float64(offset)
}

type zooText string

//go:noinline
func (t zooText) zooRepeat(n int, sep string) string { sinkInt = int64(n); return string(t) + sep }

type zooList []string

//go:noinline
func (l zooList) zooAt(i int) string { return l[i] }

//go:noinline
func (l *zooList) zooPush(s string) { *l = append(*l, s) }

type zooTable map[string]int

//go:noinline
func (t zooTable) zooGet(key string) (int, bool) { v, ok := t[key]; return v, ok }

type zooFn func(int) int

//go:noinline
func (f zooFn) zooCall(n int) int { return f(n) }

type zooEmpty struct{}

//go:noinline
func (e zooEmpty) zooDo(n int, s string) { sinkAny = e; sinkInt = int64(n); sinkString = s }

type zooTriple [3]int

//go:noinline
func (t zooTriple) zooSum(start int) int { return t[0] + t[1] + t[2] + start }

type zooBig struct{ large }

//go:noinline
func (b zooBig) zooHead(n int) int { return b.Head + n }

type zooQueue chan int

//go:noinline
func (q zooQueue) zooCap() int { return cap(q) }

func callMethods() {
	dog, n, s, u := zooAnimal{"dog", 4}, 3, "renamed", uint8(255)
	expect("main.zooAnimal.zooWalk", a("z", &dog), a("steps", &n))
	dog.zooWalk(n)
	pdog := &dog
	expect("main.(*zooAnimal).zooRename", a("z", &pdog), a("name", &s), a("legs", &u))
	pdog.zooRename(s, u)
	expect("main.zooAnimal.zooWalk", a("z", pdog), a("steps", &n))
	pdog.zooWalk(n)
	expect("main.zooAnimal.zooUnnamedReceiver", blank(&dog), a("n", &n))
	dog.zooUnnamedReceiver(n)
	expect("main.(*zooAnimal).zooBlankReceiver", blank(&pdog), a("s", &s))
	pdog.zooBlankReceiver(s)
	cage := zooCage{zooAnimal{"ape", 2}, 1}
	pape := &cage.zooAnimal
	expect("main.zooAnimal.zooWalk", a("z", pape), a("steps", &n))
	cage.zooWalk(n)
	expect("main.(*zooAnimal).zooRename", a("z", &pape), a("name", &s), a("legs", &u))
	cage.zooRename(s, u)
	park := zooPark{true, pdog}
	expect("main.zooAnimal.zooWalk", a("z", pdog), a("steps", &n))
	park.zooWalk(n)
	expect("main.(*zooAnimal).zooRename", a("z", &pdog), a("name", &s), a("legs", &u))
	park.zooRename(s, u)
	callIndirectMethods(dog, &cage)
	callOddReceivers()
}

// Through interfaces, method values and method expressions: wrappers stand between, which are no calls.
func callIndirectMethods(dog zooAnimal, cage *zooCage) {
	n := 8
	for _, w := range []walker{dog, &dog} {
		expect("main.zooAnimal.zooWalk", a("z", &dog), a("steps", &n))
		w.zooWalk(n)
	}
	var w walker = cage
	expect("main.zooAnimal.zooWalk", a("z", &cage.zooAnimal), a("steps", &n))
	w.zooWalk(n)
	walk := dog.zooWalk
	sinkAny = walk
	expect("main.zooAnimal.zooWalk", a("z", &dog), a("steps", &n))
	sinkAny.(func(int) string)(n)
	expression := zooAnimal.zooWalk
	sinkAny = expression
	expect("main.zooAnimal.zooWalk", a("z", &dog), a("steps", &n))
	sinkAny.(func(zooAnimal, int) string)(dog, n)
}

func callOddReceivers() {
	n, f, s := 11, 1.8, "sep"
	num := zooNumber(-7)
	expect("main.zooNumber.zooAdd", a("n", &num), a("m", &n))
	num.zooAdd(n)
	temp := zooTemperature(37)
	expect("main.zooTemperature.zooConvert", a("t", &temp), a("factor", &f), a("offset", &n))
	temp.zooConvert(f, n)
	text := zooText("text")
	expect("main.zooText.zooRepeat", a("t", &text), a("n", &n), a("sep", &s))
	text.zooRepeat(n, s)
	list, zero := zooList{"a", "b"}, 0
	plist := &list
	expect("main.zooList.zooAt", a("l", &list), a("i", &zero))
	list.zooAt(zero)
	expect("main.(*zooList).zooPush", a("l", &plist), a("s", &s))
	plist.zooPush(s)
	tab := zooTable{"k": 1}
	expect("main.zooTable.zooGet", a("t", &tab), a("key", &s))
	tab.zooGet(s)
	fn := zooFn(helper)
	expect("main.zooFn.zooCall", a("f", &fn), a("n", &n))
	fn.zooCall(n)
	var e zooEmpty
	expect("main.zooEmpty.zooDo", a("e", &e), a("n", &n), a("s", &s))
	e.zooDo(n, s)
	tri := zooTriple{1, 2, 3}
	expect("main.zooTriple.zooSum", a("t", &tri), a("start", &n))
	tri.zooSum(n)
	big := zooBig{large{Head: 5, Tail: "t"}}
	expect("main.zooBig.zooHead", a("b", &big), a("n", &n))
	big.zooHead(n)
	q := make(zooQueue, 6)
	expect("main.zooQueue.zooCap", a("q", &q))
	q.zooCap()
}
