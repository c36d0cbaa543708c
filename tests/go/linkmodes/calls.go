// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Linkmodes is one small set of calls for every way a Go program can be linked: as a program, as a shared object or
// archive inside a C program, as a plugin. run() makes them; on standard output is one line of JSON for each: what its
// event has to say. It builds with Go 1.15 and newer.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

type point struct {
	X, Y int32
}

type shop struct {
	name string
	sold int
}

//go:noinline
func add(a, b int) int {
	return a + b
}

//go:noinline
func greet(name string, times uint8) string {
	return strings.Repeat("hello "+name, int(times))
}

//go:noinline
func (s *shop) sell(what string, at point, err error) (int, bool) {
	s.sold += len(what)
	return s.sold, err == nil
}

//go:noinline
func (p point) shift(by []int32) point {
	for _, d := range by {
		p.X += d
	}
	return p
}

func expect(name, args, results string) {
	fmt.Printf(`{"func":"main.%s","args":%s,"results":%s}`+"\n", name, args, results)
}

// Calls of all traced functions; twice, from two goroutines.
func run() {
	for i := 1; i <= 2; i++ {
		done := make(chan bool)
		go func() {
			calls(i)
			done <- true
		}()
		<-done
	}
}

func calls(i int) {
	expect("add", fmt.Sprintf("[%d,%d]", i, -7), fmt.Sprint("[", i-7, "]"))
	add(i, -7)
	expect("greet", fmt.Sprintf(`["gopher %d",2]`, i), fmt.Sprintf(`["hello gopher %dhello gopher %d"]`, i, i))
	greet(fmt.Sprint("gopher ", i), 2)
	s := &shop{"corner", 40 * i}
	expect("(*shop).sell", fmt.Sprintf(`["%p","nuts",[%d,2],"*errors.errorString"]`, s, i), fmt.Sprintf("[%d,false]", 40*i+4))
	s.sell("nuts", point{int32(i), 2}, errors.New("none"))
	expect("point.shift", fmt.Sprintf("[[%d,9],[1,2,3]]", i), fmt.Sprintf("[[%d,9]]", i+6))
	point{int32(i), 9}.shift([]int32{1, 2, 3})
	os.Stdout.Sync()
}
