#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Compares lists of types, `gosym types --json` among themselves and with what a program prints of itself.

  compare_types.py truth TRUTH LIST               each type of TRUTH (tests/go/layout) is in LIST, and the same
  compare_types.py same LIST LIST                 what the first has from DWARF is the same in the second
  compare_types.py methods LIST FUNCS INSPECTED   entries of methods are functions (`gosym list --json`) of that name, and
                                                   the signature is that of DWARF (`gosym inspect --json`)

Prints how many were compared; on standard error what differs."""
import collections
import json
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def by_name(types):
    names = collections.defaultdict(list)
    for t in types:
        names[t["name"]].append(t)
    return names


def fail(message):
    print(message, file=sys.stderr)
    fail.count += 1


fail.count = 0


def part_fits(true, told):
    """Where the program could not spell a name, it says nothing."""
    return not true or true == told


def fits(true, told):
    if any(true[k] != told[k] for k in ("kind", "size", "align")):
        return False
    if any(not part_fits(true.get(k), told.get(k)) for k in ("elem", "key")):
        return False
    if true.get("len", 0) != told.get("len", 0) or true.get("variadic", False) != told.get("variadic", False):
        return False
    for k in ("in", "out"):
        a, b = true.get(k, []), told.get(k, [])
        if len(a) != len(b) or not all(map(part_fits, a, b)):
            return False
    methods = told.get("methods", []) if true["kind"] == "interface" else []
    a = {m["name"]: m["type"] for m in true.get("methods", [])}
    b = {m["name"]: m["type"] for m in methods}
    if a.keys() != b.keys() or not all(part_fits(a[n], b[n]) for n in a):
        return False
    a, b = true.get("fields", []), told.get("fields", [])
    return len(a) == len(b) and all(
        x["name"] == y["name"] and x["offset"] == y["offset"] and x["size"] == y["size"] and
        x["embedded"] == y["embedded"] and part_fits(x["type"], y["type"]) for x, y in zip(a, b))


def truth(true_path, list_path):
    told, structs, num = by_name(read(list_path)), 0, 0
    for t in read(true_path):
        num += 1
        structs += t["kind"] == "struct"
        found = told.get(t["name"], [])
        if not any(fits(t, u) for u in found):
            fail(f"the program says {json.dumps(t)}\ngosym says {json.dumps(found[:3])}")
    if num < 200:
        fail(f"only {num} types")
    print(f"{num} types, {structs} structs")


def plain(t):
    """Without the source; and without the mark of types the compiler makes for maps, which up to Go 1.17 only DWARF
    has in places."""
    return json.loads(json.dumps({k: v for k, v in t.items() if k != "source"}).replace("noalg.", ""))


def same(a_path, b_path):
    a, b, num = by_name(t for t in read(a_path) if t["source"] == "dwarf"), by_name(read(b_path)), 0
    for name in a.keys() & b.keys():
        left, right = [plain(t) for t in a[name]], [plain(t) for t in b[name]]
        for t in right if len(right) <= len(left) else left:
            num += 1
            if t not in (left if len(right) <= len(left) else right):
                fail(f"here {json.dumps(left[:2])}\nthere {json.dumps(right[:2])}")
    if num < 300:
        fail(f"only {num} types")
    print(f"{num} types in both, {len(a)} and {len(b)} names")


def method_name(type_name, method):
    """The function's name; None for types whose names are not simply a package's."""
    pointer = type_name.startswith("*")
    name = type_name[pointer:]
    if "[" in name or "{" in name or " " in name or "." not in name or name[0] == "*":
        return None
    slash = name.rfind("/") + 1
    package, base = name[:slash] + name[slash:].split(".", 1)[0], name[slash:].split(".", 1)[1]
    return f"{package}.(*{base}).{method}" if pointer else f"{package}.{base}.{method}"


def unmarked(function):
    """Types declared inside a function are told apart in symbols, by a middle dot and a number (net.(*dialResult·1)),
    which reflection's names never carry."""
    return re.sub(r"·\d+", "", function)


def is_within(some, whole):
    rest = iter(whole)
    return all(x in rest for x in some)


def methods(list_path, funcs_path, inspected_path):
    funcs = {f["entry"]: f["name"] for f in read(funcs_path)}
    known = {f["entry"]: f for f in read(inspected_path) if f["signature_source"] == "dwarf"}
    types = read(list_path)
    signatures = {t["name"]: t for t in types if t["kind"] == "func"}
    num = checked = 0
    for t in types:
        for m in t.get("methods", []) if t["kind"] != "interface" else []:
            want = method_name(t["name"], m["name"])
            if "entry" not in m or want is None:
                continue
            num += 1
            got = funcs.get(m["entry"], "no function")
            if unmarked(got) != want:
                fail(f"{m['entry']} is {got}, not {want}")
            f, signature = known.get(m["entry"]), signatures.get(m["type"])
            if not f or not signature:
                continue
            # Wrappers' receivers, and before Go 1.22 what has no name, are not in DWARF; completed they have no type.
            told = [p["type"] for p in f["params"] if p["type"] != "_"]
            ins = [t["name"]] + signature["in"]
            outs = [p["type"] for p in f["results"]]
            checked += 1
            if not is_within(told, ins) or not is_within(outs, signature["out"]) or (
                    int(f["go"].split(".")[1]) >= 22 and told and told[0] == t["name"] and told != ins):
                fail(f"{want}: {ins} {signature['out']}, DWARF has {told} {outs}")
    if num < 200:
        fail(f"only {num} methods")
    print(f"{num} methods, {checked} with DWARF")


if __name__ == "__main__":
    {"truth": truth, "same": same, "methods": methods}[sys.argv[1]](*sys.argv[2:])
    if fail.count:
        print(f"{fail.count} differ", file=sys.stderr)
        sys.exit(1)
