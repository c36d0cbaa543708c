// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Maps, in every state they can be in, and channels.

package main

import "fmt"

type wideKey struct {
	Name string
	Pad  [20]int64
}

type index map[string]index

func valMapIntInt(a map[int]int) map[int]int                                    { return a }
func valMapStrings(a map[string]string) (r map[string]string)                   { return a }
func valMapSet(a map[string]struct{}, b map[struct{}]int, c map[[0]int]bool)    {}
func valMapBools(a map[bool]int8, b map[int8]bool, c map[uint16][3]byte)        {}
func valMapStructs(a map[point]person) map[point]person                         { return a }
func valMapPointers(a map[string]*point, b map[*int]string) (r map[*int]string) { return b }
func valMapSlices(a map[int32][]string) map[int32][]string                      { return a }
func valMapMaps(a map[string]map[int]string) map[string]map[int]string          { return a }
func valMapWide(a map[wideKey]int, b map[int]wideKey) map[int]wideKey           { return b }
func valMapWideBoth(a map[[40]int32][200]byte) int                              { return len(a) }
func valMapFloats(a map[float64]float32, b map[complex64]string)                {}
func valMapIndex(a index) index                                                 { return a }
func valMapHollow(a map[int]hollow, b map[byte]padded) (r map[byte]padded)      { return b }
func valMapNone(a map[string]int, b int) (r map[string]int)                     { return nil }
func valPtrMap(a *map[string]int, b struct{ M map[int]string }) *map[string]int { return a }
func valMaps(a []map[string]int, b [2]map[int]int) []map[string]int             { return a }

func valChanInt(a chan int) chan int                                              { return a }
func valChanDirs(a <-chan string, b chan<- []byte, c chan struct{}) <-chan string { return a }
func valChanChan(a chan chan int, b []chan bool, c *chan int) (r *chan int)       { return c }

// A map of n entries after some were deleted and put back, as sizes and growth allow.
func worn(n int) map[int]int {
	m := map[int]int{}
	for i := 0; i < n; i++ {
		m[i] = i * i
	}
	for i := 0; i < n; i += 3 {
		delete(m, i)
	}
	for i := 0; i < n; i += 6 {
		m[i] = -i
	}
	return m
}

func numbered(n int) map[string]string {
	m := map[string]string{}
	for i := 0; i < n; i++ {
		m[fmt.Sprint("key ", i)] = fmt.Sprint("value ", i*i)
	}
	return m
}

func tryReferences() {
	tryMaps()
	n := 5
	each(valMapIntInt, nil, map[int]int{}, map[int]int{1: -1}, make(map[int]int, 1000))
	// Each insertion of these may leave a map in the middle of growing.
	for size := 2; size <= 64; size++ {
		try(valMapIntInt, worn(size))
	}
	each(valMapIntInt, worn(200), worn(900), worn(1025), worn(5000))
	for size := 1; size <= 20; size++ {
		try(valMapStrings, numbered(size))
	}
	each(valMapStrings, numbered(113), numbered(2000))
	emptied := numbered(100)
	for k := range emptied {
		delete(emptied, k)
	}
	try(valMapStrings, emptied)
	emptied["again"] = "one"
	try(valMapStrings, emptied)
	unbuffered, buffered, full, closed := make(chan int), make(chan int, 10), make(chan int, 2), make(chan int, 3)
	buffered <- 1
	full <- 1
	full <- 2
	closed <- 3
	close(closed)
	each(valChanInt, nil, unbuffered, buffered, full, closed)
	try(valChanDirs, make(chan string, 7), make(chan []byte, 1), make(chan struct{}, 100))
	try(valChanDirs, nil, nil, nil)
	try(valChanChan, make(chan chan int, n), []chan bool{nil, make(chan bool, 1)}, &buffered)
}

func tryMaps() {
	n, p := 5, point{1, 2}
	try(valMapSet, map[string]struct{}{"a": {}, "b": {}}, map[struct{}]int{{}: 7}, map[[0]int]bool{{}: true})
	try(valMapBools, map[bool]int8{true: 1, false: -1}, map[int8]bool{-5: true, 5: false}, map[uint16][3]byte{9: {1, 2, 3}})
	try(valMapStructs, map[point]person{{1, 2}: {Name: "one", Tags: []string{"x", ""}}, {3, 4}: {}})
	try(valMapPointers, map[string]*point{"p": &p, "nil": nil}, map[*int]string{&n: "n", nil: "nil"})
	try(valMapSlices, map[int32][]string{-1: nil, 0: {}, 1: {"a", "b"}})
	try(valMapMaps, map[string]map[int]string{"nil": nil, "empty": {}, "one": {1: "one"}})
	try(valMapWide, map[wideKey]int{{Name: "w"}: 1, {Name: "v", Pad: [20]int64{19: 5}}: 2},
		map[int]wideKey{1: {Name: "x", Pad: [20]int64{1, 2, 3}}})
	try(valMapWideBoth, map[[40]int32][200]byte{{1, 2, 3}: {4, 5, 6}, {}: {}})
	try(valMapFloats, map[float64]float32{1.5: 2.5, -0.25: 0}, map[complex64]string{1i: "i"})
	big(valMapIndex, index{"a": nil, "b": {}, "c": {"d": {"e": nil}}})
	try(valMapHollow, map[int]hollow{1: {A: 1, D: "d"}}, map[byte]padded{1: {A: -1, B: 2, C: true, E: "e"}, 255: {}})
	try(valMapNone, nil, 3)
	m := map[string]int{"x": 1, "yy": 22}
	try(valPtrMap, &m, struct{ M map[int]string }{map[int]string{1: "one"}})
	try(valPtrMap, nil, struct{ M map[int]string }{})
	try(valMaps, []map[string]int{nil, {}, m}, [2]map[int]int{{1: 1}, nil})
}
