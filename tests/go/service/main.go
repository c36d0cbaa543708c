// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Service is a web server with a client and a database of its own. It writes down what went through the standard
// library: what a trace of the library's own functions must show.
//
//	service		{"what":"http","values":["GET","/x","2"]} …
//
// It builds with Go 1.15 and newer.
package main

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

var lock sync.Mutex
var lines []string

func say(what string, values ...interface{}) {
	words := []string{}
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	line, _ := json.Marshal(map[string]interface{}{"what": what, "values": words})
	lock.Lock()
	lines = append(lines, string(line))
	lock.Unlock()
}

// ---- a database that answers every query with one row

type fake struct{}
type rows struct{ done bool }

func (fake) Open(name string) (driver.Conn, error)           { return fake{}, nil }
func (fake) Prepare(query string) (driver.Stmt, error)       { return fake{}, nil }
func (fake) Close() error                                    { return nil }
func (fake) Begin() (driver.Tx, error)                       { return nil, io.EOF }
func (fake) NumInput() int                                   { return -1 }
func (fake) Exec(args []driver.Value) (driver.Result, error) { return nil, io.EOF }
func (fake) Query(args []driver.Value) (driver.Rows, error)  { return &rows{}, nil }
func (r *rows) Columns() []string                            { return []string{"n"} }
func (r *rows) Close() error                                 { return nil }
func (r *rows) Next(dest []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done = true
	dest[0] = int64(7)
	return nil
}

type order struct {
	Items int    `json:"items"`
	Name  string `json:"name"`
}

func handler(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		say("http", req.Method, req.URL.Path, len(req.Header), req.ContentLength)
		body, _ := ioutil.ReadAll(req.Body)
		if len(body) > 0 {
			var o order
			say("json", string(body), len(body))
			if err := json.Unmarshal(body, &o); err != nil {
				w.WriteHeader(400)
			}
			query := "select " + o.Name
			say("sql", query, 2, o.Items)
			r, err := db.Query(query, o.Items, "two")
			if err == nil {
				r.Close()
			}
		}
		fmt.Fprintln(w, "done")
	}
}

func send(address string, i int) {
	method, body := []string{"GET", "POST", "PUT"}[i%3], ""
	if i%3 > 0 {
		body = `{"items":` + strconv.Itoa(i) + `,"name":"order ` + strings.Repeat("x", i) + `"}`
	}
	if i == 8 {
		body = "broken"
	}
	req, _ := http.NewRequest(method, "http://"+address+"/path/"+strconv.Itoa(i), strings.NewReader(body))
	for k := 0; k < i; k++ {
		req.Header.Set("X-Test-"+strconv.Itoa(k), "v")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ioutil.ReadAll(resp.Body)
	resp.Body.Close()
}

func main() {
	sql.Register("fake", fake{})
	db, err := sql.Open("fake", "")
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := &http.Server{Addr: "the server", Handler: handler(db)}
	go server.Serve(listener)
	say("conn", server.Addr, "tcp")
	for i := 0; i < 12; i++ {
		send(listener.Addr().String(), i)
	}
	dir, err := ioutil.TempDir("", "service")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "file")
	f, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	for i := 0; i < 5; i++ {
		text := strings.Repeat("line ", i)
		say("file", name, len(text), text)
		f.Write([]byte(text))
	}
	f.Close()
	for _, line := range lines {
		fmt.Println(line)
	}
}
