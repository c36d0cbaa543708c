// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Methods, called as the functions they are: the receiver is the parameter a.

package main

type valCounter struct {
	N    int
	Name string
}

func (a valCounter) Get() int { return a.N }
func (a valCounter) With(b string) valCounter {
	a.Name = b
	return a
}
func (a *valCounter) Add(b int, c ...int) (r *valCounter) { return a }
func (a *valCounter) Reset()                              { sink = a }
func (a *valCounter) Wide(b, c, d string, e []byte) (r []byte, s error) {
	return e, nil
}

type valSmall uint8

func (a valSmall) Next() valSmall  { return a + 1 }
func (a *valSmall) Set(b valSmall) { sink = a }

type valList []string

func (a valList) Len() int           { return len(a) }
func (a *valList) Push(b string) int { return len(*a) }

type valTable map[string]int

func (a valTable) Lookup(b string) (r int, s bool) { r, s = a[b]; return }

type valAction func(int) string

func (a valAction) Do(b int) string { return "done" }

type valNode struct {
	Kids []*valNode
	Up   *valNode
	Data interface{}
}

func (a *valNode) Depth() (r int) { return len(a.Kids) }

type valNil struct{}

func (a *valNil) OnNil() bool  { return a == nil }
func (a valNil) Empty() valNil { return a }

var sink interface{}

func tryMethods() {
	c := valCounter{7, "counter"}
	each(valCounter.Get, valCounter{}, c, valCounter{-1, ""})
	try(valCounter.With, c, "renamed")
	try((*valCounter).Add, &c, 1, []int{2, 3})
	try((*valCounter).Add, nil, 1, nil)
	each((*valCounter).Reset, nil, &c)
	try((*valCounter).Wide, &c, "b", "c", "d", []byte("e"))
	s := valSmall(254)
	each(valSmall.Next, 0, s)
	try((*valSmall).Set, &s, 3)
	l := valList{"a", "b"}
	each(valList.Len, nil, l)
	try((*valList).Push, &l, "c")
	try(valTable.Lookup, map[string]int{"k": 1}, "k")
	try(valTable.Lookup, nil, "k")
	try(valAction.Do, nil, 5)
	root := &valNode{}
	root.Kids = []*valNode{{Up: root}, {Up: root, Kids: []*valNode{{}}}}
	for _, n := range []*valNode{{}, root, root.Kids[1]} {
		big((*valNode).Depth, n)
	}
	each((*valNil).OnNil, nil, &valNil{})
	try(valNil.Empty, valNil{})
}
