// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Expressions calls functions and says of each call what Go itself makes of a list of expressions over its
// arguments and results: the truth that expressions evaluated in the kernel must equal.
//
//	expressions list GROUP		the group's function, then its expressions, one a line
//	expressions run GROUP		{"i":3,"values":["true","-7","panic",…]} for each call, in order
//
// The text of an expression stands beside a Go function of the same: a panic there is "panic". It builds with Go
// 1.15 and newer.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

type url struct {
	Path  string
	Query []string
}

type base struct {
	ID   int
	Tags [3]int16
}

type inner struct{ Deep uint32 }

type request struct {
	*base
	inner
	Method string
	URL    *url
	Body   []byte
	Header map[string]string
	Prev   *request
	Weight float64
	Ratio  float32
	Small  int8
	Byte   byte
	Port   uint16
	Big    uint64
	Wait   time.Duration
	Done   bool
	Queue  chan int
	Any    interface{}
	Err    error
	Far    *[1000]int64
	All    []*request
}

type opError struct {
	Op   string
	Code int
}

func (e *opError) Error() string { return e.Op }

type code int

func (c code) Error() string { return strconv.Itoa(int(c)) }

type expr struct {
	text string
	eval func() interface{}
}

var sink int

//go:noinline
func nothing() { sink++ }

//go:noinline
func handle(i int, req *request, name string, data []byte, n int64, u uint32, limit float64) int {
	nothing()
	return i + len(name) + len(data) + int(n)
}

//go:noinline
func answer(i int, key string, u uint8) (sum int64, text string, err error) {
	nothing()
	sink += int(u)
	if i%3 == 0 {
		err = &opError{"read", i}
	} else if i%3 == 1 {
		err = code(i)
	}
	return int64(i)*7 - 20, key + key, err
}

func handleExprs(i int, req *request, name string, data []byte, n int64, u uint32, limit float64) []expr {
	return []expr{
		{"i", func() interface{} { return i }},
		{"i > 4 && i < 9 || i == 11", func() interface{} { return i > 4 && i < 9 || i == 11 }},
		{"req.URL.Path", func() interface{} { return req.URL.Path }},
		{"req.URL.Path == \"/x\"", func() interface{} { return req.URL.Path == "/x" }},
		{"req.URL.Query[0]", func() interface{} { return req.URL.Query[0] }},
		{"req.URL.Query[1] < req.URL.Query[0]", func() interface{} { return req.URL.Query[1] < req.URL.Query[0] }},
		{"req.ID", func() interface{} { return req.ID }},
		{"req.base.Tags[2] - 30000", func() interface{} { return req.base.Tags[2] - 30000 }},
		{"req.Tags[1] * 3", func() interface{} { return req.Tags[1] * 3 }},
		{"req.Deep + 4294967290", func() interface{} { return req.Deep + 4294967290 }},
		{"req.inner.Deep >= 3", func() interface{} { return req.inner.Deep >= 3 }},
		{"req.Method != \"GET\"", func() interface{} { return req.Method != "GET" }},
		{"len(req.Method) + cap(req.Body)", func() interface{} { return len(req.Method) + cap(req.Body) }},
		{"len(req.Header)", func() interface{} { return len(req.Header) }},
		{"len(req.Header) * 10 > i", func() interface{} { return len(req.Header)*10 > i }},
		{"len(req.Queue) + cap(req.Queue) * 100", func() interface{} { return len(req.Queue) + cap(req.Queue)*100 }},
		{"req.Prev.Prev.Method", func() interface{} { return req.Prev.Prev.Method }},
		{"req.Prev != nil && req.Prev.Prev != nil", func() interface{} { return req.Prev != nil && req.Prev.Prev != nil }},
		{"req.Prev == req.Prev.Prev", func() interface{} { return req.Prev == req.Prev.Prev }},
		{"req.Weight > 0.5", func() interface{} { return req.Weight > 0.5 }},
		{"req.Weight != req.Weight", func() interface{} { return req.Weight != req.Weight }},
		{"req.Weight <= 0 || req.Weight >= 1e300", func() interface{} { return req.Weight <= 0 || req.Weight >= 1e300 }},
		{"-2.5 < req.Weight && req.Weight == 0", func() interface{} { return -2.5 < req.Weight && req.Weight == 0 }},
		{"req.Ratio < .1", func() interface{} { return req.Ratio < .1 }},
		{"req.Ratio == 0.1", func() interface{} { return req.Ratio == 0.1 }},
		{"req.Ratio >= -3", func() interface{} { return req.Ratio >= -3 }},
		{"req.Small - 100", func() interface{} { return req.Small - 100 }},
		{"-req.Small", func() interface{} { return -req.Small }},
		{"req.Small / -3", func() interface{} { return req.Small / -3 }},
		{"req.Small % 7", func() interface{} { return req.Small % 7 }},
		{"req.Small >> 2", func() interface{} { return req.Small >> 2 }},
		{"req.Small << 3", func() interface{} { return req.Small << 3 }},
		{"^req.Byte", func() interface{} { return ^req.Byte }},
		{"req.Byte + 200", func() interface{} { return req.Byte + 200 }},
		{"req.Byte &^ 3 | 64", func() interface{} { return req.Byte&^3 | 64 }},
		{"req.Port * req.Port", func() interface{} { return req.Port * req.Port }},
		{"req.Port / (req.Port - 3)", func() interface{} { return req.Port / (req.Port - 3) }},
		{"req.Big / 7 ^ 12345", func() interface{} { return req.Big/7 ^ 12345 }},
		{"req.Big > 1 << 63", func() interface{} { return req.Big > 1<<63 }},
		{"req.Big >> req.Byte", func() interface{} { return req.Big >> req.Byte }},
		{"n << req.Byte", func() interface{} { return n << req.Byte }},
		{"n / int64(i - 5)", func() interface{} { return n / int64(i-5) }},
		{"n % int64(i - 5)", func() interface{} { return n % int64(i-5) }},
		{"n >> uint(i) & 0xff", func() interface{} { return n >> uint(i) & 0xff }},
		{"uint8(n) > 127", func() interface{} { return uint8(n) > 127 }},
		{"int8(u) < 0 != req.Done", func() interface{} { return int8(u) < 0 != req.Done }},
		{"u % 10 == 3 || u / 10 == 4", func() interface{} { return u%10 == 3 || u/10 == 4 }},
		{"req.Wait > 1500*time.Microsecond", func() interface{} { return req.Wait > 1500*time.Microsecond }},
		{"req.Wait / time.Millisecond", func() interface{} { return req.Wait / time.Millisecond }},
		{"req.Done", func() interface{} { return req.Done }},
		{"!req.Done && req.Done == false", func() interface{} { return !req.Done && req.Done == false }},
		{"name == \"\" || name[0] == 'n'", func() interface{} { return name == "" || name[0] == 'n' }},
		{"name[3]", func() interface{} { return name[3] }},
		{"name > \"name-5\"", func() interface{} { return name > "name-5" }},
		{"name <= req.URL.Path", func() interface{} { return name <= req.URL.Path }},
		{"name == req.Method", func() interface{} { return name == req.Method }},
		{"strings.HasPrefix(req.URL.Path, \"/x\")", func() interface{} { return strings.HasPrefix(req.URL.Path, "/x") }},
		{"strings.HasSuffix(name, \"-7\")", func() interface{} { return strings.HasSuffix(name, "-7") }},
		{"strings.Contains(name, \"needle\")", func() interface{} { return strings.Contains(name, "needle") }},
		{"string(data) == \"data 4\"", func() interface{} { return string(data) == "data 4" }},
		{"string(req.Body) >= \"body 3\"", func() interface{} { return string(req.Body) >= "body 3" }},
		{"bytes.HasPrefix(data, []byte(\"data\"))", func() interface{} { return bytes.HasPrefix(data, []byte("data")) }},
		{"bytes.Contains(data, []byte(\" 1\"))", func() interface{} { return bytes.Contains(data, []byte(" 1")) }},
		{"data[5] - '0'", func() interface{} { return data[5] - '0' }},
		{"data == nil", func() interface{} { return data == nil }},
		{"req.Err != nil", func() interface{} { return req.Err != nil }},
		{"req.Err.(*opError).Op", func() interface{} { return req.Err.(*opError).Op }},
		{"req.Err.(*main.opError).Code > 4", func() interface{} { return req.Err.(*opError).Code > 4 }},
		{"req.Err.(type) == \"main.code\"", func() interface{} { _, ok := req.Err.(code); return ok }},
		{"req.Err.(main.code) + 1", func() interface{} { return int(req.Err.(code) + 1) }},
		{"req.Any.(string)", func() interface{} { return req.Any.(string) }},
		{"req.Any.(int) * 2", func() interface{} { return req.Any.(int) * 2 }},
		{"req.Any.(type) == \"*main.request\" && req.Any.(*main.request).Method == \"PUT\"", func() interface{} {
			r, ok := req.Any.(*request)
			return ok && r.Method == "PUT"
		}},
		{"req.Any.([]byte)[1]", func() interface{} { return req.Any.([]byte)[1] }},
		{"req.Any == nil", func() interface{} { return req.Any == nil }},
		{"req.Far[900]", func() interface{} { return req.Far[900] }},
		{"len(req.Far) + i", func() interface{} { return len(req.Far) + i }},
		{"req.All[2].URL.Path", func() interface{} { return req.All[2].URL.Path }},
		{"(*req).All[1].Method == \"PUT\"", func() interface{} { return (*req).All[1].Method == "PUT" }},
		{"caller == \"main.callOdd\"", func() interface{} { return i%2 == 1 }},
	}
}

func answerExprs(i int, key string, u uint8) []expr {
	sum, text, err := answer(i, key, u)
	return []expr{
		{"sum", func() interface{} { return sum }},
		{"sum + int64(i)", func() interface{} { return sum + int64(i) }},
		{"uint8(sum) == u || u > 9", func() interface{} { return uint8(sum) == u || u > 9 }},
		{"text", func() interface{} { return text }},
		{"ret1 > key", func() interface{} { return text > key }},
		{"strings.Contains(text, \"y3k\") || key == \"key4\"", func() interface{} { return strings.Contains(text, "y3k") || key == "key4" }},
		{"strings.HasSuffix(key, \"5\") || sum == 1", func() interface{} { return strings.HasSuffix(key, "5") || sum == 1 }},
		{"strings.Contains(key, \"1\") && sum > 0", func() interface{} { return strings.Contains(key, "1") && sum > 0 }},
		{"len(text) == 2 * len(key) && key[3] == '2'", func() interface{} { return len(text) == 2*len(key) && key[3] == '2' }},
		{"err != nil && i > 4", func() interface{} { return err != nil && i > 4 }},
		{"err.(*opError).Code + i", func() interface{} { return err.(*opError).Code + i }},
		{"err.(type) == \"main.code\"", func() interface{} { _, ok := err.(code); return ok }},
		{"duration >= 0 && sum / int64(i - 3) > 2", func() interface{} { return sum/int64(i-3) > 2 }},
	}
}

func word(v interface{}) string {
	switch x := v.(type) {
	case string:
		return strconv.Quote(x)
	case time.Duration:
		return strconv.FormatInt(int64(x), 10)
	}
	return fmt.Sprint(v)
}

func evaluate(e expr) (ret string) {
	defer func() {
		if recover() != nil {
			ret = "panic"
		}
	}()
	return word(e.eval())
}

func makeRequest(i int) *request {
	weights := []float64{0, math.Copysign(0, -1), 0.5, 0.75, -2.25, math.NaN(), math.Inf(1), math.Inf(-1), 1e-310}
	ratios := []float32{0.1, -3.5, 0.09, float32(math.NaN()), 0}
	req := &request{
		base: &base{ID: i * 1000, Tags: [3]int16{1, int16(i * 9000), int16(-i * 100)}}, inner: inner{uint32(i)},
		Method: []string{"GET", "PUT", ""}[i%3], URL: &url{[]string{"/x", "/", "/xyz", "/name"}[i%4], nil},
		Body: []byte("body " + strconv.Itoa(i)), Weight: weights[i%len(weights)], Ratio: ratios[i%len(ratios)],
		Small: int8(i*50 - 128), Byte: byte(i * 21), Port: uint16(i * 777 % 1000), Big: math.MaxUint64 / uint64(i+1),
		Wait: time.Duration(i) * 500 * time.Microsecond, Done: i%2 == 0,
	}
	if i%4 != 3 {
		req.URL.Query = []string{"b", "a"}[:i%4]
		req.Header = map[string]string{}
		req.Queue = make(chan int, i)
		req.Far = new([1000]int64)
		req.Far[900] = int64(i)
	}
	for k := 0; k < i && req.Header != nil; k++ {
		req.Header[strconv.Itoa(k)] = "v"
		req.Queue <- k
	}
	if i == 7 {
		req.Port, req.base = 3, nil
	}
	req.Any = []interface{}{nil, "any", i, req, []byte{1, 2, 3}, "more", int64(i), &url{}}[i%8]
	req.Err = []error{nil, &opError{"write", i}, code(i), errors.New("new")}[i%4]
	return req
}

//go:noinline
func callOdd(i int, r *request, name string, data []byte, n int64, u uint32, limit float64) {
	sink += handle(i, r, name, data, n, u, limit)
}

//go:noinline
func callEven(i int, r *request, name string, data []byte, n int64, u uint32, limit float64) {
	sink += handle(i, r, name, data, n, u, limit)
}

func say(i int, all []expr) {
	values := []string{}
	for _, e := range all {
		values = append(values, evaluate(e))
	}
	line, _ := json.Marshal(map[string]interface{}{"i": i, "values": values})
	fmt.Println(string(line))
}

func runHandle() {
	var prev *request
	for i := 0; i < 24; i++ {
		req, name := makeRequest(i), "name-"+strconv.Itoa(i)
		if i%5 == 4 {
			name = strings.Repeat("hay ", i*11) + "needle" + name
		}
		data := []byte("data " + strconv.Itoa(i))
		if i%6 == 5 {
			data, name = nil, ""
		}
		req.Prev, req.All = prev, []*request{req, prev, nil, req}[:i%4]
		if i%4 == 3 {
			req.All[2] = prev
		}
		if i == 9 {
			req.Prev.Prev = req.Prev
		}
		n, u := int64(i-12)*123456789012345, uint32(i)*11
		call := callEven
		if i%2 == 1 {
			call = callOdd
		}
		call(i, req, name, data, n, u, 0.5)
		say(i, handleExprs(i, req, name, data, n, u, 0.5))
		prev = req
	}
}

func runAnswer() {
	for i := 0; i < 12; i++ {
		say(i, answerExprs(i, "key"+strconv.Itoa(i), uint8(i*7-20)))
	}
}

func list(function string, all []expr) {
	fmt.Println(function)
	for _, e := range all {
		fmt.Println(e.text)
	}
}

func main() {
	switch strings.Join(os.Args[1:], " ") {
	case "list handle":
		list("main.handle", handleExprs(0, makeRequest(0), "", nil, 0, 0, 0))
	case "list answer":
		list("main.answer", answerExprs(0, "key", 0))
	case "run handle":
		runHandle()
	case "run answer":
		runAnswer()
	default:
		fmt.Fprintln(os.Stderr, "usage: expressions list|run handle|answer")
		os.Exit(2)
	}
}
