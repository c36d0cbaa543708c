#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Traces a random Go program and compares every argument and result with the source.

    run.py --seed S --functions N --go VERSION --variant opt|debug [--depth D] --work DIR --gosym PROGRAM

Prints three columns: values right, unavailable (with what they are), wrong. Status 1 if one is wrong, if one is
unavailable that nothing excuses, or if calls are missing or too many. The same seed and number make the same program;
what DIR holds afterwards is the program and its trace.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

import gotypes
from gotypes import Complex, Float
from program import Program

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Only the functions themselves: not what their deferred closures are called.
PATTERN = r"/^main\.((\(?\*?R[0-9]+(\[.*\])?\)?\.)?rnd[0-9]+(\[.*\])?|mkrnd[0-9]+\.func1)$/"
VARIANTS = {"opt": [], "debug": ["-gcflags=all=-N -l"], "pie": ["-buildmode=pie"]}


class Verdict:
    """Adds up the leaves of one function's values."""

    def __init__(self, report, function):
        self.report, self.function, self.where, self.missing = report, function, "", None
        self.shapes = bool(function.type_params)

    def right(self):
        self.report.right += 1

    def unavailable(self, type_):
        why = self.missing or ("float register" if holds_float(type_) else "unexplained")
        self.report.unavailable[why] += 1
        if why == "unexplained":
            self.report.problem(self.function, f"{self.where} ({type_.name}): unavailable")

    def fault(self):
        """Literals that nobody has touched yet are not in memory."""
        self.report.unavailable["page not present"] += 1

    def unlisted(self):
        self.report.unavailable["dynamic type not listed by the file"] += 1

    def no_entries(self):
        self.report.unavailable["entries of a map beyond the limits"] += 1

    def wrong(self, type_, value, have):
        self.report.wrong += 1
        self.report.problem(self.function, f"{self.where} ({type_.name}):\n  value {value!r}\n  shown {json.dumps(have)}")


def holds_float(t):
    """Of a whole composite shown as unavailable: it has a float somewhere by value."""
    if isinstance(t, gotypes.Named):
        return holds_float(t.underlying)
    if isinstance(t, gotypes.Struct):
        return any(holds_float(field) for _, field in t.fields)
    if isinstance(t, gotypes.Array):
        return holds_float(t.elem)
    return isinstance(t, (Float, Complex))


class Report:
    def __init__(self, minor):
        self.minor, self.right, self.wrong = minor, 0, 0
        self.unavailable, self.problems = collections.Counter(), []

    def problem(self, function, text):
        self.problems.append(f"{function.event_name} ({function.kind}, {function.body}): {text}")

    def print(self, functions):
        reasons = ", ".join(f"{n} {why}" for why, n in self.unavailable.most_common())
        print(f"{functions} functions: {self.right} right, {sum(self.unavailable.values())} unavailable"
              f"{f' ({reasons})' if reasons else ''}, {self.wrong} wrong")
        for text in self.problems[:20]:
            print(text)
        if len(self.problems) > 20:
            print(f"… and {len(self.problems) - 20} more")


def base_name(name):
    """Without type arguments, and without the mark of a closure in a function that was itself inlined."""
    return re.sub(r"\[.*?\](?=[.)]|$)", "", name)


def is_blank(name):
    return name in ("", "_", None) or re.fullmatch(r"~[pb]\d+", name) is not None


def in_order(params, shown, minor, results):
    """Before Go 1.17 DWARF lists what has no bytes or no location behind the others, results without a name being
    numbered; up to 1.21 it lists no parameter without a name."""
    if minor < 22 and not results:
        params, shown = [p for p in params if not is_blank(p.name)], [s for s in shown if not is_blank(s["name"])]
    if minor < 17:
        names = {p.name: i for i, p in enumerate(params)}
        shown = sorted(shown, key=lambda s: names[s["name"]] if s["name"] in names else int(s["name"].strip("~r") or 0))
    return params, shown


def compare_list(verdict, what, params, shown, depth, reasons):
    if len(params) != len(shown):
        verdict.wrong(gotypes.Struct([]), f"{len(params)} {what}", shown)
        return
    for p, s in zip(params, shown):
        verdict.where = f"{what} {p.name or '?'}"
        verdict.missing = reasons.get(s["name"])
        p.type.judge(p.value, s["value"], depth, verdict)


def compare_event(report, f, event, depth, reasons):
    verdict = Verdict(report, f)
    if event["type"] == "call":
        params = ([f.receiver] if f.receiver else []) + f.params
        params, shown = in_order(params, event["args"], report.minor, False)
        compare_list(verdict, "argument", params, shown, depth, reasons)
    elif "results" not in event:
        report.problem(f, f"no results: {json.dumps(event)[:200]}")
        report.wrong += 1
    else:
        params, shown = in_order(f.results, event["results"], report.minor, True)
        compare_list(verdict, "result", params, shown, depth, reasons)


def inspected(gosym, path):
    """Of each function the reasons gosym gives for what it cannot place: {function: {name: reason}}."""
    out = subprocess.run([gosym, "inspect", "--json", path, PATTERN], stdout=subprocess.PIPE, text=True, check=True)
    reasons = {}
    for line in out.stdout.splitlines():
        f = json.loads(line)
        reasons[f["name"]] = {p["name"]: p["missing"] for p in f["params"] + f["results"] if p.get("missing")}
    return reasons


def compare(program, trace, depth, minor, reasons):
    report, seen = Report(minor), collections.Counter()
    by_name = {f.event_name: f for f in program.functions}
    with open(trace, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["type"] not in ("call", "return"):
                if event["type"] != "end":
                    report.problems.append(line.strip())
                continue
            f = by_name.get(base_name(event["func"]))
            if not f:
                report.problems.append(f"nobody expects {event['func']}")
                continue
            seen[f.index, event["type"]] += 1
            compare_event(report, f, event, depth, reasons.get(event["func"], {}))
    for f in program.functions:
        for kind in ("call", "return"):
            if seen[f.index, kind] != f.calls:
                report.problem(f, f"{seen[f.index, kind]} {kind}s instead of {f.calls}")
    return report


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--go", default="1.23")
    parser.add_argument("--variant", choices=VARIANTS, default="opt")
    parser.add_argument("--depth", type=int)
    parser.add_argument("--work", required=True)
    parser.add_argument("--gosym", required=True)
    args = parser.parse_args()
    minor = int(args.go.split(".")[1])
    program = Program(args.seed, args.functions, minor >= 18)
    depth = args.seed % 4 if args.depth is None else args.depth

    os.makedirs(args.work, exist_ok=True)
    with open(f"{args.work}/main.go", "w", encoding="utf-8") as out:
        program.write(out)
    with open(f"{args.work}/go.mod", "w", encoding="utf-8") as out:
        print(f"module random\n\ngo 1.{minor if minor < 21 else 21}", file=out)
    subprocess.run([f"{TOP}/tests/lib/toolchains.sh", "run", args.go, "build", *VARIANTS[args.variant], "-o",
                    "program", "."], cwd=args.work, check=True, env={**os.environ, "CGO_ENABLED": "0"})
    done = subprocess.run([args.gosym, "trace", "--json", "--ret", "--depth", str(depth), "--elems",
                           str(gotypes.ELEMS), "--strlen", str(gotypes.STRLEN), "-o",
                           f"{args.work}/trace", f"{args.work}/program",
                           PATTERN, "--"],
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"gosym trace: status {done.returncode}\n{done.stderr}")
        return 1
    report = compare(program, f"{args.work}/trace", depth, minor,
                     inspected(args.gosym, f"{args.work}/program"))
    report.print(len(program.functions))
    return 1 if report.problems or report.wrong or not report.right else 0


if __name__ == "__main__":
    sys.exit(main())
