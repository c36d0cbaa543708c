# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""compare.py FUNC VALUE KEY TRUTH TRACE: aggregates against the calls the program wrote down.

VALUE and KEY name members of the program's lines; "-" is none, a VALUE of "-" is a count. Rows must be the
same set with equal counts, extremes, sums and slots; the quantiles must lie in the slot of the true one or,
at its bound, beside it. Exit status 1 and a line for each difference otherwise.
"""
import base64
import json
import math
import sys

KEPT = 64       # bytes of a string key


def slot(value):
    return value.bit_length()


def key_of(call, member):
    value = call[member]
    if member != "key":
        return json.dumps(value)
    data = base64.b64decode(value)
    text = data[:KEPT].decode(errors="replace")
    return json.dumps(text if len(data) <= KEPT else {"string": text, "len": len(data)})


def truth(path, func, value, key):
    rows = {}
    for line in open(path, encoding="utf-8"):
        call = json.loads(line)
        if call["func"] == func:
            rows.setdefault(key_of(call, key) if key != "-" else None, []).append(
                int(call[value]) if value != "-" else 0)
    return rows


def differences(row, values):
    values = sorted(values)
    if row["count"] != len(values):
        yield "count", row["count"], len(values)
    if row["type"] == "count":
        return
    total, negative = sum(values), sum(v < 0 for v in values)
    slots = {}
    for v in values[negative:]:
        slots[slot(v)] = slots.get(slot(v), 0) + 1
    want = [{"from": 1 << i - 1 if i else 0, "to": float(1 << i) if i == 64 else 1 << i, "count": n}
            for i, n in sorted(slots.items())]
    for name, got, true in (("min", row["min"], values[0]), ("max", row["max"], values[-1]),
                            ("negative", row["negative"], negative), ("slots", row["slots"], want)):
        if got != true:
            yield name, got, true
    if row.get("sum", total) != total or ("sum" not in row and -2 ** 63 <= total < 2 ** 63):
        yield "sum", row.get("sum"), total
    if not math.isclose(row["mean"], total / len(values), rel_tol=1e-12, abs_tol=1e-9):
        yield "mean", row["mean"], total / len(values)
    for name, q in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        true = values[math.ceil(q * len(values)) - 1]
        got = row[name]
        if (got is None) != (true < 0) or (true >= 0 and abs(slot(int(got)) - slot(true)) > 1):
            yield name, got, true


def main():
    func, value, key, calls, trace = sys.argv[1:]
    want = truth(calls, func, value, key)
    calls_made = sum(map(len, want.values()))
    bad = 0
    for line in open(trace, encoding="utf-8"):
        row = json.loads(line)
        if row["type"] == "end":
            if row["lost"] or row.get("undecided") or row["events"] != calls_made:
                print("end:", line.strip())
                bad += 1
            continue
        name = json.dumps(row["key"]) if "key" in row else None
        values = want.pop(name, None)
        if values is None or row["func"] != func:
            print("not called so:", line.strip()[:300])
            bad += 1
            continue
        for what, got, true in differences(row, values):
            print(f"key {name}: {what} {got}, in truth {true}")
            bad += 1
    for name in want:
        print("no row for the key", name)
    sys.exit(1 if bad or want else 0)


main()
