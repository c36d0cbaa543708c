// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build !amd64
// +build !amd64

package main

//go:noinline
func bounded(i int) int { return beyond(i) }

//go:noinline
func beyond(i int) int { return 3*i + 1 }
