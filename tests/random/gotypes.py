# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Random Go types and values: how Go spells them, and what a trace has to say of them.

A type draws random values (any Python object of its choosing), writes a value as a Go expression, and judges what the
trace showed for it, by the table "Values" of gosym's JSON: `judge(value, have, depth, verdict)` calls verdict.right(),
.unavailable(why) or .wrong(…) once per leaf. Nothing here knows of registers, stacks or debugging information: the
expected value is the one written into the source.
"""
import math
import struct

UNAVAILABLE, FAULT = {"error": "unavailable"}, {"error": "fault"}
ELEMS, STRLEN = 4, 24


def is_address(have):
    return isinstance(have, str) and have.startswith("0x") and int(have, 16) != 0


def is_object(have, *keys):
    return isinstance(have, dict) and list(have) == list(keys)


class Type:
    """Size and align are those of a 64-bit machine."""
    is_pointer_shaped = False
    comparable = True

    def __init__(self, name, size, align):
        self.name, self.size, self.align = name, size, align

    def judge(self, value, have, depth, verdict):
        if self.is_known(have, verdict) and self.equal(value, have, depth, verdict):
            verdict.right()

    def is_known(self, have, verdict):
        if have == UNAVAILABLE:
            verdict.unavailable(self)
        elif have == FAULT:
            verdict.fault()
        return have not in (UNAVAILABLE, FAULT)

    def expect(self, ok, verdict, value, have):
        if not ok:
            verdict.wrong(self, value, have)
        return ok


class Bool(Type):
    def __init__(self, name="bool"):
        super().__init__(name, 1, 1)

    def draw(self, rng):
        return rng.random() < 0.5

    def go(self, value):
        return f"{self.name}({'true' if value else 'false'})"

    def equal(self, value, have, depth, verdict):
        return self.expect(have is value, verdict, value, have)


class Int(Type):
    def __init__(self, name, bits, signed):
        super().__init__(name, bits // 8, bits // 8)
        self.low, self.high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    def draw(self, rng):
        return rng.choice((self.low, self.high, 0, 1, rng.randint(self.low, self.high), rng.randint(self.low, self.high)))

    def go(self, value):
        return f"{self.name}({value})"

    def equal(self, value, have, depth, verdict):
        return self.expect(isinstance(have, int) and not isinstance(have, bool) and have == value,
                           verdict, value, have)


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def same_float(value, have, bits):
    if math.isnan(value) or math.isinf(value):
        return have == ("NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf")
    if not isinstance(have, (int, float)) or isinstance(have, bool):
        return False
    if bits == 32:
        have = single(have) if abs(have) < 3.5e38 else math.inf
    return float(have) == value and math.copysign(1, have) == math.copysign(1, value)


def draw_float(rng, bits):
    value = rng.choice((0.0, -1.5, math.inf, -math.inf, math.nan, rng.uniform(-1e6, 1e6), rng.uniform(-1, 1) * 1e30))
    return single(value) if bits == 32 else value


def go_float(value):
    if math.isnan(value):
        return "math.NaN()"
    if math.isinf(value):
        return f"math.Inf({1 if value > 0 else -1})"
    return repr(value)


class Float(Type):
    def __init__(self, bits, name=None):
        super().__init__(name or f"float{bits}", bits // 8, bits // 8)
        self.bits = bits

    def draw(self, rng):
        return draw_float(rng, self.bits)

    def go(self, value):
        return f"{self.name}({go_float(value)})"

    def equal(self, value, have, depth, verdict):
        return self.expect(same_float(value, have, self.bits), verdict, value, have)


class Complex(Type):
    def __init__(self, bits):
        super().__init__(f"complex{bits}", bits // 8, bits // 16)
        self.part = Float(bits // 2)

    def draw(self, rng):
        return self.part.draw(rng), self.part.draw(rng)

    def go(self, value):
        return f"complex({self.part.go(value[0])}, {self.part.go(value[1])})"

    def equal(self, value, have, depth, verdict):
        if not self.expect(is_object(have, "re", "im"), verdict, value, have):
            return False
        for part, key in zip(value, ("re", "im")):
            if not self.is_known(have[key], verdict):
                return False
            if not self.expect(same_float(part, have[key], self.part.bits), verdict, part, have[key]):
                return False
        return True


class String(Type):
    def __init__(self, name="string"):
        super().__init__(name, 16, 8)

    def draw(self, rng):
        size = rng.choice((0, 1, 5, STRLEN, STRLEN + 1, 200))
        return "".join(rng.choice("abcdefgh XYZ0189\t\"\\/\n") for _ in range(size))

    def go(self, value):
        text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'{self.name}("{text}")'

    def equal(self, value, have, depth, verdict):
        want = value if len(value) <= STRLEN else {"string": value[:STRLEN], "len": len(value)}
        return self.expect(have == want, verdict, value, have)


def judge_all(elem, values, have, depth, verdict):
    for value, one in zip(values, have):
        elem.judge(value, one, depth, verdict)


class Array(Type):
    def __init__(self, elem, length):
        super().__init__(f"[{length}]{elem.name}", elem.size * length, elem.align)
        self.elem, self.length = elem, length
        self.comparable = elem.comparable
        self.is_pointer_shaped = length == 1 and elem.is_pointer_shaped

    def draw(self, rng):
        return [self.elem.draw(rng) for _ in range(self.length)]

    def go(self, value):
        return f"{self.name}{{{', '.join(self.elem.go(v) for v in value)}}}"

    def judge(self, value, have, depth, verdict):
        if self.length and not self.is_known(have, verdict):
            return
        if self.length > ELEMS:
            if not self.expect(is_object(have, "len", "elems") and have["len"] == self.length, verdict, value, have):
                return
            have = have["elems"]
        if self.expect(isinstance(have, list) and len(have) == min(self.length, ELEMS), verdict, value, have):
            verdict.right()
            judge_all(self.elem, value, have, depth, verdict)


class Slice(Type):
    comparable = False

    def __init__(self, elem):
        super().__init__("[]" + elem.name, 24, 8)
        self.elem = elem

    def draw(self, rng):
        length = rng.choice((None, 0, 1, 2, 3, ELEMS + 2))
        return None if length is None else [self.elem.draw(rng) for _ in range(length)]

    def go(self, value):
        if value is None:
            return f"{self.name}(nil)"
        return f"{self.name}{{{', '.join(self.elem.go(v) for v in value)}}}"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        ok = is_object(have, "len", "cap", "elems") and have["len"] == have["cap"] == len(value)
        if not self.expect(ok, verdict, value, have) or not self.is_known(have["elems"], verdict):
            return False
        ok = isinstance(have["elems"], list) and len(have["elems"]) == min(len(value), ELEMS)
        if not self.expect(ok, verdict, value, have):
            return False
        judge_all(self.elem, value, have["elems"], depth, verdict)
        return True


class Struct(Type):
    """fields: (name, type); name "_" is blank. Embedded ones are named after their type and marked so."""

    def __init__(self, fields, name=None, embedded=()):
        size, align = 0, 1
        for field in fields:
            size = -(-size // field[1].align) * field[1].align + field[1].size
            align = max(align, field[1].align)
        # A last field of size 0 gets a byte, so that its address stays within (cmd/compile/internal/types/size.go).
        if fields and size and not fields[-1][1].size:
            size += 1
        self.body = "struct { " + "; ".join(t.name if n in embedded else f"{n} {t.name}" for n, t in fields) + " }"
        if not fields:
            self.body = "struct {}"
        super().__init__(name or self.body, -(-size // align) * align, align)
        self.fields = fields
        self.comparable = all(t.comparable for _, t in fields)
        self.is_pointer_shaped = len(fields) == 1 and fields[0][1].is_pointer_shaped

    def draw(self, rng):
        return [None if n == "_" else t.draw(rng) for n, t in self.fields]

    def go(self, value):
        parts = [f"{n}: {t.go(v)}" for (n, t), v in zip(self.fields, value) if n != "_"]
        return f"{self.name}{{{', '.join(parts)}}}"

    def judge(self, value, have, depth, verdict):
        if self.size and not self.is_known(have, verdict):
            return
        named = [(n, t, v) for (n, t), v in zip(self.fields, value) if n != "_"]
        shown = {k: v for k, v in have.items() if k != "_"} if isinstance(have, dict) else None
        if not self.expect(shown is not None and list(shown) == [n for n, _, _ in named], verdict, value, have):
            return
        verdict.right()
        for name, field, one in named:
            field.judge(one, shown[name], depth, verdict)


class Pointer(Type):
    is_pointer_shaped = True

    def __init__(self, elem):
        super().__init__("*" + elem.name, 8, 8)
        self.elem = elem

    def draw(self, rng):
        return None if rng.random() < 0.15 else [self.elem.draw(rng)]

    def go(self, value):
        if value is None:
            return f"({self.name})(nil)"
        return f"func() {self.name} {{ v := {self.elem.go(value[0])}; return &v }}()"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        if is_object(have, "ptr", "value") and not self.is_known(have["value"], verdict):
            return False
        if not depth or verdict.shapes and is_address(have):
            return self.expect(is_address(have), verdict, value, have)
        if not self.expect(is_object(have, "ptr", "value") and is_address(have["ptr"]), verdict, value, have):
            return False
        self.elem.judge(value[0], have["value"], depth - 1, verdict)
        return True


class Interface(Type):
    """Values are (type, value); methods are not called, so an error is the only one with methods."""

    def __init__(self, dynamic, name="interface {}"):
        super().__init__(name, 16, 8)
        self.dynamic = dynamic

    def draw(self, rng):
        if rng.random() < 0.15:
            return None
        t = rng.choice(self.dynamic)
        return t, t.draw(rng)

    def go(self, value):
        return f"{self.name}(nil)" if value is None else f"{self.name}({value[0].go(value[1])})"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        dynamic, held = value
        ok = is_object(have, "type", "value") and have["type"].replace("main.", "") == dynamic.name
        if not self.expect(ok, verdict, value, have):
            return False
        have = have["value"]
        if not depth:
            # The data word: the pointer itself, or where the value lies.
            nil = dynamic.is_pointer_shaped and held is None
            return self.expect(isinstance(have, str) and have.startswith("0x") or nil and have is None,
                               verdict, value, have)
        if isinstance(have, str) and have.startswith("0x") and isinstance(dynamic, Named) and isinstance(dynamic.underlying, Pointer):
            # No table leads to the descriptor of "type T *X", for the compiler makes none of *T: what is held stays
            # a data word.
            verdict.unlisted()
            return False
        dynamic.judge(held, have, depth - 1, verdict)
        return True


class Errors(Interface):
    def __init__(self):
        super().__init__((), "error")
        text = String()
        self.target = Struct([("s", text)], "errors.errorString")

    def draw(self, rng):
        return None if rng.random() < 0.3 else [self.target.fields[0][1].draw(rng)]

    def go(self, value):
        return "error(nil)" if value is None else f"errors.New({String().go(value[0])})"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        ok = is_object(have, "type", "value") and have["type"] == "*errors.errorString"
        if not self.expect(ok, verdict, value, have):
            return False
        if not depth:
            return self.expect(is_address(have["value"]), verdict, value, have)
        Pointer(self.target).judge([value], have["value"], depth - 1, verdict)
        return True


class Map(Type):
    is_pointer_shaped = True
    comparable = False

    def __init__(self, key, elem):
        super().__init__(f"map[{key.name}]{elem.name}", 8, 8)
        self.key, self.elem = key, elem

    def draw(self, rng):
        if rng.random() < 0.15:
            return None
        keys, entries = set(), []
        for _ in range(rng.choice((0, 1, 2, 3, 7, 30))):
            key = self.key.draw(rng)
            if key not in keys:
                keys.add(key)
                entries.append((key, self.elem.draw(rng)))
        return entries

    def go(self, value):
        if value is None:
            return f"{self.name}(nil)"
        return f"{self.name}{{{', '.join(f'{self.key.go(k)}: {self.elem.go(e)}' for k, e in value)}}}"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        ok = isinstance(have, dict) and have.get("len") == len(value) and is_address(have.get("ptr"))
        if not self.expect(ok, verdict, value, have):
            return False
        if not depth:
            return self.expect("entries" not in have, verdict, value, have)
        if "entries" not in have:
            # Behind interfaces, and of more maps than a call has room for, the length alone is shown.
            verdict.no_entries()
            return True
        return self.judge_entries(value, have["entries"], depth - 1, verdict)

    def judge_entries(self, value, entries, depth, verdict):
        """Some of them, in any order: each key once, with its own element."""
        rest = list(value)
        if not self.expect(isinstance(entries, list) and len(entries) <= len(rest), verdict, value, entries):
            return False
        for key, elem in entries:
            found = next((i for i, e in enumerate(rest) if self.key_is(e[0], key, depth)), None)
            if not self.expect(found is not None, verdict, value, entries):
                return False
            self.elem.judge(rest.pop(found)[1], elem, depth, verdict)
        return True

    def key_is(self, want, have, depth):
        probe = Silent()
        self.key.judge(want, have, depth, probe)
        return not probe.bad


class Silent:
    """A verdict nobody reads: for finding which of several values is meant."""
    shapes = False

    def __init__(self):
        self.bad = False

    def right(self):
        pass

    def unavailable(self, _):
        self.bad = True

    def fault(self):
        self.bad = True

    unlisted = no_entries = fault

    def wrong(self, *_):
        self.bad = True


class Chan(Type):
    is_pointer_shaped = True

    def __init__(self, elem):
        super().__init__(f"chan {elem.name}", 8, 8)
        self.elem = elem

    def draw(self, rng):
        if rng.random() < 0.2:
            return None
        cap = rng.choice((0, 1, 5))
        return [self.elem.draw(rng) for _ in range(rng.randint(0, cap))], cap

    def go(self, value):
        if value is None:
            return f"({self.name})(nil)"
        sends = "".join(f"c <- {self.elem.go(v)}; " for v in value[0])
        return f"func() {self.name} {{ c := make({self.name}, {value[1]}); {sends}return c }}()"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        ok = (is_object(have, "ptr", "len", "cap") and is_address(have["ptr"]) and
              have["len"] == len(value[0]) and have["cap"] == value[1])
        return self.expect(ok, verdict, value, have)


class Func(Type):
    """One of the functions the program has for this: funcA, funcB."""
    is_pointer_shaped = True
    comparable = False

    def __init__(self):
        super().__init__("func(int) string", 8, 8)

    def draw(self, rng):
        return rng.choice((None, "funcA", "funcB"))

    def go(self, value):
        return f"({self.name})({value or 'nil'})"

    def equal(self, value, have, depth, verdict):
        if value is None:
            return self.expect(have is None, verdict, value, have)
        ok = is_object(have, "ptr", "func") and is_address(have["ptr"]) and have["func"] == "main." + value
        return self.expect(ok, verdict, value, have)


class Named(Type):
    """type name underlying"""

    def __init__(self, name, underlying):
        super().__init__(name, underlying.size, underlying.align)
        self.underlying = underlying
        self.comparable = underlying.comparable
        self.is_pointer_shaped = underlying.is_pointer_shaped

    def declaration(self):
        body = self.underlying.body if isinstance(self.underlying, Struct) else self.underlying.name
        return f"type {self.name} {body}"

    def draw(self, rng):
        return self.underlying.draw(rng)

    def go(self, value):
        return f"{self.name}({self.underlying.go(value)})"

    def judge(self, value, have, depth, verdict):
        self.underlying.judge(value, have, depth, verdict)


SCALARS = [Bool(), Int("int", 64, True), Int("int8", 8, True), Int("int16", 16, True), Int("int32", 32, True),
           Int("int64", 64, True), Int("uint", 64, False), Int("uint8", 8, False), Int("uint16", 16, False),
           Int("uint32", 32, False), Int("uint64", 64, False), Int("uintptr", 64, False), Float(32), Float(64),
           Complex(64), Complex(128), String()]
COMPARABLE = [t for t in SCALARS if not isinstance(t, (Float, Complex))]


class Types:
    """Draws types; named ones are collected for their declarations."""
    MAX_SIZE = 256

    def __init__(self, rng):
        self.rng, self.named = rng, []

    def draw(self, nesting=4):
        while True:
            t = self.draw_any(nesting)
            if t.size <= self.MAX_SIZE:
                return t

    def draw_any(self, nesting):
        rng = self.rng
        if not nesting or rng.random() < 0.45:
            return rng.choice(SCALARS)
        make = rng.choice((self.array, self.slice, self.struct, self.struct, self.pointer, self.pointer, self.interface,
                           self.map, self.chan, self.func, self.name, self.name))
        return make(nesting - 1)

    def array(self, nesting):
        return Array(self.draw(nesting), self.rng.choice((0, 1, 1, 2, 3, 6)))

    def slice(self, nesting):
        return Slice(self.draw(nesting))

    def struct(self, nesting):
        fields, embedded = [], set()
        for i in range(self.rng.choice((0, 1, 1, 2, 3, 5))):
            t = self.draw(nesting)
            if isinstance(t, Named) and not t.is_pointer_shaped and self.rng.random() < 0.3 and t.name not in embedded:
                embedded.add(t.name)
                fields.append((t.name, t))
            else:
                fields.append(("_" if self.rng.random() < 0.08 else f"F{i}", t))
        return Struct(fields, embedded=embedded)

    def pointer(self, nesting):
        return Pointer(self.draw(nesting))

    def interface(self, nesting):
        if self.rng.random() < 0.4:
            return Errors()
        # An interface is never what another one holds: converting hands on what is in it.
        return Interface([t for t in (self.draw(nesting) for _ in range(3)) if not isinstance(t, Interface)] +
                         [self.rng.choice(SCALARS)])

    def map(self, nesting):
        return Map(self.rng.choice(COMPARABLE), self.draw(nesting))

    def chan(self, nesting):
        return Chan(self.draw(min(nesting, 1)))

    def func(self, _):
        return Func()

    def name(self, nesting):
        underlying = self.draw(nesting)
        if isinstance(underlying, (Named, Interface)):
            return underlying
        t = Named(f"T{len(self.named)}", underlying)
        self.named.append(t)
        return t
