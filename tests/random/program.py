# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""A random Go program: functions with random signatures and bodies, each called with values written into the source.

Kinds: plain functions, methods (of values and of pointers), closures with captured variables, and, where the Go version
has them, generic functions and methods. Bodies: leaf, calling, with a large frame, recursing, deferring, ones that let
their arguments escape. All is drawn from one seeded generator, so a seed and a number name a program.
"""
import random

from gotypes import Errors, Int, Interface, Named, Pointer, Struct, Types

HEAD = """package main

import (
	"errors"
	"math"
	"runtime"
)

var _ = errors.New
var _ = math.Inf
var sink interface{}
var frame byte

//go:noinline
func funcA(n int) string { return "a" }

//go:noinline
func funcB(n int) string { return "b" }

//go:noinline
func keep(b []byte) { frame += b[len(b)/2] }

//go:noinline
func touch(p interface{}) { sink = p }

//go:noinline
func nothing() { runtime.KeepAlive(sink) }
"""

BODIES = ("leaf", "leaf", "storing", "calling", "frame", "recursing", "deferring", "escaping", "looping")


class Param:
    """name None: the signature names no parameter at all; "_": this one is blank."""

    def __init__(self, name, type_, value):
        self.name, self.type, self.value = name, type_, value
        self.shown = type_.name          # as the signature spells it; a type parameter's name in generic ones


class Function:
    def __init__(self, index, kind, body):
        self.index, self.kind, self.body = index, kind, body
        self.params, self.results, self.captured = [], [], []
        self.receiver = None
        self.named_results = self.variadic = False
        self.calls = 1                   # events of it: recursion enters it again
        self.type_params = []            # (name, concrete type)

    @property
    def event_name(self):
        """What the trace calls it, without the brackets of type arguments."""
        n = self.index
        if self.kind == "closure":
            return f"main.mkrnd{n}.func1"
        if self.kind == "method":
            return f"main.R{n}.rnd{n}"
        if self.kind in ("pointer method", "generic method"):
            return f"main.(*R{n}).rnd{n}"
        return f"main.rnd{n}"

    # ---- source

    def types(self):
        out = [p.type for p in self.params + self.results]
        return out + ([self.receiver.type] if self.receiver else [])

    def signature(self):
        names = self.named_params()
        params = ", ".join(f"{p.name} {p.shown}" if names else p.shown for p in self.params)
        if self.named_results:
            results = ", ".join(f"res{i} {r.shown}" for i, r in enumerate(self.results))
        else:
            results = ", ".join(r.shown for r in self.results)
        return f"({params}) ({results})"

    def named_params(self):
        return bool(self.params) and self.params[0].name is not None

    def usable(self):
        """Names of what the body can speak of."""
        return [p.name for p in self.params if p.name not in (None, "_")] if self.named_params() else []

    def statements(self):
        n, used = self.index, self.usable()
        lines = [f"_ = {name}" for name in used]
        if self.body == "storing":
            lines += [f"sunk{n}_{name} = {name}" for name in used if not self.type_params]
        elif self.body == "calling":
            lines += ["nothing()"] + [f"touch({name})" for name in used[:3]]
        elif self.body == "frame":
            lines += ["var room [3000]byte", f"room[{n % 3000}] = 1", "keep(room[:])"]
        elif self.body == "recursing":
            lines += [f"if left{n} > 0 {{", f"\tleft{n}--", "\t" + self.recursion(), "}"]
        elif self.body == "deferring":
            lines += ["defer nothing()", "defer func() { recover() }()"]
        elif self.body == "escaping":
            lines += [f"touch(&{name})" for name in used[:4]]
        elif self.body == "looping":
            lines += [f"for i := 0; i < {n % 3 + 1}; i++ {{", "\tnothing()"] + \
                     [f"\tsink = {name}" for name in used[-1:]] + ["}"]
        if self.captured:
            lines += [f"_ = {name}" for name, _, _ in self.captured]
            lines += [f"touch({name})" for name, _, _ in self.captured]
        values = [f"want{n}_{i}" if not self.type_params else self.generic_result(i) for i in range(len(self.results))]
        if self.named_results and values:
            lines += [f"res{i} = {v}" for i, v in enumerate(values)] + ["return"]
        elif values:
            lines += ["return " + ", ".join(values)]
        return lines

    def generic_result(self, i):
        """A package variable has no type parameter's type: what is returned was handed in."""
        return f"given{i}" if self.results[i].shown != self.results[i].type.name else f"want{self.index}_{i}"

    def arguments(self):
        args = [f"a{i}" for i in range(len(self.params))]
        return args

    def recursion(self):
        """The same call again: arguments without a name were kept in variables for it."""
        args = [p.name if self.named_params() and p.name != "_" else f"again{self.index}_{i}"
                for i, p in enumerate(self.params)]
        args[-1:] = [args[-1] + "..."] if self.variadic else args[-1:]
        call = {"function": "rnd{n}", "method": "self.rnd{n}", "pointer method": "self.rnd{n}",
                "generic": "rnd{n}", "generic method": "self.rnd{n}", "closure": "rndvar{n}"}[self.kind]
        return call.format(n=self.index) + f"({', '.join(args)})"

    def declarations(self):
        n = self.index
        if self.kind in ("method", "pointer method"):
            yield self.receiver.base.declaration()
        if self.kind == "generic method":
            yield f"type R{n}[{self.constraint()}] {self.receiver.base.underlying.body}"
        if self.body == "recursing":
            yield f"var left{n} = {self.calls - 1}"
            for i, p in enumerate(self.params):
                if not self.named_params() or p.name == "_":
                    yield f"var again{n}_{i} {p.type.name}"
        if self.body == "storing":
            yield from (f"var sunk{n}_{p.name} {p.type.name}" for p in self.params
                        if p.name not in (None, "_") and not self.type_params)
        yield from (f"var want{n}_{i} {r.type.name}" for i, r in enumerate(self.results)
                    if r.shown == r.type.name)
        if self.kind == "closure" and self.body == "recursing":
            yield f"var rndvar{n} func{self.signature()}"

    def constraint(self):
        return ", ".join(f"{name} any" for name, _ in self.type_params)

    def head(self):
        n = self.index
        if self.kind == "closure":
            return f"return func{self.signature()} {{"
        if self.kind == "method":
            return f"func (self R{n}) rnd{n}{self.signature()} {{"
        if self.kind == "pointer method":
            return f"func (self *R{n}) rnd{n}{self.signature()} {{"
        if self.kind == "generic method":
            names = ", ".join(name for name, _ in self.type_params)
            return f"func (self *R{n}[{names}]) rnd{n}{self.signature()} {{"
        if self.kind == "generic":
            return f"func rnd{n}[{self.constraint()}]{self.signature()} {{"
        return f"func rnd{n}{self.signature()} {{"

    def definition(self):
        body = ["\t" + line for line in self.statements()]
        if self.kind != "closure":
            return ["//go:noinline", self.head(), *body, "}"]
        captured = ", ".join(f"{name} {t.name}" for name, t, _ in self.captured)
        return ["//go:noinline", f"func mkrnd{self.index}({captured}) func{self.signature()} {{",
                "\t" + self.head(), *("\t" + line for line in body), "\t}", "}"]

    def caller(self):
        n, lines = self.index, []
        for i, p in enumerate(self.params):
            lines.append(f"var a{i} {p.type.name} = {p.type.go(p.value)}")
            if self.body == "recursing" and (not self.named_params() or p.name == "_"):
                lines.append(f"again{n}_{i} = a{i}")
        lines += [f"want{n}_{i} = {r.type.go(r.value)}" for i, r in enumerate(self.results)
                  if r.shown == r.type.name]
        args = self.arguments()
        args[-1:] = [args[-1] + "..."] if self.variadic else args[-1:]
        name = f"rnd{n}"
        if self.receiver:
            lines.append(f"var self {self.receiver.type.name} = {self.receiver.type.go(self.receiver.value)}")
            name = f"self.rnd{n}"
        elif self.kind == "generic":
            name = f"rnd{n}[{', '.join(t.name for _, t in self.type_params)}]"
        elif self.kind == "closure":
            lines.append(f"f := mkrnd{n}({', '.join(t.go(v) for _, t, v in self.captured)})")
            name = "f"
            if self.body == "recursing":
                lines.append(f"rndvar{n} = f")
        lines.append(f"{name}({', '.join(args)})")
        return [f"func call{n}() {{", *("\t" + line for line in lines), "}"]


class Program:
    def __init__(self, seed, number, generics):
        self.rng = random.Random(seed)
        self.types = Types(self.rng)
        self.functions = [self.function(i, generics) for i in range(number)]

    def function(self, index, generics):
        rng = self.rng
        kinds = ["function"] * 5 + ["method", "pointer method", "closure"]
        kinds += ["generic", "generic", "generic method"] if generics else []
        f = Function(index, rng.choice(kinds), rng.choice(BODIES))
        if f.kind in ("generic", "generic method"):
            f.type_params = [(f"P{i}", self.types.draw(2)) for i in range(rng.choice((1, 1, 2)))]
        self.draw_params(f)
        self.draw_results(f)
        if f.kind in ("method", "pointer method", "generic method"):
            self.draw_receiver(f)
        if f.kind == "closure":
            f.captured = [(f"cap{i}", t, t.draw(rng)) for i, t in
                          enumerate(self.types.draw(2) for _ in range(rng.choice((0, 1, 2, 3))))]
        if f.body == "recursing":
            f.calls = rng.choice((2, 3, 6))
        return f

    def number_of_params(self):
        return self.rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 16))

    def draw_params(self, f):
        rng = self.rng
        # What has a type parameter's type can only be handed on by its name.
        must_name = bool(f.type_params) and f.body == "recursing"
        unnamed = rng.random() < 0.06 and not must_name
        for i in range(self.number_of_params()):
            name = None if unnamed else "_" if rng.random() < 0.05 and not must_name else f"p{i}"
            f.params.append(self.param(f, name))
        for name, t in f.type_params if f.kind == "generic" else ():
            if all(p.shown != name for p in f.params):
                p = Param(None if unnamed else f"p{len(f.params)}", t, t.draw(rng))
                p.shown = name
                f.params.append(p)

    def param(self, f, name):
        rng = self.rng
        if f.type_params and rng.random() < 0.4:
            shown, t = rng.choice(f.type_params)
            p = Param(name, t, t.draw(rng))
            p.shown = shown
            return p
        t = self.types.draw()
        return Param(name, t, t.draw(rng))

    def draw_results(self, f):
        rng = self.rng
        f.named_results = rng.random() < 0.3
        for i in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 6))):
            t = self.types.draw()
            f.results.append(Param(f"res{i}" if f.named_results else None, t, t.draw(rng)))

    def draw_receiver(self, f):
        rng = self.rng
        while True:
            t = Struct([(f"G{i}", self.types.draw(2)) for i in range(rng.choice((0, 1, 2, 3)))]) \
                if f.kind == "generic method" or rng.random() < 0.6 else self.types.draw(2)
            # Neither pointers nor interfaces can have methods.
            if not isinstance(t, (Pointer, Interface, Errors)) and not \
                    (isinstance(t, Named) and isinstance(t.underlying, (Pointer, Named))):
                break
        base = Named(f"R{f.index}", t)
        if f.kind == "generic method":
            base.name += f"[{', '.join(c.name for _, c in f.type_params)}]"
        type_ = base if f.kind == "method" else Pointer(base)
        value = [base.draw(rng)] if f.kind != "method" else base.draw(rng)
        f.receiver = Param("self", type_, value)
        f.receiver.base = base

    def write(self, out):
        print(HEAD, file=out)
        for t in self.types.named:
            print(t.declaration(), file=out)
        for f in self.functions:
            print("\n".join([*f.declarations(), "", *f.definition(), "", *f.caller(), ""]), file=out)
        print("func main() {", file=out)
        for f in self.functions:
            print(f"\tcall{f.index}()", file=out)
        print("}", file=out)
