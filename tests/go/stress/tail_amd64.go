// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later

package main

func bounded(i int) int
func beyond(i int) int
