// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Shop is a small web service to try gosym on: it takes orders over HTTP on the loopback interface and
// knows one misbehaving customer. With -load it is its own client.
//
//	shop [-listen 127.0.0.1:0]          serve, print the address
//	shop -load http://127.0.0.1:PORT    send orders until the service is gone or -for has passed
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"log"
	"math/rand"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// Order is what a customer wants.
type Order struct {
	Customer string
	Items    int
	Express  bool
}

// Shop keeps the books.
type Shop struct {
	name   string
	orders int
}

var errTooMany = errors.New("more items than we have")

// Place books an order. It is the function to look at: who sends the large orders?
//
//go:noinline
func (s *Shop) Place(order *Order, note string, w io.Writer) error {
	s.orders++
	if order.Items > 90 {
		return errTooMany
	}
	_, err := fmt.Fprintf(w, "%s: %d items for %s%s\n", s.name, order.Items, order.Customer, note)
	return err
}

//go:noinline
func price(items int, express bool) (cents int64) {
	cents = int64(items) * 1250
	if express {
		cents += 990
	}
	return cents
}

func (s *Shop) serveOrder(w http.ResponseWriter, req *http.Request) {
	items, err := strconv.Atoi(req.FormValue("items"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	order := &Order{Customer: req.FormValue("customer"), Items: items, Express: req.FormValue("express") == "true"}
	note := fmt.Sprintf(" (%d cents)", price(order.Items, order.Express))
	if err := s.Place(order, note, w); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func serve(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	shop := &Shop{name: "corner shop"}
	http.HandleFunc("/order", shop.serveOrder)
	return http.Serve(listener, nil)
}

func load(base string, end time.Time) error {
	customers := []string{"ada", "grace", "edsger", "barbara", "mallory"}
	for time.Now().Before(end) {
		customer := customers[rand.Intn(len(customers))]
		items := rand.Intn(20)
		if customer == "mallory" && rand.Intn(200) == 0 {
			items += 80
		}
		form := url.Values{
			"customer": {customer},
			"items":    {strconv.Itoa(items)},
			"express":  {strconv.FormatBool(rand.Intn(4) == 0)},
		}
		resp, err := http.PostForm(base+"/order", form)
		if err != nil {
			return err
		}
		if _, err := io.Copy(ioutil.Discard, resp.Body); err != nil {
			return err
		}
		resp.Body.Close()
		time.Sleep(200 * time.Microsecond)
	}
	return nil
}

func main() {
	address := flag.String("listen", "127.0.0.1:0", "address to serve on")
	target := flag.String("load", "", "send orders to this address instead of serving")
	duration := flag.Duration("for", time.Minute, "how long to send orders")
	flag.Parse()
	var err error
	if *target != "" {
		err = load(*target, time.Now().Add(*duration))
	} else {
		err = serve(*address)
	}
	if err != nil {
		log.SetFlags(0)
		log.Print(err)
		os.Exit(1)
	}
}
