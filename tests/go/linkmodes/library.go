// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build library
// +build library

package main

import "C"

// Run is what host/host.c calls, by way of the shared object or the archive.
//
//export Run
func Run() {
	run()
}

func main() {}
