// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build plugin
// +build plugin

package main

// Run is what loader calls.
func Run() {
	run()
}
