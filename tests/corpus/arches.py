#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Compares probe points and returns with a disassembler's.   arches.py ARCH PROGRAM INSPECTED

INSPECTED: `gosym inspect --json PROGRAM '*'`. Every probe point must be an instruction of the disassembly; the returns
of each function must be those the disassembler shows. llvm-objdump reads them, `go tool objdump` of the newest
Go where LLVM does not know the architecture. Assembly functions count too; those whose bytes are data are left out by gosym."""
import json
import os
import re
import subprocess
import sys

TOOLCHAINS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/toolchains.sh")

# What a return looks like. Conditional ones are returns.
RETURNS = {
    "386": r"ret[ld]?\b",
    "arm": r"(bx\w*\s+lr|add\w*\s+pc, lr, #0|mov\w*\s+pc, lr|ldr\w*\s+pc, \[sp\],|pop\w*\s+\{.*pc\}|ldm\w*\s+sp!, \{.*pc\})",
    "ppc64": r"(b\w*lr[+-]?(\s+\d.*)?$|bclr )",
    "ppc64le": r"(b\w*lr[+-]?(\s+\d.*)?$|bclr )",
    "s390x": r"(b\w*r\s+%r14$|bcr\s+\d+, %r14$)",
    "riscv64": r"(ret$|jr\s+t0$)",
    "loong64": r"RET",
    "mips": r"jr\s+\$ra", "mipsle": r"jr\s+\$ra", "mips64": r"jr\s+\$ra", "mips64le": r"jr\s+\$ra",
}
TRIPLES = {"riscv64": ["--mattr=+m,+a,+f,+d,+c"], "mips64": ["--mcpu=mips64r2"], "mips64le": ["--mcpu=mips64r2"]}


def instructions(arch, program):
    """Address and text of every instruction."""
    if arch == "loong64":
        newest = subprocess.run([TOOLCHAINS, "versions"], check=True, stdout=subprocess.PIPE,
                                universal_newlines=True).stdout.split()[-1]
        command = [TOOLCHAINS, "run", newest, "tool", "objdump", program]
        line_of = re.compile(r"^\s+\S+\s+0x([0-9a-f]+)\s+[0-9a-f]+\s+(.*)$")
    else:
        command = ["llvm-objdump", "-dz", "--no-show-raw-insn", *TRIPLES.get(arch, []), program]
        line_of = re.compile(r"^\s*([0-9a-f]+):\s*(.*)$")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True) as p:
        for line in p.stdout:
            m = line_of.match(line)
            if m:
                yield int(m.group(1), 16), m.group(2).replace("\t", " ").strip()


def main():
    arch, program, inspected = sys.argv[1:]
    is_return = re.compile(RETURNS[arch])
    starts, returns = set(), set()
    for address, text in instructions(arch, program):
        starts.add(address)
        if is_return.match(text):
            returns.add(address)
    functions = [json.loads(line) for line in open(inspected, encoding="utf-8")]
    bad, sites, seen = [], 0, 0
    for f in functions:
        entry, end = int(f["entry"], 16), int(f["end"], 16)
        if f["probe"]:
            sites += 1
            if int(f["probe"]["address"], 16) not in starts:
                bad.append(f"{f['name']}: the probe point {f['probe']['address']} is no instruction")
        if f["returns"] is None:
            continue
        ours = {int(a, 16) for a in f["returns"]}
        theirs = {a for a in range(entry, end) if a in returns}
        seen += len(theirs)
        if ours != theirs:
            bad.append(f"{f['name']}: returns {sorted(map(hex, ours ^ theirs))} are on one side only")
    if sites < len(functions) * 9 // 10:
        bad.append(f"only {sites} of {len(functions)} functions have a probe point")
    print(f"{len(functions)} functions, {sites} probe points, {seen} returns as the disassembler has them, {len(bad)} wrong")
    print("\n".join(bad[:20]), end="")
    sys.exit(1 if bad or not functions or not seen else 0)


if __name__ == "__main__":
    main()
