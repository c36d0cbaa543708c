#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""compare.py WANT TRACE LIST: what the program says of its inlined calls against their trace. LIST is the output of
gosym list --inlined --json: functions with a copy that cannot be probed may have fewer events, and are only counted.
Prints how many values were right and unavailable; anything else fails."""
import collections
import json
import re
import sys


def base(name):
    """Without type arguments, and closures by their first number."""
    return re.sub(r"\[.*?\]", "", name)


def plain(v):
    """Pointers that were followed as what they point to, strings and slices that were cut as they are."""
    if isinstance(v, dict) and set(v) == {"ptr", "value"}:
        return plain(v["value"])
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    return [plain(x) for x in v] if isinstance(v, list) else v


def is_error(v):
    if isinstance(v, dict):
        return v.get("error") == "unavailable" or any(is_error(x) for x in v.values())
    return isinstance(v, list) and any(is_error(x) for x in v)


def same(want, got):
    if want == "-" or is_error(got):
        return True
    if isinstance(want, dict) and want.get("len") == 0:
        return got is None or got.get("len") == 0
    return want == got


def main():
    want, got, refused = (collections.defaultdict(list) for _ in range(3))
    for line in open(sys.argv[1]):
        if line.startswith("{"):
            o = json.loads(line)
            want[o["func"]].append(o["args"])
    end = None
    for line in open(sys.argv[2]):
        o = json.loads(line)
        if o["type"] == "call":
            got[base(o["func"])].append([plain(a["value"]) for a in o["args"]])
        elif o["type"] == "end":
            end = o
    copies = probed = 0
    listed = set()
    for line in open(sys.argv[3]):
        o = json.loads(line)
        copies += 1
        listed.add(base(o["name"]))
        probed += "probe" in o
        if "refused" in o:
            refused[base(o["name"])].append(o["refused"])
    problems = [] if end and not end["lost"] else ["events were lost, or there is no end"]
    right = unavailable = counted = 0
    for name, calls in sorted(want.items()):
        events = got.get(name, [])
        if name not in listed and not events:
            continue  # nothing is left of it
        if refused[name]:
            if len(events) > len(calls):
                problems.append(f"{name}: {len(events)} events of {len(calls)} calls")
            continue
        if len(events) != len(calls):
            problems.append(f"{name}: {len(events)} events of {len(calls)} calls")
            continue
        counted += 1
        for i, (call, event) in enumerate(zip(calls, events)):
            # Blank parameters are not listed before Go 1.22, and no parameters at all of calls DWARF does not know.
            if len(event) != len(call) and "-" in call:
                call = [v for v in call if v != "-"]
            if not event:
                unavailable += len(call)
                continue
            if len(event) != len(call):
                problems.append(f"{name}: call {i} has {len(event)} arguments, not {len(call)}")
                continue
            for a, b in zip(call, event):
                if is_error(b):
                    unavailable += 1
                elif same(a, b):
                    right += 1
                else:
                    problems.append(f"{name}: call {i}: {b}, not {a}")
    print(f"{copies} inlined calls, {probed} probed; {counted} of {len(want)} functions in full; "
          f"values: {right} right, {unavailable} unavailable")
    for p in problems[:30]:
        print(p)
    return 1 if problems or not right else 0


sys.exit(main())
