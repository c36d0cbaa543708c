// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Rendering of any Go value into the JSON that a trace shows for it: an implementation of the
// documented value forms that shares nothing with the tracer's. It goes by reflect.Type and the
// address of the value, never by copies, because the data word of an interface and the address of
// a pointee have to be those of the very value that is passed.
//
// Where a trace has a choice the expected line says so with keys that start with "$", which are no
// Go names; compare.py knows them:
//
//	{"$float":1.5,"bits":64,"reg":true}   a float; reg: it travels in a register
//	{"$complex":[re,im]}                  two of them
//	{"$map":{…},"shown":8}                a map with all its entries, of which so many are shown
//	{"$alt":[…]}                          any of these

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"unsafe"
)

// The limits of the trace; these are those it has when nothing else is asked for.
var show = struct{ depth, elems, strlen int }{1, 8, 64}

type renderer struct {
	out   strings.Builder
	reg   bool // floats outside of anything followed are in registers
	held  bool // behind an interface: a trace does not read the entries of maps there
	shape bool // a pointer may have a type parameter's type: it need not be followed
}

func at(p unsafe.Pointer, offset uintptr) unsafe.Pointer {
	return unsafe.Pointer(uintptr(p) + offset)
}

func word(p unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(p)
}

func (r *renderer) print(format string, args ...interface{}) {
	fmt.Fprintf(&r.out, format, args...)
}

func (r *renderer) hex(p unsafe.Pointer) {
	r.print(`"0x%x"`, uintptr(p))
}

func (r *renderer) value(t reflect.Type, p unsafe.Pointer, depth int) {
	v := reflect.NewAt(t, p).Elem()
	switch t.Kind() {
	case reflect.Bool:
		r.print("%t", v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		r.print("%d", v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		r.print("%d", v.Uint())
	case reflect.Float32, reflect.Float64:
		r.float(v.Float(), t.Bits())
	case reflect.Complex64, reflect.Complex128:
		r.print(`{"$complex":[`)
		r.float(real(v.Complex()), t.Bits()/2)
		r.print(",")
		r.float(imag(v.Complex()), t.Bits()/2)
		r.print("]}")
	case reflect.String:
		r.string(v.String())
	case reflect.Struct:
		r.structure(t, p, depth)
	case reflect.Array:
		r.array(t, p, depth)
	case reflect.Slice:
		r.slice(t, p, v.Cap(), depth)
	case reflect.Ptr:
		r.pointer(t, p, depth)
	case reflect.Interface:
		r.iface(v, p, depth)
	case reflect.Map:
		r.mapping(t, v, p, depth)
	default:
		r.reference(v, p)
	}
}

func (r *renderer) float(f float64, bits int) {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		text = strconv.Quote(text)
	}
	r.print(`{"$float":%s,"bits":%d,"reg":%t}`, text, bits, r.reg)
}

func (r *renderer) string(s string) {
	cut := s
	if len(s) > show.strlen {
		cut = s[:show.strlen]
	}
	text, err := json.Marshal(cut)
	if err != nil {
		panic(err)
	}
	if len(s) > len(cut) {
		r.print(`{"string":%s,"len":%d}`, text, len(s))
	} else {
		r.print("%s", text)
	}
}

func (r *renderer) structure(t reflect.Type, p unsafe.Pointer, depth int) {
	r.print("{")
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if i > 0 {
			r.print(",")
		}
		r.print("%q:", f.Name)
		r.value(f.Type, at(p, f.Offset), depth)
	}
	r.print("}")
}

func (r *renderer) elems(t reflect.Type, p unsafe.Pointer, count, depth int) {
	if count > show.elems {
		count = show.elems
	}
	r.print("[")
	for i := 0; i < count; i++ {
		if i > 0 {
			r.print(",")
		}
		r.value(t, at(p, uintptr(i)*t.Size()), depth)
	}
	r.print("]")
}

func (r *renderer) array(t reflect.Type, p unsafe.Pointer, depth int) {
	if t.Len() <= show.elems {
		r.elems(t.Elem(), p, t.Len(), depth)
		return
	}
	r.print(`{"len":%d,"elems":`, t.Len())
	r.elems(t.Elem(), p, t.Len(), depth)
	r.print("}")
}

// What lies behind a pointer is in memory: its floats can be read.
func (r *renderer) behind(f func()) {
	reg := r.reg
	r.reg = false
	f()
	r.reg = reg
}

func (r *renderer) slice(t reflect.Type, p unsafe.Pointer, capacity, depth int) {
	data, length := word(p), *(*int)(at(p, unsafe.Sizeof(p)))
	if data == nil {
		r.print("null")
		return
	}
	r.print(`{"len":%d,"cap":%d,"elems":`, length, capacity)
	r.behind(func() { r.elems(t.Elem(), data, length, depth) })
	r.print("}")
}

func (r *renderer) pointer(t reflect.Type, p unsafe.Pointer, depth int) {
	target := word(p)
	if target == nil {
		r.print("null")
		return
	}
	if depth == 0 {
		r.hex(target)
		return
	}
	if r.shape {
		r.print(`{"$alt":["0x%x",`, uintptr(target))
	}
	r.print(`{"ptr":"0x%x","value":`, uintptr(target))
	r.behind(func() { r.value(t.Elem(), target, depth-1) })
	r.print("}")
	if r.shape {
		r.print("]}")
	}
}

// Whether an interface holds values of a type in its data word itself, as reflect sees it: the
// third word of a reflect.Value has flagIndir (1<<7 since Go 1.5) where it does not.
func isDirect(t reflect.Type) bool {
	v := reflect.Zero(t)
	return (*[3]uintptr)(unsafe.Pointer(&v))[2]&(1<<7) == 0
}

func (r *renderer) iface(v reflect.Value, p unsafe.Pointer, depth int) {
	if v.IsNil() {
		r.print("null")
		return
	}
	dynamic := v.Elem().Type()
	slot := at(p, unsafe.Sizeof(p))
	data := word(slot)
	r.print(`{"type":%q,"value":`, typeName(dynamic))
	if depth == 0 {
		r.hex(data)
	} else {
		where := data
		if isDirect(dynamic) {
			where = slot
		}
		held := r.held
		r.held = true
		r.behind(func() { r.value(dynamic, where, depth-1) })
		r.held = held
	}
	r.print("}")
}

// A key or element of a map, where a trace shows it: what reflect hands out is a copy, with the
// same words in it.
func (r *renderer) copied(v reflect.Value, depth int) {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	r.value(v.Type(), unsafe.Pointer(p.Pointer()), depth)
}

// All entries, in any order; the trace shows some of them.
func (r *renderer) mapping(t reflect.Type, v reflect.Value, p unsafe.Pointer, depth int) {
	if v.IsNil() {
		r.print("null")
		return
	}
	if depth == 0 || r.held {
		r.print(`{"len":%d,"ptr":"0x%x"}`, v.Len(), uintptr(word(p)))
		return
	}
	shown := v.Len()
	if shown > show.elems {
		shown = show.elems
	}
	r.print(`{"$map":{"len":%d,"ptr":"0x%x","entries":[`, v.Len(), uintptr(word(p)))
	r.behind(func() {
		for i, iter := 0, v.MapRange(); iter.Next(); i++ {
			if i > 0 {
				r.print(",")
			}
			r.print("[")
			r.copied(iter.Key(), depth-1)
			r.print(",")
			r.copied(iter.Value(), depth-1)
			r.print("]")
		}
	})
	r.print(`]},"shown":%d}`, shown)
}

// Channels, functions, unsafe.Pointer: one word each.
func (r *renderer) reference(v reflect.Value, p unsafe.Pointer) {
	target := word(p)
	if target == nil {
		r.print("null")
		return
	}
	switch v.Kind() {
	case reflect.Chan:
		r.print(`{"ptr":"0x%x","len":%d,"cap":%d}`, uintptr(target), v.Len(), v.Cap())
	case reflect.Func:
		code := *(*uintptr)(target)
		r.print(`{"ptr":"0x%x","func":%q}`, uintptr(target), runtime.FuncForPC(code).Name())
	case reflect.UnsafePointer:
		r.hex(target)
	default:
		panic("zoo: no rendering of " + v.Type().String())
	}
}

// Go's full spelling of a type, with the whole package path.
func typeName(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() != "" {
			return t.PkgPath() + "." + t.Name()
		}
		if t.Kind() == reflect.UnsafePointer {
			return "unsafe.Pointer"
		}
		return t.Name()
	}
	switch t.Kind() {
	case reflect.Ptr:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), typeName(t.Elem()))
	case reflect.Map:
		return fmt.Sprintf("map[%s]%s", typeName(t.Key()), typeName(t.Elem()))
	case reflect.Chan:
		return chanName(t)
	case reflect.Func:
		return "func" + signature(t)
	case reflect.Interface:
		return interfaceName(t)
	case reflect.Struct:
		return structName(t)
	}
	panic("zoo: no name for " + t.String())
}

func chanName(t reflect.Type) string {
	elem := typeName(t.Elem())
	switch {
	case t.ChanDir() == reflect.SendDir:
		return "chan<- " + elem
	case t.ChanDir() == reflect.RecvDir:
		return "<-chan " + elem
	case strings.HasPrefix(elem, "<-"):
		return "chan (" + elem + ")"
	}
	return "chan " + elem
}

func signature(t reflect.Type) string {
	var in, out []string
	for i := 0; i < t.NumIn(); i++ {
		name := typeName(t.In(i))
		if t.IsVariadic() && i == t.NumIn()-1 {
			name = "..." + strings.TrimPrefix(name, "[]")
		}
		in = append(in, name)
	}
	for i := 0; i < t.NumOut(); i++ {
		out = append(out, typeName(t.Out(i)))
	}
	text := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return text
	case 1:
		return text + " " + out[0]
	}
	return text + " (" + strings.Join(out, ", ") + ")"
}

func interfaceName(t reflect.Type) string {
	if t.NumMethod() == 0 {
		return "interface {}"
	}
	var methods []string
	for i := 0; i < t.NumMethod(); i++ {
		methods = append(methods, t.Method(i).Name+signature(t.Method(i).Type))
	}
	return "interface { " + strings.Join(methods, "; ") + " }"
}

func structName(t reflect.Type) string {
	if t.NumField() == 0 {
		return "struct {}"
	}
	var fields []string
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		text := typeName(f.Type)
		if !f.Anonymous {
			text = f.Name + " " + text
		}
		if f.Tag != "" {
			text += " " + strconv.Quote(string(f.Tag))
		}
		fields = append(fields, text)
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}
