// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Pointers to any depth, also back to where they come from.

package main

type link struct {
	Value int
	Name  string
	Next  *link
}

type branch struct {
	Left, Right *branch
	Key         string
	Values      []int
}

type owner struct {
	P    *person
	Pets []*person
	Back *owner
	Arr  [2]*point
}

type chainA struct {
	B *chainB
	N int
}

type chainB struct {
	A    *chainA
	Text string
}

type selfPointer *selfPointer

func valPtrInt(a *int) *int                          { return a }
func valPtrString(a *string) *string                 { return a }
func valPtrBool(a *bool, b *float64) *float64        { return b }
func valPtrPtr(a **int) **int                        { return a }
func valPtr5(a *****int) *****int                    { return a }
func valPtrPoint(a *point) *point                    { return a }
func valPtrPerson(a *person) *person                 { return a }
func valPtrSlice(a *[]string) *[]string              { return a }
func valPtrArray(a *[3]point) *[3]point              { return a }
func valPtrLongArray(a *[300]int) *[300]int          { return a }
func valPtrEmpty(a *struct{}, b *[0]int) (r *[0]int) { return b }
func valPtrPtrStruct(a **person) (r **person)        { return a }
func valPtrBig(a *bigStruct) *bigStruct              { return a }
func valPtrHuge(a *huge) *huge                       { return a }
func valPtrs(a []*point) []*point                    { return a }
func valPtrsPtrs(a []**point) []**point              { return a }
func valPtrArrays(a [2]*string, b *[2]*string) (r [2]*string) {
	return a
}
func valLink(a *link) *link                   { return a }
func valLinkByValue(a link) link              { return a }
func valBranch(a *branch) *branch             { return a }
func valOwner(a *owner) *owner                { return a }
func valChain(a *chainA, b chainB) *chainB    { return a.B }
func valSelf(a selfPointer) selfPointer       { return a }
func valSame(a, b *point, c []point) *point   { return a }
func valInside(a *int, b *string, c *[]int)   {}
func valPtrNest(a *nest, b *embeds) *embeds   { return b }
func valPtrFloats(a *floating) (r floating)   { return *a }
func valOutParams(a *int, b *string) (r bool) { return a != nil && b != nil }

func tryPointers() {
	n, s, f := 42, "pointed at", 2.5
	pn, p := &n, point{5, 6}
	ppn := &pn
	pppn := &ppn
	p4 := &pppn
	pp := &p
	who := person{"Bob", 7, point{8, 9}, []string{"x", "y"}}
	pwho := &who
	each(valPtrInt, nil, &n)
	each(valPtrString, nil, &s, new(string))
	try(valPtrBool, new(bool), &f)
	try(valPtrBool, nil, nil)
	each(valPtrPtr, nil, new(*int), &pn)
	each(valPtr5, nil, &p4)
	each(valPtrPoint, nil, pp)
	each(valPtrPerson, nil, pwho, &person{})
	each(valPtrSlice, nil, new([]string), &who.Tags)
	each(valPtrArray, nil, &[3]point{{1, 2}, {3, 4}, {5, 6}})
	each(valPtrLongArray, new([300]int))
	try(valPtrEmpty, &struct{}{}, &[0]int{})
	try(valPtrEmpty, nil, nil)
	each(valPtrPtrStruct, nil, new(*person), &pwho)
	each(valPtrBig, nil, &bigStruct{Head: 1, Tail: "end"})
	big(valPtrHuge, &huge{Head: 2, Tail: "far"})
	each(valPtrs, nil, []*point{}, []*point{nil, pp, nil, {1, 2}})
	each(valPtrsPtrs, []**point{nil, &pp, new(*point)})
	try(valPtrArrays, [2]*string{&s, nil}, &[2]*string{nil, &s})
	try(valSame, pp, pp, []point{p})
	try(valInside, &who.At.Y, &who.Name, nil)
	try(valPtrFloats, &floating{1.5, 2, [1]float64{3}, 4i})
	try(valOutParams, &n, &s)
	nested := nest{}
	nested.Q = make([]struct{ A, B int16 }, 2)
	try(valPtrNest, &nested, &embeds{person: pwho})
	tryCycles()
}

func tryCycles() {
	one := &link{1, "one", nil}
	two := &link{2, "two", one}
	three := &link{3, "three", two}
	ring := &link{0, "ring", nil}
	ring.Next = ring
	pair := &link{10, "ten", &link{11, "eleven", nil}}
	pair.Next.Next = pair
	each(valLink, nil, one, two, three, &link{4, "four", &link{5, "five", three}}, ring, pair)
	each(valLinkByValue, *one, *three, *ring)
	leaf := &branch{Key: "leaf", Values: []int{1, 2}}
	root := &branch{leaf, &branch{leaf, nil, "right", nil}, "root", []int{}}
	root.Right.Right = root
	each(valBranch, nil, leaf, root)
	o := &owner{P: &person{Name: "pet"}, Arr: [2]*point{nil, {1, 1}}}
	o.Pets = []*person{o.P, nil, {Name: "other", Tags: []string{"t"}}}
	o.Back = o
	for _, v := range []*owner{nil, {}, o} {
		big(valOwner, v)
	}
	a := &chainA{N: 1}
	a.B = &chainB{a, "back"}
	try(valChain, a, *a.B)
	var self selfPointer
	self = selfPointer(&self)
	each(valSelf, nil, self)
}
