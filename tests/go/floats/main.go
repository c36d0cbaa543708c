// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Calls whose arguments and results tell by themselves whether a trace of them is right: all follow from the first
// argument (compare.py knows how). Modes:
//
//	floats calls N	N calls on each of four goroutines, floats in every place that passes them
//	floats notify N	the same on one, by a program that has asked for SIGURG; prints how many it got
//	floats pages FILE	a string and a slice over pages that were never touched, of FILE and of anonymous memory
//	floats garbage N	headers of random words, between calls that have to come through
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

type pair struct {
	X float64
	N int32
	Y float32
}

var sink int64

//go:noinline
func touch(n int64) { atomic.AddInt64(&sink, n) }

// With a call, hence a frame: the floats are kept or not, as the compiler likes.
//
//go:noinline
func mixed(i int, a float64, b float32, c complex128, s string) (float64, int, complex64) {
	touch(int64(len(s)))
	return a + float64(b), i + 1, complex64(c)
}

//go:noinline
func scale(i int, p pair) pair {
	touch(1)
	p.X *= 2
	p.Y = -p.Y
	p.N++
	return p
}

//go:noinline
func leaf(i int, x float64) float64 { return x * 0.5 }

type point struct{ x, y float64 }

var origin = point{0.25, -3}

// Results that come straight out of memory, and constants.
//
//go:noinline
func (p *point) both(i int) (float64, float64) {
	touch(1)
	return p.x, p.y
}

//go:noinline
func constant(i int) (float64, float64, bool) {
	if i&1 == 0 {
		return 0, 0, false
	}
	touch(1)
	return 1.5, origin.y, true
}

//go:noinline
func named(i int, x float64) (r float64) {
	defer func() { r += float64(i) }()
	touch(int64(x))
	return x
}

//go:noinline
func deep(i int, x float64) float64 {
	if i == 0 {
		return x
	}
	return deep(i-1, x+1) + 0.5
}

func calls(g, n int) {
	p := &point{}
	for k := 0; k < n; k++ {
		i := g*n + k
		f := float64(i)
		mixed(i, f/4, float32(i%1000)/8, complex(f, -f), "text")
		scale(i, pair{f / 2, int32(i), float32(i % 1000)})
		leaf(i, f+0.75)
		p.x, p.y = f/8, -f
		p.both(i)
		constant(i)
		named(i, f+1.25)
	}
	deep(20, float64(g))
}

func many(n int) {
	var wait sync.WaitGroup
	for g := 0; g < 4; g++ {
		wait.Add(1)
		go func(g int) {
			defer wait.Done()
			calls(g, n)
		}(g)
	}
	wait.Wait()
}

func notify(n int) {
	c := make(chan os.Signal, 1024)
	signal.Notify(c, syscall.SIGURG)
	calls(0, n)
	fmt.Println("got", len(c))
}

// ---- memory that is not there

//go:noinline
func shown(s string, b []int32, n int) { touch(int64(n)) }

func mapping(fd, size, prot, flags int) uintptr {
	at, _, errno := syscall.Syscall6(syscall.SYS_MMAP, 0, uintptr(size), uintptr(prot), uintptr(flags), uintptr(fd), 0)
	if errno != 0 {
		panic(errno)
	}
	return at
}

func pointer(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }

func stringAt(at uintptr, n int) (s string) {
	*(*[2]uintptr)(unsafe.Pointer(&s)) = [2]uintptr{at, uintptr(n)}
	return
}

func sliceAt(at uintptr, n, m int) (b []int32) {
	*(*[3]uintptr)(unsafe.Pointer(&b)) = [3]uintptr{at, uintptr(n), uintptr(m)}
	return
}

func pages(path string) {
	const size = 1 << 20
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	text := mapping(int(file.Fd()), size, syscall.PROT_READ, syscall.MAP_SHARED)
	zeros := mapping(-1, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	syscall.Syscall(syscall.SYS_MADVISE, text, size, 1) // MADV_RANDOM: no page comes along with another
	for i := 0; i < 16; i++ {
		off := uintptr(i * 8 * 4096)
		shown(stringAt(text+off, 12), sliceAt(zeros+off, 3, 3), i)
	}
	*(*int32)(pointer(zeros)) = 7
	syscall.Syscall(syscall.SYS_MADVISE, zeros, size, 4) // MADV_DONTNEED
	shown("dropped", sliceAt(zeros, 2, 2), 100)
	shown("nowhere", sliceAt(1<<46, 2, 2), 101)
}

// ---- garbage

type headers struct {
	s string
	b []int64
	e interface{}
	m map[string]int
	p *headers
	f func(int) int
	c chan int
}

//go:noinline
func victim(h *headers, s string, b []int64, n int) { touch(int64(n)) }

//go:noinline
func neighbour(i int, s string, b []int64) { touch(int64(i)) }

func garbage(n int) {
	state := uint64(88172645463325252)
	random := func() uintptr {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		switch state & 7 {
		case 0:
			return uintptr(state >> 40)
		case 1:
			return uintptr(0xc000000000 + state>>44)
		case 2:
			return ^uintptr(0) >> (state >> 58)
		case 3:
			return 0
		}
		return uintptr(state)
	}
	room := new([unsafe.Sizeof(headers{}) / 8]uintptr) // no pointers to the collector
	for i := 0; i < n; i++ {
		var s [2]uintptr
		var b [3]uintptr
		for k := range room {
			room[k] = random()
		}
		for k := range s {
			s[k] = random()
		}
		for k := range b {
			b[k] = random()
		}
		h := (*headers)(unsafe.Pointer(room))
		if i%16 == 15 {
			h = (*headers)(pointer(random()))
		}
		hold(h, &s, &b, i)
		neighbour(i, "n"+strconv.Itoa(i), []int64{int64(i), -1})
	}
}

// The stack never has these words in places where the collector would look at them: it is switched off.
func hold(h *headers, s *[2]uintptr, b *[3]uintptr, i int) {
	victim(h, *(*string)(unsafe.Pointer(s)), *(*[]int64)(unsafe.Pointer(b)), i)
}

func main() {
	if os.Args[1] == "garbage" {
		debug.SetGCPercent(-1)
	}
	n, _ := strconv.Atoi(os.Args[2])
	switch os.Args[1] {
	case "calls":
		many(n)
	case "notify":
		notify(n)
	case "pages":
		pages(os.Args[2])
	case "garbage":
		garbage(n)
	}
}
