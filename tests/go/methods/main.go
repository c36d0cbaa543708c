// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Methods called through interfaces, so that the linker keeps their types: what a stripped program still tells of
// itself. Each call prints {"func":…,"goid":…,"args":[…],"results":[…]} beforehand; the trace has to show the same.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

type store interface {
	Put(key string, value []byte, weight int) (int, error)
	Get(key string) (string, bool)
	Scale(factor float64, by uint8) int64
	Where(at spot, deep *spot) spot
	All(keys ...string) int
	Nothing()
	Any(v interface{}, err error) error
	Many(a, b, c, d, e, f, g, h, i, j int) int
}

type spot struct {
	X, Y int32
	Name string
}

type table struct {
	Items map[string]string
	Total int
}

type label string

type wide struct {
	A [3]int
	S string
	N int
}

//go:noinline
func (t *table) Put(key string, value []byte, weight int) (int, error) {
	t.Items[key] = string(value)
	t.Total += weight
	if key == "" {
		return 0, errEmpty
	}
	return t.Total, nil
}

//go:noinline
func (t *table) Get(key string) (string, bool) { v, ok := t.Items[key]; return v, ok }

//go:noinline
func (t *table) Scale(factor float64, by uint8) int64 { return int64(factor * float64(by)) }

//go:noinline
func (t *table) Where(at spot, deep *spot) spot { deep.X += at.X; return spot{at.Y, at.X, at.Name + "!"} }

//go:noinline
func (t *table) All(keys ...string) int { return len(keys) + t.Total }

//go:noinline
func (t *table) Nothing() { t.Total++ }

//go:noinline
func (t *table) Any(v interface{}, err error) error {
	if v == nil {
		return err
	}
	return nil
}

//go:noinline
func (t *table) Many(a, b, c, d, e, f, g, h, i, j int) int {
	return a + b + c + d + e + f + g + h + i + j + t.Total
}

type named interface{ Join(n int, sep string) string }

//go:noinline
func (l label) Join(n int, sep string) string { return strings.Repeat(string(l)+sep, n) }

type summed interface{ Sum(start int, flags []bool) int }

//go:noinline
func (w wide) Sum(start int, flags []bool) int { return w.A[0] + w.A[1] + w.A[2] + w.N + start + len(flags) }

var errEmpty = errors.New("empty key")

var mutex sync.Mutex

func goid() string {
	var buf [64]byte
	b := buf[:runtime.Stack(buf[:], false)]
	return string(bytes.Fields(b)[1])
}

// expect prints what the next call is; the values are JSON already.
func expect(name string, args, results string) {
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Fprintf(os.Stdout, `{"func":"main.%s","goid":%s,"args":[%s],"results":[%s]}`+"\n", name, goid(), args, results)
}

func calls(s store, n named, w summed, i int) {
	for k := 0; k < 4; k++ {
		key := strings.Repeat("k", k)
		expect("(*table).Put", fmt.Sprintf(`"*",%q,{"len":%d,"cap":"*","elems":[%s]},%d`, key, k+1,
			strings.TrimSuffix(strings.Repeat("118,", k+1), ","), k+1), `"*","*"`)
		s.Put(key, bytes.Repeat([]byte("v"), k+1), k+1)
		expect("(*table).Get", fmt.Sprintf(`"*",%q`, key), fmt.Sprintf(`%q,true`, strings.Repeat("v", k+1)))
		s.Get(key)
		expect("(*table).Get", fmt.Sprintf(`"*",%q`, key+"?"), `"",false`)
		s.Get(key + "?")
		expect("(*table).Scale", fmt.Sprintf(`"*","*",%d`, k+200), fmt.Sprint((k+200)*(k+1)))
		s.Scale(float64(k+1), uint8(k+200))
		deep := &spot{int32(k), int32(-k), "deep"}
		expect("(*table).Where", fmt.Sprintf(`"*",{"X":%d,"Y":%d,"Name":"at"},{"X":%d,"Y":%d,"Name":"deep"}`, k, i, k, -k),
			fmt.Sprintf(`{"X":%d,"Y":%d,"Name":"at!"}`, i, k))
		s.Where(spot{int32(k), int32(i), "at"}, deep)
		expect("label.Join", fmt.Sprintf(`"label",%d,"-"`, k), fmt.Sprintf("%q", strings.Repeat("label-", k)))
		n.Join(k, "-")
		expect("wide.Sum", fmt.Sprintf(`{"A":[1,2,3],"S":"wide","N":4},%d,{"len":%d,"cap":"*","elems":%s}`, k, k+1,
			strings.Replace(fmt.Sprint(make([]bool, k+1)), " ", ",", -1)), fmt.Sprint(10+k+k+1))
		w.Sum(k, make([]bool, k+1))
		expect("(*table).Many", fmt.Sprintf(`"*",%d,2,3,4,5,6,7,8,9,%d`, k, -k), `"*"`)
		s.Many(k, 2, 3, 4, 5, 6, 7, 8, 9, -k)
	}
	expect("(*table).All", `"*",{"len":2,"cap":2,"elems":["a","bc"]}`, `"*"`)
	s.All("a", "bc")
	expect("(*table).All", `"*",null`, `"*"`)
	s.All()
	expect("(*table).Nothing", `"*"`, ``)
	s.Nothing()
	expect("(*table).Any", `"*",null,{"type":"*errors.errorString","value":"*"}`, `{"type":"*errors.errorString","value":"*"}`)
	s.Any(nil, errEmpty)
	expect("(*table).Any", `"*",{"type":"int","value":"*"},null`, `null`)
	s.Any(i+1000, nil)
}

func main() {
	var s store = &table{Items: map[string]string{}}
	var n named = label("label")
	var w summed = wide{[3]int{1, 2, 3}, "wide", 4}

	if len(os.Args) > 5 {
		s, n, w = nil, nil, nil
	}
	calls(s, n, w, 1)
	done := make(chan bool)
	go func() {
		calls(&table{Items: map[string]string{}}, n, w, 2)
		done <- true
	}()
	<-done
}
