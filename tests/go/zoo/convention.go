// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Which arguments travel in registers by the rules of Go's calling convention
// (src/cmd/compile/abi-internal.md), and the number of the goroutine.

package main

import (
	"bytes"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// The number in the first line of a goroutine's own traceback: "goroutine 1 [running]:".
func goid() int {
	buf := make([]byte, 64)
	fields := bytes.Fields(buf[:runtime.Stack(buf, false)])
	n, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		panic(err)
	}
	return n
}

// registers are those still free for arguments.
type registers struct{ ints, floats int }

// The 23 of go1.23.
func minorVersion() int {
	minor, err := strconv.Atoi(strings.FieldsFunc(runtime.Version(), func(r rune) bool {
		return r < '0' || r > '9'
	})[1])
	if err != nil {
		panic(err)
	}
	return minor
}

// abi0: of a function written in assembly; dict: a dictionary comes first.
func newRegisters(abi0, dict bool) *registers {
	minor := minorVersion()
	free := registers{}
	switch {
	case abi0:
	case runtime.GOARCH == "amd64" && minor >= 17:
		free = registers{9, 15}
	case runtime.GOARCH == "arm64" && minor >= 18:
		free = registers{16, 16}
	}
	if dict {
		free.ints--
	}
	return &free
}

// assign takes the registers of one argument, all or none of them.
func (free *registers) assign(t reflect.Type) bool {
	need, ok := registersOf(t)
	if t.Size() == 0 || !ok || need.ints > free.ints || need.floats > free.floats {
		return false
	}
	free.ints -= need.ints
	free.floats -= need.floats
	return true
}

func registersOf(t reflect.Type) (need registers, ok bool) {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return registers{0, 1}, true
	case reflect.Complex64, reflect.Complex128:
		return registers{0, 2}, true
	case reflect.String, reflect.Interface:
		return registers{2, 0}, true
	case reflect.Slice:
		return registers{3, 0}, true
	case reflect.Array:
		switch t.Len() {
		case 0:
			return registers{}, true
		case 1:
			return registersOf(t.Elem())
		}
		return registers{}, false
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			field, ok := registersOf(t.Field(i).Type)
			if !ok {
				return registers{}, false
			}
			need.ints += field.ints
			need.floats += field.floats
		}
		return need, true
	}
	return registers{1, 0}, true
}
