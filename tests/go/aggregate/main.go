// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Aggregate calls functions with values of many kinds, from several goroutines at once, and writes down
// every call as a JSON line: the truth that counts and histograms made in the kernel must equal.
//
//	aggregate calls [COUNT]		{"func":"main.byString","goid":7,"key":"…","n":-3} …
//	aggregate sleep			{"func":"main.sleeper","ms":5} …
//
// Numbers beyond 53 bits are written as strings. It builds with Go 1.15 and newer.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var sink int

//go:noinline
func nothing() { sink++ }

//go:noinline
func byString(key string, n int64) int {
	nothing()
	return len(key) + int(n)
}

type pair struct{ a, b int }

type problem struct{ code int }

func (p *problem) Error() string { return strconv.Itoa(p.code) }

//go:noinline
func byValue(u uint64, ok bool, v interface{}, e error, m map[int]int, d time.Duration, b byte) int {
	nothing()
	if ok && v != nil && e != nil {
		return int(u) + len(m) + int(d) + int(b)
	}
	return 0
}

//go:noinline
func callA(c *call) { sink += c.make() }

//go:noinline
func callB(c *call) {
	sink += c.make()
	sink += c.make()
}

// Small enough to be inlined: it is the caller all the same.
func callInlined(c *call) int {
	return byValue(c.u, c.ok, c.v, c.e, c.m, c.d, c.b)
}

//go:noinline
func callC(c *call) { sink += callInlined(c) }

// The arguments of one call of byValue.
type call struct {
	u      uint64
	ok     bool
	v      interface{}
	e      error
	m      map[int]int
	d      time.Duration
	b      byte
	caller string
}

//go:noinline
func (c *call) make() int {
	nothing()
	return byValue(c.u, c.ok, c.v, c.e, c.m, c.d, c.b)
}

//go:noinline
func sleeper(ms int, what string) string {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return what + strconv.Itoa(ms)
}

// Many ways out; the results have no names.
//
//go:noinline
func outcome(n int) (int64, error) {
	if n%5 == 0 {
		return -1, nil
	}
	nothing()
	if n%3 == 1 {
		return int64(n) << 20, problems[1]
	}
	return int64(n), problems[n%3]
}

func goid() uint64 {
	var buf [64]byte
	text := strings.Fields(string(buf[:runtime.Stack(buf[:], false)]))[1]
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return id
}

// One goroutine's own generator: the same values in every run.
type random uint64

func (r *random) next() uint64 {
	*r ^= *r << 13
	*r ^= *r >> 7
	*r ^= *r << 17
	return uint64(*r)
}

// Values about powers of two, where slots begin and end, and all over the range.
func (r *random) number() uint64 {
	bit := uint64(1) << (r.next() % 64)
	switch r.next() % 6 {
	case 0:
		return bit
	case 1:
		return bit - 1
	case 2:
		return bit + 1
	case 3:
		return 0
	case 4:
		return r.next() % (bit | 1)
	default:
		return r.next()
	}
}

var keys = []string{
	"", "GET", "POST", "a\x00b", "quote\"\\", "żółw",
	strings.Repeat("x", 63), strings.Repeat("x", 64), strings.Repeat("x", 65),
	strings.Repeat("long ", 40), strings.Repeat("long ", 41),
}

var values = []interface{}{nil, 7, "text", pair{1, 2}, &pair{3, 4}, []int{1}, map[string]bool{}, 2.5}

var problems = []error{nil, &problem{1}, errors.New("plain")}

var maps = []map[int]int{nil, {}, {1: 1}, {1: 1, 2: 2, 3: 3}}

func quoted(v uint64) string { return strconv.FormatUint(v, 10) }

type line map[string]interface{}

func oneString(r *random, id uint64) line {
	key := keys[r.next()%uint64(len(keys))]
	n := int64(r.number())
	byString(key, n)
	return line{"func": "main.byString", "goid": id, "key": []byte(key), "n": strconv.FormatInt(n, 10)}
}

func oneValue(r *random, id uint64) []line {
	c := &call{
		u: r.number(), ok: r.next()%3 == 0, v: values[r.next()%uint64(len(values))],
		e: problems[r.next()%uint64(len(problems))], m: maps[r.next()%uint64(len(maps))],
		d: time.Duration(r.next() % 5000000000), b: byte(r.next()),
	}
	times, caller := 1, "main.(*call).make"
	switch r.next() % 3 {
	case 0:
		callA(c)
	case 1:
		callB(c)
		times = 2
	default:
		callC(c)
		caller = "main.callInlined"
	}
	out := line{"func": "main.byValue", "goid": id, "u": quoted(c.u), "ok": c.ok, "type": nil, "error": nil,
		"len": len(c.m), "nil": c.m == nil, "d": c.d.Nanoseconds(), "b": c.b, "caller": caller}
	if c.v != nil {
		out["type"] = fmt.Sprintf("%T", c.v)
	}
	if c.e != nil {
		out["error"] = fmt.Sprintf("%T", c.e)
	}
	return []line{out, out}[:times]
}

func oneOutcome(r *random) line {
	n, err := outcome(int(r.next() % 1000000))
	out := line{"func": "main.outcome", "error": nil, "n": n, "failed": err != nil}
	if err != nil {
		out["error"] = fmt.Sprintf("%T", err)
	}
	return out
}

func work(seed uint64, count int) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	r := random(seed)
	id := goid()
	for i := 0; i < count; i++ {
		lines := append(oneValue(&r, id), oneString(&r, id), oneOutcome(&r))
		for _, l := range lines {
			if err := enc.Encode(l); err != nil {
				panic(err)
			}
		}
	}
	return out.Bytes()
}

func calls(count int) {
	const parallel = 8
	var wait sync.WaitGroup
	var results [parallel][]byte
	for i := 0; i < parallel; i++ {
		wait.Add(1)
		go func(i int) {
			results[i] = work(uint64(i+1)*0x9e3779b97f4a7c15, count/parallel)
			wait.Done()
		}(i)
	}
	wait.Wait()
	w := bufio.NewWriter(os.Stdout)
	for _, r := range results {
		w.Write(r)
	}
	w.Flush()
}

func sleep() {
	var wait sync.WaitGroup
	for i := 0; i < 40; i++ {
		ms := []int{1, 5, 20}[i%3]
		fmt.Printf("{\"func\":\"main.sleeper\",\"ms\":%d}\n", ms)
		wait.Add(1)
		go func() {
			sleeper(ms, "slept ")
			wait.Done()
		}()
	}
	wait.Wait()
}

func main() {
	runtime.GOMAXPROCS(4)
	count := 8000
	if len(os.Args) > 2 {
		count, _ = strconv.Atoi(os.Args[2])
	}
	if len(os.Args) > 1 && os.Args[1] == "sleep" {
		sleep()
	} else {
		calls(count)
	}
}
