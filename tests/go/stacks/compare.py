#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Compares stacks of a trace with what the program itself says.   compare.py EXPECTED TRACE FRAMES

Each call's frames must be those of runtime.Callers inside of it: functions, files and lines, but for the line of
the traced function itself, which has gone on until then. Of a stack deeper than FRAMES there are that many.
Returns, where the trace has them, are compared with their calls. Calls print what they print once."""
import json
import re
import sys


def plain(name):
    """Without type arguments: runtime.Callers writes [...]."""
    previous = None
    while previous != name:
        previous, name = name, re.sub(r"\[[^][]*\]", "", name)
    return name


def frames_of(stack):
    return [(plain(f["func"] or "?"), f["file"] if i else None, f["line"] if i else None) for i, f in enumerate(stack)]


def call_id(event, known):
    for arg in event.get("args") or []:
        if arg["name"] == "id" and isinstance(arg["value"], int):
            return arg["value"]
    return known


def main():
    expected, trace, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
    want = {}
    for line in open(expected, encoding="utf-8"):
        call = json.loads(line)
        want[call["id"]] = frames_of(call["stack"])
    bad, seen, returns, open_calls = [], set(), 0, {}
    for line in open(trace, encoding="utf-8"):
        event = json.loads(line)
        if event["type"] not in ("call", "return") or "stack" not in event:
            continue
        mine = open_calls.setdefault(event["goid"], [])
        if event["type"] == "call":
            ident = call_id(event, None)
            mine.append(ident)
            seen.add(ident)
        else:
            ident = call_id(event, mine.pop() if mine else None)
            returns += 1
        truth, got = want.get(ident), frames_of(event["stack"])
        # At a RET a tail of the function's own frame may be inlined code: what comes below is compared.
        if event["type"] == "return" and truth:
            name = plain(event["func"])
            while got and got[0][0] != name:
                got = got[1:]
            got = [(name, None, None)] + got[1:]
        if truth != got and not (truth and len(got) >= limit and truth[:len(got)] == got):
            bad.append((event["type"], ident, truth, got))
    for ident in sorted(set(want) - seen):
        bad.append(("call", ident, want[ident], None))
    print(f"{len(want)} calls, {len(seen)} with stacks, {returns} returns, {len(bad)} differ")
    for kind, ident, truth, got in bad[:6]:
        print(f"{kind} {ident}:")
        for i in range(max(len(truth or []), len(got or []))):
            left = truth[i] if truth and i < len(truth) else None
            right = got[i] if got and i < len(got) else None
            print(" ", "same" if left == right else "DIFFERS", left, "" if left == right else right)
    sys.exit(1 if bad or not want else 0)


main()
