#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Places found without DWARF against those found with it.   recovered.py GOSYM PROGRAM STRIPPED-TWIN

Counted are functions with register arguments that the stack check keeps. A place that is told must be the true one:
argument by argument; in generic functions, of which argument info leaves out the first input and the listing the
dictionary, each place must be some argument's, or a register of no argument. At least 95% are told in full. Methods
found by their types are counted apart, and their types compared too."""
import json
import subprocess
import sys


def read(gosym, path):
    run = subprocess.run([gosym, "inspect", "--json", path, "*"], check=True, stdout=subprocess.PIPE,
                         universal_newlines=True)
    return {f["entry"]: f for f in map(json.loads, run.stdout.splitlines())}


def places(param):
    """None: not told. On the stack only the beginning counts: padding at the end is invisible to argument info."""
    if param.get("missing"):
        return None
    return [(p["reg"], p["offset"], p["size"]) if "reg" in p else ("stack", p["stack"]) for p in param["pieces"]]


def judge(name, truth, told):
    """Whether what is told is right, and whether it is everything."""
    if "[" not in name:
        right = all(got is None or (i < len(truth) and got == truth[i]) for i, got in enumerate(told))
        return right, None not in told and len(told) == len(truth)
    taken = {piece[0] for param in truth for piece in param}
    right = all(got is None or got in truth or (len(got) == 1 and got[0][0] not in taken) for got in told)
    return right, None not in told and len(told) + 1 >= len(truth)


def typed(function, twin):
    """Whether a method found by its type is what DWARF says, as far as that tells: results without a name it leaves
    out of wrappers before Go 1.22, and of functions that range over functions since 1.23. Where it left out a parameter
    without a name, the others have to be among those of the type."""
    if any(p["name"] == "_" for p in function["params"]):
        known = [(places(p), p["type"]) for p in twin["params"]]
        return all((places(p), p["type"]) in known for p in function["params"] if p["name"] != "_" and places(p))
    if len(function["params"]) != len(twin["params"]) or len(function["results"]) > len(twin["results"]):
        return False
    results = zip(function["results"], twin["results"]) if len(function["results"]) == len(twin["results"]) else ()
    pairs = [*zip(function["params"], twin["params"]), *results]
    return all((places(a) is None or places(b) is None or places(a) == places(b)) and
               (a["name"] == "_" or a["type"] == b["type"]) for a, b in pairs)


def main():
    gosym, program, stripped = sys.argv[1:]
    bare = read(gosym, stripped)
    num = full = methods = 0
    wrong = []
    for entry, function in read(gosym, program).items():
        twin = bare.get(entry)
        truth = [places(p) for p in function["params"] if p["size"] or p.get("missing")]
        if function["signature_source"] != "dwarf" or not twin:
            continue
        if twin["signature_source"] == "types":
            methods += 1
            if not typed(function, twin):
                wrong.append(f"{function['name']}: {twin['params']}, not {function['params']}")
            continue
        if None in truth:
            continue
        if "not shown" in (function["note"] or ""):     # DWARF has not all of them
            continue
        if not any(piece[0] != "stack" for param in truth for piece in param):
            continue
        if "registers kept" not in (twin["proof"] or ""):
            continue
        told = [places(p) for p in twin["params"] if p["size"] or p.get("missing")]
        right, whole = judge(function["name"], truth, told)
        num += 1
        full += right and whole
        if not right:
            wrong.append(f"{function['name']}: {told}, not {truth}")
    print(f"{full} of {num} functions ({100 * full / max(num, 1):.1f}%), {methods} methods by their types")
    print("\n".join(wrong[:20]))
    sys.exit(bool(wrong) or num < 400 or methods < 500 or full < 0.95 * num)


if __name__ == "__main__":
    main()
