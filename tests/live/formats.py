#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Checks a whole-session document.

  formats.py chrome FILE [CALLS]   against the Trace Event Format: required members, begins and ends paired by name on
                                   each track, times that do not go back, names of all tracks; CALLS calls in it
  formats.py folded FILE [SUM]     lines of a flame graph, each stack once; the weights add up to SUM
  formats.py tree FILE [CALLS]     each line at the depth of the calls open on its goroutine, every begin closed"""
import json
import re
import sys

bad = []


def check(good, text):
    if not good:
        bad.append(text)


def chrome(path, calls):
    with open(path, encoding="utf-8") as file:
        events = json.load(file)
    open_calls, last, named, seen = {}, {}, set(), 0
    for event in events:
        track = (event.get("pid"), event.get("tid"))
        phase = event.get("ph")
        check(phase in ("B", "E", "i", "X", "M"), f"phase of {event}")
        check(isinstance(track[0], int) and isinstance(track[1], int), f"pid, tid of {event}")
        check(isinstance(event.get("name"), str) and isinstance(event.get("args"), dict), f"name, args of {event}")
        if phase == "M":
            check(event["name"] == "thread_name" and track not in named, f"metadata {event}")
            check(re.fullmatch(r"(goroutine|thread) \d+", event["args"]["name"]), f"track name {event}")
            named.add(track)
            continue
        check(isinstance(event.get("ts"), (int, float)), f"ts of {event}")
        check(track in named, f"track without a name: {event}")
        seen += phase in "BiX"
        if phase != "X":
            check(event["ts"] >= last.get(track, 0), f"time goes back: {event}")
            last[track] = event["ts"]
        if phase == "B":
            open_calls.setdefault(track, []).append(event["name"])
        elif phase == "E":
            stack = open_calls.get(track) or [None]
            check(stack.pop() == event["name"], f"an end without its begin: {event}")
        elif phase == "X":
            check(event.get("dur", -1) >= 0, f"dur of {event}")
        else:
            check(event.get("s") == "t", f"scope of {event}")
    check(not any(open_calls.values()), f"never closed: {open_calls}")
    check(calls is None or seen == calls, f"{seen} calls, not {calls}")
    print(f"{len(events)} events, {seen} calls, {len(named)} tracks")


def folded(path, want):
    stacks, total = set(), 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = re.fullmatch(r"([^;\x00-\x1f]+(?:;[^;\x00-\x1f]+)*) (\d+)\n", line)
            check(match, f"line {line!r}")
            if match:
                check(match[1] not in stacks, f"twice: {match[1]}")
                stacks.add(match[1])
                total += int(match[2])
    check(want is None or total == want, f"weights add up to {total}, not {want}")
    print(f"{len(stacks)} stacks, sum {total}")


def tree(path, calls):
    pattern = re.compile(r"([ 0-9.]*(?:ns|µs|ms|s)| {10})\s?\| ((?:  )*)(?:\+(\d+) )?(} )?(.*?)( \{)?\n")
    open_calls, current, process, seen = {}, None, None, 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            switch = re.fullmatch(r"-{10} ((?:goroutine|thread)\(\d+\))(?: of process (\d+))?\n", line)
            if switch:
                process = switch[2] or process
                check((process, switch[1]) != current, f"a switch to the same: {line!r}")
                current = process, switch[1]
                continue
            match = pattern.fullmatch(line)
            check(match and current, f"line {line!r}")
            if not match:
                continue
            mine = open_calls.setdefault(current, [])
            time, indent, beyond, closes, text, opens = match.groups()
            name = re.match(r"[^ ]*?(?=\(\w*=|\(\)| |$)", text)[0]
            if closes:
                check(mine and mine.pop() == name, f"closes another call: {line!r}")
            check(len(indent) // 2 + int(beyond or 0) == len(mine), f"indentation: {line!r}")
            check(bool(time.strip()) != bool(opens) or "(not over yet)" in line, f"duration: {line!r}")
            if opens:
                mine.append(name)
            seen += not closes
    check(not any(open_calls.values()), f"never closed: {open_calls}")
    check(calls is None or seen == calls, f"{seen} calls, not {calls}")
    print(f"{seen} calls on {len(open_calls)} goroutines")


what, path = sys.argv[1:3]
number = int(sys.argv[3]) if len(sys.argv) > 3 else None
{"chrome": chrome, "folded": folded, "tree": tree}[what](path, number)
print("\n".join(bad[:20]))
sys.exit(1 if bad else 0)
