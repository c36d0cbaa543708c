#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""compare.py WANT TRACE: what the program says of its calls against the trace of a stripped copy of it. "*" is any
value, but not an error; floats in registers may be unavailable."""
import json
import sys


def value(v):
    """What was followed, without its address; the value in an interface is left to other tests."""
    if isinstance(v, dict) and set(v) == {"ptr", "value"}:
        return value(v["value"])
    if isinstance(v, dict):
        return {k: value(x) for k, x in v.items()}
    return [value(x) for x in v] if isinstance(v, list) else v


def fits(want, got):
    if want == "*":
        return not (isinstance(got, dict) and "error" in got)
    if isinstance(want, dict):
        return isinstance(got, dict) and set(want) == set(got) and all(fits(want[k], got[k]) for k in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(fits, want, got))
    return type(want) is type(got) and want == got


def main():
    want = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
    trace = [json.loads(line) for line in open(sys.argv[2])]
    calls = [o for o in trace if o["type"] == "call"]
    returns = [o for o in trace if o["type"] == "return"]
    problems, values, floats = [], 0, 0
    if not len(want) == len(calls) == len(returns):
        problems.append(f"{len(want)} calls were made, {len(calls)} seen, {len(returns)} returns")
    for w, call, back in zip(want, calls, returns):
        if (w["func"], w["goid"]) != (call["func"], call["goid"]):
            problems.append(f"{call['func']} on goroutine {call['goid']}, not {w['func']} on {w['goid']}")
            continue
        for key, told in (("args", call), ("results", back)):
            got = [(a["type"], value(a["value"])) for a in told.get(key, [])]
            if len(got) != len(w[key]):
                problems.append(f"{w['func']}: {got}, not {w[key]}")
                continue
            for a, (kind, b) in zip(w[key], got):
                if kind.startswith("float") and b == {"error": "unavailable"}:
                    floats += 1
                elif fits(a, b):
                    values += 1
                else:
                    problems.append(f"{w['func']}: {b} ({kind}), not {a}")
    print(f"{len(calls)} calls, {values} values right, {floats} floats in registers")
    for p in problems[:20]:
        print(p)
    return 1 if problems or not values else 0


sys.exit(main())
