#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Sets a trace with returns against the lines that the program `values` printed.

    compare.py EXPECTED ACTUAL      EXPECTED: its standard output; ACTUAL: `gosym trace --json --ret [--pair]`

The n-th call of a function in one is the n-th in the other, and so are its returns. Every argument and result
counts as right, unavailable (a float in a register: the program marks these) or wrong; a value of a
call that the program marks as big may be cut where the record is full: cut. Blank parameters may be left out
(Go before 1.22 does not tell of them), and that can leave open where some others are: a few values of such
programs may be unavailable as a whole. Exit status 0 only if nothing is wrong
or missing.
"""

import collections
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "zoo"))
sys.dont_write_bytecode = True
from compare import EXCUSED, RIGHT, UNAVAILABLE, is_blank_name, match, read_lines, show, strip_brackets, type_name

CUT, OPEN, WRONG = "cut", "open", "wrong"
MOST_OPEN = 12


def cut_list(want, have):
    return isinstance(have, list) and len(have) <= len(want) and all(is_cut(w, h) for w, h in zip(want, have))


def cut_object(want, have):
    """A string or a list of fewer bytes or elements, a struct whose parts may be cut, a pointer not followed."""
    if not isinstance(have, dict):
        return "ptr" in want and have == want["ptr"]
    if "elems" in want:
        return (list(have) == list(want) and have["len"] == want["len"] and have.get("cap") == want.get("cap") and
                cut_list(want["elems"], have["elems"]))
    if "string" in want and "len" in want:
        return list(have) == ["string", "len"] and have["len"] == want["len"] and want["string"].startswith(have["string"])
    return list(have) == list(want) and all(is_cut(want[k], have[k]) for k in want)


def cut_map(want, have):
    whole = want["$map"]
    if sorted(have) == ["len", "ptr"]:
        return have["len"] == whole["len"] and have["ptr"] == whole["ptr"]
    if sorted(have) != ["entries", "len", "ptr"] or have["len"] != whole["len"] or have["ptr"] != whole["ptr"]:
        return False
    left = list(whole["entries"])
    for entry in have["entries"]:
        found = [i for i, w in enumerate(left) if is_cut(w, entry)]
        if not found:
            return False
        del left[found[0]]
    return True


def is_cut(want, have):
    if have == UNAVAILABLE or match(want, have):
        return True
    # The data word of what an interface holds.
    if isinstance(have, str) and re.fullmatch("0x[0-9a-f]+", have):
        return True
    if isinstance(want, str):
        return (isinstance(have, dict) and list(have) == ["string", "len"] and
                have["len"] == len(want.encode()) and want.startswith(have["string"]))
    if isinstance(want, list):
        if isinstance(have, dict) and list(have) == ["len", "elems"]:
            return have["len"] == len(want) and cut_list(want, have["elems"])
        return cut_list(want, have) and len(want) == len(have)
    if not isinstance(want, dict) or "$float" in want:
        return False
    if "$map" in want:
        return isinstance(have, dict) and cut_map(want, have)
    if "$alt" in want:
        return any(is_cut(w, have) for w in want["$alt"])
    return cut_object(want, have)


def judge(line, want, have, blank_ok):
    """What one argument or result counts as."""
    name_ok = have["name"] == want["name"] or blank_ok and is_blank_name(have["name"])
    if name_ok and line["old"] and have["value"] == UNAVAILABLE and not match(want["value"], have["value"]):
        return OPEN
    type_ok = line["generic"] or type_name(have["type"]) == type_name(want["type"])
    if not name_ok or not type_ok:
        return WRONG
    result = match(want["value"], have["value"])
    if not result and line["big"] and is_cut(want["value"], have["value"]):
        return CUT
    return result or WRONG


class Report:
    def __init__(self):
        self.counts = collections.OrderedDict([(RIGHT, 0), (EXCUSED, 0), (CUT, 0), (OPEN, 0), (WRONG, 0)])
        self.calls = 0

    def problem(self, text):
        self.counts[WRONG] += 1
        print("WRONG " + text)

    def values(self, where, line, wanted, actual, blanks):
        """blanks: names may be missing; where fewer are there, they are those with a name."""
        if blanks and len(actual) < len(wanted):
            by_name = {have["name"]: have for have in actual}
            wanted = [want for want in wanted if want["name"] in by_name]
            actual = [by_name[want["name"]] for want in wanted]
        if len(actual) != len(wanted):
            self.problem("%s: %d values, not %d" % (where, len(actual), len(wanted)))
        for want, have in zip(wanted, actual):
            verdict = judge(line, want, have, blanks)
            if verdict == WRONG:
                self.problem("%s: %s %s\n  expected %s\n  actual   %s" % (
                    where, want["name"], want["type"], show(want["value"]), show(have)))
            else:
                self.counts[verdict] += 1

    def print(self):
        print("%d calls: %s" % (self.calls, ", ".join(
            "%d %s" % (n, "unavailable" if what == EXCUSED else what) for what, n in self.counts.items())))


def by_function(events, key):
    table = collections.defaultdict(list)
    for event in events:
        if key in event:
            table[strip_brackets(event["func"])].append(event)
    return table


def compare(expected, trace):
    report, seen = Report(), collections.Counter()
    calls, returns = by_function(trace, "args"), by_function(trace, "results")
    for line in expected:
        func = strip_brackets(line["func"])
        n, where = seen[func], "call %d of %s" % (seen[func] + 1, line["func"])
        seen[func] += 1
        report.calls += 1
        for table, key in ((calls, "args"), (returns, "results")):
            if n >= len(table[func]):
                report.problem("%s: no %s" % (where, key))
                continue
            event = table[func][n]
            if event["goid"] != line["goid"]:
                report.problem("%s: goroutine %s" % (where, event["goid"]))
            report.values(where, line, line[key], event[key],
                          line["blank"] or key == "results")
    for table in (calls, returns):
        for func, events in table.items():
            if len(events) > seen[func]:
                report.problem("%s: %d events for %d calls" % (func, len(events), seen[func]))
    return report


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    expected = read_lines(sys.argv[1], lambda line: "func" in line)
    trace = read_lines(sys.argv[2], lambda line: line.get("type") in ("call", "return"))
    report = compare(expected, trace)
    report.print()
    if report.counts[WRONG] or report.counts[OPEN] > MOST_OPEN or not report.calls:
        sys.exit(1)


if __name__ == "__main__":
    main()
