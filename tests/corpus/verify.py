#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Judges one run of `gosym inspect --verify --json`.   verify.py STATUS OUTPUT TOTAL [stack]

Every line has its shape, the summary adds up, nothing is unexplained, and each source that a release has was compared
for a good part of the functions. TOTAL holds the sums of all runs so far. stack: the architecture
never passes arguments in registers, so there are none to keep."""
import json
import os
import sys


def check(status, found, summary, stack):
    """What is wrong with the run, a line each."""
    for d in found:
        if d["type"] != "disagreement" or len(d["between"]) != 2 or not d["class"]:
            yield f"not a disagreement: {d}"
        elif d["explained"] is None:
            yield f"{d['func']}: {' and '.join(d['between'])}: {d['class']}: {d['detail']}"
    unexplained = sum(d["explained"] is None for d in found)
    if summary["disagree"] != len(found) or summary["unexplained"] != unexplained:
        yield f"the summary does not add up: {summary}"
    if (status != 0) != (unexplained != 0):
        yield f"exit status {status} with {unexplained} unexplained"
    if sum(summary["sites"].values()) != summary["functions"] or summary["functions"] < 1000:
        yield f"not every function has been looked at: {summary}"
    for source in ("dwarf", "size"):
        if summary["checked"][source] < summary["functions"] * 2 // 5:
            yield f"{source} was compared for {summary['checked'][source]} of {summary['functions']} functions only"
    if (bool(summary["checked"]["argsinfo"]) and not stack) != bool(summary["checked"]["spill"]):
        yield f"argument info without kept registers or the other way round: {summary['checked']}"


def add_up(path, summary):
    total = {"binaries": 0, "functions": 0, "checked": {}, "agree": {}}
    if os.path.exists(path):
        total = json.load(open(path, encoding="utf-8"))
    total["binaries"] += 1
    total["functions"] += summary["functions"]
    for what in ("checked", "agree"):
        for source, number in summary[what].items():
            total[what][source] = total[what].get(source, 0) + number
    with open(path, "w", encoding="utf-8") as out:
        json.dump(total, out)
        out.write("\n")


def main():
    status, output, total = sys.argv[1:4]
    lines = [json.loads(line) for line in open(output, encoding="utf-8")]
    if not lines or lines[-1]["type"] != "summary":
        sys.exit("no summary")
    found, summary = lines[:-1], lines[-1]
    wrong = list(check(int(status), found, summary, sys.argv[4:] == ["stack"]))
    if wrong:
        print("\n".join(wrong[:20]))
        sys.exit(1)
    add_up(total, summary)
    checked = ", ".join(f"{source} {summary['agree'][source]}/{number}"
                        for source, number in summary["checked"].items() if number)
    print(f"{summary['functions']} functions, {checked} agree, {summary['disagree']} explained")


if __name__ == "__main__":
    main()
