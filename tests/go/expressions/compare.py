#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""compare.py LIST TRUTH TRACE: what was printed of each call equals what Go made of the same expressions."""

import json
import sys


def word(value):
    """A value as the program writes it."""
    if isinstance(value, dict) and value.get("error") in ("fault", "unavailable"):
        return "panic"
    if isinstance(value, dict) and "string" in value:
        return '"' + value["string"] + '"...'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    return str(value)


def main():
    texts = open(sys.argv[1]).read().splitlines()[1:]
    truth = [json.loads(line) for line in open(sys.argv[2])]
    events = {}
    for line in open(sys.argv[3]):
        event = json.loads(line)
        if event["type"] not in ("call", "return"):
            continue
        for value in event.get("args", []) + event.get("results", []):
            events.setdefault(value["name"], []).append(value["value"])
    wrong = 0
    for k, text in enumerate(texts):
        want = [call["values"][k] for call in truth]
        got = [word(value) for value in events.get(text, [])]
        if want != got:
            wrong += 1
            print(f"{text}\n  Go:    {want}\n  gosym: {got}")
    print(f"{len(texts)} expressions, {len(truth)} calls, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
