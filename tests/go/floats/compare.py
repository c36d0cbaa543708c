#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Sets a trace of `floats calls N` against what follows from each call's first argument.

    compare.py TRACE N [MIN]    TRACE: gosym trace --json, with returns or with --pair

A float may be unavailable, but never wrong; of those in calls that were to bring them at least MIN percent (0) have to
be there. Every call and return has to be there, and those of one goroutine in the order of the program.
Prints how many floats there were and how many were to be had, arguments and results apart.
"""
import json
import struct
import sys

GONE = {"error": "unavailable"}


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def mixed(i):
    f = float(i)
    return ([f / 4, f32(i % 1000 / 8), {"re": f, "im": -f}, "text"],
            [f / 4 + f32(i % 1000 / 8), i + 1, {"re": f32(f), "im": f32(-f)}])


def scale(i):
    f, n, y = i / 2, i, float(i % 1000)
    return [{"X": f, "N": n, "Y": y}], [{"X": f * 2, "N": n + 1, "Y": -y}]


def leaf(i):
    return [i + 0.75], [(i + 0.75) * 0.5]


def both(i):
    return [], [i / 8, -float(i)]


def constant(i):
    return [], [1.5, -3.0, True] if i & 1 else [0.0, 0.0, False]


def named(i):
    return [i + 1.25], [i + 1.25 + i]


KNOWN = {"main.mixed": mixed, "main.scale": scale, "main.leaf": leaf, "main.(*point).both": both,
         "main.constant": constant, "main.named": named}


class Count:
    def __init__(self):
        self.there = self.gone = 0
        self.wrong = []

    def match(self, want, have, where):
        if isinstance(want, dict) and have != GONE:
            for key in want:
                self.match(want[key], have.get(key), where)
        elif isinstance(want, (float, dict)):
            number = 2 if isinstance(want, dict) else 1
            if have == GONE:
                self.gone += number
            elif isinstance(have, (int, float)) and not isinstance(have, bool) and float(have) == want:
                self.there += 1
            else:
                self.wrong.append(f"{where}: {have}, not {want}")
        elif want != have or isinstance(want, bool) != isinstance(have, bool):
            self.wrong.append(f"{where}: {have}, not {want}")

    def match_all(self, wants, values, where):
        if len(wants) != len(values):
            self.wrong.append(f"{where}: {len(values)} values, not {len(wants)}")
        for want, have in zip(wants, values):
            self.match(want, have["value"], where)

    def share(self):
        total = self.there + self.gone
        return 100 * self.there / total if total else 100


def main():
    number, least = int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0
    args, results, problems = Count(), Count(), []
    open_calls, seen, order = {}, {}, {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            kind, func = event.get("type"), event.get("func")
            if kind not in ("call", "return") or func not in KNOWN:
                continue
            stack = open_calls.setdefault(event["goid"], [])
            if "args" in event:
                i = next(a["value"] for a in event["args"] if a["name"] == "i")
                values = [a for a in event["args"] if a["name"] not in ("i", "p") or func == "main.scale"]
                values = [a for a in values if a["name"] != "i"]
                args.match_all(KNOWN[func](i)[0], values, f"{func}({i})")
                step = i * len(KNOWN) + list(KNOWN).index(func)
                if step <= order.get(event["goid"], -1):
                    problems.append(f"{func}({i}) came too late")
                order[event["goid"]] = step
                seen[func, "call"] = seen.get((func, "call"), 0) + 1
            if kind == "call":
                stack.append((func, i))
                continue
            if "args" not in event:
                if not stack or stack[-1][0] != func:
                    problems.append(f"a return of {func} without its call")
                    continue
                i = stack.pop()[1]
            results.match_all(KNOWN[func](i)[1], event["results"], f"result of {func}({i})")
            seen[func, "return"] = seen.get((func, "return"), 0) + 1
    for (func, kind), n in sorted(seen.items()):
        if n != 4 * number:
            problems.append(f"{n} times {kind} of {func}, not {4 * number}")
    problems += args.wrong + results.wrong
    for name, count in (("arguments", args), ("results", results)):
        print(f"floats in {name}: {count.there + count.gone}, {count.share():.2f} % to be had, {len(count.wrong)} wrong")
        if count.share() < least:
            problems.append(f"fewer floats in {name} than {least} %")
    if not seen:
        problems.append("no calls")
    print("\n".join(problems[:20]))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
