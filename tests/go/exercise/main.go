// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Exercise is the program Go tracers are judged by: an HTTP server on the loopback interface and
// a client in the same process, which makes COUNT requests (default 5000) to it, one after the
// other over a kept-alive connection. The handler calls traceMe(i, w) once per request, with i
// counting from 0. It prints one line and exits 0 when every answer was the expected one.
//
//	exercise [COUNT]
//
// It builds with Go 1.15 and newer.
package main

import (
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"os"
	"strconv"
)

//go:noinline
func traceMe(i int, w io.Writer) {
	fmt.Fprintf(w, "hello %d\n", i)
}

func handle(w http.ResponseWriter, req *http.Request) {
	i, err := strconv.Atoi(req.URL.Query().Get("i"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	traceMe(i, w)
}

func request(client *http.Client, url string, i int) error {
	resp, err := client.Get(url + "?i=" + strconv.Itoa(i))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := ioutil.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("hello %d\n", i); string(body) != want {
		return fmt.Errorf("request %d: answer %q, not %q", i, body, want)
	}
	return nil
}

func run(count int) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(handle))

	client := &http.Client{Transport: &http.Transport{}}
	url := "http://" + listener.Addr().String() + "/"
	for i := 0; i < count; i++ {
		if err := request(client, url, i); err != nil {
			return err
		}
	}
	fmt.Printf("exercise: %d requests answered\n", count)
	return nil
}

func main() {
	count := 5000
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil || n < 0 || len(os.Args) > 2 {
			fmt.Fprintln(os.Stderr, "usage: exercise [COUNT]")
			os.Exit(2)
		}
		count = n
	}
	if err := run(count); err != nil {
		fmt.Fprintln(os.Stderr, "exercise:", err)
		os.Exit(1)
	}
}
