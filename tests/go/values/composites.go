// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Structs, arrays and slices in one another.

package main

type point struct{ X, Y int }

type person struct {
	Name string
	Age  uint8
	At   point
	Tags []string
}

type padded struct {
	A int8
	B int64
	C bool
	D uint16
	E string
	F byte
}

type blanks struct {
	A int32
	_ int16
	B uint8
	_ [3]byte
	C int64
}

type hollow struct {
	A int
	B struct{}
	C [0]string
	D string
	E struct{}
}

type floating struct {
	A float32
	B int
	C [1]float64
	D complex128
}

type nest struct {
	In struct {
		Deep struct {
			V uint32
			W [2]struct{ S string }
		}
		S string
	}
	P point
	Q []struct{ A, B int16 }
}

type embeds struct {
	point
	*person
	Own bool
}

type bigStruct struct {
	Head  int
	Words [40]int64
	Tail  string
}

type huge struct {
	Head int
	Data [6000]byte
	Tail string
}

type tree []tree

func valPoint(a point) (r point)                              { return a }
func valPerson(a person) (r person, s string)                 { return a, a.Name }
func valPadded(a padded) padded                               { return a }
func valBlanks(a blanks) (r blanks)                           { return a }
func valHollow(a hollow, b int) (r hollow)                    { return a }
func valFloating(a floating) (r floating)                     { return a }
func valNest(a nest) nest                                     { return a }
func valEmbeds(a embeds) embeds                               { return a }
func valBig(a bigStruct, b int) (r bigStruct)                 { return a }
func valHuge(a huge, b int) int                               { return b }
func valAnonymous(a struct{ A, B string }, b struct{}) string { return a.B }
func valArrays(a [3]int, b [2][2]string, c [1]bool, d [0]int) (r [2][2]string, s [3]int) {
	return b, a
}
func valLongArray(a [20]int16) (r [20]int16)                { return a }
func valArrayStructs(a [2]person) (r [2]person)             { return a }
func valBytes1(a []byte) (r []byte)                         { return a }
func valInts(a []int) []int                                 { return a }
func valStrings(a []string) []string                        { return a }
func valBools(a []bool) []bool                              { return a }
func valFloatSlice(a []float64, b []complex64) []float64    { return a }
func valSlices(a [][]int) [][]int                           { return a }
func valSlices3(a [][][]string) (r [][][]string)            { return a }
func valStructSlice(a []person) []person                    { return a }
func valNestSlice(a []nest) []nest                          { return a }
func valEmptySlice(a []struct{}, b [][0]int) (r []struct{}) { return a }
func valArraySlice(a [][2]string, b [2][]int) [2][]int      { return b }
func valTree(a tree) tree                                   { return a }

func tryComposites() {
	each(valPoint, point{}, point{1, -2}, point{1 << 62, -1 << 63})
	each(valPerson, person{}, person{"Ada", 36, point{1, 2}, []string{"math", "", "engine"}},
		person{"Nul", 1, point{}, []string{}})
	each(valPadded, padded{}, padded{-1, 1 << 40, true, 65535, "padded", 'f'})
	each(valBlanks, blanks{}, blanks{A: -1, B: 255, C: -1})
	try(valHollow, hollow{A: 1, D: "d"}, 5)
	each(valFloating, floating{}, floating{1.5, 2, [1]float64{3.25}, 4 - 5i})
	n := nest{P: point{3, 4}}
	n.In.S, n.In.Deep.V, n.In.Deep.W[1].S = "s", 77, "deep"
	n.Q = []struct{ A, B int16 }{{1, 2}, {-3, -4}}
	each(valNest, nest{}, n)
	each(valEmbeds, embeds{}, embeds{point{1, 2}, &person{Name: "embedded", Tags: []string{"t"}}, true})
	b := bigStruct{Head: 1, Tail: "tail"}
	for i := range b.Words {
		b.Words[i] = int64(-i)
	}
	try(valBig, b, 2)
	big(valHuge, huge{Head: 3, Tail: "beyond"}, 9)
	try(valAnonymous, struct{ A, B string }{"anonymous", "struct"}, nil)
	try(valArrays, [3]int{1, 2, 3}, [2][2]string{{"a", "b"}, {"", "d"}}, [1]bool{true}, nil)
	var long [20]int16
	for i := range long {
		long[i] = int16(100 * i)
	}
	try(valLongArray, long)
	try(valArrayStructs, [2]person{{Name: "one", Tags: []string{"1"}}, {Name: "two"}})
	trySlices(n)
}

func trySlices(n nest) {
	each(valBytes1, nil, []byte{}, []byte("bytes"), make([]byte, 3, 100), []byte("0123456789abcdef"))
	each(valInts, nil, []int{}, []int{1}, []int{1, 2, 3, 4, 5, 6, 7, 8}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, make([]int, 1000))
	each(valInts, []int{1, 2, 3, 4, 5}[1:3], []int{1, 2, 3, 4, 5}[5:], []int{1, 2, 3}[:0:1])
	each(valStrings, nil, []string{""}, []string{"a", "", "ccc"}, make([]string, 20))
	each(valBools, []bool{true, false, true}, []bool{})
	try(valFloatSlice, []float64{1.5, -2.25, 0}, []complex64{1 + 2i})
	each(valSlices, nil, [][]int{nil, {}, {1}, {1, 2, 3}}, [][]int{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}})
	each(valSlices3, [][][]string{{{"a", "b"}, nil}, nil, {{}, {"c"}}})
	each(valStructSlice, []person{{Name: "x", Age: 1, Tags: []string{"p", "q"}}, {}, {Name: "z"}})
	each(valNestSlice, []nest{n, {}})
	try(valEmptySlice, make([]struct{}, 3), make([][0]int, 12))
	try(valEmptySlice, nil, [][0]int{})
	try(valArraySlice, [][2]string{{"a", "b"}, {"c", "d"}}, [2][]int{{1}, nil})
	for _, t := range []tree{nil, {}, {nil, {}, {{}}}} {
		big(valTree, t)
	}
}
