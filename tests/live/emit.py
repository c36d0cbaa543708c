#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Sets what another tracer printed, running probes of `gosym emit`, against the lines the zoo printed.

    emit.py tracefs EXPECTED EMITTED OUTPUT     OUTPUT: the file "trace" of tracefs
    emit.py bpftrace EXPECTED EMITTED OUTPUT

Calls have to come in the order of the program, each as often as it was made. How a value is to be read
is told by the emitted text itself (the type of a fetch, the format of a printf()), so each field that was
emitted is found and each is compared, but those of which the zoo says nothing: addresses of slices and
the words of interfaces. What was expected and not emitted has to be named in a comment of the emitted text.
"""

import json
import re
import sys

UNKNOWN = object()
STRLEN = 64


def text_of(raw):
    """Invalid bytes one by one as U+FFFD, as Go shows them."""
    out = ""
    while raw:
        try:
            return out + raw.decode()
        except UnicodeDecodeError as error:
            out += raw[:error.start].decode() + "\ufffd"
            raw = raw[error.start + 1:]
    return out


def leaves(name, value, kind):
    """(name, expected) of what a value comes apart into; kind is its Go type."""
    if isinstance(value, bool) or isinstance(value, int):
        yield name, value
    elif isinstance(value, str):
        yield name, int(value, 16) if kind == "unsafe.Pointer" else value
    elif value is None:
        if kind.startswith("[]"):
            yield from ((name + part, 0) for part in (".ptr", ".len", ".cap"))
        elif kind.startswith(("*", "map[", "chan ", "<-chan", "func(")) or kind == "unsafe.Pointer":
            yield name, 0
    elif isinstance(value, list):
        for i, elem in enumerate(value):
            yield from leaves("%s[%d]" % (name, i), elem, re.sub(r"^\[\d+\]", "", kind))
    elif "string" in value and "len" in value:
        yield name, (value["string"], value["len"])
    elif "cap" in value and "elems" in value:
        yield name + ".len", value["len"]
        yield name + ".cap", value["cap"]
        yield name + ".ptr", UNKNOWN
    elif "elems" in value:
        yield from leaves(name, value["elems"], kind)
    elif "ptr" in value and isinstance(value["ptr"], str):
        yield name, int(value["ptr"], 16)
    elif not any(key.startswith("$") for key in value) and list(value) != ["type", "value"]:
        for key, field in value.items():
            if key != "_":
                yield from leaves("%s.%s" % (name, key), field, "")


def same(want, have):
    """have: a number, or (bytes, length; None where the tracer does not print it)."""
    if want is UNKNOWN:
        return True
    if isinstance(want, (bool, int)):
        return isinstance(have, int) and int(want) == have
    if not isinstance(have, tuple):
        return False
    text, length = want if isinstance(want, tuple) else (want, None)
    raw, have_len = have
    if length is not None and have_len is not None and have_len != length:
        return False
    return text_of(raw[:STRLEN]) == text


# ---- tracefs ----

def fields_of_event(line):
    """[(name, fetch, type)] of a line "p:gosym/NAME FILE:OFFSET name=fetch:type …"."""
    out = []
    for word in line.split()[2:]:
        name, fetch = word.split("=", 1)
        out.append((name, *fetch.rsplit(":", 1)))
    return out


def field_pattern(kind):
    if kind.startswith("char["):
        return rb"\{((?:'[\0-\xff]',?){%d})\}" % int(kind[5:-1])
    return rb"(0x[0-9a-f]+)" if kind[0] == "x" else rb"(-?\d+)"


def read_tracefs(emitted, raw):
    """Yields (function, {field: value}) and a text of all that the comments say is left out."""
    events, notes, func = {}, "", None
    for line in emitted.decode().splitlines():
        if line.startswith("#   "):
            notes += "%s %s\n" % (func, line)
        elif line.startswith("# main."):
            func = line[2:].split(",")[0]
        elif line.startswith("p:"):
            fields = fields_of_event(line)
            pattern = b"".join(b" " + re.escape(n).encode() + b"=" + field_pattern(k) for n, _, k in fields)
            name = line.split()[0][len("p:gosym/"):]
            events[name.encode()] = (func, fields, re.compile(pattern + rb"\n"))
    calls = []
    for head in re.finditer(rb"\[\d{3}\] [^ ]+ +[\d.]+: (\w+): \(0x[0-9a-f]+\)", raw):
        func, fields, pattern = events[head[1]]
        body = pattern.match(raw, head.end())
        if not body:
            sys.exit("emit.py: cannot read %r" % raw[head.start():head.start() + 400])
        values = {}
        for (name, _, kind), text in zip(fields, body.groups()):
            values[name] = text[1::4] if kind.startswith("char[") else int(text, 0)
        calls.append((func, values))
    return calls, notes


def mangle(name):
    """As the emitter does: a '_' for what no name of a field may hold, of several the first."""
    out = ""
    for i, char in enumerate(name):
        if re.match(r"[A-Za-z0-9_]", char):
            out += char
        elif out and out[-1] != "_" and i + 1 < len(name):
            out += "_"
    return out[:31].rstrip("_")


def value_in_tracefs(values, name):
    have = values.get(mangle(name))
    if isinstance(have, bytes):
        length = values[mangle(name + "_len")]
        return have[:max(length, 0)], length
    return have


# ---- bpftrace ----

PRINTED = {"%lld": rb"(-?\d+)", "%llu": rb"(\d+)", "%s": rb"(true|false)", "0x%llx": rb"0x([0-9a-f]+)",
           '\\"%r\\"': rb'"(.*?)"', "?": rb"\?"}


def value_of_bpftrace(spelling, text):
    if spelling == "%s":
        return int(text == b"true")
    if spelling == "0x%llx":
        return int(text, 16)
    if spelling == '\\"%r\\"':
        return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text), None
    return int(text)


def read_bpftrace(emitted, raw):
    notes, formats, func, calls = "", {}, None, []
    for line in emitted.decode().splitlines():
        if line.startswith("// main."):
            func = line[3:]
        elif line.startswith("// "):
            notes += "%s %s\n" % (func, line)
        found = re.match(r'\tprintf\("> goroutine\((.*?)\) (\S+?)\((.*)\)\\n"[,)]', line)
        if found:
            parts = [("goid", found[1])] + [tuple(p.split("=", 1)) for p in found[3].split(", ") if p]
            body = b", ".join(re.escape(n).encode() + b"=" + PRINTED[s] for n, s in parts[1:])
            pattern = rb"> goroutine\(" + PRINTED[found[1]] + rb"\) " + re.escape(func).encode() + rb"\(" + body + rb"\)"
            formats[func.encode()] = ([p for p in parts if p[1] != "?"], re.compile(pattern, re.S))
    for line in raw.splitlines():
        head = re.match(rb"> goroutine\([^)]*\) (\S+?)\(", line)
        if not head:
            continue
        parts, pattern = formats[head[1]]
        body = pattern.fullmatch(line)
        if not body:
            sys.exit("emit.py: cannot read %r" % line)
        calls.append((head[1].decode(), {n: value_of_bpftrace(s, t) for (n, s), t in zip(parts, body.groups())}))
    return calls, notes


def value_in_bpftrace(values, name):
    if name + ".ptr" in values and name + ".len" in values:
        return UNKNOWN			# a string for which there was no room: its place and length only
    return values.get(name)


# ---- both ----

FORMATS = {"tracefs": (read_tracefs, value_in_tracefs), "bpftrace": (read_bpftrace, value_in_bpftrace)}


class Comparison:
    def __init__(self, value_in, notes):
        self.value_in, self.notes = value_in, notes
        self.compared, self.explained, self.problems = 0, 0, []

    def leaf(self, call, name, want, values):
        have = self.value_in(values, name)
        if have is None:
            if any(line.startswith(call["func"] + " ") and re.search(re.escape(re.split(r"[.[]", name)[0]), line)
                   for line in self.notes.splitlines()):
                self.explained += 1
            else:
                self.problems.append("%s: %s was not emitted" % (call["func"], name))
        elif have is UNKNOWN or same(want, have):
            self.compared += want is not UNKNOWN and have is not UNKNOWN
        else:
            self.problems.append("%s: %s is %r, not %r" % (call["func"], name, have, want))

    def call(self, call, values):
        if "goid" in call and "goid" in values:
            self.leaf(call, "goid", call["goid"], values)
        for i, arg in enumerate(call["args"]):
            if call.get("assembly"):
                # No names, no types: words, or (before Go 1.17) nothing known.
                if "arg%d" % i in values:
                    self.leaf(call, "arg%d" % i, int(arg["words"][0], 16), values)
                continue
            if arg.get("blank"):
                return			# older releases do not list them: what comes behind has other numbers
            for name, want in leaves(arg["name"], arg["value"], arg["type"]):
                self.leaf(call, name, want, values)


def without_repeats(calls, due):
    """bpftrace 0.17 probes the first instruction, which is executed again when the goroutine is preempted between
    it and the stack check; the script says so. Such a hit repeats the call before it to the letter."""
    kept = []
    for call in calls:
        expected = due[len(kept)] if len(kept) < len(due) else None
        if call[0] != expected and kept and call == kept[-1]:
            continue
        kept.append(call)
    return kept


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in FORMATS:
        sys.exit(__doc__)
    read, value_in = FORMATS[sys.argv[1]]
    with open(sys.argv[3], "rb") as emitted, open(sys.argv[4], "rb") as output:
        calls, notes = read(emitted.read(), output.read())
        emitted.seek(0)
        funcs = set(re.findall(r"^(?:#|//) (main\.\w+)(?:,|$)", emitted.read().decode(), re.M))
    with open(sys.argv[2], encoding="utf-8") as file:
        wanted = [json.loads(line) for line in file if line.startswith('{"func"')]
    wanted = [call for call in wanted if call["func"] in funcs]
    due = [call["func"] for call in wanted]
    if sys.argv[1] == "bpftrace":
        calls = without_repeats(calls, due)
    seen = [func for func, _ in calls]
    if seen != due:
        at = next((i for i, (a, b) in enumerate(zip(seen, due)) if a != b), min(len(seen), len(due)))
        sys.exit("%d calls, not %d; call %d is of %s, not of %s" % (
            len(seen), len(due), at + 1, (seen[at:] or ["none"])[0], (due[at:] or ["none"])[0]))
    result = Comparison(value_in, notes)
    for call, (_, values) in zip(wanted, calls):
        result.call(call, values)
    for problem in result.problems[:20]:
        print(problem)
    print("%d calls of %d functions, %d values right, %d not emitted and said so, %d problems" % (
        len(calls), len(set(seen)), result.compared, result.explained, len(result.problems)))
    sys.exit(bool(result.problems) or not result.compared)


main()
