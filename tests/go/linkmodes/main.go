// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build !plugin && !library
// +build !plugin,!library

package main

func main() {
	run()
}
