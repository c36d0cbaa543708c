// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Calls by reflection, and the line that announces them:
//
//	{"func":"main.valInt","goid":1,"args":[{"name":"a","type":"int","value":5}],
//	 "results":[{"name":"r","type":"int","value":5}]}
//
// Values are spelled as in render.go. Arguments are laid out in variables of the parameters' types first,
// so that the data word of an interface and everything behind a pointer is the one the function sees.

package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// What was passed stays alive, so that no address is used twice.
var keep []interface{}

// call is how a call differs from a plain one.
type call struct {
	fn    string // its name, where that is not the one of the function value
	dict  bool   // generic: one integer register holds the dictionary
	big   bool   // more than a record holds: values may be cut, never wrong
	blank bool   // has parameters without a name, of which Go before 1.22 does not tell
}

// try calls a function with the arguments, or nil for the zero value of a parameter, and returns its results.
func try(f interface{}, args ...interface{}) []interface{} {
	return call{}.try(f, args...)
}

// each calls a function of one parameter with one value after the other.
func each(f interface{}, values ...interface{}) {
	for _, v := range values {
		try(f, v)
	}
}

// big is for values larger than the limits of a record.
func big(f interface{}, args ...interface{}) {
	call{big: true}.try(f, args...)
}

func (c call) try(f interface{}, args ...interface{}) (results []interface{}) {
	v := reflect.ValueOf(f)
	if c.fn == "" {
		c.fn = runtime.FuncForPC(v.Pointer()).Name()
	}
	in := make([]reflect.Value, v.Type().NumIn())
	for i := range in {
		in[i] = variable(v.Type().In(i), args[i])
	}
	var line strings.Builder
	fmt.Fprintf(&line, `{"func":%q,"goid":%d,"generic":%t,"big":%t,"blank":%t,"old":%t,"args":`,
		c.fn, goid(), c.dict, c.big, c.blank, minorVersion() < 22)
	c.list(&line, in, "abcdefghijklmnopq", newRegisters(false, c.dict))
	var out []reflect.Value
	if v.Type().IsVariadic() {
		out = v.CallSlice(in)
	} else {
		out = v.Call(in)
	}
	for i := range out {
		out[i] = variable(out[i].Type(), out[i])
		results = append(results, out[i].Interface())
	}
	line.WriteString(`,"results":`)
	c.list(&line, out, "rstuvwxyz", newRegisters(false, false))
	line.WriteString("}\n")
	os.Stdout.WriteString(line.String())
	return results
}

func variable(t reflect.Type, value interface{}) reflect.Value {
	p := reflect.New(t)
	keep = append(keep, p.Interface())
	v, ok := value.(reflect.Value)
	if !ok && value != nil {
		v = reflect.ValueOf(value)
	}
	if v.IsValid() && !v.Type().AssignableTo(t) {
		v = v.Convert(t)
	}
	if v.IsValid() {
		p.Elem().Set(v)
	}
	return p.Elem()
}

func (c call) list(line *strings.Builder, values []reflect.Value, names string, regs *registers) {
	line.WriteString("[")
	for i, v := range values {
		if i > 0 {
			line.WriteString(",")
		}
		write(line, names[i:i+1], v, renderer{reg: regs.assign(v.Type()), shape: c.dict})
	}
	line.WriteString("]")
}

func write(line *strings.Builder, name string, v reflect.Value, r renderer) {
	r.value(v.Type(), unsafe.Pointer(v.UnsafeAddr()), show.depth)
	fmt.Fprintf(line, `{"name":%q,"type":%q,"value":%s}`, name, typeName(v.Type()), r.out.String())
}
