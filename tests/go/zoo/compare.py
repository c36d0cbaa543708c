#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Sets a trace of the zoo against the lines the zoo printed.

    compare.py EXPECTED ACTUAL      EXPECTED: the zoo's standard output; ACTUAL: `gosym trace --json`
    compare.py --self-test EXPECTED checks this program: a perfect trace passes, a changed one does not

Only lines of type "call" are used, keys that are not expected in a line are ignored; calls have to
come in the order of the program. Every value has to be exactly right, with these exceptions, which
EXPECTED marks (render.go): floats passed in registers may be {"error":"unavailable"}; a parameter
without a name may be left out, or unavailable.
Prints a table of the arguments seen and what was not right. Exit status 0 only when nothing was
wrong, missing, too much, or unavailable without a float register to explain it.

Assembly functions have no types in a binary: their arguments may also be shown as the plain words
that lie in memory ("?8"), which have to be right to the bit, or, before Go 1.17, not at all. Go 1.15
and 1.16 list parameters without a location (of size 0) in DWARF behind the others: their place among
the arguments is not checked.
"""

import json
import math
import re
import struct
import sys

UNAVAILABLE = {"error": "unavailable"}
RIGHT, EXCUSED = "right", "excused"


def strip_brackets(name):
    """Type arguments are spelled differently by each version: main.F[go.shape.int] is main.F here."""
    depth, out = 0, []
    for char in name:
        depth += char == "["
        if not depth:
            out.append(char)
        depth -= char == "]"
    return "".join(out)


def type_name(name):
    """One spelling for the empty interface, and for fields named with their package."""
    name = re.sub(r"\bany\b", "interface {}", name)
    return name.replace("interface{}", "interface {}").replace("struct{}", "struct {}")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def match_float(want, have):
    value = want["$float"]
    if have == UNAVAILABLE and isinstance(have, dict):
        return EXCUSED if want["reg"] else None
    if isinstance(value, str):
        return RIGHT if isinstance(have, str) and have == value else None
    if not is_number(have):
        return None
    if want["bits"] == 32:
        same = struct.pack("f", value) == struct.pack("f", have) if abs(have) < 3.5e38 else False
    else:
        same = float(value) == float(have) and math.copysign(1, value) == math.copysign(1, have)
    return RIGHT if same else None


def match_complex(want, have):
    re_want, im_want = want["$complex"]
    if have == UNAVAILABLE:
        return EXCUSED if re_want["reg"] else None
    if not isinstance(have, dict) or list(have) != ["re", "im"]:
        return None
    return worst([match(re_want, have["re"]), match(im_want, have["im"])])


def worst(results):
    results = list(results)
    if None in results:
        return None
    return EXCUSED if EXCUSED in results else RIGHT


def match_map(want, have):
    """Entries come in any order; each is one of the map's, none twice, as many as there should be."""
    whole = want["$map"]
    if not isinstance(have, dict) or [have.get(key) for key in ("len", "ptr")] != [whole["len"], whole["ptr"]]:
        return None
    entries, left = have.get("entries"), list(whole["entries"])
    if sorted(have) != ["entries", "len", "ptr"] or not isinstance(entries, list) or len(entries) != want["shown"]:
        return None
    for entry in entries:
        results = [match(candidate, entry) for candidate in left]
        if not any(results):
            return None
        del left[next(i for i, result in enumerate(results) if result)]
    return RIGHT


def match_object(want, have):
    if "$map" in want:
        return match_map(want, have)
    if "$float" in want:
        return match_float(want, have)
    if "$complex" in want:
        return match_complex(want, have)
    if "$alt" in want:
        results = [match(alternative, have) for alternative in want["$alt"]]
        return RIGHT if RIGHT in results else (EXCUSED if EXCUSED in results else None)
    if not isinstance(have, dict):
        return None
    # Blank fields have no value that anybody could name.
    names = [key for key in want if key != "_"]
    if names != [key for key in have if key != "_"]:
        return None
    if names == ["type", "value"] and isinstance(want["type"], str):
        if not isinstance(have["type"], str) or type_name(want["type"]) != type_name(have["type"]):
            return None
        return match(want["value"], have["value"])
    return worst(match(want[key], have[key]) for key in names)


def match_string(want, have):
    return RIGHT if isinstance(have, str) and have == want else None


def match(want, have):
    """RIGHT, EXCUSED (unavailable, and that is explained), or None."""
    if isinstance(want, dict):
        return match_object(want, have)
    if isinstance(want, list):
        if not isinstance(have, list) or len(want) != len(have):
            return None
        return worst(match(w, h) for w, h in zip(want, have))
    if isinstance(want, str):
        return match_string(want, have)
    # null, true, false and integers: of the same type, so that 1 is neither true nor 1.0.
    return RIGHT if type(want) is type(have) and want == have else None


def is_blank_name(name):
    return name in ("", "_", None) or re.fullmatch(r"~[prb]\d+", name) is not None


def says_unavailable(value):
    if isinstance(value, dict):
        return "error" in value or any(says_unavailable(v) for v in value.values())
    return isinstance(value, list) and any(says_unavailable(v) for v in value)


def show(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else text[:400] + "…"


class Report:
    def __init__(self):
        self.counts = {"right": 0, "right, as words without a type": 0, "unavailable, float in a register": 0,
                       "blank, left out or unavailable": 0, "nothing known of assembly": 0,
                       "unavailable, unexplained": 0, "wrong": 0}
        self.calls = 0
        self.problems = []

    def count(self, what):
        self.counts[what] += 1

    def problem(self, text):
        self.problems.append(text)

    def ok(self):
        return not self.problems and self.calls > 0

    def print(self):
        for text in self.problems:
            print(text)
        for what, number in self.counts.items():
            print("%6d  %s" % (number, what))
        print("%6d  calls compared, %d problems" % (self.calls, len(self.problems)))


def is_untyped(have):
    return isinstance(have.get("type"), str) and have["type"].startswith("?")


def compare_words(report, where, want, have):
    value = have.get("value")
    if want["words"] == (value if isinstance(value, list) else [value]):
        report.count("right, as words without a type")
        return
    report.count("wrong")
    report.problem("WRONG %s: argument %s: words %s, not %s" % (where, want["name"], show(value), want["words"]))


def compare_arg(report, where, call, want, have):
    if call.get("assembly") and is_untyped(have):
        compare_words(report, where, want, have)
        return
    result = match(want["value"], have.get("value"))
    name_ok = want.get("blank") or have.get("name") == want["name"]
    type_ok = (call.get("shape") or "type" not in have or
               type_name(have["type"]) == type_name(want["type"]))
    if name_ok and type_ok and result:
        report.count("right" if result == RIGHT else "unavailable, float in a register")
        return
    if want.get("blank") and have.get("value") == UNAVAILABLE:
        report.count("blank, left out or unavailable")
        return
    if name_ok and type_ok and says_unavailable(have.get("value")):
        report.count("unavailable, unexplained")
        kind = "UNEXPLAINED"
    else:
        report.count("wrong")
        kind = "WRONG"
    report.problem("%s %s: argument %s (%s, in %s)\n  expected %s\n  actual   %s" % (
        kind, where, want["name"], want["type"], want["in"], show(want["value"]), show(have)))


def compare_call(report, number, want, have):
    where = "call %d %s" % (number, want["func"])
    report.calls += 1
    if "goid" in want and have.get("goid") != want["goid"]:
        report.problem("WRONG %s: goid %s, not %s" % (where, have.get("goid"), want["goid"]))
    actual = list(have.get("args", []))
    if want.get("assembly") and not actual:
        report.count("nothing known of assembly")
        return
    for arg in want["args"]:
        if arg.get("empty") and not arg.get("blank"):
            # Bring it to the front, wherever DWARF has it.
            actual.sort(key=lambda have: have.get("name") != arg["name"])
        if arg.get("blank") and not (actual and is_blank_name(actual[0].get("name"))):
            report.count("blank, left out or unavailable")
        elif not actual:
            report.count("wrong")
            report.problem("MISSING %s: argument %s" % (where, arg["name"]))
        else:
            compare_arg(report, where, want, arg, actual.pop(0))
    for arg in actual:
        report.problem("EXTRA %s: argument %s" % (where, show(arg)))


def compare(expected, actual):
    """Walks both lists; where the names part, finds the nearest place at which they agree again."""
    report = Report()
    e = a = 0
    while e < len(expected) or a < len(actual):
        want = expected[e] if e < len(expected) else None
        have = actual[a] if a < len(actual) else None
        if want and have and same_function(want, have):
            compare_call(report, e + 1, want, have)
            e, a = e + 1, a + 1
        elif have and (not want or not any(same_function(want, h) for h in actual[a:a + 20])):
            if want:
                report.problem("MISSING call %d %s" % (e + 1, want["func"]))
                e += 1
            else:
                report.problem("EXTRA call of %s" % have.get("func"))
                a += 1
        elif not have:
            report.problem("MISSING call %d %s" % (e + 1, want["func"]))
            e += 1
        else:
            report.problem("EXTRA call of %s (before call %d)" % (have.get("func"), e + 1))
            a += 1
    return report


def same_function(want, have):
    return strip_brackets(want["func"]) == strip_brackets(have.get("func", ""))


def unique_blanks(pairs):
    """Blank fields may come several times; nothing else may."""
    result = {}
    for key, value in pairs:
        if key in result and key != "_":
            raise ValueError("key %r twice" % key)
        result[key] = value
    return result


def read_lines(path, wanted):
    lines = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("{"):
                continue
            try:
                value = json.loads(line, object_pairs_hook=unique_blanks)
            except ValueError as error:
                sys.exit("compare.py: %s:%d: %s" % (path, number, error))
            if wanted(value):
                lines.append(value)
    return lines


def perfect(value, decode):
    """What a trace would show; decode: of alternatives the last, floats in registers too."""
    if isinstance(value, list):
        return [perfect(v, decode) for v in value]
    if not isinstance(value, dict):
        return value
    if "$float" in value:
        return UNAVAILABLE if value["reg"] and not decode else value["$float"]
    if "$complex" in value:
        return dict(zip(("re", "im"), (perfect(v, decode) for v in value["$complex"])))
    if "$alt" in value:
        return perfect(value["$alt"][-1 if decode else 0], decode)
    if "$map" in value:
        whole = perfect(value["$map"], decode)
        return {**whole, "entries": whole["entries"][:value["shown"]]}
    return {k: perfect(v, decode) for k, v in value.items()}


def spoil(value):
    """A value a little wrong."""
    if isinstance(value, bool):
        return not value
    if is_number(value):
        return value + 1 if abs(value) < 1e6 or isinstance(value, int) else value / 2
    if isinstance(value, str):
        return value + "x"
    if value is None:
        return 0
    if isinstance(value, list):
        return [spoil(value[0])] + value[1:] if value else [0]
    if value == UNAVAILABLE:
        return {"error": "fault"}
    keys = [k for k in value if k != "_"]
    return {**value, keys[0]: spoil(value[keys[0]])} if keys else [0]


def self_test(expected):
    for decode in (False, True):
        trace = [{**call, "args": perfect(call["args"], decode)} for call in expected]
        report = compare(expected, trace)
        if not report.ok():
            report.print()
            sys.exit("compare.py: a perfect trace does not pass")
        for i, call in enumerate(trace):
            for j, arg in enumerate(call["args"]):
                args = list(call["args"])
                args[j] = {**arg, "value": spoil(arg["value"])}
                report = Report()
                compare_call(report, i + 1, expected[i], {**call, "args": args})
                if report.ok():
                    sys.exit("compare.py: not noticed: %s for %s" % (args[j], arg))
        for i in (0, len(trace) // 2, len(trace) - 1):
            if compare(expected, trace[:i] + trace[i + 1:]).ok():
                sys.exit("compare.py: a missing call is not noticed")
            if compare(expected, trace[:i] + [trace[i]] + trace[i:]).ok():
                sys.exit("compare.py: a call too many is not noticed")
    print("compare.py: self-test passed, %d calls, %d functions" % (
        len(expected), len({strip_brackets(call["func"]) for call in expected})))


def main():
    args = sys.argv[1:]
    if len(args) != 2 or "-h" in args or "--help" in args:
        sys.exit(__doc__)
    if args[0] == "--self-test":
        self_test(read_lines(args[1], lambda line: "func" in line))
        return
    expected = read_lines(args[0], lambda line: "func" in line)
    actual = read_lines(args[1], lambda line: line.get("type") == "call")
    report = compare(expected, actual)
    report.print()
    if not report.ok():
        sys.exit(1)


if __name__ == "__main__":
    main()
