#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Compares a function list with the Go toolchain's own tools.   functions.py GO-VERSION PROGRAM LIST

LIST: `gosym list --json`. Each function must be a text symbol of `go tool nm` with its address and name, each Go
text symbol must be in the list. File and line are the declaration's where the table has it (Go 1.20+), else
those of the entry in the function itself: compared with DWARF as llvm-symbolizer reads it, and where that
does not know with `go tool addr2line` (which answers with what is inlined at the entry)."""
import json
import os
import re
import subprocess
import sys

TOOLCHAINS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/toolchains.sh")


def go_tool(version, *args, text=None):
    return subprocess.run([TOOLCHAINS, "run", version, "tool", *args], check=True, input=text,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout


def plain(name):
    """Without what only the symbol table has: the ABI suffix, and type arguments, which 1.18-1.20 leave out."""
    name = name[:-5] if name.endswith(".abi0") else name
    depth, out = 0, []
    for char in name:
        depth += char == "["
        if not depth:
            out.append(char)
        depth -= char == "]"
    return "".join(out).replace(" ", "").replace("·", ".")


def dwarf_lines(program, addresses):
    """By address: the declaration and the entry's own place, as DWARF tells them."""
    asked = "".join(f"{a:#x}\n" for a in addresses)
    answers = subprocess.run(["llvm-symbolizer", "--obj=" + program, "--inlines", "--output-style=JSON"], check=True,
                             input=asked, stdout=subprocess.PIPE, universal_newlines=True).stdout
    places = {}
    for line in answers.splitlines():
        answer = json.loads(line)
        frames = answer.get("Symbol") or [{}]
        own = frames[-1]
        declared = (own.get("StartFileName"), own.get("StartLine"))
        entry = (own.get("FileName"), own.get("Line"))
        # Paths that -trimpath left relative are below ".", the folder of compilation.
        places[int(answer["Address"], 16)] = [(re.sub(r"^\./", "", f), n) for f, n in (declared, entry) if f and n]
    return places


def symbols(version, program):
    """Text symbols by address, and the bounds of Go's text."""
    by_address, bounds = {}, {}
    for line in go_tool(version, "nm", program).splitlines():
        fields = line.split(None, 2)
        if len(fields) != 3 or fields[1] not in "Tt":
            continue
        address, name = int(fields[0], 16), fields[2]
        if name in ("runtime.text", "runtime.etext"):
            bounds[name] = address
        else:
            by_address.setdefault(address, set()).add(plain(name))
    return by_address, bounds.get("runtime.text", 0), bounds.get("runtime.etext", 1 << 64)


def is_declaration(version, function):
    """The source says so itself: DWARF has no line for functions that are also inlined (their abstract origin)."""
    if not function["file"]:
        return False
    # Relative ones (-trimpath) are the standard library's.
    go = subprocess.run([TOOLCHAINS, "go", version], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout
    path = os.path.join(os.path.dirname(os.path.dirname(go)), "src", function["file"])
    try:
        with open(path, encoding="utf-8") as source:
            text = source.read().splitlines()
        line = text[function["line"] - 1]
    except (OSError, IndexError):
        return False
    name = function["name"].rpartition(".")[2]
    # Package initialization is made by the compiler: line 1.
    return "func" in line or line.startswith("TEXT") or (name == "init" and function["line"] == 1)


def begins_inlined(version, ours, truths):
    """Before 1.20 the line is the entry's: where the code begins with an inlined call, that call's line or the
    function's own."""
    return int(version.split(".")[1]) < 20 and any(ours[0] == file and 0 <= ours[1] - line <= 2 for file, line in truths)


def is_symbol(name, symbols_there):
    """Linking for plugins makes hashes of the symbols (not the functions) named after types (ld: typeSymbolMangle)."""
    if plain(name) in symbols_there:
        return True
    # Go 1.18 to 1.20 leave out whatever is between the first "[" and the last "]".
    first, dots, last = name.partition("[...]")
    if dots and any(s.startswith(plain(first)) and s.endswith(plain(last)) for s in symbols_there):
        return True
    return bool(re.match(r"type[:.]", name)) and any(re.match(r"(local\.)?type[:.]\.?[\w+/]{8}$", s) for s in symbols_there)


def main():
    version, program, listing = sys.argv[1:]
    functions = [json.loads(line) for line in open(listing, encoding="utf-8")]
    by_address, text, etext = symbols(version, program)
    bad = []
    entries = {int(f["entry"], 16): f for f in functions}
    for address, function in entries.items():
        names = by_address.get(address)
        # The runtime's own table has the end of text as one more function in some versions.
        if names is None:
            bad.append(f"{function['name']} at {address:#x}: no symbol there")
        elif not is_symbol(function["name"], names):
            bad.append(f"{function['name']} at {address:#x}: the symbol is {' or '.join(names)}")
    # Symbols without code of their own (size 0 markers) carry no function.
    for address, names in by_address.items():
        if text <= address < etext and address not in entries and any("." in n for n in names):
            bad.append(f"symbol {' or '.join(names)} at {address:#x}: not in the list")
    asked = "".join(f"{a:#x}\n" for a in entries)
    answers = go_tool(version, "addr2line", program, text=asked).splitlines()
    places = dwarf_lines(program, entries)
    compared = 0
    for (address, function), where in zip(entries.items(), answers[1::2]):
        file, _, line = where.rpartition(":")
        truths = places.get(address, []) + ([(file, int(line))] if file not in ("", "?") else [])
        ours = (function["file"], function["line"])
        if not truths or function["file"] == "<autogenerated>":
            continue
        compared += 1
        if ours not in truths and not is_declaration(version, function) and not begins_inlined(version, ours, truths):
            bad.append(f"{function['name']}: {ours[0]}:{ours[1]}, not {' or '.join(f'{f}:{n}' for f, n in truths)}")
    if compared < len(functions) // 2:
        bad.append(f"only {compared} lines could be compared")
    print(f"{len(functions)} functions, {compared} lines compared, {len(bad)} disagreements")
    for line in bad[:30]:
        print(line)
    sys.exit(1 if bad or not functions else 0)


if __name__ == "__main__":
    main()
