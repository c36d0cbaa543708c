// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Interfaces: nil, holding a nil pointer, holding anything.

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strconv"
	"syscall"
	"time"
)

func valAny(a interface{}) interface{}                        { return a }
func valError(a error) error                                  { return a }
func valStringer(a fmt.Stringer, b int) (r fmt.Stringer)      { return a }
func valAnys(a []interface{}) []interface{}                   { return a }
func valPtrAny(a *interface{}, b struct{ E error }) (r error) { return b.E }
func valNamedFace(a face) (r face)                            { return a }

type face interface{ OnNil() bool }

func (a valCounter) String() string { return a.Name }

func tryInterfaces() {
	n, s, p := 3, "boxed", point{1, 2}
	var none *valNil
	each(valAny, nil, 42, 300, -1, true, "text", "", 1.5, p, &p, &n, []int{1, 2}, map[string]int{"a": 1},
		[2]string{"x", "y"}, &s, struct{}{}, none, valSmall(3), int8(-5), uint16(7), func() {}, make(chan int, 2),
		person{Name: "in a box", Tags: []string{"t"}}, &person{}, [1]*int{&n}, struct{ P *point }{&p}, (*int)(nil))
	each(valError, nil, errors.New("plain"), fmt.Errorf("formatted %d", n))
	try(valStringer, valCounter{1, "by value"}, 1)
	try(valStringer, &valCounter{2, "by pointer"}, 2)
	try(valStringer, nil, 3)
	each(valAnys, nil, []interface{}{}, []interface{}{nil, 1, "x", &n, none})
	var holder interface{} = &p
	try(valPtrAny, &holder, struct{ E error }{errors.New("in a struct")})
	try(valPtrAny, nil, struct{ E error }{})
	each(valNamedFace, nil, none, &valNil{})
	tryNested()
	tryErrors()
}

// Interfaces inside of what interfaces hold.
type boxes struct {
	Any  interface{}
	Err  error
	More []interface{}
	In   struct{ Deep [2]fmt.Stringer }
	Next *boxes
}

type chain interface{ next() chain }
type ringLink struct {
	Name string
	To   chain
}
type directLink struct{ to *ringLink }

func (a ringLink) next() chain   { return a.To }
func (a directLink) next() chain { return a.to }

func valBoxes(a boxes, b *boxes, c interface{}) (r interface{}, s *boxes) { return a, b }
func valFaces(a chain, b []chain) (r chain, s [2]chain)                   { return a, [2]chain{nil, a} }
func valMany(a, b, c, d interface{}, e ...interface{}) (r, s error)       { return nil, errors.New("many") }
func valPtrBoxes(a **interface{}, b *[]error) (r map[string]interface{})  { return nil }

func tryNested() {
	n := 7
	deep := boxes{Any: 1, Err: errors.New("deep"), More: []interface{}{"x", 2, nil, &n}}
	deep.In.Deep[1] = &valCounter{3, "three"}
	deep.Next = &boxes{Any: deep, More: []interface{}{[]interface{}{[]interface{}{1}}}}
	deep.Next.In.Deep[0] = valCounter{4, "four"}
	big(valBoxes, deep, &deep, deep)
	big(valBoxes, boxes{Any: boxes{Any: boxes{Any: boxes{Any: boxes{Any: 5}}}}}, (*boxes)(nil), &deep)
	ring := &ringLink{Name: "ring"}
	ring.To = ring
	list := ringLink{"a", &ringLink{"b", ringLink{"c", directLink{ring}}}}
	each(valFace, nil, ring, list, &list, directLink{ring}, directLink{})
	try(valFaces, list, []chain{ring, nil, list, &list})
	try(valMany, int64(1)<<40, "s", point{1, 2}, &point{3, 4}, nil, 1, "two", []string{"three"})
	var boxed interface{} = deep
	p := &boxed
	try(valPtrBoxes, &p, &[]error{errors.New("one"), nil, fmt.Errorf("two: %w", errors.New("inner"))})
}

func valFace(a chain) chain { return a }

// Errors of the standard library, and some of one's own.
type code uint32
type fields struct {
	Code  int
	Op    string
	Inner error
}
type emptyError struct{}

func (a code) Error() string       { return "code" }
func (a *fields) Error() string    { return a.Op }
func (a emptyError) Error() string { return "" }

func tryErrors() {
	_, open := os.Open("/nonexistent/file")
	_, number := strconv.Atoi("12x")
	own := &fields{3, "own", &fields{4, "inner", code(5)}}
	each(valError, open, number, own, own.Inner, code(6), emptyError{}, (*fields)(nil),
		os.NewSyscallError("read", syscall.EAGAIN), syscall.EPERM, fmt.Errorf("wrapped: %w", own), io.EOF)
	each(valAny, 1500*time.Millisecond, time.Unix(1, 2).UTC(), time.March, net.IPv4(192, 0, 2, 1),
		net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.IPMask{255, 0, 0, 0}}, reflect.TypeOf, json.RawMessage("[1]"))
}
