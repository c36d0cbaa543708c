// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// The expected lines. Before every call the program prints
//
//	{"func":"main.zooInt","goid":1,"args":[{"name":"v","type":"int","in":"regs","value":5}]}
//
// "in" is where the argument travels by the rules of Go's calling convention
// (src/cmd/compile/abi-internal.md): it decides which floats a trace may call unavailable.

package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"unsafe"
)

type arg struct {
	name  string
	blank bool
	t     reflect.Type
	p     unsafe.Pointer
}

// What was passed stays alive, so that no address is used twice.
var keep []interface{}

// a names an argument and points at the variable that is going to be passed.
func a(name string, variable interface{}) arg {
	keep = append(keep, variable)
	v := reflect.ValueOf(variable)
	return arg{name: name, t: v.Type().Elem(), p: unsafe.Pointer(v.Pointer())}
}

// blank is a parameter without a name, or named _: older Go versions do not tell of it.
func blank(variable interface{}) arg {
	b := a("_", variable)
	b.blank = true
	return b
}

// call is what is known of a call besides its arguments.
type call struct {
	fn    string
	abi0  bool // written in assembly: everything on the stack
	dict  bool // generic: one integer register holds the dictionary
	other bool // on another goroutine than the one that prints
}

// expect prints the line of a call that follows at once on this goroutine.
func expect(fn string, args ...arg) {
	call{fn: fn}.expect(args...)
}

func (c call) expect(args ...arg) {
	var line strings.Builder
	fmt.Fprintf(&line, `{"func":%q`, c.fn)
	if !c.other {
		fmt.Fprintf(&line, `,"goid":%d`, goid())
	}
	if c.dict {
		line.WriteString(`,"shape":true`)
	}
	if c.abi0 {
		line.WriteString(`,"assembly":true`)
	}
	line.WriteString(`,"args":[`)
	regs := newRegisters(c.abi0, c.dict)
	for i, arg := range args {
		r := renderer{reg: regs.assign(arg.t), shape: c.dict}
		r.value(arg.t, arg.p, show.depth)
		if i > 0 {
			line.WriteString(",")
		}
		in := "stack"
		if r.reg {
			in = "regs"
		}
		fmt.Fprintf(&line, `{"name":%q,"type":%q,"in":%q,`, arg.name, typeName(arg.t), in)
		if arg.blank {
			line.WriteString(`"blank":true,`)
		}
		if arg.t.Size() == 0 {
			line.WriteString(`"empty":true,`)
		}
		if c.abi0 {
			fmt.Fprintf(&line, `"words":["%s"],`, strings.Join(words(nil, arg.t, arg.p), `","`))
		}
		fmt.Fprintf(&line, `"value":%s}`, r.out.String())
	}
	line.WriteString("]}\n")
	os.Stdout.WriteString(line.String())
}

// words is what lies in memory, scalar by scalar, in hexadecimal: all that a binary tells of the
// arguments of an assembly function, which has no types.
func words(list []string, t reflect.Type, p unsafe.Pointer) []string {
	at := func(offset uintptr) unsafe.Pointer { return unsafe.Pointer(uintptr(p) + offset) }
	const word = unsafe.Sizeof(uintptr(0))
	scalars := map[reflect.Kind]uintptr{reflect.String: 2, reflect.Interface: 2, reflect.Slice: 3}
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			list = words(list, t.Field(i).Type, at(t.Field(i).Offset))
		}
		return list
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			list = words(list, t.Elem(), at(uintptr(i)*t.Elem().Size()))
		}
		return list
	}
	if n := scalars[t.Kind()]; n > 0 {
		for i := uintptr(0); i < n; i++ {
			list = append(list, fmt.Sprintf("%#x", *(*uintptr)(at(i * word))))
		}
		return list
	}
	switch t.Size() {
	case 1:
		return append(list, fmt.Sprintf("%#x", *(*uint8)(p)))
	case 2:
		return append(list, fmt.Sprintf("%#x", *(*uint16)(p)))
	case 4:
		return append(list, fmt.Sprintf("%#x", *(*uint32)(p)))
	}
	return append(list, fmt.Sprintf("%#x", *(*uint64)(p)))
}
