// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

//go:build !go1.18
// +build !go1.18

package main

func callsGeneric() {}
