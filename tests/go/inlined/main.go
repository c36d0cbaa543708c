// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Functions that the compiler inlines, in many shapes. Each call tells, by itself or by its caller right before, what
// its arguments are: a line {"func":…,"args":[…]}, all printed at the end. The trace of the inlined calls has to have
// as many, with the same values.
package main

import (
	"os"
	"strconv"
)

var out []byte

func value(v interface{}) string {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v)
	case int8:
		return strconv.Itoa(int(v))
	case uint16:
		return strconv.Itoa(int(v))
	case uint32:
		return strconv.FormatUint(uint64(v), 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case string:
		return strconv.Quote(v)
	case []int:
		s := ""
		for i, e := range v {
			if i > 0 {
				s += ","
			}
			s += strconv.Itoa(e)
		}
		return `{"len":` + strconv.Itoa(len(v)) + `,"cap":` + strconv.Itoa(cap(v)) + `,"elems":[` + s + `]}`
	case point:
		return `{"x":` + strconv.Itoa(v.x) + `,"y":` + strconv.Itoa(v.y) + `}`
	case *point:
		return value(*v)
	case nil:
		return "null"
	}
	return `"?"`
}

//go:noinline
func want(name string, args ...interface{}) {
	s := `{"func":"` + name + `","args":[`
	for i, a := range args {
		if i > 0 {
			s += ","
		}
		s += value(a)
	}
	out = append(out, s+"]}\n"...)
}

type point struct{ x, y int }

var (
	sink   int
	text   string
	seen   [64]int
	always = len(os.Args) > 0
)

// ---- the bodies tell

func straight(p int) int { want("main.straight", p); return p + 1 }

func inLoop(p int, s string) int { want("main.inLoop", p, s); return p * 3 }

func innermost(a int) int { want("main.innermost", a); return a ^ 5 }
func middle(b int) int    { return innermost(b+1) + 2 }
func outer(c int) int     { return middle(c * 2) }

func conditional(p int, q bool) { want("main.conditional", p, q) }

func constants(p int, s string) { want("main.constants", p, s) }

func (p *point) byPointer(n int) { want("main.(*point).byPointer", p, n); p.x += n }

func (p point) byValue(n int) int { want("main.point.byValue", p, n); return p.x + n }

func reassigned(p int) int { p += 3; sink += p; p *= 2; return p + sink }

func unused(p int, _ string, q int) { want("main.unused", p, "-", q) }

func sameLine(p int) int { want("main.sameLine", p); return p & 7 }

func tests(p int) bool { want("main.tests", p); return p > 3 }

func words(s string, b []int) { want("main.words", s, b) }

func small(a int8, b uint16, c uint32, d bool) { want("main.small", a, b, c, d) }

func early(p int) int {
	if p < 3 {
		return 1
	}
	want("main.early", p)
	return p
}

func alsoCalled(p int) int { want("main.alsoCalled", p); return p + 9 }

func recovers(p int) { want("main.recovers", p) }

// ---- the callers tell

func pureMax(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func pureSum(b []int) int {
	t := 0
	for _, v := range b {
		t += v
	}
	return t
}

func stores(p, q int) { seen[p&63] = q }

func loads(p *point) int { return p.x + p.y }

func joined(s string) string { return s + "!" }

func counts(p int) {
	for i := 0; i < p; i++ {
		sink += i
	}
}

func swaps(a, b int) (int, int) { return b, a }

func shifts(p int) int { return p<<2 | 1 }

// ---- callers

//go:noinline
func callsStraight(n int) int { return straight(n) + straight(n+10) }

//go:noinline
func callsInLoop(n int, s string) (t int) {
	for i := 0; i < n; i++ {
		t += inLoop(i, s)
		t += inLoop(n-i, "fixed")
	}
	for ; n > 0; n -= 2 {
		inLoop(n, s[1:])
	}
	return
}

//go:noinline
func callsNested(n int) (t int) {
	for i := 0; i < n; i++ {
		t += outer(i)
		if t%2 == 0 {
			t += middle(i + 100)
		}
	}
	return t + innermost(n)
}

//go:noinline
func callsConditional(n int) {
	for i := 0; i < n; i++ {
		if i%3 == 1 {
			conditional(i, i > 4)
		} else if i == 5 {
			conditional(-i, true)
		}
		switch {
		case i == 2, i == 6:
			conditional(i*100, false)
		}
	}
}

//go:noinline
func callsConstants() {
	constants(7, "seven")
	constants(-1, "")
	for i := 0; i < 3; i++ {
		constants(1<<40, "same")
	}
}

//go:noinline
func callsMethods(n int) int {
	p := &point{1, 2}
	t := 0
	for i := 0; i < n; i++ {
		p.byPointer(i)
		t += p.byValue(t)
	}
	q := point{n, n + 1}
	return t + q.byValue(-n)
}

//go:noinline
func callsReassigned(n int) (t int) {
	for i := 0; i < n; i++ {
		want("main.reassigned", i+t)
		t += reassigned(i + t)
	}
	want("main.reassigned", n)
	return t + reassigned(n)
}

//go:noinline
func callsUnused(n int) {
	unused(n, "never", n+1)
	for i := range seen[:4] {
		unused(i, "again", n)
	}
}

//go:noinline
func callsSameLine(a, b int) int {
	for i := 0; i < 4; i++ {
		a += sameLine(a) + sameLine(b+i)
	}
	return a
}

//go:noinline
func callsTests(n int) (t int) {
	for i := 0; i < n; i++ {
		if tests(i) && tests(i*2) || tests(n-i) {
			t++
		}
	}
	for tests(t) {
		t -= 2
	}
	return
}

//go:noinline
func callsWords(s string, b []int) {
	for i := range b {
		words(s[:i], b[i:])
	}
	words(s, nil)
	words("", b)
}

//go:noinline
func callsSmall(n int) {
	for i := 0; i < n; i++ {
		small(int8(-i), uint16(i*1000), uint32(i)<<20, i&1 == 0)
	}
}

//go:noinline
func callsEarly(n int) (t int) {
	for i := 0; i < n; i++ {
		if i < 3 {
			want("main.early", i)
		}
		t += early(i)
	}
	return
}

//go:noinline
func callsAlsoCalled(n int, f func(int) int) (t int) {
	for i := 0; i < n; i++ {
		t += alsoCalled(i)
		t += f(i + 50)
	}
	return
}

//go:noinline
func callsRecovers(n int) {
	defer func() { recover() }()
	for i := 0; ; i++ {
		recovers(i)
		if i == n {
			panic("enough")
		}
	}
}

//go:noinline
func callsPure(n int, b []int) (t int) {
	for i := 0; i < n; i++ {
		want("main.pureMax", i, 4)
		t += pureMax(i, 4)
		if i%2 == 0 {
			want("main.pureMax", t, i)
			t = pureMax(t, i)
		}
		want("main.pureSum", b)
		t += pureSum(b)
		want("main.shifts", t&31)
		t = shifts(t & 31)
		want("main.swaps", t, i)
		t, sink = swaps(t, i)
	}
	return
}

//go:noinline
func callsStores(n int, p *point) (t int) {
	for i := 0; i < n; i++ {
		want("main.stores", i*i, i)
		stores(i*i, i)
		if i > 2 {
			want("main.stores", n, t)
			stores(n, t)
		}
		want("main.loads", p)
		t += loads(p)
		p.x += i
		want("main.joined", text)
		text = joined(text)
		want("main.counts", i)
		counts(i)
	}
	return
}

//go:noinline
func callsClosure(n int) (t int) {
	add := func(p int) { want("main.callsClosure.func1", p); t += p }
	for i := 0; i < n; i++ {
		add(i)
	}
	add(t)
	return
}

func main() {
	sink += callsStraight(4)
	sink += callsInLoop(5, "abcdef")
	sink += callsNested(6)
	callsConditional(9)
	callsConstants()
	sink += callsMethods(5)
	sink += callsReassigned(5)
	callsUnused(77)
	sink += callsSameLine(3, 4)
	sink += callsTests(7)
	callsWords("hello", []int{1, 2, 3})
	callsSmall(5)
	sink += callsEarly(6)
	sink += callsAlsoCalled(4, alsoCalled)
	callsRecovers(3)
	sink += callsPure(6, []int{5, 6, 7})
	sink += callsStores(6, &point{10, 20})
	sink += callsClosure(4)
	callsGeneric()
	os.Stdout.Write(out)
	os.Stdout.WriteString("sum " + strconv.Itoa(sink) + "\n")
}
