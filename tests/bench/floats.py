# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""The part `floats` of tests/bench/run: which share of the floats passed in registers can be shown without their
registers, over whole programs of each Go version; and what it costs to show the others by a signal's frame."""
import glob
import json
import os
import subprocess


def is_float(piece):
    return piece.get("reg", "").startswith("X")


def floats_of(params):
    return sum(is_float(piece) for param in params for piece in param["pieces"])


def shares(gosym, path):
    """Float arguments and how many of them are to be had, at emulated sites; the same of results, each return for itself."""
    total = dict.fromkeys(("args", "shown", "emulated", "results", "told"), 0)
    with subprocess.Popen([gosym, "inspect", "--json", path, "/./"], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            func = json.loads(line)
            if func["probe"]:
                site = func.get("float_probe", {"floats": [], "cost": ""})
                total["args"] += floats_of(func["params"])
                total["shown"] += len(site["floats"])
                total["emulated"] += len(site["floats"]) if site["cost"] == "emulated" else 0
            total["results"] += floats_of(func["results"]) * len(func["returns"])
            total["told"] += sum(len(at["floats"]) for at in func.get("float_exits", []))
    return total


def percent(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none"


def programs(bench):
    """The compiler of each version that is there, and a program of many floats, optimized and not."""
    build = os.path.join(bench.TOP, "tests/go/build.sh")
    for line in bench.output(bench.TOOLCHAINS, "list").splitlines():
        version, go = line.split()
        tools = bench.output(bench.TOOLCHAINS, "run", version, "env", "GOTOOLDIR").strip()
        for path in glob.glob(os.path.join(tools, "compile")):
            yield f"go {version}: its compiler", path
        for variant in ("opt", "debug"):
            path = os.path.join(bench.WORK, f"zoo-{version}-{variant}")
            if not os.path.exists(path):
                bench.output(build, "zoo", version, variant, path)
            yield f"go {version}: tests/go/zoo, {variant}", path


def show_shares(bench):
    rows = [("", "arguments shown", "at emulated sites", "results shown")]
    for label, path in programs(bench):
        total = shares(bench.GOSYM, path)
        rows.append((label, percent(total["shown"], total["args"]), total["emulated"],
                     percent(total["told"], total["results"])))
    bench.table("Floats in registers that are shown without --float-regs", rows)


def show_cost(bench):
    path = bench.hits_program()
    floor = bench.floor_built()
    target = bench.Target(path)
    pid = str(target.pid)
    rows = [("", "ns", "times the floor")]
    for name, what, options in (("half", "in a register, not shown", []),
                                ("half", "by a signal's frame", ["--float-regs"]),
                                ("kept", "not wanted (--count)", ["--count"]),
                                ("kept", "behind its store", [])):
        func = bench.inspect(path, f"main.{name}")
        stored = func.get("float_probe") if not options and name == "kept" else None
        site = stored or func["probe"]
        address = int(site["address"], 16)
        bare = target.cost(name, 200000)
        least = bench.measure(target, name, address, [floor, path, site["file_offset"], pid])
        cost = bench.measure(target, name, address,
                             [bench.GOSYM, "trace", *options, "-o", "/dev/null", pid, f"main.{name}"])
        if cost is None or least is None:
            rows.append((what, "failed", ""))
            continue
        rows.append((f"{what} ({site['cost']} site)", f"{cost - bare:.0f}", f"{(cost - bare) / (least - bare):.2f}"))
    target.close()
    bench.table("A call with an integer and a float, against an empty eBPF program on the same site", rows)


def floats(bench):
    show_shares(bench)
    show_cost(bench)
