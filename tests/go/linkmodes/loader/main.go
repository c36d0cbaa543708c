// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

// Loader opens the plugin named on its command line and calls its Run.
package main

import (
	"fmt"
	"os"
	"plugin"
)

func main() {
	p, err := plugin.Open(os.Args[1])
	if err == nil {
		var run plugin.Symbol
		if run, err = p.Lookup("Run"); err == nil {
			run.(func())()
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
