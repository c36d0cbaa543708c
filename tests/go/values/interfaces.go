// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Interfaces: nil, holding a nil pointer, holding anything.

package main

import (
	"errors"
	"fmt"
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
}
