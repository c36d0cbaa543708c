#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Writes a large Go program into FOLDER: many packages of many functions over many types, so that the binary
has the size and the number of compilation units of a big service.   large.py FOLDER [PACKAGES [FUNCTIONS]]"""
import os
import sys

FUNCTION = """
//go:noinline
func F{i}(a int, s string, t *T{k}, list []T{k}, w io.Writer) (n int, err error) {{
	for i, x := range list {{
		if x.A == a+{i} {{
			n, err = fmt.Fprintf(w, "%s %d %v", s, i, x.B[s])
		}}
		t.C = append(t.C, x.D{{{i}, float64(a)}}.Sum(x.A))
	}}
	switch {{
	case len(s) > {i}:
		n += t.Method{k}(a, s)
	case err != nil:
		return n, fmt.Errorf("F{i}: %w", err)
	}}
	return n, err
}}
"""

TYPE = """
type T{k} struct {{
	A int
	B map[string]T{k}
	C []int
	D D{k}
	E interface{{ Method{k}(int, string) int }}
}}
type D{k} struct {{ X int; Y float64 }}

func (d D{k}) Sum(n int) int {{ return d.X + int(d.Y) + n }}

//go:noinline
func (t *T{k}) Method{k}(a int, s string) int {{
	for i := range s {{
		a += i * {k}
	}}
	t.A = a
	return len(t.C) + a
}}
"""


def package(folder, number, functions):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"p{number}.go"), "w") as out:
        out.write(f"package p{number}\n\nimport (\n\t\"fmt\"\n\t\"io\"\n)\n")
        types = max(1, functions // 20)
        for k in range(types):
            out.write(TYPE.format(k=k))
        for i in range(functions):
            body = FUNCTION.format(i=i, k=i % types)
            out.write(body.replace("x.D{", f"(D{i % types}{{").replace("}.Sum", "}).Sum"))
        out.write("\nvar All = []interface{}{" + ", ".join(f"F{i}" for i in range(functions)) + "}\n")


def main():
    folder = sys.argv[1]
    packages = int(sys.argv[2]) if len(sys.argv) > 2 else 250
    functions = int(sys.argv[3]) if len(sys.argv) > 3 else 250
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "go.mod"), "w") as out:
        out.write("module large\n\ngo 1.21\n")
    for number in range(packages):
        package(os.path.join(folder, f"p{number}"), number, functions)
    with open(os.path.join(folder, "main.go"), "w") as out:
        out.write("package main\n\nimport (\n\t\"fmt\"\n" +
                  "".join(f"\t\"large/p{n}\"\n" for n in range(packages)) + ")\n\nfunc main() {\n" +
                  "".join(f"\tfmt.Println(len(p{n}.All))\n" for n in range(packages)) + "}\n")


main()
