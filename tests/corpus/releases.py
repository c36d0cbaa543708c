#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Judges what gosym says of a released program.

releases.py NAME FOLDER TABLE    FOLDER: info, list, inspected (JSON of the commands), version (of `go version`), nm
releases.py table TABLE          prints the table of all so far

The list is sorted, does not overlap and lies in the text; every function is inspected; the version is what `go
version` says, where the file itself tells it; each text symbol of Go is a function."""
import collections
import json
import re
import sys


def wrong_list(info, functions):
    text, etext, end = int(info["text"], 16), int(info["etext"], 16), 0
    if len(functions) != info["functions"] or len(functions) < 500:
        yield f"{len(functions)} functions, {info['functions']} by info"
    for f in functions:
        start = int(f["entry"], 16)
        if start < end or not f["name"] or not text <= start < max(etext, text + 1):
            yield f"{f['name']} at {f['entry']} overlaps, lies outside the text or has no name"
        end = start + f["size"]
    names = {f["name"] for f in functions}
    for needed in ("main.main", "runtime.main", "runtime.mallocgc", "fmt.Fprintf"):
        if needed not in names:
            yield f"no {needed}"
    # Jumps that the linker puts between far calls have no source.
    own = [f for f in functions if "-tramp" not in f["name"]]
    placed = sum(bool(f["file"]) and f["line"] > 0 for f in own)
    if placed < len(own) * 95 // 100:
        yield f"only {placed} of {len(own)} have a file and line"


def wrong_version(info, said):
    """`go version FILE`: "FILE: go1.20.4"; nothing if the file does not tell."""
    m = re.search(r": (go1\S*|devel .*)", said)
    if m and not info["go"].startswith(m.group(1)):
        yield f"version {info['go']}, not {m.group(1)}"


def wrong_symbols(functions, nm):
    entries = {int(f["entry"], 16) for f in functions}
    low, high = min(entries), max(entries)
    symbols = [line.split(None, 2) for line in nm.splitlines()]
    symbols = [(int(s[0], 16), s[2]) for s in symbols if len(s) == 3 and s[1] in "Tt" and s[2].startswith("main.")]
    missing = [f"{n} at {a:#x}" for a, n in symbols if low <= a <= high and a not in entries]
    if missing:
        yield "symbols without a function: " + ", ".join(missing[:5])


def judge(name, folder, table):
    def read(what):
        return open(f"{folder}/{what}", encoding="utf-8", errors="replace").read()

    info = json.loads(read("info"))
    functions = [json.loads(line) for line in read("list").splitlines()]
    inspected = [json.loads(line) for line in read("inspected").splitlines()]
    sources = collections.Counter(f["signature_source"] for f in inspected)
    sites = sum(bool(f["probe"]) for f in inspected)
    returns = sum(f["returns"] is not None for f in inspected)
    wrong = [*wrong_list(info, functions), *wrong_version(info, read("version")), *wrong_symbols(functions, read("nm"))]
    if len(inspected) != len(functions):
        wrong.append(f"{len(inspected)} of {len(functions)} functions inspected")
    if sites < len(functions) * 95 // 100 or returns < len(functions) * 95 // 100:
        wrong.append(f"{sites} probe points and {returns} functions with returns of {len(functions)} functions")
    if wrong:
        print("\n".join(wrong[:20]))
        sys.exit(1)
    with open(table, "a", encoding="utf-8") as out:
        row = [name, info["arch"], info["go"], info["version_source"], len(functions), sites,
               *(sources.get(s, 0) for s in ("dwarf", "types", "argsinfo", "none")),
               "symtab" if info["symtab"] else "stripped"]
        out.write("\t".join(map(str, row)) + "\n")


def show(path):
    head = ["program", "arch", "version", "told by", "functions", "sites", "dwarf", "types", "argsinfo", "none", ""]
    rows = [head] + [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    for r in rows:
        print("  ".join(c.rjust(w) if 4 <= i <= 9 else c.ljust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip())


if __name__ == "__main__":
    if sys.argv[1] == "table":
        show(sys.argv[2])
    else:
        judge(*sys.argv[1:])
