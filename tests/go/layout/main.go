// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Layout prints the types of this program as Go's own reflection sees them, one JSON object a line: those of
// the list below and all that are reached from them through fields, elements, parameters and methods.
// It builds with Go 1.15 and newer; newer language features are in files with a build tag.
package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"log"
	"math/big"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"text/tabwriter"
	"text/template"
	"time"
	"unsafe"
)

type field struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"`
	Offset   uintptr `json:"offset"`
	Size     uintptr `json:"size"`
	Embedded bool    `json:"embedded"`
}

type method struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type layout struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Size     uintptr  `json:"size"`
	Align    int      `json:"align"`
	Fields   []field  `json:"fields,omitempty"`
	Elem     string   `json:"elem,omitempty"`
	Key      string   `json:"key,omitempty"`
	Len      int      `json:"len,omitempty"`
	In       []string `json:"in,omitempty"`
	Out      []string `json:"out,omitempty"`
	Variadic bool     `json:"variadic,omitempty"`
	Methods  []method `json:"methods,omitempty"`
}

// ---- types with something to see

type holes struct {
	a bool
	b int64
	c uint16
	d [3]byte
	e uint32
	f bool
}

type zeroTail struct {
	n    int32
	tail struct{}
}

type empty struct{}

type blanks struct {
	_ int32
	a int8
	_ [5]byte
	b *blanks
	_ struct{}
}

type base struct{ X, y int }

type Named int32

type outer struct {
	base
	*zeroTail
	Named
	fmt.Stringer
	error
	sync.Mutex
	name string `json:"name" other:"a\"b\\c"`
}

type callbacks struct {
	plain    func()
	variadic func(string, ...interface{}) (int, error)
	many     func(a, b int8, c float32, d complex128, e *outer) (x, y string, z map[string][]*holes)
	nested   func(func(int) bool) func() func()
}

type shapes struct {
	both   chan int
	in     chan<- string
	out    <-chan struct{}
	nested chan (<-chan int)
	table  map[Named]map[[2]string][]interface{}
	grid   [3][4]holes
	raw    unsafe.Pointer
	f32    float32
	c64    complex64
	small  [0]int64
	any    interface{}
	speak  speaker
}

type speaker interface {
	fmt.Stringer
	Speak(loud bool, words ...string) (n int, err error)
	hidden(*outer) []speaker
}

func (o *outer) Speak(loud bool, words ...string) (int, error) { return len(words), nil }
func (o *outer) hidden(*outer) []speaker                       { return nil }
func (o *outer) String() string                                { return o.name }
func (n Named) String() string                                 { return "named" }

var roots = []interface{}{
	holes{}, zeroTail{}, empty{}, blanks{}, outer{}, callbacks{}, shapes{}, speaker(nil), (*speaker)(nil),
	time.Time{}, time.Timer{}, os.File{}, bufio.ReadWriter{}, json.Decoder{}, template.Template{},
	reflect.StructField{}, strings.Builder{}, sync.Pool{}, errors.New(""), fmt.Errorf("%w", os.ErrClosed),
	&os.PathError{}, os.Stdout, ast.File{}, xml.Decoder{}, flag.FlagSet{}, log.Logger{}, big.Rat{}, url.URL{},
	regexp.Regexp{}, runtime.MemStats{}, tabwriter.Writer{},
}

// ---- names as the linker spells them

// False: it has a part, such as a struct literal, whose spelling is not put together here.
func fullName(t reflect.Type) (string, bool) {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name(), t.Kind() != reflect.UnsafePointer
		}
		return t.PkgPath() + "." + t.Name(), !strings.Contains(t.Name(), "[")
	}
	prefix := ""
	switch t.Kind() {
	case reflect.Ptr:
		prefix = "*"
	case reflect.Slice:
		prefix = "[]"
	case reflect.Array:
		prefix = fmt.Sprintf("[%d]", t.Len())
	case reflect.Map:
		key, ok := fullName(t.Key())
		if !ok {
			return "", false
		}
		prefix = "map[" + key + "]"
	case reflect.Chan:
		return chanName(t)
	case reflect.Func:
		return funcName(t)
	case reflect.Interface:
		return "interface {}", t.NumMethod() == 0
	default:
		return "", false
	}
	elem, ok := fullName(t.Elem())
	return prefix + elem, ok
}

func chanName(t reflect.Type) (string, bool) {
	elem, ok := fullName(t.Elem())
	switch t.ChanDir() {
	case reflect.RecvDir:
		return "<-chan " + elem, ok
	case reflect.SendDir:
		return "chan<- " + elem, ok
	}
	if strings.HasPrefix(elem, "<-") {
		elem = "(" + elem + ")"
	}
	return "chan " + elem, ok
}

func funcName(t reflect.Type) (string, bool) {
	in, okIn := names(t.NumIn(), t.In)
	out, okOut := names(t.NumOut(), t.Out)
	if t.IsVariadic() {
		last := len(in) - 1
		in[last] = "..." + strings.TrimPrefix(in[last], "[]")
	}
	results := strings.Join(out, ", ")
	if len(out) > 1 {
		results = "(" + results + ")"
	}
	if len(out) > 0 {
		results = " " + results
	}
	return "func(" + strings.Join(in, ", ") + ")" + results, okIn && okOut
}

func names(num int, at func(int) reflect.Type) ([]string, bool) {
	var list []string
	all := true
	for i := 0; i < num; i++ {
		name, ok := fullName(at(i))
		list = append(list, name)
		all = all && ok
	}
	return list, all
}

// ---- the walk

type walk struct {
	seen map[reflect.Type]bool
	todo []reflect.Type
}

func (w *walk) add(t reflect.Type) {
	if t != nil && !w.seen[t] {
		w.seen[t] = true
		w.todo = append(w.todo, t)
	}
}

// A part's name: empty where fullName cannot tell.
func (w *walk) part(t reflect.Type) string {
	w.add(t)
	name, ok := fullName(t)
	if !ok {
		return ""
	}
	return name
}

func (w *walk) layout(t reflect.Type) layout {
	name, _ := fullName(t)
	l := layout{Name: name, Kind: t.Kind().String(), Size: t.Size(), Align: t.Align()}
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			l.Fields = append(l.Fields, field{f.Name, w.part(f.Type), f.Offset, f.Type.Size(), f.Anonymous})
		}
	case reflect.Map:
		l.Key = w.part(t.Key())
		l.Elem = w.part(t.Elem())
	case reflect.Array:
		l.Len = t.Len()
		l.Elem = w.part(t.Elem())
	case reflect.Ptr, reflect.Slice, reflect.Chan:
		l.Elem = w.part(t.Elem())
	case reflect.Func:
		l.Variadic = t.IsVariadic()
		for i := 0; i < t.NumIn(); i++ {
			l.In = append(l.In, w.part(t.In(i)))
		}
		for i := 0; i < t.NumOut(); i++ {
			l.Out = append(l.Out, w.part(t.Out(i)))
		}
	case reflect.Interface:
		for i := 0; i < t.NumMethod(); i++ {
			m := t.Method(i)
			l.Methods = append(l.Methods, method{m.Name, w.part(m.Type)})
		}
	}
	return l
}

func main() {
	w := walk{seen: map[reflect.Type]bool{}}
	for _, r := range roots {
		w.add(reflect.TypeOf(r))
	}
	var s speaker = &outer{}
	w.add(reflect.TypeOf(s))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for len(w.todo) > 0 {
		t := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		l := w.layout(t)
		if _, ok := fullName(t); ok {
			if err := out.Encode(l); err != nil {
				panic(err)
			}
		}
	}
}
